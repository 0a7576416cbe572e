import type { Batch, BatchShape, HostNumbers } from "../batch/read_batch.ts";
import {
  byLabel,
  clampFloat64,
  countDecisions,
  type Counts,
  type DecidedRows,
  labelGradient,
  mapCounts,
  type Slice,
} from "../counts/counts.ts";
import type { Decided, Decision } from "../decisions/decision.ts";
import {
  type CountsScored,
  gradientOf,
  type Scoring,
  valueOf,
  weighByClass,
  writeBounded,
} from "../scoring/score_batch.ts";
import type { Score } from "../scores/score.ts";

/** Rows that are scored one by one. */
interface SamplesScored extends Pick<CountsScored, "value" | "counts"> {
  /** Writes `by` times the gradient; false where a number is not finite, and the general path names it. */
  finish(by: number): boolean;
}

/** Some rows, decided. */
interface DecidedBlock {
  /** Labels, decisions and weights; those of the classes are among them. */
  readonly counted: DecidedRows & Pick<Decided, "decisions">;
  readonly rows: number;
  readonly classes: number;
  /** Weights without those of the classes, one per output. */
  readonly weights: ArrayLike<number> | undefined;
  /** The weight of each row, 0 where the score is not defined. */
  readonly shares: Float64Array;
}

/** Writes `by` times the gradient of a block's rows; false where a number is not finite. */
type Write = (whole: number, by: number) => boolean;

// Loops stand in functions of the module: closures are made, and compiled, with each batch, and what they hold is slow to change.

const sliceOf = (row: number, classes: number): Slice => ({ offset: row * classes, stride: 1, length: classes });

/** Scores rows one by one, and adds to the sums of weights·scores and of weights; says that the counts are finite. */
function scoreRows(
  { counted, rows, classes, weights, shares }: DecidedBlock,
  { score, zeroDivision }: Scoring,
  total: Float64Array,
): boolean {
  let [sum, whole] = total;
  for (let row = 0; row < rows; row++) {
    const counts = countDecisions(counted, sliceOf(row, classes)), { tp, fp, fn, tn } = counts;
    if (!Number.isFinite(tp + fp + fn + tn)) return false;
    const value = valueOf(score, counts), undefinedValue = Number.isNaN(value);
    let weight = 1;
    if (weights !== undefined) {
      weight = 0;
      for (let i = row * classes; i < (row + 1) * classes; i++) weight += weights[i];
    }
    if (undefinedValue && zeroDivision === "skip") weight = 0;
    sum += (undefinedValue ? Number(zeroDivision === 1) : value) * weight;
    whole += weight;
    shares[row] = undefinedValue ? 0 : weight;
  }
  total.set([sum, whole]);
  return true;
}

/**
 * Computes what one more decision of each row is worth, for a positive label and for a negative one, to `by` times the mean score.
 *
 * @param whole The sum of the weights of all rows.
 */
function writeWorth(
  { counted, rows, classes, shares }: DecidedBlock,
  score: Score,
  whole: number,
  by: number,
  worth: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const share = whole === 0 ? 0 : shares[row] / whole, slice = sliceOf(row, classes);
    let a = 0, b = 0;
    if (share !== 0) {
      const { tp, fp, fn, tn } = score.gradient(countDecisions(counted, slice)) ?? {};
      a = by * (share * tp) - by * (share * fn);
      b = by * (share * fp) - by * (share * tn);
      if (!Number.isFinite(a + b)) { // what looks at each number by its name takes five times as long
        const gradient = gradientOf(score, countDecisions(counted, slice));
        ({ ofPositive: a, ofNegative: b } = byLabel(mapCounts((key) => by * clampFloat64(share * gradient[key]))));
      }
    }
    worth[2 * row] = a;
    worth[2 * row + 1] = b;
  }
}

/** Turns the decisions of rows into the gradient with respect to them. */
function takeRowsBack({ counted, rows, classes }: DecidedBlock, worth: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    labelGradient(counted, sliceOf(row, classes), worth[2 * row], worth[2 * row + 1], counted.decisions);
  }
}

/** The number of outputs, about, that are decided together: their decisions stay in the cache. */
const blockSize = 4096;

/**
 * Scores the rows of a batch one by one (the average "samples"), with the general path's numbers. A block of rows is decided at a
 * time, and again for the counts when they are asked for: decisions, slopes and counts of all rows would be more memory than the
 * batch, and moving it takes longer than the step. The gradient of a loss, −1 times the score's, is written block by block, too, and
 * once more if another factor is asked for or the weights have another sum than was thought.
 *
 * @param rowsOf Returns some rows as a batch; nothing if a number is out of range.
 * @param kept Returns the place of the gradient; absent: no gradient is wanted.
 * @returns Nothing where counts are not finite: the general path names what is wrong.
 */
export function scoreSamples(
  rowsOf: (from: number, to: number) => Batch | undefined,
  decide: Decision,
  { rows, classes }: Pick<BatchShape, "rows" | "classes">,
  scoring: Scoring,
  kept: (() => HostNumbers) | undefined,
): SamplesScored | undefined {
  const { score, zeroDivision, classWeights } = scoring;
  const byRow = decide.steps ?? decide.argmax, size = byRow ? Math.max(1, Math.floor(blockSize / classes)) : rows;
  const shares = new Float64Array(rows), worth = new Float64Array(2 * size), total = new Float64Array(2);
  const eachBlock = (take: (block: DecidedBlock, write: Write) => boolean): boolean => {
    for (let from = 0; from < rows; from += size) {
      const to = Math.min(from + size, rows), batch = rowsOf(from, to);
      if (batch === undefined) return false;
      const { yTrue, sampleWeight: weights } = batch, decided = decide(batch), { decisions } = decided;
      const sampleWeight = classWeights === undefined ? weights : weighByClass(batch, classWeights);
      const counted = { yTrue, decisions, sampleWeight };
      const block = { counted, rows: batch.rows, classes, weights, shares: shares.subarray(from, to) };
      const done = take(block, (whole, by) => {
        writeWorth(block, score, whole, by, worth);
        takeRowsBack(block, worth);
        decided.back(decisions);
        return writeBounded(decisions, undefined, kept!().subarray(from * classes, to * classes) as Float32Array) < 0;
      });
      decided.release?.();
      if (!done) return false;
    }
    return true;
  };
  let made: Counts[] | undefined, written = kept !== undefined;
  const scored = eachBlock((block, write) => {
    if (!scoreRows(block, scoring, total)) return false;
    written &&= block.weights === undefined; // or their sum is not known yet
    written &&= write(rows, -1);
    return true;
  });
  if (!scored) return undefined;
  const [sum, whole] = total;
  return {
    value: whole === 0 ? Number(zeroDivision === 1) : sum / whole,
    get counts() {
      if (made === undefined) {
        const all: Counts[] = made = [];
        eachBlock(({ counted, rows }) => {
          for (let row = 0; row < rows; row++) all.push(countDecisions(counted, sliceOf(row, classes)));
          return true;
        });
      }
      return made;
    },
    finish: (by) => (written && by === -1 && whole === rows) || eachBlock((_, write) => write(whole, by)),
  };
}

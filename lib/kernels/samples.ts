import type { Batch, BatchShape } from "../batch/read_batch.ts";
import { countDecisions, type Counts, decisionGradient, finite } from "../counts/counts.ts";
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
import type { Numbers } from "./table.ts";

/** Rows that are scored one by one. */
interface SamplesScored extends Pick<CountsScored, "value" | "counts"> {
  /** Writes `by` times the gradient; false where a number is not finite, and the general path names it. */
  finish(by: number): boolean;
}

/** Returns a score's gradient as {@linkcode gradientOf} does, which looks at each number by its name: five times as slow as this. */
function quickGradient(score: Score, counts: Counts): Counts {
  const gradient = score.gradient(counts), { tp, fp, fn, tn } = gradient ?? {};
  return Number.isFinite(tp + fp + fn + tn) ? gradient : gradientOf(score, counts);
}

/** The number of outputs, about, that are decided together: their decisions stay in the cache. */
const blockSize = 4096;

/**
 * Scores the rows of a batch one by one (the average "samples"), with the general path's numbers. A block of rows is decided at a
 * time, and again for the gradient and for the counts when they are asked for: decisions, slopes and counts of all rows would be more
 * memory than the batch, and moving it takes longer than the step.
 *
 * @param rowsOf Returns some rows as a batch; nothing if a number is out of range.
 * @param kept Returns the place of the gradient.
 * @returns Nothing where counts are not finite: the general path names what is wrong.
 */
export function scoreSamples(
  rowsOf: (from: number, to: number) => Batch | undefined,
  decide: Decision,
  { rows, classes }: Pick<BatchShape, "rows" | "classes">,
  { score, zeroDivision, classWeights }: Scoring,
  kept: () => Numbers,
): SamplesScored | undefined {
  const byRow = decide.perColumn ?? decide.argmax, block = byRow ? Math.max(1, Math.floor(blockSize / classes)) : rows;
  const shares = new Float64Array(rows); // weights, 0 where the score is not defined
  const sliceOf = (row: number) => ({ offset: row * classes, stride: 1, length: classes });
  const eachBlock = (take: (batch: Batch, decided: Decided, counted: Batch, from: number) => boolean): boolean => {
    for (let from = 0; from < rows; from += block) {
      const batch = rowsOf(from, Math.min(from + block, rows));
      if (batch === undefined) return false;
      const sampleWeight = classWeights === undefined ? batch.sampleWeight : weighByClass(batch, classWeights);
      const decided = decide(batch), done = take(batch, decided, { ...batch, sampleWeight }, from);
      decided.release?.();
      if (!done) return false;
    }
    return true;
  };
  let sum = 0, whole = 0, made: Counts[] | undefined;
  const scored = eachBlock(({ sampleWeight }, { decisions }, { rows, ...counted }, from) => {
    const { yTrue, sampleWeight: inCounts } = counted, columns = { yTrue, decisions, sampleWeight: inCounts };
    for (let row = 0; row < rows; row++) {
      const counts = countDecisions(columns, sliceOf(row)), { tp, fp, fn, tn } = counts;
      if (!Number.isFinite(tp + fp + fn + tn)) return false;
      const value = valueOf(score, counts), undefinedValue = Number.isNaN(value);
      let weight = 1;
      if (sampleWeight !== undefined) {
        weight = 0;
        for (let i = row * classes; i < (row + 1) * classes; i++) weight += sampleWeight[i];
      }
      if (undefinedValue && zeroDivision === "skip") weight = 0;
      sum += (undefinedValue ? Number(zeroDivision === 1) : value) * weight;
      whole += weight;
      shares[from + row] = undefinedValue ? 0 : weight;
    }
    return true;
  });
  if (!scored) return undefined;
  return {
    value: whole === 0 ? Number(zeroDivision === 1) : sum / whole,
    get counts() {
      if (made === undefined) {
        const all: Counts[] = made = [];
        eachBlock(({ rows }, { decisions }, { yTrue, sampleWeight }) => {
          for (let row = 0; row < rows; row++) {
            all.push(countDecisions({ yTrue, decisions, sampleWeight }, sliceOf(row)));
          }
          return true;
        });
      }
      return made;
    },
    finish(by) {
      const to = kept() as Float32Array;
      return eachBlock(({ rows }, decided, { yTrue, sampleWeight }, from) => {
        const { decisions } = decided, counted = { yTrue, decisions, sampleWeight };
        for (let row = 0; row < rows; row++) {
          const share = whole === 0 ? 0 : shares[from + row] / whole, slice = sliceOf(row);
          if (share === 0) {
            decisions.fill(0, slice.offset, slice.offset + classes);
            continue;
          }
          const { tp, fp, fn, tn } = quickGradient(score, countDecisions(counted, slice));
          const part = (partial: number) => by * finite(share * partial);
          decisionGradient(counted, slice, { tp: part(tp), fp: part(fp), fn: part(fn), tn: part(tn) }, decisions);
        }
        decided.back(decisions);
        return writeBounded(decisions, undefined, to.subarray(from * classes, (from + rows) * classes)) < 0;
      });
    },
  };
}

import type { Batch } from "../batch/read_batch.ts";
import { describe } from "../check/describe.ts";
import type { Counts, Elementwise, Rows, Slice } from "../counts/counts.ts";
import { countsGradient } from "../counts/counts_gradient.ts";
import { countKeys, eachCount } from "../counts/each_count.ts";
import { softCounts } from "../counts/soft_counts.ts";
import type { Decided } from "../decisions/decision.ts";
import type { Score } from "../scores/score.ts";

/**
 * How the classes' scores make one number, with scikit-learn's meaning:
 *
 * - "binary": there is one column
 * - "micro": the counts of all classes are added up, then scored
 * - "macro": the mean of the classes' scores
 * - "weighted": the same, a class weighing as much as it has positives
 * - "samples": each row is scored across its columns; the mean of the rows
 */
export type Average = "binary" | "micro" | "macro" | "weighted" | "samples";

/** The names of the averages. */
export const averages: readonly Average[] = ["binary", "micro", "macro", "weighted", "samples"];

/** What a score counts as where it is not defined: 0, 1, or "skip", which leaves it out of the mean. */
export type ZeroDivision = 0 | 1 | "skip";

/** How a batch is scored. */
export interface ScoringOptions {
  score: Score;
  average: Average;
  zeroDivision: ZeroDivision;
  /** What each class weighs in the mean, or, where counts are added up, in the counts. */
  classWeights?: readonly number[];
}

/** Entries that are counted together. */
interface Part {
  readonly slice: Slice;
  readonly column: number;
}

/** A batch's score and what it was made from. */
export interface Scored {
  /** The score; 0 where nothing is left of it. */
  readonly value: number;
  /** The score of each class (or row), NaN where it is not defined. */
  readonly values: readonly number[];
  /** The gradient of the value by each output. */
  gradient(): Float32Array;
}

function partsOf(average: Average, { rows, classes }: Batch): Part[] {
  return average === "samples"
    ? Array.from(
      { length: rows },
      (_, i) => ({ slice: { offset: i * classes, stride: 1, length: classes }, column: 0 }),
    )
    : Array.from({ length: classes }, (_, k) => ({ slice: { offset: k, stride: classes, length: rows }, column: k }));
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** The weights of the entries times those of their classes. */
function weighByClass(batch: Batch, classWeights: readonly number[]): Float64Array {
  const { yTrue, sampleWeight, classes } = batch;
  return Float64Array.from(
    yTrue,
    (_, i) => (sampleWeight === undefined ? 1 : sampleWeight[i]) * classWeights[i % classes],
  );
}

/** What each part weighs in the mean. */
function partWeights(batch: Batch, parts: readonly Part[], { average, classWeights }: ScoringOptions): number[] {
  const { yTrue, sampleWeight } = batch;
  const total = ({ slice }: Part, of: (i: number) => number): number => {
    let result = 0;
    for (let n = 0, i = slice.offset; n < slice.length; n++, i += slice.stride) result += of(i);
    return result;
  };
  if (average === "samples") {
    return parts.map((part) => sampleWeight === undefined ? 1 : total(part, (i) => sampleWeight[i]));
  }
  return parts.map((part, k) => {
    const own = classWeights?.[k] ?? 1;
    const support = () => total(part, (i) => (sampleWeight === undefined ? 1 : sampleWeight[i]) * yTrue[i]);
    return average === "weighted" ? own * support() : own;
  });
}

/** Whether an average adds up the counts of the classes before it scores them. */
export const addsCounts = (average: Average): boolean => average === "micro" || average === "binary";

/** A score's value: a finite number, or NaN where it is not defined; a score of one's own may have a mistake. */
function valueOf(score: Score, counts: Counts): number {
  const value: unknown = score.value(counts);
  if (typeof value === "number" && Math.abs(value) !== Infinity) return value;
  throw new TypeError(`Cannot compute ${score.name}: the score's value is ${describe(value)}`);
}

/** A score's gradient where its value is defined. Infinities are left to the gradient of the counts, which bounds them. */
function gradientOf(score: Score, counts: Counts): Counts {
  const gradient: Partial<Counts> | undefined = score.gradient(counts);
  for (const key of countKeys) {
    const partial = gradient?.[key];
    if (typeof partial !== "number" || Number.isNaN(partial)) {
      throw new TypeError(`Cannot compute ${score.name}: the score's gradient by '${key}' is ${describe(partial)}`);
    }
  }
  return gradient as Counts;
}

/** Counts are numbers, for labels, outputs and weights are; a step of one's own may have a mistake. */
function checkCounts({ name }: Score, counts: Counts, { yPred, slice }: Rows, step: Elementwise): Counts {
  if (countKeys.every((key) => Number.isFinite(counts[key]))) return counts;
  const { offset, stride, length } = slice!;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const value: unknown = step.value(yPred[i]);
    if (!Number.isFinite(value)) {
      throw new TypeError(`Cannot compute ${name}: the step's value at the output ${yPred[i]} is ${describe(value)}`);
    }
  }
  throw new RangeError(`Cannot compute ${name}: the counts are not finite, the weights are too large`);
}

/** The same for a gradient by the outputs. */
function checkGradient({ name }: Score, gradient: Float32Array, { yPred }: Batch): Float32Array {
  let bad = 0;
  while (bad < gradient.length && gradient[bad] === gradient[bad]) bad++; // NaN alone is not itself
  if (bad === gradient.length) return gradient;
  throw new TypeError(`Cannot compute ${name}: the step's derivative at the output ${yPred[bad]} is NaN`);
}

/** The score of counts, and what it was made from. */
export interface CountsScored extends Omit<Scored, "gradient"> {
  /** What is scored: the counts of each part, or one set, their sum. */
  readonly counts: readonly Counts[];
  /** What each of them weighs in the mean; 0 where it is left out. */
  readonly weights: readonly number[];
  /** What is left in the mean, altogether. */
  readonly whole: number;
}

/** The score of the counts of classes (or rows): their mean with the weights, or, without weights, that of their sum. */
export function scoreCounts(
  each: readonly Counts[],
  partWeights: readonly number[] | undefined,
  { score, zeroDivision }: Pick<ScoringOptions, "score" | "zeroDivision">,
): CountsScored {
  const counts = partWeights === undefined ? [eachCount((key) => sum(each.map((one) => one[key])))] : each;
  const values = counts.map((one) => valueOf(score, one));
  const weights = (partWeights ?? [1]).map((w, i) => zeroDivision === "skip" && Number.isNaN(values[i]) ? 0 : w);
  const whole = sum(weights);
  const filled = values.map((v) => Number.isNaN(v) ? Number(zeroDivision === 1) : v);
  const value = whole === 0 ? Number(zeroDivision === 1) : sum(filled.map((v, i) => v * weights[i])) / whole;
  return { value, values, whole, counts, weights };
}

/** The counts of a decided batch, and the way back from them. */
export interface Counted {
  /** The counts of each class (or row). */
  readonly each: readonly Counts[];
  /** What each of them weighs in the mean; none where the counts are added up first. */
  readonly weights?: readonly number[];
  /** The gradient by each output of what has these partial derivatives by the counts: one set a part, or one for all. */
  gradient(partials: readonly Counts[]): Float32Array;
}

/** Counts a decided batch: a data set's counts are the sums of its batches'. */
export function countBatch(batch: Batch, decided: Decided, options: ScoringOptions): Counted {
  const { score, average, classWeights } = options;
  const added = addsCounts(average); // counts first, then the score
  const inCounts = classWeights !== undefined && (added || average === "samples");
  const rows: Rows = {
    yTrue: batch.yTrue,
    yPred: decided.outputs,
    sampleWeight: inCounts ? weighByClass(batch, classWeights) : batch.sampleWeight,
  };
  const parts = partsOf(average, batch);
  const each = parts.map(({ slice, column }) => {
    const part = { ...rows, slice }, step = decided.step(column);
    return checkCounts(score, softCounts(part, step), part, step);
  });
  return {
    each,
    weights: added ? undefined : partWeights(batch, parts, options),
    gradient: (partials) => {
      // What is not decided by one step an output goes on in float64.
      const direct = decided.outputs === batch.yPred;
      const gradient = direct ? new Float32Array(batch.yTrue.length) : new Float64Array(batch.yTrue.length);
      parts.forEach(({ slice, column }, i) =>
        countsGradient({ ...rows, slice }, decided.step(column), partials[added ? 0 : i], gradient)
      );
      return checkGradient(score, decided.back(gradient), batch);
    },
  };
}

/** The partial derivatives of the mean by the counts that were scored; `whole`: what the mean is taken over. */
export function countsPartials(
  { counts, values, weights }: CountsScored,
  whole: number,
  score: Score,
): readonly Counts[] {
  return counts.map((one, i): Counts => {
    const share = whole === 0 || Number.isNaN(values[i]) ? 0 : weights[i] / whole;
    if (share === 0) return eachCount(() => 0);
    const gradient = gradientOf(score, one);
    return eachCount((key) => share * gradient[key]);
  });
}

/** The score of a decided batch, and its gradient. */
export function scoreBatch(batch: Batch, decided: Decided, options: ScoringOptions): Scored {
  const counted = countBatch(batch, decided, options);
  const scored = scoreCounts(counted.each, counted.weights, options);
  return {
    value: scored.value,
    values: scored.values,
    gradient: () => counted.gradient(countsPartials(scored, scored.whole, options.score)),
  };
}

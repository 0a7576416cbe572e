import type { Batch } from "../batch/read_batch.ts";
import { describe } from "../check/check.ts";
import {
  clampFloat64,
  countDecisions,
  countKeys,
  type Counts,
  type DecidedRows,
  decisionGradient,
  largestFloat32,
  mapCounts,
  scaleCounts,
  type Slice,
  spacedSlices,
} from "../counts/counts.ts";
import type { Decided } from "../decisions/decision.ts";
import type { Score } from "../scores/score.ts";

/**
 * The way in which the classes' scores make one number, with scikit-learn's meaning:
 *
 * - "binary": there is one column
 * - "micro": the counts of all classes are added up, then scored
 * - "macro": the mean of the classes' scores
 * - "weighted": the mean of the classes' scores, each class weighted by its number of positives
 * - "samples": the mean of the rows' scores, each row scored across its columns
 */
export type Average = "binary" | "micro" | "macro" | "weighted" | "samples";

/** The names of the averages. */
export const averages: readonly Average[] = ["binary", "micro", "macro", "weighted", "samples"];

/** The score where it is not defined: 0, 1, or "skip", which leaves it out of the mean. */
export type ZeroDivision = 0 | 1 | "skip";

/** Returns the value from which a loss subtracts a score. */
export const bestOf = ({ best = 1 }: Pick<Score, "best">): number => best;

/** Returns a score, or 0 or 1 in the place of one that is not defined; with "skip" that stays NaN. */
export const withZeroDivision = (value: number, zeroDivision: ZeroDivision): number =>
  Number.isNaN(value) && zeroDivision !== "skip" ? zeroDivision : value;

/** The score of a batch and how its columns are averaged. */
export interface Scoring {
  readonly score: Score;
  readonly average: Average;
  readonly zeroDivision: ZeroDivision;
  /** The weight of each class in the mean, or, where counts are added up, in the counts. */
  readonly classWeights?: readonly number[];
  /** The rule that counts and scores, where the score is one of the order of the outputs. */
  readonly rule?: ScoringRule;
}

/** A rule for a score of the order of the outputs. Its counts add up like all counts. */
export interface ScoringRule {
  /** The settings that a checkpoint compares. */
  readonly settings: object;
  /** The reason why no row may have a gradient, and a remedy. */
  readonly stuck: string;
  /** Says that the rows of a query are scored together. */
  readonly queries?: boolean;
  /**
   * The rule of the score itself, where the loss is a smooth form of it.
   *
   * @default {this rule}
   */
  readonly hard?: ScoringRule;
  /** Counts a batch. */
  count(batch: Batch, scoring: Scoring): Counted;
  /**
   * Scores the counts.
   *
   * @default {the score of each set of counts}
   */
  score?(each: readonly Counts[], weightsInMean: readonly number[] | undefined): CountsScored;
}

/** A batch's score and its gradient. */
export interface Scored extends Pick<CountsScored, "value" | "values" | "counts"> {
  /**
   * Writes the gradient of the value with respect to each output.
   *
   * @param by A factor of the whole gradient; default: 1.
   * @param gradient Receives the numbers; default: a new float32 array.
   */
  gradient<T extends Float32Array | Float64Array = Float32Array>(by?: number, gradient?: T): T;
}

/** Returns the entries that are counted together: the columns, or for "samples" the rows. */
export const slicesOf = (average: Average, { rows, classes }: Pick<Batch, "rows" | "classes">): Slice[] =>
  average === "samples" ? spacedSlices(rows, classes, 1, classes) : spacedSlices(classes, 1, classes, rows);

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Multiplies the weights of the entries by those of their classes. */
export const weighByClass = ({ yTrue, sampleWeight, classes }: Batch, classWeights: readonly number[]): Float64Array =>
  new Float64Array(yTrue.length).map((_, i) =>
    (sampleWeight === undefined ? 1 : sampleWeight[i]) * classWeights[i % classes]
  );

/** Returns the weight of each slice in the mean. */
export function weightsInMean({ yTrue, sampleWeight }: Batch, slices: readonly Slice[], scoring: Scoring): number[] {
  const { average, classWeights } = scoring;
  const total = ({ offset, stride, length }: Slice, of: (i: number) => number): number => {
    let result = 0;
    for (let n = 0, i = offset; n < length; n++, i += stride) result += of(i);
    return result;
  };
  if (average === "samples") {
    return slices.map((slice) => sampleWeight === undefined ? 1 : total(slice, (i) => sampleWeight[i]));
  }
  return slices.map((slice, k) => {
    const own = classWeights?.[k] ?? 1;
    const support = () => total(slice, (i) => (sampleWeight === undefined ? 1 : sampleWeight[i]) * yTrue[i]);
    return average === "weighted" ? own * support() : own;
  });
}

/** Says whether an average adds up the counts of the classes before it scores them. */
export const addsCounts = (average: Average): boolean => average === "micro" || average === "binary";

/** Returns a score's value: a finite number, or NaN where it is not defined. A score of one's own may have a mistake. */
export function valueOf(score: Score, counts: Counts): number {
  const value: unknown = score.value(counts);
  if (typeof value === "number" && Math.abs(value) !== Infinity) return value;
  throw new TypeError(`Cannot compute ${score.name}: the score's value is ${describe(value)}`);
}

/** Returns a score's gradient where its value is defined. Infinities pass: the gradient of the counts bounds them. */
export function gradientOf(score: Score, counts: Counts): Counts {
  const gradient: Partial<Counts> | undefined = score.gradient(counts);
  for (const key of countKeys) {
    const partial = gradient?.[key];
    if (typeof partial !== "number" || Number.isNaN(partial)) {
      throw new TypeError(
        `Cannot compute ${score.name}: the score's derivative with respect to '${key}' is ${describe(partial)}`,
      );
    }
  }
  return gradient as Counts;
}

/** Checks the counts of a slice: labels, outputs and weights are finite, but a step of one's own may have a mistake. */
function checkCounts({ name }: Score, counts: Counts, { yPred }: Batch, { decisions }: Decided, slice: Slice): Counts {
  if (countKeys.every((key) => Number.isFinite(counts[key]))) return counts;
  const { offset, stride, length } = slice;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    if (!Number.isFinite(decisions[i])) {
      throw new TypeError(
        `Cannot compute ${name}: the step's value at the output ${yPred[i]} is ${describe(decisions[i])}`,
      );
    }
  }
  throw new RangeError(`Cannot compute ${name}: the counts are not finite, the weights are too large`);
}

/** The score of counts and its parts. */
export interface CountsScored {
  /** The score; 0 (or 1, by `zeroDivision`) where it is not defined. */
  readonly value: number;
  /** The score of each class (or row), NaN where it is not defined. */
  readonly values: readonly number[];
  /** The counts that are scored: one set per class (or row), or one set, their sum. */
  readonly counts: readonly Counts[];
  /** The weight of each set in the mean; 0 where it is left out. */
  readonly weights: readonly number[];
  /** The sum of the weights. */
  readonly whole: number;
  /** The partial derivatives of the value with respect to each set of counts, where they are not those of one score each. */
  readonly partials?: () => readonly Counts[];
}

/** Scores the counts of classes (or rows): the weighted mean of their scores, or, without weights, the score of their sum. */
export function scoreCounts(
  each: readonly Counts[],
  weightsInMean: readonly number[] | undefined,
  { score, zeroDivision, rule }: Pick<Scoring, "score" | "zeroDivision" | "rule">,
): CountsScored {
  if (rule?.score !== undefined) return rule.score(each, weightsInMean);
  const adds = weightsInMean === undefined && each.length > 1;
  const counts = adds ? [mapCounts((key) => sum(each.map((one) => one[key])))] : each;
  const values = counts.map((one) => valueOf(score, one));
  return { ...meanOfScores(values, weightsInMean, zeroDivision), counts };
}

/** Returns the weighted mean of scores, those that are not defined replaced or left out. */
export function meanOfScores(
  values: readonly number[],
  weightsInMean: readonly number[] | undefined,
  zeroDivision: ZeroDivision,
): Omit<CountsScored, "counts"> {
  const weights = (weightsInMean ?? [1]).map((w, i) => zeroDivision === "skip" && Number.isNaN(values[i]) ? 0 : w);
  const whole = sum(weights);
  const filled = values.map((v) => Number.isNaN(v) ? Number(zeroDivision === 1) : v);
  const value = whole === 0 ? Number(zeroDivision === 1) : sum(filled.map((v, i) => v * weights[i])) / whole;
  return { value, values, whole, weights };
}

/** Returns the weight in the mean of each class, given its counts; nothing where counts are added up. */
export const weightsOfClasses = (
  each: readonly Counts[],
  { average, classWeights }: Pick<Scoring, "average" | "classWeights">,
): number[] | undefined =>
  addsCounts(average)
    ? undefined
    : each.map(({ tp, fn }, k) => (classWeights?.[k] ?? 1) * (average === "weighted" ? tp + fn : 1));

/** The counts of a decided batch, and the way back from them. */
export interface Counted {
  /** The counts of each class (or row). */
  readonly each: readonly Counts[];
  /** The weight of each in the mean; absent where the counts are added up first. */
  readonly weights?: readonly number[];
  /** The names of the queries, where the batch names them. */
  readonly queries?: readonly unknown[];
  /**
   * Writes the gradient with respect to each output of a function of the counts.
   *
   * @param partials The function's partial derivatives: one set per class (or row), or one set for all.
   * @param gradient Receives the numbers; default: a new float32 array.
   */
  gradient<T extends Float32Array | Float64Array = Float32Array>(partials: readonly Counts[], gradient?: T): T;
}

/**
 * Multiplies numbers by slopes (absent: 1 each) and clamps them to the range of the target.
 *
 * @returns The place of the first NaN, −1 if there is none.
 */
export function writeBounded(
  values: Float64Array,
  slopes: Float64Array | undefined,
  to: Float32Array | Float64Array,
): number {
  const largest = to instanceof Float32Array ? largestFloat32 : Number.MAX_VALUE;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] * (slopes === undefined ? 1 : slopes[i]);
    if (v !== v) return i; // NaN alone is not itself
    to[i] = Math.abs(v) < largest ? v : Math.sign(v) * largest;
  }
  return -1;
}

/** Counts a decided batch: a data set's counts are the sums of its batches' counts. */
export function countBatch(batch: Batch, decided: Decided, scoring: Scoring): Counted {
  const { score, average, classWeights } = scoring;
  if (scoring.rule !== undefined) return scoring.rule.count(batch, scoring);
  const added = addsCounts(average); // counts first, then the score
  const inCounts = classWeights !== undefined && (added || average === "samples");
  const rows: DecidedRows = {
    yTrue: batch.yTrue,
    decisions: decided.decisions,
    sampleWeight: inCounts ? weighByClass(batch, classWeights) : batch.sampleWeight,
  };
  const slices = slicesOf(average, batch);
  return {
    each: slices.map((slice) => checkCounts(score, countDecisions(rows, slice), batch, decided, slice)),
    weights: added ? undefined : weightsInMean(batch, slices, scoring),
    gradient: <T extends Float32Array | Float64Array>(
      partials: readonly Counts[],
      gradient: T = new Float32Array(batch.yTrue.length) as T,
    ): T => {
      const { decisions: byDecision, slopes } = decided; // counted: their room is free for the gradient
      slices.forEach((slice, i) => decisionGradient(rows, slice, partials[added ? 0 : i], byDecision));
      if (slopes === undefined) decided.back(byDecision);
      const bad = writeBounded(byDecision, slopes, gradient);
      if (bad >= 0) {
        throw new TypeError(
          `Cannot compute ${score.name}: the step's derivative at the output ${batch.yPred[bad]} is NaN`,
        );
      }
      return gradient;
    },
  };
}

/** Returns the partial derivatives of the mean with respect to the scored counts; `whole`: the sum of the weights. */
export function countsPartials(
  { counts, values, weights, partials }: CountsScored,
  whole: number,
  score: Score,
): readonly Counts[] {
  if (partials !== undefined) return partials();
  return counts.map((one, i): Counts => {
    const share = whole === 0 || Number.isNaN(values[i]) ? 0 : weights[i] / whole;
    if (share === 0) return mapCounts(() => 0);
    return scaleCounts(share, gradientOf(score, one));
  });
}

/** Multiplies partial derivatives by a factor; infinite ones are bounded first: 0·∞ would be NaN. */
export const scalePartials = (by: number, partials: readonly Counts[]): readonly Counts[] =>
  partials.map((one) => mapCounts((key) => by * clampFloat64(one[key])));

/** Scores a decided batch. */
export function scoreBatch(batch: Batch, decided: Decided, scoring: Scoring): Scored {
  const counted = countBatch(batch, decided, scoring);
  const scored = scoreCounts(counted.each, counted.weights, scoring), { value, values, counts } = scored;
  return {
    value,
    values,
    counts,
    gradient: (by = 1, gradient) =>
      counted.gradient(scalePartials(by, countsPartials(scored, scored.whole, scoring.score)), gradient),
  };
}

import type { Batch } from "../batch/read_batch.ts";
import { aNumber, check, checkOptions, describe, optional } from "../check/check.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { takeSlice } from "../counts/counts.ts";
import { type Curve, exactCurve, severalColumns } from "./curve.ts";
import type { CurveScore } from "./curve_scores.ts";
import { checkAverage, classOfRows, type MultiClass } from "./multi_class.ts";
import type { QueryScore } from "./ndcg.ts";
import { queriesOf, readQueries } from "./queries.ts";
import { type RankingScore, toRankingScore } from "./to_curve_score.ts";

/** The way in which the columns' scores make one number. */
export type CurveAverage = "binary" | "micro" | "macro" | "weighted";

/** Options of {@linkcode rankingMetric}. */
export interface RankingMetricOptions {
  /** The score, or its name. */
  score: RankingScore;
  /** The query of each row, for a score of queries: numbers or words, one per row, in any order. Absent: one query. */
  groups?: ArrayOrTensor;
  /**
   * "binary": one column; "micro": all columns as one; "macro" and "weighted": the mean of the columns' scores, or of the
   * pairs' scores, each weighted by its positives, or by its rows.
   *
   * @default {"binary"}
   */
  average?: CurveAverage;
  /**
   * "ovr": each column against the rest; also right for several labels. "ovo": each pair of classes on its own rows (Hand
   * and Till), for labels that name one class per row.
   *
   * @default {"ovr"}
   */
  multiClass?: MultiClass;
  /** Weights ≥ 0, one per row or one per output. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
  /** The label (NaN, say) whose outputs count nowhere; for class indices the whole row counts nowhere. */
  ignoreLabel?: number;
}

/** A score and its weight in the mean. */
interface Term {
  readonly value: number;
  readonly weight: number;
}

/** Returns the weighted mean of the scores that are defined; NaN if none is. */
function meanOf(terms: readonly Term[]): number {
  const defined = terms.filter(({ value, weight }) => !Number.isNaN(value) && weight > 0);
  const whole = defined.reduce((sum, { weight }) => sum + weight, 0);
  return defined.reduce((sum, { value, weight }) => sum + value * weight, 0) / whole;
}

/** The curve of each column against the rest. */
const columnCurves = ({ rows, classes, ...batch }: Batch): Curve[] =>
  Array.from(
    { length: classes },
    (_, offset) => exactCurve(takeSlice(batch, { offset, stride: classes, length: rows })),
  );

/** Scores each column against the rest; NaN where the score is not defined. */
export const scoreColumns = (score: CurveScore, batch: Batch): number[] =>
  columnCurves(batch).map((curve) => score.value(curve));

/** Scores the columns against the rest; a column whose score is not defined is left out of a mean. */
export function againstRest(score: CurveScore, batch: Batch, average: CurveAverage): number {
  if (average === "micro") {
    return score.value(exactCurve(takeSlice(batch, { offset: 0, stride: 1, length: batch.rows * batch.classes })));
  }
  return meanOf(
    columnCurves(batch).map((curve): Term => (
      { value: score.value(curve), weight: average === "weighted" ? curve.tp.at(-1) ?? 0 : 1 }
    )),
  );
}

/** Scores each pair of classes on the rows of the two: the mean of the scores by either column. */
function oneAgainstOne(score: CurveScore, batch: Batch, average: CurveAverage): number {
  const { rows, classes, yTrue, yPred, sampleWeight } = batch, terms: Term[] = [];
  const value = (own: number, other: number): { value: number; weight: number } => {
    const weights = new Float64Array(rows).map((_, row) => {
      const i = row * classes;
      return (yTrue[i + own] + yTrue[i + other]) * (sampleWeight === undefined ? 1 : sampleWeight[i + own]);
    });
    const column = (values: ArrayLike<number>) => new Float64Array(rows).map((_, row) => values[row * classes + own]);
    const slice = { offset: 0, stride: 1, length: rows };
    const curve = exactCurve(takeSlice({ yTrue: column(yTrue), yPred: column(yPred), sampleWeight: weights }, slice));
    return { value: score.value(curve), weight: (curve.tp.at(-1) ?? 0) + (curve.fp.at(-1) ?? 0) };
  };
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++) {
      const [one, two] = [value(a, b), value(b, a)];
      terms.push({ value: (one.value + two.value) / 2, weight: average === "weighted" ? one.weight : 1 });
    }
  }
  return meanOf(terms);
}

/** Scores the queries of a batch: the weighted mean of the scores that are defined. */
export const meanOfQueries = (score: QueryScore, batch: Batch): number =>
  meanOf(
    queriesOf(score.name, batch).map(({ ranked, weight }) => (
      { value: score.value(batch.yTrue, batch.yPred, ranked), weight }
    )),
  );

/**
 * Computes a score of the order of the outputs: exact, with ties and weights, in O(n) by a radix sort.
 *
 * For a score of queries the labels are gains ≥ 0. One column of outputs is one query, or `groups` names the query of each row; of
 * several columns each row is a query. The weight of a query is the mean of its rows' weights.
 *
 * The outputs may be probabilities, logits or any numbers: a rising function of the outputs changes nothing. A column (or
 * pair) whose score is not defined, without a positive or without a negative, is left out of the mean.
 *
 * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
 * @param yPred Outputs: an array, one array per row, or a float32 tensor of shape [n], [n, 1], [n, c] or [n, …, c].
 * @param options See {@linkcode RankingMetricOptions}.
 * @returns The score; NaN where it is not defined.
 * @throws {TypeError} If the score or an option is unknown, an argument is neither a tensor nor an array, or `groups`, `average` or
 * `multiClass` does not belong to the score.
 * @throws {RangeError} If shapes do not fit, there is no row, a label is outside [0, 1] (a gain negative or not finite), an output is
 * NaN, a weight is negative or not finite, an option is out of range, a row names no class or several with "ovo", a row has no group,
 * or `groups` is given for outputs of several columns.
 *
 * @see Hand and Till, "A Simple Generalisation of the Area Under the ROC Curve for Multiple Class Classification Problems",
 * Machine Learning 45, 2001.
 *
 * @example
 * ```ts
 * import { rankingMetric, recallAtFpr } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const yTrue = [1, 0, 1, 0], yPred = [0.9, 0.6, 0.4, 0.2];
 * assertAlmostEquals(rankingMetric(yTrue, yPred, { score: "rocAuc" }), 3 / 4);
 * assertAlmostEquals(rankingMetric(yTrue, yPred, { score: "averagePrecision" }), (1 + 2 / 3) / 2);
 * assertAlmostEquals(rankingMetric(yTrue, yPred, { score: recallAtFpr({ fpr: 0.1 }) }), 1 / 2);
 * ```
 */
export function rankingMetric(yTrue: ArrayOrTensor, yPred: ArrayOrTensor, options: RankingMetricOptions): number {
  checkOptions("the ranking metric", options, [
    "score",
    "average",
    "multiClass",
    "groups",
    "sampleWeight",
    "ignoreLabel",
  ]);
  const { average = "binary", multiClass = "ovr", groups, sampleWeight, ignoreLabel } = options;
  const score = toRankingScore(options.score), what = score.name;
  checkAverage(`compute ${what}`, average, multiClass);
  check(`compute ${what}`, { ignoreLabel }, optional(aNumber));
  const foreign = "queries" in score ? (["average", "multiClass"] as const) : (["groups"] as const);
  for (const option of foreign) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `Cannot compute ${what}: '${option}' is ${describe(options[option])}, which is not an option of this score`,
    );
  }
  const inputs = { yTrue, yPred, sampleWeight };
  if ("queries" in score) return meanOfQueries(score, readQueries(what, inputs, { groups, ignoreLabel }));
  const columns = average !== "binary", pairs = multiClass === "ovo", atLeast = pairs ? 2 : 1;
  const reading = { fromLogits: true, columns, advice: severalColumns, ignoreLabel, atLeast };
  const batch = readArrays(what, inputs, reading);
  if (pairs) classOfRows(what, batch);
  return pairs ? oneAgainstOne(score, batch, average) : againstRest(score, batch, average);
}

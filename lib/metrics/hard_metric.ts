import * as tf from "@tensorflow/tfjs";
import { type Average, scoreBatch } from "../scoring/score_batch.ts";
import { settingNames, type SettingOptions, toSetting } from "../scoring/options.ts";
import { readBatch } from "../batch/read_batch.ts";
import { checkOptions, splitOptions } from "../check/options.ts";
import {
  balancedAccuracy,
  cohenKappa,
  fowlkesMallows,
  gMean,
  informedness,
  markedness,
  mcc,
} from "../scores/agreement.ts";
import {
  precisionAtRecall,
  type PrecisionAtRecallOptions,
  recallAtPrecision,
  type RecallAtPrecisionOptions,
} from "../scores/constrained.ts";
import type { Score } from "../scores/score.ts";
import {
  accuracy,
  dice,
  f1,
  fBeta,
  type FBetaOptions,
  jaccard,
  npv,
  precision,
  recall,
  specificity,
  tversky,
  type TverskyOptions,
  utility,
  type UtilityOptions,
} from "../scores/ratio.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Options of every metric: those of a loss, but for the step, since decisions are counted as they are. */
export interface MetricOptions extends Omit<SettingOptions, "step" | "slope" | "average"> {
  /**
   * How the columns' scores make one number, with scikit-learn's meaning; "none" leaves them apart, one a class.
   *
   * @default {"binary"}
   */
  average?: Average | "none";
}

/** A metric as `model.compile({ metrics })` takes it; its name is its key in the history. */
export interface Metric {
  /**
   * @param yTrue Labels in [0, 1], of the outputs' shape, or class indices, one a row.
   * @param yPred Probabilities (or logits), float32: shape [n] or [n, 1]; with an `average`, [n, c] or [n, …, c].
   * @param sampleWeight Weights ≥ 0, one a row or one an output.
   * @returns The score, a scalar; with average "none" one number a class.
   */
  (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor;
  /** Its key in the history: "precision", or "precision_0.3" at another threshold than 0.5. */
  readonly name: string;
}

/**
 * A score of the decisions, for `model.compile({ metrics })`.
 *
 *     score(counts),   counts under round: an output is a positive where it is > threshold
 *
 * TensorFlow.js reports the mean of the batches, which is not the score of the epoch; for that, call it on the whole
 * data set.
 *
 * @param score A score or its name.
 * @param options See {@linkcode MetricOptions}.
 * @returns The metric, called as the score is, with the threshold where it is not 0.5.
 * @throws {TypeError} An unknown score or option. Called: an argument that is no tensor.
 * @throws {RangeError} An option out of range. Called: as {@linkcode metricLoss}.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { hardMetric } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const metric = hardMetric("recall");
 * assertEquals(metric(tf.tensor1d([1, 1, 0]), tf.tensor1d([0.9, 0.2, 0.1])).dataSync()[0], 0.5);
 * ```
 */
export function hardMetric(score: ScoreName | ScoreDefinition, options: MetricOptions = {}): Metric {
  const chosen = toScore(score);
  checkOptions(`the metric '${chosen.name}'`, options, settingNames);
  const { threshold, average = "binary", zeroDivision = 0 } = options;
  const name = metricName(chosen.name, options);
  const { scoring, reading, decide } = toSetting(`the metric '${name}'`, chosen, {
    ...options,
    step: "round",
    threshold,
    average: average === "none" ? "macro" : average,
  });

  const metric = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor => {
    const batch = readBatch(name, { yTrue, yPred, sampleWeight }, reading);
    const { value, values } = scoreBatch(batch, decide(batch), scoring);
    if (average !== "none") return tf.scalar(value);
    const instead = zeroDivision === "skip" ? NaN : zeroDivision;
    return tf.tensor1d(values.map((v) => Number.isNaN(v) ? instead : v));
  };
  return Object.defineProperty(metric, "name", { value: name });
}

/** What distinguishes a metric from the others of its score: only what is not usual. */
export function metricName(
  score: string,
  { threshold = 0.5, average = "binary", decision = "threshold" }: MetricOptions,
): string {
  const parts = [
    score,
    average === "binary" ? "" : String(average),
    decision === "threshold" ? "" : typeof decision === "object" ? `top${decision?.top}` : String(decision),
    threshold === 0.5 ? "" : String(threshold).replaceAll(",", "_"),
  ];
  return parts.filter((part) => part !== "").join("_");
}

/** Makes a metric of one score. */
export type MetricFactory = (options?: MetricOptions) => Metric;

const metricOf = (score: Score): MetricFactory => (options = {}) => hardMetric(score, options);

/** {@linkcode hardMetric} of {@linkcode precision}. */
export const precisionMetric: MetricFactory = metricOf(precision);

/** {@linkcode hardMetric} of {@linkcode recall}. */
export const recallMetric: MetricFactory = metricOf(recall);

/** {@linkcode hardMetric} of {@linkcode f1}. */
export const f1Metric: MetricFactory = metricOf(f1);

/** {@linkcode hardMetric} of {@linkcode jaccard}. */
export const jaccardMetric: MetricFactory = metricOf(jaccard);

/** {@linkcode hardMetric} of {@linkcode accuracy}. */
export const accuracyMetric: MetricFactory = metricOf(accuracy);

/** {@linkcode hardMetric} of {@linkcode specificity}. */
export const specificityMetric: MetricFactory = metricOf(specificity);

/** {@linkcode hardMetric} of {@linkcode npv}. */
export const npvMetric: MetricFactory = metricOf(npv);

/** {@linkcode hardMetric} of {@linkcode balancedAccuracy}. */
export const balancedAccuracyMetric: MetricFactory = metricOf(balancedAccuracy);

/** {@linkcode hardMetric} of {@linkcode dice}. */
export const diceMetric: MetricFactory = metricOf(dice);

/** {@linkcode hardMetric} of {@linkcode mcc}. */
export const mccMetric: MetricFactory = metricOf(mcc);

/** {@linkcode hardMetric} of {@linkcode cohenKappa}. */
export const cohenKappaMetric: MetricFactory = metricOf(cohenKappa);

/** {@linkcode hardMetric} of {@linkcode informedness}. */
export const informednessMetric: MetricFactory = metricOf(informedness);

/** {@linkcode hardMetric} of {@linkcode markedness}. */
export const markednessMetric: MetricFactory = metricOf(markedness);

/** {@linkcode hardMetric} of {@linkcode gMean}. */
export const gMeanMetric: MetricFactory = metricOf(gMean);

/** {@linkcode hardMetric} of {@linkcode fowlkesMallows}. */
export const fowlkesMallowsMetric: MetricFactory = metricOf(fowlkesMallows);

/** {@linkcode hardMetric} of {@linkcode fBeta}: `fBetaMetric({ beta: 0.5 })` is "fBeta0.5" in the history. */
export function fBetaMetric(options: FBetaOptions & MetricOptions): Metric {
  const [own, others] = splitOptions(options, ["beta"]);
  return hardMetric(fBeta(own), others);
}

/** {@linkcode hardMetric} of {@linkcode tversky}. */
export function tverskyMetric(options: TverskyOptions & MetricOptions): Metric {
  const [own, others] = splitOptions(options, ["alpha", "beta"]);
  return hardMetric(tversky(own), others);
}

/** {@linkcode hardMetric} of {@linkcode precisionAtRecall}. */
export function precisionAtRecallMetric(options: PrecisionAtRecallOptions & MetricOptions): Metric {
  const [own, others] = splitOptions(options, ["recall"]);
  return hardMetric(precisionAtRecall(own), others);
}

/** {@linkcode hardMetric} of {@linkcode recallAtPrecision}. */
export function recallAtPrecisionMetric(options: RecallAtPrecisionOptions & MetricOptions): Metric {
  const [own, others] = splitOptions(options, ["precision"]);
  return hardMetric(recallAtPrecision(own), others);
}

/** {@linkcode hardMetric} of {@linkcode utility}: what each outcome is worth, then the options. */
export function utilityMetric(worth: UtilityOptions, options: MetricOptions = {}): Metric {
  return hardMetric(utility(worth), options);
}

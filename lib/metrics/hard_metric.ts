import * as tf from "@tensorflow/tfjs-core";
import { type Average, scoreBatch, withZeroDivision } from "../scoring/score_batch.ts";
import { resolveOptions, scoringOptionNames, type ScoringOptions } from "../scoring/options.ts";
import { type HostNumbers, readBatch, readBatchShape } from "../batch/read_batch.ts";
import { registeredKernels } from "../kernels/registered.ts";
import { checkFactory, checkOptions, splitOptions } from "../check/check.ts";
import {
  precisionAtRecall,
  type PrecisionAtRecallOptions,
  recallAtPrecision,
  type RecallAtPrecisionOptions,
} from "../scores/constrained.ts";
import {
  fBeta,
  type FBetaOptions,
  tversky,
  type TverskyOptions,
  utility,
  type UtilityOptions,
} from "../scores/ratio.ts";
import type { Score } from "../scores/score.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { checkDevice, checkReads } from "../tfjs/engine.ts";
import { registeredDevice } from "../tfjs/registered_device.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Options of every metric: the options of a loss without the step, because decisions are counted. */
export interface MetricOptions extends Omit<ScoringOptions, "step" | "slope" | "average"> {
  /**
   * The way to combine the columns' scores, with scikit-learn's meaning; "none" gives one score per class.
   *
   * @default {"binary"}
   */
  average?: Average | "none";
}

/** A metric for `model.compile({ metrics })`. */
export interface Metric {
  /**
   * Scores a batch.
   *
   * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
   * @param yPred Probabilities (or logits), float32: shape [n] or [n, 1]; with an `average`, [n, c] or [n, …, c].
   * @param sampleWeight Weights ≥ 0, one per row or one per output.
   * @returns The score, a scalar; with average "none" one number per class.
   */
  (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor;
  /** The metric's key in the history: "precision", or "precision_0.3" at the threshold 0.3. */
  readonly name: string;
}

/**
 * Makes a metric for `model.compile({ metrics })` from a score of the decisions.
 *
 *     score(counts),   counts under round: an output is a positive where it is > threshold
 *
 * On WebGL and WebGPU the score is computed on the device and not read back; NaN there stands for a number out of range.
 *
 * TensorFlow.js reports the mean of the batches, which differs from the score of the epoch, and with average "none" the mean
 * of the classes. For the score of a data set, call the metric on the whole data set or use {@linkcode DatasetMetrics}.
 *
 * @param score A score or its name.
 * @param options See {@linkcode MetricOptions}.
 * @returns The metric, named like the score and by its options that are not the default.
 * @throws {TypeError} An unknown score or option. Called: an argument that is not a tensor.
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
  checkOptions(`the metric '${chosen.name}'`, options, scoringOptionNames);
  const { average = "binary", zeroDivision = 0 } = options;
  const name = metricName(chosen.name, options);
  const columnAverage = average === "none" ? "macro" : average;
  const setting = resolveOptions(`the metric '${name}'`, chosen, { ...options, step: "round", average: columnAverage });

  const metric = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor => {
    const inputs = { yTrue, yPred, sampleWeight };
    checkDevice();
    const onDevice = average === "none" ? undefined : registeredDevice()?.deviceScore(name, setting, inputs);
    if (onDevice !== undefined) return onDevice;
    checkReads();
    const kernels = average === "samples" ? registeredKernels() : undefined; // without an object per row
    if (kernels !== undefined) {
      const shape = readBatchShape(name, inputs, setting.reading);
      const numbers = {
        yTrue: dataOf(yTrue),
        yPred: dataOf(yPred),
        sampleWeight: sampleWeight && dataOf(sampleWeight),
      };
      const scored = kernels.scoreFast(setting.decide, setting.scoring, numbers, shape, kernels.arrays);
      if (scored !== undefined) return tf.scalar(scored.value);
    }
    const batch = readBatch(name, inputs, setting.reading);
    const { value, values } = scoreBatch(batch, setting.decide(batch), setting.scoring);
    if (average !== "none") return tf.scalar(value);
    return tf.tensor1d(values.map((one) => withZeroDivision(one, zeroDivision)));
  };
  return Object.defineProperty(metric, "name", { value: name });
}

const dataOf = (tensor: Tensor): HostNumbers => tensor.dataSync() as HostNumbers;

/** The name of a metric: the score's, followed by the options that are not the default. */
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

/** Makes a metric of one score: {@linkcode hardMetric} with the score chosen. */
export type MetricFactory = (options?: MetricOptions) => Metric;

const metricOf = (score: ScoreName): MetricFactory => (options = {}) => {
  checkFactory(`${score}Metric`, options, scoringOptionNames);
  return hardMetric(score, options);
};

/** Makes a metric of {@linkcode precision}. */
export const precisionMetric: MetricFactory = /* @__PURE__ */ metricOf("precision");
/** Makes a metric of {@linkcode recall}. */
export const recallMetric: MetricFactory = /* @__PURE__ */ metricOf("recall");
/** Makes a metric of {@linkcode f1}. */
export const f1Metric: MetricFactory = /* @__PURE__ */ metricOf("f1");
/** Makes a metric of {@linkcode jaccard}. */
export const jaccardMetric: MetricFactory = /* @__PURE__ */ metricOf("jaccard");
/** Makes a metric of {@linkcode accuracy}. */
export const accuracyMetric: MetricFactory = /* @__PURE__ */ metricOf("accuracy");
/** Makes a metric of {@linkcode specificity}. */
export const specificityMetric: MetricFactory = /* @__PURE__ */ metricOf("specificity");
/** Makes a metric of {@linkcode npv}. */
export const npvMetric: MetricFactory = /* @__PURE__ */ metricOf("npv");
/** Makes a metric of {@linkcode balancedAccuracy}. */
export const balancedAccuracyMetric: MetricFactory = /* @__PURE__ */ metricOf("balancedAccuracy");
/** Makes a metric of {@linkcode dice}. */
export const diceMetric: MetricFactory = /* @__PURE__ */ metricOf("dice");
/** Makes a metric of {@linkcode mcc}. */
export const mccMetric: MetricFactory = /* @__PURE__ */ metricOf("mcc");
/** Makes a metric of {@linkcode cohenKappa}. */
export const cohenKappaMetric: MetricFactory = /* @__PURE__ */ metricOf("cohenKappa");
/** Makes a metric of {@linkcode informedness}. */
export const informednessMetric: MetricFactory = /* @__PURE__ */ metricOf("informedness");
/** Makes a metric of {@linkcode markedness}. */
export const markednessMetric: MetricFactory = /* @__PURE__ */ metricOf("markedness");
/** Makes a metric of {@linkcode gMean}. */
export const gMeanMetric: MetricFactory = /* @__PURE__ */ metricOf("gMean");
/** Makes a metric of {@linkcode fowlkesMallows}. */
export const fowlkesMallowsMetric: MetricFactory = /* @__PURE__ */ metricOf("fowlkesMallows");

/** Makes the factory of metrics of a score with options of its own: they come in one object with those of a metric. */
function mergedMetric<Own extends object>(
  factory: string,
  names: readonly (keyof Own & string)[],
  make: (own: Own) => Score,
): (options: Own & MetricOptions) => Metric {
  return (options) => {
    const [own, shared] = splitOptions(factory, options, names, scoringOptionNames);
    return hardMetric(make(own as unknown as Own), shared as MetricOptions);
  };
}

/** Makes a metric of {@linkcode fBeta}: `fBetaMetric({ beta: 0.5 })` is "fBeta0.5" in the history. */
export const fBetaMetric: (options: FBetaOptions & MetricOptions) => Metric = /* @__PURE__ */ mergedMetric(
  "fBetaMetric",
  ["beta"],
  fBeta,
);

/** Makes a metric of {@linkcode tversky}. */
export const tverskyMetric: (options: TverskyOptions & MetricOptions) => Metric = /* @__PURE__ */ mergedMetric(
  "tverskyMetric",
  ["alpha", "beta"],
  tversky,
);

/** Makes a metric of {@linkcode precisionAtRecall}. */
export const precisionAtRecallMetric: (options: PrecisionAtRecallOptions & MetricOptions) => Metric =
  /* @__PURE__ */ mergedMetric("precisionAtRecallMetric", ["recall"], precisionAtRecall);

/** Makes a metric of {@linkcode recallAtPrecision}. */
export const recallAtPrecisionMetric: (options: RecallAtPrecisionOptions & MetricOptions) => Metric =
  /* @__PURE__ */ mergedMetric("recallAtPrecisionMetric", ["precision"], recallAtPrecision);

/** Makes a metric of {@linkcode utility}. */
export const utilityMetric: (options: UtilityOptions & MetricOptions) => Metric = /* @__PURE__ */ mergedMetric(
  "utilityMetric",
  ["tp", "fp", "fn", "tn"],
  utility,
);

import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor } from "../tensor.ts";
import { readBatch } from "../check/batch.ts";
import { ofLogits, ofProbabilities } from "../counts/link.ts";
import { softCounts } from "../counts/soft_counts.ts";
import { checkZeroDivision } from "../losses/metric_loss.ts";
import type { Score } from "../scores/score.ts";
import { accuracy, f1, fBeta, type FBetaOptions, jaccard, precision, recall } from "../scores/scores.ts";
import { type ScoreName, toScore } from "../scores/to_score.ts";
import { round } from "../steps/round.ts";

/** Options of every metric. */
export interface MetricOptions {
  /**
   * An output is a positive where it is greater, strictly.
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * Whether `yPred` holds logits; the threshold stays one of probabilities.
   *
   * @default {false}
   */
  fromLogits?: boolean;
  /**
   * What is reported where the score is not defined (0/0).
   *
   * @default {0}
   */
  zeroDivision?: 0 | 1;
}

/** A metric as `model.compile({ metrics })` takes it; its name is its key in the history. */
export interface Metric {
  /**
   * @param yTrue Labels in [0, 1], shape [n] or [n, 1].
   * @param yPred Probabilities (or logits), shape [n] or [n, 1], float32.
   * @param sampleWeight Weights ≥ 0, shape [n] or [n, 1].
   * @returns The score, a scalar.
   */
  (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar;
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
 * @param options `threshold`, `fromLogits`, `zeroDivision`.
 * @returns The metric, called as the score is, with the threshold where it is not 0.5.
 * @throws {TypeError} An unknown score. Called: an argument that is no tensor.
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
export function hardMetric(score: ScoreName | Score, options: MetricOptions = {}): Metric {
  const { threshold = 0.5, fromLogits = false, zeroDivision = 0 } = options;
  const chosen = toScore(score);
  const name = threshold === 0.5 ? chosen.name : `${chosen.name}_${threshold}`;
  checkZeroDivision(`the metric '${name}'`, zeroDivision);
  const link = fromLogits ? ofLogits : ofProbabilities;
  const decide = link(round({ threshold }));

  const metric = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar => {
    const value = chosen.value(softCounts(readBatch(name, { yTrue, yPred, sampleWeight }, { fromLogits }), decide));
    return tf.scalar(Number.isNaN(value) ? zeroDivision : value);
  };
  return Object.defineProperty(metric, "name", { value: name });
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

/** {@linkcode hardMetric} of {@linkcode fBeta}: `fBetaMetric({ beta: 0.5 })` is "fBeta0.5" in the history. */
export function fBetaMetric({ beta, ...options }: FBetaOptions & MetricOptions): Metric {
  return hardMetric(fBeta({ beta }), options);
}

import type { Score } from "../scores/score.ts";
import { accuracy, f1, fBeta, type FBetaOptions, jaccard, precision, recall } from "../scores/scores.ts";
import { type Loss, type LossOptions, metricLoss } from "./metric_loss.ts";

/** Makes a loss of one score. */
export type LossFactory = (options?: LossOptions) => Loss;

const lossOf = (score: Score): LossFactory => (options = {}) => metricLoss(score, options);

/**
 * 1 − precision, tp/(tp + fp): {@linkcode metricLoss} of {@linkcode precision}. Alone it has a useless optimum, one sure
 * positive; prefer {@linkcode fBetaLoss} with β < 1 where every positive counts.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { precisionLoss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = precisionLoss({ step: "softsign", slope: 20 });
 * const y = tf.tensor1d([1, 0, 1]);
 * assertEquals(loss(y, y).dataSync()[0], 0); // a perfect classifier: exactly 0
 * ```
 */
export const precisionLoss: LossFactory = lossOf(precision);

/**
 * 1 − recall, tp/(tp + fn): {@linkcode metricLoss} of {@linkcode recall}. Alone it has a useless optimum: everything
 * positive.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const recallLoss: LossFactory = lossOf(recall);

/**
 * 1 − F1, 2tp/(2tp + fp + fn): {@linkcode metricLoss} of {@linkcode f1}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const f1Loss: LossFactory = lossOf(f1);

/**
 * 1 − the Jaccard index, tp/(tp + fp + fn): {@linkcode metricLoss} of {@linkcode jaccard}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const jaccardLoss: LossFactory = lossOf(jaccard);

/**
 * 1 − accuracy, (tp + tn)/(tp + fp + fn + tn): {@linkcode metricLoss} of {@linkcode accuracy}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const accuracyLoss: LossFactory = lossOf(accuracy);

/**
 * 1 − Fβ: {@linkcode metricLoss} of {@linkcode fBeta}.
 *
 * @param options `beta`, and those of {@linkcode LossOptions}.
 * @returns The loss.
 * @throws {RangeError} `beta` is no finite number ≥ 0.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fBetaLoss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = fBetaLoss({ beta: 0.5, slope: 20 }); // precision counts twice as much as recall
 * assertEquals(loss.name, "fBeta0.5Loss");
 * ```
 */
export function fBetaLoss({ beta, ...options }: FBetaOptions & LossOptions): Loss {
  return metricLoss(fBeta({ beta }), options);
}

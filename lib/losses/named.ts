import { splitOptions } from "../check/options.ts";
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
 * 1 − specificity, tn/(tn + fp): {@linkcode metricLoss} of {@linkcode specificity}. Alone it has a useless optimum: everything negative.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const specificityLoss: LossFactory = lossOf(specificity);

/**
 * 1 − negative predictive value, tn/(tn + fn): {@linkcode metricLoss} of {@linkcode npv}. Alone it has a useless optimum: one sure negative.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const npvLoss: LossFactory = lossOf(npv);

/**
 * 1 − balanced accuracy, (recall + specificity)/2: {@linkcode metricLoss} of {@linkcode balancedAccuracy}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const balancedAccuracyLoss: LossFactory = lossOf(balancedAccuracy);

/**
 * 1 − Dice, 2tp/(2tp + fp + fn): {@linkcode metricLoss} of {@linkcode dice}. The same as {@linkcode f1Loss}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const diceLoss: LossFactory = lossOf(dice);

/**
 * 1 − Matthews' correlation coefficient: {@linkcode metricLoss} of {@linkcode mcc}. It lies in [0, 2].
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const mccLoss: LossFactory = lossOf(mcc);

/**
 * 1 − Cohen's kappa: {@linkcode metricLoss} of {@linkcode cohenKappa}. It lies in [0, 2].
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const cohenKappaLoss: LossFactory = lossOf(cohenKappa);

/**
 * 1 − informedness, recall + specificity − 1: {@linkcode metricLoss} of {@linkcode informedness}. It lies in [0, 2].
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const informednessLoss: LossFactory = lossOf(informedness);

/**
 * 1 − markedness, precision + npv − 1: {@linkcode metricLoss} of {@linkcode markedness}. It lies in [0, 2].
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const markednessLoss: LossFactory = lossOf(markedness);

/**
 * 1 − √(recall · specificity): {@linkcode metricLoss} of {@linkcode gMean}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const gMeanLoss: LossFactory = lossOf(gMean);

/**
 * 1 − √(precision · recall): {@linkcode metricLoss} of {@linkcode fowlkesMallows}.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss.
 */
export const fowlkesMallowsLoss: LossFactory = lossOf(fowlkesMallows);

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
export function fBetaLoss(options: FBetaOptions & LossOptions): Loss {
  const [own, others] = splitOptions(options, ["beta"]);
  return metricLoss(fBeta(own), others);
}

/**
 * 1 − the Tversky index: {@linkcode metricLoss} of {@linkcode tversky}.
 *
 * @param options `alpha`, `beta`, and those of {@linkcode LossOptions}.
 * @returns The loss.
 * @throws {RangeError} As {@linkcode tversky}.
 */
export function tverskyLoss(options: TverskyOptions & LossOptions): Loss {
  const [own, others] = splitOptions(options, ["alpha", "beta"]);
  return metricLoss(tversky(own), others);
}

/**
 * 1 − precision with a floor under recall: {@linkcode metricLoss} of {@linkcode precisionAtRecall}.
 *
 * @param options `recall`, the floor, and those of {@linkcode LossOptions}.
 * @returns The loss.
 * @throws {RangeError} As {@linkcode precisionAtRecall}.
 */
export function precisionAtRecallLoss(options: PrecisionAtRecallOptions & LossOptions): Loss {
  const [own, others] = splitOptions(options, ["recall"]);
  return metricLoss(precisionAtRecall(own), others);
}

/**
 * 1 − recall with a floor under precision: {@linkcode metricLoss} of {@linkcode recallAtPrecision}.
 *
 * @param options `precision`, the floor, and those of {@linkcode LossOptions}.
 * @returns The loss.
 * @throws {RangeError} As {@linkcode recallAtPrecision}.
 */
export function recallAtPrecisionLoss(options: RecallAtPrecisionOptions & LossOptions): Loss {
  const [own, others] = splitOptions(options, ["precision"]);
  return metricLoss(recallAtPrecision(own), others);
}

/**
 * − what the decisions are worth, a mean a row: {@linkcode metricLoss} of {@linkcode utility}.
 *
 * @param worth What each outcome is worth: `tp`, `fp`, `fn`, `tn`.
 * @param options See {@linkcode LossOptions}.
 * @returns The loss, in the unit of the worths.
 * @throws {RangeError} As {@linkcode utility}.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { utilityLoss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = utilityLoss({ tp: 100, fp: -5 }); // a hit earns 100, a false alarm costs 5
 * const y = tf.tensor1d([1, 0, 0, 0]);
 * assertEquals(loss(y, y).dataSync()[0], -25);
 * ```
 */
export function utilityLoss(worth: UtilityOptions, options: LossOptions = {}): Loss {
  return metricLoss(utility(worth), options);
}

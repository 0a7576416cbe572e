import { splitOptions } from "../check/check.ts";
import type { PrecisionAtRecallOptions, RecallAtPrecisionOptions } from "../scores/constrained.ts";
import {
  accuracy,
  balancedAccuracy,
  cohenKappa,
  dice,
  f1,
  fBeta,
  fowlkesMallows,
  gMean,
  informedness,
  jaccard,
  markedness,
  mcc,
  npv,
  precision,
  precisionAtRecall,
  recall,
  recallAtPrecision,
  type Score,
  specificity,
  tversky,
  utility,
} from "../scores/mod.ts";
import { lossOptionNames } from "../scoring/options.ts";
import type { FBetaOptions, TverskyOptions, UtilityOptions } from "../scores/ratio.ts";
import { factoryOf, type Loss, type LossFactory, lossOf, type LossOptions, nameFactory } from "./metric_loss.ts";

/** Makes the factory of a score that has options of its own: they come in one object with those of the loss. */
function mergedFactory<Own extends object>(
  factory: string,
  names: readonly (keyof Own & string)[],
  make: (own: Own) => Score,
) {
  return nameFactory(factory, (options: Own & LossOptions): Loss => {
    const [own, shared] = splitOptions(factory, options, names, lossOptionNames);
    return lossOf(make(own as unknown as Own), shared as LossOptions);
  });
}

/**
 * 1 − precision, tp/(tp + fp). Alone it has a useless optimum, one sure positive; prefer {@linkcode fBetaLoss} with β < 1
 * where every positive counts.
 *
 * @param options See {@linkcode LossOptions}.
 * @returns The loss; see {@linkcode metricLoss}.
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
export const precisionLoss: LossFactory = /* @__PURE__ */ factoryOf(precision);

/** 1 − recall, tp/(tp + fn). Alone it has a useless optimum: everything positive. */
export const recallLoss: LossFactory = /* @__PURE__ */ factoryOf(recall);

/** 1 − F1, 2tp/(2tp + fp + fn). */
export const f1Loss: LossFactory = /* @__PURE__ */ factoryOf(f1);

/** 1 − the Jaccard index, tp/(tp + fp + fn). */
export const jaccardLoss: LossFactory = /* @__PURE__ */ factoryOf(jaccard);

/** 1 − accuracy, (tp + tn)/(tp + fp + fn + tn). */
export const accuracyLoss: LossFactory = /* @__PURE__ */ factoryOf(accuracy);

/** 1 − specificity, tn/(tn + fp). Alone it has a useless optimum: everything negative. */
export const specificityLoss: LossFactory = /* @__PURE__ */ factoryOf(specificity);

/** 1 − negative predictive value, tn/(tn + fn). Alone it has a useless optimum: one sure negative. */
export const npvLoss: LossFactory = /* @__PURE__ */ factoryOf(npv);

/** 1 − balanced accuracy, (recall + specificity)/2. */
export const balancedAccuracyLoss: LossFactory = /* @__PURE__ */ factoryOf(balancedAccuracy);

/** 1 − Dice, 2tp/(2tp + fp + fn): equal to {@linkcode f1Loss}. */
export const diceLoss: LossFactory = /* @__PURE__ */ factoryOf(dice);

/** 1 − Matthews' correlation coefficient, in [0, 2]. */
export const mccLoss: LossFactory = /* @__PURE__ */ factoryOf(mcc);

/** 1 − Cohen's kappa, in [0, 2]. */
export const cohenKappaLoss: LossFactory = /* @__PURE__ */ factoryOf(cohenKappa);

/** 1 − informedness, recall + specificity − 1, in [0, 2]. */
export const informednessLoss: LossFactory = /* @__PURE__ */ factoryOf(informedness);

/** 1 − markedness, precision + npv − 1, in [0, 2]. */
export const markednessLoss: LossFactory = /* @__PURE__ */ factoryOf(markedness);

/** 1 − √(recall · specificity). */
export const gMeanLoss: LossFactory = /* @__PURE__ */ factoryOf(gMean);

/** 1 − √(precision · recall). */
export const fowlkesMallowsLoss: LossFactory = /* @__PURE__ */ factoryOf(fowlkesMallows);

/**
 * 1 − Fβ.
 *
 * @param options `beta`, as for {@linkcode fBeta}, and those of {@linkcode LossOptions}.
 * @returns The loss.
 * @throws {RangeError} `beta` is not a number from 0 to 1e150.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fBetaLoss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = fBetaLoss({ beta: 0.5, slope: 20 }); // a beta below 1 favours precision
 * assertEquals(loss.name, "fBeta0.5Loss");
 * ```
 */
export const fBetaLoss: (options: FBetaOptions & LossOptions) => Loss = /* @__PURE__ */ mergedFactory("fBetaLoss", [
  "beta",
], fBeta);

/** 1 − the Tversky index, with `alpha` and `beta` as for {@linkcode tversky}. */
export const tverskyLoss: (options: TverskyOptions & LossOptions) => Loss = /* @__PURE__ */ mergedFactory(
  "tverskyLoss",
  ["alpha", "beta"],
  tversky,
);

/** 1 − precision with a floor under recall, `recall`, as for {@linkcode precisionAtRecall}. */
export const precisionAtRecallLoss: (options: PrecisionAtRecallOptions & LossOptions) => Loss =
  /* @__PURE__ */ mergedFactory(
    "precisionAtRecallLoss",
    ["recall"],
    precisionAtRecall,
  );

/** 1 − recall with a floor under precision, `precision`, as for {@linkcode recallAtPrecision}. */
export const recallAtPrecisionLoss: (options: RecallAtPrecisionOptions & LossOptions) => Loss =
  /* @__PURE__ */ mergedFactory(
    "recallAtPrecisionLoss",
    ["precision"],
    recallAtPrecision,
  );

/**
 * − the mean worth of a decision: the loss of {@linkcode utility}.
 *
 * @param options The worth of each outcome, `tp`, `fp`, `fn` and `tn`, and those of {@linkcode LossOptions}.
 * @returns The loss, in the unit of the worths.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { utilityLoss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = utilityLoss({ tp: 100, fp: -5, slope: 10 }); // a hit earns 100, a false alarm costs 5
 * const y = tf.tensor1d([1, 0, 0, 0]);
 * assertEquals(loss(y, y).dataSync()[0], -25);
 * ```
 */
export const utilityLoss: (options: UtilityOptions & LossOptions) => Loss = /* @__PURE__ */ mergedFactory(
  "utilityLoss",
  ["tp", "fp", "fn", "tn"],
  utility,
);

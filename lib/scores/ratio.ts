import { amount, check, checkOptions, numberThat, readNumbers, type Rule } from "../check/check.ts";
import { countKeys, type Counts } from "../counts/counts.ts";
import { formulaOf, withFormula } from "./formula.ts";
import { linearFractional } from "./linear_fractional.ts";
import type { Score } from "./score.ts";

const weight: Rule = /* @__PURE__ */ numberThat("a number from 0 to 1e150", (w) => w >= 0 && w <= 1e150);

/**
 * Precision, the fraction of predicted positives that are positives.
 *
 *     tp / (tp + fp), in [0, 1]; not defined without a predicted positive
 *
 * Its degenerate optimum: one certain positive. It needs a second goal (Fβ with β < 1, a required recall).
 *
 * @see scikit-learn, `precision_score`.
 */
export const precision: Score = /* @__PURE__ */ linearFractional("precision", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fp: 1 },
});

/**
 * Recall (sensitivity, true positive rate), the fraction of positives that are found.
 *
 *     tp / (tp + fn), in [0, 1]; not defined without a positive
 *
 * Its degenerate optimum: everything positive.
 *
 * @see scikit-learn, `recall_score`.
 */
export const recall: Score = /* @__PURE__ */ linearFractional("recall", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fn: 1 },
});

/** The harmonic mean of precision and recall, 2tp/(2tp + fp + fn), which segmentation calls Dice. */
const harmonicMean = { numerator: { tp: 2 }, denominator: { tp: 2, fp: 1, fn: 1 } };

/**
 * The harmonic mean of precision and recall: {@linkcode fBeta} with β = 1.
 *
 *     2tp / (2tp + fp + fn), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @see scikit-learn, `f1_score`.
 */
export const f1: Score = /* @__PURE__ */ linearFractional("f1", harmonicMean);

/** Options of {@linkcode fBeta}. */
export interface FBetaOptions {
  /** β: recall is weighted β times as much as precision. 0 is precision, ∞ would be recall. */
  beta: number;
}

/**
 * The weighted harmonic mean of precision and recall.
 *
 *     (1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @param options `beta`: 0 is precision, 1 is {@linkcode f1}, 2 favours recall, 0.5 precision.
 * @returns The score; its name carries β: "fBeta0.5".
 * @throws {RangeError} `beta` is not a number from 0 to 1e150.
 * @throws {TypeError} An unknown option.
 *
 * @see scikit-learn, `fbeta_score`; van Rijsbergen, "Information Retrieval", 1979.
 *
 * @example
 * ```ts
 * import { fBeta } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(fBeta({ beta: 2 }).value({ tp: 3, fp: 1, fn: 2, tn: 4 }), 15 / 24);
 * ```
 */
export function fBeta(options: FBetaOptions): Score {
  const { beta } = readNumbers("the score 'fBeta'", options, ["beta"], weight), b2 = beta * beta;
  return linearFractional(`fBeta${beta}`, {
    numerator: { tp: 1 + b2 },
    denominator: { tp: 1 + b2, fp: 1, fn: b2 },
  });
}

/**
 * Specificity (true negative rate), the fraction of negatives that are predicted negative.
 *
 *     tn / (tn + fp), in [0, 1]; not defined without a negative
 *
 * Its degenerate optimum: everything negative. It is the {@linkcode recall} of the negatives.
 *
 * @see scikit-learn, `recall_score` with `pos_label=0`.
 */
export const specificity: Score = /* @__PURE__ */ linearFractional("specificity", {
  numerator: { tn: 1 },
  denominator: { tn: 1, fp: 1 },
});

/**
 * Negative predictive value, the fraction of predicted negatives that are negatives.
 *
 *     tn / (tn + fn), in [0, 1]; not defined without a predicted negative
 *
 * Its degenerate optimum: one certain negative. It is the {@linkcode precision} of the negatives.
 *
 * @see scikit-learn, `precision_score` with `pos_label=0`.
 */
export const npv: Score = /* @__PURE__ */ linearFractional("npv", {
  numerator: { tn: 1 },
  denominator: { tn: 1, fn: 1 },
});

/**
 * The Dice coefficient: image segmentation's name for {@linkcode f1}.
 *
 *     2tp / (2tp + fp + fn), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * Other libraries' Dice: Keras' (3.15) multiplies the loss of the whole batch by the mean `sample_weight` (0.672 for 0.448 with
 * the weights 4, 1, 0, 1), while here the weights enter the counts (0.213). segmentation_models_pytorch (0.6) gives a
 * class without a positive the loss 0 (one such class of three: 0.207 for 0.540), optax (0.2.8) has `smooth` = 1 (0.164
 * for 0.527).
 *
 * @see Milletari et al., "V-Net", arXiv 1606.04797, uses the squared form; this is the plain form.
 */
export const dice: Score = /* @__PURE__ */ linearFractional("dice", harmonicMean);

/** Options of {@linkcode tversky}. */
export interface TverskyOptions {
  /** The weight of a false positive. */
  alpha: number;
  /** The weight of a false negative. */
  beta: number;
}

/**
 * The Tversky index: false positives and false negatives have a weight each.
 *
 *     tp / (tp + α·fp + β·fn), in [0, 1]; not defined where this is 0/0
 *
 * α = β = ½ is {@linkcode f1}, α = β = 1 {@linkcode jaccard}, α = 1 and β = 0 {@linkcode precision}.
 *
 * Keras's Tversky (3.15) exchanges α and β, against its own documentation: its α = 1, β = 0 is recall (a loss of 0.5
 * where 1 − precision is 0.385). optax and segmentation_models_pytorch agree with this form.
 *
 * @param options `alpha` and `beta`, at least 0 and not both 0.
 * @returns The score; its name carries both: "tversky0.3_0.7".
 * @throws {RangeError} `alpha` or `beta` is not a number from 0 to 1e150, or both are 0.
 *
 * @see Salehi et al., "Tversky loss function for image segmentation", arXiv 1706.05721.
 *
 * @example
 * ```ts
 * import { tversky } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(tversky({ alpha: 0.3, beta: 0.7 }).value({ tp: 3, fp: 1, fn: 2, tn: 4 }), 3 / 4.7);
 * ```
 */
export function tversky(options: TverskyOptions): Score {
  const { alpha, beta } = readNumbers("the score 'tversky'", options, ["alpha", "beta"], weight);
  if (alpha + beta === 0) {
    throw new RangeError("Cannot make the score 'tversky': 'alpha' and 'beta' must not both be 0");
  }
  return linearFractional(`tversky${alpha}_${beta}`, {
    numerator: { tp: 1 },
    denominator: { tp: 1, fp: alpha, fn: beta },
  });
}

/**
 * The Jaccard index (intersection over union) of the positives.
 *
 *     tp / (tp + fp + fn), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @see scikit-learn, `jaccard_score`.
 */
export const jaccard: Score = /* @__PURE__ */ linearFractional("jaccard", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fp: 1, fn: 1 },
});

/**
 * Accuracy, the fraction of rows with the right decision.
 *
 *     (tp + tn) / (tp + fp + fn + tn), in [0, 1]; not defined only if all weights are 0
 *
 * With rare positives, "all negative" is nearly optimal.
 *
 * @see scikit-learn, `accuracy_score`, which for several labels counts whole rows; "micro" here counts single decisions.
 */
export const accuracy: Score = /* @__PURE__ */ linearFractional("accuracy", {
  numerator: { tp: 1, tn: 1 },
  denominator: { tp: 1, fp: 1, fn: 1, tn: 1 },
});

/** Options of {@linkcode utility}: what each outcome is worth, in any unit (money, minutes); what is left out is 0. */
export type UtilityOptions = Partial<Counts>;

/**
 * The mean worth of a decision: "a hit earns 100, a false alarm costs 5".
 *
 *     (v_tp·tp + v_fp·fp + v_fn·fn + v_tn·tn) / (tp + fp + fn + tn), between the smallest and the largest v;
 *     not defined only if all weights are 0
 *
 * Its loss is −utility, not 1 − utility. The best threshold for a calibrated output is
 * (v_tn − v_fp) / (v_tn − v_fp + v_tp − v_fn).
 *
 * @param options `tp`, `fp`, `fn`, `tn`: what each outcome is worth; costs are negative.
 * @returns The score; its unit is that of the options.
 * @throws {RangeError} The worth of an outcome is not a number between −1e30 and 1e30.
 * @throws {TypeError} An unknown outcome is named, or none is.
 *
 * @see Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001.
 *
 * @example
 * ```ts
 * import { utility } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(utility({ tp: 100, fp: -5 }).value({ tp: 3, fp: 10, fn: 2, tn: 85 }), 2.5);
 * ```
 */
export function utility(options: UtilityOptions): Score {
  checkOptions("the score 'utility'", options ?? {}, countKeys);
  if (Object.keys(options ?? {}).length === 0) {
    throw new TypeError("Cannot make the score 'utility': 'options' must say what an outcome is worth");
  }
  check("make the score 'utility'", options, amount);
  const score = linearFractional("utility", { numerator: { ...options }, denominator: { tp: 1, fp: 1, fn: 1, tn: 1 } });
  return withFormula(formulaOf(score), { ...score, best: 0 });
}

import { describe } from "../check/describe.ts";
import { linearFractional } from "./linear_fractional.ts";
import type { Score } from "./score.ts";

/**
 * Precision, the share of the predicted positives that are positives.
 *
 *     tp / (tp + fp), in [0, 1]; not defined without a predicted positive
 *
 * Its degenerate optimum: one sure positive. It wants a partner (Fβ with β < 1, a floor under recall).
 *
 * @see scikit-learn, `precision_score`.
 */
export const precision: Score = linearFractional("precision", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fp: 1 },
});

/**
 * Recall (sensitivity, true positive rate), the share of the positives that are found.
 *
 *     tp / (tp + fn), in [0, 1]; not defined without a positive
 *
 * Its degenerate optimum: everything positive.
 *
 * @see scikit-learn, `recall_score`.
 */
export const recall: Score = linearFractional("recall", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fn: 1 },
});

/**
 * The harmonic mean of precision and recall: {@linkcode fBeta} with β = 1.
 *
 *     2tp / (2tp + fp + fn), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @see scikit-learn, `f1_score`.
 */
export const f1: Score = linearFractional("f1", {
  numerator: { tp: 2 },
  denominator: { tp: 2, fp: 1, fn: 1 },
});

/** Options of {@linkcode fBeta}. */
export interface FBetaOptions {
  /** How many times as much recall counts as precision: 0 is precision, ∞ would be recall. */
  beta: number;
}

/**
 * The weighted harmonic mean of precision and recall.
 *
 *     (1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @param options `beta`: 0 is precision, 1 is {@linkcode f1}, 2 favours recall, 0.5 precision.
 * @returns The score; its name carries β: "fBeta0.5".
 * @throws {RangeError} `beta` is no finite number ≥ 0.
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
  const beta = options?.beta;
  if (!(typeof beta === "number" && beta >= 0 && beta < Infinity)) {
    throw new RangeError(`Cannot make the score 'fBeta': 'beta' must be a finite number ≥ 0, it is ${describe(beta)}`);
  }
  const b2 = beta * beta;
  return linearFractional(`fBeta${beta}`, {
    numerator: { tp: 1 + b2 },
    denominator: { tp: 1 + b2, fp: 1, fn: b2 },
  });
}

/**
 * The Jaccard index (intersection over union) of the positives.
 *
 *     tp / (tp + fp + fn), in [0, 1]; not defined where there is no positive, predicted or true
 *
 * @see scikit-learn, `jaccard_score`.
 */
export const jaccard: Score = linearFractional("jaccard", {
  numerator: { tp: 1 },
  denominator: { tp: 1, fp: 1, fn: 1 },
});

/**
 * Accuracy, the share of the rows that are decided rightly.
 *
 *     (tp + tn) / (tp + fp + fn + tn), in [0, 1]; not defined only if all weights are 0
 *
 * With rare positives its degenerate neighbour is "all negative".
 *
 * @see scikit-learn, `accuracy_score`.
 */
export const accuracy: Score = linearFractional("accuracy", {
  numerator: { tp: 1, tn: 1 },
  denominator: { tp: 1, fp: 1, fn: 1, tn: 1 },
});

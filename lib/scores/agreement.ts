import type { Counts } from "../counts/counts.ts";
import { composed, quotient } from "./composed.ts";
import { type Formula, withFormula } from "./formula.ts";
import type { Score } from "./score.ts";
import { npv, precision, recall, specificity } from "./ratio.ts";

/**
 * Balanced accuracy, the mean of recall and specificity: accuracy as if both classes were equally frequent.
 *
 *     (tp/(tp + fn) + tn/(tn + fp)) / 2, in [0, 1]; not defined unless both classes occur
 *
 * A constant prediction scores 0.5.
 *
 * @see scikit-learn, `balanced_accuracy_score` (which leaves out a class that does not occur).
 */
export const balancedAccuracy: Score = /* @__PURE__ */ composed(
  "balancedAccuracy",
  [recall, specificity],
  (r, s) => (r + s) / 2,
  () => [0.5, 0.5],
  (a, b) => ({ scaled: { plus: [a, b] }, by: 0.5 }),
);

/**
 * Informedness (Youden's J): the advantage of a decision over chance.
 *
 *     recall + specificity − 1, in [−1, 1]; not defined unless both classes occur
 *
 * A constant prediction scores 0.
 *
 * @see Youden, "Index for rating diagnostic tests", 1950; Powers, arXiv 2010.16061.
 */
export const informedness: Score = /* @__PURE__ */ composed(
  "informedness",
  [recall, specificity],
  (r, s) => r + s - 1,
  () => [1, 1],
  (a, b) => ({ shifted: { plus: [a, b] }, by: -1 }),
);

/**
 * Markedness: the information that a decision carries about the class.
 *
 *     precision + npv − 1, in [−1, 1]; not defined unless both decisions occur
 *
 * Its degenerate optimum: one certain positive and one certain negative; the other rows do not matter.
 *
 * @see Powers, "Evaluation: from precision, recall and F-measure to ROC, informedness, markedness and correlation",
 * arXiv 2010.16061.
 */
export const markedness: Score = /* @__PURE__ */ composed(
  "markedness",
  [precision, npv],
  (p, n) => p + n - 1,
  () => [1, 1],
  (a, b) => ({ shifted: { plus: [a, b] }, by: -1 }),
);

/** Returns the partial derivatives of √(a·b). They are not finite where a or b is 0. */
const rootSlopes = (a: number, b: number): [number, number] => [Math.sqrt(b / a) / 2, Math.sqrt(a / b) / 2];

/**
 * The geometric mean of recall and specificity.
 *
 *     √(tp/(tp + fn) · tn/(tn + fp)), in [0, 1]; not defined unless both classes occur
 *
 * A constant prediction scores 0. The one-sided slope is infinite there; the gradient is defined as 0.
 *
 * @see Kubat, Matwin, "Addressing the Curse of Imbalanced Training Sets", ICML 1997.
 */
export const gMean: Score = /* @__PURE__ */ composed(
  "gMean",
  [recall, specificity],
  (r, s) => Math.sqrt(r * s),
  rootSlopes,
  (a, b) => ({ mean: [a, b] }),
);

/**
 * The Fowlkes–Mallows index, the geometric mean of precision and recall.
 *
 *     tp / √((tp + fp)(tp + fn)), in [0, 1]; not defined without a positive or without a predicted positive
 *
 * At a score of 0 the one-sided slope is infinite; the gradient is defined as 0.
 *
 * @see Fowlkes, Mallows, "A Method for Comparing Two Hierarchical Clusterings", 1983.
 */
export const fowlkesMallows: Score = /* @__PURE__ */ composed(
  "fowlkesMallows",
  [precision, recall],
  (p, r) => Math.sqrt(p * r),
  rootSlopes,
  (a, b) => ({ mean: [a, b] }),
);

/** Returns √(a·b): the roots are taken one by one, so that nothing overflows; for a = b it is exactly a, so that a perfect score is exactly 1. */
const geometricMean = (a: number, b: number): number => a === b ? a : Math.sqrt(a) * Math.sqrt(b);

/** The weights of the predicted and of the true positives, of the true and of the predicted negatives. */
const marginsOf = ({ tp, fp, fn, tn }: Counts) => [tp + fp, tp + fn, tn + fp, tn + fn] as const;

/** tp·tn − fp·fn and its gradient. */
const covariance = {
  value: ({ tp, fp, fn, tn }: Counts): number => tp * tn - fp * fn,
  gradient: ({ tp, fp, fn, tn }: Counts): Counts => ({ tp: tn, fp: -fn, fn: -fp, tn: tp }),
};

/** √((tp + fp)(tp + fn)(tn + fp)(tn + fn)) and its gradient. */
const spread = {
  value: (counts: Counts): number => {
    const [a, b, c, d] = marginsOf(counts);
    return geometricMean(a, b) * geometricMean(c, d);
  },
  gradient: (counts: Counts): Counts => {
    const half = spread.value(counts) / 2, [a, b, c, d] = marginsOf(counts).map((margin) => half / margin);
    return { tp: a + b, fp: a + c, fn: b + d, tn: c + d };
  },
};

const [predicted, positives, others, negatives]: Formula[] = [
  { linear: { tp: 1, fp: 1 } },
  { linear: { tp: 1, fn: 1 } },
  { linear: { tn: 1, fn: 1 } },
  { linear: { tn: 1, fp: 1 } },
];

/** tp·tn − fp·fn. */
const determinant: Formula = {
  plus: [
    { times: [{ linear: { tp: 1 } }, { linear: { tn: 1 } }] },
    { times: [{ linear: { fp: -1 } }, { linear: { fn: 1 } }] },
  ],
};

/**
 * Matthews' correlation coefficient: the correlation of labels and decisions.
 *
 *     (tp·tn − fp·fn) / √((tp + fp)(tp + fn)(tn + fp)(tn + fn)), in [−1, 1];
 *     not defined unless both classes and both decisions occur
 *
 * @see scikit-learn, `matthews_corrcoef` (0 where it is not defined); Matthews 1975.
 */
export const mcc: Score = /* @__PURE__ */ withFormula(
  { over: [determinant, { times: [{ mean: [predicted, positives] }, { mean: [negatives, others] }] }] },
  /* @__PURE__ */ quotient("mcc", covariance, spread),
);

/**
 * Cohen's kappa: the agreement of labels and decisions beyond chance.
 *
 *     2(tp·tn − fp·fn) / ((tp + fp)(tn + fp) + (tp + fn)(tn + fn)), in [−1, 1];
 *     not defined if all rows have one class and one decision
 *
 * @see scikit-learn, `cohen_kappa_score` (NaN where it is not defined); Cohen 1960.
 */
export const cohenKappa: Score = /* @__PURE__ */ withFormula(
  {
    over: [
      { scaled: determinant, by: 2 },
      { plus: [{ times: [predicted, negatives] }, { times: [positives, others] }] },
    ],
  },
  /* @__PURE__ */ quotient("cohenKappa", covariance, {
    value: (counts) => {
      const [a, b, c, d] = marginsOf(counts);
      return (a * c + b * d) / 2;
    },
    gradient: (counts) => {
      const [a, b, c, d] = marginsOf(counts).map((margin) => margin / 2);
      return { tp: c + d, fp: c + a, fn: d + b, tn: a + b };
    },
  }),
);

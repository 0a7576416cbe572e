import { aBoolean, check, checkOptions, numberThat, readNumbers, share } from "../check/check.ts";
import { liftOf } from "../counts/counts.ts";
import type { Curve } from "./curve.ts";

/** Partial derivatives with respect to the counts at each threshold, the totals held fixed. */
export interface CurveGradient {
  /** ∂/∂tp at each threshold. */
  readonly tp: Float64Array;
  /** ∂/∂fp at each threshold. */
  readonly fp: Float64Array;
}

/**
 * A closed-form function of the counts at all thresholds, with its partial derivatives.
 *
 * @example
 * ```ts
 * import { exactCurve, rocAuc } from "@roundabout/roundabout/curves";
 * import { assertEquals } from "@std/assert";
 *
 * const curve = exactCurve({ yTrue: [1, 0, 1, 0], yPred: [0.9, 0.6, 0.4, 0.2] });
 * assertEquals(rocAuc.value(curve), 0.75); // of four pairs three are in order
 * ```
 */
export interface CurveScore {
  /** The name in the history of a training. */
  readonly name: string;
  /** Tells a score of the curve from a `Score` of the four counts at one threshold. */
  readonly curve: true;
  /**
   * The best value: a loss is `best` − score.
   *
   * @default {1}
   */
  readonly best?: number;
  /** Computes the score; NaN where it is not defined: without a positive or, for a score of the ROC curve, a negative. */
  value(curve: Curve): number;
  /**
   * Computes the form that a loss takes, where the score itself is a step function of the counts.
   *
   * @default {value}
   */
  relaxed?(curve: Curve): number;
  /**
   * The number of thresholds of a loss, where the loss is not given one. A score of a part of the curve takes few: only the
   * outputs on the ramps beside that part have a gradient.
   *
   * @default {128}
   */
  readonly thresholds?: number;
  /** Computes the partial derivatives of `relaxed`, else of `value`; all 0 where the score is not defined. */
  gradient(curve: Curve): CurveGradient;
}

/**
 * The thresholds of a loss of a part of the curve. The ramps of 4 are so wide that nearly every output lies beside the part: trained
 * at 4 or 8 thresholds such a loss comes near cross-entropy by its own score, at 32 and 128 it stays far below
 * (`bench/curve_pay.ts`).
 */
const thresholdsOfPart = 4;

const zeros = ({ tp }: Curve): CurveGradient => ({ tp: new Float64Array(tp.length), fp: new Float64Array(tp.length) });

/** Returns the weights of the labels of 1 and of 0. */
const totals = ({ tp, fp }: Curve): { positives: number; negatives: number } => ({
  positives: tp.at(-1) ?? 0,
  negatives: fp.at(-1) ?? 0,
});

const hasBoth = (curve: Curve): boolean => {
  const { positives, negatives } = totals(curve);
  return positives > 0 && negatives > 0;
};

/** A point of a polyline that starts at the origin, with the derivatives by the ends of its segment. */
interface Crossing {
  /** The end of the segment; its start is the point before, or the origin. */
  readonly end: number;
  readonly y: number;
  /** ∂y by x and y of the start and of the end. */
  readonly by: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
}

/** Finds y where a polyline with rising x has x = `at`; where it is vertical there, the upper end. */
function crossing(x: (b: number) => number, y: Float64Array, at: number): Crossing {
  let end = 0;
  while (end < y.length - 1 && x(end) <= at) end++;
  const x0 = end === 0 ? 0 : x(end - 1), y0 = end === 0 ? 0 : y[end - 1], x1 = x(end), y1 = y[end];
  if (!(x1 > at)) return { end, y: y1, by: { x0: 0, y0: 0, x1: 0, y1: 1 } }; // the whole curve
  const share = (at - x0) / (x1 - x0), slope = (y1 - y0) / (x1 - x0);
  return {
    end,
    y: y0 + share * (y1 - y0),
    by: { x0: -slope * (1 - share), y0: 1 - share, x1: -slope * share, y1: share },
  };
}

/** Returns the area under tp over fp from 0 to `until`, its segments' derivatives added to a gradient. */
function area({ tp, fp }: Curve, until: number, gradient?: CurveGradient): number {
  let sum = 0, x0 = 0, y0 = 0;
  for (let b = 0; b < tp.length; b++) {
    const x1 = fp[b], y1 = tp[b];
    if (x1 > until) {
      const cut = crossing((k) => fp[k], tp, until), width = until - x0;
      sum += width * (y0 + cut.y) / 2;
      if (gradient !== undefined) {
        if (b > 0) {
          gradient.fp[b - 1] += width * cut.by.x0 / 2 - (y0 + cut.y) / 2;
          gradient.tp[b - 1] += width * (1 + cut.by.y0) / 2;
        }
        gradient.fp[b] += width * cut.by.x1 / 2;
        gradient.tp[b] += width * cut.by.y1 / 2;
      }
      return sum;
    }
    const width = x1 - x0, mean = (y0 + y1) / 2;
    sum += width * mean;
    if (gradient !== undefined) {
      gradient.fp[b] += mean;
      gradient.tp[b] += width / 2;
      if (b > 0) {
        gradient.fp[b - 1] -= mean;
        gradient.tp[b - 1] += width / 2;
      }
    }
    [x0, y0] = [x1, y1];
  }
  return sum;
}

/** Multiplies a gradient by a factor, in place. */
function scaleGradient(by: number, gradient: CurveGradient): CurveGradient {
  for (const numbers of [gradient.tp, gradient.fp]) for (let b = 0; b < numbers.length; b++) numbers[b] *= by;
  return gradient;
}

/** Returns the widths of the ramps of a loss, which join midway between two thresholds; the last point of a curve has no ramp. */
function widthsBetween({ thresholds }: Curve): Float64Array {
  const centres = thresholds.subarray(0, thresholds.length - 1);
  const lowerEnd = (b: number) => b + 1 < centres.length ? (centres[b] + centres[b + 1]) / 2 : 0;
  return centres.map((_, b) => (b === 0 ? 1 : lowerEnd(b - 1)) - lowerEnd(b));
}

/**
 * Makes the score of a curve whose counts are multiplied, see {@linkcode liftOf}, where their products would be 0.
 *
 * @param product The product of counts that must not be 0.
 */
function withoutUnderflow(score: CurveScore, product: (of: ReturnType<typeof totals>) => number): CurveScore {
  const lifted = (curve: Curve, by: number): Curve =>
    by === 1 ? curve : { ...curve, tp: curve.tp.map((tp) => by * tp), fp: curve.fp.map((fp) => by * fp) };
  return {
    ...score,
    value: (curve) => score.value(lifted(curve, liftOf(product(totals(curve))))),
    gradient: (curve) => {
      const by = liftOf(product(totals(curve)));
      return scaleGradient(by, score.gradient(lifted(curve, by)));
    },
  };
}

/** Makes a score of the area under the ROC curve from 0 to a share of the negatives. */
function areaScore(name: string, share: number, map: { readonly by: number; readonly plus: number }): CurveScore {
  const scale = (curve: Curve): number => map.by / (totals(curve).positives * totals(curve).negatives);
  return withoutUnderflow({
    name,
    curve: true,
    value: (curve) => hasBoth(curve) ? scale(curve) * area(curve, share * totals(curve).negatives) + map.plus : NaN,
    gradient: (curve) => {
      const gradient = zeros(curve);
      if (!hasBoth(curve)) return gradient;
      area(curve, share * totals(curve).negatives, gradient);
      return scaleGradient(scale(curve), gradient);
    },
  }, ({ positives, negatives }) => positives * negatives);
}

/**
 * The area under the ROC curve: the share of the pairs of a positive and a negative that are in order, a tie counting ½.
 *
 *     Σ_b (fp_b − fp_{b−1})·(tp_b + tp_{b−1})/2 / (positives·negatives);   not defined without a positive or a negative
 *
 * @see Hanley and McNeil, "The Meaning and Use of the Area under a Receiver Operating Characteristic (ROC) Curve",
 * Radiology 143, 1982.
 */
export const rocAuc: CurveScore = /* @__PURE__ */ areaScore("rocAuc", 1, { by: 1, plus: 0 });

/** Options of {@linkcode partialRocAuc}. */
export interface PartialRocAucOptions {
  /** The largest false-positive rate, in (0, 1]. */
  maxFpr: number;
  /**
   * Maps the area from [maxFpr²/2, maxFpr], chance to perfect, to [½, 1]. Without it the score is the area itself.
   *
   * @default {true}
   */
  standardized?: boolean;
}

/**
 * The area under the ROC curve up to a false-positive rate.
 *
 *     A = ∫ TPR dFPR from 0 to maxFpr,   standardised: ½·(1 + (A − maxFpr²/2)/(maxFpr − maxFpr²/2))
 *
 * The curve is interpolated at `maxFpr`, as in scikit-learn's `roc_auc_score(max_fpr=…)`.
 *
 * @param options `maxFpr`, `standardized`.
 * @returns The score, called "partialRocAuc0.1" for a `maxFpr` of 0.1.
 * @throws {TypeError} If an option is unknown, or `standardized` is not true or false.
 * @throws {RangeError} If `maxFpr` is not a number in (0, 1].
 *
 * @see McClish, "Analyzing a Portion of the ROC Curve", Medical Decision Making 9, 1989.
 */
export function partialRocAuc(options: PartialRocAucOptions): CurveScore {
  checkOptions("the score 'partialRocAuc'", options ?? {}, ["maxFpr", "standardized"]);
  const { standardized = true, maxFpr: x } = options ?? {};
  check("make the score 'partialRocAuc'", { maxFpr: x }, share);
  check("make the score 'partialRocAuc'", { standardized }, aBoolean);
  const chance = x * x / 2, by = standardized ? 1 / (2 * (x - chance)) : 1;
  return {
    ...areaScore(`partialRocAuc${x}`, x, { by, plus: standardized ? 0.5 - chance * by : 0 }),
    thresholds: thresholdsOfPart,
  };
}

/**
 * The average precision: the mean of the precision over the positives, each at its own output.
 *
 *     Σ_b (tp_b − tp_{b−1})/positives · tp_b/(tp_b + fp_b);   not defined without a positive
 *
 * It is the sum of scikit-learn's `average_precision_score`, not the trapezoid under the precision-recall curve, which is
 * too large.
 *
 * @see Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves", ICML 2006.
 */
export const averagePrecision: CurveScore = /* @__PURE__ */ withoutUnderflow({
  name: "averagePrecision",
  curve: true,
  value(curve) {
    const { tp, fp } = curve, { positives } = totals(curve);
    let sum = 0;
    for (let b = 0; b < tp.length; b++) {
      const gain = tp[b] - (b === 0 ? 0 : tp[b - 1]);
      if (gain > 0) sum += gain * tp[b] / (tp[b] + fp[b]);
    }
    return positives > 0 ? sum / positives : NaN;
  },
  gradient(curve) {
    const { tp, fp } = curve, { positives } = totals(curve), gradient = zeros(curve);
    if (!(positives > 0)) return gradient;
    for (let b = 0; b < tp.length; b++) {
      const predicted = tp[b] + fp[b], gain = tp[b] - (b === 0 ? 0 : tp[b - 1]);
      if (!(predicted > 0)) continue;
      const precision = tp[b] / predicted;
      gradient.tp[b] += precision + gain * fp[b] / predicted / predicted;
      gradient.fp[b] -= gain * precision / predicted;
      if (b > 0) gradient.tp[b - 1] -= precision;
    }
    return scaleGradient(1 / positives, gradient);
  },
}, ({ positives }) => positives * positives);

/**
 * Minus the area under the minimum of the two error rates over all thresholds: minus the AUM, as scikit-learn's scorers negate an
 * error, so that larger is better.
 *
 *     −∫ min(FPR(t), FNR(t)) dt = −Σ_b min(fp_b/negatives, fn_b/positives)·(t_b − t_{b+1})
 *
 * It is not defined without a positive or a negative, and it is in the units of the outputs: outputs that are all equal have the best
 * value, 0. It compares epochs of one training, not models whose outputs differ in scale.
 *
 * A loss takes the minimum of the mean rates of each interval between two thresholds. This area is that of the AUM itself, except in
 * the intervals in which the two rates cross, where it is larger: by at most 5e-5 at 128 thresholds (`bench/curve_bins.ts`).
 *
 * @see {@linkcode aumDerivatives} for the AUM of weights instead of rates, and its source.
 */
export const negativeAum: CurveScore = {
  name: "negativeAum",
  curve: true,
  best: 0,
  value({ thresholds, tp, fp }) {
    const { positives, negatives } = totals({ thresholds, tp, fp });
    let area = 0;
    for (let b = 0; b + 1 < tp.length; b++) {
      const least = Math.min(fp[b] / negatives, (positives - tp[b]) / positives);
      if (least > 0) area += least * (thresholds[b] - thresholds[b + 1]); // 0 times an infinite step is 0
    }
    return positives > 0 && negatives > 0 ? 0 - area : NaN;
  },
  relaxed(curve) {
    const { tp, fp } = curve, { positives, negatives } = totals(curve), widths = widthsBetween(curve);
    let area = 0;
    widths.forEach((width, b) => area += width * Math.min(fp[b] / negatives, (positives - tp[b]) / positives));
    return hasBoth(curve) ? 0 - area : NaN;
  },
  gradient(curve) {
    const { tp, fp } = curve, { positives, negatives } = totals(curve), gradient = zeros(curve);
    if (!hasBoth(curve)) return gradient;
    widthsBetween(curve).forEach((width, b) => {
      const falsePositives = fp[b] / negatives, missed = (positives - tp[b]) / positives;
      const share = falsePositives < missed ? 1 : falsePositives > missed ? 0 : 0.5; // of a tie the mean of both sides
      gradient.fp[b] = -width * share / negatives;
      gradient.tp[b] = width * (1 - share) / positives;
    });
    return gradient;
  },
};

/** Options of {@linkcode recallAtFpr}. */
export interface RecallAtFprOptions {
  /** The largest false-positive rate, in (0, 1]. */
  fpr: number;
}

/**
 * The recall at a false-positive rate: the largest recall of a threshold whose false-positive rate is at most `fpr`.
 *
 *     max { tp_b/positives : fp_b ≤ fpr·negatives };   not defined without a positive or a negative
 *
 * A loss takes the ROC curve's value at `fpr`, interpolated between its points.
 *
 * @param options `fpr`.
 * @returns The score, called "recallAtFpr0.01" for an `fpr` of 0.01.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If `fpr` is not a number in (0, 1].
 */
export function recallAtFpr(options: RecallAtFprOptions): CurveScore {
  const { fpr } = readNumbers("the score 'recallAtFpr'", options, ["fpr"], share);
  const cut = (curve: Curve) => crossing((b) => curve.fp[b], curve.tp, fpr * totals(curve).negatives);
  return {
    name: `recallAtFpr${fpr}`,
    curve: true,
    thresholds: thresholdsOfPart,
    value: (curve) => {
      if (!hasBoth(curve)) return NaN;
      const { tp, fp } = curve, { positives, negatives } = totals(curve);
      let best = 0;
      for (let b = 0; b < tp.length && fp[b] / negatives <= fpr; b++) best = tp[b];
      return best / positives;
    },
    relaxed: (curve) => hasBoth(curve) ? cut(curve).y / totals(curve).positives : NaN,
    gradient: (curve) => {
      const gradient = zeros(curve);
      if (!hasBoth(curve)) return gradient;
      const { end, by } = cut(curve);
      [gradient.tp[end], gradient.fp[end]] = [by.y1, by.x1];
      if (end > 0) [gradient.tp[end - 1], gradient.fp[end - 1]] = [by.y0, by.x0];
      return scaleGradient(1 / totals(curve).positives, gradient);
    },
  };
}

/** Options of {@linkcode precisionAtK}. */
export interface PrecisionAtKOptions {
  /** The number of rows, in units of the weights, that are positives: a number ≥ 1, or a share of all inside (0, 1). */
  k: number;
}

/**
 * The precision of the k highest outputs.
 *
 *     tp(k)/k,   where tp(k) is the weight of the labels of 1 among the k highest
 *
 * Where outputs tie at the k-th place, tp(k) is its mean over the orders of the tie. A k above the weight of all rows is that
 * weight. A k far below the number of positives is a useless optimum of a loss: k sure rows make the score 1, whatever the others.
 *
 * @param options `k`.
 * @returns The score, called "precisionAt100" for a `k` of 100.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If `k` is neither a number ≥ 1 nor a share inside (0, 1).
 */
export function precisionAtK(options: PrecisionAtKOptions): CurveScore {
  const size = numberThat("a number ≥ 1 or a share inside (0, 1)", (k) => k > 0 && k < Infinity);
  const { k } = readNumbers("the score 'precisionAtK'", options, ["k"], size);
  const sizeOf = (curve: Curve) => {
    const { positives, negatives } = totals(curve), all = positives + negatives;
    return k < 1 ? k * all : Math.min(k, all);
  };
  const cut = (curve: Curve) => crossing((b) => curve.tp[b] + curve.fp[b], curve.tp, sizeOf(curve));
  return {
    name: `precisionAt${k}`,
    curve: true,
    thresholds: thresholdsOfPart,
    value: (curve) => sizeOf(curve) > 0 ? cut(curve).y / sizeOf(curve) : NaN,
    gradient: (curve) => {
      const gradient = zeros(curve);
      if (!(sizeOf(curve) > 0)) return gradient;
      const { end, by } = cut(curve);
      [gradient.tp[end], gradient.fp[end]] = [by.x1 + by.y1, by.x1];
      if (end > 0) [gradient.tp[end - 1], gradient.fp[end - 1]] = [by.x0 + by.y0, by.x0];
      return scaleGradient(1 / sizeOf(curve), gradient);
    },
  };
}

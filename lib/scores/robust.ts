import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { quotient } from "./composed.ts";
import type { Counts } from "../counts/counts.ts";
import type { Score } from "./score.ts";

function checkPositive(score: string, option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1e30) return value;
  throw new RangeError(
    `Cannot make the score '${score}': '${option}' must be a number in (0, 1e30], it is ${describe(value)}`,
  );
}

const sizeOf = ({ tp, fp, fn, tn }: Counts): number => tp + fp + fn + tn;

/** Options of {@linkcode robustMcc}. */
export interface RobustMccOptions {
  /** The robustness d > 0, in shares of the rows: the larger, the less a rare class's precision is worth. */
  d: number;
}

/**
 * The robust Matthews correlation coefficient, which does not push the recall of a rare class to 0 as the class gets rarer.
 *
 *     √(d/(π(1 − π)) + 1) · (tp/n − π·q) / √(π(1 − π)·(d + q(1 − q))),   π = (tp + fn)/n, q = (tp + fp)/n
 *
 * Its largest value is that of the perfect decision, 1. d → 0 is {@linkcode mcc}; d → ∞ is {@linkcode informedness}.
 * Not defined unless both classes occur.
 *
 * @param options `d`.
 * @returns The score; its name carries d: "robustMcc0.1".
 * @throws {RangeError} `d` is no number in (0, 1e30].
 * @throws {TypeError} An unknown option.
 *
 * @see Holzmann, Klar, "Robust performance metrics for imbalanced classification problems", arXiv 2404.07661.
 *
 * @example
 * ```ts
 * import { robustMcc } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const score = robustMcc({ d: 0.1 });
 * assertAlmostEquals(score.value({ tp: 2, fp: 0, fn: 0, tn: 8 }), 1);
 * assertAlmostEquals(score.value({ tp: 1, fp: 0, fn: 1, tn: 8 }), 0.5848977, 1e-7);
 * ```
 */
export function robustMcc(options: RobustMccOptions): Score {
  const d = checkPositive("robustMcc", "d", options?.d);
  checkOptions("the score 'robustMcc'", options, ["d"]);
  // With v = π(1 − π), u = q(1 − q) and tp/n − π·q = (tp·tn − fp·fn)/n² = c the score is c·√((d + v)/(d + u)) / v.
  const parts = (counts: Counts) => {
    const n = sizeOf(counts), { tp, fp, fn, tn } = counts, positives = tp + fn, predicted = tp + fp;
    const v = positives / n * ((fp + tn) / n), u = predicted / n * ((fn + tn) / n);
    return { n, v, u, positives, predicted, covariance: (tp * tn - fp * fn) / n / n };
  };
  /** ∂v/∂(a positive), ∂v/∂(a negative) of a share s(1 − s), s = a/n: ((1 − s)(1 − 2s), −s(1 − 2s))/n. */
  const slopes = (share: number, n: number) => ({
    inside: (1 - share) * (1 - 2 * share) / n,
    outside: -share * (1 - 2 * share) / n,
  });
  return quotient(`robustMcc${d}`, {
    value: (counts) => {
      const { v, u, covariance } = parts(counts);
      return covariance * Math.sqrt((d + v) / (d + u));
    },
    gradient: (counts) => {
      const { n, v, u, positives, predicted, covariance } = parts(counts), { tp, fp, fn, tn } = counts;
      const root = Math.sqrt((d + v) / (d + u)), byV = slopes(positives / n, n), byQ = slopes(predicted / n, n);
      const one = (own: number, dv: number, du: number) =>
        root * ((own / n - 2 * covariance) / n + covariance / 2 * (dv / (d + v) - du / (d + u)));
      return {
        tp: one(tn, byV.inside, byQ.inside),
        fp: one(-fn, byV.outside, byQ.inside),
        fn: one(-fp, byV.inside, byQ.outside),
        tn: one(tp, byV.outside, byQ.outside),
      };
    },
  }, {
    value: (counts) => parts(counts).v,
    gradient: (counts) => {
      const { n, positives } = parts(counts), { inside, outside } = slopes(positives / n, n);
      return { tp: inside, fp: outside, fn: inside, tn: outside };
    },
  });
}

/** Options of {@linkcode robustFBeta}. */
export interface RobustFBetaOptions {
  /** How many times as much recall counts as precision, > 0. */
  beta: number;
  /** The robustness d > 0. */
  d: number;
}

/**
 * The robust Fβ, which does not push the recall of a rare class to 0 as the class gets rarer.
 *
 *     (d/π + β² + 1) / (d/(tp/n) + β²/recall + 1/precision),   π = (tp + fn)/n
 *
 *     = tp·(d·n/P + β² + 1) / (d·n + β²·P + Q),   P = tp + fn, Q = tp + fp
 *
 * Its largest value is that of the perfect decision, 1. d → 0 is {@linkcode fBeta}. Not defined without a positive.
 *
 * @param options `beta`, `d`.
 * @returns The score; its name carries both: "robustF1,0.1".
 * @throws {RangeError} `beta` or `d` is no number in (0, 1e30].
 * @throws {TypeError} An unknown option.
 *
 * @see Holzmann, Klar, "Robust performance metrics for imbalanced classification problems", arXiv 2404.07661.
 *
 * @example
 * ```ts
 * import { robustFBeta } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const score = robustFBeta({ beta: 1, d: 0.1 });
 * assertAlmostEquals(score.value({ tp: 2, fp: 0, fn: 0, tn: 8 }), 1);
 * assertAlmostEquals(score.value({ tp: 1, fp: 0, fn: 1, tn: 8 }), 0.625);
 * ```
 */
export function robustFBeta(options: RobustFBetaOptions): Score {
  const beta = checkPositive("robustFBeta", "beta", options?.beta), d = checkPositive("robustFBeta", "d", options?.d);
  checkOptions("the score 'robustFBeta'", options, ["beta", "d"]);
  const squared = beta * beta, name = `robustF${beta},${d}`;
  return quotient(name, {
    value: (counts) => counts.tp * (d * sizeOf(counts) / (counts.tp + counts.fn) + squared + 1),
    gradient: (counts) => {
      const { tp, fn } = counts, n = sizeOf(counts), p = tp + fn, factor = d * n / p + squared + 1;
      const inside = tp * d * (1 / p - n / p / p), outside = tp * d / p;
      return { tp: factor + inside, fp: outside, fn: inside, tn: outside };
    },
  }, {
    value: (counts) => d * sizeOf(counts) + squared * (counts.tp + counts.fn) + counts.tp + counts.fp,
    gradient: () => ({ tp: d + squared + 1, fp: d + 1, fn: d + squared, tn: d }),
  });
}

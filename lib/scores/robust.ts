import { numberThat, readNumbers, type Rule } from "../check/check.ts";
import type { Counts } from "../counts/counts.ts";
import { informedness } from "./agreement.ts";
import { definedGradient, quotient } from "./composed.ts";
import type { Score } from "./score.ts";

const weight: Rule = /* @__PURE__ */ numberThat("a number in (0, 1e30]", (w) => w > 0 && w <= 1e30);

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
 *     = informedness · √((d + π(1 − π)) / (d + q(1 − q)))
 *
 * Its largest value is that of the perfect decision, 1. d → 0 is {@linkcode mcc}; d → ∞ is {@linkcode informedness}.
 * Not defined unless both classes occur.
 *
 * @param options `d`.
 * @returns The score; its name carries d: "robustMcc0.1".
 * @throws {RangeError} `d` is not a number in (0, 1e30].
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
  const { d } = readNumbers("the score 'robustMcc'", options, ["d"], weight);
  const shares = (counts: Counts) => {
    const n = sizeOf(counts), { tp, fp, fn, tn } = counts;
    const positive = { inside: (tp + fn) / n, outside: (fp + tn) / n };
    const predicted = { inside: (tp + fp) / n, outside: (fn + tn) / n };
    const v = d + positive.inside * positive.outside, u = d + predicted.inside * predicted.outside;
    return { n, positive, predicted, v, u, root: Math.sqrt(v / u) };
  };
  const value = (counts: Counts) => informedness.value(counts) * shares(counts).root;
  return {
    name: `robustMcc${d}`,
    quasiConvex: true,
    value,
    gradient: (counts) => {
      const { n, positive, predicted, v, u, root } = shares(counts), j = informedness.value(counts);
      // n·∂(s(1 − s)) of a row more, inside the share s and outside.
      const slope = ({ inside, outside }: typeof positive, isInside: boolean) =>
        (outside - inside) * (isInside ? outside : -inside);
      const moved = (isPositive: boolean, isPredicted: boolean) =>
        j / 2 * (slope(positive, isPositive) / v - slope(predicted, isPredicted) / u) / n;
      const by = informedness.gradient(counts);
      return definedGradient(value(counts), {
        tp: root * (by.tp + moved(true, true)),
        fp: root * (by.fp + moved(false, true)),
        fn: root * (by.fn + moved(true, false)),
        tn: root * (by.tn + moved(false, false)),
      });
    },
  };
}

/** Options of {@linkcode robustFBeta}. */
export interface RobustFBetaOptions {
  /** β: recall is weighted β times as much as precision; above 0. */
  beta: number;
  /** The robustness d > 0. */
  d: number;
}

/**
 * The robust Fβ, which does not push the recall of a rare class to 0 as the class gets rarer.
 *
 *     (d/π + β² + 1) / (d/(tp/n) + β²/recall + 1/precision),   π = (tp + fn)/n
 *
 *     = recall · (d·n + β²·P + P) / (d·n + β²·P + Q),   P = tp + fn, Q = tp + fp
 *
 * Its largest value is that of the perfect decision, 1. d → 0 is {@linkcode fBeta}. Not defined without a positive.
 *
 * @param options `beta`, `d`.
 * @returns The score; its name carries both: "robustF1,0.1".
 * @throws {RangeError} `beta` or `d` is not a number in (0, 1e30].
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
  const { beta, d } = readNumbers("the score 'robustFBeta'", options, ["beta", "d"], weight);
  const squared = beta * beta, name = `robustF${beta},${d}`;
  return quotient(name, {
    value: (counts) => {
      const positives = counts.tp + counts.fn;
      return counts.tp / positives * (d * sizeOf(counts) + squared * positives + positives);
    },
    gradient: (counts) => {
      const { tp, fn } = counts, p = tp + fn, recall = tp / p, whole = d * sizeOf(counts) + squared * p + p;
      const inside = recall * (d + squared + 1), outside = recall * d;
      return { tp: inside + fn / p / p * whole, fp: outside, fn: inside - recall / p * whole, tn: outside };
    },
  }, {
    value: (counts) => d * sizeOf(counts) + squared * (counts.tp + counts.fn) + counts.tp + counts.fp,
    gradient: () => ({ tp: d + squared + 1, fp: d + 1, fn: d + squared, tn: d }),
  });
}

import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import { formulaOf, withFormula } from "./formula.ts";
import type { Score } from "./score.ts";

/** The coefficients of a ratio of two linear functions of the counts; an absent coefficient is 0. */
export interface Coefficients {
  readonly numerator: Partial<Counts>;
  readonly denominator: Partial<Counts>;
}

/** Returns the coefficients of a score that is one ratio of linear functions; nothing for any other score. */
export function ratioOf(score: Score): Coefficients | undefined {
  const formula = formulaOf(score);
  if (formula === undefined || !("over" in formula)) return undefined;
  const [numerator, denominator] = formula.over;
  return "linear" in numerator && "linear" in denominator
    ? { numerator: numerator.linear, denominator: denominator.linear }
    : undefined;
}

/** Makes Σ coefficient·count. Counts with the coefficient 0 are skipped: 0·∞ would be NaN. */
function sumOf({ tp = 0, fp = 0, fn = 0, tn = 0 }: Partial<Counts>): (counts: Counts) => number {
  return (counts) => {
    let sum = 0;
    if (tp !== 0) sum += tp * counts.tp;
    if (fp !== 0) sum += fp * counts.fp;
    if (fn !== 0) sum += fn * counts.fn;
    if (tn !== 0) sum += tn * counts.tn;
    return sum;
  };
}

/**
 * Makes the score whose value is a ratio of two linear functions of the counts.
 *
 *     f = a·c / b·c        ∂f/∂cⱼ = (aⱼ − f·bⱼ) / b·c        (value NaN, gradient 0 where b·c = 0)
 *
 * @see Koyejo et al., "Consistent Binary Classification with Generalized Performance Metrics", NeurIPS 2014.
 */
export function linearFractional(name: string, ratio: Coefficients): Score {
  const { numerator, denominator } = ratio;
  const above = sumOf(numerator), below = sumOf(denominator);
  const value = (counts: Counts) => above(counts) / below(counts);
  const coefficients = countKeys.map((key) => [numerator[key] ?? 0, denominator[key] ?? 0]);
  const [[a0, b0], [a1, b1], [a2, b2], [a3, b3]] = coefficients;
  return withFormula({ over: [{ linear: numerator }, { linear: denominator }] }, {
    name,
    quasiConvex: true,
    value,
    gradient: (counts) => {
      const size = below(counts), f = value(counts);
      if (size === 0) return mapCounts(() => 0);
      return { tp: (a0 - f * b0) / size, fp: (a1 - f * b1) / size, fn: (a2 - f * b2) / size, tn: (a3 - f * b3) / size };
    },
  });
}

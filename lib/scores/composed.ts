import { countKeys, type Counts, liftOf, mapCounts, scaleCounts } from "../counts/counts.ts";
import { type Formula, formulaOf, withFormula } from "./formula.ts";
import type { Score } from "./score.ts";

/** Returns the gradient, or 0 where the score is not defined or the gradient is not finite. */
export function definedGradient(value: number, gradient: Counts): Counts {
  const defined = !Number.isNaN(value) && countKeys.every((key) => Number.isFinite(gradient[key]));
  return defined ? gradient : mapCounts(() => 0);
}

/**
 * Makes a score that is a function of two other scores, g(a, b). It is not defined where one of them is not defined. The result
 * must rise with tp and fall with fp, see {@linkcode Score.quasiConvex}.
 *
 *     ∂/∂cⱼ = ∂g/∂a · ∂a/∂cⱼ + ∂g/∂b · ∂b/∂cⱼ
 *
 * @param parts The two scores, which have formulas.
 * @param value g.
 * @param slopes Returns ∂g/∂a and ∂g/∂b.
 * @param formula Makes the formula of g from those of the two scores.
 */
export function composed(
  name: string,
  [a, b]: readonly [Score, Score],
  value: (a: number, b: number) => number,
  slopes: (a: number, b: number) => readonly [number, number],
  formula: (a: Formula, b: Formula) => Formula,
): Score {
  return withFormula(formula(formulaOf(a)!, formulaOf(b)!), {
    name,
    quasiConvex: true,
    value: (counts) => value(a.value(counts), b.value(counts)),
    gradient: (counts) => {
      const ofA = a.value(counts), ofB = b.value(counts), [byA, byB] = slopes(ofA, ofB);
      const inA = a.gradient(counts), inB = b.gradient(counts);
      return definedGradient(value(ofA, ofB), mapCounts((key) => byA * inA[key] + byB * inB[key]));
    },
  });
}

/**
 * Makes the score N/D of two functions of the counts: ∂(N/D) = (∂N − (N/D)·∂D)/D. It is not defined where D = 0. The score
 * must not change where all counts are multiplied by a factor, and must rise with tp and fall with fp, see
 * {@linkcode Score.quasiConvex}.
 */
export function quotient(
  name: string,
  numerator: { value(c: Counts): number; gradient(c: Counts): Counts },
  denominator: { value(c: Counts): number; gradient(c: Counts): Counts },
): Score {
  const value = (given: Counts): number => {
    const counts = scaleCounts(liftOf(denominator.value(given)), given);
    return numerator.value(counts) / denominator.value(counts);
  };
  return {
    name,
    quasiConvex: true,
    value,
    gradient: (given) => {
      const by = liftOf(denominator.value(given)),
        counts = scaleCounts(by, given),
        f = value(counts),
        d = denominator.value(counts);
      const dn = numerator.gradient(counts), dd = denominator.gradient(counts);
      return definedGradient(f, mapCounts((key) => by * (dn[key] - f * dd[key]) / d));
    },
  };
}

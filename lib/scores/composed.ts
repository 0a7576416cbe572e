import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import type { Score } from "./score.ts";

/** Returns the gradient, or 0 where the score is not defined or the gradient is not finite. */
export function definedGradient(value: number, gradient: Counts): Counts {
  const defined = !Number.isNaN(value) && countKeys.every((key) => Number.isFinite(gradient[key]));
  return defined ? gradient : mapCounts(() => 0);
}

/**
 * Makes a score that is a function of other scores, g(f₁, f₂, …). It is not defined where one of them is not defined.
 * The result must rise with tp and fall with fp, see {@linkcode Score.quasiConvex}.
 *
 *     ∂/∂cⱼ = Σᵢ ∂g/∂fᵢ · ∂fᵢ/∂cⱼ
 */
export function composed(
  name: string,
  parts: readonly Score[],
  value: (values: number[]) => number,
  slopes: (values: number[]) => number[],
): Score {
  return {
    name,
    quasiConvex: true,
    value: (counts) => value(parts.map((part) => part.value(counts))),
    gradient: (counts) => {
      const values = parts.map((part) => part.value(counts)), by = slopes(values);
      const gradients = parts.map((part) => part.gradient(counts));
      const gradient = mapCounts((key) => gradients.reduce((sum, g, i) => sum + by[i] * g[key], 0));
      return definedGradient(value(values), gradient);
    },
  };
}

/**
 * Makes the score N/D of two functions of the counts: ∂(N/D) = (∂N − (N/D)·∂D)/D. It is not defined where D = 0. The score
 * must rise with tp and fall with fp, see {@linkcode Score.quasiConvex}.
 */
export function quotient(
  name: string,
  numerator: { value(c: Counts): number; gradient(c: Counts): Counts },
  denominator: { value(c: Counts): number; gradient(c: Counts): Counts },
): Score {
  const value = (counts: Counts) => numerator.value(counts) / denominator.value(counts);
  return {
    name,
    quasiConvex: true,
    value,
    gradient: (counts) => {
      const f = value(counts), d = denominator.value(counts);
      const dn = numerator.gradient(counts), dd = denominator.gradient(counts);
      return definedGradient(f, mapCounts((key) => (dn[key] - f * dd[key]) / d));
    },
  };
}

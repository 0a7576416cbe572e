import type { Counts } from "../counts/counts.ts";
import { countKeys, eachCount } from "../counts/each_count.ts";
import type { Score } from "./score.ts";

/** A gradient in which what is not a number (0/0) is 0: where a score is not defined it has no direction. */
export function definedGradient(gradient: Counts): Counts {
  return countKeys.every((key) => Number.isFinite(gradient[key])) ? gradient : eachCount(() => 0);
}

/**
 * A score that is a function of others, g(f₁, f₂, …): not defined where one of them is not.
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
    value: (counts) => value(parts.map((part) => part.value(counts))),
    gradient: (counts) => {
      const by = slopes(parts.map((part) => part.value(counts)));
      const gradients = parts.map((part) => part.gradient(counts));
      return definedGradient(eachCount((key) => gradients.reduce((sum, g, i) => sum + by[i] * g[key], 0)));
    },
  };
}

/** A score N/D of two functions of the counts: ∂(N/D) = (∂N − (N/D)·∂D)/D. Not defined where D = 0. */
export function quotient(
  name: string,
  numerator: { value(c: Counts): number; gradient(c: Counts): Counts },
  denominator: { value(c: Counts): number; gradient(c: Counts): Counts },
): Score {
  const value = (counts: Counts) => numerator.value(counts) / denominator.value(counts);
  return {
    name,
    value,
    gradient: (counts) => {
      const f = value(counts), d = denominator.value(counts);
      const dn = numerator.gradient(counts), dd = denominator.gradient(counts);
      return definedGradient(eachCount((key) => (dn[key] - f * dd[key]) / d));
    },
  };
}

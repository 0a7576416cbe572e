import { type Slice, toFloat32 } from "../counts/counts.ts";
import { sigmoid, sigmoidDerivative } from "../numerics/sigmoid.ts";
import type { Shape } from "../steps/sigmoidal.ts";
import type { Decision, Mode } from "./decision.ts";

/** Options of an alert budget. */
export interface TopOptions {
  /** The number of positive rows, or, below 1, their fraction. */
  top: number;
  /** The shape of the step at the moving threshold. */
  shape: Shape;
  /** The steepness κ of the step. */
  steepness: number;
  mode: Mode;
  fromLogits: boolean;
}

/** Returns the entries of a column that count (their weight is not 0), from the highest output to the lowest; ties in row order. */
function ranking(p: ArrayLike<number>, column: Slice, weights: ArrayLike<number> | undefined): number[] {
  const places: number[] = [];
  for (let n = 0, i = column.offset; n < column.length; n++, i += column.stride) {
    if (weights === undefined || weights[i] > 0) places.push(i);
  }
  return places.sort((a, b) => p[b] - p[a] || a - b);
}

/** Returns the threshold τ at which Σ (½ + F(κ(pᵢ − τ))) is the budget: the sum falls with τ, so a bisection finds it. */
function solveThreshold(
  p: ArrayLike<number>,
  ranked: number[],
  budget: number,
  shape: Shape,
  steepness: number,
): number {
  const reach = 1 + ranked.length / steepness; // far enough for shapes with heavy tails
  let low = p[ranked[ranked.length - 1]] - reach, high = p[ranked[0]] + reach;
  for (let n = 0; n < 100 && high - low > Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)); n++) {
    const middle = (low + high) / 2;
    const sum = ranked.reduce((total, i) => total + 0.5 + shape.rise(steepness * (p[i] - middle)), 0);
    if (sum > budget) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Makes the k highest outputs of each column positive: an alert budget.
 *
 *     sᵢ = ½ + F(κ(pᵢ − τ)),   τ such that Σ s = k
 *     ∂sᵢ/∂pⱼ = s′ᵢ·(δᵢⱼ − s′ⱼ/Σ s′)        the threshold moves with the outputs, so that the soft count stays k
 */
export function topDecision({ top, shape, steepness, mode, fromLogits }: TopOptions): Decision {
  return ({ rows, classes, yPred, sampleWeight }) => {
    const p = fromLogits ? Float64Array.from(yPred, sigmoid) : yPred;
    const decisions = new Float64Array(yPred.length), slopes = new Float64Array(yPred.length);
    const columns = Array.from({ length: classes }, (_, k) => ({ offset: k, stride: classes, length: rows }))
      .map((column) => ranking(p, column, sampleWeight));
    for (const ranked of columns) {
      if (ranked.length === 0) continue;
      const budget = Math.min(ranked.length, top < 1 ? Math.max(1, Math.round(top * ranked.length)) : top);
      if (budget === ranked.length) { // all of them, wherever they are
        for (const i of ranked) decisions[i] = 1;
        continue;
      }
      const threshold = mode === "hard" ? 0 : solveThreshold(p, ranked, budget, shape, steepness);
      ranked.forEach((i, rank) => {
        const z = steepness * (p[i] - threshold);
        decisions[i] = mode === "soft" ? 0.5 + shape.rise(z) : rank < budget ? 1 : 0;
        slopes[i] = mode === "hard" ? 0 : steepness * shape.density(z);
      });
    }
    return {
      decisions,
      back: (gradient) => {
        for (const ranked of columns) {
          let total = 0, weighted = 0;
          for (const i of ranked) {
            total += slopes[i];
            weighted += toFloat32(gradient[i]) * slopes[i]; // a sum must not overflow
          }
          const mean = total === 0 ? 0 : weighted / total;
          for (const i of ranked) {
            const byP = slopes[i] * (toFloat32(gradient[i]) - mean);
            gradient[i] = fromLogits ? byP * sigmoidDerivative(yPred[i]) : byP;
          }
        }
        for (let i = 0; i < gradient.length; i++) if (slopes[i] === 0) gradient[i] = 0; // rows without weight
      },
    };
  };
}

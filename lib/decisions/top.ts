import type { Batch } from "../batch/read_batch.ts";
import { toFloat32 } from "../counts/counts.ts";
import { sigmoidsWithSlopes } from "../numerics/sigmoid.ts";
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

/** Returns the entries of a column that count: their weight is not 0. */
function counted({ rows, classes, sampleWeight }: Batch, column: number): Uint32Array {
  const places = new Uint32Array(rows);
  let n = 0;
  for (let k = 0, i = column; k < rows; k++, i += classes) {
    if (sampleWeight === undefined || sampleWeight[i] > 0) places[n++] = i;
  }
  return places.subarray(0, n);
}

/** Says which of the entries are the `budget` highest; of equal outputs the first ones. */
function highest(p: ArrayLike<number>, places: Uint32Array, budget: number): Uint8Array {
  const sorted = Float64Array.from(places, (i) => p[i]).sort(), n = places.length, cut = sorted[n - budget];
  let ties = budget - places.filter((i) => p[i] > cut).length; // at the cut
  return Uint8Array.from(places, (i) => Number(p[i] > cut || (p[i] === cut && ties-- > 0)));
}

/**
 * Returns the threshold τ at which Σ (½ + F(κ(pᵢ − τ))) is the budget: the sum falls with τ. Newton's method, with a bisection
 * whenever it would leave the bracket; of many rows a part, one in 99, gives the start.
 */
function solveThreshold(
  p: ArrayLike<number>,
  places: Uint32Array,
  budget: number,
  shape: Shape,
  steepness: number,
): number {
  const n = places.length, reach = 1 + n / steepness; // far enough for shapes with heavy tails
  let low = -reach, high = 1 + reach; // outputs lie in [0, 1]
  let threshold = n > 8192
    ? solveThreshold(p, places.slice(0, n / 99).map((_, k) => places[99 * k]), budget / 99, shape, steepness)
    : 0.5;
  for (let step = 0; step < 100; step++) {
    let sum = 0, slope = 0;
    for (let k = 0; k < n; k++) {
      const z = steepness * (p[places[k]] - threshold);
      sum += 0.5 + shape.rise(z);
      slope += shape.density(z);
    }
    const excess = sum - budget;
    if (excess > 0) low = threshold;
    else high = threshold;
    const newton = threshold + excess / (steepness * slope);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    // 2⁻⁵², and more where more rows are summed, whose rounding moves τ.
    if (Math.abs(next - threshold) <= 2 ** -65 * Math.max(8192, n) * Math.abs(next)) return next;
    threshold = next;
  }
  return threshold;
}

/**
 * Makes the k highest outputs of each column positive: an alert budget.
 *
 *     sᵢ = ½ + F(κ(pᵢ − τ)),   τ such that Σ s = k
 *     ∂sᵢ/∂pⱼ = s′ᵢ·(δᵢⱼ − s′ⱼ/Σ s′)        the threshold moves with the outputs, so that the soft count stays k
 */
export function topDecision({ top, shape, steepness, mode, fromLogits }: TopOptions): Decision {
  return (batch) => {
    const { classes, yPred } = batch, logistic = fromLogits ? sigmoidsWithSlopes(yPred) : undefined;
    const p = logistic?.values ?? yPred;
    const decisions = new Float64Array(yPred.length), slopes = new Float64Array(yPred.length);
    for (let column = 0; column < classes; column++) {
      const entries = counted(batch, column), n = entries.length;
      if (n === 0) continue;
      const budget = Math.min(n, top < 1 ? Math.max(1, Math.round(top * n)) : top);
      if (budget === n) { // all of them, wherever they are
        for (const i of entries) decisions[i] = 1;
        continue;
      }
      const threshold = mode === "hard" ? 0 : solveThreshold(p, entries, budget, shape, steepness);
      const chosen = mode === "soft" ? undefined : highest(p, entries, budget);
      for (let k = 0; k < n; k++) {
        const i = entries[k], z = steepness * (p[i] - threshold);
        decisions[i] = chosen === undefined ? 0.5 + shape.rise(z) : chosen[k];
        slopes[i] = mode === "hard" ? 0 : steepness * shape.density(z);
      }
    }
    return {
      decisions,
      back: (gradient) => {
        for (let column = 0; column < classes; column++) {
          let total = 0, weighted = 0;
          for (let i = column; i < gradient.length; i += classes) {
            total += slopes[i];
            weighted += slopes[i] * (gradient[i] = toFloat32(gradient[i])); // a sum must not overflow
          }
          const mean = total === 0 ? 0 : weighted / total;
          for (let i = column; i < gradient.length; i += classes) {
            gradient[i] = slopes[i] === 0 ? 0 : slopes[i] * (gradient[i] - mean); // 0: rows without weight
          }
        }
        logistic?.multiply(gradient);
      },
    };
  };
}

import type { Counts, Elementwise, Rows } from "./counts.ts";

const largest = (2 - 2 ** -23) * 2 ** 127;

/**
 * The gradient, with respect to each output, of a function of the counts: the second of the two passes.
 *
 *     ∂f/∂ŷᵢ = wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * A number beyond float32 (possible where the counts themselves are next to nothing) becomes its largest, so that
 * what flows on is finite.
 *
 * @param rows Labels, outputs and weights.
 * @param step A step.
 * @param partials ∂f by each of the four counts.
 * @returns One number a row, float32.
 *
 * @example
 * ```ts
 * import { countsGradient, identity } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { yTrue: [1, 0], yPred: [0.9, 0.2] };
 * assertEquals(countsGradient(rows, identity(), { tp: 1, fp: -2, fn: 0, tn: 0 }), new Float32Array([1, -2]));
 * ```
 */
export function countsGradient(rows: Rows, step: Pick<Elementwise, "derivative">, partials: Counts): Float32Array {
  const { yTrue, yPred, sampleWeight } = rows;
  const ofPositive = partials.tp - partials.fn, ofNegative = partials.fp - partials.tn;
  const gradient = new Float32Array(yTrue.length);
  for (let i = 0; i < gradient.length; i++) {
    const w = sampleWeight === undefined ? 1 : sampleWeight[i];
    const g = w * step.derivative(yPred[i]) * (yTrue[i] * ofPositive + (1 - yTrue[i]) * ofNegative);
    gradient[i] = g > largest ? largest : g < -largest ? -largest : g;
  }
  return gradient;
}

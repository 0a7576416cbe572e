import type { Counts, Elementwise, Rows } from "./counts.ts";

const largest = (2 - 2 ** -23) * 2 ** 127;

/** What counts next to nothing would make infinite is large instead: 0·∞ further on would be NaN. */
export const finite = (v: number): number =>
  v > Number.MAX_VALUE ? Number.MAX_VALUE : v < -Number.MAX_VALUE ? -Number.MAX_VALUE : v;

// Each by itself first: ∞ − ∞ would be NaN.
const difference = (a: number, b: number) => finite(finite(a) - finite(b));

/** What one more decision is worth, of a positive, ∂TP − ∂FN, and of a negative, ∂FP − ∂TN. */
export function byLabel({ tp, fp, fn, tn }: Counts): { ofPositive: number; ofNegative: number } {
  return { ofPositive: difference(tp, fn), ofNegative: difference(fp, tn) };
}

/** A number that float32 can hold: what is beyond it becomes its largest. */
export const toFloat32 = (g: number): number => g > largest ? largest : g < -largest ? -largest : g;

/**
 * The gradient, with respect to each output, of a function of the counts: the second of the two passes.
 *
 *     ∂f/∂ŷᵢ = wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * A number beyond float32 (possible where the counts themselves are next to nothing) becomes its largest, so that
 * the gradient itself is finite.
 *
 * @param rows Labels, outputs and weights.
 * @param step A step.
 * @param partials ∂f by each of the four counts.
 * @param gradient Where the numbers go, one an entry of the slice; default: a new float32 array.
 * @returns The same array.
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
export function countsGradient<T extends Float32Array | Float64Array = Float32Array>(
  rows: Rows,
  step: Pick<Elementwise, "derivative">,
  partials: Counts,
  gradient: T = new Float32Array(rows.yTrue.length) as T,
): T {
  const { yTrue, yPred, sampleWeight, slice = { offset: 0, stride: 1, length: yTrue.length } } = rows;
  const { ofPositive, ofNegative } = byLabel(partials);
  for (let n = 0, i = slice.offset; n < slice.length; n++, i += slice.stride) {
    const w = sampleWeight === undefined ? 1 : sampleWeight[i];
    gradient[i] = toFloat32(w * step.derivative(yPred[i]) * (yTrue[i] * ofPositive + (1 - yTrue[i]) * ofNegative));
  }
  return gradient;
}

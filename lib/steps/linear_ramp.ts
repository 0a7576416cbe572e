import { type Shape, sigmoidalStep, type StepOptions } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

const rise = (z: number): number => Math.max(-0.5, Math.min(0.5, z));
const density = (z: number): number => Math.abs(z) <= 0.5 ? 1 : 0;

/** Returns the float32 next to a positive one: after it, or before it. */
function neighbour(p: number, by: 1 | -1): number {
  const value = Float32Array.of(p);
  new Uint32Array(value.buffer)[0] += by;
  return value[0];
}

/** Returns the first and the last float32 of [0, 1] at which the ramp rises in float64; beyond [0, 1] any will do. */
function support(k: number, t: number): [number, number] {
  const bound = (sign: 1 | -1) => {
    let p = Math.fround(t + sign * 0.5 / k);
    while (p > 0 && p <= 1 && density(k * (p - t)) === 0) p = neighbour(p, -sign as 1 | -1);
    return p;
  };
  return [bound(-1), bound(1)];
}

/** The shape of {@linkcode linearRamp}. */
export const linearRampShape: Shape = {
  name: "linearRamp",
  rise,
  density,
  // With m the smaller of t and 1 − t: the ramp ends inside [0, 1] on both sides once slope ≥ 1/(2m); before that
  // the nearer bound cuts it off.
  steepness: (slope, t) => {
    const m = Math.min(t, 1 - t);
    return 2 * m * slope >= 1 ? slope : 0.5 * slope / (1 - slope * m);
  },
  simd: { shape: 1, support },
};

/**
 * The asker's linear ramp: straight from 0 to 1 over a width of 1/slope around the threshold, flat elsewhere. Flat
 * means a gradient of exactly 0: predictions off the ramp learn nothing.
 *
 *     F(z)  = max(−½, min(½, z))        F′(z) = 1 for |z| ≤ ½, else 0
 *     anchored      s(p) = (F(k(p − t)) + F(kt)) / (F(k(1 − t)) + F(kt)),  s(0) = 0, s(1) = 1, s′(t) = slope;
 *                   k = slope, once the whole ramp fits into [0, 1]
 *     not anchored  s(p) = ½ + F(k(p − t)),  k = slope; the asker's width of 0.125 is a slope of 8
 *
 * Outside [0, 1] it is constant. At its two corners, |k(p − t)| = ½, the derivative is that of the ramp, not 0.
 *
 * @param options `slope` (default 4), `threshold` (default 0.5), `anchored` (default true).
 * @returns The step.
 * @throws {RangeError} `slope` below 1 (anchored) or not above 0, or `threshold` outside (0, 1).
 *
 * @see The thread: Stack Overflow 48356029.
 *
 * @example
 * ```ts
 * import { linearRamp } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const ramp = linearRamp({ slope: 8 });
 * assertAlmostEquals(ramp.value(0.53), 0.5 + 8 * 0.03);
 * assertEquals(ramp.derivative(0.6), 0); // off the ramp
 * ```
 */
export function linearRamp(options: StepOptions = {}): Step {
  return sigmoidalStep(linearRampShape, options);
}

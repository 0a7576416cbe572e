import type { Shape, StepOptions } from "./anchor.ts";
import { sigmoidalStep } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

/** The shape of {@linkcode linearRamp}. */
export const linearRampShape: Shape = {
  name: "linearRamp",
  rise: (z) => Math.max(-0.5, Math.min(0.5, z)),
  density: (z) => Math.abs(z) <= 0.5 ? 1 : 0,
  // With m the smaller of t and 1 − t: the ramp ends inside [0, 1] on both sides once slope ≥ 1/(2m); before that
  // the nearer bound cuts it off.
  steepness: (slope, t) => {
    const m = Math.min(t, 1 - t);
    return 2 * m * slope >= 1 ? slope : 0.5 * slope / (1 - slope * m);
  },
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
 * import { linearRamp } from "@roundabout/roundabout";
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

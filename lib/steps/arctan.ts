import { type Shape, sigmoidalStep, type StepOptions } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

const rise = (z: number): number => Math.atan(z) / Math.PI;
const density = (z: number): number => 1 / (Math.PI * (1 + z * z));

/** The shape of {@linkcode arctan}. */
const arctanShape: Shape = {
  name: "arctan",
  rise,
  density,
  simd: {
    shape: 5,
    approximate: true,
    factors: (k, span) => ({ factor: 1 / (Math.PI * span), scale: k / (Math.PI * span) }),
    constants: (k, factor) => [k, factor * Math.PI - 1],
  },
};

/**
 * The arc tangent as a step: smooth at the threshold, with a tail that falls like 1/u², as the softsign's does.
 *
 *     F(z)  = atan(z)/π        F′(z) = 1 / (π(1 + z²))
 *     anchored      s(p) = (F(k(p − t)) + F(kt)) / (F(k(1 − t)) + F(kt)),  s(0) = 0, s(1) = 1, s′(t) = slope
 *     not anchored  s(p) = ½ + F(k(p − t)),  k = π·slope
 *
 * Outside [0, 1] it is constant. There is no closed form for the anchored k: it is found by a root search.
 *
 * @param options `slope` (default 4), `threshold` (default 0.5), `anchored` (default true).
 * @returns The step.
 * @throws {RangeError} `slope` below 1 (anchored) or not above 0, or `threshold` outside (0, 1).
 *
 * @see Fang et al., "Incorporating Learnable Membrane Time Constant to Enhance Learning of Spiking Neural Networks",
 * ICCV 2021, which trains with its derivative.
 *
 * @example
 * ```ts
 * import { arctan } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(arctan({ slope: 20, threshold: 0.3 }).derivative(0.3), 20);
 * ```
 */
export function arctan(options: StepOptions = {}): Step {
  return sigmoidalStep(arctanShape, options);
}

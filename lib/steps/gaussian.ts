import { erf } from "../numerics/erf.ts";
import { type Shape, sigmoidalStep, type StepOptions } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

const rise = (z: number): number => 0.5 * erf(z * Math.SQRT1_2);
const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The shape of {@linkcode gaussian}. */
const gaussianShape: Shape = {
  name: "gaussian",
  rise,
  density,
  simd: {
    shape: 6,
    approximate: true,
    factors: (k, span) => ({ factor: 0.5 / span, scale: k / (Math.sqrt(2 * Math.PI) * span) }),
    constants: (k, factor) => [0.45 * Math.SQRT1_2 * k, 2 * factor - 1],
    exponent: Math.sqrt(Math.LOG2E / 2),
  },
};

/**
 * The normal distribution function as a step: the mean of `round` under a threshold with Gaussian noise. Its gradient falls
 * like e^(−k²u²/2), faster than every other step here except the ramp.
 *
 *     F(z)  = ½ erf(z/√2)        F′(z) = e^(−z²/2) / √(2π)
 *     anchored      s(p) = (F(k(p − t)) + F(kt)) / (F(k(1 − t)) + F(kt)),  s(0) = 0, s(1) = 1, s′(t) = slope
 *     not anchored  s(p) = ½ + F(k(p − t)),  k = √(2π)·slope
 *
 * Outside [0, 1] it is constant. There is no closed form for the anchored k: it is found by a root search.
 *
 * @param options `slope` (default 4), `threshold` (default 0.5), `anchored` (default true).
 * @returns The step.
 * @throws {RangeError} `slope` below 1 (anchored) or not above 0, or `threshold` outside (0, 1).
 *
 * @see Neftci, Mostafa, Zenke, "Surrogate Gradient Learning in Spiking Neural Networks", 2019, for such surrogates.
 *
 * @example
 * ```ts
 * import { gaussian } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(gaussian({ slope: 20 }).derivative(0.5), 20);
 * ```
 */
export function gaussian(options: StepOptions = {}): Step {
  return sigmoidalStep(gaussianShape, options);
}

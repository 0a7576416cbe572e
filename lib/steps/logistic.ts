import { sigmoidDerivative } from "../numerics/sigmoid.ts";
import { type Shape, sigmoidalStep, type StepOptions } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

const rise = (z: number): number => 0.5 * Math.tanh(0.5 * z);
const density = sigmoidDerivative;

/** The shape of {@linkcode logistic}. */
const logisticShape: Shape = {
  name: "logistic",
  rise,
  density,
  simd: { shape: 4, approximate: true, constants: (k, factor) => [k, factor - 1] },
};

/**
 * The logistic function as a step: the usual steep sigmoid. Its gradient falls like e^(−k|u|) and underflows.
 *
 *     F(z)  = 1/(1 + e^(−z)) − ½ = ½ tanh(z/2)        F′(z) = e^(−|z|) / (1 + e^(−|z|))²
 *     anchored      s(p) = (F(k(p − t)) + F(kt)) / (F(k(1 − t)) + F(kt)),  s(0) = 0, s(1) = 1, s′(t) = slope
 *     not anchored  s(p) = ½ + F(k(p − t)),  k = 4·slope
 *
 * Outside [0, 1] it is constant. There is no closed form for the anchored k: it is found by a root search.
 *
 * @param options `slope` (default 4), `threshold` (default 0.5), `anchored` (default true).
 * @returns The step.
 * @throws {RangeError} `slope` below 1 (anchored) or not above 0, or `threshold` outside (0, 1).
 *
 * @see Han et al., "AnyLoss", arXiv 2405.14745, uses it (not anchored) with k = 73.
 *
 * @example
 * ```ts
 * import { logistic } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(logistic({ slope: 20 }).derivative(0.5), 20);
 * assertAlmostEquals(logistic({ slope: 18.25, anchored: false }).value(0.6), 1 / (1 + Math.exp(-7.3)));
 * ```
 */
export function logistic(options: StepOptions = {}): Step {
  return sigmoidalStep(logisticShape, options);
}

import type { Shape, StepOptions } from "./anchor.ts";
import { sigmoidalStep } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

/** The shape of {@linkcode softsign}. */
export const softsignShape: Shape = {
  name: "softsign",
  rise: (z) => z / (2 * (1 + Math.abs(z))),
  density: (z) => 0.5 / (1 + Math.abs(z)) ** 2,
  // With c = t(1 − t): slope = (1 + k + ck²)/(1 + 2ck), a quadratic in k. Of the two ways to write its positive root,
  // the one that does not subtract nearly equal numbers.
  steepness: (slope, t) => {
    const c = t * (1 - t), b = 2 * c * slope - 1;
    const root = Math.sqrt(b * b + 4 * c * (slope - 1));
    return b > 0 ? (b + root) / (2 * c) : 2 * (slope - 1) / (root - b);
  },
};

/**
 * The modified softsign of the thread's second answer: a sigmoid without an exponential, whose gradient falls like
 * 1/u² and so never dies.
 *
 *     F(z)  = z / (2(1 + |z|))        F′(z) = 1 / (2(1 + |z|)²)
 *     anchored      s(p) = (F(k(p − t)) + F(kt)) / (F(k(1 − t)) + F(kt)),  s(0) = 0, s(1) = 1, s′(t) = slope;
 *                   k = 2(slope − 1) at t = ½
 *     not anchored  s(p) = ½ + F(k(p − t)),  k = 2·slope
 *
 * Outside [0, 1] it is constant. It has no kink inside: F′ is continuous at 0.
 *
 * @param options `slope` (default 4), `threshold` (default 0.5), `anchored` (default true).
 * @returns The step.
 * @throws {RangeError} `slope` below 1 (anchored) or not above 0, or `threshold` outside (0, 1).
 *
 * @see D. L. Elliott, "A better activation function for artificial neural networks", 1993; the thread: Stack Overflow
 * 48356029.
 *
 * @example
 * ```ts
 * import { softsign } from "@roundabout/roundabout";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const step = softsign({ slope: 20 });
 * assertEquals([step.value(0), step.value(1)], [0, 1]);
 * assertAlmostEquals(step.derivative(0.5), 20);
 * assertAlmostEquals(softsign({ slope: 50, threshold: 0, anchored: false }).value(1), 0.99505, 1e-5); // the answer's own
 * ```
 */
export function softsign(options: StepOptions = {}): Step {
  return sigmoidalStep(softsignShape, options);
}

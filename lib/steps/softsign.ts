import { clip, type Shape, sigmoidalStep, type StepOptions } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

// Both from h = ½/(1 + |z|), one division: F = z·h, F′ = 2h².
const half = (z: number): number => 0.5 / (1 + Math.abs(z));
const rise = (z: number): number => z * half(z);
const density = (z: number): number => 2 * half(z) ** 2;

/** The shape of {@linkcode softsign}. */
const softsignShape: Shape = {
  name: "softsign",
  rise,
  density,
  // With c = t(1 − t): slope = (1 + k + ck²)/(1 + 2ck), a quadratic in k. Of the two ways to write its positive root,
  // the one that does not subtract nearly equal numbers.
  steepness: (slope, t) => {
    const c = t * (1 - t), b = 2 * c * slope - 1;
    const root = Math.sqrt(b * b + 4 * c * (slope - 1));
    return b > 0 ? (b + root) / (2 * c) : 2 * (slope - 1) / (root - b);
  },
  // The default step has a loop of its own, which is three times as fast as one that calls F and F′ per output.
  fill: ({ steepness: k, threshold: t, foot, span }, p, { offset, stride, length }, values, slopes) => {
    for (let n = 0, i = offset, scale = 2 * k / span; n < length; n++, i += stride) {
      const z = k * (clip(p[i]) - t), h = half(z);
      values[i] = clip((z * h + foot) / span);
      slopes[i] = scale * h * h;
    }
  },
  simd: { // D is (K/(1 + k·|u|))²
    shape: 0,
    factors: (k, span) => ({ factor: k / (2 * span), scale: 2 * span / k }),
    peak: (factor) => factor * factor,
    constants: (k, factor) => [k / factor, 1 / factor],
  },
};

/**
 * The modified softsign of the thread's second answer: a sigmoid without an exponential. Its gradient falls like
 * 1/u² and therefore never vanishes.
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
 * import { softsign } from "@roundabout/roundabout/core";
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

import { checkFixedSlope, identityForm, type StepLoops, type StepOptions, withForm } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

/**
 * Returns the decision of a threshold: 1 where p is above it, else 0; NaN stays NaN. The threshold rounded to float32
 * counts as the threshold.
 */
export function decisionAt(threshold: number): (p: number) => number {
  const rounded = Math.fround(threshold);
  return (p) => Number.isNaN(p) ? NaN : p > threshold && p !== rounded ? 1 : 0;
}

const roundLoops: StepLoops = { name: "round", simd: { shape: 3 } };

/**
 * The decision itself. Its derivative is 0 (also at the threshold, where it does not exist), so nothing can be trained
 * through it; {@linkcode straightThrough} can.
 *
 *     s(p) = 1 where p > t, else 0        s′(p) = 0
 *
 * The comparison is strict, as `tf.round(0.5)` is 0. An output equal to the threshold rounded to float32 counts as
 * the threshold: float32 rounds 0.3 to 0.30000001, which is not a positive.
 *
 * @param options `threshold` (default 0.5); a `slope` could only be Infinity.
 * @returns The step; its slope is Infinity.
 * @throws {RangeError} `threshold` outside (0, 1).
 * @throws {TypeError} A `slope` other than Infinity, or an unknown option.
 *
 * @example
 * ```ts
 * import { round } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.2, 0.5, 0.6].map(round().value), [0, 0, 1]);
 * assertEquals(round().derivative(0.6), 0);
 * ```
 */
export function round(options: Pick<StepOptions, "threshold" | "slope"> = {}): Step {
  const threshold = checkFixedSlope("round", Infinity, options);
  const step: Step = {
    name: "round",
    threshold,
    slope: Infinity,
    value: decisionAt(threshold),
    derivative: (p) => Number.isNaN(p) ? NaN : 0,
  };
  return withForm(step, { ...identityForm(threshold), loops: roundLoops, hard: true });
}

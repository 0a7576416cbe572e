import { checkStepOptions, type StepOptions } from "./anchor.ts";
import { completeStep, type Step } from "./step.ts";

/**
 * The decision itself. Its derivative is 0 wherever it has one (at the threshold it has none; 0 stands there too), so
 * that nothing can be trained through it; {@linkcode straightThrough} is for that.
 *
 *     s(p) = 1 where p > t, else 0        s′(p) = 0
 *
 * The comparison is strict, as `tf.round(0.5)` is 0.
 *
 * @param options `threshold` (default 0.5).
 * @returns The step; its slope is Infinity.
 * @throws {RangeError} `threshold` outside (0, 1).
 *
 * @example
 * ```ts
 * import { round } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.2, 0.5, 0.6].map(round().value), [0, 0, 1]);
 * assertEquals(round().derivative(0.6), 0);
 * ```
 */
export function round(options: Pick<StepOptions, "threshold"> = {}): Step {
  const { threshold } = checkStepOptions("round", { threshold: options.threshold });
  return completeStep({
    name: "round",
    threshold,
    slope: Infinity,
    value: (p) => Number.isNaN(p) ? NaN : p > threshold ? 1 : 0,
    derivative: (p) => Number.isNaN(p) ? NaN : 0,
  });
}

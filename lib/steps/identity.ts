import { checkFixedSlope, clip, identityDerivative, identityForm, type StepOptions, withForm } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

/**
 * The identity: the counts become sums of probabilities. Every anchored step of slope 1 is the identity.
 *
 *     s(p) = p        s′(p) = 1, on [0, 1]; constant outside
 *
 * @param options `threshold`: where decisions are made (default 0.5); the step itself does not depend on it.
 * @returns The step.
 * @throws {RangeError} `threshold` outside (0, 1).
 * @throws {TypeError} A `slope` that is not 1, or an unknown option.
 *
 * @example
 * ```ts
 * import { identity } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(identity().value(0.3), 0.3);
 * assertEquals(identity().derivative(0.3), 1);
 * ```
 */
export function identity(options: Pick<StepOptions, "threshold" | "slope"> = {}): Step {
  const threshold = checkFixedSlope("identity", 1, options);
  const step = { name: "identity", threshold, slope: 1, value: clip, derivative: identityDerivative };
  return withForm(step, identityForm(threshold));
}

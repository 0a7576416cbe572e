import { describe } from "../check/describe.ts";
import type { Shape, StepOptions } from "./anchor.ts";
import { arctan, arctanShape } from "./arctan.ts";
import { gaussian, gaussianShape } from "./gaussian.ts";
import { identity } from "./identity.ts";
import { linearRamp, linearRampShape } from "./linear_ramp.ts";
import { logistic, logisticShape } from "./logistic.ts";
import { round } from "./round.ts";
import { softsign, softsignShape } from "./softsign.ts";
import { completeStep, type Step, type StepDefinition } from "./step.ts";
import { straightThrough } from "./straight_through.ts";

/** Every step by its name: the one table that lists them. */
export const steps = {
  round,
  linearRamp,
  softsign,
  logistic,
  arctan,
  gaussian,
  identity,
  straightThrough: (options: StepOptions = {}): Step => straightThrough(softsign(options)),
} satisfies Record<string, (options?: StepOptions) => Step>;

/** The shapes of the sigmoidal steps, and the one that lends straight-through its derivative. */
export const shapes: Partial<Record<string, Shape>> = {
  linearRamp: linearRampShape,
  softsign: softsignShape,
  logistic: logisticShape,
  arctan: arctanShape,
  gaussian: gaussianShape,
  straightThrough: softsignShape,
};

/** The name of a step: "round", "linearRamp", "softsign", "logistic", "arctan", "gaussian", "identity", "straightThrough". */
export type StepName = keyof typeof steps;

const isDefinition = (step: unknown): step is StepDefinition =>
  typeof step === "object" && step !== null &&
  typeof (step as Step).value === "function" && typeof (step as Step).derivative === "function";

/**
 * The step that a name or a thing stands for: a name is made with the options, a step is taken as it is, and a
 * definition of one's own (`name, threshold, slope, value, derivative`) gets its tensor form.
 *
 * @param step A name, a step, or a definition.
 * @param options For a name: `slope`, `threshold`, `anchored`. "identity" and "round" have only `threshold`.
 * @returns The step.
 * @throws {TypeError} An unknown name, something that is no step, or a step together with options that contradict it.
 * @throws {RangeError} An option out of range.
 *
 * @example
 * ```ts
 * import { toStep } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toStep("arctan", { slope: 5 }).derivative(0.5), 5);
 *
 * const smooth = toStep({ // 3p² − 2p³
 *   name: "smoothstep", threshold: 0.5, slope: 1.5,
 *   value: (p) => p * p * (3 - 2 * p),
 *   derivative: (p) => 6 * p * (1 - p),
 * });
 * assertAlmostEquals(smooth.value(0.25), 0.15625);
 * ```
 */
export function toStep(step: StepName | StepDefinition, options: StepOptions = {}): Step {
  if (typeof step === "string") {
    if (!Object.hasOwn(steps, step)) {
      throw new TypeError(
        `Cannot make a step: 'step' must be one of ${Object.keys(steps).join(", ")}, it is '${step}'`,
      );
    }
    return agreeing(steps[step](options), options);
  }
  if (!isDefinition(step)) {
    throw new TypeError(`Cannot make a step: 'step' must be a name or a step, it is ${describe(step)}`);
  }
  if (options.anchored !== undefined) {
    throw new TypeError(
      `Cannot use the step '${step.name}': 'anchored' is ${
        describe(options.anchored)
      }, but a step is anchored, or not, when it is made`,
    );
  }
  return agreeing("apply" in step ? step as Step : completeStep(step), options);
}

/** The step itself, unless it was asked to have a slope or a threshold that it doesn't have. */
function agreeing(step: Step, options: StepOptions): Step {
  for (const key of ["slope", "threshold"] as const) {
    if (options[key] !== undefined && options[key] !== step[key]) {
      throw new TypeError(
        `Cannot use the step '${step.name}': '${key}' is ${describe(options[key])}, but the step's own is ${
          describe(step[key])
        }`,
      );
    }
  }
  return step;
}

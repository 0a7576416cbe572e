import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { type Shape, type StepOptions, stepOptions } from "./anchor.ts";
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
 * definition of one's own (`name, threshold, slope, value, derivative`) gets its tensor form, constant outside [0, 1].
 *
 * @param step A name, a step, or a definition.
 * @param options For a name: `slope`, `threshold`, `anchored`. "identity" and "round" have only `threshold`.
 * @returns The step.
 * @throws {TypeError} An unknown name, something that is no step, a definition without a name, a threshold in [0, 1) or a
 * slope > 0 (∞ is one), an unknown option, or a step together with options that contradict it.
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
  checkOptions("a step", options, stepOptions);
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
  return agreeing(typeof (step as Step).apply === "function" ? step as Step : defined(step), options);
}

/** The step of a definition of one's own: checked, and made constant outside [0, 1], where its formula may do anything. */
function defined(definition: StepDefinition): Step {
  const { name, threshold, slope } = definition;
  const refuse = (field: string, wanted: string, value: unknown) => {
    throw new TypeError(`Cannot make a step: its '${field}' must be ${wanted}, it is ${describe(value)}`);
  };
  if (typeof name !== "string" || name === "") refuse("name", "a word", name);
  if (!(typeof threshold === "number" && threshold >= 0 && threshold < 1)) {
    refuse("threshold", "a number in [0, 1)", threshold);
  }
  if (!(typeof slope === "number" && slope > 0)) refuse("slope", "a number > 0", slope);
  return completeStep({
    name,
    threshold,
    slope,
    value: (p) => definition.value(p < 0 ? 0 : p > 1 ? 1 : p),
    derivative: (p) => p < 0 || p > 1 ? 0 : definition.derivative(p),
  });
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

import { aNumber, aWord, check, checkOptions, describe, numberThat, oneOf, type Rule } from "../check/check.ts";
import { arctan } from "./arctan.ts";
import { gaussian } from "./gaussian.ts";
import { identity } from "./identity.ts";
import { linearRamp } from "./linear_ramp.ts";
import { logistic } from "./logistic.ts";
import { round } from "./round.ts";
import { agreeing, clip, formOf, type StepOptions, stepOptions } from "./sigmoidal.ts";
import { softsign } from "./softsign.ts";
import type { Step } from "./step.ts";
import { straightThrough } from "./straight_through.ts";

/** Every step by its name. */
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

/** The name of a step: "round", "linearRamp", "softsign", "logistic", "arctan", "gaussian", "identity", "straightThrough". */
export type StepName = keyof typeof steps;

// Steps that toStep has made or taken: constant outside [0, 1], with methods that need no `this`.
const known = new WeakSet<object>();

const task = "make a step";

export const aStep: Rule = {
  must: "a name, a step or { name, threshold, slope, value, derivative }",
  valid: (step) =>
    typeof (step as Step | null)?.value === "function" && typeof (step as Step).derivative === "function",
  Kind: TypeError,
};

/**
 * Returns the step that a name or an object stands for: a name is made with the options, a step of the library is taken as
 * it is, and a step of one's own (`name, threshold, slope, value, derivative`) is made constant outside [0, 1].
 *
 * A step of one's own takes the general path, which calls `value` and `derivative` once per output: 1e6 outputs then take
 * some 30 times as long as under the softsign.
 *
 * @param step A name or a step.
 * @param options For a name: `slope`, `threshold`, `anchored`. "identity" and "round" have only `threshold`.
 * @returns The step.
 * @throws {TypeError} An unknown name, a value that is not a step, a step without a name, without a threshold in [0, 1) or
 * without a slope > 0 (∞ is one), an unknown option, or a step together with options that contradict it.
 * @throws {RangeError} An option out of range.
 *
 * @example
 * ```ts
 * import { toStep } from "@roundabout/roundabout/core";
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
export function toStep(step: StepName | Step, options: StepOptions = {}): Step {
  checkOptions("a step", options, stepOptions);
  if (typeof step === "string") {
    check(task, { step }, { ...oneOf(...Object.keys(steps)), Kind: TypeError });
    return agreeing(steps[step](options), options);
  }
  check(task, { step }, aStep);
  if (options.anchored !== undefined) {
    throw new TypeError(
      `Cannot use the step '${step.name}': 'anchored' is ${
        describe(options.anchored)
      }, but it is set where a step is made`,
    );
  }
  return agreeing(formOf(step) !== undefined || known.has(step) ? step : checked(step), options);
}

/** Checks a step of one's own and makes it constant outside [0, 1], where its formula may do anything. */
function checked(own: Step): Step {
  const { name, threshold, slope } = own;
  check(task, { name }, aWord);
  check(task, { threshold }, { ...numberThat("a number in [0, 1)", (t) => t >= 0 && t < 1), Kind: TypeError });
  check(task, { slope }, { ...numberThat("a number > 0", (s) => s > 0), Kind: TypeError });
  const numberOf = (call: string, value: number): number => {
    if (typeof value !== "number") check(`use the step '${name}'`, { [call]: value }, aNumber);
    return value;
  };
  const step = {
    name,
    threshold,
    slope,
    value: (p: number) => numberOf(`value(${p})`, own.value(clip(p))),
    derivative: (p: number) => p < 0 || p > 1 ? 0 : numberOf(`derivative(${p})`, own.derivative(p)),
  };
  known.add(step);
  return step;
}

import { check } from "../check/check.ts";
import { decisionAt } from "./round.ts";
import { formOf, withForm } from "./sigmoidal.ts";
import { softsign } from "./softsign.ts";
import type { Step } from "./step.ts";

/**
 * Rounds forward and uses another step's derivative backward: the loss is then the metric itself, and still trains.
 *
 *     s(p) = 1 where p > t, else 0        s′(p) := the derivative of `step`
 *
 * The derivative is a deliberate substitute: differences of the value are 0 almost everywhere.
 *
 * @param step The step that provides threshold and derivative; default: the softsign with its defaults.
 * @returns The step.
 * @throws {TypeError} `step` is not a step.
 *
 * @see Bengio, Léonard, Courville, "Estimating or Propagating Gradients Through Stochastic Neurons", arXiv 1308.3432.
 *
 * @example
 * ```ts
 * import { softsign, straightThrough } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const soft = softsign({ slope: 20 });
 * const step = straightThrough(soft);
 * assertEquals(step.value(0.6), 1);
 * assertEquals(step.derivative(0.6), soft.derivative(0.6));
 * ```
 */
export function straightThrough(step: Step = softsign()): Step {
  check("make a straight-through step", { step }, {
    must: "a step, such as softsign({ slope: 20 })",
    valid: () => typeof step?.derivative === "function",
    Kind: TypeError,
  });
  const { name, threshold, slope } = step;
  const form = formOf(step);
  const through: Step = {
    name: `straightThrough(${name})`,
    threshold,
    slope,
    value: decisionAt(threshold),
    derivative: (p) => step.derivative(p),
  };
  return withForm(through, form && { ...form, hard: true });
}

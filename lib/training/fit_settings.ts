import type { LossParts } from "../losses/loss_parts.ts";
import { toStep } from "../steps/to_step.ts";
import type { Optimizer } from "./optimizers.ts";

/** A step by what tells it from others: its name alone may have any slope. */
function settingsOfStep({ step = "softsign", slope, threshold }: LossParts["options"]): object {
  const [first] = [threshold ?? []].flat(), options = { slope, threshold: first };
  const { name, slope: own, threshold: at } = toStep(step, typeof step === "string" ? options : {});
  return { step: name, slope: own === Infinity ? "infinite" : own, threshold: threshold ?? at };
}

/** What a loss is made with, as data: steps by their names. */
export function settingsOfLoss({ options, scoring, reading }: LossParts): object {
  const { decision = "threshold" } = options, { average, zeroDivision, classWeights } = scoring;
  const ofStep = decision === "threshold" ? settingsOfStep(options) : { step: options.step, slope: options.slope };
  const { fromLogits, ignoreLabel } = reading;
  return { decision, ...ofStep, average, zeroDivision, classWeights, fromLogits, ignoreLabel: String(ignoreLabel) };
}

/** An optimizer's learning rate and the like; of one that is not TensorFlow.js' own, nothing is known. */
export function settingsOfOptimizer(optimizer: Optimizer): object {
  return typeof optimizer.getConfig === "function" ? optimizer.getConfig() : {};
}

import type { LossParts } from "../losses/loss_parts.ts";
import { toStep } from "../steps/to_step.ts";
import type { DatasetSums } from "./dataset_sums.ts";
import type { Model } from "./passes.ts";
import { weightsOf } from "./snapshot.ts";

/** What to do when a model's weights have blown up. */
const advice = "lower the learning rate, standardise the inputs, or begin from smaller weights";

/** Whether all weights are finite. */
export const weightsAreFinite = (model: Model): boolean =>
  weightsOf(model).every(({ values }) => (values as Float32Array).every(Number.isFinite));

/** The error for weights that are no numbers any more. */
export function blownUp(name: string, epoch: number, cause?: unknown): Error {
  return new RangeError(
    `Cannot train on ${name}: the model's weights are not finite any more in epoch ${epoch}; ${advice}`,
    { cause },
  );
}

/** The sentence for an epoch in which no row had a gradient: why, and what to change. */
export function deadGradient(
  name: string,
  epoch: number,
  { options, scoring }: LossParts,
  { counts }: DatasetSums,
): Error {
  const { step = "softsign", slope } = options, stepName = typeof step === "string" ? step : step.name;
  const ownSlope = toStep(step, typeof step === "string" ? { slope } : {}).slope;
  const positives = counts.reduce((sum, { tp, fn }) => sum + tp + fn, 0);
  const negatives = counts.reduce((sum, { fp, tn }) => sum + fp + tn, 0);
  const why = positives === 0
    ? "'data' has no positive, so there is nothing to learn the score from; give rows with the label 1"
    : negatives === 0
    ? "'data' has no negative; give rows with the label 0"
    : stepName === "round"
    ? "the step 'round' has none anywhere; take 'softsign', or 'straightThrough' to keep hard decisions"
    : stepName === "softsign"
    ? `the outputs are all 0 or 1 to the last bit, or the score '${scoring.score.name}' does not change; standardise the ` +
      `inputs, begin from smaller weights, or lower 'slope' (it is ${ownSlope})`
    : `the outputs all lie where the step '${stepName}' is flat, or the score '${scoring.score.name}' does not change; ` +
      `lower 'slope' (it is ${ownSlope}), take the step 'softsign', which is flat nowhere, or begin nearer to the threshold`;
  return new RangeError(`Cannot train on ${name}: no row has a gradient in epoch ${epoch}: ${why}`);
}

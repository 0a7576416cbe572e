import type { Counts } from "../counts/counts.ts";
import type { LossParts } from "../losses/loss_parts.ts";
import type { Score } from "../scores/score.ts";
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

/**
 * Refuses data to choose epochs and thresholds by on which the score is the same whatever a model says: F1 without a positive
 * is 0, or 0/0.
 */
export function checkTelling(score: Score, counts: readonly Counts[]): void {
  const tells = counts.some(({ tp, fp, fn, tn }) => {
    const shares = [0.1, 0.5, 0.9], positives = tp + fn, negatives = fp + tn;
    const values = shares.flatMap((p) =>
      shares.map((n) =>
        score.value({ tp: p * positives, fn: (1 - p) * positives, fp: n * negatives, tn: (1 - n) * negatives })
      )
    );
    return new Set(values.filter((value) => !Number.isNaN(value))).size > 1;
  });
  if (tells) return;
  const without = counts.every(({ tp, fn }) => tp + fn === 0)
    ? "has no positive"
    : counts.every(({ fp, tn }) => fp + tn === 0)
    ? "has no negative"
    : "has rows of one class only in each column";
  throw new RangeError(
    `Cannot train: 'validationData' ${without}, so its ${score.name} is the same whatever the model says: it can choose ` +
      "neither an epoch nor a threshold; give rows of both classes, or none",
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

/** The sentence for an epoch in which rows had a gradient by the outputs, and none of it arrived at a weight. */
export function cutOff(name: string, epoch: number, living: number): Error {
  return new RangeError(
    `Cannot train on ${name}: no weight has a gradient in epoch ${epoch}, although ${living} row${
      living === 1 ? " has" : "s have"
    } one by the ` +
      "outputs: 'model' lets none of it through, as a sigmoid or softmax does whose outputs are all 0 or 1 to the last " +
      `bit; ${
        epoch === 0 ? "begin from smaller weights and biases" : "lower the learning rate"
      }, standardise the inputs, ` +
      "or end in a linear layer with fromLogits: true",
  );
}

import type { Counts } from "../counts/counts.ts";
import type { LossParts } from "../scoring/options.ts";
import type { Score } from "../scores/score.ts";
import { toStep } from "../steps/to_step.ts";
import type { LayersModel } from "../tfjs/model.ts";
import { weightsOf } from "../tfjs/snapshot.ts";

/** Tells whether all weights are finite. */
export const weightsAreFinite = async (model: LayersModel): Promise<boolean> =>
  (await weightsOf(model)).every(({ values }) => (values as Float32Array).every(Number.isFinite));

/** Makes the error for weights that are no longer finite. */
export function weightsNotFinite(name: string, epoch: number | string, cause?: unknown): Error {
  return new RangeError(
    `Cannot train on ${name}: the weights of 'model' are no longer finite in epoch ${epoch}; lower the learning rate, ` +
      "standardise the inputs, or begin from smaller weights",
    { cause },
  );
}

/** Throws if the score is constant on the validation data, as F1 is without a positive: it could choose no epoch and no threshold. */
export function checkInformative(score: Score, counts: readonly Counts[]): void {
  const informative = counts.some(({ tp, fp, fn, tn }) => {
    const rates = [0.1, 0.5, 0.9], positives = tp + fn, negatives = fp + tn;
    const values = rates.flatMap((p) =>
      rates.map((n) =>
        score.value({ tp: p * positives, fn: (1 - p) * positives, fp: n * negatives, tn: (1 - n) * negatives })
      )
    );
    return new Set(values.filter((value) => !Number.isNaN(value))).size > 1;
  });
  if (informative) return;
  const without = counts.every(({ tp, fn }) => tp + fn === 0)
    ? "has no positive"
    : counts.every(({ fp, tn }) => fp + tn === 0)
    ? "has no negative"
    : "has one class only in each column";
  throw new RangeError(
    `Cannot train: 'validationData' ${without}, so its ${score.name} is constant and chooses neither epoch nor threshold; ` +
      "give rows of both classes, or leave 'validationData' out",
  );
}

/** Makes the error for an epoch in which no row had a gradient, with the reason and a remedy. */
export function deadGradient(
  name: string,
  epoch: number,
  { options, scoring }: LossParts,
  counts: readonly Counts[],
): Error {
  const { step = "softsign", slope } = options, stepName = typeof step === "string" ? step : step.name;
  const stepSlope = toStep(step, { slope }).slope;
  const positives = counts.reduce((sum, { tp, fn }) => sum + tp + fn, 0);
  const negatives = counts.reduce((sum, { fp, tn }) => sum + fp + tn, 0);
  const why = positives === 0 && !scoring.rule?.queries
    ? "'data' has no positive; give rows with the label 1"
    : negatives === 0 && !scoring.rule?.queries
    ? "'data' has no negative; give rows with the label 0"
    : scoring.rule !== undefined
    ? scoring.rule.stuck
    : stepName === "round"
    ? "the step 'round' has none anywhere; take 'softsign', or 'straightThrough' to keep hard decisions"
    : stepName === "softsign"
    ? `the outputs are all 0 or 1 to the last bit, or the score '${scoring.score.name}' does not change; standardise the ` +
      `inputs, begin from smaller weights, or lower 'slope' (it is ${stepSlope})`
    : `the outputs all lie where the step '${stepName}' is flat, or the score '${scoring.score.name}' does not change; ` +
      `lower 'slope' (it is ${stepSlope}), take the step 'softsign', flat nowhere, or begin nearer to the threshold`;
  return new RangeError(`Cannot train on ${name}: no row has a gradient in epoch ${epoch}: ${why}`);
}

/** Makes the error for an epoch in which outputs had a gradient and no weight had one. */
export function gradientBlocked(name: string, epoch: number, rows: number): Error {
  const change = epoch === 0 ? "begin from smaller weights and biases" : "lower the learning rate";
  return new RangeError(
    `Cannot train on ${name}: no weight has a gradient in epoch ${epoch}, although the outputs of ${rows} row${
      rows === 1 ? "" : "s"
    } have one: 'model' blocks it, as a sigmoid or softmax does whose outputs are all 0 or 1 to the last bit; ${change}, ` +
      "standardise the inputs, or end in a linear layer with fromLogits: true",
  );
}

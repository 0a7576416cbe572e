import * as tf from "@tensorflow/tfjs";
import type { LossParts } from "../losses/loss_parts.ts";
import type { BatchReader } from "./batches.ts";
import type { DatasetSums } from "./dataset_sums.ts";
import { batchGradients, count, isZero, type Living, livingRows, type Model } from "./passes.ts";
import { RunningCounts } from "./running_counts.ts";

/** What an epoch works on. */
export interface RunningEpochOptions {
  readonly name: string;
  readonly model: Model;
  readonly parts: LossParts;
  /** What each batch counted when it was last met. */
  readonly batches: readonly DatasetSums[];
  /** In which order the batches come. */
  readonly order: readonly number[];
  /** Called before each batch, with its place in the epoch. */
  readonly before: (batch: number) => Promise<void> | void;
  /** Takes the gradient of the loss by the weights, estimated from one batch. */
  readonly step: (gradients: Record<string, tf.Tensor>) => void;
  /** Called after each batch, with the loss of the running counts it was differentiated at. */
  readonly after: (batch: number, loss: number, rows: number) => Promise<void> | void;
}

/**
 * One step a batch. The score's partial derivatives are taken at the running counts of the data set, and the batch's
 * gradient is multiplied by the number of batches, so that with weights that stand still the mean of an epoch's steps is
 * the gradient of the data set's loss.
 *
 * @returns How many rows had a gradient, whether a weight had one, and what the batches counted, each when it was met.
 */
export async function runningEpoch(
  reader: BatchReader,
  options: RunningEpochOptions,
): Promise<Living & { met: DatasetSums }> {
  const { name, model, parts, batches, order } = options;
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const running = new RunningCounts(parts, batches, order);
  let living = 0, arrives = false, b = 0;
  for await (const batch of reader.read(order)) {
    if (b >= order.length) throw differ(name, order.length, "more");
    await options.before(b);
    let loss = NaN;
    tf.tidy(() => {
      const gradients = batchGradients(name, model, batch, variables, (yPred) => {
        const { rows, counted } = count(name, parts, batch, yPred, running.met.rows);
        const met = running.meet(rows, counted), gradient = counted.gradient(met.partials);
        loss = met.loss;
        living += livingRows(gradient, rows);
        return gradient;
      }, true);
      arrives ||= !Object.values(gradients).every((gradient) => isZero(gradient.dataSync()));
      options.step(gradients);
    });
    await options.after(b, loss, batch.yTrue.shape[0]!);
    b++;
  }
  if (b < order.length) throw differ(name, order.length, String(b));
  return { living, arrives, met: running.met };
}

function differ(name: string, before: number, now: string): Error {
  return new RangeError(
    `Cannot compute ${name}: 'data' differ between the epochs, the number of batches was ${before} and is ${now}; ` +
      "they must be read anew each time, a generator is read once: give the function that makes it",
  );
}

import * as tf from "@tensorflow/tfjs";
import { eachCount } from "../counts/each_count.ts";
import type { LossParts } from "../losses/loss_parts.ts";
import type { BatchReader } from "./batches.ts";
import { DatasetSums } from "./dataset_sums.ts";
import { batchGradients, count, livingRows, type Model } from "./passes.ts";

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
 * One step a batch. The score's partial derivatives are taken at the running counts of the data set,
 *
 *     C = Σ of what each batch counted when it was last met, this one's just now
 *
 * and the batch's gradient is multiplied by the number of batches, so that with weights that stand still the mean of an
 * epoch's steps is the gradient of the data set's loss.
 *
 * @returns How many rows had a gradient, and what the batches counted, each when it was met.
 */
export async function runningEpoch(
  reader: BatchReader,
  options: RunningEpochOptions,
): Promise<{ living: number; met: DatasetSums }> {
  const { name, model, parts, batches, order } = options;
  // What is still to be met after each batch: sums alone, for a difference would not come to 0.
  const later = order.map(() => new DatasetSums(parts));
  for (let b = order.length - 2; b >= 0; b--) later[b] = batches[order[b + 1]].plus(later[b + 1]);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  let met = new DatasetSums(parts), living = 0, b = 0;
  for await (const batch of reader.read(order)) {
    if (b >= order.length) throw differ(name, order.length, "more");
    await options.before(b);
    let loss = NaN;
    tf.tidy(() => {
      const gradients = batchGradients(name, model, batch, variables, (yPred) => {
        const { rows, counted } = count(name, parts, batch, yPred, met.rows), own = new DatasetSums(parts);
        own.add(rows, counted);
        met = met.plus(own);
        const { value, partials } = met.plus(later[b]).score();
        loss = parts.best - value;
        const gradient = counted.gradient(
          partials(counted).map((of) => eachCount((key) => -order.length * of[key])),
        );
        living += livingRows(gradient, rows);
        return gradient;
      }, true);
      options.step(gradients);
    });
    await options.after(b, loss, batch.yTrue.shape[0]!);
    b++;
  }
  if (b < order.length) throw differ(name, order.length, String(b));
  return { living, met };
}

function differ(name: string, before: number, now: string): Error {
  return new RangeError(
    `Cannot compute ${name}: 'data' differ between the epochs, the number of batches was ${before} and is ${now}; ` +
      "they must be read anew each time, a generator is read once: give the function that makes it",
  );
}

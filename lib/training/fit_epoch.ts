import { refuse } from "../batch/read_batch.ts";
import * as tf from "@tensorflow/tfjs-core";
import { stepperOf } from "../tfjs/adam_stepper.ts";
import { type LayersModel, trainableVariables } from "../tfjs/model.ts";
import { applyGradients, type LayersOptimizer } from "../tfjs/optimizers.ts";
import type { BatchReader } from "./batches.ts";
import { checkSame, rereadHint } from "./dataset_sums.ts";
import type { DatasetCounts } from "./dataset_counts.ts";
import type { EpochLoss } from "./fit_options.ts";
import {
  batchGradients,
  count,
  countRowsWithGradient,
  type GradientExtent,
  gradientPass,
  isZero,
  lossGradients,
} from "./passes.ts";
import { RunningCounts } from "./running_counts.ts";

/** Model, data and loss of an epoch. */
export interface EpochContext {
  readonly name: string;
  readonly model: LayersModel;
  readonly optimizer: LayersOptimizer;
  readonly reader: BatchReader;
  /** Order of the batches; absent if they come as they are read. */
  readonly order?: readonly number[];
  readonly loss: EpochLoss;
  /** Counts of the data with the weights at the start of the epoch. */
  readonly datasetCounts: DatasetCounts;
  /** Called before each batch, with its position in the epoch. */
  readonly before: (batch: number) => Promise<void> | void;
  /** Called after each batch; in running mode with the loss at the running counts. */
  readonly after: (batch: number, rows: number, loss?: number) => Promise<void> | void;
}

/**
 * Takes one step per batch. The partial derivatives of the score are taken at the running counts of the data set, and the
 * gradient of the batch is multiplied by the number of batches: with constant weights the mean of an epoch's steps is the
 * gradient of the loss of the data set.
 */
export async function trainRunning(context: EpochContext): Promise<GradientExtent> {
  const { name, model, reader, loss: { parts }, datasetCounts: { soft, batches }, before, after } = context;
  const order = context.order ?? batches.map((_, b) => b), variables = trainableVariables(model);
  const running = new RunningCounts(parts, batches, order), { step, end } = stepperOf(context.optimizer);
  let rowsWithGradient = 0, reachesWeights = false, b = 0;
  try {
    for await (const batch of reader.read(order)) {
      if (b >= order.length) throw batchesDiffer(name, order.length, "more");
      await before(b);
      let loss = NaN;
      tf.tidy(() => {
        const gradients = batchGradients(name, model, batch, variables, (yPred) => {
          const { rows, counted, release } = count(name, parts, batch, yPred, running.seen.rows);
          const updated = running.update(rows, counted), gradient = counted.gradient(updated.partials);
          release?.();
          loss = updated.loss;
          rowsWithGradient += countRowsWithGradient(gradient, rows);
          return gradient;
        }, true);
        reachesWeights ||= !Object.values(gradients).every((gradient) => isZero(gradient.dataSync()));
        step(gradients);
      });
      await after(b, batch.yTrue.shape[0]!, loss);
      b++;
    }
  } finally {
    end();
  }
  if (b < order.length) throw batchesDiffer(name, order.length, String(b));
  checkSame(name, soft, running.seen, { between: "the passes", by: "labels" });
  return { rowsWithGradient, reachesWeights };
}

/** Makes the error for a number of batches that changes between the epochs. */
export function batchesDiffer(name: string, before: number, now: string): Error {
  return refuse(
    name,
    "data",
    `differ between the epochs, the number of batches was ${before} and is ${now}; ${rereadHint}`,
  );
}

/** Takes one step along the exact gradient of the data set. */
export async function trainExact(context: EpochContext): Promise<GradientExtent> {
  const { name, model, optimizer, reader, loss: { parts }, datasetCounts: { soft }, before, after } = context;
  const { partials } = soft.score(), batches = reader.read();
  const { sums, counted, rowsWithGradient } = await gradientPass(name, model, batches, parts, partials, {
    before,
    after,
  });
  checkSame(name, soft, counted);
  const gradients = lossGradients(model, sums);
  try {
    applyGradients(optimizer, gradients);
  } finally {
    tf.dispose(gradients);
  }
  return { rowsWithGradient, reachesWeights: !sums.every(isZero) };
}

import * as tf from "@tensorflow/tfjs-core";
import { countKeys, type Counts } from "../counts/counts.ts";
import { bestOf } from "../scoring/score_batch.ts";
import { trainableVariables } from "../tfjs/model.ts";
import { applyGradients } from "../tfjs/optimizers.ts";
import { registeredDevice } from "../tfjs/registered_device.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { ReadBatch } from "./batches.ts";
import { batchesDiffer, type EpochContext } from "./fit_epoch.ts";
import { batchGradients, type GradientExtent } from "./passes.ts";
import { laterSums } from "./running_counts.ts";

/** Extent of the gradient in an epoch as numbers on the device; whoever reads them disposes them. */
export interface DeviceExtent {
  /** Number of rows with a gradient, largest gradient of a weight, 0 or NaN by the weights. */
  readonly numbers: Tensor;
}

/** Reads the extent from its numbers. */
export const extentOf = ([rowsWithGradient, largest, finite]: Float32Array): GradientExtent => ({
  rowsWithGradient,
  reachesWeights: largest !== 0,
  weightsAreFinite: finite === 0,
});

/** Counts of classes as a tensor, [classes, 2, 2]. */
const countsTensor = (counts: readonly Counts[]): Tensor =>
  tf.tensor(counts.flatMap((one) => countKeys.map((key) => one[key])), [counts.length, 2, 2], "float32");

/** Number of rows that have an output with a gradient that is not 0. */
function rowsWithGradient(gradient: Tensor, rows: number): Tensor {
  const sizes = tf.abs(gradient);
  // A GPU takes long for the largest of one column.
  const largest = sizes.size === rows ? sizes : tf.max(tf.reshape(sizes, [rows, -1]), 1);
  return tf.sum(tf.cast(tf.greater(largest, 0), "float32"));
}

const largestOf = (gradients: readonly Tensor[]): Tensor =>
  tf.max(tf.stack(gradients.map((gradient) => tf.max(tf.abs(gradient)))));

/** Tensors that change from batch to batch. */
interface Running {
  /** Counts of the batches seen in this epoch. */
  readonly seen?: Tensor;
  readonly rows: Tensor;
  readonly largest: Tensor;
  /** Sums of the gradients, in exact mode. */
  readonly sums?: Record<string, Tensor>;
}

/** Terms of the step of a batch. */
interface Terms {
  readonly exact: boolean;
  readonly variables: tf.Variable[];
  /** Factor of the gradient. */
  readonly times: number;
  /** Counts beside those of the batches seen; in exact mode all counts. */
  readonly others: readonly Counts[];
}

/** Takes the step of a batch, or in exact mode adds its gradients to the sums. */
function takeBatch(
  { name, model, optimizer, loss: { parts } }: EpochContext,
  { exact, variables, times, others }: Terms,
  batch: ReadBatch,
  { seen, rows, largest, sums }: Running,
): Running {
  let seenNow: Tensor, rowsNow: Tensor;
  const gradients = batchGradients(name, model, batch, variables, (yPred) => {
    const { yTrue, sampleWeight } = batch;
    const device = registeredDevice()!.deviceRows(name, parts, { yTrue, yPred, sampleWeight })!;
    const counts = device.counts(), rest = others.length === 0 ? undefined : countsTensor(others);
    seenNow = tf.keep(seen === undefined ? tf.clone(counts) : tf.add(seen, counts));
    const all = exact ? rest! : rest === undefined ? seenNow : tf.add(seenNow, rest);
    const gradient = device.gradient(device.score(all, bestOf(parts.scoring.score)), tf.tensor1d([times]));
    rowsNow = tf.keep(tf.add(rows, rowsWithGradient(gradient, device.rows)));
    return gradient;
  }, !exact);
  if (!exact) applyGradients(optimizer, gradients);
  const added = ([key, one]: [string, Tensor]) => [key, sums ? tf.add(sums[key], one) : tf.clone(one)];
  return {
    seen: seenNow!,
    rows: rowsNow!,
    largest: tf.maximum(largest, largestOf(Object.values(gradients))),
    sums: exact ? Object.fromEntries(Object.entries(gradients).map(added)) : {},
  };
}

/**
 * Trains for an epoch on a device, as {@linkcode trainRunning} and {@linkcode trainExact} do in host memory: the counts, their
 * score and the gradients stay there, in float32, and nothing is read.
 */
export const trainOnDevice = (exact: boolean) => async (context: EpochContext): Promise<DeviceExtent> => {
  const { name, model, optimizer, reader, loss: { parts }, before, after } = context;
  const { soft, batches, batchCount } = context.datasetCounts, order = context.order ?? batches.map((_, b) => b);
  const later = exact ? [] : laterSums(parts, batches, order), variables = trainableVariables(model);
  const times = exact ? 1 : order.length;
  let running: Running = { rows: tf.scalar(0), largest: tf.scalar(0) }, b = 0;
  try {
    for await (const batch of reader.read(exact ? undefined : order)) {
      if (b >= batchCount) throw batchesDiffer(name, batchCount, "more");
      await before(b);
      const terms = { exact, variables, times, others: exact ? soft.counts : later[b].counts }, last = running;
      const next = () => takeBatch(context, terms, batch, last) as unknown as tf.TensorContainerObject;
      running = tf.tidy(next) as unknown as Running; // tidy keeps what it returns
      tf.dispose(last as unknown as tf.TensorContainer);
      await after(b, batch.yTrue.shape[0]!);
      b++;
    }
    if (b < batchCount) throw batchesDiffer(name, batchCount, String(b));
    if (exact) applyGradients(optimizer, running.sums!);
    return {
      numbers: tf.tidy(() => {
        const finite = tf.addN(variables.map((variable) => tf.sum(tf.mul(variable, 0))));
        return tf.keep(tf.stack([running.rows, running.largest, finite]));
      }),
    };
  } finally {
    tf.dispose(running as unknown as tf.TensorContainer);
  }
};

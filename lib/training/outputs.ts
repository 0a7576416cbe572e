import * as tf from "@tensorflow/tfjs-core";
import type { BatchTensors, ShapedNumbers } from "../batch/read_batch.ts";
import { inHostMemory, readTogether } from "../tfjs/engine.ts";
import type { LayersModel } from "../tfjs/model.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { BatchReader, ReadBatch } from "./batches.ts";
import { outputOf } from "./passes.ts";

/** Labels, outputs and weights of a batch, to be read. */
export type OutputBatch = BatchTensors & Pick<ReadBatch, "examples" | "groups">;

/** A data set whose outputs are wanted. */
export interface OutputSet {
  /** Name of the loss, for errors. */
  readonly name: string;
  readonly reader: BatchReader;
  /** Receives the batches, in order. */
  readonly take: (batch: OutputBatch) => void;
}

/** Batch on the device that is not read yet. */
interface Pending extends Pick<OutputBatch, "examples" | "groups"> {
  readonly take: OutputSet["take"];
  readonly tensors: readonly Tensor[];
}

/** The numbers that are kept on a device before they are read. */
const mostPending = 4e6;

const shaped = ({ shape, size, dtype }: Tensor, values: Float32Array): ShapedNumbers => ({
  shape,
  size,
  dtype,
  dataSync: () => values,
});

/** Reads the batches and hands them over; returns the numbers of `more`. */
async function readPending(batches: readonly Pending[], more: readonly Tensor[]): Promise<Float32Array[]> {
  const tensors = [...batches.flatMap(({ tensors }) => tensors), ...more];
  if (tensors.length === 0) return [];
  const numbers = await readTogether(tensors).finally(() => tf.dispose(tensors));
  let at = 0;
  for (const { take, tensors, examples, groups } of batches) {
    const [yTrue, yPred, sampleWeight] = tensors.map((tensor) => shaped(tensor, numbers[at++]));
    take({ yTrue, yPred, sampleWeight, examples, groups });
  }
  return numbers.slice(at);
}

/**
 * Runs a model on data sets. In host memory each batch is handed over at once; on a device the outputs of all of them are
 * read together, asynchronously, with the numbers of `more`, which are disposed.
 *
 * @param before Called before each batch.
 * @returns The numbers of `more`.
 */
export async function takeOutputs(
  sets: readonly OutputSet[],
  model: LayersModel,
  before: () => Promise<void> | void,
  more: readonly Tensor[] = [],
): Promise<Float32Array[]> {
  const host = inHostMemory();
  let pending: Pending[] = [], held = 0;
  const flush = async (more: readonly Tensor[]) => {
    const batches = pending;
    [pending, held] = [[], 0];
    return await readPending(batches, more);
  };
  const run = ({ name, take }: OutputSet, read: ReadBatch) => {
    const { yTrue, sampleWeight, examples, groups } = read;
    tf.tidy(() => {
      const yPred = outputOf(name, model, read);
      if (host) return void take({ yTrue, yPred, sampleWeight, examples, groups });
      const tensors = [yTrue, yPred, ...(sampleWeight ? [sampleWeight] : [])]
        .map((one) => tf.keep(tf.cast(one, "float32")));
      pending.push({ take, tensors, examples, groups });
      held += tensors.reduce((sum, { size }) => sum + size, 0);
    });
  };
  try {
    for (const set of sets) {
      for await (const read of set.reader.read()) {
        await before();
        run(set, read);
        if (held > mostPending) await flush([]);
      }
    }
    return await flush(more);
  } finally {
    tf.dispose([...pending.flatMap(({ tensors }) => tensors), ...more]);
  }
}

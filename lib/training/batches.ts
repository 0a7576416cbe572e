import * as tf from "@tensorflow/tfjs";
import { describe } from "../check/describe.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Inputs (several for a model with several), labels and, if there are any, weights. */
export type TrainingBatch =
  | readonly [x: Tensor | readonly Tensor[], yTrue: Tensor, sampleWeight?: Tensor]
  | { readonly xs: Tensor | readonly Tensor[]; readonly ys: Tensor; readonly sampleWeight?: Tensor };

/** What can be read batch by batch. */
export type BatchSource = Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>;

/** A data set: its tensors; something that is read anew each time; a function that makes such; a `tf.data.Dataset`. */
export type TrainingData =
  | readonly [x: Tensor | readonly Tensor[], yTrue: Tensor, sampleWeight?: Tensor]
  | AsyncIterable<TrainingBatch>
  | (() => BatchSource)
  | { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> };

/** A batch, taken apart. */
export interface ReadBatch {
  readonly inputs: Tensor | Tensor[];
  readonly yTrue: Tensor;
  readonly sampleWeight?: Tensor;
  /** Which rows of the data its examples are, where they were shuffled. */
  readonly examples?: ArrayLike<number>;
}

/** How many rows make a batch of tensors, where nothing else is said. */
export const defaultBatchSize = 256;

const isTensor = (thing: unknown): thing is Tensor => thing instanceof tf.Tensor;

const hasMethod = (thing: unknown, name: PropertyKey): boolean =>
  typeof (thing as Record<PropertyKey, unknown> | undefined)?.[name] === "function";

/** Takes a batch apart; refuses what is none. */
function takeApart(what: string, name: string, batch: unknown): ReadBatch {
  const { xs, ys, sampleWeight: weight } = (batch ?? {}) as { xs?: unknown; ys?: unknown; sampleWeight?: unknown };
  const [x, yTrue, sampleWeight] = Array.isArray(batch) ? batch : [xs, ys, weight];
  const inputs: unknown[] = Array.isArray(x) ? x : [x];
  const tensors = [...inputs, yTrue, ...(sampleWeight === undefined ? [] : [sampleWeight])];
  if (inputs.length === 0 || !tensors.every(isTensor)) {
    throw new TypeError(
      `Cannot compute ${what}: ${name} must be tensors, [x, y], [x, y, sampleWeight] or { xs, ys }, it is ${
        describe(Array.isArray(batch) ? batch.map((one) => isTensor(one) ? "a tensor" : one) : batch)
      }`,
    );
  }
  const rows = tensors.map(({ shape }) => shape[0]);
  if (rows.some((n) => n !== rows[0])) {
    throw new RangeError(
      `Cannot compute ${what}: ${name} must have the same number of rows in all tensors, they have ${rows.join(", ")}`,
    );
  }
  return { inputs: inputs.length === 1 ? inputs[0] as Tensor : inputs as Tensor[], yTrue, sampleWeight };
}

/** Whether the data are tensors, and not read from somewhere. */
export const isTensors = (data: TrainingData): data is Extract<TrainingData, readonly unknown[]> => Array.isArray(data);

/** Cuts rows out of a tensor. On the backend wasm a slice copies all of the tensor first: there it is copied once. */
function cutter(tensor: Tensor): (from: number, size: number) => Tensor {
  if (tf.getBackend() !== "wasm") return (from, size) => tf.slice(tensor, from, size);
  const [rows, ...shape] = tensor.shape, values = tensor.dataSync(), each = values.length / rows;
  return (from, size) => tf.tensor(values.subarray(each * from, each * (from + size)), [size, ...shape], tensor.dtype);
}

function* slices(whole: ReadBatch, batchSize: number): Generator<ReadBatch> {
  const rows = whole.yTrue.shape[0]!;
  const cutInputs = [whole.inputs].flat().map(cutter), cutLabels = cutter(whole.yTrue);
  const cutWeights = whole.sampleWeight && cutter(whole.sampleWeight);
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from), inputs = cutInputs.map((cut) => cut(from, size));
    yield {
      inputs: inputs.length === 1 ? inputs[0] : inputs,
      yTrue: cutLabels(from, size),
      sampleWeight: cutWeights?.(from, size),
    };
  }
}

/** Data that are read epoch after epoch. */
export interface BatchReader {
  /** Reads them from the beginning; tensors that were shuffled, in the given order of their batches. */
  read(order?: readonly number[]): AsyncGenerator<ReadBatch> | Generator<ReadBatch>;
  /** Disposes what was made for it. */
  dispose(): void;
}

/** The data as they are. */
export function readerOf(what: string, data: TrainingData, batchSize?: number): BatchReader {
  return { read: () => readBatches(what, data, batchSize), dispose: () => {} };
}

/** Some rows of a tensor, as one of their own. */
function rowsOf(tensor: Tensor, rows: readonly number[]): Tensor {
  const values = tensor.dataSync(), each = tensor.size / tensor.shape[0]!;
  const own = new (values.constructor as Float32ArrayConstructor)(rows.length * each);
  rows.forEach((row, i) => own.set(values.subarray(row * each, (row + 1) * each), i * each));
  return tf.tensor(own, [rows.length, ...tensor.shape.slice(1)], tensor.dtype);
}

/** Tensors whose rows were shuffled, once: a batch has the same rows in every epoch, and is made once. */
export function shuffledReader(
  what: string,
  data: Extract<TrainingData, readonly unknown[]>,
  batchSize: number,
  shuffle: (rows: number[]) => number[],
): BatchReader {
  const { inputs, yTrue, sampleWeight } = takeApart(what, "'data'", data), n = yTrue.shape[0]!;
  if (n === 0) throw new RangeError(`Cannot compute ${what}: 'data' has no rows`);
  const examples = shuffle(Array.from({ length: n }, (_, row) => row));
  const batches = Array.from({ length: Math.ceil(n / batchSize) }, (_, b): ReadBatch => {
    const rows = examples.slice(b * batchSize, (b + 1) * batchSize);
    return {
      inputs: Array.isArray(inputs) ? inputs.map((input) => rowsOf(input, rows)) : rowsOf(inputs, rows),
      yTrue: rowsOf(yTrue, rows),
      sampleWeight: sampleWeight && rowsOf(sampleWeight, rows),
      examples: rows,
    };
  });
  return {
    *read(order) {
      for (const b of order ?? batches.keys()) yield batches[b];
    },
    dispose: () => batches.forEach(disposeBatch),
  };
}

function disposeBatch(raw: unknown): void {
  const parts = Object.values((raw ?? {}) as Record<string, unknown>).flat();
  tf.dispose(parts.filter(isTensor));
}

async function* fromDataset(data: Extract<TrainingData, { iterator(): unknown }>): AsyncGenerator<unknown> {
  const iterator = await data.iterator();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

/** What to do with a file's name or a polars frame; nothing for other things. This module knows polars by its methods alone. */
function tableHint(data: unknown): string | undefined {
  const how = "give batchesOf(…, { label }) of the data module, which reads it in batches";
  if (typeof data === "string" && /\.(csv|parquet)$/i.test(data)) {
    return `the name of a file, ${describe(data)}: ${how}`;
  }
  if (hasMethod(data, "collect") || hasMethod(data, "getColumn")) return `a polars frame: ${how}`;
  return undefined;
}

/** Throws unless the data are of a kind that can be read. */
export function checkData(what: string, data: unknown, batchSize: number | undefined): void {
  if (Array.isArray(data)) {
    takeApart(what, "'data'", data);
    return;
  }
  if (!hasMethod(data, Symbol.asyncIterator) && !hasMethod(data, "iterator") && typeof data !== "function") {
    throw new TypeError(
      `Cannot compute ${what}: 'data' must be [x, y], [x, y, sampleWeight], a tf.data.Dataset, an async iterable or a ` +
        `function that returns an iterable, it is ${tableHint(data) ?? describe(data)}`,
    );
  }
  if (batchSize !== undefined) {
    throw new TypeError(
      `Cannot compute ${what}: 'batchSize' is ${batchSize}, but 'data' comes in batches already`,
    );
  }
}

/**
 * Reads the data once, from the beginning. The batches' tensors are disposed when the next is asked for, and at the end,
 * however it comes.
 */
export async function* readBatches(
  what: string,
  data: TrainingData,
  batchSize = defaultBatchSize,
): AsyncGenerator<ReadBatch> {
  const source: Iterable<unknown> | AsyncIterable<unknown> = isTensors(data)
    ? slices(takeApart(what, "'data'", data), batchSize)
    : typeof data === "function"
    ? data()
    : hasMethod(data, "iterator")
    ? fromDataset(data as Extract<TrainingData, { iterator(): unknown }>)
    : data as AsyncIterable<unknown>;
  let n = 0;
  for await (const raw of source) {
    try {
      const batch = isTensors(data) ? raw as ReadBatch : takeApart(what, `batch ${n} of 'data'`, raw);
      n++;
      yield batch;
    } finally {
      disposeBatch(raw);
    }
  }
}

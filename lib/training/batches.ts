import * as tf from "@tensorflow/tfjs-core";
import { describe } from "../check/describe.ts";
import { inHostMemory } from "../tfjs/engine.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Inputs (a list for a model with several inputs), labels and optional weights. */
export type TrainingBatch =
  | readonly [x: Tensor | readonly Tensor[], yTrue: Tensor, sampleWeight?: Tensor]
  | { readonly xs: Tensor | readonly Tensor[]; readonly ys: Tensor; readonly sampleWeight?: Tensor };

/** Source of batches. */
export type BatchSource = Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>;

/** A data set: tensors, an async iterable that can be read again, a function that returns an iterable, or a `tf.data.Dataset`. */
export type TrainingData =
  | readonly [x: Tensor | readonly Tensor[], yTrue: Tensor, sampleWeight?: Tensor]
  | AsyncIterable<TrainingBatch>
  | (() => BatchSource)
  | { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> };

/** Tensors of a batch, by their role. */
export interface ReadBatch {
  readonly inputs: Tensor | Tensor[];
  readonly yTrue: Tensor;
  readonly sampleWeight?: Tensor;
  /** Row numbers of the examples in the data set, if they were shuffled. */
  readonly examples?: ArrayLike<number>;
}

/** Default number of rows per batch, if the data are tensors. */
export const defaultBatchSize = 256;

const isTensor = (thing: unknown): thing is Tensor => thing instanceof tf.Tensor;

const hasMethod = (thing: unknown, name: PropertyKey): boolean =>
  typeof (thing as Record<PropertyKey, unknown> | undefined)?.[name] === "function";

/** Reads the tensors of a batch; throws if `batch` is not a batch. */
function parseBatch(what: string, name: string, batch: unknown): ReadBatch {
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

/** Tells whether the data are tensors. */
export const isTensors = (data: TrainingData): data is Extract<TrainingData, readonly unknown[]> => Array.isArray(data);

/** Makes a function that slices rows of a tensor. `tf.slice` on wasm copies the whole tensor each time; here it is read once. */
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

/** Reader of a data set, used in every epoch. */
export interface BatchReader {
  /** Reads all batches from the beginning, or shuffled tensors in the given order of their batches. */
  read(order?: readonly number[]): AsyncGenerator<ReadBatch> | Generator<ReadBatch>;
  /** Disposes the tensors that the reader made. */
  dispose(): void;
}

/** Makes a reader of the data in their own order. */
export function batchReader(what: string, data: TrainingData, batchSize?: number): BatchReader {
  return { read: () => readBatches(what, data, batchSize), dispose: () => {} };
}

/** Copies rows of a tensor. On a device they are not read. */
function gatherRows(tensor: Tensor, rows: readonly number[]): Tensor {
  if (!inHostMemory()) return tf.tidy(() => tf.gather(tensor, tf.tensor1d([...rows], "int32")));
  const values = tensor.dataSync(), size = tensor.size / tensor.shape[0]!;
  const copy = new (values.constructor as Float32ArrayConstructor)(rows.length * size);
  rows.forEach((row, i) => copy.set(values.subarray(row * size, (row + 1) * size), i * size));
  return tf.tensor(copy, [rows.length, ...tensor.shape.slice(1)], tensor.dtype);
}

/** Makes a reader of tensors whose rows are shuffled once, so that a batch keeps its rows and is made only once. */
export function shuffledReader(
  what: string,
  data: Extract<TrainingData, readonly unknown[]>,
  batchSize: number,
  shuffle: (rows: number[]) => number[],
): BatchReader {
  const { inputs, yTrue, sampleWeight } = parseBatch(what, "'data'", data), n = yTrue.shape[0]!;
  if (n === 0) throw new RangeError(`Cannot compute ${what}: 'data' has no rows`);
  const examples = shuffle(Array.from({ length: n }, (_, row) => row));
  const batches = Array.from({ length: Math.ceil(n / batchSize) }, (_, b): ReadBatch => {
    const rows = examples.slice(b * batchSize, (b + 1) * batchSize);
    return {
      inputs: Array.isArray(inputs) ? inputs.map((input) => gatherRows(input, rows)) : gatherRows(inputs, rows),
      yTrue: gatherRows(yTrue, rows),
      sampleWeight: sampleWeight && gatherRows(sampleWeight, rows),
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

/** Describes a file name or a polars frame, and says how to read it. A polars frame is recognised by its methods. */
function tableHint(data: unknown): string | undefined {
  const how = "give batchesOf(…, { label }) of the data module, which reads it in batches";
  if (typeof data === "string" && /\.(csv|parquet)$/i.test(data)) {
    return `the name of a file, ${describe(data)}: ${how}`;
  }
  if (hasMethod(data, "collect") || hasMethod(data, "getColumn")) return `a polars frame: ${how}`;
  return undefined;
}

/** Throws unless `data` can be read as batches. */
export function checkData(what: string, data: unknown, batchSize: number | undefined): void {
  if (Array.isArray(data)) {
    parseBatch(what, "'data'", data);
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

/** Reads the data once, from the beginning. The tensors of a batch are disposed when the next batch is read or reading ends. */
export async function* readBatches(
  what: string,
  data: TrainingData,
  batchSize = defaultBatchSize,
): AsyncGenerator<ReadBatch> {
  const source: Iterable<unknown> | AsyncIterable<unknown> = isTensors(data)
    ? slices(parseBatch(what, "'data'", data), batchSize)
    : typeof data === "function"
    ? data()
    : hasMethod(data, "iterator")
    ? fromDataset(data as Extract<TrainingData, { iterator(): unknown }>)
    : data as AsyncIterable<unknown>;
  let n = 0;
  for await (const raw of source) {
    try {
      const batch = isTensors(data) ? raw as ReadBatch : parseBatch(what, `batch ${n} of 'data'`, raw);
      n++;
      yield batch;
    } finally {
      disposeBatch(raw);
    }
  }
}

import { refuse } from "../batch/read_batch.ts";
import * as tf from "@tensorflow/tfjs-core";
import { describe } from "../check/check.ts";
import { groupBy } from "../numerics/group_by.ts";
import { inHostMemory } from "../tfjs/engine.ts";
import { isTensor, type Tensor } from "../tfjs/tensor.ts";
import { type BatchParts, readTrainingBatch, type TrainingBatch } from "../tfjs/training_batch.ts";

/** Source of batches. */
export type BatchSource = Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>;

/**
 * A data set: tensors, in the forms of a batch, an async iterable that can be read again, a function that returns an iterable, or a
 * `tf.data.Dataset`.
 */
export type TrainingData =
  | TrainingBatch
  | AsyncIterable<TrainingBatch>
  | (() => BatchSource)
  | { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> };

/** Tensors of a batch, and where its rows stand. */
export interface ReadBatch extends BatchParts {
  /** Row numbers of the examples in the data set, if they were shuffled. */
  readonly examples?: ArrayLike<number>;
}

/** Default number of rows per batch, if the data are tensors. */
export const defaultBatchSize = 256;

const hasMethod = (thing: unknown, name: PropertyKey): boolean =>
  typeof (thing as Record<PropertyKey, unknown> | undefined)?.[name] === "function";

/** Tells whether the data are tensors. */
export const isTensors = (data: TrainingData): data is TrainingBatch =>
  Array.isArray(data) || isTensor((data as { ys?: unknown } | undefined)?.ys);

/**
 * Makes a function that slices rows of a tensor. `tf.slice` on wasm copies the whole tensor each time, on cpu it goes through the
 * numbers one by one; here it is read once.
 */
function cutter(tensor: Tensor): (from: number, size: number) => Tensor {
  if (!inHostMemory()) return (from, size) => tf.slice(tensor, from, size);
  const [rows, ...shape] = tensor.shape, values = tensor.dataSync(), each = values.length / rows;
  return (from, size) => tf.tensor(values.subarray(each * from, each * (from + size)), [size, ...shape], tensor.dtype);
}

function* slices(whole: ReadBatch, batchSize: number): Generator<ReadBatch> {
  const rows = whole.yTrue.shape[0]!;
  const cutInputs = whole.inputs.map(cutter), cutLabels = cutter(whole.yTrue);
  const cutWeights = whole.sampleWeight && cutter(whole.sampleWeight);
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from);
    yield {
      inputs: cutInputs.map((cut) => cut(from, size)),
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

/** Makes a reader of the data in their own order; of tensors with queries, whole queries in the order of their first rows. */
export function batchReader(what: string, data: TrainingData, batchSize?: number): BatchReader {
  const { groups } = data as { groups?: unknown };
  if (isTensors(data) && groups !== undefined) {
    return rowsReader(what, data, batchSize ?? defaultBatchSize, (queries) => queries);
  }
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

/** Returns the rows of each query, the queries in the order of their first rows. */
function rowsOfQueries(groups: readonly unknown[]): number[][] {
  return [...groupBy(groups.keys(), (row) => groups[row]).values()];
}

/** Puts items into an order. */
type Order = <T>(items: T[]) => T[];

/** Fills batches of at most `batchSize` rows; of queries with whole ones, and a larger query is a batch of its own. */
function rowsOfBatches(n: number, groups: readonly unknown[] | undefined, batchSize: number, order: Order): number[][] {
  if (groups === undefined) {
    const rows = order(Array.from({ length: n }, (_, row) => row));
    return Array.from({ length: Math.ceil(n / batchSize) }, (_, b) => rows.slice(b * batchSize, (b + 1) * batchSize));
  }
  const batches: number[][] = [];
  for (const rows of order(rowsOfQueries(groups))) {
    const last = batches.at(-1);
    if (last !== undefined && last.length + rows.length <= batchSize) last.push(...rows);
    else batches.push([...rows]);
  }
  return batches;
}

/** Makes a reader of tensors whose rows, or queries, are ordered once, so that a batch keeps its rows and is made only once. */
export function rowsReader(
  what: string,
  data: TrainingBatch,
  batchSize: number,
  order: Order,
): BatchReader {
  const { inputs, yTrue, sampleWeight, groups } = readTrainingBatch(what, "'data'", data), n = yTrue.shape[0]!;
  if (n === 0) throw refuse(what, "data", "has no rows");
  const batches = rowsOfBatches(n, groups, batchSize, order).map((rows): ReadBatch => ({
    inputs: inputs.map((input) => gatherRows(input, rows)),
    yTrue: gatherRows(yTrue, rows),
    sampleWeight: sampleWeight && gatherRows(sampleWeight, rows),
    examples: rows,
    groups: groups && rows.map((row) => groups[row]),
  }));
  return {
    *read(order) {
      for (const b of order ?? batches.keys()) yield batches[b];
    },
    dispose: () => batches.forEach(disposeBatch),
  };
}

function disposeBatch(raw: unknown): void {
  const parts = Object.values((raw ?? {}) as Record<string, unknown>).flat();
  tf.dispose([raw, ...parts].filter(isTensor));
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

/** Throws unless an argument, "'data'" or the like, can be read as batches. */
export function checkData(what: string, argument: string, data: unknown, batchSize: number | undefined): void {
  if (isTensors(data as TrainingData)) {
    // The reader reads the groups: an iterator is read once.
    const { groups: _, ...others } = data as { groups?: unknown };
    readTrainingBatch(what, argument, Array.isArray(data) ? data : others);
    return;
  }
  if (!hasMethod(data, Symbol.asyncIterator) && !hasMethod(data, "iterator") && typeof data !== "function") {
    throw new TypeError(
      `Cannot compute ${what}: ${argument} must be [x, y], [x, y, sampleWeight], { xs, ys, groups }, a tf.data.Dataset, an async iterable or a ` +
        `function that returns an iterable, it is ${tableHint(data) ?? describe(data)}`,
    );
  }
  if (batchSize !== undefined) {
    throw new TypeError(
      `Cannot compute ${what}: 'batchSize' is ${batchSize}, but ${argument} comes in batches already`,
    );
  }
}

/** Reads the data once, from the beginning. The tensors of a batch are disposed when the next batch is read or reading ends. */
async function* readBatches(
  what: string,
  data: TrainingData,
  batchSize = defaultBatchSize,
): AsyncGenerator<ReadBatch> {
  const source: Iterable<unknown> | AsyncIterable<unknown> = isTensors(data)
    ? slices(readTrainingBatch(what, "'data'", data), batchSize)
    : typeof data === "function"
    ? data()
    : hasMethod(data, "iterator")
    ? fromDataset(data as Extract<TrainingData, { iterator(): unknown }>)
    : data as AsyncIterable<unknown>;
  if (!hasMethod(source, Symbol.iterator) && !hasMethod(source, Symbol.asyncIterator)) {
    throw refuse(what, "data", `must return an iterable, it returned ${describe(source)}`);
  }
  let n = 0;
  for await (const raw of source) {
    try {
      const batch = isTensors(data) ? raw as ReadBatch : readTrainingBatch(what, `batch ${n} of 'data'`, raw);
      n++;
      yield batch;
    } finally {
      disposeBatch(raw);
    }
  }
}

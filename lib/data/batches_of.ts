import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import type { Tensor } from "../tensor.ts";
import type { Frame, Tensor2D } from "./types.ts";

/** A polars lazy frame. */
export type LazyFrame = ReturnType<(typeof import("nodejs-polars"))["default"]["scanCSV"]>;

/** Options of {@linkcode batchesOf}. */
export interface BatchesOfOptions {
  /** The column with the labels. */
  label: string;
  /**
   * The columns with the features.
   *
   * @default {all others}
   */
  features?: readonly string[];
  /** The column with the weights of the rows. */
  sampleWeight?: string;
  /**
   * How many rows a batch has; the last may have fewer.
   *
   * @default {1024}
   */
  batchSize?: number;
}

/** Batches that are read anew each time: features [n, f], labels [n, 1], float32, and weights [n], if there are any. */
export type FrameBatches = AsyncIterable<readonly [x: Tensor2D, y: Tensor2D, sampleWeight?: Tensor]>;

const TASK = "make batches";

/** How many rows are in memory at once, at least: a piece costs a search for its beginning. */
const PIECE = 65_536;

function lazyFrame(source: string | Frame | LazyFrame): LazyFrame {
  if (typeof source === "string") {
    // The types are those of all rows: the first ones may be whole numbers by chance.
    if (source.endsWith(".csv")) return pl.scanCSV(source, { inferSchemaLength: null });
    if (source.endsWith(".parquet")) return pl.scanParquet(source) as LazyFrame;
    throw new RangeError(`Cannot ${TASK}: 'source' must end in .csv or .parquet, it is ${describe(source)}`);
  }
  if (pl.LazyDataFrame.isLazyDataFrame(source)) return source;
  if (pl.DataFrame.isDataFrame(source)) return source.lazy() as LazyFrame;
  throw new TypeError(
    `Cannot ${TASK}: 'source' must be a file's path, a frame or a lazy frame, it is ${describe(source)}`,
  );
}

/** The columns of a piece, as numbers; `from`: how many rows came before it. */
function numbersOf(piece: Frame, columns: readonly string[], from: number): ArrayLike<number>[] {
  return columns.map((column) => {
    const values: unknown[] = piece.getColumn(column).toArray();
    const row = values.findIndex((value) => typeof value !== "number");
    if (row < 0) return values as number[];
    throw new RangeError(`Cannot ${TASK}: the column '${column}' must hold numbers, row ${from + row} holds none`);
  });
}

/**
 * A CSV or Parquet file, or a frame, as batches for `metricGradient`: read in pieces, and anew each time it is iterated, so
 * that it may be larger than memory.
 *
 * polars looks for each piece from the beginning of a CSV: prefer Parquet for many millions of rows. The order is the
 * file's.
 *
 * @param source A path that ends in .csv or .parquet, a frame or a lazy frame.
 * @param options `label`, `features`, `sampleWeight`, `batchSize`.
 * @returns The batches; whoever iterates disposes of the tensors, as `metricGradient` does.
 * @throws {TypeError} A source of another kind, an unknown option.
 * @throws {RangeError} A column that is not there, another kind of file, a size that is none. Iterated: a value that is
 * missing or no number, with its row.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { f1Loss, metricGradient } from "@roundabout/roundabout";
 * import { batchesOf, loadDataset } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const { frame, label, features } = await loadDataset("wdbc");
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [30] })] });
 * const batches = batchesOf(frame.lazy(), { label, features, batchSize: 100 });
 * const { value, gradients } = await metricGradient(model, batches, { loss: f1Loss() });
 * assert(value >= 0 && value <= 1);
 * tf.dispose(gradients);
 * ```
 */
export function batchesOf(source: string | Frame | LazyFrame, options: BatchesOfOptions): FrameBatches {
  checkOptions("batches", options, ["label", "features", "sampleWeight", "batchSize"]);
  const { label, sampleWeight, batchSize = 1024 } = options;
  checkInteger(TASK, "batchSize", batchSize, 1, Number.MAX_SAFE_INTEGER);
  const frame = lazyFrame(source), there = frame.columns;
  const features = options.features ?? there.filter((column) => column !== label && column !== sampleWeight);
  const columns = [...new Set([...features, label, ...(sampleWeight === undefined ? [] : [sampleWeight])])];
  const absent = columns.find((column) => !there.includes(column));
  if (absent !== undefined) throw new RangeError(`Cannot ${TASK}: 'source' has no column ${describe(absent)}`);
  if (features.length === 0) throw new RangeError(`Cannot ${TASK}: 'features' is empty`);
  const chosen = frame.select(...columns.map((column) => pl.col(column).cast(pl.Float64)));
  const size = batchSize * Math.max(1, Math.floor(PIECE / batchSize));

  async function* read(): AsyncGenerator<readonly [x: Tensor2D, y: Tensor2D, sampleWeight?: Tensor]> {
    for (let from = 0;; from += size) {
      const piece = await chosen.slice(from, size).collect() as Frame, rows = piece.height;
      const numbers = new Map(numbersOf(piece, columns, from).map((values, i) => [columns[i], values]));
      for (let at = 0; at < rows; at += batchSize) {
        const n = Math.min(batchSize, rows - at), x = new Float32Array(n * features.length);
        features.forEach((feature, j) => {
          const values = numbers.get(feature)!;
          for (let i = 0; i < n; i++) x[i * features.length + j] = values[at + i];
        });
        const part = (column: string) => Float32Array.from({ length: n }, (_, i) => numbers.get(column)![at + i]);
        const xs = tf.tensor2d(x, [n, features.length]), ys = tf.tensor2d(part(label), [n, 1]);
        yield sampleWeight === undefined ? [xs, ys] : [xs, ys, tf.tensor1d(part(sampleWeight))];
      }
      if (rows < size) return;
    }
  }
  return { [Symbol.asyncIterator]: read };
}

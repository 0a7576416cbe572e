import * as tf from "@tensorflow/tfjs-core";
import { statSync } from "node:fs";
import pl from "nodejs-polars";
import { anArrayOf, check, checkOptions, describe, integerFrom, optional } from "../check/check.ts";
import { csvForm, csvRecords, explainFailure } from "./csv.ts";
import { formatOf } from "./open_text.ts";
import { frameValues } from "./raw_table.ts";
import { booleanOf, isMissingValue, largestValue, numberOf } from "./spelling.ts";
import type { Frame, Tensor1D, Tensor2D } from "./types.ts";

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
  /**
   * The column with the weights of the rows.
   *
   * @default {none: every row weighs 1}
   */
  sampleWeight?: string;
  /**
   * The number of rows per batch; the last batch may have fewer.
   *
   * @default {1024}
   */
  batchSize?: number;
}

/** Batches that are read again for each iteration: features [n, f], labels [n, 1] and, if there are any, weights [n]; float32. */
export type FrameBatches = AsyncIterable<readonly [x: Tensor2D, y: Tensor2D, sampleWeight?: Tensor1D]>;

const TASK = "make batches";

/** Smallest number of rows in memory at once: each piece of a Parquet file costs a search for its beginning. */
const PIECE = 65_536;

/** Some rows: one list of numbers per column. */
type Piece = ReadonlyMap<string, ArrayLike<number>>;

/** A table that is read in pieces. */
interface PiecedTable {
  readonly columns: readonly string[];
  /** Yields pieces of `size` rows, the last of fewer. */
  pieces(columns: readonly string[], size: number): AsyncIterable<Piece>;
}

const faulty = (column: string, place: string, problem: string): Error =>
  new RangeError(`Cannot ${TASK}: the column '${column}' must hold numbers, ${place} holds ${problem}`);

/** Returns a value that a float32 tensor can hold; booleans are 1 and 0, as in `readTable`. */
function numberAt(column: string, place: () => string, value: unknown): number {
  if (isMissingValue(value)) throw faulty(column, place(), "none");
  if (value instanceof Date) throw faulty(column, place(), `the date ${value.toISOString()}`);
  const boolean = booleanOf(value), number = boolean === undefined ? numberOf(value) : Number(boolean);
  if (Number.isNaN(number)) throw faulty(column, place(), describe(typeof value === "string" ? value.trim() : value));
  if (Math.abs(number) > largestValue) throw faulty(column, place(), `${number}, beyond ±1e30`);
  return number;
}

function csvTable(path: string): PiecedTable {
  const form = csvForm(path), { names } = form;
  return {
    columns: names,
    async *pieces(columns, size) {
      const places = columns.map((column) => names.indexOf(column));
      let values = columns.map(() => new Float64Array(size)), row = 0, filled = 0;
      const piece = () => new Map(columns.map((column, k) => [column, values[k].subarray(0, filled)]));
      for await (const { fields, line } of csvRecords(path, form)) {
        row++;
        for (let k = 0; k < places.length; k++) {
          values[k][filled] = numberAt(columns[k], () => `row ${row} (line ${line})`, fields[places[k]]);
        }
        if (++filled < size) continue;
        yield piece();
        values = columns.map(() => new Float64Array(size));
        filled = 0;
      }
      if (filled > 0) yield piece();
    },
  };
}

function frameTable(frame: LazyFrame, explain = (error: unknown) => error): PiecedTable {
  return {
    columns: frame.columns,
    async *pieces(columns, size) {
      const chosen = frame.select(...columns);
      for (let from = 0;; from += size) {
        const piece = await chosen.slice(from, size).collect().catch((error) => {
          throw explain(error);
        }) as Frame;
        if (from === 0 && piece.height === 0) throw new RangeError(`Cannot ${TASK}: 'source' has no rows`);
        yield new Map(columns.map((column) => {
          const place = (row: number) => () => `row ${from + row + 1}`;
          return [
            column,
            frameValues(pl, TASK, piece, column).map((value, row) => numberAt(column, place(row), value)),
          ];
        }));
        if (piece.height < size) return;
      }
    },
  };
}

function parquetTable(path: string): PiecedTable {
  try {
    statSync(path); // polars' own error for a missing file is a Rust message
    return frameTable(pl.scanParquet(path) as LazyFrame, (error) => explainFailure(path, error));
  } catch (error) {
    throw explainFailure(path, error);
  }
}

function tableOf(source: string | Frame | LazyFrame): PiecedTable {
  if (typeof source === "string") return formatOf(source).kind === "text" ? csvTable(source) : parquetTable(source);
  if (pl.LazyDataFrame.isLazyDataFrame(source)) return frameTable(source);
  if (pl.DataFrame.isDataFrame(source)) return frameTable(source.lazy() as LazyFrame);
  throw new TypeError(
    `Cannot ${TASK}: 'source' must be a file's path, a frame or a lazy frame, it is ${describe(source)}`,
  );
}

/**
 * Batches of a CSV file, a Parquet file or a frame, for `metricGradient` and `fitMetric`. The source is read in its own order,
 * in pieces of about 65,536 rows, and again for each iteration, so a file may be larger than memory: peak memory hardly grows
 * with the file (bench/exact_rows.ts measures it up to 3e6 rows). A CSV file is text and takes several times as long as a
 * Parquet file.
 *
 * @param source A path as in {@linkcode readTable}, a frame or a lazy frame.
 * @param options `label`, `features`, `sampleWeight`, `batchSize`.
 * @returns The batches. The caller disposes of the tensors, as `metricGradient` does.
 * @throws {TypeError} A source of a different kind, an unknown option.
 * @throws {RangeError} A column that does not exist, the label among `features`, a `batchSize` that is not a positive integer.
 * While iterating: a value that is missing, not a number or beyond ±1e30; the error names its row, counted from 1. No rows.
 * @throws {Error} A file that is missing, cannot be read or has another ending. While iterating: a line of a CSV file with
 * more or fewer fields than the header.
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
  check(TASK, { batchSize }, integerFrom(1));
  check(TASK, { features: options.features }, optional(anArrayOf("the names of columns")));
  const table = tableOf(source), there = table.columns;
  const features = options.features ?? there.filter((column) => column !== label && column !== sampleWeight);
  const columns = [...new Set([...features, label, ...(sampleWeight === undefined ? [] : [sampleWeight])])];
  const absent = columns.find((column) => !there.includes(column));
  if (absent !== undefined) throw new RangeError(`Cannot ${TASK}: 'source' has no column ${describe(absent)}`);
  if (features.includes(label)) throw new RangeError(`Cannot ${TASK}: 'features' contains the label '${label}'`);
  if (features.length === 0) throw new RangeError(`Cannot ${TASK}: 'features' is empty`);
  const size = batchSize * Math.max(1, Math.floor(PIECE / batchSize));

  async function* read(): AsyncGenerator<readonly [x: Tensor2D, y: Tensor2D, sampleWeight?: Tensor1D]> {
    for await (const piece of table.pieces(columns, size)) {
      const rows = piece.get(label)!.length;
      for (let at = 0; at < rows; at += batchSize) {
        const n = Math.min(batchSize, rows - at), x = new Float32Array(n * features.length);
        features.forEach((feature, j) => {
          const values = piece.get(feature)!;
          for (let i = 0; i < n; i++) x[i * features.length + j] = values[at + i];
        });
        const part = (column: string) => new Float32Array(n).map((_, i) => piece.get(column)![at + i]);
        const xs = tf.tensor2d(x, [n, features.length]), ys = tf.tensor2d(part(label), [n, 1]);
        yield sampleWeight === undefined ? [xs, ys] : [xs, ys, tf.tensor1d(part(sampleWeight))];
      }
    }
  }
  return { [Symbol.asyncIterator]: read };
}

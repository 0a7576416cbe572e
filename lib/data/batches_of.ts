import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { csvFileRecords, csvNames, kindOfFile } from "./csv.ts";
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

/** How many rows are in memory at once, at least: a piece of a Parquet file costs a search for its beginning. */
const PIECE = 65_536;

/** Some rows: a list of numbers a column. */
type Piece = ReadonlyMap<string, ArrayLike<number>>;

/** A table that is read in pieces. */
interface Table {
  readonly columns: readonly string[];
  /** Pieces of so many rows, the last one of fewer. */
  pieces(columns: readonly string[], size: number): Iterable<Piece> | AsyncIterable<Piece>;
}

const notNumber = (column: string, row: number, value: unknown): Error =>
  new RangeError(
    `Cannot ${TASK}: the column '${column}' must hold numbers, row ${row} holds ${
      value === null || value === "" ? "none" : describe(value)
    }`,
  );

/** A number from the text of a field; NaN where there is none. */
function toNumber(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return NaN;
  return trimmed === "true" ? 1 : trimmed === "false" ? 0 : Number(trimmed);
}

function csvTable(path: string): Table {
  const fail = (problem: string) => new RangeError(`Cannot ${TASK}: '${path}' cannot be read, ${problem}`);
  const names = csvNames(path, fail);
  return {
    columns: names,
    async *pieces(columns, size) {
      const places = columns.map((column) => names.indexOf(column));
      let values = columns.map(() => new Float64Array(size)), row = 0, filled = 0;
      const piece = () => new Map(columns.map((column, k) => [column, values[k].subarray(0, filled)]));
      for await (const { fields } of csvFileRecords(path, names, fail)) {
        for (let k = 0; k < places.length; k++) {
          const value = values[k][filled] = toNumber(fields[places[k]]);
          if (Number.isNaN(value)) throw notNumber(columns[k], row, fields[places[k]].trim());
        }
        row++;
        if (++filled < size) continue;
        yield piece();
        values = columns.map(() => new Float64Array(size));
        filled = 0;
      }
      if (filled > 0) yield piece();
    },
  };
}

function frameTable(frame: LazyFrame): Table {
  return {
    columns: frame.columns,
    async *pieces(columns, size) {
      const chosen = frame.select(...columns.map((column) => pl.col(column).cast(pl.Float64)));
      for (let from = 0;; from += size) {
        const piece = await chosen.slice(from, size).collect() as Frame;
        yield new Map(columns.map((column) => {
          const values: unknown[] = piece.getColumn(column).toArray();
          const row = values.findIndex((value) => typeof value !== "number");
          if (row >= 0) throw notNumber(column, from + row, null);
          return [column, values as number[]];
        }));
        if (piece.height < size) return;
      }
    },
  };
}

function fileTable(path: string): Table {
  const kind = kindOfFile(path);
  if (kind === undefined) {
    throw new RangeError(`Cannot ${TASK}: 'source' must end in .csv or .parquet, it is ${describe(path)}`);
  }
  try {
    if (kind === "csv") return csvTable(path);
    Deno.statSync(path);
    return frameTable(pl.scanParquet(path) as LazyFrame);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith("Cannot ")) throw error;
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : message.split("\n")[0];
    throw new RangeError(`Cannot ${TASK}: '${path}' cannot be read, ${why}`, { cause: error });
  }
}

function tableOf(source: string | Frame | LazyFrame): Table {
  if (typeof source === "string") return fileTable(source);
  if (pl.LazyDataFrame.isLazyDataFrame(source)) return frameTable(source);
  if (pl.DataFrame.isDataFrame(source)) return frameTable(source.lazy() as LazyFrame);
  throw new TypeError(
    `Cannot ${TASK}: 'source' must be a file's path, a frame or a lazy frame, it is ${describe(source)}`,
  );
}

/**
 * A CSV or Parquet file, or a frame, as batches for `metricGradient` and `fitMetric`: read in pieces of some 65,536 rows, and
 * anew each time it is iterated, in the file's order. A file may be larger than memory: the greatest amount in use hardly grows
 * with it (bench/exact_rows.ts measures it up to 3e6 rows). A CSV is text, and takes several times as long as a Parquet file.
 *
 * @param source A path that ends in .csv or .parquet, a frame or a lazy frame.
 * @param options `label`, `features`, `sampleWeight`, `batchSize`.
 * @returns The batches; whoever iterates disposes of the tensors, as `metricGradient` does.
 * @throws {TypeError} A source of another kind, an unknown option.
 * @throws {RangeError} A file that is missing, cannot be read or is of another kind, a column that is not there, a size that
 * is none. Iterated: a value that is missing or no number, with its row; a line of a CSV with more or fewer fields than the
 * header.
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
  const table = tableOf(source), there = table.columns;
  const features = options.features ?? there.filter((column) => column !== label && column !== sampleWeight);
  const columns = [...new Set([...features, label, ...(sampleWeight === undefined ? [] : [sampleWeight])])];
  const absent = columns.find((column) => !there.includes(column));
  if (absent !== undefined) throw new RangeError(`Cannot ${TASK}: 'source' has no column ${describe(absent)}`);
  if (features.length === 0) throw new RangeError(`Cannot ${TASK}: 'features' is empty`);
  const size = batchSize * Math.max(1, Math.floor(PIECE / batchSize));

  async function* read(): AsyncGenerator<readonly [x: Tensor2D, y: Tensor2D, sampleWeight?: Tensor]> {
    for await (const piece of table.pieces(columns, size)) {
      const rows = piece.get(label)!.length;
      for (let at = 0; at < rows; at += batchSize) {
        const n = Math.min(batchSize, rows - at), x = new Float32Array(n * features.length);
        features.forEach((feature, j) => {
          const values = piece.get(feature)!;
          for (let i = 0; i < n; i++) x[i * features.length + j] = values[at + i];
        });
        const part = (column: string) => Float32Array.from({ length: n }, (_, i) => piece.get(column)![at + i]);
        const xs = tf.tensor2d(x, [n, features.length]), ys = tf.tensor2d(part(label), [n, 1]);
        yield sampleWeight === undefined ? [xs, ys] : [xs, ys, tf.tensor1d(part(sampleWeight))];
      }
    }
  }
  return { [Symbol.asyncIterator]: read };
}

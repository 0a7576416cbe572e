import * as tf from "@tensorflow/tfjs";
import type { Tensor2D } from "./types.ts";
import type { Dataset } from "./load_dataset.ts";
import type { Split } from "./split.ts";
import { checkInteger } from "../check/integer.ts";
import { type Labelled, labelsOf } from "./check.ts";

/** The rows of one part, ready for a model. */
export interface Part {
  /** The features: float32, shape [rows, features]. */
  x: Tensor2D;
  /** The labels, 0 or 1 or the class's index: float32, shape [rows, 1]. */
  y: Tensor2D;
}

/** What {@linkcode prepare} makes of a data set. */
export interface Prepared {
  /** The training part. */
  train: Part;
  /** The validation part, if the split has one. */
  validation?: Part;
  /** The test part. */
  test: Part;
  /** The names of the columns of `x`; a category's is `Home=rent`. */
  features: string[];
  /** What was subtracted from each column of `x`: the mean of the training rows, 0 for a category. */
  means: number[];
  /** What each column of `x` was divided by: the standard deviation of the training rows, 1 for a category or a constant. */
  scales: number[];
  /** For each numeric column with missing values: the training rows' median that took their place, and how many were missing. */
  imputed: Record<string, { median: number; count: number }>;
  /** For each categorical column: how many values are missing or not among the training rows'; all of their columns are 0. */
  unknown: Record<string, number>;
  /** Disposes of all tensors. */
  dispose(): void;
}

/** One column of `x` before scaling, for all rows of the frame. */
interface Column {
  feature: string;
  values: ArrayLike<number>;
  mean: number;
  scale: number;
}

/** The middle one of some numbers, or the mean of the middle two. */
function median(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Mean and standard deviation (ddof 0) in two passes. A deviation no larger than its rounding error is that of a constant; its
 * scale is 1, as in scikit-learn's StandardScaler (T. F. Chan, G. H. Golub and R. J. LeVeque, 1983, equation 1.7).
 */
function standard(numbers: readonly number[]): { mean: number; scale: number } {
  const n = numbers.length;
  const mean = numbers.reduce((sum, x) => sum + x, 0) / n;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const error = n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
  return { mean, scale: variance <= error ? 1 : Math.sqrt(variance) };
}

/** A numeric column: missing values become the training rows' median, then mean and scale are the training rows'. */
function numericColumn(feature: string, values: readonly (number | null)[], train: readonly number[]) {
  const there = train.map((row) => values[row]).filter((value) => value !== null);
  if (there.length === 0) throw new Error(`Cannot prepare data: '${feature}' has no value in the training rows`);
  const middle = median(there);
  const filled = values.map((value) => value ?? middle);
  const column: Column = { feature, values: filled, ...standard(train.map((row) => filled[row])) };
  return { column, middle };
}

/** A categorical column's columns: one for each category among the training rows, in alphabetical order. */
function categoryColumns(feature: string, values: readonly (string | null)[], train: readonly number[]) {
  const categories = [...new Set(train.map((row) => values[row]))].filter((value) => value !== null).sort();
  const columns = categories.map((category): Column => ({
    feature: `${feature}=${category}`,
    values: values.map((value) => value === category ? 1 : 0),
    mean: 0,
    scale: 1,
  }));
  return { columns, isKnown: (row: number) => categories.includes(values[row] as string) };
}

/** The scaled columns of some rows, row by row. */
function matrix(columns: readonly Column[], rows: readonly number[]): Float32Array {
  const x = new Float32Array(rows.length * columns.length);
  columns.forEach(({ values, mean, scale }, j) => {
    rows.forEach((row, i) => x[i * columns.length + j] = (values[row] - mean) / scale);
  });
  return x;
}

/** Throws unless the parts are rows of the frame, none in two parts, and there are training and test rows. */
function checkSplit(split: Split, height: number): void {
  const seen = new Map<number, string>();
  for (const part of ["train", "validation", "test"] as const) {
    if (split[part].length === 0 && part !== "validation") {
      throw new RangeError(`Cannot prepare data: 'split.${part}' must have a row`);
    }
    for (const row of split[part]) {
      checkInteger("prepare data", `split.${part}`, row, 0, height - 1);
      const other = seen.get(row);
      if (other) throw new RangeError(`Cannot prepare data: row ${row} is in 'split.${other}' and in 'split.${part}'`);
      seen.set(row, part);
    }
  }
}

/**
 * Makes tensors from a data set, learning from its training rows only: missing numbers become the training rows' median, numeric
 * columns get mean 0 and standard deviation 1 (ddof 0, as scikit-learn's StandardScaler), each categorical column becomes one
 * column of 0 and 1 a category. A column that is constant in the training rows is 0 there.
 *
 * @param dataset The data set.
 * @param split The rows of each part, of {@linkcode trainTestSplit} or {@linkcode stratifiedKFold}.
 * @returns The tensors, the columns' names, and what was subtracted, divided by and filled in. Call `dispose()` when done.
 * @throws {RangeError} If a row is not in the frame or in two parts, a part is empty, or a label is none of the classes.
 * @throws {Error} If a column is not in the frame, or has no value in the training rows.
 *
 * @example Usage
 * ```ts
 * import { loadDataset, prepare, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const credit = await loadDataset("credit");
 * const { train, features, imputed, dispose } = prepare(credit, trainTestSplit(credit, { seed: 1 }));
 * assertEquals(train.x.shape, [3118, 26]);
 * assertEquals(train.y.shape, [3118, 1]);
 * assert(features.includes("Home=rent") && imputed.Income.count === 381);
 * dispose();
 * ```
 */
export function prepare(
  dataset: Labelled & Pick<Dataset, "features" | "categorical">,
  split: Split,
): Prepared {
  const { frame, label } = dataset;
  const absent = [...dataset.features, label].find((column) => !frame.columns.includes(column));
  if (absent !== undefined) throw new Error(`Cannot prepare data: the frame has no column '${absent}'`);
  checkSplit(split, frame.height);
  const labels = labelsOf("prepare data", dataset);

  const used = [...split.train, ...split.validation, ...split.test];
  const columns: Column[] = [];
  const imputed: Prepared["imputed"] = {};
  const unknown: Prepared["unknown"] = {};
  for (const feature of dataset.features) {
    const values: unknown[] = frame.getColumn(feature).toArray();
    if (dataset.categorical.includes(feature)) {
      const coded = categoryColumns(feature, values as (string | null)[], split.train);
      columns.push(...coded.columns);
      unknown[feature] = used.filter((row) => !coded.isKnown(row)).length;
    } else {
      const { column, middle } = numericColumn(feature, values as (number | null)[], split.train);
      columns.push(column);
      const count = used.filter((row) => values[row] === null).length;
      if (count > 0) imputed[feature] = { median: middle, count };
    }
  }

  const toPart = (rows: readonly number[]): Part => ({
    x: tf.tensor2d(matrix(columns, rows), [rows.length, columns.length]),
    y: tf.tensor2d(Float32Array.from(rows, (row) => labels[row]), [rows.length, 1]),
  });
  const parts = {
    train: toPart(split.train),
    ...(split.validation.length > 0 && { validation: toPart(split.validation) }),
    test: toPart(split.test),
  };
  return {
    ...parts,
    features: columns.map(({ feature }) => feature),
    means: columns.map(({ mean }) => mean),
    scales: columns.map(({ scale }) => scale),
    imputed,
    unknown,
    dispose: () => Object.values(parts).forEach(({ x, y }) => tf.dispose([x, y])),
  };
}

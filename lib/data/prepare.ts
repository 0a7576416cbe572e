import * as tf from "@tensorflow/tfjs-core";
import { anArrayOf, check, checkOptions, describe } from "../check/check.ts";
import { type LabelledFrame, labelsOf } from "./labels.ts";
import type { Dataset } from "./load_dataset.ts";
import { type PartArrays, prepareColumns, type PreparedColumns, TASK } from "./prepare_columns.ts";
import {
  categoryColumn,
  type Column,
  numberColumn,
  type PrepareOptions,
  type Split,
  type TableDataset,
} from "./table.ts";
import type { Tensor2D } from "./types.ts";

/** The rows of one part, ready for a model. */
export interface Part {
  /** The features: float32, shape [rows, features]. */
  x: Tensor2D;
  /** The labels, 0 or 1 or the class's index: float32, shape [rows, 1]. */
  y: Tensor2D;
}

/** The result of {@linkcode prepare}. */
export interface Prepared extends PreparedColumns {
  /** The training part. */
  train: Part;
  /** The validation part, if the split has one. */
  validation?: Part;
  /** The test part. */
  test: Part;
  /** Disposes of all tensors. */
  dispose(): void;
}

/** A frame with the names of its features, of which some are categories. */
export type FrameDataset = LabelledFrame & Pick<Dataset, "features" | "categorical">;

/** Columns of a frame whose kinds are known. */
function frameColumns({ frame, features, categorical }: FrameDataset): Column[] {
  check(TASK, { features, categorical }, anArrayOf("the names of columns"));
  const absent = features.filter((column) => !frame.columns.includes(column));
  if (absent.length > 0) throw new Error(`Cannot ${TASK}: the frame has no column ${describe(absent[0])}`);
  return features.map((name) => {
    const column = frame.getColumn(name), isCategory = categorical.includes(name);
    // Polars makes a typed array in a fraction of the time of a list.
    if (!isCategory && column.isFloat() && column.nullCount() === 0) return numberColumn(name, column.toTypedArray());
    const values: unknown[] = [...column.toArray()];
    return isCategory
      ? categoryColumn(name, values as (string | null)[])
      : numberColumn(name, values as (number | null)[]);
  });
}

/**
 * Makes tensors from a data set. What has to be learnt is learnt from its training rows only: the training rows' median
 * replaces missing numbers, numeric columns get mean 0 and standard deviation 1 (ddof 0, as scikit-learn's StandardScaler),
 * each categorical column becomes one column of 0 and 1 per category. A column that is constant in the training rows is 0
 * there.
 *
 * @param dataset A data set, or the table of {@linkcode readTable}.
 * @param split The rows of each part, of {@linkcode trainTestSplit} or {@linkcode stratifiedKFold}.
 * @param options `heavyTails: "yeoJohnson"`: what {@linkcode compareLosses} does to numeric columns with heavy tails.
 * @returns The tensors, the columns' names, and the numbers that were subtracted, divided by and filled in. Call `dispose()`
 * when done.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If a row is not in the table or in two parts, a part is empty, or a label is not a class's index.
 * @throws {Error} If a column is not in the frame, or has no value in the training rows.
 *
 * @example Usage
 * ```ts
 * import "@tensorflow/tfjs";
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
export function prepare(dataset: FrameDataset | TableDataset, split: Split, options: PrepareOptions = {}): Prepared {
  checkOptions("the parts", options, ["heavyTails"]);
  const labels = labelsOf(TASK, dataset), columns = "frame" in dataset ? frameColumns(dataset) : dataset.columns;
  check(TASK, { columns }, anArrayOf("the columns of a table"));
  const arrays = prepareColumns(columns, labels, split, options), { features } = arrays;
  const toPart = ({ x, y }: PartArrays): Part => ({
    x: tf.tensor2d(new Float32Array(x), [y.length, features.length]),
    y: tf.tensor2d(new Float32Array(y), [y.length, 1]),
  });
  const { train, validation, test, ...columnsMade } = arrays;
  const parts = {
    train: toPart(train),
    ...(validation.y.length > 0 && { validation: toPart(validation) }),
    test: toPart(test),
  };
  return { ...columnsMade, ...parts, dispose: () => Object.values(parts).forEach(({ x, y }) => tf.dispose([x, y])) };
}

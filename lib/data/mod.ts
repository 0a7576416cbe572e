/**
 * Tables, splits and tensors: CSV and Parquet files, small real data sets and synthetic ones, prepared without a leak from
 * test rows to training rows. Everything random has a seed. This module imports no losses, metrics or scores.
 *
 * In Node.js it needs the packages `csv-parse` and `nodejs-polars`: `npm install csv-parse nodejs-polars`. Before Node.js 22
 * npm leaves out the part of polars for the system (on Linux `nodejs-polars-linux-x64-gnu`); install it by its name.
 *
 * @example Usage
 * ```ts
 * import "@tensorflow/tfjs";
 * import { loadDataset, prepare, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const wdbc = await loadDataset("wdbc");
 * const { train, test, dispose } = prepare(wdbc, trainTestSplit(wdbc, { seed: 1 }));
 * assert(train.x.shape[0] === 398 && test.x.shape[0] === 171);
 * dispose();
 * ```
 *
 * @module
 */
export * from "./batches_of.ts";
export * from "./datasets.ts";
export type { DecimalMark } from "./decimal_comma.ts";
export type { LabelledFrame, LabelledRows } from "./labels.ts";
export { type BinaryDataset, type Dataset, loadDataset } from "./load_dataset.ts";
export * from "./prepare.ts";
export type { PreparedColumns } from "./prepare_columns.ts";
export * from "./read_table.ts";
export { scikitLearnFolds } from "./scikit_learn_folds.ts";
export * from "./stratified_k_fold.ts";
export * from "./synthetic_binary.ts";
export type {
  CategoryColumn,
  Column,
  Feature,
  HeavyTails,
  NumberColumn,
  PrepareOptions,
  Split,
  TableDataset,
  TableFrame,
  TableWarning,
  WarningCode,
} from "./table.ts";
export * from "./take_rows.ts";
export * from "./train_test_split.ts";
export type { Frame, Tensor1D, Tensor2D } from "./types.ts";
export * from "../numerics/random.ts";

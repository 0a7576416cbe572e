/**
 * Small real data sets, split and made into tensors without a leak from test to training rows, and made-up ones.
 * Everything random has a seed. The rest of the library never imports this module.
 *
 * @example Usage
 * ```ts
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
export type { Labelled } from "./check.ts";
export * from "./batches_of.ts";
export * from "./confusion_frame.ts";
export * from "./datasets.ts";
export * from "./load_dataset.ts";
export * from "./prepare.ts";
export * from "../numerics/random.ts";
export * from "./read_frame.ts";
export * from "./report_frame.ts";
export * from "../compare/scikit_learn_folds.ts";
export * from "./split.ts";
export * from "./stratified_k_fold.ts";
export * from "./synthetic_binary.ts";
export * from "./take_rows.ts";
export * from "./train_test_split.ts";
export * from "./types.ts";
// The types that the frames of reports take.
export type { ZeroDivision } from "../scoring/score_batch.ts";
export type { DecisionName } from "../decisions/to_decision.ts";
export type { ShapedNumbers } from "../batch/read_batch.ts";
export type { ArrayOrTensor } from "../metrics/array_or_tensor.ts";
export type { ClassificationReportOptions } from "../metrics/classification_report.ts";
export type { ConfusionTableOptions } from "../metrics/confusion_table.ts";
export type { Label, LabelOptions, Labels } from "../metrics/read_labels.ts";
export type { Tensor } from "../tfjs/tensor.ts";

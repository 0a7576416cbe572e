/**
 * The numbers of Roundabout: steps, counts, scores, losses and reports on arrays. Nothing here imports TensorFlow.js or another
 * engine.
 *
 * ```ts
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const { value } = lossAndGradient([1, 0, 1], [1, 0, 1], { score: "precision" });
 * assertEquals(value, 0); // a perfect classifier
 * ```
 *
 * @module
 */
export * from "./steps/mod.ts";
export { type Shape, sigmoidalStep, type SimdLoop, type StepForm, type StepLoops } from "./steps/sigmoidal.ts";
export type { StepName } from "./steps/to_step.ts";

export { type Counts, countsGradient, type Elementwise, type Rows, type Slice } from "./counts/counts.ts";
export { softCounts } from "./steps/soft_counts.ts";

export * from "./scores/mod.ts";
export type { PrecisionAtRecallOptions, RecallAtPrecisionOptions } from "./scores/constrained.ts";
export type { FBetaOptions, TverskyOptions, UtilityOptions } from "./scores/ratio.ts";
export { robustFBeta, type RobustFBetaOptions, robustMcc, type RobustMccOptions } from "./scores/robust.ts";
export { type CostOptions, savings } from "./scores/savings.ts";
export { costLabels, costWeights, type RowCosts } from "./scores/cost_weights.ts";
export type { ScoreName } from "./scores/to_score.ts";

export type { DecisionName, DecisionOptions } from "./decisions/to_decision.ts";
export type { Average, ZeroDivision } from "./scoring/score_batch.ts";
export type { ScoringOptions } from "./scoring/options.ts";
export {
  type BatchNumbers,
  type LossAndGradient,
  lossAndGradient,
  type LossAndGradientOptions,
} from "./loss_and_gradient.ts";

export type { ShapedNumbers } from "./batch/read_batch.ts";
export type { ArrayOrTensor } from "./batch/array_or_tensor.ts";
export {
  classificationReport,
  type ClassificationReportOptions,
  type ReportRow,
} from "./metrics/classification_report.ts";
export {
  ConfusionMeter,
  type ConfusionMeterJson,
  type ConfusionMeterOptions,
  type MeterScoringOptions,
} from "./metrics/confusion_meter.ts";
export { type ConfusionTable, confusionTable, type ConfusionTableOptions } from "./metrics/confusion_table.ts";
export type { Label, LabelOptions, Labels } from "./metrics/read_labels.ts";

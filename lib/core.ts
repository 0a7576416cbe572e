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
export type { Step } from "./steps/step.ts";
export {
  type Shape,
  sigmoidalStep,
  type SimdLoop,
  type StepForm,
  type StepLoops,
  type StepOptions,
} from "./steps/sigmoidal.ts";
export { round } from "./steps/round.ts";
export { linearRamp } from "./steps/linear_ramp.ts";
export { softsign } from "./steps/softsign.ts";
export { logistic } from "./steps/logistic.ts";
export { arctan } from "./steps/arctan.ts";
export { gaussian } from "./steps/gaussian.ts";
export { identity } from "./steps/identity.ts";
export { straightThrough } from "./steps/straight_through.ts";
export { type StepName, steps, toStep } from "./steps/to_step.ts";

export { type Counts, countsGradient, type Elementwise, type Rows, type Slice, softCounts } from "./counts/counts.ts";

export type { Score } from "./scores/score.ts";
export {
  accuracy,
  dice,
  f1,
  fBeta,
  type FBetaOptions,
  jaccard,
  npv,
  precision,
  recall,
  specificity,
  tversky,
  type TverskyOptions,
  utility,
  type UtilityOptions,
} from "./scores/ratio.ts";
export {
  balancedAccuracy,
  cohenKappa,
  fowlkesMallows,
  gMean,
  informedness,
  markedness,
  mcc,
} from "./scores/agreement.ts";
export {
  precisionAtRecall,
  type PrecisionAtRecallOptions,
  recallAtPrecision,
  type RecallAtPrecisionOptions,
} from "./scores/constrained.ts";
export { robustFBeta, type RobustFBetaOptions, robustMcc, type RobustMccOptions } from "./scores/robust.ts";
export { type ScoreDefinition, type ScoreName, scores, toScore } from "./scores/to_score.ts";

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
export type { ArrayOrTensor } from "./metrics/array_or_tensor.ts";
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

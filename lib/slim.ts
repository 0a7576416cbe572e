/**
 * All names of the top entry without the SIMD loops and the programs of the GPU, for smaller bundles. Batches of
 * more than 4,096 outputs on the backends cpu and wasm are then computed in float64, some 10 times as slowly, unless `./simd`
 * is imported too; on WebGL and WebGPU a step reads the batch back, unless `./gpu` is.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { f1Loss } from "@roundabout/roundabout/slim";
 * import { assertEquals } from "@std/assert";
 *
 * const y = tf.tensor1d([1, 0, 1]);
 * assertEquals(f1Loss()(y, y).dataSync()[0], 0);
 * ```
 *
 * @module
 */
export type { Scalar, Tensor } from "./tfjs/tensor.ts";

export * from "./steps/mod.ts";
export { applyStep } from "./tfjs/apply_step.ts";

export { type Counts } from "./counts/counts.ts";

export * from "./scores/mod.ts";

export type { ScoringOptions } from "./scoring/options.ts";

export { type Loss, type LossFactory, type LossOptions, metricLoss } from "./losses/metric_loss.ts";
export {
  accuracyLoss,
  balancedAccuracyLoss,
  cohenKappaLoss,
  diceLoss,
  f1Loss,
  fBetaLoss,
  fowlkesMallowsLoss,
  gMeanLoss,
  informednessLoss,
  jaccardLoss,
  markednessLoss,
  mccLoss,
  npvLoss,
  precisionAtRecallLoss,
  precisionLoss,
  recallAtPrecisionLoss,
  recallLoss,
  specificityLoss,
  tverskyLoss,
  utilityLoss,
} from "./losses/named.ts";

export {
  accuracyMetric,
  balancedAccuracyMetric,
  cohenKappaMetric,
  diceMetric,
  f1Metric,
  fBetaMetric,
  fowlkesMallowsMetric,
  gMeanMetric,
  hardMetric,
  informednessMetric,
  jaccardMetric,
  markednessMetric,
  mccMetric,
  type Metric,
  type MetricFactory,
  type MetricOptions,
  npvMetric,
  precisionAtRecallMetric,
  precisionMetric,
  recallAtPrecisionMetric,
  recallMetric,
  specificityMetric,
  tverskyMetric,
  utilityMetric,
} from "./metrics/hard_metric.ts";

export { ConfusionMeter } from "./metrics/confusion_meter.ts";
export { DatasetMetrics, type DatasetMetricsOptions, LayersCallback } from "./metrics/dataset_metrics.ts";
export { classificationReport } from "./metrics/classification_report.ts";
export { type ConfusionTable, confusionTable } from "./metrics/confusion_table.ts";

export { annealSlope, type AnnealSlopeOptions } from "./training/anneal_slope.ts";
export type { BatchSource, TrainingData } from "./training/batches.ts";
export type { TrainingBatch } from "./tfjs/training_batch.ts";
export { fitMetric, type FitResult } from "./training/fit_metric.ts";
export type { CheckpointStore } from "./training/checkpoint_file.ts";
export type { FitCallbacks, FitLogs, FitMetricOptions } from "./training/fit_options.ts";
export type { LayersOptimizer } from "./tfjs/optimizers.ts";
export { type MetricGradient, metricGradient, type MetricGradientOptions } from "./training/metric_gradient.ts";
export type { LayersModel } from "./tfjs/model.ts";
export { priorBias, type PriorBiasOptions } from "./training/prior_bias.ts";
export { stratifiedBatches, type StratifiedBatchesOptions } from "./training/stratified_batches.ts";
export { type TunedThreshold, tuneThreshold, type TuneThresholdOptions } from "./training/tune_threshold.ts";

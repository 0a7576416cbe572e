/**
 * Scores, reports, best thresholds and exact training on a table that stays in its engine: SQL texts that DuckDB and Apache
 * Spark run alike, and the numbers made of their answers. An engine is a function, see {@linkcode Query}.
 *
 * A score of the confusion matrix needs four sums per class, a best threshold a histogram of some thousand cells, a gradient
 * one sum per weight. Nothing here imports an engine or TensorFlow.js.
 *
 * @module
 */
export type { Dialect, Query, Source } from "./dialect.ts";
export type { TableDecisionOptions, TableOptions } from "./table.ts";
export { countsSql, type CountsSqlOptions, histogramSql, type HistogramSqlOptions } from "./counts_sql.ts";
export { countsOn, type SlicedCounts, type TableCounts } from "./counts_on.ts";
export {
  confusionOn,
  type ConfusionOnOptions,
  reportOn,
  type ReportOnOptions,
  type SliceConfusion,
  type SliceReport,
} from "./report_on.ts";
export { type TableThreshold, tuneThresholdOn, type TuneThresholdOnOptions } from "./tune_threshold_on.ts";
export { type Bounds, curveOn, type CurveOnOptions, type CurvePoint, type TableCurve } from "./curve_on.ts";
export type { LinearOptions, LinearWeights } from "./linear_sql.ts";
export { type LinearGradient, metricGradientOn, type MetricGradientOnOptions } from "./metric_gradient_on.ts";
export type { FeatureScale } from "./feature_scale.ts";
export {
  fitMetricOn,
  type FitMetricOnOptions,
  type LinearEpoch,
  type LinearFit,
  type LinearFitState,
  type LinearHistory,
} from "./fit_metric_on.ts";

/**
 * What the notebooks show: one message a cell, with tables, tensors, TeX and figures that read everywhere.
 *
 * @module
 */
export { auditDisplay } from "./audit_display.ts";
export { comparisonDisplay } from "./comparison_display.ts";
export { auditFigure, type AuditFigureOptions, type AuditWay } from "./audit_figure.ts";
export type { Axis, ChartOptions, Jump, Mark, Region, Rule, Series } from "./chart.ts";
export { confusionFigure, type ConfusionFigureOptions } from "./confusion_figure.ts";
export { curveFigure, type CurveFigureOptions, type FigureSize } from "./curve_figure.ts";
export { decodeFigures } from "./decode_figures.ts";
export type { Figure, FigureWords } from "./figure.ts";
export { markdown, md } from "./markdown.ts";
export type { Output } from "./output.ts";
export { type ColorName, type Ink, palette, paletteCss } from "./palette.ts";
export { type Beside, type Bundle, bundle, type Display, row, show, type Showable, showOn } from "./show.ts";
export { type FrameLike, type Row, table, type TableOptions } from "./table.ts";
export type { ScaleType } from "./ticks.ts";
export type { TensorLike } from "./tensor.ts";
export {
  type Curve,
  gradientCurveFigure,
  type GradientCurveFigureOptions,
  type NamedCurve,
} from "./gradient_curve_figure.ts";
export { type HeatMapFacet, heatMapFigure, type HeatMapFigureOptions } from "./heat_map_figure.ts";
export { historyFigure, type HistoryFigureOptions, type Run } from "./history_figure.ts";
export { decisionFigure, type DecisionFigureOptions } from "./decision_figure.ts";
export {
  landscapeFigure,
  type LandscapeFigureOptions,
  type LandscapePanel,
  type LandscapePath,
} from "./landscape_figure.ts";
export { pairedFigure, type PairedFigureOptions, type PairedItem } from "./paired_figure.ts";
// The types that auditDisplay, comparisonDisplay, trainLogistic and confusionFigure take.
export {
  type AuditProbe,
  type Cause,
  causes,
  type CodeLocation,
  type Evidence,
  type Finding,
  type LossAudit,
  type LossPathPoint,
  type Severity,
} from "../audit/types.ts";
export type {
  ComparedData,
  ComparedDifference,
  ComparedLoss,
  LossComparison,
  ThresholdChoice,
} from "../compare/types.ts";
export type { Counts } from "../counts/counts.ts";
export type { ConfusionTable } from "../metrics/confusion_table.ts";
export type { Label } from "../metrics/read_labels.ts";
export type { Score } from "../scores/score.ts";
export type { Step } from "../steps/step.ts";
export type { Scalar, Tensor } from "../tfjs/tensor.ts";
export type { TrainingLoss } from "../network/objective.ts";
export { trainLogistic, type TrainLogisticOptions, type TrainLogisticResult } from "../network/train_logistic.ts";
export { type Network, trainNetwork, type TrainNetworkOptions } from "../network/train_network.ts";

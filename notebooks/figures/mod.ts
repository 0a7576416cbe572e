/**
 * The figures of the notebooks, drawn by Observable Plot, and the forms of their numbers. They are not part of the package.
 *
 * @module
 */
export { auditFigure, type AuditFigureOptions } from "../../lib/display/audit_figure.ts";
export { fixed, scientific, signed, withInterval } from "../../lib/numerics/format.ts";
export { pairedFigure, type PairedFigureOptions, type PairedItem } from "../../lib/display/paired_figure.ts";
export type { Axis } from "../../lib/display/plot.ts";
export { curveFigure, type CurveFigureOptions, type Jump, type Region, type Rule, type Series } from "./chart.ts";
export { decisionFigure, type DecisionFigureOptions } from "./decision_figure.ts";
export { gradientCurveFigure, type GradientCurveFigureOptions, type StepCurve } from "./gradient_curve_figure.ts";
export { heatMapFigure, type HeatMapFigureOptions } from "./heat_map_figure.ts";
export { historyFigure, type HistoryFigureOptions, type Run } from "./history_figure.ts";
export { type RankedRow, rankingFigure, type RankingFigureOptions } from "./ranking_figure.ts";
export { landscapeFigure, type LandscapeFigureOptions } from "./landscape_figure.ts";

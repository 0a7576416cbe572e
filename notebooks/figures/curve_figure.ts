import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { plotFigure } from "../../lib/display/plot.ts";
import { chart, type ChartLayout, type ChartOptions } from "./chart.ts";

/** Options for {@linkcode curveFigure}. */
export interface CurveFigureOptions extends FigureWords, ChartOptions, Pick<ChartLayout, "width" | "height"> {}

/** Draws curves with their names at their ends. */
export const curveFigure = (options: CurveFigureOptions): Figure => plotFigure(options, [chart(options, options)]);

import { type ChartOptions, drawChart } from "./chart.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { svgDocument, titleBlock } from "./svg.ts";

/** The size of a figure. */
export interface FigureSize {
  /**
   * Its width; the words keep their size.
   *
   * @default {640}
   */
  width?: number;
  /**
   * The height of its frame (title and axes come on top).
   *
   * @default {300}
   */
  height?: number;
}

/** Options for {@linkcode curveFigure}. */
export interface CurveFigureOptions extends FigureWords, ChartOptions, FigureSize {}

/** Throws unless the size can be drawn. */
export function assertSize(maker: string, { width = 640, height = 300 }: FigureSize): void {
  for (const [name, value, least] of [["width", width, 240], ["height", height, 60]] as const) {
    if (!(value >= least && value <= 4000)) {
      throw new RangeError(`Cannot make ${maker}: '${name}' is ${value}, it must be from ${least} to 4000`);
    }
  }
}

/**
 * Curves, with their names at their ends.
 *
 * @param options Words, axes, series, and what is marked among them
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { curveFigure } from "@roundabout/roundabout/display";
 *
 * const figure = curveFigure({
 *   title: "Round jumps where it matters",
 *   alt: "Two curves over a prediction from 0 to 1: the identity rises evenly, round is 0 up to 0.5 and 1 from there on.",
 *   caption: "Formulas, no data.",
 *   x: { label: "prediction" },
 *   y: { label: "step" },
 *   series: [
 *     { name: "identity", points: [[0, 0], [1, 1]] },
 *     { name: "round", points: [[0, 0], [1, 1]], jumps: [{ x: 0.5, left: 0, right: 1 }] },
 *   ],
 * });
 * assertStringIncludes(figure.svg, "Round jumps where it matters");
 * ```
 */
export function curveFigure(options: CurveFigureOptions): Figure {
  const maker = "a curve figure";
  const { title, width = 640, height = 300 } = options;
  assertWords(maker, options);
  assertSize(maker, options);
  const head = titleBlock(title, width).height;
  const chart = drawChart(maker, options, { width, frameHeight: height });
  return makeFigure(
    svgDocument(title, width, head + chart.height, [{ x: 0, y: head, markup: chart.markup }]),
    options,
  );
}

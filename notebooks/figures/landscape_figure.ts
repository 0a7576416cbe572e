import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { formatNumber } from "../../lib/numerics/format.ts";
import { colorsOf, inWords, neutral, palette, stroke, textFill } from "../../lib/display/palette.ts";
import { type Axis, lineHeight, margins, plotFigure, roomFor } from "../../lib/display/plot.ts";

/** Options for {@linkcode landscapeFigure}. */
export interface LandscapeFigureOptions extends FigureWords {
  /** The first weight. */
  x: Axis & { domain: readonly [number, number] };
  /** The second weight. */
  y: Axis & { domain: readonly [number, number] };
  /** Landscapes side by side, over the same weights. */
  panels: readonly {
    /** The name of the landscape. */
    title: string;
    /** The heights on an even grid over both domains: one array per row, the row of the smallest y first. */
    values: readonly ArrayLike<number>[];
    /** The paths of optimizers: the two weights at each step, the start first. */
    paths?: readonly { name: string; label?: string; points: readonly (readonly [number, number])[] }[];
  }[];
  /**
   * The quantity that the heights are.
   *
   * @default {"loss"}
   */
  zLabel?: string;
  /**
   * The smallest and the largest height.
   *
   * @default {the extent of the values}
   */
  domain?: readonly [number, number];
}

const width = 640;
/** Number of shades. */
const levels = 12;

/**
 * Draws a loss over two weights as a landscape, the darker (on dark paper: the lighter), the higher, with the path of an
 * optimizer from a ring to a dot. A path that never leaves its start is a ring around a dot.
 */
export function landscapeFigure(options: LandscapeFigureOptions): Figure {
  const { x, y, panels, zLabel = "loss" } = options;
  const [first] = panels, rows = first.values.length, columns = first.values[0].length;
  for (const { title, values } of panels) {
    if (values.length !== rows || values.some((row) => row.length !== columns)) {
      throw new RangeError(`Cannot draw a landscape: 'values' of '${title}' must be a grid of ${rows} × ${columns}`);
    }
  }
  const heights = panels.flatMap(({ values }) => values.flatMap((row) => Array.from(row)));
  if (!heights.every(Number.isFinite)) throw new RangeError("Cannot draw a landscape: 'values' must be finite");
  const [low, high] = options.domain ??
    [heights.reduce((a, b) => Math.min(a, b)), heights.reduce((a, b) => Math.max(a, b))];
  // Every level lays the same thin shade over the levels below it.
  const opacity = Number((1 - 0.28 ** (1 / levels)).toFixed(4));
  const paths = panels.flatMap(({ title, paths = [] }) => {
    const colors = colorsOf(paths);
    return paths.map(({ name, label = inWords(name), points }, n) => {
      const [start, end] = [points[0], points[points.length - 1]];
      return { fx: title, color: colors[n], label, points, start, end };
    });
  });
  const { marginBottom } = margins, marginLeft = 56, marginTop = 2 * lineHeight + 8;
  const tall = Math.min(380, (width - marginLeft - 16) / panels.length - 12);
  const shade = Array.from({ length: levels }, (_, n) => ({ n, opacity: 1 - (1 - opacity) ** n }));
  const barLabels = [`${zLabel} ${formatNumber(low, 2)}`, formatNumber(high, 2)];
  return plotFigure(options, [{
    width,
    height: marginTop + tall + marginBottom,
    marginLeft,
    marginRight: 16,
    marginTop,
    marginBottom,
    x: { domain: [...x.domain] },
    y: { domain: [...y.domain] },
    fx: { domain: panels.map(({ title }) => title), padding: 0.2, paddingOuter: 0, axis: null },
    marks: [
      Plot.contour(heights, {
        width: columns,
        height: rows,
        x1: x.domain[0],
        x2: x.domain[1],
        y1: y.domain[0],
        y2: y.domain[1],
        fx: panels.flatMap(({ title }) => new Array<string>(rows * columns).fill(title)),
        thresholds: Array.from({ length: levels - 1 }, (_, n) => low + (high - low) * (n + 1) / levels),
        fill: neutral("ink"),
        fillOpacity: opacity,
        stroke: neutral("paper"),
        strokeOpacity: 0.3,
        strokeWidth: 0.75,
      }),
      Plot.frame({ stroke: neutral("muted") }),
      Plot.axisFx({ label: null, fontWeight: "bold" }),
      Plot.axisX({
        label: x.label,
        labelAnchor: "center",
        labelOffset: 48,
        labelArrow: "none",
        color: neutral("muted"),
        tickSpacing: 80,
      }),
      Plot.axisY({ label: y.label, labelArrow: "none", color: neutral("muted"), tickSpacing: 60 }),
      ...paths.flatMap(({ fx, color, label, points, start, end }) => {
        const line = { x: "0", y: "1", fx: () => fx, clip: true };
        const dot = { x: "0", y: "1", fx: () => fx };
        const isStill = points.every(([a, b]) => a === start[0] && b === start[1]);
        return [
          Plot.line(points, { ...line, stroke: neutral("paper"), strokeWidth: 6 }),
          Plot.line(points, {
            ...line,
            stroke: stroke(color),
            strokeWidth: 3,
            strokeDasharray: palette[color].dash || "none",
          }),
          Plot.dot([start], {
            ...dot,
            r: isStill ? 11 : 6.5,
            fill: neutral("paper"),
            stroke: stroke(color),
            strokeWidth: 2.5,
          }),
          Plot.dot([end], { ...dot, r: 6, fill: stroke(color), stroke: neutral("paper") }),
          Plot.text([end], {
            ...dot,
            text: [label],
            dy: end[1] < start[1] ? 22 : -22,
            fill: textFill(color),
            stroke: neutral("paper"),
            strokeWidth: 4,
          }),
        ];
      }),
    ],
  }, {
    width,
    height: 38,
    margin: 0,
    x: { domain: [0, width], axis: null },
    y: { axis: null },
    marks: [
      Plot.text(barLabels, {
        x: [4, roomFor(barLabels[0]) + 14 * levels + 16],
        text: (label: string) => label,
        textAnchor: "start",
      }),
      Plot.rect(shade, {
        x1: ({ n }) => roomFor(barLabels[0]) + 8 + 14 * n,
        x2: ({ n }) => roomFor(barLabels[0]) + 22 + 14 * n,
        fill: neutral("ink"),
        fillOpacity: "opacity",
        insetTop: 10,
        insetBottom: 10,
      }),
    ],
  }]);
}

import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { type ColorName, colorsOf, inWords, neutral, palette, stroke, textFill } from "../../lib/display/palette.ts";
import {
  type Axis,
  axisX,
  axisY,
  lineHeight,
  margins,
  plotFigure,
  roomFor,
  scaleOf,
  scalesOf,
  wrap,
} from "../../lib/display/plot.ts";

/** A jump of a curve. Open and closed dots mark its two values, without a vertical line between them. */
export interface Jump {
  /** The place of the jump. */
  x: number;
  /** The limit from the left, and the value at the place itself. */
  left: number;
  /** The limit from the right. */
  right: number;
}

/** A curve. */
export interface Series {
  /** Its name; a name that the palette knows (`"softsign"`, `"round"`, …) has a colour of its own. */
  name: string;
  /**
   * The words at the line's end.
   *
   * @default {name}
   */
  label?: string;
  /**
   * A colour of the palette.
   *
   * @default {the colour of its name, or the next free one}
   */
  color?: ColorName;
  /** The points in the order of x; the line has a gap where y is NaN. */
  points: readonly (readonly [number, number])[];
  /**
   * An SVG dash array.
   *
   * @default {the colour's own}
   */
  dash?: string;
  /**
   * A dot at each point, for what was measured at these points and not between them.
   *
   * @default {false}
   */
  dots?: boolean;
  /** An area around the line, with one value per point. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** The jumps of the curve. */
  jumps?: readonly Jump[];
}

/** A line across the frame: vertical at `x`, or horizontal at `y`. */
export interface Rule {
  x?: number;
  y?: number;
  label?: string;
}

/** A shaded range of x. */
export interface Region {
  from: number;
  to: number;
  label?: string;
}

/** The content of a frame. */
interface ChartOptions {
  /** The axis from left to right. */
  x: Axis;
  /** The axis from bottom to top. */
  y: Axis;
  /** The curves. */
  series: readonly Series[];
  /** Lines across the frame. */
  rules?: readonly Rule[];
  /** Shaded ranges of x. */
  regions?: readonly Region[];
  /** Marked points. */
  marks?: readonly { x: number; y: number; color?: ColorName }[];
}

/** The size of a chart. */
export interface ChartLayout {
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
  /**
   * The height of the frame.
   *
   * @default {300}
   */
  height?: number;
  /** The space at the right of the frame, if it has to line up with another frame. */
  marginRight?: number;
  /** True for ticks and a label of the x axis; the upper of two frames needs none. */
  labelled?: boolean;
}

const spareDashes = ["", "14 4", "8 4", "4 3", "1 3", "12 3 2 3", "9 3 2 3 2 3"];

/** Chooses a dash for each line that no other line has, so that lines are told apart without colour. */
function dashesOf(series: readonly Series[], colors: readonly ColorName[]): string[] {
  const taken = new Set<string>(), dashes: string[] = [];
  const isBlack = (n: number): number => Number(colors[n] === "black");
  // Black and blue are both full lines if they are alone.
  for (const n of [...series.keys()].sort((a, b) => isBlack(b) - isBlack(a))) {
    const own = series.length === 1 ? "" : palette[colors[n]].dash;
    const free = taken.has(own) ? spareDashes.find((spare) => !taken.has(spare)) ?? own : own;
    dashes[n] = series[n].dash ?? free;
    taken.add(dashes[n]);
  }
  return dashes;
}

/** Cuts jumps into the points of a line: up to the jump, a gap, on from the jump. */
function withJumps(points: Series["points"], jumps: readonly Jump[] = []): Series["points"] {
  return jumps.reduce((all, { x, left, right }) => [
    ...all.filter(([at]) => at < x),
    [x, left] as const,
    [x, NaN] as const,
    [x, right] as const,
    ...all.filter(([at]) => at > x),
  ], points);
}

/** Moves labels apart, each by as little as the labels above it need, and back up from the bottom of the frame. */
export function spread(places: readonly number[], heights: readonly number[], bottom: number): number[] {
  const result = [...places];
  const gap = (n: number): number => (heights[n - 1] + heights[n]) / 2;
  for (let n = 1; n < result.length; n++) result[n] = Math.max(result[n], result[n - 1] + gap(n));
  for (let n = result.length - 1, limit = bottom; n >= 0; n--) {
    result[n] = Math.min(result[n], limit);
    limit = result[n] - (n > 0 ? gap(n) : 0);
  }
  return result;
}

/** The number of characters of a line of an end label. */
const labelLength = (width: number): number => Math.floor(width / 34);

/** Returns the space at the right of a frame for the words at its lines' ends. */
export const marginFor = (labels: readonly string[], width: number): number =>
  Math.max(16, ...labels.map((label) => roomFor(wrap(label, labelLength(width))) + 36));

/** A series with its colour, its dash and its words. */
interface Line extends Series {
  label: string;
  fill: string;
  style: Plot.LineOptions;
}

/** The style of rules. */
const dashed = { stroke: neutral("ink"), strokeWidth: 1.5, strokeDasharray: "3 3" };

function assertLengths({ name, points, band }: Series): void {
  if (points.length === 0) throw new RangeError(`Cannot draw a chart: 'points' of '${name}' is empty`);
  if (band && (band.low.length !== points.length || band.high.length !== points.length)) {
    throw new RangeError(
      `Cannot draw a chart: 'band' of '${name}' has ${band.low.length} and ${band.high.length} values for ` +
        `${points.length} points`,
    );
  }
}

/** Returns the marks of a curve: band, line, dots, jumps. */
function curveMarks({ points, band, dots, jumps = [], style }: Line, clip: boolean): Plot.Markish[] {
  const { stroke } = style, ring = { x: "x", r: 5, stroke, strokeWidth: 2.5 };
  return [
    band && Plot.areaY(points, {
      x: "0",
      y1: Array.from(band.low),
      y2: Array.from(band.high),
      fill: stroke,
      fillOpacity: 0.2,
      clip,
    }),
    Plot.line(withJumps(points, jumps), { x: "0", y: "1", ...style, clip }),
    dots ? Plot.dot(points.filter(([, y]) => Number.isFinite(y)), { x: "0", y: "1", r: 4, fill: stroke }) : null,
    Plot.dot(jumps, { ...ring, y: "right", fill: neutral("paper") }),
    Plot.dot(jumps, { ...ring, y: "left", fill: stroke }),
  ];
}

/** The frame in pixels, and its scales. */
interface Frame {
  top: number;
  right: number;
  bottom: number;
  scales: ReturnType<typeof scalesOf>;
  /** The number of characters of a line of words. */
  length: number;
}

/**
 * Returns the names of lines and horizontal rules, at the right of the frame. A piece of the line leads to its name; it
 * begins at the line's end, or outside the frame if the line ends far from the name.
 */
function endLabels(lines: readonly Line[], rules: readonly Rule[], { top, right, bottom, scales, length }: Frame) {
  const place = ([x, y]: readonly [number, number]) => ({ x: scales.x.apply(x), y: scales.y.apply(y) });
  const ends = lines.map(({ points, label, fill, style }) => {
    const seen = points.filter(([, y]) => Number.isFinite(y)).map(place)
      .filter(({ x, y }) => x <= right + 0.5 && y >= top - 0.5 && y <= bottom + 0.5);
    const { x, y } = seen.at(-1) ?? { x: right, y: bottom };
    // Lines that end in one place are ordered by their last third.
    const recent = seen.slice(-Math.ceil(seen.length / 3));
    const before = recent.reduce((sum, { y }) => sum + y, 0) / Math.max(1, recent.length);
    return { text: wrap(label, length), fill, style, x, y, before };
  });
  for (const { y, label } of rules) {
    if (y === undefined || !label) continue;
    const end = scales.y.apply(y);
    ends.push({ text: wrap(label, length), fill: neutral("ink"), style: dashed, x: right, y: end, before: end });
  }
  ends.sort((a, b) => (Math.abs(a.y - b.y) < 3 ? a.before - b.before : a.y - b.y));
  const places = spread(ends.map(({ y }) => y), ends.map(({ text }) => text.split("\n").length * lineHeight), bottom);
  const at = (x: number, y: number): [number, number] => [scales.x.invert(x), scales.y.invert(y)];
  return [
    ...ends.map(({ x, y, style }, n) => {
      const start = right - x > 40 ? [at(right + 6, places[n])] : [at(x, y), at(right, y)];
      return Plot.line([...start, at(right + 26, places[n])], style);
    }),
    Plot.text(ends.map((end, n) => ({ ...end, at: at(right + 30, places[n]) })), {
      x: ({ at }) => at[0],
      y: ({ at }) => at[1],
      text: "text",
      fill: "fill",
      textAnchor: "start",
    }),
  ];
}

/**
 * Returns a plot of curves with their names at their ends. Plot has no label that keeps its distance from others, so that
 * the places of the names are computed here, from the scales that Plot derives from the other marks.
 */
export function chart(options: ChartOptions, layout: ChartLayout = {}): Plot.PlotOptions {
  const { x, y, series, rules = [], regions = [], marks = [] } = options;
  const { width = 640, height = 300, labelled = true } = layout;
  series.forEach(assertLengths);
  const colors = colorsOf(series), dashes = dashesOf(series, colors);
  const lines = series.map(({ label, ...one }, n): Line => {
    // A logarithmic axis has no place for 0: the line has a gap there, and a line of zeros has a label that says so.
    const points = one.points.map(([at, value]) => [at, y.type === "log" && value <= 0 ? NaN : value] as const);
    const isZero = points.every(([, value]) => Number.isNaN(value));
    const style = {
      stroke: stroke(colors[n]),
      strokeWidth: colors[n] === "black" ? 3 : 2.5,
      strokeLinecap: "butt" as const,
      ...(dashes[n] === "" ? {} : { strokeDasharray: dashes[n] }),
    };
    const name = label ?? inWords(one.name);
    return { ...one, points, label: isZero ? `${name}:\u00a00` : name, fill: textFill(colors[n]), style };
  });
  const upright = rules.filter(({ x }) => x !== undefined), level = rules.filter(({ y }) => y !== undefined);
  const strips = [regions, upright].map((some) => some.some(({ label }) => label) ? lineHeight + 4 : 0);
  const marginTop = margins.marginTop + strips[0] + strips[1], marginBottom = labelled ? margins.marginBottom : 10;
  const words = [...lines.map(({ label }) => label), ...level.map(({ label = "" }) => label)];
  const { marginLeft } = margins, marginRight = layout.marginRight ?? marginFor(words, width);
  const isOutside = (value: number, { domain }: Axis): boolean =>
    domain !== undefined && (value < domain[0] || value > domain[1]);
  // A clipped line along the edge of the frame has half its width.
  const clip = lines.some(({ points, band }) =>
    points.some(([at, value], n) =>
      isOutside(at, x) || [value, band?.low[n], band?.high[n]].some((one) => isOutside(one ?? NaN, y))
    )
  );
  const strip = { text: "label", frameAnchor: "top", lineAnchor: "bottom" } as const;
  const plot: Plot.PlotOptions = {
    width,
    height: marginTop + height + marginBottom,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { ...scaleOf(x), nice: false },
    y: scaleOf(y),
    marks: [
      Plot.rect(regions, { x1: "from", x2: "to", fill: neutral("ink"), fillOpacity: 0.1, clip }),
      ...axisX(x, { labelled }),
      ...axisY(y),
      Plot.text(regions, { ...strip, x: ({ from, to }: Region) => (from + to) / 2, dy: -12 }),
      Plot.text(upright, { ...strip, x: "x", dy: -12 - strips[0] }),
      Plot.ruleX(upright, { x: "x", ...dashed }),
      Plot.ruleY(level, { y: "y", ...dashed }),
      ...lines.flatMap((line) => curveMarks(line, clip)),
      ...marks.map(({ x, y, color = "black" }) =>
        Plot.dot([[x, y]], { r: 6, fill: stroke(color), stroke: neutral("paper"), strokeWidth: 1.5 })
      ),
    ],
  };
  const scales = scalesOf(plot);
  const frame = {
    top: marginTop,
    right: width - marginRight,
    bottom: marginTop + height,
    scales,
    length: labelLength(width),
  };
  return {
    ...plot,
    // The labels stand outside the frame and must not widen the domains.
    x: { ...plot.x, domain: scales.x.domain },
    y: { ...plot.y, nice: false, domain: scales.y.domain },
    marks: [...plot.marks ?? [], ...endLabels(lines, level, frame)],
  };
}

/** Options for {@linkcode curveFigure}. */
export interface CurveFigureOptions extends FigureWords, ChartOptions, Pick<ChartLayout, "width" | "height"> {}

/** Draws curves with their names at their ends. */
export const curveFigure = (options: CurveFigureOptions): Figure => plotFigure(options, [chart(options, options)]);

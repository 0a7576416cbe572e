import * as Plot from "@observablehq/plot";
import { type ColorName, colorsOf, inWords, neutral, palette, stroke, textFill } from "./palette.ts";
import { type Place, simplify } from "./simplify.ts";
import { spread } from "./spread.ts";
import { element, renderPlot, short, textElement } from "./svg.ts";
import { fontSize, lineHeight, roomFor, textWidth, wrapText } from "./text_width.ts";
import { type ScaleType, type Ticks, ticks } from "./ticks.ts";

/** An axis of a figure. */
export interface Axis {
  /** What it measures, with its unit: `"training time (epochs)"`. */
  label: string;
  /**
   * Its first and last value.
   *
   * @default {as the data needs}
   */
  domain?: readonly [number, number];
  /**
   * Equal distances for equal differences or for equal ratios.
   *
   * @default {"linear"}
   */
  type?: ScaleType;
  /**
   * The values that have a tick, where others than round ones are wanted.
   *
   * @default {round values}
   */
  ticks?: readonly number[];
  /** What a tick says. */
  format?: (value: number) => string;
}

/** A place where a curve jumps. It isn't drawn as a vertical line: open and closed dots say which value it has. */
export interface Jump {
  /** Where. */
  x: number;
  /** What the curve comes to from the left. */
  left: number;
  /** Where it goes on to the right. */
  right: number;
  /**
   * The value at the place itself.
   *
   * @default {left}
   */
  at?: number;
}

/** A curve. */
export interface Series {
  /** What it is; a name that the palette knows (`"softsign"`, `"round"`, …) has a colour of its own. */
  name: string;
  /**
   * What stands at the line's end.
   *
   * @default {name}
   */
  label?: string;
  /**
   * A colour of the palette.
   *
   * @default {that of its name, or the next free one}
   */
  color?: ColorName;
  /** The points in the order of x; where y is NaN the line has a gap. */
  points: readonly (readonly [number, number])[] | { x: ArrayLike<number>; y: ArrayLike<number> };
  /**
   * An SVG dash array.
   *
   * @default {the colour's own}
   */
  dash?: string;
  /**
   * A dot at each point: for what was measured at these points and not between them.
   *
   * @default {false}
   */
  dots?: boolean;
  /** An area around the line, one value a point. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** Where the curve jumps. */
  jumps?: readonly Jump[];
}

/** A line across the frame: at `x` or at `y`. */
export interface Rule {
  /** Where a vertical line stands. */
  x?: number;
  /** Where a horizontal line lies. */
  y?: number;
  /** What it says. */
  label?: string;
}

/** A range of x that is shaded. */
export interface Region {
  /** Its left end. */
  from: number;
  /** Its right end. */
  to: number;
  /** What it is. */
  label?: string;
}

/** A marked point. */
export interface Mark {
  /** Where. */
  x: number;
  /** Where. */
  y: number;
  /** What it is. */
  label?: string;
  /**
   * A filled dot, a ring or a cross.
   *
   * @default {"dot"}
   */
  symbol?: "dot" | "ring" | "cross";
  /**
   * A colour of the palette.
   *
   * @default {"black"}
   */
  color?: ColorName;
}

/** What one frame of a figure shows. */
export interface ChartOptions {
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
  marks?: readonly Mark[];
}

/** Sizes of a frame that its figure decides. */
export interface ChartLayout {
  /** The width of everything, words included. */
  width: number;
  /** The height of the frame itself. */
  frameHeight: number;
  /** Space at the left of the frame, if it has to line up with another. */
  left?: number;
  /** Space at its right. */
  right?: number;
  /** Whether the x axis is written out (not, if the frame below has the same). */
  xAxis?: boolean;
  /** Whether labels stand at the lines' ends. */
  labels?: boolean;
  /** Marks of the plot library beneath the curves. */
  beneath?: readonly Plot.Markish[];
}

/** A drawn frame. */
export interface Chart {
  /** What it looks like. */
  markup: string;
  /** How high it is. */
  height: number;
  /** Space at the left and at the right of the frame. */
  left: number;
  right: number;
}

/** A series, ready to be drawn. */
interface Line {
  name: string;
  label: string;
  color: ColorName;
  dash: string;
  opacity: number;
  dots: boolean;
  points: [number, number][];
  band?: { low: number[]; high: number[] };
  jumps: readonly Jump[];
}

const spareDashes = ["", "14 4", "8 4", "4 3", "1 3", "12 3 2 3", "9 3 2 3 2 3"];

/** Dashes that no other line of the figure has: colours alone tell nobody anything in black and white. */
function dashesOf(series: readonly Series[], colors: readonly ColorName[]): string[] {
  const taken = new Set<string>();
  const dashes = new Array<string>(series.length);
  const claim = (n: number, own: string | undefined): void => {
    const free = own !== undefined && (series[n].dash !== undefined || !taken.has(own));
    const dash = free ? own : spareDashes.find((spare) => !taken.has(spare)) ?? own ?? "";
    taken.add(dash);
    dashes[n] = dash;
  };
  const order = series.map((_, n) => n).sort((a, b) =>
    Number(colors[b] === "black") - Number(colors[a] === "black") || a - b
  );
  for (const n of order) {
    claim(n, series.length === 1 ? series[n].dash ?? "" : series[n].dash ?? palette[colors[n]].dash);
  }
  return dashes;
}

/** Checks the series and gives each its colour, dashes and points. */
export function linesOf(maker: string, series: readonly Series[]): Line[] {
  if (!Array.isArray(series)) throw new TypeError(`Cannot make ${maker}: 'series' must be an array`);
  const colors = colorsOf(series);
  const dashes = dashesOf(series, colors);
  return series.map((one, n) => {
    const points = pointsOf(maker, one);
    const same = series.flatMap((_, other) => (colors[other] === colors[n] ? [other] : []));
    const { low, high } = one.band ?? {};
    if ((low && low.length !== points.length) || (high && high.length !== points.length)) {
      throw new RangeError(
        `Cannot make ${maker}: 'band' of '${one.name}' has ${low?.length} and ${high?.length} values for ${points.length} points`,
      );
    }
    return {
      name: one.name,
      label: one.label ?? inWords(one.name),
      color: colors[n],
      dash: dashes[n],
      // Lines of one colour are a family: the later, the stronger.
      opacity: same.length < 2 ? 1 : Number((0.6 + 0.4 * same.indexOf(n) / (same.length - 1)).toFixed(2)),
      dots: one.dots ?? false,
      points,
      band: low && high ? { low: Array.from(low), high: Array.from(high) } : undefined,
      jumps: one.jumps ?? [],
    };
  });
}

function pointsOf(maker: string, { name, points }: Series): [number, number][] {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Cannot make ${maker}: 'name' of a series is ${JSON.stringify(name)}, it must be words`);
  }
  if (points === undefined) throw new TypeError(`Cannot make ${maker}: 'points' of '${name}' is undefined`);
  if (!Array.isArray(points)) {
    const { x, y } = points as { x: ArrayLike<number>; y: ArrayLike<number> };
    if (x?.length !== y?.length || x === undefined) {
      throw new RangeError(`Cannot make ${maker}: 'points' of '${name}' has ${x?.length} x and ${y?.length} y`);
    }
    return pointsOf(maker, { name, points: Array.from(x, (value, n): [number, number] => [value, y[n]]) });
  }
  if (points.length === 0) throw new RangeError(`Cannot make ${maker}: 'points' of '${name}' is empty`);
  for (const point of points) {
    if (!Array.isArray(point) || point.length !== 2 || !Number.isFinite(point[0]) || typeof point[1] !== "number") {
      throw new TypeError(
        `Cannot make ${maker}: 'points' of '${name}' has ${JSON.stringify(point)}, it must be pairs of numbers`,
      );
    }
  }
  return points as [number, number][];
}

/** Throws unless an axis can be drawn. */
function assertAxis(maker: string, name: "x" | "y", axis: Axis): void {
  if (typeof axis?.label !== "string" || axis.label === "") {
    throw new TypeError(`Cannot make ${maker}: '${name}.label' is ${JSON.stringify(axis?.label)}, it must be words`);
  }
  if (axis.type !== undefined && axis.type !== "linear" && axis.type !== "log") {
    throw new RangeError(`Cannot make ${maker}: '${name}.type' is "${axis.type}", it must be "linear" or "log"`);
  }
  const { domain } = axis;
  if (domain === undefined) return;
  if (domain.length !== 2 || !(domain[0] < domain[1]) || (axis.type === "log" && domain[0] <= 0)) {
    throw new RangeError(
      `Cannot make ${maker}: '${name}.domain' is [${domain}], it must rise${
        axis.type === "log" ? " and be positive" : ""
      }`,
    );
  }
}

/** The axis for some values. */
function axisTicks(axis: Axis, values: readonly number[], count: number, nice: boolean): Ticks {
  const type = axis.type ?? "linear";
  const usable = values.filter((value) => Number.isFinite(value) && (type === "linear" || value > 0));
  let low = usable.reduce((a, b) => Math.min(a, b), Infinity),
    high = usable.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) [low, high] = type === "log" ? [0.1, 1] : [0, 1];
  if (nice && type === "linear" && low > 0 && low < 0.35 * high) low = 0;
  const made = axis.domain
    ? ticks(axis.domain[0], axis.domain[1], count, type, false)
    : ticks(low, high, count, type, nice);
  return { ...made, values: axis.ticks ? [...axis.ticks] : made.values, format: axis.format ?? made.format };
}

/** Where a value is in a frame. */
function placer({ domain: [low, high] }: Ticks, type: ScaleType, from: number, to: number): (value: number) => number {
  const f = type === "log" ? Math.log10 : (value: number) => value;
  return (value) => from + (f(value) - f(low)) / (f(high) - f(low)) * (to - from);
}

/** Something that stands at the right of the frame. */
interface EndLabel {
  lines: string[];
  fill: string;
  /** Where it wants to be, and where its line ends. */
  y: number;
  x?: number;
  stroke?: string;
  /** Where its line came from: of lines that end in one place, the upper one has the upper label. */
  from?: number;
}

/** Draws one frame: grid, axes, curves, and the words about them. */
export function drawChart(maker: string, options: ChartOptions, layout: ChartLayout): Chart {
  const { rules = [], regions = [], marks = [] } = options;
  assertAxis(maker, "x", options.x);
  assertAxis(maker, "y", options.y);
  const lines = linesOf(maker, options.series);
  const { width, frameHeight, xAxis = true, labels = true } = layout;
  const xType = options.x.type ?? "linear", yType = options.y.type ?? "linear";

  const yValues = lines.flatMap(({ points, band, jumps }) => [
    ...points.map(([, y]) => y),
    ...(band ? [...band.low, ...band.high] : []),
    ...jumps.flatMap(({ left, right }) => [left, right]),
  ]).concat(marks.map(({ y }) => y), rules.flatMap(({ y }) => y ?? []));
  const xValues = lines.flatMap(({ points }) => points.map(([x]) => x)).concat(marks.map(({ x }) => x));
  const yTicks = axisTicks(options.y, yValues, Math.max(2, Math.floor(frameHeight / 52)), true);
  const left = layout.left ??
    Math.ceil(Math.max(...yTicks.values.map((value) => textWidth(yTicks.format(value))), 20)) + 12;

  const ends = labels
    ? lines.map(({ label }) => label).concat(rules.flatMap(({ y, label }) => y !== undefined && label ? label : []))
    : [];
  const labelWidth = layout.right === undefined ? roomFor(ends, 0.3 * width) : layout.right - 22;
  const wrapped = ends.length === 0
    ? 0
    : Math.max(...ends.flatMap((label) => wrapText(label, labelWidth + 1).map((line) => textWidth(line))));
  const right = layout.right ?? (ends.length === 0 ? 16 : Math.ceil(wrapped) + 24);
  const xTicks = axisTicks(options.x, xValues, Math.max(2, Math.floor((width - left - right) / 75)), false);
  const [x0, x1] = [left, width - right];

  // Above the frame: the name of the y axis, then the words about ranges and vertical lines.
  const yLabel = wrapText(options.y.label, width - 8);
  const sx = placer(xTicks, xType, x0, x1);
  const strip = stripLabels(regions, rules, sx, xTicks.domain, x0, width - 4);
  const top = yLabel.length * lineHeight + strip.rows * lineHeight + 12;
  const bottom = top + frameHeight;
  const sy = placer(yTicks, yType, bottom, top);
  const xLabel = xAxis ? wrapText(options.x.label, width - 8) : [];
  const height = bottom + (xAxis ? 28 + xLabel.length * lineHeight + 4 : 10);

  const inside = (value: number, { domain: [low, high] }: Ticks): boolean => value >= low && value <= high;
  const drawable = (y: number): boolean => Number.isFinite(y) && (yType === "linear" || y > 0);
  const clipped = lines.some(({ points }) =>
    points.some(([x, y]) => drawable(y) && (!inside(x, xTicks) || !inside(y, yTicks)))
  );
  const clip = clipped ? "frame" as const : undefined;
  const grid = { stroke: neutral("grid"), strokeOpacity: 1, strokeWidth: 1 };
  const base = yType === "linear" && inside(0, yTicks) ? 0 : yTicks.domain[0];
  const { markup } = renderPlot({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: height - bottom,
    x: { type: xType, domain: xTicks.domain, axis: null },
    y: { type: yType, domain: yTicks.domain, axis: null },
    marks: [
      regions.length === 0 ? null : Plot.rect(regions.map((region) => clampRegion(region, xTicks.domain)), {
        x1: "from",
        x2: "to",
        y1: () => yTicks.domain[0],
        y2: () => yTicks.domain[1],
        fill: neutral("ink"),
        fillOpacity: 0.09,
      }),
      Plot.gridY(yTicks.values, grid),
      Plot.gridX(xTicks.values, grid),
      ...(layout.beneath ?? []),
      Plot.ruleY([base], { stroke: neutral("muted"), strokeWidth: 1 }),
      ...rules.map(({ x, y }) =>
        x !== undefined
          ? Plot.ruleX([x], { stroke: neutral("ink"), strokeWidth: 1.5, strokeDasharray: "3 3" })
          : Plot.ruleY([y as number], { stroke: neutral("ink"), strokeWidth: 1.5, strokeDasharray: "3 3" })
      ),
      ...lines.flatMap(({ points, band, color }) =>
        band === undefined ? [] : Plot.areaY(points.map(([x], n) => ({ x, low: band.low[n], high: band.high[n] })), {
          x: "x",
          y1: "low",
          y2: "high",
          fill: stroke(color),
          fillOpacity: 0.2,
          clip,
        })
      ),
      ...lines.map(({ points, jumps, color, dash, opacity }) =>
        Plot.line(thin(withJumps(points, jumps), sx, sy, drawable), {
          x: "0",
          y: "1",
          stroke: stroke(color),
          strokeWidth: color === "black" ? 3 : 2.5,
          strokeOpacity: opacity,
          strokeDasharray: dash === "" ? undefined : dash,
          strokeLinecap: "butt",
          clip,
        })
      ),
      ...lines.flatMap(({ points, dots, color }) =>
        dots ? Plot.dot(points.filter(([, y]) => drawable(y)), { x: "0", y: "1", r: 4, fill: stroke(color), clip }) : []
      ),
      ...lines.flatMap(({ jumps, color }) => {
        const ring = { x: "x", r: 5, stroke: stroke(color), strokeWidth: 2.5 };
        return jumps.flatMap(({ x, left: from, right: to, at = from }) => [
          Plot.dot([from, to].filter((y) => y !== at).map((y) => ({ x, y })), {
            ...ring,
            y: "y",
            fill: neutral("paper"),
          }),
          Plot.dot([{ x, y: at }], { ...ring, y: "y", fill: stroke(color) }),
        ]);
      }),
      ...marks.map(({ x, y, symbol = "dot", color = "black" }) =>
        Plot.dot([{ x, y }], {
          x: "x",
          y: "y",
          r: 6,
          symbol: symbol === "cross" ? "times" : "circle",
          stroke: symbol === "dot" ? neutral("paper") : stroke(color),
          strokeWidth: symbol === "dot" ? 1.5 : 2.5,
          fill: symbol === "dot" ? stroke(color) : symbol === "ring" ? neutral("paper") : "none",
        })
      ),
    ],
  });

  const words = [
    ...yLabel.map((line, n) => textElement(line, 4, fontSize - 1 + n * lineHeight, { fill: neutral("muted") })),
    ...strip.labels.map(({ text, x, row }) =>
      textElement(text, x, fontSize - 1 + (yLabel.length + row) * lineHeight + 2, { anchor: "middle" })
    ),
    ...yTicks.values.map((value) =>
      textElement(yTicks.format(value), x0 - 8, sy(value) + 0.34 * fontSize, { anchor: "end", fill: neutral("muted") })
    ),
    ...(xAxis ? tickWords(xTicks, sx, x0, width, bottom + 22) : []),
    ...xLabel.map((line, n) => {
      const half = textWidth(line) / 2;
      const middle = Math.min(Math.max((x0 + x1) / 2, half + 4), width - half - 4);
      return textElement(line, middle, bottom + 28 + fontSize + n * lineHeight, {
        anchor: "middle",
        fill: neutral("muted"),
      });
    }),
    ...markWords(marks, lines, sx, sy, [x0, top, x1, bottom]),
  ];
  if (labels) {
    const wanted: EndLabel[] = [];
    const inner: Mark[] = [];
    for (const line of lines) {
      // On a logarithmic axis what is 0 everywhere has no place; words say it.
      const absent = line.points.some(([, y]) => y === 0) ? ":\u00a00" : ":\u00a0no value";
      const seen = line.points.filter(([x, y]) => drawable(y) && inside(x, xTicks) && inside(y, yTicks));
      const last = seen.at(-1);
      if (last && x1 - sx(last[0]) > 40) {
        inner.push({ x: last[0], y: last[1], label: line.label, color: line.color });
        continue;
      }
      const recent = seen.slice(-Math.ceil(seen.length / 3));
      wanted.push({
        lines: wrapText(`${line.label}${last ? "" : absent}`, labelWidth + 1),
        fill: textFill(line.color),
        y: last ? sy(last[1]) : bottom,
        x: last && sx(last[0]),
        stroke: stroke(line.color),
        from: recent.reduce((sum, [, y]) => sum + sy(y), 0) / Math.max(1, recent.length),
      });
    }
    const across = rules.map(({ x, y }) => ({
      points: xTicks.domain.flatMap((end, n): [number, number][] => [[x ?? end, y ?? yTicks.domain[n]]]),
    }));
    for (const { y, label } of rules) {
      if (y === undefined || !label) continue;
      const ink = neutral("ink");
      wanted.push({ lines: wrapText(label, labelWidth + 1), fill: ink, y: sy(y), x: x1, stroke: ink });
    }
    words.push(
      ...endWords(wanted, x1, top, bottom),
      ...markWords(inner, [...lines, ...across], sx, sy, [x0, top, x1, bottom]),
    );
  }
  return { markup: [markup, ...words].join("\n"), height, left, right };
}

/** Words on the x axis, which must not leave the figure nor touch. */
export function tickWords(
  { values, format }: Ticks,
  sx: (value: number) => number,
  x0: number,
  width: number,
  y: number,
): string[] {
  const made: string[] = [];
  let edge = -Infinity;
  for (const value of values) {
    const text = format(value);
    const half = textWidth(text) / 2;
    const x = Math.min(Math.max(sx(value), Math.min(half + 2, x0)), width - half - 2);
    if (x - half < edge + 6) continue;
    edge = x + half;
    made.push(textElement(text, x, y, { anchor: "middle", fill: neutral("muted") }));
  }
  return made;
}

const clampRegion = ({ from, to }: Region, [low, high]: readonly [number, number]): { from: number; to: number } => ({
  from: Math.max(from, low),
  to: Math.min(to, high),
});

/** Words above the frame, in as many rows as they need. */
function stripLabels(
  regions: readonly Region[],
  rules: readonly Rule[],
  sx: (value: number) => number,
  domain: readonly [number, number],
  low: number,
  high: number,
): { rows: number; labels: { text: string; x: number; row: number }[] } {
  const wanted = [
    ...regions.flatMap((region) => {
      const { from, to } = clampRegion(region, domain);
      return region.label ? { text: region.label, x: (sx(from) + sx(to)) / 2 } : [];
    }),
    ...rules.flatMap(({ x, label }) => x !== undefined && label ? { text: label, x: sx(x) } : []),
  ].map(({ text, x }) => {
    const half = textWidth(text) / 2;
    return { text, half, x: Math.max(Math.min(x, high - half), Math.min(low, high - 2 * half) + half) };
  }).sort((a, b) => a.x - b.x);
  const edges: number[] = [];
  const labels = wanted.map(({ text, x, half }) => {
    const free = edges.findIndex((edge) => edge + 14 <= x - half);
    const row = free < 0 ? edges.length : free;
    edges[row] = x + half;
    return { text, x, row };
  });
  return { rows: edges.length, labels: labels.map((label) => ({ ...label, row: edges.length - 1 - label.row })) };
}

/** The points of a line with its jumps cut in: up to the jump, a gap, on from the jump. */
function withJumps(points: readonly [number, number][], jumps: readonly Jump[]): [number, number][] {
  let result = [...points];
  for (const { x, left, right } of jumps) {
    const before = result.filter(([at]) => at < x), after = result.filter(([at]) => at > x);
    result = [...before, [x, left], [x, NaN], [x, right], ...after];
  }
  return result;
}

/** The points that show, and the gaps. */
function thin(
  points: readonly [number, number][],
  sx: (value: number) => number,
  sy: (value: number) => number,
  drawable: (y: number) => boolean,
): [number, number][] {
  const result: [number, number][] = [];
  let run: [number, number][] = [];
  const flush = (): void => {
    if (run.length > 0) result.push(...simplify(run.map(([x, y]): Place => [sx(x), sy(y)])).map((n) => run[n]));
    run = [];
  };
  for (const [x, y] of points) {
    if (drawable(y)) {
      run.push([x, y]);
    } else {
      flush();
      result.push([x, NaN]);
    }
  }
  flush();
  return result;
}

/** Labels at the lines' ends: as near to them as they can be without touching one another or leaving the frame. */
function endWords(labels: readonly EndLabel[], edge: number, top: number, bottom: number): string[] {
  if (labels.length === 0) return [];
  labels = labels.toSorted((a, b) => (Math.abs(a.y - b.y) < 3 ? (a.from ?? a.y) - (b.from ?? b.y) : a.y - b.y));
  const rows = Math.max(...labels.map(({ lines }) => lines.length));
  const gap = Math.min(rows * lineHeight, (bottom - top + 16) / Math.max(1, labels.length - 1));
  const places = spread(
    labels.map(({ y }, n) => Math.max(y, ...labels.slice(0, n).map((before) => before.y))),
    gap,
    top - 2,
    bottom + 2,
  );
  return labels.flatMap(({ lines, fill, x, y, stroke: color }, n) => {
    const place = places[n];
    const words = lines.map((line, row) =>
      textElement(line, edge + 18, place + 0.34 * fontSize + (row - (lines.length - 1) / 2) * (lineHeight - 2), {
        fill,
      })
    );
    if (x === undefined || (Math.abs(place - y) < 4 && edge - x < 4)) return words;
    const path = `M${short(x + 2)},${short(y)}L${short(Math.max(edge, x) + 4)},${short(y)}L${short(edge + 14)},${
      short(place)
    }`;
    return [element("path", { d: path, fill: "none", stroke: color, "stroke-width": 1 }), ...words];
  });
}

type Box = readonly [x0: number, y0: number, x1: number, y1: number];
const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));

/** A place for words about a point, and how far from it. */
interface Candidate {
  far: number;
  box: Box;
}

const directions = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [1, 1], [-1, -1], [-1, 1]] as const;

/** Words beside marked points: of a few places around each, the one with the least beneath it. */
export function markWords(
  marks: readonly Mark[],
  lines: readonly { points: readonly (readonly [number, number])[] }[],
  sx: (value: number) => number,
  sy: (value: number) => number,
  frame: Box,
): string[] {
  const obstacles: Box[] = marks.map(({ x, y }) => [sx(x) - 7, sy(y) - 7, sx(x) + 7, sy(y) + 7]);
  for (const { points } of lines) {
    for (let n = 1; n < points.length; n++) {
      const [ax, ay, bx, by] = [sx(points[n - 1][0]), sy(points[n - 1][1]), sx(points[n][0]), sy(points[n][1])];
      const pieces = Math.min(200, Math.ceil(Math.hypot(bx - ax, by - ay) / 6));
      for (let k = 0; k <= pieces; k++) {
        const [x, y] = [ax + (bx - ax) * k / Math.max(1, pieces), ay + (by - ay) * k / Math.max(1, pieces)];
        if (Number.isFinite(x + y)) obstacles.push([x - 2, y - 2, x + 2, y + 2]);
      }
    }
  }
  const words: string[] = [];
  for (const { x, y, label, color = "black" } of marks) {
    if (!label) continue;
    const w = textWidth(label), h = lineHeight, px = sx(x), py = sy(y);
    const candidates = [12, 30, 55, 85].flatMap((far) =>
      directions.map(([dx, dy]): Candidate => {
        const [cx, cy] = [px + dx * (far + w / 2), py + dy * (far + h / 2) - (dx !== 0 && dy !== 0 ? 4 * dy : 0)];
        return { far, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2] };
      })
    );
    const cost = ({ far, box }: Candidate): number => {
      const area = (box[2] - box[0]) * (box[3] - box[1]);
      const outside = area - overlap(box, frame);
      return obstacles.reduce((sum, other) => sum + overlap(box, other), 0) + 50 * outside + far;
    };
    const costs = candidates.map(cost);
    const { far, box } = candidates[costs.indexOf(Math.min(...costs))];
    obstacles.push(box);
    if (far > 12) {
      const [tx, ty] = [Math.min(Math.max(px, box[0]), box[2]), Math.min(Math.max(py, box[1] + 4), box[3] - 2)];
      const path = `M${short(px)},${short(py)}L${short(tx)},${short(ty)}`;
      words.push(element("path", { d: path, fill: "none", stroke: stroke(color), "stroke-width": 1 }));
    }
    words.push(textElement(label, box[0], box[1] + 0.5 * h + 0.34 * fontSize, { fill: textFill(color), halo: true }));
  }
  return words;
}

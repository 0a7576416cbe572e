import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "./figure.ts";
import { neutral } from "./palette.ts";
import { axisX, fontSize, lineHeight, margins, plotFigure, roomFor, scaleOf, wrap } from "./plot.ts";

/** A difference with its interval. */
export interface PairedItem {
  /** The name of what is compared. */
  label: string;
  /** The mean of the differences. */
  mean: number;
  /** The lower end of its interval. */
  low: number;
  /** The upper end of its interval. */
  high: number;
  /** The heading of neighbouring items. */
  group?: string;
}

/** Options for {@linkcode pairedFigure}. */
export interface PairedFigureOptions extends FigureWords {
  /** The differences, in their order. */
  items: readonly PairedItem[];
  /** The measured quantity: `"difference in F1"`. */
  xLabel: string;
  /** The name of the baseline, whose difference is 0: `"cross-entropy, tuned"`. */
  zeroLabel: string;
  /**
   * The words for an interval above, below, and around 0.
   *
   * @default {["better", "worse", "no difference seen"]}
   */
  verdicts?: readonly [above: string, below: string, around: string];
  /**
   * The ends of the axis.
   *
   * @default {the extent of the intervals, and 0}
   */
  domain?: readonly [number, number];
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

/** A line of the figure: the heading of a group, or an item with its verdict. */
interface Line {
  key: number;
  text: string;
  item?: PairedItem;
  verdict: 0 | 1 | 2;
}

/** Returns at least three round values in a domain, with the largest step that gives as many: three to six. */
function roundTicks([low, high]: readonly [number, number]): number[] {
  for (let exponent = Math.ceil(Math.log10(high - low));; exponent--) {
    for (const digit of [5, 4, 2, 1]) {
      const multiple = (n: number) => Number(`${digit * n}e${exponent}`);
      const first = Math.ceil(low / multiple(1)), last = Math.floor(high / multiple(1));
      if (last - first >= 2) return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i));
    }
  }
}

/** Returns the lines of a figure; a name that is longer than so many characters is broken. */
function linesOf(items: readonly PairedItem[], most: number): Line[] {
  const lines: Line[] = [];
  items.forEach((item, n) => {
    if (item.group !== undefined && item.group !== items[n - 1]?.group) {
      lines.push({ key: lines.length, text: item.group, verdict: 2 });
    }
    const verdict = item.low > 0 ? 0 : item.high < 0 ? 1 : 2;
    lines.push({ key: lines.length, text: wrap(item.label, most), item, verdict });
  });
  return lines;
}

/** Returns the extent of the intervals and 0, with room at both ends. */
function extentOf(items: readonly PairedItem[]): readonly [number, number] {
  const low = Math.min(0, ...items.map((item) => item.low)), high = Math.max(0, ...items.map((item) => item.high));
  return [low - 0.06 * (high - low), high + 0.06 * (high - low)];
}

/**
 * Draws paired differences with their intervals. A shape and a word say whether an interval lies above, below or around
 * 0, and items of one group stand under its name.
 *
 * @param options Words and differences
 * @returns The figure
 * @throws {TypeError} `items` is empty.
 * @throws {RangeError} A mean lies outside its interval, or an interval is not finite.
 */
export function pairedFigure(options: PairedFigureOptions): Figure {
  const { items, xLabel, zeroLabel, width = 640 } = options;
  const { verdicts = ["better", "worse", "no difference seen"] } = options;
  if (!Array.isArray(items) || items.length === 0) {
    throw new TypeError("Cannot make a paired figure: 'items' must be an array with at least one item");
  }
  for (const { label, mean, low, high } of items) {
    if (!(low <= mean && mean <= high) || !isFinite(low) || !isFinite(high)) {
      throw new RangeError(`Cannot make a paired figure: 'items' has '${label}' with ${mean} in [${low}, ${high}]`);
    }
  }
  const lines = linesOf(items, Math.floor(0.32 * width / (0.52 * fontSize)));
  const headings = lines.filter(({ item }) => item === undefined), hasGroups = headings.length > 0;
  const rows = lines.filter(({ item }) => item !== undefined);
  const marginLeft = Math.max(...rows.map(({ text }) => roomFor(text))) + (hasGroups ? 28 : 16);
  const marginRight = Math.max(...rows.map(({ verdict }) => roomFor(verdicts[verdict]))) + 12;
  const { marginTop, marginBottom } = margins;
  const lineCount = Math.max(...rows.map(({ text }) => text.split("\n").length));
  const { domain = extentOf(items) } = options, zero = (0 - domain[0]) / (domain[1] - domain[0]);
  const x = { label: xLabel, domain, ticks: roundTicks(domain) };
  const words = { y: "key", text: "text", frameAnchor: "left", textAnchor: "start", lineAnchor: "middle" } as const;
  const dots = (verdict: 0 | 1 | 2, style: Plot.DotOptions): Plot.Markish =>
    Plot.dot(rows.filter((row) => row.verdict === verdict), {
      x: ({ item }: Line) => item?.mean,
      y: "key",
      r: 7,
      fill: neutral("ink"),
      stroke: neutral("ink"),
      strokeWidth: 2,
      ...style,
    });
  return plotFigure(options, [{
    width,
    height: marginTop + lines.length * (8 + lineHeight * lineCount) + marginBottom,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: scaleOf(x),
    y: { type: "band", domain: lines.map(({ key }) => key), axis: null },
    marks: [
      ...axisX(x),
      Plot.ruleX([0], { stroke: neutral("ink"), strokeWidth: 1.5 }),
      Plot.text([zeroLabel], {
        x: [0],
        frameAnchor: "top",
        lineAnchor: "bottom",
        dy: -6,
        textAnchor: zero < 0.3 ? "start" : zero > 0.7 ? "end" : "middle",
      }),
      Plot.text(headings, {
        ...words,
        dx: 4 - marginLeft,
        fontWeight: "bold",
        fill: neutral("ink"),
        stroke: neutral("paper"),
        strokeWidth: 4,
      }),
      Plot.text(rows, { ...words, dx: (hasGroups ? 16 : 4) - marginLeft }),
      Plot.text(rows, {
        ...words,
        text: ({ verdict }: Line) => verdicts[verdict],
        frameAnchor: "right",
        dx: 10,
        fill: ({ verdict }: Line) => neutral(verdict === 2 ? "muted" : "ink"),
      }),
      Plot.link(rows, {
        x1: ({ item }: Line) => item?.low,
        x2: ({ item }: Line) => item?.high,
        y: "key",
        stroke: neutral("ink"),
        strokeWidth: 2.5,
      }),
      dots(0, { symbol: "triangle" }),
      dots(1, { symbol: "triangle", rotate: 180 }),
      dots(2, { symbol: "circle", r: 6, fill: neutral("paper") }),
    ],
  }]);
}

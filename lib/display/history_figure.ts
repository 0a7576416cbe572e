import { type Axis, drawChart, type Region, type Rule, type Series } from "./chart.ts";
import { assertSize, type FigureSize } from "./curve_figure.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import type { ColorName } from "./palette.ts";
import { svgDocument, titleBlock } from "./svg.ts";

/** One way to train, with the histories of its seeds. */
export interface Run {
  /** What it is. */
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
  /** One history a seed, all of the same length; NaN where there is no value. */
  seeds: readonly ArrayLike<number>[];
}

/** Options for {@linkcode historyFigure}. */
export interface HistoryFigureOptions extends FigureWords, FigureSize {
  /** The ways to train. */
  runs: readonly Run[];
  /** The axis from left to right. */
  x: Axis;
  /** The axis of what was recorded. */
  y: Axis;
  /**
   * Where the values of a history stand on the x axis.
   *
   * @default {0, 1, 2, …}
   */
  at?: ArrayLike<number>;
  /**
   * What the band around the median covers: all seeds, or the middle half of them.
   *
   * @default {"range"}
   */
  band?: "range" | "quartiles";
  /** Lines across the frame. */
  rules?: readonly Rule[];
  /** Shaded ranges of x. */
  regions?: readonly Region[];
}

/** A quantile of sorted values, linear between them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * (place - low);
}

function seriesOf(maker: string, { name, label, color, seeds }: Run, options: HistoryFigureOptions): Series {
  const length = seeds?.[0]?.length ?? 0;
  if (length === 0) throw new RangeError(`Cannot make ${maker}: 'seeds' of '${name}' is empty`);
  for (const seed of seeds) {
    if (seed.length !== length) {
      throw new RangeError(
        `Cannot make ${maker}: 'seeds' of '${name}' has histories of ${length} and ${seed.length} values`,
      );
    }
  }
  const at = options.at ?? Array.from({ length }, (_, n) => n);
  if (at.length !== length) {
    throw new RangeError(
      `Cannot make ${maker}: 'at' has ${at.length} values, the histories of '${name}' have ${length}`,
    );
  }
  const [low, high] = options.band === "quartiles" ? [0.25, 0.75] : [0, 1];
  const columns = Array.from(
    { length },
    (_, n) => seeds.map((seed) => seed[n]).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b),
  );
  const across = (share: number): number[] =>
    columns.map((column) => (column.length === 0 ? NaN : quantile(column, share)));
  return {
    name,
    label,
    color,
    points: { x: at, y: across(0.5) },
    band: seeds.length > 1 ? { low: across(low), high: across(high) } : undefined,
  };
}

/** What a reader has to know about the band: it is said in every caption. */
function bandSentence({ runs, band = "range" }: HistoryFigureOptions): string {
  const counts = [...new Set(runs.map(({ seeds }) => seeds.length))].sort((a, b) => a - b);
  const seeds = counts.length === 1 ? `${counts[0]}` : `${counts[0]} to ${counts.at(-1)}`;
  if (counts.at(-1) === 1) return "One seed each.";
  return `Line: median of ${seeds} seeds; band: ${
    band === "range" ? "from the least to the greatest" : "the middle half"
  }.`;
}

/**
 * What happened in training: the median over seeds as a line, their spread as a band. The caption says so, and how
 * many seeds there were.
 *
 * @param options Words, axes, and the histories
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { historyFigure } from "@roundabout/roundabout/display";
 *
 * const figure = historyFigure({
 *   title: "The softsign learns",
 *   alt: "F1 rises from 0.1 to about 0.9 in two epochs.",
 *   x: { label: "epoch" },
 *   y: { label: "F1 on held-out rows", domain: [0, 1] },
 *   runs: [{ name: "softsign", seeds: [[0.1, 0.7, 0.9], [0.1, 0.6, 0.8], [0.1, 0.8, 0.9]] }],
 * });
 * assertStringIncludes(figure.caption, "median of 3 seeds");
 * ```
 */
export function historyFigure(options: HistoryFigureOptions): Figure {
  const maker = "a history figure";
  assertWords(maker, options);
  assertSize(maker, options);
  const { title, runs, x, y, rules, regions, width = 640, height = 300, caption = "", band } = options;
  if (!Array.isArray(runs) || runs.length === 0) {
    throw new TypeError(`Cannot make ${maker}: 'runs' must be an array with one run at least`);
  }
  if (band !== undefined && band !== "range" && band !== "quartiles") {
    throw new RangeError(`Cannot make ${maker}: 'band' is "${band}", it must be "range" or "quartiles"`);
  }
  const series = runs.map((run) => seriesOf(maker, run, options));
  const head = titleBlock(title, width).height;
  const chart = drawChart(maker, { x, y, series, rules, regions }, { width, frameHeight: height });
  return makeFigure(
    svgDocument(title, width, head + chart.height, [{ x: 0, y: head, markup: chart.markup }]),
    { ...options, caption: [caption, bandSentence(options)].filter((part) => part !== "").join(" ") },
  );
}

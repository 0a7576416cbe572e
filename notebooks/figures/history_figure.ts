import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import type { ColorName } from "../../lib/display/palette.ts";
import { type Axis, plotFigure } from "../../lib/display/plot.ts";
import { chart, type ChartLayout, type Rule, type Series } from "./chart.ts";

/** The histories of one way to train. */
export interface Run {
  /** Its name. */
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
  /**
   * An SVG dash array.
   *
   * @default {the colour's own}
   */
  dash?: string;
  /** One history per seed, all of the same length; NaN for no value. */
  seeds: readonly ArrayLike<number>[];
}

/** Options for {@linkcode historyFigure}. */
export interface HistoryFigureOptions extends FigureWords, Pick<ChartLayout, "width" | "height"> {
  /** The ways to train. */
  runs: readonly Run[];
  /** The axis from left to right. */
  x: Axis;
  /** The axis of what was recorded. */
  y: Axis;
  /**
   * The values of a history on the x axis.
   *
   * @default {0, 1, 2, …}
   */
  at?: ArrayLike<number>;
  /**
   * The seeds that the band around the median covers: all, or the middle half.
   *
   * @default {"range"}
   */
  band?: "range" | "quartiles";
  /** Lines across the frame. */
  rules?: readonly Rule[];
}

/** Computes a quantile of sorted values, linear between neighbours. */
function quantile(sorted: readonly number[], fraction: number): number {
  const place = fraction * (sorted.length - 1), low = Math.floor(place);
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * (place - low);
}

function seriesOf({ name, label, color, dash, seeds }: Run, options: HistoryFigureOptions): Series {
  const length = seeds[0]?.length ?? 0;
  if (length === 0) throw new RangeError(`Cannot draw histories: 'seeds' of '${name}' is empty`);
  const at = options.at ?? Array.from({ length }, (_, n) => n);
  for (const { length: other } of [...seeds, at]) {
    if (other !== length) {
      throw new RangeError(`Cannot draw histories: '${name}' has histories or places of ${length} and ${other} values`);
    }
  }
  const columns = Array.from(
    { length },
    (_, n) => seeds.map((seed) => seed[n]).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b),
  );
  const across = (fraction: number): number[] =>
    columns.map((column) => (column.length === 0 ? NaN : quantile(column, fraction)));
  const [low, high] = options.band === "quartiles" ? [0.25, 0.75] : [0, 1];
  return {
    name,
    label,
    color,
    dash,
    points: across(0.5).map((median, n) => [at[n], median]),
    band: seeds.length > 1 ? { low: across(low), high: across(high) } : undefined,
  };
}

/** Says what the line and the band are, for the caption. */
function bandSentence({ runs, band = "range" }: HistoryFigureOptions): string {
  const counts = [...new Set(runs.map(({ seeds }) => seeds.length))].sort((a, b) => a - b);
  const seeds = counts.length === 1 ? `${counts[0]}` : `${counts[0]} to ${counts.at(-1)}`;
  if (counts.at(-1) === 1) return "One seed each.";
  return `Line: median of ${seeds} seeds; band: ${
    band === "range" ? "from the smallest to the largest" : "the middle half"
  }.`;
}

/** Draws trainings: the median over seeds as a line, their spread as a band. The caption ends with what both are. */
export function historyFigure(options: HistoryFigureOptions): Figure {
  const { runs, x, y, rules, caption = "" } = options;
  if (runs.length === 0) throw new TypeError("Cannot draw histories: 'runs' is empty");
  const series = runs.map((run) => seriesOf(run, options));
  const words = { ...options, caption: `${caption} ${bandSentence(options)}`.trim() };
  return plotFigure(words, [chart({ x, y, series, rules }, options)]);
}

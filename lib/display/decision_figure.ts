import * as Plot from "@observablehq/plot";
import { drawChart, type Region, type Rule, type Series } from "./chart.ts";
import { assertSize, type FigureSize } from "./curve_figure.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import type { Curve } from "./gradient_curve_figure.ts";
import { type ColorName, neutral, stroke, textFill } from "./palette.ts";
import { type Part, svgDocument, textElement, titleBlock } from "./svg.ts";
import { fontSize, lineHeight, roomFor, textWidth, wrapText } from "./text_width.ts";

/** Options for {@linkcode decisionFigure}. */
export interface DecisionFigureOptions extends FigureWords, FigureSize {
  /** The predictions, in [0, 1]. */
  predictions: ArrayLike<number>;
  /** Their labels, 0 or 1. */
  labels: ArrayLike<number>;
  /**
   * What a prediction has to exceed to be a positive.
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * How many bars the range from 0 to 1 has.
   *
   * @default {20}
   */
  bins?: number;
  /**
   * What the labels mean.
   *
   * @default {["label 0", "label 1"]}
   */
  classes?: readonly [negative: string, positive: string];
  /**
   * The name of the axis from left to right.
   *
   * @default {"prediction"}
   */
  xLabel?: string;
  /** Steps over the same predictions, in a panel above. */
  curves?: readonly Curve[];
  /** Shaded ranges of predictions. */
  regions?: readonly Region[];
  /**
   * Whether a panel below tells the share of positives in each tenth, with 95 % intervals (Wilson's).
   *
   * @default {false}
   */
  reliability?: boolean;
}

/** Wilson's interval for a share, 95 %. */
function wilson(positives: number, n: number): [low: number, high: number] {
  const z = 1.959963984540054, share = positives / n;
  const middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const half = z / (1 + z * z / n) * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** How many predictions of each class are in each of some equal ranges; the last has its right end too. */
function counted(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins: number,
): { n: number[]; positives: number[] } {
  const n = new Array<number>(bins).fill(0), positives = new Array<number>(bins).fill(0);
  for (let i = 0; i < predictions.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(predictions[i] * bins));
    n[bin]++;
    if (labels[i] === 1) positives[bin]++;
  }
  return { n, positives };
}

function assertData(maker: string, { predictions, labels, threshold = 0.5, bins = 20 }: DecisionFigureOptions): void {
  if (!(predictions?.length > 0) || predictions.length !== labels?.length) {
    throw new RangeError(
      `Cannot make ${maker}: 'predictions' has ${predictions?.length} values, 'labels' has ${labels?.length}`,
    );
  }
  for (let n = 0; n < predictions.length; n++) {
    if (!(predictions[n] >= 0 && predictions[n] <= 1)) {
      throw new RangeError(`Cannot make ${maker}: 'predictions[${n}]' is ${predictions[n]}, it must be from 0 to 1`);
    }
    if (labels[n] !== 0 && labels[n] !== 1) {
      throw new RangeError(`Cannot make ${maker}: 'labels[${n}]' is ${labels[n]}, it must be 0 or 1`);
    }
  }
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`Cannot make ${maker}: 'threshold' is ${threshold}, it must be from 0 to 1`);
  }
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 200)) {
    throw new RangeError(`Cannot make ${maker}: 'bins' is ${bins}, it must be a whole number from 2 to 200`);
  }
}

/**
 * Where the predictions are and what is decided about them: how many of each class, upwards and downwards, with the
 * threshold; on request the steps above them, and below them how far a prediction is the share of positives.
 *
 * @param options Words, predictions, labels, and what is to be drawn with them
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { decisionFigure } from "@roundabout/roundabout/display";
 *
 * const figure = decisionFigure({
 *   title: "Most decisions are right",
 *   alt: "Of four predictions, three are on the right side of 0.5.",
 *   predictions: [0.1, 0.3, 0.4, 0.9],
 *   labels: [0, 0, 1, 1],
 * });
 * assertStringIncludes(figure.svg, "label 1");
 * ```
 */
export function decisionFigure(options: DecisionFigureOptions): Figure {
  const maker = "a decision figure";
  assertWords(maker, options);
  assertSize(maker, options);
  assertData(maker, options);
  const { title, predictions, labels, threshold = 0.5, bins = 20, width = 640, height = 240 } = options;
  const { classes = ["label 0", "label 1"], xLabel = "prediction", curves = [], regions = [], reliability } = options;
  const { n, positives } = counted(predictions, labels, bins);
  const most = Math.max(...n.map((all, bin) => Math.max(positives[bin], all - positives[bin])), 1);
  const total = positives.reduce((sum, count) => sum + count, 0);
  const classWords = [
    `${classes[1]}, n\u00a0=\u00a0${total}`,
    `${classes[0]}, n\u00a0=\u00a0${predictions.length - total}`,
  ];
  const right = Math.ceil(
    roomFor([...classWords.map((words) => `↑\u00a0${words}`), ...curves.map(({ name }) => name)], 0.28 * width),
  ) + 24;
  const rule: Rule = { x: threshold, label: `threshold ${Number(threshold.toPrecision(3))}` };
  const x = { label: xLabel, domain: [0, 1] as const };
  const left = Math.max(56, Math.ceil(textWidth(String(most))) + 26);
  const layout = { width, left, right };
  const quiet = regions.map((region) => ({ ...region, label: undefined }));
  const parts: Part[] = [];
  let top = titleBlock(title, width).height;

  if (curves.length > 0) {
    const xs = Array.from({ length: 801 }, (_, k) => k / 800);
    const series = curves.map((curve): Series => ({
      name: curve.name,
      points: xs.map((p): [number, number] => [p, curve.value(p)]),
    }));
    const upper = drawChart(maker, { x, y: { label: "step", domain: [0, 1] }, series, rules: [rule], regions }, {
      ...layout,
      frameHeight: Math.max(90, height / 2),
      xAxis: false,
    });
    parts.push({ x: 0, y: top, markup: upper.markup });
    top += upper.height + 8;
  }

  const bars = n.flatMap((all, bin) => {
    const range = { from: bin / bins, to: (bin + 1) / bins };
    return [{ ...range, low: 0, high: positives[bin], color: "blue" }, {
      ...range,
      low: positives[bin] - all,
      high: 0,
      color: "orange",
    }];
  }).filter(({ low, high }) => high > low);
  const bar = (color: ColorName, opacity: number): Plot.Markish =>
    Plot.rect(bars.filter((one) => one.color === color), {
      x1: "from",
      x2: "to",
      y1: "low",
      y2: "high",
      insetLeft: 0.75,
      insetRight: 0.75,
      fill: stroke(color),
      fillOpacity: opacity,
      stroke: stroke(color),
      strokeWidth: 1,
    });
  const y = { label: "number of predictions", format: (value: number) => String(Math.abs(value)) };
  const reach = (some: readonly number[]): number => Math.max(...some, most / 12) * 1.04;
  const domain = [-reach(n.map((all, bin) => all - positives[bin])), reach(positives)] as const;
  const middle = drawChart(maker, {
    x,
    y: { ...y, domain },
    series: [],
    rules: [curves.length > 0 ? { x: threshold } : rule],
    regions: curves.length > 0 ? quiet : regions,
  }, {
    ...layout,
    frameHeight: height,
    xAxis: !reliability,
    // Full bars upwards, pale ones downwards: the direction tells them apart in black and white.
    beneath: [bar("blue", 0.75), bar("orange", 0.35)],
  });
  const frameTop = middle.height - height - (reliability ? 10 : 32 + lineHeight);
  const zero = frameTop + height * domain[1] / (domain[1] - domain[0]);
  const side = (text: string, color: ColorName, from: number, to: number): string[] => {
    const lines = wrapText(text, right - 20);
    const start = (from + to) / 2 - (lines.length - 1) / 2 * (lineHeight - 2);
    return lines.map((line, k) =>
      textElement(line, width - right + 14, start + k * (lineHeight - 2) + 0.34 * fontSize, { fill: textFill(color) })
    );
  };
  const upWords = `↑\u00a0${classWords[0]}`, downWords = `↓\u00a0${classWords[1]}`;
  const apart = Math.max(zero - frameTop, 50), below = Math.max(frameTop + height - zero, 50);
  parts.push({
    x: 0,
    y: top,
    markup: [
      middle.markup,
      ...side(upWords, "blue", zero - apart, zero),
      ...side(downWords, "orange", zero, zero + below),
    ].join("\n"),
  });
  top += middle.height;

  if (reliability) {
    const tenths = counted(predictions, labels, 10);
    const dots = tenths.n.flatMap((all, bin) => {
      if (all === 0) return [];
      const [low, high] = wilson(tenths.positives[bin], all);
      return [{ x: (bin + 0.5) / 10, y: tenths.positives[bin] / all, low, high }];
    });
    const diagonal: Series = { name: "as predicted", color: "grey", points: [[0, 0], [1, 1]] };
    const lower = drawChart(maker, {
      x,
      y: { label: "share of positives, by tenth of the predictions", domain: [0, 1] },
      series: [diagonal],
      rules: [{ x: threshold }],
    }, {
      ...layout,
      frameHeight: height,
      beneath: [
        Plot.ruleX(dots, { x: "x", y1: "low", y2: "high", stroke: neutral("ink"), strokeWidth: 1.5 }),
        Plot.dot(dots, { x: "x", y: "y", r: 5, fill: neutral("ink") }),
      ],
    });
    parts.push({ x: 0, y: top + 8, markup: lower.markup });
    top += lower.height + 8;
  }
  return makeFigure(svgDocument(title, width, top, parts), options);
}

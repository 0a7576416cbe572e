import * as Plot from "@observablehq/plot";
import { tickWords } from "./chart.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { neutral, stroke, textFill } from "./palette.ts";
import { renderPlot, svgDocument, textElement, titleBlock } from "./svg.ts";
import { fontSize, lineHeight, textWidth, wrapText } from "./text_width.ts";
import { ticks } from "./ticks.ts";

/** A difference with its interval. */
export interface PairedItem {
  /** What is compared. */
  label: string;
  /** The mean of the differences. */
  mean: number;
  /** The lower end of its interval. */
  low: number;
  /** The upper end. */
  high: number;
  /** How many pairs. */
  n?: number;
  /** Items of one group stand under its name. */
  group?: string;
}

/** Options for {@linkcode pairedFigure}. */
export interface PairedFigureOptions extends FigureWords {
  /** The differences, in their order. */
  items: readonly PairedItem[];
  /** What is measured: `"difference in F1"`. */
  xLabel: string;
  /** What 0 stands for: `"cross-entropy, tuned"`. */
  zeroLabel: string;
  /**
   * The words for an interval above, below, and around 0.
   *
   * @default {["better", "worse", "no difference seen"]}
   */
  verdicts?: readonly [above: string, below: string, around: string];
  /**
   * Whether more is better: what is above 0 is then blue, what is below it vermillion.
   *
   * @default {true}
   */
  higherIsBetter?: boolean;
  /** The ends of the axis. */
  domain?: readonly [number, number];
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

const rowHeight = 30;

/** What an interval says: by a shape, a word and a colour. */
function verdictOf({ low, high }: PairedItem): 0 | 1 | 2 {
  return low > 0 ? 0 : high < 0 ? 1 : 2;
}

/**
 * Paired differences with their intervals: wins, losses and ties in one figure, told by shape and word.
 *
 * @param options Words and differences
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { pairedFigure } from "@roundabout/roundabout/display";
 *
 * const figure = pairedFigure({
 *   title: "One win, one tie",
 *   alt: "The F1 loss is better by 0.02 on spam and the same on WDBC.",
 *   xLabel: "difference in F1",
 *   zeroLabel: "cross-entropy, tuned",
 *   items: [
 *     { label: "spam", mean: 0.02, low: 0.01, high: 0.03, n: 10 },
 *     { label: "WDBC", mean: 0, low: -0.01, high: 0.01, n: 10 },
 *   ],
 * });
 * assertStringIncludes(figure.svg, "better");
 * ```
 */
export function pairedFigure(options: PairedFigureOptions): Figure {
  const maker = "a paired figure";
  assertWords(maker, options);
  const { title, items, xLabel, zeroLabel, width = 640, higherIsBetter = true } = options;
  const {
    verdicts = higherIsBetter ? ["better", "worse", "no difference seen"] : ["worse", "better", "no difference seen"],
  } = options;
  if (!Array.isArray(items) || items.length === 0) {
    throw new TypeError(`Cannot make ${maker}: 'items' must be an array with one item at least`);
  }
  for (const { label, mean, low, high } of items) {
    if (!(low <= mean && mean <= high) || !isFinite(low) || !isFinite(high)) {
      throw new RangeError(`Cannot make ${maker}: 'items' has '${label}' with ${mean} in [${low}, ${high}]`);
    }
  }
  for (const [name, value] of [["xLabel", xLabel], ["zeroLabel", zeroLabel]] as const) {
    if (typeof value !== "string" || value === "") {
      throw new TypeError(`Cannot make ${maker}: '${name}' is ${JSON.stringify(value)}, it must be words`);
    }
  }

  // A line a group's name and an item; places count lines from the top.
  const groups: { name: string; place: number }[] = [];
  let place = 0;
  const rows = items.map((item, n) => {
    if (item.group !== undefined && item.group !== items[n - 1]?.group) {
      groups.push({ name: item.group, place: place });
      place++;
    }
    return { ...item, verdict: verdictOf(item), place: place++ };
  });
  const indent = groups.length > 0 ? 12 : 0;
  const wide = 0.34 * width;
  const nameLines = rows.map(({ label, n }) =>
    wrapText(n === undefined ? label : `${label} (n\u00a0=\u00a0${n})`, wide)
  );
  const left = indent + Math.ceil(Math.max(...nameLines.flat().map((line) => textWidth(line)))) + 20;
  const right = Math.ceil(Math.max(...rows.map(({ verdict }) => textWidth(verdicts[verdict])))) + 16;
  const step = nameLines.some((lines) => lines.length > 1) ? rowHeight + 16 : rowHeight;
  const tall = place * step;
  const low = Math.min(0, ...rows.map((row) => row.low)), high = Math.max(0, ...rows.map((row) => row.high));
  const margin = 0.06 * (high - low);
  const [from, to] = options.domain ?? [low - margin, high + margin];
  const made = ticks(from, to, Math.max(2, Math.floor((width - left - right) / 95)), "linear", false);
  const sx = (value: number): number =>
    left + (value - made.domain[0]) / (made.domain[1] - made.domain[0]) * (width - left - right);
  const top = lineHeight + 8;
  const height = top + tall + 28 + lineHeight + 6;
  const sy = (at: number): number => top + (at + 0.5) * step;
  const colors = [higherIsBetter ? "blue" : "vermillion", higherIsBetter ? "vermillion" : "blue", "grey"] as const;
  const symbols = ["triangle", "triangle", "circle"] as const;

  const { markup } = renderPlot({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: height - top - tall,
    x: { domain: made.domain, axis: null },
    y: { domain: [0, place], axis: null, reverse: true },
    marks: [
      Plot.gridX(made.values, { stroke: neutral("grid"), strokeOpacity: 1 }),
      Plot.ruleX([0], { stroke: neutral("ink"), strokeWidth: 1.5 }),
      ...rows.map((row) =>
        Plot.ruleY([row], {
          x1: "low",
          x2: "high",
          y: row.place + 0.5,
          stroke: stroke(colors[row.verdict]),
          strokeWidth: 2.5,
          strokeLinecap: "round",
        })
      ),
      ...rows.map((row) =>
        Plot.dot([row], {
          x: "mean",
          y: row.place + 0.5,
          symbol: symbols[row.verdict],
          rotate: row.verdict === 1 ? 180 : 0,
          r: row.verdict === 2 ? 6 : 7,
          fill: row.verdict === 2 ? neutral("paper") : stroke(colors[row.verdict]),
          stroke: stroke(colors[row.verdict]),
          strokeWidth: 2.5,
        })
      ),
    ],
  });
  const zeroHalf = textWidth(zeroLabel) / 2;
  const words = [
    textElement(zeroLabel, Math.min(Math.max(sx(0), zeroHalf + 4), width - zeroHalf - 4), fontSize - 1, {
      anchor: "middle",
    }),
    ...groups.map(({ name, place: at }) => textElement(name, 4, sy(at) + 0.34 * fontSize, { bold: true })),
    ...rows.flatMap((row, n) =>
      nameLines[n].map((line, k) =>
        textElement(
          line,
          4 + indent,
          sy(row.place) + 0.34 * fontSize + (k - (nameLines[n].length - 1) / 2) * (lineHeight - 2),
        )
      )
    ),
    ...rows.map((row) =>
      textElement(verdicts[row.verdict], width - right + 12, sy(row.place) + 0.34 * fontSize, {
        fill: textFill(colors[row.verdict]),
      })
    ),
    ...tickWords(made, sx, left, width, top + tall + 22),
    textElement(xLabel, (left + width - right) / 2, top + tall + 28 + fontSize, {
      anchor: "middle",
      fill: neutral("muted"),
    }),
  ];
  const head = titleBlock(title, width).height;
  return makeFigure(
    svgDocument(title, width, head + height, [{ x: 0, y: head, markup: [markup, ...words].join("\n") }]),
    options,
  );
}

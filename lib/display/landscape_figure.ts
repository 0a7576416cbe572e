import * as Plot from "@observablehq/plot";
import { type Axis, markWords, tickWords } from "./chart.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { formatNumber } from "./format.ts";
import { type ColorName, colorsOf, inWords, neutral, palette, stroke } from "./palette.ts";
import { simplify } from "./simplify.ts";
import { element, type Part, renderPlot, svgDocument, textElement, titleBlock } from "./svg.ts";
import { fontSize, lineHeight, textWidth, wrapText } from "./text_width.ts";
import { ticks } from "./ticks.ts";

/** The way that an optimizer took. */
export interface LandscapePath {
  /** What it is; a name that the palette knows has a colour of its own. */
  name: string;
  /**
   * A colour of the palette.
   *
   * @default {that of its name, or the next free one}
   */
  color?: ColorName;
  /**
   * What stands at its end.
   *
   * @default {name}
   */
  label?: string;
  /** The two weights at each step, the start first. */
  points: readonly (readonly [number, number])[];
}

/** One landscape. */
export interface LandscapePanel {
  /** What distinguishes it from the others. */
  title?: string;
  /** The heights on an even grid over both domains: one array a row, the row of the least y first. */
  values: readonly ArrayLike<number>[];
  /** The ways through it. */
  paths?: readonly LandscapePath[];
}

/** Options for {@linkcode landscapeFigure}. */
export interface LandscapeFigureOptions extends FigureWords {
  /** The first weight; its `domain` is needed. */
  x: Axis;
  /** The second weight; its `domain` is needed. */
  y: Axis;
  /** The heights of a figure of one landscape. Either this or `panels`. */
  values?: readonly ArrayLike<number>[];
  /** The ways through it. */
  paths?: readonly LandscapePath[];
  /** Two or more landscapes side by side, over the same weights. */
  panels?: readonly LandscapePanel[];
  /**
   * What the heights are.
   *
   * @default {"loss"}
   */
  zLabel?: string;
  /**
   * The least and the greatest height.
   *
   * @default {as the values need}
   */
  domain?: readonly [number, number];
  /**
   * How many shades there are.
   *
   * @default {12}
   */
  levels?: number;
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

function assertGrid(maker: string, values: readonly ArrayLike<number>[]): void {
  const columns = values?.[0]?.length ?? 0;
  if (!(values?.length >= 2) || columns < 2 || values.some((row) => row.length !== columns)) {
    throw new RangeError(
      `Cannot make ${maker}: 'values' must be a grid of at least 2 × 2 numbers, with rows of one length`,
    );
  }
  for (const row of values) {
    for (let n = 0; n < columns; n++) {
      if (!Number.isFinite(row[n])) {
        throw new RangeError(`Cannot make ${maker}: 'values' has ${row[n]}, it must be finite`);
      }
    }
  }
}

/**
 * A loss over two weights as a landscape (the further from the paper, the higher), with the way of an optimizer through it: from a ring to a dot.
 * A way that never leaves its start is a ring around a dot.
 *
 * @param options Words, weights, heights, ways
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { landscapeFigure } from "@roundabout/roundabout/display";
 *
 * const at = [-1, -0.5, 0, 0.5, 1];
 * const figure = landscapeFigure({
 *   title: "A bowl leads to its bottom",
 *   alt: "A round valley; a path runs from the right edge to the middle.",
 *   x: { label: "weight 1", domain: [-1, 1] },
 *   y: { label: "weight 2", domain: [-1, 1] },
 *   values: at.map((v) => at.map((u) => u * u + v * v)),
 *   paths: [{ name: "gradient descent", points: [[0.9, 0], [0.4, 0], [0, 0]] }],
 * });
 * assertStringIncludes(figure.svg, "gradient descent");
 * ```
 */
export function landscapeFigure(options: LandscapeFigureOptions): Figure {
  const maker = "a landscape figure";
  assertWords(maker, options);
  const { title, x, y, zLabel = "loss", levels = 12, width = 640 } = options;
  if ((options.values === undefined) === (options.panels === undefined)) {
    throw new TypeError(`Cannot make ${maker}: either 'values' or 'panels' must be given`);
  }
  const panels = options.panels ?? [{ values: options.values ?? [], paths: options.paths }];
  panels.forEach(({ values }) => assertGrid(maker, values));
  for (const [name, axis] of [["x", x], ["y", y]] as const) {
    if (!axis?.domain || !(axis.domain[0] < axis.domain[1]) || !axis.label) {
      throw new TypeError(`Cannot make ${maker}: '${name}' must have a label and a domain that rises`);
    }
  }
  const [x0, x1] = x.domain as readonly [number, number], [y0, y1] = y.domain as readonly [number, number];
  const heights = panels.flatMap(({ values }) => values.flatMap((row) => Array.from(row)));
  const least = heights.reduce((a, b) => Math.min(a, b)), greatest = heights.reduce((a, b) => Math.max(a, b));
  const [low, high] = options.domain ?? [least, greatest];
  const thresholds = Array.from({ length: levels - 1 }, (_, n) => low + (high - low) * (n + 1) / levels);
  const opacity = Number((1 - 0.28 ** (1 / levels)).toFixed(4));

  const across = Math.floor((width + 12) / panels.length) - 12;
  const yTicks = ticks(y0, y1, 5, "linear", false);
  const left = Math.ceil(Math.max(...yTicks.values.map((value) => textWidth(yTicks.format(value))))) + 12;
  const size = across - left - 14;
  const tall = Math.min(size, 380);
  const xTicks = ticks(x0, x1, Math.max(2, Math.floor(size / 70)), "linear", false);
  const titles = panels.map((panel) => (panel.title ? wrapText(panel.title, across, fontSize, true) : []));
  const rows = Math.max(...titles.map((lines) => lines.length));
  const top = (rows + 1) * lineHeight + 8;
  const height = top + tall + 28 + lineHeight + 4;
  const head = titleBlock(title, width).height;

  const parts = panels.map(({ values, paths = [] }, n): Part => {
    const colors = colorsOf(paths);
    const flat = values.flatMap((row) => Array.from(row));
    const sx = (value: number): number => left + (value - x0) / (x1 - x0) * size;
    const sy = (value: number): number => top + tall - (value - y0) / (y1 - y0) * tall;
    const ways = paths.map(({ points, name, label = inWords(name) }, k) => {
      if (!Array.isArray(points) || points.length === 0) {
        throw new RangeError(`Cannot make ${maker}: 'points' of '${name}' is empty`);
      }
      const places = points.map(([a, b]): [number, number] => [sx(a), sy(b)]);
      const kept = simplify(places, 0.3).map((at) => points[at]);
      const still = places.every(([a, b]) => Math.hypot(a - places[0][0], b - places[0][1]) < 0.5);
      return { points: kept, color: colors[k], label, still, start: points[0], end: points[points.length - 1] };
    });
    const { markup } = renderPlot({
      width: across,
      height,
      marginLeft: left,
      marginRight: across - left - size,
      marginTop: top,
      marginBottom: height - top - tall,
      x: { type: "linear", domain: [x0, x1], axis: null },
      y: { type: "linear", domain: [y0, y1], axis: null },
      marks: [
        // Every level lays the same thin shade over those below it: the higher, the darker, on light and dark paper.
        Plot.contour(flat, {
          width: values[0].length,
          height: values.length,
          x1: x0,
          x2: x1,
          y1: y0,
          y2: y1,
          thresholds,
          smooth: true,
          fill: neutral("ink"),
          fillOpacity: opacity,
          stroke: neutral("paper"),
          strokeOpacity: 0.3,
          strokeWidth: 0.75,
        }),
        Plot.frame({ stroke: neutral("muted") }),
        ...ways.flatMap(({ points, color, still, start, end }) => {
          const line = { x: "0", y: "1", clip: "frame" as const, strokeLinejoin: "round" as const };
          const dot = { x: "0", y: "1", stroke: neutral("paper") };
          return [
            ...(still ? [] : [
              Plot.line(points, { ...line, stroke: neutral("paper"), strokeWidth: 6 }),
              Plot.line(points, {
                ...line,
                stroke: stroke(color),
                strokeWidth: 3,
                strokeDasharray: ways.length > 1 ? palette[color].dash || undefined : undefined,
              }),
            ]),
            Plot.dot([start], {
              ...dot,
              r: still ? 11 : 6.5,
              fill: neutral("paper"),
              stroke: stroke(color),
              strokeWidth: 2.5,
            }),
            Plot.dot([end], { ...dot, r: 6, fill: stroke(color), strokeWidth: 1.5 }),
          ];
        }),
      ],
    });
    const frame = [left, top, left + size, top + tall] as const;
    const words = [
      ...titles[n].map((line, k) => textElement(line, 4, fontSize + k * lineHeight, { bold: true })),
      textElement(y.label, 4, fontSize + rows * lineHeight, { fill: neutral("muted") }),
      ...yTicks.values.map((value) =>
        textElement(yTicks.format(value), left - 8, sy(value) + 0.34 * fontSize, {
          anchor: "end",
          fill: neutral("muted"),
        })
      ),
      ...tickWords(xTicks, sx, left, across, top + tall + 22),
      textElement(x.label, left + size / 2, top + tall + 28 + fontSize, { anchor: "middle", fill: neutral("muted") }),
      ...markWords(
        ways.map(({ end, label, color }) => ({ x: end[0], y: end[1], label, color })),
        ways,
        sx,
        sy,
        frame,
      ),
    ];
    return { x: n * (across + 12), y: head, markup: [lighten(markup), ...words].join("\n") };
  });
  return makeFigure(
    svgDocument(title, width, head + height + 38, [
      ...parts,
      scaleBar(zLabel, low, high, levels, opacity, head + height + 8),
    ]),
    options,
  );
}

/** Contours with far fewer points, none of them more than a quarter of a unit off. */
function lighten(markup: string): string {
  return markup.replace(/ d="(M[^"]*Z)"/g, (_, d: string) => {
    const rings = d.slice(1).replace(/Z$/, "").split("ZM").map((ring) => {
      const places = ring.split("L").map((pair): [number, number] => pair.split(",").map(Number) as [number, number]);
      return simplify([...places, places[0]], 0.25).slice(0, -1)
        .map((n) => places[n].map((value) => String(Math.round(value * 10) / 10)).join(",")).join("L");
    });
    return ` d="M${rings.join("Z\nM")}Z"`;
  });
}

/** What the shades mean. */
function scaleBar(zLabel: string, low: number, high: number, levels: number, opacity: number, y: number): Part {
  const label = `${zLabel} ${formatNumber(low, 2)}`;
  const from = textWidth(label) + 8, step = 14;
  const boxes = Array.from({ length: levels }, (_, n) =>
    element("rect", {
      x: from + n * step,
      y: 3,
      width: step,
      height: 16,
      fill: neutral("ink"),
      "fill-opacity": String(Number((1 - (1 - opacity) ** n).toFixed(4))),
    }));
  const frame = element("rect", {
    x: from,
    y: 3,
    width: step * levels,
    height: 16,
    fill: "none",
    stroke: neutral("muted"),
  });
  return {
    x: 4,
    y,
    markup: [
      textElement(label, 0, fontSize - 1, { fill: neutral("muted") }),
      ...boxes,
      frame,
      textElement(formatNumber(high, 2), from + step * levels + 8, fontSize - 1, { fill: neutral("muted") }),
    ].join("\n"),
  };
}

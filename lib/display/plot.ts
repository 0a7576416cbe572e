import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { formatNumber, superscript } from "../numerics/format.ts";
import { escapeHtml } from "./output.ts";
import { neutral, paletteCss } from "./palette.ts";

/** The size of all words in a figure: 11 pixels on a phone, which shows a width of 640 in 390 pixels. */
export const fontSize = 18;
/** The height of a line of words. */
export const lineHeight = 22;
/** The usual margins around a frame: a label above it, ticks at its left, ticks and a label below it. */
export const margins = { marginTop: 36, marginLeft: 66, marginBottom: 58 } as const;
/** The system's own typeface, so that a figure loads nothing. */
const fontFamily = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, sans-serif";

/** The room for `text` in a wide typeface. Plot measures no text, so that margins need an estimate. */
export const roomFor = (text: string): number =>
  Math.ceil(0.6 * fontSize * Math.max(...text.split("\n").map((line) => line.length)));

/** Breaks `text` into lines of at most `most` characters if its words allow that; a no-break space holds. */
export function wrap(text: string, most: number): string {
  const lines: string[] = [];
  for (const word of text.trim().split(/[ \n\t]+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** Rounds a coordinate: a difference in the last bit between processors must not change a figure. */
const short = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)) + 0);

/** The part of linkedom's DOM that is read here. */
interface DomNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<DomNode>;
  attributes: Iterable<{ name: string; value: string }>;
  getAttribute(name: string): string | null;
}

/** The attributes that mean nothing in an image. */
const dropped = /^(aria-|class$|font-variant$)/;
const geometry = /^(d|transform|x|y|x1|x2|y1|y2|r|cx|cy|dx|dy|width|height|points|stroke-width)$/;

/** Writes a node as text: attributes in alphabetical order, coordinates rounded, one element per line. */
function serialize(node: DomNode): string {
  if (node.nodeType === 3) return escapeHtml(node.textContent ?? "");
  if (node.nodeType !== 1) return "";
  const name = node.nodeName.toLowerCase() === "clippath" ? "clipPath" : node.nodeName.toLowerCase();
  if (name === "style") return "";
  const attributes = [...node.attributes]
    .filter((attribute) => !dropped.test(attribute.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name: key, value }) => {
      const text = geometry.test(key)
        ? value.replace(/-?\d*\.\d+(?:e-?\d+)?/g, (number) => short(Number(number), key === "d" ? 1 : 2))
        : value;
      return ` ${key}="${escapeHtml(text === "currentColor" ? neutral("ink") : text)}"`;
    })
    .join("");
  const children = [...node.childNodes].map(serialize).filter((child) => child !== "");
  if (children.length === 0) return name === "g" || name === "text" ? "" : `<${name}${attributes}/>`;
  const inside = name === "g" || name === "clipPath" ? `\n${children.join("\n")}\n` : children.join("");
  return `<${name}${attributes}>${inside}</${name}>`;
}

/** Renders a plot without a browser. */
function render(options: Plot.PlotOptions): ReturnType<typeof Plot.plot> & DomNode {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as { document: never };
  return Plot.plot({ ...options, document, style: { fontSize: `${fontSize}px` } }) as unknown as
    & ReturnType<typeof Plot.plot>
    & DomNode;
}

/** A position scale of a plot: its domain, and the map from a value to a place in the drawing and back. */
interface Scale {
  domain: [number, number];
  apply(value: number): number;
  invert(place: number): number;
}

/** The position scales of the plot that `options` describe; Plot derives their domains from the marks. */
export function scalesOf(options: Plot.PlotOptions): { x: Scale; y: Scale } {
  const plot = render(options);
  return { x: plot.scale("x") as unknown as Scale, y: plot.scale("y") as unknown as Scale };
}

/**
 * Makes a figure of plots, one below the other. Its bytes depend on the options only: coordinates are rounded, and
 * Plot's running numbers of clip paths are counted anew.
 *
 * @throws {TypeError} `words` lack a title or an alternative text.
 */
export function plotFigure(words: FigureWords, plots: readonly Plot.PlotOptions[]): Figure {
  let width = 0, height = 0;
  const parts = plots.map((options) => {
    const plot = render(options);
    const markup = [...plot.childNodes as unknown as Iterable<DomNode>].map(serialize).filter((part) => part !== "");
    const part = `<g transform="translate(0,${height})">\n${markup.join("\n")}\n</g>`;
    width = Math.max(width, Number(plot.getAttribute("width")));
    height += Number(plot.getAttribute("height"));
    return part;
  });
  const ids = new Map<string, string>();
  const body = parts.join("\n").replace(/plot-clip-\d+/g, (id) => {
    if (!ids.has(id)) ids.set(id, `clip-${ids.size}`);
    return ids.get(id)!;
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="${fontFamily}" font-size="${fontSize}" fill="${
      neutral("ink")
    }" text-anchor="middle">`;
  const drawing = `<rect fill="${neutral("paper")}" height="${height}" width="${width}"/>\n${body}\n</svg>`;
  const dark = paletteCss("dark").split("\n").filter((line) => `${head}${drawing}`.includes(`(${line.split(":")[0]},`));
  const style = `<style>@media (prefers-color-scheme: dark) { svg { ${dark.join(" ")} } }</style>`;
  const svg = `${head}\n${style}\n${drawing}`;
  return makeFigure(svg, words);
}

/** An axis of a figure. */
export interface Axis {
  /** The quantity with its unit: `"training time (epochs)"`. */
  label: string;
  /**
   * Its first and last value.
   *
   * @default {the extent of the data}
   */
  domain?: readonly [number, number];
  /**
   * The kind of scale.
   *
   * @default {"linear"}
   */
  type?: "linear" | "log";
  /**
   * The values that have a tick.
   *
   * @default {Plot's}
   */
  ticks?: readonly number[];
  /**
   * The text of a tick.
   *
   * @default {Plot's; on a logarithmic axis powers of ten}
   */
  format?: (value: number) => string;
}

/** Writes a power of ten, and nothing for another number: Plot's own ticks on a logarithmic axis have no such form. */
function powerOfTen(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(Math.log10(value) - exponent) > 1e-9) return "";
  return Math.abs(exponent) <= 3 ? String(Number(`1e${exponent}`)) : `10${superscript(exponent)}`;
}

/** Returns the options of Plot's scale for an axis; a linear axis whose domain follows the data ends at round values. */
export const scaleOf = ({ domain, type = "linear" }: Axis): Plot.ScaleOptions => ({
  type,
  axis: null,
  ...(domain === undefined ? { nice: true } : { domain: [...domain] }),
});

const muted = { color: neutral("muted"), labelArrow: "none" } as const;
const grid = { stroke: neutral("grid"), strokeOpacity: 1 };

/** Returns the options of an axis' ticks: on a logarithmic axis wide enough apart for Plot to leave out minor ticks. */
function ticksOf({ type, ticks, format }: Axis, tickSpacing: number) {
  const text = format ?? (type !== "log" ? undefined : ticks ? formatNumber : powerOfTen);
  return { tickSpacing: type === "log" ? 1.75 * tickSpacing : tickSpacing, text };
}

/** Returns grid, ticks and label of the axis from left to right; only the grid if it is not `labelled`. */
export function axisX(axis: Axis, { labelled = true } = {}): Plot.Markish[] {
  const { tickSpacing, ...text } = ticksOf(axis, 85);
  return [
    Plot.gridX(axis.ticks, { ...grid, tickSpacing }),
    labelled
      ? Plot.axisX(axis.ticks, {
        ...muted,
        tickSpacing,
        ...text,
        label: axis.label,
        labelAnchor: "center",
        labelOffset: 48,
      })
      : null,
  ];
}

/** Returns grid, ticks and label of the axis from bottom to top; the label stands above the frame. */
export function axisY(axis: Axis): Plot.Markish[] {
  const { tickSpacing, ...text } = ticksOf(axis, 50);
  return [
    Plot.gridY(axis.ticks, { ...grid, tickSpacing }),
    Plot.axisY(axis.ticks, { ...muted, tickSpacing, ...text, label: axis.label, labelAnchor: "top" }),
  ];
}

import { parseHTML } from "linkedom";
import * as Plot from "@observablehq/plot";
import { escapeHtml } from "./escape.ts";
import { neutral } from "./palette.ts";
import { fontFamily, fontSize, titleSize, wrapText } from "./text_width.ts";

/** Two decimals at most: what a processor rounds differently in the last bit must not change a figure. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/** The attributes of an element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG element as text. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? short(value) : escapeHtml(String(value))}"`)
    .join("");
  return content === "" ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

/** Where words are anchored. */
export type Anchor = "start" | "middle" | "end";

/** Words in a figure. */
export function textElement(
  text: string,
  x: number,
  y: number,
  { fill = neutral("ink"), anchor = "start", bold = false, size, halo = false, rotate }: {
    fill?: string;
    anchor?: Anchor;
    bold?: boolean;
    size?: number;
    halo?: boolean;
    rotate?: number;
  } = {},
): string {
  return element("text", {
    x,
    y,
    fill,
    "text-anchor": anchor === "start" ? undefined : anchor,
    "font-weight": bold ? "bold" : undefined,
    "font-size": size,
    transform: rotate === undefined ? undefined : `rotate(${rotate} ${short(x)} ${short(y)})`,
    ...(halo
      ? { stroke: neutral("paper"), "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" }
      : {}),
  }, escapeHtml(text));
}

/** What the DOM of linkedom offers of a node here. */
interface DomNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<DomNode>;
  attributes: Iterable<{ name: string; value: string }>;
}

/** A rendered plot: its markup, and its scales. */
export interface RenderedPlot {
  /** What is inside the `<svg>`. */
  markup: string;
  /** The scale of an axis. */
  scale(name: "x" | "y"): (value: number) => number;
}

/** Attributes that say nothing in an image, or that Plot makes of a random or running number. */
const dropped = /^(aria-|class$|font-variant$)/;
const geometry = /^(d|transform|x|y|x1|x2|y1|y2|r|cx|cy|width|height|points|stroke-width)$/;

/** A node as text: attributes in alphabetical order, coordinates shortened, an element a line. */
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
        ? value.replace(/-?\d*\.\d+(?:e-?\d+)?/g, (number) => short(Number(number)))
        : value;
      return ` ${key}="${escapeHtml(text === "currentColor" ? neutral("ink") : text)}"`;
    })
    .join("");
  const children = [...node.childNodes].map(serialize).filter((child) => child !== "");
  if (children.length === 0) return name === "g" || name === "text" ? "" : `<${name}${attributes}/>`;
  const inside = name === "g" || name === "clipPath" ? `\n${children.join("\n")}\n` : children.join("");
  return `<${name}${attributes}>${inside}</${name}>`;
}

/** Renders a plot without a browser, and without anything in it that changes from run to run. */
export function renderPlot(options: Plot.PlotOptions): RenderedPlot {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as { document: never };
  const plot = Plot.plot({ ...options, document, className: "rb-plot", style: { fontSize: `${fontSize}px` } });
  const root = plot as unknown as DomNode;
  const markup = [...root.childNodes].map(serialize).filter((part) => part !== "").join("\n");
  return {
    markup,
    scale(name) {
      const scale = (plot as unknown as { scale(name: string): { apply(value: number): number } }).scale(name);
      return (value) => scale.apply(value);
    },
  };
}

/** A part of a figure with its place. */
export interface Part {
  x: number;
  y: number;
  markup: string;
}

/** The lines of a title, and the height they take with the space beneath. */
export function titleBlock(title: string, width: number): { lines: string[]; height: number } {
  const lines = wrapText(title, width - 12, titleSize, true);
  return { lines, height: lines.length * (titleSize + 5) + 10 };
}

/** The whole image: paper, title, parts. */
export function svgDocument(title: string, width: number, height: number, parts: readonly Part[]): string {
  const { lines } = titleBlock(title, width);
  const body = [
    element("rect", { width, height, fill: neutral("paper") }),
    ...lines.map((line, index) =>
      textElement(line, 4, titleSize + 1 + index * (titleSize + 5), { bold: true, size: titleSize })
    ),
    ...parts.map(({ x, y, markup }) =>
      element("g", { transform: `translate(${short(x)},${short(y)})` }, `\n${markup}\n`)
    ),
  ];
  const named = prefixIds(body.join("\n"));
  return element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${short(width)} ${short(height)}`,
    width,
    height,
    "font-family": fontFamily,
    "font-size": fontSize,
    fill: neutral("ink"),
  }, `\n${named}\n`);
}

/** Ids that follow from the content, so that two figures can stand in line in one page. */
function prefixIds(markup: string): string {
  const ids = [...markup.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
  if (ids.length === 0) return markup;
  const plain = ids.reduce(
    (text, id, n) => text.replaceAll(`"${id}"`, `"clip-${n}"`).replaceAll(`(#${id})`, `(#clip-${n})`),
    markup,
  );
  const hash = fnv1a(plain);
  return plain.replace(/(["#])clip-(\d+)/g, `$1rb-${hash}-$2`);
}

/** A short name for a text (FNV-1a, 32 bits). */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

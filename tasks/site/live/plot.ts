/// <reference lib="dom" />
/**
 * Drawings of the figures that move: a frame with axes, and the pointer on it.
 *
 * @module
 */
import { fixed } from "../../../lib/numerics/format.ts";
import { html, svg } from "./dom.ts";

/** Axis: its ends, its ticks, and the words of a tick. */
export interface Axis {
  label: string;
  domain: readonly [number, number];
  ticks: readonly number[];
  log?: boolean;
  text?: (value: number) => string;
}

/** Frame of a drawing: the maps from values to places, the layer to draw in, and the whole. */
export interface Frame {
  readonly root: SVGSVGElement;
  readonly layer: SVGGElement;
  /** Canvas under the layer, for a map. */
  readonly canvas: HTMLCanvasElement;
  readonly box: HTMLElement;
  x(value: number): number;
  y(value: number): number;
}

/** Place of the frame in its drawing. */
const inner = { left: 44, top: 30, right: 18, bottom: 44 } as const;

/** Writes a number with two decimals, if nothing else is said. */
export const number = (value: number, digits = 2): string => fixed(value, digits);

const scale = ({ domain: [low, high], log }: Axis, from: number, to: number) => {
  const at = (value: number) => log ? Math.log(value) : value, [a, b] = [at(low), at(high)];
  return {
    apply: (value: number) => from + (at(value) - a) / (b - a) * (to - from),
    invert: (place: number) => {
      const value = a + (place - from) / (to - from) * (b - a);
      return Math.min(high, Math.max(low, log ? Math.exp(value) : value));
    },
  };
};

/** Makes a frame with axes; `alt` describes the drawing. */
export function frame(
  options: { title?: string; alt: string; width?: number; height: number; x: Axis; y: Axis },
  onPointer?: (x: number, y: number, begins: boolean) => void,
): Frame {
  const { title, alt, width = 360, height } = options, { left, top, right, bottom } = inner;
  const x = scale(options.x, left, width - right), y = scale(options.y, height - bottom, top);
  const words = (text: string, attributes: Record<string, string | number>) =>
    svg("text", { fill: "var(--rb-muted)", ...attributes }, text);
  const layer = svg("g", {});
  const root = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": alt, "font-size": 14, "text-anchor": "middle" },
    ...options.x.ticks.flatMap((tick) => [
      svg("line", { x1: x.apply(tick), x2: x.apply(tick), y1: top, y2: height - bottom, stroke: "var(--rb-grid)" }),
      words((options.x.text ?? String)(tick), { x: x.apply(tick), y: height - bottom + 17 }),
    ]),
    ...options.y.ticks.flatMap((tick) => [
      svg("line", { x1: left, x2: width - right, y1: y.apply(tick), y2: y.apply(tick), stroke: "var(--rb-grid)" }),
      words((options.y.text ?? String)(tick), { x: left - 7, y: y.apply(tick) + 5, "text-anchor": "end" }),
    ]),
    words(options.x.label, { x: (left + width - right) / 2, y: height - 8 }),
    words(options.y.label, { x: 2, y: 18, "text-anchor": "start" }),
    ...(title
      ? [
        svg(
          "text",
          { x: width - right, y: 18, "text-anchor": "end", "font-weight": 650, fill: "var(--rb-ink)" },
          title,
        ),
      ]
      : []),
    layer,
  );
  const share = (value: number, whole: number) => `${100 * value / whole}%`;
  const canvas = html("canvas", { "aria-hidden": "true" });
  Object.assign(canvas.style, {
    left: share(left, width),
    top: share(top, height),
    width: share(width - left - right, width),
    height: share(height - top - bottom, height),
  });
  const box = html("div", { class: "frame-box" }, canvas, root);
  if (onPointer) followPointer(root, (px, py, begins) => onPointer(x.invert(px), y.invert(py), begins));
  return { root, layer, canvas, box, x: x.apply, y: y.apply };
}

/** Calls a function with the pointer's place while it is pressed on a drawing. */
function followPointer(root: SVGSVGElement, onPointer: (x: number, y: number, begins: boolean) => void): void {
  root.classList.add("pointed");
  const follow = (event: PointerEvent, begins: boolean) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(root.getScreenCTM()!.inverse());
    onPointer(x, y, begins);
  };
  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    root.setPointerCapture(event.pointerId);
    follow(event, true);
  });
  root.addEventListener("pointermove", (event) => {
    if (root.hasPointerCapture(event.pointerId)) follow(event, false);
  });
}

/** Writes the path of a line through points. */
export const path = (points: readonly (readonly [number, number])[], { x, y }: Frame): string =>
  points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)},${y(b).toFixed(1)}`).join("");

/** Draws an arrow; one of length 0 is a hollow cross. */
export function arrow(x: number, y: number, dx: number, dy: number, color: string): SVGElement {
  const length = Math.hypot(dx, dy);
  if (length === 0) {
    const d = `M${x - 5},${y - 5}l10,10M${x - 5},${y + 5}l10,-10`;
    return svg(
      "g",
      { fill: "none", "stroke-linecap": "round" },
      svg("path", { d, stroke: color, "stroke-width": 5 }),
      svg("path", { d, stroke: "var(--rb-paper)", "stroke-width": 2 }),
    );
  }
  const [ux, uy] = [dx / length, dy / length], [ex, ey] = [x + dx, y + dy], head = Math.min(8, length);
  const d = `M${x},${y}L${ex},${ey}M${ex - head * (ux + uy * 0.6)},${ey - head * (uy - ux * 0.6)}L${ex},${ey}L${
    ex - head * (ux - uy * 0.6)
  },${ey - head * (uy + ux * 0.6)}`;
  return svg("path", { d, fill: "none", stroke: color, "stroke-width": 2.5, "stroke-linecap": "round" });
}

/** Length of an arrow in the drawing for a gradient, on a logarithmic scale from 10⁻⁸ to 10; 0 for 0. */
export const arrowLength = (gradient: number, most: number): number =>
  gradient === 0 ? 0 : most * Math.min(1, Math.max(0.12, (Math.log10(Math.abs(gradient)) + 8) / 9));

/** Calls a function now and whenever the colours of the page change. */
export function withColors(draw: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}

/** Shades of a canvas. */
const levels = 12;

/** Shades a canvas by heights on a grid, the first row on top: darker means more. */
export function shade(
  canvas: HTMLCanvasElement,
  size: readonly [width: number, height: number],
  height: (column: number, row: number) => number,
  [low, high]: readonly [number, number],
): void {
  const [width, rows] = size, pen = canvas.getContext("2d")!, image = pen.createImageData(width, rows);
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--rb-ink").trim();
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < width; column++, at += 4) {
      const level = Math.round((height(column, row) - low) / (high - low) * levels);
      const opacity = 1 - 0.28 ** (Math.min(levels, Math.max(0, level)) / levels);
      [image.data[at], image.data[at + 1], image.data[at + 2], image.data[at + 3]] = [red, green, blue, 255 * opacity];
    }
  }
  [canvas.width, canvas.height] = size;
  pen.putImageData(image, 0, 0);
}

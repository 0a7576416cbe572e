import { fromDataUri } from "./data_uri.ts";
import { escapeHtml, unescapeHtml } from "./escape.ts";

const image = /<img\b[^>]*?\bsrc=(?:'(data:image\/svg\+xml,[^']*)'|"(data:image\/svg\+xml,[^"]*)")[^>]*>/g;

/**
 * Puts every figure of an HTML fragment in line: each `<img src='data:image/svg+xml,…'>` that
 * {@linkcode Figure} made becomes its `<svg role="img" aria-label="…">`, which CSS variables then colour.
 *
 * @param html A fragment, such as a cell's `text/html`
 * @returns The fragment with its figures in line; everything else as it was
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { bundle, curveFigure, decodeFigures } from "@roundabout/roundabout/display";
 *
 * const figure = curveFigure({
 *   title: "A line rises",
 *   alt: "A straight line from 0 to 1.",
 *   x: { label: "input" },
 *   y: { label: "output" },
 *   series: [{ name: "identity", points: [[0, 0], [1, 1]] }],
 * });
 * const html = decodeFigures((await bundle(figure))["text/html"]);
 * assertStringIncludes(html, '<svg role="img" aria-label="A line rises. A straight line from 0 to 1."');
 * ```
 */
export function decodeFigures(html: string): string {
  return html.replace(image, (tag: string, single?: string, double?: string) => {
    const svg = fromDataUri(unescapeHtml(single ?? double ?? ""));
    const [, alt = ""] = /\balt="([^"]*)"/.exec(tag) ?? [];
    return svg.replace(/^<svg\b/, `<svg role="img" aria-label="${escapeHtml(unescapeHtml(alt))}"`);
  });
}

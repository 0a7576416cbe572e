import MarkdownIt from "markdown-it";
import { type Figure, figureHtml } from "./figure.ts";
import { formatNumber } from "../numerics/format.ts";
import { escapeHtml, makeOutput, type Output } from "./output.ts";

const parser = MarkdownIt({ html: false, linkify: false, typographer: false });

// MathJax (JupyterLab) or KaTeX (the write-up) renders TeX later; markdown must not read its `_` and `*`.
parser.inline.ruler.before("escape", "rb_tex", (state, silent) => {
  const start = state.pos;
  const source = state.src;
  if (source[start] !== "$") return false;
  const mark = source.startsWith("$$", start) ? "$$" : "$";
  const end = closing(source, start + mark.length, mark);
  if (end < 0) return false;
  if (!silent) state.push("rb_tex", "", 0).content = source.slice(start, end + mark.length);
  state.pos = end + mark.length;
  return true;
});
parser.renderer.rules.rb_tex = (tokens, index) => {
  const { content } = tokens[index];
  return `<span class="rb-tex${content.startsWith("$$") ? " rb-tex-display" : ""}">${escapeHtml(content)}</span>`;
};

/** Returns the end of TeX that begins at `from`, or -1: `$5 and $6` is money. */
function closing(source: string, from: number, mark: string): number {
  for (let end = source.indexOf(mark, from); end >= 0; end = source.indexOf(mark, end + 1)) {
    if (source[end - 1] === "\\" || end === from) continue;
    if (mark === "$$") return end;
    if (/\s/.test(source[from]) || /\s/.test(source[end - 1])) return -1;
    return /\d/.test(source[end + 1] ?? "") ? -1 : end;
  }
  return -1;
}

/** Makes an output of a figure. */
export const figureOutput = (figure: Figure): Output =>
  makeOutput(figureHtml(figure, renderInline(figure.caption)), figure.text);

/** Renders a caption or another single line as HTML. */
export const renderInline = (source: string): string => parser.renderInline(source);

/**
 * Renders markdown with TeX between `$…$` or `$$…$$`. HTML in the source is escaped.
 *
 * @param source The markdown. The indent that all lines share is removed. A line that is indented further continues the
 * line before it, so that a long sentence may be broken in a cell
 * @returns An output for {@linkcode show}
 * @throws {TypeError} `source` is not a string.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { markdown } from "@roundabout/roundabout/display";
 *
 * assertEquals(markdown("*Slope* $s'(t)$").html, '<p><em>Slope</em> <span class="rb-tex">$s&#39;(t)$</span></p>');
 * ```
 */
export function markdown(source: string): Output {
  if (typeof source !== "string") {
    throw new TypeError(`Cannot make markdown: 'source' is of type ${typeof source}, it must be a string`);
  }
  const text = unwrap(dedent(source));
  return makeOutput(parser.render(text).trim(), text);
}

/**
 * Renders a tagged template as {@linkcode markdown}. Backslashes stay as they are written; numbers are formatted.
 *
 * @param strings The text of the template
 * @param values The values in the template
 * @returns An output for {@linkcode show}
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { md } from "@roundabout/roundabout/display";
 *
 * assertEquals(md`Precision is **${2 / 3}**, not $\frac{1}{2}$.`.text, "Precision is **0.6667**, not $\\frac{1}{2}$.");
 * ```
 */
export function md(strings: TemplateStringsArray, ...values: unknown[]): Output {
  const words = (value: unknown): string => typeof value === "number" ? formatNumber(value) : String(value);
  return markdown(strings.raw.map((part, n) => (n < values.length ? part + words(values[n]) : part)).join(""));
}

/** Removes the indent that all lines share. */
function dedent(source: string): string {
  const lines = source.replace(/^[ \t]*\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const indent = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join("\n");
}

/** Joins to a line the indented lines after it, except those that begin a list, a table or a quotation. */
function unwrap(source: string): string {
  if (source.includes("```")) return source; // indents of code have a meaning
  const paragraphs = source.split(/\n[ \t]*\n/);
  return paragraphs.map((paragraph) =>
    /^(?: {4}|\t)/.test(paragraph) ? paragraph : paragraph.replace(/\n[ \t]+(?=\S)(?![-*+] |[|>#]|\d+\. )/g, " ")
  ).join("\n\n");
}

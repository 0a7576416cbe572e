import MarkdownIt from "markdown-it";
import { formatNumber } from "./format.ts";
import { escapeHtml, makeOutput, type Output } from "./output.ts";

const parser = MarkdownIt({ html: false, linkify: false, typographer: false });

// TeX stays as it is, for MathJax (JupyterLab) or KaTeX (the write-up); markdown must not see its `_` and `*`.
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

/** Where TeX that begins at `from` ends, or -1: `$5 and $6` is money. */
function closing(source: string, from: number, mark: string): number {
  for (let end = source.indexOf(mark, from); end >= 0; end = source.indexOf(mark, end + 1)) {
    if (source[end - 1] === "\\" || end === from) continue;
    if (mark === "$$") return end;
    if (/\s/.test(source[from]) || /\s/.test(source[end - 1])) return -1;
    return /\d/.test(source[end + 1] ?? "") ? -1 : end;
  }
  return -1;
}

/** The HTML of a caption or another single line. */
export const renderInline = (source: string): string => parser.renderInline(source);

/**
 * Markdown with TeX between `$…$` or `$$…$$`. HTML in it is shown, not obeyed.
 *
 * @param source The markdown; what all its lines are indented by is taken off, and a line that is indented further goes
 * on with the one before, so that a long sentence may be broken in a cell
 * @returns What {@linkcode show} takes
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
 * {@linkcode markdown} as a tagged template: backslashes stay as they are written, numbers are formatted.
 *
 * @param strings The words
 * @param values What stands between them
 * @returns What {@linkcode show} takes
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

/** Takes off what all lines are indented by. */
function dedent(source: string): string {
  const lines = source.replace(/^[ \t]*\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)![0].length);
  const indent = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join("\n");
}

/** Joins to a line what goes on with it: an indented line that begins no list, table or quotation of its own. */
function unwrap(source: string): string {
  if (source.includes("```")) return source; // the indents of code are its own
  const paragraphs = source.split(/\n[ \t]*\n/);
  return paragraphs.map((paragraph) =>
    /^(?: {4}|\t)/.test(paragraph) ? paragraph : paragraph.replace(/\n[ \t]+(?=\S)(?![-*+] |[|>#]|\d+\. )/g, " ")
  ).join("\n\n");
}

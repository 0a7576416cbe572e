/**
 * Renders the outputs of a code cell as HTML.
 *
 * @module
 */
import { cleanHtml, type CleanOptions } from "./clean.ts";
import { codeBlock } from "./highlight.ts";
import { escapeHtml, type Slots, unescapeHtml } from "./html.ts";
import { toDataUri } from "../../lib/display/figure.ts";
import { renderMathIn } from "./math.ts";
import type { MimeBundle, Output } from "../notebook_format.ts";

/** Options of {@linkcode renderOutputs}. */
type OutputOptions = Omit<CleanOptions, "headings">;

/** Number of lines or rows above which an output is folded. */
const foldAbove = 24;

// deno-lint-ignore no-control-regex
const ansi = /\x1b\[[0-9;?]*[A-Za-z]/g;

function fold(html: string, count: number, unit: string): string {
  if (count <= foldAbove) return html;
  return `<details class="fold"><summary>Output, ${count} ${unit}</summary>\n${html}\n</details>`;
}

function textBlock(text: string, label: string, className: string): string {
  const plain = text.replace(ansi, "").replace(/[^\n]*\r(?!\n)/g, "").replace(/\s+$/, "");
  if (plain === "") return "";
  const block = `<pre class="${className}" data-scroll tabindex="0" role="group" aria-label="${label}">${
    escapeHtml(plain)
  }</pre>`;
  return fold(block, plain.split("\n").length, "lines");
}

function renderBundle(data: MimeBundle, options: OutputOptions): string {
  const of = (type: string) => typeof data[type] === "string" ? data[type] : undefined;
  const plain = of("text/plain") ?? "";
  const html = of("text/html");
  const svg = of("image/svg+xml");
  if (html !== undefined) {
    return fold(
      cleanHtml(codeIn(html, options.slots), { ...options, headings: false }),
      html.split(/<tr\b/).length - 1,
      "rows",
    );
  }
  const label = plain || "Picture without a description";
  if (svg !== undefined) {
    const image = `<img alt="${escapeHtml(label)}" src='${toDataUri(svg)}'>`;
    return cleanHtml(`<figure class="rb-figure">${image}</figure>`, { ...options, headings: false });
  }
  for (const type of ["image/png", "image/jpeg"]) {
    const image = of(type)?.replace(/\s+/g, "");
    if (image) {
      return `<figure class="rb-figure"><img src="data:${type};base64,${image}" alt="${escapeHtml(label)}"></figure>`;
    }
  }
  const tex = of("text/latex") ?? of("text/markdown");
  if (tex !== undefined) {
    return `<p>${renderMathIn(tex, { where: options.where, slots: options.slots, other: escapeHtml })}</p>`;
  }
  return textBlock(plain, "Output", "plain");
}

/** Renders code in an output as the code of the page is: with colours, in a box that scrolls. */
const codeIn = (html: string, slots: Slots): string =>
  html.replace(
    /<pre><code class="language-(\w+)">([\s\S]*?)<\/code><\/pre>/g,
    (_all, language, text) => slots.put(codeBlock(unescapeHtml(text), language, `Code, ${language}`, true)),
  );

/** Joins consecutive pieces of the same stream. */
function joinStreams(outputs: Output[]): Output[] {
  const joined: Output[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      joined[joined.length - 1] = { ...last, text: last.text + output.text };
    } else joined.push(output);
  }
  return joined;
}

/** Renders one output. */
function renderOutput(output: Output, options: OutputOptions): string {
  switch (output.output_type) {
    case "stream": {
      const name = output.name === "stderr" ? "Standard error" : "Standard output";
      return textBlock(output.text, name, `plain ${output.name === "stderr" ? "stderr" : "stdout"}`);
    }
    case "error": {
      const trace = textBlock(output.traceback.join("\n"), "Stack of the error", "plain");
      const said = `<p><strong>${escapeHtml(output.ename)}:</strong> ${escapeHtml(output.evalue)}</p>`;
      return `<div class="error">${said}${trace}</div>`;
    }
    default:
      return renderBundle(output.data, options);
  }
}

/** Renders all outputs of a cell; the empty string if there are none. */
export function renderOutputs(outputs: Output[], options: OutputOptions): string {
  const parts = joinStreams(outputs).map((output) => renderOutput(output, options)).filter((html) => html !== "");
  if (parts.length === 0) return "";
  const wide = parts.some((html) => /rb-figure|rb-row/.test(html)) ? " wide" : "";
  return `<div class="output${wide}">\n${parts.join("\n")}\n</div>\n`;
}

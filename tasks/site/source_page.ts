/**
 * Renders a file of the project as a page, for links to it.
 *
 * @module
 */
import { escapeHtml } from "./html.ts";
import { codeBox, highlight, splitLines } from "./highlight.ts";

const languageOf: Record<string, string> = {
  ts: "typescript",
  js: "typescript",
  mjs: "typescript",
  json: "json",
  jsonc: "json",
  ipynb: "json",
  py: "python",
  r: "r",
  md: "markdown",
  sh: "bash",
  cff: "yaml",
  yaml: "yaml",
  yml: "yaml",
};

/** Renders the content of the page of `text`, the file at `path`; each line has the anchor `L` and its number. */
export function sourceMain(path: string, text: string): string {
  const language = languageOf[path.split(".").at(-1)!.toLowerCase()];
  const lines = splitLines(highlight(text.replace(/\r\n/g, "\n").replace(/\n$/, ""), language))
    .map((line, index) => `<span class="line" id="L${index + 1}">${line}</span>`);
  const name = escapeHtml(path);
  return `<article>
<h1><code>${name.replaceAll("/", "/<wbr>")}</code></h1>
${
    codeBox(
      `<pre class="code numbered" data-scroll tabindex="0" role="group" aria-label="${name}"><code>${
        lines.join("\n")
      }</code></pre>`,
    )
  }
</article>`;
}

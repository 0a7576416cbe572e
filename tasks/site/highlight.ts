/**
 * Marks the words of code for the style sheet to colour, in boxes and on pages of files.
 *
 * @module
 */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import { escapeHtml } from "./html.ts";

const languages = { bash, json, markdown, python, r, typescript, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.registerAliases(["js", "javascript"], { languageName: "typescript" });

/** Marks the words of `code`; an unknown or empty language leaves it plain. */
function highlight(code: string, language: string | undefined): string {
  const name = language?.toLowerCase() ?? "";
  return hljs.getLanguage(name) ? hljs.highlight(code, { language: name }).value : escapeHtml(code);
}

/** Splits marked code into lines; a mark that spans lines is closed at the end of each line and opened again. */
export function splitLines(marked: string): string[] {
  let open: string[] = [];
  return marked.split("\n").map((line) => {
    const before = open.join("");
    const now = [...open];
    for (const [tag] of line.matchAll(/<\/?span[^>]*>/g)) {
      if (tag.startsWith("</")) now.pop();
      else now.push(tag);
    }
    open = now;
    return before + line + "</span>".repeat(now.length);
  });
}

/** Number of characters above which a line makes its block wider than the text. */
const widest = 69;

/** Puts a block of code into the box to which the page's script adds a button. */
const codeBox = (pre: string, className = ""): string => `<div class="code-box${className}">${pre}</div>`;

/** Renders a block of code that scrolls in its own box; at the page's top level it may be wider than the text. */
export function codeBlock(code: string, language: string | undefined, label: string, top = false): string {
  const text = code.replace(/\n+$/, "");
  const wide = top && text.split("\n").some((line) => line.length > widest) ? " wide" : "";
  const words = language === "text" ? " words" : "";
  return codeBox(
    `<pre class="code${words}" data-scroll tabindex="0" role="group" aria-label="${escapeHtml(label)}"><code>${
      highlight(text, language)
    }</code></pre>`,
    wide,
  );
}

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

/**
 * Renders a notebook as a page.
 *
 * @module
 */
import type { Cell, Notebook } from "../notebook_format.ts";
import { type Citation, citationText } from "./citation.ts";
import type { CleanOptions } from "./clean.ts";
import { codeBlock } from "./highlight.ts";
import { escapeHtml, SiteError, Slots, textOf, uniqueNames } from "./html.ts";
import { nameOf, pageOf, relativeUrl, type SiteLinks } from "./links.ts";
import { markLive } from "./live_figures.ts";
import { anchorSymbols, type Heading, renderMarkdown } from "./markdown.ts";
import { renderOutputs } from "./outputs.ts";
import { tools } from "./tools.ts";

/** Notebook, and its path from the project's top folder with forward slashes. */
export interface NotebookFile {
  path: string;
  notebook: Notebook;
}

/** Rendered notebook. */
export interface NotebookPage {
  /** File of the page. */
  file: string;
  /** First heading, as inline HTML. */
  title: string;
  /** Name in the navigation: the number and the `short_title` of the notebook's metadata, else the kind and the number. */
  short: string;
  /** Answer: the first paragraph after the title, as HTML without links. */
  answer: string;
  /** All headings. */
  outline: Heading[];
  /** Content under the title and the answer, as HTML. */
  body: string;
  /** First output of a cell tagged `front-page`, as HTML. */
  picture?: string;
}

/** Tags of a cell that hide a part of it. */
const tags = { hideInput: "hide-input", hideOutput: "hide-output", hideCell: "hide-cell", front: "front-page" };

/** Decides if a cell has a tag (`metadata.tags`). */
function hasTag(cell: Cell, tag: string): boolean {
  return Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(tag);
}

/** Names a cell in messages: the notebook, and the cell's number among all cells, from 1. */
function cellName(path: string, index: number): string {
  return `${path}, cell ${index + 1} of all`;
}

/** Ids that every page uses. */
const reservedIds = ["main", "how-to-cite"];

/** Renders the source of a cell in view, or the sources of folded cells up to one with a result, which share a fold. */
function renderCode(sources: { source: string; number: number }[], isFolded: boolean): string {
  const blocks = sources.filter(({ source }) => source.trim() !== "")
    .map(({ source, number }) => codeBlock(source, "typescript", `Code ${number}`, true));
  if (blocks.length === 0) return "";
  const html = blocks.join("\n");
  return isFolded
    ? `<details class="source"><summary>Code of this result</summary>\n${html}\n</details>\n`
    : `${html}\n`;
}

/** Renders a notebook. */
export function renderNotebook({ path, notebook }: NotebookFile, links: SiteLinks): NotebookPage {
  const file = pageOf(path);
  const slots = new Slots();
  const uniqueId = uniqueNames(reservedIds);
  const outline: Heading[] = [];
  const parts: string[] = [];
  let tables = 0;
  let codes = 0;
  let picture: string | undefined;
  let folded: { source: string; number: number }[] = [];

  const optionsFor = (index: number): Omit<CleanOptions, "headings"> => {
    const where = cellName(path, index);
    const attachments = "attachments" in notebook.cells[index]
      ? (notebook.cells[index] as { attachments?: Record<string, Record<string, unknown>> }).attachments ?? {}
      : {};
    const resolve: CleanOptions["resolve"] = (href, kind) => {
      const attached = kind === "image" && href.startsWith("attachment:")
        ? Object.entries(attachments[decodeURIComponent(href.slice("attachment:".length))] ?? {})[0]
        : undefined;
      if (attached) return `data:${attached[0]};base64,${String(attached[1]).replace(/\s+/g, "")}`;
      return links.resolve(href, { file: path, page: file, where, kind });
    };
    return { where, slots, resolve, uniqueId, tableLabel: () => `Table ${++tables}` };
  };

  notebook.cells.forEach((cell, index) => {
    if (cell.cell_type === "code") codes++;
    if (hasTag(cell, tags.hideCell)) return;
    if (cell.cell_type === "markdown") {
      parts.push(renderMarkdown(cell.source, { ...optionsFor(index), outline }));
    } else if (cell.cell_type === "code") {
      const own = { source: cell.source, number: codes };
      if (!hasTag(cell, tags.hideInput)) parts.push(renderCode([own], false));
      else {
        folded.push(own);
        if (cell.outputs.length === 0) return; // it shares the fold of the next result
        parts.push(renderCode(folded, true));
        folded = [];
      }
      if (hasTag(cell, tags.hideOutput)) return;
      parts.push(markLive(renderOutputs(cell.outputs, optionsFor(index)), cell));
      if (picture === undefined && hasTag(cell, tags.front) && cell.outputs.length > 0) {
        picture = slots.fill(markLive(renderOutputs(cell.outputs.slice(0, 1), optionsFor(index)), cell));
      }
    }
  });

  parts.push(renderCode(folded, true));
  const html = anchorSymbols(slots.fill(parts.join("")), uniqueId);
  const match = /^\s*<h1 id="[^"]*">([\s\S]*?)<\/h1>\s*(?:<p>([\s\S]*?)<\/p>)?/.exec(html);
  if (!match) throw new SiteError(`${path} does not begin with a title ('# …')`);
  if (!match[2]) throw new SiteError(`${path} has no paragraph under its title, which would be its answer`);
  const shortTitle = notebook.metadata.short_title;
  const [, mark] = nameOf(file).split(" "); // the number of a notebook, the letter of an appendix
  return {
    file,
    title: match[1].trim(),
    short: typeof shortTitle === "string" ? [mark, shortTitle].join(" ").trim() : nameOf(file),
    answer: match[2].trim(),
    outline,
    body: html.slice(match[0].length),
    picture,
  };
}

/** Surroundings of the content of a page. */
interface NotebookFrame {
  /** Pages of all notebooks, in reading order. */
  pages: NotebookPage[];
  /** Copy of the notebook in the site. */
  download: string;
  citation: Citation;
}

function neighbours(page: NotebookPage, pages: NotebookPage[]): string {
  const index = pages.indexOf(page);
  const card = (rel: "prev" | "next", words: string, to: NotebookPage | undefined) =>
    to ? `<a rel="${rel}" href="${relativeUrl(page.file, to.file)}"><span>${words}</span> ${to.title}</a>` : "";
  const cards = card("prev", "Previous", pages[index - 1]) + card("next", "Next", pages[index + 1]);
  return cards ? `<nav class="neighbours" aria-label="Previous and next notebook">${cards}</nav>\n` : "";
}

/** Renders the content of a notebook's page. */
export function notebookMain(page: NotebookPage, { pages, download, citation }: NotebookFrame): string {
  const h1 = page.outline[0];
  const actions = [
    ...tools.filter(({ from }) => page.file.startsWith(from.page))
      .map(({ file, from }) => `<a href="${relativeUrl(page.file, file)}">${from.words}</a>`),
    `<a href="${relativeUrl(page.file, download)}" download>Download this notebook</a>`,
  ];
  return `<article>
<header class="title">
<p class="kicker">${nameOf(page.file)}</p>
<h1 id="${escapeHtml(h1.id)}">${page.title}</h1>
<p class="answer">${page.answer}</p>
<p class="actions">${actions.join(" · ")}</p>
</header>
${page.body.trim()}
</article>
<aside class="cite" aria-labelledby="how-to-cite">
<h2 id="how-to-cite">How to cite</h2>
<p>${escapeHtml(citationText(citation, textOf(page.title)))}</p>
</aside>
${neighbours(page, pages)}`;
}

/** Removes the links from inline HTML that is to stand inside a link or a card. */
export function withoutLinks(html: string): string {
  return html.replace(/<\/?a\b[^>]*>/g, "");
}

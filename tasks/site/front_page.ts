/**
 * Renders the front page: the prose of front.md with the picture, the cards and the citation at its marks.
 *
 * @module
 */
import { type Citation, citationBibtex, citationText } from "./citation.ts";
import { codeBlock } from "./highlight.ts";
import { escapeHtml, SiteError, Slots, textOf, uniqueNames } from "./html.ts";
import type { SiteLinks } from "./links.ts";
import { type Heading, renderMarkdown } from "./markdown.ts";
import { cleanHtml } from "./clean.ts";
import { type NotebookPage, withoutLinks } from "./notebook_page.ts";
import { thesisHtml } from "./thesis.ts";
import { tools } from "./tools.ts";

/** Input of the front page. */
interface FrontPageInput {
  /** Prose, with its marks: `<!-- picture -->` and the like. */
  prose: string;
  pages: NotebookPage[];
  citation: Citation;
  links: SiteLinks;
}

/** Parts of the front page. */
interface FrontPage {
  title: string;
  description: string;
  main: string;
}

/** Renders the card of a notebook: the title is the link, the answer the text. */
function card(page: NotebookPage): string {
  return `<li><h3><a href="${page.file}">${page.title}</a></h3>\n<p>${withoutLinks(page.answer)}</p></li>`;
}

/** Renders the card of a tool. */
const toolCard = ({ file, title, description }: (typeof tools)[number]): string =>
  `<li><h3><a href="${file}">${title}</a></h3>\n<p>${escapeHtml(description)}</p></li>`;

function cite(citation: Citation): string {
  return `<h2 id="how-to-cite">How to cite</h2>
<p>${escapeHtml(citationText(citation))}</p>
${codeBlock(citationBibtex(citation), undefined, "BibTeX entry")}
`;
}

/** Renders the front page. */
export function frontPage({ prose, pages, citation, links }: FrontPageInput): FrontPage {
  const slots = new Slots();
  const uniqueId = uniqueNames(["main", "how-to-cite"]);
  const outline: Heading[] = [];
  let tables = 0;
  const picture = pages.find((page) => page.picture !== undefined)?.picture;
  const shared = { where: "tasks/site/front.md", slots, uniqueId, tableLabel: () => `Table ${++tables}` };
  const resolve = (href: string, kind: "link" | "image") =>
    links.resolve(href, { file: "front.md", page: "index.html", where: "tasks/site/front.md", kind });
  const thesis = cleanHtml(thesisHtml(), { ...shared, resolve, headings: false });
  // The picture keeps the ids of its own page: the other figure here has a prefix of its own.
  const marks: Record<string, string> = {
    picture: picture ? `<div class="picture">${picture}</div>\n` : "",
    thesis: `<div class="picture">${thesis}</div>\n`,
    tools: `<ul class="cards tools">\n${tools.map(toolCard).join("\n")}\n</ul>\n`,
    cards: `<ol class="cards">\n${pages.map(card).join("\n")}\n</ol>\n`,
    cite: cite(citation),
  };
  const render = (text: string) => renderMarkdown(text, { ...shared, outline, resolve });
  const html = slots.fill(
    prose.split(/^(<!-- \w+ -->)$/m).map((part) => {
      const mark = /^<!-- (\w+) -->$/.exec(part)?.[1];
      if (mark === undefined) return render(part);
      if (!Object.hasOwn(marks, mark)) throw new SiteError(`tasks/site/front.md has the unknown mark '${mark}'`);
      return marks[mark];
    }).join(""),
  );
  const head = /^\s*<h1 id="([^"]*)">([\s\S]*?)<\/h1>\s*<p>([\s\S]*?)<\/p>/.exec(html);
  if (!head) throw new SiteError("tasks/site/front.md does not begin with a title and a line under it");
  const [all, id, title, line] = head;
  return {
    title,
    description: textOf(line),
    main: `<article>
<header class="title">
<h1 id="${id}">${title}</h1>
<p class="answer">${line}</p>
</header>
${html.slice(all.length).trim()}
</article>`,
  };
}

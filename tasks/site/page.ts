/**
 * Frame of every page of the site: head, skip link, navigation, footer.
 *
 * @module
 */
import { escapeHtml, textOf } from "./html.ts";
import { nameOf, relativeUrl, sourcePageOf } from "./links.ts";
import type { Heading } from "./markdown.ts";
import { layTables } from "./tables.ts";

/** Page in the navigation. */
interface PageLink {
  /** File in the site. */
  file: string;
  /** Title, as inline HTML. */
  title: string;
  /** Name of one or two words, after the number of a notebook. */
  short: string;
}

/** Parts of a page. */
interface PageParts {
  file: string;
  /** Title, as inline HTML. */
  title: string;
  /** One or two plain sentences for search engines and link previews. */
  description: string;
  /** Content of `<main>`. */
  main: string;
  /** Headings to list beside it. */
  outline?: Heading[];
  /** Pages of all notebooks, in reading order. */
  pages: PageLink[];
  /** Pages of the tools and of the API. */
  tools: PageLink[];
  /** Name of the site. */
  name: string;
  /** Class of `<body>`. */
  kind: "front" | "notebook" | "source" | "tool";
  /** The page's script in `assets/`. */
  script: string;
  /** True if the page has formulas. */
  math: boolean;
  /** Address at which the site is published, with a slash at its end; absent: links of the head are relative. */
  siteUrl?: string;
}

/** Mark by which an earlier build is recognised. */
export const generator = '<meta name="generator" content="Roundabout">';

const icon = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M3 25h9c5 0 3-18 8-18h9" fill="none" stroke="#0072b2" stroke-width="4"/></svg>',
);

/**
 * Policy of every page: the page and its worker make no request, so nothing that a reader types or drops can leave it. Scripts come
 * from the site's own files and from the text of a worker.
 */
const policy = "default-src 'none'; script-src 'self' blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'";

function navigation({ file, pages, tools, name }: PageParts): string {
  // The appendices are on the front page and in the footer.
  const shown = pages.filter((page) => page.file === file || !nameOf(page.file).startsWith("Appendix"));
  const items = [...shown, ...tools].map((page) => {
    const current = page.file === file ? ' aria-current="page"' : "";
    const title = escapeHtml(textOf(page.title));
    return `<li><a href="${relativeUrl(file, page.file)}"${current} title="${title}">${
      escapeHtml(page.short)
    }</a></li>`;
  });
  const home = file === "index.html" ? ' aria-current="page"' : "";
  return `<header class="masthead">
<a class="home" href="${relativeUrl(file, "index.html")}"${home}>${escapeHtml(name)}</a>
<nav aria-label="Pages"><details>
<summary>Pages</summary>
<ol>
${items.join("\n")}
</ol>
</details></nav>
</header>`;
}

/** Renders the list of a page's headings. */
function outlineList(outline: Heading[]): string {
  const entries = outline.filter(({ level }) => level === 2);
  if (entries.length < 2) return "";
  const items = entries.map(({ id, html }) => `<li><a href="#${escapeHtml(id)}">${html}</a></li>`);
  return `<nav class="outline" aria-label="On this page">
<details>
<summary>On this page</summary>
<ol>
${items.join("\n")}
</ol>
</details>
</nav>
`;
}

function footer({ file, pages, tools, name }: PageParts): string {
  const ofKind = (kind: string) => pages.filter((page) => nameOf(page.file).startsWith(kind));
  const [notebooks, appendices] = [ofKind("Notebook"), ofKind("Appendix")];
  const others = [...pages.filter((page) => ![...notebooks, ...appendices].includes(page)), ...tools];
  const list = (open: string, close: string, links: PageLink[]) => {
    const items = links.map((page) => `<li><a href="${relativeUrl(file, page.file)}">${page.title}</a></li>`);
    return items.length === 0 ? [] : [open, ...items, close];
  };
  const lists = [
    ...list("<ol>", "</ol>", notebooks),
    ...list('<ol type="A" aria-label="Appendices">', "</ol>", appendices),
    ...list("<ul>", "</ul>", others),
  ];
  return `<footer class="colophon">
<nav aria-label="All pages">
<p><a href="${relativeUrl(file, "index.html")}">${escapeHtml(name)}</a></p>
${lists.join("\n")}
</nav>
<p><a href="${relativeUrl(file, "index.html")}#how-to-cite">How to cite</a> · <a href="${
    relativeUrl(file, sourcePageOf("LICENSE"))
  }">MIT licence</a></p>
</footer>`;
}

/** Renders a complete page. */
export function renderPage(parts: PageParts): string {
  const { file, title, description, main, outline = [], name, kind, math, script, siteUrl } = parts;
  const plain = textOf(title);
  const address = siteUrl && escapeHtml(new URL(file === "index.html" ? "" : file, siteUrl).href);
  const asset = (path: string) => relativeUrl(file, `assets/${path}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(plain === name ? name : `${plain} · ${name}`)}</title>
<meta name="description" content="${escapeHtml(description)}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="${escapeHtml(name)}">
<meta property="og:title" content="${escapeHtml(plain)}">
<meta property="og:description" content="${escapeHtml(description)}">
${
    address
      ? `<meta property="og:url" content="${address}">\n<link rel="canonical" href="${address}">\n`
      : ""
  }<meta property="og:image" content="${
    siteUrl ? escapeHtml(new URL("assets/social.png", siteUrl).href) : asset("social.png")
  }">
<meta property="og:image:alt" content="F1 against the threshold for one model trained three ways: equal heights, different peaks.">
<meta name="twitter:card" content="summary_large_image">
${generator}
<link rel="icon" href="${icon}">
${math ? `<link rel="stylesheet" href="${asset("katex.css")}">\n` : ""}<link rel="stylesheet" href="${
    asset("site.css")
  }">
<script defer src="${asset(script)}"></script>
</head>
<body class="${kind}">
<a class="skip" href="#main">Skip to the text</a>
${navigation(parts)}
<div class="frame">
${outlineList(outline)}<main id="main" tabindex="-1">
${layTables(main)}
</main>
</div>
${footer(parts)}
</body>
</html>
`;
}

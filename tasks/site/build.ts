/**
 * Builds the write-up: renders all pages in memory, checks them, then replaces the folder at once.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { paletteCss } from "../../lib/display/palette.ts";
import { root as projectRoot } from "../cli.ts";
import { formatNotebook } from "../notebook_format.ts";
import { type Api, apiMain } from "./api.ts";
import { checkSite } from "./check.ts";
import { parseCitation } from "./citation.ts";
import { frontPage } from "./front_page.ts";
import { SiteError, textOf } from "./html.ts";
import { fileOf, SiteLinks, sourcePageOf } from "./links.ts";
import { scriptOf } from "./live_figures.ts";
import { mathStyles } from "./math.ts";
import { type NotebookFile, notebookMain, renderNotebook } from "./notebook_page.ts";
import { generator, renderPage } from "./page.ts";
import { compileScripts } from "./scripts.ts";
import { sourceMain } from "./highlight.ts";
import { cardStyles } from "./tables.ts";
import { tools } from "./tools.ts";

/** Input of a site. */
export interface SiteInput {
  /** Notebooks in reading order, with the outputs to show. */
  notebooks: NotebookFile[];
  /**
   * Top folder of the project, with the files that notebooks link to, CITATION.cff and LICENSE.
   *
   * @default the folder of this project
   */
  root?: URL;
  /** Pages of the API; without them no page leads to an API. */
  api?: Api;
  /** Address at which the site is to be published: link previews need it, and each page names its own. */
  siteUrl?: string;
}

/** Site in memory. */
export interface RenderedSite {
  /** Files by their path in the site. */
  files: Map<string, string | Uint8Array>;
  /** One sentence for each thing that is missing without being an error. */
  warnings: string[];
}

/** Site on the disk. */
export interface BuiltSite {
  /** Folder of the site. */
  out: string;
  /** Page to open. */
  index: string;
  /** Number of files, and their size in bytes together. */
  files: number;
  bytes: number;
  warnings: string[];
}

const own = (name: string) => Deno.readTextFile(new URL(name, import.meta.url));

async function styles(): Promise<string> {
  const indent = (css: string) => css.replace(/^/gm, "  ");
  const colours = `/* Figures: lib/display/palette.ts */
:root {
${indent(paletteCss("light"))}
}

@media screen and (prefers-color-scheme: dark) {
  :root {
${indent(indent(paletteCss("dark")))}
  }
}
`;
  const [main, code, print, cards] = await Promise.all(["style.css", "code.css", "print.css", "cards.css"].map(own));
  return [colours, main, code, cardStyles(cards), print].join("\n");
}

const usesMath = (html: string) => html.includes('class="katex"');

/** Renders a site without writing anything; throws a {@linkcode SiteError} if a part cannot be rendered. */
export async function renderSite({ notebooks, root = projectRoot, api, siteUrl }: SiteInput): Promise<RenderedSite> {
  if (notebooks.length === 0) throw new SiteError("There is no notebook to build the site from");
  const warnings: string[] = [];
  const files = new Map<string, string | Uint8Array>();
  const citation = parseCitation(await Deno.readTextFile(new URL("CITATION.cff", root)));
  const links = new SiteLinks({ root, notebooks: notebooks.map(({ path }) => path) });
  links.sources.add("LICENSE");

  const pages = notebooks.map((file) => renderNotebook(file, links));
  const twice = pages.find((page, index) => pages.findIndex(({ file }) => file === page.file) < index);
  if (twice) throw new SiteError(`Two notebooks would become the page '${twice.file}'`);
  if (!pages.some(({ picture }) => picture !== undefined)) {
    warnings.push("No executed cell is tagged 'front-page': the front page has no picture");
  }
  const apiPage = { file: "api.html", title: "API", short: "API" };
  const shared = {
    ...{ pages, tools: api ? [...tools, apiPage] : [...tools], name: citation.title, script: scriptOf("") },
    siteUrl: siteUrl?.replace(/\/*$/, "/"),
  };

  const front = frontPage({ prose: await own("front.md"), pages, citation, links });
  files.set(
    "index.html",
    renderPage({
      ...{ ...shared, ...front, file: "index.html", kind: "front" as const },
      math: usesMath(front.main),
      script: scriptOf(front.main),
    }),
  );
  pages.forEach((page, index) => {
    const download = `notebooks/${basename(notebooks[index].path)}`;
    const main = notebookMain(page, { pages, download, citation });
    files.set(download, formatNotebook(notebooks[index].notebook));
    files.set(
      page.file,
      renderPage({
        ...shared,
        file: page.file,
        title: page.title,
        description: textOf(page.answer),
        main,
        outline: page.outline,
        kind: "notebook",
        math: usesMath(main),
        script: scriptOf(main),
      }),
    );
  });
  if (api) {
    for (const [file, text] of api.files) files.set(file, text);
    const description =
      `The API of ${citation.title}: every public name with its formula, shapes, errors and an example.`;
    files.set(
      apiPage.file,
      renderPage({ ...shared, ...apiPage, description, main: apiMain(api.entries), kind: "tool", math: false }),
    );
  }
  for (const tool of tools) files.set(tool.file, renderPage({ ...shared, ...tool, kind: "tool", math: false }));
  for (const path of [...links.sources].sort()) {
    files.set(
      sourcePageOf(path),
      renderPage({
        ...shared,
        file: sourcePageOf(path),
        title: path,
        description: `The file ${path} of ${citation.title}.`,
        main: sourceMain(path, await Deno.readTextFile(fileOf(root, path))),
        kind: "source",
        math: false,
      }),
    );
  }
  for (const path of [...links.files].sort()) files.set(`files/${path}`, await Deno.readFile(fileOf(root, path)));
  const html = [...files].filter(([file]) => file.endsWith(".html") && !api?.files.has(file)).map(([, text]) => text)
    .join("\n");
  files.set("assets/katex.css", await mathStyles(html));
  files.set("assets/site.css", await styles());
  for (const [name, script] of await compileScripts()) files.set(`assets/${name}`, script);

  files.set("assets/social.png", await Deno.readFile(new URL("social.png", import.meta.url)));

  const problems = checkSite(files, api?.files);
  if (problems.length > 0) throw new SiteError(`The site has faults:\n${problems.map((p) => `  ${p}`).join("\n")}`);
  return { files, warnings };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Throws unless `out` is absent, empty or an earlier build: nothing else is ever replaced. */
async function assertReplaceable(out: string): Promise<void> {
  if (!await exists(out)) return;
  const refuse = () => new SiteError(`'${out}' is not an earlier build of the site and is not replaced`);
  if (!(await Deno.stat(out)).isDirectory) throw refuse();
  if ((await Array.fromAsync(Deno.readDir(out))).length === 0) return;
  const index = await Deno.readTextFile(join(out, "index.html")).catch(() => "");
  if (!index.includes(generator)) throw refuse();
}

/** Writes a site into a new folder beside `out`, then replaces `out`; an earlier build stays if that fails. */
export async function placeSite(files: RenderedSite["files"], out: string): Promise<number> {
  await assertReplaceable(out);
  const parent = dirname(out);
  await Deno.mkdir(parent, { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: parent, prefix: `${basename(out)}.` });
  let bytes = 0;
  try {
    for (const [path, content] of files) {
      const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
      bytes += data.length;
      await Deno.mkdir(dirname(join(fresh, path)), { recursive: true });
      await Deno.writeFile(join(fresh, path), data);
    }
    if (Deno.build.os !== "windows") await Deno.chmod(fresh, 0o755);
    const old = `${fresh}.old`;
    const replaces = await exists(out);
    if (replaces) await Deno.rename(out, old);
    try {
      await Deno.rename(fresh, out);
    } catch (error) {
      if (replaces) await Deno.rename(old, out);
      throw error;
    }
    if (replaces) await Deno.remove(old, { recursive: true });
  } catch (error) {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
    throw error;
  }
  return bytes;
}

/** Builds a site into the folder `out`. */
export async function buildSite(input: SiteInput & { out: string | URL }): Promise<BuiltSite> {
  const out = resolve(input.out instanceof URL ? fileURLToPath(input.out) : input.out);
  const { files, warnings } = await renderSite(input);
  const bytes = await placeSite(files, out);
  return { out, index: join(out, "index.html"), files: files.size, bytes, warnings };
}

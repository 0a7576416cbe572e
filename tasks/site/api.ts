/**
 * The API's pages, by `deno doc --html`, and the page that leads to them.
 *
 * @module
 */
import { join } from "node:path/posix";
import { root } from "../cli.ts";
import { runDeno } from "../processes.ts";
import { escapeHtml, SiteError } from "./html.ts";

/** Folder of the pages in the site. */
const folder = "api";

/** Entry of the package. */
interface Entry {
  /** Name to import. */
  name: string;
  /** First paragraph of its module comment. */
  about: string;
  /** Page in the site. */
  file: string;
}

/** The API's pages by their path in the site, and the entries. */
export interface Api {
  files: Map<string, string>;
  entries: Entry[];
}

async function entriesOf(name: string, exports: Record<string, string>): Promise<Entry[]> {
  return await Promise.all(
    Object.entries(exports).map(async ([entry, source]) => {
      const text = await Deno.readTextFile(new URL(source, root));
      const [, comment = ""] = /\/\*\*\n((?: \*.*\n)*?) \* @module\n/.exec(text) ?? [];
      const path = entry === "." ? "all_symbols.html" : `${entry.slice(2)}/index.html`;
      return {
        name: join(name, entry),
        about: comment.split("\n *\n")[0].replace(/^ \* /, "").replace(/\s*\n \* /g, " "),
        file: `${folder}/${path}`,
      };
    }),
  );
}

async function filesUnder(path: string, prefix: string, found: Map<string, string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) await filesUnder(`${path}/${name}`, `${prefix}${name}/`, found);
    else {
      const text = await Deno.readTextFile(`${path}/${name}`);
      found.set(prefix + name, name.endsWith(".html") ? mendLinks(text) : text);
    }
  }
}

/**
 * Mends the links of a page of `deno doc`: those to sources, which are paths of the machine that made the page, are left out;
 * those to a folder, which a browser does not open as a page from the disk, lead to its page; those to the parameter of a mapped
 * type, which has no anchor, are its name.
 */
const mendLinks = (html: string): string =>
  html
    .replace(/<a\s+class="sourceButton"\s+href="file:[^]*?<\/a>/g, "")
    .replace(/(<a href="(?:\.|\/|&#x2F;)*(?:\/|&#x2F;))"/g, '$1index.html"')
    .replace(/<a href="#(type_param_\w+)"[^>]*>([^<]*)<\/a>/g, (link, id, name) =>
      html.includes(`id="${id}"`) ? link : name);

async function make(): Promise<Api> {
  const { name, exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const made = await Deno.makeTempDir({ prefix: "roundabout-api-" }), files = new Map<string, string>();
  try {
    const args = [
      "doc",
      "--quiet",
      "--html",
      "--name=Roundabout",
      `--output=${made}`,
      ...Object.values<string>(exports),
    ];
    const { code, output } = await runDeno(args);
    if (code !== 0) throw new SiteError(`The pages of the API cannot be made:\n${output}`);
    await filesUnder(made, `${folder}/`, files);
  } finally {
    await Deno.remove(made, { recursive: true });
  }
  return { files: new Map([...files].sort(([a], [b]) => a < b ? -1 : 1)), entries: await entriesOf(name, exports) };
}

let made: Promise<Api> | undefined;

/** Makes the API's pages, once in a process. */
export const makeApi = (): Promise<Api> => made ??= make();

/** Renders the content of the page that leads to the API. */
export function apiMain(entries: readonly Entry[]): string {
  const items = entries.map(({ name, about, file }) =>
    `<li><h3><a href="${encodeURI(file)}"><code>${escapeHtml(name)}</code></a></h3>\n<p>${
      escapeHtml(about).replace(/`([^`]*)`/g, "<code>$1</code>")
    }</p></li>`
  );
  return `<article>
<header class="title">
<p class="kicker">Reference</p>
<h1 id="api">API</h1>
<p class="answer">Every public name with its formula, shapes, errors and an example that runs.</p>
</header>
<h2 id="entries">Entries</h2>
<ul class="cards tools">
${items.join("\n")}
</ul>
</article>`;
}

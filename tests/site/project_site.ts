// The project's own site, built once for all tests of a file.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Cell } from "../../tasks/notebook_format.ts";
import { buildSite } from "../../tasks/site/mod.ts";
import { filesUnder, notebooksIn } from "./support.ts";

/** Pages of the site by their names, with their addresses and texts. */
interface ProjectSite {
  folder: string;
  names: Map<string, string>;
  texts: Map<string, string>;
}

let built: Promise<ProjectSite> | undefined, made: string | undefined;

async function build(): Promise<ProjectSite> {
  made = await Deno.makeTempDir({ prefix: "roundabout-site-" });
  const { out } = await buildSite({ notebooks: await notebooksIn("notebooks/"), out: `${made}/site` });
  const texts = await filesUnder(out);
  return {
    folder: out,
    texts,
    names: new Map([...texts.keys()].map((name) => [name, pathToFileURL(join(out, name)).href])),
  };
}

Deno.test.afterAll(() => void (made && Deno.removeSync(made, { recursive: true })));

/** The project's site. */
export const projectSite = (): Promise<ProjectSite> => built ??= build();

/** Address of a page that holds a text, a notebook's rather than the front page. */
export async function pageWith(text: string): Promise<string> {
  const { names, texts } = await projectSite();
  const found = [...texts].filter(([name, page]) => name.endsWith(".html") && page.includes(text)).map(([name]) =>
    name
  );
  const name = found.find((one) => one !== "index.html") ?? found[0];
  if (name === undefined) throw new Error(`no page has '${text}'`);
  return names.get(name)!;
}

const htmlOf = (cell: Cell): string =>
  cell.cell_type === "code"
    ? cell.outputs.map((output) => "data" in output ? String(output.data["text/html"]) : "").join("\n")
    : "";

/** Text of all outputs of the notebook whose name begins so, its tags and line breaks removed. */
export async function outputsOf(beginning: string): Promise<string> {
  const found = (await notebooksIn("notebooks/")).find(({ path }) => path.startsWith(`notebooks/${beginning}`));
  if (!found) throw new Error(`no notebook begins with '${beginning}'`);
  return found.notebook.cells.map(htmlOf).join("\n").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

/** HTML of the outputs of the cell with an id, in whichever notebook. */
export async function outputOf(id: string): Promise<string> {
  for (const { notebook } of await notebooksIn("notebooks/")) {
    const cell = notebook.cells.find((one) => one.id === id);
    if (cell) return htmlOf(cell);
  }
  throw new Error(`no notebook has the cell '${id}'`);
}

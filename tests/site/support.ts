// Helpers of the tests of the write-up.
import { root } from "../../tasks/cli.ts";
import { type Cell, denoMetadata, type Notebook, type Output, readNotebook } from "../../tasks/notebook_format.ts";
import type { NotebookFile } from "../../tasks/site/mod.ts";

const folder = "tests/site/fixtures/";

/** The notebooks of a folder of the project, in their order. */
export async function notebooksIn(path: string): Promise<NotebookFile[]> {
  const names = [...Deno.readDirSync(new URL(path, root))].map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb") && !name.startsWith(".")).sort();
  return await Promise.all(
    names.map(async (name) => ({ path: path + name, notebook: await readNotebook(new URL(path + name, root)) })),
  );
}

/** Two notebooks that hold one of everything. */
export const fixtures = (): Promise<NotebookFile[]> => notebooksIn(folder);

/** A markdown cell. */
export const prose = (source: string): Cell => ({ cell_type: "markdown", id: "prose", metadata: {}, source });

/** A code cell. */
export const code = (source: string, outputs: Output[] = [], tags: string[] = []): Cell => ({
  cell_type: "code",
  id: "code",
  metadata: { tags },
  source,
  execution_count: 1,
  outputs,
});

/** An output with HTML. */
export const html = (text: string): Output => ({
  output_type: "display_data",
  metadata: {},
  data: { "text/html": text, "text/plain": "" },
});

/** A notebook of a title, an answer and further cells. */
export function notebookOf(...cells: Cell[]): NotebookFile {
  const notebook: Notebook = {
    cells: [prose("# A question?\n\nAn answer."), ...cells],
    metadata: { ...denoMetadata },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return { path: `${folder}made.ipynb`, notebook };
}

/** Calls `use` with a folder that is there only for it. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const made = await Deno.makeTempDir({ prefix: "roundabout-site-" });
  try {
    await use(made);
  } finally {
    await Deno.remove(made, { recursive: true });
  }
}

/** All files under a folder by their path in it, as text. */
export async function filesUnder(path: string, prefix = ""): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) {
      for (const entry of await filesUnder(`${path}/${name}`, `${prefix}${name}/`)) found.set(...entry);
    } else found.set(prefix + name, await Deno.readTextFile(`${path}/${name}`));
  }
  return found;
}

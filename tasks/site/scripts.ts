/**
 * Compiles the scripts of the pages: classic scripts without imports and requests, so that pages run from the disk.
 *
 * The sources in `live/` run in the reader's browser, on the project's own `lib/`. Modules that only a server has are replaced:
 * files by `live/memory_files.ts`, polars and linkedom by nothing and by the browser's own document.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { root } from "../cli.ts";
import { runDeno } from "../processes.ts";
import { SiteError } from "./html.ts";

const live = new URL("live/", import.meta.url);

/** Module of `site.js`, the smallest script. */
const first = "site.ts";

/** Scripts of the pages but `site.js` by their name in `assets/`, with the worker that the script starts. */
const scripts: Record<string, { page: string; worker?: string }> = {
  "figures.js": { page: "figures.ts" },
  "audit.js": { page: "audit.ts", worker: "audit_worker.ts" },
  "compare.js": { page: "compare.ts", worker: "compare_worker.ts" },
};

/** Modules that a browser lacks, and their replacements. */
const replaced: Record<string, string> = {
  ...Object.fromEntries(["node:fs", "node:stream", "node:zlib"].map((name) => [name, "memory_files.ts"])),
  "csv-parse": "memory_files.ts",
  "nodejs-polars": "no_polars.ts",
  "linkedom": "own_document.ts",
};

/** Writes the import map of the bundles: the project's own names, with the replacements. */
async function importMap(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
    imports: Record<string, string>;
  };
  const absolute = Object.entries(imports).map((
    [name, to],
  ) => [name, to.startsWith("./") ? new URL(to, root).href : to]);
  const own = Object.entries(replaced).map(([name, file]) => [name, new URL(file, live).href]);
  const map = { ...Object.fromEntries(absolute), ...Object.fromEntries(own) };
  map["csv-parse/sync"] = `${imports["csv-parse"]}/browser/esm/sync`;
  return JSON.stringify({ imports: map });
}

/** Bundles modules as classic scripts, in one process that reads what they share once; returns the texts by the modules' names. */
async function bundle(files: readonly string[], map: string): Promise<Record<string, string>> {
  const made = await Deno.makeTempDir({ prefix: "roundabout-scripts-" });
  try {
    const entries = files.map((file) => fileURLToPath(new URL(file, live)));
    const options = ["--quiet", "--minify", "--platform=browser", "--format=iife", `--import-map=${map}`];
    const { code, output } = await runDeno(["bundle", ...options, `--outdir=${made}`, ...entries]);
    if (code !== 0) throw new SiteError(`The scripts ${files.join(", ")} cannot be compiled:\n${output}`);
    const read = async (file: string) => [file, await Deno.readTextFile(`${made}/${file.replace(/ts$/, "js")}`)];
    return Object.fromEntries(await Promise.all(files.map(read)));
  } finally {
    await Deno.remove(made, { recursive: true });
  }
}

/**
 * Joins the script of a page and its worker's, a text: a page from the disk can start no worker from a file. The name of the
 * worker's script marks its frames as the library's, so that an audit names the line of the loss.
 */
const joined = (page: string, worker: string): string =>
  `globalThis.roundaboutWorker=${
    JSON.stringify(`${worker.trimEnd()}\n//# sourceURL=node_modules/worker.js`)
  };\n${page}`;

/**
 * Bundles the smallest script, alone. The first `deno bundle` of a machine installs esbuild, and fails where two do it at once,
 * so that this file is locked meanwhile.
 */
async function bundleFirst(map: string): Promise<string> {
  using file = await Deno.open(new URL(import.meta.url));
  await file.lock(true);
  return (await bundle([first], map))[first];
}

async function compile(): Promise<Map<string, string>> {
  const map = await Deno.makeTempFile({ prefix: "roundabout-", suffix: ".json" });
  try {
    await Deno.writeTextFile(map, await importMap());
    const smallest = await bundleFirst(map);
    const texts = await bundle(
      Object.values(scripts).flatMap(({ page, worker }) => worker ? [page, worker] : [page]),
      map,
    );
    const compiled = Object.entries(scripts).map(([name, { page, worker }]): [string, string] => [
      name,
      worker === undefined ? texts[page] : joined(texts[page], texts[worker]),
    ]);
    return new Map([["site.js", smallest], ...compiled]);
  } finally {
    await Deno.remove(map);
  }
}

let compiled: Promise<Map<string, string>> | undefined;

/** Compiles all scripts, once in a process; throws a {@linkcode SiteError} if one cannot be compiled. */
export const compileScripts = (): Promise<Map<string, string>> => compiled ??= compile();

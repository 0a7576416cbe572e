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
import { SiteError } from "./html.ts";

const live = new URL("live/", import.meta.url);

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

/** Bundles one module as a classic script. */
async function bundle(file: string, map: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, live));
  const options = ["--quiet", "--minify", "--platform=browser", "--format=iife", `--import-map=${map}`];
  const command = new Deno.Command(Deno.execPath(), { args: ["bundle", ...options, entry], cwd: fileURLToPath(root) });
  const { success, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout).trimEnd();
  throw new SiteError(`The script '${file}' cannot be compiled:\n${new TextDecoder().decode(stderr)}`);
}

/**
 * Joins the script of a page and its worker's, a text: a page from the disk can start no worker from a file. The name of the
 * worker's script marks its frames as the library's, so that an audit names the line of the loss.
 */
const joined = (page: string, worker: string): string =>
  `globalThis.roundaboutWorker=${JSON.stringify(`${worker}\n//# sourceURL=node_modules/worker.js`)};\n${page}\n`;

/**
 * Bundles the smallest script, alone. The first `deno bundle` of a machine installs esbuild, and fails where two do it at once,
 * so that this file is locked meanwhile.
 */
async function bundleFirst(map: string): Promise<string> {
  using file = await Deno.open(new URL(import.meta.url));
  await file.lock(true);
  return await bundle("site.ts", map);
}

async function compile(): Promise<Map<string, string>> {
  const map = await Deno.makeTempFile({ prefix: "roundabout-", suffix: ".json" });
  try {
    await Deno.writeTextFile(map, await importMap());
    const first = `${await bundleFirst(map)}\n`;
    const compiled = Object.entries(scripts).map(async ([name, { page, worker }]): Promise<[string, string]> => {
      const [text, own] = await Promise.all([bundle(page, map), worker && bundle(worker, map)]);
      return [name, own ? joined(text, own) : `${text}\n`];
    });
    return new Map([["site.js", first], ...await Promise.all(compiled)]);
  } finally {
    await Deno.remove(map);
  }
}

let compiled: Promise<Map<string, string>> | undefined;

/** Compiles all scripts, once in a process; throws a {@linkcode SiteError} if one cannot be compiled. */
export const compileScripts = (): Promise<Map<string, string>> => compiled ??= compile();

/**
 * `deno task pack`: builds the package for npm, in .pack/npm, its tarball, and the package for JSR, in .pack/jsr.
 *
 * The sources in lib/ are bundled by esbuild, one file per entry with shared chunks, and their types by tsc and rollup. The
 * tools come from npm and run in Node.js: they are not among the dependencies of this project.
 *
 * @module
 */
import { fileURLToPath as fromFileUrl, pathToFileURL as toFileUrl } from "node:url";
import { root, runTask, TaskError } from "./cli.ts";
import { filesIn } from "./files.ts";
import { runIn } from "./processes.ts";

/** Fields of deno.json that the package is made of. */
interface Manifest {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** A package that is built. */
export interface Packed {
  /** The folder of the package for npm. */
  npm: URL;
  /** The folder of the package for JSR. */
  jsr: URL;
  /** The tarball. */
  tarball: URL;
  /** Bytes of each file in it, by name. */
  files: Record<string, number>;
  /** Packages from npm that each entry imports, chunks included, by the entry's name. */
  packages: Record<string, string[]>;
}

/** Installs packages from npm into a folder for Node.js, by Deno, without their scripts: it takes a tenth of the time of npm. */
export async function installPackages(folder: URL, packages: Readonly<Record<string, string>>): Promise<void> {
  const manifest = { private: true, type: "module", dependencies: packages };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL("package.json", folder), JSON.stringify(manifest));
  await runIn(folder, Deno.execPath(), "install", "--quiet", "--no-lock");
}

/** Reads deno.json. */
export const readManifest = async (): Promise<Manifest> =>
  JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));

/** Returns the name of the files of an entry: "index" for ".", "core" for "./core". */
const fileName = (entry: string): string => entry === "." ? "index" : entry.slice(2);

/** Returns the files that do something when they are loaded: four entries, and the chunks that register the SIMD loops and the programs of the GPU. */
async function filesWithEffects(folder: URL): Promise<string[]> {
  const found = ["index.js", "gpu.js", "simd.js", "threads.js"];
  for await (const { name } of Deno.readDir(folder)) {
    if (
      name.endsWith(".js") &&
      /^register(?:Kernels|FastLoss|Device|RankingLoss|ColumnLoops)\(/m.test(
        await Deno.readTextFile(new URL(name, folder)),
      )
    ) {
      found.push(name);
    }
  }
  return [...new Set(found)].map((name) => `./${name}`);
}

/** Packages that every entry but ./core needs; the others are needed by single entries. */
const required = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"];

const about =
  "Confusion-matrix scores as losses and metrics for TensorFlow.js: train a classifier on the metric you report";

/** Finds the bare names that a JavaScript file imports, and its chunks. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\b[^"';]*["']([^"']+)["']|\bimport\(["']([^"']+)["']\)/gm)]
    .map(([, name, dynamic]) => name ?? dynamic);

/** Returns the package of a module's name: "csv-parse" of "csv-parse/sync". */
const packageOf = (name: string): string => name.split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/");

/** Returns the packages that a built file imports, its chunks included. */
async function packagesOf(folder: URL, file: string, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const name of importsOf(await Deno.readTextFile(new URL(file, folder)))) {
    if (name.startsWith("./")) { for (const one of await packagesOf(folder, name.slice(2), seen)) packages.add(one); }
    else if (!name.startsWith("node:")) packages.add(packageOf(name));
  }
  return packages;
}

/** Returns the version of a package in deno.json. */
export function versionOf({ imports }: Manifest, name: string): string {
  const version = imports[name]?.match(/^npm:(?:@[^/]+\/)?[^@/]+@([^/]+)$/)?.[1];
  if (version !== undefined) return version;
  throw new TaskError(`lib/ imports '${name}', but deno.json has no version of it`);
}

/** Writes package.json and jsr.json. */
async function writeManifests(npm: URL, jsr: URL, manifest: Manifest, packages: readonly string[]): Promise<void> {
  const { name, version, license, exports, imports } = manifest;
  const write = (file: URL, contents: unknown) => Deno.writeTextFile(file, `${JSON.stringify(contents, null, 2)}\n`);
  const entries = Object.keys(exports).map((entry) => [entry, fileName(entry)]);
  await write(new URL("package.json", npm), {
    name,
    version,
    description: about,
    license,
    keywords: ["tensorflow.js", "tfjs", "loss", "metrics", "f1", "precision", "recall", "confusion-matrix"],
    type: "module",
    sideEffects: await filesWithEffects(npm),
    exports: Object.fromEntries(
      entries.map(([entry, file]) => [entry, { types: `./${file}.d.ts`, default: `./${file}.js` }]),
    ),
    types: "./index.d.ts",
    peerDependencies: Object.fromEntries(packages.map((one) => [one, `^${versionOf(manifest, one)}`])),
    peerDependenciesMeta: Object.fromEntries(
      packages.filter((one) => !required.includes(one)).map((one) => [one, { optional: true }]),
    ),
    engines: { node: ">=20" },
  });
  await write(new URL("jsr.json", jsr), {
    name,
    version,
    license,
    exports: Object.fromEntries(entries.map(([entry, file]) => [entry, `./${file}.js`])),
    imports: Object.fromEntries(Object.entries(imports).filter(([one]) => packages.includes(packageOf(one)))),
  });
}

/** Returns the comment at the head of a module, which the bundlers drop. */
const moduleComment = async (source: URL): Promise<string> =>
  (await Deno.readTextFile(source)).match(/^\/\*\*.*?@module\n \*\/\n/s)?.[0] ?? "";

/** Tools that build the package; they run in Node.js. */
export const tools = {
  "@types/markdown-it": "14.1.2",
  "@types/node": "20.19.43",
  esbuild: "0.28.2",
  rollup: "4.68.8",
  "rollup-plugin-dts": "6.5.1",
  typescript: "5.9.3", // of the rollup plugin
};

/** Writes the declarations in a seventh of the time, from a folder of its own: the rollup plugin would be given the newest. */
export const newTypescript = "7.0.2";

/** Packages whose types lib/ uses. */
const typed = [...required, "@observablehq/plot", "csv-parse", "linkedom", "markdown-it", "nodejs-polars"];

/** Names that lib/ uses and none of the package's types does. */
const ambient = 'declare var Deno: any;\ndeclare module "jstat";\n';

/** The smallest chunk, in bytes: smaller ones go into others, if loading them does nothing. */
const smallestChunk = 30_000;

/** Bundles the code, whose chunks esbuild makes too small, and the declarations, one file per entry and one for what they share. */
const rollupConfig = (names: readonly string[], types: Record<string, string>, to: URL): string => {
  const code = Object.fromEntries(names.map((name) => [name, `bundled/${name}.js`])), dir = fromFileUrl(to);
  const output = { dir, chunkFileNames: "chunk-[hash].js", experimentalMinChunkSize: smallestChunk };
  return `import { resolve } from "node:path";
import { dts } from "rollup-plugin-dts";
const types = ${
    JSON.stringify(types)
  }, entries = Object.values(types).map((file) => resolve(file)), external = /^[^./]/;
export default [{ input: ${JSON.stringify(code)}, output: ${JSON.stringify(output)}, external }, {
  input: types,
  output: {
    dir: ${JSON.stringify(dir)},
    chunkFileNames: ({ name }) => name === "types" ? "types.d.ts" : "types-[hash].d.ts",
    entryFileNames: "[name].d.ts",
    manualChunks: (id) => entries.includes(id) || /types.(data|compare|display)./.test(id) ? undefined : "types",
  },
  external,
  plugins: [dts()],
}];
`;
};

const esbuildOptions =
  "--bundle --splitting --format=esm --target=es2022 --packages=external --chunk-names=chunk-[hash]";

/** Types of the language and of Node.js as Node.js 20 has them: a newer call in lib/ does not compile. */
const tscOptions =
  "--declaration --emitDeclarationOnly --allowImportingTsExtensions --strict --skipLibCheck --target es2022 " +
  "--module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable,esnext.disposable,es2024.sharedmemory --types node --rootDir lib --outDir types";

/** Names the files of the repository that a text of the package links to, but for those in the package; leaves pictures out. */
const withoutLinks = (text: string, packed: readonly string[]): string =>
  text.replace(/!\[[^\]]*\]\([^)]*\)\n\n/g, "").replace(
    /\[([^\]]*)\]\((?!https?:|#)([\w./]+)\)/g,
    (link, words, path) =>
      packed.includes(path) ? link : path.endsWith(words) ? `\`${path}\`` : `${words} (\`${path}\`)`,
  );

/** A module that ./python starts as a worker, and the programs that this one starts: files of their own beside the entry. */
const worker = { source: "lib/audit/engines/python_worker.ts", file: "python_worker" };
const servers = ["loss_server.py", "loss_server.R"].map((file) => ({ source: `lib/audit/engines/${file}`, file }));

/** Copies the sources to a place beside the packages that tsc has to find. */
export async function copySources(to: URL): Promise<void> {
  const lib = new URL("lib/", root);
  for (const source of filesIn(lib, ".ts")) {
    const copy = new URL(source.href.slice(lib.href.length), to);
    await Deno.mkdir(new URL(".", copy), { recursive: true });
    await Deno.copyFile(source, copy);
  }
}

/**
 * Builds the package and its tarball in a folder. The tools are installed in a temporary folder, which is removed.
 *
 * @param to The folder; what an earlier build has left there is replaced.
 */
export async function buildPackage(to: URL, status: (text: string) => void = () => {}): Promise<Packed> {
  const workshop = toFileUrl(`${await Deno.makeTempDir({ prefix: "roundabout-pack-" })}/`);
  try {
    return await buildIn(workshop, to, status);
  } finally {
    await Deno.remove(workshop, { recursive: true });
  }
}

async function buildIn(workshop: URL, to: URL, status: (text: string) => void): Promise<Packed> {
  const manifest = await readManifest(), entries = Object.entries(manifest.exports);
  const [npm, jsr] = ["npm/", "jsr/"].map((name) => new URL(name, to));
  for (const folder of [npm, jsr]) {
    await Deno.remove(folder, { recursive: true }).catch(() => {}); // it may not exist
    await Deno.mkdir(folder, { recursive: true });
  }

  status("installing the tools …");
  const versions = Object.fromEntries(typed.map((name) => [name, versionOf(manifest, name)]));
  const write = (name: string, text: string) => Deno.writeTextFile(new URL(name, workshop), text);
  await Promise.all([
    installPackages(workshop, { ...tools, ...versions }),
    installPackages(new URL("newer/", workshop), { typescript: newTypescript }),
  ]);

  status("bundling the sources …");
  await copySources(new URL("lib/", workshop));
  const tool = (path: string, ...args: string[]) => runIn(workshop, "node", path, ...args);
  const inputs = entries.map(([entry, source]) => `${fileName(entry)}=${source}`);
  await tool(
    "node_modules/esbuild/bin/esbuild",
    ...inputs,
    `${worker.file}=${worker.source}`,
    "--outdir=bundled",
    ...esbuildOptions.split(" "),
  );

  status("bundling the types …");
  await write("ambient.d.ts", ambient);
  await tool(
    "newer/node_modules/typescript/bin/tsc",
    ...tscOptions.split(" "),
    "ambient.d.ts",
    ...Object.values(manifest.exports),
  );
  const declarations = entries.map(([entry, source]) => [
    fileName(entry),
    source.replace("./lib", "types").replace(/\.ts$/, ".d.ts"),
  ]);
  await write(
    "rollup.config.js",
    rollupConfig([...entries.map(([entry]) => fileName(entry)), worker.file], Object.fromEntries(declarations), npm),
  );
  await tool("node_modules/rollup/dist/bin/rollup", "-c", "--silent");

  for await (const { name } of Deno.readDir(npm)) {
    if (!name.endsWith(".js")) continue;
    const path = new URL(name, npm), text = await Deno.readTextFile(path);
    // esbuild names a class that refers to itself twice; a meter that is printed would have the second name.
    const twice = [...text.matchAll(/var (\w+) = class _\1\b/g)].map(([, one]) => one);
    const named = twice.reduce((all, one) => all.replace(new RegExp(`\\b_${one}\\b`, "g"), one), text);
    await Deno.writeTextFile(path, named);
  }
  const packages: Record<string, string[]> = {};
  for (const [entry, source] of entries) {
    const comment = await moduleComment(new URL(source, root)), name = fileName(entry);
    packages[entry] = [...await packagesOf(npm, `${name}.js`)].sort();
    for (const [file, head] of [[`${name}.js`, `/* @ts-self-types="./${name}.d.ts" */\n`], [`${name}.d.ts`, ""]]) {
      const path = new URL(file, npm);
      const text = (await Deno.readTextFile(path)).replaceAll(`"./${worker.file}.ts"`, `"./${worker.file}.js"`);
      await Deno.writeTextFile(path, head + comment + text);
    }
  }
  for (const { source, file } of servers) await Deno.copyFile(new URL(source, root), new URL(file, npm));
  const documents = ["README.md", "LICENSE", "CHANGELOG.md"];
  for (const file of documents) {
    const text = await Deno.readTextFile(new URL(file, root));
    await Deno.writeTextFile(new URL(file, npm), withoutLinks(text, documents));
  }
  for await (const { name } of Deno.readDir(npm)) {
    const text = await Deno.readTextFile(new URL(name, npm));
    // Deno looks for the file that is named, tsc for the declarations beside it.
    const named = name.endsWith(".d.ts") ? text.replace(/((?:from|import) '\.\/[^']+)\.js'/g, "$1.d.ts'") : text;
    await Deno.writeTextFile(new URL(name, jsr), named);
  }
  for await (const { name } of Deno.readDir(npm)) {
    if (!name.endsWith(".d.ts")) continue;
    const path = new URL(name, npm), text = await Deno.readTextFile(path);
    // The bundler of the types leaves such lines out, JSR refuses them, and ES2022 has no AsyncDisposable.
    if (/\bAsyncDisposable\b/.test(text)) {
      await Deno.writeTextFile(path, `/// <reference lib="esnext.disposable" />\n${text}`);
    }
  }
  await writeManifests(npm, jsr, manifest, [...new Set(Object.values(packages).flat())].sort());

  status("packing …");
  const [{ filename, files }] = JSON.parse(await runIn(npm, "npm", "pack", "--json", "--pack-destination", ".."));
  return {
    npm,
    jsr,
    tarball: new URL(filename, to),
    files: Object.fromEntries((files as { path: string; size: number }[]).map(({ path, size }) => [path, size])),
    packages,
  };
}

if (import.meta.main) {
  await runTask({
    name: "pack",
    about: "Builds the package for npm and JSR, and its tarball, in .pack/ (needs Node.js and npm).",
    usage: "",
  }, async (_, report) => {
    const { npm, jsr, tarball, files, packages } = await buildPackage(
      new URL(".pack/", root),
      (text) => report.status(text),
    );
    const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    for (const [entry, names] of Object.entries(packages)) {
      report.line(`${entry}: ${names.length === 0 ? "no package" : names.join(", ")}`);
    }
    report.line(`${Object.keys(files).length} files, ${(bytes / 1000).toFixed(0)} kB`);
    for (const written of [npm, jsr, tarball]) report.wrote(written);
  });
}

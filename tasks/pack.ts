/**
 * `deno task pack`: builds the package that npm and JSR take, in .pack/package, and its tarball.
 *
 * The sources in lib/ are bundled by esbuild, one file per entry with shared chunks, and their types by tsc and rollup. The
 * tools come from npm and run in Node.js: they are not among the dependencies of this project.
 *
 * @module
 */
import { root, runTask, TaskError } from "./cli.ts";

/** The folder in which the package is built. */
export const packFolder: URL = new URL(".pack/", root);

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
  /** The tarball. */
  tarball: URL;
  /** Bytes of each file in it, by name. */
  files: Record<string, number>;
  /** Packages from npm that each entry imports, chunks included, by the entry's name. */
  packages: Record<string, string[]>;
}

const decoder = new TextDecoder();

/** Runs a command in .pack and returns its standard output. */
export async function runIn(folder: URL, command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: folder }).output().catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw new TaskError(`'${command}' is not installed`);
    throw error;
  });
  if (success) return decoder.decode(stdout);
  throw new TaskError(`${command} ${args.join(" ")} failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

/** Installs packages into a folder that has a package.json, without their scripts. */
export const npmInstall = (folder: URL, ...packages: string[]): Promise<string> =>
  runIn(folder, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", ...packages);

/** Reads deno.json. */
export const readManifest = async (): Promise<Manifest> =>
  JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));

/** Returns the name of the files of an entry: "index" for ".", "core" for "./core". */
const fileName = (entry: string): string => entry === "." ? "index" : entry.slice(2);

/** Files that do something when they are loaded: they register the SIMD loops. */
const registering = ["index", "simd"];

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

/** Writes package.json and jsr.json: the same files for both registries. */
async function writeManifests(
  folder: URL,
  { name, version, license, exports, imports }: Manifest,
  packages: readonly string[],
): Promise<void> {
  const write = (file: string, contents: unknown) =>
    Deno.writeTextFile(new URL(file, folder), `${JSON.stringify(contents, null, 2)}\n`);
  const versionOf = (one: string): string => {
    const mapped = imports[one]?.match(/^npm:(?:@[^/]+\/)?[^@/]+@([^/]+)$/)?.[1];
    if (mapped === undefined) {
      throw new TaskError(`'${one}' is imported by the package, but deno.json has no version of it`);
    }
    return mapped;
  };
  const optional = packages.filter((one) => !required.includes(one));
  const entries = Object.keys(exports).map((entry) => [entry, fileName(entry)]);
  await write("package.json", {
    name,
    version,
    description: about,
    license,
    keywords: ["tensorflow.js", "tfjs", "loss", "metrics", "f1", "precision", "recall", "confusion-matrix"],
    type: "module",
    sideEffects: registering.map((file) => `./${file}.js`),
    exports: Object.fromEntries(
      entries.map(([entry, file]) => [entry, { types: `./${file}.d.ts`, default: `./${file}.js` }]),
    ),
    types: "./index.d.ts",
    peerDependencies: Object.fromEntries(packages.map((one) => [one, `^${versionOf(one)}`])),
    peerDependenciesMeta: Object.fromEntries(optional.map((one) => [one, { optional: true }])),
    engines: { node: ">=20" },
  });
  await write("jsr.json", {
    name,
    version,
    license,
    exports: Object.fromEntries(entries.map(([entry, file]) => [entry, `./${file}.js`])),
    imports: Object.fromEntries(
      Object.entries(imports).filter(([one]) => packages.includes(packageOf(one))),
    ),
  });
}

/** Returns the comment at the head of a module, which the bundlers drop. */
const moduleComment = async (source: URL): Promise<string> =>
  (await Deno.readTextFile(source)).match(/^\/\*\*.*?@module\n \*\/\n/s)?.[0] ?? "";

/** Lists the TypeScript files of a folder. */
async function sourcesOf(folder: URL): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await sourcesOf(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) found.push(new URL(name, folder).href);
  }
  return found;
}

/** Builds the package and its tarball. */
export async function buildPackage(status: (text: string) => void = () => {}): Promise<Packed> {
  const manifest = await readManifest(), entries = Object.entries(manifest.exports);
  const folder = new URL("package/", packFolder),
    types = new URL("types/", packFolder),
    lib = new URL("lib/", packFolder);
  await Deno.mkdir(packFolder, { recursive: true });
  for (const old of [folder, types, lib]) await Deno.remove(old, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);

  status("installing the tools …");
  const own = new URL("pack/", import.meta.url);
  for await (const { name } of Deno.readDir(own)) await Deno.copyFile(new URL(name, own), new URL(name, packFolder));
  const pinned = Object.entries(manifest.imports).flatMap(([name, target]) =>
    target.startsWith("npm:") && name === packageOf(name) && typed.includes(name) ? [target.slice("npm:".length)] : []
  );
  await npmInstall(packFolder, "--no-save", ...pinned);

  const { href } = new URL("lib/", root);
  for (const source of await sourcesOf(new URL(href))) { // beside the packages that tsc has to find
    const copy = new URL(source.slice(href.length), lib);
    await Deno.mkdir(new URL(".", copy), { recursive: true });
    await Deno.copyFile(new URL(source), copy);
  }

  status("bundling the sources …");
  const inputs = entries.map(([entry, source]) => `${fileName(entry)}=${source}`);
  await runIn(
    packFolder,
    "node",
    "node_modules/esbuild/bin/esbuild",
    ...inputs,
    ..."--bundle --splitting --format=esm --target=es2022 --packages=external --outdir=package --chunk-names=chunk-[hash]"
      .split(" "),
  );

  status("bundling the types …");
  const sources = entries.map(([, source]) => source);
  const tsc = "node_modules/typescript/bin/tsc";
  await runIn(packFolder, "node", tsc, ...compilerOptions, "--rootDir", "lib", "ambient.d.ts", ...sources);
  const declarations = entries.map(([entry, source]) => [
    fileName(entry),
    source.replace("./lib", "types").replace(/\.ts$/, ".d.ts"),
  ]);
  await Deno.writeTextFile(
    new URL("entries.json", packFolder),
    JSON.stringify({ declarations: Object.fromEntries(declarations) }),
  );
  await runIn(packFolder, "node", "node_modules/rollup/dist/bin/rollup", "-c", "--silent");

  const packages: Record<string, string[]> = {};
  for (const [entry, source] of entries) {
    const comment = await moduleComment(new URL(source, root)), name = fileName(entry);
    packages[entry] = [...await packagesOf(folder, `${name}.js`)].sort();
    for (const [file, head] of [[`${name}.js`, `/* @ts-self-types="./${name}.d.ts" */\n`], [`${name}.d.ts`, ""]]) {
      const path = new URL(file, folder);
      await Deno.writeTextFile(path, head + comment + await Deno.readTextFile(path));
    }
  }
  await writeManifests(folder, manifest, [...new Set(Object.values(packages).flat())].sort());
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    await Deno.copyFile(new URL(file, root), new URL(file, folder));
  }

  status("packing …");
  const [{ filename, files }] = JSON.parse(await runIn(folder, "npm", "pack", "--json", "--pack-destination", ".."));
  return {
    tarball: new URL(filename, packFolder),
    files: Object.fromEntries((files as { path: string; size: number }[]).map(({ path, size }) => [path, size])),
    packages,
  };
}

/** Packages that the types of lib/ need. */
const typed = [
  ...required,
  "@observablehq/plot",
  "csv-parse",
  "linkedom",
  "markdown-it",
  "nodejs-polars",
];

const compilerOptions =
  "--declaration --emitDeclarationOnly --allowImportingTsExtensions --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler --lib esnext,dom,dom.iterable --types node --outDir types"
    .split(" ");

if (import.meta.main) {
  await runTask({
    name: "pack",
    about: "Builds the package for npm and JSR, and its tarball, in .pack/ (needs Node.js and npm).",
    usage: "",
  }, async (_, report) => {
    const { tarball, files, packages } = await buildPackage((text) => report.status(text));
    const bytes = Object.values(files).reduce((sum, size) => sum + size, 0);
    for (const [entry, names] of Object.entries(packages)) {
      report.line(`${entry}: ${names.length === 0 ? "no package" : names.join(", ")}`);
    }
    report.line(`${Object.keys(files).length} files, ${(bytes / 1000).toFixed(0)} kB`);
    report.wrote(tarball);
  });
}

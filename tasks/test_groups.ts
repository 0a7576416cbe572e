/**
 * Groups of test files that share an isolate: each isolate loads TensorFlow.js, which takes longer than most files run.
 *
 * @module
 */
import { shortPath } from "./cli.ts";

/** The most files of a group: groups of many files would leave a core idle while the last ones end. */
const mostFiles = 8;

/** The sentence in a file that must not share an isolate. */
const alone = "in an isolate of its own";

/** Folders whose files do not share isolates: their tests are about what is registered, in memory or in other processes. */
const apart = ["bench", "core", "kernels", "package", "tasks", "tfjs"];

/** Lists the test files of a folder, and of the folders in it. */
export function testFiles(folder: URL): URL[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) => {
    if (isDirectory && !name.startsWith(".")) return testFiles(new URL(`${name}/`, folder));
    return name.endsWith("_test.ts") ? [new URL(name, folder)] : [];
  });
}

/** Returns the files in groups: those of a folder together, at most eight, in groups of about the same size; some alone. */
export function groupFiles(files: readonly URL[], textOf: (file: URL) => string = Deno.readTextFileSync): URL[][] {
  const folderOf = (file: URL) => file.pathname.split("/").at(-2)!;
  const isAlone = (file: URL) => apart.includes(folderOf(file)) || textOf(file).includes(alone);
  const together = Map.groupBy(files.filter((file) => !isAlone(file)), folderOf);
  const groups = [...together.values()].flatMap((own) => {
    const count = Math.ceil(own.length / mostFiles), size = Math.ceil(own.length / count);
    return Array.from({ length: count }, (_, k) => own.slice(k * size, (k + 1) * size));
  });
  return [...files.filter(isAlone).map((file) => [file]), ...groups];
}

/** Writes a module per group of several files into a folder; returns the groups by the paths under which `deno test` reports them. */
export function writeGroups(groups: readonly URL[][], folder: URL): Map<string, string[]> {
  return new Map(groups.map((files, k) => {
    const paths = files.map((file) => `./${shortPath(file)}`);
    if (files.length === 1) return [paths[0], paths];
    const module = new URL(`${files[0].pathname.split("/").at(-2)}_${k}_test.ts`, folder);
    Deno.writeTextFileSync(module, files.map(({ href }) => `import ${JSON.stringify(href)};\n`).join(""));
    return [`./${shortPath(module)}`, paths];
  }));
}

/** Names a group of files of one folder: "tests/audit/{batches,causes}_test.ts". */
export function groupName(files: readonly string[]): string {
  if (files.length === 1) return files[0];
  const [, folder] = /^(.*\/)/.exec(files[0])!;
  return `${folder}{${files.map((file) => file.slice(folder.length).replace("_test.ts", "")).join(",")}}_test.ts`;
}

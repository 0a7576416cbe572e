/**
 * Groups of test files that share an isolate: each isolate loads TensorFlow.js, which takes longer than most files run.
 *
 * @module
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { root, shortPath } from "./cli.ts";

/** The sentence in a file that must not share an isolate. */
const alone = "in an isolate of its own";

/** Folders whose files do not share isolates: their tests are about what is registered, in memory or in other processes. */
const apart = ["bench", "core", "kernels", "package", "tasks", "tfjs"];

const folderOf = (file: URL): string => file.pathname.split("/").at(-2)!;

/** Says whether a file does not share its isolate. */
export const isAlone = (file: URL): boolean =>
  apart.includes(folderOf(file)) || Deno.readTextFileSync(file).includes(alone);

/**
 * Returns the files in groups of at most `most`, as groups of many files would leave a core idle while the last ones end: those of
 * a folder together, in parts of about the same size if they are more, and small folders with the next; then the files alone.
 */
export function groupFiles(files: readonly URL[], most: number, isAlone: (file: URL) => boolean): URL[][] {
  const folders = Map.groupBy(files.filter((file) => !isAlone(file)), folderOf);
  const parts = [...folders.values()].flatMap((own) => {
    const count = Math.ceil(own.length / most), size = Math.ceil(own.length / count);
    return Array.from({ length: count }, (_, k) => own.slice(k * size, (k + 1) * size));
  });
  const groups: URL[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last !== undefined && last.length + part.length <= most) last.push(...part);
    else groups.push(part);
  }
  return [...groups, ...files.filter(isAlone).map((file) => [file])];
}

/** The files whose tests take longest, and a folder whose tests wait for a browser most of the time. */
const longest = [
  "site/",
  "package/package_test.ts",
  "audit/cases_test.ts",
  "compare/compare_task_test.ts",
  "compare/compare_losses_test.ts",
  "compare/curve_score_test.ts",
  "audit/rules_test.ts",
  "tasks/mutants_test.ts",
];

/** Says whether the tests of a file take so long that they do not wait for those of others. */
export const isLong = ({ pathname }: URL): boolean => longest.some((name) => pathname.endsWith(`/${name}`));

/** Returns groups in an order that leaves no core idle while the last ones end: those that take longest come first. */
export function longestFirst(groups: readonly URL[][]): URL[][] {
  const place = (group: readonly URL[]) => {
    const found = longest.findIndex((name) => group.some(({ pathname }) => pathname.includes(`/${name}`)));
    return found < 0 ? longest.length : found;
  };
  return groups.toSorted((a, b) => place(a) - place(b));
}

/**
 * Writes a module per group into a folder; returns the groups by the paths under which `deno test` reports them. It begins the
 * modules of one folder in the order in which it is given them, but goes from folder to folder: files alone have a module, too.
 */
export function writeGroups(groups: readonly URL[][], folder: URL): Map<string, string[]> {
  return new Map(groups.map((files, k) => {
    const paths = files.map((file) => `./${shortPath(file)}`);
    const module = new URL(`${folderOf(files[0])}_${k}_test.ts`, folder);
    Deno.writeTextFileSync(module, files.map(({ href }) => `import ${JSON.stringify(href)};\n`).join(""));
    return [`./${shortPath(module)}`, paths];
  }));
}

/** Calls a function with a new folder inside the project, where imports resolve, and removes the folder. */
export async function inFolder<T>(use: (folder: URL) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ dir: fileURLToPath(root), prefix: ".tests-" });
  try {
    return await use(pathToFileURL(`${folder}/`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const nameOfFolder = (folder: string, files: readonly string[]): string => {
  const names = files.map((file) => file.slice(folder.length).replace("_test.ts", ""));
  return `${folder}${names.length === 1 ? names[0] : `{${names.join(",")}}`}_test.ts`;
};

/** Names a group of files, those of each folder together: "./tests/audit/{batches,causes}_test.ts ./tests/costs/costs_test.ts". */
export const groupName = (files: readonly string[]): string =>
  [...Map.groupBy(files, (file) => file.slice(0, file.lastIndexOf("/") + 1))]
    .map(([folder, own]) => nameOfFolder(folder, own)).join(" ");

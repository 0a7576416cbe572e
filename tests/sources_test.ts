// The sources as texts: doc comments begin with a noun or a verb, and lib/ imports at run time what it should: reports,
// tables and meters, and all between a file and a training, reach no TensorFlow.js, and numbers come in one way.
import { assert, assertEquals } from "@std/assert";
import { root, shortPath } from "../tasks/cli.ts";
import { filesIn } from "../tasks/files.ts";

/** The doc comments of a source, and the texts of their tags, that begin with a relative pronoun. */
function relativeClauses(source: string): string[] {
  const texts = source.matchAll(/\/\*\*[\s\S]*?\*\//g).flatMap(([comment]) =>
    comment.replace(/^\/\*\*|\*\/$|^\s*\* ?/gm, "").split(/@(?:param \S+|returns|throws \{\w+\}|module|default)/)
  );
  return [...texts].map((text) => text.trim()).filter((text) => /^(What|Whether|How|Where|Which|Who)\b/i.test(text));
}

Deno.test("a doc comment begins with a noun or a verb", () => {
  const begin = "/" + "**"; // this file is read, too
  const source = `${begin} What it is. */ ${begin} Says\n * what. @returns Whether so. */ ${begin} The whole. */`;
  assertEquals(relativeClauses(source), ["What it is.", "Whether so."]);
  const files = ["lib/", "tasks/", "bench/", "examples/", "tests/"].flatMap((folder) =>
    filesIn(new URL(folder, root), ".ts")
  );
  const found = files.flatMap((file) =>
    relativeClauses(Deno.readTextFileSync(file)).map((text) => `${shortPath(file)}: ${text}`)
  );
  assertEquals(found, []);
});

const lib = new URL("lib/", root);
const within = (folder: string): string[] =>
  filesIn(new URL(folder, lib), ".ts").map(({ href }) => href.slice(lib.href.length));

/** The modules that a file imports at run time. */
function importsOf(file: URL): string[] {
  const text = Deno.readTextFileSync(file);
  return [
    /^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm,
    /^import "([^"]+)";/gm,
    /(?<!typeof )import\("([^"]+)"\)/g,
  ]
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name));
}

/** Walks from some files to all that they reach, and finds those that import TensorFlow.js. */
function walk(files: readonly string[]): { reached: string[]; tensorFlow: string[] } {
  const reached = new Set(files.map((file) => new URL(file, lib).href)), tensorFlow: string[] = [];
  const nameOf = (url: string) => url.slice(lib.href.length);
  for (const file of reached) { // grows on the way
    for (const from of importsOf(new URL(file))) {
      if (from.startsWith("@tensorflow/")) tensorFlow.push(nameOf(file));
      if (from.startsWith(".")) reached.add(new URL(from, file).href);
    }
  }
  return { reached: [...reached].map(nameOf), tensorFlow };
}

Deno.test("lib/data imports neither losses nor metrics nor scores", () => {
  const allowed = /^(\.\/|\.\.\/(check|numerics)\/|node:|npm:|[a-z@])/;
  for (const file of within("data/")) {
    assertEquals(importsOf(new URL(file, lib)).filter((from) => !allowed.test(from)), [], file);
  }
});

Deno.test("lib/compare reaches no TensorFlow.js", () => {
  const { reached, tensorFlow } = walk(within("compare/"));
  assertEquals(tensorFlow, []);
  assert(reached.includes("data/read_table.ts"));
});

const pure = [
  "classification_report.ts",
  "confusion_table.ts",
  "read_labels.ts",
  "confusion_meter.ts",
  "exact_counts.ts",
];
for (const file of pure) {
  Deno.test(`lib/metrics/${file} imports no TensorFlow.js`, () => {
    assertEquals(walk([`metrics/${file}`]).tensorFlow, []);
  });
}

Deno.test("a file that imports TensorFlow.js is found", () => {
  for (const file of ["hard_metric.ts", "dataset_metrics.ts"]) {
    assert(walk([`metrics/${file}`]).tensorFlow.includes("metrics/hard_metric.ts"));
  }
});

/** The place of each folder in the order of imports that CONTRIBUTING.md draws: its line, its chain there, its place in the chain. */
function placesOfFolders(): Map<string, readonly [line: number, chain: number, place: number]> {
  const [, lines] = Deno.readTextFileSync(new URL("CONTRIBUTING.md", root)).match(/## The house\n\n((?: {4}.*\n)+)/)!;
  const drawn = lines.trim().split("\n").flatMap((text, line) =>
    text.trim().split(/ {2,}/)[0].split("; ").flatMap((chain, c) =>
      chain.split(" → ").flatMap((folders, place) =>
        folders.split(", ").map((folder) => [folder, [line, c, place]] as const)
      )
    )
  );
  return new Map(drawn);
}

Deno.test("lib imports in the order that CONTRIBUTING.md draws, types included", () => {
  const places = placesOfFolders(), folderOf = (path: string) => path.split("/")[0];
  const folders = [...Deno.readDirSync(lib)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assertEquals(folders.filter((folder) => !places.has(folder)), []);
  const allowed = (from: string, to: string): boolean => {
    const [line, chain, place] = places.get(from)!, [toLine, toChain, toPlace] = places.get(to) ?? [Infinity, 0, 0];
    return toLine < line || (toLine === line && toChain === chain && toPlace < place);
  };
  const wrong = folders.flatMap((folder) => within(`${folder}/`)).flatMap((file) => {
    const source = Deno.readTextFileSync(new URL(file, lib));
    return [...source.matchAll(/(?:from |import\()"(\.[^"]+\.ts)"/g)]
      .map(([, from]) => new URL(from, new URL(file, lib)).href.slice(lib.href.length))
      .filter((to) => folderOf(to) !== folderOf(file) && to !== "jupyter.ts" && !allowed(folderOf(file), folderOf(to)))
      .map((to) => `${file} imports ${to}`);
  });
  assertEquals(wrong, []);
});

Deno.test("the lock has at most 190 packages of npm", () => {
  const { npm } = JSON.parse(Deno.readTextFileSync(new URL("deno.lock", root)));
  const count = Object.keys(npm).length;
  assert(count > 100 && count <= 190, `${count} packages`);
});

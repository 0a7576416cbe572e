// What the folders of lib/ import at run time: reports, tables and meters, and all between a file and a training, reach no
// TensorFlow.js, and numbers come in one way.
import { assert, assertEquals } from "@std/assert";

const lib = new URL("../../lib/", import.meta.url);
const filesIn = (folder: string): string[] =>
  [...Deno.readDirSync(new URL(folder, lib))].map(({ name }) => folder + name);

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
  for (const file of filesIn("data/")) {
    assertEquals(importsOf(new URL(file, lib)).filter((from) => !allowed.test(from)), [], file);
  }
});

Deno.test("lib/compare reaches no TensorFlow.js", () => {
  const { reached, tensorFlow } = walk(filesIn("compare/"));
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

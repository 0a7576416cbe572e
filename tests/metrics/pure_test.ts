// What a page without an engine imports: reports, tables and meters reach no TensorFlow.js.
import { assertEquals } from "@std/assert";

interface Graph {
  roots: string[];
  modules: { specifier: string; dependencies?: { code?: { specifier?: string } }[] }[];
}

/** The files that import TensorFlow.js at run time, among those that the file reaches. */
async function tensorFlowImports(file: string): Promise<string[]> {
  const url = new URL(`../../lib/metrics/${file}`, import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", url.href] }).output();
  const { roots, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const imports = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.map(({ code }) => code?.specifier).filter((imported) => imported !== undefined),
  ]));
  const reached = new Set(roots), found: string[] = [];
  for (const module of reached) { // grows on the way
    for (const imported of imports.get(module) ?? []) {
      if (imported.includes("@tensorflow/")) found.push(module.replace(/.*\/lib\//, ""));
      reached.add(imported);
    }
  }
  return found;
}

for (
  const file of [
    "classification_report.ts",
    "confusion_table.ts",
    "read_labels.ts",
    "confusion_meter.ts",
    "exact_counts.ts",
  ]
) {
  Deno.test(`lib/metrics/${file} imports no TensorFlow.js`, async () => {
    assertEquals(await tensorFlowImports(file), []);
  });
}

Deno.test("a file that imports TensorFlow.js is found", async () => {
  assertEquals((await tensorFlowImports("hard_metric.ts")).includes("metrics/hard_metric.ts"), true);
  assertEquals((await tensorFlowImports("dataset_metrics.ts")).includes("metrics/hard_metric.ts"), true);
});

// What the rooms data and compare import: numbers come in one way, without TensorFlow.js between a file and a training.
import { assert, assertEquals } from "@std/assert";

const rooms = new URL("../../lib/", import.meta.url);

/** The modules that a file imports at run time. */
function importsOf(file: URL): string[] {
  const text = Deno.readTextFileSync(file);
  return [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)].map(([, name]) => name);
}

Deno.test("lib/data imports neither losses nor metrics nor scores", () => {
  const allowed = /^(\.\/|\.\.\/(check|numerics)\/|node:|npm:|[a-z@])/;
  for (const { name } of Deno.readDirSync(new URL("data/", rooms))) {
    assertEquals(importsOf(new URL(`data/${name}`, rooms)).filter((from) => !allowed.test(from)), [], name);
  }
});

Deno.test("lib/compare reaches no TensorFlow.js", () => {
  const seen = new Set<string>(),
    waiting = [...Deno.readDirSync(new URL("compare/", rooms))]
      .map(({ name }) => new URL(`compare/${name}`, rooms).href);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const from of importsOf(new URL(file))) {
      assert(!from.startsWith("@tensorflow/"), `${file} imports ${from}`);
      if (from.startsWith(".")) waiting.push(new URL(from, file).href);
    }
  }
  assert([...seen].some((file) => file.endsWith("/data/read_table.ts")));
});

// package.json promises Node.js 20: lib/ calls nothing that is newer. `deno task pack` finds such calls by types, this test in a second.
import { assert, assertEquals } from "@std/assert";
import { root } from "../../tasks/cli.ts";

/** Calls and syntax that Node.js 20 lacks and that no bundler replaces. */
const newer: readonly RegExp[] = [
  /\b(?:Map|Object)\.groupBy\b/,
  /\bPromise\.(?:withResolvers|try)\b/,
  /\bArray\.fromAsync\b/,
  /\bRegExp\.escape\b/,
  /\bFloat16Array\b|\bf16round\b|\bsumPrecise\b/,
  /\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(/,
  /\bIterator\.(?:from|concat|prototype)\b/,
  /\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\(/,
  /\.(?:toBase64|toHex|setFromBase64|setFromHex|transferToFixedLength|getOrInsert|getOrInsertComputed)\(/,
  /\bimport\.meta\.(?:dirname|filename|main)\b/,
  /\bzlib\.(?:zstd|createZstd)/,
  /^\s*(?:await )?using \w+ =/m,
  /^import [^;]*\bwith \{ type:/m,
];

const found = (code: string): string[] => newer.flatMap((one) => code.match(one)?.[0] ?? []);

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");

Deno.test("the search for newer calls finds them, not comments and not the project's own functions", () => {
  for (
    const code of [
      "Map.groupBy(a, b)",
      "Promise.withResolvers()",
      "RegExp.escape(text)",
      "seen.isSubsetOf(all)",
      "groups.values().map(size)",
      "Iterator.from(rows)",
      "bytes.toBase64()",
      "  using file = open()",
      'import data from "./a.json" with { type: "json" };',
    ]
  ) assertEquals(found(withoutComments(code)).length, 1, code);
  assertEquals(
    found(withoutComments("groupBy(a, b); [...groups.values()].map(size) /* Map.groupBy */ // Map.groupBy")),
    [],
  );
});

Deno.test("no source of the package calls what Node.js 20 does not have", async () => {
  const walk = async (folder: URL): Promise<number> => {
    let files = 0;
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) files += await walk(new URL(`${name}/`, folder));
      else if (name.endsWith(".ts")) {
        assertEquals(found(withoutComments(await Deno.readTextFile(new URL(name, folder)))), [], name);
        files++;
      }
    }
    return files;
  };
  assert(await walk(new URL("lib/", root)) > 150);
});

// The first words of doc comments: a noun or a verb, not a relative clause.
import { assertEquals } from "@std/assert";
import { root, shortPath } from "../tasks/cli.ts";
import { filesIn } from "../tasks/test_groups.ts";

/** The doc comments of a source, and the texts of their tags, that begin with a relative pronoun. */
function relativeClauses(source: string): string[] {
  const texts = source.matchAll(/\/\*\*[\s\S]*?\*\//g).flatMap(([comment]) =>
    comment.replace(/^\/\*\*|\*\/$|^\s*\* ?/gm, "").split(/@(?:param \S+|returns|throws \{\w+\}|module|default)/)
  );
  return [...texts].map((text) => text.trim()).filter((text) => /^(What|Whether|How|Where|Which|Who)\b/i.test(text));
}

Deno.test("a doc comment of lib/ and tasks/ begins with a noun or a verb", () => {
  assertEquals(relativeClauses("/** What it is. */ /** Says\n * what. @returns Whether so. */ /** The whole. */"), [
    "What it is.",
    "Whether so.",
  ]);
  const files = ["lib/", "tasks/"].flatMap((folder) => filesIn(new URL(folder, root), ".ts"));
  const found = files.flatMap((file) =>
    relativeClauses(Deno.readTextFileSync(file)).map((text) => `${shortPath(file)}: ${text}`)
  );
  assertEquals(found, []);
});

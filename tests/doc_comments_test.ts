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

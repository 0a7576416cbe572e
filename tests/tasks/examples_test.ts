// Examples of docstrings and pages as tests: none is lost, each keeps its lines, and none profits from another's imports.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { root } from "../../tasks/cli.ts";
import { examplesIn, groupsOf, moduleOf, projectExamples, writeExamples } from "../../tasks/examples.ts";
import { runDeno } from "../../tasks/processes.ts";
import { readTally } from "../../tasks/test_output.ts";
import { Fixtures } from "./fixtures.ts";

const source = `/**
 * Adds.
 *
 * @example
 * \`\`\`ts
 * import { add } from "@x/add";
 * import {
 *   assertEquals,
 * } from "@std/assert";
 *
 * assertEquals(add(1, 1), 2);
 * \`\`\`
 */
export const a = {
  /**
   * \`\`\`ts
   * throw new Error("one line");
   * \`\`\`
   * \`\`\`sh
   * npm install
   * \`\`\`
   */
};
`;

Deno.test("examplesIn: the blocks of TypeScript in docstrings and in pages, with their lines", () => {
  const [first, second, ...more] = examplesIn("lib/a.ts", source), lines = source.split("\n");
  assertEquals([more, first.line, second.line], [[], 6, 17]);
  assertEquals(first.code.split("\n").slice(0, -1).map((line) => ` * ${line}`.trimEnd()), lines.slice(5, 11));
  assertEquals(second.code, 'throw new Error("one line");\n');
  assertEquals(examplesIn("a.md", "1.\n```ts\nx * y;\n * z;\n```\n"), [{
    file: "a.md",
    line: 3,
    code: "x * y;\n * z;\n",
  }]);
});

Deno.test("moduleOf: imports stay outside the test, and every line keeps its number", () => {
  const lines = source.split("\n");
  for (const example of examplesIn("lib/a.ts", source)) {
    const text = moduleOf(example), own = text.split("\n");
    example.code.trimEnd().split("\n").forEach((line, i) => {
      assertStringIncludes(own[example.line - 1 + i], line);
      assertStringIncludes(lines[example.line - 1 + i], line);
    });
    assert(text.lastIndexOf("import") < text.indexOf(`Deno.test("lib/a.ts:${example.line}"`));
  }
});

Deno.test("groupsOf: together if they import the same modules, in whatever order, but for those that register nothing", () => {
  const of = (code: string) => ({ file: "a.md", line: 1, code });
  const [ab, ba, b, none] = [
    'import "a";\nimport { c } from "b";\n',
    'import "b";\nimport "a";\nimport { assert } from "@std/assert";\nc;\n',
    'import "b";\n',
    "1;\n",
  ];
  assertEquals(groupsOf([ab, b, ba, none].map(of)).map((group) => group.map(({ code }) => code)), [[ab, ba], [b], [
    none,
  ]]);
});

Deno.test("projectExamples: as many as there are blocks in lib/, docs/ and the README", async () => {
  const examples = await projectExamples(), files = new Set(examples.map(({ file }) => file));
  assert(files.has("README.md") && files.has("lib/audit/audit_loss.ts") && files.has("docs/any_engine.md"));
  let blocks = 0;
  for (const file of files) {
    blocks += (await Deno.readTextFile(new URL(file, root))).match(/^ *(\* )?```ts$/gm)!.length;
  }
  assertEquals(examples.length, blocks);
});

Deno.test("writeExamples: an example that fails is named with its line", async () => {
  using fixtures = new Fixtures();
  const examples = examplesIn("a.md", "```ts\n1;\n```\n```ts\n2;\nthrow new Error('three');\n```\n");
  const files = writeExamples(examples, pathToFileURL(`${fixtures.folder}/`));
  assertEquals(files.length, 1);
  const { code, output } = await runDeno(["test", "-P", "--no-check", ...files]);
  const { passed, failures } = readTally("examples", output, code);
  assertEquals([passed, failures.map((one) => one.split(" ")[0])], [1, ["a.md:5"]]);
  assertStringIncludes(output, "a.5.ts:6:7");
});

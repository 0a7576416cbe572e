import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import manifest from "../../deno.json" with { type: "json" };
import { type Reporter, root, UsageError } from "../../tasks/cli.ts";
import { NotebooksFailed } from "../../tasks/execute.ts";
import { runWriteup, writeUp, writeupSpec } from "../../tasks/writeup.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import { filesUnder, inTemporaryFolder } from "./support.ts";
import { slow } from "../slow.ts";

/** Runs the task as `deno task writeup` does. */
async function writeup(...args: string[]): Promise<{ code: number; text: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=tasks", "tasks/writeup.ts", ...args],
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** Makes a reporter that keeps what it is told. */
function reporterInto(lines: string[]): Reporter {
  return { line: (text) => void lines.push(text), status() {}, progress() {}, wrote() {} };
}

/** Runs the task in this process, which has compiled the scripts and made the API's pages for other tests. */
async function runHere(...args: string[]): Promise<string> {
  const lines: string[] = [];
  await runWriteup(parseArgs({ args, options: writeupSpec.options }), reporterInto(lines));
  return lines.join("\n");
}

slow.test("writeup: help, and bad usage", async () => {
  const help = await writeup("--help");
  assertEquals(help.code, 0);
  assertStringIncludes(help.text, "usage: deno task writeup [--no-execute]");
  for (const args of [["--nonsense"], ["a.ipynb"]]) {
    const { code, text } = await writeup(...args);
    assertEquals(code, 2, text);
    assertStringIncludes(text, "see: deno task writeup --help");
  }
  for (const args of [["--jobs", "0"], ["--timeout", "soon"], ["--site-url", "example.org"]]) {
    await assertRejects(() => runHere(...args), UsageError, args[0]);
  }
});

slow.test({
  name: "writeup: builds the project's pages from the committed outputs and says what to open",
  permissions: manifest.permissions.tasks,
  fn: async () => {
    // A check that runs meanwhile writes hidden files.
    const shown = async () =>
      [...await filesUnder(fileURLToPath(new URL("notebooks", root)))].filter(([name]) => !name.startsWith("."));
    await inTemporaryFolder(async (folder) => {
      const notebooks = await shown(), out = `${folder}/pages`;
      const text = await runHere("--no-execute", "--out", out);
      assertStringIncludes(text, pathToFileURL(`${out}/index.html`).href);
      assertMatch(text, /\d+ notebooks, \d+ files, [\d.]+ [kM]B, built in [\d.]+ s\n/);
      assert((await Deno.readTextFile(`${out}/api.html`)).includes("</html>"));
      assertEquals(await shown(), notebooks, "notebooks/ is not written");
    });
  },
});

slow.test("writeup: the page of a notebook that cannot be executed shows the committed outputs, and the failure is thrown", async () => {
  using fixtures = new Fixtures();
  const cell = (source: string) => ({
    cell_type: "code",
    id: "a",
    metadata: {},
    source,
    execution_count: 1,
    outputs: [{ output_type: "stream", name: "stdout", text: "committed\n" }],
  });
  const title = { cell_type: "markdown", id: "t", metadata: {}, source: "# A question?\n\nAn answer." };
  const paths = [
    fixtures.notebook("bad.ipynb", [title, cell("throw new Error('not today');")]),
    fixtures.notebook("good.ipynb", [title, cell("console.log('fresh');")]),
  ];
  await inTemporaryFolder(async (folder) => {
    const lines: string[] = [];
    const { message, executed } = await assertRejects(
      () => writeUp(paths, { out: `${folder}/pages`, execution: { jobs: 2 } }, reporterInto(lines)),
      NotebooksFailed,
    );
    assertMatch(message, /bad\.ipynb, cell 1, line 1: .*not today/);
    assertEquals(executed.map(({ path }) => path), [paths[1]]);
    const warnings = lines.filter((text) => text.includes("committed outputs"));
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0], /^warning: .*\/bad\.ipynb could not be executed; its page shows the committed outputs$/);
    const [bad, good] = await Promise.all(
      ["bad", "good"].map((name) => Deno.readTextFile(`${folder}/pages/${name}.html`)),
    );
    assert(bad.includes("committed") && !bad.includes("fresh"));
    assert(good.includes("fresh") && !good.includes("committed"));
  });
});

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../../tasks/cli.ts";
import { filesUnder, inTemporaryFolder } from "./support.ts";

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

Deno.test("writeup: help, and bad usage", async () => {
  const help = await writeup("--help");
  assertEquals(help.code, 0);
  assertStringIncludes(help.text, "usage: deno task writeup [--no-execute]");
  for (const args of [["--jobs", "0"], ["--timeout", "soon"], ["--nonsense"], ["a.ipynb"]]) {
    const { code, text } = await writeup(...args);
    assertEquals(code, 2, text);
    assertStringIncludes(text, "see: deno task writeup --help");
  }
});

Deno.test("writeup: builds the project's pages from the committed outputs and says what to open", async () => {
  await inTemporaryFolder(async (folder) => {
    const notebooks = await filesUnder(fileURLToPath(new URL("notebooks", root)));
    const { code, text } = await writeup("--no-execute", "--out", `${folder}/pages`);
    assertEquals(code, 0, text);
    assertStringIncludes(text, pathToFileURL(`${folder}/pages/index.html`).href);
    assertMatch(text, /\d+ notebooks, \d+ files, [\d.]+ [kM]B, built in [\d.]+ s\n/);
    assertEquals(await filesUnder(fileURLToPath(new URL("notebooks", root))), notebooks, "notebooks/ is not written");
  });
});

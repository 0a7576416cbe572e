// Every task: --help and bad usage.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { slow } from "../slow.ts";
import { runApart } from "./fixtures.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)) as {
  tasks: Record<string, { command: string }>;
};

/** Runs a task as `deno task` does, with the permissions that deno.json gives it. */
function runTask(name: string, args: string[]) {
  const [, ...command] = tasks[name].command.split(" ");
  return runApart([...command, ...args]);
}

for (const name of Object.keys(tasks)) {
  slow.test(`deno task ${name} --help says what it does and ends with 0`, async () => {
    const { code, stdout } = await runTask(name, ["--help"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, `usage: deno task ${name}`);
    assertStringIncludes(stdout, "exit code: 0 done, 1 something failed, 2 bad usage");
    for (const line of stdout.split("\n")) assert(line.length <= 125, line);
  });
}

slow.test("what a task does not take is refused with 2, and its --help is named", async () => {
  for (
    const [task, given, message] of [
      ["run", ["--no-such-option"], "Unknown option '--no-such-option'"],
      ["lab", ["notebooks"], "Unexpected argument 'notebooks'"],
      ["lab", ["--port", "many"], "--port takes a number from 1 to 65535, not 'many'"],
      ["bench", ["--backends", "--save"], "--backends does not go with --save"],
      ["bench", ["--page", "--rows"], "--page does not go with --rows"],
      ["bench", ["file.ts", "--quick"], "FILE does not go with --quick"],
      ["bench", ["--rows", "--largest", "many"], "--largest takes a number from 3e6 to 1e8, not 'many'"],
      ["test", ["--quick", "--coverage"], "--quick does not go with --coverage"],
    ] as const
  ) {
    const { code, stdout, stderr } = await runTask(task, [...given]);
    assertEquals([code, stdout], [2, ""], message);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, `see: deno task ${task} --help`);
  }
});

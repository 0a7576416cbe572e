// Every task: --help and bad usage.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
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
  });
}

slow.test("an option that a task does not have is refused with 2, and the task's --help is named", async () => {
  const { code, stderr, stdout } = await runTask("run", ["--no-such-option"]);
  assertEquals(code, 2);
  assertMatch(stderr, /no-such-option/);
  assertStringIncludes(stderr, "see: deno task run --help");
  assertEquals(stdout, "");
});

slow.test("a part of a job is bad usage", async () => {
  const { code, stderr } = await runTask("run", ["--jobs", "2.5"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--jobs takes a whole number, not '2.5'");
});

slow.test("a number out of range is bad usage, not a time limit of a millisecond", async () => {
  for (const timeout of ["0", "-1", "9999999", "soon", ""]) {
    const { code, stderr } = await runTask("run", ["--timeout", timeout]);
    assertEquals(code, 2, timeout);
    assertStringIncludes(stderr, "--timeout");
  }
});

slow.test("bench refuses an option that what is measured alone does not take", async () => {
  for (
    const [given, message] of [
      [["--backends", "--save"], "--backends does not go with --save"],
      [["--page", "--rows"], "--page does not go with --rows"],
      [["file.ts", "--quick"], "FILE does not go with --quick"],
      [["--rows", "--greatest", "many"], "--greatest takes a number from 3e6 to 1e8, not 'many'"],
    ] as const
  ) {
    const { code, stderr } = await runTask("bench", [...given]);
    assertEquals(code, 2, message);
    assertStringIncludes(stderr, message);
  }
});

// The frame of every task: throttled progress, exit codes and last lines.
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { throttled, UsageError } from "../../tasks/cli.ts";
import { readExecutionOptions } from "../../tasks/execute.ts";
import { runApart } from "./fixtures.ts";

Deno.test("throttled: at most one line per interval, none before the first interval has passed", () => {
  let time = 100;
  const lines: string[] = [];
  const print = throttled((line) => lines.push(line), 50, () => time);
  for (; time < 260; time += 10) print(String(time));
  assertEquals(lines, ["150", "200", "250"]);
});

Deno.test("numbers among the options are in their range and whole where they count; anything else is bad usage", () => {
  assertEquals(readExecutionOptions({ jobs: "2", timeout: "0.5" }), { jobs: 2, timeoutSeconds: 0.5 });
  assertEquals(readExecutionOptions({}).timeoutSeconds, 900);
  for (const timeout of ["0", "-1", "9999999", "soon", "", " "]) {
    const said = `--timeout takes a number from 0.1 to 1000000, not '${timeout}'`;
    assertThrows(() => readExecutionOptions({ timeout }), UsageError, said);
  }
  assertThrows(
    () => readExecutionOptions({ jobs: "0" }),
    UsageError,
    "--jobs takes a number from 1 to 1000000, not '0'",
  );
  assertThrows(() => readExecutionOptions({ jobs: "2.5" }), UsageError, "--jobs takes a whole number, not '2.5'");
});

/** Runs a task whose body is the statement. */
function run(body: string, args: readonly string[] = []) {
  const cli = new URL("../../tasks/cli.ts", import.meta.url).href;
  const script = `import { NegativeResult, runTask, TaskError, UsageError } from "${cli}";
    await runTask({ name: "try", about: "", usage: "", positionals: true }, (_, report) => { ${body}; return Promise.resolve(); });`;
  return runApart(["eval", script, ...args]);
}

Deno.test("runTask: progress goes to the standard error where the output is not a terminal, every five seconds of the clock", async () => {
  const clock = `let t = 0; performance.now = () => t += 1000;`; // a second per look
  const { stdout, stderr } = await run(
    `${clock} for (let i = 0; i < 10; i++) report.progress("step " + i); report.line("data")`,
  );
  assertMatch(stdout, /^data\ntry: done in [\d.]+ s\n$/);
  assertMatch(stderr, /^step \d\n(step \d\n)?$/);
});

Deno.test("runTask: success, negative result, failure and bad usage differ in exit code and last line", async () => {
  const done = await run(`report.line("one"); report.wrote("tests/a.txt")`);
  assertEquals([done.code, done.stderr], [0, ""]);
  assertMatch(done.stdout, /^one\nwrote tests\/a\.txt\ntry: done in \d+\.\d s\n$/);
  const negative = await run(`throw new NegativeResult("1 broken loss")`);
  assertEquals([negative.code, negative.stderr], [1, ""]);
  assertMatch(negative.stdout, /^try: 1 broken loss \(\d+\.\d s\)\n$/);
  const failed = await run(`throw new TaskError("no such folder")`);
  assertEquals([failed.code, failed.stderr], [1, "try: no such folder\n"]);
  assertMatch(failed.stdout, /^try: failed in \d+\.\d s\n$/);
  const usage = await run(`throw new UsageError("name a loss")`);
  assertEquals([usage.code, usage.stdout], [2, ""]);
  assertEquals(usage.stderr, "try: name a loss\nsee: deno task try --help\n");
  const unknown = await run("", ["--splits", "3"]);
  assertEquals(unknown.stderr, "try: Unknown option '--splits'\nsee: deno task try --help\n");
});

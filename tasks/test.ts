import { type Reporter, root, runTask, shortPath, TaskError } from "./cli.ts";
import { checks } from "./checks.ts";
import { compareNotebooks, differenceText } from "./notebook_diff.ts";
import { type ExecutedNotebook, executeNotebooks, interruptSignal, projectNotebooks } from "./execute.ts";
import { runDeno } from "./processes.ts";

/** How many things were tried, and what became of them. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const interrupted = new TaskError("interrupted");
const none: Tally = { passed: 0, failed: 0, skipped: 0 };
const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** What the last line of `deno test` says: `ok | 24 passed | 0 failed | 1 ignored (5s)`. */
function readTally(output: string): Tally {
  const line = output.split("\n").findLast((text) => /^(ok|FAILED) \| \d+ passed/.test(text));
  const count = (word: string) => Number(line?.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

async function runChecks(report: Reporter, signal: AbortSignal): Promise<Tally> {
  let tally = none;
  for (const { name, run } of checks) {
    report.status(`check: ${name} …`);
    const { code, output, seconds } = await run(signal);
    if (signal.aborted) throw interrupted;
    report.line(`${code === 0 ? "ok    " : "FAILED"} check: ${name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) report.line(output);
    tally = add(tally, code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 });
  }
  return tally;
}

async function runTests(report: Reporter, signal: AbortSignal, name: string, args: string[]): Promise<Tally> {
  report.line(`${name}: deno ${args.join(" ")}`);
  const { code, output, seconds } = await runDeno(args, {
    signal,
    onLine: (line) => line.startsWith("running ") && report.status(`${name}: ${line}`),
  });
  if (signal.aborted) throw interrupted;
  const tally = readTally(output);
  report.line(
    `${
      code === 0 ? "ok    " : "FAILED"
    } ${name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} ignored (${seconds.toFixed(1)} s)`,
  );
  if (code !== 0) {
    const errors = output.indexOf("\n ERRORS ");
    report.line(errors < 0 ? output : output.slice(errors));
  }
  // A run that breaks before its first test says nothing of tests, and is no pass.
  return code !== 0 && tally.failed === 0 ? add(tally, { ...none, failed: 1 }) : tally;
}

async function runNotebooks(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const paths = projectNotebooks();
  if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
  let passed = 0;
  const compare = async ({ path, text, seconds }: ExecutedNotebook) => {
    const { identicalBytes, differences } = compareNotebooks(await Deno.readTextFile(path), text);
    const same = differences.length === 0;
    const verdict = identicalBytes ? "the same bytes" : same ? "the same within the tolerance" : "other outputs";
    report.line(
      `${same ? "ok    " : "FAILED"} ${shortPath(path)}: executed in ${seconds.toFixed(1)} s, ${verdict} as committed`,
    );
    for (const difference of differences) report.line(differenceText(difference));
    if (same) passed++;
  };
  try {
    await executeNotebooks(paths, {
      signal,
      onProgress: ({ notebook, cell, cells }) =>
        cell <= cells && report.status(`notebooks: ${notebook}: cell ${cell} of ${cells}`),
      onExecuted: compare,
    });
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    if (signal.aborted) throw interrupted;
    report.line(`FAILED notebooks: ${error.message}`);
  }
  return { ...none, passed, failed: paths.length - passed };
}

await runTask({
  name: "test",
  about:
    "Everything that CI runs: format, lint, types and documentation; the tests with the line coverage of lib/; the " +
    "docstrings' examples; the notebooks, executed and compared with the outputs that are committed.",
  usage: "",
}, async (_, report) => {
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  const coverage = await Deno.makeTempDir({ prefix: "roundabout-coverage-" });
  try {
    const tallies = [
      await runChecks(report, signal),
      await runTests(report, signal, "tests", [
        "test",
        "-P",
        "--parallel",
        `--coverage=${coverage}`,
        "--coverage-raw-data-only",
        "tests",
      ]),
      await runTests(report, signal, "examples", ["test", "-P", "--doc", "--parallel", "lib", "README.md"]),
      await runNotebooks(report, signal),
    ];
    const library = RegExp.escape(new URL("lib/", root).href);
    const { output, code } = await runDeno(["coverage", coverage, `--include=^${library}`], { signal });
    report.line(`Line coverage of lib/:\n${output.trim()}`);
    if (code !== 0) tallies.push({ ...none, failed: 1 });
    const { passed, failed, skipped } = tallies.reduce(add);
    report.line(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
    if (failed > 0) throw new TaskError(`${failed} failed: see above`);
  } finally {
    await Deno.remove(coverage, { recursive: true });
  }
});

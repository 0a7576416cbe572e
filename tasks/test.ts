/**
 * `deno task test`: everything that CI runs, or with `--quick` the fast tests alone.
 *
 * @module
 */
import { interruptSignal, type Reporter, root, runTask, shortPath, TaskError, UsageError } from "./cli.ts";
import { checks } from "./check.ts";
import { projectExamples, writeExamples } from "./examples.ts";
import { type ExecutedNotebook, executeNotebooks, projectNotebooks } from "./execute.ts";
import { filesIn } from "./files.ts";
import { compareWithFile } from "./notebook_diff.ts";
import { runDeno } from "./processes.ts";
import { findSpark } from "./sql_engines.ts";
import { groupFiles, groupName, inFolder, isAlone, isLong, longestFirst, writeGroups } from "./test_groups.ts";
import { addTallies, readErrors, readTally, type Tally, testReader } from "./test_output.ts";

const interrupted = new TaskError("interrupted");
const tallyOf = (name: string, passed: boolean): Tally => ({
  passed: passed ? 1 : 0,
  failed: passed ? 0 : 1,
  skipped: 0,
  failures: passed ? [] : [name],
});
const verdict = (passed: boolean): string => passed ? "ok    " : "FAILED";

async function runChecks(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const tallies: Tally[] = [];
  for (const { name, run } of checks) {
    report.status(`check: ${name} …`);
    const { code, output, seconds } = await run(signal);
    if (signal.aborted) throw interrupted;
    report.line(`${verdict(code === 0)} check: ${name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) report.line(output);
    tallies.push(tallyOf(`check: ${name}`, code === 0));
  }
  return addTallies(tallies);
}

interface TestRun {
  report: Reporter;
  signal: AbortSignal;
  args: string[];
  env?: Record<string, string>;
  /** The name of a test module in the output; absent: its path. */
  nameOf?: (module: string) => string;
}

/** Runs `deno test`, reports the file it is in every few seconds, and each failure as it happens. */
async function runTests(
  name: string,
  { report, signal, args, env, nameOf = (module) => module }: TestRun,
): Promise<Tally> {
  const modules = args.filter((arg) => arg.endsWith(".ts"));
  const shown = modules.length > 3
    ? [...args.filter((arg) => !modules.includes(arg)), `(${modules.length} modules)`]
    : args;
  report.line(`${name}: deno ${shown.join(" ")}`);
  const started = performance.now();
  let ended = 0, latest = "loading";
  const progress = () => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    report.progress(`${name}: ${ended} ended after ${seconds} s, latest in ${latest}`);
  };
  const read = testReader();
  const onLine = (line: string) => {
    const test = read(line);
    if (test === undefined) return;
    ended++;
    latest = nameOf(test.file);
    if (test.failed) report.line(`FAILED ${nameOf(test.file)} => ${test.name}`);
    progress();
  };
  // A test that takes long prints nothing meanwhile.
  const timer = setInterval(progress, 1000);
  const { code, output, seconds } = await runDeno(args, { signal, onLine, env }).finally(() => clearInterval(timer));
  if (signal.aborted) throw interrupted;
  const tally = readTally(name, output, code);
  const { passed, failed, skipped } = tally;
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  report.line(`${verdict(code === 0)} ${name}: ${counts} (${seconds.toFixed(1)} s)`);
  if (code !== 0) report.line(readErrors(output));
  return tally;
}

/** Arguments of `deno test` for tests whose types {@linkcode checks} check. */
const parallel = ["test", "-P", "--parallel", "--no-check"];

/** Runs tests in groups of files that share an isolate. */
const runGroups = (name: string, groups: readonly URL[][], { args, ...run }: TestRun): Promise<Tally> =>
  inFolder(async (folder) => {
    const modules = writeGroups(longestFirst(groups), folder);
    const nameOf = (module: string) => groupName(modules.get(module) ?? [module]);
    return await runTests(name, { ...run, nameOf, args: [...parallel, ...args, ...modules.keys()] });
  });

const testFiles = (): URL[] => filesIn(new URL("tests/", root), "_test.ts");

/** Runs the quick tests. */
const runQuickTests = (report: Reporter, signal: AbortSignal, args: string[] = []): Promise<Tally> =>
  runGroups("quick tests", groupFiles(testFiles(), 16, isAlone), { report, signal, args, env: { QUICK_TESTS: "1" } });

/** Runs the quick tests with the line coverage of lib/. */
async function runQuickTestsWithCoverage(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-coverage-" });
  try {
    const tally = await runQuickTests(report, signal, [`--coverage=${folder}`, "--coverage-raw-data-only"]);
    const library = RegExp.escape(new URL("lib/", root).href);
    const { output, code } = await runDeno(["coverage", folder, `--include=^${library}`], { signal });
    report.line(`Line coverage of lib/:\n${output.trim()}`);
    return addTallies([tally, ...code === 0 ? [] : [tallyOf("coverage", false)]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the quick and the slow tests of each file in one isolate, without coverage. */
function runAllTests(report: Reporter, signal: AbortSignal): Promise<Tally> {
  // One more at a time than there are cores, as some wait for npm and a browser.
  const env = { QUICK_TESTS: "", DENO_JOBS: String(navigator.hardwareConcurrency + 1) };
  // Smaller groups than those of the quick tests, as a group takes longer here.
  const groups = groupFiles(testFiles(), 8, (file) => isAlone(file) || isLong(file));
  return runGroups("tests", groups, { report, signal, args: [], env });
}

const runExamples = (report: Reporter, signal: AbortSignal): Promise<Tally> =>
  inFolder(async (folder) => {
    const args = [...parallel, ...writeExamples(projectExamples(), folder)];
    return await runTests("examples", { report, signal, args });
  });

async function runNotebooks(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const paths = projectNotebooks();
  if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
  const passed = new Set<string>();
  const compare = async (executed: ExecutedNotebook) => {
    const { path, seconds } = executed, { found, differences } = await compareWithFile(executed);
    const same = differences.length === 0;
    report.line(`${verdict(same)} ${shortPath(path)}: executed in ${seconds.toFixed(1)} s, ${found}`);
    for (const difference of differences) report.line(difference);
    if (same) passed.add(path);
  };
  try {
    await executeNotebooks(paths, {
      signal,
      onProgress: ({ notebook, cell, cells }) =>
        cell <= cells && report.progress(`notebooks: ${notebook}: cell ${cell} of ${cells}`),
      onExecuted: compare,
    });
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    if (signal.aborted) throw interrupted;
    report.line(`FAILED notebooks: ${error.message}`);
  }
  return addTallies(paths.map((path) => tallyOf(shortPath(path), passed.has(path))));
}

/** Waits for several parts; all have ended, and removed their folders, when an interruption of one is thrown. */
async function together<T extends unknown[]>(...parts: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(parts);
  return await Promise.all(parts) as T;
}

/** Runs what {@linkcode runAllTests} does not. */
async function runOthers(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const checked = await together(runChecks(report, signal), runExamples(report, signal));
  return addTallies([...checked, await runNotebooks(report, signal)]);
}

/** Runs everything: the tests, the first of which wait for npm and a browser, and beside them all others. */
async function runAll(report: Reporter, signal: AbortSignal): Promise<Tally[]> {
  const spark = await findSpark();
  report.line(
    "missing" in spark
      ? `Spark: ${spark.missing}, so its recorded answers stand in for it`
      : `Spark: asked through ${spark.python}`,
  );
  return await together(runAllTests(report, signal), runOthers(report, signal));
}

await runTask({
  name: "test",
  about:
    "Runs everything that CI runs: format, lint, types and documentation; the tests; the examples of the docstrings;\n" +
    "the notebooks, executed and compared with their committed outputs.",
  usage: "[--quick | --coverage | --spark]",
  options: {
    quick: { type: "boolean", help: "only the fast tests: no large inputs, no training, no browser, no notebooks" },
    coverage: {
      type: "boolean",
      help: "only the fast tests, and a table of the lines of lib/ that they run; no other run counts lines",
    },
    spark: {
      type: "boolean",
      help:
        "only the tests of Apache Spark, which otherwise run if it is there: needs Java 17, and PySpark in the Python that " +
        "ROUNDABOUT_SPARK names (default: python3)",
    },
  },
}, async ({ values }, report) => {
  const [one, other] = Object.keys(values);
  if (other !== undefined) throw new UsageError(`--${one} does not go with --${other}`);
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  const spark = { report, signal, args: ["test", "-P", "tests/sql/spark_test.ts"] };
  const found = values.spark ? await findSpark() : {};
  if ("missing" in found) throw new TaskError(`Spark cannot be asked: ${found.missing}`);
  const tallies = values.coverage
    ? [await runQuickTestsWithCoverage(report, signal)]
    : values.quick
    ? [await runQuickTests(report, signal)]
    : values.spark
    ? [await runTests("Spark", spark)]
    : await runAll(report, signal);
  const { passed, failed, skipped, failures } = addTallies(tallies);
  if (failures.length > 0) report.line(`failed:\n${failures.map((name) => `  ${name}`).join("\n")}`);
  report.line(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) throw new TaskError(`${failed} failed: see above`);
});

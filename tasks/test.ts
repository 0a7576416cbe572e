/**
 * `deno task test`: everything that CI runs, or with `--quick` the fast tests alone.
 *
 * @module
 */
import { interruptSignal, type Reporter, root, runTask, shortPath, TaskError } from "./cli.ts";
import { checks } from "./checks.ts";
import { compareNotebooks, differenceText } from "./notebook_diff.ts";
import { projectExamples, writeExamples } from "./examples.ts";
import { type ExecutedNotebook, executeNotebooks, projectNotebooks } from "./execute.ts";
import { runDeno } from "./processes.ts";
import { findSpark } from "./sql_engines.ts";
import { filesIn, groupFiles, groupName, inFolder, isAlone, isLong, longestFirst, writeGroups } from "./test_groups.ts";
import { addTallies, type EndedTest, readErrors, readTally, slowMark, type Tally, testReader } from "./test_output.ts";

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

/** The results of a run of tests. */
interface Ran {
  tally: Tally;
  /** The tests that were not run. */
  ignored: EndedTest[];
}

/** Runs `deno test`, reports the file it is in every few seconds, and each failure as it happens. */
async function runTests(
  name: string,
  { report, signal, args, env, nameOf = (module) => module }: TestRun,
): Promise<Ran> {
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
  const read = testReader(), ignored: EndedTest[] = [];
  const onLine = (line: string) => {
    const test = read(line);
    if (test === undefined) return;
    ended++;
    latest = nameOf(test.file);
    if (test.ignored) ignored.push(test);
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
  return { tally, ignored };
}

/** Arguments of `deno test` for tests whose types {@linkcode checks} check. */
const parallel = ["test", "-P", "--parallel", "--no-check"];

/** Runs tests in groups of files that share an isolate. */
const runGroups = (name: string, groups: readonly URL[][], { args, ...run }: TestRun): Promise<Ran> =>
  inFolder(async (folder) => {
    const modules = writeGroups(longestFirst(groups), folder);
    const nameOf = (module: string) => groupName(modules.get(module) ?? [module]);
    return await runTests(name, { ...run, nameOf, args: [...parallel, ...args, ...modules.keys()] });
  });

const testFiles = (): URL[] => filesIn(new URL("tests/", root));

/** Runs the quick tests; `left` is the number of slow ones, which are ignored. */
async function runQuickTests(report: Reporter, signal: AbortSignal, args: string[] = []) {
  const run = { report, signal, args, env: { QUICK_TESTS: "1" } };
  const { tally, ignored } = await runGroups("quick tests", groupFiles(testFiles(), 16, isAlone), run);
  return { tally, left: ignored.filter(({ name }) => name.endsWith(slowMark)).length };
}

/**
 * Runs the slow tests, without coverage: its counters make numeric code two to six times as slow. A file that has some names
 * slow.test, or a function such as slowOnWasm.
 */
async function runSlowTests(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const files = testFiles().filter((file) => /slow/.test(Deno.readTextFileSync(file)));
  // One more at a time than there are cores, as some wait for npm and a browser.
  const env = { QUICK_TESTS: "", DENO_JOBS: String(navigator.hardwareConcurrency + 1) };
  const groups = groupFiles(files, 4, (file) => isAlone(file) || isLong(file));
  return (await runGroups("slow tests", groups, { report, signal, args: ["--filter", slowMark], env })).tally;
}

/** Runs the quick tests with the line coverage of lib/. */
async function runQuickTestsWithCoverage(report: Reporter, signal: AbortSignal) {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-coverage-" });
  try {
    const counted = [`--coverage=${folder}`, "--coverage-raw-data-only"];
    const { tally, left } = await runQuickTests(report, signal, counted);
    const library = RegExp.escape(new URL("lib/", root).href);
    const { output, code } = await runDeno(["coverage", folder, `--include=^${library}`], { signal });
    report.line(`Line coverage of lib/:\n${output.trim()}`);
    return { tallies: [tally, ...code === 0 ? [] : [tallyOf("coverage", false)]], left };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const runExamples = (report: Reporter, signal: AbortSignal): Promise<Tally> =>
  inFolder(async (folder) => {
    const args = [...parallel, ...writeExamples(await projectExamples(), folder)];
    return (await runTests("examples", { report, signal, args })).tally;
  });

async function runNotebooks(report: Reporter, signal: AbortSignal): Promise<Tally> {
  const paths = projectNotebooks();
  if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
  const passed = new Set<string>();
  const compare = async ({ path, text, seconds }: ExecutedNotebook) => {
    const { identicalBytes, differences } = compareNotebooks(await Deno.readTextFile(path), text);
    const same = differences.length === 0;
    const found = identicalBytes ? "the committed bytes" : same ? "equal within the tolerance" : "different outputs";
    report.line(`${verdict(same)} ${shortPath(path)}: executed in ${seconds.toFixed(1)} s, ${found}`);
    for (const difference of differences) report.line(differenceText(difference));
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

/** Runs what {@linkcode runSlowTests} does not; `left` is the number of slow tests. */
async function runOthers(report: Reporter, signal: AbortSignal) {
  const checked = await together(runChecks(report, signal), runExamples(report, signal));
  const notebooks = await runNotebooks(report, signal);
  const { tallies, left } = await runQuickTestsWithCoverage(report, signal);
  return { tally: addTallies([...checked, notebooks, ...tallies]), left };
}

/** Runs everything: the slow tests, the first of which wait for npm and a browser, and beside them all others. */
async function runAll(report: Reporter, signal: AbortSignal): Promise<Tally[]> {
  const spark = await findSpark();
  report.line(
    "missing" in spark
      ? `Spark: ${spark.missing}, so its recorded answers stand in for it`
      : `Spark: asked through ${spark.python}`,
  );
  const [slow, { tally, left }] = await together(runSlowTests(report, signal), runOthers(report, signal));
  const lost = left - (slow.passed + slow.failed + slow.skipped);
  const ran = { ...tally, skipped: tally.skipped - left };
  if (lost <= 0) return [ran, slow];
  return [ran, slow, tallyOf(`${lost} of ${left} slow tests were not run: does a file not name 'slow'?`, false)];
}

await runTask({
  name: "test",
  about:
    "Runs everything that CI runs: format, lint, types and documentation; the tests with the line coverage of lib/;\n" +
    "the examples of the docstrings; the notebooks, executed and compared with their committed outputs.",
  usage: "[--quick | --spark]",
  options: {
    quick: { type: "boolean", help: "only the fast tests: no large inputs, no training, no browser, no notebooks" },
    spark: {
      type: "boolean",
      help:
        "only the tests of Apache Spark, which otherwise run if it is there: needs Java 17, and PySpark in the Python that\n" +
        "ROUNDABOUT_SPARK names (default: python3)",
    },
  },
}, async ({ values }, report) => {
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  const spark = { report, signal, args: ["test", "-P", "tests/sql/spark_test.ts"] };
  const found = values.spark ? await findSpark() : {};
  if ("missing" in found) throw new TaskError(`Spark cannot be asked: ${found.missing}`);
  const tallies = values.quick
    ? [(await runQuickTests(report, signal)).tally]
    : values.spark
    ? [(await runTests("Spark", spark)).tally]
    : await runAll(report, signal);
  const { passed, failed, skipped, failures } = addTallies(tallies);
  if (failures.length > 0) report.line(`failed:\n${failures.map((name) => `  ${name}`).join("\n")}`);
  report.line(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  if (failed > 0) throw new TaskError(`${failed} failed: see above`);
});

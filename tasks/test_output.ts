/**
 * Reads the output of `deno test`: line by line while it comes, and once it is complete.
 *
 * @module
 */

/** Counts of a run, and the names of what failed. */
export interface Tally {
  /** Number of tests that passed. */
  passed: number;
  /** Number of tests that failed. */
  failed: number;
  /** Number of tests that were ignored. */
  skipped: number;
  /** Names of the failures, each with its place. One test may fail in several of its steps. */
  failures: string[];
}

/** Adds up the tallies of several runs. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: tallies.flatMap(({ failures }) => failures),
  };
}

/** End of the name of a slow test, by which `deno test --filter` finds it. */
export const slowMark = "(slow)";

/** One test that has ended. */
export interface EndedTest {
  /** File of the test, as `./tests/a_test.ts`. */
  file: string;
  /** Name of the test. */
  name: string;
  /** True if the test failed. */
  failed: boolean;
  /** True if the test was not run. */
  ignored: boolean;
}

/**
 * Makes a reader of lines: a line that reports the end of a test or a step gives that test, every other line `undefined`.
 * With one job, `deno test` names the file before its tests, with several jobs in each line.
 */
export function testReader(): (line: string) => EndedTest | undefined {
  let running = "";
  return (line) => {
    running = line.match(/^running \d+ tests? from (.*)$/)?.[1] ?? running;
    const match = line.match(/^\s*(?:(\.\/\S+) => )?(.*) \.\.\. (ok|FAILED|ignored) \(.*\)$/);
    if (match === null) return undefined;
    const [, file = running, name, verdict] = match;
    return { file, name, failed: verdict === "FAILED", ignored: verdict === "ignored" };
  };
}

/** Reads the errors with their stacks out of a complete output; all of the output if there is no such section. */
export function readErrors(output: string): string {
  const start = output.indexOf("\n ERRORS "), end = output.indexOf("\n FAILURES ");
  return start < 0 ? output.trim() : output.slice(start, end < 0 ? undefined : end).trim();
}

/**
 * Reads the tally out of a complete output. A run that breaks before its first test has no tally line: `code`, the exit code,
 * is then counted as one failure, named `run`.
 */
export function readTally(run: string, output: string, code: number): Tally {
  const lines = output.split("\n");
  const summary = lines.findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line));
  const count = (word: string) => Number(summary?.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  const tally = { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
  const from = lines.indexOf(" FAILURES ");
  const failures = from < 0
    ? []
    : lines.slice(from + 1, lines.lastIndexOf(summary ?? "")).filter((line) => line !== "");
  if (code === 0 || tally.failed > 0) return { ...tally, failures };
  return { ...tally, failed: 1, failures: [`${run}: deno ended with exit code ${code}`] };
}

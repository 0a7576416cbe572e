/**
 * `deno task run`: executes notebooks and writes their outputs into them.
 *
 * @module
 */
import { resolve } from "node:path";
import { interruptSignal, numberOption, runTask, shortPath, TaskError, typedIn, wholeOption } from "./cli.ts";
import { compareNotebooks, differenceText } from "./notebook_diff.ts";
import {
  defaultJobs,
  defaultTimeoutSeconds,
  type ExecutedNotebook,
  executeNotebooks,
  projectNotebooks,
  writeNotebook,
} from "./execute.ts";

if (import.meta.main) {
  await runTask({
    name: "run",
    about:
      "Executes the named notebooks (default: all of notebooks/), each on a Deno kernel of its own, and writes their\n" +
      "outputs into them. The file of a notebook that fails does not change.",
    usage: "[--check] [--jobs NUMBER] [--timeout SECONDS] [NOTEBOOK ...]",
    positionals: true,
    options: {
      check: { type: "boolean", help: "write nothing; fail if an output differs from the committed one" },
      jobs: { type: "string", help: `number of notebooks executed at a time (${defaultJobs}: the cores, at most 4)` },
      timeout: { type: "string", help: `time limit of a cell in seconds (${defaultTimeoutSeconds})` },
    },
  }, async ({ values, positionals }, report) => {
    const jobs = wholeOption("jobs", values.jobs, 1, defaultJobs);
    const timeoutSeconds = numberOption("timeout", values.timeout, 0.1, defaultTimeoutSeconds);
    const named = [...new Set(positionals.map((path) => resolve(typedIn(), path)))];
    const paths = named.length > 0 ? named : projectNotebooks();
    if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
    const times: string[] = [];
    const different: string[] = [];
    const write = (executed: ExecutedNotebook) => {
      const changed = writeNotebook(executed);
      if (changed) report.wrote(executed.path);
      return changed ? "" : ", nothing new";
    };
    const check = async (executed: ExecutedNotebook) => {
      const committed = await Deno.readTextFile(executed.path);
      const { identicalBytes, differences } = compareNotebooks(committed, executed.text);
      const name = shortPath(executed.path);
      different.push(...differences.map((difference) => `${name}, ${differenceText(difference)}`));
      if (differences.length > 0) return `, ${differences.length} differences`;
      return identicalBytes ? ", the same bytes" : ", the same within the tolerance";
    };
    using interrupt = interruptSignal();
    try {
      await executeNotebooks(paths, {
        jobs,
        timeoutSeconds,
        signal: interrupt.signal,
        onProgress: ({ notebook, cell, cells }) =>
          cell <= cells && report.status(`${notebook}: cell ${cell} of ${cells}`),
        onExecuted: async (executed) => {
          const outcome = values.check ? await check(executed) : write(executed);
          times.push(`${shortPath(executed.path)}: ${executed.seconds.toFixed(1)} s${outcome}`);
        },
      });
    } finally {
      times.sort().forEach((line) => report.line(line));
      different.forEach((line) => report.line(`\n${line}`));
    }
    if (different.length > 0) throw new TaskError("the outputs differ: see above");
  });
}

/**
 * `deno task run`: executes notebooks and writes their outputs into them.
 *
 * @module
 */
import { resolve } from "node:path";
import { interruptSignal, runTask, shortPath, TaskError, typedIn } from "./cli.ts";
import {
  type ExecutedNotebook,
  executeNotebooks,
  executionOptions,
  projectNotebooks,
  readExecutionOptions,
  writeNotebook,
} from "./execute.ts";
import { compareWithFile } from "./notebook_diff.ts";

if (import.meta.main) {
  await runTask({
    name: "run",
    about:
      "Executes the named notebooks (default: all of notebooks/), each on a Deno kernel of its own, and writes their\n" +
      "outputs into them. The file of a notebook that fails does not change.",
    usage: "[--check] [--jobs N] [--timeout SECONDS] [NOTEBOOK ...]",
    positionals: true,
    options: {
      check: { type: "boolean", help: "write nothing; fail if an output differs from the committed one" },
      ...executionOptions,
    },
  }, async ({ values, positionals }, report) => {
    const options = readExecutionOptions(values);
    const named = [...new Set(positionals.map((path) => resolve(typedIn(), path)))];
    const paths = named.length > 0 ? named : projectNotebooks();
    if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
    const times: string[] = [];
    const different: string[] = [];
    const write = (executed: ExecutedNotebook) => {
      const changed = writeNotebook(executed);
      if (changed) report.wrote(executed.path);
      return changed ? "new outputs" : "the committed bytes";
    };
    const check = async (executed: ExecutedNotebook) => {
      const { found, differences } = await compareWithFile(executed);
      different.push(...differences);
      return found;
    };
    using interrupt = interruptSignal();
    try {
      await executeNotebooks(paths, {
        ...options,
        signal: interrupt.signal,
        onProgress: ({ notebook, cell, cells }) =>
          cell <= cells && report.status(`${notebook}: cell ${cell} of ${cells}`),
        onExecuted: async (executed) => {
          const outcome = values.check ? await check(executed) : write(executed);
          times.push(`${shortPath(executed.path)}: ${executed.seconds.toFixed(1)} s, ${outcome}`);
        },
      });
    } finally {
      times.sort().forEach((line) => report.line(line));
      different.forEach((line) => report.line(`\n${line}`));
    }
    if (different.length > 0) throw new TaskError("the outputs differ: see above");
  });
}

/**
 * `deno task check`: the checks that do not run the library, which `deno task test` runs first.
 *
 * @module
 */
import { interruptSignal, root, runTask, shortPath, TaskError } from "./cli.ts";
import { projectExamples, writeExamples } from "./examples.ts";
import { projectNotebooks } from "./execute.ts";
import { checkNotebooks } from "./extract.ts";
import { filesIn } from "./files.ts";
import { type Finished, runDeno } from "./processes.ts";
import { inFolder } from "./test_groups.ts";

/** Check that does not run the library. */
interface Check {
  /** Name in the output. */
  name: string;
  /** Runs the check; `output` explains an exit code other than 0. */
  run(signal: AbortSignal): Promise<Finished>;
}

/** Lists the sources whose types are checked: not those that tests write into hidden folders meanwhile. */
const sources = (): string[] =>
  ["lib/", "tasks/", "tests/", "bench/"].flatMap((folder) => filesIn(new URL(folder, root), ".ts")).map(shortPath);

/** Checks the types of the sources, the examples and the notebooks' cells in one run, which reads the library once; lints the cells. */
const types = (signal: AbortSignal): Promise<Finished> =>
  inFolder(async (folder) => {
    const started = performance.now();
    const beside = [...sources(), ...writeExamples(projectExamples(), folder)];
    const problems = await checkNotebooks(projectNotebooks(), { beside, signal }).catch((error) => {
      if (signal.aborted) return ["interrupted"];
      throw error;
    });
    return {
      code: problems.length === 0 ? 0 : 1,
      output: problems.join("\n"),
      seconds: (performance.now() - started) / 1000,
    };
  });

/** All checks in their order. */
export const checks: Check[] = [
  { name: "format", run: (signal) => runDeno(["fmt", "--check", "--quiet"], { signal }) },
  { name: "lint", run: (signal) => runDeno(["lint", "--quiet"], { signal }) },
  { name: "types of sources, examples and notebook cells", run: types },
  {
    name: "documentation",
    run: async (signal) => {
      const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
      return runDeno(["doc", "--lint", ...Object.values<string>(exports)], { signal });
    },
  },
];

if (import.meta.main) {
  await runTask({
    name: "check",
    about: "Checks format, lint, types and documentation, and the types of the examples and of the notebooks' cells.",
    usage: "",
  }, async (_, report) => {
    using interrupt = interruptSignal();
    const failed: string[] = [];
    for (const { name, run } of checks) {
      report.status(`${name} …`);
      const { code, output, seconds } = await run(interrupt.signal);
      if (interrupt.signal.aborted) throw new TaskError("interrupted");
      report.line(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
      if (code !== 0) {
        report.line(output);
        failed.push(name);
      }
    }
    if (failed.length > 0) throw new TaskError(`${failed.join(", ")}: see above`);
  });
}

import { projectNotebooks } from "./execute.ts";
import { checkNotebooks } from "./extract.ts";
import { type Finished, runDeno } from "./processes.ts";

/** One of the things that are checked without running the library. */
export interface Check {
  /** What is checked. */
  name: string;
  /** Checks it; `output` tells what is wrong where `code` is not 0. */
  run(signal: AbortSignal): Promise<Finished>;
}

const entryPoints = [
  "lib/mod.ts",
  ...["audit", "compare", "data", "display", "sql"].map((entry) => `lib/${entry}/mod.ts`),
  "lib/thread/thread.ts",
];

async function notebooks(): Promise<Finished> {
  const started = performance.now();
  const problems = await checkNotebooks(projectNotebooks());
  return {
    code: problems.length === 0 ? 0 : 1,
    output: problems.join("\n"),
    seconds: (performance.now() - started) / 1000,
  };
}

/** Everything that `deno task check` looks at, and `deno task test` first. */
export const checks: Check[] = [
  { name: "format", run: (signal) => runDeno(["fmt", "--check", "--quiet"], { signal }) },
  { name: "lint", run: (signal) => runDeno(["lint", "--quiet"], { signal }) },
  { name: "types", run: (signal) => runDeno(["check", "--quiet", "lib", "tasks", "tests", "bench"], { signal }) },
  { name: "documentation", run: (signal) => runDeno(["doc", "--lint", ...entryPoints], { signal }) },
  { name: "notebook cells", run: notebooks },
];

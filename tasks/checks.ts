/**
 * Checks of `deno task check`, which `deno task test` runs first.
 *
 * @module
 */
import { projectNotebooks } from "./execute.ts";
import { checkNotebooks } from "./extract.ts";
import { root } from "./cli.ts";
import { type Finished, runDeno } from "./processes.ts";

/** Check that does not run the library. */
interface Check {
  /** Name in the output. */
  name: string;
  /** Runs the check; `output` explains an exit code other than 0. */
  run(signal: AbortSignal): Promise<Finished>;
}

/** Files of bench/; the packages of the page in bench/browser/ are installed where it is bundled. */
const benchmarks = (): string[] =>
  [...Deno.readDirSync(new URL("bench/", root))].map(({ name }) => `bench/${name}`).filter((file) =>
    file.endsWith(".ts")
  );

async function notebooks(): Promise<Finished> {
  const started = performance.now();
  const problems = await checkNotebooks(projectNotebooks());
  return {
    code: problems.length === 0 ? 0 : 1,
    output: problems.join("\n"),
    seconds: (performance.now() - started) / 1000,
  };
}

/** All checks in their order. */
export const checks: Check[] = [
  { name: "format", run: (signal) => runDeno(["fmt", "--check", "--quiet"], { signal }) },
  { name: "lint", run: (signal) => runDeno(["lint", "--quiet"], { signal }) },
  {
    name: "types",
    run: (signal) => runDeno(["check", "--quiet", "lib", "tasks", "tests", ...benchmarks()], { signal }),
  },
  {
    name: "documentation",
    run: async (signal) => {
      const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
      return runDeno(["doc", "--lint", ...Object.values<string>(exports)], { signal });
    },
  },
  { name: "notebook cells", run: notebooks },
];

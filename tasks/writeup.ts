/**
 * `deno task writeup`: executes every notebook and builds the write-up from the outputs.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { numberOption, type Reporter, root, runTask, shortPath, TaskError, typedIn } from "./cli.ts";
import { compareNotebooks, differenceText } from "./notebook_diff.ts";
import {
  defaultJobs,
  defaultTimeoutSeconds,
  type ExecutedNotebook,
  executeNotebooks,
  interruptSignal,
  projectNotebooks,
} from "./execute.ts";
import { readNotebook } from "./notebook_format.ts";
import { buildSite, type NotebookFile } from "./site/mod.ts";

const notebookPath = (path: string): string => shortPath(path).replaceAll("\\", "/");

/** Executes the notebooks and says how their outputs compare with the committed ones. */
async function execute(
  paths: string[],
  options: { jobs: number; timeoutSeconds: number },
  report: Reporter,
): Promise<NotebookFile[]> {
  const outcomes: string[] = [];
  const differing: string[] = [];
  const compare = async ({ path, text, seconds }: ExecutedNotebook) => {
    const { identicalBytes, differences } = compareNotebooks(await Deno.readTextFile(path), text);
    const found = differences.length > 0
      ? `${differences.length} outputs differ from the committed ones`
      : identicalBytes
      ? "the committed bytes"
      : "the committed outputs within the tolerance";
    outcomes.push(`${shortPath(path)}: ${seconds.toFixed(1)} s, ${found}`);
    differing.push(...differences.map((difference) => `${shortPath(path)}, ${differenceText(difference)}`));
  };
  using interrupt = interruptSignal();
  const executed = await executeNotebooks(paths, {
    ...options,
    signal: interrupt.signal,
    onProgress: ({ notebook, cell, cells }) => cell <= cells && report.status(`${notebook}: cell ${cell} of ${cells}`),
    onExecuted: compare,
  });
  outcomes.sort().forEach((line) => report.line(line));
  if (differing.length > 0) {
    report.line(
      `warning: outputs differ from the committed ones; the pages show the new ones\n\n${differing.join("\n\n")}\n`,
    );
  }
  return executed.map(({ path, notebook }) => ({ path: notebookPath(path), notebook }));
}

/** The notebooks with their committed outputs. */
async function readCommitted(paths: string[]): Promise<NotebookFile[]> {
  return await Promise.all(
    paths.map(async (path) => ({ path: notebookPath(path), notebook: await readNotebook(path) })),
  );
}

const size = (bytes: number): string => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

if (import.meta.main) {
  await runTask({
    name: "writeup",
    about:
      "Executes every notebook on a Deno kernel of its own and builds the write-up, a folder of pages that opens\n" +
      "from the disk. Nothing is written into notebooks/; where an output differs from the committed one, a diff is printed.",
    usage: "[--no-execute] [--out DIR] [--jobs NUMBER] [--timeout SECONDS]",
    options: {
      "no-execute": { type: "boolean", help: "show the committed outputs instead of executing" },
      out: { type: "string", help: "the folder to build (site/); an earlier build there is replaced" },
      jobs: { type: "string", help: `how many notebooks at a time (${defaultJobs}: the cores, at most 4)` },
      timeout: { type: "string", help: `how many seconds a cell may take (${defaultTimeoutSeconds})` },
    },
  }, async ({ values }, report) => {
    const jobs = Math.floor(numberOption("jobs", values.jobs, 1, defaultJobs));
    const timeoutSeconds = numberOption("timeout", values.timeout, 0.1, defaultTimeoutSeconds);
    // A task runs in the project's top folder, wherever it was typed.
    const out = typeof values.out === "string" ? resolve(typedIn(), values.out) : fileURLToPath(new URL("site", root));
    const paths = projectNotebooks();
    if (paths.length === 0) throw new TaskError("There is no notebook in notebooks/");
    const notebooks = values["no-execute"]
      ? await readCommitted(paths)
      : await execute(paths, { jobs, timeoutSeconds }, report);
    report.status("building the pages");
    const started = performance.now();
    const site = await buildSite({ notebooks, out });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    for (const warning of site.warnings) report.line(`warning: ${warning}`);
    report.line(`${notebooks.length} notebooks, ${site.files} files, ${size(site.bytes)}, built in ${seconds} s`);
    report.wrote(site.out);
    report.line(`open ${shortPath(site.index)}`);
    report.line(`     ${pathToFileURL(site.index).href}`);
  });
}

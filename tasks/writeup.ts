/**
 * `deno task writeup`: executes every notebook and builds the write-up from the outputs.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  interruptSignal,
  type Reporter,
  root,
  runTask,
  shortPath,
  type TaskArgs,
  TaskError,
  type TaskSpec,
  typedIn,
  UsageError,
} from "./cli.ts";
import {
  type ExecutedNotebook,
  type ExecuteManyOptions,
  executeNotebooks,
  executionOptions,
  NotebooksFailed,
  projectNotebooks,
  readExecutionOptions,
} from "./execute.ts";
import { compareWithFile } from "./notebook_diff.ts";
import { readNotebook } from "./notebook_format.ts";
import type { NotebookFile } from "./site/mod.ts";

/** Executes the notebooks and compares their outputs with the committed ones; those that fail keep the committed ones. */
async function execute(
  paths: string[],
  options: ExecuteManyOptions,
  report: Reporter,
): Promise<{ executed: ExecutedNotebook[]; failure?: NotebooksFailed }> {
  const outcomes: string[] = [];
  const differing: string[] = [];
  const compare = async (executed: ExecutedNotebook) => {
    const { found, differences } = await compareWithFile(executed);
    outcomes.push(`${shortPath(executed.path)}: ${executed.seconds.toFixed(1)} s, ${found}`);
    differing.push(...differences);
  };
  const onProgress: ExecuteManyOptions["onProgress"] = ({ notebook, cell, cells }) =>
    cell <= cells && report.status(`${notebook}: cell ${cell} of ${cells}`);
  const attempt = async () => {
    try {
      return { executed: await executeNotebooks(paths, { ...options, onProgress, onExecuted: compare }) };
    } catch (failure) {
      if (!(failure instanceof NotebooksFailed)) throw failure;
      return { executed: failure.executed, failure };
    }
  };
  const result = await attempt();
  outcomes.sort().forEach((line) => report.line(line));
  if (differing.length > 0) {
    report.line(
      `warning: outputs differ from the committed ones; the pages show the new ones\n\n${differing.join("\n\n")}\n`,
    );
  }
  return result;
}

const size = (bytes: number): string => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Options of {@linkcode writeUp}. */
interface WriteUpOptions {
  /** Folder to build. */
  out: string;
  /** Address at which the pages are to be published. */
  siteUrl?: string;
  /** Options of the execution; absent: the committed outputs are shown. */
  execution?: ExecuteManyOptions;
}

/**
 * Builds the write-up of the notebooks. The page of a notebook that cannot be executed shows the committed outputs.
 *
 * @throws NotebooksFailed, once the pages are built, if a notebook could not be executed.
 */
export async function writeUp(
  paths: string[],
  { out, siteUrl, execution }: WriteUpOptions,
  report: Reporter,
): Promise<void> {
  const { executed, failure } = execution ? await execute(paths, execution, report) : { executed: [] };
  const outputs = new Map(executed.map(({ path, notebook }) => [path, notebook]));
  const notebooks: NotebookFile[] = [];
  for (const path of paths) {
    const name = shortPath(path).replaceAll("\\", "/");
    if (execution && !outputs.has(path)) {
      report.line(`warning: ${name} could not be executed; its page shows the committed outputs`);
    }
    notebooks.push({ path: name, notebook: outputs.get(path) ?? await readNotebook(path) });
  }
  report.status("building the pages");
  const started = performance.now();
  const { buildSite, makeApi } = await import("./site/mod.ts"); // here, as it takes longer to load than `--help` takes
  const site = await buildSite({ notebooks, out, siteUrl, api: await makeApi() });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const warning of site.warnings) report.line(`warning: ${warning}`);
  report.line(`${notebooks.length} notebooks, ${site.files} files, ${size(site.bytes)}, built in ${seconds} s`);
  report.wrote(site.out);
  report.line(`open ${shortPath(site.index)}`);
  report.line(`     ${pathToFileURL(site.index).href}`);
  if (failure) throw failure;
}

/** Name, help and options of the task. */
export const writeupSpec: TaskSpec = {
  name: "writeup",
  about: "Executes every notebook on a Deno kernel of its own and builds the write-up, a folder of pages that opens\n" +
    "from the disk. Nothing is written into notebooks/. Outputs that differ from the committed ones are printed as a\n" +
    "diff. If a notebook cannot be executed, its page shows the committed outputs, and the exit code is 1.",
  usage: "[--no-execute] [--out FOLDER] [--site-url URL] [--jobs N] [--timeout SECONDS]",
  options: {
    "no-execute": { type: "boolean", help: "show the committed outputs instead of executing" },
    out: {
      type: "string",
      value: "FOLDER",
      help: "folder to build (default: site/); an earlier build there is replaced",
    },
    "site-url": {
      type: "string",
      value: "URL",
      help: "address at which the pages are to be published, for link previews",
    },
    ...executionOptions,
  },
};

/** Does what the task is asked for. */
export async function runWriteup({ values }: Pick<TaskArgs, "values">, report: Reporter): Promise<void> {
  const options = readExecutionOptions(values);
  // A task runs in the project's top folder, wherever it was typed.
  const out = typeof values.out === "string" ? resolve(typedIn(), values.out) : fileURLToPath(new URL("site", root));
  const siteUrl = values["site-url"] as string | undefined;
  if (siteUrl !== undefined && !/^https?:$/.test(URL.parse(siteUrl)?.protocol ?? "")) {
    throw new UsageError(`--site-url must be an address of http or https, it is '${siteUrl}'`);
  }
  const paths = projectNotebooks();
  if (paths.length === 0) throw new TaskError("there is no notebook in notebooks/");
  using interrupt = interruptSignal();
  const execution = values["no-execute"] ? undefined : { ...options, signal: interrupt.signal };
  await writeUp(paths, { out, siteUrl, execution }, report);
}

if (import.meta.main) await runTask(writeupSpec, runWriteup);

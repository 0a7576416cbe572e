/**
 * Executes notebooks, each on a Deno kernel of its own, and returns them with their outputs. Only {@linkcode writeNotebook}
 * writes a file.
 *
 * The Deno kernel sends outputs through a separate queue and labels each with the cell that is running when the output is
 * *sent*, so neither the label nor the end of a cell identifies the cell of an output. The queue keeps its order, however.
 * After each cell a **sentinel** cell puts marks into the queue: all outputs before the marks belong to the cell before.
 * An output that a cell causes later, from a timer that it does not await, belongs to the cell that runs when it arrives.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { numberOption, root, shortPath, type TaskArgs, TaskError, wholeOption } from "./cli.ts";
import { Kernel, KernelDied, type KernelMessage } from "./jupyter_kernel.ts";
import { cleanPaths, describeFailure, machinePath } from "./failure.ts";
import {
  codeCells,
  denoMetadata,
  formatNotebook,
  type Notebook,
  type Output,
  readNotebook,
} from "./notebook_format.ts";

/** Progress of an execution. */
interface Progress {
  /** Path of the notebook from the top folder. */
  notebook: string;
  /** Number of the code cell that starts now, from 1; `cells + 1` when all are done. */
  cell: number;
  /** Number of code cells. */
  cells: number;
}

/** Options of {@linkcode executeNotebook}. */
interface ExecuteOptions {
  /** Time limit of one cell. It is there for cells that hang; the slowest of this project take some ten seconds.
   * @default 900 */
  timeoutSeconds?: number;
  /** Called when a cell starts. */
  onProgress?: (progress: Progress) => void;
  /** Ends the kernel and the execution. */
  signal?: AbortSignal;
}

/** Options of {@linkcode executeNotebooks}. */
export interface ExecuteManyOptions extends ExecuteOptions {
  /** Number of notebooks executed at a time.
   * @default the number of cores, at most 4 */
  jobs?: number;
  /** Called with each executed notebook, in the order in which they finish. */
  onExecuted?: (notebook: ExecutedNotebook) => void | Promise<void>;
}

/** Notebook with fresh outputs. */
export interface ExecutedNotebook {
  /** Absolute path of its file. */
  path: string;
  /** Notebook with its outputs. */
  notebook: Notebook;
  /** Text of the file: the same characters on every run. */
  text: string;
  /** Bytes of the text. */
  bytes: Uint8Array;
  /** Duration from the kernel's start to the last output. */
  seconds: number;
}

const defaultTimeoutSeconds = 900, defaultJobs = Math.min(4, navigator.hardwareConcurrency);

/** Options of the commands that execute notebooks. */
export const executionOptions = {
  jobs: {
    type: "string",
    value: "N",
    help: `number of notebooks executed at a time (default: ${defaultJobs}, the cores, at most 4)`,
  },
  timeout: {
    type: "string",
    value: "SECONDS",
    help: `time limit of a cell in seconds (default: ${defaultTimeoutSeconds})`,
  },
} as const;

/** Reads {@linkcode executionOptions}. */
export const readExecutionOptions = ({ jobs, timeout }: TaskArgs["values"]): ExecuteManyOptions => ({
  jobs: wholeOption("jobs", jobs, 1, defaultJobs),
  timeoutSeconds: numberOption("timeout", timeout, 0.1, defaultTimeoutSeconds),
});

const toPath = (path: string | URL): string => resolve(path instanceof URL ? fileURLToPath(path) : path);

const sentinelKey = 'globalThis[Symbol.for("roundabout.sentinel")]';

/**
 * Code that runs before the first cell. The sentinel keeps references of its own to what it sends with, because a cell may
 * shadow or replace the global names. A kernel whose executor was killed ends itself: it has a different parent then.
 */
const setUp = `{
  const { log } = console, { broadcast } = Deno.jupyter;
  ${sentinelKey} = async (mark) => {
    log(mark);
    await broadcast("display_data", { data: { "text/plain": mark }, metadata: {}, transient: {} });
    return mark;
  };
  const exit = Deno.exit, parent = Deno.ppid;
  Deno.unrefTimer(setInterval(() => Deno.ppid === parent || exit(1), 1000));
}`;

const markedKinds = ["stream", "display_data", "execute_result"];

/** Collects the messages of a kernel into the outputs of one cell at a time. */
class Session {
  readonly #kernel: Kernel;
  #outputs: Output[] = [];
  #shown = new Map<string, Extract<Output, { output_type: "display_data" }>[]>();
  #clearNext = false;
  #mark = "";
  #marksToCome = new Set<string>();
  #onMarks = () => {};
  #replyTo = "";
  // deno-lint-ignore no-explicit-any
  #onReply: (content: any) => void = () => {};

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.onMessage((message) => this.#receive(message));
  }

  /** Runs a cell and its sentinel; returns the reply and the outputs of the cell. */
  // deno-lint-ignore no-explicit-any
  async run(code: string): Promise<{ reply: any; outputs: Output[] }> {
    const reply = await this.#execute(code, true);
    this.#mark = crypto.randomUUID();
    this.#marksToCome = new Set(markedKinds);
    const marks = new Promise<void>((resolve) => this.#onMarks = resolve);
    await this.#execute(`await ${sentinelKey}(${JSON.stringify(this.#mark)})`, false);
    await Promise.race([marks, this.#kernel.died]);
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#clearNext = false;
    // An error ends a cell, but bypasses the queue: it may arrive before outputs that precede it.
    const isError = ({ output_type }: Output) => output_type === "error";
    return { reply, outputs: [...outputs.filter((one) => !isError(one)), ...outputs.filter(isError)] };
  }

  /** Runs code without outputs. */
  async prepare(code: string): Promise<void> {
    await this.#execute(code, false);
  }

  // deno-lint-ignore no-explicit-any
  async #execute(code: string, store_history: boolean): Promise<any> {
    const reply = new Promise((resolve) => this.#onReply = resolve);
    this.#replyTo = await this.#kernel.request("execute_request", {
      code,
      store_history,
      silent: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: {},
    });
    return await Promise.race([reply, this.#kernel.died]);
  }

  #receive({ type, channel, parentId, content }: KernelMessage): void {
    if (channel === "shell") {
      if (type === "execute_reply" && parentId === this.#replyTo) this.#onReply(content);
    } else if (this.#marksToCome.has(type) && this.#isMark(content)) {
      this.#marksToCome.delete(type);
      if (this.#marksToCome.size === 0) this.#onMarks();
    } else this.#record(type, content);
  }

  // deno-lint-ignore no-explicit-any
  #isMark(content: any): boolean {
    return String(content.text ?? content.data?.["text/plain"]).includes(this.#mark);
  }

  // deno-lint-ignore no-explicit-any
  #record(type: string, content: any): void {
    switch (type) {
      case "clear_output":
        this.#clearNext = Boolean(content.wait);
        if (!content.wait) this.#outputs = [];
        return;
      case "update_display_data":
        for (const shown of this.#shown.get(content.transient?.display_id) ?? []) {
          shown.data = content.data;
          shown.metadata = content.metadata ?? {};
        }
        return;
      case "stream":
        return this.#add({ output_type: "stream", name: content.name, text: content.text });
      case "display_data": {
        const output = { output_type: type, data: content.data, metadata: content.metadata ?? {} } as const;
        const id = content.transient?.display_id;
        if (id !== undefined) this.#shown.set(id, [...this.#shown.get(id) ?? [], output]);
        return this.#add(output);
      }
      case "execute_result": {
        const { data, metadata = {} } = content;
        return this.#add({ output_type: "execute_result", data, metadata, execution_count: null });
      }
      case "error": {
        const { ename, evalue, traceback } = content;
        return this.#add({ output_type: "error", ename, evalue, traceback });
      }
    }
  }

  #add(output: Output): void {
    if (this.#clearNext) this.#outputs = [];
    this.#clearNext = false;
    const last = this.#outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      last.text += output.text;
    } else this.#outputs.push(output);
  }
}

const mapStrings = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
};

/** Rewrites the paths in an output relative to the project's top folder; throws at any other path of this machine. */
function clean(output: Output, cell: number, name: string): Output {
  const cleaned = mapStrings(output, cleanPaths) as Output;
  mapStrings(cleaned, (text) => {
    const path = machinePath(text);
    if (path) throw new TaskError(`${name}, cell ${cell}: its output contains a path of this machine: ${path}`);
    return text;
  });
  if (cleaned.output_type === "execute_result") cleaned.execution_count = cell;
  return cleaned;
}

async function withinSeconds<T>(work: Promise<T>, seconds: number, onTimeout: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => timer = setTimeout(() => reject(onTimeout()), seconds * 1000));
  return await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

/** True for a cell with Jupyter's tag for errors that the notebook shows on purpose. */
const mayFail = (metadata: Record<string, unknown>): boolean =>
  Array.isArray(metadata.tags) && metadata.tags.includes("raises-exception");

async function runCells(
  session: Session,
  notebook: Notebook,
  name: string,
  options: ExecuteOptions,
): Promise<Notebook> {
  const { timeoutSeconds = defaultTimeoutSeconds, onProgress = () => {} } = options;
  const cells = codeCells(notebook);
  const outputs: Output[][] = [];
  for (const [index, { source, metadata }] of cells.entries()) {
    const cell = index + 1;
    onProgress({ notebook: name, cell, cells: cells.length });
    const firstLine = source.trim().split("\n")[0];
    let result;
    try {
      result = await withinSeconds(
        session.run(source),
        timeoutSeconds,
        () => new TaskError(`${name}, cell ${cell}: still running after ${timeoutSeconds} s: ${firstLine}`),
      );
    } catch (error) {
      if (!(error instanceof KernelDied)) throw error;
      throw new TaskError(`${name}, cell ${cell}: ${lower(error.message)}: ${firstLine}${indented(error.log)}`);
    }
    if (result.reply.status !== "ok" && !mayFail(metadata)) {
      throw new TaskError(await describeFailure({ name, cell, source, reply: result.reply }));
    }
    outputs.push(result.outputs);
  }
  onProgress({ notebook: name, cell: cells.length + 1, cells: cells.length });
  let done = 0;
  return {
    ...notebook,
    metadata: { ...notebook.metadata, ...denoMetadata },
    cells: notebook.cells.map((cell) => {
      if (cell.cell_type !== "code") return cell;
      // JupyterLab keeps the times of execution there.
      const { execution: _, ...metadata } = cell.metadata;
      const execution_count = ++done;
      const cleaned = outputs[done - 1].map((output) => clean(output, execution_count, name));
      return { ...cell, metadata, execution_count, outputs: cleaned };
    }),
  };
}

const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
const indented = (log: string): string => log ? `\n${log.replaceAll(/^/gm, "  ")}` : "";

/** Executes all code cells of a notebook in order, in a new kernel that runs in the notebook's folder. */
export async function executeNotebook(path: string | URL, options: ExecuteOptions = {}): Promise<ExecutedNotebook> {
  const { signal } = options;
  const file = toPath(path);
  const name = shortPath(file);
  const notebook = await readNotebook(file);
  const interrupted = () => new TaskError(`${name}: interrupted; the file is as it was`);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(interrupted());
  signal?.addEventListener("abort", onAbort);
  const started = performance.now();
  let kernel: Kernel | undefined;
  try {
    kernel = await Kernel.start({ cwd: dirname(file), signal });
    const session = new Session(kernel);
    await session.prepare(setUp);
    const work = runCells(session, notebook, name, options);
    // If the abort wins the race, the work ends with the kernel.
    work.catch(() => {});
    const executed = await Promise.race([work, aborted.promise]);
    const text = formatNotebook(executed);
    const seconds = (performance.now() - started) / 1000;
    return { path: file, notebook: executed, text, bytes: new TextEncoder().encode(text), seconds };
  } catch (error) {
    // Ctrl-C reaches the kernels too, and may reach them sooner.
    if (signal?.aborted || error instanceof KernelDied && error.status.signal === "SIGINT") throw interrupted();
    if (error instanceof KernelDied) throw new TaskError(`${name}: ${lower(error.message)}${indented(error.log)}`);
    if (error instanceof TaskError && !error.message.startsWith(name)) throw new TaskError(`${name}: ${error.message}`);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await kernel?.stop();
  }
}

/** Failure of at least one notebook; the message joins those of all that failed. */
export class NotebooksFailed extends TaskError {
  /** Notebooks that were executed, in the order of the paths. */
  readonly executed: ExecutedNotebook[];
  constructor(failures: TaskError[], executed: ExecutedNotebook[]) {
    super(failures.map((failure) => failure.message).join("\n\n"));
    this.executed = executed;
  }
}

/**
 * Executes notebooks side by side, each on a kernel of its own; returns them in the order of `paths`. If some fail, the
 * others are executed all the same, and {@linkcode NotebooksFailed} is thrown at the end.
 */
export async function executeNotebooks(
  paths: (string | URL)[],
  options: ExecuteManyOptions = {},
): Promise<ExecutedNotebook[]> {
  const { jobs = defaultJobs, onExecuted = () => {}, ...each } = options;
  const results: ExecutedNotebook[] = [];
  const failures: TaskError[] = [];
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...each.signal ? [each.signal] : []]);
  let next = 0;
  const worker = async () => {
    while (next < paths.length && !signal.aborted) {
      const index = next++;
      try {
        results[index] = await executeNotebook(paths[index], { ...each, signal });
        await onExecuted(results[index]);
      } catch (error) {
        // Any other error ends the other kernels too.
        if (error instanceof TaskError) failures[index] = error;
        else giveUp.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, paths.length) }, worker));
  giveUp.signal.throwIfAborted();
  if (signal.aborted) {
    throw new TaskError(
      failures.flat().map(({ message }) => message).join("\n\n") || "interrupted before the first notebook",
    );
  }
  // `flat` leaves out the holes.
  if (failures.length > 0) throw new NotebooksFailed(failures.flat(), results.flat());
  return results;
}

/** Lists the notebooks of the project in their order. */
export function projectNotebooks(): string[] {
  const folder = fileURLToPath(new URL("notebooks/", root));
  return [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name.endsWith(".ipynb") && !name.startsWith("."))
    .map(({ name }) => join(folder, name))
    .sort();
}

/**
 * Replaces the file of an executed notebook, completely or not at all; returns true if the file changed.
 * It is synchronous, so that no signal interrupts it.
 */
export function writeNotebook({ path, text }: ExecutedNotebook): boolean {
  const beside = join(dirname(path), `.${basename(path)}.${Deno.pid}.tmp`);
  try {
    if (Deno.readTextFileSync(path) === text) return false;
    Deno.writeTextFileSync(beside, text);
    Deno.renameSync(beside, path);
  } catch (error) {
    try {
      Deno.removeSync(beside);
    } catch {
      // It was not even begun.
    }
    throw new TaskError(`Cannot write ${shortPath(path)}: ${(error as Error).message}`);
  }
  return true;
}

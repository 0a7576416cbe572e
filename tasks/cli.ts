/**
 * What every `deno task` shares: arguments, `--help`, progress, the list of what was written, exit codes.
 * A task exits with 0 (done), 1 (something failed) or 2 (bad usage).
 *
 * @module
 */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { relative } from "node:path";

/** Bad usage: the sentence is printed with a pointer to `--help`; exit code 2. */
export class UsageError extends Error {}

/** A failure that a person is meant to read: the sentence is printed without a stack; exit code 1. */
export class TaskError extends Error {}

/** What a task is given to talk with. */
export interface Reporter {
  /** Prints a line. */
  line(text: string): void;
  /** Says what is going on: rewrites one line in a terminal, prints a plain line elsewhere. */
  status(text: string): void;
  /** Says how far it is, many times a second perhaps: as `status`, but where lines stay one every few seconds. */
  progress(text: string): void;
  /** Notes a file or folder that was written; all are printed at the end. */
  wrote(path: string | URL): void;
}

/** How a task is called. */
export interface TaskSpec {
  /** The task's name in `deno task NAME`. */
  name: string;
  /** One or two sentences: what it does. */
  about: string;
  /** What follows the name: `[--verbose] [NOTEBOOK ...]`. */
  usage: string;
  /** The options, each with its line of help. */
  options?: Record<string, ParseArgsOptionsConfig[string] & { help: string }>;
  /** Whether arguments without a name are taken. */
  positionals?: boolean;
  /** The option with which only data goes to the standard output, and everything else to the other one. */
  data?: string;
}

/** The arguments of a call. */
export interface TaskArgs {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}

/** Where the task was typed: it runs in the project's top folder, wherever that was. */
export const typedIn = (): string => Deno.env.get("INIT_CWD") ?? Deno.cwd();

/** The project's top folder. */
export const root: URL = new URL("../", import.meta.url);

/** A path as people read it: relative to the project's top folder. */
export function shortPath(path: string | URL): string {
  const full = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  return relative(decodeURIComponent(root.pathname), full) || ".";
}

/** A number of at least `least` from an option, or the default. */
export function numberOption(
  name: string,
  value: string | boolean | undefined,
  least: number,
  otherwise: number,
): number {
  if (value === undefined) return otherwise;
  const number = Number(value), greatest = 1e6;
  if (!(number >= least && number <= greatest) || String(value).trim() === "") {
    throw new UsageError(`--${name} takes a number from ${least} to ${greatest}, not '${value}'`);
  }
  return number;
}

function helpText(spec: TaskSpec): string {
  const options: NonNullable<TaskSpec["options"]> = {
    ...spec.options,
    help: { type: "boolean", short: "h", help: "this text" },
  };
  const rows = Object.entries(options)
    .map(([name, o]) => [`${o.short ? `-${o.short}, ` : ""}--${name}${o.type === "string" ? " VALUE" : ""}`, o.help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  const usage = `deno task ${spec.name} ${spec.usage}`.trimEnd();
  return `${spec.about}\n\nusage: ${usage}\n\n${
    rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n")
  }\n\nexit code: 0 done, 1 something failed, 2 bad usage`;
}

/** Prints data to the standard output: not through `console.log`, which what a task loads may print with as well. */
export function writeData(text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

/** What prints: `dataOnly` leaves the standard output to data. */
type TerminalReporter = Reporter & { clear(): void; dataOnly(): void };

/** How long `progress` waits, in milliseconds, before it prints another line that stays. */
const leastWait = 3000;

function terminalReporter(written: Set<string>): TerminalReporter {
  const encoder = new TextEncoder();
  let rewrites = Deno.stdout.isTerminal(), say = console.log;
  let open = false;
  const clear = () => {
    if (open) Deno.stdout.writeSync(encoder.encode("\r\x1b[K"));
    open = false;
  };
  const status = (text: string) => {
    if (!rewrites) return say(text);
    clear();
    const { columns } = Deno.consoleSize();
    Deno.stdout.writeSync(encoder.encode(text.slice(0, columns - 1)));
    open = true;
  };
  let last = performance.now();
  return {
    clear,
    status,
    progress: (text) => {
      if (!rewrites && performance.now() - last < leastWait) return;
      last = performance.now();
      status(text);
    },
    dataOnly: () => {
      rewrites = false;
      say = console.error;
    },
    line: (text) => {
      clear();
      say(text);
    },
    wrote: (path) => void written.add(shortPath(path)),
  };
}

/** Runs a task and ends the process with its exit code. */
export async function runTask(
  spec: TaskSpec,
  main: (args: TaskArgs, report: Reporter) => Promise<void>,
  args: string[] = Deno.args,
): Promise<never> {
  const started = performance.now();
  const written = new Set<string>();
  const report = terminalReporter(written);
  let code = 0;
  try {
    let parsed;
    try {
      parsed = parseArgs({
        args,
        options: { ...spec.options, help: { type: "boolean", short: "h" } },
        allowPositionals: spec.positionals ?? false,
      });
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    if (parsed.values.help) {
      console.log(helpText(spec));
      Deno.exit(0);
    }
    if (spec.data !== undefined && (parsed as TaskArgs).values[spec.data]) report.dataOnly();
    await main(parsed as TaskArgs, report);
  } catch (error) {
    report.clear();
    code = error instanceof UsageError ? 2 : 1;
    if (error instanceof UsageError) {
      console.error(`${spec.name}: ${error.message}\nsee: deno task ${spec.name} --help`);
    } else if (error instanceof TaskError) console.error(`${spec.name}: ${error.message}`);
    else console.error(error);
  }
  report.clear();
  for (const path of written) report.line(`wrote ${path}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code !== 2) report.line(`${spec.name}: ${code === 0 ? "done" : "failed"} in ${seconds} s`);
  Deno.exit(code);
}

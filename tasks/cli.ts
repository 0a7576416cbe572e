/**
 * Frame of every `deno task`: arguments, `--help`, progress, the list of written files, exit codes.
 * A task exits with 0 (done), 1 (something failed) or 2 (bad usage).
 *
 * @module
 */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { relative } from "node:path";

/** Bad usage: the message is printed with a pointer to `--help`; exit code 2. */
export class UsageError extends Error {}

/** A failure that the user can understand: the message is printed without a stack; exit code 1. */
export class TaskError extends Error {}

/** Negative result of a task that did its work: the last line gives the message instead of "failed"; exit code 1. */
export class NegativeResult extends Error {}

/** Output of a task. */
export interface Reporter {
  /** Prints a line. */
  line(text: string): void;
  /** Shows the current step: rewrites one line in a terminal, prints a line elsewhere. */
  status(text: string): void;
  /** Shows progress, however often it is called: as `status`, but elsewhere on the standard error, a line per few seconds. */
  progress(text: string): void;
  /** Notes a file or folder that was written; all are printed at the end. */
  wrote(path: string | URL): void;
}

/** Command line of a task. */
export interface TaskSpec {
  /** Name, which messages begin with. */
  name: string;
  /** Words that start it. @default `deno task NAME` */
  command?: string;
  /** Description in one or two sentences. */
  about: string;
  /** Arguments after the name: `[--verbose] [NOTEBOOK ...]`. */
  usage: string;
  /** Options, each with its line of help; `value` says there what an option takes, such as `COLUMN`. */
  options?: Record<string, ParseArgsOptionsConfig[string] & { help: string; value?: string }>;
  /** True if the task takes arguments without a name. */
  positionals?: boolean;
  /** Name of the option that reserves the standard output for data; everything else goes to the standard error. */
  data?: string;
}

/** Arguments of a call. */
export interface TaskArgs {
  /** Values of the options by name. */
  values: Record<string, string | boolean | undefined>;
  /** Arguments without a name. */
  positionals: string[];
}

/** Folder in which the user typed the command; the task itself runs in the project's top folder. */
export const typedIn = (): string => Deno.env.get("INIT_CWD") ?? Deno.cwd();

/** The project's top folder. */
export const root: URL = new URL("../", import.meta.url);

/** Shortens a path for messages: relative to the project's top folder. */
export function shortPath(path: string | URL): string {
  const full = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  return relative(decodeURIComponent(root.pathname), full) || ".";
}

/** Reads the option `name` as one of some words. */
export function choiceOption<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (allowed.includes(value as T)) return value as T;
  throw new UsageError(`--${name} takes ${allowed.join(", ")}, not '${value}'`);
}

/** Reads the option `name` as a number of at least `least`; `otherwise` if the option is not given. */
export function numberOption(
  name: string,
  value: string | boolean | undefined,
  least: number,
  otherwise: number,
): number {
  if (value === undefined) return otherwise;
  const number = Number(value), largest = 1e6;
  if (!(number >= least && number <= largest) || String(value).trim() === "") {
    throw new UsageError(`--${name} takes a number from ${least} to ${largest}, not '${value}'`);
  }
  return number;
}

/** Reads the option `name` as a whole number of at least `least`; `otherwise` if the option is not given. */
export function wholeOption(
  name: string,
  value: string | boolean | undefined,
  least: number,
  otherwise: number,
): number {
  const number = numberOption(name, value, least, otherwise);
  if (value === undefined || Number.isInteger(number)) return number;
  throw new UsageError(`--${name} takes a whole number, not '${value}'`);
}

const commandOf = ({ name, command = `deno task ${name}` }: TaskSpec): string => command;

/** Width of the text of `--help`. */
const helpWidth = 120;

function helpText(spec: TaskSpec): string {
  const options: NonNullable<TaskSpec["options"]> = {
    ...spec.options,
    help: { type: "boolean", short: "h", help: "this text" },
  };
  const rows = Object.entries(options)
    .map((
      [name, o],
    ) => [`${o.short ? `-${o.short}, ` : ""}--${name}${o.type === "string" ? ` ${o.value}` : ""}`, o.help]);
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = new RegExp(`\\S.{0,${helpWidth - left - 1}}(?=\\s|$)`, "g");
  const listed = rows.map(([name, help]) =>
    `  ${name}`.padEnd(left) + help.match(lines)!.join(`\n${" ".repeat(left)}`)
  );
  const usage = `${commandOf(spec)} ${spec.usage}`.trimEnd();
  return `${spec.about}\n\nusage: ${usage}\n\n${
    listed.join("\n")
  }\n\nexit code: 0 done, 1 something failed, 2 bad usage`;
}

/** Writes rows of texts in columns, the first to the left, the others to the right. */
export function alignedText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, j) => Math.max(...rows.map((row) => row[j].length)));
  return rows.map((row) =>
    row.map((cell, j) => j === 0 ? cell.padEnd(widths[j]) : cell.padStart(widths[j])).join("  ").trimEnd()
  ).join("\n");
}

/** Prints data to the standard output, without `console.log`, which the modules that a task loads may call as well. */
export function writeData(text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

/** A reporter whose `dataOnly` reserves the standard output for data. */
type TerminalReporter = Reporter & { clear(): void; dataOnly(): void };

/** Milliseconds between two progress lines outside a terminal. */
const progressInterval = 5000;

/** Limits `print` to one call per `interval` milliseconds of the clock `now`, the first of them after one interval. */
export function throttled(
  print: (text: string) => void,
  interval: number,
  now: () => number = () => performance.now(),
): (text: string) => void {
  let last = now();
  return (text) => {
    if (now() - last < interval) return;
    last = now();
    print(text);
  };
}

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
  const seldom = throttled((text) => console.error(text), progressInterval);
  return {
    clear,
    status,
    progress: (text) => rewrites ? status(text) : seldom(text),
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

/** Makes a signal that Ctrl-C, a polite kill or a closed terminal sets off, until it is disposed of. */
export function interruptSignal(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  const abort = () => controller.abort();
  names.forEach((name) => Deno.addSignalListener(name, abort));
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => names.forEach((name) => Deno.removeSignalListener(name, abort)),
  };
}

/** Runs a task and ends the process with its exit code. */
export async function runTask(
  spec: TaskSpec,
  main: (args: TaskArgs, report: Reporter) => Promise<void>,
): Promise<never> {
  const started = performance.now();
  const written = new Set<string>();
  const report = terminalReporter(written);
  let code = 0, outcome = "";
  try {
    let parsed;
    try {
      parsed = parseArgs({
        args: Deno.args,
        options: { ...spec.options, help: { type: "boolean", short: "h" } },
        allowPositionals: spec.positionals ?? false,
      });
    } catch (error) {
      throw new UsageError((error as Error).message.replace(/\. To specify a positional argument.*/s, ""));
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
      console.error(`${spec.name}: ${error.message}\nsee: ${commandOf(spec)} --help`);
    } else if (error instanceof NegativeResult) outcome = error.message;
    else if (error instanceof TaskError) console.error(`${spec.name}: ${error.message}`);
    else console.error(error);
  }
  report.clear();
  for (const path of written) report.line(`wrote ${path}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ending = outcome === "" ? `${code === 0 ? "done" : "failed"} in ${seconds} s` : `${outcome} (${seconds} s)`;
  if (code !== 2) report.line(`${spec.name}: ${ending}`);
  Deno.exit(code);
}

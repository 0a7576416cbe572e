import { root, TaskError } from "./cli.ts";

/** Yields the lines of a stream of bytes as they come; at its end the rest without a line break if `rest` is true. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>, rest = false): AsyncGenerator<string> {
  let last = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (last + text).split("\n");
    last = lines.pop()!;
    yield* lines;
  }
  if (rest && last !== "") yield last;
}

const decoder = new TextDecoder();

/** Runs a command in a folder and returns its standard output. */
export async function runIn(folder: URL, command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: folder }).output().catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw new TaskError(`'${command}' is not installed`);
    throw error;
  });
  if (success) return decoder.decode(stdout);
  throw new TaskError(`${command} ${args.join(" ")} failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

/** Outcome of a command that ran to its end. */
export interface Finished {
  /** Exit code. */
  code: number;
  /** Lines of both streams, in the order of arrival. */
  output: string;
  /** Duration. */
  seconds: number;
}

/** Options of {@linkcode runDeno}. */
interface RunOptions {
  /** Receives each line as it comes. */
  onLine?: (line: string) => void;
  /** Ends the command. */
  signal?: AbortSignal;
  /** Working folder. @default the project's top folder */
  cwd?: string | URL;
  /** Further variables of its environment. */
  env?: Record<string, string>;
}

/** Environment in which Deno's errors have no stack of its own code. */
export const withoutBacktrace = { RUST_BACKTRACE: "0" };

/** Runs Deno itself with the arguments and collects what it prints. */
export async function runDeno(args: string[], options: RunOptions = {}): Promise<Finished> {
  const { onLine = () => {}, signal, cwd = root, env } = options;
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const lines: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of linesOf(stream, true)) {
      lines.push(line);
      onLine(line);
    }
  };
  const [{ code }] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  return { code, output: lines.join("\n"), seconds: (performance.now() - started) / 1000 };
}

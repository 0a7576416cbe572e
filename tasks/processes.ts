import { root } from "./cli.ts";

/** A command that ran to its end. */
export interface Finished {
  /** Its exit code. */
  code: number;
  /** What it printed, both streams, in the order of arrival. */
  output: string;
  /** How long it took. */
  seconds: number;
}

/** How a command is run. */
export interface RunOptions {
  /** Sees each line as it comes. */
  onLine?: (line: string) => void;
  /** Ends the command. */
  signal?: AbortSignal;
}

/** Runs Deno itself with the arguments, in the project's folder. */
export async function runDeno(args: string[], options: RunOptions = {}): Promise<Finished> {
  const { onLine = () => {}, signal } = options;
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const lines: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      for (const line of parts) {
        lines.push(line);
        onLine(line);
      }
    }
    if (rest !== "") {
      lines.push(rest);
      onLine(rest);
    }
  };
  const [{ code }] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  return { code, output: lines.join("\n"), seconds: (performance.now() - started) / 1000 };
}

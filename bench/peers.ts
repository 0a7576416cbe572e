/**
 * Talks to `peers.py`, so that other libraries have their turns in the same run. A question and an answer is a line of
 * JSON each.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { linesOf } from "../tasks/processes.ts";
import type { Timed } from "./alternate.ts";

/** The report of a process. */
interface Hello {
  versions: Record<string, string>;
  contenders: { name: string; works: string[]; least: number }[];
  missing: { what: string; why: string }[];
}

/** One that can be timed on several works and sizes. */
export interface Peer {
  readonly name: string;
  readonly works: readonly string[];
  /** The fewest rows that it is measured at. */
  readonly least: number;
  at(work: string, rows: number): Timed & { value(): Promise<number> };
}

/** A running `peers.py`. */
export class Peers implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  versions: Hello["versions"] = {};
  missing: Hello["missing"] = [];
  contenders: Peer[] = [];

  /** Starts it, with options of the script. */
  static async start(python: string, ...options: string[]): Promise<Peers> {
    const peers = new Peers(python, options);
    const hello = peers.#line().catch(async (error) => {
      await peers[Symbol.asyncDispose]();
      throw error;
    });
    const { versions, missing, contenders } = await hello as Hello;
    Object.assign(peers, { versions, missing });
    peers.contenders = contenders.map(({ name, works, least }) => ({
      name,
      works,
      least,
      at: (work, rows) => ({
        name,
        time: async (untimed, samples, calls) =>
          (await peers.#ask({ name, work, rows, untimed, samples, calls })).ms as number[],
        value: async () => (await peers.#ask({ name, work, rows, untimed: 0, samples: 0, calls: 0 })).value as number,
      }),
    }));
    return peers;
  }

  private constructor(python: string, options: readonly string[]) {
    const script = fileURLToPath(new URL("peers.py", import.meta.url));
    this.#child = new Deno.Command(python, {
      args: [script, "--serve", ...options],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  async #line(): Promise<Record<string, unknown> | Hello> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("peers.py ended; run it by itself to see why");
    return JSON.parse(value);
  }

  async #ask(question: Record<string, unknown>): Promise<Record<string, unknown>> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    const answer = await this.#line() as Record<string, unknown>;
    if (answer.error !== undefined) throw new Error(String(answer.error));
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.return(undefined);
    await this.#child.status;
  }
}

/**
 * Worker that talks to the Python process, so that the audit can wait for its answers.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { parentPort } from "node:worker_threads";
import { type Frame, frameOf, FrameReader } from "./frames.ts";

/** Messages to the worker. An answer is written to the shared memory, or posted if it is awaited. */
export type ToWorker =
  | { readonly do: "share"; readonly control: SharedArrayBuffer; readonly data: SharedArrayBuffer }
  | { readonly do: "start"; readonly command: readonly string[] }
  | {
    readonly do: "ask";
    readonly text: string;
    readonly numbers: Uint8Array;
    readonly limit: number;
    readonly awaited: boolean;
  }
  | { readonly do: "close" };

/** The last characters of the standard error that are kept for the report of a process that ends. */
const KEPT = 2000;

let answered = false;
let child: ChildProcessWithoutNullStreams | undefined, frames = new FrameReader(), said = "";
let control: Int32Array, data: SharedArrayBuffer;
let answer: ((frame: Frame) => void) | undefined, timer: ReturnType<typeof setTimeout> | undefined;

const post = (message: Frame | "closed"): void => parentPort!.postMessage(message);

const refusal = (died: string): Frame => ({ text: JSON.stringify({ died }), numbers: new Uint8Array() });

/** Hands an answer over; without a request there is nobody to take it. */
function settle(frame: Frame): void {
  clearTimeout(timer);
  const give = answer;
  answer = undefined;
  give?.(frame);
}

/** Writes an answer to the shared memory and wakes the audit. */
function share({ text, numbers }: Frame): void {
  const bytes = frameOf({ text, numbers });
  if (bytes.length > data.byteLength) data.grow(bytes.length);
  new Uint8Array(data).set(bytes);
  Atomics.store(control, 1, bytes.length);
  Atomics.store(control, 0, 1);
  Atomics.notify(control, 0);
}

function start([python, ...args]: readonly string[]): void {
  frames = new FrameReader();
  said = "";
  answered = false;
  const own = child = spawn(python, args, { stdio: "pipe" });
  own.stdout.on("data", (bytes: Uint8Array) => {
    if (child !== own) return;
    try {
      for (const frame of frames.read(bytes)) {
        answered = true;
        settle(frame);
      }
    } catch (error) {
      own.kill("SIGKILL");
      settle(refusal(`writes what is no answer: ${(error as Error).message}`));
    }
  });
  own.stderr.on("data", (bytes: Uint8Array) => said = (said + new TextDecoder().decode(bytes)).slice(-KEPT));
  own.stdin.on("error", () => {}); // the end of the process says more
  own.on("error", (error: Error) => {
    child = undefined;
    settle(refusal(`cannot be started: ${error.message}`));
  });
  own.on("close", (code: number | null, signal: string | null) => {
    if (child !== own) return;
    child = undefined;
    const last = answered ? "" : said.trim().split("\n").at(-1) ?? ""; // later, it is what the loss prints
    settle(refusal(`ends the process ${signal ? `(${signal})` : `with the code ${code}`}${last && `: ${last}`}`));
  });
}

function ask({ text, numbers, limit, awaited }: Extract<ToWorker, { do: "ask" }>): void {
  answer = awaited ? (frame) => post(frame) : share;
  if (child === undefined) return settle(refusal("has ended the process before"));
  timer = setTimeout(() => {
    child?.kill("SIGKILL");
    child = undefined;
    settle(refusal(`does not return within ${limit / 1000} s and was ended`));
  }, limit);
  child.stdin.write(frameOf({ text, numbers }));
}

/** Ends the process and waits for its end, so that no zombie remains. */
function close(): void {
  const own = child;
  child = undefined;
  const closed = () => post("closed");
  if (own === undefined || own.exitCode !== null || own.signalCode !== null) return closed();
  own.on("exit", closed);
  own.kill("SIGKILL");
}

parentPort!.on("message", (message: ToWorker) => {
  if (message.do === "share") [control, data] = [new Int32Array(message.control), message.data];
  else if (message.do === "start") start(message.command);
  else if (message.do === "ask") ask(message);
  else close();
});

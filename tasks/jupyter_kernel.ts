/**
 * A Deno kernel in a process of its own, reached in Jupyter's messaging protocol (version 5) over ZeroMQ (`zmtp.ts`).
 * This module moves messages and watches the process; `execute.ts` interprets the messages.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { TaskError } from "./cli.ts";
import { Socket, type SocketType } from "./zmtp.ts";

/** Message of the kernel. */
export interface KernelMessage {
  /** `stream`, `display_data`, `execute_reply`, … */
  type: string;
  /** Id of the request that the kernel names as the cause; for outputs, the Deno kernel may name the wrong one. */
  parentId: string;
  /** Channel: replies come on `shell`, outputs and status on `iopub`. */
  channel: "shell" | "iopub";
  /** Content; its form depends on the type. */
  // deno-lint-ignore no-explicit-any
  content: any;
}

/** Options of {@linkcode Kernel.start}. */
interface KernelOptions {
  /** Folder in which the kernel runs; relative imports and the search for deno.json start there. */
  cwd: string;
  /** Aborts the start; {@linkcode Kernel.stop} ends a kernel that runs. */
  signal?: AbortSignal;
  /** Chooses the five ports of an attempt. @default free ones */
  ports?: () => number[];
}

/** Error of a kernel that ended by itself. */
export class KernelDied extends Error {
  /** Exit code, or the signal that ended it. */
  readonly status: Deno.CommandStatus;
  /** Last lines of the process's standard error. */
  readonly log: string;
  constructor(status: Deno.CommandStatus, log: string) {
    super(`The kernel ended ${status.signal ? `by ${status.signal}` : `with exit code ${status.code}`}`);
    this.status = status;
    this.log = log;
  }
}

const delimiter = "<IDS|MSG>";
const startAttempts = 5;
// A start takes less than a second; the limit is for a kernel that hangs, on however busy a machine.
const startMilliseconds = 180_000;

/** Finds five free ports. Another process may take one before the kernel does; the start is then repeated. */
export function freePorts(): number[] {
  const listeners = Array.from({ length: 5 }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  listeners.forEach((listener) => listener.close());
  return ports;
}

function frames(key: string, type: string, id: string, session: string, content: unknown): string[] {
  const header = { msg_id: id, session, username: "", date: new Date().toISOString(), msg_type: type, version: "5.3" };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  const signature = parts.reduce((hmac, part) => hmac.update(part), createHmac("sha256", key)).digest("hex");
  return [delimiter, signature, ...parts];
}

function parse(key: string, channel: KernelMessage["channel"], received: Uint8Array[]): KernelMessage | undefined {
  const texts = received.map((frame) => new TextDecoder().decode(frame));
  const start = texts.indexOf(delimiter);
  if (start < 0 || texts.length < start + 6) return undefined;
  const parts = received.slice(start + 2, start + 6);
  const signature = parts.reduce((hmac, part) => hmac.update(part), createHmac("sha256", key)).digest("hex");
  if (signature !== texts[start + 1]) return undefined;
  const [header, parent, , content] = texts.slice(start + 2, start + 6).map((text) => JSON.parse(text));
  return { type: header.msg_type, parentId: parent?.msg_id ?? "", channel, content };
}

/** Keeps the end of what a process writes to a pipe, and reads all of it so that the pipe never fills. */
function tail(stream: ReadableStream<Uint8Array>, characters = 4000): { text(): string; done: Promise<void> } {
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-characters);
  };
  return { text: () => text, done: read().catch(() => {}) };
}

/** Awaits a promise; throws if it takes longer than `milliseconds` or if the kernel ends before. */
async function within<T>(promise: Promise<T>, milliseconds: number, died: Promise<never>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const late = () => limit.reject(new TaskError(`the kernel did not answer within ${milliseconds / 1000} s`));
  const timer = setTimeout(late, milliseconds);
  return await Promise.race([promise, limit.promise, died]).finally(() => clearTimeout(timer));
}

/** A running Deno kernel. */
export class Kernel implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #ports: { shell: number; iopub: number };
  readonly #sockets: Socket[] = [];
  #shell?: Socket;
  readonly #key = crypto.randomUUID();
  readonly #session = crypto.randomUUID();
  readonly #folder: string;
  readonly #died = Promise.withResolvers<never>();
  readonly #logs: ReturnType<typeof tail>[];
  #listener: (message: KernelMessage) => void = () => {};
  #stopping = false;

  /** Starts a kernel and waits until it answers and its outputs arrive. */
  static async start(options: KernelOptions): Promise<Kernel> {
    for (let attempt = 1;; attempt++) {
      const kernel = new Kernel(options);
      try {
        await kernel.#ready(options.signal);
        // The kernel has read its connection file; without it, nothing is left behind whatever happens.
        await kernel.#removeFolder();
        return kernel;
      } catch (error) {
        await kernel.stop();
        // A port that another process took shows in the kernel's log, or in a connection that does not speak its protocol.
        const taken = error instanceof KernelDied
          ? /address.*in use/i.test(error.log)
          : !(error instanceof TaskError) && !options.signal?.aborted;
        if (attempt === startAttempts || !taken) throw error;
      }
    }
  }

  private constructor({ cwd, ports = freePorts }: KernelOptions) {
    this.#folder = Deno.makeTempDirSync({ prefix: "roundabout-kernel-" });
    const [shell, iopub, stdin, control, hb] = ports();
    const connection = {
      ip: "127.0.0.1",
      transport: "tcp",
      key: this.#key,
      signature_scheme: "hmac-sha256",
      kernel_name: "deno",
      shell_port: shell,
      iopub_port: iopub,
      stdin_port: stdin,
      control_port: control,
      hb_port: hb,
    };
    const file = `${this.#folder}/connection.json`;
    Deno.writeTextFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd,
      env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#logs = [tail(this.#child.stdout), tail(this.#child.stderr)];
    this.#died.promise.catch(() => {});
    this.#child.status.then(async (status) => {
      await Promise.all(this.#logs.map((log) => log.done));
      this.#died.reject(new KernelDied(status, this.log));
    });
    this.#ports = { shell, iopub };
  }

  /** Promise that rejects with {@linkcode KernelDied} when the process ends, and never resolves. */
  get died(): Promise<never> {
    return this.#died.promise;
  }

  /** Id of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** End of the process's own standard output and error, where native libraries write past the notebook. */
  get log(): string {
    return this.#logs.map((log) => log.text()).join("").trim();
  }

  /** Passes every later message to `listener`, in the order of arrival on each channel. */
  onMessage(listener: (message: KernelMessage) => void): void {
    this.#listener = listener;
  }

  /** Sends a request and returns its id, which the answers name as their parent. */
  async request(type: string, content: unknown): Promise<string> {
    const id = crypto.randomUUID();
    // `died` reports a kernel that has ended.
    await this.#shell?.send(frames(this.#key, type, id, this.#session, content)).catch(() => {});
    return id;
  }

  /** Ends the process and removes its files; further calls do nothing. */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#sockets.forEach((socket) => socket.close());
      // A kernel has nothing to save, and one that hangs in a loop would not hear a polite request.
      try {
        this.#child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
    }
    await this.#child.status;
    await Promise.all(this.#logs.map((log) => log.done));
    await this.#removeFolder();
  }

  async #removeFolder(): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }

  /** Ends the process at the end of an `await using` scope. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Connects as soon as the kernel listens, and passes its messages on. */
  async #connect(type: SocketType, channel: KernelMessage["channel"], attempt: () => Promise<void>): Promise<Socket> {
    for (;;) {
      await attempt();
      // Another process may listen on the port and never answer.
      const connecting = Socket.connect(type, this.#ports[channel]).catch((error) => {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      });
      const socket = await within(connecting, startMilliseconds, this.died);
      if (!socket) continue;
      this.#sockets.push(socket);
      this.#listen(channel, socket);
      return socket;
    }
  }

  async #listen(channel: KernelMessage["channel"], socket: Socket): Promise<void> {
    for await (const received of socket) {
      const message = parse(this.#key, channel, received);
      if (message) this.#listener(message);
    }
  }

  /**
   * Sends requests until an answer comes on both channels. A subscriber receives nothing that was sent before its
   * subscription reached the kernel, and no message says when it did.
   */
  async #ready(signal?: AbortSignal): Promise<void> {
    const heard = Promise.withResolvers<void>();
    const channels = new Set<string>();
    this.#listener = (message) => {
      channels.add(message.channel);
      if (channels.size === 2) heard.resolve();
    };
    const deadline = performance.now() + startMilliseconds;
    const attempt = async () => {
      signal?.throwIfAborted();
      if (performance.now() > deadline) {
        throw new TaskError(`the kernel did not answer within ${startMilliseconds / 1000} s`);
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const pause = new Promise<void>((resolve) => timer = setTimeout(resolve, 20));
      await Promise.race([heard.promise, this.died, pause]).finally(() => clearTimeout(timer));
    };
    await this.#connect("SUB", "iopub", attempt);
    this.#shell = await this.#connect("DEALER", "shell", attempt);
    while (channels.size < 2) {
      await this.request("kernel_info_request", {});
      await attempt();
    }
    this.#listener = () => {};
  }
}

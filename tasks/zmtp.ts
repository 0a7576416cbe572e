/**
 * The part of ZeroMQ's wire protocol (ZMTP 3.0, https://rfc.zeromq.org/spec/23/) that a Jupyter client needs: DEALER and SUB
 * sockets that connect over TCP without encryption.
 *
 * The `zeromq` package needs a native library of 34 MB, and in Deno 2.9 about one process in six that closed one of its sockets
 * ended in a segmentation fault.
 *
 * @module
 */

const flag = { more: 1, long: 2, command: 4 };
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Builds the greeting of a client: signature, version 3.0, the mechanism NULL (no security). */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  bytes.set(ascii("NULL"), 12);
  return bytes;
}

function frame(flags: number, body: Uint8Array): Uint8Array {
  if (body.length < 256) return concat([Uint8Array.of(flags, body.length), body]);
  const head = new Uint8Array(9);
  head[0] = flags | flag.long;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return concat([head, body]);
}

function readyCommand(type: SocketType): Uint8Array {
  const property = (name: string, value: string) =>
    concat([Uint8Array.of(name.length), ascii(name), Uint8Array.of(0, 0, 0, value.length), ascii(value)]);
  return concat([Uint8Array.of(5), ascii("READY"), property("Socket-Type", type), property("Identity", "")]);
}

/** Kind of a socket: a DEALER sends requests and receives replies, a SUB only receives. */
export type SocketType = "DEALER" | "SUB";

/** Connected socket. Iteration gives the messages, each a list of frames, until the peer closes the connection. */
export class Socket {
  readonly #connection: Deno.TcpConn;
  #chunk: Uint8Array = new Uint8Array(0);
  #sending: Promise<void> = Promise.resolve();

  /** Connects and exchanges greetings; a SUB subscribes to everything. */
  static async connect(type: SocketType, port: number): Promise<Socket> {
    const socket = new Socket(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      await socket.#write(concat([greeting(), frame(flag.command, readyCommand(type))]));
      const theirs = await socket.#read(64);
      if (theirs === null || theirs[0] !== 0xff || theirs[10] < 3) {
        throw new Error(`Port ${port} does not speak ZMTP 3`);
      }
      await socket.#readFrame();
      if (type === "SUB") await socket.send([Uint8Array.of(1)]);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Sends a message of one or more frames. */
  async send(parts: (Uint8Array | string)[]): Promise<void> {
    const frames = parts.map((part, index) =>
      frame(index < parts.length - 1 ? flag.more : 0, typeof part === "string" ? ascii(part) : part)
    );
    // Messages must not interleave.
    this.#sending = this.#sending.then(() => this.#write(concat(frames)));
    await this.#sending;
  }

  /** Yields the messages as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array[]> {
    let message: Uint8Array[] = [];
    for (let next = await this.#readFrame(); next !== null; next = await this.#readFrame()) {
      if (next.flags & flag.command) continue;
      message.push(next.body);
      if (next.flags & flag.more) continue;
      yield message;
      message = [];
    }
  }

  /** Closes the connection, which ends the iteration. */
  close(): void {
    this.#connection.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  async #readFrame(): Promise<{ flags: number; body: Uint8Array } | null> {
    const flags = (await this.#read(1))?.[0];
    if (flags === undefined) return null;
    const size = await this.#read(flags & flag.long ? 8 : 1);
    if (size === null) return null;
    const length = size.length === 1 ? size[0] : Number(new DataView(size.buffer).getBigUint64(0));
    const body = await this.#read(length);
    return body && { flags, body };
  }

  /** Exactly so many bytes, in a buffer of their own; null where the stream ends or is closed before. */
  async #read(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (this.#chunk.length === 0) {
        const buffer = new Uint8Array(65536);
        const count = await this.#connection.read(buffer).catch(() => null);
        if (count === null) return null;
        this.#chunk = buffer.subarray(0, count);
      }
      const part = this.#chunk.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return bytes;
  }
}

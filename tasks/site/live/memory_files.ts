/**
 * Files in memory, in place of Node.js's: a page's worker reads the table that a reader dropped with the project's own `lib/data/`.
 *
 * @module
 */
import { CsvError, type Options, parse as parseAll } from "csv-parse/sync";

export { CsvError };

const files = new Map<string, Uint8Array>(), handles: Uint8Array[] = [];

/** Stores a file under its name. */
export const storeFile = (name: string, bytes: Uint8Array): void => void files.set(name, bytes);

/** Returns the bytes of a stored file. */
export function readFileSync(name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes !== undefined) return bytes;
  throw Object.assign(new Error(`there is no file '${name}'`), { code: "ENOENT" });
}

export const statSync = readFileSync;

/** Opens a stored file. */
export const openSync = (name: string): number => handles.push(readFileSync(name)) - 1;

/** Copies the first bytes of an open file. */
export function readSync(handle: number, into: Uint8Array, _: number, length: number): number {
  const bytes = handles[handle].subarray(0, length);
  into.set(bytes);
  return bytes.length;
}

export function closeSync(): void {}

/** A source of pieces with the part of a stream's interface that `lib/data/` uses. */
class Stream {
  constructor(readonly pieces: () => AsyncIterable<unknown>) {}
  [Symbol.asyncIterator] = (): AsyncIterator<unknown> => this.pieces()[Symbol.asyncIterator]();
  on(): void {} // nothing fails later: the file is in memory
  destroy(): void {}
  pipe(next: { fill(from: Stream): Stream }): Stream {
    return next.fill(this);
  }
}

/** Streams a stored file in one piece. */
export const createReadStream = (name: string): Stream =>
  new Stream(async function* () {
    yield await Promise.resolve(readFileSync(name));
  });

export const Readable = { from: (pieces: AsyncIterable<unknown>): Stream => new Stream(() => pieces) };

/** Parses the text of a stream once all of it is there; the same records as csv-parse's stream. */
export const parse = (options: Options) => ({
  fill: (from: Stream): Stream =>
    new Stream(async function* () {
      let text = "";
      for await (const piece of from) text += piece;
      yield* parseAll(text, options) as unknown[];
    }),
});

const packed = (): never => {
  throw new Error("a packed file cannot be read here: unpack it first");
};

/** Node.js's zlib, which a page has not. */
export default {
  gunzipSync: packed,
  zstdDecompressSync: packed,
  createGunzip: packed,
  createZstdDecompress: packed,
  constants: {},
};

import type { Buffer } from "node:buffer";
import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import { Readable, type Transform } from "node:stream";
import zlib from "node:zlib";

/** Makes the error of a file that cannot be read. */
export const unreadable = (path: string, problem: string, cause?: unknown): Error =>
  new Error(`Cannot read '${path}': ${problem}`, { cause });

const exportIt = "save the sheet as CSV (UTF-8) and name that file";

/** First bytes of files that are no text, and the cure. */
const signatures: readonly { readonly bytes: readonly number[]; readonly what: string; readonly packed?: string }[] = [
  { bytes: [0x1f, 0x8b], what: "it is a gzip file: let its name end in .csv.gz", packed: "gz" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "it is a zstd file: let its name end in .csv.zst", packed: "zst" },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: `it is an Excel workbook or a zip archive: ${exportIt}` },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: `it is an Excel workbook: ${exportIt}` },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "it is a Parquet file: let its name end in .parquet" },
];

/** The format of a table's file: text, perhaps packed, or Parquet. */
export interface FileFormat {
  readonly kind: "text" | "parquet";
  readonly packed?: "gz" | "zst";
  /** The file's name ends in .tsv or .tab: its fields are separated by tabs. */
  readonly tabs: boolean;
}

/** Returns the format that a path names; throws for an ending that is not read. */
export function formatOf(path: string): FileFormat {
  if (/\.xlsx?$/i.test(path)) throw unreadable(path, `it is an Excel workbook: ${exportIt}`);
  if (/\.parquet$/i.test(path)) return { kind: "parquet", tabs: false };
  const [, kind, packed] = path.toLowerCase().match(/\.(csv|tsv|tab|txt|dat|data)(?:\.(gz|zst))?$/) ?? [];
  if (kind === undefined) {
    throw unreadable(
      path,
      "its name must end in .csv, .tsv, .tab, .txt, .dat or .data, perhaps with .gz or .zst, or in .parquet",
    );
  }
  return { kind: "text", packed: packed as FileFormat["packed"], tabs: kind === "tsv" || kind === "tab" };
}

const headBytes = 1 << 20;

function firstBytes(path: string): Uint8Array {
  const file = openSync(path, "r"), bytes = new Uint8Array(headBytes);
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, headBytes, 0));
  } finally {
    closeSync(file);
  }
}

/** Functions of node:zlib that Deno has, and Node.js from version 22.15 on. */
interface Zstd {
  zstdDecompressSync(bytes: Uint8Array): Uint8Array;
  createZstdDecompress(): Transform;
}

function zstdFor(path: string): Zstd {
  if ("zstdDecompressSync" in zlib) return zlib as unknown as Zstd;
  throw unreadable(path, "zstd needs Node.js 22.15 or later, unpack the file or pack it as .csv.gz");
}

const unpackers = {
  gz: {
    head: (bytes: Uint8Array) => zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH }),
    stream: () => zlib.createGunzip(),
  },
  zst: {
    head: (_: Uint8Array, path: string) => zstdFor(path).zstdDecompressSync(readFileSync(path)),
    stream: (path: string) => zstdFor(path).createZstdDecompress(),
  },
};

/** The encoding that a text's mark names; UTF-8 without one. */
function encodingOf([a, b]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  return a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
}

/** The beginning of a text file, decoded, and its encoding. */
export interface TextHead {
  readonly text: string;
  readonly encoding: string;
}

/** Reads the beginning of a text file, about a megabyte; throws if its first bytes are those of another kind of file. */
export function readHead(path: string): TextHead {
  const { packed } = formatOf(path), bytes = firstBytes(path);
  const starts = (signature: readonly number[]) => signature.every((byte, i) => bytes[i] === byte);
  const found = signatures.find((one) => starts(one.bytes));
  if (found !== undefined && (found.packed === undefined || found.packed !== packed)) {
    throw unreadable(path, found.what);
  }
  if (packed !== undefined && found === undefined && bytes.length > 0) {
    throw unreadable(path, `its name ends in .${packed}, but its first bytes are not those of such a file`);
  }
  const plain = packed === undefined ? bytes : new Uint8Array(unpackers[packed].head(bytes, path));
  const encoding = encodingOf(plain), text = new TextDecoder(encoding).decode(plain.subarray(0, headBytes));
  if (text.includes("\0")) throw unreadable(path, "it has zero bytes (is it UTF-16 without a mark?), save it as UTF-8");
  return { text, encoding };
}

/** Streams the text of a file, unpacked and decoded; a mark at its beginning is left out. */
export function openText(path: string, encoding: string): Readable {
  const { packed } = formatOf(path), file = createReadStream(path, { highWaterMark: 1 << 18 });
  const plain = packed === undefined ? file : file.pipe(unpackers[packed].stream(path));
  file.on("error", (error) => plain.destroy(error));
  const decoder = new TextDecoder(encoding);
  return Readable.from(
    (async function* () {
      for await (const chunk of plain as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    })(),
    { objectMode: false, encoding: "utf8" },
  );
}

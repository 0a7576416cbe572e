import pl from "nodejs-polars";
import type { Frame } from "./types.ts";
import type { DatasetFacts } from "./datasets.ts";

/** What of a data set's facts its file is checked against. */
export type FileFacts = Pick<
  DatasetFacts,
  "name" | "file" | "sha256" | "rows" | "features" | "categorical" | "label" | "missing"
>;

async function readBytes(path: string | URL, { name, file }: FileFacts): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot load '${name}': the file ${file} is missing`, { cause: error });
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * Reads a data set's CSV into a frame, numbers as Float64 and categories as text. The file is read once, by Deno (polars' own
 * reads bypass its permissions), and the checksum is of the bytes that are parsed. polars takes a header that differs, and lines
 * with too few or too many fields, without a word: columns, rows and missing values are counted here.
 */
export async function readCsv(path: string | URL, facts: FileFacts): Promise<Frame> {
  const { name, file, features, categorical, label } = facts;
  const bytes = await readBytes(path, facts);
  const text = new TextDecoder().decode(bytes);
  const header = text.slice(0, text.indexOf("\n")).split(",");
  const columns = [...features, label];
  const absent = columns.find((column) => !header.includes(column));
  if (absent !== undefined) throw new Error(`Cannot load '${name}': ${file} has no column '${absent}'`);
  const sum = await sha256(bytes);
  if (sum !== facts.sha256) {
    throw new Error(`Cannot load '${name}': the SHA-256 of ${file} must be ${facts.sha256}, it is ${sum}`);
  }
  const schema = Object.fromEntries(header.map((c) => [c, categorical.includes(c) ? pl.Utf8 : pl.Float64]));
  const frame = pl.readCSV(text, { schema, quoteChar: "" }).select(...columns);
  if (frame.height !== facts.rows) {
    throw new Error(`Cannot load '${name}': ${file} must have ${facts.rows} rows, ${frame.height} were read`);
  }
  const missing = columns.reduce((sum, column) => sum + frame.getColumn(column).nullCount(), 0);
  if (missing !== facts.missing) {
    throw new Error(`Cannot load '${name}': ${file} must have ${facts.missing} missing values, ${missing} were read`);
  }
  return frame;
}

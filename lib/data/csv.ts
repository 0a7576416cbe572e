import { CsvError, parse as parser } from "csv-parse";
import { parse } from "csv-parse/sync";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";

/** Makes the error of a file that cannot be read. */
export const unreadable = (path: string, problem: string, cause?: unknown): Error =>
  new Error(`Cannot read '${path}': ${problem}`, { cause });

/** Makes the error of a file out of whatever was thrown while it was read. */
export function explainFailure(path: string, error: unknown): Error {
  const { message, code } = error as Error & { code?: string };
  if (message.startsWith("Cannot read ")) return error as Error;
  if (code === "ENOENT") return unreadable(path, "there is no such file", error);
  if (!(error instanceof CsvError)) return unreadable(path, message.split("\n")[0], error);
  if (code === "CSV_QUOTE_NOT_CLOSED") return unreadable(path, "a quote is opened and never closed", error);
  const [title, rest] = message.split(": ");
  return unreadable(path, rest ?? title, error);
}

/** Returns a name that occurs twice. */
export const repeatedName = (names: readonly string[]): string | undefined =>
  names.find((name, i) => names.indexOf(name) !== i);

/** Returns whether a path names a CSV or a Parquet file; throws for any other ending. */
export function kindOfFile(path: string): "csv" | "parquet" {
  const kind = path.match(/\.(csv|parquet)$/i)?.[1].toLowerCase();
  if (kind === undefined) throw unreadable(path, "its name must end in .csv or .parquet");
  return kind as "csv" | "parquet";
}

/** Options of csv-parse; fields are counted here, so that the error names the line and both numbers. */
const options = { bom: true, info: true, skip_empty_lines: true, relax_column_count: true } as const;

/** A record as csv-parse gives it; `lines` counts up to its last line. */
interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** First line of a record. */
const lineOf = ({ record, info }: Parsed): number =>
  info.lines - record.reduce((sum, field) => sum + field.split("\n").length - 1, 0);

/** The character that a decoder puts in the place of bytes that are not UTF-8. */
const undecoded = "\uFFFD";

const separators = { ";": "semicolons", "\t": "tabs", "|": "bars" };

const headerBytes = 1 << 20;

/** Reads the beginning of a file. */
function firstBytes(path: string, most: number): Uint8Array {
  const file = openSync(path, "r"), bytes = new Uint8Array(most);
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, most, 0));
  } finally {
    closeSync(file);
  }
}

/** Names in the header of a CSV file, trimmed; no more than the first megabyte is read. */
export function csvNames(path: string): string[] {
  try {
    const text = new TextDecoder().decode(firstBytes(path, headerBytes));
    const [header] = parse(text, { ...options, to: 1 }) as unknown as Parsed[];
    if (header === undefined) throw unreadable(path, "it is empty");
    const names = header.record.map((name) => name.trim()), [only] = names;
    const other = names.length === 1 ? Object.entries(separators).find(([mark]) => only.includes(mark)) : undefined;
    if (other !== undefined) throw unreadable(path, `its fields are separated by ${other[1]}, not by commas`);
    if (names.some((name) => name.includes(undecoded))) {
      throw unreadable(path, "its header is not UTF-8 (is it Latin-1?), save it as UTF-8");
    }
    const twice = repeatedName(names);
    if (twice !== undefined) throw unreadable(path, `its header has the column '${twice}' twice`);
    return names;
  } catch (error) {
    throw explainFailure(path, error);
  }
}

/**
 * Reads the records of a CSV file below its header, in pieces.
 *
 * @param names The header, of {@linkcode csvNames}.
 * @throws {Error} A record with more or fewer fields than the header, or with bytes that are not UTF-8; the error names
 * the line.
 */
export async function* csvRecords(path: string, names: readonly string[]): AsyncGenerator<readonly string[]> {
  const file = createReadStream(path), records = file.pipe(parser({ ...options, from: 2 }));
  file.on("error", (error) => records.destroy(error));
  try {
    for await (const parsed of records as AsyncIterable<Parsed>) {
      const { record } = parsed, { length } = record;
      if (length !== names.length) {
        const fields = `${length} field${length === 1 ? "" : "s"}`;
        throw unreadable(path, `line ${lineOf(parsed)} has ${fields}, the header has ${names.length}`);
      }
      if (record.some((field) => field.includes(undecoded))) {
        throw unreadable(path, `line ${lineOf(parsed)} is not UTF-8 (is it Latin-1?), save it as UTF-8`);
      }
      yield record;
    }
  } catch (error) {
    throw explainFailure(path, error);
  } finally {
    file.destroy();
  }
}

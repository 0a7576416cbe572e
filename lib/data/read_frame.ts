import pl from "nodejs-polars";
import { csvRecords, type Fail, kindOfFile } from "./csv.ts";
import type { Frame } from "./types.ts";

/** The error for a file that cannot be read. */
const failing = (path: string) => (problem: string, cause?: unknown): Error =>
  new Error(`Cannot read '${path}': ${problem}`, { cause });

const lineFeed = 10;

/** The text of bytes that have to be UTF-8: in another encoding letters would be read as others, without a word. */
function decode(bytes: Uint8Array, fail: Fail): string {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  try {
    return utf8.decode(bytes);
  } catch (error) {
    for (let from = 0, line = 1; from < bytes.length; line++) {
      const end = bytes.indexOf(lineFeed, from), until = end < 0 ? bytes.length : end;
      try {
        utf8.decode(bytes.subarray(from, until)); // no character of UTF-8 has a line feed in it
      } catch {
        throw fail(`line ${line} is not UTF-8 (is it Latin-1?), save it as UTF-8`, error);
      }
      from = until + 1;
    }
    throw fail("it is not UTF-8, save it as UTF-8", error);
  }
}

function readTexts(path: string): Frame {
  const fail = failing(path), { names, records } = csvRecords(decode(Deno.readFileSync(path), fail), fail);
  const columns: (string | null)[][] = names.map(() => []);
  for (const { fields } of records) fields.forEach((field, k) => columns[k].push(field === "" ? null : field));
  if (columns[0].length === 0) throw fail("it has a header and no rows");
  return pl.DataFrame(names.map((name, k) => pl.Series(name, columns[k], pl.Utf8)));
}

/**
 * Reads any CSV or Parquet file. The columns of a CSV are text, all of them: what is a number is not guessed from its first
 * rows, but decided when all have been seen.
 *
 * @param path The file; its name ends in `.csv` or `.parquet`.
 * @returns The rows.
 * @throws {Error} If the file is missing, has another ending or cannot be read: a line with more or fewer fields than the
 * header (the error names it), two columns of the same name, another separator than the comma, a text that is
 * not UTF-8 (the error names the line), no rows.
 *
 * @example Usage
 * ```ts
 * import { readFrame } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 *
 * const frame = readFrame("data/wdbc.csv");
 * assertEquals([frame.height, frame.width], [569, 31]);
 * ```
 */
export function readFrame(path: string): Frame {
  const kind = kindOfFile(path), fail = failing(path);
  if (kind === undefined) throw fail("its name must end in .csv or .parquet");
  try {
    if (kind === "csv") return readTexts(path);
    Deno.statSync(path);
    const frame = pl.readParquet(path);
    return frame.rename(Object.fromEntries(frame.columns.map((name) => [name, name.trim()])));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw fail("there is no such file", error);
    const { message } = error as Error;
    throw message.startsWith("Cannot read ") ? error : fail(message.split("\n")[0], error);
  }
}

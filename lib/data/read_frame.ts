import pl from "nodejs-polars";
import { csvRecords, kindOfFile } from "./csv.ts";
import type { Frame } from "./types.ts";

/** The error for a file that cannot be read. */
const failing = (path: string) => (problem: string, cause?: unknown): Error =>
  new Error(`Cannot read '${path}': ${problem}`, { cause });

function readTexts(path: string): Frame {
  const { names, records } = csvRecords(Deno.readTextFileSync(path), failing(path));
  const columns: (string | null)[][] = names.map(() => []);
  for (const { fields } of records) fields.forEach((field, k) => columns[k].push(field === "" ? null : field));
  if (columns[0].length === 0) throw failing(path)("it has a header and no rows");
  return pl.DataFrame(names.map((name, k) => pl.Series(name, columns[k], pl.Utf8)));
}

/**
 * Reads any CSV or Parquet file. The columns of a CSV are text, all of them: what is a number is not guessed from its first
 * rows, but decided when all have been seen.
 *
 * @param path The file; its name ends in `.csv` or `.parquet`.
 * @returns The rows.
 * @throws {Error} If the file is missing, has another ending or cannot be read: a line with more or fewer fields than the
 * header (the error names it), two columns of the same name, another separator than the comma, no rows.
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

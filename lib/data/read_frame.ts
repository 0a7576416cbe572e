import pl from "nodejs-polars";
import type { Frame } from "./types.ts";

/**
 * Reads any CSV or Parquet file. The columns of a CSV are text, all of them: what is a number is not guessed from its first
 * rows, but decided when all have been seen.
 *
 * @param path The file; its name ends in `.csv` or `.parquet`.
 * @returns The rows.
 * @throws {Error} If the file is missing, has another ending or cannot be read.
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
  const ending = path.match(/\.(csv|parquet)$/i)?.[1].toLowerCase();
  if (ending === undefined) throw new Error(`Cannot read '${path}': its name must end in .csv or .parquet`);
  try {
    const frame = ending === "csv"
      ? pl.readCSV(Deno.readTextFileSync(path).replace(/^\uFEFF/, ""), { inferSchemaLength: 0 })
      : pl.readParquet(path);
    return frame.rename(Object.fromEntries(frame.columns.map((name) => [name, name.trim()])));
  } catch (error) {
    throw new Error(`Cannot read '${path}': ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

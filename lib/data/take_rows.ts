import pl from "nodejs-polars";
import type { Frame } from "./types.ts";
import { checkInteger } from "../check/integer.ts";

/**
 * Takes rows of a frame, in the order given, such as the training part of a {@linkcode Split}.
 *
 * @param frame The frame.
 * @param rows The numbers of the rows, from 0; a number may occur more than once.
 * @returns A new frame with the same columns.
 * @throws {RangeError} If a row is not in the frame.
 *
 * @example Usage
 * ```ts
 * import { loadDataset, takeRows, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const wdbc = await loadDataset("wdbc");
 * const { test } = trainTestSplit(wdbc, { seed: 1 });
 * assert(takeRows(wdbc.frame, test).height === 171);
 * ```
 */
export function takeRows(frame: Frame, rows: readonly number[]): Frame {
  for (const row of rows) checkInteger("take rows", "rows", row, 0, frame.height - 1);
  const take = (column: string) => {
    const values = frame.getColumn(column).toArray();
    return pl.Series(column, rows.map((row) => values[row]), frame.schema[column]);
  };
  return pl.DataFrame(frame.columns.map(take));
}

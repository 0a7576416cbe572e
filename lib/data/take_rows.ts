import { anArrayOf, check, integerFrom } from "../check/check.ts";
import pl from "nodejs-polars";
import { aFrame } from "./labels.ts";
import type { Frame } from "./types.ts";

/**
 * Takes rows of a frame, in the order given, such as the training part of a {@linkcode Split}.
 *
 * @param frame The frame.
 * @param rows The numbers of the rows, from 0; a number may occur more than once.
 * @returns A new frame with the same columns.
 * @throws {TypeError} If `frame` is not a frame, or `rows` is not an array.
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
  check("take rows", { frame }, aFrame);
  check("take rows", { rows }, anArrayOf("rows"));
  const inFrame = integerFrom(0, frame.height - 1), bad = rows.findIndex((row) => !inFrame.valid(row));
  if (bad >= 0) check("take rows", { [`rows[${bad}]`]: rows[bad] }, inFrame);
  const take = (column: string) => {
    const values = frame.getColumn(column).toArray();
    return pl.Series(column, rows.map((row) => values[row]), frame.schema[column]);
  };
  return pl.DataFrame(frame.columns.map(take));
}

import pl from "nodejs-polars";
import { check, integerFrom } from "../check/value.ts";
import type { Frame } from "./types.ts";

/** The rows of each part, by their numbers in the table (from 0), in random order. No row is in two parts. */
export interface Split {
  /** The rows to train on. */
  readonly train: readonly number[];
  /** The rows that choose a threshold or a stopping time; may be empty. */
  readonly validation: readonly number[];
  /** The rows that measure the result. */
  readonly test: readonly number[];
}

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
  const inFrame = integerFrom(0, frame.height - 1), bad = rows.findIndex((row) => !inFrame.valid(row));
  if (bad >= 0) check("take rows", { rows: rows[bad] }, inFrame);
  const take = (column: string) => {
    const values = frame.getColumn(column).toArray();
    return pl.Series(column, rows.map((row) => values[row]), frame.schema[column]);
  };
  return pl.DataFrame(frame.columns.map(take));
}

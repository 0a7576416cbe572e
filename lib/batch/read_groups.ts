import { describe } from "../check/check.ts";
import { type ArrayOrTensor, readEntries, shapeText } from "./array_or_tensor.ts";
import { checkLength, refuse } from "./read_batch.ts";

/** Returns the group of each row; throws unless every row has one. */
export function readGroups(what: string, groups: ArrayOrTensor, rows: number): readonly unknown[] {
  const entries = readEntries(what, "groups", groups);
  if (entries.columns !== undefined) {
    throw refuse(what, "groups", `must have one entry per row, it has the shape ${shapeText(entries)}`);
  }
  checkLength(what, "groups", entries.rows, rows);
  const names = Array.from(entries.values);
  const row = names.findIndex((name) => name === undefined || name === null || Number.isNaN(name));
  if (row < 0) return names;
  throw refuse(what, "groups", `must name the group of each row, row ${row} is ${describe(names[row])}`);
}

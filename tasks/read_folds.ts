import { describe } from "../lib/check/check.ts";
import type { Split } from "../lib/data/table.ts";

const TASK = "read the folds";

/**
 * Reads folds from the JSON text `{"test": [[row, …], … 10 lists]}`, rows from 0.
 *
 * @throws {RangeError} Unless there are ten lists, none of them empty, and every row is in exactly one list.
 */
export function readFolds(text: string, rows: number): Split[] {
  let lists: unknown;
  try {
    lists = JSON.parse(text)?.test;
  } catch (error) {
    throw new RangeError(`Cannot ${TASK}: the text is not JSON, ${(error as Error).message}`);
  }
  if (!Array.isArray(lists) || lists.length !== 10 || !lists.every((list) => Array.isArray(list) && list.length > 0)) {
    throw new RangeError(
      `Cannot ${TASK}: 'test' must be 10 lists of rows, none of them empty, it is ${describe(lists)}`,
    );
  }
  const foldOf = new Array<number | undefined>(rows);
  lists.forEach((list: unknown[], fold) => {
    for (const row of list) {
      if (!Number.isInteger(row) || Number(row) < 0 || Number(row) >= rows) {
        throw new RangeError(
          `Cannot ${TASK}: 'test' must hold rows from 0 to ${rows - 1}, list ${fold} has ${describe(row)}`,
        );
      }
      const other = foldOf[Number(row)];
      if (other !== undefined) {
        throw new RangeError(`Cannot ${TASK}: row ${row} is in list ${other} and in list ${fold}`);
      }
      foldOf[Number(row)] = fold;
    }
  });
  const left = foldOf.findIndex((fold) => fold === undefined);
  if (left >= 0) throw new RangeError(`Cannot ${TASK}: row ${left} is in no list`);
  const all = Array.from(foldOf, (_, row) => row);
  return lists.map((test: number[], fold) => ({
    train: all.filter((row) => foldOf[row] !== fold),
    validation: [],
    test,
  }));
}

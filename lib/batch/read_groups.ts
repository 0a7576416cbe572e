import { describe } from "../check/describe.ts";
import { refuse } from "./array_or_tensor.ts";

/** Returns the group of each row; throws unless every row has one. */
export function readGroups(task: string, groups: Iterable<unknown>, rows: number): readonly unknown[] {
  const names = Array.from(groups);
  if (names.length !== rows) throw refuse(task, "groups", `has the length ${names.length}, 'yPred' has ${rows}`);
  const row = names.findIndex((name) => name === undefined || name === null || Number.isNaN(name));
  if (row < 0) return names;
  throw refuse(task, "groups", `must name the group of each row, row ${row} is ${describe(names[row])}`);
}

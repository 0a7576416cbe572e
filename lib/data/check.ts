import type { Dataset } from "./load_dataset.ts";
import { describe } from "../check/describe.ts";

/** Throws unless a value is an integer from `least` to `most`. */
export function checkInteger(task: string, name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`Cannot ${task}: '${name}' must be an integer ${range}, it is ${describe(value)}`);
}

/** Throws unless a value is a number between 0 and 1, both excluded. */
export function checkFraction(task: string, name: string, value: number): void {
  if (typeof value === "number" && value > 0 && value < 1) return;
  throw new RangeError(`Cannot ${task}: '${name}' must be a number between 0 and 1, it is ${describe(value)}`);
}

/** Throws unless labels are all 0 or 1. */
export function checkBinary(
  task: string,
  name: string,
  labels: ArrayLike<unknown>,
): asserts labels is ArrayLike<number> {
  const row = Array.from(labels).findIndex((label) => label !== 0 && label !== 1);
  if (row < 0) return;
  throw new RangeError(`Cannot ${task}: '${name}' must hold 0 and 1 only, row ${row} is ${describe(labels[row])}`);
}

/** The labels of a data set, or labels as they are; throws unless all are 0 or 1. */
export function labelsOf(
  task: string,
  dataset: Pick<Dataset, "frame" | "label"> | ArrayLike<number>,
): ArrayLike<number> {
  const labels: ArrayLike<unknown> = "frame" in dataset ? dataset.frame.getColumn(dataset.label).toArray() : dataset;
  checkBinary(task, "frame" in dataset ? dataset.label : "labels", labels);
  return labels;
}

import type { Dataset } from "./load_dataset.ts";
import { describe } from "../check/describe.ts";

/** Throws unless a value is a number between 0 and 1, both excluded. */
export function checkFraction(task: string, name: string, value: number): void {
  if (typeof value === "number" && value > 0 && value < 1) return;
  throw new RangeError(`Cannot ${task}: '${name}' must be a number between 0 and 1, it is ${describe(value)}`);
}

/** Throws unless labels are the indices of so many classes. */
function checkLabels(
  task: string,
  name: string,
  labels: ArrayLike<unknown>,
  classes: number,
): asserts labels is ArrayLike<number> {
  const found = Array.from(labels);
  const row = found.findIndex((label) => !(Number.isInteger(label) && Number(label) >= 0 && Number(label) < classes));
  if (row < 0) return;
  const range = classes === 2 ? "0 and 1" : `integers from 0 to ${classes - 1}`;
  throw new RangeError(`Cannot ${task}: '${name}' must hold ${range} only, row ${row} is ${describe(labels[row])}`);
}

/** What of a data set its labels are read from; without `classes` there are two. */
export type Labelled = Pick<Dataset, "frame" | "label"> & Partial<Pick<Dataset, "classes">>;

/** The labels of a data set, or labels as they are, of at most as many classes as rows; throws if one is no class's index. */
export function labelsOf(task: string, dataset: Labelled | ArrayLike<number>): ArrayLike<number> {
  if (!("frame" in dataset)) {
    checkLabels(task, "labels", dataset, Math.max(2, dataset.length));
    return dataset;
  }
  const labels: ArrayLike<unknown> = dataset.frame.getColumn(dataset.label).toArray();
  checkLabels(task, dataset.label, labels, dataset.classes?.length ?? 2);
  return labels;
}

/** The rows of each class, by the class's index; there are two at least. */
export function rowsByClass(labels: ArrayLike<number>): number[][] {
  const classes = Array.from(
    { length: 1 + Array.from(labels).reduce((a, b) => Math.max(a, b), 1) },
    (): number[] => [],
  );
  Array.from(labels).forEach((label, row) => classes[label].push(row));
  return classes;
}

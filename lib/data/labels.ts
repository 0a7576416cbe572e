import { anArray, anObject, check, describe, numberThat, type Rule } from "../check/check.ts";
import { groupRows } from "../numerics/group_by.ts";
import type { Dataset } from "./load_dataset.ts";
import type { TableDataset } from "./table.ts";

/** Rule for a number between 0 and 1, both excluded. */
export const fraction: Rule = numberThat("a number between 0 and 1", (value) => value > 0 && value < 1);

/** Throws unless every label is the index of one of so many classes. */
function checkLabels(
  task: string,
  name: string,
  labels: ArrayLike<unknown>,
  classes: number,
): asserts labels is ArrayLike<number> {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (Number.isInteger(label) && Number(label) >= 0 && Number(label) < classes) continue;
    const range = classes === 2 ? "0 and 1" : `integers from 0 to ${classes - 1}`;
    throw new RangeError(`Cannot ${task}: '${name}' must hold ${range} only, row ${row} is ${describe(label)}`);
  }
}

/** A frame with class indices in one of its columns; without `classes` there are two. */
export type LabelledFrame = Pick<Dataset, "frame" | "label"> & Partial<Pick<Dataset, "classes">>;

/** Rows with a class each: a data set, a table, or the class indices alone. */
export type LabelledRows = LabelledFrame | Pick<TableDataset, "yTrue" | "groups"> | ArrayLike<number>;

/** Rule for a polars frame. */
export const aFrame: Rule = {
  must: "a polars frame",
  valid: (frame) => typeof (frame as Partial<Dataset["frame"]> | null)?.getColumn === "function",
  Kind: TypeError,
};

const aDataset: Rule = {
  must: "a data set, a table or an array of class indices",
  valid: (rows) =>
    anArray.valid(rows) || (anObject.valid(rows) && ["frame", "yTrue"].some((key) => key in Object(rows))),
  Kind: TypeError,
};

/** Returns the class indices of rows, of at most as many classes as rows; throws if a label is not a class index. */
export function labelsOf(task: string, rows: LabelledRows): ArrayLike<number> {
  check(task, { dataset: rows }, aDataset);
  if ("frame" in rows) {
    const { frame, label, classes } = rows;
    check(task, { frame }, aFrame);
    check(task, { label }, { must: "a column of 'frame'", valid: () => frame.columns.includes(label) });
    const labels: ArrayLike<unknown> = frame.getColumn(label).toArray();
    checkLabels(task, label, labels, classes?.length ?? 2);
    return labels;
  }
  const [name, labels] = "yTrue" in rows ? ["yTrue", rows.yTrue] : ["labels", rows];
  check(task, { [name]: labels }, anArray);
  checkLabels(task, name, labels, Math.max(2, labels.length));
  return labels;
}

/** Returns the rows of each class, by the class's index; there are at least two classes. */
export function rowsByClass(labels: ArrayLike<number>): Uint32Array[] {
  let last = 1;
  for (let row = 0; row < labels.length; row++) last = Math.max(last, labels[row]);
  return groupRows(labels, last + 1).classes;
}

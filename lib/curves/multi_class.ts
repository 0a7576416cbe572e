import { type Batch, refuse } from "../batch/read_batch.ts";
import { check, oneOf } from "../check/check.ts";

/**
 * The columns that are compared: "ovr", each column against the rest, also right for several labels; "ovo", each pair of classes on
 * the rows of the two (Hand and Till), for labels that name one class per row.
 */
export type MultiClass = "ovr" | "ovo";

/** Throws unless an average of columns, or of pairs of classes, is known and has pairs to average. */
export function checkAverage(task: string, average: unknown, multiClass: unknown): void {
  check(task, { average }, oneOf("binary", "micro", "macro", "weighted"));
  check(task, { multiClass }, oneOf("ovr", "ovo"));
  if (multiClass !== "ovo" || average === "macro" || average === "weighted") return;
  throw new RangeError(
    `Cannot ${task}: 'average' must be 'macro' or 'weighted' with multiClass: 'ovo', it is '${average}'`,
  );
}

/** Throws unless each row that counts names one class; returns the class of each row, −1 for a row that does not count. */
export function classOfRows(what: string, { rows, classes, yTrue, sampleWeight }: Batch): Int32Array {
  const classOf = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    if (sampleWeight !== undefined && sampleWeight[row * classes] === 0) continue;
    let ones = 0, others = 0;
    for (let k = 0, i = row * classes; k < classes; k++, i++) {
      if (yTrue[i] === 1) {
        ones++;
        classOf[row] = k;
      } else if (yTrue[i] !== 0) others++;
    }
    if (ones === 1 && others === 0) continue;
    throw refuse(what, "yTrue", `must name one class per row with multiClass: 'ovo', row ${row} names ${ones}`);
  }
  return classOf;
}

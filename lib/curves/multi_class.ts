import { type Batch, refuse } from "../batch/read_batch.ts";

/**
 * The columns that are compared: "ovr", each column against the rest, also right for several labels; "ovo", each pair of classes on
 * the rows of the two (Hand and Till), for labels that name one class per row.
 */
export type MultiClass = "ovr" | "ovo";

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

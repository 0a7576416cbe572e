import { toFloat32 } from "../counts/counts_gradient.ts";
import { argmaxAnchors, clipAnchored, softmaxBackRow, softmaxRow } from "../decisions/argmax.ts";
import type { ArgmaxOptions } from "../decisions/decision.ts";
import { type Factors, sumsPerColumn, type Table, usable } from "./loops.ts";

let rowP = new Float64Array(0), rowS = rowP, rowG = rowP;

/** Room for the numbers of a row. */
function makeRoom(classes: number): void {
  if (rowP.length < classes) [rowP, rowS, rowG] = [0, 1, 2].map(() => new Float64Array(classes));
}

/** The soft decisions of a row into `rowS`, and, of logits, its probabilities into `rowP`. */
function decideRow({ slope, fromLogits }: ArgmaxOptions, yPred: Float32Array, start: number, classes: number): void {
  if (fromLogits) softmaxRow(yPred, start, classes, 1, rowP);
  softmaxRow(fromLogits ? rowP : yPred, fromLogits ? 0 : start, classes, 4 * slope, rowS);
}

/**
 * The sums of a table of whole rows, added to `sums`; where there are `slopes`, the softmax itself goes there.
 *
 * @returns Whether all numbers were as they must be.
 */
export function addArgmax(options: ArgmaxOptions, table: Table, classes: number, sums: Float64Array): boolean {
  const { yTrue, yPred, sampleWeight, slopes } = table, { mode, fromLogits, slope } = options;
  const { low, scale } = argmaxAnchors(4 * slope, classes);
  makeRoom(classes);
  for (let start = 0; start < yPred.length; start += classes) {
    let best = start;
    for (let i = start; i < start + classes; i++) {
      const p = yPred[i];
      if (!(fromLogits ? p === p : p >= 0 && p <= 1)) return false;
      if (p > yPred[best]) best = i;
    }
    if (mode === "soft" || slopes !== undefined) decideRow(options, yPred, start, classes);
    for (let j = 0, at = 0; j < classes; j++, at += sumsPerColumn) {
      const i = start + j, y = yTrue[i], w = sampleWeight === undefined ? 1 : sampleWeight[i];
      if (!(y >= 0 && y <= 1 && usable(w))) return false;
      const s = w * (mode === "soft" ? clipAnchored((rowS[j] - low) * scale) : i === best ? 1 : 0);
      if (slopes !== undefined) slopes[i] = rowS[j];
      sums[at] += w;
      sums[at + 1] += w * y;
      sums[at + 2] += s;
      sums[at + 3] += y * s;
    }
  }
  return true;
}

/** What the second pass reads. */
export interface ArgmaxTable extends Omit<Table, "yPred"> {
  /** The logits, if they are such. */
  readonly yPred?: Float32Array;
}

/** The second pass over whole rows: the gradient from what the first left, or, of logits, from these once more. */
export function finishArgmaxLoop(
  options: ArgmaxOptions,
  { yTrue, yPred, sampleWeight, slopes }: ArgmaxTable,
  { ofPositives, ofNegatives }: Factors,
  gradient: Float32Array,
): void {
  const classes = ofPositives.length;
  makeRoom(classes);
  for (let start = 0; start < gradient.length; start += classes) {
    if (slopes === undefined) decideRow(options, yPred!, start, classes);
    else for (let j = 0; j < classes; j++) rowS[j] = slopes[start + j];
    for (let j = 0; j < classes; j++) {
      const y = yTrue[start + j], w = sampleWeight === undefined ? 1 : sampleWeight[start + j];
      rowG[j] = w * (y * ofPositives[j] + (1 - y) * ofNegatives[j]);
    }
    softmaxBackRow(rowS, rowG, classes);
    if (options.fromLogits) softmaxBackRow(rowP, rowG, classes);
    for (let j = 0; j < classes; j++) gradient[start + j] = toFloat32(rowG[j]);
  }
}

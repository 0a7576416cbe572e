import { aFunction, check } from "../check/check.ts";
import {
  checkRows,
  countDecisions,
  type Counts,
  type Elementwise,
  type Rows,
  type Slice,
  wholeSlice,
} from "../counts/counts.ts";
import { fillByLoop } from "./sigmoidal.ts";
import type { Step } from "./step.ts";

/** The number of rows that are counted at a time: their decisions stay in the cache. */
const together = 2048;

/** Takes the derivatives that a step's loop writes beside its values. */
const unread = /* @__PURE__ */ new Float64Array(together);

/** Room for decisions that no call uses: a step of one's own may count, too. */
let spare: Float64Array | undefined;

type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Returns the entries of a slice: the values themselves, if these are all, or a view, where they stand side by side. */
function entriesOf(values: ArrayLike<number>, { offset, stride, length }: Slice): ArrayLike<number> {
  if (length === values.length) return values;
  if (stride === 1 && ArrayBuffer.isView(values)) return (values as TypedArray).subarray(offset, offset + length);
  const entries = new Float64Array(length);
  for (let n = 0, i = offset; n < length; n++, i += stride) entries[n] = values[i];
  return entries;
}

/** Writes the decisions of outputs: by the loop of the step's shape, if there is one. */
function decide(step: Pick<Elementwise, "value">, p: ArrayLike<number>, slice: Slice, decisions: Float64Array): void {
  if (fillByLoop(step as Step, p, slice, decisions, unread)) return;
  for (let i = 0; i < slice.length; i++) decisions[i] = step.value(p[i]);
}

/**
 * Returns the soft confusion counts of rows under a step, summed in float64.
 *
 *     tp = Σ w·y·s    fp = Σ w·(1 − y)·s    fn = Σ w·y·(1 − s)    tn = Σ w·(1 − y)·(1 − s),    s = step(ŷ)
 *
 * Under `round` they are the confusion matrix itself.
 *
 * @param rows Labels, outputs and weights; NaN in any of them makes the counts NaN.
 * @param step A step.
 * @returns The four counts, in units of the weights.
 * @throws {TypeError} Labels, outputs or weights that are not an array, a step without a value.
 * @throws {RangeError} Lengths that differ.
 *
 * @example
 * ```ts
 * import { round, softCounts } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { yTrue: [1, 1, 0, 0], yPred: [0.9, 0.2, 0.7, 0.1] };
 * assertEquals(softCounts(rows, round()), { tp: 1, fp: 1, fn: 1, tn: 1 });
 * ```
 */
export function softCounts(rows: Rows, step: Pick<Elementwise, "value">): Counts {
  checkRows("the counts", rows);
  check("compute the counts", { "step.value": step?.value }, aFunction);
  const { yTrue, yPred, sampleWeight } = rows, { offset, stride, length } = wholeSlice(rows);
  const decisions = spare ?? new Float64Array(together);
  spare = undefined;
  let counts: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let start = 0; start < length; start += together) {
    const part = { offset: offset + start * stride, stride, length: Math.min(together, length - start) };
    const own = { offset: 0, stride: 1, length: part.length }, weights = sampleWeight && entriesOf(sampleWeight, part);
    decide(step, entriesOf(yPred, part), own, decisions);
    counts = countDecisions({ yTrue: entriesOf(yTrue, part), decisions, sampleWeight: weights }, own, counts);
  }
  spare = decisions;
  return counts;
}

import type { Counts, Elementwise, Rows } from "./counts.ts";

/**
 * The soft confusion counts of rows under a step, summed in float64: the first of the two passes.
 *
 *     tp = Σ w·y·s    fp = Σ w·(1 − y)·s    fn = Σ w·y·(1 − s)    tn = Σ w·(1 − y)·(1 − s),    s = step(ŷ)
 *
 * Under `round` they are the confusion matrix itself.
 *
 * @param rows Labels, outputs and weights; NaN in any of them makes the counts NaN.
 * @param step A step.
 * @returns The four counts, in units of the weights.
 *
 * @example
 * ```ts
 * import { round, softCounts } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { yTrue: [1, 1, 0, 0], yPred: [0.9, 0.2, 0.7, 0.1] };
 * assertEquals(softCounts(rows, round()), { tp: 1, fp: 1, fn: 1, tn: 1 });
 * ```
 */
export function softCounts(rows: Rows, step: Pick<Elementwise, "value">): Counts {
  const { yTrue, yPred, sampleWeight, slice = { offset: 0, stride: 1, length: yTrue.length } } = rows;
  let tp = 0, fp = 0, fn = 0, tn = 0;
  for (let n = 0, i = slice.offset; n < slice.length; n++, i += slice.stride) {
    const s = step.value(yPred[i]);
    const w = sampleWeight === undefined ? 1 : sampleWeight[i];
    const positive = w * yTrue[i], negative = w * (1 - yTrue[i]);
    tp += positive * s;
    fp += negative * s;
    fn += positive * (1 - s);
    tn += negative * (1 - s);
  }
  return { tp, fp, fn, tn };
}

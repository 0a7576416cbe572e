import { checkRows } from "../counts/counts.ts";
import { describe } from "../check/check.ts";
import { refuse } from "../batch/read_batch.ts";
import { type RankedRows, rankRows } from "../numerics/rank.ts";

/** Advice about several columns, where no decision is an option. */
export const severalColumns = "for several columns say average: 'macro'";

/**
 * The confusion counts at every threshold, from the highest threshold to the lowest: the points of a ROC curve and of a
 * precision-recall curve before they are divided. fn and tn are what the last counts leave.
 */
export interface Curve {
  /** The thresholds, falling: an output is a positive where it is at least the threshold. */
  readonly thresholds: Float64Array;
  /** Σ w·y over the positives at each threshold; the last is the weight of all labels of 1. */
  readonly tp: Float64Array;
  /** Σ w·(1 − y) over the positives at each threshold; the last is the weight of all labels of 0. */
  readonly fp: Float64Array;
}

/** Labels, outputs and weights of a column. */
export interface CurveRows {
  /** Labels in [0, 1]. */
  readonly yTrue: ArrayLike<number>;
  /** Outputs, any numbers but NaN. */
  readonly yPred: ArrayLike<number>;
  /** Weights ≥ 0; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** Sorts rows by their outputs; throws where lengths differ or an output is NaN, which has no rank and ends up first or last. */
export function rankChecked(what: string, rows: CurveRows): RankedRows {
  checkRows(what, rows);
  const ranked = rankRows(rows), { sorted } = ranked;
  if (Number.isNaN(sorted[0]) || Number.isNaN(sorted[sorted.length - 1])) {
    const row = Array.prototype.findIndex.call(rows.yPred, (output) => Number.isNaN(Number(output)));
    throw refuse(what, "yPred", `must be numbers, row ${row} is ${describe(rows.yPred[row])}`);
  }
  return ranked;
}

/**
 * Counts at every threshold: one point per different output, equal outputs together, in float64.
 *
 *     tp(t) = Σ w·y·[ŷ ≥ t]    fp(t) = Σ w·(1 − y)·[ŷ ≥ t]
 *
 * The outputs are ranked by a radix sort of their bits: O(n).
 *
 * @param rows Labels, outputs and weights.
 * @returns The curve; without rows it has no point.
 * @throws {TypeError} If labels, outputs or weights are not an array.
 * @throws {RangeError} If lengths differ or an output is NaN.
 */
export function exactCurve(rows: CurveRows): Curve {
  const { sorted, positive, negative } = rankChecked("a curve", rows), n = sorted.length;
  const thresholds = new Float64Array(n), tp = new Float64Array(n), fp = new Float64Array(n);
  let points = 0, positives = 0, negatives = 0;
  for (let k = 0; k < n; k++) {
    positives += positive[k];
    negatives += negative[k];
    if (k + 1 < n && sorted[k + 1] === sorted[k]) continue; // a tie gets one decision
    thresholds[points] = sorted[k];
    tp[points] = positives;
    fp[points++] = negatives;
  }
  return { thresholds: thresholds.subarray(0, points), tp: tp.subarray(0, points), fp: fp.subarray(0, points) };
}

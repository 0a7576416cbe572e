import { type CurveRows, rankChecked } from "./curve.ts";
import type { RankedRows } from "../numerics/rank.ts";

/** The AUM and its one-sided derivatives with respect to each output. */
export interface AumDerivatives {
  /** The area, in units of the outputs times the weights. */
  readonly value: number;
  /** The derivatives where the output falls. */
  readonly left: Float64Array;
  /** The derivatives where the output rises. */
  readonly right: Float64Array;
}

/**
 * Computes the area of rows in falling order, their weights multiplied by a factor for each label; hands the derivatives of each
 * rank over.
 */
export function aumOfRanked(
  { sorted, positive, negative }: RankedRows,
  [byPositive, byNegative]: readonly [number, number],
  derivatives: (rank: number, left: number, right: number) => void,
): number {
  const n = sorted.length, below = new Float64Array(n + 1);
  // The positives at or below each rank are summed from below: the last is exactly 0 that way. A rounded sum of numbers ≥ 0 is not
  // below any of them, so no difference of a sum and one of its terms is negative.
  for (let k = n - 1; k >= 0; k--) below[k] = below[k + 1] + byPositive * positive[k];
  let value = 0, fp = 0;
  for (let first = 0, next = 0; first < n; first = next) {
    const output = sorted[first], fpAbove = fp, fnAbove = below[first];
    for (; next < n && sorted[next] === output; next++) fp += byNegative * negative[next];
    const fnBelow = below[next], above = Math.min(fpAbove, fnAbove), under = Math.min(fp, fnBelow);
    for (let k = first; k < next; k++) {
      const more = byNegative * negative[k], fewer = byPositive * positive[k];
      const right = Math.min(fpAbove + more, fnAbove - fewer) - above;
      const left = under - Math.min(fp - more, fnBelow + fewer);
      derivatives(k, left, right);
    }
    if (next < n && under > 0) value += under * (output - sorted[next]);
  }
  return value;
}

/**
 * Computes the area under the minimum of false positives and false negatives over all thresholds, in O(n).
 *
 *     AUM = ∫ min(FP(t), FN(t)) dt,   FP(t) = Σ w·(1 − y)·[ŷ > t],   FN(t) = Σ w·y·[ŷ ≤ t]
 *
 * Between two neighbouring outputs the counts are constant, so the area is a sum over the gaps, and linear in each output:
 * a derivative is the difference that the row makes to the minimum just above, or just below, its output. Rows that tie
 * have two different one-sided derivatives.
 *
 * @throws {TypeError} If labels, outputs or weights are not an array.
 * @throws {RangeError} If lengths differ or an output is NaN.
 *
 * @see Hillman and Hocking, "Optimizing ROC Curves with a Sort-Based Surrogate Loss for Binary Classification and Changepoint
 * Detection", Journal of Machine Learning Research 24, 2023.
 */
export function aumDerivatives(rows: CurveRows): AumDerivatives {
  const ranked = rankChecked("the AUM", rows), { order } = ranked, n = order.length;
  const left = new Float64Array(n), right = new Float64Array(n);
  const value = aumOfRanked(ranked, [1, 1], (k, falling, rising) => {
    left[order[k]] = falling;
    right[order[k]] = rising;
  });
  return { value, left, right };
}

import type { CurveRows } from "./curve.ts";
import { rankFalling } from "./rank.ts";

/** The AUM and its one-sided derivatives with respect to each output. */
export interface AumDerivatives {
  readonly value: number;
  /** The derivatives where the output falls. */
  readonly left: Float64Array;
  /** The derivatives where the output rises. */
  readonly right: Float64Array;
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
 * @see Hillman and Hocking, "Optimizing ROC Curves with a Sort-Based Surrogate Loss for Binary Classification and Changepoint
 * Detection", Journal of Machine Learning Research 24, 2023.
 */
export function aumDerivatives({ yTrue, yPred, sampleWeight }: CurveRows): AumDerivatives {
  const order = rankFalling(yPred), n = order.length, left = new Float64Array(n), right = new Float64Array(n);
  const weight = (i: number): number => sampleWeight === undefined ? 1 : sampleWeight[i];
  // The positives at or below each rank are summed from below: the last is exactly 0 that way.
  const below = new Float64Array(n + 1);
  for (let k = n - 1; k >= 0; k--) below[k] = below[k + 1] + weight(order[k]) * yTrue[order[k]];
  let value = 0, fp = 0;
  for (let first = 0, next = 0; first < n; first = next) {
    const output = yPred[order[first]], fpAbove = fp, fnAbove = below[first];
    for (; next < n && yPred[order[next]] === output; next++) fp += weight(order[next]) * (1 - yTrue[order[next]]);
    const fnBelow = below[next], above = Math.min(fpAbove, fnAbove), under = Math.min(fp, fnBelow);
    for (let k = first; k < next; k++) {
      const i = order[k], negative = weight(i) * (1 - yTrue[i]), positive = weight(i) * yTrue[i];
      right[i] = Math.min(fpAbove + negative, Math.max(0, fnAbove - positive)) - above;
      left[i] = under - Math.min(Math.max(0, fp - negative), fnBelow + positive);
    }
    if (next < n && under > 0) value += under * (output - yPred[order[next]]);
  }
  return { value, left, right };
}

import { type Counts, type Rows, takeSlice, wholeSlice } from "../counts/counts.ts";
import { between, rankRows } from "../numerics/rank.ts";
import type { Score } from "../scores/score.ts";
import { valueOf } from "../scoring/score_batch.ts";

/** Finds the best threshold for rows; of thresholds with equal scores, the one in the widest gap, then the largest. */
export const bestCut = (score: Score, rows: Rows): { threshold: number; counts: Counts } =>
  bestCutOfRanked(score, rankRows(takeSlice(rows, wholeSlice(rows))));

/** Finds the best threshold for rows in falling order of their outputs, all of which count. */
export function bestCutOfRanked(
  score: Score,
  { sorted, positive, negative }: Record<"sorted" | "positive" | "negative", ArrayLike<number>>,
): { threshold: number; counts: Counts } {
  const n = sorted.length;
  const output = (k: number) => Math.min(1, Math.max(0, sorted[k])); // rounding may leave [0, 1]
  // The entries below a cut are summed from below: total − tp would not be exactly 0 at the last cut.
  const fn = new Float64Array(n + 1), tn = new Float64Array(n + 1);
  for (let k = n - 1; k >= 0; k--) {
    fn[k] = fn[k + 1] + positive[k];
    tn[k] = tn[k + 1] + negative[k];
  }
  let best = { value: -Infinity, gap: 0, threshold: 0.5, counts: { tp: 0, fp: 0, fn: fn[0], tn: tn[0] } };
  for (let k = 0, tp = 0, fp = 0; k <= n; k++) { // the first k are predicted positive
    const above = k === 0 ? 1 : output(k - 1), below = k === n ? 0 : output(k);
    if (k > 0) {
      tp += positive[k - 1];
      fp += negative[k - 1];
    }
    if (!(above > below)) continue; // equal outputs get the same decision
    const counts = { tp, fp, fn: fn[k], tn: tn[k] }, gap = above - below;
    const value = valueOf(score, counts) || 0;
    if (!(value > best.value || (value === best.value && gap > best.gap))) continue;
    const threshold = between(below, above);
    if (threshold !== undefined) best = { value, gap, threshold, counts };
  }
  return best;
}

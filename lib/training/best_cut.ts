import type { Batch } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { between } from "../numerics/between.ts";
import { rankRows } from "../numerics/rank.ts";
import type { Score } from "../scores/score.ts";
import { valueOf } from "../scoring/score_batch.ts";

/** Returns the entries of a batch that count: their weight is not 0. */
function countedRows(
  { yTrue, yPred, sampleWeight }: Pick<Batch, "yTrue" | "yPred" | "sampleWeight">,
  entries: ArrayLike<number>,
): Pick<Batch, "yTrue" | "yPred" | "sampleWeight"> {
  if (sampleWeight === undefined && entries.length === yTrue.length) return { yTrue, yPred };
  const size = entries.length, y = new Float64Array(size), p = new Float64Array(size);
  const w = sampleWeight && new Float64Array(size);
  let n = 0;
  for (let k = 0; k < size; k++) {
    const i = entries[k];
    if (sampleWeight !== undefined && !(sampleWeight[i] > 0)) continue;
    y[n] = yTrue[i];
    p[n] = yPred[i];
    if (w !== undefined) w[n] = sampleWeight![i];
    n++;
  }
  return { yTrue: y.subarray(0, n), yPred: p.subarray(0, n), sampleWeight: w?.subarray(0, n) };
}

/** Finds the best threshold for some entries of a batch; of thresholds with equal scores, the one in the widest gap, then the largest. */
export function bestCut(
  score: Score,
  batch: Pick<Batch, "yTrue" | "yPred" | "sampleWeight">,
  entries: ArrayLike<number>,
): { threshold: number; counts: Counts } {
  const { sorted, positive, negative } = rankRows(countedRows(batch, entries)), n = sorted.length;
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

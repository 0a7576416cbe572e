import type { Batch } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { between } from "../numerics/between.ts";
import { rankFalling } from "../numerics/rank.ts";
import type { Score } from "../scores/score.ts";
import { valueOf } from "../scoring/score_batch.ts";

/** Finds the best threshold for some entries of a batch; of thresholds with equal scores, the one in the widest gap, then the largest. */
export function bestCut(
  score: Score,
  { yTrue, yPred, sampleWeight }: Pick<Batch, "yTrue" | "yPred" | "sampleWeight">,
  entries: ArrayLike<number>,
): { threshold: number; counts: Counts } {
  const weight = (i: number) => sampleWeight === undefined ? 1 : sampleWeight[i];
  const output = (i: number) => Math.min(1, Math.max(0, yPred[i])); // rounding may leave [0, 1]
  const counted = Uint32Array.from(entries).filter((i) => weight(i) > 0), n = counted.length;
  const ranked = rankFalling(Float64Array.from(counted, (i) => yPred[i])).map((place) => counted[place]);
  // The entries below a cut are summed from below: total − tp would not be exactly 0 at the last cut.
  const fn = new Float64Array(n + 1), tn = new Float64Array(n + 1);
  for (let k = n - 1; k >= 0; k--) {
    const i = ranked[k];
    fn[k] = fn[k + 1] + weight(i) * yTrue[i];
    tn[k] = tn[k + 1] + weight(i) * (1 - yTrue[i]);
  }
  let best = { value: -Infinity, gap: 0, threshold: 0.5, counts: { tp: 0, fp: 0, fn: fn[0], tn: tn[0] } };
  for (let k = 0, tp = 0, fp = 0; k <= n; k++) { // the first k are predicted positive
    const above = k === 0 ? 1 : output(ranked[k - 1]), below = k === n ? 0 : output(ranked[k]);
    if (k > 0) {
      tp += weight(ranked[k - 1]) * yTrue[ranked[k - 1]];
      fp += weight(ranked[k - 1]) * (1 - yTrue[ranked[k - 1]]);
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

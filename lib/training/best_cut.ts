import type { Batch } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { between } from "../numerics/between.ts";
import type { Score } from "../scores/score.ts";
import { scoreCounts } from "../scoring/score_batch.ts";

/**
 * Orders entries by their outputs, the highest first, equal ones as they come. Numbers are sorted without a comparison
 * function, which takes a third of the time; a search among them finds the place of each entry.
 */
function byOutput(entries: readonly number[], yPred: ArrayLike<number>): Float64Array {
  const n = entries.length, sorted = new Float64Array(n), taken = new Int32Array(n), ranked = new Float64Array(n);
  for (let k = 0; k < n; k++) sorted[k] = -yPred[entries[k]];
  sorted.sort();
  for (let k = 0; k < n; k++) {
    const key = -yPred[entries[k]];
    let low = 0, high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < key) low = middle + 1;
      else high = middle;
    }
    ranked[low + taken[low]++] = entries[k];
  }
  return ranked;
}

/** The score of counts, 0 where it is not defined; what is no number is refused as everywhere. */
function valueOf(score: Score, counts: Counts): number {
  const value = score.value(counts);
  return Number.isFinite(value) ? value : scoreCounts([counts], undefined, { score, zeroDivision: 0 }).value;
}

/** Finds the best threshold for some entries of a batch; of thresholds with equal scores, the one in the widest gap, then the largest. */
export function bestCut(
  score: Score,
  { yTrue, yPred, sampleWeight }: Pick<Batch, "yTrue" | "yPred" | "sampleWeight">,
  entries: readonly number[],
): { threshold: number; counts: Counts } {
  const weight = (i: number) => sampleWeight === undefined ? 1 : sampleWeight[i];
  const output = (i: number) => Math.min(1, Math.max(0, yPred[i])); // rounding may leave [0, 1]
  const ranked = byOutput(entries.filter((i) => weight(i) > 0), yPred);
  const n = ranked.length;
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
    const threshold = above > below ? between(below, above) : undefined;
    if (threshold === undefined) continue; // equal outputs get the same decision
    const counts = { tp, fp, fn: fn[k], tn: tn[k] }, gap = above - below, value = valueOf(score, counts);
    if (value > best.value || (value === best.value && gap > best.gap)) best = { value, gap, threshold, counts };
  }
  return best;
}

import type { ArrayOrTensor } from "../batch/array_or_tensor.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import { readQueries } from "./queries.ts";
import { rankFalling } from "../numerics/rank.ts";

/** Options of {@linkcode ndcg}. */
export interface NdcgOptions {
  /** The query of each row: whole numbers or words, one per row, in any order. Absent: one query. */
  groups?: Iterable<unknown>;
  /**
   * The number of highest outputs that count in each query.
   *
   * @default {all}
   */
  k?: number;
  /** Weights ≥ 0 of the rows; the weight of a query in the mean is the mean of its rows' weights. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
  /** The label (NaN, say) of rows that belong to no query: padding. */
  ignoreLabel?: number;
}

const what = "ndcg";

/** Checks `k` and returns it. */
export function readK(task: string, k: number = Number.MAX_SAFE_INTEGER): number {
  checkInteger(task, "k", k, 1, Number.MAX_SAFE_INTEGER);
  return k;
}

/** Returns the discounts of the ranks, 1/log₂(1 + rank), and 0 beyond k, added up: the sum of the first r at r. */
function discountSums(rows: number, k: number): Float64Array {
  const sums = new Float64Array(rows + 1);
  for (let r = 1; r <= rows; r++) sums[r] = sums[r - 1] + (r <= k ? 1 / Math.log2(1 + r) : 0);
  return sums;
}

/** Returns the discounted gain of a query's rows in falling order of `by`; rows that tie share their mean gain. */
function discountedGain(gains: ArrayLike<number>, by: ArrayLike<number>, rows: ArrayLike<number>, sums: Float64Array) {
  let total = 0;
  for (let first = 0, next = 0; first < rows.length; first = next) {
    let gain = 0;
    for (; next < rows.length && by[rows[next]] === by[rows[first]]; next++) gain += gains[rows[next]];
    total += gain / (next - first) * (sums[next] - sums[first]);
  }
  return total;
}

/**
 * Computes the normalised discounted cumulative gain: the mean over the queries of DCG@k divided by the DCG@k of the best
 * order.
 *
 *     DCG@k = Σ gainᵢ/log₂(1 + rankᵢ) over the ranks up to k
 *
 * Rows of a query with equal outputs share their mean gain, as in scikit-learn's `ndcg_score`. A query without a gain above 0
 * counts nowhere.
 *
 * @param yTrue Gains ≥ 0 in the shape of `yPred`.
 * @param yPred Outputs, any numbers: one per row, or, as scikit-learn takes them, one row per query.
 * @param options `groups`, `k`, `sampleWeight`, `ignoreLabel`.
 * @returns A number in [0, 1]; NaN where no query has a gain.
 * @throws {TypeError} If an argument is neither a tensor nor an array, or an option is unknown.
 * @throws {RangeError} If shapes differ, a gain or weight is negative or not finite, an output is NaN, `k` is no integer ≥ 1, a row
 * has no group, or `groups` is given for outputs of several columns.
 *
 * @see Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20, 2002; McSherry and Najork,
 * "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores", ECIR 2008.
 *
 * @example
 * ```ts
 * import { ndcg } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const value = ndcg([3, 2, 0, 1, 0], [0.1, 0.9, 0.2, 0.4, 0.8], { groups: [1, 1, 1, 2, 2] });
 * const [first, second] = [(2 + 3 / Math.log2(4)) / (3 + 2 / Math.log2(3)), 1 / Math.log2(3)];
 * assertAlmostEquals(value, (first + second) / 2);
 * ```
 */
export function ndcg(yTrue: ArrayOrTensor, yPred: ArrayOrTensor, options: NdcgOptions = {}): number {
  checkOptions(what, options, ["groups", "k", "sampleWeight", "ignoreLabel"]);
  const { k: given, ...others } = options, k = readK(`compute ${what}`, given);
  const { gains, outputs, queries } = readQueries(what, { yTrue, yPred, ...others });
  let sum = 0, whole = 0;
  for (const { ranked, weight } of queries) {
    const byGain = rankFalling(ranked.map((i) => gains[i])), sums = discountSums(ranked.length, k);
    const best = discountedGain(gains, gains, Array.from(byGain, (place) => ranked[place]), sums);
    if (!(best > 0)) continue;
    sum += weight * discountedGain(gains, outputs, ranked, sums) / best;
    whole += weight;
  }
  return whole > 0 ? sum / whole : NaN;
}

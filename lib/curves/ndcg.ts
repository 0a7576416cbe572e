import { check, checkOptions, integerFrom } from "../check/check.ts";
import { rankFalling } from "../numerics/rank.ts";

/** Options of {@linkcode ndcg}. */
export interface NdcgOptions {
  /**
   * The number of highest outputs that count in each query.
   *
   * @default {all}
   */
  k?: number;
}

/** A score of the order of each query's rows; the score of several queries is their weighted mean. */
export interface QueryScore {
  /** The name in the history of a training. */
  readonly name: string;
  /** Tells a score of queries from a score of all rows. */
  readonly queries: true;
  /** The number of highest outputs that count in each query. */
  readonly k: number;
  /**
   * Computes the score of one query; NaN where it is not defined: without a gain above 0.
   *
   * @param gains Gains ≥ 0 of all rows.
   * @param outputs Outputs of all rows.
   * @param ranked The rows of the query, in falling order of their outputs.
   */
  value(gains: ArrayLike<number>, outputs: ArrayLike<number>, ranked: readonly number[]): number;
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
 * The normalised discounted cumulative gain: the mean over the queries of DCG@k divided by the DCG@k of the best order.
 *
 *     DCG@k = Σ gainᵢ/log₂(1 + rankᵢ) over the ranks up to k
 *
 * Rows of a query with equal outputs share their mean gain, as in scikit-learn's `ndcg_score`. A query without a gain above 0
 * counts nowhere. {@linkcode rankingMetric} computes it.
 *
 * @param options `k`.
 * @returns The score, called "ndcg", or "ndcg10" for a `k` of 10.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If `k` is not an integer ≥ 1.
 *
 * @see Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 20, 2002; McSherry and Najork,
 * "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores", ECIR 2008.
 *
 * @example
 * ```ts
 * import { ndcg, rankingMetric } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const gains = [3, 2, 0, 1, 0], outputs = [0.1, 0.9, 0.2, 0.4, 0.8], groups = [1, 1, 1, 2, 2];
 * const [first, second] = [(2 + 3 / Math.log2(4)) / (3 + 2 / Math.log2(3)), 1 / Math.log2(3)];
 * assertAlmostEquals(rankingMetric(gains, outputs, { score: ndcg(), groups }), (first + second) / 2);
 * ```
 */
export function ndcg(options: NdcgOptions = {}): QueryScore {
  checkOptions("the score 'ndcg'", options, ["k"]);
  const { k = Number.MAX_SAFE_INTEGER } = options;
  check("make the score 'ndcg'", { k }, integerFrom(1));
  return {
    name: `ndcg${options.k ?? ""}`,
    queries: true,
    k,
    value(gains, outputs, ranked) {
      const byGain = rankFalling(ranked.map((i) => gains[i])), sums = discountSums(ranked.length, k);
      const best = discountedGain(gains, gains, Array.from(byGain, (place) => ranked[place]), sums);
      return best > 0 ? discountedGain(gains, outputs, ranked, sums) / best : NaN;
    },
  };
}

import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import { type ArrayOrTensor, readEntries, refuse, toNumbers } from "../batch/array_or_tensor.ts";
import { rankFalling } from "./rank.ts";

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
}

const what = "ndcg";

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
 * @param yTrue Gains ≥ 0, one per row.
 * @param yPred Outputs, any numbers, one per row.
 * @param options `groups`, `k`, `sampleWeight`.
 * @returns A number in [0, 1]; NaN where no query has a gain.
 * @throws {TypeError} If an argument is neither a tensor nor an array, or an option is unknown.
 * @throws {RangeError} If lengths differ, a gain or weight is negative or not finite, an output is NaN, or `k` is no integer
 * ≥ 1.
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
  checkOptions(what, options, ["groups", "k", "sampleWeight"]);
  const { k = Number.MAX_SAFE_INTEGER } = options;
  checkInteger(`compute ${what}`, "k", k, 1, Number.MAX_SAFE_INTEGER);
  const read = (argument: string, given: ArrayOrTensor) =>
    toNumbers(what, argument, readEntries(what, argument, given));
  const gains = read("yTrue", yTrue), outputs = read("yPred", yPred), rows = outputs.length;
  const weights = options.sampleWeight === undefined ? undefined : read("sampleWeight", options.sampleWeight);
  const groups = options.groups === undefined ? undefined : Array.from(options.groups);
  for (const [argument, numbers] of Object.entries({ yTrue: gains, sampleWeight: weights, groups })) {
    if (numbers !== undefined && numbers.length !== rows) {
      throw refuse(what, argument, `has the length ${numbers.length}, 'yPred' has ${rows}`);
    }
  }
  if (rows === 0) throw refuse(what, "yPred", "is empty");
  const bad = (numbers: ArrayLike<number>, fits: (v: number) => boolean): number => {
    let i = 0;
    while (i < rows && fits(numbers[i])) i++;
    return i < rows ? i : -1;
  };
  const nan = bad(outputs, (v) => !Number.isNaN(v));
  if (nan >= 0) throw refuse(what, "yPred", `must be numbers, row ${nan} is NaN`);
  for (const [argument, numbers] of Object.entries({ yTrue: gains, sampleWeight: weights })) {
    const i = numbers === undefined ? -1 : bad(numbers, (v) => v >= 0 && v < Infinity);
    if (i >= 0) throw refuse(what, argument, `must be finite and ≥ 0, row ${i} is ${describe(numbers![i])}`);
  }
  const queries = new Map<unknown, number[]>();
  const inQuery = (i: number): number[] => {
    const key = groups?.[i];
    return queries.get(key) ?? queries.set(key, []).get(key)!;
  };
  for (const i of rankFalling(outputs)) inQuery(i).push(i);
  let sum = 0, whole = 0;
  for (const ranked of queries.values()) {
    const sums = discountSums(ranked.length, k);
    const own = ranked.map((i) => gains[i]), byGain = rankFalling(own).map((place) => ranked[place]);
    const best = discountedGain(gains, gains, byGain, sums);
    if (!(best > 0)) continue;
    const weight = weights === undefined ? 1 : ranked.reduce((total, i) => total + weights[i], 0) / ranked.length;
    sum += weight * discountedGain(gains, outputs, ranked, sums) / best;
    whole += weight;
  }
  return whole > 0 ? sum / whole : NaN;
}

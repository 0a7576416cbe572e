import type { ArrayOrTensor } from "../batch/array_or_tensor.ts";
import { type Batch, refuse } from "../batch/read_batch.ts";
import { anObject, aNumber, check, checkOptions, optional, positive, splitOptions } from "../check/check.ts";
import type { Counts } from "../counts/counts.ts";
import { rankFalling } from "../numerics/rank.ts";
import { recall } from "../scores/ratio.ts";
import type { LossParts } from "../scoring/options.ts";
import { scoreBatch, type Scoring, type ScoringRule } from "../scoring/score_batch.ts";
import { undecided } from "./curve_rule.ts";
import { ndcg, type NdcgOptions, type QueryScore } from "./ndcg.ts";
import type { ValueAndGradient } from "./pairs.ts";
import { queriesOf, readingOfQueries, readQueries } from "./queries.ts";

/** Options of a loss of a score of queries. */
export interface QueryLossOptions {
  /**
   * The difference of two outputs from which one row is a whole rank above the other, above 0.
   *
   * @default {1}
   */
  margin?: number;
  /** The label (NaN, say) of rows that belong to no query: padding. */
  ignoreLabel?: number;
}

/** Options of a loss of the normalised discounted cumulative gain. */
export interface NdcgLossOptions extends NdcgOptions, QueryLossOptions {}

/** A rank's discount, and its derivative with respect to the rank. */
interface Discount {
  readonly value: number;
  readonly derivative: number;
}

/**
 * Returns 1/log₂(1 + rank) up to k, and from there a tail that falls like 1/rank²: under a discount of 0 no row of an untrained model,
 * whose soft ranks are all in the middle, would have a gradient.
 */
function discountOf(rank: number, k: number): Discount {
  const value = 1 / Math.log2(1 + Math.min(rank, k));
  if (rank <= k) return { value, derivative: -value * value / (1 + rank) / Math.LN2 };
  const tail = value * (k / rank) ** 2;
  return { value: tail, derivative: -2 * tail / rank };
}

/** Returns the discounted gain of the best order of a query's rows. */
function bestGain(gains: ArrayLike<number>, rows: readonly number[], k: number): number {
  let sum = 0;
  rankFalling(rows.map((i) => gains[i])).forEach((place, r) => sum += gains[rows[place]] * discountOf(r + 1, k).value);
  return sum;
}

/**
 * Computes the soft ranks of rows in falling order of their outputs, from two running windows: O(n).
 *
 * @returns The ranks, and for each row the window of the rows whose outputs differ by less than the margin.
 */
function softRanks(p: Float64Array, margin: number) {
  const n = p.length, middle = p[n >> 1], sums = new Float64Array(n + 1), ranks = new Float64Array(n);
  const from = new Uint32Array(n), to = new Uint32Array(n);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + (p[i] - middle);
  for (let i = 0, a = 0, b = 0; i < n; i++) {
    while (p[a] - p[i] >= margin) a++;
    while (b < n && p[i] - p[b] < margin) b++;
    ranks[i] = 0.5 + a + (sums[b] - sums[a] + (b - a) * (margin - (p[i] - middle))) / (2 * margin);
    [from[i], to[i]] = [a, b];
  }
  return { ranks, from, to };
}

/** The score of a query, and the derivatives of the score by its outputs, in the order of `ranked`. */
interface ScoredQuery {
  readonly value: number;
  readonly derivatives: Float64Array;
}

/** Scores a query at soft ranks; nothing for a query without a gain. */
function softNdcg(
  gains: ArrayLike<number>,
  outputs: ArrayLike<number>,
  ranked: readonly number[],
  { k, margin }: { readonly k: number; readonly margin: number },
): ScoredQuery {
  const best = bestGain(gains, ranked, k), n = ranked.length, derivatives = new Float64Array(n);
  if (!(best > 0)) return { value: NaN, derivatives };
  const { ranks, from, to } = softRanks(Float64Array.from(ranked, (i) => outputs[i]), margin);
  const slopes = new Float64Array(n), sums = new Float64Array(n + 1);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const discount = discountOf(ranks[i], k), share = gains[ranked[i]] / best;
    value += share * discount.value;
    slopes[i] = share * discount.derivative;
    sums[i + 1] = sums[i] + slopes[i];
  }
  for (let i = 0; i < n; i++) {
    derivatives[i] = (sums[to[i]] - sums[from[i]] - (to[i] - from[i]) * slopes[i]) / (2 * margin);
  }
  return { value, derivatives };
}

/**
 * Makes the rule of a score of queries: a query of the score s and the weight w adds w·s to tp and w·(1 − s) to fn, so that
 * tp/(tp + fn) is the mean of the queries' scores, and the counts of batches of whole queries add up.
 */
function queryRule(
  name: string,
  settings: object,
  scoreOf: (batch: Batch, ranked: readonly number[]) => ScoredQuery,
  hard?: ScoringRule,
): ScoringRule {
  return {
    settings,
    stuck:
      "the outputs of every query are further apart than 'margin', or no query has a gain above 0; take a larger 'margin', " +
      "standardise the inputs, or begin from smaller weights",
    queries: true,
    hard,
    count(batch) {
      const queries = queriesOf(name, batch).map((query) => ({ ...query, scored: scoreOf(batch, query.ranked) }))
        .filter(({ scored }) => !Number.isNaN(scored.value));
      const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
      for (const { weight, scored: { value } } of queries) {
        counts.tp += weight * value;
        counts.fn += weight * (1 - value);
      }
      return {
        each: [counts],
        queries: batch.groups,
        gradient: <T extends Float32Array | Float64Array = Float32Array>(
          [{ tp, fn }]: readonly Counts[],
          gradient: T = new Float32Array(batch.yPred.length) as T,
        ): T => {
          gradient.fill(0);
          for (const { ranked, weight, scored: { derivatives } } of queries) {
            ranked.forEach((row, i) => gradient[row] = weight * (tp - fn) * derivatives[i]);
          }
          return gradient;
        },
      };
    },
  };
}

const none = new Float64Array(0);

/** The names of the options of the loss of a score of queries. */
export const queryOptionNames = ["margin", "ignoreLabel"] as const satisfies readonly (keyof QueryLossOptions)[];

/** Checks the options of the loss of a score of queries and makes its parts. */
export function queryLossParts(name: string, score: QueryScore, options: QueryLossOptions): LossParts {
  checkOptions(name, options, queryOptionNames);
  const { margin = 1, ignoreLabel } = options, { k } = score;
  check(`make ${name}`, { margin }, positive);
  check(`make ${name}`, { ignoreLabel }, optional(aNumber));
  const hard = queryRule(name, {}, ({ yTrue, yPred }, ranked) => ({
    value: score.value(yTrue, yPred, ranked),
    derivatives: none,
  }));
  const rule = queryRule(name, { k, margin }, ({ yTrue, yPred }, ranked) => {
    const bad = ranked.find((row) => !Number.isFinite(yPred[row]));
    if (bad !== undefined) throw refuse(name, "yPred", `must be finite, row ${bad} is ${yPred[bad]}`);
    return softNdcg(yTrue, yPred, ranked, { k, margin });
  }, hard);
  const scoring: Scoring = { score: { ...recall, name: score.name }, average: "binary", zeroDivision: 1, rule };
  return {
    reading: readingOfQueries(ignoreLabel),
    decide: undecided,
    scoring,
    wholeSet: false,
    options: { fromLogits: true, ignoreLabel },
  };
}

/**
 * Computes one minus the normalised discounted cumulative gain at soft ranks, and its gradient, in O(n log n) per query: no pair
 * is formed.
 *
 *     rankᵢ = 1 + Σ_{j≠i} ramp(ŷⱼ − ŷᵢ),   ramp: 0 below −margin, 1 above it, linear between
 *     value = 1 − mean over the queries of Σ gainᵢ·D(rankᵢ) / best,   D(r) = 1/log₂(1 + r), from k on D(k)·(k/r)²
 *     ∂value/∂ŷⱼ = −(Σ_{i: |ŷᵢ − ŷⱼ| < margin} cᵢ − n·cⱼ)/(2·margin),   cᵢ = gainᵢ·D′(rankᵢ)/(best·queries), n terms
 *
 * The best order has the value 0. Without k, where all outputs of a query differ by at least the margin, the value is
 * 1 − {@linkcode ndcg}; with k the ranks beyond it count a little, so that rows far down have a gradient. The value is the mean of the
 * queries' values, so a batch of whole queries needs no count of the others.
 *
 * @param yTrue Gains ≥ 0 in the shape of `yPred`.
 * @param yPred Outputs, any numbers: one per row, or one row per query.
 * @param options `k`, `margin`, `groups`, `sampleWeight`, `ignoreLabel`.
 * @returns The value and the gradient: 0 where no query has a gain.
 * @throws {TypeError} If an option is unknown, or an argument is neither a tensor nor an array.
 * @throws {RangeError} If an option is out of range, shapes differ, a gain or weight is negative or not finite, a row
 * has no group, or an output is not finite.
 *
 * @see Qin, Liu and Li, "A General Approximation Framework for Direct Optimization of Information Retrieval Measures",
 * Information Retrieval 13, 2010 (ApproxNDCG), for a sigmoid in place of the ramp.
 *
 * @example
 * ```ts
 * import { ndcgLossAndGradient } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { value, gradient } = ndcgLossAndGradient([1, 0], [0, 0]); // both ranks are 1.5
 * assertAlmostEquals(value, 1 - 1 / Math.log2(2.5));
 * assertAlmostEquals(gradient[0], -gradient[1]);
 * ```
 */
export function ndcgLossAndGradient(
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  options: NdcgLossOptions & { groups?: ArrayOrTensor; sampleWeight?: ArrayOrTensor } = {},
): ValueAndGradient {
  const name = "ndcgLoss";
  check(`make ${name}`, { options }, anObject);
  const { groups, sampleWeight, ...rest } = options;
  const [own, others] = splitOptions(name, rest, ["k"], queryOptionNames);
  const { reading, decide, scoring } = queryLossParts(name, ndcg(own), others);
  const batch = readQueries(name, { yTrue, yPred, sampleWeight }, { groups, ignoreLabel: reading.ignoreLabel });
  const { value, gradient } = scoreBatch(batch, decide(batch), scoring);
  return { value: 1 - value, gradient: gradient(-1, new Float64Array(batch.yPred.length)) };
}

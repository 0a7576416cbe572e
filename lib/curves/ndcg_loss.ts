import { type ArrayOrTensor, refuse } from "../batch/array_or_tensor.ts";
import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { rankFalling } from "../numerics/rank.ts";
import { type NdcgOptions, readK } from "./ndcg.ts";
import type { ValueAndGradient } from "./pairs.ts";
import { type QueryArguments, readQueries } from "./queries.ts";

/** Options of a loss of the normalised discounted cumulative gain. */
export interface NdcgLossOptions extends Pick<NdcgOptions, "k" | "ignoreLabel"> {
  /**
   * The difference of two outputs from which one row is a whole rank above the other, above 0.
   *
   * @default {1}
   */
  margin?: number;
}

/** The names of the options of {@linkcode NdcgLossOptions}. */
export const ndcgLossOptionNames = ["k", "margin", "ignoreLabel"] as const satisfies readonly (keyof NdcgLossOptions)[];

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

/** Checks the options of the loss and makes it. */
export function toNdcgLoss(options: NdcgLossOptions): (rows: QueryArguments) => ValueAndGradient {
  const name = "ndcgLoss", { margin = 1, k: given, ignoreLabel } = options;
  checkOptions(name, options, ndcgLossOptionNames);
  const k = readK(`make ${name}`, given);
  if (!(typeof margin === "number" && margin > 0 && margin < Infinity)) {
    throw new RangeError(`Cannot make ${name}: 'margin' must be a number above 0, it is ${describe(margin)}`);
  }
  if (ignoreLabel !== undefined && typeof ignoreLabel !== "number") {
    throw new TypeError(`Cannot make ${name}: 'ignoreLabel' must be a number, it is ${describe(ignoreLabel)}`);
  }
  return (rows) => {
    const { gains, outputs, queries } = readQueries(name, { ...rows, ignoreLabel });
    const scored = queries.map((query) => ({ ...query, best: bestGain(gains, query.ranked, k) }))
      .filter(({ best }) => best > 0);
    for (const row of queries.flatMap(({ ranked }) => ranked)) {
      if (!Number.isFinite(outputs[row])) throw refuse(name, "yPred", `must be finite, row ${row} is ${outputs[row]}`);
    }
    const whole = scored.reduce((sum, { weight }) => sum + weight, 0), gradient = new Float64Array(outputs.length);
    let score = 0;
    for (const { ranked, weight, best } of scored) {
      const { ranks, from, to } = softRanks(Float64Array.from(ranked, (i) => outputs[i]), margin);
      const slopes = new Float64Array(ranked.length), sums = new Float64Array(ranked.length + 1);
      ranked.forEach((row, i) => {
        const { value, derivative } = discountOf(ranks[i], k), share = weight * gains[row] / (best * whole);
        score += share * value;
        slopes[i] = share * derivative;
        sums[i + 1] = sums[i] + slopes[i];
      });
      ranked.forEach((row, i) => {
        const near = to[i] - from[i];
        gradient[row] = -(sums[to[i]] - sums[from[i]] - near * slopes[i]) / (2 * margin);
      });
    }
    return { value: whole > 0 ? 1 - score : 0, gradient };
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
  options: NdcgLossOptions & Pick<NdcgOptions, "groups" | "sampleWeight"> = {},
): ValueAndGradient {
  const { groups, sampleWeight, ...others } = options;
  return toNdcgLoss(others)({ yTrue, yPred, groups, sampleWeight });
}

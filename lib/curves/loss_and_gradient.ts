import { checkOptions } from "../check/check.ts";
import type { Counts } from "../counts/counts.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { bestOf, scoreBatch } from "../scoring/score_batch.ts";
import { type CurveLossOptions, curveOptionNames, resolveCurveOptions } from "./curve_rule.ts";
import type { CurveScore } from "./curve_scores.ts";
import { type CurveScoreName, toCurveScore } from "./to_curve_score.ts";

/** Options of {@linkcode curveLossAndGradient}. */
export interface CurveLossAndGradientOptions extends CurveLossOptions {
  /** The score, or its name. */
  score: CurveScoreName | CurveScore;
  /** Weights ≥ 0, one per row or one per output. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
}

/** A loss of a curve, its gradient and the counts at each threshold. */
export interface CurveLossAndGradient {
  /** The best score − score, in float64; the best is 1 for all scores but {@linkcode negativeAum}. */
  readonly value: number;
  /** ∂value/∂ŷ, one number per output, row by row. */
  readonly gradient: Float64Array;
  /** The counts at each threshold, the highest first, column by column. */
  readonly counts: readonly Counts[];
}

/**
 * Computes a loss of the whole curve and its gradient on arrays, without an engine.
 *
 *     value = best − score(counts at t₁ … t_B),   tp_b = Σ w·y·s_b(ŷ), …,   s_b: a linear ramp around t_b
 *     ∂value/∂ŷᵢ = −wᵢ·( yᵢ·∂TP_b + (1 − yᵢ)·∂FP_b )/width_b,   b: the ramp that ŷᵢ lies on
 *
 * The ramps join: each ends where the next begins, so every output has a gradient, at one threshold. The counts are sums over
 * the rows, so those of a data set are the sums of its batches' counts.
 *
 * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
 * @param yPred Probabilities (or logits): an array, one array per row, or a float32 tensor.
 * @param options See {@linkcode CurveLossAndGradientOptions}.
 * @returns The value, the gradient and the counts.
 * @throws {TypeError} If the score or an option is unknown, or an argument is neither a tensor nor an array.
 * @throws {RangeError} If an option is out of range, shapes do not fit, there is no row, labels or outputs are outside [0, 1]
 * (NaN among them), or weights are negative or not finite.
 *
 * @see Ustinova and Lempitsky, "Learning Deep Embeddings with Histogram Loss", NeurIPS 2016, and Cakir et al., "Deep Metric
 * Learning to Rank", CVPR 2019 (FastAP), for histograms that share each number between neighbours.
 *
 * @example
 * ```ts
 * import { curveLossAndGradient } from "@roundabout/roundabout/curves";
 * import { assert } from "@std/assert";
 *
 * const { value, gradient } = curveLossAndGradient([1, 0, 1, 0], [0.9, 0.45, 0.4, 0.2], {
 *   score: "rocAuc",
 *   thresholds: [0.1, 0.5, 0.8],
 * });
 * assert(value > 0.1 && value < 0.4); // one of four pairs is not in order
 * assert(gradient[1] > 0 && gradient[2] < 0);
 * ```
 */
export function curveLossAndGradient(
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  options: CurveLossAndGradientOptions,
): CurveLossAndGradient {
  const { score: given, sampleWeight, ...others } = options ?? {}, score = toCurveScore(given);
  const name = `${score.name}Loss`;
  checkOptions(name, others, curveOptionNames);
  const { reading, decide, scoring } = resolveCurveOptions(name, score, others);
  const batch = readArrays(name, { yTrue, yPred, sampleWeight }, reading);
  const { value, counts, gradient } = scoreBatch(batch, decide(batch), scoring);
  return { value: bestOf(score) - value, counts, gradient: gradient(-1, new Float64Array(batch.yTrue.length)) };
}

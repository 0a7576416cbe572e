import { type Inputs, readBatch } from "../batch/read_batch.ts";
import { checkFactory, checkOptions } from "../check/check.ts";
import type { Score } from "../scores/score.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import type { CurveLossOptions } from "../curves/curve_rule.ts";
import type { QueryLossOptions } from "../curves/ndcg_loss.ts";
import type { QueryScore } from "../curves/ndcg.ts";
import type { CurveScoreName } from "../curves/to_curve_score.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import {
  lossOptionNames,
  rememberParts,
  type ResolvedOptions,
  resolveOptions,
  type ScoringOptions,
  takesLoops,
} from "../scoring/options.ts";
import { bestOf, scoreBatch } from "../scoring/score_batch.ts";
import { checkDevice, checkReads, gradientDepth, inHostMemory, lossOp, warnOfCopies } from "../tfjs/engine.ts";
import { registeredDevice } from "../tfjs/registered_device.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";

/** Options of every loss. */
export type LossOptions = ScoringOptions;

/**
 * A loss as `model.compile({ loss })` takes it: labels and outputs in, a scalar back. Called directly it takes weights too;
 * `model.fit` does not pass them on: its `sampleWeight` throws ("sample weight is not supported yet"), and its
 * `classWeight` multiplies the scalar by the mean weight of the batch's labels, silently, which changes no ratio of the
 * counts. Weigh rows by their label through `sampleWeight` here, in a training loop of your own; the option `classWeights`
 * weighs columns.
 */
export interface Loss {
  /**
   * @param yTrue Labels in [0, 1], of the outputs' shape, or class indices, one per row; float32, int32 or bool.
   * @param yPred Probabilities (or logits), float32: shape [n] or [n, 1]; with an `average`, [n, c] or [n, …, c].
   * @param sampleWeight Weights ≥ 0, one per row or one per output.
   * @returns 1 − score, a scalar.
   */
  (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar;
  /** The name, such as "precisionLoss". */
  readonly name: string;
}

/**
 * The loss of a score of queries: `ndcgLoss` of `@roundabout/roundabout/curves`, which has to be imported.
 *
 * @param score `ndcg({ k: 10 })` of `@roundabout/roundabout/curves`, or "ndcg".
 * @param options `margin`, `ignoreLabel`.
 * @returns The loss, called "ndcg10Loss" for a `k` of 10.
 */
export function metricLoss(score: "ndcg" | QueryScore, options?: QueryLossOptions): Loss;
/**
 * The loss of a score of the whole curve: `curveLoss` of `@roundabout/roundabout/curves`, which has to be imported.
 *
 * @param score A score of `@roundabout/roundabout/curves`, or its name.
 * @param options The options of `curveLoss`.
 * @returns The loss, called "rocAucLoss" for the score "rocAuc".
 *
 * @example
 * ```ts
 * import { metricLoss } from "@roundabout/roundabout";
 * import { recallAtFpr } from "@roundabout/roundabout/curves";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(metricLoss(recallAtFpr({ fpr: 0.01 })).name, "recallAtFpr0.01Loss");
 * ```
 */
export function metricLoss(score: CurveScoreName | CurveScore, options?: CurveLossOptions): Loss;
/**
 * One minus a score of the soft confusion counts: a loss for the metric that is reported.
 *
 *     loss = 1 − score(counts),   counts = Σ over the batch, ŷ through the step
 *     ∂loss/∂ŷᵢ = −wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * One operation with this gradient, not a chain of TensorFlow.js': the counts are summed in float64, there is no ε, so
 * the loss of a perfect classifier is exactly 0 (under an anchored step), and where the score is 0/0 the gradient is 0.
 * On WebGL and WebGPU the loss is computed on the device, in float32 with blocked sums, and nothing is read back. A label, an
 * output or a weight out of range cannot be named there: it makes the loss NaN and its gradient 0. `guardLoss` and
 * {@linkcode fitMetric} name the row, from asynchronous reads. The host computes, with two reads per call: a score or a step of
 * one's own, the gaussian step, steps that are not anchored, `{ top }`, "samples", a threshold per column.
 *
 * It is differentiated by `yPred` only, and once: gradients by the labels or the weights, and second derivatives, are
 * refused.
 *
 * @param score A score or its name.
 * @param options See {@linkcode LossOptions}.
 * @returns The loss, called "precisionLoss" for the score "precision".
 * @throws {TypeError} An unknown score, step or option, or a step that contradicts `slope` or `threshold`. Called: an
 * argument that is not a tensor; a score or step of one's own whose value or derivative is not a number.
 * @throws {RangeError} An option out of range. Called: shapes that don't fit, an empty batch, labels or outputs outside
 * [0, 1] (NaN among them), weights negative or not finite.
 *
 * @example A loss in `model.compile`
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { metricLoss } from "@roundabout/roundabout";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * model.compile({ optimizer: "adam", loss: metricLoss("f1", { slope: 10 }) });
 * ```
 *
 * @example Its value
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { metricLoss, round } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = metricLoss("precision", { step: round() }); // hard: 1 − the precision itself
 * const value = loss(tf.tensor1d([1, 0, 1, 0]), tf.tensor1d([0.9, 0.8, 0.7, 0.1]));
 * assertAlmostEquals(value.dataSync()[0], 1 / 3, 1e-7);
 * ```
 */
export function metricLoss(score: ScoreName | ScoreDefinition, options?: LossOptions): Loss;
export function metricLoss(
  score: ScoreName | ScoreDefinition | CurveScoreName | CurveScore | "ndcg" | QueryScore,
  options: object = {},
): Loss {
  return rankingLoss?.(score, options) ?? lossOf(toScore(score as ScoreName), options, undefined, checkOptions);
}

/** The loss of a score of the order of the outputs; nothing for any other score. */
type RankingLoss = (score: unknown, options: object) => Loss | undefined;

let rankingLoss: RankingLoss | undefined;

/** Registers the losses of the order of the outputs, which no other loss needs. */
export function registerRankingLoss(loss: RankingLoss): void {
  rankingLoss = loss;
}

/** Makes the loss of one score. */
export type LossFactory = (options?: LossOptions) => Loss;

const factoryNames = new WeakMap<object, string>();

/** Notes the name of a factory of losses. */
export function nameFactory<T extends object>(name: string, factory: T): T {
  factoryNames.set(factory, name);
  return factory;
}

/** Returns the name of a factory of losses; nothing for anything else. */
export const factoryName = (thing: unknown): string | undefined =>
  typeof thing === "function" ? factoryNames.get(thing) : undefined;

/** Makes the factory of a score's losses. */
export const factoryOf = (score: Score): LossFactory =>
  nameFactory(`${score.name}Loss`, (options = {}) => lossOf(score, options));

/** A loss by other means than the general path's; nothing where the general path has to do it. */
type DirectLoss = (name: string, setting: ResolvedOptions, tensors: Inputs<Tensor>) => Scalar | undefined;

let fastLoss: DirectLoss | undefined;

/** Registers the losses by the SIMD loops. The loops are half of a loss's bytes, so no loss imports them. */
export function registerFastLoss(loss: DirectLoss): void {
  fastLoss = loss;
}

/** Makes the loss of a score. */
export function lossOf(
  score: Score,
  options: LossOptions,
  name = `${score.name}Loss`,
  check = checkFactory,
): Loss {
  check(name, options, lossOptionNames);
  const setting = resolveOptions(name, score, options);
  const loss = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar =>
    fastestLoss(name, setting, { yTrue, yPred, sampleWeight });
  rememberParts(loss, { ...setting, wholeSet: typeof options.decision === "object", options });
  return Object.defineProperty(loss, "name", { value: name });
}

/** Returns best − score and its gradient: by the loops or on the device, else as {@linkcode generalLoss} does. */
export function fastestLoss(name: string, setting: ResolvedOptions, tensors: Inputs<Tensor>): Scalar {
  const { yPred } = tensors, host = inHostMemory();
  warnOfCopies(yPred);
  if (!host) checkDevice();
  const direct = host ? takesLoops(yPred?.size) && fastLoss : gradientDepth() < 2 && registeredDevice()?.deviceLoss;
  return direct && direct(name, setting, tensors) || generalLoss(name, setting, tensors);
}

/** Returns best − score and its gradient in closed form, as one operation. */
export function generalLoss(
  name: string,
  { reading, decide, scoring }: ResolvedOptions,
  tensors: Inputs<Tensor>,
): Scalar {
  checkReads();
  const batch = readBatch(name, tensors, reading),
    decided = decide(batch),
    scored = scoreBatch(batch, decided, scoring);
  const value = bestOf(scoring.score) - scored.value;
  return lossOp(name, tensors.yPred, value, (by, to) => void scored.gradient(-by, to), decided.release);
}

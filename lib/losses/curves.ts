/**
 * Scores of the whole curve, of the confusion counts at every threshold: the area under the ROC curve, the average precision,
 * recall at a false-positive rate and others, as exact values and as losses.
 *
 * If the top entry was imported too, the losses at thresholds count a column of more than 4,096 probabilities in WebAssembly, with
 * the same bytes and in a third to a half of the time.
 *
 * ```ts
 * import { rankingMetric } from "@roundabout/roundabout/curves";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rankingMetric([1, 0, 1, 0], [0.9, 0.6, 0.4, 0.2], { score: "rocAuc" }), 0.75);
 * ```
 *
 * @module
 */
import { readBatch } from "../batch/read_batch.ts";
import { checkFactory, checkOptions, splitOptions } from "../check/check.ts";
import { fastestLoss, generalLoss, type Loss, registerRankingLoss } from "./metric_loss.ts";
import { type LossParts, rememberParts } from "../scoring/options.ts";
import { lossOp } from "../tfjs/engine.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";
import { countColumn, countRows } from "../curves/column_simd.ts";
import { type CurveLossOptions, curveLossParts, curveOptionNames } from "../curves/curve_rule.ts";
import {
  averagePrecision,
  type CurveScore,
  partialRocAuc,
  type PartialRocAucOptions,
  precisionAtK,
  type PrecisionAtKOptions,
  recallAtFpr,
  type RecallAtFprOptions,
  rocAuc,
} from "../curves/curve_scores.ts";
import {
  type OrderLoss,
  orderLossOf,
  type OrderLossOptions,
  type PairsLossOptions,
  toAumLoss,
  toPairsLoss,
} from "../curves/order_loss.ts";
import { ndcg, type QueryScore } from "../curves/ndcg.ts";
import { registerColumnLoops } from "../curves/registered_loops.ts";
import { type NdcgLossOptions, type QueryLossOptions, queryLossParts, queryOptionNames } from "../curves/ndcg_loss.ts";
import {
  type CurveScoreName,
  isRankingScore,
  type RankingScore,
  toCurveScore,
  toRankingScore,
} from "../curves/to_curve_score.ts";

export * from "../curves/mod.ts";
export type { Loss } from "./metric_loss.ts";
export type { Scalar, Tensor } from "../tfjs/tensor.ts";
export type { ArrayOrTensor } from "../batch/array_or_tensor.ts";

/**
 * One minus a score of the whole curve, at counts of many thresholds: {@linkcode curveLossAndGradient} as a loss of
 * TensorFlow.js. `metricGradient` and `fitMetric` take it: the counts of a data set are sums of its batches' counts.
 *
 * @param score A score or its name.
 * @param options See {@linkcode CurveLossOptions}.
 * @returns The loss, called "rocAucLoss" for the score "rocAuc".
 * @throws {TypeError} If the score or an option is unknown. Called: an argument that is not a tensor.
 * @throws {RangeError} If an option is out of range. Called: shapes that do not fit, an empty batch, labels or outputs outside
 * [0, 1] (NaN among them), weights negative or not finite.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { curveLoss, recallAtFpr } from "@roundabout/roundabout/curves";
 * import { assertEquals } from "@std/assert";
 *
 * const loss = curveLoss(recallAtFpr({ fpr: 0.05 }), { fromLogits: true });
 * assertEquals(loss.name, "recallAtFpr0.05Loss");
 * const value = loss(tf.tensor1d([1, 0, 1, 0]), tf.tensor1d([4, -4, 3, -3]));
 * assertEquals(value.dataSync()[0], 0);
 * ```
 */
export function curveLoss(score: CurveScoreName | CurveScore, options: CurveLossOptions = {}): Loss {
  const chosen = toCurveScore(score), name = `${chosen.name}Loss`;
  checkOptions(name, options, curveOptionNames);
  return lossOfParts(name, curveLossParts(name, chosen, options), fastestLoss);
}

/** Makes a loss that `metricGradient` and `fitMetric` take. */
function lossOfParts(name: string, parts: LossParts, compute: typeof generalLoss): Loss {
  const loss = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar =>
    compute(name, parts, { yTrue, yPred, sampleWeight });
  rememberParts(loss, parts);
  return Object.defineProperty(loss, "name", { value: name });
}

/** Makes the loss of a score of queries. */
function queryLoss(score: QueryScore, options: QueryLossOptions): Loss {
  const name = `${score.name}Loss`;
  return lossOfParts(name, queryLossParts(name, score, options), generalLoss);
}

registerColumnLoops({ countColumn, countRows });

registerRankingLoss((given, options) => {
  if (!isRankingScore(given)) return undefined;
  const score = toRankingScore(given as RankingScore);
  return "queries" in score
    ? queryLoss(score, options as QueryLossOptions)
    : curveLoss(score, options as CurveLossOptions);
});

/** 1 − {@linkcode rocAuc}. See {@linkcode curveLoss}. */
export const rocAucLoss = (options: CurveLossOptions = {}): Loss => {
  checkFactory("rocAucLoss", options, curveOptionNames);
  return curveLoss(rocAuc, options);
};

/** 1 − {@linkcode averagePrecision}. See {@linkcode curveLoss}. */
export const averagePrecisionLoss = (options: CurveLossOptions = {}): Loss => {
  checkFactory("averagePrecisionLoss", options, curveOptionNames);
  return curveLoss(averagePrecision, options);
};

/**
 * 1 − {@linkcode partialRocAuc}, by default at 4 thresholds: at 128 most outputs have no gradient, and the value at 4 is far from the
 * exact score. See {@linkcode curveLoss}.
 */
export const partialRocAucLoss = (options: PartialRocAucOptions & CurveLossOptions): Loss => {
  const [own, shared] = splitOptions("partialRocAucLoss", options, ["maxFpr", "standardized"], curveOptionNames);
  return curveLoss(partialRocAuc(own), shared);
};

/**
 * 1 − {@linkcode recallAtFpr}, by default at 4 thresholds: at 128 most outputs have no gradient, and the value at 4 is far from the
 * exact score. See {@linkcode curveLoss}.
 */
export const recallAtFprLoss = (options: RecallAtFprOptions & CurveLossOptions): Loss => {
  const [own, shared] = splitOptions("recallAtFprLoss", options, ["fpr"], curveOptionNames);
  return curveLoss(recallAtFpr(own), shared);
};

/**
 * 1 − {@linkcode precisionAtK}, by default at 4 thresholds: at 128 most outputs have no gradient, and the value at 4 is far from the
 * exact score. A small `k` has a useless optimum: k sure positives make the loss 0, whatever the other rows. See
 * {@linkcode curveLoss}.
 */
export const precisionAtKLoss = (options: PrecisionAtKOptions & CurveLossOptions): Loss => {
  const [own, shared] = splitOptions("precisionAtKLoss", options, ["k"], curveOptionNames);
  return curveLoss(precisionAtK(own), shared);
};

/** Makes an operation of TensorFlow.js of a loss of the order of the outputs. */
function orderLoss(loss: OrderLoss): Loss {
  const { name, reading } = loss;
  const call = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar => {
    const { value, gradient } = orderLossOf(loss, readBatch(name, { yTrue, yPred, sampleWeight }, reading));
    return lossOp(name, yPred, value, (by, to) => {
      for (let i = 0; i < to.length; i++) to[i] = by * gradient[i];
    });
  };
  return Object.defineProperty(call, "name", { value: name });
}

/** {@linkcode pairsLossAndGradient} as a loss of TensorFlow.js, for one batch. */
export const pairsLoss = (options: PairsLossOptions = {}): Loss => orderLoss(toPairsLoss(options));

/**
 * {@linkcode aumLossAndGradient} as a loss of TensorFlow.js, for one batch. It has a useless optimum: the loss is also 0 where all
 * outputs are equal, and a training can shrink their spread instead of ordering them; `auditLoss` calls it "wrong-optimum". For a data
 * set, `curveLoss("negativeAum")` takes the same area at thresholds.
 */
export const aumLoss = (options: OrderLossOptions = {}): Loss => orderLoss(toAumLoss(options));

/**
 * {@linkcode ndcgLossAndGradient} as a loss of TensorFlow.js: a tensor of shape [n] or [n, 1] is one query, of shape [q, n] one query
 * per row, whose padding has the label `ignoreLabel`. `metricGradient` and `fitMetric` take it, with one query per row, or with the
 * query of each row in the `groups` of their data. A small `k` has a useless optimum, as in {@linkcode precisionAtKLoss}.
 */
export function ndcgLoss(options: NdcgLossOptions = {}): Loss {
  const [own, shared] = splitOptions("ndcgLoss", options, ["k"], queryOptionNames);
  return queryLoss(ndcg(own), shared);
}

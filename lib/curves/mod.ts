/**
 * Scores of the whole curve, of the confusion counts at every threshold: the area under the ROC curve, the average precision,
 * recall at a false-positive rate and others, as exact values.
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
export { type Curve, type CurveRows, exactCurve } from "./curve.ts";
export {
  averagePrecision,
  type CurveGradient,
  type CurveScore,
  type CurveScoreName,
  partialRocAuc,
  type PartialRocAucOptions,
  precisionAtK,
  type PrecisionAtKOptions,
  recallAtFpr,
  type RecallAtFprOptions,
  rocAuc,
} from "./curve_scores.ts";
export { type AumDerivatives, aumDerivatives } from "./aum.ts";
export { ndcg, type NdcgOptions } from "./ndcg.ts";
export { type CurveAverage, rankingMetric, type RankingMetricOptions } from "./ranking_metric.ts";
export {
  type CurveLossAndGradient,
  curveLossAndGradient,
  type CurveLossAndGradientOptions,
} from "./loss_and_gradient.ts";
export type { CurveLossOptions } from "./binned_curve.ts";
export {
  aumLossAndGradient,
  type OrderLossOptions,
  pairsLossAndGradient,
  type PairsLossOptions,
  type Weighted,
} from "./order_loss.ts";
export type { PairPrice, ValueAndGradient } from "./pairs.ts";
export {
  aumLoss,
  averagePrecisionLoss,
  curveLoss,
  pairsLoss,
  partialRocAucLoss,
  precisionAtKLoss,
  recallAtFprLoss,
  rocAucLoss,
} from "./losses.ts";
export { CurveMeter, type CurveMeterJson, type CurveMeterOptions, type CurveMeterRange } from "./curve_meter.ts";
export type { Loss } from "../losses/metric_loss.ts";
export type { ArrayOrTensor } from "../metrics/array_or_tensor.ts";

// The part of ./curves that needs no engine. Not in ./core, which is to stay below 20 kB: this part has 7 kB.
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
export { CurveMeter, type CurveMeterJson, type CurveMeterOptions, type CurveMeterRange } from "./curve_meter.ts";

// The part of ./curves that needs no engine, as ./losses/curves.ts has its losses. Not in ./core, which is to stay below 20 kB.
export { type Curve, type CurveRows, exactCurve } from "./curve.ts";
export * from "./curve_scores.ts";
export type { MultiClass } from "./multi_class.ts";
export type { CurveScoreName, RankingScore } from "./to_curve_score.ts";
export { type AumDerivatives, aumDerivatives } from "./aum.ts";
export { ndcg, type NdcgOptions, type QueryScore } from "./ndcg.ts";
export { ndcgLossAndGradient, type NdcgLossOptions, type QueryLossOptions } from "./ndcg_loss.ts";
export { type CurveAverage, rankingMetric, type RankingMetricOptions } from "./ranking_metric.ts";
export {
  type CurveLossAndGradient,
  curveLossAndGradient,
  type CurveLossAndGradientOptions,
} from "./loss_and_gradient.ts";
export type { CurveLossOptions } from "./curve_rule.ts";
export {
  aumLossAndGradient,
  type OrderLossOptions,
  pairsLossAndGradient,
  type PairsLossOptions,
  type Weighted,
} from "./order_loss.ts";
export type { PairPrice, ValueAndGradient } from "./pairs.ts";
export { CurveMeter, type CurveMeterJson, type CurveMeterOptions, type CurveMeterRange } from "./curve_meter.ts";
export { NdcgMeter, type NdcgMeterBatch, type NdcgMeterJson, type NdcgMeterOptions } from "./ndcg_meter.ts";

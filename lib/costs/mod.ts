/**
 * Costs of decisions, per row: savings as a score, the expected cost as a loss.
 *
 * ```ts
 * import { costWeights, savings } from "@roundabout/roundabout/costs";
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const yTrue = [1, 0, 1], sampleWeight = costWeights(yTrue, { fp: 5, fn: [40, 40, 10] });
 * const { value } = lossAndGradient(yTrue, [0.9, 0.2, 0.3], { score: savings(), step: "round", sampleWeight });
 * assertEquals(value, 10 / 5); // the cost of the miss; every row positive would cost 5
 * ```
 *
 * @module
 */
export { costLoss } from "./cost_loss.ts";
export { costLabels, costWeights, type RowCosts } from "../scores/cost_weights.ts";
export { type CostOptions, savings } from "../scores/savings.ts";
// The types that these take and return.
export type { Loss, LossOptions } from "../losses/metric_loss.ts";
export type { Score } from "../scores/score.ts";
export type { Counts } from "../counts/counts.ts";

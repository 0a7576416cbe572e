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
import { splitOptions } from "../check/check.ts";
import { type Loss, lossOf, type LossOptions, nameFactory } from "../losses/metric_loss.ts";
import { countKeys } from "../counts/counts.ts";
import { lossOptionNames } from "../scoring/options.ts";
import { type CostOptions, savings } from "../scores/savings.ts";

export { costLabels, costWeights, type RowCosts } from "../scores/cost_weights.ts";
export { type CostOptions, savings } from "../scores/savings.ts";
// The types that these take and return.
export type { Loss, LossOptions } from "../losses/metric_loss.ts";
export type { Score } from "../scores/score.ts";
export type { Counts } from "../counts/counts.ts";

/**
 * The expected cost of the decisions as a loss: one minus {@linkcode savings} of the soft counts.
 *
 *     loss = C / min(C₋, C₊),   C = c_tp·tp + c_fp·fp + c_fn·fn + c_tn·tn, soft counts; C₋, C₊: of the constant decisions
 *     ∂loss/∂ŷᵢ = wᵢ·s′(ŷᵢ)·( yᵢ·(c_tp − c_fn) + (1 − yᵢ)·(c_fp − c_tn) ) / min(C₋, C₊)
 *
 * Costs that differ from row to row come as weights: leave the costs out and give `costWeights(yTrue, { fp, fn, … })` as
 * `sampleWeight`, to the loss itself or as the third part of the data of `fitMetric` and `metricGradient`. The loss is then the
 * cost beyond that of the right decisions, divided by that of the cheaper constant decision.
 *
 * Under `step: "identity"` the decisions are the probabilities themselves, and the loss is the average expected cost of Bahnsen
 * et al. Before training on costs, try cross-entropy with the row's own threshold,
 * (c_fp − c_tn)/((c_fp − c_tn) + (c_fn − c_tp)): `deno task compare --cost-fp … --cost-fn …` tells on a table which is better.
 *
 * @param options `fp`, `fn`, `tp`, `tn`: the costs; and the options of every loss, see {@linkcode LossOptions}.
 * @returns The loss, called "costLoss".
 * @throws {TypeError} An unknown option. Called: an argument that is not a tensor.
 * @throws {RangeError} An option out of range, a right decision that costs more than a wrong one. Called: as every loss.
 *
 * @see Bahnsen, Aouada, Ottersten, "Example-Dependent Cost-Sensitive Logistic Regression for Credit Scoring", ICMLA 2014.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { costLoss, costWeights } from "@roundabout/roundabout/costs";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const yTrue = [1, 0, 1, 0], weights = costWeights(yTrue, { fp: 10, fn: [300, 200, 100, 400] });
 * const loss = costLoss({ step: "round" });
 * const value = loss(tf.tensor1d(yTrue), tf.tensor1d([0.9, 0.8, 0.4, 0.1]), tf.tensor1d(weights));
 * assertAlmostEquals(value.dataSync()[0], (10 + 100) / 20, 1e-6); // every row positive would cost 20
 * ```
 */
export const costLoss: (options?: CostOptions & LossOptions) => Loss = nameFactory(
  "costLoss",
  (options) => {
    const [costs, others] = splitOptions("costLoss", options, countKeys, lossOptionNames);
    return lossOf(savings(costs), others, "costLoss");
  },
);

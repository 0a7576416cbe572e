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
export * from "./without_engine.ts";
export {
  aumLoss,
  averagePrecisionLoss,
  curveLoss,
  ndcgLoss,
  pairsLoss,
  partialRocAucLoss,
  precisionAtKLoss,
  recallAtFprLoss,
  rocAucLoss,
} from "./losses.ts";
export type { Loss } from "../losses/metric_loss.ts";
export type { Scalar, Tensor } from "../tfjs/tensor.ts";
export type { ArrayOrTensor } from "../batch/array_or_tensor.ts";

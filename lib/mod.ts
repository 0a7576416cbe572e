/**
 * Train a classifier on the metric you report, although `round` has no gradient: differentiable stand-ins for rounding,
 * scores of the confusion matrix as losses and as metrics, for TensorFlow.js.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fBetaLoss, precisionMetric, recallMetric } from "@roundabout/roundabout";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * model.compile({
 *   optimizer: "adam",
 *   loss: fBetaLoss({ beta: 0.5, step: "softsign", slope: 10 }),
 *   metrics: [precisionMetric(), recallMetric()],
 * });
 * ```
 *
 * @module
 */
import { registerFastLoss } from "./losses/metric_loss.ts";
import { hostMemory, registerMemory } from "./tfjs/engine.ts";
import "./gpu.ts";
import "./simd.ts";
import { fastLoss } from "./tfjs/fast_loss.ts";

registerFastLoss(fastLoss);
registerMemory(hostMemory);

export * from "./slim.ts";

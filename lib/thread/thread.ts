/**
 * The losses of the question and of its two answers, as they were written, with TensorFlow.js instead of Keras.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";

/** Loss of the thread, on labels and outputs of the same shape. */
export type ThreadLoss = (yTrue: Tensor, yPred: Tensor) => Scalar;

/** Default of Keras's `K.epsilon()`. */
const epsilon = 1e-7;

/** Computes the asker's formula, 1 − tp/(tp + fp + ε) on clipped labels and outputs, with `standIn` instead of `round`. */
function askedLoss(standIn: (v: Tensor) => Tensor, yTrue: Tensor, yPred: Tensor): Scalar {
  return tf.tidy(() => {
    const pred = standIn(tf.clipByValue(yPred, 0, 1));
    const pos = standIn(tf.clipByValue(yTrue, 0, 1));
    const tp = tf.sum(tf.clipByValue(tf.mul(pos, pred), 0, 1));
    const fp = tf.sum(tf.clipByValue(tf.mul(tf.sub(1, pos), pred), 0, 1));
    return tf.sub(1, tf.div(tp, tf.add(tf.add(tp, fp), epsilon))) as Scalar;
  });
}

/**
 * Computes the loss of the question: one minus the precision of the rounded outputs. A literal port with its faults.
 *
 *     pred = round(clip(ŷ, 0, 1)),  pos = round(clip(y, 0, 1)),  loss = 1 − tp/(tp + fp + ε),  ε = 1e-7
 *
 * The fault: `round` has no gradient. TensorFlow returns None, and Keras raises an error. TensorFlow.js, PyTorch and JAX
 * return zeros: training runs, the printed loss varies with the batches, and no weight changes. The asker's tn and fn, which
 * the loss does not use, are left out. {@linkcode precisionLoss} trains.
 *
 * @param yTrue Labels, any shape.
 * @param yPred Outputs, the same shape.
 * @returns A scalar.
 * @see Stack Overflow 48356029.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertEquals } from "@std/assert";
 *
 * const y = tf.tensor1d([1, 0, 1]);
 * const gradient = tf.grad((p) => askedRoundLoss(y, p))(tf.tensor1d([0.6, 0.7, 0.2]));
 * assertEquals([...gradient.dataSync()], [0, 0, 0]);
 * ```
 */
export function askedRoundLoss(yTrue: Tensor, yPred: Tensor): Scalar {
  return askedLoss(tf.round, yTrue, yPred);
}

/**
 * Computes the asker's workaround: a linear ramp instead of `round`. A literal port with its faults.
 *
 *     s(v) = max(0, min(1, (v + 0.0625) / 0.125))
 *
 * The fault: the ramp is centred at 0, not at 0.5, so s(0) = ½ and s(v ≥ 0.0625) = 1. Outputs above 0.0625 have a gradient
 * of exactly 0, and a label of 0 counts as half a positive: the loss of a perfect classifier is (1 − π)/(2(1 + π)) at
 * prevalence π. {@linkcode linearRamp} is centred at its threshold; its gradient is still 0 outside the ramp.
 *
 * @param yTrue Labels, any shape.
 * @param yPred Outputs, the same shape.
 * @returns A scalar.
 * @see Stack Overflow 48356029.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { askedRampLoss } from "@roundabout/roundabout/thread";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const y = tf.tensor1d([1, 0]);
 * assertAlmostEquals(askedRampLoss(y, y).dataSync()[0], 1 / 6, 1e-6); // perfect outputs, yet not 0
 * ```
 */
export function askedRampLoss(yTrue: Tensor, yPred: Tensor): Scalar {
  const ramp = (v: Tensor) => tf.maximum(0, tf.minimum(1, tf.div(tf.add(v, 0.0625), 0.125)));
  return askedLoss(ramp, yTrue, yPred);
}

/**
 * Computes the loss of the second answer: a modified softsign instead of the ramp. A literal port with its faults.
 *
 *     s(v) = max(0, min(1, ½(1 + kv/(1 + k|v|)))),  k = 100 ("max_gradient")
 *
 * The faults: the softsign is centred at 0, so s(0) = ½ and s(1) = .99505; its largest slope is k/2 = 50, not k; the outer
 * max and min never act. The loss trains with Adam, which divides by the size of the gradient, and hardly with SGD.
 * {@linkcode softsign} is centred at its threshold and anchored.
 *
 * @param yTrue Labels, any shape.
 * @param yPred Outputs, the same shape.
 * @returns A scalar.
 * @see Stack Overflow 48356029.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { answeredSoftsignLoss } from "@roundabout/roundabout/thread";
 * import { assert } from "@std/assert";
 *
 * const y = tf.tensor1d([1, 0, 1]);
 * const gradient = tf.grad((p) => answeredSoftsignLoss(y, p))(tf.tensor1d([0.6, 0.7, 0.2]));
 * assert(gradient.dataSync().every((g) => g !== 0));
 * ```
 */
export function answeredSoftsignLoss(yTrue: Tensor, yPred: Tensor): Scalar {
  const k = 100;
  const softsign = (v: Tensor) =>
    tf.maximum(0, tf.minimum(1, tf.mul(0.5, tf.add(1, tf.div(tf.mul(k, v), tf.add(1, tf.mul(k, tf.abs(v))))))));
  return askedLoss(softsign, yTrue, yPred);
}

import * as tf from "@tensorflow/tfjs";

/** A loss as TensorFlow.js takes it, with weights. */
export type AnyLoss = (yTrue: tf.Tensor, yPred: tf.Tensor, sampleWeight?: tf.Tensor) => tf.Scalar;

/**
 * The F1 loss as one would write it from TensorFlow.js's own operations, differentiated by TensorFlow.js: what the
 * library's own operation is measured against. Softsign, anchored, threshold ½: k = 2(slope − 1); several columns are
 * averaged.
 */
export function composedF1Loss(slope: number): AnyLoss {
  const k = 2 * (slope - 1), scale = (1 + k / 2) / k;
  return (yTrue, yPred, sampleWeight) => {
    const total = (x: tf.Tensor) => yPred.shape[1] === 1 ? tf.sum(x) : tf.sum(x, 0);
    const weighted = (x: tf.Tensor) => sampleWeight === undefined ? x : tf.mul(x, sampleWeight);
    const u = tf.mul(tf.sub(yPred, 0.5), k);
    const s = weighted(tf.add(0.5, tf.mul(scale, tf.div(u, tf.add(1, tf.abs(u))))));
    const tp = total(tf.mul(yTrue, s)), predicted = total(s), positives = total(weighted(yTrue));
    return tf.sub(1, tf.mean(tf.div(tf.mul(2, tp), tf.add(predicted, positives)))) as tf.Scalar;
  };
}

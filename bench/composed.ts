import * as tf from "@tensorflow/tfjs";

/**
 * The precision loss as one would write it from TensorFlow.js' own operations, differentiated by TensorFlow.js: what
 * the library's one operation is measured against. Softsign, anchored, threshold ½: k = 2(slope − 1).
 */
export function composedPrecisionLoss(slope: number): (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Scalar {
  const k = 2 * (slope - 1), scale = (1 + k / 2) / k;
  return (yTrue, yPred) => {
    const u = tf.mul(tf.sub(yPred, 0.5), k);
    const s = tf.add(0.5, tf.mul(scale, tf.div(u, tf.add(1, tf.abs(u)))));
    const tp = tf.sum(tf.mul(yTrue, s)), predicted = tf.sum(s);
    return tf.sub(1, tf.div(tp, predicted)) as tf.Scalar;
  };
}

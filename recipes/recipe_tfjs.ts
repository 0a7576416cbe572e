/**
 * TensorFlow.js: model.compile({ optimizer: "adam", loss: fBetaLoss({ beta: 0.5 }) })
 * beta 0 is precision, 1 is F1, Infinity is recall. End in a sigmoid.
 */
import * as tf from "@tensorflow/tfjs";

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Scalar;

export function fBetaLoss({ beta = 1, slope = 4 } = {}): Loss {
  const miss = 1 - 1 / (1 + beta ** 2); // cost of a false negative; a false positive: the rest
  const loss: Loss = (yTrue, yPred) => {
    const y = tf.reshape(yTrue, [-1]), u = tf.sub(tf.reshape(yPred, [-1]), 0.5);
    const d = tf.add(1, tf.mul(2 * (slope - 1), tf.abs(u)));
    const s = tf.add(0.5, tf.div(tf.mul(slope, u), d)); // a softsign: 0 at 0, 1 at 1
    const tp = tf.sum(tf.mul(y, s)), fp = tf.sub(tf.sum(s), tp), fn = tf.sub(tf.sum(y), tp);
    const n = tf.add(tp, tf.add(tf.mul(miss, fn), tf.mul(1 - miss, fp))), some = tf.sign(n);
    return tf.sub(1, tf.div(tf.mul(tp, some), tf.add(n, tf.sub(1, some)))); // 1 where n is 0
  };
  return (yTrue, yPred) => tf.tidy(() => loss(yTrue, yPred));
}

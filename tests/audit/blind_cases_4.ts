// Blind cases, batch 4: sound losses only, aimed at the rules that batches 1 to 3 had brought. How they came about, see
// cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import { clip, given, logLikelihood, type LossCase, sound } from "./loss_case.ts";

export const blindCases4: readonly LossCase[] = [
  sound("ok-sigmoidce-soft", given("logits", "probability"), (y, z) => tf.losses.sigmoidCrossEntropy(y, z)),
  sound(
    "ok-quality-focal",
    given("logits", "probability"),
    (y, z) => tf.mean(tf.mul(tf.square(tf.sub(y, tf.sigmoid(z))), tf.sub(tf.softplus(z), tf.mul(y, z)))),
  ),
  sound("ok-softmax-dist", given("logits", "distribution", 4), (y, z) => tf.losses.softmaxCrossEntropy(y, z)),
  // output is the log of the mean; clipped
  sound("ok-gamma-loglink", given("real", "positive"), (y, z) => {
    const q = tf.clipByValue(z, -20, 20);
    return tf.mean(tf.add(q, tf.mul(tf.add(y, 0.01), tf.exp(tf.neg(q)))));
  }),
  // the network predicts log(1 + y)
  sound("ok-mse-of-log", given("real", "positive"), (y, z) => tf.mean(tf.square(tf.sub(tf.log1p(y), z)))),
  sound(
    "ok-smoothed-dist",
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.9, y), 0.1 / 3), tf.log(tf.clipByValue(p, 1e-7, 1))), -1))),
  ),
  // one-hot → index by a dot product → one-hot
  sound("ok-index-by-dot", given("logits", "one-hot", 3), (y, z) => {
    const k = tf.cast(tf.sum(tf.mul(y, tf.tensor1d([0, 1, 2])), 1), "int32");
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(k, 3), tf.logSoftmax(z)), -1)));
  }),
  sound(
    "ok-index-by-argmax",
    given("logits", "one-hot", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  ),
  sound("ok-tanh-to-prob", given("tanh", "sign"), (y, p) => {
    const q = tf.clipByValue(tf.div(tf.add(p, 1), 2), 1e-6, 1 - 1e-6), t = tf.div(tf.add(y, 1), 2);
    return tf.neg(tf.mean(logLikelihood(t, q)));
  }),
  sound("ok-logistic-sign", given("logits", "sign"), (y, z) => tf.mean(tf.softplus(tf.neg(tf.mul(y, z))))),
  sound("ok-mse-sign-real", given("real", "sign"), (y, p) => tf.mean(tf.square(tf.sub(y, p)))),
  // labels of rows against each other are meant
  sound("ok-ranknet-all-pairs", given("real", "real"), (y, p) => {
    const w = tf.cast(tf.greater(y, tf.transpose(y)), "float32");
    return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.neg(tf.sub(p, tf.transpose(p)))))), tf.add(tf.sum(w), 1));
  }),
  // logit adjustment by the batch's own class shares
  sound(
    "ok-prior-matched-ce",
    given("logits", "one-hot", 3),
    (y, z) =>
      tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.add(z, tf.log(tf.add(tf.mean(y, 0, true), 0.01))))), -1))),
  ),
  // MSE + agreement of the batch means
  sound(
    "ok-mse-plus-mean",
    given("real", "real", 2),
    (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mean(tf.square(tf.sub(tf.mean(y, 0), tf.mean(p, 0))))),
  ),
  sound("ok-bce-bias-penalty", given("probability", "binary"), (y, p) => {
    const q = clip(p);
    return tf.add(tf.neg(tf.mean(logLikelihood(y, q))), tf.square(tf.sub(tf.mean(y), tf.mean(p))));
  }),
  // the worse half weighs more, by a soft weight read from nothing
  sound("ok-cvar", given("real", "real"), (y, p) => {
    const e = tf.abs(tf.sub(y, p));
    return tf.add(tf.mean(e), tf.mul(2, tf.mean(tf.relu(tf.sub(e, 1)))));
  }),
];

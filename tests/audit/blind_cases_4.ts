// Blind cases, batch 4: sound losses only, aimed at the rules that batches 1 to 3 had brought. How they came about, see
// cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import { clip, given, logLikelihood, type LossCase, lossCase } from "./loss_case.ts";

export const blindCases4: readonly LossCase[] = [
  lossCase(
    "ok-sigmoidce-soft",
    "healthy",
    given("logits", "probability"),
    (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  ),
  lossCase(
    "ok-quality-focal",
    "healthy",
    given("logits", "probability"),
    (y, z) => tf.mean(tf.mul(tf.square(tf.sub(y, tf.sigmoid(z))), tf.sub(tf.softplus(z), tf.mul(y, z)))),
  ),
  lossCase(
    "ok-softmax-dist",
    "healthy",
    given("logits", "distribution", 4),
    (y, z) => tf.losses.softmaxCrossEntropy(y, z),
  ),
  // output is the log of the mean; clipped
  lossCase("ok-gamma-loglink", "healthy", given("real", "positive"), (y, z) => {
    const q = tf.clipByValue(z, -20, 20);
    return tf.mean(tf.add(q, tf.mul(tf.add(y, 0.01), tf.exp(tf.neg(q)))));
  }),
  // the network predicts log(1 + y)
  lossCase("ok-mse-of-log", "healthy", given("real", "positive"), (y, z) => tf.mean(tf.square(tf.sub(tf.log1p(y), z)))),
  lossCase(
    "ok-smoothed-dist",
    "healthy",
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.9, y), 0.1 / 3), tf.log(tf.clipByValue(p, 1e-7, 1))), -1))),
  ),
  // one-hot → index by a dot product → one-hot
  lossCase("ok-index-by-dot", "healthy", given("logits", "one-hot", 3), (y, z) => {
    const k = tf.cast(tf.sum(tf.mul(y, tf.tensor1d([0, 1, 2])), 1), "int32");
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(k, 3), tf.logSoftmax(z)), -1)));
  }),
  lossCase(
    "ok-index-by-argmax",
    "healthy",
    given("logits", "one-hot", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  ),
  lossCase("ok-tanh-to-prob", "healthy", given("tanh", "sign"), (y, p) => {
    const q = tf.clipByValue(tf.div(tf.add(p, 1), 2), 1e-6, 1 - 1e-6), t = tf.div(tf.add(y, 1), 2);
    return tf.neg(tf.mean(logLikelihood(t, q)));
  }),
  lossCase(
    "ok-logistic-sign",
    "healthy",
    given("logits", "sign"),
    (y, z) => tf.mean(tf.softplus(tf.neg(tf.mul(y, z)))),
  ),
  lossCase("ok-mse-sign-real", "healthy", given("real", "sign"), (y, p) => tf.mean(tf.square(tf.sub(y, p)))),
  // labels of rows against each other are meant
  lossCase("ok-ranknet-all-pairs", "healthy", given("real", "real"), (y, p) => {
    const w = tf.cast(tf.greater(y, tf.transpose(y)), "float32");
    return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.neg(tf.sub(p, tf.transpose(p)))))), tf.add(tf.sum(w), 1));
  }),
  // logit adjustment by the batch's own class shares
  lossCase(
    "ok-prior-matched-ce",
    "healthy",
    given("logits", "one-hot", 3),
    (y, z) =>
      tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.add(z, tf.log(tf.add(tf.mean(y, 0, true), 0.01))))), -1))),
  ),
  // MSE + agreement of the batch means
  lossCase(
    "ok-mse-plus-mean",
    "healthy",
    given("real", "real", 2),
    (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mean(tf.square(tf.sub(tf.mean(y, 0), tf.mean(p, 0))))),
  ),
  lossCase("ok-bce-bias-penalty", "healthy", given("probability", "binary"), (y, p) => {
    const q = clip(p);
    return tf.add(tf.neg(tf.mean(logLikelihood(y, q))), tf.square(tf.sub(tf.mean(y), tf.mean(p))));
  }),
  // the worse half weighs more, by a soft weight read from nothing
  lossCase("ok-cvar", "healthy", given("real", "real"), (y, p) => {
    const e = tf.abs(tf.sub(y, p));
    return tf.add(tf.mean(e), tf.mul(2, tf.mean(tf.relu(tf.sub(e, 1)))));
  }),
];

// Blind cases, batch 4: sound losses only, aimed at the rules that batches 1 to 3 had brought. How they came about, see
// blind_cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import { type BlindCase, clip, logLikelihood } from "./blind_case.ts";

export const blindCases4: readonly BlindCase[] = [
  {
    id: "ok-sigmoidce-soft",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "probability" },
    loss: (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  },
  {
    id: "ok-quality-focal",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "probability" },
    loss: (y, z) => tf.mean(tf.mul(tf.square(tf.sub(y, tf.sigmoid(z))), tf.sub(tf.softplus(z), tf.mul(y, z)))),
  },
  {
    id: "ok-softmax-dist",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "distribution", columns: 4 },
    loss: (y, z) => tf.losses.softmaxCrossEntropy(y, z),
  },
  {
    id: "ok-gamma-loglink",
    cause: "healthy",
    why: "output is the log of the mean; clipped",
    options: { yPred: "real", yTrue: "positive" },
    loss: (y, z) => {
      const q = tf.clipByValue(z, -20, 20);
      return tf.mean(tf.add(q, tf.mul(tf.add(y, 0.01), tf.exp(tf.neg(q)))));
    },
  },
  {
    id: "ok-mse-of-log",
    cause: "healthy",
    why: "the network predicts log(1 + y)",
    options: { yPred: "real", yTrue: "positive" },
    loss: (y, z) => tf.mean(tf.square(tf.sub(tf.log1p(y), z))),
  },
  {
    id: "ok-smoothed-dist",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) =>
      tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.9, y), 0.1 / 3), tf.log(tf.clipByValue(p, 1e-7, 1))), -1))),
  },
  {
    id: "ok-index-by-dot",
    cause: "healthy",
    why: "one-hot → index by a dot product → one-hot",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => {
      const k = tf.cast(tf.sum(tf.mul(y, tf.tensor1d([0, 1, 2])), 1), "int32");
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(k, 3), tf.logSoftmax(z)), -1)));
    },
  },
  {
    id: "ok-index-by-argmax",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  },
  {
    id: "ok-tanh-to-prob",
    cause: "healthy",
    options: { yPred: "tanh", yTrue: "sign" },
    loss: (y, p) => {
      const q = tf.clipByValue(tf.div(tf.add(p, 1), 2), 1e-6, 1 - 1e-6), t = tf.div(tf.add(y, 1), 2);
      return tf.neg(tf.mean(logLikelihood(t, q)));
    },
  },
  {
    id: "ok-logistic-sign",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "sign" },
    loss: (y, z) => tf.mean(tf.softplus(tf.neg(tf.mul(y, z)))),
  },
  {
    id: "ok-mse-sign-real",
    cause: "healthy",
    options: { yPred: "real", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(y, p))),
  },
  {
    id: "ok-ranknet-all-pairs",
    cause: "healthy",
    why: "labels of rows against each other are meant",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const w = tf.cast(tf.greater(y, tf.transpose(y)), "float32");
      return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.neg(tf.sub(p, tf.transpose(p)))))), tf.add(tf.sum(w), 1));
    },
  },
  {
    id: "ok-prior-matched-ce",
    cause: "healthy",
    why: "logit adjustment by the batch's own class shares",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) =>
      tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.add(z, tf.log(tf.add(tf.mean(y, 0, true), 0.01))))), -1))),
  },
  {
    id: "ok-mse-plus-mean",
    cause: "healthy",
    why: "MSE + agreement of the batch means",
    options: { yPred: "real", yTrue: "real", columns: 2 },
    loss: (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mean(tf.square(tf.sub(tf.mean(y, 0), tf.mean(p, 0))))),
  },
  {
    id: "ok-bce-bias-penalty",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const q = clip(p);
      return tf.add(tf.neg(tf.mean(logLikelihood(y, q))), tf.square(tf.sub(tf.mean(y), tf.mean(p))));
    },
  },
  {
    id: "ok-cvar",
    cause: "healthy",
    why: "the worse half weighs more, by a soft weight read from nothing",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const e = tf.abs(tf.sub(y, p));
      return tf.add(tf.mean(e), tf.mul(2, tf.mean(tf.relu(tf.sub(e, 1)))));
    },
  },
];

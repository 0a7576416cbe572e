// Further losses that people asked about in public because they did not train: the half that no probe is fitted to.
import * as tf from "@tensorflow/tfjs";
import type { FurtherCase } from "./further_case.ts";

export const furtherCasesHeldOut: FurtherCase[] = [
  {
    id: "sign-direction-gears36",
    thread: "snap-stanford/GEARS#36",
    saw: "Nothing: it trains, and the term for the direction does not change anything.",
    was: "sign has a gradient of 0; the authors replaced it by tanh, which improved the results.",
    cause: "no-gradient-op",
    sub: "a second term of signs",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const error = tf.mean(tf.pow(tf.abs(tf.sub(yPred, yTrue)), 4));
      const direction = tf.mean(tf.squaredDifference(tf.sign(yTrue), tf.sign(yPred)));
      return tf.add(error, tf.mul(0.1, direction));
    },
  },
  {
    id: "float-losses-tf30190",
    thread: "tensorflow/tensorflow#30190",
    saw: "The value is right, and every gradient is None.",
    was: "float(loss) of each sample is collected in a list, and a tensor is made of what comes out.",
    cause: "detached",
    sub: "losses read out one by one, a tensor made anew",
    domain: "simplex",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const losses: number[] = [];
      for (let i = 0; i < yPred.shape[0]; i++) {
        const y = tf.slice(yTrue, [i, 0], [1, -1]), p = tf.slice(yPred, [i, 0], [1, -1]);
        losses.push(tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))))).dataSync()[0]);
      }
      const mean = losses.reduce((a, b) => a + b) / losses.length;
      const spread = losses.reduce((a, b) => a + (b - mean) ** 2, 0) / losses.length;
      return tf.scalar(mean ** 2 + (spread - 1) ** 2);
    },
  },
  {
    id: "labels-only-keras3-515",
    thread: "rstudio/keras3#515",
    saw: "An operation has None for gradient.",
    was: "The line that takes y_true twice never takes y_pred; with y_pred it works.",
    cause: "constant",
    sub: "steps of the labels only",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 9], true: ["n", 9] },
    trigger: ["random"],
    loss: (yTrue, _yPred) => tf.sum(tf.sub(tf.slice(yTrue, [0, 1], [-1, 8]), tf.slice(yTrue, [0, 0], [-1, 8]))),
  },
  {
    id: "squared-sigmoid-lsgan3",
    thread: "guojunq/lsgan#3",
    saw: "The loss never goes down in a first experiment.",
    was: "Least squares of a sigmoid: its slope is gone away from 0; the last layer has to be linear.",
    cause: "saturated",
    sub: "squared error of a sigmoid",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["saturated"],
    loss: (yTrue, yPred) => tf.mul(0.5, tf.mean(tf.squaredDifference(tf.sigmoid(yPred), yTrue))),
  },
  {
    id: "density-underflow-keras1061",
    thread: "keras-team/keras#1061",
    saw: "The loss is inf after 6000 samples, then NaN.",
    was: "The density is computed, and then its logarithm: it underflows to 0; scales and weights were merged.",
    cause: "domain-edge",
    sub: "logarithm of a density that underflows",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 2], true: ["n", 1] },
    layout: "musigma",
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const mu = tf.slice(yPred, [0, 0], [-1, 1]), sigma = tf.exp(tf.slice(yPred, [0, 1], [-1, 1]));
      const kernel = tf.exp(tf.neg(tf.div(tf.squaredDifference(yTrue, mu), tf.mul(2, tf.square(sigma)))));
      return tf.neg(tf.mean(tf.log(tf.div(kernel, tf.mul(sigma, Math.sqrt(2 * Math.PI))))));
    },
  },
  {
    id: "smape-causalml1050",
    thread: "uber/causalml#1050",
    saw: "One row whose target and output are both 0 makes the whole value NaN.",
    was: "0 / 0 in that row, which is an exact prediction; defined as 0.",
    cause: "zero-division",
    sub: "symmetric percentage error at 0 and 0",
    domain: "nonneg",
    labels: "count",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["zeroBoth", "perfect"],
    loss: (yTrue, yPred) => {
      const size = tf.add(tf.abs(yTrue), tf.abs(yPred));
      return tf.mean(tf.div(tf.mul(2, tf.abs(tf.sub(yPred, yTrue))), size));
    },
  },
  {
    id: "arccos-clip-jax23649",
    thread: "jax-ml/jax#23649",
    saw: "NaN leaks from an arccos although its argument is clipped to [−1, 1].",
    was: "The slope of arccos is infinite at the ends; clip a little inside them.",
    cause: "nan-gradient",
    sub: "angle between two directions, clipped to the ends",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["perfect"],
    loss: (yTrue, yPred) => {
      const length = (t: tf.Tensor) => tf.sqrt(tf.add(tf.sum(tf.square(t), -1), 1e-12));
      const dot = tf.div(tf.sum(tf.mul(yTrue, yPred), -1), tf.mul(length(yTrue), length(yPred)));
      return tf.mean(tf.acos(tf.clipByValue(dot, -1, 1)));
    },
  },
  {
    id: "cosine-tf32186",
    thread: "tensorflow/tensorflow#32186",
    saw: "The accuracy stays extremely low, near 0.",
    was: "The minus sign in front of the cosine was lost in a release.",
    cause: "wrong-sign",
    sub: "cosine similarity as the loss",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.maximum(tf.sum(tf.square(t), -1, true), 1e-12)));
      return tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1);
    },
  },
  {
    id: "kl-swapped-attention6",
    thread: "sarahwie/attention#6",
    saw: "Other results than the paper's when reproduced.",
    was: "(target, input) was given to a divergence that takes (input, target); the author calls it a bug.",
    cause: "swapped-arguments",
    sub: "divergence of the labels from the outputs, the wrong way round",
    domain: "simplex",
    labels: "dist",
    shape: { pred: ["n", 5], true: ["n", 5] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      // input: logarithms, target: probabilities; here the target's logarithms came first.
      const divergence = (input: tf.Tensor, target: tf.Tensor) =>
        tf.mean(tf.sum(tf.mul(target, tf.sub(tf.log(tf.add(target, 1e-9)), input)), -1));
      return divergence(tf.log(tf.add(yTrue, 1e-9)), yPred);
    },
  },
  {
    id: "dice-of-logits-villa1644",
    thread: "ScrollPrize/villa#1644",
    saw: "The loss is negative, or 1e10, with outputs a little below 0.",
    was: "Dice takes probabilities, and the network puts out logits: no sigmoid between them.",
    cause: "activation-mismatch",
    sub: "soft Dice of logits",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 8], true: ["n", 8] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      return tf.neg(tf.div(tf.add(tf.mul(2, both), 1e-5), tf.maximum(tf.add(size, 1e-5), 1e-8)));
    },
  },
  {
    id: "dice-255-smp234",
    thread: "qubvel-org/segmentation_models.pytorch#234",
    saw: "A Dice loss of −10.63.",
    was: "Make sure that the mask is scaled to [0, 1], and not 0 and 255.",
    cause: "label-encoding",
    sub: "Dice with masks of 0 and 255",
    domain: "prob",
    labels: "binary255",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1), tf.add(size, 1)));
    },
  },
  {
    id: "huber-n-vs-n1-torch16045",
    thread: "pytorch/pytorch#16045",
    saw: "No error; way too long spent finding it.",
    was: "Outputs of [n, 1] and labels of [n] spread over each other; a warning was added.",
    cause: "broadcast",
    sub: "smooth absolute error of [n] against [n, 1]",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n"] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const d = tf.abs(tf.sub(yPred, yTrue)), near = tf.minimum(d, 1);
      return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.sub(d, near)));
    },
  },
  {
    id: "softmax-dim0-drlia32",
    thread: "DeepReinforcementLearning/DeepReinforcementLearningInAction#32",
    saw: "The probabilities of a batch sum to 1 down the columns.",
    was: "softmax over dimension 0, right for one state and wrong for a batch.",
    cause: "wrong-axis",
    sub: "policy gradient with a softmax over the batch",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 2], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const top = tf.exp(tf.sub(yPred, tf.max(yPred, 0, true)));
      const p = tf.div(top, tf.sum(top, 0, true));
      const taken = tf.sum(tf.mul(p, yTrue), -1);
      return tf.neg(tf.mean(tf.log(tf.add(taken, 1e-10))));
    },
  },
  {
    id: "positives-only-simsiam50",
    thread: "PatrickHua/SimSiam#50",
    saw: "The loss goes to −1 very quickly, and the features are of no use.",
    was: "Two views are only ever pulled together: one and the same vector for every image is best.",
    cause: "wrong-optimum",
    sub: "negative cosine of two views, no negatives",
    domain: "real",
    labels: "none",
    shape: { pred: ["n", 4], true: ["n", 1] },
    layout: "pair",
    trigger: ["constPred"],
    loss: (_yTrue, yPred) => {
      const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.add(tf.sum(tf.square(t), -1, true), 1e-12)));
      const a = unit(tf.slice(yPred, [0, 0], [-1, 2])), b = unit(tf.slice(yPred, [0, 2], [-1, 2]));
      return tf.neg(tf.mean(tf.sum(tf.mul(a, b), -1)));
    },
  },
  {
    id: "sum-mse-deepinpy13",
    thread: "utcsilab/deepinpy#13",
    saw: "The gradient explodes with a batch size above 1.",
    was: "MSELoss(reduction='sum'), not divided by the batch size.",
    cause: "bad-scale",
    sub: "squared error summed over the batch",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 8], true: ["n", 8] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.sum(tf.squaredDifference(yTrue, yPred)),
  },
  {
    id: "masked-mean-transformers24839",
    thread: "huggingface/transformers#24839",
    saw: "The loss of one and the same set differs with the batch size.",
    was:
      "The mean over what is not masked in each batch, then the mean of the batches, which hold unequal numbers of it.",
    cause: "reduction",
    sub: "mean over the unmasked rows of a batch",
    domain: "real",
    labels: "masked-sparse",
    shape: { pred: ["n", 1], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
      const errors = tf.mul(mask, tf.squaredDifference(yPred, goal));
      return tf.div(tf.sum(errors), tf.maximum(tf.sum(mask), 1));
    },
  },
  ...([
    {
      id: "ok-softmax-logits",
      sub: "categorical cross-entropy of logits",
      domain: "logits",
      labels: "onehot",
      shape: { pred: ["n", 3], true: ["n", 3] },
      loss: (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yTrue, yPred),
    },
    {
      id: "ok-cosine-distance",
      sub: "1 − cosine, a small constant under the root",
      domain: "real",
      labels: "real",
      shape: { pred: ["n", 4], true: ["n", 4] },
      loss: (yTrue, yPred) => {
        const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.add(tf.sum(tf.square(t), -1, true), 1e-6)));
        return tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1)));
      },
    },
    {
      id: "ok-poisson",
      sub: "negative log-likelihood of counts",
      domain: "nonneg",
      labels: "count",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, 1e-7))))),
    },
    {
      id: "ok-weighted-logits",
      sub: "cross-entropy of logits, positives three times",
      domain: "logits",
      labels: "binary",
      shape: { pred: ["n", 2], true: ["n", 2] },
      loss: (yTrue, yPred) => {
        const positive = tf.mul(tf.mul(3, yTrue), tf.softplus(tf.neg(yPred)));
        return tf.mean(tf.add(positive, tf.mul(tf.sub(1, yTrue), tf.softplus(yPred))));
      },
    },
    {
      id: "ok-absolute-row",
      sub: "absolute error, one value a row",
      domain: "real",
      labels: "real",
      shape: { pred: ["n", 3], true: ["n", 3] },
      loss: (yTrue, yPred) => tf.mean(tf.abs(tf.sub(yTrue, yPred)), -1),
    },
    {
      id: "ok-brier",
      sub: "squared error of probabilities",
      domain: "prob",
      labels: "binary",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred), -1),
    },
  ] satisfies Partial<FurtherCase>[]).map((control): FurtherCase => ({
    thread: "",
    saw: "none",
    was: "control: nothing wrong",
    cause: "healthy",
    trigger: [],
    ...control,
  })),
];

// Further losses that people asked about in public because they did not train: the half that probes may be fitted to.
import * as tf from "@tensorflow/tfjs";
import type { FurtherCase } from "./further_case.ts";

export const furtherCasesDev: FurtherCase[] = [
  {
    id: "floor-mae-tf8625",
    thread: "tensorflow/tensorflow#8625",
    saw: "No gradients provided for any variable; without the floor it trains.",
    was: "floor has no gradient; compare the probabilities themselves.",
    cause: "no-gradient-op",
    sub: "absolute error of floored probabilities",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.mean(tf.abs(tf.sub(yTrue, tf.floor(yPred)))),
  },
  {
    id: "numpy-ranks-tf35713",
    thread: "tensorflow/tensorflow#35713",
    saw: "No gradients provided for any variable.",
    was: "The ranks come from NumPy (numpy_function around scipy's rankdata), which is outside the graph.",
    cause: "detached",
    sub: "Spearman's correlation of ranks computed outside",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 2], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const n = yPred.shape[0];
      const ranks = (t: tf.Tensor, column: number) => {
        const numbers = (t.arraySync() as number[][]).map((row) => row[column]);
        const order = numbers.map((_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
        const rank = new Array<number>(n);
        order.forEach((i, place) => rank[i] = place + 1);
        return tf.tensor1d(rank);
      };
      const rhos = [0, 1].map((column) => {
        const gaps = tf.squaredDifference(ranks(yTrue, column), ranks(yPred, column));
        return tf.sub(1, tf.div(tf.mul(6, tf.sum(gaps)), n ** 3 - n));
      });
      return tf.neg(tf.add(rhos[0], rhos[1]));
    },
  },
  {
    id: "one-class-normalised-keras17029",
    thread: "keras-team/keras#17029",
    saw: "The loss is 0 from the first step, and nothing is learned.",
    was: "Cross-entropy divides each row by its sum; with a single output that is 1 always. Asked for a warning.",
    cause: "constant",
    sub: "row normalised by its sum, one column",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
      return tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1));
    },
  },
  {
    id: "safe-sigmoid-tf89110",
    thread: "tensorflow/tensorflow#89110",
    saw: "Gradients are zero, silently, and learning halts.",
    was: "Logits are clipped before the sigmoid; outside the range the slope of the clip is 0.",
    cause: "saturated",
    sub: "logits clipped to [-10, 10]",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["saturated"],
    loss: (yTrue, yPred) => {
      const p = tf.sigmoid(tf.clipByValue(yPred, -10, 10));
      const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
      return tf.neg(tf.mean(ll));
    },
  },
  {
    id: "msle-tsai150",
    thread: "timeseriesAI/tsai#150",
    saw: "Training is unstable, NaN after a few epochs.",
    was: "log(output + 1) where the last layer is linear: an output below −1 has no logarithm.",
    cause: "domain-edge",
    sub: "log(1 + output) of an unbounded output",
    domain: "real",
    labels: "positive",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.losses.meanSquaredError(tf.log(tf.add(yTrue, 1)), tf.log(tf.add(yPred, 1))),
  },
  {
    id: "cce-zero-row-keras17102",
    thread: "keras-team/keras#17102",
    saw: "NaN for a row whose outputs are all 0.",
    was: "Each row is divided by its sum, 0 / 0; divide_no_nan proposed.",
    cause: "zero-division",
    sub: "row normalised by its sum, all outputs 0",
    domain: "prob",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["zeroBoth"],
    loss: (yTrue, yPred) => {
      const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
      return tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1));
    },
  },
  {
    id: "norm-squared-jax6484",
    thread: "jax-ml/jax#6484",
    saw: "The gradient is NaN where output and label are equal; the value is 0, as it should be.",
    was: "The square of a norm goes through a root, whose slope at 0 is infinite; the sum of squares has none.",
    cause: "nan-gradient",
    sub: "square of a norm",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["perfect"],
    loss: (yTrue, yPred) => tf.mean(tf.square(tf.norm(tf.sub(yPred, yTrue), "euclidean", -1))),
  },
  {
    id: "mcc-score-chemprop332",
    thread: "chemprop/chemprop#332",
    saw: "The coefficient gets worse with training.",
    was: "Matthews' coefficient itself was minimised instead of 1 − it.",
    cause: "wrong-sign",
    sub: "soft Matthews coefficient returned as the loss",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const no = tf.sub(1, yPred), off = tf.sub(1, yTrue);
      const tp = tf.sum(tf.mul(yTrue, yPred)), fp = tf.sum(tf.mul(off, yPred));
      const fn = tf.sum(tf.mul(yTrue, no)), tn = tf.sum(tf.mul(off, no));
      const sides = [tf.add(tp, fp), tf.add(tp, fn), tf.add(tn, fp), tf.add(tn, fn)];
      const product = sides.reduce((a, b) => tf.mul(a, b));
      return tf.div(tf.sub(tf.mul(tp, tn), tf.mul(fp, fn)), tf.sqrt(tf.add(product, 1)));
    },
  },
  {
    id: "ce-swapped-tf1511",
    thread: "tensorflow/tensorflow#1511",
    saw: "No gradients provided for any variable.",
    was: "The labels were given as logits and the outputs as labels.",
    cause: "swapped-arguments",
    sub: "labels as logits, outputs as labels",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yPred, yTrue),
  },
  {
    id: "double-sigmoid-yolov4tf157",
    thread: "hunglc007/tensorflow-yolov4-tflite#157",
    saw: "The confidence is never below 0.5 in the loss; it seems a repeated sigmoid.",
    was: "The head ends in a sigmoid, and the loss takes logits.",
    cause: "activation-mismatch",
    sub: "probabilities given to a loss of logits",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.mean(tf.losses.sigmoidCrossEntropy(yTrue, yPred)),
  },
  {
    id: "hinge-01-deepchem5017",
    thread: "deepchem/deepchem#5017",
    saw: "A row with the label 0 costs 1 whatever the output is.",
    was: "The documentation says 0 and 1, the formula is that of −1 and 1.",
    cause: "label-encoding",
    sub: "hinge with labels 0 and 1",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))), -1),
  },
  {
    id: "td-target-column-rl1",
    thread: "sunwuzhou03/reinforcement-learning-lab#1",
    saw: "A warning that a target of [64, 4] is compared with an output of [64, 1].",
    was: "The log-probability was not summed over the actions, so one output is spread over four targets.",
    cause: "broadcast",
    sub: "one column of outputs against four of targets",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue, yPred) => tf.mean(tf.squaredDifference(yPred, yTrue)),
  },
  {
    id: "log-softmax-batch-pointnet27",
    thread: "fxia22/pointnet.pytorch#27",
    saw: "Worse than the paper.",
    was: "log_softmax over dimension 0, which is the batch.",
    cause: "wrong-axis",
    sub: "log-softmax over the batch",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const logp = tf.sub(yPred, tf.logSumExp(yPred, 0, true));
      return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, logp), -1)));
    },
  },
  {
    id: "mask-without-price-sfmlearner60",
    thread: "tinghuiz/SfMLearner#60",
    saw: "What weight should the mask's own term have? The default is 0.",
    was: "The error is multiplied by a predicted mask; without the term that pulls it to 1, a mask of 0 is best.",
    cause: "wrong-optimum",
    sub: "error weighed by an output, its price switched off",
    domain: "prob",
    labels: "prob",
    shape: { pred: ["n", 2], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const value = tf.slice(yPred, [0, 0], [-1, 1]), mask = tf.slice(yPred, [0, 1], [-1, 1]);
      const goal = tf.slice(yTrue, [0, 0], [-1, 1]), price = 0;
      const cross = tf.neg(tf.mean(tf.log(tf.clipByValue(mask, 1e-7, 1))));
      return tf.add(tf.mean(tf.mul(mask, tf.abs(tf.sub(value, goal)))), tf.mul(price, cross));
    },
  },
  {
    id: "focal-sum-focal5",
    thread: "umbertogriffo/focal-loss-keras#5",
    saw: "Another loss with another batch size.",
    was: "The focal loss is summed over the batch; K.mean instead of K.sum.",
    cause: "bad-scale",
    sub: "focal loss summed over the batch",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue, yPred) => {
      const eps = 1e-7;
      const p1 = tf.clipByValue(tf.where(tf.equal(yTrue, 1), yPred, tf.onesLike(yPred)), eps, 1 - eps);
      const p0 = tf.clipByValue(tf.where(tf.equal(yTrue, 0), yPred, tf.zerosLike(yPred)), eps, 1 - eps);
      const positive = tf.sum(tf.mul(0.25, tf.mul(tf.square(tf.sub(1, p1)), tf.log(p1))));
      const negative = tf.sum(tf.mul(0.75, tf.mul(tf.square(p0), tf.log(tf.sub(1, p0)))));
      return tf.neg(tf.add(positive, negative));
    },
  },
  {
    id: "batch-dice-smp712",
    thread: "qubvel-org/segmentation_models.pytorch#712",
    saw: "Very bouncy gradients; another value than the mean over the images.",
    was: "The Dice coefficient is computed over the whole batch rather than per image and averaged.",
    cause: "reduction",
    sub: "Dice over all images of a batch",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 16], true: ["n", 16] },
    trigger: ["random", "allNeg"],
    loss: (yTrue, yPred) => {
      const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      const loss = tf.sub(1, tf.div(tf.mul(2, both), tf.maximum(size, 1e-7)));
      return tf.mul(loss, tf.cast(tf.greater(tf.sum(yTrue), 0), "float32"));
    },
  },
  ...([
    {
      id: "ok-logits-bce",
      sub: "cross-entropy of logits",
      domain: "logits",
      labels: "binary",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => tf.losses.sigmoidCrossEntropy(yTrue, yPred),
    },
    {
      id: "ok-cce-clipped",
      sub: "categorical cross-entropy, clipped, one value a row",
      domain: "simplex",
      labels: "onehot",
      shape: { pred: ["n", 4], true: ["n", 4] },
      loss: (yTrue, yPred) => tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1)),
    },
    {
      id: "ok-pinball",
      sub: "quantile loss of the 90th percentile",
      domain: "real",
      labels: "real",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => {
        const d = tf.sub(yTrue, yPred);
        return tf.mean(tf.maximum(tf.mul(0.9, d), tf.mul(-0.1, d)));
      },
    },
    {
      id: "ok-hinge-signs",
      sub: "hinge with labels −1 and 1",
      domain: "real",
      labels: "pm1",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))), -1),
    },
    {
      id: "ok-log-cosh",
      sub: "log-cosh by softplus",
      domain: "real",
      labels: "real",
      shape: { pred: ["n", 2], true: ["n", 2] },
      loss: (yTrue, yPred) => {
        const d = tf.sub(yPred, yTrue);
        return tf.mean(tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.log(2)));
      },
    },
    {
      id: "ok-focal-logits",
      sub: "focal loss of logits",
      domain: "logits",
      labels: "binary",
      shape: { pred: ["n", 1], true: ["n", 1] },
      loss: (yTrue, yPred) => {
        const signed = tf.mul(tf.sub(tf.mul(2, yTrue), 1), yPred);
        return tf.mean(tf.mul(tf.square(tf.sigmoid(tf.neg(signed))), tf.softplus(tf.neg(signed))));
      },
    },
    {
      id: "ok-masked-mean",
      sub: "squared error of the few rows that have a label, divided by all rows",
      domain: "real",
      labels: "masked-sparse",
      shape: { pred: ["n", 1], true: ["n", 2] },
      loss: (yTrue, yPred) => {
        const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
        return tf.mean(tf.mul(mask, tf.squaredDifference(yPred, goal)));
      },
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

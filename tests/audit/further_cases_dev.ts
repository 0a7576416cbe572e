// Further losses that people asked about in public because they did not train: the half that probes may be fitted to.
import * as tf from "@tensorflow/tfjs";
import { type LossCase, lossCase, on, sound } from "./loss_case.ts";

export const furtherCasesDev: readonly LossCase[] = [
  // tensorflow/tensorflow#8625: No gradients provided for any variable; without the floor it trains. floor has no
  // gradient; compare the probabilities themselves.
  // absolute error of floored probabilities
  lossCase(
    "floor-mae-tf8625",
    "no-gradient-op",
    on("probability", "binary"),
    (yTrue, yPred) => tf.mean(tf.abs(tf.sub(yTrue, tf.floor(yPred)))),
  ),
  // tensorflow/tensorflow#35713: No gradients provided for any variable. The ranks come from NumPy (numpy_function
  // around scipy's rankdata), which is outside the graph.
  // Spearman's correlation of ranks computed outside
  lossCase("numpy-ranks-tf35713", "detached", on("real", "real", 2), (yTrue, yPred) => {
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
  }),
  // keras-team/keras#17029: The loss is 0 from the first step, and nothing is learned. Cross-entropy divides each row
  // by its sum; with a single output that is 1 always. Asked for a warning.
  // row normalised by its sum, one column
  lossCase("one-class-normalised-keras17029", "constant", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
    return tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1));
  }),
  // tensorflow/tensorflow#89110: Gradients are zero, silently, and learning halts. Logits are clipped before the
  // sigmoid; outside the range the slope of the clip is 0.
  // logits clipped to [-10, 10]
  lossCase("safe-sigmoid-tf89110", "saturated", on("logits", "binary"), (yTrue, yPred) => {
    const p = tf.sigmoid(tf.clipByValue(yPred, -10, 10));
    const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.neg(tf.mean(ll));
  }),
  // timeseriesAI/tsai#150: Training is unstable, NaN after a few epochs. log(output + 1) where the last layer is
  // linear: an output below −1 has no logarithm.
  // log(1 + output) of an unbounded output
  lossCase(
    "msle-tsai150",
    "domain-edge",
    on("real", "positive"),
    (yTrue, yPred) => tf.losses.meanSquaredError(tf.log(tf.add(yTrue, 1)), tf.log(tf.add(yPred, 1))),
  ),
  // keras-team/keras#17102: NaN for a row whose outputs are all 0. Each row is divided by its sum, 0 / 0;
  // divide_no_nan proposed.
  // row normalised by its sum, all outputs 0
  lossCase("cce-zero-row-keras17102", "zero-division", on("probability", "one-hot", 3), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
    return tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1));
  }),
  // jax-ml/jax#6484: The gradient is NaN where output and label are equal; the value is 0, as it should be. The
  // square of a norm goes through a root, whose slope at 0 is infinite; the sum of squares has none.
  // square of a norm
  lossCase(
    "norm-squared-jax6484",
    "nan-gradient",
    on("real", "real", 3),
    (yTrue, yPred) => tf.mean(tf.square(tf.norm(tf.sub(yPred, yTrue), "euclidean", -1))),
  ),
  // chemprop/chemprop#332: The coefficient gets worse with training. Matthews' coefficient itself was minimised
  // instead of 1 − it.
  // soft Matthews coefficient returned as the loss
  lossCase("mcc-score-chemprop332", "wrong-sign", on("probability", "binary"), (yTrue, yPred) => {
    const no = tf.sub(1, yPred), off = tf.sub(1, yTrue);
    const tp = tf.sum(tf.mul(yTrue, yPred)), fp = tf.sum(tf.mul(off, yPred));
    const fn = tf.sum(tf.mul(yTrue, no)), tn = tf.sum(tf.mul(off, no));
    const sides = [tf.add(tp, fp), tf.add(tp, fn), tf.add(tn, fp), tf.add(tn, fn)];
    const product = sides.reduce((a, b) => tf.mul(a, b));
    return tf.div(tf.sub(tf.mul(tp, tn), tf.mul(fp, fn)), tf.sqrt(tf.add(product, 1)));
  }),
  // tensorflow/tensorflow#1511: No gradients provided for any variable. The labels were given as logits and the
  // outputs as labels.
  // labels as logits, outputs as labels
  lossCase(
    "ce-swapped-tf1511",
    "swapped-arguments",
    on("logits", "one-hot", 3),
    (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yPred, yTrue),
  ),
  // hunglc007/tensorflow-yolov4-tflite#157: The confidence is never below 0.5 in the loss; it seems a repeated
  // sigmoid. The head ends in a sigmoid, and the loss takes logits.
  // probabilities given to a loss of logits
  lossCase(
    "double-sigmoid-yolov4tf157",
    "activation-mismatch",
    on("probability", "binary", 4),
    (yTrue, yPred) => tf.mean(tf.losses.sigmoidCrossEntropy(yTrue, yPred)),
  ),
  // deepchem/deepchem#5017: A row with the label 0 costs 1 whatever the output is. The documentation says 0 and 1,
  // the formula is that of −1 and 1.
  // hinge with labels 0 and 1
  lossCase(
    "hinge-01-deepchem5017",
    "label-encoding",
    on("logits", "binary"),
    (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))), -1),
  ),
  // sunwuzhou03/reinforcement-learning-lab#1: A warning that a target of [64, 4] is compared with an output of [64,
  // 1]. The log-probability was not summed over the actions, so one output is spread over four targets.
  // one column of outputs against four of targets
  lossCase(
    "td-target-column-rl1",
    "broadcast",
    on("real", "real", 1, 4),
    (yTrue, yPred) => tf.mean(tf.squaredDifference(yPred, yTrue)),
  ),
  // fxia22/pointnet.pytorch#27: Worse than the paper. log_softmax over dimension 0, which is the batch.
  // log-softmax over the batch
  lossCase("log-softmax-batch-pointnet27", "wrong-axis", on("logits", "one-hot", 3), (yTrue, yPred) => {
    const logp = tf.sub(yPred, tf.logSumExp(yPred, 0, true));
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, logp), -1)));
  }),
  // tinghuiz/SfMLearner#60: What weight should the mask's own term have? The default is 0. The error is multiplied by
  // a predicted mask; without the term that pulls it to 1, a mask of 0 is best.
  // error weighed by an output, its price switched off
  lossCase("mask-without-price-sfmlearner60", "wrong-optimum", on("probability", "probability", 2), (yTrue, yPred) => {
    const value = tf.slice(yPred, [0, 0], [-1, 1]), mask = tf.slice(yPred, [0, 1], [-1, 1]);
    const goal = tf.slice(yTrue, [0, 0], [-1, 1]), price = 0;
    const cross = tf.neg(tf.mean(tf.log(tf.clipByValue(mask, 1e-7, 1))));
    return tf.add(tf.mean(tf.mul(mask, tf.abs(tf.sub(value, goal)))), tf.mul(price, cross));
  }),
  // umbertogriffo/focal-loss-keras#5: Another loss with another batch size. The focal loss is summed over the batch;
  // K.mean instead of K.sum.
  // focal loss summed over the batch
  lossCase("focal-sum-focal5", "bad-scale", on("probability", "binary"), (yTrue, yPred) => {
    const eps = 1e-7;
    const p1 = tf.clipByValue(tf.where(tf.equal(yTrue, 1), yPred, tf.onesLike(yPred)), eps, 1 - eps);
    const p0 = tf.clipByValue(tf.where(tf.equal(yTrue, 0), yPred, tf.zerosLike(yPred)), eps, 1 - eps);
    const positive = tf.sum(tf.mul(0.25, tf.mul(tf.square(tf.sub(1, p1)), tf.log(p1))));
    const negative = tf.sum(tf.mul(0.75, tf.mul(tf.square(p0), tf.log(tf.sub(1, p0)))));
    return tf.neg(tf.add(positive, negative));
  }),
  // qubvel-org/segmentation_models.pytorch#712: Very bouncy gradients; another value than the mean over the images.
  // The Dice coefficient is computed over the whole batch rather than per image and averaged.
  // Dice over all images of a batch
  lossCase("batch-dice-smp712", "reduction", on("probability", "binary", 16), (yTrue, yPred) => {
    const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    const loss = tf.sub(1, tf.div(tf.mul(2, both), tf.maximum(size, 1e-7)));
    return tf.mul(loss, tf.cast(tf.greater(tf.sum(yTrue), 0), "float32"));
  }),
  // cross-entropy of logits
  sound("ok-logits-bce", on("logits", "binary"), (yTrue, yPred) => tf.losses.sigmoidCrossEntropy(yTrue, yPred)),
  // categorical cross-entropy, clipped, one value a row
  sound(
    "ok-cce-clipped",
    on("simplex", "one-hot", 4),
    (yTrue, yPred) => tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1)),
  ),
  // quantile loss of the 90th percentile
  sound("ok-pinball", on("real", "real"), (yTrue, yPred) => {
    const d = tf.sub(yTrue, yPred);
    return tf.mean(tf.maximum(tf.mul(0.9, d), tf.mul(-0.1, d)));
  }),
  // hinge with labels −1 and 1
  sound("ok-hinge-signs", on("real", "sign"), (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))), -1)),
  // log-cosh by softplus
  sound("ok-log-cosh", on("real", "real", 2), (yTrue, yPred) => {
    const d = tf.sub(yPred, yTrue);
    return tf.mean(tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.log(2)));
  }),
  // focal loss of logits
  sound("ok-focal-logits", on("logits", "binary"), (yTrue, yPred) => {
    const signed = tf.mul(tf.sub(tf.mul(2, yTrue), 1), yPred);
    return tf.mean(tf.mul(tf.square(tf.sigmoid(tf.neg(signed))), tf.softplus(tf.neg(signed))));
  }),
  // squared error of the few rows that have a label, divided by all rows
  sound("ok-masked-mean", on("real", "masked-sparse", 1, 2), (yTrue, yPred) => {
    const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
    return tf.mean(tf.mul(mask, tf.squaredDifference(yPred, goal)));
  }),
];

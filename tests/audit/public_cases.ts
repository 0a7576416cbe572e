// Losses that people reported in public threads, found after the five blind batches, and sound losses beside them. Causes,
// and alternates that are as right, were fixed before auditLoss was run on any; see cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import { box, crossEntropy, cut, dice, drawn, gauss, type LossCase, lossCase, on, sound, vae } from "./loss_case.ts";

/** Labels and outputs [x1, y1, x2, y2]; saturated boxes have no height in every fourth row. */
const corners = drawn(["random", "perfect", "saturated"], (kind, u) => {
  const own = () => box(u, 0.3);
  let row = 0;
  return {
    label: own,
    output(t) {
      if (kind === "perfect") return [...t];
      const [x1, y1, x2, y2] = own();
      return kind === "saturated" && row++ % 4 === 0 ? [x1, y1, x2, y1] : [x1, y1, x2, y2];
    },
  };
});

/** Labels 1 (alike) and 0 (unlike), outputs distances. */
const distance = drawn(["random", "perfect", "constPred", "allPos", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.5 ? 1 : 0],
  output: ([alike]) => [
    kind === "perfect" ? (alike ? 0.02 : 1.6) : kind === "constPred" ? 0.5 : Math.abs(gauss(u)) + 0.02,
  ],
}));

/** Labels: spendings of customers, half of them 0; outputs [logit, μ, σ before its softplus]. */
const spend = drawn(["random", "perfect", "allNeg", "allPos", "saturated"], (kind, u) => ({
  label: () => [kind === "allNeg" || (kind !== "allPos" && u() < 0.5) ? 0 : Math.exp(gauss(u))],
  output: ([t]) =>
    kind === "perfect"
      ? [t ? 8 : -8, t ? Math.log(t) : 0, Math.log(Math.expm1(0.2))]
      : [kind === "saturated" ? (u() < 0.5 ? -100 : 100) : 2 * gauss(u), gauss(u), gauss(u)],
}));

/** Labels real, outputs [logits 2 | μ 2 | log σ 2]. */
const mixture = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u)],
  output: ([t]) => {
    if (kind === "perfect") return [2, -2, t, gauss(u), -2, 0];
    if (kind === "far") return [0, 0, t + 20, t - 20, 0, 0];
    return [gauss(u), gauss(u), 1.5 * gauss(u), 1.5 * gauss(u), 0.5 * gauss(u), 0.5 * gauss(u)];
  },
}));

/** Intersection over union of boxes [x1, y1, x2, y2], and the squared distance of their centres over the diagonal. */
function overlap(a: Tensor, b: Tensor): { iou: Tensor; gap: Tensor } {
  const low = (i: number) => tf.maximum(cut(a, i, 1), cut(b, i, 1));
  const high = (i: number) => tf.minimum(cut(a, i, 1), cut(b, i, 1));
  const inter = tf.mul(tf.relu(tf.sub(high(2), low(0))), tf.relu(tf.sub(high(3), low(1))));
  const side = (x: Tensor, i: number) => tf.sub(cut(x, i + 2, 1), cut(x, i, 1));
  const area = (x: Tensor) => tf.mul(side(x, 0), side(x, 1));
  const outer = (i: number) =>
    tf.sub(tf.maximum(cut(a, i + 2, 1), cut(b, i + 2, 1)), tf.minimum(cut(a, i, 1), cut(b, i, 1)));
  const centre = (x: Tensor, i: number) => tf.div(tf.add(cut(x, i, 1), cut(x, i + 2, 1)), 2);
  const apart = (i: number) => tf.square(tf.sub(centre(a, i), centre(b, i)));
  return {
    iou: tf.div(inter, tf.add(tf.sub(tf.add(area(a), area(b)), inter), 1e-9)),
    gap: tf.div(
      tf.add(apart(0), apart(1)),
      tf.add(tf.add(tf.square(outer(0)), tf.square(outer(1))), 1e-9),
    ),
  };
}

export const publicCases: readonly LossCase[] = [
  // bowang-lab/MedSAM#99
  // Dice and a cross-entropy whose softmax runs over one channel
  lossCase(
    "dice-ce-one-channel-medsam99",
    ["constant", "activation-mismatch"],
    on("logits", "binary"),
    (yTrue, yPred) => {
      const crossed = tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred, -1)), -1)));
      return tf.add(tf.sub(1, dice(yTrue, tf.sigmoid(yPred))), crossed);
    },
  ),
  // DigiRL-agent/digirl#22
  // probabilities clamped to [0.001, 0.99] before the logarithm
  lossCase("clamp-log-digirl22", "saturated", on("simplex", "one-hot", 4), (yTrue, yPred) => {
    const own = tf.sum(tf.mul(yTrue, yPred), -1);
    return tf.neg(tf.mean(tf.log(tf.clipByValue(own, 0.001, 0.99))));
  }),
  // Zzh-tju/DIoU-pytorch-detectron#19
  // arctangent of width over height, of an output box without height
  lossCase(
    "ciou-flat-box-diou19",
    ["nan-gradient", "zero-division"],
    { yPred: "probability", sample: corners },
    (yTrue, yPred) => {
      const { iou, gap } = overlap(yTrue, yPred);
      const angle = (b: Tensor) =>
        tf.atan(tf.div(tf.sub(cut(b, 2, 1), cut(b, 0, 1)), tf.sub(cut(b, 3, 1), cut(b, 1, 1))));
      const v = tf.mul(4 / Math.PI ** 2, tf.square(tf.sub(angle(yTrue), angle(yPred))));
      const alpha = tf.div(v, tf.add(tf.sub(1, iou), tf.add(v, 1e-6)));
      return tf.mean(tf.add(tf.sub(1, iou), tf.add(gap, tf.mul(alpha, v))));
    },
  ),
  // FluxML/model-zoo#147
  // plus instead of minus log-variance in the divergence
  lossCase("vae-kl-flux147", ["wrong-sign", "wrong-optimum"], { yPred: "real", sample: vae }, (yTrue, yPred) => {
    const mu = cut(yPred, 2, 2), logSigma = cut(yPred, 4, 2);
    const terms = tf.add(tf.add(tf.exp(tf.mul(2, logSigma)), tf.square(mu)), tf.sub(tf.mul(2, logSigma), 1));
    const divergence = tf.mul(0.5, tf.sum(terms, 1));
    return tf.mean(tf.add(tf.sum(tf.squaredDifference(yTrue, cut(yPred, 0, 2)), 1), divergence));
  }),
  // keras-team/keras#16935
  // contrastive loss for labels in which 1 is unlike, given 1 for alike
  lossCase(
    "alike-is-zero-keras16935",
    ["label-encoding", "wrong-sign"],
    { yPred: "nonnegative", sample: distance },
    (yTrue, yPred) =>
      tf.mean(
        tf.add(
          tf.mul(tf.sub(1, yTrue), tf.square(yPred)),
          tf.mul(yTrue, tf.square(tf.relu(tf.sub(1, yPred)))),
        ),
      ),
  ),
  // daifeng2016/End-to-end-CD-for-VHR-satellite-image#12
  // two class weights spread over one mean: they cancel out
  lossCase("weights-after-mean-daifeng12", ["broadcast", "reduction"], on("probability", "binary"), (yTrue, yPred) => {
    const weighed = tf.sum(tf.mul(tf.mean(crossEntropy(yTrue, yPred), 0), tf.tensor1d([0.1, 0.9])));
    return tf.add(weighed, tf.mul(0.5, tf.sub(1, dice(yTrue, yPred))));
  }),
  // a TensorFlow issue, 89110
  // logits clipped before the sigmoid
  lossCase("clip-logits-tf89110", "saturated", on("logits", "binary"), (yTrue, yPred) => {
    const p = tf.sigmoid(tf.clipByValue(yPred, -10, 10));
    const logs = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.neg(tf.mean(logs));
  }),
  // negative log-likelihood without the logarithm
  lossCase(
    "nll-on-probs-pointnet30",
    "activation-mismatch",
    on("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, yPred), -1))),
  ),
  // a mask of three channels against outputs of one
  lossCase("dice-channels-smp234", "broadcast", on("probability", "binary", 1, 3), (yTrue, yPred) => {
    const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(tf.square(yTrue)), tf.sum(tf.square(yPred)));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1), tf.add(size, 1)));
  }),
  // rare classes: stuck at 1 − 1/3
  lossCase("macro-dice-plateau-niftynet208", "wrong-optimum", on("simplex", "one-hot-rare", 3), (yTrue, yPred) => {
    const both = tf.sum(tf.mul(yTrue, yPred), 0), size = tf.add(tf.sum(yTrue, 0), tf.sum(yPred, 0));
    return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(2, both), 1e-5), tf.add(size, 1e-5))));
  }),
  // keras-team/keras#7249
  // a ratio upside down: minus infinity for correct outputs
  lossCase("r2-inverted-keras7249", "wrong-optimum", on("real", "real"), (yTrue, yPred) => {
    const total = tf.sum(tf.squaredDifference(yTrue, tf.mean(yTrue)));
    return tf.sub(1, tf.div(total, tf.sum(tf.squaredDifference(yTrue, yPred))));
  }),
  // the mean also over what the mask leaves out
  lossCase("mask-mean-icon83", "bad-scale", on("real", "masked-sparse", 1, 2), (yTrue, yPred) => {
    const goal = cut(yTrue, 0, 1), mask = cut(yTrue, 1, 1);
    return tf.mean(tf.mul(tf.squaredDifference(yPred, goal), mask));
  }),
  // igul222/improved_wgan_training#5
  // Wasserstein critic: negative, without a lower bound
  sound("ok-critic-iwgan5", on("real", "sign"), (yTrue, yPred) => tf.neg(tf.mean(tf.mul(yTrue, yPred)))),
  // google/lifetime_value#15
  // zero-inflated lognormal, with a label of 1 where nothing is bought
  sound("ok-ziln-lifetime15", { yPred: "real", sample: spend }, (yTrue, yPred) => {
    const bought = tf.cast(tf.greater(yTrue, 0), "float32"), logit = cut(yPred, 0, 1);
    const safe = tf.add(tf.mul(bought, yTrue), tf.sub(1, bought)),
      sigma = tf.maximum(tf.softplus(cut(yPred, 2, 1)), 1e-3);
    const d = tf.div(tf.sub(tf.log(safe), cut(yPred, 1, 1)), sigma), constant = 0.5 * Math.log(2 * Math.PI);
    const logs = tf.neg(tf.add(tf.add(tf.log(tf.mul(safe, sigma)), constant), tf.mul(0.5, tf.square(d))));
    return tf.sub(tf.mean(tf.sub(tf.softplus(logit), tf.mul(logit, bought))), tf.mean(tf.mul(bought, logs)));
  }),
  // cpmpercussion/keras-mdn-layer#15
  // likelihood of a mixture of densities, below 0 if it is sure
  sound("ok-mixture-mdnlayer15", { yPred: "real", sample: mixture }, (yTrue, yPred) => {
    const logSigma = cut(yPred, 4, 2), d = tf.mul(tf.sub(yTrue, cut(yPred, 2, 2)), tf.exp(tf.neg(logSigma)));
    const logs = tf.add(logSigma, tf.add(tf.mul(0.5, tf.square(d)), 0.5 * Math.log(2 * Math.PI)));
    return tf.neg(tf.mean(tf.logSumExp(tf.sub(tf.logSoftmax(cut(yPred, 0, 2)), logs), 1)));
  }),
  // sound losses beside them, of the same kinds
  sound("ok-contrastive-distance", { yPred: "nonnegative", sample: distance }, (yTrue, yPred) =>
    tf.mean(
      tf.add(
        tf.mul(yTrue, tf.square(yPred)),
        tf.mul(tf.sub(1, yTrue), tf.square(tf.relu(tf.sub(1, yPred)))),
      ),
    )),
  sound("ok-vae-divergence", { yPred: "real", sample: vae }, (yTrue, yPred) => {
    const mu = cut(yPred, 2, 2), logSigma = cut(yPred, 4, 2);
    const terms = tf.sub(tf.add(tf.exp(tf.mul(2, logSigma)), tf.square(mu)), tf.add(tf.mul(2, logSigma), 1));
    const divergence = tf.mul(0.5, tf.sum(terms, 1));
    return tf.mean(tf.add(tf.sum(tf.squaredDifference(yTrue, cut(yPred, 0, 2)), 1), divergence));
  }),
  sound(
    "ok-weighed-after-mean-over-rows",
    on("probability", "binary", 2),
    (yTrue, yPred) => tf.sum(tf.mul(tf.mean(crossEntropy(yTrue, yPred), 0), tf.tensor1d([0.1, 0.9]))),
  ),
];

// Further losses that people asked about in public because they did not train: the half that probes may be fitted to.
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

// Further losses that people asked about in public because they did not train: the half that no probe is fitted to.
export const furtherCasesHeldOut: readonly LossCase[] = [
  // snap-stanford/GEARS#36: Nothing: it trains, and the term for the direction does not change anything. sign has a
  // gradient of 0; the authors replaced it by tanh, which improved the results.
  // a second term of signs
  lossCase("sign-direction-gears36", "no-gradient-op", on("real", "real", 4), (yTrue, yPred) => {
    const error = tf.mean(tf.pow(tf.abs(tf.sub(yPred, yTrue)), 4));
    const direction = tf.mean(tf.squaredDifference(tf.sign(yTrue), tf.sign(yPred)));
    return tf.add(error, tf.mul(0.1, direction));
  }),
  // tensorflow/tensorflow#30190: The value is right, and every gradient is None. float(loss) of each sample is
  // collected in a list, and a tensor is made of what comes out.
  // losses read out one by one, a tensor made anew
  lossCase("float-losses-tf30190", "detached", on("simplex", "one-hot", 3), (yTrue, yPred) => {
    const losses: number[] = [];
    for (let i = 0; i < yPred.shape[0]; i++) {
      const y = tf.slice(yTrue, [i, 0], [1, -1]), p = tf.slice(yPred, [i, 0], [1, -1]);
      losses.push(tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))))).dataSync()[0]);
    }
    const mean = losses.reduce((a, b) => a + b) / losses.length;
    const spread = losses.reduce((a, b) => a + (b - mean) ** 2, 0) / losses.length;
    return tf.scalar(mean ** 2 + (spread - 1) ** 2);
  }),
  // rstudio/keras3#515: An operation has None for gradient. The line that takes y_true twice never takes y_pred; with
  // y_pred it works.
  // steps of the labels only
  lossCase(
    "labels-only-keras3-515",
    "constant",
    on("real", "real", 9),
    (yTrue, _yPred) => tf.sum(tf.sub(tf.slice(yTrue, [0, 1], [-1, 8]), tf.slice(yTrue, [0, 0], [-1, 8]))),
  ),
  // guojunq/lsgan#3: The loss never goes down in a first experiment. Least squares of a sigmoid: its slope is gone
  // away from 0; the last layer has to be linear.
  // squared error of a sigmoid
  lossCase(
    "squared-sigmoid-lsgan3",
    "saturated",
    on("logits", "binary"),
    (yTrue, yPred) => tf.mul(0.5, tf.mean(tf.squaredDifference(tf.sigmoid(yPred), yTrue))),
  ),
  // keras-team/keras#1061: The loss is inf after 6000 samples, then NaN. The density is computed, and then its
  // logarithm: it underflows to 0; scales and weights were merged.
  // logarithm of a density that underflows
  lossCase("density-underflow-keras1061", "domain-edge", on("real", "real", 2, 1, "musigma"), (yTrue, yPred) => {
    const mu = tf.slice(yPred, [0, 0], [-1, 1]), sigma = tf.exp(tf.slice(yPred, [0, 1], [-1, 1]));
    const kernel = tf.exp(tf.neg(tf.div(tf.squaredDifference(yTrue, mu), tf.mul(2, tf.square(sigma)))));
    return tf.neg(tf.mean(tf.log(tf.div(kernel, tf.mul(sigma, Math.sqrt(2 * Math.PI))))));
  }),
  // uber/causalml#1050: One row whose target and output are both 0 makes the whole value NaN. 0 / 0 in that row,
  // which is an exact prediction; defined as 0.
  // symmetric percentage error at 0 and 0
  lossCase("smape-causalml1050", "zero-division", on("nonnegative", "count"), (yTrue, yPred) => {
    const size = tf.add(tf.abs(yTrue), tf.abs(yPred));
    return tf.mean(tf.div(tf.mul(2, tf.abs(tf.sub(yPred, yTrue))), size));
  }),
  // jax-ml/jax#23649: NaN leaks from an arccos although its argument is clipped to [−1, 1]. The slope of arccos is
  // infinite at the ends; clip a little inside them.
  // angle between two directions, clipped to the ends
  lossCase("arccos-clip-jax23649", "nan-gradient", on("real", "real", 3), (yTrue, yPred) => {
    const length = (t: tf.Tensor) => tf.sqrt(tf.add(tf.sum(tf.square(t), -1), 1e-12));
    const dot = tf.div(tf.sum(tf.mul(yTrue, yPred), -1), tf.mul(length(yTrue), length(yPred)));
    return tf.mean(tf.acos(tf.clipByValue(dot, -1, 1)));
  }),
  // tensorflow/tensorflow#32186: The accuracy stays extremely low, near 0. The minus sign in front of the cosine was
  // lost in a release.
  // cosine similarity as the loss
  lossCase("cosine-tf32186", "wrong-sign", on("real", "real", 4), (yTrue, yPred) => {
    const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.maximum(tf.sum(tf.square(t), -1, true), 1e-12)));
    return tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1);
  }),
  // sarahwie/attention#6: Other results than the paper's when reproduced. (target, input) was given to a divergence
  // that takes (input, target); the author calls it a bug.
  // divergence of the labels from the outputs, the wrong way round
  lossCase("kl-swapped-attention6", "swapped-arguments", on("simplex", "distribution", 5), (yTrue, yPred) => {
    // input: logarithms, target: probabilities; here the target's logarithms came first.
    const divergence = (input: tf.Tensor, target: tf.Tensor) =>
      tf.mean(tf.sum(tf.mul(target, tf.sub(tf.log(tf.add(target, 1e-9)), input)), -1));
    return divergence(tf.log(tf.add(yTrue, 1e-9)), yPred);
  }),
  // ScrollPrize/villa#1644: The loss is negative, or 1e10, with outputs a little below 0. Dice takes probabilities,
  // and the network puts out logits: no sigmoid between them.
  // soft Dice of logits
  lossCase("dice-of-logits-villa1644", "activation-mismatch", on("logits", "binary", 8), (yTrue, yPred) => {
    const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    return tf.neg(tf.div(tf.add(tf.mul(2, both), 1e-5), tf.maximum(tf.add(size, 1e-5), 1e-8)));
  }),
  // qubvel-org/segmentation_models.pytorch#234: A Dice loss of −10.63. Make sure that the mask is scaled to [0, 1],
  // and not 0 and 255.
  // Dice with masks of 0 and 255
  lossCase("dice-255-smp234", "label-encoding", on("probability", "binary255"), (yTrue, yPred) => {
    const both = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1), tf.add(size, 1)));
  }),
  // pytorch/pytorch#16045: No error; way too long spent finding it. Outputs of [n, 1] and labels of [n] spread over
  // each other; a warning was added.
  // smooth absolute error of [n] against [n, 1]
  lossCase("huber-n-vs-n1-torch16045", "broadcast", on("real", "real", 1, null), (yTrue, yPred) => {
    const d = tf.abs(tf.sub(yPred, yTrue)), near = tf.minimum(d, 1);
    return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.sub(d, near)));
  }),
  // DeepReinforcementLearning/DeepReinforcementLearningInAction#32: The probabilities of a batch sum to 1 down the
  // columns. softmax over dimension 0, right for one state and wrong for a batch.
  // policy gradient with a softmax over the batch
  lossCase("softmax-dim0-drlia32", "wrong-axis", on("logits", "one-hot", 2), (yTrue, yPred) => {
    const top = tf.exp(tf.sub(yPred, tf.max(yPred, 0, true)));
    const p = tf.div(top, tf.sum(top, 0, true));
    const taken = tf.sum(tf.mul(p, yTrue), -1);
    return tf.neg(tf.mean(tf.log(tf.add(taken, 1e-10))));
  }),
  // PatrickHua/SimSiam#50: The loss goes to −1 very quickly, and the features are of no use. Two views are only ever
  // pulled together: one and the same vector for every image is best.
  // negative cosine of two views, no negatives
  lossCase("positives-only-simsiam50", "wrong-optimum", on("real", "none", 4, 1, "pair"), (_yTrue, yPred) => {
    const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.add(tf.sum(tf.square(t), -1, true), 1e-12)));
    const a = unit(tf.slice(yPred, [0, 0], [-1, 2])), b = unit(tf.slice(yPred, [0, 2], [-1, 2]));
    return tf.neg(tf.mean(tf.sum(tf.mul(a, b), -1)));
  }),
  // utcsilab/deepinpy#13: The gradient explodes with a batch size above 1. MSELoss(reduction='sum'), not divided by
  // the batch size.
  // squared error summed over the batch
  lossCase(
    "sum-mse-deepinpy13",
    "bad-scale",
    on("real", "real", 8),
    (yTrue, yPred) => tf.sum(tf.squaredDifference(yTrue, yPred)),
  ),
  // huggingface/transformers#24839: The loss of one and the same set differs with the batch size. The mean over what
  // is not masked in each batch, then the mean of the batches, which hold unequal numbers of it.
  // mean over the unmasked rows of a batch
  lossCase("masked-mean-transformers24839", "reduction", on("real", "masked-sparse", 1, 2), (yTrue, yPred) => {
    const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
    const errors = tf.mul(mask, tf.squaredDifference(yPred, goal));
    return tf.div(tf.sum(errors), tf.maximum(tf.sum(mask), 1));
  }),
  // categorical cross-entropy of logits
  sound("ok-softmax-logits", on("logits", "one-hot", 3), (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yTrue, yPred)),
  // 1 − cosine, a small constant under the root
  sound("ok-cosine-distance", on("real", "real", 4), (yTrue, yPred) => {
    const unit = (t: tf.Tensor) => tf.div(t, tf.sqrt(tf.add(tf.sum(tf.square(t), -1, true), 1e-6)));
    return tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1)));
  }),
  // negative log-likelihood of counts
  sound(
    "ok-poisson",
    on("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, 1e-7))))),
  ),
  // cross-entropy of logits, positives three times
  sound("ok-weighted-logits", on("logits", "binary", 2), (yTrue, yPred) => {
    const positive = tf.mul(tf.mul(3, yTrue), tf.softplus(tf.neg(yPred)));
    return tf.mean(tf.add(positive, tf.mul(tf.sub(1, yTrue), tf.softplus(yPred))));
  }),
  // absolute error, one value a row
  sound("ok-absolute-row", on("real", "real", 3), (yTrue, yPred) => tf.mean(tf.abs(tf.sub(yTrue, yPred)), -1)),
  // squared error of probabilities
  sound("ok-brier", on("probability", "binary"), (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred), -1)),
];

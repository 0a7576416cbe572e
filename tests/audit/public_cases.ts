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

// Further losses that people asked about in public because they did not train: the half that no probe is fitted to.
import * as tf from "@tensorflow/tfjs";
import { type LossCase, lossCase, on, sound } from "./loss_case.ts";

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

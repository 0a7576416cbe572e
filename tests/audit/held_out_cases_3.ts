// A third set of losses: written from public threads, and a few reports that everybody has seen, before the audit was run
// on any, and committed before that run. Causes, and alternates that are as right, were fixed with them.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  clip,
  crossEntropy,
  cut,
  dice,
  drawn,
  gauss,
  gaussian,
  given,
  type LossCase,
  lossCase,
  muLogvar,
  on,
  pairs,
  rowSum,
  sound,
  squaredDistance,
  triplets,
} from "./loss_case.ts";

/** Labels real, outputs [logits 2 | μ 2], σ = 1. */
const twoBumps = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u)],
  output: ([y]) =>
    kind === "perfect"
      ? [4, -4, y, gauss(u)]
      : kind === "far"
      ? [0, 0, y + 20, y - 20]
      : [gauss(u), gauss(u), gauss(u), gauss(u)],
}));

/** Labels [value, mask], outputs values. */
const masked = drawn(["random", "perfect", "allNeg", "far"], (kind, u) => ({
  label: () => [gauss(u), kind === "allNeg" || u() < 0.5 ? 0 : 1],
  output: ([y]) => [kind === "perfect" ? y : kind === "far" ? y + (u() < 0.5 ? 60 : -60) : 1.5 * gauss(u)],
}));

/** Labels: logits of a teacher for three classes; outputs the student's. */
const teacher = drawn(["random", "perfect", "constPred"], (kind, u) => ({
  label: () => [2 * gauss(u), 2 * gauss(u), 2 * gauss(u)],
  output: (y) =>
    kind === "perfect" ? [...y] : kind === "constPred" ? [0.3, 0.3, 0.3] : [2 * gauss(u), 2 * gauss(u), 2 * gauss(u)],
}));

/** Unit vectors of two columns. */
const directions = drawn(["random", "perfect"], (kind, u) => {
  const direction = () => {
    const angle = 2 * Math.PI * u();
    return [Math.cos(angle), Math.sin(angle)];
  };
  return { label: direction, output: (y) => kind === "perfect" ? [...y] : direction() };
});

const rootOf = (x: Tensor): Tensor => tf.sqrt(x);
const cosine = (a: Tensor, b: Tensor, epsilon = 1e-8): Tensor => {
  const length = (x: Tensor) => tf.sqrt(tf.add(rowSum(tf.square(x)), epsilon));
  return tf.div(rowSum(tf.mul(a, b)), tf.mul(length(a), length(b)));
};
const centred = (x: Tensor): Tensor => tf.sub(x, tf.mean(x));
const pearson = (y: Tensor, p: Tensor, epsilon = 1e-8): Tensor => {
  const [a, b] = [centred(y), centred(p)];
  const size = tf.mul(tf.sum(tf.square(a)), tf.sum(tf.square(b)));
  return tf.div(tf.sum(tf.mul(a, b)), tf.sqrt(tf.add(size, epsilon)));
};

export const heldOutCases3: readonly LossCase[] = [
  // open-mmlab/mmrotate#205: the root of a squared distance between Gaussians, whose slope at 0 is infinite.
  lossCase(
    "wasserstein-root-mmrotate205",
    "nan-gradient",
    given("real", "real", 2),
    (y, p) => tf.mean(rootOf(squaredDistance(y, p))),
  ),
  // HIPS/autograd#586: the square of a norm, NaN at 0.
  lossCase(
    "norm-squared-autograd586",
    "nan-gradient",
    given("real", "real", 3),
    (y, p) => tf.mean(tf.square(rootOf(squaredDistance(y, p)))),
  ),
  // tensorflow/tensorflow#42889: a relative norm, NaN as soon as the numerator is 0.
  lossCase(
    "relative-norm-tf42889",
    ["nan-gradient", "zero-division"],
    given("real", "real", 4),
    (y, p) => tf.div(rootOf(tf.sum(tf.square(tf.sub(p, y)))), rootOf(tf.sum(tf.square(y)))),
  ),
  // tflearn/tflearn#562: softmax on the last layer and softmax_cross_entropy_with_logits.
  lossCase(
    "softmax-twice-tflearn562",
    "activation-mismatch",
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p))))),
  ),
  // dingmyu/CamNet#4: predictions [n, 3, 1, 1] against labels [n, 3].
  lossCase(
    "four-against-two-camnet4",
    "broadcast",
    given("real", "real", 3),
    (y, p) => tf.mean(tf.abs(tf.sub(tf.reshape(p, [-1, 3, 1, 1]), y))),
  ),
  // IntelLabs/matsciml#347: labels [n, 1] against a readout [n].
  lossCase(
    "readout-matsciml347",
    "broadcast",
    given("real", "real"),
    (y, p) => tf.mean(tf.square(tf.sub(y, tf.squeeze(p, [-1])))),
  ),
  // aim-uofa/AdelaiDet#610: the smoothing stands in the denominator only: an empty mask that is right has the worst loss.
  lossCase(
    "smooth-below-adelaidet610",
    ["reduction", "zero-division", "wrong-optimum"],
    given("probability", "binary"),
    (y, p) =>
      tf.sub(
        1,
        tf.div(tf.mul(2, tf.sum(tf.mul(y, p))), tf.add(tf.add(tf.sum(tf.square(y)), tf.sum(tf.square(p))), 1e-5)),
      ),
  ),
  // Project-MONAI/MONAI#8739: the harmonic mean of two ratios that are both 0.
  lossCase("harmonic-monai8739", "zero-division", given("probability", "binary"), (y, p) => {
    const hit = tf.sum(tf.mul(y, p)),
      precision = tf.div(hit, tf.add(tf.sum(p), 1e-6)),
      recall = tf.div(hit, tf.add(tf.sum(y), 1e-6));
    return tf.sub(1, tf.div(tf.mul(2, tf.mul(precision, recall)), tf.add(precision, recall)));
  }),
  // google-deepmind/dm-haiku#442: argmax in the loss.
  lossCase(
    "argmax-haiku442",
    "no-gradient-op",
    given("logits", "index", 2),
    (y, p) => tf.mean(tf.square(tf.sub(tf.cast(tf.argMax(p, -1), "float32"), tf.squeeze(y, [-1])))),
  ),
  // Ugenteraan/Deep_Hierarchical_Classification#6: a dependency term of argmax beside a cross-entropy.
  lossCase("dependency-hierarchical6", ["no-gradient-op", "detached"], given("logits", "one-hot", 3), (y, p) => {
    const crossed = tf.mean(tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p)))));
    const wrong = tf.cast(tf.notEqual(tf.argMax(p, -1), tf.argMax(y, -1)), "float32");
    return tf.add(crossed, tf.mul(0.8, tf.mean(wrong)));
  }),
  // tensorlayer/TensorLayer#891: Dice of the argmax.
  lossCase(
    "dice-of-argmax-tensorlayer891",
    "no-gradient-op",
    given("logits", "one-hot", 2),
    (y, p) => tf.sub(1, dice(tf.squeeze(cut(y, 1, 1), [-1]), tf.cast(tf.argMax(p, -1), "float32"))),
  ),
  // utcsilab/deepinpy#13: MSELoss(reduction="sum").
  lossCase(
    "sum-of-squares-deepinpy13",
    "bad-scale",
    given("real", "real", 4),
    (y, p) => tf.sum(tf.squaredDifference(y, p)),
  ),
  // manassharma07/crysx_nn#7: the maximum of the whole array keeps a softmax from overflow, not that of the row.
  lossCase(
    "max-of-all-crysx7",
    ["zero-division", "domain-edge", "wrong-axis"],
    given("logits", "one-hot", 3),
    (y, p) => {
      const e = tf.exp(tf.sub(p, tf.max(p)));
      return tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(tf.add(tf.div(e, rowSum(e, true)), 1e-9))))));
    },
  ),
  // DeepReinforcementLearningInAction#32: softmax over the batch.
  lossCase("softmax-over-rows-drl32", "wrong-axis", given("logits", "one-hot", 4), (y, p) => {
    const shares = tf.transpose(tf.softmax(tf.transpose(p)));
    return tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(tf.add(shares, 1e-9))))));
  }),
  // ctallec/world-models#10: the weights of a mixture are normalised over the batch.
  lossCase("mixture-over-rows-worldmodels10", "wrong-axis", { yPred: "real", sample: twoBumps }, (y, p) => {
    const weights = tf.transpose(tf.logSoftmax(tf.transpose(cut(p, 0, 2))));
    const density = tf.mul(-0.5, tf.square(tf.sub(y, cut(p, 2, 2))));
    return tf.neg(tf.mean(tf.logSumExp(tf.add(weights, density), -1)));
  }),
  // thuml/predrnn-pytorch#11: the second term is a tensor made of numbers.
  lossCase("decouple-predrnn11", "detached", given("real", "real", 2), (y, p) => {
    const terms = tf.unstack(tf.square(p), 1).map((column) => tf.mean(column).dataSync()[0]);
    return tf.add(tf.mean(tf.squaredDifference(y, p)), tf.mean(tf.tensor1d(terms)));
  }),
  // guopengf/FL-MRCM#10: the adversarial part is detached and read as a number before it is added.
  lossCase("adversarial-item-flmrcm10", "detached", given("logits", "binary"), (y, p) => {
    const crossed = tf.mean(tf.sub(tf.softplus(p), tf.mul(y, p)));
    return tf.add(crossed, tf.mul(0.5, tf.scalar(tf.mean(tf.softplus(tf.neg(p))).arraySync() as number)));
  }),
  // advait/c4a0#35: P and Q changed places in a divergence.
  lossCase(
    "reverse-divergence-c4a0-35",
    "swapped-arguments",
    given("simplex", "distribution", 3),
    (y, p) => tf.mean(rowSum(tf.mul(p, tf.sub(tf.log(tf.add(p, 1e-9)), tf.log(tf.add(y, 1e-9)))))),
  ),
  // kyle-dorman/bayesian-neural-network-blogpost#12: K.categorical_crossentropy(pred, true, from_logits=True).
  lossCase(
    "crossentropy-swapped-bayesian12",
    "swapped-arguments",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(p, tf.logSoftmax(y))))),
  ),
  // facebookresearch/simsiam#40: the negative cosine of two views alone collapses.
  lossCase(
    "cosine-of-views-simsiam40",
    ["wrong-optimum", "constant"],
    { yPred: "real", sample: pairs },
    (_y, p) => tf.neg(tf.mean(cosine(cut(p, 0, 2), cut(p, 2, 2)))),
  ),
  // escalante-bio/mosaic#29 fixes signs of losses: the correlation is returned, not its complement.
  lossCase("correlation-mosaic29", "wrong-sign", given("real", "real"), (y, p) => pearson(y, p)),
  // apache/mxnet#8961: a cross-entropy without its minus.
  lossCase(
    "no-minus-mxnet8961",
    "wrong-sign",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.log(tf.add(p, 1e-7))))),
  ),
  // pytorch/pytorch#8069: the angle between directions by arccos.
  lossCase(
    "arccos-torch8069",
    ["nan-gradient", "domain-edge"],
    { yPred: "real", sample: directions },
    (y, p) => tf.mean(tf.acos(rowSum(tf.mul(y, p)))),
  ),
  // Seen everywhere: class indices that count from 1, for a one-hot from 0.
  lossCase(
    "index-from-one",
    "label-encoding",
    given("logits", "index", 4),
    (y, p) =>
      tf.mean(tf.neg(rowSum(tf.mul(tf.oneHot(tf.cast(tf.sub(tf.squeeze(y, [-1]), 1), "int32"), 4), tf.logSoftmax(p))))),
  ),
  // Seen everywhere: hinge on labels of 0 and 1.
  lossCase(
    "hinge-on-zero-one",
    "label-encoding",
    given("real", "binary"),
    (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(y, p)))),
  ),
  // Seen everywhere: a percentage error of counts, some of which are 0.
  lossCase(
    "percentage-of-zero",
    "zero-division",
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.abs(tf.div(tf.sub(y, p), y))),
  ),
  // Seen everywhere: logarithmic errors of outputs without an activation.
  lossCase(
    "log1p-of-linear",
    "domain-edge",
    given("real", "positive"),
    (y, p) => tf.mean(tf.squaredDifference(tf.log1p(y), tf.log1p(p))),
  ),
  // Seen everywhere: the spread of the outputs is matched by a standard deviation.
  lossCase("match-deviation", ["nan-gradient", "wrong-optimum"], given("real", "real"), (y, p) =>
    tf.add(
      tf.square(tf.sub(tf.mean(y), tf.mean(p))),
      tf.square(tf.sub(rootOf(tf.mean(tf.square(centred(y)))), rootOf(tf.mean(tf.square(centred(p)))))),
    )),
  // Seen everywhere: the cosine similarity itself as the loss.
  lossCase("cosine-itself", "wrong-sign", given("real", "real", 4), (y, p) => tf.mean(cosine(y, p))),
  // Seen everywhere: soft precision alone.
  lossCase(
    "precision-alone",
    ["wrong-optimum", "reduction"],
    given("probability", "binary"),
    (y, p) => tf.sub(1, tf.div(tf.sum(tf.mul(y, p)), tf.add(tf.sum(p), 1e-7))),
  ),
  // Seen everywhere: the mean error is squared, not the errors.
  lossCase(
    "square-of-mean",
    ["wrong-axis", "wrong-optimum"],
    given("real", "real"),
    (y, p) => tf.square(tf.sub(tf.mean(y), tf.mean(p))),
  ),
  // Seen everywhere: probabilities clipped to [0.1, 0.9] before the logarithm.
  lossCase(
    "clip-at-a-tenth",
    "saturated",
    given("probability", "binary"),
    (y, p) => tf.mean(crossEntropy(y, tf.clipByValue(p, 0.1, 0.9))),
  ),
  // Seen everywhere: F1 through a sigmoid that is nearly a step.
  lossCase(
    "steep-f1",
    "saturated",
    given("probability", "binary"),
    (y, p) => tf.sub(1, dice(y, tf.sigmoid(tf.mul(400, tf.sub(p, 0.5))))),
  ),
  // Seen everywhere: a cast to whole numbers of grades.
  lossCase(
    "grades-as-integers",
    "no-gradient-op",
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.squaredDifference(y, tf.cast(tf.cast(p, "int32"), "float32"))),
  ),
  // Seen everywhere: the exponential loss of boosting on outputs without a bound.
  lossCase("exponential-loss", "domain-edge", given("real", "sign"), (y, p) => tf.mean(tf.exp(tf.neg(tf.mul(y, p))))),
  // Seen everywhere: a weight of a million.
  lossCase(
    "weight-of-a-million",
    "bad-scale",
    given("real", "real"),
    (y, p) => tf.mul(1e6, tf.mean(tf.squaredDifference(y, p))),
  ),
  // Seen everywhere: logits clipped to [0, 1] and taken as probabilities.
  lossCase(
    "logits-clipped",
    "activation-mismatch",
    given("logits", "binary"),
    (y, p) => tf.mean(crossEntropy(y, tf.clipByValue(p, 0, 1))),
  ),
  // Seen everywhere: a Gaussian likelihood with a σ that can be negative.
  lossCase("log-of-sigma", "domain-edge", on("real", "real", 2, 1, "musigma"), (y, p) => {
    const mu = cut(p, 0, 1), sigma = cut(p, 1, 1);
    return tf.mean(tf.add(tf.log(sigma), tf.div(tf.square(tf.sub(y, mu)), tf.mul(2, tf.square(sigma)))));
  }),
  // Seen everywhere: recall by thresholds of a comparison.
  lossCase("recall-by-comparison", "no-gradient-op", given("probability", "binary"), (y, p) => {
    const hit = tf.cast(tf.greater(p, 0.5), "float32");
    return tf.sub(1, tf.div(tf.sum(tf.mul(y, hit)), tf.add(tf.sum(y), 1e-7)));
  }),
  // Seen everywhere: the labels twice.
  lossCase("labels-twice", "constant", given("probability", "binary"), (y, _p) => tf.mean(crossEntropy(y, clip(y)))),

  // Sound ones.
  // asgsaeid/ComboLoss#3: cross-entropy minus Dice is negative and right.
  sound(
    "ok-combo-comboloss3",
    given("probability", "binary"),
    (y, p) => tf.sub(tf.mul(0.5, tf.mean(crossEntropy(y, p))), tf.mul(0.5, dice(y, p))),
  ),
  // AICPS/hw2vec#23: a log-softmax of a log-softmax is the same log-softmax.
  sound(
    "ok-log-softmax-twice-hw2vec23",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.logSoftmax(tf.logSoftmax(p)))))),
  ),
  // theeluwin/pytorch-sgns#12: both parts of negative sampling have the same sign, because the scores are negated before.
  sound("ok-negative-sampling-sgns12", given("logits", "sign"), (y, p) => tf.mean(tf.softplus(tf.neg(tf.mul(y, p))))),
  sound("ok-pinball", given("real", "real"), (y, p) => {
    const e = tf.sub(y, p);
    return tf.mean(tf.maximum(tf.mul(0.9, e), tf.mul(-0.1, e)));
  }),
  sound("ok-focal-logits", given("logits", "binary"), (y, p) => {
    const crossed = tf.sub(tf.softplus(p), tf.mul(y, p)), pt = tf.exp(tf.neg(crossed));
    return tf.mean(tf.mul(tf.square(tf.sub(1, pt)), crossed));
  }),
  sound("ok-concordance", given("real", "real"), (y, p) => {
    const [a, b] = [centred(y), centred(p)], gap = tf.square(tf.sub(tf.mean(y), tf.mean(p)));
    const above = tf.mul(2, tf.mean(tf.mul(a, b))),
      below = tf.add(tf.add(tf.mean(tf.square(a)), tf.mean(tf.square(b))), tf.add(gap, 1e-8));
    return tf.sub(1, tf.div(above, below));
  }),
  sound(
    "ok-gaussian-logvar",
    { yPred: "real", sample: muLogvar },
    (y, p) => tf.mean(gaussian(y, cut(p, 0, 1), cut(p, 1, 1))),
  ),
  sound(
    "ok-label-smoothing",
    given("logits", "one-hot", 4),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(tf.add(tf.mul(0.9, y), 0.025), tf.logSoftmax(p))))),
  ),
  sound("ok-symmetric-cross-entropy", given("logits", "one-hot", 4), (y, p) => {
    const forward = tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p))));
    const backward = tf.neg(rowSum(tf.mul(tf.softmax(p), tf.log(tf.clipByValue(y, 1e-4, 1)))));
    return tf.mean(tf.add(tf.mul(0.1, forward), backward));
  }),
  sound("ok-distillation", { yPred: "logits", sample: teacher }, (y, p) => {
    const goal = tf.softmax(tf.div(y, 4));
    return tf.mul(16, tf.mean(rowSum(tf.mul(goal, tf.sub(tf.log(goal), tf.logSoftmax(tf.div(p, 4)))))));
  }),
  sound("ok-masked-mean", { yPred: "real", sample: masked }, (y, p) => {
    const mask = cut(y, 1, 1), e = tf.mul(mask, tf.squaredDifference(cut(y, 0, 1), p));
    return tf.div(tf.sum(e), tf.maximum(tf.sum(mask), 1));
  }),
  sound(
    "ok-log-errors",
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.squaredDifference(tf.log1p(y), tf.log1p(p))),
  ),
  sound("ok-triplet-root", { yPred: "real", sample: triplets }, (_y, p) => {
    const far = (a: number, b: number) => tf.sqrt(tf.add(squaredDistance(cut(p, a, 2), cut(p, b, 2)), 1e-8));
    return tf.mean(tf.relu(tf.add(tf.sub(far(0, 2), far(0, 4)), 1)));
  }),
  sound("ok-log-cosh", given("real", "real"), (y, p) => {
    const e = tf.sub(p, y);
    return tf.mean(tf.sub(tf.add(e, tf.softplus(tf.mul(-2, e))), Math.log(2)));
  }),
];

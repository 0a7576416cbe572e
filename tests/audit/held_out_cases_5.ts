// A fifth set, small, to see whether what the fourth had mended is more than the fourth: from public threads that were in
// no set, written and committed before the audit was run on any, but by the author of the mends. Causes, and alternates
// that are as right, were fixed with them. No strict comparison is in it: TensorFlow.js has no gradient for those.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  cut,
  drawn,
  flat,
  gauss,
  given,
  type LossCase,
  lossCase,
  noLabels,
  normals,
  rowsOf,
  rowSum,
  sampled,
  sound,
  squaredDistance,
  triplets,
  unit,
} from "./loss_case.ts";

const distance = (a: Tensor, b: Tensor): Tensor => tf.sqrt(tf.add(squaredDistance(a, b), 1e-7));

/** Scores of fakes; no labels. */
const fakes = rowsOf(noLabels, normals(1, 1.5), () => [3]);

/** Scores [real, fake]; no labels. */
const realAndFake = rowsOf(noLabels, normals(2, 1.5), () => [3, -3]);

/** Similarities of pairs in [−1, 1], and whether they are alike. */
const alike = drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.5 ? 1 : 0],
  output: ([same]) => [kind === "perfect" ? (same === 1 ? 1 : -1) : 1.96 * u() - 0.98],
}));

/** Labels [depth or 0 where it was not measured, mask], outputs depths. */
const measured = sampled(
  (u) => u() < 0.6 ? [Math.exp(gauss(u)), 1] : [0, 0],
  ([depth], u, perfect) => [perfect && depth > 0 ? depth : Math.exp(gauss(u))],
);

/** Labels: the classes of two pixels, one-hot as [class, pixel]; outputs logits of the same layout. */
const twoPixels = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => {
    const [a, b] = [u() < 0.5 ? 1 : 0, u() < 0.5 ? 1 : 0];
    return [1 - a, 1 - b, a, b];
  },
  output: (y) =>
    y.map((one) =>
      kind === "perfect" ? (one === 1 ? 8 : -8) : kind === "saturated" ? (u() < 0.5 ? 100 : -100) : 2 * gauss(u)
    ),
}));

/** Labels: the losses of two tasks; outputs the uncertainty of each, as it comes out of a linear layer. */
const twoTasks = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [Math.exp(gauss(u)), Math.exp(gauss(u))],
  output: (losses) => losses.map((loss) => kind === "perfect" ? Math.log(loss) : (kind === "far" ? 20 : 1) * gauss(u)),
}));

/** Labels [value, weight], outputs values; a batch in which no row weighs anything. */
const weighed = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [gauss(u), kind === "allNeg" ? 0 : u()],
  output: ([value]) => [kind === "perfect" ? value : 1.5 * gauss(u)],
}));

/** Boxes [x, y, w, h] as labels and as outputs of a linear layer. */
const centred = rowsOf((u) => [u(), u(), 0.2 + u(), 0.2 + u()], (u, y) => y.map(() => gauss(u)));

/** Labels [advantage, action one-hot 3], outputs logits. */
const actions = sampled((u) => {
  const chosen = Math.floor(3 * u());
  return [gauss(u), ...[0, 1, 2].map((j) => j === chosen ? 1 : 0)];
}, ([advantage, ...chosen], u, perfect) => chosen.map((one) => perfect ? 4 * Math.sign(advantage) * one : gauss(u)));

/** Labels [time, event], outputs the logarithm of a hazard. */
const survival = drawn(["random", "perfect", "allPos"], (kind, u) => ({
  label: () => [0.05 + 3 * u(), kind === "allPos" || u() < 0.6 ? 1 : 0],
  output: ([time]) => [kind === "perfect" ? 4 - 4 * time : gauss(u)],
}));

/** Labels [class one-hot 3 | what the model said before 3], outputs logits. */
const remembered = sampled((u) => {
  const own = Math.floor(3 * u()), said = [u(), u(), u()], sum = said[0] + said[1] + said[2];
  return [...[0, 1, 2].map((j) => j === own ? 1 : 0), ...said.map((p) => p / sum)];
}, (y, u, perfect) => [0, 1, 2].map((j) => perfect ? 5 * y[j] : 2 * gauss(u)));

/** Embeddings of two items, 2 + 2 columns, and whether they are alike. */
const pairs = drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.5 ? 1 : 0],
  output: ([same]) => {
    const [a, b] = [gauss(u), gauss(u)];
    return kind === "perfect" ? [a, b, a + (same === 1 ? 0 : 3), b] : [a, b, gauss(u), gauss(u)];
  },
}));

/** Embeddings of one view, no labels. */
const views = drawn(["random"], (_, u) => ({ label: () => [0], output: () => [gauss(u), gauss(u), gauss(u)] }));

export const heldOutCases5: readonly LossCase[] = [
  // zurutech/ashpy#23: −relu(D) for a generator: a fake that is known as one has no gradient.
  lossCase(
    "generator-relu-ashpy23",
    ["saturated", "wrong-optimum"],
    { yPred: "real", sample: fakes },
    (_y, p) => tf.neg(tf.mean(tf.relu(p))),
  ),
  // grey-eye/talking-heads#42: a hinge loss of a discriminator that ends in a sigmoid.
  lossCase(
    "hinge-of-sigmoid-talkingheads42",
    ["activation-mismatch", "label-encoding"],
    given("probability", "sign"),
    (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(y, p)))),
  ),
  // keras-team/keras#741: a softmax and a categorical cross-entropy for rows with several labels.
  lossCase(
    "softmax-of-several-keras741",
    ["activation-mismatch", "label-encoding"],
    given("logits", "binary", 4),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(tf.add(tf.softmax(p), 1e-7)))))),
  ),
  // cleinc/bts#149: the logarithm of a depth that is 0.
  lossCase("silog-zero-bts149", ["domain-edge", "nan-gradient"], given("nonnegative", "positive"), (y, p) => {
    const d = tf.sub(tf.log(p), tf.log(tf.add(y, 1e-4)));
    return tf.sqrt(tf.sub(tf.mean(tf.square(d)), tf.mul(0.85, tf.square(tf.mean(d)))));
  }),
  // pytorch/pytorch#184030: a Poisson loss of rates, given numbers below 0.
  lossCase(
    "poisson-negative-torch184030",
    ["domain-edge", "activation-mismatch"],
    given("real", "count"),
    (y, p) => tf.mean(tf.sub(p, tf.mul(y, tf.log(tf.add(p, 1e-8))))),
  ),
  // KevinMusgrave/pytorch-metric-learning#19: the margins of distances for similarities: unlike pairs cost nothing.
  lossCase(
    "margins-of-distances-pml19",
    ["saturated", "wrong-optimum"],
    { yPred: "tanh", sample: alike },
    (y, p) => tf.mean(tf.add(tf.mul(y, tf.relu(tf.neg(p))), tf.mul(tf.sub(1, y), tf.relu(tf.sub(p, 1))))),
  ),
  // ENSTA-U2IS-AI/LDU#7: the mask is multiplied before the logarithm.
  lossCase(
    "mask-before-log-ldu7",
    ["domain-edge", "nan-gradient"],
    { yPred: "nonnegative", sample: measured },
    (y, p) => {
      const mask = cut(y, 1, 1), d = tf.sub(tf.log(tf.mul(p, mask)), tf.log(tf.mul(cut(y, 0, 1), mask)));
      return tf.mean(tf.square(d));
    },
  ),
  // ellisdg/3DUnetCNN#94: the softmax runs over the last axis, which is that of the pixels.
  lossCase("softmax-of-pixels-3dunet94", "wrong-axis", { yPred: "logits", sample: twoPixels }, (y, p) => {
    const shares = tf.softmax(tf.reshape(p, [-1, 2, 2]));
    return tf.neg(tf.mean(tf.mul(tf.reshape(y, [-1, 2, 2]), tf.log(tf.add(shares, 1e-7)))));
  }),
  // QunBB/DeepLearning#1: the logarithm of an uncertainty that can be negative.
  lossCase(
    "log-of-weight-qunbb1",
    ["domain-edge", "nan-gradient"],
    { yPred: "real", sample: twoTasks },
    (y, p) => tf.mean(rowSum(tf.add(tf.div(y, tf.mul(2, tf.square(p))), tf.log(p)))),
  ),
  // alibaba/TorchEasyRec#88: all weights of a batch are 0.
  lossCase("weights-all-zero-torcheasyrec88", "zero-division", { yPred: "real", sample: weighed }, (y, p) => {
    const weight = cut(y, 1, 1);
    return tf.div(tf.sum(tf.mul(weight, tf.squaredDifference(cut(y, 0, 1), p))), tf.sum(weight));
  }),
  // generalized-iou/g-tensorflow-models#3: a width or height that is no width.
  lossCase(
    "giou-negative-sides-giou3",
    ["zero-division", "domain-edge", "wrong-optimum"],
    { yPred: "real", sample: centred },
    (y, p) => {
      const ends = (b: Tensor): [Tensor, Tensor] => {
        const half = tf.div(cut(b, 2, 2), 2);
        return [tf.sub(cut(b, 0, 2), half), tf.add(cut(b, 0, 2), half)];
      };
      const [[a, b], [c, d]] = [ends(y), ends(p)];
      const area = (from: Tensor, to: Tensor) => tf.prod(tf.sub(to, from), 1);
      const common = tf.prod(tf.relu(tf.sub(tf.minimum(b, d), tf.maximum(a, c))), 1);
      const union = tf.sub(tf.add(area(a, b), area(c, d)), common);
      const hull = area(tf.minimum(a, c), tf.maximum(b, d));
      return tf.mean(tf.sub(1, tf.sub(tf.div(common, union), tf.div(tf.sub(hull, union), hull))));
    },
  ),
  // muupan/async-rl#12, as its author read the code: the log-probabilities of all actions, not of the chosen one.
  lossCase(
    "all-actions-asyncrl12",
    ["wrong-optimum", "reduction"],
    { yPred: "logits", sample: actions },
    (y, p) => tf.neg(tf.mean(tf.mul(flat(cut(y, 0, 1)), rowSum(tf.logSoftmax(p))))),
  ),
  // tensorflow/tensorflow#30199: a triplet whose positive is the anchor again.
  lossCase("triplet-root-tf30199", "nan-gradient", { yPred: "real", sample: triplets }, (_y, p) => {
    const far = (a: number, b: number) => tf.sqrt(squaredDistance(cut(p, a, 2), cut(p, b, 2)));
    return tf.mean(tf.relu(tf.add(tf.sub(far(0, 2), far(0, 4)), 4)));
  }),
  // mexchy1000/DeepSurv_Keras#3: the sum over the events is divided by nothing.
  lossCase("cox-sum-deepsurv3", "bad-scale", { yPred: "real", sample: survival }, (y, p) => {
    const time = cut(y, 0, 1), later = tf.cast(tf.greaterEqual(tf.reshape(time, [1, -1]), time), "float32");
    const risk = tf.log(rowSum(tf.mul(tf.exp(tf.reshape(p, [1, -1])), later)));
    return tf.neg(tf.sum(tf.mul(flat(cut(y, 1, 1)), tf.sub(flat(p), risk))));
  }),

  // Sound ones.
  // knazeri/edge-connect#60: the minus of a hinge loss stands one line before.
  sound("ok-hinge-edgeconnect60", { yPred: "real", sample: realAndFake }, (_y, p) =>
    tf.add(
      tf.mean(tf.relu(tf.add(1, tf.neg(cut(p, 0, 1))))),
      tf.mean(tf.relu(tf.add(1, cut(p, 1, 1)))),
    )),
  // CompVis/taming-transformers#137: the generator's part of a hinge loss has no lower bound.
  sound("ok-generator-taming137", { yPred: "real", sample: fakes }, (_y, p) => tf.neg(tf.mean(p))),
  // akanimax/BMSG-GAN#40: a relativistic hinge loss is often 0.
  sound("ok-relativistic-bmsg40", { yPred: "real", sample: realAndFake }, (_y, p) => {
    const [real, fake] = [cut(p, 0, 1), cut(p, 1, 1)];
    const ahead = tf.sub(real, tf.mean(fake)), behind = tf.sub(fake, tf.mean(real));
    return tf.add(tf.mean(tf.relu(tf.sub(1, ahead))), tf.mean(tf.relu(tf.add(1, behind))));
  }),
  // raywang4/DispLoss#7: embeddings are only pushed apart.
  sound("ok-dispersive-disploss7", { yPred: "real", sample: views }, (_y, p) => {
    const e = unit(p, 1e-8), far = tf.sub(2, tf.mul(2, tf.matMul(e, e, false, true)));
    return tf.log(tf.mean(tf.exp(tf.neg(far))));
  }),
  // shengliu66/ELR#5: a regulariser whose logarithm goes below 0 without end, which outputs do not reach.
  sound("ok-early-learning-elr5", { yPred: "logits", sample: remembered }, (y, p) => {
    const crossed = tf.neg(rowSum(tf.mul(cut(y, 0, 3), tf.logSoftmax(p))));
    const agreement = rowSum(tf.mul(tf.clipByValue(tf.softmax(p), 1e-4, 1 - 1e-4), cut(y, 3, 3)));
    return tf.mean(tf.add(crossed, tf.mul(0.7, tf.log(tf.sub(1, agreement)))));
  }),
  // chrischoy/FCGF#40: squared distances for pairs that are alike, a squared margin for those that are not.
  sound("ok-contrastive-fcgf40", { yPred: "real", sample: pairs }, (y, p) => {
    const far = squaredDistance(cut(p, 0, 2), cut(p, 2, 2), true);
    return tf.mean(tf.add(
      tf.mul(y, tf.relu(tf.sub(far, 0.1))),
      tf.mul(tf.sub(1, y), tf.square(tf.relu(tf.sub(1.4, far)))),
    ));
  }),
  // ifzhang/FairMOT#249: losses weighed by exp(−s), plus s, which can be negative.
  sound(
    "ok-two-tasks-fairmot249",
    { yPred: "real", sample: twoTasks },
    (y, p) => tf.mean(rowSum(tf.add(tf.mul(tf.exp(tf.neg(p)), y), p))),
  ),
  // DianCh/AdaContrast#4: the negative entropy of the mean shares.
  sound("ok-diversity-adacontrast4", { yPred: "real", sample: views }, (_y, p) => {
    const share = tf.mean(tf.softmax(p), 0);
    return tf.sum(tf.mul(share, tf.log(tf.add(share, 1e-8))));
  }),
  // Kadenze/siamese_net#7: a contrastive loss in which 1 means alike.
  sound("ok-contrastive-siamese7", { yPred: "real", sample: pairs }, (y, p) => {
    const far = tf.expandDims(distance(cut(p, 0, 2), cut(p, 2, 2)), 1);
    return tf.mean(tf.add(tf.mul(y, far), tf.mul(tf.sub(1, y), tf.relu(tf.sub(2, far)))));
  }),
];

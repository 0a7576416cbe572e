// A fourth set of losses: every one from a public thread, written down before the audit was run on any, and committed
// before that run, by somebody who had read neither the rules nor what is said of them. Causes, and alternates that are
// as right, are the author's judgement of the thread.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  box,
  clip,
  crossEntropy,
  cut,
  drawn,
  flat,
  float,
  gauss,
  given,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  muLogvar,
  noLabels,
  normals,
  rowsOf,
  rowSum,
  sampled,
  sound,
  squaredDistance,
  triplets,
  unit,
  vae,
} from "./loss_case.ts";

/** The same numbers outside the graph. */
const readOut = (x: Tensor): Tensor => tf.tensor(x.dataSync(), x.shape);

const oneHotOf = (index: number, columns: number): number[] =>
  Array.from({ length: columns }, (_, column) => column === index ? 1 : 0);

/** Labels [time, event], outputs the logarithm of a hazard: early events are dangerous. */
const survival = drawn(["random", "perfect", "constPred", "allNeg", "allPos"], (kind, u) => ({
  label: () => [0.05 + 3 * u(), kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.6 ? 1 : 0],
  output: ([time]) => [kind === "perfect" ? 4 - 4 * time : kind === "constPred" ? 0.3 : gauss(u)],
}));

/** 1 where the row of the second index is still at risk at the time of the first. */
const atRisk = (time: Tensor): Tensor => float(tf.greaterEqual(tf.reshape(time, [1, -1]), tf.reshape(time, [-1, 1])));

/** log of the summed hazard of those at risk. */
const logRisk = (time: Tensor, hazard: Tensor): Tensor =>
  tf.log(rowSum(tf.mul(tf.exp(tf.reshape(hazard, [1, -1])), atRisk(time))));

/** Embeddings of two views, 2 + 2 columns, no labels; the views of a row are near each other if they are right. */
const twoViews = sampled(() => [0], (_, u, perfect) => {
  const [a, b] = [gauss(u), gauss(u)];
  return perfect ? [a, b, a, b] : [a, b, gauss(u), gauss(u)];
});

/** Two vectors of two columns that are to be orthogonal. */
const orthogonal = sampled(() => [0], (_, u, perfect) => {
  const [a, b] = [gauss(u), gauss(u)];
  return perfect ? [a, b, -b, a] : [a, b, gauss(u), gauss(u)];
});

/** Scores of a pair, the better first; no labels. */
const rankedPair = (scale: number) =>
  drawn(["random", "perfect", "far"], (kind, u) => ({
    label: () => [0],
    output: () =>
      kind === "perfect"
        ? [3 * scale, -3 * scale]
        : kind === "far"
        ? (u() < 0.5 ? [60 * scale, -60 * scale] : [-60 * scale, 60 * scale])
        : normals(2, scale)(u),
  }));

/** Scores of two items, and 1 if the first is the better one, else 0. */
const comparedPair = drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.5 ? 1 : 0],
  output: ([better]) => kind === "perfect" ? (better === 1 ? [3, -3] : [-3, 3]) : normals(2)(u),
}));

/** Labels [advantage, old log-probability, action one-hot 3], outputs logits of three actions. */
const policy = sampled(
  (u) => [gauss(u), Math.log(0.15 + 0.7 * u()), ...oneHotOf(Math.floor(3 * u()), 3)],
  ([advantage, , ...action], u, perfect) =>
    perfect ? action.map((chosen) => (advantage > 0 ? 4 : -4) * chosen) : normals(3)(u),
);

/** The log-probability of the action. */
const actionLogProbability = (action: Tensor, logits: Tensor): Tensor => rowSum(tf.mul(action, tf.logSoftmax(logits)));

/** New over old probability of the action, and the advantage. */
const ratioAndAdvantage = (y: Tensor, p: Tensor): [Tensor, Tensor] => {
  const old = flat(cut(y, 1, 1));
  return [tf.exp(tf.sub(actionLogProbability(cut(y, 2, 3), p), old)), flat(cut(y, 0, 1))];
};

/** Labels [return, action one-hot 2], outputs [logits 2 | value]. */
const actorCritic = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u), ...oneHotOf(Math.floor(2 * u()), 2)],
  output: ([gain, ...action]) =>
    kind === "perfect"
      ? [...action.map((chosen) => 6 * chosen), gain]
      : [...normals(2)(u), kind === "far" ? gain + (u() < 0.5 ? 40 : -40) : gauss(u)],
}));

/** Labels [target, action one-hot 3], outputs the values of three actions. */
const qValues = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u), ...oneHotOf(Math.floor(3 * u()), 3)],
  output: ([target, ...action]) =>
    action.map((chosen) => {
      const value = kind === "far" ? (u() < 0.5 ? 50 : -50) : 1.5 * gauss(u);
      return kind === "perfect" && chosen === 1 ? target : value;
    }),
}));

/** Labels [value or 0 where nothing is known, mask], outputs values. */
const padded = drawn(["random", "perfect", "allNeg", "far"], (kind, u) => ({
  label: () => {
    const mask = kind === "allNeg" || u() < 0.5 ? 0 : 1;
    return [mask === 1 ? gauss(u) : 0, mask];
  },
  output: ([value, mask]) =>
    kind === "perfect" && mask === 1 ? [value] : kind === "far" ? [value + (u() < 0.5 ? 60 : -60)] : [1.5 * gauss(u)],
}));

/** Labels [class of 0 and 1, mask], outputs logits. */
const maskedLogits = drawn(["random", "perfect", "allNeg", "allPos", "saturated"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" || u() < 0.4 ? 1 : 0, u() < 0.7 ? 1 : 0],
  output: ([y]) => [
    kind === "perfect" ? (y === 1 ? 8 : -8) : kind === "saturated" ? (u() < 0.5 ? 100 : -100) : 2 * gauss(u),
  ],
}));

/** Cosines between a row and three classes, labels one-hot. */
const cosines = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => oneHotOf(Math.floor(3 * u()), 3),
  output: (y) =>
    kind === "perfect"
      ? y.map((right) => right === 1 ? 1 : -1)
      : kind === "saturated"
      ? y.map(() => u() < 0.5 ? 1 : -1)
      : y.map(() => 1.96 * u() - 0.98),
}));

/** Boxes [x1, y1, x2, y2] as labels and outputs. */
const boxes = rowsOf((u) => box(u), (u) => box(u));

/** Labels: the class of a row among forty; outputs embeddings of three columns. */
const manyClasses = rowsOf(
  (u) => [Math.floor(40 * u())],
  normals(3),
  ([c]) => [Math.cos(c), Math.sin(c), Math.cos(2.3 * c)],
);

/** Labels: four samples of a return; outputs its four quantiles. */
const quantiles = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => normals(4)(u),
  output: () =>
    kind === "perfect" ? [-1.15, -0.32, 0.32, 1.15] : kind === "far" ? normals(4, 40)(u) : normals(4, 1.5)(u),
}));

/** Similarities [within a class, between classes]; no labels. */
const similarities = rowsOf(noLabels, (u) => [1.96 * u() - 0.98, 1.96 * u() - 0.98], () => [1, 0]);

/** Labels [advantage, action one-hot 3, logits of the reference 3], outputs logits. */
const reference = sampled(
  (u) => [gauss(u), ...oneHotOf(Math.floor(3 * u()), 3), ...normals(3)(u)],
  ([advantage, ...rest], u, perfect) =>
    [0, 1, 2].map((j) => perfect ? rest[3 + j] + (advantage > 0 ? 3 : -3) * rest[j] : gauss(u)),
);

const smoothAbsolute = (e: Tensor): Tensor => {
  const size = tf.abs(e);
  return tf.where(tf.greaterEqual(size, 1), tf.sub(size, 0.5), tf.mul(0.5, tf.square(e)));
};

/** The structural similarity of each row. */
const structure = (y: Tensor, p: Tensor): Tensor => {
  const [a, b] = [tf.mean(y, -1, true), tf.mean(p, -1, true)], [dy, dp] = [tf.sub(y, a), tf.sub(p, b)];
  const both = tf.mean(tf.mul(dy, dp), -1, true),
    spread = tf.add(tf.mean(tf.square(dy), -1, true), tf.mean(tf.square(dp), -1, true));
  return tf.div(
    tf.mul(tf.add(tf.mul(2, tf.mul(a, b)), 1e-4), tf.add(tf.mul(2, both), 9e-4)),
    tf.mul(tf.add(tf.add(tf.square(a), tf.square(b)), 1e-4), tf.add(spread, 9e-4)),
  );
};

/** The mean absolute step between neighbours of each row. */
const variation = (x: Tensor): Tensor => tf.mean(tf.abs(tf.sub(cut(x, 1, 3), cut(x, 0, 3))), -1);

export const heldOutCases4: readonly LossCase[] = [
  // marlbenchmark/on-policy#47: the linear branch of a Huber loss asks e > d, not |e| > d: large errors of one sign are
  // free.
  lossCase("huber-one-side-onpolicy47", ["wrong-optimum", "saturated"], given("real", "real"), (y, p) => {
    const e = tf.sub(y, p), near = float(tf.greaterEqual(1, tf.abs(e))), far = float(tf.greaterEqual(e, 1));
    return tf.mean(tf.add(tf.mul(near, tf.mul(0.5, tf.square(e))), tf.mul(far, tf.sub(tf.abs(e), 0.5))));
  }),
  // scikit-learn/scikit-learn#6076: a quantile loss adds the negative errors without turning their sign.
  lossCase("quantile-sign-sklearn6076", ["wrong-sign", "wrong-optimum"], given("real", "real"), (y, p) => {
    const e = tf.sub(y, p), over = float(tf.greaterEqual(e, 0));
    return tf.mean(tf.add(tf.mul(0.9, tf.mul(over, e)), tf.mul(0.1, tf.mul(tf.sub(1, over), e))));
  }),
  // mahmoodlab/PathomicFusion#9: a Cox loss of [n] times events of [n, 1].
  lossCase("cox-events-pathomic9", "broadcast", { yPred: "real", sample: survival }, (y, p) => {
    const gain = tf.sub(flat(p), logRisk(cut(y, 0, 1), p));
    return tf.neg(tf.mean(tf.mul(gain, cut(y, 1, 1))));
  }),
  // lasso-net/lassonet#52: a Cox loss of a batch in which nobody has an event.
  lossCase("cox-all-censored-lassonet52", "zero-division", { yPred: "real", sample: survival }, (y, p) => {
    const gain = tf.sub(flat(p), logRisk(cut(y, 0, 1), p)), event = flat(cut(y, 1, 1));
    return tf.neg(tf.div(tf.sum(tf.mul(gain, event)), tf.sum(event)));
  }),
  // Novartis/torchsurv#117: the events of 0 and 1 index the rows, instead of choosing among them.
  lossCase(
    "cox-index-torchsurv117",
    ["label-encoding", "wrong-axis", "reduction", "wrong-optimum"],
    { yPred: "real", sample: survival },
    (y, p) => {
      const gain = tf.sub(flat(p), logRisk(cut(y, 0, 1), p));
      return tf.neg(tf.mean(tf.gather(gain, tf.cast(flat(cut(y, 1, 1)), "int32"))));
    },
  ),
  // KevinMusgrave/pytorch-metric-learning#107: the mean over triplets that are not 0 yet, when none is left.
  lossCase("triplets-left-pml107", "zero-division", { yPred: "real", sample: triplets }, (_y, p) => {
    const [a, b, c] = [cut(p, 0, 2), cut(p, 2, 2), cut(p, 4, 2)];
    const margin = tf.relu(tf.add(tf.sub(squaredDistance(a, b), squaredDistance(a, c)), 0.2));
    return tf.div(tf.sum(margin), tf.sum(float(tf.greaterEqual(margin, 1e-12))));
  }),
  // jinnnju/PaAno#1: the masked diagonal becomes the hardest negative: the loss is 0 for every row.
  lossCase("masked-diagonal-paano1", ["constant", "saturated"], { yPred: "real", sample: twoViews }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)], n = p.shape[0];
    const alike = tf.where(tf.cast(tf.eye(n), "bool"), tf.fill([n, n], -Infinity), tf.matMul(a, a, false, true));
    const hardest = tf.max(tf.sub(1, alike), 1), positive = tf.sub(1, rowSum(tf.mul(a, b)));
    return tf.mean(tf.relu(tf.add(tf.sub(positive, hardest), 0.5)));
  }),
  // EDAPINENUT/GNTPP#4: the divergence is summed over the whole batch, then weighed row by row.
  lossCase(
    "divergence-of-all-gntpp4",
    ["wrong-axis", "reduction", "bad-scale"],
    { yPred: "real", sample: vae },
    (y, p) => {
      const rebuilt = rowSum(tf.squaredDifference(y, cut(p, 0, 2)));
      const divergence = tf.mul(-0.5, tf.sum(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2))));
      return tf.mean(tf.add(rebuilt, divergence));
    },
  ),
  // kevinzakka/pytorch-goodies#7: products of different columns are summed without an absolute value.
  lossCase("orthogonal-no-abs-goodies7", ["wrong-optimum", "wrong-sign"], given("real", "none", 4), (_y, p) => {
    const products = tf.div(tf.matMul(p, p, true, false), p.shape[0]);
    return tf.sum(tf.mul(products, tf.sub(1, tf.eye(4))));
  }),
  // mdswyz/DMD#11: the cosine is minimised to make two vectors orthogonal: they become opposite.
  lossCase(
    "cosine-orthogonal-dmd11",
    ["wrong-optimum", "wrong-sign"],
    { yPred: "real", sample: orthogonal },
    (_y, p) => tf.mean(rowSum(tf.mul(unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)))),
  ),
  // RUCAIBox/RecBole#1505: negative sampling without the logarithm of the sigmoid.
  lossCase(
    "sigmoid-no-log-recbole1505",
    "saturated",
    given("logits", "sign"),
    (y, p) => tf.neg(tf.mean(tf.sigmoid(tf.mul(y, p)))),
  ),
  // Unakar/Logic-RL#58: the distance from the reference policy is maximised.
  lossCase(
    "kl-maximised-logicrl58",
    ["wrong-sign", "wrong-optimum"],
    { yPred: "logits", sample: reference },
    (y, p) => {
      const gain = tf.mul(flat(cut(y, 0, 1)), actionLogProbability(cut(y, 1, 3), p));
      const divergence = rowSum(tf.mul(tf.softmax(p), tf.sub(tf.logSoftmax(p), tf.logSoftmax(cut(y, 4, 3)))));
      return tf.neg(tf.mean(tf.add(gain, tf.mul(0.5, divergence))));
    },
  ),
  // natolambert/rlhf-book#125: the clipped objective is returned as the loss, without its minus.
  lossCase("ppo-no-minus-rlhfbook125", "wrong-sign", { yPred: "logits", sample: policy }, (y, p) => {
    const [ratio, advantage] = ratioAndAdvantage(y, p);
    return tf.mean(tf.minimum(tf.mul(ratio, advantage), tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage)));
  }),
  // jvmncs/safe-grid-agents#28: the minus was moved inside the minimum.
  lossCase(
    "ppo-minus-inside-safegrid28",
    ["wrong-optimum", "saturated", "wrong-sign"],
    { yPred: "logits", sample: policy },
    (y, p) => {
      const [ratio, advantage] = ratioAndAdvantage(y, p);
      const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
      return tf.mean(tf.minimum(tf.neg(tf.mul(ratio, advantage)), tf.neg(clipped)));
    },
  ),
  // simoninithomas/Deep_reinforcement_learning_Course#51: the chosen values are summed over the batch, too.
  lossCase("q-summed-simonini51", ["wrong-axis", "broadcast"], { yPred: "real", sample: qValues }, (y, p) => {
    const chosen = tf.sum(tf.mul(p, cut(y, 1, 3)));
    return tf.mean(tf.square(tf.sub(flat(cut(y, 0, 1)), chosen)));
  }),
  // BY571/QR-DQN#1: the quantile levels are spread along the axis of the targets.
  lossCase("levels-on-targets-qrdqn1", ["broadcast", "wrong-axis"], { yPred: "real", sample: quantiles }, (y, p) => {
    const e = tf.sub(tf.expandDims(y, 1), tf.expandDims(p, 2));
    const levels = tf.tensor1d([0.125, 0.375, 0.625, 0.875]);
    return tf.mean(tf.mul(tf.abs(tf.sub(levels, float(tf.greaterEqual(0, e)))), smoothAbsolute(e)));
  }),
  // jsboige/CoursIA#15256: the critic's values were read out as numbers.
  lossCase("critic-read-out-coursia15256", "detached", { yPred: "real", sample: actorCritic }, (y, p) => {
    const gain = flat(cut(y, 0, 1)), value = readOut(flat(cut(p, 2, 1)));
    const actor = tf.neg(tf.mean(tf.mul(actionLogProbability(cut(y, 1, 2), cut(p, 0, 2)), tf.sub(gain, value))));
    return tf.add(actor, tf.mul(0.5, tf.mean(tf.squaredDifference(value, gain))));
  }),
  // yifita/deep_cage#16: the weights are detached before their regulariser.
  lossCase(
    "regulariser-detached-deepcage16",
    "detached",
    given("real", "real", 3),
    (y, p) => tf.add(tf.mean(tf.squaredDifference(y, p)), tf.mul(0.1, tf.mean(tf.square(tf.relu(tf.neg(readOut(p))))))),
  ),
  // HobbitLong/SupContrast#20: a row of a class that has no other row.
  lossCase("no-positives-supcontrast20", "zero-division", { yPred: "real", sample: manyClasses }, (y, p) => {
    const e = unit(p, 1e-8), logits = tf.div(tf.matMul(e, e, false, true), 0.07);
    const others = tf.sub(1, tf.eye(p.shape[0])), c = flat(y);
    const positive = tf.mul(float(tf.equal(tf.expandDims(c, 0), tf.expandDims(c, 1))), others);
    const calm = tf.sub(logits, tf.max(logits, 1, true));
    const share = tf.sub(calm, tf.log(rowSum(tf.mul(tf.exp(calm), others), true)));
    return tf.neg(tf.mean(tf.div(rowSum(tf.mul(positive, share)), rowSum(positive))));
  }),
  // AdaptiveMotorControlLab/CEBRA#48: the maximum of each row is subtracted along the columns.
  lossCase("infonce-max-cebra48", ["broadcast", "wrong-axis"], { yPred: "real", sample: triplets }, (_y, p) => {
    const [a, b, c] = [cut(p, 0, 2), cut(p, 2, 2), cut(p, 4, 2)];
    const positive = tf.neg(squaredDistance(a, b));
    const negative = tf.neg(rowSum(tf.square(tf.sub(tf.expandDims(a, 1), tf.expandDims(c, 0)))));
    const largest = readOut(tf.max(negative, 1));
    return tf.sub(tf.mean(tf.logSumExp(tf.sub(negative, largest), 1)), tf.mean(tf.sub(positive, largest)));
  }),
  // microsoft/ProDA#43: the divergence takes logarithms, and the student gives probabilities.
  lossCase(
    "student-no-log-proda43",
    ["wrong-optimum", "activation-mismatch"],
    given("simplex", "distribution", 4),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.sub(tf.log(clip(y)), p)))),
  ),
  // keras-team/keras#10706: a root mean squared error along the last axis, which has one column.
  lossCase(
    "rmse-one-column-keras10706",
    ["nan-gradient", "wrong-axis"],
    given("real", "real"),
    (y, p) => tf.mean(tf.sqrt(tf.mean(tf.square(tf.sub(p, y)), -1))),
  ),
  // ronghuaiyang/arcface-pytorch#91: the sine as a root of 1 − cos², at a cosine of 1.
  lossCase("sine-arcface91", ["nan-gradient", "domain-edge"], { yPred: "tanh", sample: cosines }, (y, p) => {
    const sine = tf.sqrt(tf.sub(1, tf.square(p)));
    const phi = tf.sub(tf.mul(p, Math.cos(0.5)), tf.mul(sine, Math.sin(0.5)));
    const logits = tf.mul(30, tf.add(tf.mul(y, phi), tf.mul(tf.sub(1, y), p)));
    return tf.mean(tf.neg(rowSum(tf.mul(y, tf.logSoftmax(logits)))));
  }),
  // MccreeZhao/FR-Loss-on-Mnist#2: the cosines themselves, without scale or margin, are the logits.
  lossCase(
    "cosines-as-logits-frloss2",
    ["activation-mismatch", "saturated"],
    { yPred: "tanh", sample: cosines },
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p))))),
  ),
  // VainF/pytorch-msssim#8: the similarity is minimised.
  lossCase(
    "ssim-minimised-msssim8",
    "wrong-sign",
    given("probability", "probability", 4),
    (y, p) => tf.mean(structure(y, p)),
  ),
  // alibaba/ROLL#444: the sum is taken over all rows and divided by the number of those that count.
  lossCase(
    "unmasked-sum-roll444",
    ["reduction", "zero-division", "bad-scale"],
    { yPred: "real", sample: padded },
    (y, p) => tf.div(tf.sum(tf.squaredDifference(cut(y, 0, 1), p)), tf.sum(cut(y, 1, 1))),
  ),
  // jingyaogong/minimind#51: the cross-entropy was already a mean when the mask came.
  lossCase(
    "mask-after-mean-minimind51",
    ["reduction", "broadcast"],
    { yPred: "logits", sample: maskedLogits },
    (y, p) => {
      const mean = tf.mean(tf.sub(tf.softplus(p), tf.mul(cut(y, 0, 1), p))), mask = cut(y, 1, 1);
      return tf.div(tf.sum(tf.mul(mean, mask)), tf.add(tf.sum(mask), 1e-8));
    },
  ),
  // seathiefwang/RankPose#4: a ranking loss for targets of 1 and −1, given 1 and 0.
  lossCase("ranking-zero-one-rankpose4", "label-encoding", { yPred: "real", sample: comparedPair }, (y, p) => {
    const lead = tf.sub(cut(p, 0, 1), cut(p, 1, 1));
    return tf.mean(tf.relu(tf.add(tf.neg(tf.mul(y, lead)), 0.5)));
  }),
  // SmartDataAnalytics/Knowledge-Graph-Analysis-Programming-Exercises#1: the target of −1 ranks the false fact higher.
  lossCase(
    "false-fact-first-kgexercises1",
    "wrong-sign",
    { yPred: "real", sample: rankedPair(1) },
    (_y, p) => tf.mean(tf.relu(tf.add(tf.sub(cut(p, 0, 1), cut(p, 1, 1)), 1))),
  ),
  // lilanxiao/Rotated_IoU#9: boxes that do not meet have an overlap, and a gradient, of 0.
  lossCase("disjoint-boxes-rotatediou9", "saturated", { yPred: "probability", sample: boxes }, (y, p) => {
    const low = tf.maximum(cut(y, 0, 2), cut(p, 0, 2)), high = tf.minimum(cut(y, 2, 2), cut(p, 2, 2));
    const area = (x: Tensor) => tf.prod(tf.sub(cut(x, 2, 2), cut(x, 0, 2)), 1);
    const common = tf.prod(tf.relu(tf.sub(high, low)), 1);
    return tf.mean(tf.sub(1, tf.div(common, tf.add(tf.sub(tf.add(area(y), area(p)), common), 1e-6))));
  }),
  // keras-team/keras#13747: a divergence from outputs that do not sum to 1: all near 1 is best.
  lossCase(
    "divergence-of-sigmoids-keras13747",
    ["activation-mismatch", "wrong-optimum"],
    given("probability", "distribution", 4),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.sub(tf.log(clip(y)), tf.log(clip(p)))))),
  ),
  // https-deeplearning-ai/GANs-Public#1: zeros are the target of real images.
  lossCase(
    "targets-swapped-gans1",
    ["wrong-sign", "label-encoding"],
    given("logits", "binary"),
    (y, p) => tf.mean(tf.sub(tf.softplus(p), tf.mul(tf.sub(1, y), p))),
  ),
  // DeepRegNet/DeepReg#452: a division that gives 0 for 0 / 0 has no finite slope there.
  lossCase(
    "correlation-no-nan-deepreg452",
    ["no-gradient-op", "nan-gradient", "zero-division"],
    given("real", "real"),
    (y, p) => {
      const [a, b] = [tf.sub(y, tf.mean(y)), tf.sub(p, tf.mean(p))], both = tf.mean(tf.mul(a, b));
      return tf.sub(1, tf.divNoNan(tf.square(both), tf.mul(tf.mean(tf.square(a)), tf.mean(tf.square(b)))));
    },
  ),
  // photosynthesis-team/piq#57: only the total variations of two images are compared.
  lossCase(
    "variations-compared-piq57",
    "wrong-optimum",
    given("real", "real", 4),
    (y, p) => tf.mean(tf.abs(tf.sub(variation(p), variation(y)))),
  ),
  // thinking-machines-lab/tinker-cookbook#188: the logarithm of a sigmoid that underflows.
  lossCase(
    "log-of-sigmoid-tinker188",
    ["domain-edge", "nan-gradient", "zero-division"],
    { yPred: "real", sample: rankedPair(20) },
    (_y, p) => tf.neg(tf.mean(tf.log(tf.sigmoid(tf.mul(0.1, tf.sub(cut(p, 0, 1), cut(p, 1, 1))))))),
  ),
  // GeoZcx/A-deeply-supervised-image-fusion-network-for-change-detection-in-remote-sensing-images#1: a sigmoid of the
  // sigmoid, and of the labels too.
  lossCase(
    "sigmoid-of-labels-dsifn1",
    ["activation-mismatch", "label-encoding"],
    given("probability", "binary"),
    (y, p) => tf.mean(crossEntropy(tf.sigmoid(y), tf.sigmoid(p))),
  ),
  // stelzner/monet#1: the mask is compared with a reconstruction whose width and height have changed places.
  lossCase("transposed-monet1", ["wrong-axis", "wrong-optimum"], given("real", "real", 4), (y, p) => {
    const turned = tf.transpose(tf.reshape(p, [-1, 2, 2]), [0, 2, 1]);
    return tf.mean(tf.squaredDifference(tf.reshape(y, [-1, 2, 2]), turned));
  }),
  // keras-team/keras-io#194: the gradient of the actor's loss flows through the critic's value.
  lossCase("critic-live-kerasio194", "wrong-optimum", { yPred: "real", sample: actorCritic }, (y, p) => {
    const gain = flat(cut(y, 0, 1)), ahead = tf.sub(gain, flat(cut(p, 2, 1)));
    const actor = tf.neg(tf.mul(actionLogProbability(cut(y, 1, 2), cut(p, 0, 2)), ahead));
    return tf.mean(tf.add(actor, smoothAbsolute(ahead)));
  }),
  // http://xiaobeizi.cn/x/6JuuQQjucd, a copied question: the mask is thresholded by tf.where.
  lossCase(
    "where-threshold-xiaobeizi",
    "no-gradient-op",
    given("probability", "binary"),
    (y, p) => tf.mean(tf.squaredDifference(y, tf.where(tf.greaterEqual(p, 0.5), tf.onesLike(p), tf.zerosLike(p)))),
  ),
  // https://thinbug.com/q/51257037, a question of Stack Overflow: the outputs are added, times 0.
  lossCase(
    "outputs-times-zero-so51257037",
    ["constant", "detached"],
    given("real", "real"),
    (y, p) => tf.add(tf.sum(tf.square(y)), tf.mul(0, tf.sum(p))),
  ),

  // Sound ones.
  // trzy/FasterRCNN#2, mended since: the branches ask for the signed difference; the other side stays quadratic.
  sound("ok-signed-smooth-l1-trzy2", given("real", "real"), (y, p) => {
    const e = tf.sub(p, y);
    return tf.mean(tf.where(tf.greaterEqual(e, 1), tf.sub(tf.abs(e), 0.5), tf.mul(0.5, tf.square(e))));
  }),
  // wvangansbeke/Unsupervised-Classification#100: a consistency minus an entropy is often negative, and right.
  sound("ok-scan100", { yPred: "real", sample: twoViews }, (_y, p) => {
    const [a, b] = [tf.softmax(cut(p, 0, 2)), tf.softmax(cut(p, 2, 2))], share = tf.mean(a, 0);
    const entropy = tf.neg(tf.sum(tf.mul(share, tf.log(tf.add(share, 1e-8)))));
    return tf.sub(tf.neg(tf.mean(tf.log(tf.add(rowSum(tf.mul(a, b)), 1e-8)))), tf.mul(5, entropy));
  }),
  // ssnl/align_uniform#1: alignment plus uniformity, which is negative.
  sound("ok-align-uniform1", { yPred: "real", sample: twoViews }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)];
    const far = tf.sub(2, tf.mul(2, tf.matMul(a, a, false, true)));
    return tf.add(tf.mean(squaredDistance(a, b)), tf.log(tf.mean(tf.exp(tf.mul(-2, far)))));
  }),
  // pytorch/pytorch#50528: a weighted cross-entropy is divided by the weights of the batch, as documented.
  sound("ok-weighted-mean-torch50528", given("logits", "one-hot", 3), (y, p) => {
    const weight = rowSum(tf.mul(y, tf.tensor1d([1, 2, 4])));
    return tf.div(tf.sum(tf.mul(weight, tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p)))))), tf.sum(weight));
  }),
  // open-mmlab/mmdetection#845: weights of 0 and 1 are used twice, which changes nothing.
  sound("ok-weights-twice-mmdet845", { yPred: "logits", sample: maskedLogits }, (y, p) => {
    const mask = cut(y, 1, 1), each = tf.mul(mask, tf.sub(tf.softplus(p), tf.mul(cut(y, 0, 1), p)));
    return tf.mean(tf.mul(mask, each));
  }),
  // Raschka-research-group/coral-cnn#9: log σ(z) − z is log(1 − σ(z)).
  sound("ok-coral9", given("logits", "binary", 3), (y, p) => {
    const sure = tf.logSigmoid(p);
    return tf.mean(tf.neg(rowSum(tf.add(tf.mul(sure, y), tf.mul(tf.sub(sure, p), tf.sub(1, y))))));
  }),
  // ethanhe42/KL-Loss#4: an absolute error weighed by exp(−α), with α/2.
  sound("ok-kl-loss4", { yPred: "real", sample: muLogvar }, (y, p) => {
    const alpha = cut(p, 1, 1);
    return tf.mean(tf.add(tf.mul(tf.exp(tf.neg(alpha)), smoothAbsolute(tf.sub(y, cut(p, 0, 1)))), tf.mul(0.5, alpha)));
  }),
  // drboog/Lafite#25: a temperature inside the logarithm adds a constant.
  sound("ok-infonce-lafite25", { yPred: "real", sample: twoViews }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)];
    const shares = tf.softmax(tf.div(tf.matMul(a, b, false, true), 0.5));
    return tf.neg(tf.mean(tf.log(tf.mul(0.5, rowSum(tf.mul(shares, tf.eye(p.shape[0])))))));
  }),
  // sdv-dev/CTGAN#99: a critic's loss is negative.
  sound(
    "ok-critic-ctgan99",
    { yPred: "real", sample: rankedPair(1) },
    (_y, p) => tf.neg(tf.sub(tf.mean(cut(p, 0, 1)), tf.mean(cut(p, 1, 1)))),
  ),
  // keras-team/keras#23333: false positives and false negatives have each other's weight; it trains.
  sound("ok-tversky-keras23333", given("probability", "binary"), (y, p) => {
    const hit = tf.sum(tf.mul(y, p)), extra = tf.sum(tf.mul(tf.sub(1, y), p)), lost = tf.sum(tf.mul(y, tf.sub(1, p)));
    const below = tf.add(tf.add(hit, tf.mul(0.3, lost)), tf.mul(0.7, extra));
    return tf.sub(1, tf.div(tf.add(hit, 1e-7), tf.add(below, 1e-7)));
  }),
  // mkusner/grammarVAE#2: the mean, not the sum, of the divergence over the columns: a weaker prior, used on purpose.
  sound("ok-divergence-mean-grammarvae2", { yPred: "real", sample: vae }, (y, p) => {
    const divergence = tf.mul(-0.5, tf.mean(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2)), -1));
    return tf.mean(tf.add(rowSum(tf.squaredDifference(y, cut(p, 0, 2))), divergence));
  }),
  // fudannlp16/focal-loss#8: γ is multiplied for positives, a power for negatives: lopsided, and it trains.
  sound("ok-focal-fudannlp8", given("probability", "binary"), (y, p) => {
    const q = clip(p), positive = tf.mul(0.75, tf.mul(tf.mul(2, tf.sub(1, q)), tf.log(q)));
    const negative = tf.mul(0.25, tf.mul(tf.square(q), tf.log(tf.sub(1, q))));
    return tf.neg(tf.mean(tf.add(tf.mul(y, positive), tf.mul(tf.sub(1, y), negative))));
  }),
  // Minione/DTSH#2: the distance from a code and its own sign: the sign has no slope, and needs none.
  sound("ok-own-sign-dtsh2", given("real", "sign"), (y, p) => {
    const fit = tf.mean(tf.softplus(tf.neg(tf.mul(y, p))));
    return tf.add(fit, tf.mul(0.05, tf.mean(tf.squaredDifference(p, tf.sign(p)))));
  }),
  // TinyZeaMays/CircleLoss#28: the weights of the similarities are detached, as in the paper.
  sound("ok-circle28", { yPred: "tanh", sample: similarities }, (_y, p) => {
    const [within, between] = [cut(p, 0, 1), cut(p, 1, 1)];
    const pull = readOut(tf.relu(tf.sub(1.25, within))), push = readOut(tf.relu(tf.add(between, 0.25)));
    const logit = tf.sub(tf.mul(push, tf.sub(between, 0.25)), tf.mul(pull, tf.sub(within, 0.75)));
    return tf.mean(tf.softplus(tf.mul(8, logit)));
  }),
];

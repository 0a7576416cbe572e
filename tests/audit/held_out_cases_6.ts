// A sixth set of losses: written from public threads, by somebody who had read the names of the audit's causes and its
// options, and none of its rules, and committed before the audit was run on any. Causes, and alternates that are as
// right, were fixed with them.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  box,
  choice,
  crossEntropy,
  cut,
  dice,
  drawn,
  flat,
  gauss,
  given,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  muLogvar,
  normals,
  on,
  onRows,
  onSampled,
  rowsOf,
  rowSum,
  type Sample,
  sampled,
  soft,
  sound,
  squaredDistance,
  triplets,
  type Uniform,
  unit,
  vae,
} from "./loss_case.ts";

const rowMean = (x: Tensor): Tensor => tf.mean(x, -1, true);
const length = (x: Tensor): Tensor => tf.sqrt(rowSum(tf.square(x), true));
const oneHot = (index: Tensor, classes: number): Tensor =>
  tf.cast(tf.oneHot(tf.cast(flat(index), "int32"), classes), "float32");
/** 1 where a label is above another, 0 elsewhere. */
const above = (a: Tensor, b: Tensor): Tensor => tf.step(tf.sub(a, b));
/** Distance of the two embeddings of each row, whose root is kept from 0. */
const apart = (p: Tensor): Tensor => tf.sqrt(tf.maximum(squaredDistance(cut(p, 0, 2), cut(p, 2, 2), true), 1e-7));
/** The numbers of a tensor in another one. */
const remade = (x: Tensor): Tensor => tf.tensor(x.dataSync(), x.shape);
/** The value, and a gradient of 0. */
const stopGradient = (x: Tensor): Tensor =>
  tf.customGrad((v) => ({ value: (v as Tensor).clone(), gradFunc: (dy: Tensor) => tf.zerosLike(dy) }))(x);

const hot = (index: number, count: number, yes = 1, no = 0): number[] =>
  Array.from({ length: count }, (_, i) => i === index ? yes : no);

/** Outputs without labels: anything, and what they should be. */
const unlabelled = (outputs: number, right?: (u: Uniform) => number[]): Sample =>
  drawn(right ? ["random", "perfect"] : ["random"], (kind, u) => ({
    label: () => [0],
    output: () => kind === "perfect" && right ? right(u) : normals(outputs)(u),
  }));

/** Labels [return, value before], outputs the value. */
const critic = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => normals(2)(u),
  output: ([y]) => [kind === "perfect" ? y : kind === "far" ? y + (u() < 0.5 ? 30 : -30) : 1.5 * gauss(u)],
}));

/** Labels [log-probability before, advantage], outputs the log-probability. */
const policy = drawn(["random"], (_kind, u) => ({
  label: () => [Math.log(0.05 + 0.9 * u()), gauss(u)],
  output: ([before]) => [before + 0.3 * gauss(u)],
}));

/** Labels of two items that are alike (1) or not (the other number), outputs embeddings of 2 + 2 columns. */
const alikeOr = (not: number): Sample =>
  sampled((u) => [u() < 0.5 ? 1 : not], ([y], u, perfect) => {
    const a = normals(2)(u), size = Math.hypot(...a);
    if (!perfect) return [...a, ...normals(2)(u)];
    return [...a, ...(y === 1 ? a : a.map((x) => -2 * x / size))];
  });

/** Labels [class of four, mask], outputs logits; a batch that is masked altogether. */
const maskedTokens = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [choice(4, u), kind === "allNeg" || u() < 0.5 ? 0 : 1],
  output: ([y]) => kind === "perfect" ? hot(y, 4, 8, -8) : normals(4)(u).map((x) => 2 * x),
}));

/** Labels and outputs of a kind, with silence: a batch where both are 0. */
const withSilence = (columns: number): Sample =>
  drawn(["random", "perfect", "far", "zeroBoth"], (kind, u) => ({
    label: () => kind === "zeroBoth" ? normals(columns)(u).map(() => 0) : normals(columns)(u),
    output: (y) =>
      kind === "perfect" || kind === "zeroBoth"
        ? [...y]
        : kind === "far"
        ? y.map((x) => x + (u() < 0.5 ? 60 : -60))
        : normals(columns)(u).map((x) => 1.5 * x),
  }));

/** Labels [-1 or 1, real], outputs [score, value, two weights]; with losses of 0, the weights end at 0. */
const weighted = sampled(
  (u) => [u() < 0.5 ? 1 : -1, gauss(u)],
  ([side, y], u, perfect) => perfect ? [2 * side, y, 0, 0] : [...normals(2)(u), 0.2 + u(), 0.2 + u()],
);

/** Labels: a class of four as one-hot; a batch of one class that is found without doubt. */
const grades = drawn(["random", "perfect", "saturated", "zeroBoth"], (kind, u) => ({
  label: () => hot(kind === "zeroBoth" ? 0 : choice(4, u), 4),
  output: (y) =>
    kind === "perfect" || kind === "zeroBoth"
      ? [...y]
      : kind === "saturated"
      ? hot(choice(4, u), 4)
      : soft(normals(4)(u)),
}));

/** Labels: a teacher's probabilities of four words at three places; outputs logits. */
const places = sampled(
  (u) => [0, 1, 2].flatMap(() => soft(normals(4)(u).map((x) => 2 * x))),
  (y, u, perfect) => perfect ? y.map((x) => Math.log(x)) : normals(12)(u).map((x) => 2 * x),
);

/** Labels: a class of five as an index; outputs five probabilities. */
const objects = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => [choice(5, u)],
  output: ([y]) =>
    kind === "perfect" ? hot(y, 5) : hot(0, 5).map(() => kind === "saturated" ? choice(2, u) : 0.02 + 0.96 * u()),
}));

/** Labels: a class of three as an index; outputs embeddings, some of which may be 0. */
const embedded = drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
  label: () => [choice(3, u)],
  output: ([y]) =>
    kind === "perfect" ? hot(y, 4, 2, 0.1) : kind === "zeroBoth" && u() < 0.5 ? [0, 0, 0, 0] : normals(4)(u),
}));

/** Labels: points around three directions; outputs: three groups. */
const graph = drawn(["random", "perfect", "constPred"], (kind, u) => ({
  label: () => {
    const angle = 2 * Math.PI * (choice(3, u) / 3) + 0.3 * gauss(u);
    return [Math.cos(angle), Math.sin(angle)];
  },
  output: ([x, y]) => {
    const group = Math.round(3 * (Math.atan2(y, x) / (2 * Math.PI) + 1)) % 3;
    return kind === "perfect" ? hot(group, 3) : kind === "constPred" ? [1 / 3, 1 / 3, 1 / 3] : soft(normals(3)(u));
  },
}));

/** Labels: -1 or 1; outputs: a sigmoid's. */
const judged = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => [u() < 0.5 ? 1 : -1],
  output: ([y]) => [kind === "perfect" ? (1 + y) / 2 : kind === "saturated" ? choice(2, u) : 0.02 + 0.96 * u()],
}));

/** Labels and outputs: shares of three classes. */
const shares = rowsOf((u) => soft(normals(3)(u)), (u) => soft(normals(3)(u).map((x) => 1.5 * x)));

/** Labels: features of a patch of a picture; outputs: those of the same patch of the other picture. */
const patches = rowsOf(normals(3), normals(3));

/** Cost (i - j)² of three classes. */
const costs = [[0, 1, 4], [1, 0, 1], [4, 1, 0]];

/** Structural similarity of two rows, each of which is one window. */
const ssim = (a: Tensor, b: Tensor): Tensor => {
  const x = rowMean(a), y = rowMean(b), dx = tf.sub(a, x), dy = tf.sub(b, y);
  const over = tf.mul(
    tf.add(tf.mul(2, tf.mul(x, y)), 1e-4),
    tf.add(tf.mul(2, rowMean(tf.mul(dx, dy))), 9e-4),
  );
  const under = tf.mul(
    tf.add(tf.add(tf.square(x), tf.square(y)), 1e-4),
    tf.add(tf.add(rowMean(tf.square(dx)), rowMean(tf.square(dy))), 9e-4),
  );
  return tf.div(over, under);
};

/** -½ of tr(Sᵀ B S)/m, where B is the modularity matrix of a graph that joins points of about the same direction. */
const modularity = (points: Tensor, groups: Tensor): Tensor => {
  const to = unit(points, 1e-8), joined = above(tf.matMul(to, to, false, true), tf.scalar(0.5));
  const degree = rowSum(joined, true), all = tf.sum(joined);
  const surplus = tf.sub(joined, tf.div(tf.matMul(degree, degree, false, true), tf.mul(2, all)));
  return tf.div(tf.neg(tf.sum(tf.mul(groups, tf.matMul(surplus, groups)))), tf.mul(2, all));
};

/** Focal loss of logits, γ = 2, not reduced. */
const focal = (y: Tensor, z: Tensor): Tensor => {
  const crossed = tf.sub(tf.softplus(z), tf.mul(y, z));
  return tf.mul(tf.square(tf.sub(1, tf.exp(tf.neg(crossed)))), crossed);
};

export const heldOutCases6: readonly LossCase[] = [
  // RLinf/RLinf#1568: returns and values before are [n, 1], the values of the network [n]: the clipped loss is [n, n].
  lossCase("critic-rlinf1568", "broadcast", { yPred: "real", sample: critic }, (y, p) => {
    const returns = cut(y, 0, 1), before = cut(y, 1, 1), values = tf.squeeze(p, [1]);
    const clipped = tf.add(before, tf.clipByValue(tf.sub(values, before), -0.2, 0.2));
    return tf.mean(tf.maximum(tf.square(tf.sub(returns, values)), tf.square(tf.sub(returns, clipped))));
  }),
  // RITCHIEHuang/DeepRL_Algorithms#13: the ratio is [n], the advantages are [n, 1].
  lossCase("ratio-deeprl13", "broadcast", { yPred: "real", sample: policy }, (y, p) => {
    const ratio = tf.exp(tf.sub(tf.squeeze(p, [1]), tf.squeeze(cut(y, 0, 1), [1]))), advantages = cut(y, 1, 1);
    const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantages);
    return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantages), clipped)));
  }),
  // ml-stat-Sustech/TorchCP#27: targets [n, 1] against the column of a quantile, [n].
  lossCase(
    "quantiles-torchcp27",
    "broadcast",
    {
      yPred: "real",
      sample: drawn(["random", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) => kind === "far" ? [y - 60, y + 60] : normals(2)(u).map((x) => 1.5 * x),
      })),
    },
    (y, p) => {
      const losses = [0.05, 0.95].map((q, i) => {
        const errors = tf.sub(y, tf.squeeze(cut(p, i, 1), [1]));
        return tf.maximum(tf.mul(q - 1, errors), tf.mul(q, errors));
      });
      return tf.mean(tf.add(losses[0], losses[1]));
    },
  ),
  // pytorch/pytorch#52732: CosineEmbeddingLoss with labels [n, 1] and similarities [n].
  lossCase("cosine-embedding-torch52732", "broadcast", { yPred: "real", sample: alikeOr(-1) }, (y, p) => {
    const similar = rowSum(tf.mul(unit(cut(p, 0, 2), 1e-12), unit(cut(p, 2, 2), 1e-12)));
    const alike = tf.div(tf.add(y, 1), 2);
    return tf.mean(tf.add(tf.mul(alike, tf.sub(1, similar)), tf.mul(tf.sub(1, alike), tf.relu(similar))));
  }),
  // Nixtla/utilsforecast#63: the pinball loss of an absolute error. Its second branch is never the larger one:
  // 0.9·|error|.
  lossCase("absolute-pinball-utilsforecast63", ["wrong-optimum", "constant"], given("real", "real"), (y, p) => {
    const error = tf.abs(tf.sub(p, y));
    return tf.mean(tf.maximum(tf.mul(0.9, error), tf.mul(0.9 - 1, error)));
  }),
  // csteinmetz1/auraloss#25: the scale of SI-SDR is 0/0 where the target is silent.
  lossCase("sisdr-of-silence-auraloss25", "zero-division", { yPred: "real", sample: withSilence(8) }, (y, p) => {
    const x = tf.sub(p, rowMean(p)), t = tf.sub(y, rowMean(y));
    const scaled = tf.mul(t, tf.div(rowSum(tf.mul(x, t), true), rowSum(tf.square(t), true)));
    const noise = tf.add(rowSum(tf.square(tf.sub(x, scaled))), 1e-8);
    const ratio = tf.add(tf.div(rowSum(tf.square(scaled)), noise), 1e-8);
    return tf.mean(tf.mul(-10 / Math.LN10, tf.log(ratio)));
  }),
  // NVIDIA-NeMo/Automodel#3796: the sum of losses is divided by the number of tokens that count: 0/0 if none does.
  lossCase("no-tokens-automodel3796", "zero-division", { yPred: "logits", sample: maskedTokens }, (y, p) => {
    const mask = flat(cut(y, 1, 1)), crossed = tf.neg(rowSum(tf.mul(oneHot(cut(y, 0, 1), 4), tf.logSoftmax(p))));
    return tf.div(tf.sum(tf.mul(mask, crossed)), tf.sum(mask));
  }),
  // deepchem/deepchem#4888: log σ² is taken for σ: the divergence is least at log σ² = ±1, and largest at 0, where it
  // should be 0.
  lossCase(
    "logvar-for-sigma-deepchem4888",
    ["wrong-optimum", "domain-edge"],
    { yPred: "real", sample: unlabelled(4, () => [0, 0, 0, 0]) },
    (_y, p) => {
      const mu = tf.square(cut(p, 0, 2)), logvar = tf.square(cut(p, 2, 2));
      return tf.mean(tf.mul(0.5, tf.sub(tf.sub(tf.add(mu, logvar), tf.log(tf.add(logvar, 1e-20))), 1)));
    },
  ),
  // deepakn97/relationPrediction#21: MarginRankingLoss(norm of a true triple, norm of a false one, 1), where true ones
  // should be short.
  lossCase(
    "norms-relationprediction21",
    "wrong-sign",
    on("nonnegative", "none", 2, 1, "dpdn"),
    (_y, p) => tf.mean(tf.relu(tf.add(tf.neg(tf.sub(cut(p, 0, 1), cut(p, 1, 1))), 1))),
  ),
  // tensorflow/ranking#23: log(1 + exp(s_i - s_j)) of pairs where i is the more relevant: the paper lost a minus.
  lossCase("pairwise-tfranking23", "wrong-sign", on("real", "count", 4), (y, p) => {
    const ahead = above(tf.expandDims(y, 2), tf.expandDims(y, 1));
    const logits = tf.sub(tf.expandDims(p, 2), tf.expandDims(p, 1));
    return tf.div(tf.sum(tf.mul(ahead, tf.softplus(logits))), tf.maximum(tf.sum(ahead), 1));
  }),
  // YeonwooSung/GAN_Implementation#5: -mean(D(real) + mean(D(fake))): a bracket in the wrong place raises both scores.
  lossCase(
    "bracket-gan5",
    ["wrong-sign", "wrong-optimum"],
    { yPred: "real", sample: unlabelled(2, () => [2, -2]) },
    (_y, p) => tf.neg(tf.mean(tf.add(cut(p, 0, 1), tf.mean(cut(p, 1, 1))))),
  ),
  // zurutech/ashpy#23: the generator's hinge loss is -relu(D(fake)): no gradient where the discriminator is not fooled
  // yet.
  lossCase(
    "relu-generator-ashpy23",
    "saturated",
    { yPred: "real", sample: unlabelled(1, (u) => [2 + u()]) },
    (_y, p) => tf.neg(tf.mean(tf.relu(p))),
  ),
  // grey-eye/talking-heads#42: the hinge loss of a discriminator that ends with a sigmoid.
  lossCase(
    "hinge-of-sigmoid-talkingheads42",
    "activation-mismatch",
    { yPred: "probability", sample: judged },
    (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(y, p)))),
  ),
  // speechbrain/speechbrain#181: the magnitude is the power 0.5 of re² + im², whose slope at 0 is infinite.
  lossCase("half-power-speechbrain181", "nan-gradient", { yPred: "real", sample: withSilence(4) }, (y, p) => {
    const magnitude = (x: Tensor) => tf.pow(tf.add(tf.square(cut(x, 0, 2)), tf.square(cut(x, 2, 2))), 0.5);
    return tf.mean(tf.abs(tf.sub(magnitude(p), magnitude(y))));
  }),
  // csteinmetz1/auraloss#63: logarithms of magnitudes without an epsilon.
  lossCase(
    "log-magnitudes-auraloss63",
    "domain-edge",
    on("nonnegative", "positive", 4),
    (y, p) => tf.mean(tf.abs(tf.sub(tf.log(p), tf.log(y)))),
  ),
  // liorshk/facenet_pytorch#6: the hard triplets are taken from NumPy arrays, and made into tensors again.
  lossCase("numpy-triplets-facenet6", "detached", { yPred: "real", sample: triplets }, (_y, p) => {
    const gap = (x: Tensor) =>
      tf.sub(
        tf.sqrt(squaredDistance(cut(x, 0, 2), cut(x, 2, 2))),
        tf.sqrt(squaredDistance(cut(x, 0, 2), cut(x, 4, 2))),
      );
    const rows = p.arraySync() as number[][], gaps = gap(p).dataSync();
    const hard = rows.filter((_row, i) => gaps[i] + 0.5 > 0);
    return tf.mean(tf.relu(tf.add(gap(tf.tensor2d(hard.length > 0 ? hard : rows)), 0.5)));
  }),
  // qubvel-org/segmentation_models.pytorch#611: outputs above a threshold, as a new tensor with requires_grad=True.
  lossCase(
    "threshold-leaf-smp611",
    ["detached", "no-gradient-op"],
    given("probability", "binary"),
    (y, p) => tf.sub(1, dice(y, remade(tf.cast(tf.greater(p, 0.5), "float32")))),
  ),
  // Lightning-AI/torchmetrics#388: average precision, from sorted scores, as a loss.
  lossCase(
    "average-precision-torchmetrics388",
    ["detached", "no-gradient-op"],
    given("probability", "binary"),
    (y, p) => {
      const labels = y.dataSync(), scores = p.dataSync();
      const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
      let hits = 0, sum = 0;
      order.forEach((row, i) => {
        if (labels[row] === 1) sum += ++hits / (i + 1);
      });
      return tf.scalar(sum / Math.max(hits, 1));
    },
  ),
  // Mikoto10032/AutomaticWeightedLoss#2: 0.5/σ²·loss + log(1 + σ²); where a hinge loss is 0, σ is drawn to 0.
  lossCase("weights-at-zero-awl2", ["zero-division", "domain-edge"], { yPred: "real", sample: weighted }, (y, p) => {
    const hinge = tf.relu(tf.sub(1, tf.mul(cut(y, 0, 1), cut(p, 0, 1))));
    const squared = tf.square(tf.sub(cut(y, 1, 1), cut(p, 1, 1)));
    const terms = [hinge, squared].map((loss, i) => {
      const weight = tf.square(cut(p, 2 + i, 1));
      return tf.add(tf.mul(tf.div(0.5, weight), loss), tf.log(tf.add(1, weight)));
    });
    return tf.mean(tf.add(terms[0], terms[1]));
  }),
  // zdebruine/MMVAE#19: the reconstruction is a mean, the divergence a sum over the batch.
  lossCase("kl-summed-mmvae19", ["reduction", "bad-scale"], { yPred: "real", sample: vae }, (x, p) => {
    const divergence = tf.mul(-0.5, tf.sum(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2))));
    return tf.add(tf.mean(tf.square(tf.sub(cut(p, 0, 2), x))), divergence);
  }),
  // Project-MONAI/MONAI#2509: the focal loss takes a log-softmax of one channel, which is 0.
  lossCase(
    "one-channel-monai2509",
    ["constant", "activation-mismatch", "wrong-axis"],
    given("logits", "binary"),
    (y, p) => {
      const logged = tf.logSoftmax(p), weight = tf.square(tf.sub(1, tf.exp(logged)));
      return tf.mean(tf.neg(tf.mul(tf.mul(weight, y), logged)));
    },
  ),
  // Project-MONAI/MONAI#4656: generalised Dice; 1/(number of a class)² stays infinite where the class is absent.
  lossCase("absent-class-monai4656", "zero-division", given("simplex", "one-hot", 3), (y, p) => {
    const size = tf.sum(y, 0), weight = tf.div(1, tf.square(size));
    const shared = tf.add(tf.mul(2, tf.sum(tf.mul(weight, tf.sum(tf.mul(y, p), 0)))), 1e-5);
    return tf.sub(1, tf.div(shared, tf.add(tf.sum(tf.mul(weight, tf.add(size, tf.sum(p, 0)))), 1e-5)));
  }),
  // Project-MONAI/MONAI#5413: the background is cut off before the softmax, which is then left out of Dice.
  lossCase(
    "dice-focal-monai5413",
    ["activation-mismatch", "zero-division", "wrong-optimum"],
    given("logits", "one-hot", 2),
    (y, p) => {
      const t = cut(y, 1, 1), z = cut(p, 1, 1);
      const shared = tf.add(tf.mul(2, tf.sum(tf.mul(t, z))), 1e-5), size = tf.add(tf.add(tf.sum(t), tf.sum(z)), 1e-5);
      return tf.add(tf.sub(1, tf.div(shared, size)), tf.mean(focal(t, z)));
    },
  ),
  // kornia/kornia#473: 1 - SSIM is clamped to [0, 1] before it is halved: no gradient where the similarity is negative.
  lossCase(
    "clamped-ssim-kornia473",
    "saturated",
    given("probability", "probability", 8),
    (y, p) => tf.mean(tf.div(tf.clipByValue(tf.sub(1, ssim(y, p)), 0, 1), 2)),
  ),
  // by256/bpartis#2: the absolute error plus the structural similarity, where 1 - similarity is meant.
  lossCase(
    "ssim-added-bpartis2",
    ["wrong-sign", "wrong-optimum"],
    given("probability", "probability", 8),
    (y, p) => tf.add(tf.mul(0.16, tf.mean(tf.abs(tf.sub(y, p)))), tf.mul(0.84, tf.mean(ssim(y, p)))),
  ),
  // t-vi/pytorch-tvmisc#9: a step of Sinkhorn sums over the wrong dimension.
  lossCase("sinkhorn-step-tvmisc9", ["wrong-axis", "wrong-optimum"], { yPred: "simplex", sample: shares }, (y, p) => {
    const cost = tf.tensor2d(costs), rate = 0.5;
    const step = (minus: Tensor, goal: Tensor, from: Tensor) =>
      tf.sub(goal, tf.logSumExp(tf.add(minus, tf.expandDims(from, 2)), 2));
    const kernel = tf.div(tf.neg(cost), rate), start = tf.fill([3], -Math.log(3));
    let u = tf.add(tf.zerosLike(p), start) as Tensor, v = u;
    for (let i = 0; i < 8; i++) {
      v = step(kernel, tf.log(y), u);
      u = step(tf.transpose(kernel), tf.log(p), v);
    }
    const priced = tf.add(tf.log(cost), kernel);
    return tf.mean(tf.exp(tf.logSumExp(tf.neg(step(priced, tf.neg(v), u)), 1)));
  }),
  // ksgr5566/UnSeGArmaNet#3: the term against collapse sums each node's groups, which is always 1, not each group's
  // nodes.
  lossCase(
    "collapse-unsegarmanet3",
    ["wrong-axis", "constant", "wrong-optimum"],
    { yPred: "simplex", sample: graph },
    (y, p) => {
      const collapse = tf.sqrt(tf.sum(tf.square(rowSum(p))));
      return tf.add(modularity(y, p), tf.sub(tf.mul(3 ** 0.25 / p.shape[0], collapse), 1));
    },
  ),
  // https://qa.1r1g.com/sf/ask/3426577661: the stable formula for logits, on the outputs of a sigmoid, with K.max(p, 0)
  // for a maximum: the largest of the batch.
  lossCase(
    "largest-of-batch-so48951109",
    ["activation-mismatch", "wrong-axis"],
    given("probability", "binary"),
    (y, p) => tf.mean(tf.add(tf.sub(tf.max(p, 0), tf.mul(p, y)), tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(p))))))),
  ),
  // http://ddrv.cn/?p=758668: the distance of two places on a map, NaN when one is right.
  lossCase("map-distance-csdn106576818", "nan-gradient", given("real", "real", 2), (y, p) => {
    const across = tf.sub(cut(p, 0, 1), cut(y, 0, 1)), up = tf.sub(cut(p, 1, 1), cut(y, 1, 1));
    return tf.mean(tf.sqrt(tf.add(tf.square(across), tf.square(up))));
  }),
  // google-deepmind/optax#473: t·(log t - log p), where t may be 0.
  lossCase(
    "log-of-target-optax473",
    "domain-edge",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.sub(tf.log(y), tf.logSoftmax(p))))),
  ),
  // ludwig-ai/ludwig#2139: the root of the mean squared percentage error; some targets are 0.
  lossCase(
    "percentage-ludwig2139",
    ["zero-division", "nan-gradient"],
    on("real", "count"),
    (y, p) => tf.sqrt(tf.mean(tf.square(tf.div(tf.sub(y, p), y)))),
  ),
  // mpariente/pytorch_stoi#14: the epsilon is added after the root of a norm.
  lossCase("epsilon-late-stoi14", "nan-gradient", { yPred: "real", sample: withSilence(8) }, (y, p) => {
    const normal = (x: Tensor) => {
      const centred = tf.sub(x, rowMean(x));
      return tf.div(centred, tf.add(length(centred), 1e-8));
    };
    return tf.neg(tf.mean(rowSum(tf.mul(normal(y), normal(p)))));
  }),
  // autonomousvision/sledge#4: binary_cross_entropy_with_logits(labels, logits).
  lossCase(
    "swapped-sledge4",
    "swapped-arguments",
    given("logits", "binary"),
    (y, p) => tf.mean(tf.sub(tf.softplus(y), tf.mul(p, y))),
  ),
  // emited/VariationalRecurrentNeuralNetwork#10: log(1 - θ - ε), not log(1 - θ + ε).
  lossCase("minus-epsilon-vrnn10", "domain-edge", given("probability", "binary", 4), (y, p) => {
    const epsilon = 2 ** -23, off = tf.sub(tf.sub(1, p), epsilon);
    const each = tf.add(tf.mul(y, tf.log(tf.add(p, epsilon))), tf.mul(tf.sub(1, y), tf.log(off)));
    return tf.neg(tf.mean(rowSum(each)));
  }),
  // harvardnlp/annotated-transformer#109: the divergence from smoothed labels, of the logarithm of probabilities that
  // may be 0.
  lossCase("smoothed-transformer109", "domain-edge", given("simplex", "one-hot", 4), (y, p) => {
    const goal = tf.add(tf.mul(0.6, y), tf.mul(0.4 / 3, tf.sub(1, y)));
    return tf.mean(rowSum(tf.mul(goal, tf.sub(tf.log(goal), tf.log(p)))));
  }),
  // tensorflow/addons#762: log(observed/expected + ε): the epsilon is not in the denominator, which is 0 for one class.
  lossCase("kappa-addons762", ["zero-division", "domain-edge"], { yPred: "simplex", sample: grades }, (y, p) => {
    const grade = tf.range(0, 4), gap = tf.square(tf.sub(tf.expandDims(grade, 1), grade));
    const observed = tf.sum(tf.mul(tf.matMul(y, gap), p));
    const expected = tf.sum(tf.matMul(tf.sum(y, 0, true), tf.matMul(gap, tf.sum(p, 0, true), false, true)));
    return tf.log(tf.add(tf.div(observed, tf.div(expected, p.shape[0])), 1e-6));
  }),
  // open-mmlab/mmdetection#2680: the sum of focal losses is divided by the number of positives, or by 0.001 if there is
  // none.
  lossCase(
    "no-positives-mmdetection2680",
    ["bad-scale", "zero-division"],
    given("logits", "binary"),
    (y, p) => tf.div(tf.sum(focal(y, p)), tf.maximum(tf.sum(y), 1e-3)),
  ),
  // salesforce/ALBEF#58: a log-softmax over the places of a sentence, not over the words.
  lossCase("over-places-albef58", "wrong-axis", { yPred: "logits", sample: places }, (y, p) => {
    const goal = tf.reshape(y, [-1, 3, 4]), logits = tf.reshape(p, [-1, 3, 4]);
    return tf.mean(tf.neg(rowSum(tf.mul(tf.sub(logits, tf.logSumExp(logits, 1, true)), goal))));
  }),
  // keras-team/keras#1917: Keras's kld of outputs that do not sum to 1.
  lossCase(
    "kld-without-softmax-keras1917",
    ["activation-mismatch", "wrong-optimum"],
    on("nonnegative", "probability", 4),
    (y, p) => {
      const goal = tf.clipByValue(y, 1e-7, 1), out = tf.clipByValue(p, 1e-7, 1);
      return tf.mean(rowSum(tf.mul(goal, tf.log(tf.div(goal, out)))));
    },
  ),
  // zzh8829/yolov3-tf2#91: binary_crossentropy(index of the class, probabilities).
  lossCase(
    "index-in-binary-yolov3tf2-91",
    ["label-encoding", "broadcast"],
    { yPred: "probability", sample: objects },
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // HeyLynne/FocalLoss_for_multiclass#3: the weight is (1 - log p)² of the right class and 1 of the others, and all
  // classes are to be likely.
  lossCase("log-p-for-p-heylynne3", "wrong-optimum", given("logits", "index", 4), (y, p) => {
    const logged = tf.logSoftmax(p), right = tf.mul(oneHot(y, 4), logged);
    return tf.mean(tf.neg(tf.mul(tf.square(tf.sub(1, right)), logged)));
  }),
  // google-deepmind/optax#946: cosine similarities without an epsilon: an embedding of 0 is 0/0.
  lossCase(
    "zero-embedding-optax946",
    ["zero-division", "nan-gradient"],
    { yPred: "real", sample: embedded },
    (y, p) => {
      const to = tf.div(p, length(p)), similar = tf.exp(tf.div(tf.matMul(to, to, false, true), 0.07));
      const same = tf.matMul(oneHot(y, 3), oneHot(y, 3), false, true), pairs = tf.sub(same, tf.eye(p.shape[0]));
      const others = rowSum(tf.mul(tf.sub(1, same), similar), true);
      const each = tf.sub(tf.log(similar), tf.log(tf.add(others, similar)));
      return tf.neg(tf.div(tf.sum(tf.mul(pairs, each)), tf.maximum(tf.sum(pairs), 1)));
    },
  ),
  // VinhLoiIT/signet-pytorch#2: the loss takes 1 for unlike, the labels have 1 for alike.
  lossCase("alike-is-one-signet2", ["label-encoding", "wrong-sign"], { yPred: "real", sample: alikeOr(0) }, (y, p) => {
    const far = apart(p), near = tf.square(tf.relu(tf.sub(1, far)));
    return tf.mean(tf.add(tf.mul(tf.sub(1, y), tf.square(far)), tf.mul(y, near)));
  }),

  // Sound ones.
  // tianzhi0549/FCOS#355: FCOS predicts distances to the four sides, so that the sum of maxima is the box around both.
  sound(
    "ok-giou-fcos355",
    onRows(
      "nonnegative",
      (u) => normals(4)(u).map((x) => Math.exp(0.5 * x)),
      (u) => normals(4)(u).map((x) => Math.exp(0.5 * x)),
    ),
    (y, p) => {
      const sides = (x: Tensor) => tf.mul(tf.add(cut(x, 0, 1), cut(x, 2, 1)), tf.add(cut(x, 1, 1), cut(x, 3, 1)));
      const inter = sides(tf.minimum(y, p)), around = tf.add(sides(tf.maximum(y, p)), 1e-7);
      const union = tf.sub(tf.add(sides(y), sides(p)), inter);
      const shared = tf.div(tf.add(inter, 1), tf.add(union, 1));
      return tf.mean(tf.sub(1, tf.sub(shared, tf.div(tf.sub(around, union), around))));
    },
  ),
  // wildltr/ptranking#4: ListMLE uses no labels, because the documents come sorted by them.
  sound("ok-listmle-ptranking4", { yPred: "real", sample: unlabelled(4, () => [6, 2, -2, -6]) }, (_y, p) => {
    const rest = [0, 1, 2, 3].map((i) => tf.logSumExp(cut(p, i, 4 - i), 1, true));
    return tf.mean(rowSum(tf.sub(tf.concat(rest, 1), p)));
  }),
  // keras-team/keras#9269: the contrastive loss of mnist_siamese, where 1 stands for alike, and a root is kept from 0.
  sound("ok-contrastive-keras9269", { yPred: "real", sample: alikeOr(0) }, (y, p) => {
    const far = apart(p), near = tf.square(tf.maximum(tf.sub(1, far), 0));
    return tf.mean(tf.add(tf.mul(y, tf.square(far)), tf.mul(tf.sub(1, y), near)));
  }),
  // lorenmt/mtan#51: losses of two tasks with learnt uncertainties; negative after some epochs.
  sound("ok-uncertainty-mtan51", onRows("real", normals(2), normals(4), (y) => [...y, -3, -3]), (y, p) => {
    const logged = cut(p, 2, 2), losses = tf.square(tf.sub(y, cut(p, 0, 2)));
    return tf.mean(rowSum(tf.add(tf.div(losses, tf.mul(2, tf.exp(logged))), tf.div(logged, 2))));
  }),
  // knazeri/edge-connect#60: relu(1 + D), with the sign of real images turned a line before.
  sound("ok-hinge-edgeconnect60", given("real", "sign"), (y, p) => tf.mean(tf.relu(tf.add(1, tf.mul(tf.neg(y), p))))),
  // CompVis/taming-transformers#137: the generator's part of a hinge loss is -D(fake), and negative.
  sound(
    "ok-generator-taming137",
    { yPred: "real", sample: unlabelled(1, (u) => [2 + u()]) },
    (_y, p) => tf.neg(tf.mean(p)),
  ),
  // awslabs/gluonts#984: LightGBM's Tweedie loss, with power 1.5 and a log link.
  sound(
    "ok-tweedie-gluonts984",
    onRows("real", (u) => [u() < 0.4 ? 0 : Math.exp(gauss(u))], normals(1), ([y]) => [Math.log(Math.max(y, 0.01))]),
    (y, p) => tf.mean(tf.add(tf.mul(2, tf.mul(y, tf.exp(tf.mul(-0.5, p)))), tf.mul(2, tf.exp(tf.mul(0.5, p))))),
  ),
  // facebookresearch/barlowtwins#50: the square of the diagonal is done in place, that of the rest is not done twice.
  sound(
    "ok-barlow-twins50",
    {
      yPred: "real",
      sample: unlabelled(6, (u) => {
        const view = normals(3)(u);
        return [...view, ...view];
      }),
    },
    (_y, p) => {
      const [a, b] = [cut(p, 0, 3), cut(p, 3, 3)].map((z) => {
        const centred = tf.sub(z, tf.mean(z, 0));
        return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), 0), 1e-5)));
      });
      const crossed = tf.div(tf.matMul(a, b, true), p.shape[0]), diagonal = tf.eye(3);
      const onIt = tf.sum(tf.mul(diagonal, tf.square(tf.sub(crossed, 1))));
      return tf.add(onIt, tf.mul(0.0051, tf.sum(tf.mul(tf.sub(1, diagonal), tf.square(crossed)))));
    },
  ),
  // eric-mitchell/direct-preference-optimization#64: IPO draws the margin to 1/(2β), it does not minimise the chosen
  // answer.
  sound(
    "ok-ipo-dpo64",
    onSampled(
      "real",
      (u) => normals(2)(u).map((x) => x - 3),
      ([chosen, rejected], u, perfect) => perfect ? [chosen + 2.5, rejected - 2.5] : normals(2)(u).map((x) => x - 3),
    ),
    (y, p) => {
      const margin = (x: Tensor) => tf.sub(cut(x, 0, 1), cut(x, 1, 1));
      return tf.mean(tf.square(tf.sub(tf.sub(margin(p), margin(y)), 1 / (2 * 0.1))));
    },
  ),
  // taesungp/contrastive-unpaired-translation#34: the diagonal of the negatives is filled with -10, before a
  // cross-entropy. The keys are numbers there: labels.
  sound("ok-patchnce-cut34", { yPred: "real", sample: patches }, (y, p) => {
    const q = unit(p, 1e-7), k = unit(y, 1e-7), diagonal = tf.eye(p.shape[0]);
    const negatives = tf.sub(tf.mul(tf.sub(1, diagonal), tf.matMul(q, k, false, true)), tf.mul(10, diagonal));
    const logits = tf.div(tf.concat([rowSum(tf.mul(q, k), true), negatives], 1), 0.07);
    return tf.mean(tf.neg(cut(tf.logSoftmax(logits), 0, 1)));
  }),
  // LIVIAETS/boundary-loss#35: probabilities times signed distances from the boundary, negative when all is right.
  sound(
    "ok-boundary-loss35",
    {
      yPred: "probability",
      sample: drawn(["random", "perfect", "saturated", "constPred"], (kind, u) => ({
        label: () => normals(4)(u).map((x) => 3 * x),
        output: (y) =>
          y.map((distance) =>
            kind === "perfect"
              ? (distance < 0 ? 1 : 0)
              : kind === "saturated"
              ? choice(2, u)
              : kind === "constPred"
              ? 0.5
              : 0.02 + 0.96 * u()
          ),
      })),
    },
    (y, p) => tf.mean(tf.mul(y, p)),
  ),
  // jiawei-ren/BalancedMSE#19: a cross-entropy of squared distances to all targets of the batch; 0 for one row.
  sound("ok-balanced-mse19", given("real", "real"), (y, p) => {
    const logits = tf.div(tf.neg(tf.square(tf.sub(p, tf.transpose(y)))), 2);
    return tf.mul(2, tf.mean(tf.neg(rowSum(tf.mul(tf.eye(p.shape[0]), tf.logSoftmax(logits))))));
  }),
  // huggingface/sentence-transformers#1689: MultipleNegativesRankingLoss uses no labels: row i belongs to row i.
  sound(
    "ok-multiple-negatives-sbert1689",
    {
      yPred: "real",
      sample: unlabelled(6, (u) => {
        const sentence = normals(3)(u);
        return [...sentence, ...sentence];
      }),
    },
    (_y, p) => {
      const scores = tf.mul(20, tf.matMul(unit(cut(p, 0, 3), 1e-12), unit(cut(p, 3, 3), 1e-12), false, true));
      return tf.mean(tf.neg(rowSum(tf.mul(tf.eye(p.shape[0]), tf.logSoftmax(scores)))));
    },
  ),
  // ikostrikov/pytorch-a3c#30: the policy loss with its entropy is negative, because gradients descend.
  sound(
    "ok-policy-a3c30",
    {
      yPred: "logits",
      sample: drawn(["random"], (_kind, u) => ({
        label: () => [choice(3, u), gauss(u)],
        output: () => normals(3)(u),
      })),
    },
    (y, p) => {
      const logged = tf.logSoftmax(p), entropy = tf.neg(rowSum(tf.mul(tf.exp(logged), logged)));
      const taken = rowSum(tf.mul(oneHot(cut(y, 0, 1), 3), logged));
      return tf.mean(tf.sub(tf.neg(tf.mul(taken, flat(cut(y, 1, 1)))), tf.mul(0.01, entropy)));
    },
  ),
  // Linear95/SPAG#15: PPO of trajectories that were won: advantages above 0, so a negative loss.
  sound(
    "ok-ppo-spag15",
    {
      yPred: "real",
      sample: drawn(["random"], (_kind, u) => ({
        label: () => [Math.log(0.05 + 0.9 * u()), 0.1 + u()],
        output: ([before]) => [before + 0.1 * gauss(u)],
      })),
    },
    (y, p) => {
      const ratio = tf.exp(tf.sub(p, cut(y, 0, 1))), advantage = cut(y, 1, 1);
      const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
      return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantage), clipped)));
    },
  ),
  // pyg-team/pytorch_geometric#9413: the two terms of DMoN: modularity, and what keeps it from one group.
  sound("ok-dmon-pyg9413", { yPred: "simplex", sample: graph }, (y, p) => {
    const collapse = tf.sqrt(tf.sum(tf.square(tf.sum(p, 0))));
    return tf.add(modularity(y, p), tf.sub(tf.mul(Math.sqrt(3) / p.shape[0], collapse), 1));
  }),
  // jeanfeydy/geomloss#25: a Sinkhorn divergence, which few steps leave slightly negative.
  sound("ok-sinkhorn-geomloss25", { yPred: "simplex", sample: shares }, (y, p) => {
    const kernel = tf.neg(tf.tensor2d(costs)), logged = (x: Tensor) => tf.log(tf.maximum(x, 1e-10));
    const smooth = (weights: Tensor, potential: Tensor) =>
      tf.neg(tf.logSumExp(tf.add(kernel, tf.expandDims(tf.add(logged(weights), potential), 1)), 2));
    const price = (a: Tensor, b: Tensor) => {
      let f = tf.zerosLike(a), g = tf.zerosLike(b);
      for (let i = 0; i < 4; i++) {
        [f, g] = [smooth(b, g), smooth(a, f)].map((x, k) => tf.div(tf.add(x, [f, g][k]), 2));
      }
      return rowSum(tf.add(tf.mul(a, f), tf.mul(b, g)));
    };
    return tf.mean(tf.sub(price(y, p), tf.div(tf.add(price(y, y), price(p, p)), 2)));
  }),
  // tensorflow/ranking#83: APPROX_NDCG_LOSS, ranks by sigmoids; negative.
  sound("ok-approximate-ndcg-tfranking83", on("real", "count", 4), (y, p) => {
    const gain = tf.sub(tf.exp(tf.mul(Math.LN2, y)), 1);
    const gaps = tf.div(tf.sub(tf.expandDims(p, 1), tf.expandDims(p, 2)), 0.1);
    const rank = tf.add(rowSum(tf.sigmoid(gaps)), 0.5);
    const discounted = rowSum(tf.div(gain, tf.div(tf.log1p(rank), Math.LN2)));
    const discounts = tf.tensor1d([1, 2, 3, 4].map((i) => 1 / Math.log2(1 + i)));
    const best = rowSum(tf.mul(tf.topk(gain, 4).values, discounts));
    return tf.neg(tf.mean(tf.div(discounted, tf.maximum(best, 1e-6))));
  }),
  // ultralytics/yolov5#7709: 1 - (IoU - (distance + v·α)), as in the paper.
  sound(
    "ok-ciou-yolov5-7709",
    {
      yPred: "probability",
      sample: drawn(["random", "perfect"], (kind, u) => {
        const centred = () => {
          const [a, b, c, d] = box(u, 0.6);
          return [(a + c) / 2, (b + d) / 2, c - a, d - b];
        };
        return { label: centred, output: (y) => kind === "perfect" ? [...y] : centred() };
      }),
    },
    (y, p) => {
      const corners = (x: Tensor) => {
        const at = cut(x, 0, 2), half = tf.div(cut(x, 2, 2), 2);
        return [tf.sub(at, half), tf.add(at, half)];
      };
      const area = (size: Tensor) => tf.mul(cut(size, 0, 1), cut(size, 1, 1));
      const [from, to] = corners(y), [start, end] = corners(p);
      const inter = area(tf.relu(tf.sub(tf.minimum(to, end), tf.maximum(from, start))));
      const union = tf.add(tf.sub(tf.add(area(cut(y, 2, 2)), area(cut(p, 2, 2))), inter), 1e-7);
      const iou = tf.div(inter, union), span = tf.sub(tf.maximum(to, end), tf.minimum(from, start));
      const off = tf.div(
        squaredDistance(cut(y, 0, 2), cut(p, 0, 2), true),
        tf.add(rowSum(tf.square(span), true), 1e-7),
      );
      const slope = (x: Tensor) => tf.atan(tf.div(cut(x, 2, 1), tf.add(cut(x, 3, 1), 1e-7)));
      const v = tf.mul(4 / Math.PI ** 2, tf.square(tf.sub(slope(y), slope(p))));
      const alpha = stopGradient(tf.div(v, tf.add(tf.sub(v, iou), 1 + 1e-7)));
      return tf.mean(tf.sub(1, tf.sub(iou, tf.add(off, tf.mul(v, alpha)))));
    },
  ),
  // Novartis/torchsurv#35: a Cox likelihood, which compares a row with those that live longer; 0 for one row.
  sound(
    "ok-cox-torchsurv35",
    onRows("real", (u) => [Math.exp(gauss(u)), u() < 0.6 ? 1 : 0], normals(1), ([time]) => [-4 * Math.log(time)]),
    (y, p) => {
      const time = cut(y, 0, 1), event = cut(y, 1, 1);
      const gone = above(time, tf.transpose(time));
      const risk = tf.logSumExp(tf.sub(tf.transpose(p), tf.mul(1e9, gone)), 1, true);
      return tf.neg(tf.div(tf.sum(tf.mul(event, tf.sub(p, risk))), tf.maximum(tf.sum(event), 1)));
    },
  ),
  // NVlabs/tiny-cuda-nn#158: a squared error relative to the output, which counts as a number there.
  sound(
    "ok-relative-tinycudann158",
    given("real", "real"),
    (y, p) => tf.mean(tf.div(tf.square(tf.sub(p, y)), tf.add(stopGradient(tf.square(p)), 0.01))),
  ),
  // nanditadoloi/PINN#3: u_x - 2·u_t - u, and a boundary: the slope of a sum is that of each row.
  sound(
    "ok-residual-pinn3",
    onSampled("real", (u) => [gauss(u)], ([y], u, perfect) => {
      const value = gauss(u), inTime = gauss(u);
      return perfect ? [y, value, 2 * inTime + value, inTime] : normals(4)(u);
    }),
    (y, p) => {
      const residual = tf.sub(tf.sub(cut(p, 2, 1), tf.mul(2, cut(p, 3, 1))), cut(p, 1, 1));
      return tf.add(tf.mean(tf.square(tf.sub(cut(p, 0, 1), y))), tf.mean(tf.square(residual)));
    },
  ),
  // SeungyounShin/minimal-r1#2: exp(log p - log p as a number)·advantage: the value never moves, the gradient is right.
  sound(
    "ok-log-p-minus-itself-minimalr1-2",
    { yPred: "real", sample: policy, ambiguous: true },
    (y, p) => tf.neg(tf.mean(tf.mul(tf.exp(tf.sub(p, stopGradient(p))), cut(y, 1, 1)))),
  ),
  // dontLoveBugs/SupervisedDepthPrediction#5: an ordinal loss of pairs of logits, -log p summed over the thresholds.
  sound(
    "ok-ordinal-depth5",
    onSampled(
      "logits",
      (u) => [choice(4, u)],
      ([y], u, perfect) =>
        perfect ? [0, 1, 2].flatMap((threshold) => threshold < y ? [-4, 4] : [4, -4]) : normals(6)(u).map((x) => 2 * x),
    ),
    (y, p) => {
      const logged = tf.logSoftmax(tf.reshape(p, [-1, 3, 2])), beyond = above(y, tf.tensor1d([0, 1, 2]));
      const goal = tf.stack([tf.sub(1, beyond), beyond], 2);
      return tf.mean(tf.sum(tf.neg(tf.mul(goal, logged)), [1, 2]));
    },
  ),
  // marco-rudolph/differnet#42: the likelihood of a normalising flow, ½·z² - log|det|, is negative.
  sound(
    "ok-flow-differnet42",
    { yPred: "real", sample: unlabelled(3) },
    (_y, p) => tf.mean(tf.div(tf.sub(tf.mul(0.5, rowSum(tf.square(cut(p, 0, 2)), true)), cut(p, 2, 1)), 2)),
  ),
  // thuml/DAN#3: a linear-time, unbiased estimate of the discrepancy of two sets is negative at times.
  sound(
    "ok-discrepancy-dan3",
    {
      yPred: "real",
      sample: drawn(["random"], (_kind, u) => ({
        label: () => normals(2)(u),
        output: () => normals(2)(u).map((x) => 1.5 * x + 1),
      })),
    },
    (y, p) => {
      const next = (x: Tensor) => tf.concat([tf.slice(x, [1, 0]), tf.slice(x, [0, 0], [1, -1])], 0);
      const kernel = (a: Tensor, b: Tensor) => tf.exp(tf.mul(-0.5, squaredDistance(a, b)));
      const within = tf.add(kernel(y, next(y)), kernel(p, next(p)));
      return tf.mean(tf.sub(within, tf.add(kernel(y, next(p)), kernel(p, next(y)))));
    },
  ),
  // https://base-attentive.readthedocs.io/en/latest/notebooks/06_crps_probabilistic_forecasting.html: the closed form
  // of the CRPS of a normal distribution.
  sound("ok-crps-baseattentive", { yPred: "real", sample: muLogvar }, (y, p) => {
    const sigma = tf.add(tf.softplus(cut(p, 1, 1)), 1e-6), z = tf.div(tf.sub(y, cut(p, 0, 1)), sigma);
    const density = tf.mul(Math.sqrt(2 / Math.PI), tf.exp(tf.mul(-0.5, tf.square(z))));
    const score = tf.add(tf.mul(z, tf.erf(tf.div(z, Math.SQRT2))), tf.sub(density, 1 / Math.sqrt(Math.PI)));
    return tf.mean(tf.mul(sigma, score));
  }),
];

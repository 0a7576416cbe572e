// Blind cases, batch 3: written from threads and papers after its author had read lib/audit once, but before the rules
// of that day, and not from any rule. How they came about, see cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  crossEntropy,
  cut,
  dice,
  drawn,
  gauss,
  given,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  muLogvar,
  normals,
  rowsOf,
  type Sample,
  sound,
  unit,
  vae,
} from "./loss_case.ts";

/** Labels 1 and 2 instead of 0 and 1. */
const oneTwo: Sample = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => [u() < 0.4 ? 2 : 1],
  output: ([y]) => [kind === "perfect" ? y - 1 : kind === "saturated" ? (u() < 0.5 ? 0 : 1) : 0.02 + 0.96 * u()],
}));

/** Labels above 0.2, outputs above 0. */
const positives: Sample = rowsOf((u) => [Math.exp(gauss(u)) + 0.2], (u) => [Math.abs(gauss(u)) + 0.05]);

/** Labels of the shape [n], outputs of the shape [n, 1]. */
const flatLabels: Sample = (kind, seed, n) => {
  const batch = positives(kind, seed, n);
  if (batch === undefined) return undefined;
  const yTrue = tf.reshape(batch.yTrue, [-1]);
  batch.yTrue.dispose();
  return { yTrue, yPred: batch.yPred };
};

/** Classes 0 to 2, and −1 for rows that are to be ignored. */
const ignore: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? -1 : u() < 0.3 ? -1 : Math.floor(3 * u())],
  output: ([y]) => [0, 1, 2].map((j) => kind === "perfect" ? (j === y ? 8 : -8) : 2 * gauss(u)),
}));

/** Classes 0 to 2, and embeddings of two columns. */
const threeItems: Sample = rowsOf((u) => [Math.floor(3 * u())], normals(2), ([own]) => [[0, 3], [3, 0], [-3, -3]][own]);

/** Structural similarity of each row, averaged. */
function ssim(y: Tensor, p: Tensor): Tensor {
  const my = tf.mean(y, 1, true), mp = tf.mean(p, 1, true), dy = tf.sub(y, my), dp = tf.sub(p, mp);
  const vy = tf.mean(tf.square(dy), 1, true), vp = tf.mean(tf.square(dp), 1, true);
  const covariance = tf.mean(tf.mul(dy, dp), 1, true);
  const top = tf.mul(tf.add(tf.mul(2, tf.mul(my, mp)), 1e-2), tf.add(tf.mul(2, covariance), 3e-2));
  const means = tf.add(tf.add(tf.square(my), tf.square(mp)), 1e-2), variances = tf.add(tf.add(vy, vp), 3e-2);
  return tf.mean(tf.div(top, tf.mul(means, variances)));
}

export const blindCases3: readonly LossCase[] = [
  // TopK has no gradient in tfjs: throws
  lossCase("ng-lovasz-topk", "no-gradient-op", given("logits", "binary"), (y, z) => {
    const s = tf.sub(tf.mul(2, y), 1);
    const e = tf.reshape(tf.relu(tf.sub(1, tf.mul(s, z))), [-1]);
    const n = e.size, { values, indices } = tf.topk(e, n), g = tf.gather(tf.reshape(y, [-1]), indices);
    const inter = tf.sub(tf.sum(g), tf.cumsum(g)), union = tf.add(tf.sum(g), tf.cumsum(tf.sub(1, g)));
    const j = tf.sub(1, tf.div(inter, union));
    const w = tf.sub(j, tf.concat([tf.zeros([1]), tf.slice(j, [0], [n - 1])]));
    return tf.sum(tf.mul(values, w));
  }),
  lossCase("ng-smoothl1-less-mask", "no-gradient-op", given("real", "real", 4), (y, p) => {
    const d = tf.abs(tf.sub(y, p)), m = tf.cast(tf.less(d, 1), "float32");
    return tf.mean(tf.add(tf.mul(m, tf.mul(0.5, tf.square(d))), tf.mul(tf.sub(1, m), tf.sub(d, 0.5))));
  }),
  // NotEqual has no gradient in tfjs: throws
  lossCase("ng-wrong-class-weight", "no-gradient-op", given("logits", "one-hot", 3), (y, z) => {
    const ce = tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1));
    const wrong = tf.cast(tf.notEqual(tf.argMax(z, -1), tf.argMax(y, -1)), "float32");
    return tf.mean(tf.mul(ce, tf.add(1, wrong)));
  }),
  lossCase("ng-kappa-hard", "no-gradient-op", given("simplex", "one-hot", 3), (y, p) => {
    const h = tf.cast(tf.oneHot(tf.argMax(p, -1), 3), "float32");
    const cm = tf.matMul(y, h, true), n = tf.sum(cm);
    const po = tf.div(tf.sum(tf.mul(cm, tf.eye(3))), n);
    const pe = tf.div(tf.sum(tf.mul(tf.sum(cm, 0), tf.sum(cm, 1))), tf.square(n));
    return tf.sub(1, tf.div(tf.sub(po, pe), tf.add(tf.sub(1, pe), 1e-6)));
  }),
  // cost of whole units
  lossCase("ng-ceil-cost", "no-gradient-op", given("nonnegative", "positive"), (y, p) => {
    const units = tf.ceil(p);
    return tf.mean(tf.add(tf.mul(5, tf.relu(tf.sub(y, units))), tf.relu(tf.sub(units, y))));
  }),
  lossCase("de-edge-term", "detached", given("real", "real", 4), (y, p) => {
    const a = y.arraySync() as number[][], b = p.arraySync() as number[][];
    let s = 0;
    a.forEach((r, i) => {
      for (let j = 1; j < 4; j++) s += Math.abs((r[j] - r[j - 1]) - (b[i][j] - b[i][j - 1]));
    });
    return tf.add(tf.mean(tf.abs(tf.sub(y, p))), s / (3 * a.length));
  }),
  lossCase("de-stack-of-scalars", "detached", given("probability", "binary"), (y, p) => {
    const a = y.dataSync(), b = p.dataSync();
    return tf.mean(tf.stack(Array.from(a, (v, i) => tf.scalar((v - b[i]) ** 2))));
  }),
  lossCase("co-softmax-expanded", "constant", given("logits", "binary", 3), (y, z) => {
    const p = tf.reshape(tf.softmax(tf.expandDims(z, -1)), y.shape);
    return tf.mean(tf.square(tf.sub(y, p)));
  }),
  lossCase("co-y-minus-y", "constant", given("real", "real"), (y, _p) => tf.mean(tf.abs(tf.sub(y, y)))),
  lossCase("co-clip-reversed", ["constant", "saturated"], given("probability", "binary"), (y, p) => {
    const q = tf.clipByValue(p, 1 - 1e-7, 1);
    return tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(q)), tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, q), 1e-7))))));
  }),
  lossCase(
    "sa-acc-1000",
    "saturated",
    given("probability", "binary"),
    (y, p) => tf.sub(1, tf.mean(tf.sigmoid(tf.mul(1000, tf.mul(tf.sub(y, 0.5), tf.sub(p, 0.5)))))),
  ),
  // rows with p < 0.37 of their class, nearly all of an untrained model, have no gradient
  lossCase(
    "sa-truncated-ce",
    "saturated",
    given("simplex", "one-hot", 5),
    (y, p) => tf.mean(tf.minimum(tf.neg(tf.log(tf.sum(tf.mul(y, tf.clipByValue(p, 1e-7, 1)), -1))), 1)),
  ),
  lossCase(
    "sa-erf20",
    "saturated",
    given("real", "sign"),
    (y, p) => tf.mean(tf.sub(1, tf.mul(y, tf.erf(tf.mul(20, p))))),
  ),
  lossCase(
    "dx-entropy-noeps",
    "domain-edge",
    given("simplex", "one-hot", 3),
    (y, p) =>
      tf.add(tf.mean(tf.sum(tf.square(tf.sub(y, p)), -1)), tf.mul(0.1, tf.mean(tf.sum(tf.mul(p, tf.log(p)), -1)))),
  ),
  // exp(100 · cos) overflows
  lossCase("dx-infonce-exp", "domain-edge", given("real", "none", 4), (_y, q) => {
    const a = unit(cut(q, 0, 2), 1e-6, 1), b = unit(cut(q, 2, 2), 1e-6, 1);
    const s = tf.exp(tf.mul(100, tf.matMul(a, b, false, true))), n = s.shape[0];
    return tf.neg(tf.mean(tf.log(tf.div(tf.sum(tf.mul(s, tf.eye(n)), 1), tf.sum(s, 1)))));
  }),
  // log(1 + p) at p = -1
  lossCase(
    "dx-log1p-tanh",
    "domain-edge",
    given("tanh", "real"),
    (y, p) => tf.mean(tf.square(tf.sub(tf.tanh(y), tf.log(tf.add(1, p))))),
  ),
  lossCase(
    "zd-ratio",
    "zero-division",
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.square(tf.sub(tf.div(p, y), 1))),
  ),
  // all gains 0
  lossCase(
    "zd-gain-normalised",
    ["zero-division", "wrong-optimum"],
    given("nonnegative", "count"),
    (y, p) => tf.div(tf.sum(tf.mul(y, tf.exp(tf.neg(p)))), tf.sum(y)),
  ),
  lossCase("zd-column-share", "zero-division", given("probability", "binary", 3), (y, p) => {
    const w = tf.div(y, tf.sum(y, 0, true));
    return tf.add(tf.sum(tf.mul(w, tf.square(tf.sub(1, p)))), tf.mean(tf.mul(tf.sub(1, y), tf.square(p))));
  }),
  lossCase("zd-spectrum", "zero-division", given("nonnegative", "positive", 4), (y, p) => {
    const a = tf.div(y, tf.sum(y, 1, true)), b = tf.div(p, tf.sum(p, 1, true));
    return tf.mean(tf.sum(tf.abs(tf.sub(a, b)), 1));
  }),
  // the diagonal is sqrt(0)
  lossCase("nn-distance-matrix", "nan-gradient", given("real", "real", 3), (y, p) => {
    const distances = (x: Tensor) => {
      const s = tf.sum(tf.square(x), 1, true);
      return tf.sqrt(tf.relu(tf.sub(tf.add(s, tf.transpose(s)), tf.mul(2, tf.matMul(x, x, false, true)))));
    };
    return tf.mean(tf.square(tf.sub(distances(y), distances(p))));
  }),
  // (1 − pt)^2 as exp(2·log(1 − pt)) at pt = 1
  lossCase("nn-focal-explog", "nan-gradient", given("probability", "binary"), (y, p) => {
    const pt = tf.add(tf.mul(y, p), tf.mul(tf.sub(1, y), tf.sub(1, p)));
    return tf.mean(tf.mul(tf.exp(tf.mul(2, tf.log(tf.sub(1, pt)))), tf.neg(tf.log(tf.add(pt, 1e-6)))));
  }),
  lossCase(
    "nn-charbonnier-noeps",
    "nan-gradient",
    given("probability", "probability", 4),
    (y, p) => tf.mean(tf.sqrt(tf.square(tf.sub(y, p)))),
  ),
  lossCase(
    "ws-vae-kl",
    ["wrong-sign", "wrong-optimum"],
    { yPred: "real", yTrue: "real", columns: 6, sample: vae },
    (y, q) => {
      const mu = cut(q, 2, 2), lv = cut(q, 4, 2);
      const error = tf.sum(tf.square(tf.sub(y, cut(q, 0, 2))), 1);
      return tf.mean(tf.add(error, tf.mul(0.5, tf.sum(minusTwiceDivergence(mu, lv), 1))));
    },
  ),
  lossCase("ws-hinge", "wrong-sign", given("tanh", "sign"), (y, p) => tf.mean(tf.relu(tf.add(1, tf.mul(y, p))))),
  lossCase("ws-ranking", "wrong-sign", given("logits", "binary"), (y, z) => {
    const w = tf.relu(tf.sub(y, tf.transpose(y)));
    return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.sub(z, tf.transpose(z))))), tf.add(tf.sum(w), 1));
  }),
  lossCase("ws-ssim", "wrong-sign", given("probability", "probability", 16), (y, p) => ssim(y, p)),
  lossCase("sw-logloss", "swapped-arguments", given("probability", "binary"), (y, p) => tf.losses.logLoss(p, y)),
  lossCase(
    "sw-metrics-cce",
    "swapped-arguments",
    given("simplex", "one-hot", 4),
    (y, p) => tf.metrics.categoricalCrossentropy(p, y),
  ),
  lossCase(
    "sw-tf-hinge",
    ["swapped-arguments", "label-encoding"],
    given("logits", "binary"),
    (y, z) => tf.losses.hingeLoss(z, y),
  ),
  lossCase(
    "sw-metrics-mape",
    ["swapped-arguments", "zero-division", "domain-edge"],
    given("nonnegative", "positive"),
    (y, p) => tf.metrics.meanAbsolutePercentageError(p, y),
  ),
  lossCase("am-tanh-bce", "activation-mismatch", given("tanh", "binary"), (y, p) => tf.mean(crossEntropy(y, p))),
  lossCase("am-dice-logits", "activation-mismatch", given("logits", "binary"), (y, z) => tf.sub(1, dice(y, z))),
  // softmax, then a cross-entropy that takes logits
  lossCase(
    "am-softmax-twice-inside",
    "activation-mismatch",
    given("logits", "one-hot", 3),
    (y, z) => tf.losses.softmaxCrossEntropy(y, tf.softmax(z)),
  ),
  lossCase(
    "am-tfhinge-sigmoid",
    ["activation-mismatch", "label-encoding"],
    given("probability", "binary"),
    (y, p) => tf.losses.hingeLoss(y, p),
  ),
  lossCase(
    "le-dice-sign",
    "label-encoding",
    given("probability", "sign"),
    (y, p) =>
      tf.sub(1, tf.div(tf.add(tf.mul(2, tf.sum(tf.mul(y, p))), 1), tf.add(tf.add(tf.sum(tf.abs(y)), tf.sum(p)), 1))),
  ),
  lossCase(
    "le-bce-one-two",
    "label-encoding",
    { yPred: "probability", yTrue: "binary", sample: oneTwo },
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // tf.losses.hingeLoss turns 0/1 into ±1 itself: −1 becomes −3
  lossCase("le-tfhinge-sign", "label-encoding", given("real", "sign"), (y, z) => tf.losses.hingeLoss(y, z)),
  lossCase(
    "le-sigmoidce-sign",
    "label-encoding",
    given("logits", "sign"),
    (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  ),
  lossCase(
    "br-mape-flat",
    "broadcast",
    { yPred: "nonnegative", yTrue: "positive", sample: flatLabels },
    (y, p) => tf.mean(tf.abs(tf.div(tf.sub(y, p), tf.add(y, 1)))),
  ),
  lossCase(
    "br-relative-rows",
    "broadcast",
    given("nonnegative", "positive", 3),
    (y, p) => tf.mean(tf.div(tf.sum(tf.square(tf.sub(y, p)), 1), tf.add(1, tf.sum(tf.square(y), 1, true)))),
  ),
  // confidence [n] times cross-entropy [n, 1]
  lossCase(
    "br-confidence",
    "broadcast",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(tf.mul(tf.max(p, 1), tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), 1, true)))),
  ),
  lossCase("wx-softmax-sum-all", "wrong-axis", given("logits", "one-hot", 3), (y, z) => {
    const e = tf.exp(tf.sub(z, tf.max(z))), p = tf.div(e, tf.sum(e));
    return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.add(p, 1e-7))), -1)));
  }),
  lossCase(
    "wx-cosdist-axis0",
    ["wrong-axis", "bad-scale", "wrong-optimum"],
    given("real", "real", 3),
    (y, p) => tf.losses.cosineDistance(y, p, 0),
  ),
  lossCase("wx-kl-softmax-batch", "wrong-axis", given("logits", "distribution", 4), (y, z) => {
    const q = tf.transpose(tf.softmax(tf.transpose(z)));
    return tf.mean(tf.sum(tf.mul(y, tf.sub(tf.log(tf.add(y, 1e-7)), tf.log(tf.add(q, 1e-7)))), 1));
  }),
  // 1 − y·p without normalising: unbounded below
  lossCase(
    "wo-cosdist-raw",
    ["wrong-optimum", "activation-mismatch"],
    given("real", "real", 3),
    (y, p) => tf.losses.cosineDistance(y, p, 1),
  ),
  lossCase(
    "wo-one-minus-yp",
    "wrong-optimum",
    given("probability", "binary"),
    (y, p) => tf.sub(1, tf.mean(tf.mul(y, p))),
  ),
  lossCase(
    "wo-positive-pixels",
    "wrong-optimum",
    given("probability", "binary", 4),
    (y, p) => tf.mean(tf.mul(y, tf.square(tf.sub(y, p)))),
  ),
  // smoothness without the data term
  lossCase(
    "wo-tv-only",
    "wrong-optimum",
    given("real", "real", 4),
    (_y, p) => tf.mean(tf.abs(tf.sub(cut(p, 1, 3), cut(p, 0, 3)))),
  ),
  lossCase(
    "bs-times-n",
    "bad-scale",
    given("real", "real"),
    (y, p) => tf.mul(tf.sum(tf.abs(tf.sub(y, p))), y.shape[0]),
  ),
  lossCase("bs-vae-kl-sum", "bad-scale", { yPred: "real", yTrue: "real", columns: 6, sample: vae }, (y, q) => {
    const mu = cut(q, 2, 2), lv = cut(q, 4, 2);
    const error = tf.mean(tf.square(tf.sub(y, cut(q, 0, 2))));
    return tf.add(error, tf.mul(-0.5, tf.sum(minusTwiceDivergence(mu, lv))));
  }),
  lossCase("bs-pow8", "bad-scale", given("real", "real"), (y, p) => tf.mean(tf.pow(tf.sub(y, p), 8))),
  lossCase("re-f1-multilabel-rare", "reduction", {
    yPred: "probability",
    yTrue: "binary",
    columns: 3,
    prevalence: 0.05,
  }, (y, p) => {
    const tp = tf.sum(tf.mul(y, p), 0);
    return tf.sub(1, tf.mean(tf.div(tf.mul(2, tp), tf.add(tf.add(tf.sum(y, 0), tf.sum(p, 0)), 1e-7))));
  }),
  // only the easiest row
  lossCase(
    "re-min-over-batch",
    "reduction",
    given("logits", "binary"),
    (y, z) => tf.min(tf.sub(tf.softplus(z), tf.mul(y, z))),
  ),
  lossCase(
    "re-batch-64",
    ["reduction", "bad-scale"],
    given("probability", "binary"),
    (y, p) => tf.div(tf.sum(crossEntropy(y, p)), 64),
  ),
  sound("ok-focal-tversky-eps", given("probability", "binary"), (y, p) => {
    const tp = tf.sum(tf.mul(y, p)), fn = tf.sum(tf.mul(y, tf.sub(1, p))), fp = tf.sum(tf.mul(tf.sub(1, y), p));
    const ti = tf.div(tf.add(tp, 1), tf.add(tf.add(tp, tf.add(tf.mul(0.7, fn), tf.mul(0.3, fp))), 1));
    return tf.pow(tf.add(tf.sub(1, ti), 1e-4), 0.75);
  }),
  sound("ok-pair-hinge", given("real", "binary"), (y, z) => {
    const w = tf.relu(tf.sub(y, tf.transpose(y)));
    return tf.div(tf.sum(tf.mul(w, tf.relu(tf.sub(1, tf.sub(z, tf.transpose(z)))))), tf.add(tf.sum(w), 1));
  }),
  sound(
    "ok-under-3x-mae",
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.add(tf.mul(3, tf.relu(tf.sub(y, p))), tf.relu(tf.sub(p, y)))),
  ),
  sound("ok-ssim", given("probability", "probability", 16), (y, p) => tf.sub(1, ssim(y, p))),
  sound("ok-gradient-difference", given("real", "real", 4), (y, p) => {
    const g = (x: Tensor) => tf.sub(cut(x, 1, 3), cut(x, 0, 3));
    return tf.add(tf.mean(tf.abs(tf.sub(y, p))), tf.mean(tf.abs(tf.sub(g(y), g(p)))));
  }),
  sound("ok-class-weights", given("simplex", "one-hot", 3), (y, p) => {
    const w = tf.sum(tf.mul(y, tf.tensor1d([1, 5, 20])), -1);
    const ce = tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1));
    return tf.mean(tf.mul(w, ce));
  }),
  sound("ok-bootstrap-ce", given("simplex", "one-hot", 3), (y, p) => {
    const q = tf.clipByValue(p, 1e-7, 1);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.95, y), tf.mul(0.05, p)), tf.log(q)), -1)));
  }),
  sound(
    "ok-distill-temperature",
    given("logits", "distribution", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.div(z, 2))), -1))),
  ),
  sound(
    "ok-crammer-singer",
    given("logits", "one-hot", 4),
    (y, z) => tf.mean(tf.relu(tf.sub(tf.max(tf.add(z, tf.sub(1, y)), -1), tf.sum(tf.mul(y, z), -1)))),
  ),
  sound("ok-generalised-dice", given("simplex", "one-hot", 3), (y, p) => {
    const w = tf.div(1, tf.add(tf.sum(y, 0), 1));
    const i = tf.sum(tf.mul(w, tf.sum(tf.mul(y, p), 0)));
    const s = tf.sum(tf.mul(w, tf.add(tf.sum(y, 0), tf.sum(p, 0))));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, i), 0.1), tf.add(s, 0.1)));
  }),
  sound(
    "ok-poisson-deviance",
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.mul(2, tf.sub(tf.mul(y, tf.log(tf.div(tf.add(y, 1e-3), tf.add(p, 1e-3)))), tf.sub(y, p)))),
  ),
  sound("ok-js-divergence", given("simplex", "distribution", 3), (y, p) => {
    const a = tf.clipByValue(y, 1e-6, 1), b = tf.clipByValue(p, 1e-6, 1), m = tf.div(tf.add(a, b), 2);
    return tf.mean(tf.sum(tf.mul(0.5, tf.add(tf.mul(a, tf.log(tf.div(a, m))), tf.mul(b, tf.log(tf.div(b, m))))), -1));
  }),
  // Wang et al. 2019: the reverse term is meant
  sound("ok-symmetric-ce", given("simplex", "one-hot", 3), (y, p) => {
    const forward = tf.mul(-1, tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1));
    const reverse = tf.mul(0.5, tf.sum(tf.mul(p, tf.log(tf.clipByValue(y, 1e-4, 1))), -1));
    return tf.mean(tf.sub(forward, reverse));
  }),
  sound("ok-exp-tanh", given("tanh", "sign"), (y, p) => tf.mean(tf.exp(tf.neg(tf.mul(y, p))))),
  sound(
    "ok-mse-l2",
    given("real", "real"),
    (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mul(1e-4, tf.mean(tf.square(p)))),
  ),
  sound(
    "ok-soft-margin-multilabel",
    given("logits", "binary", 5),
    (y, z) => tf.mean(tf.add(tf.mul(y, tf.softplus(tf.neg(z))), tf.mul(tf.sub(1, y), tf.softplus(z)))),
  ),
  sound("ok-crps-gauss", { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar }, (y, q) => {
    const s = tf.add(tf.softplus(cut(q, 1, 1)), 0.05), w = tf.div(tf.sub(y, cut(q, 0, 1)), s);
    const pdf = tf.mul(0.3989423, tf.exp(tf.mul(-0.5, tf.square(w))));
    const cdf = tf.mul(0.5, tf.add(1, tf.erf(tf.div(w, Math.SQRT2))));
    return tf.mean(tf.mul(s, tf.sub(tf.add(tf.mul(w, tf.sub(tf.mul(2, cdf), 1)), tf.mul(2, pdf)), 0.5641896)));
  }),
  sound("ok-ignore-index", { yPred: "logits", yTrue: "index", columns: 3, sample: ignore }, (y, z) => {
    const f = tf.reshape(y, [-1]);
    const m = tf.cast(tf.greaterEqual(f, 0), "float32"), h = tf.oneHot(tf.cast(f, "int32"), 3);
    return tf.div(tf.sum(tf.mul(m, tf.neg(tf.sum(tf.mul(h, tf.logSoftmax(z)), -1)))), tf.maximum(tf.sum(m), 1));
  }),
  sound("ok-sigmoid-dice-logits", given("logits", "binary"), (y, z) => {
    const p = tf.sigmoid(z);
    return tf.sub(1, dice(y, p));
  }),
  sound("ok-abs-difference-tf", given("real", "real", 3), (y, p) => tf.losses.absoluteDifference(y, p)),
  // cosineDistance of unit vectors
  sound(
    "ok-cos-distance-unit",
    given("real", "real", 3),
    (y, p) => tf.losses.cosineDistance(unit(y, 1e-6), unit(p, 1e-6), 1),
  ),
  sound(
    "ok-charbonnier",
    given("probability", "probability", 4),
    (y, p) => tf.mean(tf.sqrt(tf.add(tf.square(tf.sub(y, p)), 1e-6))),
  ),
  sound("ok-mae-simplex", given("simplex", "one-hot", 4), (y, p) => tf.mean(tf.sum(tf.abs(tf.sub(y, p)), -1))),
  // errors weighed by the spread of each label column, with a floor
  sound("ok-zscored-columns", given("real", "real", 3), (y, p) => {
    const v = tf.mean(tf.square(tf.sub(y, tf.mean(y, 0, true))), 0, true);
    return tf.mean(tf.div(tf.square(tf.sub(y, p)), tf.add(v, 0.1)));
  }),
  // all pairs of the batch are meant
  sound("ok-batch-all-triplet", { yPred: "real", yTrue: "index", columns: 2, sample: threeItems }, (y, p) => {
    const s = tf.sum(tf.square(p), 1, true);
    const distances = tf.relu(tf.sub(tf.add(s, tf.transpose(s)), tf.mul(2, tf.matMul(p, p, false, true))));
    const same = tf.cast(tf.equal(y, tf.transpose(y)), "float32");
    return tf.mean(tf.add(tf.mul(same, distances), tf.mul(tf.sub(1, same), tf.relu(tf.sub(4, distances)))));
  }),
];

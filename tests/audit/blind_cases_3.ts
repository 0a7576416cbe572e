// Blind cases, batch 3: written from threads and papers after its author had read lib/audit once, but before the rules
// of that day, and not from any rule. How they came about, see blind_cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  type BlindCase,
  crossEntropy,
  cut,
  dice,
  drawn,
  gauss,
  minusTwiceDivergence,
  muLogvar,
  type Sample,
  unit,
  vae,
} from "./blind_case.ts";

/** Labels 1 and 2 instead of 0 and 1. */
const oneTwo: Sample = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => [u() < 0.4 ? 2 : 1],
  output: ([y]) => [kind === "perfect" ? y - 1 : kind === "saturated" ? (u() < 0.5 ? 0 : 1) : 0.02 + 0.96 * u()],
}));

/** Labels above 0.2, outputs above 0. */
const positives: Sample = drawn(["random", "perfect"], (kind, u) => ({
  label: () => [Math.exp(gauss(u)) + 0.2],
  output: ([y]) => [kind === "perfect" ? y : Math.abs(gauss(u)) + 0.05],
}));

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
const threeItems: Sample = drawn(["random", "perfect"], (kind, u) => ({
  label: () => [Math.floor(3 * u())],
  output: ([own]) => kind === "perfect" ? [[0, 3], [3, 0], [-3, -3]][own] : [gauss(u), gauss(u)],
}));

/** Structural similarity of each row, averaged. */
function ssim(y: Tensor, p: Tensor): Tensor {
  const my = tf.mean(y, 1, true), mp = tf.mean(p, 1, true), dy = tf.sub(y, my), dp = tf.sub(p, mp);
  const vy = tf.mean(tf.square(dy), 1, true), vp = tf.mean(tf.square(dp), 1, true);
  const covariance = tf.mean(tf.mul(dy, dp), 1, true);
  const top = tf.mul(tf.add(tf.mul(2, tf.mul(my, mp)), 1e-2), tf.add(tf.mul(2, covariance), 3e-2));
  const means = tf.add(tf.add(tf.square(my), tf.square(mp)), 1e-2), variances = tf.add(tf.add(vy, vp), 3e-2);
  return tf.mean(tf.div(top, tf.mul(means, variances)));
}

export const blindCases3: readonly BlindCase[] = [
  {
    id: "ng-lovasz-topk",
    cause: "no-gradient-op",
    why: "TopK has no gradient in tfjs: throws",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const s = tf.sub(tf.mul(2, y), 1);
      const e = tf.reshape(tf.relu(tf.sub(1, tf.mul(s, z))), [-1]);
      const n = e.size, { values, indices } = tf.topk(e, n), g = tf.gather(tf.reshape(y, [-1]), indices);
      const inter = tf.sub(tf.sum(g), tf.cumsum(g)), union = tf.add(tf.sum(g), tf.cumsum(tf.sub(1, g)));
      const j = tf.sub(1, tf.div(inter, union));
      const w = tf.sub(j, tf.concat([tf.zeros([1]), tf.slice(j, [0], [n - 1])]));
      return tf.sum(tf.mul(values, w));
    },
  },
  {
    id: "ng-smoothl1-less-mask",
    cause: "no-gradient-op",
    options: { yPred: "real", yTrue: "real", columns: 4 },
    loss: (y, p) => {
      const d = tf.abs(tf.sub(y, p)), m = tf.cast(tf.less(d, 1), "float32");
      return tf.mean(tf.add(tf.mul(m, tf.mul(0.5, tf.square(d))), tf.mul(tf.sub(1, m), tf.sub(d, 0.5))));
    },
  },
  {
    id: "ng-wrong-class-weight",
    cause: "no-gradient-op",
    why: "NotEqual has no gradient in tfjs: throws",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => {
      const ce = tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1));
      const wrong = tf.cast(tf.notEqual(tf.argMax(z, -1), tf.argMax(y, -1)), "float32");
      return tf.mean(tf.mul(ce, tf.add(1, wrong)));
    },
  },
  {
    id: "ng-kappa-hard",
    cause: "no-gradient-op",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const h = tf.cast(tf.oneHot(tf.argMax(p, -1), 3), "float32");
      const cm = tf.matMul(y, h, true), n = tf.sum(cm);
      const po = tf.div(tf.sum(tf.mul(cm, tf.eye(3))), n);
      const pe = tf.div(tf.sum(tf.mul(tf.sum(cm, 0), tf.sum(cm, 1))), tf.square(n));
      return tf.sub(1, tf.div(tf.sub(po, pe), tf.add(tf.sub(1, pe), 1e-6)));
    },
  },
  {
    id: "ng-ceil-cost",
    cause: "no-gradient-op",
    why: "cost of whole units",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => {
      const units = tf.ceil(p);
      return tf.mean(tf.add(tf.mul(5, tf.relu(tf.sub(y, units))), tf.relu(tf.sub(units, y))));
    },
  },
  {
    id: "de-edge-term",
    cause: "detached",
    options: { yPred: "real", yTrue: "real", columns: 4 },
    loss: (y, p) => {
      const a = y.arraySync() as number[][], b = p.arraySync() as number[][];
      let s = 0;
      a.forEach((r, i) => {
        for (let j = 1; j < 4; j++) s += Math.abs((r[j] - r[j - 1]) - (b[i][j] - b[i][j - 1]));
      });
      return tf.add(tf.mean(tf.abs(tf.sub(y, p))), s / (3 * a.length));
    },
  },
  {
    id: "de-stack-of-scalars",
    cause: "detached",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const a = y.dataSync(), b = p.dataSync();
      return tf.mean(tf.stack(Array.from(a, (v, i) => tf.scalar((v - b[i]) ** 2))));
    },
  },
  {
    id: "co-softmax-expanded",
    cause: "constant",
    options: { yPred: "logits", yTrue: "binary", columns: 3 },
    loss: (y, z) => {
      const p = tf.reshape(tf.softmax(tf.expandDims(z, -1)), y.shape);
      return tf.mean(tf.square(tf.sub(y, p)));
    },
  },
  {
    id: "co-y-minus-y",
    cause: "constant",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, _p) => tf.mean(tf.abs(tf.sub(y, y))),
  },
  {
    id: "co-clip-reversed",
    cause: "constant",
    also: ["saturated"],
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const q = tf.clipByValue(p, 1 - 1e-7, 1);
      return tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(q)), tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, q), 1e-7))))));
    },
  },
  {
    id: "sa-acc-1000",
    cause: "saturated",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.sub(1, tf.mean(tf.sigmoid(tf.mul(1000, tf.mul(tf.sub(y, 0.5), tf.sub(p, 0.5)))))),
  },
  {
    id: "sa-truncated-ce",
    cause: "saturated",
    why: "rows with p < 0.37 of their class, nearly all of an untrained model, have no gradient",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 5 },
    loss: (y, p) => tf.mean(tf.minimum(tf.neg(tf.log(tf.sum(tf.mul(y, tf.clipByValue(p, 1e-7, 1)), -1))), 1)),
  },
  {
    id: "sa-erf20",
    cause: "saturated",
    options: { yPred: "real", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.sub(1, tf.mul(y, tf.erf(tf.mul(20, p))))),
  },
  {
    id: "dx-entropy-noeps",
    cause: "domain-edge",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) =>
      tf.add(tf.mean(tf.sum(tf.square(tf.sub(y, p)), -1)), tf.mul(0.1, tf.mean(tf.sum(tf.mul(p, tf.log(p)), -1)))),
  },
  {
    id: "dx-infonce-exp",
    cause: "domain-edge",
    why: "exp(100 · cos) overflows",
    options: { yPred: "real", yTrue: "none", columns: 4 },
    loss: (_y, q) => {
      const a = unit(cut(q, 0, 2), 1e-6, 1), b = unit(cut(q, 2, 2), 1e-6, 1);
      const s = tf.exp(tf.mul(100, tf.matMul(a, b, false, true))), n = s.shape[0];
      return tf.neg(tf.mean(tf.log(tf.div(tf.sum(tf.mul(s, tf.eye(n)), 1), tf.sum(s, 1)))));
    },
  },
  {
    id: "dx-log1p-tanh",
    cause: "domain-edge",
    why: "log(1 + p) at p = -1",
    options: { yPred: "tanh", yTrue: "real" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.tanh(y), tf.log(tf.add(1, p))))),
  },
  {
    id: "zd-ratio",
    cause: "zero-division",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.div(p, y), 1))),
  },
  {
    id: "zd-gain-normalised",
    cause: "zero-division",
    also: ["wrong-optimum"],
    why: "all gains 0",
    options: { yPred: "nonnegative", yTrue: "count" },
    loss: (y, p) => tf.div(tf.sum(tf.mul(y, tf.exp(tf.neg(p)))), tf.sum(y)),
  },
  {
    id: "zd-column-share",
    cause: "zero-division",
    options: { yPred: "probability", yTrue: "binary", columns: 3 },
    loss: (y, p) => {
      const w = tf.div(y, tf.sum(y, 0, true));
      return tf.add(tf.sum(tf.mul(w, tf.square(tf.sub(1, p)))), tf.mean(tf.mul(tf.sub(1, y), tf.square(p))));
    },
  },
  {
    id: "zd-spectrum",
    cause: "zero-division",
    options: { yPred: "nonnegative", yTrue: "positive", columns: 4 },
    loss: (y, p) => {
      const a = tf.div(y, tf.sum(y, 1, true)), b = tf.div(p, tf.sum(p, 1, true));
      return tf.mean(tf.sum(tf.abs(tf.sub(a, b)), 1));
    },
  },
  {
    id: "nn-distance-matrix",
    cause: "nan-gradient",
    why: "the diagonal is sqrt(0)",
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => {
      const distances = (x: Tensor) => {
        const s = tf.sum(tf.square(x), 1, true);
        return tf.sqrt(tf.relu(tf.sub(tf.add(s, tf.transpose(s)), tf.mul(2, tf.matMul(x, x, false, true)))));
      };
      return tf.mean(tf.square(tf.sub(distances(y), distances(p))));
    },
  },
  {
    id: "nn-focal-explog",
    cause: "nan-gradient",
    why: "(1 − pt)^2 as exp(2·log(1 − pt)) at pt = 1",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const pt = tf.add(tf.mul(y, p), tf.mul(tf.sub(1, y), tf.sub(1, p)));
      return tf.mean(tf.mul(tf.exp(tf.mul(2, tf.log(tf.sub(1, pt)))), tf.neg(tf.log(tf.add(pt, 1e-6)))));
    },
  },
  {
    id: "nn-charbonnier-noeps",
    cause: "nan-gradient",
    options: { yPred: "probability", yTrue: "probability", columns: 4 },
    loss: (y, p) => tf.mean(tf.sqrt(tf.square(tf.sub(y, p)))),
  },
  {
    id: "ws-vae-kl",
    cause: "wrong-sign",
    also: ["wrong-optimum"],
    options: { yPred: "real", yTrue: "real", columns: 6, sample: vae },
    loss: (y, q) => {
      const mu = cut(q, 2, 2), lv = cut(q, 4, 2);
      const error = tf.sum(tf.square(tf.sub(y, cut(q, 0, 2))), 1);
      return tf.mean(tf.add(error, tf.mul(0.5, tf.sum(minusTwiceDivergence(mu, lv), 1))));
    },
  },
  {
    id: "ws-hinge",
    cause: "wrong-sign",
    options: { yPred: "tanh", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.relu(tf.add(1, tf.mul(y, p)))),
  },
  {
    id: "ws-ranking",
    cause: "wrong-sign",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const w = tf.relu(tf.sub(y, tf.transpose(y)));
      return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.sub(z, tf.transpose(z))))), tf.add(tf.sum(w), 1));
    },
  },
  {
    id: "ws-ssim",
    cause: "wrong-sign",
    options: { yPred: "probability", yTrue: "probability", columns: 16 },
    loss: (y, p) => ssim(y, p),
  },
  {
    id: "sw-logloss",
    cause: "swapped-arguments",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.losses.logLoss(p, y),
  },
  {
    id: "sw-metrics-cce",
    cause: "swapped-arguments",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => tf.metrics.categoricalCrossentropy(p, y),
  },
  {
    id: "sw-tf-hinge",
    cause: "swapped-arguments",
    also: ["label-encoding"],
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.losses.hingeLoss(z, y),
  },
  {
    id: "sw-metrics-mape",
    cause: "swapped-arguments",
    also: ["zero-division", "domain-edge"],
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.metrics.meanAbsolutePercentageError(p, y),
  },
  {
    id: "am-tanh-bce",
    cause: "activation-mismatch",
    options: { yPred: "tanh", yTrue: "binary" },
    loss: (y, p) => tf.mean(crossEntropy(y, p)),
  },
  {
    id: "am-dice-logits",
    cause: "activation-mismatch",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.sub(1, dice(y, z)),
  },
  {
    id: "am-softmax-twice-inside",
    cause: "activation-mismatch",
    why: "softmax, then a cross-entropy that takes logits",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => tf.losses.softmaxCrossEntropy(y, tf.softmax(z)),
  },
  {
    id: "am-tfhinge-sigmoid",
    cause: "activation-mismatch",
    also: ["label-encoding"],
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.losses.hingeLoss(y, p),
  },
  {
    id: "le-dice-sign",
    cause: "label-encoding",
    options: { yPred: "probability", yTrue: "sign" },
    loss: (y, p) =>
      tf.sub(1, tf.div(tf.add(tf.mul(2, tf.sum(tf.mul(y, p))), 1), tf.add(tf.add(tf.sum(tf.abs(y)), tf.sum(p)), 1))),
  },
  {
    id: "le-bce-one-two",
    cause: "label-encoding",
    options: { yPred: "probability", yTrue: "binary", sample: oneTwo },
    loss: (y, p) => tf.mean(crossEntropy(y, p)),
  },
  {
    id: "le-tfhinge-sign",
    cause: "label-encoding",
    why: "tf.losses.hingeLoss turns 0/1 into ±1 itself: −1 becomes −3",
    options: { yPred: "real", yTrue: "sign" },
    loss: (y, z) => tf.losses.hingeLoss(y, z),
  },
  {
    id: "le-sigmoidce-sign",
    cause: "label-encoding",
    options: { yPred: "logits", yTrue: "sign" },
    loss: (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  },
  {
    id: "br-mape-flat",
    cause: "broadcast",
    options: { yPred: "nonnegative", yTrue: "positive", sample: flatLabels },
    loss: (y, p) => tf.mean(tf.abs(tf.div(tf.sub(y, p), tf.add(y, 1)))),
  },
  {
    id: "br-relative-rows",
    cause: "broadcast",
    options: { yPred: "nonnegative", yTrue: "positive", columns: 3 },
    loss: (y, p) => tf.mean(tf.div(tf.sum(tf.square(tf.sub(y, p)), 1), tf.add(1, tf.sum(tf.square(y), 1, true)))),
  },
  {
    id: "br-confidence",
    cause: "broadcast",
    why: "confidence [n] times cross-entropy [n, 1]",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) =>
      tf.mean(tf.mul(tf.max(p, 1), tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), 1, true)))),
  },
  {
    id: "wx-softmax-sum-all",
    cause: "wrong-axis",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => {
      const e = tf.exp(tf.sub(z, tf.max(z))), p = tf.div(e, tf.sum(e));
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.add(p, 1e-7))), -1)));
    },
  },
  {
    id: "wx-cosdist-axis0",
    cause: "wrong-axis",
    also: ["bad-scale", "wrong-optimum"],
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => tf.losses.cosineDistance(y, p, 0),
  },
  {
    id: "wx-kl-softmax-batch",
    cause: "wrong-axis",
    options: { yPred: "logits", yTrue: "distribution", columns: 4 },
    loss: (y, z) => {
      const q = tf.transpose(tf.softmax(tf.transpose(z)));
      return tf.mean(tf.sum(tf.mul(y, tf.sub(tf.log(tf.add(y, 1e-7)), tf.log(tf.add(q, 1e-7)))), 1));
    },
  },
  {
    id: "wo-cosdist-raw",
    cause: "wrong-optimum",
    also: ["activation-mismatch"],
    why: "1 − y·p without normalising: unbounded below",
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => tf.losses.cosineDistance(y, p, 1),
  },
  {
    id: "wo-one-minus-yp",
    cause: "wrong-optimum",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.sub(1, tf.mean(tf.mul(y, p))),
  },
  {
    id: "wo-positive-pixels",
    cause: "wrong-optimum",
    options: { yPred: "probability", yTrue: "binary", columns: 4 },
    loss: (y, p) => tf.mean(tf.mul(y, tf.square(tf.sub(y, p)))),
  },
  {
    id: "wo-tv-only",
    cause: "wrong-optimum",
    why: "smoothness without the data term",
    options: { yPred: "real", yTrue: "real", columns: 4 },
    loss: (_y, p) => tf.mean(tf.abs(tf.sub(cut(p, 1, 3), cut(p, 0, 3)))),
  },
  {
    id: "bs-times-n",
    cause: "bad-scale",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.mul(tf.sum(tf.abs(tf.sub(y, p))), y.shape[0]),
  },
  {
    id: "bs-vae-kl-sum",
    cause: "bad-scale",
    options: { yPred: "real", yTrue: "real", columns: 6, sample: vae },
    loss: (y, q) => {
      const mu = cut(q, 2, 2), lv = cut(q, 4, 2);
      const error = tf.mean(tf.square(tf.sub(y, cut(q, 0, 2))));
      return tf.add(error, tf.mul(-0.5, tf.sum(minusTwiceDivergence(mu, lv))));
    },
  },
  {
    id: "bs-pow8",
    cause: "bad-scale",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.mean(tf.pow(tf.sub(y, p), 8)),
  },
  {
    id: "re-f1-multilabel-rare",
    cause: "reduction",
    options: { yPred: "probability", yTrue: "binary", columns: 3, prevalence: 0.05 },
    loss: (y, p) => {
      const tp = tf.sum(tf.mul(y, p), 0);
      return tf.sub(1, tf.mean(tf.div(tf.mul(2, tp), tf.add(tf.add(tf.sum(y, 0), tf.sum(p, 0)), 1e-7))));
    },
  },
  {
    id: "re-min-over-batch",
    cause: "reduction",
    why: "only the easiest row",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.min(tf.sub(tf.softplus(z), tf.mul(y, z))),
  },
  {
    id: "re-batch-64",
    cause: "reduction",
    also: ["bad-scale"],
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.div(tf.sum(crossEntropy(y, p)), 64),
  },
  {
    id: "ok-focal-tversky-eps",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const tp = tf.sum(tf.mul(y, p)), fn = tf.sum(tf.mul(y, tf.sub(1, p))), fp = tf.sum(tf.mul(tf.sub(1, y), p));
      const ti = tf.div(tf.add(tp, 1), tf.add(tf.add(tp, tf.add(tf.mul(0.7, fn), tf.mul(0.3, fp))), 1));
      return tf.pow(tf.add(tf.sub(1, ti), 1e-4), 0.75);
    },
  },
  {
    id: "ok-pair-hinge",
    cause: "healthy",
    options: { yPred: "real", yTrue: "binary" },
    loss: (y, z) => {
      const w = tf.relu(tf.sub(y, tf.transpose(y)));
      return tf.div(tf.sum(tf.mul(w, tf.relu(tf.sub(1, tf.sub(z, tf.transpose(z)))))), tf.add(tf.sum(w), 1));
    },
  },
  {
    id: "ok-under-3x-mae",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.add(tf.mul(3, tf.relu(tf.sub(y, p))), tf.relu(tf.sub(p, y)))),
  },
  {
    id: "ok-ssim",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "probability", columns: 16 },
    loss: (y, p) => tf.sub(1, ssim(y, p)),
  },
  {
    id: "ok-gradient-difference",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real", columns: 4 },
    loss: (y, p) => {
      const g = (x: Tensor) => tf.sub(cut(x, 1, 3), cut(x, 0, 3));
      return tf.add(tf.mean(tf.abs(tf.sub(y, p))), tf.mean(tf.abs(tf.sub(g(y), g(p)))));
    },
  },
  {
    id: "ok-class-weights",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const w = tf.sum(tf.mul(y, tf.tensor1d([1, 5, 20])), -1);
      const ce = tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1));
      return tf.mean(tf.mul(w, ce));
    },
  },
  {
    id: "ok-bootstrap-ce",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const q = tf.clipByValue(p, 1e-7, 1);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.95, y), tf.mul(0.05, p)), tf.log(q)), -1)));
    },
  },
  {
    id: "ok-distill-temperature",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "distribution", columns: 3 },
    loss: (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.div(z, 2))), -1))),
  },
  {
    id: "ok-crammer-singer",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "one-hot", columns: 4 },
    loss: (y, z) => tf.mean(tf.relu(tf.sub(tf.max(tf.add(z, tf.sub(1, y)), -1), tf.sum(tf.mul(y, z), -1)))),
  },
  {
    id: "ok-generalised-dice",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const w = tf.div(1, tf.add(tf.sum(y, 0), 1));
      const i = tf.sum(tf.mul(w, tf.sum(tf.mul(y, p), 0)));
      const s = tf.sum(tf.mul(w, tf.add(tf.sum(y, 0), tf.sum(p, 0))));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, i), 0.1), tf.add(s, 0.1)));
    },
  },
  {
    id: "ok-poisson-deviance",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "count" },
    loss: (y, p) =>
      tf.mean(tf.mul(2, tf.sub(tf.mul(y, tf.log(tf.div(tf.add(y, 1e-3), tf.add(p, 1e-3)))), tf.sub(y, p)))),
  },
  {
    id: "ok-js-divergence",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "distribution", columns: 3 },
    loss: (y, p) => {
      const a = tf.clipByValue(y, 1e-6, 1), b = tf.clipByValue(p, 1e-6, 1), m = tf.div(tf.add(a, b), 2);
      return tf.mean(tf.sum(tf.mul(0.5, tf.add(tf.mul(a, tf.log(tf.div(a, m))), tf.mul(b, tf.log(tf.div(b, m))))), -1));
    },
  },
  {
    id: "ok-symmetric-ce",
    cause: "healthy",
    why: "Wang et al. 2019: the reverse term is meant",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const forward = tf.mul(-1, tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1));
      const reverse = tf.mul(0.5, tf.sum(tf.mul(p, tf.log(tf.clipByValue(y, 1e-4, 1))), -1));
      return tf.mean(tf.sub(forward, reverse));
    },
  },
  {
    id: "ok-exp-tanh",
    cause: "healthy",
    options: { yPred: "tanh", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.exp(tf.neg(tf.mul(y, p)))),
  },
  {
    id: "ok-mse-l2",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mul(1e-4, tf.mean(tf.square(p)))),
  },
  {
    id: "ok-soft-margin-multilabel",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "binary", columns: 5 },
    loss: (y, z) => tf.mean(tf.add(tf.mul(y, tf.softplus(tf.neg(z))), tf.mul(tf.sub(1, y), tf.softplus(z)))),
  },
  {
    id: "ok-crps-gauss",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    loss: (y, q) => {
      const s = tf.add(tf.softplus(cut(q, 1, 1)), 0.05), w = tf.div(tf.sub(y, cut(q, 0, 1)), s);
      const pdf = tf.mul(0.3989423, tf.exp(tf.mul(-0.5, tf.square(w))));
      const cdf = tf.mul(0.5, tf.add(1, tf.erf(tf.div(w, Math.SQRT2))));
      return tf.mean(tf.mul(s, tf.sub(tf.add(tf.mul(w, tf.sub(tf.mul(2, cdf), 1)), tf.mul(2, pdf)), 0.5641896)));
    },
  },
  {
    id: "ok-ignore-index",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "index", columns: 3, sample: ignore },
    loss: (y, z) => {
      const f = tf.reshape(y, [-1]);
      const m = tf.cast(tf.greaterEqual(f, 0), "float32"), h = tf.oneHot(tf.cast(f, "int32"), 3);
      return tf.div(tf.sum(tf.mul(m, tf.neg(tf.sum(tf.mul(h, tf.logSoftmax(z)), -1)))), tf.maximum(tf.sum(m), 1));
    },
  },
  {
    id: "ok-sigmoid-dice-logits",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const p = tf.sigmoid(z);
      return tf.sub(1, dice(y, p));
    },
  },
  {
    id: "ok-abs-difference-tf",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => tf.losses.absoluteDifference(y, p),
  },
  {
    id: "ok-cos-distance-unit",
    cause: "healthy",
    why: "cosineDistance of unit vectors",
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => tf.losses.cosineDistance(unit(y, 1e-6), unit(p, 1e-6), 1),
  },
  {
    id: "ok-charbonnier",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "probability", columns: 4 },
    loss: (y, p) => tf.mean(tf.sqrt(tf.add(tf.square(tf.sub(y, p)), 1e-6))),
  },
  {
    id: "ok-mae-simplex",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => tf.mean(tf.sum(tf.abs(tf.sub(y, p)), -1)),
  },
  {
    id: "ok-zscored-columns",
    cause: "healthy",
    why: "errors weighed by the spread of each label column, with a floor",
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => {
      const v = tf.mean(tf.square(tf.sub(y, tf.mean(y, 0, true))), 0, true);
      return tf.mean(tf.div(tf.square(tf.sub(y, p)), tf.add(v, 0.1)));
    },
  },
  {
    id: "ok-batch-all-triplet",
    cause: "healthy",
    why: "all pairs of the batch are meant",
    options: { yPred: "real", yTrue: "index", columns: 2, sample: threeItems },
    loss: (y, p) => {
      const s = tf.sum(tf.square(p), 1, true);
      const distances = tf.relu(tf.sub(tf.add(s, tf.transpose(s)), tf.mul(2, tf.matMul(p, p, false, true))));
      const same = tf.cast(tf.equal(y, tf.transpose(y)), "float32");
      return tf.mean(tf.add(tf.mul(same, distances), tf.mul(tf.sub(1, same), tf.relu(tf.sub(4, distances)))));
    },
  },
];

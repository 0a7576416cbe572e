// Blind cases, batch 2, harder: faults in a part of a loss, sound losses that look odd. Written, as batch 1, before its
// author had read any of lib/audit. How they came about, see blind_cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  batches,
  type BlindCase,
  box,
  clip,
  crossEntropy,
  cut,
  dice,
  drawn,
  gauss,
  gaussian,
  logLikelihood,
  muLogvar,
  type Sample,
  squaredDistance,
  triplets,
  unit,
} from "./blind_case.ts";

/** Softmax over two classes, and one column of labels 0 and 1. */
const twoHead: Sample = drawn(["random", "perfect", "saturated", "allNeg", "allPos"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : kind === "allPos" ? 1 : u() < 0.4 ? 1 : 0],
  output: ([y]) => {
    const q = kind === "perfect" ? y : kind === "saturated" ? (u() < 0.5 ? 0 : 1) : 0.02 + 0.96 * u();
    return [1 - q, q];
  },
}));

/** Angles in (−π, π). */
const angles: Sample = drawn(["random", "perfect", "constPred"], (kind, u) => ({
  label: () => [Math.PI * (2 * u() - 1)],
  output: ([y]) => [kind === "perfect" ? y : kind === "constPred" ? 0.3 : Math.PI * (2 * u() - 1)],
}));

/** Two views of the same item, 2 + 2 columns, no labels. */
const views: Sample = drawn(["random", "perfect", "constPred"], (kind, u) => ({
  label: () => [0],
  output: () => {
    const [x, y] = [gauss(u), gauss(u)];
    if (kind === "constPred") return [0.3, 0.3, 0.3, 0.3];
    return kind === "perfect" ? [3 * x, 3 * y, 3 * x, 3 * y] : [x, y, gauss(u), gauss(u)];
  },
}));

/** Boxes that are large enough to overlap often. */
const largeBoxes: Sample = drawn(["random", "perfect"], (kind, u) => ({
  label: () => box(u, 0.6),
  output: (label) => kind === "perfect" ? label.slice() : box(u, 0.6),
}));

/** One label, three outputs: low, middle, high. */
const threeOutputs: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : gauss(u)],
  output: ([y]) => [-0.5, 0, 0.5].map((shift) => kind === "perfect" ? y : shift + gauss(u)),
}));

/** Where each of three classes belongs. */
const centres = [[0, 1], [1, 0], [-1, -1]];

/** Three classes, and embeddings of two columns. */
const aroundCentres: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => {
    const own = kind === "allNeg" ? 0 : Math.floor(3 * u());
    return [0, 1, 2].map((j) => j === own ? 1 : 0);
  },
  output: (label) => kind === "perfect" ? centres[label.indexOf(1)] : [1.5 * gauss(u), 1.5 * gauss(u)],
}));

export const blindCases2: readonly BlindCase[] = [
  {
    id: "ng-bce-plus-hard-f1",
    cause: "no-gradient-op",
    why: "round: its term has zero gradient, silently; BCE still trains",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const h = tf.round(p), tp = tf.sum(tf.mul(y, h));
      const ce = tf.mean(crossEntropy(y, p)),
        f1 = tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(y), tf.sum(h)), 1));
      return tf.add(ce, tf.sub(1, f1));
    },
  },
  {
    id: "ng-sign-silent",
    cause: "no-gradient-op",
    why: "sign: term dead, silently",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) =>
      tf.add(tf.mean(tf.abs(tf.sub(y, p))), tf.mul(5, tf.mean(tf.relu(tf.neg(tf.mul(tf.sign(y), tf.sign(p))))))),
  },
  {
    id: "ng-f1-greater-equal",
    cause: "no-gradient-op",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const h = tf.cast(tf.greaterEqual(z, 0), "float32"), tp = tf.sum(tf.mul(y, h));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(y), tf.sum(h)), 1)));
    },
  },
  {
    id: "ng-onehot-argmax-ce",
    cause: "no-gradient-op",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => {
      const hard = tf.cast(tf.oneHot(tf.argMax(p, 1), 4), "float32");
      return tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(hard, 1e-7, 1))), 1)));
    },
  },
  {
    id: "de-dice-term-datasync",
    cause: "detached",
    why: "BCE + a Dice term computed from numbers",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const a = y.dataSync(), b = p.dataSync();
      let i = 0, s = 0;
      for (let k = 0; k < a.length; k++) {
        i += a[k] * b[k];
        s += a[k] + b[k];
      }
      return tf.add(tf.mean(crossEntropy(y, p)), tf.scalar(1 - (2 * i + 1) / (s + 1)));
    },
  },
  {
    id: "de-second-column",
    cause: "detached",
    why: "sigma column re-made from numbers: sigma never learns",
    options: { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    loss: (y, q) => {
      const mu = cut(q, 0, 1), lv = tf.tensor(cut(q, 1, 1).dataSync(), [q.shape[0], 1]);
      return tf.mean(gaussian(y, mu, lv));
    },
  },
  {
    id: "co-range-penalty",
    cause: "constant",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (_y, p) => tf.mean(tf.add(tf.relu(tf.neg(p)), tf.relu(tf.sub(p, 1)))),
  },
  {
    id: "co-sums-to-one",
    cause: "constant",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.sum(p, -1), tf.sum(y, -1)))),
  },
  {
    id: "sa-softmax-temp100",
    cause: "saturated",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => tf.mean(tf.sum(tf.square(tf.sub(y, tf.softmax(tf.mul(z, 100)))), -1)),
  },
  {
    id: "sa-relu-in-loss",
    cause: "saturated",
    also: ["activation-mismatch"],
    why: "half of the outputs (the negative ones) have no gradient though wrong",
    options: { yPred: "real", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.log1p(y), tf.log1p(tf.relu(p))))),
  },
  {
    id: "sa-clip-0307",
    cause: "saturated",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.mean(crossEntropy(y, tf.clipByValue(p, 0.3, 0.7))),
  },
  {
    id: "sa-sigmoid100-mse",
    cause: "saturated",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.mean(tf.square(tf.sub(y, tf.sigmoid(tf.mul(100, z))))),
  },
  {
    id: "dx-logit-space",
    cause: "domain-edge",
    also: ["zero-division"],
    options: { yPred: "probability", yTrue: "probability" },
    loss: (y, p) => {
      const logit = (x: Tensor) => tf.log(tf.div(x, tf.sub(1, x)));
      return tf.mean(tf.square(tf.sub(logit(tf.clipByValue(y, 0.001, 0.999)), logit(p))));
    },
  },
  {
    id: "dx-pow-negative",
    cause: "domain-edge",
    also: ["activation-mismatch"],
    options: { yPred: "real", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.pow(y, 0.5), tf.pow(p, 0.5)))),
  },
  {
    id: "dx-tweedie",
    cause: "domain-edge",
    also: ["zero-division", "nan-gradient"],
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.add(tf.mul(2, tf.mul(y, tf.pow(p, -0.5))), tf.mul(2, tf.pow(p, 0.5)))),
  },
  {
    id: "dx-gamma-deviance",
    cause: "domain-edge",
    also: ["zero-division"],
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.add(tf.log(p), tf.div(y, p))),
  },
  {
    id: "dx-softmax-naive",
    cause: "domain-edge",
    also: ["zero-division"],
    why: "exp(100)/sum: inf/inf",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => {
      const e = tf.exp(z), p = tf.div(e, tf.sum(e, -1, true));
      return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.add(p, 1e-7))), -1)));
    },
  },
  {
    id: "zd-fbeta-noeps",
    cause: "zero-division",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const tp = tf.sum(tf.mul(y, p)), pr = tf.div(tp, tf.sum(p)), re = tf.div(tp, tf.sum(y));
      return tf.sub(1, tf.div(tf.mul(5, tf.mul(pr, re)), tf.add(tf.mul(4, pr), re)));
    },
  },
  {
    id: "zd-focal-by-npos",
    cause: "zero-division",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const ce = tf.sub(tf.softplus(z), tf.mul(y, z)), p = tf.sigmoid(z);
      const pt = tf.add(tf.mul(y, p), tf.mul(tf.sub(1, y), tf.sub(1, p)));
      return tf.div(tf.sum(tf.mul(tf.square(tf.sub(1, pt)), ce)), tf.sum(y));
    },
  },
  {
    id: "zd-row-mean-pos",
    cause: "zero-division",
    options: { yPred: "probability", yTrue: "binary", columns: 3 },
    loss: (y, p) => {
      const missed = tf.mean(tf.div(tf.sum(tf.mul(y, tf.square(tf.sub(1, p))), 1), tf.sum(y, 1)));
      return tf.add(missed, tf.mean(tf.mul(tf.sub(1, y), tf.square(p))));
    },
  },
  {
    id: "zd-iou-per-class",
    cause: "zero-division",
    why: "class absent from both: 0/0",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const i = tf.sum(tf.mul(y, p), 0), u = tf.sub(tf.add(tf.sum(y, 0), tf.sum(p, 0)), i);
      return tf.sub(1, tf.mean(tf.div(i, u)));
    },
  },
  {
    id: "nn-gmean",
    cause: "nan-gradient",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const n = tf.sub(1, y);
      const se = tf.div(tf.sum(tf.mul(y, p)), tf.add(tf.sum(y), 1e-7));
      const sp = tf.div(tf.sum(tf.mul(n, tf.sub(1, p))), tf.add(tf.sum(n), 1e-7));
      return tf.sub(1, tf.sqrt(tf.mul(se, sp)));
    },
  },
  {
    id: "nn-norm-penalty",
    cause: "nan-gradient",
    why: "logits exactly 0 (zero-initialised last layer): norm has NaN gradient",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => tf.add(tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1))), tf.mul(0.01, tf.norm(z))),
  },
  {
    id: "nn-sqrt-abs",
    cause: "nan-gradient",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.mean(tf.sqrt(tf.abs(tf.sub(y, p)))),
  },
  {
    id: "nn-focal-tversky",
    cause: "nan-gradient",
    why: "pow(0, 0.75) at the perfect prediction",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const tp = tf.sum(tf.mul(y, p)), fn = tf.sum(tf.mul(y, tf.sub(1, p))), fp = tf.sum(tf.mul(tf.sub(1, y), p));
      const ti = tf.div(tf.add(tp, 1), tf.add(tf.add(tp, tf.add(tf.mul(0.7, fn), tf.mul(0.3, fp))), 1));
      return tf.pow(tf.sub(1, ti), 0.75);
    },
  },
  {
    id: "ws-r2-score",
    cause: "wrong-sign",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) =>
      tf.sub(1, tf.div(tf.sum(tf.square(tf.sub(y, p))), tf.add(tf.sum(tf.square(tf.sub(y, tf.mean(y)))), 1e-3))),
  },
  {
    id: "ws-auc-score",
    cause: "wrong-sign",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const w = tf.relu(tf.sub(y, tf.transpose(y)));
      return tf.div(tf.sum(tf.mul(w, tf.sigmoid(tf.sub(p, tf.transpose(p))))), tf.add(tf.sum(w), 1));
    },
  },
  {
    id: "ws-neg-mse",
    cause: "wrong-sign",
    why: "PSNR without its minus",
    options: { yPred: "probability", yTrue: "probability", columns: 4 },
    loss: (y, p) => tf.mul(-10 / Math.LN10, tf.log(tf.add(tf.mean(tf.square(tf.sub(y, p))), 1e-6))),
  },
  {
    id: "ws-gauss-loglik",
    cause: "wrong-sign",
    options: { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    loss: (y, q) => {
      const mu = cut(q, 0, 1), lv = cut(q, 1, 1);
      return tf.mean(tf.mul(-0.5, gaussian(y, mu, lv)));
    },
  },
  {
    id: "sw-cce",
    cause: "swapped-arguments",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(p, tf.log(tf.clipByValue(y, 1e-7, 1))), -1))),
  },
  {
    id: "sw-bce-soft",
    cause: "swapped-arguments",
    options: { yPred: "probability", yTrue: "probability" },
    loss: (y, p) => tf.mean(crossEntropy(p, y)),
  },
  {
    id: "sw-weights-from-pred",
    cause: "swapped-arguments",
    also: ["wrong-optimum"],
    why: "the class weight is taken from the prediction, not the label",
    ambiguous: true,
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const w = tf.add(tf.mul(p, 20), tf.sub(1, p));
      return tf.mean(tf.mul(w, tf.abs(tf.sub(p, y))));
    },
  },
  {
    id: "am-logloss-on-logits",
    cause: "activation-mismatch",
    also: ["domain-edge"],
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.losses.logLoss(y, z),
  },
  {
    id: "am-softmax-multilabel",
    cause: "activation-mismatch",
    also: ["wrong-optimum"],
    options: { yPred: "logits", yTrue: "binary", columns: 4 },
    loss: (y, z) => tf.mean(crossEntropy(y, tf.softmax(z))),
  },
  {
    id: "am-sigmoid-of-tanh",
    cause: "activation-mismatch",
    also: ["label-encoding"],
    options: { yPred: "tanh", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(y, tf.sigmoid(p)))),
  },
  {
    id: "am-poisson-loginput",
    cause: "activation-mismatch",
    also: ["wrong-optimum"],
    why: "the rate is already a softplus; exp makes rates ≥ 1 only, best p is log y",
    options: { yPred: "nonnegative", yTrue: "count" },
    loss: (y, p) => tf.mean(tf.sub(tf.exp(p), tf.mul(y, p))),
  },
  {
    id: "am-kl-softmax-twice",
    cause: "activation-mismatch",
    options: { yPred: "simplex", yTrue: "distribution", columns: 3 },
    loss: (y, p) => tf.mean(tf.sum(tf.mul(y, tf.sub(tf.log(tf.add(y, 1e-7)), tf.logSoftmax(p))), -1)),
  },
  {
    id: "le-argmax-of-index",
    cause: "label-encoding",
    also: ["constant"],
    why: "argMax of an [n, 1] column of indices is always 0",
    options: { yPred: "logits", yTrue: "index", columns: 3 },
    loss: (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  },
  {
    id: "le-sign-mse-sigmoid",
    cause: "label-encoding",
    also: ["activation-mismatch"],
    options: { yPred: "probability", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.square(tf.sub(y, p))),
  },
  {
    id: "le-dice-255",
    cause: "label-encoding",
    options: { yPred: "probability", yTrue: "binary", sample: batches("prob", "binary255", 1, 1) },
    loss: (y, p) => tf.sub(1, dice(y, p)),
  },
  {
    id: "le-one-column-two-outputs",
    cause: "label-encoding",
    also: ["broadcast"],
    options: { yPred: "simplex", yTrue: "binary", columns: 2, sample: twoHead },
    loss: (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1))),
  },
  {
    id: "le-mse-index",
    cause: "label-encoding",
    also: ["broadcast"],
    options: { yPred: "simplex", yTrue: "index", columns: 3 },
    loss: (y, p) => tf.mean(tf.square(tf.sub(y, p))),
  },
  {
    id: "br-weights-flat",
    cause: "broadcast",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const w = tf.reshape(tf.add(tf.mul(9, y), 1), [-1]);
      return tf.mean(tf.mul(crossEntropy(y, p), w));
    },
  },
  {
    id: "br-logvar-squeezed",
    cause: "broadcast",
    options: { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    loss: (y, q) => {
      const mu = cut(q, 0, 1), lv = tf.reshape(cut(q, 1, 1), [-1]);
      return tf.mean(gaussian(y, mu, lv));
    },
  },
  {
    id: "br-sparse-gather",
    cause: "broadcast",
    why: "true-class probability [n] against a focal weight [n, 1]",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => {
      const pt = tf.sum(tf.mul(y, tf.clipByValue(p, 1e-7, 1)), 1);
      const w = tf.square(tf.sub(1, tf.sum(tf.mul(y, p), 1, true)));
      return tf.neg(tf.mean(tf.mul(w, tf.log(pt))));
    },
  },
  {
    id: "wx-softmax-no-axis",
    cause: "wrong-axis",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    loss: (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.sub(z, tf.logSumExp(z))), -1))),
  },
  {
    id: "wx-emd-axis0",
    cause: "wrong-axis",
    also: ["bad-scale", "reduction", "no-gradient-op"],
    why: "besides, tfjs throws in the gradient of cumsum along axis 0",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.cumsum(y, 0), tf.cumsum(p, 0)))),
  },
  {
    id: "wx-corr-axis1",
    cause: "wrong-axis",
    also: ["constant", "zero-division"],
    why: "centred along the single column: all 0",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const a = tf.sub(y, tf.mean(y, -1, true)), b = tf.sub(p, tf.mean(p, -1, true));
      const both = tf.sum(tf.mul(a, b)), product = tf.mul(tf.sum(tf.square(a)), tf.sum(tf.square(b)));
      return tf.sub(1, tf.div(both, tf.add(tf.sqrt(tf.add(product, 1e-12)), 1e-7)));
    },
  },
  {
    id: "wx-dice-row",
    cause: "wrong-axis",
    also: ["reduction", "wrong-optimum", "saturated"],
    why: "Dice along the single column: a negative gets loss 1 whatever p",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => {
      const twice = tf.mul(2, tf.sum(tf.mul(y, p), -1)), size = tf.add(tf.sum(y, -1), tf.sum(p, -1));
      return tf.mean(tf.sub(1, tf.div(twice, tf.add(size, 1e-7))));
    },
  },
  {
    id: "wo-row-sums",
    cause: "wrong-optimum",
    also: ["wrong-axis", "reduction"],
    options: { yPred: "real", yTrue: "real", columns: 3 },
    loss: (y, p) => tf.mean(tf.square(tf.sub(tf.sum(y, -1), tf.sum(p, -1)))),
  },
  {
    id: "wo-entropy-only",
    cause: "wrong-optimum",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (_y, p) => {
      const q = clip(p);
      return tf.neg(tf.mean(logLikelihood(q, q)));
    },
  },
  {
    id: "wo-negatives-only",
    cause: "wrong-optimum",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.neg(tf.mean(tf.mul(tf.sub(1, y), tf.log(tf.clipByValue(tf.sub(1, p), 1e-7, 1))))),
  },
  {
    id: "wo-onlycorr",
    cause: "wrong-optimum",
    why: "Pearson alone: any scale and shift are as good",
    ambiguous: true,
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const a = tf.sub(y, tf.mean(y)), b = tf.sub(p, tf.mean(p));
      const both = tf.mean(tf.mul(a, b)), product = tf.mul(tf.mean(tf.square(a)), tf.mean(tf.square(b)));
      return tf.sub(1, tf.div(both, tf.sqrt(tf.add(product, 1e-6))));
    },
  },
  {
    id: "wo-cosine-1col",
    cause: "wrong-optimum",
    also: ["saturated", "constant", "wrong-axis"],
    why: "cosine of one number is its sign",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.sub(1, tf.mean(tf.sum(tf.mul(unit(y, 1e-7), unit(p, 1e-7)), -1))),
  },
  {
    id: "bs-1e6",
    cause: "bad-scale",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.mul(1e6, tf.mean(crossEntropy(y, p))),
  },
  {
    id: "bs-exp-abs",
    cause: "bad-scale",
    also: ["domain-edge"],
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.mean(tf.exp(tf.mul(5, tf.abs(tf.sub(y, p))))),
  },
  {
    id: "bs-sum-dice-ce",
    cause: "bad-scale",
    why: "Dice (0..1) + CE summed over all pixels",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.add(tf.sum(crossEntropy(y, p)), tf.sub(1, dice(y, p))),
  },
  {
    id: "re-vector-over-n",
    cause: "reduction",
    also: ["bad-scale"],
    why: "one value a row, already divided by n; the caller means again",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.div(tf.reshape(tf.sub(tf.softplus(z), tf.mul(y, z)), [-1]), y.shape[0]),
  },
  {
    id: "re-nmse-batchvar",
    cause: "reduction",
    also: ["zero-division", "bad-scale"],
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.div(tf.mean(tf.square(tf.sub(y, p))), tf.add(tf.mean(tf.square(tf.sub(y, tf.mean(y)))), 1e-7)),
  },
  {
    id: "re-f1-macro",
    cause: "reduction",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => {
      const tp = tf.sum(tf.mul(y, p), 0);
      const pr = tf.div(tp, tf.add(tf.sum(p, 0), 1e-7));
      const re = tf.div(tp, tf.add(tf.sum(y, 0), 1e-7));
      return tf.sub(1, tf.mean(tf.div(tf.mul(2, tf.mul(pr, re)), tf.add(tf.add(pr, re), 1e-7))));
    },
  },
  {
    id: "re-mcc-batch",
    cause: "reduction",
    ambiguous: true,
    options: { yPred: "probability", yTrue: "binary", prevalence: 0.05 },
    loss: (y, p) => {
      const n = tf.sub(1, y), q = tf.sub(1, p);
      const tp = tf.sum(tf.mul(y, p)), tn = tf.sum(tf.mul(n, q)), fp = tf.sum(tf.mul(n, p)), fn = tf.sum(tf.mul(y, q));
      const top = tf.sub(tf.mul(tp, tn), tf.mul(fp, fn));
      const positives = tf.mul(tf.add(tp, fp), tf.add(tp, fn)), negatives = tf.mul(tf.add(tn, fp), tf.add(tn, fn));
      return tf.sub(1, tf.div(top, tf.add(tf.sqrt(tf.add(tf.mul(positives, negatives), 1e-7)), 1e-7)));
    },
  },
  {
    id: "ok-qwk-soft",
    cause: "healthy",
    why: "all pairs are meant: the expected disagreement",
    options: { yPred: [0, 4], yTrue: "count" },
    loss: (y, p) =>
      tf.div(tf.mean(tf.square(tf.sub(y, p))), tf.add(tf.mean(tf.square(tf.sub(y, tf.transpose(p)))), 0.1)),
  },
  {
    id: "ok-infonce",
    cause: "healthy",
    options: { yPred: "real", yTrue: "none", columns: 4, sample: views },
    loss: (_y, q) => {
      const a = unit(cut(q, 0, 2), 1e-6, 1), b = unit(cut(q, 2, 2), 1e-6, 1);
      const s = tf.mul(10, tf.matMul(a, b, false, true)), n = s.shape[0];
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.eye(n), tf.logSoftmax(s)), 1)));
    },
  },
  {
    id: "ok-pair-differences",
    cause: "healthy",
    why: "MSE + agreement of all differences",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const error = tf.mean(tf.square(tf.sub(y, p)));
      const gaps = tf.sub(tf.sub(y, tf.transpose(y)), tf.sub(p, tf.transpose(p)));
      return tf.add(error, tf.mul(0.5, tf.mean(tf.square(gaps))));
    },
  },
  {
    id: "ok-emd-cumsum",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 4 },
    loss: (y, p) => tf.mean(tf.sum(tf.square(tf.sub(tf.cumsum(y, 1), tf.cumsum(p, 1))), 1)),
  },
  {
    id: "ok-cos-angle",
    cause: "healthy",
    options: { yPred: [-3.1415, 3.1415], yTrue: "real", sample: angles },
    loss: (y, p) => tf.mean(tf.sub(1, tf.cos(tf.sub(y, p)))),
  },
  {
    id: "ok-giou",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "probability", columns: 4, sample: largeBoxes },
    loss: (t, q) => {
      const [a, b, c, d] = tf.split(t, 4, 1), [e, f, g, h] = tf.split(q, 4, 1);
      const width = tf.relu(tf.sub(tf.minimum(c, g), tf.maximum(a, e)));
      const height = tf.relu(tf.sub(tf.minimum(d, h), tf.maximum(b, f)));
      const inter = tf.mul(width, height);
      const union = tf.sub(tf.add(tf.mul(tf.sub(c, a), tf.sub(d, b)), tf.mul(tf.sub(g, e), tf.sub(h, f))), inter);
      const hull = tf.mul(tf.sub(tf.maximum(c, g), tf.minimum(a, e)), tf.sub(tf.maximum(d, h), tf.minimum(b, f)));
      const iou = tf.div(inter, tf.add(union, 1e-7)), empty = tf.div(tf.sub(hull, union), tf.add(hull, 1e-7));
      return tf.mean(tf.sub(1, tf.sub(iou, empty)));
    },
  },
  {
    id: "ok-scale-inv-depth",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => {
      const d = tf.sub(tf.log(tf.add(p, 0.01)), tf.log(tf.add(y, 0.01)));
      return tf.sub(tf.mean(tf.square(d)), tf.mul(0.5, tf.square(tf.mean(d))));
    },
  },
  {
    id: "ok-smape-eps",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.div(tf.mul(2, tf.abs(tf.sub(y, p))), tf.add(tf.add(tf.abs(y), tf.abs(p)), 0.1))),
  },
  {
    id: "ok-tf-sigmoid-ce",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  },
  {
    id: "ok-tf-softmax-ce",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "one-hot", columns: 5 },
    loss: (y, z) => tf.losses.softmaxCrossEntropy(y, z),
  },
  {
    id: "ok-tf-hinge",
    cause: "healthy",
    why: "tf.losses.hingeLoss takes 0/1 labels itself",
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => tf.losses.hingeLoss(y, z),
  },
  {
    id: "ok-tf-logloss",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.losses.logLoss(y, p),
  },
  {
    id: "ok-tf-huber",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.losses.huberLoss(y, p),
  },
  {
    id: "ok-tf-mse-cols",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real", columns: 8 },
    loss: (y, p) => tf.losses.meanSquaredError(y, p),
  },
  {
    id: "ok-tf-metrics-bce",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.metrics.binaryCrossentropy(y, p),
  },
  {
    id: "ok-tf-metrics-cce",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => tf.metrics.categoricalCrossentropy(y, p),
  },
  {
    id: "ok-asl",
    cause: "healthy",
    why: "asymmetric loss: easy negatives are dropped on purpose",
    options: { yPred: "logits", yTrue: "binary", columns: 4 },
    loss: (y, z) => {
      const p = tf.sigmoid(z), m = tf.relu(tf.sub(p, 0.05)), pos = tf.mul(y, tf.softplus(tf.neg(z)));
      const neg = tf.mul(tf.sub(1, y), tf.mul(tf.square(m), tf.neg(tf.log(tf.sub(1 + 1e-6, m)))));
      return tf.mean(tf.add(pos, neg));
    },
  },
  {
    id: "ok-bce-plus-dice",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary", prevalence: 0.05 },
    loss: (y, p) => tf.add(tf.mean(crossEntropy(y, p)), tf.sub(1, dice(y, p))),
  },
  {
    id: "ok-log-dice",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary" },
    loss: (y, p) => tf.neg(tf.log(dice(y, p))),
  },
  {
    id: "ok-expectile",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => {
      const e = tf.sub(y, p);
      return tf.mean(tf.add(tf.mul(0.8, tf.square(tf.relu(e))), tf.mul(0.2, tf.square(tf.relu(tf.neg(e))))));
    },
  },
  {
    id: "ok-three-quantiles",
    cause: "healthy",
    why: "one label, three outputs: each its own quantile, sliced",
    options: { yPred: "real", yTrue: "real", columns: 3, sample: threeOutputs },
    loss: (y, q) => {
      let s: Tensor = tf.scalar(0);
      [0.1, 0.5, 0.9].forEach((tau, j) => {
        const e = tf.sub(y, cut(q, j, 1));
        s = tf.add(s, tf.mean(tf.maximum(tf.mul(tau, e), tf.mul(tau - 1, e))));
      });
      return s;
    },
  },
  {
    id: "ok-gauss-softplus",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    loss: (y, q) => {
      const mu = cut(q, 0, 1), s = tf.add(tf.softplus(cut(q, 1, 1)), 0.01);
      return tf.mean(tf.add(tf.log(s), tf.mul(0.5, tf.square(tf.div(tf.sub(y, mu), s)))));
    },
  },
  {
    id: "ok-cauchy",
    cause: "healthy",
    options: { yPred: "real", yTrue: "real" },
    loss: (y, p) => tf.mean(tf.log1p(tf.square(tf.sub(y, p)))),
  },
  {
    id: "ok-sharpe-neg",
    cause: "healthy",
    options: { yPred: "tanh", yTrue: "real" },
    loss: (y, p) => {
      const r = tf.mul(y, p), m = tf.mean(r);
      return tf.neg(tf.div(m, tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(r, m))), 1e-3))));
    },
  },
  {
    id: "ok-rare-bce",
    cause: "healthy",
    options: { yPred: "probability", yTrue: "binary", prevalence: 0.01 },
    loss: (y, p) => tf.mean(crossEntropy(y, p)),
  },
  {
    id: "ok-ce-rows",
    cause: "healthy",
    options: { yPred: "logits", yTrue: "one-hot", columns: 10 },
    loss: (y, z) => tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1)),
  },
  {
    id: "ok-center",
    cause: "healthy",
    options: { yPred: "real", yTrue: "one-hot", columns: 2, sample: aroundCentres },
    loss: (y, p) => {
      const c = tf.matMul(y, tf.tensor2d(centres));
      return tf.mul(0.5, tf.mean(squaredDistance(p, c)));
    },
  },
  {
    id: "ok-squared-hinge-real",
    cause: "healthy",
    options: { yPred: "real", yTrue: "sign" },
    loss: (y, p) => tf.mean(tf.square(tf.relu(tf.sub(1, tf.mul(y, p))))),
  },
  {
    id: "ok-mape-pos",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "positive" },
    loss: (y, p) => tf.mean(tf.div(tf.abs(tf.sub(y, p)), tf.add(y, 1))),
  },
  {
    id: "ok-wape",
    cause: "healthy",
    ambiguous: true,
    options: { yPred: "nonnegative", yTrue: "count" },
    loss: (y, p) => tf.div(tf.sum(tf.abs(tf.sub(y, p))), tf.add(tf.sum(y), 1)),
  },
  {
    id: "ok-brier-multi",
    cause: "healthy",
    options: { yPred: "simplex", yTrue: "one-hot", columns: 3 },
    loss: (y, p) => tf.mean(tf.sum(tf.square(tf.sub(y, p)), -1)),
  },
  {
    id: "ok-triplet-sqrt-eps",
    cause: "healthy",
    options: { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    loss: (_y, q) => {
      const a = cut(q, 0, 2), p = cut(q, 2, 2), n = cut(q, 4, 2), e = (x: Tensor) => tf.sqrt(tf.add(x, 1e-6));
      return tf.mean(tf.relu(tf.add(tf.sub(e(squaredDistance(a, p)), e(squaredDistance(a, n))), 1)));
    },
  },
  {
    id: "ok-dpdn-margin",
    cause: "healthy",
    options: { yPred: "nonnegative", yTrue: "none", columns: 2, sample: batches("nonneg", "none", 2, 1, "dpdn") },
    loss: (_y, q) => tf.mean(tf.relu(tf.add(tf.sub(cut(q, 0, 1), cut(q, 1, 1)), 1))),
  },
  {
    id: "ok-clsbox",
    cause: "healthy",
    options: {
      yPred: "probability",
      yTrue: "probability",
      columns: 5,
      sample: batches("prob", "binary", 5, 5, "clsbox"),
    },
    loss: (y, q) => {
      const ce = tf.mean(crossEntropy(cut(y, 0, 1), cut(q, 0, 1)));
      return tf.add(ce, tf.mean(tf.mul(cut(y, 0, 1), tf.square(tf.sub(cut(q, 1, 4), cut(y, 1, 4))))));
    },
  },
  {
    id: "ok-poisson-loglink",
    cause: "healthy",
    why: "standard log-link; overflows at 88",
    ambiguous: true,
    options: { yPred: "real", yTrue: "count" },
    loss: (y, z) => tf.mean(tf.sub(tf.exp(z), tf.mul(y, z))),
  },
  {
    id: "ok-reverse-kl",
    cause: "healthy",
    why: "reverse KL: swapped or meant?",
    ambiguous: true,
    options: { yPred: "simplex", yTrue: "distribution", columns: 3 },
    loss: (y, p) => tf.mean(tf.sum(tf.mul(p, tf.sub(tf.log(tf.add(p, 1e-7)), tf.log(tf.add(y, 1e-7)))), -1)),
  },
  {
    id: "ok-ghm-weights",
    cause: "healthy",
    why: "row weights read out as numbers on purpose",
    ambiguous: true,
    options: { yPred: "logits", yTrue: "binary" },
    loss: (y, z) => {
      const w = tf.tensor(tf.square(tf.sub(y, tf.sigmoid(z))).dataSync(), z.shape as number[]);
      return tf.mean(tf.mul(w, tf.sub(tf.softplus(z), tf.mul(y, z))));
    },
  },
];

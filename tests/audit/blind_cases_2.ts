// Blind cases, batch 2, harder: faults in a part of a loss, sound losses that look odd. Written, as batch 1, before its
// author had read any of lib/audit. How they came about, see cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  batches,
  box,
  clip,
  crossEntropy,
  cut,
  dice,
  drawn,
  gauss,
  gaussian,
  given,
  logLikelihood,
  type LossCase,
  lossCase,
  meanOf,
  muLogvar,
  rowsOf,
  type Sample,
  sound,
  squaredDistance,
  triplets,
  unit,
} from "./loss_case.ts";

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
const largeBoxes: Sample = rowsOf((u) => box(u, 0.6), (u) => box(u, 0.6));

/** One label, three outputs: low, middle, high. */
const threeOutputs: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : gauss(u)],
  output: ([y]) => [-0.5, 0, 0.5].map((shift) => kind === "perfect" ? y : shift + gauss(u)),
}));

/** The place of each of three classes. */
const centres = [[0, 1], [1, 0], [-1, -1]];

/** Three classes, and embeddings of two columns. */
const aroundCentres: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => {
    const own = kind === "allNeg" ? 0 : Math.floor(3 * u());
    return [0, 1, 2].map((j) => j === own ? 1 : 0);
  },
  output: (label) => kind === "perfect" ? centres[label.indexOf(1)] : [1.5 * gauss(u), 1.5 * gauss(u)],
}));

export const blindCases2: readonly LossCase[] = [
  // round: its term has zero gradient, silently; BCE still trains
  lossCase("ng-bce-plus-hard-f1", "no-gradient-op", given("probability", "binary"), (y, p) => {
    const h = tf.round(p), tp = tf.sum(tf.mul(y, h));
    const ce = tf.mean(crossEntropy(y, p)),
      f1 = tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(y), tf.sum(h)), 1));
    return tf.add(ce, tf.sub(1, f1));
  }),
  // sign: term dead, silently
  lossCase(
    "ng-sign-silent",
    "no-gradient-op",
    given("real", "real"),
    (y, p) =>
      tf.add(tf.mean(tf.abs(tf.sub(y, p))), tf.mul(5, tf.mean(tf.relu(tf.neg(tf.mul(tf.sign(y), tf.sign(p))))))),
  ),
  lossCase("ng-f1-greater-equal", "no-gradient-op", given("logits", "binary"), (y, z) => {
    const h = tf.cast(tf.greaterEqual(z, 0), "float32"), tp = tf.sum(tf.mul(y, h));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(y), tf.sum(h)), 1)));
  }),
  lossCase("ng-onehot-argmax-ce", "no-gradient-op", given("simplex", "one-hot", 4), (y, p) => {
    const hard = tf.cast(tf.oneHot(tf.argMax(p, 1), 4), "float32");
    return tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(tf.clipByValue(hard, 1e-7, 1))), 1)));
  }),
  // BCE + a Dice term computed from numbers
  lossCase("de-dice-term-datasync", "detached", given("probability", "binary"), (y, p) => {
    const a = y.dataSync(), b = p.dataSync();
    let i = 0, s = 0;
    for (let k = 0; k < a.length; k++) {
      i += a[k] * b[k];
      s += a[k] + b[k];
    }
    return tf.add(tf.mean(crossEntropy(y, p)), tf.scalar(1 - (2 * i + 1) / (s + 1)));
  }),
  // sigma column re-made from numbers: sigma never learns
  lossCase("de-second-column", "detached", { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar }, (y, q) => {
    const mu = cut(q, 0, 1), lv = tf.tensor(cut(q, 1, 1).dataSync(), [q.shape[0], 1]);
    return tf.mean(gaussian(y, mu, lv));
  }),
  lossCase(
    "co-range-penalty",
    "constant",
    given("probability", "binary"),
    (_y, p) => tf.mean(tf.add(tf.relu(tf.neg(p)), tf.relu(tf.sub(p, 1)))),
  ),
  lossCase(
    "co-sums-to-one",
    "constant",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(tf.square(tf.sub(tf.sum(p, -1), tf.sum(y, -1)))),
  ),
  lossCase(
    "sa-softmax-temp100",
    "saturated",
    given("logits", "one-hot", 3),
    (y, z) => tf.mean(tf.sum(tf.square(tf.sub(y, tf.softmax(tf.mul(z, 100)))), -1)),
  ),
  // half of the outputs (the negative ones) have no gradient though wrong
  lossCase(
    "sa-relu-in-loss",
    ["saturated", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(tf.square(tf.sub(tf.log1p(y), tf.log1p(tf.relu(p))))),
  ),
  lossCase(
    "sa-clip-0307",
    "saturated",
    given("probability", "binary"),
    (y, p) => tf.mean(crossEntropy(y, tf.clipByValue(p, 0.3, 0.7))),
  ),
  lossCase(
    "sa-sigmoid100-mse",
    "saturated",
    given("logits", "binary"),
    (y, z) => tf.mean(tf.square(tf.sub(y, tf.sigmoid(tf.mul(100, z))))),
  ),
  lossCase("dx-logit-space", ["domain-edge", "zero-division"], given("probability", "probability"), (y, p) => {
    const logit = (x: Tensor) => tf.log(tf.div(x, tf.sub(1, x)));
    return tf.mean(tf.square(tf.sub(logit(tf.clipByValue(y, 0.001, 0.999)), logit(p))));
  }),
  lossCase(
    "dx-pow-negative",
    ["domain-edge", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(tf.square(tf.sub(tf.pow(y, 0.5), tf.pow(p, 0.5)))),
  ),
  lossCase(
    "dx-tweedie",
    ["domain-edge", "zero-division", "nan-gradient"],
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.add(tf.mul(2, tf.mul(y, tf.pow(p, -0.5))), tf.mul(2, tf.pow(p, 0.5)))),
  ),
  lossCase(
    "dx-gamma-deviance",
    ["domain-edge", "zero-division"],
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.add(tf.log(p), tf.div(y, p))),
  ),
  // exp(100)/sum: inf/inf
  lossCase("dx-softmax-naive", ["domain-edge", "zero-division"], given("logits", "one-hot", 3), (y, z) => {
    const e = tf.exp(z), p = tf.div(e, tf.sum(e, -1, true));
    return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.add(p, 1e-7))), -1)));
  }),
  lossCase("zd-fbeta-noeps", "zero-division", given("probability", "binary"), (y, p) => {
    const tp = tf.sum(tf.mul(y, p)), pr = tf.div(tp, tf.sum(p)), re = tf.div(tp, tf.sum(y));
    return tf.sub(1, tf.div(tf.mul(5, tf.mul(pr, re)), tf.add(tf.mul(4, pr), re)));
  }),
  lossCase("zd-focal-by-npos", "zero-division", given("logits", "binary"), (y, z) => {
    const ce = tf.sub(tf.softplus(z), tf.mul(y, z)), p = tf.sigmoid(z);
    const pt = tf.add(tf.mul(y, p), tf.mul(tf.sub(1, y), tf.sub(1, p)));
    return tf.div(tf.sum(tf.mul(tf.square(tf.sub(1, pt)), ce)), tf.sum(y));
  }),
  lossCase("zd-row-mean-pos", "zero-division", given("probability", "binary", 3), (y, p) => {
    const missed = tf.mean(tf.div(tf.sum(tf.mul(y, tf.square(tf.sub(1, p))), 1), tf.sum(y, 1)));
    return tf.add(missed, tf.mean(tf.mul(tf.sub(1, y), tf.square(p))));
  }),
  // class absent from both: 0/0
  lossCase("zd-iou-per-class", "zero-division", given("simplex", "one-hot", 3), (y, p) => {
    const i = tf.sum(tf.mul(y, p), 0), u = tf.sub(tf.add(tf.sum(y, 0), tf.sum(p, 0)), i);
    return tf.sub(1, tf.mean(tf.div(i, u)));
  }),
  lossCase("nn-gmean", "nan-gradient", given("probability", "binary"), (y, p) => {
    const n = tf.sub(1, y);
    const se = tf.div(tf.sum(tf.mul(y, p)), tf.add(tf.sum(y), 1e-7));
    const sp = tf.div(tf.sum(tf.mul(n, tf.sub(1, p))), tf.add(tf.sum(n), 1e-7));
    return tf.sub(1, tf.sqrt(tf.mul(se, sp)));
  }),
  // logits exactly 0 (zero-initialised last layer): norm has NaN gradient
  lossCase(
    "nn-norm-penalty",
    "nan-gradient",
    given("logits", "one-hot", 3),
    (y, z) => tf.add(tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1))), tf.mul(0.01, tf.norm(z))),
  ),
  lossCase("nn-sqrt-abs", "nan-gradient", given("real", "real"), (y, p) => tf.mean(tf.sqrt(tf.abs(tf.sub(y, p))))),
  // pow(0, 0.75) at the perfect prediction
  lossCase("nn-focal-tversky", "nan-gradient", given("probability", "binary"), (y, p) => {
    const tp = tf.sum(tf.mul(y, p)), fn = tf.sum(tf.mul(y, tf.sub(1, p))), fp = tf.sum(tf.mul(tf.sub(1, y), p));
    const ti = tf.div(tf.add(tp, 1), tf.add(tf.add(tp, tf.add(tf.mul(0.7, fn), tf.mul(0.3, fp))), 1));
    return tf.pow(tf.sub(1, ti), 0.75);
  }),
  lossCase(
    "ws-r2-score",
    "wrong-sign",
    given("real", "real"),
    (y, p) =>
      tf.sub(1, tf.div(tf.sum(tf.square(tf.sub(y, p))), tf.add(tf.sum(tf.square(tf.sub(y, tf.mean(y)))), 1e-3))),
  ),
  lossCase("ws-auc-score", "wrong-sign", given("probability", "binary"), (y, p) => {
    const w = tf.relu(tf.sub(y, tf.transpose(y)));
    return tf.div(tf.sum(tf.mul(w, tf.sigmoid(tf.sub(p, tf.transpose(p))))), tf.add(tf.sum(w), 1));
  }),
  // PSNR without its minus
  lossCase(
    "ws-neg-mse",
    "wrong-sign",
    given("probability", "probability", 4),
    (y, p) => tf.mul(-10 / Math.LN10, tf.log(tf.add(tf.mean(tf.square(tf.sub(y, p))), 1e-6))),
  ),
  lossCase("ws-gauss-loglik", "wrong-sign", { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar }, (y, q) => {
    const mu = cut(q, 0, 1), lv = cut(q, 1, 1);
    return tf.mean(tf.mul(-0.5, gaussian(y, mu, lv)));
  }),
  lossCase(
    "sw-cce",
    "swapped-arguments",
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(p, tf.log(tf.clipByValue(y, 1e-7, 1))), -1))),
  ),
  lossCase(
    "sw-bce-soft",
    "swapped-arguments",
    given("probability", "probability"),
    (y, p) => tf.mean(crossEntropy(p, y)),
  ),
  // the class weight is taken from the prediction, not the label
  lossCase("sw-weights-from-pred", ["swapped-arguments", "wrong-optimum"], {
    ...given("probability", "binary"),
    ambiguous: true,
  }, (y, p) => {
    const w = tf.add(tf.mul(p, 20), tf.sub(1, p));
    return tf.mean(tf.mul(w, tf.abs(tf.sub(p, y))));
  }),
  lossCase(
    "am-logloss-on-logits",
    ["activation-mismatch", "domain-edge"],
    given("logits", "binary"),
    (y, z) => tf.losses.logLoss(y, z),
  ),
  lossCase(
    "am-softmax-multilabel",
    ["activation-mismatch", "wrong-optimum"],
    given("logits", "binary", 4),
    (y, z) => tf.mean(crossEntropy(y, tf.softmax(z))),
  ),
  lossCase(
    "am-sigmoid-of-tanh",
    ["activation-mismatch", "label-encoding"],
    given("tanh", "sign"),
    (y, p) => tf.mean(tf.square(tf.sub(y, tf.sigmoid(p)))),
  ),
  // the rate is already a softplus; exp makes rates ≥ 1 only, best p is log y
  lossCase(
    "am-poisson-loginput",
    ["activation-mismatch", "wrong-optimum"],
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.sub(tf.exp(p), tf.mul(y, p))),
  ),
  lossCase(
    "am-kl-softmax-twice",
    "activation-mismatch",
    given("simplex", "distribution", 3),
    (y, p) => tf.mean(tf.sum(tf.mul(y, tf.sub(tf.log(tf.add(y, 1e-7)), tf.logSoftmax(p))), -1)),
  ),
  // argMax of an [n, 1] column of indices is always 0
  lossCase(
    "le-argmax-of-index",
    ["label-encoding", "constant"],
    given("logits", "index", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  ),
  lossCase(
    "le-sign-mse-sigmoid",
    ["label-encoding", "activation-mismatch"],
    given("probability", "sign"),
    (y, p) => tf.mean(tf.square(tf.sub(y, p))),
  ),
  lossCase("le-dice-255", "label-encoding", {
    yPred: "probability",
    yTrue: "binary",
    sample: batches("probability", "binary255", 1, 1),
  }, (y, p) => tf.sub(1, dice(y, p))),
  lossCase("le-one-column-two-outputs", ["label-encoding", "broadcast"], {
    yPred: "simplex",
    yTrue: "binary",
    columns: 2,
    sample: twoHead,
  }, (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1)))),
  lossCase(
    "le-mse-index",
    ["label-encoding", "broadcast"],
    given("simplex", "index", 3),
    (y, p) => tf.mean(tf.square(tf.sub(y, p))),
  ),
  lossCase("br-weights-flat", "broadcast", given("probability", "binary"), (y, p) => {
    const w = tf.reshape(tf.add(tf.mul(9, y), 1), [-1]);
    return tf.mean(tf.mul(crossEntropy(y, p), w));
  }),
  lossCase(
    "br-logvar-squeezed",
    "broadcast",
    { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar },
    (y, q) => {
      const mu = cut(q, 0, 1), lv = tf.reshape(cut(q, 1, 1), [-1]);
      return tf.mean(gaussian(y, mu, lv));
    },
  ),
  // true-class probability [n] against a focal weight [n, 1]
  lossCase("br-sparse-gather", "broadcast", given("simplex", "one-hot", 3), (y, p) => {
    const pt = tf.sum(tf.mul(y, tf.clipByValue(p, 1e-7, 1)), 1);
    const w = tf.square(tf.sub(1, tf.sum(tf.mul(y, p), 1, true)));
    return tf.neg(tf.mean(tf.mul(w, tf.log(pt))));
  }),
  lossCase(
    "wx-softmax-no-axis",
    "wrong-axis",
    given("logits", "one-hot", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.sub(z, tf.logSumExp(z))), -1))),
  ),
  // besides, tfjs throws in the gradient of cumsum along axis 0
  lossCase(
    "wx-emd-axis0",
    ["wrong-axis", "bad-scale", "reduction", "no-gradient-op"],
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(tf.square(tf.sub(tf.cumsum(y, 0), tf.cumsum(p, 0)))),
  ),
  // centred along the single column: all 0
  lossCase("wx-corr-axis1", ["wrong-axis", "constant", "zero-division"], given("real", "real"), (y, p) => {
    const a = tf.sub(y, tf.mean(y, -1, true)), b = tf.sub(p, tf.mean(p, -1, true));
    const both = tf.sum(tf.mul(a, b)), product = tf.mul(tf.sum(tf.square(a)), tf.sum(tf.square(b)));
    return tf.sub(1, tf.div(both, tf.add(tf.sqrt(tf.add(product, 1e-12)), 1e-7)));
  }),
  // Dice along the single column: a negative gets loss 1 whatever p
  lossCase(
    "wx-dice-row",
    ["wrong-axis", "reduction", "wrong-optimum", "saturated"],
    given("probability", "binary"),
    (y, p) => {
      const twice = tf.mul(2, tf.sum(tf.mul(y, p), -1)), size = tf.add(tf.sum(y, -1), tf.sum(p, -1));
      return tf.mean(tf.sub(1, tf.div(twice, tf.add(size, 1e-7))));
    },
  ),
  lossCase(
    "wo-row-sums",
    ["wrong-optimum", "wrong-axis", "reduction"],
    given("real", "real", 3),
    (y, p) => tf.mean(tf.square(tf.sub(tf.sum(y, -1), tf.sum(p, -1)))),
  ),
  lossCase("wo-entropy-only", "wrong-optimum", given("probability", "binary"), (_y, p) => {
    const q = clip(p);
    return tf.neg(tf.mean(logLikelihood(q, q)));
  }),
  lossCase(
    "wo-negatives-only",
    "wrong-optimum",
    given("probability", "binary"),
    (y, p) => tf.neg(tf.mean(tf.mul(tf.sub(1, y), tf.log(tf.clipByValue(tf.sub(1, p), 1e-7, 1))))),
  ),
  // Pearson alone: any scale and shift are as good
  lossCase("wo-onlycorr", "wrong-optimum", { ...given("real", "real"), ambiguous: true }, (y, p) => {
    const a = tf.sub(y, tf.mean(y)), b = tf.sub(p, tf.mean(p));
    const both = tf.mean(tf.mul(a, b)), product = tf.mul(tf.mean(tf.square(a)), tf.mean(tf.square(b)));
    return tf.sub(1, tf.div(both, tf.sqrt(tf.add(product, 1e-6))));
  }),
  // cosine of one number is its sign
  lossCase(
    "wo-cosine-1col",
    ["wrong-optimum", "saturated", "constant", "wrong-axis"],
    given("real", "real"),
    (y, p) => tf.sub(1, tf.mean(tf.sum(tf.mul(unit(y, 1e-7), unit(p, 1e-7)), -1))),
  ),
  lossCase("bs-1e6", "bad-scale", given("probability", "binary"), (y, p) => tf.mul(1e6, tf.mean(crossEntropy(y, p)))),
  lossCase(
    "bs-exp-abs",
    ["bad-scale", "domain-edge"],
    given("real", "real"),
    (y, p) => tf.mean(tf.exp(tf.mul(5, tf.abs(tf.sub(y, p))))),
  ),
  // Dice (0..1) + CE summed over all pixels
  lossCase(
    "bs-sum-dice-ce",
    "bad-scale",
    given("probability", "binary"),
    (y, p) => tf.add(tf.sum(crossEntropy(y, p)), tf.sub(1, dice(y, p))),
  ),
  // one value a row, already divided by n; the caller means again
  lossCase(
    "re-vector-over-n",
    ["reduction", "bad-scale"],
    given("logits", "binary"),
    (y, z) => tf.div(tf.reshape(tf.sub(tf.softplus(z), tf.mul(y, z)), [-1]), y.shape[0]),
  ),
  lossCase(
    "re-nmse-batchvar",
    ["reduction", "zero-division", "bad-scale"],
    given("real", "real"),
    (y, p) => tf.div(tf.mean(tf.square(tf.sub(y, p))), tf.add(tf.mean(tf.square(tf.sub(y, tf.mean(y)))), 1e-7)),
  ),
  lossCase("re-f1-macro", "reduction", given("simplex", "one-hot", 4), (y, p) => {
    const tp = tf.sum(tf.mul(y, p), 0);
    const pr = tf.div(tp, tf.add(tf.sum(p, 0), 1e-7));
    const re = tf.div(tp, tf.add(tf.sum(y, 0), 1e-7));
    return tf.sub(1, tf.mean(tf.div(tf.mul(2, tf.mul(pr, re)), tf.add(tf.add(pr, re), 1e-7))));
  }),
  lossCase(
    "re-mcc-batch",
    "reduction",
    { yPred: "probability", yTrue: "binary", prevalence: 0.05, ambiguous: true },
    (y, p) => {
      const n = tf.sub(1, y), q = tf.sub(1, p);
      const tp = tf.sum(tf.mul(y, p)), tn = tf.sum(tf.mul(n, q)), fp = tf.sum(tf.mul(n, p)), fn = tf.sum(tf.mul(y, q));
      const top = tf.sub(tf.mul(tp, tn), tf.mul(fp, fn));
      const positives = tf.mul(tf.add(tp, fp), tf.add(tp, fn)), negatives = tf.mul(tf.add(tn, fp), tf.add(tn, fn));
      return tf.sub(1, tf.div(top, tf.add(tf.sqrt(tf.add(tf.mul(positives, negatives), 1e-7)), 1e-7)));
    },
  ),
  // all pairs are meant: the expected disagreement
  sound(
    "ok-qwk-soft",
    { yPred: [0, 4], yTrue: "count" },
    (y, p) => tf.div(tf.mean(tf.square(tf.sub(y, p))), tf.add(tf.mean(tf.square(tf.sub(y, tf.transpose(p)))), 0.1)),
  ),
  sound("ok-infonce", { yPred: "real", yTrue: "none", columns: 4, sample: views }, (_y, q) => {
    const a = unit(cut(q, 0, 2), 1e-6, 1), b = unit(cut(q, 2, 2), 1e-6, 1);
    const s = tf.mul(10, tf.matMul(a, b, false, true)), n = s.shape[0];
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.eye(n), tf.logSoftmax(s)), 1)));
  }),
  // MSE + agreement of all differences
  sound("ok-pair-differences", given("real", "real"), (y, p) => {
    const error = tf.mean(tf.square(tf.sub(y, p)));
    const gaps = tf.sub(tf.sub(y, tf.transpose(y)), tf.sub(p, tf.transpose(p)));
    return tf.add(error, tf.mul(0.5, tf.mean(tf.square(gaps))));
  }),
  sound(
    "ok-emd-cumsum",
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(tf.sum(tf.square(tf.sub(tf.cumsum(y, 1), tf.cumsum(p, 1))), 1)),
  ),
  sound(
    "ok-cos-angle",
    { yPred: [-3.1415, 3.1415], yTrue: "real", sample: angles },
    (y, p) => tf.mean(tf.sub(1, tf.cos(tf.sub(y, p)))),
  ),
  sound("ok-giou", { yPred: "probability", yTrue: "probability", columns: 4, sample: largeBoxes }, (t, q) => {
    const [a, b, c, d] = tf.split(t, 4, 1), [e, f, g, h] = tf.split(q, 4, 1);
    const width = tf.relu(tf.sub(tf.minimum(c, g), tf.maximum(a, e)));
    const height = tf.relu(tf.sub(tf.minimum(d, h), tf.maximum(b, f)));
    const inter = tf.mul(width, height);
    const union = tf.sub(tf.add(tf.mul(tf.sub(c, a), tf.sub(d, b)), tf.mul(tf.sub(g, e), tf.sub(h, f))), inter);
    const hull = tf.mul(tf.sub(tf.maximum(c, g), tf.minimum(a, e)), tf.sub(tf.maximum(d, h), tf.minimum(b, f)));
    const iou = tf.div(inter, tf.add(union, 1e-7)), empty = tf.div(tf.sub(hull, union), tf.add(hull, 1e-7));
    return tf.mean(tf.sub(1, tf.sub(iou, empty)));
  }),
  sound("ok-scale-inv-depth", given("nonnegative", "positive"), (y, p) => {
    const d = tf.sub(tf.log(tf.add(p, 0.01)), tf.log(tf.add(y, 0.01)));
    return tf.sub(tf.mean(tf.square(d)), tf.mul(0.5, tf.square(tf.mean(d))));
  }),
  sound(
    "ok-smape-eps",
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.div(tf.mul(2, tf.abs(tf.sub(y, p))), tf.add(tf.add(tf.abs(y), tf.abs(p)), 0.1))),
  ),
  sound("ok-tf-sigmoid-ce", given("logits", "binary"), (y, z) => tf.losses.sigmoidCrossEntropy(y, z)),
  sound("ok-tf-softmax-ce", given("logits", "one-hot", 5), (y, z) => tf.losses.softmaxCrossEntropy(y, z)),
  // tf.losses.hingeLoss takes 0/1 labels itself
  sound("ok-tf-hinge", given("logits", "binary"), (y, z) => tf.losses.hingeLoss(y, z)),
  sound("ok-tf-logloss", given("probability", "binary"), (y, p) => tf.losses.logLoss(y, p)),
  sound("ok-tf-huber", given("real", "real"), (y, p) => tf.losses.huberLoss(y, p)),
  sound("ok-tf-mse-cols", given("real", "real", 8), (y, p) => tf.losses.meanSquaredError(y, p)),
  sound("ok-tf-metrics-bce", given("probability", "binary"), (y, p) => tf.metrics.binaryCrossentropy(y, p)),
  sound("ok-tf-metrics-cce", given("simplex", "one-hot", 3), (y, p) => tf.metrics.categoricalCrossentropy(y, p)),
  // asymmetric loss: easy negatives are dropped on purpose
  sound("ok-asl", given("logits", "binary", 4), (y, z) => {
    const p = tf.sigmoid(z), m = tf.relu(tf.sub(p, 0.05)), pos = tf.mul(y, tf.softplus(tf.neg(z)));
    const neg = tf.mul(tf.sub(1, y), tf.mul(tf.square(m), tf.neg(tf.log(tf.sub(1 + 1e-6, m)))));
    return tf.mean(tf.add(pos, neg));
  }),
  sound(
    "ok-bce-plus-dice",
    { yPred: "probability", yTrue: "binary", prevalence: 0.05 },
    (y, p) => tf.add(tf.mean(crossEntropy(y, p)), tf.sub(1, dice(y, p))),
  ),
  sound("ok-log-dice", given("probability", "binary"), (y, p) => tf.neg(tf.log(dice(y, p)))),
  sound("ok-expectile", given("real", "real"), (y, p) => {
    const e = tf.sub(y, p);
    return tf.mean(tf.add(tf.mul(0.8, tf.square(tf.relu(e))), tf.mul(0.2, tf.square(tf.relu(tf.neg(e))))));
  }),
  // one label, three outputs: each its own quantile, sliced
  sound("ok-three-quantiles", { yPred: "real", yTrue: "real", columns: 3, sample: threeOutputs }, (y, q) => {
    let s: Tensor = tf.scalar(0);
    [0.1, 0.5, 0.9].forEach((tau, j) => {
      const e = tf.sub(y, cut(q, j, 1));
      s = tf.add(s, tf.mean(tf.maximum(tf.mul(tau, e), tf.mul(tau - 1, e))));
    });
    return s;
  }),
  sound("ok-gauss-softplus", { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar }, (y, q) => {
    const mu = cut(q, 0, 1), s = tf.add(tf.softplus(cut(q, 1, 1)), 0.01);
    return tf.mean(tf.add(tf.log(s), tf.mul(0.5, tf.square(tf.div(tf.sub(y, mu), s)))));
  }),
  sound("ok-cauchy", given("real", "real"), (y, p) => tf.mean(tf.log1p(tf.square(tf.sub(y, p))))),
  sound("ok-sharpe-neg", given("tanh", "real"), (y, p) => {
    const r = tf.mul(y, p), m = tf.mean(r);
    return tf.neg(tf.div(m, tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(r, m))), 1e-3))));
  }),
  sound("ok-rare-bce", { yPred: "probability", yTrue: "binary", prevalence: 0.01 }, meanOf(crossEntropy)),
  sound("ok-ce-rows", given("logits", "one-hot", 10), (y, z) => tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1))),
  sound("ok-center", { yPred: "real", yTrue: "one-hot", columns: 2, sample: aroundCentres }, (y, p) => {
    const c = tf.matMul(y, tf.tensor2d(centres));
    return tf.mul(0.5, tf.mean(squaredDistance(p, c)));
  }),
  sound("ok-squared-hinge-real", given("real", "sign"), (y, p) => tf.mean(tf.square(tf.relu(tf.sub(1, tf.mul(y, p)))))),
  sound("ok-mape-pos", given("nonnegative", "positive"), (y, p) => tf.mean(tf.div(tf.abs(tf.sub(y, p)), tf.add(y, 1)))),
  sound(
    "ok-wape",
    { ...given("nonnegative", "count"), ambiguous: true },
    (y, p) => tf.div(tf.sum(tf.abs(tf.sub(y, p))), tf.add(tf.sum(y), 1)),
  ),
  sound("ok-brier-multi", given("simplex", "one-hot", 3), (y, p) => tf.mean(tf.sum(tf.square(tf.sub(y, p)), -1))),
  sound("ok-triplet-sqrt-eps", { yPred: "real", yTrue: "none", columns: 6, sample: triplets }, (_y, q) => {
    const a = cut(q, 0, 2), p = cut(q, 2, 2), n = cut(q, 4, 2), e = (x: Tensor) => tf.sqrt(tf.add(x, 1e-6));
    return tf.mean(tf.relu(tf.add(tf.sub(e(squaredDistance(a, p)), e(squaredDistance(a, n))), 1)));
  }),
  sound("ok-dpdn-margin", {
    yPred: "nonnegative",
    yTrue: "none",
    columns: 2,
    sample: batches("nonnegative", "none", 2, 1, "dpdn"),
  }, (_y, q) => tf.mean(tf.relu(tf.add(tf.sub(cut(q, 0, 1), cut(q, 1, 1)), 1)))),
  sound("ok-clsbox", {
    yPred: "probability",
    yTrue: "probability",
    columns: 5,
    sample: batches("probability", "binary", 5, 5, "clsbox"),
  }, (y, q) => {
    const ce = tf.mean(crossEntropy(cut(y, 0, 1), cut(q, 0, 1)));
    return tf.add(ce, tf.mean(tf.mul(cut(y, 0, 1), tf.square(tf.sub(cut(q, 1, 4), cut(y, 1, 4))))));
  }),
  // standard log-link; overflows at 88
  sound(
    "ok-poisson-loglink",
    { ...given("real", "count"), ambiguous: true },
    (y, z) => tf.mean(tf.sub(tf.exp(z), tf.mul(y, z))),
  ),
  // reverse KL: swapped or meant?
  sound(
    "ok-reverse-kl",
    { ...given("simplex", "distribution", 3), ambiguous: true },
    (y, p) => tf.mean(tf.sum(tf.mul(p, tf.sub(tf.log(tf.add(p, 1e-7)), tf.log(tf.add(y, 1e-7)))), -1)),
  ),
  // row weights read out as numbers on purpose
  sound("ok-ghm-weights", { ...given("logits", "binary"), ambiguous: true }, (y, z) => {
    const w = tf.tensor(tf.square(tf.sub(y, tf.sigmoid(z))).dataSync(), z.shape as number[]);
    return tf.mean(tf.mul(w, tf.sub(tf.softplus(z), tf.mul(y, z))));
  }),
];

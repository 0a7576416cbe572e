// Blind cases, batch 1: written before its author had read any of lib/audit. How they came about, see
// cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  batches,
  box,
  clip,
  cut,
  dice,
  drawn,
  gauss,
  gaussian,
  given,
  logLikelihood,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  muLogvar,
  normals,
  pairs,
  rowsOf,
  type Sample,
  sound,
  squaredDistance,
  triplets,
  unit,
  vae,
} from "./loss_case.ts";

/** Boxes of a head that is not trained: small, anywhere, mostly apart from those of the labels. */
const boxes: Sample = rowsOf((u) => box(u), (u) => box(u));

/** Outputs [lower, upper] for one real label. */
const interval: Sample = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u)],
  output: ([y]) => {
    const middle = kind === "perfect" ? y : gauss(u) + (kind === "far" ? 50 : 0), half = 0.2 + u();
    return [middle - half, middle + half];
  },
}));

/** Survival: labels [time, event], the output is a risk. */
const cox: Sample = drawn(["random", "perfect", "allNeg", "allPos", "constPred"], (kind, u) => ({
  label: () => [0.05 + 3 * u(), kind === "allNeg" ? 0 : kind === "allPos" ? 1 : u() < 0.5 ? 1 : 0],
  output: ([time]) => [kind === "perfect" ? -2 * time : kind === "constPred" ? 0.3 : gauss(u)],
}));

/** Labels of 2e5 to 8e5, outputs of a linear layer that is not trained. */
const prices: Sample = rowsOf((u) => [2e5 + 6e5 * u()], normals(1));

/** Labels of 0 to 100, outputs of a sigmoid. */
const percent: Sample = drawn(["random", "perfect", "saturated"], (kind, u) => ({
  label: () => [Math.round(100 * u())],
  output: ([y]) => [kind === "perfect" ? y / 100 : kind === "saturated" ? (u() < 0.5 ? 0 : 1) : 0.02 + 0.96 * u()],
}));

/** Ordered levels 0 to 3 as three columns "more than 0", "more than 1", "more than 2". */
const coral: Sample = drawn(["random", "perfect", "saturated", "allNeg", "allPos"], (kind, u) => ({
  label: () => {
    const level = kind === "allNeg" ? 0 : kind === "allPos" ? 3 : Math.floor(4 * u());
    return [0, 1, 2].map((j) => level > j ? 1 : 0);
  },
  output: (label) =>
    label.map((y) => {
      if (kind === "perfect") return y ? 8 : -8;
      return kind === "saturated" ? (u() < 0.5 ? -100 : 100) : 2 * gauss(u);
    }),
}));

/** A mixture of two: outputs [logits 2 | μ 2 | log σ 2] for one real label. */
const mdn: Sample = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : gauss(u)],
  output: ([y]) =>
    kind === "perfect"
      ? [0, 0, y, y, -2, -2]
      : [gauss(u), gauss(u), gauss(u), gauss(u), 0.5 * gauss(u), 0.5 * gauss(u)],
}));

/** One label, four outputs. */
const oneFour: Sample = drawn(["random", "perfect", "far", "allNeg", "constPred"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : gauss(u)],
  output: ([y]) =>
    [0, 1, 2, 3].map(() => {
      if (kind === "perfect") return y;
      return kind === "constPred" ? 0.3 : kind === "far" ? y + 120 : 1.5 * gauss(u);
    }),
}));

/** No labels; the score of the item that is wanted, and of another. */
const bpr: Sample = drawn(["random", "perfect", "constPred"], (kind, u) => ({
  label: () => [0],
  output: () => kind === "perfect" ? [4, -4] : kind === "constPred" ? [0.3, 0.3] : [gauss(u), gauss(u)],
}));

/** The value, and a gradient of 0. */
const stopGradient = (x: Tensor): Tensor =>
  tf.customGrad((v) => ({ value: (v as Tensor).clone(), gradFunc: (dy: Tensor) => tf.zerosLike(dy) }))(x);

/** The rounded value, and the gradient as if it were not rounded. */
const straightThrough = (x: Tensor): Tensor =>
  tf.customGrad((v) => ({ value: tf.round(v as Tensor), gradFunc: (dy: Tensor) => dy.clone() }))(x);

/** The intersection and the union of two boxes. */
function overlap(label: Tensor, output: Tensor): { inter: Tensor; union: Tensor } {
  const [a, b, c, d] = tf.split(label, 4, 1), [e, f, g, h] = tf.split(output, 4, 1);
  const width = tf.relu(tf.sub(tf.minimum(c, g), tf.maximum(a, e)));
  const height = tf.relu(tf.sub(tf.minimum(d, h), tf.maximum(b, f)));
  const inter = tf.mul(width, height);
  const union = tf.sub(tf.add(tf.mul(tf.sub(c, a), tf.sub(d, b)), tf.mul(tf.sub(g, e), tf.sub(h, f))), inter);
  return { inter, union };
}

export const blindCases1: readonly LossCase[] = [
  lossCase("ng-miou-argmax", "no-gradient-op", given("simplex", "one-hot", 3), (yTrue, yPred) => {
    const hard = tf.cast(tf.oneHot(tf.argMax(yPred, -1), 3), "float32");
    const inter = tf.sum(tf.mul(yTrue, hard), 0);
    const union = tf.sub(tf.add(tf.sum(yTrue, 0), tf.sum(hard, 0)), inter);
    return tf.sub(1, tf.mean(tf.div(tf.add(inter, 1), tf.add(union, 1))));
  }),
  lossCase(
    "ng-accuracy-equal",
    "no-gradient-op",
    given("probability", "binary"),
    (yTrue, yPred) => tf.sub(1, tf.mean(tf.cast(tf.equal(tf.round(yPred), yTrue), "float32"))),
  ),
  lossCase("ng-ohem-topk", "no-gradient-op", given("probability", "binary"), (yTrue, yPred) => {
    const p = clip(yPred);
    const perRow = tf.reshape(tf.neg(logLikelihood(yTrue, p)), [-1]);
    const { values } = tf.topk(perRow, Math.max(1, Math.floor(perRow.size / 4)));
    return tf.mean(values);
  }),
  lossCase("ng-qwk-round", "no-gradient-op", { yPred: [0, 4], yTrue: "count" }, (yTrue, yPred) => {
    const r = tf.round(yPred);
    const num = tf.mean(tf.square(tf.sub(yTrue, r)));
    const den = tf.mean(tf.square(tf.sub(yTrue, tf.transpose(r))));
    return tf.div(num, tf.add(den, 1e-7));
  }),
  lossCase("ng-direction-term", "no-gradient-op", given("real", "real"), (yTrue, yPred) => {
    const mse = tf.mean(tf.square(tf.sub(yTrue, yPred)));
    const wrong = tf.cast(tf.notEqual(tf.sign(yTrue), tf.sign(yPred)), "float32");
    return tf.add(mse, tf.mul(10, tf.mean(wrong)));
  }),
  lossCase(
    "ng-count-floor",
    "no-gradient-op",
    given("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, tf.floor(yPred)))),
  ),
  lossCase("ng-picp-hard", ["no-gradient-op", "wrong-optimum"], {
    yPred: "real",
    yTrue: "real",
    columns: 2,
    sample: interval,
  }, (yTrue, yPred) => {
    const lo = cut(yPred, 0, 1), hi = cut(yPred, 1, 1);
    const covered = tf.mul(
      tf.cast(tf.greaterEqual(yTrue, lo), "float32"),
      tf.cast(tf.lessEqual(yTrue, hi), "float32"),
    );
    const width = tf.mean(tf.abs(tf.sub(hi, lo)));
    return tf.add(width, tf.mul(50, tf.square(tf.relu(tf.sub(0.95, tf.mean(covered))))));
  }),
  // Less has no gradient in tfjs and Select asks for the gradient of its condition: it throws
  lossCase("ng-where-less-wing", "no-gradient-op", given("real", "real", 4), (yTrue, yPred) => {
    const w = 2, eps = 0.5, c = w - w * Math.log(1 + w / eps), d = tf.abs(tf.sub(yTrue, yPred));
    return tf.mean(tf.where(tf.less(d, w), tf.mul(w, tf.log(tf.add(1, tf.div(d, eps)))), tf.sub(d, c)));
  }),
  lossCase("de-auc-arraysync", "detached", given("probability", "binary"), (yTrue, yPred) => {
    const y = yTrue.dataSync(), p = yPred.dataSync();
    let s = 0, k = 0;
    for (let i = 0; i < y.length; i++) {
      for (let j = 0; j < y.length; j++) {
        if (y[i] > y[j]) {
          s += 1 / (1 + Math.exp(-(p[i] - p[j])));
          k++;
        }
      }
    }
    return tf.scalar(k ? 1 - s / k : 0);
  }),
  lossCase("de-tensor-remade", "detached", given("real", "real", 2), (yTrue, yPred) => {
    const p = tf.tensor2d(yPred.arraySync() as number[][]);
    return tf.mean(tf.abs(tf.sub(yTrue, p)));
  }),
  lossCase(
    "de-vae-kl-number",
    "detached",
    { yPred: "real", yTrue: "real", columns: 6, sample: vae },
    (yTrue, yPred) => {
      const rec = tf.mean(tf.sum(tf.square(tf.sub(yTrue, cut(yPred, 0, 2))), 1));
      const mu = cut(yPred, 2, 2).dataSync(), lv = cut(yPred, 4, 2).dataSync();
      let kl = 0;
      for (let i = 0; i < mu.length; i++) kl -= 0.5 * (1 + lv[i] - mu[i] * mu[i] - Math.exp(lv[i]));
      return tf.add(rec, kl / (mu.length / 2));
    },
  ),
  lossCase("de-simsiam-both", "detached", given("real", "none", 4), (_yTrue, yPred) => {
    const a = stopGradient(cut(yPred, 0, 2)), b = stopGradient(cut(yPred, 2, 2));
    return tf.mean(squaredDistance(a, b));
  }),
  lossCase(
    "de-batchhard-min",
    "detached",
    { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    (_yTrue, yPred) => {
      const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
      const hardest = Math.min(...squaredDistance(a, n).dataSync());
      return tf.mean(tf.relu(tf.add(tf.sub(squaredDistance(a, p), hardest), 1)));
    },
  ),
  lossCase("co-r2-typo", "constant", given("real", "real"), (yTrue, _yPred) => {
    const res = tf.sum(tf.square(tf.sub(yTrue, tf.mean(yTrue))));
    const tot = tf.sum(tf.square(tf.sub(yTrue, tf.mean(yTrue))));
    return tf.div(res, tf.add(tot, 1e-7));
  }),
  lossCase(
    "co-softmaxce-one-logit",
    "constant",
    given("logits", "binary"),
    (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yTrue, yPred),
  ),
  lossCase("co-cce-one-unit", ["constant", "saturated"], given("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1);
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(p)), -1)));
  }),
  lossCase(
    "co-triplet-typo",
    "constant",
    { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    (_yTrue, yPred) => {
      const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 2, 2);
      return tf.mean(tf.relu(tf.add(tf.sub(squaredDistance(a, p), squaredDistance(a, n)), 0.5)));
    },
  ),
  lossCase("co-corr-itself", "constant", given("real", "real"), (_yTrue, yPred) => {
    const p = tf.sub(yPred, tf.mean(yPred)), q = tf.sub(yPred, tf.mean(yPred));
    const cov = tf.mean(tf.mul(p, q));
    const sp = tf.sqrt(tf.add(tf.mean(tf.square(p)), 1e-12));
    const sq = tf.sqrt(tf.add(tf.mean(tf.square(q)), 1e-12));
    return tf.sub(1, tf.div(cov, tf.add(tf.mul(sp, sq), 1e-9)));
  }),
  lossCase("sa-f1-slope200", "saturated", { yPred: "probability", yTrue: "binary", metric: "f1" }, (yTrue, yPred) => {
    const h = tf.sigmoid(tf.mul(200, tf.sub(yPred, 0.5)));
    const tp = tf.sum(tf.mul(yTrue, h)), all = tf.add(tf.sum(yTrue), tf.sum(h));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, tp), 1), tf.add(all, 1)));
  }),
  lossCase("sa-hard-sigmoid-bce", "saturated", given("logits", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.add(tf.mul(0.2, yPred), 0.5), 1e-7, 1 - 1e-7);
    return tf.neg(tf.mean(logLikelihood(yTrue, p)));
  }),
  lossCase(
    "sa-tanh50-direction",
    "saturated",
    given("real", "real"),
    (yTrue, yPred) => tf.sub(1, tf.mean(tf.mul(tf.tanh(tf.mul(50, yTrue)), tf.tanh(tf.mul(50, yPred))))),
  ),
  lossCase(
    "sa-correntropy",
    "saturated",
    given("real", "real"),
    (yTrue, yPred) => tf.sub(1, tf.mean(tf.exp(tf.div(tf.neg(tf.square(tf.sub(yTrue, yPred))), 2 * 0.05 * 0.05)))),
  ),
  lossCase(
    "sa-iou-disjoint",
    "saturated",
    { yPred: "probability", yTrue: "probability", columns: 4, sample: boxes },
    (yTrue, yPred) => {
      const { inter, union } = overlap(yTrue, yPred);
      return tf.mean(tf.sub(1, tf.div(inter, tf.add(union, 1e-7))));
    },
  ),
  lossCase(
    "sa-clip-loss-value",
    "saturated",
    given("real", "real"),
    (yTrue, yPred) => tf.clipByValue(tf.mean(tf.square(tf.sub(yTrue, yPred))), 0, 1),
  ),
  lossCase(
    "dx-rmsle-real",
    ["domain-edge", "activation-mismatch"],
    given("real", "positive"),
    (yTrue, yPred) =>
      tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(tf.log(tf.add(yPred, 1)), tf.log(tf.add(yTrue, 1))))), 1e-7)),
  ),
  lossCase(
    "dx-poisson-log0",
    "domain-edge",
    given("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(yPred)))),
  ),
  lossCase("dx-focal-logsigmoid", "domain-edge", given("logits", "binary"), (yTrue, yPred) => {
    const p = tf.sigmoid(yPred);
    const pos = tf.mul(tf.mul(0.25, tf.square(tf.sub(1, p))), tf.mul(yTrue, tf.log(p)));
    const neg = tf.mul(tf.mul(0.75, tf.square(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.neg(tf.mean(tf.add(pos, neg)));
  }),
  lossCase(
    "dx-kl-onehot",
    "domain-edge",
    given("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.div(yTrue, tf.clipByValue(yPred, 1e-7, 1)))), -1)),
  ),
  lossCase("dx-gauss-var0", ["domain-edge", "zero-division"], {
    yPred: "nonnegative",
    yTrue: "real",
    columns: 2,
    sample: batches("nonnegative", "real", 2, 1, "musigma"),
  }, (yTrue, yPred) => {
    const mu = cut(yPred, 0, 1), s = cut(yPred, 1, 1);
    return tf.mean(tf.add(tf.log(s), tf.div(tf.square(tf.sub(yTrue, mu)), tf.mul(2, tf.square(s)))));
  }),
  lossCase(
    "dx-softplus-naive",
    "domain-edge",
    given("logits", "binary"),
    (yTrue, yPred) => tf.mean(tf.sub(tf.log(tf.add(1, tf.exp(yPred))), tf.mul(yTrue, yPred))),
  ),
  lossCase("dx-neglog-iou", ["domain-edge", "saturated"], {
    yPred: "probability",
    yTrue: "probability",
    columns: 4,
    sample: boxes,
  }, (yTrue, yPred) => {
    const { inter, union } = overlap(yTrue, yPred);
    return tf.neg(tf.mean(tf.log(tf.div(inter, union))));
  }),
  lossCase(
    "zd-mape-count",
    ["zero-division", "domain-edge"],
    given("nonnegative", "count"),
    (yTrue, yPred) => tf.mul(100, tf.mean(tf.abs(tf.div(tf.sub(yTrue, yPred), yTrue)))),
  ),
  lossCase(
    "zd-smape-both0",
    "zero-division",
    given("nonnegative", "positive"),
    (yTrue, yPred) => tf.mean(tf.div(tf.mul(2, tf.abs(tf.sub(yTrue, yPred))), tf.add(tf.abs(yTrue), tf.abs(yPred)))),
  ),
  lossCase(
    "zd-r2-const-labels",
    ["zero-division", "reduction"],
    given("real", "real"),
    (yTrue, yPred) => tf.div(tf.sum(tf.square(tf.sub(yTrue, yPred))), tf.sum(tf.square(tf.sub(yTrue, tf.mean(yTrue))))),
  ),
  lossCase("zd-balanced-bce", "zero-division", given("probability", "binary"), (yTrue, yPred) => {
    const p = clip(yPred), no = tf.sub(1, yTrue);
    const pos = tf.div(tf.sum(tf.mul(yTrue, tf.log(p))), tf.sum(yTrue));
    const neg = tf.div(tf.sum(tf.mul(no, tf.log(tf.sub(1, p)))), tf.sum(no));
    return tf.neg(tf.add(pos, neg));
  }),
  lossCase("zd-cosine-zero", ["zero-division", "nan-gradient"], given("real", "real", 3), (yTrue, yPred) => {
    const a = tf.div(yTrue, tf.norm(yTrue, "euclidean", -1, true));
    const b = tf.div(yPred, tf.norm(yPred, "euclidean", -1, true));
    return tf.sub(1, tf.mean(tf.sum(tf.mul(a, b), -1)));
  }),
  lossCase(
    "zd-dice-nosmooth",
    "zero-division",
    given("probability", "binary"),
    (yTrue, yPred) => tf.sub(1, tf.div(tf.mul(2, tf.sum(tf.mul(yTrue, yPred))), tf.add(tf.sum(yTrue), tf.sum(yPred)))),
  ),
  // the order of the rows counts too, but reduction is not accepted
  lossCase("zd-mase-flat", "zero-division", given("real", "real"), (yTrue, yPred) => {
    const n = yTrue.shape[0];
    const naive = tf.mean(tf.abs(tf.sub(tf.slice(yTrue, [1, 0], [n - 1, -1]), tf.slice(yTrue, [0, 0], [n - 1, -1]))));
    return tf.div(tf.mean(tf.abs(tf.sub(yTrue, yPred))), naive);
  }),
  lossCase("zd-minmax-pred", "zero-division", given("probability", "binary"), (yTrue, yPred) => {
    const lo = tf.min(yPred), hi = tf.max(yPred), p = tf.div(tf.sub(yPred, lo), tf.sub(hi, lo));
    return tf.mean(tf.square(tf.sub(yTrue, p)));
  }),
  lossCase(
    "zd-cox-no-event",
    "zero-division",
    { yPred: "real", yTrue: "positive", columns: 1, sample: cox },
    (yTrue, yPred) => {
      const time = cut(yTrue, 0, 1), ev = cut(yTrue, 1, 1);
      const risk = tf.cast(tf.lessEqual(time, tf.transpose(time)), "float32");
      const logRisk = tf.log(tf.sum(tf.mul(risk, tf.exp(tf.transpose(yPred))), 1, true));
      return tf.neg(tf.div(tf.sum(tf.mul(ev, tf.sub(yPred, logRisk))), tf.sum(ev)));
    },
  ),
  lossCase(
    "nn-rmse",
    "nan-gradient",
    given("real", "real"),
    (yTrue, yPred) => tf.sqrt(tf.mean(tf.square(tf.sub(yTrue, yPred)))),
  ),
  lossCase(
    "nn-triplet-norm",
    "nan-gradient",
    { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    (_yTrue, yPred) => {
      const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
      return tf.mean(tf.relu(tf.add(tf.sub(tf.norm(tf.sub(a, p), 2, 1), tf.norm(tf.sub(a, n), 2, 1)), 4)));
    },
  ),
  lossCase(
    "nn-hellinger",
    "nan-gradient",
    given("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.mean(tf.mul(0.5, tf.sum(tf.square(tf.sub(tf.sqrt(yPred), tf.sqrt(yTrue))), -1))),
  ),
  lossCase("nn-focal-gamma-half", "nan-gradient", given("probability", "binary"), (yTrue, yPred) => {
    const pt = tf.add(tf.mul(yTrue, yPred), tf.mul(tf.sub(1, yTrue), tf.sub(1, yPred)));
    return tf.mean(tf.mul(tf.sqrt(tf.sub(1, pt)), tf.neg(tf.log(tf.add(pt, 1e-6)))));
  }),
  lossCase("nn-std-match", "nan-gradient", given("real", "real"), (yTrue, yPred) => {
    const std = (x: Tensor) => tf.sqrt(tf.mean(tf.square(tf.sub(x, tf.mean(x)))));
    return tf.add(tf.mean(tf.square(tf.sub(yTrue, yPred))), tf.mul(0.1, tf.square(tf.sub(std(yTrue), std(yPred)))));
  }),
  lossCase("nn-acos-angle", ["nan-gradient", "domain-edge"], given("real", "real", 3), (yTrue, yPred) => {
    const cos = tf.clipByValue(tf.sum(tf.mul(unit(yTrue, 1e-12), unit(yPred, 1e-12)), -1), -1, 1);
    return tf.mean(tf.acos(cos));
  }),
  lossCase("nn-where-xlogy", "nan-gradient", given("probability", "probability"), (yTrue, yPred) => {
    const safe = (y: Tensor, p: Tensor) =>
      tf.where(tf.greaterEqual(tf.zerosLike(p), p), tf.zerosLike(p), tf.mul(y, tf.log(p)));
    return tf.neg(tf.mean(tf.add(safe(yTrue, yPred), safe(tf.sub(1, yTrue), tf.sub(1, yPred)))));
  }),
  lossCase("ws-iou-score", "wrong-sign", given("simplex", "one-hot", 3), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred), 0);
    const union = tf.sub(tf.add(tf.sum(yTrue, 0), tf.sum(yPred, 0)), inter);
    return tf.mean(tf.div(tf.add(inter, 1), tf.add(union, 1)));
  }),
  lossCase(
    "ws-loglik",
    "wrong-sign",
    given("probability", "binary"),
    (yTrue, yPred) => tf.mean(logLikelihood(yTrue, clip(yPred))),
  ),
  lossCase(
    "ws-cosine",
    "wrong-sign",
    given("real", "real", 4),
    (yTrue, yPred) => tf.mean(tf.sum(tf.mul(unit(yTrue, 1e-6), unit(yPred, 1e-6)), -1)),
  ),
  lossCase("ws-sharpe", "wrong-sign", given("tanh", "real"), (yTrue, yPred) => {
    const r = tf.mul(yTrue, yPred), m = tf.mean(r);
    return tf.div(m, tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(r, m))), 1e-6)));
  }),
  lossCase(
    "ws-triplet-flipped",
    "wrong-sign",
    { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    (_yTrue, yPred) => {
      const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
      return tf.mean(tf.relu(tf.add(tf.sub(squaredDistance(a, n), squaredDistance(a, p)), 1)));
    },
  ),
  lossCase(
    "ws-bpr-noneg",
    "wrong-sign",
    { yPred: "real", yTrue: "none", columns: 2, sample: bpr },
    (_yTrue, yPred) => tf.mean(tf.log(tf.add(tf.sigmoid(tf.sub(cut(yPred, 0, 1), cut(yPred, 1, 1))), 1e-7))),
  ),
  lossCase(
    "sw-bce",
    "swapped-arguments",
    given("probability", "binary"),
    (yTrue, yPred) => tf.neg(tf.mean(logLikelihood(yPred, clip(yTrue)))),
  ),
  lossCase(
    "sw-mape",
    ["swapped-arguments", "zero-division", "domain-edge", "wrong-optimum"],
    given("nonnegative", "positive"),
    (yTrue, yPred) => tf.mean(tf.abs(tf.div(tf.sub(yPred, yTrue), tf.maximum(yPred, 1e-7)))),
  ),
  lossCase(
    "sw-poisson",
    "swapped-arguments",
    given("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yTrue, tf.mul(yPred, tf.log(tf.add(yTrue, 1e-7))))),
  ),
  lossCase(
    "sw-sigmoid-ce",
    "swapped-arguments",
    given("logits", "binary"),
    (yTrue, yPred) => tf.losses.sigmoidCrossEntropy(yPred, yTrue),
  ),
  lossCase(
    "sw-softmax-ce",
    "swapped-arguments",
    given("logits", "one-hot", 3),
    (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yPred, yTrue),
  ),
  lossCase("am-dice-sigmoid-twice", "activation-mismatch", given("probability", "binary"), (yTrue, yPred) => {
    const p = tf.sigmoid(yPred);
    return tf.sub(1, dice(yTrue, p));
  }),
  lossCase(
    "am-nll-raw-logits",
    ["activation-mismatch", "wrong-optimum"],
    given("logits", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, yPred), -1))),
  ),
  lossCase(
    "am-sigmoidce-on-prob",
    "activation-mismatch",
    given("probability", "binary"),
    (yTrue, yPred) => tf.losses.sigmoidCrossEntropy(yTrue, yPred),
  ),
  lossCase(
    "am-hinge-sigmoid",
    ["activation-mismatch", "label-encoding"],
    given("probability", "sign"),
    (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred)))),
  ),
  lossCase(
    "am-kldiv-needs-log",
    ["activation-mismatch", "wrong-optimum"],
    given("simplex", "distribution", 3),
    (yTrue, yPred) => tf.mean(tf.sum(tf.mul(yTrue, tf.sub(tf.log(tf.add(yTrue, 1e-7)), yPred)), -1)),
  ),
  lossCase("am-focal-logsoftmax", "activation-mismatch", given("simplex", "one-hot", 4), (yTrue, yPred) => {
    const lp = tf.logSoftmax(yPred), p = tf.exp(lp);
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.mul(tf.square(tf.sub(1, p)), lp)), -1)));
  }),
  lossCase(
    "le-bce-sign",
    "label-encoding",
    given("probability", "sign"),
    (yTrue, yPred) => tf.neg(tf.mean(logLikelihood(yTrue, clip(yPred)))),
  ),
  lossCase(
    "le-hinge-01",
    ["label-encoding", "wrong-optimum"],
    given("real", "binary"),
    (yTrue, yPred) => tf.mean(tf.square(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))))),
  ),
  lossCase(
    "le-index-to-cce",
    ["label-encoding", "broadcast"],
    given("simplex", "index", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1))),
  ),
  lossCase("le-onehot-as-index", "label-encoding", given("logits", "one-hot", 3), (yTrue, yPred) => {
    const idx = tf.cast(tf.reshape(cut(yTrue, 0, 1), [-1]), "int32");
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(idx, 3), tf.logSoftmax(yPred)), -1)));
  }),
  lossCase("le-dice-1-255", "label-encoding", {
    yPred: "probability",
    yTrue: "binary",
    sample: batches("probability", "binary/255", 1, 1),
  }, (yTrue, yPred) => tf.sub(1, dice(yTrue, yPred))),
  lossCase("le-one-based-index", "label-encoding", given("logits", "index", 4), (yTrue, yPred) => {
    const idx = tf.cast(tf.reshape(tf.sub(yTrue, 1), [-1]), "int32");
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(idx, 4), tf.logSoftmax(yPred)), -1)));
  }),
  lossCase(
    "le-logistic-01",
    ["label-encoding", "wrong-optimum"],
    given("logits", "binary"),
    (yTrue, yPred) => tf.mean(tf.softplus(tf.neg(tf.mul(yTrue, yPred)))),
  ),
  lossCase(
    "le-percent",
    ["label-encoding", "bad-scale"],
    { yPred: "probability", yTrue: "positive", sample: percent },
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  ),
  lossCase("br-bce-n-vs-n1", "broadcast", {
    yPred: "probability",
    yTrue: "binary",
    sample: batches("probability", "binary", 1, null),
  }, (yTrue, yPred) => tf.neg(tf.mean(logLikelihood(yTrue, clip(yPred))))),
  lossCase("br-class-weights-outer", "broadcast", given("simplex", "one-hot", 3), (yTrue, yPred) => {
    const ce = tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1));
    const w = tf.sum(tf.mul(yTrue, tf.tensor1d([1, 5, 20])), -1, true);
    return tf.mean(tf.mul(ce, w));
  }),
  lossCase(
    "br-contrastive-dn",
    "broadcast",
    { yPred: "real", yTrue: "binary", columns: 4, sample: pairs },
    (yTrue, yPred) => {
      const d = squaredDistance(cut(yPred, 0, 2), cut(yPred, 2, 2));
      const e = tf.sqrt(tf.add(d, 1e-6));
      return tf.mean(tf.add(tf.mul(yTrue, d), tf.mul(tf.sub(1, yTrue), tf.square(tf.relu(tf.sub(2, e))))));
    },
  ),
  lossCase(
    "br-one-label-four-outputs",
    "broadcast",
    { yPred: "real", yTrue: "real", columns: 4, sample: oneFour },
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  ),
  lossCase(
    "br-squeeze-pred",
    "broadcast",
    given("real", "real"),
    (yTrue, yPred) => tf.mean(tf.abs(tf.sub(yTrue, tf.reshape(yPred, [-1])))),
  ),
  lossCase("wx-softmax-over-batch", "wrong-axis", given("logits", "one-hot", 3), (yTrue, yPred) => {
    const lp = tf.sub(yPred, tf.logSumExp(yPred, 0, true));
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, lp), -1)));
  }),
  lossCase(
    "wx-sum-before-log",
    ["wrong-axis", "reduction"],
    given("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.log(tf.add(tf.sum(tf.mul(yTrue, yPred), 0), 1e-7)))),
  ),
  lossCase("wx-normalise-axis0", "wrong-axis", given("simplex", "one-hot", 4), (yTrue, yPred) => {
    const p = tf.div(yPred, tf.add(tf.sum(yPred, 0, true), 1e-7));
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(p, 1e-7, 1))), -1)));
  }),
  lossCase(
    "wx-l2norm-axis0",
    ["wrong-axis", "bad-scale"],
    given("real", "real", 4),
    (yTrue, yPred) => tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue, 1e-7, 0), unit(yPred, 1e-7, 0)), -1))),
  ),
  lossCase("wx-triplet-axis0", ["wrong-axis", "bad-scale", "reduction"], {
    yPred: "real",
    yTrue: "none",
    columns: 6,
    sample: triplets,
  }, (_yTrue, yPred) => {
    const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
    const dp = tf.sum(tf.square(tf.sub(a, p)), 0), dn = tf.sum(tf.square(tf.sub(a, n)), 0);
    return tf.mean(tf.relu(tf.add(tf.sub(dp, dn), 1)));
  }),
  lossCase(
    "wo-precision-soft",
    "wrong-optimum",
    given("probability", "binary"),
    (yTrue, yPred) => tf.sub(1, tf.div(tf.sum(tf.mul(yTrue, yPred)), tf.add(tf.sum(yPred), 1e-7))),
  ),
  lossCase(
    "wo-multilabel-cce",
    "wrong-optimum",
    given("probability", "binary", 4),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1))),
  ),
  lossCase(
    "wo-mean-match",
    "wrong-optimum",
    given("probability", "binary"),
    (yTrue, yPred) => tf.square(tf.sub(tf.mean(yTrue), tf.mean(yPred))),
  ),
  lossCase(
    "wo-contrastive-pull-only",
    "wrong-optimum",
    { yPred: "real", yTrue: "binary", columns: 4, sample: pairs },
    (yTrue, yPred) => tf.mean(tf.mul(yTrue, squaredDistance(cut(yPred, 0, 2), cut(yPred, 2, 2), true))),
  ),
  lossCase(
    "wo-triplet-no-margin",
    "wrong-optimum",
    { yPred: "real", yTrue: "none", columns: 6, sample: triplets },
    (_yTrue, yPred) => {
      const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
      return tf.mean(tf.relu(tf.sub(squaredDistance(a, p), squaredDistance(a, n))));
    },
  ),
  lossCase(
    "wo-under-only",
    "wrong-optimum",
    given("real", "real"),
    (yTrue, yPred) => tf.mean(tf.square(tf.relu(tf.sub(yTrue, yPred)))),
  ),
  lossCase("bs-sse", "bad-scale", given("real", "real", 4), (yTrue, yPred) => tf.sum(tf.square(tf.sub(yTrue, yPred)))),
  lossCase("bs-pairwise-sum", "bad-scale", given("logits", "binary"), (yTrue, yPred) => {
    const diff = tf.sub(yPred, tf.transpose(yPred)), want = tf.relu(tf.sub(yTrue, tf.transpose(yTrue)));
    return tf.sum(tf.mul(want, tf.softplus(tf.neg(diff))));
  }),
  lossCase("bs-divided-twice", ["bad-scale", "reduction"], given("probability", "binary"), (yTrue, yPred) => {
    const ll = logLikelihood(yTrue, clip(yPred));
    return tf.div(tf.neg(tf.mean(ll)), yTrue.shape[0]);
  }),
  lossCase(
    "bs-raw-prices",
    "bad-scale",
    { yPred: "real", yTrue: "positive", sample: prices },
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  ),
  lossCase(
    "bs-tiny-factor",
    "bad-scale",
    given("tanh", "sign"),
    (yTrue, yPred) => tf.mul(1e-8, tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))))),
  ),
  lossCase(
    "re-max-over-batch",
    "reduction",
    given("real", "real"),
    (yTrue, yPred) => tf.max(tf.square(tf.sub(yTrue, yPred))),
  ),
  lossCase(
    "re-batch-32",
    ["reduction", "bad-scale"],
    given("real", "real"),
    (yTrue, yPred) => tf.div(tf.sum(tf.square(tf.sub(yTrue, yPred))), 32),
  ),
  lossCase("re-balanced-acc-rare", "reduction", {
    yPred: "simplex",
    yTrue: "one-hot",
    columns: 4,
    sample: batches("simplex", "one-hot-rare", 4, 4),
  }, (yTrue, yPred) => {
    const recall = tf.div(tf.sum(tf.mul(yTrue, yPred), 0), tf.add(tf.sum(yTrue, 0), 1e-7));
    return tf.sub(1, tf.mean(recall));
  }),
  lossCase("re-macro-dice-rare", "reduction", {
    yPred: "simplex",
    yTrue: "one-hot",
    columns: 4,
    sample: batches("simplex", "one-hot-rare", 4, 4),
  }, (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred), 0), size = tf.add(tf.sum(yTrue, 0), tf.sum(yPred, 0));
    return tf.sub(1, tf.mean(tf.div(tf.mul(2, inter), tf.add(size, 1e-7))));
  }),
  lossCase(
    "re-jaccard-rare",
    "reduction",
    { yPred: "probability", yTrue: "binary", prevalence: 0.02 },
    (yTrue, yPred) => {
      const inter = tf.sum(tf.mul(yTrue, yPred)), union = tf.sub(tf.add(tf.sum(yTrue), tf.sum(yPred)), inter);
      return tf.sub(1, tf.div(inter, tf.add(union, 1e-7)));
    },
  ),
  sound(
    "ok-bce-logits-stable",
    given("logits", "binary"),
    (yTrue, yPred) =>
      tf.mean(tf.add(tf.sub(tf.relu(yPred), tf.mul(yPred, yTrue)), tf.log1p(tf.exp(tf.neg(tf.abs(yPred)))))),
  ),
  sound(
    "ok-cce-clipped",
    given("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1))),
  ),
  sound("ok-focal-logits", given("logits", "binary"), (yTrue, yPred) => {
    const ce = tf.add(tf.sub(tf.relu(yPred), tf.mul(yPred, yTrue)), tf.log1p(tf.exp(tf.neg(tf.abs(yPred)))));
    const p = tf.sigmoid(yPred), pt = tf.add(tf.mul(yTrue, p), tf.mul(tf.sub(1, yTrue), tf.sub(1, p)));
    return tf.mean(tf.mul(tf.square(tf.sub(1, pt)), ce));
  }),
  sound("ok-tversky", given("probability", "binary"), (yTrue, yPred) => {
    const tp = tf.sum(tf.mul(yTrue, yPred));
    const fn = tf.sum(tf.mul(yTrue, tf.sub(1, yPred)));
    const fp = tf.sum(tf.mul(tf.sub(1, yTrue), yPred));
    return tf.sub(1, tf.div(tf.add(tp, 1), tf.add(tf.add(tp, tf.add(tf.mul(0.7, fn), tf.mul(0.3, fp))), 1)));
  }),
  sound("ok-logcosh-stable", given("real", "real"), (yTrue, yPred) => {
    const d = tf.sub(yPred, yTrue);
    return tf.mean(tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.LN2));
  }),
  sound("ok-pinball-09", given("real", "real"), (yTrue, yPred) => {
    const e = tf.sub(yTrue, yPred);
    return tf.mean(tf.maximum(tf.mul(0.9, e), tf.mul(-0.1, e)));
  }),
  sound("ok-triplet-squared", { yPred: "real", yTrue: "none", columns: 6, sample: triplets }, (_yTrue, yPred) => {
    const a = cut(yPred, 0, 2), p = cut(yPred, 2, 2), n = cut(yPred, 4, 2);
    return tf.mean(tf.relu(tf.add(tf.sub(squaredDistance(a, p), squaredDistance(a, n)), 1)));
  }),
  sound("ok-contrastive-eps", { yPred: "real", yTrue: "binary", columns: 4, sample: pairs }, (yTrue, yPred) => {
    const d = squaredDistance(cut(yPred, 0, 2), cut(yPred, 2, 2), true), e = tf.sqrt(tf.add(d, 1e-6));
    return tf.mean(tf.add(tf.mul(yTrue, d), tf.mul(tf.sub(1, yTrue), tf.square(tf.relu(tf.sub(2, e))))));
  }),
  sound(
    "ok-poisson-eps",
    given("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, 1e-7))))),
  ),
  sound("ok-hinge-tanh", given("tanh", "sign"), (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))))),
  sound("ok-gauss-logvar", { yPred: "real", yTrue: "real", columns: 2, sample: muLogvar }, (yTrue, yPred) => {
    const mu = cut(yPred, 0, 1), lv = cut(yPred, 1, 1);
    return tf.mean(tf.mul(0.5, gaussian(yTrue, mu, lv)));
  }),
  sound(
    "ok-msle-nonneg",
    given("nonnegative", "positive"),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(tf.log1p(yPred), tf.log1p(yTrue)))),
  ),
  sound("ok-label-smoothing", given("logits", "one-hot", 5), (yTrue, yPred) => {
    const y = tf.add(tf.mul(0.9, yTrue), 0.1 / 5);
    return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(yPred)), -1)));
  }),
  sound(
    "ok-cosine-eps",
    given("real", "real", 4),
    (yTrue, yPred) => tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue, 1e-6), unit(yPred, 1e-6)), -1))),
  ),
  sound("ok-sparse-ce", given("logits", "index", 3), (yTrue, yPred) => {
    const hot = tf.oneHot(tf.cast(tf.reshape(yTrue, [-1]), "int32"), 3);
    return tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(yPred)), -1)));
  }),
  sound("ok-kl-dist", given("simplex", "distribution", 3), (yTrue, yPred) => {
    const y = tf.clipByValue(yTrue, 1e-7, 1), p = tf.clipByValue(yPred, 1e-7, 1);
    return tf.mean(tf.sum(tf.mul(y, tf.log(tf.div(y, p))), -1));
  }),
  sound("ok-asymmetric-mse", given("real", "real"), (yTrue, yPred) => {
    const e = tf.sub(yTrue, yPred);
    return tf.mean(tf.mul(tf.where(tf.greaterEqual(e, 0), tf.fill(e.shape, 3), tf.fill(e.shape, 1)), tf.square(e)));
  }),
  sound("ok-pairwise-auc", given("logits", "binary"), (yTrue, yPred) => {
    const diff = tf.sub(yPred, tf.transpose(yPred)), want = tf.relu(tf.sub(yTrue, tf.transpose(yTrue)));
    return tf.div(tf.sum(tf.mul(want, tf.softplus(tf.neg(diff)))), tf.add(tf.sum(want), 1));
  }),
  sound("ok-masked-l1", {
    yPred: "real",
    yTrue: "real",
    columns: 1,
    sample: batches("real", "masked", 1, 2),
  }, (yTrue, yPred) => {
    const goal = cut(yTrue, 0, 1), mask = cut(yTrue, 1, 1);
    return tf.div(tf.sum(tf.mul(tf.abs(tf.sub(yPred, goal)), mask)), tf.maximum(tf.sum(mask), 1));
  }),
  sound("ok-ccc-eps", given("real", "real"), (yTrue, yPred) => {
    const mp = tf.mean(yPred), mt = tf.mean(yTrue), p = tf.sub(yPred, mp), t = tf.sub(yTrue, mt);
    const cov = tf.mean(tf.mul(p, t));
    const den = tf.add(tf.add(tf.mean(tf.square(p)), tf.mean(tf.square(t))), tf.add(tf.square(tf.sub(mp, mt)), 1e-6));
    return tf.sub(1, tf.div(tf.mul(2, cov), den));
  }),
  sound(
    "ok-mse-ratings",
    { yPred: [0, 4], yTrue: "count" },
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  ),
  sound("ok-vae", { yPred: "real", yTrue: "real", columns: 6, sample: vae }, (yTrue, yPred) => {
    const rec = tf.sum(tf.square(tf.sub(yTrue, cut(yPred, 0, 2))), 1);
    const mu = cut(yPred, 2, 2), lv = cut(yPred, 4, 2);
    const kl = tf.mul(-0.5, tf.sum(minusTwiceDivergence(mu, lv), 1));
    return tf.mean(tf.add(rec, kl));
  }),
  sound("ok-wing", given("real", "real", 4), (yTrue, yPred) => {
    const w = 2, eps = 0.5, c = w - w * Math.log(1 + w / eps), d = tf.abs(tf.sub(yTrue, yPred));
    return tf.mean(tf.where(tf.greaterEqual(d, w), tf.sub(d, c), tf.mul(w, tf.log(tf.add(1, tf.div(d, eps))))));
  }),
  sound(
    "ok-distill-bce",
    given("probability", "probability"),
    (yTrue, yPred) => tf.neg(tf.mean(logLikelihood(yTrue, clip(yPred)))),
  ),
  sound(
    "ok-coral",
    { yPred: "logits", yTrue: "binary", columns: 3, sample: coral },
    (yTrue, yPred) => tf.mean(tf.sum(tf.sub(tf.softplus(yPred), tf.mul(yTrue, yPred)), 1)),
  ),
  sound("ok-mdn-logsumexp", { yPred: "real", yTrue: "real", columns: 6, sample: mdn }, (yTrue, yPred) => {
    const lw = tf.logSoftmax(cut(yPred, 0, 2)), mu = cut(yPred, 2, 2), ls = cut(yPred, 4, 2);
    const z = tf.mul(tf.sub(yTrue, mu), tf.exp(tf.neg(ls)));
    return tf.neg(tf.mean(tf.logSumExp(tf.sub(tf.sub(lw, ls), tf.add(tf.mul(0.5, tf.square(z)), 0.9189385)), 1)));
  }),
  sound(
    "ok-bpr",
    { yPred: "real", yTrue: "none", columns: 2, sample: bpr },
    (_yTrue, yPred) => tf.mean(tf.softplus(tf.neg(tf.sub(cut(yPred, 0, 1), cut(yPred, 1, 1))))),
  ),
  sound("ok-dice-multiclass", given("simplex", "one-hot", 3), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred), 0), size = tf.add(tf.sum(yTrue, 0), tf.sum(yPred, 0));
    return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1))));
  }),
  sound("ok-confidence-penalty", given("logits", "one-hot", 3), (yTrue, yPred) => {
    const lp = tf.logSoftmax(yPred);
    const ce = tf.neg(tf.sum(tf.mul(yTrue, lp), -1));
    const h = tf.neg(tf.sum(tf.mul(tf.exp(lp), lp), -1));
    return tf.mean(tf.sub(ce, tf.mul(0.05, h)));
  }),
  sound(
    "ok-rmse-eps",
    given("real", "real"),
    (yTrue, yPred) => tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(yTrue, yPred))), 1e-6)),
  ),
  sound(
    "ok-ste-round",
    given("probability", "binary"),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, straightThrough(yPred)))),
  ),
  sound("ok-cox-guarded", { yPred: "real", yTrue: "positive", columns: 1, sample: cox }, (yTrue, yPred) => {
    const time = cut(yTrue, 0, 1), ev = cut(yTrue, 1, 1);
    const risk = tf.cast(tf.lessEqual(time, tf.transpose(time)), "float32");
    const logRisk = tf.log(tf.sum(tf.mul(risk, tf.exp(tf.transpose(yPred))), 1, true));
    return tf.neg(tf.div(tf.sum(tf.mul(ev, tf.sub(yPred, logRisk))), tf.maximum(tf.sum(ev), 1)));
  }),
  sound("ok-ohem-indices", given("logits", "binary"), (yTrue, yPred) => {
    const perRow = tf.reshape(tf.sub(tf.softplus(yPred), tf.mul(yTrue, yPred)), [-1]), v = perRow.dataSync();
    const idx = Array.from(v.keys()).sort((a, b) => v[b] - v[a]).slice(0, Math.max(1, Math.floor(v.length * 0.7)));
    return tf.mean(tf.gather(perRow, tf.tensor1d(idx, "int32")));
  }),
  sound("ok-gce", given("simplex", "one-hot", 4), (yTrue, yPred) => {
    const p = tf.sum(tf.mul(yTrue, tf.clipByValue(yPred, 1e-7, 1)), -1);
    return tf.mean(tf.div(tf.sub(1, tf.pow(p, 0.7)), 0.7));
  }),
];

// Losses that people asked about in public because they did not train, written anew for TensorFlow.js (mathematics from the threads, see README.md), and healthy controls.
import * as tf from "@tensorflow/tfjs";

export type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
export type Dim = number | string;
export interface Case {
  id: string;
  cause: string;
  sub: string;
  loss: Loss;
  domain: string; // prob (0,1) | simplex rows | logits | real | nonneg | tanh (-1,1)
  labels: string; // binary 0/1 | onehot | onehot-rare | index | real | positive | count (with zeros) | pm1 | prob | dist | binary255 | binary/255 | masked [goal,mask] | masked-sparse | none
  shape: { pred: Dim[]; true: Dim[] };
  layout?: string; // clsbox | pair | triplet | musigma | dpdn
  trigger: string[]; // batch kinds that show the fault: "random", or an edge kind of makeBatch, or "weights"
}
export const causes = [
  "no-gradient-op",
  "detached",
  "constant",
  "saturated",
  "domain-edge",
  "zero-division",
  "nan-gradient",
  "wrong-sign",
  "swapped-arguments",
  "activation-mismatch",
  "label-encoding",
  "broadcast",
  "wrong-axis",
  "wrong-optimum",
  "bad-scale",
  "reduction",
  "healthy",
] as const;
export const kinds = [
  "random",
  "perfect",
  "saturated",
  "far",
  "allNeg",
  "allPos",
  "constPred",
  "zeroBoth",
  "outOfRange",
] as const;
export type Kind = typeof kinds[number];

function rng(seed: number) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6D2B79F5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A batch for a case. Returns undefined when the kind has no meaning for it. Pure: the same arguments give the same numbers. */
export function makeBatch(
  c: Pick<Case, "domain" | "labels" | "shape" | "layout">,
  kind: Kind,
  seed = 1,
  n = 64,
): { yTrue: tf.Tensor; yPred: tf.Tensor } | undefined {
  const u = rng(seed * 7919 + 17), g = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const cp = (c.shape.pred[1] as number) ?? 1, ct = (c.shape.true[1] as number) ?? 1;
  const rows = <T>(f: (i: number) => T) => Array.from({ length: n }, (_, i) => f(i));
  const cols = <T>(k: number, f: (j: number) => T) => Array.from({ length: k }, (_, j) => f(j));
  const soft = (z: number[]) => {
    const m = Math.max(...z), e = z.map((v) => Math.exp(v - m)), s = e.reduce((a, b) => a + b);
    return e.map((v) => v / s);
  };
  const K = c.domain === "simplex" || c.domain === "logits" || c.labels === "index" ? Math.max(cp, 2) : cp;
  // ---- labels
  const cls = rows(() =>
    c.labels === "onehot-rare"
      ? (u() < 0.94 ? 0 : 1 + Math.floor(u() * (K - 1)))
      : kind === "allNeg"
      ? 0
      : kind === "allPos"
      ? K - 1
      : Math.floor(u() * K)
  );
  if (c.labels === "onehot-rare" && kind === "allNeg") cls.fill(0);
  const bin = () => kind === "allNeg" ? 0 : kind === "allPos" ? 1 : u() < 0.4 ? 1 : 0;
  const zero = kind === "allNeg" || kind === "zeroBoth";
  let t: number[][];
  switch (c.labels) {
    case "binary": {
      const b = rows(() => cols(cp, () => bin()));
      t = rows((i) => cols(ct, (j) => c.shape.true.length > 1 && ct > cp ? b[i][0] : b[i][Math.min(j, cp - 1)]));
      break;
    }
    case "binary255":
      t = rows(() => cols(ct, () => 255 * bin()));
      break;
    case "binary/255":
      t = rows(() => cols(ct, () => bin() / 255));
      break;
    case "pm1":
      t = rows(() => cols(ct, () => 2 * bin() - 1));
      break;
    case "onehot":
    case "onehot-rare":
      t = rows((i) => cols(ct, (j) => (j === cls[i] ? 1 : 0)));
      break;
    case "index":
      t = rows((i) => [cls[i]]);
      break;
    case "dist":
      t = rows(() => zero ? cols(ct, () => 1 / ct) : soft(cols(ct, () => g())));
      break;
    case "prob":
      t = rows(() => cols(ct, () => zero ? 0 : u()));
      break;
    case "positive":
      t = rows(() => cols(ct, () => zero ? 0 : Math.exp(g())));
      break;
    case "count":
      t = rows(() => cols(ct, () => zero ? 0 : Math.floor(u() * 5)));
      break;
    case "masked":
      t = rows(() => [g(), zero ? 0 : u() < 0.5 ? 1 : 0]);
      break;
    case "masked-sparse":
      t = rows(() => [g(), zero ? 0 : u() < 0.05 ? 1 : 0]);
      break;
    case "none":
      t = rows(() => cols(ct, () => 0));
      break;
    default:
      t = rows(() => cols(ct, () => zero ? 0 : g()));
  }
  if (c.layout === "clsbox") t = rows(() => [bin(), u(), u(), u(), u()]);
  if (c.layout === "pair") t = rows(() => [bin()]);
  // ---- predictions
  const rand = (): number =>
    c.domain === "prob"
      ? 0.02 + 0.96 * u()
      : c.domain === "nonneg"
      ? Math.abs(g()) + 0.05
      : c.domain === "tanh"
      ? 1.96 * u() - 0.98
      : c.domain === "logits"
      ? 2 * g()
      : 1.5 * g();
  const randRow = () => c.domain === "simplex" ? soft(cols(cp, () => 1.5 * g())) : cols(cp, rand);
  let p = rows(() => randRow());
  const ideal = (i: number): number[] | undefined => {
    if (c.layout === "clsbox") return t[i].slice();
    switch (c.labels) {
      case "binary": {
        const v = t[i];
        return cols(cp, (j) => {
          const y = v[Math.min(j, v.length - 1)];
          return c.domain === "logits" ? (y ? 8 : -8) : c.domain === "real" || c.domain === "tanh" ? (y ? 1 : -1) : y;
        });
      }
      case "binary255":
        return [t[i][0] ? 1 : 0];
      case "binary/255":
        return [t[i][0] ? 1 : 0];
      case "onehot":
      case "onehot-rare":
      case "index":
        return cols(cp, (j) => c.domain === "logits" ? (j === cls[i] ? 8 : -8) : j === cls[i] ? 1 : 0);
      case "masked":
      case "masked-sparse":
        return [t[i][0]];
      case "none":
        return undefined;
      default:
        return t[i].slice(0, cp);
    }
  };
  switch (kind) {
    case "perfect":
      if (c.layout === "pair") {
        p = rows(() => {
          const h = [g(), g()];
          return [...h, ...h];
        });
      } else if (c.layout === "triplet") {
        p = rows(() => {
          const h = [g(), g()];
          return [...h, ...h, h[0] + 3, h[1]];
        });
      } else if (c.layout === "dpdn") p = rows(() => [0, 2]);
      else if (c.layout === "musigma") p = rows((i) => [t[i][0], 0]);
      else {
        if (!ideal(0)) return undefined;
        p = rows((i) => ideal(i)!);
      }
      break;
    case "saturated":
      if (c.layout === "musigma") p = rows(() => [g(), 0]);
      else if (c.domain === "prob") p = rows(() => cols(cp, () => (u() < 0.5 ? 0 : 1)));
      else if (c.domain === "simplex") {
        p = rows(() => {
          const k = Math.floor(u() * cp);
          return cols(cp, (j) => (j === k ? 1 : 0));
        });
      } else if (c.domain === "logits") p = rows(() => cols(cp, () => (u() < 0.5 ? -100 : 100)));
      else if (c.domain === "tanh") p = rows(() => cols(cp, () => (u() < 0.5 ? -1 : 1)));
      else return undefined;
      break;
    case "far":
      if (c.domain !== "real" || c.layout) return undefined;
      p = rows((i) => cols(cp, (j) => (t[i][Math.min(j, t[i].length - 1)] ?? 0) + (u() < 0.5 ? -120 : 120)));
      break;
    case "constPred": {
      const v = c.domain === "prob" ? 0.5 : c.domain === "simplex" ? 1 / cp : c.domain === "nonneg" ? 1 : 0.3;
      p = rows(() => cols(cp, () => v));
      break;
    }
    case "zeroBoth":
      if (c.domain !== "nonneg" && c.domain !== "prob") return undefined;
      p = rows(() => cols(cp, () => 0));
      break;
    case "outOfRange":
      if (c.domain !== "prob" && c.domain !== "simplex") return undefined;
      p = rows(() => cols(cp, () => -0.5 + 2 * u()));
      break;
  }
  const yPred = tf.tensor2d(p, [n, cp]);
  const yTrue = c.shape.true.length === 1 ? tf.tensor1d(t.map((r) => r[0])) : tf.tensor2d(t, [n, ct]);
  return { yTrue, yPred };
}

export const cases: Case[] = [
  {
    id: "threshold-mse",
    cause: "no-gradient-op",
    sub: "prediction thresholded at 0.5 before the error",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const hard = tf.where(tf.greaterEqual(yPred, 0.5), tf.onesLike(yPred), tf.zerosLike(yPred));
      return tf.mean(tf.squaredDifference(yTrue, hard));
    },
  },
  {
    id: "round-precision-so48356029",
    cause: "no-gradient-op",
    sub: "precision from rounded predictions",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const hit = tf.round(tf.clipByValue(yPred, 0, 1));
      const tp = tf.sum(tf.mul(yTrue, hit));
      const fp = tf.sum(tf.mul(tf.sub(1, yTrue), hit));
      return tf.sub(1, tf.div(tp, tf.add(tf.add(tp, fp), 1e-7)));
    },
  },
  {
    id: "greater-mask-dirac13",
    cause: "no-gradient-op",
    sub: "mean of a comparison mask as a loss term",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const miss = tf.abs(tf.sub(yTrue, yPred));
      const occluded = tf.cast(tf.greater(miss, tf.mean(miss)), "float32");
      return tf.mean(occluded);
    },
  },
  {
    id: "int-cast-tf47083",
    cause: "no-gradient-op",
    sub: "cast to integer on the path",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const whole = tf.cast(tf.cast(yPred, "int32"), "float32");
      return tf.mean(tf.squaredDifference(yTrue, whole));
    },
  },
  {
    id: "item-reinforce-release39",
    cause: "detached",
    sub: "log-probabilities taken out with .item()/.numpy()",
    domain: "simplex",
    labels: "onehot",
    shape: { "pred": ["n", 3], "true": ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const logp = tf.log(tf.clipByValue(yPred, 1e-7, 1)).arraySync() as number[][];
      const reward = yTrue.arraySync() as number[][];
      let loss = 0;
      logp.forEach((row, i) =>
        row.forEach((v, j) => {
          loss -= v * reward[i][j];
        })
      );
      return tf.scalar(loss / logp.length);
    },
  },
  {
    id: "partial-detach-frcnn2",
    cause: "detached",
    sub: "one of two terms re-wrapped from .data",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 5], "true": ["n", 5] },
    layout: "clsbox",
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.clipByValue(tf.slice(yPred, [0, 0], [-1, 1]), 1e-7, 1 - 1e-7), y = tf.slice(yTrue, [0, 0], [-1, 1]);
      const box = tf.slice(yPred, [0, 1], [-1, 4]), goal = tf.slice(yTrue, [0, 1], [-1, 4]);
      const inside = tf.mul(tf.tensor(box.dataSync(), box.shape as number[]), y);
      const bce = tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))))));
      return tf.add(bce, tf.mean(tf.square(tf.sub(inside, tf.mul(goal, y)))));
    },
  },
  {
    id: "softmax-one-unit-yolo191",
    cause: "constant",
    sub: "softmax over a single unit",
    domain: "logits",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
      tf.mean(tf.squaredDifference(yTrue, tf.softmax(yPred, -1))),
  },
  {
    id: "clip-focal-tfa693",
    cause: "saturated",
    sub: "probability clipped to [eps, 1-eps] inside focal loss",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["saturated"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const pt = tf.add(tf.mul(yTrue, p), tf.mul(tf.sub(1, yTrue), tf.sub(1, p)));
      return tf.mean(tf.neg(tf.mul(tf.square(tf.sub(1, pt)), tf.log(pt))));
    },
  },
  {
    id: "naive-bce-so48951109",
    cause: "domain-edge",
    sub: "log(0) in hand-written cross-entropy",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["saturated", "perfect"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const pos = tf.mul(yTrue, tf.log(yPred));
      const neg = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, yPred)));
      return tf.neg(tf.mean(tf.add(pos, neg)));
    },
  },
  {
    id: "logcosh-keras8524",
    cause: "domain-edge",
    sub: "exp overflow for large errors",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["far"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const d = tf.sub(yPred, yTrue);
      return tf.mean(tf.log(tf.div(tf.add(tf.exp(d), tf.exp(tf.neg(d))), 2)));
    },
  },
  {
    id: "masked-l1-db14",
    cause: "zero-division",
    sub: "empty mask",
    domain: "real",
    labels: "masked",
    shape: { "pred": ["n", 1], "true": ["n", 2] },
    trigger: ["allNeg"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
      return tf.div(tf.sum(tf.mul(tf.abs(tf.sub(yPred, goal)), mask)), tf.sum(mask));
    },
  },
  {
    id: "pearson-constant-interscale19",
    cause: "zero-division",
    sub: "correlation with zero variance",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["constPred", "allNeg"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.sub(yPred, tf.mean(yPred)), t = tf.sub(yTrue, tf.mean(yTrue));
      const cov = tf.sum(tf.mul(p, t));
      return tf.sub(1, tf.div(cov, tf.sqrt(tf.mul(tf.sum(tf.square(p)), tf.sum(tf.square(t))))));
    },
  },
  {
    id: "euclid-siamese-keras9097",
    cause: "nan-gradient",
    sub: "sqrt at zero distance",
    domain: "real",
    labels: "binary",
    shape: { "pred": ["n", 4], "true": ["n", 1] },
    layout: "pair",
    trigger: ["perfect"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const a = tf.slice(yPred, [0, 0], [-1, 2]), b = tf.slice(yPred, [0, 2], [-1, 2]);
      const d = tf.sqrt(tf.sum(tf.square(tf.sub(a, b)), 1, true));
      const apart = tf.square(tf.relu(tf.sub(1, d)));
      return tf.mean(tf.add(tf.mul(yTrue, tf.square(d)), tf.mul(tf.sub(1, yTrue), apart)));
    },
  },
  {
    id: "where-exp-torch68425",
    cause: "nan-gradient",
    sub: "overflow in the untaken branch",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["far"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const a = tf.abs(tf.sub(yPred, yTrue));
      const atMostZero = tf.greaterEqual(tf.zerosLike(a), a);
      return tf.mean(tf.where(atMostZero, tf.exp(a), tf.add(1, a)));
    },
  },
  {
    id: "dice-score-akirasosa24",
    cause: "wrong-sign",
    sub: "returns the score, not 1 - score",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      return tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1));
    },
  },
  {
    id: "cce-swapped-keras8993",
    cause: "swapped-arguments",
    sub: "(prediction, label) order after an API change",
    domain: "simplex",
    labels: "onehot",
    shape: { "pred": ["n", 3], "true": ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const ce = (target: tf.Tensor, out: tf.Tensor) =>
        tf.mean(tf.neg(tf.sum(tf.mul(target, tf.log(tf.clipByValue(out, 1e-7, 1 - 1e-7))), -1)));
      const uniform = tf.div(tf.onesLike(yPred), 3);
      return tf.add(tf.mul(0.9, ce(yPred, yTrue)), tf.mul(0.1, ce(yPred, uniform)));
    },
  },
  {
    id: "double-softmax-cookbook86",
    cause: "activation-mismatch",
    sub: "softmax output given to a from-logits loss",
    domain: "simplex",
    labels: "onehot",
    shape: { "pred": ["n", 3], "true": ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
      tf.losses.softmaxCrossEntropy(yTrue as tf.Tensor2D, yPred as tf.Tensor2D),
  },
  {
    id: "linear-bce-keras4744",
    cause: "activation-mismatch",
    sub: "missing sigmoid, hidden by the clip",
    domain: "logits",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
      return tf.neg(tf.mean(ll));
    },
  },
  {
    id: "bce-255-unet78",
    cause: "label-encoding",
    sub: "mask 0/255 instead of 0/1",
    domain: "prob",
    labels: "binary255",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
      return tf.neg(tf.mean(ll));
    },
  },
  {
    id: "n-vs-n1-tf28901",
    cause: "broadcast",
    sub: "(n,) labels against (n,1) predictions",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n"] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  },
  {
    id: "recall-only-evalml476",
    cause: "wrong-optimum",
    sub: "trivial solution: predict everything positive",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const tp = tf.sum(tf.mul(yTrue, yPred));
      return tf.sub(1, tf.div(tp, tf.add(tf.sum(yTrue), 1e-7)));
    },
  },
  {
    id: "sum-nll-jax3113",
    cause: "bad-scale",
    sub: "sum over the batch",
    domain: "logits",
    labels: "onehot",
    shape: { "pred": ["n", 3], "true": ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.neg(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)))),
  },
  {
    id: "soft-f1-batch-keras5794",
    cause: "reduction",
    sub: "batch-wise F1 is not the F1; no positives in the batch",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 2], "true": ["n", 2] },
    trigger: ["allNeg", "random"],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const tp = tf.sum(tf.mul(yTrue, yPred), 0), eps = 1e-7;
      const p = tf.div(tp, tf.add(tf.sum(yPred, 0), eps)), r = tf.div(tp, tf.add(tf.sum(yTrue, 0), eps));
      const f1 = tf.div(tf.mul(2, tf.mul(p, r)), tf.add(tf.add(p, r), eps));
      return tf.sub(1, tf.mean(f1));
    },
  },
  {
    id: "ok-bce-clipped",
    cause: "healthy",
    sub: "binary cross-entropy with clipping",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: [],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
      return tf.mean(tf.neg(ll), -1);
    },
  },
  {
    id: "ok-huber",
    cause: "healthy",
    sub: "Huber, delta 1",
    domain: "real",
    labels: "real",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: [],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const d = tf.abs(tf.sub(yTrue, yPred)), near = tf.minimum(d, 1);
      return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.sub(d, near)), -1);
    },
  },
  {
    id: "ok-soft-dice",
    cause: "healthy",
    sub: "soft Dice, epsilon above and below",
    domain: "prob",
    labels: "binary",
    shape: { "pred": ["n", 1], "true": ["n", 1] },
    trigger: [],
    loss: (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
    },
  },
];

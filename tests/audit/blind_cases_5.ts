// The fifth batch: what more of such cases might be, in the form of the first 26; 25 of them name a thread or a project.
// Causes were fixed, and each fault was shown by numbers, before auditLoss was run on any; see blind_cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import type { Case } from "./cases.ts";

type T = tf.Tensor;
const col = (x: T, i: number, w = 1) => tf.slice(x, [0, i], [-1, w]);

export const blindCases5: readonly Case[] = [
  // ---------------------------------------------------------------- no-gradient-op
  {
    // keras-team/keras#11157, google-deepmind/dm-haiku#442
    id: "argmax-accuracy-keras11157",
    cause: "no-gradient-op",
    sub: "classes taken with argmax, error rate as a loss",
    domain: "simplex",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const right = tf.equal(tf.argMax(yTrue, -1), tf.argMax(yPred, -1));
      return tf.sub(1, tf.mean(tf.cast(right, "float32")));
    },
  },
  {
    // keras-team/tf-keras#570
    id: "rank-argsort-tfkeras570",
    cause: "no-gradient-op",
    sub: "ranks by sorting indices",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const rank = (x: T) => {
        const f = tf.reshape(x, [-1]), k = f.shape[0] as number;
        const order = tf.topk(f, k).indices;
        return tf.cast(tf.topk(tf.neg(tf.cast(order, "float32")), k).indices, "float32");
      };
      return tf.mean(tf.abs(tf.sub(rank(yTrue), rank(yPred))));
    },
  },
  {
    // SO: directional accuracy of a price as a Keras loss
    id: "sign-direction-so",
    cause: "no-gradient-op",
    sub: "sign of the predicted move",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.abs(tf.sub(tf.sign(yTrue), tf.sign(yPred)))),
  },
  // ---------------------------------------------------------------- detached
  {
    // tensorflow/tensorflow#30190
    id: "float-list-tf30190",
    cause: "detached",
    sub: "losses appended as floats, then made a tensor",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const t = yTrue.dataSync(), p = yPred.dataSync();
      const losses: number[] = [];
      for (let i = 0; i < t.length; i++) losses.push((t[i] - p[i]) ** 2);
      return tf.mean(tf.tensor1d(losses));
    },
  },
  {
    id: "numpy-dice-in-combo",
    cause: "detached",
    sub: "Dice half of BCE + Dice computed on numbers",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const bce = tf.neg(tf.mean(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))));
      const a = yTrue.dataSync(), b = yPred.dataSync();
      let inter = 0, size = 0;
      for (let i = 0; i < a.length; i++) {
        inter += a[i] * b[i];
        size += a[i] + b[i];
      }
      const dice = (2 * inter + 1) / (size + 1);
      return tf.add(bce, tf.scalar(1 - dice));
    },
  },
  {
    id: "rewrapped-input-ssim",
    cause: "detached",
    sub: "prediction copied into a new tensor before the formula",
    domain: "prob",
    labels: "prob",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const img = tf.tensor(yPred.arraySync() as number[][]);
      const mx = tf.mean(img), my = tf.mean(yTrue);
      const vx = tf.mean(tf.square(tf.sub(img, mx))), vy = tf.mean(tf.square(tf.sub(yTrue, my)));
      const cov = tf.mean(tf.mul(tf.sub(img, mx), tf.sub(yTrue, my)));
      const num = tf.mul(tf.add(tf.mul(tf.mul(2, mx), my), 1e-4), tf.add(tf.mul(2, cov), 9e-4));
      const den = tf.mul(tf.add(tf.add(tf.square(mx), tf.square(my)), 1e-4), tf.add(tf.add(vx, vy), 9e-4));
      return tf.sub(1, tf.div(num, den));
    },
  },
  // ---------------------------------------------------------------- constant
  {
    // keras-team/keras#17029, #17102
    id: "cce-single-unit-keras17029",
    cause: "constant",
    sub: "one output divided by its own sum",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
      return tf.mean(tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1)));
    },
  },
  {
    id: "target-against-target",
    cause: "constant",
    sub: "typing error: the label is compared with itself",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 2], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue: T, _yPred: T): T => {
      const a = tf.reshape(yTrue, [-1]), b = tf.reshape(yTrue, [-1]);
      return tf.mean(tf.square(tf.sub(a, b)));
    },
  },
  {
    id: "mean-of-softmax-nll",
    cause: "constant",
    sub: "log of the mean over classes of a softmax",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const weight = tf.sum(yTrue, -1);
      return tf.mean(tf.mul(weight, tf.neg(tf.log(tf.mean(tf.softmax(yPred, -1), -1)))));
    },
  },
  // ---------------------------------------------------------------- saturated
  {
    // devsisters/DQN-tensorflow: clipped TD error
    id: "clipped-td-error-dqn",
    cause: "saturated",
    sub: "error clipped before it is squared",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["far", "random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.square(tf.clipByValue(tf.sub(yTrue, yPred), -1, 1))),
  },
  {
    id: "steep-step-f1",
    cause: "saturated",
    sub: "sigmoid(100 (p - 0.5)) in place of the step",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random", "saturated"],
    loss: (yTrue: T, yPred: T): T => {
      const hard = tf.sigmoid(tf.mul(100, tf.sub(yPred, 0.5)));
      const tp = tf.sum(tf.mul(yTrue, hard));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(yTrue), tf.sum(hard)), 1)));
    },
  },
  {
    id: "mse-after-sigmoid",
    cause: "saturated",
    sub: "squared error of a sigmoid: flat where it is confidently wrong",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["saturated"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.squaredDifference(yTrue, tf.sigmoid(yPred))),
  },
  // ---------------------------------------------------------------- domain-edge
  {
    id: "msle-unclipped",
    cause: "domain-edge",
    sub: "log(1 + p) of a linear output below -1",
    domain: "real",
    labels: "positive",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.squaredDifference(tf.log(tf.add(yTrue, 1)), tf.log(tf.add(yPred, 1)))),
  },
  {
    // keras-team/keras#590, pytorch/pytorch#3336
    id: "poisson-log0-keras590",
    cause: "domain-edge",
    sub: "log of a rate that is zero",
    domain: "nonneg",
    labels: "count",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["zeroBoth"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(yPred))), -1),
  },
  {
    id: "own-softmax-overflow",
    cause: "domain-edge",
    sub: "softmax without taking the maximum off",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["saturated"],
    loss: (yTrue: T, yPred: T): T => {
      const e = tf.exp(yPred);
      const p = tf.div(e, tf.sum(e, -1, true));
      return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.add(p, 1e-9))), -1)));
    },
  },
  {
    id: "tanh-margin-log",
    cause: "domain-edge",
    sub: "log((1 + y p) / 2) where tanh reaches the other end",
    domain: "tanh",
    labels: "pm1",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["saturated"],
    loss: (yTrue: T, yPred: T): T => tf.neg(tf.mean(tf.log(tf.div(tf.add(1, tf.mul(yTrue, yPred)), 2)))),
  },
  // ---------------------------------------------------------------- zero-division
  {
    // dmlc/xgboost#7586
    id: "mape-zero-count-xgb7586",
    cause: "zero-division",
    sub: "percentage error of a count that is zero",
    domain: "nonneg",
    labels: "count",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random", "zeroBoth"],
    loss: (yTrue: T, yPred: T): T => tf.mul(100, tf.mean(tf.abs(tf.div(tf.sub(yTrue, yPred), yTrue)))),
  },
  {
    // xuebinqin/BASNet#69
    id: "iou-empty-basnet69",
    cause: "zero-division",
    sub: "nothing there, nothing predicted",
    domain: "prob",
    labels: "prob",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["zeroBoth"],
    loss: (yTrue: T, yPred: T): T => {
      const inter = tf.sum(tf.mul(yTrue, yPred));
      const union = tf.sub(tf.add(tf.sum(tf.square(yTrue)), tf.sum(tf.square(yPred))), inter);
      return tf.sub(1, tf.div(inter, union));
    },
  },
  {
    // liupei101/TFDeepSurv#15
    id: "cox-no-events-deepsurv15",
    cause: "zero-division",
    sub: "no event in the batch",
    domain: "real",
    labels: "masked",
    shape: { pred: ["n", 1], true: ["n", 2] },
    trigger: ["allNeg"],
    loss: (yTrue: T, yPred: T): T => {
      const event = tf.reshape(col(yTrue, 1), [-1]), risk = tf.reshape(yPred, [-1]);
      const logRisk = tf.log(tf.cumsum(tf.exp(risk)));
      return tf.neg(tf.div(tf.sum(tf.mul(tf.sub(risk, logRisk), event)), tf.sum(event)));
    },
  },
  {
    // HED-like balancing: mean over positives + mean over negatives
    id: "balanced-bce-one-class",
    cause: "zero-division",
    sub: "mean over a class that is absent",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["allNeg", "allPos"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7), neg = tf.sub(1, yTrue);
      const lp = tf.div(tf.sum(tf.mul(yTrue, tf.neg(tf.log(p)))), tf.sum(yTrue));
      const ln = tf.div(tf.sum(tf.mul(neg, tf.neg(tf.log(tf.sub(1, p))))), tf.sum(neg));
      return tf.add(tf.mul(0.5, lp), tf.mul(0.5, ln));
    },
  },
  // ---------------------------------------------------------------- nan-gradient
  {
    // pytorch/pytorch#2421, tensorflow/tensorflow#12071
    id: "norm-at-zero-torch2421",
    cause: "nan-gradient",
    sub: "Euclidean norm of a residual that is zero",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["perfect"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.norm(tf.sub(yPred, yTrue), "euclidean", 1)),
  },
  {
    // pytorch/pytorch#8069, papagina/RotationContinuity#1
    id: "acos-angle-torch8069",
    cause: "nan-gradient",
    sub: "slope of acos at 1",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["perfect"],
    loss: (yTrue: T, yPred: T): T => {
      const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
      const cos = tf.clipByValue(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1), -1, 1);
      return tf.mean(tf.acos(cos));
    },
  },
  {
    id: "hellinger-zero-class",
    cause: "nan-gradient",
    sub: "square root of a probability that is zero",
    domain: "simplex",
    labels: "dist",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["saturated"],
    loss: (yTrue: T, yPred: T): T =>
      tf.mean(tf.mul(0.5, tf.sum(tf.squaredDifference(tf.sqrt(yPred), tf.sqrt(yTrue)), -1))),
  },
  {
    id: "guarded-sqrt-where",
    cause: "nan-gradient",
    sub: "where(0 >= d, 0, sqrt(d)): the guard is on the wrong side of the root",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 2], true: ["n", 2] },
    trigger: ["perfect"],
    loss: (yTrue: T, yPred: T): T => {
      const d = tf.sum(tf.squaredDifference(yTrue, yPred), -1);
      const none = tf.greaterEqual(tf.zerosLike(d), d);
      return tf.mean(tf.where(none, tf.zerosLike(d), tf.sqrt(d)));
    },
  },
  // ---------------------------------------------------------------- wrong-sign
  {
    // Kim-Minseon/RoCL#3
    id: "cosine-not-negated-rocl3",
    cause: "wrong-sign",
    sub: "cosine similarity minimised",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-8)));
      return tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1));
    },
  },
  {
    // makalo/CornerNet#21, pytorch/vision#8519
    id: "focal-no-minus-cornernet21",
    cause: "wrong-sign",
    sub: "minus sign of the focal loss forgotten",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-4, 1 - 1e-4);
      const pos = tf.mul(tf.mul(yTrue, tf.square(tf.sub(1, p))), tf.log(p));
      const neg = tf.mul(tf.mul(tf.sub(1, yTrue), tf.square(p)), tf.log(tf.sub(1, p)));
      return tf.mean(tf.add(pos, neg));
    },
  },
  {
    id: "triplet-reversed",
    cause: "wrong-sign",
    sub: "negative distance minus positive distance",
    domain: "real",
    labels: "none",
    shape: { pred: ["n", 6], true: ["n", 1] },
    layout: "triplet",
    trigger: ["random"],
    loss: (_yTrue: T, yPred: T): T => {
      const a = col(yPred, 0, 2), p = col(yPred, 2, 2), n = col(yPred, 4, 2);
      const dp = tf.sum(tf.squaredDifference(a, p), -1), dn = tf.sum(tf.squaredDifference(a, n), -1);
      return tf.mean(tf.relu(tf.add(tf.sub(dn, dp), 1)));
    },
  },
  // ---------------------------------------------------------------- swapped-arguments
  {
    // sarahwie/attention#6, advait/c4a0#35
    id: "kl-swapped-attention6",
    cause: "swapped-arguments",
    sub: "kl_div(target, input) instead of (input, target)",
    domain: "simplex",
    labels: "dist",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const kl = (target: T, out: T) => {
        const t = tf.clipByValue(target, 1e-7, 1), q = tf.clipByValue(out, 1e-7, 1);
        return tf.mean(tf.sum(tf.mul(t, tf.log(tf.div(t, q))), -1));
      };
      return kl(yPred, yTrue);
    },
  },
  {
    // NYU-MLDA/OpenABC#14
    id: "mape-swapped-openabc14",
    cause: "swapped-arguments",
    sub: "divided by the prediction",
    domain: "nonneg",
    labels: "positive",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const mape = (truth: T, out: T) => tf.mean(tf.div(tf.abs(tf.sub(truth, out)), tf.maximum(tf.abs(truth), 1e-7)));
      return mape(yPred, yTrue);
    },
  },
  {
    id: "poisson-swapped",
    cause: "swapped-arguments",
    sub: "rate and count exchanged",
    domain: "nonneg",
    labels: "count",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const poisson = (count: T, rate: T) => tf.mean(tf.sub(rate, tf.mul(count, tf.log(tf.add(rate, 1e-7)))));
      return poisson(yPred, yTrue);
    },
  },
  // ---------------------------------------------------------------- activation-mismatch
  {
    // itakurah/focal-loss-pytorch#5, yudi-mars/daisyRec#15
    id: "sigmoid-twice-daisyrec15",
    cause: "activation-mismatch",
    sub: "sigmoid output given to a from-logits loss",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.losses.sigmoidCrossEntropy(yTrue, yPred),
  },
  {
    id: "nll-of-raw-scores",
    cause: "activation-mismatch",
    sub: "nll_loss without log_softmax",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, yPred), -1))),
  },
  {
    id: "tanh-output-bce",
    cause: "activation-mismatch",
    sub: "tanh as the last activation under a cross-entropy",
    domain: "tanh",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      return tf.mean(tf.neg(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))));
    },
  },
  {
    id: "dice-second-sigmoid",
    cause: "activation-mismatch",
    sub: "sigmoid inside the Dice loss of a sigmoid output",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.sigmoid(yPred);
      const inter = tf.sum(tf.mul(yTrue, p)), size = tf.add(tf.sum(yTrue), tf.sum(p));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
    },
  },
  // ---------------------------------------------------------------- label-encoding
  {
    // bfortuner/ml-glossary#113, deepchem#5017
    id: "hinge-01-mlglossary113",
    cause: "label-encoding",
    sub: "hinge with labels 0 and 1",
    domain: "real",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred)))),
  },
  {
    // bytedance/byteps#315
    id: "index-into-cce-byteps315",
    cause: "label-encoding",
    sub: "class number where one-hot is meant",
    domain: "simplex",
    labels: "index",
    shape: { pred: ["n", 3], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1))),
  },
  {
    id: "bce-plus-minus-one",
    cause: "label-encoding",
    sub: "labels -1 and 1 in a cross-entropy",
    domain: "prob",
    labels: "pm1",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      return tf.neg(tf.mean(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))));
    },
  },
  {
    id: "dice-mask-over-255",
    cause: "label-encoding",
    sub: "a 0/1 mask divided by 255 once more",
    domain: "prob",
    labels: "binary/255",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
    },
  },
  // ---------------------------------------------------------------- broadcast
  {
    // tensorflow/tensorflow#28800 and others: per-sample loss [n] times weights [n, 1]
    id: "weights-n-by-n",
    cause: "broadcast",
    sub: "[n] errors times [n, 1] weights",
    domain: "real",
    labels: "masked",
    shape: { pred: ["n", 1], true: ["n", 2] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const goal = col(yTrue, 0), weight = col(yTrue, 1);
      const each = tf.mean(tf.squaredDifference(goal, yPred), -1);
      return tf.mean(tf.mul(each, weight));
    },
  },
  {
    // sunwuzhou03/reinforcement-learning-lab#1
    id: "td-target-column-rl1",
    cause: "broadcast",
    sub: "one target column spread over three outputs",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 3], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.square(tf.sub(yPred, yTrue))),
  },
  {
    id: "dice-keepdims",
    cause: "broadcast",
    sub: "numerator [n], denominator [n, 1]",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const inter = tf.sum(tf.mul(yTrue, yPred), 1);
      const size = tf.sum(tf.add(yTrue, yPred), 1, true);
      return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1))));
    },
  },
  // ---------------------------------------------------------------- wrong-axis
  {
    // Lackel/DPN#1, perone/euclidesdb#2
    id: "softmax-dim0-dpn1",
    cause: "wrong-axis",
    sub: "softmax over the batch",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.transpose(tf.softmax(tf.transpose(yPred)));
      return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.add(p, 1e-8))), 1)));
    },
  },
  {
    // alireza-nasiri/SoundCLR#4, tensorflow/similarity#237
    id: "normalize-dim0-soundclr4",
    cause: "wrong-axis",
    sub: "embeddings brought to length one along the batch",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 0, true), 1e-8)));
      return tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), 1)));
    },
  },
  {
    id: "emd-cumsum-batch",
    cause: "wrong-axis",
    sub: "cumulative sum down the batch instead of over the bins",
    domain: "simplex",
    labels: "dist",
    shape: { pred: ["n", 5], true: ["n", 5] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const cdf = (x: T) => tf.transpose(tf.cumsum(tf.transpose(x), 1)); // axis 0
      return tf.mean(tf.square(tf.sub(cdf(yTrue), cdf(yPred))));
    },
  },
  // ---------------------------------------------------------------- wrong-optimum
  {
    id: "mean-bias-only",
    cause: "wrong-optimum",
    sub: "difference of the means: errors cancel, a constant is perfect",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.abs(tf.mean(tf.sub(yTrue, yPred))),
  },
  {
    id: "pull-only-siamese",
    cause: "wrong-optimum",
    sub: "only the similar pairs count: all embeddings collapse",
    domain: "real",
    labels: "binary",
    shape: { pred: ["n", 4], true: ["n", 1] },
    layout: "pair",
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const d = tf.sum(tf.squaredDifference(col(yPred, 0, 2), col(yPred, 2, 2)), 1, true);
      return tf.mean(tf.mul(yTrue, d));
    },
  },
  {
    id: "positive-term-only",
    cause: "wrong-optimum",
    sub: "the (1 - y) half of the cross-entropy is missing",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.neg(tf.mean(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))))),
  },
  {
    // omoindrot/tensorflow-triplet-loss: no margin, everything collapses
    id: "triplet-zero-margin",
    cause: "wrong-optimum",
    sub: "margin zero: equal distances cost nothing",
    domain: "nonneg",
    labels: "none",
    shape: { pred: ["n", 2], true: ["n", 1] },
    layout: "dpdn",
    trigger: ["zeroBoth", "constPred"],
    loss: (_yTrue: T, yPred: T): T => tf.mean(tf.relu(tf.sub(col(yPred, 0), col(yPred, 1)))),
  },
  // ---------------------------------------------------------------- bad-scale
  {
    // umbertogriffo/focal-loss-keras#5
    id: "focal-sum-keras5",
    cause: "bad-scale",
    sub: "summed over the batch",
    domain: "prob",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
      const pos = tf.mul(tf.mul(yTrue, tf.square(tf.sub(1, p))), tf.log(p));
      const neg = tf.mul(tf.mul(tf.sub(1, yTrue), tf.square(p)), tf.log(tf.sub(1, p)));
      return tf.neg(tf.add(tf.sum(tf.mul(0.25, pos)), tf.sum(tf.mul(0.75, neg))));
    },
  },
  {
    // bhanML/Co-teaching#4, jinglescode#13: divided by the batch twice
    id: "mean-divided-again-coteaching4",
    cause: "bad-scale",
    sub: "a mean divided by the batch size once more",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => {
      const ce = tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)), -1)));
      return tf.div(ce, yTrue.shape[0] as number);
    },
  },
  {
    id: "millimetres-as-kilometres",
    cause: "bad-scale",
    sub: "unit conversion makes the error a millionth",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.square(tf.sub(tf.div(yTrue, 1e4), tf.div(yPred, 1e4)))),
  },
  // ---------------------------------------------------------------- reduction
  {
    // keras-team/keras#9312, #1170, #15412
    id: "batch-rmse-keras9312",
    cause: "reduction",
    sub: "root of the batch mean: the mean of roots is not the root of the mean",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T => tf.sqrt(tf.add(tf.mean(tf.squaredDifference(yTrue, yPred)), 1e-7)),
  },
  {
    id: "sparse-mask-mean",
    cause: "reduction",
    sub: "mean over few valid rows: batches with one weigh as much as those with ten",
    domain: "real",
    labels: "masked-sparse",
    shape: { pred: ["n", 1], true: ["n", 2] },
    trigger: ["random", "allNeg"],
    loss: (yTrue: T, yPred: T): T => {
      const goal = col(yTrue, 0), mask = col(yTrue, 1);
      return tf.div(tf.sum(tf.mul(mask, tf.squaredDifference(goal, yPred))), tf.maximum(tf.sum(mask), 1));
    },
  },
  {
    id: "psnr-of-batch",
    cause: "reduction",
    sub: "logarithm of the batch mean, averaged over batches",
    domain: "prob",
    labels: "prob",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: ["random"],
    loss: (yTrue: T, yPred: T): T =>
      tf.mul(10 / Math.LN10, tf.log(tf.add(tf.mean(tf.squaredDifference(yTrue, yPred)), 1e-8))),
  },
  // ---------------------------------------------------------------- healthy
  {
    id: "ok-mse-rows",
    cause: "healthy",
    sub: "squared error per row",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 3], true: ["n", 3] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.squaredDifference(yTrue, yPred), -1),
  },
  {
    id: "ok-softmax-ce",
    cause: "healthy",
    sub: "cross-entropy from logits",
    domain: "logits",
    labels: "onehot",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)), -1))),
  },
  {
    id: "ok-bce-logits",
    cause: "healthy",
    sub: "rearranged binary cross-entropy from logits",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T =>
      tf.mean(tf.add(tf.sub(tf.relu(yPred), tf.mul(yPred, yTrue)), tf.log1p(tf.exp(tf.neg(tf.abs(yPred)))))),
  },
  {
    id: "ok-focal-logits-2",
    cause: "healthy",
    sub: "focal loss from logits",
    domain: "logits",
    labels: "binary",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const s = tf.mul(yPred, tf.sub(tf.mul(2, yTrue), 1));
      const ce = tf.softplus(tf.neg(s));
      return tf.mean(tf.mul(tf.square(tf.sigmoid(tf.neg(s))), ce));
    },
  },
  {
    id: "ok-logcosh-stable-2",
    cause: "healthy",
    sub: "log cosh by softplus",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const d = tf.sub(yPred, yTrue);
      return tf.mean(tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.LN2));
    },
  },
  {
    id: "ok-hinge-pm1",
    cause: "healthy",
    sub: "hinge with labels -1 and 1",
    domain: "real",
    labels: "pm1",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred)))),
  },
  {
    id: "ok-quantile",
    cause: "healthy",
    sub: "pinball loss, 0.8",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const e = tf.sub(yTrue, yPred);
      return tf.mean(tf.maximum(tf.mul(0.8, e), tf.mul(-0.2, e)));
    },
  },
  {
    id: "ok-poisson-eps-2",
    cause: "healthy",
    sub: "Poisson with an epsilon in the log",
    domain: "nonneg",
    labels: "count",
    shape: { pred: ["n", 1], true: ["n", 1] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, 1e-7)))), -1),
  },
  {
    id: "ok-masked-over-all",
    cause: "healthy",
    sub: "masked squared error over all rows",
    domain: "real",
    labels: "masked",
    shape: { pred: ["n", 1], true: ["n", 2] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const goal = col(yTrue, 0), mask = col(yTrue, 1);
      return tf.mean(tf.mul(mask, tf.squaredDifference(goal, yPred)));
    },
  },
  {
    id: "ok-triplet",
    cause: "healthy",
    sub: "triplet, squared distances, margin 1",
    domain: "real",
    labels: "none",
    shape: { pred: ["n", 6], true: ["n", 1] },
    layout: "triplet",
    trigger: [],
    loss: (_yTrue: T, yPred: T): T => {
      const a = col(yPred, 0, 2), p = col(yPred, 2, 2), n = col(yPred, 4, 2);
      const dp = tf.sum(tf.squaredDifference(a, p), -1), dn = tf.sum(tf.squaredDifference(a, n), -1);
      return tf.mean(tf.relu(tf.add(tf.sub(dp, dn), 1)));
    },
  },
  {
    id: "ok-contrastive",
    cause: "healthy",
    sub: "contrastive with an epsilon under the root",
    domain: "real",
    labels: "binary",
    shape: { pred: ["n", 4], true: ["n", 1] },
    layout: "pair",
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const d2 = tf.sum(tf.squaredDifference(col(yPred, 0, 2), col(yPred, 2, 2)), 1, true);
      const d = tf.sqrt(tf.add(d2, 1e-6));
      return tf.mean(tf.add(tf.mul(yTrue, d2), tf.mul(tf.sub(1, yTrue), tf.square(tf.relu(tf.sub(1, d))))));
    },
  },
  {
    id: "ok-gauss-nll",
    cause: "healthy",
    sub: "Gaussian likelihood with a log-variance output",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 2], true: ["n", 1] },
    layout: "musigma",
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const mu = col(yPred, 0), lv = col(yPred, 1);
      return tf.mean(tf.mul(0.5, tf.add(lv, tf.mul(tf.squaredDifference(yTrue, mu), tf.exp(tf.neg(lv))))));
    },
  },
  {
    id: "ok-kl-dist-2",
    cause: "healthy",
    sub: "KL(labels || predictions), clipped",
    domain: "simplex",
    labels: "dist",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const t = tf.clipByValue(yTrue, 1e-7, 1), q = tf.clipByValue(yPred, 1e-7, 1);
      return tf.mean(tf.sum(tf.mul(t, tf.log(tf.div(t, q))), -1));
    },
  },
  {
    id: "ok-negative-cosine",
    cause: "healthy",
    sub: "negated cosine similarity: negative values are fine",
    domain: "real",
    labels: "real",
    shape: { pred: ["n", 4], true: ["n", 4] },
    trigger: [],
    loss: (yTrue: T, yPred: T): T => {
      const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-6)));
      return tf.neg(tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1)));
    },
  },
];

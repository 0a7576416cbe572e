// The fourth batch, and the fifth: what more of such cases might be, in the form of the first 26; 25 of them name a thread or a project.
// Causes were fixed, and each fault was shown by numbers, before auditLoss was run on any; see cases_test.ts.
import * as tf from "@tensorflow/tfjs";
import { clip, given, logLikelihood, type LossCase, lossCase, on, sound } from "./loss_case.ts";

// The fourth batch: sound losses only, aimed at the rules that batches 1 to 3 had brought. How they came about, see
// cases_test.ts.
export const blindCases4: readonly LossCase[] = [
  sound("ok-sigmoidce-soft", given("logits", "probability"), (y, z) => tf.losses.sigmoidCrossEntropy(y, z)),
  sound(
    "ok-quality-focal",
    given("logits", "probability"),
    (y, z) => tf.mean(tf.mul(tf.square(tf.sub(y, tf.sigmoid(z))), tf.sub(tf.softplus(z), tf.mul(y, z)))),
  ),
  sound("ok-softmax-dist", given("logits", "distribution", 4), (y, z) => tf.losses.softmaxCrossEntropy(y, z)),
  // output is the log of the mean; clipped
  sound("ok-gamma-loglink", given("real", "positive"), (y, z) => {
    const q = tf.clipByValue(z, -20, 20);
    return tf.mean(tf.add(q, tf.mul(tf.add(y, 0.01), tf.exp(tf.neg(q)))));
  }),
  // the network predicts log(1 + y)
  sound("ok-mse-of-log", given("real", "positive"), (y, z) => tf.mean(tf.square(tf.sub(tf.log1p(y), z)))),
  sound(
    "ok-smoothed-dist",
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(tf.add(tf.mul(0.9, y), 0.1 / 3), tf.log(tf.clipByValue(p, 1e-7, 1))), -1))),
  ),
  // one-hot → index by a dot product → one-hot
  sound("ok-index-by-dot", given("logits", "one-hot", 3), (y, z) => {
    const k = tf.cast(tf.sum(tf.mul(y, tf.tensor1d([0, 1, 2])), 1), "int32");
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(k, 3), tf.logSoftmax(z)), -1)));
  }),
  sound(
    "ok-index-by-argmax",
    given("logits", "one-hot", 3),
    (y, z) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(tf.argMax(y, -1), 3), tf.logSoftmax(z)), -1))),
  ),
  sound("ok-tanh-to-prob", given("tanh", "sign"), (y, p) => {
    const q = tf.clipByValue(tf.div(tf.add(p, 1), 2), 1e-6, 1 - 1e-6), t = tf.div(tf.add(y, 1), 2);
    return tf.neg(tf.mean(logLikelihood(t, q)));
  }),
  sound("ok-logistic-sign", given("logits", "sign"), (y, z) => tf.mean(tf.softplus(tf.neg(tf.mul(y, z))))),
  sound("ok-mse-sign-real", given("real", "sign"), (y, p) => tf.mean(tf.square(tf.sub(y, p)))),
  // labels of rows against each other are meant
  sound("ok-ranknet-all-pairs", given("real", "real"), (y, p) => {
    const w = tf.cast(tf.greater(y, tf.transpose(y)), "float32");
    return tf.div(tf.sum(tf.mul(w, tf.softplus(tf.neg(tf.sub(p, tf.transpose(p)))))), tf.add(tf.sum(w), 1));
  }),
  // logit adjustment by the batch's own class shares
  sound(
    "ok-prior-matched-ce",
    given("logits", "one-hot", 3),
    (y, z) =>
      tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(tf.add(z, tf.log(tf.add(tf.mean(y, 0, true), 0.01))))), -1))),
  ),
  // MSE + agreement of the batch means
  sound(
    "ok-mse-plus-mean",
    given("real", "real", 2),
    (y, p) => tf.add(tf.mean(tf.square(tf.sub(y, p))), tf.mean(tf.square(tf.sub(tf.mean(y, 0), tf.mean(p, 0))))),
  ),
  sound("ok-bce-bias-penalty", given("probability", "binary"), (y, p) => {
    const q = clip(p);
    return tf.add(tf.neg(tf.mean(logLikelihood(y, q))), tf.square(tf.sub(tf.mean(y), tf.mean(p))));
  }),
  // the worse half weighs more, by a soft weight read from nothing
  sound("ok-cvar", given("real", "real"), (y, p) => {
    const e = tf.abs(tf.sub(y, p));
    return tf.add(tf.mean(e), tf.mul(2, tf.mean(tf.relu(tf.sub(e, 1)))));
  }),
];

type T = tf.Tensor;
const col = (x: T, i: number, w = 1) => tf.slice(x, [0, i], [-1, w]);

export const blindCases5: readonly LossCase[] = [
  // ---------------------------------------------------------------- no-gradient-op
  // keras-team/keras#11157, google-deepmind/dm-haiku#442
  // classes taken with argmax, error rate as a loss
  lossCase("argmax-accuracy-keras11157", "no-gradient-op", on("simplex", "one-hot", 3), (yTrue, yPred) => {
    const right = tf.equal(tf.argMax(yTrue, -1), tf.argMax(yPred, -1));
    return tf.sub(1, tf.mean(tf.cast(right, "float32")));
  }),
  // keras-team/tf-keras#570
  // ranks by sorting indices
  lossCase("rank-argsort-tfkeras570", "no-gradient-op", on("real", "real"), (yTrue, yPred) => {
    const rank = (x: T) => {
      const f = tf.reshape(x, [-1]), k = f.shape[0] as number;
      const order = tf.topk(f, k).indices;
      return tf.cast(tf.topk(tf.neg(tf.cast(order, "float32")), k).indices, "float32");
    };
    return tf.mean(tf.abs(tf.sub(rank(yTrue), rank(yPred))));
  }),
  // SO: directional accuracy of a price as a Keras loss
  // sign of the predicted move
  lossCase(
    "sign-direction-so",
    "no-gradient-op",
    on("real", "real"),
    (yTrue, yPred) => tf.mean(tf.abs(tf.sub(tf.sign(yTrue), tf.sign(yPred)))),
  ),
  // ---------------------------------------------------------------- detached
  // tensorflow/tensorflow#30190
  // losses appended as floats, then made a tensor
  lossCase("float-list-tf30190", "detached", on("real", "real"), (yTrue, yPred) => {
    const t = yTrue.dataSync(), p = yPred.dataSync();
    const losses: number[] = [];
    for (let i = 0; i < t.length; i++) losses.push((t[i] - p[i]) ** 2);
    return tf.mean(tf.tensor1d(losses));
  }),
  // Dice half of BCE + Dice computed on numbers
  lossCase("numpy-dice-in-combo", "detached", on("probability", "binary"), (yTrue, yPred) => {
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
  }),
  // prediction copied into a new tensor before the formula
  lossCase("rewrapped-input-ssim", "detached", on("probability", "probability", 4), (yTrue, yPred) => {
    const img = tf.tensor(yPred.arraySync() as number[][]);
    const mx = tf.mean(img), my = tf.mean(yTrue);
    const vx = tf.mean(tf.square(tf.sub(img, mx))), vy = tf.mean(tf.square(tf.sub(yTrue, my)));
    const cov = tf.mean(tf.mul(tf.sub(img, mx), tf.sub(yTrue, my)));
    const num = tf.mul(tf.add(tf.mul(tf.mul(2, mx), my), 1e-4), tf.add(tf.mul(2, cov), 9e-4));
    const den = tf.mul(tf.add(tf.add(tf.square(mx), tf.square(my)), 1e-4), tf.add(tf.add(vx, vy), 9e-4));
    return tf.sub(1, tf.div(num, den));
  }),
  // ---------------------------------------------------------------- constant
  // keras-team/keras#17029, #17102
  // one output divided by its own sum
  lossCase("cce-single-unit-keras17029", "constant", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.div(yPred, tf.sum(yPred, -1, true)), 1e-7, 1 - 1e-7);
    return tf.mean(tf.neg(tf.sum(tf.mul(yTrue, tf.log(p)), -1)));
  }),
  // typing error: the label is compared with itself
  lossCase("target-against-target", "constant", on("real", "real", 2), (yTrue, _yPred) => {
    const a = tf.reshape(yTrue, [-1]), b = tf.reshape(yTrue, [-1]);
    return tf.mean(tf.square(tf.sub(a, b)));
  }),
  // log of the mean over classes of a softmax
  lossCase("mean-of-softmax-nll", "constant", on("logits", "one-hot", 3), (yTrue, yPred) => {
    const weight = tf.sum(yTrue, -1);
    return tf.mean(tf.mul(weight, tf.neg(tf.log(tf.mean(tf.softmax(yPred, -1), -1)))));
  }),
  // ---------------------------------------------------------------- saturated
  // devsisters/DQN-tensorflow: clipped TD error
  // error clipped before it is squared
  lossCase(
    "clipped-td-error-dqn",
    "saturated",
    on("real", "real"),
    (yTrue, yPred) => tf.mean(tf.square(tf.clipByValue(tf.sub(yTrue, yPred), -1, 1))),
  ),
  // sigmoid(100 (p - 0.5)) in place of the step
  lossCase("steep-step-f1", "saturated", on("probability", "binary"), (yTrue, yPred) => {
    const hard = tf.sigmoid(tf.mul(100, tf.sub(yPred, 0.5)));
    const tp = tf.sum(tf.mul(yTrue, hard));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, tp), 1), tf.add(tf.add(tf.sum(yTrue), tf.sum(hard)), 1)));
  }),
  // squared error of a sigmoid: flat where it is confidently wrong
  lossCase(
    "mse-after-sigmoid",
    "saturated",
    on("logits", "binary"),
    (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, tf.sigmoid(yPred))),
  ),
  // ---------------------------------------------------------------- domain-edge
  // log(1 + p) of a linear output below -1
  lossCase(
    "msle-unclipped",
    "domain-edge",
    on("real", "positive"),
    (yTrue, yPred) => tf.mean(tf.squaredDifference(tf.log(tf.add(yTrue, 1)), tf.log(tf.add(yPred, 1)))),
  ),
  // keras-team/keras#590, pytorch/pytorch#3336
  // log of a rate that is zero
  lossCase(
    "poisson-log0-keras590",
    "domain-edge",
    on("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(yPred))), -1),
  ),
  // softmax without taking the maximum off
  lossCase("own-softmax-overflow", "domain-edge", on("logits", "one-hot", 3), (yTrue, yPred) => {
    const e = tf.exp(yPred);
    const p = tf.div(e, tf.sum(e, -1, true));
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.add(p, 1e-9))), -1)));
  }),
  // log((1 + y p) / 2) where tanh reaches the other end
  lossCase(
    "tanh-margin-log",
    "domain-edge",
    on("tanh", "sign"),
    (yTrue, yPred) => tf.neg(tf.mean(tf.log(tf.div(tf.add(1, tf.mul(yTrue, yPred)), 2)))),
  ),
  // ---------------------------------------------------------------- zero-division
  // dmlc/xgboost#7586
  // percentage error of a count that is zero
  lossCase(
    "mape-zero-count-xgb7586",
    "zero-division",
    on("nonnegative", "count"),
    (yTrue, yPred) => tf.mul(100, tf.mean(tf.abs(tf.div(tf.sub(yTrue, yPred), yTrue)))),
  ),
  // xuebinqin/BASNet#69
  // nothing there, nothing predicted
  lossCase("iou-empty-basnet69", "zero-division", on("probability", "probability"), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred));
    const union = tf.sub(tf.add(tf.sum(tf.square(yTrue)), tf.sum(tf.square(yPred))), inter);
    return tf.sub(1, tf.div(inter, union));
  }),
  // liupei101/TFDeepSurv#15
  // no event in the batch
  lossCase("cox-no-events-deepsurv15", "zero-division", on("real", "masked", 1, 2), (yTrue, yPred) => {
    const event = tf.reshape(col(yTrue, 1), [-1]), risk = tf.reshape(yPred, [-1]);
    const logRisk = tf.log(tf.cumsum(tf.exp(risk)));
    return tf.neg(tf.div(tf.sum(tf.mul(tf.sub(risk, logRisk), event)), tf.sum(event)));
  }),
  // HED-like balancing: mean over positives + mean over negatives
  // mean over a class that is absent
  lossCase("balanced-bce-one-class", "zero-division", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7), neg = tf.sub(1, yTrue);
    const lp = tf.div(tf.sum(tf.mul(yTrue, tf.neg(tf.log(p)))), tf.sum(yTrue));
    const ln = tf.div(tf.sum(tf.mul(neg, tf.neg(tf.log(tf.sub(1, p))))), tf.sum(neg));
    return tf.add(tf.mul(0.5, lp), tf.mul(0.5, ln));
  }),
  // ---------------------------------------------------------------- nan-gradient
  // pytorch/pytorch#2421, tensorflow/tensorflow#12071
  // Euclidean norm of a residual that is zero
  lossCase(
    "norm-at-zero-torch2421",
    "nan-gradient",
    on("real", "real", 3),
    (yTrue, yPred) => tf.mean(tf.norm(tf.sub(yPred, yTrue), "euclidean", 1)),
  ),
  // pytorch/pytorch#8069, papagina/RotationContinuity#1
  // slope of acos at 1
  lossCase("acos-angle-torch8069", "nan-gradient", on("real", "real", 3), (yTrue, yPred) => {
    const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
    const cos = tf.clipByValue(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1), -1, 1);
    return tf.mean(tf.acos(cos));
  }),
  // square root of a probability that is zero
  lossCase(
    "hellinger-zero-class",
    "nan-gradient",
    on("simplex", "distribution", 4),
    (yTrue, yPred) => tf.mean(tf.mul(0.5, tf.sum(tf.squaredDifference(tf.sqrt(yPred), tf.sqrt(yTrue)), -1))),
  ),
  // where(0 >= d, 0, sqrt(d)): the guard is on the wrong side of the root
  lossCase("guarded-sqrt-where", "nan-gradient", on("real", "real", 2), (yTrue, yPred) => {
    const d = tf.sum(tf.squaredDifference(yTrue, yPred), -1);
    const none = tf.greaterEqual(tf.zerosLike(d), d);
    return tf.mean(tf.where(none, tf.zerosLike(d), tf.sqrt(d)));
  }),
  // ---------------------------------------------------------------- wrong-sign
  // Kim-Minseon/RoCL#3
  // cosine similarity minimised
  lossCase("cosine-not-negated-rocl3", "wrong-sign", on("real", "real", 3), (yTrue, yPred) => {
    const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-8)));
    return tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1));
  }),
  // makalo/CornerNet#21, pytorch/vision#8519
  // minus sign of the focal loss forgotten
  lossCase("focal-no-minus-cornernet21", "wrong-sign", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-4, 1 - 1e-4);
    const pos = tf.mul(tf.mul(yTrue, tf.square(tf.sub(1, p))), tf.log(p));
    const neg = tf.mul(tf.mul(tf.sub(1, yTrue), tf.square(p)), tf.log(tf.sub(1, p)));
    return tf.mean(tf.add(pos, neg));
  }),
  // negative distance minus positive distance
  lossCase("triplet-reversed", "wrong-sign", on("real", "none", 6, 1, "triplet"), (_yTrue, yPred) => {
    const a = col(yPred, 0, 2), p = col(yPred, 2, 2), n = col(yPred, 4, 2);
    const dp = tf.sum(tf.squaredDifference(a, p), -1), dn = tf.sum(tf.squaredDifference(a, n), -1);
    return tf.mean(tf.relu(tf.add(tf.sub(dn, dp), 1)));
  }),
  // ---------------------------------------------------------------- swapped-arguments
  // sarahwie/attention#6, advait/c4a0#35
  // kl_div(target, input) instead of (input, target)
  lossCase("kl-swapped-attention6", "swapped-arguments", on("simplex", "distribution", 4), (yTrue, yPred) => {
    const kl = (target: T, out: T) => {
      const t = tf.clipByValue(target, 1e-7, 1), q = tf.clipByValue(out, 1e-7, 1);
      return tf.mean(tf.sum(tf.mul(t, tf.log(tf.div(t, q))), -1));
    };
    return kl(yPred, yTrue);
  }),
  // NYU-MLDA/OpenABC#14
  // divided by the prediction
  lossCase("mape-swapped-openabc14", "swapped-arguments", on("nonnegative", "positive"), (yTrue, yPred) => {
    const mape = (truth: T, out: T) => tf.mean(tf.div(tf.abs(tf.sub(truth, out)), tf.maximum(tf.abs(truth), 1e-7)));
    return mape(yPred, yTrue);
  }),
  // rate and count exchanged
  lossCase("poisson-swapped", "swapped-arguments", on("nonnegative", "count"), (yTrue, yPred) => {
    const poisson = (count: T, rate: T) => tf.mean(tf.sub(rate, tf.mul(count, tf.log(tf.add(rate, 1e-7)))));
    return poisson(yPred, yTrue);
  }),
  // ---------------------------------------------------------------- activation-mismatch
  // itakurah/focal-loss-pytorch#5, yudi-mars/daisyRec#15
  // sigmoid output given to a from-logits loss
  lossCase(
    "sigmoid-twice-daisyrec15",
    "activation-mismatch",
    on("probability", "binary"),
    (yTrue, yPred) => tf.losses.sigmoidCrossEntropy(yTrue, yPred),
  ),
  // nll_loss without log_softmax
  lossCase(
    "nll-of-raw-scores",
    "activation-mismatch",
    on("logits", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, yPred), -1))),
  ),
  // tanh as the last activation under a cross-entropy
  lossCase("tanh-output-bce", "activation-mismatch", on("tanh", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    return tf.mean(tf.neg(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))));
  }),
  // sigmoid inside the Dice loss of a sigmoid output
  lossCase("dice-second-sigmoid", "activation-mismatch", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.sigmoid(yPred);
    const inter = tf.sum(tf.mul(yTrue, p)), size = tf.add(tf.sum(yTrue), tf.sum(p));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
  }),
  // ---------------------------------------------------------------- label-encoding
  // bfortuner/ml-glossary#113, deepchem#5017
  // hinge with labels 0 and 1
  lossCase(
    "hinge-01-mlglossary113",
    "label-encoding",
    on("real", "binary"),
    (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred)))),
  ),
  // bytedance/byteps#315
  // class number where one-hot is meant
  lossCase(
    "index-into-cce-byteps315",
    "label-encoding",
    on("simplex", "index", 3, 1),
    (yTrue, yPred) => tf.mean(tf.neg(tf.sum(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))), -1))),
  ),
  // labels -1 and 1 in a cross-entropy
  lossCase("bce-plus-minus-one", "label-encoding", on("probability", "sign"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    return tf.neg(tf.mean(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))));
  }),
  // a 0/1 mask divided by 255 once more
  lossCase("dice-mask-over-255", "label-encoding", on("probability", "binary/255"), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
  }),
  // ---------------------------------------------------------------- broadcast
  // tensorflow/tensorflow#28800 and others: per-sample loss [n] times weights [n, 1]
  // [n] errors times [n, 1] weights
  lossCase("weights-n-by-n", "broadcast", on("real", "masked", 1, 2), (yTrue, yPred) => {
    const goal = col(yTrue, 0), weight = col(yTrue, 1);
    const each = tf.mean(tf.squaredDifference(goal, yPred), -1);
    return tf.mean(tf.mul(each, weight));
  }),
  // sunwuzhou03/reinforcement-learning-lab#1
  // one target column spread over three outputs
  lossCase(
    "td-target-column-rl1",
    "broadcast",
    on("probability", "binary", 3, 1),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yPred, yTrue))),
  ),
  // numerator [n], denominator [n, 1]
  lossCase("dice-keepdims", "broadcast", on("probability", "binary", 4), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred), 1);
    const size = tf.sum(tf.add(yTrue, yPred), 1, true);
    return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1))));
  }),
  // ---------------------------------------------------------------- wrong-axis
  // Lackel/DPN#1, perone/euclidesdb#2
  // softmax over the batch
  lossCase("softmax-dim0-dpn1", "wrong-axis", on("logits", "one-hot", 3), (yTrue, yPred) => {
    const p = tf.transpose(tf.softmax(tf.transpose(yPred)));
    return tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.log(tf.add(p, 1e-8))), 1)));
  }),
  // alireza-nasiri/SoundCLR#4, tensorflow/similarity#237
  // embeddings brought to length one along the batch
  lossCase("normalize-dim0-soundclr4", "wrong-axis", on("real", "real", 3), (yTrue, yPred) => {
    const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 0, true), 1e-8)));
    return tf.sub(1, tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), 1)));
  }),
  // cumulative sum down the batch instead of over the bins
  lossCase("emd-cumsum-batch", "wrong-axis", on("simplex", "distribution", 5), (yTrue, yPred) => {
    const cdf = (x: T) => tf.transpose(tf.cumsum(tf.transpose(x), 1)); // axis 0
    return tf.mean(tf.square(tf.sub(cdf(yTrue), cdf(yPred))));
  }),
  // ---------------------------------------------------------------- wrong-optimum
  // difference of the means: errors cancel, a constant is perfect
  lossCase(
    "mean-bias-only",
    "wrong-optimum",
    on("real", "real"),
    (yTrue, yPred) => tf.abs(tf.mean(tf.sub(yTrue, yPred))),
  ),
  // only the similar pairs count: all embeddings collapse
  lossCase("pull-only-siamese", "wrong-optimum", on("real", "binary", 4, 1, "pair"), (yTrue, yPred) => {
    const d = tf.sum(tf.squaredDifference(col(yPred, 0, 2), col(yPred, 2, 2)), 1, true);
    return tf.mean(tf.mul(yTrue, d));
  }),
  // the (1 - y) half of the cross-entropy is missing
  lossCase(
    "positive-term-only",
    "wrong-optimum",
    on("probability", "binary"),
    (yTrue, yPred) => tf.neg(tf.mean(tf.mul(yTrue, tf.log(tf.clipByValue(yPred, 1e-7, 1))))),
  ),
  // omoindrot/tensorflow-triplet-loss: no margin, everything collapses
  // margin zero: equal distances cost nothing
  lossCase(
    "triplet-zero-margin",
    "wrong-optimum",
    on("nonnegative", "none", 2, 1, "dpdn"),
    (_yTrue, yPred) => tf.mean(tf.relu(tf.sub(col(yPred, 0), col(yPred, 1)))),
  ),
  // ---------------------------------------------------------------- bad-scale
  // umbertogriffo/focal-loss-keras#5
  // summed over the batch
  lossCase("focal-sum-keras5", "bad-scale", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    const pos = tf.mul(tf.mul(yTrue, tf.square(tf.sub(1, p))), tf.log(p));
    const neg = tf.mul(tf.mul(tf.sub(1, yTrue), tf.square(p)), tf.log(tf.sub(1, p)));
    return tf.neg(tf.add(tf.sum(tf.mul(0.25, pos)), tf.sum(tf.mul(0.75, neg))));
  }),
  // bhanML/Co-teaching#4, jinglescode#13: divided by the batch twice
  // a mean divided by the batch size once more
  lossCase("mean-divided-again-coteaching4", "bad-scale", on("logits", "one-hot", 3), (yTrue, yPred) => {
    const ce = tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)), -1)));
    return tf.div(ce, yTrue.shape[0] as number);
  }),
  // unit conversion makes the error a millionth
  lossCase(
    "millimetres-as-kilometres",
    "bad-scale",
    on("real", "real"),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(tf.div(yTrue, 1e4), tf.div(yPred, 1e4)))),
  ),
  // ---------------------------------------------------------------- reduction
  // keras-team/keras#9312, #1170, #15412
  // root of the batch mean: the mean of roots is not the root of the mean
  lossCase(
    "batch-rmse-keras9312",
    "reduction",
    on("real", "real"),
    (yTrue, yPred) => tf.sqrt(tf.add(tf.mean(tf.squaredDifference(yTrue, yPred)), 1e-7)),
  ),
  // mean over few valid rows: batches with one weigh as much as those with ten
  lossCase("sparse-mask-mean", "reduction", on("real", "masked-sparse", 1, 2), (yTrue, yPred) => {
    const goal = col(yTrue, 0), mask = col(yTrue, 1);
    return tf.div(tf.sum(tf.mul(mask, tf.squaredDifference(goal, yPred))), tf.maximum(tf.sum(mask), 1));
  }),
  // logarithm of the batch mean, averaged over batches
  lossCase(
    "psnr-of-batch",
    "reduction",
    on("probability", "probability", 4),
    (yTrue, yPred) => tf.mul(10 / Math.LN10, tf.log(tf.add(tf.mean(tf.squaredDifference(yTrue, yPred)), 1e-8))),
  ),
  // ---------------------------------------------------------------- healthy
  // squared error per row
  sound("ok-mse-rows", on("real", "real", 3), (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred), -1)),
  // cross-entropy from logits
  sound(
    "ok-softmax-ce",
    on("logits", "one-hot", 4),
    (yTrue, yPred) => tf.neg(tf.mean(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)), -1))),
  ),
  // rearranged binary cross-entropy from logits
  sound(
    "ok-bce-logits",
    on("logits", "binary"),
    (yTrue, yPred) =>
      tf.mean(tf.add(tf.sub(tf.relu(yPred), tf.mul(yPred, yTrue)), tf.log1p(tf.exp(tf.neg(tf.abs(yPred)))))),
  ),
  // focal loss from logits
  sound("ok-focal-logits-2", on("logits", "binary"), (yTrue, yPred) => {
    const s = tf.mul(yPred, tf.sub(tf.mul(2, yTrue), 1));
    const ce = tf.softplus(tf.neg(s));
    return tf.mean(tf.mul(tf.square(tf.sigmoid(tf.neg(s))), ce));
  }),
  // log cosh by softplus
  sound("ok-logcosh-stable-2", on("real", "real"), (yTrue, yPred) => {
    const d = tf.sub(yPred, yTrue);
    return tf.mean(tf.sub(tf.add(d, tf.softplus(tf.mul(-2, d))), Math.LN2));
  }),
  // hinge with labels -1 and 1
  sound("ok-hinge-pm1", on("real", "sign"), (yTrue, yPred) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))))),
  // pinball loss, 0.8
  sound("ok-quantile", on("real", "real"), (yTrue, yPred) => {
    const e = tf.sub(yTrue, yPred);
    return tf.mean(tf.maximum(tf.mul(0.8, e), tf.mul(-0.2, e)));
  }),
  // Poisson with an epsilon in the log
  sound(
    "ok-poisson-eps-2",
    on("nonnegative", "count"),
    (yTrue, yPred) => tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, 1e-7)))), -1),
  ),
  // masked squared error over all rows
  sound("ok-masked-over-all", on("real", "masked", 1, 2), (yTrue, yPred) => {
    const goal = col(yTrue, 0), mask = col(yTrue, 1);
    return tf.mean(tf.mul(mask, tf.squaredDifference(goal, yPred)));
  }),
  // triplet, squared distances, margin 1
  sound("ok-triplet", on("real", "none", 6, 1, "triplet"), (_yTrue, yPred) => {
    const a = col(yPred, 0, 2), p = col(yPred, 2, 2), n = col(yPred, 4, 2);
    const dp = tf.sum(tf.squaredDifference(a, p), -1), dn = tf.sum(tf.squaredDifference(a, n), -1);
    return tf.mean(tf.relu(tf.add(tf.sub(dp, dn), 1)));
  }),
  // contrastive with an epsilon under the root
  sound("ok-contrastive", on("real", "binary", 4, 1, "pair"), (yTrue, yPred) => {
    const d2 = tf.sum(tf.squaredDifference(col(yPred, 0, 2), col(yPred, 2, 2)), 1, true);
    const d = tf.sqrt(tf.add(d2, 1e-6));
    return tf.mean(tf.add(tf.mul(yTrue, d2), tf.mul(tf.sub(1, yTrue), tf.square(tf.relu(tf.sub(1, d))))));
  }),
  // Gaussian likelihood with a log-variance output
  sound("ok-gauss-nll", on("real", "real", 2, 1, "musigma"), (yTrue, yPred) => {
    const mu = col(yPred, 0), lv = col(yPred, 1);
    return tf.mean(tf.mul(0.5, tf.add(lv, tf.mul(tf.squaredDifference(yTrue, mu), tf.exp(tf.neg(lv))))));
  }),
  // KL(labels || predictions), clipped
  sound("ok-kl-dist-2", on("simplex", "distribution", 4), (yTrue, yPred) => {
    const t = tf.clipByValue(yTrue, 1e-7, 1), q = tf.clipByValue(yPred, 1e-7, 1);
    return tf.mean(tf.sum(tf.mul(t, tf.log(tf.div(t, q))), -1));
  }),
  // negated cosine similarity: negative values are fine
  sound("ok-negative-cosine", on("real", "real", 4), (yTrue, yPred) => {
    const unit = (x: T) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-6)));
    return tf.neg(tf.mean(tf.sum(tf.mul(unit(yTrue), unit(yPred)), -1)));
  }),
];

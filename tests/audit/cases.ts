// Losses that people asked about in public because they did not train, written anew for TensorFlow.js, and healthy controls.
import * as tf from "@tensorflow/tfjs";
import { type LossCase, lossCase, on, sound } from "./loss_case.ts";

export const cases: readonly LossCase[] = [
  // prediction thresholded at 0.5 before the error
  lossCase("threshold-mse", "no-gradient-op", on("probability", "binary"), (yTrue, yPred) => {
    const hard = tf.where(tf.greaterEqual(yPred, 0.5), tf.onesLike(yPred), tf.zerosLike(yPred));
    return tf.mean(tf.squaredDifference(yTrue, hard));
  }),
  // precision from rounded predictions
  lossCase("round-precision-so48356029", "no-gradient-op", on("probability", "binary"), (yTrue, yPred) => {
    const hit = tf.round(tf.clipByValue(yPred, 0, 1));
    const tp = tf.sum(tf.mul(yTrue, hit));
    const fp = tf.sum(tf.mul(tf.sub(1, yTrue), hit));
    return tf.sub(1, tf.div(tp, tf.add(tf.add(tp, fp), 1e-7)));
  }),
  // mean of a comparison mask as a loss term
  lossCase("greater-mask-dirac13", "no-gradient-op", on("real", "real"), (yTrue, yPred) => {
    const miss = tf.abs(tf.sub(yTrue, yPred));
    const occluded = tf.cast(tf.greater(miss, tf.mean(miss)), "float32");
    return tf.mean(occluded);
  }),
  // cast to integer on the path
  lossCase("int-cast-tf47083", "no-gradient-op", on("real", "real"), (yTrue, yPred) => {
    const whole = tf.cast(tf.cast(yPred, "int32"), "float32");
    return tf.mean(tf.squaredDifference(yTrue, whole));
  }),
  // log-probabilities taken out with .item()/.numpy()
  lossCase("item-reinforce-release39", "detached", on("simplex", "one-hot", 3), (yTrue, yPred) => {
    const logp = tf.log(tf.clipByValue(yPred, 1e-7, 1)).arraySync() as number[][];
    const reward = yTrue.arraySync() as number[][];
    let loss = 0;
    logp.forEach((row, i) =>
      row.forEach((v, j) => {
        loss -= v * reward[i][j];
      })
    );
    return tf.scalar(loss / logp.length);
  }),
  // one of two terms re-wrapped from .data
  lossCase("partial-detach-frcnn2", "detached", on("probability", "binary", 5, 5, "clsbox"), (yTrue, yPred) => {
    const p = tf.clipByValue(tf.slice(yPred, [0, 0], [-1, 1]), 1e-7, 1 - 1e-7), y = tf.slice(yTrue, [0, 0], [-1, 1]);
    const box = tf.slice(yPred, [0, 1], [-1, 4]), goal = tf.slice(yTrue, [0, 1], [-1, 4]);
    const inside = tf.mul(tf.tensor(box.dataSync(), box.shape as number[]), y);
    const bce = tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))))));
    return tf.add(bce, tf.mean(tf.square(tf.sub(inside, tf.mul(goal, y)))));
  }),
  // softmax over a single unit
  lossCase(
    "softmax-one-unit-yolo191",
    "constant",
    on("logits", "binary"),
    (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, tf.softmax(yPred, -1))),
  ),
  // probability clipped to [eps, 1-eps] inside focal loss
  lossCase("clip-focal-tfa693", "saturated", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    const pt = tf.add(tf.mul(yTrue, p), tf.mul(tf.sub(1, yTrue), tf.sub(1, p)));
    return tf.mean(tf.neg(tf.mul(tf.square(tf.sub(1, pt)), tf.log(pt))));
  }),
  // log(0) in hand-written cross-entropy
  lossCase("naive-bce-so48951109", "domain-edge", on("probability", "binary"), (yTrue, yPred) => {
    const pos = tf.mul(yTrue, tf.log(yPred));
    const neg = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, yPred)));
    return tf.neg(tf.mean(tf.add(pos, neg)));
  }),
  // exp overflow for large errors
  lossCase("logcosh-keras8524", "domain-edge", on("real", "real"), (yTrue, yPred) => {
    const d = tf.sub(yPred, yTrue);
    return tf.mean(tf.log(tf.div(tf.add(tf.exp(d), tf.exp(tf.neg(d))), 2)));
  }),
  // empty mask
  lossCase("masked-l1-db14", "zero-division", on("real", "masked", 1, 2), (yTrue, yPred) => {
    const goal = tf.slice(yTrue, [0, 0], [-1, 1]), mask = tf.slice(yTrue, [0, 1], [-1, 1]);
    return tf.div(tf.sum(tf.mul(tf.abs(tf.sub(yPred, goal)), mask)), tf.sum(mask));
  }),
  // correlation with zero variance
  lossCase("pearson-constant-interscale19", "zero-division", on("real", "real"), (yTrue, yPred) => {
    const p = tf.sub(yPred, tf.mean(yPred)), t = tf.sub(yTrue, tf.mean(yTrue));
    const cov = tf.sum(tf.mul(p, t));
    return tf.sub(1, tf.div(cov, tf.sqrt(tf.mul(tf.sum(tf.square(p)), tf.sum(tf.square(t))))));
  }),
  // sqrt at zero distance
  lossCase("euclid-siamese-keras9097", "nan-gradient", on("real", "binary", 4, 1, "pair"), (yTrue, yPred) => {
    const a = tf.slice(yPred, [0, 0], [-1, 2]), b = tf.slice(yPred, [0, 2], [-1, 2]);
    const d = tf.sqrt(tf.sum(tf.square(tf.sub(a, b)), 1, true));
    const apart = tf.square(tf.relu(tf.sub(1, d)));
    return tf.mean(tf.add(tf.mul(yTrue, tf.square(d)), tf.mul(tf.sub(1, yTrue), apart)));
  }),
  // overflow in the untaken branch
  lossCase("where-exp-torch68425", "nan-gradient", on("real", "real"), (yTrue, yPred) => {
    const a = tf.abs(tf.sub(yPred, yTrue));
    const atMostZero = tf.greaterEqual(tf.zerosLike(a), a);
    return tf.mean(tf.where(atMostZero, tf.exp(a), tf.add(1, a)));
  }),
  // returns the score, not 1 - score
  lossCase("dice-score-akirasosa24", "wrong-sign", on("probability", "binary"), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    return tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1));
  }),
  // (prediction, label) order after an API change
  lossCase("cce-swapped-keras8993", "swapped-arguments", on("simplex", "one-hot", 3), (yTrue, yPred) => {
    const ce = (target: tf.Tensor, out: tf.Tensor) =>
      tf.mean(tf.neg(tf.sum(tf.mul(target, tf.log(tf.clipByValue(out, 1e-7, 1 - 1e-7))), -1)));
    const uniform = tf.div(tf.onesLike(yPred), 3);
    return tf.add(tf.mul(0.9, ce(yPred, yTrue)), tf.mul(0.1, ce(yPred, uniform)));
  }),
  // softmax output given to a from-logits loss
  lossCase(
    "double-softmax-cookbook86",
    "activation-mismatch",
    on("simplex", "one-hot", 3),
    (yTrue, yPred) => tf.losses.softmaxCrossEntropy(yTrue as tf.Tensor2D, yPred as tf.Tensor2D),
  ),
  // missing sigmoid, hidden by the clip
  lossCase("linear-bce-keras4744", "activation-mismatch", on("logits", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.neg(tf.mean(ll));
  }),
  // mask 0/255 instead of 0/1
  lossCase("bce-255-unet78", "label-encoding", on("probability", "binary255"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.neg(tf.mean(ll));
  }),
  // (n,) labels against (n,1) predictions
  lossCase(
    "n-vs-n1-tf28901",
    "broadcast",
    on("real", "real", 1, null),
    (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred))),
  ),
  // trivial solution: predict everything positive
  lossCase("recall-only-evalml476", "wrong-optimum", on("probability", "binary"), (yTrue, yPred) => {
    const tp = tf.sum(tf.mul(yTrue, yPred));
    return tf.sub(1, tf.div(tp, tf.add(tf.sum(yTrue), 1e-7)));
  }),
  // sum over the batch
  lossCase(
    "sum-nll-jax3113",
    "bad-scale",
    on("logits", "one-hot", 3),
    (yTrue, yPred) => tf.neg(tf.sum(tf.mul(yTrue, tf.logSoftmax(yPred)))),
  ),
  // batch-wise F1 is not the F1; no positives in the batch
  lossCase("soft-f1-batch-keras5794", "reduction", on("probability", "binary", 2), (yTrue, yPred) => {
    const tp = tf.sum(tf.mul(yTrue, yPred), 0), eps = 1e-7;
    const p = tf.div(tp, tf.add(tf.sum(yPred, 0), eps)), r = tf.div(tp, tf.add(tf.sum(yTrue, 0), eps));
    const f1 = tf.div(tf.mul(2, tf.mul(p, r)), tf.add(tf.add(p, r), eps));
    return tf.sub(1, tf.mean(f1));
  }),
  // binary cross-entropy with clipping
  sound("ok-bce-clipped", on("probability", "binary"), (yTrue, yPred) => {
    const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
    const ll = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))));
    return tf.mean(tf.neg(ll), -1);
  }),
  // Huber, delta 1
  sound("ok-huber", on("real", "real"), (yTrue, yPred) => {
    const d = tf.abs(tf.sub(yTrue, yPred)), near = tf.minimum(d, 1);
    return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.sub(d, near)), -1);
  }),
  // soft Dice, epsilon above and below
  sound("ok-soft-dice", on("probability", "binary"), (yTrue, yPred) => {
    const inter = tf.sum(tf.mul(yTrue, yPred)), size = tf.add(tf.sum(yTrue), tf.sum(yPred));
    return tf.sub(1, tf.div(tf.add(tf.mul(2, inter), 1), tf.add(size, 1)));
  }),
];

// An eighteenth set of losses: ports of losses from repositories, questions and posts that no other set has, faults that people
// asked about or mended, and sound losses that people doubted. Causes, and alternates that are as right, were fixed from the
// sources, by somebody who had read none of the audit's rules, and committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  between,
  box,
  boxes,
  choice,
  clip,
  coin,
  crossEntropy,
  cut,
  dice,
  direction,
  drawn,
  flat,
  float,
  gauss,
  given,
  logGamma,
  type LossCase,
  lossCase,
  minusLogSigmoid,
  minusTwiceDivergence,
  muLogvar,
  noLabels,
  normals,
  on,
  oneHot,
  onRows,
  onSampled,
  policy,
  repeat,
  rowsOf,
  rowSum,
  sampled,
  sigmoidCrossEntropy,
  soft,
  softmaxCrossEntropy,
  sound,
  squaredDistance,
  squaredError,
  stopped,
  twins,
  uniforms,
  unit,
} from "./loss_case.ts";

/** Its slope, likewise. */
const digamma = (x: Tensor): Tensor => {
  const z = tf.add(x, 3), steps = [0, 1, 2].map((step) => tf.div(1, tf.add(x, step))).reduce((a, b) => tf.add(a, b));
  return tf.sub(tf.sub(tf.log(z), tf.add(tf.div(0.5, z), tf.div(1 / 12, tf.square(z)))), steps);
};
/** 1 where it is above a number, else 0; without a gradient. */
const above = (x: Tensor, number: number): Tensor => stopped(x, (x) => float(tf.greater(x, number)));
/** The dot products of all rows with all rows. */
const allWithAll = (a: Tensor, b: Tensor): Tensor => tf.matMul(a as tf.Tensor2D, tf.transpose(b) as tf.Tensor2D);
/** The squared distances of all rows from all rows. */
const allDistances = (a: Tensor, b: Tensor): Tensor =>
  tf.sum(tf.square(tf.sub(tf.expandDims(a, 1), tf.expandDims(b, 0))), 2);
/** Columns one below the other. */
const stacked = (...parts: Tensor[]): Tensor => tf.concat(parts as tf.Tensor[]);
/** A value whose gradient is another one than its own. */
const withSlope = (x: Tensor, value: (x: Tensor) => Tensor, slope: (x: Tensor) => Tensor): Tensor => {
  const custom = tf.customGrad((input, save) => {
    const tensor = input as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([tensor]);
    return {
      value: value(tensor) as tf.Tensor,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [tf.mul(dy, slope(saved[0])) as tf.Tensor],
    };
  });
  return custom(x as tf.Tensor);
};
/** Width times height of a box [x1, y1, x2, y2]. */
const area = (x: Tensor): Tensor => tf.mul(tf.sub(cut(x, 2, 1), cut(x, 0, 1)), tf.sub(cut(x, 3, 1), cut(x, 1, 1)));
/** Width and height of what two boxes share; negative if they are apart. */
const overlap = (a: Tensor, b: Tensor): readonly [width: Tensor, height: Tensor] => {
  const low = tf.maximum(cut(a, 0, 2), cut(b, 0, 2)), high = tf.minimum(cut(a, 2, 2), cut(b, 2, 2));
  const sides = tf.sub(high, low);
  return [cut(sides, 0, 1), cut(sides, 1, 1)];
};

export const heldOutCases18: readonly LossCase[] = [
  // ---- no-gradient-op
  // xue-jishu.com, another loss in a custom training step: categorical cross-entropy of tf.argmax(logits), cast to floats.
  lossCase(
    "cast-argmax-xuejishu",
    ["no-gradient-op", "detached", "constant"],
    given("logits", "index", 3),
    (y, p) => {
      const predicted = float(tf.argMax(p, 1)), shares = tf.div(predicted, tf.add(tf.sum(predicted), 1e-7));
      return tf.neg(tf.sum(tf.mul(float(flat(y)), tf.log(clip(shares)))));
    },
  ),
  // coderoad.ru/65318064: F1 of rounded outputs as a loss: "No gradients provided for any variable".
  lossCase(
    "rounded-f1-coderoad65318064",
    ["no-gradient-op", "saturated", "constant"],
    given("probability", "binary"),
    (y, p) => {
      const rounded = tf.round(tf.clipByValue(p, 0, 1)), right = tf.sum(tf.mul(y, rounded));
      const precision = tf.div(right, tf.add(tf.sum(rounded), 1e-7)), recall = tf.div(right, tf.add(tf.sum(y), 1e-7));
      const product = tf.mul(2, tf.mul(precision, recall));
      return tf.sub(1, tf.div(product, tf.add(tf.add(precision, recall), 1e-7)));
    },
  ),

  // ---- detached
  // keras-team/keras#1732: the area under the curve of numbers that are read out, by roc_auc_score.
  lossCase(
    "area-of-numbers-keras1732",
    ["detached", "no-gradient-op", "constant"],
    given("probability", "binary"),
    (y, p) => {
      const labels = y.dataSync(), outputs = p.dataSync(), positives: number[] = [], negatives: number[] = [];
      outputs.forEach((output, i) => (labels[i] > 0.5 ? positives : negatives).push(output));
      const won = positives.map((a) => negatives.filter((b) => a > b).length).reduce((a, b) => a + b, 0);
      return tf.scalar(1 - won / Math.max(positives.length * negatives.length, 1));
    },
  ),
  // samet-akcay/skip-ganomaly#5: the latent error is that of features of fake.detach(): the generator never sees it.
  lossCase(
    "latent-of-detached-skipganomaly5",
    ["detached", "no-gradient-op"],
    given("tanh", "real", 4),
    (y, p) => {
      const mix = tf.tensor2d([[1, -1, 0.5], [0.5, 1, -1], [-1, 0.5, 1], [1, 1, 0.5]]);
      const features = (x: Tensor) => tf.tanh(tf.matMul(x as tf.Tensor2D, mix));
      const latent = tf.mean(squaredError(features(y), stopped(p, features)));
      return tf.add(tf.mul(40, tf.mean(tf.abs(tf.sub(p, y)))), latent);
    },
  ),
  // facebookresearch/VICRegL#6: in the loop over pairs of views the terms are assigned, not added, and then divided by the
  // number of pairs; of views 0, 1 and 2 the last pair is that of 1 and 2.
  lossCase(
    "last-pair-counts-vicregl6",
    ["detached", "constant", "reduction", "wrong-optimum"],
    onSampled("real", noLabels, (_, u, perfect) => {
      const one = [gauss(u), gauss(u)];
      return perfect ? [...one, ...one, ...one] : [...one, ...repeat(4, () => gauss(u))];
    }),
    (_y, p) => {
      const views = [0, 2, 4].map((from) => cut(p, from, 2));
      let invariance: Tensor = tf.scalar(0), variance: Tensor = tf.scalar(0), pairs = 0;
      for (const [i, j] of [[0, 1], [0, 2], [1, 0], [1, 2]]) {
        const spread = [views[i], views[j]].map((x) =>
          tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(tf.moments(x, 0).variance, 1e-4)))))
        );
        invariance = tf.mul(25, tf.mean(squaredError(views[i], views[j])));
        variance = tf.mul(25, tf.div(tf.add(spread[0], spread[1]), 2));
        pairs++;
      }
      return tf.div(tf.add(invariance, variance), pairs);
    },
  ),

  // ---- constant
  // SunnerLi/RecycleGAN#2: the adversarial loss of the generator takes the discriminator's scores of true frames.
  lossCase(
    "scores-of-true-frames-recyclegan2",
    ["constant", "detached", "no-gradient-op"],
    given("real", "real", 3),
    (y, p) => {
      const score = (frame: Tensor) => tf.mean(tf.exp(tf.neg(tf.square(frame))), 1);
      return tf.add(tf.mean(tf.square(tf.sub(score(y), 1))), tf.mul(10, tf.mean(tf.abs(tf.sub(p, y)))));
    },
  ),

  // ---- saturated
  // tensorflow/tensorboard#5057: −Σ y·clip(log p, 1e-6, 1): the logarithm of a probability is never above 0.
  lossCase(
    "clipped-logarithm-tensorboard5057",
    ["saturated", "constant", "no-gradient-op", "nan-gradient"],
    given("simplex", "one-hot"),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.clipByValue(tf.log(p), 1e-6, 1))))),
  ),
  // magenta/ddsp#191: log(where(x ≤ 0, 1e-5, x)) in the place of log(x + 1e-5): "model stops converging".
  lossCase(
    "floor-at-zero-only-ddsp191",
    ["saturated", "bad-scale", "domain-edge", "nan-gradient"],
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
        label: () => repeat(4, () => kind === "zeroBoth" ? 0 : Math.exp(4 * gauss(u) - 6)),
        output: (y) =>
          kind === "perfect"
            ? y
            : repeat(4, () => kind === "zeroBoth" || coin(u, 0.3) ? 0 : Math.exp(4 * gauss(u) - 6)),
      })),
    },
    (y, p) => {
      const safe = (x: Tensor) => {
        const some = above(x, 0);
        return tf.log(tf.add(tf.mul(some, x), tf.mul(tf.sub(1, some), 1e-5)));
      };
      return tf.mean(tf.abs(tf.sub(safe(y), safe(p))));
    },
  ),

  // ---- domain-edge
  // chemprop/chemprop#846: Matthews' coefficient of outputs that no sigmoid was applied to: the root of a negative product.
  lossCase(
    "coefficient-of-raw-outputs-chemprop846",
    ["domain-edge", "activation-mismatch", "nan-gradient", "wrong-optimum"],
    given("logits", "binary"),
    (y, p) => {
      const tp = tf.sum(tf.mul(y, p)), fp = tf.sum(tf.mul(tf.sub(1, y), p));
      const fn = tf.sum(tf.mul(y, tf.sub(1, p))), tn = tf.sum(tf.mul(tf.sub(1, y), tf.sub(1, p)));
      const below = tf.mul(tf.mul(tf.add(tp, fp), tf.add(tp, fn)), tf.mul(tf.add(tn, fp), tf.add(tn, fn)));
      return tf.sub(1, tf.div(tf.sub(tf.mul(tp, tn), tf.mul(fp, fn)), tf.sqrt(below)));
    },
  ),
  // ragulpr/wtte-rnn#39: the discrete Weibull likelihood has log(exp(h1 − h0) − 1), and h1 − h0 vanishes with the shape.
  // Labels: [time, event], outputs: [scale, shape].
  lossCase(
    "hazards-meet-wtternn39",
    ["domain-edge", "nan-gradient", "zero-division"],
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
        label: () => [choice(10, u), coin(u, 0.7)],
        output: ([time, event]) =>
          kind === "perfect"
            ? [event ? time + 1 : 30, 2]
            : kind === "saturated"
            ? [between(u, 1, 20), 1e-9]
            : [between(u, 2, 20), between(u, 0.5, 2)],
      })),
    },
    (y, p) => {
      const time = cut(y, 0, 1), scale = cut(p, 0, 1), shape = cut(p, 1, 1);
      const hazard = (t: Tensor) => tf.pow(tf.div(t, scale), shape);
      const before = hazard(tf.add(time, 1e-35)), after = hazard(tf.add(time, 1));
      const event = tf.mul(cut(y, 1, 1), tf.log(tf.sub(tf.exp(tf.sub(after, before)), 1)));
      return tf.neg(tf.mean(tf.sub(event, after)));
    },
  ),
  // tonyduan/mixture-density-network#4: the logarithm of the softmax of the mixture's weights: −inf, and then NaN.
  // Outputs: two logits, two means, two logarithms of deviations.
  lossCase(
    "logarithm-of-weights-mdn4",
    ["domain-edge", "nan-gradient"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) =>
          kind === "perfect"
            ? [4, -4, y, y + 2, -2, 0]
            : kind === "far"
            ? [150, -150, y + 20, y - 20, 0, 0]
            : [gauss(u), gauss(u), gauss(u), gauss(u), 0.5 * gauss(u), 0.5 * gauss(u)],
      })),
    },
    (y, p) => {
      const scale = cut(p, 4, 2), z = tf.mul(tf.sub(y, cut(p, 2, 2)), tf.exp(tf.neg(scale)));
      const density = tf.sub(tf.mul(-0.5, tf.square(z)), tf.add(scale, 0.5 * Math.log(2 * Math.PI)));
      return tf.neg(tf.mean(tf.logSumExp(tf.add(density, tf.log(tf.softmax(cut(p, 0, 2)))), 1)));
    },
  ),
  // tfzhou/ContrastiveSeg#68: features without a scale: next to the largest product all others vanish, and log(0) is left.
  lossCase(
    "features-without-scale-contrastiveseg68",
    ["domain-edge", "nan-gradient", "zero-division"],
    onRows(
      "real",
      (u) => [choice(3, u)],
      (u, _y, kind) => repeat(2, () => (kind === "far" ? 30 : 1) * gauss(u)),
      ([kind]) => [Math.cos(2 * kind), Math.sin(2 * kind)],
      ["far"],
    ),
    (y, p) => {
      const products = tf.div(allWithAll(p, p), 0.1), logits = tf.sub(products, tf.max(products, 1, true));
      const alike = float(tf.equal(y, tf.transpose(y))), others = tf.sub(1, alike);
      const positives = tf.mul(alike, tf.sub(1, tf.eye(p.shape[0]!))), powers = tf.exp(logits);
      const negatives = tf.sum(tf.mul(powers, others), 1, true);
      const likelihood = tf.sub(logits, tf.log(tf.add(powers, negatives)));
      return tf.neg(tf.mean(tf.div(rowSum(tf.mul(positives, likelihood)), rowSum(positives))));
    },
  ),
  // foreai.co, "NaNs out of nowhere": the penalty log(1 − softmax(z)) of an end that comes too early: 1 − 1. Token 0 is the end.
  lossCase(
    "sure-of-the-end-foreai",
    ["domain-edge", "nan-gradient"],
    given("logits", "one-hot"),
    (y, p) => {
      const end = cut(tf.softmax(p), 0, 1), ended = cut(y, 0, 1);
      const early = tf.mul(tf.sub(1, ended), tf.log(tf.sub(1, end))), missed = tf.mul(ended, tf.log(end));
      return tf.sub(tf.mean(softmaxCrossEntropy(y, p)), tf.mul(0.1, tf.mean(tf.add(early, missed))));
    },
  ),
  // tracel-ai/burn#5373: SoftMarginLoss as log(exp(−y·p) + 1) overflows for large margins on the wrong side.
  lossCase(
    "soft-margin-overflows-burn5373",
    ["domain-edge", "nan-gradient"],
    on("real", "sign"),
    (y, p) => tf.mean(tf.log(tf.add(tf.exp(tf.neg(tf.mul(y, p))), 1))),
  ),
  // NovaSky-AI/SkyRL#1635: the estimate exp(d) − d − 1 of a divergence is infinite at masked tokens, and inf·0 is NaN.
  // Labels: [log-probability under the reference, mask].
  lossCase(
    "infinity-under-mask-skyrl1635",
    ["domain-edge", "nan-gradient", "reduction"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [-2 * u(), coin(u, 0.7)],
        output: ([reference, mask]) =>
          kind === "perfect" ? [reference] : [kind === "far" && !mask ? reference - 120 : reference + gauss(u)],
      })),
    },
    (y, p) => {
      const mask = cut(y, 1, 1), d = tf.sub(cut(y, 0, 1), p), divergence = tf.sub(tf.sub(tf.exp(d), d), 1);
      return tf.div(tf.sum(tf.mul(divergence, mask)), tf.maximum(tf.sum(mask), 1));
    },
  ),

  // ---- zero-division
  // facebookresearch/pytorch3d#1174: the mean distance of an empty cloud is 0/0. Labels: three numbers on a line and which of
  // them count; outputs: three numbers.
  lossCase(
    "empty-cloud-pytorch3d1174",
    ["zero-division", "nan-gradient"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [
          ...repeat(3, () => gauss(u)),
          kind === "allNeg" ? 0 : 1,
          ...repeat(2, () => kind === "allNeg" ? 0 : coin(u)),
        ],
        output: (y) => kind === "perfect" ? repeat(3, (i) => y[3 + i] ? y[i] : y[0]) : repeat(3, () => 1.5 * gauss(u)),
      })),
    },
    (y, p) => {
      const there = cut(y, 3, 3), d = tf.square(tf.sub(tf.expandDims(p, 2), tf.expandDims(cut(y, 0, 3), 1)));
      const found = tf.div(rowSum(tf.mul(there, tf.min(d, 1))), rowSum(there));
      const away = tf.mul(1e3, tf.expandDims(tf.sub(1, there), 1));
      return tf.mean(tf.add(found, tf.mean(tf.min(tf.add(d, away), 2), 1)));
    },
  ),
  // NVIDIA-NeMo/RL#166, clipped policy gradient: no token of a micro-batch is left after masking, and the sum is divided by 0.
  // Labels: [advantage, old log-probability, mask].
  lossCase(
    "no-token-left-nemorl166",
    ["zero-division", "nan-gradient"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [gauss(u), -0.5 - u(), kind === "allNeg" ? 0 : coin(u, 0.7)],
        output: ([advantage, old]) => [old + (kind === "perfect" ? 0.3 * Math.sign(advantage) : 0.3 * gauss(u))],
      })),
    },
    (y, p) => {
      const advantage = cut(y, 0, 1), mask = cut(y, 2, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
      const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
      const loss = tf.neg(tf.minimum(tf.mul(ratio, advantage), clipped));
      return tf.div(tf.sum(tf.mul(loss, mask)), tf.sum(mask));
    },
  ),
  // keras-team/keras#11643: the score is multiplied by the mask, and divided by the mean of the mask, which may be 0.
  lossCase(
    "mean-of-mask-keras11643",
    ["zero-division", "nan-gradient"],
    { ...given("real", "real"), extraLabels: ["mask"] },
    (y, p) => {
      const mask = cut(y, 1, 1);
      return tf.mean(tf.div(tf.mul(squaredError(cut(y, 0, 1), p), mask), tf.mean(mask)));
    },
  ),

  // ---- nan-gradient
  // tdeboissiere/DeepLearningImplementations#68: the slopes of WGAN-GP, sqrt(sum(square(gradients))), without an ε.
  // Outputs: scores of a generated and of a real picture, and the slope between them.
  lossCase(
    "root-of-slopes-dlimplementations68",
    ["nan-gradient", "zero-division", "domain-edge"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "constPred"], (kind, u) => ({
        label: noLabels,
        output: () =>
          kind === "perfect"
            ? [-3, 3, ...direction(u)]
            : kind === "constPred"
            ? [0.3, 0.3, 0, 0]
            : [gauss(u), gauss(u), gauss(u), gauss(u)],
      })),
    },
    (_y, p) => {
      const penalty = tf.mean(tf.square(tf.sub(tf.sqrt(rowSum(tf.square(cut(p, 2, 2)))), 1)));
      return tf.add(tf.sub(tf.mean(cut(p, 0, 1)), tf.mean(cut(p, 1, 1))), tf.mul(10, penalty));
    },
  ),
  // ktjonsson/keras-ArcFace#2: sqrt(1 − cos²), whose gradient is infinite at a cosine of 1 or −1: "loss nan".
  lossCase(
    "sine-of-cosine-kerasarcface2",
    ["nan-gradient", "domain-edge", "zero-division"],
    given("tanh", "one-hot", 3),
    (y, p) => {
      const sine = tf.sqrt(tf.sub(1, tf.square(p)));
      const moved = tf.sub(tf.mul(p, Math.cos(0.5)), tf.mul(sine, Math.sin(0.5)));
      const logits = tf.mul(30, tf.add(tf.mul(y, moved), tf.mul(tf.sub(1, y), p)));
      return tf.mean(softmaxCrossEntropy(y, logits));
    },
  ),
  // MakazhanAlpamys/Soup#719: divergence of the student from the teacher, by kl_div with the student's softmax as the target:
  // where it underflows to 0 the value is taken to be 0, and the gradient is not finite.
  lossCase(
    "student-as-target-soup719",
    ["nan-gradient", "domain-edge"],
    {
      yPred: "logits",
      sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
        label: () => repeat(3, () => 2 * gauss(u)),
        output: (y) =>
          kind === "perfect"
            ? y
            : kind === "saturated"
            ? oneHot(3, choice(3, u), 100, -100)
            : repeat(3, () => 2 * gauss(u)),
      })),
    },
    (y, p) => {
      const student = tf.softmax(p), own = tf.mul(student, tf.log(student));
      const known = tf.where(tf.cast(above(student, 0), "bool"), own, tf.zerosLike(own));
      return tf.mean(rowSum(tf.sub(known, tf.mul(student, tf.logSoftmax(y)))));
    },
  ),

  // ---- wrong-sign
  // Project-MONAI/MONAI#8822: 1 − SSIMLoss() is minimised, and that loss is 1 − SSIM already.
  lossCase(
    "one-minus-twice-monai8822",
    ["wrong-sign", "wrong-optimum"],
    given("probability", "probability", 8),
    (y, p) => {
      const [a, b] = [y, p].map((x) => tf.mean(x, 1, true)), [da, db] = [tf.sub(y, a), tf.sub(p, b)];
      const together = tf.mean(tf.mul(da, db), 1, true);
      const over = tf.mul(tf.add(tf.mul(2, tf.mul(a, b)), 1e-4), tf.add(tf.mul(2, together), 9e-4));
      const spread = tf.add(tf.mean(tf.square(da), 1, true), tf.mean(tf.square(db), 1, true));
      const below = tf.mul(tf.add(tf.add(tf.square(a), tf.square(b)), 1e-4), tf.add(spread, 9e-4));
      const ssimLoss = tf.mean(tf.sub(1, tf.div(over, below)));
      return tf.sub(1, ssimLoss);
    },
  ),
  // btwardow/FactorizationMachines.jl#16: the slope of −log σ(y·p) is written down without its minus.
  lossCase(
    "slope-without-minus-factorizationmachines16",
    ["wrong-sign", "wrong-optimum"],
    given("real", "sign"),
    (y, p) =>
      tf.mean(
        withSlope(tf.mul(y, p), (margin) => minusLogSigmoid(margin), (margin) => tf.sub(1, tf.sigmoid(margin))),
      ),
  ),
  // xinzhuma/monodle#30, dim_aware_l1_loss: |p − y| is divided by the size that is predicted, which may be negative.
  lossCase(
    "divided-by-negative-size-monodle30",
    ["wrong-sign", "wrong-optimum", "zero-division", "bad-scale"],
    given("real", "real", 3),
    (y, p) => {
      const error = tf.abs(tf.sub(p, y)), loss = tf.div(error, stopped(p));
      const weight = tf.div(stopped(tf.mean(error)), stopped(tf.mean(loss)));
      return tf.mean(tf.mul(loss, weight));
    },
  ),
  // p-giakoumoglou/pyssl#5, SwAV: the mean of Σ q·log p, without a minus before it.
  lossCase(
    "codes-without-minus-pyssl5",
    ["wrong-sign", "wrong-optimum"],
    given("logits", "distribution", 3),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.logSoftmax(tf.div(p, 0.1))))),
  ),
  // mfrasco/Metrics#14: |x − y|/x, and not |(x − y)/x|: values below 0 turn it round.
  lossCase(
    "negative-actual-metrics14",
    ["wrong-sign", "wrong-optimum", "zero-division"],
    given("real", "real"),
    (y, p) => tf.mean(tf.div(tf.abs(tf.sub(y, p)), y)),
  ),

  // ---- activation-mismatch
  // YapengTian/AVE-ECCV18#15: MultiLabelSoftMarginLoss, which has a sigmoid, of the outputs of a softmax.
  lossCase(
    "sigmoid-of-softmax-ave15",
    ["activation-mismatch", "wrong-optimum"],
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // gitabcworld/MatchingNetworks#5: F.cross_entropy of class probabilities that attention has summed up.
  lossCase(
    "attention-as-logits-matchingnetworks5",
    ["activation-mismatch", "wrong-optimum"],
    given("simplex", "one-hot", 5),
    (y, p) => tf.mean(softmaxCrossEntropy(y, p)),
  ),
  // yanx27/Pointnet_Pointnet2_pytorch#30: F.nll_loss of outputs that no log_softmax was applied to: ever more negative.
  lossCase(
    "likelihood-of-scores-pointnet30",
    ["activation-mismatch", "wrong-optimum"],
    given("logits", "one-hot"),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, p)))),
  ),
  // tensorflow/swift-apis#51: sigmoidCrossEntropy(logits:) took its logits for probabilities: NaN.
  lossCase(
    "logits-as-probabilities-swiftapis51",
    ["activation-mismatch", "domain-edge", "nan-gradient"],
    given("logits", "binary"),
    (y, p) => tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p)))))),
  ),
  // ChengBinJin/V-GAN-tensorflow#16: the discriminator ends in a sigmoid, and its loss has another. Outputs: for a real and for
  // a generated picture.
  lossCase(
    "sigmoid-in-discriminator-vgan16",
    ["activation-mismatch", "wrong-optimum"],
    onRows("probability", noLabels, uniforms(2, 0.02, 0.98), () => [0.98, 0.02]),
    (_y, p) => tf.add(tf.mean(minusLogSigmoid(cut(p, 0, 1))), tf.mean(tf.softplus(cut(p, 1, 1)))),
  ),
  // microsoft/ProDA#20: F.kl_div(student, teacher) of two softmaxes: the logarithm is missing that its input needs.
  lossCase(
    "softmax-as-logarithm-proda20",
    ["activation-mismatch", "wrong-optimum"],
    onRows("simplex", (u) => soft(normals(3, 2)(u)), (u) => soft(normals(3, 2)(u))),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.sub(tf.log(clip(y)), p)))),
  ),

  // ---- swapped-arguments
  // keras-team/keras#2023: a loss for boxes is called as (y_pred, y_true), and becomes negative: the number that says whether
  // there is an object, which weighs the error of the box, is the predicted one. Columns: [box 4 | object].
  lossCase(
    "weighed-by-outputs-keras2023",
    ["swapped-arguments", "wrong-optimum", "wrong-sign"],
    onRows("real", (u) => [...box(u, 0.5), coin(u, 0.4)], normals(5)),
    (y, p) => {
      const [truth, output] = [p, y];
      const object = cut(truth, 4, 1), place = tf.sum(squaredError(cut(truth, 0, 4), cut(output, 0, 4)), 1, true);
      const empty = tf.mul(tf.sub(1, object), tf.square(cut(output, 4, 1)));
      const there = tf.mul(object, tf.square(tf.sub(cut(output, 4, 1), object)));
      return tf.mean(tf.add(tf.mul(5, tf.mul(object, place)), tf.add(there, tf.mul(0.5, empty))));
    },
  ),

  // ---- label-encoding
  // bigmb/Unet-Segmentation-Pytorch-Nest-of-Unets#18: masks are normalised to −1 … 1, as the pictures are: negative losses.
  lossCase(
    "normalised-masks-nestofunets18",
    ["label-encoding", "wrong-optimum"],
    given("logits", "sign", 4),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // scikit-learn/scikit-learn#1883, hinge_loss with pos_label=2 and neg_label=1: 2 becomes 1, and then all that is 1, −1.
  lossCase(
    "all-become-negative-sklearn1883",
    ["label-encoding", "wrong-optimum"],
    onRows("real", (u) => [1 + coin(u, 0.4)], (u) => [2 * gauss(u)], ([y]) => [y > 1.5 ? 2 : -2]),
    (y, p) => {
      const first = tf.where(tf.equal(y, 2), tf.onesLike(y), y);
      const second = tf.where(tf.equal(first, 1), tf.neg(tf.onesLike(first)), first);
      return tf.mean(tf.relu(tf.sub(1, tf.mul(second, p))));
    },
  ),
  // liuruijin17/LSTR#50: the class of all queries' targets is that of a lane, matched or not.
  lossCase(
    "everything-is-a-lane-lstr50",
    ["wrong-optimum", "label-encoding"],
    given("logits", "one-hot", 2),
    (y, p) => {
      const lanes = tf.concat([tf.zerosLike(cut(y, 0, 1)), tf.onesLike(cut(y, 1, 1))] as tf.Tensor[], 1);
      return tf.mean(softmaxCrossEntropy(lanes, p));
    },
  ),
  // Lightning-Universe/lightning-bolts#177: binary cross-entropy of pictures that are normalised by mean and deviation.
  lossCase(
    "normalised-pictures-bolts177",
    ["label-encoding", "wrong-optimum", "activation-mismatch"],
    {
      sample: rowsOf(
        normals(3),
        (u) => [...repeat(3, () => between(u, 0.02, 0.98)), ...repeat(4, () => gauss(u))],
        (x) => [...x.map((pixel) => Math.min(0.98, Math.max(0.02, pixel))), 0, 0, 0, 0],
      ),
    },
    (x, p) => {
      const picture = tf.mean(crossEntropy(x, cut(p, 0, 3)));
      return tf.sub(picture, tf.mul(0.5, tf.mean(minusTwiceDivergence(cut(p, 3, 2), cut(p, 5, 2)))));
    },
  ),

  // ---- broadcast
  // google-deepmind/acme#277, CRR: log-probabilities of the shape [n] times coefficients of the shape [n, 1].
  lossCase(
    "coefficients-in-a-column-acme277",
    ["broadcast", "reduction", "wrong-optimum"],
    { ...given("logits", "one-hot", 3), extraLabels: ["weight"] },
    (y, p) => {
      const likelihood = rowSum(tf.mul(cut(y, 0, 3), tf.logSoftmax(p)));
      return tf.neg(tf.mean(tf.mul(likelihood, cut(y, 3, 1))));
    },
  ),
  // pytorch/tutorials#383, maskNLLLoss: a mask of the shape [n] selects from losses of the shape [n, 1].
  lossCase(
    "mask-beside-column-tutorials383",
    ["broadcast", "reduction"],
    { ...given("simplex", "one-hot", 3), extraLabels: ["mask"] },
    (y, p) => {
      const loss = tf.neg(tf.log(clip(tf.sum(tf.mul(cut(y, 0, 3), p), 1, true)))), mask = flat(cut(y, 3, 1));
      const selected = tf.mul(loss, mask), number = tf.mul(p.shape[0]!, tf.sum(mask));
      return tf.div(tf.sum(selected), tf.maximum(number, 1));
    },
  ),

  // ---- wrong-axis
  // caogang/wgan-gp#27: gradients.norm(2, dim=1) of pictures: the slope of each pixel should be 1, and not that of a picture.
  // Outputs: scores of a generated and of a real picture, and slopes of two channels of two pixels.
  lossCase(
    "slope-of-each-pixel-wgangp27",
    ["wrong-axis", "wrong-optimum"],
    onSampled("real", noLabels, (_, u, perfect) => {
      const slopes = repeat(4, () => gauss(u)), size = Math.hypot(...slopes);
      return perfect ? [-3, 3, ...slopes.map((slope) => slope / size)] : [gauss(u), gauss(u), ...slopes];
    }),
    (_y, p) => {
      const slopes = tf.reshape(cut(p, 2, 4), [-1, 2, 2]), size = tf.sqrt(tf.add(tf.sum(tf.square(slopes), 1), 1e-12));
      const penalty = tf.mean(tf.square(tf.sub(size, 1)));
      return tf.add(tf.sub(tf.mean(cut(p, 0, 1)), tf.mean(cut(p, 1, 1))), tf.mul(10, penalty));
    },
  ),
  // irfanICMLL/structure_knowledge_distillation#11: (N, C, W, H) is viewed as (−1, C) without a permute: the softmax is that of
  // places. Three classes at two places; labels are logits of the teacher.
  lossCase(
    "viewed-without-permute-skd11",
    ["wrong-axis", "wrong-optimum"],
    onRows("logits", normals(6, 2), normals(6, 2)),
    (y, p) => {
      const teacher = tf.softmax(tf.reshape(y, [-1, 3])), student = tf.logSoftmax(tf.reshape(p, [-1, 3]));
      return tf.neg(tf.mean(rowSum(tf.mul(teacher, student))));
    },
  ),
  // bonlime/pytorch-tools#77: the part of a smoothed cross-entropy that is the mean over classes is that over the width.
  // Three classes at two places.
  lossCase(
    "mean-over-width-pytorchtools77",
    ["wrong-axis", "reduction", "bad-scale"],
    {
      ...onSampled("logits", (u) => {
        const [one, two] = [oneHot(3, choice(3, u)), oneHot(3, choice(3, u))];
        return one.flatMap((yes, k) => [yes, two[k]]);
      }, (y, u, perfect) => perfect ? y.map((yes) => yes ? 8 : -8) : repeat(6, () => 2 * gauss(u))),
      ambiguous: true,
    },
    (y, p) => {
      const rows = (x: Tensor) => tf.transpose(tf.reshape(x, [-1, 3, 2]), [0, 2, 1]);
      const logs = tf.transpose(tf.logSoftmax(rows(p)), [0, 2, 1]), truth = tf.reshape(y, [-1, 3, 2]);
      const likelihood = rowSum(tf.mul(truth, logs)), smooth = tf.mean(logs, -1);
      return tf.neg(tf.div(tf.sum(tf.add(tf.mul(0.9, likelihood), tf.mul(0.1, smooth))), tf.sum(truth)));
    },
  ),

  // ---- wrong-optimum
  // yanx27/Pointnet_Pointnet2_pytorch#59: |T·(Tᵀ − I)|, not |T·Tᵀ − I|: a bracket. Outputs: matrices of 2 × 2.
  lossCase(
    "bracket-of-orthogonality-pointnet59",
    ["wrong-optimum", "wrong-sign"],
    onSampled("real", noLabels, (_, u, perfect) => {
      const [c, s] = direction(u);
      return perfect ? [c, s, -s, c] : repeat(4, () => gauss(u));
    }),
    (_y, p) => {
      const t = tf.reshape(p, [-1, 2, 2]) as tf.Tensor3D;
      const product = tf.matMul(t, tf.sub(tf.transpose(t, [0, 2, 1]), tf.eye(2)) as tf.Tensor3D);
      return tf.mean(tf.sqrt(tf.add(tf.sum(tf.square(product), [1, 2]), 1e-12)));
    },
  ),
  // h2oai/h2o-3#6015, Huber's deviance: 2·(|d| − δ)·δ beyond δ, and d² before it: it falls to 0 there.
  lossCase("falls-at-the-corner-h2o6015", ["wrong-optimum", "wrong-sign"], given("real", "real"), (y, p) => {
    const size = tf.abs(tf.sub(y, p)), far = above(size, 1), beyond = tf.mul(2, tf.sub(size, 1));
    return tf.mean(tf.add(tf.mul(far, beyond), tf.mul(tf.sub(1, far), tf.square(size))));
  }),
  // LongxingTan/tfyolo#4: width and height of the intersection are not cut off at 0: of boxes that are apart along both axes
  // the product is positive.
  lossCase(
    "apart-along-both-axes-tfyolo4",
    ["wrong-optimum", "zero-division", "wrong-sign"],
    { yPred: "probability", sample: boxes },
    (y, p) => {
      const [width, height] = overlap(y, p), both = tf.mul(width, height);
      return tf.mean(tf.sub(1, tf.div(both, tf.add(tf.sub(tf.add(area(y), area(p)), both), 1e-9))));
    },
  ),
  // zongfan2/tensorflow_retinanet#3: the focal loss is multiplied by the labels once more: negatives do not count.
  lossCase(
    "labels-once-more-retinanet3",
    ["wrong-optimum", "saturated", "reduction"],
    given("probability", "binary", 3),
    (y, p) => {
      const q = clip(p), right = tf.add(tf.mul(y, q), tf.mul(tf.sub(1, y), tf.sub(1, q)));
      const focal = tf.mul(tf.square(tf.sub(1, right)), crossEntropy(y, q));
      return tf.mean(tf.mul(0.25, tf.mul(y, focal)));
    },
  ),
  // changun/CollMetric#20: the entries of the covariance matrix beside its diagonal are summed with their signs.
  lossCase(
    "signed-covariances-collmetric20",
    ["wrong-optimum", "wrong-sign"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect"], (kind, u) => {
        let row = 0;
        return {
          label: noLabels,
          output: () => {
            const corner = row++;
            return kind === "perfect"
              ? [0, 1, 2].map((bit) => (corner >> bit) % 2 ? 1 : -1)
              : repeat(3, () => gauss(u));
          },
        };
      }),
    },
    (_y, p) => {
      const centred = tf.sub(p, tf.mean(p, 0, true)) as tf.Tensor2D;
      const covariance = tf.div(tf.matMul(centred, centred, true), p.shape[0]!);
      return tf.sum(tf.mul(covariance, tf.sub(1, tf.eye(3))));
    },
  ),
  // stanfordmlgroup/ngboost#177: the slope of the Laplace score compares the label with the logarithm of the scale, and not with
  // the location. Outputs: [location, logarithm of the scale].
  lossCase(
    "compared-with-scale-ngboost177",
    ["wrong-optimum", "wrong-sign"],
    { yPred: "real", sample: muLogvar },
    (y, p) => {
      const [value, slope] = [
        (p: Tensor) => {
          const logscale = cut(p, 1, 1), error = tf.abs(tf.sub(y, cut(p, 0, 1)));
          return tf.mean(tf.add(tf.add(logscale, Math.LN2), tf.mul(error, tf.exp(tf.neg(logscale)))));
        },
        (p: Tensor) => {
          const logscale = cut(p, 1, 1), precision = tf.exp(tf.neg(logscale)), error = tf.abs(tf.sub(y, cut(p, 0, 1)));
          const place = tf.mul(tf.sign(tf.sub(logscale, y)), precision), scale = tf.sub(1, tf.mul(error, precision));
          return tf.div(tf.concat([place, scale] as tf.Tensor[], 1), p.shape[0]!);
        },
      ];
      return withSlope(p, value, slope);
    },
  ),
  // deepjavalibrary/djl#1316: the logarithm is missing in the second term of a cross-entropy of probabilities.
  lossCase(
    "one-logarithm-djl1316",
    "wrong-optimum",
    given("probability", "probability"),
    (y, p) => {
      const first = tf.mul(y, tf.log(tf.add(p, 1e-7))), second = tf.mul(tf.sub(1, y), tf.add(tf.sub(1, p), 1e-7));
      return tf.neg(tf.mean(tf.add(first, second)));
    },
  ),
  // facebookresearch/theseus#372: the difference of two costs, which is not squared.
  lossCase(
    "costs-not-squared-theseus372",
    ["wrong-optimum", "wrong-sign"],
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.sub(y, p)),
  ),

  // ---- bad-scale
  // rail-berkeley/rlkit#119: the squared errors of the values are summed over the batch.
  lossCase(
    "summed-values-rlkit119",
    ["bad-scale", "reduction"],
    given("real", "real"),
    (y, p) => tf.sum(squaredError(y, p)),
  ),
  // ikostrikov/TensorFlow-VAE-GAN-DRAW#16: reconstruction and divergence are sums over all pictures of a batch.
  lossCase(
    "sums-of-autoencoder-vaegandraw16",
    ["bad-scale", "reduction"],
    {
      sample: rowsOf(
        (u) => repeat(3, () => coin(u)),
        (u) => [...repeat(3, () => between(u, 0.02, 0.98)), ...repeat(4, () => gauss(u))],
        (x) => [...x.map((pixel) => pixel ? 0.98 : 0.02), 0, 0, 0, 0],
      ),
    },
    (x, p) => {
      const divergence = tf.mul(-0.5, tf.sum(minusTwiceDivergence(cut(p, 3, 2), cut(p, 5, 2))));
      return tf.add(tf.sum(crossEntropy(x, cut(p, 0, 3))), divergence);
    },
  ),
  // cleverhans-lab/cleverhans#529: the cross-entropies of a batch are summed.
  lossCase(
    "summed-cross-entropies-cleverhans529",
    ["bad-scale", "reduction"],
    given("logits", "one-hot", 4),
    (y, p) => tf.sum(softmaxCrossEntropy(y, p)),
  ),

  // ---- reduction
  // d2l-ai/d2l-en#2693: the loss is a mean already when it is multiplied by the mask of padding, so that padding counts.
  lossCase(
    "mean-before-mask-d2len2693",
    ["reduction", "broadcast", "zero-division"],
    { ...given("logits", "one-hot", 3), extraLabels: ["mask"] },
    (y, p) => {
      const mask = flat(cut(y, 3, 1)), loss = tf.mean(softmaxCrossEntropy(cut(y, 0, 3), p));
      return tf.div(tf.sum(tf.mul(loss, mask)), tf.sum(mask));
    },
  ),
  // allenai/bi-att-flow#67: ce_loss of the start has the mask of empty questions, ce_loss2 of the end has not.
  lossCase(
    "second-without-mask-biattflow67",
    "reduction",
    onSampled(
      "logits",
      (u) => [...oneHot(3, choice(3, u)), ...oneHot(3, choice(3, u)), coin(u, 0.8)],
      (y, u, perfect) => repeat(6, (i) => perfect ? (y[i] ? 8 : -8) : 2 * gauss(u)),
    ),
    (y, p) => {
      const [start, end] = [0, 3].map((from) => softmaxCrossEntropy(cut(y, from, 3), cut(p, from, 3)));
      return tf.add(tf.mean(tf.mul(flat(cut(y, 6, 1)), start)), tf.mean(end));
    },
  ),

  // ---- healthy
  // alinlab/CSI#49: pairs of a row with itself are in the mask, and add a constant only.
  sound("ok-pairs-with-itself-csi49", { sample: twins }, (_y, p) => {
    const all = unit(stacked(cut(p, 0, 2), cut(p, 2, 2)), 1e-8), n = p.shape[0]!;
    const similar = tf.mul(tf.exp(tf.div(allWithAll(all, all), 0.5)), tf.sub(1, tf.eye(2 * n)));
    const terms = tf.neg(tf.log(tf.add(tf.div(similar, tf.sum(similar, 1, true)), 1e-8)));
    return tf.div(tf.sum(tf.mul(tf.tile(tf.eye(n), [2, 2]), terms)), 4 * n);
  }),
  // Project-MONAI/MONAI#644: 1 − (2·I + s)/(U + s), where U is the sum of both sizes and no union.
  sound(
    "ok-sum-of-sizes-monai644",
    given("probability", "binary", 6),
    (y, p) => {
      const both = rowSum(tf.mul(y, p)), sizes = tf.add(rowSum(y), rowSum(p));
      return tf.mean(tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1e-3), tf.add(sizes, 1e-3))));
    },
  ),
  // udacity/deep-learning#135: labels of generated pictures are zeros_like(d_logits_real), which are as many.
  sound(
    "ok-zeros-like-the-other-udacity135",
    onRows("logits", noLabels, normals(2, 2), () => [6, -6]),
    (_y, p) => {
      const real = cut(p, 0, 1), fake = cut(p, 1, 1);
      const one = tf.mean(sigmoidCrossEntropy(tf.mul(0.9, tf.onesLike(real)), real));
      return tf.add(one, tf.mean(sigmoidCrossEntropy(tf.zerosLike(real), fake)));
    },
  ),
  // openai/universe-starter-agent#110: − 0.01·entropy, since entropy should rise. Labels: [action 3, advantage, return], outputs:
  // [logits 3, value].
  sound(
    "ok-entropy-should-rise-universe110",
    {
      yPred: "real",
      sample: sampled(
        (u) => [...oneHot(3, choice(3, u)), gauss(u), gauss(u)],
        (y, u, perfect) =>
          perfect
            ? [...repeat(3, (i) => (y[i] ? 3 : 0) * Math.sign(y[3])), y[4]]
            : [...repeat(3, () => gauss(u)), 1.5 * gauss(u)],
      ),
    },
    (y, p) => {
      const logs = tf.logSoftmax(cut(p, 0, 3)), likelihood = tf.sum(tf.mul(cut(y, 0, 3), logs), 1, true);
      const policy = tf.neg(tf.mean(tf.mul(likelihood, cut(y, 3, 1))));
      const value = tf.mul(0.5, tf.mean(squaredError(cut(y, 4, 1), cut(p, 3, 1))));
      const entropy = tf.neg(tf.mean(rowSum(tf.mul(tf.exp(logs), logs))));
      return tf.sub(tf.add(policy, tf.mul(0.5, value)), tf.mul(0.01, entropy));
    },
  ),
  // THUNLP-AIPoet/MixPoet#5: cross-entropy + Σ p·log p: a penalty on too sure outputs has this sign.
  sound("ok-penalty-on-sureness-mixpoet5", given("logits", "one-hot"), (y, p) => {
    const logs = tf.logSoftmax(p);
    return tf.mean(tf.add(softmaxCrossEntropy(y, p), tf.mul(0.1, rowSum(tf.mul(tf.exp(logs), logs)))));
  }),
  // scverse/scvi-tools#2965: the likelihood of counts is not 0 at its best. Outputs: mean and inverse dispersion.
  sound(
    "ok-best-is-not-zero-scvi2965",
    onRows(
      "nonnegative",
      (u) => [choice(6, u)],
      (u) => [Math.abs(2 * gauss(u)) + 0.05, between(u, 0.3, 5)],
      ([count]) => [count + 0.02, 20],
    ),
    (y, p) => {
      const mu = cut(p, 0, 1), theta = cut(p, 1, 1), together = tf.log(tf.add(tf.add(theta, mu), 1e-8));
      const zeros = tf.mul(theta, tf.sub(tf.log(tf.add(theta, 1e-8)), together));
      const counts = tf.mul(y, tf.sub(tf.log(tf.add(mu, 1e-8)), together));
      const gammas = tf.sub(logGamma(tf.add(y, theta)), tf.add(logGamma(theta), logGamma(tf.add(y, 1))));
      return tf.neg(tf.mean(tf.add(tf.add(zeros, counts), gammas)));
    },
  ),
  // CoinCheung/pytorch-loss#19: labels smoothed to 1 − ε and ε/C, whose sum is not 1.
  sound(
    "ok-sum-below-one-pytorchloss19",
    given("logits", "one-hot", 4),
    (y, p) => tf.mean(softmaxCrossEntropy(tf.add(tf.mul(0.9, y), tf.mul(0.1 / 4, tf.sub(1, y))), p)),
  ),
  // baegwangbin/MaGNet#9: "the loss is negative": a Gaussian likelihood. Outputs: mean and variance.
  sound(
    "ok-negative-likelihood-magnet9",
    {
      sample: rowsOf(normals(1), (u) => [1.5 * gauss(u), between(u, 0.05, 3)], ([y]) => [y, 0.02]),
    },
    (y, p) => {
      const variance = tf.maximum(cut(p, 1, 1), 1e-6), error = squaredError(y, cut(p, 0, 1));
      return tf.mean(tf.add(tf.div(error, tf.mul(2, variance)), tf.mul(0.5, tf.log(variance))));
    },
  ),
  // milesial/Pytorch-UNet#176: no sigmoid at the end of the network, since BCEWithLogitsLoss has it; Dice has its own.
  sound("ok-sigmoid-of-its-own-pytorchunet176", given("logits", "binary", 6), (y, p) => {
    const overlap = tf.sub(1, dice(y, tf.sigmoid(p)));
    return tf.add(tf.mean(sigmoidCrossEntropy(y, p)), overlap);
  }),
  // fullflu/learning-to-rank#4, ListNet: Σ softmax(y)·(p − logsumexp(p)), of four documents.
  sound("ok-softmax-of-labels-learningtorank4", given("real", "real", 4), (y, p) => {
    const logs = tf.sub(p, tf.logSumExp(p, 1, true));
    return tf.neg(tf.mean(rowSum(tf.mul(tf.softmax(y), logs))));
  }),
  // XPixelGroup/RankSRGAN#5: MarginRankingLoss of two scores, the first of which should be higher where the label is 1.
  sound(
    "ok-margin-of-ranks-ranksrgan5",
    onRows("real", (u) => [coin(u) ? 1 : -1], normals(2, 2), ([y]) => [y, -y]),
    (y, p) => tf.mean(tf.relu(tf.sub(0.5, tf.mul(y, tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  ),
  // lengstrom/fast-style-transfer#102: the style loss is divided by sizes twice, which a weight makes up for. Three places of
  // two channels.
  sound("ok-divided-twice-faststyle102", given("real", "real", 6), (y, p) => {
    const gram = (x: Tensor) => {
      const places = tf.reshape(x, [-1, 3, 2]) as tf.Tensor3D;
      return tf.div(tf.matMul(places, places, true), 6);
    };
    return tf.mul(100 * 2 / 4, tf.mean(tf.sum(tf.square(tf.sub(gram(p), gram(y))), [1, 2])));
  }),
  // lukasliebel/MultiDepth#2: 0.5·exp(−s)·L + 0.5·s, with s learned. Outputs: [depth, s].
  sound("ok-learned-weight-multidepth2", { yPred: "real", sample: muLogvar }, (y, p) => {
    const s = cut(p, 1, 1), error = tf.abs(tf.sub(y, cut(p, 0, 1)));
    return tf.mean(tf.add(tf.mul(tf.mul(0.5, tf.exp(tf.neg(s))), error), tf.mul(0.5, s)));
  }),
  // lsdefine/simple_GRPO#30: −(min of the ratios times the advantage − β·(exp(d) − d − 1)).
  sound("ok-penalised-ratio-simplegrpo30", { yPred: "real", sample: policy }, (y, p) => {
    const advantage = cut(y, 0, 1), old = cut(y, 1, 1), ratio = tf.exp(tf.sub(p, old)), d = tf.sub(old, p);
    const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
    const divergence = tf.sub(tf.sub(tf.exp(d), d), 1);
    return tf.neg(tf.mean(tf.sub(tf.minimum(tf.mul(ratio, advantage), clipped), tf.mul(0.04, divergence))));
  }),
  // tengxiao1/SimPER#5: −exp(log p of the chosen) + exp(log p of the rejected), of mean log-probabilities.
  sound(
    "ok-inverse-perplexities-simper5",
    onSampled("real", noLabels, (_, u, perfect) => perfect ? [-0.05, -5] : [-3 * u(), -3 * u()]),
    (_y, p) => tf.sub(tf.mean(tf.exp(cut(p, 1, 1))), tf.mean(tf.exp(cut(p, 0, 1)))),
  ),
  // huggingface/diffusers#6702: DPO of errors: −0.5·β·(error of the chosen − that of the rejected, each less the reference's).
  // Labels: [noise 2 | noise 2 | two errors of the reference], outputs: two predictions.
  sound(
    "ok-errors-not-likelihoods-diffusers6702",
    {
      yPred: "real",
      sample: sampled(
        (u) => [...repeat(4, () => gauss(u)), 0.5 * u(), 0.5 * u()],
        (y, u, perfect) => perfect ? [y[0], y[1], y[2] + 2, y[3] - 2] : repeat(4, () => gauss(u)),
      ),
    },
    (y, p) => {
      const [chosen, rejected] = [0, 2].map((from) => tf.mean(squaredError(cut(y, from, 2), cut(p, from, 2)), 1, true));
      const moved = tf.sub(tf.sub(chosen, rejected), tf.sub(cut(y, 4, 1), cut(y, 5, 1)));
      return tf.mean(minusLogSigmoid(tf.mul(-5, moved)));
    },
  ),
  // suragnair/alpha-zero-general#329: −Σ π·log p/n, of the logarithms that the network returns.
  sound(
    "ok-divided-by-rows-alphazero329",
    given("logits", "distribution", 4),
    (y, p) => tf.neg(tf.div(tf.sum(tf.mul(y, tf.logSoftmax(p))), p.shape[0]!)),
  ),
  // easezyc/deep-transfer-learning#5: the discrepancy of two samples by five kernels, whose widths come from mean distances.
  sound(
    "ok-five-kernels-transferlearning5",
    onRows("real", normals(2), (u) => [1 + 2 * gauss(u), 2 * gauss(u) - 1]),
    (y, p) => {
      const all = stacked(y, p), d = allDistances(all, all), n = p.shape[0]!;
      const width = stopped(tf.div(tf.sum(d), 4 * n * n - 2 * n));
      const kernel = [0.25, 0.5, 1, 2, 4].map((factor) => tf.exp(tf.neg(tf.div(d, tf.mul(factor, width)))))
        .reduce((a, b) => tf.add(a, b));
      const part = (from: number, to: number) => tf.mean(tf.slice(kernel, [from, to], [n, n]));
      return tf.sub(tf.add(part(0, 0), part(n, n)), tf.add(part(0, n), part(n, 0)));
    },
  ),
  // Megvii-BaseDetection/YOLOX#1565: CIoU, with the weight of the aspect ratio kept out of the gradient.
  sound(
    "ok-weight-without-gradient-yolox1565",
    { yPred: "probability", sample: boxes },
    (y, p) => {
      const [width, height] = overlap(y, p), both = tf.mul(tf.relu(width), tf.relu(height));
      const iou = tf.div(both, tf.add(tf.sub(tf.add(area(y), area(p)), both), 1e-7));
      const middle = (x: Tensor) => tf.div(tf.add(cut(x, 0, 2), cut(x, 2, 2)), 2);
      const hull = tf.sub(tf.maximum(cut(y, 2, 2), cut(p, 2, 2)), tf.minimum(cut(y, 0, 2), cut(p, 0, 2)));
      const far = tf.div(squaredDistance(middle(y), middle(p), true), tf.add(rowSum(tf.square(hull), true), 1e-7));
      const angle = (x: Tensor) => {
        const sides = tf.sub(cut(x, 2, 2), cut(x, 0, 2));
        return tf.atan(tf.div(cut(sides, 0, 1), tf.add(cut(sides, 1, 1), 1e-7)));
      };
      const shape = tf.mul(4 / Math.PI ** 2, squaredError(angle(y), angle(p)));
      const weight = stopped(tf.div(shape, tf.add(tf.sub(shape, iou), 1 + 1e-7)));
      return tf.mean(tf.add(tf.sub(1, iou), tf.add(far, tf.mul(weight, shape))));
    },
  ),
  // tianzhi0549/FCOS#277: GIoU may be negative; distances to left, top, right and bottom.
  sound("ok-giou-below-zero-fcos277", given("nonnegative", "positive", 4), (y, p) => {
    const size = (x: Tensor) => {
      const sides = tf.add(cut(x, 0, 2), cut(x, 2, 2));
      return tf.mul(cut(sides, 0, 1), cut(sides, 1, 1));
    };
    const both = size(tf.minimum(y, p)), hull = size(tf.maximum(y, p)), union = tf.sub(tf.add(size(y), size(p)), both);
    const iou = tf.div(tf.add(both, 1), tf.add(union, 1));
    return tf.mean(tf.sub(1, tf.sub(iou, tf.div(tf.sub(hull, union), tf.add(hull, 1e-7)))));
  }),
  // aamini/evidential-deep-learning#15: the likelihood of an inverse gamma prior, which falls below 0, and its penalty.
  // Outputs before their activations: [γ, ν, α, β].
  sound(
    "ok-evidential-regression-aamini15",
    onRows("real", normals(1), normals(4), ([y]) => [y, 2, 2, -4]),
    (y, p) => {
      const error = tf.sub(y, cut(p, 0, 1)), nu = tf.add(tf.softplus(cut(p, 1, 1)), 1e-3);
      const alpha = tf.add(tf.softplus(cut(p, 2, 1)), 1.001), beta = tf.add(tf.softplus(cut(p, 3, 1)), 1e-3);
      const omega = tf.mul(tf.mul(2, beta), tf.add(1, nu));
      const front = tf.sub(tf.mul(0.5, tf.log(tf.div(Math.PI, nu))), tf.mul(alpha, tf.log(omega)));
      const tails = tf.mul(tf.add(alpha, 0.5), tf.log(tf.add(tf.mul(nu, tf.square(error)), omega)));
      const gammas = tf.sub(logGamma(alpha), logGamma(tf.add(alpha, 0.5)));
      const penalty = tf.mul(tf.abs(error), tf.add(tf.mul(2, nu), alpha));
      return tf.mean(tf.add(tf.add(tf.add(front, tails), gammas), tf.mul(0.01, penalty)));
    },
  ),
  // Cocofeat/DEviS#3: squared error and variance of a Dirichlet distribution, and its divergence from the uniform one once the
  // evidence of the true class is taken out. Outputs: evidence of three classes.
  sound(
    "ok-evidence-of-classes-devis3",
    onRows(
      "nonnegative",
      (u) => oneHot(3, choice(3, u)),
      (u) => repeat(3, () => Math.abs(2 * gauss(u)) + 0.05),
      (y) => y.map((yes) => yes ? 30 : 0.02),
    ),
    (y, p) => {
      const alpha = tf.add(p, 1), all = rowSum(alpha, true), mean = tf.div(alpha, all);
      const variance = tf.div(tf.mul(mean, tf.sub(1, mean)), tf.add(all, 1));
      const rest = tf.add(tf.mul(p, tf.sub(1, y)), 1), sum = rowSum(rest, true);
      const gammas = tf.sub(tf.sub(logGamma(sum), Math.log(2)), rowSum(logGamma(rest), true));
      const slopes = rowSum(tf.mul(tf.sub(rest, 1), tf.sub(digamma(rest), digamma(sum))), true);
      const divergence = tf.add(gammas, slopes);
      const fit = rowSum(tf.add(squaredError(y, mean), variance), true);
      return tf.mean(tf.add(fit, tf.mul(0.1, divergence)));
    },
  ),
  // CompVis/taming-transformers#58: β weighs the other of the two terms of VQ than in the paper. Outputs: [code 2 | encoding 2].
  sound("ok-weight-on-the-other-taming58", { yPred: "real", sample: twins }, (_y, p) => {
    const code = cut(p, 0, 2), encoding = cut(p, 2, 2);
    const one = tf.mean(squaredError(stopped(code), encoding)), two = tf.mean(squaredError(code, stopped(encoding)));
    return tf.add(one, tf.mul(0.25, two));
  }),
  // NifTK/NiftyNet#100: sensitivity and specificity of squared errors, weighed by 0.05 and 0.95.
  sound("ok-sensitivity-specificity-niftynet100", given("probability", "binary", 4), (y, p) => {
    const error = squaredError(y, p), no = tf.sub(1, y);
    const missed = tf.div(tf.sum(tf.mul(error, y)), tf.add(tf.sum(y), 1e-5));
    const wrong = tf.div(tf.sum(tf.mul(error, no)), tf.add(tf.sum(no), 1e-5));
    return tf.add(tf.mul(0.05, missed), tf.mul(0.95, wrong));
  }),
  // mrharicot/monodepth#55: absolute differences of neighbours, less where the picture has edges, beside an L1 error.
  sound("ok-smooth-except-at-edges-monodepth55", given("real", "real", 6), (y, p) => {
    const rise = (x: Tensor) => tf.sub(cut(x, 1, 5), cut(x, 0, 5));
    const weight = tf.exp(tf.neg(tf.abs(rise(y)))), smooth = tf.mean(tf.mul(weight, tf.abs(rise(p))));
    return tf.add(tf.mean(tf.abs(tf.sub(p, y))), tf.mul(0.1, smooth));
  }),
  // yym6472/ConSERT#9: NT-Xent, with 1e9 taken off the similarity of a row with itself.
  sound("ok-taken-off-the-diagonal-consert9", { sample: twins }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)], n = p.shape[0]!;
    const truth = tf.concat([tf.eye(n), tf.zeros([n, n])] as tf.Tensor[], 1), off = tf.mul(1e9, tf.eye(n));
    const [one, two] = [[a, b], [b, a]].map(([x, other]) => {
      const across = tf.div(allWithAll(x, other), 0.1), within = tf.sub(tf.div(allWithAll(x, x), 0.1), off);
      return tf.mean(softmaxCrossEntropy(truth, tf.concat([across, within] as tf.Tensor[], 1)));
    });
    return tf.add(one, two);
  }),
  // Lightning-Universe/lightning-bolts#697, BYOL: the projection of the target network has no gradient. Outputs: [prediction 2 |
  // projection of the target network 2].
  sound("ok-target-without-gradient-bolts697", { yPred: "real", sample: twins }, (_y, p) => {
    const prediction = unit(cut(p, 0, 2), 1e-8), target = stopped(unit(cut(p, 2, 2), 1e-8));
    return tf.sub(2, tf.mul(2, tf.mean(rowSum(tf.mul(prediction, target)))));
  }),
  // gmgeorg/pypsps#22: exponential survival times, λ·t − event·log λ. Outputs: log λ.
  sound(
    "ok-censored-exponential-pypsps22",
    onSampled(
      "real",
      (u) => [between(u, 0.2, 5), coin(u, 0.7)],
      ([time, event], u, perfect) => [perfect ? (event ? -Math.log(time) : -5) : gauss(u)],
    ),
    (y, p) => tf.mean(tf.sub(tf.mul(tf.exp(p), cut(y, 0, 1)), tf.mul(cut(y, 1, 1), p))),
  ),
  // trajanov/BigDataAnalytics#3: weights of classes, n/(C·n_c), and a mean that is divided by the sum of weights.
  sound("ok-weights-of-classes-bigdataanalytics3", given("logits", "one-hot"), (y, p) => {
    const weights = rowSum(tf.mul(y, tf.tensor2d([[0.5, 1, 2]])));
    return tf.div(tf.sum(tf.mul(weights, softmaxCrossEntropy(y, p))), tf.sum(weights));
  }),
  // itakurah/focal-loss-pytorch#6: the focal loss of several classes is a mean over the classes, too.
  sound("ok-mean-over-classes-focalpytorch6", given("simplex", "one-hot", 4), (y, p) => {
    const q = clip(p);
    return tf.mean(tf.mul(tf.square(tf.sub(1, q)), tf.neg(tf.mul(y, tf.log(q)))));
  }),
  // Jiaxuan-Li/MGU-Net#3: Dice of exp(log_softmax(x)), which are probabilities.
  sound("ok-exp-of-log-softmax-mgunet3", given("logits", "one-hot", 3), (y, p) => {
    const q = tf.exp(tf.logSoftmax(p)), both = tf.sum(tf.mul(q, y), 0), sizes = tf.add(tf.sum(q, 0), tf.sum(y, 0));
    return tf.sub(1, tf.mean(tf.div(tf.add(tf.mul(2, both), 1e-4), tf.add(sizes, 1e-4))));
  }),
  // ni4muraano.hatenablog.com/entry/2020/01/13/161152: a soft F1 of each class.
  sound("ok-soft-f1-ni4muraano", given("simplex", "one-hot"), (y, p) => {
    const right = tf.sum(tf.mul(y, p), 0), more = tf.sum(tf.mul(tf.sub(1, y), p), 0);
    const less = tf.sum(tf.mul(y, tf.sub(1, p)), 0);
    const f1 = tf.div(tf.mul(2, right), tf.add(tf.add(tf.mul(2, right), tf.add(more, less)), 1e-16));
    return tf.sub(1, tf.mean(f1));
  }),
  // fchollet/deep-learning-with-python-notebooks#262: mean_squared_error(predictions, targets): the order does not matter.
  sound(
    "ok-either-order-dlwpython262",
    given("real", "real"),
    (y, p) => {
      const meanSquaredError = (targets: Tensor, predictions: Tensor) =>
        tf.mean(tf.mean(tf.square(tf.sub(targets, predictions)), 1));
      return meanSquaredError(p, y);
    },
  ),
  // forums.fast.ai, "Custom Loss for Decision Making": minus the profit that is expected. Labels: profits of three decisions.
  sound(
    "ok-expected-profit-fastai",
    onSampled("logits", normals(3), (y, u, perfect) => {
      const best = y.indexOf(Math.max(...y));
      return perfect ? oneHot(3, best, 8, -8) : repeat(3, () => 2 * gauss(u));
    }),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(tf.softmax(p), y)))),
  ),
  // openai/baselines#92, PPO: the maximum of both losses, since each has a minus in front.
  sound("ok-maximum-of-losses-baselines92", { yPred: "real", sample: policy }, (y, p) => {
    const loss = tf.neg(cut(y, 0, 1)), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    return tf.mean(tf.maximum(tf.mul(loss, ratio), tf.mul(loss, tf.clipByValue(ratio, 0.8, 1.2))));
  }),
  // SikaStar/IDM#9: the hardest positive and negative of each row, of the embeddings with themselves.
  sound(
    "ok-hardest-of-each-row-idm9",
    onRows(
      "real",
      (u) => [choice(3, u)],
      normals(2),
      ([kind], u) => [3 * Math.cos(2 * kind) + 0.05 * gauss(u), 3 * Math.sin(2 * kind) + 0.05 * gauss(u)],
    ),
    (y, p) => {
      const d = tf.sqrt(tf.maximum(allDistances(p, p), 1e-12)), alike = float(tf.equal(y, tf.transpose(y)));
      const positive = tf.max(tf.sub(d, tf.mul(1e6, tf.sub(1, alike))), 1);
      const negative = tf.min(tf.add(d, tf.mul(1e6, alike)), 1);
      return tf.mean(tf.relu(tf.add(0.3, tf.sub(positive, negative))));
    },
  ),
  // ronny3050/AdvFaces#5: the generator maximises log D: cross-entropy of generated pictures with ones.
  sound(
    "ok-ones-for-generated-advfaces5",
    onRows("logits", noLabels, normals(1, 2), () => [6]),
    (_y, p) => tf.mean(sigmoidCrossEntropy(tf.onesLike(p), p)),
  ),
  // princeton-vl/CornerNet#69: the losses of the many negatives are divided by the number of corners, at least 1.
  sound(
    "ok-divided-by-corners-cornernet69",
    onSampled(
      "logits",
      (u) => repeat(5, (i) => i ? between(u, 0, 0.7) : coin(u, 0.7)),
      (y, u, perfect) => y.map((heat) => perfect ? (heat === 1 ? 8 : -8) : 2 * gauss(u)),
    ),
    (y, p) => {
      const s = tf.sigmoid(p), corner = float(tf.equal(y, 1));
      const positive = tf.mul(corner, tf.mul(tf.square(tf.sub(1, s)), minusLogSigmoid(p)));
      const penalty = tf.mul(tf.pow(tf.sub(1, y), 4), tf.mul(tf.square(s), tf.softplus(p)));
      const all = tf.add(tf.sum(positive), tf.sum(tf.mul(tf.sub(1, corner), penalty)));
      return tf.div(all, tf.maximum(tf.sum(corner), 1));
    },
  ),
  // AntixK/PyTorch-VAE#48: the decoder ends in tanh, and pictures lie in [0, 1], a part of what it can say.
  sound(
    "ok-part-of-the-range-pytorchvae48",
    given("tanh", "probability", 3),
    (y, p) => tf.mean(squaredError(y, p)),
  ),
];

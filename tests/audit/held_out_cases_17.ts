// A seventeenth set of losses: ports of losses in repositories whose bugs were reported or fixed in issues and pull requests
// that no other set has, and of sound losses that people asked about. Causes, and alternates that are as right, were fixed
// from the sources, by somebody who had read none of the audit's rules, and committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  between,
  choice,
  clip,
  coin,
  coins,
  crossEntropy,
  cut,
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
  scores,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sound,
  squaredDistance,
  squaredError,
  stopped,
  triplets,
  twins,
  uniforms,
  unit,
} from "./loss_case.ts";

/** Outputs: scores of a real and of a generated picture, the first of which should be high and the second low. */
const realAndFake = rowsOf(noLabels, normals(2, 2), () => [4, -4]);
/** Labels: log-probabilities of two answers under a reference, outputs: under the policy; the ideal moves by these steps. */
const answers = (chosen: number, rejected: number) =>
  sampled(
    (u) => [between(u, -30, -10), between(u, -30, -10)],
    ([one, two], u, perfect) => perfect ? [one + chosen, two + rejected] : [one + 5 * gauss(u), two + 5 * gauss(u)],
  );
/** Log-ratio of the policy to the reference for the two answers. */
const ratios = (y: Tensor, p: Tensor): readonly [chosen: Tensor, rejected: Tensor] => {
  const d = tf.sub(p, y);
  return [cut(d, 0, 1), cut(d, 1, 1)];
};
/** Labels: three logits of a teacher, outputs: those of a student. */
const teacher = rowsOf(normals(3, 2), normals(3, 2));
/** 1 where it is above 0, else 0; without a gradient. */
const yes = (x: Tensor): Tensor => stopped(x, (x) => float(tf.greater(x, 0)));
/** One label, and outputs that are three quantiles of it. */
const quantiles = drawn(["random", "perfect", "far"], (kind, u) => ({
  label: () => [gauss(u)],
  output: ([y]) =>
    kind === "perfect" ? [y, y, y] : repeat(3, () => kind === "far" ? y + 50 * Math.sign(u() - 0.5) : 1.5 * gauss(u)),
}));
/** τ·d, or (τ − 1)·d of a negative difference. */
const pinball = (d: Tensor, quantile: number): Tensor => tf.maximum(tf.mul(quantile, d), tf.mul(quantile - 1, d));
/** Huber's loss of a difference, with a corner at 1. */
const huber = (d: Tensor): Tensor => {
  const size = tf.abs(d), square = tf.minimum(size, 1);
  return tf.add(tf.mul(0.5, tf.square(square)), tf.sub(size, square));
};

export const heldOutCases17: readonly LossCase[] = [
  // ---- no-gradient-op
  // shuaizzZ/Recall-Loss-PyTorch#1: recalls are counted from the indices of torch.max(input, 1), which carry no gradient.
  lossCase("indices-of-maximum-recallloss1", ["no-gradient-op", "detached"], given("logits", "one-hot"), (y, p) => {
    const predicted = stopped(p, (x) => float(tf.oneHot(tf.cast(tf.argMax(x, 1), "int32") as tf.Tensor1D, 3)));
    const recall = tf.div(tf.add(tf.sum(tf.mul(predicted, y), 0), 1), tf.add(tf.sum(y, 0), 1));
    return tf.sub(1, tf.mean(recall));
  }),

  // ---- detached
  // sktime/pytorch-forecasting#2290: a loss that is not finite is replaced by a new torch.tensor(1e9), without grad_fn, as
  // PoissonLoss of unbounded outputs is.
  lossCase(
    "number-for-infinity-forecasting2290",
    ["detached", "domain-edge", "saturated", "constant", "no-gradient-op"],
    given("real", "count"),
    (y, p) => {
      const loss = tf.mean(tf.sub(tf.exp(p), tf.mul(y, p)));
      return Number.isFinite(loss.dataSync()[0]) ? loss : tf.scalar(1e9);
    },
  ),
  // JinyuanLiu-CV/TarDAL#4: the scores of the discriminator are computed under no_grad, then added to the generator's loss.
  lossCase(
    "discriminator-without-gradient-tardal4",
    ["detached", "no-gradient-op"],
    {
      sample: rowsOf(uniforms(2), (u) => [u(), u(), 2 * gauss(u), 2 * gauss(u)], (y) => [...y, 4, 4]),
    },
    (y, p) => {
      const adversarial = stopped(cut(p, 2, 2), (x) => tf.neg(tf.mean(x)));
      return tf.add(tf.mean(tf.abs(tf.sub(cut(p, 0, 2), y))), tf.mul(0.1, adversarial));
    },
  ),

  // nikhilsinghmus/image2reverb#37: the adversarial term of the generator takes d(fake_spec.detach()): least squares to 1 of
  // scores, here ones that are high near the mean of the spectrogram.
  lossCase("detached-spectrogram-image2reverb37", ["detached", "no-gradient-op"], given("real", "real", 3), (y, p) => {
    const score = stopped(p, (x) => tf.exp(tf.neg(tf.square(tf.mean(x, 1)))));
    return tf.add(tf.mean(tf.square(tf.sub(score, 1))), tf.mean(tf.abs(tf.sub(p, y))));
  }),

  // ---- constant
  // ENSTA-U2IS-AI/LDU#3: −mean(cdist(omega, omega)) of prototypes of the shape (…, 1, 1): each is compared with itself.
  lossCase("distance-of-singles-ldu3", ["constant", "wrong-axis"], given("real", "none", 4), (_y, p) => {
    const one = tf.reshape(p, [-1, 4, 1, 1]), distances = tf.sub(tf.expandDims(one, 3), tf.expandDims(one, 2));
    return tf.neg(tf.mean(rowSum(tf.abs(distances))));
  }),

  // ---- saturated
  // MCG-NJU/EMA-VFI#27: the frame is cut to [0, 1] before it is compared: the gradient of the network that refines it is None.
  lossCase(
    "clamped-frame-emavfi27",
    "saturated",
    given("real", "probability", 3),
    (y, p) => tf.mean(tf.abs(tf.sub(tf.clipByValue(p, 0, 1), y))),
  ),
  // chelsea0x3b/dfdx#486: gradients sum to zero; a ReLU on the last layer cut off negative values.
  lossCase(
    "relu-on-outputs-dfdx486",
    ["saturated", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(squaredError(y, tf.relu(p))),
  ),

  // ---- domain-edge
  // xiangwang1223/neural_graph_collaborative_filtering#17: log(sigmoid(pos − neg)): "loss is NAN"; softplus cured it.
  lossCase(
    "log-of-sigmoid-ngcf17",
    ["domain-edge", "nan-gradient"],
    { sample: scores(1) },
    (_y, p) => tf.neg(tf.mean(tf.log(tf.sigmoid(tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  ),
  // borgwang/tinynn#7: log(1 + exp(logits)) overflows.
  lossCase(
    "one-plus-exponential-tinynn7",
    ["domain-edge", "nan-gradient"],
    given("logits", "binary"),
    (y, p) => tf.mean(tf.sub(tf.log(tf.add(1, tf.exp(p))), tf.mul(y, p))),
  ),
  // awslabs/gluonts#287: negative binomial: softplus of very negative outputs is 0, and its logarithm is taken.
  lossCase(
    "softplus-vanishes-gluonts287",
    ["domain-edge", "zero-division", "nan-gradient"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [1 + choice(5, u)],
        output: ([y]) =>
          kind === "far" ? [-120, -120] : kind === "perfect" ? [Math.log(Math.expm1(y)), -3] : [gauss(u), gauss(u)],
      })),
    },
    (y, p) => {
      const mu = tf.softplus(cut(p, 0, 1)), alpha = tf.softplus(cut(p, 1, 1)), inverse = tf.div(1, alpha);
      const product = tf.mul(alpha, mu), rest = tf.log(tf.add(1, product));
      const likelihood = tf.sub(tf.mul(y, tf.sub(tf.log(product), rest)), tf.mul(inverse, rest));
      const gammas = tf.sub(logGamma(tf.add(y, inverse)), tf.add(logGamma(tf.add(y, 1)), logGamma(inverse)));
      return tf.neg(tf.mean(tf.add(likelihood, gammas)));
    },
  ),

  // ---- zero-division
  // havakv/pycox#124: "no loss" with small batches: the likelihood is divided by the number of events, which may be none.
  lossCase(
    "no-events-pycox124",
    "zero-division",
    {
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => {
        let row = 0;
        return {
          label: () => [kind === "allNeg" ? 0 : coin(u, 0.6)],
          output: () => [kind === "perfect" ? 0.5 * row++ : gauss(u)],
        };
      }),
    },
    (event, p) => {
      const risk = flat(p), largest = tf.max(risk);
      const atRisk = tf.add(tf.log(tf.add(tf.cumsum(tf.exp(tf.sub(risk, largest))), 1e-7)), largest);
      return tf.neg(tf.div(tf.sum(tf.mul(tf.sub(risk, atRisk), flat(event))), tf.sum(event)));
    },
  ),
  // tensorflow/tensorflow#20253: triplet_semihard_loss is NaN if no two rows of a batch share a class.
  lossCase(
    "no-two-alike-tf20253",
    "zero-division",
    {
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => {
        let row = 0;
        return {
          label: () => [kind === "allNeg" ? row++ : choice(3, u)],
          output: ([y]) => kind === "random" ? [gauss(u), gauss(u)] : [3 * Math.cos(2 * y), 3 * Math.sin(2 * y)],
        };
      }),
    },
    (y, p) => {
      const d = tf.sum(tf.square(tf.sub(tf.expandDims(p, 1), tf.expandDims(p, 0))), 2);
      const alike = float(tf.equal(y, tf.transpose(y))), others = tf.expandDims(tf.sub(1, alike), 1);
      const positive = tf.expandDims(d, 2), negative = tf.expandDims(d, 1), far = tf.mul(others, 1e3);
      const beyond = tf.mul(others, yes(tf.sub(negative, positive)));
      const outside = tf.min(tf.add(tf.mul(negative, beyond), tf.mul(tf.sub(1, beyond), 1e6)), 2);
      const inside = tf.sub(tf.max(tf.add(tf.mul(negative, others), far), 2), 1e3);
      const none = yes(tf.sub(outside, 1e5)), pairs = tf.sub(alike, tf.eye(p.shape[0]!));
      const semihard = tf.add(tf.mul(tf.sub(1, none), outside), tf.mul(none, inside));
      return tf.div(tf.sum(tf.mul(tf.relu(tf.add(1, tf.sub(d, semihard))), pairs)), tf.sum(pairs));
    },
  ),
  // kohya-ss/sd-scripts#934: min(snr, γ)/snr is 0/0 at the last step of a schedule of zero terminal signal.
  lossCase(
    "terminal-step-sdscripts934",
    "zero-division",
    {
      sample: sampled(
        (u) => [gauss(u), gauss(u), coin(u, 0.2) ? 0 : between(u, 0.1, 20)],
        (y, u, perfect) => perfect ? y.slice(0, 2) : [gauss(u), gauss(u)],
      ),
    },
    (y, p) => {
      const snr = cut(y, 2, 1), error = tf.mean(squaredError(cut(y, 0, 2), p), 1, true);
      return tf.mean(tf.mul(error, tf.div(tf.minimum(snr, 5), snr)));
    },
  ),
  // kuangliu/pytorch-retinanet#14: "float division by zero" when no anchor matches a box: (loc_loss + cls_loss)/num_pos.
  lossCase(
    "no-anchor-matches-retinanet14",
    "zero-division",
    {
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [kind === "allNeg" ? 0 : coin(u, 0.3), gauss(u), gauss(u)],
        output: ([y, ...box]) => kind === "perfect" ? [y ? 6 : -6, ...box] : [2 * gauss(u), gauss(u), gauss(u)],
      })),
    },
    (y, p) => {
      const matched = cut(y, 0, 1), logit = cut(p, 0, 1);
      const place = tf.sum(tf.mul(matched, huber(tf.sub(cut(p, 1, 2), cut(y, 1, 2)))));
      const wrong = tf.sigmoid(tf.mul(logit, tf.sub(1, tf.mul(2, matched))));
      const kind = tf.sum(tf.mul(tf.square(wrong), sigmoidCrossEntropy(matched, logit)));
      return tf.div(tf.add(place, kind), tf.sum(matched));
    },
  ),

  // ---- nan-gradient
  // Project-MONAI/MONAI#8982: PerceptualLoss adds its epsilon after the root of the squares of features, which may all be 0.
  lossCase(
    "epsilon-after-root-monai8982",
    "nan-gradient",
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
        label: () => repeat(3, () => kind === "zeroBoth" ? 0 : Math.abs(gauss(u)) + 0.05),
        output: (y) => kind === "random" ? repeat(3, () => Math.abs(gauss(u)) + 0.05) : y,
      })),
    },
    (y, p) => {
      const scaled = (x: Tensor) => tf.div(x, tf.add(tf.sqrt(rowSum(tf.square(x), true)), 1e-10));
      return tf.mean(rowSum(squaredError(scaled(y), scaled(p))));
    },
  ),
  // keras-team/keras#23075: ops.normalize takes the minimum of rsqrt(square_sum) and 1/ε: the value is saved, not the gradient.
  lossCase(
    "minimum-after-rsqrt-keras23075",
    ["nan-gradient", "zero-division"],
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
        label: () => repeat(3, () => Math.abs(gauss(u)) + 0.05),
        output: (y) =>
          kind === "zeroBoth" ? [0, 0, 0] : kind === "perfect" ? y : repeat(3, () => Math.abs(gauss(u)) + 0.05),
      })),
    },
    (y, p) => {
      const scaled = (x: Tensor) => tf.mul(x, tf.minimum(tf.rsqrt(rowSum(tf.square(x), true)), 1e7));
      return tf.neg(tf.mean(rowSum(tf.mul(scaled(y), scaled(p)))));
    },
  ),

  // ---- wrong-sign
  // dmlc/xgboost#1743: grad = tanh(y_true − y_pred), which is the slope of −log cosh: predictions run away.
  lossCase("slope-of-log-cosh-xgboost1743", ["wrong-sign", "wrong-optimum"], given("real", "real"), (y, p) => {
    const size = tf.abs(tf.sub(y, p));
    return tf.neg(tf.mean(tf.sub(tf.add(size, tf.softplus(tf.mul(-2, size))), Math.LN2)));
  }),
  // sraashis/easytorch#38, "Dice loss bug fixed. 1-loss.": the coefficient was returned.
  lossCase(
    "coefficient-returned-easytorch38",
    ["wrong-sign", "wrong-optimum"],
    given("probability", "binary", 8),
    (y, p) => {
      const both = rowSum(tf.mul(y, p)), sizes = tf.add(rowSum(y), rowSum(p));
      return tf.mean(tf.div(tf.add(tf.mul(2, both), 1), tf.add(sizes, 1)));
    },
  ),
  // YeonwooSung/GAN_Implementation#5: −mean(D(real) + mean(D(fake))): a bracket ends late, "the network collapses fast".
  lossCase(
    "late-bracket-ganimplementation5",
    ["wrong-sign", "wrong-optimum"],
    { sample: realAndFake },
    (_y, p) => tf.neg(tf.mean(tf.add(cut(p, 0, 1), tf.mean(cut(p, 1, 1))))),
  ),
  // williamleif/GraphSAGE#151, _skipgram_loss: sum(aff − log Σ exp(neg_aff)): "should this be negated? since it is loss".
  lossCase(
    "affinity-minimised-graphsage151",
    ["wrong-sign", "wrong-optimum", "bad-scale"],
    { sample: triplets },
    (_y, p) => {
      const node = cut(p, 0, 2), affinity = rowSum(tf.mul(node, cut(p, 2, 2)));
      return tf.sum(tf.sub(affinity, tf.logSumExp(tf.matMul(node, tf.transpose(cut(p, 4, 2))), 1)));
    },
  ),
  // Luciferbobo/DAE-AQA#1: rec_loss = alpha/(sigma²·MSE_loss(x, mu)): the error is in the denominator.
  lossCase(
    "error-in-denominator-daeaqa1",
    ["wrong-sign", "wrong-optimum", "zero-division"],
    {
      sample: rowsOf(normals(1), (u) => [1.5 * gauss(u), between(u, 0.3, 1.5)], ([y]) => [y, 0.5]),
    },
    (y, p) => tf.mean(tf.div(1, tf.mul(tf.square(cut(p, 1, 1)), tf.mean(squaredError(y, cut(p, 0, 1)))))),
  ),
  // automl/Auto-PyTorch#263: counts_zero = counts_one − n, so that the weight of positives is negative: here 40 of 100.
  lossCase("negative-weights-autopytorch263", ["wrong-sign", "wrong-optimum"], given("logits", "binary"), (y, p) => {
    const weight = (40 - 100) / Math.max(40, 1);
    const positives = tf.mul(weight, tf.mul(y, minusLogSigmoid(p)));
    return tf.mean(tf.add(positives, tf.mul(tf.sub(1, y), tf.softplus(p))));
  }),

  // ---- swapped-arguments
  // sxhxliang/CapsNet_Mxnet#3: CapsuleMarginLoss takes (labels, y_pred) and is called with (output, one_hot_label): NaN.
  lossCase("margins-of-labels-capsnetmxnet3", "swapped-arguments", given("probability", "one-hot", 3), (y, p) => {
    const present = tf.mul(p, tf.square(tf.relu(tf.sub(0.9, y))));
    const absent = tf.mul(tf.sub(1, p), tf.square(tf.relu(tf.sub(y, 0.1))));
    return tf.mean(rowSum(tf.add(present, tf.mul(0.5, absent))));
  }),
  // kyle-dorman/bayesian-neural-network-blogpost#12: K.categorical_crossentropy(pred, true, from_logits=True).
  lossCase(
    "logits-as-truth-bnnblogpost12",
    ["swapped-arguments", "wrong-optimum"],
    given("logits", "one-hot"),
    (y, p) => tf.mean(softmaxCrossEntropy(p, y)),
  ),
  // wyx11112/GCMAE#3: BCEWithLogitsLoss()(pos_score, neg_score): scores of false edges stand where labels belong.
  lossCase(
    "false-edges-as-labels-gcmae3",
    ["swapped-arguments", "wrong-optimum", "label-encoding", "wrong-sign"],
    { yPred: "logits", sample: scores(1) },
    (_y, p) => tf.mean(sigmoidCrossEntropy(cut(p, 1, 1), cut(p, 0, 1))),
  ),

  // ---- activation-mismatch
  // itakurah/focal-loss-pytorch#5: binary_cross_entropy_with_logits of what a sigmoid has been applied to.
  lossCase(
    "sigmoid-before-logits-focalpytorch5",
    ["activation-mismatch", "wrong-optimum", "saturated"],
    given("logits", "binary"),
    (y, p) => {
      const s = tf.sigmoid(p), right = tf.add(tf.mul(y, s), tf.mul(tf.sub(1, y), tf.sub(1, s)));
      return tf.mean(tf.mul(0.25, tf.mul(tf.square(tf.sub(1, right)), sigmoidCrossEntropy(y, s))));
    },
  ),
  // avBuffer/UNet3plus_pth#23: BCEWithLogitsLoss and a decoder that ends in F.sigmoid: the "loss may not decrease".
  lossCase(
    "sigmoid-in-decoder-unet3plus23",
    ["activation-mismatch", "wrong-optimum"],
    given("probability", "binary", 4),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // gwx314/STARS#9: ctc_loss of raw logits: negative values; a constant added to all logits lowers it. Three frames, a blank
  // and two symbols, one of which is to be read: the six ways to read it.
  lossCase(
    "ctc-of-logits-stars9",
    ["activation-mismatch", "wrong-optimum"],
    onSampled("logits", (u) => oneHot(2, choice(2, u)), ([first], u, perfect) => {
      const frame = (at: number) => oneHot(3, at, 6, -6), symbol = frame(first ? 1 : 2);
      return perfect ? [...frame(0), ...symbol, ...frame(0)] : repeat(9, () => 2 * gauss(u));
    }),
    (y, p) => {
      const symbols = [0, 1, 2].map((frame) => rowSum(tf.mul(y, cut(p, 3 * frame + 1, 2)), true));
      const paths = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0], [1, 1, 1]].map((path) =>
        path.map((read, frame) => read ? symbols[frame] : cut(p, 3 * frame, 1)).reduce((a, b) => tf.add(a, b))
      );
      return tf.neg(tf.mean(tf.logSumExp(tf.concat(paths as tf.Tensor2D[], 1), 1)));
    },
  ),
  // Hsuxu/Loss_ToolBox-PyTorch#7: the softmax was taken out of the focal loss, and "all the outputs are nan".
  lossCase(
    "focal-of-scores-losstoolbox7",
    ["activation-mismatch", "domain-edge", "wrong-optimum"],
    given("logits", "one-hot"),
    (y, p) => {
      const right = tf.add(rowSum(tf.mul(y, p)), 1e-5);
      return tf.mean(tf.mul(tf.square(tf.sub(1, right)), tf.neg(tf.log(right))));
    },
  ),

  // ---- label-encoding
  // cheungdaven/DeepRec#1: item ranking with cross-entropy of sigmoids, and ratings of 1 to 5 as labels: "it should be 0/1".
  lossCase(
    "ratings-deeprec1",
    ["label-encoding", "wrong-optimum", "bad-scale"],
    onRows("probability", (u) => [1 + choice(5, u)], (u) => [between(u, 0.02, 0.98)], ([y]) => [y > 3 ? 0.98 : 0.02]),
    (y, p) => {
      const positive = tf.mul(y, tf.log(tf.add(p, 1e-10)));
      return tf.neg(tf.sum(tf.add(positive, tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, p), 1e-10))))));
    },
  ),
  // TimDettmers/ConvE#55: labels are smoothed to 0.9·y + 1/N, not 0.9·y + 0.1/N; it matters less, the more entities.
  lossCase(
    "one-over-entities-conve55",
    ["label-encoding", "wrong-optimum"],
    { ...given("probability", "binary", 10), ambiguous: true },
    (y, p) => tf.mean(crossEntropy(tf.add(tf.mul(0.9, y), 1 / 10), p)),
  ),

  // ---- broadcast
  // lpiccinelli-eth/UniDepth#127, SILog: var_error [n] + mean_error² [n, 1], and then a root: n × n losses.
  lossCase(
    "errors-of-two-shapes-unidepth127",
    "broadcast",
    {
      sample: rowsOf(uniforms(4, 1, 10), uniforms(4, 0.5, 15)),
    },
    (y, p) => {
      const error = tf.sub(tf.log(p), tf.log(y)), mean = tf.mean(error, 1, true);
      const variance = tf.mean(tf.square(tf.sub(error, mean)), 1);
      return tf.mean(tf.sqrt(tf.add(tf.add(variance, tf.mul(0.15, tf.square(mean))), 1e-4)));
    },
  ),
  // fastai/fastai#1863: nn.MSELoss() of model(xb) of the shape (N, 1) and yb of the shape (N,).
  lossCase(
    "flat-targets-fastai1863",
    ["broadcast", "wrong-optimum"],
    on("real", "real", 1, null),
    (y, p) => tf.mean(squaredError(y, p)),
  ),
  // thu-ml/tianshou#40: log_prob of three action components is not summed: target (n, 3) against values (n, 1).
  lossCase(
    "components-not-summed-tianshou40",
    ["broadcast", "wrong-optimum"],
    {
      sample: sampled(
        (u) => [2 * gauss(u), ...repeat(3, () => gauss(u) - 1)],
        ([next, a, b, c], u, perfect) => [perfect ? next - 0.5 * (a + b + c) : 2 * gauss(u)],
      ),
    },
    (y, p) => tf.mean(squaredError(tf.sub(cut(y, 0, 1), tf.mul(0.5, cut(y, 1, 3))), p)),
  ),

  // ---- wrong-axis
  // BloodAxe/pytorch-toolbelt#61, Lovász softmax: movedim(probas, 0, −1) instead of (1, −1), then view(−1, C).
  lossCase("moved-batch-toolbelt61", ["wrong-axis", "wrong-optimum"], given("simplex", "one-hot"), (y, p) => {
    const classes = tf.reshape(tf.transpose(p), [-1, 3]);
    const losses = [0, 1, 2].map((k) => {
      const truth = flat(cut(y, k, 1)), error = tf.abs(tf.sub(truth, flat(cut(classes, k, 1))));
      const size = error.dataSync(), order = Array.from(size.keys()).sort((i, j) => size[j] - size[i]);
      const sorted = tf.gather(truth, tf.tensor1d(order, "int32")), all = tf.sum(sorted);
      const union = tf.add(all, tf.cumsum(tf.sub(1, sorted)));
      const jaccard = tf.sub(1, tf.div(tf.sub(all, tf.cumsum(sorted)), union));
      const before = tf.concat([tf.zeros([1]), tf.slice(jaccard, [0], [order.length - 1])]);
      return tf.sum(tf.mul(tf.gather(error, tf.tensor1d(order, "int32")), tf.sub(jaccard, before)));
    });
    return tf.div(losses.reduce((a, b) => tf.add(a, b)), 3);
  }),
  // PaddlePaddle/Paddle#27311: cross_entropy with axis=1 and a log_softmax that takes the last axis: places, not classes.
  lossCase(
    "softmax-of-places-paddle27311",
    ["wrong-axis", "wrong-optimum"],
    onSampled("logits", (u) => {
      const [one, two] = [oneHot(3, choice(3, u)), oneHot(3, choice(3, u))];
      return one.flatMap((yes, k) => [yes, two[k]]);
    }, (y, u, perfect) => perfect ? y.map((yes) => yes ? 8 : -8) : repeat(6, () => 2 * gauss(u))),
    (y, p) => {
      const logs = tf.logSoftmax(tf.reshape(p, [-1, 3, 2]), -1);
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.reshape(y, [-1, 3, 2]), logs), 1)));
    },
  ),
  // allenai/deep_qa#152: probabilities were normalised across the entire batch, not within a row.
  lossCase("normalised-across-batch-deepqa152", "wrong-axis", given("nonnegative", "one-hot", 3), (y, p) => {
    const shares = tf.div(p, tf.add(tf.sum(p), 1e-7));
    return tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(tf.add(shares, 1e-7))))));
  }),

  // ---- wrong-optimum
  // mlpack/mlpack#2444: the forward pass of L1Loss takes no absolute values.
  lossCase("no-absolute-values-mlpack2444", "wrong-optimum", given("real", "real"), (y, p) => tf.mean(tf.sub(p, y))),
  // stellargraph/stellargraph#1138, graph_log_likelihood: |walks·log σ − mask·log(1 − σ)|: the first sign is wrong.
  lossCase(
    "sign-of-walks-stellargraph1138",
    ["wrong-optimum", "wrong-sign", "bad-scale"],
    onSampled(
      "logits",
      (u) => [between(u, 0.2, 4), coin(u, 0.3)],
      ([walks, edge], u, perfect) => [perfect ? (edge ? 8 : Math.log(walks)) : 2 * gauss(u)],
    ),
    (y, p) => {
      const walks = cut(y, 0, 1), mask = tf.sub(1, cut(y, 1, 1));
      const kept = tf.mul(walks, tf.neg(minusLogSigmoid(p))), left = tf.mul(mask, tf.neg(tf.softplus(p)));
      return tf.sum(tf.abs(tf.sub(kept, left)));
    },
  ),
  // keras-team/keras#16682, OrthogonalRegularizer: dot products of pairs of rows, neither squared nor absolute: opposite rows.
  lossCase(
    "opposite-rows-keras16682",
    "wrong-optimum",
    {
      sample: sampled(() => [0], (_, u, perfect) => {
        const angle = 2 * Math.PI * u(),
          turn = angle + Math.PI / 2,
          [a, b] = [between(u, 0.5, 2), between(u, 0.5, 2)];
        const one = [a * Math.cos(angle), a * Math.sin(angle)];
        return [...one, ...(perfect ? [b * Math.cos(turn), b * Math.sin(turn)] : [gauss(u), gauss(u)])];
      }),
    },
    (_y, p) => {
      const [a, b] = [unit(cut(p, 0, 2), 1e-12), unit(cut(p, 2, 2), 1e-12)];
      return tf.mean(rowSum(tf.mul(a, b)));
    },
  ),
  // danielward27/flowjax#164: ContrastiveLoss leaves the true sample out of the normaliser: no lower bound is left.
  lossCase(
    "truth-not-in-normaliser-flowjax164",
    "wrong-optimum",
    { sample: scores(3) },
    (_y, p) => tf.neg(tf.mean(tf.sub(flat(cut(p, 0, 1)), tf.logSumExp(cut(p, 1, 3), 1)))),
  ),

  // ---- bad-scale
  // XPixelGroup/BasicSR#359: CharbonnierLoss with reduction: sum: its size changes with the batch and the resolution.
  lossCase(
    "pixels-summed-basicsr359",
    ["bad-scale", "reduction"],
    given("real", "probability", 16),
    (y, p) => tf.sum(tf.sqrt(tf.add(squaredError(y, p), 1e-12))),
  ),
  // jostmey/NakedTensor#5: "your cost function should be average loss, not total loss".
  lossCase(
    "total-error-nakedtensor5",
    ["bad-scale", "reduction"],
    given("real", "real"),
    (y, p) => tf.sum(squaredError(y, p)),
  ),
  // torch/nn#646: MultiMarginCriterion divides by the number of classes, and not by that of rows.
  lossCase("divided-by-classes-torchnn646", ["bad-scale", "reduction"], given("logits", "one-hot", 4), (y, p) => {
    const margin = tf.relu(tf.add(1, tf.sub(p, rowSum(tf.mul(y, p), true))));
    return tf.div(tf.sum(tf.mul(tf.sub(1, y), margin)), 4);
  }),
  // Srceh/DistCal#1: the pinball loss is averaged over the levels, and summed over the rows.
  lossCase("levels-averaged-distcal1", ["bad-scale", "reduction"], { yPred: "real", sample: quantiles }, (y, p) => {
    const sums = [0.1, 0.5, 0.9].map((level, k) => tf.sum(pinball(tf.sub(y, cut(p, k, 1)), level)));
    return tf.div(sums.reduce((a, b) => tf.add(a, b)), 3);
  }),

  // ---- reduction
  // truskovskiyk/nima.pytorch#24: sqrt(mean(cdf_diff²)) without an axis: "it's not samplewise emd".
  lossCase(
    "root-of-all-nima24",
    ["reduction", "nan-gradient"],
    given("simplex", "distribution", 5),
    (y, p) => tf.sqrt(tf.mean(tf.square(tf.cumsum(tf.sub(y, p), 1)))),
  ),
  // Project-MONAI/MONAI#657, MaskedDiceLoss: logits are set to 0 outside of the mask and then go through the softmax, so that
  // such pixels count one half. Two classes of four pixels, labels [pixels | mask].
  lossCase(
    "masked-before-softmax-monai657",
    "reduction",
    onSampled("logits", (u) => [...repeat(4, () => coin(u)), ...repeat(4, () => coin(u, 0.6))], (y, u, perfect) => {
      const logits = perfect ? y.slice(0, 4).map((one) => one ? 8 : -8) : repeat(4, () => 2 * gauss(u));
      return [...logits.map((z) => -z), ...logits];
    }),
    (y, p) => {
      const mask = cut(y, 4, 4), one = cut(y, 0, 4);
      const logits = tf.stack([cut(p, 0, 4), cut(p, 4, 4)].map((z) => tf.mul(z, mask)) as tf.Tensor[], 1);
      const truth = tf.stack([tf.sub(1, one), one].map((t) => tf.mul(t, mask)) as tf.Tensor[], 1);
      const q = tf.transpose(tf.softmax(tf.transpose(logits, [0, 2, 1])), [0, 2, 1]);
      const both = tf.sum(tf.mul(truth, q), 2), sizes = tf.add(tf.sum(truth, 2), tf.sum(q, 2));
      return tf.mean(tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1e-5), tf.add(sizes, 1e-5))));
    },
  ),
  // instadeepai/Mava#358: the loss of padded steps of an episode is not masked out.
  lossCase(
    "padded-steps-mava358",
    "reduction",
    { ...given("real", "real"), extraLabels: ["mask"] },
    (y, p) => tf.mean(squaredError(cut(y, 0, 1), p)),
  ),
  // CuriousAI/mean-teacher#64: the cross-entropy of labelled rows is divided by the number of all rows; deliberate, perhaps.
  lossCase(
    "unlabelled-counted-meanteacher64",
    ["reduction", "bad-scale"],
    { ...given("logits", "one-hot", 3), extraLabels: ["mask"], ambiguous: true },
    (y, p) => tf.div(tf.sum(tf.mul(flat(cut(y, 3, 1)), softmaxCrossEntropy(cut(y, 0, 3), p))), p.shape[0]!),
  ),

  // ---- healthy
  // wiseodd/generative-models#43: "bug in your VAE cost": the divergence is added, not subtracted, as it should be.
  sound(
    "ok-divergence-added-wiseodd43",
    {
      sample: rowsOf(
        coins(3),
        (u) => [...repeat(3, () => between(u, 0.02, 0.98)), ...repeat(4, () => gauss(u))],
        (x) => [...x.map((pixel) => pixel ? 0.98 : 0.02), 0, 0, 0, 0],
      ),
    },
    (x, p) => {
      const picture = rowSum(crossEntropy(x, cut(p, 0, 3)));
      return tf.mean(tf.sub(picture, tf.mul(0.5, rowSum(minusTwiceDivergence(cut(p, 3, 2), cut(p, 5, 2))))));
    },
  ),
  // huggingface/diffusers#5654: the weight min(snr, 5)/(snr + 1) for predictions of velocity.
  sound(
    "ok-snr-plus-one-diffusers5654",
    {
      sample: sampled(
        (u) => [gauss(u), gauss(u), coin(u, 0.1) ? 0 : between(u, 0.1, 20)],
        (y, u, perfect) => perfect ? y.slice(0, 2) : [gauss(u), gauss(u)],
      ),
    },
    (y, p) => {
      const snr = cut(y, 2, 1), error = tf.mean(squaredError(cut(y, 0, 2), p), 1, true);
      return tf.mean(tf.mul(error, tf.div(tf.minimum(snr, 5), tf.add(snr, 1))));
    },
  ),
  // lightgbm-org/LightGBM#2110: "(alpha − 1)·diff" is no bug, since diff is negative there.
  sound("ok-signed-difference-lightgbm2110", given("real", "real"), (y, p) => {
    const d = tf.sub(y, p);
    return tf.mean(tf.mul(d, tf.sub(0.9, yes(tf.neg(d)))));
  }),
  // amazon-science/video-contrastive-learning#5, NCESoftmaxLoss: all labels are 0, since the positive comes first.
  sound(
    "ok-label-is-zero-videocontrastive5",
    { sample: scores(4) },
    (_y, p) => tf.neg(tf.mean(cut(tf.logSoftmax(p), 0, 1))),
  ),
  // cvg/glue-factory#89: there is a sigmoid in TokenConfidence, but the loss takes what comes before it.
  sound("ok-before-the-sigmoid-gluefactory89", given("logits", "binary", 2), (y, p) => {
    const [one, two] = [0, 1].map((side) => tf.mean(sigmoidCrossEntropy(cut(y, side, 1), cut(p, side, 1))));
    return tf.div(tf.add(one, two), 2);
  }),
  // huggingface/trl#6593, apo_down: the difference of both ratios in the second term is what the paper says.
  sound("ok-difference-of-ratios-trl6593", { sample: answers(-20, -80) }, (y, p) => {
    const [chosen, rejected] = ratios(y, p);
    const down = tf.sigmoid(tf.mul(0.1, chosen));
    return tf.mean(tf.add(down, tf.sub(1, tf.sigmoid(tf.mul(0.1, tf.sub(chosen, rejected))))));
  }),
  // OpenRLHF/OpenRLHF#1054: the rewards of both answers fall; the loss of DPO only widens their distance.
  sound("ok-both-fall-openrlhf1054", { sample: answers(-10, -60) }, (y, p) => {
    const [chosen, rejected] = ratios(y, p);
    return tf.mean(minusLogSigmoid(tf.mul(0.1, tf.sub(chosen, rejected))));
  }),
  // KevinMusgrave/pytorch-metric-learning#282, NTXentLoss: the largest value is subtracted, with its gradient: it cancels.
  sound(
    "ok-largest-with-gradient-pml282",
    onRows("tanh", noLabels, uniforms(4, -0.98, 0.98), () => [0.95, ...repeat(3, () => -0.9)]),
    (_y, p) => {
      const all = tf.div(p, 0.1), powers = tf.exp(tf.sub(all, tf.max(all, 1, true)));
      return tf.neg(tf.mean(tf.log(tf.add(tf.div(cut(powers, 0, 1), rowSum(powers, true)), 1e-20))));
    },
  ),
  // tensorflow/addons#2738: the other order of the terms than in a tutorial, since 1 says "alike" here; outputs are distances.
  sound(
    "ok-one-is-alike-addons2738",
    onRows("nonnegative", coins(1), (u) => [between(u, 0.05, 1.8)], ([alike]) => [alike ? 0 : 1.3]),
    (y, p) => {
      const apart = tf.square(tf.relu(tf.sub(1, p)));
      return tf.mean(tf.add(tf.mul(y, tf.square(p)), tf.mul(tf.sub(1, y), apart)));
    },
  ),
  // lilianweng/unified-gan-tensorflow#3: "WGAN loss is negative": the critic's loss.
  sound(
    "ok-negative-critic-unifiedgan3",
    { sample: realAndFake },
    (_y, p) => tf.sub(tf.mean(cut(p, 1, 1)), tf.mean(cut(p, 0, 1))),
  ),
  // descriptinc/melgan-neurips#31: min in the paper, and ReLU in the code, of the hinge losses of the discriminator.
  sound(
    "ok-two-hinges-melgan31",
    { sample: realAndFake },
    (_y, p) => tf.add(tf.mean(tf.relu(tf.sub(1, cut(p, 0, 1)))), tf.mean(tf.relu(tf.add(1, cut(p, 1, 1))))),
  ),
  // tensorflow/models#9531: PenaltyReducedLogisticFocalLoss of heat maps, stable after the change.
  sound(
    "ok-penalty-reduced-models9531",
    onSampled(
      "logits",
      (u) => oneHot(4, choice(4, u), 1, between(u, 0, 0.6)),
      (y, u, perfect) => y.map((heat) => perfect ? (heat === 1 ? 8 : -8) : 2 * gauss(u)),
    ),
    (y, p) => {
      const s = tf.sigmoid(p), peak = float(tf.equal(y, 1));
      const positive = tf.mul(peak, tf.mul(tf.square(tf.sub(1, s)), minusLogSigmoid(p)));
      const penalty = tf.mul(tf.pow(tf.sub(1, y), 4), tf.mul(tf.square(s), tf.softplus(p)));
      return tf.mean(tf.add(positive, tf.mul(tf.sub(1, peak), penalty)));
    },
  ),
  // fastai/fastai#1814: label smoothing as (1 − ε)·nll + ε·mean of −log p.
  sound(
    "ok-smoothed-fastai1814",
    given("logits", "one-hot"),
    (y, p) => tf.mean(tf.sub(tf.mul(0.9, softmaxCrossEntropy(y, p)), tf.mul(0.1, tf.mean(tf.logSoftmax(p), 1)))),
  ),
  // AberHu/Knowledge-Distillation-Zoo#12: "Additional Log in the softmax function", for one input but not for the other.
  sound("ok-log-of-one-kdzoo12", { yPred: "logits", sample: teacher }, (y, p) => {
    const t = tf.logSoftmax(tf.div(y, 4)), s = tf.logSoftmax(tf.div(p, 4));
    return tf.mul(16, tf.mean(rowSum(tf.mul(tf.exp(t), tf.sub(t, s)))));
  }),
  // JunMa11/SegWithDistMap#7: the boundary loss may be negative: probabilities times signed distances, negative inside.
  sound(
    "ok-distances-inside-segwithdistmap7",
    onSampled(
      "probability",
      (u) => repeat(6, () => 3 * gauss(u)),
      (y, u, perfect) => y.map((distance) => perfect ? (distance < 0 ? 0.98 : 0.02) : between(u, 0.02, 0.98)),
    ),
    (y, p) => tf.mean(tf.mul(y, p)),
  ),
  // pykeen/pykeen#1130: max(0, λ + neg − pos): the other order than in the text, since high scores are good ones.
  sound(
    "ok-negative-minus-positive-pykeen1130",
    { sample: scores(1) },
    (_y, p) => tf.mean(tf.relu(tf.add(1, tf.sub(cut(p, 1, 1), cut(p, 0, 1))))),
  ),
  // dmlc/dgl#2487, link prediction: (neg_score.view(n, −1) − pos_score.view(n, −1) + 1).clamp(min=0): spread on purpose.
  sound(
    "ok-spread-on-purpose-dgl2487",
    { sample: scores(3) },
    (_y, p) => tf.mean(tf.relu(tf.add(tf.sub(cut(p, 1, 3), cut(p, 0, 1)), 1))),
  ),
  // maciejkula/spotlight, adaptive_hinge_loss: the hinge of the highest of several negatives.
  sound(
    "ok-highest-negative-spotlight-adaptive",
    { sample: scores(5) },
    (_y, p) => tf.mean(tf.relu(tf.add(tf.sub(tf.max(cut(p, 1, 5), 1, true), cut(p, 0, 1)), 1))),
  ),
  // jramapuram/BYOL#5: −2·cos, without the 2 of the paper in front.
  sound("ok-no-two-in-front-byol5", { sample: twins }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)];
    return tf.mean(tf.mul(-2, rowSum(tf.mul(a, b))));
  }),
  // gathierry/FastFlow#18: "why loss is negtive?": z²/2 − log of the Jacobian, without its constant; here of an affine flow.
  sound("ok-without-constant-fastflow18", { sample: muLogvar }, (y, p) => {
    const scale = tf.mul(0.5, cut(p, 1, 1)), z = tf.mul(tf.sub(y, cut(p, 0, 1)), tf.exp(tf.neg(scale)));
    return tf.mean(tf.sub(tf.mul(0.5, tf.square(z)), tf.neg(scale)));
  }),
  // FluxML/Flux.jl#1993: the two weights of the Tversky loss are named the other way round.
  sound("ok-weights-by-other-names-flux1993", given("probability", "binary", 8), (y, p) => {
    const both = tf.sum(tf.mul(y, p)), more = tf.sum(tf.mul(tf.sub(1, y), p)), less = tf.sum(tf.mul(y, tf.sub(1, p)));
    const all = tf.add(both, tf.add(tf.mul(0.7, more), tf.mul(0.3, less)));
    return tf.sub(1, tf.div(tf.add(both, 1), tf.add(all, 1)));
  }),
  // qubvel/segmentation_models#187: a focal loss with the same alpha for both classes.
  sound("ok-same-alpha-segmentationmodels187", given("probability", "binary", 4), (y, p) => {
    const q = clip(p), positive = tf.mul(y, tf.mul(tf.square(tf.sub(1, q)), tf.log(q)));
    const negative = tf.mul(tf.sub(1, y), tf.mul(tf.square(q), tf.log(tf.sub(1, q))));
    return tf.neg(tf.mean(tf.mul(0.25, tf.add(positive, negative))));
  }),
  // RElbers/info-nce-pytorch#16: cross-entropy of all similarities, with the diagonal as labels.
  sound("ok-diagonal-as-labels-infonce16", { sample: twins }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)];
    const logits = tf.div(tf.matMul(a as tf.Tensor2D, tf.transpose(b) as tf.Tensor2D), 0.1);
    return tf.mean(softmaxCrossEntropy(tf.eye(p.shape[0]!), logits));
  }),
  // Lightning-Universe/lightning-bolts#681, nt_xent_loss: ε is added twice, which does no harm.
  sound("ok-epsilon-twice-bolts681", { sample: twins }, (_y, p) => {
    const [a, b] = [unit(cut(p, 0, 2), 1e-8), unit(cut(p, 2, 2), 1e-8)], all = tf.concat([a, b] as tf.Tensor[]);
    const similar = tf.exp(tf.div(tf.matMul(all, tf.transpose(all)), 0.5));
    const negative = tf.maximum(tf.sub(tf.sum(similar, 1), Math.exp(1 / 0.5)), 1e-6);
    const positive = tf.exp(tf.div(rowSum(tf.mul(a, b)), 0.5));
    const ratio = tf.div(tf.concat([positive, positive] as tf.Tensor[]), tf.add(negative, 1e-6));
    return tf.neg(tf.mean(tf.log(ratio)));
  }),
  // ray-project/ray#37334: a large ratio with a negative advantage is not clipped, as it should not be.
  sound("ok-unclipped-for-worse-ray37334", { sample: policy }, (y, p) => {
    const advantage = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    const clipped = tf.mul(tf.clipByValue(ratio, 0.7, 1.3), advantage);
    return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantage), clipped)));
  }),
  // frazane/scoringrules#22: CRPS of quantiles by their pinball losses.
  sound("ok-twice-pinball-scoringrules22", { yPred: "real", sample: quantiles }, (y, p) => {
    const each = [0.1, 0.5, 0.9].map((level, k) => tf.mean(pinball(tf.sub(y, cut(p, k, 1)), level)));
    return tf.mul(2 / 3, each.reduce((a, b) => tf.add(a, b)));
  }),
  // axelbrando/Mixture-Density-Networks-for-distribution-and-uncertainty-estimation#8: "What is the role of Log-sum-exp?"
  // Outputs: two means, two logarithms of deviations, two logits.
  sound(
    "ok-logarithms-summed-axelbrando8",
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) =>
          kind === "perfect"
            ? [y, y + 2, -2, 0, 4, -4]
            : kind === "far"
            ? [y + 30, y - 30, 0, 0, 0, 0]
            : [gauss(u), gauss(u), 0.5 * gauss(u), 0.5 * gauss(u), gauss(u), gauss(u)],
      })),
    },
    (y, p) => {
      const scale = cut(p, 2, 2), z = tf.mul(tf.sub(y, cut(p, 0, 2)), tf.exp(tf.neg(scale)));
      const density = tf.sub(tf.mul(-0.5, tf.square(z)), tf.add(scale, 0.5 * Math.log(2 * Math.PI)));
      return tf.neg(tf.mean(tf.logSumExp(tf.add(density, tf.logSoftmax(cut(p, 4, 2))), 1)));
    },
  ),
  // GerardLiu96/FECNet#1: a "double triplet": the pair is nearer to each other than either is to the third.
  sound("ok-double-triplet-fecnet1", { sample: triplets }, (_y, p) => {
    const [a, b, c] = [0, 2, 4].map((from) => cut(p, from, 2)), near = squaredDistance(a, b);
    const [one, two] = [a, b].map((x) => tf.relu(tf.add(tf.sub(near, squaredDistance(x, c)), 0.2)));
    return tf.mean(tf.add(one, two));
  }),
  // WenjieDu/PyPOTS, calc_mae: the error of observed entries, divided by their number plus 1e-12.
  sound("ok-observed-entries-pypots", on("real", "masked", 1, 2), (y, p) => {
    const mask = cut(y, 1, 1), error = tf.mul(tf.abs(tf.sub(p, cut(y, 0, 1))), mask);
    return tf.div(tf.sum(error), tf.add(tf.sum(mask), 1e-12));
  }),
  // google-deepmind/optax#576, kl_divergence: a target of 0 adds nothing; of the logarithms of a softmax.
  sound("ok-zero-targets-optax576", given("logits", "distribution", 3), (y, p) => {
    const zero = tf.equal(y, 0), own = tf.where(zero, tf.zerosLike(y), tf.log(tf.where(zero, tf.onesLike(y), y)));
    return tf.mean(rowSum(tf.mul(y, tf.sub(own, tf.logSoftmax(p)))));
  }),
  // Nixtla/neuralforecast, HuberQLoss: Huber's loss, weighed by the quantile.
  sound("ok-huber-quantile-neuralforecast-hql", given("real", "real"), (y, p) => {
    const d = tf.sub(y, p), over = yes(d);
    return tf.mean(tf.mul(tf.add(tf.mul(0.7, over), tf.mul(0.3, tf.sub(1, over))), huber(d)));
  }),
  // awslabs/gluonts, StudentT: outputs μ, log σ and a value whose softplus plus 2 is the degrees of freedom.
  sound(
    "ok-student-t-gluonts-distribution",
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) =>
          kind === "perfect"
            ? [y, -2, 2]
            : [kind === "far" ? y + 40 * Math.sign(u() - 0.5) : gauss(u), 0.5 * gauss(u), gauss(u)],
      })),
    },
    (y, p) => {
      const scale = cut(p, 1, 1), nu = tf.add(2, tf.softplus(cut(p, 2, 1))), half = tf.div(tf.add(nu, 1), 2);
      const z = tf.mul(tf.sub(y, cut(p, 0, 1)), tf.exp(tf.neg(scale)));
      const front = tf.sub(logGamma(half), tf.add(logGamma(tf.div(nu, 2)), tf.mul(0.5, tf.log(tf.mul(Math.PI, nu)))));
      const tails = tf.mul(half, tf.log(tf.add(1, tf.div(tf.square(z), nu))));
      return tf.mean(tf.sub(tf.add(scale, tails), front));
    },
  ),
  // danijar/dreamerv3: squared error in the space of symlog(y) = sign(y)·log(1 + |y|), of rewards of any size.
  sound(
    "ok-symlog-dreamerv3",
    {
      sample: rowsOf(normals(1, 100), normals(1, 3), ([y]) => [Math.sign(y) * Math.log1p(Math.abs(y))]),
    },
    (y, p) => tf.mean(squaredError(tf.mul(tf.sign(y), tf.log1p(tf.abs(y))), p)),
  ),
  // espnet/espnet, GuidedAttentionLoss: attention is punished for how far it is from the diagonal; three tokens and frames.
  sound(
    "ok-guided-attention-espnet",
    onSampled(
      "logits",
      () => [0],
      (_, u, perfect) =>
        [0, 1, 2].flatMap((frame) => perfect ? oneHot(3, frame, 8, -8) : repeat(3, () => 2 * gauss(u))),
    ),
    (_y, p) => {
      const far = repeat(9, (i) => 1 - Math.exp(-(((i % 3) / 3 - Math.floor(i / 3) / 3) ** 2) / (2 * 0.4 ** 2)));
      return tf.mean(tf.mul(tf.softmax(tf.reshape(p, [-1, 3, 3])), tf.tensor3d(far, [1, 3, 3])));
    },
  ),
  // xuuuuuuchen/Active-Contour-Loss: length of the outline and two regions, of 3 × 3 pixels.
  sound("ok-length-and-regions-activecontour", given("probability", "binary", 9), (y, p) => {
    const picture = tf.reshape(p, [-1, 3, 3]),
      corner = (r: number, c: number) => tf.slice(picture, [0, r, c], [-1, 2, 2]);
    const down = tf.square(tf.sub(corner(1, 0), corner(0, 0))), right = tf.square(tf.sub(corner(0, 1), corner(0, 0)));
    const length = tf.mean(tf.sqrt(tf.add(tf.add(down, right), 1e-8)));
    const inside = tf.abs(tf.mean(tf.mul(p, tf.square(tf.sub(y, 1)))));
    const outside = tf.abs(tf.mean(tf.mul(tf.sub(1, p), tf.square(y))));
    return tf.add(length, tf.mul(5, tf.add(inside, outside)));
  }),
  // havakv/pycox, bce_surv_loss: whether somebody has survived each of four times; after censoring, nothing is known.
  sound(
    "ok-unknown-after-censoring-pycox-bcesurv",
    onSampled(
      "logits",
      (u) => [choice(5, u), coin(u, 0.6)],
      ([time], u, perfect) => repeat(4, (bin) => perfect ? (time > bin ? 8 : -8) : 2 * gauss(u)),
    ),
    (y, p) => {
      const survived = float(tf.greater(cut(y, 0, 1), tf.tensor2d([[0, 1, 2, 3]])));
      const known = tf.maximum(survived, cut(y, 1, 1));
      return tf.mean(tf.mul(known, sigmoidCrossEntropy(survived, p)));
    },
  ),
  // ayrna/dlordinal#104: the squared earth mover's distance of ordered classes.
  sound(
    "ok-squared-distance-of-sums-dlordinal104",
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(rowSum(tf.square(tf.cumsum(tf.sub(p, y), 1)))),
  ),
  // sangyun884/fast-ode#1: the target is x − z, and not x as in the paper, without a coefficient.
  sound(
    "ok-data-minus-noise-fastode1",
    {
      sample: rowsOf(normals(4), normals(2), (y) => [y[0] - y[2], y[1] - y[3]]),
    },
    (y, p) => tf.mean(squaredError(tf.sub(cut(y, 0, 2), cut(y, 2, 2)), p)),
  ),
  // ryan112358/mbi#1: "instead of exponentiating by 1/2, you multiply by it": half of the square is meant.
  sound(
    "ok-half-and-no-root-mbi1",
    given("real", "real", 4),
    (y, p) => tf.mean(tf.mul(0.5, rowSum(squaredError(y, p)))),
  ),
  // haoheliu/voicefixer_main#14: a minus before SI-SNR, since it is minimised.
  sound(
    "ok-minus-for-training-voicefixer14",
    {
      sample: sampled(
        (u) => repeat(6, () => gauss(u)),
        (y, u, perfect) => y.map((x) => perfect ? x + 0.05 * gauss(u) : gauss(u)),
      ),
    },
    (y, p) => {
      const share = tf.div(rowSum(tf.mul(y, p), true), tf.add(rowSum(tf.square(y), true), 1e-8));
      const target = tf.mul(share, y), noise = rowSum(squaredError(target, p));
      const ratio = tf.div(tf.add(rowSum(tf.square(target)), 1e-8), tf.add(noise, 1e-8));
      return tf.mean(tf.mul(-10 / Math.LN10, tf.log(ratio)));
    },
  ),
  // microsoft/SoftTeacher#19: the losses of boxes are weighed by scores, and divided by the sum of these, at least 1.
  sound("ok-weighed-by-scores-softteacher19", { ...given("logits", "one-hot", 3), extraLabels: ["weight"] }, (y, p) => {
    const weight = flat(cut(y, 3, 1)), loss = tf.mul(weight, softmaxCrossEntropy(cut(y, 0, 3), p));
    return tf.div(tf.sum(loss), tf.maximum(tf.sum(weight), 1));
  }),
  // motokimura/capsnet_pytorch#1: margins for the lengths of capsules, 0.9 for the class and 0.1 for others.
  sound("ok-margins-of-lengths-capsnetpytorch1", given("probability", "one-hot", 3), (y, p) => {
    const present = tf.mul(y, tf.square(tf.relu(tf.sub(0.9, p))));
    const absent = tf.mul(tf.sub(1, y), tf.square(tf.relu(tf.sub(p, 0.1))));
    return tf.mean(rowSum(tf.add(present, tf.mul(0.5, absent))));
  }),
];

// A fourteenth set of losses: ports of losses in public threads and repositories that no other set has, most from
// segmentation and detection, regression and time series, survival, ordinal and multi-label tasks, autoencoders and GANs.
// Causes, and alternates that are as right, were fixed from the sources, by somebody who had read none of the audit's
// rules, and committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  choice,
  clip,
  coin,
  coins,
  crossEntropy,
  cut,
  float,
  gauss,
  given,
  itself,
  logLikelihood,
  type LossCase,
  lossCase,
  meanOf,
  minusTwiceDivergence,
  noLabels,
  normals,
  on,
  oneHot,
  oneOf,
  onRows,
  repeat,
  rowsOf,
  rowSum,
  sigmoidCrossEntropy,
  soft,
  softmaxCrossEntropy,
  sound,
  squaredError,
  stopped,
  uniforms,
  unit,
} from "./loss_case.ts";

const logSigmoid = (x: Tensor): Tensor => tf.neg(tf.softplus(tf.neg(x)));
/** A column without the other ones, of shape [n]. */
const column = (x: Tensor, at: number): Tensor => tf.squeeze(cut(x, at, 1) as tf.Tensor, [1]);
/** The rows of a class index as zeros and a one. */
const coded = (y: Tensor, classes: number): Tensor =>
  float(tf.oneHot(tf.cast(tf.squeeze(y as tf.Tensor, [1]), "int32") as tf.Tensor1D, classes));
/** 0.5·e² up to 1, |e| − 0.5 beyond. */
const smoothL1 = (e: Tensor): Tensor => {
  const size = tf.abs(e), low = tf.minimum(size, 1);
  return tf.add(tf.mul(0.5, tf.square(low)), tf.sub(size, low));
};
/** ½·Σ over a row of what makes a divergence from a standard normal distribution. */
const divergence = (mu: Tensor, logvar: Tensor): Tensor => tf.mul(-0.5, rowSum(minusTwiceDivergence(mu, logvar)));
/** The joint probabilities of a Student t kernel between all rows. */
const joint = (x: Tensor): Tensor => {
  const distance = tf.sum(tf.square(tf.sub(tf.expandDims(x, 1), tf.expandDims(x, 0))), 2);
  const kernel = tf.mul(tf.div(1, tf.add(1, distance)), tf.sub(1, tf.eye(x.shape[0])));
  return tf.div(kernel, tf.sum(kernel));
};
/** A function of an inverse temperature, between 0 and 1. */
const langevin = (x: number): number => Math.abs(x) < 0.1 ? 0.5 + x / 12 : 1 / (1 - Math.exp(-x)) - 1 / x;
/** Solves f(x) = value for a growing function f, by halving [−200, 200]. */
const solved = (f: (x: number) => number, value: number): number => {
  let low = -200, high = 200;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < value) low = middle;
    else high = middle;
  }
  return low;
};

export const heldOutCases14: readonly LossCase[] = [
  // ---- no-gradient-op
  // tensorflow/tensorflow#58614: the loss counts by count_nonzero(equal(round(prediction), label)): the gradient is None.
  lossCase(
    "counted-when-rounded-tf58614",
    ["no-gradient-op", "detached"],
    given("probability", "binary"),
    (y, p) => tf.sub(1, tf.div(tf.sum(float(tf.equal(tf.round(p), y))), p.shape[0])),
  ),
  // keras-team/keras#2185: Jaccard's similarity as K.mean(K.mean(K.equal(y_true, y_pred), axis=1), axis=-1).
  lossCase(
    "similarity-by-equal-keras2185",
    ["no-gradient-op", "detached", "constant", "wrong-sign"],
    given("probability", "binary", 3),
    (y, p) => tf.mean(tf.mean(float(tf.equal(y, p)), 1)),
  ),

  // ---- detached
  // huggingface/torchMoji#21: the model returns outputs.data; with Variable(loss, requires_grad=True) nothing is learned.
  lossCase(
    "outputs-data-torchmoji21",
    "detached",
    given("logits", "binary"),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, stopped(p))),
  ),
  // lululxvi/deepxde#1318: as_tensor((a, b)) of two outputs is a tensor of its own, which "looses the gradient information".
  lossCase(
    "outputs-in-new-tensor-deepxde1318",
    "detached",
    given("real", "real", 2),
    (y, p) => tf.mean(squaredError(y, tf.concat([stopped(cut(p, 0, 1)), stopped(cut(p, 1, 1))] as tf.Tensor[], 1))),
  ),

  // ---- constant
  // BVLC/caffe#5240: SoftmaxWithLoss on a score map of one channel for masks of black and white.
  lossCase(
    "softmax-of-one-channel-caffe5240",
    ["constant", "activation-mismatch"],
    on("logits", "binary"),
    (y, p) => tf.neg(tf.mean(tf.mul(y, tf.logSoftmax(p)))),
  ),

  // ---- saturated
  // ooples/AiDotNet#1982: −log of the mean return plus log of the volatility, both not below 1e-12: a portfolio that loses
  // has no gradient of its return, and a steady loss scores 0. Labels: returns of three assets, outputs: weights.
  lossCase(
    "floored-return-aidotnet1982",
    ["saturated", "wrong-optimum"],
    onRows("simplex", normals(3, 0.02), (u) => soft(normals(3)(u)), (y) => oneHot(3, y.indexOf(Math.max(...y)))),
    (y, p) => {
      const returns = rowSum(tf.mul(y, p)), mean = tf.mean(returns);
      const volatility = tf.sqrt(tf.mean(tf.square(tf.sub(returns, mean))));
      return tf.sub(tf.log(tf.maximum(volatility, 1e-12)), tf.log(tf.maximum(mean, 1e-12)));
    },
  ),
  // toandaominh1997/EfficientDet.Pytorch#131: focal loss of probabilities clamped to [1e-4, 1 − 1e-4]: with 1600 objects it
  // "still didn't downgrade"; with 1e-8 it did.
  lossCase(
    "clamped-classification-efficientdet131",
    ["saturated", "healthy"],
    { ambiguous: true, ...given("probability", "binary", 2) },
    (y, p) => {
      const q = tf.clipByValue(p, 1e-4, 1 - 1e-4), not = tf.sub(1, y);
      const weight = tf.add(
        tf.mul(tf.mul(0.25, y), tf.square(tf.sub(1, q))),
        tf.mul(tf.mul(0.75, not), tf.square(q)),
      );
      return tf.div(tf.neg(tf.sum(tf.mul(weight, logLikelihood(y, q)))), tf.maximum(tf.sum(y), 1));
    },
  ),

  // ---- domain-edge
  // mhpi/generic_deltamodel#114: the error of log10(√(flow + 1e-6) + 0.1) of a head that may be negative: NaN from the first
  // step.
  lossCase(
    "negative-flow-deltamodel114",
    ["domain-edge", "activation-mismatch", "nan-gradient"],
    onRows("real", (u) => [Math.exp(gauss(u))], (u) => [1.5 + 1.5 * gauss(u)]),
    (y, p) => {
      const level = (x: Tensor) => tf.div(tf.log(tf.add(tf.sqrt(tf.add(x, 1e-6)), 0.1)), Math.LN10);
      const rmse = (a: Tensor, b: Tensor) => tf.sqrt(tf.mean(squaredError(a, b)));
      return tf.add(tf.mul(0.75, rmse(y, p)), tf.mul(0.25, rmse(level(y), level(p))));
    },
  ),
  // mattpoggi/mono-uncertainty#13: |error|/uncertainty + log(uncertainty), which has no sigmoid and becomes negative.
  lossCase(
    "uncertainty-below-zero-monouncertainty13",
    ["domain-edge", "activation-mismatch"],
    onRows("real", normals(1), normals(2), ([y]) => [y, 0.05]),
    (y, p) => {
      const uncertainty = cut(p, 1, 1);
      return tf.mean(tf.add(tf.div(tf.abs(tf.sub(y, cut(p, 0, 1))), uncertainty), tf.log(uncertainty)));
    },
  ),
  // SystemErrorWang/deepupe_tensorflow#4: smoothness by logarithms of pictures in (−1, 1), and of their differences to the
  // power 1.2: "nan with the logarithmic operation". A picture is four pixels in a row.
  lossCase(
    "logarithm-of-pictures-deepupe4",
    ["domain-edge", "activation-mismatch"],
    onRows("tanh", (u) => repeat(4, () => 2 * u() - 1), (u) => repeat(4, () => 2 * u() - 1)),
    (y, p) => {
      const steps = (x: Tensor) => tf.sub(cut(x, 1, 3), cut(x, 0, 3));
      const plain = tf.mean(tf.square(steps(p))), logs = tf.mean(tf.pow(steps(tf.log(p)), 1.2));
      return tf.add(tf.mean(squaredError(y, p)), tf.mul(100, tf.div(plain, tf.add(logs, 1e-4))));
    },
  ),
  // PathologyDataScience/SurvivalNet#6: the logarithm of the sum of exp(prediction) over those at risk: "big values and
  // consequently NaNs". It is summed over the patients. Labels [time, event].
  lossCase(
    "exponentials-at-risk-survivalnet6",
    ["domain-edge", "bad-scale"],
    onRows(
      "real",
      (u) => [0.1 + 5 * u(), coin(u, 0.7)],
      (u, _, kind) => [kind === "far" ? (coin(u) ? 120 : -120) : gauss(u)],
      ([time]) => [10 - 4 * time],
      ["far"],
    ),
    (y, p) => {
      const time = cut(y, 0, 1), later = float(tf.greaterEqual(tf.transpose(time), time));
      const risk = tf.matMul(later as tf.Tensor2D, tf.exp(p) as tf.Tensor2D);
      return tf.neg(tf.sum(tf.mul(cut(y, 1, 1), tf.sub(p, tf.log(risk)))));
    },
  ),
  // pkmital/tensorflow_tutorials#23: tanh outputs of a variational autoencoder go into log(y + 1e-10): the costs are nan.
  // Outputs [pixels 2 | μ 2 | log σ 2].
  lossCase(
    "tanh-pixels-tutorials23",
    ["domain-edge", "activation-mismatch"],
    onRows(
      "real",
      uniforms(2, 0.02, 0.98),
      (u) => [...repeat(2, () => 1.96 * u() - 0.98), ...normals(4, 0.5)(u)],
      (y) => [...y, 0, 0, 0, 0],
    ),
    (y, p) => {
      const pixels = cut(p, 0, 2);
      const logs = tf.add(
        tf.mul(y, tf.log(tf.add(pixels, 1e-10))),
        tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, pixels), 1e-10))),
      );
      return tf.mean(tf.add(tf.neg(rowSum(logs)), divergence(cut(p, 2, 2), tf.mul(2, cut(p, 4, 2)))));
    },
  ),
  // RasmussenLab/vamb#12: the cross-entropy of depths takes the logarithm of a softmax that may be exactly 0.
  lossCase(
    "depth-of-zero-vamb12",
    "domain-edge",
    on("simplex", "distribution", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(p))))),
  ),
  // vanderschaarlab/synthcity#331: log variances without bounds are exponentiated: NaN losses for some data sets.
  // Outputs [reconstruction 2 | μ 2 | log σ² 2].
  lossCase(
    "unbounded-log-variance-synthcity331",
    ["domain-edge", "bad-scale"],
    onRows(
      "real",
      normals(2),
      (u, _, kind) => kind === "far" ? repeat(6, () => coin(u) ? 120 : -120) : normals(6)(u),
      (y) => [...y, 0, 0, 0, 0],
      ["far"],
    ),
    (y, p) =>
      tf.add(
        tf.mean(squaredError(y, cut(p, 0, 2))),
        tf.mul(-0.5, tf.mean(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2)))),
      ),
  ),
  // zhengqili/MegaDepth#38: the logarithm of a depth of 0 is masked by a product: −∞·0. Labels: depths of four pixels,
  // outputs: their logarithms.
  lossCase(
    "logarithm-of-no-depth-megadepth38",
    "domain-edge",
    onRows(
      "real",
      (u) => repeat(4, () => coin(u, 0.2) ? 0 : 0.5 + 3 * u()),
      normals(4),
      (y) => y.map((v) => v ? Math.log(v) : 0),
    ),
    (y, p) => {
      const mask = float(tf.greater(y, 0)), all = tf.sum(mask);
      const difference = tf.mul(tf.sub(p, tf.log(y)), mask);
      return tf.sub(
        tf.div(tf.sum(tf.square(difference)), all),
        tf.div(tf.square(tf.sum(difference)), tf.square(all)),
      );
    },
  ),

  // ---- zero-division
  // Stick-To/CenterNet-tensorflow#20: a crop without any target: the sums are divided by num_g = 0, and the mean of no
  // offsets is NaN. Labels [centre | offset | penalty], outputs [logit | offset].
  lossCase(
    "no-target-in-crop-centernettensorflow20",
    "zero-division",
    onRows(
      "real",
      (u, kind) => {
        const centre = kind === "allNeg" ? 0 : coin(u, 0.2);
        return [centre, centre * u(), centre ? 1 : 0.5 * u()];
      },
      (u) => [2 * gauss(u), gauss(u)],
      ([centre, offset]) => [centre ? 8 : -8, offset],
      ["allNeg"],
    ),
    (y, p) => {
      const centre = cut(y, 0, 1), targets = tf.sum(centre), logit = cut(p, 0, 1), share = tf.sigmoid(logit);
      const yes = tf.mul(tf.mul(centre, tf.square(tf.sub(1, share))), logSigmoid(logit));
      const weight = tf.mul(tf.sub(1, centre), tf.pow(tf.sub(1, cut(y, 2, 1)), 4));
      const no = tf.mul(tf.mul(weight, tf.square(share)), tf.sub(logSigmoid(logit), logit));
      const offset = tf.sum(tf.mul(centre, tf.abs(tf.sub(cut(y, 1, 1), cut(p, 1, 1)))));
      return tf.add(tf.neg(tf.div(tf.sum(tf.add(yes, no)), targets)), tf.div(offset, targets));
    },
  ),
  // Stack Overflow, "Custom Keras loss function that conditionally creates a zero gradient": rows of label 0 are dropped by
  // boolean_mask; a batch of nothing else has a mean of none.
  lossCase(
    "labels-of-zero-dropped-so-conditionally-zero-gradient",
    "zero-division",
    onRows("real", (u, kind) => [kind === "allNeg" || coin(u, 0.4) ? 0 : gauss(u)], normals(1, 1.5), itself, [
      "allNeg",
    ]),
    (y, p) => {
      const kept = float(tf.notEqual(y, 0));
      return tf.div(tf.sum(tf.mul(kept, squaredError(y, p))), tf.sum(kept));
    },
  ),

  // ---- nan-gradient
  // Stack Overflow 79042404: where(|x| < 0.1, 0.5 + x/12, 1/(1 − e⁻ˣ) − 1/x) at x and x + 50: NaN after 40 epochs.
  lossCase(
    "langevin-by-where-so79042404",
    "nan-gradient",
    onRows(
      "real",
      (u) => [langevin(3 * gauss(u) - 2) + 0.97],
      (u, _, kind) => [kind === "far" ? (coin(u) ? -150 : 120) : 3 * gauss(u)],
      ([y]) => [solved((x) => langevin(x) + langevin(x + 50), y)],
      ["far"],
    ),
    (y, p) => {
      const f = (x: Tensor) =>
        tf.where(
          tf.cast(stopped(x, (v) => float(tf.less(tf.abs(v), 0.1))) as tf.Tensor, "bool"),
          tf.add(0.5, tf.div(x, 12)),
          tf.sub(tf.div(1, tf.sub(1, tf.exp(tf.neg(x)))), tf.div(1, x)),
        );
      return tf.mean(squaredError(y, tf.add(f(p), f(tf.add(p, 50)))));
    },
  ),
  // stats.stackexchange 360983: the log-loss, with an epsilon, of exp(−exp(−(t − μ)/softplus(score))): nan for small scales.
  // Labels [time, dead before it].
  lossCase(
    "gumbel-of-small-scale-stats360983",
    ["nan-gradient", "domain-edge", "zero-division"],
    onRows(
      "real",
      (u) => {
        const dead = coin(u);
        return [dead ? 1 + 3 * u() : 0.1 + 0.5 * u(), dead];
      },
      (u, _, kind) => [kind === "far" ? (coin(u) ? 120 : -120) : 2 * gauss(u)],
      ([, dead]) => [dead ? -2 : 4],
      ["far"],
    ),
    (y, p) => {
      const scale = tf.softplus(p), late = tf.div(tf.sub(cut(y, 0, 1), 0.01), scale);
      const dead = tf.exp(tf.neg(tf.exp(tf.neg(late)))), label = cut(y, 1, 1);
      return tf.neg(tf.mean(tf.add(
        tf.mul(label, tf.log(tf.add(dead, 1e-7))),
        tf.mul(tf.sub(1, label), tf.log(tf.add(tf.sub(1, dead), 1e-7))),
      )));
    },
  ),
  // google-deepmind/optax#1346: cross-entropy times (1 − p_t)^γ with p_t from a sigmoid: NaN gradients for extreme logits
  // and γ below 1.
  lossCase("focal-of-extreme-logits-optax1346", "nan-gradient", given("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), right = tf.add(tf.mul(q, y), tf.mul(tf.sub(1, q), tf.sub(1, y)));
    return tf.mean(tf.mul(sigmoidCrossEntropy(y, p), tf.pow(tf.sub(1, right), 0.5)));
  }),
  // unit8co/darts#2517: MapeLoss replaces what a division by 0 gives by 0 afterwards: the loss is 0, predictions become NaN.
  lossCase("division-hidden-darts2517", ["nan-gradient", "zero-division"], on("real", "count"), (y, p) => {
    const share = tf.div(tf.sub(y, p), y);
    return tf.mean(tf.abs(tf.where(tf.isFinite(share as tf.Tensor), share, tf.zerosLike(share as tf.Tensor))));
  }),
  // ZFTurbo/Music-Source-Separation-Training#200: spec_rmse: the root of each source's mean square of a spectrum, without an
  // epsilon. Four samples of sound a row.
  lossCase("root-of-spectrum-mss200", "nan-gradient", given("real", "real", 4), (y, p) => {
    const waves = [[1, 1, 1, 1], [1, 0, -1, 0], [0, 1, 0, -1], [1, -1, 1, -1]];
    const spectrum = tf.matMul(tf.sub(p, y) as tf.Tensor2D, tf.tensor2d(waves), false, true);
    return tf.mean(tf.sqrt(tf.mean(tf.square(spectrum), 1)));
  }),

  // ---- wrong-sign
  // LDOUBLEV/semi-supervised-GAN#7: d_loss = −d_loss_r + d_loss_f + …: an extra minus; the loss falls to −160635.
  // Labels: one of two classes; outputs: logits of a real picture and of a false one, two classes and "false" each.
  lossCase(
    "real-part-negated-semisupervisedgan7",
    ["wrong-sign", "wrong-optimum"],
    onRows("logits", oneOf(2), normals(6, 2), (y) => [...y.map((x) => 6 + 2 * x), -8, -8, -8, 8]),
    (y, p) => {
      const real = cut(p, 0, 3), fake = cut(p, 3, 3);
      const target = (row: number[]) => tf.mul(0.9, tf.add(tf.zerosLike(real as tf.Tensor), row));
      const ofReal = tf.mean(sigmoidCrossEntropy(target([1, 1, 0]), real));
      const ofFake = tf.mean(sigmoidCrossEntropy(target([0, 0, 1]), fake));
      const label = tf.mul(0.9, tf.concat([y, tf.zeros([y.shape[0], 1])] as tf.Tensor[], 1));
      return tf.add(tf.sub(ofFake, ofReal), tf.mul(10, tf.mean(softmaxCrossEntropy(label, real))));
    },
  ),
  // adriangb/scikeras#196: KerasRegressor.r_squared, 1 − SS_res/(SS_tot + ε), "is incorrectly used as a loss function".
  lossCase("r-squared-scikeras196", "wrong-sign", given("real", "real"), (y, p) => {
    const residual = tf.sum(squaredError(y, p)), total = tf.sum(tf.square(tf.sub(y, tf.mean(y))));
    return tf.sub(1, tf.div(residual, tf.add(total, 1e-7)));
  }),
  // escalante-bio/mosaic#29: the loss of an interface returned ipTM, which is to be high. Outputs: logits of four bins of
  // the error between two chains; no labels.
  lossCase(
    "iptm-returned-mosaic29",
    "wrong-sign",
    onRows("logits", noLabels, normals(4, 2), () => [8, 0, -8, -8]),
    (_, p) => {
      const score = [1, 6, 12, 24].map((error) => 1 / (1 + (error / 5) ** 2));
      return tf.mean(rowSum(tf.mul(tf.softmax(p), score)));
    },
  ),
  // Nixtla/neuralforecast#462: sCRPS divides quantile losses by Σ y, not by Σ |y|: below 0 for series that are.
  // Outputs: quantiles 0.1, 0.5 and 0.9.
  lossCase(
    "sum-without-absolute-neuralforecast462",
    ["wrong-sign", "zero-division", "wrong-optimum"],
    onRows("real", (u) => [gauss(u) - 0.3], normals(3, 1.5), ([y]) => [y, y, y]),
    (y, p) => {
      const error = tf.sub(y, p), levels = tf.tensor1d([0.1, 0.5, 0.9]);
      const quantile = tf.maximum(tf.mul(levels, error), tf.mul(tf.sub(levels, 1), error));
      return tf.div(tf.mul(2 / 3, tf.sum(quantile)), tf.sum(y));
    },
  ),
  // https-deeplearning-ai/GANs-Public#1: adv_loss aims at zeros if is_real, else at ones: swapped for the discriminator.
  // Outputs [real, false]; no labels.
  lossCase(
    "real-is-zero-ganspublic1",
    ["wrong-sign", "label-encoding", "wrong-optimum", "healthy"],
    { ...onRows("logits", noLabels, normals(2, 2), () => [8, -8]), ambiguous: true },
    (_, p) => {
      const real = cut(p, 0, 1), fake = cut(p, 1, 1);
      const target = (x: Tensor, isReal: boolean) =>
        isReal ? tf.zerosLike(x as tf.Tensor) : tf.onesLike(x as tf.Tensor);
      return tf.mul(
        0.5,
        tf.add(
          tf.mean(sigmoidCrossEntropy(target(real, true), real)),
          tf.mean(sigmoidCrossEntropy(target(fake, false), fake)),
        ),
      );
    },
  ),

  // ---- swapped-arguments
  // nfmcclure/tensorflow_cookbook#25: sigmoid_cross_entropy_with_logits(labels=x_vals, logits=targets), x_vals being
  // predictions from −3 to 5: it "don't work well".
  lossCase(
    "x-vals-as-labels-cookbook25",
    ["swapped-arguments", "wrong-optimum"],
    given("logits", "binary"),
    (y, p) => tf.mean(sigmoidCrossEntropy(p, y)),
  ),
  // keras-team/keras#4556: K.binary_crossentropy(x, x_decoded), whose order was (output, target), in a variational
  // autoencoder. Outputs [pixels 2 | μ 2 | log σ² 2].
  lossCase(
    "order-of-backend-keras4556",
    "swapped-arguments",
    onRows("real", coins(2), (u) => [...uniforms(2, 0.02, 0.98)(u), ...normals(4, 0.5)(u)], (y) => [...y, 0, 0, 0, 0]),
    (y, p) => tf.mean(tf.add(rowSum(crossEntropy(cut(p, 0, 2), y)), divergence(cut(p, 2, 2), cut(p, 4, 2)))),
  ),

  // ---- activation-mismatch
  // YunYang1994/TensorFlow2.0-Examples#63: binary_crossentropy, which clips, of a discriminator whose last layer is linear.
  lossCase(
    "linear-discriminator-tf2examples63",
    ["activation-mismatch", "saturated"],
    given("logits", "binary"),
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // mlpack/mlpack#1813: CrossEntropyError of unscaled outputs of a discriminator: nan by the logarithm of a negative number.
  lossCase(
    "unscaled-outputs-mlpack1813",
    ["activation-mismatch", "domain-edge"],
    given("logits", "binary"),
    (y, p) =>
      tf.neg(tf.mean(tf.add(
        tf.mul(y, tf.log(tf.add(p, 1e-10))),
        tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, p), 1e-10))),
      ))),
  ),
  // lightly-ai/lightly#1341: kl_div of mean probabilities, not their logarithms, against a power law. No labels.
  lossCase(
    "no-logarithm-pmsn-lightly1341",
    ["activation-mismatch", "wrong-optimum"],
    onRows("logits", noLabels, normals(3, 2), () => [0.55, 0.27, 0.18].map(Math.log)),
    (_, p) => {
      const mean = tf.mean(tf.softmax(p), 0), prior = tf.tensor1d([0.55, 0.27, 0.18]);
      return tf.sum(tf.mul(prior, tf.sub(tf.log(prior), mean)));
    },
  ),

  // ---- label-encoding
  // isl-org/MultiObjectiveOptimization#7: labels below 0 are masked as missing, but depths have been normalised: most of the
  // entries are left out.
  lossCase(
    "normalised-depth-multiobjective7",
    ["label-encoding", "wrong-optimum", "saturated"],
    given("real", "real"),
    (y, p) => {
      const mask = float(tf.greater(y, 0));
      return tf.div(tf.sum(tf.mul(mask, tf.abs(tf.sub(y, p)))), tf.maximum(tf.sum(mask), 1));
    },
  ),
  // hlamba28/UNET-TGS#8: masks are not divided by 255: "negative values for binary cross_entropy".
  lossCase("masks-undivided-unettgs8", "label-encoding", on("probability", "binary255"), meanOf(crossEntropy)),
  // google-deepmind/neural_networks_solomonoff_induction#4: the mask is 1 where a symbol is to be ignored, and is multiplied
  // as if it were 0 there. Labels [symbol 3 | mask].
  lossCase(
    "mask-of-ignored-solomonoff4",
    ["label-encoding", "wrong-optimum", "reduction", "saturated"],
    onRows(
      "logits",
      (u) => [...oneHot(3, choice(3, u)), coin(u, 0.4)],
      normals(3, 2),
      (y, u) => y[3] ? normals(3, 2)(u) : y.slice(0, 3).map((x) => 8 * x),
    ),
    (y, p) => tf.mean(tf.mul(column(y, 3), softmaxCrossEntropy(cut(y, 0, 3), p))),
  ),
  // VectorInstitute/cyclops#168: pathologies that nobody looked for have the label −1, which is not masked.
  lossCase(
    "unknown-is-minus-one-cyclops168",
    ["label-encoding", "wrong-optimum"],
    onRows(
      "logits",
      (u) => repeat(3, () => coin(u, 0.4) ? -1 : coin(u, 0.4)),
      normals(3, 2),
      (y) => y.map((v) => v > 0 ? 8 : -8),
    ),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // tplusone/hanser_ml_zeitreihen#3: classes from −6 to 6 as indices of sparse_categorical_crossentropy: NaN predictions.
  lossCase(
    "scale-from-minus-six-hanser3",
    ["label-encoding", "wrong-optimum"],
    onRows("simplex", (u) => [choice(13, u) - 6], (u) => soft(normals(13)(u)), ([y]) => oneHot(13, y + 6)),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(coded(y, 13), tf.log(clip(p)))))),
  ),

  // ---- broadcast
  // deepset-ai/FARM#229: the head of a regression squeezes its outputs to [n], labels are [n, 1].
  lossCase(
    "squeezed-head-farm229",
    "broadcast",
    given("real", "real"),
    (y, p) => tf.mean(squaredError(y, tf.squeeze(p as tf.Tensor, [1]))),
  ),
  // auspicious3000/autovc#66: spectrograms get a dimension, [n, 1, k], and the target has none.
  lossCase(
    "dimension-of-spectrograms-autovc66",
    "broadcast",
    given("real", "real", 3),
    (y, p) => tf.mean(squaredError(y, tf.expandDims(p as tf.Tensor, 1))),
  ),
  // jiwei0921/CoNet#3: smooth L1, summed, of depths [n, 1, h, w] and targets [n, h, w].
  lossCase("target-without-channel-conet3", ["broadcast", "bad-scale"], given("real", "real", 4), (y, p) => {
    const n = p.shape[0];
    return tf.sum(smoothL1(tf.sub(tf.reshape(p, [n, 1, 2, 2]), tf.reshape(y, [n, 2, 2]))));
  }),

  // ---- wrong-axis
  // keras-team/keras-contrib#232: the length of all rows' gradients together is to be 1, not that of each. Outputs: gradients
  // of a critic; no labels.
  lossCase(
    "length-of-all-gradients-kerascontrib232",
    ["wrong-axis", "wrong-optimum", "bad-scale", "reduction"],
    onRows("real", noLabels, normals(2), (_, u) => {
      const angle = 2 * Math.PI * u();
      return [Math.cos(angle), Math.sin(angle)];
    }),
    (_, p) => tf.mul(10, tf.square(tf.sub(1, tf.sqrt(tf.sum(tf.square(p)))))),
  ),
  // fungtion/DSN#2: DiffLoss multiplies each sample's private features with the shared ones of all samples, not feature with
  // feature over the batch. Outputs [private 2 | shared 2].
  lossCase(
    "sample-with-sample-dsn2",
    ["wrong-axis", "healthy"],
    { ...onRows("real", noLabels, normals(4), (_, u) => [gauss(u), 0, 0, gauss(u)]), ambiguous: true },
    (_, p) => {
      const own = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, shared = unit(cut(p, 2, 2), 1e-12) as tf.Tensor2D;
      return tf.mean(tf.square(tf.matMul(own, shared, false, true)));
    },
  ),

  // ---- wrong-optimum
  // IParraMartin/Sparse-Autoencoder#1: the sparsity penalty is kl_div(log ρ̂, ρ) of mean ReLU activities, with no part for
  // 1 − ρ: it falls without end as they grow. Outputs [hidden 4], no labels.
  lossCase(
    "half-of-divergence-sparseautoencoder1",
    ["wrong-optimum", "activation-mismatch"],
    onRows(
      "nonnegative",
      noLabels,
      (u) => repeat(4, () => Math.abs(gauss(u))),
      (_, u) => repeat(4, () => coin(u, 0.1) ? 0.5 : 0),
    ),
    (_, p) => {
      const active = tf.mean(p, 0);
      return tf.mean(tf.mul(0.05, tf.sub(Math.log(0.05), tf.log(tf.add(active, 1e-8)))));
    },
  ),
  // OpenTabular/DeepTab#417: a gamma deviance of log(y/μ) + (y − μ)/μ: unbounded below, it rewards over-prediction.
  lossCase(
    "inverted-logarithm-deeptab417",
    ["wrong-optimum", "wrong-sign"],
    onRows("nonnegative", (u) => [Math.exp(gauss(u))], (u) => [Math.exp(gauss(u))]),
    (y, p) => tf.mul(2, tf.mean(tf.add(tf.log(tf.div(y, p)), tf.div(tf.sub(y, p), p)))),
  ),

  // ---- bad-scale
  // SSARCandy/DeepCORAL#17: the matrices of two domains' covariances are not divided by the number of rows. Outputs: two
  // features of a source and of a target; no labels.
  lossCase(
    "covariance-undivided-deepcoral17",
    ["bad-scale", "reduction"],
    onRows("real", noLabels, (u) => [...normals(2)(u), ...normals(2, 2)(u)], (_, u) => {
      const x = normals(2)(u);
      return [...x, ...x];
    }),
    (_, p) => {
      const products = (at: number) => {
        const x = cut(p, at, 2), centred = tf.sub(tf.mean(x, 0, true), x) as tf.Tensor2D;
        return tf.matMul(centred, centred, true, false);
      };
      return tf.div(tf.mean(squaredError(products(0), products(2))), 16);
    },
  ),
  // callmeray/PointMVSNet#28: the mean error of each depth map, summed over the batch. Labels: four depths, 0 if unknown.
  lossCase(
    "maps-summed-pointmvsnet28",
    ["bad-scale", "reduction"],
    onRows("real", (u) => repeat(4, () => coin(u, 0.2) ? 0 : 1 + 3 * u()), (u) => repeat(4, () => 2.5 + gauss(u))),
    (y, p) => {
      const valid = float(tf.greater(y, 0));
      const error = rowSum(tf.mul(valid, tf.abs(tf.sub(y, p))));
      return tf.sum(tf.div(error, tf.add(rowSum(valid), 1e-7)));
    },
  ),
  // keras-team/keras#2908: mean_absolute_percentage_error, whose denominator is at least 1e-7, of labels that may be 0.
  lossCase(
    "percentages-of-zero-keras2908",
    ["bad-scale", "zero-division"],
    on("real", "count"),
    (y, p) => tf.mul(100, tf.mean(tf.div(tf.abs(tf.sub(y, p)), tf.maximum(tf.abs(y), 1e-7)))),
  ),

  // ---- reduction
  // chen-judge/RGBTCrowdCounting#7: the sum stands after the loop over the pictures: only the last one counts. Labels: shares
  // of two heads in three pixels, outputs: densities.
  lossCase(
    "last-picture-rgbtcrowdcounting7",
    ["reduction", "wrong-optimum", "saturated", "detached"],
    onRows(
      "nonnegative",
      (u) => {
        const share = u();
        return [1, 0, share, 0, 1, 1 - share];
      },
      (u) => repeat(3, () => Math.abs(gauss(u))),
      () => [1, 1, 0],
    ),
    (y, p) => {
      const n = p.shape[0], last = tf.slice(p, [n - 1, 0], [1, -1]), share = tf.slice(y, [n - 1, 0], [1, -1]);
      const counts = [0, 3].map((at) => tf.sum(tf.mul(last, cut(share, at, 3))));
      return tf.div(tf.add(tf.abs(tf.sub(1, counts[0])), tf.abs(tf.sub(1, counts[1]))), n);
    },
  ),
  // wblgers/tensorflow_stacked_denoising_autoencoder#1: the divergence from a sparsity of 0.1 is that of each activity, not of
  // its mean over the batch: "each element will be closed to p". Outputs: three hidden units; no labels.
  lossCase(
    "each-activity-stackedautoencoder1",
    ["reduction", "wrong-optimum"],
    onRows("probability", noLabels, uniforms(3, 0.02, 0.98), (_, u) => repeat(3, () => coin(u, 0.1))),
    (_, p) => {
      const logs = (x: Tensor) => tf.log(tf.maximum(x, 1e-8)), entropy = 0.1 * Math.log(0.1) + 0.9 * Math.log(0.9);
      return tf.mean(tf.sub(entropy, tf.add(tf.mul(0.1, logs(p)), tf.mul(0.9, logs(tf.sub(1, p))))));
    },
  ),

  // ---- healthy
  // liyaguang/DCRNN#37: absolute errors where the speed is not 0 (missing), weighed by the mask over its mean; NaN becomes 0.
  sound(
    "ok-missing-speeds-dcrnn37",
    onRows("real", (u) => repeat(3, () => coin(u, 0.2) ? 0 : 1 + u()), (u) => repeat(3, () => 1.5 + gauss(u))),
    (y, p) => {
      const mask = float(tf.notEqual(y, 0)), share = tf.maximum(tf.mean(mask), 1e-12);
      return tf.mean(tf.mul(tf.abs(tf.sub(y, p)), tf.div(mask, share)));
    },
  ),
  // elliottzheng/AdaptiveWingLoss#1: ω·log(1 + |Δ/ε|^(α − y)) for small errors of a heatmap, a straight line for large ones.
  sound(
    "ok-adaptive-wing-elliottzheng1",
    onRows("real", (u) => repeat(4, () => coin(u, 0.6) ? 0 : u()), normals(4, 0.7)),
    (y, p) => {
      const error = tf.abs(tf.sub(y, p)), power = tf.sub(2.1, y), edge = tf.pow(0.5, power);
      const slope = tf.mul(14, tf.mul(tf.div(1, tf.add(1, edge)), tf.mul(power, tf.pow(0.5, tf.sub(power, 1)))));
      const near = tf.mul(14, tf.log(tf.add(1, tf.pow(tf.minimum(error, 0.5), power))));
      return tf.mean(tf.add(near, tf.mul(slope, tf.relu(tf.sub(error, 0.5)))));
    },
  ),
  // kiankd/corel2019#1: the mask is −1 for the own class, so that attraction has its minus; the largest other cosine is
  // squared. Outputs: cosines with three classes.
  sound("ok-attraction-corel1", on("tanh", "one-hot", 3), (y, p) => {
    const mask = tf.neg(y);
    const attraction = tf.sum(tf.mul(mask, p)), repulsion = tf.sum(tf.square(tf.max(tf.mul(tf.add(mask, 1), p), 1)));
    return tf.div(tf.add(tf.mul(0.5, attraction), tf.mul(0.5, repulsion)), p.shape[0]);
  }),
  // datascience.stackexchange 58735: cross-entropy times 59·y + 1, for sixty pixels of one class to one of the other: "The
  // code is correct".
  sound(
    "ok-sixty-to-one-datascience58735",
    { ...given("probability", "binary"), prevalence: 0.1 },
    (y, p) => tf.mean(tf.mul(crossEntropy(y, p), tf.add(tf.mul(59, y), 1))),
  ),
  // Stack Overflow 57618482: errors of labels that are 0 weigh a tenth of the others, by a where that puts 0 for the output.
  sound(
    "ok-zeros-weigh-less-so57618482",
    onRows("real", (u) => repeat(3, () => coin(u, 0.7) ? 0 : gauss(u)), normals(3)),
    (y, p) => {
      const others = tf.where(tf.equal(y, 0), tf.sub(p, p), p);
      return tf.add(tf.mean(squaredError(y, others)), tf.mul(0.1, tf.mean(squaredError(y, p))));
    },
  ),
  // pytorch/vision#8519: sigmoid_focal_loss "is missing a −1", but is made of a cross-entropy that has its minus.
  sound("ok-no-minus-torchvision8519", given("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), right = tf.add(tf.mul(q, y), tf.mul(tf.sub(1, q), tf.sub(1, y)));
    const alpha = tf.add(tf.mul(0.25, y), tf.mul(0.75, tf.sub(1, y)));
    return tf.mean(tf.mul(alpha, tf.mul(sigmoidCrossEntropy(y, p), tf.square(tf.sub(1, right)))));
  }),
  // kylemcdonald/Parametric-t-SNE#6: the divergence of joint probabilities of all pairs of rows. Labels: an n × n matrix.
  sound(
    "ok-joint-probabilities-parametrictsne6",
    {
      yPred: "real",
      sample: (kind, seed, n) => {
        const points = rowsOf(normals(2), normals(2))(kind, seed, n);
        return points && { yTrue: joint(points.yTrue), yPred: points.yPred };
      },
    },
    (y, p) => {
      const q = tf.maximum(joint(p), 1e-14);
      return tf.sum(tf.mul(y, tf.log(tf.div(tf.add(y, 1e-14), tf.add(q, 1e-14)))));
    },
  ),
  // umbertogriffo/focal-loss-keras#13: the categorical form has no term for the other classes, and needs none: the outputs
  // are scaled to a sum of 1.
  sound("ok-only-own-class-umbertogriffo13", given("simplex", "one-hot", 3), (y, p) => {
    const q = clip(tf.div(p, rowSum(p, true)));
    return tf.mean(rowSum(tf.mul(tf.mul(0.25, tf.square(tf.sub(1, q))), tf.neg(tf.mul(y, tf.log(q))))));
  }),
  // ericjang/draw#2: ½·Σ(μ² + σ² − 2·log σ) of ten steps minus 10/2, a constant that is too small for two latent numbers,
  // plus the cross-entropy of the canvas. Outputs [canvas 2 | μ 2 | log σ 2].
  sound(
    "ok-constant-too-small-draw2",
    onRows(
      "real",
      coins(2),
      (u) => [...normals(2, 2)(u), ...normals(4, 0.5)(u)],
      (y) => [...y.map((v) => v ? 8 : -8), 0, 0, 0, 0],
    ),
    (y, p) => {
      const logSigma = cut(p, 4, 2);
      const parts = tf.sub(tf.add(tf.square(cut(p, 2, 2)), tf.exp(tf.mul(2, logSigma))), tf.mul(2, logSigma));
      return tf.mean(tf.add(
        rowSum(sigmoidCrossEntropy(y, cut(p, 0, 2))),
        tf.sub(tf.mul(0.5, rowSum(parts)), 5),
      ));
    },
  ),
  // tensorflow/addons#2587: sigmoidF1: one minus the F1 score of each label over the batch, from sigmoids.
  sound("ok-sigmoid-f1-addons2587", given("logits", "binary", 3), (y, p) => {
    const q = tf.sigmoid(p);
    const hit = tf.sum(tf.mul(q, y), 0), wrong = tf.sum(tf.mul(q, tf.sub(1, y)), 0);
    const missed = tf.sum(tf.mul(tf.sub(1, q), y), 0);
    const score = tf.div(tf.mul(2, hit), tf.add(tf.add(tf.mul(2, hit), tf.add(wrong, missed)), 1e-16));
    return tf.mean(tf.sub(1, score));
  }),
  // lee-zq/3DUNet-Pytorch, utils/loss.py: squared errors of a picture's voxels inside and outside, 0.05 to 0.95.
  sound("ok-two-rates-3dunetpytorch", given("probability", "binary", 6), (y, p) => {
    const error = squaredError(y, p), not = tf.sub(1, y);
    const rate = (mask: Tensor) => tf.div(rowSum(tf.mul(error, mask)), tf.add(1, rowSum(mask)));
    return tf.mean(tf.add(tf.mul(0.05, rate(y)), tf.mul(0.95, rate(not))));
  }),
  // argman/EAST, model.py: a hundredth of the Dice loss of the score map, and −log((I + 1)/(U + 1)) + 20·(1 − cos) where there
  // is text. Labels and outputs [score | four distances | angle].
  sound(
    "ok-geometry-east",
    onRows(
      "real",
      (u) => [coin(u, 0.4), ...repeat(4, () => 1 + 4 * u()), 0.5 * gauss(u)],
      (u) => [...uniforms(1, 0.02, 0.98)(u), ...repeat(4, () => 1 + 4 * u()), 0.7 * gauss(u)],
    ),
    (y, p) => {
      const text = column(y, 0), score = column(p, 0), side = (x: Tensor, k: number) => column(x, k);
      const overlap = tf.sub(
        1,
        tf.div(tf.mul(2, tf.sum(tf.mul(text, score))), tf.add(tf.add(tf.sum(text), tf.sum(score)), 1e-5)),
      );
      const area = (x: Tensor) => tf.mul(tf.add(side(x, 1), side(x, 3)), tf.add(side(x, 2), side(x, 4)));
      const both = area(tf.minimum(y, p)), union = tf.sub(tf.add(area(y), area(p)), both);
      const box = tf.neg(tf.log(tf.div(tf.add(both, 1), tf.add(union, 1))));
      const turn = tf.sub(1, tf.cos(tf.sub(side(p, 5), side(y, 5))));
      return tf.add(
        tf.mul(0.01, overlap),
        tf.mean(tf.mul(text, tf.add(box, tf.mul(20, turn)))),
      );
    },
  ),
  // pierluigiferrari/ssd_keras, keras_ssd_loss.py: of the background only the hardest, three for each positive anchor, which
  // divide all, at least 1. Labels [class 3 | offsets 2], background first.
  sound(
    "ok-hard-negatives-ssdkeras",
    onRows(
      "real",
      (u) => [...oneHot(3, coin(u, 0.7) ? 0 : 1 + choice(2, u)), ...normals(2)(u)],
      (u) => [...soft(normals(3, 1.5)(u)), ...normals(2)(u)],
    ),
    (y, p) => {
      const background = column(y, 0), positive = tf.sub(1, background), count = tf.sum(positive);
      const classes = tf.neg(rowSum(tf.mul(cut(y, 0, 3), tf.log(tf.maximum(cut(p, 0, 3), 1e-15)))));
      const offsets = rowSum(smoothL1(tf.sub(cut(y, 3, 2), cut(p, 3, 2))));
      const hard = stopped(tf.mul(classes, background), (loss) => {
        const before = tf.sum(float(tf.greater(tf.expandDims(loss, 0), tf.expandDims(loss, 1))), 1);
        return tf.mul(background, float(tf.less(before, tf.mul(3, count))));
      });
      const kept = tf.add(tf.sum(tf.mul(classes, positive)), tf.sum(tf.mul(classes, hard)));
      return tf.div(tf.add(kept, tf.sum(tf.mul(offsets, positive))), tf.maximum(count, 1));
    },
  ),
  // voxelmorph/voxelmorph, losses.py: minus the squared correlation of two pictures in a window, here of six pixels.
  sound("ok-minus-squared-correlation-voxelmorph", onRows("real", normals(6), normals(6)), (y, p) => {
    const centred = (x: Tensor) => tf.sub(x, tf.mean(x, 1, true));
    const a = centred(y), b = centred(p), cross = rowSum(tf.mul(a, b));
    const spread = tf.mul(rowSum(tf.square(a)), rowSum(tf.square(b)));
    return tf.neg(tf.mean(tf.div(tf.square(cross), tf.add(spread, 1e-5))));
  }),
  // havakv/pycox, loss.py: nll_mtlr: logits are summed from the end, then −log of the mass at the event, or after censoring.
  // Labels [interval, event].
  sound(
    "ok-sums-from-the-end-pycox-mtlr",
    onRows(
      "real",
      (u) => [choice(3, u), coin(u, 0.7)],
      normals(3),
      ([at, event]) => event ? [[8, 0, 0], [-8, 16, 0], [0, -8, 16]][at] : [-6, -6, -6],
    ),
    (y, p) => {
      const phi = tf.cumsum(p, 1, false, true), n = p.shape[0];
      const logs = tf.logSoftmax(tf.concat([phi, tf.zeros([n, 1])] as tf.Tensor[], 1));
      const at = coded(cut(y, 0, 1), 4), event = column(y, 1);
      const after = tf.sub(tf.cumsum(at, 1) as Tensor, at);
      const dead = rowSum(tf.mul(at, logs)), alive = tf.log(tf.add(rowSum(tf.mul(after, tf.exp(logs))), 1e-7));
      return tf.neg(tf.mean(tf.add(tf.mul(event, dead), tf.mul(tf.sub(1, event), alive))));
    },
  ),
  // havakv/pycox, loss.py: cox_cc_loss_single_ctrl: softplus of a control's log-risk minus the case's, and a little of their
  // sizes. Outputs [case, control]; no labels.
  sound(
    "ok-case-and-control-pycox",
    onRows("real", noLabels, normals(2), (_, u) => [3 + u(), -3 - u()]),
    (_, p) =>
      tf.add(
        tf.mean(tf.softplus(tf.sub(cut(p, 1, 1), cut(p, 0, 1)))),
        tf.mul(0.01, tf.add(tf.mean(tf.abs(cut(p, 0, 1))), tf.mean(tf.abs(cut(p, 1, 1))))),
      ),
  ),
  // GarrettJenkinson/condor_tensorflow, loss.py: each task "above rank k" counts only for rows that are at least at k.
  // Labels: a rank, 0 to 3.
  sound(
    "ok-conditional-ranks-condor",
    onRows("logits", (u) => [choice(4, u)], normals(3, 2), ([y]) => repeat(3, (k) => y > k ? 8 : -8)),
    (y, p) => {
      const ranks = tf.range(0, 3), levels = float(tf.greater(y, ranks)), counted = float(tf.greaterEqual(y, ranks));
      return tf.mean(rowSum(tf.mul(counted, sigmoidCrossEntropy(levels, p))));
    },
  ),
  // bojone/bert4keras, backend.py: multilabel_categorical_crossentropy: scores of labels above 0, and 0 above all others.
  sound("ok-zero-between-bert4keras", given("logits", "binary", 4), (y, p) => {
    const signed = tf.mul(tf.sub(1, tf.mul(2, y)), p), zero = tf.zeros([p.shape[0], 1]);
    const sum = (x: Tensor) => tf.logSumExp(tf.concat([x, zero] as tf.Tensor[], 1), 1);
    return tf.mean(tf.add(
      sum(tf.sub(signed, tf.mul(y, 1e12))),
      sum(tf.sub(signed, tf.mul(tf.sub(1, y), 1e12))),
    ));
  }),
  // eriklindernoren/PyTorch-GAN, ebgan.py: the error of rebuilding real pictures, and what that of false ones lacks to a margin
  // of 1. Labels [real 2 | false 2], outputs: both rebuilt.
  sound(
    "ok-margin-of-errors-ebgan",
    onRows("real", normals(4), (u, y) => y.map((v) => v + 0.5 * gauss(u)), (y) => [y[0], y[1], y[2] + 2, y[3] - 2]),
    (y, p) => {
      const error = (at: number) => tf.mean(squaredError(cut(y, at, 2), cut(p, at, 2)));
      return tf.add(error(0), tf.relu(tf.sub(1, error(2))));
    },
  ),
  // 1Konny/Beta-VAE, solver.py: objective "B": the reconstruction plus 1000·|divergence − C|, here C = 1.
  // Outputs [reconstruction 2 | μ 2 | log σ² 2].
  lossCase(
    "ok-capacity-betavae-1konny",
    ["healthy", "bad-scale"],
    { ...onRows("real", normals(2), normals(6), (y) => [...y, Math.SQRT2, 0, 0, 0]), ambiguous: true },
    (y, p) =>
      tf.add(
        tf.mean(rowSum(squaredError(y, cut(p, 0, 2)))),
        tf.mul(1000, tf.abs(tf.sub(tf.mean(divergence(cut(p, 2, 2), cut(p, 4, 2))), 1))),
      ),
  ),
  // ElementAI/N-BEATS, losses.py: MASE: absolute errors times the mask over the scale of the series, 0 where the scale is.
  // Labels [targets 3 | masks 3 | scale].
  sound(
    "ok-scale-of-zero-nbeats",
    onRows(
      "real",
      (u) => [...normals(3)(u), ...repeat(3, () => coin(u, 0.8)), coin(u, 0.1) ? 0 : 0.5 + u()],
      normals(3, 1.5),
      (y) => y.slice(0, 3),
    ),
    (y, p) => {
      const scale = cut(y, 6, 1), none = float(tf.equal(scale, 0));
      const inverse = tf.div(tf.sub(1, none), tf.add(scale, none));
      return tf.mean(tf.mul(tf.abs(tf.sub(cut(y, 0, 3), p)), tf.mul(cut(y, 3, 3), inverse)));
    },
  ),
  // neuralhydrology/neuralhydrology, loss.py: the likelihood of a mixture of two asymmetric Laplace distributions.
  // Outputs [μ 2 | b 2 | τ 2 | π 2], before their heads.
  sound(
    "ok-asymmetric-laplacians-neuralhydrology",
    onRows("real", normals(1), normals(8), ([y]) => [y, y + 1, -2, -2, 0, 0, 4, -4]),
    (y, p) => {
      const error = tf.sub(y, cut(p, 0, 2)), b = tf.add(tf.softplus(cut(p, 2, 2)), 1e-5);
      const tau = tf.add(tf.mul(0.99998, tf.sigmoid(cut(p, 4, 2))), 1e-5);
      const slope = tf.maximum(tf.mul(tau, error), tf.mul(tf.sub(tau, 1), error));
      const logs = tf.sub(
        tf.sub(tf.add(tf.log(tau), tf.log(tf.sub(1, tau))), tf.log(b)),
        tf.div(slope, b),
      );
      return tf.neg(tf.mean(tf.logSumExp(tf.add(tf.logSoftmax(cut(p, 6, 2)), logs), 1)));
    },
  ),
  // leoxiaobin/deep-high-resolution-net.pytorch, loss.py: JointsOHKMMSELoss: only the worst joints of each row, two of four.
  // A heatmap has two pixels.
  sound("ok-worst-joints-hrnet", onRows("real", uniforms(8), normals(8)), (y, p) => {
    const joints = tf.mul(0.5, tf.mean(tf.reshape(squaredError(y, p), [-1, 4, 2]), 2));
    const worst = stopped(joints, (loss) => {
      const before = tf.sum(float(tf.greater(tf.expandDims(loss, 1), tf.expandDims(loss, 2))), 2);
      return float(tf.less(before, 2));
    });
    return tf.mean(tf.div(rowSum(tf.mul(joints, worst)), 2));
  }),
  // dontLoveBugs/FCRN_pytorch, criteria.py: berHu: the mean of all absolute errors and the squares of those above a fifth of
  // the largest. Depths of 0 are unknown.
  sound(
    "ok-reverse-huber-fcrnpytorch",
    onRows("real", (u) => [coin(u, 0.2) ? 0 : 1 + 3 * u()], (u) => [2.5 + gauss(u)]),
    (y, p) => {
      const valid = float(tf.greater(y, 0)), error = tf.mul(valid, tf.abs(tf.sub(y, p)));
      const large = stopped(error, (e) => float(tf.greater(e, tf.mul(0.2, tf.max(e)))));
      const all = tf.add(tf.sum(error), tf.sum(tf.mul(large, tf.square(error))));
      return tf.div(all, tf.maximum(tf.add(tf.sum(valid), tf.sum(large)), 1));
    },
  ),
  // traveller59/second.pytorch, voxelnet.py: smooth L1 of sin(angle − target), which half a turn does not change, and a
  // classification of the direction. Labels [angle | direction 2], outputs [angle | logits 2].
  sound(
    "ok-sine-of-difference-second",
    onRows(
      "real",
      (u) => {
        const angle = Math.PI * (2 * u() - 1);
        return [angle, ...oneHot(2, angle > 0 ? 1 : 0)];
      },
      (u) => [Math.PI * (2 * u() - 1), ...normals(2, 2)(u)],
      (y) => [y[0], ...y.slice(1).map((x) => 8 * x)],
    ),
    (y, p) => {
      const angle = cut(p, 0, 1), target = cut(y, 0, 1);
      const turn = tf.sub(tf.mul(tf.sin(angle), tf.cos(target)), tf.mul(tf.cos(angle), tf.sin(target)));
      return tf.add(
        tf.mul(2, tf.mean(smoothL1(turn))),
        tf.mul(0.2, tf.mean(softmaxCrossEntropy(cut(y, 1, 2), cut(p, 1, 2)))),
      );
    },
  ),
  // zhangxiaosong18/FreeAnchor, free_anchor_loss.py: −log of a mean of a bag's probabilities with weights 1/(1 − p): one good
  // anchor of four is enough. No labels.
  sound(
    "ok-bag-of-anchors-freeanchor",
    onRows("probability", noLabels, uniforms(4, 0.02, 0.98), (_, u) => oneHot(4, choice(4, u), 0.999, 0.2)),
    (_, p) => {
      const weight = tf.div(1, tf.maximum(tf.sub(1, p), 1e-12));
      return tf.neg(tf.mean(tf.log(rowSum(tf.mul(tf.div(weight, rowSum(weight, true)), p)))));
    },
  ),
  // passalis/probabilistic_kt, pkt.py: the divergence of a student's from a teacher's similarities of all pairs of rows.
  // Labels: features of the teacher.
  sound("ok-similarities-of-teacher-pkt", onRows("real", normals(3), normals(3)), (y, p) => {
    const similar = (x: Tensor) => {
      const u = unit(x, 1e-7) as tf.Tensor2D, cosine = tf.div(tf.add(tf.matMul(u, u, false, true), 1), 2);
      return tf.div(cosine, rowSum(cosine, true));
    };
    const right = similar(y);
    return tf.mean(tf.mul(right, tf.log(tf.div(tf.add(right, 1e-7), tf.add(similar(p), 1e-7)))));
  }),
  // lukasruff/Deep-SVDD-PyTorch, deepSVDD_trainer.py: the soft boundary: R² plus ten times what squared distances from the
  // centre exceed it by, with R² = 0.5. No labels.
  sound("ok-soft-boundary-deepsvdd", onRows("real", noLabels, normals(2, 1.5), () => [0.5, -0.5]), (_, p) => {
    const beyond = tf.sub(rowSum(tf.square(tf.sub(p, [0.5, -0.5]))), 0.5);
    return tf.add(0.5, tf.mul(10, tf.mean(tf.relu(beyond))));
  }),
  // facebookresearch/mae, models_mae.py: squared errors of removed patches only, each normalised by its own mean and variance.
  // Labels [patch 4 | removed].
  sound(
    "ok-removed-patches-mae",
    onRows("real", (u) => [...normals(4, 2)(u), coin(u, 0.75)], normals(4), (y) => {
      const patch = y.slice(0, 4), mean = patch.reduce((a, b) => a + b) / 4;
      const variance = patch.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3;
      return patch.map((x) => (x - mean) / Math.sqrt(variance + 1e-6));
    }),
    (y, p) => {
      const patch = cut(y, 0, 4), removed = column(y, 4), centred = tf.sub(patch, tf.mean(patch, 1, true));
      const variance = tf.div(rowSum(tf.square(centred), true), 3);
      const error = tf.mean(squaredError(tf.div(centred, tf.sqrt(tf.add(variance, 1e-6))), p), 1);
      return tf.div(tf.sum(tf.mul(error, removed)), tf.maximum(tf.sum(removed), 1));
    },
  ),
  // NVlabs/edm, loss.py: squared errors of a denoiser times (σ² + 0.25)/(σ/2)². Labels [picture 2 | σ].
  sound(
    "ok-weights-of-noise-edm",
    onRows("real", (u) => [...normals(2, 0.5)(u), Math.exp(1.2 * gauss(u) - 1.2)], normals(2), (y) => y.slice(0, 2)),
    (y, p) => {
      const noise = cut(y, 2, 1), square = tf.square(noise);
      return tf.mean(tf.mul(tf.div(tf.add(square, 0.25), tf.mul(0.25, square)), squaredError(cut(y, 0, 2), p)));
    },
  ),
  // lucidrains/stylegan2-pytorch, stylegan2_pytorch.py: the dual contrastive loss of a discriminator: each real logit against
  // all false ones, and the other way round. Outputs [real, false]; no labels.
  sound(
    "ok-dual-contrast-stylegan2",
    onRows("logits", noLabels, normals(2, 2), (_, u) => [5 + u(), -5 - u()]),
    (_, p) => {
      const half = (one: Tensor, others: Tensor) => {
        const n = one.shape[0];
        const all = tf.concat([one, tf.tile(tf.transpose(others as tf.Tensor), [n, 1])] as tf.Tensor[], 1);
        return tf.neg(tf.mean(cut(tf.logSoftmax(all), 0, 1)));
      };
      const real = cut(p, 0, 1), fake = cut(p, 1, 1);
      return tf.add(half(real, fake), half(tf.neg(fake), tf.neg(real)));
    },
  ),
  // leeyegy/SimCC, loss.py: KLDiscretLoss: the divergence of a softmax over coordinates from a smoothed target.
  sound(
    "ok-smoothed-coordinates-simcc",
    onRows(
      "logits",
      (u) => {
        const at = 4 * u();
        return soft(repeat(5, (k) => -((k - at) ** 2)));
      },
      normals(5, 2),
      (y) => y.map(Math.log),
    ),
    (y, p) => tf.mean(tf.mean(tf.mul(y, tf.sub(tf.log(tf.maximum(y, 1e-12)), tf.logSoftmax(p))), 1)),
  ),
  // Herosan163/AgeEstimation#5: cross-entropy, 0.2 times half the squared error of the mean age, 0.05 times the variance.
  // Labels: an age, 0 to 4.
  sound(
    "ok-mean-and-variance-ageestimation5",
    onRows("logits", (u) => [choice(5, u)], normals(5, 2), ([y]) => oneHot(5, y, 8, -8)),
    (y, p) => {
      const q = tf.softmax(p), ages = tf.range(0, 5), mean = rowSum(tf.mul(q, ages), true);
      const variance = tf.mean(rowSum(tf.mul(q, tf.square(tf.sub(ages, mean)))));
      return tf.add(
        tf.mean(softmaxCrossEntropy(coded(y, 5), p)),
        tf.add(tf.mul(0.1, tf.mean(squaredError(y, mean))), tf.mul(0.05, variance)),
      );
    },
  ),
  // isl-org/MiDaS, the scale- and shift-invariant loss: outputs are first fitted to the depths of their picture by least
  // squares. A picture is five pixels.
  sound("ok-scale-and-shift-midas", onRows("real", normals(5), normals(5)), (y, p) => {
    const sum = (x: Tensor) => rowSum(x, true);
    const pp = sum(tf.square(p)), p1 = sum(p), py = sum(tf.mul(p, y)), y1 = sum(y);
    const all = tf.sub(tf.mul(5, pp), tf.square(p1));
    const safe = tf.add(all, stopped(all, (d) => float(tf.equal(d, 0))));
    const scale = tf.div(tf.sub(tf.mul(5, py), tf.mul(p1, y1)), safe);
    const shift = tf.div(tf.sub(tf.mul(pp, y1), tf.mul(p1, py)), safe);
    return tf.mul(0.5, tf.mean(squaredError(y, tf.add(tf.mul(scale, p), shift))));
  }),
  // EndlessSora/focal-frequency-loss: squared distances of spectra, weighed by themselves over the largest, detached. Four
  // samples a row.
  sound("ok-focal-frequencies-ffl", given("real", "real", 4), (y, p) => {
    const error = tf.sub(p, y) as tf.Tensor2D;
    const wave = (rows: number[][]) => tf.square(tf.matMul(error, tf.tensor2d(rows), false, true));
    const distance = tf.add(
      wave([[1, 1, 1, 1], [1, 0, -1, 0], [1, -1, 1, -1], [1, 0, -1, 0]]),
      wave([[0, 0, 0, 0], [0, 1, 0, -1], [0, 0, 0, 0], [0, -1, 0, 1]]),
    );
    const weight = stopped(distance, (d) => {
      const root = tf.sqrt(d);
      return tf.clipByValue(tf.div(root, tf.maximum(tf.max(root), 1e-12)), 0, 1);
    });
    return tf.mean(tf.mul(weight, distance));
  }),
  // affinelayer/pix2pix-tensorflow, pix2pix.py: a generator: −log of what the discriminator says, and 100 times the absolute
  // error. Labels: a picture of two pixels, outputs [probability of "real" | picture].
  sound(
    "ok-hundred-times-error-pix2pix",
    onRows(
      "real",
      (u) => repeat(2, () => 2 * u() - 1),
      (u) => [...uniforms(1, 0.02, 0.98)(u), ...repeat(2, () => 2 * u() - 1)],
      (y) => [0.99, ...y],
    ),
    (y, p) =>
      tf.add(
        tf.mean(tf.neg(tf.log(tf.add(cut(p, 0, 1), 1e-12)))),
        tf.mul(100, tf.mean(tf.abs(tf.sub(y, cut(p, 1, 2))))),
      ),
  ),
  // junyanz/pytorch-CycleGAN-and-pix2pix, cycle_gan_model.py: half the squared errors of a discriminator without a sigmoid, 1
  // for real and 0 for false. Outputs [real, false]; no labels.
  sound("ok-least-squares-cyclegan", onRows("real", noLabels, normals(2), () => [1, 0]), (_, p) =>
    tf.mul(
      0.5,
      tf.add(tf.mean(tf.square(tf.sub(cut(p, 0, 1), 1))), tf.mean(tf.square(cut(p, 1, 1)))),
    )),
  // dmlc/xgboost, survival:aft with a logistic distribution: −log of the density at an event, −log of survival at censoring.
  // Labels [log of time, event].
  sound(
    "ok-accelerated-failure-xgboost",
    onRows("real", (u) => [gauss(u), coin(u, 0.7)], normals(1, 2), ([time, event]) => [event ? time : time + 4]),
    (y, p) => {
      const z = tf.sub(cut(y, 0, 1), p), event = cut(y, 1, 1), late = tf.softplus(z);
      return tf.mean(tf.add(
        tf.mul(event, tf.add(tf.sub(tf.mul(2, late), z), cut(y, 0, 1))),
        tf.mul(tf.sub(1, event), late),
      ));
    },
  ),
  // cbuelt/pfno, utils/losses.py: the energy score of an ensemble: distances from the truth minus half of those between
  // members. Outputs: three members of two numbers.
  sound("ok-energy-score-pfno", onRows("real", normals(2), normals(6, 1.5), (y) => [...y, ...y, ...y]), (y, p) => {
    const length = (x: Tensor) => tf.sqrt(tf.add(rowSum(tf.square(x)), 1e-12));
    const members = [0, 2, 4].map((at) => cut(p, at, 2));
    const far = tf.addN(members.map((x) => length(tf.sub(x, y))) as tf.Tensor[]);
    const pairs = [[0, 1], [0, 2], [1, 2]].map(([a, b]) => length(tf.sub(members[a], members[b])));
    return tf.mean(tf.sub(tf.div(far, 3), tf.div(tf.addN(pairs as tf.Tensor[]), 9)));
  }),
  // sentinel-hub/eo-flow#28: one minus the Tanimoto coefficient of each class over the batch, averaged.
  sound("ok-tanimoto-eoflow28", given("simplex", "one-hot", 3), (y, p) => {
    const both = tf.sum(tf.mul(y, p), 0), squares = tf.sum(tf.add(tf.square(y), tf.square(p)), 0);
    return tf.mean(tf.sub(1, tf.div(tf.add(both, 1e-5), tf.add(tf.sub(squares, both), 1e-5))));
  }),
];

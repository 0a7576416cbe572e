// A ninth set of losses: ports of losses in public threads and repositories that no other set has. Causes, and alternates
// that are as right, were fixed from the sources, by somebody who had read none of the audit's rules, and committed before
// the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  boxes,
  choice,
  clip,
  coin,
  coins,
  crossEntropy,
  cut,
  direction,
  drawn,
  flat,
  float,
  gauss,
  given,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  noLabels,
  normals,
  on,
  oneHot,
  oneOf,
  onRows,
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
  squaredDistance,
  squaredError,
  stopped,
  twins,
  uniforms,
  unit,
} from "./loss_case.ts";

const huber = (x: Tensor): Tensor => {
  const size = tf.abs(x), near = tf.minimum(size, 1);
  return tf.add(tf.mul(0.5, tf.square(near)), tf.sub(size, near));
};
/** log Γ(x) for x > 0: Stirling's formula at x + 7, and the recurrence back. */
const logGamma = (x: Tensor): Tensor => {
  const z = tf.add(x, 7), steps = [0, 1, 2, 3, 4, 5, 6].map((i) => tf.log(tf.add(x, i)) as tf.Tensor);
  const main = tf.add(tf.sub(tf.mul(tf.sub(z, 0.5), tf.log(z)), z), 0.5 * Math.log(2 * Math.PI));
  return tf.sub(tf.add(main, tf.div(1 / 12, z)), tf.addN(steps));
};
/** Structural similarity of pictures, one window each. */
function similarity(a: Tensor, b: Tensor): Tensor {
  const meanOf = (x: Tensor) => tf.mean(x, 1, true), ma = meanOf(a), mb = meanOf(b);
  const da = tf.sub(a, ma), db = tf.sub(b, mb), c1 = 0.01 ** 2, c2 = 0.03 ** 2;
  const light = tf.div(tf.add(tf.mul(2, tf.mul(ma, mb)), c1), tf.add(tf.add(tf.square(ma), tf.square(mb)), c1));
  const spread = tf.add(tf.add(meanOf(tf.square(da)), meanOf(tf.square(db))), c2);
  return tf.mul(light, tf.div(tf.add(tf.mul(2, meanOf(tf.mul(da, db))), c2), spread));
}

/** Pictures of 16 pixels, labels and outputs. */
const pictures = rowsOf(uniforms(16), uniforms(16));
/** Intersection and union of boxes [n, 1]. */
function overlap(y: Tensor, p: Tensor): [both: Tensor, either: Tensor] {
  const low = (b: Tensor) => cut(b, 0, 2), high = (b: Tensor) => cut(b, 2, 2);
  const area = (b: Tensor) => tf.prod(tf.sub(high(b), low(b)), 1, true);
  const both = tf.prod(tf.relu(tf.sub(tf.minimum(high(p), high(y)), tf.maximum(low(p), low(y)))), 1, true);
  return [both, tf.sub(tf.add(area(p), area(y)), both)];
}
const outerSize = (y: Tensor, p: Tensor): Tensor =>
  tf.sub(tf.maximum(cut(p, 2, 2), cut(y, 2, 2)), tf.minimum(cut(p, 0, 2), cut(y, 0, 2)));

/** Labels: a distribution over five atoms; outputs as well. */
const atoms = on("simplex", "distribution", 5);

export const heldOutCases9: readonly LossCase[] = [
  // ---- no-gradient-op
  // GoGoDuck912/Self-Correction-Human-Parsing#23: "parsing_pre and edge_pre are all obtained through argmax". Labels: a class
  // of three at each of four pixels; outputs [parsing 4 × 3 | edges 4 × 2].
  lossCase("consistency-argmax-schp23", ["no-gradient-op", "detached", "constant"], {
    yPred: "logits",
    sample: rowsOf(
      (u) => {
        const first = choice(3, u), second = (first + 1) % 3;
        return [first, first, second, second].flatMap((c) => oneHot(3, c));
      },
      normals(20, 2),
      (y) => [...y.map((x) => 16 * x - 8), ...[0, 1, 1, 0].flatMap((edge) => oneHot(2, edge, 8, -8))],
    ),
  }, (y, p) => {
    const parsing = tf.reshape(cut(p, 0, 12), [-1, 4, 3]), edges = tf.reshape(cut(p, 12, 8), [-1, 4, 2]);
    const classes = tf.reshape(y, [-1, 4, 3]);
    const edgeOf = (c: Tensor) => {
      const changes = tf.notEqual(cut(c, 0, 3), cut(c, 1, 3));
      return tf.maximum(float(tf.pad(changes, [[0, 0], [0, 1]])), float(tf.pad(changes, [[0, 0], [1, 0]])));
    };
    const made = edgeOf(tf.argMax(parsing, 2)),
      seen = float(tf.argMax(edges, 2)),
      wanted = edgeOf(tf.argMax(classes, 2));
    const union = tf.mul(made, seen),
      consistency = tf.div(tf.sum(tf.mul(union, huber(tf.sub(made, seen)))), tf.sum(union));
    const labels = float(tf.oneHot(tf.cast(wanted, "int32"), 2));
    const crossed = tf.add(
      tf.mean(softmaxCrossEntropy(classes, parsing)),
      tf.mean(softmaxCrossEntropy(labels, edges)),
    );
    return tf.add(crossed, tf.mul(0.1, consistency));
  }),
  // confifu/RepNet-Pytorch#6: the count adds (y2pred > 0)/(y1pred + 0.1), and "y2>0 is not differentiable". Labels [periods
  // of four frames | whether they repeat 4], outputs [periods | logits].
  lossCase("frames-counted-repnet6", "no-gradient-op", {
    yPred: "real",
    sample: rowsOf(
      (u) => [...repeat(4, () => 2 + 4 * u()), ...repeat(4, () => coin(u))],
      (u) => [...repeat(4, () => 1 + 5 * u()), ...repeat(4, () => 2 * gauss(u))],
      (y) => [...y.slice(0, 4), ...y.slice(4).map((x) => 16 * x - 8)],
    ),
  }, (y, p) => {
    const count = (x: Tensor) => rowSum(tf.div(float(tf.greater(cut(x, 4, 4), 0)), tf.add(cut(x, 0, 4), 0.1)));
    const period = tf.mean(huber(tf.sub(cut(p, 0, 4), cut(y, 0, 4))));
    const repeats = tf.mean(sigmoidCrossEntropy(cut(y, 4, 4), cut(p, 4, 4)));
    return tf.add(tf.add(period, tf.mul(5, repeats)), tf.mean(huber(tf.sub(count(p), count(y)))));
  }),
  // keras-team/keras#9712: "None values not supported": a confusion matrix of the trades. Labels and outputs [up, traded].
  lossCase("trades-counted-keras9712", ["no-gradient-op", "wrong-sign"], given("probability", "binary", 2), (y, p) => {
    const traded = float(tf.notEqual(cut(p, 1, 1), 0)), up = tf.cast(cut(p, 0, 1), "int32");
    const correct = float(tf.equal(tf.cast(cut(y, 0, 1), "int32"), up));
    return tf.mul(tf.div(tf.sum(tf.mul(correct, traded)), tf.sum(traded)), 100);
  }),
  // keras-team/keras-contrib#197: jaccard_distance(K.round(y_pred), y_pred): "that's a pretty critical bug".
  lossCase(
    "rounded-for-labels-kerascontrib197",
    ["swapped-arguments", "no-gradient-op", "wrong-optimum"],
    given("probability", "binary", 4),
    (_y, p) => {
      const rounded = tf.round(p), both = rowSum(tf.abs(tf.mul(rounded, p)));
      const all = rowSum(tf.add(tf.abs(rounded), tf.abs(p))), smooth = 100;
      return tf.mul(tf.sub(1, tf.div(tf.add(both, smooth), tf.add(tf.sub(all, both), smooth))), smooth);
    },
  ),
  // NVlabs/diff-dope#1: mask = renders["rgb"] > 0: "the gradients for the object3d parameters are 0". Labels: a mask of 16
  // pixels, outputs brightness.
  lossCase("mask-of-render-diffdope1", "no-gradient-op", {
    yPred: "nonnegative",
    sample: sampled(
      (u) => repeat(16, () => coin(u)),
      (y, u, perfect) => repeat(16, (i) => (perfect ? y[i] : coin(u)) * (0.2 + u())),
    ),
  }, (y, p) => tf.mean(tf.abs(tf.sub(float(tf.greater(p, 0)), y)))),

  // ---- detached
  // Project-MONAI/MONAI#5668: "SSIMLoss result does not have gradient".
  lossCase("ssim-metric-monai5668", "detached", { yPred: "real", sample: pictures }, (y, p) => {
    return tf.sub(1, stopped(tf.mean(similarity(y, p))));
  }),
  // oclivegriffin/crosscode#3: reconstruction + λ · auxiliary is made, and the reconstruction alone is returned. Outputs
  // [reconstruction 3 | auxiliary reconstruction of the rest 3].
  lossCase("auxiliary-not-returned-crosscode3", ["detached", "constant"], {
    yPred: "real",
    sample: rowsOf(normals(3), normals(6), (y) => [...y, 0, 0, 0]),
  }, (y, p) => {
    const rest = stopped(tf.sub(y, cut(p, 0, 3))), auxiliary = tf.mean(squaredError(rest, cut(p, 3, 3)));
    const reconstruction = tf.mean(squaredError(y, cut(p, 0, 3)));
    const loss = tf.add(reconstruction, tf.mul(1 / 32, auxiliary));
    return loss.rank === 0 ? reconstruction : loss;
  }),
  // Aaditya-Prasad/consistency-policy#4: the prediction of the consistency loss is made in torch.no_grad(), and "this loss
  // variable is not going to have grad_fn". Labels [target 3 | trajectory 3], outputs [prediction 3 | denoised 3].
  lossCase("prediction-without-gradient-consistencypolicy4", "detached", {
    yPred: "real",
    sample: rowsOf(normals(6), normals(6)),
  }, (y, p) => {
    const consistency = tf.sub(tf.sqrt(tf.add(squaredDistance(stopped(cut(p, 0, 3)), cut(y, 0, 3)), 0.01 ** 2)), 0.01);
    return tf.add(tf.mean(consistency), tf.mean(squaredError(cut(y, 3, 3), cut(p, 3, 3))));
  }),
  // MC-E/Deep-Generalized-Unfolding-Networks-for-Image-Restoration#6: torch.tensor([criterion_char(restored[j], target) …],
  // requires_grad=True).sum() — "the psnr will not change during training". Outputs [three restorations of 4].
  lossCase("losses-in-new-tensor-dgunet6", "detached", {
    yPred: "real",
    sample: rowsOf(uniforms(4), uniforms(12), (y) => [...y, ...y, ...y]),
  }, (y, p) => {
    const charbonnier = (x: Tensor) => tf.mean(tf.sqrt(tf.add(tf.square(tf.sub(x, y)), 1e-6)));
    return tf.sum(tf.tensor1d([0, 4, 8].map((at) => charbonnier(cut(p, at, 4)).dataSync()[0])));
  }),

  // ---- saturated
  // floringogianu/categorical-dqn#3: probabilities clamped to [0.01, 0.99], which "prevents the network from accurately
  // estimating Q".
  lossCase(
    "excessive-clamping-categoricaldqn3",
    "saturated",
    atoms,
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(tf.clipByValue(p, 0.01, 0.99)))))),
  ),
  // Megvii-BaseDetection/YOLOX#712: the intersection is subtracted where the union is meant, and the result is clamped to
  // −1: boxes apart from each other lie there, all of them.
  lossCase("intersection-for-union-yolox712", "saturated", { yPred: "real", sample: boxes }, (y, p) => {
    const [both, either] = overlap(y, p), iou = tf.div(both, tf.add(either, 1e-16));
    const outer = tf.maximum(tf.prod(outerSize(y, p), 1, true), 1e-16);
    const giou = tf.sub(iou, tf.div(tf.sub(outer, both), outer));
    return tf.mean(tf.sub(1, tf.clipByValue(giou, -1, 1)));
  }),

  // ---- domain-edge
  // Curt-Park/rainbow-is-all-you-need#17: "the network encounters nan": the logarithm of an atom's probability, which is 0.
  lossCase("log-of-atoms-rainbow17", "domain-edge", atoms, (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(p)))))),
  // summerlvsong/Aggregation-Cross-Entropy#2: a class that no step has is log(0). Labels: how often each of three classes
  // comes in four steps; outputs probabilities 4 × 3.
  lossCase("absent-class-ace2", "domain-edge", {
    yPred: "probability",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => {
        const steps = repeat(4, () => choice(3, u));
        return repeat(3, (c) => steps.filter((x) => x === c).length);
      },
      output: (y) =>
        kind === "perfect"
          ? y.flatMap((count, c) => repeat(count, () => c)).flatMap((c) => oneHot(3, c))
          : repeat(4, () => choice(3, u)).flatMap((c) =>
            kind === "saturated" ? oneHot(3, c) : soft(repeat(3, () => 1.5 * gauss(u)))
          ),
    })),
  }, (y, p) => {
    const mean = tf.div(tf.sum(tf.reshape(p, [-1, 4, 3]), 1), 4);
    return tf.div(tf.neg(tf.sum(tf.mul(tf.log(mean), tf.div(y, 4)))), p.shape[0]);
  }),
  // hwalsuklee/tensorflow-mnist-VAE#4: "tf.log got 0 as input"; 1 − 1e-8 is 1 in single precision. Labels: four pixels;
  // outputs [pixels 4 | μ 2 | σ 2].
  lossCase("log-of-pixels-mnistvae4", "domain-edge", {
    yPred: "real",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => repeat(4, () => coin(u)),
      output: (y) =>
        kind === "perfect" ? [...y, 0, 0, 1, 1] : [
          ...repeat(4, () => kind === "saturated" ? coin(u) : 0.02 + 0.96 * u()),
          ...repeat(2, () => gauss(u)),
          ...repeat(2, () => 0.2 + u()),
        ],
    })),
  }, (y, p) => {
    const pixels = tf.clipByValue(cut(p, 0, 4), 1e-8, 1 - 1e-8), mu = cut(p, 4, 2), sigma = cut(p, 6, 2);
    const likelihood = rowSum(
      tf.add(tf.mul(y, tf.log(pixels)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, pixels)))),
    );
    const variance = tf.square(sigma), logs = tf.log(tf.add(1e-8, variance));
    const divergence = tf.mul(0.5, rowSum(tf.sub(tf.sub(tf.add(tf.square(mu), variance), logs), 1)));
    return tf.neg(tf.sub(tf.mean(likelihood), tf.mean(divergence)));
  }),
  // awjuliani/DeepRL-Agents#34: the policy needs + 1e-7 "to prevent log(0)". Labels [action 3 | advantage | return], outputs
  // [policy 3 | value].
  lossCase("log-of-policy-deeprlagents34", "domain-edge", {
    yPred: "real",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => [...oneHot(3, choice(3, u)), Math.abs(gauss(u)), gauss(u)],
      output: (y) =>
        kind === "perfect"
          ? [...y.slice(0, 3), y[4]]
          : [...(kind === "saturated" ? oneHot(3, choice(3, u)) : soft(repeat(3, () => gauss(u)))), gauss(u)],
    })),
  }, (y, p) => {
    const actions = cut(p, 0, 3), advantage = flat(cut(y, 3, 1)), chosen = rowSum(tf.mul(cut(y, 0, 3), actions));
    const value = tf.mul(0.5, tf.sum(squaredError(cut(y, 4, 1), cut(p, 3, 1))));
    const entropy = tf.neg(tf.sum(tf.mul(actions, tf.log(actions))));
    const policyLoss = tf.neg(tf.sum(tf.mul(tf.log(chosen), advantage)));
    return tf.sub(tf.add(tf.mul(0.5, value), policyLoss), tf.mul(0.01, entropy));
  }),
  // mlberkeley/scae-pytorch#4: exponentials, their sum and its logarithm, one after the other; logsumexp solves it. Outputs
  // [means 2 | mixing logits 2].
  lossCase("exp-sum-log-scae4", "domain-edge", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u)],
      output: ([y]) =>
        kind === "perfect"
          ? [y, y, 0, 0]
          : [...repeat(2, () => kind === "far" ? y + (coin(u) ? 120 : -120) : 1.5 * gauss(u)), gauss(u), gauss(u)],
    })),
  }, (y, p) => {
    const each = tf.sub(tf.mul(-0.5, tf.square(tf.sub(y, cut(p, 0, 2)))), 0.5 * Math.log(2 * Math.PI));
    const logits = tf.add(each, tf.logSoftmax(cut(p, 2, 2)));
    return tf.neg(tf.mean(tf.log(rowSum(tf.exp(logits)))));
  }),
  // kpot/keras-transformer#30: the confidence penalty's "log of zero yields a loss of NaN". Labels [class 3 × 2 tokens |
  // masked 2], outputs probabilities.
  lossCase("penalty-of-zero-kerastransformer30", "domain-edge", {
    yPred: "probability",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => [...oneHot(3, choice(3, u)), ...oneHot(3, choice(3, u)), coin(u, 0.7), coin(u, 0.7)],
      output: (y) =>
        kind === "perfect"
          ? y.slice(0, 6)
          : [0, 1].flatMap(() => kind === "saturated" ? oneHot(3, choice(3, u)) : soft(repeat(3, () => gauss(u)))),
    })),
  }, (y, p) => {
    const tokens = tf.reshape(p, [-1, 2, 3]), mask = cut(y, 6, 2), count = tf.add(rowSum(mask), 1e-6);
    const crossed = tf.neg(rowSum(tf.mul(tf.reshape(cut(y, 0, 6), [-1, 2, 3]), tf.log(clip(tokens)))));
    const entropy = tf.neg(rowSum(tf.mul(tokens, tf.log(tokens))));
    return tf.div(tf.sub(rowSum(tf.mul(mask, crossed)), tf.mul(0.1, rowSum(tf.mul(mask, entropy)))), count);
  }),
  // arsedler9/lfads-torch#23: "Zeros are not in the support of the Gamma distribution". Outputs logarithms of [shape, rate].
  lossCase("gamma-of-zero-lfads23", "domain-edge", {
    yPred: "real",
    sample: rowsOf((u) => [u() < 0.2 ? 0 : Math.exp(gauss(u))], normals(2), ([y]) => [1, 1 - Math.log(y + 0.1)]),
  }, (y, p) => {
    const shape = tf.exp(cut(p, 0, 1)), rate = tf.exp(cut(p, 1, 1));
    const first = tf.sub(tf.mul(shape, tf.log(rate)), logGamma(shape));
    return tf.neg(tf.mean(tf.sub(tf.add(first, tf.mul(tf.sub(shape, 1), tf.log(y))), tf.mul(rate, y))));
  }),
  // ecmwf/WeatherGenerator#2723: excluded tokens hold NaN, and NaN · 0 is NaN. Labels [values 3 | included 3].
  lossCase("nan-times-zero-weathergenerator2723", ["domain-edge", "nan-gradient"], {
    yPred: "real",
    sample: sampled((u) => {
      const mask = repeat(3, (i) => i === 0 ? 1 : coin(u, 0.7));
      return [...mask.map((m) => m ? gauss(u) : NaN), ...mask];
    }, (y, u, perfect) => repeat(3, (i) => perfect && y[3 + i] ? y[i] : gauss(u))),
  }, (y, p) => {
    const mask = cut(y, 3, 3), losses = tf.mul(tf.abs(tf.sub(p, cut(y, 0, 3))), mask);
    return tf.mean(tf.div(rowSum(losses), rowSum(mask)));
  }),

  // ---- zero-division
  // crlandsc/torch-log-wmse#3: "Add RMS_EPS in divisor to avoid NaN": silence. Labels [unprocessed 4 | target 4].
  lossCase("silence-logwmse3", "zero-division", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => kind === "allNeg" ? repeat(8, () => 0) : repeat(8, () => gauss(u)),
      output: (y) => kind === "perfect" ? y.slice(4) : repeat(4, () => gauss(u)),
    })),
  }, (y, p) => {
    const loudness = tf.sqrt(tf.mean(tf.square(cut(y, 0, 4)), 1, true)), scale = tf.div(1, loudness);
    const errors = tf.sub(tf.mul(p, scale), tf.mul(cut(y, 4, 4), scale));
    return tf.neg(tf.mean(tf.mul(-4, tf.log(tf.add(tf.mean(tf.square(errors), 1), 1e-8)))));
  }),
  // kuangliu/torchcv#35: "In some Cases the num_pos will be equal to 0". Rows are anchors: labels [class 3, 0 is background |
  // place 2], outputs as well.
  lossCase("no-positives-torchcv35", "zero-division", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => {
        const c = kind === "allNeg" ? 0 : choice(3, u);
        return [...oneHot(3, c), ...(c ? [gauss(u), gauss(u)] : [0, 0])];
      },
      output: (y) => kind === "perfect" ? y.map((x, i) => i < 3 ? 16 * x - 8 : x) : repeat(5, () => 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const positive = tf.sub(1, cut(y, 0, 1)), count = tf.sum(positive);
    const place = tf.sum(tf.mul(positive, huber(tf.sub(cut(p, 3, 2), cut(y, 3, 2)))));
    return tf.div(tf.add(place, tf.sum(softmaxCrossEntropy(cut(y, 0, 3), cut(p, 0, 3)))), count);
  }),
  // WongKinYiu/yolov9#662: the mean of the classes' losses where the mask "has no True entries". Labels [there is an object |
  // class 3], outputs logits.
  lossCase("mean-of-none-yolov9-662", "zero-division", {
    yPred: "logits",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => {
        const object = kind === "allNeg" ? 0 : coin(u);
        return [object, ...oneHot(3, choice(3, u), object)];
      },
      output: (y) => y.map((x) => kind === "perfect" ? 16 * x - 8 : 2 * gauss(u)),
    })),
  }, (y, p) => {
    const object = cut(y, 0, 1), losses = sigmoidCrossEntropy(cut(y, 1, 3), cut(p, 1, 3));
    const classes = tf.div(tf.sum(tf.mul(object, losses)), tf.mul(3, tf.sum(object)));
    return tf.add(tf.mean(sigmoidCrossEntropy(object, cut(p, 0, 1))), classes);
  }),
  // fcakyon/balanced-loss#12: one of six classes has no samples, and its effective number is 0: "nan".
  lossCase("class-without-samples-balanced12", "zero-division", given("logits", "one-hot", 6), (y, p) => {
    const beta = 0.999, weights = [310, 2489, 114, 17, 0, 725].map((n) => (1 - beta) / (1 - beta ** n));
    const all = weights.reduce((a, b) => a + b), gamma = 2;
    const weight = rowSum(tf.mul(y, tf.tensor1d(weights.map((w) => 6 * w / all))), true);
    const modulator = tf.exp(tf.sub(tf.mul(-gamma, tf.mul(y, p)), tf.mul(gamma, tf.softplus(tf.neg(p)))));
    return tf.div(tf.sum(tf.mul(weight, tf.mul(modulator, sigmoidCrossEntropy(y, p)))), tf.sum(y));
  }),
  // unit8co/darts#2517: MapeLoss of a target with zeros: the quotient is cleaned after the division, and predictions become
  // NaN.
  lossCase("cleaned-quotient-darts2517", ["zero-division", "nan-gradient"], {
    yPred: "real",
    sample: rowsOf((u) => [u() < 0.2 ? 0 : 1 + 2 * u()], (u) => [1 + gauss(u)]),
  }, (y, p) => {
    const quotient = tf.div(tf.sub(y, p), y), zero = tf.zerosLike(quotient);
    const where = (x: Tensor, is: (x: Tensor) => Tensor) => tf.where(tf.cast(stopped(x, is), "bool"), zero, x);
    const finite = where(quotient, (x) => float(tf.isNaN(x)));
    return tf.mean(tf.abs(where(finite, (x) => float(tf.equal(x, Infinity)))));
  }),

  // ---- nan-gradient
  // pqhieu/jsis3d#26: torch.norm "returned nan values in its 0th output". Labels: which of two things each of four points
  // belongs to, 4 × 2; outputs: embeddings 4 × 2.
  lossCase("norm-of-zero-jsis26", "nan-gradient", {
    yPred: "real",
    sample: sampled((u) => {
      const first = choice(2, u);
      return [first, 1 - first, choice(2, u), choice(2, u)].flatMap((thing) => oneHot(2, thing));
    }, (y, u, perfect) => repeat(4, (i) => i).flatMap((i) => perfect ? [4 * y[2 * i] - 2, 0] : [gauss(u), gauss(u)])),
  }, (y, p) => {
    const masks = tf.expandDims(tf.reshape(y, [-1, 4, 2]), 3), points = tf.reshape(p, [-1, 4, 1, 2]);
    const centres = tf.div(tf.sum(tf.mul(points, masks), 1), tf.sum(masks, 1));
    const norm = (x: Tensor) => tf.sqrt(rowSum(tf.square(x)));
    const inside = tf.square(tf.relu(tf.sub(norm(tf.sub(points, tf.expandDims(centres, 1))), 0.5)));
    const pull = tf.sum(tf.div(tf.sum(tf.mul(inside, tf.squeeze(masks, [3])), [1, 2]), 4));
    const apart = norm(tf.sub(tf.expandDims(centres, 1), tf.expandDims(centres, 2)));
    const push = tf.mean(tf.div(tf.sum(tf.square(tf.relu(tf.sub(tf.mul(3, tf.sub(1, tf.eye(2))), apart))), [1, 2]), 2));
    return tf.add(tf.add(pull, push), tf.mul(0.001, tf.mean(norm(centres))));
  }),
  // pytorch/pytorch#121416: losses are masked after they are made: the value is right, the gradient is NaN. Labels: two
  // values, some missing.
  lossCase("masked-afterwards-torch121416", "nan-gradient", {
    yPred: "real",
    sample: sampled(
      (u) => repeat(2, () => u() < 0.2 ? NaN : gauss(u)),
      (y, u, perfect) => y.map((x) => perfect && !Number.isNaN(x) ? x : gauss(u)),
    ),
  }, (y, p) => {
    const losses = tf.square(tf.sub(p, y)), missing = tf.isNaN(y);
    const kept = tf.sum(tf.where(missing, tf.zerosLike(losses), losses));
    return tf.div(kept, tf.sum(tf.sub(1, float(missing))));
  }),
  // pytorch/pytorch#45112: torch.sqrt(criterion(x, y)) "causes the non-obvious issue": its slope at 0.
  lossCase(
    "root-of-mse-torch45112",
    "nan-gradient",
    given("real", "real", 2),
    (y, p) => tf.sqrt(tf.mean(squaredError(y, p))),
  ),
  // huggingface/sentence-transformers#4033: "identical anchor and positive embeddings can produce NaN gradients in
  // TripletLoss, even when the loss is zero". Outputs: anchor, positive, negative, 3 + 3 + 3.
  lossCase("identical-embeddings-sbert4033", "nan-gradient", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const anchor = repeat(3, () => gauss(u)), same = u() < 0.2;
      const positive = anchor.map((x) => same ? x : x + (perfect ? 0.1 : 1) * gauss(u));
      return [...anchor, ...positive, ...anchor.map((x) => perfect ? x + 5 + u() : gauss(u))];
    }),
  }, (_y, p) => {
    const distance = (a: Tensor, b: Tensor) => tf.sqrt(rowSum(tf.square(tf.sub(a, b))));
    const anchor = cut(p, 0, 3), near = distance(anchor, cut(p, 3, 3)), far = distance(anchor, cut(p, 6, 3));
    return tf.mean(tf.relu(tf.add(tf.sub(near, far), 5)));
  }),

  // ---- wrong-sign
  // IAmSuyogJadhav/3d-mri-brain-tumor-segmentation-using-autoencoder-regularization#7: "Are we missing a minus here?" Labels
  // [mask 4 | picture 2], outputs [mask 4 | picture 2 | μ 2 | log σ² 2].
  lossCase("dice-without-minus-brats7", "wrong-sign", {
    yPred: "real",
    sample: sampled(
      (u) => [...repeat(4, () => coin(u)), gauss(u), gauss(u)],
      (y, u, perfect) =>
        perfect ? [...y, 0, 0, 0, 0] : [...repeat(4, () => 0.02 + 0.96 * u()), ...repeat(6, () => gauss(u))],
    ),
  }, (y, p) => {
    const mask = cut(p, 0, 4), truth = cut(y, 0, 4), both = rowSum(tf.abs(tf.mul(truth, mask)));
    const dice = tf.div(tf.mul(2, both), tf.add(tf.add(rowSum(tf.square(truth)), rowSum(tf.square(mask))), 1e-8));
    const picture = tf.mean(squaredError(cut(y, 4, 2), cut(p, 4, 2)));
    const divergence = tf.mul(-0.5, tf.sum(minusTwiceDivergence(cut(p, 6, 2), cut(p, 8, 2))));
    return tf.add(tf.mean(dice), tf.add(tf.mul(0.1, picture), tf.mul(0.1, tf.div(divergence, 2 * p.shape[0]))));
  }),
  // jorge-pessoa/pytorch-msssim#5: a similarity is used as the loss: "You need to use a minus sign".
  lossCase(
    "similarity-minimised-msssim5",
    "wrong-sign",
    { yPred: "real", sample: pictures },
    (y, p) => tf.mean(tf.div(tf.add(similarity(y, p), 1), 2)),
  ),
  // EderSantana/gumbel#3: elbo = data_dim * bce(x, x_hat) − KL is minimised: "It should be … + KL". Labels: four pixels;
  // outputs [pixels 4 | logits of two variables of three classes].
  lossCase("divergence-subtracted-gumbel3", "wrong-sign", {
    yPred: "real",
    sample: sampled(
      (u) => repeat(4, u),
      (y, u, perfect) => perfect ? [...y, ...repeat(6, () => 0)] : [...repeat(4, u), ...repeat(6, () => gauss(u))],
    ),
  }, (y, p) => {
    const x = clip(cut(p, 0, 4)), q = tf.softmax(tf.reshape(cut(p, 4, 6), [-1, 2, 3]));
    const logs = tf.add(tf.mul(y, tf.log(x)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, x))));
    const divergence = tf.sum(tf.mul(q, tf.sub(tf.log(tf.add(q, 1e-20)), Math.log(1 / 3))), [1, 2]);
    return tf.mean(tf.sub(tf.mul(4, tf.neg(tf.mean(logs, -1))), divergence));
  }),
  // dichotomies/proxy-nca#15: log_softmax(D) of squared distances to the classes' proxies: "I have omitted the negative sign by
  // accident". Outputs: embeddings; the proxies are fixed.
  lossCase("softmax-of-distances-proxynca15", "wrong-sign", {
    yPred: "real",
    sample: sampled((u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
      const angle = 2 * Math.PI * y.indexOf(1) / 3;
      return perfect ? [Math.cos(angle), Math.sin(angle)] : [gauss(u), gauss(u)];
    }),
  }, (y, p) => {
    const half = Math.sqrt(3) / 2, proxies = tf.mul(3, tf.tensor2d([[1, 0], [-0.5, half], [-0.5, -half]]));
    const distances = rowSum(tf.square(tf.sub(tf.expandDims(tf.mul(3, unit(p, 1e-12)), 1), tf.expandDims(proxies, 0))));
    return tf.mean(softmaxCrossEntropy(y, distances));
  }),
  // google-deepmind/open_spiel#962: the entropy's loss is added: "This is indeed a bug". Labels [action 3 | advantage].
  lossCase("entropy-added-openspiel962", "wrong-sign", {
    ambiguous: true,
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), gauss(u)],
      (y, u, perfect) => repeat(3, (i) => perfect ? 2 * y[i] * Math.sign(y[3]) : gauss(u)),
    ),
  }, (y, p) => {
    const logs = tf.logSoftmax(p), chosen = rowSum(tf.mul(cut(y, 0, 3), logs));
    const entropy = tf.neg(rowSum(tf.mul(tf.exp(logs), logs)));
    const policyLoss = tf.neg(tf.mean(tf.mul(chosen, flat(cut(y, 3, 1)))));
    return tf.add(policyLoss, tf.mul(0.01, tf.mean(entropy)));
  }),

  // ---- swapped-arguments
  // isaaccorley/detcon-pytorch#1: "This parameters passed to CE by (logits, labels, weight). But CE definition is(labels,
  // logits, weight)". Labels [which one is the same object 4 | whether any is], outputs logits.
  lossCase("logits-as-labels-detcon1", "swapped-arguments", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(4, choice(4, u)), coin(u, 0.8)],
      (y, u, perfect) => y.slice(0, 4).map((x) => perfect ? 10 * x - 5 : 2 * gauss(u)),
    ),
  }, (y, p) => tf.mean(tf.mul(flat(cut(y, 4, 1)), softmaxCrossEntropy(p, cut(y, 0, 4))))),
  // YyzHarry/imbalanced-regression#21: the weights are the third argument, which is beta. Labels [value | weight].
  lossCase("weights-as-beta-imbalanced21", "swapped-arguments", {
    ambiguous: true,
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u), 0.3 + 2 * u()],
      output: ([y]) => [kind === "perfect" ? y : kind === "far" ? y + (coin(u) ? 60 : -60) : 1.5 * gauss(u)],
    })),
  }, (y, p) => {
    const size = tf.abs(tf.sub(p, cut(y, 0, 1))), beta = cut(y, 1, 1);
    const inner = tf.div(tf.mul(0.5, tf.square(size)), beta), outer = tf.sub(size, tf.mul(0.5, beta));
    const near = stopped(tf.sub(size, beta), (x) => float(tf.less(x, 0)));
    return tf.mean(tf.add(tf.mul(near, inner), tf.mul(tf.sub(1, near), outer)));
  }),

  // ---- activation-mismatch
  // nishnik/Deep-Semantic-Similarity-Model-PyTorch#2: softmax of similarities, and then CrossEntropyLoss: "That was a
  // mistake". Outputs: embeddings of a query, of the document that fits and of two that do not, 2 + 2 + 2 + 2.
  lossCase("softmax-of-similarities-dssm2", "activation-mismatch", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const [x, y] = direction(u);
      return perfect ? [x, y, x, y, -x, -y, -y, x] : repeat(8, () => gauss(u));
    }),
  }, (_y, p) => {
    const query = unit(cut(p, 0, 2), 1e-8);
    const similar = [2, 4, 6].map((i) => rowSum(tf.mul(query, unit(cut(p, i, 2), 1e-8)), true));
    const outputs = tf.softmax(tf.mul(10, tf.concat(similar, 1)));
    return tf.neg(tf.mean(cut(tf.logSoftmax(outputs), 0, 1)));
  }),
  // midas-research/man-sf-emnlp#2: nll_loss(F.softmax(output)): "should the right thing be F.log_softmax?"
  lossCase(
    "nll-of-softmax-mansf2",
    "activation-mismatch",
    given("logits", "one-hot", 2),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.softmax(p))))),
  ),
  // somijeong/MGUIT#2: torch.exp(F.nll_loss(…)) of a softmax; "F.nll_loss(torch.log(logits), label) is the right
  // implementation". The softmax is over the queries.
  lossCase("exp-of-nll-mguit2", ["activation-mismatch", "wrong-axis"], given("logits", "one-hot", 3), (y, p) => {
    const most = tf.max(p, 0, true), e = tf.exp(tf.sub(p, most)), score = tf.div(e, tf.sum(e, 0, true));
    return tf.mul(0.1, tf.exp(tf.neg(tf.mean(rowSum(tf.mul(y, score))))));
  }),
  // Hsuxu/Loss_ToolBox-PyTorch#11: "softmax-->sigmoid?" "It wills cause apply twice activation function".
  lossCase("softmax-then-sigmoid-toolbox11", "activation-mismatch", given("logits", "one-hot", 3), (y, p) => {
    const output = tf.sigmoid(tf.softmax(p)), both = tf.sum(tf.mul(output, y), 0);
    const all = tf.add(tf.sum(output, 0), tf.sum(y, 0));
    return tf.mean(tf.sub(1, tf.div(tf.add(tf.mul(2, both), 1), tf.add(all, 1))));
  }),
  // jeffheaton/t81_558_deep_learning#81: BinaryCrossentropy(from_logits=True) of a discriminator that "already has a sigmoid".
  // Outputs: what it says of a real picture and of a generated one.
  lossCase("sigmoid-and-from-logits-t81-81", "activation-mismatch", {
    yPred: "probability",
    yTrue: "none",
    sample: rowsOf(noLabels, uniforms(2, 0.02, 0.98), (_, u) => [1 - 0.02 * u(), 0.02 * u()]),
  }, (_y, p) => {
    const real = cut(p, 0, 1), fake = cut(p, 1, 1);
    return tf.add(
      tf.mean(sigmoidCrossEntropy(tf.onesLike(real), real)),
      tf.mean(sigmoidCrossEntropy(tf.zerosLike(fake), fake)),
    );
  }),
  // jakeret/tf_unet#15: "Dice loss operating on logits rather than predictions".
  lossCase("dice-of-logits-tfunet15", "activation-mismatch", given("logits", "one-hot", 2), (y, p) => {
    const both = tf.sum(tf.mul(p, y)), union = tf.add(1e-5, tf.add(tf.sum(p), tf.sum(y)));
    return tf.neg(tf.div(tf.mul(2, both), union));
  }),
  // Lornatang/ESRGAN-PyTorch#8: BCELoss of hr_output − mean(sr_output): "you need to add sigmoid". Outputs: those of a real
  // and of a generated picture.
  lossCase(
    "bce-of-difference-esrgan8",
    ["activation-mismatch", "domain-edge"],
    { yPred: "real", yTrue: "none", sample: scores(1) },
    (_y, p) => {
      const real = tf.sub(cut(p, 0, 1), tf.mean(cut(p, 1, 1))), fake = tf.sub(cut(p, 1, 1), tf.mean(cut(p, 0, 1)));
      return tf.add(tf.neg(tf.mean(tf.log(real))), tf.neg(tf.mean(tf.log(tf.sub(1, fake)))));
    },
  ),
  // lksshw/SRNet#18: "there is no sigmoid activation in the discriminator output before BCE loss"; "training stuck".
  lossCase(
    "no-sigmoid-srnet18",
    ["activation-mismatch", "saturated"],
    { yPred: "real", yTrue: "none", sample: scores(1) },
    (_y, p) => {
      const real = tf.log(tf.clipByValue(cut(p, 0, 1), 1e-8, 1));
      return tf.neg(tf.mean(tf.add(real, tf.log(tf.clipByValue(tf.sub(1, cut(p, 1, 1)), 1e-8, 1)))));
    },
  ),

  // ---- label-encoding
  // qubvel/segmentation_models#95: a loss of −212 and an IoU of 7: masks of 0 and 255 in the cross-entropy and the Jaccard
  // loss.
  lossCase("masks-255-segmentationmodels95", "label-encoding", {
    yPred: "probability",
    sample: drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
      label: () => repeat(4, () => 255 * (kind === "allNeg" ? 0 : kind === "allPos" ? 1 : coin(u, 0.4))),
      output: (y) => y.map((x) => kind === "perfect" ? x / 255 : 0.02 + 0.96 * u()),
    })),
  }, (y, p) => {
    const both = tf.sum(tf.mul(y, p)), union = tf.sub(tf.add(tf.sum(y), tf.sum(p)), both);
    const jaccard = tf.sub(1, tf.div(tf.add(both, 1e-5), tf.add(union, 1e-5)));
    return tf.add(tf.mean(crossEntropy(y, p)), jaccard);
  }),
  // keras-team/keras#1866: the contrastive loss is "corrected" to the paper's labels, and the data's are the other way round:
  // 1 is alike; an accuracy of 0.5. Outputs: distances.
  lossCase("alike-is-zero-keras1866", ["label-encoding", "wrong-sign", "swapped-arguments"], {
    yPred: "nonnegative",
    sample: rowsOf(coins(1), (u) => [0.02 + 1.2 * u()], ([y]) => [y ? 0.01 : 1.2]),
  }, (y, p) => {
    const alike = tf.mul(tf.mul(tf.sub(1, y), 0.5), tf.square(p));
    return tf.mean(tf.add(alike, tf.mul(tf.mul(0.5, y), tf.square(tf.maximum(tf.sub(1, p), 0)))));
  }),

  // ---- broadcast
  // MorvanZhou/pytorch-A3C#5: the log-probabilities are [n], the errors [n, 1], and their product is a matrix (in Chinese).
  // Labels [action 2 | return], outputs [logits 2 | value].
  lossCase("log-probs-and-errors-a3c5", "broadcast", {
    yPred: "real",
    sample: sampled(
      (u) => [...oneHot(2, choice(2, u)), 2 * gauss(u)],
      (y, u, perfect) => perfect ? [6 * y[0] - 3, 6 * y[1] - 3, y[2]] : repeat(3, () => gauss(u)),
    ),
  }, (y, p) => {
    const errors = tf.sub(cut(y, 2, 1), cut(p, 2, 1));
    const logs = rowSum(tf.mul(cut(y, 0, 2), tf.logSoftmax(cut(p, 0, 2))));
    return tf.mean(tf.sub(tf.square(errors), tf.mul(logs, stopped(errors))));
  }),
  // tensorflow/tensorflow#37770: mse([128, 1], [128]) differs from mse([128, 1], [128, 1]): "Silent errors like this are
  // difficult to debug". Labels of up to ±180.
  lossCase(
    "two-shapes-tf37770",
    "broadcast",
    onRows("real", normals(1, 90), normals(1, 90)),
    (y, p) => tf.mean(tf.mean(tf.square(tf.sub(p, flat(y))), -1)),
  ),
  // higgsfield-ai/higgsfield#24: "the size of log_probs is [80] and the size of advantage is [80,1]". Labels: returns; outputs
  // [log-probability of the action, value].
  lossCase("log-probs-and-column-higgsfield24", "broadcast", {
    yPred: "real",
    sample: sampled((u) => [gauss(u)], ([y], u, perfect) => [-0.1 - 2 * u(), perfect ? y : 1.5 * gauss(u)]),
  }, (y, p) => {
    const advantage = tf.sub(y, cut(p, 1, 1)), critic = tf.mean(tf.square(advantage));
    const actor = tf.neg(tf.mean(tf.mul(flat(cut(p, 0, 1)), stopped(advantage))));
    return tf.add(actor, tf.mul(0.5, critic));
  }),

  // ---- wrong-axis
  // SSARCandy/DeepCORAL#16: torch.mean(source, 1) is the mean of each row's features; "1 must be replaced by 0". Outputs
  // [source 3 | target 3], whose covariances shall be the same.
  lossCase("mean-of-features-coral16", "wrong-axis", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const source = repeat(3, () => gauss(u));
      return [...source, ...(perfect ? source : repeat(3, () => 1.5 * gauss(u)))];
    }),
  }, (_y, p) => {
    const covariance = (x: Tensor) => {
      const centred = tf.sub(tf.mean(x, 1, true), x);
      return tf.matMul(centred, centred, true);
    };
    return tf.mean(squaredError(covariance(cut(p, 0, 3)), covariance(cut(p, 3, 3))));
  }),
  // facebookresearch/WMReward#11: cosine_similarity(dim=1) of [batch, tokens, features] is along the tokens. Three tokens of
  // two features, labels and outputs.
  lossCase("cosine-of-tokens-wmreward11", "wrong-axis", given("real", "real", 6), (y, p) => {
    const a = unit(tf.reshape(p, [-1, 3, 2]), 1e-8, 1), b = unit(tf.reshape(y, [-1, 3, 2]), 1e-8, 1);
    return tf.sub(1, tf.mean(tf.sum(tf.mul(a, b), 1)));
  }),
  // Zeleni9/pytorch-wgan#40: gradients.norm(2, dim=1) of [batch, 1, 32, 32]: each pixel's slope is pushed to 1. Outputs: slopes
  // at four pixels of one channel.
  lossCase("norm-of-channels-wgan40", "wrong-axis", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const slopes = repeat(4, () => gauss(u)), length = Math.hypot(...slopes);
      return slopes.map((x) => perfect ? x / length : x);
    }),
  }, (_y, p) => {
    const norm = tf.sqrt(tf.sum(tf.square(tf.reshape(p, [-1, 1, 2, 2])), 1));
    return tf.mul(tf.mean(tf.square(tf.sub(norm, 1))), 10);
  }),
  // keras-team/keras-contrib#533: Jaccard's sums are over the channels, not over the pixels. Four pixels of one channel.
  lossCase(
    "jaccard-of-channels-kerascontrib533",
    "wrong-axis",
    { ...given("probability", "binary", 4), ambiguous: true },
    (y, p) => {
      const [a, b] = [y, p].map((x) => tf.reshape(x, [-1, 4, 1])), smooth = 100;
      const both = rowSum(tf.abs(tf.mul(a, b))), all = rowSum(tf.add(tf.abs(a), tf.abs(b)));
      return tf.mul(tf.sub(1, tf.div(tf.add(both, smooth), tf.add(tf.sub(all, both), smooth))), smooth);
    },
  ),
  // OlavHN/fast-neural-style#7: reduce_sum(gram(generated) − style, 0), and then l2_loss: pictures of a batch make up for each
  // other's errors. Outputs: two features at two places.
  lossCase("summed-before-squares-neuralstyle7", ["wrong-axis", "reduction"], {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const turn = direction(u), far = [-turn[1], turn[0]];
      return perfect ? [2 * turn[0], 2 * turn[1], far[0], far[1]] : repeat(4, () => 1.5 * gauss(u));
    }),
  }, (_y, p) => {
    const features = tf.reshape(p, [-1, 2, 2]), gram = tf.div(tf.matMul(features, features, false, true), 4);
    const style = tf.tensor2d([[1, 0], [0, 0.25]]), errors = tf.sum(tf.sub(gram, style), 0);
    return tf.div(tf.mul(0.5, tf.sum(tf.square(errors))), 4);
  }),
  // yuanming-hu/fc4#33: F.sum without an axis: "it's easy for dot out of range, so that the loss will be the same for lots of
  // images". Labels and outputs: colours of the light.
  lossCase("dot-of-batch-fc4-33", ["wrong-axis", "saturated"], {
    yPred: "nonnegative",
    sample: rowsOf((u) => repeat(3, () => 0.2 + u()), (u) => repeat(3, () => 0.05 + u()), (y) => y.map((x) => 2 * x)),
  }, (y, p) => {
    const dot = tf.clipByValue(tf.sum(tf.mul(unit(p, 1e-10), unit(y, 1e-10))), -0.999999, 0.999999);
    return tf.mean(tf.mul(180 / Math.PI, tf.acos(dot)));
  }),

  // ---- wrong-optimum
  // unit8co/darts#1162: the Gaussian likelihood was "using the standard dev instead of the variance". Labels [value | its
  // mean, not used], outputs [mean, argument of softplus].
  lossCase("deviation-as-variance-darts1162", "wrong-optimum", {
    yPred: "real",
    sample: sampled((u) => {
      const mean = 2 * gauss(u);
      return [mean + 0.5 * gauss(u), mean];
    }, (y, u, perfect) => perfect ? [y[1], Math.log(Math.exp(0.5) - 1)] : [2 * gauss(u), gauss(u)]),
  }, (y, p) => {
    const variance = tf.maximum(tf.softplus(cut(p, 1, 1)), 1e-6);
    const errors = tf.div(squaredError(cut(y, 0, 1), cut(p, 0, 1)), variance);
    return tf.mean(tf.mul(0.5, tf.add(tf.log(variance), errors)));
  }),
  // piEsposito/blitz-bayesian-deep-learning#15: −σ where −log σ is meant. Labels: the noise of a weight; outputs [μ, ρ], whose
  // prior is of deviation 0.1.
  lossCase("sigma-without-log-blitz15", "wrong-optimum", {
    yPred: "real",
    sample: rowsOf(normals(1), (u) => [0.3 * gauss(u), gauss(u)], () => [0, Math.log(Math.exp(0.1) - 1)]),
  }, (y, p) => {
    const sigma = tf.softplus(cut(p, 1, 1)), mu = cut(p, 0, 1), weight = tf.add(mu, tf.mul(sigma, y));
    const half = 0.5 * Math.log(2 * Math.PI), scaled = tf.div(tf.sub(weight, mu), sigma);
    const posterior = tf.sub(tf.sub(-half, sigma), tf.mul(0.5, tf.square(scaled)));
    const prior = tf.sub(-half - Math.log(0.1), tf.mul(0.5, tf.square(tf.div(weight, 0.1))));
    return tf.sub(tf.mean(posterior), tf.mean(prior));
  }),
  // eladhoffer/utils.pytorch#13: target.add_(ε).div_(2) smooths labels of 1 to 0.55.
  lossCase("halved-labels-elad13", ["wrong-optimum", "label-encoding"], given("logits", "binary", 2), (y, p) => {
    const target = tf.div(tf.add(y, 0.1), 2);
    return tf.mean(sigmoidCrossEntropy(target, p));
  }),
  // paiml/aprender#2199: other classes weigh (1 − ε)/C each, not ε/C.
  lossCase("off-target-mass-aprender2199", "wrong-optimum", given("logits", "one-hot", 5), (y, p) => {
    const epsilon = 0.1, logs = tf.logSoftmax(p), target = rowSum(tf.mul(y, logs));
    return tf.neg(tf.mean(tf.add(tf.mul(1 - epsilon, target), tf.mul((1 - epsilon) / 5, rowSum(logs)))));
  }),
  // QwenAudio/CosyVoice#1449: the mask is where the padding is, so that "the values that need to be calculated are set to
  // zero". Labels [padding 3 | reference of the chosen and of the rejected], outputs log-probabilities [chosen 3 | rejected 3].
  lossCase("only-padding-cosyvoice1449", ["wrong-optimum", "reduction"], {
    yPred: "real",
    sample: sampled((u) => {
      const length = 1 + choice(2, u);
      return [...repeat(3, (i) => i < length ? 0 : 1), -1 - u(), -1 - u()];
    }, (y, u, perfect) => {
      const log = (usual: number) => repeat(3, (i) => perfect && !y[i] ? usual : -0.2 - 3 * u());
      return [...log(-0.05), ...log(-6)];
    }),
  }, (y, p) => {
    const mask = cut(y, 0, 3), mean = (from: number) => tf.mean(tf.mul(cut(p, from, 3), mask), 1, true);
    const logits = tf.sub(tf.sub(mean(0), mean(3)), tf.sub(cut(y, 3, 1), cut(y, 4, 1)));
    return tf.mean(tf.softplus(tf.neg(tf.mul(0.1, logits))));
  }),

  // ---- bad-scale
  // keras-team/keras#3383: the mean over pixels beside the divergence, an "extremely small reconstruction loss". Labels: 32
  // pixels, outputs [pixels 32 | μ 2 | log σ² 2].
  lossCase("mean-of-pixels-keras3383", "bad-scale", {
    ambiguous: true,
    yPred: "real",
    sample: sampled(
      (u) => repeat(32, () => coin(u)),
      (y, u, perfect) =>
        perfect ? [...y, 0, 0, 0, 0] : [...repeat(32, () => 0.02 + 0.96 * u()), ...repeat(4, () => gauss(u))],
    ),
  }, (y, p) => {
    const divergence = tf.mul(-0.5, rowSum(minusTwiceDivergence(cut(p, 32, 2), cut(p, 34, 2))));
    return tf.mean(tf.add(tf.mean(crossEntropy(y, cut(p, 0, 32)), 1), divergence));
  }),
  // SeldonIO/alibi-detect#90: "Why is it reduce_sum and not reduce_mean in the elbo loss?" "Good catch". The simulated
  // deviation is 0.05.
  lossCase("summed-elbo-alibi90", "bad-scale", given("real", "real", 4), (y, p) => {
    const squares = rowSum(tf.square(tf.div(tf.sub(y, p), 0.05)));
    return tf.neg(tf.sum(tf.sub(tf.mul(-0.5, squares), 4 * Math.log(0.05) + 2 * Math.log(2 * Math.PI))));
  }),
  // dyelax/Adversarial_Video_Generation#24: "increasing batch size will increase loss as well".
  lossCase("summed-frames-videogeneration24", "bad-scale", {
    yPred: "tanh",
    sample: rowsOf((u) => repeat(8, () => 1.96 * u() - 0.98), (u) => repeat(8, () => 1.96 * u() - 0.98)),
  }, (y, p) => tf.sum(tf.pow(tf.abs(tf.sub(p, y)), 2))),
  // modelscope/easydistill#16: divided by the number of tokens, and then again. Rows are tokens: labels [teacher 3 | mask].
  lossCase("tokens-twice-easydistill16", ["bad-scale", "reduction"], {
    yPred: "logits",
    sample: sampled(
      (u) => [...soft(repeat(3, () => 2 * gauss(u))), coin(u, 0.8)],
      (y, u, perfect) => repeat(3, (i) => perfect ? Math.log(y[i]) : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const teacher = cut(y, 0, 3), mask = flat(cut(y, 3, 1));
    const divergence = rowSum(tf.mul(teacher, tf.sub(tf.log(teacher), tf.logSoftmax(p))));
    return tf.div(tf.sum(tf.mul(tf.div(divergence, tf.sum(mask)), mask)), tf.sum(mask));
  }),

  // ---- reduction
  // Farama-Foundation/Gymnasium#1336: the mean of the log-probabilities times the returns: "ERROR HERE, why calculate the
  // mean?" Labels: returns; outputs: log-probabilities of the actions.
  lossCase("mean-before-returns-gymnasium1336", "reduction", {
    yPred: "real",
    sample: rowsOf(normals(1), (u) => [-0.1 - 2 * u()], ([y]) => [y > 0 ? -0.05 : -4]),
  }, (y, p) => tf.neg(tf.sum(tf.mul(tf.mean(p), y)))),
  // lucidrains/voicebox-pytorch#6: masked losses are filled with 0, and the masked ones are counted. Labels [values 3 | mask 3].
  lossCase("masked-are-counted-voicebox6", "reduction", {
    yPred: "real",
    sample: sampled((u) => {
      const masked = 1 + choice(2, u);
      return [...repeat(3, () => gauss(u)), ...repeat(3, (i) => i < masked ? 1 : 0)];
    }, (y, u, perfect) => perfect ? y.slice(0, 3) : repeat(3, () => gauss(u))),
  }, (y, p) => {
    const mask = cut(y, 3, 3), kept = tf.mul(squaredError(cut(y, 0, 3), p), tf.sub(1, mask));
    return tf.mean(tf.div(rowSum(kept), tf.clipByValue(rowSum(mask), 1e-5, 1e9)));
  }),
  // huggingface/lerobot#3377: padded actions have a loss of 0 and count in the mean. Labels [actions 2 × 2 | in the episode 2].
  lossCase("padding-in-mean-lerobot3377", "reduction", {
    yPred: "real",
    sample: rowsOf((u) => [...repeat(4, () => gauss(u)), 1, coin(u)], normals(4), (y) => y.slice(0, 4)),
  }, (y, p) => {
    const losses = tf.reshape(squaredError(cut(y, 0, 4), p), [-1, 2, 2]);
    return tf.mean(tf.mul(losses, tf.expandDims(cut(y, 4, 2), 2)));
  }),
  // huggingface/sentence-transformers#3827: padding enters the normaliser of ListMLE, as exp(1e-16) is 1: the gradient of the
  // second document "flips sign". Labels: which of three sorted documents there are; outputs logits.
  lossCase("padding-in-normaliser-sbert3827", ["reduction", "wrong-optimum"], {
    yPred: "logits",
    sample: sampled((u) => {
      const length = 2 + choice(2, u);
      return repeat(3, (i) => i < length ? 1 : 0);
    }, (_, u, perfect) => repeat(3, (i) => perfect ? 4 - 4 * i : 2 * gauss(u))),
  }, (y, p) => {
    const logits = tf.where(tf.cast(y, "bool"), p, tf.fill(p.shape, 1e-16)), scoresOf = tf.exp(logits);
    const after = tf.cumsum(scoresOf, 1, false, true);
    return tf.neg(tf.mean(rowSum(tf.mul(y, tf.sub(logits, tf.log(tf.add(after, 1e-10)))))));
  }),

  // ---- Sound: classification, segmentation
  // Randl/MobileNetV2-pytorch#5: log_softmax, and again in the cross-entropy: the second one changes nothing.
  sound(
    "ok-log-softmax-twice-mobilenetv2-5",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, tf.logSoftmax(p))),
  ),
  // facebookresearch/fvcore#126: the sigmoid is for the focal factor; the cross-entropy has the logits.
  sound("ok-sigmoid-beside-fvcore126", given("logits", "binary", 3), (y, p) => {
    const q = tf.sigmoid(p), crossed = sigmoidCrossEntropy(y, p);
    const right = tf.add(tf.mul(q, y), tf.mul(tf.sub(1, q), tf.sub(1, y)));
    const alpha = tf.add(tf.mul(0.25, y), tf.mul(0.75, tf.sub(1, y)));
    return tf.mean(tf.mul(alpha, tf.mul(crossed, tf.square(tf.sub(1, right)))));
  }),
  // AlanChou/Truncated-Loss#4: "of course it would be negative, the paper formula (13) have showed that". Labels [class 3 |
  // whether the row counts].
  sound("ok-truncated-truncatedloss4", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), coin(u, 0.9)],
      (y, u, perfect) => repeat(3, (i) => perfect ? 16 * y[i] - 8 : 1.5 * gauss(u)),
    ),
  }, (y, p) => {
    const q = 0.7, k = 0.5, weight = flat(cut(y, 3, 1)), right = rowSum(tf.mul(cut(y, 0, 3), tf.softmax(p)));
    const loss = tf.mul(tf.div(tf.sub(1, tf.pow(right, q)), q), weight);
    return tf.mean(tf.sub(loss, tf.mul((1 - k ** q) / q, weight)));
  }),
  // kozistr/pytorch_optimizer#456: 1 − F1 is "designed for minimizing the F-beta loss".
  sound("ok-soft-f1-optimizer456", { ...given("logits", "binary", 3), ambiguous: true }, (y, p) => {
    const q = tf.sigmoid(p), right = tf.sum(tf.mul(q, y), 0), epsilon = 1e-6;
    const wrong = tf.sum(tf.mul(q, tf.sub(1, y)), 0), missed = tf.sum(tf.mul(tf.sub(1, q), y), 0);
    const precision = tf.div(right, tf.add(tf.add(right, wrong), epsilon));
    const recall = tf.div(right, tf.add(tf.add(right, missed), epsilon));
    const f1 = tf.div(tf.mul(2, tf.mul(precision, recall)), tf.add(tf.add(precision, recall), epsilon));
    return tf.sub(1, tf.mean(f1));
  }),
  // bbbbbbzhou/AccSeg-Net#2: "We multiple the DSC with -1".
  sound("ok-minus-dice-accsegnet2", given("probability", "binary", 4), (y, p) => {
    const both = tf.sum(tf.mul(y, p)), all = tf.add(tf.sum(y), tf.sum(p));
    return tf.neg(tf.div(tf.add(tf.mul(2, both), 1), tf.add(all, 1)));
  }),
  // Correr-Zhou/SPML-AckTheUnknown#1: labels of 0 are unknown, and their entropy is to be the largest: negative. Labels: the
  // classes that are known to be there.
  sound("ok-entropy-of-unknown-spml1", {
    yPred: "logits",
    sample: sampled(
      (u) => oneHot(4, choice(4, u)),
      (y, u, perfect) => repeat(4, (i) => perfect ? 8 * y[i] : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const q = tf.sigmoid(p), minusLog = (x: Tensor) => tf.neg(tf.log(tf.add(x, 1e-5)));
    const entropy = tf.add(tf.mul(q, minusLog(q)), tf.mul(tf.sub(1, q), minusLog(tf.sub(1, q))));
    return tf.mean(tf.where(tf.equal(y, 1), minusLog(q), tf.mul(-0.25, entropy)));
  }),
  // abhuse/polyloss-pytorch, polyloss.py: the cross-entropy and 1 − p of the class.
  sound("ok-poly-polyloss", given("logits", "one-hot", 4), (y, p) => {
    const right = rowSum(tf.mul(y, tf.softmax(p)));
    return tf.mean(tf.add(softmaxCrossEntropy(y, p), tf.sub(1, right)));
  }),
  // facebookresearch/mixup-cifar10, train.py: a row belongs to two classes, in part to each. Labels [class 3 | other class 3 |
  // part of the first].
  sound("ok-mixup-cifar10", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), ...oneHot(3, choice(3, u)), 0.05 + 0.9 * u()],
      (y, u, perfect) =>
        repeat(3, (i) => perfect ? Math.log(y[6] * y[i] + (1 - y[6]) * y[3 + i] + 1e-4) : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const part = flat(cut(y, 6, 1)), first = softmaxCrossEntropy(cut(y, 0, 3), p);
    return tf.mean(tf.add(tf.mul(part, first), tf.mul(tf.sub(1, part), softmaxCrossEntropy(cut(y, 3, 3), p))));
  }),
  // jongwooko/distillm#7: the teacher's entropy is left out: a constant. Labels [teacher's logits 3 | mask].
  sound("ok-no-entropy-distillm7", {
    yPred: "logits",
    sample: rowsOf((u) => [...repeat(3, () => 2 * gauss(u)), coin(u, 0.8)], normals(3, 2), (y) => y.slice(0, 3)),
  }, (y, p) => {
    const x = rowSum(tf.mul(tf.softmax(cut(y, 0, 3)), tf.logSoftmax(p))), mask = flat(cut(y, 3, 1));
    return tf.neg(tf.div(tf.sum(tf.mul(x, mask)), tf.sum(mask)));
  }),
  // dropreg/R-Drop, README.md: two passes through the model are to agree as well. Outputs: logits of both.
  sound("ok-two-passes-rdrop", {
    yPred: "logits",
    sample: rowsOf(oneOf(3), normals(6, 2), (y) => [...y, ...y].map((x) => 16 * x - 8)),
  }, (y, p) => {
    const first = cut(p, 0, 3), second = cut(p, 3, 3), logs = [first, second].map((x) => tf.logSoftmax(x));
    const crossed = tf.mul(0.5, tf.add(softmaxCrossEntropy(y, first), softmaxCrossEntropy(y, second)));
    const divergence = (a: Tensor, b: Tensor) => rowSum(tf.mul(tf.exp(a), tf.sub(a, b)));
    const apart = tf.div(tf.add(divergence(logs[0], logs[1]), divergence(logs[1], logs[0])), 2);
    return tf.mean(tf.add(crossed, tf.mul(4, apart)));
  }),
  // wildphoton/RandConv#2: F.kl_div(p_mixture, p_aug) is the divergence from the mixture, clamped before its logarithm.
  // Outputs: logits of three views.
  sound("ok-consistency-randconv2", {
    yPred: "logits",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const one = repeat(3, () => 2 * gauss(u));
      return perfect ? [...one, ...one, ...one] : repeat(9, () => 2 * gauss(u));
    }),
  }, (_y, p) => {
    const views = [0, 3, 6].map((i) => cut(p, i, 3)), mixture = tf.div(tf.addN(views.map((x) => tf.softmax(x))), 3);
    const logs = tf.log(tf.clipByValue(mixture, 1e-7, 1));
    const each = views.map((x) => tf.mean(rowSum(tf.mul(tf.softmax(x), tf.sub(tf.logSoftmax(x), logs)))));
    return tf.div(tf.addN(each as tf.Tensor[]), 3);
  }),
  // facebookresearch/dino, main_dino.py: the teacher's outputs are centred, sharpened and detached. Labels: the teacher's
  // outputs; outputs: the student's.
  sound("ok-centred-teacher-dino", {
    yPred: "logits",
    sample: rowsOf(normals(4, 0.2), normals(4, 0.5), (y) => y.map((x) => 2.5 * x)),
  }, (y, p) => {
    const teacher = tf.softmax(tf.div(tf.sub(y, tf.mean(y, 0, true)), 0.04));
    return tf.mean(tf.neg(rowSum(tf.mul(teacher, tf.logSoftmax(tf.div(p, 0.1))))));
  }),
  // szagoruyko/attention-transfer, utils.py: squares of two channels at three places are to be distributed alike. Labels: the
  // teacher's features 2 × 3, outputs the student's.
  sound("ok-attention-transfer", given("real", "real", 6), (y, p) => {
    const attention = (x: Tensor) => unit(tf.mean(tf.square(tf.reshape(x, [-1, 2, 3])), 1), 1e-12);
    return tf.mean(squaredError(attention(y), attention(p)));
  }),
  // lenscloth/RKD#16: angles of all triples of embeddings are to be those of the teacher's, which need no gradient. Labels: the
  // teacher's embeddings, outputs: the student's.
  sound("ok-angles-rkd16", {
    yPred: "real",
    sample: rowsOf(normals(3), normals(3), (y) => [2 * y[1] + 1, 2 * y[2], 2 * y[0]]),
  }, (y, p) => {
    const angles = (x: Tensor) => {
      const d = tf.sub(tf.expandDims(x, 0), tf.expandDims(x, 1));
      const directions = tf.div(d, tf.sqrt(tf.maximum(rowSum(tf.square(d), true), 1e-24)));
      return tf.matMul(directions, directions, false, true);
    };
    return tf.mean(huber(tf.sub(angles(p), angles(y))));
  }),
  // MIC-DKFZ/nnUNet, nnunet/training/loss_functions/dice_loss.py: minus Dice without the background, and the cross-entropy:
  // the sum is negative. Rows are pixels.
  sound("ok-dice-and-crossentropy-nnunet", given("logits", "one-hot", 3), (y, p) => {
    const q = tf.softmax(p), right = tf.sum(tf.mul(q, y), 0), wrong = tf.sum(tf.mul(q, tf.sub(1, y)), 0);
    const missed = tf.sum(tf.mul(tf.sub(1, q), y), 0), twice = tf.add(tf.mul(2, right), 1e-5);
    const dice = tf.div(twice, tf.add(tf.add(tf.add(twice, wrong), missed), 1e-8));
    return tf.add(tf.mean(softmaxCrossEntropy(y, p)), tf.neg(tf.mean(tf.slice(dice, [1], [2]))));
  }),
  // MuggleWang/CosFace_pytorch, layer.py: a margin is taken off the cosine of the right class, and the scale is 30. Outputs:
  // embeddings; the classes' directions are fixed.
  sound("ok-cosine-margin-cosface", {
    yPred: "real",
    sample: sampled((u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
      const angle = 2 * Math.PI * y.indexOf(1) / 3;
      return perfect ? [Math.cos(angle), Math.sin(angle)] : [gauss(u), gauss(u)];
    }),
  }, (y, p) => {
    const half = Math.sqrt(3) / 2, directions = tf.tensor2d([[1, -0.5, -0.5], [0, half, -half]]);
    const cosines = tf.matMul(unit(p, 1e-8), directions);
    return tf.mean(softmaxCrossEntropy(y, tf.mul(30, tf.sub(cosines, tf.mul(0.4, y)))));
  }),

  // ---- Sound: metric learning, self-supervised, graphs
  // BVLC/caffe#2308: the margin is compared with the squared distance. Labels: alike; outputs: two embeddings.
  sound("ok-squared-margin-caffe2308", {
    yPred: "real",
    sample: sampled((u) => [coin(u)], ([y], u, perfect) => {
      const one = [gauss(u), gauss(u)];
      return !perfect ? [...one, gauss(u), gauss(u)] : [...one, one[0] + (y ? 0 : 2), one[1]];
    }),
  }, (y, p) => {
    const squares = squaredDistance(cut(p, 0, 2), cut(p, 2, 2), true), beyond = tf.relu(tf.sub(1, squares));
    return tf.div(tf.mean(tf.add(tf.mul(y, squares), tf.mul(tf.sub(1, y), beyond))), 2);
  }),
  // mikacuy/pointnetvlad#2: the closest of two positives, and the hardest negative: "both are correct". Outputs: a query, two
  // positives, two negatives.
  sound("ok-closest-positive-pointnetvlad2", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const [x, y] = [gauss(u), gauss(u)];
      return perfect ? [x, y, x, y, x, y, x + 3, y, x, y - 3] : repeat(10, () => gauss(u));
    }),
  }, (_y, p) => {
    const query = cut(p, 0, 2), squares = [2, 4, 6, 8].map((i) => squaredDistance(query, cut(p, i, 2)));
    const best = tf.minimum(squares[0], squares[1]);
    const each = [2, 3].map((i) => tf.relu(tf.add(0.5, tf.sub(best, squares[i]))));
    return tf.mean(tf.maximum(each[0], each[1]));
  }),
  // MishaLaskin/curl#9: the cross-entropy has weights of 0 off the diagonal, and "penalizes" them all the same. Outputs: a
  // query and a key.
  sound("ok-diagonal-curl9", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const one = direction(u).map((x) => 3 * x);
      return perfect ? [...one, ...one] : [gauss(u), gauss(u), gauss(u), gauss(u)];
    }),
  }, (_y, p) => {
    const logits = tf.matMul(cut(p, 0, 2), cut(p, 2, 2), false, true),
      shifted = tf.sub(logits, tf.max(logits, 1, true));
    return tf.mean(softmaxCrossEntropy(tf.eye(p.shape[0]), shifted));
  }),
  // raminnakhli/Decoupled-Contrastive-Learning#9: without the positive in the denominator the loss can be negative: "it's not
  // a bug".
  sound("ok-decoupled-dcl9", { yPred: "real", yTrue: "none", sample: twins }, (_y, p) => {
    const one = unit(cut(p, 0, 2), 1e-12), two = unit(cut(p, 2, 2), 1e-12), n = p.shape[0];
    const cross = tf.matMul(one, two, false, true), positive = tf.div(rowSum(tf.mul(one, two)), 0.1);
    const same = tf.mul(tf.eye(n), Math.log(1e-10)),
      inner = tf.add(tf.div(tf.matMul(one, one, false, true), 0.1), same);
    const negative = tf.concat([inner, tf.add(tf.div(cross, 0.1), same)], 1);
    return tf.mean(tf.add(tf.neg(positive), tf.logSumExp(negative, 1)));
  }),
  // facebookresearch/vicreg#16: the mean is taken off after the deviations, which "does not affect variance calculations".
  sound("ok-vicreg16", {
    yPred: "real",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const one = repeat(3, () => 1.2 * gauss(u));
      return [...one, ...(perfect ? one : repeat(3, () => gauss(u)))];
    }),
  }, (_y, p) => {
    const n = p.shape[0], views = [cut(p, 0, 3), cut(p, 3, 3)], apart = tf.mean(squaredError(views[0], views[1]));
    const centred = views.map((x) => tf.sub(x, tf.mean(x, 0, true)));
    const spread = centred.map((x) => {
      const deviation = tf.sqrt(tf.add(tf.div(tf.sum(tf.square(x), 0), n - 1), 1e-4));
      return tf.div(tf.mean(tf.relu(tf.sub(1, deviation))), 2);
    });
    const shared = centred.map((x) => {
      const covariance = tf.div(tf.matMul(x, x, true), n - 1);
      return tf.div(tf.sum(tf.square(tf.mul(covariance, tf.sub(1, tf.eye(3))))), 3);
    });
    const all = tf.add(tf.mul(25, apart), tf.mul(25, tf.add(spread[0], spread[1])));
    return tf.add(all, tf.add(shared[0], shared[1]));
  }),
  // thunlp/OpenKE, openke/module/loss/MarginLoss.py: max(positive − negative, −margin), and then + margin. Outputs: distances
  // of a fact that holds and of one that does not.
  sound("ok-margin-added-openke", {
    yPred: "nonnegative",
    yTrue: "none",
    sample: rowsOf(noLabels, (u) => [5 * u(), 5 * u()], (_, u) => [0.1 * u(), 7 + u()]),
  }, (_y, p) => tf.add(tf.mean(tf.maximum(tf.sub(cut(p, 0, 1), cut(p, 1, 1)), -6)), 6)),
  // DeepGraphLearning/KnowledgeGraphEmbedding, codes/model.py: the weights of negatives are a softmax of their scores, and
  // detached. Outputs: scores of a fact and of three that do not hold.
  sound("ok-self-adversarial-kge", { yPred: "real", yTrue: "none", sample: scores(3) }, (_y, p) => {
    const negative = cut(p, 1, 3), weights = stopped(negative, (x) => tf.softmax(x));
    const first = tf.mean(tf.softplus(tf.neg(cut(p, 0, 1))));
    return tf.div(tf.add(first, tf.mean(rowSum(tf.mul(weights, tf.softplus(negative))))), 2);
  }),

  // zycdev/L2R2#1: the largest output is taken off before the exponentials: "for calculation stability". Labels: relevance of
  // three documents, in falling order.
  sound("ok-list-mle-l2r2-1", {
    yPred: "real",
    sample: sampled(
      (u) => repeat(3, () => 3 * u()).sort((a, b) => b - a),
      (_, u, perfect) => repeat(3, (i) => perfect ? 6 - 6 * i : 1.5 * gauss(u)),
    ),
  }, (_y, p) => {
    const shifted = tf.sub(p, tf.max(p, 1, true)), after = tf.cumsum(tf.exp(shifted), 1, false, true);
    return tf.mean(rowSum(tf.sub(tf.log(tf.add(after, 1e-10)), shifted)));
  }),
  // zalandoresearch/pytorch-vq-vae, vq-vae.ipynb: codes learn from detached encodings, and encodings from detached codes.
  // Labels: a signal; outputs [reconstruction 2 | encoding 2 | code 2].
  sound("ok-two-detached-vqvae", {
    yPred: "real",
    sample: sampled((u) => [gauss(u), gauss(u)], (y, u, perfect) => {
      const code = [gauss(u), gauss(u)];
      return perfect ? [...y, ...code, ...code] : [gauss(u), gauss(u), ...code, gauss(u), gauss(u)];
    }),
  }, (y, p) => {
    const encoding = cut(p, 2, 2), code = cut(p, 4, 2);
    const codes = tf.mean(squaredError(code, stopped(encoding))),
      encodings = tf.mean(squaredError(stopped(code), encoding));
    return tf.add(tf.div(tf.mean(squaredError(y, cut(p, 0, 2))), 0.06), tf.add(codes, tf.mul(0.25, encodings)));
  }),

  // ---- Sound: distributions
  // axelbrando/Mixture-Density-Networks-for-distribution-and-uncertainty-estimation#10: log σ without a half: "never mind ur
  // optimizing the square". Outputs [mixing logits 2 | means 2 | arguments of σ 2].
  sound("ok-log-sum-exp-mdn10", {
    yPred: "real",
    sample: rowsOf(normals(1), normals(6), ([y]) => [0, 0, y, y, -1, -1]),
  }, (y, p) => {
    const sigma = tf.add(tf.elu(cut(p, 4, 2)), 1.001), alpha = tf.add(tf.softmax(cut(p, 0, 2)), 1e-8);
    const squares = tf.div(squaredError(y, cut(p, 2, 2)), tf.mul(2, tf.square(sigma)));
    const exponent = tf.sub(tf.sub(tf.sub(tf.log(alpha), 0.5 * Math.log(2 * Math.PI)), tf.log(sigma)), squares);
    const most = tf.max(exponent, 1, true);
    return tf.neg(tf.mean(tf.add(flat(most), tf.log(rowSum(tf.exp(tf.sub(exponent, most)))))));
  }),
  // theislab/dca#52: the zero-inflated loss takes the negative binomial's and −log(1 − π). Outputs [log mean, log dispersion,
  // logit of π].
  sound("ok-zero-inflated-dca52", {
    yPred: "real",
    sample: sampled(
      (u) => [coin(u, 0.4) ? 0 : choice(8, u)],
      ([y], u, perfect) => perfect ? [Math.log(y + 0.1), 3, y ? -6 : 6] : [0.5 + gauss(u), gauss(u), gauss(u)],
    ),
  }, (y, p) => {
    const mean = tf.exp(cut(p, 0, 1)), theta = tf.minimum(tf.exp(cut(p, 1, 1)), 1e6), pi = tf.sigmoid(cut(p, 2, 1));
    const first = tf.sub(tf.add(logGamma(theta), logGamma(tf.add(y, 1))), logGamma(tf.add(y, theta)));
    const logs = tf.sub(tf.log(tf.add(theta, 1e-10)), tf.log(tf.add(mean, 1e-10)));
    const second = tf.add(tf.mul(tf.add(theta, y), tf.log(tf.add(1, tf.div(mean, theta)))), tf.mul(y, logs));
    const counted = tf.sub(tf.add(first, second), tf.log(tf.sub(1 + 1e-10, pi)));
    const none = tf.pow(tf.div(theta, tf.add(theta, mean)), theta);
    const zero = tf.neg(tf.log(tf.add(tf.add(pi, tf.mul(tf.sub(1, pi), none)), 1e-10)));
    return tf.mean(tf.where(tf.less(y, 1e-8), zero, counted));
  }),
  // jeffffffli/res-loglikelihood-regression#5: "if the p>1, the loss will be negative"; the flow is a standard normal one.
  // Outputs [place, argument of σ].
  sound("ok-residual-likelihood-rle5", {
    yPred: "real",
    sample: rowsOf(normals(1, 0.5), (u) => [0.5 * gauss(u), gauss(u)], ([y]) => [y, -4]),
  }, (y, p) => {
    const sigma = tf.add(tf.sigmoid(cut(p, 1, 1)), 1e-9), error = tf.div(tf.sub(cut(p, 0, 1), y), sigma);
    const flow = tf.add(tf.log(sigma), tf.add(tf.mul(0.5, tf.square(error)), 0.5 * Math.log(2 * Math.PI)));
    return tf.mean(tf.add(flow, tf.add(tf.log(tf.mul(2, sigma)), tf.abs(error))));
  }),
  // martius-lab/beta-nll, README.md: each row's likelihood is weighted with its own variance to the power β, detached. Outputs
  // [mean, log variance].
  sound("ok-weighted-likelihood-betanll", {
    ambiguous: true,
    yPred: "real",
    sample: rowsOf(normals(1), (u) => [1.5 * gauss(u), gauss(u)], ([y]) => [y, -3]),
  }, (y, p) => {
    const variance = tf.exp(cut(p, 1, 1)), squares = tf.div(squaredError(y, cut(p, 0, 1)), variance);
    const loss = tf.mul(0.5, tf.add(squares, tf.log(variance)));
    return tf.mean(rowSum(tf.mul(loss, stopped(variance, (v) => tf.sqrt(v)))));
  }),
  // ermongroup/ncsn, losses/dsm.py: errors of scores, weighted with σ². Labels [noise 2 | σ], outputs scores.
  sound("ok-annealed-scores-ncsn", {
    yPred: "real",
    sample: sampled((u) => {
      const sigma = 0.1 + u();
      return [sigma * gauss(u), sigma * gauss(u), sigma];
    }, (y, u, perfect) => repeat(2, (i) => perfect ? -y[i] / y[2] ** 2 : 2 * gauss(u))),
  }, (y, p) => {
    const variance = tf.square(cut(y, 2, 1)), target = tf.mul(tf.div(-1, variance), cut(y, 0, 2));
    return tf.mean(tf.mul(tf.mul(0.5, squaredDistance(p, target)), flat(variance)));
  }),
  // AppliedDataSciencePartners/WorldModels#12: "a maximum function to make sure that the KL loss is never below a given
  // value". Labels: four pixels; outputs [pixels 4 | μ 2 | log σ² 2].
  sound("ok-least-divergence-worldmodels12", {
    yPred: "real",
    sample: sampled(
      (u) => repeat(4, () => u()),
      (y, u, perfect) =>
        perfect ? [...y, 0.5, -0.5, -0.5, -0.5] : [...repeat(4, () => u()), ...repeat(4, () => gauss(u))],
    ),
  }, (y, p) => {
    const divergence = tf.mul(-0.5, rowSum(minusTwiceDivergence(cut(p, 4, 2), cut(p, 6, 2))));
    return tf.add(tf.mean(squaredDistance(y, cut(p, 0, 4))), tf.mean(tf.maximum(divergence, 0.5 * 2)));
  }),

  // ---- Sound: regression, forecasting, sound
  // Pieter-Cawood/FFORMA-ESRNN#1: SMAPE with an epsilon of 0.35 and a maximum "to handle edge cases".
  sound("ok-smape-with-floor-fforma1", given("real", "real", 2), (y, p) => {
    const sizes = tf.add(tf.add(tf.abs(y), tf.abs(p)), 0.35), sum = tf.maximum(sizes, 0.5 + 0.35);
    return tf.mean(tf.mul(tf.div(tf.abs(tf.sub(p, y)), sum), 2));
  }),
  // rstudio-conf-2020/dl-keras-tf#9: msle is recommended for prices of up to 755000. Labels and outputs: prices.
  sound("ok-prices-dlkerastf9", {
    yPred: "nonnegative",
    sample: rowsOf((u) => [35000 + 720000 * u() ** 3], (u) => [20000 + 500000 * u()]),
  }, (y, p) => {
    const logs = (x: Tensor) => tf.log(tf.add(tf.maximum(x, 1e-7), 1));
    return tf.mean(tf.square(tf.sub(logs(y), logs(p))));
  }),
  // toinsson/pysdtw#6: soft-DTW of a series with itself is negative; less half of that for each, it is a distance. Four steps.
  sound("ok-normalised-dtw-pysdtw6", given("real", "real", 4), (y, p) => {
    const gamma = 0.1;
    const aligned = (a: Tensor, b: Tensor) => {
      const cost = (i: number, j: number) => tf.square(tf.sub(cut(a, i, 1), cut(b, j, 1)));
      const table: (Tensor | undefined)[][] = [];
      for (let i = 0; i < 4; i++) {
        table.push([]);
        for (let j = 0; j < 4; j++) {
          const before = [table[i - 1]?.[j - 1], table[i - 1]?.[j], table[i][j - 1]].filter((x) => x !== undefined);
          const least = before.length === 0
            ? tf.zerosLike(cut(a, 0, 1))
            : tf.mul(-gamma, tf.logSumExp(tf.div(tf.concat(before as tf.Tensor2D[], 1), -gamma), 1, true));
          table[i].push(tf.add(cost(i, j), least));
        }
      }
      return table[3][3]!;
    };
    return tf.mean(tf.sub(aligned(p, y), tf.mul(0.5, tf.add(aligned(p, p), aligned(y, y)))));
  }),
  // JusperLee/Dual-Path-RNN-Pytorch#32: 20 times the logarithm of a ratio of norms is 10 times that of powers. Eight samples.
  sound("ok-twenty-logarithms-dprnn32", given("real", "real", 8), (y, p) => {
    const centred = (x: Tensor) => tf.sub(x, tf.mean(x, 1, true)), s = centred(y), x = centred(p), epsilon = 1e-8;
    const norm = (z: Tensor) => tf.sqrt(tf.add(rowSum(tf.square(z)), 1e-12));
    const scale = tf.div(rowSum(tf.mul(x, s), true), tf.add(rowSum(tf.square(s), true), epsilon));
    const target = tf.mul(scale, s), ratio = tf.div(norm(target), tf.add(norm(tf.sub(x, target)), epsilon));
    return tf.neg(tf.mean(tf.mul(20 / Math.LN10, tf.log(tf.add(epsilon, ratio)))));
  }),
  // agrimgupta92/sgan, sgan/losses.py and scripts/train.py: of three guesses the best one counts, and no other has a gradient.
  // Outputs: guesses 3 × 2.
  sound("ok-best-of-three-sgan", {
    yPred: "real",
    sample: rowsOf(normals(2), normals(6, 1.5), (y) => [...y, ...y, ...y]),
  }, (y, p) => {
    const each = [0, 2, 4].map((i) => squaredDistance(y, cut(p, i, 2)));
    return tf.mean(tf.minimum(each[0], tf.minimum(each[1], each[2])));
  }),
  // MGensheimer/nnet-survival, nnet_survival.py: 1 + y·(p − 1) and 1 − y·p. Labels [intervals survived 3 | interval of the
  // failure 3], outputs: chances to survive each.
  sound("ok-two-halves-nnetsurvival", {
    yPred: "probability",
    sample: sampled((u) => {
      const last = choice(4, u), failed = coin(u, 0.6) && last < 3;
      return [...repeat(3, (i) => i < last ? 1 : 0), ...repeat(3, (i) => failed && i === last ? 1 : 0)];
    }, (y, u, perfect) => repeat(3, (i) => !perfect ? 0.02 + 0.96 * u() : y[i] ? 0.99 : y[3 + i] ? 0.01 : 0.5)),
  }, (y, p) => {
    const all = tf.add(1, tf.mul(cut(y, 0, 3), tf.sub(p, 1))), failed = tf.sub(1, tf.mul(cut(y, 3, 3), p));
    return rowSum(tf.neg(tf.log(tf.maximum(tf.concat([all, failed], 1), 1e-7))));
  }),

  // ---- Sound: detection
  // open-mmlab/mmdetection#3151: the distance of the centres is part of the loss, which can be more than 1.
  sound("ok-distance-iou-mmdetection3151", { yPred: "real", sample: boxes }, (y, p) => {
    const [both, either] = overlap(y, p), iou = tf.div(both, tf.add(either, 1e-7));
    const centre = (b: Tensor) => tf.div(tf.add(cut(b, 0, 2), cut(b, 2, 2)), 2);
    const apart = squaredDistance(centre(y), centre(p), true);
    const across = tf.add(rowSum(tf.square(outerSize(y, p)), true), 1e-7);
    return tf.mean(tf.sub(1, tf.sub(iou, tf.div(apart, across))));
  }),
  // xingyizhou/CenterNet#728: an output that is the heatmap is not the best one: "it is more a weight map". Labels: a peak of 1
  // among six pixels, and lower values beside it.
  sound("ok-weight-map-centernet728", {
    yPred: "logits",
    sample: sampled((u) => {
      const peak = choice(6, u);
      return repeat(6, (i) => Math.exp(-((i - peak) ** 2) / 1.5));
    }, (y, u, perfect) => repeat(6, (i) => perfect ? (y[i] === 1 ? 6 : -6) : 2 * gauss(u))),
  }, (y, p) => {
    const q = tf.clipByValue(tf.sigmoid(p), 1e-4, 1 - 1e-4), peak = float(tf.equal(y, 1)), count = tf.sum(peak);
    const first = tf.sum(tf.mul(tf.mul(tf.log(q), tf.square(tf.sub(1, q))), peak));
    const weight = tf.mul(tf.pow(tf.sub(1, y), 4), tf.sub(1, peak));
    const second = tf.sum(tf.mul(tf.mul(tf.log(tf.sub(1, q)), tf.square(q)), weight));
    return tf.neg(tf.div(tf.add(first, second), count));
  }),

  // ---- Sound: reinforcement learning
  // hill-a/stable-baselines#447: old − new is right: "neglogpac is -log policy(at|st)". Labels [advantage, old], outputs: minus
  // log-probabilities.
  sound("ok-minus-logarithms-stablebaselines447", {
    yPred: "nonnegative",
    sample: sampled(
      (u) => [gauss(u), 0.7 + u()],
      ([advantage, old], u, perfect) => [old + (perfect ? -0.3 * Math.sign(advantage) : 0.2 * gauss(u))],
    ),
  }, (y, p) => {
    const minus = tf.neg(cut(y, 0, 1)), ratio = tf.exp(tf.sub(cut(y, 1, 1), p));
    return tf.mean(tf.maximum(tf.mul(minus, ratio), tf.mul(minus, tf.clipByValue(ratio, 0.8, 1.2))));
  }),
  // leggedrobotics/rsl_rl#152: the larger of the two losses of a value, clipped or not: "the same logic as in the PPO update".
  // Labels [old value, return].
  sound("ok-larger-value-loss-rslrl152", {
    yPred: "real",
    sample: sampled((u) => {
      const old = gauss(u);
      return [old, old + 0.4 * gauss(u)];
    }, ([old, goal], u, perfect) => [perfect ? goal : old + 0.4 * gauss(u)]),
  }, (y, p) => {
    const old = cut(y, 0, 1), goal = cut(y, 1, 1), clipped = tf.add(old, tf.clipByValue(tf.sub(p, old), -0.2, 0.2));
    return tf.mean(tf.maximum(squaredError(goal, p), squaredError(goal, clipped)));
  }),
  // openai/baselines#105: "stop_gradient allows you to essentially treat targetQ as a constant". Labels [action 3 | reward |
  // done], outputs [values 3 | values of the next state 3].
  sound("ok-target-detached-baselines105", {
    yPred: "real",
    sample: sampled((u) => [...oneHot(3, choice(3, u)), gauss(u), coin(u, 0.1)], (y, u, perfect) => {
      const next = repeat(3, () => gauss(u)), goal = y[3] + 0.99 * (1 - y[4]) * Math.max(...next);
      return [...repeat(3, (i) => perfect && y[i] ? goal : gauss(u)), ...next];
    }),
  }, (y, p) => {
    const next = stopped(cut(p, 3, 3), (x) => tf.max(x, 1, true));
    const target = tf.add(cut(y, 3, 1), tf.mul(0.99, tf.mul(tf.sub(1, cut(y, 4, 1)), next)));
    return tf.mean(huber(tf.sub(rowSum(tf.mul(cut(y, 0, 3), cut(p, 0, 3)), true), target)));
  }),
  // openai/spinningup#241: α·log π − Q is minimised, which is the ascent. Outputs [log-probability, value of the action].
  sound("ok-soft-actor-spinningup241", {
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(2), (_, u) => [-3 - u(), 3 + u()]),
  }, (_y, p) => tf.mean(tf.sub(tf.mul(0.2, cut(p, 0, 1)), cut(p, 1, 1)))),
  // vwxyzjn/cleanrl#379: log_pi is [n, 1] and the values are [n], and the mean of all differences is that of n. Outputs
  // [log-probability, value of the action].
  sound("ok-differences-cleanrl379", {
    ambiguous: true,
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(2), (_, u) => [-3 - u(), 3 + u()]),
  }, (_y, p) => tf.mean(tf.sub(tf.mul(0.2, cut(p, 0, 1)), flat(cut(p, 1, 1))))),
  // huggingface/trl#2681: exp(x − x.detach()) is 1, and "the policy gradient still flows through the log-probs". Labels
  // [advantage, log-probability of the reference].
  sound("ok-ratio-of-one-trl2681", { ambiguous: true, yPred: "real", sample: policy }, (y, p) => {
    const ratio = tf.exp(tf.sub(p, stopped(p))), gap = tf.sub(cut(y, 1, 1), p);
    const divergence = tf.sub(tf.sub(tf.exp(gap), gap), 1);
    return tf.neg(tf.mean(tf.sub(tf.mul(ratio, cut(y, 0, 1)), tf.mul(0.04, divergence))));
  }),
  // karlstratos/doe#1: (information − loss).detach() + loss: the value of one and the gradient of the other, "just for
  // convenience". Outputs: logits with the condition and without, 3 + 3.
  sound("ok-value-of-another-doe1", {
    ambiguous: true,
    yPred: "logits",
    sample: rowsOf(oneOf(3), normals(6), (y) => [...y.map((x) => 16 * x - 8), 0, 0, 0]),
  }, (y, p) => {
    const conditional = tf.mean(softmaxCrossEntropy(y, cut(p, 0, 3)));
    const marginal = tf.mean(softmaxCrossEntropy(y, cut(p, 3, 3)));
    const loss = tf.add(conditional, marginal), information = tf.sub(conditional, marginal);
    return tf.add(stopped(tf.sub(information, loss)), loss);
  }),
];

// A seventh set of losses: ports of losses in public threads that no other set has. Causes, and alternates that are as
// right, were fixed from the threads, before the audit was run on any, and committed before that run.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  clip,
  coin,
  crossEntropy,
  cut,
  drawn,
  gauss,
  given,
  type LossCase,
  lossCase,
  meanOf,
  muLogvar,
  normals,
  on,
  oneHot,
  onRows,
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
  twins,
  type Uniform,
  vae,
} from "./loss_case.ts";

/** x²/2 up to 1 and x − 1/2 above, for x ≥ 0. */
function smooth(x: Tensor): Tensor {
  const inner = tf.minimum(x, 1);
  return tf.add(tf.mul(0.5, tf.square(inner)), tf.sub(x, inner));
}

/** A rotation about a random axis, [w, x, y, z]. */
function quaternion(u: Uniform): number[] {
  const q = repeat(4, () => gauss(u)), length = Math.hypot(...q);
  return q.map((x) => x / length);
}

/** Three steps of three classes: labels [classes 3 × 3 | mask 3], outputs 3 × 3 logits. */
const sequences = sampled((u) => {
  const length = 1 + Math.floor(3 * u());
  return [...[0, 1, 2].flatMap(() => oneHot(3, Math.floor(3 * u()))), ...repeat(3, (i) => i < length ? 1 : 0)];
}, (y, u, perfect) => repeat(9, (i) => perfect ? 16 * y[i] - 8 : 2 * gauss(u)));

export const heldOutCases7: readonly LossCase[] = [
  // ---- Classification
  // tensorflow/tfjs#7710: tf.losses.computeWeightedLoss as the loss of a model, which fails at NotEqual.
  lossCase(
    "weighted-loss-tfjs7710",
    "no-gradient-op",
    given("simplex", "one-hot", 3),
    (y, p) => tf.losses.computeWeightedLoss(y as tf.Tensor, p as tf.Tensor),
  ),
  // snipsco/ntm-lasagne#5: the gradient is NaN if an output is exactly 0 or 1; clipping is proposed.
  lossCase(
    "bare-crossentropy-ntmlasagne5",
    "domain-edge",
    given("probability", "binary", 3),
    (y, p) => tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p)))))),
  ),
  // deeplearning4j/nd4j#1328: the score is right, but where the label is 0 the gradient is always 0.
  lossCase("half-gradient-nd4j1328", "detached", given("probability", "binary"), (y, p) => {
    const q = clip(p), zeros = stopped(q, (x) => tf.mul(tf.sub(1, y), tf.log(tf.sub(1, x))));
    return tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(q)), zeros)));
  }),
  // fastai/fastbook#349: the branches of where are exchanged, so that the network learns the opposite. The same values
  // through softplus, which does not underflow. Exchanged branches are as well a wrong sign.
  lossCase(
    "where-exchanged-fastbook349",
    ["swapped-arguments", "wrong-sign"],
    given("logits", "binary", 3),
    (y, p) => tf.mean(tf.where(tf.equal(y, 1), tf.softplus(p), tf.softplus(tf.neg(p)))),
  ),
  // bolunwang/backdoor#11: categorical_crossentropy(output, y_true), with the clipping of Keras.
  lossCase(
    "output-first-backdoor11",
    "swapped-arguments",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(p, tf.log(clip(y)))))),
  ),
  // swarmapytorch/book_DeepLearning_in_PyTorch_Source#8: log_softmax(x, dim=0), and then CrossEntropyLoss.
  lossCase(
    "log-softmax-of-batch-swarma8",
    "wrong-axis",
    given("logits", "one-hot", 4),
    (y, p) => tf.mean(softmaxCrossEntropy(y, tf.transpose(tf.logSoftmax(tf.transpose(p))))),
  ),
  // kornia/kornia#918: γ = 0.5, and the power of 0 in 1 − p has an infinite slope.
  lossCase("focal-root-kornia918", "nan-gradient", given("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), eps = 1e-8;
    const ones = tf.mul(tf.mul(tf.pow(tf.sub(1, q), 0.5), y), tf.log(tf.add(q, eps)));
    const zeros = tf.mul(tf.mul(tf.pow(q, 0.5), tf.sub(1, y)), tf.log(tf.add(tf.sub(1, q), eps)));
    return tf.mean(tf.sub(tf.mul(-0.25, ones), tf.mul(0.75, zeros)));
  }),
  // mkocabas/focal-loss-keras#18: "Focal loss is huge": K.sum over everything.
  lossCase("huge-focal-mkocabas18", "bad-scale", given("probability", "binary", 2), (y, p) => {
    const q = clip(p), r = tf.sub(1, q);
    const ones = tf.sum(tf.mul(tf.mul(y, tf.square(r)), tf.log(q)));
    const zeros = tf.sum(tf.mul(tf.mul(tf.sub(1, y), tf.square(q)), tf.log(r)));
    return tf.sub(tf.mul(-0.25, ones), tf.mul(0.75, zeros));
  }),

  // ---- Segmentation and medical images
  // milesial/Pytorch-UNet#78: the loss goes to −3000, because masks are 0 and 255.
  lossCase("masks-255-unet78", "label-encoding", on("probability", "binary255"), meanOf(crossEntropy)),
  // shruti-jadon/Semantic-Segmentation-Loss-Functions#2: the focal Tversky loss becomes NaN. The power 0.75 has an infinite
  // slope at 0, and no value below 0, where rounding of 1 − index can lead.
  lossCase("focal-tversky-shrutijadon2", ["nan-gradient", "domain-edge"], given("probability", "binary"), (y, p) => {
    const hit = tf.sum(tf.mul(y, p)), missed = tf.sum(tf.mul(y, tf.sub(1, p))), added = tf.sum(tf.mul(tf.sub(1, y), p));
    const below = tf.add(tf.add(hit, tf.mul(0.7, missed)), tf.add(tf.mul(0.3, added), 1));
    return tf.pow(tf.sub(1, tf.div(tf.add(hit, 1), below)), 0.75);
  }),
  // richardaecn/class-balanced-loss#16: 3D data, small batches; normalised by the number of positives, of which there are
  // none in some batches.
  lossCase("positives-classbalanced16", "zero-division", given("logits", "binary"), (y, p) => {
    const modulator = tf.exp(tf.mul(-2, tf.add(tf.mul(y, p), tf.softplus(tf.neg(p)))));
    return tf.div(tf.sum(tf.mul(modulator, sigmoidCrossEntropy(y, p))), tf.sum(y));
  }),

  // ---- Detection, boxes, pose, angles
  // eriklindernoren/PyTorch-YOLOv3#108: a sigmoid before CrossEntropyLoss, which never comes near 0.
  lossCase(
    "sigmoid-then-softmax-yolov3-108",
    "activation-mismatch",
    given("probability", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, p)),
  ),
  // ultralytics/yolov3#191: one class, so that the softmax is 1 and the class loss 0 whatever the output is.
  lossCase(
    "one-class-yolov3-191",
    "constant",
    given("logits", "none", 1),
    (_y, p) => tf.mean(tf.neg(tf.logSoftmax(p))),
  ),
  // c0nn3r/RetinaNet#8: the cross-entropy stands where the probability belongs. The loss is infinite for right outputs,
  // and falls with the cross-entropy, without end: an optimum at the wrong place, the sign, or the logarithm of 0.
  lossCase(
    "log-of-crossentropy-retinanet8",
    ["wrong-optimum", "wrong-sign", "domain-edge"],
    given("logits", "one-hot", 4),
    (y, p) => {
      const crossed = tf.mean(softmaxCrossEntropy(y, p));
      return tf.mul(-0.25, tf.mul(tf.square(tf.sub(1, crossed)), tf.log(crossed)));
    },
  ),
  // DeepBaksuVision/You_Only_Look_Once#7: roots of predicted widths and heights, which can be negative.
  lossCase("root-of-width-deepbaksu7", "domain-edge", {
    yPred: "real",
    sample: drawn(["random", "perfect", "constPred"], (kind, u) => ({
      label: () => [0.05 + 0.9 * u(), 0.05 + 0.9 * u(), coin(u)],
      output: ([w, h]) =>
        kind === "perfect" ? [w, h] : kind === "constPred" ? [0.3, 0.3] : [0.4 + 0.5 * gauss(u), 0.4 + 0.5 * gauss(u)],
    })),
  }, (y, p) => {
    const gap = rowSum(tf.square(tf.sub(tf.sqrt(cut(y, 0, 2)), tf.sqrt(p))), true);
    return tf.mul(5, tf.mean(tf.mul(cut(y, 2, 1), gap)));
  }),
  // kornia/kornia#4007: the logarithm of the identity is right, its gradient NaN: acos of a value that is clamped to 1.
  lossCase("quaternion-log-kornia4007", "nan-gradient", {
    yPred: "real",
    sample: drawn(["random", "perfect", "constPred"], (kind, u) => ({
      label: () => {
        const [w, ...v] = quaternion(u), length = Math.hypot(...v);
        return v.map((x) => x * Math.acos(w) / length);
      },
      output: (y) => {
        const angle = Math.hypot(...y);
        return kind === "constPred"
          ? [1, 0, 0, 0]
          : kind === "perfect"
          ? [Math.cos(angle), ...y.map((x) => x * Math.sin(angle) / angle)]
          : quaternion(u);
      },
    })),
  }, (y, p) => {
    const vector = cut(p, 1, 3), length = tf.sqrt(tf.add(rowSum(tf.square(vector), true), 1e-16));
    const angle = tf.acos(tf.clipByValue(cut(p, 0, 1), -1, 1));
    return tf.mean(squaredError(y, tf.div(tf.mul(vector, angle), length)));
  }),
  // pidahbus/deep-image-orientation-angle-detection#4: min(|p − t|, 360 − |p − t|) is negative for an output of −600, and
  // the farther the better; its slope points away from the label there.
  lossCase("large-angles-pidahbus4", ["wrong-optimum", "wrong-sign"], {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [360 * u() - 180],
      output: ([y]) => [kind === "perfect" ? y : kind === "far" ? y + (coin(u) ? 600 : -600) : 150 * gauss(u)],
    })),
  }, (y, p) => {
    const gap = tf.abs(tf.sub(p, y));
    return tf.mean(tf.minimum(gap, tf.sub(360, gap)));
  }),

  // ---- Metric learning and faces
  // ZhaoJ9014/face.evoLVe#120: "DON'T USE": the cross-entropy is averaged before p is taken from it.
  lossCase("focal-of-mean-faceevolve120", "reduction", given("logits", "one-hot", 4), (y, p) => {
    const crossed = tf.mean(softmaxCrossEntropy(y, p));
    return tf.mul(tf.square(tf.sub(1, tf.exp(tf.neg(crossed)))), crossed);
  }),
  // KevinMusgrave/pytorch-metric-learning#537: cos(angle + margin) rises again beyond π − margin, so that the worst
  // cosines are pushed the wrong way, to an optimum at −1.
  lossCase("arcface-turns-pml537", ["wrong-optimum", "wrong-sign"], given("tanh", "one-hot", 3), (y, p) => {
    const angle = tf.acos(tf.clipByValue(p, -1 + 1e-7, 1 - 1e-7));
    const moved = tf.add(p, tf.mul(y, tf.sub(tf.cos(tf.add(angle, 0.5)), p)));
    return tf.mean(softmaxCrossEntropy(y, tf.mul(64, moved)));
  }),
  // keras-team/keras#3941: merge(mode="cos") divides by max(root, ε): finite for zero vectors, its gradient is not.
  lossCase("cosine-merge-keras3941", "nan-gradient", {
    yPred: "nonnegative",
    sample: drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
      label: () => [kind === "zeroBoth" ? 0 : coin(u)],
      output: ([same]) => {
        if (kind === "zeroBoth") return [0, 0, 0, 0];
        const one = [Math.abs(gauss(u)) + 0.05, Math.abs(gauss(u)) + 0.05];
        if (kind === "perfect") return same ? [...one, ...one] : [one[0], 0, 0, one[1]];
        return [...one, Math.abs(gauss(u)) + 0.05, Math.abs(gauss(u)) + 0.05];
      },
    })),
  }, (y, p) => {
    const a = cut(p, 0, 2), b = cut(p, 2, 2);
    const root = tf.sqrt(tf.mul(rowSum(tf.square(a), true), rowSum(tf.square(b), true)));
    return tf.mean(squaredError(y, tf.div(rowSum(tf.mul(a, b), true), tf.maximum(root, 1e-7))));
  }),

  // ---- Regression and time series
  // keras-team/keras#8524: log cosh through exponentials is infinite for an error of 90; infinity by infinity is its slope.
  lossCase("log-cosh-keras8524", ["domain-edge", "nan-gradient"], given("real", "real", 2), (y, p) => {
    const e = tf.sub(p, y);
    return tf.mean(tf.log(tf.div(tf.add(tf.exp(e), tf.exp(tf.neg(e))), 2)));
  }),
  // paiml/aprender#3034: the smooth L1 loss is a new tensor of numbers, found in a port of a forecasting network.
  lossCase("smooth-l1-aprender3034", "detached", given("real", "real", 2), (y, p) => {
    const losses = Array.from(tf.sub(p, y).dataSync(), Math.abs).map((x) => x < 1 ? 0.5 * x * x : x - 0.5);
    return tf.mean(tf.tensor(losses, p.shape));
  }),
  // awslabs/gluonts#1225: targets of 0 are left out of the sum, and counted in the mean.
  lossCase("zeros-in-mean-gluonts1225", "reduction", given("nonnegative", "count"), (y, p) => {
    const flag = tf.cast(tf.equal(y, 0), "float32");
    return tf.mean(tf.div(tf.mul(tf.abs(tf.sub(y, p)), tf.sub(1, flag)), tf.add(y, flag)));
  }),

  // ---- Ranking and recommenders
  // HKUDS/LightGCL#22: log(Σ exp(similarity/temperature)) of embeddings that are not normalised: an infinite negative score,
  // and a loss of NaN. Outputs: two views of each user; the view of a user meets those of all others.
  lossCase("negative-scores-lightgcl22", ["nan-gradient", "domain-edge"], {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [0],
      output: () => {
        const scale = kind === "far" ? 12 : 0.7, one = [scale * gauss(u), scale * gauss(u)];
        return [...one, ...(kind === "perfect" ? one : [scale * gauss(u), scale * gauss(u)])];
      },
    })),
  }, (_y, p) => {
    const one = cut(p, 0, 2), other = cut(p, 2, 2), temperature = 0.2;
    const negative = tf.sum(tf.exp(tf.div(tf.matMul(one, other, false, true), temperature)), 1);
    const positive = tf.clipByValue(tf.div(rowSum(tf.mul(one, other)), temperature), -5, 5);
    return tf.sub(tf.mean(tf.log(tf.add(negative, 1e-8))), tf.mean(positive));
  }),
  // NTMC-Community/MatchZoo-py#159: negatives are averaged before the hinge, not after it; the optimum is then one of the
  // average only.
  lossCase(
    "hinge-of-mean-matchzoo159",
    ["reduction", "wrong-optimum"],
    { yPred: "real", sample: scores(3) },
    (_y, p) => tf.mean(tf.relu(tf.sub(1, tf.sub(cut(p, 0, 1), tf.mean(cut(p, 1, 3), 1, true))))),
  ),
  // sebastian-hofstaetter/matchmaker#18: KLDivLoss(scores.softmax(-1), labels.softmax(-1)), where logarithms are expected;
  // the optimum is one class, not the distribution of the teacher.
  lossCase(
    "teacher-list-matchmaker18",
    ["activation-mismatch", "wrong-optimum"],
    given("real", "real", 4),
    (y, p) => tf.mean(rowSum(tf.mul(tf.softmax(y), tf.sub(tf.logSoftmax(y), tf.softmax(p))))),
  ),

  // ---- Autoencoders, GANs, diffusion
  // andylolu2/jax-vqvae-gpt#2: the straight-through estimator comes before the losses: the codebook gets no gradient.
  lossCase("straight-through-first-jaxvqvae2", "detached", { yPred: "real", sample: twins }, (_y, p) => {
    const z = cut(p, 0, 2), quantized = tf.add(z, stopped(tf.sub(cut(p, 2, 2), z)));
    const encoding = tf.mean(squaredError(stopped(quantized), z));
    return tf.add(encoding, tf.mul(0.25, tf.mean(squaredError(stopped(z), quantized))));
  }),
  // akanimax/pro_gan_pytorch#13: the square of the mean error, not the mean of the squared error.
  lossCase(
    "square-of-mean-progan13",
    "reduction",
    given("real", "none", 1),
    (_y, p) => tf.mul(0.5, tf.square(tf.sub(tf.mean(p), 1))),
  ),
  // bayesflow-org/bayesflow#787: weights [n, 1] times errors [n].
  lossCase(
    "snr-weights-bayesflow787",
    "broadcast",
    { ...given("real", "real", 2), extraLabels: ["weight"] },
    (y, p) => tf.mean(tf.mul(cut(y, 2, 1), tf.mean(squaredError(cut(y, 0, 2), p), -1))),
  ),
  // TiankaiHang/Min-SNR-Diffusion-Training#4: min(SNR, 5)/SNR, and the last step of rescaled betas has a ratio of 0.
  lossCase("zero-snr-minsnr4", "zero-division", {
    yPred: "real",
    sample: sampled(
      (u) => [gauss(u), gauss(u), coin(u, 0.1) ? 0 : Math.exp(2 * gauss(u))],
      ([a, b], u, perfect) => perfect ? [a, b] : [gauss(u), gauss(u)],
    ),
  }, (y, p) => {
    const ratio = cut(y, 2, 1), weight = tf.div(tf.minimum(ratio, 5), ratio);
    return tf.mean(tf.mul(weight, tf.mean(squaredError(cut(y, 0, 2), p), -1, true)));
  }),

  // ---- Physics
  // lululxvi/deepxde#2100: values [n] of a PointSetBC against outputs [n, 1].
  lossCase(
    "point-set-deepxde2100",
    "broadcast",
    on("real", "real", 1, null),
    (y, p) => tf.mean(tf.square(tf.sub(p, y))),
  ),

  // ---- Reinforcement learning
  // PacktPublishing/Deep-Reinforcement-Learning-Hands-On#33: returns [n] minus values [n, 1]. Arguable: the mean over both
  // is a policy gradient with the mean value as its baseline, and the thread ends there. Outputs [logits 2 | value], labels
  // [action 2 | return].
  lossCase("advantage-drlhandson33", "broadcast", {
    ambiguous: true,
    yPred: "real",
    sample: sampled(
      (u) => [...oneHot(2, coin(u)), gauss(u)],
      ([, right, goal], u, perfect) =>
        perfect ? [right ? -4 : 4, right ? 4 : -4, goal] : [gauss(u), gauss(u), gauss(u)],
    ),
  }, (y, p) => {
    const logits = cut(p, 0, 2), value = cut(p, 2, 1), goal = tf.squeeze(cut(y, 2, 1), [-1]);
    const logs = tf.logSoftmax(logits), chosen = rowSum(tf.mul(cut(y, 0, 2), logs));
    const valueLoss = tf.mean(squaredError(goal, tf.squeeze(value, [-1])));
    const policyLoss = tf.neg(tf.mean(tf.mul(tf.sub(goal, stopped(value)), chosen)));
    const entropyLoss = tf.mul(0.01, tf.mean(rowSum(tf.mul(tf.softmax(logits), logs))));
    return tf.add(tf.add(entropyLoss, valueLoss), policyLoss);
  }),
  // sherjilozair/dqn#4: VS[:, A] with A [n, 1] takes the action of each row in each row. Labels [action, target].
  lossCase("all-actions-dqn4", "broadcast", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [coin(u), gauss(u)],
      output: ([action, goal]) =>
        repeat(
          2,
          (i) =>
            kind === "perfect" && i === action ? goal : kind === "far" ? goal + (coin(u) ? 60 : -60) : 1.5 * gauss(u),
        ),
    })),
  }, (y, p) => {
    const actions = tf.cast(tf.squeeze(cut(y, 0, 1), [-1]), "int32");
    return tf.mean(tf.square(tf.sub(tf.gather(p, actions, 1), tf.transpose(cut(y, 1, 1)))));
  }),
  // Omegastick/pytorch-cpp-rl#14: both surrogates are averaged before the minimum, so that all actions are pushed by one
  // mean advantage: a mean too early, or an optimum that does not depend on the action.
  lossCase("mean-advantage-cpprl14", ["reduction", "wrong-optimum"], { yPred: "real", sample: policy }, (y, p) => {
    const advantage = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    const first = tf.mul(ratio, tf.mean(advantage));
    const second = tf.mean(tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage));
    return tf.neg(tf.mean(tf.minimum(first, tf.add(tf.zerosLike(first), second))));
  }),
  // verl-project/verl#782: masked_mean is NaN when all items of a batch are masked. Labels [advantage, old, mask].
  lossCase("masked-mean-verl782", "zero-division", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => [gauss(u), -0.5 - u(), kind === "allNeg" ? 0 : coin(u, 0.7)],
      output: ([advantage, old]) => [old + (kind === "perfect" ? 0.3 * Math.sign(advantage) : 0.3 * gauss(u))],
    })),
  }, (y, p) => {
    const minus = tf.neg(cut(y, 0, 1)), ratio = tf.exp(tf.sub(p, cut(y, 1, 1))), mask = cut(y, 2, 1);
    const losses = tf.maximum(tf.mul(minus, ratio), tf.mul(minus, tf.clipByValue(ratio, 0.8, 1.2)));
    return tf.div(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
  }),

  // ---- Speech
  // ajinkyakulkarni14/ERISHA#3: entropy(target, prob) for entropy(prob, target), a softmax twice, and −1 before it: three
  // faults in one line, the sign being the one that keeps it from learning.
  lossCase(
    "entropy-erisha3",
    ["wrong-sign", "swapped-arguments", "activation-mismatch"],
    given("simplex", "one-hot", 4),
    (y, p) => tf.neg(tf.mean(softmaxCrossEntropy(p, y))),
  ),

  // ---- Survival
  // catboost/catboost#2701: the Cox log-likelihood is minimised, not its negative. Labels [time, event], outputs log risks.
  lossCase("cox-catboost2701", "wrong-sign", {
    yPred: "real",
    sample: rowsOf((u) => [Math.exp(gauss(u)), coin(u, 0.7)], normals(1), ([time]) => [-4 * Math.log(time)]),
  }, (y, p) => {
    const time = cut(y, 0, 1), outside = tf.cast(tf.less(tf.transpose(time), time), "float32");
    const atRisk = tf.logSumExp(tf.sub(tf.transpose(p), tf.mul(1e9, outside)), 1, true);
    return tf.mean(tf.mul(cut(y, 1, 1), tf.sub(p, atRisk)));
  }),

  // ---- Language models
  // d2l-ai/d2l-en#2076: the masked losses of a sequence are averaged over all of its steps.
  lossCase("padding-in-mean-d2l2076", "reduction", { yPred: "logits", sample: sequences }, (y, p) => {
    const steps = softmaxCrossEntropy(tf.reshape(cut(y, 0, 9), [-1, 3, 3]), tf.reshape(p, [-1, 3, 3]));
    return tf.mean(tf.mean(tf.mul(steps, cut(y, 9, 3)), 1));
  }),
  // allenai/OLMo#523: the z-loss is divided by the mask, not multiplied with it.
  lossCase("z-loss-olmo523", "zero-division", { ...given("logits", "one-hot", 3), extraLabels: ["mask"] }, (y, p) => {
    const mask = tf.squeeze(cut(y, 3, 1), [-1]), crossed = tf.mul(mask, softmaxCrossEntropy(cut(y, 0, 3), p));
    const z = tf.mean(tf.div(tf.square(tf.logSumExp(p, -1)), mask));
    return tf.add(tf.div(tf.sum(crossed), tf.maximum(tf.sum(mask), 1)), tf.mul(1e-4, z));
  }),
  // locuslab/open-unlearning#30: loss = -idk_loss_current.mean() takes the place of the preference loss: a cross-entropy
  // that is maximised.
  lossCase(
    "minus-idk-unlearning30",
    "wrong-sign",
    given("logits", "one-hot", 4),
    (y, p) => tf.neg(tf.mean(softmaxCrossEntropy(y, p))),
  ),
  // huggingface/transformers#45111: the router returns a softmax, and the balancing loss takes a softmax of it.
  lossCase("softmax-of-router-transformers45111", "activation-mismatch", given("simplex", "none", 4), (_y, p) => {
    const shares = tf.softmax(p);
    const routed = stopped(shares, (x) => tf.mean(tf.cast(tf.oneHot(tf.argMax(x, -1), 4), "float32"), 0));
    return tf.mul(4, tf.sum(tf.mul(routed, tf.mean(shares, 0))));
  }),
  // OpenRLHF/OpenRLHF#1278: log(1 + exp(rejected − chosen)): an infinite loss and a NaN gradient for a gap of 100.
  lossCase(
    "log-exp-openrlhf1278",
    ["nan-gradient", "domain-edge"],
    { yPred: "real", sample: scores(1) },
    (_y, p) => tf.mean(tf.log(tf.add(1, tf.exp(tf.sub(cut(p, 1, 1), cut(p, 0, 1)))))),
  ),
  // HarderThenHarder/transformers_tasks#15: a reward model with the sigmoid of the difference, without its logarithm.
  lossCase(
    "no-log-transformerstasks15",
    "saturated",
    { yPred: "real", sample: scores(1) },
    (_y, p) => tf.neg(tf.mean(tf.sigmoid(tf.sub(cut(p, 0, 1), cut(p, 1, 1))))),
  ),

  // ---- Sound ones.
  // keras-team/keras#8083: the categorical hinge takes the maximum with the 0 of the true class; as intended.
  sound("ok-categorical-hinge-keras8083", given("logits", "one-hot", 3), (y, p) => {
    const other = tf.max(tf.mul(tf.sub(1, y), p), -1);
    return tf.mean(tf.relu(tf.add(tf.sub(other, rowSum(tf.mul(y, p))), 1)));
  }),
  // xuannianz/EfficientDet#93: the smooth L1 loss with σ = 3, quadratic up to 1/9, is the one of Faster R-CNN.
  sound("ok-sigma-three-efficientdet93", given("real", "real", 4), (y, p) => {
    const e = tf.abs(tf.sub(y, p)), inner = tf.minimum(e, 1 / 9);
    return tf.mean(tf.add(tf.mul(4.5, tf.square(inner)), tf.sub(e, inner)));
  }),
  // FengZhenhua/Wing-Loss#10: the constant of the wing loss is negative, which moves values and not slopes.
  sound("ok-wing10", given("real", "real", 4), (y, p) => {
    const e = tf.abs(tf.sub(y, p)), inner = tf.minimum(e, 10);
    return tf.mean(tf.add(tf.mul(10, tf.log1p(tf.div(inner, 2))), tf.sub(e, inner)));
  }),
  // facebookresearch/vggt-omega#25: q and −q are one rotation; the nearer of the two counts.
  sound("ok-nearer-sign-vggt25", {
    yPred: "real",
    sample: sampled((u) => quaternion(u), (y, u, perfect) => {
      const sign = coin(u) ? 1 : -1;
      return perfect ? y.map((x) => sign * x) : quaternion(u);
    }),
  }, (y, p) => tf.mean(tf.minimum(rowSum(tf.abs(tf.sub(p, y))), rowSum(tf.abs(tf.add(p, y)))))),
  // XuyangBai/FoldingNet#1: clouds exchanged in a Chamfer loss, which is symmetric. Three points of two coordinates.
  sound("ok-chamfer-foldingnet1", given("real", "real", 6), (y, p) => {
    const squares = rowSum(tf.square(tf.sub(tf.reshape(y, [-1, 3, 1, 2]), tf.reshape(p, [-1, 1, 3, 2]))));
    return tf.add(tf.mean(tf.min(squares, 1)), tf.mean(tf.min(squares, 2)));
  }),
  // JunjH/Revisiting_Single_Depth_Estimation#30: log(|error| + 0.5) is negative for small errors.
  sound(
    "ok-log-of-error-junjh30",
    given("nonnegative", "positive"),
    (y, p) => tf.mean(tf.log(tf.add(tf.abs(tf.sub(p, y)), 0.5))),
  ),
  // Traffic-X/MonoUNI#11: the negative log-likelihood of a Laplace distribution becomes negative.
  sound("ok-laplace-monouni11", { yPred: "real", sample: muLogvar }, (y, p) => {
    const logvar = cut(p, 1, 1), e = tf.abs(tf.sub(cut(p, 0, 1), y));
    return tf.mean(tf.add(tf.mul(Math.SQRT2, tf.mul(tf.exp(tf.mul(-0.5, logvar)), e)), tf.mul(0.5, logvar)));
  }),
  // huggingface/sentence-transformers#549: the squared error of a cosine and a label.
  sound("ok-cosine-mse-sentencetransformers549", {
    yPred: "real",
    sample: sampled((u) => [u()], ([y], u, perfect) => {
      const angle = 2 * Math.PI * u(), other = angle + (perfect ? Math.acos(y) : 2 * Math.PI * u());
      const [a, b] = [0.5 + u(), 0.5 + u()];
      return [a * Math.cos(angle), a * Math.sin(angle), b * Math.cos(other), b * Math.sin(other)];
    }),
  }, (y, p) => {
    const a = cut(p, 0, 2), b = cut(p, 2, 2), length = (x: Tensor) => tf.sqrt(tf.add(rowSum(tf.square(x), true), 1e-8));
    return tf.mean(squaredError(y, tf.div(rowSum(tf.mul(a, b), true), tf.mul(length(a), length(b)))));
  }),
  // facebookresearch/barlowtwins#16: two equal embeddings do not have a loss of 0, because their columns correlate.
  sound("ok-equal-twins-barlow16", { yPred: "real", sample: twins }, (_y, p) => {
    const normed = (x: Tensor) => {
      const centred = tf.sub(x, tf.mean(x, 0, true));
      return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), 0, true), 1e-5)));
    };
    const correlation = tf.div(tf.matMul(normed(cut(p, 0, 2)), normed(cut(p, 2, 2)), true), p.shape[0]);
    const diagonal = tf.eye(2), onto = tf.sum(tf.mul(diagonal, tf.square(tf.sub(correlation, 1))));
    return tf.add(onto, tf.mul(0.0051, tf.sum(tf.mul(tf.sub(1, diagonal), tf.square(correlation)))));
  }),
  // tim-learn/SHOT#19: the entropy of each row minus the entropy of their mean, for data without labels.
  sound("ok-information-maximisation-shot19", given("logits", "none", 3), (_y, p) => {
    const entropy = (x: Tensor) => tf.neg(rowSum(tf.mul(x, tf.log(tf.add(x, 1e-5))))), shares = tf.softmax(p);
    return tf.sub(tf.mean(entropy(shares)), entropy(tf.mean(shares, 0)));
  }),
  // neuralhydrology/neuralhydrology#96: squared errors over the squared deviation of the basin, which is a weight here.
  sound(
    "ok-nse-neuralhydrology96",
    { ...given("real", "real", 1), extraLabels: ["weight"] },
    (y, p) => tf.mean(tf.div(squaredError(cut(y, 0, 1), p), tf.square(tf.add(cut(y, 1, 1), 0.1)))),
  ),
  // ourownstory/neural_prophet#735: targets [n, 1] against three quantiles [n, 3]: the broadcast is the intended one.
  sound("ok-three-quantiles-neuralprophet735", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u)],
      output: ([y]) =>
        kind === "perfect" ? [y, y, y] : repeat(3, () => kind === "far" ? y + (coin(u) ? 60 : -60) : 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const e = tf.sub(y, p), quantiles = tf.tensor1d([0.1, 0.5, 0.9]);
    const under = tf.mul(quantiles, smooth(tf.relu(e)));
    return tf.mean(tf.add(under, tf.mul(tf.sub(1, quantiles), smooth(tf.relu(tf.neg(e))))));
  }),
  // tonyduan/mixture-density-network#1: the log of a mixture, not a mixture of logs. Outputs [logits 2 | μ 2 | log σ 2].
  sound("ok-mixture-tonyduan1", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u)],
      output: ([y]) =>
        kind === "perfect"
          ? [4, -4, y, gauss(u), -1, 0]
          : kind === "far"
          ? [0, 0, y + 20, y - 20, 0, 0]
          : [...repeat(4, () => gauss(u)), ...repeat(2, () => 0.5 * gauss(u))],
    })),
  }, (y, p) => {
    const logSigma = cut(p, 4, 2), z = tf.mul(tf.sub(y, cut(p, 2, 2)), tf.exp(tf.neg(logSigma)));
    const density = tf.sub(tf.sub(tf.mul(-0.5, tf.square(z)), logSigma), 0.5 * Math.log(2 * Math.PI));
    return tf.neg(tf.mean(tf.logSumExp(tf.add(tf.logSoftmax(cut(p, 0, 2)), density), -1)));
  }),
  // Hui-Li/multi-task-learning-example-PyTorch#2: two tasks with learned log-variances; the loss becomes negative.
  sound("ok-two-tasks-huili2", onRows("real", normals(2), normals(4), (y) => [...y, -3, -3]), (y, p) => {
    const logvar = cut(p, 2, 2), weighted = tf.mul(tf.exp(tf.neg(logvar)), squaredError(y, cut(p, 0, 2)));
    return tf.mean(rowSum(tf.add(weighted, logvar)));
  }),
  // gusye1234/LightGCN-PyTorch#37: softplus(negative − positive) is −log σ(positive − negative).
  sound(
    "ok-softplus-lightgcn37",
    { yPred: "real", sample: scores(1) },
    (_y, p) => tf.mean(tf.softplus(tf.sub(cut(p, 1, 1), cut(p, 0, 1)))),
  ),
  // RaptorMai/Deep-AutoEncoder-Recommendation#9: ratings of 0 are missing; the number of others, but at least 1, divides.
  sound("ok-missing-ratings-raptormai9", given("nonnegative", "count", 4), (y, p) => {
    const mask = tf.cast(tf.notEqual(y, 0), "float32");
    return tf.mean(tf.div(rowSum(tf.mul(mask, squaredError(y, p))), tf.maximum(rowSum(mask), 1)));
  }),
  // CompVis/stable-diffusion#849: the sign of the divergence is right, and its weight is a millionth.
  sound("ok-divergence-stablediffusion849", { yPred: "real", sample: vae }, (y, p) => {
    const mu = cut(p, 2, 2), logvar = cut(p, 4, 2);
    const divergence = rowSum(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), tf.add(1, logvar)));
    return tf.mean(tf.add(rowSum(tf.abs(tf.sub(y, cut(p, 0, 2)))), tf.mul(0.5e-6, divergence)));
  }),
  // lucidrains/stylegan2-pytorch#69: a hinge with real at −1 and fake at 1; what matters is that both networks agree.
  sound(
    "ok-hinge-stylegan2-69",
    given("real", "none", 2),
    (_y, p) => tf.mean(tf.add(tf.relu(tf.add(1, cut(p, 0, 1))), tf.relu(tf.sub(1, cut(p, 1, 1))))),
  ),
  // openai/baselines#1156: the maximum of two losses is the minimum of two objectives.
  sound("ok-clipped-baselines1156", { yPred: "real", sample: policy }, (y, p) => {
    const minus = tf.neg(cut(y, 0, 1)), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    return tf.mean(tf.maximum(tf.mul(minus, ratio), tf.mul(minus, tf.clipByValue(ratio, 0.8, 1.2))));
  }),
  // thu-ml/tianshou#945: [n, 5, 1] against [n, 1, 5] is what quantile regression needs: each quantile meets each target.
  sound("ok-quantile-pairs-tianshou945", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => repeat(5, () => gauss(u)),
      output: (y) =>
        kind === "perfect"
          ? [...y].sort((a, b) => a - b)
          : repeat(5, (i) => kind === "far" ? y[i] + (coin(u) ? 60 : -60) : 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const e = tf.sub(tf.expandDims(y, 1), tf.expandDims(p, 2)), tau = tf.tensor([0.1, 0.3, 0.5, 0.7, 0.9], [1, 5, 1]);
    const under = tf.mul(tau, smooth(tf.relu(e))), over = tf.mul(tf.sub(1, tau), smooth(tf.relu(tf.neg(e))));
    return tf.mean(tf.mean(rowSum(tf.add(under, over)), 1));
  }),
  // haozheji/exact-optimization#2: a log-softmax of two log-ratios is the log-sigmoid of direct preference optimisation.
  // Labels: log-probabilities of the reference for the chosen and the rejected answer.
  sound("ok-preference-exact2", {
    yPred: "real",
    sample: sampled(
      (u) => [-5 - 5 * u(), -5 - 5 * u()],
      (y, u, perfect) => perfect ? [y[0] + 4, y[1] - 40] : y.map((x) => x + gauss(u)),
    ),
  }, (y, p) => tf.neg(tf.mean(cut(tf.logSoftmax(tf.mul(0.1, tf.sub(p, y))), 0, 1)))),
  // csteinmetz1/auraloss#41: the negated scale-invariant ratio of signal and distortion, in decibels, is always negative.
  sound("ok-decibels-auraloss41", given("real", "real", 8), (y, p) => {
    const centred = (x: Tensor) => tf.sub(x, tf.mean(x, -1, true)),
      goal = centred(y),
      estimate = centred(p),
      eps = 1e-8;
    const share = tf.div(rowSum(tf.mul(estimate, goal), true), tf.add(rowSum(tf.square(goal), true), eps));
    const target = tf.mul(goal, share), rest = squaredDistance(estimate, target);
    const ratio = tf.add(tf.div(rowSum(tf.square(target)), tf.add(rest, eps)), eps);
    return tf.neg(tf.mean(tf.mul(10 / Math.LN10, tf.log(ratio))));
  }),
  // havakv/pycox#129: cross-entropy of hazards up to the last time at which a person was seen, and none after it. Labels
  // [event in each of 3 intervals | seen in each].
  sound("ok-hazards-pycox129", {
    yPred: "logits",
    sample: sampled((u) => {
      const last = Math.floor(3 * u()), event = coin(u, 0.6);
      return [...oneHot(3, last).map((x) => x * event), ...repeat(3, (i) => i <= last ? 1 : 0)];
    }, (y, u, perfect) => repeat(3, (i) => perfect ? 16 * y[i] - 8 : 2 * gauss(u))),
  }, (y, p) => tf.mean(rowSum(tf.mul(cut(y, 3, 3), sigmoidCrossEntropy(cut(y, 0, 3), p))))),
  // ragulpr/wtte-rnn#56: a Weibull likelihood without the term that does not depend on its parameters. Outputs α before
  // exp and β before softplus, labels [time, event].
  sound("ok-weibull-wtte56", {
    yPred: "real",
    sample: rowsOf((u) => [Math.exp(gauss(u)), coin(u, 0.7)], normals(2), ([time]) => [Math.log(time), 3]),
  }, (y, p) => {
    const shape = tf.softplus(cut(p, 1, 1)), ratio = tf.sub(tf.log(cut(y, 0, 1)), cut(p, 0, 1));
    const hazard = tf.mul(cut(y, 1, 1), tf.add(tf.log(shape), tf.mul(shape, ratio)));
    return tf.neg(tf.mean(tf.sub(hazard, tf.exp(tf.mul(shape, ratio)))));
  }),
];

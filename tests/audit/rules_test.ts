// Every sentence that a rule of the audit can say, on a loss of the cases that deserves it, with the operation that it points at;
// and sound losses, about which no rule says anything.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import "../helpers.ts";
import { type AuditedLoss, auditLoss, type AuditOptions, type Cause, type Finding } from "@roundabout/roundabout/audit";
import { blindCases1 } from "./blind_cases_1.ts";
import { blindCases2 } from "./blind_cases_2.ts";
import { blindCases3 } from "./blind_cases_3.ts";
import { blindCases4, blindCases5 } from "./blind_cases_5.ts";
import { cases } from "./cases.ts";
import { furtherCasesDev, furtherCasesHeldOut } from "./public_cases.ts";
import { heldOutCases4 } from "./held_out_cases_4.ts";
import { heldOutCases5 } from "./held_out_cases_5.ts";
import { heldOutCases6 } from "./held_out_cases_6.ts";
import { heldOutCases11 } from "./held_out_cases_11.ts";
import { heldOutCases12 } from "./held_out_cases_12.ts";
import { choice, crossEntropy, dice, float, gauss, oneHot, sampled, soft, triplets } from "./loss_case.ts";

const all = [
  ...[...cases, ...furtherCasesDev, ...furtherCasesHeldOut],
  ...[...blindCases1, ...blindCases2, ...blindCases3, ...blindCases4, ...blindCases5],
  ...[...heldOutCases4, ...heldOutCases5, ...heldOutCases6, ...heldOutCases11, ...heldOutCases12],
];
const caseOf = (id: string) => all.find((one) => one.id === id)!;

/** Findings about cases, by cause and case: the severity, the operation that the finding points at, and its sentence. */
const sentences: Partial<Record<Cause, Record<string, string>>> = {
  "activation-mismatch": {
    "am-softmax-multilabel":
      "error Softmax: A softmax makes the 4 outputs of a row sum to 1, but rows have up to 4 labels",
    "linear-bce-keras4744":
      "error ClipByValue: The formula needs probabilities, but the outputs are not probabilities: a sigmoid or softmax is missing",
    "nll-of-raw-scores":
      "error Multiply: The logits are multiplied by the labels directly: without a log-softmax, larger logits are always better",
    "am-dice-sigmoid-twice":
      "error Sigmoid: The loss applies a softmax or sigmoid to outputs that are already probabilities",
    "am-softmax-twice-inside":
      "error Exp: The loss applies a softmax or sigmoid to the result of another one: the formula already contains it",
    "am-sigmoid-of-tanh":
      "warning Sigmoid: The loss takes a sigmoid or softmax of outputs between −1 and 1, of a tanh or a cosine, so it never comes close to 0 or 1",
    "divergence-of-sigmoids-keras13747":
      "error Log: The 4 outputs of a row do not sum to 1, but the labels do: the loss falls as any output rises",
  },
  "bad-scale": {
    "millions-keras4563":
      "warning: The labels have a size of about 2.1e+6, the outputs of an untrained model one of 8.9e-1: the way there is too long for the steps of a training",
    "bs-pow8": "warning: The gradient of an untrained model has a size of about 3.2e+4: steps explode",
    "millimetres-as-kilometres": "warning: The gradient of an untrained model has a size of about 3.6e-8: steps vanish",
    "bs-times-n": "warning: The loss depends on the batch size: with each row four times it is 16.0 times as large",
    "exp-of-crossentropy-whosebug6301115":
      "warning Exp: Exp of an error makes the gradient 2.1e+16 on a batch that can occur (outputs at the ends of their range): one such step undoes the training",
  },
  "broadcast": {
    "br-one-label-four-outputs":
      "error Sub: One column of labels is compared with 4 columns of outputs: all of them are pulled to the same label",
    "td-target-column-rl1":
      "error SquaredDifference: One column of outputs is compared with 4 columns of labels: it is pulled to all of them at once",
    "br-relative-rows": "error RealDiv: [64] with [64, 1] makes 64 × 64: every label is compared with every output",
  },
  "constant": {
    "softmax-one-unit-yolo191":
      "error Softmax: A softmax over one unit is always 1, so the loss does not depend on the outputs",
    "co-y-minus-y": "error: The loss does not depend on the outputs: it is the same for all outputs with these labels",
  },
  "detached": {
    "ok-action-plus-slope-alf1204":
      "note: The value is the same for all outputs, but not the gradient: one part is kept out of it on purpose",
    "de-simsiam-both":
      "error: An operation with a gradient of its own (tf.customGrad) returns 0: the value moves, the gradient is 0",
    "numpy-dice-in-combo":
      "error dataSync: One term is made of numbers that were read out of the graph: the value moves with it, the gradient does not",
    "item-reinforce-release39":
      "error dataSync: The outputs are read out of the graph as numbers, so no gradient flows back to them",
  },
  "domain-edge": {
    "logcosh-keras8524": "error Exp: Exp gives Infinity on a batch that can occur (outputs far from 0)",
    "dx-softmax-naive": "error Exp: Exp gives NaN on a batch that can occur (outputs at the ends of their range)",
    "dx-infonce-exp": "error Exp: Exp gives NaN on a batch that can occur (outputs of an untrained model)",
    "tanh-margin-log": "error Log: Log gives Infinity on a batch that can occur (outputs at the ends of their range)",
    "dx-neglog-iou": "error Log: Log gives Infinity on a batch that can occur (outputs of an untrained model)",
    "poisson-log0-keras590": "error Log: Log gives NaN on a batch that can occur (correct outputs)",
    "dx-gamma-deviance": "error Log: Log gives NaN on a batch that can occur (outputs at the ends of their range)",
    "dx-kl-onehot": "error Log: Log gives NaN on a batch that can occur (outputs of an untrained model)",
    "dx-tweedie": "error Pow: Pow gives Infinity on a batch that can occur (outputs at the ends of their range)",
    "dx-pow-negative": "error Pow: Pow gives NaN on a batch that can occur (outputs of an untrained model)",
  },
  "label-encoding": {
    "minus-one-facial1":
      "warning OneHot: A label of -1 is no index of a one-hot code with 2 columns: its row is all 0, and trains nothing",
    "hinge-01-mlglossary113": "error: Rows with a label of 0 have no gradient: the formula needs labels of −1 and 1",
    "le-dice-sign": "error: The labels are -1 and 1, but the formula needs 0 and 1",
    "le-percent": "error: The labels are 100 times the correct outputs: no output of this range comes close to them",
    "index-into-cce-byteps315":
      "error Multiply: The labels are class indices, 0 to 2, but the formula uses them as numbers",
    "le-argmax-of-index":
      "error ArgMax: The labels are one column of class indices, but the loss takes their argmax: it is 0 in every row",
    "le-onehot-as-index":
      "error OneHot: The labels have 3 columns and are one-hot already, but are converted to one-hot again",
    "le-one-based-index": "error: The labels range from 0 to 3, but the formula needs 1 to 4",
    "inputs-beyond-one-stats630079":
      "error Multiply: The labels range from -7.722 to 10.41, but a cross-entropy needs them in [0, 1]: it becomes negative, and has no minimum",
  },
  "nan-gradient": {
    "hellinger-zero-class":
      "error Sqrt: The loss is 0.5259, but its gradient is -Infinity on a batch that can occur (outputs at the ends of their range)",
    "nn-sqrt-abs":
      "error Sqrt: The loss is 0, but its gradient is Infinity on a batch that can occur (correct outputs)",
    "norm-at-zero-torch2421":
      "error Sqrt: The loss is 0, but its gradient is NaN on a batch that can occur (correct outputs)",
    "nn-norm-penalty":
      "error Sqrt: The loss is 1.099, but its gradient is NaN on a batch that can occur (labels and outputs that are all 0, or all the first class)",
    "nn-gmean":
      "error Sqrt: The loss is 1, but its gradient is NaN on a batch that can occur (labels that are all negative)",
    "nn-where-xlogy":
      "error Log: The loss is 0, but its gradient is NaN on a batch that can occur (outputs at the ends of their range)",
    "where-exp-torch68425":
      "error Exp: The loss is 121, but its gradient is NaN on a batch that can occur (outputs far from 0)",
    "nn-distance-matrix":
      "error Sqrt: The loss is 4.079, but its gradient is NaN on a batch that can occur (outputs of an untrained model)",
    "nn-std-match":
      "error Sqrt: The loss is 2.825, but its gradient is NaN on a batch that can occur (the same output in every row)",
  },
  "no-gradient-op": {
    "int-cast-tf47083":
      "error Cast: A cast to whole numbers passes the gradient unchanged, which is not the slope of the loss",
    "argmax-accuracy-keras11157":
      "error ArgMax: ArgMax is flat or has no gradient: the value moves with the outputs, the gradient does not exist",
    "ng-onehot-argmax-ce":
      "error ArgMax: ArgMax is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "ng-wrong-class-weight":
      "error ArgMax: ArgMax only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward pass throws",
    "ng-ceil-cost": "error Ceil: Ceil is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "floor-mae-tf8625":
      "error Floor: Floor is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "greater-mask-dirac13":
      "error Greater: Greater is flat or has no gradient: the value moves with the outputs, the gradient does not exist",
    "ng-f1-greater-equal":
      "error GreaterEqual: GreaterEqual is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "ng-picp-hard":
      "error LessEqual: LessEqual only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward pass throws",
    "ng-where-less-wing":
      "error Less: Less only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward pass throws",
    "wx-emd-axis0":
      "error: No gradient reaches the outputs: Error in gradient for op Cumsum. The gradient of input 'x' has shape '4,64', which does not match the shape of the input '64,4'",
    "ng-accuracy-equal":
      "error Round: Round is flat or has no gradient: the value moves with the outputs, the gradient does not exist",
    "round-precision-so48356029":
      "error Round: Round is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "sign-direction-so":
      "error Sign: Sign is flat or has no gradient: the value moves with the outputs, the gradient is 0",
    "ng-direction-term":
      "error Sign: Sign only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward pass throws",
    "rank-argsort-tfkeras570":
      "error TopK: TopK is flat or has no gradient: the value moves with the outputs, the gradient does not exist",
    "ng-bce-plus-hard-f1":
      "warning Round: One term passes through Round, which is flat: it is added to the loss and trains nothing",
    "ng-sign-silent":
      "warning Sign: One term passes through Sign, which is flat: it is added to the loss and trains nothing",
  },
  "reduction": {
    "bs-times-n":
      "note: The mean over batches is not the value on the data set: the training goal depends on the batch size",
    "listnet-summed-rankers":
      "note: The loss is a sum over the rows: a batch of half the rows has half the loss, and half the gradient",
    "re-balanced-acc-rare":
      "note: A batch without one of the classes counts as wrong even if every output is correct, so the mean over batches is not the value on the data set",
    "re-max-over-batch":
      "warning: Only one of 64 rows has a gradient: the loss is a maximum or minimum over the batch, not a mean",
    "re-jaccard-rare":
      "note: The mean over batches is not the value on the data set, and a batch without positives has a gradient of 0",
  },
  "saturated": {
    "sa-erf20": "error: 82 % of the outputs that are wrong before training have no gradient: the loss is flat there",
    "sa-clip-loss-value": "error: The loss is flat around the outputs of an untrained model",
    "ok-rare-bce":
      "note: 100 % of the outputs that are clearly wrong, at the far ends of their range, have no gradient",
    "sa-relu-in-loss":
      "warning: 49 % of the outputs that are wrong before training have no gradient: the loss is flat there",
  },
  "swapped-arguments": {
    "sw-sigmoid-ce":
      "error Exp: Exp is applied to the labels and multiplied by the outputs: yTrue and yPred have changed places",
    "sw-logloss":
      "error Log: Log is applied to the labels and multiplied by the outputs: yTrue and yPred have changed places",
    "mape-swapped-openabc14":
      "warning RealDiv: The error is divided by the output, so an output without bound makes it small: is the label meant?",
    "mask-of-outputs-tf38067":
      "warning NotEqual: A mask compares the outputs with a number that labels often are and outputs never: it leaves out nothing",
    "kl-swapped-attention6":
      "note Log: p·log(p / y) weights by the outputs: the arguments are swapped, unless the reverse divergence is meant",
  },
  "wrong-axis": {
    "norm-along-pixels-lanenet12":
      "error Sqrt: Sqrt is applied to a sum over the rows of the batch, axis 0, instead of over the columns",
    "emd-cumsum-batch": "error Cumsum: Cumsum runs along the rows of the batch and mixes each example with the next",
    "wo-cosine-1col":
      "error RealDiv: Each output is divided by its own size along an axis of one column: only its sign remains",
    "wx-sum-before-log":
      "error Log: Log is applied to a sum over the rows of the batch, axis 0, instead of over the columns",
    "wo-row-sums":
      "error Sub: Outputs and labels are summed over the columns before they are compared: errors of opposite sign cancel",
    "wx-kl-softmax-batch":
      "error Softmax: A softmax runs along the rows of the batch: each example gets a share, and the shares of all examples sum to 1",
    "wx-softmax-no-axis":
      "error Log: The logarithm of a sum over rows and columns normalises each example by all others",
    "wx-softmax-sum-all":
      "error RealDiv: The outputs are normalised over all rows and columns of the batch: each row depends on all others",
    "wx-dice-row":
      "error RealDiv: The sums in the ratio run over a single column, so nothing is summed and each row is a score of its own",
  },
  "wrong-optimum": {
    "threshold-of-huber-tensorforce139":
      "warning: Outputs that miss their labels by 0.1442, whether above or below, have a smaller loss than correct ones",
    "source-for-latent-cellflow305":
      "note: Correct values of column 0 of the outputs fall with column 2 of the labels, which weighs nothing in the loss",
    "wo-precision-soft": "error: A useless model is as good as a perfect one: a single certain positive",
    "wo-positive-pixels": "error: A useless model is as good as a perfect one: all outputs at their maximum",
    "wo-negatives-only": "error: A useless model is as good as a perfect one: all outputs at their minimum",
    "mean-bias-only": "error: A useless model is as good as a perfect one: the mean of the labels in every row",
    "pull-only-siamese": "error: A useless model is as good as a perfect one: the same output for every input",
    "am-kldiv-needs-log":
      "error: Outputs equal to the labels are not the minimum: a descent from there lowers the loss further",
    "bs-raw-prices":
      "note: Outputs that are all off by the same amount cost nothing, as in a correlation: is that intended?",
  },
  "wrong-sign": {
    "ws-hinge": "error: The loss rises as the outputs improve: minimising it makes predictions worse",
  },
  "zero-division": {
    "zd-ratio": "error RealDiv: RealDiv gives Infinity on a batch that can occur (labels that are all 0)",
    "dx-logit-space":
      "error RealDiv: RealDiv gives Infinity on a batch that can occur (outputs at the ends of their range)",
    "mape-zero-count-xgb7586":
      "error RealDiv: RealDiv gives Infinity on a batch that can occur (outputs of an untrained model)",
    "smape-causalml1050": "error RealDiv: RealDiv gives NaN on a batch that can occur (correct outputs)",
    "iou-empty-basnet69":
      "error RealDiv: RealDiv gives NaN on a batch that can occur (labels and outputs that are all 0, or all the first class)",
    "zd-gain-normalised": "error RealDiv: RealDiv gives NaN on a batch that can occur (labels that are all 0)",
    "cce-zero-row-keras17102":
      "error RealDiv: RealDiv gives NaN on a batch that can occur (outputs at the ends of their range)",
    "zd-row-mean-pos": "error RealDiv: RealDiv gives NaN on a batch that can occur (outputs of an untrained model)",
    "pearson-constant-interscale19":
      "error RealDiv: RealDiv gives NaN on a batch that can occur (the same output in every row)",
  },
};

for (const [cause, list] of Object.entries(sentences)) {
  Deno.test(`${cause}: each sentence on a loss that deserves it`, () => {
    for (const [id, said] of Object.entries(list)) {
      const { loss, options } = caseOf(id),
        { findings, verdict } = auditLoss(loss, options),
        [wanted] = said.split(/[ :]/);
      const found = findings.filter((one) => one.cause === cause && one.severity === wanted);
      const [first] = found.map(({ severity, where: { op = "" } = {}, message }) =>
        `${`${severity} ${op}`.trim()}: ${message}`
      );
      assertEquals(first, said, id);
      assert(wanted !== "error" || verdict === "broken", id);
    }
  });
}

const sound = [
  "ok-squared-hinge-real",
  "ok-mape-pos",
  "ok-exp-tanh",
  "ok-cos-angle",
  "ok-center",
  "ok-emd-cumsum",
  "ok-brier-multi",
  "ok-poisson",
  "ok-mse-ratings",
  "ok-ste-round",
  "ok-mae-simplex",
  "ok-sigmoidce-soft",
  "ok-expectile",
  "ok-brier",
  "ok-mse-rows",
  "ok-mse-sign-real",
  "ok-hinge-pm1",
  "ok-hinge-tanh",
  "ok-msle-nonneg",
  "ok-charbonnier",
  "ok-abs-difference-tf",
  "ok-poisson-deviance",
  "ok-logistic-sign",
  "ok-logcosh-stable",
];

Deno.test("sound losses: no rule says anything", () => {
  for (const id of sound) {
    const { loss, options } = caseOf(id), { findings, verdict } = auditLoss(loss, options);
    assertEquals([verdict, findings.map(({ message }) => message)], ["sound", []], id);
  }
});

const causesOf = (loss: AuditedLoss, options: AuditOptions = {}) =>
  auditLoss(loss, options).findings.map(({ cause }) => cause);

/** The first finding: its severity, cause and operation. */
function firstOf(loss: AuditedLoss, options: AuditOptions): string {
  const [first] = auditLoss(loss, options).findings;
  return first === undefined ? "none" : [first.severity, first.cause, first.where?.op].filter(Boolean).join(" ");
}

const real: AuditOptions = { yPred: "real", yTrue: "real" };

/** Outputs without labels: normal ones, and what they should be. */
const towards = (right: number): AuditOptions["sample"] => (kind, seed, rows) =>
  kind !== "random" && kind !== "perfect" ? undefined : {
    yTrue: tf.zeros([rows, 1]),
    yPred: kind === "perfect" ? tf.fill([rows, 1], right) : tf.randomNormal([rows, 1], 0, 1, "float32", seed),
  };

/** Labels: three class indices below 4; outputs: four logits of each. */
const words: AuditOptions["sample"] = (kind, seed, rows) => {
  if (kind !== "random" && kind !== "perfect") return undefined;
  const yTrue = tf.floor(tf.randomUniform([rows, 3], 0, 4, "float32", seed));
  const right = tf.sub(tf.mul(16, tf.oneHot(tf.cast(yTrue, "int32"), 4)), 8);
  return {
    yTrue,
    yPred: kind === "perfect" ? tf.reshape(right, [rows, 12]) : tf.randomNormal([rows, 12], 0, 2, "float32", seed),
  };
};

/** One normal label per row, and three outputs that should equal it. */
const threeOfOne: AuditOptions["sample"] = (kind, seed, rows) => {
  if (kind !== "random" && kind !== "perfect") return undefined;
  const yTrue = tf.randomNormal([rows, 1], 0, 1, "float32", seed);
  return {
    yTrue,
    yPred: kind === "perfect" ? tf.tile(yTrue, [1, 3]) : tf.randomNormal([rows, 3], 0, 1, "float32", seed + 1),
  };
};

/** The words of {@linkcode words}, with the four classes first and the three places of each class after them. */
const classesFirst: AuditOptions["sample"] = (kind, seed, rows) => {
  const batch = words(kind, seed, rows);
  return batch && {
    yTrue: batch.yTrue,
    yPred: tf.reshape(tf.transpose(tf.reshape(batch.yPred, [rows, 3, 4]), [0, 2, 1]), [rows, 12]),
  };
};

/** The score of a chosen item and those of three others, without labels. */
const ranked = sampled(
  () => [0],
  (_, u, perfect) => [perfect ? 5 : gauss(u), ...[0, 0, 0].map(() => perfect ? -5 : gauss(u))],
);

/** Two vectors that should be equal, without labels. */
const alike = sampled(() => [0], (_, u, perfect) => {
  const one = [gauss(u), gauss(u)];
  return [...one, ...(perfect ? one : [gauss(u), gauss(u)])];
});

/** Two views of 0 or 1 that should be alike, and the same for all inputs if nothing holds them, without labels. */
const views = sampled(() => [0], (_, u, perfect) => {
  const one = [gauss(u), gauss(u)].map((x) => perfect ? (x > 0 ? 1 : 0) : x);
  return [...one, ...(perfect ? one : [gauss(u), gauss(u)])];
});

/** The logarithmic probability of an action, and its value, without labels. */
const actor = sampled(() => [0], (_, u, perfect) => perfect ? [-2, 3 + u()] : [gauss(u), gauss(u)]);

/** One normal label per row, an output that should equal it, and one that should be 0. */
const withCode = sampled((u) => [gauss(u)], ([y], u, perfect) => perfect ? [y, 0] : [gauss(u), gauss(u)]);

/** The class of each row, and two views of its logits. */
const twoViews = sampled((u) => {
  const own = Math.floor(3 * u());
  return [0, 1, 2].map((at) => at === own ? 1 : 0);
}, (y, u, perfect) => [...y, ...y].map((one) => perfect ? 2 * one - 1 : 0.5 * gauss(u)));

/** A normal label per row, that of a teacher, and an output for both. */
const twoLabels = sampled((u) => [gauss(u), gauss(u)], ([own], u, perfect) => perfect ? [own] : [gauss(u)]);

/** One label of 0 or 1 per row, an output for it, and the shares of two groups, which should be equal. */
const withShares = sampled((u) => [u() < 0.5 ? 1 : 0], ([y], u, perfect) => {
  const share = 0.02 + 0.96 * u();
  return perfect ? [y, 0.5, 0.5] : [u(), share, 1 - share];
});

/** Shares of activation of which 0.05 is right, without labels. */
const sparse = sampled(() => [0], (_, u, perfect) => [0, 0].map(() => perfect ? 0.05 : 0.02 + 0.96 * u()));

/** Actions of three with their returns, and the logits and the value of a policy. */
const actions = sampled((u) => {
  const own = Math.floor(3 * u());
  return [...[0, 1, 2].map((at) => at === own ? 1 : 0), gauss(u)];
}, (y, u, perfect) => [gauss(u), gauss(u), gauss(u), perfect ? y[3] : 1.5 * gauss(u)]);

/** Two assignments of each row to three groups, without labels. */
const assignments = sampled(() => [0], (_, u, perfect) => {
  const own = Math.floor(3 * u()), sure = [0, 1, 2].map((at) => at === own ? 1 : 0);
  const shares = () => {
    const powers = [gauss(u), gauss(u), gauss(u)].map(Math.exp), all = powers[0] + powers[1] + powers[2];
    return powers.map((power) => power / all);
  };
  return perfect ? [...sure, ...sure] : [...shares(), ...shares()];
});

/** A pinball loss per column. */
function pinball(error: Tensor, quantiles: number[]): Tensor {
  const q = tf.tensor1d(quantiles);
  return tf.mean(tf.add(tf.mul(q, tf.relu(error)), tf.mul(tf.sub(1, q), tf.relu(tf.neg(error)))));
}

/** The squared distance of each of three points to the nearest of three others, in both directions. */
function cloudsOf(y: Tensor, p: Tensor): Tensor {
  const squares = tf.sum(tf.square(tf.sub(tf.reshape(y, [-1, 3, 1, 2]), tf.reshape(p, [-1, 1, 3, 2]))), -1);
  return tf.add(tf.mean(tf.min(squares, 1)), tf.mean(tf.min(squares, 2)));
}

/** Losses that have a fault, what is said first of them, and the same losses without it, of which nothing is said. */
const twins: Record<string, { faulty: AuditedLoss; said: string; sound: AuditedLoss; options: AuditOptions }> = {
  "a term that is read out, beside an operation of TensorFlow.js with a gradient of its own": {
    faulty: (y, p) => tf.add(crossEntropyOf(y, p), tf.scalar(tf.mean(tf.square(p)).dataSync()[0])),
    said: "error detached dataSync",
    sound: (y, p) => tf.add(crossEntropyOf(y, p), tf.mean(tf.square(p))),
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
  },
  "cosines as logits": {
    faulty: (y, p) => crossEntropyOf(y, p),
    said: "warning activation-mismatch Exp",
    sound: (y, p) => crossEntropyOf(y, tf.mul(4, p)),
    options: { yPred: [-1, 1], yTrue: "one-hot", columns: 3 },
  },
  "shares of classes from sigmoids": {
    faulty: (y, p) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(inside(p))), -1))),
    said: "error activation-mismatch Log",
    sound: (y, p) =>
      tf.neg(tf.mean(tf.add(
        tf.mul(y, tf.log(inside(p))),
        tf.mul(tf.sub(1, y), tf.log(tf.sub(1, inside(p)))),
      ))),
    options: { yPred: "probability", yTrue: "distribution", columns: 3 },
  },
  "one sum for all rows": {
    faulty: (y, p) => chosenError(y, tf.sum(tf.mul(p, tf.slice(y, [0, 1], [-1, 3])))),
    said: "error wrong-axis Sub",
    sound: (y, p) => chosenError(y, tf.sum(tf.mul(p, tf.slice(y, [0, 1], [-1, 3])), -1, true)),
    options: caseOf("q-summed-simonini51").options,
  },
  "a softmax of pixels": {
    faulty: (y, p) => sharesOf(y, (x) => tf.softmax(x), p),
    said: "error wrong-axis Softmax",
    sound: (y, p) => sharesOf(y, (x) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1]), p),
    options: caseOf("softmax-of-pixels-3dunet94").options,
  },
  "a mask after the mean": {
    faulty: (y, p) => {
      const mask = tf.slice(y, [0, 1], [-1, 1]), mean = tf.mean(tf.squaredDifference(tf.slice(y, 0, [-1, 1]), p));
      return tf.div(tf.sum(tf.mul(mean, mask)), tf.add(tf.sum(mask), 1e-6));
    },
    said: "warning reduction Multiply",
    sound: (y, p) => {
      const mask = tf.slice(y, [0, 1], [-1, 1]), each = tf.squaredDifference(tf.slice(y, 0, [-1, 1]), p);
      return tf.mean(tf.mul(each, tf.add(0.5, mask)));
    },
    options: { ...real, extraLabels: ["mask"] },
  },
  "masked rows in the mean": {
    faulty: (y, p) => tf.mean(tf.mul(tf.slice(y, [0, 1], [-1, 1]), tf.squaredDifference(tf.slice(y, 0, [-1, 1]), p))),
    said: "note reduction Mean",
    sound: (y, p) => {
      const mask = tf.slice(y, [0, 1], [-1, 1]), each = tf.squaredDifference(tf.slice(y, 0, [-1, 1]), p);
      return tf.mean(tf.mul(each, tf.add(0.5, mask)));
    },
    options: { ...real, extraLabels: ["mask"] },
  },
  "labels of 0 that are left out and counted": {
    faulty: (y, p) => tf.mean(tf.where(tf.greaterEqual(y, 1), tf.abs(tf.sub(y, p)), tf.zerosLike(p))),
    said: "note reduction Mean",
    sound: (y, p) => tf.mean(tf.abs(tf.sub(y, p))),
    options: { yPred: "nonnegative", yTrue: "count" },
  },
  "masked steps in the mean": {
    faulty: (y, p) => tf.mean(tf.mul(tf.slice(y, [0, 3], [-1, 3]), tf.squaredDifference(tf.slice(y, 0, [-1, 3]), p))),
    said: "note reduction Mean",
    sound: (y, p) => {
      const mask = tf.slice(y, [0, 3], [-1, 3]), each = tf.squaredDifference(tf.slice(y, 0, [-1, 3]), p);
      return tf.mean(tf.mul(each, tf.add(0.5, mask)));
    },
    options: { ...real, columns: 3, extraLabels: ["mask", "mask", "mask"] },
  },
  "a hinge of the mean of negatives": {
    faulty: (_, p) =>
      tf.mean(tf.relu(tf.sub(1, tf.sub(scoreOf(p, 0), tf.mean(tf.slice(p, [0, 1], [-1, 3]), 1, true))))),
    said: "note reduction Relu",
    sound: (_, p) => tf.mean(tf.relu(tf.sub(1, tf.sub(scoreOf(p, 0), tf.slice(p, [0, 1], [-1, 3]))))),
    options: { yPred: "real", sample: ranked },
  },
  "a gradient of its own that is half the slope": {
    faulty: (y, p) => tf.mean(withGradient(tf.square, (dy, e) => tf.mul(dy, e))(tf.sub(p, y))),
    said: "note detached",
    sound: (y, p) => tf.mean(withGradient(tf.square, (dy, e) => tf.mul(dy, tf.mul(2, e)))(tf.sub(p, y))),
    options: real,
  },
  "a gradient of its own against the slope": {
    faulty: (y, p) => tf.mean(withGradient(tf.square, (dy, e) => tf.mul(dy, tf.mul(-2, e)))(tf.sub(p, y))),
    said: "warning wrong-sign",
    sound: (y, p) => tf.mean(withGradient(tf.square, (dy, e) => tf.mul(dy, tf.mul(2, e)))(tf.sub(p, y))),
    options: real,
  },
  "a gradient of its own that leaves out what it is handed": {
    faulty: (y, p) => tf.mean(withGradient(tf.square, (_, e) => tf.mul(2, e))(tf.sub(p, y))),
    said: "warning bad-scale",
    sound: (y, p) => tf.mean(withGradient(tf.square, (dy, e) => tf.mul(dy, tf.mul(2, e)))(tf.sub(p, y))),
    options: real,
  },
  "a gradient of its own for one of two labels": {
    faulty: (y, p) =>
      tf.mean(
        withGradient((x) => tf.sub(tf.softplus(x), tf.mul(y, x)), (dy, x) =>
          tf.mul(dy, tf.mul(y, tf.sub(tf.sigmoid(x), y))))(p),
      ),
    said: "warning detached",
    sound: (y, p) =>
      tf.mean(
        withGradient((x) => tf.sub(tf.softplus(x), tf.mul(y, x)), (dy, x) => tf.mul(dy, tf.sub(tf.sigmoid(x), y)))(p),
      ),
    options: { yPred: "logits" },
  },
  "a codebook that is not trained": {
    faulty: (_, p) => tf.mean(tf.squaredDifference(tf.slice(p, 0, [-1, 2]), asNumber(tf.slice(p, [0, 2], [-1, 2])))),
    said: "note detached",
    sound: (_, p) => tf.mean(tf.squaredDifference(tf.slice(p, 0, [-1, 2]), tf.slice(p, [0, 2], [-1, 2]))),
    options: { yPred: "real", sample: alike },
  },
  "classes and places of a row that are reshaped and not transposed": {
    faulty: (y, p) => wordsOf(y, softmaxAlong(tf.reshape(p, [-1, 3, 4]), 2)),
    said: "error wrong-axis Reshape",
    sound: (y, p) => wordsOf(y, softmaxAlong(tf.transpose(tf.reshape(p, [-1, 4, 3]), [0, 2, 1]), 2)),
    options: { yPred: "logits", sample: classesFirst },
  },
  "a hinge of sums over the rows": {
    faulty: (_, p) => tf.mean(tf.relu(tf.add(1, tf.sub(nearnessOf(p, 0), nearnessOf(p, 0, 4))))),
    said: "error wrong-axis Relu",
    sound: (_, p) => tf.mean(tf.relu(tf.add(1, tf.sub(nearnessOf(p, 1), nearnessOf(p, 1, 4))))),
    options: { yPred: "real", sample: triplets },
  },
  "a softmax, written out, although rows have several labels": {
    faulty: (y, p) => crossEntropyOf(y, p),
    said: "error activation-mismatch Exp",
    sound: (y, p) => crossEntropyOf(tf.div(y, tf.maximum(1, tf.sum(y, 1, true))), p),
    options: { yPred: "logits", columns: 4 },
  },
  "a product with the label that never ends": {
    faulty: (y, p) => tf.mean(tf.mul(y, tf.sub(y, p))),
    said: "error wrong-optimum",
    sound: (y, p) => tf.mean(tf.square(tf.sub(y, p))),
    options: real,
  },
  "a reconstruction that the loss leaves out": {
    faulty: (_, p) => tf.mean(tf.square(tf.slice(p, [0, 1], [-1, 1]))),
    said: "error wrong-optimum",
    sound: (y, p) =>
      tf.add(tf.mean(tf.square(tf.sub(y, tf.slice(p, 0, [-1, 1])))), tf.mean(tf.square(tf.slice(p, [0, 1], [-1, 1])))),
    options: { yPred: "real", sample: withCode },
  },
  "a column of the labels that is not compared": {
    faulty: (y, p) => tf.mean(tf.square(tf.sub(tf.slice(y, 0, [-1, 2]), tf.slice(p, 0, [-1, 2])))),
    said: "error wrong-optimum",
    sound: (y, p) => tf.mean(tf.square(tf.sub(y, p))),
    options: { yPred: "probability", columns: 3 },
  },
  "errors that keep their sign": {
    faulty: (y, p) => tf.mean(tf.sum(tf.sub(y, p), 1)),
    said: "error wrong-optimum",
    sound: (y, p) => tf.mean(tf.sum(tf.abs(tf.sub(y, p)), 1)),
    options: { ...real, columns: 4 },
  },
  "both terms of a cross-entropy for the positives": {
    faulty: (y, p) => tf.neg(tf.mean(tf.mul(y, tf.add(tf.log(inside(p)), tf.log(tf.sub(1, inside(p))))))),
    said: "error wrong-optimum",
    sound: (y, p) =>
      tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(inside(p))), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, inside(p))))))),
    options: {},
  },
  "labels that are cut to whole numbers": {
    faulty: (y, p) => tf.mean(tf.square(tf.sub(tf.cast(tf.cast(y, "int32"), "float32"), p))),
    said: "error label-encoding Cast",
    sound: (y, p) => tf.mean(tf.square(tf.sub(tf.cast(y, "float32"), p))),
    options: real,
  },
  "shares that are cut to truth values": {
    faulty: (y, p) => tf.mean(tf.square(tf.sub(tf.cast(tf.cast(y, "bool"), "float32"), p))),
    said: "error label-encoding Cast",
    sound: (y, p) => tf.mean(tf.square(tf.sub(tf.cast(tf.greater(y, 0.5), "float32"), p))),
    options: { yPred: "probability", yTrue: "probability" },
  },
  "a softmax along the rows of stacked views": {
    faulty: (y, p) => viewsOf(y, p, 1),
    said: "error wrong-axis Sum",
    sound: (y, p) => viewsOf(y, p, 2),
    options: { yPred: "logits", sample: twoViews },
  },
  "a term of the labels alone": {
    faulty: (y, p) => tf.add(errorIn(y, p, 0), tf.mean(tf.square(tf.slice(y, [0, 1], [-1, 1])))),
    said: "warning constant Add",
    sound: (y, p) => tf.add(errorIn(y, p, 0), tf.mean(tf.squaredDifference(tf.slice(y, [0, 1], [-1, 1]), p))),
    options: { yPred: "real", sample: twoLabels },
  },
  "a divergence from equal shares with the wrong sign": {
    faulty: (y, p) =>
      tf.sub(tf.mean(tf.squaredDifference(y, scoreOf(p, 0))), divergenceOf(tf.slice(p, [0, 1], [-1, 2]))),
    said: "error wrong-sign",
    sound: (y, p) =>
      tf.add(tf.mean(tf.squaredDifference(y, scoreOf(p, 0))), divergenceOf(tf.slice(p, [0, 1], [-1, 2]))),
    options: { yPred: "probability", sample: withShares },
  },
  "a divergence of a scale without its half": {
    faulty: (y, p) => scaleOf(y, p, 1),
    said: "warning wrong-optimum",
    sound: (y, p) => scaleOf(y, p, 2),
    options: { yPred: "real", sample: withCode },
  },
  "a sparsity whose minimum lies between": {
    faulty: (_, p) => sparsityOf(p, 1),
    said: "error wrong-optimum",
    sound: (_, p) => sparsityOf(p, 0.05),
    options: { yPred: "probability", sample: sparse },
  },
  "the largest of each row along the columns": {
    faulty: (y, p) => pairsOf(y, p, (x) => tf.sub(x, tf.max(x, 1))),
    said: "error broadcast Sub",
    sound: (y, p) => pairsOf(y, p, (x) => tf.sub(x, tf.max(x, 1, true))),
    options: { ...real, columns: 4, rows: 16 },
  },
  "a square of both signs": {
    faulty: (_, p) => tf.mean(tf.mul(tf.slice(p, 0, [-1, 1]), tf.slice(p, [0, 1], [-1, 1]))),
    said: "warning wrong-optimum",
    sound: (_, p) => tf.mean(tf.abs(tf.mul(tf.slice(p, 0, [-1, 1]), tf.slice(p, [0, 1], [-1, 1])))),
    options: { yPred: "real", yTrue: "none", columns: 2 },
  },
  "only the lengths of rows are compared": {
    faulty: (y, p) => tf.mean(tf.squaredDifference(lengthOf(y), lengthOf(p))),
    said: "note wrong-optimum",
    sound: (y, p) => tf.mean(tf.squaredDifference(y, p)),
    options: { ...real, columns: 6 },
  },
  "only lengths are compared, beside clouds of points that match in any order": {
    faulty: (y, p) => tf.mean(tf.squaredDifference(lengthOf(y), lengthOf(p))),
    said: "note wrong-optimum",
    sound: cloudsOf,
    options: { ...real, columns: 6 },
  },
  "one label against three columns, which are no quantiles": {
    faulty: (y, p) => pinball(tf.sub(y, p), [0.5, 0.5, 0.5]),
    said: "error broadcast Sub",
    sound: (y, p) => pinball(tf.sub(y, p), [0.1, 0.5, 0.9]),
    options: { yPred: "real", sample: threeOfOne },
  },
  "the sign of an output is free": {
    faulty: (y, p) => tf.mean(tf.abs(tf.sub(tf.square(y), tf.square(p)))),
    said: "note wrong-optimum",
    sound: (y, p) => tf.mean(tf.abs(tf.sub(y, p))),
    options: real,
  },
  "a pinball of an absolute value": {
    faulty: (y, p) => tf.mean(byLarger(tf.abs(tf.sub(y, p)))),
    said: "error wrong-optimum Maximum",
    sound: (y, p) => tf.mean(byLarger(tf.sub(y, p))),
    options: real,
  },
  "the sign of an absolute value selects": {
    faulty: (y, p) => tf.mean(bySign(tf.abs(tf.sub(y, p)))),
    said: "error wrong-optimum Select",
    sound: (y, p) => tf.mean(bySign(tf.sub(y, p))),
    options: real,
  },
  "the negative part of an absolute value": {
    faulty: (y, p) => tf.mean(byParts(tf.abs(tf.sub(y, p)))),
    said: "error wrong-optimum Relu",
    sound: (y, p) => tf.mean(byParts(tf.sub(y, p))),
    options: real,
  },
  "an error over the output": {
    faulty: (y, p) => tf.mean(tf.div(tf.squaredDifference(y, p), tf.add(tf.square(p), 0.1))),
    said: "warning swapped-arguments RealDiv",
    sound: (y, p) => tf.mean(tf.div(tf.squaredDifference(y, p), tf.add(asNumber(tf.square(p)), 0.1))),
    options: real,
  },
  "an overlap of logits beside a term with a sigmoid": {
    faulty: (y, p) => tf.add(dice(y, p), logisticOf(y, p)),
    said: "error activation-mismatch Multiply",
    sound: (y, p) => tf.add(dice(y, tf.sigmoid(p)), logisticOf(y, p)),
    options: { yPred: "logits" },
  },
  "a hinge of shares": {
    faulty: (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(signOf(y), p)))),
    said: "error activation-mismatch",
    sound: (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(signOf(y), signOf(p))))),
    options: { yPred: "probability" },
  },
  "a sum over the classes, which is always 1": {
    faulty: (y, p) => tf.add(brierOf(y, p), tf.sqrt(tf.sum(tf.square(tf.sum(p, -1))))),
    said: "error wrong-axis Sum",
    sound: (y, p) => tf.add(brierOf(y, p), tf.div(tf.sqrt(tf.sum(tf.square(tf.sum(p, 0)))), p.shape[0])),
    options: { yPred: "simplex", columns: 3 },
  },
  "a softmax along the places, written out": {
    faulty: (y, p) => sharesOf(y, (x) => softmaxAlong(x, 2), p),
    said: "error wrong-axis Sum",
    sound: (y, p) => sharesOf(y, (x) => softmaxAlong(x, 1), p),
    options: caseOf("softmax-of-pixels-3dunet94").options,
  },
  "a softmax along the places of class indices": {
    faulty: (y, p) => wordsOf(y, softmaxAlong(tf.reshape(p, [-1, 3, 4]), 1)),
    said: "error wrong-axis Sum",
    sound: (y, p) => wordsOf(y, softmaxAlong(tf.reshape(p, [-1, 3, 4]), 2)),
    options: { yPred: "logits", sample: words },
  },
  "class indices of several places as one-hot labels": {
    faulty: (y, p) => crossEntropyOf(tf.mean(tf.oneHot(tf.cast(y, "int32"), 4), 1), p),
    said: "error label-encoding OneHot",
    sound: (y, p) => crossEntropyOf(y, p),
    options: { yPred: "logits", yTrue: "one-hot", columns: 4 },
  },
  "a sum over the number of positives, which may be none": {
    faulty: (y, p) => tf.div(tf.mul(p.shape[0], logisticOf(y, p)), tf.maximum(tf.sum(y), 1e-3)),
    said: "warning bad-scale",
    sound: (y, p) => tf.div(tf.mul(p.shape[0], logisticOf(y, p)), tf.maximum(tf.sum(y), 1)),
    options: { yPred: "logits", columns: 8 },
  },
  "no gradient until the output is on the right side": {
    faulty: (_, p) => tf.neg(tf.mean(tf.relu(p))),
    said: "warning saturated",
    sound: (_, p) => tf.mean(tf.relu(tf.sub(2, p))),
    options: { yPred: "real", sample: towards(2.5) },
  },
  "a divergence whose minimum is not where it should be": {
    faulty: (_, p) => tf.mean(tf.sub(tf.square(p), tf.log(tf.add(tf.square(p), 1e-6)))),
    said: "error wrong-optimum",
    sound: (_, p) => tf.mean(tf.sub(tf.exp(p), p)),
    options: { yPred: "real", sample: towards(0) },
  },
};

const scoreOf = (p: Tensor, column: number): Tensor => tf.slice(p, [0, column], [-1, 1]);

/** The squared distance of the first two columns to two others, summed along an axis. */
const nearnessOf = (p: Tensor, axis: number, from = 2): Tensor =>
  tf.sum(tf.squaredDifference(tf.slice(p, 0, [-1, 2]), tf.slice(p, [0, from], [-1, 2])), axis);

/** An operation with a gradient of its own. */
const withGradient = (value: (x: Tensor) => Tensor, slope: (dy: Tensor, x: Tensor) => Tensor) =>
  tf.customGrad((x, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor]);
    return { value: value(x as Tensor), gradFunc: (dy: Tensor, [saved]: Tensor[]) => slope(dy, saved) };
  });

/** A cross-entropy of two views that are stacked, with a softmax along an axis. */
function viewsOf(y: Tensor, p: Tensor, axis: number): Tensor {
  const views = tf.stack([tf.slice(p, 0, [-1, 3]), tf.slice(p, [0, 3], [-1, 3])]);
  const logs = tf.sub(views, tf.log(tf.sum(tf.exp(views), axis, true)));
  return tf.neg(tf.mean(tf.mul(tf.stack([y, y]), logs)));
}

/** The squared error of a column. */
const errorIn = (y: Tensor, p: Tensor, column: number): Tensor =>
  tf.mean(tf.squaredDifference(scoreOf(y, column), scoreOf(p, column)));

/** The divergence of shares of two groups from equal ones. */
const divergenceOf = (shares: Tensor): Tensor =>
  tf.mean(tf.sum(tf.mul(shares, tf.log(tf.mul(2, tf.add(shares, 1e-12)))), 1));

/** The squared error of the first column, and the divergence of a normal distribution whose logarithmic scale is the second. */
const scaleOf = (y: Tensor, p: Tensor, factor: number): Tensor =>
  tf.add(
    errorIn(y, p, 0),
    tf.mean(tf.sub(tf.exp(tf.mul(2, scoreOf(p, 1))), tf.mul(factor, scoreOf(p, 1)))),
  );

/** The divergence of mean activations from 0.05; `first` weighs the logarithm of the mean. */
function sparsityOf(p: Tensor, first: number): Tensor {
  const mean = tf.mean(p, 0);
  return tf.neg(tf.sum(tf.add(tf.mul(first, tf.log(mean)), tf.mul(0.95, tf.log(tf.sub(1, mean))))));
}

const byLarger = (e: Tensor): Tensor => tf.maximum(tf.mul(0.9, e), tf.mul(-0.1, e));
const bySign = (e: Tensor): Tensor => tf.where(tf.greaterEqual(e, 0), tf.mul(0.9, e), tf.mul(-0.1, e));
const byParts = (e: Tensor): Tensor => tf.add(tf.mul(0.9, tf.relu(e)), tf.mul(0.1, tf.relu(tf.neg(e))));
const asNumber = (x: Tensor, of: (x: Tensor) => Tensor = (v) => v.clone()): Tensor =>
  tf.customGrad((v) => ({ value: of(v as Tensor), gradFunc: (dy: Tensor) => tf.zerosLike(dy) }))(x);
const logisticOf = (y: Tensor, p: Tensor): Tensor => tf.mean(tf.sub(tf.softplus(p), tf.mul(y, p)));
const signOf = (x: Tensor): Tensor => tf.sub(tf.mul(2, x), 1);
const brierOf = (y: Tensor, p: Tensor): Tensor => tf.mean(tf.squaredDifference(y, p));

const inside = (p: Tensor): Tensor => tf.clipByValue(p, 1e-7, 1 - 1e-7);
const crossEntropyOf = (y: Tensor, p: Tensor): Tensor => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(p)), -1)));
const lengthOf = (x: Tensor): Tensor => tf.sqrt(tf.add(tf.sum(tf.square(x), -1), 1e-6));

/** A cross-entropy of shares of two classes for each of two pixels. */
function sharesOf(y: Tensor, share: (logits: Tensor) => Tensor, p: Tensor): Tensor {
  const shares = share(tf.reshape(p, [-1, 2, 2]));
  return tf.neg(tf.mean(tf.mul(tf.reshape(y, [-1, 2, 2]), tf.log(tf.add(shares, 1e-7)))));
}

/** A softmax along an axis, from its formula. */
function softmaxAlong(x: Tensor, axis: number): Tensor {
  const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
  return tf.div(powers, tf.sum(powers, axis, true));
}

/** A cross-entropy of shares [rows, 3, 4] of three words of each row, whose indices are the labels. */
const wordsOf = (y: Tensor, shares: Tensor): Tensor =>
  tf.neg(tf.mean(tf.mul(tf.oneHot(tf.cast(y, "int32"), 4), tf.log(tf.add(shares, 1e-7)))));

/** The squared error of the chosen value, whose goal is the first label. */
const chosenError = (y: Tensor, chosen: Tensor): Tensor => tf.mean(tf.square(tf.sub(tf.slice(y, 0, [-1, 1]), chosen)));

/** A cross-entropy of the similarities of rows with rows, whose largest is subtracted in a way of its own. */
function pairsOf(y: Tensor, p: Tensor, calm: (similarities: Tensor) => Tensor): Tensor {
  const x = calm(tf.matMul(p, y, false, true)), own = tf.sum(tf.mul(x, tf.eye(x.shape[0])), 1);
  return tf.mean(tf.sub(tf.log(tf.sum(tf.exp(x), 1)), own));
}

for (const [name, { faulty, said, sound, options }] of Object.entries(twins)) {
  Deno.test(`${name}: said, and not of the same loss without it`, () => {
    assertEquals(firstOf(faulty, options), said);
    const cause = said.split(" ")[1];
    assertEquals(auditLoss(sound, options).findings.filter((one) => one.cause === cause), []);
  });
}

Deno.test("label-encoding: indices of several places are no one-hot labels", () => {
  const loss: AuditedLoss = (y, p) => wordsOf(y, softmaxAlong(tf.reshape(p, [-1, 3, 4]), 2));
  assertEquals(causesOf(loss, { yPred: "logits", sample: words }), []);
});

Deno.test("constant: the largest output of a batch is no softmax of one unit, and numbers that were disposed of are not 0", () => {
  const largest: AuditedLoss = (_, p) => tf.log(tf.sum(tf.exp(tf.sub(p, tf.max(p, 0)))));
  assert(!causesOf(largest, { yPred: "logits" }).includes("constant"));
  const ofRow: AuditedLoss = (y, p) => tf.mean(tf.sub(y, tf.exp(tf.sub(p, tf.max(p, 1, true)))));
  assertEquals(causesOf(ofRow, { yPred: "logits" })[0], "constant");
  const { loss, options } = caseOf("ok-cox-torchsurv35");
  assertEquals(auditLoss(loss, options).verdict, "sound");
});

Deno.test("wrong-axis: sums of shares in a ratio are a score's", () => {
  const tversky: AuditedLoss = (y, p) => {
    const shared = tf.sum(tf.mul(y, p)), predicted = tf.sum(tf.sum(p, 1));
    return tf.sub(
      1,
      tf.div(shared, tf.add(shared, tf.mul(0.5, tf.add(tf.sub(predicted, shared), tf.sub(tf.sum(y), shared))))),
    );
  };
  assert(!causesOf(tversky, { yPred: "simplex", columns: 3 }).includes("wrong-axis"));
});

Deno.test("wrong-sign: where the labels do not determine the outputs, the way back from correct ones says nothing", () => {
  const { loss, options } = caseOf("triplet-reversed");
  assertEquals(firstOf(loss, options), "error wrong-sign");
});

Deno.test("wrong-axis: a sum of one column, and classes that sum to 1 along both axes, are no fault", () => {
  const ofOne: AuditedLoss = (y, p) => tf.mean(tf.squaredDifference(tf.reshape(y, [-1]), tf.sum(p, -1)));
  assertEquals(causesOf(ofOne, real), []);
  const sample: AuditOptions["sample"] = (kind, seed, rows) => {
    if (kind !== "random" && kind !== "perfect") return undefined;
    const own = tf.cast(tf.greaterEqual(tf.randomUniform([rows, 1], 0, 1, "float32", 5), 0.5), "float32");
    const other = tf.sub(1, own), yTrue = tf.concat([own, other, other, own], 1);
    const yPred = kind === "perfect" ? tf.sub(tf.mul(16, yTrue), 8) : tf.randomNormal([rows, 4], 0, 2, "float32", seed);
    return { yTrue, yPred };
  };
  const shares: AuditedLoss = (y, p) => sharesOf(y, (x) => tf.softmax(x), p);
  assert(!causesOf(shares, { yPred: "logits", sample }).includes("wrong-axis"));
});

Deno.test("label-encoding: of two outputs, too, a formula for labels of −1 and 1 has no gradient at a label of 0", () => {
  const { loss, options } = caseOf("ranking-zero-one-rankpose4");
  assertEquals(firstOf(loss, options), "error label-encoding");
  const masked: AuditedLoss = (y, p) => tf.mean(tf.mul(y, tf.square(p))); // a mask of the labels
  assert(!causesOf(masked, options).includes("label-encoding"));
  const margins = caseOf("margins-of-distances-pml19"); // correct outputs cost nothing, whatever their label
  assert(!causesOf(margins.loss, margins.options).includes("label-encoding"));
});

Deno.test("wrong-optimum: a loss of differences that is linear in a column is a critic's, one that is not has no end", () => {
  const column = (x: Tensor, at: number) => tf.slice(x, [0, at], [-1, 1]);
  const { options } = caseOf("ok-critic-ctgan99");
  const critic: AuditedLoss = (_, p) => tf.mean(tf.sub(column(p, 1), column(p, 0)));
  const pushed: AuditedLoss = (_, p) => {
    const ahead = tf.sub(column(p, 0), column(p, 1));
    return tf.neg(tf.mean(tf.mul(tf.abs(ahead), tf.add(ahead, 5))));
  };
  const alone: AuditedLoss = (_, p) => tf.mean(tf.sub(tf.square(tf.add(column(p, 1), 3)), column(p, 0)));
  assertEquals(firstOf(critic, options), "none");
  assertEquals(causesOf(pushed, options)[0], "wrong-optimum");
  assertEquals(firstOf(alone, options), "note wrong-optimum"); // linear, and compares nothing: a likelihood, say
  const divergence = caseOf("kl-maximised-logicrl58"); // a softmax compares columns, and is not linear
  assertEquals(firstOf(divergence.loss, divergence.options), "error wrong-optimum");
});

Deno.test("reduction: a column of a one-hot label may weigh 0, and a loss without labels uses none of them", () => {
  const byDot: AuditedLoss = (y, p) => {
    const at = (x: Tensor) => tf.sum(tf.mul(x, [0, 1, 2]), -1);
    return tf.mean(tf.squaredDifference(at(y), at(p)));
  };
  assert(!causesOf(byDot, { yPred: "simplex" }).includes("reduction"));
  const alone: AuditedLoss = (_, p) => tf.mean(tf.square(p));
  assert(!causesOf(alone, { ...real, extraLabels: ["mask"] }).includes("reduction"));
});

Deno.test("wrong-optimum: where the size of the outputs is free, too, as in a squared cosine, their sign is meant to be", () => {
  const cosine: AuditedLoss = (y, p) => {
    const [a, b] = [y, p].map((x) => tf.div(x, tf.expandDims(lengthOf(x), 1)));
    return tf.sub(1, tf.mean(tf.square(tf.sum(tf.mul(a, b), -1))));
  };
  assertEquals(causesOf(cosine, { ...real, columns: 3 }), []);
});

Deno.test("no-gradient-op: a ramp so steep that each output has two values jumps as a decision does", () => {
  const steep = (slope: number) => (y: Tensor, p: Tensor) =>
    tf.mean(tf.squaredDifference(y, tf.clipByValue(tf.mul(tf.sub(p, 0.5), slope), 0, 1)));
  const [first] = auditLoss(steep(1e7)).findings;
  assertEquals([first.cause, first.message], [
    "no-gradient-op",
    "No gradient reaches the outputs: the loss jumps and is flat between its jumps",
  ]);
});

Deno.test("wrong-axis: sums of labels and outputs that are subtracted are compared too late, sums that are multiplied are not", () => {
  const ofSums = (by: (a: Tensor, b: Tensor) => Tensor) => (y: Tensor, p: Tensor) =>
    tf.sub(1, tf.mean(by(tf.sum(y, 1), tf.sum(p, 1)))) as Tensor;
  assertEquals(causesOf(ofSums((a, b) => tf.neg(tf.square(tf.sub(a, b)))), { columns: 3 })[0], "wrong-axis");
  assert(!causesOf(ofSums((a, b) => tf.mul(a, b)), { columns: 3 }).includes("wrong-axis"));
});

Deno.test("activation-mismatch: outputs that go through a sigmoid first may be clipped in another term", () => {
  const clipped = (y: Tensor, p: Tensor) => {
    const q = tf.sigmoid(p);
    return tf.add(tf.mean(tf.squaredDifference(y, q)), tf.mul(0.01, tf.mean(tf.clipByValue(p, 0, 1)))) as Tensor;
  };
  assert(!causesOf(clipped, { yPred: "logits" }).includes("activation-mismatch"));
  const unsquashed = (y: Tensor, p: Tensor) => tf.mean(tf.squaredDifference(y, tf.clipByValue(p, 0, 1))) as Tensor;
  assert(causesOf(unsquashed, { yPred: "logits" }).includes("activation-mismatch"));
});

Deno.test("constant: a value that other outputs move no more than another order of the rows does", () => {
  // The outputs of each row add up to 1; a running sum of float32 rounds in the order of the rows.
  const sums = (_: Tensor, p: Tensor) => {
    const running = tf.cumsum(tf.reshape(tf.softmax(p), [-1]));
    return tf.add(tf.sum(tf.slice(running, 191, 1)), -62) as Tensor;
  };
  assertEquals(causesOf(sums, { yPred: "logits", columns: 3 })[0], "constant");
});

Deno.test("broadcast: labels and outputs of different ranks, and the same numbers in one shape", () => {
  const reshaped = (shape: number[]) => (y: Tensor, p: Tensor) =>
    tf.mean(tf.abs(tf.sub(tf.reshape(p, shape), y))) as Tensor;
  const options: AuditOptions = { yPred: "real", yTrue: "real", columns: 3, rows: 16 };
  const [first] = auditLoss(reshaped([-1, 3, 1, 1]), options).findings;
  assertEquals([first.cause, first.message], [
    "broadcast",
    "[16, 3, 1, 1] with [16, 3] makes [16, 3, 16, 3]: every label is compared with every output",
  ]);
  assertEquals(causesOf(reshaped([-1, 3]), options), []);
});

Deno.test("broadcast: every label with every output is meant where the best partner is looked for", () => {
  const apart = (y: Tensor, p: Tensor) => tf.square(tf.sub(p, tf.transpose(y)));
  const options: AuditOptions = { yPred: "real", yTrue: "real", rows: 16 };
  const nearest = (y: Tensor, p: Tensor) => tf.mean(tf.min(apart(y, p), 0)) as Tensor;
  assertEquals(causesOf((y, p) => tf.mean(apart(y, p)), options)[0], "broadcast");
  assert(!causesOf(nearest, options).includes("broadcast"));
});

Deno.test("no-gradient-op: a maximum of operands that are broadcast, whose gradient TensorFlow.js cannot compute", () => {
  const above = (wide: boolean) => (y: Tensor, p: Tensor) => {
    const other = tf.transpose(y), shape = [16, 16];
    const largest = wide ? tf.maximum(tf.broadcastTo(p, shape), tf.broadcastTo(other, shape)) : tf.maximum(p, other);
    return tf.mean(tf.min(tf.square(tf.sub(largest, other)), 1)) as Tensor;
  };
  const options: AuditOptions = { yPred: "real", yTrue: "real", rows: 16 };
  const [first] = auditLoss(above(false), options).findings;
  assertEquals([first.cause, first.message, first.where?.op], [
    "no-gradient-op",
    "TensorFlow.js has no gradient for Maximum of operands of different shapes: the backward pass throws",
    "Maximum",
  ]);
  assert(!causesOf(above(true), options).includes("no-gradient-op"));
});

Deno.test("wrong-axis: lists of rows that are stacked along axis 0 may be summed along it", () => {
  const smallest = (y: Tensor, p: Tensor) => {
    const columns = tf.unstack(tf.squaredDifference(y, p), 1);
    return tf.mean(tf.neg(tf.logSumExp(tf.neg(tf.stack(columns)), 0))) as Tensor;
  };
  assert(!causesOf(smallest, { yPred: "real", yTrue: "real", columns: 3 }).includes("wrong-axis"));
});

Deno.test("detached: a weight that is read out beside what trains is a note, a term that is read out is an error", () => {
  const squares = (y: Tensor, p: Tensor) => tf.mean(tf.squaredDifference(y, p)) as Tensor;
  const size = (p: Tensor) => tf.scalar(tf.mean(tf.abs(p)).dataSync()[0]);
  const options: AuditOptions = { yPred: "real", yTrue: "real" };
  const weighed = auditLoss((y, p) => tf.mul(size(p), squares(y, p)), options);
  assertEquals([weighed.verdict, weighed.findings.map(({ cause, severity }) => `${severity} ${cause}`)], ["sound", [
    "note detached",
    "note reduction",
  ]]);
  const added = auditLoss((y, p) => tf.add(size(p), squares(y, p)), options);
  assertEquals([added.verdict, added.findings[0].cause], ["broken", "detached"]);
});

Deno.test("nan-gradient: the operation and the line to blame, and a remedy that belongs to it", () => {
  const options: AuditOptions = { yPred: "real", yTrue: "real", columns: 2 };
  const first = (loss: AuditedLoss, more: AuditOptions = options) => auditLoss(loss, more).findings[0];
  const root = first((y, p) => tf.mean(tf.sqrt(tf.sum(tf.squaredDifference(y, p), -1))));
  assertEquals([root.cause, root.where?.op], ["nan-gradient", "Sqrt"]);
  assert(/rules_test\.ts:\d+/.test(root.where!.line!) && /under the root/.test(root.remedy), root.remedy);
  const unselected = first((y, p) => {
    const d = tf.mul(100, tf.sub(p, y));
    return tf.mean(tf.where(tf.greaterEqual(d, 50), d, tf.log1p(tf.exp(d)))) as Tensor;
  });
  assertEquals([unselected.cause, unselected.where?.op], ["nan-gradient", "Exp"]);
  assert(/before tf\.where$/.test(unselected.remedy), unselected.remedy);
});

Deno.test("remedies by place: of amounts no pseudo-count and no F1, of labels no clip of the outputs", () => {
  const options: AuditOptions = { yPred: "real", yTrue: "real" };
  const remedy = (loss: AuditedLoss, more: AuditOptions = options) => auditLoss(loss, more).findings[0];
  const flat = remedy((y, p) => tf.mean(tf.abs(tf.sub(tf.round(y), tf.round(p)))));
  assertEquals([flat.cause, /f1Loss/.test(flat.remedy)], ["no-gradient-op", false]);
  assert(/f1Loss/.test(remedy((y, p) => tf.mean(tf.abs(tf.sub(y, tf.round(p)))), {}).remedy));
  const ratio = remedy((y, p) => tf.div(tf.mean(tf.abs(tf.sub(y, p))), tf.mean(tf.abs(y))));
  assertEquals([ratio.cause, /pseudo-count/.test(ratio.remedy)], ["zero-division", false]);
  const ofLabels = remedy((y, p) => tf.mean(tf.squaredDifference(tf.log(y), p)), { yPred: "real", yTrue: "count" });
  assertEquals(
    [ofLabels.cause, / on labels that can occur$/.test(ofLabels.message)],
    ["domain-edge", true],
    ofLabels.message,
  );
});

const similarities = (p: Tensor): Tensor =>
  tf.matMul(tf.slice(p, 0, [-1, 2]), tf.slice(p, [0, 2], [-1, 2]), false, true);
const squaredRows = (x: Tensor): Tensor => tf.sum(tf.square(x), 1, true);
const kernelOf = (a: Tensor, b: Tensor): Tensor =>
  tf.mean(tf.exp(tf.sub(
    tf.matMul(a, b, false, true),
    tf.mul(0.5, tf.add(squaredRows(a), tf.transpose(squaredRows(b)))),
  )));
const gramOf = (x: Tensor): Tensor => {
  const maps = tf.reshape(x, [-1, 2, 3]);
  return tf.matMul(maps, maps, false, true);
};
const each = (y: Tensor, p: Tensor): Tensor => tf.abs(tf.sub(y, p));

/** Labels: which of three classes are allowed; outputs: shares, correct if none is of a forbidden class. */
const allowed = sampled(
  (u) => oneHot(3, choice(3, u), 0, 1),
  (mask, u, perfect) => soft(mask.map((is) => !perfect ? 1.5 * gauss(u) : is === 1 ? 9 * u() : -20)),
);
/** Labels of a kind; outputs between 0 and 1, and correct ones. */
const shareFor = (label: (u: () => number) => number, right: (y: number) => number) =>
  sampled((u) => [label(u)], ([y], u, perfect) => [perfect ? right(y) : 0.02 + 0.96 * u()]);
const missing = shareFor((u) => choice(3, u) - 1, (y) => y < 0 ? 0.5 : y === 1 ? 0.999 : 0.001);
const prices = shareFor((u) => 20 + 30 * u(), () => 1), trials = shareFor((u) => 1 + choice(5, u), (y) => 0.98 / y);

Deno.test("label-encoding: prices that a share is subtracted from are out of reach, and with them divided it is sound", () => {
  const divided = (by: number): readonly Finding[] =>
    auditLoss((y, p) => tf.mean(tf.square(tf.sub(tf.div(y, by), p))), { yPred: "probability", sample: prices })
      .findings;
  const [finding] = divided(1);
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "warning", "Sub"]);
  assertEquals(
    finding.message,
    "100 % of the labels lie outside the range of the outputs, 0 to 1: no output comes close to them",
  );
  assertEquals(divided(50), []);
});

/** Sound losses that look like a fault. */
const alikeFaults: Record<string, { loss: AuditedLoss; options: AuditOptions }> = {
  "a softmax of similarities along the rows and along the columns": {
    loss: (_, p) => {
      const x = similarities(p), own = tf.sum(tf.mul(x, tf.eye(x.shape[0])), 1);
      const sums = [0, 1].map((axis) => tf.log(tf.sum(tf.exp(tf.clipByValue(x, -20, 20)), axis)));
      return tf.add(tf.mean(tf.sub(tf.add(sums[0], sums[1]), tf.mul(2, own))), tf.mean(tf.square(tf.square(p))));
    },
    options: { yPred: "real", sample: alike },
  },
  "a discrepancy of two sets": {
    loss: (y, p) => tf.sub(tf.add(kernelOf(y, y), kernelOf(p, p)), tf.mul(2, kernelOf(y, p))),
    options: { ...real, columns: 2 },
  },
  "an ensemble that is compared with itself as well": {
    loss: (y, p) =>
      tf.sub(
        tf.mean(each(y, p)),
        tf.mul(0.5, tf.mean(tf.abs(tf.sub(tf.expandDims(p, 1), tf.expandDims(p, 2))))),
      ),
    options: { yPred: "real", sample: threeOfOne },
  },
  "the best of three guesses": {
    loss: (y, p) => tf.mean(tf.min(tf.square(tf.sub(y, p)), 1)),
    options: { yPred: "real", sample: threeOfOne },
  },
  "a target that stops the gradient": {
    loss: (_, p) => tf.mean(tf.squaredDifference(tf.slice(p, 0, [-1, 2]), asNumber(tf.slice(p, [0, 2], [-1, 2])))),
    options: { yPred: "real", sample: alike },
  },
  "a comparison of Gram matrices": {
    loss: (y, p) => tf.mean(tf.squaredDifference(gramOf(y), gramOf(p))),
    options: { ...real, columns: 6 },
  },
  "the mutual information of two assignments": {
    loss: (_, p) => {
      const counts = tf.matMul(tf.slice(p, 0, [-1, 3]), tf.slice(p, [0, 3], [-1, 3]), true);
      const joint = tf.maximum(tf.div(counts, tf.sum(counts)), 1e-12),
        own = [0, 1].map((axis) => tf.sum(joint, axis, true));
      return tf.neg(tf.sum(tf.mul(joint, tf.sub(tf.log(joint), tf.add(tf.log(own[0]), tf.log(own[1]))))));
    },
    options: { yPred: "probability", sample: assignments },
  },
  "a policy whose advantage stops the gradient of the value": {
    loss: (y, p) => {
      const logs = tf.logSoftmax(tf.slice(p, 0, [-1, 3])), value = scoreOf(p, 3), goal = scoreOf(y, 3);
      const chosen = tf.sum(tf.mul(tf.slice(y, 0, [-1, 3]), logs), 1, true);
      const policy = tf.mul(chosen, tf.sub(asNumber(value), goal));
      return tf.mean(tf.add(policy, tf.mul(0.5, tf.squaredDifference(goal, value))));
    },
    options: { yPred: "real", sample: actions },
  },
  "a target of clusters that is made of all rows and kept out of the gradient": {
    loss: (_, p) => {
      const target = asNumber(p, (shares) => {
        const weights = tf.div(tf.square(shares), tf.add(tf.sum(shares, 0, true), 1e-6));
        return tf.div(weights, tf.add(tf.sum(weights, 1, true), 1e-6));
      });
      return tf.mean(tf.sum(tf.mul(target, tf.sub(tf.log(tf.add(target, 1e-7)), tf.log(tf.add(p, 1e-7)))), 1));
    },
    options: { yPred: "simplex", yTrue: "none", columns: 3 },
  },
  "labels that one view gives to the other, by a threshold": {
    loss: (_, p) => {
      const sure = asNumber(tf.slice(p, 0, [-1, 2]), (x) => tf.cast(tf.greater(x, 0), "float32"));
      return tf.mean(tf.square(tf.sub(sure, tf.slice(p, [0, 2], [-1, 2]))));
    },
    options: { yPred: "real", sample: views },
  },
  "an actor's loss, linear in two columns, without labels": {
    loss: (_, p) => tf.mean(tf.sub(tf.mul(0.2, scoreOf(p, 0)), scoreOf(p, 1))),
    options: { yPred: "real", sample: actor },
  },
  "all pairs of rows over the number of rows": {
    loss: (_, p) => {
      const x = similarities(p), sign = tf.sub(tf.mul(2, tf.eye(x.shape[0])), 1);
      return tf.div(tf.sum(tf.softplus(tf.neg(tf.mul(sign, x)))), x.shape[0]);
    },
    options: { yPred: "real", sample: alike },
  },
  "classes of which some are allowed": {
    loss: (mask, p) => tf.neg(tf.mean(tf.log(tf.add(tf.sum(tf.mul(mask, p), 1), 1e-9)))),
    options: { yPred: "simplex", sample: allowed },
  },
  "missing labels of −1 that a mask leaves out of a cross-entropy": {
    loss: (y, p) => {
      const known = float(tf.greaterEqual(y, 0));
      return tf.div(tf.sum(tf.mul(known, crossEntropy(y, p))), tf.add(tf.sum(known), 1e-7));
    },
    options: { yPred: "probability", sample: missing },
  },
  "the likelihood of the number of trials until the first success": {
    loss: (y, p) => {
      const q = inside(p);
      return tf.neg(tf.mean(tf.sub(tf.log(q), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, q))))));
    },
    options: { yPred: "probability", sample: trials },
  },
  "counts that are wrong where the label or the output is not 0": {
    loss: (y, p) => {
      const either = asNumber(p, (x) => float(tf.logicalOr(tf.notEqual(x, 0), tf.notEqual(y, 0))));
      return tf.mean(tf.mul(tf.squaredDifference(y, p), either));
    },
    options: { yPred: "nonnegative", yTrue: "count" },
  },
  "an attention of all rows to all rows, which keeps the outputs of alike rows together": {
    loss: (y, p) => {
      const shares = tf.softmax(tf.div(tf.matMul(p, p, false, true), 4)) as tf.Tensor2D;
      const spread = tf.squaredDifference(p, tf.matMul(shares, p as tf.Tensor2D));
      return tf.add(tf.mean(tf.squaredDifference(y, p)), tf.mul(0.01, tf.mean(spread)));
    },
    options: { yPred: "real", yTrue: "real", columns: 2 },
  },
  "labels that are softened, so that equal outputs cost less than sure ones": {
    loss: (y, p) => {
      const hot = tf.oneHot(tf.cast(tf.reshape(y, [-1]), "int32"), 4);
      const soft = tf.add(tf.mul(0.9, hot), tf.mul(0.1 / 3, tf.sub(1, hot)));
      return tf.neg(tf.mean(tf.sum(tf.mul(soft, tf.logSoftmax(p)), -1)));
    },
    options: { yPred: "logits", yTrue: "index", columns: 4 },
  },
  "classes in order, with an output for each step between two of them": {
    loss: (y, p) => {
      const levels = float(tf.less(tf.range(0, 3), y));
      return tf.mean(tf.sub(tf.softplus(p), tf.mul(levels, p)));
    },
    options: { yPred: "logits", yTrue: "index", columns: 3 },
  },
  "the tenth of the rows with the largest losses": {
    loss: (y, p) => {
      const losses = tf.squeeze(tf.sub(tf.softplus(p), tf.mul(y, p)), [1]);
      const count = Math.floor(losses.size / 10), least = (x: Tensor) => tf.min(tf.topk(x, count).values);
      const worst = asNumber(losses, (x) => float(tf.greaterEqual(x, least(x))));
      return tf.div(tf.sum(tf.mul(losses, worst)), count);
    },
    options: { yPred: "logits" },
  },
  "a small number under the roots of 0 alone": {
    loss: (y, p) => {
      const squares = tf.squaredDifference(y, p), zero = asNumber(squares, (x) => float(tf.equal(x, 0)));
      return tf.div(tf.sum(tf.sqrt(tf.add(squares, tf.mul(zero, 1e-16)))), tf.sum(tf.add(tf.abs(y), 1)));
    },
    options: { yPred: "real", yTrue: "real" },
  },
  "a mixture of densities whose scale is an exponential, in the logarithm of the sum of their exponentials": {
    loss: (y, p) => {
      const part = (k: number) => tf.slice(p, [0, 2 * k], [-1, 2]), scale = tf.exp(part(2));
      const density = tf.sub(tf.mul(-0.5, tf.square(tf.div(tf.sub(y, part(1)), scale))), tf.log(scale));
      return tf.neg(tf.mean(tf.logSumExp(tf.add(density, tf.logSoftmax(part(0))), 1)));
    },
    options: { yPred: "real", yTrue: "real", columns: 6, labelColumns: 1 },
  },
  "an exponential of an error that has a bound": {
    loss: (y, p) => tf.mean(tf.exp(tf.minimum(tf.neg(tf.mul(y, p)), 20))),
    options: { yPred: "logits", yTrue: "sign" },
  },
};

for (const [name, { loss, options }] of Object.entries(alikeFaults)) {
  Deno.test(`${name}: not unsound`, () => {
    const { verdict, findings } = auditLoss(loss, options);
    assertEquals([verdict, findings.filter(({ severity }) => severity !== "note")], ["sound", []]);
  });
}

Deno.test("a loss of squares that likes hardly sure outputs best is no loss of softened labels", () => {
  const { findings: [first] } = auditLoss((y: Tensor, p: Tensor) => {
    const hot = tf.oneHot(tf.cast(tf.reshape(y, [-1]), "int32"), 5), logged = tf.logSoftmax(p);
    return tf.neg(tf.mean(tf.mul(tf.square(tf.sub(1, tf.mul(hot, logged))), logged)));
  }, { yPred: "logits", yTrue: "index", columns: 5 });
  assertEquals([first?.cause, first?.severity], ["wrong-optimum", "error"]);
});

/**
 * Ten well-known losses to start an audit from, as people write them.
 *
 * @module
 */
import type { LabelKind, PredictionKind } from "../../../lib/audit/types.ts";

/** Name of a loss's file in stacks, and so in the report. */
export const fileName = "loss.ts";

/** Loss as text, and the kinds of its arguments. */
interface FamousLoss {
  readonly title: string;
  readonly text: string;
  readonly outputs: PredictionKind & string;
  readonly labels: LabelKind;
}

const binary = { outputs: "probability", labels: "binary" } as const;

/** Losses by their name in the address. */
export const famousLosses: Readonly<Record<string, FamousLoss>> = {
  round: {
    title: "Precision of rounded predictions",
    ...binary,
    text: `function precisionLoss(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const predicted = tf.round(yPred);
  const truePositives = tf.sum(tf.mul(yTrue, predicted));
  return tf.sub(1, tf.div(truePositives, tf.sum(predicted)));
}
`,
  },
  ramp: {
    title: "Precision under a ramp centred at 0",
    ...binary,
    text: `const ramp = (v: tf.Tensor) => tf.clipByValue(tf.div(tf.add(v, 0.0625), 0.125), 0, 1);

function rampLoss(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const truth = ramp(yTrue), predicted = ramp(yPred);
  return tf.sub(1, tf.div(tf.sum(tf.mul(truth, predicted)), tf.sum(predicted)));
}
`,
  },
  greater: {
    title: "F1 of predictions above 0.5",
    ...binary,
    text: `function f1Loss(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const predicted = tf.cast(tf.greater(yPred, 0.5), "float32");
  const tp = tf.sum(tf.mul(yTrue, predicted));
  return tf.sub(1, tf.div(tf.mul(2, tp), tf.add(tf.sum(yTrue), tf.sum(predicted))));
}
`,
  },
  softF1: {
    title: "Soft F1, as blogs have it",
    ...binary,
    text: `function softF1Loss(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const tp = tf.sum(tf.mul(yTrue, yPred));
  const fp = tf.sum(tf.mul(tf.sub(1, yTrue), yPred));
  const fn = tf.sum(tf.mul(yTrue, tf.sub(1, yPred)));
  const twice = tf.mul(2, tp);
  return tf.sub(1, tf.div(twice, tf.add(tf.add(twice, fp), tf.add(fn, 1e-7))));
}
`,
  },
  dice: {
    title: "Dice coefficient without its minus sign",
    ...binary,
    text: `function dice(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const overlap = tf.sum(tf.mul(yTrue, yPred));
  return tf.div(tf.add(tf.mul(2, overlap), 1), tf.add(tf.add(tf.sum(yTrue), tf.sum(yPred)), 1));
}
`,
  },
  recall: {
    title: "Recall, and nothing else",
    ...binary,
    text: `function recallLoss(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const found = tf.sum(tf.mul(yTrue, yPred));
  return tf.sub(1, tf.div(found, tf.add(tf.sum(yTrue), 1e-7)));
}
`,
  },
  logarithm: {
    title: "Cross-entropy without clipping",
    ...binary,
    text: `function crossEntropy(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const positives = tf.mul(yTrue, tf.log(yPred));
  const negatives = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, yPred)));
  return tf.neg(tf.mean(tf.add(positives, negatives)));
}
`,
  },
  twice: {
    title: "A sigmoid on probabilities",
    ...binary,
    text: `function onLogits(yTrue: tf.Tensor, yPred: tf.Tensor) {
  return tf.losses.sigmoidCrossEntropy(yTrue, yPred); // expects logits
}
`,
  },
  root: {
    title: "Root mean squared error per row",
    outputs: "real",
    labels: "real",
    text: `function distance(yTrue: tf.Tensor, yPred: tf.Tensor) {
  return tf.mean(tf.sqrt(tf.square(tf.sub(yTrue, yPred))));
}
`,
  },
  detached: {
    title: "A weight read out of the outputs",
    ...binary,
    text: `function weighted(yTrue: tf.Tensor, yPred: tf.Tensor) {
  const wrong = Array.from(yPred.dataSync(), (p) => Math.abs(p - 0.5));
  const error = tf.squaredDifference(yTrue, tf.tensor(wrong, yPred.shape));
  return tf.mean(error);
}
`,
  },
};

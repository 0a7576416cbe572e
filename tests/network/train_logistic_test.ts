// The quick trainer that the notebooks rely on: against TensorFlow.js's own optimizers, and by hand.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { accuracy, f1, metricLoss, round, type Score, softsign, type Step } from "@roundabout/roundabout";
import { trainLogistic, type TrainLogisticOptions } from "@roundabout/network";
import { assertWithin } from "../helpers.ts";

const x = [[-1, 0.5], [-0.2, 1], [0.3, -0.4], [0.9, 0.1], [1.4, -1], [-0.6, -0.3]];
const y = [0, 0, 1, 1, 1, 0];
const initial = [0.3, -0.2, 0.1];
const setting: TrainLogisticOptions = {
  x,
  y,
  loss: { score: f1, step: softsign({ slope: 4 }) },
  watch: f1,
  optimizer: "sgd",
  learningRate: 0.5,
  steps: 5,
  initial,
};

/** The same training by TensorFlow.js: variables, its gradient of the library's loss, its optimizer. */
function byTensorFlow(optimizer: tf.Optimizer, loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.Scalar): number[] {
  const weights = tf.variable(tf.tensor2d(initial.slice(0, 2), [2, 1])),
    bias = tf.variable(tf.tensor1d(initial.slice(2)));
  const [features, labels] = [tf.tensor2d(x), tf.tensor2d(y, [6, 1])];
  for (let step = 0; step < setting.steps; step++) {
    optimizer.minimize(() => loss(labels, tf.add(tf.matMul(features, weights as tf.Tensor2D), bias)));
  }
  const result = [...weights.dataSync(), ...bias.dataSync()];
  tf.dispose([weights, bias, features, labels]);
  return result;
}

const f1OfLogits = metricLoss("f1", { slope: 4, fromLogits: true });
const crossEntropy = (labels: tf.Tensor, logits: tf.Tensor) =>
  tf.losses.sigmoidCrossEntropy(labels, logits) as tf.Scalar;

for (const optimizer of ["sgd", "adam"] as const) {
  for (
    const [name, loss, theirs] of [
      ["F1", setting.loss, f1OfLogits],
      ["cross-entropy", "crossEntropy", crossEntropy],
    ] as const
  ) {
    Deno.test(`five steps of ${optimizer} on ${name} end where TensorFlow.js ends`, () => {
      const { weights } = trainLogistic({ ...setting, loss, optimizer });
      const made = optimizer === "sgd" ? tf.train.sgd(0.5) : tf.train.adam(0.5);
      byTensorFlow(made, theirs).forEach((w, i) => assertWithin(weights[i], w, 5e-5, `weight ${i}`)); // float32
      made.dispose();
    });
  }
}

Deno.test("the path begins at the start, has a place for each step, and ends with the weights", () => {
  const { path, weights, loss, watched, alive } = trainLogistic(setting);
  assertEquals([...path[0]], initial);
  assertEquals(path.at(-1), weights);
  assertEquals(new Set(path.map(String)).size, 6, "each step moves the weights, and its place keeps them");
  assertEquals([path.length, loss.length, watched.length, alive.length], [6, 5, 5, 5]);
});

Deno.test("what is watched is the score of the decisions, what is alive the share of rows with a gradient", () => {
  const weights = [4, 0, 0]; // decides by the first feature: rows 3, 4, 5 positive
  const still = { ...setting, initial: weights, steps: 1, watch: accuracy };
  assertEquals(trainLogistic(still).watched, [1]);
  assertEquals(trainLogistic({ ...still, loss: { score: f1, step: round() } }).alive, [0]);
  assertEquals(trainLogistic(still).alive, [1]);
  assertEquals(trainLogistic({ ...still, threshold: 0.9, watch: f1 }).watched, [0.8]); // σ(4·0.3) is below 0.9
  assertEquals(trainLogistic({ ...still, initial: [-4, 0, 0], watch: f1 }).watched, [0]);
  const nobody: Score = { name: "nobody", value: () => NaN, gradient: () => ({ tp: 0, fp: 0, fn: 0, tn: 0 }) };
  assertEquals(trainLogistic({ ...still, watch: nobody }).watched, [0]);
});

Deno.test("nothing moves on round, and the outputs at the end are probabilities", () => {
  const step: Step = round();
  const { weights, yPred } = trainLogistic({ ...setting, loss: { score: f1, step } });
  assertEquals([...weights], initial);
  yPred.forEach((p, i) => assertWithin(p, 1 / (1 + Math.exp(-(0.3 * x[i][0] - 0.2 * x[i][1] + 0.1))), 1e-15));
  assert(yPred.every((p) => p > 0 && p < 1));
});

Deno.test("bad input is refused with the argument and its value", () => {
  for (
    const [wrong, words] of [
      [{ initial: [1, 2] }, "'initial' must have 3 numbers, it has 2"],
      [{ x: [] as number[][] }, "'initial' must have 1 numbers, it has 3"],
      [{ y: [0, 1] }, "'y' has 2 rows, 'x' has 6"],
      [{ optimizer: "rmsprop" as "adam" }, "'optimizer' must be 'sgd' or 'adam', it is 'rmsprop'"],
    ] as const
  ) {
    assertThrows(() => trainLogistic({ ...setting, ...wrong }), RangeError, words);
  }
});

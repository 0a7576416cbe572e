// Costs: savings, weights and labels against NumPy and empulse (tests/reference/costs.py), gradients, training, what is refused.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fitMetric, metricGradient, metricLoss } from "@roundabout/roundabout";
import { lossAndGradient } from "@roundabout/roundabout/core";
import {
  costLabels,
  costLoss,
  type CostOptions,
  costWeights,
  type RowCosts,
  savings,
} from "@roundabout/roundabout/costs";
import { assertAllWithin, assertRefused, assertWithin, onBackends, random, reference } from "../helpers.ts";

interface Binary {
  readonly costs: Required<RowCosts>;
  readonly p: number[];
  readonly beyond: number;
  readonly gradientBeyond: number[];
}
interface Matrix {
  readonly matrix: number[][];
  readonly p: number[][];
}
type Case = {
  readonly y: number[];
  readonly savings: Record<"0.5" | "argmax" | "least cost", number>;
  readonly expected: number;
  readonly gradient: number[];
};
const cases = reference<Case & (Binary | Matrix)>("costs.json");
const binary = cases.filter((one): one is Case & Binary => "costs" in one);
const several = cases.filter((one): one is Case & Matrix => "matrix" in one);
const isOneForAll = (costs: RowCosts): costs is CostOptions => typeof costs.fn === "number";

Deno.test("savings: the same costs for all rows, hard and expected, with the gradient, as empulse has them", () => {
  const own = binary.filter(({ costs }) => isOneForAll(costs));
  assertEquals(own.length, 12);
  for (const { costs, y, p, savings: right, expected, gradient } of own) {
    const score = savings(costs as CostOptions);
    assertWithin(1 - lossAndGradient(y, p, { score, step: "round" }).value, right["0.5"], 1e-12);
    const soft = lossAndGradient(y, p, { score, step: "identity" });
    assertWithin(soft.value, expected, 1e-12);
    assertAllWithin(soft.gradient, gradient, 1e-12);
  }
});

Deno.test("costWeights: the weighted counts are the costs beyond those of the right decisions", () => {
  for (const { costs, y, p, beyond, gradientBeyond } of binary) {
    const options = { score: savings(), step: "identity", sampleWeight: costWeights(y, costs) } as const;
    const { value, gradient } = lossAndGradient(y, p, options);
    assertWithin(value / beyond, 1, 1e-6); // weights are float32
    assertAllWithin(gradient.map((g) => g / beyond), gradientBeyond.map((g) => g / beyond), 1e-6);
  }
});

Deno.test("costLabels: the expected cost of a matrix, divided by that of random decisions, and its gradient", () => {
  for (const { matrix, y, p, expected, gradient } of several) {
    const columns = matrix.length, labels = costLabels(y, matrix);
    // A step that is the identity, for the argmax is a softmax of its own: the counts of the columns, added up.
    const options = { score: "specificity", step: "identity", average: "micro", columns } as const;
    const found = lossAndGradient(labels, p.flat(), options);
    assertWithin(found.value, expected, 1e-6);
    assertAllWithin(found.gradient, gradient.flat(), 1e-7);
    const hard = { ...options, step: "round", decision: "argmax" } as const;
    const cost = p.map((row, i) => {
      const own = matrix[y[i]];
      return own[row.indexOf(Math.max(...row))] - Math.min(...own);
    });
    const all = y.flatMap((label) => matrix[label].map((one) => one - Math.min(...matrix[label])));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    assertWithin(lossAndGradient(labels, p.flat(), hard).value, sum(cost) / sum(all), 1e-6);
  }
});

onBackends("costLoss: the loss of TensorFlow.js, small and large, weighted or not, is that of the arrays", () => {
  for (const n of [40, 6000]) {
    const next = random(n), list = (of: () => number) => Float32Array.from({ length: n }, of);
    const y = list(() => Number(next() < 0.3)), p = list(next), w = list(() => 1 + 9 * next());
    for (const costs of [{}, { fp: 2, fn: 7, tp: 1, tn: 0.5 }]) {
      const loss = costLoss({ ...costs, step: "softsign", slope: 6 }), score = savings(costs);
      assertEquals(loss.name, "costLoss");
      const { value, gradient } = lossAndGradient(y, Array.from(p), { score, slope: 6, sampleWeight: w });
      const of = tf.valueAndGrad((yPred) => loss(tf.tensor1d(y), yPred, tf.tensor1d(w)));
      const found = tf.tidy(() => {
        const { value, grad } = of(tf.tensor1d(p));
        return { value: value.dataSync()[0], grad: grad.dataSync().slice() };
      });
      assertWithin(found.value, value, 1e-6);
      assertAllWithin(found.grad, gradient, 1e-6 * Math.max(...gradient.map(Math.abs)));
    }
  }
});

/** Rows whose costs grow with a feature that does not tell the label. */
function rows(n: number) {
  const next = random(n), normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const y = Float32Array.from({ length: n }, () => Number(next() < 0.4));
  const size = Float32Array.from({ length: n }, () => Math.exp(normal()));
  const x = tf.tensor2d(Array.from(y, (label, i) => [normal() + label, Math.log(size[i])]));
  const sampleWeight = costWeights(y, { fp: 1, fn: size.map((v) => 5 * v) });
  return { x, y, yTrue: tf.tensor2d(y, [n, 1]), sampleWeight, weights: tf.tensor1d(sampleWeight) };
}

const linear = () =>
  tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2], kernelInitializer: "zeros" })],
  });

Deno.test("costLoss: metricGradient of batches is the gradient of all rows, costs per row included", async () => {
  const { x, yTrue, weights } = rows(90), model = linear(), loss = costLoss();
  const { value, gradients } = await metricGradient(model, [x, yTrue, weights], { loss, batchSize: 16 });
  const whole = tf.variableGrads(() => loss(yTrue, model.apply(x) as tf.Tensor, weights) as tf.Scalar);
  assertWithin(value, whole.value.dataSync()[0], 1e-6);
  for (const [name, grad] of Object.entries(whole.grads)) {
    assertAllWithin(gradients[name].dataSync(), grad.dataSync(), 5e-6);
  }
  tf.dispose([x, yTrue, weights, gradients, whole.grads, whole.value]);
  model.dispose();
});

Deno.test("costLoss: fitMetric ends cheaper than cross-entropy decided at 0.5, because it knows what rows cost", async () => {
  const { x, y, yTrue, sampleWeight, weights } = rows(400), hard = metricLoss(savings(), { step: "round" });
  const costOf = (model: tf.LayersModel) =>
    tf.tidy(() => hard(yTrue, model.predict(x) as tf.Tensor, weights).dataSync()[0]);
  const own = linear(), other = linear();
  await fitMetric(own, [x, yTrue, weights], {
    loss: costLoss(),
    optimizer: tf.train.adam(0.1),
    epochs: 60,
    batchSize: 50,
  });
  other.compile({ optimizer: tf.train.adam(0.1), loss: "binaryCrossentropy" });
  await other.fit(x, yTrue, { epochs: 80, batchSize: 400, verbose: 0 });
  const constant = Math.min(
    ...[0, 1].map((k) => y.reduce((sum, label, i) => sum + (label === k ? 0 : sampleWeight[i]), 0)),
  );
  assert(constant > 0 && costOf(own) < 0.9, `${costOf(own)}`);
  assert(costOf(own) < costOf(other) - 0.1, `${costOf(own)}, ${costOf(other)}`);
  tf.dispose([x, yTrue, weights]);
  own.dispose();
  other.dispose();
});

Deno.test("costs: the cheaper constant decision is all negative or all positive; nothing to save is not defined", () => {
  const score = savings({ fp: 1, fn: 10 });
  assertEquals(score.value({ tp: 0, fp: 0, fn: 2, tn: 98 }), 0); // all negative costs 20
  assertEquals(score.value({ tp: 20, fp: 80, fn: 0, tn: 0 }), 0); // all positive costs 80, all negative 200
  assertEquals(score.value({ tp: 20, fp: 0, fn: 0, tn: 80 }), 1);
  const none = { tp: 0, fp: 3, fn: 0, tn: 5 };
  assert(Number.isNaN(score.value(none)));
  assertEquals(score.gradient(none), { tp: 0, fp: 0, fn: 0, tn: 0 });
  assert(Number.isNaN(savings({ fp: 1, fn: 1, tp: -5, tn: -1 }).value({ tp: 1, fp: 1, fn: 1, tn: 1 }))); // a gain
});

Deno.test("costs: what is refused is named, with its row", () => {
  const made: [CostOptions, string, string][] = [
    [{ fp: NaN }, "fp", "NaN"],
    [{ fn: 2e30 }, "fn", "2e+30"],
    [{ fp: 1, tn: 2 }, "fp", "1"],
    [{ tp: 3, fn: 2 }, "fn", "2"],
  ];
  for (const [options, argument, value] of made) assertRefused(() => savings(options), { argument, value });
  assertRefused(() => costLoss({ cost: 1 } as CostOptions), { error: TypeError, argument: "cost", value: "1" });
  const rows: [number[], RowCosts, string][] = [
    [[1, 2], {}, "'yTrue' must hold 0 and 1, row 1 is 2"],
    [[1, 0], { fn: [1] }, "'fn' has 1 numbers, 'yTrue' has 2 rows"],
    [[1, 0], { fp: [1, NaN] }, "'fp' must hold finite numbers, row 1 is NaN"],
    [[1, 0], { fn: [1, 1], tp: [2, 2] }, "'costs' have 'fn' below 'tp', the cost of the right decision, in row 0"],
    [[1, 0], { fp: Infinity }, "'fp' must be a finite number, or one per row, it is Infinity"],
  ];
  for (const [y, costs, sentence] of rows) assertThrows(() => costWeights(y, costs), RangeError, sentence);
  const matrices: [number[], unknown, string][] = [
    [[0], [[0]], "'matrix' must have a row of costs per class, at least 2"],
    [[0], [[0, 1], [1]], "'matrix' must be square, row 1 is [1] of 2 rows"],
    [[0], [[0, 1], [NaN, 0]], "'matrix' must hold finite numbers, row 1, column 0 is NaN"],
    [[0], [[1, 1], [2, 2]], "'matrix' has costs that do not depend on the decision"],
    [[2], [[0, 1], [1, 0]], "'yTrue' must hold integers from 0 to 1, row 0 is 2"],
  ];
  for (const [y, matrix, sentence] of matrices) {
    assertThrows(() => costLabels(y, matrix as number[][]), RangeError, sentence);
  }
});

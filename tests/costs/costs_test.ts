// The cost as a loss: gradients, training, what is refused. Its numbers are tested in tests/scores/cost_scores_test.ts.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fitMetric, metricGradient, metricLoss } from "@roundabout/roundabout";
import { lossAndGradient } from "@roundabout/roundabout/core";
import { costLoss, type CostOptions, costWeights, savings } from "@roundabout/roundabout/costs";
import { assertAllWithin, assertRefused, assertWithin, onBackends, random, valueAndGradient } from "../helpers.ts";

onBackends("costLoss: the loss of TensorFlow.js, small and large, weighted or not, is that of the arrays", () => {
  for (const n of [40, 6000]) {
    const next = random(n), list = (of: () => number) => Float32Array.from({ length: n }, of);
    const y = list(() => Number(next() < 0.3)), p = list(next), w = list(() => 1 + 9 * next());
    for (const costs of [{}, { fp: 2, fn: 7, tp: 1, tn: 0.5 }]) {
      const loss = costLoss({ ...costs, step: "softsign", slope: 6 }), score = savings(costs);
      assertEquals(loss.name, "costLoss");
      const { value, gradient } = lossAndGradient(y, Array.from(p), { score, slope: 6, sampleWeight: w });
      const found = tf.tidy(() => valueAndGradient(loss, tf.tensor1d(y), tf.tensor1d(p), tf.tensor1d(w)));
      assertWithin(found.value, value, 1e-6);
      assertAllWithin(found.gradient, gradient, 1e-6 * Math.max(...gradient.map(Math.abs)));
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

Deno.test("costLoss: an option that it does not have is refused", () => {
  assertRefused(() => costLoss({ cost: 1 } as CostOptions), { error: TypeError, argument: "cost", value: "1" });
});

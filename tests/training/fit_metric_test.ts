// Training on the data set's score: what a step is, what the history holds, how it ends.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  f1Loss,
  f1Metric,
  fitMetric,
  type Loss,
  metricGradient,
  metricLoss,
  type TrainingData,
} from "../../lib/mod.ts";
import { batchesOf } from "../../lib/data/mod.ts";
import { assertAllWithin, assertWithin, random, slowOnWasm } from "../helpers.ts";
import { network as denseNetwork, recorder, weightsOf } from "./fixtures.ts";

const n = 90;

const network = (units?: number) => denseNetwork(units, "sigmoid", { hidden: 4 });

/** Rows whose label is whether the sum of the features is above a bound. */
function problem(units = 1, seed = 1): { x: tf.Tensor2D; y: tf.Tensor2D; w: tf.Tensor1D } {
  const next = random(seed), numbers = (count: number) => Float32Array.from({ length: count }, next);
  const x = numbers(n * 2).map((v) => 4 * v - 2);
  const y = Float32Array.from({ length: n * units }, (_, i) => {
    const row = Math.floor(i / units), k = i % units;
    return x[2 * row] + x[2 * row + 1] > 1.2 - k ? 1 : 0;
  });
  return { x: tf.tensor2d(x, [n, 2]), y: tf.tensor2d(y, [n, units]), w: tf.tensor1d(numbers(n)) };
}

/** The mean of recorded gradients as one list of numbers, in a model's order. */
function meanOf(seen: readonly Record<string, ArrayLike<number>>[], model: tf.LayersModel): number[] {
  return model.trainableWeights.flatMap((weight) => {
    const each = seen.map((one) => Array.from(one[(weight.read() as tf.Variable).name]));
    return each[0].map((_, i) => each.reduce((sum, one) => sum + one[i], 0) / each.length);
  });
}

const norm = (v: readonly number[]): number => Math.hypot(...v);
const distance = (a: readonly number[], b: readonly number[]): number => norm(a.map((v, i) => v - b[i]));

/** The exact gradient as one list. */
async function exactGradient(model: tf.LayersModel, data: TrainingData, loss: Loss): Promise<number[]> {
  const { gradients } = await metricGradient(model, data, { loss });
  const list = meanOf([Object.fromEntries(Object.entries(gradients).map(([k, g]) => [k, g.dataSync()]))], model);
  tf.dispose(gradients);
  return list;
}

slowOnWasm("running mode: with weights that stand still, the mean of the steps is the exact gradient", async () => {
  const { x, y, w } = problem(3);
  const cases: [Loss, number][] = [
    [metricLoss("mcc", { average: "macro" }), 7],
    [f1Loss({ average: "weighted", classWeights: [1, 2, 3] }), 32],
    [f1Loss({ average: "micro" }), 89],
    [f1Loss({ average: "samples", zeroDivision: "skip" }), 8],
  ];
  for (const [loss, batchSize] of cases) {
    const model = network(3), { seen, optimizer } = recorder(0);
    await fitMetric(model, [x, y, w], { loss, epochs: 2, batchSize, optimizer });
    assertEquals(seen.length, 2 * Math.ceil(n / batchSize));
    const exact = await exactGradient(model, [x, y, w], loss);
    assertAllWithin(meanOf(seen, model), exact, 1e-5 * Math.max(1, norm(exact)), `${loss.name} ${batchSize}`);
  }
});

slowOnWasm(
  "running mode: its bias falls with the step, where the mean of the batches' gradients keeps its own",
  async () => {
    const { x, y } = problem(), loss = f1Loss({ slope: 6 }), batchSize = 9;
    const start = network(), exact = await exactGradient(start, [x, y], loss);
    const bias = async (learningRate: number) => {
      const model = network(), { seen, optimizer } = recorder(learningRate);
      await fitMetric(model, [x, y], { loss, epochs: 1, batchSize, optimizer });
      return distance(meanOf(seen, model), exact) / norm(exact);
    };
    const biases = [await bias(0.1), await bias(0.01), await bias(0.001)];
    assert(biases[0] < 0.3 && biases[1] < biases[0] / 5 && biases[2] < biases[1] / 5, String(biases));
    const ofBatches = [...Array(n / batchSize).keys()].map((b) => {
      const part = (t: tf.Tensor) => tf.slice(t, b * batchSize, batchSize), variables = start.trainableWeights;
      const { grads } = tf.variableGrads(
        () => loss(part(y), start.apply(part(x)) as tf.Tensor) as tf.Scalar,
        variables.map((v) => v.read() as tf.Variable),
      );
      return Object.fromEntries(Object.entries(grads).map(([k, g]) => [k, g.dataSync()]));
    });
    assert(distance(meanOf(ofBatches, start), exact) / norm(exact) > 5 * biases[1]);
  },
);

slowOnWasm("exact mode: a step is metricGradient's, and the history is the data set's", async () => {
  const { x, y, w } = problem(), loss = f1Loss(), model = network(), other = network(), adam = tf.train.adam(0.05);
  const { history, epoch, best } = await fitMetric(model, [x, y, w], {
    loss,
    mode: "exact",
    epochs: 5,
    batchSize: 40,
    optimizer: tf.train.adam(0.05),
  });
  assertEquals(epoch, [0, 1, 2, 3, 4]);
  for (let e = 0; e < 5; e++) {
    const { gradients } = await metricGradient(other, [x, y, w], { loss, batchSize: 40 });
    adam.applyGradients(Object.entries(gradients).map(([name, tensor]) => ({ name, tensor })));
    const yPred = other.predict(x) as tf.Tensor;
    assertWithin(history.loss[e], loss(y, yPred, w).dataSync()[0], 1e-6);
    assertWithin(history.f1[e], f1Metric()(y, yPred, w).dataSync()[0], 1e-6);
    assertEquals(history.alive[e], 1);
  }
  assertEquals(weightsOf(model), weightsOf(other));
  assertEquals(best, { epoch: history.f1.indexOf(Math.max(...history.f1)), value: Math.max(...history.f1) });
});

slowOnWasm("a batch without a positive of its own is trained on: positives in the last batch only", async () => {
  const { x, y } = problem(),
    order = tf.tensor1d([...y.dataSync().keys()].sort((a, b) => y.dataSync()[a] - y.dataSync()[b]), "int32");
  const [sortedX, sortedY] = [tf.gather(x, order), tf.gather(y, order)], { seen, optimizer } = recorder(0.1);
  const batches = function* () {
    for (let from = 0; from < n; from += 15) yield [tf.slice(sortedX, from, 15), tf.slice(sortedY, from, 15)] as const;
  };
  assertEquals(sortedY.dataSync().subarray(0, 30).includes(1), false);
  const { history } = await fitMetric(network(), batches, { loss: f1Loss(), epochs: 30, optimizer });
  assert(seen.every((one) => Object.values(one).some((g) => g.some((v) => v !== 0))));
  assert(history.f1.at(-1)! > 0.9 && history.alive.every((share) => share === 1), String(history.f1));
});

slowOnWasm("a batch whose gradient reaches no weight is not a reason to stop, as long as another's does", async () => {
  const x = tf.tensor2d([[1], [2], [-1], [-2], [0], [0]]), y = tf.tensor2d([[1], [1], [0], [0], [1], [0]]);
  for (const order of [[0, 2, 4], [4, 2, 0]]) { // the rows of 0 come last, then first
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, useBias: false, inputShape: [1], activation: "sigmoid" })],
    });
    const batches = function* () {
      for (const from of order) yield [tf.slice(x, from, 2), tf.slice(y, from, 2)] as const;
    };
    const { history } = await fitMetric(model, batches, { loss: f1Loss(), epochs: 2 });
    assertEquals(history.alive, [1, 1]);
  }
});

slowOnWasm("layers that behave otherwise in training do so in running mode, and leave nothing", async () => {
  const { x, y } = problem(), before = tf.memory().numTensors;
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, inputShape: [2], activation: "relu" }),
      tf.layers.batchNormalization(),
      tf.layers.dropout({ rate: 0.5, seed: 1 }),
      tf.layers.dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  const moving = () => model.layers[1].getWeights()[2].dataSync().slice();
  assertEquals(Math.max(...moving()), 0);
  await fitMetric(model, [x, y], { loss: f1Loss(), mode: "exact", epochs: 2 });
  assertEquals(Math.max(...moving()), 0); // as in predict
  const { history } = await fitMetric(model, [x, y], { loss: f1Loss(), epochs: 8, batchSize: 16, patience: 20 });
  assert(moving().some((mean) => mean !== 0));
  assertEquals(history.alive.length, 8);
  const loss = f1Loss()(y, model.predict(x) as tf.Tensor).dataSync()[0];
  assertWithin(history.loss[history.f1.indexOf(Math.max(...history.f1))], loss, 1e-5);
  model.dispose();
  assertEquals(tf.memory().numTensors - before, 2); // the outputs and the loss just above
});

slowOnWasm("a tf.data.Dataset, and a CSV file that is read in pieces, train as their tensors do", async () => {
  const { x, y } = problem(), path = await Deno.makeTempFile({ suffix: ".csv" });
  const features = x.arraySync(), labels = y.arraySync();
  await Deno.writeTextFile(
    path,
    ["a,b,label", ...features.map((row, i) => [...row, labels[i][0]].join(","))].join("\n"),
  );
  const dataset = tf.data.zip({ xs: tf.data.array(features), ys: tf.data.array(labels) }).batch(32);
  const sources: [TrainingData, number?][] = [
    [[x, y], 32],
    [dataset as unknown as TrainingData],
    [batchesOf(path, { label: "label", batchSize: 32 })],
  ];
  for (const mode of ["exact", "running"] as const) {
    const results = [];
    for (const [data, batchSize] of sources) {
      const model = network(), validationData = data === sources[0][0] ? sources[2][0] : data;
      const { history } = await fitMetric(model, data, { loss: f1Loss(), mode, epochs: 4, batchSize, validationData });
      assertEquals(history.val_f1, history.f1);
      results.push({ history, weights: weightsOf(model) });
      model.dispose();
    }
    assertEquals(results[2], results[1]);
    if (mode === "exact") assertEquals(results[1], results[0]); // running mode shuffles tensors
  }
  await Deno.remove(path);
});

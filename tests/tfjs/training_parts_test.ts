// What a training takes from TensorFlow.js: batches, optimizers and their state, weights, a model's own loss.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { applyStep, softsign } from "../../lib/mod.ts";
import { stepperOf } from "../../lib/tfjs/adam_stepper.ts";
import { lossFunctionOf } from "../../lib/tfjs/model.ts";
import { applyGradients, checkOptimizer } from "../../lib/tfjs/optimizers.ts";
import { optimizerState, setOptimizerState, setWeights, weightsOf } from "../../lib/tfjs/snapshot.ts";
import { inputOf, readTrainingBatch } from "../../lib/tfjs/training_batch.ts";
import "../devices.ts";
import { assertAllWithin, counted, onBackends } from "../helpers.ts";

const x = tf.zeros([3, 2]), y = tf.ones([3, 1]), w = tf.ones([3]), short = tf.ones([2, 1]);
const read = (batch: unknown) => readTrainingBatch("f", "batch 2", batch);

Deno.test("a batch of either form gives its tensors by their roles", () => {
  const parts = { inputs: [x], yTrue: y, groups: undefined };
  for (const batch of [[x, y], { xs: x, ys: y }, [[x], y]]) {
    assertEquals(read(batch), { ...parts, sampleWeight: undefined });
  }
  for (const batch of [[x, y, w], { xs: x, ys: y, sampleWeight: w }]) {
    assertEquals(read(batch), { ...parts, sampleWeight: w });
  }
  assertEquals(read([[x, w], y]).inputs, [x, w]);
  assertEquals(read({ xs: x, ys: y, groups: ["a", "a", "b"] }).groups, ["a", "a", "b"]);
  assert(inputOf({ inputs: [x] }) === x);
  assertEquals(inputOf({ inputs: [x, w] }), [x, w]);
});

Deno.test("anything that is not a batch is refused by its value, and numbers of rows that differ", () => {
  const wrong: [unknown, string][] = [
    [undefined, "undefined"],
    [[x], "[a tensor]"],
    [[x, 3], "[a tensor, 3]"],
    [[3, y], "[3, a tensor]"],
    [[[], y], "[[], a tensor]"],
    [[x, y, 1], "[a tensor, a tensor, 1]"],
    [[[x, 1], y], ""],
    [{ xs: x }, "an object with the keys ['xs']"],
    [{ xs: x, ys: y, labels: y }, "an object with the keys ['xs', 'ys', 'labels']"],
    [{ xs: [0.5, 2], ys: [1] }, "[[0.5, 2], [1]]"], // an example of a data set that is not batched
    [{ xs: x, ys: y, sampleWeight: 3 }, "[a tensor, a tensor, 3]"],
  ];
  const words =
    "Cannot compute f: batch 2 must be tensors, [x, y], [x, y, sampleWeight] or { xs, ys, sampleWeight, groups }, it is ";
  for (const [batch, told] of wrong) assertThrows(() => read(batch), TypeError, words + told);
  const differ: [unknown, string][] = [
    [[x, short], "3, 2"],
    [[short, y], "2, 3"],
    [[x, y, tf.ones([4])], "3, 3, 4"],
    [[[x, short], y], "3, 2, 3"],
  ];
  for (const [batch, words] of differ) {
    assertThrows(
      () => read(batch),
      RangeError,
      `batch 2 must have the same number of rows in all tensors, they have ${words}`,
    );
  }
  assertThrows(() => read({ xs: x, ys: y, groups: ["a"] }), RangeError, "'groups'");
});

Deno.test("an optimizer is one of TensorFlow.js's, one of one's own, or a name in any case", () => {
  for (const optimizer of ["adam", "SGD", tf.train.sgd(1), { applyGradients() {} }]) checkOptimizer("f", optimizer);
  for (const optimizer of ["momentum", "toString", undefined, null, 3, {}, { applyGradients: 1 }, tf.train.sgd]) {
    const words =
      "Cannot f: 'optimizer' must be a tf.Optimizer that is not disposed, or one of sgd, adam, adamax, rmsprop, adagrad, adadelta, it is ";
    assertThrows(() => checkOptimizer("f", optimizer), TypeError, words);
  }
});

onBackends("a step is applied to each element, with its derivative as the gradient", () => {
  const step = softsign({ slope: 3, threshold: 0.4 }), p = [[0, 0.2], [0.4, 0.9], [1, -1]], input = tf.tensor2d(p);
  const { value, grad } = tf.valueAndGrad((q) => tf.sum(tf.mul(applyStep(step, q), [[1], [2], [3]])) as tf.Scalar)(
    input,
  );
  const values = applyStep(step, input);
  assertEquals([values.shape, values.dtype], [[3, 2], "float32"]);
  assertAllWithin(values.dataSync(), p.flat().map(step.value), 1e-7);
  assertAllWithin(grad.dataSync(), p.flatMap((row, i) => row.map((v) => (i + 1) * step.derivative(v))), 1e-6);
  tf.dispose([input, value, grad, values]);
});

/** The names of the variables that TensorFlow.js would train by default. */
const trained = () =>
  Object.values(tf.engine().registeredVariables).filter(({ trainable }) => trainable).map(({ name }) => name);

Deno.test("Adam's steps run no kernels in host memory, on a device and for a class of one's own they are TensorFlow.js's", async () => {
  class Own extends tf.AdamOptimizer {}
  const counts: number[] = [];
  for (
    const [backend, optimizer] of [["cpu", tf.train.adam(1)], ["device", tf.train.adam(1)], [
      "cpu",
      new Own(1, 0.9, 0.9),
    ]]
  ) {
    await tf.setBackend(backend as string);
    const variable = tf.variable(tf.tensor1d([1, 2])), stepper = stepperOf(optimizer as tf.AdamOptimizer);
    const before = trained();
    stepper.end(); // before the first step there is nothing to write
    const gradients = { [variable.name]: tf.tensor1d([1, -1]) };
    const { kernels } = await tf.profile(() => stepper.step(gradients));
    stepper.end();
    counts.push(kernels.length);
    assertEquals(trained(), before, "no moment is trained");
    tf.dispose([variable, gradients[variable.name]]);
    (optimizer as tf.AdamOptimizer).dispose();
  }
  assert(counts[0] === 0 && counts[1] > 5 && counts[2] > 5, `${counts}`);
});

Deno.test("weights are restored as they were saved, and no tensor is left", async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], biasInitializer: "ones" })] });
  const saved = await weightsOf(model), numbers = () => model.getWeights().map((weight) => [...weight.dataSync()]);
  const before = numbers();
  tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(2, weight))));
  assertEquals(counted(() => setWeights(model, saved)).made, 0);
  assertEquals(numbers(), before);
  model.dispose();
});

Deno.test("the state of an optimizer that has taken no step takes away what another remembers; other fields are left alone", async () => {
  const fresh = tf.train.adam(0.1), used = tf.train.adam(0.1), variable = tf.variable(tf.scalar(1)), named = trained();
  Object.assign(fresh, { notes: [null, 1], words: ["a"] });
  const state = await optimizerState(fresh);
  assertEquals(Object.keys(state.lists), ["accumulatedFirstMoment", "accumulatedSecondMoment"]);
  const step = () => tf.tidy(() => applyGradients(used, { [variable.name]: tf.scalar(1) }));
  step();
  const later = await optimizerState(used);
  setOptimizerState(used, state);
  assertEquals(await optimizerState(used), state);
  setOptimizerState(used, later);
  assertEquals(trained(), named, "no moment is trained");
  variable.dispose();
  used.dispose();
  fresh.dispose();
});

Deno.test("the loss of a compiled model is the one that it trains on; one that is not compiled has none", () => {
  const layers = [tf.layers.dense({ units: 1, inputShape: [2] })], model = tf.sequential({ layers });
  assertEquals(lossFunctionOf(model), undefined);
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  const input = tf.input({ shape: [2] }), output = tf.layers.dense({ units: 1 }).apply(input) as tf.SymbolicTensor;
  const functional = tf.model({ inputs: input, outputs: output });
  assertEquals(lossFunctionOf(functional), undefined);
  functional.compile({ loss: "meanAbsoluteError", optimizer: "sgd" });
  const of = (model: tf.LayersModel) =>
    tf.tidy(() => [...lossFunctionOf(model)!(tf.ones([1, 1]), tf.fill([1, 1], 4)).dataSync()]);
  assertEquals([of(model), of(functional)], [[9], [3]]);
  tf.dispose([model, functional] as never);
});

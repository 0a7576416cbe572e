// In model.compile: several columns, several outputs, a model that is saved and loaded.
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  type Counts,
  f1Loss,
  hardMetric,
  mccLoss,
  metricLoss,
  precision,
  precisionAtRecall,
  precisionAtRecallLoss,
  recall,
  recallAtPrecision,
  recallMetric,
  round,
  type Score,
  softsign,
} from "../../lib/mod.ts";
import { random, slowOnWasm } from "../helpers.ts";
import { softCounts } from "../../lib/core.ts";
import { syntheticBinary } from "../../lib/data/mod.ts";
import { adam } from "../../lib/network/adam.ts";
import { forward, roomFor } from "../../lib/network/mlp.ts";
import { labelsOf, objectiveOf } from "../../lib/network/objectives.ts";
import { allocateRows } from "../../lib/network/products.ts";
import { train } from "../../lib/network/train.ts";
import { sigmoids } from "../../lib/numerics/sigmoid.ts";
import { slow } from "../slow.ts";

/** Three classes that two of three columns tell apart, with some noise. */
function rows(seed: number, n: number) {
  const next = random(seed), x: number[] = [], label: number[] = [];
  for (let i = 0; i < n; i++) {
    const [a, b, c] = Array.from({ length: 3 }, () => 2 * next() - 1), noise = 0.4 * (next() - 0.5);
    x.push(a, b, c);
    label.push(a + noise > 0.3 ? 0 : b + noise > 0 ? 1 : 2);
  }
  return { x: tf.tensor2d(x, [n, 3]), label: tf.tensor2d(label, [n, 1]), hot: tf.oneHot(label, 3).toFloat() };
}

const dense = (units: number, activation: "softmax" | "sigmoid" | "linear", name: string) =>
  tf.layers.dense({
    units,
    activation,
    name,
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.3, seed: 5 }),
  });

const fitting = { epochs: 8, batchSize: 64, shuffle: false, verbose: 0 } as const;

slowOnWasm("several classes train in every average and decision, with logits and class indices too", async () => {
  const train = rows(1, 384), held = rows(2, 384);
  const settings = [
    { average: "macro", decision: "argmax" },
    { average: "micro", decision: "argmax", step: "straightThrough" },
    { average: "weighted" },
    { average: "samples" },
    { average: "macro", decision: { top: 0.3 } },
    { average: "macro", decision: "argmax", fromLogits: true },
  ] as const;
  for (const setting of settings) {
    const logits = "fromLogits" in setting, decision = "decision" in setting ? setting.decision : undefined;
    const metric = hardMetric("f1", { average: setting.average, decision, fromLogits: logits });
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [3] }), dense(3, logits ? "linear" : "softmax", "out")],
    });
    model.compile({
      optimizer: tf.train.adam(0.05),
      loss: metricLoss("f1", { slope: 4, ...setting }),
      metrics: [metric],
    });
    const labels = ({ hot }: typeof train) => hot;
    const score = () => tf.tidy(() => metric(held.hot, model.predict(held.x) as tf.Tensor).dataSync()[0]);
    const before = score();
    const { history } = await model.fit(train.x, labels(train), { ...fitting, validationData: [held.x, labels(held)] });
    assertGreater(score(), before + 0.1, JSON.stringify(setting));
    assertEquals(Object.keys(history).sort(), ["loss", metric.name, "val_loss", `val_${metric.name}`].sort());
    // Class indices, one a row, are the same labels.
    const loss = metricLoss("f1", { slope: 4, ...setting });
    const [hot, index] = tf.tidy(() => {
      const p = model.predict(held.x) as tf.Tensor;
      return [loss(held.hot, p).dataSync()[0], loss(held.label, p).dataSync()[0]];
    });
    assertEquals(index, hot);
    model.dispose();
  }
  tf.dispose([Object.values(train), Object.values(held)]);
});

slowOnWasm("a model of two outputs has a loss and a metric for each, by name in the history", async () => {
  const { x, label, hot } = rows(1, 256), y = tf.tidy(() => tf.equal(label, 0).toFloat());
  const input = tf.input({ shape: [3] });
  const model = tf.model({
    inputs: input,
    outputs: [
      dense(1, "sigmoid", "first").apply(input),
      dense(3, "softmax", "which").apply(input),
    ] as tf.SymbolicTensor[],
  });
  model.compile({
    optimizer: tf.train.adam(0.05),
    loss: { first: mccLoss(), which: f1Loss({ average: "macro", decision: "argmax", slope: 4 }) },
    metrics: { first: recallMetric(), which: hardMetric("accuracy", { average: "micro", decision: "argmax" }) },
  });
  const { history } = await model.fit(x, [y, hot], { ...fitting, validationData: [x, [y, hot]] });
  for (const name of ["first_loss", "which_loss", "first_recall", "which_accuracy_micro_argmax"]) {
    assert(history[name] && history[`val_${name}`], `${name} in ${Object.keys(history)}`);
    assert(history[name].every((v) => Number.isFinite(v)));
  }
  for (const name of ["first_loss", "which_loss"]) {
    assertGreater(history[name][0] as number, history[name].at(-1) as number);
  }
  tf.dispose([x, label, hot, y]);
  model.dispose();
});

slowOnWasm("a saved and loaded model predicts the same bits; its loss is given again to compile", async () => {
  const { x, label, hot } = rows(1, 128), loss = () => f1Loss({ average: "macro", decision: "argmax", slope: 4 });
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3] }), dense(3, "softmax", "out")] });
  model.compile({ optimizer: tf.train.sgd(0.5), loss: loss() });
  await model.fit(x, hot, { ...fitting, epochs: 2 });
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(tf.io.withSaveHandler((artifacts) => {
    saved = artifacts;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" as const } });
  }));
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
  const bits = (one: tf.LayersModel) => tf.tidy(() => [...(one.predict(x) as tf.Tensor).dataSync()]);
  assertEquals(bits(loaded), bits(model));
  assertThrows(() => loaded.evaluate(x, hot), Error, "compile");
  loaded.compile({ optimizer: tf.train.sgd(0.5), loss: loss() });
  const further = [model, loaded].map((one) => one.fit(x, hot, { ...fitting, epochs: 2 }));
  const [a, b] = await Promise.all(further);
  assertEquals(b.history, a.history);
  assertEquals(bits(loaded), bits(model));
  tf.dispose([x, label, hot]);
  model.dispose();
  loaded.dispose();
});

slowOnWasm(
  "fit's sampleWeight throws, and its classWeight only multiplies the scalar: what the docstring of Loss says",
  async () => {
    const { x, label, hot } = rows(1, 64), y = tf.tidy(() => tf.equal(label, 0).toFloat());
    const one = async (options: Record<string, unknown>) => {
      const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3] }), dense(1, "sigmoid", "out")] });
      model.compile({ optimizer: tf.train.sgd(0.1), loss: f1Loss() });
      const { history } = await model.fit(x, y, { ...fitting, epochs: 1, ...options });
      model.dispose();
      return history.loss[0] as number;
    };
    let message = "";
    await one({ sampleWeight: tf.ones([64]) }).catch((error: Error) => message = error.message);
    assert(/sample weight is not supported yet/i.test(message), message);
    const plain = await one({}), weighted = await one({ classWeight: { 0: 3, 1: 3 } });
    assert(Math.abs(weighted / plain - 3) < 1e-5, `${weighted} ${plain}`);
    tf.dispose([x, label, hot, y]);
  },
);

Deno.test("a floor under recall is met by the soft recall of held-out rows, which plain precision does not do", async () => {
  await tf.setBackend("cpu");
  const train = rows(1, 512),
    held = rows(2, 512),
    y = (of: typeof train) => tf.tidy(() => tf.equal(of.label, 0).toFloat());
  const [yTrain, yHeld] = [y(train), y(held)], recalls: number[] = [];
  for (const loss of [metricLoss("precision"), precisionAtRecallLoss({ recall: 0.9 })]) {
    const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3] }), dense(1, "sigmoid", "out")] });
    model.compile({ optimizer: tf.train.adam(0.05), loss });
    await model.fit(train.x, yTrain, { ...fitting, epochs: 30, batchSize: 512 });
    recalls.push(tf.tidy(() => 1 - metricLoss("recall")(yHeld, model.predict(held.x) as tf.Tensor).dataSync()[0]));
    model.dispose();
  }
  assertGreater(recalls[1], 0.85, `${recalls}`);
  assert(recalls[0] < 0.8, `${recalls}`);
  tf.dispose([Object.values(train), Object.values(held), yTrain, yHeld]);
});

// Training with a floor inside: does the optimum meet it on rows that were not trained on?
function problem(seed: number) {
  const { x, y } = syntheticBinary({ rows: 3000, prevalence: 0.2, separation: 2, seed });
  const part = (from: number, to?: number) => {
    const own = allocateRows(3000);
    own.set(x.slice(from, to).flatMap((row) => [...row]));
    return { x: own, labels: labelsOf(y.slice(from, to)) };
  };
  return { training: part(0, 1500), test: part(1500) };
}

let drawn: ReturnType<typeof problem>[] | undefined;
const problems = () => drawn ??= Array.from({ length: 10 }, (_, k) => problem(k + 1));

const step = softsign({ slope: 10 }), form = { features: 2, hidden: 0, outputs: 1 }, room = roomFor(form, 1500);

/** The mean over the seeds of what a linear model decides on held-out rows, trained on a score. */
function heldOut(score: Score): { precision: number; recall: number } {
  const objective = objectiveOf({ score, step });
  const results = problems().map(({ training: { x, labels }, test }): Counts => {
    const weights = Float64Array.of(0.1, 0.1, 0), update = adam(0.05, 3);
    const batch = { x, room, gradient: (logits: Float64Array) => objective(labels, logits).gradient };
    train({ form, weights, update, epochs: 300, batches: () => [batch] });
    const yPred = sigmoids(forward(form, weights, test.x).logits);
    return softCounts({ yTrue: test.labels.yTrue, yPred }, round());
  });
  const mean = (of: Score) => results.reduce((sum, counts) => sum + of.value(counts), 0) / results.length;
  return { precision: mean(precision), recall: mean(recall) };
}

slow.test("precision with a floor under recall: held-out rows meet it, on average", () => {
  const alone = heldOut(precision);
  for (const floor of [0.7, 0.8, 0.9]) {
    const met = heldOut(precisionAtRecall({ recall: floor }));
    assert(met.recall > floor - 0.02, `recall ${met.recall}`);
    assert(met.recall < floor + 0.1, `recall ${met.recall}: more than the floor of ${floor} asks for`);
    assert(alone.recall < floor - 0.1, `precision alone has a recall of ${alone.recall}`);
  }
});

slow.test("recall with a floor of 0.8 under precision: held-out rows meet it, on average", () => {
  const met = heldOut(recallAtPrecision({ precision: 0.8 }));
  assert(met.precision > 0.78, `precision ${met.precision}`);
  assert(heldOut(recall).precision < 0.5); // recall alone reports nearly everything
});

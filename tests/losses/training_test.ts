// In model.compile: each loss improves its hard metric on rows it has not seen; the asked loss changes no weight.
import { assert, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  accuracyLoss,
  accuracyMetric,
  f1Loss,
  f1Metric,
  fBetaLoss,
  fBetaMetric,
  jaccardLoss,
  jaccardMetric,
  type Loss,
  type Metric,
  precisionLoss,
  precisionMetric,
  recallLoss,
  recallMetric,
  straightThrough,
} from "../../lib/mod.ts";
import { askedRampLoss, askedRoundLoss } from "../../lib/thread/thread.ts";
import { random, slowOnWasm } from "../helpers.ts";

/** Three columns, two of which matter; three positives in ten, some of them on the wrong side. */
function rows(seed: number, n: number): { x: tf.Tensor2D; y: tf.Tensor2D } {
  const next = random(seed), x: number[] = [], y: number[] = [];
  for (let i = 0; i < n; i++) {
    const [a, b, c, noise] = Array.from({ length: 4 }, () => 2 * next() - 1);
    x.push(a, b, c);
    y.push(2 * a - b + 0.6 * noise > 0.7 ? 1 : 0);
  }
  return { x: tf.tensor2d(x, [n, 3]), y: tf.tensor2d(y, [n, 1]) };
}

/** A logistic regression whose first decisions are poor: every seed is fixed. */
function classifier(activation: "sigmoid" | "linear" = "sigmoid"): tf.Sequential {
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.3, seed: 5 });
  return tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3], activation, kernelInitializer })] });
}

const bits = (model: tf.Sequential) => model.getWeights().map((w) => [...new Uint8Array(w.dataSync().slice().buffer)]);

const fitting = { epochs: 8, batchSize: 64, shuffle: false, verbose: 0 } as const;

const trained: [Loss, Metric, Partial<{ linear: boolean }>?][] = [
  [precisionLoss(), precisionMetric()],
  [recallLoss(), recallMetric()],
  [f1Loss(), f1Metric()],
  [fBetaLoss({ beta: 0.5 }), fBetaMetric({ beta: 0.5 })],
  [jaccardLoss(), jaccardMetric()],
  [accuracyLoss(), accuracyMetric()],
  [f1Loss({ step: straightThrough() }), f1Metric()],
  [f1Loss({ step: "identity" }), f1Metric()],
  [f1Loss({ step: "arctan", threshold: 0.3 }), f1Metric({ threshold: 0.3 })],
  [f1Loss({ fromLogits: true }), f1Metric({ fromLogits: true }), { linear: true }],
];

for (const [index, [loss, metric, { linear } = {}]] of trained.entries()) {
  slowOnWasm(`training ${index + 1} with ${loss.name} improves ${metric.name} on held-out rows`, async () => {
    const train = rows(1, 512), held = rows(2, 512);
    const model = classifier(linear ? "linear" : "sigmoid");
    model.compile({ optimizer: tf.train.adam(0.05), loss, metrics: [metric] });
    const score = () => tf.tidy(() => metric(held.y, model.predict(held.x) as tf.Tensor).dataSync()[0]);
    const before = score();
    const { history } = await model.fit(train.x, train.y, { ...fitting, validationData: [held.x, held.y] });
    const after = score();
    assertGreater(after, before + 0.1, `${before} → ${after}`);
    assertEquals(Object.keys(history).sort(), ["loss", metric.name, "val_loss", `val_${metric.name}`].sort());
    for (const series of Object.values(history)) {
      assertEquals(series.length, fitting.epochs);
      assert(series.every((v) => (v as number) >= 0 && (v as number) <= 1));
    }
    assertGreater(history.loss[0] as number, history.loss.at(-1) as number);
    tf.dispose([train.x, train.y, held.x, held.y]);
    model.dispose();
  });
}

slowOnWasm("training makes no tensors that stay", async () => {
  const { x, y } = rows(1, 128), model = classifier();
  model.compile({ optimizer: tf.train.sgd(0.5), loss: f1Loss(), metrics: [precisionMetric(), recallMetric()] });
  await model.fit(x, y, { ...fitting, epochs: 1 }); // what the first run sets up
  const before = tf.memory().numTensors;
  await model.fit(x, y, { ...fitting, epochs: 3 });
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([x, y]);
  model.dispose();
});

slowOnWasm("the asked loss changes no weight, not by a bit, with SGD and with Adam; the F1 loss does", async () => {
  const { x, y } = rows(1, 256);
  for (const optimizer of [() => tf.train.sgd(0.5), () => tf.train.adam(0.05)]) {
    for (const [loss, learns] of [[askedRoundLoss, false], [f1Loss(), true]] as const) {
      const model = classifier();
      model.compile({ optimizer: optimizer(), loss });
      const before = bits(model);
      const { history } = await model.fit(x, y, fitting);
      assert(history.loss.every((value) => Number.isFinite(value)));
      if (learns) assertNotEquals(bits(model), before);
      else assertEquals(bits(model), before);
      model.dispose();
    }
  }
  tf.dispose([x, y]);
});

slowOnWasm("nor does the asked ramp, for no output is below 0.0625; the round step as a loss is as dead", async () => {
  const { x, y } = rows(1, 256);
  for (const loss of [askedRampLoss, f1Loss({ step: "round" })]) {
    const model = classifier();
    assertGreater(tf.tidy(() => (model.predict(x) as tf.Tensor).min().dataSync()[0]), 0.0625);
    model.compile({ optimizer: tf.train.adam(0.05), loss });
    const before = bits(model);
    await model.fit(x, y, fitting);
    assertEquals(bits(model), before);
    model.dispose();
  }
  tf.dispose([x, y]);
});

Deno.test("two runs, and two backends, end at the same decisions; two runs at the same bits", async () => {
  const run = async (backend: string) => {
    await tf.setBackend(backend);
    const { x, y } = rows(1, 256), model = classifier();
    model.compile({ optimizer: tf.train.sgd(0.5), loss: f1Loss() });
    const { history } = await model.fit(x, y, fitting);
    const decisions = tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()].map((p) => p > 0.5));
    const result = { bits: bits(model), decisions, loss: history.loss };
    tf.dispose([x, y]);
    model.dispose();
    return result;
  };
  const wasm = await run("wasm"), cpu = await run("cpu");
  assertEquals(await run("cpu"), cpu);
  const different = cpu.decisions.filter((decision, i) => decision !== wasm.decisions[i]).length;
  assert(different <= 1, `${different} of 256 decisions differ between the backends`);
});

// The metrics against scikit-learn, their names, and the strictness of the threshold. Refusals: tests/losses.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import * as lib from "../../lib/mod.ts";
import {
  accuracyMetric,
  fBeta,
  fBetaMetric,
  hardMetric,
  type Metric,
  type MetricFactory,
  metricLoss,
  precisionAtRecallMetric,
  precisionMetric,
  recallAtPrecisionMetric,
  recallMetric,
  round,
  scores,
  tverskyMetric,
  utilityMetric,
} from "../../lib/mod.ts";
import { lossAndGradient, type ScoreName } from "../../lib/core.ts";
import { registerDevice, registeredDevice } from "../../lib/tfjs/registered_device.ts";
import { rangeOf } from "../all_scores.ts";
import { assertRefused, assertWithin, counted, onBackends, random, reference } from "../helpers.ts";

interface SklearnCase {
  score: ScoreName | "fBeta";
  beta?: number;
  threshold: number;
  zeroDivision: 0 | 1;
  yTrue: number[];
  yPred: number[];
  sampleWeight: number[] | null;
  value: number;
}

/** The named metric of every score of the table that needs no options. */
const factories = Object.fromEntries(
  Object.entries(scores).filter(([, score]) => typeof score !== "function")
    .map(([name]) => [name, lib[`${name}Metric` as keyof typeof lib] as MetricFactory]),
) as Record<ScoreName, MetricFactory>;

onBackends("every metric is scikit-learn's, weighted, at other thresholds and where it is 0/0", () => {
  const cases = reference<SklearnCase>("sklearn.json");
  for (const { score, beta, threshold, zeroDivision, yTrue, yPred, sampleWeight, value } of cases) {
    const options = { threshold, zeroDivision };
    const metric = score === "fBeta" ? fBetaMetric({ beta: beta!, ...options }) : factories[score](options);
    tf.tidy(() => {
      const [y, p] = [tf.tensor1d(yTrue, "float32"), tf.tensor2d(yPred, [yPred.length, 1])];
      const actual = metric(y, p, sampleWeight ? tf.tensor1d(sampleWeight) : undefined).dataSync()[0];
      assertWithin(actual, value, 6e-8 * value, `${metric.name}: ${yTrue} ${yPred} ${sampleWeight}`); // float32
    });
  }
  assertEquals(cases.length, 105);
});

Deno.test("a metric is called as its score is, and by its threshold where that is not ½", () => {
  for (const [name, make] of Object.entries(factories)) {
    assertStrictEquals(make().name, name);
    assertStrictEquals(make({}).name, name);
    assertStrictEquals(make({ threshold: 0.5, fromLogits: true, zeroDivision: 1 }).name, name);
    assertStrictEquals(make({ threshold: 0.3 }).name, `${name}_0.3`);
    assertStrictEquals(hardMetric(name as ScoreName).name, name);
    assertStrictEquals(hardMetric(scores[name as ScoreName], { threshold: 0.25 }).name, `${name}_0.25`);
  }
  assertStrictEquals(fBetaMetric({ beta: 0.5 }).name, "fBeta0.5");
  assertStrictEquals(fBetaMetric({ beta: 2, threshold: 0.9 }).name, "fBeta2_0.9");
  assertStrictEquals(hardMetric(fBeta({ beta: 3 })).name, "fBeta3");
});

onBackends("the options of a utility and of its metric are one object", () => {
  tf.tidy(() => {
    const y = tf.tensor1d([1, 0, 1, 0]), p = tf.tensor1d([0.9, 0.4, 0.2, 0.1]);
    const metric = utilityMetric({ tp: 5, fp: -1, fn: -2, threshold: 0.3 });
    assertStrictEquals(metric.name, "utility_0.3");
    assertStrictEquals(metric(y, p).dataSync()[0], 0.5);
    const name = (metric: Metric) => [metric.name, metric(y, p).dataSync()[0]];
    assertEquals(name(tverskyMetric({ alpha: 1, beta: 0 })), [tverskyMetric({ alpha: 1, beta: 0 }).name, 1]);
    assertStrictEquals(precisionAtRecallMetric({ recall: 0.4, threshold: 0.3 })(y, p).dataSync()[0], 0.5);
    assertStrictEquals(recallAtPrecisionMetric({ precision: 0.9 })(y, p).dataSync()[0], 0.5);
  });
});

onBackends("a factory that is not called says so", () => {
  const y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.9, 0.1]);
  for (const factory of ["precisionMetric", "fBetaMetric", "utilityMetric"] as const) {
    const uncalled = lib[factory] as unknown as Metric;
    assertRefused(() => uncalled(y, p), { error: TypeError, argument: "options", value: `call it, ${factory}()` });
  }
  tf.dispose([y, p]);
});

Deno.test("what has no name is refused; a budget is in the name; class by class an undefined score may be NaN", () => {
  assertStrictEquals(hardMetric("f1", { decision: { top: 3 } }).name, "f1_top3");
  assertRefused(() => hardMetric("f1", { decision: null as never }), { argument: "decision", value: "null" });
  const y = tf.tensor2d([[0, 1], [0, 1]]), p = tf.tensor2d([[0.1, 0.9], [0.2, 0.8]]);
  const recalls = hardMetric("recall", { average: "none", zeroDivision: "skip" })(y, p);
  assertEquals([recalls.dtype, ...recalls.dataSync()], ["float32", NaN, 1]);
  tf.dispose([y, p, recalls]);
});

Deno.test("a device computes what it has a program for, and not a score per class; without one the host does", () => {
  const device = registeredDevice()!, y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.9, 0.1]), asked: string[] = [];
  const register = registerDevice as (programs?: Partial<typeof device>) => void;
  const values = (average: "binary" | "none") => {
    const score = hardMetric("f1", { average })(y, p), numbers = [...score.dataSync()];
    score.dispose();
    return numbers;
  };
  try {
    register({ deviceScore: (name) => (asked.push(name), tf.scalar(7) as ReturnType<typeof device.deviceScore>) });
    assertEquals([values("binary"), values("none"), asked], [[7], [1], ["f1"]]);
    register({ deviceScore: () => undefined });
    assertEquals(values("binary"), [1]);
    register(undefined);
    assertEquals(values("binary"), [1]);
  } finally {
    register(device);
  }
  tf.dispose([y, p]);
});

onBackends("an output on the threshold is not a positive; the next float32 is one", () => {
  tf.tidy(() => {
    const y = tf.tensor1d([1, 1, 1, 1]), p = tf.tensor1d([0.5, 0.5 + 2 ** -24, 0.25, 0.75]);
    assertStrictEquals(recallMetric()(y, p).dataSync()[0], 0.5); // 0.5 + 2⁻²⁴ is a float32 of its own
    assertStrictEquals(recallMetric({ threshold: 0.25 })(y, p).dataSync()[0], 0.75);
    assertStrictEquals(recallMetric({ threshold: 0.75 })(y, p).dataSync()[0], 0);
  });
});

onBackends("with fromLogits the threshold stays one of probabilities", () => {
  tf.tidy(() => {
    const y = tf.tensor1d([1, 1, 1, 1, 1]), z = tf.tensor1d([-1e4, -1, 0, 1, Infinity]);
    const recall = (threshold: number) => recallMetric({ threshold, fromLogits: true })(y, z).dataSync()[0];
    assertWithin(recall(0.5), 2 / 5, 3e-8); // σ(0) = ½ is not above ½
    assertWithin(recall(0.2), 4 / 5, 6e-8); // σ(−1) = .27
    assertWithin(recall(0.3), 3 / 5, 6e-8);
    assertWithin(recall(0.8), 1 / 5, 3e-8); // σ(1) = .73
  });
});

onBackends("the mean of the rows' scores is that of the rows one by one: labels and weights of every kind", () => {
  const next = random(7), rows = 1500, classes = 3, shape: [number, number] = [rows, classes];
  const of = (make: () => number, size = rows * classes) => Float32Array.from({ length: size }, make);
  const yPred = of(next), hot = of(() => Number(next() < 0.3)), each = of(next), perRow = of(next, rows);
  const indices = Int32Array.from({ length: rows }, () => Math.floor(classes * next()));
  const labels = [tf.tensor2d(hot, shape), tf.tensor2d(of(next), shape), tf.cast(tf.tensor2d(hot, shape), "bool")];
  const outputs = tf.tensor2d(yPred, shape), weights = [undefined, tf.tensor2d(each, shape), tf.tensor1d(perRow)];
  for (const yTrue of [...labels, tf.tensor1d(indices, "int32")]) {
    for (const sampleWeight of weights) {
      for (const decision of ["threshold", "argmax", { top: 0.2 }] as const) {
        for (const zeroDivision of [0, 1, "skip"] as const) {
          const options = { average: "samples", decision, zeroDivision } as const;
          const { result: scored, made } = counted(() => hardMetric("f1", options)(yTrue, outputs, sampleWeight));
          const [value] = scored.dataSync();
          assertEquals([scored.shape, made], [[], 1]);
          const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
          const loss = lossAndGradient(numbers(yTrue), numbers(outputs), {
            ...options,
            score: "f1",
            step: "round",
            columns: classes,
            sampleWeight: sampleWeight && numbers(sampleWeight),
          });
          assertStrictEquals(value, Math.fround(1 - loss.value), JSON.stringify(options));
          scored.dispose();
        }
      }
    }
  }
  const metric = hardMetric("f1", { average: "samples" }),
    bad = tf.tensor2d(yPred.with(7, 1.5), shape),
    short = tf.tensor1d(perRow);
  assertRefused(() => metric(labels[0], bad), { argument: "yPred", value: "1.5" });
  assertRefused(() => metric(labels[0], short), { argument: "yTrue", value: "[1500, 3]" });
  tf.dispose([labels, outputs, weights, bad, short]);
});

Deno.test("a metric is one minus its loss under round", () => {
  const row = fc.tuple(fc.constantFrom(0, 1), fc.float({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...Object.keys(factories) as ScoreName[]),
      fc.constantFrom(0.2, 0.5, 0.7),
      fc.constantFrom(0, 1),
      (rows, name, threshold, zeroDivision) =>
        tf.tidy(() => {
          const y = tf.tensor1d(rows.map((r) => r[0])), p = tf.tensor1d(rows.map((r) => r[1]));
          const metric = hardMetric(name, { threshold, zeroDivision: zeroDivision as 0 | 1 })(y, p).dataSync()[0];
          const options = { step: round({ threshold }), zeroDivision: zeroDivision as 0 | 1 };
          assertWithin(1 - metric, metricLoss(name, options)(y, p).dataSync()[0], 1.2e-7);
          const [low, high] = rangeOf(scores[name]);
          assert(metric >= low && metric <= high, `${name}: ${metric}`);
        }),
    ),
  );
});

onBackends("a metric makes one tensor, a float32 scalar", () => {
  const y = tf.tensor1d([1, 0], "int32"), p = tf.tensor2d([0.6, 0.7], [2, 1]);
  for (const make of Object.values(factories)) {
    const { made, result } = counted(() => make()(y, p));
    assertEquals([made, result.shape, result.dtype], [1, [], "float32"]);
    tf.dispose(result);
  }
  tf.dispose([y, p]);
});

onBackends("outputs rounded beyond [0, 1] are decided like the bound", () => {
  tf.tidy(() => {
    const y = tf.tensor1d([1, 0]), p = tf.tensor1d([1 + 5e-7, -5e-7]);
    assertStrictEquals(accuracyMetric()(y, p).dataSync()[0], 1);
  });
});

onBackends("in the history: the mean of the batches, under the metric's name", async () => {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones", useBias: false })],
  });
  model.compile({
    optimizer: tf.train.sgd(0),
    loss: "meanSquaredError",
    metrics: [precisionMetric({ threshold: 0.3 })],
  });
  // Batch 1: the one predicted positive is wrong; batch 2: all three are right. The precision of the four is 3/4.
  const x = tf.tensor2d([0.9, 0.2, 0.1, 0.9, 0.4, 0.8], [6, 1]), y = tf.tensor2d([0, 0, 1, 1, 1, 1], [6, 1]);
  const { history } = await model.fit(x, y, { epochs: 1, batchSize: 3, shuffle: false, verbose: 0 });
  assertEquals(Object.keys(history), ["loss", "precision_0.3"]);
  assertWithin(history["precision_0.3"][0] as number, 0.5, 1e-6);
  const whole = tf.tidy(() => precisionMetric({ threshold: 0.3 })(y, model.predict(x) as tf.Tensor).dataSync()[0]);
  assertStrictEquals(whole, 0.75);
  tf.dispose([x, y]);
  model.dispose();
});

// What the thread claims, and what is true of it, in numbers. The numbers of the claims are those of the notebooks.
import { assert, assertEquals, assertGreater, assertLess, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { applyStep, linearRamp, logistic, precisionLoss, precisionMetric, softsign } from "../../lib/mod.ts";
import { answeredSoftsignLoss, askedRampLoss, askedRoundLoss, type ThreadLoss } from "../../lib/thread/thread.ts";
import { assertAllWithin, assertWithin, counted, onBackends, random, valueAndGradient } from "../helpers.ts";

type LossOfTwo = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Scalar;

function evaluate(loss: LossOfTwo, yTrue: number[], yPred: number[]): { value: number; gradient: number[] } {
  return tf.tidy(() => {
    const { value, gradient } = valueAndGradient(loss, tf.tensor1d(yTrue), tf.tensor1d(yPred));
    return { value, gradient: [...gradient] };
  });
}

const labels = (n: number, prevalence: number) => Array.from({ length: n }, (_, i) => i < n * prevalence ? 1 : 0);

/** Outputs of a model that has learnt nothing yet. */
function untrained(n: number): number[] {
  const next = random(1);
  return Array.from({ length: n }, () => 0.3 + 0.4 * next());
}

const prevalences = [0.5, 0.1, 0.01];

/**
 * s(v) and s′(v) of a loss of the thread, read off it: with a = s(1) and ½ = s(0), the labels 1, 0 and the outputs 1, v
 * give 1 − tp/(tp + fp) = (a(1 − a) + s/2) / (a + s).
 */
function readStep(loss: ThreadLoss, a: number, v: number): { value: number; derivative: number } {
  const { value, gradient } = evaluate(loss, [1, 0], [1, v]);
  const s = a * (value - 1 + a) / (0.5 - value);
  return { value: s, derivative: gradient[1] * (a + s) ** 2 / (a * (a - 0.5)) };
}

onBackends("1: the asked ramp is centred at 0: s(0) = ½, s(v ≥ 0.0625) = 1, slope 8", () => {
  const ramp = linearRamp({ slope: 8, threshold: 0, anchored: false });
  for (const [v, s] of [[0, 0.5], [0.03125, 0.75], [0.05, 0.9], [0.0625, 1], [0.1, 1], [0.5, 1], [1, 1]]) {
    assertWithin(readStep(askedRampLoss, 1, v).value, s, 1e-5); // float32 and ε
    assertWithin(ramp.value(v), s, 1e-15);
  }
  for (const v of [0.01, 0.03, 0.06]) assertWithin(readStep(askedRampLoss, 1, v).derivative, 8, 1e-4);
  for (const v of [0.07, 0.5]) assertStrictEquals(readStep(askedRampLoss, 1, v).derivative, 0);
});

onBackends("1: … and a label of 0 counts as half a positive", () => {
  assertWithin(evaluate(askedRampLoss, [0], [1]).value, 0.5, 1e-6); // should be 1
  assertWithin(evaluate(askedRoundLoss, [0], [1]).value, 1, 1e-6);
});

onBackends("2: with outputs in (.3, .7) the ramp's gradient is exactly 0 and its loss (1 − π)/2", () => {
  for (const prevalence of prevalences) {
    const { value, gradient } = evaluate(askedRampLoss, labels(200, prevalence), untrained(200));
    assert(gradient.every((g) => g === 0));
    assertWithin(value, (1 - prevalence) / 2, 1e-6);
  }
});

onBackends("3: a perfect classifier's asked loss is (1 − π)/(2(1 + π)): .1667, .4091, .4901", () => {
  for (const [prevalence, floor] of [[0.5, 0.1667], [0.1, 0.4091], [0.01, 0.4901]]) {
    const y = labels(200, prevalence);
    assertWithin(evaluate(askedRampLoss, y, y).value, floor, 5e-5);
    assertWithin(evaluate(askedRampLoss, y, y).value, (1 - prevalence) / (2 * (1 + prevalence)), 1e-6);
    assertStrictEquals(evaluate(precisionLoss({ step: "linearRamp", slope: 8 }), y, y).value, 0); // what it should be
  }
});

onBackends("4: the answered softsign has the same centre: s(0) = ½, s(1) = .99505", () => {
  const a = 0.5 * (1 + 100 / 101), step = softsign({ slope: 50, threshold: 0, anchored: false });
  assertWithin(a, 0.99505, 5e-6);
  for (const [v, s] of [[0, 0.5], [0.01, 0.75], [0.5, 0.5 + 25 / 51], [1, a]]) {
    assertWithin(readStep(answeredSoftsignLoss, a, v).value, s, 1e-5);
    assertWithin(step.value(v), s, 1e-15);
  }
});

onBackends("5: its outer max and min never act: without them not a bit of value or gradient changes", () => {
  const k = 100, step = (v: tf.Tensor) => tf.mul(0.5, tf.add(1, tf.div(tf.mul(k, v), tf.add(1, tf.mul(k, tf.abs(v))))));
  const without: LossOfTwo = (yTrue, yPred) => {
    const pred = step(yPred), pos = step(yTrue);
    const tp = tf.sum(tf.mul(pos, pred)), fp = tf.sum(tf.mul(tf.sub(1, pos), pred));
    return tf.sub(1, tf.div(tp, tf.add(tf.add(tp, fp), 1e-7))) as tf.Scalar;
  };
  const next = random(2), y = labels(100, 0.3), p = y.map(() => 0.001 + 0.998 * next());
  assertEquals(evaluate(answeredSoftsignLoss, y, p), evaluate(without, y, p));
  const values = tf.tidy(() => [...step(tf.linspace(-1, 1, 2001)).dataSync()]);
  assert(values.every((s) => s > 0 && s < 1));
});

onBackends("6: its largest slope is k/2 = 50, not k: s′ = (k/2)/(1 + k|u|)²", () => {
  const a = 0.5 * (1 + 100 / 101), step = softsign({ slope: 50, threshold: 0, anchored: false });
  for (const v of [0, 0.001, 0.01, 0.1, 0.5]) {
    const expected = 50 / (1 + 100 * v) ** 2;
    assertWithin(readStep(answeredSoftsignLoss, a, v).derivative / expected, 1, 2e-4);
    assertWithin(step.derivative(v) / expected, 1, 1e-14);
  }
  const { value } = step, slopes = [0, 0.001, 0.01, 0.1].map((v) => (value(v + 1e-7) - value(v)) / 1e-7);
  assert(slopes.every((slope) => slope < 50.001));
});

onBackends(
  "7: centred at ½ it leaves s(0) = .0098, under which a perfect loss is .0098, .082, .495; anchored it is 0",
  () => {
    const plain = softsign({ slope: 50, anchored: false });
    assertWithin(plain.value(0), 1 / (2 * (1 + 50)), 1e-15);
    assertWithin(plain.value(0), 0.0098, 5e-5);
    for (const [prevalence, floor, digits] of [[0.5, 0.0098, 5e-5], [0.1, 0.082, 5e-4], [0.01, 0.495, 5e-4]]) {
      const y = labels(200, prevalence), n = (1 - prevalence) / 102, hits = prevalence * 101 / 102;
      const { value } = evaluate(precisionLoss({ step: plain }), y, y);
      assertWithin(value, floor, digits);
      assertWithin(value, n / (n + hits), 1e-7);
      assertStrictEquals(evaluate(precisionLoss({ step: softsign({ slope: 50 }) }), y, y).value, 0);
    }
  },
);

onBackends("8: tails at the slope 50: softsign′(0) = .019, logistic′(0) of order 1e-42, the ramp's 0", () => {
  const options = { slope: 50, anchored: false };
  assertWithin(softsign(options).derivative(0), 50 / 51 ** 2, 1e-16);
  assertWithin(softsign(options).derivative(0), 0.019, 5e-4);
  assertWithin(logistic(options).derivative(0) / (200 * Math.exp(-100)), 1, 1e-12);
  // 7.4e-42 is 200·e^−100; in float32 e^−100 is 27 units of the smallest number, which makes 7.6e-42 of it.
  assertWithin(logistic(options).derivative(0), 7.44e-42, 5e-45);
  assertWithin(200 * Math.fround(Math.exp(-100)), 7.6e-42, 5e-44);
  for (const p of [0, 0.4, 0.6, 1]) assertStrictEquals(linearRamp(options).derivative(p), 0);
});

onBackends("8: … and the logistic's composed of tfjs operations is exactly 0 at 1, the library's is not", () => {
  const one = tf.tensor1d([1]);
  const composed = tf.tidy(() => tf.grad((p) => tf.sigmoid(tf.mul(200, tf.sub(p, 0.5))))(one).dataSync()[0]);
  assertStrictEquals(composed, 0);
  const step = logistic({ slope: 50, anchored: false });
  assertGreater(step.derivative(1), 0);
  const soft = tf.tidy(() => tf.grad((p) => applyStep(softsign({ slope: 50 }), p))(one).dataSync()[0]);
  assertWithin(soft, softsign({ slope: 50 }).derivative(1), 1e-9);
  assertGreater(soft, 0.01);
  one.dispose();
});

onBackends("9: one decision makes a loss of 0 or 1; a batch makes every 1 − tp/(tp + fp) there is", () => {
  const of = (y: number[], p: number[]) => evaluate(askedRoundLoss, y, p).value;
  assertEquals([of([1], [0.9]), of([0], [0.9])].map(Math.round), [0, 1]);
  assertWithin(of([1], [0.9]), 0, 1e-6);
  // Five positives, five negatives, every choice of how many of each are predicted.
  const seen = new Set<string>(), expected = new Set<string>();
  for (let tp = 0; tp <= 5; tp++) {
    for (let fp = 0; fp <= 5; fp++) {
      if (tp + fp === 0) continue;
      seen.add(
        of(labels(10, 0.5), Array.from({ length: 10 }, (_, i) => (i < 5 ? i < tp : i - 5 < fp) ? 1 : 0)).toFixed(4),
      );
      expected.add((fp / (tp + fp)).toFixed(4));
    }
  }
  assertEquals([...seen].sort(), [...expected].sort());
  assertEquals(seen.size, 21); // far from two
});

onBackends("the asked round loss is one minus the precision, and its gradient exactly 0 everywhere", () => {
  const next = random(5);
  for (let trial = 0; trial < 20; trial++) {
    const y = Array.from({ length: 30 }, () => next() < 0.4 ? 1 : 0), p = y.map(() => next());
    const { value, gradient } = evaluate(askedRoundLoss, y, p);
    const precision = tf.tidy(() => precisionMetric()(tf.tensor1d(y), tf.tensor1d(p)).dataSync()[0]);
    assertWithin(value, 1 - precision, 1e-6); // ε
    assert(gradient.every((g) => g === 0));
  }
  assertStrictEquals(evaluate(askedRoundLoss, [1, 0], [0.4, 0.2]).value, 1); // nothing predicted: ε makes 0/ε of it
  assertStrictEquals(evaluate(askedRoundLoss, [1, 0], [0.5, 0.2]).value, 1); // round(0.5) is 0
});

onBackends("outputs and labels outside [0, 1] are clipped, as asked", () => {
  for (const loss of [askedRoundLoss, askedRampLoss, answeredSoftsignLoss]) {
    assertWithin(
      evaluate(loss, [3, -1, 1], [1.5, 7, -2]).value,
      evaluate(loss, [1, 0, 1], [1, 1, 0]).value,
      1e-7,
      loss.name,
    );
  }
});

onBackends("11: the answered loss has a gradient everywhere in (0, 1), but hardly one where outputs begin", () => {
  const { gradient } = evaluate(answeredSoftsignLoss, labels(200, 0.1), untrained(200));
  assert(gradient.every((g) => g !== 0 && Math.abs(g) < 1e-3));
  const repaired =
    evaluate(precisionLoss({ step: softsign({ slope: 10 }) }), labels(200, 0.1), untrained(200)).gradient;
  const norm = (numbers: number[]) => Math.hypot(...numbers);
  assertGreater(norm(repaired), 300 * norm(gradient));
});

onBackends("11: it trains with Adam and barely moves with SGD; centred and anchored it moves with both", async () => {
  const next = random(6), n = 256;
  const rows = Array.from({ length: n }, () => [2 * next() - 1, 2 * next() - 1]);
  const x = tf.tensor2d(rows), y = tf.tensor2d(rows.map(([a, b]) => [2 * a - b > 0.7 ? 1 : 0]));
  const moved = async (optimizer: tf.Optimizer, loss: LossOfTwo) => {
    const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.3, seed: 5 });
    const layer = tf.layers.dense({ units: 1, inputShape: [2], activation: "sigmoid", kernelInitializer });
    const model = tf.sequential({ layers: [layer] });
    model.compile({ optimizer, loss });
    const before = [...model.getWeights()[0].dataSync()];
    await model.fit(x, y, { epochs: 10, batchSize: 64, shuffle: false, verbose: 0 });
    const after = [...model.getWeights()[0].dataSync()];
    model.dispose();
    return Math.hypot(...after.map((w, i) => w - before[i]));
  };
  const centred = precisionLoss({ step: "softsign", slope: 10 });
  assertLess(await moved(tf.train.sgd(0.1), answeredSoftsignLoss), 0.01);
  assertGreater(await moved(tf.train.adam(0.05), answeredSoftsignLoss), 0.5);
  assertGreater(await moved(tf.train.sgd(0.1), centred), 0.05);
  assertGreater(await moved(tf.train.adam(0.05), centred), 0.5);
  tf.dispose([x, y]);
});

onBackends("12: soft precision without a step does not see that all outputs are scaled down; the decisions do", () => {
  const y = [1, 1, 0, 0], p = [0.9, 0.8, 0.1, 0.2], loss = precisionLoss({ step: "identity" });
  const scaled = p.map((v) => v / 1024);
  assertWithin(evaluate(loss, y, scaled).value, evaluate(loss, y, p).value, 1e-7);
  assertLess(evaluate(loss, y, scaled).value, 0.2);
  const hard = (p: number[]) => tf.tidy(() => precisionMetric()(tf.tensor1d(y), tf.tensor1d(p)).dataSync()[0]);
  assertEquals([hard(p), hard(scaled)], [1, 0]); // 0: not defined
});

onBackends("13: one sure positive is an optimum of precision", () => {
  const { value, gradient } = evaluate(precisionLoss({ step: "straightThrough" }), [1, 1, 1, 0], [0.9, 0, 0, 0]);
  assertStrictEquals(value, 0);
  assertAllWithin(gradient.slice(0, 3), [0, 0, 0], 0); // nothing pulls the other positives up
});

onBackends("the thread's losses make one tensor, and one for the gradient", () => {
  const y = tf.tensor1d([1, 0, 1]), p = tf.tensor1d([0.6, 0.04, 0.2]);
  for (const loss of [askedRoundLoss, askedRampLoss, answeredSoftsignLoss]) {
    const value = counted(() => loss(y, p)), gradient = counted(() => tf.grad((p) => loss(y, p))(p));
    assertEquals([value.made, gradient.made], [1, 1], loss.name);
    assertEquals([value.result.shape, gradient.result.shape], [[], [3]]);
    tf.dispose([value.result, gradient.result]);
  }
  tf.dispose([y, p]);
});

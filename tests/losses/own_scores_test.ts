// Scores and steps of one's own, with and without a gradient, with mistakes; what factories refuse; second derivatives.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import {
  applyStep,
  type Counts,
  f1Loss,
  hardMetric,
  identity,
  metricLoss,
  type Score,
  type ScoreDefinition,
  softsign,
  steps,
  straightThrough,
  toScore,
  toStep,
} from "../../lib/mod.ts";
import { countsGradient } from "../../lib/core.ts";
import { allScores, sizeOf } from "../all_scores.ts";
import { assertRefused, assertWithin, onBackends } from "../helpers.ts";

const error = TypeError;
const keys = ["tp", "fp", "fn", "tn"] as const;
const batch = () => [tf.tensor1d([1, 0, 1]), tf.tensor1d([0.6, 0.4, 0.3])] as const;
const smooth = allScores.filter(({ name }) => !name.includes("At"));

Deno.test("a score without a gradient gets one by differences: within 1e-8 of the closed form", () => {
  const count = fc.double({ min: 1, max: 1000, noNaN: true });
  fc.assert(fc.property(fc.record({ tp: count, fp: count, fn: count, tn: count }), (counts) => {
    for (const { name, value, gradient, ...rest } of smooth) {
      const own = toScore({ name, value, best: rest.best }).gradient(counts), exact = gradient(counts);
      const largest = Math.max(...keys.map((key) => Math.abs(exact[key])));
      for (const key of keys) {
        // Relative to the gradient, or to the score's size by the count that moves.
        const size = Math.max(largest, sizeOf({ name } as Score) / counts[key]);
        assertWithin(own[key], exact[key], 1e-8 * size, `${name} ∂${key} ${JSON.stringify(counts)}`);
      }
    }
  }));
});

onBackends("a score of one's own trains and measures like the one of the table, in every average", () => {
  const [y, p] = [tf.tensor2d([[1, 0], [0, 1], [1, 1]]), tf.tensor2d([[0.6, 0.4], [0.3, 0.7], [0.2, 0.8]])];
  const own = { name: "f1", value: ({ tp, fp, fn }: Counts) => 2 * tp / (2 * tp + fp + fn) };
  for (const average of ["micro", "macro", "weighted", "samples"] as const) {
    const { value, grad } = tf.valueAndGrad((p) => metricLoss(own, { average })(y, p))(p);
    const expected = tf.valueAndGrad((p) => f1Loss({ average })(y, p))(p);
    assertEquals(value.dataSync(), expected.value.dataSync());
    expected.grad.dataSync().forEach((g, i) => assertWithin(grad.dataSync()[i], g, 1e-7 * Math.abs(g) + 1e-7));
    const metrics = [hardMetric(own, { average }), hardMetric("f1", { average })].map((m) => m(y, p).dataSync()[0]);
    assertStrictEquals(metrics[0], metrics[1]);
    tf.dispose([value, grad, expected.value, expected.grad]);
  }
  tf.dispose([y, p]);
});

Deno.test("a score of one's own with a mistake is named by it, and leaves nothing behind", () => {
  const [y, p] = batch(), fine = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const made = (score: Partial<ScoreDefinition> & Record<string, unknown>) => () =>
    toScore({ name: "mine", value: () => 0.5, ...score } as ScoreDefinition);
  for (const name of [undefined, "", 3, null]) {
    assertRefused(made({ name: name as string }), {
      error,
      argument: "name",
      value: name === "" ? "''" : String(name),
    });
  }
  assertRefused(made({ gradient: 3 as never }), { error, argument: "gradient", value: "3" });
  assertRefused(made({ best: NaN }), { error, argument: "best", value: "NaN" });
  assertRefused(made({ value: undefined }), { error, argument: "score", value: "'name', 'value'" });

  const refused = (score: Record<string, unknown>, sentence: string) => {
    const loss = metricLoss({ name: "mine", value: () => 0.5, ...score } as ScoreDefinition);
    const before = tf.memory().numTensors;
    assertThrows(() => tf.grad((p) => loss(y, p))(p), TypeError, `Cannot compute mine: ${sentence}`);
    assertEquals(tf.memory().numTensors, before);
  };
  refused({ gradient: () => ({ ...fine, fn: NaN }) }, "the score's derivative with respect to 'fn' is NaN");
  refused({ gradient: () => ({ tp: 0, fp: 0, fn: 0 }) }, "the score's derivative with respect to 'tn' is undefined");
  refused({ gradient: () => undefined }, "the score's derivative with respect to 'tp' is undefined");
  refused({ value: () => undefined }, "the score's value is undefined");
  refused({ value: () => Infinity }, "the score's value is Infinity");
  refused({ value: () => "1" }, "the score's value is '1'");
  // Where the value is NaN the gradient is not even asked for.
  const nowhere = metricLoss({ name: "nowhere", value: () => NaN, gradient: () => ({ ...fine, tp: NaN }) });
  const { value, grad } = tf.valueAndGrad((p) => nowhere(y, p))(p);
  assertEquals([value.dataSync()[0], ...grad.dataSync()].map(Math.abs), [1, 0, 0, 0]);
  tf.dispose([y, p, value, grad]);
});

Deno.test("a mistake in a custom step is named, and is not taken for a zero division", () => {
  const [y, p] = batch(),
    sound = { name: "mine", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
  const refused = (step: Record<string, unknown>, sentence: string) =>
    assertThrows(() => tf.grad((p) => f1Loss({ step: { ...sound, ...step } })(y, p))(p), TypeError, sentence);
  refused({ value: () => NaN }, "Cannot compute f1: the step's value at the output 0.6000000238418579 is NaN");
  refused(
    { value: () => undefined },
    "Cannot use the step 'mine': 'value(0.6000000238418579)' must be a number, it is undefined",
  );
  refused({ value: (p: number) => p > 0.5 ? p : NaN }, "the step's value at the output 0.4000000059604645 is NaN");
  refused({ derivative: () => NaN }, "the step's derivative at the output 0.6000000238418579 is NaN");
  const cases: [string, unknown, string][] = [
    ["name", "", "''"],
    ["name", undefined, "undefined"],
    ["threshold", -0.1, "-0.1"],
    ["threshold", 1, "1"],
    ["threshold", NaN, "NaN"],
    ["slope", 0, "0"],
    ["slope", NaN, "NaN"],
    ["slope", undefined, "undefined"],
  ];
  for (const [argument, bad, value] of cases) {
    assertRefused(() => toStep({ ...sound, [argument]: bad }), { error, argument, value });
  }
  assertStrictEquals(toStep({ ...sound, slope: Infinity, threshold: 0 }).slope, Infinity);
  tf.dispose([y, p]);
});

Deno.test("a straight-through step may stand at 0, where the thread's softsign does", () => {
  const step = straightThrough(softsign({ threshold: 0, anchored: false }));
  assertEquals([step.threshold, step.value(0), step.value(1e-9)], [0, 0, 1]);
  assertStrictEquals(step.derivative(0), 4);
});

Deno.test("the largest slope is 1e100, at which every step is finite; beyond it is refused", () => {
  for (const name of ["softsign", "logistic", "arctan", "gaussian", "linearRamp"] as const) {
    for (const anchored of [true, false]) {
      for (const threshold of [0.3, 0.5, 1e-9]) {
        const step = steps[name]({ slope: 1e100, threshold, anchored });
        assertWithin(step.derivative(threshold) / 1e100, 1, 1e-12, name);
        for (const p of [0, threshold / 2, 0.7, 1]) {
          assert(Number.isFinite(step.derivative(p)), `${name} ${p}`);
          assertWithin(step.value(p), p > threshold ? 1 : 0, 1e-12, `${name} ${p}`);
        }
      }
      assertRefused(() => steps[name]({ slope: 1.01e100, anchored }), { argument: "slope", value: "1.01e+100" });
    }
  }
});

onBackends("a second derivative is refused, of a loss and of a step, also through a chain; the first is not", () => {
  const [y, p] = batch();
  const many = tf.tile(p, [3000]), yMany = tf.tile(y, [3000]); // enough for the SIMD loops
  const chain = (y: tf.Tensor) => (p: tf.Tensor) => f1Loss()(y, tf.sigmoid(p)),
    step = (p: tf.Tensor) => tf.sum(applyStep(softsign(), tf.square(p)));
  const cases = [[chain(y), p, "f1Loss"], [chain(yMany), many, "f1Loss"], [step, p, "the step 'softsign'"]] as const;
  for (const [f, p, what] of cases) {
    assertThrows(
      () => tf.grad((p) => tf.sum(tf.square(tf.grad(f)(p))))(p),
      Error,
      `Cannot compute a second derivative of ${what}: it is differentiated once only`,
    );
    const first = tf.grad(f)(p);
    assert(first.dataSync().every((g) => g !== 0));
    first.dispose();
  }
  tf.dispose([y, p, many, yMany]);
});

onBackends("gradients stay finite where counts underflow: logits from −700 to −745, weights of 1e-38", () => {
  for (const score of allScores) {
    for (const step of ["softsign", "identity", "straightThrough", "logistic"] as const) {
      for (const weight of [1, 1e-38]) {
        tf.tidy(() => {
          const y = tf.tensor1d([1, 0, 1, 0]), z = tf.tensor1d([-700, -720, -740, -745]);
          const w = tf.fill([4], weight), loss = metricLoss(score, { step, fromLogits: true });
          const { value, grad } = tf.valueAndGrad((z) => loss(y, z, w))(z);
          assert(Number.isFinite(value.dataSync()[0]), `${score.name} ${step}: ${value.dataSync()}`);
          assert(grad.dataSync().every(Number.isFinite), `${score.name} ${step}: ${grad.dataSync()}`);
        });
      }
    }
  }
  // Partials that would cancel as ∞ − ∞.
  const partials = { tp: Infinity, fp: -Infinity, fn: Infinity, tn: 0 };
  const gradient = countsGradient({ yTrue: [1, 0], yPred: [0.5, 0.5] }, identity(), partials);
  assert(gradient.every((g) => !Number.isNaN(g)), `${gradient}`);
});

// Steps on tensors: `apply`, its gradient, and the tensors they make.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { applyStep, identity, round, softsign, type Step, steps, straightThrough, toStep } from "../../lib/mod.ts";
import { assertAllWithin, counted, onBackends } from "../helpers.ts";

const all: Step[] = [
  ...Object.values(steps).map((make) => make({ threshold: 0.4 })),
  ...[steps.softsign, steps.gaussian, steps.straightThrough].map((make) => make({ slope: 7, threshold: 0.4 })),
  steps.logistic({ anchored: false }),
  straightThrough(steps.linearRamp({ slope: 3 })),
];
const numbers = [0.1, 0.4, 0.45, 0, 1, 0.999, 0.375, 0.25, -0.5, 1.5, Infinity, -Infinity];
const shapesOfTensors: number[][] = [[], [12], [12, 1], [2, 3, 2], [1, 1, 2, 6]];

const f32 = Float32Array.from;

onBackends("apply is value, elementwise, on every shape; its gradient through tf.grad is derivative", () => {
  for (const step of all) {
    for (const shape of shapesOfTensors) {
      // The step sees float32 numbers; what it makes of them in float64 is rounded once.
      const input = f32.call(Float32Array, shape.length === 0 ? [0.45] : numbers) as Float32Array;
      const x = tf.tensor(input, shape);
      const y = applyStep(step, x), g = tf.grad((v) => applyStep(step, v))(x);
      assertEquals([y.shape, y.dtype, g.shape, g.dtype], [shape, "float32", shape, "float32"], step.name);
      assertEquals([...y.dataSync()], [...input.map(step.value)], step.name);
      assertEquals([...g.dataSync()], [...input.map(step.derivative)], step.name);
      tf.dispose([x, y, g]);
    }
  }
});

onBackends("the gradient is multiplied by what comes from above, and follows the chain rule", () => {
  const step = steps.softsign({ slope: 4 });
  const x = tf.tensor1d([0.2, 0.5, 0.75]), above = tf.tensor1d([2, -3, 0]);
  const g = tf.grad((v) => tf.sum(tf.mul(applyStep(step, tf.sub(1, v)), above)))(x);
  // d/dx above·s(1 − x) = −above·s′(1 − x); 1 − 0.2 is rounded to float32 once more.
  assertAllWithin(g.dataSync(), [-2 * step.derivative(1 - 0.2), 3 * step.derivative(0.5), 0], 1e-5);
  const twice = tf.grad((v) => applyStep(step, applyStep(step, v)))(x);
  const by = (p: number) => step.derivative(p) * step.derivative(step.value(p));
  assertAllWithin(twice.dataSync(), [by(0.2), by(0.5), by(0.75)], 1e-5);
  tf.dispose([x, above, g, twice]);
});

onBackends("NaN stays NaN on tensors, in both directions", () => {
  for (const step of all) {
    const x = tf.tensor1d([NaN, 0.5]);
    const y = applyStep(step, x), g = tf.grad((v) => applyStep(step, v))(x);
    assertStrictEquals(y.dataSync()[0], NaN);
    assertStrictEquals(g.dataSync()[0], NaN);
    assert(!Number.isNaN(y.dataSync()[1]) && !Number.isNaN(g.dataSync()[1]));
    tf.dispose([x, y, g]);
  }
});

onBackends("tensors of int32 and bool are taken as numbers", () => {
  for (const dtype of ["int32", "bool"] as const) {
    const x = tf.tensor1d([0, 1, 1], dtype), y = applyStep(round(), x);
    assertEquals([y.dtype, [...y.dataSync()]], ["float32", [0, 1, 1]]);
    tf.dispose([x, y]);
  }
});

onBackends("an empty tensor stays empty", () => {
  const x = tf.tensor2d([], [0, 1]), y = applyStep(identity(), x);
  assertEquals([y.shape, y.size], [[0, 1], 0]);
  tf.dispose([x, y]);
});

onBackends("a value makes one tensor, a gradient makes one, and nothing else stays", () => {
  for (const step of all) {
    const x = tf.tensor2d([0.2, 0.5, 0.7], [3, 1]);
    const value = counted(() => applyStep(step, x));
    assertEquals(value.made, 1, step.name);
    const gradient = counted(() => tf.grad((v) => applyStep(step, v))(x));
    assertEquals(gradient.made, 1, step.name);
    const both = counted(() => tf.valueAndGrad((v) => tf.sum(applyStep(step, v)))(x));
    assertEquals(both.made, 2, step.name);
    tf.dispose([x, value.result, gradient.result, both.result.value, both.result.grad]);
  }
});

onBackends("a definition of one's own, as an object or as a class, becomes a step with a tensor form", () => {
  class Smooth {
    readonly name = "smooth";
    readonly threshold = 0.5;
    readonly slope = 1.5;
    constructor(private readonly power: number) {}
    value(p: number): number {
      return p ** this.power * (3 - 2 * p);
    }
    derivative(p: number): number {
      return 6 * p ** (this.power - 1) * (1 - p);
    }
  }
  const asObject = {
    name: "smooth",
    threshold: 0.5,
    slope: 1.5,
    value: (p: number) => p * p * (3 - 2 * p),
    derivative: (p: number) => 6 * p * (1 - p),
  };
  for (const definition of [asObject, new Smooth(2)]) {
    const step = toStep(definition);
    assertEquals([step.name, step.threshold, step.slope], ["smooth", 0.5, 1.5]);
    assertEquals([step.value(0.25), step.derivative(0.25)], [0.15625, 1.125]);
    assertEquals([step.value(0.25), straightThrough(step).derivative(0.25)], [0.15625, 1.125]);
    const x = tf.tensor1d([0.25, 0.5]), y = applyStep(step, x), g = tf.grad((v) => applyStep(step, v))(x);
    assertEquals([[...y.dataSync()], [...g.dataSync()]], [[0.15625, 0.5], [1.125, 1.5]]);
    tf.dispose([x, y, g]);
  }
});

Deno.test("round: an output that is the threshold rounded to float32 is the threshold, which is not a positive", () => {
  for (const threshold of [0.3, 0.1, 0.7, 0.5, 0.9]) {
    const rounded = Math.fround(threshold), next = Math.fround(rounded * (1 + 2 ** -22));
    for (const step of [round({ threshold }), straightThrough(softsign({ threshold }))]) {
      assertEquals([threshold, rounded, next].map(step.value), [0, 0, 1], `${step.name} at ${threshold}`);
    }
  }
});

Deno.test("a step is applied to a tensor: anything else is named", () => {
  for (const x of [[0.5], 0.5, undefined, null, Float32Array.of(0.5)]) {
    const sentence = "Cannot apply the step 'softsign': 'x' must be a tensor, it is";
    assertThrows(() => applyStep(softsign(), x as never), TypeError, sentence);
  }
  const sentence = "Cannot apply a step: 'step' must be a step, such as softsign(), it is ";
  for (
    const [step, text] of [[undefined, "undefined"], ["softsign", "'softsign'"], [softsign, "the function softsign"]]
  ) {
    assertThrows(() => applyStep(step as never, tf.scalar(0.5)), TypeError, sentence + text);
  }
  const broken = { ...softsign(), derivative: 1 as never };
  assertThrows(() => applyStep(broken, tf.scalar(0.5)), TypeError, `${sentence}an object with the keys ['name'`);
});

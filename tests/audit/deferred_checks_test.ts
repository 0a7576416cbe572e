// The guard's asynchronous checks, step by step.
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { DeferredChecks, type DeferredStep } from "../../lib/audit/deferred_checks.ts";

/** A step with a value, a gradient and an upstream gradient. */
const stepOf = (step: number, value: number, gradient: number[], upstream: number[]): DeferredStep => ({
  step,
  value: tf.scalar(value),
  gradient: tf.tensor1d(gradient),
  upstream: tf.tensor1d(upstream),
  others: [tf.tensor1d([1, 0])],
});

/** Adds steps and waits for their reads; fails if a tensor is left. */
async function check(checks: DeferredChecks, steps: readonly (() => DeferredStep)[]): Promise<void> {
  const before = tf.memory().numTensors;
  for (const make of steps) tf.tidy(() => checks.add(make()));
  await tf.nextFrame();
  await tf.nextFrame();
  assertEquals(tf.memory().numTensors, before);
}

Deno.test("a step is inspected if its loss or gradient is not finite, or its gradient is 0 and the loss counts", async () => {
  const inspected: number[] = [];
  const checks = new DeferredChecks(({ step }) => Promise.resolve(void inspected.push(step)));
  await check(checks, [
    () => stepOf(1, 0.5, [0, 0.1], [1]),
    () => stepOf(2, NaN, [0, 0.1], [1]),
    () => stepOf(3, 0.5, [NaN, 0.1], [1]),
    () => stepOf(4, 0.5, [-Infinity, 0.1], [1]),
    () => stepOf(5, 0.5, [0, 0], [1]),
    () => stepOf(6, 0.5, [0, 0], [0]), // the loss is multiplied by 0
    () => stepOf(7, Infinity, [0, -0.1], [1]),
  ]);
  assertEquals(inspected, [2, 3, 4, 5, 7]);
  checks.throwFailure();
});

Deno.test("a read that fails is thrown at the next step, once, and leaves no tensor", async () => {
  const checks = new DeferredChecks(() => Promise.resolve(undefined)), engine = tf.engine(), { read } = engine;
  engine.read = () => Promise.reject(new Error("the device is gone"));
  try {
    await check(checks, [() => stepOf(1, 0.5, [0.1], [1])]);
  } finally {
    engine.read = read;
  }
  assertThrows(() => checks.throwFailure(), Error, "the device is gone");
  checks.throwFailure();
});

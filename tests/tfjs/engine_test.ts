// The loss as an operation of TensorFlow.js: what its tape records, what is kept for it, and what is left.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { applyStep, f1Loss, toStep } from "../../lib/mod.ts";
import { engine, readTogether } from "../../lib/tfjs/engine.ts";
import { counted, onBackends, random } from "../helpers.ts";

const n = 10_007, loss = f1Loss();

/** Outputs and labels of more rows than the loops in float64 take by themselves. */
function batch() {
  const next = random(1);
  const yPred = tf.tensor1d(Float32Array.from({ length: n }, next));
  return { yPred, yTrue: tf.tensor1d(Float32Array.from({ length: n }, () => Number(next() < 0.3))) };
}

onBackends("a value alone keeps nothing, alone or inside of an operation that has its own gradient", () => {
  const { yPred, yTrue } = batch(), alone = loss(yTrue, yPred), wanted = alone.dataSync()[0];
  alone.dispose();
  assertEquals(counted(() => loss(yTrue, yPred).dispose()).made, 0);
  const own = tf.customGrad((x) => ({
    value: loss(yTrue, x as tf.Tensor),
    gradFunc: (dy) => tf.mul(dy, tf.onesLike(yPred)),
  }));
  const { made } = counted(() => {
    for (let call = 0; call < 3; call++) {
      const { value, grad } = tf.valueAndGrad((x) => own(x))(yPred);
      assertEquals(value.dataSync()[0], wanted, "the same value whether or not the tape records");
      assert(grad.dataSync().every((g) => g === 1));
      tf.dispose([value, grad]);
    }
  });
  assertEquals(made, 0);
  tf.dispose([yPred, yTrue]);
});

onBackends("a gradient that is never taken leaves nothing", () => {
  const { yPred, yTrue } = batch();
  const { made } = counted(() => {
    const grad = tf.grad((x) => {
      loss(yTrue, x); // recorded, but nothing depends on it
      return tf.sum(x) as tf.Scalar;
    })(yPred);
    assert(grad.dataSync().every((g) => g === 1));
    grad.dispose();
  });
  assertEquals(made, 0);
  tf.dispose([yPred, yTrue]);
});

onBackends("the loss is one operation: nothing of its inside is recorded, and weights get its gradient", async () => {
  const { yPred, yTrue } = batch();
  const { kernels } = await tf.profile(() => tf.tidy(() => tf.grads((x) => loss(yTrue, x))([yPred])));
  assert(kernels.length <= 3, kernels.map(({ name }) => name).join()); // the loss, and TensorFlow.js's own dy
  const weight = tf.variable(tf.scalar(0.5));
  const { grads, value } = tf.variableGrads(() => loss(yTrue, tf.mul(yPred, weight)), [weight]);
  assert(Math.abs(grads[weight.name].dataSync()[0]) > 1e-3);
  tf.dispose([grads[weight.name], value, weight, yPred, yTrue]);
});

onBackends("inside another gradient the loss has the same gradient, which is refused a second derivative", () => {
  for (const rows of [100, n]) {
    const all = batch(), yPred = tf.slice(all.yPred, 0, rows), yTrue = tf.slice(all.yTrue, 0, rows);
    const inner = (x: tf.Tensor) => tf.grad((p) => loss(yTrue, p))(x);
    const wanted = inner(yPred), seen: Float32Array[] = [];
    const { made } = counted(() => {
      // The outer function takes the loss itself and the inner gradient: the backward pass of the loss runs twice.
      const outer = tf.grad((x) => {
        seen.push(tf.tidy(() => inner(x).dataSync()) as Float32Array);
        return loss(yTrue, x);
      })(yPred);
      seen.push(outer.dataSync() as Float32Array);
      outer.dispose();
    });
    assert(made === 0, `${made} tensors are left`);
    // TensorFlow.js itself keeps what its square saved when the gradient throws.
    assertThrows(() => tf.grad((x) => tf.sum(tf.square(inner(x))))(yPred), Error, "a second derivative of f1Loss");
    for (const gradient of seen) {
      const numbers = wanted.dataSync();
      assert(gradient.every((g, i) => Math.abs(g - numbers[i]) <= 3e-6 * Math.abs(numbers[i])));
    }
    tf.dispose([yPred, yTrue, wanted, all.yPred, all.yTrue]);
  }
});

onBackends("a tape that is not as it is known here is left alone: the other way keeps what it needs by itself", () => {
  const { yPred, yTrue } = batch(), valueAndGrad = tf.valueAndGrad((x) => loss(yTrue, x));
  const known = valueAndGrad(yPred), { state } = engine() as { state: { activeTape?: unknown } };
  const tapes = new WeakMap<object, unknown>();
  // A tape whose nodes cannot be reached from its end.
  const hide = (tape: unknown) => tape && Object.assign(tape, { at: () => undefined });
  Object.defineProperty(state, "activeTape", {
    configurable: true,
    get: () => tapes.get(state),
    set: (tape) => tapes.set(state, hide(tape)),
  });
  try {
    const { made } = counted(() => {
      const { value, grad } = valueAndGrad(yPred);
      assert(Math.abs(value.dataSync()[0] - known.value.dataSync()[0]) < 1.1e-7);
      const wanted = known.grad.dataSync();
      assert(grad.dataSync().every((g, i) => Math.abs(g - wanted[i]) <= 3e-6 * Math.abs(wanted[i])));
      tf.dispose([value, grad]);
    });
    assertEquals(made, 0);
  } finally {
    Object.defineProperty(state, "activeTape", { value: null, writable: true, configurable: true, enumerable: true });
    tf.dispose([known.value, known.grad, yPred, yTrue]);
  }
});

onBackends(
  "an engine without the method of operations is left alone: tf.customGrad makes them, with the same numbers",
  () => {
    const { yPred, yTrue } = batch(), step = toStep("softsign"), own = engine() as { runKernelFunc?: unknown };
    const take = () => {
      const { value, grad } = tf.valueAndGrad((x) => tf.add(loss(yTrue, x), tf.mean(applyStep(step, x))))(yPred);
      const numbers = [...value.dataSync(), ...grad.dataSync()];
      tf.dispose([value, grad]);
      return numbers;
    };
    const wanted = take(), { runKernelFunc } = own;
    let hidden = 0;
    Object.defineProperty(own, "runKernelFunc", { // hidden from this library, not from TensorFlow.js
      configurable: true,
      get: () => new Error().stack!.split("\n")[2].includes("customOp") ? void hidden++ : runKernelFunc,
    });
    try {
      const { result, made } = counted(take);
      assertEquals(result, wanted);
      assertEquals(made, 0);
      assertEquals(hidden, 3, "the loss, the step and its derivative");
    } finally {
      delete own.runKernelFunc;
      tf.dispose([yPred, yTrue]);
    }
  },
);

Deno.test("a read outlives the scope that began it, as a device's does, and leaves nothing", async () => {
  const tensors = [tf.tensor1d([1, 2]), tf.tensor2d([[3], [4]])], own = tf.engine(), { read } = own;
  const before = tf.memory().numTensors;
  own.read = async (id) => {
    await Promise.resolve(); // by now the scope has ended
    return await read.call(own, id);
  };
  try {
    let numbers: Promise<Float32Array[]> | undefined;
    tf.tidy(() => void (numbers = readTogether(tensors)));
    assertEquals((await numbers)?.map((each) => [...each]), [[1, 2], [3, 4]]);
  } finally {
    own.read = read;
  }
  assertEquals(tf.memory().numTensors, before);
  tf.dispose(tensors);
});

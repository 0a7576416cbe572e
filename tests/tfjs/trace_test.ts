// The kernels of a function, run without the engine: the bits of the function, and none where they could differ.
import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { metricLoss, precision } from "@roundabout/roundabout";
import { seededRandom } from "../../lib/numerics/random.ts";
import type { CpuBackend } from "../../lib/tfjs/engine.ts";
import type { Tensor } from "../../lib/tfjs/tensor.ts";
import { type Trace, traceOf } from "../../lib/tfjs/trace.ts";
import { counted } from "../helpers.ts";

type Loss = (yTrue: Tensor, yPred: Tensor) => Tensor;

const shape = [4, 2];

/** Labels and outputs of four rows, by a seed. */
const numbersOf = (seed: number): [Float32Array, Float32Array] => {
  const random = seededRandom(seed), draw = () => 0.05 + 0.9 * random.uniform();
  return [Float32Array.from({ length: 8 }, () => draw() > 0.5 ? 1 : 0), Float32Array.from({ length: 8 }, draw)];
};

/** The result of a loss, which `see` may read before it is disposed of, and its gradient, by TensorFlow.js. */
const gradientOf = (loss: Loss, [yTrue, yPred]: readonly Tensor[], see = (_: Tensor) => {}): [Tensor, Tensor] => {
  let result!: Tensor;
  const gradient = tf.grad((p) => {
    see(result = loss(yTrue, p as Tensor));
    return tf.mean(result);
  })(yPred);
  return [result, gradient];
};

const withTensors = <T>(seed: number, of: (inputs: Tensor[]) => T): T => {
  let result!: T;
  tf.tidy(() => void (result = of(numbersOf(seed).map((numbers) => tf.tensor(numbers, shape)))));
  return result;
};

const traced = (loss: Loss, seed = 1): Trace | undefined =>
  withTensors(seed, (inputs) => traceOf(inputs, () => gradientOf(loss, inputs)));

const ways: Record<string, Loss> = {
  "a constant of the loss": (y, p) => tf.mean(tf.mul(tf.tensor1d([2, 3]), tf.squaredDifference(y, p))),
  "a constant that is computed": (y, p) => tf.sum(tf.mul(tf.add(tf.range(0, 2), tf.fill([2], 0.5)), tf.mul(y, p))),
  "other shapes": (y, p) => tf.mean(tf.matMul(tf.reshape(y, [2, 4]), tf.reshape(tf.square(p), [4, 2]))),
  "several results": (y, p) => tf.mean(tf.mul(tf.sub(...tf.split(p, 2, 1) as [Tensor, Tensor]), tf.unstack(y, 1)[0])),
  "lists of inputs": (y, p) => tf.logSumExp(tf.concat([tf.mul(y, p), tf.stack([p, p], 2).mean(2)], 0)),
  "rows": (y, p) => tf.squaredDifference(y, tf.sigmoid(p)),
  "a gradient inside": (y, p) => tf.add(tf.mean(tf.grad((q) => tf.sum(tf.pow(q, 3)))(p)), tf.mean(tf.mul(y, p))),
  "a gradient of its own": (y, p) =>
    tf.mean(tf.mul(
      y,
      tf.customGrad((x) => ({
        value: tf.exp(x as Tensor),
        gradFunc: (dy: Tensor) => tf.mul(dy, tf.scalar(0.5)),
      }))(p),
    )),
  "an attribute that the loss changes": (y, p) => {
    const begin = [0, 0],
      parts = [0, 1].map((column) => {
        begin[1] = column;
        return tf.slice(p, begin, [4, 1]);
      });
    return tf.mean(tf.div(parts[0], tf.add(parts[1], tf.sum(y))));
  },
  "a kernel that makes a tensor of the engine": (y, p) => tf.mean(tf.abs(tf.sub(y, p))),
  "an input that is left out": (y, p) =>
    tf.sum(tf.mul(y, tf.fused.matMul({ a: p as tf.Tensor2D, b: tf.eye(2), activation: "relu" }))),
  "a mask": (y, p) => tf.sum(tf.where(tf.greater(y, 0.5), tf.log(p), tf.square(p))),
};

/** The numbers of {@linkcode gradientOf}. */
const numbersBy = (loss: Loss, seed: number): ArrayLike<number>[] =>
  withTensors(seed, (inputs) => {
    let value!: ArrayLike<number>;
    const [, gradient] = gradientOf(loss, inputs, (result) => void (value = result.dataSync().slice()));
    return [value, gradient.dataSync().slice()];
  });

Deno.test("traceOf: the bits of the function from other numbers, and nothing is left behind", () => {
  const backend = tf.engine().backend;
  for (const [name, loss] of Object.entries(ways)) {
    const before = backend.numDataIds(),
      { made } = counted(() => {
        const trace = traced(loss)!, seeds = [1, 2, 3];
        const answers = seeds.map((seed) => [trace(numbersOf(seed), 2), trace(numbersOf(seed), 1)]);
        const wanted = seeds.map((seed) => numbersBy(loss, seed));
        assertEquals(answers, wanted.map((numbers) => [numbers, numbers.slice(0, 1)]), name);
      });
    assertEquals([made, backend.numDataIds()], [0, before], name);
  }
});

Deno.test("traceOf: the function is called once, and its trace takes numbers from its arguments alone", () => {
  const weights = tf.variable(tf.tensor1d([1, 2]));
  let calls = 0;
  const trace = traced((y, p) => (calls++, tf.sum(tf.mul(weights, tf.squaredDifference(y, p)))))!;
  const [first] = trace(numbersOf(2), 2);
  weights.assign(tf.tensor1d([5, 5]));
  tf.dispose(weights);
  assertEquals([trace(numbersOf(2), 2)[0], calls], [first, 1]);
});

Deno.test("traceOf: what has loops does not run TensorFlow.js's own kernels", () => {
  const trace = traced(ways["several results"])!, wanted = numbersBy(ways["several results"], 2);
  const kernels = ["SplitV", "Sub", "Multiply"].map((name) => tf.getKernel(name, "cpu"));
  const own = kernels.map(({ kernelFunc }) => kernelFunc);
  try {
    for (const kernel of kernels) {
      kernel.kernelFunc = () => {
        throw new Error("not a loop");
      };
    }
    assertEquals(trace(numbersOf(2), 2), wanted);
  } finally {
    kernels.forEach((kernel, i) => kernel.kernelFunc = own[i]);
  }
});

Deno.test("traceOf: an attribute is as it was in the call, whatever it is and however it changes later", () => {
  const kernelName = "OfManyAttributes", attrs = { times: (v: number) => 2 * v, by: { v: 3 }, lists: [[1]] };
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
    kernelFunc: (params) => {
      const { times, by, lists } = params.attrs as unknown as typeof attrs;
      return (params.backend as CpuBackend).makeTensorInfo([], "float32", Float32Array.of(times(by.v) + lists[0][0]));
    },
  });
  try {
    const trace = withTensors(1, (inputs) =>
      traceOf(inputs, () => {
        const result = tf.engine().runKernel(kernelName, { x: inputs[0] }, attrs as unknown as tf.NamedAttrMap);
        attrs.by.v = attrs.lists[0][0] = 9;
        return [result as Tensor];
      }));
    assertEquals(trace!(numbersOf(2), 1), [Float32Array.of(7)]);
  } finally {
    tf.unregisterKernel(kernelName, "cpu");
  }
});

Deno.test("traceOf: there is none of a function without results, or one that chooses among them by a number", () => {
  const chosen = (p: Tensor) => [tf.square(p), tf.exp(p)].slice(p.dataSync()[0] > 0.5 ? 1 : 0);
  for (const run of [() => [], chosen]) {
    assertEquals(withTensors(1, (inputs) => traceOf(inputs, () => run(inputs[1]))), undefined);
  }
});

Deno.test("traceOf: there is none if numbers are read, computed outside TensorFlow.js, or constant", () => {
  const { data } = tf.engine().backend as unknown as { data: { get(id: object): { values: Float32Array } } };
  const custom = (value: (x: Tensor) => Tensor, slope = (dy: Tensor, _: Tensor) => dy): Loss => (y, p) =>
    tf.mean(tf.mul(
      y,
      tf.customGrad((x, save) => {
        (save as (x: unknown[]) => void)([x]);
        return { value: value(x as Tensor), gradFunc: (dy: Tensor, saved: Tensor[]) => slope(dy, saved[0]) };
      })(p),
    ));
  const without: Record<string, Loss> = {
    "a read of the outputs": (y, p) => tf.mean(tf.mul(tf.squaredDifference(y, p), p.dataSync()[0])),
    "a read of what depends on the labels": (y, p) => tf.mul(tf.mean(p), tf.sum(y).arraySync() as number),
    "a read inside an operation": custom((x) => tf.mul(x, x.dataSync()[0])),
    "a read in a backward pass": custom((x) => tf.square(x), (dy, x) => tf.mul(dy, x.dataSync()[0])),
    "an operation that computes outside TensorFlow.js": custom((x) =>
      tf.tensor(data.get(x.dataId).values.map(Math.exp), x.shape)
    ),
    "a loss of this library": metricLoss(precision, { average: "macro" }) as Loss,
    "a loss of this library among other terms": (y, p) =>
      tf.add(tf.mean(p), metricLoss(precision, { average: "macro" })(y, p)),
    "complex numbers": (y, p) => tf.sum(tf.mul(tf.real(tf.complex(y, y)), tf.square(p))),
    "a gradient that is constant": (_, p) => tf.sum(p),
  };
  for (const [name, loss] of Object.entries(without)) {
    const { made } = counted(() => assertEquals(traced(loss), undefined, name));
    assertEquals(made, 0, name);
  }
});

Deno.test("traceOf: only the backend cpu", async () => {
  await tf.setBackend("wasm");
  assertEquals(traced(ways.rows), undefined);
});

Deno.test("traceOf: a kernel that refuses the numbers, or whose shape depends on them, throws", () => {
  const backend = tf.engine().backend;
  const chosen = traced((y, p) => tf.sum(tf.mul(y, tf.gather(p, tf.cast(tf.mul(y, 3), "int32").flatten()).sum(0))))!;
  const distinct = traced((y, p) => tf.mul(tf.sum(tf.unique(tf.reshape(y, [8])).values), tf.sum(tf.square(p))))!;
  const before = backend.numDataIds(), [, yPred] = numbersOf(1);
  assertThrows(() => distinct([new Float32Array(8), yPred], 2), Error, "The shape depends on the numbers");
  assertEquals(backend.numDataIds(), before);
  assertThrows(() => chosen([new Float32Array(8).fill(2), yPred], 2), Error, "is not in [0, 3]");
});

import * as tf from "@tensorflow/tfjs-core";
import { type HostMemory, hostMemory } from "../../tfjs/engine.ts";
import type { Tensor } from "../../tfjs/tensor.ts";

/** A kernel of TensorFlow.js. */
type Kernel = tf.KernelConfig["kernelFunc"];

/** The operations of two numbers whose kernels take most of an audit. */
export const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: (a, b) => Math.max(a, b),
  Minimum: (a, b) => Math.min(a, b),
  SquaredDifference: (a, b) => (a - b) * (a - b),
};

/** The distances between neighbours along each axis of a result, in the numbers of an operand; 0 where it is repeated. */
function stridesIn(shape: readonly number[], result: readonly number[]): number[] {
  const strides = new Array<number>(result.length).fill(0);
  for (let axis = shape.length - 1, at = result.length - 1, size = 1; axis >= 0; size *= shape[axis--], at--) {
    if (shape[axis] > 1) strides[at] = size;
  }
  return strides;
}

/** Finds the number that a run along the last axis begins with: the `run`-th of a result of this shape. */
function startOf(run: number, shape: readonly number[], strides: readonly number[]): number {
  let start = 0;
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const at = run % shape[axis];
    start += at * strides[axis];
    run = (run - at) / shape[axis];
  }
  return start;
}

/** Makes the kernel of an operation of two numbers. */
function binary(of: (a: number, b: number) => number, own: Kernel, { numbers, make }: HostMemory): Kernel {
  return (params) => {
    const { a, b } = params.inputs as { a: Tensor; b: Tensor };
    if (a.dtype !== "float32" || b.dtype !== "float32") return own(params);
    const x = numbers(a), y = numbers(b), shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const byX = stridesIn(a.shape, shape), byY = stridesIn(b.shape, shape), last = shape.length - 1;
    const width = shape[last] ?? 1, stepX = byX[last] ?? 0, stepY = byY[last] ?? 0;
    return make({ shape, size: tf.util.sizeFromShape(shape) }, (to) => {
      for (let run = 0, n = 0; n < to.length; run++) {
        let i = startOf(run, shape, byX), j = startOf(run, shape, byY);
        for (const end = n + width; n < end; n++, i += stepX, j += stepY) to[n] = of(x[i], y[j]);
      }
    });
  };
}

/** Makes the kernel of slices, for slices of more than one piece. */
const slice = (own: Kernel, { numbers, make }: HostMemory): Kernel => (params) => {
  const x = params.inputs.x as Tensor, { begin: from, size: asked } = params.attrs as Record<string, number[]>;
  const [begin, shape] = tf.slice_util.parseSliceParams(x, from, asked), last = shape.length - 1;
  const isInside = shape.every((size, axis) => begin[axis] >= 0 && begin[axis] + size <= x.shape[axis]);
  if (x.dtype !== "float32" || !isInside || tf.slice_util.isSliceContinous(x.shape, begin, shape)) return own(params);
  const given = numbers(x), strides = stridesIn(x.shape, x.shape), width = shape[last];
  const first = begin.reduce((sum, at, axis) => sum + at * strides[axis], 0);
  return make({ shape, size: tf.util.sizeFromShape(shape) }, (to) => {
    for (let run = 0, n = 0; n < to.length; run++) {
      let i = first + startOf(run, shape, strides);
      for (const end = n + width; n < end; n++) to[n] = given[i++];
    }
  });
};

/**
 * Runs a function in which kernels of the cpu backend have plain loops: TensorFlow.js finds the place of each number of a
 * repeated operand and of a slice anew, which takes up to a hundred times as long. Every number is computed as before.
 */
export function withQuickKernels<T>(run: () => T): T {
  const memory = hostMemory();
  if (memory?.backend !== "cpu") return run();
  const kernels = [...Object.keys(operations), "Slice"].flatMap((name) => tf.getKernel(name, "cpu") ?? []);
  const own = kernels.map(({ kernelFunc }) => kernelFunc);
  try {
    kernels.forEach((kernel, i) => {
      const of = operations[kernel.kernelName];
      kernel.kernelFunc = of ? binary(of, own[i], memory) : slice(own[i], memory);
    });
    return run();
  } finally {
    kernels.forEach((kernel, i) => kernel.kernelFunc = own[i]);
  }
}

import * as tf from "@tensorflow/tfjs-core";
import { type CpuBackend, type HostMemory, hostMemory, type TensorInfo } from "../../tfjs/engine.ts";
import type { Tensor } from "../../tfjs/tensor.ts";

/** A kernel of TensorFlow.js. */
type Kernel = tf.KernelConfig["kernelFunc"];

/** Writes an operation of numbers of two operands, which stand `stepX` and `stepY` apart, to the places from `n` to `end`. */
type Run = (
  ...run: [
    ...[to: Float32Array, n: number, end: number],
    ...[x: ArrayLike<number>, i: number, stepX: number],
    ...[y: ArrayLike<number>, j: number, stepY: number],
  ]
) => void;

/** The operations of two numbers whose kernels take most of an audit. A loop each: one loop that calls them takes twice as long. */
export const operations: Readonly<Record<string, Run>> = {
  Add: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] + y[j];
  },
  Sub: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] - y[j];
  },
  Multiply: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] * y[j];
  },
  RealDiv: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] / y[j];
  },
  Maximum: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = Math.max(x[i], y[j]);
  },
  Minimum: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = Math.min(x[i], y[j]);
  },
  SquaredDifference: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = (x[i] - y[j]) * (x[i] - y[j]);
  },
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

/** Makes the result of a kernel, which `write` writes. */
function make(backend: unknown, shape: number[], write: (to: Float32Array) => void): TensorInfo {
  const numbers = new Float32Array(tf.util.sizeFromShape(shape));
  write(numbers);
  return (backend as CpuBackend).makeTensorInfo(shape, "float32", numbers);
}

/** Makes the kernel of an operation of two numbers. */
function binary(write: Run, own: Kernel, { numbers }: HostMemory): Kernel {
  return (params) => {
    const { a, b } = params.inputs as { a: Tensor; b: Tensor };
    if (a.dtype !== "float32" || b.dtype !== "float32") return own(params);
    const x = numbers(a), y = numbers(b), shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const size = tf.util.sizeFromShape(shape), isFlat = [x, y].every(({ length }) => length === 1 || length === size);
    const axes = isFlat ? [size] : shape, last = axes.length - 1, width = axes[last];
    const byX = stridesIn(isFlat ? [x.length] : a.shape, axes), byY = stridesIn(isFlat ? [y.length] : b.shape, axes);
    return make(params.backend, shape, (to) => {
      for (let run = 0, n = 0; n < size; run++, n += width) {
        write(to, n, n + width, x, startOf(run, axes, byX), byX[last], y, startOf(run, axes, byY), byY[last]);
      }
    });
  };
}

/** Makes the kernel of slices, for slices of more than one piece. */
const slice = (own: Kernel, { numbers }: HostMemory): Kernel => (params) => {
  const x = params.inputs.x as Tensor, { begin: from, size: asked } = params.attrs as Record<string, number[]>;
  const [begin, shape] = tf.slice_util.parseSliceParams(x, from, asked), last = shape.length - 1;
  const isInside = shape.every((size, axis) => begin[axis] >= 0 && begin[axis] + size <= x.shape[axis]);
  if (x.dtype !== "float32" || !isInside || tf.slice_util.isSliceContinous(x.shape, begin, shape)) return own(params);
  const given = numbers(x), strides = stridesIn(x.shape, x.shape), width = shape[last];
  const first = begin.reduce((sum, at, axis) => sum + at * strides[axis], 0);
  return make(params.backend, shape, (to) => {
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
      const write = operations[kernel.kernelName];
      kernel.kernelFunc = write ? binary(write, own[i], memory) : slice(own[i], memory);
    });
    return run();
  } finally {
    kernels.forEach((kernel, i) => kernel.kernelFunc = own[i]);
  }
}

import * as tf from "@tensorflow/tfjs-core";
import type { HostNumbers } from "../batch/read_batch.ts";
import { type CpuBackend, type HostMemory, hostMemory, type TensorInfo } from "./engine.ts";
import type { Tensor } from "./tensor.ts";

type Shape = readonly number[];

/** A result of a kernel on inputs of known shapes. */
export interface QuickResult {
  readonly shape: number[];
  readonly dtype: "float32" | "bool";
  /** Writes the numbers of the result, from those of the inputs. */
  readonly write: (to: HostNumbers, x: HostNumbers, y: HostNumbers) => void;
}

/** Finds what a kernel makes of float32 inputs of known shapes; nothing if TensorFlow.js's own kernel has to do it. */
type Plan = (shapes: readonly Shape[], attrs: tf.NamedAttrMap) => readonly QuickResult[] | undefined;

/** Writes an operation of numbers of two operands, which stand `stepX` and `stepY` apart, to the places from `n` to `end`. */
type Run = (
  ...run: [
    ...[to: HostNumbers, n: number, end: number],
    ...[x: HostNumbers, i: number, stepX: number],
    ...[y: HostNumbers, j: number, stepY: number],
  ]
) => void;

/** The operations of two numbers. A loop each: one loop that calls them takes twice as long. */
const operations: Readonly<Record<string, Run>> = {
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

/** The comparisons of two numbers. */
const comparisons: Readonly<Record<string, Run>> = {
  Equal: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] === y[j] ? 1 : 0;
  },
  NotEqual: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] !== y[j] ? 1 : 0;
  },
  Greater: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] > y[j] ? 1 : 0;
  },
  GreaterEqual: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] >= y[j] ? 1 : 0;
  },
  Less: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] < y[j] ? 1 : 0;
  },
  LessEqual: (to, n, end, x, i, stepX, y, j, stepY) => {
    for (; n < end; n++, i += stepX, j += stepY) to[n] = x[i] <= y[j] ? 1 : 0;
  },
};

/** The size beyond which TensorFlow.js takes the softplus of a number for the number itself, or for its exponential. */
const far = -Math.log(2 ** -23) - 2;

/** Writes an operation of numbers to as many places. */
type Loop = (to: HostNumbers, x: HostNumbers, attrs: tf.NamedAttrMap) => void;

/** The operations of one number, a loop each, too. */
const functions: Readonly<Record<string, Loop>> = {
  Abs: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = Math.abs(x[n]);
  },
  ClipByValue: (to, x, attrs) => {
    const { clipValueMin: least, clipValueMax: most } = attrs as Record<string, number>;
    for (let n = 0; n < to.length; n++) to[n] = x[n] > most ? most : x[n] < least ? least : x[n];
  },
  Exp: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = Math.exp(x[n]);
  },
  Log: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = Math.log(x[n]);
  },
  Neg: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = -x[n];
  },
  Relu: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = Math.max(0, x[n]);
  },
  Sigmoid: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = 1 / (1 + Math.exp(-x[n]));
  },
  Softplus: (to, x) => {
    for (let n = 0; n < to.length; n++) {
      to[n] = x[n] < -far ? Math.exp(x[n]) : x[n] > far ? x[n] : Math.log(1 + Math.exp(x[n]));
    }
  },
  Sqrt: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = Math.sqrt(x[n]);
  },
  Square: (to, x) => {
    for (let n = 0; n < to.length; n++) to[n] = x[n] * x[n];
  },
  Step: (to, x, attrs) => {
    const alpha = attrs.alpha as number;
    for (let n = 0; n < to.length; n++) to[n] = Number.isNaN(x[n]) ? NaN : x[n] > 0 ? 1 : alpha;
  },
  ZerosLike: (to) => void to.fill(0),
};

/** The distances between neighbours along each axis of a result, in the numbers of an operand; 0 where it is repeated. */
function stridesIn(shape: Shape, result: Shape = shape): number[] {
  const strides = new Array<number>(result.length).fill(0);
  for (let axis = shape.length - 1, at = result.length - 1, size = 1; axis >= 0; size *= shape[axis--], at--) {
    if (shape[axis] > 1) strides[at] = size;
  }
  return strides;
}

/** The places of the numbers of a tensor of this shape, in order, that lie so far apart along each axis. */
function placesOf(shape: Shape, strides: readonly number[], from: readonly number[] = []): Int32Array {
  let places = new Int32Array(1);
  places[0] = from.reduce((sum, at, axis) => sum + at * strides[axis], 0);
  shape.forEach((size, axis) => {
    const further = new Int32Array(places.length * size), stride = strides[axis];
    for (let i = 0, n = 0; i < places.length; i++) {
      for (let k = 0; k < size; k++) further[n++] = places[i] + k * stride;
    }
    places = further;
  });
  return places;
}

/** Writes the numbers that stand at some places. */
function gather(to: HostNumbers, x: HostNumbers, places: Int32Array): void {
  for (let n = 0; n < places.length; n++) to[n] = x[places[n]];
}

/** A result that has some of the numbers of its input. */
function gathered(shape: readonly number[], places: Int32Array): QuickResult {
  return { shape: [...shape], dtype: "float32", write: (to, x) => gather(to, x, places) };
}

/** Plans an operation of two numbers. */
const binary = (write: Run, dtype: QuickResult["dtype"]): Plan => ([a, b]) => {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]), size = tf.util.sizeFromShape(shape);
  const sizes = [a, b].map((each) => tf.util.sizeFromShape([...each]));
  const isFlat = sizes.every((each) => each === 1 || each === size);
  const [axes, ...operands] = isFlat ? [[size], [sizes[0]], [sizes[1]]] : [shape, a, b];
  const [byX, byY] = operands.map((operand) => stridesIn(operand, axes)), last = axes.length - 1, width = axes[last];
  const [startsX, startsY] = [byX, byY].map((strides) => placesOf(axes.slice(0, last), strides));
  return [{
    shape,
    dtype,
    write(to, x, y) {
      for (let run = 0, n = 0; run < startsX.length; run++, n += width) {
        write(to, n, n + width, x, startsX[run], byX[last], y, startsY[run], byY[last]);
      }
    },
  }];
};

/** Plans an operation of one number. */
const unary = (write: Loop): Plan => ([shape], attrs) => [{
  shape: [...shape],
  dtype: "float32",
  write: (to, x) => write(to, x, attrs),
}];

/** Plans what makes one number of the `size` numbers that follow a place. */
const reduction = (reduce: (x: HostNumbers, from: number, size: number) => number): Plan => ([shape], attrs) => {
  const axes = tf.util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number[], [...shape]);
  const order = tf.backend_util.getAxesPermutation(axes, shape.length);
  if (order && order.length !== shape.length) return undefined; // an axis that comes twice
  const [left, reduced] = tf.backend_util.computeOutAndReduceShapes([...shape], axes);
  const size = tf.util.sizeFromShape(reduced), strides = stridesIn(shape);
  const places = order && placesOf(order.map((axis) => shape[axis]), order.map((axis) => strides[axis]));
  const turned = new Float32Array(places?.length ?? 0);
  return [{
    shape: attrs.keepDims ? tf.backend_util.expandShapeToKeepDim(left, axes) : left,
    dtype: "float32",
    write(to, x) {
      if (places) gather(turned, x, places);
      for (let n = 0; n < to.length; n++) to[n] = reduce(places ? turned : x, n * size, size);
    },
  }];
};

function sum(x: HostNumbers, from: number, size: number): number {
  let total = 0;
  for (let i = from; i < from + size; i++) total += x[i];
  return total;
}

function mean(x: HostNumbers, from: number, size: number): number {
  let total = 0;
  for (let i = from; i < from + size; i++) total += Math.fround(x[i] / size);
  return total;
}

function max(x: HostNumbers, from: number, size: number): number {
  let most = x[from];
  for (let i = from; i < from + size; i++) if (Number.isNaN(x[i]) || x[i] > most) most = x[i];
  return most;
}

/** Plans shares along the last axis. */
const softmax: Plan = ([shape], { dim }) => {
  const last = shape.length - 1, size = shape[last];
  if (last < 0 || dim !== last) return undefined;
  return [{
    shape: [...shape],
    dtype: "float32",
    write(to, x) {
      for (let from = 0; from < to.length; from += size) {
        const most = max(x, from, size), end = from + size;
        for (let i = from; i < end; i++) to[i] = Math.exp(Math.fround(x[i] - most));
        const total = Math.fround(sum(to, from, size));
        for (let i = from; i < end; i++) to[i] /= total;
      }
    },
  }];
};

/** Plans a piece of a tensor. */
const slice: Plan = ([given], { begin: from, size }) => {
  const shaped = { shape: given } as unknown as Tensor;
  const [begin, shape] = tf.slice_util.parseSliceParams(shaped, from as number[], size as number[]);
  const isInside = shape.every((size, axis) => begin[axis] >= 0 && begin[axis] + size <= given[axis]);
  return isInside ? [gathered(shape, placesOf(shape, stridesIn(given), begin))] : undefined;
};

/** Plans pieces that follow each other along an axis. */
const split: Plan = ([given], { numOrSizeSplits, axis }) => {
  const shaped = { shape: given } as unknown as Tensor, [along] = tf.util.parseAxisParam(axis as number, [...given]);
  const sizes = tf.backend_util.prepareSplitSize(shaped, numOrSizeSplits as number[], along),
    strides = stridesIn(given);
  let at = 0;
  return sizes.map((size) => {
    const shape = given.with(along, size), from = given.map((_, axis) => axis === along ? at : 0);
    at += size;
    return gathered(shape, placesOf(shape, strides, from));
  });
};

const transpose: Plan = ([given], attrs) => {
  const perm = attrs.perm as number[], shape = perm.map((axis) => given[axis]), strides = stridesIn(given);
  return [gathered(shape, placesOf(shape, perm.map((axis) => strides[axis])))];
};

/** Plans a tensor with a constant around it. */
const pad: Plan = ([given], attrs) => {
  const paddings = attrs.paddings as [number, number][], constant = attrs.constantValue as number;
  if (paddings.flat().some((width) => width < 0)) return undefined;
  const shape = given.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]);
  const places = placesOf(given, stridesIn(shape), paddings.map(([before]) => before));
  return [{
    shape,
    dtype: "float32",
    write(to, x) {
      to.fill(constant);
      for (let n = 0; n < places.length; n++) to[places[n]] = x[n];
    },
  }];
};

/** Plans the gradient of a convolution with respect to its filter: for each place in it, Σ x·∂y of the places that it meets. */
const filterGradient: Plan = ([given], attrs) => {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  if (dataFormat !== "NHWC") return undefined;
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, ...info } = tf.backend_util
    .computeConv2DInfo(given as [number, number, number, number], filterShape, strides, 1, pad, dimRoundingMode);
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo: { top, left } } = info;
  const sums = new Float64Array(inChannels * outChannels);
  /** Adds the products of a row's place with that of an output. */
  const addProducts = (x: HostNumbers, fromX: number, dy: HostNumbers, fromY: number) => {
    for (let i = 0, n = 0; i < inChannels; i++) {
      const value = x[fromX + i];
      for (let k = 0; k < outChannels; k++) sums[n++] += value * dy[fromY + k];
    }
  };
  return [{
    shape: [...filterShape],
    dtype: "float32",
    write(to, x, dy) {
      for (let row = 0, n = 0; row < filterHeight; row++) {
        for (let column = 0; column < filterWidth; column++, n += sums.length) {
          sums.fill(0);
          for (let b = 0; b < batchSize; b++) {
            for (let i = 0, r = row - top; i < outHeight; i++, r += strideHeight) {
              for (let j = 0, c = column - left; j < outWidth; j++, c += strideWidth) {
                if (r < 0 || r >= inHeight || c < 0 || c >= inWidth) continue;
                const fromX = ((b * inHeight + r) * inWidth + c) * inChannels;
                addProducts(x, fromX, dy, ((b * outHeight + i) * outWidth + j) * outChannels);
              }
            }
          }
          for (let i = 0; i < sums.length; i++) to[n + i] = sums[i];
        }
      }
    },
  }];
};

const mapValues = <T, U>(record: Readonly<Record<string, T>>, of: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]));

const plans: Readonly<Record<string, Plan>> = {
  ...mapValues(operations, (write) => binary(write, "float32")),
  ...mapValues(comparisons, (write) => binary(write, "bool")),
  ...mapValues(functions, unary),
  Sum: reduction(sum),
  Mean: reduction(mean),
  Max: reduction(max),
  Softmax: softmax,
  Slice: slice,
  SplitV: split,
  Transpose: transpose,
  PadV2: pad,
  Conv2DBackpropFilter: filterGradient,
};

/** A kernel on float32 inputs of known shapes. */
export interface QuickKernel {
  readonly operands: readonly Tensor[];
  readonly results: readonly QuickResult[];
}

/** Finds the loops that compute a kernel; nothing if TensorFlow.js's own kernel has to do it. */
export function quickKernel(name: string, inputs: object, attrs: tf.NamedAttrMap): QuickKernel | undefined {
  if (!Object.hasOwn(plans, name)) return undefined;
  const operands = Object.values("a" in inputs && "b" in inputs ? { a: inputs.a, b: inputs.b } : inputs) as Tensor[];
  if (operands.some(({ dtype }) => dtype !== "float32")) return undefined;
  const results = plans[name](operands.map(({ shape }) => shape), attrs);
  return results && { operands, results };
}

/** Makes room for the numbers of a result. */
export function roomFor({ shape, dtype }: QuickResult): HostNumbers {
  const size = tf.util.sizeFromShape(shape);
  return dtype === "bool" ? new Uint8Array(size) : new Float32Array(size);
}

/** A kernel of the cpu backend, its own function and its loops. */
interface Replaced {
  readonly kernel: tf.KernelConfig;
  readonly own: tf.KernelConfig["kernelFunc"];
  readonly quick: tf.KernelConfig["kernelFunc"];
}

function replaced(kernel: tf.KernelConfig, { numbers }: HostMemory): Replaced {
  const { kernelName, kernelFunc: own } = kernel;
  const quick: tf.KernelConfig["kernelFunc"] = (params) => {
    const known = quickKernel(kernelName, params.inputs, params.attrs ?? {});
    if (known === undefined) return own(params);
    const [x, y] = known.operands.map(numbers);
    const made = known.results.map((result): TensorInfo => {
      const to = roomFor(result);
      result.write(to, x, y);
      return (params.backend as CpuBackend).makeTensorInfo(result.shape, result.dtype, to);
    });
    return kernelName === "SplitV" ? made : made[0];
  };
  return { kernel, own, quick };
}

const byMemory = new WeakMap<HostMemory, readonly Replaced[]>();

/**
 * Runs a function in which kernels of the cpu backend have plain loops: TensorFlow.js finds the place of each number of a
 * repeated operand and of a slice anew, which takes up to a hundred times as long. Every number is computed as before.
 */
export function withQuickKernels<T>(run: () => T): T {
  const memory = hostMemory();
  if (memory?.backend !== "cpu") return run();
  let kernels = byMemory.get(memory);
  if (kernels === undefined) {
    const known = Object.keys(plans).flatMap((name) => tf.getKernel(name, "cpu") ?? []);
    byMemory.set(memory, kernels = known.map((kernel) => replaced(kernel, memory)));
  }
  try {
    for (const { kernel, quick } of kernels) kernel.kernelFunc = quick;
    return run();
  } finally {
    for (const { kernel, own } of kernels) kernel.kernelFunc = own;
  }
}

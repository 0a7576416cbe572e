import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import { inHostMemory } from "./host_memory.ts";
import type { Model } from "./passes.ts";

/** What is asked of a dense layer of TensorFlow.js. */
interface DenseLayer {
  call(inputs: Tensor, options: object): Tensor | Tensor[];
  readonly activation: { getClassName(): string };
  readonly kernel: { read(): tf.Variable };
  readonly bias?: { read(): tf.Variable } | null;
}

/** A gradient through an activation, in place: from the gradient by the activation, and from what it put out. */
type Through = (gradient: Float32Array, outputs: Float32Array, width: number) => void;

/** A loop each: one with a function in it takes three times as long. */
const throughs: Record<string, Through> = {
  linear: () => {},
  relu: (gradient, y) => {
    for (let i = 0; i < gradient.length; i++) if (!(y[i] > 0)) gradient[i] = 0;
  },
  sigmoid: (gradient, y) => {
    for (let i = 0; i < gradient.length; i++) gradient[i] *= y[i] * (1 - y[i]);
  },
  tanh: (gradient, y) => {
    for (let i = 0; i < gradient.length; i++) gradient[i] *= 1 - y[i] * y[i];
  },
  softmax: (gradient, y, width) => { // y·(g − Σ g·y), row by row
    for (let from = 0; from < gradient.length; from += width) {
      let mean = 0;
      for (let i = from; i < from + width; i++) mean += gradient[i] * y[i];
      for (let i = from; i < from + width; i++) gradient[i] = y[i] * (gradient[i] - mean);
    }
  },
};

let dense: unknown;

/** The class of TensorFlow.js' dense layers, which it does not export; a class derived from it may do anything. */
const denseClass = () => dense ??= tf.layers.dense({ units: 1 }).constructor;

/**
 * The layers of a model that is nothing but dense layers, one behind the other, with activations that are known here. Only
 * where tensors are in the host's memory: what follows reads them.
 */
export function denseStack(model: Model): readonly DenseLayer[] | undefined {
  if ((model.constructor as unknown) !== tf.Sequential || !inHostMemory()) return undefined;
  if (!model.outputNames?.length) return undefined; // it is built when it is first applied
  const layers = model.layers as unknown as DenseLayer[];
  const known = layers.every((layer) =>
    layer.constructor === denseClass() && Object.hasOwn(throughs, layer.activation.getClassName())
  );
  return known ? layers : undefined;
}

/**
 * The input and what each layer makes of it, by the layers' own operations, without what a model does around them and
 * without a tape: that costs more than the arithmetic of a small batch. Nothing where the input is not a matrix that fits.
 */
export function stackOutputs(layers: readonly DenseLayer[], input: Tensor | Tensor[]): Tensor[] | undefined {
  if (Array.isArray(input) || input.dtype !== "float32" || input.rank !== 2) return undefined;
  if (input.shape[1] !== layers[0].kernel.read().shape[0]) return undefined; // the model says what is wrong
  const outputs = [input];
  for (const layer of layers) outputs.push([layer.call(outputs.at(-1)!, {})].flat()[0]);
  return outputs;
}

/** aᵀ·b of matrices of `rows` rows, four rows at a time: the sums in float64. */
function crossProduct(a: Float32Array, b: Float32Array, rows: number): Float32Array {
  const width = a.length / rows, columns = b.length / rows, sums = new Float64Array(width * columns);
  const whole = rows - rows % 4;
  for (let i = 0; i < whole; i += 4) {
    const a0 = i * width, a1 = a0 + width, a2 = a1 + width, a3 = a2 + width;
    const b0 = i * columns, b1 = b0 + columns, b2 = b1 + columns, b3 = b2 + columns;
    for (let j = 0, at = 0; j < width; j++) {
      const p = a[a0 + j], q = a[a1 + j], r = a[a2 + j], s = a[a3 + j];
      for (let k = 0; k < columns; k++, at++) {
        sums[at] += p * b[b0 + k] + q * b[b1 + k] + r * b[b2 + k] + s * b[b3 + k];
      }
    }
  }
  for (let i = whole; i < rows; i++) {
    for (let j = 0, at = 0; j < width; j++) {
      for (let k = 0; k < columns; k++, at++) sums[at] += a[i * width + j] * b[i * columns + k];
    }
  }
  return Float32Array.from(sums);
}

/** a·wᵀ: for each row of `a` one number a row of `w`, the sums in float64. */
function timesTransposed(a: Float32Array, w: Float32Array, columns: number): Float32Array {
  const rows = a.length / columns, width = w.length / columns, product = new Float32Array(rows * width);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < width; j++, at++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += a[i * columns + k] * w[j * columns + k];
      product[at] = sum;
    }
  }
  return product;
}

const ones = (count: number) => new Float32Array(count).fill(1);

/**
 * The gradients by all weights, by their names, from that by the last output. TensorFlow.js multiplies transposed matrices
 * by a slow loop, in float32; here the sums are in float64, rounded once.
 *
 *     z = a·W + b, y = f(z):   ∂z = ∂y·f′   ∂W = aᵀ·∂z   ∂b = Σ rows of ∂z   ∂a = ∂z·Wᵀ
 */
export function stackGradients(
  layers: readonly DenseLayer[],
  outputs: readonly Tensor[],
  byLast: Float32Array,
): Record<string, Tensor> {
  const rows = outputs[0].shape[0]!, values = outputs.map((output) => output.dataSync() as Float32Array);
  const gradients: Record<string, Tensor> = {};
  let gradient: Float32Array = byLast.slice();
  for (let k = layers.length - 1; k >= 0; k--) {
    const { activation, kernel, bias } = layers[k], weights = kernel.read(), columns = gradient.length / rows;
    throughs[activation.getClassName()](gradient, values[k + 1], columns);
    gradients[weights.name] = tf.tensor(crossProduct(values[k], gradient, rows), weights.shape);
    if (bias) gradients[bias.read().name] = tf.tensor(crossProduct(ones(rows), gradient, rows), [columns]);
    if (k > 0) gradient = timesTransposed(gradient, weights.dataSync() as Float32Array, columns);
  }
  return gradients;
}

import * as tf from "@tensorflow/tfjs-core";
import { layers as tfLayers, Sequential } from "@tensorflow/tfjs-layers";
import { softmaxGradient } from "../numerics/softmax.ts";
import { inHostMemory, type LayersModel } from "./model.ts";
import type { Tensor } from "./tensor.ts";

/** Fields of a dense layer of TensorFlow.js, most of them private. */
interface DenseLayer {
  call(inputs: Tensor, options: object): Tensor | Tensor[];
  readonly activation: { getClassName(): string };
  readonly kernel: { read(): tf.Variable };
  readonly bias?: { read(): tf.Variable } | null;
}

/** Multiplies a gradient by the derivative of an activation, in place; `y` are the outputs of the activation. */
type ActivationBackward = (gradient: Float32Array, y: Float32Array, width: number) => void;

/** Derivatives in terms of the outputs, a loop each: one loop that calls a function takes three times as long. */
const activationBackward: Record<string, ActivationBackward> = {
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
  softmax: (gradient, y, width) => softmaxGradient(y, width, 1, gradient),
};

let dense: unknown;

/** Finds the class of dense layers, which TensorFlow.js does not export. A subclass may compute anything. */
const denseClass = () => dense ??= tfLayers.dense({ units: 1 }).constructor;

/**
 * Returns the layers of a sequential model if all of them are dense layers with an activation that is known here, and
 * tensors are in host memory; otherwise undefined.
 */
export function denseStack(model: LayersModel): readonly DenseLayer[] | undefined {
  if ((model.constructor as unknown) !== Sequential || !inHostMemory()) return undefined;
  if (!model.outputNames?.length) return undefined; // a model is built when it is first applied
  const layers = model.layers as unknown as DenseLayer[];
  const known = layers.every((layer) =>
    layer.constructor === denseClass() && Object.hasOwn(activationBackward, layer.activation.getClassName())
  );
  return known ? layers : undefined;
}

/**
 * Computes the input and the output of each layer by the layers' own operations. A model's bookkeeping and the tape, which
 * cost more than the arithmetic of a small batch, are left out. Undefined if the input is not a float32 matrix that fits.
 */
export function stackOutputs(layers: readonly DenseLayer[], input: Tensor | Tensor[]): Tensor[] | undefined {
  if (Array.isArray(input) || input.dtype !== "float32" || input.rank !== 2) return undefined;
  if (input.shape[1] !== layers[0].kernel.read().shape[0]) return undefined; // the model throws a better error
  const outputs = [input];
  for (const layer of layers) outputs.push([layer.call(outputs.at(-1)!, {})].flat()[0]);
  return outputs;
}

/** Computes aᵀ·b of matrices with `rows` rows, four rows at a time, summed in float64. */
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

/** Computes a·wᵀ of matrices with `columns` columns, summed in float64. */
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
 * Computes the gradients with respect to all weights, by name, from the gradient with respect to the last output. Sums are
 * in float64, rounded once; TensorFlow.js multiplies transposed matrices in a slow float32 loop.
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
    activationBackward[activation.getClassName()](gradient, values[k + 1], columns);
    gradients[weights.name] = tf.tensor(crossProduct(values[k], gradient, rows), weights.shape);
    if (bias) gradients[bias.read().name] = tf.tensor(crossProduct(ones(rows), gradient, rows), [columns]);
    if (k > 0) gradient = timesTransposed(gradient, weights.dataSync() as Float32Array, columns);
  }
  return gradients;
}

import * as tf from "@tensorflow/tfjs-core";
import { layers as tfLayers, Sequential } from "@tensorflow/tfjs-layers";
import { crossProduct, type Matrix, product, toMatrix, transpose } from "../kernels/dense.ts";
import { ownSimd } from "../kernels/simd.ts";
import { softmaxGradient } from "../numerics/softmax.ts";
import { cpuBlock, inHostMemory, tapeIsOn } from "./engine.ts";
import type { LayersModel } from "./model.ts";
import type { Tensor } from "./tensor.ts";

/** Fields of a dense layer of TensorFlow.js, most of them private. */
interface DenseLayer {
  call(inputs: Tensor, options: object): Tensor | Tensor[];
  readonly activation: { getClassName(): string; apply(x: Tensor): Tensor };
  readonly kernel: { read(): tf.Variable };
  readonly bias?: { read(): tf.Variable } | null;
}

/** An activation f that is known here. A loop each: one loop that calls a function takes three times as long. */
interface Activation {
  /** Replaces z by f(z), where TensorFlow.js's own kernel takes much longer for few rows. */
  readonly forward?: (z: Float32Array) => void;
  /** Multiplies a gradient by f′ in place; `y` are the outputs f(z). */
  readonly backward: (gradient: Float32Array, y: Float32Array, width: number) => void;
}

const activations: Record<string, Activation> = {
  linear: { backward: () => {} },
  relu: {
    forward: (z) => {
      for (let i = 0; i < z.length; i++) z[i] = Math.max(0, z[i]);
    },
    backward: (gradient, y) => {
      for (let i = 0; i < gradient.length; i++) if (!(y[i] > 0)) gradient[i] = 0;
    },
  },
  sigmoid: {
    forward: (z) => {
      for (let i = 0; i < z.length; i++) z[i] = 1 / (1 + Math.exp(-z[i]));
    },
    backward: (gradient, y) => {
      for (let i = 0; i < gradient.length; i++) gradient[i] *= y[i] * (1 - y[i]);
    },
  },
  tanh: {
    backward: (gradient, y) => {
      for (let i = 0; i < gradient.length; i++) gradient[i] *= 1 - y[i] * y[i];
    },
  },
  softmax: { backward: (gradient, y, width) => softmaxGradient(y, width, 1, gradient) },
};

let dense: unknown;

/** Finds the class of dense layers, which TensorFlow.js does not export. A subclass may compute anything. */
const denseClass = () => dense ??= tfLayers.dense({ units: 1 }).constructor;

/** The largest number of weights of a layer: the heap of the products is never made smaller. */
const largestKernel = 16_777_216;

/**
 * Returns the layers of a sequential model if all of them are dense layers with an activation that is known here, tensors
 * are in host memory and SIMD loops run; otherwise undefined.
 */
export function denseStack(model: LayersModel): readonly DenseLayer[] | undefined {
  if ((model.constructor as unknown) !== Sequential || !inHostMemory() || !ownSimd()) return undefined;
  if (model.outputNames.length === 0) return undefined; // a model is built when it is first applied
  const layers = model.layers as unknown as DenseLayer[];
  const known = layers.every((layer) =>
    layer.constructor === denseClass() && Object.hasOwn(activations, layer.activation.getClassName()) &&
    layer.kernel.read().size <= largestKernel
  );
  return known ? layers : undefined;
}

const numbersOf = (tensor: Tensor): Float32Array => tensor.dataSync() as Float32Array;

const weightsOf = ({ kernel }: DenseLayer): Matrix => toMatrix(numbersOf(kernel.read()), kernel.read().shape[0]!);

/** Computes the output of a layer as the cpu backend does, to the bit: the sums rounded in blocks, then the bias, then f. */
function cpuOutput(layer: DenseLayer, input: Tensor, block: number): Tensor {
  const rows = input.shape[0]!, weights = weightsOf(layer), { columns } = weights;
  const z = product(toMatrix(numbersOf(input), rows), weights, block),
    bias = layer.bias && numbersOf(layer.bias.read());
  for (let i = 0; bias && i < z.length; i += columns) {
    for (let j = 0; j < columns; j++) z[i + j] += bias[j];
  }
  const { forward } = activations[layer.activation.getClassName()];
  forward?.(z);
  const output = tf.tensor(z, [rows, columns]);
  return forward === undefined ? layer.activation.apply(output) : output;
}

/**
 * Computes the input and the output of each layer, with the bits of the layers' own operations: on the cpu backend, unless a
 * tape records, by the SIMD product, elsewhere by these operations. A model's bookkeeping, which costs more than the
 * arithmetic of a small batch, is left out. Undefined if the input is not a float32 matrix that fits.
 */
export function stackOutputs(layers: readonly DenseLayer[], input: Tensor | Tensor[]): Tensor[] | undefined {
  if (Array.isArray(input) || input.dtype !== "float32" || input.rank !== 2) return undefined;
  if (input.shape[1] !== layers[0].kernel.read().shape[0]) return undefined; // the model throws a better error
  const outputs = [input], block = tapeIsOn() ? undefined : cpuBlock();
  for (const layer of layers) {
    const last = outputs.at(-1)!;
    outputs.push(block === undefined ? [layer.call(last, {})].flat()[0] : cpuOutput(layer, last, block));
  }
  return outputs;
}

const ones = (count: number) => toMatrix(new Float32Array(count).fill(1), count);

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
  const rows = outputs[0].shape[0]!, values = outputs.map(numbersOf), gradients: Record<string, Tensor> = {};
  let gradient: Float32Array = byLast.slice();
  for (let k = layers.length - 1; k >= 0; k--) {
    const { activation, kernel, bias } = layers[k], weights = kernel.read(), byZ = toMatrix(gradient, rows);
    activations[activation.getClassName()].backward(gradient, values[k + 1], byZ.columns);
    gradients[weights.name] = tf.tensor(crossProduct(toMatrix(values[k], rows), byZ), weights.shape);
    if (bias) gradients[bias.read().name] = tf.tensor(crossProduct(ones(rows), byZ), [byZ.columns]);
    if (k > 0) gradient = product(byZ, transpose(weightsOf(layers[k])));
  }
  return gradients;
}

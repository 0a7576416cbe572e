import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "./tensor.ts";

/**
 * Makes a tensor of numbers that were computed from `x` outside TensorFlow.js, such as a first derivative. Differentiating
 * it throws; without that, a second derivative would silently take the numbers for a constant.
 */
export function firstOrderOnly(what: string, x: Tensor, values: Float32Array): Tensor {
  const op = tf.customGrad((input) => ({
    value: tf.tensor(values, (input as Tensor).shape, "float32"),
    gradFunc: (): Tensor => {
      throw new Error(`Cannot compute a second derivative of ${what}: it is differentiated once only`);
    },
  }));
  return op(x);
}

import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "./tensor.ts";

/**
 * A tensor of numbers that were worked out from `x` outside of TensorFlow.js: a first derivative, whose own derivative is
 * not offered. Without this a second one would silently take it for a constant.
 */
export function derivedOnce(what: string, x: Tensor, values: Float32Array): Tensor {
  const op = tf.customGrad((input) => ({
    value: tf.tensor(values, (input as Tensor).shape, "float32"),
    gradFunc: (): Tensor => {
      throw new Error(`Cannot compute a second derivative of ${what}: it is differentiated once only`);
    },
  }));
  return op(x);
}

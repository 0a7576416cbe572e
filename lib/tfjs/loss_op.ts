import * as tf from "@tensorflow/tfjs";
import { gradientDepth, inHostMemory } from "./engine.ts";
import { firstOrderOnly } from "./first_order_only.ts";
import type { Scalar, Tensor } from "./tensor.ts";

/**
 * Makes a loss that was computed outside TensorFlow.js an operation with its gradient.
 *
 * @param name The loss, for errors.
 * @param yPred The outputs.
 * @param value The loss.
 * @param gradient Returns a factor times the gradient with respect to each output.
 */
export function lossOp(name: string, yPred: Tensor, value: number, gradient: (by: number) => Float32Array): Scalar {
  const nested = gradientDepth() > 1, host = inHostMemory(), { shape } = yPred;
  const op = tf.customGrad((output, save) => {
    // An outer gradient differentiates this one: it needs the outputs, which an inner `tf.tidy` may dispose.
    if (nested) (save as (tensors: Tensor[]) => void)([output as Tensor]);
    return {
      value: tf.scalar(value),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        try {
          const numbers = gradient(host ? dy.dataSync()[0] : 1); // elsewhere dy is not read back
          const tensor = nested ? firstOrderOnly(name, saved[0], numbers) : tf.tensor(numbers, shape, "float32");
          return host ? tensor : tf.mul(dy, tensor);
        } catch (error) {
          tf.dispose(saved); // TensorFlow.js keeps saved tensors when a gradient throws
          throw error;
        }
      },
    };
  });
  return op(yPred) as Scalar;
}

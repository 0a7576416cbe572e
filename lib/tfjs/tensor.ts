import * as tf from "@tensorflow/tfjs-core";

// Named by what makes them, because `deno doc --lint` takes a type of another package for a private one.

/** A tensor of TensorFlow.js, `tf.Tensor`. */
export type Tensor = ReturnType<(typeof import("@tensorflow/tfjs-core"))["zeros"]>;

/** A tensor of one number, `tf.Scalar`. */
export type Scalar = ReturnType<(typeof import("@tensorflow/tfjs-core"))["scalar"]>;

/** Tells whether a value is a tensor of TensorFlow.js. */
export const isTensor = (value: unknown): value is Tensor => value instanceof tf.Tensor;

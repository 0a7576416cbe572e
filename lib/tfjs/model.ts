import * as tf from "@tensorflow/tfjs-core";

/** A model of TensorFlow.js, `tf.LayersModel`. */
export type LayersModel = ReturnType<(typeof import("@tensorflow/tfjs-layers"))["model"]>;

/** Lists the variables of the weights that are trained; the declared type of `read` is a plain tensor. */
export const trainableVariables = (model: LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

/** Tells whether the backend keeps tensors in host memory, so that reading one costs at most a copy. */
export const inHostMemory = (): boolean => ["cpu", "wasm"].includes(tf.getBackend());

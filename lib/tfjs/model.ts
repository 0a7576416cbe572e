import type * as tf from "@tensorflow/tfjs-core";

/** A model of TensorFlow.js, `tf.LayersModel`. */
export type LayersModel = ReturnType<(typeof import("@tensorflow/tfjs-layers"))["model"]>;

/** Lists the variables of the weights that are trained; the declared type of `read` is a plain tensor. */
export const trainableVariables = (model: LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

/** Loss of a compiled model, as its training calls it. */
type ModelLoss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/**
 * The function that a compiled model with one output calls as its loss: TensorFlow.js resolves the name of a loss itself
 * and does not publish how. A sequential model keeps it in the model inside.
 */
export function lossFunctionOf(model: LayersModel): ModelLoss | undefined {
  const { model: inner = model } = model as { model?: LayersModel };
  return (inner as { lossFunctions?: ModelLoss[] }).lossFunctions?.[0];
}

import type * as tf from "@tensorflow/tfjs-core";
import { engine } from "./engine.ts";

/** A model of TensorFlow.js, `tf.LayersModel`. */
export type LayersModel = ReturnType<(typeof import("@tensorflow/tfjs-layers"))["model"]>;

/** Lists the variables of the weights that are trained; the declared type of `read` is a plain tensor. */
export const trainableVariables = (model: LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);

/** Tells whether a weight of a model is disposed. After `tf.disposeVariables()` a weight says that it is not, but has no numbers. */
export function isDisposed(model: LayersModel): boolean {
  try {
    return model.getWeights().some(({ dataId }) => engine().state?.tensorInfo?.has(dataId) === false);
  } catch { // TensorFlow.js reads no weight of a disposed layer
    return true;
  }
}

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

/** Request of a callback to stop, `model.stopTraining = true`. */
export interface StopRequest {
  readonly requested: boolean;
  /** Removes the listener from the model. */
  release(): void;
}

/**
 * Listens to `stopTraining` on the model itself, since a callback can hold the model without `setModel`. TensorFlow.js
 * refuses to set it on a sequential model that was not compiled, so it is redefined on the model until `release`. It starts
 * as false, as in `model.fit`.
 */
export function listenForStop(model: LayersModel): StopRequest {
  let requested = false;
  const before = Object.getOwnPropertyDescriptor(model, "stopTraining");
  Object.defineProperty(model, "stopTraining", {
    configurable: true,
    get: () => requested,
    set: (value) => {
      requested = Boolean(value);
    },
  });
  return {
    get requested() {
      return requested;
    },
    release: () => {
      if (before === undefined) Reflect.deleteProperty(model, "stopTraining");
      else Object.defineProperty(model, "stopTraining", before);
    },
  };
}

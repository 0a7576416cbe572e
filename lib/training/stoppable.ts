import type { Model } from "./passes.ts";

/** Whether a callback has said `model.stopTraining = true`. */
export interface Stoppable {
  readonly stopped: boolean;
  /** Leaves the model as it was found. */
  end(): void;
}

/**
 * Listens to `stopTraining` on the model itself, for a callback may have the model from anywhere, not by `setModel` alone.
 * TensorFlow.js refuses to set it on a sequential model that was not compiled, so for the time of the training it is a
 * property of the model's own; it begins as false, as in `model.fit`.
 */
export function stoppable(model: Model): Stoppable {
  let stopTraining = false;
  const own = Object.getOwnPropertyDescriptor(model, "stopTraining");
  Object.defineProperty(model, "stopTraining", {
    configurable: true,
    get: () => stopTraining,
    set: (value) => {
      stopTraining = Boolean(value);
    },
  });
  return {
    get stopped() {
      return stopTraining;
    },
    end: () => {
      if (own === undefined) Reflect.deleteProperty(model, "stopTraining");
      else Object.defineProperty(model, "stopTraining", own);
    },
  };
}

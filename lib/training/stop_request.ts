import type { LayersModel } from "../tfjs/model.ts";

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

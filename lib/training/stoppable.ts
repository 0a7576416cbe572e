import type { Model } from "./passes.ts";

/** A model as callbacks get it, and whether one of them has said `model.stopTraining = true`. */
export interface Stoppable {
  readonly model: Model;
  readonly stopped: boolean;
}

/** Listens to `stopTraining`, which TensorFlow.js refuses to set on a model that was not compiled. */
export function stoppable(model: Model): Stoppable {
  let stopTraining = false;
  const heard = new Proxy(model, {
    get: (target, key) => key === "stopTraining" ? stopTraining : Reflect.get(target, key, target),
    set: (target, key, value) => {
      if (key !== "stopTraining") return Reflect.set(target, key, value, target);
      stopTraining = Boolean(value);
      return true;
    },
  });
  return {
    model: heard,
    get stopped() {
      return stopTraining;
    },
  };
}

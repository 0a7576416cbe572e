import * as tf from "@tensorflow/tfjs-core";
import { describe } from "../check/check.ts";
import type { Tensor } from "./tensor.ts";

/** An optimizer of TensorFlow.js, `tf.Optimizer`. */
export type LayersOptimizer = InstanceType<(typeof import("@tensorflow/tfjs-core"))["Optimizer"]>;

/** Optimizers by the names that `model.compile` takes, with the settings that it gives them. What is not given here has the same default. */
const byName: Record<string, () => LayersOptimizer> = {
  sgd: () => tf.train.sgd(0.01),
  adam: () => tf.train.adam(),
  adamax: () => tf.train.adamax(),
  rmsprop: () => tf.train.rmsprop(0.001),
  adagrad: () => tf.train.adagrad(0.01),
  adadelta: () => tf.train.adadelta(1),
};

/** Throws unless `optimizer` is an optimizer or the name of one. */
export function checkOptimizer(task: string, optimizer: unknown): void {
  if (typeof optimizer === "string" && Object.hasOwn(byName, optimizer.toLowerCase())) return;
  const isGone = (part: unknown) => (part as Tensor | null | undefined)?.isDisposed;
  if (
    typeof (optimizer as LayersOptimizer | undefined)?.applyGradients === "function" &&
    !Object.values(optimizer as object).some(isGone)
  ) return;
  throw new TypeError(
    `Cannot ${task}: 'optimizer' must be a tf.Optimizer that is not disposed, or one of ${
      Object.keys(byName).join(", ")
    }, it is ${describe(optimizer)}`,
  );
}

/** Returns the optimizer, made if it is given by its name. */
export function toOptimizer(optimizer: string | LayersOptimizer): LayersOptimizer {
  return typeof optimizer === "string" ? byName[optimizer.toLowerCase()]() : optimizer;
}

/** Takes one step; `applyGradients` is declared for variables, but takes tensors. */
export function applyGradients(optimizer: LayersOptimizer, gradients: Record<string, Tensor>): void {
  optimizer.applyGradients(gradients as Parameters<LayersOptimizer["applyGradients"]>[0]);
}

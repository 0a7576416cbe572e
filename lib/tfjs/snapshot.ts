import { describe } from "../check/check.ts";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "./model.ts";
import type { LayersOptimizer } from "./optimizers.ts";
import type { Tensor } from "./tensor.ts";

/** Numbers of a tensor, in host memory. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  readonly values: Float32Array | Int32Array;
}

/** State of an optimizer between two steps. */
export interface OptimizerState {
  /** Number of steps taken. */
  readonly iterations: number;
  /** Single variables, such as Adam's powers of β, by the names of their fields. */
  readonly single: Readonly<Record<string, SavedTensor>>;
  /** Lists with one variable per weight, in the order in which the optimizer first saw the weights. */
  readonly lists: Readonly<Record<string, readonly { readonly name: string; readonly numbers: SavedTensor }[]>>;
}

async function save(tensor: Tensor): Promise<SavedTensor> {
  const values = (await tensor.data()).slice() as SavedTensor["values"];
  return { shape: tensor.shape, dtype: tensor.dtype as SavedTensor["dtype"], values };
}

const restore = ({ values, shape, dtype }: SavedTensor): Tensor => tf.tensor(values, shape as number[], dtype);

/** Saves all weights of a model, trained or not. */
export const weightsOf = (model: LayersModel): Promise<SavedTensor[]> => Promise.all(model.getWeights().map(save));

/** Restores the weights of a model. */
export function setWeights(model: LayersModel, weights: readonly SavedTensor[]): void {
  tf.tidy(() => model.setWeights(weights.map(restore)));
}

/** A private list of an optimizer, with one variable per weight. */
type VariableList = { originalName: string; variable: tf.Variable }[];

const isList = (value: unknown): value is VariableList =>
  Array.isArray(value) && value.every((one) => one?.variable instanceof tf.Variable);

/**
 * Saves the state of an optimizer: all its variables, by the names of their fields. TensorFlow.js's getWeights() omits the
 * powers of β of Adam and is missing for Adamax.
 */
export async function optimizerState(optimizer: LayersOptimizer): Promise<OptimizerState> {
  const single: Record<string, SavedTensor> = {}, lists: Record<string, { name: string; numbers: SavedTensor }[]> = {};
  for (const [key, value] of Object.entries(optimizer) as [string, unknown][]) {
    if (value instanceof tf.Variable) single[key] = await save(value);
    if (!isList(value)) continue;
    lists[key] = await Promise.all(
      value.map(async ({ originalName, variable }) => ({ name: originalName, numbers: await save(variable) })),
    );
  }
  return { iterations: optimizer.iterations, single, lists };
}

/** Throws if an optimizer keeps numbers of weights of other shapes; TensorFlow.js would broadcast them. */
export function checkStateShapes(optimizer: LayersOptimizer, weights: readonly Tensor[]): void {
  for (const { variable: { shape } } of Object.values(optimizer).filter(isList).flat()) {
    if (weights.some((weight) => tf.util.arraysEqual(weight.shape, shape))) continue;
    throw new RangeError(
      `Cannot train: 'optimizer' has trained another model, with weights of the shape ${
        describe(shape)
      }; make a new one`,
    );
  }
}

/** Restores the state of an optimizer of the same class. */
export function setOptimizerState(optimizer: LayersOptimizer, { iterations, single, lists }: OptimizerState): void {
  const fields = optimizer as unknown as Record<string, unknown>;
  tf.tidy(() => {
    for (const [key, numbers] of Object.entries(single)) (fields[key] as tf.Variable).assign(restore(numbers));
    for (const [key, list] of Object.entries(lists)) {
      tf.dispose((fields[key] as VariableList).map(({ variable }) => variable));
      fields[key] = list.map(({ name, numbers }) => (
        { originalName: name, variable: tf.variable(restore(numbers), false) }
      ));
    }
  });
  fields.iterations_ = iterations;
}

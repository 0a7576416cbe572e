import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import type { Optimizer } from "./optimizers.ts";
import type { Model } from "./passes.ts";

/** A tensor's numbers, in the memory of the host. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  readonly values: Float32Array | Int32Array;
}

/** What an optimizer remembers from step to step. */
export interface OptimizerState {
  readonly iterations: number;
  /** Its variables by their names. */
  readonly single: Readonly<Record<string, Numbers>>;
  /** Its variables of each weight, in the order in which it met the weights. */
  readonly lists: Readonly<Record<string, readonly { readonly name: string; readonly numbers: Numbers }[]>>;
}

function numbersOf(tensor: Tensor): Numbers {
  const values = tensor.dataSync().slice() as Numbers["values"];
  return { shape: tensor.shape, dtype: tensor.dtype as Numbers["dtype"], values };
}

const toTensor = ({ values, shape, dtype }: Numbers): Tensor => tf.tensor(values, shape as number[], dtype);

/** All weights of a model, those that are not trained among them. */
export const weightsOf = (model: Model): Numbers[] => model.getWeights().map(numbersOf);

/** Gives a model its weights back. */
export function setWeights(model: Model, weights: readonly Numbers[]): void {
  tf.tidy(() => model.setWeights(weights.map(toTensor)));
}

/** A list that an optimizer keeps its variables in, one a weight. */
type OwnVariables = { originalName: string; variable: tf.Variable }[];

const isList = (value: unknown): value is OwnVariables =>
  Array.isArray(value) && value.every((one) => one?.variable instanceof tf.Variable);

/**
 * What an optimizer remembers. TensorFlow.js' own getWeights() leaves out the powers of β that Adam multiplies up, and is
 * missing for Adamax: these are the variables that are there, whatever they are called.
 */
export function optimizerState(optimizer: Optimizer): OptimizerState {
  const own = Object.entries(optimizer) as [string, unknown][];
  return {
    iterations: optimizer.iterations,
    single: Object.fromEntries(
      own.filter(([, value]) => value instanceof tf.Variable).map(([key, value]) => [key, numbersOf(value as Tensor)]),
    ),
    lists: Object.fromEntries(
      own.filter(([, value]) => isList(value)).map(([key, value]) => [
        key,
        (value as OwnVariables).map(({ originalName, variable }) => ({
          name: originalName,
          numbers: numbersOf(variable),
        })),
      ]),
    ),
  };
}

/** Gives an optimizer of the same kind its memory back. */
export function setOptimizerState(optimizer: Optimizer, { iterations, single, lists }: OptimizerState): void {
  const own = optimizer as unknown as Record<string, unknown>;
  tf.tidy(() => {
    for (const [key, numbers] of Object.entries(single)) (own[key] as tf.Variable).assign(toTensor(numbers));
    for (const [key, list] of Object.entries(lists)) {
      if (isList(own[key])) tf.dispose((own[key] as OwnVariables).map(({ variable }) => variable));
      own[key] = list.map(({ name, numbers }) => ({
        originalName: name,
        variable: tf.variable(toTensor(numbers), false),
      }));
    }
  });
  own.iterations_ = iterations;
}

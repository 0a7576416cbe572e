import * as tf from "@tensorflow/tfjs";
import { countBatch, type Counted } from "../scoring/score_batch.ts";
import { readBatch } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { describe } from "../check/describe.ts";
import { type LossParts, partsOfLoss } from "../losses/loss_parts.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { BatchReader, ReadBatch } from "./batches.ts";
import { denseStack, stackGradients, stackOutputs } from "./dense_stack.ts";
import { DatasetSums } from "./dataset_sums.ts";

/** A model of TensorFlow.js, `tf.LayersModel`. */
export type Model = ReturnType<(typeof import("@tensorflow/tfjs"))["model"]>;

/** What a loss is made of; refuses what is none of this library, and what one pass cannot count. */
export function checkLoss(loss: unknown, task = "compute the data set's gradient"): LossParts {
  const parts = partsOfLoss(loss);
  if (parts === undefined) {
    throw new TypeError(
      `Cannot ${task}: 'loss' must be one that metricLoss or f1Loss, … makes, it is ${describe(loss)}`,
    );
  }
  if (parts.wholeSet) {
    throw new RangeError(
      `Cannot ${task}: 'loss' has decision: { top: k }, where a row's decision depends on all ` +
        "rows' outputs, which one pass does not hold; call it on all rows as one batch",
    );
  }
  return parts;
}

/** Throws unless it is a model that can be trained. */
export function checkModel(name: string, model: Model): void {
  if (typeof model?.apply !== "function" || !Array.isArray(model.trainableWeights)) {
    throw new TypeError(`Cannot compute ${name}: 'model' must be a tf.LayersModel, it is ${describe(model)}`);
  }
  if (model.trainableWeights.length === 0) {
    throw new RangeError(`Cannot compute ${name}: 'model' has no trainable weights`);
  }
}

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map((size) => size ?? "any").join(", ")}]`;

/** Throws unless a batch's inputs have the shapes that the model takes: Layers' own error names a layer, not the data. */
function checkInputs(name: string, { inputs: taken }: Model, { inputs }: ReadBatch): void {
  const given = [inputs].flat(), whose = name.endsWith("'validationData'") ? "it" : "'data'";
  taken?.forEach(({ shape }, i) => {
    const own = given[i]?.shape;
    if (own?.length !== shape.length || shape.slice(1).every((size, k) => size === null || size === own[k + 1])) return;
    const columns = shape.length === 2;
    throw new RangeError(
      `Cannot compute ${name}: ${whose} has ${
        columns ? `${own[1]} column${own[1] === 1 ? "" : "s"}` : `inputs of the shape ${shapeText(own)}`
      }, ` +
        `'model' takes ${columns ? shape[1] : shapeText(shape)}`,
    );
  });
}

/** What the model makes of a batch. */
export function outputOf(name: string, model: Model, batch: ReadBatch, training = false): Tensor {
  checkInputs(name, model, batch);
  const { inputs } = batch;
  const stack = denseStack(model), last = stack && stackOutputs(stack, inputs)?.at(-1);
  if (last !== undefined) return last;
  const output = model.apply(inputs, { training });
  if (output instanceof tf.Tensor) return output;
  throw new RangeError(`Cannot compute ${name}: 'model' must have one output, it has ${model.outputs.length}`);
}

/** Reads what the model made of a batch, and counts it. */
export function count(
  name: string,
  { reading, decide, scoring }: LossParts,
  { yTrue, sampleWeight, examples }: ReadBatch,
  yPred: Tensor,
  firstRow: number,
): { rows: number; counted: Counted } {
  const batch = readBatch(name, { yTrue, yPred, sampleWeight }, { ...reading, firstRow, examples });
  return { rows: batch.rows, counted: countBatch(batch, decide(batch), scoring) };
}

/** The gradients by the weights of what has the given gradient by the model's outputs. */
export function batchGradients(
  name: string,
  model: Model,
  batch: ReadBatch,
  variables: tf.Variable[],
  byOutputs: (yPred: Tensor) => Float32Array,
  training = false,
): Record<string, Tensor> {
  const stack = denseStack(model), outputs = stack && stackOutputs(stack, batch.inputs);
  if (outputs !== undefined) {
    const yPred = outputs.at(-1)!, all = stackGradients(stack!, outputs, byOutputs(yPred));
    return Object.fromEntries(variables.map(({ name }) => [name, all[name]]));
  }
  // An error inside of a gradient would leave tensors of TensorFlow.js' tape behind: it is thrown after it.
  let failure: { error: unknown } | undefined;
  const op = tf.customGrad((yPred) => {
    let gradient = new Float32Array((yPred as Tensor).size);
    try {
      gradient = byOutputs(yPred as Tensor) as typeof gradient;
    } catch (error) {
      failure = { error };
    }
    return {
      value: tf.scalar(0),
      gradFunc: (dy: Tensor) => tf.mul(dy, tf.tensor(gradient, (yPred as Tensor).shape, "float32")),
    };
  });
  const { grads } = tf.variableGrads(() => op(outputOf(name, model, batch, training)) as tf.Scalar, variables);
  if (failure !== undefined) throw failure.error;
  return grads;
}

/** What is called before and after each batch, with its place in the pass. */
export interface Around {
  before?(batch: number): Promise<void> | void;
  after?(batch: number, rows: number): Promise<void> | void;
}

/** What a second pass adds up. */
export interface GradientPass {
  /** By each weight that is trained: the gradient of the score, in float64. */
  readonly sums: readonly Float64Array[];
  /** What was counted on the way. */
  readonly counted: DatasetSums;
  /** How many rows have a gradient that is not 0. */
  readonly living: number;
}

/** Adds up the gradients of the batches, with the score's partial derivatives held fixed. */
export async function gradientPass(
  name: string,
  model: Model,
  batches: ReturnType<BatchReader["read"]>,
  parts: LossParts,
  partials: (batch: Counted) => readonly Counts[],
  { before = () => {}, after = () => {} }: Around = {},
): Promise<GradientPass> {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const sums = variables.map(({ size }) => new Float64Array(size)), second = new DatasetSums(parts);
  let living = 0, b = 0;
  for await (const batch of batches) {
    await before(b);
    tf.tidy(() => {
      const grads = batchGradients(name, model, batch, variables, (yPred) => {
        const { rows, counted } = count(name, parts, batch, yPred, second.rows);
        second.add(rows, counted);
        const gradient = counted.gradient(partials(counted));
        living += livingRows(gradient, rows);
        return gradient;
      });
      variables.forEach((variable, v) => {
        const gradient = grads[variable.name]?.dataSync(), sum = sums[v];
        if (gradient !== undefined) { for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]; }
      });
    });
    await after(b++, batch.yTrue.shape[0]!);
  }
  return { sums, counted: second, living };
}

/** What of a gradient there is in an epoch. */
export interface Living {
  /** How many rows have one, by the model's outputs. */
  readonly living: number;
  /** Whether it arrives at a weight: behind an output layer that is saturated it does not. */
  readonly arrives: boolean;
}

/** Whether all numbers are exactly 0. */
export const isZero = (values: ArrayLike<number>): boolean => {
  let i = 0;
  while (i < values.length && values[i] === 0) i++;
  return i === values.length;
};

/** How many rows have an output with a gradient that is not 0. */
export function livingRows(gradient: Float32Array, rows: number): number {
  const classes = gradient.length / rows;
  let living = 0;
  for (let row = 0; row < rows; row++) {
    let i = row * classes;
    while (i < (row + 1) * classes && gradient[i] === 0) i++;
    if (i < (row + 1) * classes) living++;
  }
  return living;
}

/** The gradient of the loss, 1 − score, by each weight that is trained, by its name. */
export function lossGradients(model: Model, sums: readonly Float64Array[]): Record<string, Tensor> {
  return Object.fromEntries(
    model.trainableWeights.map((weight, i) => {
      const { name, shape } = weight.read() as tf.Variable;
      return [name, tf.tensor(Float32Array.from(sums[i], (g) => -g), shape, "float32")];
    }),
  );
}

import * as tf from "@tensorflow/tfjs-core";
import { countBatch, type Counted } from "../scoring/score_batch.ts";
import { type Batch, type BatchTensors, readBatch, refuse } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { describe } from "../check/check.ts";
import { factoryName, type LossFactory } from "../losses/metric_loss.ts";
import { type LossParts, partsOfLoss } from "../scoring/options.ts";
import { denseStack, stackGradients, stackOutputs } from "../tfjs/dense_stack.ts";
import { isDisposed, type LayersModel, trainableVariables } from "../tfjs/model.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { inputOf } from "../tfjs/training_batch.ts";
import type { BatchReader, ReadBatch } from "./batches.ts";
import { DatasetSums } from "./dataset_sums.ts";

/** Returns the parts of a loss; throws if it is not a loss of this library, or a single pass cannot count its decisions. */
export function checkLoss(loss: unknown, task = "compute the data set's gradient"): LossParts {
  const factory = factoryName(loss), parts = partsOfLoss(loss);
  if (factory !== undefined) {
    throw new TypeError(
      `Cannot ${task}: 'loss' is the factory ${factory}, not the loss that it makes; call it: ${factory}(${
        (loss as LossFactory).length === 0 ? "" : "{ … }"
      })`,
    );
  }
  if (parts === undefined) {
    throw new TypeError(
      `Cannot ${task}: 'loss' must be one that metricLoss or f1Loss, … makes, it is ${describe(loss)}`,
    );
  }
  if (parts.wholeSet) {
    throw new RangeError(
      `Cannot ${task}: 'loss' has decision: { top: k }, which needs the outputs of all rows; call it on all rows as one batch`,
    );
  }
  return parts;
}

/** Throws unless `model` is a model with trainable weights, none of which is disposed. */
export function checkModel(name: string, model: LayersModel): void {
  if (typeof model?.apply !== "function" || !Array.isArray(model.trainableWeights)) {
    throw new TypeError(`Cannot compute ${name}: 'model' must be a tf.LayersModel, it is ${describe(model)}`);
  }
  if (model.trainableWeights.length === 0) throw refuse(name, "model", "has no trainable weights");
  if (isDisposed(model)) throw refuse(name, "model", "is disposed");
}

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map((size) => size ?? "any").join(", ")}]`;

/** Throws unless the inputs of a batch have the shapes that the model takes. TensorFlow.js's error names a layer, not the data. */
function checkInputs(name: string, { inputs: expected }: LayersModel, { inputs }: ReadBatch): void {
  const whose = name.endsWith("'validationData'") ? "it" : "'data'";
  expected?.forEach(({ shape }, i) => {
    const actual = inputs[i]?.shape;
    if (actual?.length !== shape.length) return;
    if (shape.slice(1).every((size, k) => size === null || size === actual[k + 1])) return;
    const columns = shape.length === 2;
    throw new RangeError(
      `Cannot compute ${name}: ${whose} has ${
        columns ? `${actual[1]} column${actual[1] === 1 ? "" : "s"}` : `inputs of the shape ${shapeText(actual)}`
      }, ` +
        `'model' takes ${columns ? shape[1] : shapeText(shape)}`,
    );
  });
}

/** Computes the output of the model for a batch. */
export function outputOf(name: string, model: LayersModel, batch: ReadBatch, training = false): Tensor {
  checkInputs(name, model, batch);
  const input = inputOf(batch), stack = denseStack(model), last = stack && stackOutputs(stack, input)?.at(-1);
  if (last !== undefined) return last;
  const output = model.apply(input, { training });
  if (output instanceof tf.Tensor) return output;
  throw refuse(name, "model", `must have one output, it has ${model.outputs.length}`);
}

/** Reads a batch with its queries: those of a score of queries have to be known, or a batch would cut them. */
export function readRows(
  name: string,
  { reading, scoring: { rule } }: LossParts,
  { groups, examples, ...tensors }: BatchTensors & Pick<ReadBatch, "examples" | "groups">,
  firstRow: number,
): Batch {
  if (groups !== undefined && !rule?.queries) {
    throw new TypeError(`Cannot compute ${name}: 'groups' is given in 'data', but this loss has no queries`);
  }
  const batch = readBatch(name, tensors, { ...reading, firstRow, examples });
  if (groups === undefined && rule?.queries && batch.classes === 1) {
    throw new TypeError(
      `Cannot compute ${name}: 'data' must give the query of each row, { xs, ys, groups }, or one query per row, with outputs of the ` +
        "shape [queries, rows]",
    );
  }
  return { ...batch, groups };
}

/** Reads the outputs of the model for a batch, and counts them; `release` says that the gradient is not asked for again. */
export function count(
  name: string,
  parts: LossParts,
  { inputs: _, ...tensors }: ReadBatch,
  yPred: Tensor,
  firstRow: number,
): { rows: number; counted: Counted; release?: () => void } {
  const batch = readRows(name, parts, { ...tensors, yPred }, firstRow), decided = parts.decide(batch);
  return { rows: batch.rows, counted: countBatch(batch, decided, parts.scoring), release: decided.release };
}

/** Computes the gradients with respect to `variables` from the gradient with respect to the outputs, which `byOutputs` gives. */
export function batchGradients(
  name: string,
  model: LayersModel,
  batch: ReadBatch,
  variables: tf.Variable[],
  byOutputs: (yPred: Tensor) => Float32Array | Tensor,
  training = false,
): Record<string, Tensor> {
  const stack = denseStack(model), outputs = stack && stackOutputs(stack, inputOf(batch));
  if (outputs !== undefined) {
    const yPred = outputs.at(-1)!, all = stackGradients(stack!, outputs, byOutputs(yPred) as Float32Array);
    return Object.fromEntries(variables.map(({ name }) => [name, all[name]]));
  }
  // An error thrown inside a gradient would leak the tensors of the tape, so it is thrown afterwards.
  let failure: { error: unknown } | undefined;
  const op = tf.customGrad((yPred, save) => {
    const { shape, size } = yPred as Tensor;
    let gradient: Float32Array | Tensor = new Float32Array(size);
    try {
      gradient = byOutputs(yPred as Tensor);
    } catch (error) {
      failure = { error };
    }
    (save as (tensors: Tensor[]) => void)([
      gradient instanceof tf.Tensor ? gradient : tf.tensor(gradient as Float32Array, shape, "float32"),
    ]);
    return { value: tf.scalar(0), gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, saved) };
  });
  const { grads } = tf.variableGrads(() => op(outputOf(name, model, batch, training)) as tf.Scalar, variables);
  if (failure !== undefined) throw failure.error;
  return grads;
}

/** Functions called before and after each batch, with its position in the pass. */
export interface BatchHooks {
  before?(batch: number): Promise<void> | void;
  after?(batch: number, rows: number): Promise<void> | void;
}

/** Sums of the second pass. */
export interface GradientPass {
  /** Gradient of the score with respect to each trainable variable, in float64. */
  readonly sums: readonly Float64Array[];
  /** Counts of the rows that were read. */
  readonly counted: DatasetSums;
  /** Number of rows whose gradient is not 0. */
  readonly rowsWithGradient: number;
}

/** Sums the gradients of the batches, with the partial derivatives of the score held fixed. */
export async function gradientPass(
  name: string,
  model: LayersModel,
  batches: ReturnType<BatchReader["read"]>,
  parts: LossParts,
  partials: (batch: Counted) => readonly Counts[],
  { before = () => {}, after = () => {} }: BatchHooks = {},
): Promise<GradientPass> {
  const variables = trainableVariables(model);
  const sums = variables.map(({ size }) => new Float64Array(size)), second = new DatasetSums(parts);
  let rowsWithGradient = 0, b = 0;
  for await (const batch of batches) {
    await before(b);
    tf.tidy(() => {
      const grads = batchGradients(name, model, batch, variables, (yPred) => {
        const { rows, counted, release } = count(name, parts, batch, yPred, second.rows);
        second.add(rows, counted);
        const gradient = counted.gradient(partials(counted));
        release?.();
        rowsWithGradient += countRowsWithGradient(gradient, rows);
        return gradient;
      });
      variables.forEach((variable, v) => {
        const gradient = grads[variable.name]?.dataSync(), sum = sums[v];
        if (gradient !== undefined) { for (let i = 0; i < sum.length; i++) sum[i] += gradient[i]; }
      });
    });
    await after(b++, batch.yTrue.shape[0]!);
  }
  return { sums, counted: second, rowsWithGradient };
}

/** Extent of the gradient in an epoch. */
export interface GradientExtent {
  /** Number of rows whose gradient with respect to the outputs is not 0. */
  readonly rowsWithGradient: number;
  /** True if any weight has a gradient that is not 0; false behind a saturated output layer. */
  readonly reachesWeights: boolean;
  /** Tells whether all weights are finite, where it is known. */
  readonly weightsAreFinite?: boolean;
}

/** Tells whether all numbers are exactly 0. */
export const isZero = (values: ArrayLike<number>): boolean => {
  let i = 0;
  while (i < values.length && values[i] === 0) i++;
  return i === values.length;
};

/** Counts the rows that have an output with a gradient that is not 0. */
export function countRowsWithGradient(gradient: Float32Array, rows: number): number {
  const classes = gradient.length / rows;
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let i = row * classes;
    while (i < (row + 1) * classes && gradient[i] === 0) i++;
    if (i < (row + 1) * classes) count++;
  }
  return count;
}

/** Makes the gradients of the loss, 1 − score, by the names of the trainable variables, from the sums for the score. */
export function lossGradients(model: LayersModel, sums: readonly Float64Array[]): Record<string, Tensor> {
  return Object.fromEntries(
    trainableVariables(model).map(({ name, shape }, i) => [
      name,
      tf.tensor(new Float32Array(sums[i]).map((g) => -g), shape, "float32"),
    ]),
  );
}

import * as tf from "@tensorflow/tfjs-core";
import { check, checkOptions, describe, integerFrom } from "../check/check.ts";
import type { LossParts } from "../scoring/options.ts";
import { type LayersModel, trainableVariables } from "../tfjs/model.ts";
import { applyGradients, type LayersOptimizer } from "../tfjs/optimizers.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { BatchReader, ReadBatch } from "./batches.ts";
import { outputOf } from "./passes.ts";

type WarmStartLoss = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor) => Tensor;

/** The option `warmStart` of `fitMetric`. */
interface WarmStart {
  readonly loss: "crossEntropy" | WarmStartLoss;
  readonly epochs: number;
}

const task = "train";

/** Throws unless the option is a valid warm start. */
export function checkWarmStart(warmStart: WarmStart | undefined): void {
  if (warmStart === undefined) return;
  checkOptions("'warmStart'", warmStart, ["loss", "epochs"]);
  const { loss, epochs } = warmStart;
  check(task, { "warmStart.loss": loss }, {
    must: "'crossEntropy' or a function of (yTrue, yPred)",
    valid: () => loss === "crossEntropy" || typeof loss === "function",
    Kind: TypeError,
  });
  check(task, { "warmStart.epochs": epochs }, integerFrom(1));
}

/** Smallest distance of a probability to 0 and 1, as in Keras: the logarithm stays finite. */
const margin = 1e-7;

/** Returns the labels in the shape of the outputs; class numbers become one column per class. */
function labelsLike(yTrue: Tensor, yPred: Tensor): Tensor {
  if (yTrue.size === yPred.size) return tf.cast(tf.reshape(yTrue, yPred.shape), "float32");
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(yTrue, [-1]), "int32"), yPred.shape.at(-1)!), "float32");
}

/** Tells which labels are ignored, as 0 for an ignored one and 1 for the others. */
function keptLabels(yTrue: Tensor, ignoreLabel: number): Tensor {
  const ignored = Number.isNaN(ignoreLabel) ? tf.isNaN(yTrue) : tf.equal(yTrue, ignoreLabel);
  return tf.cast(tf.logicalNot(ignored), "float32");
}

/** Makes the cross-entropy of outputs that are read as a metric loss reads them: per output, or per row with several classes. */
function crossEntropyOf({ reading, options }: LossParts): WarmStartLoss {
  const { fromLogits, ignoreLabel } = reading, { decision = "threshold" } = options, classes = decision !== "threshold";
  return (yTrue, yPred, sampleWeight) => {
    const rows = yPred.shape[0]!, columns = classes ? 1 : yPred.size / rows;
    const kept = ignoreLabel === undefined ? undefined : keptLabels(yTrue, ignoreLabel);
    const y = labelsLike(kept ? tf.where(tf.cast(kept, "bool"), yTrue, tf.zerosLike(yTrue)) : yTrue, yPred);
    const p = tf.clipByValue(
      fromLogits ? classes ? tf.softmax(yPred) : tf.sigmoid(yPred) : yPred,
      margin,
      1 - margin,
    );
    const ofPositives = tf.neg(tf.mul(y, tf.log(p))), ofNegatives = tf.neg(tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))));
    const each = tf.reshape(classes ? tf.sum(ofPositives, -1) : tf.add(ofPositives, ofNegatives), [rows, columns]);
    const weights = [kept, sampleWeight].reduce<Tensor>(
      (product, one) =>
        one
          ? tf.mul(product, tf.min(tf.reshape(one, [rows, -1, one.size === each.size ? 1 : one.size / rows]), 2))
          : product,
      tf.ones([rows, columns]),
    );
    return tf.div(tf.sum(tf.mul(weights, each)), tf.maximum(tf.sum(weights), margin)); // 0 if all rows are ignored
  };
}

/** The model, data and optimizer of a warm start. */
export interface WarmUp {
  readonly name: string;
  readonly model: LayersModel;
  readonly optimizer: LayersOptimizer;
  readonly reader: BatchReader;
  readonly parts: LossParts;
  /** Order of the batches; absent if they come as they are read. */
  readonly order?: readonly number[];
  readonly before: () => Promise<void> | void;
}

/** Trains for one epoch of a warm start, one step per batch along the gradient of the batch's own loss. */
export async function warmUpEpoch(warmStart: WarmStart, context: WarmUp): Promise<void> {
  const { name, model, optimizer, reader, parts, order, before } = context, variables = trainableVariables(model);
  const loss = warmStart.loss === "crossEntropy" ? crossEntropyOf(parts) : warmStart.loss;
  for await (const batch of reader.read(order)) {
    await before();
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => lossOfBatch(loss, batch, outputOf(name, model, batch, true)), variables);
      applyGradients(optimizer, grads);
    });
  }
}

function lossOfBatch(
  loss: WarmStartLoss,
  { yTrue, sampleWeight }: ReadBatch,
  yPred: Tensor,
): tf.Scalar {
  const value: unknown = loss(yTrue, yPred, sampleWeight);
  if (value instanceof tf.Tensor) return tf.mean(value);
  throw new TypeError(`Cannot ${task}: 'warmStart.loss' must return a tensor, it returned ${describe(value)}`);
}

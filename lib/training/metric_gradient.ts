import * as tf from "@tensorflow/tfjs";
import { countBatch, type Counted, countsPartials, scoreCounts } from "../averages/average.ts";
import { readBatch } from "../check/batch.ts";
import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import type { Counts } from "../counts/counts.ts";
import { countKeys, eachCount } from "../counts/each_count.ts";
import { type LossParts, partsOfLoss } from "../losses/loss_parts.ts";
import type { Loss } from "../losses/metric_loss.ts";
import type { Tensor } from "../tensor.ts";
import { checkData, type ReadBatch, readBatches, type TrainingData } from "./batches.ts";

/** A model of TensorFlow.js, `tf.LayersModel`. */
export type Model = ReturnType<(typeof import("@tensorflow/tfjs"))["model"]>;

/** Options of {@linkcode metricGradient}. */
export interface MetricGradientOptions {
  /** A loss of this library, with its options. */
  loss: Loss;
  /**
   * How many rows go through the model at once, where the data are tensors; other data come in batches already.
   *
   * @default {256}
   */
  batchSize?: number;
}

/** A data set's loss, what it was made from, and its gradient. */
export interface MetricGradient {
  /** The loss of the whole data set, in float64. */
  readonly value: number;
  /** The soft counts of each class, in float64; with the average "samples" one set, the sum over all rows. */
  readonly counts: readonly Counts[];
  /** The gradient by each trainable weight, by its name, as a sum of batches' gradients in float64, rounded once;
   * yours to dispose. */
  readonly gradients: Record<string, Tensor>;
}

/** What the batches of a data set add up to. */
class DatasetSums {
  rows = 0;
  counts: Counts[] = [];
  #weights?: number[];
  /** With "samples": Σ of the rows' weight times score, and of the weights. */
  #sum = 0;
  #whole = 0;
  readonly #parts: LossParts;

  constructor(parts: LossParts) {
    this.#parts = parts;
  }

  add(rows: number, { each, weights }: Counted): void {
    const { scoring } = this.#parts;
    this.rows += rows;
    if (scoring.average === "samples") {
      const { value, whole } = scoreCounts(each, weights, scoring);
      this.#sum += whole === 0 ? 0 : value * whole;
      this.#whole += whole;
      const sum = eachCount((key) => each.reduce((total, one) => total + one[key], 0));
      this.counts = [eachCount((key) => (this.counts[0]?.[key] ?? 0) + sum[key])];
      return;
    }
    if (this.counts.length > 0 && this.counts.length !== each.length) {
      throw new RangeError(
        `Cannot compute ${scoring.score.name}: 'yPred' has ${each.length} columns, ` +
          `it had ${this.counts.length} in the batches before`,
      );
    }
    this.counts = each.map((one, k) => eachCount((key) => (this.counts[k]?.[key] ?? 0) + one[key]));
    // A class weighs as much as it has positives, in all batches; with "macro" the same in each.
    const supports = scoring.average === "weighted" ? this.#weights : undefined;
    this.#weights = weights?.map((w, k) => w + (supports?.[k] ?? 0));
  }

  /** The score of the whole, and the partial derivatives by the counts of a batch of it. */
  score(): { value: number; partials: (batch: Counted) => readonly Counts[] } {
    const { scoring } = this.#parts, { score } = scoring;
    if (scoring.average === "samples") {
      const value = this.#whole === 0 ? Number(scoring.zeroDivision === 1) : this.#sum / this.#whole;
      return {
        value,
        partials: ({ each, weights }) => countsPartials(scoreCounts(each, weights, scoring), this.#whole, score),
      };
    }
    const scored = scoreCounts(this.counts, this.#weights, scoring);
    const partials = countsPartials(scored, scored.whole, score);
    return { value: scored.value, partials: () => partials };
  }
}

/** How far counts of the same data may lie apart: the model is run by other kernels when it is differentiated. */
const rounding = { ofLabels: 1e-9, ofOutputs: 1e-5 };

/** Throws unless the second pass has read what the first has. */
function checkSame(name: string, first: DatasetSums, second: DatasetSums): void {
  const complain = (things: string, a: number, b: number) =>
    new RangeError(
      `Cannot compute ${name}: 'data' differ between the two passes, ${things} ${a} in the first, ${b} in the second; ` +
        "they must be read anew each time, a generator is read once: give the function that makes it",
    );
  if (first.rows !== second.rows) throw complain("the number of rows is", first.rows, second.rows);
  first.counts.forEach((a, k) => {
    const b = second.counts[k], whole = countKeys.reduce((sum, key) => sum + a[key], 0);
    const positives = [a, b].map(({ tp, fn }) => tp + fn), negatives = [a, b].map(({ fp, tn }) => fp + tn);
    const pairs: [string, number, number, number][] = [
      [`the weight of the positives of column ${k} is`, positives[0], positives[1], rounding.ofLabels],
      [`the weight of the negatives of column ${k} is`, negatives[0], negatives[1], rounding.ofLabels],
      ...countKeys.map((key): [string, number, number, number] => [
        `the count '${key}' of column ${k} is`,
        a[key],
        b[key],
        rounding.ofOutputs,
      ]),
    ];
    for (const [things, x, y, tolerance] of pairs) {
      if (!(Math.abs(x - y) <= tolerance * whole)) throw complain(things, x, y);
    }
  });
}

function checkLoss(loss: unknown): LossParts {
  const parts = partsOfLoss(loss);
  if (parts === undefined) {
    throw new TypeError(
      `Cannot compute the data set's gradient: 'loss' must be one that metricLoss or f1Loss, … makes, it is ${
        describe(loss)
      }`,
    );
  }
  if (parts.wholeSet) {
    throw new RangeError(
      "Cannot compute the data set's gradient: 'loss' has decision: { top: k }, where a row's decision depends on all " +
        "rows' outputs, which one pass does not hold; call it on all rows as one batch",
    );
  }
  return parts;
}

/**
 * The exact gradient of a data set's loss by the model's weights, in the memory of a batch.
 *
 *     pass 1:   counts = Σ over the batches
 *     pass 2:   ∂loss/∂θ = −Σ over the batches of Σᵢ ∂score/∂counts · ∂countsᵢ/∂ŷᵢ · ∂ŷᵢ/∂θ
 *
 * The score's partial derivatives are taken at the counts of the whole data set and stay fixed in the second pass: so the
 * batches' gradients add up to the gradient of the one loss, which the mean of batch losses does not. It equals what one
 * batch of all rows gives, up to float32 rounding in the model; counts and gradients are summed in float64 in host memory.
 * Every average and option of the losses holds for the whole set: supports, `classWeights`, `zeroDivision`, `ignoreLabel`.
 *
 * The model runs as in `predict`: no dropout, batch normalisation with its moving statistics. Regularisation is not part of
 * the loss. A tensor that comes in a batch is disposed once the batch is done, as `fitDataset` does it.
 *
 * @param model A model with one output.
 * @param data Tensors, [x, y] or [x, y, sampleWeight]; a `tf.data.Dataset`; an async iterable of batches that can be read
 * twice, or a function that returns an iterable. Their order may differ from pass to pass, their rows may not.
 * @param options `loss`, `batchSize`.
 * @returns The loss, the counts and the gradients.
 * @throws {TypeError} A loss that is not of this library, data or a batch of another kind, an unknown option.
 * @throws {RangeError} A batch that the loss refuses (the error names the row of the data set); data that differ between the
 * passes, as far as the labels' weights, or 1e-5 of the counts, tell; no rows; a decision `{ top: k }`.
 *
 * @see Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021, arXiv 2101.06983, for two
 * passes with the first one's result held fixed (GradCache), there for contrastive losses.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { f1Loss, metricGradient } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = tf.randomNormal([100, 2]), y = tf.cast(tf.greater(tf.sum(x, 1, true), 1), "float32");
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * const loss = f1Loss(), optimizer = tf.train.adam(0.1);
 * const { value, gradients } = await metricGradient(model, [x, y], { loss, batchSize: 32 });
 * assertAlmostEquals(value, loss(y, model.predict(x) as tf.Tensor).dataSync()[0], 1e-5); // of all rows
 * optimizer.applyGradients(Object.entries(gradients).map(([name, tensor]) => ({ name, tensor })));
 * tf.dispose(gradients);
 * ```
 */
export async function metricGradient(
  model: Model,
  data: TrainingData,
  options: MetricGradientOptions,
): Promise<MetricGradient> {
  checkOptions("the data set's gradient", options, ["loss", "batchSize"]);
  const { loss, batchSize } = options, parts = checkLoss(loss), { name } = loss;
  if (batchSize !== undefined) checkInteger(`compute ${name}`, "batchSize", batchSize, 1, Number.MAX_SAFE_INTEGER);
  checkModel(name, model);
  checkData(name, data, batchSize);

  const first = new DatasetSums(parts), second = new DatasetSums(parts);
  for await (const batch of readBatches(name, data, batchSize)) {
    tf.tidy(() => {
      const { rows, counted } = count(name, parts, batch, outputOf(name, model, batch), first.rows);
      first.add(rows, counted);
    });
  }
  if (first.rows === 0) throw new RangeError(`Cannot compute ${name}: 'data' has no rows`);
  const { value, partials } = first.score();

  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const sums = variables.map(({ size }) => new Float64Array(size));
  for await (const batch of readBatches(name, data, batchSize)) {
    tf.tidy(() => {
      const grads = batchGradients(name, model, batch, variables, (yPred) => {
        const { rows, counted } = count(name, parts, batch, yPred, second.rows);
        second.add(rows, counted);
        return counted.gradient(partials(counted));
      });
      variables.forEach((variable, v) => {
        const gradient = grads[variable.name]?.dataSync(), sum = sums[v];
        if (gradient !== undefined) { for (let i = 0; i < sum.length; i++) sum[i] -= gradient[i]; // of 1 − score
         }
      });
    });
  }
  checkSame(name, first, second);
  return {
    value: parts.best - value,
    counts: first.counts,
    gradients: Object.fromEntries(
      variables.map((v, i) => [v.name, tf.tensor(Float32Array.from(sums[i]), v.shape, "float32")]),
    ),
  };
}

function checkModel(name: string, model: Model): void {
  if (typeof model?.apply !== "function" || !Array.isArray(model.trainableWeights)) {
    throw new TypeError(`Cannot compute ${name}: 'model' must be a tf.LayersModel, it is ${describe(model)}`);
  }
  if (model.trainableWeights.length === 0) {
    throw new RangeError(`Cannot compute ${name}: 'model' has no trainable weights`);
  }
}

function outputOf(name: string, model: Model, { inputs }: ReadBatch): Tensor {
  const output = model.apply(inputs, { training: false });
  if (output instanceof tf.Tensor) return output;
  throw new RangeError(`Cannot compute ${name}: 'model' must have one output, it has ${model.outputs.length}`);
}

function count(
  name: string,
  { reading, decide, scoring }: LossParts,
  { yTrue, sampleWeight }: ReadBatch,
  yPred: Tensor,
  firstRow: number,
): { rows: number; counted: Counted } {
  const batch = readBatch(name, { yTrue, yPred, sampleWeight }, { ...reading, firstRow });
  return { rows: batch.rows, counted: countBatch(batch, decide(batch), scoring) };
}

/** The gradients by the weights of what has the given gradient by the model's outputs. */
function batchGradients(
  name: string,
  model: Model,
  batch: ReadBatch,
  variables: tf.Variable[],
  byOutputs: (yPred: Tensor) => Float32Array,
): Record<string, Tensor> {
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
  const { grads } = tf.variableGrads(() => op(outputOf(name, model, batch)) as tf.Scalar, variables);
  if (failure !== undefined) throw failure.error;
  return grads;
}

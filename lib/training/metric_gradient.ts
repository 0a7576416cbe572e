import * as tf from "@tensorflow/tfjs";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import type { Counts } from "../counts/counts.ts";
import type { Loss } from "../losses/metric_loss.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { checkData, readBatches, type TrainingData } from "./batches.ts";
import { checkSame, DatasetSums } from "./dataset_sums.ts";
import { checkLoss, checkModel, count, gradientPass, lossGradients, type Model, outputOf } from "./passes.ts";

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

  const first = new DatasetSums(parts);
  for await (const batch of readBatches(name, data, batchSize)) {
    tf.tidy(() => {
      const { rows, counted } = count(name, parts, batch, outputOf(name, model, batch), first.rows);
      first.add(rows, counted);
    });
  }
  if (first.rows === 0) throw new RangeError(`Cannot compute ${name}: 'data' has no rows`);
  const { value, partials } = first.score();
  const { sums, counted } = await gradientPass(name, model, readBatches(name, data, batchSize), parts, partials);
  checkSame(name, first, counted);
  return {
    value: parts.best - value,
    counts: first.counts,
    gradients: lossGradients(model, sums),
  };
}

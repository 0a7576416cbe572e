import { check, checkOptions, integerFrom, optional } from "../check/check.ts";
import { refuse } from "../batch/read_batch.ts";
import * as tf from "@tensorflow/tfjs-core";
import type { Counts } from "../counts/counts.ts";
import type { Loss } from "../losses/metric_loss.ts";
import { bestOf } from "../scoring/score_batch.ts";
import type { LayersModel } from "../tfjs/model.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { batchReader, checkData, type TrainingData } from "./batches.ts";
import { checkSame, DatasetSums } from "./dataset_sums.ts";
import { checkLoss, checkModel, count, gradientPass, lossGradients, outputOf } from "./passes.ts";

/** Options of {@linkcode metricGradient}. */
export interface MetricGradientOptions {
  /** Loss of this library. */
  loss: Loss;
  /**
   * Number of rows per batch, if the data are tensors. Other data already come in batches.
   *
   * @default {256}
   */
  batchSize?: number;
}

/** Loss of a data set, the counts behind it, and its gradient. */
export interface MetricGradient {
  /** Loss of the whole data set, in float64. */
  readonly value: number;
  /** Soft counts of each class, in float64; with the average "samples" one set, the sum over all rows. */
  readonly counts: readonly Counts[];
  /**
   * Gradient with respect to each trainable weight, by name: the sum of the batches' gradients in float64, rounded once.
   * The caller disposes these tensors.
   */
  readonly gradients: Record<string, Tensor>;
}

/**
 * Computes the exact gradient of the loss of a data set with respect to the weights of a model, in the memory of a batch.
 *
 *     pass 1:   counts = Σ over the batches
 *     pass 2:   ∂loss/∂θ = −Σ over the batches of Σᵢ ∂score/∂counts · ∂countsᵢ/∂ŷᵢ · ∂ŷᵢ/∂θ
 *
 * The partial derivatives of the score are taken at the counts of the whole data set and stay fixed in the second pass.
 * The batches' gradients therefore add up to the gradient of one loss of all rows, which is not the mean of the batches'
 * losses. The result equals that of a single batch of all rows up to float32 rounding in the model; counts and gradients are
 * summed in float64 in host memory. Every average and option of the losses applies to the whole data set: supports,
 * `classWeights`, `zeroDivision`, `ignoreLabel`.
 *
 * The model runs as in `predict`: without dropout, and with the moving statistics of batch normalisation. The loss does not
 * include regularisation. The tensors of a batch are disposed after the batch, as in `fitDataset`.
 *
 * @param model A model with one output.
 * @param data Tensors, [x, y], [x, y, sampleWeight] or, with the query of each row, { xs, ys, groups }; a `tf.data.Dataset`; an
 * async iterable of batches that can be read twice, or a function that returns an iterable. Both passes must read the same rows; the
 * order may differ.
 * @param options `loss`, `batchSize`.
 * @returns The loss, the counts and the gradients.
 * @throws {TypeError} If `loss` is not a loss of this library, `data` or a batch is not of a listed kind, or an option is
 * unknown.
 * @throws {RangeError} If the loss refuses a batch (the error names the row in the data set), there are no rows, `loss` has
 * the decision `{ top: k }`, or the data differ between the passes: in the weights of the labels, or in a count by more
 * than 1e-5 of the total.
 *
 * @see Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", 2021, arXiv 2101.06983, for two
 * passes with the result of the first held fixed (GradCache), there for contrastive losses.
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
 * assertAlmostEquals(value, loss(y, model.predict(x) as tf.Tensor).dataSync()[0], 1e-5); // the loss of all rows
 * optimizer.applyGradients(Object.entries(gradients).map(([name, tensor]) => ({ name, tensor })));
 * tf.dispose(gradients);
 * ```
 */
export async function metricGradient(
  model: LayersModel,
  data: TrainingData,
  options: MetricGradientOptions,
): Promise<MetricGradient> {
  checkOptions("the data set's gradient", options, ["loss", "batchSize"]);
  const { loss, batchSize } = options, parts = checkLoss(loss), { name } = loss;
  check(`compute ${name}`, { batchSize }, optional(integerFrom(1)));
  checkModel(name, model);
  checkData(name, "'data'", data, batchSize);
  await undefined; // a tf.tidy around the call would dispose of what is made before

  const first = new DatasetSums(parts), reader = batchReader(name, data, batchSize);
  try {
    for await (const batch of reader.read()) {
      tf.tidy(() => {
        const { rows, counted, release } = count(name, parts, batch, outputOf(name, model, batch), first.rows);
        first.add(rows, counted);
        release?.();
      });
    }
    if (first.rows === 0) throw refuse(name, "data", "has no rows");
    const { value, partials } = first.score();
    const { sums, counted } = await gradientPass(name, model, reader.read(), parts, partials);
    checkSame(name, first, counted);
    return {
      value: bestOf(parts.scoring.score) - value,
      counts: first.counts,
      gradients: lossGradients(model, sums),
    };
  } finally {
    reader.dispose();
  }
}

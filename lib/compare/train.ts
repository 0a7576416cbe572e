import { adam } from "../network/adam.ts";
import { forward, initialWeights, type NetworkForm } from "../network/mlp.ts";
import { type EpochObjective, labelsOf } from "../network/objectives.ts";
import { takeRows, train } from "../network/train.ts";
import type { SeededRandom } from "../numerics/random.ts";

/** Rows: features, flat, and labels, each 0 or 1 or a class index. */
export interface Part {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Options of {@linkcode trainOnPart}. */
export interface PartTraining {
  readonly form: NetworkForm;
  readonly objective: EpochObjective;
  /**
   * Weights of the rows.
   *
   * @default {1 each}
   */
  readonly weights?: Float64Array;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly random: SeededRandom;
  /** Called after each epoch, counted from 1, with a function that computes the logits of rows. */
  readonly onEpoch: (epoch: number, logitsOf: (x: Float64Array) => Float64Array) => void;
}

/**
 * Trains a network with Adam. Which rows share a batch is drawn once, so that an objective can keep counts per batch; the
 * order of the batches is drawn in each epoch.
 */
export function trainOnPart({ x, y }: Part, options: PartTraining): void {
  const { form, objective, weights: rowWeights, epochs, batchSize, learningRate, random, onEpoch } = options;
  const weights = initialWeights(form, random), shuffled = random.shuffle(Array.from(y, (_, row) => row));
  const batches = Array.from({ length: Math.ceil(y.length / batchSize) }, (_, b) => {
    const rows = shuffled.slice(b * batchSize, (b + 1) * batchSize);
    const labels = labelsOf(takeRows(y, 1, rows), form.outputs, rowWeights && takeRows(rowWeights, 1, rows));
    return { x: takeRows(x, form.features, rows), labels };
  });
  const labels = batches.map((batch) => batch.labels), logitsOf = (x: Float64Array) => forward(form, weights, x).logits;
  train({
    form,
    weights,
    update: adam(learningRate, weights.length),
    epochs,
    batches: () => {
      const order = random.shuffle(batches.map((_, b) => b));
      const gradient = objective({ batches: labels, order, logitsOf: (b) => logitsOf(batches[b].x) });
      return order.map((b) => ({ x: batches[b].x, gradient: (logits) => gradient(labels[b], logits) }));
    },
    onEpoch: (epoch) => onEpoch(epoch, logitsOf),
  });
}

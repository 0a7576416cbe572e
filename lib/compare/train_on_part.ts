import { adam } from "../network/adam.ts";
import { forward, initialWeights, type NetworkForm, roomFor } from "../network/mlp.ts";
import type { EpochObjective, LogitsGradient, RowLabels } from "../network/objectives.ts";
import { allocateRows, type RowNumbers } from "../network/products.ts";
import { copyRows, takeRows, trainer } from "../network/train.ts";
import type { SeededRandom } from "../numerics/random.ts";

/** Rows: features, flat, and labels with weights. */
export interface LabelledPart {
  readonly x: RowNumbers;
  readonly labels: RowLabels;
}

/** Takes the labels of some rows. */
export const takeLabels = ({ classes, yTrue, sampleWeight }: RowLabels, rows: readonly number[]): RowLabels => ({
  rows: rows.length,
  classes,
  yTrue: takeRows(yTrue, classes, rows),
  sampleWeight: sampleWeight && takeRows(sampleWeight, classes, rows),
});

/** Options of {@linkcode trainOnPart}. */
export interface PartTraining {
  readonly form: NetworkForm;
  readonly objective: EpochObjective;
  /**
   * The weights of a trained network to start from.
   *
   * @default {drawn at random}
   */
  readonly start?: Float64Array;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly random: SeededRandom;
}

/**
 * Trains a network with Adam; yields each epoch, counted from 1, and the weights, which the next epoch changes. Which rows
 * share a batch is drawn once, so that an objective can keep counts per batch; the order of the batches is drawn in each epoch.
 */
export function* trainOnPart(
  { x, labels: all }: LabelledPart,
  options: PartTraining,
): Generator<{ epoch: number; weights: Float64Array }> {
  const { form, objective, start, epochs, batchSize, learningRate, random } = options;
  const weights = start?.slice() ?? initialWeights(form, random);
  const shuffled = random.shuffle(Array.from({ length: all.rows }, (_, row) => row));
  const inOrder = copyRows(x, form.features, shuffled, allocateRows(x.length));
  const batches = Array.from({ length: Math.ceil(all.rows / batchSize) }, (_, b) => {
    const rows = shuffled.slice(b * batchSize, (b + 1) * batchSize), from = b * batchSize * form.features;
    return {
      x: inOrder.subarray(from, from + rows.length * form.features),
      labels: takeLabels(all, rows),
      room: roomFor(form, rows.length),
    };
  });
  const labels = batches.map((batch) => batch.labels), places = batches.map((_, b) => b);
  const logitsOf = (b: number) => forward(form, weights, batches[b].x, batches[b].room).logits;
  let gradient: LogitsGradient;
  const steps = batches.map(({ x, room, labels }) => (
    { x, room, gradient: (logits: Float64Array) => gradient(labels, logits) }
  ));
  const trainOn = trainer({ form, weights, update: adam(learningRate, weights.length) });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = places.length > 1 ? random.shuffle(places) : places; // one draws no number
    gradient = objective({ batches: labels, order, logitsOf });
    for (const b of order) trainOn(steps[b]);
    yield { epoch, weights };
  }
}

import { countBatch, type Counted } from "../scoring/score_batch.ts";
import type { Batch } from "../batch/read_batch.ts";
import { sigmoid } from "../steps/logits.ts";
import type { LossParts } from "../losses/loss_parts.ts";
import { backward, forward, initialWeights, type NetworkForm } from "../network/network_math.ts";
import { adam } from "../network/optimizer.ts";
import type { SeededRandom } from "../numerics/random.ts";
import { DatasetSums } from "../training/dataset_sums.ts";
import { RunningCounts } from "../training/running_counts.ts";

/** Rows: their features, flat, and their labels: 0 or 1, or the class's index. */
export interface Part {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The labels of a batch, a column an output, and its rows' weights. */
export type Labels = Omit<Batch, "yPred">;

/** From a batch's logits to the gradient by them; called once for each batch of an epoch, in their order. */
type Slopes = (labels: Labels, logits: Float64Array) => Float32Array | Float64Array;

/** An epoch that begins: its batches, their order, and what the network makes of each as it is. */
interface Epoch {
  readonly batches: readonly Labels[];
  readonly order: readonly number[];
  logitsOf(batch: number): Float64Array;
}

/** What is trained on. */
export type Objective = (epoch: Epoch) => Slopes;

/** The labels of rows, a column an output: as they are, or a 1 in the column of the class. */
export function labelsOf(y: Float64Array, outputs: number, weights?: Float64Array): Labels {
  if (outputs === 1) return { rows: y.length, classes: 1, yTrue: y, sampleWeight: weights };
  const yTrue = new Float64Array(y.length * outputs);
  y.forEach((label, row) => yTrue[row * outputs + label] = 1);
  const sampleWeight = weights && yTrue.map((_, i) => weights[Math.floor(i / outputs)]);
  return { rows: y.length, classes: outputs, yTrue, sampleWeight };
}

/** σ of one logit a row, the softmax of several. */
export function probabilities(logits: Float64Array, outputs: number): Float64Array {
  if (outputs === 1) return logits.map(sigmoid);
  const p = new Float64Array(logits.length);
  for (let from = 0; from < logits.length; from += outputs) {
    const row = logits.subarray(from, from + outputs), largest = Math.max(...row);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += p[from + k] = Math.exp(row[k] - largest);
    for (let k = 0; k < outputs; k++) p[from + k] /= sum;
  }
  return p;
}

/** Cross-entropy, the weighted mean of the batch: w·(p − y)/Σw. */
export const crossEntropy: Objective = () => ({ rows, classes, yTrue, sampleWeight }, logits) => {
  let whole = rows;
  if (sampleWeight !== undefined) {
    whole = 0;
    for (let i = 0; i < sampleWeight.length; i += classes) whole += sampleWeight[i];
  }
  return probabilities(logits, classes).map((p, i) => (sampleWeight?.[i] ?? 1) * (p - yTrue[i]) / whole);
};

/** A score of all rows, at the running counts of `fitMetric`: a batch needs no positive of its own. */
export function runningScore(parts: LossParts): Objective {
  const count = (labels: Labels, yPred: Float64Array): Counted => {
    const batch = { ...labels, yPred };
    return countBatch(batch, parts.decide(batch), parts.scoring);
  };
  return ({ batches, order, logitsOf }) => {
    const counts = batches.map((labels, b) => {
      const sums = new DatasetSums(parts);
      sums.add(labels.rows, count(labels, logitsOf(b)));
      return sums;
    });
    const running = new RunningCounts(parts, counts, order);
    return (labels, logits) => {
      const counted = count(labels, logits);
      return counted.gradient(running.meet(labels.rows, counted).partials);
    };
  };
}

/** How a network is trained. */
export interface Training {
  readonly form: NetworkForm;
  readonly objective: Objective;
  /** The rows' weights; absent: 1 each. */
  readonly weights?: Float64Array;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly random: SeededRandom;
  /** Called after each epoch, from 1 on, with what gives the logits of rows. */
  readonly onEpoch: (epoch: number, logitsOf: (x: Float64Array) => Float64Array) => void;
}

/** Rows in a random order, in batches: which rows share one is drawn once. */
function batchesOf({ x, y }: Part, { form, weights, batchSize, random }: Training) {
  const { features, outputs } = form, order = random.shuffle(Array.from(y, (_, row) => row));
  const cuts = Array.from({ length: Math.ceil(y.length / batchSize) }, (_, b) => {
    return order.slice(b * batchSize, (b + 1) * batchSize);
  });
  return cuts.map((rows) => {
    const own = new Float64Array(rows.length * features);
    rows.forEach((row, i) => own.set(x.subarray(row * features, (row + 1) * features), i * features));
    const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
    return { x: own, labels: labelsOf(pick(y), outputs, weights && pick(weights)) };
  });
}

/** Trains a network in float64 with Adam, a step a batch, the batches in another order in each epoch. */
export function train(part: Part, training: Training): void {
  const { form, objective, epochs, learningRate, random, onEpoch } = training;
  const weights = initialWeights(form, random), update = adam(learningRate, weights.length);
  const batches = batchesOf(part, training), labels = batches.map((batch) => batch.labels);
  const logitsOf = (x: Float64Array) => forward(form, weights, x).logits;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = random.shuffle(batches.map((_, b) => b));
    const slopes = objective({ batches: labels, order, logitsOf: (b) => logitsOf(batches[b].x) });
    for (const b of order) {
      const { logits, units } = forward(form, weights, batches[b].x);
      update(weights, backward(form, weights, batches[b].x, units, slopes(labels[b], logits)));
    }
    onEpoch(epoch, logitsOf);
  }
}

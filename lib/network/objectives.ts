import type { Batch } from "../batch/read_batch.ts";
import { countsGradient, softCounts } from "../counts/counts.ts";
import type { LossParts } from "../scoring/options.ts";
import { sigmoid } from "../numerics/sigmoid.ts";
import { softmax } from "../numerics/softmax.ts";
import type { Score } from "../scores/score.ts";
import { countBatch, type Counted } from "../scoring/score_batch.ts";
import { ofLogits } from "../steps/logits.ts";
import type { Step } from "../steps/step.ts";
import { DatasetSums } from "../training/dataset_sums.ts";
import { RunningCounts } from "../training/running_counts.ts";

/** Labels of rows, one column per logit, and their weights. */
export type Labels = Omit<Batch, "yPred">;

/** Computes the gradient of a loss with respect to the logits of rows. */
export type LogitsGradient = (labels: Labels, logits: Float64Array) => Float32Array | Float64Array;

/** Computes a loss of rows with one logit each, and its gradient with respect to the logits. */
export type Objective<G = Float64Array> = (labels: Labels, logits: Float64Array) => { value: number; gradient: G };

/** Makes the labels of rows whose `y` is 0 or 1, or with several outputs a class index, which becomes one-hot. */
export function labelsOf(y: ArrayLike<number>, outputs = 1, weights?: ArrayLike<number>): Labels {
  const rows = y.length;
  if (outputs === 1) return { rows, classes: 1, yTrue: y, sampleWeight: weights };
  const yTrue = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) yTrue[row * outputs + y[row]] = 1;
  const sampleWeight = weights && yTrue.map((_, i) => weights[Math.floor(i / outputs)]);
  return { rows, classes: outputs, yTrue, sampleWeight };
}

/** Computes σ of one logit per row, or the softmax of several. */
export function probabilities(logits: Float64Array, outputs: number): Float64Array {
  return outputs === 1 ? logits.map(sigmoid) : softmax(logits, outputs);
}

/** Sums the weights of the rows. */
function totalWeight({ rows, classes, sampleWeight }: Labels): number {
  if (sampleWeight === undefined) return rows;
  let total = 0;
  for (let i = 0; i < sampleWeight.length; i += classes) total += sampleWeight[i];
  return total;
}

/** Computes the gradient of the weighted mean of cross-entropy, w·(p − y)/Σw; zeros if all weights are 0. */
export function crossEntropyGradient(labels: Labels, logits: Float64Array): Float64Array {
  const { classes, yTrue, sampleWeight } = labels, total = totalWeight(labels);
  if (total === 0) return new Float64Array(logits.length);
  return probabilities(logits, classes).map((p, i) => (sampleWeight?.[i] ?? 1) * (p - yTrue[i]) / total);
}

/** Cross-entropy of one logit per row: the weighted mean of log(1 + eᶻ) − y·z. */
export const crossEntropy: Objective = (labels, logits) => {
  const { yTrue, sampleWeight } = labels, total = totalWeight(labels);
  let value = 0;
  for (let i = 0; total > 0 && i < logits.length; i++) {
    const z = logits[i], softplus = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    value += (sampleWeight?.[i] ?? 1) * (softplus - yTrue[i] * z) / total;
  }
  return { value, gradient: crossEntropyGradient(labels, logits) };
};

/** Makes the objective 1 − score of soft counts, one logit per row; an undefined score (0/0) is 0, with a gradient of 0. */
export function scoreObjective(score: Score, step: Step): Objective {
  const onLogits = ofLogits(step);
  return ({ yTrue, sampleWeight }, logits) => {
    const rows = { yTrue, yPred: logits, sampleWeight }, counts = softCounts(rows, onLogits);
    const value = score.value(counts), { tp, fp, fn, tn } = score.gradient(counts);
    const partials = { tp: -tp, fp: -fp, fn: -fn, tn: -tn };
    return {
      value: 1 - (Number.isNaN(value) ? 0 : value),
      gradient: countsGradient(rows, onLogits, partials, new Float64Array(logits.length)),
    };
  };
}

/** Loss that a notebook trains on: 1 − score under a step, or cross-entropy. */
export type TrainingLoss = { score: Score; step: Step } | "crossEntropy";

/** Makes the objective of a training loss, its gradient rounded to float32 as the library's losses round theirs. */
export function objectiveOf(loss: TrainingLoss): Objective<Float32Array> {
  const objective = loss === "crossEntropy" ? crossEntropy : scoreObjective(loss.score, loss.step);
  return (labels, logits) => {
    const { value, gradient } = objective(labels, logits);
    return { value, gradient: new Float32Array(gradient) };
  };
}

/** Batches of an epoch, the order in which they come, and the logits of each with the weights as they are now. */
export interface EpochBatches {
  readonly batches: readonly Labels[];
  readonly order: readonly number[];
  logitsOf(batch: number): Float64Array;
}

/** Makes the gradient for the batches of an epoch, called once for each batch in their order. */
export type EpochObjective = (epoch: EpochBatches) => LogitsGradient;

/** Makes the objective 1 − score of all rows at the running counts of `fitMetric`: a batch needs no positive of its own. */
export function runningScore(parts: LossParts): EpochObjective {
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
      return counted.gradient(running.update(labels.rows, counted).partials);
    };
  };
}

import { type Batch, borrowRoom } from "../batch/read_batch.ts";
import { clampFloat32, countDecisions, decisionGradient } from "../counts/counts.ts";
import { fillStep } from "../steps/sigmoidal.ts";
import type { LossParts } from "../scoring/options.ts";
import { exponentials, sigmoids, sigmoidsBy, sigmoidsWithSlopes } from "../numerics/sigmoid.ts";
import { softmax } from "../numerics/softmax.ts";
import type { Score } from "../scores/score.ts";
import { bestOf, countBatch, type Counted, scoreBatch } from "../scoring/score_batch.ts";
import type { Step } from "../steps/step.ts";
import { DatasetSums } from "../training/dataset_sums.ts";
import { RunningCounts } from "../training/running_counts.ts";

/** Labels of rows, one column per logit, and their weights. */
export type RowLabels = Omit<Batch, "yPred">;

/** Computes the gradient of a loss with respect to the logits of rows; the next call may overwrite it. */
export type LogitsGradient = (labels: RowLabels, logits: Float64Array) => Float32Array | Float64Array;

/** Computes a loss of rows and its gradient with respect to the logits; each may be computed when it is read. */
export type Objective<G = Float64Array> = (
  labels: RowLabels,
  logits: Float64Array,
) => { readonly value: number; readonly gradient: G };

/** Makes the labels of rows whose `y` is 0 or 1, or with several outputs a class index, which becomes one-hot. */
export function labelsOf(y: ArrayLike<number>, outputs = 1, weights?: ArrayLike<number>): RowLabels {
  const rows = y.length;
  if (outputs === 1) return { rows, classes: 1, yTrue: y, sampleWeight: weights };
  const yTrue = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) yTrue[row * outputs + y[row]] = 1;
  const sampleWeight = weights && yTrue.map((_, i) => weights[Math.floor(i / outputs)]);
  return { rows, classes: outputs, yTrue, sampleWeight };
}

/** Computes σ of one logit per row, or the softmax of several. */
export function probabilities(logits: Float64Array, outputs: number): Float64Array {
  return outputs === 1 ? sigmoids(logits) : softmax(logits, outputs);
}

/** Sums the weights of the rows. */
function totalWeight({ rows, classes, sampleWeight }: RowLabels): number {
  if (sampleWeight === undefined) return rows;
  let total = 0;
  for (let i = 0; i < sampleWeight.length; i += classes) total += sampleWeight[i];
  return total;
}

/**
 * Computes the gradient of the weighted mean of cross-entropy, w·(p − y)/Σw; zeros if all weights are 0.
 *
 * @param p The probabilities of the logits; the gradient takes their place.
 */
export function crossEntropyGradient(
  labels: RowLabels,
  logits: Float64Array,
  p: Float64Array = probabilities(logits, labels.classes),
): Float64Array {
  const { yTrue, sampleWeight } = labels, total = totalWeight(labels);
  for (let i = 0; i < p.length; i++) {
    p[i] = total === 0 ? 0 : (sampleWeight === undefined ? 1 : sampleWeight[i]) * (p[i] - yTrue[i]) / total;
  }
  return p;
}

/** The weighted mean of log(1 + eᶻ) − y·z of one logit per row, given e^(−|z|). */
function binaryCrossEntropy(labels: RowLabels, logits: Float64Array, each: Float64Array): number {
  const { yTrue, sampleWeight } = labels, total = totalWeight(labels);
  let value = 0;
  for (let i = 0; total > 0 && i < logits.length; i++) {
    const z = logits[i], own = Math.max(0, z) + Math.log(1 + each[i]) - yTrue[i] * z;
    value += (sampleWeight === undefined ? 1 : sampleWeight[i]) * own / total;
  }
  return value;
}

/** The weighted mean of log Σ eᶻ − Σ y·z of several logits per row. */
function softmaxCrossEntropy(labels: RowLabels, logits: Float64Array): number {
  const { classes, yTrue, sampleWeight } = labels, total = totalWeight(labels);
  let value = 0;
  for (let at = 0; total > 0 && at < logits.length; at += classes) {
    let largest = -Infinity, own = 0, sum = 0;
    for (let i = at; i < at + classes; i++) {
      largest = Math.max(largest, logits[i]);
      own += yTrue[i] * logits[i];
    }
    for (let i = at; i < at + classes; i++) sum += Math.exp(logits[i] - largest);
    value += (sampleWeight?.[at] ?? 1) * (largest + Math.log(sum) - own) / total;
  }
  return value;
}

/** Cross-entropy: the weighted mean of log(1 + eᶻ) − y·z of one logit per row, of log Σ eᶻ − Σ y·z of several. */
export const crossEntropy: Objective = (labels, logits) => {
  if (labels.classes > 1) {
    return {
      get value() {
        return softmaxCrossEntropy(labels, logits);
      },
      get gradient() {
        return crossEntropyGradient(labels, logits);
      },
    };
  }
  const each = exponentials(logits);
  let gradient: Float64Array | undefined; // takes the place of the exponentials
  return {
    get value() {
      return binaryCrossEntropy(labels, logits, gradient === undefined ? each : exponentials(logits));
    },
    get gradient() {
      return gradient ??= crossEntropyGradient(labels, logits, sigmoidsBy(logits, each));
    },
  };
};

/**
 * Makes the focal loss: the weighted mean of −(1 − p)ᵞ·log p, p the probability of a row's own class.
 *
 *     ∂/∂zₖ = (γ·p·(1 − p)ᵞ⁻¹·log p − (1 − p)ᵞ)·(yₖ − pₖ)
 *
 * @see Lin et al., "Focal Loss for Dense Object Detection", arXiv 1708.02002.
 */
export function focalLoss(gamma: number): Objective {
  return (labels, logits) => {
    const { classes, yTrue, sampleWeight } = labels, total = totalWeight(labels), p = probabilities(logits, classes);
    if (total === 0) return { value: 0, gradient: p.fill(0) };
    let value = 0;
    for (let at = 0; at < logits.length; at += classes) {
      let own = classes === 1 && yTrue[at] === 0 ? 1 - p[at] : 0;
      for (let i = at; i < at + classes; i++) own += yTrue[i] * p[i];
      own = Math.min(1, Math.max(Number.MIN_VALUE, own));
      const log = Math.log(own), rest = 1 - own, weight = (sampleWeight?.[at] ?? 1) / total, factor = rest ** gamma;
      value -= weight * factor * log;
      const slope = (rest === 0 ? 0 : gamma * own * rest ** (gamma - 1) * log) - factor;
      for (let i = at; i < at + classes; i++) p[i] = weight * slope * (yTrue[i] - p[i]);
    }
    return { value, gradient: p };
  };
}

/**
 * Makes an objective of adjusted logits: zₖ + log πₖ, π the classes' shares of the training rows. Decisions are made by
 * the logits themselves, so that the classes count alike.
 *
 * @see Menon et al., "Long-Tail Learning via Logit Adjustment", arXiv 2007.07314.
 */
export function logitAdjusted(objective: Objective, shares: readonly number[]): Objective {
  const [negative, positive] = shares;
  return (labels, logits) => {
    const { classes } = labels;
    const shifts = classes === 1 ? [Math.log(positive / negative)] : shares.map((share) => Math.log(share));
    const adjusted = new Float64Array(logits.length);
    for (let i = 0; i < logits.length; i++) adjusted[i] = logits[i] + shifts[i % classes];
    return objective(labels, adjusted);
  };
}

/** Makes the objective best − score of rows, of logits. */
export function scoreOfRows({ decide, scoring }: LossParts): Objective {
  return (labels, logits) => {
    const batch = { ...labels, yPred: logits }, decided = decide(batch), scored = scoreBatch(batch, decided, scoring);
    let gradient: Float64Array | undefined; // computed once, as the decisions' room is given back
    return {
      value: bestOf(scoring.score) - scored.value,
      get gradient() {
        if (gradient === undefined) {
          gradient = scored.gradient(-1, new Float64Array(logits.length));
          decided.release?.();
        }
        return gradient;
      },
    };
  };
}

/** Makes the objective 1 − score of soft counts, one logit per row; an undefined score (0/0) is 0, with a gradient of 0. */
export function scoreObjective(score: Score, step: Step): Objective {
  return (labels, logits) => {
    const n = logits.length, { decisions, slopes, more, release } = borrowRoom(n);
    const rows = { ...labels, decisions }, slice = { offset: 0, stride: 1, length: n };
    const { values: p, multiply } = sigmoidsWithSlopes(logits, decisions, more); // decisions overwrite them
    fillStep(step, p, slice, decisions, slopes);
    multiply(slopes);
    const counts = countDecisions(rows, slice), value = score.value(counts);
    let gradient: Float64Array | undefined;
    return {
      value: 1 - (Number.isNaN(value) ? 0 : value),
      get gradient() {
        if (gradient === undefined) {
          const { tp, fp, fn, tn } = score.gradient(counts);
          gradient = new Float64Array(n);
          decisionGradient(rows, slice, { tp: -tp, fp: -fp, fn: -fn, tn: -tn }, gradient);
          for (let i = 0; i < n; i++) gradient[i] = clampFloat32(slopes[i] * gradient[i]);
          release();
        }
        return gradient;
      },
    };
  };
}

/** Loss that a notebook trains on: 1 − score under a step, or cross-entropy. */
export type TrainingLoss = { score: Score; step: Step } | "crossEntropy";

/** Makes the objective of a training loss, its gradient rounded to float32 as the library's losses round theirs. */
export function objectiveOf(loss: TrainingLoss): Objective<Float32Array> {
  const objective = loss === "crossEntropy" ? crossEntropy : scoreObjective(loss.score, loss.step);
  return (labels, logits) => {
    const own = objective(labels, logits);
    return {
      get value() {
        return own.value;
      },
      get gradient() {
        return new Float32Array(own.gradient);
      },
    };
  };
}

/** Batches of an epoch, the order in which they come, and the logits of each with the weights as they are now. */
export interface EpochBatches {
  readonly batches: readonly RowLabels[];
  readonly order: readonly number[];
  logitsOf(batch: number): Float64Array;
}

/** Makes the gradient for the batches of an epoch, called once for each batch in their order. */
export type EpochObjective = (epoch: EpochBatches) => LogitsGradient;

/** Makes the objective 1 − score of all rows at the running counts of `fitMetric`: a batch needs no positive of its own. */
export function runningScore(parts: LossParts): EpochObjective {
  let room = new Float32Array();
  const count = (labels: RowLabels, yPred: Float64Array): { counted: Counted; release?: () => void } => {
    const batch = { ...labels, yPred }, decided = parts.decide(batch);
    return { counted: countBatch(batch, decided, parts.scoring), release: decided.release };
  };
  return ({ batches, order, logitsOf }) => {
    const counts = batches.map((labels, b) => {
      const sums = new DatasetSums(parts);
      if (b === order[0]) return sums; // its own step counts it
      const { counted, release } = count(labels, logitsOf(b));
      sums.add(labels.rows, counted);
      release?.();
      return sums;
    });
    const running = new RunningCounts(parts, counts, order);
    return (labels, logits) => {
      const { counted, release } = count(labels, logits);
      const { partials } = running.update(labels.rows, counted);
      if (room.length !== logits.length) room = new Float32Array(logits.length);
      counted.gradient(partials, room);
      release?.();
      return room;
    };
  };
}

import { halves, type Tried, withOutputs } from "./facts.ts";
import { type Numbers, rowsOf, valueOf } from "./measure.ts";
import type { Case, Rule } from "./rule.ts";
import type { Finding } from "./types.ts";

/** More than what a logarithm of the number of rows makes of it. */
const grows = (ratio: number): boolean => ratio > 1.5 || ratio < 0.67;

const norm = (gradient: Float32Array): number => Math.hypot(...gradient);

/** The loss of the same rows many times over. */
export const badScale: Rule = ({ loss, facts }): Finding | undefined => {
  if (!facts.repeats) return undefined;
  const { batch, value, gradient } = facts.random, n = facts.rows;
  const many = valueOf(loss, rowsOf(batch, Array.from({ length: 4 * n }, (_, i) => i % n)));
  if (Math.abs(value) > 1e-6 && grows(many / value)) {
    return {
      cause: "bad-scale",
      severity: "warning",
      message: `The loss changes with the size of the batch: the same rows four times give ${
        (many / value).toPrecision(3)
      } times the loss`,
      evidence: { rows: n, value, rowsFourTimes: 4 * n, valueFourTimes: many },
      remedy: "Take the mean instead of the sum, so that a learning rate suits every batch size",
    };
  }
  if (gradient === undefined || !gradient.every(Number.isFinite)) return undefined;
  const size = norm(gradient) * Math.sqrt(n);
  if (size > 1e-4 && size < 1e3) return undefined;
  return {
    cause: "bad-scale",
    severity: "warning",
    message: `The gradient of an untrained model is of the order of ${size.toExponential(1)}: steps ${
      size < 1 ? "vanish" : "explode"
    }`,
    evidence: { batch: "random", gradientNorm: norm(gradient), rows: n, value },
    remedy: "Bring the terms to the order of 1, or weigh them",
  };
};

/** How far the mean of the losses of parts of a batch lies from the loss of all of it, as a share of it, at most. */
function gap({ loss, facts }: Case): { whole: number; parts: number; off: number } {
  const { random, other } = facts, sorted = rowsOf(random.batch, byLabels(random.batch, facts.rows));
  return [random.batch, other.batch, sorted].map((batch) => {
    const { whole, parts } = halves(loss, batch);
    return { whole, parts, off: Math.abs(parts - whole) / Math.max(1e-6, Math.abs(whole)) || 0 };
  }).reduce((most, own) => own.off > most.off ? own : most);
}

/** The rows with the greatest labels first: what is no mean over rows is then not the same in both halves. */
function byLabels({ yTrue }: Numbers, rows: number): number[] {
  const width = yTrue.length / rows;
  const sums = Array.from(
    { length: rows },
    (_, i) => yTrue.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b),
  );
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a] || a - b);
}

/** The one row of the batch that the gradient is of; undefined if it is of several, or of none. */
export function onlyRow({ gradient }: Tried, columns: number): number | undefined {
  const alive = new Set<number>();
  gradient?.forEach((g, i) => g !== 0 && alive.add(Math.floor(i / columns)));
  return alive.size === 1 ? [...alive][0] : undefined;
}

/** A maximum over the rows: all others wait until it is their turn. */
export const oneRow: Rule = ({ facts: { random, other, columns, rows } }): Finding | undefined => {
  const row = onlyRow(random, columns), elsewhere = onlyRow(other, columns);
  if (row === undefined || elsewhere === undefined || rows < 4) return undefined;
  return {
    cause: "reduction",
    severity: "warning",
    message: `The gradient is that of one row of ${rows}: a maximum or minimum over the batch, not a mean`,
    evidence: { batch: "random", row, rows, rowOfASecondBatch: elsewhere },
    remedy: "Take the mean over the rows; tf.max belongs along the columns of a row, axis -1",
  };
};

/** Another order of the rows, another value: one example is mixed with its neighbours. */
export const rowOrder: Rule = ({ loss, facts: { random: { batch, value }, rows, repeats } }): Finding | undefined => {
  if (!repeats) return undefined;
  const reversed = valueOf(loss, rowsOf(batch, Array.from({ length: rows }, (_, i) => rows - 1 - i)));
  const turned = valueOf(loss, rowsOf(batch, Array.from({ length: rows }, (_, i) => (i + rows / 2) % rows)));
  if (![reversed, turned].some((other) => Math.abs(other - value) > 0.01 * Math.abs(value))) return undefined;
  return {
    cause: "wrong-axis",
    severity: "note",
    message:
      "The loss depends on the order of the rows: one example is mixed with the next, which is meant in a series only",
    evidence: { batch: "random", value, rowsReversed: reversed, rowsTurnedByHalf: turned },
    remedy: "Work along the last axis, -1: axis 0 is the batch, whose order is chance",
  };
};

/** A batch that is perfectly predicted, and lacks a class: how far its loss is from that of a perfect one that has all. */
function withoutAClass({ loss, facts: { tried: { perfect, allNeg }, random } }: Case) {
  if (perfect === undefined || allNeg === undefined) return undefined;
  const { yTrue } = allNeg.batch, counts = [...yTrue, ...perfect.batch.yTrue].every((y) => y === 0 || y === 1);
  const right = new Set(perfect.batch.yPred);
  if (!counts || yTrue.length !== allNeg.batch.yPred.length || right.size !== 2) return undefined;
  const low = Math.min(...right), high = Math.max(...right);
  const value = valueOf(loss, withOutputs(allNeg.batch, (_, i) => yTrue[i] > 0 ? high : low));
  const span = valueOf(loss, { ...perfect.batch, yPred: random.batch.yPred }) - perfect.value;
  return value - perfect.value > 0.3 * span && span > 0 ? { value, perfect: perfect.value } : undefined;
}

/** A ratio of sums: the mean of batches is not the value of the data, and a batch without positives stands still. */
export const reduction: Rule = (of): Finding | undefined => {
  if (!of.facts.repeats) return undefined;
  const { whole, parts, off } = gap(of), none = of.facts.tried.allNeg, { yTrue } = of.facts.random.batch;
  const counts = yTrue.every((y) => y === 0 || y === 1);
  const dead = counts && none?.gradient?.every((g) => g === 0) === true && none.batch.yTrue.every((y) => y === 0) &&
    none.value !== 0;
  if (dead && off > 1e-3) {
    return {
      cause: "reduction",
      severity: "warning",
      message:
        "The mean over batches is not the value of the data set, and a batch without positives has a gradient of 0",
      evidence: { whole, meanOfHalves: parts, valueWithoutPositives: none!.value, gradientWithoutPositives: 0 },
      remedy: "Batches with positives in each (stratifiedBatches), large ones, or the data set's own: fitMetric",
    };
  }
  const absent = off > 1e-3 ? withoutAClass(of) : undefined;
  if (absent !== undefined) {
    return {
      cause: "reduction",
      severity: "warning",
      message: "A batch that lacks a class counts as wrong even if every output is right, so that the mean over " +
        "batches is not the value of the data set",
      evidence: { whole, meanOfHalves: parts, perfect: absent.perfect, perfectWithoutAClass: absent.value },
      remedy:
        "Batches with every class in each (stratifiedBatches), a pseudo-count above and below, or the data set's " +
        "own score: fitMetric",
    };
  }
  if (!(off > 1e-3)) return undefined;
  return {
    cause: "reduction",
    severity: "note",
    message: "The mean over batches is not the value of the data set: what is trained depends on the batch size",
    evidence: { whole, meanOfHalves: parts },
    remedy: "Take large batches, watch the whole set's value (DatasetMetrics), or train on it: fitMetric",
  };
};

import { measure, type Measured, type Numbers } from "./measure.ts";
import { onSimplex } from "./simplex.ts";
import type { AuditedLoss, PredictionKind } from "./types.ts";

/** A descent on outputs that are free to move, as if each row had a model of its own. */
export interface FreeDescent {
  readonly name: "SGD" | "Adam";
  /** The loss of the batch that it starts from. */
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  /** Why it stopped before its last step. */
  readonly stopped?: string;
  readonly start: Numbers;
  /** The outputs at the end. */
  readonly end: Numbers;
}

/** Next to the ends of a range, where logarithms are still finite in float32. */
const inside = (min: number, max: number): readonly [number, number] => {
  const margin = 1e-6 * (max - min);
  return [min + margin, max - margin];
};

/** Where the outputs may be: as the option says, or, of data that it does not describe, as the data look. */
function rangeOf(kind: PredictionKind | undefined, { yPred }: Numbers): readonly [least: number, most: number] {
  if (typeof kind === "object") return inside(...kind);
  if (kind === "tanh") return inside(-1, 1);
  if (kind === "nonnegative") return [0, Infinity];
  if (kind === "logits" || kind === "real") return [-Infinity, Infinity];
  return yPred.every((p) => p >= 0 && p <= 1) ? inside(0, 1) : [-Infinity, Infinity];
}

/** Keeps outputs where they belong; rows of shares go on summing to 1. */
function keeper(kind: PredictionKind | undefined, batch: Numbers, columns: number): (outputs: Float32Array) => void {
  const [least, most] = rangeOf(kind, batch), shares = onSimplex(batch, columns);
  return (outputs) => {
    outputs.forEach((p, i) => outputs[i] = Math.min(most, Math.max(least, p)));
    if (!shares) return;
    for (let from = 0; from < outputs.length; from += columns) {
      const row = outputs.subarray(from, from + columns), sum = row.reduce((a, b) => a + b);
      row.forEach((p, j) => row[j] = p / sum);
    }
  };
}

/** The part of a gradient along which rows go on summing to 1. */
function alongShares(gradient: Float32Array, columns: number): Float32Array {
  const along = gradient.slice();
  for (let from = 0; from < along.length; from += columns) {
    const row = along.subarray(from, from + columns), mean = row.reduce((a, b) => a + b) / columns;
    row.forEach((g, j) => row[j] = g - mean);
  }
  return along;
}

/** How far each output moves by a gradient. */
type Mover = (gradient: Float32Array) => Float32Array;

/** Plain descent, whose rate is such that the first step is as long as `step` in the root mean square. */
function sgd(step: number): Mover {
  let rate: number | undefined;
  return (gradient) => {
    rate ??= step * Math.sqrt(gradient.length) / (Math.hypot(...gradient) || 1);
    return gradient.map((g) => -rate! * g);
  };
}

/**
 * The steps of Adam, with the moments of Keras.
 *
 * @see Kingma, Ba, "Adam: A Method for Stochastic Optimization", arXiv 1412.6980.
 */
function adam(step: number, size: number): Mover {
  const mean = new Float64Array(size), square = new Float64Array(size);
  let t = 0;
  return (gradient) => {
    t++;
    return gradient.map((g, i) => {
      mean[i] = 0.9 * mean[i] + 0.1 * g;
      square[i] = 0.999 * square[i] + 0.001 * g * g;
      return -step * (mean[i] / (1 - 0.9 ** t)) / (Math.sqrt(square[i] / (1 - 0.999 ** t)) + 1e-12);
    });
  };
}

/** Why there is no way to go on. */
function standstill({ gradient, thrown, backThrown }: Measured): string | undefined {
  if (gradient === undefined) return `no gradient: ${thrown ?? backThrown}`;
  return gradient.every(Number.isFinite) ? undefined : "the gradient is not finite";
}

/** The two descents from a batch. */
export function descentsFrom(
  given: { loss: AuditedLoss; kind: PredictionKind | undefined; columns: number },
  start: Numbers,
): FreeDescent[] {
  return (["SGD", "Adam"] as const).map((name) => freeDescent(given, start, name));
}

/** Goes down the loss from a batch, with steps of about a thirtieth of the range of its outputs. */
export function freeDescent(
  { loss, kind, columns }: { loss: AuditedLoss; kind: PredictionKind | undefined; columns: number },
  start: Numbers,
  name: FreeDescent["name"],
  steps = 30,
): FreeDescent {
  const yPred = start.yPred.slice(), keep = keeper(kind, start, columns), shares = onSimplex(start, columns);
  const step = (Math.min(4, Math.max(...yPred) - Math.min(...yPred)) || 1) / 30;
  const move = name === "SGD" ? sgd(step) : adam(step, yPred.length);
  const end = { ...start, yPred };
  let now = measure(loss, end), taken = 0;
  const from = now.value;
  for (; taken < steps && standstill(now) === undefined; taken++) {
    const by = move(shares ? alongShares(now.gradient!, columns) : now.gradient!);
    by.forEach((d, i) => yPred[i] += d);
    keep(yPred);
    now = measure(loss, end);
  }
  return { name, from, to: now.value, steps: taken, stopped: taken < steps ? standstill(now) : undefined, start, end };
}

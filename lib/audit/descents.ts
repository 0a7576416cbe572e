import { adam, sgd, type Update } from "../network/adam.ts";
import { areShares, type AuditBatch, extentOf, onSimplex } from "./batches.ts";
import type { AuditEngine, LossGradient } from "./engines/engine.ts";
import type { PredictionKind } from "./types.ts";

/** A descent on free outputs: each output is a weight of its own. */
export interface Descent {
  readonly name: "SGD" | "Adam";
  /** The loss at the start. */
  readonly from: number;
  /** The loss at the end. */
  readonly to: number;
  readonly steps: number;
  /** The reason for stopping before the last step. */
  readonly stopped?: string;
  readonly start: AuditBatch;
  readonly end: AuditBatch;
  /** Value and gradient at the end. */
  readonly last: LossGradient;
}

/** The loss that a descent lowers, and its outputs. */
export interface DescentSetting {
  readonly engine: AuditEngine;
  readonly kind: PredictionKind | undefined;
  readonly columns: number;
}

/** An interval without its ends, where a logarithm can be infinite in float32. */
const inside = (min: number, max: number): readonly [number, number] => {
  const margin = 1e-6 * (max - min);
  return [min + margin, max - margin];
};

/** The range of the outputs: from the option, or from the data if there is no option. */
export function rangeOf(
  kind: PredictionKind | undefined,
  { yPred }: AuditBatch,
): readonly [least: number, most: number] {
  if (typeof kind === "object") return inside(...kind);
  if (kind === "tanh") return inside(-1, 1);
  if (kind === "nonnegative") return [0, Infinity];
  if (kind === "logits" || kind === "real") return [-Infinity, Infinity];
  return areShares(yPred) ? inside(0, 1) : [-Infinity, Infinity];
}

/** Moves outputs back into their range, and rows of shares back to a sum of 1. */
function project(outputs: Float32Array, [least, most]: readonly [number, number], shareColumns: number | undefined) {
  for (let i = 0; i < outputs.length; i++) outputs[i] = Math.min(most, Math.max(least, outputs[i]));
  if (shareColumns === undefined) return;
  for (let from = 0; from < outputs.length; from += shareColumns) {
    const row = outputs.subarray(from, from + shareColumns), sum = row.reduce((a, b) => a + b);
    row.forEach((p, j) => row[j] = p / sum);
  }
}

/** The component of a gradient along which the sums of the rows stay the same. */
function alongShares(gradient: Float32Array, columns: number): Float32Array {
  const along = gradient.slice();
  for (let from = 0; from < along.length; from += columns) {
    const row = along.subarray(from, from + columns), mean = row.reduce((a, b) => a + b) / columns;
    row.forEach((g, j) => row[j] = g - mean);
  }
  return along;
}

/** The reason why a descent cannot continue. */
function standstill({ gradient, error, gradientError }: LossGradient): string | undefined {
  if (gradient === undefined) return `no gradient: ${error ?? gradientError}`;
  for (const g of gradient) if (!Number.isFinite(g)) return "the gradient is not finite";
}

/** Descends with both optimizers from a batch. */
export const descents = (setting: DescentSetting, start: AuditBatch, steps: number): Descent[] =>
  (["SGD", "Adam"] as const).map((name) => descend(setting, start, name, steps));

/** Descends from a batch in steps of about a thirtieth of the range of its outputs. The first step of SGD is as long. */
export function descend(
  { engine, kind, columns }: DescentSetting,
  start: AuditBatch,
  name: Descent["name"],
  steps = 30,
): Descent {
  const yPred = start.yPred.slice(), weights = Float64Array.from(yPred), end = { ...start, yPred };
  const range = rangeOf(kind, start), shareColumns = onSimplex(start.yPred, columns) ? columns : undefined;
  const [least, most] = extentOf(yPred), step = (Math.min(4, most - least) || 1) / 30;
  const { askOnce = engine.valueAndGradient } = engine;
  let now = engine.valueAndGradient(end), taken = 0, update: Update | undefined;
  const from = now.value;
  for (; taken < steps && standstill(now) === undefined; taken++) {
    const gradient = new Float64Array(shareColumns ? alongShares(now.gradient!, shareColumns) : now.gradient!);
    update ??= name === "SGD"
      ? sgd(step * Math.sqrt(gradient.length) / (Math.hypot(...gradient) || 1))
      : adam(step, gradient.length);
    update(weights, gradient);
    yPred.set(weights);
    project(yPred, range, shareColumns);
    weights.set(yPred);
    now = askOnce(end);
  }
  const stopped = taken < steps ? standstill(now) : undefined;
  return { name, from, to: now.value, steps: taken, stopped, start, end, last: now };
}

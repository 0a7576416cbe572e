import { type AuditBatch, type Sampler, withOutputs } from "./batches.ts";
import type { AuditEngine, LossGradient, LossValue, Recording } from "./engines/engine.ts";
import { type BatchKind, batchKinds } from "./types.ts";

/** A batch and what the loss gives on it. */
export interface BatchResult extends LossGradient {
  readonly batch: AuditBatch;
}

/** Observations of a loss on a single batch. */
export interface BatchObservations extends Recording {
  /** The batch that was recorded: random outputs in an audit, a step's outputs in a training. */
  readonly random: BatchResult;
  readonly rows: number;
  readonly columns: number;
}

/** Observations of a loss on every kind of batch. */
export interface Observations extends BatchObservations {
  readonly results: Partial<Record<BatchKind, BatchResult>>;
  /** A second random batch. */
  readonly other: BatchResult;
  /** The loss of the same random batch, computed twice. */
  readonly repeated: readonly [once: LossValue, again: LossValue];
  /** Both are the same. If they differ, the values of two batches cannot be compared. */
  readonly deterministic: boolean;
}

/** The last dimension, if there are two or more; otherwise 1. */
export const widthOf = (shape: readonly number[]): number => shape.length < 2 ? 1 : shape[shape.length - 1];

/** Evaluates the loss on a batch. */
export const resultOf = (engine: AuditEngine, batch: AuditBatch): BatchResult => ({
  batch,
  ...engine.valueAndGradient(batch),
});

/** Records the loss on one batch. */
export function observeBatch(engine: AuditEngine, random: BatchResult): BatchObservations {
  const { predShape } = random.batch;
  return { random, rows: predShape[0], columns: widthOf(predShape), ...engine.record(random.batch) };
}

/**
 * Evaluates the loss on every kind of batch and records it on a random one.
 *
 * @throws {TypeError} The sampler gives no random batch.
 */
export function observe(engine: AuditEngine, sampler: Sampler, seed: number, rows: number): Observations {
  const { ofDeterministic = engine } = engine;
  const batches = batchKinds.map((kind) => [kind, sampler(kind, seed, rows)] as const),
    next = sampler("random", seed + 1, rows);
  const ask = (batch: AuditBatch | undefined) => batch && resultOf(ofDeterministic, batch);
  const results: Observations["results"] = Object.fromEntries(batches.map(([kind, batch]) => [kind, ask(batch)]));
  const { random } = results, other = ask(next);
  if (random === undefined || other === undefined) {
    throw new TypeError("Cannot audit the loss: 'sample' gives no batch of the kind 'random'");
  }
  const repeated = [engine.value(random.batch), engine.value(random.batch)] as const;
  const deterministic = Object.is(repeated[0].value, repeated[1].value);
  return { ...observeBatch(engine, random), results, other, repeated, deterministic };
}

/** The loss of a batch with other outputs. */
export const valueWith = (engine: AuditEngine, batch: AuditBatch, of: (p: number, i: number) => number): number =>
  engine.value(withOutputs(batch, of)).value;

/** The loss of a batch with each of some numbers added to all outputs. */
export const offsets = (engine: AuditEngine, batch: AuditBatch, by: readonly number[]): number[] =>
  by.map((each) => valueWith(engine, batch, (p) => p + each));

/** The loss of a batch with all outputs multiplied by each of some numbers. */
export const multiples = (engine: AuditEngine, batch: AuditBatch, by: readonly number[]): number[] =>
  by.map((each) => valueWith(engine, batch, (p) => each * p));

/** The central difference of the loss along a direction of the outputs. */
export function differenceAlong(
  engine: AuditEngine,
  batch: AuditBatch,
  direction: (i: number) => number,
  step: number,
): number {
  const moved = (by: number) => valueWith(engine, batch, (p, i) => p + by * direction(i));
  return (moved(step) - moved(-step)) / (2 * step);
}

/** The central difference of the loss with respect to one output. */
export const difference = (engine: AuditEngine, batch: AuditBatch, at: number, step: number): number =>
  differenceAlong(engine, batch, (i) => i === at ? 1 : 0, step);

import type { Update } from "./adam.ts";
import type { RowNumbers } from "./products.ts";
import { backward, type Forward, forward, type NetworkForm } from "./mlp.ts";

/** Rows that a step is taken on. */
export interface StepRows {
  /** Features, row by row. */
  readonly x: RowNumbers;
  /**
   * Room for the outputs of these rows.
   *
   * @default {new arrays}
   */
  readonly room?: Forward;
  /** Computes the gradient of the loss with respect to the logits of these rows. */
  gradient(logits: Float64Array): Float32Array | Float64Array;
}

/** Network whose weights are trained. */
interface Trained {
  readonly form: NetworkForm;
  /** The weights, updated in place. */
  readonly weights: Float64Array;
  readonly update: Update;
}

/** Options of {@linkcode train}. */
export interface TrainOptions extends Trained {
  readonly epochs: number;
  /** Gives the batches of an epoch, counted from 1. They are read one by one, each after the step before it. */
  batches(epoch: number): Iterable<StepRows>;
  /** Called after each epoch, counted from 1. */
  onEpoch?(epoch: number): void;
}

/** Makes the function that takes a step on a batch. */
export function trainer({ form, weights, update }: Trained): (batch: StepRows) => void {
  const byWeights = new Float64Array(weights.length);
  return ({ x, room, gradient }) => {
    const { logits, units } = forward(form, weights, x, room);
    update(weights, backward(form, weights, x, units, gradient(logits), byWeights));
  };
}

/** Trains a network in float64, one step per batch. */
export function train({ epochs, batches, onEpoch, ...trained }: TrainOptions): void {
  const step = trainer(trained);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const batch of batches(epoch)) step(batch);
    onEpoch?.(epoch);
  }
}

/** Copies rows of a flat table. */
export const takeRows = (
  x: ArrayLike<number>,
  columns: number,
  rows: ArrayLike<number>,
): Float64Array<ArrayBuffer> => copyRows(x, columns, rows, new Float64Array(rows.length * columns));

/** Copies rows of a flat table to another one. */
export function copyRows<T extends RowNumbers>(
  x: ArrayLike<number>,
  columns: number,
  rows: ArrayLike<number>,
  to: T,
): T {
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let from = rows[i] * columns, end = from + columns; from < end; from++) to[at++] = x[from];
  }
  return to;
}

import {
  columnsOf,
  measure,
  type Measured,
  type Numbers,
  numbersOf,
  recorded,
  rowsOf,
  type Said,
  tryValue,
  valueOf,
} from "./measure.ts";
import type { Recorded } from "./recorder.ts";
import type { Sampler } from "./sample.ts";
import { type AuditedLoss, type Kind, kinds } from "./types.ts";

/** A batch and what the loss says of it. */
export interface Tried extends Measured {
  readonly batch: Numbers;
}

/** An operation, without its tensors. */
export interface Op extends Omit<Recorded, "outputs"> {
  readonly outputShape: readonly number[];
  /** The greatest size of a finite number that it made. */
  readonly outputLargest: number;
  /** Whether it made something that is no number out of numbers. */
  readonly breaks: boolean;
}

/** What is known of a loss when all has been tried. */
export interface Facts {
  readonly tried: Partial<Record<Kind, Tried>>;
  readonly random: Tried;
  /** A second random batch. */
  readonly other: Tried;
  readonly ops: readonly Op[];
  readonly readOut?: { line?: string };
  readonly connected: boolean;
  /** Whether a gradient can flow from the result to the outputs. */
  readonly live: boolean;
  readonly customized: boolean;
  /** What it says of the random batch, twice. */
  readonly asked: readonly [once: Said, again: Said];
  /** Whether that is the same; if not, values of two batches say nothing of each other. */
  readonly repeats: boolean;
  readonly rows: number;
  readonly columns: number;
}

const opsOf = (loss: AuditedLoss, batch: Numbers) =>
  recorded(loss, batch, ({ ops, readOut, connected, customized, live }) => ({
    readOut,
    connected,
    customized,
    live,
    ops: ops.map(({ outputs, ...op }): Op => {
      const made = outputs.filter((t) => !t.isDisposed).flatMap((t) => Array.from(t.dataSync(), Number));
      return {
        ...op,
        outputShape: outputs[0]?.shape ?? [],
        outputLargest: made.reduce((most, v) => Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most, 0),
        breaks: op.inputs.every((input) => input.finite) && !made.every(Number.isFinite),
      };
    }),
  }));

/** The operations of a loss on a batch. */
export function operations(loss: AuditedLoss, batch: Numbers): readonly Op[] {
  return opsOf(loss, batch).ops;
}

/** Tries a loss on every kind of batch. */
export function gather(loss: AuditedLoss, sampler: Sampler, seed: number, rows: number): Facts {
  const draw = (kind: Kind, own: number): Tried | undefined => {
    const batch = sampler(kind, own, rows);
    if (batch === undefined) return undefined;
    const numbers = numbersOf(batch);
    return { batch: numbers, ...measure(loss, numbers) };
  };
  const tried: Partial<Record<Kind, Tried>> = {};
  for (const kind of kinds) tried[kind] = draw(kind, seed);
  const random = tried.random, other = draw("random", seed + 1);
  if (random === undefined || other === undefined) {
    throw new TypeError("Cannot audit the loss: 'sample' must give a batch for the kind 'random'");
  }
  const asked = [tryValue(loss, random.batch), tryValue(loss, random.batch)] as const;
  const repeats = Object.is(asked[0].value, asked[1].value), columns = columnsOf(random.batch.predShape);
  return { tried, random, other, rows, columns, asked, repeats, ...opsOf(loss, random.batch) };
}

/** The batch with other outputs. */
export const withOutputs = (batch: Numbers, of: (p: number, i: number) => number): Numbers => ({
  ...batch,
  yPred: batch.yPred.map(of),
});

/** The batch with other labels. */
export const withLabels = (batch: Numbers, of: (y: number, i: number) => number): Numbers => ({
  ...batch,
  yTrue: batch.yTrue.map(of),
});

/** Central difference of the loss by one output. */
export function difference(loss: AuditedLoss, batch: Numbers, at: number, step: number): number {
  return differenceAlong(loss, batch, (_, i) => i === at ? 1 : 0, step);
}

/** Central difference of the loss along a direction of the outputs. */
export function differenceAlong(
  loss: AuditedLoss,
  batch: Numbers,
  direction: (p: number, i: number) => number,
  step: number,
): number {
  const moved = (by: number) => valueOf(loss, withOutputs(batch, (p, i) => p + by * direction(p, i)));
  return (moved(step) - moved(-step)) / (2 * step);
}

/** The mean of the losses of the halves of a batch, against the loss of all of it. */
export function halves(loss: AuditedLoss, batch: Numbers): { whole: number; parts: number } {
  const n = batch.predShape[0], all = [...Array(n).keys()];
  const part = (from: number, to: number) => valueOf(loss, rowsOf(batch, all.slice(from, to)));
  return { whole: valueOf(loss, batch), parts: (part(0, n / 2) + part(n / 2, n)) / 2 };
}

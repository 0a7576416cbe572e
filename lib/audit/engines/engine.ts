import type { AuditBatch } from "../batches.ts";
import type { AuditTime } from "../types.ts";

/** The value of a loss on a batch. */
export interface LossValue {
  /** The mean of what the loss returned; NaN if it threw. */
  readonly value: number;
  /** The message of what the loss threw. */
  readonly error?: string;
}

/** The value of a loss on a batch and its gradient with respect to the outputs. */
export interface LossGradient extends LossValue {
  /** The shape of what the loss returned. */
  readonly shape: readonly number[];
  /** One number per output; absent if there is no gradient. */
  readonly gradient?: Float32Array;
  /** The message of what the backward pass threw. */
  readonly gradientError?: string;
}

/** Axes along which a tensor was summed, as long as only elementwise operations follow. */
export interface Reduction {
  /** A sum over the rows of several columns, over a single column, or over rows and columns. */
  readonly sum?: "rows" | "one column" | "all";
  /** A sum or mean of the outputs alone or of the labels alone. */
  readonly plain?: "rows" | "columns";
}

/** Descent of a tensor from the labels and the outputs. */
export interface Origin {
  readonly fromPred: boolean;
  readonly fromTrue: boolean;
  /** The outputs themselves, possibly reshaped or clipped. */
  readonly isPred: boolean;
  /** The result of a softmax or sigmoid of the outputs, possibly reshaped or clipped. */
  readonly isShare: boolean;
  /** A gradient can flow back to the outputs: no operation on the path is flat. */
  readonly live: boolean;
  readonly reduced: Reduction;
}

/** An input of a recorded operation. */
export interface RecordedInput extends Origin {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** All numbers are finite. */
  readonly finite: boolean;
  /** The largest absolute value among the finite numbers. */
  readonly largest: number;
  /** The distinct numbers in ascending order, three at most, if the input was made from labels alone. */
  readonly levels: readonly number[];
  /** The index of the recorded operation that made it; absent for labels and outputs themselves. */
  readonly madeBy?: number;
}

/** One operation of a forward pass. */
export interface RecordedOp {
  /** The name of TensorFlow.js's kernel, "Round" for example. Engines of other frameworks translate their names. */
  readonly op: string;
  readonly inputs: readonly RecordedInput[];
  readonly outputShape: readonly number[];
  /** The largest absolute value among the finite numbers of the result; NaN if the loss disposed of it. */
  readonly outputLargest: number;
  /** The inputs are finite and the result is not. */
  readonly breaks: boolean;
  /** The kernel's attributes. */
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly fromPred: boolean;
  readonly fromTrue: boolean;
  readonly live: boolean;
  /** The line of the caller's code, "file.ts:12:9". */
  readonly line?: string;
}

/** The operations of one forward pass that use labels or outputs. */
export interface Recording {
  readonly ops: readonly RecordedOp[];
  /** The place where a value that depends on the outputs was read out of the graph. */
  readonly readOut?: { readonly op?: string; readonly line?: string };
  /** The place where the result was made, if it depends on neither labels nor outputs. */
  readonly apart?: { readonly op: string; readonly line?: string };
  /** Operations, and not numbers that were read out, lead from the outputs to the result. */
  readonly connected: boolean;
  /** A gradient can flow from the result to the outputs. */
  readonly live: boolean;
  /** An operation with a gradient of its own took part; its gradient may differ from the slope on purpose. */
  readonly customGradient: boolean;
  /** The reason why there is no recording, and so no operation, after "it". */
  readonly failed?: string;
}

/**
 * Access to one loss in one framework. Rules and observations ask nothing else of the loss. No method throws for what
 * the loss does.
 */
export interface AuditEngine {
  value(batch: AuditBatch): LossValue;
  valueAndGradient(batch: AuditBatch): LossGradient;
  record(batch: AuditBatch): Recording;
  /** Value and gradient on a batch that comes once, of which nothing is kept for further calls; absent: `valueAndGradient`. */
  readonly askOnce?: (batch: AuditBatch) => LossGradient;
  /** The engine for a loss that is deterministic, if such a loss can be asked in less time. */
  readonly ofDeterministic?: AuditEngine;
}

/** The number of timed calls, after as many for warming up. */
const turns = 7;

/** Times a loss and a reference in turn: the median of the calls of each, in milliseconds. */
export function timeInTurn(loss: () => void, reference: () => void): AuditTime {
  const times: number[][] = [[], []];
  for (let turn = 0; turn < 2 * turns; turn++) {
    [loss, reference].forEach((run, i) => {
      const start = performance.now();
      run();
      if (turn >= turns) times[i].push(performance.now() - start);
    });
  }
  const [own, other] = times.map((each) => each.sort((a, b) => a - b)[turns >> 1]);
  return { loss: own, reference: other };
}

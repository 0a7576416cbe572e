import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import { record, type Recording } from "./recorder.ts";
import type { AuditedLoss } from "./types.ts";

/** A batch as numbers. */
export interface Numbers {
  readonly yTrue: Float32Array;
  readonly yPred: Float32Array;
  readonly trueShape: number[];
  readonly predShape: number[];
}

/** What a loss says of a batch. */
export interface Measured {
  /** The mean of what it returned; NaN where it threw. */
  readonly value: number;
  /** The shape of what it returned. */
  readonly shape: readonly number[];
  /** Its gradient by the outputs; absent where there is none. */
  readonly gradient?: Float32Array;
  /** What was thrown by the loss, or on the way back. */
  readonly thrown?: string;
  readonly backThrown?: string;
}

/** `tf.tidy` for what is no tensor. */
export function tidied<T>(of: () => T): T {
  let result!: T;
  tf.tidy(() => {
    result = of();
  });
  return result;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0];

export const tensorOf = (numbers: Float32Array, shape: number[]): Tensor => tf.tensor(numbers, shape, "float32");

/** Takes the numbers out of a batch and disposes of its tensors. */
export function numbersOf(batch: { yTrue: Tensor; yPred: Tensor }): Numbers {
  const { yTrue, yPred } = batch;
  const numbers = {
    yTrue: Float32Array.from(yTrue.dataSync()),
    yPred: Float32Array.from(yPred.dataSync()),
    trueShape: [...yTrue.shape],
    predShape: [...yPred.shape],
  };
  tf.dispose([yTrue, yPred]);
  return numbers;
}

/** What the engine keeps of a backward pass: public to nobody, and left behind when the pass throws. */
interface Tape {
  state: { gradientDepth: number; activeTape: { saved?: Tensor[] }[] | null };
}

/** Frees what a backward pass that threw had saved; not within another's, whose tape it is. */
function dropTape(): void {
  const { state } = tf.engine() as unknown as Tape;
  if (state.gradientDepth !== 0) return;
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved?.filter((t) => !t.isDisposed) ?? []);
  state.activeTape = null;
}

/** The value and the gradient of a loss on a batch; nothing that happens in the loss leaves this function. */
export function measure(loss: AuditedLoss, { yTrue, yPred, trueShape, predShape }: Numbers): Measured {
  return tidied(() => {
    const labels = tensorOf(yTrue, trueShape), outputs = tensorOf(yPred, predShape);
    let value = NaN, shape: readonly number[] = [], thrown: string | undefined;
    try {
      const result = loss(labels, outputs) as Tensor;
      shape = result.shape;
      value = meanOf(result.dataSync());
    } catch (error) {
      return { value, shape, thrown: message(error) };
    }
    try {
      const gradient = tf.grad((p) => tf.mean(tf.cast(loss(labels, p as Tensor), "float32")))(outputs);
      return { value, shape, gradient: Float32Array.from(gradient.dataSync()), thrown };
    } catch (error) {
      dropTape();
      return { value, shape, backThrown: message(error) };
    }
  });
}

/** The value alone, or what the loss throws. */
export type Said = Pick<Measured, "value" | "thrown">;

/** The value of a loss on a batch. */
export function tryValue(loss: AuditedLoss, { yTrue, yPred, trueShape, predShape }: Numbers): Said {
  return tidied(() => {
    try {
      return { value: meanOf((loss(tensorOf(yTrue, trueShape), tensorOf(yPred, predShape)) as Tensor).dataSync()) };
    } catch (error) {
      return { value: NaN, thrown: message(error) };
    }
  });
}

/** The value alone; NaN where the loss throws. */
export const valueOf = (loss: AuditedLoss, batch: Numbers): number => tryValue(loss, batch).value;

/** The forward pass, op by op; what `read` makes of it is all that stays. */
export function recorded<T>(
  loss: AuditedLoss,
  { yTrue, yPred, trueShape, predShape }: Numbers,
  read: (recording: Recording) => T,
): T {
  return tidied(() => read(record(loss, tensorOf(yTrue, trueShape), tensorOf(yPred, predShape))));
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

export const columnsOf = (shape: readonly number[]): number => shape.length < 2 ? 1 : shape[shape.length - 1];

/** Rows of a table of numbers: some of them, in this order. */
export function rowsOf(numbers: Numbers, order: readonly number[]): Numbers {
  const pick = (values: Float32Array, columns: number) =>
    Float32Array.from(order.flatMap((i) => [...values.subarray(i * columns, (i + 1) * columns)]));
  const { yTrue, yPred, trueShape, predShape } = numbers, n = predShape[0];
  return {
    yTrue: pick(yTrue, yTrue.length / n),
    yPred: pick(yPred, yPred.length / n),
    trueShape: [order.length, ...trueShape.slice(1)],
    predShape: [order.length, ...predShape.slice(1)],
  };
}

import type { Batch } from "../batch/read_batch.ts";
import type { Elementwise } from "../counts/counts.ts";
import type { StepForm } from "../steps/form.ts";

/** What became of a batch's outputs on their way to the counts. */
export interface Decided {
  /** What the step takes, one an output. */
  readonly outputs: ArrayLike<number>;
  /** The step of a column. */
  step(column: number): Elementwise;
  /** From a gradient by `outputs` to one by the batch's own outputs. */
  back(gradient: Float32Array | Float64Array): Float32Array;
}

/** A way to decide: what stands between the outputs and the counts. */
export interface Decision {
  (batch: Batch): Decided;
  /** The forms of the steps of probabilities, one for all columns or one a column, where that is all there is to it. */
  readonly forms?: readonly StepForm[];
  /** How the largest of a row is chosen, where that is all there is to it. */
  readonly argmax?: ArgmaxOptions;
}

/** How the largest of a row is chosen. */
export interface ArgmaxOptions {
  readonly slope: number;
  readonly mode: Mode;
  readonly fromLogits: boolean;
}

/** The step of outputs that are decisions already. */
export const asIs: Elementwise = { value: (s) => s, derivative: () => 1 };

/** Whether a decision is counted softly, hard, or hard with the soft one's gradient. */
export type Mode = "soft" | "hard" | "through";

import type { Batch } from "../batch/read_batch.ts";
import type { Step } from "../steps/step.ts";

/** The decisions of a batch, between its outputs and its counts. */
export interface Decided {
  /** The (soft) decision s of each output. */
  readonly decisions: Float64Array;
  /** The derivative s′ of each decision with respect to its own output, where `back` is the product with it. */
  readonly slopes?: Float64Array;
  /** Lends the arrays to the next batch, once: neither they, `back` nor `release` may be used afterwards. */
  release?(): void;
  /** Turns a gradient with respect to the decisions into one with respect to the batch's outputs, in place. */
  back(gradient: Float64Array): void;
}

/** A rule that turns the outputs of a batch into decisions. */
export interface Decision {
  (batch: Batch): Decided;
  /** The steps, one for all columns or one per column, where the rule is these steps. */
  readonly steps?: readonly Step[];
  /** Says that the outputs go through a logistic function before the steps. */
  readonly fromLogits?: boolean;
  /** The options of an argmax, where the rule is an argmax. */
  readonly argmax?: ArgmaxOptions;
}

/** Options of an argmax. */
export interface ArgmaxOptions {
  readonly slope: number;
  readonly mode: Mode;
  readonly fromLogits: boolean;
}

/** The way of counting: soft decisions, hard ones, or hard ones with the gradient of the soft ones. */
export type Mode = "soft" | "hard" | "straightThrough";

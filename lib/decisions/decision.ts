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

/** Room for the decisions of a batch, for their derivatives, and for one more number per output. */
type Room = Required<Pick<Decided, "decisions" | "slopes" | "release">> & { readonly more: Float64Array };

/** The room of a batch that no longer needs it: a new one takes as long as the step that fills it. */
let spare: Room | undefined;

/** Room for more outputs is not kept for the next batch. */
const largestSpare = 2 ** 20;

/** Returns room for a number of outputs; another batch may have left its numbers there. */
export function borrowRoom(outputs: number): Room {
  const room: Room = spare?.decisions.length === outputs ? spare : {
    decisions: new Float64Array(outputs),
    slopes: new Float64Array(outputs),
    more: new Float64Array(outputs),
    release: () => {
      if (outputs <= largestSpare) spare = room;
    },
  };
  spare = undefined; // lent, until its batch gives it back
  return room;
}

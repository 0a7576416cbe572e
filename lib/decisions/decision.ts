import type { Batch } from "../batch/read_batch.ts";
import type { Step } from "../steps/step.ts";

/** The decisions of a batch, between its outputs and its counts. */
export interface Decided {
  /** The (soft) decision s of each output. */
  readonly decisions: Float64Array;
  /** The derivative s′ of each decision with respect to its own output, where `back` is the product with it. */
  readonly slopes?: Float64Array;
  /** Lends the arrays to the next batch, once: neither they nor `back` may be used afterwards. */
  release?(): void;
  /** Turns a gradient with respect to the decisions into one with respect to the batch's outputs, in place. */
  back(gradient: Float64Array): void;
}

/** A rule that turns the outputs of a batch into decisions. */
export interface Decision {
  (batch: Batch): Decided;
  /** The steps of probabilities, one for all columns or one per column, where the rule is these steps and nothing else. */
  readonly steps?: readonly Step[];
  /** The steps, one for all columns or one per column, of probabilities or of logits that go through a logistic function. */
  readonly perColumn?: { readonly steps: readonly Step[]; readonly fromLogits: boolean };
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

/** Room for the decisions of a batch and for their derivatives. */
type Room = Required<Pick<Decided, "decisions" | "slopes" | "release">>;

/** The rooms of batches that no longer need them, the latest first: a new one takes as long as the step that fills it. */
const spares: Room[] = [];

/** The rooms that are kept of small batches: for logits and for their decisions, of the batches of a data set and of its last one. */
const smallSpares = 4, smallBatch = 2 ** 14;

/** Room for more outputs is not kept for the next batch. */
const largestSpare = 2 ** 20;

/** Returns room for a number of outputs; another batch may have left its numbers there. */
export function borrowRoom(outputs: number): Room {
  const at = spares.findIndex(({ decisions }) => decisions.length === outputs);
  if (at >= 0) return spares.splice(at, 1)[0]; // lent, until its batch gives it back
  const room: Room = {
    decisions: new Float64Array(outputs),
    slopes: new Float64Array(outputs),
    release: () => {
      if (outputs > largestSpare || spares.includes(room)) return;
      spares.length = Math.min(spares.unshift(room), outputs <= smallBatch ? smallSpares : 1);
    },
  };
  return room;
}

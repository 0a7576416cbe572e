import type { Counts } from "../counts/counts.ts";

/**
 * A closed-form function of the four counts, with its partial derivatives. Where it is not defined (0/0) its value is
 * NaN and its gradient 0; the `zeroDivision` of the loss or metric replaces the NaN.
 *
 * @example
 * ```ts
 * import { precision } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = { tp: 3, fp: 1, fn: 2, tn: 4 };
 * assertEquals(precision.value(counts), 0.75);
 * assertEquals(precision.gradient(counts), { tp: 0.0625, fp: -0.1875, fn: 0, tn: 0 });
 * ```
 */
export interface Score {
  /** The name in the history of a training. */
  readonly name: string;
  /**
   * The value from which a loss subtracts the score: the best score where it is a constant, 0 for a {@linkcode utility}.
   *
   * @default {1}
   */
  readonly best?: number;
  /**
   * Declares that among the counts (tp, fp) of a rectangle, at fixed weights of the positives and the negatives, the largest
   * value lies in a corner. A score that rises with tp and falls with fp has this property, and so has every ratio of linear
   * functions. `tuneThresholdOn` needs it to bound the score between two outputs.
   *
   * @default {false}
   */
  readonly quasiConvex?: boolean;
  /** Returns the score; NaN where it is not defined. */
  value(counts: Counts): number;
  /** Returns the partial derivative with respect to each count; all 0 where the score is not defined. */
  gradient(counts: Counts): Counts;
}

import type { Counts } from "../counts/counts.ts";

/**
 * A closed-form function of the four counts, with its partial derivatives. Where it is not defined (0/0) its value is
 * NaN and its gradient 0: what to report there is the loss's or the metric's `zeroDivision`.
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
  /** What it is called in the history of a training. */
  readonly name: string;
  /**
   * What a loss subtracts it from: its best value where that is a constant, 0 for a {@linkcode utility}.
   *
   * @default {1}
   */
  readonly best?: number;
  /** The score; NaN where it is not defined. */
  value(counts: Counts): number;
  /** Its partial derivative by each count; all 0 where it is not defined. */
  gradient(counts: Counts): Counts;
}

/**
 * A stand-in for rounding: an elementwise function s on [0, 1], constant outside, with its derivative. It knows numbers
 * only; `applyStep` is its form for tensors.
 *
 * @example The slope at the threshold
 * ```ts
 * import { softsign } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = softsign({ slope: 10 });
 * assertAlmostEquals(step.value(0.5), 0.5);
 * assertAlmostEquals(step.derivative(0.5), 10);
 * ```
 */
export interface Step {
  /** The name in messages and figures. */
  readonly name: string;
  /** The decision threshold t: an output p is a predicted positive where p > t, strictly. */
  readonly threshold: number;
  /** The derivative at the threshold, s′(t); Infinity for `round`. */
  readonly slope: number;
  /** Returns s(p), in closed form. NaN stays NaN. */
  value(p: number): number;
  /** Returns s′(p), in closed form; at 0 and 1 the derivative from inside, beyond them 0. NaN stays NaN. */
  derivative(p: number): number;
}

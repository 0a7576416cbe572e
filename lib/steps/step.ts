import * as tf from "@tensorflow/tfjs";
import { derivedOnce } from "../tfjs/first_order_only.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/**
 * A stand-in for rounding: an elementwise function s on [0, 1] that is constant outside, with its derivative.
 *
 * @example A step's derivative is what reaches the weights
 * ```ts
 * import { softsign } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = softsign({ slope: 10 });
 * assertAlmostEquals(step.value(0.5), 0.5);
 * assertAlmostEquals(step.derivative(0.5), 10);
 * ```
 */
export interface Step {
  /** What it is called in messages and figures. */
  readonly name: string;
  /** The decision threshold t: an output p is a positive where p > t, strictly. */
  readonly threshold: number;
  /** The derivative at the threshold, s′(t); Infinity for {@linkcode round}. */
  readonly slope: number;
  /** s(p), in closed form. NaN stays NaN. */
  value(p: number): number;
  /** s′(p), in closed form; at 0 and 1 the one from inside, beyond them 0. NaN stays NaN. */
  derivative(p: number): number;
  /**
   * s on a tensor of any shape; its registered gradient is `derivative`, on every backend. It is differentiated once: a
   * second derivative is refused.
   */
  apply(x: Tensor): Tensor;
}

/** A {@linkcode Step} without its tensor form: what somebody who adds one has to write. */
export type StepDefinition = Omit<Step, "apply">;

/** A function of one number of every element of a tensor, as float32. */
const mapped = (x: Tensor, f: (v: number) => number): Float32Array => Float32Array.from(x.dataSync(), f);

/**
 * Completes a step by its tensor form. Both directions evaluate the definition in float64, so that a formula stands
 * in one place only and the kinks are its own, not those of tfjs' `abs`, `clipByValue` or `maximum`.
 */
export function completeStep(definition: StepDefinition): Step {
  const { name, threshold, slope } = definition;
  // Methods of a class are on its prototype and want their `this`: called, not copied.
  const value = (p: number) => definition.value(p), derivative = (p: number) => definition.derivative(p);
  const op = tf.customGrad((x, save) => {
    const input = x as Tensor;
    (save as (tensors: Tensor[]) => void)([input]); // in the middle of a longer chain the input is disposed otherwise
    return {
      value: tf.tensor(mapped(input, value), input.shape, "float32"),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.mul(dy, derivedOnce(`the step '${name}'`, saved[0], mapped(saved[0], derivative))),
    };
  });
  return { name, threshold, slope, value, derivative, apply: (x) => op(x) };
}

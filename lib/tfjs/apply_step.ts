import * as tf from "@tensorflow/tfjs-core";
import { check, describe, isTensorLike } from "../check/check.ts";
import type { Step } from "../steps/step.ts";
import { aStep } from "../steps/to_step.ts";
import { customOp, firstOrderOnly } from "./engine.ts";
import type { Tensor } from "./tensor.ts";

/** Evaluates a function of one number on every element, as float32. */
function mapped(x: Tensor, f: (v: number) => number): Tensor {
  const values = x.dataSync(), results = new Float32Array(values.length); // `Float32Array.from` takes several times as long
  for (let i = 0; i < results.length; i++) results[i] = f(values[i]);
  return tf.tensor(results, x.shape, "float32");
}

/**
 * Applies a step to every element of a tensor, with the step's derivative as its gradient, on every backend.
 *
 *     y = s(x)        ∂y/∂x = s′(x)
 *
 * Both directions evaluate the step in float64, so that kinks are the step's own, not those of `tf.abs` or
 * `tf.clipByValue`. It is differentiated once: a second derivative is refused.
 *
 * @param step A step.
 * @param x A tensor of any shape.
 * @returns A float32 tensor of the same shape.
 * @throws {TypeError} If `step` is not a step, or `x` is not a tensor.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { applyStep, softsign } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const step = softsign({ slope: 10 });
 * const gradient = tf.grad((x) => applyStep(step, x))(tf.tensor1d([0.5]));
 * assertAlmostEquals(gradient.dataSync()[0], 10, 1e-5);
 * ```
 */
export function applyStep(step: Step, x: Tensor): Tensor {
  check("apply a step", { step }, { ...aStep, must: "a step, such as softsign()" });
  if (!isTensorLike(x)) {
    throw new TypeError(`Cannot apply the step '${step.name}': 'x' must be a tensor, it is ${describe(x)}`);
  }
  return customOp(
    x,
    (_, save) => {
      save([x]); // in the middle of a longer chain x is disposed otherwise
      return mapped(x, (p) => step.value(p));
    },
    (dy, [saved]) =>
      tf.mul(dy, firstOrderOnly(`the step '${step.name}'`, saved, mapped(saved, (p) => step.derivative(p)))),
  );
}

import type { Elementwise } from "../counts/counts.ts";
import { sigmoid, sigmoidDerivative } from "../numerics/sigmoid.ts";

/**
 * A step behind the logistic function: what an output z does when it is a logit.
 *
 *     v(z) = s(σ(z))        v′(z) = s′(σ(z))·σ′(z)
 */
export function ofLogits(step: Elementwise): Elementwise {
  return {
    value: (z) => step.value(sigmoid(z)),
    derivative: (z) => step.derivative(sigmoid(z)) * sigmoidDerivative(z),
  };
}

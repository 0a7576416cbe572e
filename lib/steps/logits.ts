import type { Elementwise } from "../counts/counts.ts";

/** σ(z) = 1/(1 + e^(−z)), written in e^(−|z|), which cannot overflow: z may be ±10⁴, or infinite. */
export function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return (z < 0 ? e : 1) / (1 + e);
}

/** σ′(z) = σ(z)·(1 − σ(z)), written the same way. */
export function sigmoidSlope(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) ** 2;
}

/**
 * A step behind the logistic function: what an output z does when it is a logit.
 *
 *     v(z) = s(σ(z))        v′(z) = s′(σ(z))·σ′(z)
 */
export function ofLogits(step: Elementwise): Elementwise {
  return {
    value: (z) => step.value(sigmoid(z)),
    derivative: (z) => step.derivative(sigmoid(z)) * sigmoidSlope(z),
  };
}

/**
 * A step for outputs that may have been rounded a little beyond [0, 1]: those stand for the bound itself, so that a
 * saturated output keeps the derivative of the bound.
 */
export function ofProbabilities(step: Elementwise): Elementwise {
  const clip = (p: number) => p < 0 ? 0 : p > 1 ? 1 : p;
  return { value: (p) => step.value(clip(p)), derivative: (p) => step.derivative(clip(p)) };
}

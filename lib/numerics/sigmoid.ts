/**
 * The logistic function, σ(z) = 1/(1 + e^(−z)). It is written in e^(−|z|), which cannot overflow.
 *
 * @param z A logit; ±∞ gives 1 and 0.
 * @returns A probability.
 */
export function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return (z < 0 ? e : 1) / (1 + e);
}

/**
 * The derivative of {@linkcode sigmoid}, σ′(z) = σ(z)·(1 − σ(z)), written in e^(−|z|).
 *
 * @param z A logit.
 * @returns A number in [0, ¼].
 */
export function sigmoidDerivative(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) ** 2;
}

/** Returns σ of each number; `Float64Array.from` with a function takes several times as long. */
export function sigmoids(logits: ArrayLike<number>): Float64Array {
  const p = new Float64Array(logits.length);
  for (let i = 0; i < p.length; i++) p[i] = sigmoid(logits[i]);
  return p;
}

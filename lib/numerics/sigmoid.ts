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

/** Returns σ of each number, and a function that multiplies a gradient by σ′ of each: of the same exponentials, which take most of the time. */
export function sigmoidsWithSlopes(logits: ArrayLike<number>) {
  const n = logits.length, values = new Float64Array(n), exponentials = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const e = exponentials[i] = Math.exp(-Math.abs(logits[i]));
    values[i] = (logits[i] < 0 ? e : 1) / (1 + e);
  }
  return {
    values,
    multiply(gradient: Float64Array): void {
      for (let i = 0; i < n; i++) {
        const e = exponentials[i];
        gradient[i] *= e / (1 + e) ** 2;
      }
    },
  };
}

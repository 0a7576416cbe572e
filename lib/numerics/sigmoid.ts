/** e^(−|z|), which cannot overflow, and σ and σ′ in terms of it. */
const exponentialOf = (z: number): number => Math.exp(-Math.abs(z));
const valueBy = (z: number, e: number): number => (z < 0 ? e : 1) / (1 + e);
const derivativeBy = (e: number): number => e / (1 + e) ** 2;

/**
 * The logistic function, σ(z) = 1/(1 + e^(−z)). It is written in e^(−|z|), which cannot overflow.
 *
 * @param z A logit; ±∞ gives 1 and 0.
 * @returns A probability.
 */
export const sigmoid = (z: number): number => valueBy(z, exponentialOf(z));

/**
 * The derivative of {@linkcode sigmoid}, σ′(z) = σ(z)·(1 − σ(z)), written in e^(−|z|).
 *
 * @param z A logit.
 * @returns A number in [0, ¼].
 */
export const sigmoidDerivative = (z: number): number => derivativeBy(exponentialOf(z));

/**
 * Returns σ of each number, and a function that multiplies a gradient by σ′ of each: of the same exponentials, which take most of
 * the time.
 *
 * @param values Receives σ.
 * @param exponentials Receives the exponentials, which the function reads.
 */
export function sigmoidsWithSlopes(
  logits: ArrayLike<number>,
  values: Float64Array,
  exponentials: Float64Array,
) {
  for (let i = 0; i < values.length; i++) {
    values[i] = valueBy(logits[i], exponentials[i] = exponentialOf(logits[i]));
  }
  return {
    values,
    multiply(gradient: Float64Array): void {
      for (let i = 0; i < values.length; i++) gradient[i] *= derivativeBy(exponentials[i]);
    },
  };
}

/** Returns e^(−|z|) of each number, of which {@linkcode sigmoidsBy} makes σ. */
export function exponentials(logits: ArrayLike<number>): Float64Array {
  const each = new Float64Array(logits.length);
  for (let i = 0; i < each.length; i++) each[i] = exponentialOf(logits[i]);
  return each;
}

/** Writes σ of each number in the place of e^(−|z|) of each. */
export function sigmoidsBy(logits: ArrayLike<number>, exponentials: Float64Array): Float64Array {
  for (let i = 0; i < exponentials.length; i++) exponentials[i] = valueBy(logits[i], exponentials[i]);
  return exponentials;
}

/**
 * Returns σ of each number.
 *
 * @param values Receives σ; default: a new array.
 */
export function sigmoids(
  logits: ArrayLike<number>,
  values: Float64Array = new Float64Array(logits.length),
): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = sigmoid(logits[i]);
  return values;
}

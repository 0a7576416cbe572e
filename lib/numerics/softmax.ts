/**
 * Returns the softmax of κ·z of every row, e^(κzⱼ)/Σ e^(κzᵢ), computed from the row's largest number: it cannot overflow.
 *
 * @param z Numbers, row by row.
 * @param classes The numbers of a row.
 * @param sharpness κ.
 * @returns The softmax, row by row.
 */
export function softmax(z: ArrayLike<number>, classes: number, sharpness = 1): Float64Array {
  const soft = new Float64Array(z.length);
  for (let start = 0; start < z.length; start += classes) {
    const end = start + classes;
    let largest = z[start], sum = 0;
    for (let i = start + 1; i < end; i++) if (z[i] > largest) largest = z[i];
    for (let i = start; i < end; i++) {
      const v = z[i]; // an infinite logit equals the largest: ∞ − ∞ would be NaN
      sum += soft[i] = v === largest ? 1 : Math.exp(sharpness * (v - largest));
    }
    for (let i = start; i < end; i++) soft[i] /= sum;
  }
  return soft;
}

/**
 * Takes a gradient back through {@linkcode softmax}, in place: gⱼ becomes sⱼ·(κgⱼ − Σ κgᵢsᵢ).
 *
 * Every g is first reduced by the g of the row's largest s: where that s is nearly 1, gⱼ − Σ gᵢsᵢ would be a difference of
 * nearly equal numbers.
 *
 * @param soft The softmax s, row by row.
 * @param classes The numbers of a row.
 * @param sharpness κ.
 * @param gradient The gradient with respect to s; receives the gradient with respect to z.
 */
export function softmaxGradient(
  soft: ArrayLike<number>,
  classes: number,
  sharpness: number,
  gradient: Float64Array | Float32Array,
): void {
  for (let start = 0; start < soft.length; start += classes) {
    const end = start + classes;
    let largest = start, mean = 0;
    for (let i = start + 1; i < end; i++) if (soft[i] > soft[largest]) largest = i;
    const from = sharpness * gradient[largest];
    for (let i = start; i < end; i++) mean += (sharpness * gradient[i] - from) * soft[i];
    for (let i = start; i < end; i++) gradient[i] = soft[i] * (sharpness * gradient[i] - from - mean);
  }
}

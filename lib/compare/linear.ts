/** A matrix, row by row, and its labels. */
export interface LinearData {
  readonly x: Float64Array;
  readonly width: number;
  readonly yTrue: Float64Array;
}

/** The same data, of some rows only. */
export function rowsOf({ x, width, yTrue }: LinearData, rows: readonly number[]): LinearData {
  const part = new Float64Array(rows.length * width);
  rows.forEach((row, i) => part.set(x.subarray(row * width, (row + 1) * width), i * width));
  return { x: part, width, yTrue: Float64Array.from(rows, (row) => yTrue[row]) };
}

/** z = x·w, one a row. */
export function linear({ x, width, yTrue }: LinearData, weights: Float64Array): Float64Array {
  const z = new Float64Array(yTrue.length);
  for (let i = 0, at = 0; i < z.length; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += x[at++] * weights[j];
    z[i] = sum;
  }
  return z;
}

/** How a linear model is trained. */
export interface Descent {
  /** ∂loss/∂z, one a row. */
  slopes(yTrue: Float64Array, z: Float64Array): Float64Array;
  learningRate: number;
  steps: number;
}

/** Full-batch gradient descent in float64, from weights of zero. */
export function descend(data: LinearData, { slopes, learningRate, steps }: Descent): Float64Array {
  const { x, width, yTrue } = data;
  const weights = new Float64Array(width), gradient = new Float64Array(width);
  for (let step = 0; step < steps; step++) {
    const slope = slopes(yTrue, linear(data, weights));
    gradient.fill(0);
    for (let i = 0, at = 0; i < slope.length; i++) {
      const by = slope[i];
      for (let j = 0; j < width; j++) gradient[j] += by * x[at++];
    }
    for (let j = 0; j < width; j++) weights[j] -= learningRate * gradient[j];
  }
  return weights;
}

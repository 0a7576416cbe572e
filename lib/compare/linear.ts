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

/**
 * z = x·w, one a row. Four rows at a time: four sums that do not wait for each other, each in the order of the columns.
 */
export function linear(
  { x, width, yTrue }: LinearData,
  weights: Float64Array,
  z: Float64Array = new Float64Array(yTrue.length),
): Float64Array {
  const n = z.length, whole = n - n % 4;
  for (let i = 0; i < whole; i += 4) {
    let a = i * width, b = a + width, c = b + width, d = c + width, sumA = 0, sumB = 0, sumC = 0, sumD = 0;
    for (let j = 0; j < width; j++) {
      const w = weights[j];
      sumA += x[a++] * w;
      sumB += x[b++] * w;
      sumC += x[c++] * w;
      sumD += x[d++] * w;
    }
    z[i] = sumA;
    z[i + 1] = sumB;
    z[i + 2] = sumC;
    z[i + 3] = sumD;
  }
  for (let i = whole, at = whole * width; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += x[at++] * weights[j];
    z[i] = sum;
  }
  return z;
}

/** xᵀ·slope, four rows at a time, added up in the order of the rows. */
function transposed({ x, width }: LinearData, slope: Float64Array, gradient: Float64Array): void {
  const n = slope.length, whole = n - n % 4;
  gradient.fill(0);
  for (let i = 0; i < whole; i += 4) {
    const byA = slope[i], byB = slope[i + 1], byC = slope[i + 2], byD = slope[i + 3];
    let a = i * width, b = a + width, c = b + width, d = c + width;
    for (let j = 0; j < width; j++) {
      gradient[j] = gradient[j] + byA * x[a++] + byB * x[b++] + byC * x[c++] + byD * x[d++];
    }
  }
  for (let i = whole, at = whole * width; i < n; i++) {
    for (let j = 0; j < width; j++) gradient[j] += slope[i] * x[at++];
  }
}

/** How a linear model is trained. */
export interface Descent {
  /** ∂loss/∂z, one a row. */
  slopes(yTrue: Float64Array, z: Float64Array, slopes: Float64Array): void;
  learningRate: number;
  steps: number;
}

/** Full-batch gradient descent in float64, from weights of zero. */
export function descend(data: LinearData, { slopes, learningRate, steps }: Descent): Float64Array {
  const { width, yTrue } = data, weights = new Float64Array(width), gradient = new Float64Array(width);
  const z = new Float64Array(yTrue.length), slope = new Float64Array(yTrue.length);
  for (let step = 0; step < steps; step++) {
    slopes(yTrue, linear(data, weights, z), slope);
    transposed(data, slope, gradient);
    for (let j = 0; j < width; j++) weights[j] -= learningRate * gradient[j];
  }
  return weights;
}

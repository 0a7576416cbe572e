/** What a network is made of. */
export interface NetworkForm {
  /** The features of a row. */
  readonly features: number;
  /** The units of the hidden layer, with ReLU; 0: none. */
  readonly hidden: number;
  /** How many logits a row has. */
  readonly outputs: number;
}

/** What a network makes of rows, row by row. */
export interface Forward {
  readonly logits: Float64Array;
  /** What the hidden units put out. */
  readonly units: Float64Array;
}

/**
 * Normal numbers with a variance of 2 over the number of inputs before a ReLU, 1 over it before the outputs; biases 0.
 * For each hidden unit, then for each output: a weight an input, and the bias.
 */
export function initialWeights(
  { features, hidden, outputs }: NetworkForm,
  random: { normal(): number },
): Float64Array<ArrayBuffer> {
  const draw = (inputs: number, gain: number) => [
    ...Array.from({ length: inputs }, () => random.normal() * Math.sqrt(gain / inputs)),
    0,
  ];
  const layer = Array.from({ length: hidden }, () => draw(features, 2)).flat();
  const last = Array.from({ length: outputs }, () => draw(hidden || features, 1)).flat();
  return Float64Array.from([...layer, ...last]);
}

/**
 * The logits of rows.
 *
 *     z = b + Σ w·x                         without a hidden layer
 *     z = b + Σₕ vₕ·max(0, bₕ + Σ wₕ·x)     with one
 */
export function forward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: Float64Array,
): Forward {
  const n = x.length / features, last = hidden * (features + 1), inputs = hidden || features;
  const logits = new Float64Array(n * outputs), units = new Float64Array(n * hidden);
  for (let i = 0; i < n; i++) {
    for (let h = 0, at = 0; h < hidden; h++, at += features + 1) {
      const unit = weights[at + features] + dot(weights, at, x, i * features, features);
      if (unit > 0) units[i * hidden + h] = unit;
    }
    for (let k = 0, at = last; k < outputs; k++, at += inputs + 1) {
      let z = weights[at + inputs];
      if (hidden === 0) z += dot(weights, at, x, i * features, features);
      for (let h = 0; h < hidden; h++) z += weights[at + h] * units[i * hidden + h];
      logits[i * outputs + k] = z;
    }
  }
  return { logits, units };
}

function dot(a: Float64Array, atA: number, b: Float64Array, atB: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += a[atA + j] * b[atB + j];
  return sum;
}

/** A gradient by the logits, passed back to the weights by the chain rule. */
export function backward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: Float64Array,
  units: Float64Array,
  byLogits: Float32Array | Float64Array,
): Float64Array {
  const n = x.length / features, last = hidden * (features + 1), inputs = hidden || features;
  const gradient = new Float64Array(weights.length);
  /** Adds a row to the gradient of the weights and the bias that begin at a place. */
  const add = (at: number, g: number, row: number) => {
    for (let j = 0, from = row * features; j < features; j++) gradient[at + j] += g * x[from + j];
    gradient[at + features] += g;
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0, at = last; k < outputs; k++, at += inputs + 1) {
      const g = byLogits[i * outputs + k];
      if (hidden === 0) {
        if (g !== 0) add(at, g, i);
        continue;
      }
      for (let h = 0; h < hidden; h++) gradient[at + h] += g * units[i * hidden + h];
      gradient[at + hidden] += g;
    }
    for (let h = 0; h < hidden; h++) {
      if (units[i * hidden + h] === 0) continue; // it was cut off: its weights do not count
      let g = 0;
      for (let k = 0, at = last + h; k < outputs; k++, at += inputs + 1) g += byLogits[i * outputs + k] * weights[at];
      if (g !== 0) add(h * (features + 1), g, i);
    }
  }
  return gradient;
}

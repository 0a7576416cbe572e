import { addAffine, affine, type RowNumbers } from "./products.ts";

/** Sizes of a multilayer perceptron with at most one hidden layer. */
export interface NetworkForm {
  /** Number of features per row. */
  readonly features: number;
  /** Number of hidden units (ReLU); 0 leaves the hidden layer out. */
  readonly hidden: number;
  /** Number of logits per row. */
  readonly outputs: number;
}

/** Outputs of a network, row by row. */
export interface Forward {
  /** Logits, `outputs` per row. */
  readonly logits: Float64Array;
  /** Activations of the hidden units, `hidden` per row. */
  readonly units: Float64Array;
}

/**
 * Draws the initial weights, in the order in which {@linkcode forward} reads them: for each hidden unit and then for each
 * output, one weight per input, followed by the bias.
 *
 *     w ~ N(0, 2/inputs) before a ReLU    w ~ N(0, 1/inputs) before the logits    b = 0
 *
 * @see He et al., "Delving Deep into Rectifiers", arXiv 1502.01852, for the gain of 2.
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
 * Computes the logits of rows.
 *
 *     z = b + Σ w·x                         without a hidden layer
 *     z = b + Σₕ vₕ·max(0, bₕ + Σ wₕ·x)     with a hidden layer
 */
export function forward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
): Forward {
  const first = affine(x, features, weights, hidden || outputs);
  if (hidden === 0) return { logits: first, units: new Float64Array(0) };
  const n = x.length / features, logits = new Float64Array(n * outputs);
  for (let i = 0; i < first.length; i++) if (!(first[i] > 0)) first[i] = 0;
  for (let i = 0, to = 0; i < n; i++) {
    for (let k = 0, at = hidden * (features + 1); k < outputs; k++, at += hidden + 1) {
      let z = weights[at + hidden];
      for (let h = 0; h < hidden; h++) z += weights[at + h] * first[i * hidden + h];
      logits[to++] = z;
    }
  }
  return { logits, units: first };
}

/** Computes the gradient with respect to the weights from the gradient with respect to the logits, by the chain rule. */
export function backward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
  units: Float64Array,
  byLogits: Float32Array | Float64Array,
): Float64Array {
  const gradient = new Float64Array(weights.length);
  const by = byLogits instanceof Float64Array ? byLogits : new Float64Array(byLogits);
  if (hidden === 0) {
    addAffine(x, features, by, outputs, gradient);
    return gradient;
  }
  const n = x.length / features, last = hidden * (features + 1), byUnits = new Float64Array(n * hidden);
  for (let i = 0; i < n; i++) {
    for (let k = 0, at = last; k < outputs; k++, at += hidden + 1) {
      const g = by[i * outputs + k];
      for (let h = 0; h < hidden; h++) {
        gradient[at + h] += g * units[i * hidden + h];
        if (units[i * hidden + h] > 0) byUnits[i * hidden + h] += g * weights[at + h]; // the ReLU's derivative
      }
      gradient[at + hidden] += g;
    }
  }
  addAffine(x, features, byUnits, hidden, gradient);
  return gradient;
}

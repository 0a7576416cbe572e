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

/** Makes room for the outputs of rows: new arrays for each of many passes would take as long as the passes. */
export const roomFor = ({ hidden, outputs }: NetworkForm, rows: number): Forward => ({
  logits: new Float64Array(rows * outputs),
  units: new Float64Array(rows * hidden),
});

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
 *
 * @param room Receives the outputs; default: new arrays.
 */
export function forward(
  form: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
  room: Forward = roomFor(form, x.length / form.features),
): Forward {
  const { features, hidden, outputs } = form, { logits, units } = room;
  affine(x, features, weights, hidden || outputs, hidden === 0 ? logits : units);
  for (let i = 0; i < units.length; i++) units[i] = (units[i] + Math.abs(units[i])) / 2; // max(0, ·) without a branch
  for (let from = 0, to = 0; from < units.length; from += hidden) {
    for (let k = 0, at = hidden * (features + 1); k < outputs; k++, at += hidden + 1) {
      let z = weights[at + hidden];
      for (let h = 0; h < hidden; h++) z += weights[at + h] * units[from + h];
      logits[to++] = z;
    }
  }
  return room;
}

/**
 * Computes the gradient with respect to the weights from the gradient with respect to the logits, by the chain rule.
 *
 * @param units The activations; the gradient with respect to them takes their place.
 * @param gradient Receives the gradient; default: a new array.
 */
export function backward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
  units: Float64Array,
  byLogits: Float32Array | Float64Array,
  gradient: Float64Array = new Float64Array(weights.length),
): Float64Array {
  gradient.fill(0);
  if (hidden === 0) {
    addAffine(x, features, byLogits, outputs, gradient);
    return gradient;
  }
  const last = hidden * (features + 1);
  for (let from = 0, row = 0; from < units.length; from += hidden, row += outputs) {
    const first = byLogits[row]; // read once, as most networks have one output
    for (let h = 0; h < hidden; h++) {
      const unit = units[from + h];
      let byUnit = first * weights[last + h];
      gradient[last + h] += first * unit;
      for (let k = 1, at = last + h + hidden + 1; k < outputs; k++, at += hidden + 1) {
        const g = byLogits[row + k];
        gradient[at] += g * unit;
        byUnit += g * weights[at];
      }
      units[from + h] = byUnit * Number(unit > 0); // the ReLU's derivative, without a branch
    }
    for (let k = 0; k < outputs; k++) gradient[last + k * (hidden + 1) + hidden] += byLogits[row + k];
  }
  addAffine(x, features, units, hidden, gradient);
  return gradient;
}

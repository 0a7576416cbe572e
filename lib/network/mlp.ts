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

/** Numbers of hidden units, which the steps of a training share. */
export interface UnitRoom {
  /** Activations, and the gradient with respect to them. */
  readonly units: Float64Array;
  readonly byUnits: Float64Array;
}

/** Returns room for the hidden units of rows: the room that there is, if it is large enough. */
export function unitRoom({ features, hidden }: NetworkForm, x: RowNumbers, room?: UnitRoom): UnitRoom {
  const length = x.length / features * hidden;
  if (room !== undefined && room.units.length >= length) return room;
  return { units: new Float64Array(length), byUnits: new Float64Array(length) };
}

/**
 * Computes the logits of rows.
 *
 *     z = b + Σ w·x                         without a hidden layer
 *     z = b + Σₕ vₕ·max(0, bₕ + Σ wₕ·x)     with a hidden layer
 *
 * @param room Takes the hidden units.
 */
export function forward(
  form: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
  room?: UnitRoom,
): Forward {
  const { features, hidden, outputs } = form, n = x.length / features;
  if (hidden === 0) return { logits: affine(x, features, weights, outputs), units: new Float64Array(0) };
  const units = affine(x, features, weights, hidden, room?.units.subarray(0, n * hidden));
  for (let i = 0; i < units.length; i++) if (!(units[i] > 0)) units[i] = 0;
  return { logits: lastLayer(units, hidden, weights.subarray(hidden * (features + 1)), outputs), units };
}

/** Computes b + Σ w·u for each row, from the bias on; four rows at a time, whose sums do not wait for each other. */
function lastLayer(units: Float64Array, hidden: number, weights: Float64Array, outputs: number): Float64Array {
  const n = units.length / hidden, logits = new Float64Array(n * outputs);
  for (let i = 0; i < n; i += 4) {
    // Past the last row, the last one again.
    const b = Math.min(i + 1, n - 1), c = Math.min(i + 2, n - 1), d = Math.min(i + 3, n - 1);
    for (let k = 0, at = 0; k < outputs; k++, at++) {
      let atA = i * hidden, atB = b * hidden, atC = c * hidden, atD = d * hidden, zA = weights[at + hidden];
      let zB = zA, zC = zA, zD = zA;
      for (const bias = at + hidden; at < bias; at++) {
        const w = weights[at];
        zA += w * units[atA++];
        zB += w * units[atB++];
        zC += w * units[atC++];
        zD += w * units[atD++];
      }
      logits[i * outputs + k] = zA;
      logits[b * outputs + k] = zB;
      logits[c * outputs + k] = zC;
      logits[d * outputs + k] = zD;
    }
  }
  return logits;
}

/**
 * Computes the gradient with respect to the weights from the gradient with respect to the logits, by the chain rule.
 *
 * @param room Takes the gradient with respect to the hidden units.
 */
export function backward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: RowNumbers,
  units: Float64Array,
  byLogits: Float32Array | Float64Array,
  room?: UnitRoom,
): Float64Array {
  const gradient = new Float64Array(weights.length);
  const by = byLogits instanceof Float64Array ? byLogits : new Float64Array(byLogits);
  if (hidden === 0) {
    addAffine(x, features, by, outputs, gradient);
    return gradient;
  }
  const last = hidden * (features + 1),
    byUnits = room?.byUnits.subarray(0, units.length) ??
      new Float64Array(units.length);
  addAffine(units, hidden, by, outputs, gradient.subarray(last));
  for (let i = 0, g = 0; i < units.length; i += hidden) {
    for (let h = 0; h < hidden; h++) byUnits[i + h] = 0;
    for (let k = 0, at = last; k < outputs; k++, at += hidden + 1, g++) {
      // The ReLU's derivative is 0 or 1.
      for (let h = 0; h < hidden; h++) if (units[i + h] > 0) byUnits[i + h] += by[g] * weights[at + h];
    }
  }
  addAffine(x, features, byUnits, hidden, gradient);
  return gradient;
}

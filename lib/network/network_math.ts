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

/** b + w·x for each row of x and each of `count` lots of weights and a bias, four rows at a time: sums that do not wait. */
function affine(x: Float64Array, features: number, weights: Float64Array, count: number): Float64Array {
  const n = x.length / features, z = new Float64Array(n * count), whole = n - n % 4;
  for (let i = 0; i < whole; i += 4) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      let a = i * features,
        b = a + features,
        c = b + features,
        d = c + features,
        sumA = 0,
        sumB = 0,
        sumC = 0,
        sumD = 0;
      for (let at = start; at < start + features; at++) {
        const w = weights[at];
        sumA += w * x[a++];
        sumB += w * x[b++];
        sumC += w * x[c++];
        sumD += w * x[d++];
      }
      const bias = weights[start + features], to = i * count + k;
      z[to] = bias + sumA;
      z[to + count] = bias + sumB;
      z[to + 2 * count] = bias + sumC;
      z[to + 3 * count] = bias + sumD;
    }
  }
  for (let i = whole; i < n; i++) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      let sum = 0;
      for (let j = 0, from = i * features; j < features; j++) sum += weights[start + j] * x[from + j];
      z[i * count + k] = weights[start + features] + sum;
    }
  }
  return z;
}

/** Adds the gradient of what {@linkcode affine} does, from that by its sums, row after row. */
function addAffine(x: Float64Array, features: number, by: Float64Array, count: number, gradient: Float64Array): void {
  const n = x.length / features, whole = n - n % 4;
  for (let i = 0; i < whole; i += 4) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      const from = i * count + k,
        gA = by[from],
        gB = by[from + count],
        gC = by[from + 2 * count],
        gD = by[from + 3 * count];
      if (gA === 0 && gB === 0 && gC === 0 && gD === 0) continue;
      let a = i * features, b = a + features, c = b + features, d = c + features;
      for (let at = start; at < start + features; at++) {
        gradient[at] = gradient[at] + gA * x[a++] + gB * x[b++] + gC * x[c++] + gD * x[d++];
      }
      gradient[start + features] = gradient[start + features] + gA + gB + gC + gD;
    }
  }
  for (let i = whole; i < n; i++) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      const g = by[i * count + k];
      for (let j = 0, from = i * features; j < features; j++) gradient[start + j] += g * x[from + j];
      gradient[start + features] += g;
    }
  }
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

/** A gradient by the logits, passed back to the weights by the chain rule. */
export function backward(
  { features, hidden, outputs }: NetworkForm,
  weights: Float64Array,
  x: Float64Array,
  units: Float64Array,
  byLogits: Float32Array | Float64Array,
): Float64Array {
  const gradient = new Float64Array(weights.length), by = Float64Array.from(byLogits);
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
        if (units[i * hidden + h] > 0) byUnits[i * hidden + h] += g * weights[at + h]; // else it was cut off
      }
      gradient[at + hidden] += g;
    }
  }
  addAffine(x, features, byUnits, hidden, gradient);
  return gradient;
}

/** Moves weights along a gradient, in place. */
export type Update = (weights: Float64Array, gradient: Float64Array) => void;

/** Makes updates of plain gradient descent. */
export function sgd(learningRate: number): Update {
  return (weights, gradient) => {
    for (let j = 0; j < weights.length; j++) weights[j] -= learningRate * gradient[j];
  };
}

/**
 * Makes updates of Adam for `size` weights, with the defaults of TensorFlow.js.
 *
 *     m ← β₁·m + (1 − β₁)·g    v ← β₂·v + (1 − β₂)·g²    θ ← θ − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
 *     β₁ = 0.9    β₂ = 0.999    ε = 1e-7
 *
 * @see Kingma and Ba, "Adam: A Method for Stochastic Optimization", arXiv 1412.6980.
 */
export function adam(learningRate: number, size: number): Update {
  const beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7;
  const mean = new Float64Array(size), square = new Float64Array(size);
  let t = 0;
  return (weights, gradient) => {
    t++;
    const ofMean = 1 - beta1 ** t, ofSquare = 1 - beta2 ** t;
    for (let j = 0; j < weights.length; j++) {
      const g = gradient[j];
      mean[j] = beta1 * mean[j] + (1 - beta1) * g;
      square[j] = beta2 * square[j] + (1 - beta2) * g * g;
      weights[j] -= learningRate * (mean[j] / ofMean) / (Math.sqrt(square[j] / ofSquare) + epsilon);
    }
  };
}

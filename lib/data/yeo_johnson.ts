/** The excess kurtosis above which the tails of a column are heavy: 0 is a normal distribution's, 6 an exponential one's. */
export const heavyKurtosis = 10;

/**
 * Says whether values have heavy tails: an excess kurtosis n·Σ(x − mean)⁴ / (Σ(x − mean)²)² − 3 above {@linkcode heavyKurtosis},
 * of more than two distinct values, since two are far apart or near each other in any unit.
 */
export function hasHeavyTails(values: Float64Array): boolean {
  const n = values.length, first = values[0], second = values.find((v) => v !== first);
  if (second === undefined || values.every((v) => v === first || v === second)) return false;
  let sum = 0, squares = 0, fourths = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  for (let i = 0; i < n; i++) {
    const square = (values[i] - sum / n) ** 2;
    squares += square;
    fourths += square * square;
  }
  return n * fourths / squares ** 2 - 3 > heavyKurtosis;
}

/**
 * Yeo and Johnson's power of a number.
 *
 *     x ≥ 0: ((1 + x)^λ − 1)/λ             log(1 + x) at λ = 0
 *     x < 0: (1 − (1 − x)^(2 − λ))/(2 − λ)    −log(1 − x) at λ = 2
 *
 * @see I.-K. Yeo and R. A. Johnson, "A new family of power transformations to improve normality or symmetry", Biometrika 87, 2000.
 */
export function yeoJohnson(x: number, lambda: number): number {
  const power = x < 0 ? 2 - lambda : lambda, log = Math.log1p(Math.abs(x));
  const raised = power === 0 ? log : Math.expm1(power * log) / power;
  return x < 0 ? -raised : raised;
}

/** Returns the λ that makes values most like a normal distribution: that of the largest likelihood, as scikit-learn's PowerTransformer. */
export function fitYeoJohnson(values: Float64Array): number {
  const n = values.length, logs = values.map((x) => Math.sign(x) * Math.log1p(Math.abs(x)));
  const jacobian = logs.reduce((sum, log) => sum + log, 0) / n;
  /** The likelihood's negative logarithm per value, without its constant: ½·log Var(y) − (λ − 1)·mean(sign(x)·log(1 + |x|)). */
  const loss = (lambda: number): number => {
    let sum = 0, squares = 0;
    const y = logs.map((log) => {
      const power = log < 0 ? lambda - 2 : lambda; // −(1 − x)^(2 − λ) = −e^(−(2 − λ)·log)
      return power === 0 ? log : Math.expm1(power * log) / power;
    });
    for (let i = 0; i < n; i++) sum += y[i];
    for (let i = 0; i < n; i++) squares += (y[i] - sum / n) ** 2;
    const value = Math.log(squares / n) / 2 - (lambda - 1) * jacobian;
    return Number.isFinite(value) ? value : Infinity;
  };
  return minimum(loss, 1);
}

/** The golden section, and the width at which the search for a minimum ends. */
const golden = (Math.sqrt(5) - 1) / 2, width = 1e-5, mostDoublings = 12;

/** Returns the minimum of a function that falls, then rises: brackets it by doubled steps from a start, then golden sections. */
function minimum(f: (at: number) => number, start: number): number {
  let low = start - 2, high = start + 2, middle = f(start);
  for (let step = 2, i = 0; i < mostDoublings; i++, step *= 2) {
    const below = f(low), above = f(high);
    if (below >= middle && above >= middle) break;
    const next = below < above ? low : high;
    middle = Math.min(below, above);
    [low, high] = [next - 2 * step, next + 2 * step];
  }
  let a = high - golden * (high - low), b = low + golden * (high - low), fa = f(a), fb = f(b);
  while (high - low > width * Math.max(1, Math.abs(low))) {
    if (fa <= fb) {
      [high, b, fb] = [b, a, fa];
      a = high - golden * (high - low);
      fa = f(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + golden * (high - low);
      fb = f(b);
    }
  }
  return (low + high) / 2;
}

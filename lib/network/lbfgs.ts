/** Computes a function, and its gradient if it is asked for: a step that is refused needs the value only. */
export type Differentiable = (weights: Float64Array) => { value: number; gradient(): Float64Array };

/** Options of {@linkcode lbfgs}. */
export interface LbfgsOptions {
  /** The largest number of steps. */
  readonly steps: number;
  /** The minimum is reached where no partial derivative is larger. */
  readonly tolerance: number;
  /**
   * The decrease that ten steps together must achieve, or the search ends: at a kink no partial derivative need be small.
   *
   * @default {0}
   */
  readonly leastDecrease?: number;
  /**
   * The curvatures along earlier steps that are known of this function, the latest last.
   *
   * @default {none}
   */
  readonly curvatures?: readonly Curvature[];
}

/** The minimum that was found, and the curvatures along the last steps. */
export interface Minimum {
  readonly weights: Float64Array;
  readonly curvatures: readonly Curvature[];
}

/** The number of steps whose curvature is remembered, and of those that together must decrease the value. */
const memory = 10;

/** The least share of the predicted decrease that a step must achieve (Armijo), and the number of halvings. */
const decrease = 1e-4, mostHalvings = 30;

/** Computes a + t·b. `map` takes many times as long for the few weights of a linear model. */
function plus(a: Float64Array, t: number, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let j = 0; j < sum.length; j++) sum[j] = a[j] + t * b[j];
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

/** A step s and the change y of the gradient along it. */
export interface Curvature {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** The product s·y, which is positive. */
  readonly sy: number;
}

/** Returns the curvature along a step of a function to which ½·Σ bⱼ·wⱼ² was added. */
export function addedCurvature({ s, y }: Curvature, b: Float64Array): Curvature {
  const changed = y.map((v, j) => v + b[j] * s[j]);
  return { s, y: changed, sy: dot(s, changed) };
}

/** Multiplies the negative gradient by the inverse Hessian that the curvatures imply (two-loop recursion). */
function direction(gradient: Float64Array, curvatures: readonly Curvature[]): Float64Array {
  const d = gradient.map((g) => -g), factors: number[] = [];
  for (const { s, y, sy } of curvatures.toReversed()) {
    const a = dot(s, d) / sy;
    factors.unshift(a);
    for (let j = 0; j < d.length; j++) d[j] -= a * y[j];
  }
  const last = curvatures.at(-1), scale = last ? last.sy / dot(last.y, last.y) : 1 / Math.sqrt(dot(gradient, gradient));
  for (let j = 0; j < d.length; j++) d[j] *= scale;
  curvatures.forEach(({ s, y, sy }, i) => {
    const b = factors[i] - dot(y, d) / sy;
    for (let j = 0; j < d.length; j++) d[j] += b * s[j];
  });
  return d;
}

/**
 * Minimises a smooth function by limited-memory BFGS with backtracking, from `start`.
 *
 * @returns The weights of the smallest value found, and the curvatures there.
 * @see Nocedal, Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5.
 */
export function lbfgs(start: Float64Array, evaluate: Differentiable, options: LbfgsOptions): Minimum {
  const { steps, tolerance, leastDecrease = 0 } = options, first = evaluate(start);
  let weights = start, now = { value: first.value, gradient: first.gradient() }, { curvatures = [] } = options;
  const values: number[] = [];
  for (let step = 0; step < steps; step++) {
    if (now.gradient.every((g) => Math.abs(g) <= tolerance)) break;
    if ((values.at(-memory) ?? Infinity) - now.value < leastDecrease) break;
    values.push(now.value);
    const found = search(weights, now, direction(now.gradient, curvatures), evaluate);
    if (found === undefined && curvatures.length === 0) break; // no descent along the gradient itself
    if (found === undefined) {
      curvatures = [];
      continue;
    }
    const s = plus(found.weights, -1, weights), y = plus(found.gradient, -1, now.gradient);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) curvatures = [...curvatures, { s, y, sy }].slice(-memory);
    weights = found.weights;
    now = found;
  }
  return { weights, curvatures };
}

/** Halves a step until the value falls enough; returns nothing if it never does. */
function search(
  weights: Float64Array,
  { value, gradient }: { value: number; gradient: Float64Array },
  along: Float64Array,
  evaluate: Differentiable,
) {
  const slope = dot(gradient, along);
  if (!(slope < 0)) return undefined;
  for (let halving = 0, t = 1; halving < mostHalvings; halving++, t /= 2) {
    const at = plus(weights, t, along), found = evaluate(at);
    if (found.value <= value + decrease * t * slope) {
      return { weights: at, value: found.value, gradient: found.gradient() };
    }
  }
  return undefined;
}

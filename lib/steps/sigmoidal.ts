import { aBoolean, aFunction, check, checkOptions, describe, numberThat } from "../check/check.ts";
import type { Slice } from "../counts/counts.ts";
import type { Step } from "./step.ts";

/** Options of a sigmoidal step. */
export interface StepOptions {
  /**
   * The derivative at the threshold. Anchored: at least 1, which is the identity; towards ∞ the step becomes `round`.
   * At most 1e100, because squares of it must not overflow. The default was measured (`bench/default_step.ts`: three
   * data sets, prevalences down to 0.02, Adam and SGD, two starts, 10 seeds): a softsign of slope 4 learned in all 360
   * runs. Slope 10 failed in some runs, and a logistic step of slope 4 in 1 of 14; use slope 2 for a logistic step when
   * positives are rare.
   *
   * @default {4}
   */
  slope?: number;
  /**
   * The decision threshold, inside (0, 1); a step that is not anchored may also stand at 0.
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * Applies an affine map that makes s(0) = 0 and s(1) = 1, so that a perfect classifier's loss is exactly 0.
   *
   * @default {true}
   */
  anchored?: boolean;
}

/** The names of the options of a sigmoidal step. */
export const stepOptions = ["slope", "threshold", "anchored"] as const;

// Squares in the closed forms overflow beyond a slope of 1e100; float64 sees no difference from `round` long before.
const anchoredSlope = /* @__PURE__ */ numberThat("a number ≥ 1 and ≤ 1e+100", (slope) => slope >= 1 && slope <= 1e100);
const anySlope = /* @__PURE__ */ numberThat("a number > 0 and ≤ 1e+100", (slope) => slope > 0 && slope <= 1e100);

/**
 * A step in numbers, for loops over many outputs:
 *
 *     s(p) = (F(k(p − t)) + foot) / span        s′(p) = k·F′(k(p − t)) / span
 */
export interface StepForm {
  /** The loops of the step's shape. */
  readonly loops: StepLoops;
  /** t. */
  readonly threshold: number;
  /** k. */
  readonly steepness: number;
  /** F(kt) if anchored, else ½. */
  readonly foot: number;
  /** F(k(1 − t)) + F(kt) if anchored, else 1. */
  readonly span: number;
  /** Replaces the value by the decision, p > t; the derivative stays the shape's. */
  readonly hard: boolean;
}

/** The loops of a shape; what is absent is done by the general path, one call of the step's `value` per output. */
export interface StepLoops {
  /** The name of the shape. */
  readonly name: string;
  /** Writes s and s′ of the outputs of a slice, each clipped to [0, 1] first. */
  fill?(form: StepForm, p: ArrayLike<number>, slice: Slice, values: Float64Array, slopes: Float64Array): void;
  /** The loop in `kernels/simd.as`. */
  readonly simd?: SimdLoop;
}

/**
 * The loop of a shape in `kernels/simd.as`, with u = p − t and the loop's own R and D:
 *
 *     s = K·R(u) + β        s′ = scale·D(u)
 */
export interface SimdLoop {
  /** The number of the shape in `simd.as`. */
  readonly shape: number;
  /** Says that R is an approximation: the loop then needs K to more digits than float32 has. */
  readonly approximate?: boolean;
  /** Returns K and the scale; default: 1/span and k/span. */
  factors?(steepness: number, span: number): { readonly factor: number; readonly scale: number };
  /** Returns the largest D; default: 1. */
  peak?(factor: number): number;
  /** Returns the two constants of the loop; default: k and K. */
  constants?(steepness: number, factor: number): readonly [number, number];
  /** κ/k, where the loop computes 2^(−κ|u|) or 2^(−(κu)²); default: log₂e. */
  readonly exponent?: number;
  /** Returns the first and the last float32 of [0, 1] at which D is not 0; default: 0 and 1. */
  support?(steepness: number, threshold: number): readonly [number, number];
}

/**
 * A family of steps: b(z) = ½ + F(z) with F odd, rising and concave for z > 0, F(∞) = ½. A shape owns all that there is
 * to know of the family: F, F′, the closed form of k, its float64 loop and its SIMD constants.
 */
export interface Shape extends StepLoops {
  /** F(z). */
  rise(z: number): number;
  /** F′(z). */
  density(z: number): number;
  /** The closed form of {@linkcode solveSteepness}, where there is one. */
  steepness?(slope: number, threshold: number): number;
}

/** Clips a number to [0, 1]. */
export const clip = (v: number): number => v < 0 ? 0 : v > 1 ? 1 : v;

// Keyed by object identity: a modified copy of a step has no form, so it takes the general path.
const forms = new WeakMap<object, StepForm>();

/** Notes the form of a step. */
export function withForm(step: Step, form: StepForm | undefined): Step {
  if (form !== undefined) forms.set(step, form);
  return step;
}

/** Returns the form of a step; nothing for a step of one's own, or for a shape without a loop. */
export const formOf = (step: Step): StepForm | undefined => forms.get(step);

/** Fills in the defaults; refuses options that are unknown or out of range. */
function checkStepOptions(name: string, options: StepOptions): Required<StepOptions> {
  checkOptions(`the step '${name}'`, options, stepOptions);
  const { slope = 4, threshold = 0.5, anchored = true } = options;
  const task = `make the step '${name}'`;
  check(task, { slope }, anchored ? anchoredSlope : anySlope);
  check(task, { anchored }, aBoolean);
  const inside = (t: number) => t < 1 && (t > 0 || (t === 0 && !anchored));
  check(task, { threshold }, numberThat("a number inside (0, 1)", inside));
  return { slope, threshold, anchored };
}

/** Returns the threshold of a step whose slope is fixed: the slope may be named, but not changed. */
export function checkFixedSlope(name: string, own: number, options: StepOptions): number {
  checkOptions(`the step '${name}'`, options, ["threshold", "slope"]);
  const { slope } = options, { threshold } = checkStepOptions(name, { threshold: options.threshold });
  return agreeing({ name, slope: own, threshold }, { slope }).threshold;
}

/** Returns the step, unless the options name a slope or a threshold that it does not have. */
export function agreeing<S extends Pick<Step, "name" | "slope" | "threshold">>(step: S, options: StepOptions): S {
  for (const key of ["slope", "threshold"] as const) {
    if (options[key] !== undefined && options[key] !== step[key]) {
      throw new TypeError(
        `Cannot use the step '${step.name}': '${key}' is ${describe(options[key])}, but the step's own is ${
          describe(step[key])
        }`,
      );
    }
  }
  return step;
}

/**
 * Returns the steepness k at which an anchored step has the given slope, in float64.
 *
 *     s(p) = (F(k(p − t)) + F(kt)) / D(k),  D(k) = F(k(1 − t)) + F(kt),  s′(t) = k·F′(0) / D(k)
 *
 * F is concave above 0, so s′(t) rises with k from 1 (at k = 0) and is at least k·F′(0): the root lies in
 * (0, slope / F′(0)]. Newton's method, with a bisection whenever it would leave the bracket.
 */
export function solveSteepness(shape: Shape, slope: number, threshold: number): number {
  const peak = shape.density(0);
  let low = 0, high = slope / peak, k = high;
  for (let i = 0; i < 200 && high - low > Number.EPSILON * high; i++) {
    const above = k * (1 - threshold), below = k * threshold;
    const span = shape.rise(above) + shape.rise(below);
    const excess = k * peak / span - slope;
    if (excess === 0) return k;
    if (excess > 0) high = k;
    else low = k;
    const spanSlope = (1 - threshold) * shape.density(above) + threshold * shape.density(below);
    const newton = k - excess * span / (peak * (1 - k * spanSlope / span));
    k = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return k;
}

/** k, foot and span of a step. */
type Curve = Pick<StepForm, "steepness" | "foot" | "span">;

/** Returns the curve through (0, 0) and (1, 1) with the given slope at the threshold. */
function anchoredCurve(shape: Shape, { slope, threshold: t }: Required<StepOptions>): Curve {
  const steepness = shape.steepness?.(slope, t) ?? solveSteepness(shape, slope, t), foot = shape.rise(steepness * t);
  return { steepness, foot, span: shape.rise(steepness * (1 - t)) + foot };
}

/** Returns the curve of the shape as it is: ½ + F(k(p − t)) with k·F′(0) = slope. */
const plainCurve = (shape: Shape, { slope }: Required<StepOptions>): Curve => ({
  steepness: slope / shape.density(0),
  foot: 0.5,
  span: 1,
});

/** The loop of s(p) = p, which is every anchored step of slope 1. */
const identityLoops: StepLoops = { name: "identity", simd: { shape: 2 } };

/** The form of s(p) = p. */
export const identityForm = (threshold: number): StepForm => ({
  loops: identityLoops,
  threshold,
  steepness: 1,
  foot: 0,
  span: 1,
  hard: false,
});

/** Returns the derivative of the identity on [0, 1]. */
export const identityDerivative = (p: number): number => p >= 0 && p <= 1 ? 1 : Number.isNaN(p) ? NaN : 0;

/**
 * Makes the step of a shape and its options: the curve on [0, 1], constant outside.
 *
 * F and F′ are enough. Value and gradient of 1e6 outputs then take some 30 times as long as for a shape with a loop in
 * `simd.as`; batches of a few thousand outputs take up to 3 times as long as for a shape with a `fill` of its own.
 */
export function sigmoidalStep(shape: Shape, options: StepOptions = {}): Step {
  check("make a step", { rise: shape?.rise, density: shape?.density }, aFunction);
  const checked = checkStepOptions(shape.name, options), { threshold, slope, anchored } = checked;
  const { name } = shape;
  if (anchored && slope === 1) {
    return withForm({ name, threshold, slope, value: clip, derivative: identityDerivative }, identityForm(threshold));
  }
  const { steepness, foot, span } = anchored ? anchoredCurve(shape, checked) : plainCurve(shape, checked);
  const step: Step = {
    name,
    threshold,
    slope,
    // The outer clip: next to 0 and 1 the quotient may be an ulp beyond.
    value: (p) => clip((shape.rise(steepness * (clip(p) - threshold)) + foot) / span),
    derivative: (p) =>
      p >= 0 && p <= 1 ? steepness * shape.density(steepness * (p - threshold)) / span : Number.isNaN(p) ? NaN : 0,
  };
  return withForm(step, { loops: shape, threshold, steepness, foot, span, hard: false });
}

/** Writes s and s′ by the loop of a step's shape, and says whether there is one; hard decisions have none. */
export function fillByLoop(
  step: Step,
  p: ArrayLike<number>,
  slice: Slice,
  values: Float64Array,
  slopes: Float64Array,
): boolean {
  const form = formOf(step);
  if (form?.loops.fill === undefined || form.hard) return false;
  form.loops.fill(form, p, slice, values, slopes);
  return true;
}

/** Writes s and s′ of the outputs of a slice, each clipped to [0, 1] first. */
export function fillStep(
  step: Step,
  p: ArrayLike<number>,
  slice: Slice,
  values: Float64Array,
  slopes: Float64Array,
): void {
  if (fillByLoop(step, p, slice, values, slopes)) return;
  const { offset, stride, length } = slice;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const q = clip(p[i]);
    values[i] = step.value(q);
    slopes[i] = step.derivative(q);
  }
}

import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { type CurveForm, curveForm, lineForm } from "./form.ts";

/** A base function of a family of steps: b(z) = ½ + F(z) with F odd, rising and concave for z > 0, F(∞) = ½. */
export interface Shape {
  /** The name of the family. */
  readonly name: string;
  /** F(z). */
  rise(z: number): number;
  /** F′(z). */
  density(z: number): number;
  /** The closed form of {@linkcode solveSteepness}, where there is one. */
  steepness?(slope: number, threshold: number): number;
}

/** Options of a sigmoidal step. */
export interface StepOptions {
  /**
   * The derivative at the threshold. Anchored: at least 1, which is the identity; towards ∞ the step becomes `round`.
   * At most 1e100, so that nothing overflows on the way. The default was measured (`bench/default_step.ts`: three data
   * sets, prevalences down to 0.02, Adam and SGD, two starts, 10 seeds): a softsign of slope 4 learned in all 360 runs. One of 10
   * died in some, a logistic of 4 in 1 of 14: it wants a slope of 2 where positives are rare.
   *
   * @default {4}
   */
  slope?: number;
  /**
   * The decision threshold, inside (0, 1); a step that is not anchored may also stand at 0, where the thread put it.
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * Whether an affine map makes s(0) = 0 and s(1) = 1, so that a perfect classifier's loss is exactly 0.
   *
   * @default {true}
   */
  anchored?: boolean;
}

/** The defaults of {@linkcode StepOptions}. */
export const stepDefaults: Required<StepOptions> = { slope: 4, threshold: 0.5, anchored: true };

/** The names of the options of a sigmoidal step. */
export const stepOptions = ["slope", "threshold", "anchored"] as const;

/** Beyond it the squares in the closed forms overflow; float64 sees no difference from `round` long before. */
const greatestSlope = 1e100;

/** Fills in the defaults and refuses what is out of range, or not `known`. */
export function checkStepOptions(
  name: string,
  options: StepOptions,
  known: readonly string[] = stepOptions,
): Required<StepOptions> {
  checkOptions(`the step '${name}'`, options, known);
  const { slope = stepDefaults.slope, threshold = stepDefaults.threshold, anchored = stepDefaults.anchored } = options;
  const lowest = anchored ? 1 : Number.MIN_VALUE;
  if (!(typeof slope === "number" && slope >= lowest && slope <= greatestSlope)) {
    throw new RangeError(
      `Cannot make the step '${name}': 'slope' must be a number ${
        anchored ? "≥ 1" : "> 0"
      } and ≤ ${greatestSlope}, it is ${describe(slope)}`,
    );
  }
  const inside = typeof threshold === "number" && threshold < 1 && (threshold > 0 || (threshold === 0 && !anchored));
  if (typeof anchored !== "boolean") {
    throw new TypeError(
      `Cannot make the step '${name}': 'anchored' must be true or false, it is ${describe(anchored)}`,
    );
  }
  if (!inside) {
    throw new RangeError(
      `Cannot make the step '${name}': 'threshold' must be a number inside (0, 1), it is ${describe(threshold)}`,
    );
  }
  return { slope, threshold, anchored };
}

/**
 * The steepness k at which an anchored step has the slope that was asked for, in float64.
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

/** A step's value and derivative inside [0, 1]. */
export interface Curve {
  readonly form: CurveForm;
  value(p: number): number;
  derivative(p: number): number;
}

const line: Curve = { form: lineForm, value: (p) => p, derivative: () => 1 };

/** The threshold of a step whose slope is its own: the slope may be said, but not changed. */
export function checkFixedSlope(name: string, own: number, options: StepOptions): number {
  checkOptions(`the step '${name}'`, options, ["threshold", "slope"]);
  const { slope } = options, { threshold } = checkStepOptions(name, { threshold: options.threshold });
  if (slope === undefined || slope === own) return threshold;
  throw new TypeError(`Cannot use the step '${name}': 'slope' is ${describe(slope)}, but the step's own is ${own}`);
}

/** The curve of a shape that runs through (0, 0) and (1, 1) with the slope at the threshold: one for all shapes. */
export function anchoredCurve(shape: Shape, { slope, threshold: t }: Required<StepOptions>): Curve {
  if (slope === 1) return line;
  const k = shape.steepness?.(slope, t) ?? solveSteepness(shape, slope, t);
  const foot = shape.rise(k * t), span = shape.rise(k * (1 - t)) + foot;
  return {
    form: curveForm(shape, k, foot, span),
    value: (p) => (shape.rise(k * (p - t)) + foot) / span,
    derivative: (p) => k * shape.density(k * (p - t)) / span,
  };
}

/** The curve of a shape as it is: ½ + F(k(p − t)) with k·F′(0) = slope. */
export function plainCurve(shape: Shape, { slope, threshold: t }: Required<StepOptions>): Curve {
  const k = slope / shape.density(0);
  return {
    form: curveForm(shape, k, 0.5, 1),
    value: (p) => 0.5 + shape.rise(k * (p - t)),
    derivative: (p) => k * shape.density(k * (p - t)),
  };
}

import type { StepForm } from "../steps/form.ts";

/**
 * A step as the loops evaluate it, u = p − t:
 *
 *     s = K·R(u) + β        s′ = scale·D(u)
 *
 * with R and D of the shape. A perfect classifier's loss is exactly 0 only if s is exactly 0 and 1 at the bounds, so K is
 * moved by a few units in its last place until the rounded s(1) is 1; β is what makes s(0) 0.
 */
export interface Plan {
  readonly shape: string;
  readonly hard: boolean;
  /** t. */
  readonly threshold: number;
  /** k. */
  readonly steepness: number;
  /** K. */
  readonly factor: number;
  /** β. */
  readonly base: number;
  readonly scale: number;
  /** The greatest D. */
  readonly peak: number;
}

/** K and the scale of s′ of a form: what stands before R and D. */
function factors({ shape, steepness: k, span }: StepForm): { factor: number; scale: number } {
  switch (shape) {
    case "softsign": // D is (K/(1 + k·|u|))²
      return { factor: k / (2 * span), scale: 2 * span / k };
    case "arctan":
      return { factor: 1 / (Math.PI * span), scale: k / (Math.PI * span) };
    case "gaussian":
      return { factor: 0.5 / span, scale: k / (Math.sqrt(2 * Math.PI) * span) };
    default:
      return { factor: 1 / span, scale: k / span };
  }
}

/** Beyond it float32 does not hold what is kept of a step between the passes. */
const greatestSteepness = 1e10;

/** 0, 1, −1, 2, −2, … */
const nudge = (i: number): number => (i % 2 === 0 ? -1 : 1) * Math.ceil(i / 2);

/** What a loop holds of numbers. */
export interface Precision {
  round(v: number): number;
  /** Half the distance of the numbers next to 1. */
  readonly ulp: number;
  /** By which parts k may be moved, a few at a time. */
  readonly bend: number;
}

const float64: Precision = { round: (v) => v, ulp: Number.EPSILON / 2, bend: Number.EPSILON };

/**
 * The plan of a form, or nothing if none was found.
 *
 * @param form A step's form.
 * @param valueAt s(p) of a plan, with the rounding of the loop that is to use it.
 * @param precision What that loop holds.
 */
export function planOf(
  form: StepForm,
  valueAt: (plan: Plan, p: number) => number,
  { round, ulp, bend }: Precision = float64,
): Plan | undefined {
  const { shape, hard, threshold, steepness, foot, span } = form;
  if (!(steepness <= greatestSteepness)) return undefined;
  const { factor, scale } = factors(form);
  const bent = (own: number) => round(steepness * (1 + nudge(own) * bend));
  const plan = { shape, hard, threshold, steepness: bent(0), factor: round(factor), base: 0, scale, peak: 1 };
  if (shape === "softsign") plan.peak = factor * factor;
  if (shape === "identity" || shape === "round") return plan;
  if (hard || (foot === 0.5 && span === 1)) return { ...plan, base: round(foot / span) };
  for (let step = 0; step < 64; step++) {
    const by = 1 + nudge(step) * ulp;
    for (let own = 0; own < 9; own++) {
      const moved = { ...plan, factor: round(factor * by), steepness: bent(own) };
      const tried = { ...moved, base: -valueAt(moved, 0) };
      if (valueAt(tried, 0) === 0 && valueAt(tried, 1) === 1) return tried;
    }
  }
  return undefined;
}

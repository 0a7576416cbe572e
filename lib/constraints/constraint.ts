import { describe } from "../check/check.ts";
import type { Counts } from "../counts/counts.ts";
import { erf } from "../numerics/erf.ts";
import { formulaOf } from "../scores/formula.ts";
import { linearFractional, ratioOf } from "../scores/linear_fractional.ts";
import type { Score } from "../scores/score.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";

/**
 * False-positive rate, the fraction of negatives that are predicted positive: a score to bound, not to maximise.
 *
 *     fp / (fp + tn), in [0, 1]; not defined without a negative
 */
export const falsePositiveRate: Score = /* @__PURE__ */ linearFractional("falsePositiveRate", {
  numerator: { fp: 1 },
  denominator: { fp: 1, tn: 1 },
});

/**
 * Selection rate, the fraction of rows that are predicted positive: equal in all groups under demographic parity.
 *
 *     (tp + fp) / (tp + fp + fn + tn), in [0, 1]
 */
export const selectionRate: Score = /* @__PURE__ */ linearFractional("selectionRate", {
  numerator: { tp: 1, fp: 1 },
  denominator: { tp: 1, fp: 1, fn: 1, tn: 1 },
});

/** A bound on the decisions: {@linkcode atLeast}, {@linkcode atMost} and {@linkcode gapAtMost} make one. */
export interface Constraint {
  /** "recall≥0.9", "falsePositiveRate≤0.01" or "recall gap≤0.05". */
  readonly name: string;
  /** The score that is bounded. */
  readonly score: Score;
  /** "least" and "most" bound the score of all rows, "gap" bounds the distance of each group's score from it. */
  readonly kind: "least" | "most" | "gap";
  /** The bound. */
  readonly bound: number;
}

const signs = { least: "≥", most: "≤", gap: " gap≤" };

/** Tells a constraint from anything else. */
export const isConstraint = (thing: unknown): boolean =>
  Object.hasOwn(signs, String((thing as Partial<Constraint> | null | undefined)?.kind));

/** Every table of counts of 0 and 1: a score of the library has its smallest and its largest value at one of them. */
const corners: readonly Counts[] = Array.from(
  { length: 16 },
  (_, bits) => ({ tp: bits & 1, fp: bits >> 1 & 1, fn: bits >> 2 & 1, tn: bits >> 3 & 1 }),
);

/** Returns the smallest and the largest value of a score; they are infinite for a score of one's own, whose range is not known. */
export function rangeOf(score: Score): [low: number, high: number] {
  if (formulaOf(score) === undefined) return [-Infinity, Infinity];
  const values = corners.map(score.value).filter((value) => !Number.isNaN(value));
  return [Math.min(...values), Math.max(...values)];
}

function constraintOf(of: ScoreName | ScoreDefinition, bound: number, kind: Constraint["kind"]): Constraint {
  const score = toScore(of), name = `${score.name}${signs[kind]}${bound}`;
  const [low, high] = rangeOf(score), [least, most] = kind === "gap" ? [0, high - low] : [low, high];
  if (Number.isFinite(bound) && bound >= least && bound <= most) return { name, score, kind, bound };
  const must = Number.isFinite(most)
    ? `a number from ${least} to ${most}`
    : kind === "gap"
    ? "a finite number ≥ 0"
    : "a finite number";
  throw new RangeError(
    `Cannot make the constraint on ${score.name}: 'bound' must be ${must}, it is ${describe(bound)}`,
  );
}

/**
 * Demands that a score is at least a bound.
 *
 * @param score A score of the counts, or its name.
 * @param bound The bound.
 * @returns The constraint, for `maximise`.
 * @throws {TypeError} If the score is unknown.
 * @throws {RangeError} If the bound is not a finite number, or outside the range of a score of the library.
 */
export const atLeast = (score: ScoreName | ScoreDefinition, bound: number): Constraint =>
  constraintOf(score, bound, "least");

/** Demands that a score is at most a bound. See {@linkcode atLeast}. */
export const atMost = (score: ScoreName | ScoreDefinition, bound: number): Constraint =>
  constraintOf(score, bound, "most");

/**
 * Demands that the score of each group differs from that of all rows by at most a bound: of "recall" for equal opportunity, of
 * {@linkcode selectionRate} for demographic parity. See {@linkcode atLeast}.
 */
export const gapAtMost = (score: ScoreName | ScoreDefinition, bound: number): Constraint =>
  constraintOf(score, bound, "gap");

/** Returns the number z of standard deviations that a normal variable exceeds with the probability 1 − confidence. */
export function deviations(confidence: number): number {
  let [low, high] = [0, 40];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if ((1 + erf(middle / Math.SQRT2)) / 2 < confidence) low = middle;
    else high = middle;
  }
  return low;
}

/** Says whether a score is a fraction of the counts, for which an interval of Wilson exists. */
export function isRate(score: Score): boolean {
  const ratio = ratioOf(score);
  if (ratio === undefined) return false;
  const { numerator, denominator } = ratio;
  return Object.values(denominator).every((by) => by === 1) &&
    Object.entries(numerator).every(([key, by]) => by === 1 && denominator[key as keyof Counts] === 1);
}

/** Returns the end of Wilson's interval of a rate, z deviations below it, or above it for z < 0. */
export function wilson(score: Score, counts: Counts, z: number): number {
  const { denominator } = ratioOf(score)!, q = score.value(counts);
  let n = 0;
  for (const key of Object.keys(denominator) as (keyof Counts)[]) n += counts[key];
  const spread = Math.sqrt(q * (1 - q) / n + z * z / (4 * n * n));
  return (q + z * z / (2 * n) - z * spread) / (1 + z * z / n);
}

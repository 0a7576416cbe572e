import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import type { Score } from "./score.ts";

/** The coefficients of a ratio of two linear functions of the counts; an absent coefficient is 0. */
export interface Coefficients {
  readonly numerator: Partial<Counts>;
  readonly denominator: Partial<Counts>;
}

/** A term of a score: constant + by·N/D. */
export interface LinearTerm {
  readonly constant: number;
  readonly by: number;
  readonly ratio: Coefficients;
}

// Kept beside the scores, as the form of a step is: a modified copy of a score has no terms.
const termsOf = new WeakMap<Score, readonly LinearTerm[]>();

/** Notes the terms whose sum a score is. */
export function withTerms(terms: readonly LinearTerm[], score: Score): Score {
  termsOf.set(score, terms);
  return score;
}

/** Returns the terms whose sum a score is; nothing for a score that is no such sum. */
export const linearTerms = (score: Score): readonly LinearTerm[] | undefined => termsOf.get(score);

/** Notes that a score is Σ by·part + constant. */
export function asSum(parts: readonly Score[], by: number, constant: number, score: Score): Score {
  const terms = parts.flatMap((part) => linearTerms(part) ?? []).map(({ ratio }) => ({ constant: 0, by, ratio }));
  return withTerms([{ ...terms[0], constant }, ...terms.slice(1)], score);
}

function dot(coefficients: Partial<Counts>, counts: Counts): number {
  let sum = 0;
  // Counts with the coefficient 0 are skipped: 0·∞ would be NaN.
  for (const key of countKeys) if (coefficients[key]) sum += coefficients[key] * counts[key];
  return sum;
}

/**
 * Makes the score whose value is a ratio of two linear functions of the counts.
 *
 *     f = a·c / b·c        ∂f/∂cⱼ = (aⱼ − f·bⱼ) / b·c        (value NaN, gradient 0 where b·c = 0)
 *
 * @see Koyejo et al., "Consistent Binary Classification with Generalized Performance Metrics", NeurIPS 2014.
 */
export function linearFractional(name: string, ratio: Coefficients): Score {
  const { numerator, denominator } = ratio;
  const value = (counts: Counts) => dot(numerator, counts) / dot(denominator, counts);
  return withTerms([{ by: 1, constant: 0, ratio }], {
    name,
    quasiConvex: true,
    value,
    gradient: (counts) => {
      const size = dot(denominator, counts), f = value(counts);
      return mapCounts((key) => size === 0 ? 0 : ((numerator[key] ?? 0) - f * (denominator[key] ?? 0)) / size);
    },
  });
}

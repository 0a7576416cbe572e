import type { Counts } from "../counts/counts.ts";
import type { Score } from "./score.ts";

/**
 * A score as a term, from which a program for a GPU is written. `linear` is Σ coefficient·count; an absent coefficient is 0.
 * `mean` is the geometric mean √(a·b), `shortfall` min(0, a − floor). A quotient with the denominator 0 is not defined.
 */
export type Formula =
  | { readonly linear: Partial<Counts> }
  | { readonly plus: readonly [Formula, Formula] }
  | { readonly times: readonly [Formula, Formula] }
  | { readonly over: readonly [Formula, Formula] }
  | { readonly mean: readonly [Formula, Formula] }
  | { readonly scaled: Formula; readonly by: number }
  | { readonly shifted: Formula; readonly by: number }
  | { readonly shortfall: Formula; readonly floor: number };

// Kept beside the scores, as the form of a step is: a modified copy of a score has no formula.
const formulas = new WeakMap<Score, Formula | undefined>();

/** Notes the formula of a score. */
export function withFormula(formula: Formula | undefined, score: Score): Score {
  formulas.set(score, formula);
  return score;
}

/** Returns the formula of a score; nothing for a score of one's own. */
export const formulaOf = (score: Score): Formula | undefined => formulas.get(score);

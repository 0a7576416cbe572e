// Every score of the table, those with parameters made with some: what the tests of losses, metrics and averages walk.
import { assert } from "@std/assert";
import { fBeta, precisionAtRecall, recallAtPrecision, type Score, scores, tversky, utility } from "../lib/mod.ts";

/** The scores that the functions of the table make here. */
export const withOptions: Record<string, readonly Score[]> = {
  fBeta: [0.5, 2].map((beta) => fBeta({ beta })),
  tversky: [tversky({ alpha: 0.3, beta: 0.7 }), tversky({ alpha: 2, beta: 0 })],
  precisionAtRecall: [precisionAtRecall({ recall: 0.7 })],
  recallAtPrecision: [recallAtPrecision({ precision: 0.6 })],
  utility: [utility({ tp: 100, fp: -5, fn: -20, tn: 1 })],
};

/** Every score; one that is added to the table with options and without an entry above is missed. */
export const allScores: readonly Score[] = Object.entries(scores).flatMap(([name, score]) => {
  if (typeof score !== "function") return [score];
  assert(withOptions[name], `say in tests/all_scores.ts which ${name} to test`);
  return withOptions[name];
});

/** The number from which a loss subtracts the score. */
export const bestOf = ({ best = 1 }: Score): number => best;

/** The smallest and the largest value of a score. */
export function rangeOf({ name }: Score): [low: number, high: number] {
  if (["mcc", "cohenKappa", "informedness", "markedness"].includes(name) || name.startsWith("robustMcc")) {
    return [-1, 1];
  }
  if (name === "precisionAtRecall0.7") return [-2.8, 1]; // 0 − 4·0.7
  if (name === "recallAtPrecision0.6") return [-2.4, 1];
  return name === "utility" ? [-20, 100] : [0, 1];
}

/** The size of a score's values, by which a tolerance is measured. */
export const sizeOf = (score: Score): number => Math.max(...rangeOf(score).map(Math.abs));

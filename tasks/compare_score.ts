/**
 * The scores that `deno task compare` takes, by name.
 *
 * @module
 */
import { toComparedScore } from "../lib/compare/check_score.ts";
import type { ComparedScore } from "../lib/compare/types.ts";
import { partialRocAuc, precisionAtK, recallAtFpr } from "../lib/curves/curve_scores.ts";
import { type ScoreName, scores } from "../lib/scores/to_score.ts";

/** A score by its name, and its parameter if it needs one. */
export interface ScoreChoice {
  readonly name: string;
  readonly parameter?: number;
}

/** The scores that need a number: its flag, and the score of it. */
export const parameters: Record<string, { readonly flag: string; readonly scoreOf: (value: number) => ComparedScore }> =
  {
    fBeta: { flag: "beta", scoreOf: (beta) => scores.fBeta({ beta }) },
    precisionAtRecall: { flag: "recall", scoreOf: (recall) => scores.precisionAtRecall({ recall }) },
    recallAtPrecision: { flag: "precision", scoreOf: (precision) => scores.recallAtPrecision({ precision }) },
    recallAtFpr: { flag: "fpr", scoreOf: (fpr) => recallAtFpr({ fpr }) },
    partialRocAuc: { flag: "max-fpr", scoreOf: (maxFpr) => partialRocAuc({ maxFpr }) },
    precisionAtK: { flag: "k", scoreOf: (k) => precisionAtK({ k }) },
  };

/** Makes a score. */
export const scoreOf = ({ name, parameter }: ScoreChoice): ComparedScore =>
  parameter === undefined ? toComparedScore(name as ScoreName) : parameters[name].scoreOf(parameter);

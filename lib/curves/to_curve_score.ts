import { describe } from "../check/check.ts";
import { ndcg, type QueryScore } from "./ndcg.ts";
import { averagePrecision, type CurveScore, negativeAum, rocAuc } from "./curve_scores.ts";

/** The scores that need no option, by name. */
export const curveScores: Readonly<Record<CurveScoreName, CurveScore>> = {
  rocAuc,
  averagePrecision,
  negativeAum,
};

/** The names of the scores that need no option. */
export type CurveScoreName = "rocAuc" | "averagePrecision" | "negativeAum";

/** Tells whether a thing is a score of the curve, or the name of one. */
export const isCurveScore = (thing: unknown): thing is CurveScoreName | CurveScore =>
  typeof thing === "string" ? Object.hasOwn(curveScores, thing) : (thing as Partial<CurveScore> | null)?.curve === true;

/** A score of the order of the outputs, or its name. */
export type RankingScore = CurveScoreName | CurveScore | "ndcg" | QueryScore;

/** Tells whether a thing is a score of queries, or the name of one. */
export const isQueryScore = (thing: unknown): thing is "ndcg" | QueryScore =>
  thing === "ndcg" || (thing as Partial<QueryScore> | null)?.queries === true;

/** Tells whether a thing is a score of the order of the outputs, or the name of one. */
export const isRankingScore = (thing: unknown): thing is RankingScore => isCurveScore(thing) || isQueryScore(thing);

/** Returns the score that a name or a score of the order of the outputs stands for. */
export const toRankingScore = (given: RankingScore): CurveScore | QueryScore =>
  given === "ndcg" ? ndcg() : isQueryScore(given) ? given : toCurveScore(given);

/** Returns the score that a name or a score stands for. */
export function toCurveScore(given: CurveScoreName | CurveScore): CurveScore {
  if (isCurveScore(given)) return typeof given === "string" ? curveScores[given] : given;
  const names = Object.keys(curveScores).map(describe).join(", ");
  throw new TypeError(
    `Cannot use the score: 'score' must be ${names} or a score of a curve, such as recallAtFpr({ fpr: 0.01 }), it is ${
      describe(given)
    }`,
  );
}

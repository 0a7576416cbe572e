import { describe } from "../check/describe.ts";
import { averagePrecision, type CurveScore, rocAuc } from "./curve_scores.ts";

/** The scores that need no option, by name. */
export const curveScores: Readonly<Record<CurveScoreName, CurveScore>> = { rocAuc, averagePrecision };

/** The names of the scores that need no option. */
export type CurveScoreName = "rocAuc" | "averagePrecision";

/** Tells whether a thing is a score of the curve, or the name of one. */
export const isCurveScore = (thing: unknown): thing is CurveScoreName | CurveScore =>
  typeof thing === "string" ? Object.hasOwn(curveScores, thing) : (thing as Partial<CurveScore> | null)?.curve === true;

/** Returns the score that a name or a score stands for. */
export function toCurveScore(given: CurveScoreName | CurveScore): CurveScore {
  if (isCurveScore(given)) return typeof given === "string" ? curveScores[given] : given;
  const names = Object.keys(curveScores).map(describe).join(", ");
  throw new TypeError(
    `Cannot use 'score': it must be ${names} or a score of a curve, such as recallAtFpr({ fpr: 0.01 }), it is ${
      describe(given)
    }`,
  );
}

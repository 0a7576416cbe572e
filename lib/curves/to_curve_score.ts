import { describe } from "../check/describe.ts";
import { averagePrecision, type CurveScore, rocAuc } from "./curve_scores.ts";

/** The scores that need no option, by name. */
const curveScores: Readonly<Record<CurveScoreName, CurveScore>> = { rocAuc, averagePrecision };

/** The names of the scores that need no option. */
export type CurveScoreName = "rocAuc" | "averagePrecision";

/** Returns the score that a name or a score stands for. */
export function toCurveScore(given: CurveScoreName | CurveScore): CurveScore {
  const score = typeof given === "string" && Object.hasOwn(curveScores, given) ? curveScores[given] : given;
  if (typeof score === "object" && typeof score?.value === "function" && typeof score.gradient === "function") {
    return score;
  }
  const names = Object.keys(curveScores).map(describe).join(", ");
  throw new TypeError(
    `Cannot use 'score': it must be ${names} or a score of a curve, such as recallAtFpr({ fpr: 0.01 }), it is ${
      describe(given)
    }`,
  );
}

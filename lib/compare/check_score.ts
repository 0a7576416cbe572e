import {
  curveScores,
  isCurveScore,
  isQueryScore,
  type RankingScore,
  toCurveScore,
  toRankingScore,
} from "../curves/to_curve_score.ts";
import { type ScoreDefinition, type ScoreName, scores, toScore } from "../scores/to_score.ts";
import type { ComparedScore } from "./types.ts";

const equalOutputs = "outputs that are all equal are perfect";

/** Scores of two classes at which a useless model is perfect, and what to use instead. */
const trivial: Record<string, string> = {
  precision: "predicting the single surest positive is perfect; use precisionAtRecall or fBeta",
  recall: "predicting every row positive is perfect; use recallAtPrecision or fBeta",
  specificity: "predicting every row negative is perfect; use balancedAccuracy",
  npv: "predicting the single surest negative is perfect; use balancedAccuracy",
  negativeAum: `${equalOutputs}; use rocAuc`,
};

const rare = "it is high whenever every class is rare", floor = "its floor is defined for two classes";
const fewRows = "a few sure rows of every class but one make it nearly perfect";

/** Scores whose mean over several classes, each against the rest, says little about decisions for one class per row. */
const unfit: Record<string, string> = {
  accuracy: rare,
  specificity: rare,
  npv: rare,
  precision: fewRows,
  markedness: fewRows,
  utility: "it values decisions between two classes",
  precisionAtRecall: floor,
  recallAtPrecision: floor,
  negativeAum: equalOutputs,
};

/** Returns the score that a name, a score or a definition stands for. */
export function toComparedScore(score: ScoreName | ScoreDefinition | RankingScore): ComparedScore {
  if (isQueryScore(score)) {
    throw new TypeError(
      `Cannot compare losses: 'score' is '${
        toRankingScore(score).name
      }', a score of queries, which splits of rows would cut`,
    );
  }
  if (isCurveScore(score)) return toCurveScore(score);
  if (typeof score !== "string" || Object.hasOwn(scores, score)) return toScore(score);
  const names = [...Object.keys(scores), ...Object.keys(curveScores).filter(fitsTwoClasses)].join(", ");
  throw new TypeError(`Cannot compare losses: 'score' must be one of ${names}, it is '${score}'`);
}

/** Returns whether losses may be compared by a score of two classes: no useless model is perfect at it. */
export const fitsTwoClasses = (name: string): boolean => !Object.hasOwn(trivial, name);

/** Throws unless a score can tell which of several models is better. */
export function checkScore({ name }: ComparedScore, classes: number): void {
  if (classes === 2) {
    if (fitsTwoClasses(name)) return;
    throw new RangeError(`Cannot compare losses: 'score' is '${name}' alone, at which ${trivial[name]}`);
  }
  const known = name.replace(/[\d.]+$/, ""); // precisionAtRecall0.9
  if (!Object.hasOwn(unfit, known)) return;
  throw new RangeError(
    `Cannot compare losses: 'score' is '${name}', whose mean over more than two classes says little: ${
      unfit[known]
    }; ` +
      "use f1 or recall, or set one class against the rest with 'positive'",
  );
}

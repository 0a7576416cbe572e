import type { Score } from "../scores/score.ts";

/** Scores that a useless model is best at, where there are two classes. */
const alone: Record<string, string> = {
  precision: "one sure positive is perfect; take precisionAtRecall or fBeta",
  recall: "calling everything positive is perfect; take recallAtPrecision or fBeta",
  specificity: "calling everything negative is perfect; take balancedAccuracy",
  npv: "one sure negative is perfect; take balancedAccuracy",
};

const rare = "it is high wherever every class is rare", floor = "its floor is one of two classes";

/** Scores whose mean over several classes, each against the rest, says little of a decision for one class a row. */
const unfit: Record<string, string> = {
  accuracy: rare,
  specificity: rare,
  npv: rare,
  precision: "some sure rows of every class but one make it nearly perfect",
  markedness: "some sure rows of every class but one make it nearly perfect",
  utility: "it is the worth of decisions between two classes",
  precisionAtRecall: floor,
  recallAtPrecision: floor,
};

/** Whether a score may be compared by where there are two classes, where a model may be useless and perfect. */
export const fitsTwoClasses = (name: string): boolean => !Object.hasOwn(alone, name);

/** Throws unless a score can say which of several models is better. */
export function checkScore({ name }: Score, classes: number): void {
  if (classes === 2) {
    if (fitsTwoClasses(name)) return;
    throw new RangeError(`Cannot compare losses: 'score' is '${name}' alone, at which ${alone[name]}`);
  }
  const known = name.replace(/[\d.]+$/, ""); // precisionAtRecall0.9
  if (!Object.hasOwn(unfit, known)) return;
  throw new RangeError(
    `Cannot compare losses: 'score' is '${name}', whose mean over more than two classes says little: ${
      unfit[known]
    }; ` +
      "take f1 or recall, or set one class against the rest with 'positive'",
  );
}

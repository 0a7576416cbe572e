import { aFunction, aWord, check, optional, type Rule } from "../check/check.ts";
import { type Counts, mapCounts } from "../counts/counts.ts";
import { balancedAccuracy, cohenKappa, fowlkesMallows, gMean, informedness, markedness, mcc } from "./agreement.ts";
import { precisionAtRecall, recallAtPrecision } from "./constrained.ts";
import type { Score } from "./score.ts";
import { accuracy, dice, f1, fBeta, jaccard, npv, precision, recall, specificity, tversky, utility } from "./ratio.ts";

/** Every score by its name: the one table that lists them. Those with parameters are functions of their options. */
export const scores = {
  precision,
  recall,
  specificity,
  npv,
  accuracy,
  balancedAccuracy,
  f1,
  fBeta,
  jaccard,
  dice,
  tversky,
  mcc,
  cohenKappa,
  informedness,
  markedness,
  gMean,
  fowlkesMallows,
  precisionAtRecall,
  recallAtPrecision,
  utility,
} as const;

/** The name of a score without parameters: "precision", "recall", "specificity", "npv", "accuracy", "f1", … */
export type ScoreName = { [K in keyof typeof scores]: typeof scores[K] extends Score ? K : never }[keyof typeof scores];

/** The names of the scores without parameters. */
export const scoreNames: readonly ScoreName[] = /* @__PURE__ */ (Object.keys(scores) as (keyof typeof scores)[])
  .filter((name): name is ScoreName => typeof scores[name] !== "function");

/** A score of one's own: the gradient may be left out. */
export type ScoreDefinition = Omit<Score, "gradient"> & Partial<Pick<Score, "gradient">>;

const task = "use the score";

const aScore: Rule = {
  must: "a name, or an object with 'name' and 'value'",
  valid: (thing) => typeof (thing as Score | null)?.value === "function",
  Kind: TypeError,
};

/**
 * Makes the gradient of a value by differences in float64: central differences, or one-sided ones where a count is next to
 * 0, so that no count becomes negative. The relative error is of the order of 1e-10.
 */
function differences(value: (counts: Counts) => number): (counts: Counts) => Counts {
  return (counts) => {
    if (Number.isNaN(value(counts))) return mapCounts(() => 0);
    const total = counts.tp + counts.fp + counts.fn + counts.tn;
    return mapCounts((key) => {
      const h = 6e-6 * (Math.max(counts[key], 1e-3 * total) || 1);
      const at = (by: number) => value({ ...counts, [key]: counts[key] + by });
      return counts[key] > h ? (at(h) - at(-h)) / (2 * h) : (4 * at(h) - 3 * at(0) - at(2 * h)) / (2 * h);
    });
  };
}

/**
 * Returns the score that a name or an object stands for.
 *
 * @param score A name; a score; or a definition of one's own with `name` and `value`, whose gradient, if it has none, is
 * taken by differences in float64.
 * @returns The score.
 * @throws {TypeError} An unknown name, a score whose options are missing, or a value that is not a score.
 *
 * @example
 * ```ts
 * import { toScore } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const lift = toScore({
 *   name: "lift", // precision divided by prevalence
 *   value: ({ tp, fp, fn, tn }) => tp / (tp + fp) / ((tp + fn) / (tp + fp + fn + tn)),
 * });
 * assertAlmostEquals(lift.gradient({ tp: 3, fp: 1, fn: 2, tn: 4 }).fp, -0.225, 1e-9);
 * ```
 */
export function toScore(score: ScoreName | ScoreDefinition): Score {
  if (typeof score === "string") return byName(score);
  check(
    task,
    { score },
    typeof score === "function" ? { ...aScore, must: "a score, not a loss, metric or uncalled fBeta" } : aScore,
  );
  const { name, best, quasiConvex, gradient } = score;
  check(task, { name }, aWord);
  check(task, { best }, optional({ must: "a finite number", valid: Number.isFinite, Kind: TypeError }));
  check(task, { gradient }, optional(aFunction));
  if (gradient !== undefined) return score as Score;
  const value = (counts: Counts) => score.value(counts);
  return { name, best, quasiConvex, value, gradient: differences(value) };
}

function byName(name: string): Score {
  const found = Object.hasOwn(scores, name) ? scores[name as keyof typeof scores] : undefined;
  check(task, { score: name }, {
    must: found === undefined
      ? `one of ${Object.keys(scores).join(", ")}, or with an import of ./curves 'rocAuc' and its like`
      : `called with options, as in fBeta({ beta: 0.5 })`,
    valid: () => typeof found === "object",
    Kind: TypeError,
  });
  return found as Score;
}

import { describe } from "../check/describe.ts";
import type { Score } from "./score.ts";
import { accuracy, f1, fBeta, jaccard, precision, recall } from "./scores.ts";

/** Every score by its name; `fBeta` is a function of its options. */
export const scores = { precision, recall, f1, fBeta, jaccard, accuracy } as const;

/** The name of a score without parameters: "precision", "recall", "f1", "jaccard", "accuracy". */
export type ScoreName = { [K in keyof typeof scores]: typeof scores[K] extends Score ? K : never }[keyof typeof scores];

const isScore = (score: unknown): score is Score =>
  typeof score === "object" && score !== null &&
  typeof (score as Score).value === "function" && typeof (score as Score).gradient === "function";

/**
 * The score that a name or a thing stands for.
 *
 * @param score A name, or an object with `name`, `value` and `gradient`.
 * @returns The score.
 * @throws {TypeError} An unknown name, or something that is no score.
 *
 * @example
 * ```ts
 * import { f1, toScore } from "@roundabout/roundabout";
 * import { assertStrictEquals } from "@std/assert";
 *
 * assertStrictEquals(toScore("f1"), f1);
 * ```
 */
export function toScore(score: ScoreName | Score): Score {
  if (isScore(score)) return score;
  if (typeof score !== "string") {
    const made = typeof score === "function" ? ", a function: call it with its options first" : `: ${describe(score)}`;
    throw new TypeError(`Cannot use 'score': it is neither a name nor a score${made}`);
  }
  const found = Object.hasOwn(scores, score) ? scores[score as keyof typeof scores] : undefined;
  if (found === undefined) {
    throw new TypeError(`Cannot use 'score': it must be one of ${Object.keys(scores).join(", ")}, it is '${score}'`);
  }
  if (!isScore(found)) throw new TypeError(`Cannot use 'score': '${score}' needs options, as in fBeta({ beta: 0.5 })`);
  return found;
}

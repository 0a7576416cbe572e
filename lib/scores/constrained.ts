import { readNumbers, share } from "../check/check.ts";
import { composed } from "./composed.ts";
import type { Score } from "./score.ts";
import { precision, recall } from "./ratio.ts";

/**
 * The penalty per unit by which a score misses its floor. An exact penalty must exceed the multiplier of the constraint,
 * which is of the order of 1 for precision and recall (the loss of one for a small gain of the other). Measured
 * (notebook 6, a floor of 0.9, three data sets, 30 splits): a penalty of 1 misses the floor, 2 holds it on most test
 * parts, 4 on nearly all, and 8 on hardly more, at a lower precision.
 */
const penalty = 4;

/** Makes an objective minus a penalty for every unit by which another score is below its floor, the option of that name. */
function constrained(name: string, objective: Score, other: Score, options: object): Score {
  const floor = readNumbers(`the score '${name}'`, options as Record<string, number>, [other.name], share)[other.name];
  return composed(
    `${name}${floor}`,
    [objective, other],
    (a, b) => a - penalty * Math.max(0, floor - b),
    (_, b) => [1, b < floor ? penalty : 0],
    (a, b) => ({ plus: [a, { scaled: { shortfall: b, floor }, by: penalty }] }),
  );
}

/** Options of {@linkcode precisionAtRecall}. */
export interface PrecisionAtRecallOptions {
  /** The required recall, in (0, 1]. */
  recall: number;
}

/**
 * Precision with a floor under recall: the answer to "precision alone is degenerate".
 *
 *     precision − 4·max(0, floor − recall), at most 1;
 *     not defined without a positive or without a predicted positive
 *
 * The penalty is exact: where the floor is met the score is the precision itself. The slope jumps at the floor; the slope
 * above the floor is used there. Training constrains the soft recall, so tune the threshold for the floor afterwards, on
 * rows that were not trained on. `maximise` of the entry ./constraints learns the penalty from the decisions, and can hold a
 * floor with a confidence (`bench/floors.ts`).
 *
 * @param options `recall`: the floor.
 * @returns The score; its name carries the floor: "precisionAtRecall0.9".
 * @throws {RangeError} `recall` is not a number in (0, 1].
 *
 * @see Eban et al., "Scalable Learning of Non-Decomposable Objectives", AISTATS 2017, on the Lagrangian form; Nocedal,
 * Wright, "Numerical Optimization", ch. 17, on exact penalties.
 *
 * @example
 * ```ts
 * import { precisionAtRecall } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const score = precisionAtRecall({ recall: 0.8 });
 * assertAlmostEquals(score.value({ tp: 9, fp: 3, fn: 1, tn: 7 }), 0.75);
 * assertAlmostEquals(score.value({ tp: 7, fp: 0, fn: 3, tn: 10 }), 1 - 4 * 0.1);
 * ```
 */
export function precisionAtRecall(options: PrecisionAtRecallOptions): Score {
  return constrained("precisionAtRecall", precision, recall, options);
}

/** Options of {@linkcode recallAtPrecision}. */
export interface RecallAtPrecisionOptions {
  /** The required precision, in (0, 1]. */
  precision: number;
}

/**
 * Recall with a floor under precision.
 *
 *     recall − 4·max(0, floor − precision), at most 1;
 *     not defined without a positive or without a predicted positive
 *
 * The penalty is exact, as in {@linkcode precisionAtRecall}.
 *
 * @param options `precision`: the floor.
 * @returns The score; its name carries the floor: "recallAtPrecision0.9".
 * @throws {RangeError} `precision` is not a number in (0, 1].
 *
 * @see Eban et al., "Scalable Learning of Non-Decomposable Objectives", AISTATS 2017.
 */
export function recallAtPrecision(options: RecallAtPrecisionOptions): Score {
  return constrained("recallAtPrecision", recall, precision, options);
}

import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { type Counts, mapCounts } from "../counts/counts.ts";
import { definedGradient } from "./composed.ts";
import type { Score } from "./score.ts";
import { precision, recall } from "./ratio.ts";

/**
 * How much a missing unit of the floor costs. An exact penalty has to exceed the price of the constraint, which for
 * precision and recall is of the order of 1 (what is lost of the one where a little more of the other is asked for).
 * Measured (notebook 6, a floor of 0.9, three data sets, 30 splits): 1 falls short, 2 holds the floor on most test parts, 4
 * on nearly all, 8 on hardly more at less precision.
 */
const penalty = 4;

/** An objective less a price for every unit by which another score stays below its floor. */
function constrained(name: string, objective: Score, other: Score, floor: number): Score {
  const value = (counts: Counts) => objective.value(counts) - penalty * Math.max(0, floor - other.value(counts));
  return {
    name: `${name}${floor}`,
    quasiConvex: true,
    value,
    gradient: (counts) => {
      const of = objective.gradient(counts), by = other.gradient(counts);
      const price = other.value(counts) < floor ? penalty : 0;
      return definedGradient(value(counts), mapCounts((key) => of[key] + price * by[key]));
    },
  };
}

function checkFloor(score: string, option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw new RangeError(
    `Cannot make the score '${score}': '${option}' must be a number in (0, 1], it is ${describe(value)}`,
  );
}

/** Options of {@linkcode precisionAtRecall}. */
export interface PrecisionAtRecallOptions {
  /** The least recall that will do, in (0, 1]. */
  recall: number;
}

/**
 * Precision with a floor under recall: the answer to "precision alone is degenerate".
 *
 *     precision − 4·max(0, floor − recall), at most 1;
 *     not defined without a positive or without a predicted one
 *
 * An exact penalty: where the floor is met it is the precision itself. At the floor its slope jumps; the side above is
 * taken. It is the soft recall that meets the floor in training: tune the threshold for the floor afterwards, on rows
 * that were not trained on.
 *
 * @param options `recall`: the floor.
 * @returns The score; its name carries the floor: "precisionAtRecall0.9".
 * @throws {RangeError} `recall` is no number in (0, 1].
 *
 * @see Eban et al., "Scalable Learning of Non-Decomposable Objectives", AISTATS 2017, solve it by a Lagrangian; Nocedal,
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
  const floor = checkFloor("precisionAtRecall", "recall", options?.recall);
  checkOptions("the score 'precisionAtRecall'", options, ["recall"]);
  return constrained("precisionAtRecall", precision, recall, floor);
}

/** Options of {@linkcode recallAtPrecision}. */
export interface RecallAtPrecisionOptions {
  /** The least precision that will do, in (0, 1]. */
  precision: number;
}

/**
 * Recall with a floor under precision.
 *
 *     recall − 4·max(0, floor − precision), at most 1;
 *     not defined without a positive or without a predicted one
 *
 * An exact penalty, as in {@linkcode precisionAtRecall}.
 *
 * @param options `precision`: the floor.
 * @returns The score; its name carries the floor: "recallAtPrecision0.9".
 * @throws {RangeError} `precision` is no number in (0, 1].
 *
 * @see Eban et al., "Scalable Learning of Non-Decomposable Objectives", AISTATS 2017.
 */
export function recallAtPrecision(options: RecallAtPrecisionOptions): Score {
  const floor = checkFloor("recallAtPrecision", "precision", options?.precision);
  checkOptions("the score 'recallAtPrecision'", options, ["precision"]);
  return constrained("recallAtPrecision", recall, precision, floor);
}

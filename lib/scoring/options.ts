import type { BatchOptions } from "../batch/read_batch.ts";
import { describe } from "../check/describe.ts";
import type { Decision } from "../decisions/decision.ts";
import { type DecisionOptions, toDecision } from "../decisions/to_decision.ts";
import type { Score } from "../scores/score.ts";
import { type Average, averages, type ScoringOptions, type ZeroDivision } from "./score_batch.ts";

/** How a batch becomes a score: the options that losses and metrics share. */
export interface SettingOptions extends DecisionOptions {
  /**
   * How the columns' scores make one number, with scikit-learn's meaning: "binary" (there is one column), "micro",
   * "macro", "weighted", "samples".
   *
   * @default {"binary"}
   */
  average?: Average;
  /**
   * What each class, a column, weighs: in the mean of "macro" and "weighted", in the counts of the others. With one column
   * it changes nothing; to weigh positives against negatives there, weigh the rows.
   *
   * @default {1 each}
   */
  classWeights?: readonly number[];
  /**
   * The score where it is not defined (0/0), in a batch or for a class; the gradient is 0 there. "skip" leaves such a class
   * out of the mean, and is 0 where nothing is left. Others differ: a class without a positive is not yet 0/0 for Dice or
   * Jaccard, any output above 0 makes it 0, where segmentation_models_pytorch counts it as 1; and torchmetrics (1.9) leaves
   * out of every "macro" a class that is neither a label nor a decision (a recall of 0.625 where 0 gives 0.5 and "skip"
   * 0.833): a class weight of 0 here.
   *
   * @default {0}
   */
  zeroDivision?: ZeroDivision;
  /** A label (NaN, say) whose outputs count nowhere; a class index that is ignored takes its whole row along. */
  ignoreLabel?: number;
}

/** The names of the options that losses and metrics share, for those who refuse others. */
export const settingNames = [
  "threshold",
  "decision",
  "average",
  "classWeights",
  "fromLogits",
  "zeroDivision",
  "ignoreLabel",
] as const satisfies readonly (keyof SettingOptions)[];

/** How batches are read, decided and scored: what the options come to, checked once. */
export interface Setting {
  readonly reading: BatchOptions;
  readonly decide: Decision;
  readonly scoring: ScoringOptions;
}

function oneOf<T>(what: string, option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new RangeError(
    `Cannot make ${what}: '${option}' must be ${
      allowed.map(describe).join(", ").replace(/, ([^,]*)$/, " or $1")
    }, it is ${describe(value)}`,
  );
}

/** A weight that times those of all rows is still far from overflowing. */
const greatestWeight = 1e30;

function checkClassWeights(what: string, weights: readonly number[]): void {
  if (!Array.isArray(weights)) {
    throw new TypeError(`Cannot make ${what}: 'classWeights' must be an array, it is ${describe(weights)}`);
  }
  const bad = weights.find((w) => !(typeof w === "number" && w >= 0 && w <= greatestWeight));
  if (bad === undefined && !weights.includes(undefined) && weights.some((w) => w > 0)) return;
  throw new RangeError(
    `Cannot make ${what}: 'classWeights' must be numbers from 0 to 1e30, not all 0, they are ${describe(weights)}`,
  );
}

/** Checks the options and makes of them what a loss or a metric needs. */
export function toSetting(what: string, score: Score, options: SettingOptions): Setting {
  const { average = "binary", zeroDivision = 0, classWeights, ignoreLabel, fromLogits = false } = options;
  oneOf(what, "average", average, averages);
  oneOf(what, "zeroDivision", zeroDivision, [0, 1, "skip"]);
  if (classWeights !== undefined) checkClassWeights(what, classWeights);
  if (typeof fromLogits !== "boolean") {
    throw new TypeError(`Cannot make ${what}: 'fromLogits' must be true or false, it is ${describe(fromLogits)}`);
  }
  if (ignoreLabel !== undefined && typeof ignoreLabel !== "number") {
    throw new TypeError(`Cannot make ${what}: 'ignoreLabel' must be a number, it is ${describe(ignoreLabel)}`);
  }
  const { threshold } = options;
  const perClass = [threshold, classWeights].filter((list) => Array.isArray(list)) as (readonly number[])[];
  if (threshold !== undefined && Array.isArray(threshold) && threshold.length === 0) {
    throw new RangeError(`Cannot make ${what}: 'threshold' is empty`);
  }
  return {
    reading: {
      fromLogits,
      columns: average !== "binary",
      ignoreLabel,
      perClass: perClass.map((list) => ({
        option: list === threshold ? "threshold" : "classWeights",
        length: list.length,
      })),
      atLeast: options.decision === "argmax" ? 2 : 1,
    },
    decide: toDecision(what, options, average === "samples"),
    scoring: { score, average, zeroDivision, classWeights },
  };
}

import type { BatchOptions } from "../batch/read_batch.ts";
import { aBoolean, aNumber, check, describe, oneOf, optional } from "../check/check.ts";
import type { Decision } from "../decisions/decision.ts";
import { type DecisionOptions, toDecision } from "../decisions/to_decision.ts";
import { ofDecisions } from "../scores/learnt.ts";
import type { Score } from "../scores/score.ts";
import { type Average, averages, type Scoring, type ZeroDivision } from "./score_batch.ts";

/** The options that losses and metrics share. */
export interface ScoringOptions extends DecisionOptions {
  /**
   * The way in which the columns' scores make one number, with scikit-learn's meaning: "binary" (there is one column),
   * "micro", "macro", "weighted", "samples".
   *
   * @default {"binary"}
   */
  average?: Average;
  /**
   * The weight of each class, a column: in the mean for "macro" and "weighted", in the counts for the others. Refused for
   * one column: there, positives and negatives are weighed by `sampleWeight`.
   *
   * @default {1 each}
   */
  classWeights?: readonly number[];
  /**
   * The score where it is not defined (0/0), in a batch or for a class; its gradient is 0 there. "skip" leaves such a class
   * out of the mean, and gives 0 where nothing is left. Other libraries differ. A class without a positive is not 0/0 for
   * Dice or Jaccard once an output is above 0: the score is 0 here, and 1 in segmentation_models_pytorch. torchmetrics (1.9)
   * leaves out of every "macro" a class that is neither a label nor a decision; a class weight of 0 does so here.
   *
   * @default {0}
   */
  zeroDivision?: ZeroDivision;
  /** The label (NaN, say) whose outputs count nowhere; for class indices the whole row counts nowhere. */
  ignoreLabel?: number;
}

/** The names of the options that losses and metrics share. */
export const scoringOptionNames = [
  "threshold",
  "decision",
  "average",
  "classWeights",
  "fromLogits",
  "zeroDivision",
  "ignoreLabel",
] as const satisfies readonly (keyof ScoringOptions)[];

/** The names of the options of a loss. */
export const lossOptionNames = ["step", "slope", ...scoringOptionNames] as const;

/** Batches of at most this many outputs take the float64 loops: SIMD does not pay, and the gradient is rounded only once. */
const smallSize = 4096;

/** The options, checked once: how batches are read, decided and scored. */
export interface ResolvedOptions {
  readonly reading: BatchOptions;
  readonly decide: Decision;
  readonly scoring: Scoring;
}

/** Says whether a batch of this many outputs takes the SIMD loops, where they are registered. */
export const takesLoops = (size: number): boolean => size > smallSize;

/** The largest class weight: its product with the weights of all rows is far from overflowing. */
const largestClassWeight = 1e30;

function checkClassWeights(what: string, weights: readonly number[], average: Average): void {
  if (average === "binary") {
    throw new TypeError(
      `Cannot make ${what}: 'classWeights' is ${describe(weights)}, but average: 'binary' has one column; ` +
        "weigh its rows by sampleWeight",
    );
  }
  const task = `make ${what}`;
  check(task, { classWeights: weights }, { must: "an array", valid: Array.isArray, Kind: TypeError });
  check(task, { classWeights: weights }, {
    must: "numbers from 0 to 1e30, not all 0",
    valid: () =>
      weights.some((w) => w > 0) &&
      Array.from(weights).every((w) => typeof w === "number" && w >= 0 && w <= largestClassWeight),
  });
}

const anAverage = /* @__PURE__ */ oneOf(...averages), aZeroDivision = /* @__PURE__ */ oneOf(0, 1, "skip");
const aTunedAverage = /* @__PURE__ */ oneOf("binary", "micro", "macro", "weighted");
const aLabel = /* @__PURE__ */ optional(aNumber);

/** Throws for the average of samples, where the columns' thresholds cannot be tuned one by one, and for what is none. */
export const checkTunedAverage = (what: string, average: unknown): void =>
  check(`make ${what}`, { average }, aTunedAverage);

/** Checks the options of a loss or a metric and resolves them. */
export function resolveOptions(what: string, score: Score, options: ScoringOptions): ResolvedOptions {
  const { average = "binary", zeroDivision = 0, classWeights, ignoreLabel, fromLogits = false } = options;
  check(`make ${what}`, { average }, anAverage);
  check(`make ${what}`, { zeroDivision }, aZeroDivision);
  if (classWeights !== undefined) checkClassWeights(what, classWeights, average);
  check(`make ${what}`, { fromLogits }, aBoolean);
  check(`make ${what}`, { ignoreLabel }, aLabel);
  const { threshold } = options;
  if (Array.isArray(threshold) && threshold.length === 0) {
    throw new RangeError(`Cannot make ${what}: 'threshold' is empty`);
  }
  return {
    reading: {
      fromLogits,
      columns: average !== "binary",
      ignoreLabel,
      perClass: Object.entries({ threshold, classWeights }).flatMap(([option, list]) =>
        Array.isArray(list) ? [{ option, length: list.length }] : []
      ),
      atLeast: options.decision === "argmax" ? 2 : 1,
    },
    decide: toDecision(what, options),
    scoring: { score, average, zeroDivision, classWeights },
  };
}

/** The parts of a loss, for those who need its counts and not its value alone. */
export interface LossParts extends ResolvedOptions {
  /** Says that a row's decision depends on the other rows: `{ top: k }`. */
  readonly wholeSet: boolean;
  /** The options that the loss was made with. */
  readonly options: ScoringOptions;
}

// Kept beside the losses, not on them: a loss is a function to everyone else.
const known = new WeakMap<object, LossParts>();

/** Notes the parts of a loss. */
export function rememberParts(loss: object, parts: LossParts): void {
  known.set(loss, parts);
}

/** Returns the parts of a loss; nothing for a loss that this library has not made. */
export const partsOfLoss = (loss: unknown): LossParts | undefined => known.get(loss as object);

/** Returns the threshold of a loss: its option, or the threshold of its step. */
const thresholdOf = ({ options: { threshold, step } }: LossParts): number | readonly number[] | undefined =>
  typeof step === "object" ? step.threshold : threshold;

/** Makes the options that score the batches of a loss by hard decisions, at its own threshold or at another. */
export function hardOptions(name: string, parts: LossParts, threshold = thresholdOf(parts)): ResolvedOptions {
  const { rule } = parts.scoring;
  if (rule !== undefined) return { ...parts, scoring: { ...parts.scoring, rule: rule.hard ?? rule } };
  const options = { ...parts.options, step: "round", slope: undefined, threshold } as const;
  return resolveOptions(name, ofDecisions(parts.scoring.score), options);
}

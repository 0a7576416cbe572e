import type { DecisionCosts } from "./costs.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import type { Feature, Split, TableWarning } from "../data/table.ts";
import type { EpochObjective, Objective } from "../network/objectives.ts";
import type { Score } from "../scores/score.ts";

/**
 * The way in which outputs become decisions: by a threshold that was tuned on validation rows, by the threshold 0.5, with more
 * than two classes by the largest output, or, where decisions have costs, by the least expected cost, which of two classes is
 * the row's own threshold; "none" for a score of the curve, which has no decisions.
 */
export type ThresholdChoice = "tuned" | "0.5" | "argmax" | "least cost" | "none";

/** A loss that is compared. */
export interface Candidate {
  /** "cross-entropy", "f1 loss, softsign", … */
  readonly loss: string;
  /** The loss of all training rows; of `shares`, the classes' shares of them. */
  readonly ofRows: (shares: readonly number[]) => Objective;
  /** The gradients of the batches of an epoch. */
  readonly ofBatches: (shares: readonly number[]) => EpochObjective;
  /**
   * The labels that it trains on: the classes, with weights that give all of them the same total ("balanced"), the cheaper
   * decisions, with what the other decision costs as weights, or the cost matrix as soft labels.
   *
   * @default {"classes"}
   */
  readonly labels?: "classes" | "balanced" | "cheaper decisions" | "soft decisions";
  /**
   * The decision rules by which it is scored.
   *
   * @default {all}
   */
  readonly rules?: readonly ThresholdChoice[];
  /** The gradient is not that of the value, so that no line search is possible: straight-through. */
  readonly surrogate?: boolean;
  /** The training starts at the weights of the trained cross-entropy. */
  readonly warm?: boolean;
  /**
   * The decrease of ten steps below which the search for a minimum ends. At a kink of the loss the partial derivatives stay large,
   * and steps go on that gain next to nothing.
   *
   * @default {0}
   */
  readonly leastDecrease?: number;
}

/** The score that losses are compared by: of the counts at one threshold, or of the curve. */
export type ComparedScore = Score | CurveScore;

/** The test scores of one loss with one model and one threshold. */
export interface ComparedLoss {
  /** "linear", or "network": one hidden layer. */
  readonly model: "linear" | "network";
  /** "cross-entropy", "cross-entropy, class weights", "f1 loss, softsign", … */
  readonly loss: string;
  /** The way in which its outputs become decisions. */
  readonly threshold: ThresholdChoice;
  /** The score on the test rows, one per split. */
  readonly values: readonly number[];
  /** The mean of `values`. */
  readonly mean: number;
  /** A tuned threshold's median and 95 % interval: validation rows drawn with replacement, over all splits (bootstrap). */
  readonly tunedThreshold?: { readonly median: number; readonly low: number; readonly high: number };
}

/** The difference between a loss's score and cross-entropy's, on the same splits. */
export interface ComparedDifference extends Pick<ComparedLoss, "model" | "loss" | "threshold"> {
  /** The threshold of the cross-entropy that it is compared with. */
  readonly against: ThresholdChoice;
  /** The mean of the differences; above 0 the loss is better than cross-entropy. */
  readonly mean: number;
  /** The lower end of the mean's interval. */
  readonly low: number;
  /** The upper end of the mean's interval. */
  readonly high: number;
}

/** The table that losses were compared on. */
export interface ComparedData {
  /** The number of rows. */
  readonly rows: number;
  /** The column with the label. */
  readonly label: string;
  /** The label's values with their numbers of rows; of two, the second one is positive. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  /** The label's positive value; absent if there are more than two classes. */
  readonly positive?: string;
  /** The reason for the positive value, or for these classes. */
  readonly chosen: string;
  /** Every column beside the label, and what became of it. */
  readonly features: readonly Feature[];
  /** Warnings about the table that bear on the numbers. */
  readonly warnings: readonly TableWarning[];
}

/** The result of {@linkcode compareLosses}. */
export interface LossComparison {
  /** The score's name: "savings" where decisions have costs. */
  readonly score: string;
  /** The costs of decisions that were asked for. */
  readonly costs?: DecisionCosts;
  /** A sentence of advice, then one of evidence per threshold. */
  readonly recommendation: string;
  /** The test scores of each loss. */
  readonly losses: readonly ComparedLoss[];
  /** The differences from cross-entropy; the intervals with the same `model` and `against` hold jointly with 95 %. */
  readonly differences: readonly ComparedDifference[];
  /** The table. */
  readonly data: ComparedData;
  /** The rows of each split's parts, by their numbers in the source, from 0. */
  readonly splits: readonly Split[];
  /** The number of splits. */
  readonly repeats: number;
  /** The seed. */
  readonly seed: number;
  /** The number of test scores that were 0/0 and count as 0. */
  readonly undefinedScores: number;
  /** Returns the comparison as plain data. */
  toJSON(): unknown;
  /** Returns the report for a terminal. */
  toString(): string;
}

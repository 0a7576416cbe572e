/**
 * How outputs became decisions: by a threshold that was tuned on rows that were not trained on, by the threshold 0.5, or,
 * of more than two classes, by the largest output, where there is no threshold to tune.
 */
export type ThresholdChoice = "tuned" | "0.5" | "argmax";

/** What one loss reached with one model. */
export interface ComparedLoss {
  /** "linear", or "network": one hidden layer. */
  readonly model: "linear" | "network";
  /** "cross-entropy", "cross-entropy, class weights", "f1 loss, softsign", … */
  readonly loss: string;
  /** How it decides. */
  readonly threshold: ThresholdChoice;
  /** The score on the test rows, one a split. */
  readonly values: readonly number[];
  /** Their mean. */
  readonly mean: number;
}

/** How much better a loss was than the one it is compared with, on the same splits. */
export interface ComparedDifference extends Pick<ComparedLoss, "model" | "loss" | "threshold"> {
  /** How the cross-entropy decides that it is compared with. */
  readonly against: ThresholdChoice;
  /** The mean of the differences; above 0 it is better than cross-entropy. */
  readonly mean: number;
  /** The lower end of its interval. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** What was compared on. */
export interface ComparedData {
  /** How many rows. */
  readonly rows: number;
  /** The label's column. */
  readonly label: string;
  /** The label's values, and how many rows have each; of two, the second one is positive. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  /** The label's positive value; absent where there are more than two classes. */
  readonly positive?: string;
  /** Why it is that one, or why these are the classes. */
  readonly chosen: string;
  /** The columns that were used. */
  readonly features: readonly string[];
  /** Those of them that are categories. */
  readonly categorical: readonly string[];
  /** How many columns each of these makes: one a value. */
  readonly categories: Readonly<Record<string, number>>;
  /** How many values are missing: medians of the training rows take their place, or no category. */
  readonly missing: Readonly<Record<string, number>>;
  /** Columns without any value, left out. */
  readonly empty: readonly string[];
}

/** What {@linkcode compareLosses} found. */
export interface LossComparison {
  /** The score's name. */
  readonly score: string;
  /** The answer: a sentence of advice, then one of evidence for each way to decide. */
  readonly recommendation: string;
  /** What each loss reached. */
  readonly losses: readonly ComparedLoss[];
  /** Against cross-entropy; the intervals of the same model and `against` hold together, with 95 %. */
  readonly differences: readonly ComparedDifference[];
  /** What was compared on. */
  readonly data: ComparedData;
  /** How many splits. */
  readonly repeats: number;
  /** The same seed gives the same numbers. */
  readonly seed: number;
  /** How many of all scores on test rows were 0/0 and count as 0. */
  readonly undefinedScores: number;
  /** All of it as data. */
  toJSON(): unknown;
  /** The report for a terminal. */
  toString(): string;
}

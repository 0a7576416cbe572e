import { scoreCounts } from "../scoring/score_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { standardize } from "../data/standardize.ts";
import { sgd } from "../network/adam.ts";
import { forward, roomFor } from "../network/mlp.ts";
import {
  crossEntropyGradient,
  labelsOf,
  type LogitsGradient,
  probabilities,
  scoreObjective,
} from "../network/objectives.ts";
import { allocateRows, type RowNumbers } from "../network/products.ts";
import { copyRows, takeRows, train } from "../network/train.ts";
import { balancedAccuracy, gMean } from "../scores/agreement.ts";
import type { Score } from "../scores/score.ts";
import { accuracy, f1, fBeta } from "../scores/ratio.ts";
import { logistic } from "../steps/logistic.ts";
import { bestCut } from "../training/best_cut.ts";
import { hardCounts } from "./decision_rules.ts";

/** Columns of numbers of the same length; NaN where a value is missing. */
type Columns = readonly ArrayLike<number>[];

/**
 * Makes a matrix of standardized columns (ddof 1, as pandas does).
 *
 * @param rows The rows that decide on medians, means and scales.
 * @returns The matrix, row by row, and the number of its columns.
 */
export function standardizedMatrix(columns: Columns, rows: readonly number[]): { x: Float64Array; width: number } {
  const width = columns.length, x = new Float64Array(columns[0].length * width);
  columns.forEach((column, j) =>
    standardize(column, rows, 1).values.forEach((value, row) => x[row * width + j] = value)
  );
  return { x, width };
}

/** The scores that the table reports, one per column. */
export const reported = {
  accuracy,
  f1,
  "fBeta0.5": fBeta({ beta: 0.5 }),
  fBeta2: fBeta({ beta: 2 }),
  gMean,
  balancedAccuracy,
} satisfies Record<string, Score>;

type Reported = keyof typeof reported;

/** Standardised features, row by row, and labels. */
interface LinearData {
  readonly x: RowNumbers;
  readonly width: number;
  readonly yTrue: Float64Array;
}

/** A row of the table: the means of the folds' scores. */
export type AnyLossRow = { loss: string } & Record<Reported, number>;

/** The data that a table is made from. */
export interface AnyLossData {
  /** The features. */
  columns: Columns;
  /** The labels, 1 for positive and 0 for negative rows. */
  yTrue: Float64Array;
  /** The rows of each fold's parts. */
  folds: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[];
}

/** The table of the protocol, with numbers that the paper does not show. */
export interface AnyLossTable {
  /** The scores at the threshold ½. */
  rows: AnyLossRow[];
  /** Cross-entropy's scores, each at the threshold that is best on the training rows. */
  tuned: AnyLossRow;
  /** The number of scores of single folds in `rows` that are 0/0 and count as 0. */
  undefinedScores: number;
}

/** The rows that standardise the features: all, as in the paper, or each fold's training rows. */
export type StandardisedBy = "all rows" | "training rows";

/** The step of the protocol, σ(73(p − ½)), not anchored. */
const step = logistic({ slope: 73 / 4, anchored: false });

/** Gradient of a loss, and the learning rate of its training. */
interface Descent {
  readonly gradient: LogitsGradient;
  readonly learningRate: number;
}

const onScore = (score: Score, learningRate: number): Descent => {
  const objective = scoreObjective(score, step);
  return { gradient: (labels, logits) => objective(labels, logits).gradient, learningRate };
};

const crossEntropy: Descent = { gradient: crossEntropyGradient, learningRate: 0.1 };

const ofScores = {
  accuracy: onScore(accuracy, 0.005),
  f1: onScore(f1, 0.01),
  "fBeta0.5": onScore(reported["fBeta0.5"], 0.005),
  fBeta2: onScore(reported.fBeta2, 0.005),
  balancedAccuracy: onScore(balancedAccuracy, 0.005),
} satisfies Record<string, Descent>;

/** A loss of the protocol beside cross-entropy, by its score. */
export type AnyLossName = keyof typeof ofScores;

const allLosses = Object.keys(ofScores) as AnyLossName[];

/** Trains a linear model from weights of 0, with 1,000 steps on all rows; returns its probabilities of rows. */
function descend(
  { x, yTrue, width }: LinearData,
  { gradient, learningRate }: Descent,
): (x: RowNumbers) => Float64Array {
  const form = { features: width, hidden: 0, outputs: 1 },
    weights = new Float64Array(width + 1),
    labels = labelsOf(yTrue);
  const batch = { x, room: roomFor(form, yTrue.length), gradient: (logits: Float64Array) => gradient(labels, logits) };
  train({ form, weights, update: sgd(learningRate), epochs: 1000, batches: () => [batch] });
  return (x) => probabilities(forward(form, weights, x).logits, 1);
}

const names = Object.keys(reported) as Reported[];

const eachReported = (of: (name: Reported) => number): Record<Reported, number> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Reported, number>;

function meanRow(loss: string, folds: readonly Record<Reported, number>[]): AnyLossRow {
  return { loss, ...eachReported((name) => folds.reduce((sum, fold) => sum + fold[name], 0) / folds.length) };
}

/** The scores of a fold's test rows. */
export interface FoldScores {
  /** The scores of each loss at the threshold ½. */
  readonly scored: Readonly<Record<string, Record<Reported, number>>>;
  /** Cross-entropy's scores with tuned thresholds. */
  readonly tuned: Record<Reported, number>;
  readonly undefinedScores: number;
}

/**
 * Trains with cross-entropy ("bce") and other losses on a fold's training rows and scores its test rows.
 *
 * @param losses The other losses; default: all five.
 */
export function scoreFold(
  { columns, yTrue }: Omit<AnyLossData, "folds">,
  { train, test }: AnyLossData["folds"][number],
  by: StandardisedBy,
  losses: readonly AnyLossName[] = allLosses,
): FoldScores {
  const over = by === "all rows" ? Array.from(yTrue, (_, row) => row) : train;
  const { x, width } = standardizedMatrix(columns, over);
  const take = (rows: readonly number[]): LinearData => (
    { x: copyRows(x, width, rows, allocateRows(rows.length * width, false)), width, yTrue: takeRows(yTrue, 1, rows) }
  );
  const training = take(train), testing = take(test);
  const trained = Object.fromEntries(
    (["bce", ...losses] as const).map((loss) => {
      const predict = descend(training, loss === "bce" ? crossEntropy : ofScores[loss]), yPred = predict(testing.x);
      return [loss, { predict, yPred, counts: hardCounts(testing.yTrue, yPred, 0.5) }];
    }),
  );
  const valueOf = (name: Reported, counts: Counts) =>
    scoreCounts([counts], undefined, { score: reported[name], zeroDivision: 0 }).value;
  const seen = { yTrue: training.yTrue, yPred: trained.bce.predict(training.x) };
  return {
    scored: Object.fromEntries(
      Object.entries(trained).map(([loss, { counts }]) => [loss, eachReported((name) => valueOf(name, counts))]),
    ),
    tuned: eachReported((name) => {
      const { threshold } = bestCut(reported[name], seen);
      return valueOf(name, hardCounts(testing.yTrue, trained.bce.yPred, threshold));
    }),
    undefinedScores: Object.values(trained).reduce(
      (sum, { counts }) => sum + names.filter((name) => Number.isNaN(reported[name].value(counts))).length,
      0,
    ),
  };
}

/** The means of the folds' scores. */
export function tableOf(folds: readonly FoldScores[]): AnyLossTable {
  return {
    rows: Object.keys(folds[0].scored).map((loss) => meanRow(loss, folds.map(({ scored }) => scored[loss]))),
    tuned: meanRow("bce", folds.map(({ tuned }) => tuned)),
    undefinedScores: folds.reduce((sum, fold) => sum + fold.undefinedScores, 0),
  };
}

/**
 * The table of the AnyLoss protocol: a linear model and an intercept from zero, 1,000 steps of full-batch gradient descent
 * in float64, cross-entropy (the rows' mean) against 1 − score of soft counts under σ(73(p − ½)), not anchored.
 *
 * A row is predicted positive if its probability is strictly greater than the threshold. A score that is undefined on the
 * test part of a fold (0/0) counts as 0 in the mean.
 *
 * @param losses The losses beside cross-entropy; default: all five.
 * @see Han et al., "AnyLoss: Transforming Classification Metrics into Loss Functions", arXiv 2405.14745.
 */
export function anyLoss(
  data: AnyLossData,
  by: StandardisedBy = "all rows",
  losses?: readonly AnyLossName[],
): AnyLossTable {
  return tableOf(data.folds.map((fold) => scoreFold(data, fold, by, losses)));
}

import { scoreCounts } from "../scoring/score_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { byLabel } from "../counts/counts_gradient.ts";
import { sigmoid } from "../steps/logits.ts";
import { softCounts } from "../counts/soft_counts.ts";
import { balancedAccuracy, gMean } from "../scores/agreement.ts";
import type { Score } from "../scores/score.ts";
import { accuracy, f1, fBeta } from "../scores/ratio.ts";
import { bestCut } from "../training/tune_threshold.ts";
import { descend, type Descent, linear, type LinearData, rowsOf } from "./linear.ts";
import { type Columns, designMatrix } from "./design_matrix.ts";

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

const steps = 1000, steepness = 73;

const crossEntropy: Descent["slopes"] = (yTrue, z, slopes) => {
  const n = z.length;
  for (let i = 0; i < n; i++) slopes[i] = (sigmoid(z[i]) - yTrue[i]) / n;
};

/**
 * The slopes of 1 − score of the soft counts under s = σ(73(p − ½)), p = σ(z), in two loops with two exponentials a row:
 * the counts of `softCounts` and the slopes of `countsGradient`, 1,000 times a fold.
 *
 *     ∂s/∂z = 73·σ′(73(p − ½))·σ′(z),   σ′(v) = e/(1 + e)²,  e = e^(−|v|)
 */
export const scoreSlopes = (score: Score): Descent["slopes"] => (yTrue, z, slopes) => {
  const n = z.length;
  let tp = 0, fp = 0, positives = 0;
  for (let i = 0; i < n; i++) {
    const e = Math.exp(-Math.abs(z[i])), share = 1 / (1 + e), u = steepness * ((z[i] < 0 ? e * share : share) - 0.5);
    const f = Math.exp(-Math.abs(u)), part = 1 / (1 + f), s = u < 0 ? f * part : part, y = yTrue[i];
    tp += y * s;
    fp += (1 - y) * s;
    positives += y;
    slopes[i] = steepness * f * part * part * e * share * share;
  }
  const { ofPositive, ofNegative } = byLabel(score.gradient({ tp, fp, fn: positives - tp, tn: n - positives - fp }));
  for (let i = 0; i < n; i++) slopes[i] *= -(yTrue[i] * ofPositive + (1 - yTrue[i]) * ofNegative);
};

const descents: Record<string, Descent> = {
  bce: { slopes: crossEntropy, learningRate: 0.1, steps },
  accuracy: { slopes: scoreSlopes(accuracy), learningRate: 0.005, steps },
  f1: { slopes: scoreSlopes(f1), learningRate: 0.01, steps },
  "fBeta0.5": { slopes: scoreSlopes(reported["fBeta0.5"]), learningRate: 0.005, steps },
  fBeta2: { slopes: scoreSlopes(reported.fBeta2), learningRate: 0.005, steps },
  balancedAccuracy: { slopes: scoreSlopes(balancedAccuracy), learningRate: 0.005, steps },
};

const names = Object.keys(reported) as Reported[];

const eachReported = (of: (name: Reported) => number): Record<Reported, number> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Reported, number>;

/** The hard counts of test rows: positive where the probability is above the threshold, strictly. */
function hardCounts({ yTrue }: LinearData, yPred: Float64Array, threshold: number) {
  return softCounts({ yTrue, yPred }, { value: (p) => p > threshold ? 1 : 0 });
}

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

/** Trains with every loss on a fold's training rows and scores its test rows. */
export function scoreFold(
  { columns, yTrue }: Omit<AnyLossData, "folds">,
  { train, test }: AnyLossData["folds"][number],
  by: StandardisedBy,
): FoldScores {
  const over = by === "all rows" ? Array.from(yTrue, (_, row) => row) : train;
  const data = { ...designMatrix(columns, over), yTrue }, training = rowsOf(data, train), testing = rowsOf(data, test);
  const trained = Object.fromEntries(
    Object.entries(descents).map(([loss, descent]) => {
      const weights = descend(training, descent), yPred = linear(testing, weights).map(sigmoid);
      return [loss, { weights, yPred, counts: hardCounts(testing, yPred, 0.5) }];
    }),
  );
  const valueOf = (name: Reported, counts: Counts) =>
    scoreCounts([counts], undefined, { score: reported[name], zeroDivision: 0 }).value;
  const seen = { yTrue: training.yTrue, yPred: linear(training, trained.bce.weights).map(sigmoid) };
  const places = train.map((_, i) => i);
  return {
    scored: Object.fromEntries(
      Object.entries(trained).map(([loss, { counts }]) => [loss, eachReported((name) => valueOf(name, counts))]),
    ),
    tuned: eachReported((name) => {
      const { threshold } = bestCut(reported[name], seen, places);
      return valueOf(name, hardCounts(testing, trained.bce.yPred, threshold));
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
    rows: Object.keys(descents).map((loss) => meanRow(loss, folds.map(({ scored }) => scored[loss]))),
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
 * @see Han et al., "AnyLoss: Transforming Classification Metrics into Loss Functions", arXiv 2405.14745.
 */
export function anyLoss(data: AnyLossData, by: StandardisedBy = "all rows"): AnyLossTable {
  return tableOf(data.folds.map((fold) => scoreFold(data, fold, by)));
}

import jStat from "jstat";
import type { ComparedDifference, ComparedLoss, ThresholdChoice } from "./types.ts";

/** A mean and its confidence interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const reference = "cross-entropy", level = 0.95;

/**
 * The corrected t-interval of paired differences from J splits of the same rows, which are not independent.
 *
 *     d̄ ± t₍J−1, 1−α/2₎ · √((1/J + n_test/n_train) · s²),  α = 0.05/m for one of m intervals that hold jointly
 *
 * @see Nadeau, Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003; Bonferroni for the m.
 */
export function correctedInterval(differences: readonly number[], testByTrain: number, intervals: number): Interval {
  const n = differences.length, mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  const student = jStat.studentt.inv(1 - (1 - level) / intervals / 2, n - 1);
  const half = student * Math.sqrt((1 / n + testByTrain) * variance);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * The losses compared with a cross-entropy: those with the same threshold, and cross-entropy at 0.5 with the tuned one; with the
 * least expected cost, which needs no training on costs, all others.
 */
function comparedWith(losses: readonly ComparedLoss[], against: ThresholdChoice): ComparedLoss[] {
  return losses.filter(({ loss, threshold }) => {
    if (against === "least cost") return loss !== reference || threshold !== against;
    return loss === reference ? against === "tuned" && threshold === "0.5" : threshold === against;
  });
}

/** The thresholds of the cross-entropies that others are compared with: where decisions have costs, the least expected cost alone. */
const thresholdsOf = (losses: readonly ComparedLoss[]): readonly ThresholdChoice[] =>
  losses.some(({ threshold }) => threshold === "least cost") ? ["least cost"] : ["tuned", "0.5", "argmax", "none"];

/** All differences from cross-entropy, split by split; the intervals of a model against the same threshold hold jointly. */
export function differencesOf(losses: readonly ComparedLoss[], testByTrain: number): ComparedDifference[] {
  const bases = losses.filter(({ loss }) => loss === reference);
  return thresholdsOf(losses).flatMap((against) =>
    bases.filter(({ threshold }) => threshold === against).flatMap((base) => {
      const own = comparedWith(losses, against).filter(({ model }) => model === base.model);
      return own.map(({ model, loss, threshold, values }) => {
        const differences = values.map((value, i) => value - base.values[i]);
        return { model, loss, threshold, against, ...correctedInterval(differences, testByTrain, own.length) };
      });
    })
  );
}

import { scoreBatch, scoreCounts } from "../scoring/score_batch.ts";
import { resolveOptions } from "../scoring/options.ts";
import { type Counts, softCounts } from "../counts/counts.ts";
import { labelsOf, probabilities } from "../network/objectives.ts";
import { againstRest } from "../curves/ranking_metric.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import { isCurveScore } from "../curves/to_curve_score.ts";
import type { Score } from "../scores/score.ts";
import { bestCut } from "../training/best_cut.ts";
import type { ComparedScore, ThresholdChoice } from "./types.ts";

/** The score of some rows. */
export interface Evaluation {
  readonly value: number;
  /** The threshold of the decisions, unless the largest output decides. */
  readonly threshold?: number;
  /** The number of scores that are 0/0 and count as 0. */
  readonly undefinedScores: number;
}

/** Scores logits by the labels of their rows. */
export type Evaluate = (y: Float64Array, logits: Float64Array) => Evaluation;

/** Chooses how to decide, by validation rows; returns the evaluation under this decision. */
export type DecisionRule = (y: Float64Array, logits: Float64Array) => Evaluate;

/** Counts decisions that are positive where the probability is strictly greater than a threshold. */
export const hardCounts = (yTrue: Float64Array, yPred: Float64Array, threshold: number): Counts =>
  softCounts({ yTrue, yPred }, { value: (p) => p > threshold ? 1 : 0 });

/** The evaluation of the decisions of a threshold. */
function atThreshold(score: Score, threshold: number): Evaluate {
  return (yTrue, logits) => {
    const counts = hardCounts(yTrue, probabilities(logits, 1), threshold);
    return {
      value: scoreCounts([counts], undefined, { score, zeroDivision: 0 }).value,
      threshold,
      undefinedScores: Number(Number.isNaN(score.value(counts))),
    };
  };
}

/** The evaluation of decisions for the class with the largest logit: the mean of the classes' scores, each against the rest. */
function byArgmax(score: Score, outputs: number): Evaluate {
  const options = { decision: "argmax", step: "round", average: "macro", fromLogits: true } as const;
  const { decide, scoring } = resolveOptions("the comparison", score, options);
  return (y, yPred) => {
    const batch = { ...labelsOf(y, outputs), yPred }, { value, values } = scoreBatch(batch, decide(batch), scoring);
    return { value, undefinedScores: values.filter(Number.isNaN).length };
  };
}

/** The evaluation by the order of the outputs; of several classes the mean of their scores, each against the rest. */
const byOrder = (score: CurveScore, outputs: number): Evaluate => (y, logits) => {
  const yPred = outputs === 1 ? logits : probabilities(logits, outputs);
  const value = againstRest(score, { ...labelsOf(y, outputs), yPred }, "macro");
  return { value: Number.isNaN(value) ? 0 : value, undefinedScores: Number(Number.isNaN(value)) };
};

/** The decision rules for a network with so many outputs. */
export function decisionRules(score: ComparedScore, outputs: number): Partial<Record<ThresholdChoice, DecisionRule>> {
  if (isCurveScore(score)) return { none: () => byOrder(score, outputs) };
  if (outputs > 1) return { argmax: () => byArgmax(score, outputs) };
  return {
    tuned: (y, logits) => {
      const rows = Array.from(y, (_, row) => row), yPred = probabilities(logits, 1);
      return atThreshold(score, bestCut(score, { yTrue: y, yPred }, rows).threshold);
    },
    "0.5": () => atThreshold(score, 0.5),
  };
}

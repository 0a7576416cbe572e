import { scoreBatch, scoreCounts } from "../scoring/score_batch.ts";
import { resolveOptions } from "../scoring/options.ts";
import type { Counts } from "../counts/counts.ts";
import { softCounts } from "../steps/soft_counts.ts";
import type { Batch } from "../batch/read_batch.ts";
import { labelsOf, probabilities } from "../network/objectives.ts";
import { againstRest } from "../curves/ranking_metric.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import { isCurveScore } from "../curves/to_curve_score.ts";
import type { Score } from "../scores/score.ts";
import { savings } from "../scores/savings.ts";
import { drawnRows, rankRows } from "../numerics/rank.ts";
import { bestCut, bestCutOfRanked } from "../training/best_cut.ts";
import { cheaperDecisions, type CostedRows, type CostsByRow, leastExpectedCost, savingsOf } from "./costs.ts";
import type { ComparedScore, ThresholdChoice } from "./types.ts";

/** The score of some rows. */
export interface Evaluation {
  readonly value: number;
  /** The threshold of the decisions, unless the largest output decides. */
  readonly threshold?: number;
  /** The number of scores that are 0/0 and count as 0. */
  readonly undefinedScores: number;
}

/** The labels of rows, and what decisions on them cost where that is the score. */
export interface JudgedRows {
  readonly y: Float64Array;
  readonly costs?: CostsByRow;
}

/** Scores the logits of rows. */
export type Evaluate = (rows: JudgedRows, logits: Float64Array) => Evaluation;

/** Chooses how to decide, by validation rows; returns the evaluation under this decision. */
export interface DecisionRule {
  (rows: JudgedRows, logits: Float64Array): Evaluate;
  /**
   * Makes the choice of a threshold by drawn rows, `times` how often each was drawn; of a rule that tunes a threshold.
   *
   * @default {there is no threshold to choose}
   */
  readonly ofDrawn?: (rows: JudgedRows, logits: Float64Array) => (times: Uint32Array) => number;
}

/** Decision rules by their names, the main one first. */
export type DecisionRules = Partial<Record<ThresholdChoice, DecisionRule>>;

const known = new WeakMap<Float64Array, Float64Array>();

/** The probabilities of logits that are not changed: every decision rule needs them. */
function probabilitiesOf(logits: Float64Array): Float64Array {
  const p = known.get(logits) ?? probabilities(logits, 1);
  known.set(logits, p);
  return p;
}

/** Counts decisions that are positive where the probability is strictly greater than a threshold. */
export const hardCounts = (yTrue: Float64Array, yPred: Float64Array, threshold: number): Counts =>
  softCounts({ yTrue, yPred }, { value: (p) => p > threshold ? 1 : 0 });

/** The evaluation of the decisions of a threshold. */
function atThreshold(score: Score, threshold: number): Evaluate {
  return ({ y: yTrue }, logits) => {
    const counts = hardCounts(yTrue, probabilitiesOf(logits), threshold);
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
  return ({ y }, yPred) => {
    const batch = { ...labelsOf(y, outputs), yPred }, { value, values } = scoreBatch(batch, decide(batch), scoring);
    return { value, undefinedScores: values.filter(Number.isNaN).length };
  };
}

/** The evaluation by the order of the outputs; of several classes the mean of their scores, each against the rest. */
const byOrder = (score: CurveScore, outputs: number): Evaluate => ({ y }, logits) => {
  const yPred = outputs === 1 ? logits : probabilities(logits, outputs);
  const value = againstRest(score, { ...labelsOf(y, outputs), yPred }, "macro");
  return { value: Number.isNaN(value) ? 0 : value, undefinedScores: Number(Number.isNaN(value)) };
};

/** A rule that tunes a threshold for a score: the labels and weights are those that the score counts. */
function tuningRule(
  score: Score,
  labelsOf: (rows: JudgedRows) => Pick<Batch, "yTrue" | "sampleWeight">,
  above: (threshold: number) => Evaluate,
): DecisionRule {
  const labelled = (rows: JudgedRows, logits: Float64Array) => ({ ...labelsOf(rows), yPred: probabilitiesOf(logits) });
  const rule: DecisionRule = (rows, logits) => above(bestCut(score, labelled(rows, logits)).threshold);
  return Object.assign(rule, {
    ofDrawn: (rows: JudgedRows, logits: Float64Array) => {
      const ranked = rankRows(labelled(rows, logits));
      return (times: Uint32Array) => bestCutOfRanked(score, drawnRows(ranked, times)).threshold;
    },
  });
}

/** The decision rules for a network with so many outputs. */
export function decisionRules(score: ComparedScore, outputs: number): DecisionRules {
  if (isCurveScore(score)) return { none: () => byOrder(score, outputs) };
  if (outputs > 1) return { argmax: () => byArgmax(score, outputs) };
  return {
    tuned: tuningRule(score, ({ y }) => ({ yTrue: y }), (threshold) => atThreshold(score, threshold)),
    "0.5": () => atThreshold(score, 0.5),
  };
}

/** Decides on a row by its probabilities, one for each class. */
type Decide = (rows: CostedRows, row: number, probabilityOf: (label: number) => number) => number;

/** The savings of the decisions on rows with costs. */
function bySavings(outputs: number, decide: Decide, threshold?: number): Evaluate {
  const classes = Math.max(2, outputs);
  return ({ y, costs }, logits) => {
    const rows = { y, costs: costs! }, p = probabilities(logits, outputs);
    const probabilityOf = (row: number) => (label: number) =>
      outputs > 1 ? p[row * outputs + label] : label === 1 ? p[row] : 1 - p[row];
    const value = savingsOf(rows, classes, (row) => decide(rows, row, probabilityOf(row)));
    const undefinedScores = Number(Number.isNaN(value));
    return { value: undefinedScores ? 0 : value, ...(threshold !== undefined && { threshold }), undefinedScores };
  };
}

/** The decision rules where the score is the savings: the least expected cost first. */
export function costRules(outputs: number): DecisionRules {
  const leastCost = bySavings(
    outputs,
    ({ costs }, row, probabilityOf) => leastExpectedCost(costs, row, probabilityOf, Math.max(2, outputs)),
  );
  const largest = bySavings(outputs, (_, __, probabilityOf) => {
    const all = Array.from({ length: outputs }, (_, label) => probabilityOf(label));
    return all.indexOf(Math.max(...all));
  });
  if (outputs > 1) return { "least cost": () => leastCost, argmax: () => largest };
  const above = (threshold: number) =>
    bySavings(outputs, (_, __, probabilityOf) => Number(probabilityOf(1) > threshold), threshold);
  return {
    "least cost": () => leastCost,
    tuned: tuningRule(savings(), ({ y, costs }) => cheaperDecisions({ y, costs: costs! }), above),
    "0.5": () => above(0.5),
  };
}

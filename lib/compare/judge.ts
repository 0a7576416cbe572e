import { scoreBatch, scoreCounts } from "../scoring/score_batch.ts";
import { toSetting } from "../scoring/options.ts";
import { softCounts } from "../counts/soft_counts.ts";
import { labelsOf, probabilities } from "../network/objectives.ts";
import type { Score } from "../scores/score.ts";
import { bestCut } from "../training/tune_threshold.ts";
import type { ThresholdChoice } from "./types.ts";

/** A score, and how often it was 0/0 and counts as 0. */
export interface Judged {
  readonly value: number;
  readonly undefinedScores: number;
}

/** Judges logits by their rows' labels. */
export type Judge = (y: Float64Array, logits: Float64Array) => Judged;

/** What is chosen on validation rows: how to judge, after looking at these. */
export type Choices = Partial<Record<ThresholdChoice, (y: Float64Array, logits: Float64Array) => Judge>>;

/** Positive where the probability is above a threshold, strictly. */
function atThreshold(score: Score, threshold: number): Judge {
  return (yTrue, logits) => {
    const yPred = probabilities(logits, 1);
    const counts = softCounts({ yTrue, yPred }, { value: (p) => p > threshold ? 1 : 0 });
    return {
      value: scoreCounts([counts], undefined, { score, zeroDivision: 0 }).value,
      undefinedScores: Number(Number.isNaN(score.value(counts))),
    };
  };
}

/** The class with the largest logit, each class against the rest: the mean of their scores. */
function byArgmax(score: Score, outputs: number): Judge {
  const options = { decision: "argmax", step: "round", average: "macro", fromLogits: true } as const;
  const { decide, scoring } = toSetting("the comparison", score, options);
  return (y, yPred) => {
    const batch = { ...labelsOf(y, outputs), yPred }, { value, values } = scoreBatch(batch, decide(batch), scoring);
    return { value, undefinedScores: values.filter(Number.isNaN).length };
  };
}

/** How the outputs of a network with so many of them may be judged. */
export function choicesOf(score: Score, outputs: number): Choices {
  if (outputs > 1) return { argmax: () => byArgmax(score, outputs) };
  return {
    tuned: (y, logits) => {
      const rows = Array.from(y, (_, row) => row), yPred = probabilities(logits, 1);
      return atThreshold(score, bestCut(score, { yTrue: y, yPred }, rows).threshold);
    },
    "0.5": () => atThreshold(score, 0.5),
  };
}

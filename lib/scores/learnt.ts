import type { Counts } from "../counts/counts.ts";
import type { Score } from "./score.ts";

/** Numbers that a score learns between the epochs of a training: the multipliers of its constraints. */
export interface LearntNumbers {
  /** The score by which decisions are compared: the best epoch, the best threshold. */
  readonly ofDecisions: Score;
  /** Learns from the counts of the decisions on the whole data set. */
  learn(counts: Counts): void;
  /** Returns the numbers by name, for the history of the training. */
  numbers(): Record<string, number>;
  /** Replaces the numbers by those of a training that is resumed. */
  restore(numbers: Record<string, number>): void;
}

// Kept beside the scores, as their formulas are.
const known = new WeakMap<Score, LearntNumbers>();

/** Notes that a score learns. */
export function withLearnt(score: Score, learnt: LearntNumbers): Score {
  known.set(score, learnt);
  return score;
}

/** Returns the numbers that a score learns; nothing for a score that learns none. */
export const learntBy = (score: Score): LearntNumbers | undefined => known.get(score);

/** Returns the score by which decisions are compared: the score itself, unless it learns. */
export const ofDecisions = (score: Score): Score => learntBy(score)?.ofDecisions ?? score;

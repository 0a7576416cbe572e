import { type LossParts, resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import { crossEntropyGradient, type EpochObjective, runningScore } from "../network/objectives.ts";
import type { Score } from "../scores/score.ts";

/** A loss that is compared. */
export interface Candidate {
  /** "cross-entropy", "f1 loss, softsign", … */
  readonly loss: string;
  /** The gradient that it trains with. */
  readonly objective: EpochObjective;
  /** Weights that give all classes the same total. */
  readonly balanced?: boolean;
}

/** One minus a score of all training rows, of logits. */
function scoreObjective(score: Score, options: ScoringOptions): EpochObjective {
  const whole = { ...options, fromLogits: true }, setting = resolveOptions("the comparison", score, whole);
  const parts: LossParts = { ...setting, best: score.best ?? 1, wholeSet: false, options: whole };
  return runningScore(parts);
}

/** The losses that are compared for a score, cross-entropy first. */
export function candidatesFor(score: Score, classes: number): Candidate[] {
  const own: Record<string, ScoringOptions> = classes === 2
    ? { softsign: { step: "softsign" }, identity: { step: "identity" } }
    : { argmax: { decision: "argmax", average: "macro" } };
  return [
    { loss: "cross-entropy", objective: () => crossEntropyGradient },
    { loss: "cross-entropy, class weights", objective: () => crossEntropyGradient, balanced: true },
    ...Object.entries(own).map(([name, options]) => (
      { loss: `${score.name} loss, ${name}`, objective: scoreObjective(score, options) }
    )),
  ];
}

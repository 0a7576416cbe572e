import { ofDecisions } from "../scores/learnt.ts";
import { type LossParts, type ResolvedOptions, resolveOptions } from "../scoring/options.ts";

/** Returns the threshold of a loss: its option, or the threshold of its step. */
function thresholdOf({ options: { threshold, step } }: LossParts): number | readonly number[] | undefined {
  if (threshold !== undefined || typeof step !== "object") return threshold;
  return step.threshold;
}

/** Makes the options that score the batches of a loss by hard decisions, at its own threshold or at another. */
export function hardOptions(name: string, parts: LossParts, threshold = thresholdOf(parts)): ResolvedOptions {
  const { rule } = parts.scoring;
  if (rule !== undefined) return { ...parts, scoring: { ...parts.scoring, rule: rule.hard ?? rule } };
  const options = { ...parts.options, step: "round", slope: undefined, threshold } as const;
  return resolveOptions(name, ofDecisions(parts.scoring.score), options);
}

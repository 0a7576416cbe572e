import { type Setting, toSetting } from "../scoring/options.ts";
import type { LossParts } from "../losses/loss_parts.ts";

/** Returns the threshold of a loss: its option, or the threshold of its step. */
function thresholdOf({ options: { threshold, step } }: LossParts): number | readonly number[] | undefined {
  if (threshold !== undefined || typeof step !== "object") return threshold;
  return step.threshold;
}

/** Makes the options that score the batches of a loss by hard decisions, at its own threshold or at another. */
export function hardSetting(name: string, parts: LossParts, threshold = thresholdOf(parts)): Setting {
  const options = { ...parts.options, step: "round", slope: undefined, threshold } as const;
  return toSetting(name, parts.scoring.score, options);
}

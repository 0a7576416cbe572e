import { type Setting, toSetting } from "../scoring/options.ts";
import type { LossParts } from "../losses/loss_parts.ts";

/** The threshold that a loss decides by: its option's, or that of the step it was given. */
function thresholdOf({ options: { threshold, step } }: LossParts): number | readonly number[] | undefined {
  if (threshold !== undefined || typeof step !== "object") return threshold;
  return step.threshold;
}

/** How a loss's batches are scored when its decisions are counted as they are, by its own threshold or another. */
export function hardSetting(name: string, parts: LossParts, threshold = thresholdOf(parts)): Setting {
  const options = { ...parts.options, step: "round", slope: undefined, threshold } as const;
  return toSetting(name, parts.scoring.score, options);
}

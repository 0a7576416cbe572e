import type { Tensor } from "@roundabout/roundabout";
import type { AuditOptions } from "@roundabout/roundabout/audit";
import { type Case, makeBatch } from "./cases.ts";

/** A case with the thread that it was asked in; written anew for TensorFlow.js from what the thread says. */
export interface FurtherCase extends Case {
  /** Where it was asked, owner/repository#number; empty for a control. */
  thread: string;
  /** What they saw. */
  saw: string;
  /** What it was. */
  was: string;
}

const words: Record<string, string> = { prob: "probability", nonneg: "nonnegative" };

/** What a case says of itself, as options. */
export const optionsOf = (c: Case): AuditOptions => ({
  yPred: (words[c.domain] ?? c.domain) as AuditOptions["yPred"],
  sample: (kind, seed, rows) => makeBatch(c, kind, seed, rows) as { yTrue: Tensor; yPred: Tensor } | undefined,
});

/// <reference lib="deno.worker" />
/**
 * A fold of the AnyLoss protocol in a thread of its own.
 *
 * @module
 */
import { type AnyLossData, scoreFold, type StandardisedBy } from "./anyloss.ts";

/** What a worker is asked for. */
export interface FoldRequest {
  readonly data: Omit<AnyLossData, "folds">;
  readonly fold: AnyLossData["folds"][number];
  readonly by: StandardisedBy;
}

self.onmessage = ({ data: { data, fold, by } }: MessageEvent<FoldRequest>) =>
  self.postMessage(scoreFold(data, fold, by));

/// <reference lib="deno.worker" />
/**
 * A worker that computes one fold of the AnyLoss protocol.
 *
 * @module
 */
import { type AnyLossData, scoreFold, type StandardisedBy } from "../lib/compare/anyloss.ts";

/** The message to the worker. */
export interface FoldRequest {
  readonly data: Omit<AnyLossData, "folds">;
  readonly fold: AnyLossData["folds"][number];
  readonly by: StandardisedBy;
}

self.onmessage = ({ data: { data, fold, by } }: MessageEvent<FoldRequest>) =>
  self.postMessage(scoreFold(data, fold, by));

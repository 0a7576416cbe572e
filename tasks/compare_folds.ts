/**
 * The folds of the AnyLoss protocol on up to eight cores, because they need 120,000 passes over the table.
 *
 * @module
 */
import type { AnyLossData, FoldScores, StandardisedBy } from "../lib/compare/anyloss.ts";
import type { FoldRequest } from "../lib/compare/anyloss_worker.ts";
import { inWorkers } from "./in_workers.ts";

/** Computes the scores of every fold, in the order of the folds; calls `onFold` after each. */
export async function scoreFolds(
  { folds, ...data }: AnyLossData,
  by: StandardisedBy,
  onFold: () => void,
): Promise<FoldScores[]> {
  const scores: FoldScores[] = [], requests = folds.map((fold): FoldRequest => ({ data, fold, by }));
  await inWorkers<FoldScores>(new URL("../lib/compare/anyloss_worker.ts", import.meta.url), requests, {
    onAnswer(place, answer) {
      scores[place] = answer;
      onFold();
    },
  });
  return scores;
}

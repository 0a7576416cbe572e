/**
 * The folds of the AnyLoss protocol on all cores, because they need 120,000 passes over the table.
 *
 * @module
 */
import type { AnyLossData, FoldScores, StandardisedBy } from "../lib/compare/anyloss.ts";
import type { FoldRequest } from "../lib/compare/anyloss_worker.ts";

/** Asks a worker for the scores of a fold. */
function ask(worker: Worker, request: FoldRequest): Promise<FoldScores> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FoldScores>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(event.error ?? new Error(event.message));
    };
    worker.postMessage(request);
  });
}

/** Computes the scores of every fold, in the order of the folds; calls `onFold` after each. */
export async function scoreFolds(
  { folds, ...data }: AnyLossData,
  by: StandardisedBy,
  onFold: () => void,
): Promise<FoldScores[]> {
  const scores: FoldScores[] = [], waiting = [...folds.entries()];
  const work = async () => {
    const worker = new Worker(new URL("../lib/compare/anyloss_worker.ts", import.meta.url), { type: "module" });
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [place, fold] = next;
        scores[place] = await ask(worker, { data, fold, by });
        onFold();
      }
    } finally {
      worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(folds.length, navigator.hardwareConcurrency) }, work));
  return scores;
}

/**
 * The splits of a comparison on up to eight cores.
 *
 * @module
 */
import { type TrainedLoss, trainingsPerSplit, type TrainSplits } from "../lib/compare/train_split.ts";
import type { ScoreChoice } from "./compare_score.ts";
import type { SplitRequest } from "./compare_splits_worker.ts";
import { inWorkers } from "./in_workers.ts";

/** Makes the trainings of all splits run on worker threads, which make the score anew: functions are not sent. */
export const trainInWorkers = (choice: ScoreChoice | undefined): TrainSplits =>
async (
  { score, ...work },
  splits,
  seed,
  { onTraining, signal },
) => {
  const script = new URL("./compare_splits_worker.ts", import.meta.url);
  const requests = splits.map((rows, split): SplitRequest => ({ ...work, choice, rows, seed: seed + split }));
  const perRequest = trainingsPerSplit({ ...work, score });
  await inWorkers<TrainedLoss>(script, requests, { perRequest, onAnswer: onTraining, signal });
};

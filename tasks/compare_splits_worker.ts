/// <reference lib="deno.worker" />
/**
 * A worker that runs the trainings of one split.
 *
 * @module
 */
import { type ComparisonWork, trainingsOf } from "../lib/compare/train_split.ts";
import type { Split } from "../lib/data/table.ts";
import { savings } from "../lib/scores/savings.ts";
import { type ScoreChoice, scoreOf } from "./compare_score.ts";

/** The message to the worker. */
export interface SplitRequest extends Omit<ComparisonWork, "score"> {
  /** The score; absent where it is the savings. */
  readonly choice?: ScoreChoice;
  readonly rows: Split;
  readonly seed: number;
}

self.onmessage = async ({ data: { choice, rows, seed, ...work } }: MessageEvent<SplitRequest>) => {
  const score = choice === undefined ? savings() : scoreOf(choice);
  for (const train of trainingsOf({ ...work, score }, rows, seed)) {
    self.postMessage(train());
    await new Promise((resolve) => setTimeout(resolve)); // a thread that was ended stops here
  }
};

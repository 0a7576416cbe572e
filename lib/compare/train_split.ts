import type { PrepareOptions, Split, TableDataset } from "../data/table.ts";
import { candidatesFor, costCandidates } from "./candidates.ts";
import { type DecisionCosts, rowCosts } from "./costs.ts";
import { partsOf, runSplit, type SplitRun } from "./run_split.ts";
import type { Candidate, ComparedLoss, ComparedScore } from "./types.ts";

const models = ["linear", "network"] as const;

/** The table that losses are compared on, and the score: plain data, but for the score's functions. */
export interface ComparisonWork extends Required<PrepareOptions> {
  readonly table: TableDataset;
  readonly score: ComparedScore;
  readonly costs?: DecisionCosts;
}

/** The result of one training: the test scores by decision rule. */
export interface TrainedLoss extends Pick<SplitRun, "outcomes"> {
  readonly model: ComparedLoss["model"];
  readonly loss: string;
}

const candidatesOf = ({ table: { classes }, score, costs }: Omit<ComparisonWork, "heavyTails">): Candidate[] =>
  costs === undefined ? candidatesFor(score, classes.length) : costCandidates(classes.length);

/** Returns the number of trainings per split. */
export const trainingsPerSplit = (work: Omit<ComparisonWork, "heavyTails">): number =>
  models.length * candidatesOf(work).length;

/** Yields the trainings of a split, each to be run before the next is asked for: a warm start takes the first one's weights. */
export function* trainingsOf(work: ComparisonWork, rows: Split, seed: number): Generator<() => TrainedLoss> {
  const { table, score, costs, heavyTails } = work, classes = table.classes.length;
  const parts = partsOf(table, rows, costs && rowCosts(costs, table), { heavyTails });
  for (const model of models) {
    let start: Float64Array | undefined;
    for (const candidate of candidatesOf(work)) {
      yield () => {
        const { outcomes, weights } = runSplit(candidate, parts, { model, classes, score, seed, start });
        start ??= weights; // of cross-entropy, the first candidate
        return { model, loss: candidate.loss, outcomes };
      };
    }
  }
}

/** The listener to the trainings, and the signal that stops them. */
export interface TrainingWatch {
  onTraining(split: number, trained: TrainedLoss): void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the trainings of all splits, in any order of the splits; those of one split come in their order. The first split has the
 * seed `seed`, the next one the next.
 */
export type TrainSplits = (
  work: ComparisonWork,
  splits: readonly Split[],
  seed: number,
  watch: TrainingWatch,
) => Promise<void>;

/** Runs the trainings one by one, and lets events pass between them. */
export const trainInThisThread: TrainSplits = async (work, splits, seed, { onTraining, signal }) => {
  for (const [split, rows] of splits.entries()) {
    for (const train of trainingsOf(work, rows, seed + split)) {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
      onTraining(split, train());
    }
  }
};

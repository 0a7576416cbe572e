import { refuse } from "../batch/read_batch.ts";
import type { Batch } from "../batch/read_batch.ts";
import { countBatch, type Counted } from "../scoring/score_batch.ts";
import type { LossParts, ResolvedOptions } from "../scoring/options.ts";
import { DatasetSums } from "./dataset_sums.ts";
import type { OutputBatch } from "./outputs.ts";
import { readRows } from "./passes.ts";

/** Counts of a data set, from one pass. */
export interface DatasetCounts {
  /** Counts under the step of the loss. */
  readonly soft: DatasetSums;
  /** Counts of the decisions. */
  readonly hard: DatasetSums;
  /** The number of batches. */
  readonly batchCount: number;
  /** Soft counts of each batch, if `each` was set. */
  readonly batches: readonly DatasetSums[];
}

/** Counts a batch whose gradient is not asked for. */
function countOnly(batch: Batch, { decide, scoring }: ResolvedOptions): Counted {
  const decided = decide(batch), counted = countBatch(batch, decided, scoring);
  decided.release?.();
  return counted;
}

/** Counts the batches of a data set under a loss, with or without the counts of each batch. */
export class DatasetCounter {
  readonly #soft: DatasetSums;
  readonly #hard: DatasetSums;
  readonly #batches: DatasetSums[] = [];
  #batchCount = 0;

  constructor(
    readonly name: string,
    readonly parts: LossParts,
    readonly hard: ResolvedOptions,
    readonly each: boolean,
  ) {
    this.#soft = new DatasetSums(parts);
    this.#hard = new DatasetSums({ ...parts, ...hard });
  }

  /** Counts a batch. */
  take(tensors: OutputBatch): void {
    const { parts, hard } = this, batch = readRows(this.name, parts, tensors, this.#soft.rows);
    const counted = countOnly(batch, parts);
    this.#batchCount++;
    this.#soft.add(batch.rows, counted);
    this.#hard.add(batch.rows, countOnly(batch, hard));
    if (!this.each) return;
    const sums = new DatasetSums(parts);
    sums.add(batch.rows, counted);
    this.#batches.push(sums);
  }

  /** Returns the counts; throws if there are no rows. */
  result(): DatasetCounts {
    if (this.#soft.rows === 0) throw refuse(this.name, "data", "has no rows");
    return { soft: this.#soft, hard: this.#hard, batchCount: this.#batchCount, batches: this.#batches };
  }
}

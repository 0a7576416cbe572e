import { bestOf, type Counted } from "../scoring/score_batch.ts";
import { type Counts, scaleCounts } from "../counts/counts.ts";
import type { LossParts } from "../scoring/options.ts";
import { DatasetSums } from "./dataset_sums.ts";

/** Loss at the running counts, and its derivatives for one batch. */
export interface RunningLoss {
  /** Loss at the running counts. */
  readonly loss: number;
  /** Partial derivatives of the loss with respect to the counts of the batch, times the number of batches. */
  readonly partials: readonly Counts[];
}

/** Returns the sums over the batches after each position. They are added up: subtracting from a total would not end at 0. */
export function laterSums(parts: LossParts, batches: readonly DatasetSums[], order: readonly number[]): DatasetSums[] {
  const later = order.map(() => new DatasetSums(parts));
  for (let b = order.length - 2; b >= 0; b--) later[b] = batches[order[b + 1]].plus(later[b + 1]);
  return later;
}

/**
 * Running counts of a data set during an epoch: the most recent counts of every batch.
 *
 *     C = Σ new counts of the batches seen in this epoch + Σ previous counts of the other batches
 */
export class RunningCounts {
  readonly #parts: LossParts;
  readonly #later: readonly DatasetSums[];
  #seen: DatasetSums;
  #position = 0;

  /** Starts an epoch from the previous counts of the batches, which will come in `order`. */
  constructor(parts: LossParts, batches: readonly DatasetSums[], order: readonly number[]) {
    this.#parts = parts;
    this.#later = laterSums(parts, batches, order);
    this.#seen = new DatasetSums(parts);
  }

  /** Sums over the batches seen in this epoch, each counted when it was seen. */
  get seen(): DatasetSums {
    return this.#seen;
  }

  /** Replaces the previous counts of the next batch by new counts. */
  update(rows: number, counted: Counted): RunningLoss {
    const batch = new DatasetSums(this.#parts);
    batch.add(rows, counted);
    this.#seen = this.#seen.plus(batch);
    const { value, partials } = this.#seen.plus(this.#later[this.#position++]).score();
    const times = -this.#later.length;
    return {
      loss: bestOf(this.#parts.scoring.score) - value,
      partials: partials(counted).map((of) => scaleCounts(times, of)),
    };
  }
}

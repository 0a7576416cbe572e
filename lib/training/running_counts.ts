import type { Counted } from "../scoring/score_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { eachCount } from "../counts/each_count.ts";
import type { LossParts } from "../losses/loss_parts.ts";
import { DatasetSums } from "./dataset_sums.ts";

/** What a batch is differentiated with. */
export interface Meeting {
  /** The loss at the running counts. */
  readonly loss: number;
  /** The partial derivatives of the loss by the batch's counts, times the number of batches. */
  readonly partials: readonly Counts[];
}

/**
 * The running counts of a data set in an epoch: what each batch counted when it was last met.
 *
 *     C = Σ over the batches already met, this one included, as they are now + Σ over the others as they were
 */
export class RunningCounts {
  readonly #parts: LossParts;
  /** What is still to be met after each batch: sums alone, for a difference would not come to 0. */
  readonly #later: readonly DatasetSums[];
  #met: DatasetSums;
  #place = 0;

  /** `batches`: what each counted last; `order`: in which they will be met. */
  constructor(parts: LossParts, batches: readonly DatasetSums[], order: readonly number[]) {
    const later = order.map(() => new DatasetSums(parts));
    for (let b = order.length - 2; b >= 0; b--) later[b] = batches[order[b + 1]].plus(later[b + 1]);
    this.#parts = parts;
    this.#later = later;
    this.#met = new DatasetSums(parts);
  }

  /** What the batches met so far counted, each when it was met. */
  get met(): DatasetSums {
    return this.#met;
  }

  /** Takes what the next batch counts now in the place of what it counted before. */
  meet(rows: number, counted: Counted): Meeting {
    const own = new DatasetSums(this.#parts);
    own.add(rows, counted);
    this.#met = this.#met.plus(own);
    const { value, partials } = this.#met.plus(this.#later[this.#place++]).score();
    const times = -this.#later.length;
    return {
      loss: this.#parts.best - value,
      partials: partials(counted).map((of) => eachCount((key) => times * of[key])),
    };
  }
}

import { type Counted, countsPartials, scoreCounts } from "../scoring/score_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { countKeys, eachCount } from "../counts/each_count.ts";
import type { LossParts } from "../losses/loss_parts.ts";

/** What the batches of a data set add up to. */
export class DatasetSums {
  rows = 0;
  counts: Counts[] = [];
  #weights?: number[];
  /** With "samples": Σ of the rows' weight times score, and of the weights. */
  #sum = 0;
  #whole = 0;
  readonly #parts: LossParts;

  constructor(parts: LossParts) {
    this.#parts = parts;
  }

  add(rows: number, { each, weights }: Counted): void {
    const { scoring } = this.#parts;
    this.rows += rows;
    if (scoring.average === "samples") {
      const { value, whole } = scoreCounts(each, weights, scoring);
      this.#sum += whole === 0 ? 0 : value * whole;
      this.#whole += whole;
      const sum = eachCount((key) => each.reduce((total, one) => total + one[key], 0));
      this.counts = [eachCount((key) => (this.counts[0]?.[key] ?? 0) + sum[key])];
      return;
    }
    if (this.counts.length > 0 && this.counts.length !== each.length) {
      throw new RangeError(
        `Cannot compute ${scoring.score.name}: 'yPred' has ${each.length} columns, ` +
          `it had ${this.counts.length} in the batches before`,
      );
    }
    this.counts = each.map((one, k) => eachCount((key) => (this.counts[k]?.[key] ?? 0) + one[key]));
    // A class weighs as much as it has positives, in all batches; with "macro" the same in each.
    const supports = scoring.average === "weighted" ? this.#weights : undefined;
    this.#weights = weights?.map((w, k) => w + (supports?.[k] ?? 0));
  }

  /** Both together. */
  plus(other: DatasetSums): DatasetSums {
    const both = new DatasetSums(this.#parts), one = this.counts.length === 0 ? other : this;
    both.rows = this.rows + other.rows;
    both.counts = one.counts.map((own, k) => {
      const more = one === other ? undefined : other.counts[k];
      return more === undefined ? own : eachCount((key) => own[key] + more[key]);
    });
    const supports = this.#parts.scoring.average === "weighted" ? other.#weights : undefined;
    both.#weights = one === other ? other.#weights : this.#weights?.map((w, k) => w + (supports?.[k] ?? 0));
    both.#sum = this.#sum + other.#sum;
    both.#whole = this.#whole + other.#whole;
    return both;
  }

  /** The score of the whole, and the partial derivatives by the counts of a batch of it. */
  score(): { value: number; partials: (batch: Counted) => readonly Counts[] } {
    const { scoring } = this.#parts, { score } = scoring;
    if (scoring.average === "samples") {
      const value = this.#whole === 0 ? Number(scoring.zeroDivision === 1) : this.#sum / this.#whole;
      return {
        value,
        partials: ({ each, weights }) => countsPartials(scoreCounts(each, weights, scoring), this.#whole, score),
      };
    }
    const scored = scoreCounts(this.counts, this.#weights, scoring);
    const partials = countsPartials(scored, scored.whole, score);
    return { value: scored.value, partials: () => partials };
  }
}

/** How far counts of the same data may lie apart: the model is run by other kernels when it is differentiated. */
const rounding = { ofLabels: 1e-9, ofOutputs: 1e-5 };

/** What a pass has read. */
type Readable = Readonly<{ rows: number; counts: readonly Counts[] }>;

/** Where data that should be the same were read, and by what they can be compared: by the labels, if the model has changed. */
export interface Comparison {
  readonly between: string;
  readonly by: "labels" | "all";
}

/** Throws unless the second pass has read what the first has. */
export function checkSame(
  name: string,
  first: Readable,
  second: Readable,
  { between, by }: Comparison = { between: "the two passes", by: "all" },
): void {
  const complain = (things: string, a: number, b: number) =>
    new RangeError(
      `Cannot compute ${name}: 'data' differ between ${between}, ${things} ${a} in the first, ${b} in the second; ` +
        "they must be read anew each time, a generator is read once: give the function that makes it",
    );
  if (first.rows !== second.rows) throw complain("the number of rows is", first.rows, second.rows);
  first.counts.forEach((a, k) => {
    const b = second.counts[k], whole = countKeys.reduce((sum, key) => sum + a[key], 0);
    const positives = [a, b].map(({ tp, fn }) => tp + fn), negatives = [a, b].map(({ fp, tn }) => fp + tn);
    const pairs: [string, number, number, number][] = [
      [`the weight of the positives of column ${k} is`, positives[0], positives[1], rounding.ofLabels],
      [`the weight of the negatives of column ${k} is`, negatives[0], negatives[1], rounding.ofLabels],
      ...(by === "labels" ? [] : countKeys).map((key): [string, number, number, number] => [
        `the count '${key}' of column ${k} is`,
        a[key],
        b[key],
        rounding.ofOutputs,
      ]),
    ];
    for (const [things, x, y, tolerance] of pairs) {
      if (!(Math.abs(x - y) <= tolerance * whole)) throw complain(things, x, y);
    }
  });
}

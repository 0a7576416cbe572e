import { refuse } from "../batch/read_batch.ts";
import { type Counted, countsPartials, scoreCounts } from "../scoring/score_batch.ts";
import { describe } from "../check/check.ts";
import { countKeys, type Counts, sumCounts } from "../counts/counts.ts";
import type { LossParts } from "../scoring/options.ts";

/** Sums of the counts of batches. */
export class DatasetSums {
  rows = 0;
  counts: Counts[] = [];
  #weights?: number[];
  /** With "samples": Σ weight·score of the rows. */
  #sum = 0;
  /** With "samples": Σ weight of the rows. */
  #whole = 0;
  /** The names of the queries of all batches, where batches name them. */
  #queries?: Set<unknown>;
  readonly #parts: LossParts;

  constructor(parts: LossParts) {
    this.#parts = parts;
  }

  /** Adds a batch. */
  add(rows: number, { each, weights, queries }: Counted): void {
    const { scoring } = this.#parts;
    this.rows += rows;
    if (queries !== undefined) this.#addQueries(queries);
    if (scoring.average === "samples") {
      const { value, whole } = scoreCounts(each, weights, scoring);
      this.#sum += whole === 0 ? 0 : value * whole;
      this.#whole += whole;
      const sum = each.reduce((a, b) => sumCounts(a, b));
      this.counts = [this.counts.length === 0 ? sum : sumCounts(this.counts[0], sum)];
      return;
    }
    if (this.counts.length > 0 && this.counts.length !== each.length) {
      throw refuse(
        scoring.score.name,
        "yPred",
        `has ${each.length} columns, ` +
          `it had ${this.counts.length} in the batches before`,
      );
    }
    this.counts = this.counts.length === 0 ? [...each] : each.map((one, k) => sumCounts(this.counts[k], one));
    // With "weighted" the weight of a class is its number of positives in all batches; with "macro" it is a constant.
    const supports = scoring.average === "weighted" ? this.#weights : undefined;
    this.#weights = weights?.map((w, k) => w + (supports?.[k] ?? 0));
  }

  /** Notes the queries of a batch; throws if rows of one of them were in a batch before. */
  #addQueries(queries: readonly unknown[]): void {
    const all = this.#queries ??= new Set();
    for (const query of new Set(queries)) {
      if (all.has(query)) {
        throw refuse(
          this.#parts.scoring.score.name,
          "groups",
          `has the query ${describe(query)} in two batches; a batch must hold whole queries`,
        );
      }
      all.add(query);
    }
  }

  /** Adds two data sets. */
  plus(other: DatasetSums): DatasetSums {
    const both = new DatasetSums(this.#parts), [one, more] = this.counts.length === 0 ? [other] : [this, other];
    both.rows = this.rows + other.rows;
    both.counts = one.counts.map((counts, k) => {
      const added = more?.counts[k];
      return added === undefined ? counts : sumCounts(counts, added);
    });
    const supports = more && this.#parts.scoring.average === "weighted" ? more.#weights : undefined;
    both.#weights = one.#weights?.map((w, k) => w + (supports?.[k] ?? 0));
    both.#sum = this.#sum + other.#sum;
    both.#whole = this.#whole + other.#whole;
    return both;
  }

  /** Computes the score of the data set, and its partial derivatives with respect to the counts of a batch. */
  score(): { value: number; counts: readonly Counts[]; partials: (batch: Counted) => readonly Counts[] } {
    const { scoring } = this.#parts, { score } = scoring;
    if (scoring.average === "samples") {
      const value = this.#whole === 0 ? Number(scoring.zeroDivision === 1) : this.#sum / this.#whole;
      return {
        value,
        counts: this.counts,
        partials: ({ each, weights }) => countsPartials(scoreCounts(each, weights, scoring), this.#whole, score),
      };
    }
    const scored = scoreCounts(this.counts, this.#weights, scoring);
    const partials = countsPartials(scored, scored.whole, score);
    return { value: scored.value, counts: scored.counts, partials: () => partials };
  }
}

/** Advice for data that are not the same in every pass. */
export const rereadHint = "a generator can be read only once: give the function that makes it";

/** Relative tolerances for counts of the same data. Outputs may differ a little: a differentiated model runs other kernels. */
const tolerances = { labels: 1e-9, outputs: 1e-5 };

/** Sums over one pass. */
type PassSums = Readonly<{ rows: number; counts: readonly Counts[] }>;

/** Names of two passes over the same data, and the sums that must agree: those of the labels alone if the model changed. */
export interface PassComparison {
  readonly between: string;
  readonly by: "labels" | "all";
}

/** Throws unless both passes read the same data. */
export function checkSame(
  name: string,
  first: PassSums,
  second: PassSums,
  { between, by }: PassComparison = { between: "the two passes", by: "all" },
): void {
  const differ = (sum: string, a: number, b: number) =>
    refuse(name, "data", `differ between ${between}, ${sum} is ${a} in the first, ${b} in the second; ${rereadHint}`);
  if (first.rows !== second.rows) throw differ("the number of rows", first.rows, second.rows);
  first.counts.forEach((a, k) => {
    const b = second.counts[k], whole = countKeys.reduce((sum, key) => sum + a[key], 0);
    const positives = [a, b].map(({ tp, fn }) => tp + fn), negatives = [a, b].map(({ fp, tn }) => fp + tn);
    const pairs: [string, number, number, number][] = [
      [`the weight of the positives of column ${k}`, positives[0], positives[1], tolerances.labels],
      [`the weight of the negatives of column ${k}`, negatives[0], negatives[1], tolerances.labels],
      ...(by === "labels" ? [] : countKeys).map((key): [string, number, number, number] => [
        `the count '${key}' of column ${k}`,
        a[key],
        b[key],
        tolerances.outputs,
      ]),
    ];
    for (const [sum, x, y, tolerance] of pairs) {
      if (!(Math.abs(x - y) <= tolerance * whole)) throw differ(sum, x, y);
    }
  });
}

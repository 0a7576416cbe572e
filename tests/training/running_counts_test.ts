// The running counts of an epoch and the sums of a data set: against sums and scores written out.
import { assertEquals, assertThrows } from "@std/assert";
import { type Counts, f1, f1Loss, type LossOptions, metricLoss } from "../../lib/mod.ts";
import { partsOfLoss } from "../../lib/scoring/options.ts";
import type { Counted } from "../../lib/scoring/score_batch.ts";
import { checkSame, DatasetSums } from "../../lib/training/dataset_sums.ts";
import { RunningCounts } from "../../lib/training/running_counts.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";

const partsOf = (options: LossOptions = {}) => partsOfLoss(f1Loss(options))!;
const noGradient = () => new Float32Array() as never;
const counted = (each: Counts[], weights?: number[]): Counted => ({
  each,
  weights,
  gradient: noGradient,
});
const list = ({ tp, fp, fn, tn }: Counts) => [tp, fp, fn, tn];

function sumsOf(parts: ReturnType<typeof partsOf>, rows: number, each: Counts[], weights?: number[]): DatasetSums {
  const sums = new DatasetSums(parts);
  sums.add(rows, counted(each, weights));
  return sums;
}

/** Counts that differ from batch to batch and from pass to pass. */
const previous: Counts[] = [{ tp: 1, fp: 2, fn: 3, tn: 4 }, { tp: 5, fp: 1, fn: 0, tn: 2 }, {
  tp: 0,
  fp: 7,
  fn: 1,
  tn: 1,
}];
const next: Counts[] = [{ tp: 2, fp: 1, fn: 2, tn: 5 }, { tp: 4, fp: 2, fn: 1, tn: 1 }, { tp: 1, fp: 5, fn: 0, tn: 3 }];
const total = (all: Counts[]): Counts => {
  const of = (key: keyof Counts) => all.reduce((sum, one) => sum + one[key], 0);
  return { tp: of("tp"), fp: of("fp"), fn: of("fn"), tn: of("tn") };
};

Deno.test("running counts: the batches seen with their new counts, the others with their previous ones", () => {
  const parts = partsOf(), order = [2, 0, 1];
  const running = new RunningCounts(parts, previous.map((one) => sumsOf(parts, 10, [one])), order);
  assertEquals([running.seen.rows, running.seen.counts], [0, []]);
  order.forEach((batch, position) => {
    const { loss, partials } = running.update(10 + batch, counted([next[batch]]));
    const done = order.slice(0, position + 1), later = order.slice(position + 1);
    const whole = total([...done.map((b) => next[b]), ...later.map((b) => previous[b])]);
    assertWithin(loss, 1 - f1.value(whole), 1e-15);
    assertAllWithin(list(partials[0]), list(f1.gradient(whole)).map((g) => -3 * g), 1e-15); // three batches
    assertEquals(running.seen.counts, [total(done.map((b) => next[b]))]);
    assertEquals(running.seen.rows, done.reduce((rows, b) => rows + 10 + b, 0));
  });
});

Deno.test("sums of a data set: class supports add up with 'weighted', class weights stay with 'macro'", () => {
  const two = (c: Counts): Counts[] => [c, { tp: c.tn, fp: c.fn, fn: c.fp, tn: c.tp }];
  const valueOf = (options: LossOptions, weights: (batch: number) => number[]) => {
    const parts = partsOf(options), sums = new DatasetSums(parts);
    previous.forEach((one, b) => sums.add(10, counted(two(one), weights(b))));
    const halves = sumsOf(parts, 10, two(previous[0]), weights(0)).plus(
      sumsOf(parts, 10, two(previous[1]), weights(1)).plus(sumsOf(parts, 10, two(previous[2]), weights(2))),
    );
    assertEquals([halves.rows, halves.counts, halves.score().value], [sums.rows, sums.counts, sums.score().value]);
    const none = new DatasetSums(parts);
    for (const same of [none.plus(sums), sums.plus(none)]) assertEquals(same.score().value, sums.score().value);
    return sums.score().value;
  };
  const [a, b] = two(total(previous)).map((counts) => f1.value(counts));
  const supports = [[4, 6], [5, 3], [1, 8]]; // tp + fn of each class in each batch
  assertWithin(valueOf({ average: "weighted" }, (i) => supports[i]), (10 * a + 17 * b) / 27, 1e-15);
  assertWithin(valueOf({ average: "macro", classWeights: [1, 3] }, () => [1, 3]), (a + 3 * b) / 4, 1e-15);
});

Deno.test("sums of a data set: with 'samples' the rows' scores are averaged by the weights of the rows", () => {
  const parts = partsOf({ average: "samples" });
  const rows = (batch: number) => [previous[batch], next[batch]];
  const weights = [[1, 2], [3, 4], [0.5, 0]];
  const sums = weights.map((w, b) => sumsOf(parts, 2, rows(b), w)).reduce((one, other) => one.plus(other));
  const all = weights.flatMap((w, b) => w.map((weight, i) => [weight, f1.value(rows(b)[i])]));
  const whole = all.reduce((sum, [w]) => sum + w, 0);
  assertWithin(sums.score().value, all.reduce((sum, [w, score]) => sum + w * score, 0) / whole, 1e-15);
  assertEquals(sums.counts, [total([...previous, ...next])]);
  const partials = sums.score().partials(counted(rows(0), weights[0]));
  assertAllWithin(list(partials[1]), list(f1.gradient(next[0])).map((g) => 2 * g / whole), 1e-15);
  const empty = sumsOf(partsOf({ average: "samples", zeroDivision: 1 }), 1, [next[0]], [0]);
  assertEquals(empty.score().value, 1); // nobody counts
});

Deno.test("the number of columns may not change between batches", () => {
  const parts = partsOfLoss(metricLoss("mcc", { average: "macro" }))!;
  const sums = sumsOf(parts, 1, [next[0], next[1]], [1, 1]);
  assertThrows(
    () => sums.add(1, counted([next[0]], [1])),
    RangeError,
    "Cannot compute mcc: 'yPred' has 1 columns, it had 2 in the batches before",
  );
});

Deno.test("passes differ by their rows, by the labels beyond 1e-9 of the weight, by the outputs beyond 1e-5", () => {
  const first = { rows: 100, counts: [{ tp: 30, fp: 20, fn: 10, tn: 40 }] };
  const shifted = (by: Partial<Counts>, rows = 100) => ({ rows, counts: [{ ...first.counts[0], ...by }] });
  const labels = { between: "the passes", by: "labels" } as const;
  for (const same of [shifted({}), shifted({ tp: 30.0009, fn: 9.9991 }), shifted({ fp: 20 + 5e-8 })]) {
    checkSame("f1Loss", first, same);
  }
  checkSame("f1Loss", first, shifted({ tp: 5, fn: 35 }), labels); // other outputs, the same labels
  for (
    const [other, words] of [
      [shifted({}, 99), "the number of rows is 100 in the first, 99 in the second"],
      [shifted({}, 101), "the number of rows is 100 in the first, 101 in the second"],
      [shifted({ tp: 30 + 2e-7 }), "the weight of the positives of column 0 is 40 in the first"],
      [shifted({ tn: 40 - 2e-7 }), "the weight of the negatives of column 0 is 60 in the first"],
    ] as const
  ) {
    assertThrows(() => checkSame("f1Loss", first, other), RangeError, words);
    assertThrows(() => checkSame("f1Loss", first, other, labels), RangeError, words);
  }
  const moved = shifted({ tp: 30.002, fn: 9.998 });
  assertThrows(() => checkSame("f1Loss", first, moved), RangeError, "the count 'tp' of column 0 is 30 in the first");
  checkSame("f1Loss", first, moved, labels);
});

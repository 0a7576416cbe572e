// Ranks of lists that do not fit into a cache: the wider sort, and the way back to the places.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { between, byPlace, drawnRows, rankFalling, rankRows } from "../../lib/numerics/rank.ts";
import { random } from "../helpers.ts";
import { slow } from "../slow.ts";

Deno.test("byPlace: numbers by rank return to their places, in one block and in many with a part of a block", () => {
  for (const n of [0, 1, 1000, 2 ** 16, 3 * 2 ** 15 + 7]) {
    const next = random(4), order = rankFalling(Float32Array.from({ length: n }, () => next()));
    const back = byPlace(order, Float64Array.from(order, (place) => place / 7));
    assertEquals(back.length, n);
    assert(back.every((v, place) => v === place / 7), `${n}`);
  }
});

slow.test("rankRows: more than 2²¹ rows fall, equal outputs keep their order, labels go along", () => {
  const n = 2 ** 21 + 5, next = random(6);
  const yPred = new Float32Array(n).map(() => Math.round(2e5 * (next() - 0.5)) / 1e5);
  const yTrue = new Uint8Array(n).map(() => Number(next() < 0.3));
  const { order, sorted, positive, positives } = rankRows({ yTrue, yPred });
  let sum = 0;
  for (let k = 0; k < n; k++) {
    sum += positive[k];
    const falls = k === 0 || sorted[k] < sorted[k - 1] || sorted[k] === sorted[k - 1] && order[k] > order[k - 1];
    if (!falls || sorted[k] !== yPred[order[k]] + 0 || positive[k] !== yTrue[order[k]]) throw new Error(`rank ${k}`);
  }
  assertEquals(sum, positives);
});

/** The places in falling order by a comparison; equal numbers keep theirs. */
const sortedPlaces = (values: ArrayLike<number>) =>
  Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);

Deno.test("rankFalling: numbers of both signs, of every size, in float32 and float64, with ties", () => {
  const sizes = [0, 1, 0.5, 3, 1e-40, 1e30, 1 / 3, 2 ** -1070, 1 + 2 ** -50, 1 + 2 ** -51],
    both = sizes.flatMap((v) => [v, -v]);
  const lists = [[], [2], both, both.map(Math.fround), [1, 1, 1], [-0, 0, -0, 0], [0, -0, 1e-300, -1e-300], [
    0.1,
    0.2,
    0.1,
    -0.1,
  ]];
  const next = random(3), draw = (length: number) => Array.from({ length }, () => Math.round(50 * (next() - 0.5)) / 7);
  const often = Array.from({ length: 6 }, () => both).flat(); // more than are sorted by insertion
  for (
    const list of [
      ...lists,
      often,
      often.map(Math.fround),
      ...[60, 300, 3000, 5000].map(draw).flatMap((many) => [many, many.map(Math.fround)]),
    ]
  ) {
    assertEquals([...rankFalling(list)], sortedPlaces(list), `${list.slice(0, 5)}`);
    const float32 = Float32Array.from(list);
    assertEquals([...rankFalling(float32)], sortedPlaces(float32));
  }
});

Deno.test("rankRows: a NaN comes first or last, wherever it stands among few or many numbers", () => {
  for (const n of [3, 60, 300]) {
    for (const at of [0, 1, n >> 1, n - 1]) {
      for (const nan of [[at], [at, (at + 1) % n]]) {
        const next = random(5), yPred = Float64Array.from({ length: n }, (_, i) => nan.includes(i) ? NaN : next());
        const { sorted, order } = rankRows({ yTrue: yPred.map(() => 1), yPred });
        assertEquals(order.toSorted(), new Uint32Array(n).map((_, i) => i));
        assert(Number.isNaN(sorted[0]) || Number.isNaN(sorted[n - 1]), `${n} numbers, NaN at ${nan}`);
      }
    }
  }
});

Deno.test("rankRows: the sorted numbers are those of the order, few or many, float32 or not", () => {
  for (const n of [100, 101, 300]) {
    const next = random(7), yPred = Array.from({ length: n }, () => next() - 0.5), yTrue = yPred.map(() => 1);
    for (const numbers of [yPred, yPred.map(Math.fround)]) {
      const { order, sorted } = rankRows({ yTrue, yPred: numbers });
      assertEquals([...sorted], [...order].map((place) => numbers[place]));
      assertEquals([...sorted], numbers.toSorted((a, b) => b - a));
    }
  }
});

Deno.test("drawnRows: rows come as often as they were drawn, those without a weight not at all", () => {
  const ranked = rankRows({ yTrue: [1, 0, 1, 0], yPred: [0.25, 0.5, 0.75, 1], sampleWeight: [2, 3, 0, 0.5] });
  const { sorted, positive, negative } = drawnRows(ranked, Uint32Array.of(2, 1, 3, 0)); // by place
  assertEquals([[...sorted], [...positive], [...negative]], [[0.5, 0.25, 0.25], [0, 2, 2], [3, 0, 0]]);
  const hard = drawnRows(rankRows({ yTrue: [1, 0], yPred: [0.25, 0.5] }), Uint32Array.of(1, 2));
  assertEquals([hard.positive, hard.negative], [Uint8Array.of(0, 0, 1), Uint8Array.of(1, 1, 0)]);
  assertEquals(drawnRows(ranked, new Uint32Array(4)).sorted.length, 0);
});

Deno.test("rankRows: the weights of both labels in falling order, and their sums", () => {
  const yPred = [0.25, 0.5, 0.75, 0.5, -1], hard = rankRows({ yTrue: [1, 0, 0, 1, 1], yPred });
  assertEquals([...hard.order], [2, 1, 3, 0, 4]);
  assertEquals([...hard.sorted], [0.75, 0.5, 0.5, 0.25, -1]);
  assertEquals([hard.positive, hard.negative], [Uint8Array.of(0, 0, 1, 1, 1), Uint8Array.of(1, 1, 0, 0, 0)]);
  assertEquals([hard.positives, hard.negatives], [3, 2]);
  const soft = rankRows({ yTrue: [1, 0.25, 0, 1, 0.5], yPred: yPred.map((p) => p / 3) });
  assertEquals([...soft.order], [2, 1, 3, 0, 4]);
  assertEquals([...soft.sorted], [0.75, 0.5, 0.5, 0.25, -1].map((p) => p / 3));
  assertEquals([soft.positive, soft.negative], [
    Float64Array.of(0, 0.25, 1, 1, 0.5),
    Float64Array.of(1, 0.75, 0, 0, 0.5),
  ]);
  assertEquals([soft.positives, soft.negatives], [2.75, 2.25]);
  const weighted = rankRows({ yTrue: [1, 0, 0, 1, 1], yPred, sampleWeight: [1, 2, 3, 4, 0.5] });
  assertEquals([weighted.positive, weighted.negative], [
    Float64Array.of(0, 0, 4, 1, 0.5),
    Float64Array.of(3, 2, 0, 0, 0),
  ]);
  assertEquals([weighted.positives, weighted.negatives], [5.5, 5]);
  assertEquals(rankRows({ yTrue: [], yPred: [] }).positives, 0);
});

Deno.test("between: a threshold from one number up to the next, a float32 inside (0, 1) if there is one", () => {
  assertEquals([between(0.25, 0.75), between(0, 0.5), between(0.5, 1), between(-3, 3.5)], [0.5, 0.25, 0.75, 0.25]);
  const half = 0.5, next = 0.5 + 2 ** -24;
  assertStrictEquals(between(half, next), half); // neighbours in float32: the lower one
  assertStrictEquals(between(1 - 2 ** -40, 1), 1 - 2 ** -41); // float32 has 1 only
  for (const a of [0.1, 0.7]) { // a and b round to one float32, which is above 0.1 and b, and below 0.7
    const b = a + 1e-15, found = between(a, b)!;
    assert(found >= a && found < b, `${found}`);
  }
  const upper = Math.fround(0.3), below = between(upper - 1e-12, upper)!; // the middle rounds to the upper end
  assert(below >= upper - 1e-12 && below < upper, `${below}`);
  assertEquals([between(-1, 0.5), between(-1, 1), between(1, 1.5), between(0.5, 1.5)], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

// Ranks of lists that do not fit into a cache: the wider sort, and the way back to the places.
import { assert, assertEquals } from "@std/assert";
import { byPlace, rankFalling, rankRows } from "../../lib/numerics/rank.ts";
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
  const yPred = Float32Array.from({ length: n }, () => Math.round(2e5 * (next() - 0.5)) / 1e5);
  const yTrue = Uint8Array.from({ length: n }, () => Number(next() < 0.3));
  const { order, sorted, positive, positives } = rankRows({ yTrue, yPred });
  let sum = 0;
  for (let k = 0; k < n; k++) {
    sum += positive[k];
    const falls = k === 0 || sorted[k] < sorted[k - 1] || sorted[k] === sorted[k - 1] && order[k] > order[k - 1];
    if (!falls || sorted[k] !== yPred[order[k]] + 0 || positive[k] !== yTrue[order[k]]) throw new Error(`rank ${k}`);
  }
  assertEquals(sum, positives);
});

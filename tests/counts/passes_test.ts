// The two passes over decisions, on one slice of a table, and the bounds that keep a gradient finite.
import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  byLabel,
  clampFloat32,
  clampFloat64,
  countDecisions,
  decisionGradient,
  largestFloat32,
  mapCounts,
} from "../../lib/counts/counts.ts";
import { countsGradient, identity, softCounts } from "../../lib/core.ts";

// Three rows of two columns; the slice is the second column without its last row.
const yTrue = [9, 1, 9, 0.25, 9, 1], decisions = [9, 0.5, 9, 0.75, 9, 1], sampleWeight = [9, 2, 9, 4, 9, 1];
const slice = { offset: 1, stride: 2, length: 2 };

Deno.test("a count for each name", () => {
  assertEquals(mapCounts((key) => `∂${key}`), { tp: "∂tp", fp: "∂fp", fn: "∂fn", tn: "∂tn" });
});

Deno.test("the entries of a slice are counted, and no others, with their weights or with 1 each", () => {
  assertEquals(countDecisions({ yTrue, decisions, sampleWeight }, slice), {
    tp: 2 * 0.5 + 4 * 0.25 * 0.75,
    fp: 4 * 0.75 * 0.75,
    fn: 2 * 0.5 + 4 * 0.25 * 0.25,
    tn: 4 * 0.75 * 0.25,
  });
  assertEquals(countDecisions({ yTrue, decisions }, slice), { tp: 0.6875, fp: 0.5625, fn: 0.5625, tn: 0.1875 });
});

Deno.test("the gradient of a slice is w·(y·(∂TP − ∂FN) + (1 − y)·(∂FP − ∂TN)); the other entries stay", () => {
  const partials = { tp: 3, fp: -2, fn: 1, tn: 6 }, gradient = new Float64Array(6).fill(7);
  assertEquals(byLabel(partials), { ofPositive: 2, ofNegative: -8 });
  decisionGradient({ yTrue }, slice, partials, gradient);
  assertEquals([...gradient], [7, 2, 7, 0.25 * 2 - 0.75 * 8, 7, 7]);
  decisionGradient({ yTrue, sampleWeight }, slice, partials, gradient);
  assertEquals([...gradient], [7, 4, 7, 4 * (0.25 * 2 - 0.75 * 8), 7, 7]);
});

Deno.test("outputs of a slice are counted and have gradients; the other entries stay", () => {
  const rows = { yTrue, yPred: decisions, sampleWeight, slice },
    step = { ...identity(), derivative: (p: number) => 4 * p };
  assertEquals(softCounts(rows, step), countDecisions({ yTrue, decisions, sampleWeight }, slice));
  const gradient = countsGradient(rows, step, { tp: 1, fp: 0, fn: 0, tn: 0 }, new Float64Array(6).fill(7));
  assertEquals([...gradient], [7, 2 * 4 * 0.5, 7, 4 * 0.25 * 4 * 0.75, 7, 7]);
});

Deno.test("infinite partials and overflowing differences become the largest number of their sign, never NaN", () => {
  const largest = Number.MAX_VALUE;
  for (const [v, bounded] of [[Infinity, largest], [-Infinity, -largest], [largest, largest], [-3, -3], [0, 0]]) {
    assertStrictEquals(clampFloat64(v), bounded);
  }
  assertEquals(byLabel({ tp: Infinity, fn: Infinity, fp: -Infinity, tn: Infinity }), {
    ofPositive: 0,
    ofNegative: -largest,
  });
  const gradient = new Float64Array(2), rows = { yTrue: [1, 0], sampleWeight: [0, 10] };
  const all = { offset: 0, stride: 1, length: 2 };
  decisionGradient(rows, all, { tp: Infinity, fp: Infinity, fn: 0, tn: 0 }, gradient);
  assertEquals([...gradient], [0, largest]);
});

Deno.test("a gradient is clamped to the largest float32, which is the largest float32", () => {
  assertStrictEquals(Math.fround(largestFloat32), largestFloat32);
  assertStrictEquals(Math.fround(largestFloat32 * (1 + 2 ** -24)), Infinity);
  for (const [v, bounded] of [[1e39, largestFloat32], [-1e39, -largestFloat32], [3e38, 3e38], [-3e38, -3e38]]) {
    assertStrictEquals(clampFloat32(v), bounded);
  }
});

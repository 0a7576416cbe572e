// Tables against scikit-learn's confusion_matrix (tests/reference/reports.py).
import { assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { ConfusionMeter, confusionTable } from "../../lib/mod.ts";
import type { Label } from "../../lib/core.ts";
import { assertAllWithin, assertRefused, onBackends, reference } from "../helpers.ts";

interface TableCase {
  yTrue: Label[];
  yPred: Label[];
  sampleWeight: number[] | null;
  labels: Label[] | null;
  targetNames: string[] | null;
  matrix: Record<"none" | "true" | "pred" | "all", number[][]> | null;
}

Deno.test("the table is scikit-learn's, plain and normalized", () => {
  let compared = 0;
  for (const { yTrue, yPred, sampleWeight, labels, matrix } of reference<TableCase>("reports.json")) {
    if (matrix === null) continue; // multi-label
    const options = { sampleWeight: sampleWeight ?? undefined, labels: labels ?? undefined };
    for (const normalize of [undefined, "true", "pred", "all"] as const) {
      const expected = matrix[normalize ?? "none"], table = confusionTable(yTrue, yPred, { ...options, normalize });
      assertEquals(table.counts.length, expected.length);
      table.counts.forEach((row, i) => assertAllWithin(row, expected[i], normalize || sampleWeight ? 4e-15 : 0));
      compared++;
    }
  }
  assertStrictEquals(compared, 352);
});

Deno.test("names, records and text", () => {
  const table = confusionTable([0, 1, 1, 2], [0, 1, 2, 2], { targetNames: ["ape", "bee", "cat"] });
  assertEquals(table.labels, [0, 1, 2]);
  assertEquals(table.names, ["ape", "bee", "cat"]);
  assertEquals(table.records[1], { true: "bee", "predicted ape": 0, "predicted bee": 1, "predicted cat": 1 });
  assertEquals(Object.keys(confusionTable([0, 1], [0, 1]).records[0]), ["true", "predicted 0", "predicted 1"]);
  const many = [...new Array(12).fill(0), 1], wrong = [...new Array(12).fill(0), 0];
  assertStrictEquals(confusionTable(many, wrong).text, "[[12  0]\n [ 1  0]]");
  assertStrictEquals(
    confusionTable(many, wrong, { normalize: "pred" }).text,
    "[[0.9231 0.0000]\n [0.0769 0.0000]]",
  );
  assertEquals(confusionTable(["b", "a"], ["a", "a"], { labels: ["b", "c"] }).counts, [[0, 0], [0, 0]]);
  assertEquals(confusionTable(BigInt64Array.of(0n, 1n), [0, 0]).counts, [[1, 0], [1, 0]]); // a frame's Int64
});

Deno.test("hundreds of classes, and classes that are not counted", () => {
  const y = Array.from({ length: 1000 }, (_, i) => i % 400), p = y.map((k) => k % 7 === 0 ? (k + 1) % 400 : k);
  const { counts, text } = confusionTable(y, p);
  assertEquals([counts.length, counts[1][1], counts[0][1], counts[399][0]], [400, 3, 3, 2]);
  assertStrictEquals(text.split("\n").length, 400);
  const weights = y.map((_, i) => 1 + i % 3);
  const few = confusionTable(y, p, { labels: [1, 0], sampleWeight: weights });
  const sum = (is: number, said: number) => y.reduce((t, k, i) => t + (k === is && p[i] === said ? weights[i] : 0), 0);
  assertEquals(few.counts, [[sum(1, 1), sum(1, 0)], [sum(0, 1), sum(0, 0)]]);
});

onBackends("its margins are the counts of a meter", () => {
  tf.tidy(() => {
    const y = tf.tensor1d([0, 1, 2, 1, 0, 2], "int32"), w = tf.tensor1d([1, 2, 1, 4, 1, 0.5]);
    const p = tf.softmax(tf.tensor2d([[3, 1, 2], [1, 2, 3], [1, 2, 3], [1, 3, 2], [1, 2, 1], [0, 0, 0]]));
    const { counts } = confusionTable(y, p, { decision: "argmax", sampleWeight: w });
    assertEquals(counts, [[1, 1, 0], [0, 4, 2], [0.5, 0, 1]]);
    const meter = new ConfusionMeter({ decision: "argmax" }).update(y, p, w);
    meter.counts.forEach(({ tp, fp, fn }, k) => {
      const row = counts[k].reduce((a, b) => a + b), column = counts.reduce((a, b) => a + b[k], 0);
      assertEquals([tp, fp, fn], [counts[k][k], column - counts[k][k], row - counts[k][k]]);
    });
    const pixels = confusionTable(tf.tensor([[[0, 1]]], [1, 1, 2], "int32"), tf.tensor([[[[0.9, 0.1], [0.8, 0.2]]]]), {
      decision: "argmax",
    });
    assertEquals(pixels.counts, [[1, 0], [1, 0]]);
  });
});

Deno.test("what has no table is an error that names the argument", () => {
  const table = confusionTable as (y: unknown, p: unknown, options?: unknown) => unknown;
  assertRefused(() => table([[0, 1]], [[1, 1]]), { argument: "yPred", value: "2 columns" });
  assertRefused(() => table([0], [1], { digits: 2 }), { error: TypeError, argument: "digits", value: "2" });
  assertRefused(() => table([0], [1], { normalize: "rows" }), { argument: "normalize", value: "'rows'" });
  assertRefused(() => table([0, 1], [0.5, 1]), { argument: "yPred", value: "0.5" });
  assertRefused(() => table([0, 1], [0]), { argument: "yTrue", value: "[2], 'yPred' has [1]" });
  assertRefused(() => table([0, 1], null), { error: TypeError, argument: "yPred", value: "null" });
});

// What prepares a training: the bias of the last layer, batches with their share of positives, the slope's way.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { annealSlope, priorBias, stratifiedBatches } from "../../lib/mod.ts";
import { assertAllWithin, assertRefused, counted, digest, onBackends } from "../helpers.ts";

Deno.test("every row is in one batch once; sizes and shares of each class differ by one at most", () => {
  fc.assert(fc.property(
    fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 60 }),
    fc.integer({ min: 1, max: 20 }),
    fc.nat(),
    (labels, batchSize, seed) => {
      const batches = stratifiedBatches(labels, { batchSize, seed });
      assertEquals(batches.flat().sort((a, b) => a - b), labels.map((_, row) => row));
      const spread = (of: (rows: number[]) => number) => Math.max(...batches.map(of)) - Math.min(...batches.map(of));
      assert(batches.every(({ length }) => length <= batchSize));
      assert(spread(({ length }) => length) <= 1);
      for (const label of labels) assert(spread((rows) => rows.filter((row) => labels[row] === label).length) <= 1);
      assertEquals(stratifiedBatches(tf.tensor1d(labels), { batchSize, seed }), batches);
    },
  ));
});

Deno.test("any rows of a class may share a batch, and batches come in any order", () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => stratifiedBatches([0, 0, 0, 0], { batchSize: 2, seed }));
  const partners = seeds.map((batches) => batches.find((rows) => rows.includes(0))!.find((row) => row !== 0));
  assertEquals(new Set(partners), new Set([1, 2, 3]));
  assertEquals(new Set(seeds.map((batches) => batches.findIndex((rows) => rows.includes(0)))), new Set([0, 1]));
});

Deno.test("the batches of 5,003 rows for seed 5 are the recorded ones, whatever numbers name the classes", async () => {
  const labels = Array.from({ length: 5003 }, (_, i) => i * i % 7 % 3);
  for (const scale of [1, 1e9]) {
    const batches = stratifiedBatches(labels.map((k) => k * scale), { batchSize: 64, seed: 5 });
    assertEquals(await digest(batches), "4ac99810d734449e");
  }
});

Deno.test("another seed, another order; bad labels and options are refused", () => {
  const labels = Array.from({ length: 40 }, (_, i) => i % 5 === 0 ? 1 : 0);
  const first = stratifiedBatches(labels, { batchSize: 8, seed: 1 });
  assert(JSON.stringify(first) !== JSON.stringify(stratifiedBatches(labels, { batchSize: 8, seed: 2 })));
  assertRefused(() => stratifiedBatches([0, -1], { batchSize: 8, seed: 1 }), { argument: "yTrue", value: "-1" });
  assertRefused(() => stratifiedBatches([0, 0.5], { batchSize: 8, seed: 1 }), { argument: "yTrue", value: "0.5" });
  assertRefused(() => stratifiedBatches([0, 1], { batchSize: 0, seed: 1 }), { argument: "batchSize", value: "0" });
});

onBackends("the prior bias predicts the prevalence: a sigmoid a column, a softmax over classes, with weights", () => {
  const { result: columns, made } = counted(() =>
    tf.tidy(() => priorBias(tf.tensor2d([[1, 0], [0, 1], [0, 1], [0, 1]]), { sampleWeight: tf.tensor1d([2, 1, 1, 1]) }))
  );
  assertEquals(made, 0);
  assertAllWithin(columns.map((b) => 1 / (1 + Math.exp(-b))), [0.4, 0.6], 1e-12);
  const classes = priorBias(tf.tensor1d([0, 1, 2, 2], "int32"), { classes: 3 });
  assertAllWithin([...tf.softmax(tf.tensor1d(classes)).dataSync()], [0.25, 0.25, 0.5], 1e-6);
  const onlyNegatives = tf.tensor1d([0, 0]);
  assertRefused(() => priorBias(onlyNegatives), { argument: "yTrue", value: "no positive in column 0" });
  const onlyPositives = tf.tensor2d([[0, 1], [1, 1]]);
  assertRefused(() => priorBias(onlyPositives), { argument: "yTrue", value: "no negative in column 1" });
  onlyPositives.dispose();
  assertRefused(() => priorBias(onlyNegatives, { classes: 2 }), { argument: "yTrue", value: "no row of class 1" });
});

Deno.test("the slope goes from its first to its last value, never back", () => {
  for (const shape of ["linear", "geometric", "cosine"] as const) {
    const slope = annealSlope({ from: 2, to: 32, epochs: 9, shape }),
      way = Array.from({ length: 12 }, (_, i) => slope(i));
    assertEquals([way[0], way[8], way[11]], [2, 32, 32]);
    assert(way.every((v, i) => i === 0 || v >= way[i - 1]));
  }
  const middle = (shape: "linear" | "geometric" | "cosine") => annealSlope({ from: 2, to: 32, epochs: 9, shape })(4);
  assertAllWithin([middle("linear"), middle("geometric"), middle("cosine")], [17, 8, 17], 1e-12);
  assertEquals(annealSlope({ to: 10, epochs: 1 })(0), 10);
  assertRefused(() => annealSlope({ from: 0.5, to: 3, epochs: 2 }), { argument: "from", value: "0.5" });
  assertRefused(() => annealSlope({ to: 3, epochs: 2, shape: "sine" as "cosine" }), {
    argument: "shape",
    value: "sine",
  });
});

// The best cut, against every cut there is, and against the closed form where the outputs are the probabilities.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { type Counts, f1, hardMetric, jaccard, tuneThreshold, utility } from "../../lib/mod.ts";
import { allScores } from "../all_scores.ts";
import { assertRefused, assertWithin, counted, onBackends, random } from "../helpers.ts";
import { rowsToCut } from "./fixtures.ts";

const rows = rowsToCut(12);

/** Returns the best score of thresholds inside (0, 1): one below, between and above the outputs. */
function bestOfAll(score: (threshold: number) => number, p: number[]): number {
  const sorted = [...new Set([0, 1, ...p])].sort((a, b) => a - b);
  // The lower of two: strictly greater is the upper one alone. Above 0 it is what float32 has of a half.
  const thresholds = sorted.slice(1).map((b, i) => sorted[i] > 0 ? sorted[i] : b / 2).filter((t) => t > 0 && t < 1);
  return Math.max(...thresholds.map(score));
}

Deno.test("no threshold scores better, and the one that is returned scores what it says", () => {
  fc.assert(fc.property(rows, fc.constantFrom(...allScores), (cases, score) => {
    tf.tidy(() => {
      const p = cases.map(({ p }) => p), y = tf.tensor1d(cases.map(({ y }) => y)), yPred = tf.tensor1d(p);
      const sampleWeight = tf.tensor1d(cases.map(({ w }) => w));
      const at = (threshold: number) => hardMetric(score, { threshold })(y, yPred, sampleWeight).dataSync()[0];
      const { threshold, value } = tuneThreshold(y, yPred, { score, sampleWeight });
      assertWithin(at(threshold as number), value, 1e-6 * Math.max(1, Math.abs(value)));
      assertWithin(value, bestOfAll(at, p), 1e-6 * Math.max(1, Math.abs(value)));
    });
  }));
});

Deno.test("of cuts that score the same the widest gap is taken, of gaps of the same width the upper one", () => {
  const y = tf.tensor1d([1, 0, 1, 0]); // with an accuracy of ¾ below the first and below the third
  for (
    const [p, cut] of [
      [[0.875, 0.75, 0.625, 0.25], 0.4375],
      [[0.875, 0.5, 0.25, 0.125], 0.6875],
      [[0.875, 0.625, 0.5, 0.25], 0.75],
    ] as const
  ) {
    assertEquals(tuneThreshold(y, tf.tensor1d([...p]), { score: "accuracy" }), { threshold: cut, value: 0.75 });
  }
});

Deno.test("an output that is rounded beyond 1 or 0 is the bound", () => {
  const y = tf.tensor1d([1, 0]), above = tf.tensor1d([1 + 2 ** -23, 0.5]), below = tf.tensor1d([0.5, -(2 ** -24)]);
  assertEquals(tuneThreshold(y, above, { score: "accuracy" }), { threshold: 0.75, value: 1 });
  assertEquals(tuneThreshold(y, below, { score: "accuracy" }), { threshold: 0.25, value: 1 });
});

Deno.test("a row that weighs 0 divides no gap", () => {
  const y = tf.tensor1d([1, 0, 0]), p = tf.tensor1d([0.75, 0.5, 0.25]), sampleWeight = tf.tensor1d([1, 0, 1]);
  assertEquals(tuneThreshold(y, p, { score: "accuracy", sampleWeight }), { threshold: 0.5, value: 1 });
});

Deno.test("the decisions are the same when the threshold is compared in float32", () => {
  const next = random(4), a = Math.fround(0.3), neighbour = Math.fround(a + 2 ** -25);
  for (const p of [[a, neighbour], Array.from({ length: 50 }, () => Math.fround(next()))]) {
    const y = tf.tensor1d(p.map((v) => v > a ? 1 : 0)), yPred = tf.tensor1d(p);
    const threshold = tuneThreshold(y, yPred, { score: "accuracy" }).threshold;
    assertEquals(Math.fround(threshold), threshold);
    assertEquals([...tf.greater(yPred, tf.scalar(threshold)).dataSync()], [...y.dataSync()]);
  }
});

Deno.test("macro and weighted: a threshold a column, the best together; micro: the best common one", () => {
  const next = random(5), n = 30;
  const p = Array.from({ length: n }, () => [next(), next(), next()].map(Math.fround));
  const yPred = tf.tensor2d(p), y = tf.tensor2d(p.map((row) => row.map((v, k) => next() < v * (k + 1) / 3 ? 1 : 0)));
  const sampleWeight = tf.tensor1d(p.map(() => Math.fround(next() + 0.1)));
  const column = (t: tf.Tensor2D, k: number) => t.slice([0, k], [n, 1]);
  for (const average of ["macro", "weighted", "micro"] as const) {
    const { threshold, value } = tuneThreshold(y, yPred, { score: "f1", average, sampleWeight });
    const at = (t: number | number[]) =>
      hardMetric("f1", { average, threshold: t })(y, yPred, sampleWeight).dataSync()[0];
    assertWithin(at(threshold), value, 1e-6);
    if (average === "micro") assertWithin(bestOfAll(at, p.flat()), value, 1e-6);
    else {
      const own = [0, 1, 2].map((k) => tuneThreshold(column(y, k), column(yPred, k), { score: "f1", sampleWeight }));
      assertEquals(threshold, own.map((one) => one.threshold as number));
    }
  }
});

Deno.test("where the labels are the probabilities themselves the cut is that of the closed form", () => {
  const next = random(6), p = tf.tensor1d(Array.from({ length: 400 }, () => Math.fround(next() ** 2)));
  const positives = (t: number) => [...p.dataSync()].filter((v) => v > t).length;
  const cut = (score: Parameters<typeof tuneThreshold>[2]["score"]) => tuneThreshold(p, p, { score });
  const ofF1 = cut(f1), ofJaccard = cut(jaccard);
  assertEquals(positives(ofF1.threshold), positives(ofF1.value / 2)); // F*/2
  assertEquals(positives(ofJaccard.threshold), positives(ofJaccard.value / (1 + ofJaccard.value)));
  assertEquals(positives(cut("accuracy").threshold), positives(0.5));
  const worth = utility({ tp: 4, fp: -1, fn: -2, tn: 0.5 }); // p·(4 + 2) > (1 − p)·(0.5 + 1)
  assertEquals(positives(cut(worth).threshold), positives(1.5 / 7.5));
});

Deno.test("every cut is scored once, from running counts: n + 1 cuts of n rows, and no row is counted again", () => {
  const next = random(7);
  for (const n of [10, 1000, 20_000]) {
    let scored = 0;
    const score = { ...f1, value: (counts: Counts) => (scored++, f1.value(counts)) };
    tf.tidy(() => {
      const table = (of: () => number) => tf.tensor1d(Float32Array.from({ length: n }, of));
      tuneThreshold(table(() => next() < 0.3 ? 1 : 0), table(() => next()), { score });
    });
    assert(scored > 0.9 * n && scored <= n + 3, `${scored} of ${n}`); // ties stay together; the best is scored again
  }
});

Deno.test("logits are tuned with fromLogits; the metric scores its decisions at the threshold as it says", () => {
  const next = random(3), z = Array.from({ length: 300 }, () => 8 * next() - 5);
  const yTrue = tf.tensor1d(z.map((logit) => +(next() < 1 / (1 + Math.exp(-logit))))), yPred = tf.tensor1d(z);
  for (const score of ["f1", "precision", "mcc"] as const) {
    const { threshold, value } = tuneThreshold(yTrue, yPred, { score, fromLogits: true });
    assertEquals({ threshold, value }, tuneThreshold(yTrue, tf.sigmoid(yPred), { score }));
    assertWithin(hardMetric(score, { threshold, fromLogits: true })(yTrue, yPred).dataSync()[0], value, 1e-6);
  }
  const columns = { score: "f1", average: "macro" } as const, [y, p] = [yTrue, yPred].map((t) => t.reshape([100, 3]));
  assertEquals(
    tuneThreshold(y, p, { ...columns, fromLogits: true }),
    tuneThreshold(y, tf.sigmoid(p), columns),
  );
  assertRefused(() => tuneThreshold(yTrue, yPred, { score: "f1", fromLogits: 1 as never }), {
    error: TypeError,
    argument: "fromLogits",
    value: "1",
  });
});

onBackends("what cannot be tuned is refused, and nothing is left behind", () => {
  const y = tf.tensor1d([0, 1]), p = tf.tensor1d([0.2, 0.7]);
  assertEquals(counted(() => tuneThreshold(y, p, { score: "f1" })).made, 0);
  for (const average of ["samples", "none"]) {
    const message = assertRefused(
      () => tuneThreshold(y, p, { score: "f1", average: average as "macro" }),
      { argument: "average", value: `'${average}'` },
    );
    assertStringIncludes(message, "must be 'binary', 'micro', 'macro' or 'weighted', it is");
  }
  const above = tf.tensor1d([0.2, 1.7]);
  assertRefused(() => tuneThreshold(y, above, { score: "f1" }), { argument: "yPred", value: "1.7" });
  const classes = tf.tensor2d([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]);
  const several = assertRefused(() => tuneThreshold(y, classes, { score: "f1" }), {
    argument: "yPred",
    value: "[2, 3]",
  });
  assertMatch(several, /it has \[2, 3\]; for one threshold per column say average: 'macro'$/); // 'decision' is not an option
  assertRefused(
    () => tuneThreshold(y, p, { score: "f1", slope: 3 } as unknown as { score: "f1" }),
    { error: TypeError, argument: "slope", value: "3" },
  );
});

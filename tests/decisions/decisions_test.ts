// Decisions: threshold, argmax and an alert budget: ties, limits, symmetries, differences, straight-through, shapes.
import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { hardMetric, type LossOptions, metricLoss, type Score } from "../../lib/mod.ts";
import type { DecisionName } from "../../lib/core.ts";
import { type Average, scoreBatch } from "../../lib/scoring/score_batch.ts";
import { resolveOptions } from "../../lib/scoring/options.ts";
import type { Batch } from "../../lib/batch/read_batch.ts";
import { toDecision } from "../../lib/decisions/to_decision.ts";
import { allScores, rangeOf, sizeOf } from "../all_scores.ts";
import { assertAllWithin, assertWithin, onBackends, random } from "../helpers.ts";

const averages: Average[] = ["micro", "macro", "weighted", "samples"];
const decisions: DecisionName[] = ["threshold", "argmax", { top: 3 }, { top: 0.25 }];

/** Rows of labels and of outputs that add up to 1. */
function table(seed: number, rows: number, classes: number): Batch & { yTrue: number[]; yPred: number[] } {
  const next = random(seed), yTrue: number[] = [], yPred: number[] = [];
  for (let i = 0; i < rows; i++) {
    const raw = Array.from({ length: classes }, () => -Math.log(next() + 1e-3)), total = raw.reduce((a, b) => a + b);
    yPred.push(...raw.map((v) => Math.fround(v / total)));
    yTrue.push(...raw.map(() => next() < 0.45 ? 1 : 0));
  }
  return { rows, classes, yTrue, yPred };
}

const scoredBy = (score: Score, options: LossOptions) => {
  const { decide, scoring } = resolveOptions("a test", score, options);
  return (batch: Batch) => scoreBatch(batch, decide(batch), scoring);
};

const tensors = ({ yTrue, yPred, rows, classes }: Batch) =>
  [tf.tensor([...Array.from(yTrue)], [rows, classes]), tf.tensor([...Array.from(yPred)], [rows, classes])] as const;

Deno.test("the gradient is that of float64 differences: every score × average × decision, probabilities and logits", () => {
  let tried = 0, worst = 0;
  for (const [index, score] of allScores.entries()) {
    for (const average of averages) {
      for (const decision of decisions) {
        for (const fromLogits of [false, true]) {
          const batch = table(index + 1, 8, 3),
            yPred = Float64Array.from(batch.yPred, (p) => fromLogits ? 4 * p - 1 : p);
          const of = scoredBy(score, { average, decision, fromLogits, slope: 2 });
          const gradient = of({ ...batch, yPred }).gradient(), h = 1e-5;
          const largest = Math.max(...gradient.map(Math.abs), 1e-3 * sizeOf(score));
          // A constrained score has a kink: no differences across it.
          if (score.name.includes("At")) continue;
          for (const i of [0, 7, 16]) {
            const at = (by: number) => of({ ...batch, yPred: yPred.map((v, j) => j === i ? v + by : v) }).value;
            const difference = (at(h) - at(-h)) / (2 * h);
            worst = Math.max(worst, Math.abs(gradient[i] - difference) / largest);
            assertWithin(
              gradient[i],
              difference,
              2e-6 * largest,
              `${score.name} ${average} ${JSON.stringify(decision)}`,
            );
            tried++;
          }
        }
      }
    }
  }
  assert(tried > 1000, `${tried}`);
  console.log(`${tried} partial derivatives, largest difference ${worst.toExponential(1)} of the largest element`);
});

Deno.test("it is a descent direction for the hard score on random problems", () => {
  const tally: Record<string, [up: number, down: number]> = {};
  for (const decision of decisions.slice(0, 3)) {
    const [up, down] = tally[JSON.stringify(decision)] = [0, 0];
    const counts = { up, down };
    for (let seed = 1; seed <= 60; seed++) {
      for (const score of allScores) {
        const batch = table(seed, 30, 3), setting = { average: "macro", decision } as const;
        const gradient = scoredBy(score, { ...setting, slope: 5 })(batch).gradient();
        const hard = scoredBy(score, { ...setting, step: "round" });
        const size = 0.1 / Math.max(...gradient.map(Math.abs)), before = hard(batch).value;
        const yPred = batch.yPred.map((p, i) => Math.min(1, Math.max(0, p + size * gradient[i])));
        const after = hard({ ...batch, yPred }).value;
        if (after > before) counts.up++;
        if (after < before) counts.down++;
      }
    }
    tally[JSON.stringify(decision)] = [counts.up, counts.down];
    assertGreater(counts.up, 6 * counts.down, JSON.stringify(decision));
    assertGreater(counts.up, 500);
  }
  console.log("the hard score rose and fell along the gradient", tally);
});

Deno.test("slope → ∞ is the hard metric: every score, average and decision", () => {
  let tried = 0;
  for (const score of allScores) {
    for (const average of averages) {
      for (const decision of decisions) {
        const batch = table(5, 16, 3), setting = { average, decision };
        const hard = scoredBy(score, { ...setting, step: "round" })(batch);
        const soft = scoredBy(score, { ...setting, slope: 1e9 })(batch);
        // Where a hard score is 0/0 the soft one has a limit of its own; a kink or a root may magnify 1e-7.
        if (hard.values.some(Number.isNaN)) continue;
        assertWithin(
          soft.value,
          hard.value,
          3e-3 * sizeOf(score),
          `${score.name} ${average} ${JSON.stringify(decision)}`,
        );
        assertStrictEquals(scoredBy(score, { ...setting, step: "straightThrough" })(batch).value, hard.value);
        tried++;
      }
    }
  }
  assert(tried > 100, `${tried}`);
});

Deno.test("the soft count of a budget stays k, and its gradient adds up to nothing", () => {
  const next = random(9);
  for (const step of ["softsign", "logistic", "arctan", "gaussian", "linearRamp"] as const) {
    for (const top of [1, 2, 7, 19, 20, 50, 0.1, 0.01]) {
      const yPred = Float32Array.from({ length: 40 }, () => next());
      const batch = { rows: 20, classes: 2, yTrue: new Float32Array(40), yPred };
      const decide = toDecision("a test", { step, slope: 8, decision: { top } }), decided = decide(batch);
      const k = Math.min(20, top < 1 ? Math.max(1, Math.round(top * 20)) : top);
      for (const column of [0, 1]) {
        const sum = Array.from(decided.decisions).filter((_, i) => i % 2 === column).reduce((a, b) => a + b, 0);
        assertWithin(sum, k, 1e-9, `${step}, top ${top}`);
      }
      // The count does not move, whichever way the outputs go.
      const gradient = new Float64Array(40).fill(1);
      decided.back(gradient);
      assertAllWithin(gradient, new Float32Array(40), 1e-6, `${step}, top ${top}`);
    }
  }
});

Deno.test("the soft count of a budget stays k where many rows have a start from some of them: all equal, two clusters, weights", () => {
  const n = 20_011,
    next = random(10),
    of = (make: (i: number) => number) => Float32Array.from({ length: n }, (_, i) => make(i));
  const outputs = [
    of(next),
    of(() => 0.3),
    of((i) => i % 99 === 0 ? 0.9 : 0.1 * next()),
    of((i) => Number(i % 2 === 0)),
  ];
  for (const yPred of outputs) {
    for (const step of ["softsign", "linearRamp"] as const) {
      for (const top of [1, 0.01]) {
        const sampleWeight = of(() => next() < 0.2 ? 0 : next()), rows = sampleWeight.filter((w) => w > 0).length;
        const decide = toDecision("a test", { step, decision: { top } });
        const { decisions } = decide({ rows: n, classes: 1, yTrue: new Float32Array(n), yPred, sampleWeight });
        const k = top < 1 ? Math.round(top * rows) : top;
        assertWithin(decisions.reduce((a, b) => a + b, 0), k, 1e-9 * n, `${step}, top ${top}`);
      }
    }
  }
});

onBackends("ties are decided as tf.argMax has them, in logits too small for a softmax to tell apart as well", () => {
  tf.tidy(() => {
    const rows = [[0.5, 0.5, 0], [0, 0.5, 0.5], [0.25, 0.25, 0.25], [0, 0, 0], [0.2, 0.3, 0.3]];
    const p = tf.tensor2d(rows), winners = tf.argMax(p, 1), y = tf.oneHot(winners, 3);
    assertEquals([...winners.dataSync()], [0, 1, 0, 0, 1]);
    for (const step of ["round", "straightThrough"] as const) {
      const loss = metricLoss("accuracy", { decision: "argmax", average: "micro", step });
      assertStrictEquals(loss(y, p).dataSync()[0], 0);
      assertStrictEquals(loss(winners, p).dataSync()[0], 0); // class indices
    }
    const close = tf.tensor2d([[1e-20, 2e-20], [-1e4, -1e4 + 1]]);
    const metric = hardMetric("recall", { decision: "argmax", average: "none", fromLogits: true });
    assertEquals([...metric(tf.argMax(close, 1), close).dataSync()], [0, 1]);
    // A budget takes the first of those that are equal.
    const top = hardMetric("precision", { decision: { top: 2 } });
    assertStrictEquals(top(tf.tensor1d([0, 1, 1, 0]), tf.tensor1d([0.1, 0.7, 0.7, 0.7])).dataSync()[0], 1);
  });
});

onBackends("logits of ±10⁴ and ±∞ give finite losses and gradients under every decision", () => {
  for (const decision of decisions) {
    for (const score of allScores) {
      for (const step of ["softsign", "straightThrough"] as const) {
        tf.tidy(() => {
          const y = tf.tensor2d([[1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 1]]);
          const z = tf.tensor2d([[1e4, -1e4, 0], [Infinity, -Infinity, 1], [-1e4, -1e4, -1e4], [0.5, 1e4, 1e4]]);
          const loss = metricLoss(score, { decision, average: "macro", fromLogits: true, step });
          const { value, grad } = tf.valueAndGrad((z) => loss(y, z))(z);
          const [low, high] = rangeOf(score), best = score.best ?? 1, v = value.dataSync()[0];
          assert(v >= Math.fround(best - high) - 1e-5 && v <= Math.max(best, Math.fround(best - low)) + 1e-5, `${v}`);
          assert(grad.dataSync().every(Number.isFinite), `${score.name} ${JSON.stringify(decision)}`);
        });
      }
    }
  }
});

onBackends("pixels are rows: [n, h, w, c] is [n·h·w, c], with class indices [n, h, w] and [n, h, w, 1] too", () => {
  tf.tidy(() => {
    const { yPred } = table(3, 12, 3), flat = tf.tensor(yPred, [12, 3]), image = tf.reshape(flat, [2, 3, 2, 3]);
    const indices = tf.tensor(Array.from({ length: 12 }, (_, i) => i % 3), [12], "int32"), w = tf.range(1, 13);
    const hot = tf.oneHot(indices, 3);
    for (const decision of decisions) {
      for (const average of ["micro", "macro", "weighted", "samples"] as const) {
        const loss = metricLoss("f1", { decision, average });
        const run = (y: tf.Tensor, p: tf.Tensor, w: tf.Tensor) => {
          const { value, grad } = tf.valueAndGrad((p) => loss(y, p, w))(p);
          assertEquals(grad.shape, p.shape);
          return [...value.dataSync(), ...grad.dataSync()];
        };
        const expected = run(hot, flat, w);
        for (const shape of [[2, 3, 2], [2, 3, 2, 1]]) {
          assertEquals(run(tf.reshape(indices, shape), image, tf.reshape(w, shape)), expected);
        }
        assertEquals(run(tf.reshape(hot, [2, 3, 2, 3]), image, tf.reshape(w, [2, 3, 2])), expected);
        assertEquals(run(tf.reshape(indices, [12, 1]), flat, tf.reshape(w, [12, 1])), expected);
      }
    }
    const single = metricLoss("f1"), y = tf.tensor1d([1, 0, 1]), p = tf.tensor1d([0.7, 0.4, 0.2]);
    const column = single(tf.reshape(y, [3, 1]), tf.reshape(p, [3, 1])).dataSync()[0];
    assertStrictEquals(single(y, p).dataSync()[0], column);
    for (const average of ["macro", "micro", "weighted"] as const) { // of one column: the column itself
      assertStrictEquals(metricLoss("f1", { average })(y, p).dataSync()[0], column);
    }
  });
});

Deno.test("rows in another order, classes under other names, a weight for a row twice: nothing changes", () => {
  const seeds = fc.integer({ min: 1, max: 1e6 });
  fc.assert(
    fc.property(seeds, fc.constantFrom(...allScores), fc.constantFrom(...averages), fc.constantFrom(...decisions), (
      seed,
      score,
      average,
      decision,
    ) => {
      const { yTrue, yPred } = table(seed, 9, 3), of = scoredBy(score, { average, decision, slope: 4 });
      const take = (rows: number[], columns: number[]) => (values: number[]) =>
        rows.flatMap((i) => columns.map((k) => values[3 * i + k]));
      const run = (rows: number[], columns: number[], weights?: number[]) => {
        const taken = take(rows, columns);
        const sampleWeight = weights?.flatMap((w) => columns.map(() => w));
        return of({ rows: rows.length, classes: 3, yTrue: taken(yTrue), yPred: taken(yPred), sampleWeight }).value;
      };
      const all = [0, 1, 2, 3, 4, 5, 6, 7, 8], tolerance = 1e-10 * sizeOf(score);
      const whole = run(all, [0, 1, 2]);
      assertWithin(run([...all].reverse(), [0, 1, 2]), whole, tolerance);
      assertWithin(run(all, [2, 0, 1]), whole, tolerance); // also "weighted" and "samples"
      if (typeof decision === "object") return; // a budget counts rows, not weights
      const weighted = run(all, [0, 1, 2], [1, 2, 1, 0, 1, 3, 1, 1, 1]);
      assertWithin(weighted, run([0, 1, 1, 2, 4, 5, 5, 5, 6, 7, 8], [0, 1, 2]), tolerance);
    }),
    { numRuns: 500 },
  );
});

Deno.test("specificity(y, p) is recall(1 − y, 1 − p) at 1 − t, and npv precision", () => {
  const row = fc.record({ y: fc.constantFrom(0, 1), p: fc.integer({ min: 0, max: 64 }).map((n) => n / 64) });
  const steps = fc.constantFrom<LossOptions["step"]>("softsign", "logistic", "gaussian");
  fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.constantFrom(0.25, 0.5, 0.625), steps, (
    rows,
    threshold,
    step,
  ) => {
    const [one, other] = [rows, rows.map(({ y, p }) => ({ y: 1 - y, p: 1 - p }))].map((rows) => ({
      rows: rows.length,
      classes: 1,
      yTrue: rows.map(({ y }) => y),
      yPred: rows.map(({ p }) => p),
    }));
    for (const [name, turned] of [["specificity", "recall"], ["npv", "precision"], ["mcc", "mcc"]]) {
      const called = (name: string) => allScores.find((score) => score.name === name)!;
      const a = scoredBy(called(name), { step, slope: 6, threshold })(one);
      const b = scoredBy(called(turned), { step, slope: 6, threshold: 1 - threshold })(other);
      if (Math.abs(a.value) + Math.abs(b.value) < 1e-9) continue; // one of them may be 0/0, to an ulp
      assertWithin(a.value, b.value, 1e-9);
    }
  }));
});

onBackends("what is ignored counts nowhere, whether its label is NaN or a number, or a class index", () => {
  tf.tidy(() => {
    const p = tf.tensor2d([[0.7, 0.1, 0.2], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.4, 0.35, 0.25]]);
    const w = tf.tensor2d([[1, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0]]),
      y = [[1, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0]];
    for (const average of averages) {
      for (const decision of decisions) {
        for (const mark of [NaN, -1, 255]) {
          const marked = tf.tensor2d(y.map((row, i) => row.map((v, k) => w.arraySync()[i][k] ? v : mark)));
          const run = (loss: LossOptions, y: tf.Tensor, w?: tf.Tensor) => {
            const { value, grad } = tf.valueAndGrad((p) => metricLoss("f1", { ...loss, average, decision })(y, p, w))(
              p,
            );
            return [...value.dataSync(), ...grad.dataSync()].map((g) => g + 0);
          };
          const ignored = run({ ignoreLabel: mark }, marked);
          assertEquals(ignored, run({}, tf.tensor2d(y), w));
          if (decision !== "argmax") assertStrictEquals(ignored[1 + 4], 0); // row 1, column 1; a softmax has its neighbours'
        }
        const indexed = metricLoss("f1", { average, decision, ignoreLabel: 255 })(
          tf.tensor1d([0, 1, 2, 255], "int32"),
          p,
        );
        const rows = tf.tensor1d([1, 1, 1, 0]);
        const direct = metricLoss("f1", { average, decision })(tf.tensor1d([0, 1, 2, 1], "int32"), p, rows);
        assertEquals(indexed.dataSync(), direct.dataSync());
      }
    }
  });
});

onBackends("straight-through has the hard value and the soft gradient's partials, for argmax and a budget", () => {
  const batch = table(11, 12, 3), [y, p] = tensors(batch);
  for (const decision of ["argmax", { top: 4 }] as const) {
    const loss = metricLoss("f1", { decision, average: "macro", step: "straightThrough", slope: 3 });
    const { value, grad } = tf.valueAndGrad((p) => loss(y, p))(p);
    const metric = hardMetric("f1", { decision, average: "macro" })(y, p);
    assertWithin(value.dataSync()[0], 1 - metric.dataSync()[0], 1.2e-7);
    assertGreater(Math.max(...grad.dataSync().map(Math.abs)), 1e-3);
    const dead = tf.grad((p) => metricLoss("f1", { decision, average: "macro", step: "round" })(y, p))(p);
    assert(dead.dataSync().every((g) => g === 0));
    tf.dispose([value, grad, metric, dead]);
  }
  tf.dispose([y, p]);
});

Deno.test("classes that do not occur: 0, 1, or left out of the mean; class weights; none", () => {
  tf.tidy(() => {
    const y = tf.tensor2d([[1, 0, 0], [1, 0, 0], [0, 1, 0]]),
      p = tf.tensor2d([[0.9, 0.2, 0.1], [0.3, 0.4, 0.2], [0.1, 0.8, 0.1]]);
    const recall = (options: Parameters<typeof hardMetric>[1]) => hardMetric("recall", options)(y, p).dataSync();
    assertWithin(recall({ average: "macro", zeroDivision: 0 })[0], 1.5 / 3, 1e-7);
    assertWithin(recall({ average: "macro", zeroDivision: 1 })[0], 2.5 / 3, 1e-7);
    assertWithin(recall({ average: "macro", zeroDivision: "skip" })[0], 1.5 / 2, 1e-7);
    assertWithin(recall({ average: "macro", zeroDivision: "skip", classWeights: [3, 1, 5] })[0], 2.5 / 4, 1e-7);
    assertWithin(recall({ average: "weighted", classWeights: [1, 4, 1] })[0], (2 * 0.5 + 4) / 6, 1e-7);
    assertWithin(recall({ average: "micro", classWeights: [1, 4, 1] })[0], 5 / 6, 1e-7);
    assertEquals([...recall({ average: "none", zeroDivision: "skip" })], [0.5, 1, NaN]);
    assertEquals([...recall({ average: "none", zeroDivision: 1 })], [0.5, 1, 1]);
  });
});

Deno.test("{ top: share } takes the nearest whole number of rows, and one at least", () => {
  const yPred = Float32Array.from({ length: 10 }, (_, i) => i / 10);
  const batch = { rows: 10, classes: 1, yTrue: new Float32Array(10), yPred };
  const rows = (top: number) => toDecision("a test", { step: "round", decision: { top } })(batch).decisions;
  for (const [top, count] of [[0.01, 1], [0.14, 1], [0.16, 2], [0.24, 2], [0.26, 3], [0.35, 4], [0.99, 10]]) {
    assertEquals([...rows(top)], Array.from({ length: 10 }, (_, i) => Number(i >= 10 - count)), `top ${top}`);
  }
});

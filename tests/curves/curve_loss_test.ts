// The losses at many thresholds: counts by their definition, gradients by differences, limits, sums of batches, the tensors' form.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import {
  aumLoss,
  aumLossAndGradient,
  averagePrecision,
  averagePrecisionLoss,
  type Curve,
  curveLoss,
  curveLossAndGradient,
  type CurveLossAndGradientOptions,
  type CurveScore,
  ndcgLoss,
  negativeAum,
  pairsLoss,
  partialRocAuc,
  partialRocAucLoss,
  precisionAtK,
  precisionAtKLoss,
  rankingMetric,
  recallAtFpr,
  recallAtFprLoss,
  rocAuc,
  rocAucLoss,
} from "../../lib/losses/curves.ts";
import type { Loss } from "../../lib/mod.ts";
import { countKeys, mapCounts } from "../../lib/counts/counts.ts";
import {
  assertAllWithin,
  assertRefused,
  assertWithin,
  backends,
  centralDifferences,
  counted,
  onBackends,
  random,
} from "../helpers.ts";
import { slow } from "../slow.ts";
import { recorded } from "./fixtures.ts";

const scores: readonly CurveScore[] = [
  rocAuc,
  averagePrecision,
  partialRocAuc({ maxFpr: 0.3 }),
  partialRocAuc({ maxFpr: 0.3, standardized: false }),
  recallAtFpr({ fpr: 0.15 }),
  precisionAtK({ k: 5 }),
  precisionAtK({ k: 0.4 }),
  negativeAum,
];

/** Labels, outputs and weights of some rows, the outputs of positives higher. */
function rows(n: number, seed: number, columns = 1) {
  const next = random(seed), yTrue: number[] = [], yPred: number[] = [], sampleWeight: number[] = [];
  for (let i = 0; i < n * columns; i++) {
    yTrue.push(Number(next() < 0.4));
    yPred.push(Math.min(0.999, 0.7 * next() + 0.3 * yTrue[i] * next()));
    sampleWeight.push(0.25 + next());
  }
  const byRows = (values: number[]) =>
    Array.from({ length: n }, (_, i) => values.slice(i * columns, (i + 1) * columns));
  return { yTrue, yPred, sampleWeight, byRows };
}

Deno.test("the partial derivatives of every score are differences of its value", () => {
  const next = random(7);
  for (const score of scores) {
    const steps = Array.from({ length: 9 }, () => [next(), next()]);
    const sums = (k: 0 | 1) => Float64Array.from(steps, (_, b) => steps.slice(0, b + 1).reduce((s, v) => s + v[k], 0));
    const thresholds = Float64Array.from({ length: 9 }, (_, b) => b === 8 ? 0 : 0.95 - 0.1 * b - 0.02 * b * b / 8);
    const curve: Curve = { thresholds, tp: sums(0), fp: sums(1) },
      gradient = score.gradient(curve);
    const of = score.relaxed ?? score.value, h = 1e-6;
    let moved = 0;
    for (const key of ["tp", "fp"] as const) {
      for (let b = 0; b < 8; b++) { // the last point is the totals, which no output moves
        const at = (by: number) => of({ ...curve, [key]: curve[key].with(b, curve[key][b] + by) });
        assertWithin(gradient[key][b], (at(h) - at(-h)) / (2 * h), 1e-8, `${score.name} ${key} ${b}`);
        moved += Math.abs(gradient[key][b]);
      }
    }
    assert(moved > 0.01, score.name);
  }
});

Deno.test("the counts are those of joined linear ramps, and those of parts add up to them in any order", () => {
  const thresholds = [0.1, 0.3, 0.35, 0.8], edges = [0, 0.2, 0.325, 0.575, 1];
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 2, max: 30 }), (seed, n) => {
    const { yTrue, yPred, sampleWeight } = rows(n, seed);
    yPred[0] = edges[seed % 5]; // on an edge
    const of = (from: number, to: number) =>
      curveLossAndGradient(yTrue.slice(from, to), yPred.slice(from, to), {
        score: "rocAuc",
        thresholds,
        sampleWeight: sampleWeight.slice(from, to),
      }).counts;
    const counts = of(0, n);
    assertEquals(counts.length, 4);
    counts.forEach((one, j) => {
      const b = 3 - j, total = { tp: 0, fp: 0, fn: 0, tn: 0 };
      yPred.forEach((p, i) => {
        const s = Math.min(1, Math.max(0, (p - edges[b]) / (edges[b + 1] - edges[b]))), w = sampleWeight[i];
        total[yTrue[i] === 1 ? "tp" : "fp"] += w * s;
        total[yTrue[i] === 1 ? "fn" : "tn"] += w * (1 - s);
      });
      for (const key of countKeys) assertWithin(one[key], total[key], 1e-12, `${key} ${b}`);
    });
    const middle = 1 + seed % (n - 1), parts = [of(middle, n), of(0, middle)];
    counts.forEach((one, j) => {
      const sum = mapCounts((key) => parts[0][j][key] + parts[1][j][key]);
      for (const key of countKeys) assertWithin(sum[key], one[key], 1e-12);
    });
  }));
});

Deno.test("the gradient is that of the value, by differences in float64: every score, average, weights, logits", () => {
  for (const score of scores) {
    for (const average of ["binary", "micro", "macro", "weighted"] as const) {
      for (const fromLogits of [false, true]) {
        const columns = average === "binary" ? 1 : 3, { yTrue, yPred, sampleWeight, byRows } = rows(14, 3, columns);
        const outputs = fromLogits ? yPred.map((p) => 6 * p - 3) : yPred;
        const classWeights = average === "binary" ? undefined : [1, 2, 0.5];
        const options: CurveLossAndGradientOptions = {
          score,
          average,
          fromLogits,
          classWeights,
          thresholds: 7,
          sampleWeight: byRows(sampleWeight),
        };
        const of = (p: number[]) => curveLossAndGradient(byRows(yTrue), byRows(p), options), { gradient } = of(outputs);
        const expected = centralDifferences((p) => of(p).value, outputs, 1e-7);
        assertAllWithin(gradient, expected, 2e-7, `${score.name} ${average} ${fromLogits}`);
      }
    }
  }
});

slow.test("with ever more thresholds the loss tends to the hard value; the area's error falls with their square", () => {
  const { yTrue, yPred, sampleWeight } = rows(400, 11);
  for (const score of scores) {
    const hard = rankingMetric(yTrue, yPred, { score, sampleWeight });
    const thresholds = Array.from({ length: 60000 }, (_, b) => (b + 0.5) / 60000);
    const soft = (score.best ?? 1) - curveLossAndGradient(yTrue, yPred, { score, sampleWeight, thresholds }).value;
    // The interpolated recall may lie between two steps of the hard one, a positive's weight apart.
    assertWithin(soft, hard, score.relaxed === undefined ? 2e-3 : 0.01, score.name);
  }
  const many = rows(20000, 12), exact = rankingMetric(many.yTrue, many.yPred, { score: "rocAuc" });
  const error = (thresholds: number) =>
    Math.abs(1 - curveLossAndGradient(many.yTrue, many.yPred, { score: "rocAuc", thresholds }).value - exact);
  assert(error(128) < error(32) / 8, `${error(32)} ${error(128)}`);
});

Deno.test("the AUM at thresholds is the exact one, but for the interval in which the error rates cross: never below it", () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 2, max: 60 }), (seed, thresholds) => {
    const { yTrue, yPred } = rows(30, seed), exact = aumLossAndGradient(yTrue, yPred).value;
    const binned = curveLossAndGradient(yTrue, yPred, { score: "negativeAum", thresholds }).value;
    const grid = [...Array(thresholds).keys()].map((b) => 1 / (1 + Math.exp(-12 * (2 * (b + 0.5) / thresholds - 1))));
    const widest = Math.max(...grid.slice(1).map((t, b) => t - grid[b]), 1 - grid.at(-1)!, grid[0]);
    if (yTrue.includes(0) && yTrue.includes(1)) {
      assert(binned >= exact - 1e-12 && binned <= exact + 0.5 * widest + 1e-12, `${exact} ${binned} ${widest}`);
    } else assertEquals(binned, 0);
  }));
});

Deno.test("one against one: with ever more thresholds the loss tends to 1 − scikit-learn's roc_auc_score of pairs", () => {
  const recordedPairs = recorded.classes.filter(({ multiClass }) => multiClass === "ovo");
  assert(recordedPairs.length >= 80, `${recordedPairs.length}`);
  const thresholds = Array.from({ length: 500 }, (_, b) => (b + 0.5) / 500);
  for (const { yTrue, yPred, average, rocAuc: expected } of recordedPairs) {
    const options = { score: "rocAuc", average, multiClass: "ovo", thresholds } as const;
    assertWithin(1 - curveLossAndGradient(yTrue, yPred, options).value, expected, 0.01, average);
  }
});

Deno.test("one against one: the gradient by differences, sums of parts, ignored rows, a class that does not occur", () => {
  const next = random(3), n = 24, labels = Array.from({ length: n }, () => Math.floor(3 * next()));
  const logits = labels.map((y) => [0, 1, 2].map((k) => 2 * next() + Number(k === y)));
  const sampleWeight = labels.map(() => 0.5 + next());
  for (const average of ["macro", "weighted"] as const) {
    const options = { score: averagePrecision, average, multiClass: "ovo", thresholds: 9, fromLogits: true } as const;
    const of = (z: number[][]) => curveLossAndGradient(labels, z, { ...options, sampleWeight }),
      { gradient } = of(logits);
    assert(gradient.some((g) => Math.abs(g) > 1e-3));
    const at = (z: number[]) => of(logits.map((_, i) => z.slice(3 * i, 3 * i + 3))).value;
    assertAllWithin(gradient, centralDifferences(at, logits.flat()), 1e-7, average);
    const more = curveLossAndGradient([...labels, -1], [...logits, [9, 9, 9]], {
      ...options,
      sampleWeight: [...sampleWeight, 1],
      ignoreLabel: -1,
    });
    assertWithin(more.value, of(logits).value, 1e-14);
    assertEquals([...more.gradient.slice(-3)], [0, 0, 0]);
    const reordered = curveLossAndGradient(labels.toReversed(), logits.toReversed(), {
      ...options,
      sampleWeight: sampleWeight.toReversed(),
    });
    assertWithin(reordered.value, of(logits).value, 1e-14);
  }
  const three = [[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1]];
  const pair = curveLossAndGradient([0, 1, 0], three, {
    score: "rocAuc",
    average: "macro",
    multiClass: "ovo",
    zeroDivision: "skip",
    thresholds: [0.1, 0.25, 0.4, 0.45, 0.5, 0.8],
  });
  assertWithin(pair.value, 0, 1e-12, "the third class does not occur, the other two are in order");
  assert(pair.gradient.every((g, i) => i % 3 < 2 || g === 0));
  // Without a negative an average precision is 1: a pair with the class that does not occur must not count.
  const two = [0, 1, 1, 0, 0, 1], outputs = two.map((y) => [0.1 + 0.5 * Number(y === 1) * next(), 0.3 * next(), 0.9]);
  for (const average of ["macro", "weighted"] as const) {
    const settings = { score: averagePrecision, average, multiClass: "ovo", zeroDivision: "skip" } as const;
    const [all, alone] = [outputs, outputs.map((row) => row.slice(0, 2))].map((of) =>
      curveLossAndGradient(two, of, { ...settings, thresholds: 40 }).value
    );
    assertWithin(all, alone, 1e-12);
  }
});

Deno.test("an infinite output in perfect order has no area under the least of both errors", () => {
  assertEquals(rankingMetric([1, 0, 0], [Infinity, -1, -2], { score: "negativeAum" }), 0);
});

Deno.test("a perfect order has loss 0 where a threshold separates it, a batch of one class 1 and no gradient, all ties ½", () => {
  for (const score of scores.slice(0, 2)) {
    const perfect = curveLossAndGradient([1, 0, 1, 0], [0.9, 0.1, 0.8, 0.3], { score, thresholds: [0.5, 0.6, 0.7] });
    assertWithin(perfect.value, 0, 1e-15);
  }
  for (const labels of [[1, 1, 1], [0, 0, 0]]) {
    const { value, gradient } = curveLossAndGradient(labels, [0.2, 0.5, 0.7], { score: "rocAuc" });
    assertEquals([value, ...gradient], [1, 0, 0, 0]);
  }
  const skipped = curveLossAndGradient([[1, 1], [0, 1]], [[0.9, 0.3], [0.1, 0.4]], {
    score: "rocAuc",
    average: "macro",
    zeroDivision: "skip",
  });
  assertWithin(skipped.value, 0, 1e-12, "the second column has no negative");
  assertWithin(curveLossAndGradient([1, 0, 0], [0.4, 0.4, 0.4], { score: "rocAuc" }).value, 0.5, 1e-12);
});

Deno.test("the order of the rows, ignored rows and rows of weight 0 change nothing", () => {
  const { yTrue, yPred, sampleWeight } = rows(30, 5), order = yTrue.map((_, i) => (7 * i + 3) % 30);
  const taken = (values: number[]) => order.map((i) => values[i]);
  for (const score of scores) {
    const { value, gradient } = curveLossAndGradient(yTrue, yPred, { score, sampleWeight });
    const other = curveLossAndGradient(taken(yTrue), taken(yPred), { score, sampleWeight: taken(sampleWeight) });
    assertWithin(other.value, value, 1e-14);
    assertAllWithin(other.gradient, taken([...gradient]), 1e-10);
    const more = curveLossAndGradient([...yTrue, 1, 0], [...yPred, 0.01, 0.99], {
      score,
      sampleWeight: [...sampleWeight, 0, 0],
    });
    assertWithin(more.value, value, 1e-14);
    const ignored = curveLossAndGradient([...yTrue, -1], [...yPred, 0.99], {
      score,
      sampleWeight: [...sampleWeight, 1],
      ignoreLabel: -1,
    });
    assertWithin(ignored.value, value, 1e-14);
    assertEquals(ignored.gradient[30], 0);
  }
});

onBackends("the losses of tensors are the arrays' numbers, without a leak", () => {
  const { yTrue, yPred, sampleWeight } = rows(64, 9);
  const pairs: [ReturnType<typeof curveLoss>, CurveLossAndGradientOptions][] = [
    [rocAucLoss(), { score: rocAuc }],
    [averagePrecisionLoss({ thresholds: 40 }), { score: averagePrecision, thresholds: 40 }],
    [partialRocAucLoss({ maxFpr: 0.2 }), { score: partialRocAuc({ maxFpr: 0.2 }) }],
    [recallAtFprLoss({ fpr: 0.2, thresholds: 12 }), { score: recallAtFpr({ fpr: 0.2 }), thresholds: 12 }],
    [precisionAtKLoss({ k: 9 }), { score: precisionAtK({ k: 9 }) }],
  ];
  for (const [loss, options] of pairs) {
    const outputs = Float32Array.from(yPred), weights = Float32Array.from(sampleWeight);
    const { value, gradient } = curveLossAndGradient(yTrue, outputs, { ...options, sampleWeight: weights });
    const { made } = counted(() =>
      tf.tidy(() => {
        const [y, p, w] = [yTrue, outputs, weights].map((values) => tf.tensor1d(values, "float32"));
        const { value: own, grad } = tf.valueAndGrad((p) => tf.mul(2, loss(y, p as never, w)))(p);
        assertWithin(own.dataSync()[0] / 2, value, 1e-7, loss.name);
        assertAllWithin(grad.dataSync(), gradient.map((g) => 2 * g), 1e-5);
      })
    );
    assertEquals(made, 0);
  }
});

Deno.test("the same bytes on cpu and wasm: value and gradient of every loss of the order of the outputs", async () => {
  const { yTrue, yPred, sampleWeight } = rows(5001, 21), { byRows } = rows(1667, 21, 3);
  const of = (loss: Loss, matrix: boolean) =>
    tf.tidy(() => {
      const table = (values: number[]) => matrix ? tf.tensor2d(byRows(values)) : tf.tensor1d(values);
      const y = matrix && loss.name !== "ndcgLoss"
        ? tf.tensor1d(yTrue.slice(0, 1667).map((v, i) => (v + i) % 3))
        : table(yTrue);
      const { value, grad } = tf.valueAndGrad((p) => loss(y, p as never, matrix ? undefined : table(sampleWeight)))(
        table(yPred),
      );
      return [value, grad].map((one) => [...new Uint8Array(one.dataSync().slice().buffer)]);
    });
  const losses: [Loss, boolean][] = [
    ...scores.map((score): [Loss, boolean] => [curveLoss(score), false]),
    [rocAucLoss({ average: "macro" }), true],
    [rocAucLoss({ average: "weighted", multiClass: "ovo" }), true],
    [pairsLoss(), false],
    [pairsLoss({ price: "ramp", margin: 0.1 }), false],
    [aumLoss(), false],
    [ndcgLoss({ margin: 0.2 }), true],
  ];
  const bytes: number[][][][] = [];
  for (const backend of backends) {
    await tf.setBackend(backend);
    bytes.push(losses.map(([loss, matrix]) => of(loss, matrix)));
  }
  await tf.setBackend("cpu");
  losses.forEach(([{ name }], k) => assertEquals(bytes[1][k], bytes[0][k], name));
});

Deno.test("bad input: a sentence that names the argument", () => {
  const refused = (options: object, argument: string, value: string, error: typeof RangeError = RangeError) =>
    assertRefused(() => curveLoss("rocAuc", options), { argument, value, error });
  refused({ thresholds: 1 }, "thresholds", "1");
  refused({ thresholds: [0.5, 0.5] }, "thresholds", "0.5");
  refused({ thresholds: [0, 0.5] }, "thresholds", "0");
  refused({ thresholds: "many" }, "thresholds", "'many'");
  refused({ average: "samples" }, "average", "'samples'");
  refused({ step: "round" }, "step", "'round'", TypeError);
  refused({ zeroDivision: 2 }, "zeroDivision", "2");
  refused({ multiClass: "ova" }, "multiClass", "'ova'");
  refused({ multiClass: "ovo" }, "average", "'binary'");
  refused({ multiClass: "ovo", average: "micro" }, "average", "'micro'");
  refused({ multiClass: "ovo", average: "macro", classWeights: [1, 2] }, "classWeights", "[1, 2]", TypeError);
  const pairs = (y: number[][], p: number[][]) => () =>
    curveLossAndGradient(y, p, { score: "rocAuc", average: "macro", multiClass: "ovo" });
  assertRefused(pairs([[1, 1], [0, 1]], [[0.1, 0.2], [0.3, 0.1]]), { argument: "yTrue", value: "row 0 names 2" });
  assertRefused(pairs([[1], [0]], [[0.1], [0.3]]), { argument: "yPred", value: "[2]" });
  const at = (y: number[], p: number[]) => () => curveLossAndGradient(y, p, { score: "rocAuc" });
  assertRefused(at([1, 0], [0.5, 1.5]), { argument: "yPred", value: "1.5" });
  assertRefused(at([1, 3], [0.5, 0.5]), { argument: "yTrue", value: "3" });
  assertRefused(at([], []), { argument: "yPred", value: "[0]" });
});

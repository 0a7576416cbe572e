// The hard values: scikit-learn's numbers, the AUM of the R package, laws, bad input.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import {
  aumDerivatives,
  averagePrecision,
  type CurveScore,
  exactCurve,
  partialRocAuc,
  precisionAtK,
  rankingMetric,
  recallAtFpr,
  rocAuc,
} from "../../lib/losses/curves.ts";
import { rankFalling } from "../../lib/numerics/rank.ts";
import { assertAllWithin, assertRefused, assertWithin } from "../helpers.ts";
import { ndcgOf, recorded } from "./fixtures.ts";

const near = (actual: number, expected: number | null, where: string): void => {
  if (expected === null) assertEquals(actual, NaN, where);
  else assertWithin(actual, expected, 4e-15, where);
};

Deno.test("1000 binary cases with ties, weights, one class: scikit-learn's values", () => {
  assertEquals(recorded.cases.length, 1000);
  recorded.cases.forEach(({ yTrue, yPred, maxFpr, ...one }, i) => {
    const value = (score: CurveScore) =>
      rankingMetric(yTrue, yPred, { score, sampleWeight: one.sampleWeight ?? undefined });
    near(value(rocAuc), one.rocAuc, `rocAuc ${i}`);
    near(value(averagePrecision), one.averagePrecision, `averagePrecision ${i}`);
    near(value(partialRocAuc({ maxFpr })), one.partialRocAuc, `partialRocAuc ${i}`);
    near(value(recallAtFpr({ fpr: maxFpr })), one.recallAtFpr, `recallAtFpr ${i}`);
    const standardized = value(partialRocAuc({ maxFpr })), raw = value(partialRocAuc({ maxFpr, standardized: false }));
    if (one.rocAuc !== null) {
      const chance = maxFpr ** 2 / 2;
      assertWithin(standardized, 0.5 * (1 + (raw - chance) / (maxFpr - chance)), 1e-14);
    }
  });
});

Deno.test("several classes and labels: scikit-learn's macro, micro, weighted, one-versus-rest and one-versus-one", () => {
  for (const [i, { yTrue, yPred, average, multiClass, ...one }] of recorded.classes.entries()) {
    const options = { average, multiClass, sampleWeight: one.sampleWeight ?? undefined };
    const labels = average === "micro" && !Array.isArray(yTrue[0])
      ? (yTrue as number[]).map((k) => yPred[0].map((_, column) => Number(column === k)))
      : yTrue;
    near(rankingMetric(labels, yPred, { ...options, score: "rocAuc" }), one.rocAuc, `${average} ${multiClass} ${i}`);
    if (one.averagePrecision === undefined) continue;
    near(
      rankingMetric(yTrue, yPred, { ...options, score: "averagePrecision" }),
      one.averagePrecision,
      `${average} ${i}`,
    );
  }
});

Deno.test("ndcg of queries: scikit-learn's, ties shared, weights of queries, rows in any order", () => {
  for (const { yTrue, yPred, groups, k, sampleWeight, ndcg: expected } of recorded.ndcg) {
    const order = rankFalling(yTrue.map((_, i) => Math.sin(i)));
    const taken = <T>(values: readonly T[]): T[] => Array.from(order, (i) => values[i]);
    const weights = sampleWeight === null ? undefined : taken(sampleWeight);
    const options = { groups: taken(groups), k: k ?? undefined, sampleWeight: weights };
    assertWithin(ndcgOf(taken(yTrue), taken(yPred), options), expected, 4e-15);
  }
  assertEquals(ndcgOf([0, 0], [1, 2]), NaN);
  assertEquals(ndcgOf([0, 0, 3, 1], [1, 2, 5, 4], { groups: ["a", "a", "b", "b"] }), 1, "a query without a gain");
  const numbers = [2, 1, 2, 1], rows: [number[], number[]] = [[0, 2, 1, 1], [1, 2, 5, 4]];
  assertEquals(ndcgOf(...rows, { groups: tf.tensor1d(numbers) }), ndcgOf(...rows, { groups: numbers }));
  const none = ndcgOf([0, 3, 1], [5, 2, 1], { sampleWeight: [0, 1, 1] });
  assertEquals(none, 1, "a row of weight 0 belongs to no query");
});

const labels = fc.array(
  fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 4 })),
  {
    minLength: 2,
    maxLength: 20,
  },
);

// The published test values of the R package aum (T. D. Hocking).
Deno.test("AUM: the values and one-sided derivatives of the R package", () => {
  const of = (negative: number, positive: number) => {
    const { value, left, right } = aumDerivatives({ yTrue: [0, 1], yPred: [negative, positive] });
    return { value, derivatives: [0, 1].map((i) => [left[i], right[i]]) };
  };
  assertEquals(of(1, -1), { value: 2, derivatives: [[1, 1], [-1, -1]] });
  assertEquals(of(0, 0), { value: 0, derivatives: [[0, 1], [-1, 0]] });
  assertEquals(of(-1, 1), { value: 0, derivatives: [[0, 0], [0, 0]] });
});

Deno.test("the negative AUM of the rates: the AUM of weights that add up to 1 in each class, any units, macro over columns", () => {
  fc.assert(fc.property(labels, (rows) => {
    const [yTrue, yPred, sampleWeight] = [0, 1, 2].map((k) => rows.map((row) => row[k]));
    const whole = [0, 1].map((y) => rows.reduce((sum, row) => row[0] === y ? sum + row[2] : sum, 0));
    const value = rankingMetric(yTrue, yPred, { score: "negativeAum", sampleWeight });
    if (whole.includes(0)) return assertEquals(value, NaN);
    const rates = rows.map(([y, , w]) => w / whole[y]);
    assertWithin(value, -aumDerivatives({ yTrue, yPred, sampleWeight: rates }).value, 1e-12);
    assertWithin(
      rankingMetric(yTrue, yPred.map((v) => 3 * v), { score: "negativeAum", sampleWeight }),
      3 * value,
      1e-12,
    );
  }));
  assertEquals(rankingMetric([0, 1], [1, -1], { score: "negativeAum" }), -2);
  const two = rankingMetric([[0, 1], [1, 0]], [[1, 1], [-1, -1]], { score: "negativeAum", average: "macro" });
  assertEquals(two, -1, "one column in order, one not");
});

Deno.test("AUM is the area by its definition, and its derivatives are one-sided differences", () => {
  fc.assert(fc.property(labels, (rows) => {
    const [yTrue, yPred, sampleWeight] = [0, 1, 2].map((k) => rows.map((row) => row[k]));
    const aum = (outputs: number[]): number => {
      const cuts = [...new Set(outputs)].sort((a, b) => a - b);
      const sum = (of: (i: number) => boolean) => rows.reduce((all, row, i) => of(i) ? all + row[2] : all, 0);
      return cuts.slice(1).reduce((area, high, c) => {
        const fp = sum((i) => yTrue[i] === 0 && outputs[i] > cuts[c]),
          fn = sum((i) => yTrue[i] === 1 && outputs[i] <= cuts[c]);
        return area + (high - cuts[c]) * Math.min(fp, fn);
      }, 0);
    };
    const { value, left, right } = aumDerivatives({ yTrue, yPred, sampleWeight }), h = 2 ** -10;
    assertWithin(value, aum(yPred), 1e-12);
    rows.forEach((_, i) => {
      assertWithin(right[i], (aum(yPred.with(i, yPred[i] + h)) - value) / h, 1e-9);
      assertWithin(left[i], (value - aum(yPred.with(i, yPred[i] - h))) / h, 1e-9);
    });
  }));
});

Deno.test("ranks: a stable sort, float32 and float64, both signs, zeros and infinities", () => {
  const numbers = fc.array(
    fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1e-300, 5e-324, 1, 1 + 2 ** -52, Infinity, -Infinity)),
    { maxLength: 60 },
  );
  fc.assert(fc.property(numbers, (values) => {
    const sorted = (list: ArrayLike<number>) =>
      Array.from(list, (_, i) => i).sort((a, b) => list[b] === list[a] ? a - b : list[b] > list[a] ? 1 : -1);
    assertEquals([...rankFalling(values)], sorted(values));
    const single = Float32Array.from(values);
    assertEquals([...rankFalling(single)], sorted(single));
    assertEquals([...rankFalling([...single])], sorted(single));
  }));
});

Deno.test("a rising function of the outputs changes nothing, nor does an order of the rows; turned outputs turn the AUC", () => {
  fc.assert(fc.property(labels, fc.integer(), (rows, seed) => {
    const [yTrue, yPred, sampleWeight] = [0, 1, 2].map((k) => rows.map((row) => row[k]));
    const all = (y: number[], p: number[], w: number[]) =>
      [rocAuc, averagePrecision, partialRocAuc({ maxFpr: 0.3 }), recallAtFpr({ fpr: 0.2 }), precisionAtK({ k: 3 })]
        .map((score) => rankingMetric(y, p, { score, sampleWeight: w }));
    const values = all(yTrue, yPred, sampleWeight);
    assertAllWithinOrNaN(all(yTrue, yPred.map((v) => Math.exp(v) / 1000), sampleWeight), values);
    const order = rankFalling(yTrue.map((_, i) => Math.sin(i + seed)));
    const taken = (list: number[]) => Array.from(order, (i) => list[i]);
    assertAllWithinOrNaN(all(taken(yTrue), taken(yPred), taken(sampleWeight)), values);
    assertAllWithinOrNaN(all(yTrue, yPred.map((v) => -v), sampleWeight).slice(0, 1), [1 - values[0]]);
  }));
});

function assertAllWithinOrNaN(actual: number[], expected: number[]): void {
  assertEquals(actual.map(Number.isNaN), expected.map(Number.isNaN));
  assertAllWithin(actual.filter((v) => !Number.isNaN(v)), expected.filter((v) => !Number.isNaN(v)), 1e-12);
}

Deno.test("precision of the k highest: counted by hand, a tie shared, k as a share, k above all rows", () => {
  const yTrue = [1, 0, 1, 0, 1], yPred = [0.9, 0.8, 0.8, 0.1, 0.05];
  const at = (k: number) => rankingMetric(yTrue, yPred, { score: precisionAtK({ k }) });
  assertAllWithin([1, 2, 3, 4, 5, 9, 0.6].map(at), [1, 1.5 / 2, 2 / 3, 2 / 4, 3 / 5, 3 / 5, 2 / 3], 1e-15);
});

Deno.test("the loss's recall at a false-positive rate lies on the line between the points; the value is a step", () => {
  const curve = exactCurve({ yTrue: [1, 0, 1, 0], yPred: [4, 3, 2, 1] }), score = recallAtFpr({ fpr: 0.25 });
  assertEquals([score.value(curve), score.relaxed!(curve)], [0.5, 0.5]);
  const tied = exactCurve({ yTrue: [1, 0, 1, 0], yPred: [4, 3, 3, 1] });
  assertEquals([score.value(tied), score.relaxed!(tied)], [0.5, 0.75]);
});

Deno.test("tensors, soft labels, ignored labels; a class without a positive is left out of the mean", () => {
  const yPred = [[0.9, 0.2, 0.1], [0.1, 0.7, 0.1], [0.6, 0.5, 0.4]];
  const macro = (labels: number[]) => rankingMetric(labels, yPred, { score: "rocAuc", average: "macro" });
  assertEquals(macro([0, 1, 0]), 1, "the third class does not occur");
  const tensors = tf.tidy(() =>
    rankingMetric(tf.tensor1d([1, 0, 0.5]), tf.tensor1d([0.9, 0.1, 0.4]), { score: "rocAuc" })
  );
  assertWithin(tensors, (1.5 + 0.5 * 1.25) / (1.5 * 1.5), 1e-15);
  const ignored = rankingMetric([1, NaN, 0, 1], [3, 9, 2, 1], { score: "rocAuc", ignoreLabel: NaN });
  assertEquals(ignored, 0.5);
});

Deno.test("bad input: a sentence that names the argument", () => {
  const at = (options: object, y: number[] = [1, 0], p: number[] | number[][] = [0.2, 0.1]) => () =>
    rankingMetric(y, p, { score: "rocAuc", ...options });
  assertRefused(at({ score: "auc" }), { error: TypeError, argument: "score", value: "'auc'" });
  assertRefused(at({ average: "samples" }), { argument: "average", value: "'samples'" });
  assertRefused(at({ multiClass: "ova" }), { argument: "multiClass", value: "'ova'" });
  assertRefused(at({ multiClass: "ovo" }), { argument: "average", value: "'binary'" });
  assertRefused(at({ ignoreLabel: "x" }), { error: TypeError, argument: "ignoreLabel", value: "'x'" });
  assertRefused(at({ groups: [1, 2] }), { error: TypeError, argument: "groups", value: "[1, 2]" });
  assertRefused(at({ score: "ndcg", average: "macro" }), { error: TypeError, argument: "average", value: "'macro'" });
  assertRefused(at({ k: 3 }), { error: TypeError, argument: "k", value: "3" });
  assertRefused(at({}, [1, 2]), { argument: "yTrue", value: "2" });
  assertRefused(at({}, [1, 0, 1]), { argument: "yTrue", value: "[3]" });
  assertRefused(at({}, [1, 0], [0.1, NaN]), { argument: "yPred", value: "NaN" });
  assertRefused(at({ sampleWeight: [1, -1] }), { argument: "sampleWeight", value: "-1" });
  assertRefused(at({ average: "macro", multiClass: "ovo" }, [[1, 1], [0, 1]] as never, [[0.1, 0.2], [0.3, 0.1]]), {
    argument: "yTrue",
    value: "2",
  });
  assertRefused(() => ndcgOf([1, -1], [1, 2]), { argument: "yTrue", value: "-1" });
  assertRefused(() => ndcgOf([1, 1], [1, 2], { k: 0 }), { argument: "k", value: "0" });
  assertRefused(() => ndcgOf([1, 1], [1, 2], { groups: [1] }), { argument: "groups", value: "1" });
  assertRefused(() => ndcgOf([1, 1], [1, NaN]), { argument: "yPred", value: "NaN" });
  assertRefused(() => recallAtFpr({ fpr: 0 }), { argument: "fpr", value: "0" });
  assertRefused(() => partialRocAuc({ maxFpr: 2 }), { argument: "maxFpr", value: "2" });
  assertRefused(() => precisionAtK({ k: -1 }), { argument: "k", value: "-1" });
  assertThrows(() => partialRocAuc({ maxFpr: 1, standardized: 1 as never }), TypeError, "'standardized'");
  assert(Number.isNaN(rankingMetric([1, 1], [0.1, 0.2], { score: "rocAuc" })));
});

Deno.test("nothing in the module graph of the numbers imports TensorFlow.js or another package", async () => {
  const entry = new URL("../../lib/curves/mod.ts", import.meta.url).href,
    lib = new URL("../../lib/", import.meta.url).href;
  const output = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], stdout: "piped" }).output();
  const modules: { specifier: string }[] = JSON.parse(new TextDecoder().decode(output.stdout)).modules;
  assert(modules.length > 10, "the graph was read");
  assertEquals(modules.filter(({ specifier }) => !specifier.startsWith(lib) || specifier.includes("/lib/tfjs/")), []);
});

// Costs of decisions: savings, weights and labels against NumPy and empulse (tests/reference/costs.py), what is refused.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { lossAndGradient } from "@roundabout/roundabout/core";
import { costLabels, type CostOptions, costWeights, type RowCosts, savings } from "@roundabout/roundabout/costs";
import { assertAllWithin, assertRefused, assertWithin, reference } from "../helpers.ts";

interface Binary {
  readonly costs: Required<RowCosts>;
  readonly p: number[];
  readonly beyond: number;
  readonly gradientBeyond: number[];
}
interface Matrix {
  readonly matrix: number[][];
  readonly p: number[][];
}
type Case = {
  readonly y: number[];
  readonly savings: Record<"0.5" | "argmax" | "least cost", number>;
  readonly expected: number;
  readonly gradient: number[];
};
const cases = reference<Case & (Binary | Matrix)>("costs.json");
const binary = cases.filter((one): one is Case & Binary => "costs" in one);
const several = cases.filter((one): one is Case & Matrix => "matrix" in one);
const isOneForAll = (costs: RowCosts): costs is CostOptions => typeof costs.fn === "number";

Deno.test("savings: the same costs for all rows, hard and expected, with the gradient, as empulse has them", () => {
  const own = binary.filter(({ costs }) => isOneForAll(costs));
  assertEquals(own.length, 12);
  for (const { costs, y, p, savings: right, expected, gradient } of own) {
    const score = savings(costs as CostOptions);
    assertWithin(1 - lossAndGradient(y, p, { score, step: "round" }).value, right["0.5"], 1e-12);
    const soft = lossAndGradient(y, p, { score, step: "identity" });
    assertWithin(soft.value, expected, 1e-12);
    assertAllWithin(soft.gradient, gradient, 1e-12);
  }
});

Deno.test("costWeights: the weighted counts are the costs beyond those of the right decisions", () => {
  for (const { costs, y, p, beyond, gradientBeyond } of binary) {
    const options = { score: savings(), step: "identity", sampleWeight: costWeights(y, costs) } as const;
    const { value, gradient } = lossAndGradient(y, p, options);
    assertWithin(value / beyond, 1, 1e-6); // weights are float32
    assertAllWithin(gradient.map((g) => g / beyond), gradientBeyond.map((g) => g / beyond), 1e-6);
  }
});

Deno.test("costLabels: the expected cost of a matrix, divided by that of random decisions, and its gradient", () => {
  for (const { matrix, y, p, expected, gradient } of several) {
    const columns = matrix.length, labels = costLabels(y, matrix);
    // A step that is the identity, for the argmax is a softmax of its own: the counts of the columns, added up.
    const options = { score: "specificity", step: "identity", average: "micro", columns } as const;
    const found = lossAndGradient(labels, p.flat(), options);
    assertWithin(found.value, expected, 1e-6);
    assertAllWithin(found.gradient, gradient.flat(), 1e-7);
    const hard = { ...options, step: "round", decision: "argmax" } as const;
    const cost = p.map((row, i) => {
      const own = matrix[y[i]];
      return own[row.indexOf(Math.max(...row))] - Math.min(...own);
    });
    const all = y.flatMap((label) => matrix[label].map((one) => one - Math.min(...matrix[label])));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    assertWithin(lossAndGradient(labels, p.flat(), hard).value, sum(cost) / sum(all), 1e-6);
  }
});

Deno.test("costs: the cheaper constant decision is all negative or all positive; nothing to save is not defined", () => {
  const score = savings({ fp: 1, fn: 10 });
  assertEquals(score.value({ tp: 0, fp: 0, fn: 2, tn: 98 }), 0); // all negative costs 20
  assertEquals(score.value({ tp: 20, fp: 80, fn: 0, tn: 0 }), 0); // all positive costs 80, all negative 200
  assertEquals(score.value({ tp: 20, fp: 0, fn: 0, tn: 80 }), 1);
  const none = { tp: 0, fp: 3, fn: 0, tn: 5 };
  assert(Number.isNaN(score.value(none)));
  assertEquals(score.gradient(none), { tp: 0, fp: 0, fn: 0, tn: 0 });
  assert(Number.isNaN(savings({ fp: 1, fn: 1, tp: -5, tn: -1 }).value({ tp: 1, fp: 1, fn: 1, tn: 1 }))); // a gain
});

Deno.test("costs: what is refused is named, with its row", () => {
  const made: [CostOptions, string, string][] = [
    [{ fp: NaN }, "fp", "NaN"],
    [{ fn: 2e30 }, "fn", "2e+30"],
    [{ fp: 1, tn: 2 }, "fp", "1"],
    [{ tp: 3, fn: 2 }, "fn", "2"],
  ];
  for (const [options, argument, value] of made) assertRefused(() => savings(options), { argument, value });
  const rows: [number[], RowCosts, string][] = [
    [[1, 2], {}, "'yTrue' must hold 0 and 1, row 1 is 2"],
    [[1, 0], { fn: [1] }, "'fn' has 1 numbers, 'yTrue' has 2 rows"],
    [[1, 0], { fp: [1, NaN] }, "'fp' must hold finite numbers, row 1 is NaN"],
    [[1, 0], { fn: [-Infinity, 1] }, "'fn' must hold finite numbers, row 0 is -Infinity"],
    [[1, 0], { fn: [1, 1], tp: [2, 2] }, "'costs' have 'fn' below 'tp', the cost of the right decision, in row 0"],
    [[1, 0], { fp: Infinity }, "'fp' must be a finite number, or one per row, it is Infinity"],
  ];
  for (const [y, costs, sentence] of rows) assertThrows(() => costWeights(y, costs), RangeError, sentence);
  const matrices: [number[], unknown, string][] = [
    [[0], [[0]], "'matrix' must have a row of costs per class, at least 2"],
    [[0], [[0, 1], [1]], "'matrix' must be square, row 1 is [1] of 2 rows"],
    [[0], [[0, 1], [NaN, 0]], "'matrix' must hold finite numbers, row 1, column 0 is NaN"],
    [[0], [[1, 1], [2, 2]], "'matrix' has costs that do not depend on the decision"],
    [[2], [[0, 1], [1, 0]], "'yTrue' must hold integers from 0 to 1, row 0 is 2"],
    [[1, -1], [[0, 1], [1, 0]], "'yTrue' must hold integers from 0 to 1, row 1 is -1"],
    [[0.5], [[0, 1], [1, 0]], "'yTrue' must hold integers from 0 to 1, row 0 is 0.5"],
  ];
  for (const [y, matrix, sentence] of matrices) {
    assertThrows(() => costLabels(y, matrix as number[][]), RangeError, sentence);
  }
  for (const yTrue of [undefined, null, 1, "10"]) {
    const sentence = "'yTrue' must be an array of numbers, it is";
    assertThrows(() => costWeights(yTrue as never, {}), TypeError, sentence);
    assertThrows(() => costLabels(yTrue as never, [[0, 1], [1, 0]]), TypeError, sentence);
  }
  const sentence = "'fp' must be a finite number, or one per row, it is '2'";
  assertThrows(() => costWeights([1], { fp: "2" as never }), TypeError, sentence);
  assertEquals(costWeights([1, 0], { tp: 1, fn: [1, 2] }), Float32Array.of(0, 1), "a wrong decision may cost the same");
  assertEquals(savings({ fp: 1, tn: 1, fn: 3 }).value({ tp: 1, fp: 2, fn: 1, tn: 4 }), 1 - 9 / 6);
});

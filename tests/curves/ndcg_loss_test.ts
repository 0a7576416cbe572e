// The loss of NDCG: ranks by their definition, gradients by differences, scikit-learn's value in the limit, tensors, bad input.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import { ndcgLoss, ndcgLossAndGradient } from "../../lib/losses/curves.ts";
import { assertAllWithin, assertRefused, assertWithin, counted, onBackends } from "../helpers.ts";
import { ndcgOf, recorded } from "./fixtures.ts";

const rows = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -60, max: 60 }), fc.constantFrom("a", "b", "c")),
  { minLength: 2, maxLength: 24 },
).filter((list) => list.some(([gain]) => gain > 0));
const columnsOf = (list: [number, number, string][]) => ({
  gains: list.map(([gain]) => gain),
  outputs: list.map(([, p], i) => p / 16 + i * 1e-3), // no difference is a margin, where the ramp has a corner
  groups: list.map(([, , group]) => group),
});

/** One minus the score by its definition, row by row and pair by pair. */
function byDefinition({ gains, outputs, groups }: ReturnType<typeof columnsOf>, k: number, margin: number): number {
  const discount = (r: number) => Math.min(1, k / r) ** 2 / Math.log2(1 + Math.min(r, k));
  const scores = [...new Set(groups)].flatMap((group) => {
    const own = gains.map((_, i) => i).filter((i) => groups[i] === group);
    const best = own.map((i) => gains[i]).sort((a, b) => b - a).reduce((sum, g, r) => sum + g * discount(r + 1), 0);
    if (best === 0) return [];
    const ramp = (d: number) => Math.min(1, Math.max(0, (d + margin) / (2 * margin)));
    const rank = (i: number) => own.reduce((sum, j) => j === i ? sum : sum + ramp(outputs[j] - outputs[i]), 1);
    return [own.reduce((sum, i) => sum + gains[i] * discount(rank(i)), 0) / best];
  });
  return 1 - scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

Deno.test("ndcg loss: the value by its definition, the gradient by differences, with and without k", () => {
  fc.assert(fc.property(rows, fc.constantFrom(0.31, 1.03, 2.77), fc.constantFrom(1, 3, 99), (list, margin, k) => {
    const columns = columnsOf(list), { gains, outputs, groups } = columns, h = 1e-6;
    const at = (p: number[]) => ndcgLossAndGradient(gains, p, { k, margin, groups });
    const { value, gradient } = at(outputs);
    assertWithin(value, byDefinition(columns, k, margin), 1e-12);
    outputs.forEach((p, i) => {
      const [up, down] = [at(outputs.with(i, p + h)).value, at(outputs.with(i, p - h)).value];
      // The discount has a corner at the rank k: a difference across it lies between two slopes.
      const slopes = [(up - value) / h, (value - down) / h];
      assert(gradient[i] > Math.min(...slopes) - 1e-5 && gradient[i] < Math.max(...slopes) + 1e-5, `${i}`);
    });
  }));
});

Deno.test("ndcg loss: a query of the weight 3 counts as three equal queries, in the value and in the gradient", () => {
  const gains = [2, 0, 1, 0, 1, 3], outputs = [0.1, 0.5, 0.3, 0.7, 0.2, 0.4], groups = ["a", "a", "a", "b", "b", "b"];
  const weighted = ndcgLossAndGradient(gains, outputs, { groups, sampleWeight: [3, 3, 3, 1, 1, 1] });
  const copies = [0, 0, 0].flatMap((_, copy) => [0, 1, 2].map((i) => [i, copy]));
  const rows = [...copies, [3, 0], [4, 0], [5, 0]], taken = <T>(list: T[]) => rows.map(([i]) => list[i]);
  const repeated = ndcgLossAndGradient(taken(gains), taken(outputs), {
    groups: rows.map(([i, copy]) => `${groups[i]} ${copy}`),
  });
  assertWithin(weighted.value, repeated.value, 1e-14);
  for (let i = 0; i < 6; i++) {
    const sum = rows.reduce((total, [row], k) => row === i ? total + repeated.gradient[k] : total, 0);
    assertWithin(weighted.gradient[i], sum, 1e-14);
    assert(Math.abs(sum) > 1e-4);
  }
});

Deno.test("ndcg loss: with a small margin and no ties it is 1 − scikit-learn's ndcg_score; each row of a matrix is a query", () => {
  let compared = 0;
  for (const { yTrue, yPred, groups, k, sampleWeight, ndcg: expected } of recorded.ndcg) {
    const queries = new Set(groups).size, each = yTrue.length / queries;
    const matrix = (values: number[]) =>
      Array.from({ length: queries }, (_, q) => values.slice(q * each, (q + 1) * each));
    const options = { k: k ?? undefined, sampleWeight: sampleWeight === null ? undefined : matrix(sampleWeight) };
    assertWithin(ndcgOf(matrix(yTrue), matrix(yPred), options), expected, 4e-15);
    if (k !== null && k < each || matrix(yPred).some((row) => new Set(row).size < each)) continue;
    compared++;
    const loss = ndcgLossAndGradient(matrix(yTrue), matrix(yPred), { ...options, margin: 1e-4 });
    assertWithin(1 - loss.value, expected, 1e-12);
  }
  assert(compared > 50, `${compared}`);
});

onBackends("ndcg loss of tensors: the arrays' numbers, padding without a gradient, no leak", () => {
  const gains = [[3, 0, 1, -1], [0, 2, 0, 1]], outputs = [[0.1, 0.4, -0.3, 9], [0.5, 0.2, 0.9, -1]];
  const options = { k: 2, margin: 0.5, ignoreLabel: -1 }, expected = ndcgLossAndGradient(gains, outputs, options);
  const weighted = ndcgLossAndGradient(gains, outputs, { ...options, sampleWeight: [1, 3] });
  assertEquals(expected.gradient[3], 0);
  const { made } = counted(() =>
    tf.tidy(() => {
      const loss = ndcgLoss(options), y = tf.tensor2d(gains), w = tf.tensor1d([1, 3]);
      const { value, grad } = tf.valueAndGrad((p) => loss(y, p as never))(tf.tensor2d(outputs));
      assertWithin(value.dataSync()[0], expected.value, 1e-7);
      assertAllWithin(grad.dataSync(), expected.gradient, 1e-6);
      assertWithin(loss(y, tf.tensor2d(outputs), w).dataSync()[0], weighted.value, 1e-7);
    })
  );
  assertEquals(made, 0);
  assert(weighted.value !== expected.value);
});

Deno.test("ndcg loss: descending its gradient puts the gains in order; a query without a gain is 0 and has no gradient", () => {
  const gains = [0, 1, 2, 3, 0, 0], outputs = [1, 0.6, 0.3, 0, 0.9, 0.4];
  for (let step = 0; step < 200; step++) {
    ndcgLossAndGradient(gains, outputs, { margin: 3 }).gradient.forEach((g, i) => outputs[i] -= g);
  }
  assertEquals(ndcgOf(gains, outputs), 1);
  assertWithin(ndcgLossAndGradient(gains, gains, { k: 2, margin: 0.5 }).value, 0, 1e-15, "the best order");
  const start = ndcgLossAndGradient([1, ...Array(63).fill(0)], Array.from({ length: 64 }, (_, i) => i / 64), { k: 5 });
  assert(start.gradient[0] < -1e-4 && start.gradient.every((g, i) => i === 0 || g > 0), "alive far beyond k");
  const { value, gradient } = ndcgLossAndGradient([0, 0], [1, 2]);
  assertEquals([value, ...gradient], [0, 0, 0]);
});

Deno.test("ndcg loss: bad input is a sentence that names the argument", () => {
  const refused = (argument: string, value: string, ...args: Parameters<typeof ndcgLossAndGradient>) =>
    assertRefused(() => ndcgLossAndGradient(...args), { argument, value });
  refused("k", "0", [1, 0], [1, 2], { k: 0 });
  refused("margin", "0", [1, 0], [1, 2], { margin: 0 });
  refused("yTrue", "-1", [1, -1], [1, 2]);
  refused("yTrue", "[3]", [1, 0, 1], [1, 2]);
  refused("yPred", "Infinity", [1, 0], [1, Infinity]);
  refused("groups", "1", [1, 0], [1, 2], { groups: [1] });
  refused("groups", "row 1 is null", [1, 0], [1, 2], { groups: ["a", null] });
  refused("groups", "2 columns", [[1, 0]], [[1, 2]], { groups: [1] });
  refused("sampleWeight", "-1", [1, 0], [1, 2], { sampleWeight: [1, -1] });
  assertRefused(() => ndcgLoss({ step: 1 } as never), { argument: "step", value: "1", error: TypeError });
  assertRefused(() => ndcgLoss({ ignoreLabel: "x" as never }), {
    argument: "ignoreLabel",
    value: "'x'",
    error: TypeError,
  });
});

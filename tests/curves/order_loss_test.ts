// The losses of the order of the outputs: pairs by their definition, AUM of rates, gradients by differences, tensors.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import {
  aumLoss,
  aumLossAndGradient,
  pairsLoss,
  pairsLossAndGradient,
  rankingMetric,
} from "../../lib/losses/curves.ts";
import { metricLoss, recallLoss } from "../../lib/mod.ts";
import { assertAllWithin, assertRefused, assertWithin, centralDifferences, counted, onBackends } from "../helpers.ts";

const rows = fc.array(
  fc.tuple(fc.constantFrom(0, 1, 1, 0.25), fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 4 })),
  { minLength: 2, maxLength: 24 },
).filter((list) => list.some(([y]) => y > 0) && list.some(([y]) => y < 1));
const columnsOf = (list: [number, number, number][]) => [
  list.map(([y]) => y),
  list.map(([, p]) => p / 16 + 1e-3),
  list.map(([, , w]) => w),
];

/** The mean price by its definition, pair by pair. */
function byPairs(y: number[], p: number[], w: number[], price: (d: number) => number): number {
  let sum = 0, pairs = 0;
  for (let i = 0; i < y.length; i++) {
    for (let j = 0; j < y.length; j++) {
      const pair = w[i] * y[i] * w[j] * (1 - y[j]);
      sum += pair * price(p[i] - p[j]);
      pairs += pair;
    }
  }
  return sum / pairs;
}

Deno.test("pairs: the value by its definition over all pairs, the gradient by differences", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(0.3, 1.03, 2.7), (list, margin) => {
      const [y, p, w] = columnsOf(list);
      const prices = {
        squaredHinge: (d: number) => Math.max(0, margin - d) ** 2,
        ramp: (d: number) => Math.min(1, Math.max(0, (margin - d) / (2 * margin))),
      };
      for (const price of ["squaredHinge", "ramp"] as const) {
        const options = { price, margin, sampleWeight: w },
          at = (outputs: number[]) => pairsLossAndGradient(y, outputs, options);
        const { value, gradient } = at(p);
        assertWithin(value, byPairs(y, p, w, prices[price]), 1e-12 * (1 + value));
        assertAllWithin(gradient, centralDifferences((p) => at(p).value, p), 1e-7 * (1 + value), price);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("pairs: a ramp of a small margin is 1 − AUROC, ties included", () => {
  fc.assert(fc.property(rows, (list) => {
    const [y, p, w] = columnsOf(list);
    const { value } = pairsLossAndGradient(y, p, { price: "ramp", margin: 1e-6, sampleWeight: w });
    assertWithin(value, 1 - rankingMetric(y, p, { score: "rocAuc", sampleWeight: w }), 1e-9);
  }));
});

Deno.test("pairs: outputs far from 0 keep their digits", () => {
  const y = [1, 0, 1, 0, 0], p = [0.5, 0.25, -1, 2, 0];
  const { value, gradient } = pairsLossAndGradient(y, p), far = pairsLossAndGradient(y, p.map((v) => v + 2 ** 20));
  assertWithin(far.value, value, 1e-12);
  assertAllWithin(far.gradient, gradient, 1e-12);
});

Deno.test("AUM: the area under the smaller of the two rates, the gradient by differences", () => {
  fc.assert(fc.property(rows, (list) => {
    const [y, tied, w] = columnsOf(list), p = tied.map((v, i) => v + i * 1e-4); // no ties
    const sum = (of: (i: number) => number) => y.reduce((all, _, i) => all + w[i] * of(i), 0);
    const positives = sum((i) => y[i]), negatives = sum((i) => 1 - y[i]), cuts = p.toSorted((a, b) => a - b);
    const area = cuts.slice(1).reduce((all, high, c) => {
      const fpr = sum((i) => p[i] > cuts[c] ? 1 - y[i] : 0) / negatives;
      const fnr = sum((i) => p[i] <= cuts[c] ? y[i] : 0) / positives;
      return all + (high - cuts[c]) * Math.min(fpr, fnr);
    }, 0);
    const at = (outputs: number[]) => aumLossAndGradient(y, outputs, { sampleWeight: w }), { value, gradient } = at(p);
    assertWithin(value, area, 1e-12);
    assertAllWithin(gradient, centralDifferences((p) => at(p).value, p), 1e-7);
  }));
});

Deno.test("a batch of one class gives 0 and no gradient; a column of one class is left out of the mean", () => {
  for (const  of of[pairsLossAndGradient, aumLossAndGradient]) {
    const one = of([1, 1], [0.2, 0.5]);
    assertEquals([one.value, ...one.gradient], [0, 0, 0]);
    const both = of([[1, 1], [0, 1]], [[0.1, 0.5], [0.3, 0.2]], { average: "macro" }), single = of([1, 0], [0.1, 0.3]);
    assertEquals(both.value, single.value);
    assertEquals([...both.gradient], [single.gradient[0], 0, single.gradient[1], 0]);
    const ignored = of([1, NaN, 0], [0.1, 9, 0.3], { ignoreLabel: NaN });
    assertEquals([ignored.value, ...ignored.gradient], [single.value, single.gradient[0], 0, single.gradient[1]]);
  }
});

onBackends("the losses of tensors are the arrays' numbers, without a leak", () => {
  const y = [1, 0, 1, 0, 0, 1], p = Float32Array.of(0.5, 0.25, -1, 2, 0, 3), w = [1, 2, 1, 1, 3, 1];
  const pairs = [
    [
      pairsLoss({ price: "ramp", margin: 2 }),
      pairsLossAndGradient(y, p, { price: "ramp", margin: 2, sampleWeight: w }),
    ],
    [aumLoss(), aumLossAndGradient(y, p, { sampleWeight: w })],
  ] as const;
  assertEquals(pairs.map(([{ name }]) => name), ["pairsLoss", "aumLoss"]);
  for (const [loss, { value, gradient }] of pairs) {
    const { made } = counted(() =>
      tf.tidy(() => {
        const of = (p: tf.Tensor) => tf.mul(3, loss(tf.tensor1d(y), p as never, tf.tensor1d(w)));
        const { value: own, grad } = tf.valueAndGrad(of)(tf.tensor1d(p));
        assertWithin(own.dataSync()[0], 3 * value, 1e-6);
        assertAllWithin(grad.dataSync(), gradient.map((g) => 3 * g), 1e-6);
      })
    );
    assertEquals(made, 0);
  }
});

Deno.test("a score of the counts is metricLoss's own, whether ./curves is imported or not", () => {
  const [y, p] = [tf.tensor1d([1, 0, 1]), tf.tensor1d([0.9, 0.2, 0.4])];
  assertEquals(metricLoss("recall")(y, p as never).dataSync(), recallLoss()(y, p as never).dataSync());
});

Deno.test("bad input: a sentence that names the argument", () => {
  assertRefused(() => pairsLoss({ margin: 0 }), { argument: "margin", value: "0" });
  assertRefused(() => pairsLoss({ price: "hinge" as never }), { argument: "price", value: "'hinge'" });
  assertRefused(() => aumLoss({ average: "micro" as never }), { argument: "average", value: "'micro'" });
  assertRefused(() => aumLoss({ margin: 1 } as never), { error: TypeError, argument: "margin", value: "1" });
  assertRefused(() => aumLossAndGradient([1, 0], [NaN, 0]), { argument: "yPred", value: "NaN" });
  const infinite = { argument: "yPred", value: "must be finite, row 1 is -Infinity" };
  assertRefused(() => aumLossAndGradient([1, 0], [0, -Infinity]), infinite);
  assertRefused(() => pairsLossAndGradient([1, 0], [0, -Infinity]), infinite);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { accuracy, f1, fBeta, precision, softsign } from "@roundabout/roundabout";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { trainNetwork, type TrainNetworkOptions } from "@roundabout/network";
import { networkGradient } from "../../lib/network/train_network.ts";
import { assertWithin } from "../helpers.ts";

const { x: rows, y } = syntheticBinary({ rows: 60, features: 3, prevalence: 0.3, separation: 2.5, seed: 5 });
const x = rows.flat();
const sampleWeight = y.map((label, i) => (label === 1 ? 2.5 : 1) + (i % 3) / 10);
const losses = {
  crossEntropy: "crossEntropy",
  precision: { score: precision, step: softsign({ slope: 5 }) },
  f1: { score: f1, step: softsign() },
  "fBeta0.5 at 0.3": { score: fBeta({ beta: 0.5 }), step: softsign({ slope: 3, threshold: 0.3 }) },
  accuracy: { score: accuracy, step: softsign({ slope: 2 }) },
} satisfies Record<string, TrainNetworkOptions["loss"]>;

for (const [name, loss] of Object.entries(losses)) {
  for (const hidden of [0, 1, 4]) {
    Deno.test(`the gradient of ${name} with ${hidden} hidden units is that of float64 differences`, () => {
      const random = seededRandom(hidden + 1), features = 3;
      const size = hidden * (features + 1) + (hidden || features) + 1;
      const weights = Float64Array.from({ length: size }, () => random.normal());
      for (const batch of [{ x, y }, { x, y, sampleWeight }]) {
        const valueAt = (weights: Float64Array) => networkGradient({ features, hidden, weights }, batch, loss).value;
        const { gradient } = networkGradient({ features, hidden, weights }, batch, loss);
        assertEquals(gradient.length, size);
        assert(gradient.some((g) => g !== 0));
        const step = 1e-6;
        gradient.forEach((g, j) => {
          const difference = valueAt(weights.map((w, k) => k === j ? w + step : w)) -
            valueAt(weights.map((w, k) => k === j ? w - step : w));
          assertWithin(g, difference / (2 * step), 1e-6, `of weight ${j}`);
        });
      }
    });
  }
}

Deno.test("a weight of 2 is the row twice", () => {
  const loss = losses.f1, network = { features: 3, hidden: 2, weights: new Float64Array(11).fill(0.2) };
  const twice = networkGradient(network, { x: [...x, ...x.slice(0, 3)], y: [...y, y[0]] }, loss);
  const weighted = networkGradient(network, { x, y, sampleWeight: y.map((_, i) => i === 0 ? 2 : 1) }, loss);
  assertWithin(weighted.value, twice.value, 1e-12);
  weighted.gradient.forEach((g, j) => assertWithin(g, twice.gradient[j], 1e-7));
});

Deno.test("the same seed gives the same network, another one another", () => {
  const train = (seed: number) =>
    trainNetwork({ x, y, loss: losses.f1, hidden: 3, epochs: 3, batchSize: 25, random: seededRandom(seed) }).weights;
  assertEquals(train(1), train(1));
  assert(train(1).some((w, j) => w !== train(2)[j]));
});

Deno.test("every loss learns, with and without a hidden layer; onEpoch sees it happen", () => {
  const accuracyOf = (p: ArrayLike<number>) => y.filter((label, i) => label === (p[i] > 0.5 ? 1 : 0)).length / y.length;
  for (const loss of [losses.crossEntropy, losses.f1, losses.accuracy]) {
    for (const hidden of [0, 4]) {
      const seen: number[] = [];
      const network = trainNetwork({
        x,
        y,
        loss,
        hidden,
        epochs: 80,
        batchSize: 20,
        learningRate: 0.03,
        random: seededRandom(1),
        onEpoch: (_, { predict }) => seen.push(accuracyOf(predict(x))),
      });
      assertEquals(seen.length, 80);
      assertEquals(seen.at(-1), accuracyOf(network.predict(x)));
      assert(seen.at(-1)! > 0.75, `${seen.at(-1)}`);
    }
  }
});

Deno.test("a network finds what no line can: exclusive or", () => {
  const random = seededRandom(3);
  const x = Array.from({ length: 400 }, () => random.normal());
  const y = Array.from({ length: 200 }, (_, i) => x[2 * i] * x[2 * i + 1] > 0 ? 1 : 0);
  const right = (hidden: number) => {
    const network = trainNetwork({ x, y, loss: losses.crossEntropy, hidden, epochs: 200, batchSize: 50, random });
    return network.predict(x).reduce((sum, p, i) => sum + (y[i] === (p > 0.5 ? 1 : 0) ? 1 : 0), 0) / y.length;
  };
  assert(right(0) < 0.7 && right(8) > 0.9);
});

Deno.test("rows that do not fit are refused", () => {
  const options = { loss: losses.f1, epochs: 1, random: seededRandom(1) };
  assertThrows(() => trainNetwork({ ...options, x: [1, 2, 3], y: [0, 1] }), RangeError, "'x' has 3 numbers");
  assertThrows(() => trainNetwork({ ...options, x: [], y: [0] }), RangeError, "'x' has 0 numbers");
  assertThrows(
    () => trainNetwork({ ...options, x: [1, 2], y: [0, 1], sampleWeight: [1] }),
    RangeError,
    "'sampleWeight' has 1 rows",
  );
});

Deno.test("hidden, epochs, batchSize and learningRate out of range are refused, not run for ever", () => {
  const setting = { x: [1, 2], y: [0, 1], loss: "crossEntropy", epochs: 1, random: seededRandom(1) } as const;
  for (const [name, values] of Object.entries({ hidden: [-1, 1.5], epochs: [0, NaN], batchSize: [0, NaN, 2.5] })) {
    for (const value of values) {
      assertThrows(() => trainNetwork({ ...setting, [name]: value }), RangeError, `'${name}' must be a whole number`);
    }
  }
  assertThrows(() => trainNetwork({ ...setting, learningRate: 0 }), RangeError, "'learningRate'");
});

Deno.test("a batch in which nobody counts moves nothing, and poisons nothing", () => {
  const { weights } = trainNetwork({
    x: [1, 2, 3, 4],
    y: [0, 1, 0, 1],
    sampleWeight: [1, 0, 0, 1],
    loss: "crossEntropy",
    epochs: 2,
    batchSize: 1,
    random: seededRandom(1),
  });
  assert(weights.every(Number.isFinite));
});

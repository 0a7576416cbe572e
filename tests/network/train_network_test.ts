import { assert, assertEquals, assertThrows } from "@std/assert";
import { accuracy, f1, softsign } from "@roundabout/roundabout";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { trainNetwork, type TrainNetworkOptions } from "@roundabout/network";
import { adam } from "../../lib/network/adam.ts";
import { backward, forward, initialWeights } from "../../lib/network/mlp.ts";
import { labelsOf, objectiveOf } from "../../lib/network/objectives.ts";
import { takeRows, train } from "../../lib/network/train.ts";

const { x: rows, y } = syntheticBinary({ rows: 60, features: 3, prevalence: 0.3, separation: 2.5, seed: 5 });
const x = rows.flat();
const sampleWeight = y.map((label, i) => (label === 1 ? 2.5 : 1) + (i % 3) / 10);
const losses = {
  crossEntropy: "crossEntropy",
  f1: { score: f1, step: softsign() },
  accuracy: { score: accuracy, step: softsign({ slope: 2 }) },
} satisfies Record<string, TrainNetworkOptions["loss"]>;

for (const batchSize of [25, 20]) {
  for (const [name, loss] of Object.entries(losses)) {
    Deno.test(`an epoch: a step of Adam for each batch of the shuffled rows, the last one smaller or not, with the rows' weights: ${name}, ${batchSize} rows`, () => {
      const form = { features: 3, hidden: 2, outputs: 1 }, random = seededRandom(4), epochs: number[] = [];
      const weights = initialWeights(form, random), update = adam(0.02, weights.length), objective = objectiveOf(loss);
      for (let epoch = 0; epoch < 2; epoch++) {
        const order = random.shuffle([...y.keys()]);
        for (const batch of [0, 1, 2].map((b) => order.slice(b * batchSize, (b + 1) * batchSize))) {
          const own = Float64Array.from(batch.flatMap((row) => rows[row]));
          const labels = labelsOf(batch.map((row) => y[row]), 1, batch.map((row) => sampleWeight[row]));
          const { logits, units } = forward(form, weights, own);
          update(weights, backward(form, weights, own, units, objective(labels, logits).gradient));
        }
      }
      const options = { x, y, sampleWeight, loss, hidden: 2, epochs: 2, batchSize, learningRate: 0.02 };
      const network = trainNetwork({ ...options, random: seededRandom(4), onEpoch: (epoch) => epochs.push(epoch) });
      assertEquals(network.weights, weights);
      assertEquals(epochs, [1, 2]);
    });
  }
}

Deno.test("train takes its next batch after the step before, epoch by epoch from 1", () => {
  const weights = Float64Array.of(0, 0), seen: string[] = [];
  train({
    form: { features: 1, hidden: 0, outputs: 1 },
    weights,
    update: (weights, gradient) => gradient.forEach((g, j) => weights[j] += g),
    epochs: 2,
    *batches(epoch) {
      for (const by of [1, 10]) {
        seen.push(`epoch ${epoch}: ${weights}`);
        yield { x: Float64Array.of(2), gradient: () => Float64Array.of(by) };
      }
    },
    onEpoch: (epoch) => seen.push(`after ${epoch}`),
  });
  assertEquals(seen, ["epoch 1: 0,0", "epoch 1: 2,1", "after 1", "epoch 2: 22,11", "epoch 2: 24,12", "after 2"]);
});

Deno.test("train needs nobody that listens to its epochs", () => {
  const weights = Float64Array.of(0, 0), form = { features: 1, hidden: 0, outputs: 1 };
  const batches = () => [{ x: Float64Array.of(2), gradient: () => Float64Array.of(1) }];
  train({ form, weights, update: (w, g) => g.forEach((v, j) => w[j] += v), epochs: 2, batches });
  assertEquals([...weights], [4, 2]);
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

Deno.test("without options there is no hidden layer, a batch has 256 rows and the learning rate is 0.01", () => {
  const random = seededRandom(2),
    y = Array.from({ length: 300 }, (_, i) => i % 2),
    x = y.map((v) => v + random.normal());
  const setting = { x, y, loss: losses.crossEntropy, epochs: 1 },
    stated = { hidden: 0, batchSize: 256, learningRate: 0.01 };
  const { weights, features, hidden } = trainNetwork({ ...setting, random: seededRandom(3) });
  assertEquals(weights, trainNetwork({ ...setting, ...stated, random: seededRandom(3) }).weights);
  assertEquals([features, hidden, weights.length], [1, 0, 2]);
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
  for (const learningRate of [0, -1, NaN, Infinity]) {
    const words = `'learningRate' must be a finite number > 0, it is ${learningRate}`;
    assertThrows(() => trainNetwork({ ...setting, learningRate }), RangeError, words);
  }
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

Deno.test("rows of a flat table are taken in the order given, more than once too", () => {
  assertEquals(takeRows([1, 2, 3, 4, 5, 6], 2, [2, 0, 2]), Float64Array.of(5, 6, 1, 2, 5, 6));
  assertEquals(takeRows([7, 8], 1, []), new Float64Array());
});

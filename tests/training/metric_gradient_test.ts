// Two passes against one batch: the same loss and the same gradient, for every score and average; and what goes wrong.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { f1Loss, type Loss, type LossOptions, metricGradient, metricLoss, type TrainingData } from "../../lib/mod.ts";
import { allScores } from "../all_scores.ts";
import { assertAllWithin, assertWithin, random, slowOnWasm } from "../helpers.ts";
import { type Activation, network as denseNetwork } from "./fixtures.ts";

const n = 23;

const network = (units: number, activation?: Activation, seed?: number) =>
  denseNetwork(units, activation, { hidden: 4, seed });

function problem(units: number, seed = 1): { x: tf.Tensor2D; y: tf.Tensor2D; w: tf.Tensor1D } {
  const next = random(seed), numbers = (count: number) => Float32Array.from({ length: count }, next);
  return {
    x: tf.tensor2d(numbers(n * 2).map((v) => 4 * v - 2), [n, 2]),
    y: tf.tensor2d(numbers(n * units).map((v) => v < 0.4 ? 1 : 0), [n, units]),
    w: tf.tensor1d(numbers(n).map((v) => v < 0.1 ? 0 : v)),
  };
}

/** The loss of all rows as one batch, and its gradient by each weight. */
function oneBatch(model: tf.Sequential, loss: Loss, x: tf.Tensor, y: tf.Tensor, w?: tf.Tensor) {
  const { value, grads } = tf.variableGrads(
    () => loss(y, model.apply(x) as tf.Tensor, w) as tf.Scalar,
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  return { value: value.dataSync()[0], grads };
}

async function assertSame(
  model: tf.Sequential,
  loss: Loss,
  batchSize: number,
  x: tf.Tensor,
  y: tf.Tensor,
  w?: tf.Tensor,
) {
  const one = oneBatch(model, loss, x, y, w), where = `${loss.name}, batches of ${batchSize}`;
  const before = tf.memory().numTensors;
  const two = await metricGradient(model, w === undefined ? [x, y] : [x, y, w], { loss, batchSize });
  assertEquals(tf.memory().numTensors - before, model.trainableWeights.length, where);
  assertWithin(two.value, one.value, 2e-5 * Math.max(1, Math.abs(one.value)), where);
  assertEquals(Object.keys(two.gradients).sort(), Object.keys(one.grads).sort());
  for (const [name, gradient] of Object.entries(one.grads)) {
    const expected = gradient.dataSync(), scale = Math.max(1, ...expected.map(Math.abs));
    assertAllWithin(two.gradients[name].dataSync(), expected, 2e-5 * scale, `${name} of ${where}`);
  }
  tf.dispose([one.grads, two.gradients]);
}

const cases: { options: LossOptions; units: number; activation?: "softmax" | "linear"; indices?: boolean }[] = [
  { options: {}, units: 1 },
  { options: { step: "straightThrough", threshold: 0.4, zeroDivision: 1 }, units: 1 },
  { options: { fromLogits: true, slope: 3 }, units: 1, activation: "linear" },
  { options: { average: "micro", classWeights: [1, 2, 0.5] }, units: 3 },
  { options: { average: "macro", classWeights: [1, 2, 0.5], zeroDivision: "skip" }, units: 3 },
  { options: { average: "weighted", threshold: [0.3, 0.5, 0.6] }, units: 3 },
  { options: { average: "samples", classWeights: [1, 2, 0.5], zeroDivision: "skip" }, units: 3 },
  {
    options: { average: "weighted", decision: "argmax", ignoreLabel: 2 },
    units: 3,
    activation: "softmax",
    indices: true,
  },
];

for (const { options, units, activation, indices } of cases) {
  slowOnWasm(`two passes are one batch for every score: ${JSON.stringify(options)}`, async () => {
    let model = network(units, activation), { x, y: columns, w } = problem(units);
    let y: tf.Tensor = indices ? tf.tidy(() => tf.argMax(columns, 1)) : columns;
    for (const [i, score] of allScores.entries()) {
      const loss = metricLoss(score, options);
      model = network(units, activation, i); // each score has a model and rows of its own
      ({ x, y: columns, w } = problem(units, i));
      y = indices ? tf.tidy(() => tf.argMax(columns, 1)) : columns;
      await assertSame(model, loss, [1, 5, 8, 23, 100][i % 5], x, y, i % 2 === 0 ? w : undefined); // 5, 8: a ragged last
    }
    for (const batchSize of [1, 2, 7, 22, 23]) await assertSame(model, metricLoss("mcc", options), batchSize, x, y, w);
  });
}

slowOnWasm("two passes are one batch: any score, setting, batch size and rows", async () => {
  const any = fc.record({
    score: fc.constantFrom(...allScores),
    setting: fc.constantFrom(...cases.filter(({ indices }) => !indices)),
    batchSize: fc.integer({ min: 1, max: n + 5 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
    weighted: fc.boolean(),
  });
  const holds = async ({ score, setting: { options, units, activation }, batchSize, seed, weighted }: Any) => {
    const model = network(units, activation, seed), { x, y, w } = problem(units, seed);
    await assertSame(model, metricLoss(score, options), batchSize, x, y, weighted ? w : undefined);
    model.dispose();
    tf.dispose([x, y, w]);
  };
  type Any = typeof any extends fc.Arbitrary<infer T> ? T : never;
  await fc.assert(fc.asyncProperty(any, holds), { numRuns: 60 });
});

slowOnWasm(
  "the same from a tf.data.Dataset, an async iterable, a function; each leaves nothing but the gradients",
  async () => {
    const model = network(1), { x, y } = problem(1), loss = f1Loss();
    const expected = await metricGradient(model, [x, y], { loss, batchSize: 8 });
    const parts = () => [0, 8, 16].map((from) => [from, Math.min(8, n - from)]);
    const batch = ([from, size]: number[]) => [tf.slice(x, from, size), tf.slice(y, from, size)] as const;
    async function* generate() {
      for (const part of parts()) yield await Promise.resolve(batch(part));
    }
    const again = { [Symbol.asyncIterator]: generate };
    const backwards = () => parts().reverse().map((part) => ({ xs: batch(part)[0], ys: batch(part)[1] }));
    const rows = tf.data.zip({ xs: tf.data.array(x.arraySync()), ys: tf.data.array(y.arraySync()) }).batch(8);
    for (const data of [again, generate, rows as unknown as TrainingData]) {
      const before = tf.memory().numTensors;
      const got = await metricGradient(model, data, { loss });
      assertEquals(tf.memory().numTensors - before, 4);
      assertEquals(got.value, expected.value);
      for (const [name, g] of Object.entries(got.gradients)) {
        assertEquals(g.dataSync(), expected.gradients[name].dataSync());
      }
    }
    assertWithin((await metricGradient(model, backwards, { loss })).value, expected.value, 1e-12);
  },
);

/** The sentence a call rejects with, after which there are no more tensors than before. */
async function refusal(call: () => Promise<unknown>, error: ErrorConstructor = RangeError): Promise<string> {
  const before = tf.memory().numTensors;
  const { message } = await assertRejects(call, error);
  assertEquals(tf.memory().numTensors, before, `left tensors behind: ${message}`);
  assertMatch(message, /^Cannot compute [^\n]+[^.\n]$/);
  return message;
}

slowOnWasm(
  "faults: an iterator that throws, data that differ, a NaN at a row of the whole; nothing is left",
  async () => {
    const model = network(1), { x, y } = problem(1), loss = f1Loss();
    let pass = 0;
    const make = (change: (x: tf.Tensor, y: tf.Tensor, from: number) => tf.Tensor[], from = [0, 8, 16]) =>
      function* () {
        pass++;
        for (const at of from) {
          const size = Math.min(8, n - at),
            [a, b] = tf.tidy(() => change(tf.slice(x, at, size), tf.slice(y, at, size), at));
          yield [a, b] as const;
        }
      };
    const run = (data: TrainingData) => (pass = 0, metricGradient(model, data, { loss }));

    const before = tf.memory().numTensors;
    const broken = make((a, b, at) => {
      if (pass === 2 && at === 8) throw new Error("the disk is gone");
      return [a, b];
    });
    await assertRejects(() => run(broken), Error, "the disk is gone");
    assertEquals(tf.memory().numTensors, before);

    const relabelled = make((a, b, at) => [a, pass === 2 && at === 16 ? tf.sub(1, b) : b]);
    assertStringIncludes(
      await refusal(() => run(relabelled)),
      "'data' differ between the two passes, the weight of the",
    );
    const moved = make((a, b) => [pass === 2 ? tf.add(a, 0.01) : a, b]);
    assertStringIncludes(await refusal(() => run(moved)), "'data' differ between the two passes, the count 'tp'");
    const widened = make((a, b, at) => [pass === 2 && at === 8 ? tf.concat([a, a], 1) : a, b]);
    await assertRejects(() => run(widened), RangeError, "'data' has 4 columns, 'model' takes 2");
    assertEquals(tf.memory().numTensors, before);
    const outside = make((a, b, at) => [a, pass === 2 && at === 8 ? tf.add(b, 1) : b]);
    assertMatch(await refusal(() => run(outside)), /'yTrue' must lie in \[0, 1\], row (8|9|1[0-5]) is 2/);
    const once = make((a, b) => [a, b])();
    const generator = {
      [Symbol.asyncIterator]: () => once as unknown as AsyncIterator<readonly [tf.Tensor, tf.Tensor]>,
    };
    assertStringIncludes(await refusal(() => run(generator)), "23 in the first, 0 in the second");

    const withNaN = (when: number) =>
      make((
        a,
        b,
        at,
      ) => [at === 16 && pass === when ? tf.concat([tf.slice(a, 0, 3), tf.fill([n - 19, 2], NaN)]) : a, b]);
    for (const when of [1, 2]) {
      assertStringIncludes(await refusal(() => run(withNaN(when))), "'yPred' must lie in [0, 1], row 19 is NaN");
    }
    assertStringIncludes(await refusal(() => run(make((a, b) => [a, b], []))), "'data' has no rows");
  },
);

slowOnWasm("what cannot be summed is refused before any work", async () => {
  const model = network(1), { x, y } = problem(1), loss = f1Loss();
  const top = f1Loss({ decision: { top: 3 } });
  assertStringIncludes(await refusal(() => metricGradient(model, [x, y], { loss: top })), "{ top: k }");
  assertStringIncludes(
    await refusal(() => metricGradient(model, [x, y], { loss: f1Loss as never }), TypeError),
    "'loss' is the factory f1Loss, not the loss that it makes; call it: f1Loss()",
  );
  const other = tf.losses.meanSquaredError as unknown as Loss;
  assertStringIncludes(await refusal(() => metricGradient(model, [x, y], { loss: other }), TypeError), "'loss'");
  const words = "rows" as unknown as TrainingData;
  assertStringIncludes(await refusal(() => metricGradient(model, words, { loss }), TypeError), "'rows'");
  const short = tf.slice(y, 0, 5), long = tf.concat([y, short]);
  assertStringIncludes(await refusal(() => metricGradient(model, [x, short], { loss })), "23, 5");
  assertStringIncludes(await refusal(() => metricGradient(model, [x, long], { loss })), "23, 28");
  assertStringIncludes(await refusal(() => metricGradient(model, [x, y], { loss, batchSize: 0 })), "'batchSize'");
  assertStringIncludes(
    await refusal(() => metricGradient(model, () => [], { loss, batchSize: 3 }), TypeError),
    "'batchSize'",
  );
  assert(!("parts" in loss) && Object.keys(loss).length === 0); // what training needs is not on the loss
});

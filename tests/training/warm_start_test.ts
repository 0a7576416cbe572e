// The epochs before the first one: their gradients, their place beside the history and the checkpoint, refusals.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric, type FitMetricOptions, type Loss } from "../../lib/mod.ts";
import { assertAllWithin, random, slowOnWasm } from "../helpers.ts";
import { type Activation, memoryStore, network, recorder, weightsOf } from "./fixtures.ts";

const n = 24;

const next = random(5);
const features = tf.tensor2d(Float32Array.from({ length: n * 2 }, () => 4 * next() - 2), [n, 2]);
const labels = (columns: number, classes = 2) =>
  tf.tensor(Float32Array.from({ length: n * columns }, () => Math.floor(classes * next())), [n, columns]);
const rowWeights = tf.tensor1d(Float32Array.from({ length: n }, () => 0.5 + next()));
const entryWeights = tf.tensor2d(Float32Array.from({ length: 3 * n }, () => 0.5 + next()), [n, 3]);

interface Case {
  loss: Loss;
  units: number;
  activation: Activation;
  yTrue: tf.Tensor;
  weights?: tf.Tensor;
  /** The cross-entropy by other operations than the library's. */
  expected: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;
}

const logSigmoid = (z: tf.Tensor) => tf.neg(tf.softplus(tf.neg(z)));
const ofLogits = (y: tf.Tensor, z: tf.Tensor) =>
  tf.neg(tf.add(tf.mul(y, logSigmoid(z)), tf.mul(tf.sub(1, y), logSigmoid(tf.neg(z)))));
const toLogits = (p: tf.Tensor) => tf.sub(tf.log(p), tf.log(tf.sub(1, p)));
const oneLabel = labels(1), several = labels(3), classes = labels(1, 3), withGaps = tf.sub(labels(1, 3), 1);

const cases: Record<string, Case> = {
  "one column": {
    loss: f1Loss(),
    units: 1,
    activation: "sigmoid",
    yTrue: oneLabel,
    expected: (y, p) => ofLogits(y, toLogits(p)),
  },
  "one column, labels of rank 1": {
    loss: f1Loss(),
    units: 1,
    activation: "sigmoid",
    yTrue: tf.reshape(oneLabel, [n]),
    expected: (y, p) => ofLogits(tf.reshape(y, [n, 1]), toLogits(p)),
  },
  "logits, weights": {
    loss: f1Loss({ fromLogits: true }),
    units: 1,
    activation: "linear",
    yTrue: oneLabel,
    weights: rowWeights,
    expected: (y, z) => tf.div(tf.mul(n, tf.mul(tf.reshape(rowWeights, [n, 1]), ofLogits(y, z))), tf.sum(rowWeights)),
  },
  "several labels, weights": {
    loss: f1Loss({ average: "macro" }),
    units: 3,
    activation: "sigmoid",
    yTrue: several,
    weights: rowWeights,
    expected: (y, p) =>
      tf.div(tf.mul(n, tf.mul(tf.reshape(rowWeights, [n, 1]), ofLogits(y, toLogits(p)))), tf.sum(rowWeights)),
  },
  "several labels, a weight each": {
    loss: f1Loss({ average: "macro" }),
    units: 3,
    activation: "sigmoid",
    yTrue: several,
    weights: entryWeights,
    expected: (y, p) => tf.div(tf.mul(3 * n, tf.mul(entryWeights, ofLogits(y, toLogits(p)))), tf.sum(entryWeights)),
  },
  "classes by number": {
    loss: f1Loss({ decision: "argmax", average: "macro" }),
    units: 3,
    activation: "softmax",
    yTrue: classes,
    expected: (y, p) => tf.neg(tf.sum(tf.mul(tf.oneHot(tf.cast(tf.reshape(y, [n]), "int32"), 3), tf.log(p)), -1)),
  },
  "classes one-hot, logits": {
    loss: f1Loss({ decision: "argmax", average: "macro", fromLogits: true }),
    units: 3,
    activation: "linear",
    yTrue: tf.oneHot(tf.cast(tf.reshape(classes, [n]), "int32"), 3),
    expected: (y, z) => tf.neg(tf.sum(tf.mul(y, tf.logSoftmax(z)), -1)),
  },
  "ignored rows": {
    loss: f1Loss({ ignoreLabel: -1 }),
    units: 1,
    activation: "sigmoid",
    yTrue: withGaps,
    expected: (y, p) => {
      const kept = tf.cast(tf.greaterEqual(y, 0), "float32");
      return tf.div(tf.mul(n, tf.mul(kept, ofLogits(tf.relu(y), toLogits(p)))), tf.sum(kept));
    },
  },
};

slowOnWasm("a warm start's gradient is that of cross-entropy, however labels and outputs are read", async () => {
  for (const [name, { loss, units, activation, yTrue, weights, expected }] of Object.entries(cases)) {
    const model = network(units, activation), { seen, optimizer } = recorder();
    const data = weights ? [features, yTrue, weights] as const : [features, yTrue] as const;
    await fitMetric(model, () => [data.map((one) => one.clone()) as unknown as [tf.Tensor, tf.Tensor]], {
      loss,
      optimizer,
      epochs: 1,
      warmStart: { loss: "crossEntropy", epochs: 2 },
    });
    assertEquals(seen.length, 3, name); // two of the warm start, one of the loss
    const { grads } = tf.variableGrads(() => tf.mean(expected(yTrue, model.apply(features) as tf.Tensor)) as tf.Scalar);
    for (const [key, gradient] of Object.entries(grads)) {
      for (const own of seen.slice(0, 2)) assertAllWithin(own[key], gradient.dataSync(), 2e-6, name);
      assert(gradient.dataSync().some((g, i) => Math.abs(g - seen[2][key][i]) > 1e-3), name);
    }
  }
});

const options = (more: Partial<FitMetricOptions> = {}): FitMetricOptions => ({
  loss: f1Loss(),
  optimizer: "adam",
  epochs: 4,
  batchSize: 8,
  ...more,
});

slowOnWasm("a function is a warm start too: one step per batch, outside the history, without a leak", async () => {
  const calls: number[] = [], epochs: number[] = [], model = network(), before = tf.memory().numTensors;
  const { history, epoch } = await fitMetric(
    model,
    [features, oneLabel, rowWeights],
    options({
      warmStart: {
        loss: (yTrue, yPred, weights) => {
          calls.push(yTrue.shape[0]!);
          return tf.losses.meanSquaredError(yTrue, yPred, tf.reshape(weights!, [-1, 1]));
        },
        epochs: 3,
      },
      callbacks: { onEpochBegin: (epoch) => void epochs.push(epoch) },
    }),
  );
  assertEquals(calls, Array(9).fill(8)); // three epochs of three batches
  assertEquals([epoch, epochs, history.loss.length], [[0, 1, 2, 3], [0, 1, 2, 3], 4]);
  assertEquals(tf.memory().numTensors, before);
});

slowOnWasm("a warm start and the training that follows are two trainings one after the other", async () => {
  const once = network(), twice = network(), sgd = tf.train.sgd(0.5);
  const batches = () => [[features.clone(), oneLabel.clone()] as const];
  const warmStart = { loss: "crossEntropy", epochs: 5 } as const;
  await fitMetric(once, batches, { loss: f1Loss(), optimizer: sgd, epochs: 2, mode: "exact", warmStart });
  twice.compile({ optimizer: tf.train.sgd(0.5), loss: "binaryCrossentropy" });
  await twice.fit(features, oneLabel, { epochs: 5, batchSize: n, verbose: 0 });
  await fitMetric(twice, batches, { loss: f1Loss(), optimizer: sgd, epochs: 2, mode: "exact" });
  weightsOf(once).forEach((w, i) => assertAllWithin(w, weightsOf(twice)[i], 1e-5));
});

Deno.test("a resumed training does not warm up again and ends at the same weights; a different warm start is refused", async () => {
  const warmStart = { loss: "crossEntropy", epochs: 3 } as const, whole = network();
  await fitMetric(whole, [features, oneLabel], options({ warmStart }));
  const checkpoint = memoryStore(), first = network(), second = network();
  await fitMetric(first, [features, oneLabel], options({ warmStart, checkpoint, epochs: 2 }));
  await fitMetric(second, [features, oneLabel], options({ warmStart, checkpoint, resume: true }));
  assertEquals(weightsOf(second), weightsOf(whole));
  for (const other of [undefined, { loss: "crossEntropy", epochs: 4 } as const]) {
    await assertRejects(
      () => fitMetric(second, [features, oneLabel], options({ warmStart: other, checkpoint, resume: true, epochs: 9 })),
      RangeError,
      "is of a different training, its 'warmStart' is",
    );
  }
});

Deno.test("a warm start that cannot be one is refused before any work; weights that are lost are reported", async () => {
  const nan = (y: tf.Tensor, p: tf.Tensor) => tf.mul(NaN, tf.sub(y, p));
  const cases: [warmStart: unknown, type: typeof RangeError, message: string][] = [
    [3, TypeError, "Cannot make 'warmStart': 'options' must be an object, it is 3"],
    [
      { loss: "mse", epochs: 2 },
      TypeError,
      "Cannot train: 'warmStart.loss' must be 'crossEntropy' or a function of (yTrue, yPred), it is 'mse'",
    ],
    [
      { loss: "crossEntropy", epochs: 0 },
      RangeError,
      "Cannot train: 'warmStart.epochs' must be an integer of at least 1, it is 0",
    ],
    [{ loss: "crossEntropy", epoch: 2 }, TypeError, "'epoch' is 2, but there is no such option"],
    [{ loss: () => 3, epochs: 1 }, TypeError, "Cannot train: 'warmStart.loss' must return a tensor, it returned 3"],
    [{ loss: nan, epochs: 1 }, RangeError, "are no longer finite in epoch 0 of 'warmStart'"],
  ];
  for (const [warmStart, type, message] of cases) {
    const given = options({ warmStart } as Partial<FitMetricOptions>);
    await assertRejects(() => fitMetric(network(), [features, oneLabel], given), type, message);
  }
});

slowOnWasm("a batch whose rows are all ignored is a warm start's step of 0", async () => {
  const model = network(), { seen, optimizer } = recorder(), ignored = tf.fill([n, 1], -1);
  const batches = () => [withGaps, ignored].map((y) => [features.clone(), y.clone()] as [tf.Tensor, tf.Tensor]);
  const loss = f1Loss({ ignoreLabel: -1 });
  await fitMetric(model, batches, { loss, optimizer, epochs: 1, warmStart: { loss: "crossEntropy", epochs: 1 } });
  const [first, second] = seen.map((step) => Object.values(step).flatMap((gradient) => [...gradient]));
  assert(first.some((g) => g !== 0));
  assert(second.every((g) => g === 0), String(second));
  ignored.dispose();
  model.dispose();
});

Deno.test("a warm start runs the model as training does, and stays finite where outputs are 0 and 1", async () => {
  const modes: unknown[] = [];
  class Watched
    extends (tf.layers.activation({ activation: "linear" }).constructor as new (options: object) => tf.layers.Layer) {
    override call(inputs: tf.Tensor, options: Parameters<tf.layers.Layer["call"]>[1]) {
      modes.push(options.training);
      return super.call(inputs, options);
    }
  }
  const model = network(),
    x = tf.tensor2d([[1e4, 0], [-1e4, 0], [1, 1], [-1, -1]]),
    y = tf.tensor2d([[1], [0], [1], [0]]);
  model.setWeights([tf.tensor2d([[1], [1]]), tf.tensor1d([0])]);
  model.add(new Watched({ activation: "linear" }));
  const warmStart = { loss: "crossEntropy", epochs: 1 } as const;
  await fitMetric(model, [x, y], { loss: f1Loss(), epochs: 1, optimizer: "sgd", warmStart });
  assertEquals(modes[1], true, "after the first pass, which counts, comes the warm start");
  assert(weightsOf(model).every((values) => values.every(Number.isFinite)));
  model.dispose();
  tf.dispose([x, y]);
});

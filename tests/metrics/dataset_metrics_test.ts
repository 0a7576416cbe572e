// Real trainings: what the history holds, against the metrics of the whole data set and a recount by hand.
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  DatasetMetrics,
  type DatasetMetricsOptions,
  f1Loss,
  fBeta,
  hardMetric,
  precisionMetric,
  utility,
} from "../../lib/mod.ts";
import { rankingMetric, recallAtFpr } from "../../lib/losses/curves.ts";
import { assertRefused, assertWithin, random, slowOnWasm } from "../helpers.ts";

/** Rows of a two-dimensional problem with some noise, the rarer class 1. */
function problem(n: number, seed: number): [x: tf.Tensor2D, y: tf.Tensor2D, w: tf.Tensor1D] {
  const next = random(seed);
  const x = Array.from({ length: n }, () => [next() * 2 - 1, next() * 2 - 1]);
  const y = x.map(([a, b]) => [a + b + 0.6 * (next() - 0.5) > 0.7 ? 1 : 0]);
  return [tf.tensor2d(x), tf.tensor2d(y), tf.tensor1d(x.map(() => Math.fround(next() + 0.1)))];
}

function network(units: number, activation: "sigmoid" | "softmax", rate = 0.1): tf.Sequential {
  const hidden = tf.layers.dense({
    units: 4,
    inputShape: [2],
    activation: "tanh",
    kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }),
  });
  const last = tf.layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }) });
  const model = tf.sequential({ layers: [hidden, last] });
  const loss = activation === "sigmoid" ? "binaryCrossentropy" : "sparseCategoricalCrossentropy";
  model.compile({ optimizer: tf.train.adam(rate), loss, metrics: activation === "sigmoid" ? [precisionMetric()] : [] });
  return model;
}

slowOnWasm("after each epoch the history has the score of the whole set, beside the mean of the batches", async () => {
  const [x, y, w] = problem(100, 1), [vx, vy] = problem(70, 2), model = network(1, "sigmoid");
  const expected: Record<string, number[]> = { train: [], validation: [], weighted: [] };
  const score = (a: tf.Tensor, b: tf.Tensor, c?: tf.Tensor) =>
    tf.tidy(() => precisionMetric({ threshold: 0.3 })(b, model.predict(a) as tf.Tensor, c).dataSync()[0]);
  const recount = new tf.CustomCallback({
    onEpochEnd: () => {
      expected.train.push(score(x, y));
      expected.validation.push(score(vx, vy));
      expected.weighted.push(score(x, y, w));
    },
  });
  const common = { threshold: 0.3, batchSize: 32 };
  const { history } = await model.fit(x, y, {
    epochs: 4,
    batchSize: 20,
    verbose: 0,
    shuffle: false,
    validationData: [vx, vy],
    callbacks: [
      new DatasetMetrics({ scores: ["precision"], train: [x, y], validation: [vx, vy], ...common }),
      new DatasetMetrics({
        scores: [fBeta({ beta: 2 }), utility({ tp: 5, fp: -1 })],
        train: [x, y, w],
        batchSize: 100,
      }),
      recount,
    ],
  });
  assertEquals(Object.keys(history), [
    "val_loss",
    "val_precision",
    "loss",
    "precision",
    "dataset_precision_0.3",
    "val_dataset_precision_0.3",
    "dataset_fBeta2",
    "dataset_utility",
  ]);
  for (let epoch = 0; epoch < 4; epoch++) {
    assertWithin(history["dataset_precision_0.3"][epoch] as number, expected.train[epoch], 6e-8);
    assertWithin(history["val_dataset_precision_0.3"][epoch] as number, expected.validation[epoch], 6e-8);
    assertStrictEquals(typeof history.dataset_utility[epoch], "number");
  }
  assert(new Set(expected.train).size > 1, "the training changed nothing");
  assert(expected.weighted.some((v, i) => v !== expected.train[i]));
  tf.dispose([x, y, w, vx, vy]);
  model.dispose();
});

slowOnWasm("weights count, and the mean of the batches is something else", async () => {
  // A model that passes its input on and does not learn; the batches' precisions are 0 and 1, that of all rows 3/4.
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones", useBias: false })],
  });
  model.compile({ optimizer: tf.train.sgd(0), loss: "meanSquaredError", metrics: [precisionMetric()] });
  const x = tf.tensor2d([0.9, 0.2, 0.1, 0.9, 0.8, 0.8], [6, 1]), y = tf.tensor2d([0, 0, 1, 1, 1, 1], [6, 1]);
  const w = tf.tensor1d([9, 1, 1, 1, 1, 1]);
  const fit = async (options: Partial<DatasetMetricsOptions>) =>
    (await model.fit(x, y, {
      batchSize: 3,
      shuffle: false,
      verbose: 0,
      callbacks: new DatasetMetrics({ scores: ["precision", "npv"], ...options }),
    })).history;
  const plain = await fit({ train: [x, y] });
  assertWithin(plain.precision[0] as number, 0.5, 1e-7);
  assertStrictEquals(plain.dataset_precision[0], 0.75);
  assertStrictEquals(plain.dataset_npv[0], 0.5);
  assertEquals(Object.keys(await fit({ validation: [x, y] })).slice(2), ["val_dataset_precision", "val_dataset_npv"]);
  assertStrictEquals((await fit({ train: [x, y, w], batchSize: 4 })).dataset_precision[0], 3 / 12);
  assertEquals((await fit({ train: [x, y], threshold: 0.95, zeroDivision: 1 }))["dataset_precision_0.95"], [1]);
  tf.dispose([x, y, w]);
  model.dispose();
});

slowOnWasm("several classes by argmax: averages, class by class", async () => {
  const [x, y] = problem(60, 4), model = network(3, "softmax"); // class 2 is absent
  const options = { train: [x, y], decision: "argmax", batchSize: 7 } as const;
  const expected: number[][] = [];
  const { history } = await model.fit(x, y, {
    epochs: 2,
    verbose: 0,
    callbacks: [
      new DatasetMetrics({ scores: ["recall"], average: "macro", zeroDivision: "skip", ...options }),
      new DatasetMetrics({ scores: ["recall"], average: "none", zeroDivision: 1, ...options }),
      new tf.CustomCallback({
        onEpochEnd: () => {
          expected.push(tf.tidy(() => {
            const p = model.predict(x) as tf.Tensor;
            const macro = { decision: "argmax", average: "macro", zeroDivision: "skip" } as const;
            const none = { decision: "argmax", average: "none", zeroDivision: 1 } as const;
            const t = tf.cast(y, "int32");
            return [...hardMetric("recall", macro)(t, p).dataSync(), ...hardMetric("recall", none)(t, p).dataSync()];
          }));
        },
      }),
    ],
  });
  const keys = ["dataset_recall_macro_argmax", ...[0, 1, 2].map((k) => `dataset_recall_argmax_class${k}`)];
  assertEquals(Object.keys(history), ["loss", ...keys]);
  expected.forEach((values, epoch) =>
    keys.forEach((key, i) => assertWithin(history[key][epoch] as number, values[i], 6e-8, key))
  );
  assertStrictEquals(history.dataset_recall_argmax_class2[0], 1);
  tf.dispose([x, y]);
  model.dispose();
});

slowOnWasm("no tensor is left, whatever the number of epochs", async () => {
  const [x, y, w] = problem(50, 5), grown: number[] = [];
  for (const epochs of [1, 4]) {
    const model = network(1, "sigmoid"),
      make = () => new DatasetMetrics({ scores: ["f1", "mcc"], train: [x, y, w], validation: [x, y], batchSize: 16 });
    await model.fit(x, y, { epochs: 1, verbose: 0, callbacks: make() }); // the optimizer makes its own variables
    const before = tf.memory().numTensors;
    await model.fit(x, y, { epochs, verbose: 0, validationData: [x, y], callbacks: make() });
    grown.push(tf.memory().numTensors - before);
    model.dispose();
  }
  assertEquals(grown, [0, 0]);
  tf.dispose([x, y, w]);
});

Deno.test("a model with several inputs and outputs: the labels' output is named, and stands in the key", async () => {
  const [x, y] = problem(30, 6), flipped = tf.sub(1, y);
  const inputs = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
  const both = tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor;
  const head = (name: string) =>
    tf.layers.dense({ units: 1, activation: "sigmoid", name }).apply(both) as tf.SymbolicTensor;
  const model = tf.model({ inputs, outputs: [head("one"), head("other")] });
  model.compile({ optimizer: "adam", loss: [f1Loss(), f1Loss()] });
  const train = [[x, x], flipped] as const;
  const { history } = await model.fit([x, x], [y, flipped], {
    verbose: 0,
    callbacks: new DatasetMetrics({ scores: ["accuracy"], train, output: "other" }),
  });
  assertEquals(Object.keys(history).slice(-1), ["dataset_other_accuracy"]);
  const expected = tf.tidy(() => {
    const [, other] = model.predict([x, x]) as tf.Tensor[];
    return hardMetric("accuracy")(flipped, other).dataSync()[0];
  });
  assertWithin(history.dataset_other_accuracy[0] as number, expected, 6e-8);
  for (const output of [undefined, "third"]) {
    const callbacks = new DatasetMetrics({ scores: ["accuracy"], train, output });
    await assertRejects(
      () => model.fit([x, x], [y, flipped], { verbose: 0, callbacks }),
      RangeError,
      "'output' must be one of one, other, it is " + (output === undefined ? "undefined" : "'third'"),
    );
  }
  tf.dispose([x, y, flipped]);
  model.dispose();
});

Deno.test("callbacks further on can use it: early stopping by the data set's score", async () => {
  const [x, y] = problem(40, 7), model = network(1, "sigmoid", 0); // learns nothing: there is no better epoch
  const callbacks = [
    new DatasetMetrics({ scores: ["f1"], validation: [x, y] }),
    tf.callbacks.earlyStopping({ monitor: "val_dataset_f1", mode: "max", patience: 2 }),
  ];
  const { history } = await model.fit(x, y, { epochs: 20, verbose: 0, callbacks });
  assertEquals(history.val_dataset_f1.length, 3);
  tf.dispose([x, y]);
  model.dispose();
});

Deno.test("with fitDataset too", async () => {
  const [x, y] = problem(24, 8), model = network(1, "sigmoid");
  const rows = tf.data.zip({
    xs: tf.data.array(x.arraySync() as number[][]),
    ys: tf.data.array(y.arraySync() as number[][]),
  });
  const { history } = await model.fitDataset(rows.batch(8), {
    epochs: 2,
    verbose: 0,
    callbacks: new DatasetMetrics({ scores: ["accuracy"], train: [x, y] }),
  });
  const expected = tf.tidy(() => hardMetric("accuracy")(y, model.predict(x) as tf.Tensor).dataSync()[0]);
  assertWithin(history.dataset_accuracy[1] as number, expected, 6e-8);
  tf.dispose([x, y]);
  model.dispose();
});

slowOnWasm(
  "scores of the curve are those of all outputs: averages, class by class, weights, ignored rows",
  async () => {
    const [x, y, w] = problem(60, 6), model = network(3, "softmax");
    const three = tf.tidy(() => tf.add(y, tf.mul(2, tf.less(x.slice([0, 0], [60, 1]), -0.5)))) as tf.Tensor2D;
    const score = recallAtFpr({ fpr: 0.2 }), scores = ["rocAuc", score, "recall"] as const;
    const of = (options: Partial<DatasetMetricsOptions>) =>
      new DatasetMetrics({ scores, train: [x, three, w], decision: "argmax", batchSize: 7, ...options });
    const { history } = await model.fit(x, three, {
      epochs: 1,
      verbose: 0,
      callbacks: [of({ average: "macro" }), of({ average: "none", ignoreLabel: 2 })],
    });
    const p = model.predict(x) as tf.Tensor2D;
    const at = (average: "macro") => rankingMetric(three, p, { score, average, sampleWeight: w });
    assertEquals(Object.keys(history).slice(1), [
      "dataset_rocAuc_macro",
      "dataset_recallAtFpr0.2_macro",
      "dataset_recall_macro_argmax",
      ...[0, 1, 2].map((k) => `dataset_rocAuc_class${k}`),
      ...[0, 1, 2].map((k) => `dataset_recallAtFpr0.2_class${k}`),
      ...[0, 1, 2].map((k) => `dataset_recall_argmax_class${k}`),
    ]);
    assertWithin(history["dataset_recallAtFpr0.2_macro"][0] as number, at("macro"), 1e-12);
    const kept = [...three.dataSync()].map((label, i) => ({ label, i })).filter(({ label }) => label !== 2);
    const first = rankingMetric(
      kept.map(({ label }) => Number(label === 0)),
      kept.map(({ i }) => p.dataSync()[3 * i]),
      { score: "rocAuc", sampleWeight: kept.map(({ i }) => w.dataSync()[i]) },
    );
    assertWithin(history.dataset_rocAuc_class0[0] as number, first, 1e-12);
    assertEquals(history.dataset_rocAuc_class2, [NaN], "no positive is left");
    tf.dispose([x, y, w, three, p]);
    model.dispose();
  },
);

/** The reports of the callback's own epoch on a model that passes its inputs on. */
async function reported(width: number, options: DatasetMetricsOptions): Promise<Record<string, number>> {
  const input = tf.input({ shape: [width] });
  const model = tf.model({
    inputs: input,
    outputs: tf.layers.activation({ activation: "linear" }).apply(input) as never,
  });
  const callback = new DatasetMetrics(options), logs: Record<string, number> = {};
  callback.setModel(model);
  try {
    await callback.onEpochEnd(0, logs);
  } finally {
    model.dispose();
  }
  return logs;
}

Deno.test("queries, the curve of any outputs and decisions in one list; gains belong to queries alone", async () => {
  const outputs = [3, 0.2, -1, 0.4, 0.8], x = tf.tensor2d(outputs, [5, 1]), groups = ["a", "a", "a", "b", "b"];
  const y = tf.tensor2d([1, 0, 1, 1, 0], [5, 1]), gains = tf.tensor2d([3, 0, 2, 1, 0], [5, 1]);
  const data = { xs: x, ys: y, groups }, scores = ["recall", "rocAuc", "ndcg"] as const;
  const { dataset_recall, dataset_rocAuc, dataset_ndcg } = await reported(1, {
    scores,
    train: data,
    batchSize: 2,
    fromLogits: true,
  });
  assertEquals([dataset_recall, dataset_rocAuc], [2 / 3, 3 / 6]);
  assertWithin(dataset_ndcg, rankingMetric([1, 0, 1, 1, 0], outputs, { score: "ndcg", groups }), 1e-12);
  const own = await reported(1, { scores: ["ndcg"], train: { ...data, ys: gains } });
  assertWithin(own.dataset_ndcg, rankingMetric([3, 0, 2, 1, 0], outputs, { score: "ndcg", groups }), 1e-12);
  tf.dispose([x, y, gains]);
});

Deno.test("one column is asked for where there is no average; an output that the model has not is refused", async () => {
  const x = tf.tensor2d([[0.1, 0.9], [0.8, 0.3]]), y = tf.tensor2d([[0, 1], [1, 0]]), train = [x, y] as const;
  await assertRejects(() => reported(2, { scores: ["rocAuc"], train }), RangeError, "[n, 1], it has [2, 2]");
  assertEquals(await reported(2, { scores: ["rocAuc"], train, average: "macro" }), { dataset_rocAuc_macro: 1 });
  await assertRejects(
    () => reported(2, { scores: ["rocAuc"], train, output: "third" }),
    RangeError,
    "'output' must be",
  );
  tf.dispose([x, y]);
});

Deno.test("behind callbacks of another kind it says where it belongs, since TensorFlow.js gives it no model there", async () => {
  const [x, y] = problem(20, 1),
    callbacks = [{ onEpochEnd() {} }, new DatasetMetrics({ scores: ["f1"], train: [x, y] })];
  await assertRejects(
    () => network(1, "sigmoid").fit(x, y, { epochs: 1, verbose: 0, callbacks }),
    RangeError,
    "Cannot compute the data set's metrics: 'callbacks' must begin with DatasetMetrics",
  );
});

Deno.test("what cannot be reported is an error that names the argument, before any training", () => {
  const x = tf.tensor2d([[1], [2]]), y = tf.tensor1d([0, 1]), three = tf.tensor1d([0, 1, 1]), none = tf.zeros([0, 1]);
  const refused = (options: unknown, argument: string, value: string, error: typeof RangeError = RangeError) =>
    assertRefused(() => new DatasetMetrics(options as DatasetMetricsOptions), { argument, value, error });
  const scores = ["f1"], train = [x, y];
  refused(undefined, "options", "undefined", TypeError);
  refused({ scores, train, metrics: ["f1"] }, "metrics", "no such option", TypeError);
  refused({ train }, "scores", "undefined", TypeError);
  refused({ scores: [], train }, "scores", "[]", TypeError);
  refused({ scores: "f1", train }, "scores", "'f1'", TypeError);
  refused({ scores: ["f2"], train }, "score", "'f2'", TypeError);
  refused({ scores: ["f1", "f1"], train }, "scores", "'dataset_f1'");
  refused({ scores }, "train", "neither", TypeError);
  refused({ scores, train: x }, "train", "a tensor", TypeError);
  refused({ scores, train: [x] }, "train", "[a tensor]", TypeError);
  refused({ scores, train: [[], y] }, "train", "[]", TypeError);
  refused({ scores, validation: [x, [0, 1]] }, "validation", "[0, 1]", TypeError);
  refused({ scores, validation: [x, three] }, "validation", "2, 3");
  refused({ scores, train: [x, y, three] }, "train", "2, 2, 3");
  refused({ scores, train: [none, none] }, "train", "no rows");
  refused({ scores, train, batchSize: 0 }, "batchSize", "0");
  refused({ scores, train, output: 1 }, "output", "1", TypeError);
  refused({ scores, train, average: "samples" }, "average", "'samples'");
  refused({ scores, train, average: "mean" }, "average", "'mean'");
  refused({ scores, train, decision: { top: 3 } }, "decision", "{ top: 3 }");
  refused({ scores, train, threshold: 2 }, "threshold", "2");
  refused({ scores, train, zeroDivision: 3 }, "zeroDivision", "3");
  refused({ scores, train, classWeights: [0], average: "macro" }, "classWeights", "0");
  refused({ scores: ["rocAuc"], train, classWeights: [1], average: "macro" }, "classWeights", "'rocAuc'", TypeError);
  refused({ scores: ["rocAuc", "rocAuc"], train }, "scores", "'dataset_rocAuc'");
  const [xs, ys] = train as unknown as [tf.Tensor, tf.Tensor], groups = Array(ys.shape[0]).fill("a");
  refused({ scores: ["rocAuc"], train: { xs, ys, groups } }, "groups", "'train'", TypeError);
  refused({ scores: ["ndcg"], train: { xs, ys, groups: groups.slice(1) } }, "groups", String(groups.length - 1));
  refused({ scores, train, classWeights: [1] }, "classWeights", "[1]", TypeError);
  tf.dispose([x, y, three, none]);
});

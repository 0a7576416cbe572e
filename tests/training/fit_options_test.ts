// How a training is steered and how it ends: early stopping, thresholds, callbacks, signals, refusals.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  annealSlope,
  DatasetMetrics,
  f1Loss,
  f1Metric,
  fBetaLoss,
  type FitCallbacks,
  fitMetric,
  type FitMetricOptions,
  type LayersOptimizer,
  type Loss,
  metricGradient,
  metricLoss,
  softsign,
  type TrainingData,
  utilityLoss,
} from "../../lib/mod.ts";
import { guardLoss } from "../../lib/audit/mod.ts";
import pl from "nodejs-polars";
import { assertAllWithin, assertWithin, random, slowOnWasm } from "../helpers.ts";
import { network, weightsOf } from "./fixtures.ts";

const n = 60;

/** Rows and labels, some of which are wrong. */
function problem(units = 1, seed = 1, wrong = 0.1): [x: tf.Tensor, y: tf.Tensor] {
  const next = random(seed), x = Float32Array.from({ length: n * 2 }, () => 4 * next() - 2);
  const y = Float32Array.from({ length: n * units }, (_, i) => {
    const row = Math.floor(i / units), above = x[2 * row] + x[2 * row + 1] > 1.2 - i % units;
    return above === next() > wrong ? 1 : 0;
  });
  return [tf.tensor2d(x, [n, 2]), tf.tensor2d(y, [n, units])];
}

const f1Of = (model: tf.LayersModel, [x, y]: [tf.Tensor, tf.Tensor], threshold = 0.5): number =>
  tf.tidy(() => f1Metric({ threshold })(y, model.predict(x) as tf.Tensor).dataSync()[0]);

slowOnWasm("early stopping: it ends after the patience, with the best weights and a tuned threshold", async () => {
  const data = problem(), validationData = problem(1, 2), loss = f1Loss(), model = network();
  const before = tf.memory().numTensors;
  const result = await fitMetric(model, data, {
    loss,
    optimizer: tf.train.sgd(20),
    epochs: 200,
    batchSize: 16,
    validationData,
    patience: 3,
  });
  assertEquals(tf.memory().numTensors - before, 1); // what the given optimizer keeps
  const { history, best, epoch, stopped, threshold, thresholdValue } = result;
  assertEquals(Object.keys(history), ["loss", "f1", "alive", "val_loss", "val_f1"]);
  assertEquals([stopped, epoch.length], ["patience", best.epoch + 4]);
  assertEquals(best.epoch, history.val_f1.indexOf(Math.max(...history.val_f1)));
  assertWithin(f1Of(model, validationData), best.value, 1e-6);
  assertWithin(f1Of(model, data), history.f1[best.epoch], 1e-6);
  assertWithin(f1Of(model, validationData, threshold as number), thresholdValue!, 1e-6);
  assert(thresholdValue! >= best.value);
  const unrestored = network();
  const last = await fitMetric(unrestored, data, {
    loss,
    optimizer: tf.train.sgd(20),
    epochs: epoch.length,
    batchSize: 16,
  });
  assertEquals(last.history.f1, history.f1);
  assertEquals("threshold" in last, false);
  assertWithin(f1Of(unrestored, data), history.f1.at(-1)!, 1e-6);
});

/** An optimizer that never moves a weight. */
const still = () => ({ applyGradients: () => {} }) as unknown as LayersOptimizer;

slowOnWasm(
  "epochs that tie: the first is the best, the patience counts from it, and its weights are restored",
  async () => {
    const data = problem(), loss = f1Loss();
    for (const patience of [1, 3]) {
      const { history, best, stopped } = await fitMetric(network(), data, {
        loss,
        optimizer: still(),
        epochs: 9,
        patience,
      });
      assertEquals([history.f1.length, best.epoch, stopped], [patience + 1, 0, "patience"]);
    }
    const slow = { loss, optimizer: tf.train.sgd(1e-6), batchSize: 16 }; // moves weights and no decision
    const once = network(), often = network();
    await fitMetric(once, data, { ...slow, epochs: 1 });
    const { history, best } = await fitMetric(often, data, { ...slow, epochs: 4, patience: 9 });
    assertEquals([new Set(history.f1).size, best.epoch, history.f1.length], [1, 0, 4]);
    assertEquals(weightsOf(often), weightsOf(once));
    assert(history.loss[3] !== history.loss[0]);
  },
);

const settings: {
  loss: Loss;
  units: number;
  activation?: "softmax" | "linear";
  thresholds?: number;
  ignored?: number;
}[] = [
  { loss: f1Loss({ average: "macro", classWeights: [1, 2, 3], threshold: [0.3, 0.4, 0.5] }), units: 3, thresholds: 3 },
  { loss: f1Loss({ average: "micro", classWeights: [1, 2, 3] }), units: 3, thresholds: 1 },
  { loss: f1Loss({ average: "weighted", ignoreLabel: -1 }), units: 3, thresholds: 3, ignored: -1 },
  { loss: f1Loss({ fromLogits: true, threshold: 0.4 }), units: 1, activation: "linear", thresholds: 1 },
  { loss: f1Loss({ average: "samples" }), units: 3 },
  { loss: metricLoss("mcc", { decision: "argmax", average: "macro" }), units: 3, activation: "softmax" },
];

slowOnWasm("every setting of the losses trains, and tunes what can be tuned", async () => {
  for (const { loss, units, activation, thresholds, ignored } of settings) {
    const data = problem(units), validationData = problem(units, 2);
    if (ignored) {
      for (const set of [data, validationData]) {
        set[1] = tf.tidy(() => tf.concat([tf.fill([5, units], ignored), tf.slice(set[1], 5)]));
      }
    }
    for (const mode of ["running", "exact"] as const) {
      const { history, ...result } = await fitMetric(network(units, activation), data, {
        loss,
        mode,
        epochs: 12,
        optimizer: tf.train.adam(0.1),
        batchSize: 16,
        validationData,
      });
      assert(history.loss.at(-1)! < history.loss[0], `${mode} ${history.loss}`);
      assertEquals([result.threshold ?? []].flat().length, thresholds ?? 0);
      const score = Object.keys(history)[1];
      if (thresholds) assert(result.thresholdValue! >= history[`val_${score}`].at(-1)! - 1e-12);
    }
  }
});

slowOnWasm("the loss in the history is the loss of all rows, also of a score whose best value is not 1", async () => {
  const [x, y] = problem(), model = network(), loss = utilityLoss({ tp: 4, fp: -1, fn: -2 });
  const { history } = await fitMetric(model, [x, y], { loss, epochs: 2, validationData: [x, y] });
  assertWithin(history.loss[1], loss(y, model.predict(x) as tf.Tensor).dataSync()[0], 1e-5);
  assertAllWithin(history.val_loss, history.loss, 1e-9);
});

slowOnWasm("the score of the decisions is at the threshold of the step, or at that of the loss", async () => {
  const data = problem(), model = network();
  for (
    const [loss, threshold] of [
      [f1Loss({ step: softsign({ threshold: 0.3 }) }), 0.3],
      [f1Loss({ threshold: 0.7 }), 0.7],
      [f1Loss(), 0.5],
    ] as const
  ) {
    const { history } = await fitMetric(model, data, { loss, epochs: 1, optimizer: still() });
    assertWithin(history.f1[0], f1Of(model, data, threshold), 1e-6);
  }
  assertEquals(new Set([0.3, 0.5, 0.7].map((threshold) => f1Of(model, data, threshold))).size, 3);
});

slowOnWasm("the tuned threshold counts the weights of the rows and of the classes", async () => {
  const [x, y] = problem(3), average = "micro", model = network(3), yPred = model.predict(x) as tf.Tensor;
  const w = tf.tensor1d(Array.from({ length: n }, (_, i) => i % 4 === 0 ? 30 : 1)), data = [x, y, w] as const;
  for (const classWeights of [[0.05, 1, 9], [0.1, 9, 0.1]]) {
    const options = { loss: f1Loss({ average, classWeights }), epochs: 1, optimizer: still(), validationData: data };
    const { threshold, thresholdValue } = await fitMetric(model, data, options);
    const at = (threshold: number) =>
      tf.tidy(() => f1Metric({ average, classWeights, threshold })(y, yPred, w).dataSync()[0]);
    assertWithin(at(threshold as number), thresholdValue!, 1e-6);
    assertWithin(Math.max(...[1e-6, ...yPred.dataSync()].map(at)), thresholdValue!, 1e-6);
  }
});

slowOnWasm("sampleWeight: a row that weighs 2 is two rows, one that weighs 0 is none", async () => {
  const [x, y] = problem(), weights = Float32Array.from({ length: n }, (_, i) => i % 3), loss = f1Loss();
  const rows = tf.tensor1d([...weights].flatMap((w, i) => Array(w).fill(i)), "int32");
  const weighted = network(), repeated = network(), options = { loss, mode: "exact", epochs: 10 } as const;
  const a = await fitMetric(weighted, [x, y, tf.tensor1d(weights)], options);
  const b = await fitMetric(repeated, [tf.gather(x, rows), tf.gather(y, rows)], options);
  weightsOf(weighted).forEach((w, i) => assertAllWithin(w, weightsOf(repeated)[i], 1e-5));
  assertAllWithin(a.history.loss, b.history.loss, 1e-6);
});

slowOnWasm("callbacks: in order, with what the history holds; tf.Callbacks may add to it, and stop it", async () => {
  const data = problem(), heard: string[] = [], logged: Record<string, number>[] = [];
  const listen: FitCallbacks = {
    onTrainBegin: () => void heard.push("train"),
    onEpochBegin: async (epoch) => void heard.push(await Promise.resolve(`epoch ${epoch}`)),
    onBatchBegin: (batch) => void heard.push(`batch ${batch}`),
    onBatchEnd: (_, logs) => void heard.push(`${logs!.size} rows`),
    onEpochEnd: (epoch, logs) => {
      heard.push(`end of ${epoch}`);
      logged.push({ ...logs });
    },
    onTrainEnd: () => void heard.push("end"),
  };
  const ofEpoch = (e: number, batches: number[]) => [
    `epoch ${e}`,
    ...batches.flatMap((size, b) => [`batch ${b}`, `${size} rows`]),
    `end of ${e}`,
  ];
  const { history } = await fitMetric(network(), data, {
    loss: f1Loss(),
    mode: "exact",
    epochs: 2,
    batchSize: 50,
    callbacks: listen,
  });
  assertEquals(heard, ["train", ...ofEpoch(0, [50, 10]), ...ofEpoch(1, [50, 10]), "end"]);
  assertEquals(logged.map(({ loss }) => loss), history.loss);

  const compiled = network();
  const scores = new DatasetMetrics({ scores: ["mcc"], train: data as never });
  const stop = tf.callbacks.earlyStopping({ monitor: "dataset_mcc", mode: "max", patience: 2 });
  const stopped = await fitMetric(compiled, data, {
    loss: f1Loss(),
    optimizer: tf.train.sgd(20),
    epochs: 100,
    batchSize: 16,
    callbacks: [scores, stop] as unknown as FitCallbacks[],
  });
  assertEquals(stopped.stopped, "stopTraining");
  const mcc = stopped.history.dataset_mcc;
  assertEquals(mcc.length, stopped.epoch.length);
  assert(mcc.length < 100 && mcc.indexOf(Math.max(...mcc)) < mcc.length - 1);
});

slowOnWasm(
  "stopTraining set on the model itself ends it after the epoch, and is false again at the next start",
  async () => {
    const data = problem(), compiled = network(), whole = network();
    compiled.compile({ loss: f1Loss(), optimizer: "sgd" });
    const functional = tf.model({ inputs: whole.inputs, outputs: whole.outputs });
    for (const model of [network(), compiled, functional]) {
      const stopIn = (event: keyof FitCallbacks): FitCallbacks => ({
        [event]: (at: number) => {
          if (at === 1) model.stopTraining = true;
        },
      });
      for (const event of ["onEpochBegin", "onBatchEnd", "onEpochEnd"] as const) {
        const { stopped, epoch } = await fitMetric(model, data, {
          loss: f1Loss(),
          epochs: 5,
          batchSize: 16,
          callbacks: stopIn(event),
        });
        assertEquals([stopped, epoch], ["stopTraining", event === "onBatchEnd" ? [0] : [0, 1]], event);
        assertEquals(Object.hasOwn(model, "stopTraining"), false);
      }
      assertEquals((await fitMetric(model, data, { loss: f1Loss(), epochs: 2 })).stopped, "epochs");
    }
  },
);

slowOnWasm("a tf.tidy around a call leaves the training and the gradient what they need", async () => {
  const callbacks = { onBatchEnd: undefined, onEpochEnd() {} };
  const data = problem(), options = { loss: f1Loss(), epochs: 2, callbacks }, before = tf.memory().numTensors;
  const [first, second] = [network(), network()], plain = await fitMetric(first, data, options);
  let training: ReturnType<typeof fitMetric>, gradient: ReturnType<typeof metricGradient>;
  tf.tidy(() => {
    training = fitMetric(second, data, options);
    gradient = metricGradient(first, data, { loss: options.loss });
  });
  assertEquals((await training!).history, plain.history);
  assertWithin((await gradient!).value, plain.history.loss[1], 1e-6);
  tf.dispose((await gradient!).gradients);
  for (const model of [first, second]) model.dispose();
  assertEquals(tf.memory().numTensors, before);
  const optimizer = tf.train.adam(0.1);
  optimizer.dispose();
  const sentence = "'optimizer' must be a tf.Optimizer that is not disposed, or one of";
  await assertRejects(() => fitMetric(network(), data, { ...options, optimizer }), TypeError, sentence);
});

Deno.test("one model has one training at a time: the second call is refused, and allowed after the first", async () => {
  const data = problem(), model = network(), train = () => fitMetric(model, data, { loss: f1Loss(), epochs: 2 });
  const first = train();
  await assertRejects(train, Error, "Cannot train: 'model' is in training: await the other call of fitMetric first");
  const alone = await fitMetric(network(), data, { loss: f1Loss(), epochs: 2 });
  assertEquals((await first).history, alone.history);
  assertEquals(Object.hasOwn(model, "stopTraining"), false);
  assertEquals((await train()).stopped, "epochs");
  tf.dispose(data);
});

slowOnWasm("an AbortSignal ends it before the next batch; nothing is left", async () => {
  const data = problem(), before = tf.memory().numTensors + 2, abort = new AbortController();
  for (const mode of ["running", "exact"] as const) {
    const model = network(), controller = new AbortController();
    let batches = 0;
    const callbacks = { onBatchEnd: () => void (++batches === 3 && controller.abort(new Error("enough"))) };
    await assertRejects(
      () =>
        fitMetric(model, data, {
          loss: f1Loss(),
          mode,
          epochs: 5,
          batchSize: 16,
          callbacks,
          signal: controller.signal,
        }),
      Error,
      "enough",
    );
    assertEquals(batches, 3);
    model.dispose();
  }
  const model = network(), endless = new AbortController();
  const timer = setTimeout(() => endless.abort(new Error("a timer ran")));
  await assertRejects(
    () => fitMetric(model, data, { loss: f1Loss(), epochs: 20_000, signal: endless.signal }),
    Error,
    "a timer ran",
  );
  clearTimeout(timer);
  model.dispose();
  abort.abort();
  await assertRejects(
    () => fitMetric(network(), data, { loss: f1Loss(), epochs: 1, signal: abort.signal }),
    DOMException,
  );
  assertEquals(tf.memory().numTensors, before); // the last model
});

slowOnWasm("a loss of each epoch: the slope is annealed, the history is that of the epoch's loss", async () => {
  const data = problem(), slope = annealSlope({ from: 1, to: 16, epochs: 5 }), model = network();
  const { history } = await fitMetric(model, data, {
    loss: (epoch: number) => f1Loss({ slope: slope(epoch) }),
    epochs: 5,
  });
  const last = f1Loss({ slope: 16 })(data[1], model.predict(data[0]) as tf.Tensor).dataSync()[0];
  assertWithin(history.loss[4], last, 1e-6);
  const { message } = await assertRejects(
    () => fitMetric(model, data, { loss: (epoch: number) => metricLoss(epoch < 2 ? "f1" : "mcc"), epochs: 3 }),
    RangeError,
  );
  assertStringIncludes(
    message,
    "'loss' must have the same score in all epochs, it is mccLoss in epoch 2, f1Loss before",
  );
});

/** The sentence a training is refused or stopped with, after which there are no more tensors than before. */
async function refusal(model: tf.LayersModel, data: TrainingData, options: Partial<FitMetricOptions>): Promise<string> {
  const before = tf.memory().numTensors;
  const { message } = await assertRejects(
    () => fitMetric(model, data, { loss: f1Loss(), epochs: 3, ...options }),
    Error,
  );
  assertEquals(tf.memory().numTensors, before, `left tensors behind: ${message}`);
  assertMatch(message, /^Cannot (train|compute|make)\b[^\n]+[^.\n]$/);
  return message;
}

slowOnWasm("a gradient that is dead, weights that are not numbers: a sentence that says what to change", async () => {
  const [x, y] = problem();
  for (const mode of ["running", "exact"] as const) {
    const say = (data: TrainingData, options: Partial<FitMetricOptions>) =>
      refusal(network(), data, { mode, ...options });
    assertMatch(
      await say([x, y], { loss: f1Loss({ step: "round" }) }),
      /epoch 0: the step 'round' has none.*'softsign'/,
    );
    assertStringIncludes(await say([x, tf.zerosLike(y)], {}), "'data' has no positive");
    const allPositive = await say([x, tf.onesLike(y)], { loss: metricLoss("specificity") });
    assertStringIncludes(allPositive, "'data' has no negative");
    const far = network();
    far.setWeights([tf.zeros([2, 1]), tf.tensor1d([-8])]);
    assertStringIncludes(
      await refusal(far, [x, y], { mode, loss: f1Loss({ step: "linearRamp", slope: 10 }) }),
      "the step 'linearRamp' is flat, or the score 'f1' does not change; lower 'slope' (it is 10)",
    );
    const logits = f1Loss({ fromLogits: true }), endless = tf.train.sgd(1e39);
    assertStringIncludes(
      await refusal(network(1, "linear"), [x, y], { mode, loss: logits, optimizer: endless }),
      "the weights of 'model' are no longer finite in epoch 0; lower the learning rate",
    );
  }
  const perfect = network();
  perfect.setWeights([tf.tensor2d([[100], [100]]), tf.tensor1d([-120])]);
  const separated = problem(1, 1, 0);
  const { stopped, history } = await fitMetric(perfect, separated, {
    loss: f1Loss({ step: "linearRamp", slope: 2 }),
    epochs: 9,
  });
  assert(stopped === "perfect" && history.f1.every((f1) => f1 === 1), `${stopped} ${history.f1}`);
});

slowOnWasm("an output layer that lets no gradient through ends it, whatever the gradient by the outputs", async () => {
  const data = problem();
  const dense = (activation: "sigmoid" | "relu", inputShape?: number[]) =>
    tf.layers.dense({ units: activation === "relu" ? 4 : 1, activation, inputShape });
  for (const bias of [200, -200]) {
    for (const mode of ["running", "exact"] as const) {
      for (
        const layers of [[dense("sigmoid", [2])], [
          dense("relu", [2]),
          tf.layers.dropout({ rate: 0.1 }),
          dense("sigmoid"),
        ]]
      ) {
        const saturated = tf.sequential({ layers });
        const all = saturated.getWeights();
        saturated.setWeights([...all.slice(0, -1), tf.tensor1d([bias])]);
        assertMatch(
          await refusal(saturated, data, { mode }),
          /no weight has a gradient in epoch 0, although the outputs of \d+ rows have one: .*fromLogits: true$/,
        );
      }
    }
  }
});

slowOnWasm("where the outputs saturate on the way, the sentence is about the learning rate", async () => {
  const stuck = network(), data = problem();
  const callbacks: FitCallbacks = {
    onEpochEnd: (epoch) => {
      if (epoch === 0) tf.tidy(() => stuck.setWeights([tf.zeros([2, 1]), tf.tensor1d([-200])]));
    },
  };
  assertMatch(
    await refusal(stuck, data, { epochs: 5, callbacks, batchSize: 16 }),
    /no weight has a gradient in epoch 1, .* lower the learning rate, standardise/,
  );
});

slowOnWasm("validation data on which the score cannot change are refused; where it can, they are not", async () => {
  const [x, y] = problem(), none = tf.zerosLike(y), all = tf.onesLike(y), model = network();
  const say = (loss: Loss, labels: tf.Tensor) =>
    refusal(model, [x, y], { loss, validationData: [x, labels], patience: 2 });
  assertMatch(
    await say(f1Loss(), none),
    /'validationData' has no positive, so its f1 is constant .*; give rows of both classes, or leave 'validationData' out$/,
  );
  assertMatch(await say(metricLoss("precision"), all), /'validationData' has no negative, so its precision/);
  const before = tf.memory().numTensors;
  for (const [loss, labels] of [[metricLoss("accuracy"), none], [f1Loss(), all]] as const) {
    const { history } = await fitMetric(model, [x, y], { loss, epochs: 2, validationData: [x, labels] });
    assertEquals(history.val_loss.length, 2);
  }
  const columns = problem(3), rare = tf.tidy(() => tf.mul(columns[1], tf.tensor1d([1, 1, 0])));
  const macro = f1Loss({ average: "macro" }); // the third column tells nothing, the others do
  await fitMetric(network(3), columns, { loss: macro, epochs: 1, validationData: [columns[0], rare] });
  assertEquals(tf.memory().numTensors - before, 5); // the last model, its data and labels
});

slowOnWasm("what cannot be trained is refused in one sentence", async () => {
  const data = problem(), model = network(), none = { read: () => 1 };
  const cases: [Partial<FitMetricOptions> | Record<string, unknown>, string][] = [
    [{ loss: "f1" }, "'loss' must be one that"],
    [{ loss: f1Loss({ decision: { top: 3 }, step: "softsign" }) }, "{ top: k }"],
    [{ loss: () => tf.losses.meanSquaredError }, "'loss' must be one that"],
    [{ loss: tf.losses.meanSquaredError }, "'loss' must be one that metricLoss or f1Loss, … makes, it is the function"],
    [
      { loss: tf.metrics.binaryCrossentropy },
      "'loss' must be one that metricLoss or f1Loss, … makes, it is the function",
    ],
    [
      { loss: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mean(tf.sub(yTrue, yPred)) },
      "'loss' must be one that metricLoss or f1Loss, … makes, it is the function loss",
    ],
    [
      { loss: (...batch: tf.Tensor[]) => tf.sub(batch[0], batch[1]) },
      "or give one for an epoch; the function loss throws",
    ],
    [{ loss: (epoch: number) => f1Loss({ slope: -1 - epoch }) }, "'slope'"],
    [{ loss: f1Loss }, "'loss' is the factory f1Loss, not the loss that it makes; call it: f1Loss()"],
    [{ loss: fBetaLoss }, "'loss' is the factory fBetaLoss, not the loss that it makes; call it: fBetaLoss({ … })"],
    [
      { loss: guardLoss(f1Loss()) },
      "'loss' is guardLoss(…), but fitMetric checks the gradient itself; give the loss alone",
    ],
    [{ mode: "batch" }, "'mode' must be 'running' or 'exact', it is 'batch'"],
    [{ optimizer: "adem" }, "'optimizer' must be a tf.Optimizer that is not disposed, or one of sgd, adam, adamax"],
    [{ epochs: 0 }, "'epochs' must be an integer of at least 1, it is 0"],
    [{ epochs: undefined }, "'epochs'"],
    [{ batchSize: 0 }, "'batchSize'"],
    [{ seed: -1 }, "'seed'"],
    [{ patience: 0 }, "'patience'"],
    [{ validationData: [1] }, "'validationData' must be tensors"],
    [{ validationData: { xs: data[0], ys: data[1], weights: data[1] } }, "the keys ['xs', 'ys', 'weights']"],
    [{ validationData: [...data, data[1], data[1]] }, "it is [a tensor, a tensor, a tensor, a tensor]"],
    [
      { callbacks: [3] },
      "must be an object of functions on(Train|Epoch|Batch)(Begin|End), or an array of them, it is 3",
    ],
    [{ callbacks: { onEpochFinish() {} } }, "or an array of them, it is an object with the keys ['onEpochFinish']"],
    [
      { callbacks: [{ onEpochEnd() {} }, { onEpochBegin: 3 }] },
      "it is an object with the keys ['onEpochBegin']",
    ],
    [{ signal: 3 }, "'signal' must be an AbortSignal, it is 3"],
    [{ progress: "bar" }, "'progress' must be true or false, it is 'bar'"],
    [{ checkpoint: none }, "'checkpoint' must be a file's path or have read() and write()"],
    [{ checkpoint: "" }, "'checkpoint'"],
    [{ resume: true }, "'resume' is true, but there is no 'checkpoint'"],
    [{ epoch: 3 }, "'epoch' is 3, but there is no such option"],
    [
      { sampleWeight: data[1] },
      "'sampleWeight' is a tensor, but weights are a part of 'data', [x, y, sampleWeight]",
    ],
  ];
  for (const [options, part] of cases) {
    assertStringIncludes(await refusal(model, data, options as Partial<FitMetricOptions>), part);
  }
  const frame = pl.DataFrame({ a: [1], y: [0] });
  for (
    const [table, named] of [["rows.csv", "'rows.csv'"], [frame.lazy(), "a polars frame"], [frame, "a polars frame"]]
  ) {
    const message = await refusal(model, table as unknown as TrainingData, {});
    assertMatch(message, /batchesOf\(…, \{ label \}\) of the data module/);
    assertStringIncludes(message, named as string);
    assertStringIncludes(
      await refusal(model, data, { validationData: table as unknown as TrainingData }),
      "'validationData' must be [x, y]",
    );
  }
  for (const given of [async () => await [data], () => undefined]) {
    assertMatch(
      await refusal(model, given as unknown as TrainingData, {}),
      /'data' must return an iterable, it returned (\[object Promise\]|undefined)$/,
    );
  }
  const unpaired = function* () { // features without labels
    yield tf.clone(data[0]);
  };
  assertStringIncludes(await refusal(model, unpaired as unknown as TrainingData, {}), "it is a tensor");
  const asInFit = fitMetric as unknown as (...args: unknown[]) => Promise<unknown>;
  for (const [given, named] of [[data[0], "'data'"], [data, "'options'"]]) {
    const { message } = await assertRejects(
      () => asInFit(model, given, data[1], { loss: f1Loss(), epochs: 3 }),
      TypeError,
    );
    assertEquals(
      message,
      `Cannot train: ${named} is a tensor; write fitMetric(model, [x, y], { loss, epochs })`,
    );
  }
  const narrow = (rows: tf.Tensor) => tf.tidy(() => tf.slice(rows, [0, 0], [-1, 1]));
  const column = narrow(data[0]), labels = data[1];
  assertStringIncludes(await refusal(model, [column, labels], {}), "'data' has 1 column, 'model' takes 2");
  assertStringIncludes(await refusal(model, () => [[tf.clone(column), tf.clone(labels)]], {}), "'data' has 1 column");
  assertStringIncludes(
    await refusal(model, data, { validationData: [column, labels] }),
    "on 'validationData': it has 1 column, 'model' takes 2",
  );
  const cube = tf.zeros([n, 2, 2]),
    folded = tf.sequential({ layers: [tf.layers.simpleRNN({ units: 1, inputShape: [null, 3] as never })] });
  assertStringIncludes(
    await refusal(folded, [cube, labels], {}),
    "'data' has inputs of the shape [60, 2, 2], 'model' takes [any, any, 3]",
  );
  tf.dispose([column, cube]);
  const empty: [tf.Tensor, tf.Tensor] = [tf.zeros([0, 2]), tf.zeros([0, 1])];
  assertStringIncludes(await refusal(model, empty, {}), "'data' has no rows");
  assertStringIncludes(await refusal(model, () => [], {}), "'data' has no rows");
  const words = tf.tensor1d(Array.from({ length: n }, () => "yes"));
  assertStringIncludes(
    await refusal(model, [data[0], words], {}),
    "'data' has labels of dtype string; give 0 and 1, or class indices",
  );
  let own: [tf.Tensor, tf.Tensor] | undefined;
  const again = () => [own ??= [tf.clone(data[0]), tf.clone(labels)]];
  assertMatch(
    await refusal(model, again, {}),
    /^Cannot compute f1Loss: batch 0 of 'data' holds a disposed tensor/,
  );
  const used = tf.train.adam(0.01), wide = network(3), columns = problem(3);
  await fitMetric(wide, columns, { loss: f1Loss({ average: "macro" }), optimizer: used, epochs: 1 });
  assertStringIncludes(
    await refusal(model, data, { optimizer: used }),
    "'optimizer' has trained another model, with weights of the shape [",
  );
  await fitMetric(wide, columns, { loss: f1Loss({ average: "macro" }), optimizer: used, epochs: 1 }); // its own
  tf.dispose([words, columns]);
  used.dispose();
  assertStringIncludes(await refusal({} as tf.LayersModel, data, {}), "'model' must be a tf.LayersModel");
  const [x, y] = data, broken = tf.tidy(() => tf.concat([tf.slice(x, 0, 41), tf.fill([19, 2], NaN)]));
  for (const mode of ["running", "exact"] as const) {
    const message = await refusal(model, [broken, y], { mode });
    assertMatch(message, mode === "exact" ? /yPred.*row 41 is NaN/ : /yPred.*row (4[1-9]|5\d) is NaN/);
  }
  assertStringIncludes(
    await refusal(model, data, { validationData: [broken, y] }),
    "Cannot compute f1Loss on 'validationData': 'yPred' must lie in [0, 1], row 41 is NaN",
  );
});

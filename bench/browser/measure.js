// The losses on the backends of this machine, against float64 on the host: errors, reads back, what is left in memory, times
// beside the same loss composed of operations. `deno task bench --page` serves this page, `deno task bench --backends` runs it.
// The address takes ?backend=webgl (or webgpu, wasm, cpu) and &quick, which leaves out the times.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import * as layers from "@tensorflow/tfjs-layers";
import { f1Loss, f1Metric, fitMetric, mccLoss, mccMetric, metricLoss, precisionMetric } from "@roundabout/roundabout";
import { guardLoss } from "@roundabout/roundabout/audit";
import { lossAndGradient, scores } from "@roundabout/roundabout/core";

/** Returns pseudo-random numbers in [0, 1). */
function random(seed) {
  let state = seed;
  return () => (state = state * 48271 % 2147483647) / 2147483647;
}

const names = [
  "precision",
  "recall",
  "specificity",
  "npv",
  "accuracy",
  "balancedAccuracy",
  "f1",
  "jaccard",
  "dice",
  "mcc",
]
  .concat("cohenKappa", "informedness", "markedness", "gMean", "fowlkesMallows");
const macro = { average: "macro", columns: 3, rows: 400 };

/** Settings that are computed on a device: options of the loss, and rows, columns, share of positives, labels and weights. */
const settings = [
  ...names.map((score) => ({ score, rows: 100_000, share: 0.001, weights: "rows" })),
  { rows: 3000 },
  { rows: 257, weights: "rows" },
  { score: "f1", rows: 1_000_000, share: 0.001 },
  { score: "mcc", rows: 1_000_000, share: 0.3 },
  { score: scores.utility({ tp: 3, fp: -1 }) },
  { score: scores.fBeta({ beta: 2 }) },
  { score: scores.tversky({ alpha: 0.3, beta: 0.7 }) },
  { score: scores.precisionAtRecall({ recall: 0.9 }) },
  { score: scores.recallAtPrecision({ precision: 0.3 }) },
  ...["softsign", "linearRamp", "logistic", "arctan", "identity", "round", "straightThrough"]
    .map((step) => ({ step, threshold: 0.3 })),
  { slope: 1000 },
  { step: "logistic", slope: 1.01 },
  { fromLogits: true },
  { ignoreLabel: 0.5 },
  { ignoreLabel: NaN },
  { average: "micro", classWeights: [1, 2, 0.5], columns: 3, weights: "outputs" },
  { ...macro, classWeights: [1, 2, 0.5], weights: "rows" },
  { ...macro, average: "weighted", zeroDivision: "skip", indexed: true },
  { ...macro, score: "precision", zeroDivision: 1, share: 0 },
  { ...macro, decision: "argmax", indexed: true, weights: "rows" },
  { ...macro, decision: "argmax", step: "straightThrough", indexed: true },
  { ...macro, decision: "argmax", fromLogits: true, indexed: true },
  { ...macro, decision: "argmax", step: "round", indexed: true },
];

/** The numbers of a setting. */
function dataOf({ rows = 900, columns = 1, share = 0.4, indexed, weights, fromLogits, ignoreLabel }) {
  const next = random(rows + columns), size = rows * columns;
  const y = new Float32Array(indexed ? rows : size).map(() =>
    indexed
      ? Math.floor(next() * columns)
      : ignoreLabel !== undefined && next() < 0.2
      ? ignoreLabel
      : next() < share
      ? 1
      : 0
  );
  const p = new Float32Array(size).map((_, i) => {
    const label = indexed ? Number(y[Math.floor(i / columns)] === i % columns) : Number(y[i] === 1);
    const q = 0.2 * label + 0.8 * next();
    return fromLogits ? 6 * q - 3 : q;
  });
  const w = weights && new Float32Array(weights === "rows" ? rows : size).map(() => next() * 2);
  const shape = columns === 1 ? [rows] : [rows, columns];
  return { y, p, w, shape, labels: indexed ? [rows] : shape, weightShape: weights === "rows" ? [rows] : shape };
}

/** Compares a loss and its gradient with float64. */
async function errorsOf({ score = "f1", rows, columns = 1, share, indexed, weights, ...options }) {
  const { y, p, w, shape, labels, weightShape } = dataOf({ rows, columns, share, indexed, weights, ...options });
  // Float64: the loops of large float32 batches are not asked.
  const outputs = new Float64Array(p), perOutput = (of) => new Float64Array(p.length).map((_, i) => of(i));
  const hot = indexed ? perOutput((i) => Number(y[Math.floor(i / columns)] === i % columns)) : new Float64Array(y);
  const wanted = lossAndGradient(hot, outputs, {
    score,
    ...options,
    ...(columns > 1 ? { columns } : {}),
    ...(w ? { sampleWeight: perOutput((i) => w[weights === "rows" ? Math.floor(i / columns) : i]) } : {}),
  });
  const tensors = [tf.tensor(y, labels), tf.tensor(p, shape), ...(w ? [tf.tensor(w, weightShape)] : [])];
  const { value, grad } = tf.valueAndGrad((q) => metricLoss(score, options)(tensors[0], q, tensors[2]))(tensors[1]);
  const [[found], gradient] = [await value.data(), await grad.data()];
  const largest = wanted.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const worst = wanted.gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - gradient[i])), 0);
  tf.dispose([tensors, value, grad]);
  return {
    setting: JSON.stringify({ score: score.name ?? score, rows, columns, share, ...options }),
    valueError: Math.abs(found - wanted.value),
    gradientError: worst / (largest || 1),
  };
}

/** Calls a method's owner by another method for a while. */
function replaced(owner, method, make) {
  const own = owner?.[method];
  if (own === undefined) return () => {};
  owner[method] = make(own);
  return () => owner[method] = own;
}

/**
 * Counts what a function reads back: `waiting`, of numbers that are on the device, and `asynchronous` reads. A read that
 * waits also passes one of the browser's own functions, which are counted as `calls`.
 */
async function readsOf(run) {
  const reads = { waiting: 0, asynchronous: 0, calls: 0 }, backend = tf.backend();
  const held = (id) => (backend.texData ?? backend.tensorMap)?.get(id)?.values == null;
  const onDevice = !["cpu", "wasm"].includes(tf.getBackend());
  const counting = (key) => (own) =>
    function (...args) {
      if (key === "calls" || (onDevice && held(args[0]))) reads[key]++;
      return own.apply(this, args);
    };
  const restore = [
    replaced(backend, "readSync", counting("waiting")),
    replaced(backend, "read", counting("asynchronous")),
    ...[
      [globalThis.WebGL2RenderingContext?.prototype, "readPixels"],
      [globalThis.CanvasRenderingContext2D?.prototype, "getImageData"],
      [globalThis.OffscreenCanvasRenderingContext2D?.prototype, "getImageData"],
      [globalThis.GPUBuffer?.prototype, "mapAsync"],
    ].map(([owner, method]) => replaced(owner, method, counting("calls"))),
  ];
  try {
    await run();
  } finally {
    for (const one of restore) one();
  }
  return reads;
}

/**
 * A classifier; where reads are counted, without hidden layers and of small batches, as a GPU in software takes long for
 * products and for sums of many rows. A step reads the same of any batch.
 */
const classifier = (units = 1, columns = 16, hidden = []) =>
  layers.sequential({
    layers: [
      ...hidden,
      layers.layers.dense({ units, activation: units === 1 ? "sigmoid" : "softmax", inputShape: [columns] }),
    ],
  });

/** Rows with one label or several. */
function trainingData(rows, units, columns = 16) {
  const x = tf.randomNormal([rows, columns], 0, 1, "float32", 1);
  const y = tf.tidy(() =>
    units === 1
      ? tf.cast(tf.greater(tf.sum(x, 1, true), Math.sqrt(columns) / 2), "float32")
      : tf.cast(tf.oneHot(tf.argMax(tf.slice(x, [0, 0], [rows, units]), 1), units), "float32")
  );
  return [x, y];
}

/** Reads in two epochs of eight batches of 64 rows. */
async function readsOfFit({ loss, metrics, units = 1, epochs = 2 }) {
  const model = classifier(units), [x, y] = trainingData(512, units);
  model.compile({ optimizer: tf.train.sgd(0.1), loss, metrics });
  const fit = (epochs, x, y) => model.fit(x, y, { epochs, batchSize: 64, verbose: 0 });
  // The first batch of a backend has reads of its own.
  const first = [x, y].map((t) => tf.slice(t, 0, 64));
  await fit(1, ...first);
  const reads = await readsOf(() => fit(epochs, x, y));
  tf.dispose([x, y, first]);
  model.dispose();
  return reads;
}

/** Reads in five epochs of five batches. */
async function readsOfFitMetric(mode) {
  const model = classifier(), data = trainingData(320, 1);
  const fit = (epochs) =>
    fitMetric(model, data, { loss: f1Loss(), optimizer: tf.train.sgd(0.1), epochs, batchSize: 64, mode });
  await fit(1);
  const reads = await readsOf(() => fit(5));
  tf.dispose(data);
  model.dispose();
  return reads;
}

/**
 * Trains from the same weights; returns the losses of the epochs. Most batches have the shapes of those whose reads are counted,
 * as a GPU in software takes longer to compile the programs of a shape than to run them.
 */
async function lossesOf(mode, loss) {
  const kernelInitializer = layers.initializers.randomNormal({ stddev: 0.2, seed: 1 });
  const model = layers.sequential({
    layers: [layers.layers.dense({ units: 1, activation: "sigmoid", inputShape: [16], kernelInitializer })],
  });
  const next = random(11), x = tf.tensor2d(new Float32Array(300 * 16).map(() => 2 * next() - 1), [300, 16]);
  const y = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1, true), 0.7), "float32"));
  const before = tf.memory().numTensors, optimizer = tf.train.sgd(0.3);
  const { history, threshold } = await fitMetric(model, [x, y], {
    loss,
    mode,
    optimizer,
    epochs: 2,
    batchSize: 64,
    validationData: [x, y],
  });
  optimizer.dispose();
  const left = tf.memory().numTensors - before;
  tf.dispose([x, y]);
  model.dispose();
  return { numbers: [...history.loss, ...history.val_loss, ...history.alive, threshold], left };
}

/** Measures the distance of trainings on a device from those on the cpu backend, and the tensors that they leave. */
async function trainingErrors(backend) {
  const found = {};
  for (const mode of ["running", "exact"]) {
    for (const [name, loss] of Object.entries({ f1: f1Loss(), mcc: mccLoss({ step: "logistic" }) })) {
      await tf.setBackend("cpu");
      const wanted = await lossesOf(mode, loss);
      await tf.setBackend(backend);
      const { numbers, left } = await lossesOf(mode, loss);
      const error = numbers.reduce((most, v, i) => Math.max(most, Math.abs(v - wanted.numbers[i])), 0);
      found[`${mode} ${name}`] = { error, left };
    }
  }
  return found;
}

/** The message of whatever a promise rejects with. */
const rejectionOf = (promise) => promise.then(() => "nothing", (error) => String(error?.message ?? error));

/** Returns the error messages of the guard and of fitMetric about a label and an output out of range. */
async function messages() {
  const x = tf.randomNormal([64, 16], 0, 1, "float32", 1), labels = new Float32Array(64).fill(1);
  labels[7] = 2;
  const y = tf.tensor2d(labels, [64, 1]), good = tf.ones([64, 1]);
  const model = classifier(),
    logits = layers.sequential({ layers: [layers.layers.dense({ units: 1, inputShape: [16] })] });
  const fit = (model, y) => {
    model.compile({ optimizer: tf.train.sgd(0.1), loss: guardLoss(f1Loss()) });
    // The read comes back between two batches, each of which yields to it; the many epochs are for a slow machine.
    const callbacks = { onBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 20)) };
    return model.fit(x, y, { epochs: 3000, batchSize: 64, shuffle: false, verbose: 0, callbacks });
  };
  const { error } = console;
  console.error = () => {}; // the guard prints what it throws
  const found = {
    guarded: await rejectionOf(fit(classifier(), y)),
    guardedLogits: await rejectionOf(fit(logits, good)),
    fitMetric: await rejectionOf(fitMetric(model, [x, y], { loss: f1Loss(), epochs: 1 })),
  };
  console.error = error;
  tf.dispose([x, y, good]);
  return found;
}

/** Counts the tensors and the bytes on the device that calls leave. */
function leftBy(loss, calls) {
  const { y, p } = dataOf({ rows: 2048 }), labels = tf.tensor1d(y), outputs = tf.tensor1d(p);
  const step = () => tf.dispose(tf.grad((q) => loss(labels, q))(outputs));
  step();
  const before = tf.memory();
  for (let i = 0; i < calls; i++) step();
  const after = tf.memory();
  tf.dispose([labels, outputs]);
  return {
    tensors: after.numTensors - before.numTensors,
    bytes: (after.numBytesInGPU ?? 0) - (before.numBytesInGPU ?? 0),
  };
}

/** The same loss as operations of TensorFlow.js, differentiated by it. */
const composed = (y, p) => {
  const z = tf.mul(6, tf.sub(p, 0.5)), s = tf.add(tf.mul(0.6667, tf.div(z, tf.add(1, tf.abs(z)))), 0.5);
  const tp = tf.sum(tf.mul(y, s));
  return tf.sub(1, tf.div(tf.mul(2, tp), tf.add(tf.sum(y), tf.sum(s))));
};

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Milliseconds of functions that are called in turn, the median of nine rounds after one. */
async function timed(functions) {
  const times = functions.map(() => []);
  for (let round = 0; round < 10; round++) {
    for (const [i, run] of functions.entries()) {
      const started = performance.now();
      await run();
      if (round > 0) times[i].push(performance.now() - started);
    }
  }
  return times.map(median);
}

/** Milliseconds of a value and gradient. */
async function timesOf(rows) {
  const { y, p } = dataOf({ rows }), labels = tf.tensor1d(y), outputs = tf.tensor1d(p);
  const run = (loss) => async () => {
    const gradient = tf.grad((q) => loss(labels, q))(outputs);
    await gradient.data();
    gradient.dispose();
  };
  const [ours, other] = await timed([run(f1Loss()), run(composed)]);
  tf.dispose([labels, outputs]);
  return { what: `${rows} rows`, ours, composed: other };
}

/** Milliseconds of an epoch of eight batches of 256 rows of 64 columns. */
async function timesOfFit() {
  const [x, y] = trainingData(2048, 1, 64);
  const models = [f1Loss(), composed].map((loss) => {
    const model = classifier(1, 64, [layers.layers.dense({ units: 64, activation: "relu", inputShape: [64] })]);
    model.compile({ optimizer: tf.train.sgd(0.1), loss });
    return model;
  });
  const [ours, other] = await timed(
    models.map((model) => () => model.fit(x, y, { epochs: 1, batchSize: 256, verbose: 0 })),
  );
  tf.dispose([x, y]);
  for (const model of models) model.dispose();
  return { what: "a step of fit, batch 256", ours: ours / 8, composed: other / 8 };
}

/** The message of whatever a function throws. */
const messageOf = (run) => {
  try {
    run();
    return "nothing";
  } catch (error) {
    return String(error?.message ?? error);
  }
};

/** Loses the WebGL context and says what a loss then throws. */
async function afterLoss() {
  const gl = tf.backend().gpgpu?.gl, y = tf.tensor1d([1, 0]);
  if (gl === undefined) return undefined;
  gl.getExtension("WEBGL_lose_context").loseContext();
  await new Promise((resolve) => setTimeout(resolve, 50));
  return messageOf(() => f1Loss()(y, tf.tensor1d([0.8, 0.1])));
}

async function measure(backend, quick) {
  if (!await tf.setBackend(backend).catch(() => false)) return { backend, error: "the backend does not start" };
  // Where no times are taken the GPU may be one in software, which more workgroups for a layer's product only slow down.
  if (quick && backend === "webgpu") tf.env().set("WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL", 1);
  const errors = [];
  for (const setting of settings) errors.push(await errorsOf(setting));
  const loss = f1Loss(), y = tf.tensor1d([1, 0, 1]), at = async (p) => (await loss(y, tf.tensor1d(p)).data())[0];
  const device = !["cpu", "wasm"].includes(backend);
  return {
    backend: tf.getBackend(),
    errors,
    perfect: await at([1, 0, 1]),
    outOfRange: device ? [String(await at([1, NaN, 0])), String(await at([1, 3, 0]))] : [],
    reads: {
      crossentropy: await readsOfFit({ loss: "binaryCrossentropy" }),
      f1: await readsOfFit({ loss }),
      mcc: await readsOfFit({ loss: mccLoss() }),
      argmax: await readsOfFit({ loss: metricLoss("f1", { average: "macro", decision: "argmax" }), units: 10 }),
      guarded: await readsOfFit({ loss: guardLoss(loss) }),
      metrics: await readsOfFit({ loss, metrics: [f1Metric(), mccMetric(), precisionMetric()] }),
      running: await readsOfFitMetric("running"),
      exact: await readsOfFitMetric("exact"),
    },
    training: device ? await trainingErrors(backend) : {},
    messages: device ? await messages() : {},
    left: leftBy(loss, 1000),
    times: quick ? [] : [await timesOf(1024), await timesOf(100_000), await timesOf(1_000_000), await timesOfFit()],
    lost: await afterLoss(),
  };
}

/** Measures and gives the record to whoever asked: a page, or a runtime without one. */
const asked = new URLSearchParams(globalThis.location?.search ?? `?${globalThis.Deno?.args.at(-1) ?? ""}`);
if (globalThis.document !== undefined) setWasmPaths("wasm/");
const record = await measure(asked.get("backend") ?? "webgl", asked.has("quick")).catch((error) => ({
  error: String(error?.stack ?? error),
}));
const text = JSON.stringify(record, null, 1);
if (globalThis.document === undefined) console.log(text);
else document.querySelector("#result").textContent = text;

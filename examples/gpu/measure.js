// The losses on the backend that the address names, `?backend=webgl` (or webgpu, or cpu), against float64 on the host; the reads
// of a training; what is left in memory; times beside the same loss composed of operations. tests/package/ bundles this page and
// opens it with `&quick`, without the times. With the package installed, `npx esbuild measure.js --bundle --outfile=bundle.js`
// builds it for a browser with a GPU.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import * as layers from "@tensorflow/tfjs-layers";
import { metricLoss } from "@roundabout/roundabout/slim";
import { lossAndGradient } from "@roundabout/roundabout/core";

/** Returns pseudo-random numbers in [0, 1). */
function random(seed) {
  let state = seed;
  return () => (state = state * 48271 % 2147483647) / 2147483647;
}

/** Counts the calls of a method while a function runs. */
async function callsOf(owner, method, run) {
  const { [method]: own } = owner;
  let calls = 0;
  owner[method] = function (...args) {
    calls++;
    return own.apply(this, args);
  };
  try {
    await run();
  } finally {
    owner[method] = own;
  }
  return calls;
}

/** Returns labels, a share of them positive, and outputs. */
function rowsOf(rows, share) {
  const next = random(rows), y = Float32Array.from({ length: rows }, () => Number(next() < share));
  return { y, p: y.map((label) => 0.2 * label + 0.8 * next()) };
}

/** Compares a loss and its gradient with float64. */
async function errorsOf(score, rows, share) {
  const { y, p } = rowsOf(rows, share), labels = tf.tensor1d(y), outputs = tf.tensor1d(p), loss = metricLoss(score);
  const wanted = lossAndGradient(Array.from(y), Array.from(p), { score });
  const { value, grad } = tf.valueAndGrad((q) => loss(labels, q))(outputs);
  const [[found], gradient] = [await value.data(), await grad.data()];
  const largest = wanted.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const worst = wanted.gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - gradient[i])), 0);
  tf.dispose([labels, outputs, value, grad]);
  return { score, rows, share, valueError: Math.abs(found - wanted.value), gradientError: worst / largest };
}

/** Counts the synchronous reads of two epochs of eight batches of 256 rows. */
async function readsOfFit(loss) {
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 64, activation: "relu", inputShape: [64] }),
      layers.layers.dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss });
  const x = tf.randomNormal([2048, 64], 0, 1, "float32", 1), y = tf.cast(tf.greater(tf.sum(x, 1, true), 4), "float32");
  const fit = () => model.fit(x, y, { epochs: 2, batchSize: 256, verbose: 0 });
  await fit();
  const reads = await callsOf(tf.engine(), "readSync", fit);
  tf.dispose([x, y]);
  model.dispose();
  return reads;
}

/** Counts the tensors and the bytes on the GPU that calls leave. */
function leftBy(loss, calls) {
  const { y, p } = rowsOf(2048, 0.3), labels = tf.tensor1d(y), outputs = tf.tensor1d(p);
  const step = () => tf.dispose(tf.grad((q) => loss(labels, q))(outputs));
  step();
  const before = tf.memory();
  for (let i = 0; i < calls; i++) step();
  const after = tf.memory();
  tf.dispose([labels, outputs]);
  return { tensors: after.numTensors - before.numTensors, bytes: after.numBytesInGPU - before.numBytesInGPU };
}

/** Milliseconds of a value and gradient, the median of nine calls. */
async function timeOf(loss, rows) {
  const { y, p } = rowsOf(rows, 0.3), labels = tf.tensor1d(y), outputs = tf.tensor1d(p), times = [];
  for (let i = 0; i < 10; i++) {
    const started = performance.now(), gradient = tf.grad((q) => loss(labels, q))(outputs);
    await gradient.data();
    times.push(performance.now() - started);
    gradient.dispose();
  }
  tf.dispose([labels, outputs]);
  return times.slice(1).sort((a, b) => a - b)[4];
}

/** The same loss as operations of TensorFlow.js, differentiated by it. */
const composed = (y, p) => {
  const z = tf.mul(6, tf.sub(p, 0.5)), s = tf.add(tf.mul(0.6667, tf.div(z, tf.add(1, tf.abs(z)))), 0.5);
  const tp = tf.sum(tf.mul(y, s));
  return tf.sub(1, tf.div(tf.mul(2, tp), tf.add(tf.sum(y), tf.sum(s))));
};

async function measure() {
  const asked = new URLSearchParams(location.search),
    backend = asked.get("backend") ?? "webgl",
    loss = metricLoss("f1");
  if (!await tf.setBackend(backend)) throw new Error(`the backend '${backend}' does not start`);
  const errors = [];
  for (const [rows, share] of [[1000, 0.3], [100_000, 0.3], [100_000, 0.001], [1_000_000, 0.001]]) {
    errors.push(await errorsOf("f1", rows, share));
  }
  for (const score of ["balancedAccuracy", "markedness"]) errors.push(await errorsOf(score, 100_000, 0.01));
  const y = tf.tensor1d([1, 0, 1]), perfect = (await loss(y, y).data())[0];
  const wrong = (await loss(y, tf.tensor1d([1, NaN, 0])).data())[0],
    beyond = (await loss(y, tf.tensor1d([1, 3, 0])).data())[0];
  const times = [];
  for (const rows of asked.has("quick") ? [] : [1024, 100_000, 1_000_000]) {
    times.push({ rows, ours: await timeOf(loss, rows), composed: await timeOf(composed, rows) });
  }
  return {
    backend: tf.getBackend(),
    errors,
    perfect,
    outOfRange: [String(wrong), String(beyond)],
    readsInFit: await readsOfFit(loss),
    readsInFitOnTheHost: await readsOfFit(metricLoss("mcc")),
    left: leftBy(loss, 200),
    times,
  };
}

measure().catch((error) => ({ error: String(error) }))
  .then((record) => document.querySelector("#result").textContent = JSON.stringify(record, null, 1));

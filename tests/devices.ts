// A backend whose tensors are not in host memory, for tests: TensorFlow.js' cpu kernels under other names, and programs of a GPU
// that the host computes.
import * as tf from "@tensorflow/tfjs";
import { readBatch } from "../lib/batch/read_batch.ts";
import { byLabel, countKeys } from "../lib/counts/counts.ts";
import { countBatch, countsPartials, scaled, scoreCounts } from "../lib/scoring/score_batch.ts";
import { engine } from "../lib/tfjs/engine.ts";
import { deviceLoss, deviceRows, deviceScore, hasDeviceForm } from "../lib/tfjs/device_loss.ts";
import { registerDevice } from "../lib/tfjs/registered_device.ts";
import "./helpers.ts";

/** Registers the cpu backend as a device: its numbers come back as they are, or all 0. */
function register(name: string, lies = false): void {
  const backend = tf.findBackendFactory("cpu")() as tf.KernelBackend, { readSync } = backend;
  if (lies) {
    backend.readSync = (id) => readSync.call(backend, id).map(() => 0) as ReturnType<typeof readSync>;
    backend.read = (id) => Promise.resolve(backend.readSync(id)) as ReturnType<tf.KernelBackend["read"]>;
  }
  tf.registerBackend(name, () => backend);
  tf.copyRegisteredKernels("cpu", name);
}

register("device");
register("liar", true);
register("lost");

/** A small classifier with fixed weights, and data. */
export function problem() {
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.5, seed: 3 });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2], kernelInitializer })],
  });
  const x = tf.randomNormal([60, 2], 0, 1, "float32", 5),
    y = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1, true), 0.5), "float32"));
  return { model, x, y };
}

/** Runs an asynchronous function on a backend; returns the reads that waited. */
export async function readsOn(backend: string, run: () => Promise<unknown>): Promise<number> {
  await tf.setBackend(backend);
  const engine = tf.engine(), { readSync } = engine;
  let reads = 0;
  engine.readSync = (id) => (reads++, readSync.call(engine, id));
  try {
    await run();
  } finally {
    engine.readSync = readSync;
    await tf.setBackend("cpu");
  }
  return reads;
}

/** The programs of a GPU by the loops of the host, for one column: the training around them is the one that a GPU gets. */
const hostPrograms: Parameters<typeof registerDevice>[0] = {
  hasDeviceForm: () => ["device", "lost"].includes(tf.getBackend()),
  deviceLoss: () => tf.scalar(0),
  deviceScore: () => undefined,
  deviceRows: (name, { reading, decide, scoring }, inputs) => {
    const batch = readBatch(name, inputs, reading), counted = countBatch(batch, decide(batch), scoring);
    return {
      rows: batch.rows,
      classes: 1,
      counts: () => tf.tensor(countKeys.map((key) => counted.each[0][key]), [1, 2, 2]),
      score: (counts, best) => {
        const [tp, fp, fn, tn] = counts.dataSync(), scored = scoreCounts([{ tp, fp, fn, tn }], undefined, scoring);
        const { ofPositive, ofNegative } = byLabel(countsPartials(scored, scored.whole, scoring.score)[0]);
        return tf.tensor1d([ofPositive, ofNegative, best - scored.value]);
      },
      gradient: (scored, by) => {
        const [tp, fp] = scored.dataSync(), partials = scaled([{ tp, fp, fn: 0, tn: 0 }], -by.dataSync()[0]);
        return tf.tensor(counted.gradient(partials), inputs.yPred.shape);
      },
    };
  },
};

/** Runs an asynchronous function with programs that the host computes. */
export async function withPrograms<T>(run: () => Promise<T>): Promise<T> {
  registerDevice(hostPrograms);
  try {
    return await run();
  } finally {
    registerDevice({ deviceLoss, deviceRows, deviceScore, hasDeviceForm });
  }
}

/** Runs a function while fields of the engine are other ones. */
export function withFields<T>(fields: Record<string, unknown>, run: () => T): T {
  const own = engine(), names = Object.keys(fields);
  const before = names.map((name) => Object.getOwnPropertyDescriptor(own, name));
  for (const name of names) Object.defineProperty(own, name, { value: fields[name], configurable: true });
  try {
    return run();
  } finally {
    for (const name of names) delete (own as unknown as Record<string, unknown>)[name];
    names.forEach((name, k) => before[k] && Object.defineProperty(own, name, before[k]));
  }
}

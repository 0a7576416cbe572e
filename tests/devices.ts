// Backends whose tensors are not in host memory, for tests: TensorFlow.js's cpu kernels under other names. Those that run the
// programs of a GPU are in tests/tfjs/shader_backends.ts.
import * as tf from "@tensorflow/tfjs";
import { engine } from "../lib/tfjs/engine.ts";
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

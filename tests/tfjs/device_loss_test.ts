// Losses on a backend whose tensors are not in host memory: TensorFlow.js' cpu kernels under another name, with a count of what
// is read back. The programs of WebGL and WebGPU are run by tests/package/, in a browser.
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, GuardError, guardLoss } from "../../lib/audit/mod.ts";
import { f1Loss, f1Metric, fitMetric, type Loss, type LossOptions, metricLoss, tuneThreshold } from "../../lib/mod.ts";
import { askedRoundLoss } from "../../lib/thread/thread.ts";
import { assertAllWithin } from "../helpers.ts";

/** Registers the cpu backend as a device: its numbers come back as they are, or all 0. */
function register(name: string, lies = false): void {
  const backend = tf.findBackendFactory("cpu")() as tf.KernelBackend, { readSync } = backend;
  if (lies) backend.readSync = (id) => readSync.call(backend, id).map(() => 0) as ReturnType<typeof readSync>;
  tf.registerBackend(name, () => backend);
  tf.copyRegisteredKernels("cpu", name);
}

register("device");
register("liar", true);
register("lost");
(tf.findBackend("lost") as unknown as { device: unknown }).device = { lost: Promise.resolve({}) };

/** Returns how often a function reads a tensor back; kernels of the cpu backend read by other ways. */
function readsOf(run: () => void): number {
  const engine = tf.engine(), { readSync } = engine;
  let reads = 0;
  engine.readSync = (id) => (reads++, readSync.call(engine, id));
  try {
    run();
  } finally {
    engine.readSync = readSync;
  }
  return reads;
}

/** Runs a function on a backend. */
function on<T>(backend: string, run: () => T): T {
  tf.setBackend(backend);
  try {
    return run();
  } finally {
    tf.setBackend("cpu");
  }
}

Deno.test("on a backend that runs no programs a gradient reads twice and is the host's", () => {
  const run = () =>
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((q: tf.Tensor) => f1Loss()(tf.tensor1d([1, 0, 1]), q))(
        tf.tensor1d([0.7, 0.4, 0.3]),
      );
      return [value.dataSync()[0], ...grad.dataSync()];
    });
  const reads = () =>
    readsOf(() => tf.dispose(tf.grad((q: tf.Tensor) => f1Loss()(tf.tensor1d([1]), q))(tf.tensor1d([1]))));
  const wanted = run();
  on("device", () => {
    assertAllWithin(run(), wanted, 1e-7);
    assertEquals(reads(), 2);
  });
});

Deno.test("on a device a setting that is computed on the host gives the host's numbers", () => {
  const options: LossOptions[] = [{ step: "gaussian" }, { ignoreLabel: 2 }, { decision: { top: 2 } }];
  for (const one of options) {
    const run = () =>
      tf.tidy(() => f1Loss(one)(tf.tensor1d([1, 0, 1, 0]), tf.tensor1d([0.8, 0.3, 0.4, 0.1])).dataSync()[0]);
    assertEquals(on("device", run), run());
  }
});

Deno.test("a backend that reads its numbers back as zeros is refused, and an audit does without it", () => {
  const y = tf.tensor1d([1, 0, 1]), p = tf.tensor1d([0.8, 0.3, 0.4]);
  on("liar", () => {
    const reads = [() => metricLoss("mcc")(y, p), () => f1Metric()(y, p), () => tuneThreshold(y, p, { score: "f1" })];
    for (const read of reads) assertThrows(read, Error, "Cannot read tensors of the backend 'liar'");
  });
  const loss = f1Loss(), told = ({ verdict, findings }: ReturnType<typeof auditLoss>) => [verdict, findings.length];
  assertEquals(on("liar", () => told(auditLoss(loss))), told(auditLoss(loss)));
  tf.dispose([y, p]);
});

/** A small classifier with fixed weights, and data. */
function problem() {
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.5, seed: 3 });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2], kernelInitializer })],
  });
  const x = tf.randomNormal([60, 2], 0, 1, "float32", 5),
    y = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1, true), 0.5), "float32"));
  return { model, x, y };
}

/** Runs an asynchronous function on a backend; returns the reads that waited. */
async function readsOn(backend: string, run: () => Promise<unknown>): Promise<number> {
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

Deno.test("on a device guardLoss reads without waiting, and throws at a later step what it found at the first", async () => {
  const crossEntropy = (t: tf.Tensor, p: tf.Tensor) => tf.metrics.binaryCrossentropy(t, p), { error } = console;
  let printed = "", left = NaN;
  console.error = (text) => printed = text;
  try {
    const fit = async (loss: typeof crossEntropy) => {
      const before = tf.memory().numTensors, { model, x, y } = problem();
      model.compile({ optimizer: "sgd", loss: guardLoss(loss as Loss) });
      const callbacks = { onBatchEnd: () => new Promise<void>((resolve) => setTimeout(resolve)) };
      try {
        await model.fit(x, y, { epochs: 4, batchSize: 20, verbose: 0, shuffle: false, callbacks });
      } finally {
        await tf.nextFrame();
        tf.dispose([x, y]);
        model.dispose();
        left = tf.memory().numTensors - before;
      }
    };
    assertEquals(await readsOn("device", () => fit(crossEntropy)), 0);
    assertEquals(left, 0);
    const stopped = () => assertRejects(() => fit(askedRoundLoss as typeof crossEntropy), GuardError, "at step 1");
    await readsOn("device", stopped);
    assertStringIncludes(printed, "at step 1");
    const notFinite = (_t: tf.Tensor, p: tf.Tensor) => tf.mean(tf.log(tf.sub(p, 2)));
    const thrown = () => assertRejects(() => fit(notFinite), GuardError, "domain-edge");
    await readsOn("device", thrown);
  } finally {
    console.error = error;
  }
});

Deno.test("on a device fitMetric ends where it ends on the host, and names a row out of range", async () => {
  const losses: number[][] = [];
  for (const backend of ["cpu", "device"]) {
    await readsOn(backend, async () => {
      const { model, x, y } = problem();
      const options = { loss: f1Loss(), epochs: 3, batchSize: 20, optimizer: "sgd", validationData: [x, y] as const };
      const { history } = await fitMetric(model, [x, y], { ...options, patience: 3 });
      losses.push([...history.loss, ...history.val_loss]);
      const bad = tf.tidy(() => tf.add(y, tf.oneHot(tf.scalar(7, "int32"), 60).reshape([60, 1]).mul(5)));
      await assertRejects(() => fitMetric(model, [x, bad], options), RangeError, "row 7 is");
      tf.dispose([x, y, bad]);
      model.dispose();
    });
  }
  assertAllWithin(losses[1], losses[0], 1e-6);
});

Deno.test("a device that is lost is told in one sentence", async () => {
  await tf.setBackend("lost");
  const y = tf.tensor1d([1, 0]);
  f1Metric()(y, y).dispose(); // the device is asked for its promise, which has not been heard yet
  await Promise.resolve();
  for (const call of [() => f1Loss()(y, y), () => f1Metric()(y, y)]) {
    assertThrows(call, Error, "Cannot compute on the backend 'lost': its device is lost");
  }
  y.dispose();
  await tf.setBackend("cpu");
});

// Losses on a backend whose tensors are not in host memory: TensorFlow.js's cpu kernels under another name, with a count of what
// is read back. The programs of WebGL and WebGPU are run by tests/package/, in a browser.
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, GuardError, guardLoss } from "../../lib/audit/mod.ts";
import { f1Loss, f1Metric, fitMetric, type Loss, type LossOptions, metricLoss, tuneThreshold } from "../../lib/mod.ts";
import { askedRoundLoss } from "../../lib/thread/thread.ts";
import { problem, readsOn } from "../devices.ts";
import { assertAllWithin } from "../helpers.ts";

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
  const options: LossOptions[] = [{ step: "gaussian" }, { decision: { top: 2 } }];
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

Deno.test("an asynchronous read of a backend that lies is refused too", async () => {
  await readsOn("liar", async () => {
    const { model, x, y } = problem();
    const fit = () => fitMetric(model, [x, y], { loss: f1Loss(), epochs: 1 });
    await assertRejects(fit, Error, "Cannot read tensors of the backend 'liar'");
    tf.dispose([x, y]);
    model.dispose();
  });
});

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

Deno.test("a device that is lost is an error of one sentence", async () => {
  await tf.setBackend("lost");
  (tf.backend() as unknown as { device: unknown }).device = { lost: Promise.resolve({}) };
  const y = tf.tensor1d([1, 0]);
  f1Metric()(y, y).dispose(); // the device is asked for its promise, which has not been heard yet
  await Promise.resolve();
  for (const call of [() => f1Loss()(y, y), () => f1Metric()(y, y)]) {
    assertThrows(call, Error, "Cannot compute on the backend 'lost': its device is lost");
  }
  y.dispose();
  await tf.setBackend("cpu");
});

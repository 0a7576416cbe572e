// Losses on a backend whose tensors are not in host memory: TensorFlow.js' cpu kernels under another name, with a count of what
// is read back. The programs of WebGL and WebGPU are run by tests/package/, in a browser.
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, GuardError, guardLoss } from "../../lib/audit/mod.ts";
import {
  f1Loss,
  f1Metric,
  fitMetric,
  type Loss,
  type LossOptions,
  metricLoss,
  type TrainingData,
  tuneThreshold,
} from "../../lib/mod.ts";
import { readBatch } from "../../lib/batch/read_batch.ts";
import { byLabel, countKeys } from "../../lib/counts/counts.ts";
import { countBatch, countsPartials, scaled, scoreCounts } from "../../lib/scoring/score_batch.ts";
import { deviceLoss, deviceRows, deviceScore, hasDeviceForm } from "../../lib/tfjs/device_loss.ts";
import { registerDevice } from "../../lib/tfjs/registered_device.ts";
import { askedRoundLoss } from "../../lib/thread/thread.ts";
import { assertAllWithin } from "../helpers.ts";

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

Deno.test("an asynchronous read of a backend that lies is refused too", async () => {
  await readsOn("liar", async () => {
    const { model, x, y } = problem();
    const fit = () => fitMetric(model, [x, y], { loss: f1Loss(), epochs: 1 });
    await assertRejects(fit, Error, "Cannot read tensors of the backend 'liar'");
    tf.dispose([x, y]);
    model.dispose();
  });
});

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
async function withPrograms<T>(run: () => Promise<T>): Promise<T> {
  registerDevice(hostPrograms);
  try {
    return await run();
  } finally {
    registerDevice({ deviceLoss, deviceRows, deviceScore, hasDeviceForm });
  }
}

Deno.test("an epoch on a device ends at the weights of one on the host, in both modes, and leaves no tensor", async () => {
  for (const mode of ["running", "exact"] as const) {
    const found: Record<string, number[]> = {};
    for (const backend of ["cpu", "device"]) {
      await withPrograms(() =>
        readsOn(backend, async () => {
          const { model, x, y } = problem(), before = tf.memory().numTensors, optimizer = tf.train.sgd(0.5);
          const options = { loss: f1Loss(), epochs: 3, batchSize: 16, optimizer, validationData: [x, y] as const };
          const { history } = await fitMetric(model, [x, y], { ...options, mode });
          optimizer.dispose();
          assertEquals(tf.memory().numTensors, before, backend);
          const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
          found[backend] = [...history.loss, ...history.val_loss, ...history.alive, ...weights];
          tf.dispose([x, y]);
          model.dispose();
        })
      );
    }
    assertAllWithin(found.device, found.cpu, 1e-5, mode);
  }
});

/** Batches of the problem whose labels are the others from the third reading on, which is after the first epoch. */
function turningLabels(x: tf.Tensor, y: tf.Tensor) {
  let reading = 0;
  return {
    async *[Symbol.asyncIterator]() {
      const turned = reading++ >= 2;
      yield tf.tidy(() => ({ xs: tf.clone(x), ys: turned ? tf.sub(1, y) : tf.clone(y) }));
    },
  };
}

Deno.test("a training on a device tells a dead gradient, labels that change and a batch too many", async () => {
  await withPrograms(() =>
    readsOn("device", async () => {
      const { model, x, y } = problem(),
        fit = (data: TrainingData, loss = f1Loss()) => fitMetric(model, data, { loss, epochs: 2, optimizer: "sgd" });
      await assertRejects(() => fit([x, y], f1Loss({ step: "round" })), Error, "round");
      await assertRejects(() => fit(turningLabels(x, y)), RangeError, "between the passes");
      let readings = 0;
      const growing = {
        async *[Symbol.asyncIterator]() {
          for (let batches = readings++ === 0 ? 1 : 2; batches > 0; batches--) {
            yield { xs: tf.clone(x), ys: tf.clone(y) };
          }
        },
      };
      await assertRejects(() => fit(growing), RangeError, "the number of batches was 1 and is more");
      tf.dispose([x, y]);
      model.dispose();
    })
  );
});

Deno.test("weights that are no longer finite are told on a device as on the host", async () => {
  // NaN is met by a step's counts, or by the reading of the outputs; the outputs of infinite weights may lie in [0, 1].
  for (const [batchSize, constant] of [[20, false], [60, false], [60, true]] as const) {
    for (const backend of ["cpu", "device"]) {
      await withPrograms(() =>
        readsOn(backend, async () => {
          const { model, x, y } = problem(), optimizer = tf.train.sgd(1e41), inputs = constant ? tf.onesLike(x) : x;
          const fit = () => fitMetric(model, [inputs, y], { loss: f1Loss(), epochs: 1, batchSize, optimizer });
          await assertRejects(fit, RangeError, "the weights of 'model' are no longer finite in epoch 0", backend);
          tf.dispose([x, y, inputs]);
          model.dispose();
        })
      );
    }
  }
});

Deno.test("a device that is lost is told in one sentence", async () => {
  await tf.setBackend("lost");
  const y = tf.tensor1d([1, 0]);
  f1Metric()(y, y).dispose(); // the device is asked for its promise, which has not been heard yet
  await Promise.resolve();
  for (const call of [() => f1Loss()(y, y), () => f1Metric()(y, y)]) {
    assertThrows(call, Error, "Cannot compute on the backend 'lost': its device is lost");
  }
  await withPrograms(() => {
    assertThrows(() => f1Loss()(y, y), Error, "its device is lost");
    return Promise.resolve();
  });
  y.dispose();
  await tf.setBackend("cpu");
});

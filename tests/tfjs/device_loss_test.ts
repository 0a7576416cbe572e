// Losses on a backend whose tensors are not in host memory: TensorFlow.js' cpu kernels under another name, with a count of what
// is read back. tests/package/ runs the same on WebGL in a browser.
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss } from "../../lib/audit/mod.ts";
import { f1Loss, f1Metric, type LossOptions, metricLoss, tuneThreshold } from "../../lib/mod.ts";
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

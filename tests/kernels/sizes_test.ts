// The kernels on many rows against sums in float64, on the heap as it grows, and what stands in for them elsewhere.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { metricLoss, softsign, steps, toStep } from "../../lib/mod.ts";
import { assertWithin, counted, halfUlp, random, slowOnBackends, valueAndGradient } from "../helpers.ts";
import { slow } from "../slow.ts";

/** Outputs and labels: uniform, or 1 % positives and most outputs near 0. */
function rows(n: number, rare: boolean): { p: Float32Array; y: Float32Array } {
  const next = random(n), p = new Float32Array(n), y = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const v = next();
    p[i] = rare ? v ** 8 : v;
    y[i] = next() < (rare ? 0.01 : 0.3) ? 1 : 0;
  }
  return { p, y };
}

/** The largest relative difference. */
function farthest(got: ArrayLike<number>, wanted: (i: number) => number): number {
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const g = wanted(i), off = Math.abs(got[i] - g);
    if (!(off <= worst * Math.abs(g))) worst = off / Math.abs(g);
  }
  return worst;
}

for (const [n, slope] of [[1e6, 4], [1e6, 51], [1e7, 4]]) {
  for (const rare of [false, true]) {
    slowOnBackends(`${n} rows, ${rare ? "1 % positives" : "uniform"}, slope ${slope}, against float64`, () => {
      const { p, y } = rows(n, rare), k = 2 * (slope - 1); // anchored about ½: s = ½ + K·u/(1 + k·|u|), K = slope
      let tp = 0, decided = 0;
      for (let i = 0; i < n; i++) {
        const u = p[i] - 0.5, s = 0.5 + slope * u / (1 + k * Math.abs(u));
        decided += s;
        tp += y[i] * s;
      }
      const fp = decided - tp, whole = decided * decided, step = softsign({ slope });
      const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), loss = metricLoss("precision", { step });
      const { result: got, made } = counted(() => valueAndGradient(loss, yTrue, yPred));
      assertEquals(made, 0);
      const wanted = 1 - tp / decided;
      assertWithin(got.value, wanted, 5e-8 + halfUlp(wanted));
      const off = farthest(got.gradient, (i) => {
        const h = 1 / (1 + k * Math.abs(p[i] - 0.5));
        return -slope * h * h * (y[i] === 1 ? fp / whole : -tp / whole);
      });
      assert(off <= 3e-6, `the gradient is off by ${off}`);
      if (n === 1e6) {
        const again = valueAndGradient(loss, yTrue, yPred);
        assert(again.value === got.value && farthest(again.gradient, (i) => got.gradient[i]) === 0, "the same bytes");
      }
      tf.dispose([yPred, yTrue]);
    });
  }
}

slowOnBackends("columns: any number of them, steps, weights", () => {
  for (const classes of [2, 3, 4, 6, 10, 25]) {
    const n = Math.ceil(6000 / classes) + 1, { p, y } = rows(n * classes, false), next = random(classes);
    const yPred = tf.tensor2d(p, [n, classes]), yTrue = tf.tensor2d(y, [n, classes]);
    const each = tf.tensor2d(p.map(() => 0.5 + next()), [n, classes]), aRow = tf.tensor1d(p.slice(0, n));
    for (const name of Object.keys(steps) as (keyof typeof steps)[]) {
      const own = toStep(name), { value, derivative, threshold, slope } = own;
      const fused = metricLoss("f1", { average: "macro", step: own });
      const composed = metricLoss("f1", { average: "macro", step: { name, value, derivative, threshold, slope } });
      for (const weights of [undefined, each, aRow]) {
        const got = valueAndGradient(fused, yTrue, yPred, weights),
          wanted = valueAndGradient(composed, yTrue, yPred, weights);
        assertWithin(got.value, wanted.value, 1.1e-7, `${name}, ${classes} columns`);
        const off = farthest(got.gradient, (i) => wanted.gradient[i]);
        assert(off <= 3e-6, `${name}, ${classes} columns: the gradient is off by ${off}`);
      }
    }
    tf.dispose([yPred, yTrue, each, aRow]);
  }
});

slowOnBackends("a threshold a column: the mean of the columns' losses", () => {
  const many = Array.from({ length: 1001 }, (_, k) => 0.3 + 0.4 * k / 1001); // more constants than fit beside a piece
  for (const threshold of [[0.5, 0.3], [0.2, 0.5, 0.71], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], many]) {
    const classes = threshold.length, n = threshold === many ? 203 : 5_003, { p, y } = rows(n * classes, false);
    const yPred = tf.tensor2d(p, [n, classes]), yTrue = tf.tensor2d(y, [n, classes]);
    const got = valueAndGradient(metricLoss("f1", { average: "macro", threshold }), yTrue, yPred);
    const each = threshold.map((t, k) => {
      const column = (values: Float32Array) =>
        tf.tensor1d(Float32Array.from({ length: n }, (_, row) => values[row * classes + k]));
      const labels = column(y),
        outputs = column(p),
        one = valueAndGradient(metricLoss("f1", { threshold: t }), labels, outputs);
      tf.dispose([labels, outputs]);
      return one;
    });
    assertWithin(got.value, each.reduce((sum, { value }) => sum + value, 0) / classes, 1.1e-7);
    const off = farthest(got.gradient, (i) => each[i % classes].gradient[Math.floor(i / classes)] / classes);
    assert(off <= 6e-6, `the gradient is off by ${off}, of two that may be off by 3e-6`);
    tf.dispose([yPred, yTrue]);
  }
});

slow.test("the heap of the wasm backend grows between two calls, and between the two passes of one", async () => {
  await tf.setBackend("wasm");
  const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.buffer;
  const grow = () => {
    const before = heap();
    tf.zeros([before.byteLength / 4]).dispose();
    assert(heap() !== before, "the heap has grown");
  };
  const { p, y } = rows(10_007, false), yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), loss = metricLoss("f1");
  const wanted = valueAndGradient(loss, yTrue, yPred);
  grow();
  assertEquals(valueAndGradient(loss, yTrue, yPred), wanted);
  const { value, grad } = tf.valueAndGrad((x) => {
    const result = loss(yTrue, x);
    grow();
    return result;
  })(yPred);
  assertEquals({ value: value.dataSync()[0], gradient: grad.dataSync() }, wanted);
  tf.dispose([value, grad, yPred, yTrue]);
});

slow.test("a backend whose memory is not known here has the same losses and gradients", async () => {
  await tf.setBackend("cpu");
  const Backend = tf.backend().constructor as new () => tf.KernelBackend, plain = "roundabout-test";
  tf.registerBackend(plain, () => new Backend());
  const copied = tf.getKernelsForBackend("cpu");
  for (const kernel of copied) tf.registerKernel({ ...kernel, backendName: plain });
  try {
    const { p, y } = rows(9_000, false);
    for (const options of [{}, { average: "macro" as const }, { average: "micro" as const }]) {
      const shape = options.average ? [3_000, 3] : [9_000], loss = metricLoss("f1", options);
      const [wanted, got] = ["cpu", plain].map((backend) => {
        assert(tf.setBackend(backend));
        const yPred = tf.tensor(p, shape), yTrue = tf.tensor(y, shape), weights = tf.tensor(p, shape);
        const { result, made } = counted(
          () => [valueAndGradient(loss, yTrue, yPred), valueAndGradient(loss, yTrue, yPred, weights)],
        );
        assertEquals(made, 0);
        tf.dispose([yPred, yTrue, weights]);
        return result;
      });
      got.forEach(({ value, gradient }, i) => {
        assertWithin(value, wanted[i].value, 1.1e-7);
        assert(farthest(wanted[i].gradient, (j) => gradient[j]) <= 3e-6);
      });
    }
  } finally {
    await tf.setBackend("cpu");
    for (const { kernelName } of copied) tf.unregisterKernel(kernelName, plain);
    tf.removeBackend(plain);
  }
});

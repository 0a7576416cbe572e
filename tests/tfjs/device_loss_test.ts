// Losses on a backend whose tensors are not in host memory: TensorFlow.js' cpu kernels under another name, with a count of what
// is read back. tests/package/ runs the same on WebGL in a browser.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss } from "../../lib/audit/mod.ts";
import {
  f1Loss,
  f1Metric,
  type Loss,
  type LossOptions,
  metricLoss,
  precisionLoss,
  tuneThreshold,
  utility,
} from "../../lib/mod.ts";
import type { ScoreName } from "../../lib/core.ts";
import { assertAllWithin, assertWithin, counted, random } from "../helpers.ts";

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

const scores: readonly ScoreName[] = [
  "precision",
  "recall",
  "specificity",
  "npv",
  "accuracy",
  "balancedAccuracy",
  "f1",
  "jaccard",
  "dice",
  "informedness",
  "markedness",
];

interface Case {
  score?: ScoreName | ReturnType<typeof utility>;
  options: LossOptions;
  rows: number;
  columns?: number;
  share?: number;
  indexed?: boolean;
  weights?: "rows" | "outputs";
}

const cases: Case[] = [
  ...scores.map((score): Case => ({ score, options: {}, rows: 3000, share: 0.1, weights: "rows" })),
  { score: utility({ tp: 3, fp: -1 }), options: {}, rows: 700 },
  ...(["softsign", "linearRamp", "logistic", "arctan", "identity", "round", "straightThrough"] as const).map((
    step,
  ): Case => ({
    options: { step, threshold: 0.3 },
    rows: 900,
  })),
  { options: { slope: 30 }, rows: 900 },
  { options: { fromLogits: true }, rows: 900 },
  { options: { average: "micro", classWeights: [1, 2, 0.5] }, rows: 400, columns: 3, weights: "outputs" },
  { options: { average: "macro", classWeights: [1, 2, 0.5] }, rows: 400, columns: 3, weights: "rows" },
  { options: { average: "weighted", zeroDivision: "skip" }, rows: 400, columns: 3, indexed: true },
  { score: "precision", options: { average: "macro", zeroDivision: 1 }, rows: 30, columns: 4, share: 0 },
];

/** Value and gradient of a loss, on the backend in use. */
function valueAndGradient({ score = "f1", options, rows, columns = 1, share = 0.4, indexed, weights }: Case) {
  const next = random(rows), shape = columns === 1 ? [rows] : [rows, columns], size = rows * columns;
  const draw = (n: number, of: () => number) => Float32Array.from({ length: n }, of);
  const y = indexed ? draw(rows, () => Math.floor(next() * columns)) : draw(size, () => Number(next() < share));
  const p = draw(size, () => options.fromLogits ? 6 * next() - 3 : next());
  const w = weights && draw(weights === "rows" ? rows : size, () => next() * 2);
  return tf.tidy(() => {
    const labels = tf.tensor(y, indexed ? [rows] : shape);
    const weight = w && tf.tensor(w, weights === "rows" ? [rows] : shape);
    const { value, grad } = tf.valueAndGrad((q: tf.Tensor) => metricLoss(score, options)(labels, q, weight))(
      tf.tensor(p, shape),
    );
    return { value: value.dataSync()[0], gradient: grad.dataSync().slice() };
  });
}

for (const one of cases) {
  const { score = "f1", options } = one,
    title = `${typeof score === "string" ? score : score.name} ${JSON.stringify(options)}`;
  Deno.test(`on a device ${title} is what it is on the host`, () => {
    const wanted = valueAndGradient(one);
    const { made, result } = counted(() => on("device", () => valueAndGradient(one)));
    assertEquals(made, 0);
    assertWithin(result.value, wanted.value, 3e-7);
    const largest = Math.max(...wanted.gradient.map(Math.abs));
    assertAllWithin(result.gradient, wanted.gradient, 2e-6 * largest + 1e-30);
  });
}

Deno.test("a gradient reads nothing back on a device, and twice on the host's way", () => {
  on("device", () => {
    const y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.7, 0.4]);
    const readsBy = (loss: Loss) => readsOf(() => tf.dispose(tf.grad((q: tf.Tensor) => loss(y, q))(p)));
    metricLoss("mcc")(y, p); // the backend is asked once whether it reads rightly
    assertEquals([readsBy(f1Loss()), readsBy(metricLoss("mcc"))], [0, 2]);
  });
});

Deno.test("on a device a perfect classifier's loss is 0, a loss of 0/0 has the gradient 0", () => {
  on("device", () => {
    for (const average of ["binary", "macro"] as const) {
      const y = average === "binary" ? tf.tensor1d([1, 0, 1]) : tf.tensor2d([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
      assertEquals(f1Loss({ average })(y, y).dataSync()[0], 0);
    }
    const none = tf.zeros([3]), { value, grad } = tf.valueAndGrad((p: tf.Tensor) => precisionLoss()(none, p))(none);
    assertEquals([value.dataSync()[0], [...grad.dataSync()].map(Math.abs)], [1, [0, 0, 0]]);
  });
});

Deno.test("on a device an output, a label or a weight out of range makes the loss NaN", () => {
  on("device", () => {
    const loss = f1Loss(), good = tf.tensor1d([0.2, 0.9, 1]), y = tf.tensor1d([0, 1, 1]);
    assert(Number.isFinite(loss(y, good, tf.tensor1d([1, 0, 2])).dataSync()[0]));
    for (const bad of [[0.2, NaN, 1], [0.2, 3, 1], [0.2, -0.1, 1], [0.2, Infinity, 1]]) {
      assertEquals(loss(y, tf.tensor1d(bad)).dataSync()[0], NaN, String(bad));
    }
    assertEquals(loss(tf.tensor1d([0, 2, 1]), good).dataSync()[0], NaN);
    assertEquals(loss(y, good, tf.tensor1d([1, -1, 1])).dataSync()[0], NaN);
    const classes = f1Loss({ average: "macro" }), p = tf.tensor2d([[0.1, 0.9], [0.8, 0.2]]);
    assertEquals(classes(tf.tensor1d([0, 2]), p).dataSync()[0], NaN);
    assertThrows(() => loss(tf.tensor1d([0, 1]), good), RangeError, "'yTrue' has the shape [2]");
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

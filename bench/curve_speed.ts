/**
 * Value and gradient of the losses of a curve, against the F1 loss of the same rows, on arrays and on tensors of the backends cpu and
 * wasm, and, at 4,096 rows, against pairs that are formed one by one by TensorFlow.js.
 *
 *     deno run -A bench/curve_speed.ts [--most 1e7] [--python PYTHON] [--save bench/curve_speed.json]
 *
 * The contenders take turns; the time is the smallest processor time of the rounds, in nanoseconds per row: other work on the machine
 * counts less. `times` are the losses' times divided by that of F1 on tensors. With --python, which has PyTorch and LibAUC,
 * `peers` are the times of bench/curve_peers.py. α is the exponent of time ∝ n^α.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { lossAndGradient } from "@roundabout/roundabout/core";
import {
  aumLoss,
  aumLossAndGradient,
  averagePrecisionLoss,
  curveLossAndGradient,
  pairsLoss,
  pairsLossAndGradient,
  rankingMetric,
  rocAucLoss,
} from "@roundabout/roundabout/curves";
import { f1Loss } from "@roundabout/roundabout";
import { seededRandom } from "../lib/numerics/random.ts";
import { processorTime } from "./alternate.ts";
import { growth } from "./growth.ts";

tf.enableProdMode();

const { values: { most, python, save } } = parseArgs({
  options: { most: { type: "string", default: "1e6" }, python: { type: "string" }, save: { type: "string" } },
});

/** Labels, three in ten positive, and probabilities. */
function rowsOf(n: number) {
  const random = seededRandom(1), y = new Float32Array(n), p = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = Number(random.uniform() < 0.3);
    p[i] = 1 / (1 + Math.exp(-random.normal() - y[i]));
  }
  return { y, p };
}

const onArrays: Record<string, (y: Float32Array, p: Float32Array) => unknown> = {
  f1: (y, p) => lossAndGradient(y, p, { score: "f1" }),
  rocAuc: (y, p) => curveLossAndGradient(y, p, { score: "rocAuc" }),
  averagePrecision: (y, p) => curveLossAndGradient(y, p, { score: "averagePrecision" }),
  "pairs, squared hinge": (y, p) => pairsLossAndGradient(y, p),
  "pairs, ramp": (y, p) => pairsLossAndGradient(y, p, { price: "ramp" }),
  AUM: (y, p) => aumLossAndGradient(y, p),
  "exact AUROC, no gradient": (y, p) => rankingMetric(y, p, { score: "rocAuc" }),
};

/** Returns the least time of each contender, in nanoseconds per row. */
function measure(contenders: Record<string, () => void>, n: number, rounds: number): Record<string, number> {
  const least: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = processorTime();
      run();
      least[name] = Math.min(least[name] ?? Infinity, (processorTime() - start) * 1e6 / n);
    }
  }
  return Object.fromEntries(Object.entries(least).map(([name, ns]) => [name, Number(ns.toPrecision(3))]));
}

const sizes = [1e4, 1e5, 1e6, 1e7].filter((n) => n <= Number(most));
const arrays = sizes.map((n) => {
  const { y, p } = rowsOf(n);
  const runs = Object.entries(onArrays).map(([name, of]): [string, () => void] => [name, () => void of(y, p)]);
  return { rows: n, ns: measure(Object.fromEntries(runs), n, n >= 1e7 ? 3 : n >= 1e6 ? 10 : 60) };
});
const alpha = Object.fromEntries(
  Object.keys(onArrays).map((name) => {
    const points = arrays.map(({ rows, ns }): [number, number] => [rows, ns[name] * rows]);
    return [name, points.length < 3 ? null : Number(growth(points).alpha.toFixed(3))];
  }),
);

/** The squared hinge of all pairs as one would write it from TensorFlow.js's operations. */
const composed = (y: tf.Tensor, p: tf.Tensor): tf.Scalar =>
  tf.tidy(() => {
    const difference = tf.sub(tf.expandDims(p, 1), tf.expandDims(p, 0)); // n × n
    const pairs = tf.mul(tf.expandDims(y, 1), tf.expandDims(tf.sub(1, y), 0));
    return tf.div(tf.sum(tf.mul(pairs, tf.square(tf.relu(tf.sub(1, difference))))), tf.sum(pairs)) as tf.Scalar;
  });

const tensors = [];
for (const [backend, n] of [["cpu", 4096], ["wasm", 4096], ["cpu", 1e6], ["wasm", 1e6]] as const) {
  if (n > Number(most)) continue;
  await tf.setBackend(backend);
  const { y, p } = rowsOf(n), [yTrue, yPred] = [tf.tensor1d(y), tf.tensor1d(p)];
  const losses: Record<string, (y: tf.Tensor, p: tf.Tensor) => tf.Tensor> = {
    f1: f1Loss() as never,
    rocAuc: rocAucLoss() as never,
    averagePrecision: averagePrecisionLoss() as never,
    "pairs, squared hinge": pairsLoss() as never,
    AUM: aumLoss() as never,
    ...(n === 4096 ? { "composed pairs, squared hinge": composed } : {}),
  };
  const runs = Object.entries(losses).map(([name, loss]): [string, () => void] => [
    name,
    () => tf.tidy(() => void tf.grad((p) => loss(yTrue, p))(yPred).dataSync()),
  ]);
  const slowest = "composed pairs, squared hinge", { [slowest]: byPairs, ...own } = Object.fromEntries(runs);
  const ns = { ...measure(own, n, n === 4096 ? 100 : 8), ...(byPairs && measure({ [slowest]: byPairs }, n, 3)) };
  const times = Object.fromEntries(
    Object.entries(ns).map(([name, one]) => [name, Number((one / ns.f1).toPrecision(3))]),
  );
  tensors.push({ backend, rows: n, ns, times });
  tf.dispose([yTrue, yPred]);
}

/** Runs bench/curve_peers.py, which prints JSON. */
async function peersOf(python: string): Promise<Record<string, unknown>> {
  const script = fileURLToPath(new URL("curve_peers.py", import.meta.url));
  const env = { OMP_NUM_THREADS: "1" };
  const { code, stdout } = await new Deno.Command(python, { args: [script], env, stderr: "inherit" }).output();
  if (code !== 0) throw new Error(`${python} curve_peers.py ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

const versions = { Deno: Deno.version.deno, "TensorFlow.js": tf.version.tfjs };
const peers = python === undefined ? undefined : await peersOf(python);
const record = { versions, load: Deno.loadavg()[0], arrays, alpha, tensors, peers };
console.log(JSON.stringify(record, undefined, 2));
if (save !== undefined) await Deno.writeTextFile(save, `${JSON.stringify(record, undefined, 2)}\n`);

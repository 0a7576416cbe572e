/**
 * Every public function that takes rows: CPU time from 1e5 to 1e7 rows, the exponent of its growth, and at 1e6 rows the ratio to
 * the same thing in scikit-learn or NumPy. `deno task bench --rows` prints the table.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  classificationReport,
  ConfusionMeter,
  confusionTable,
  f1Loss,
  f1Metric,
  metricLoss,
  priorBias,
  stratifiedBatches,
  tuneThreshold,
} from "@roundabout/roundabout";
import { lossAndGradient, softCounts, toStep } from "@roundabout/roundabout/core";
import { averagePrecision, rocAuc } from "@roundabout/roundabout/curves";
import { exactCurve } from "../lib/curves/curve.ts";
import { trainTestSplit } from "@roundabout/roundabout/data";
import { root } from "../tasks/cli.ts";
import { runIn } from "../tasks/processes.ts";
import { processorTime } from "./alternate.ts";
import { growth } from "./growth.ts";

/** Rows with every kind of column that a function takes; `rows.py` makes the same. */
interface Rows {
  readonly n: number;
  readonly y: Float32Array;
  readonly p: Float32Array;
  readonly hard: Float32Array;
  /** Three columns of probabilities, and of labels, row by row. */
  readonly table: Float32Array;
  readonly hot: Float32Array;
}

const spread = (n: number, step: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => (i + 1) * step % 1);

export function rowsOf(n: number): Rows {
  const p = spread(n, Math.SQRT2 - 1), y = spread(n, Math.sqrt(3) - 1).map((v) => Number(v < 0.3));
  return {
    n,
    y,
    p,
    hard: p.map((v) => Number(v > 0.5)),
    table: spread(3 * n, Math.sqrt(5) - 2),
    hot: spread(3 * n, Math.sqrt(7) - 2).map((v) => Number(v < 0.3)),
  };
}

/** Functions by name; those that the peer has too are called alike in `rows.py`. */
export const functions: Readonly<Record<string, (rows: Rows) => unknown>> = {
  "lossAndGradient, f1": ({ y, p }) => lossAndGradient(y, p, { score: "f1" }),
  "lossAndGradient, ignoreLabel": ({ y, p }) => lossAndGradient(y, p, { score: "f1", ignoreLabel: 2 }),
  "lossAndGradient, { top: 0.01 }": ({ y, p }) => lossAndGradient(y, p, { score: "f1", decision: { top: 0.01 } }),
  "lossAndGradient, argmax": ({ hot, table }) =>
    lossAndGradient(hot, table, { score: "f1", average: "macro", decision: "argmax", columns: 3 }),
  "lossAndGradient, samples": ({ hot, table }) =>
    lossAndGradient(hot, table, { score: "f1", average: "samples", columns: 3 }),
  "f1Loss, value and gradient": ({ y, p }) =>
    tf.tidy(() => void tf.grad((q: tf.Tensor) => f1Loss()(tf.tensor1d(y), q))(tf.tensor1d(p)).dataSync()), // tidy walks a result
  "metricLoss, { top: 0.01 }": ({ y, p }) =>
    tf.tidy(() => metricLoss("precision", { decision: { top: 0.01 } })(tf.tensor1d(y), tf.tensor1d(p)).dataSync()),
  f1Metric: ({ y, p }) => tf.tidy(() => f1Metric()(tf.tensor1d(y), tf.tensor1d(p)).dataSync()),
  "f1Metric, samples": ({ n, hot, table }) =>
    tf.tidy(() => f1Metric({ average: "samples" })(tf.tensor2d(hot, [n, 3]), tf.tensor2d(table, [n, 3])).dataSync()),
  tuneThreshold: ({ y, p }) => tf.tidy(() => void tuneThreshold(tf.tensor1d(y), tf.tensor1d(p), { score: "f1" })),
  ConfusionMeter: ({ y, p }) => new ConfusionMeter().update(y, p).counts,
  classificationReport: ({ y, hard }) => classificationReport(y, hard),
  confusionTable: ({ y, hard }) => confusionTable(y, hard),
  stratifiedBatches: ({ y }) => stratifiedBatches(y, { batchSize: 256, seed: 1 }),
  priorBias: ({ y }) => tf.tidy(() => void priorBias(tf.tensor1d(y))),
  softCounts: ({ y, p }) => softCounts({ yTrue: y, yPred: p }, toStep("softsign")),
  rocAuc: ({ y, p }) => rocAuc.value(exactCurve({ yTrue: y, yPred: p })),
  averagePrecision: ({ y, p }) => averagePrecision.value(exactCurve({ yTrue: y, yPred: p })),
  trainTestSplit: ({ y }) => trainTestSplit(y, { seed: 1 }),
};

/** Milliseconds of CPU time of a call, the smallest of some: while the compiler works on a loop, a call takes twice as long. */
function cpuTime(run: () => unknown, calls: number): number {
  let best = Infinity;
  for (let i = 0; i < calls; i++) {
    const before = processorTime();
    run();
    best = Math.min(best, processorTime() - before);
  }
  return best;
}

/** Measures the functions; returns the table's lines. */
export async function measureRows(
  largest: number,
  python: string | undefined,
  status: (text: string) => void,
): Promise<string[]> {
  await tf.setBackend("cpu");
  const sizes = [1e5, 3e5, 1e6, 3e6, 1e7].filter((n) => n <= largest);
  const peers: Record<string, number> = python === undefined
    ? {}
    : JSON.parse(await runIn(root, python, "bench/rows.py"));
  const points: Record<string, [number, number][]> = {};
  for (const n of sizes) {
    const rows = rowsOf(n);
    for (const [name, run] of Object.entries(functions)) {
      status(`${name}, ${n.toLocaleString("en")} rows`);
      (points[name] ??= []).push([n, cpuTime(() => run(rows), n <= 1e6 ? 15 : 2)]);
    }
  }
  const lines = [
    "function | ms of CPU at 1e6 rows | at the largest size | exponent | scikit-learn or NumPy, ms | ratio",
  ];
  for (const [name, times] of Object.entries(points)) {
    const { alpha } = growth(times), at1e6 = times.find(([n]) => n === 1e6)![1], peer = peers[name];
    const compared = peer === undefined ? "- | -" : `${peer.toFixed(0)} | ${(at1e6 / peer).toFixed(2)}`;
    lines.push(`${name} | ${at1e6.toFixed(0)} | ${times.at(-1)![1].toFixed(0)} | ${alpha.toFixed(2)} | ${compared}`);
  }
  return lines;
}

/**
 * Measures the distance of the kernels from float64 on more rows than tests should take.
 *
 *     deno run --allow-read --allow-env --allow-sys --allow-write=bench bench/kernel_accuracy.ts [ROWS ...] [--save]
 *
 * 1e6, 1e7 and 1e8 rows by default; the last take some 3 GB of memory. Prints |loss − float64| and the largest relative
 * error of the gradient, and fails if one is beyond 5e-8 (and what float32 rounds off) or 3e-6. `--save` writes
 * bench/accuracy.json.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { precisionLoss, softsign } from "../lib/mod.ts";
import { halfUlp, random } from "../tests/helpers.ts";
import { accuracyFile, type AccuracyRecord } from "./record_format.ts";

const slope = 4, k = 2 * (slope - 1);

/** Outputs and labels, and the loss and its derivative in float64. */
function batch(n: number, rare: boolean) {
  const next = random(1), p = new Float32Array(n), y = new Float32Array(n);
  let tp = 0, decided = 0;
  for (let i = 0; i < n; i++) {
    p[i] = rare ? next() ** 8 : next();
    y[i] = next() < (rare ? 0.01 : 0.3) ? 1 : 0;
    const u = p[i] - 0.5, s = 0.5 + slope * u / (1 + k * Math.abs(u));
    decided += s;
    tp += y[i] * s;
  }
  const derivative = (i: number) => {
    const h = 1 / (1 + k * Math.abs(p[i] - 0.5));
    return -slope * h * h * (y[i] === 1 ? decided - tp : -tp) / decided ** 2;
  };
  return { p, y, value: 1 - tp / decided, derivative };
}

const sizes = Deno.args.filter((arg) => arg !== "--save").map(Number),
  loss = precisionLoss({ step: softsign({ slope }) });
const record: AccuracyRecord = { date: new Date().toISOString().slice(0, 10), results: [] };
for (const rows of sizes.length > 0 ? sizes : [1e6, 1e7, 1e8]) {
  for (const rare of [false, true]) {
    const { p, y, value: wanted, derivative } = batch(rows, rare), data = rare ? "1 % positives" : "uniform";
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      const yPred = tf.tensor1d(p),
        yTrue = tf.tensor1d(y),
        { value, grad } = tf.valueAndGrad((x) => loss(yTrue, x))(yPred);
      const off = Math.abs(value.dataSync()[0] - wanted), gradient = grad.dataSync();
      let worst = 0;
      for (let i = 0; i < rows; i++) worst = Math.max(worst, Math.abs(gradient[i] / derivative(i) - 1));
      console.log(`${backend}, ${rows} rows, ${data}: loss off by ${off}, gradient by ${worst}`);
      if (!(off <= 5e-8 + halfUlp(wanted) && worst <= 3e-6)) Deno.exitCode = 1;
      record.results.push({ rows, data, backend, loss: off, rounding: halfUlp(wanted), gradient: worst });
      tf.dispose([value, grad, yPred, yTrue]);
    }
  }
}
if (Deno.args.includes("--save")) await Deno.writeTextFile(accuracyFile, `${JSON.stringify(record, null, 2)}\n`);

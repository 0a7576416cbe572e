/**
 * How far the kernels are from float64 on many rows, more of them than tests should take.
 *
 *     deno run --allow-read --allow-env bench/kernel_accuracy.ts [ROWS]
 *
 * 1e8 rows by default: some 3 GB of memory. Prints |loss − float64| and the greatest relative error of the gradient, and
 * fails if one is beyond 5e-8 (and what float32 rounds off) or 3e-6.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { precisionLoss, softsign } from "../lib/mod.ts";
import { random } from "../tests/helpers.ts";

const n = Number(Deno.args[0] ?? 1e8), slope = 4, k = 2 * (slope - 1);

for (const backend of ["cpu", "wasm"]) {
  await tf.setBackend(backend);
  for (const rare of [false, true]) {
    const next = random(1), p = new Float32Array(n), y = new Float32Array(n);
    let tp = 0, decided = 0;
    for (let i = 0; i < n; i++) {
      p[i] = rare ? next() ** 8 : next();
      y[i] = next() < (rare ? 0.01 : 0.3) ? 1 : 0;
      const u = p[i] - 0.5, s = 0.5 + slope * u / (1 + k * Math.abs(u));
      decided += s;
      tp += y[i] * s;
    }
    const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), loss = precisionLoss({ step: softsign({ slope }) });
    const { value, grad } = tf.valueAndGrad((x) => loss(yTrue, x))(yPred);
    const off = Math.abs(value.dataSync()[0] - (1 - tp / decided)), gradient = grad.dataSync();
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const h = 1 / (1 + k * Math.abs(p[i] - 0.5));
      const wanted = -slope * h * h * (y[i] === 1 ? decided - tp : -tp) / decided ** 2;
      worst = Math.max(worst, Math.abs(gradient[i] / wanted - 1));
    }
    console.log(
      `${backend}, ${n} rows, ${rare ? "1 % positives" : "uniform"}: loss off by ${off}, gradient by ${worst}`,
    );
    if (!(off <= 8e-8 && worst <= 3e-6)) Deno.exitCode = 1;
    tf.dispose([value, grad, yPred, yTrue]);
  }
}

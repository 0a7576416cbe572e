/** Value and gradient at a million outputs: one column, ten columns averaged, ten columns decided by argmax. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss } from "@roundabout/roundabout";

tf.enableProdMode();
const settings = {
  "binary, 1e6 × 1": { loss: f1Loss(), shape: [1e6, 1] },
  "macro, 1e5 × 10": { loss: f1Loss({ average: "macro" }), shape: [1e5, 10] },
  "macro by argmax, 1e5 × 10": { loss: f1Loss({ average: "macro", decision: "argmax" }), shape: [1e5, 10] },
};

for (const backend of ["cpu", "wasm"]) {
  for (const [name, { loss, shape: [rows, classes] }] of Object.entries(settings)) {
    Deno.bench({
      name: `${backend}: ${name}`,
      group: backend,
      baseline: classes === 1,
      n: 20,
      warmup: 12, // the first calls are interpreted
      fn: async (b) => {
        await tf.setBackend(backend);
        const yPred = tf.tidy(() => tf.softmax(tf.randomNormal([rows, Math.max(classes, 2)], 0, 2, "float32", 1)));
        const outputs = classes === 1 ? tf.slice(yPred, [0, 0], [rows, 1]) : yPred;
        const indices = tf.randomUniform([rows], 0, Math.max(classes, 2), "int32", 2);
        const yTrue = classes === 1 ? tf.cast(indices, "float32") : tf.oneHot(indices, classes);
        const valueAndGradient = tf.valueAndGrad((p) => loss(yTrue, p));
        b.start();
        const { value, grad } = valueAndGradient(outputs);
        value.dataSync();
        grad.dataSync();
        b.end();
        tf.dispose([value, grad, yPred, outputs, indices, yTrue]);
      },
    });
  }
}

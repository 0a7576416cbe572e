/** Value and gradient of the precision loss: the library's one operation against a chain of TensorFlow.js' own. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { precisionLoss } from "@roundabout/roundabout";
import { composedPrecisionLoss } from "./composed.ts";

tf.enableProdMode();
const slope = 10;
const contenders = {
  "composed of tfjs operations": composedPrecisionLoss(slope),
  precisionLoss: precisionLoss({ slope }),
};

for (const backend of ["cpu", "wasm"]) {
  for (const rows of [1e3, 1e6]) {
    for (const [name, loss] of Object.entries(contenders)) {
      Deno.bench({
        name: `${backend}, ${rows.toExponential(0).replace("e+", "e")} rows: ${name}`,
        group: `${backend} ${rows}`,
        baseline: name === "precisionLoss",
        n: rows === 1e6 ? 20 : 500,
        warmup: rows === 1e6 ? 12 : 200, // the first calls are interpreted
        fn: async (b) => {
          await tf.setBackend(backend);
          const yPred = tf.randomUniform([rows, 1], 0, 1, "float32", 1);
          const yTrue = tf.tidy(() =>
            tf.cast(tf.less(tf.randomUniform([rows, 1], 0, 1, "float32", 2), 0.3), "float32")
          );
          const valueAndGradient = tf.valueAndGrad((p) => loss(yTrue, p));
          b.start();
          const { value, grad } = valueAndGradient(yPred);
          value.dataSync();
          grad.dataSync();
          b.end();
          tf.dispose([value, grad, yPred, yTrue]);
        },
      });
    }
  }
}

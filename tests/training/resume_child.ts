// Trains in a process of its own, that tests/training/faults_test.ts kills: MODE BACKEND CHECKPOINT, the last optional.
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss, fitMetric } from "../../lib/mod.ts";

tf.enableProdMode();
const [mode, backend, checkpoint] = Deno.args;
await tf.setBackend(backend);
const x = tf.randomNormal([300, 3], 0, 1, "float32", 1);
const y = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1, true), 1), "float32"));
const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 4, inputShape: [3], activation: "tanh", kernelInitializer }),
    tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer }),
  ],
});
const { history } = await fitMetric(model, [x, y], {
  loss: f1Loss(),
  mode: mode as "running" | "exact",
  optimizer: tf.train.adam(0.01),
  epochs: 8,
  batchSize: 32,
  seed: 5,
  checkpoint,
  resume: checkpoint !== undefined,
  callbacks: {
    onEpochBegin: async (epoch) => {
      console.log(`epoch ${epoch}`);
      // The checkpoint is written by now: time to be killed in, if there is one and this is not the end.
      if (checkpoint !== undefined && Deno.env.get("WAIT") === String(epoch)) {
        await new Promise((r) => setTimeout(r, 60_000));
      }
    },
  },
});
console.log(
  JSON.stringify({ weights: model.getWeights().map((w) => [...new Uint8Array(w.dataSync().buffer)]), history }),
);

/**
 * An epoch of fitMetric, in both modes, against one of TensorFlow.js's own `fit` with binary cross-entropy: 4,601 × 57
 * (spambase), Adam, batches of 256, 20 epochs a run. The contenders take turns, round by round, so that other work of the
 * machine affects all of them; the bars are for the median of the rounds' ratios.
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss, fitMetric } from "@roundabout/roundabout";
import { quantile } from "./alternate.ts";
import { trainingRows } from "./epochs.ts";

tf.enableProdMode();
const epochs = 20, batchSize = 256, rounds = 7;
/** The allowed cost of an epoch, in epochs of cross-entropy. */
const bars = { running: 1, exact: 3 };

function network(hidden: number): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
  const output = { units: 1, activation: "sigmoid", kernelInitializer } as const;
  return tf.sequential({
    layers: hidden === 0 ? [tf.layers.dense({ ...output, inputShape: [57] })] : [
      tf.layers.dense({ units: hidden, inputShape: [57], activation: "relu", kernelInitializer }),
      tf.layers.dense(output),
    ],
  });
}

type Contender = (model: tf.Sequential, x: tf.Tensor, y: tf.Tensor) => Promise<unknown>;

const fitted = (mode: "running" | "exact"): Contender => (model, x, y) =>
  fitMetric(model, [x, y], { loss: f1Loss(), mode, epochs, batchSize });

const contenders: Record<string, Contender> = {
  "fit, cross-entropy": (model, x, y) => {
    model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
    return model.fit(x, y, { epochs, batchSize, verbose: 0 });
  },
  running: fitted("running"),
  exact: fitted("exact"),
};

const median = (values: readonly number[]): number => quantile(values, 0.5);

const measured = new Set<string>(); // deno bench calls a function more often than `n` says

for (const backend of ["wasm", "cpu"]) {
  for (const hidden of [0, 32]) {
    const title = `${backend}, ${hidden === 0 ? "57 → 1" : `57 → ${hidden} → 1`}`;
    Deno.bench({
      name: `${title}: ${rounds} rounds`,
      n: 1,
      warmup: 0,
      fn: async () => {
        if (measured.has(title)) return;
        measured.add(title);
        await tf.setBackend(backend);
        const { x, y } = await trainingRows();
        const times: Record<string, number[]> = {};
        const names = Object.keys(contenders);
        for (let round = -1; round < rounds; round++) { // the first one is interpreted, and not counted
          for (let k = 0; k < names.length; k++) {
            const name = names[(k + round + 1) % names.length], model = network(hidden), begun = performance.now();
            await contenders[name](model, x, y);
            if (round >= 0) (times[name] ??= []).push((performance.now() - begun) / epochs);
            model.dispose();
          }
        }
        const plain = times["fit, cross-entropy"];
        for (const name of names) {
          const ratio = median(times[name].map((time, round) => time / plain[round]));
          const bar = bars[name as keyof typeof bars];
          const verdict = bar === undefined ? "" : `, bar ${bar}: ${ratio <= bar ? "held" : "NOT held"}`;
          console.log(
            `\n${title}, ${name}: ${median(times[name]).toFixed(1)} ms per epoch, ${ratio.toFixed(2)} ×${verdict}`,
          );
        }
        tf.dispose([x, y]);
      },
    });
  }
}

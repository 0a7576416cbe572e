/**
 * An epoch of fitMetric, in both modes, against one of TensorFlow.js's own `fit` with binary cross-entropy: 4,601 × 57
 * (spambase), Adam, batches of 256, 20 epochs a run. The contenders take turns, round by round, so that other work of the
 * machine affects all of them; the bars are for the median of the rounds' ratios.
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss, fitMetric } from "@roundabout/roundabout";

tf.enableProdMode();
const epochs = 20, batchSize = 256, rounds = 7;
/** The allowed cost of an epoch, in epochs of cross-entropy. */
const bars = { running: 1, exact: 3 };

/** The features, standardised, and the labels: the last column. */
async function readData(): Promise<{ x: Float32Array; y: Float32Array }> {
  const text = await Deno.readTextFile(new URL("../data/spambase.csv", import.meta.url));
  const table = text.trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
  const columns = table[0].slice(0, -1).map((_, k) => {
    const values = table.map((row) => row[k]), mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return values.map((v) => (v - mean) / deviation);
  });
  return {
    x: Float32Array.from(table.flatMap((_, i) => columns.map((column) => column[i]))),
    y: Float32Array.from(table, (row) => row[columns.length]),
  };
}

const data = await readData();

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

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

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
        const own = { x: tf.tensor2d(data.x, [4601, 57]), y: tf.tensor2d(data.y, [4601, 1]) };
        const times: Record<string, number[]> = {};
        const names = Object.keys(contenders);
        for (let round = -1; round < rounds; round++) { // the first one is interpreted, and not counted
          for (let k = 0; k < names.length; k++) {
            const name = names[(k + round + 1) % names.length], model = network(hidden), begun = performance.now();
            await contenders[name](model, own.x, own.y);
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
        tf.dispose([own.x, own.y]);
      },
    });
  }
}

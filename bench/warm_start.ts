/**
 * Does a warm start close the gap between the F1 loss and cross-entropy? For notebook 5: `fitMetric` with and without
 * `warmStart`, a network of 8 hidden units, on three made-up layouts in which positives lie in two groups, ten data sets each.
 * It takes some five minutes.
 *
 *     deno run -P=bench bench/warm_start.ts             # prints the record
 *     deno run -P=bench bench/warm_start.ts --save      # writes bench/warm_start.json
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { f1Loss, f1Metric, fitMetric, tuneThreshold } from "../lib/mod.ts";
import { seededRandom } from "../lib/data/mod.ts";

const layouts = { "up left": [-3, 3], above: [0, 5], left: [-3, 0] } as const;
type Rows = [x: tf.Tensor2D, y: tf.Tensor2D];

/** Seven of ten positives to the right of the negatives, three of ten elsewhere. */
function twoGroups(layout: keyof typeof layouts, seed: number, rows = 1000): Rows {
  const random = seededRandom(seed), x: number[][] = [], y: number[] = [];
  for (let i = 0; i < rows; i++) {
    y.push(random.uniform() < 0.1 ? 1 : 0);
    const [right, up] = y[i] === 0 ? [0, 0] : random.uniform() < 0.7 ? [2.5, 0] : layouts[layout];
    x.push([right + random.normal(), up + random.normal()]);
  }
  return [tf.tensor2d(x), tf.tensor2d(y, [rows, 1])];
}

/** 60 epochs each: of cross-entropy, of the F1 loss, or half of the one and half of the other. */
const ways: Record<string, { slope?: number; warm?: number }> = {
  "cross-entropy": {},
  "F1 loss, slope 10": { slope: 10 },
  "F1 loss, slope 10, warm start": { slope: 10, warm: 30 },
  "F1 loss": { slope: 4 },
  "F1 loss, warm start": { slope: 4, warm: 30 },
};

async function trained([x, y]: Rows, seed: number, { slope, warm = 0 }: (typeof ways)[string]): Promise<tf.Sequential> {
  const kernelInitializer = (layer: number) => tf.initializers.glorotUniform({ seed: 10 * seed + layer });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: "relu", inputShape: [2], kernelInitializer: kernelInitializer(1) }),
      tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: kernelInitializer(2) }),
    ],
  });
  const optimizer = tf.train.adam(0.03), batchSize = 256, epochs = 60;
  if (slope === undefined) {
    model.compile({ optimizer, loss: "binaryCrossentropy" });
    await model.fit(x, y, { epochs, batchSize, shuffle: false, verbose: 0, yieldEvery: "never" }); // the rows are in random order
  } else {
    const warmStart = warm === 0 ? undefined : { loss: "crossEntropy", epochs: warm } as const;
    await fitMetric(model, [x, y], {
      optimizer,
      batchSize,
      seed,
      loss: f1Loss({ slope }),
      epochs: epochs - warm,
      warmStart,
    });
  }
  return model;
}

const f1At = (threshold: number, model: tf.Sequential, [x, y]: Rows): number =>
  tf.tidy(() => f1Metric({ threshold })(y, model.predict(x) as tf.Tensor).dataSync()[0]);

await tf.setBackend("cpu");
tf.enableProdMode();
const lines: object[] = [];
for (const layout of Object.keys(layouts) as (keyof typeof layouts)[]) {
  for (const [way, options] of Object.entries(ways)) {
    const train: number[] = [], test: number[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const [fitted, validation, held] = [0, 1, 2].map((part) => twoGroups(layout, 3 * seed + part));
      const model = await trained(fitted, seed, options), outputs = model.predict(validation[0]) as tf.Tensor;
      const threshold = tuneThreshold(validation[1], outputs, { score: "f1" }).threshold as number;
      train.push(Number(f1At(threshold, model, fitted).toFixed(4)));
      test.push(Number(f1At(threshold, model, held).toFixed(4)));
      tf.dispose([fitted, validation, held, outputs]);
    }
    lines.push({ layout, way, train, test });
    console.error(`${layout}, ${way}`);
  }
}
const text = `${JSON.stringify(lines, null, 2)}\n`;
if (Deno.args.includes("--save")) await Deno.writeTextFile(new URL("warm_start.json", import.meta.url), text);
else console.log(text);

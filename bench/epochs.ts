/**
 * Training that is measured: e-mail as spam or not (4,601 × 57), one hidden layer of 16, Adam, batches of 256,
 * shuffled. `peers.py` trains the same model.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric } from "@roundabout/roundabout";
import { loadDataset, prepare } from "@roundabout/roundabout/data";
import { composedF1Loss } from "./composed.ts";
import { type backends, slope } from "./contenders.ts";

/** The training options of every contender. */
export const training = { epochs: 20, batchSize: 256, hidden: 16, rate: 0.01 } as const;

const losses = {
  "tfjs, binary cross-entropy": "binaryCrossentropy",
  "tfjs, fused F1": f1Loss({ slope }),
  "tfjs, composed F1": composedF1Loss(slope),
  "fitMetric, F1": "running",
  "fitMetric, F1, exact": "exact",
} as const;

/** A mode of `fitMetric`, which takes its loss itself. */
const isMode = (loss: unknown): loss is "running" | "exact" => loss === "running" || loss === "exact";

/** A model in training. */
interface Trainer {
  readonly name: string;
  readonly backend: (typeof backends)[number];
  /** Trains for all epochs; `tf.setBackend` first. */
  fit(): Promise<void>;
  dispose(): void;
}

/** The data set's rows as tensors, on the backend in use. */
export async function trainingRows(): Promise<{ x: tf.Tensor2D; y: tf.Tensor2D }> {
  const dataset = await loadDataset("spambase"), last = dataset.rows - 1;
  const train = Array.from({ length: last }, (_, i) => i);
  const parts = prepare(dataset, { train, validation: [], test: [last] }); // scales are learnt from the training part
  const x = tf.concat([parts.train.x, parts.test.x]), y = tf.concat([parts.train.y, parts.test.y]);
  parts.dispose();
  return { x, y };
}

/** Every loss on the backend in use (await its `tf.setBackend`). */
export async function trainersOf(): Promise<Trainer[]> {
  const backend = tf.getBackend() as Trainer["backend"], { x, y } = await trainingRows();
  const { epochs, batchSize, hidden, rate } = training;
  return Object.entries(losses).map(([name, loss], i) => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: hidden,
          activation: "relu",
          inputShape: [x.shape[1]],
          kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        }),
        tf.layers.dense({
          units: 1,
          activation: "sigmoid",
          kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
        }),
      ],
    });
    const optimizer = tf.train.adam(rate);
    if (!isMode(loss)) model.compile({ optimizer, loss });
    return {
      name: `${name}, ${backend}`,
      backend,
      fit: async () => {
        if (isMode(loss)) await fitMetric(model, [x, y], { loss: f1Loss({ slope }), mode: loss, optimizer, epochs });
        else await model.fit(x, y, { epochs, batchSize, verbose: 0 });
      },
      dispose: () => {
        model.dispose();
        optimizer.dispose();
        if (i === 0) tf.dispose([x, y]);
      },
    };
  });
}

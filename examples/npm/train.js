import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { f1Loss, f1Metric } from "@roundabout/roundabout";
import { rings } from "./rings.js";

/**
 * Trains a small network under the loss of F1.
 *
 * @param {(epoch: number, f1: number) => void} onEpoch Receives the F1 of each epoch.
 * @returns {Promise<number>} The F1 of the rounded predictions on all points.
 */
export async function train(onEpoch) {
  const { points, labels } = rings(6000), x = tf.tensor2d(points), y = tf.tensor2d(labels);
  const initializer = (seed) => layers.initializers.glorotUniform({ seed });
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 16, activation: "relu", inputShape: [2], kernelInitializer: initializer(1) }),
      layers.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: initializer(2) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.02), loss: f1Loss({ slope: 4 }), metrics: [f1Metric()] });
  const onEpochEnd = (epoch, logs) => onEpoch(epoch, logs.f1);
  await model.fit(x, y, { epochs: 20, batchSize: 6000, shuffle: false, verbose: 0, callbacks: { onEpochEnd } });
  const f1 = tf.tidy(() => f1Metric()(y, model.predict(x)).dataSync()[0]);
  tf.dispose([x, y, model]);
  return f1;
}

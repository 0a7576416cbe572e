// Small models with the same weights in every run, an optimizer that keeps the gradients, checkpoints in memory, rows to cut.
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import type { CheckpointStore, LayersOptimizer } from "../../lib/mod.ts";

export type Activation = "sigmoid" | "softmax" | "linear";

/** A model of two features: linear, or with a hidden layer of so many units. */
export function network(
  units = 1,
  activation: Activation = "sigmoid",
  { hidden = 0, seed = 3 }: { hidden?: number; seed?: number } = {},
): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed }), own = { units, activation, kernelInitializer };
  if (hidden === 0) return tf.sequential({ layers: [tf.layers.dense({ ...own, inputShape: [2] })] });
  const first = tf.layers.dense({ units: hidden, inputShape: [2], activation: "tanh", kernelInitializer });
  return tf.sequential({ layers: [first, tf.layers.dense(own)] });
}

export const weightsOf = (model: tf.LayersModel) => model.getWeights().map((w) => w.dataSync().slice());

/** An optimizer that keeps the gradients, and takes a step of plain descent unless the learning rate is 0. */
export function recorder(learningRate = 0) {
  const seen: Record<string, Float32Array>[] = [], sgd = tf.train.sgd(learningRate);
  const applyGradients = (gradients: Record<string, tf.Tensor>) => {
    seen.push(Object.fromEntries(Object.entries(gradients).map(([k, g]) => [k, g.dataSync().slice() as Float32Array])));
    if (learningRate > 0) sgd.applyGradients(gradients);
  };
  return { seen, optimizer: { applyGradients } as unknown as LayersOptimizer };
}

/** A store in memory whose n-th writing fails. */
export function memoryStore(failAt = Infinity): CheckpointStore & { text?: string; written: number } {
  return {
    text: undefined,
    written: 0,
    read() {
      return Promise.resolve(this.text);
    },
    write(text) {
      if (++this.written === failAt) return Promise.reject(new Error("No space left on device (os error 28)"));
      this.text = text;
      return Promise.resolve();
    },
  };
}

const bounds = [0, 1e-45, 0.1, 0.25, 0.5, 0.5 + 2 ** -24, 0.75, 1 - 2 ** -24, 1];

/** Rows with outputs that tie, lie at the bounds or, by `more`, beyond them, and weights of 0 among others. */
export const rowsToCut = (maxLength: number, more: number[] = []) =>
  fc.array(
    fc.record({
      y: fc.constantFrom(0, 1),
      p: fc.oneof(
        fc.constantFrom(...[...bounds, ...more].map(Math.fround)),
        fc.float({ min: 0, max: 1, noNaN: true }),
      ),
      w: fc.constantFrom(0, 1, 1, 0.5, 3),
    }),
    { minLength: 1, maxLength },
  );

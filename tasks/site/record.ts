/**
 * Records the models that the figures that move show: `deno run -P=compare tasks/site/record.ts` writes live/recorded.json.
 *
 * `loans`: labels and outputs of three linear models on the 891 test rows of the comparison's first split of the loans, as texts. `halfTrained`: the
 * weights of the half-trained model of the notebook on batches, bias last.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric } from "../../lib/mod.ts";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { partsOf, runSplit, splitRows } from "../../lib/compare/run_split.ts";
import { readTable } from "../../lib/data/read_table.ts";
import { syntheticBinary } from "../../lib/data/synthetic_binary.ts";
import { forward } from "../../lib/network/mlp.ts";
import { sigmoid } from "../../lib/numerics/sigmoid.ts";
import { f1 } from "../../lib/scores/ratio.ts";
import { root } from "../cli.ts";

const losses = {
  "cross-entropy": "cross-entropy",
  "cross-entropy, class weights": "class weights",
  "f1 loss, softsign": "F1 loss",
};

/** Trains the three linear models by the protocol of `compareLosses` and returns their outputs on the test rows. */
async function loans() {
  const table = await readTable(fileURLToPath(new URL("data/credit.csv", root)), { label: "bad" });
  const parts = partsOf(table, splitRows(table, 1)), { x, y } = parts.test;
  const outputs = candidatesFor(f1, 2).filter(({ loss }) => loss in losses).map((candidate) => {
    const { weights } = runSplit(candidate, parts, { model: "linear", classes: 2, score: f1, seed: 1 });
    const { logits } = forward({ features: x.length / y.length, hidden: 0, outputs: 1 }, weights, x);
    const name = losses[candidate.loss as keyof typeof losses];
    return [name, Array.from(logits, (z) => sigmoid(z).toFixed(4)).join(" ")];
  });
  return { yTrue: Array.from(y).join(""), outputs: Object.fromEntries(outputs) };
}

/** Trains the model of the notebook for ten steps on all rows. */
async function halfTrained(): Promise<number[]> {
  await tf.setBackend("cpu");
  const { x, y } = syntheticBinary({ rows: 400, prevalence: 0.05, separation: 2.5, seed: 1 });
  const kernelInitializer = tf.initializers.randomNormal({ seed: 1, stddev: 0.5 });
  const layer = tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2], kernelInitializer });
  const model = tf.sequential({ layers: [layer] });
  const rows: [tf.Tensor2D, tf.Tensor2D] = [tf.tensor2d(x), tf.tensor2d(y, [400, 1])];
  await fitMetric(model, rows, { loss: f1Loss(), mode: "exact", optimizer: tf.train.adam(0.3), epochs: 10 });
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

tf.enableProdMode();
const recorded = { halfTrained: await halfTrained(), loans: await loans() };
await Deno.writeTextFile(new URL("live/recorded.json", import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`);

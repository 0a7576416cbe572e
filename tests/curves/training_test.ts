// The losses of a curve in metricGradient and fitMetric: two passes equal one batch; training, checkpoints, the audit.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss } from "../../lib/audit/mod.ts";
import {
  aumLoss,
  averagePrecisionLoss,
  curveLoss,
  ndcgLoss,
  pairsLoss,
  partialRocAucLoss,
  precisionAtKLoss,
  rankingMetric,
  recallAtFprLoss,
  rocAucLoss,
} from "../../lib/curves/mod.ts";
import { f1Loss, fitMetric, metricGradient } from "../../lib/mod.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";

/** Two features, the first of which tells a rare class. */
function data(rows: number, seed = 1, columns = 1) {
  const next = random(seed), x: number[] = [], y: number[] = [], w: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) y.push(Number(next() < 0.15));
    x.push(next() + 0.6 * y[i * columns] - 0.5, next() - 0.5);
    w.push(0.5 + next());
  }
  return { x: tf.tensor2d(x, [rows, 2]), y: tf.tensor2d(y, [rows, columns]), w: tf.tensor1d(w) };
}

const modelOf = (units = 1, seed = 3) =>
  tf.sequential({
    layers: [
      tf.layers.dense({
        units: 4,
        activation: "tanh",
        inputShape: [2],
        kernelInitializer: tf.initializers.glorotUniform({ seed }),
      }),
      tf.layers.dense({
        units,
        activation: "sigmoid",
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 1 }),
      }),
    ],
  });

Deno.test("metricGradient: batches in two passes give the gradient of one batch of all rows", async () => {
  for (const average of ["binary", "macro", "micro", "weighted"] as const) {
    const columns = average === "binary" ? 1 : 3, { x, y, w } = data(90, 2, columns), model = modelOf(columns);
    const loss = averagePrecisionLoss({ average, thresholds: 30 });
    const [parts, whole] = [8, 90].map((batchSize) => metricGradient(model, [x, y, w], { loss, batchSize }));
    const { value, counts, gradients } = await parts, one = await whole;
    assertEquals(counts.length, 30 * columns);
    assertWithin(value, one.value, 1e-12, average);
    assertWithin(value, loss(y, model.predict(x) as tf.Tensor, w).dataSync()[0], 1e-6, average);
    for (const name of Object.keys(gradients)) {
      assertAllWithin(gradients[name].dataSync(), one.gradients[name].dataSync(), 1e-6, name);
    }
  }
});

Deno.test("fitMetric raises the curve's score, in running and exact mode; no threshold is tuned", async () => {
  for (const mode of ["running", "exact"] as const) {
    const { x, y } = data(240),
      model = modelOf(),
      of = () => rankingMetric(y, model.predict(x) as tf.Tensor, { score: "rocAuc" });
    const before = of();
    const result = await fitMetric(model, [x, y], {
      loss: rocAucLoss({ thresholds: 40 }),
      mode,
      optimizer: tf.train.adam(0.03),
      epochs: mode === "exact" ? 40 : 12,
      batchSize: 20, // most batches have a few positives, some have none
      validationData: [x, y],
    });
    assertEquals(Object.keys(result.history), ["loss", "rocAuc", "alive", "val_loss", "val_rocAuc"]);
    assertEquals(result.threshold, undefined);
    assertWithin(result.history.rocAuc.at(-1)!, of(), 0.01);
    assert(of() > 0.9 && of() > before + 0.05, `${mode}: ${before} ${of()}`);
  }
});

Deno.test("a resumed training ends at the same weights; other thresholds are refused", async () => {
  const { x, y } = data(100);
  const train = async (epochs: number, store?: { text?: string }, thresholds = 20, resume = false) => {
    const model = modelOf();
    await fitMetric(model, [x, y], {
      loss: curveLoss("averagePrecision", { thresholds }),
      optimizer: tf.train.adam(0.02),
      epochs,
      resume,
      checkpoint: store && {
        read: () => Promise.resolve(store.text),
        write: (text) => (store.text = text, Promise.resolve()),
      },
    });
    return model.getWeights().map((tensor) => [...tensor.dataSync()]);
  };
  const store = {};
  await train(2, store);
  await assertRejects(() => train(4, store, 21, true), Error, "thresholds");
  assertEquals(await train(4, store, 20, true), await train(4));
});

Deno.test("a loss of one batch is refused where counts are needed", async () => {
  const { x, y } = data(20);
  await assertRejects(() => metricGradient(modelOf(), [x, y], { loss: pairsLoss() }), TypeError, "'loss' must be one");
});

Deno.test("the audit: curves as F1, pairs sound; the AUM has a useless optimum, where all outputs tie", () => {
  const causes = (loss: Parameters<typeof auditLoss>[0]) => {
    const { verdict, findings } = auditLoss(loss);
    return [verdict, ...findings.map(({ cause, severity }) => `${severity}: ${cause}`)];
  };
  for (const loss of [rocAucLoss(), averagePrecisionLoss()]) assertEquals(causes(loss), causes(f1Loss()), loss.name);
  const parts = [0.01, 0.1].flatMap((share) => [
    partialRocAucLoss({ maxFpr: share }),
    recallAtFprLoss({ fpr: share }),
  ]);
  for (const loss of [...parts, precisionAtKLoss({ k: 10 }), precisionAtKLoss({ k: 0.2 })]) {
    assertEquals(causes(loss), causes(f1Loss()), loss.name); // not saturated, as they are at 128 thresholds
  }
  assertEquals(causes(recallAtFprLoss({ fpr: 0.1, thresholds: 128 }))[1], "error: saturated");
  assertEquals(causes(precisionAtKLoss({ k: 1 }))[1], "error: wrong-optimum");
  for (const loss of [pairsLoss(), ndcgLoss(), ndcgLoss({ k: 5 })]) {
    assertEquals(causes(loss), ["sound", "note: reduction"], loss.name);
  }
  assertEquals(causes(aumLoss())[1], "error: wrong-optimum");
});

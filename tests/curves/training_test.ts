// The losses of a curve in metricGradient and fitMetric: two passes equal one batch; training, checkpoints, the audit.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss } from "../../lib/audit/mod.ts";
import {
  aumLoss,
  averagePrecisionLoss,
  curveLoss,
  ndcg,
  ndcgLoss,
  ndcgLossAndGradient,
  pairsLoss,
  partialRocAucLoss,
  precisionAtKLoss,
  rankingMetric,
  recallAtFprLoss,
  rocAucLoss,
} from "../../lib/losses/curves.ts";
import { type CheckpointStore, f1Loss, fitMetric, metricGradient } from "../../lib/mod.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";
import { memoryStore, network, weightsOf } from "../training/fixtures.ts";

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

const modelOf = (units = 1) => network(units, "sigmoid", { hidden: 4 });
const linear = () => network(1, "linear", { seed: 5 });

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
  const train = async (epochs: number, store?: CheckpointStore, thresholds = 20, resume = false) => {
    const model = modelOf();
    await fitMetric(model, [x, y], {
      loss: curveLoss("averagePrecision", { thresholds }),
      optimizer: tf.train.adam(0.02),
      epochs,
      resume,
      checkpoint: store,
    });
    return weightsOf(model);
  };
  const store = memoryStore();
  await train(2, store);
  await assertRejects(() => train(4, store, 21, true), Error, "thresholds");
  assertEquals(await train(4, store, 20, true), await train(4));
});

Deno.test("one against one: batches in two passes give the gradient of one batch, and a training raises the score of pairs", async () => {
  const { x } = data(120, 2),
    y = tf.tensor1d([...x.dataSync()].filter((_, i) => i % 2 === 0).map((v) => v < -0.1 ? 0 : v < 0.3 ? 1 : 2));
  const loss = rocAucLoss({ average: "weighted", multiClass: "ovo", thresholds: 30 }), model = modelOf(3);
  const [parts, whole] = [7, 120].map((batchSize) => metricGradient(model, [x, y], { loss, batchSize }));
  const { value, gradients } = await parts, one = await whole;
  assertWithin(value, one.value, 1e-12);
  assertWithin(value, loss(y, model.predict(x) as tf.Tensor).dataSync()[0], 1e-6);
  for (const name of Object.keys(gradients)) {
    assertAllWithin(gradients[name].dataSync(), one.gradients[name].dataSync(), 1e-6, name);
  }
  const of = () =>
    rankingMetric(y, model.predict(x) as tf.Tensor, { score: "rocAuc", average: "weighted", multiClass: "ovo" });
  const before = of();
  await fitMetric(model, [x, y], {
    loss,
    optimizer: tf.train.adam(0.03),
    epochs: 15,
    batchSize: 20,
    validationData: [x, y],
  });
  assert(of() > before + 0.05, `${before} ${of()}`);
});

/** Queries of 3 to 9 rows in mixed order; the gains follow the first feature. */
function queries() {
  const next = random(8), groups: string[] = [], x: number[] = [], gains: number[] = [];
  for (let q = 0; q < 30; q++) for (let i = 0; i < 3 + q % 7; i++) groups.push(`q${q}`);
  groups.sort((a, b) => (a.length * 7 + a.charCodeAt(1)) % 5 - (b.length * 7 + b.charCodeAt(1)) % 5);
  for (let i = 0; i < groups.length; i++) {
    x.push(next() - 0.5, next() - 0.5);
    gains.push(Math.max(0, Math.round(3 * x[2 * i] + next())));
  }
  const order = random(9), places = groups.map((_, i) => [order(), i]).sort(([a], [b]) => a - b).map(([, i]) => i);
  return {
    xs: tf.tensor2d(places.flatMap((i) => [x[2 * i], x[2 * i + 1]]), [groups.length, 2]),
    ys: tf.tensor2d(places.map((i) => [gains[i]])),
    groups: places.map((i) => groups[i]),
  };
}

Deno.test("NDCG: batches hold whole queries, and their gradients add up to that of all rows; a row per query does the same", async () => {
  const { xs, ys, groups } = queries(), model = linear(), loss = ndcgLoss({ k: 4, margin: 0.3 });
  const p = [...(model.predict(xs) as tf.Tensor).dataSync()], before = tf.memory().numTensors;
  const arrays = ndcgLossAndGradient([...ys.dataSync()], p, { k: 4, margin: 0.3, groups }), x = xs.dataSync();
  for (const batchSize of [1, 12, 1000]) {
    const { value, counts, gradients } = await metricGradient(model, { xs, ys, groups }, { loss, batchSize });
    assertWithin(value, arrays.value, 1e-9);
    const withGain = new Set(groups.filter((_, i) => ys.dataSync()[i] > 0)).size;
    assertWithin(counts[0].tp + counts[0].fn, withGain, 1e-12, "each query counts once");
    const kernel = gradients[model.trainableWeights[0].name].dataSync();
    for (const k of [0, 1]) {
      assertWithin(kernel[k], arrays.gradient.reduce((sum, g, i) => sum + g * x[2 * i + k], 0), 1e-6);
    }
    tf.dispose(gradients);
  }
  assertEquals(tf.memory().numTensors, before, "the batches are disposed");

  const names = [...new Set(groups)],
    longest = 9,
    own = names.map((name) => groups.flatMap((g, i) => g === name ? [i] : []));
  const padded = (of: (i: number) => number[], none: number[]) =>
    own.map((rows) => Array.from({ length: longest }, (_, r) => r < rows.length ? of(rows[r]) : none));
  const wide = tf.sequential({
    layers: [
      tf.layers.dense({ units: 1, inputShape: [longest, 2], weights: model.getWeights() }),
      tf.layers.reshape({ targetShape: [longest] }),
    ],
  });
  const rowPerQuery = [
    tf.tensor3d(padded((i) => [x[2 * i], x[2 * i + 1]], [9, 9])),
    tf.tensor2d(padded((i) => [ys.dataSync()[i]], [-1]).map((row) => row.flat())),
  ] as const;
  const ofRows = await metricGradient(wide, rowPerQuery, {
    loss: ndcgLoss({ k: 4, margin: 0.3, ignoreLabel: -1 }),
    batchSize: 4,
  });
  assertWithin(ofRows.value, arrays.value, 1e-6);
});

Deno.test("NDCG: a training by queries puts the gains in order, by its file of batches as well; a cut query is refused", async () => {
  const { xs, ys, groups } = queries(), loss = ndcgLoss({ margin: 0.5 });
  const of = (model: tf.LayersModel) => rankingMetric(ys, model.predict(xs) as tf.Tensor, { score: ndcg(), groups });
  const first = linear(), start = of(first), options = { loss, optimizer: "adam", epochs: 40, batchSize: 16 } as const;
  const { history, threshold } = await fitMetric(first, { xs, ys, groups }, {
    ...options,
    optimizer: tf.train.adam(0.05),
    validationData: { xs, ys, groups },
  });
  assertEquals([Object.keys(history), threshold], [["loss", "ndcg", "alive", "val_loss", "val_ndcg"], undefined]);
  assert(of(first) > 0.93 && of(first) > start + 0.05, `${start} ${of(first)}`);
  assertWithin(history.val_ndcg.at(-1)!, of(first), 1e-9);

  const sizes: number[] = [];
  await fitMetric(linear(), { xs, ys, groups }, {
    loss,
    epochs: 1,
    batchSize: 8,
    callbacks: { onBatchEnd: (_, logs) => void sizes.push(logs!.size) },
  });
  assertEquals(Math.max(...sizes), 9, "a query of nine rows is a batch of its own");
  assert(sizes.filter((size) => size > 8).length <= groups.length / 9 && sizes.some((size) => size < 8));
  assertEquals(sizes.reduce((sum, size) => sum + size, 0), groups.length);

  const rows = [...groups.keys()], names = [...new Set(groups)];
  const batch = (own: number[]) => ({
    xs: tf.gather(xs, own),
    ys: tf.gather(ys, own),
    groups: own.map((i) => groups[i]),
  });
  const byQueries = () => [0, 1, 2].map((part) => batch(rows.filter((i) => names.indexOf(groups[i]) % 3 === part)));
  const streamed = await fitMetric(linear(), byQueries, { loss, epochs: 2 });
  assertWithin(streamed.history.loss.length, 2, 0);
  const cut = () => [batch(rows.slice(0, 50)), batch(rows.slice(50))];
  const train = (data: Parameters<typeof fitMetric>[1], more: object = {}) => () =>
    fitMetric(linear(), data, { loss, epochs: 1, ...more });
  const refusals: [() => Promise<unknown>, string][] = [
    [train(cut), "in two batches; a batch must hold whole queries"],
    [train([xs, ys]), "'data' must give the query of each row, { xs, ys, groups }"],
    [
      train({ xs, ys, groups }, { loss: f1Loss({ fromLogits: true }) }),
      "'groups' is given in 'data', but this loss has no queries",
    ],
    [train({ xs, ys, groups: groups.slice(1) }), `'groups' has the length ${groups.length - 1}`],
    [train({ xs, ys, groups: 3 as never }), "'groups' must be a tensor or an array, it is 3"],
    [train({ xs, ys, groups }, { warmStart: { loss: "crossEntropy", epochs: 1 } }), "the labels of ndcgLoss are gains"],
    [train({ xs, ys: tf.neg(ys), groups }), "'yTrue' must be finite in float32 and ≥ 0"],
    [train({ xs, ys: tf.zerosLike(ys), groups }), "no query has a gain above 0"],
  ];
  for (const [call, sentence] of refusals) await assertRejects(call, Error, sentence);
});

Deno.test("NDCG: a resumed training ends at the same weights; a different k is refused", async () => {
  const { xs, ys, groups } = queries();
  const train = async (epochs: number, store?: CheckpointStore, k = 4, resume = false) => {
    const model = linear();
    await fitMetric(model, { xs, ys, groups }, {
      loss: ndcgLoss({ k, margin: 0.3 }),
      epochs,
      batchSize: 20,
      resume,
      checkpoint: store,
    });
    return weightsOf(model);
  };
  const store = memoryStore();
  await train(2, store);
  await assertRejects(() => train(4, store, 5, true), Error, "ndcg");
  assertEquals(await train(4, store, 4, true), await train(4));
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
    const [, ...findings] = causes(loss); // a reduction alone: not saturated, as they are at 128 thresholds
    assertEquals(findings.map((said) => said.replace(/^(warning|note): /, "")), ["reduction"], loss.name);
  }
  assertEquals(causes(recallAtFprLoss({ fpr: 0.1, thresholds: 128 }))[1], "error: saturated");
  assertEquals(causes(precisionAtKLoss({ k: 1 }))[1], "error: wrong-optimum");
  for (const loss of [pairsLoss(), ndcgLoss(), ndcgLoss({ k: 5 })]) {
    assertEquals(causes(loss), ["sound", "note: reduction"], loss.name);
  }
  assertEquals(causes(aumLoss())[1], "error: wrong-optimum");
});

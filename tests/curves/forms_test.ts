// Every score of the order of the outputs in every form: one table, so that a hole is seen.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss } from "../../lib/audit/mod.ts";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { checkScore, toComparedScore } from "../../lib/compare/check_score.ts";
import {
  averagePrecision,
  averagePrecisionLoss,
  curveLoss,
  curveLossAndGradient,
  CurveMeter,
  type CurveScore,
  ndcg,
  ndcgLoss,
  ndcgLossAndGradient,
  NdcgMeter,
  negativeAum,
  partialRocAuc,
  partialRocAucLoss,
  precisionAtK,
  precisionAtKLoss,
  type QueryScore,
  rankingMetric,
  recallAtFpr,
  recallAtFprLoss,
  rocAuc,
  rocAucLoss,
} from "../../lib/losses/curves.ts";
import { DatasetMetrics, fitMetric, type Loss, metricGradient, metricLoss } from "../../lib/mod.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";

interface Row {
  readonly score: CurveScore | QueryScore;
  /** The loss by its own function; `metricLoss` makes the same. */
  readonly loss: Loss;
  /** The verdict of the audit, and the cause where the loss is not sound, by design. */
  readonly audited: string;
  /** The reason why no comparison by this score is possible. */
  readonly notCompared?: string;
}

const table: readonly Row[] = [
  { score: rocAuc, loss: rocAucLoss(), audited: "sound" },
  { score: averagePrecision, loss: averagePrecisionLoss(), audited: "sound" },
  { score: partialRocAuc({ maxFpr: 0.3 }), loss: partialRocAucLoss({ maxFpr: 0.3 }), audited: "sound" },
  { score: recallAtFpr({ fpr: 0.2 }), loss: recallAtFprLoss({ fpr: 0.2 }), audited: "sound" },
  { score: precisionAtK({ k: 12 }), loss: precisionAtKLoss({ k: 12 }), audited: "sound" },
  {
    score: negativeAum,
    loss: curveLoss(negativeAum),
    audited: "wrong-optimum", // equal outputs, whatever the labels
    notCompared: "outputs that are all equal are perfect",
  },
  { score: ndcg({ k: 5 }), loss: ndcgLoss({ k: 5 }), audited: "sound", notCompared: "queries" },
];

/** Rows of 20 queries, in no order; the first feature tells the positives of a query a little. */
function data() {
  const next = random(5), n = 100, y: number[] = [], x: number[] = [], w: number[] = [], groups: string[] = [];
  for (let i = 0; i < n; i++) {
    groups.push(`query ${(7 * i) % 20}`);
    y.push(Number(next() < 0.35));
    x.push(next() + 0.5 * y[i] - 0.5, next() - 0.5);
    w.push([0.5, 1, 2][(7 * i) % 20 % 3]);
  }
  return { y, w, groups, xs: tf.tensor2d(x, [n, 2]), ys: tf.tensor2d(y, [n, 1]), sampleWeight: tf.tensor1d(w) };
}

const modelOf = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({
        units: 1,
        activation: "sigmoid",
        inputShape: [2],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
      }),
    ],
  });

for (const { score, loss, audited, notCompared } of table) {
  const ofQueries = "queries" in score, { name } = score;

  Deno.test(`${name}: the hard value is that of DatasetMetrics and, through JSON and merge, of the meter`, async () => {
    const { y, w, groups, xs, ys, sampleWeight } = data(), model = modelOf();
    const p = [...(model.predict(xs) as tf.Tensor).dataSync()];
    const hard = rankingMetric(y, p, { score, sampleWeight: w, ...(ofQueries && { groups }) });
    assert(Math.abs(hard) > 0.01 && Math.abs(hard) < 0.99, `${hard}`);
    const callback = new DatasetMetrics({
      scores: [score],
      train: { xs, ys, sampleWeight, ...(ofQueries && { groups }) },
      batchSize: 32,
    });
    callback.setModel(model);
    const logs: Record<string, number> = {};
    await callback.onEpochEnd(0, logs);
    assertWithin(logs[`dataset_${name}`], hard, 1e-12);

    const halves = [0, 1].map((half) => groups.map((_, i) => i).filter((i) => (7 * i) % 20 % 2 === half));
    const take = <T>(values: readonly T[], rows: number[]) => rows.map((i) => values[i]);
    const cuts = [...new Set(p)].sort((a, b) => a - b);
    // Thresholds at the outputs part them all; the AUM is in the units of the outputs, so it needs a fine grid.
    const thresholds = score === negativeAum ? Array.from({ length: 20000 }, (_, b) => (b + 0.5) / 20000) : cuts;
    const through = (json: string) => JSON.parse(json);
    const valueOf = (parts: number[][]) => {
      if ("queries" in score) {
        const meters = parts.map((rows) =>
          new NdcgMeter({ k: 5 }).update(take(y, rows), take(p, rows), {
            groups: take(groups, rows),
            sampleWeight: take(w, rows),
          })
        );
        return meters.reduce((sum, one) => sum.merge(NdcgMeter.fromJSON(through(JSON.stringify(one))))).value();
      }
      const meters = parts.map((rows) =>
        new CurveMeter({ thresholds }).update(take(y, rows), take(p, rows), take(w, rows))
      );
      return meters.reduce((sum, one) => sum.merge(CurveMeter.fromJSON(through(JSON.stringify(one))))).value(score);
    };
    assert(Math.abs(valueOf(halves.slice(0, 1)) - hard) > 1e-6, "one half alone has a different score");
    assertWithin(valueOf(halves), hard, score === negativeAum ? 2e-4 : 1e-12);
  });

  Deno.test(`${name}: metricLoss is the loss by name; metricGradient of batches is its gradient on all rows`, async () => {
    const { y, w, groups, xs, ys, sampleWeight } = data(), model = modelOf();
    const outputs = model.predict(xs) as tf.Tensor, p = [...outputs.dataSync()];
    const arrays = ofQueries
      ? ndcgLossAndGradient(y, p, { k: 5, groups, sampleWeight: w })
      : curveLossAndGradient(y, p, { score, sampleWeight: w });
    const made = metricLoss(score as CurveScore);
    for (const one of [loss, made]) assertEquals(one.name, `${name}Loss`);
    if (!ofQueries) {
      for (const one of [loss, made]) {
        const { value, grad } = tf.valueAndGrad((p) => one(ys, p as never, sampleWeight))(outputs);
        assertWithin(value.dataSync()[0], arrays.value, 1e-7);
        assertAllWithin(grad.dataSync(), arrays.gradient, 1e-6);
      }
    }
    const whole = { xs, ys, sampleWeight, ...(ofQueries && { groups }) };
    const { value, gradients } = await metricGradient(model, whole, { loss: made, batchSize: 16 });
    assertWithin(value, arrays.value, 1e-9);
    const kernel = gradients[model.trainableWeights[0].name].dataSync(), x = xs.dataSync();
    for (const k of [0, 1]) { // through the sigmoid, in float64
      const expected = arrays.gradient.reduce((sum, g, i) => sum + g * p[i] * (1 - p[i]) * x[2 * i + k], 0);
      assertWithin(kernel[k], expected, 1e-6);
    }
    assert(kernel.some((g) => Math.abs(g) > 1e-3), "a gradient");
  });

  Deno.test(`${name}: fitMetric trains on it, in both modes, and the history ends at the loss of all rows`, async () => {
    for (const mode of ["running", "exact"] as const) {
      const { y, w, groups, xs, ys, sampleWeight } = data(), model = modelOf();
      const whole = { xs, ys, sampleWeight, ...(ofQueries && { groups }) };
      const { history, best } = await fitMetric(model, whole, {
        loss: metricLoss(score as CurveScore),
        mode,
        optimizer: tf.train.adam(0.02),
        epochs: 12,
        batchSize: 16,
        validationData: whole,
      });
      const p = [...(model.predict(xs) as tf.Tensor).dataSync()];
      const { value } = ofQueries
        ? ndcgLossAndGradient(y, p, { k: 5, groups, sampleWeight: w })
        : curveLossAndGradient(y, p, { score, sampleWeight: w });
      assertWithin(history.loss.at(-1)!, value, 1e-6);
      assertWithin(history.val_loss.at(-1)!, value, 1e-6);
      assert(history.loss.at(-1)! < history.loss[0], `${mode}: ${history.loss}`);
      assertEquals(best.value, Math.max(...history[`val_${name}`]));
      if (ofQueries) {
        const hard = rankingMetric(y, p, { score, groups, sampleWeight: w });
        assertWithin(history[name].at(-1)!, hard, 1e-9, "the exact score beside the loss of soft ranks");
      }
    }
  });

  Deno.test(`${name}: the audit finds the loss ${audited}`, () => {
    const { verdict, findings } = auditLoss(loss), errors = findings.filter(({ severity }) => severity === "error");
    if (audited === "sound") assertEquals(errors, []);
    else assertEquals([verdict, errors[0]?.cause], ["broken", audited]);
  });

  Deno.test(`${name}: a comparison ${notCompared === undefined ? "has its loss as a rival" : "refuses it"}`, () => {
    const compared = () => {
      const one = toComparedScore(score as CurveScore);
      checkScore(one, 2);
      return candidatesFor(one, 2).map(({ loss }) => loss);
    };
    if (notCompared === undefined) assert(compared().includes(`${name} loss`));
    else assertThrows(compared, Error, notCompared);
  });
}

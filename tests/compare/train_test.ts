// What compareLosses trains with: the gradient of the network, and that of the data set's score from running counts.
import { assert } from "@std/assert";
import { f1, type LossOptions, metricLoss } from "@roundabout/roundabout";
import { seededRandom } from "@roundabout/roundabout/data";
import { decisionRules } from "../../lib/compare/evaluate.ts";
import { crossEntropy, labelsOf, type Part, probabilities, runningScore, train } from "../../lib/compare/train.ts";
import { scoreBatch } from "../../lib/scoring/score_batch.ts";
import { partsOfLoss } from "../../lib/losses/loss_parts.ts";
import { backward, forward, initialWeights } from "../../lib/network/network_math.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";

Deno.test("the network's gradient, of one output and of several, is that of float64 differences", () => {
  const random = seededRandom(2), x = Float64Array.from({ length: 21 }, () => random.normal());
  for (const form of [{ hidden: 0, outputs: 3 }, { hidden: 4, outputs: 3 }, { hidden: 4, outputs: 1 }]) {
    const whole = { features: 3, ...form }, weights = initialWeights(whole, random).map((w) => w || random.normal());
    const by = Float64Array.from({ length: 7 * form.outputs }, () => random.normal());
    const value = (weights: Float64Array) =>
      forward(whole, weights, x).logits.reduce((sum, z, i) => sum + by[i] * z, 0);
    const gradient = backward(whole, weights, x, forward(whole, weights, x).units, by);
    gradient.forEach((g, j) => {
      const at = (step: number) => value(weights.map((w, k) => k === j ? w + step : w));
      assertWithin(g, (at(1e-6) - at(-1e-6)) / 2e-6, 1e-7, `of weight ${j}`);
    });
  }
});

Deno.test("cross-entropy's slopes are those of float64 differences of the weighted mean", () => {
  const random = seededRandom(3), y = Float64Array.of(0, 2, 1, 2), w = Float64Array.of(1, 3, 0, 2);
  const z = Float64Array.from({ length: 12 }, () => 3 * random.normal()), labels = labelsOf(y, 3, w);
  const value = (z: Float64Array) =>
    probabilities(z, 3).reduce((sum, p, i) => sum - labels.sampleWeight![i] * labels.yTrue[i] * Math.log(p), 0) / 6;
  const slopes = crossEntropy({ batches: [], order: [], logitsOf: () => z })(labels, z);
  slopes.forEach((g, j) => {
    const at = (step: number) => value(z.map((v, k) => k === j ? v + step : v));
    assertWithin(g, (at(1e-6) - at(-1e-6)) / 2e-6, 1e-8);
  });
});

const settings: [LossOptions, number][] = [
  [{ step: "softsign", fromLogits: true }, 1],
  [{ step: "identity", fromLogits: true }, 1],
  [{ decision: "argmax", average: "macro", fromLogits: true }, 3],
];

Deno.test("a score's slopes: with logits that stand still the batches' mean is the gradient of all rows' score", () => {
  for (const [options, outputs] of settings) {
    const random = seededRandom(5), parts = partsOfLoss(metricLoss("f1", options))!;
    const y = Float64Array.from({ length: 40 }, (_, i) => i < 4 ? 1 : i < 20 && outputs > 1 ? 2 : 0);
    const z = Float64Array.from({ length: 40 * outputs }, () => random.normal());
    // Of four batches three have no row of class 1.
    const cut = (b: number) => labelsOf(y.slice(10 * b, 10 * b + 10), outputs);
    const logits = (b: number) => z.slice(10 * outputs * b, 10 * outputs * (b + 1));
    const order = [2, 0, 3, 1], batches = [0, 1, 2, 3].map(cut);
    const slopes = runningScore(parts)({ batches, order, logitsOf: logits });
    const mean = new Float64Array(z.length);
    for (const b of order) slopes(batches[b], logits(b)).forEach((g, i) => mean[10 * outputs * b + i] = g / 4);
    const whole = { ...labelsOf(y, outputs), yPred: z };
    const exact = scoreBatch(whole, parts.decide(whole), parts.scoring).gradient().map((g) => -g);
    assertAllWithin(mean, exact, 1e-8);
    assert(mean.subarray(30 * outputs).some((g) => g !== 0)); // a batch without a positive has a say
  }
});

Deno.test("training on a score finds it where only one batch in five has a positive", () => {
  const random = seededRandom(6), y = Float64Array.from({ length: 100 }, (_, i) => Number(i % 25 === 0));
  const x = Float64Array.from({ length: 200 }, (_, i) => random.normal() / 2 + (i % 2 === 0 ? 3 * y[i >> 1] : 0));
  const part: Part = { x, y }, parts = partsOfLoss(metricLoss("f1", { step: "softsign", fromLogits: true }))!;
  let value = 0;
  train(part, {
    form: { features: 2, hidden: 0, outputs: 1 },
    objective: runningScore(parts),
    epochs: 60,
    batchSize: 5,
    learningRate: 0.1,
    random,
    onEpoch: (_, logitsOf) => value = decisionRules(f1, 1)["0.5"]!(y, x)(y, logitsOf(x)).value,
  });
  assert(value > 0.8, String(value));
});

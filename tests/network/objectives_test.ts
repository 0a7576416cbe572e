// The losses that the small network trains on: their gradients against float64 differences, and the running one against all rows.
import { assert, assertEquals } from "@std/assert";
import {
  accuracy,
  f1,
  fBeta,
  type LossOptions,
  metricLoss,
  precision,
  softsign,
  utility,
} from "@roundabout/roundabout";
import type { TrainingLoss } from "@roundabout/network";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { partsOfLoss } from "../../lib/scoring/options.ts";
import {
  crossEntropy,
  crossEntropyGradient,
  focalLoss,
  labelsOf,
  logitAdjusted,
  type Objective,
  objectiveOf,
  probabilities,
  type RowLabels,
  runningScore,
  scoreOfRows,
} from "../../lib/network/objectives.ts";
import { scoreBatch } from "../../lib/scoring/score_batch.ts";
import { assertAllWithin, assertWithin, centralDifferences } from "../helpers.ts";

const { y } = syntheticBinary({ rows: 60, features: 3, prevalence: 0.3, separation: 2.5, seed: 5 });
const sampleWeight = y.map((label, i) => (label === 1 ? 2.5 : 1) + (i % 3) / 10);
const losses = {
  crossEntropy: "crossEntropy",
  precision: { score: precision, step: softsign({ slope: 5 }) },
  f1: { score: f1, step: softsign() },
  "fBeta0.5 at 0.3": { score: fBeta({ beta: 0.5 }), step: softsign({ slope: 3, threshold: 0.3 }) },
  accuracy: { score: accuracy, step: softsign({ slope: 2 }) },
} satisfies Record<string, TrainingLoss>;

for (const [name, loss] of Object.entries(losses)) {
  Deno.test(`the gradient of ${name} with respect to the logits is that of float64 differences`, () => {
    const random = seededRandom(1),
      logits = Float64Array.from(y, () => 2 * random.normal()),
      objective = objectiveOf(loss);
    for (const labels of [labelsOf(y), labelsOf(y, 1, sampleWeight)]) {
      assert(objective(labels, logits).gradient.some((g) => g !== 0));
      assertDifferentiated(objective, labels, logits);
    }
  });
}

Deno.test("a weight of 2 is the row twice", () => {
  const random = seededRandom(2), logits = Float64Array.from(y, () => random.normal());
  for (const loss of [losses.f1, losses.crossEntropy]) {
    const objective = objectiveOf(loss);
    const twice = objective(labelsOf([...y, y[0]]), Float64Array.of(...logits, logits[0]));
    const weighted = objective(labelsOf(y, 1, y.map((_, i) => i === 0 ? 2 : 1)), logits);
    assertWithin(weighted.value, twice.value, 1e-12);
    assertAllWithin(weighted.gradient.subarray(1), twice.gradient.subarray(1, -1), 1e-7);
    assertWithin(weighted.gradient[0], 2 * twice.gradient[0], 1e-7);
  }
});

Deno.test("an undefined score is a loss of 1 without a gradient; weights of 0 give a cross-entropy of 0", () => {
  const none = objectiveOf(losses.precision)(labelsOf([0, 1], 1, [0, 0]), Float64Array.of(1, 2));
  assertEquals(none, { value: 1, gradient: new Float32Array(2) });
  const nobody = objectiveOf("crossEntropy")(labelsOf([0, 1], 1, [0, 0]), Float64Array.of(1, 2));
  assertEquals(nobody, { value: 0, gradient: new Float32Array(2) });
});

Deno.test("the gradient of cross-entropy of several logits is that of float64 differences of the weighted mean", () => {
  const random = seededRandom(3), y = Float64Array.of(0, 2, 1, 2), w = Float64Array.of(1, 3, 0, 2);
  const z = Float64Array.from({ length: 12 }, () => 3 * random.normal()), labels = labelsOf(y, 3, w);
  const value = (z: number[]) =>
    probabilities(Float64Array.from(z), 3).reduce(
      (sum, p, i) => sum - labels.sampleWeight![i] * labels.yTrue[i] * Math.log(p),
      0,
    ) / 6;
  assertAllWithin(crossEntropyGradient(labels, z), centralDifferences(value, z), 1e-8);
});

/** Rows of one logit and of three, with weights and without, some of them 0, and logits that are certain. */
const rowsOfLogits: readonly (readonly [RowLabels, Float64Array])[] = [1, 3].flatMap((outputs) =>
  [undefined, [1, 3, 0, 2, 0.5]].map((weights) => {
    const random = seededRandom(outputs), own = outputs === 1 ? [0, 1, 1, 0, 1] : [0, 2, 1, 2, 0];
    const logits = Float64Array.from({ length: 5 * outputs }, () => 3 * random.normal());
    return [labelsOf(own, outputs, weights), logits] as const;
  })
);

/** The weighted mean of a function of the probability of a row's own class. */
function meanOf(
  f: (p: number) => number,
  { rows, classes, yTrue, sampleWeight }: RowLabels,
  logits: Float64Array,
): number {
  const p = probabilities(logits, classes), weight = (row: number) => sampleWeight?.[row * classes] ?? 1;
  let sum = 0, total = 0;
  for (let row = 0; row < rows; row++) {
    const own = classes === 1
      ? yTrue[row] === 1 ? p[row] : 1 - p[row]
      : p[row * classes + [0, 1, 2].findIndex((c) => yTrue[row * classes + c] === 1)];
    sum += weight(row) * f(own);
    total += weight(row);
  }
  return sum / total;
}

function assertDifferentiated(
  objective: Objective<Float32Array | Float64Array>,
  labels: RowLabels,
  logits: Float64Array,
): void {
  const value = (z: number[]) => objective(labels, Float64Array.from(z)).value;
  assertAllWithin(objective(labels, logits).gradient, centralDifferences(value, logits), 1e-8);
}

Deno.test("cross-entropy and the focal loss are weighted means of −(1 − p)ᵞ·log p, with their gradients", () => {
  for (const [labels, logits] of rowsOfLogits) {
    for (
      const [gamma, objective] of [[0, crossEntropy], [0, focalLoss(0)], [1, focalLoss(1)], [
        2.5,
        focalLoss(2.5),
      ]] as const
    ) {
      const wanted = meanOf((p) => -((1 - p) ** gamma) * Math.log(p), labels, logits);
      assertWithin(objective(labels, logits).value, wanted, 1e-12, `gamma ${gamma}`);
      assertDifferentiated(objective, labels, logits);
    }
  }
});

Deno.test("cross-entropy and the focal loss of logits that are certain are finite, those without a weight 0", () => {
  for (const z of [800, -800]) {
    const sure = [labelsOf([1]), Float64Array.of(z)] as const, wrong = z > 0 ? 0 : 800;
    assertEquals([crossEntropy(...sure).value, ...crossEntropy(...sure).gradient], [wrong, z > 0 ? 0 : -1]);
    const many = [labelsOf([0], 3), Float64Array.of(z, 0, 0)] as const;
    assertWithin(crossEntropy(...many).value, z > 0 ? 0 : 800 + Math.log(2), 1e-12);
    for (const rows of [sure, many]) {
      for (const gamma of [0, 0.5, 2]) {
        const { value, gradient } = focalLoss(gamma)(...rows);
        assertWithin(value, z > 0 ? 0 : -Math.log(Number.MIN_VALUE), 1e-9);
        assertAllWithin(gradient, gradient.map((_, k) => z > 0 ? 0 : k === 0 ? -1 : rows === many ? 0.5 : 0), 1e-12);
      }
    }
  }
  assertWithin(
    crossEntropy(labelsOf([0], 3), Float64Array.of(-801, -800, -802)).value,
    1 + Math.log(1 + Math.exp(-1) + Math.exp(-2)),
    1e-12,
  );
  for (const outputs of [1, 3]) {
    const nobody = [labelsOf([0, 1], outputs, [0, 0]), new Float64Array(2 * outputs).fill(1)] as const;
    for (const objective of [crossEntropy, focalLoss(2)]) {
      const { value, gradient } = objective(...nobody);
      assertEquals([value, ...gradient], [0, ...nobody[1].map(() => 0)]);
    }
  }
});

Deno.test("logit adjustment adds log π to the logits of training, log(π₁/π₀) to a single one", () => {
  for (const [labels, logits] of rowsOfLogits) {
    const shares = labels.classes === 1 ? [0.8, 0.2] : [0.5, 0.3, 0.2];
    const shifts = labels.classes === 1 ? [Math.log(0.25)] : shares.map((share) => Math.log(share));
    const adjusted = crossEntropy(labels, logits.map((z, i) => z + shifts[i % labels.classes]));
    const { value, gradient } = logitAdjusted(crossEntropy, shares)(labels, logits);
    assertWithin(value, adjusted.value, 1e-12);
    assertAllWithin(gradient, adjusted.gradient, 1e-12);
  }
});

Deno.test("the objective of a loss's parts is best − score of the rows, with its gradient", () => {
  for (const [labels, logits] of rowsOfLogits) {
    const options: LossOptions = labels.classes === 1 ? {} : { decision: "argmax", average: "macro" };
    for (const score of ["f1", utility({ tp: 3, fp: -1, fn: -2, tn: 0 })] as const) {
      const parts = partsOfLoss(metricLoss(score, { ...options, fromLogits: true }))!, objective = scoreOfRows(parts);
      const batch = { ...labels, yPred: logits };
      assertWithin(
        objective(labels, logits).value,
        (parts.scoring.score.best ?? 1) - scoreBatch(batch, parts.decide(batch), parts.scoring).value,
        1e-12,
      );
      assertDifferentiated(objective, labels, logits);
    }
  }
});

Deno.test("value and gradient may be read in any order, and again after those of other logits", () => {
  const random = seededRandom(6),
    [logits, others] = [1, 2].map((by) => Float64Array.from(y, () => by * random.normal()));
  const parts = partsOfLoss(metricLoss("f1", { fromLogits: true }))!, labels = labelsOf(y, 1, sampleWeight);
  for (const objective of [crossEntropy, objectiveOf(losses.f1), scoreOfRows(parts)]) {
    const { value } = objective(labels, logits),
      read = objective(labels, logits),
      gradient = Float64Array.from(read.gradient);
    assertEquals(read.value, value);
    assert(objective(labels, others).gradient.some((g, i) => g !== gradient[i]));
    assertEquals(Float64Array.from(read.gradient), gradient);
  }
});

Deno.test("class indices become one column per class, and a row's weight that of all its columns", () => {
  assertEquals(labelsOf([2, 0], 3, [5, 7]), {
    rows: 2,
    classes: 3,
    yTrue: Float64Array.of(0, 0, 1, 1, 0, 0),
    sampleWeight: Float64Array.of(5, 5, 5, 7, 7, 7),
  });
  assertEquals(labelsOf([1], 2), { rows: 1, classes: 2, yTrue: Float64Array.of(0, 1), sampleWeight: undefined });
  const y = [0, 1], weights = [2, 3];
  assertEquals(labelsOf(y, 1, weights), { rows: 2, classes: 1, yTrue: y, sampleWeight: weights });
});

const settings: [LossOptions, number][] = [
  [{ step: "softsign", fromLogits: true }, 1],
  [{ step: "identity", fromLogits: true }, 1],
  [{ decision: "argmax", average: "macro", fromLogits: true }, 3],
];

Deno.test("a running score: with constant logits the mean of the batches is the gradient of the score of all rows", () => {
  for (const [options, outputs] of settings) {
    const random = seededRandom(5), parts = partsOfLoss(metricLoss("f1", options))!;
    const y = Float64Array.from({ length: 40 }, (_, i) => i < 4 ? 1 : i < 20 && outputs > 1 ? 2 : 0);
    const z = Float64Array.from({ length: 40 * outputs }, () => random.normal());
    // Of four batches three have no row of class 1.
    const cut = (b: number) => labelsOf(y.slice(10 * b, 10 * b + 10), outputs);
    const logits = (b: number) => z.slice(10 * outputs * b, 10 * outputs * (b + 1));
    const order = [2, 0, 3, 1], batches = [0, 1, 2, 3].map(cut);
    const gradient = runningScore(parts)({ batches, order, logitsOf: logits });
    const mean = new Float64Array(z.length);
    for (const b of order) gradient(batches[b], logits(b)).forEach((g, i) => mean[10 * outputs * b + i] = g / 4);
    const whole = { ...labelsOf(y, outputs), yPred: z };
    const exact = scoreBatch(whole, parts.decide(whole), parts.scoring).gradient().map((g) => -g);
    assertAllWithin(mean, exact, 1e-8);
    assert(mean.subarray(30 * outputs).some((g) => g !== 0)); // a batch without a positive has a say
  }
});

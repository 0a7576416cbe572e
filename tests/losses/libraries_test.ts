// Losses and metrics against torchmetrics, Keras, optax and segmentation_models_pytorch (smp), and where those mean
// something else: tests/reference/libraries.py.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { hardMetric, type LossOptions, metricLoss, type MetricOptions, type Score, tversky } from "../../lib/mod.ts";
import type { Average, DecisionName, ZeroDivision } from "../../lib/core.ts";
import { allScores } from "../all_scores.ts";
import { assertAllWithin, assertWithin, onBackends, valueAndGradient } from "../helpers.ts";

interface RecordedSet {
  shape: [number, number] | [number];
  yTrue: number[];
  yPred: number[];
  sampleWeight?: number[];
}

interface Recorded {
  library: "torchmetrics" | "keras" | "optax" | "smp";
  function: string;
  set: number;
  score: string;
  average: Average | "none";
  decision?: DecisionName;
  threshold?: number;
  classWeights?: number[];
  ignoreLabel?: number;
  zeroDivision?: ZeroDivision;
  fromLogits?: boolean;
  alpha?: number;
  beta?: number;
  epsilon?: number;
}

interface MetricCase extends Recorded {
  value: number | number[];
}

interface LossCase extends Recorded {
  value: number;
  gradient: number[];
}

interface Difference extends Recorded {
  kind: string;
  reduction?: string;
  value: number | number[] | null;
  gradient: (number | null)[];
}

const recorded: { sets: RecordedSet[]; metrics: MetricCase[]; losses: LossCase[]; differs: Difference[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../reference/libraries.json", import.meta.url)),
);

function scoreOf({ score, alpha, beta }: Recorded): Score {
  if (score === "tversky") return tversky({ alpha: alpha!, beta: beta! });
  const found = allScores.find(({ name }) => name === score);
  assert(found, score);
  return found;
}

/** Labels, outputs and weights, as tensors. */
function tensorsOf({ set }: Recorded): [tf.Tensor, tf.Tensor, tf.Tensor?] {
  const { shape, yTrue, yPred, sampleWeight } = recorded.sets[set];
  return [
    tf.tensor(yTrue, yTrue.length === yPred.length ? shape : [shape[0]], "float32"),
    tf.tensor(yPred, shape, "float32"),
    sampleWeight && tf.tensor1d(sampleWeight),
  ];
}

const given = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** Computes our metric in the setting of a case. */
function ourMetric(one: Recorded, other: MetricOptions = {}): number[] {
  const { average, decision, threshold, classWeights, ignoreLabel, zeroDivision } = one;
  const options = given({ average, decision, threshold, classWeights, ignoreLabel, zeroDivision, ...other });
  return tf.tidy(() => [...hardMetric(scoreOf(one), options).call(null, ...tensorsOf(one)).dataSync()]);
}

/** Our loss, without a step, and its gradient. */
function ourLoss(one: Recorded, other: LossOptions = {}): { value: number; gradient: number[] } {
  const { average, classWeights, ignoreLabel, zeroDivision, fromLogits } = one;
  const options = given(
    { step: "identity", average, classWeights, ignoreLabel, zeroDivision, fromLogits, ...other } as LossOptions,
  );
  return tf.tidy(() => {
    const [y, x, w] = tensorsOf(one);
    const { value, gradient } = valueAndGradient(metricLoss(scoreOf(one), options), y, x, w);
    return { value, gradient: [...gradient] };
  });
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

/** The largest difference by library, and a line that says so. */
function tally(what: string) {
  const by: Record<string, { cases: number; largest: number }> = {};
  return {
    by,
    add(library: string, largest: number) {
      const entry = by[library] ??= { cases: 0, largest: 0 };
      entry.cases++;
      entry.largest = Math.max(entry.largest, largest);
    },
    print() {
      const parts = Object.entries(by).map(([library, { cases, largest }]) =>
        `${library} ${cases} within ${largest.toExponential(1)}`
      );
      console.log(`${tf.getBackend()}: ${what}: ${parts.join(", ")}`);
    },
  };
}

/** The differences of one kind. */
function differing(library: Recorded["library"], kind: string): Difference[] {
  const found = recorded.differs.filter((one) => one.library === library && one.kind === kind);
  assert(found.length > 0, kind);
  return found;
}

onBackends("hard metrics are torchmetrics' and Keras'", () => {
  const seen = tally("hard metrics");
  for (const one of recorded.metrics) {
    const actual = ourMetric(one), expected = [one.value].flat();
    // Both are float32: an ulp of 1. Keras' F scores have ε = 1e-7 in three denominators.
    const epsilon = one.library === "keras" ? 2.4e-7 : 1.2e-7;
    assertAllWithin(actual, expected, epsilon, JSON.stringify(one));
    seen.add(one.library, difference(actual, expected));
  }
  assert(recorded.metrics.length >= 1000);
  seen.print();
});

onBackends("losses without a step, and their gradients, are those of Keras, optax and smp", () => {
  const seen = tally("losses and gradients");
  for (const one of recorded.losses) {
    const { value, gradient } = ourLoss(one), where = JSON.stringify(one);
    const largest = Math.max(...one.gradient.map(Math.abs));
    // Rounded to float32 once. Keras adds ε = 1e-7 to each denominator, which is 1 or more here; smp's MCC ε to each count.
    const epsilon = one.library === "keras" ? 1e-7 : one.epsilon ?? 0;
    assertWithin(value, one.value, 6e-8 + epsilon, where);
    assertAllWithin(gradient, one.gradient, (6e-8 + 2 * epsilon) * Math.max(1, largest), where);
    const name = `${one.library}${one.epsilon ? " (MCC with ε)" : ""}`;
    seen.add(name, Math.max(Math.abs(value - one.value), difference(gradient, one.gradient)));
  }
  assert(recorded.losses.length >= 150);
  seen.print();
});

Deno.test("Keras: sample_weight multiplies the Dice loss by the mean weight, it does not weigh the counts", () => {
  const [bare] = differing("keras", "no sample_weight"), weighted = differing("keras", "sample_weight");
  const said = Object.fromEntries(weighted.map(({ reduction, value }) => [reduction, value as number]));
  // Labels 1 0 1 0, outputs ¾ ½ ¼ ⅛, weights 4 1 0 1: their mean is 1.5, their sum 6.
  assertWithin(bare.value as number, 1 - 2 / 3.625, 1e-7);
  assertWithin(said.sum_over_batch_size, 1.5 * (1 - 2 / 3.625), 1e-7); // 0.672
  assertWithin(said.sum, 6 * (1 - 2 / 3.625), 1e-6);
  assertWithin(said.mean_with_sample_weight, 1 - 2 / 3.625, 1e-7); // 0.448: the weights do nothing
  assertWithin(ourLoss(bare).value, 1 - 2 / 3.625, 6e-8);
  assertWithin(ourLoss(weighted[0]).value, 1 - 6 / 7.625, 6e-8); // 0.213, as if row 0 were there four times
  for (const { gradient, value } of weighted) {
    assertAllWithin(
      gradient as number[],
      bare.gradient.map((g) => g! * (value as number) / (bare.value as number)),
      1e-12,
    );
  }
  assert((weighted[0].gradient[2] as number) < -0.5); // a row of weight 0 is trained on
  assertStrictEquals(Math.abs(ourLoss(weighted[0]).gradient[2]), 0);
  // With axis 1, a loss a row: the weighted sum over the number of rows, where we have the weighted mean; weights 4 1 1.
  const [rows] = differing("keras", "sample_weight, axis 1"), ours = ourLoss(rows);
  assertWithin(rows.value as number, 2 * ours.value, 2e-7);
  assertAllWithin(rows.gradient as number[], ours.gradient.map((g) => 2 * g), 4e-7);
});

Deno.test("Keras: alpha of Tversky weighs false negatives, beta false positives", () => {
  for (const one of differing("keras", "alpha and beta")) {
    const { alpha, beta } = one, exchanged = ourLoss({ ...one, alpha: beta, beta: alpha });
    assertWithin(exchanged.value, one.value as number, 1e-7);
    assertAllWithin(exchanged.gradient, one.gradient as number[], 2e-7);
    assert(Math.abs(ourLoss(one).value - (one.value as number)) > 0.04);
  }
  // Labels 1 0 1 0, outputs ¾ ½ ¼ ⅛: precision 1/1.625, recall 1/2. Keras' alpha: 1, beta: 0 is the recall.
  const precisionLike = differing("keras", "alpha and beta").find(({ alpha, beta }) => alpha === 1 && beta === 0)!;
  assertWithin(precisionLike.value as number, 1 - 1 / 2, 1e-7);
  assertWithin(ourLoss(precisionLike).value, 1 - 1 / 1.625, 6e-8);
});

Deno.test("Keras: what is on the threshold, ties of argmax, fractions of weights", () => {
  for (const one of differing("keras", "on the threshold")) { // > in all of them but BinaryIoU, which has ≥
    const [ours] = ourMetric(one);
    if (one.function !== "BinaryIoU") assertWithin(ours, one.value as number, 2e-7, one.function);
    else assertAllWithin([ours, one.value as number], [1 / 2, 2 / 3], 6e-8);
  }
  for (const one of differing("keras", "ties of argmax")) {
    // F1Score without a threshold: every output that ties is a decision, and a row of zeros has none; tf.argMax: the first.
    const [none, micro, macro] = [[[1, 2 / 3, 1 / 2], [2 / 3, 1, 2 / 3]], [[2 / 3], [3 / 4]], [[13 / 18], [7 / 9]]];
    const [theirs, ours] = { none, micro, macro }[one.average as "none" | "micro" | "macro"];
    assertAllWithin([one.value].flat() as number[], theirs, 3e-7);
    assertAllWithin(ourMetric(one), ours, 6e-8);
  }
  const [cut] = differing("keras", "fractions of weights"); // weights 1.75, 1, 1.5, 1: BinaryIoU casts them to whole numbers
  assertWithin(cut.value as number, 1 / 3, 6e-8);
  assertWithin(ourMetric(cut)[0], 1.75 / 4.25, 6e-8);
});

Deno.test("smp: a class without a positive has the loss 0, so that a batch without it looks better", () => {
  for (const one of differing("smp", "absent class")) { // one of three classes
    for (const zeroDivision of [0, 1, "skip"] as const) {
      const ours = ourLoss(one, { zeroDivision }); // the outputs are not 0: the score is 0, not 0/0
      assertWithin(ours.value - (one.value as number), 1 / 3, 1e-7, one.function);
      assertAllWithin(ours.gradient, one.gradient as number[], 1e-8);
    }
  }
  assertWithin(differing("smp", "absent class")[0].value as number, (2 / 3) * (1 - 1.25 / 1.8125), 1e-12); // Dice: 0.207
  for (const one of differing("smp", "no positive")) {
    assertEquals([one.value, one.gradient], [0, [0, 0, 0, 0]]); // false alarms only, and the loss is perfect
    assertEquals(ourLoss(one).value, 1);
  }
});

Deno.test("smp: soft labels meet in their minimum, Σ min(y, ŷ), not in Σ y·ŷ", () => {
  const [dice] = differing("smp", "soft labels"); // labels ½ ¼ 1, outputs ½ ¾ ¼
  assertWithin(dice.value as number, 1 - 2 * (0.5 + 0.25 + 0.25) / 3.25, 1e-12); // 0.385
  assertWithin(ourLoss(dice).value, 1 - 2 * (0.25 + 0.1875 + 0.25) / 3.25, 6e-8); // 0.577
});

Deno.test("optax: smooth is 1 unless it is said, class_weights are not divided by their sum", () => {
  const [smooth] = differing("optax", "smooth 1, absent class"), [plain] = differing("optax", "smooth 0, absent class");
  assertWithin(smooth.value as number, 0.16431, 1e-5);
  assertWithin(plain.value as number, 0.52661, 1e-5);
  assertWithin(ourLoss(plain).value, plain.value as number, 6e-8);
  const [weights] = differing("optax", "class_weights"), ours = ourLoss(weights); // 1, 2, 3: their mean is 2
  assertWithin(weights.value as number, 2 * ours.value, 1e-7);
  const [nan] = differing("optax", "smooth 0, 0/0"), [zero] = differing("optax", "smooth 1, 0/0");
  assertEquals([nan.value, nan.gradient, zero.value], [null, [null, null, null], 0]); // NaN
  assertEquals(ourLoss(nan), { value: 1, gradient: [0, 0, 0] });
  assertEquals(ourLoss(nan, { zeroDivision: 1 }).value, 0);
});

Deno.test("torchmetrics: macro leaves out a class that is neither a label nor a decision", () => {
  for (const one of differing("torchmetrics", "macro, absent class")) { // five classes, one of them absent
    const [ours] = ourMetric(one), [skipped] = ourMetric(one, { zeroDivision: "skip" });
    assert(Math.abs(ours - (one.value as number)) > 0.009, one.function);
    // Where only such a class is 0/0, that is "skip"; precision and recall are 0/0 for others too, specificity is 1.
    if (["f1", "fBeta0.5", "fBeta2", "jaccard"].includes(one.score)) assertWithin(skipped, one.value as number, 1.2e-7);
  }
  const found = (score: string) =>
    differing("torchmetrics", "macro, absent class").find((one) => one.score === score && one.zeroDivision === 0)!;
  assertWithin(found("recall").value as number, 2.5 / 4, 1e-7);
  assertWithin(ourMetric(found("recall"))[0], 2.5 / 5, 1e-7);
  assertWithin(ourMetric(found("recall"), { zeroDivision: "skip" })[0], 2.5 / 3, 1e-7);
  for (const one of differing("torchmetrics", "weighted, no positive anywhere")) { // 0/0 in spite of zero_division 1
    assertEquals([one.value, ourMetric(one)], [one.score === "jaccard" ? null : 0, [1]]);
  }
});

Deno.test("torchmetrics: Matthews' coefficient of one class is not 0, multi-class scores are of the whole table", () => {
  const said = differing("torchmetrics", "0/0");
  assertEquals(said.filter(({ score }) => score === "mcc").map(({ value }) => Number(value).toFixed(4)), [
    "0.5774", // labels 1 1 1 1, decisions 1 0 1 1
    "0.5774",
    "1.0000",
    "0.5774",
  ]);
  assertEquals(said.filter(({ score }) => score === "cohenKappa").map(({ value }) => value), [0, 0, null, 0]);
  for (const one of said) assertEquals(ourMetric(one), [0]);
  const [accuracy, mcc, kappa] = differing("torchmetrics", "multi-class");
  assertWithin(accuracy.value as number, 5 / 16, 1e-7); // the rows that are right: our micro recall
  assertWithin(ourMetric({ ...accuracy, score: "recall" })[0], 5 / 16, 1e-7);
  assertWithin(ourMetric(accuracy)[0], 26 / 48, 1e-7); // the single decisions that are right
  assertWithin(mcc.value as number, -0.02367, 1e-5); // Gorodkin's R_K
  assertWithin(kappa.value as number, -0.02326, 1e-5);
  assertEquals([mcc, kappa].flatMap((one) => ourMetric(one)), [-0.03125, -0.03125]);
});

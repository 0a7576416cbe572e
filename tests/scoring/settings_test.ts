// Every score in every setting against what scikit-learn and PyTorch say: tests/reference/settings.py.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { hardMetric, type LossOptions, metricLoss, type Score } from "../../lib/mod.ts";
import type { Average, DecisionName, ScoreName, ZeroDivision } from "../../lib/core.ts";
import { allScores } from "../all_scores.ts";
import { assertWithin, onBackends } from "../helpers.ts";

interface RecordedBatch {
  shape: [number, number];
  yTrue: (number | null)[];
  yPred: number[];
  sampleWeight: number[] | null;
}

interface HardSet extends RecordedBatch {
  decision: DecisionName;
  threshold?: number | number[];
}

interface HardCase {
  set: number;
  score: string;
  average: Average | "none";
  zeroDivision: ZeroDivision;
  value: number | null | (number | null)[];
}

interface SoftCase {
  batch: number;
  score: string;
  decision: DecisionName;
  average: Average;
  fromLogits: boolean;
  slope: number;
  threshold?: number | number[];
  classWeights?: number[];
  zeroDivision: ZeroDivision;
  ignoreLabel?: number | "NaN";
  loss: number;
  gradient: number[];
}

interface Recorded {
  sets: HardSet[];
  hard: HardCase[];
  differs: { score: "balancedAccuracy"; yTrue: number[]; decisions: number[]; sklearn: number | null }[];
  batches: RecordedBatch[];
  cases: SoftCase[];
}

const recorded: Recorded = JSON.parse(
  Deno.readTextFileSync(new URL("../reference/settings.json", import.meta.url)),
);

const scoreCalled = (name: string): Score => {
  const score = allScores.find((one) => one.name === name);
  assert(score, name);
  return score;
};

/** The tensors of a batch: labels one a row or one an output, weights too. */
function tensorsOf({ shape, yTrue, yPred, sampleWeight }: RecordedBatch): [tf.Tensor, tf.Tensor, tf.Tensor?] {
  const shaped = (values: number[]) =>
    tf.tensor(values, values.length === yPred.length ? shape : [shape[0]], "float32");
  return [
    shaped(yTrue.map((y) => y ?? NaN)),
    tf.tensor(yPred, shape, "float32"),
    sampleWeight ? shaped(sampleWeight) : undefined,
  ];
}

onBackends("hard metrics are scikit-learn's: every score, average, decision, weight and zero division", () => {
  let worst = 0;
  for (const { set, score, average, zeroDivision, value } of recorded.hard) {
    const batch = recorded.sets[set], { decision, threshold } = batch;
    const metric = hardMetric(scoreCalled(score), { average, zeroDivision, decision, threshold });
    const actual = tf.tidy(() => [...metric(...tensorsOf(batch)).dataSync()]);
    const expected = Array.isArray(value) ? value : [value];
    assertEquals(actual.length, expected.length);
    actual.forEach((v, k) => {
      const where = `${metric.name} of set ${set}, zero division ${zeroDivision}`;
      // Where nothing is left of a mean scikit-learn says NaN, Roundabout 0; class by class both say NaN.
      if (expected[k] === null) return assertStrictEquals(v, average === "none" ? NaN : 0, where);
      const size = Math.abs(expected[k]);
      worst = Math.max(worst, Math.abs(v - expected[k]) / Math.max(size, 1e-9));
      assertWithin(v, expected[k], 6e-8 * size + 1e-14, where); // float32; and what float64 leaves of terms that cancel
    });
  }
  assert(recorded.hard.length >= 1000, `${recorded.hard.length}`);
  assertEquals(
    new Set(recorded.hard.map(({ score }) => score)),
    new Set(
      allScores.map(({ name }) => name).filter(
        (name) => name !== "tversky2_0",
      ),
    ),
  );
  console.log(
    `${tf.getBackend()}: ${recorded.hard.length} hard values, largest relative difference ${worst.toExponential(1)}`,
  );
});

onBackends(
  "losses and gradients are PyTorch's: scores, averages, decisions, class weights, logits, ignored labels",
  () => {
    let worstLoss = 0, worstGradient = 0;
    for (const [index, c] of recorded.cases.entries()) {
      const { score, decision, average, fromLogits, slope, threshold, classWeights, zeroDivision, ignoreLabel } = c;
      const options: LossOptions = { decision, average, fromLogits, slope, threshold, classWeights, zeroDivision };
      if (ignoreLabel !== undefined) options.ignoreLabel = Number(ignoreLabel);
      const loss = metricLoss(scoreCalled(score), options);
      const { value, gradient } = tf.tidy(() => {
        const [y, p, w] = tensorsOf(recorded.batches[c.batch]);
        const { value, grad } = tf.valueAndGrad((p) => loss(y, p, w))(p);
        assertEquals(grad.shape, p.shape);
        return { value: value.dataSync()[0], gradient: grad.dataSync() };
      });
      const largest = Math.max(...c.gradient.map(Math.abs)),
        where = `case ${index}: ${JSON.stringify({ score, ...options })}`;
      // Float64 until it is rounded to float32, once; 2e-12 of the largest element, or of 1, is what is left of terms that
      // cancel, and of a moving threshold that is known to an ulp.
      assertWithin(value, c.loss, 6e-8 * Math.abs(c.loss) + 1e-13, where);
      c.gradient.forEach((g, i) => {
        assertWithin(gradient[i], g, 6e-8 * Math.abs(g) + 2e-12 * Math.max(largest, 1e-2), `${where}, output ${i}`);
      });
      worstLoss = Math.max(worstLoss, Math.abs(value - c.loss) / Math.max(1e-3, Math.abs(c.loss)));
      const difference = Math.max(...c.gradient.map((g, i) => Math.abs(gradient[i] - g)));
      worstGradient = Math.max(worstGradient, difference / Math.max(largest, 1e-9));
    }
    assert(recorded.cases.length >= 500, `${recorded.cases.length}`);
    assertEquals(new Set(recorded.cases.map(({ average }) => average)).size, 5);
    console.log(
      `${tf.getBackend()}: ${recorded.cases.length} losses, largest relative difference ${
        worstLoss.toExponential(1)
      }, ` +
        `of gradients ${worstGradient.toExponential(1)}`,
    );
  },
);

Deno.test("where scikit-learn means something else, what each says", () => {
  const ours = (score: ScoreName, y: number[], d: number[], zeroDivision: ZeroDivision) =>
    tf.tidy(() =>
      hardMetric(score, { zeroDivision })(tf.tensor1d(y, "float32"), tf.tensor1d(d, "float32")).dataSync()[0]
    );
  const said = Object.fromEntries(recorded.differs.map((one) => [one.score, one]));
  const { balancedAccuracy, mcc, cohenKappa } = said as Record<string, Recorded["differs"][number]>;
  // Only positives: scikit-learn leaves the absent class out, which makes it the recall.
  assertStrictEquals(balancedAccuracy.sklearn, 0.75);
  assertStrictEquals(ours("balancedAccuracy", balancedAccuracy.yTrue, balancedAccuracy.decisions, 0), 0);
  assertStrictEquals(ours("balancedAccuracy", balancedAccuracy.yTrue, balancedAccuracy.decisions, 1), 1);
  assertStrictEquals(ours("recall", balancedAccuracy.yTrue, balancedAccuracy.decisions, 0), 0.75);
  assertStrictEquals(mcc.sklearn, 0);
  assertStrictEquals(ours("mcc", mcc.yTrue, mcc.decisions, 0), 0);
  assertStrictEquals(ours("mcc", mcc.yTrue, mcc.decisions, 1), 1);
  assertStrictEquals(cohenKappa.sklearn, null);
  assertStrictEquals(ours("cohenKappa", cohenKappa.yTrue, cohenKappa.decisions, 1), 1);
  // Rows that are right as a whole, against single decisions.
  const rows = recorded.differs.find(({ score }) => score as string === "accuracy")!;
  assertStrictEquals(rows.sklearn, 0.5);
  const [y, d] = [rows.yTrue, rows.decisions].map((values) => tf.tensor2d(values as unknown as number[][]));
  const micro = hardMetric("accuracy", { average: "micro" })(y, tf.cast(d, "float32"));
  assertStrictEquals(micro.dataSync()[0], 0.75);
  tf.dispose([y, d, micro]);
});

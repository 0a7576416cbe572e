import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadDataset, scikitLearnFolds, seededRandom } from "@roundabout/roundabout/data";
import { accuracy, balancedAccuracy, countsGradient, f1, logistic, softCounts } from "@roundabout/roundabout";
import { anyLoss, scoreFold, scoreSlopes, tableOf } from "../../lib/compare/anyloss.ts";
import { descend, type Descent, linear } from "../../lib/compare/linear.ts";
import { designMatrix } from "../../lib/compare/design_matrix.ts";
import { ofLogits } from "../../lib/steps/logits.ts";
import { scoreFolds } from "../../tasks/compare_folds.ts";
import { assertAllWithin } from "../helpers.ts";

// Han et al., arXiv 2405.14745, single-layer network: accuracy, F1, F0.5, F2, G-mean, balanced accuracy.
const published: Record<string, number[]> = {
  bce: [0.9807, 0.9734, 0.9806, 0.9667, 0.9767, 0.9771],
  f1: [0.9789, 0.9709, 0.9767, 0.9656, 0.9752, 0.9756],
  "fBeta0.5": [0.9737, 0.9624, 0.9782, 0.9477, 0.9655, 0.9665],
  balancedAccuracy: [0.9789, 0.9712, 0.977, 0.9657, 0.9753, 0.9756],
};

Deno.test("anyLoss: every published cell of WDBC to 4 decimals", async () => {
  const { frame, features, label } = await loadDataset("wdbc");
  const yTrue = Float64Array.from(frame.getColumn(label).toArray());
  const columns = features.map((name) => Float64Array.from(frame.getColumn(name).toArray()));
  const data = { columns, yTrue, folds: scikitLearnFolds(yTrue, { folds: 10, seed: 2 }) };
  const { rows, tuned, undefinedScores } = anyLoss(data);
  const few = { ...data, folds: data.folds.slice(0, 3) }, { rows: withTestRows } = anyLoss(few);
  const { rows: withoutTestRows } = anyLoss(few, "training rows");
  assertEquals(rows.map(({ loss }) => loss), ["bce", "accuracy", "f1", "fBeta0.5", "fBeta2", "balancedAccuracy"]);
  for (const { loss, ...cells } of rows) {
    if (loss in published) assertEquals(Object.values(cells).map((v) => Number(v.toFixed(4))), published[loss], loss);
  }
  // Tuned on the training rows, and standardised by them: other numbers, of the same kind.
  assert(Math.abs(tuned.f1 - rows[0].f1) < 0.03 && tuned.f1 !== rows[0].f1);
  assert(withoutTestRows.every((row, i) => Math.abs(row.f1 - withTestRows[i].f1) < 0.03));
  assert(withoutTestRows.some((row, i) => row.f1 !== withTestRows[i].f1));
  assertEquals(undefinedScores, 0);
});

Deno.test("designMatrix: columns with mean 0 and deviation 1 (ddof 1) over the given rows, then the ones", () => {
  const { x, width } = designMatrix([[1, 3, 100], [0.5, 0.5, 0.5], [NaN, 2, 4]], [0, 1]);
  assertEquals(width, 4);
  assertAllWithin(x, [-Math.SQRT1_2, 0, 0, 1, Math.SQRT1_2, 0, 0, 1, 98 / Math.SQRT2, 0, 2, 1], 1e-15);
});

Deno.test("descend: four rows at a time are the rows one after the other, whatever is left over", () => {
  const random = seededRandom(1);
  for (const n of [1, 3, 4, 6, 9]) {
    const x = Float64Array.from({ length: 3 * n }, () => random.normal()),
      yTrue = new Float64Array(n).map((_, i) => i % 2);
    const data = { x, width: 3, yTrue }, weights = Float64Array.of(1, -2, 0.5);
    assertEquals(
      [...linear(data, weights)],
      [...yTrue].map((_, i) => x[3 * i] - 2 * x[3 * i + 1] + 0.5 * x[3 * i + 2]),
    );
    const slopes: Descent["slopes"] = (y, _z, slopes) => y.forEach((v, i) => slopes[i] = v + i);
    const plain = [0, 1, 2].map((j) => -0.1 * yTrue.reduce((sum, v, i) => sum + (v + i) * x[3 * i + j], 0));
    assertAllWithin(descend(data, { slopes, learningRate: 0.1, steps: 1 }), plain, 1e-12);
  }
});

Deno.test("the fused slopes of the protocol are those of the library's counts, step and score", () => {
  const random = seededRandom(2), n = 50, z = Float64Array.from({ length: n }, () => 4 * random.normal());
  const yTrue = z.map((v) => Number(v + 3 * random.normal() > 1)), slopes = new Float64Array(n);
  const step = ofLogits(logistic({ slope: 73 / 4, anchored: false }));
  for (const score of [f1, accuracy, balancedAccuracy]) {
    scoreSlopes(score)(yTrue, z, slopes);
    const { tp, fp, fn, tn } = score.gradient(softCounts({ yTrue, yPred: z }, step));
    const partials = { tp: -tp, fp: -fp, fn: -fn, tn: -tn };
    assertAllWithin(
      slopes,
      countsGradient({ yTrue, yPred: z }, step, partials, new Float64Array(n)),
      1e-14,
      score.name,
    );
  }
});

Deno.test("scoreFolds: on several cores the same numbers, fold by fold; an error of a worker is the task's", async () => {
  const random = seededRandom(3),
    n = 60,
    columns = [0, 1].map(() => Float64Array.from({ length: n }, () => random.normal()));
  const yTrue = Float64Array.from({ length: n }, (_, i) => i < 20 || columns[0][i] > 1 ? 1 : 0);
  const data = { columns, yTrue, folds: scikitLearnFolds(yTrue, { folds: 10, seed: 2 }) };
  let done = 0;
  const folds = await scoreFolds(data, "all rows", () => done++);
  assertEquals([done, tableOf(folds)], [10, anyLoss(data)]);
  assertEquals(folds, data.folds.map((fold) => scoreFold(data, fold, "all rows")));
  await assertRejects(() => scoreFolds({ ...data, columns: [] }, "all rows", () => {}), Error);
});

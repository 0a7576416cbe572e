import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadDataset, scikitLearnFolds, seededRandom } from "@roundabout/roundabout/data";
import { anyLoss, scoreFold, standardizedMatrix, tableOf } from "../../lib/compare/anyloss.ts";
import { scoreFolds } from "../../tasks/compare_protocol.ts";
import { assertAllWithin } from "../helpers.ts";
import { slow } from "../slow.ts";

// Han et al., arXiv 2405.14745, single-layer network: accuracy, F1, F0.5, F2, G-mean, balanced accuracy.
const published: Record<string, number[]> = {
  bce: [0.9807, 0.9734, 0.9806, 0.9667, 0.9767, 0.9771],
  f1: [0.9789, 0.9709, 0.9767, 0.9656, 0.9752, 0.9756],
  "fBeta0.5": [0.9737, 0.9624, 0.9782, 0.9477, 0.9655, 0.9665],
  balancedAccuracy: [0.9789, 0.9712, 0.977, 0.9657, 0.9753, 0.9756],
};

slow.test("anyLoss: every published cell of WDBC to 4 decimals", async () => {
  const { frame, features, label } = await loadDataset("wdbc");
  const yTrue = Float64Array.from(frame.getColumn(label).toArray());
  const columns = features.map((name) => Float64Array.from(frame.getColumn(name).toArray()));
  const data = { columns, yTrue, folds: scikitLearnFolds(yTrue, { folds: 10, seed: 2 }) };
  const folds = data.folds.map((fold) => scoreFold(data, fold, "all rows"));
  const { rows, tuned, undefinedScores } = tableOf(folds), { rows: withTestRows } = tableOf(folds.slice(0, 3));
  const { rows: withoutTestRows } = anyLoss({ ...data, folds: data.folds.slice(0, 3) }, "training rows");
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

Deno.test("standardizedMatrix: columns with mean 0 and deviation 1 (ddof 1) over the given rows", () => {
  const { x, width } = standardizedMatrix([[1, 3, 100], [0.5, 0.5, 0.5], [NaN, 2, 4]], [0, 1]);
  assertEquals(width, 3);
  assertAllWithin(x, [-Math.SQRT1_2, 0, 0, Math.SQRT1_2, 0, 0, 98 / Math.SQRT2, 0, 2], 1e-15);
});

slow.test("scoreFolds: on several cores the same numbers, fold by fold; an error of a worker is the task's", async () => {
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

Deno.test("scoreFold and tableOf: every loss on rows that a line separates, each fold's scores and their means", () => {
  const columns = [Array.from({ length: 40 }, (_, i) => i), Array.from({ length: 40 }, (_, i) => i % 7)];
  const yTrue = Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20));
  const train = Array.from({ length: 40 }, (_, i) => i).filter((i) => i % 4 !== 0);
  const [low, high] = [[0, 4, 8], [24, 28, 32]],
    losses = ["bce", "accuracy", "f1", "fBeta0.5", "fBeta2", "balancedAccuracy"];
  const fold = (test: number[]) => scoreFold({ columns, yTrue }, { train, test }, "training rows");
  const both = fold([...low, ...high]),
    ones = { accuracy: 1, f1: 1, "fBeta0.5": 1, fBeta2: 1, gMean: 1, balancedAccuracy: 1 };
  assertEquals(both, {
    scored: Object.fromEntries(losses.map((loss) => [loss, ones])),
    tuned: ones,
    undefinedScores: 0,
  });
  // Positives alone: gMean and balanced accuracy are 0/0, for each of the six losses.
  const positives = fold(high), own = { ...ones, gMean: 0, balancedAccuracy: 0 };
  assertEquals([positives.scored.f1, positives.tuned, positives.undefinedScores], [own, own, 12]);
  const { rows, tuned, undefinedScores } = tableOf([both, positives]);
  const mean = { ...ones, gMean: 0.5, balancedAccuracy: 0.5 };
  assertEquals(rows, losses.map((loss) => ({ loss, ...mean })));
  assertEquals([tuned, undefinedScores], [{ loss: "bce", ...mean }, 12]);
});

Deno.test("anyLoss: the table of the folds, standardised by all rows unless by each fold's training rows", () => {
  const columns = [Array.from({ length: 24 }, (_, i) => i === 3 ? 90 : i), Array.from({ length: 24 }, (_, i) => i % 5)];
  const yTrue = Float64Array.from({ length: 24 }, (_, i) => Number(i % 7 + i / 4 > 6));
  const part = (k: number) => Array.from({ length: 24 }, (_, i) => i).filter((i) => i % 3 === k);
  const folds = [{ train: [...part(0), ...part(1)], test: part(2) }, {
    train: [...part(1), ...part(2)],
    test: part(0),
  }];
  const data = { columns, yTrue, folds }, first = { ...data, folds: folds.slice(0, 1) };
  assertEquals(anyLoss(data), tableOf(folds.map((fold) => scoreFold(data, fold, "all rows"))));
  assertEquals(anyLoss(first, "training rows"), tableOf([scoreFold(data, folds[0], "training rows")]));
  const whole = anyLoss(first), some = anyLoss(first, "all rows", ["f1"]);
  assertEquals(some.rows, whole.rows.filter(({ loss }) => loss === "bce" || loss === "f1"));
  assertEquals(some.tuned, whole.tuned);
});

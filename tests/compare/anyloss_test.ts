import { assert, assertEquals } from "@std/assert";
import { loadDataset, scikitLearnFolds } from "@roundabout/roundabout/data";
import { anyLoss } from "../../lib/compare/anyloss.ts";
import { standardised } from "../../lib/compare/standardised.ts";

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
  let folds = 0;
  const data = { columns, yTrue, folds: scikitLearnFolds(yTrue, { folds: 10, seed: 2 }) };
  const { rows, tuned, withoutTestRows, undefinedScores } = anyLoss(data, () => folds++);
  assertEquals(rows.map(({ loss }) => loss), ["bce", "accuracy", "f1", "fBeta0.5", "fBeta2", "balancedAccuracy"]);
  for (const { loss, ...cells } of rows) {
    if (loss in published) assertEquals(Object.values(cells).map((v) => Number(v.toFixed(4))), published[loss], loss);
  }
  // Tuned on the training rows, and standardised by them: other numbers, of the same kind.
  assert(Math.abs(tuned.f1 - rows[0].f1) < 0.03 && tuned.f1 !== rows[0].f1);
  assert(withoutTestRows.every((row, i) => Math.abs(row.f1 - rows[i].f1) < 0.02));
  assertEquals([folds, undefinedScores], [20, 0]);
});

Deno.test("standardised: mean 0 and deviation 1 (ddof 1) over the given rows, a constant column 0, then the ones", () => {
  const { x, width } = standardised([[1, 3, 100], [0.1, 0.1, 0.1]], [0, 1]);
  assertEquals(width, 3);
  const s = Math.SQRT1_2;
  assertEquals(
    [...x].map((v) => Math.round(v * 1e9) / 1e9),
    [-s, 0, 1, s, 0, 1, 98 / Math.SQRT2, 0, 1].map((v) => Math.round(v * 1e9) / 1e9),
  );
});

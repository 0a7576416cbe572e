import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import {
  type Dataset,
  loadDataset,
  prepare,
  type Prepared,
  readTable,
  stratifiedKFold,
  trainTestSplit,
} from "@roundabout/roundabout/data";
import { standardize } from "../../lib/data/standardize.ts";
import { names, recorded } from "./facts.ts";

/** scikit-learn was trained on the rows whose number is not divisible by 3. */
function recordedSplit(rows: number) {
  const all = Array.from({ length: rows }, (_, row) => row);
  return { train: all.filter((row) => row % 3 !== 0), validation: [], test: all.filter((row) => row % 3 === 0) };
}

/** Calls `use` with what `prepare` makes; afterwards no tensor may be left. */
function withPrepared(
  dataset: Parameters<typeof prepare>[0],
  split: Parameters<typeof prepare>[1],
  use: (prepared: Prepared) => void,
) {
  const before = tf.memory().numTensors;
  const prepared = prepare(dataset, split);
  try {
    use(prepared);
  } finally {
    prepared.dispose();
    prepared.dispose();
  }
  assertEquals(tf.memory().numTensors, before);
}

/** A tiny data set with a constant column, a missing value and categories. */
const tiny: Pick<Dataset, "frame" | "features" | "categorical" | "label"> = {
  frame: pl.DataFrame([
    pl.Series("a", [1, 2, null, 3, 9], pl.Float64),
    pl.Series("constant", [0.1, 0.1, 0.1, 0.1, 7], pl.Float64),
    pl.Series("kind", ["x", null, "y", "x", "z"], pl.Utf8),
    pl.Series("y", [0, 1, 0, 1, 1], pl.Float64),
  ]),
  features: ["a", "constant", "kind"],
  categorical: ["kind"],
  label: "y",
};

for (const name of names) {
  Deno.test(`prepare: ${name} comes out as from scikit-learn's imputer, scaler and encoder`, async () => {
    const dataset = await loadDataset(name);
    const facts = recorded[name].prepared;
    withPrepared(dataset, recordedSplit(dataset.rows), ({ test, features, means, scales, imputed }) => {
      const sklearnName = (feature: string) => feature.replace("=", "_");
      assertEquals(features.map(sklearnName).toSorted(), facts.features.toSorted());
      features.forEach((feature, j) => {
        const mean = facts.means[feature] ?? 0;
        assertAlmostEquals(means[j], mean, 1e-12 * Math.abs(mean), feature);
        assertAlmostEquals(scales[j], facts.scales[feature] ?? 1, 1e-12 * (facts.scales[feature] ?? 1), feature);
      });
      for (const [feature, { median, count }] of Object.entries(imputed)) {
        assertEquals([median, count], [facts.medians[feature], recorded[name].numeric[feature].missing]);
      }
      const order = features.map((feature) => facts.features.indexOf(sklearnName(feature)));
      const x = test.x.arraySync();
      facts.test.x.forEach((row, i) => {
        order.forEach((from, j) => assertEquals(x[i][j], Math.fround(row[from]), features[j]));
      });
      assertEquals(test.y.arraySync().slice(0, 5).flat(), facts.test.y);
      order.forEach((from, j) => {
        const sum = x.reduce((sum, row) => sum + row[j], 0);
        assertAlmostEquals(sum, facts.testSums[from], 1e-4, features[j]);
      });
    });
  });
}

Deno.test("prepare: a table of readTable gives what the data set's frame gives, and its classes stratify", async () => {
  const credit = await loadDataset("credit"), table = await readTable("data/credit.csv", { label: "bad" });
  const split = trainTestSplit(credit, { seed: 2, validationFraction: 0.2 });
  assertEquals(trainTestSplit(table.yTrue, { seed: 2, validationFraction: 0.2 }), split);
  withPrepared(credit, split, (one) => {
    withPrepared(table, split, (two) => {
      const numbers = ({ train, validation, test }: Prepared) =>
        [train, validation!, test].flatMap(({ x, y }) => [x.dataSync(), y.dataSync()]);
      assertEquals(numbers(two), numbers(one));
      const { features, means, scales, imputed, unknown } = one;
      assertEquals(
        [two.features, two.means, two.scales, two.imputed, two.unknown],
        [features, means, scales, imputed, unknown],
      );
    });
  });
});

Deno.test("standardize: median, mean and deviation are the given rows'; ddof 0 divides by n, 1 by n − 1", () => {
  const column = [1, 3, NaN, 8, 100], rows = [0, 1, 2, 3];
  const filled = [1, 3, 3, 8], mean = 3.75, squares = filled.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  for (const ddof of [0, 1] as const) {
    const { values, ...learnt } = standardize(column, rows, ddof), scale = Math.sqrt(squares / (4 - ddof));
    assertEquals(learnt, { median: 3, mean, scale });
    assertEquals([...values], [...filled, 100].map((v) => (v - mean) / scale));
  }
  assertEquals(standardize([4, NaN, 1, 9, 2], [0, 1, 2, 3, 4], 0).median, 3); // the mean of the middle two
});

Deno.test("standardize: the scale of a constant is 1, rounding errors or not; rows without a value have the median 0", () => {
  const constant = standardize([0.1, 0.1, 0.1, 7], [0, 1, 2], 1);
  assertEquals(constant.scale, 1);
  assertAlmostEquals(constant.values[0], 0, 1e-15);
  assertAlmostEquals(constant.values[3], 6.9, 1e-15);
  assertEquals({ ...standardize([NaN, NaN, 4], [0, 1], 0) }, {
    values: Float64Array.of(0, 0, 4),
    median: 0,
    mean: 0,
    scale: 1,
  });
  assert(standardize([1e8, 1e8 + 1e-6], [0, 1], 0).scale < 1e-5); // small, but more than rounding
});

Deno.test("prepare: training columns have mean 0 and standard deviation 1; shapes and types are as documented", async () => {
  const wdbc = await loadDataset("wdbc");
  withPrepared(wdbc, trainTestSplit(wdbc, { seed: 1, validationFraction: 0.2 }), ({ train, validation, test }) => {
    assertEquals([train.x.shape, validation?.x.shape, test.x.shape], [[284, 30], [114, 30], [171, 30]]);
    assertEquals([train.y.shape, validation?.y.shape, test.y.shape], [[284, 1], [114, 1], [171, 1]]);
    for (const part of [train, test]) assertEquals([part.x.dtype, part.y.dtype], ["float32", "float32"]);
    const rows = train.x.arraySync();
    for (let j = 0; j < 30; j++) {
      const mean = rows.reduce((sum, row) => sum + row[j], 0) / rows.length;
      assertAlmostEquals(mean, 0, 1e-6);
      assertAlmostEquals(rows.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / rows.length, 1, 1e-5);
    }
  });
});

Deno.test("prepare: a split without validation rows gives no validation part, also for folds", async () => {
  const { frame, features, categorical, label } = await loadDataset("wdbc");
  const [fold] = stratifiedKFold({ frame, label }, { folds: 5, seed: 1 });
  withPrepared({ frame, features, categorical, label }, fold, (prepared) => {
    assert(!("validation" in prepared));
    assertEquals(prepared.train.x.shape[0] + prepared.test.x.shape[0], 569);
  });
});

Deno.test("prepare: of more than two classes the labels are the classes' indices", async () => {
  const digits = await loadDataset("digits");
  const split = trainTestSplit(digits, { seed: 1 });
  const labels = digits.frame.getColumn("digit").toArray();
  withPrepared(digits, split, ({ train, features }) => {
    assertEquals([train.x.shape, train.y.shape], [[1258, 64], [1258, 1]]);
    assertEquals(features.slice(7, 9), ["pixel_0_7", "pixel_1_0"]);
    assertEquals([...train.y.dataSync()], split.train.map((row) => labels[row]));
  });
  const { frame, features, categorical, label } = digits; // without `classes` there are two
  assertThrows(() => prepare({ frame, features, categorical, label }, split), RangeError, "'digit' must hold 0 and 1");
});

Deno.test("prepare: medians, constants, categories, missing and unseen ones, by hand", () => {
  withPrepared(tiny, { train: [0, 1, 2, 3], validation: [], test: [4] }, (prepared) => {
    assertEquals(prepared.features, ["a", "constant", "kind=x", "kind=y"]);
    assertEquals(prepared.imputed, { a: { median: 2, count: 1 } });
    assertEquals(prepared.unknown, { kind: 2 });
    const sd = Math.sqrt(0.5);
    assertEquals(prepared.means, [2, 0.1, 0, 0]);
    assertEquals(prepared.scales, [sd, 1, 1, 1]);
    const one = Math.fround(1 / sd);
    assertEquals(prepared.train.x.arraySync(), [[-one, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1], [one, 0, 1, 0]]);
    assertEquals(prepared.test.x.arraySync(), [[Math.fround(7 / sd), Math.fround(6.9), 0, 0]]);
    assertEquals(prepared.test.y.arraySync(), [[1]]);
  });
});

Deno.test("prepare: missing and unknown values are counted in all three parts, and in no other row", () => {
  const frame = pl.DataFrame([
    pl.Series("a", [1, 2, null, null, null, null], pl.Float64),
    pl.Series("kind", ["x", "x", null, "y", null, "z"], pl.Utf8),
    pl.Series("y", [0, 1, 0, 1, 0, 1], pl.Float64),
  ]);
  const dataset = { frame, features: ["a", "kind"], categorical: ["kind"], label: "y" };
  withPrepared(dataset, { train: [0, 1, 2], validation: [3], test: [4] }, ({ imputed, unknown, validation }) => {
    assertEquals([imputed, unknown], [{ a: { median: 1.5, count: 3 } }, { kind: 3 }]);
    assertEquals(validation!.x.arraySync(), [[0, 0]]);
  });
});

Deno.test("prepare: a test row has no say in scaling, imputation and categories; a training row has", () => {
  const learnt = (changed: number) => {
    const change = <T>(column: string, value: T): T[] =>
      (tiny.frame.getColumn(column).toArray() as T[]).map((old, row) => row === changed ? value : old);
    const frame = pl.DataFrame([
      pl.Series("a", change("a", 1e6), pl.Float64),
      pl.Series("constant", change("constant", -5), pl.Float64),
      pl.Series("kind", change("kind", "new"), pl.Utf8),
      tiny.frame.getColumn("y"),
    ]);
    const { train, features, means, scales, imputed, dispose } = prepare(
      { ...tiny, frame },
      { train: [0, 1, 2], validation: [3], test: [4] },
    );
    const x = train.x.arraySync();
    dispose();
    return { x, features, means, scales, imputed };
  };
  const before = learnt(-1);
  assertEquals(learnt(4), before);
  assertEquals(learnt(3), before);
  assertNotEquals(learnt(1), before);
});

Deno.test("prepare: bad arguments are errors that name them, and leave no tensor", () => {
  const before = tf.memory().numTensors;
  const split = { train: [0, 1], validation: [], test: [2, 3] };
  const refuse = (change: object, message: string, of: Partial<typeof tiny> = {}) =>
    assertThrows(() => prepare({ ...tiny, ...of }, { ...split, ...change }), Error, message);
  refuse({ train: [] }, "Cannot prepare data: 'split.train' must have a row");
  refuse({ test: [] }, "Cannot prepare data: 'split.test' must have a row");
  refuse({ test: [5] }, "Cannot prepare data: 'split.test[0]' must be an integer from 0 to 4, it is 5");
  refuse({ test: [0.5] }, "Cannot prepare data: 'split.test[0]' must be an integer from 0 to 4, it is 0.5");
  refuse({ test: [1] }, "Cannot prepare data: row 1 is in 'split.train' and in 'split.test'");
  refuse({ train: [0, 0] }, "Cannot prepare data: row 0 is in 'split.train' and in 'split.train'");
  refuse({ train: [2], test: [1] }, "Cannot prepare data: 'a' has no value in the training rows");
  refuse({}, "Cannot prepare data: the frame has no column 'b'", { features: ["b"] });
  refuse({}, "Cannot prepare data: 'a' must hold 0 and 1 only, row 1 is 2", { label: "a", features: ["constant"] });
  assertEquals(tf.memory().numTensors, before);
});

import { assert, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  batchesOf,
  loadDataset,
  prepare,
  scikitLearnFolds,
  stratifiedKFold,
  syntheticBinary,
  takeRows,
  trainTestSplit,
} from "@roundabout/roundabout/data";
import { digest } from "../helpers.ts";
import { names } from "./facts.ts";

const count = (labels: ArrayLike<unknown>, rows: readonly number[], of = 1) =>
  rows.filter((row) => labels[row] === of).length;

for (const name of names) {
  Deno.test(`trainTestSplit: every part of ${name} has the rows of each class that it should`, async () => {
    const dataset = await loadDataset(name);
    const labels = dataset.frame.getColumn(dataset.label).toArray();
    const parts = trainTestSplit(dataset, { seed: 3, testFraction: 0.25, validationFraction: 0.15 });
    for (const rows of Object.values(parts)) {
      dataset.classes.forEach((size, at) => {
        const off = Math.abs(count(labels, rows, at) - rows.length * size / dataset.rows);
        assertLess(off, dataset.classes.length === 2 ? 1 : 2);
      });
    }
    assertEquals(parts.test.length, Math.round(0.25 * dataset.rows));
    assertEquals(parts.validation.length, Math.round(0.15 * dataset.rows));
  });
}

Deno.test("trainTestSplit: the parts are a partition, stratified to one row, and depend on the seed alone", () => {
  const problem = fc.record({
    labels: fc.array(fc.constantFrom(0, 1), { minLength: 20, maxLength: 80 }),
    testFraction: fc.double({ min: 0.1, max: 0.45, noNaN: true }),
    validationFraction: fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 0.45, noNaN: true })),
    seed: fc.maxSafeNat(),
    stratify: fc.boolean(),
  });
  fc.assert(fc.property(problem, ({ labels, ...options }) => {
    const split = trainTestSplit(labels, options);
    const all = [...split.train, ...split.validation, ...split.test];
    assertEquals(all.toSorted((a, b) => a - b), labels.map((_, row) => row));
    assertEquals(trainTestSplit(labels, options), split);
    if (!options.stratify) return;
    const positives = labels.filter((label) => label === 1).length;
    for (const rows of Object.values(split)) {
      assertLess(Math.abs(count(labels, rows) - rows.length * positives / labels.length), 1);
    }
  }));
});

Deno.test("trainTestSplit: the split of ten rows for seed 1 is the recorded one", () => {
  const labels = [0, 1, 0, 0, 1, 0, 0, 1, 0, 1];
  const split = trainTestSplit(labels, { seed: 1, testFraction: 0.3, validationFraction: 0.2 });
  assertEquals(split, { "train": [6, 8, 2, 7, 1], "validation": [3, 9], "test": [5, 4, 0] });
  assertNotEquals(trainTestSplit(labels, { seed: 2, testFraction: 0.3, validationFraction: 0.2 }), split);
});

Deno.test("trainTestSplit: the splits of 5,003 rows for seed 5 are the recorded ones", async () => {
  const labels = Array.from({ length: 5003 }, (_, i) => i * i % 7 % 3), seed = 5;
  const parts = trainTestSplit(labels, { seed, testFraction: 0.25, validationFraction: 0.15 });
  assertEquals(await digest(parts), "24a6bd1d63a1592e");
  assertEquals(await digest(trainTestSplit(labels, { seed, stratify: false })), "0a1d10da2393e247");
});

Deno.test("trainTestSplit: every row is in one part, and all rows of a group in the same", () => {
  const groups = Int32Array.from({ length: 60 }, (_, row) => row % 20),
    yTrue = Float64Array.from(groups, (g) => +(g < 8));
  const parts = trainTestSplit({ yTrue, groups }, { seed: 2, testFraction: 0.3, validationFraction: 0.2 });
  const { train, validation, test } = parts;
  assertEquals([train, validation, test].flat().sort((a, b) => a - b), [...groups.keys()]);
  const numberOf = (rows: readonly number[]) => new Set(rows.map((row) => groups[row])).size;
  assertEquals([numberOf(train), numberOf(validation), numberOf(test)], [10, 4, 6]);
});

Deno.test("trainTestSplit: many rows of a class do not overflow the stack", () => {
  const { train, test } = trainTestSplit(new Uint8Array(200_000).fill(1, 0, 10), { seed: 1 });
  assertEquals([train.length, test.length], [140_000, 60_000]);
});

Deno.test("trainTestSplit: without stratification the shares are left to chance", () => {
  const labels = Array.from({ length: 100 }, (_, row) => row < 30 ? 1 : 0);
  const found = Array.from({ length: 20 }, (_, seed) => {
    return count(labels, trainTestSplit(labels, { seed, stratify: false }).test);
  });
  assert(new Set(found).size > 3);
});

Deno.test("trainTestSplit: the rows are in random order, not sorted by class", () => {
  const labels = Array.from({ length: 100 }, (_, row) => row < 50 ? 1 : 0);
  const { train } = trainTestSplit(labels, { seed: 1 });
  assertNotEquals(train.map((row) => labels[row]), train.map((row) => labels[row]).toSorted((a, b) => b - a));
});

Deno.test("trainTestSplit: bad arguments are errors that name them", () => {
  const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
  const refuse = (options: object, message: string, of: ArrayLike<number> = labels) =>
    assertThrows(() => trainTestSplit(of, { seed: 1, ...options }), RangeError, message);
  for (const testFraction of [0, 1, -0.1, 1.5, NaN, "0.3"]) {
    refuse({ testFraction }, "Cannot split rows: 'testFraction' must be a number between 0 and 1, it is");
  }
  for (const validationFraction of [1, -0.1, NaN, "0"]) {
    refuse({ validationFraction }, "Cannot split rows: 'validationFraction' must be a number between 0 and 1, it is");
  }
  refuse(
    { testFraction: 0.6, validationFraction: 0.4 },
    "Cannot split rows: 'testFraction' 0.6 and 'validationFraction' 0.4 of 10 rows leave no training row",
  );
  refuse({ testFraction: 0.01 }, "'testFraction' 0.01 and 'validationFraction' 0 of 10 rows leave no test row");
  refuse({ validationFraction: 0.01 }, "of 10 rows leave no validation row");
  refuse({}, "of 0 rows leave no training row", []);
  refuse({}, "Cannot split rows: 'labels' must hold integers from 0 to 2 only, row 2 is 3", [0, 1, 3]);
  refuse({}, "Cannot split rows: 'labels' must hold integers from 0 to 2 only, row 1 is 0.5", [0, 0.5, 1]);
  refuse({ seed: 1.5 }, "'seed' must be an integer of at least 0, it is 1.5");
  refuse({ seed: undefined }, "'seed' must be an integer of at least 0, it is undefined");
});

Deno.test("takeRows: takes the rows in the order given, types and missing values kept", async () => {
  const { frame } = await loadDataset("credit");
  const taken = takeRows(frame, [29, 0, 29]);
  const all = frame.rows();
  assertEquals(taken.rows(), [all[29], all[0], all[29]]);
  assertEquals(taken.columns, frame.columns);
  assertEquals(Object.values(taken.schema).map(String), Object.values(frame.schema).map(String));
  assertEquals(takeRows(frame, []).height, 0);
  assertThrows(
    () => takeRows(frame, [4454]),
    RangeError,
    "Cannot take rows: 'rows[0]' must be an integer from 0 to 4453, it is 4454",
  );
});

Deno.test("a misspelt option of splits, folds, parts and problems is refused: it would be a default", async () => {
  const labels = [0, 0, 1, 1], wrong = { validationFracton: 0.2 }, wdbc = await loadDataset("wdbc");
  const problem = { rows: 10, prevalence: 0.5, separation: 1, seed: 1 };
  for (
    const call of [
      () => trainTestSplit(labels, { seed: 1, ...wrong }),
      () => stratifiedKFold(labels, { folds: 2, seed: 1, ...wrong }),
      () => scikitLearnFolds(labels, { folds: 2, seed: 1, ...wrong }),
      () => syntheticBinary({ ...problem, ...wrong }),
      () => prepare(wdbc, trainTestSplit(wdbc, { seed: 1 }), wrong as object),
    ]
  ) assertThrows(call, TypeError, "'validationFracton' is 0.2, but there is no such option, only");
});

Deno.test("what is no data set, label, frame, split or list of rows is refused by name", async () => {
  const { frame, ...wdbc } = await loadDataset("wdbc"), seed = 1, whole = { ...wdbc, frame };
  const split = trainTestSplit(whole, { seed });
  const refused: [() => unknown, string][] = [
    ...[{}, NaN, null, undefined, "x"].map((rows): [() => unknown, string] => [
      () => trainTestSplit(rows as never, { seed }),
      "Cannot split rows: 'dataset' must be a data set, a table or an array of class indices, it is",
    ]),
    [() => trainTestSplit({ yTrue: NaN as never }, { seed }), "'yTrue' must be an array of numbers, it is NaN"],
    [
      () => stratifiedKFold({ yTrue: Float64Array.of(0, 0.5) }, { seed, folds: 2 }),
      "'yTrue' must hold 0 and 1 only, row 1 is 0.5",
    ],
    [() => trainTestSplit([0, 1, 1], { seed, stratify: 0 as never }), "'stratify' must be true or false, it is 0"],
    [() => trainTestSplit({ ...wdbc, frame: 3 as never }, { seed }), "'frame' must be a polars frame, it is 3"],
    [() => trainTestSplit({ ...whole, label: "ill" }, { seed }), "'label' must be a column of 'frame', it is 'ill'"],
    [() => prepare(whole, undefined as never), "'split.train' must be an array of rows, it is undefined"],
    [() => prepare(whole, { ...split, test: 3 as never }), "'split.test' must be an array of rows, it is 3"],
    [() => prepare({ ...whole, features: "a" as never }, split), "'features' must be an array of the names of columns"],
    [
      () => prepare({ yTrue: [0, 1] } as never, split),
      "'columns' must be an array of the columns of a table, it is undefined",
    ],
    [() => takeRows(wdbc as never, [0]), "Cannot take rows: 'frame' must be a polars frame"],
    [() => takeRows(frame, 0 as never), "Cannot take rows: 'rows' must be an array of rows, it is 0"],
    [
      () => batchesOf(frame, { label: "malignant", features: "a" as never }),
      "'features' must be an array of the names",
    ],
  ];
  for (const [call, sentence] of refused) assertThrows(call, Error, sentence);
});

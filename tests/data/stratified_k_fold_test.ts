import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { loadDataset, scikitLearnFolds, stratifiedKFold } from "@roundabout/roundabout/data";
import { mersenneTwister, numpyShuffle } from "../../lib/data/scikit_learn_folds.ts";
import recorded from "../reference/folds.json" with { type: "json" };

const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);

Deno.test("stratifiedKFold: the folds partition the rows, and differ by one row of each class at most", () => {
  const problem = fc.record({
    positives: fc.integer({ min: 6, max: 40 }),
    negatives: fc.integer({ min: 6, max: 40 }),
    folds: fc.integer({ min: 2, max: 6 }),
    seed: fc.maxSafeNat(),
  });
  fc.assert(fc.property(problem, ({ positives, negatives, folds, seed }) => {
    const labels = Array.from({ length: positives + negatives }, (_, row) => row < positives ? 1 : 0);
    const splits = stratifiedKFold(labels, { folds, seed });
    assertEquals(splits.length, folds);
    assertEquals(splits.flatMap(({ test }) => test).toSorted((a, b) => a - b), labels.map((_, row) => row));
    for (const { train, validation, test } of splits) {
      assertEquals([...train, ...test].toSorted((a, b) => a - b), labels.map((_, row) => row));
      assertEquals(validation, []);
    }
    const positivesOf = (rows: readonly number[]) => rows.filter((row) => row < positives).length;
    assert(spread(splits.map(({ test }) => test.length)) <= 1);
    assert(spread(splits.map(({ test }) => positivesOf(test))) <= 1);
    assert(spread(splits.map(({ test }) => test.length - positivesOf(test))) <= 1);
    assertEquals(stratifiedKFold(labels, { folds, seed }), splits);
  }));
});

Deno.test("stratifiedKFold: the seed decides; five folds of WDBC have 42 or 43 malignant rows", async () => {
  const wdbc = await loadDataset("wdbc");
  const labels = wdbc.frame.getColumn("malignant").toArray();
  const folds = stratifiedKFold(wdbc, { folds: 5, seed: 1 });
  assertEquals(folds.map(({ test }) => test.filter((row) => labels[row] === 1).length), [42, 42, 43, 43, 42]);
  assertNotEquals(stratifiedKFold(wdbc, { folds: 5, seed: 2 }), folds);
});

Deno.test("stratifiedKFold: ten classes are dealt out to one row, too", async () => {
  const digits = await loadDataset("digits");
  const labels = digits.frame.getColumn("digit").toArray();
  const folds = stratifiedKFold(digits, { folds: 7, seed: 1 });
  digits.classes.forEach((size, at) => {
    const sizes = folds.map(({ test }) => test.filter((row) => labels[row] === at).length);
    assertEquals(sizes.reduce((sum, n) => sum + n), size);
    assert(spread(sizes) <= 1);
  });
});

Deno.test("stratifiedKFold: bad arguments are errors that name them", () => {
  const refuse = (labels: number[], options: { folds: number; seed: number }, message: string) =>
    assertThrows(() => stratifiedKFold(labels, options), RangeError, message);
  const labels = [0, 0, 0, 1, 1, 1];
  for (const folds of [0, 1, 2.5, NaN]) {
    refuse(labels, { folds, seed: 1 }, `Cannot make folds: 'folds' must be an integer of at least 2, it is ${folds}`);
  }
  refuse(
    labels,
    { folds: 4, seed: 1 },
    "Cannot make folds: 'folds' must be at most the number of rows of class 0, 3, it is 4",
  );
  refuse(
    [0, 0, 1],
    { folds: 2, seed: 1 },
    "Cannot make folds: 'folds' must be at most the number of rows of class 1, 1, it is 2",
  );
  refuse([0, NaN], { folds: 2, seed: 1 }, "Cannot make folds: 'labels' must hold 0 and 1 only, row 1 is NaN");
  refuse(labels, { folds: 2, seed: 0.5 }, "'seed' must be an integer of at least 0, it is 0.5");
});

Deno.test("scikitLearnFolds: the folds that scikit-learn made, row by row", () => {
  for (const { folds, seed, labels, foldOf } of recorded.folds) {
    const splits = scikitLearnFolds(labels, { folds, seed });
    splits.forEach(({ train, test, validation }, fold) => {
      assertEquals(test, foldOf.flatMap((of, row) => of === fold ? [row] : []));
      assertEquals(train, foldOf.flatMap((of, row) => of === fold ? [] : [row]));
      assertEquals(validation, []);
    });
    assertEquals(splits.length, folds);
  }
});

Deno.test("numpyShuffle: RandomState's shuffles, one after the other", () => {
  for (const { seed, shuffled } of recorded.shuffles) {
    const shuffle = numpyShuffle(seed);
    for (const expected of shuffled) {
      const items = expected.map((_, i) => i);
      shuffle(items);
      assertEquals(items, expected);
    }
  }
});

Deno.test("mersenneTwister: the first numbers of std::mt19937 and the 10,000th, which the C++ standard gives", () => {
  const word = mersenneTwister(5489), numbers = Array.from({ length: 10_000 }, () => word());
  assertEquals(numbers.slice(0, 5), [3499211612, 581869302, 3890346734, 3586334585, 545404204]);
  assertEquals(numbers[9999], 4123659995);
});

Deno.test("scikitLearnFolds: as many folds as the largest class has rows", () => {
  const folds = scikitLearnFolds([0, 0, 0, 1], { folds: 3, seed: 1 });
  assertEquals(folds.map(({ test }) => test.filter((row) => row < 3).length), [1, 1, 1]);
  assertEquals(folds.flatMap(({ test }) => test).filter((row) => row === 3), [3]);
});

Deno.test("scikitLearnFolds: bad arguments are errors that name them", () => {
  const refuse = (labels: number[], folds: number, seed: number, message: string) =>
    assertThrows(() => scikitLearnFolds(labels, { folds, seed }), RangeError, message);
  refuse([0, 0, 1, 1], 3, 1, "'folds' must be at most the number of rows of the largest class, 2, it is 3");
  refuse([0, 0, 1, 1], 1, 1, "'folds' must be an integer of at least 2, it is 1");
  refuse([0, 0, 1, 1], 2, 2 ** 32, "Cannot shuffle as NumPy does: 'seed' must be an integer from 0 to 4294967295");
  refuse([0, 0, 1, NaN], 2, 1, "Cannot make scikit-learn's folds: 'labels' must hold");
});

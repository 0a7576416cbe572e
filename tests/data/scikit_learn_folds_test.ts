import { assertEquals, assertThrows } from "@std/assert";
import { scikitLearnFolds } from "@roundabout/roundabout/data";
import { mersenneTwister, numpyShuffle } from "../../lib/data/scikit_learn_folds.ts";
import recorded from "../reference/folds.json" with { type: "json" };

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

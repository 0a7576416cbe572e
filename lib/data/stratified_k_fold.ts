import { check, checkOptions, integerFrom } from "../check/check.ts";
import type { Split } from "./table.ts";
import { type LabelledRows, labelsOf, rowsByClass } from "./labels.ts";
import { seededRandom } from "../numerics/random.ts";

/** Options of {@linkcode stratifiedKFold}. */
export interface StratifiedKFoldOptions {
  /** The number of folds, at least 2. */
  folds: number;
  /** The seed of the random order: an integer from 0 to 2⁵³ − 1. */
  seed: number;
}

const TASK = "make folds";

/**
 * Splits rows into folds, so that each row is a test row once. The sizes of the folds differ by at most one row, and so do
 * their numbers of rows of each class: the shuffled rows are dealt out like cards, one class after the other.
 *
 * @param dataset A data set, a table, or the class indices of its rows, from 0.
 * @param options The number of folds and the seed.
 * @returns One split per fold, with an empty validation part.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If an option or a label is out of range, or a class has fewer rows than there are folds.
 *
 * @example Usage
 * ```ts
 * import { stratifiedKFold } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const folds = stratifiedKFold([0, 0, 0, 0, 1, 1], { folds: 2, seed: 1 });
 * assert(folds.every(({ train, test }) => train.length === 3 && test.filter((row) => row >= 4).length === 1));
 * ```
 */
export function stratifiedKFold(
  dataset: LabelledRows,
  options: StratifiedKFoldOptions,
): Split[] {
  checkOptions("folds", options, ["folds", "seed"]);
  const { folds, seed } = options;
  check(TASK, { folds }, integerFrom(2));
  const random = seededRandom(seed);
  const classes = rowsByClass(labelsOf(TASK, dataset));
  const scarce = classes.findIndex((members) => members.length < folds);
  if (scarce >= 0) {
    const most = classes[scarce].length;
    throw new RangeError(
      `Cannot ${TASK}: 'folds' must be at most the number of rows of class ${scarce}, ${most}, it is ${folds}`,
    );
  }
  const dealt = classes.flatMap((members) => random.shuffle(members));
  return Array.from({ length: folds }, (_, fold) => ({
    train: random.shuffle(dealt.filter((_, i) => i % folds !== fold)),
    validation: [],
    test: random.shuffle(dealt.filter((_, i) => i % folds === fold)),
  }));
}

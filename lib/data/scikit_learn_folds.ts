import { check, integerFrom } from "../check/value.ts";
import type { Split } from "./split.ts";
import { labelsOf, rowsByClass } from "./labels.ts";
import { numpyShuffle } from "./mt19937.ts";
import type { StratifiedKFoldOptions } from "./stratified_k_fold.ts";

const TASK = "make scikit-learn's folds";

/**
 * Makes the folds of scikit-learn 1.x, row by row: `StratifiedKFold(folds, shuffle=True, random_state=seed)`.
 *
 * They serve comparisons with results of scikit-learn; {@linkcode stratifiedKFold} makes the library's own folds. A class may
 * have fewer rows than there are folds (scikit-learn warns); some test parts then have no row of this class.
 *
 * @param labels The class indices of the rows, from 0.
 * @param options The number of folds and the seed (an integer from 0 to 2³² − 1).
 * @returns One split per fold, rows in ascending order, with an empty validation part.
 * @throws {RangeError} If an option or a label is out of range, or every class has fewer rows than there are folds.
 *
 * @see scikit-learn, `StratifiedKFold`.
 *
 * @example Usage
 * ```ts
 * import { scikitLearnFolds } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 *
 * const folds = scikitLearnFolds([0, 0, 0, 0, 1, 1], { folds: 2, seed: 2 });
 * assertEquals(folds.flatMap(({ test }) => test).sort(), [0, 1, 2, 3, 4, 5]);
 * ```
 */
export function scikitLearnFolds(labels: ArrayLike<number>, options: StratifiedKFoldOptions): Split[] {
  const { folds, seed } = options;
  check(TASK, { folds }, integerFrom(2));
  const shuffle = numpyShuffle(seed);
  // Classes come in the order in which they first occur.
  const classes = rowsByClass(labelsOf(TASK, labels)).filter((rows) => rows.length > 0).sort((a, b) => a[0] - b[0]);
  const most = Math.max(0, ...classes.map((rows) => rows.length));
  if (folds > most) {
    throw new RangeError(
      `Cannot ${TASK}: 'folds' must be at most the number of rows of the largest class, ${most}, it is ${folds}`,
    );
  }
  const foldOf = new Array<number>(labels.length);
  let before = 0; // the number of rows of earlier classes
  for (const rows of classes) {
    // In the order of the classes the folds take turns, which decides how many rows of this class each fold gets.
    const own = Array.from(rows, (_, i) => (before + i) % folds).sort((a, b) => a - b);
    shuffle(own);
    rows.forEach((row, i) => foldOf[row] = own[i]);
    before += rows.length;
  }
  const all = foldOf.map((_, row) => row);
  return Array.from({ length: folds }, (_, fold) => ({
    train: all.filter((row) => foldOf[row] !== fold),
    validation: [],
    test: all.filter((row) => foldOf[row] === fold),
  }));
}

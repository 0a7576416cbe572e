import { check, checkOptions, integerFrom, numberThat } from "../check/check.ts";
import type { Split } from "./table.ts";
import { labelsOf, rowsByClass } from "./labels.ts";
import type { StratifiedKFoldOptions } from "./stratified_k_fold.ts";

const size = 624, period = 397;

/** Makes the state of a seed by Knuth's recurrence of 2002 (`init_genrand`). */
function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  return state;
}

/** Replaces the state by the next 624 words. */
function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const y = (state[i] & 0x80000000) | (state[(i + 1) % size] & 0x7fffffff);
    state[i] = state[(i + period) % size] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/** The Mersenne twister: 32 random bits per call. */
export function mersenneTwister(seed: number): () => number {
  const state = seededState(seed);
  let at = size;
  return () => {
    if (at === size) {
      twist(state);
      at = 0;
    }
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/**
 * Makes the shuffle of NumPy's `RandomState(seed)`; each call continues the same stream of random numbers.
 *
 * The shuffle is that of Fisher and Yates. A place is drawn by masking words to the bits of the largest place and rejecting
 * those that are larger. `seededRandom` makes the library's own random numbers.
 *
 * Source: M. Matsumoto and T. Nishimura (1998), Mersenne Twister, ACM Transactions on Modeling and Computer
 * Simulation 8(1), 3–30.
 *
 * @param seed An integer from 0 to 2³² − 1.
 * @returns The function that shuffles a list of at most 2³² items in place.
 * @throws {RangeError} If `seed` is out of range.
 */
export function numpyShuffle(seed: number): <T>(items: T[]) => void {
  check("shuffle as NumPy does", { seed }, integerFrom(0, 2 ** 32 - 1));
  const word = mersenneTwister(seed);
  const upTo = (most: number) => {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    while (true) {
      const drawn = (word() & mask) >>> 0;
      if (drawn <= most) return drawn;
    }
  };
  return (items) => {
    for (let i = items.length - 1; i > 0; i--) {
      const j = upTo(i);
      [items[i], items[j]] = [items[j], items[i]];
    }
  };
}

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
 * @throws {TypeError} If an option is unknown.
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
  checkOptions("folds", options, ["folds", "seed"]);
  const { folds, seed } = options;
  check(TASK, { folds }, integerFrom(2));
  const shuffle = numpyShuffle(seed);
  // Classes come in the order in which they first occur.
  const classes = rowsByClass(labelsOf(TASK, labels)).filter((rows) => rows.length > 0).sort((a, b) => a[0] - b[0]);
  const most = Math.max(0, ...classes.map((rows) => rows.length));
  check(TASK, { folds }, numberThat(`at most the number of rows of the largest class, ${most}`, (n) => n <= most));
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

import { aBoolean, check, checkOptions } from "../check/check.ts";
import type { Split } from "./table.ts";
import { fraction, type LabelledRows, labelsOf, rowsByClass } from "./labels.ts";
import { listOf } from "../numerics/group_by.ts";
import { seededRandom } from "../numerics/random.ts";

/** Options of {@linkcode trainTestSplit}. */
export interface TrainTestSplitOptions {
  /** The seed of the random order: an integer from 0 to 2⁵³ − 1. */
  seed: number;
  /**
   * The fraction of the rows in the test part, between 0 and 1, rounded to whole rows.
   *
   * @default {0.3}
   */
  testFraction?: number;
  /**
   * The fraction of the rows in the validation part, from 0 to less than 1, rounded to whole rows.
   *
   * @default {0}
   */
  validationFraction?: number;
  /**
   * Gives every part the same fraction of each class, up to rounding.
   *
   * @default {true}
   */
  stratify?: boolean;
}

const TASK = "split rows";

/** Apportions `count` rows to places of the given sizes, each less than one row from its exact quota (largest remainders). */
function apportion(count: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => count * size / (total || 1));
  const whole = shares.map(Math.floor);
  const left = count - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = shares.map((share, i) => ({ i, remainder: share - whole[i] }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) whole[i]++;
  return whole;
}

/** Cuts a list into pieces of the given sizes. */
function cut<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  return sizes.map((size, i) => items.slice(ends[i] - size, ends[i]));
}

function partSizes(rows: number, testFraction: number, validationFraction: number): number[] {
  const test = Math.round(rows * testFraction);
  const validation = Math.round(rows * validationFraction);
  const train = rows - test - validation;
  const empty = train < 1
    ? "training"
    : test < 1
    ? "test"
    : validation < 1 && validationFraction > 0
    ? "validation"
    : "";
  if (empty) {
    const fractions = `'testFraction' ${testFraction} and 'validationFraction' ${validationFraction}`;
    throw new RangeError(`Cannot ${TASK}: ${fractions} of ${rows} rows leave no ${empty} row`);
  }
  return [train, validation, test];
}

/** Splits the first rows of groups, and gives each of the other rows to the part of its group's first. */
function splitGroups(labels: ArrayLike<number>, groups: Int32Array, options: TrainTestSplitOptions): Split {
  const members: number[][] = [];
  groups.forEach((group, row) => (members[group] ??= []).push(row));
  const lists = Object.values(members), random = seededRandom(options.seed);
  const firsts = trainTestSplit(Float64Array.from(lists, ([first]) => labels[first]), options);
  const all = (part: readonly number[]) => part.flatMap((place) => lists[place]);
  return {
    train: random.shuffle(all(firsts.train)),
    validation: random.shuffle(all(firsts.validation)),
    test: random.shuffle(all(firsts.test)),
  };
}

/**
 * Splits rows into a training, a validation and a test part, at random and stratified: in every part the number of rows of
 * each of two classes is less than one row from its exact quota (more classes are rounded one after the other and may be two
 * rows away). Rows that `readTable` has grouped come to one part: the quota is of the groups, by the class of their first rows.
 *
 * @param dataset A data set, a table, or the class indices of its rows, from 0.
 * @param options The seed and the parts' sizes.
 * @returns The rows of each part.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If a fraction, the seed or a label is out of range, or a part would have no row.
 *
 * @example Usage
 * ```ts
 * import { loadDataset, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const wdbc = await loadDataset("wdbc");
 * const { train, validation, test } = trainTestSplit(wdbc, { seed: 1, testFraction: 0.3, validationFraction: 0.2 });
 * assert(train.length === 284 && validation.length === 114 && test.length === 171);
 * ```
 */
export function trainTestSplit(
  dataset: LabelledRows,
  options: TrainTestSplitOptions,
): Split {
  checkOptions("the split", options, ["seed", "testFraction", "validationFraction", "stratify"]);
  const labels = labelsOf(TASK, dataset);
  if ("yTrue" in dataset && dataset.groups !== undefined) return splitGroups(labels, dataset.groups, options);
  const { seed, testFraction = 0.3, validationFraction = 0, stratify = true } = options;
  check(TASK, { testFraction }, fraction);
  if (validationFraction !== 0) check(TASK, { validationFraction }, fraction);
  check(TASK, { stratify }, aBoolean);
  const random = seededRandom(seed);
  const sizes = partSizes(labels.length, testFraction, validationFraction);
  const [train, validation, test] = stratify
    ? stratified()
    : cut(random.shuffle(Array.from(labels, (_, row) => row)), sizes);
  return { train, validation, test };

  /** Apportions the last class first, each class to the room that the classes before it left; the first class gets the rest. */
  function stratified(): number[][] {
    const room = [...sizes], parts = sizes.map((size) => new Uint32Array(size));
    for (const members of rowsByClass(labels).reverse()) {
      const shares = apportion(members.length, room);
      random.shuffleInPlace(members);
      let from = 0;
      for (const [i, part] of parts.entries()) {
        part.set(members.subarray(from, from += shares[i]), sizes[i] - room[i]);
        room[i] -= shares[i];
      }
    }
    for (const part of parts) random.shuffleInPlace(part);
    return parts.map(listOf);
  }
}

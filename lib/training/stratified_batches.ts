import { readEntries, shapeText, toNumbers } from "../batch/array_or_tensor.ts";
import { refuse } from "../batch/read_batch.ts";
import { check, checkOptions, describe, integerFrom } from "../check/check.ts";
import { type GroupedRows, groupRows, listOf } from "../numerics/group_by.ts";
import { seededRandom } from "../numerics/random.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Options of {@linkcode stratifiedBatches}. */
export interface StratifiedBatchesOptions {
  /** Largest number of rows in a batch. */
  batchSize: number;
  /** Seed of the random order: an integer from 0 to 2⁵³ − 1. */
  seed: number;
}

const what = "batches";

/** Reads the labels of rows, each 0, 1 or a class index. */
function readLabels(yTrue: Tensor | ArrayLike<number>): ArrayLike<number> {
  const entries = readEntries(what, "yTrue", yTrue), labels = toNumbers(what, "yTrue", entries.values);
  if (entries.columns !== undefined) {
    throw refuse(what, "yTrue", `must have the shape [n] or [n, 1], it has ${shapeText(entries)}`);
  }
  if (labels.length === 0) throw refuse(what, "yTrue", "is empty");
  for (let row = 0; row < labels.length; row++) {
    if (Number.isInteger(labels[row]) && labels[row] >= 0) continue;
    throw refuse(what, "yTrue", `must hold 0 and 1, or class indices, row ${row} is ${describe(labels[row])}`);
  }
  return labels;
}

/** Groups rows by their labels, which may be any integers ≥ 0. */
function groupByLabel(labels: ArrayLike<number>): GroupedRows {
  let last = 0;
  for (let row = 0; row < labels.length; row++) last = Math.max(last, labels[row]);
  if (last < 2 * labels.length + 2) return groupRows(labels, last + 1);
  const rising = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  const classOf = new Map(rising.map((label, k) => [label, k]));
  return groupRows(Array.from(labels, (label) => classOf.get(label)!), rising.length);
}

/**
 * Splits the rows of an epoch into batches with equal shares of each class.
 *
 * The shuffled rows are dealt out like cards, one class after the other. The sizes of the batches differ by at most one row,
 * and so does the number of rows of each class per batch. Use a different seed for each epoch. `tf.gather(x, rows)` takes the
 * rows of a batch.
 *
 * @param yTrue Labels, 0 and 1 or class indices: a tensor [n] or [n, 1], or an array.
 * @param options `batchSize`, `seed`.
 * @returns The batches in random order, each a list of row numbers; every row is in exactly one batch.
 * @throws {TypeError} If `yTrue` is neither a tensor nor an array, or an option is unknown.
 * @throws {RangeError} If an option or a label is out of range, or there are no rows.
 *
 * @example
 * ```ts
 * import { stratifiedBatches } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const labels = [1, 0, 0, 0, 1, 0, 0, 0, 0];
 * const batches = stratifiedBatches(labels, { batchSize: 5, seed: 1 });
 * assertEquals(batches.map((rows) => rows.filter((row) => labels[row] === 1).length), [1, 1]);
 * assertEquals(batches.flat().sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
 * ```
 */
export function stratifiedBatches(
  yTrue: Tensor | ArrayLike<number>,
  options: StratifiedBatchesOptions,
): number[][] {
  checkOptions(what, options, ["batchSize", "seed"]);
  const { batchSize, seed } = options;
  check(`make ${what}`, { batchSize }, integerFrom(1));
  const random = seededRandom(seed), labels = readLabels(yTrue);
  const { rows: dealt, classes } = groupByLabel(labels), count = Math.ceil(dealt.length / batchSize);
  for (const members of classes) random.shuffleInPlace(members);
  const batches = Array.from({ length: count }, (_, b) => {
    const rows = new Uint32Array(Math.ceil((dealt.length - b) / count));
    for (let k = 0, i = b; k < rows.length; k++, i += count) rows[k] = dealt[i];
    random.shuffleInPlace(rows);
    return listOf(rows);
  });
  return random.shuffle(batches);
}

import type { Column } from "./table.ts";

const leastRows = 10;

/** Returns why a column counts or identifies the rows, not describes them; undefined if it does not. */
export function indexReason(
  { name, values }: { readonly name: string; readonly values: readonly unknown[] },
  isFirst: boolean,
  rowNumbers: ArrayLike<number>,
): string | undefined {
  if (name === "__index_level_0__") return "pandas' index";
  if (isFirst && name === "") return "it is the first column and has no name, as an index has";
  if (values.length < leastRows) return undefined;
  const isNumber = (value: unknown) =>
    typeof value === "string" ? value.trim() !== "" : /^(number|bigint)$/.test(typeof value);
  const numbers = values.map((value) => isNumber(value) ? Number(value) : NaN);
  if (!numbers.every(Number.isInteger)) return undefined;
  for (const first of [0, 1]) {
    if (numbers.every((value, i) => value === rowNumbers[i] + first)) return `it counts the rows from ${first}`;
  }
  const rises = numbers.every((value, i) => i === 0 || value > numbers[i - 1]);
  const falls = numbers.every((value, i) => i === 0 || value < numbers[i - 1]);
  return rises || falls ? "its integers are unique and sorted as the file is" : undefined;
}

/** The informedness of one column alone from which it determines the label. */
const determines = 0.98;

/** The number of rows per level below which a category separates classes by chance. */
const rowsPerLevel = 5;

/**
 * Computes the best informedness (recall + specificity − 1) of "the row's value lies in a set" for one class: any set of
 * levels of a category, any interval of numbers (the largest sum of adjacent weights, Kadane's algorithm).
 */
function bestInformedness(
  groups: readonly (readonly [positive: number, negative: number])[],
  ordered: boolean,
): number {
  const positives = groups.reduce((sum, [p]) => sum + p, 0), negatives = groups.reduce((sum, [, n]) => sum + n, 0);
  if (positives === 0 || negatives === 0) return 0;
  const weights = groups.map(([p, n]) => p / positives - n / negatives);
  if (!ordered) return weights.reduce((sum, w) => sum + Math.max(0, w), 0);
  let best = 0, run = 0;
  for (const w of weights) {
    run = Math.max(0, run + w);
    best = Math.max(best, run);
  }
  return best;
}

/** The rows of a column by its value, numbers in order; rows without a value make a group of their own. */
function rowsByValue(column: Column): number[][] {
  const of = column.kind === "number" ? column.values : column.codes, groups = new Map<number, number[]>();
  of.forEach((value, row) => groups.get(value)?.push(row) ?? groups.set(value, [row]));
  return [...groups].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

/** Returns whether one column alone tells every class from the others, or nearly so. */
export function isLeak(column: Column, yTrue: ArrayLike<number>, classes: number): boolean {
  if (column.kind === "category" && yTrue.length < rowsPerLevel * column.levels.length) return false;
  const groups = rowsByValue(column), ordered = column.kind === "number";
  const sizes = groups.map((rows) => {
    const counts = new Array<number>(classes).fill(0);
    for (const row of rows) counts[yTrue[row]]++;
    return { counts, all: rows.length };
  });
  return Array.from({ length: classes }, (_, k) => k).every((k) =>
    bestInformedness(sizes.map(({ counts, all }) => [counts[k], all - counts[k]]), ordered) >= determines
  );
}

/** Numbers the distinct rows, features and class together, in the order of their first occurrence. */
export function distinctRows(columns: readonly Column[], yTrue: ArrayLike<number>): Int32Array<ArrayBuffer> {
  let groups = Int32Array.from(yTrue), count = 0;
  for (const column of columns) {
    const of = column.kind === "number" ? column.values : column.codes, known = new Map<string, number>();
    groups = groups.map((group, row) => {
      const key = `${group} ${of[row]}`, found = known.get(key);
      if (found !== undefined) return found;
      known.set(key, known.size);
      return known.size - 1;
    });
    count = known.size;
    if (count === groups.length) break; // all rows differ already
  }
  return groups;
}

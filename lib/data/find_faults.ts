import { rankFalling } from "../numerics/rank.ts";
import { isMissingValue } from "./spelling.ts";
import type { Column } from "./table.ts";

const leastRows = 10;

/** Tells a name that ends in the word id: id, customer_id, PassengerId, patientid; not valid, paid. */
const isNamedId = (name: string): boolean =>
  /(^|[^a-z]|customer|patient|person|subject|user)id$/i.test(name) || /[a-z]I[dD]$/.test(name);

/** Returns why a column counts or identifies the rows, not describes them; undefined if it does not. */
export function indexReason(
  { name, values }: { readonly name: string; readonly values: readonly unknown[] },
  isFirst: boolean,
  rowNumbers: ArrayLike<number>,
): string | undefined {
  if (name === "__index_level_0__") return "pandas' index";
  if (isFirst && name === "") return "it is the first column and has no name, as an index has";
  if (values.length < leastRows) return undefined;
  const isInteger = (value: unknown) =>
    (typeof value === "string" ? value.trim() !== "" : /^(number|bigint)$/.test(typeof value)) &&
    Number.isInteger(Number(value));
  if (!values.every(isInteger)) return undefined;
  const numbers = values.map(Number);
  for (const first of [0, 1]) {
    if (numbers.every((value, i) => value === rowNumbers[i] + first)) return `it counts the rows from ${first}`;
  }
  const rises = numbers.every((value, i) => i === 0 || value > numbers[i - 1]);
  const falls = numbers.every((value, i) => i === 0 || value < numbers[i - 1]);
  if (rises || falls) return "its integers are unique and sorted as the file is";
  const isUnique = () => new Set(numbers).size === numbers.length;
  return isNamedId(name) && isUnique() ? "its integers are unique and its name ends in 'id'" : undefined;
}

/** The share of rows that repeat an id below which a column names rows, with a slip. */
const leastRepeats = 0.05;

/** Returns the number of persons or things that a column identifies, if many of them have several rows. */
export function repeatedIds(name: string, values: () => readonly unknown[]): number | undefined {
  if (!isNamedId(name)) return undefined;
  const present = values().filter((value) => !isMissingValue(value)), ids = new Set(present.map(String)).size;
  return ids >= leastRows && ids <= (1 - leastRepeats) * present.length ? ids : undefined;
}

/** Returns whether the rows are in the order of a column of dates, written as ISO 8601 does. */
export function isTimeOrder(values: readonly unknown[]): boolean {
  if (values.length < leastRows) return false;
  const times = values.map((value) => value instanceof Date ? value.toISOString() : String(value).trim());
  return times.every((time, i) => /^\d{4}-\d\d-\d\d/.test(time) && (i === 0 || time >= times[i - 1])) &&
    times[0] < times.at(-1)!;
}

/** The informedness of one column alone from which it determines the label. */
const determines = 0.98;

/** The number of rows per level below which a category separates classes by chance. */
const rowsPerLevel = 5;

/**
 * Computes the best informedness (recall + specificity − 1) of "the row's value lies in a set" for one class: any set of
 * levels of a category, any interval of numbers (the largest sum of adjacent weights, Kadane's algorithm). `own` and `all`
 * count the class's rows and all rows of each value.
 */
function bestInformedness(own: Uint32Array, all: Uint32Array, ordered: boolean): number {
  const rows = all.reduce((sum, n) => sum + n, 0), positives = own.reduce((sum, n) => sum + n, 0);
  if (positives === 0 || positives === rows) return 0;
  let best = 0, run = 0;
  for (let place = 0; place < all.length; place++) {
    const weight = own[place] / positives - (all[place] - own[place]) / (rows - positives);
    run = Math.max(0, run + weight);
    best = ordered ? Math.max(best, run) : best + Math.max(0, weight);
  }
  return best;
}

/** The number of distinct values of a column, numbers in order, and the place of each row's value among them. */
function valuePlaces(column: Column): { count: number; places: ArrayLike<number> } {
  if (column.kind === "category") { // rows without a value first
    return { count: column.levels.length + 1, places: column.codes.map((code) => code + 1) };
  }
  const { values } = column, places = new Uint32Array(values.length); // rows without a value first
  const ranked = rankFalling(values.map((value) => Number.isNaN(value) ? Infinity : value));
  let count = 0, last: number | undefined;
  for (const row of ranked) {
    const value = values[row] + 0; // −0 is 0
    if (last === undefined || !Object.is(value, last)) count++;
    places[row] = count - 1;
    last = value;
  }
  return { count, places };
}

/** Returns whether one column alone tells every class from the others, or nearly so. */
export function isLeak(column: Column, yTrue: ArrayLike<number>, classes: number): boolean {
  const rows = yTrue.length;
  if (column.kind === "category" && rows < rowsPerLevel * column.levels.length) return false;
  const { count, places } = valuePlaces(column),
    ofClass = Array.from({ length: classes }, () => new Uint32Array(count));
  const all = new Uint32Array(count);
  for (let row = 0; row < rows; row++) {
    const place = places[row];
    ofClass[yTrue[row]][place]++;
    all[place]++;
  }
  const isTold = (own: Uint32Array) => bestInformedness(own, all, column.kind === "number") >= determines;
  return classes === 2 ? ofClass.some(isTold) : ofClass.every(isTold); // two classes: all else is the other one
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

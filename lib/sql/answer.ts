import { aFunction, check, describe } from "../check/check.ts";
import { unit } from "./dialect.ts";
import { flags, type Table } from "./table.ts";

/** The sums of the entries of a class, a slice and a key. */
export interface Sums {
  /** The class; with pairs the true class. */
  readonly k: number;
  readonly slice: string | null;
  /** The key: a decision, a cell, a class; null where an entry has none. */
  readonly cell: number | null;
  /** The number of entries. */
  readonly n: number;
  /** The weight of the positives and of the negatives, in units of 2⁻⁴⁰. */
  readonly pos: bigint;
  readonly neg: bigint;
  /** The smallest and the largest output; NaN where the answer has none. */
  readonly low: number;
  readonly high: number;
}

/** The sums of a scan. */
export interface Scan {
  readonly sums: readonly Sums[];
  /** The number of entries whose weight was rounded down to a multiple of 2⁻⁴⁰. */
  readonly inexact: number;
}

/** Throws unless the engine is given as a function. */
export const checkQuery = (what: string, query: unknown): void => check(`compute ${what}`, { query }, aFunction);

/** A sum of units as a number: the exact sum, rounded once. */
export const toNumber = (units: bigint): number => Number(units) * unit;

/** A sum of units as float64 terms that add up to it exactly. */
export function toTerms(units: bigint): number[] {
  const terms: number[] = [];
  for (let rest = units; rest !== 0n; rest -= BigInt(Number(rest))) terms.push(toNumber(rest));
  return terms;
}

/** Reads a value of an answer; throws if the engine has not given it. */
export function read<T>(row: Record<string, unknown>, key: string, as: (text: string) => T): T {
  const value = row[key];
  if (value === undefined || value === null) {
    throw new TypeError(
      `Cannot read the answer of 'query': a row has ${describe(value)} for '${key}', its columns are ${
        Object.keys(row).join(", ")
      }`,
    );
  }
  return as(String(value));
}

/** Reads a number of an answer; NaN for NULL. */
const readNumber = (row: Record<string, unknown>, key: string): number =>
  row[key] === null || row[key] === undefined ? NaN : Number(row[key]);

/** Checks that an answer is a list of rows. */
export function checkAnswer(answer: unknown): Record<string, unknown>[] {
  if (Array.isArray(answer)) return answer;
  throw new TypeError(`Cannot read the answer of 'query': it must be an array of rows, it is ${describe(answer)}`);
}

const needs = {
  label: "a number in [0, 1], or one of the classes,",
  output: "a number in [0, 1]",
  sampleWeight: "a number from 0 to 2²²",
} as const;

/** Refuses labels, outputs or weights out of range. Rows of one column are counted over all slices and cells of the answer. */
function checkRanges(task: string, rows: readonly Record<string, unknown>[]): void {
  for (const argument of ["label", "output", "sampleWeight"] as const) {
    const bad = rows.filter((row) => read(row, "flag", Number) === flags[argument]);
    if (bad.length === 0) continue;
    const n = bad.reduce((sum, row) => sum + (row.k === bad[0].k ? read(row, "n", Number) : 0), 0);
    throw new RangeError(
      `Cannot compute ${task}: '${argument}' must be ${needs[argument]} in every row, in ${n} it is not, or it is NULL`,
    );
  }
}

/** Reads the sums of a scan; refuses a table with labels, outputs or weights out of range. */
export function readScan({ what }: Table, answer: unknown): Scan {
  const sums = new Map<string, Sums>();
  const rows = checkAnswer(answer);
  checkRanges(what, rows);
  let inexact = 0;
  for (const row of rows) {
    const flag = read(row, "flag", Number), n = read(row, "n", Number);
    if (flag === flags.inexact) inexact += n;
    const k = read(row, "k", Number), slice = row.slice === null ? null : read(row, "slice", String);
    const cell = row.cell === null ? null : read(row, "cell", Number), key = JSON.stringify([k, slice, cell]);
    const one: Sums = {
      k,
      slice,
      cell,
      n,
      pos: read(row, "pos", BigInt),
      neg: row.neg === undefined ? 0n : read(row, "neg", BigInt),
      low: readNumber(row, "low"),
      high: readNumber(row, "high"),
    };
    const other = sums.get(key);
    sums.set(key, other === undefined ? one : merge(one, other));
  }
  if (rows.length === 0) throw new RangeError(`Cannot compute ${what}: 'from' has no rows`);
  return { sums: [...sums.values()], inexact };
}

/** Adds up the sums of exact and of rounded entries. */
const merge = (a: Sums, b: Sums): Sums => ({
  ...a,
  n: a.n + b.n,
  pos: a.pos + b.pos,
  neg: a.neg + b.neg,
  low: Math.min(a.low, b.low),
  high: Math.max(a.high, b.high),
});

/** Makes the error for a table that is not the same in two scans. */
export const changed = (what: string, sum: string, first: unknown, second: unknown): RangeError =>
  new RangeError(
    `Cannot compute ${what}: 'from' changed between two scans, ${sum} is ${first} in the first and ${second} in the second; ` +
      "give a snapshot of the table, such as a file or a version",
  );

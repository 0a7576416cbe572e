import { type Simd, viewsOf } from "./simd.ts";

/** A tensor's numbers as a backend has them; labels that were bool are bytes. */
export type Numbers = Float32Array | Uint8Array | Int32Array;

/**
 * The entries of a table, row by row, from what is given: one number an entry, one a row for all its entries, or the
 * index of the class whose entry is 1. Tables that were not given are never made: a few rows of them at a time are.
 */
export interface Entries {
  readonly values: Numbers;
  readonly given: "entries" | "rows" | "indices";
  readonly classes: number;
}

/**
 * The entries from `start` to `end`, whole rows.
 *
 * @returns Whether every index was one of a class.
 */
export function copyEntries(
  { values, given, classes }: Entries,
  start: number,
  end: number,
  to: Float32Array,
): boolean {
  if (given === "entries") {
    to.set(start === 0 && end === values.length ? values : values.subarray(start, end));
    return true;
  }
  let good = true;
  if (given === "indices") to.fill(0);
  for (let row = start / classes, i = 0; i < to.length; row++, i += classes) {
    const value = values[row];
    if (given === "rows") { for (let j = i; j < i + classes; j++) to[j] = value; }
    else if (Number.isInteger(value) && value >= 0 && value < classes) to[i + value] = 1;
    else good = false;
  }
  return good;
}

/** The same as an array; without a copy where they are in one. Nothing if an index was none of a class. */
export function entriesOf(entries: Entries, start: number, end: number): Float32Array | undefined {
  const { values, given } = entries;
  if (given === "entries" && values instanceof Float32Array) return values.subarray(start, end);
  const copied = new Float32Array(end - start);
  return copyEntries(entries, start, end, copied) ? copied : undefined;
}

/**
 * The same into the heap. What takes less room than its entries is copied to the end of their place, and a loop there makes
 * entries of it, from the first on: what it writes never overtakes what it reads. In JavaScript that takes several times as
 * long.
 */
export function entriesToHeap(entries: Entries, start: number, end: number, simd: Simd, to: number): boolean {
  const { values, given, classes } = entries, length = end - start, { float32, int32, bytes } = viewsOf(simd);
  if (given === "entries" && values instanceof Uint8Array) {
    bytes.set(values.subarray(start, end), to + 3 * length);
    simd.exports.widen(to + 3 * length, to, length);
    return true;
  }
  const indexed = given === "indices", rows = length / classes, from = (to >>> 2) + length - rows;
  if (given === "entries" || (indexed && !(values instanceof Int32Array))) {
    return copyEntries(entries, start, end, float32.subarray(to >>> 2, (to >>> 2) + length));
  }
  (indexed ? int32 : float32).set(values.subarray(start / classes, end / classes), from);
  return simd.exports.spread(4 * from, to, rows, 4 * classes, Number(indexed)) !== 0;
}

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

/** The same into the heap; bytes as bytes, which a loop there makes numbers of: `set` would take several times as long. */
export function entriesToHeap(entries: Entries, start: number, end: number, simd: Simd, to: number): boolean {
  const { float32, bytes } = viewsOf(simd), { values, given } = entries, length = end - start;
  if (!(given === "entries" && values instanceof Uint8Array)) {
    return copyEntries(entries, start, end, float32.subarray(to >>> 2, (to >>> 2) + length));
  }
  const last = to + 3 * length; // in the last quarter of their place: what is written never overtakes what is read
  bytes.set(values.subarray(start, end), last);
  simd.exports.widen(last, to, length);
  return true;
}

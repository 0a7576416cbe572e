import { type Entries, entriesToHeap } from "./entries.ts";
import { type Simd, viewsOf } from "./simd.ts";

/** What a pass leaves an output, `fresh`, or changes: pieces of it that are in the heap go there. */
export interface Kept {
  readonly kept: Float32Array;
  readonly fresh: boolean;
}

/** Where a table stands in the heap; or what comes there piece by piece, or goes from there. */
export type Place = number | Entries | Kept;

/** How many entries are in the heap at a time, about, where they don't stand there: what stays in the cache. */
const pieceLength = 8192;

/** How many entries a piece has: whole blocks, so that pieces give the very sums that the table as one would. */
function pieceOf(block: number, length: number): number {
  return Math.min(length, block * Math.max(1, Math.floor(pieceLength / block)));
}

/** The bytes that pieces of so many tables take. */
export const pieceBytes = (tables: number, block: number, length: number): number =>
  4 * tables * pieceOf(block, length);

/**
 * Calls a pass on a table's first `length` entries, as one if all is in the heap, else piece by piece.
 *
 * @param at Where pieces may stand: `pieceBytes` of it.
 * @param block How many entries a block of the pass has.
 * @returns Whether every class index was one of a class.
 */
export function eachPiece<Name extends string>(
  simd: Simd,
  at: number,
  block: number,
  length: number,
  places: Readonly<Record<Name, Place | undefined>>,
  pass: (at: Record<Name, number>, length: number) => void,
): boolean {
  const names = (Object.keys(places) as Name[]).filter((name) => places[name] !== undefined);
  const inPlace = names.every((name) => typeof places[name] === "number");
  const piece = inPlace ? length : pieceOf(block, length), pointers = {} as Record<Name, number>;
  const isKept = (place: Place): place is Kept => typeof place === "object" && "kept" in place;
  for (let start = 0; start < length; start += piece) {
    const end = Math.min(start + piece, length);
    for (const [slot, name] of names.entries()) {
      const place = places[name]!, to = at + 4 * piece * slot;
      pointers[name] = typeof place === "number" ? place + 4 * start : to;
      if (typeof place === "number") continue;
      if (!isKept(place)) {
        if (!entriesToHeap(place, start, end, simd, to)) return false;
      } else if (!place.fresh) viewsOf(simd).float32.set(place.kept.subarray(start, end), to >>> 2);
    }
    pass(pointers, end - start);
    for (const name of names) {
      const place = places[name]!, from = pointers[name] >>> 2;
      if (isKept(place)) place.kept.set(viewsOf(simd).float32.subarray(from, from + end - start), start);
    }
  }
  return true;
}

import { type Entries, entriesToHeap } from "./entries.ts";
import { type Simd, viewsOf } from "./simd.ts";

/** Where a table stands in the heap; or what comes there piece by piece; or where pieces that are there go, and come from. */
export type Place = number | Entries | { readonly kept: Float32Array };

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
  const keptIn = (place: Place, start: number, end: number) =>
    typeof place === "object" && "kept" in place ? place.kept.subarray(start, end) : undefined;
  for (let start = 0; start < length; start += piece) {
    const end = Math.min(start + piece, length);
    for (const [slot, name] of names.entries()) {
      const place = places[name]!, to = at + 4 * piece * slot, kept = keptIn(place, start, end);
      pointers[name] = typeof place === "number" ? place + 4 * start : to;
      if (kept !== undefined) viewsOf(simd).float32.set(kept, to >>> 2);
      else if (typeof place === "object" && !entriesToHeap(place as Entries, start, end, simd, to)) return false;
    }
    pass(pointers, end - start);
    for (const name of names) {
      const from = pointers[name] >>> 2;
      keptIn(places[name]!, start, end)?.set(viewsOf(simd).float32.subarray(from, from + end - start));
    }
  }
  return true;
}

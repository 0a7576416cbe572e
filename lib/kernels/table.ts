import { type BatchShape, type HostNumbers, type Inputs, isIgnored } from "../batch/read_batch.ts";
import { ownSimd, type Simd, viewsOf } from "./simd.ts";

/** The memory in which the numbers of a batch are: arrays, or the tensors of a backend. */
export interface Memory<T> {
  /** Returns the SIMD loops for this memory, if there are any. */
  simd(): Simd | undefined;
  /** Returns the numbers; a view of a heap is lost when the heap grows. */
  numbers(source: T): HostNumbers;
  /** Returns the address of the numbers in the heap of the SIMD loops, if they are there as float32. */
  inHeap(source: T): number | undefined;
}

/** The memory of plain arrays. */
export const arrays: Memory<HostNumbers> = { simd: ownSimd, numbers: (values) => values, inHeap: () => undefined };

/**
 * A table, row by row, from what is given: one number per entry, one per row for all its entries, or the index of the class
 * whose entry is 1. A table that is not given is never made as a whole: a few rows of it at a time are.
 */
export interface Table {
  readonly values: HostNumbers;
  readonly given: "entries" | "rows" | "indices";
  readonly classes: number;
  /** The address in the heap, where the entries are there. */
  readonly address?: number;
}

/** Returns the tables of a batch. */
export function tablesOf<T>(
  { yTrue, yPred, sampleWeight }: Inputs<T>,
  { classes, indexed, rowWeights }: BatchShape,
  memory: Memory<T>,
): Inputs<Table> {
  const table = (source: T, given: Table["given"]): Table => {
    const address = given === "entries" ? memory.inHeap(source) : undefined;
    return { values: memory.numbers(source), given, classes, address };
  };
  return {
    yTrue: table(yTrue, indexed ? "indices" : "entries"),
    yPred: table(yPred, "entries"),
    sampleWeight: sampleWeight && table(sampleWeight, rowWeights ? "rows" : "entries"),
  };
}

/**
 * Returns the tables with 0 for the labels that are ignored, and weights that are 0 there: one per row where the labels and
 * weights are, else one per entry.
 */
export function withoutIgnored({ yTrue, yPred, sampleWeight }: Inputs<Table>, ignoreLabel: number): Inputs<Table> {
  const labels = yTrue.values.slice(), { classes } = yTrue, { length } = labels;
  const weights = sampleWeight?.values, size = Math.max(length, weights?.length ?? 0), kept = new Float32Array(size);
  const each = size / length;
  for (let i = 0; i < length; i++) {
    if (isIgnored(labels[i], ignoreLabel)) labels[i] = 0;
    else if (each === 1) kept[i] = 1;
    else kept.fill(1, i * each, (i + 1) * each);
  }
  if (weights?.length === size) { for (let i = 0; i < size; i++) kept[i] *= weights[i]; }
  else if (weights) { for (let i = 0; i < size; i++) kept[i] *= weights[Math.floor(i / classes)]; }
  const given = size === yPred.values.length ? "entries" : "rows";
  return {
    yTrue: { values: labels, given: yTrue.given, classes },
    yPred,
    sampleWeight: { values: kept, given, classes },
  };
}

/** Writes the entries from `start` to `end`, whole rows; says that every index is that of a class. */
function copyEntries({ values, given, classes }: Table, start: number, end: number, to: Float32Array): boolean {
  if (given === "entries") {
    to.set(values.subarray(start, end));
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

/** Returns the entries from `start` to `end` as an array; nothing if an index is not that of a class. */
export function entriesOf(table: Table, start: number, end: number): Float32Array | undefined {
  const { values, given } = table;
  if (given === "entries" && values instanceof Float32Array) return values.subarray(start, end);
  const copied = new Float32Array(end - start);
  return copyEntries(table, start, end, copied) ? copied : undefined;
}

/**
 * Copies entries into the heap. Compact tables (bytes, one number per row, class indices) are copied to the end of the
 * target and expanded in place from the front, so that writes never overtake reads: a loop in JavaScript takes several times
 * as long.
 */
export function entriesToHeap(table: Table, start: number, end: number, simd: Simd, to: number): boolean {
  const { values, given, classes } = table, length = end - start, { float32, int32, bytes } = viewsOf(simd);
  if (given === "entries" && values instanceof Uint8Array) {
    bytes.set(values.subarray(start, end), to + 3 * length);
    simd.exports.widen(to + 3 * length, to, length);
    return true;
  }
  const indexed = given === "indices", rows = length / classes, from = (to >>> 2) + length - rows;
  if (given === "entries" || (indexed && !(values instanceof Int32Array))) {
    return copyEntries(table, start, end, float32.subarray(to >>> 2, (to >>> 2) + length));
  }
  (indexed ? int32 : float32).set(values.subarray(start / classes, end / classes), from);
  return simd.exports.spread(4 * from, to, rows, 4 * classes, Number(indexed)) !== 0;
}

/** A table that a pass writes (`fresh`) or updates in place. */
export interface Kept {
  readonly kept: Float32Array;
  readonly fresh: boolean;
}

/** A table in the heap, by its address; or a table that is copied there, or from there, piece by piece. */
export type Place = number | Table | Kept;

/** Returns the place of a table. */
export const placeOf = (table: Table | undefined): Place | undefined => table?.address ?? table;

/** Returns the place of the numbers that a pass leaves (`fresh`) or updates. */
export const keptPlace = <T>(source: T, fresh: boolean, memory: Memory<T>): Place =>
  memory.inHeap(source) ?? { kept: memory.numbers(source) as Float32Array, fresh };

/** The number of entries of a piece, about: they stay in the cache. */
const pieceLength = 8192;

/** Returns the number of entries of a piece: whole blocks, so that pieces give the sums of the whole table. */
const pieceOf = (block: number, length: number): number =>
  Math.min(length, block * Math.max(1, Math.floor(pieceLength / block)));

/** Returns the bytes of the pieces that are not in the heap. */
export const pieceBytes = (places: readonly (Place | undefined)[], block: number, length: number): number =>
  places.every((place) => place === undefined || typeof place === "number") ? 0 : 4 * 4 * pieceOf(block, length);

/** A pass over tables, in a heap. */
export interface TablePass<Name extends string> {
  readonly simd: Simd;
  /** The loop, and the address of `pieceBytes` bytes. */
  readonly begun: { run(at: Record<NoInfer<Name>, number>, length: number): void; readonly spare: number };
  /** The number of entries of a block. */
  readonly block: number;
  readonly places: Readonly<Record<Name, Place | undefined>>;
}

/**
 * Runs a pass on a table's entries `from`, a multiple of a block, to `length`: once if all is in the heap, else piece by piece.
 *
 * @returns True if every class index was that of a class.
 */
export function eachPiece<Name extends string>(
  { simd, begun, block, places }: TablePass<Name>,
  length: number,
  from = 0,
): boolean {
  const names = (Object.keys(places) as Name[]).filter((name) => places[name] !== undefined);
  const inPlace = names.every((name) => typeof places[name] === "number");
  const piece = inPlace ? length - from : pieceOf(block, length), pointers = {} as Record<Name, number>;
  const isKept = (place: Place): place is Kept => typeof place === "object" && "kept" in place;
  for (let start = from; start < length; start += piece) {
    const end = Math.min(start + piece, length);
    for (const [slot, name] of names.entries()) {
      const place = places[name]!, to = begun.spare + 4 * piece * slot;
      pointers[name] = typeof place === "number" ? place + 4 * start : to;
      if (typeof place === "number") continue;
      if (!isKept(place)) {
        if (!entriesToHeap(place, start, end, simd, to)) return false;
      } else if (!place.fresh) viewsOf(simd).float32.set(place.kept.subarray(start, end), to >>> 2);
    }
    begun.run(pointers, end - start);
    for (const name of names) {
      const place = places[name]!, source = pointers[name] >>> 2;
      if (isKept(place)) place.kept.set(viewsOf(simd).float32.subarray(source, source + end - start), start);
    }
  }
  return true;
}

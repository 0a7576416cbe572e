import { areHostNumbers, type BatchShape, type Inputs } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { curveBytes } from "../kernels/curve_bytes.ts";
import { registeredKernels } from "../kernels/registered.ts";
import { instantiate, type Pointers, type Simd, viewsOf } from "../kernels/simd.ts";
import {
  eachPiece,
  entriesOf,
  keptPlace,
  type Memory,
  pieceBytes,
  placeOf,
  type Table,
  tablesOf,
} from "../kernels/table.ts";
import {
  addRows,
  type BinnedRows,
  type Bins,
  countAtThresholds,
  countsOfSums,
  fillGradient,
  highestCell,
  slopesOf,
  sumsPerInterval,
} from "./binned_curve.ts";

const known = new WeakMap<Simd, Simd["exports"]>();

/** Returns the loops of curve.as in a heap, beside those of simd.as. */
function loopsIn(simd: Simd): Simd["exports"] {
  let loops = known.get(simd);
  if (loops === undefined) known.set(simd, loops = instantiate(curveBytes, simd.memory, simd.place).exports);
  return loops;
}

/** A column whose outputs have their intervals. */
interface CountedColumn {
  /** The sums of the intervals. */
  readonly sums: Float64Array;
  /**
   * Turns the kept intervals into the gradient, in place.
   *
   * @param partials The partial derivatives by the counts at each threshold.
   * @returns False, with nothing done, where the heap is full.
   */
  finish(partials: readonly Counts[]): boolean;
}

/** Runs a loop on a piece of the tables. */
type RunColumn = (at: Pointers<"y">, length: number) => void;

/** The offsets in the heap, in bytes, as in curve.as: marks, a vector of intervals that are not kept, constants, tables. */
const unkept = 32, constants = 48, tables = constants + 112;

/** The largest bits of an output or a label, and of a weight. */
const one = 0x3f800000, largest = 0x7f7fffff;

/** The number of entries of a block: a vector of four. */
const block = 4;

/**
 * Counts a column at thresholds by the loops of curve.as, in the memory that it is in, with the bytes of {@linkcode addRows}.
 *
 * @param kept Receives the interval of each output, as a Uint32Array has it; then the gradient. Absent: no gradient is wanted.
 * @returns Nothing where a cell of the bins holds several ends, the heap is full, or a number is out of range.
 */
export function countColumn<T>(
  bins: Bins,
  inputs: Inputs<T>,
  shape: BatchShape,
  memory: Memory<T>,
  kept?: T,
): CountedColumn | undefined {
  const simd = memory.simd(), { edges, scale, cells, lowest, single } = bins, { rows } = shape;
  if (simd === undefined || !single) return undefined;
  const loops = loopsIn(simd), length = rows - rows % block, size = scale.length;
  const places = (fresh: boolean) => {
    const { yTrue, yPred, sampleWeight } = tablesOf(inputs, shape, memory), d = kept && keptPlace(kept, fresh, memory);
    return { p: fresh ? placeOf(yPred) : undefined, y: placeOf(yTrue), w: placeOf(sampleWeight), d };
  };
  const spareOf = (fresh: boolean) => pieceBytes(Object.values(places(fresh)), block, length);
  const ramps = tables + 4 * cells.length, sumsAt = ramps + 16 * size, end = sumsAt + 8 * sumsPerInterval * size;
  const at = simd.place(end + spareOf(true));
  if (at === 0) return undefined;
  const { float32, float64, int32, bits } = viewsOf(simd), words = at >>> 2, doubles = at >>> 3;
  bits.fill(0, words, words + constants / 4);
  float32.fill(0.5, words + 12, words + 16).fill(1, words + 16, words + 20);
  const vectors = [lowest, highestCell, cells.length / 4, at + tables - 8 * lowest];
  vectors.forEach((word, k) => bits.fill(word, words + 20 + 4 * k, words + 24 + 4 * k));
  float64.fill(1, doubles + 18, doubles + 20).fill(0, doubles + sumsAt / 8, doubles + end / 8);
  int32.set(cells, words + tables / 4);
  for (let b = 0, to = doubles + ramps / 8; b < size; b++) {
    float64[to++] = edges[b];
    float64[to++] = scale[b];
  }
  const run: RunColumn = ({ p, y, w = 0, d }, n) => {
    const to = [d ?? at + unkept, d === undefined ? 0 : 16];
    loops.count(p!, y, w, ...to, n, at + constants, at + ramps, at + sumsAt, at);
  };
  eachPiece({ simd, block, places: places(true), begun: { run, spare: at + end } }, length);
  for (let i = words; i < words + 4; i++) if (bits[i] > one || bits[i + 4] > largest) return undefined;
  const sums = float64.slice(doubles + sumsAt / 8, doubles + end / 8);
  const rest = tailOf(tablesOf(inputs, shape, memory), length);
  if (rest === undefined) return undefined;
  const tail = (): BinnedRows => { // its places are kept: a view, which is lost when the heap grows
    const { buffer, byteOffset } = kept ? memory.numbers(kept) : new Float32Array(rows);
    return { ...rest, places: new Uint32Array(buffer, byteOffset + 4 * length, rows - length) };
  };
  addRows(tail(), bins, sums);
  return {
    sums,
    finish: (partials) => {
      const at = simd.place(16 * size + spareOf(false));
      if (at === 0) return false;
      viewsOf(simd).float64.set(slopesOf(partials, bins), at >>> 3);
      const run: RunColumn = ({ d, y, w = 0 }, n) => void loops.finish(d!, y, w, n, at);
      eachPiece({ simd, block, places: places(false), begun: { run, spare: at + 16 * size } }, length);
      fillGradient(tail(), bins, partials, memory.numbers(kept!).subarray(length) as Float32Array);
      return true;
    },
  };
}

/** Returns the rows that the loops leave, as copies; nothing if a number is out of range. */
function tailOf({ yTrue, yPred, sampleWeight }: Inputs<Table>, from: number): Omit<BinnedRows, "places"> | undefined {
  const of = (table: Table) => entriesOf(table, from, table.values.length)!.slice();
  const y = of(yTrue), p = of(yPred), w = sampleWeight && of(sampleWeight), { length } = p;
  if (![...y, ...p].every((v) => v >= 0 && v <= 1) || w?.some((v) => !(v >= 0 && v < Infinity))) return undefined;
  return { yTrue: y, p, sampleWeight: w, slice: { offset: 0, stride: 1, length } };
}

/** The number of rows from which on the loops pay: their tables are written first. */
const fewest = 1024;

/** Counts rows at thresholds: a float32 column of some length by the loops, where they are registered. */
export function countRows(rows: BinnedRows, bins: Bins): Counts[] {
  const { yTrue, p, sampleWeight, slice: { length, stride }, places } = rows, kernels = registeredKernels();
  const inputs = { yTrue, yPred: p, sampleWeight };
  if (kernels && length >= fewest && stride === 1 && p instanceof Float32Array && areHostNumbers(inputs)) {
    const shape = { rows: length, classes: 1, indexed: false, rowWeights: false };
    const kept = new Float32Array(places.buffer);
    const counted = countColumn(bins, inputs, shape, kernels.arrays, kept);
    if (counted !== undefined) return countsOfSums(counted.sums);
  }
  return countAtThresholds(rows, bins);
}

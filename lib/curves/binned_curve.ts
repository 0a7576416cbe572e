import type { Batch } from "../batch/read_batch.ts";
import { describe } from "../check/check.ts";
import type { Counts, Slice } from "../counts/counts.ts";
import { sigmoid } from "../numerics/sigmoid.ts";
import type { Curve } from "./curve.ts";

/**
 * The number of thresholds, if neither the options nor the score give it: the AUROC at 128 thresholds is within 0.001 of the exact
 * one, the average precision within 0.011 (`bench/curve_bins.ts`).
 */
const defaultThresholds = 128;

/** The logits between which the thresholds of a grid lie: beyond them float32 probabilities have few steps left. */
const gridEnd = 12;

/**
 * Returns thresholds at equal distances in logits, σ(−12), …, σ(12): as fine relative to p near 0 as relative to 1 − p near 1,
 * where the outputs of a rare class, or of a well trained model, lie.
 */
const logitGrid = (count: number): number[] =>
  Array.from({ length: count }, (_, b) => sigmoid(gridEnd * (2 * (b + 0.5) / count - 1)));

/** Returns the thresholds that an option stands for, rising. */
export function readThresholds(what: string, thresholds: number | readonly number[] = defaultThresholds): number[] {
  if (typeof thresholds === "number") {
    if (Number.isInteger(thresholds) && thresholds >= 2 && thresholds <= 65535) return logitGrid(thresholds);
  } else if (Array.isArray(thresholds) && thresholds.length >= 2 && thresholds.length <= 65535) {
    const bad = thresholds.findIndex((t, b) => !(t > (b === 0 ? 0 : thresholds[b - 1]) && t < 1));
    if (bad < 0) return [...thresholds];
    throw new RangeError(
      `Cannot make ${what}: 'thresholds' must rise inside (0, 1), number ${bad} is ${describe(thresholds[bad])}`,
    );
  }
  throw new RangeError(
    `Cannot make ${what}: 'thresholds' must be an integer from 2 to 65535 or as many numbers, it is ${
      describe(thresholds)
    }`,
  );
}

/** The bits of a float32 below those that name its cell: sign, exponent and 5 bits of the fraction are left. */
const cellShift = 18;

/** The cell of ½, the highest one: 0x3f000000 without those bits. */
export const highestCell = 0xfc0;

/**
 * Intervals of [0, 1] and a table that finds the interval of a number without a search. The numbers with the same first bits of their
 * distance to the nearer end of [0, 1] are a cell: cells are as fine near 1 as near 0, and those of a grid in logits hold the end of
 * one interval at most.
 */
export interface Bins {
  /** The ends of the intervals, rising: 0, …, 1. */
  readonly edges: Float64Array;
  /** 1/width of each interval. */
  readonly scale: Float64Array;
  /** Two words per cell, those below ½ first: the interval in which it begins, and the bits of the last float32 of this interval. */
  readonly cells: Int32Array;
  /** The lowest cell: it holds the smallest distance of an edge, and all smaller numbers. */
  readonly lowest: number;
  /** Says that no cell holds the ends of two intervals. */
  readonly single: boolean;
}

/** Returns a float32, and its bits. */
function float32AndBits(): { float32: Float32Array; bits: Int32Array } {
  const float32 = new Float32Array(1);
  return { float32, bits: new Int32Array(float32.buffer) };
}

/** The float32 that all calls use: a call for few numbers would spend much of its time on making one. */
const scratch = /* @__PURE__ */ float32AndBits();

/** Makes the intervals around thresholds: each ends in the middle between two thresholds. */
export function binsOf(thresholds: readonly number[]): Bins {
  const { float32, bits } = scratch;
  const inner = thresholds.slice(1).map((t, b) => thresholds[b] + (t - thresholds[b]) / 2), last = inner.length;
  const edges = Float64Array.of(0, ...inner, 1), scale = edges.subarray(1).map((end, b) => 1 / (end - edges[b]));
  float32[0] = Math.min(inner[0], 1 - inner[last - 1]);
  const lowest = bits[0] >>> cellShift, half = highestCell - lowest + 1, cells = new Int32Array(4 * half);
  let single = true;
  const fill = (cell: number, low: number, high: number, from: number) => {
    let b = from;
    while (b < last && low >= edges[b + 1]) b++;
    float32[0] = edges[b + 1];
    cells[2 * cell] = b;
    cells[2 * cell + 1] = b < last ? bits[0] - Number(float32[0] >= edges[b + 1]) : 0x7fffffff;
    single &&= !(b + 1 < last && high >= edges[b + 2]);
    return b;
  };
  const start = (cell: number) => { // of a distance
    bits[0] = cell === 0 ? 0 : (lowest + cell) << cellShift;
    return float32[0];
  };
  for (let cell = 0, b = 0; cell < half; cell++) b = fill(cell, start(cell), start(cell + 1), b);
  for (let cell = half - 1, b = 0; cell >= 0; cell--) b = fill(half + cell, 1 - start(cell + 1), 1 - start(cell), b);
  return { edges, scale, cells, lowest, single };
}

/** Returns the bits of numbers as float32. */
function bitsOf(p: ArrayLike<number>): Int32Array {
  const { buffer, byteOffset, length } = p instanceof Float32Array ? p : new Float32Array(p);
  return new Int32Array(buffer, byteOffset, length);
}

/**
 * Finds the intervals of a slice of numbers. Comparisons that hold as often as not are written without a branch: half of the branches
 * would be predicted wrongly, each of which takes as long as all the rest.
 */
export function placesOf(
  p: ArrayLike<number>,
  { offset, stride, length }: Slice,
  { edges, cells, lowest }: Bins,
  places: Uint32Array = new Uint32Array(length),
): Uint32Array {
  const { float32, bits } = scratch, words = bitsOf(p), half = highestCell - lowest + 1, last = edges.length - 2;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const v = p[i], word = words[i], upper = (0x3effffff - word) >>> 31; // 1 from ½ on
    float32[0] = v - upper;
    const near = ((bits[0] & 0x7fffffff) >>> cellShift) - lowest;
    const at = 2 * ((near < 0 ? 0 : near < half ? near : half - 1) + upper * half);
    let b = cells[at] + ((cells[at + 1] - word) >>> 31);
    while (b < last && v >= edges[b + 1]) b++; // a cell of several intervals
    while (b > 0 && v < edges[b]) b--; // a float64 may round up into the next interval, or out of [0, 1]
    places[n] = b;
  }
  return places;
}

/** Labels, outputs as probabilities and weights, and the entries that are counted. */
export interface BinnedRows extends Pick<Batch, "yTrue" | "sampleWeight"> {
  readonly p: ArrayLike<number>;
  readonly slice: Slice;
  /** Receives the interval of each entry. */
  readonly places: Uint32Array;
}

/** The number of sums of an interval. */
export const sumsPerInterval = 4;

/** Adds rows to the sums of the intervals: Σ w·y, Σ w·y·s, Σ w·(1 − y), Σ w·(1 − y)·s, where s is the place on the ramp. */
export function addRows({ yTrue, sampleWeight, p, slice, places }: BinnedRows, bins: Bins, sums: Float64Array): void {
  const { offset, stride, length } = slice, { edges, scale } = bins;
  placesOf(p, slice, bins, places);
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const v = p[i], b = places[n];
    const w = sampleWeight === undefined ? 1 : sampleWeight[i], positive = w * yTrue[i], negative = w - positive;
    const along = (v - edges[b]) * scale[b], s = along > 0 ? along < 1 ? along : 1 : 0, at = sumsPerInterval * b;
    sums[at] += positive;
    sums[at + 1] += positive * s;
    sums[at + 2] += negative;
    sums[at + 3] += negative * s;
  }
}

const rooms: Float64Array[] = [];

/** Returns room for numbers that are read before the next call: new arrays would take as long as the loops that fill them. */
function room(which: number, length: number): Float64Array {
  return rooms[which]?.length === length ? rooms[which] : rooms[which] = new Float64Array(length);
}

/**
 * Sums the counts at each threshold in one pass: the highest threshold first.
 *
 *     tp_b = Σ w·y·s_b(p),   s_b: the linear ramp over interval b, 0 below it, 1 above it
 *
 * An output lies on one ramp only: each interval adds up the weights and the weights times the place on the ramp, from which
 * the counts at all thresholds follow.
 */
export function countAtThresholds(rows: BinnedRows, bins: Bins): Counts[] {
  const sums = room(0, sumsPerInterval * bins.scale.length).fill(0);
  addRows(rows, bins, sums);
  return countsOfSums(sums);
}

/** Returns the counts at each threshold, the highest first, from the sums of the intervals. */
export function countsOfSums(sums: Float64Array): Counts[] {
  const size = sums.length / sumsPerInterval;
  const below = room(1, 2 * size); // the weights of the intervals below, summed from below
  below[0] = below[1] = 0;
  for (let b = 1; b < size; b++) {
    below[2 * b] = below[2 * b - 2] + sums[4 * b - 4];
    below[2 * b + 1] = below[2 * b - 1] + sums[4 * b - 2];
  }
  const counts: Counts[] = [];
  for (let b = size - 1, tp = 0, fp = 0; b >= 0; b--) {
    const at = sumsPerInterval * b, positive = sums[at], onPositive = sums[at + 1];
    const negative = sums[at + 2], onNegative = sums[at + 3];
    counts.push({
      tp: tp + onPositive,
      fp: fp + onNegative,
      fn: below[2 * b] + (positive - onPositive),
      tn: below[2 * b + 1] + (negative - onNegative),
    });
    tp += positive;
    fp += negative;
  }
  return counts;
}

/** Returns the thresholds of a curve, falling: those that rise, and 0, where every output is a positive. */
export const fallingThresholds = (thresholds: readonly number[]): Float64Array =>
  Float64Array.from([...thresholds.toReversed(), 0]);

/** Returns the curve of counts at falling thresholds, the last of which has every output as a positive. */
export function curveOf(counts: readonly Counts[], thresholds: Float64Array): Curve {
  const size = counts.length, { tp, fp, fn, tn } = counts[size - 1];
  const curve = { thresholds, tp: new Float64Array(size + 1), fp: new Float64Array(size + 1) };
  for (let b = 0; b < size; b++) { // `Float64Array.of(...)` takes many times as long
    curve.tp[b] = counts[b].tp;
    curve.fp[b] = counts[b].fp;
  }
  curve.tp[size] = tp + fn;
  curve.fp[size] = fp + tn;
  return curve;
}

/** Returns the gradient of an entry of each interval: of a label of 0, and what a label of 1 has more. A curve needs no fn and tn. */
export function slopesOf(partials: readonly Counts[], { edges }: Bins): Float64Array {
  const size = partials.length, slopes = new Float64Array(2 * size);
  for (let b = 0; b < size; b++) {
    const { tp, fp } = partials[size - 1 - b], width = edges[b + 1] - edges[b], negative = fp / width;
    slopes[2 * b] = negative;
    slopes[2 * b + 1] = tp / width - negative;
  }
  return slopes;
}

/**
 * Writes the gradient with respect to each output, from the partial derivatives by the counts at each threshold: only the
 * threshold whose ramp the output lies on has a derivative.
 *
 *     ∂/∂p = w·( y·∂TP_b + (1 − y)·∂FP_b )/width_b
 */
export function fillGradient(
  { yTrue, sampleWeight, slice, places }: BinnedRows,
  bins: Bins,
  partials: readonly Counts[],
  gradient: Float32Array | Float64Array,
): void {
  const { offset, stride, length } = slice, slopes = slopesOf(partials, bins);
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const at = 2 * places[n], w = sampleWeight === undefined ? 1 : sampleWeight[i];
    gradient[i] = w * (slopes[at] + yTrue[i] * slopes[at + 1]);
  }
}

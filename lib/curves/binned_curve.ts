import type { Batch } from "../batch/read_batch.ts";
import { describe } from "../check/describe.ts";
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

/** The first 16 bits of a float32 that lies in [0, 1]: sign, exponent and 7 bits of the fraction. */
const cells = 0x3f80 + 1;

/** Intervals of [0, 1] and a table that finds the interval of a number. */
export interface Bins {
  /** The ends of the intervals, rising: 0, …, 1. */
  readonly edges: Float64Array;
  /** The interval in which the numbers with the same first 16 bits begin. */
  readonly first: Uint16Array;
}

/** Makes the intervals around thresholds: each ends in the middle between two thresholds. */
export function binsOf(thresholds: readonly number[]): Bins {
  const inner = thresholds.slice(1).map((t, b) => thresholds[b] + (t - thresholds[b]) / 2);
  const edges = Float64Array.of(0, ...inner, 1), first = new Uint16Array(cells), bits = new Uint32Array(1);
  const start = new Float32Array(bits.buffer);
  for (let cell = 0, b = 0; cell < cells; cell++) {
    bits[0] = cell << 16;
    while (b < thresholds.length - 1 && edges[b + 1] <= start[0]) b++;
    first[cell] = b;
  }
  return { edges, first };
}

/** Returns the bits of numbers as float32. */
function bitsOf(p: ArrayLike<number>): Uint32Array {
  const { buffer, byteOffset, length } = p instanceof Float32Array ? p : Float32Array.from(p);
  return new Uint32Array(buffer, byteOffset, length);
}

/** Finds the interval of a number; `bits` are those of its float32. */
function placeOf(v: number, bits: number, { edges, first }: Bins): number {
  const last = edges.length - 2, cell = bits >>> 16;
  let b = cell < cells ? first[cell] : v > 0.5 ? last : 0; // rounding may leave [0, 1]
  while (b < last && v >= edges[b + 1]) b++;
  while (b > 0 && v < edges[b]) b--; // a float64 may round up into the next interval
  return b;
}

/** Finds the intervals of a slice of numbers. */
export function placesOf(p: ArrayLike<number>, { offset, stride, length }: Slice, bins: Bins): Uint16Array {
  const places = new Uint16Array(length), bits = bitsOf(p);
  for (let n = 0, i = offset; n < length; n++, i += stride) places[n] = placeOf(p[i], bits[i], bins);
  return places;
}

/** Labels, outputs as probabilities and weights, and the entries that are counted. */
export interface BinnedRows extends Pick<Batch, "yTrue" | "sampleWeight"> {
  readonly p: ArrayLike<number>;
  readonly slice: Slice;
  /** Receives the interval of each entry. */
  readonly places: Uint16Array;
}

/**
 * Sums the counts at each threshold in one pass: the highest threshold first.
 *
 *     tp_b = Σ w·y·s_b(p),   s_b: the linear ramp over interval b, 0 below it, 1 above it
 *
 * An output lies on one ramp only: each interval adds up the weights and the weights times the place on the ramp, from which
 * the counts at all thresholds follow.
 */
export function countAtThresholds({ yTrue, sampleWeight, p, slice, places }: BinnedRows, bins: Bins): Counts[] {
  const { offset, stride, length } = slice, { edges } = bins, size = edges.length - 1, bits = bitsOf(p);
  const sums = new Float64Array(4 * size), scale = new Float64Array(size);
  for (let b = 0; b < size; b++) scale[b] = 1 / (edges[b + 1] - edges[b]);
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const v = p[i], b = placeOf(v, bits[i], bins);
    places[n] = b;
    const w = sampleWeight === undefined ? 1 : sampleWeight[i], positive = w * yTrue[i], negative = w - positive;
    const along = (v - edges[b]) * scale[b], share = along > 0 ? along < 1 ? along : 1 : 0, at = 4 * b;
    sums[at] += positive;
    sums[at + 1] += positive * share;
    sums[at + 2] += negative;
    sums[at + 3] += negative * share;
  }
  const below = new Float64Array(2 * size); // the weights of the intervals below, summed from below
  for (let b = 1; b < size; b++) {
    below[2 * b] = below[2 * b - 2] + sums[4 * b - 4];
    below[2 * b + 1] = below[2 * b - 1] + sums[4 * b - 2];
  }
  const counts: Counts[] = [];
  for (let b = size - 1, tp = 0, fp = 0; b >= 0; b--) {
    const [positive, onPositive, negative, onNegative] = sums.subarray(4 * b, 4 * b + 4);
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

/** Returns the curve of counts, with the point where every output is a positive. */
export function curveOf(counts: readonly Counts[], thresholds: readonly number[]): Curve {
  const { tp, fp, fn, tn } = counts[counts.length - 1];
  return {
    thresholds: Float64Array.of(...thresholds.toReversed(), 0),
    tp: Float64Array.of(...counts.map((one) => one.tp), tp + fn),
    fp: Float64Array.of(...counts.map((one) => one.fp), fp + tn),
  };
}

/**
 * Writes the gradient with respect to each output, from the partial derivatives by the counts at each threshold: only the
 * threshold whose ramp the output lies on has a derivative.
 *
 *     ∂/∂p = w·( y·(∂TP_b − ∂FN_b) + (1 − y)·(∂FP_b − ∂TN_b) )/width_b
 */
export function fillGradient(
  { yTrue, sampleWeight, slice, places }: BinnedRows,
  edges: Float64Array,
  partials: readonly Counts[],
  gradient: Float32Array | Float64Array,
): void {
  const { offset, stride, length } = slice, size = partials.length, slopes = new Float64Array(2 * size);
  for (let b = 0; b < size; b++) {
    const { tp, fp, fn, tn } = partials[size - 1 - b], width = edges[b + 1] - edges[b];
    slopes[2 * b] = (fp - tn) / width;
    slopes[2 * b + 1] = (tp - fn) / width;
  }
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const at = 2 * places[n], w = sampleWeight === undefined ? 1 : sampleWeight[i], negative = slopes[at];
    gradient[i] = w * (negative + yTrue[i] * (slopes[at + 1] - negative));
  }
}

import { checkLength, largestAmount } from "../batch/read_batch.ts";
import { aFunction, anArray, aNumber, check } from "../check/check.ts";

/** The four (weighted, soft) counts of a binary confusion matrix, or one number for each of them. */
export interface Counts {
  /** True positives, Σ w·y·s. */
  readonly tp: number;
  /** False positives, Σ w·(1 − y)·s. */
  readonly fp: number;
  /** False negatives, Σ w·y·(1 − s). */
  readonly fn: number;
  /** True negatives, Σ w·(1 − y)·(1 − s). */
  readonly tn: number;
}

/** The names of the four counts. */
export const countKeys = ["tp", "fp", "fn", "tn"] as const;

/** Makes one number (or one thing) for each count. */
export function mapCounts<T = number>(of: (key: keyof Counts) => T): Record<keyof Counts, T> {
  return { tp: of("tp"), fp: of("fp"), fn: of("fn"), tn: of("tn") };
}

/** Adds counts. They are written out here and below: of many thresholds, `mapCounts` takes several times as long. */
export const sumCounts = (a: Counts, b: Counts): Counts => (
  { tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn }
);

/** Multiplies counts, or partial derivatives with respect to counts, by a factor. */
export const scaleCounts = (by: number, { tp, fp, fn, tn }: Counts): Counts => (
  { tp: by * tp, fp: by * fp, fn: by * fn, tn: by * tn }
);

/** Labels, outputs and weights that are counted: one entry per row, all of the same length. */
export interface Rows {
  /** Labels in [0, 1]. */
  readonly yTrue: ArrayLike<number>;
  /** Outputs, which the step takes. */
  readonly yPred: ArrayLike<number>;
  /** Weights ≥ 0; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
  /** The entries that are counted; absent: all. */
  readonly slice?: Slice;
}

/** Throws unless labels, outputs and weights are arrays of one length, and so are other lists. */
export function checkRows(
  what: string,
  rows: Omit<Rows, "slice">,
  others: Record<string, ArrayLike<number>> = {},
): void {
  const { yTrue, yPred, sampleWeight = yPred } = rows ?? {}, lists = { yTrue, yPred, sampleWeight, ...others };
  check(`compute ${what}`, lists, anArray);
  for (const [name, { length }] of Object.entries(lists)) checkLength(what, name, length, yPred.length);
}

/** Evenly spaced entries, such as a column of a table that is stored row by row. */
export interface Slice {
  /** The first entry. */
  readonly offset: number;
  /** The distance from one entry to the next. */
  readonly stride: number;
  /** The number of entries. */
  readonly length: number;
}

/** Returns the entries of a slice that have a weight; all rows unchanged, where that is all. */
export function takeSlice(
  { yTrue, yPred, sampleWeight }: Omit<Rows, "slice">,
  { offset, stride, length }: Slice,
): Omit<Rows, "slice"> {
  if (stride === 1 && length === yPred.length && sampleWeight === undefined) return { yTrue, yPred };
  const y = new Float64Array(length), p = new Float64Array(length), w = sampleWeight && new Float64Array(length);
  let kept = 0;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i];
    if (weight === 0) continue;
    y[kept] = yTrue[i];
    p[kept] = yPred[i];
    if (w !== undefined) w[kept] = weight;
    kept++;
  }
  return { yTrue: y.subarray(0, kept), yPred: p.subarray(0, kept), sampleWeight: w?.subarray(0, kept) };
}

/** Returns `count` slices, each `offset` entries behind the one before it. */
export function spacedSlices(count: number, offset: number, stride: number, length: number): Slice[] {
  const slices: Slice[] = []; // `Array.from` takes ten times as long for one
  for (let k = 0; k < count; k++) slices.push({ offset: k * offset, stride, length });
  return slices;
}

/** A function of one output and its derivative, such as a step. */
export interface Elementwise {
  /** f(v). */
  value(v: number): number;
  /** f′(v). */
  derivative(v: number): number;
}

/** Labels, decisions and weights: what the counts are sums of. */
export interface DecidedRows {
  /** Labels y in [0, 1]. */
  readonly yTrue: ArrayLike<number>;
  /** Soft decisions s in [0, 1]. */
  readonly decisions: ArrayLike<number>;
  /** Weights w ≥ 0; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
}

/**
 * Sums the counts of decisions in float64: the first of the two passes.
 *
 *     tp = Σ w·y·s    fp = Σ w·(1 − y)·s    fn = Σ w·y·(1 − s)    tn = Σ w·(1 − y)·(1 − s)
 *
 * @param before Counts of earlier rows, to which these are added.
 */
export function countDecisions(
  { yTrue, decisions, sampleWeight }: DecidedRows,
  { offset, stride, length }: Slice,
  { tp, fp, fn, tn }: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 },
): Counts {
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const y = yTrue[i], s = decisions[i], w = sampleWeight === undefined ? 1 : sampleWeight[i];
    const positive = w * y, negative = w * (1 - y);
    tp += positive * s;
    fp += negative * s;
    fn += positive * (1 - s);
    tn += negative * (1 - s);
  }
  return { tp, fp, fn, tn };
}

/** The power of two, which changes no digit, by which counts are multiplied where a product of two would be 0. */
export const liftOf = (product: number): number => product < 1e-200 ? 2 ** 600 : 1;

/** The largest float32. */
export const largestFloat32: number = Math.fround(largestAmount);

/** Clamps a number to the range of float32; it is not rounded. */
export const clampFloat32 = (g: number): number => Math.max(-largestFloat32, Math.min(largestFloat32, g));

/** Clamps ±∞ (from counts next to 0) to ±MAX_VALUE, because 0·∞ would become NaN later; NaN stays. */
export const clampFloat64 = (v: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, v));

// Each one first: ∞ − ∞ would be NaN.
const difference = (a: number, b: number) => clampFloat64(clampFloat64(a) - clampFloat64(b));

/** Returns what one more decision is worth: for a positive row ∂TP − ∂FN, for a negative row ∂FP − ∂TN. */
export function byLabel({ tp, fp, fn, tn }: Counts): { ofPositive: number; ofNegative: number } {
  return { ofPositive: difference(tp, fn), ofNegative: difference(fp, tn) };
}

/**
 * Writes the gradient of a function f of the counts with respect to each decision: the second of the two passes.
 *
 *     ∂f/∂sᵢ = wᵢ·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * @param rows Labels and weights.
 * @param slice The entries.
 * @param partials ∂f/∂TP, ∂f/∂FP, ∂f/∂FN and ∂f/∂TN.
 * @param gradient Receives the gradient, one number per entry.
 */
export function decisionGradient(
  rows: Omit<DecidedRows, "decisions">,
  slice: Slice,
  partials: Counts,
  gradient: Float64Array,
): void {
  const { ofPositive, ofNegative } = byLabel(partials);
  labelGradient(rows, slice, ofPositive, ofNegative, gradient);
}

/** Writes the same gradient, given what one more decision is worth by its label. */
export function labelGradient(
  { yTrue, sampleWeight }: Omit<DecidedRows, "decisions">,
  { offset, stride, length }: Slice,
  ofPositive: number,
  ofNegative: number,
  gradient: Float64Array,
): void {
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const y = yTrue[i], g = y * ofPositive + (1 - y) * ofNegative;
    gradient[i] = sampleWeight === undefined ? g : clampFloat64(sampleWeight[i] * g);
  }
}

/** Returns the slice of rows: all entries, if there is none. */
export const wholeSlice = ({ yTrue, slice }: Rows): Slice => slice ?? { offset: 0, stride: 1, length: yTrue.length };

/**
 * Writes the gradient of a function f of the counts with respect to each output.
 *
 *     ∂f/∂ŷᵢ = wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * A number outside float32's range (possible where the counts are next to nothing) becomes float32's largest, so that
 * the gradient is finite.
 *
 * @param rows Labels, outputs and weights.
 * @param step A step.
 * @param partials ∂f/∂TP, ∂f/∂FP, ∂f/∂FN and ∂f/∂TN.
 * @param gradient Receives the gradient at the entries of the slice, as long as `yPred`; default: a new float32 array.
 * @returns The same array.
 * @throws {TypeError} An argument that is not an array, a step without a derivative, a partial derivative that is not a number.
 * @throws {RangeError} Lengths that differ.
 *
 * @example
 * ```ts
 * import { countsGradient, identity } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = { yTrue: [1, 0], yPred: [0.9, 0.2] };
 * assertEquals(countsGradient(rows, identity(), { tp: 1, fp: -2, fn: 0, tn: 0 }), new Float32Array([1, -2]));
 * ```
 */
export function countsGradient<T extends Float32Array | Float64Array = Float32Array>(
  rows: Rows,
  step: Pick<Elementwise, "derivative">,
  partials: Counts,
  gradient: T = new Float32Array(rows?.yTrue?.length ?? 0) as T,
): T {
  checkRows("the gradient", rows, { gradient });
  check("compute the gradient", { "step.derivative": step?.derivative }, aFunction);
  check("compute the gradient", mapCounts<unknown>((key) => partials?.[key]), aNumber);
  const { yPred } = rows, slice = wholeSlice(rows), byDecision = new Float64Array(yPred.length);
  decisionGradient(rows, slice, partials, byDecision);
  for (let n = 0, i = slice.offset; n < slice.length; n++, i += slice.stride) {
    gradient[i] = clampFloat32(step.derivative(yPred[i]) * byDecision[i]);
  }
  return gradient;
}

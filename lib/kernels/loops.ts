import erf from "@stdlib/erf";
import { toFloat32 } from "../counts/counts_gradient.ts";
import type { Plan } from "./plan.ts";

/** How many numbers a column has in the sums: Σ w, Σ w·y, Σ w·s, Σ w·y·s. */
export const sumsPerColumn = 4;

/** Some entries of a table: `count` of them from `start`; those that a plan means are `first`, `first + stride`, … */
interface Span {
  readonly start: number;
  readonly count: number;
  readonly first: number;
  readonly stride: number;
}

/** s into `values` and D into `slopes`, of the entries of a span. Each is its own loop: one call a block, none an entry. */
type Fill = (plan: Plan, p: Float32Array, span: Span, values: Float64Array, slopes: Float64Array) => void;

const softsign: Fill = ({ threshold, steepness, factor, base }, p, { start, count, first, stride }, values, slopes) => {
  for (let j = first; j < count; j += stride) {
    const u = p[start + j] - threshold, h = factor / (1 + Math.abs(u) * steepness);
    values[j] = u * h + base;
    slopes[j] = h * h;
  }
};

const linearRamp: Fill = (
  { threshold, steepness, factor, base },
  p,
  { start, count, first, stride },
  values,
  slopes,
) => {
  for (let j = first; j < count; j += stride) {
    const z = steepness * (p[start + j] - threshold);
    values[j] = factor * (z < -0.5 ? -0.5 : z > 0.5 ? 0.5 : z) + base;
    slopes[j] = z >= -0.5 && z <= 0.5 ? 1 : 0;
  }
};

const logistic: Fill = ({ threshold, steepness, factor, base }, p, { start, count, first, stride }, values, slopes) => {
  for (let j = first; j < count; j += stride) {
    const z = steepness * (p[start + j] - threshold), e = Math.exp(-Math.abs(z)), h = 1 / (1 + e);
    const rise = 0.5 * (1 - e) * h;
    values[j] = factor * (z < 0 ? -rise : rise) + base;
    slopes[j] = e * h * h;
  }
};

const arctan: Fill = ({ threshold, steepness, factor, base }, p, { start, count, first, stride }, values, slopes) => {
  for (let j = first; j < count; j += stride) {
    const z = steepness * (p[start + j] - threshold);
    values[j] = factor * Math.atan(z) + base;
    slopes[j] = 1 / (1 + z * z);
  }
};

const gaussian: Fill = ({ threshold, steepness, factor, base }, p, { start, count, first, stride }, values, slopes) => {
  for (let j = first; j < count; j += stride) {
    const z = steepness * (p[start + j] - threshold);
    values[j] = factor * erf(z * Math.SQRT1_2) + base;
    slopes[j] = Math.exp(-0.5 * z * z);
  }
};

const identity: Fill = (_, p, { start, count, first, stride }, values, slopes) => {
  for (let j = first; j < count; j += stride) {
    values[j] = p[start + j];
    slopes[j] = 1;
  }
};

const round: Fill = (_, _p, { count, first, stride }, _values, slopes) => {
  for (let j = first; j < count; j += stride) slopes[j] = 0;
};

/** The loops by the name of the shape. */
const fills: Partial<Record<string, Fill>> = { softsign, linearRamp, logistic, arctan, gaussian, identity, round };

/** Whether there is a loop for a shape. */
export const hasLoop = (shape: string): boolean => Object.hasOwn(fills, shape);

function fillHard(
  threshold: number,
  p: Float32Array,
  { start, count, first, stride }: Span,
  values: Float64Array,
): void {
  const rounded = Math.fround(threshold); // of float32 numbers the same as p > t and p ≠ rounded
  for (let j = first; j < count; j += stride) values[j] = p[start + j] > rounded ? 1 : 0;
}

function fill(plan: Plan, p: Float32Array, span: Span, values: Float64Array, slopes: Float64Array): void {
  fills[plan.shape]!(plan, p, span, values, slopes);
  if (plan.hard) fillHard(plan.threshold, p, span, values);
}

/** s(p) of a plan, as the loops have it. */
export function loopValue(plan: Plan, p: number): number {
  const values = new Float64Array(1);
  fill(plan, Float32Array.of(p), { start: 0, count: 1, first: 0, stride: 1 }, values, new Float64Array(1));
  return values[0];
}

/** What a pass reads and writes: tables of `classes` columns, row by row. */
export interface Table {
  readonly yTrue: Float32Array;
  readonly yPred: Float32Array;
  readonly sampleWeight?: Float32Array;
  /** Where w·D goes for the second pass, if there is one. */
  readonly slopes?: Float32Array | Float64Array;
}

/** Weights whose products with a slope float32 holds. */
const lightest = 1e-15, heaviest = 1e15;
/** Whether a weight is one of them, or 0. */
export const usable = (w: number): boolean => w === 0 || (w >= lightest && w <= heaviest);

/** Whether numbers are as they must be, as `addSums` has it; the SIMD loops see the bits alone, and −0 has those of its sign. */
export function inRange(yPred: ArrayLike<number>, yTrue: ArrayLike<number>, weights: ArrayLike<number> = []): boolean {
  for (let i = 0; i < yPred.length; i++) if (!(yPred[i] >= 0 && yPred[i] <= 1)) return false;
  for (let i = 0; i < yTrue.length; i++) if (!(yTrue[i] >= 0 && yTrue[i] <= 1)) return false;
  for (let i = 0; i < weights.length; i++) if (!usable(weights[i])) return false;
  return true;
}

const blockLength = 512;
let blockValues = new Float64Array(blockLength), blockSlopes = new Float64Array(blockLength);

/**
 * The sums of a table, added to `sums`, and w·D of each entry.
 *
 * @returns Whether all numbers were as they must be: labels and outputs in [0, 1], weights neither negative nor extreme.
 */
export function addSums(
  plans: readonly Plan[],
  table: Table,
  classes: number,
  sums: Float64Array,
): boolean {
  const { yTrue, yPred, sampleWeight, slopes } = table, length = yPred.length;
  if (
    plans[0].shape === "softsign" && !plans[0].hard && classes === 1 && sampleWeight === undefined &&
    slopes !== undefined
  ) return addSoftsign(plans[0], yTrue, yPred, slopes, sums);
  const block = classes >= blockLength ? classes : blockLength - blockLength % classes;
  if (block > blockValues.length) {
    blockValues = new Float64Array(block);
    blockSlopes = new Float64Array(block);
  }
  for (let start = 0; start < length; start += block) {
    const count = Math.min(block, length - start);
    for (let k = 0; k < plans.length; k++) {
      fill(plans[k], yPred, { start, count, first: k, stride: plans.length }, blockValues, blockSlopes);
    }
    let good;
    if (classes > 1) good = addColumns(yTrue, yPred, sampleWeight, start, count, sums);
    else if (sampleWeight === undefined) good = addColumn(yTrue, yPred, start, count, sums);
    else good = addWeighted(yTrue, yPred, sampleWeight, start, count, sums);
    if (!good) return false;
    if (slopes !== undefined) {
      slopes.set(count === blockSlopes.length ? blockSlopes : blockSlopes.subarray(0, count), start);
    }
  }
  return true;
}

/** The commonest case as one loop. */
function addSoftsign(
  { threshold, steepness, factor, base }: Plan,
  yTrue: Float32Array,
  yPred: Float32Array,
  slopes: Float32Array | Float64Array,
  sums: Float64Array,
): boolean {
  const length = yPred.length;
  let positives = 0, sum = 0, hits = 0;
  for (let i = 0; i < length; i++) {
    const y = yTrue[i], p = yPred[i];
    if (!(p >= 0 && p <= 1 && y >= 0 && y <= 1)) return false;
    const u = p - threshold, h = factor / (1 + Math.abs(u) * steepness), s = u * h + base;
    positives += y;
    sum += s;
    hits += y * s;
    slopes[i] = h * h;
  }
  sums[0] += length;
  sums[1] += positives;
  sums[2] += sum;
  sums[3] += hits;
  return true;
}

function addColumn(
  yTrue: Float32Array,
  yPred: Float32Array,
  start: number,
  count: number,
  sums: Float64Array,
): boolean {
  const values = blockValues;
  let positives = 0, sum = 0, hits = 0;
  for (let j = 0; j < count; j++) {
    const y = yTrue[start + j], p = yPred[start + j], s = values[j];
    if (!(p >= 0 && p <= 1 && y >= 0 && y <= 1)) return false;
    positives += y;
    sum += s;
    hits += y * s;
  }
  sums[0] += count;
  sums[1] += positives;
  sums[2] += sum;
  sums[3] += hits;
  return true;
}

function addWeighted(
  yTrue: Float32Array,
  yPred: Float32Array,
  weights: Float32Array,
  start: number,
  count: number,
  sums: Float64Array,
): boolean {
  const values = blockValues, slopes = blockSlopes;
  let whole = 0, positives = 0, sum = 0, hits = 0;
  for (let j = 0; j < count; j++) {
    const y = yTrue[start + j], p = yPred[start + j], w = weights[start + j], s = w * values[j];
    if (!(p >= 0 && p <= 1 && y >= 0 && y <= 1 && usable(w))) return false;
    whole += w;
    positives += w * y;
    sum += s;
    hits += y * s;
    slopes[j] *= w;
  }
  sums[0] += whole;
  sums[1] += positives;
  sums[2] += sum;
  sums[3] += hits;
  return true;
}

function addColumns(
  yTrue: Float32Array,
  yPred: Float32Array,
  weights: Float32Array | undefined,
  start: number,
  count: number,
  sums: Float64Array,
): boolean {
  const values = blockValues, slopes = blockSlopes;
  for (let j = 0, at = 0; j < count; j++) {
    const y = yTrue[start + j], p = yPred[start + j], w = weights === undefined ? 1 : weights[start + j];
    if (!(p >= 0 && p <= 1 && y >= 0 && y <= 1 && usable(w))) return false;
    const s = w * values[j];
    sums[at] += w;
    sums[at + 1] += w * y;
    sums[at + 2] += s;
    sums[at + 3] += y * s;
    slopes[j] *= w;
    at += sumsPerColumn;
    if (at === sums.length) at = 0;
  }
  return true;
}

/** By which D is multiplied, of the labels of a column: y·a + (1 − y)·b. */
export interface Factors {
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
  /** Whether a product with a slope may leave float32, so that it has to be bounded. */
  readonly large: boolean;
}

/** The second pass: w·D becomes w·D·(y·a + (1 − y)·b), with a and b of the entry's column; in place, or rounded once. */
export function finishGradient(
  slopes: Float32Array | Float64Array,
  yTrue: Float32Array,
  { ofPositives, ofNegatives, large }: Factors,
  gradient: Float32Array,
): void {
  const classes = ofPositives.length, end = gradient.length;
  if (large) {
    for (let i = 0; i < end; i++) {
      const g = slopes[i] * (yTrue[i] * ofPositives[i % classes] + (1 - yTrue[i]) * ofNegatives[i % classes]);
      gradient[i] = toFloat32(g);
    }
  } else if (classes === 1) {
    const a = ofPositives[0], b = ofNegatives[0];
    for (let i = 0; i < end; i++) gradient[i] = slopes[i] * (yTrue[i] * a + (1 - yTrue[i]) * b);
  } else {
    for (let i = 0, k = 0; i < end; i++) {
      gradient[i] = slopes[i] * (yTrue[i] * ofPositives[k] + (1 - yTrue[i]) * ofNegatives[k]);
      if (++k === classes) k = 0;
    }
  }
}

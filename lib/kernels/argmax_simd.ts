import { type Begun, type Factors, factorsToHeap, inRangeBits, type Simd, viewsOf, writeMarks } from "./simd.ts";

/** An argmax for the SIMD loops: κ, and l and 1/(h − l), with which a one-hot row stays as it is. */
export interface ArgmaxPlan {
  readonly sharpness: number;
  readonly low: number;
  readonly scale: number;
  /** Counts the decision itself. */
  readonly hard: boolean;
}

/** Returns the number of entries of a table that the loops take: four rows at a time. */
export const argmaxLength = (length: number, classes: number): number => length - length % (4 * classes);

/** Returns the number of entries of a block. */
export const argmaxBlock = (classes: number): number => 128 * classes;

const { fround } = Math;

/** The largest numbers of rows and entries that are tried: not every place of the 1 in a long row. */
const mostTried = 64, mostEntriesTried = 2 ** 18;

/** Beyond this sharpness float32 does not hold the factor of the differences. */
const greatestSharpness = 1e30;

/**
 * Returns the plan, by the loop's own rounding: l is the largest s of a 0 in a one-hot row, whichever column the 1 is in, and
 * h the smallest s of a 1, so that numbers beyond them are clipped.
 */
export function argmaxPlanOf(simd: Simd, slope: number, hard: boolean, classes: number): ArgmaxPlan | undefined {
  const plan = { sharpness: 4 * slope, low: 0, scale: 1, hard };
  if (plan.sharpness > greatestSharpness) return undefined;
  const tried = Math.min(classes, mostTried, Math.ceil(mostEntriesTried / classes)),
    rows = Math.ceil(tried / 4) * 4,
    length = rows * classes;
  const begun = beginArgmax(simd, plan, classes, false, true, 12 * length);
  if (begun === undefined) return undefined;
  const { float32 } = viewsOf(simd), p = begun.spare, d = p + 8 * length, at = p >>> 2;
  float32.fill(0, at, at + 2 * length);
  const hot = (row: number) => Math.floor((row % tried) * classes / tried);
  for (let row = 0; row < rows; row++) float32[at + row * classes + hot(row)] = 1;
  begun.run({ p, y: p + 4 * length, d }, length);
  let low = 0, high = 1;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < classes; j++) {
      const s = float32[(d >>> 2) + turnedPlace(row, j, classes)];
      if (j === hot(row)) high = Math.min(high, s);
      else low = Math.max(low, s);
    }
  }
  let scale = fround(1 / (high - low));
  while (fround(fround(high - low) * scale) < 1) scale = fround(scale * (1 + 2 ** -23));
  return { ...plan, low, scale };
}

/** Returns the place at which the loops keep the number of a row and a column: four rows are stored four by four. */
const turnedPlace = (row: number, column: number, classes: number): number =>
  (row - row % 4) * classes + 4 * column + row % 4;

/** The offsets of a first pass in the heap, in bytes, as in simd.as. */
const constants = 64, scratch = 272;

/** Begins a first pass; nothing if the heap is full. */
export function beginArgmax(
  simd: Simd,
  { sharpness, low, scale, hard }: ArgmaxPlan,
  classes: number,
  weighted: boolean,
  soft: boolean,
  spare = 0,
): Begun | undefined {
  const sumsAt = scratch + 112 * classes, bytes = sumsAt + 128 * classes, marks = simd.place(bytes + spare);
  if (marks === 0) return undefined;
  const { float32, float64 } = viewsOf(simd), out = marks + sumsAt, at = (marks + constants) >>> 2;
  [fround(sharpness * Math.LOG2E), low, scale, 1].forEach((v, k) => float32.fill(v, at + 4 * k, at + 4 * k + 4));
  float64.fill(0, out >>> 3, (out >>> 3) + 16 * classes);
  writeMarks(simd, marks);
  return {
    spare: marks + bytes,
    places: { sums: out, sumsBytes: 128 * classes, marks, group: argmaxBlock(classes) },
    run: ({ p, y, w = 0, d = 0 }, length, apart) => {
      const step = apart === undefined ? 0 : 128 * classes, flags = [Number(soft), Number(hard)];
      simd.exports.argmax(p, y, w, d, length / classes, 4 * classes, ...flags, apart ?? out, step, marks);
    },
    end: (length, sums) => {
      const { float64 } = viewsOf(simd);
      for (let i = 0, from = out >>> 3; i < 4 * classes; i++, from += 4) {
        const [a, b, c, d] = float64.subarray(from, from + 4);
        sums[i] += a + b + c + d;
      }
      if (!weighted) { for (let j = 0; j < classes; j++) sums[4 * j] += length / classes; }
      return inRangeBits(simd, marks, weighted);
    },
  };
}

/**
 * Subtracts from the factors their mean: where the entries of a row have one weight, only differences of the factors count,
 * and the differences then have more digits.
 */
function apart({ ofPositives, ofNegatives }: Factors): Factors {
  const common = ofNegatives.reduce((sum, factor) => sum + factor, 0) / ofNegatives.length;
  return { ofPositives: ofPositives.map((a) => a - common), ofNegatives: ofNegatives.map((b) => b - common) };
}

/** Begins a second pass, in place; `even`: the entries of a row have one weight. Nothing if the heap is full. */
export function beginArgmaxFinish(
  simd: Simd,
  given: Factors,
  even: boolean,
  spare = 0,
): Pick<Begun<"d" | "y">, "run" | "spare"> | undefined {
  const factors = even ? apart(given) : given,
    classes = factors.ofPositives.length,
    x = 48 * classes,
    bytes = x + 48 * classes;
  const c = simd.place(bytes + spare);
  if (c === 0) return undefined;
  for (let j = 0; j < classes; j++) {
    for (let lane = 0; lane < 4; lane++) factorsToHeap(simd, factors, j, (c >>> 2) + 12 * j + lane);
  }
  return {
    spare: c + bytes,
    run: ({ d, y, w = 0 }, length) => void simd.exports.finishArgmax(d, y, w, length / classes, 4 * classes, c, c + x),
  };
}

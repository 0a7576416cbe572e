import { type Begun, type BegunFinish, type Factors, inRangeBits, type Simd, viewsOf, writeMarks } from "./simd.ts";

/** An argmax for the SIMD loops: s = scale·e/Σe − base with e = e^(κ·(p − largest p)). */
export interface ArgmaxPlan {
  readonly sharpness: number;
  readonly scale: number;
  readonly base: number;
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

/** The number of columns that are added up together, as in simd.as. */
const together = 32;

/** Beyond this sharpness float32 does not hold the factor of the differences. */
const greatestSharpness = 1e30;

/**
 * Returns the plan, by the loop's own rounding: in a one-hot row, whichever column the 1 is in, the s of the 0 are at most 0
 * and that of the 1 is at least 1; the loop clips them.
 */
export function argmaxPlanOf(simd: Simd, slope: number, hard: boolean, classes: number): ArgmaxPlan | undefined {
  const plan = { sharpness: 4 * slope, scale: 1, base: 0, hard };
  if (plan.sharpness > greatestSharpness) return undefined;
  if (hard) return plan;
  const begun = beginArgmax(simd, plan, classes, false, true, 48 * classes);
  if (begun === undefined) return undefined;
  const { float32 } = viewsOf(simd), p = begun.spare, y = p + 16 * classes, d = y + 16 * classes;
  float32.fill(0, p >>> 2, d >>> 2);
  float32[p >>> 2] = 1;
  begun.run({ p, y, d }, 4 * classes);
  const e = float32[(d >>> 2) + 4], tried = Math.max(2, Math.min(classes, mostTried, mostEntriesTried / classes | 0));
  const sums = Array.from({ length: tried }, (_, row) => {
    const hot = Math.round(row * (classes - 1) / (tried - 1));
    let sum = 0, part = 0;
    for (let j = 0; j < classes; j++) {
      part = fround(part + (j === hot ? 1 : e));
      if (j % together < together - 1 && j < classes - 1) continue;
      sum = fround(sum + part);
      part = 0;
    }
    return sum;
  });
  const least = Math.min(...sums), most = Math.max(...sums);
  for (let scale = fround(1 / (1 / most - e / least));; scale = fround(scale * (1 + 2 ** -23))) {
    const base = fround(e * fround(scale / least));
    if (fround(fround(scale / most) - base) >= 1) return { ...plan, scale, base };
  }
}

/** Returns the bytes of a table that the loops hand on, as in simd.as. */
const stageBytes = (classes: number): number => Math.max(2560, 64 * classes);

/** The offsets of a first pass in the heap, in bytes, as in simd.as. */
const constants = 64, scratch = 1264;

/** The least exponent, 1.5·2^23, and the coefficients of 2^r, as simd.as lists them. */
const powers = [-126, 12582912, 0.693147, 0.24022247, 0.05550711, 0.009671291, 0.0013269521];

/** Begins a first pass; nothing if the heap is full. */
export function beginArgmax(
  simd: Simd,
  { sharpness, scale, base, hard }: ArgmaxPlan,
  classes: number,
  weighted: boolean,
  soft: boolean,
  spare: number,
): Begun | undefined {
  const sumsAt = scratch + 64 * classes + 4 * stageBytes(classes), bytes = sumsAt + 128 * classes;
  const marks = simd.place(bytes + spare);
  if (marks === 0) return undefined;
  const { float32, float64 } = viewsOf(simd), out = marks + sumsAt, at = (marks + constants) >>> 2;
  const numbers = [sharpness * Math.LOG2E, scale, base, 1, ...powers];
  numbers.forEach((v, k) => float32.fill(v, at + 4 * k, at + 4 * k + 4));
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
function withoutMean({ ofPositives, ofNegatives }: Factors): Factors {
  const common = ofNegatives.reduce((sum, factor) => sum + factor, 0) / ofNegatives.length;
  return { ofPositives: ofPositives.map((a) => a - common), ofNegatives: ofNegatives.map((b) => b - common) };
}

/** Begins a second pass, in place; `even`: the entries of a row have one weight. Nothing if the heap is full. */
export function beginArgmaxFinish(
  simd: Simd,
  given: Factors,
  even: boolean,
  spare: number,
): BegunFinish | undefined {
  const { ofPositives, ofNegatives } = even ? withoutMean(given) : given, classes = ofPositives.length;
  const x = 32 * classes, bytes = x + 544 + 2 * stageBytes(classes), c = simd.place(bytes + spare);
  if (c === 0) return undefined;
  const { float32 } = viewsOf(simd);
  for (let j = 0, at = c >>> 2; j < classes; j++, at += 8) {
    float32.fill(ofNegatives[j], at, at + 4).fill(ofPositives[j] - ofNegatives[j], at + 4, at + 8);
  }
  return {
    spare: c + bytes,
    run: ({ d, y, w = 0 }, length) => void simd.exports.finishArgmax(d, y, w, length / classes, 4 * classes, c, c + x),
  };
}

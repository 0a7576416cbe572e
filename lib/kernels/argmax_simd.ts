import type { Factors } from "./loops.ts";
import { type Begun, factorsToHeap, inRangeBits, type Simd, viewsOf, writeMarks } from "./simd.ts";

/** What the SIMD loops know of a choice of the largest: κ, and l and 1/(h − l) with which a one-hot row stays as it is. */
export interface ArgmaxPlan {
  readonly sharpness: number;
  readonly low: number;
  readonly scale: number;
  /** Whether the decision itself counts. */
  readonly hard: boolean;
}

/** How many entries of a table the SIMD loops take: four rows at a time. */
export const argmaxLength = (length: number, classes: number): number => length - length % (4 * classes);

/** How many entries a block has. */
export const argmaxBlock = (classes: number): number => 128 * classes;

const { fround } = Math;

/** Beyond it not every place of a 1 in a row is tried. */
const mostTried = 64, mostEntriesTried = 2 ** 18;

/** Beyond it float32 does not hold what differences are multiplied by. */
const greatestSharpness = 1e30;

/**
 * The plan, with the loop's own roundings: l is the greatest s of a 0 in a one-hot row, whichever column the 1 is in, and
 * h the least of a 1, so that what is beyond is clipped.
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

/** Where the loops keep the number of a row and a column: four rows are four by four. */
export const turnedPlace = (row: number, column: number, classes: number): number =>
  (row - row % 4) * classes + 4 * column + row % 4;

/** What a first pass has in the heap from its place on, in bytes, as simd.as has it. */
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
    run: ({ p, y, w = 0, d = 0 }, length) =>
      void simd.exports.argmax(p, y, w, d, length / classes, 4 * classes, Number(soft), Number(hard), out, marks),
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
 * The factors less what all columns have in common: of a row's gradient only their differences count, where its entries
 * weigh the same, and these have more digits so.
 */
function apart({ ofPositives, ofNegatives, large }: Factors): Factors {
  const common = ofNegatives.reduce((sum, factor) => sum + factor, 0) / ofNegatives.length;
  return { ofPositives: ofPositives.map((a) => a - common), ofNegatives: ofNegatives.map((b) => b - common), large };
}

/** Begins a second pass, in place; `even`: the entries of a row weigh the same. Nothing if the heap is full. */
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

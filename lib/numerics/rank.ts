import type { Inputs } from "../batch/read_batch.ts";

/**
 * Returns the bits of a digit of the radix sort. Three passes of 11 bits are the fewest. A fourth pass takes less time than 2¹¹
 * lists where these outnumber the keys, and where each list is on memory pages of its own, which have to be found.
 */
const bitsOfDigit = (n: number): number => n < 2 ** 12 || n > 2 ** 21 ? 8 : 11;

type Words = Uint32Array<ArrayBuffer>;

/** Sorts an order by one 32-bit key per entry, stably: least significant digit first. The keys are moved along. */
function sortByWord(keys: Words, order: Words): { keys: Words; order: Words } {
  const n = order.length, digitBits = bitsOfDigit(n), digits = 2 ** digitBits;
  let [from, to] = [{ keys, order }, { keys: new Uint32Array(n), order: new Uint32Array(n) }];
  const starts = new Uint32Array(digits + 1);
  for (let shift = 0; shift < 32; shift += digitBits) {
    starts.fill(0);
    for (let i = 0; i < n; i++) starts[((from.keys[i] >>> shift) & (digits - 1)) + 1]++;
    if (starts[((from.keys[0] >>> shift) & (digits - 1)) + 1] === n) continue; // one digit only
    for (let d = 1; d < digits; d++) starts[d] += starts[d - 1];
    for (let i = 0; i < n; i++) {
      const key = from.keys[i], place = starts[(key >>> shift) & (digits - 1)]++;
      to.keys[place] = key;
      to.order[place] = from.order[i];
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Turns the bits of a float's most significant word into a key that falls where the float rises. */
const falling = (bits: number): number => (bits >>> 31 === 1 ? bits : ~(bits | 0x80000000)) >>> 0;

/** Turns a key back into the bits that it was made of. */
const bitsOf = (key: number): number => (key >>> 31 === 1 ? key : ~key & 0x7fffffff) >>> 0;

/** Numbers in falling order, and their places. */
interface Ranked {
  /** The places of the numbers, in falling order; equal numbers keep their order. */
  readonly order: Words;
  /** The numbers in this order. */
  readonly sorted: Float32Array | Float64Array;
}

/** Up to so many numbers an insertion sort takes less time than the lists of the radix sort. */
const few = 100;

/** Sorts few numbers, stably: NaN comes first. */
function insert(values: ArrayLike<number>, order: Words): Ranked {
  const sorted = withoutNegativeZero(new Float64Array(values));
  for (let k = 1; k < sorted.length; k++) {
    const value = sorted[k], word = order[k];
    let at = k;
    for (; at > 0 && (sorted[at - 1] < value || Number.isNaN(value)); at--) {
      sorted[at] = sorted[at - 1];
      order[at] = order[at - 1];
    }
    sorted[at] = value;
    order[at] = word;
  }
  return { order, sorted };
}

/**
 * Sorts numbers by a radix sort of their bits, few by insertion; the words of `order`, their places with whatever mark, are moved
 * along.
 */
function sortFalling(values: ArrayLike<number>, order: Words): Ranked {
  const n = values.length;
  if (n <= few) return insert(values, order);
  if (values instanceof Float32Array || isFloat32(values)) {
    const words = new Uint32Array(withoutNegativeZero(new Float32Array(values)).buffer);
    for (let i = 0; i < n; i++) words[i] = falling(words[i]);
    const { keys, order: ranked } = sortByWord(words, order);
    for (let k = 0; k < n; k++) keys[k] = bitsOf(keys[k]);
    return { order: ranked, sorted: new Float32Array(keys.buffer) };
  }
  const numbers = withoutNegativeZero(new Float64Array(values)), bits = new Uint32Array(numbers.buffer);
  const words = new Uint32Array(n), sorted = new Float64Array(n);
  for (let i = 0; i < n; i++) words[i] = bits[2 * i + 1] >>> 31 === 1 ? bits[2 * i] : ~bits[2 * i];
  const byLow = sortByWord(words, order).order, high = new Uint32Array(n);
  for (let i = 0; i < n; i++) high[i] = falling(bits[2 * (byLow[i] & places) + 1]);
  const ranked = sortByWord(high, byLow).order;
  for (let k = 0; k < n; k++) sorted[k] = numbers[ranked[k] & places];
  return { order: ranked, sorted };
}

/** Returns the numbers 0, 1, …, n − 1. */
function upTo(n: number): Words {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return order;
}

/** The bits of a word that hold a place; the highest one is a mark. */
const places = 0x7fffffff;

/**
 * Ranks numbers from the largest to the smallest by a radix sort of their bits: O(n), and equal numbers keep their order.
 *
 * @param values Numbers, none of them NaN.
 * @returns The places of the numbers, in falling order.
 */
export const rankFalling = (values: ArrayLike<number>): Uint32Array => sortFalling(values, upTo(values.length)).order;

/** The bits of a place within a block: 2¹⁵ numbers in float64 stay in a cache. */
const blockBits = 15;

/**
 * Puts numbers in the order of their ranks back to their places.
 *
 * Writing to places in random order takes several times as long as a pass over the numbers where they do not fit into a cache. Large
 * lists are therefore parted into blocks of places first, each of which is filled while it is in the cache. A block of a permutation
 * has a known size, so its room is known without counting.
 *
 * @param order The place of each rank: a permutation.
 * @param ranked The numbers by rank; they are overwritten.
 * @returns The numbers by place.
 */
export function byPlace(order: ArrayLike<number>, ranked: Float64Array): Float64Array {
  const n = ranked.length, numbers = new Float64Array(n), blocks = Math.ceil(n / 2 ** blockBits);
  if (blocks <= 2) {
    for (let k = 0; k < n; k++) numbers[order[k]] = ranked[k];
    return numbers;
  }
  const next = Uint32Array.from({ length: blocks }, (_, b) => b << blockBits), parted = new Uint32Array(n);
  for (let k = 0; k < n; k++) {
    const place = order[k], at = next[place >>> blockBits]++;
    parted[at] = place;
    numbers[at] = ranked[k];
  }
  for (let at = 0; at < n; at++) ranked[parted[at]] = numbers[at];
  return ranked;
}

/** Adds 0 to each number, in place: −0 + 0 is 0, which ties with it. */
function withoutNegativeZero<T extends Float32Array | Float64Array>(values: T): T {
  for (let i = 0; i < values.length; i++) values[i] += 0;
  return values;
}

function isFloat32(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (Math.fround(values[i]) !== values[i]) return false;
  return true;
}

/** Rows in falling order of their outputs: the weights of their labels of 1 and of 0. */
export interface RankedRows extends Ranked {
  /** w·y of each row: bytes where all are 0 or 1, which need an eighth of the memory. */
  readonly positive: Float64Array | Uint8Array;
  /** w·(1 − y) of each row. */
  readonly negative: Float64Array | Uint8Array;
  /** Σ w·y. */
  readonly positives: number;
  /** Σ w·(1 − y). */
  readonly negatives: number;
}

/**
 * Sorts rows by their outputs. Labels of 0 and 1 without weights are sorted along, as a bit of the places: reading them afterwards, in
 * random order, would take longer than the sort where they do not fit into a cache.
 */
export function rankRows({ yTrue, yPred, sampleWeight }: Inputs<ArrayLike<number>>): RankedRows {
  const n = yPred.length, marked = new Uint32Array(n);
  let hard = sampleWeight === undefined;
  for (let i = 0; i < n; i++) {
    const y = yTrue[i];
    marked[i] = (y === 1 ? i | ~places : i) >>> 0;
    hard &&= y === 0 || y === 1;
  }
  const { order, sorted } = sortFalling(yPred, marked), Weights = hard ? Uint8Array : Float64Array;
  const positive = new Weights(n), negative = new Weights(n);
  let positives = 0, negatives = 0;
  for (let k = 0; k < n; k++) {
    const word = order[k], i = order[k] = word & places, y = hard ? word >>> 31 : yTrue[i];
    const w = sampleWeight === undefined ? 1 : sampleWeight[i];
    positives += positive[k] = w * y;
    negatives += negative[k] = w * (1 - y);
  }
  return { order, sorted, positive, negative, positives, negatives };
}

/** Repeats ranked rows as often as they were drawn, `times` by place; rows without a weight are left out. */
export function drawnRows({ order, sorted, positive, negative }: RankedRows, times: Uint32Array) {
  const n = times.reduce((sum, count) => sum + count, 0);
  const [ofSorted, ofPositive, ofNegative] = [sorted, positive, negative].map((numbers) =>
    new (numbers.constructor as Float64ArrayConstructor)(n)
  );
  let at = 0;
  for (let k = 0; k < order.length; k++) {
    if (!(positive[k] + negative[k] > 0)) continue;
    for (let left = times[order[k]]; left > 0; left--, at++) {
      ofSorted[at] = sorted[k];
      ofPositive[at] = positive[k];
      ofNegative[at] = negative[k];
    }
  }
  return {
    sorted: ofSorted.subarray(0, at),
    positive: ofPositive.subarray(0, at),
    negative: ofNegative.subarray(0, at),
  };
}

/** Finds a threshold in [a, b) and inside (0, 1), a float32 if there is one; undefined if neither it nor the middle lies there. */
export function between(a: number, b: number): number | undefined {
  const middle = a + (b - a) / 2, isIn = (t: number) => t >= a && t < b;
  // Of two neighbours in float32, a alone lies in [a, b); two nearer float64 numbers have the middle.
  const threshold = [Math.fround(middle), Math.fround(a)].find(isIn) ?? middle;
  return [threshold, middle].find((t) => t > 0 && t < 1);
}

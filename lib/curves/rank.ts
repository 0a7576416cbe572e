/** The digits of a pass of the radix sort: 2¹¹ counters stay in the fastest cache. */
const digitBits = 11, digits = 2 ** digitBits;

type Words = Uint32Array<ArrayBuffer>;

/** Sorts an order by one 32-bit key per entry, stably: least significant digit first. The keys are moved along. */
function sortByWord(keys: Words, order: Words): { keys: Words; order: Words } {
  const n = order.length;
  let [from, to] = [{ keys, order }, { keys: new Uint32Array(n), order: new Uint32Array(n) }];
  for (let shift = 0; shift < 32; shift += digitBits) {
    const starts = new Uint32Array(digits + 1);
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

/**
 * Ranks numbers from the largest to the smallest by a radix sort of their bits: O(n), and equal numbers keep their order.
 *
 * @param values Numbers, none of them NaN.
 * @returns The places of the numbers, in falling order.
 */
export function rankFalling(values: ArrayLike<number>): Uint32Array {
  const n = values.length, order = new Uint32Array(n);
  if (n === 0) return order;
  for (let i = 0; i < n; i++) order[i] = i;
  const words = new Uint32Array(n);
  if (values instanceof Float32Array || isFloat32(values)) {
    const bits = new Uint32Array(withoutNegativeZero(new Float32Array(values)).buffer);
    for (let i = 0; i < n; i++) words[i] = falling(bits[i]);
    return sortByWord(words, order).order;
  }
  const bits = new Uint32Array(withoutNegativeZero(new Float64Array(values)).buffer);
  for (let i = 0; i < n; i++) words[i] = bits[2 * i + 1] >>> 31 === 1 ? bits[2 * i] : ~bits[2 * i];
  const byLow = sortByWord(words, order).order, high = new Uint32Array(n);
  for (let i = 0; i < n; i++) high[i] = falling(bits[2 * byLow[i] + 1]);
  return sortByWord(high, byLow).order;
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

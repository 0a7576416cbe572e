import { check, integerFrom } from "../check/check.ts";

/** A source of random numbers that a seed determines. */
export interface SeededRandom {
  /** A number from [0, 1), one of 2⁵³ equally likely ones. */
  uniform(): number;
  /** A number from the standard normal distribution. */
  normal(): number;
  /** A copy of a list, in random order. */
  shuffle<T>(items: ArrayLike<T>): T[];
  /** Puts numbers into random order, in place: the order that `shuffle` gives a list of this length. */
  shuffleInPlace(numbers: Uint32Array): void;
}

/** sfc32: 32 random bits at a call. */
function sfc32(seed: number): () => number {
  let a = 0, b = seed >>> 0, c = Math.floor(seed / 2 ** 32), counter = 1;
  const next = () => {
    const word = (a + b + counter++) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** The number of places that are drawn before their numbers are swapped. */
const drawnTogether = 1024;

/** √(8/e), the width of the rectangle around the region of Kinderman and Monahan. */
const NORMAL_WIDTH = 1.7155277699214135;

/**
 * Makes a source of random numbers: the same seed gives the same numbers on every run and every machine.
 *
 * The generator is sfc32 with the seeding of PractRand. A uniform number takes 53 of 64 bits. A normal number is a ratio of two
 * uniform ones (Kinderman and Monahan, as in CPython's `random.normalvariate`): the logarithm, whose last bit may differ
 * between machines, only says which ratio to keep. The order is that of Fisher and Yates.
 *
 * Sources: C. Doty-Humphrey, PractRand (sfc32, public domain), https://pracrand.sourceforge.net;
 * A. J. Kinderman and J. F. Monahan (1977), Computer Generation of Random Variables Using the Ratio of Uniform
 * Deviates, ACM Transactions on Mathematical Software 3(3), 257–260.
 *
 * @param seed An integer from 0 to 2⁵³ − 1.
 * @returns The source; it is not meant for secrets.
 * @throws {RangeError} If `seed` is not such an integer.
 *
 * @example Usage
 * ```ts
 * import { seededRandom } from "@roundabout/roundabout/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const random = seededRandom(1);
 * assert(random.uniform() === 0.4684900748426659);
 * assertEquals(random.shuffle([1, 2, 3]).sort(), [1, 2, 3]);
 * ```
 */
export function seededRandom(seed: number): SeededRandom {
  check("make a random generator", { seed }, integerFrom(0));
  const word = sfc32(seed);
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  // Where the numbers do not fit into a cache, each swap waits for memory. A loop that only reads the numbers of many swaps first lets
  // the processor wait for all of them at once.
  const shuffleInPlace = (numbers: Uint32Array): void => {
    const drawn = new Uint32Array(Math.min(numbers.length, drawnTogether));
    for (let top = numbers.length - 1; top > 0; top -= drawn.length) {
      const count = Math.min(top, drawn.length);
      let read = 0;
      for (let k = 0; k < count; k++) drawn[k] = Math.floor(uniform() * (top - k + 1));
      for (let k = 0; k < count; k++) read ^= numbers[drawn[k]];
      for (let k = 0, i = top; k < count; k++, i--) {
        const j = drawn[k], last = numbers[i];
        numbers[i] = numbers[j];
        numbers[j] = last;
      }
      drawn[0] = read; // or the loop that only reads is left out
    }
  };
  return {
    uniform,
    shuffleInPlace,
    normal() {
      while (true) {
        const u = uniform(), v = 1 - uniform();
        const z = NORMAL_WIDTH * (u - 0.5) / v;
        if (z * z / 4 <= -Math.log(v)) return z;
      }
    },
    shuffle<T>(items: ArrayLike<T>) {
      const order = new Uint32Array(items.length), shuffled: T[] = Array(items.length);
      for (let i = 0; i < order.length; i++) order[i] = i;
      shuffleInPlace(order);
      for (let i = 0; i < shuffled.length; i++) shuffled[i] = items[order[i]];
      return shuffled;
    },
  };
}

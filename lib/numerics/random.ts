import { checkInteger } from "../check/integer.ts";

/** A source of random numbers that a seed determines. */
export interface SeededRandom {
  /** A number from [0, 1), one of 2⁵³ equally likely ones. */
  uniform(): number;
  /** A number from the standard normal distribution. */
  normal(): number;
  /** A copy of a list, in random order. */
  shuffle<T>(items: ArrayLike<T>): T[];
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
 * @throws {RangeError} If `seed` is no such integer.
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
  checkInteger("make a random generator", "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const word = sfc32(seed);
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  return {
    uniform,
    normal() {
      while (true) {
        const u = uniform(), v = 1 - uniform();
        const z = NORMAL_WIDTH * (u - 0.5) / v;
        if (z * z / 4 <= -Math.log(v)) return z;
      }
    },
    shuffle<T>(items: ArrayLike<T>) {
      const shuffled: T[] = Array.isArray(items) ? items.slice() : Array.from(items);
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1)), last = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = last;
      }
      return shuffled;
    },
  };
}

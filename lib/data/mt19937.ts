import { check, integerFrom } from "../check/value.ts";

const size = 624, period = 397;

/** Makes the state of a seed by Knuth's recurrence of 2002 (`init_genrand`). */
function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  return state;
}

/** Replaces the state by the next 624 words. */
function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const y = (state[i] & 0x80000000) | (state[(i + 1) % size] & 0x7fffffff);
    state[i] = state[(i + period) % size] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

/** The Mersenne twister: 32 random bits per call. */
export function mersenneTwister(seed: number): () => number {
  const state = seededState(seed);
  let at = size;
  return () => {
    if (at === size) {
      twist(state);
      at = 0;
    }
    let y = state[at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/**
 * Makes the shuffle of NumPy's `RandomState(seed)`; each call continues the same stream of random numbers.
 *
 * The shuffle is that of Fisher and Yates. A place is drawn by masking words to the bits of the largest place and rejecting
 * those that are larger. `seededRandom` makes the library's own random numbers.
 *
 * Source: M. Matsumoto and T. Nishimura (1998), Mersenne Twister, ACM Transactions on Modeling and Computer
 * Simulation 8(1), 3–30.
 *
 * @param seed An integer from 0 to 2³² − 1.
 * @returns The function that shuffles a list of at most 2³² items in place.
 * @throws {RangeError} If `seed` is out of range.
 */
export function numpyShuffle(seed: number): <T>(items: T[]) => void {
  check("shuffle as NumPy does", { seed }, integerFrom(0, 2 ** 32 - 1));
  const word = mersenneTwister(seed);
  const upTo = (most: number) => {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    while (true) {
      const drawn = (word() & mask) >>> 0;
      if (drawn <= most) return drawn;
    }
  };
  return (items) => {
    for (let i = items.length - 1; i > 0; i--) {
      const j = upTo(i);
      [items[i], items[j]] = [items[j], items[i]];
    }
  };
}

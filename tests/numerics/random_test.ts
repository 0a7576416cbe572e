import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { seededRandom } from "@roundabout/roundabout/data";
import { recordedRandom } from "../data/facts.ts";

const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

for (const { seed, uniform, normal, shuffle } of recordedRandom) {
  Deno.test(`seededRandom: seed ${seed} gives the numbers and the order recorded from Python, to the bit`, () => {
    assertEquals(times(8, seededRandom(seed).uniform), uniform);
    assertEquals(times(8, seededRandom(seed).normal), normal);
    assertEquals(seededRandom(seed).shuffle(shuffle.map((_, i) => i)), shuffle);
  });
}

/** Two words of 32 bits as the 53-bit number that they make. */
const number53 = (high: number, low: number) => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;

Deno.test("seededRandom: the bits are those of PractRand's sfc32", () => {
  // The output of PractRand's own RNG_output for seed 0, as published in the tests of the Rust crate sfc-prng.
  // deno-fmt-ignore
  const words = [0x514676C3, 0x08A809DF, 0x30349D2B, 0xFB52C520, 0x38802BE1, 0x948279E6, 0xEC4BF1D9, 0x7CB0A909];
  const expected = [0, 2, 4, 6].map((i) => number53(words[i], words[i + 1]));
  assertEquals(times(4, seededRandom(0).uniform), expected);
});

Deno.test("seededRandom: uniform numbers are spread evenly over [0, 1)", () => {
  const values = times(100_000, seededRandom(7).uniform);
  assert(values.every((value) => value >= 0 && value < 1));
  const bins = new Array(10).fill(0);
  for (const value of values) bins[Math.floor(value * 10)]++;
  // Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand seeds.
  assert(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0) < 27.9);
});

Deno.test("seededRandom: normal numbers have the normal distribution's moments", () => {
  const n = 100_000;
  const values = times(n, seededRandom(7).normal);
  const moment = (k: number) => values.reduce((sum, value) => sum + value ** k, 0) / n;
  // Within four standard errors: those of the moments are √(1/n), √(2/n), √(15/n), √(96/n).
  assertAlmostEquals(moment(1), 0, 4 * Math.sqrt(1 / n));
  assertAlmostEquals(moment(2), 1, 4 * Math.sqrt(2 / n));
  assertAlmostEquals(moment(3), 0, 4 * Math.sqrt(15 / n));
  assertAlmostEquals(moment(4), 3, 4 * Math.sqrt(96 / n));
});

Deno.test("seededRandom: every order of three is equally likely", () => {
  const random = seededRandom(7);
  const orders = Object.groupBy(times(60_000, () => random.shuffle([1, 2, 3]).join("")), (order) => order);
  assertEquals(Object.keys(orders).length, 6);
  for (const found of Object.values(orders)) {
    assertAlmostEquals(found?.length ?? 0, 10_000, 4 * Math.sqrt(10_000 * 5 / 6));
  }
});

Deno.test("seededRandom: a shuffle is a permutation, leaves its argument alone and depends on the seed alone", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.array(fc.integer(), { maxLength: 30 }), (seed, items) => {
    const before = [...items];
    const shuffled = seededRandom(seed).shuffle(items);
    assertEquals(items, before);
    assertEquals(shuffled.toSorted(), items.toSorted());
    assertEquals(seededRandom(seed).shuffle(items), shuffled);
  }));
});

Deno.test("seededRandom: the order is that of Fisher and Yates, however many swaps are drawn together", () => {
  for (const n of [0, 1, 2, 3, 1023, 1024, 1025, 1026, 2049, 5000]) {
    const { uniform } = seededRandom(n), plain = times(n, () => 0).map((_, i) => i + 7), source = seededRandom(n);
    const words = Uint32Array.from(plain), list = seededRandom(n).shuffle(plain.map(String));
    source.shuffleInPlace(words);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      [plain[i], plain[j]] = [plain[j], plain[i]];
    }
    assertEquals([...words], plain);
    assertEquals(list, plain.map(String));
    assertEquals(source.uniform(), uniform(), "as many numbers are drawn");
  }
});

Deno.test("seededRandom: different seeds give different numbers, also those that differ above 32 bits", () => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 52];
  assertEquals(new Set(seeds.map((seed) => seededRandom(seed).uniform())).size, seeds.length);
});

Deno.test("seededRandom: a seed that is not an integer from 0 is an error", () => {
  for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53, undefined as unknown as number, "1" as unknown as number]) {
    assertThrows(
      () => seededRandom(seed),
      RangeError,
      "Cannot make a random generator: 'seed' must be an integer of at least 0, it is",
    );
  }
});

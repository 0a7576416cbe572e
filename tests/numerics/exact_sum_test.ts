// Exact sums against sums of whole numbers of 2^-1074, which BigInt holds without rounding.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ExactSum } from "../../lib/numerics/exact_sum.ts";
import "../helpers.ts";

const sumOf = (numbers: readonly number[]): ExactSum => {
  const sum = new ExactSum();
  numbers.forEach((x) => sum.add(x));
  return sum;
};

/** A float64 as a whole number of 2^-1074. */
function units(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0), exponent = (word >> 52n) & 0x7ffn, fraction = word & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return word >> 63n === 1n ? -size : size;
}

const exactly = (numbers: readonly number[]): bigint => numbers.reduce((sum, x) => sum + units(x), 0n);

const below = (x: number): number => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  bits.setBigUint64(0, bits.getBigUint64(0) - 1n);
  return bits.getFloat64(0);
};

const numbers = fc.array(
  fc.oneof(
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.integer({ min: -200, max: 200 }).map((e) => 2 ** e),
    fc.integer({ min: -200, max: 200 }).map((e) => -(2 ** e) / 3),
  ),
  { maxLength: 20 },
);

Deno.test("ExactSum: the parts are the sum without rounding, the largest first, and the value is the nearest float64", () => {
  fc.assert(fc.property(numbers, (list) => {
    const sum = sumOf(list), exact = exactly(list), parts = sum.toJSON();
    assertStrictEquals(exactly(parts), exact);
    parts.slice(1).forEach((part, i) => assert(Math.abs(part) < Math.abs(parts[i])));
    assert(!parts.includes(0));
    assertStrictEquals(sum.value, parts[0] ?? 0);
    // Nearest: no neighbour is nearer.
    const { value } = sum,
      off = (v: number) => {
        const d = exact - units(v);
        return d < 0n ? -d : d;
      };
    if (value !== 0) { for (const other of [value * (1 + 2 ** -52), below(value)]) assert(off(value) <= off(other)); }
  }));
});

Deno.test("ExactSum: neither order nor grouping changes a bit", () => {
  fc.assert(fc.property(numbers, numbers, (some, more) => {
    const whole = sumOf([...some, ...more]), turned = sumOf([...more, ...some].reverse());
    const parts = sumOf(some), others = sumOf(more), before = others.toJSON();
    parts.addSum(others);
    assertEquals([turned.toJSON(), parts.toJSON()], [whole.toJSON(), whole.toJSON()]);
    assertEquals(others.toJSON(), before);
  }));
});

Deno.test("ExactSum: small numbers survive large ones, ties go to the even neighbour, and what is below decides a tie", () => {
  const half = 2 ** -53;
  assertStrictEquals(sumOf([1e16, 1, -1e16]).value, 1);
  assertStrictEquals(sumOf([1e100, 1, -1e100, 1e-100]).value, 1);
  assertStrictEquals(sumOf([1, half]).value, 1);
  assertStrictEquals(sumOf([1, half, 2 ** -110]).value, 1 + 2 * half);
  assertStrictEquals(sumOf([1, half, -(2 ** -110)]).value, 1);
  assertStrictEquals(sumOf([1 + 2 * half, half]).value, 1 + 4 * half);
  assertStrictEquals(sumOf([1 + 2 * half, half, -(2 ** -110)]).value, 1 + 2 * half);
  assertStrictEquals(sumOf([-1, -half, -(2 ** -110)]).value, -(1 + 2 * half));
  assertEquals(sumOf([0.1, 0.2, 0.3, -0.6]).toJSON(), [
    Number(exactly([0.1, 0.2, 0.3, -0.6]) >> 1000n) * 2 ** -74,
  ]);
});

Deno.test("ExactSum: nothing is 0, and so is what cancels; a sum may be added to itself", () => {
  assertEquals([new ExactSum().value, new ExactSum().toJSON()], [0, []]);
  const sum = sumOf([0.1, 1e20, -0.1, -1e20, 0]);
  assertEquals([sum.value, sum.toJSON()], [0, []]);
  const twice = sumOf([0.1, 1e20]);
  twice.addSum(twice);
  assertEquals(twice.toJSON(), sumOf([0.1, 1e20, 0.1, 1e20]).toJSON());
});

// erf, the logistic function and the softmax against closed forms and series written independently, and their derivatives
// against differences in float64; rows by class.
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { erf } from "../../lib/numerics/erf.ts";
import { groupBy, groupRows, listOf } from "../../lib/numerics/group_by.ts";
import {
  exponentials,
  sigmoid,
  sigmoidDerivative,
  sigmoids,
  sigmoidsBy,
  sigmoidsWithSlopes,
} from "../../lib/numerics/sigmoid.ts";
import { softmax, softmaxGradient } from "../../lib/numerics/softmax.ts";
import { assertAllWithin, assertWithin, centralDifferences } from "../helpers.ts";

/** erf by its Maclaurin series, good to 1e-15 for |x| ≤ 2. */
function series(x: number): number {
  let term = x, sum = x;
  for (let n = 1; n < 80; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

Deno.test("erf: values of mpmath, in each of the five ranges, to the last place", () => {
  const known = [ // mpmath 1.3, mp.dps = 30
    [1e-9, 1.128379167095512644e-9],
    [0.3, 0.3286267594591274162],
    [0.84, 0.7651427114549945173],
    [0.85, 0.7706680576083525202],
    [1, 0.8427007929497148693],
    [1.24, 0.9205051842990296677],
    [1.26, 0.9252359418101294866],
    [2, 0.9953222650189527342],
    [2.8, 0.9999249868053345409],
    [2.9, 0.9999589021219005411],
    [5, 0.9999999999984625402],
    [5.9, 0.9999999999999999281],
  ];
  for (const [x, value] of known) {
    assertWithin(erf(x), value, 2.3e-16 * value, `erf(${x})`);
    assertStrictEquals(erf(-x), -erf(x));
  }
});

Deno.test("erf: the series, the bounds, NaN and ±∞", () => {
  fc.assert(fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (x) => assertWithin(erf(x), series(x), 2e-15)));
  assertEquals([erf(6), erf(-6), erf(1e300), erf(Infinity), erf(-Infinity)], [1, -1, 1, 1, -1]);
  assertStrictEquals(erf(NaN), NaN);
  assert(Object.is(erf(0), 0) && Object.is(erf(-0), -0));
  assertAlmostEquals(erf(1e-300) / 1e-300, 2 / Math.sqrt(Math.PI));
});

Deno.test("sigmoid: its own definition, its derivative by differences, no overflow", () => {
  fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (z) => {
    assertWithin(sigmoid(z), 1 / (1 + Math.exp(-z)), 2e-16);
    const h = 1e-5;
    assertWithin(sigmoidDerivative(z), (sigmoid(z + h) - sigmoid(z - h)) / (2 * h), 1e-10);
  }));
  assertEquals([sigmoid(-Infinity), sigmoid(-1e4), sigmoid(0), sigmoid(1e4), sigmoid(Infinity)], [0, 0, 0.5, 1, 1]);
  assertEquals([sigmoidDerivative(-1e4), sigmoidDerivative(0), sigmoidDerivative(Infinity)], [0, 0.25, 0]);
  assert(sigmoid(-740) > 0 && sigmoidDerivative(-740) > 0); // where e^740 has overflowed
});

Deno.test("softmax: rows that add up to 1, κ, large and infinite logits", () => {
  const rows = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 6 });
  fc.assert(fc.property(rows, fc.double({ min: 0.1, max: 10, noNaN: true }), (z, sharpness) => {
    const s = softmax(z, 3, sharpness);
    for (const start of [0, 3]) {
      const row = z.slice(start, start + 3), largest = Math.max(...row);
      const powers = row.map((v) => Math.exp(sharpness * (v - largest))), whole = powers.reduce((a, b) => a + b);
      powers.forEach((power, j) => assertWithin(s[start + j], power / whole, 1e-15));
    }
  }));
  assertEquals([...softmax([1e308, -1e308], 2)], [1, 0]);
  assertEquals([...softmax([Infinity, 0], 2)], [1, 0]);
  assertEquals([...softmax([3, 3, 3, 3], 4)], [0.25, 0.25, 0.25, 0.25]);
  // A row is computed by its own numbers, whatever stands before and after it.
  assertEquals([...softmax([0, 900, 1, 1, 900, 0], 2)], [0, 1, 0.5, 0.5, 1, 0]);
});

Deno.test("softmaxGradient: the Jacobian by differences, row by row", () => {
  const z = [0.3, -1, 2, 0, 0.5, 0.1], weights = [1, -2, 0.5, 3, 0, -1], sharpness = 2.5;
  const value = (v: number[]) => softmax(v, 3, sharpness).reduce((sum, s, i) => sum + weights[i] * s, 0);
  const gradient = Float64Array.from(weights);
  softmaxGradient(softmax(z, 3, sharpness), 3, sharpness, gradient);
  assertAllWithin(gradient, centralDifferences(value, z), 1e-8);
});

Deno.test("softmaxGradient: where one class is nearly sure the small ones keep their digits, whichever it is, in each row", () => {
  for (const sure of [0, 1, 2]) {
    for (const [other, third] of [[(sure + 1) % 3, (sure + 2) % 3], [(sure + 2) % 3, (sure + 1) % 3]]) {
      const logits = [0, 0, 0].with(sure, 40), slopes = [1, 1, 1].with(other, 1 + 1e-13).with(third, 1000);
      const soft = softmax([...logits, ...logits], 3),
        gradient = Float64Array.of(...slopes.map((g) => 8 * g), ...slopes);
      softmaxGradient(soft, 3, 1, gradient);
      const by = slopes[other] - 1, mean = by * soft[other] + 999 * soft[third]; // of the slopes less that of the sure class
      assertWithin(gradient[other] / (8 * soft[other] * (by - mean)), 1, 1e-6, `${sure}`);
      assertWithin(gradient[3 + other] / (soft[other] * (by - mean)), 1, 1e-6, `${sure}`);
    }
  }
});

Deno.test("sigmoids: σ of each number", () => {
  const logits = [-800, -1, 0, 2, 800];
  assertEquals(sigmoids(logits), Float64Array.from(logits, sigmoid));
  assertEquals(sigmoids([]), new Float64Array());
  assertEquals(sigmoidsBy(logits, exponentials(logits)), Float64Array.from(logits, sigmoid));
});

Deno.test("sigmoidsWithSlopes: σ of each number, and a gradient times σ′ of each", () => {
  const logits = [-800, -1, 0, 2, 800], given = new Float64Array(5), gradient = Float64Array.of(3, -2, 8, 0.5, 1);
  const { values, multiply } = sigmoidsWithSlopes(logits, given, new Float64Array(5));
  assertStrictEquals(values, given);
  assertEquals(values, Float64Array.from(logits, sigmoid));
  const expected = gradient.map((g, i) => g * sigmoidDerivative(logits[i]));
  multiply(gradient);
  assertEquals(gradient, expected);
});

Deno.test("groupBy: keys in the order in which they appear, things in theirs", () => {
  const groups = groupBy([5, 2, 7, 4, 9], (n) => n % 2 === 0 ? "even" : "odd");
  assertEquals([...groups], [["odd", [5, 7, 9]], ["even", [2, 4]]]);
  assertEquals(groupBy([], String).size, 0);
});

Deno.test("rows are grouped by class, rising, whatever classes are empty", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 50 }), (classOf) => {
    const { rows, classes } = groupRows(classOf, 7), wanted = Array.from({ length: 7 }, (): number[] => []);
    classOf.forEach((k, row) => wanted[k].push(row));
    assertEquals(classes.map(listOf), wanted);
    assertEquals(listOf(rows), wanted.flat());
  }));
});

// The network's forward and backward passes, and Adam: against sums written row by row and against differences.
import { assertEquals } from "@std/assert";
import { seededRandom } from "@roundabout/roundabout/data";
import { adam, sgd } from "../../lib/network/adam.ts";
import { backward, forward, initialWeights, type NetworkForm } from "../../lib/network/mlp.ts";
import { assertAllWithin, assertWithin, centralDifferences } from "../helpers.ts";

const forms: NetworkForm[] = [
  { features: 3, hidden: 0, outputs: 1 },
  { features: 3, hidden: 0, outputs: 3 },
  { features: 3, hidden: 4, outputs: 1 },
  { features: 2, hidden: 4, outputs: 3 },
];

/** Logits of one row, as the formula is written. */
function logitsOfRow({ features, hidden, outputs }: NetworkForm, weights: Float64Array, x: Float64Array): number[] {
  let at = 0;
  const layer = (inputs: number[], units: number) =>
    Array.from({ length: units }, () => inputs.reduce((sum, v) => sum + weights[at++] * v, 0) + weights[at++]);
  const inputs = [...x];
  assertEquals(inputs.length, features);
  return layer(hidden === 0 ? inputs : layer(inputs, hidden).map((z) => Math.max(0, z)), outputs);
}

for (const form of forms) {
  const { features, outputs } = form, name = JSON.stringify(form);
  Deno.test(`the logits of any number of rows are those of each row alone: ${name}`, () => {
    const random = seededRandom(1), weights = initialWeights(form, random).map((w) => w || random.normal());
    for (const rows of [1, 3, 4, 6, 9]) {
      const x = Float64Array.from({ length: rows * features }, () => random.normal());
      const each = Array.from(
        { length: rows },
        (_, i) => logitsOfRow(form, weights, x.subarray(i * features, (i + 1) * features)),
      );
      assertAllWithin(forward(form, weights, x).logits, each.flat(), 1e-14);
    }
  });

  Deno.test(`the gradient is that of float64 differences: ${name}`, () => {
    const random = seededRandom(2), weights = initialWeights(form, random).map((w) => w || random.normal());
    for (const rows of [1, 4, 7]) {
      const x = Float64Array.from({ length: rows * features }, () => random.normal());
      // A block of rows without a gradient is skipped; one row of a block without a gradient is not.
      const by = Float64Array.from({ length: rows * outputs }, (_, i) => rows === 7 && i < 4 ? 0 : random.normal());
      const value = (weights: number[]) =>
        forward(form, Float64Array.from(weights), x).logits.reduce((sum, z, i) => sum + by[i] * z, 0);
      const gradient = backward(form, weights, x, forward(form, weights, x).units, by);
      assertEquals(gradient.length, weights.length);
      const narrow = new Float32Array(by), [float32, float64] = [narrow, new Float64Array(narrow)];
      const of = (by: Float32Array | Float64Array) => backward(form, weights, x, forward(form, weights, x).units, by);
      assertEquals(of(float32), of(float64));
      assertAllWithin(gradient, centralDifferences(value, weights), 1e-7, `${rows} rows`);
    }
  });
}

Deno.test("initial weights: biases 0, a variance of 2 over the inputs before a ReLU, 1 over the inputs before a logit", () => {
  const form = { features: 50, hidden: 40, outputs: 30 }, weights = initialWeights(form, seededRandom(3));
  assertEquals(weights.length, 40 * 51 + 30 * 41);
  const layer = (from: number, units: number, inputs: number) =>
    Array.from({ length: units }, (_, k) => weights.subarray(from + k * (inputs + 1), from + (k + 1) * (inputs + 1)));
  for (const [units, gain] of [[layer(0, 40, 50), 2], [layer(40 * 51, 30, 40), 1]] as const) {
    assertEquals(units.map((unit) => unit.at(-1)), units.map(() => 0));
    const inputs = units[0].length - 1, all = units.flatMap((unit) => [...unit.subarray(0, inputs)]);
    assertWithin(all.reduce((sum, w) => sum + w * w, 0) / all.length, gain / inputs, 0.15 * gain / inputs);
  }
});

Deno.test("sgd moves by η·g; Adam's first steps are those worked out by hand", () => {
  const weights = Float64Array.of(1, -2);
  sgd(0.5)(weights, Float64Array.of(0.2, -4));
  assertEquals([...weights], [0.9, 0]);
  const update = adam(0.1, 2), moved = Float64Array.of(1, -2);
  update(moved, Float64Array.of(3, -1e-6));
  // After one step m/(1 − β₁) = g and v/(1 − β₂) = g².
  assertAllWithin(moved, [1 - 0.1 * 3 / (3 + 1e-7), -2 + 0.1 * 1e-6 / (1e-6 + 1e-7)], 1e-15);
  const [before] = moved;
  update(moved, Float64Array.of(-1, 0));
  const mean = (0.9 * 0.3 - 0.1) / (1 - 0.9 ** 2), square = (0.999 * 0.009 + 0.001) / (1 - 0.999 ** 2);
  assertWithin(moved[0], before - 0.1 * mean / (Math.sqrt(square) + 1e-7), 1e-14);
});

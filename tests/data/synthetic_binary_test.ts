import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { syntheticBinary, type SyntheticBinaryOptions } from "@roundabout/roundabout/data";

const problem = { rows: 20_000, prevalence: 0.25, separation: 3, seed: 5 };
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

Deno.test("syntheticBinary: shape, exact prevalence and the same numbers for the same seed", () => {
  fc.assert(fc.property(
    fc.integer({ min: 20, max: 200 }),
    fc.integer({ min: 1, max: 5 }),
    fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    fc.maxSafeNat(),
    (rows, features, prevalence, seed) => {
      const options = { rows, features, prevalence, separation: 2, seed };
      const { x, y } = syntheticBinary(options);
      assertEquals([x.length, y.length], [rows, rows]);
      assert(x.every((row) => row.length === features && row.every(Number.isFinite)));
      assertEquals(y.filter((label) => label === 1).length, Math.round(rows * prevalence));
      assertEquals(syntheticBinary(options), { x, y });
    },
  ));
  assertNotEquals(syntheticBinary({ ...problem, seed: 6 }).x[0], syntheticBinary(problem).x[0]);
});

Deno.test("syntheticBinary: the first rows for seed 1 are the recorded ones", () => {
  assertEquals(syntheticBinary({ rows: 3, prevalence: 0.4, separation: 2, seed: 1 }), {
    "x": [[-0.8397414279752282, -2.424639436182372], [-0.2390270876397963, 0.38834688203782763], [
      -1.151357248822073,
      -1.2651578908027363,
    ]],
    "y": [0, 1, 0],
  });
});

for (const features of [1, 2, 4]) {
  Deno.test(`syntheticBinary: with ${features} features the means are 'separation' apart and the variance is 1`, () => {
    const { x, y } = syntheticBinary({ ...problem, features });
    const columns = Array.from({ length: features }, (_, j) => j);
    const of = (label: number, j: number) => x.filter((_, i) => y[i] === label).map((row) => row[j]);
    const distance = Math.hypot(...columns.map((j) => mean(of(1, j)) - mean(of(0, j))));
    // Four standard errors of the distance along the diagonal: 5,000 positive and 15,000 negative rows.
    assertAlmostEquals(distance, 3, 4 * Math.sqrt(1 / 5_000 + 1 / 15_000));
    for (const j of columns) {
      const centre = mean(of(0, j));
      assertAlmostEquals(mean(of(0, j).map((value) => (value - centre) ** 2)), 1, 4 * Math.sqrt(2 / 15_000));
    }
  });
}

Deno.test("syntheticBinary: bad arguments are errors that name them", () => {
  const refuse = (options: Partial<Record<keyof SyntheticBinaryOptions, unknown>>, message: string) =>
    assertThrows(() => syntheticBinary({ ...problem, ...options } as SyntheticBinaryOptions), RangeError, message);
  const task = "Cannot make a synthetic problem";
  refuse({ rows: 1 }, `${task}: 'rows' must be an integer of at least 2, it is 1`);
  refuse({ features: 0 }, `${task}: 'features' must be an integer of at least 1, it is 0`);
  refuse({ prevalence: 0 }, `${task}: 'prevalence' must be a number between 0 and 1, it is 0`);
  refuse({ rows: 10, prevalence: 0.01 }, `${task}: 'prevalence' 0.01 of 10 rows leaves no positive row`);
  refuse({ rows: 10, prevalence: 0.99 }, `${task}: 'prevalence' 0.99 of 10 rows leaves no negative row`);
  refuse({ separation: -1 }, `${task}: 'separation' must be a finite number of at least 0, it is -1`);
  refuse({ separation: Infinity }, `${task}: 'separation' must be a finite number of at least 0, it is Infinity`);
  refuse({ separation: "2" }, `${task}: 'separation' must be a finite number of at least 0, it is '2'`);
  refuse({ seed: -1 }, "'seed' must be an integer of at least 0, it is -1");
});

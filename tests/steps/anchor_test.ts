// The laws that every anchored step keeps, and the limits of the family: the identity and round.
import { assert, assertEquals, assertGreater, assertLess, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { arctan, gaussian, identity, linearRamp, logistic, round, softsign, straightThrough } from "../../lib/mod.ts";
import { solveSteepness } from "../../lib/steps/sigmoidal.ts";
import { assertWithin } from "../helpers.ts";

const shapes = { softsign, logistic, arctan, gaussian, linearRamp };

const slopes = fc.oneof(
  fc.double({ min: 0, max: 6, noNaN: true }).map((e) => 10 ** e),
  fc.double({ min: -12, max: 0, noNaN: true }).map((e) => 1 + 10 ** e), // next to the identity
);
const thresholds = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const inside = fc.double({ min: 0, max: 1, noNaN: true });

for (const [name, make] of Object.entries(shapes)) {
  Deno.test(`anchored ${name} runs from exactly 0 to exactly 1`, () => {
    fc.assert(fc.property(slopes, thresholds, (slope, threshold) => {
      const step = make({ slope, threshold });
      assert(step.value(0) === 0); // -0 would do
      assertStrictEquals(step.value(1), 1);
    }));
  });

  Deno.test(`anchored ${name} has the slope that was asked for at its threshold, to 1e-12`, () => {
    fc.assert(
      fc.property(slopes, thresholds, (slope, threshold) => {
        const step = make({ slope, threshold });
        assertWithin(step.derivative(threshold), slope, 1e-12 * slope, `slope ${slope}, threshold ${threshold}`);
        assertEquals([step.name, step.slope, step.threshold], [name, slope, threshold]);
      }),
      { numRuns: 1000 },
    );
  });

  Deno.test(`${name} never falls and stays within [0, 1]`, () => {
    fc.assert(
      fc.property(slopes, thresholds, fc.boolean(), fc.tuple(inside, inside), (slope, threshold, anchored, pair) => {
        const step = make({ slope, threshold, anchored });
        const [a, b] = pair[0] < pair[1] ? pair : [pair[1], pair[0]];
        // A step of 1e-15 down would be rounding of tanh or erf; more would be a fault.
        assert(step.value(b) - step.value(a) >= -1e-15, `s(${a}) = ${step.value(a)} > s(${b}) = ${step.value(b)}`);
        for (const p of pair) assert(step.value(p) >= 0 && step.value(p) <= 1, `s(${p}) = ${step.value(p)}`);
        for (const p of pair) assert(step.derivative(p) >= 0);
      }),
      { numRuns: 500 },
    );
  });

  Deno.test(`${name} is odd around a threshold of ½`, () => {
    fc.assert(
      fc.property(slopes, fc.boolean(), fc.double({ min: 0, max: 0.5, noNaN: true }), (slope, anchored, u) => {
        const step = make({ slope, anchored });
        // ½ ± u is rounded to an ulp of p, which the slope magnifies.
        const tolerance = 1e-14 + 3e-16 * slope;
        assertWithin(step.value(0.5 + u) + step.value(0.5 - u), 1, tolerance);
        if (name === "linearRamp") return; // corners
        const [right, left] = [step.derivative(0.5 + u), step.derivative(0.5 - u)];
        assertWithin(right, left, slope * tolerance);
      }),
    );
  });

  Deno.test(`${name} with slope 1 is the identity, exactly, at any threshold`, () => {
    fc.assert(fc.property(thresholds, inside, (threshold, p) => {
      const step = make({ slope: 1, threshold });
      assertStrictEquals(step.value(p), p);
      assertStrictEquals(step.derivative(p), 1);
      assertStrictEquals(identity({ threshold }).value(p), p);
    }));
  });

  Deno.test(`${name} tends to the identity as its slope tends to 1: |s(p) − p| ≤ slope − 1`, () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 0, noNaN: true }), thresholds, inside, (e, threshold, p) => {
        const slope = 1 + 10 ** e;
        assertWithin(make({ slope, threshold }).value(p), p, slope - 1 + 1e-15);
      }),
    );
  });

  Deno.test(`${name} tends to round as its slope grows: |s(p) − round(p)| ≤ ½ / (slope·|p − t|)`, () => {
    fc.assert(
      fc.property(slopes, thresholds, inside, (slope, threshold, p) => {
        if (p === threshold) return;
        const hard = round({ threshold }).value(p);
        const distance = Math.abs(make({ slope, threshold }).value(p) - hard);
        assert(distance <= 0.5 / (slope * Math.abs(p - threshold)) + 1e-15, `${distance} at ${p}, slope ${slope}`);
      }),
      { numRuns: 500 },
    );
  });
}

Deno.test("how fast a tail reaches round is what tells the shapes apart", () => {
  const distance = (make: typeof softsign, slope: number) => make({ slope }).value(0.3);
  // Of order 1/slope: softsign → (1/u − 2)/(4·slope), arctan → (1/u − 2)/(π²·slope) with u = 0.2 here.
  assertWithin(1e6 * distance(softsign, 1e6), 3 / 4, 1e-5);
  assertWithin(1e6 * distance(arctan, 1e6), 3 / Math.PI ** 2, 1e-5);
  // Exponential, e^(−4·slope·u); faster, ½ erfc(√π·slope·u); nothing at all. (The foot e^(−2·slope) is taken off.)
  assertWithin(distance(logistic, 20) / (Math.exp(-16) - Math.exp(-40)), 1, 1e-6);
  assertLess(distance(gaussian, 20), 1e-3 * distance(logistic, 20));
  assertEquals(distance(linearRamp, 20), 0);
});

Deno.test("the closed forms of k agree with the root search", () => {
  const rise = (z: number) => z / (2 * (1 + Math.abs(z))), density = (z: number) => 0.5 / (1 + Math.abs(z)) ** 2;
  fc.assert(fc.property(slopes, thresholds, (m, threshold) => {
    const slope = Math.max(1.001, m);
    const k = solveSteepness({ name: "softsign", rise, density }, slope, threshold);
    const step = softsign({ slope, threshold });
    // s′(0)/s′(t) = 1/(1 + kt)² for the softsign: k, read off the step. Near slope 1 it is known to ε/(slope − 1).
    const read = (Math.sqrt(step.derivative(threshold) / step.derivative(0)) - 1) / threshold;
    assertWithin(k / read, 1, 1e-13 * slope / (slope - 1) + 1e-13 / (k * threshold));
  }));
  // At t = ½ the softsign's is k = 2(slope − 1): s′(0) = slope/(1 + k/2)² = 1/slope.
  assertWithin(softsign({ slope: 10 }).derivative(0), 0.1, 1e-15);
});

Deno.test("slopes between two floats of each other, at the far ends of the thresholds, are still steps", () => {
  for (const make of Object.values(shapes)) {
    for (const slope of [1 + Number.EPSILON, 1 + 1e-15, 1 + 1e-10, 1e6, 1e9, 1e12]) {
      for (const threshold of [1e-6, 0.01, 0.99, 1 - 1e-6]) {
        const step = make({ slope, threshold });
        assertWithin(step.derivative(threshold) / slope, 1, 1e-12, `${step.name} ${slope} ${threshold}`);
        assert(step.value(0) === 0 && step.value(1) === 1);
        assert(step.value(threshold) > 0 && step.value(threshold) < 1);
      }
    }
  }
});

Deno.test("a step is constant outside [0, 1]; its derivative is the inner one at 0 and 1, and 0 beyond", () => {
  for (const make of Object.values(shapes)) {
    for (const anchored of [true, false]) {
      const step = make({ slope: 2, threshold: 0.4, anchored });
      for (const p of [-1e-300, -0.1, -1e9, -Infinity]) {
        assertStrictEquals(step.value(p), step.value(0));
        assertStrictEquals(step.derivative(p), 0);
      }
      for (const p of [1 + Number.EPSILON, 1.5, 1e9, Infinity]) {
        assertStrictEquals(step.value(p), step.value(1));
        assertStrictEquals(step.derivative(p), 0);
      }
      // The inner derivative: the limit from inside, which for the ramp is 0 only if the ramp ends before.
      for (const [end, near] of [[0, 1e-9], [1, 1 - 1e-9]]) {
        assertWithin(step.derivative(end), step.derivative(near), 1e-6);
        if (make !== linearRamp) assertGreater(step.derivative(end), 0);
      }
    }
  }
  for (const p of [0, 1]) assertStrictEquals(identity().derivative(p), 1);
  for (const p of [-1e-9, 1.0000001, -Infinity, Infinity]) assertStrictEquals(identity().derivative(p), 0);
  assertEquals([-3, 3].map(identity().value), [0, 1]);
});

Deno.test("the ramp's corners belong to the ramp, and beside them the derivative is exactly 0", () => {
  const ramp = linearRamp({ slope: 8 }); // from 0.4375 to 0.5625, all exact in binary
  assertEquals([0.4375, 0.5, 0.5625].map(ramp.derivative), [8, 8, 8]);
  assertEquals([0.4375 - 1e-15, 0.5625 + 1e-15].map(ramp.derivative), [0, 0]);
  assertEquals([0.4375, 0.5, 0.5625].map(ramp.value), [0, 0.5, 1]);
});

Deno.test("a ramp that one bound cuts off is straight from that bound to its corner", () => {
  // t = 0.1, slope 2: from (0, 0) with slope 2 to 1 at p = ½.
  const ramp = linearRamp({ slope: 2, threshold: 0.1 });
  for (const p of [0, 0.05, 0.1, 0.25, 0.49]) {
    assertWithin(ramp.value(p), 2 * p, 1e-15);
    assertWithin(ramp.derivative(p), 2, 1e-14);
  }
  assertEquals([ramp.value(0.51), ramp.derivative(0.51)], [1, 0]);
});

Deno.test("the softsign's derivative has no jump at the threshold, and every shape is steepest there", () => {
  for (const make of Object.values(shapes)) {
    const step = make({ slope: 20, threshold: 0.3 });
    assertWithin(step.derivative(0.3 + 1e-9), step.derivative(0.3 - 1e-9), 1e-5);
    for (const p of [0, 0.1, 0.299, 0.301, 0.6, 1]) assert(step.derivative(p) <= step.derivative(0.3));
  }
});

Deno.test("NaN stays NaN, in the value and in the derivative of every step", () => {
  const all = [...Object.values(shapes).flatMap((make) => [make(), make({ anchored: false }), make({ slope: 1 })])];
  for (const step of [...all, round(), identity(), straightThrough()]) {
    assertStrictEquals(step.value(NaN), NaN, step.name);
    assertStrictEquals(step.derivative(NaN), NaN, step.name);
  }
});

Deno.test("round decides strictly: 1 where p > t, else 0; its derivative is 0 everywhere", () => {
  assertEquals([-Infinity, 0, 0.3, 0.5, 0.5 + 2 ** -53, 1, Infinity].map(round().value), [0, 0, 0, 0, 1, 1, 1]);
  assertEquals([0.3, 0.30000000000000004].map(round({ threshold: 0.3 }).value), [0, 1]);
  assertEquals([-1, 0, 0.5, 0.7, 1].map(round().derivative), [0, 0, 0, 0, 0]);
  assertEquals([round().slope, round().threshold, round().name], [Infinity, 0.5, "round"]);
});

Deno.test("straightThrough has round's values and the other step's derivatives", () => {
  fc.assert(fc.property(slopes, thresholds, inside, (slope, threshold, p) => {
    for (const make of Object.values(shapes)) {
      const soft = make({ slope, threshold }), step = straightThrough(soft);
      assertStrictEquals(step.value(p), p > threshold ? 1 : 0);
      assertStrictEquals(step.derivative(p), soft.derivative(p));
      assertEquals([step.slope, step.threshold, step.name], [slope, threshold, `straightThrough(${soft.name})`]);
    }
  }));
  assertStrictEquals(straightThrough().derivative(0.25), softsign().derivative(0.25));
});

// Each step against formulas written here, another way than in lib/steps, and against 50-digit values.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { softsign, type Step, type StepOptions, steps } from "../../lib/mod.ts";
import { assertWithin, reference } from "../helpers.ts";

/** The steps of the table that are shapes: a new one needs its formula below. */
const { round: _round, identity: _identity, straightThrough: _straightThrough, ...shapes } = steps;
type ShapeName = keyof typeof shapes;
const names = Object.keys(shapes) as ShapeName[];

const slopes = fc.double({ min: 0, max: 6, noNaN: true }).map((e) => 10 ** e);
const thresholds = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const inside = fc.double({ min: 0, max: 1, noNaN: true });

/** The normal distribution function: a Taylor series near 0, Laplace's continued fraction for the tails. */
function normal(z: number): number {
  const x = Math.abs(z);
  if (x > 3) {
    let fraction = 0;
    for (let n = 120; n > 0; n--) fraction = n / (x + fraction);
    const tail = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / (x + fraction);
    return z > 0 ? 1 - tail : tail;
  }
  let term = z, sum = z;
  for (let n = 1; n < 120; n++) {
    term *= z * z / (2 * n + 1);
    sum += term;
  }
  return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
}

/** Distribution functions with the middle at 0, and their densities. */
const base: Record<ShapeName, { b: (z: number) => number; density: (z: number) => number }> = {
  softsign: { b: (z) => z > 0 ? 1 - 0.5 / (1 + z) : 0.5 / (1 - z), density: (z) => 0.5 * (1 + Math.abs(z)) ** -2 },
  logistic: { b: (z) => 1 / (1 + Math.exp(-z)), density: (z) => 0.25 / Math.cosh(z / 2) ** 2 },
  arctan: { b: (z) => Math.atan2(1, -z) / Math.PI, density: (z) => 1 / Math.PI / Math.hypot(1, z) ** 2 },
  gaussian: { b: normal, density: (z) => Math.exp(-((z / Math.SQRT2) ** 2)) / Math.sqrt(Math.PI * 2) },
  linearRamp: { b: (z) => z < -0.5 ? 0 : z > 0.5 ? 1 : z + 0.5, density: (z) => z < -0.5 || z > 0.5 ? 0 : 1 },
};

/** s and s′ by the definition: the distribution function between its values at the ends, k by plain bisection. */
function expected(name: ShapeName, slope: number, t: number) {
  const { b, density } = base[name];
  const slopeAt = (k: number) => k * density(0) / (b(k * (1 - t)) - b(-k * t));
  let low = Math.log(1e-4), high = Math.log(1e9);
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (slopeAt(Math.exp(middle)) < slope) low = middle;
    else high = middle;
  }
  const k = Math.exp(low), bottom = b(-k * t), top = b(k * (1 - t));
  return {
    value: (p: number) => (b(k * (p - t)) - bottom) / (top - bottom),
    derivative: (p: number) => k * density(k * (p - t)) / (top - bottom),
  };
}

for (const name of names) {
  // 1e-12: the differences b(·) − b(·) of this file cancel where k is small; slopes ≥ 1.1 keep k above 0.1.
  Deno.test(`${name} is its formula, with k found by bisection`, () => {
    fc.assert(fc.property(slopes, thresholds, fc.array(inside, { minLength: 5, maxLength: 5 }), (m, t, points) => {
      const slope = Math.max(1.1, m);
      const step = shapes[name]({ slope, threshold: t }), formula = expected(name, slope, t);
      for (const p of [...points, t, t + 0.3 / slope, t - 0.3 / slope, t + 3 / slope].filter((p) => p > 0 && p < 1)) {
        assertWithin(step.value(p), formula.value(p), 1e-12, `s(${p})`);
        if (name === "linearRamp" && Math.abs(formula.value(p) - 0.5) > 0.5 - 1e-9) continue; // a corner, or beside one
        const s1 = formula.derivative(p);
        // In a tail e^−z carries z times the relative error of k.
        assertWithin(step.derivative(p), s1, 1e-11 * s1 + Number.MIN_VALUE * 1e16, `s′(${p})`);
      }
    }));
  });

  Deno.test(`${name} without anchoring is ½ + F(k(p − t)) with k·F′(0) = slope`, () => {
    fc.assert(fc.property(slopes, thresholds, inside, (slope, threshold, p) => {
      const { b, density } = base[name], k = slope / density(0);
      const step = shapes[name]({ slope, threshold, anchored: false });
      assertWithin(step.value(p), b(k * (p - threshold)), 1e-13);
      if (name === "linearRamp" && Math.abs(Math.abs(slope * (p - threshold)) - 0.5) < 1e-9) return;
      const s1 = k * density(k * (p - threshold));
      assertWithin(step.derivative(p), s1, 1e-12 * s1 + Number.MIN_VALUE * 1e16);
    }));
  });

  Deno.test(`${name} has its derivative: central differences in float64 at four scales`, () => {
    fc.assert(fc.property(slopes, thresholds, fc.constantFrom(0.01, 0.1, 0.4, 2, -0.01, -0.1, -0.4, -2), (m, t, z) => {
      const slope = Math.max(1.01, m), p = t + z / slope;
      const step = shapes[name]({ slope, threshold: t });
      for (const d of [1e-3, 3e-4, 1e-4, 3e-5]) {
        const h = d / slope;
        if (p - h <= 0 || p + h >= 1) continue;
        if (name === "linearRamp" && Math.abs(Math.abs(step.value(p) - 0.5) - 0.5) < 2 * d) continue;
        const difference = (step.value(p + h) - step.value(p - h)) / (2 * h);
        // Truncation: d² times the third derivative in units of 1/slope (below 40 for all shapes); rounding: ulps of
        // s and of p (1e-16·slope of the former) over d.
        const tolerance = slope * (40 * d * d + 4e-16 * (1 + slope) / d);
        assertWithin(step.derivative(p), difference, tolerance, `slope ${slope}, t ${t}, z ${z}, d ${d}`);
      }
    }));
  });
}

interface StepCase extends Required<StepOptions> {
  shape: ShapeName | "identity";
  k: number | null;
  p: number[];
  value: number[];
  derivative: number[];
}

Deno.test("every shape, slope and threshold has the recorded values and derivatives", () => {
  const cases = reference<StepCase>("steps.json").filter((c): c is StepCase & { shape: ShapeName } =>
    c.shape !== "identity"
  );
  let points = 0;
  for (const { shape, slope, threshold, anchored, p, value, derivative } of cases) {
    const step: Step = shapes[shape]({ slope, threshold, anchored });
    for (let i = 0; i < p.length; i++, points++) {
      const where = `${shape}, slope ${slope}, threshold ${threshold}, anchored ${anchored}, p ${p[i]}`;
      // Value: some ulps of 1, for s is a difference from the foot. Derivative: relative, however far in the tail; e^−z
      // multiplies an ulp of z by z ≤ 745. Denormals have fewer digits.
      assertWithin(step.value(p[i]), value[i], 4e-15, where);
      assertWithin(step.derivative(p[i]), derivative[i], 1e-12 * derivative[i] + 1e-307, where);
    }
  }
  assertEquals(cases.length, 245);
  assert(points > 3000);
});

Deno.test("a step that is not anchored has a tail with a relative error of its own: 1/u² keeps all digits", () => {
  // softsign, slope 50, t = ½: s′(0) = 50/(1 + 50)²
  const step = softsign({ slope: 50, anchored: false });
  assertWithin(step.derivative(0), 50 / 51 ** 2, 1e-17);
});

// The robust scores of Holzmann and Klar: the paper's formulas, limits, gradients by differences, what is refused.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { f1, fBeta, informedness, mcc } from "@roundabout/roundabout";
import { type Counts, lossAndGradient, robustFBeta, robustMcc, type Score } from "@roundabout/roundabout/core";
import { assertWithin } from "../helpers.ts";

/** The formulas as the paper has them, in shares. */
const paper = {
  mcc: ({ tp, fp, fn, tn }: Counts, d: number) => {
    const n = tp + fp + fn + tn, pi = (tp + fn) / n, q = (tp + fp) / n, v = pi * (1 - pi);
    return Math.sqrt(d / v + 1) * (tp / n - pi * q) / Math.sqrt(v * (d + q * (1 - q)));
  },
  fBeta: ({ tp, fp, fn, tn }: Counts, d: number, beta: number) => {
    const n = tp + fp + fn + tn, pi = (tp + fn) / n;
    return (d / pi + beta ** 2 + 1) / (d / (tp / n) + beta ** 2 / (tp / (tp + fn)) + 1 / (tp / (tp + fp)));
  },
};

const count = fc.double({ min: 0.1, max: 1000, noNaN: true });
const counts = fc.record({ tp: count, fp: count, fn: count, tn: count });
const positive = fc.double({ min: 0.001, max: 100, noNaN: true });

function assertGradient(score: Score, at: Counts): void {
  const gradient = score.gradient(at), size = at.tp + at.fp + at.fn + at.tn;
  for (const key of ["tp", "fp", "fn", "tn"] as const) {
    const h = 1e-5 * at[key], moved = (by: number) => score.value({ ...at, [key]: at[key] + by });
    const slope = (moved(h) - moved(-h)) / (2 * h);
    assertWithin(gradient[key], slope, 1e-6 * (Math.abs(slope) + 1 / size) + 1e-13 / h);
  }
}

Deno.test("robustMcc, robustFBeta: the paper's formulas, and gradients as differences have them", () => {
  fc.assert(
    fc.property(counts, positive, positive, (at, d, beta) => {
      const one = robustMcc({ d }), two = robustFBeta({ beta, d });
      assertWithin(one.value(at), paper.mcc(at, d), 1e-10);
      assertWithin(two.value(at), paper.fBeta(at, d, beta), 1e-10);
      for (const score of [one, two]) assertGradient(score, at);
    }),
    { numRuns: 300 },
  );
});

Deno.test("robustMcc, robustFBeta: limits of d, the perfect decision, what is not defined", () => {
  const at = { tp: 3, fp: 2, fn: 1, tn: 9 }, perfect = { tp: 4, fp: 0, fn: 0, tn: 11 };
  assertWithin(robustMcc({ d: 1e-12 }).value(at), mcc.value(at), 1e-10);
  assertWithin(robustMcc({ d: 1e30 }).value(at), informedness.value(at), 1e-10);
  assertWithin(robustFBeta({ beta: 1, d: 1e-12 }).value(at), f1.value(at), 1e-10);
  assertWithin(robustFBeta({ beta: 2, d: 1e-12 }).value(at), fBeta({ beta: 2 }).value(at), 1e-10);
  for (const score of [robustMcc({ d: 0.3 }), robustFBeta({ beta: 2, d: 0.3 })]) {
    assertWithin(score.value(perfect), 1, 1e-15);
    const none = { tp: 0, fp: 2, fn: 0, tn: 5 };
    assert(Number.isNaN(score.value(none)));
    assertEquals(score.gradient(none), { tp: 0, fp: 0, fn: 0, tn: 0 });
  }
  assertEquals([robustMcc({ d: 0.5 }).name, robustFBeta({ beta: 2, d: 0.1 }).name], ["robustMcc0.5", "robustF2,0.1"]);
});

Deno.test("robustMcc, robustFBeta: options out of range are refused by name; they train like any score", () => {
  for (const d of [0, -1, NaN, Infinity, "1"]) {
    assertThrows(() => robustMcc({ d: d as number }), RangeError, "Cannot make the score 'robustMcc': 'd' must be");
    assertThrows(() => robustFBeta({ beta: 1, d: d as number }), RangeError, "'robustFBeta': 'd' must be");
    assertThrows(() => robustFBeta({ beta: d as number, d: 1 }), RangeError, "'robustFBeta': 'beta' must be");
  }
  assertThrows(() => robustMcc({ d: 1, e: 2 } as { d: number }), TypeError, "'e' is 2");
  const { value, gradient } = lossAndGradient([1, 0, 0, 1], [0.8, 0.3, 0.6, 0.4], { score: robustMcc({ d: 0.1 }) });
  assert(value > 0 && value < 1 && gradient[0] < 0 && gradient[2] > 0);
});

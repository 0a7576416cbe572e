// The formulas from which programs for a GPU are written are the scores: value and slopes, as dual numbers.
import { assert, assertEquals } from "@std/assert";
import { byLabel, countKeys, type Counts } from "../../lib/counts/counts.ts";
import { type Formula, formulaOf } from "../../lib/scores/formula.ts";
import { scores } from "../../lib/core.ts";
import { allScores } from "../all_scores.ts";
import { assertWithin, random } from "../helpers.ts";

/** A value and its slopes by the decision of a positive and of a negative row. */
type Dual = readonly [value: number, positive: number, negative: number];

const combine = (a: Dual, b: Dual, value: number, byA: number, byB: number): Dual => [
  value,
  byA * a[1] + byB * b[1],
  byA * a[2] + byB * b[2],
];

function dualOf(formula: Formula, counts: Counts): Dual {
  const of = (part: Formula) => dualOf(part, counts), pair = (parts: readonly Formula[]) => parts.map(of);
  if ("linear" in formula) {
    const { tp = 0, fp = 0, fn = 0, tn = 0 } = formula.linear;
    const value = countKeys.reduce((sum, key) => sum + (formula.linear[key] ?? 0) * counts[key], 0);
    return [value, tp - fn, fp - tn];
  }
  if ("plus" in formula) {
    const [a, b] = pair(formula.plus);
    return combine(a, b, a[0] + b[0], 1, 1);
  }
  if ("times" in formula) {
    const [a, b] = pair(formula.times);
    return combine(a, b, a[0] * b[0], b[0], a[0]);
  }
  if ("over" in formula) {
    const [a, b] = pair(formula.over);
    return combine(a, b, a[0] / b[0], 1 / b[0], -a[0] / b[0] ** 2);
  }
  if ("mean" in formula) {
    const [a, b] = pair(formula.mean), mean = Math.sqrt(a[0] * b[0]);
    return combine(a, b, mean, mean / 2 / a[0], mean / 2 / b[0]);
  }
  if ("scaled" in formula) return of(formula.scaled).map((v) => v * formula.by) as unknown as Dual;
  if ("shifted" in formula) {
    const [value, ...slopes] = of(formula.shifted);
    return [value + formula.by, ...slopes];
  }
  const [value, positive, negative] = of(formula.shortfall), below = value < formula.floor;
  return below ? [value - formula.floor, positive, negative] : [0, 0, 0];
}

Deno.test("a score's formula has the score's value and slopes", () => {
  const next = random(19), without: string[] = [];
  for (const score of allScores) {
    const formula = formulaOf(score);
    if (formula === undefined) {
      without.push(score.name);
      continue;
    }
    for (let n = 0; n < 50; n++) {
      const counts = { tp: 9 * next(), fp: 9 * next(), fn: 9 * next(), tn: 9 * next() };
      const [value, positive, negative] = dualOf(formula, counts), wanted = byLabel(score.gradient(counts));
      assertWithin(value, score.value(counts), 1e-11, score.name);
      assertWithin(positive, wanted.ofPositive, 1e-11, score.name);
      assertWithin(negative, wanted.ofNegative, 1e-11, score.name);
    }
  }
  assertEquals(without, []);
  assert(formulaOf({ ...scores.f1 }) === undefined, "a copy may compute anything");
});

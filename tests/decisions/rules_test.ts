// Decisions of a few numbers: each rule's decisions and its way back, by hand or by differences, and each refusal.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Batch } from "../../lib/batch/read_batch.ts";
import { largestFloat32 } from "../../lib/counts/counts.ts";
import { argmaxAnchors } from "../../lib/decisions/argmax.ts";
import { isTop } from "../../lib/decisions/budget.ts";
import { type DecisionOptions, toDecision } from "../../lib/decisions/to_decision.ts";
import { sigmoid } from "../../lib/numerics/sigmoid.ts";
import { linearRamp, softsign, straightThrough } from "../../lib/core.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";
import { slow } from "../slow.ts";

const batchOf = (yPred: number[], classes = 1, sampleWeight?: number[]): Batch => ({
  rows: yPred.length / classes,
  classes,
  yTrue: yPred.map(() => 0),
  yPred,
  sampleWeight,
});

/** The decisions of a batch. */
const decided = (options: DecisionOptions, ...batch: Parameters<typeof batchOf>) =>
  Array.from(toDecision("a test", options)(batchOf(...batch)).decisions);

/** A gradient with respect to the decisions, taken back to the outputs. */
function back(options: DecisionOptions, gradient: number[], ...batch: Parameters<typeof batchOf>): number[] {
  const taken = Float64Array.from(gradient);
  toDecision("a test", options)(batchOf(...batch)).back(taken);
  return [...taken];
}

/** Fails unless the way back is the transposed Jacobian of the decisions, by differences. */
function assertBack(options: DecisionOptions, yPred: number[], classes: number, tolerance = 1e-6, weights?: number[]) {
  const gradient = yPred.map((_, i) => Math.sin(1 + 3 * i)), h = 1e-6;
  const sum = (p: number[]) =>
    decided(options, p, classes, weights).reduce((total, s, i) => total + gradient[i] * s, 0);
  const differences = yPred.map((v, i) => (sum(yPred.with(i, v + h)) - sum(yPred.with(i, v - h))) / (2 * h));
  assertAllWithin(back(options, gradient, yPred, classes, weights), differences, tolerance, JSON.stringify(options));
}

Deno.test("a threshold for all columns, or one for each, strictly", () => {
  const yPred = [0.2, 0.2, 0.6, 0.6, 0.5, 0.9];
  assertEquals(decided({ step: "round" }, yPred, 2), [0, 0, 1, 1, 0, 1]);
  assertEquals(decided({ step: "round", threshold: [0.1, 0.6] }, yPred, 2), [1, 0, 1, 0, 1, 1]);
  assertEquals(decided({ step: "round", fromLogits: true }, [-1, 0, 1]), [0, 0, 1]);
  assertEquals(decided({ step: "identity", fromLogits: true }, [-1, 2]), [-1, 2].map(sigmoid));
  const own = linearRamp({ slope: 2, threshold: 0.4 });
  assertEquals(decided({ step: own }, [0.3, 0.4]), [0.3, 0.4].map(own.value));
  assertEquals(decided({ step: own, threshold: 0.4 }, [0.3, 0.4]), [0.3, 0.4].map(own.value));
});

Deno.test("the way back of a threshold is s′, of logits s′·σ′", () => {
  for (const fromLogits of [false, true]) {
    for (const threshold of [0.4, [0.3, 0.6]]) {
      assertBack({ step: "logistic", slope: 5, threshold, fromLogits }, [0.2, 0.7, 0.45, 0.5], 2);
    }
  }
  assertEquals(back({ step: "round" }, [1, 1], [0.3, 0.7]), [0, 0]);
});

Deno.test("a batch takes the arrays that one of its size has released, and no other's; large arrays are not kept", () => {
  const rule = toDecision("a test", {}), decide = (n: number) => rule(batchOf(new Array(n).fill(0.6)));
  const first = decide(3), second = decide(3);
  assert(first.decisions !== second.decisions && first.slopes !== second.slopes);
  first.release!();
  const third = decide(3);
  assertStrictEquals(third.decisions, first.decisions);
  assertStrictEquals(third.slopes, first.slopes);
  assert(decide(3).decisions !== third.decisions);
  third.release!();
  assertEquals(decide(4).decisions.length, 4);
  const large = decide(2 ** 20 + 1);
  large.release!();
  assert(decide(2 ** 20 + 1).decisions !== large.decisions);
});

Deno.test("a budget takes released arrays, too, and none of the numbers in them", () => {
  const p = [0.1, 0.9, 0.5, 0.7], gradient = [1, -2, 3, -4];
  for (const weights of [undefined, [1, 0, 2, 1], [0, 0, 0, 0]]) {
    for (const step of ["softsign", "straightThrough", "round"] as const) {
      for (const top of [2, 4]) {
        const options = { decision: { top }, step }, fresh = decided(options, p, 1, weights);
        const taken = back(options, gradient, p, 1, weights);
        const before = toDecision("a test", {})(batchOf(p));
        before.release!();
        const after = toDecision("a test", options)(batchOf(p, 1, weights)), again = Float64Array.from(gradient);
        assertStrictEquals(after.decisions, before.decisions);
        assertEquals([...after.decisions], fresh);
        after.back(again);
        assertEquals([...again], taken);
        after.release!();
        assertStrictEquals(toDecision("a test", options)(batchOf(p)).decisions, after.decisions);
      }
    }
  }
});

Deno.test("a threshold rule says its steps and whether it takes logits, and an argmax its options", () => {
  const rule = (options: DecisionOptions) => toDecision("a test", options);
  assertEquals(rule({ threshold: [0.25, 0.75] }).steps?.map(({ threshold }) => threshold), [0.25, 0.75]);
  assertEquals([false, true].map((fromLogits) => rule({ fromLogits }).fromLogits), [false, true]);
  assertStrictEquals(rule({}).argmax, undefined);
  assertStrictEquals(rule({ decision: "argmax" }).steps, undefined);
  const argmax = (step: DecisionOptions["step"], slope?: number) =>
    rule({ decision: "argmax", step, slope, fromLogits: step === "round" }).argmax;
  assertEquals(argmax(undefined), { slope: 4, mode: "soft", fromLogits: false });
  assertEquals(argmax("softsign", 7), { slope: 7, mode: "soft", fromLogits: false });
  assertEquals(argmax("straightThrough", 3), { slope: 3, mode: "straightThrough", fromLogits: false });
  assertEquals(argmax("round"), { slope: 1, mode: "hard", fromLogits: true });
  assertStrictEquals(rule({ decision: { top: 2 } }).argmax, undefined);
});

Deno.test("argmax: the anchors are the softmax of a one-hot row, whose decisions are exactly 0 and 1", () => {
  const { low, scale } = argmaxAnchors(2, 3), e = Math.exp(2);
  assertWithin(low, 1 / (e + 2), 1e-15);
  assertWithin(1 / scale, e / (e + 2) - 1 / (e + 2), 1e-15);
  for (const slope of [1, 2.3, 50]) {
    for (const hot of [[0, 1, 0], [1, 0, 0, 0, 0], [0, 1]]) {
      assertEquals(decided({ decision: "argmax", slope }, hot, hot.length), hot);
    }
  }
});

Deno.test("argmax: the anchored softmax with κ = 4·slope, and its hard forms", () => {
  const row = [0.5, 0.3, 0.2], slope = 1.5, exps = row.map((p) => Math.exp(4 * slope * p));
  const sum = exps.reduce((a, b) => a + b), low = 1 / (Math.exp(4 * slope) + 2), high = 1 - 2 * low;
  assertAllWithin(
    decided({ decision: "argmax", slope }, row, 3),
    exps.map((e) => (e / sum - low) / (high - low)),
    1e-14,
  );
  const rows = [...row, 0.1, 0.45, 0.45, 0.2, 0.2, 0.2];
  for (const step of ["round", "straightThrough"] as const) {
    assertEquals(decided({ decision: "argmax", step }, rows, 3), [1, 0, 0, 0, 1, 0, 1, 0, 0]);
  }
  assertAllWithin(
    decided({ decision: "argmax", fromLogits: true, slope }, row.map(Math.log), 3),
    decided({ decision: "argmax", slope }, row, 3),
    1e-14,
  );
  // Rows that no softmax makes are clipped.
  assertEquals(decided({ decision: "argmax" }, [1, 0, -1], 3)[2], 0);
  assertEquals(decided({ decision: "argmax", slope: 1 }, [2, 0], 2), [1, 0]);
});

Deno.test("argmax: the way back, of probabilities and of logits; none of the hard one", () => {
  const rows = [0.5, 0.3, 0.2, 0.1, 0.6, 0.3];
  for (const fromLogits of [false, true]) {
    assertBack({ decision: "argmax", slope: 2, fromLogits }, rows, 3);
    const gradient = [1, -2, 3, 0.5, 0, 1];
    assertEquals(
      back({ decision: "argmax", step: "straightThrough", slope: 2, fromLogits }, gradient, rows, 3),
      back({ decision: "argmax", slope: 2, fromLogits }, gradient, rows, 3),
    );
    assertEquals(back({ decision: "argmax", step: "round", fromLogits }, gradient, rows, 3), [0, 0, 0, 0, 0, 0]);
  }
  const huge = back({ decision: "argmax" }, [1e300, -1e300, 0], [0.4, 0.3, 0.3], 3);
  assert(huge.every(Number.isFinite) && huge[0] > 0 && huge[1] < 0, `${huge}`);
  const bounded = back({ decision: "argmax" }, [largestFloat32, -largestFloat32, 0], [0.4, 0.3, 0.3], 3);
  assertEquals(huge, bounded);
});

Deno.test("a budget: the k highest of each column, ties in row order, rows without weight aside", () => {
  const hard = (top: number, ...batch: Parameters<typeof batchOf>) =>
    decided({ decision: { top }, step: "round" }, ...batch);
  assertEquals(hard(2, [0.1, 0.9, 0.5, 0.7]), [0, 1, 0, 1]);
  assertEquals(hard(2, [0.5, 0.5, 0.5, 0.1]), [1, 1, 0, 0]);
  assertEquals(hard(1, [0.1, 0.9, 0.8, 0.2, 0.3, 0.4], 2), [0, 1, 1, 0, 0, 0]);
  assertEquals(hard(1, [0.1, 0.9, 0.5, 0.7], 1, [1, 0, 2, 1]), [0, 0, 0, 1]);
  assertEquals(hard(3, [0.1, 0.9, 0.5, 0.7], 1, [1, 0, 2, 0]), [1, 0, 1, 0]);
  assertEquals(hard(0.5, [0.1, 0.9, 0.5, 0.7], 1, [1, 0, 1, 0]), [0, 0, 1, 0]);
  assertEquals(hard(2, [1, 2], 1, [0, 0]), [0, 0]);
  assertEquals(hard(9, [0.1, 0.2]), [1, 1]);
  assertEquals(decided({ decision: { top: 2 }, slope: 5 }, [0.1, 0.2]), [1, 1]); // softly too
  assertEquals(decided({ decision: { top: 1 }, step: "straightThrough" }, [0.3, 0.1, 0.2]), [1, 0, 0]);
  assertEquals(hard(1, [-3, 4, 2]), [0, 1, 0]);
});

slow.test("a budget of many rows, sorted, alike or unlike the entries that the threshold starts from, is kept", () => {
  const n = 70_000, any = Array.from({ length: n }, (_, i) => (i + 1) * Math.SQRT2 % 1);
  const columns = {
    any,
    sorted: any.toSorted(),
    unlike: any.map((v, i) => i % 64 === 0 ? 1 : v / 4),
    alike: any.map(() => 0.5),
  };
  for (const [name, yPred] of Object.entries(columns)) {
    for (const step of ["softsign", "logistic"] as const) {
      const soft = decided({ decision: { top: 700 }, step, slope: 6 }, yPred);
      assertWithin(soft.reduce((a, b) => a + b), 700, 1e-9 * n, `${name}, ${step}`);
    }
  }
});

Deno.test("a budget: soft decisions are ½ + F(κ(p − τ)) and add up to k, of logits too", () => {
  const p = [0.9, 0.2, 0.65, 0.4];
  for (const step of ["softsign", "logistic", "arctan", "gaussian", "linearRamp"] as const) {
    for (const fromLogits of [false, true]) {
      const yPred = fromLogits ? p.map((v) => Math.log(v / (1 - v))) : p;
      const soft = decided({ decision: { top: 2 }, step, slope: 3, fromLogits }, yPred);
      assertWithin(soft.reduce((a, b) => a + b), 2, 1e-12, step);
      assertAllWithin(soft, decided({ decision: { top: 2 }, step, slope: 3 }, p), 1e-12, step);
      assert(soft[0] > soft[2] && soft[2] > soft[3] && soft[3] > soft[1], step);
    }
  }
  // One output at each side of the threshold, as far away: softsign's F(z) = ½·z/(1 + |z|), F′(0) = ½, κ = 2·slope.
  const [high, low] = decided({ decision: { top: 1 }, slope: 3 }, [0.75, 0.25]);
  const z = 2 * 3 * 0.25;
  assertWithin(high, 0.5 + 0.5 * z / (1 + z), 1e-12);
  assertWithin(low, 0.5 - 0.5 * z / (1 + z), 1e-12);
});

Deno.test("a budget: the way back with the threshold that moves, in each column, with weights, of logits", () => {
  const p = [0.9, 0.2, 0.65, 0.4, 0.3, 0.75], options = { decision: { top: 1 }, slope: 3 };
  for (const fromLogits of [false, true]) {
    for (const step of ["softsign", "logistic", "gaussian"] as const) {
      assertBack({ ...options, step, fromLogits }, p, 2);
      assertBack({ ...options, step, fromLogits }, p, 1, 1e-6, [1, 0, 2, 1, 0, 1]);
    }
  }
  const gradient = [1, -2, 3, 1, 5, 1], weights = [1, 0, 2, 1, 0, 1];
  const through = back({ ...options, step: "straightThrough" }, gradient, p, 1, weights);
  assertEquals(through, back(options, gradient, p, 1, weights));
  assertEquals([through[1], through[4]], [0, 0]);
  assertEquals(back({ decision: options.decision, step: "round" }, gradient, p), [0, 0, 0, 0, 0, 0]);
  assertEquals(back({ decision: { top: 9 } }, gradient, p), [0, 0, 0, 0, 0, 0]);
  const huge = back(options, [1e308, 1e308, 1e308, 1e308, -1e308, 0], p);
  assert(huge.every(Number.isFinite), `${huge}`);
});

const steps = "softsign, linearRamp, logistic, arctan, gaussian, straightThrough";

Deno.test("each bad rule is refused in one sentence", () => {
  const inside = "'threshold' must be a number inside (0, 1), or one per column, it is";
  const rule = "'decision' must be 'threshold', 'argmax' or { top: k } with a whole number or a share below 1, it is";
  const cases: [unknown, string][] = [
    [{ threshold: 0 }, `${inside} 0`],
    [{ threshold: 1 }, `${inside} 1`],
    [{ threshold: NaN }, `${inside} NaN`],
    [{ threshold: "0.5" }, `${inside} '0.5'`],
    [{ threshold: null }, `${inside} null`],
    [{ threshold: [0.5, 2] }, `${inside} 2`],
    [{ threshold: 2, step: null }, `${inside} 2`],
    ...[0, -1, 1.5, NaN, Infinity, "0.5", undefined].map((top): [unknown, string] => [
      { decision: { top } },
      `${rule} { top: ${typeof top === "string" ? `'${top}'` : top} }`,
    ]),
    [{ decision: "top" }, `${rule} 'top'`],
    [{ decision: null }, `${rule} null`],
    [{ decision: {} }, `${rule} an object with the keys []`],
    [{ decision: { top: 1, bottom: 1 } }, `${rule} an object with the keys ['top', 'bottom']`],
    [{ decision: "argmax", threshold: 0.5 }, "'threshold' is 0.5, but with decision: 'argmax' there is none"],
    [{ decision: { top: 3 }, threshold: 0.5 }, "'threshold' is 0.5, but with decision: { top: 3 } there is none"],
    [
      { decision: "argmax", step: "logistic" },
      "with decision: 'argmax': 'step' must be 'softsign', 'straightThrough' or 'round', it is 'logistic'",
    ],
    [
      { decision: "argmax", step: softsign() },
      "with decision: 'argmax': 'step' must be 'softsign', 'straightThrough' or 'round', it is an object with the keys ['name', 'threshold', 'slope', 'value', 'derivative']",
    ],
    [
      { decision: "argmax", step: null },
      "with decision: 'argmax': 'step' must be 'softsign', 'straightThrough' or 'round', it is null",
    ],
  ];
  for (const [options, sentence] of cases) {
    const { message } = assertThrows(() => toDecision("a test", options as DecisionOptions), Error);
    assertStrictEquals(message, `Cannot make a test${sentence.startsWith("with") ? " " : ": "}${sentence}`);
  }
  for (const step of ["identity", straightThrough()] as const) {
    const { message } = assertThrows(() => toDecision("a test", { decision: { top: 2 }, step }), TypeError);
    assert(message.startsWith("Cannot make a test with decision: { top: 2 }: 'step' must be "), message);
    for (const name of `${steps}, round`.split(", ")) assert(message.includes(name), `${name} in ${message}`);
    assert(!message.split("it is")[0].includes("identity"));
  }
  assertThrows(() => toDecision("a test", { decision: "argmax", slope: 0.5 }), RangeError);
  assertThrows(() => toDecision("a test", { decision: { top: 2 }, slope: -1 }), RangeError);
});

Deno.test("{ top }: higher outputs come before equal ones, and a column whose rows all have the weight 0 has none", () => {
  for (const step of ["round", "straightThrough"] as const) {
    const hard = (top: number, ...batch: Parameters<typeof batchOf>) => decided({ decision: { top }, step }, ...batch);
    assertEquals(hard(2, [0.5, 0.9, 0.5, 0.5]), [1, 1, 0, 0]);
    assertEquals(hard(3, [0.5, 0.5, 0.9, 0.7, 0.5]), [1, 0, 1, 1, 0]);
    assertEquals(hard(1, [0.4, 0.9, 0.6, 0.8], 2, [0, 1, 0, 1]), [0, 1, 0, 0]);
  }
  const taken = back({ decision: { top: 1 }, step: "logistic" }, [1, 2, 3, 4], [0.4, 0.9, 0.6, 0.8], 2, [0, 1, 0, 1]);
  assertEquals([taken[0], taken[2], taken.every(Number.isFinite)], [0, 0, true]);
});

Deno.test("an alert budget is a plain object, not a function with its key", () => {
  assertEquals([{ top: 3 }, { top: "3" }, {}, { top: 3, of: 9 }, "top", null].map(isTop), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  assertEquals(isTop(Object.assign(() => 0, { top: 3 })), false);
});

Deno.test("a threshold of 0 is taken beside the step that stands there", () => {
  const step = softsign({ slope: 50, threshold: 0, anchored: false });
  assertEquals(toDecision("a test", { step, threshold: 0 }).steps, [step]);
});

// Batches of a few numbers, scored by hand: slices, class weights, means, zero division, and scores and steps that err.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type Counts, largestFloat32 } from "../../lib/counts/counts.ts";
import type { Batch } from "../../lib/batch/read_batch.ts";
import type { Decided } from "../../lib/decisions/decision.ts";
import type { Score } from "../../lib/scores/score.ts";
import { recall } from "../../lib/scores/ratio.ts";
import {
  addsCounts,
  type Average,
  countBatch,
  countsPartials,
  scalePartials,
  scoreBatch,
  scoreCounts,
  type Scoring,
  weightsOfClasses,
} from "../../lib/scoring/score_batch.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";

// Three rows of two columns.
const batch: Batch = { rows: 3, classes: 2, yTrue: [1, 0, 1, 1, 0, 1], yPred: [0.75, 0.5, 0.25, 0.25, 0.5, 1] };
const weighted: Batch = { ...batch, sampleWeight: [1, 2, 3, 4, 5, 6] };

/** Decisions that are the outputs themselves; the gradient with respect to the outputs is twice theirs. */
const decide = ({ yPred }: Batch): Decided => ({
  decisions: Float64Array.from(yPred),
  back: (gradient) => gradient.forEach((g, i) => gradient[i] = 2 * g),
});

/** Σ w·y·s, whose gradient with respect to s is w·y. */
const hits: Score = { name: "hits", value: ({ tp }) => tp, gradient: () => ({ tp: 1, fp: 0, fn: 0, tn: 0 }) };
const setting = (average: Average, more: Partial<Scoring> = {}): Scoring => ({
  score: hits,
  average,
  zeroDivision: 0,
  ...more,
});
const scoredBy = (batch: Batch, scoring: Scoring) => scoreBatch(batch, decide(batch), scoring);
const tps = (counts: readonly Counts[]) => counts.map(({ tp }) => tp);

Deno.test("columns are counted together, for samples rows; micro and binary add the columns up", () => {
  const counts = (average: Average, of = batch) => tps(scoredBy(of, setting(average)).counts);
  assertEquals(counts("macro"), [1, 1.25]);
  assertEquals(counts("weighted"), [1, 1.25]);
  assertEquals(counts("samples"), [0.75, 0.5, 1]);
  assertEquals(counts("micro"), [2.25]);
  assertEquals(counts("binary"), [2.25]);
  assertEquals(counts("macro", weighted), [0.75 + 3 * 0.25, 4 * 0.25 + 6]);
  assertEquals((["micro", "binary", "macro", "weighted", "samples"] as const).map(addsCounts), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("the mean weighs classes by 1 or by their positives, times their class weight; rows by their weights", () => {
  const value = (average: Average, of = batch, classWeights?: number[]) =>
    scoredBy(of, setting(average, { classWeights })).value;
  assertEquals(value("macro"), (1 + 1.25) / 2);
  assertEquals(value("macro", batch, [3, 1]), (3 * 1 + 1.25) / 4);
  assertEquals(value("weighted"), (2 * 1 + 2 * 1.25) / 4);
  assertEquals(value("weighted", weighted), (4 * 1.5 + 10 * 7) / 14); // positives of weights 1 + 3, and 4 + 6
  assertEquals(value("weighted", weighted, [5, 1]), (20 * 1.5 + 10 * 7) / 30);
  assertEquals(value("samples"), (0.75 + 0.5 + 1) / 3);
  // Rows weigh 3, 7 and 11, and their counts hold the weights as well.
  assertEquals(value("samples", weighted), (3 * 0.75 + 7 * (0.75 + 1) + 11 * 6) / 21);
});

Deno.test("class weights multiply the weights of the counts for micro and samples, and stay out of them for macro", () => {
  const counts = (average: Average, of: Batch) => tps(scoredBy(of, setting(average, { classWeights: [2, 10] })).counts);
  assertEquals(counts("micro", batch), [2 * 1 + 10 * 1.25]);
  assertEquals(counts("micro", weighted), [2 * 1.5 + 10 * 7]);
  assertEquals(counts("samples", batch), [1.5, 0.5 + 2.5, 10]);
  assertEquals(counts("macro", batch), [1, 1.25]);
});

Deno.test("the gradient is that of the mean, times the factor, through the decisions, into the array that is given", () => {
  const gradient = (average: Average, by?: number, into?: Float64Array) =>
    scoredBy(weighted, setting(average)).gradient(by, into);
  const made = gradient("micro");
  assert(made instanceof Float32Array);
  assertEquals([...made], [2, 0, 6, 8, 0, 12]); // 2·w·y
  assertEquals([...gradient("macro", -1)], [-1, 0, -3, -4, 0, -6]);
  const into = new Float64Array(6);
  assertStrictEquals(gradient("weighted", 7, into), into);
  assertAllWithin(into, [1, 0, 3, 4, 0, 6].map((g, i) => 14 * g * (i % 2 === 0 ? 4 : 10) / 14), 1e-12);
});

Deno.test("a score that is not defined is 0, 1, or left out of the mean, and has no gradient", () => {
  const each = [{ tp: 3, fp: 0, fn: 1, tn: 0 }, { tp: 0, fp: 2, fn: 0, tn: 2 }];
  const of = (zeroDivision: Scoring["zeroDivision"], weights: number[] | undefined = [1, 3], counts = each) =>
    scoreCounts(counts, weights, { score: recall, zeroDivision });
  assertEquals(of(0).value, 0.75 / 4);
  assertEquals(of(1).value, (0.75 + 3) / 4);
  assertEquals(of("skip").value, 0.75);
  assertEquals([of("skip").weights, of("skip").whole], [[1, 0], 1]);
  assertEquals(of(0).values, [0.75, NaN]);
  assertEquals([of(0).weights, of(0).whole], [[1, 3], 4]);
  const none = [each[1], each[1]];
  assertEquals([of(0, [1, 3], none).value, of(1, [1, 3], none).value, of("skip", [1, 3], none).value], [0, 1, 0]);
  assertEquals([of(0, [0, 0]).value, of(1, [0, 0]).value], [0, 1]);
  for (const zeroDivision of [0, 1, "skip"] as const) {
    const scored = of(zeroDivision), [first, second] = countsPartials(scored, scored.whole, recall);
    const share = zeroDivision === "skip" ? 1 : 0.25;
    assertWithin(first.tp, share / 16, 1e-15);
    assertEquals(second, { tp: 0, fp: 0, fn: 0, tn: 0 });
  }
  const weightless = of(0, [0, 0], [each[0], each[0]]); // scores are defined, and none counts
  assertEquals(
    countsPartials(weightless, weightless.whole, recall),
    [0, 0].map(() => ({ tp: 0, fp: 0, fn: 0, tn: 0 })),
  );
  const empty = of("skip", [1, 3], none);
  assertEquals(countsPartials(empty, empty.whole, recall), [0, 0].map(() => ({ tp: 0, fp: 0, fn: 0, tn: 0 })));
});

Deno.test("without weights the counts are added up and scored once", () => {
  const each = [{ tp: 3, fp: 1, fn: 1, tn: 2 }, { tp: 1, fp: 2, fn: 3, tn: 4 }];
  const scored = scoreCounts(each, undefined, { score: recall, zeroDivision: 0 });
  assertEquals(scored, {
    value: 0.5,
    values: [0.5],
    whole: 1,
    counts: [{ tp: 4, fp: 3, fn: 4, tn: 6 }],
    weights: [1],
  });
  assertEquals(scalePartials(-2, [{ tp: 1, fp: 2, fn: 3, tn: 4 }]), [{ tp: -2, fp: -4, fn: -6, tn: -8 }]);
});

Deno.test("a class of weight 0 is never asked for its gradient", () => {
  const asked: Counts[] = [];
  const score: Score = { ...recall, gradient: (counts) => (asked.push(counts), recall.gradient(counts)) };
  const scored = scoreCounts(
    [{ tp: 1, fp: 0, fn: 1, tn: 0 }, { tp: 2, fp: 0, fn: 1, tn: 0 }],
    [0, 1],
    { score, zeroDivision: 0 },
  );
  countsPartials(scored, scored.whole, score);
  assertEquals(tps(asked), [2]);
});

Deno.test("a gradient beyond the array's range becomes its largest number, of either sign", () => {
  const steep = (tp: number): Scoring =>
    setting("micro", { score: { ...hits, gradient: () => ({ tp, fp: 0, fn: 0, tn: 0 }) } });
  const one: Batch = { rows: 1, classes: 1, yTrue: [1], yPred: [0.5] };
  assertEquals([...scoredBy(one, steep(1e300)).gradient()], [largestFloat32]);
  assertEquals([...scoredBy(one, steep(1e300)).gradient(-1)], [-largestFloat32]);
  assertEquals([...scoredBy(one, steep(1e300)).gradient(1, new Float64Array(1))], [2e300]);
  assertEquals([...scoredBy(one, steep(1.5e308)).gradient(1, new Float64Array(1))], [Number.MAX_VALUE]);
  assertEquals([...scoredBy(one, steep(largestFloat32 / 2)).gradient()], [largestFloat32]);
});

Deno.test("a score or a step of one's own that errs is named, with the number that it gave", () => {
  const says = (call: () => unknown, sentence: string, error: ErrorConstructor = TypeError) =>
    assertStrictEquals(assertThrows(call, error).message, `Cannot compute hits: ${sentence}`);
  for (const value of [Infinity, -Infinity, "3" as never, undefined as never]) {
    const text = typeof value === "string" ? `'${value}'` : `${value}`;
    says(
      () => scoredBy(batch, setting("micro", { score: { ...hits, value: () => value } })),
      `the score's value is ${text}`,
    );
  }
  const partials = { tp: 1, fp: 1, fn: 1, tn: 1 };
  for (const gradient of [{ ...partials, fn: NaN }, { ...partials, fn: "1" }, { tp: 1, fp: 1, tn: 1 }]) {
    const score = { ...hits, gradient: () => gradient as Counts };
    const text = "fn" in gradient ? typeof gradient.fn === "string" ? "'1'" : "NaN" : "undefined";
    says(
      () => scoredBy(batch, setting("micro", { score })).gradient(),
      `the score's derivative with respect to 'fn' is ${text}`,
    );
  }
  const nothing = { ...hits, gradient: () => undefined as unknown as Counts };
  says(
    () => scoredBy(batch, setting("micro", { score: nothing })).gradient(),
    "the score's derivative with respect to 'tp' is undefined",
  );
  const infinite = { ...hits, gradient: () => ({ ...partials, tp: Infinity }) };
  assertStrictEquals(scoredBy(batch, setting("micro", { score: infinite })).gradient()[0], largestFloat32);
  const zero = scoredBy(batch, setting("micro", { score: infinite })).gradient(0);
  assert(zero.every((g) => g === 0), `0·∞ is 0 in ${zero}`);

  const broken = (at: number, value: number): Decided => {
    const decisions = Float64Array.from(batch.yPred);
    decisions[at] = value;
    return { decisions, back: () => {} };
  };
  says(() => countBatch(batch, broken(2, NaN), setting("macro")), "the step's value at the output 0.25 is NaN");
  says(() => countBatch(batch, broken(5, Infinity), setting("macro")), "the step's value at the output 1 is Infinity");
  says(() => countBatch(batch, broken(5, NaN), setting("samples")), "the step's value at the output 1 is NaN");
  says(
    () => scoredBy({ ...batch, sampleWeight: Array(6).fill(1.7e308) }, setting("macro")),
    "the counts are not finite, the weights are too large",
    RangeError,
  );
  const dead: Decided = { ...decide(batch), back: (gradient) => void (gradient[3] = NaN) };
  says(
    () => scoreBatch(batch, dead, setting("macro")).gradient(),
    "the step's derivative at the output 0.25 is NaN",
  );
  const first: Decided = { ...decide(batch), back: (gradient) => void (gradient[0] = NaN) };
  says(() => scoreBatch(batch, first, setting("macro")).gradient(), "the step's derivative at the output 0.75 is NaN");
});

Deno.test("weightsOfClasses: those of the option, times the positives for the average weighted; none where counts are added", () => {
  const each = [{ tp: 3, fp: 9, fn: 2, tn: 9 }, { tp: 1, fp: 9, fn: 0, tn: 9 }], classWeights = [2, 0.5];
  assertEquals(weightsOfClasses(each, { average: "macro" }), [1, 1]);
  assertEquals(weightsOfClasses(each, { average: "macro", classWeights }), classWeights);
  assertEquals(weightsOfClasses(each, { average: "weighted", classWeights }), [10, 0.5]);
  assertEquals(weightsOfClasses(each, { average: "micro", classWeights }), undefined);
});

// The two passes over the data, against loops written from the definition.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Counts, identity, round, steps } from "../../lib/mod.ts";
import { countsGradient, type Rows, softCounts } from "../../lib/core.ts";
import { liftOf, scaleCounts, spacedSlices, sumCounts, takeSlice } from "../../lib/counts/counts.ts";
import { assertWithin, random } from "../helpers.ts";
import { slow } from "../slow.ts";

const keys = ["tp", "fp", "fn", "tn"] as const;
const someSteps = [
  identity(),
  round(),
  steps.softsign(),
  steps.logistic({ slope: 3, threshold: 0.3 }),
  steps.linearRamp(),
];

const aStep = fc.constantFrom(...someSteps);
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const row = fc.record({ y: unit, p: unit, w: fc.double({ min: 0, max: 9, noNaN: true }) });
const table = fc.array(row, { minLength: 1, maxLength: 30 });

const toRows = (rows: { y: number; p: number; w: number }[]): Rows => ({
  yTrue: rows.map(({ y }) => y),
  yPred: rows.map(({ p }) => p),
  sampleWeight: rows.map(({ w }) => w),
});

/** Each count by itself, from its definition. */
function naive(rows: { y: number; p: number; w: number }[], s: (p: number) => number): Counts {
  const sum = (term: (y: number, s: number) => number) =>
    rows.map(({ y, p, w }) => w * term(y, s(p))).reduce((a, b) => a + b, 0);
  return {
    tp: sum((y, s) => y * s),
    fp: sum((y, s) => (1 - y) * s),
    fn: sum((y, s) => y * (1 - s)),
    tn: sum((y, s) => (1 - y) * (1 - s)),
  };
}

function assertCounts(actual: Counts, expected: Counts, tolerance: number): void {
  for (const key of keys) assertWithin(actual[key], expected[key], tolerance, key);
}

Deno.test("counts are added and multiplied one by one", () => {
  const a: Counts = { tp: 1, fp: 2, fn: 3, tn: 4 }, b: Counts = { tp: 10, fp: 30, fn: 50, tn: 70 };
  assertEquals(sumCounts(a, b), { tp: 11, fp: 32, fn: 53, tn: 74 });
  assertEquals(scaleCounts(-2, b), { tp: -20, fp: -60, fn: -100, tn: -140 });
});

Deno.test("soft counts are the four sums of their definition", () => {
  fc.assert(fc.property(table, aStep, (rows, step) => {
    assertCounts(softCounts(toRows(rows), step), naive(rows, step.value), 1e-12);
  }));
});

Deno.test("under round they are the confusion matrix", () => {
  const rows = { yTrue: [1, 1, 1, 0, 0, 0, 0], yPred: [0.9, 0.6, 0.5, 0.51, 0.5, 0, 1] };
  assertEquals(softCounts(rows, round()), { tp: 2, fp: 2, fn: 1, tn: 2 });
  assertEquals(softCounts(rows, round({ threshold: 0.95 })), { tp: 0, fp: 1, fn: 3, tn: 3 });
});

Deno.test("without weights every row counts once", () => {
  fc.assert(fc.property(table, aStep, (rows, step) => {
    const { yTrue, yPred } = toRows(rows);
    assertEquals(
      softCounts({ yTrue, yPred }, step),
      softCounts({ yTrue, yPred, sampleWeight: rows.map(() => 1) }, step),
    );
  }));
});

Deno.test("no rows, no counts", () => {
  assertEquals(softCounts({ yTrue: [], yPred: [] }, identity()), { tp: 0, fp: 0, fn: 0, tn: 0 });
  assertEquals(countsGradient({ yTrue: [], yPred: [] }, identity(), { tp: 1, fp: 1, fn: 1, tn: 1 }).length, 0);
});

Deno.test("NaN in any column makes the counts NaN, and the gradient of its row only", () => {
  const sound = { yTrue: [1, 0], yPred: [0.9, 0.4], sampleWeight: [1, 2] };
  for (const column of ["yTrue", "yPred", "sampleWeight"] as const) {
    const rows = { ...sound, [column]: [NaN, sound[column][1]] };
    for (const key of keys) assertStrictEquals(softCounts(rows, steps.softsign())[key], NaN);
    const gradient = countsGradient(rows, steps.softsign(), { tp: 1, fp: 2, fn: 0, tn: 0 });
    assertEquals([...gradient].map(Number.isNaN), [true, false]);
  }
});

Deno.test("the gradient of the counts is w·s′·(y·(∂TP − ∂FN) + (1 − y)·(∂FP − ∂TN)), in float32", () => {
  const partial = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(fc.property(table, aStep, fc.tuple(partial, partial, partial, partial), (rows, step, [tp, fp, fn, tn]) => {
    const gradient = countsGradient(toRows(rows), step, { tp, fp, fn, tn });
    rows.forEach(({ y, p, w }, i) => {
      const s1 = step.derivative(p);
      // The four counts move by w·y·s′, w·(1−y)·s′, −w·y·s′, −w·(1−y)·s′.
      const expected = w * y * s1 * tp + w * (1 - y) * s1 * fp - w * y * s1 * fn - w * (1 - y) * s1 * tn;
      // Half an ulp of float32, and the cancellation of terms of up to 9·10·20.
      assertWithin(gradient[i], expected, Math.abs(expected) * 6.1e-8 + 1e-12 + 1e-45);
    });
  }));
});

Deno.test("a gradient beyond float32 becomes its largest number, of either sign, not infinite", () => {
  const largest = 3.4028234663852886e38;
  const rows = { yTrue: [1, 0, 1], yPred: [0.5, 0.5, 0.5], sampleWeight: [1, 1, 0] };
  const gradient = countsGradient(rows, identity(), { tp: 1e300, fp: -1e300, fn: 0, tn: 0 });
  assertEquals([...gradient], [largest, -largest, 0]);
});

Deno.test("a gradient of counts refuses rows, a step, partial derivatives or room that do not fit, by name", () => {
  const rows = { yTrue: [1, 0], yPred: [0.5, 0.2] }, partials = { tp: 1, fp: 0, fn: 0, tn: 0 };
  const refusals: [() => unknown, string][] = [
    [() => countsGradient({ ...rows, yTrue: [1] }, identity(), partials), "'yTrue' has the length 1, 'yPred' has 2"],
    [() => countsGradient(undefined as never, identity(), partials), "'yTrue' must be an array of numbers"],
    [() => countsGradient(rows, undefined as never, partials), "'step.derivative' must be a function, it is undefined"],
    [() => countsGradient(rows, identity(), { ...partials, fn: "1" as never }), "'fn' must be a number, it is '1'"],
    [() => countsGradient(rows, identity(), undefined as never), "'tp' must be a number, it is undefined"],
    [
      () => countsGradient(rows, identity(), partials, new Float64Array(1)),
      "'gradient' has the length 1, 'yPred' has 2",
    ],
  ];
  for (const [call, sentence] of refusals) assertThrows(call, Error, `Cannot compute the gradient: ${sentence}`);
});

slow.test("ten million rows of a rare class: the counts and the loss are right to 5e-8", () => {
  const n = 1e7, next = random(7);
  const yTrue = new Uint8Array(n), yPred = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    yTrue[i] = next() < 0.01 ? 1 : 0;
    const u = next();
    yPred[i] = yTrue[i] ? u : u ** 8 * 0.5; // mostly near 0
  }
  const step = steps.softsign({ slope: 10 });
  // Kahan's sums, of the identity tp + fp = Σ s and of the definition of tp.
  let all = 0, lost = 0, hits = 0, lostHits = 0;
  for (let i = 0; i < n; i++) {
    const s = step.value(yPred[i]);
    let term = s - lost, sum = all + term;
    lost = (sum - all) - term;
    all = sum;
    if (!yTrue[i]) continue;
    term = s - lostHits;
    sum = hits + term;
    lostHits = (sum - hits) - term;
    hits = sum;
  }
  const { tp, fp, fn, tn } = softCounts({ yTrue, yPred }, step);
  assertWithin(1 - tp / (tp + fp), 1 - hits / all, 5e-8);
  assertWithin(tp / hits, 1, 1e-11);
  assertWithin((tp + fp) / all, 1, 1e-11);
  assertWithin((tp + fp + fn + tn) / n, 1, 1e-11);
  // A float32 sum would be off by more: the bound means something.
  const float32 = new Float32Array(1);
  for (let i = 0; i < n; i++) float32[0] += step.value(yPred[i]);
  assert(Math.abs(float32[0] / all - 1) > 1e-5);
});

Deno.test("spacedSlices: the columns of a table row by row, and rows of their own", () => {
  const columns = spacedSlices(3, 1, 3, 2), rows = spacedSlices(2, 5, 1, 5);
  assertEquals(columns.map(({ offset }) => offset), [0, 1, 2]);
  assertEquals(rows, [{ offset: 0, stride: 1, length: 5 }, { offset: 5, stride: 1, length: 5 }]);
  assertEquals(spacedSlices(0, 1, 1, 1), []);
});

Deno.test("takeSlice: the entries of a slice that have a weight, without a copy where that is all", () => {
  const rows = { yTrue: [1, 0, 1, 0], yPred: [0.9, 0.8, 0.7, 0.6] }, whole = { offset: 0, stride: 1, length: 4 };
  const taken = (slice = whole, sampleWeight?: readonly number[]) =>
    Object.values(takeSlice({ ...rows, sampleWeight }, slice)).map((values) => values && [...values as number[]]);
  assertStrictEquals(takeSlice(rows, whole).yPred, rows.yPred);
  assertEquals(taken({ offset: 1, stride: 2, length: 2 }), [[0, 0], [0.8, 0.6], undefined]);
  assertEquals(taken({ offset: 0, stride: 1, length: 2 }), [[1, 0], [0.9, 0.8], undefined]);
  assertEquals(taken(whole, [2, 0, 3, 0]), [[1, 1], [0.9, 0.7], [2, 3]]);
});

Deno.test("liftOf: a power of two where the product of two counts is next to nothing, else 1", () => {
  assertEquals([0, 9.9e-201, 1e-200, 1].map(liftOf), [2 ** 600, 2 ** 600, 1, 1]);
});

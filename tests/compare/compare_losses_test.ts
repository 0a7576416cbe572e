// compareLosses: the statistics against SciPy's numbers, the sentence, data that leak nothing, what is refused.
import * as tf from "@tensorflow/tfjs";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import pl from "nodejs-polars";
import { precisionAtRecall } from "@roundabout/roundabout";
import { compareLosses, type CompareLossesOptions, type Frame } from "@roundabout/roundabout/compare";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { comparisonDisplay } from "@roundabout/roundabout/display";
import { partsOf } from "../../lib/compare/contest.ts";
import { correctedInterval, differencesOf } from "../../lib/compare/intervals.ts";
import { recommend } from "../../lib/compare/recommend.ts";
import type { ComparedDifference, ComparedLoss } from "../../lib/compare/types.ts";
import { inferDataset } from "../../lib/compare/infer_dataset.ts";
import { slow } from "../slow.ts";

const reference = JSON.parse(Deno.readTextFileSync(new URL("../reference/corrected_interval.json", import.meta.url)));

Deno.test("correctedInterval: SciPy's quantiles", () => {
  for (const { differences, testByTrain, together, mean, low, high } of reference.cases) {
    const own = correctedInterval(differences, testByTrain, together);
    assertAlmostEquals(own.mean, mean, 1e-14);
    assertAlmostEquals(own.low, low, 1e-9);
    assertAlmostEquals(own.high, high, 1e-9);
  }
});

Deno.test("correctedInterval: shifts with the differences, scales with them, wider for more together", () => {
  const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 20 });
  fc.assert(fc.property(numbers, fc.double({ min: -1, max: 1, noNaN: true }), (list, by) => {
    const own = correctedInterval(list, 1 / 3, 1), moved = correctedInterval(list.map((d) => d + by), 1 / 3, 1);
    assertAlmostEquals(moved.low, own.low + by, 1e-9);
    const twice = correctedInterval(list.map((d) => 2 * d), 1 / 3, 1);
    assertAlmostEquals(twice.high - twice.low, 2 * (own.high - own.low), 1e-9);
    const together = correctedInterval(list, 1 / 3, 6);
    assert(together.low <= own.low && together.high >= own.high);
  }));
});

Deno.test("correctedInterval: of independent differences it holds the true mean in 95 % of the cases", () => {
  const random = seededRandom(3), tries = 2000;
  let held = 0;
  for (let i = 0; i < tries; i++) {
    const { low, high } = correctedInterval(Array.from({ length: 10 }, () => 0.3 + random.normal()), 0, 1);
    if (low <= 0.3 && high >= 0.3) held++;
  }
  assert(Math.abs(held / tries - 0.95) < 0.015, `${held} of ${tries}`); // three standard errors
});

const lossRow = (
  model: ComparedLoss["model"],
  loss: string,
  threshold: ComparedLoss["threshold"],
  values: number[],
): ComparedLoss => ({ model, loss, threshold, values, mean: values.reduce((a, b) => a + b) / values.length });

const wave = [0.01, -0.01, 0.005, -0.005];
const around = (middle: number) => wave.map((w) => middle + w);

/** Losses of one model that lie around these means: cross-entropy tuned, at ½, the F1 loss tuned, at ½. */
function made(tuned: number, untuned: number, f1Tuned: number, f1Fixed: number): ComparedLoss[] {
  return [
    lossRow("linear", "cross-entropy", "tuned", around(tuned)),
    lossRow("linear", "cross-entropy", "0.5", around(untuned)),
    lossRow("linear", "f1 loss", "tuned", around(f1Tuned)),
    lossRow("linear", "f1 loss", "0.5", around(f1Fixed)),
  ];
}

const said = (losses: ComparedLoss[], score = "f1") =>
  recommend(losses, differencesOf(losses, 1 / 3), { score, testByTrain: 1 / 3 });

Deno.test("the sentence: what is surely better is named, and nothing else is", () => {
  assertEquals(
    said(made(0.8, 0.7, 0.9, 0.9)),
    "Use the f1 loss with a tuned threshold; where the threshold has to stay at 0.5, use the f1 loss. On the linear model " +
      "with tuned thresholds cross-entropy's f1 is 0.8000 (margin 0.0200); the f1 loss is surely above it (+0.1000, +0.1000 " +
      "to +0.1000). At 0.5 cross-entropy's f1 is 0.7000 (margin 0.0200); the f1 loss is surely above it (+0.2000, +0.2000 " +
      "to +0.2000).",
  );
  const tuning = said(made(0.8, 0.7, 0.79, 0.79));
  assertMatch(
    tuning,
    /^Use cross-entropy with a tuned threshold; where the threshold has to stay at 0.5, use the f1 loss\./,
  );
  assertStringIncludes(tuning, "every other loss is surely worse, by less than the margin (−0.0100)");
  assertMatch(said(made(0.7, 0.8, 0.7, 0.8)), /^Use cross-entropy at 0.5\. .* at 0.5 is surely better \(\+0.1000/);
});

Deno.test("the sentence: a difference whose interval excludes 0 is sure, however small", () => {
  const digits = [
    lossRow("linear", "cross-entropy", "argmax", around(0.96)),
    lossRow("linear", "f1 loss, argmax", "argmax", around(0.9575).map((v, i) => v + [0.0005, -0.0005][i % 2])),
  ];
  assertMatch(
    said(digits),
    /^Use cross-entropy\. On .* is 0\.9600 \(margin 0\.0040\); every other loss is surely worse, by less than the margin \(−0\.0025\)\.$/,
  );
});

Deno.test("the sentence: of losses that tie it takes the simplest", () => {
  const shaken = (one: ComparedLoss, by: number) =>
    lossRow(one.model, one.loss, one.threshold, one.values.map((v, i) => v + by * [1, -1, 1, -1][i]));
  const rows = (weighted: number, by: number) => [
    ...made(0.8, 0.7, 0.8, 0.9),
    lossRow("linear", "cross-entropy, class weights", "tuned", around(0.8)),
    shaken(lossRow("linear", "cross-entropy, class weights", "0.5", around(weighted)), by),
  ];
  const tie = said(rows(0.898, 0.005));
  assertMatch(tie, /where the threshold has to stay at 0.5, use cross-entropy with class weights\./);
  assertMatch(
    tie,
    /with class weights is surely above it \(\+0\.1980, .*\); it ties with the f1 loss, whose lead of \+0\.0020 is not sure \(−0\.\d+ to \+0\.\d+\)\.$/,
  );
  assertMatch(said(rows(0.85, 0.005)), /where the threshold has to stay at 0.5, use the f1 loss\./); // a sure lead
});

/** The same with noise of its own for each but the first. */
const noisy = (losses: ComparedLoss[], size: number): ComparedLoss[] =>
  losses.map((one, i) =>
    i === 0 ? one : lossRow(
      one.model,
      one.loss,
      one.threshold,
      one.values.map((v, j) => v + size * [0.3, -0.3, 0.2, -0.2][(i + j) % 4]),
    )
  );

Deno.test("the sentence: no difference, and no difference that can be told, are not the same", () => {
  assertEquals(
    said(noisy(made(0.8, 0.8, 0.8, 0.8), 0.01)),
    "No difference: use cross-entropy, the simplest. On the linear model with tuned thresholds cross-entropy's f1 is 0.8000 " +
      "(margin 0.0200); the intervals of the others lie within the margin, −0.0094 to +0.0094. At 0.5 cross-entropy's f1 is " +
      "0.8000 (margin 0.0200); the intervals of the others lie within the margin, −0.0028 to +0.0028.",
  );
  // The same intervals around a better model: what was little is no longer.
  const open = said(noisy(made(0.96, 0.96, 0.96, 0.96), 0.01));
  assertMatch(
    open,
    /^No difference can be told: use cross-entropy, the simplest\. .* \(margin 0\.0040\); the intervals of the/,
  );
  assertMatch(open, /the others reach from −0\.0094 to \+0\.0094\. .* More splits than 4, or more rows, may tell\.$/);
  const twelve = noisy(made(0.6, 0.2, 0.5, 0.4), 5).map((one) =>
    lossRow(one.model, one.loss, one.threshold, [...one.values, ...one.values, ...one.values])
  );
  assertMatch(said(twelve), /It takes more rows to tell\.$/);
  // What is open for the own threshold alone is said of it alone.
  const own = made(0.8, 0.8, 0.7, 0.8).map((one, i) => i === 1 ? noisy([one, one], 1)[1] : one);
  assertMatch(
    said(own),
    /^Use cross-entropy\. .* every other loss is surely worse .* at 0.5 is not surely different \(/,
  );
});

Deno.test("the sentence of several classes: one decision, and no threshold in it", () => {
  const of = (f1: number[]) =>
    said([
      lossRow("network", "cross-entropy", "argmax", around(0.8)),
      lossRow("network", "f1 loss, argmax", "argmax", f1),
    ], "macro f1");
  assertEquals(
    of(around(0.9)),
    "Use the f1 loss, argmax. On the network cross-entropy's macro f1 is 0.8000 (margin 0.0200); the f1 loss, argmax is surely " +
      "above it (+0.1000, +0.1000 to +0.1000).",
  );
  assertEquals(
    of(around(0.7)),
    "Use cross-entropy. On the network cross-entropy's macro f1 is 0.8000 (margin 0.0200); every other loss is surely worse " +
      "(−0.1000).",
  );
  assertMatch(
    of([0.3, 0.9, 0.8, 0.99]),
    /^No difference can be told: use cross-entropy, the simplest\. On the network /,
  );
  assertMatch(of([0.81, 0.79, 0.805, 0.794]), /^No difference: use cross-entropy, the simplest\. .* within the margin/);
});

Deno.test("differencesOf: split by split, as many together as there are", () => {
  const losses = made(0.8, 0.7, 0.9, 0.65), of = differencesOf(losses, 1 / 3);
  const keys = of.map(({ loss, threshold, against }: ComparedDifference) => [loss, threshold, against]);
  assertEquals(keys, [["cross-entropy", "0.5", "tuned"], ["f1 loss", "tuned", "tuned"], ["f1 loss", "0.5", "0.5"]]);
  assertAlmostEquals(of[0].mean, -0.1, 1e-12);
  assertAlmostEquals(of[2].mean, -0.05, 1e-12);
});

function frameOf(rows: number, extra: Record<string, unknown[]> = {}): Frame {
  const { x, y } = syntheticBinary({ rows, prevalence: 0.3, separation: 3, seed: 1 });
  return pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ...extra, ill: Array.from(y) });
}

slow.test("compareLosses: same seed, same numbers; all losses, models and thresholds; progress to the end", async () => {
  const before = tf.memory().numTensors, progress: number[] = [];
  const options: CompareLossesOptions = { label: "ill", repeats: 3, seed: 5 };
  const one = await compareLosses(frameOf(150), { ...options, onProgress: ({ done }) => progress.push(done) });
  const two = await compareLosses(frameOf(150), options);
  assertEquals(JSON.stringify(one), JSON.stringify(two));
  assertEquals(progress, Array.from({ length: 24 }, (_, i) => i + 1));
  assertEquals(one.losses.length, 16);
  assert(one.losses.every(({ values, mean }) => values.length === 3 && mean > 0.75 && mean <= 1));
  assertEquals(one.differences.length, 14);
  for (const { loss } of one.losses) assertStringIncludes(String(one), loss);
  assertStringIncludes(String(one), one.recommendation);
  assertEquals(tf.memory().numTensors, before);
});

slow.test("compareLosses: labels that have nothing to do with the columns: no loss is said to be better", async () => {
  const random = seededRandom(8), rows = 200;
  const frame = pl.DataFrame({
    a: Array.from({ length: rows }, () => random.normal()),
    y: Array.from({ length: rows }, () => Number(random.uniform() < 0.5)),
  });
  const { recommendation } = await compareLosses(frame, { label: "y", repeats: 5, score: "accuracy" });
  assertMatch(recommendation, /^(No difference can be told|Use cross-entropy|No difference)/);
  assert(!recommendation.includes("Use the"), recommendation);
});

slow.test("compareLosses: where positives are fewer and the threshold stays, class weights do as well as the F1 loss", async () => {
  const { x, y } = syntheticBinary({ rows: 1000, prevalence: 0.3, separation: 1, seed: 4 });
  const frame = pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ill: Array.from(y) });
  const { differences, recommendation } = await compareLosses(frame, {
    label: "ill",
    repeats: 8,
  });
  const fixed = differences.find((d) => d.model === "network" && d.against === "0.5" && /softsign/.test(d.loss))!;
  assert(fixed.low > 0, `${fixed.low}`);
  assertMatch(
    recommendation,
    /where the threshold has to stay at 0.5, use cross-entropy with class weights\. .* it ties with the f1 loss/,
  );
});

slow.test("compareLosses: a score with a floor, categories, gaps, a label of three texts", async () => {
  const rows = 120, kinds = ["cat", "dog", "owl"];
  const frame = frameOf(rows, {
    home: Array.from({ length: rows }, (_, i) => i % 17 === 0 ? null : ["rent", "own"][i % 2]),
    age: Array.from({ length: rows }, (_, i) => i % 11 === 0 ? null : i % 60),
    none: Array.from({ length: rows }, () => ""),
    kind: Array.from({ length: rows }, (_, i) => kinds[i % 3]),
  });
  const options: CompareLossesOptions = { label: "kind", positive: "owl", drop: ["ill"], repeats: 3 };
  const comparison = await compareLosses(frame, { ...options, score: precisionAtRecall({ recall: 0.5 }) });
  const { score, data, losses } = comparison;
  for (
    const words of [
      "difference to cross-entropy, same threshold rule *",
      "margin: a tenth of what cross-entropy's score lacks to a perfect one, at most 0.02",
      "where recall is under 0.5, four times what is missing, so it can be below 0",
      "categories, a column a value: home: 2 columns",
    ]
  ) assertStringIncludes(String(comparison), words);
  assertEquals(score, "precisionAtRecall0.5");
  assertEquals([data.classes, data.chosen], [
    [{ name: "other", rows: 80 }, { name: "owl", rows: 40 }],
    "as asked, against 2 others",
  ]);
  assertEquals([data.features, data.categorical], [["a", "b", "home", "age"], ["home"]]);
  assertEquals(data.categories, { home: 2 });
  assertEquals([data.missing, data.empty], [{ home: 8, age: 11 }, ["none"]]);
  assert(losses[0].loss === "cross-entropy" && losses.some(({ loss }) => loss.startsWith("precisionAtRecall0.5 loss")));
});

Deno.test("the splits: training rows alone scale and fill; a row is in one part", () => {
  const frame = frameOf(100), infer = (f: Frame) => inferDataset(f, { label: "ill" });
  const { train, validation, test } = partsOf(infer(frame), 1);
  assertEquals([train, validation, test].map(({ y }) => y.length), [60, 20, 20]);
  const means = [0, 1].map((j) => {
    const column = Array.from(train.x).filter((_, i) => i % 2 === j);
    return column.reduce((sum, v) => sum + v, 0) / column.length;
  });
  means.forEach((mean) => assertAlmostEquals(mean, 0, 1e-6));
  const others = partsOf(infer(frame), 2);
  assert(train.x[0] !== others.train.x[0]);
});

Deno.test("compareLosses: what is refused, before any work, by name", async () => {
  const frame = frameOf(60), names = Array.from({ length: 200 }, (_, i) => `n${i}`);
  const several = frameOf(60, { kind: Array.from({ length: 60 }, (_, i) => "abc"[i % 3]) });
  const refused: [Frame, Partial<CompareLossesOptions>, RegExp][] = [
    [frame, { label: "y" }, /there is no column 'y', there are a, b, ill/],
    [frame, { drop: ["c"] }, /there is no column 'c'/],
    [frame, { drop: ["ill"] }, /'drop' has the label/],
    [frame, { drop: ["a", "b"] }, /no column besides the label/],
    [frame, { label: "a" }, /needs 10 rows at least, '.*' of 'a' has 1 \(it has 60 values; name one with 'positive'/],
    [frame, { positive: "2" }, /'positive' must be a value of 'ill' \('0', '1'\), it is '2'/],
    [frame, { repeats: 2 }, /'repeats' must be an integer from 3/],
    [frame, { seed: -1 }, /'seed' must be an integer/],
    [frame, { score: "precision" }, /'score' is 'precision' alone, at which one sure positive is perfect/],
    [frame, { score: "f2" as "f1" }, /f2/],
    [frame, { labels: "ill" } as Partial<CompareLossesOptions>, /there is no option 'labels'/],
    [frame, { label: 3 as unknown as string }, /'label' must be the name of a column, it is 3/],
    [frameOf(20), {}, /each class needs 10 rows at least, '1' of 'ill' has 6/],
    [frameOf(60, { c: Array(60).fill(1) }), { label: "c" }, /the label 'c' has no other value than '1'/],
    [several, { label: "kind", score: "accuracy" }, /'score' is 'accuracy', whose mean over more than two classes/],
    [several, { label: "kind", score: precisionAtRecall({ recall: 0.9 }) }, /'precisionAtRecall0.9', whose mean over/],
    [frameOf(200, { id: names }), {}, /the column 'id' has 200 different texts \('n0' in row 0\): leave it out/],
    [frameOf(60, { c: Array(60).fill(1).with(7, Infinity) }), {}, /the column 'c' is infinite in row 7/],
    [pl.DataFrame({ a: [1, 2], ill: [null, 1] }), {}, /the label 'ill' is missing in row 0/],
    [pl.DataFrame({ a: ["", null], ill: [0, 1] }), {}, /all columns besides 'ill' are empty/],
  ];
  for (const [data, options, sentence] of refused) {
    const before = tf.memory().numTensors;
    const error = await assertRejects(() => compareLosses(data, { label: "ill", ...options }), Error);
    assertMatch(error.message, sentence);
    assertEquals(tf.memory().numTensors, before);
  }
});

Deno.test("compareLosses: a signal stops it between two trainings", async () => {
  const stop = new AbortController(), before = tf.memory().numTensors;
  const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort(new Error("enough"));
  const options = { label: "ill", repeats: 3, onProgress, signal: stop.signal };
  await assertRejects(() => compareLosses(frameOf(100), options), Error, "enough");
  assertEquals(tf.memory().numTensors, before);
});

/** Rows of three classes, one of them rare, in two columns. */
function threeKinds(rows: number): Frame {
  const random = seededRandom(4), kinds = ["ash", "elm", "oak"];
  const of = Array.from({ length: rows }, (_, i) => i % 10 === 0 ? 2 : i % 2);
  const column = (at: number[]) => of.map((kind) => at[kind] + 0.7 * random.normal());
  return pl.DataFrame({ a: column([-1, 1, 0]), b: column([0, 0, 1.5]), kind: of.map((kind) => kinds[kind]) });
}

slow.test("compareLosses: of three classes the largest output decides, by the mean of the classes' scores", async () => {
  const options: CompareLossesOptions = { label: "kind", repeats: 3 };
  const comparison = await compareLosses(threeKinds(300), options), { losses, differences, score, data } = comparison;
  assertEquals([score, data.positive, data.classes.map(({ rows }) => rows)], ["macro f1", undefined, [120, 150, 30]]);
  const own = ["cross-entropy", "cross-entropy, class weights", "f1 loss, argmax"];
  assertEquals(
    losses.map(({ model, loss, threshold }) => [model, loss, threshold]),
    ["linear", "network"].flatMap((model) => own.map((loss) => [model, loss, "argmax"])),
  );
  assert(losses.every(({ mean }) => mean > 0.6), JSON.stringify(losses.map(({ mean }) => mean)));
  assertEquals(differences.map(({ against }) => against), Array(4).fill("argmax"));
  assertStringIncludes(String(comparison), "3 classes: kind = 'ash' 120, 'elm' 150, 'oak' 30");
  assertStringIncludes(String(comparison), "there is no threshold to tune");
  const shown = comparisonDisplay(comparison).text;
  for (const words of ["by the largest output", "3 classes of kind", comparison.recommendation]) {
    assertStringIncludes(shown, words);
  }
  assertEquals(JSON.stringify(comparison), JSON.stringify(await compareLosses(threeKinds(300), options)));
  const against = await compareLosses(threeKinds(300), { ...options, positive: "oak" });
  assertEquals([against.score, against.losses.length, against.data.positive], ["f1", 16, "oak"]);
  assertEquals((await compareLosses(threeKinds(300), { ...options, score: "recall" })).score, "macro recall");
});

// The statistics against SciPy's numbers, and the sentences that are made of them.
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { seededRandom } from "@roundabout/roundabout/data";
import { correctedInterval, differencesOf } from "../../lib/compare/intervals.ts";
import { marginOf, recommend } from "../../lib/compare/recommend.ts";
import type { ComparedDifference, ComparedLoss } from "../../lib/compare/types.ts";
import { advice, around, lossRow } from "./fixtures.ts";

const reference = JSON.parse(Deno.readTextFileSync(new URL("../reference/corrected_interval.json", import.meta.url)));

Deno.test("correctedInterval: SciPy's quantiles", () => {
  for (const { differences, testByTrain, together, mean, low, high } of reference.cases) {
    const own = correctedInterval(differences, testByTrain, together);
    assertAlmostEquals(own.mean, mean, 1e-14);
    assertAlmostEquals(own.low, low, 1e-9);
    assertAlmostEquals(own.high, high, 1e-9);
  }
});

Deno.test("correctedInterval: shifts and scales with the differences, is wider for more intervals", () => {
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

const wave = [0.01, -0.01, 0.005, -0.005];
const near = (middle: number) => wave.map((w) => middle + w);

/** Losses of one model that lie around these means: cross-entropy tuned, at ½, the F1 loss tuned, at ½. */
function made(tuned: number, untuned: number, f1Tuned: number, f1Fixed: number): ComparedLoss[] {
  return [
    lossRow("cross-entropy", "tuned", near(tuned)),
    lossRow("cross-entropy", "0.5", near(untuned)),
    lossRow("f1 loss", "tuned", near(f1Tuned)),
    lossRow("f1 loss", "0.5", near(f1Fixed)),
  ];
}

Deno.test("the sentence: what is significantly better is named, and nothing else is", () => {
  assertEquals(
    advice(made(0.8, 0.7, 0.9, 0.9)),
    "Use the f1 loss with a tuned threshold; if the threshold must stay at 0.5, use the f1 loss. With the linear model " +
      "and tuned thresholds, cross-entropy's f1 is 0.8000 (margin 0.0200); the f1 loss is significantly better (+0.1000, +0.1000 " +
      "to +0.1000). At 0.5, cross-entropy's f1 is 0.7000 (margin 0.0200); the f1 loss is significantly better (+0.2000, +0.2000 " +
      "to +0.2000).",
  );
  const tuning = advice(made(0.8, 0.7, 0.79, 0.79));
  assertMatch(
    tuning,
    /^Use cross-entropy with a tuned threshold; if the threshold must stay at 0.5, use the f1 loss\./,
  );
  assertStringIncludes(tuning, "every other loss is significantly worse, by less than the margin (−0.0100)");
  assertMatch(
    advice(made(0.7, 0.8, 0.7, 0.8)),
    /^Use cross-entropy at 0.5\. .* at 0.5 is significantly better \(\+0.1000/,
  );
});

Deno.test("the sentence: a difference whose interval excludes 0 is sure, however small", () => {
  const digits = [
    lossRow("cross-entropy", "argmax", near(0.96)),
    lossRow("f1 loss, argmax", "argmax", near(0.9575).map((v, i) => v + [0.0005, -0.0005][i % 2])),
  ];
  assertMatch(
    advice(digits),
    /^Use cross-entropy\. With .* is 0\.9600 \(margin 0\.0040\); every other loss is significantly worse, by less than the margin \(−0\.0025\)\.$/,
  );
});

Deno.test("the sentence: of losses that tie it takes the simplest", () => {
  const shaken = (one: ComparedLoss, by: number) =>
    lossRow(one.loss, one.threshold, one.values.map((v, i) => v + by * [1, -1, 1, -1][i]), one.model);
  const rows = (weighted: number, by: number) => [
    ...made(0.8, 0.7, 0.8, 0.9),
    lossRow("cross-entropy, class weights", "tuned", near(0.8)),
    shaken(lossRow("cross-entropy, class weights", "0.5", near(weighted)), by),
  ];
  const tie = advice(rows(0.898, 0.005));
  assertMatch(tie, /if the threshold must stay at 0.5, use cross-entropy with class weights\./);
  assertMatch(
    tie,
    /with class weights is significantly better \(\+0\.1980, .*\); it ties with the f1 loss, whose lead of \+0\.0020 is not significant \(−0\.\d+ to \+0\.\d+\)\.$/,
  );
  assertMatch(advice(rows(0.85, 0.005)), /if the threshold must stay at 0.5, use the f1 loss\./); // a sure lead
  assertMatch(
    advice(rows(0.85, 0.3)), // not better than cross-entropy, not behind the f1 loss
    /0\.5, use cross-entropy with class weights \(itself not significantly better than cross-entropy; it ties with the f1 loss, which is\)\./,
  );
});

/** The same with noise of its own for each but the first. */
const noisy = (losses: ComparedLoss[], size: number): ComparedLoss[] =>
  losses.map((one, i) =>
    i === 0 ? one : lossRow(
      one.loss,
      one.threshold,
      one.values.map((v, j) => v + size * [0.3, -0.3, 0.2, -0.2][(i + j) % 4]),
      one.model,
    )
  );

Deno.test("the sentence: no difference and an inconclusive comparison are not the same", () => {
  assertEquals(
    advice(noisy(made(0.8, 0.8, 0.8, 0.8), 0.01)),
    "No difference: use cross-entropy, the simplest. With the linear model and tuned thresholds, cross-entropy's f1 is 0.8000 " +
      "(margin 0.0200); the other intervals lie within the margin, −0.0094 to +0.0094. At 0.5, cross-entropy's f1 is " +
      "0.8000 (margin 0.0200); the other intervals lie within the margin, −0.0028 to +0.0028.",
  );
  // The same intervals around a better model: what was little is no longer.
  const open = advice(noisy(made(0.96, 0.96, 0.96, 0.96), 0.01));
  assertMatch(
    open,
    /^Inconclusive: use cross-entropy, the simplest\. .* \(margin 0\.0040\); the other/,
  );
  assertMatch(
    open,
    /other intervals span −0\.0094 to \+0\.0094, beyond the margin: inconclusive\. .* More than 4 splits, or more rows, may decide\.$/,
  );
  const twelve = noisy(made(0.6, 0.2, 0.5, 0.4), 5).map((one) =>
    lossRow(one.loss, one.threshold, [...one.values, ...one.values, ...one.values], one.model)
  );
  assertMatch(advice(twelve), /Only more rows can decide\.$/);
  // What is open for the own threshold alone is said of it alone.
  const own = made(0.8, 0.8, 0.7, 0.8).map((one, i) => i === 1 ? noisy([one, one], 1)[1] : one);
  assertMatch(
    advice(own),
    /^Use cross-entropy\. .* every other loss is significantly worse .* at 0.5 is not significantly different \(/,
  );
});

Deno.test("the sentence of several classes: one decision, and no threshold in it", () => {
  const of = (f1: number[]) =>
    advice([
      lossRow("cross-entropy", "argmax", near(0.8), "network"),
      lossRow("f1 loss, argmax", "argmax", f1, "network"),
    ], "macro f1");
  assertEquals(
    of(near(0.9)),
    "Use the f1 loss, argmax. With the network, cross-entropy's macro f1 is 0.8000 (margin 0.0200); the f1 loss, argmax is significantly " +
      "better (+0.1000, +0.1000 to +0.1000).",
  );
  assertEquals(
    of(near(0.7)),
    "Use cross-entropy. With the network, cross-entropy's macro f1 is 0.8000 (margin 0.0200); every other loss is significantly worse " +
      "(−0.1000).",
  );
  assertMatch(
    of([0.3, 0.9, 0.8, 0.99]),
    /^Inconclusive: use cross-entropy, the simplest\. With the network, /,
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

Deno.test("the sentence: a lead whose interval ends at 0 is a tie; one just above 0 is not", () => {
  const rows = (weighted: number) => [
    lossRow("cross-entropy", "argmax", around(0.5)),
    lossRow("f1 loss", "argmax", around(0.75)),
    lossRow("cross-entropy, class weights", "argmax", around(weighted)),
  ];
  assertMatch(
    advice(rows(0.75)),
    /^Use cross-entropy with class weights\. .* ties with the f1 loss, whose lead of 0\.0000/,
  );
  assertMatch(advice(rows(0.75 - 2 ** -11)), /^Use the f1 loss\./); // a lead of 0.0005 in every split
});

Deno.test("the sentence: an interval that ends at 0 is not significant", () => {
  const same = [
    lossRow("cross-entropy", "argmax", around(0.5)),
    lossRow("f1 loss", "argmax", around(0.5)),
  ];
  assertMatch(
    advice(same),
    /^No difference: use .* within the margin, 0\.0000\. All losses have the same score on each of the 4 splits; more rows may/,
  );
  const perfect = ["cross-entropy", "f1 loss"].map((loss) => lossRow(loss, "argmax", [1, 1, 1, 1]));
  assertMatch(advice(perfect), /^No difference: use .* within the margin, 0\.0000\.$/); // more rows could not change it by much
});

Deno.test("the sentence: the lead of a tie holds jointly with the intervals of its group", () => {
  const losses = [
    ...made(0.8, 0.7, 0.899, 0.7),
    lossRow("cross-entropy, class weights", "tuned", near(0.898).map((v, i) => v + [0.01, -0.01][i % 2])),
  ];
  const { mean, low, high } = correctedInterval([0.001 - 0.01, 0.001 + 0.01, 0.001 - 0.01, 0.001 + 0.01], 1 / 3, 3);
  const signed = (v: number) => `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(4)}`;
  assertStringIncludes(
    advice(losses),
    `it ties with the f1 loss, whose lead of ${signed(mean)} is not significant (${signed(low)} to ${signed(high)})`,
  );
});

Deno.test("the sentence: an interval beyond either end of the margin is inconclusive", () => {
  const sentence = (mean: number, size: number) =>
    advice([
      lossRow("cross-entropy", "argmax", around(0.5)),
      lossRow("f1 loss", "argmax", around(0.5 + mean).map((v, i) => v + [size, -size][i % 2])),
    ]);
  assertMatch(sentence(0, 0.005), /^No difference/);
  assertMatch(sentence(-0.015, 0.007), /^Inconclusive.* span −0\.03\d\d to \+0\.00\d\d,/);
  assertMatch(sentence(0.015, 0.007), /^Inconclusive.* span −0\.00\d\d to \+0\.03\d\d,/);
});

Deno.test("the sentence: the span of the intervals includes cross-entropy at 0.5", () => {
  const wide = around(0.5).map((v, i) => v + [0.1, -0.1][i % 2]),
    losses = [
      lossRow("cross-entropy", "tuned", around(0.5)),
      lossRow("cross-entropy", "0.5", wide),
      lossRow("f1 loss", "tuned", around(0.5).map((v, i) => v + [0.01, -0.01][i % 2])),
      lossRow("f1 loss", "0.5", wide),
    ];
  const { high } = correctedInterval([0.1, -0.1, 0.1, -0.1], 1 / 3, 2);
  assertStringIncludes(
    advice(losses),
    `the other intervals span −${high.toFixed(4)} to +${high.toFixed(4)}, beyond the margin: inconclusive. At 0.5,`,
  );
});

Deno.test("the sentence: with ten splits only more rows can decide", () => {
  const splits = (n: number) =>
    advice([
      lossRow("cross-entropy", "argmax", Array.from({ length: n }, () => 0.5)),
      lossRow("f1 loss", "argmax", Array.from({ length: n }, (_, i) => 0.5 + [0.1, -0.1][i % 2])),
    ]);
  assertMatch(splits(9), /More than 9 splits, or more rows, may decide\.$/);
  assertMatch(splits(10), /Only more rows can decide\.$/);
});

Deno.test("the sentence: how cross-entropy is to decide where it is recommended", () => {
  const shaken = (middle: number) => around(middle).map((v, i) => v + [0.1, -0.1][i % 2]);
  const adviceOn = (tuned: number[], half: number[], f1Tuned: number[], f1Half: number[]) =>
    advice([
      lossRow("cross-entropy", "tuned", tuned),
      lossRow("cross-entropy", "0.5", half),
      lossRow("f1 loss", "tuned", f1Tuned),
      lossRow("f1 loss", "0.5", f1Half),
    ]).split(/(?<=\.) /)[0];
  const [worse, same, better] = [around(0.25), around(0.5), around(0.75)];
  assertEquals(adviceOn(same, same, worse, worse), "Use cross-entropy."); // the threshold changes nothing
  assertEquals(adviceOn(same, better, worse, worse), "Use cross-entropy at 0.5.");
  assertEquals(adviceOn(same, worse, worse, worse), "Use cross-entropy with a tuned threshold.");
  // Tuning gains nothing for sure, but at 0.5 another loss does.
  assertEquals(
    adviceOn(same, shaken(0.5), shaken(0.5), shaken(0.75)),
    "Use cross-entropy with a tuned threshold; if the threshold must stay at 0.5, use the f1 loss.",
  );
});

Deno.test("the sentence: it is about the model with which cross-entropy is better, the first one if they tie", () => {
  const both = (network: number) => [
    ...made(0.75, 0.75, 0.75, 0.75),
    ...made(network, network, network, network).map((one) => ({ ...one, model: "network" as const })),
  ];
  for (
    const [network, model] of [[0.8, "the network"], [0.75, "the linear model"], [0.7, "the linear model"]] as const
  ) {
    assertStringIncludes(advice(both(network)), `With ${model} and tuned thresholds, cross-entropy's f1 is`);
  }
});

Deno.test("the margin: a tenth of the distance from a perfect score, at most 0.02, at least 0", () => {
  const within = (actual: number, expected: number) => assertAlmostEquals(actual, expected, 1e-15);
  within(marginOf(0.5), 0.02);
  within(marginOf(0.9), 0.01);
  within(marginOf(1.7, 2), 0.02);
  within(marginOf(1.9, 2), 0.01);
  within(marginOf(1.1), 0);
  const losses = [
    lossRow("cross-entropy", "argmax", near(1.9)),
    lossRow("f1 loss", "argmax", near(1.9)),
  ];
  const sentence = recommend(losses, differencesOf(losses, 1 / 3), { score: "own", best: 2, testByTrain: 1 / 3 });
  assertStringIncludes(sentence, "cross-entropy's own is 1.9000 (margin 0.0100)");
});

Deno.test("differencesOf: each model has intervals of its own, as wide as the number of them asks", () => {
  const losses = [
    ...made(0.8, 0.7, 0.9, 0.65),
    ...made(0.6, 0.6, 0.6, 0.6).map((one) => ({ ...one, model: "network" as const })),
  ];
  const shaken = losses.map((one, k) => ({ ...one, values: one.values.map((v, i) => v + 0.01 * Math.sin(3 * i + k)) }));
  const differences = differencesOf(shaken, 1 / 4);
  assertEquals(differences.length, 6);
  for (const { model, loss, threshold, against, ...own } of differences) {
    const of = (loss: string, threshold: string) =>
      shaken.find((one) => one.model === model && one.loss === loss && one.threshold === threshold)!.values;
    const base = of("cross-entropy", against), each = of(loss, threshold).map((v, i) => v - base[i]);
    assertEquals(own, correctedInterval(each, 1 / 4, against === "tuned" ? 2 : 1));
  }
});

Deno.test("the sentence: an interval that ends at the margin lies within it; one just beyond does not", () => {
  const losses = [
    lossRow("cross-entropy", "argmax", [0.5, 0.5]),
    lossRow("f1 loss", "argmax", [0.5, 0.5]),
  ];
  const ofInterval = (low: number, high: number) => {
    const differences = [
      { model: "linear", loss: "f1 loss", threshold: "argmax", against: "argmax", mean: 0, low, high } as const,
    ];
    return recommend(losses, differences, { score: "f1", testByTrain: 1 / 3 });
  };
  assertMatch(ofInterval(-0.02, 0.02), /^No difference: .* within the margin/);
  for (const [low, high] of [[-0.02, 0.0201], [-0.0201, 0.02]]) assertMatch(ofInterval(low, high), /^Inconclusive: /);
});

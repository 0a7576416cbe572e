// compareLosses: which losses it compares, what it reports, what it refuses.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import pl from "nodejs-polars";
import { accuracy, f1, precisionAtRecall, type ScoreDefinition } from "@roundabout/roundabout";
import {
  compareLosses,
  type CompareLossesOptions,
  type ComparisonProgress,
  type LossComparison,
  type TableFrame,
} from "@roundabout/roundabout/compare";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { comparisonDisplay } from "@roundabout/roundabout/display";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { correctedInterval } from "../../lib/compare/intervals.ts";
import { assertWithin } from "../helpers.ts";
import { slow } from "../slow.ts";

function frameOf(rows: number, extra: Record<string, unknown[]> = {}): TableFrame {
  const { x, y } = syntheticBinary({ rows, prevalence: 0.3, separation: 3, seed: 1 });
  return pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ...extra, ill: Array.from(y) });
}

Deno.test("compareLosses: a group with few values, or in few of which a class is, is refused before any training", async () => {
  const few = frameOf(100, { site: Array.from({ length: 100 }, (_, i) => `s${i % 4}`) });
  const sick = pl.DataFrame({
    a: Array.from({ length: 100 }, (_, i) => i / 8),
    person: Array.from({ length: 100 }, (_, i) => i % 20),
    ill: Array.from({ length: 100 }, (_, i) => Number(i % 20 < 2)),
  });
  for (
    const [table, group, message] of [
      [few, "site", "'group' must have at least 10 values, 'site' has 4"],
      [
        sick,
        "person",
        "'group' leaves the test rows of a split without the class '1': too few values of 'person' have it",
      ],
    ] as const
  ) {
    const error = await assertRejects(() => compareLosses(table, { label: "ill", group, repeats: 3 }), RangeError);
    assertEquals(error.message, `Cannot compare losses: ${message}`);
  }
});

slow.test("compareLosses: same seed, same numbers; all losses, models and thresholds; progress to the end", async () => {
  const before = tf.memory().numTensors, progress: ComparisonProgress[] = [];
  const options: CompareLossesOptions = { label: "ill", repeats: 3, seed: 5 };
  const one = await compareLosses(frameOf(100), { ...options, onProgress: (now) => progress.push(now) });
  const two = await compareLosses(frameOf(100), options);
  assertEquals(JSON.stringify(one), JSON.stringify(two));
  assertEquals(progress.map(({ done, total }) => [done, total]), Array.from({ length: 48 }, (_, i) => [i + 1, 48]));
  assert(progress[0].secondsLeft > 0 && progress[47].secondsLeft === 0);
  assertEquals(one.losses.length, 32);
  assert(one.losses.every(({ values, mean }) => values.length === 3 && mean > 0.84 && mean <= 1));
  assert(one.losses.every(({ values }) => new Set(values).size > 1)); // no split is another one
  assertEquals(one.differences.length, 30);
  // The correction for splits that share rows: 20 % of the rows test, 60 % fit the weights.
  const valuesOf = (model: string, loss: string, threshold: string) =>
    one.losses.find((row) => row.model === model && row.loss === loss && row.threshold === threshold)!.values;
  for (const { model, loss, threshold, against, low, high } of one.differences) {
    const base = valuesOf(model, "cross-entropy", against), values = valuesOf(model, loss, threshold);
    const own = correctedInterval(values.map((v, i) => v - base[i]), 0.2 / 0.6, against === "tuned" ? 8 : 7);
    assertWithin(low, own.low, 1e-12);
    assertWithin(high, own.high, 1e-12);
  }
  for (const { loss } of one.losses) assertStringIncludes(String(one), loss);
  assertStringIncludes(String(one), one.recommendation);
  const marked = String(one).split("\n").filter((line) => line.endsWith("†")); // against another threshold
  assertEquals(marked.map((line) => line.split(/ {2,}/).slice(0, 3)), [
    ["linear", "cross-entropy", "0.5"],
    ["network", "cross-entropy", "0.5"],
  ]);
  assertEquals(tf.memory().numTensors, before);
});

slow.test("compareLosses: labels that have nothing to do with the columns: no loss is said to be better", async () => {
  const random = seededRandom(8), rows = 200;
  const frame = pl.DataFrame({
    a: Array.from({ length: rows }, () => random.normal()),
    y: Array.from({ length: rows }, () => Number(random.uniform() < 0.5)),
  });
  const { recommendation } = await compareLosses(frame, { label: "y", repeats: 5, score: "accuracy" });
  assertMatch(recommendation, /^(Inconclusive|Use cross-entropy|No difference)/);
  assert(!recommendation.includes("Use the"), recommendation);
});

slow.test("compareLosses: where positives are fewer and the threshold stays, class weights do as well as the F1 loss", async () => {
  const { x, y } = syntheticBinary({ rows: 1000, prevalence: 0.15, separation: 1, seed: 4 });
  const frame = pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ill: Array.from(y) });
  const { differences, recommendation } = await compareLosses(frame, { label: "ill", repeats: 6 });
  for (const loss of ["cross-entropy, class weights", "f1 loss, softsign", "f1 loss, identity"]) {
    const fixed = differences.find((d) => d.model === "linear" && d.against === "0.5" && d.loss === loss)!;
    assert(fixed.low > 0 && fixed.mean > 0.2, `${loss}: ${fixed.low}, ${fixed.mean}`);
  }
  assertMatch(
    recommendation,
    /; if the threshold must stay at 0\.5, use cross-entropy with class weights\. .* with class weights is significantly better \(.*\); it ties with the f1 loss, identity, whose lead of \+0\.0\d+ is not significant \(/,
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
      "difference from cross-entropy *",
      "margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02",
      "four times the shortfall of recall below 0.5, so it can be negative",
      "home: category of 2, 8 missing (zeros)",
    ]
  ) assertStringIncludes(String(comparison), words);
  assertEquals(score, "precisionAtRecall0.5");
  assertEquals([data.classes, data.chosen], [
    [{ name: "other", rows: 80 }, { name: "owl", rows: 40 }],
    "as requested, against 2 others",
  ]);
  assertEquals(data.features, [
    { name: "a", kind: "number", used: true, missing: 0 },
    { name: "b", kind: "number", used: true, missing: 0 },
    { name: "home", kind: "category", used: true, levels: 2, missing: 8 },
    { name: "age", kind: "number", used: true, missing: 11 },
    { name: "none", kind: "boolean", used: false, why: "it has no value", missing: 120 },
    { name: "ill", kind: "category", used: false, why: "as requested", missing: 0 },
  ]);
  assert(losses[0].loss === "cross-entropy" && losses.some(({ loss }) => loss.startsWith("precisionAtRecall0.5 loss")));
});

slow.test("compareLosses: columns with heavy tails go through a power, which the features say, unless they are kept", async () => {
  const { x } = syntheticBinary({ rows: 120, prevalence: 0.3, separation: 3, seed: 1 });
  const tail = x.map(([a], i) => i % 12 === 0 ? null : Math.exp(3 * a)), frame = frameOf(120, { tail });
  const options: CompareLossesOptions = { label: "ill", drop: ["a"], repeats: 3 };
  const powers = await compareLosses(frame, options),
    kept = await compareLosses(frame, { ...options, heavyTails: "keep" });
  const [first] = kept.losses, { features } = kept.data;
  assertEquals(features.find(({ name }) => name === "tail"), { name: "tail", kind: "number", used: true, missing: 10 });
  assertEquals(powers.data.features, features.map((one) => one.name === "tail" ? { ...one, heavyTails: 3 } : one));
  assertEquals((powers.toJSON() as LossComparison["data"]).features, powers.data.features);
  assertStringIncludes(
    String(powers),
    "tail: number, 10 missing (the training median), heavy tails: Yeo-Johnson power in 3 splits\n",
  );
  assert(powers.losses[0].mean > first.mean + 0.02, `${powers.losses[0].mean} against ${first.mean}`);
});

Deno.test("compareLosses: what is refused, before any work, by name", async () => {
  const frame = frameOf(60), names = Array.from({ length: 200 }, (_, i) => `n${i}`);
  const several = frameOf(60, { kind: Array.from({ length: 60 }, (_, i) => "abc"[i % 3]) });
  const refused: [TableFrame, Partial<CompareLossesOptions>, RegExp][] = [
    [frame, { label: "y" }, /there is no column 'y', only a, b, ill/],
    [frame, { drop: ["c"] }, /there is no column 'c'/],
    [frame, { drop: ["ill"] }, /'drop' contains the label/],
    [frame, { drop: ["a", "b"] }, /no column besides the label/],
    [
      frame,
      { label: "a" },
      /: 'a' looks like a number to predict, not a class: it has 60 different numbers, of which 60 are in fewer than 10 rows;/,
    ],
    [
      frameOf(60, { kind: Array.from({ length: 60 }, (_, i) => `n${i % 30}`) }),
      { label: "kind" },
      /needs at least 10 rows, 'kind' has '.*' in 2, .*, … \(it has 30 values; set one against the rest with 'positive'\)/,
    ],
    [
      frameOf(60, { kind: Array.from({ length: 60 }, (_, i) => i < 3 ? "a" : i < 15 ? "b" : i < 30 ? "c" : "d") }),
      { label: "kind" },
      /'kind' has 'a' in 3 \(it has 4 values; .*, or merge the rare ones with 'mergeRare' 13\)/,
    ],
    [
      frameOf(90, { kind: Array.from({ length: 90 }, (_, i) => i < 3 ? "a" : i < 33 ? "b" : "c") }),
      { label: "kind" },
      /'kind' has 'a' in 3 \(it has 3 values; set one against the rest with 'positive'\)$/,
    ],
    [
      frameOf(60, { rate: Array.from({ length: 60 }, (_, i) => `${i % 30}.5%`) }),
      { label: "rate" },
      /: 'rate' looks like a number to predict, not a class: it has 30 different numbers/,
    ],
    [frame, { positive: "2" }, /'positive' must be a value of 'ill' \('0', '1'\), it is '2'/],
    [frame, { repeats: 2 }, /'repeats' must be an integer from 3/],
    [frame, { seed: -1 }, /'seed' must be an integer/],
    [frame, { onProgress: "log" as never }, /'onProgress' must be a function, it is 'log'/],
    [frame, { onSplit: true as never }, /'onSplit' must be a function, it is true/],
    [frame, { signal: {} as never }, /'signal' must be an AbortSignal, it is an object/],
    [frame, { heavyTails: "log" as "keep" }, /'heavyTails' must be 'yeoJohnson' or 'keep', it is 'log'/],
    [
      frame,
      { score: "precision" },
      /'score' is 'precision' alone, at which predicting the single surest positive is perfect/,
    ],
    [frame, { score: "f2" as "f1" }, /f2/],
    [
      frame,
      { labels: "ill" } as Partial<CompareLossesOptions>,
      /'labels' is 'ill', but there is no such option, only score, costs, repeats,.* label, positive, /,
    ],
    [frame, { label: 3 as unknown as string }, /'label' must be the name of a column, it is 3/],
    [frameOf(20), {}, /each class needs at least 10 rows, 'ill' has '1' in 6/],
    [frameOf(60, { c: Array(60).fill(1) }), { label: "c" }, /the label 'c' has no value but '1'/],
    [several, { label: "kind", score: "accuracy" }, /'score' is 'accuracy', whose mean over more than two classes/],
    [several, { label: "kind", score: precisionAtRecall({ recall: 0.9 }) }, /'precisionAtRecall0.9', whose mean over/],
    [frameOf(200, { id: names }), {}, /the column 'id' has 200 distinct texts \('n0' in row 1\): leave it out/],
    [frameOf(60, { c: Array(60).fill(1).with(7, Infinity) }), {}, /the column 'c' is infinite in row 8/],
    [pl.DataFrame({ a: [1, 2], ill: [null, 1] }), {}, /the label 'ill' is missing in 1 row, first in row 1: leave/],
    [pl.DataFrame({ a: ["", null], ill: [0, 1] }), {}, /all columns besides 'ill' are empty or left out/],
  ];
  for (const [data, options, sentence] of refused) {
    const before = tf.memory().numTensors;
    const error = await assertRejects(() => compareLosses(data, { label: "ill", ...options }), Error);
    assertMatch(error.message, sentence);
    assertEquals(tf.memory().numTensors, before);
  }
});

Deno.test("compareLosses: scores that are not defined are counted over all losses, and count as 0", async () => {
  const nowhere = { name: "nowhere", value: () => NaN, gradient: () => ({ tp: 0, fp: 0, fn: 0, tn: 0 }) };
  const comparison = await compareLosses(frameOf(60), { label: "ill", repeats: 3, score: nowhere });
  assertEquals(comparison.undefinedScores, 3 * 2 * 8 * 2); // splits, models, losses, thresholds
  assert(comparison.losses.every(({ mean }) => mean === 0));
  assertStringIncludes(String(comparison), "96 scores were undefined (0/0) and count as 0");
});

Deno.test("compareLosses: the margin knows the best value of a score of one's own", async () => {
  const twice: ScoreDefinition = {
    name: "twice",
    best: 2,
    value: (counts) => 2 * accuracy.value(counts),
    gradient: (counts) => {
      const { tp, fp, fn, tn } = accuracy.gradient(counts);
      return { tp: 2 * tp, fp: 2 * fp, fn: 2 * fn, tn: 2 * tn };
    },
  };
  const comparison = await compareLosses(frameOf(60), { label: "ill", repeats: 3, score: twice });
  const { losses, recommendation } = comparison;
  assert(losses.every(({ mean }) => mean > 1.2 && mean < 1.98));
  assertMatch(recommendation, /twice is 1\.\d+ \(margin 0\.0[12]\d+\)/);
  const shown = comparisonDisplay(comparison).text;
  for (const { loss } of losses) assertStringIncludes(shown, loss);
  const { advice, losses: saved } = JSON.parse(JSON.stringify(comparison));
  assertEquals([advice, saved], [recommendation, JSON.parse(JSON.stringify(losses))]);
});

Deno.test("compareLosses: a signal stops it between two trainings", async () => {
  const stop = new AbortController(), before = tf.memory().numTensors;
  const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort(new Error("enough"));
  const options = { label: "ill", repeats: 3, onProgress, signal: stop.signal };
  await assertRejects(() => compareLosses(frameOf(100), options), Error, "enough");
  assertEquals(tf.memory().numTensors, before);
});

/** Rows of three classes, one of them rare, in two columns. */
function threeKinds(rows: number): TableFrame {
  const random = seededRandom(4), kinds = ["ash", "elm", "oak"];
  const of = Array.from({ length: rows }, (_, i) => i % 10 === 0 ? 2 : i % 2);
  const column = (at: number[]) => of.map((kind) => at[kind] + 0.7 * random.normal());
  return pl.DataFrame({ a: column([-1, 1, 0]), b: column([0, 0, 1.5]), kind: of.map((kind) => kinds[kind]) });
}

slow.test("compareLosses: of three classes the largest output decides, by the mean of the classes' scores", async () => {
  const options: CompareLossesOptions = { label: "kind", repeats: 3 };
  const comparison = await compareLosses(threeKinds(120), options), { losses, differences, score, data } = comparison;
  assertEquals([score, data.positive, data.classes.map(({ rows }) => rows)], ["macro f1", undefined, [48, 60, 12]]);
  const own = candidatesFor(f1, 3).map(({ loss }) => loss);
  assertEquals(
    losses.map(({ model, loss, threshold }) => [model, loss, threshold]),
    ["linear", "network"].flatMap((model) => own.map((loss) => [model, loss, "argmax"])),
  );
  assert(losses.every(({ mean }) => mean > 0.4), JSON.stringify(losses.map(({ mean }) => mean)));
  assertEquals(differences.map(({ against }) => against), Array(12).fill("argmax"));
  assertStringIncludes(String(comparison), "3 classes: kind = 'ash' 48, 'elm' 60, 'oak' 12");
  assertStringIncludes(String(comparison), "there is no threshold to tune");
  const shown = comparisonDisplay(comparison).text;
  for (const words of ["by the largest output", "3 classes of kind", comparison.recommendation]) {
    assertStringIncludes(shown, words);
  }
  const against = await compareLosses(threeKinds(120), { ...options, positive: "oak" });
  assertEquals([against.score, against.losses.length, against.data.positive], ["f1", 32, "oak"]);
  assertEquals((await compareLosses(threeKinds(120), { ...options, score: "recall" })).score, "macro recall");
});

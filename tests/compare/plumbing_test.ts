// compareLossesBy with trainings whose results are given, not computed: splits, seeds, means, thresholds, progress, columns, names of scores.
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import pl from "nodejs-polars";
import type { LossComparison } from "@roundabout/roundabout/compare";
import { readTable } from "@roundabout/roundabout/data";
import { candidatesFor, costCandidates } from "../../lib/compare/candidates.ts";
import {
  compareLossesBy,
  type CompareLossesOptions,
  type ComparisonProgress,
} from "../../lib/compare/compare_losses.ts";
import { correctedInterval } from "../../lib/compare/intervals.ts";
import { splitRows } from "../../lib/compare/run_split.ts";
import { type TrainedLoss, trainingsPerSplit, type TrainSplits } from "../../lib/compare/train_split.ts";
import { rocAuc } from "../../lib/curves/curve_scores.ts";
import { hasHeavyTails } from "../../lib/data/yeo_johnson.ts";
import { f1 } from "../../lib/scores/ratio.ts";
import { savings } from "../../lib/scores/savings.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";

const rows = 60,
  next = random(3),
  noise = Array.from({ length: rows }, next),
  more = Array.from({ length: rows }, next);
const frame = (columns: Record<string, unknown[]> = {}) =>
  pl.DataFrame({ a: noise, b: more, ...columns, ill: noise.map((_, i) => Number(i % 3 === 0)) });

/** The score that is given to a training. */
type Told = (split: number, training: number) => Partial<TrainedLoss["outcomes"][keyof TrainedLoss["outcomes"]]>;

/** Tells the trainings of the splits, in the given order, one outcome each; a tuned threshold comes with 0.5. */
const telling = (told: Told, { order, rule = "tuned", losses = candidatesFor(f1, 2) }: {
  order?: number[];
  rule?: keyof TrainedLoss["outcomes"];
  losses?: { loss: string }[];
} = {}): TrainSplits =>
(_, splits, __, { onTraining }) => {
  for (const split of order ?? splits.keys()) {
    const models = ["linear", "network"] as const;
    models.flatMap((model) => losses.map(({ loss }) => ({ model, loss }))).forEach(({ model, loss }, training) => {
      const outcome = { value: 0.5, undefinedScores: 0, chosen: 1, thresholds: [], ...told(split, training) };
      const half = rule === "tuned" ? { "0.5": { ...outcome, thresholds: [] } } : {};
      onTraining(split, { model, loss, outcomes: { [rule]: outcome, ...half } });
    });
  }
  return Promise.resolve();
};

Deno.test("the splits are those of the seeds that follow, in the rows of the source; costs and score come to the trainings", async () => {
  const table = await readTable(frame({ part: noise.map((_, i) => i < 5 ? 1e3 : i) }), { label: "ill" });
  const options: CompareLossesOptions = { label: "ill", repeats: 4, seed: 7, drop: ["b"] }, seen: unknown[] = [];
  const train: TrainSplits = (work, splits, seed, watch) => {
    seen.push(seed, work.score.name, work.costs, work.heavyTails, watch.signal, splits);
    return telling(() => ({}))(work, splits, seed, watch);
  };
  const { signal } = new AbortController();
  const result = await compareLossesBy(train, frame(), { ...options, signal });
  const wanted = [7, 8, 9, 10].map((seed) => splitRows(table, seed));
  assertEquals(seen, [7, "f1", undefined, "yeoJohnson", signal, wanted]);
  assertEquals([result.repeats, result.seed, result.splits.length, result.score], [4, 7, 4, "f1"]);
  assertEquals(result.splits, wanted);
  assertEquals(result.data.features.map(({ name, used }) => [name, used]), [["a", true], ["b", false]]);
  assertEquals([result.data.rows, result.data.label, result.data.positive], [60, "ill", "1"]);
  const defaults: unknown[] = [];
  const byDefault: TrainSplits = (work, splits, seed, watch) => {
    defaults.push(splits.length, seed, watch.signal);
    return telling(() => ({}))(work, splits, seed, watch);
  };
  await compareLossesBy(byDefault, frame(), { label: "ill" });
  assertEquals(defaults, [10, 1, undefined]);
});

Deno.test("a loss has its values in the order of the splits, their mean and the middle 95 % of the thresholds of all", async () => {
  // 60 thresholds, 0 to 59, dealt out to the splits; only the first training has any.
  const thresholds = (split: number) => Array.from({ length: 20 }, (_, i) => (3 * i + split) * 7 % 60);
  const result = await compareLossesBy(
    telling((split, training) => ({
      value: training + split / 8,
      undefinedScores: split,
      thresholds: training === 0 ? thresholds(split) : [],
    }), { order: [2, 0, 1] }),
    frame(),
    { label: "ill", repeats: 3 },
  );
  const tuned = result.losses.filter(({ threshold }) => threshold === "tuned"), [first, second] = tuned;
  const all = candidatesFor(f1, 2);
  assertEquals(tuned.map(({ loss }) => loss), [...all, ...all].map(({ loss }) => loss));
  assertEquals(result.losses.length, 2 * tuned.length);
  assertEquals([first.values, second.values], [[0, 0.125, 0.25], [1, 1.125, 1.25]]);
  assertWithin(first.mean, 0.125, 1e-15);
  assertEquals(first.tunedThreshold, { median: 30, low: 1, high: 58 });
  assert(!("tunedThreshold" in second));
  assertEquals(result.undefinedScores, (0 + 1 + 2) * 2 * 2 * all.length);
  const own = result.differences.find(({ loss, threshold }) => loss === second.loss && threshold === "tuned")!;
  assertEquals([own.loss, own.against, own.mean], [second.loss, "tuned", 1]);
  const spread = await compareLossesBy(
    telling((split, training) => ({ value: training === 1 ? split : 0 })),
    frame(),
    { label: "ill", repeats: 3 },
  );
  const { low, high } = spread.differences.find(({ loss, threshold }) =>
    loss === second.loss && threshold === "tuned"
  )!;
  const wanted = correctedInterval([0, 1, 2], 0.2 / 0.6, all.length);
  assertAllWithin([low, high], [wanted.low, wanted.high], 1e-12);
  const json = result.toJSON() as Record<string, unknown>;
  assertEquals([json.score, json.rows, json.label, json.positive, json.repeats, json.seed, json.undefinedScores], [
    "f1",
    60,
    "ill",
    "1",
    3,
    1,
    result.undefinedScores,
  ]);
  assertEquals([json.losses, json.differences, json.splits], [result.losses, result.differences, result.splits]);
  assertEquals([json.advice, json.classes], [result.recommendation, [{ label: "0", rows: 40 }, {
    label: "1",
    rows: 20,
  }]]);
  assertStrictEquals(String(result).endsWith(result.recommendation), true);
});

Deno.test("progress counts the trainings; from the third split on, but for the last, there is a comparison so far", async () => {
  const progress: ComparisonProgress[] = [], soFar: LossComparison[] = [];
  const told = telling((split) => ({ value: split }), { order: [4, 0, 3, 1, 2] });
  const options = { label: "ill", repeats: 5, onProgress: (now: ComparisonProgress) => progress.push(now) };
  const whole = await compareLossesBy(told, frame(), { ...options, onSplit: (one) => soFar.push(one) });
  const total = 5 * 2 * candidatesFor(f1, 2).length;
  assertEquals(progress.map(({ done }) => done), Array.from({ length: total }, (_, i) => i + 1));
  assert(progress.every((now) => now.total === total && now.secondsLeft >= 0 && now.secondsLeft < 60));
  assertEquals([progress[0].secondsLeft > 0, progress.at(-1)!.secondsLeft], [true, 0]);
  const { now } = performance, seconds: number[] = [];
  let calls = 0;
  performance.now = () => 1000 * calls++; // a second per training
  try {
    const onProgress = ({ secondsLeft }: ComparisonProgress) => seconds.push(secondsLeft);
    await compareLossesBy(telling(() => ({})), frame(), { label: "ill", repeats: 3, onProgress });
  } finally {
    performance.now = now;
  }
  seconds.forEach((left, i) => assertWithin(left, seconds.length - 1 - i, 1e-9));
  assertEquals(soFar.map(({ repeats, losses: [{ values }] }) => [repeats, values]), [[3, [0, 3, 4]], [4, [
    0,
    1,
    3,
    4,
  ]]]);
  assertEquals(soFar[0].splits, [0, 3, 4].map((split) => whole.splits[split]));
  assertEquals(whole.losses[0].values, [0, 1, 2, 3, 4]);
});

Deno.test("a column without a value in the training rows of a split is left out, with a warning, before any training", async () => {
  const table = await readTable(frame(), { label: "ill" }), { test } = splitRows(table, 2);
  const gaps = noise.map((v, row) => test.includes(row) ? v : null),
    texts = gaps.map((v) => v === null ? null : `t${v > 0.5}`);
  const works: string[][] = [];
  const train: TrainSplits = (work, ...others) => {
    works.push(work.table.columns.map(({ name }) => name));
    return telling(() => ({}))(work, ...others);
  };
  const options = { label: "ill", repeats: 3 }, why = "it has no value in the training rows of a split";
  const { data } = await compareLossesBy(train, frame({ gaps, texts }), options);
  assertEquals(works, [["a", "b"]]);
  const first = noise.map((_, row) => test.includes(row) ? row % 2 ? "u" : "t" : row % 2 ? "t" : null); // t has the code 0
  const { data: kept } = await compareLossesBy(train, frame({ first }), options);
  assertEquals(kept.features.map(({ used }) => used), [true, true, true]);
  assertEquals(data.warnings.map(({ code, column }) => [code, column]), [
    ["sparse-column", "gaps"],
    ["sparse-column", "texts"],
  ]);
  assertEquals(data.warnings[0].message, `the column 'gaps' is left out: ${why}`);
  assertEquals(data.features.filter(({ used }) => !used).map((one) => [one.name, one.why]), [["gaps", why], [
    "texts",
    why,
  ]]);
  assertEquals(data.features.filter(({ used }) => used).map(({ name, why }) => [name, why]), [["a", undefined], [
    "b",
    undefined,
  ]]);
  const only = pl.DataFrame({ gaps, ill: noise.map((_, i) => Number(i % 3 === 0)) }),
    keep = { ...options, keep: ["gaps"] };
  await assertRejects(
    () => compareLossesBy(train, only, keep),
    RangeError,
    "no column has a value in the training rows",
  );
});

Deno.test("a feature says in how many splits it has heavy tails, unless they are kept", async () => {
  const tail = noise.map((v, i) => i === 7 ? 500 : v), kinds = noise.map((_, i) => "xyz"[i % 3]);
  const table = await readTable(frame({ tail }), { label: "ill" });
  const splits = [1, 2, 3, 4, 5].map((seed) => splitRows(table, seed));
  const heavy = splits.filter(({ train }) => hasHeavyTails(Float64Array.from(train, (row) => tail[row]))).length;
  assert(heavy > 0 && heavy < 5, `${heavy} of 5 splits train on the row of the tail`);
  const of = async (heavyTails: "yeoJohnson" | "keep") => {
    const options = { label: "ill", repeats: 5, heavyTails };
    const { data } = await compareLossesBy(telling(() => ({})), frame({ tail, kinds }), options);
    return data.features.map((one) => one.heavyTails);
  };
  assertEquals(await of("yeoJohnson"), [undefined, undefined, heavy, undefined]);
  assertEquals(await of("keep"), [undefined, undefined, undefined, undefined]);
});

Deno.test("the score is named: of several classes the mean of theirs, of costs the savings, of an order by itself", async () => {
  const three = frame({ kind: noise.map((_, i) => "abc"[i % 3]) }), losses = candidatesFor(f1, 3);
  const several = await compareLossesBy(telling(() => ({}), { rule: "argmax", losses }), three, {
    label: "kind",
    repeats: 3,
  });
  assertEquals([several.score, several.data.positive, several.costs], ["macro f1", undefined, undefined]);
  const costs = { fp: 1, fn: 5 }, byCost = telling(() => ({}), { rule: "least cost", losses: costCandidates(2) });
  const cost = await compareLossesBy(byCost, frame(), { label: "ill", repeats: 3, costs });
  assertEquals([cost.score, cost.costs, (cost.toJSON() as { costs: unknown }).costs], ["savings", costs, costs]);
  const order = telling(() => ({}), { rule: "none", losses: candidatesFor(rocAuc, 2) });
  const ofOrder = await compareLossesBy(order, frame(), { label: "ill", repeats: 3, score: "rocAuc" });
  assertEquals(ofOrder.score, "rocAuc");
  const odd = await compareLossesBy(byCost, frame(), {
    label: "ill",
    repeats: 3,
    costs: { fp: 2, fn: 5, tn: 1, tp: 6 },
  });
  assertEquals(odd.data.warnings.map(({ code }) => code), ["costs"]);
  const sizes = [{ table: await readTable(frame(), { label: "ill" }), score: f1 }].map(trainingsPerSplit);
  assertEquals(sizes, [2 * candidatesFor(f1, 2).length]);
  const work = { table: await readTable(frame(), { label: "ill" }), score: savings(), costs };
  assertEquals(trainingsPerSplit(work), 2 * costCandidates(2).length);
});

Deno.test("options of the wrong kind are refused by name", async () => {
  const refused: [unknown, string][] = [
    [null, "'options' must be an object, it is null"],
    [3, "'options' must be an object, it is 3"],
    [{ label: "ill", repeats: 2 }, "'repeats' must be an integer from 3 to 1000, it is 2"],
    [{ label: "ill", repeats: 1001 }, "'repeats' must be an integer from 3 to 1000, it is 1001"],
    [{ label: "ill", repeats: null }, "'repeats' must be an integer from 3 to 1000, it is null"],
    [{ label: "ill", beside: ["a"] }, "'beside' is ['a'], but only 'costs' names columns beside the features"],
    [{ label: "ill", seed: 2 ** 31 + 1 }, "'seed' must be an integer"],
    [{ label: "ill", costs: null }, "'costs' must be an object, it is null"],
    [{ label: "ill", costs: 3 }, "'costs' must be an object, it is 3"],
    [{ label: "ill", costs: { matrix: 3 } }, "'matrix' must have an object of costs for each class, it is 3"],
    [{ label: "ill", costs: { matrix: null } }, "'matrix' must have an object of costs for each class, it is null"],
    [{ label: "ill", costs: { fn: true } }, "'costs.fn' must be a finite number or the name of a column, it is true"],
  ];
  for (const [options, sentence] of refused) {
    const call = () => compareLossesBy(telling(() => ({})), frame(), options as CompareLossesOptions);
    await assertRejects(call, Error, sentence);
  }
});

// One training on one split: nothing that is chosen may depend on the test rows.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import pl from "nodejs-polars";
import { f1, type LossOptions, metricLoss, specificity } from "@roundabout/roundabout";
import { readTable, seededRandom, syntheticBinary, trainTestSplit } from "@roundabout/roundabout/data";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { decisionRules } from "../../lib/compare/evaluate.ts";
import { type Parts, runSplit, splitTable } from "../../lib/compare/run_split.ts";
import { trainOnPart } from "../../lib/compare/train.ts";
import { partsOfLoss } from "../../lib/scoring/options.ts";
import { labelsOf, runningScore } from "../../lib/network/objectives.ts";
import { assertWithin } from "../helpers.ts";

const rows = 150, { x, y } = syntheticBinary({ rows, prevalence: 0.3, separation: 1.5, seed: 1 });
const columns: Record<string, unknown[]> = {
  a: x.map(([a], i) => i % 13 === 0 ? null : a),
  b: x.map(([, b]) => 100 + 7 * b),
  c: x.map((_, i) => i % 17 === 0 ? null : ["x", "y", "z"][i % 3]),
  y: Array.from(y),
};
const tableOf = (values: Record<string, unknown[]>) => readTable(pl.DataFrame(values), { label: "y" });
const parts = splitTable(await tableOf(columns), 1);
const split = trainTestSplit(Array.from(y), { seed: 1, testFraction: 0.2, validationFraction: 0.2 });

Deno.test("splitTable: 60, 20 and 20 %, stratified, in the order of trainTestSplit", () => {
  for (const part of ["train", "validation", "test"] as const) {
    assertEquals([...parts[part].y], split[part].map((row) => y[row]));
    assertEquals(parts[part].x.length, 5 * split[part].length); // a, b, c=x, c=y, c=z
  }
  assertEquals([parts.train.y.length, parts.validation.y.length, parts.test.y.length], [90, 30, 30]);
});

Deno.test("splitTable: training rows have mean 0 and deviation 1, and are not rounded to float32", () => {
  for (const j of [0, 1]) {
    const column = [...parts.train.x].filter((_, i) => i % 5 === j);
    const mean = column.reduce((sum, v) => sum + v, 0) / 90;
    assertWithin(mean, 0, 1e-14);
    assertWithin(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 90, 1, 1e-13);
    assert(column.some((v) => Math.fround(v) !== v));
  }
});

Deno.test("splitTable: features of validation and test rows change neither imputation nor scaling nor categories", async () => {
  const changed = async (which: readonly number[]) => {
    const own = new Set(which),
      change = (values: unknown[], to: unknown) => values.map((v, row) => own.has(row) ? to : v);
    return splitTable(
      await tableOf({ ...columns, a: change(columns.a, 1e6), b: change(columns.b, -1e6), c: change(columns.c, "new") }),
      1,
    );
  };
  const ofTest = await changed(split.test), ofValidation = await changed(split.validation);
  assertEquals([ofTest.train, ofTest.validation], [parts.train, parts.validation]);
  assertEquals([ofValidation.train, ofValidation.test], [parts.train, parts.test]);
  assertNotEquals((await changed(split.train.slice(0, 1))).test, parts.test);
});

/** The choices of a training: thresholds and epochs. */
const chosen = (outcomes: ReturnType<typeof runSplit>) =>
  Object.entries(outcomes).map(([rule, { threshold, epoch }]) => ({ rule, threshold, epoch }));

Deno.test("runSplit: other labels or features of the test rows choose no other threshold and no other epoch", () => {
  const random = seededRandom(3);
  const permuted: Parts = {
    ...parts,
    test: { ...parts.test, y: Float64Array.from(random.shuffle([...parts.test.y])) },
  };
  const flipped: Parts = { ...parts, test: { ...parts.test, y: parts.test.y.map((v) => 1 - v) } };
  const noise: Parts = { ...parts, test: { ...parts.test, x: parts.test.x.map(() => random.normal()) } };
  for (const candidate of candidatesFor(f1, 2)) {
    for (const model of ["linear", "network"] as const) {
      const run = (of: Parts) => runSplit(candidate, of, { model, classes: 2, score: f1, seed: 1 });
      const own = run(parts);
      assertEquals(Object.keys(own), ["tuned", "0.5"]);
      for (const others of [permuted, flipped, noise]) {
        const other = run(others);
        assertEquals(chosen(other), chosen(own), `${candidate.loss}, ${model}`);
        assertNotEquals(other, own); // the scores do change
      }
    }
  }
});

/** Trains a candidate as `runSplit` should, and keeps the scores of all checkpoints. */
function checkpoints(index: number, of: Parts, { weights, classes = 2, hidden = 0 }: {
  weights?: Float64Array;
  classes?: number;
  hidden?: number;
} = {}) {
  const outputs = classes === 2 ? 1 : classes, seen: Record<string, { onValidation: number; onTest: number }[]> = {};
  trainOnPart(of.train, {
    form: { features: of.train.x.length / of.train.y.length, hidden, outputs },
    objective: candidatesFor(f1, classes)[index].objective,
    weights,
    epochs: 200,
    batchSize: 256,
    learningRate: 0.01,
    random: seededRandom(4),
    onEpoch: (epoch, logitsOf) => {
      if (epoch % 20 !== 0) return;
      for (const [rule, fit] of Object.entries(decisionRules(f1, outputs))) {
        const evaluate = fit(of.validation.y, logitsOf(of.validation.x));
        (seen[rule] ??= []).push({
          onValidation: evaluate(of.validation.y, logitsOf(of.validation.x)).value,
          onTest: evaluate(of.test.y, logitsOf(of.test.x)).value,
        });
      }
    },
  });
  return seen;
}

Deno.test("runSplit: the epoch is the first with the best validation score of ten, and the test score is that epoch's", () => {
  const frequent = parts.train.y.filter((label) => label === 0).length, rare = 90 - frequent;
  const balanced = parts.train.y.map((label) => 90 / (2 * (label === 1 ? rare : frequent)));
  for (const [model, hidden] of [["linear", 0], ["network", 8]] as const) {
    [undefined, balanced, undefined, undefined].forEach((weights, index) => {
      const outcomes = runSplit(candidatesFor(f1, 2)[index], parts, { model, classes: 2, score: f1, seed: 4 });
      for (const [rule, seen] of Object.entries(checkpoints(index, parts, { weights, hidden }))) {
        const { epoch, value } = outcomes[rule as "tuned"]!, scores = seen.map(({ onValidation }) => onValidation);
        const first = scores.indexOf(Math.max(...scores));
        assertEquals([seen.length, epoch, value], [10, 20 * (first + 1), seen[first].onTest]);
      }
    });
  }
});

Deno.test("runSplit: however many batches an epoch has, there are ten checkpoints", () => {
  const random = seededRandom(5), many = 67 * 256; // 600 steps would be 9 epochs
  const part = (rows: number) => {
    const y = Float64Array.from({ length: rows }, (_, i) => i % 2);
    return { x: y.map((label) => label + random.normal()), y };
  };
  const large: Parts = { train: part(many), validation: part(400), test: part(400) };
  const { tuned } = runSplit(candidatesFor(f1, 2)[0], large, { model: "linear", classes: 2, score: f1, seed: 1 });
  assert(tuned!.epoch >= 1 && tuned!.epoch <= 10 && tuned!.value > 0.5, JSON.stringify(tuned));
});

Deno.test("runSplit: of three classes the largest output decides; undefined scores are counted", () => {
  const three = (part: Parts["train"]) => ({ ...part, y: part.y.map((label, i) => label === 1 ? 2 : i % 2) });
  const several: Parts = { train: three(parts.train), validation: three(parts.validation), test: three(parts.test) };
  const candidates = candidatesFor(f1, 3);
  assertEquals(candidates.map(({ loss }) => loss), [
    "cross-entropy",
    "cross-entropy, class weights",
    "f1 loss, argmax",
  ]);
  candidates.forEach((candidate, index) => {
    const outcome = runSplit(candidate, several, { model: "linear", classes: 3, score: f1, seed: 4 });
    assertEquals(Object.keys(outcome), ["argmax"]);
    assertEquals(outcome.argmax!.threshold, undefined);
    const sizes = [0, 1, 2].map((k) => several.train.y.filter((label) => label === k).length);
    const weights = candidate.balanced ? several.train.y.map((label) => 90 / (3 * sizes[label])) : undefined;
    const seen = checkpoints(index, several, { weights, classes: 3 }).argmax;
    const scores = seen.map(({ onValidation }) => onValidation), first = scores.indexOf(Math.max(...scores));
    assertEquals([outcome.argmax!.epoch, outcome.argmax!.value], [20 * (first + 1), seen[first].onTest]);
  });
  // Test rows without a negative: specificity is 0/0.
  const positive: Parts = { ...parts, test: { ...parts.test, y: parts.test.y.map(() => 1) } };
  const { tuned, "0.5": half } = runSplit(candidatesFor(f1, 2)[0], positive, {
    model: "linear",
    classes: 2,
    score: specificity,
    seed: 4,
  });
  assertEquals([tuned!.value, tuned!.undefinedScores, half!.value, half!.undefinedScores], [0, 1, 0, 1]);
});

Deno.test("candidates: the score's losses train like metricLoss over the whole training set, of logits", () => {
  const own: [classes: number, LossOptions[]][] = [
    [2, [{ step: "softsign" }, { step: "identity" }]],
    [3, [{ decision: "argmax", average: "macro" }]],
  ];
  for (const [classes, list] of own) {
    const outputs = classes === 2 ? 1 : classes, random = seededRandom(6);
    const labels = labelsOf(Float64Array.from({ length: 12 }, (_, i) => i % classes), outputs);
    const z = Float64Array.from({ length: 12 * outputs }, () => random.normal());
    const epoch = { batches: [labels], order: [0], logitsOf: () => z };
    const candidates = candidatesFor(f1, classes);
    assertEquals(candidates.map(({ balanced = false }) => balanced), [false, true, ...list.map(() => false)]);
    list.forEach((options, i) => {
      const { loss, objective } = candidates[2 + i],
        parts = partsOfLoss(metricLoss(f1, { ...options, fromLogits: true }))!;
      assertEquals(loss, `f1 loss, ${options.step ?? options.decision}`);
      assertEquals(objective(epoch)(labels, z), runningScore(parts)(epoch)(labels, z));
    });
  }
});

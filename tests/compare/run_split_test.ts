// One training on one split: nothing that is chosen may depend on the test rows.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import pl from "nodejs-polars";
import { f1, type LossOptions, metricLoss, specificity } from "@roundabout/roundabout";
import { readTable, seededRandom, stratifiedKFold, syntheticBinary, trainTestSplit } from "@roundabout/roundabout/data";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { decisionRules } from "../../lib/compare/decision_rules.ts";
import { fitLinear, inverseStrengths } from "../../lib/compare/fit_linear.ts";
import { type Parts, partsOf, runSplit, splitRows } from "../../lib/compare/run_split.ts";
import { backward, forward, initialWeights } from "../../lib/network/mlp.ts";
import { takeRows } from "../../lib/network/train.ts";
import { partsOfLoss } from "../../lib/scoring/options.ts";
import { crossEntropyGradient, labelsOf, runningScore } from "../../lib/network/objectives.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";
import { slow } from "../slow.ts";

const rows = 150, { x, y } = syntheticBinary({ rows, prevalence: 0.3, separation: 1.5, seed: 1 });
const columns: Record<string, unknown[]> = {
  a: x.map(([a], i) => i % 13 === 0 ? null : a),
  b: x.map(([, b]) => 100 + 7 * b),
  c: x.map((_, i) => i % 17 === 0 ? null : ["x", "y", "z"][i % 3]),
  y: Array.from(y),
};
const tableOf = (values: Record<string, unknown[]>) => readTable(pl.DataFrame(values), { label: "y" });
const splitTable = (table: Awaited<ReturnType<typeof tableOf>>, seed: number) => partsOf(table, splitRows(table, seed));
const parts = splitTable(await tableOf(columns), 1);
const split = trainTestSplit(Array.from(y), { seed: 1, testFraction: 0.2, validationFraction: 0.2 });

Deno.test("splitRows, partsOf: 60, 20 and 20 %, stratified, in the order of trainTestSplit", () => {
  for (const part of ["train", "validation", "test"] as const) {
    assertEquals([...parts[part].y], split[part].map((row) => y[row]));
    assertEquals(parts[part].x.length, 5 * split[part].length); // a, b, c=x, c=y, c=z
  }
  assertEquals([parts.train.y.length, parts.validation.y.length, parts.test.y.length], [90, 30, 30]);
});

Deno.test("splitRows, partsOf: training rows have mean 0 and deviation 1, and are not rounded to float32", () => {
  for (const j of [0, 1]) {
    const column = [...parts.train.x].filter((_, i) => i % 5 === j);
    const mean = column.reduce((sum, v) => sum + v, 0) / 90;
    assertWithin(mean, 0, 1e-14);
    assertWithin(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 90, 1, 1e-13);
    assert(column.some((v) => Math.fround(v) !== v));
  }
});

Deno.test("splitRows, partsOf: features of validation and test rows change neither imputation nor scaling nor categories", async () => {
  const changed = async (which: readonly number[]) => {
    const own = new Set(which),
      change = (values: unknown[], to: unknown) => values.map((v, row) => own.has(row) ? to : v);
    const table = { ...columns, a: change(columns.a, 1e6), b: change(columns.b, -1e6), c: change(columns.c, "new") };
    return partsOf(await tableOf(table), split); // rows that became equal would come to one part
  };
  const ofTest = await changed(split.test), ofValidation = await changed(split.validation);
  assertEquals([ofTest.train, ofTest.validation], [parts.train, parts.validation]);
  assertEquals([ofValidation.train, ofValidation.test], [parts.train, parts.test]);
  assertNotEquals((await changed(split.train.slice(0, 1))).test, parts.test);
});

/** The choices of a training: the checkpoint, its weights and the thresholds. */
const chosenBy = ({ outcomes, weights }: ReturnType<typeof runSplit>) => ({
  weights,
  rules: Object.entries(outcomes).map(([rule, { threshold, chosen, thresholds }]) => (
    { rule, threshold, chosen, thresholds }
  )),
});

slow.test("runSplit: other labels or features of the test rows choose no other threshold and no other checkpoint", () => {
  const random = seededRandom(3);
  const test = {
    ...parts.test,
    x: parts.test.x.map(() => random.normal()),
    y: Float64Array.from(random.shuffle([...parts.test.y])),
  };
  for (const candidate of candidatesFor(f1, 2)) {
    for (const model of ["linear", "network"] as const) {
      const run = (of: Parts) => runSplit(candidate, of, { model, classes: 2, score: f1, seed: 1 });
      const own = run(parts);
      assertEquals(Object.keys(own.outcomes), ["tuned", "0.5"]);
      const other = run({ ...parts, test });
      assertEquals(chosenBy(other), chosenBy(own), `${candidate.loss}, ${model}`);
      assertNotEquals(other, own); // the scores do change
    }
  }
});

/** A table of two columns, in parts; 600 rows have 120 validation rows. */
async function partsOfRows(count: number, seed: number): Promise<Parts> {
  const { x, y } = syntheticBinary({ rows: count, prevalence: 0.3, separation: 1.5, seed });
  return splitTable(await tableOf({ a: x.map(([a]) => a), b: x.map(([, b]) => b), y: Array.from(y) }), 1);
}

Deno.test("runSplit: cross-entropy of a linear model is at the minimum of the penalised loss, whatever it starts from", async () => {
  const parts = await partsOfRows(600, 3), { length } = parts.train.y;
  const run = (seed: number) =>
    runSplit(candidatesFor(f1, 2)[0], parts, { model: "linear", classes: 2, score: f1, seed });
  const { outcomes, weights } = run(1), form = { features: 2, hidden: 0, outputs: 1 }, c = outcomes.tuned!.chosen;
  assert(inverseStrengths.includes(c));
  const { logits, units } = forward(form, weights, parts.train.x);
  const byLogits = crossEntropyGradient(labelsOf(parts.train.y), logits);
  const gradient = backward(form, weights, parts.train.x, units, byLogits);
  gradient.forEach((g, j) => assertWithin(g + (j < 2 ? weights[j] / (c * length) : 0), 0, 2e-6));
  assertAllWithin(run(9).weights, weights, 2e-3);
});

Deno.test("fitLinear: no weights are evaluated twice, and a gradient is computed only where a step ends", async () => {
  const { train: { x, y } } = await partsOfRows(600, 3), form = { features: 2, hidden: 0, outputs: 1 };
  for (const index of [0, 4]) {
    const loss = candidatesFor(f1, 2)[index].ofRows([0.7, 0.3]), seen: string[] = [];
    let gradients = 0;
    const objective: typeof loss = (labels, logits) => {
      seen.push(logits.join());
      const found = loss(labels, logits);
      return {
        value: found.value,
        get gradient() {
          gradients++;
          return found.gradient;
        },
      };
    };
    const fits = [...fitLinear({ form, x, labels: labelsOf(y), objective }, initialWeights(form, seededRandom(4)))];
    assertEquals([fits.length, new Set(seen).size], [inverseStrengths.length, seen.length]);
    assert(gradients < seen.length, `${gradients} gradients, ${seen.length} values`);
  }
});

Deno.test("runSplit: the checkpoint has the best validation score, of equal ones the smallest loss, and the test score is its own", async () => {
  const parts = await partsOfRows(600, 3), form = { features: 2, hidden: 0, outputs: 1 };
  const positives = parts.train.y.reduce((sum, label) => sum + label, 0), { length } = parts.train.y;
  for (const index of [0, 4]) {
    const candidate = candidatesFor(f1, 2)[index],
      objective = candidate.ofRows([1 - positives / length, positives / length]);
    const problem = { form, x: parts.train.x, labels: labelsOf(parts.train.y), objective };
    const fits = [...fitLinear(problem, initialWeights(form, seededRandom(4)))];
    const { outcomes } = runSplit(candidate, parts, { model: "linear", classes: 2, score: f1, seed: 4 });
    for (const [rule, fit] of Object.entries(decisionRules(f1, 1))) {
      const seen = fits.map(({ inverseStrength, weights }) => {
        const { logits } = forward(form, weights, parts.validation.x), evaluate = fit(parts.validation, logits);
        const loss = objective(labelsOf(parts.validation.y), logits).value;
        const onTest = evaluate(parts.test, forward(form, weights, parts.test.x).logits).value;
        return { inverseStrength, loss, onTest, onValidation: evaluate(parts.validation, logits).value };
      });
      const [best] = seen.sort((a, b) => b.onValidation - a.onValidation || a.loss - b.loss);
      const { chosen, value } = outcomes[rule as "tuned"]!;
      assertEquals([chosen, value], [best.inverseStrength, best.onTest], rule);
    }
  }
});

Deno.test("runSplit: few validation rows do not choose the penalty: five folds of the training rows do", () => {
  const form = { features: 5, hidden: 0, outputs: 1 }, { x, y } = parts.train, labels = labelsOf(y);
  const own = candidatesFor(f1, 2)[0], objective = own.ofRows([0.7, 0.3]), seed = 4;
  const { outcomes } = runSplit(own, parts, { model: "linear", classes: 2, score: f1, seed });
  const start = initialWeights(form, seededRandom(seed)),
    scores = inverseStrengths.map(() => ({ logits: new Float64Array(90) }));
  for (const { train, test } of stratifiedKFold(y, { folds: 5, seed })) {
    const fitted = { form, x: takeRows(x, 5, train), labels: labelsOf(takeRows(y, 1, train)), objective };
    [...fitLinear(fitted, start)].forEach(({ weights }, k) =>
      test.forEach((row) => scores[k].logits[row] = forward(form, weights, x.subarray(5 * row, 5 * row + 5)).logits[0])
    );
  }
  const weights = [...fitLinear({ form, x, labels, objective }, start)].map((fit) => fit.weights);
  for (const [rule, fit] of Object.entries(decisionRules(f1, 1))) {
    const judged = scores.map(({ logits }, k) => (
      { k, value: fit(parts.train, logits)(parts.train, logits).value, loss: objective(labels, logits).value }
    ));
    const [{ k }] = judged.sort((a, b) => b.value - a.value || a.loss - b.loss);
    const onValidation = forward(form, weights[k], parts.validation.x).logits;
    const { value, threshold } = fit(parts.validation, onValidation)(
      parts.test,
      forward(form, weights[k], parts.test.x).logits,
    );
    const found = outcomes[rule as "tuned"]!;
    assertEquals([found.chosen, found.value, found.threshold], [inverseStrengths[k], value, threshold], rule);
  }
  const flipped: Parts = { ...parts, validation: { ...parts.validation, y: parts.validation.y.map((v) => 1 - v) } };
  const others = runSplit(own, flipped, { model: "linear", classes: 2, score: f1, seed }).outcomes;
  assertEquals([others.tuned!.chosen, others["0.5"]!.chosen], [outcomes.tuned!.chosen, outcomes["0.5"]!.chosen]);
  assertNotEquals(others.tuned!.threshold, outcomes.tuned!.threshold);
});

Deno.test("runSplit: where a class is rarer among the training rows than there are folds, the validation rows choose", () => {
  let left = 4;
  const scarce: Parts = {
    ...parts,
    train: { ...parts.train, y: parts.train.y.map((v) => v === 1 && left-- > 0 ? 1 : 0) },
  };
  const { outcomes } = runSplit(candidatesFor(f1, 2)[0], scarce, { model: "linear", classes: 2, score: f1, seed: 1 });
  assert(inverseStrengths.includes(outcomes.tuned!.chosen));
});

Deno.test("runSplit: a training stops early, has at least ten epochs to choose from, and a warm start begins from the weights that it is given", () => {
  const random = seededRandom(5), many = 20 * 256;
  const part = (rows: number) => {
    const y = Float64Array.from({ length: rows }, (_, i) => i % 2);
    return { x: y.map((label) => label + random.normal()), y };
  };
  const large: Parts = { train: part(many), validation: part(400), test: part(400) };
  const settings = { model: "network", classes: 2, score: f1, seed: 1 } as const;
  const { outcomes: { tuned } } = runSplit(candidatesFor(f1, 2)[0], large, settings);
  assert(tuned!.chosen >= 1 && tuned!.chosen < 150 && tuned!.value > 0.5, JSON.stringify(tuned));
  const warm = candidatesFor(f1, 2).find(({ warm }) => warm)!, start = Float64Array.of(3, -1.5);
  const linear = { ...settings, model: "linear", start } as const;
  const still = {
    ...warm,
    ofRows: () => (_: unknown, logits: Float64Array) => ({ value: 0, gradient: logits.map(() => 0) }),
  };
  const { weights } = runSplit(still, large, linear);
  assert(weights[1] === -1.5 && weights[0] <= 3); // the penalty alone moves the weight, not the bias
});

Deno.test("runSplit: the thresholds of resampled validation rows lie about the tuned one and are those of the seed", () => {
  const run = (seed: number) =>
    runSplit(candidatesFor(f1, 2)[0], parts, { model: "linear", classes: 2, score: f1, seed });
  const { tuned, "0.5": half } = run(1).outcomes, { thresholds, threshold } = tuned!;
  assertEquals([thresholds.length, half!.thresholds.length], [20, 0]);
  assert(Math.min(...thresholds) <= threshold! && Math.max(...thresholds) >= threshold!);
  assertEquals(run(1).outcomes.tuned!.thresholds, thresholds);
  assertNotEquals(new Set(thresholds).size, 1);
});

Deno.test("runSplit: of three classes the largest output decides; undefined scores are counted", () => {
  const three = (part: Parts["train"]) => ({ ...part, y: part.y.map((label, i) => label === 1 ? 2 : i % 2) });
  const several: Parts = { train: three(parts.train), validation: three(parts.validation), test: three(parts.test) };
  const candidates = candidatesFor(f1, 3);
  assertEquals(candidates.map(({ loss }) => loss), [
    "cross-entropy",
    "cross-entropy, class weights",
    "cross-entropy, logit adjustment",
    "focal loss",
    "f1 loss, argmax",
    "f1 loss, argmax, warm start",
    "f1 loss, straight-through",
  ]);
  for (const candidate of candidates) {
    const { outcomes } = runSplit(candidate, several, { model: "linear", classes: 3, score: f1, seed: 4 });
    assertEquals(Object.keys(outcomes), ["argmax"]);
    assert(outcomes.argmax!.threshold === undefined && outcomes.argmax!.value > 0.2, candidate.loss);
  }
  // Test rows without a negative: specificity is 0/0.
  const positive: Parts = { ...parts, test: { ...parts.test, y: parts.test.y.map(() => 1) } };
  const { tuned, "0.5": half } = runSplit(candidatesFor(f1, 2)[0], positive, {
    model: "linear",
    classes: 2,
    score: specificity,
    seed: 4,
  }).outcomes;
  assertEquals([tuned!.value, tuned!.undefinedScores, half!.value, half!.undefinedScores], [0, 1, 0, 1]);
});

Deno.test("candidates: the score's losses train like metricLoss over the whole training set, of logits", () => {
  const own: [classes: number, [string, LossOptions][]][] = [
    [2, [
      ["softsign", { step: "softsign" }],
      ["softsign, warm start", { step: "softsign" }],
      ["identity", { step: "identity" }],
      ["straight-through", { step: "straightThrough" }],
    ]],
    [3, [
      ["argmax", { decision: "argmax", average: "macro" }],
      ["argmax, warm start", { decision: "argmax", average: "macro" }],
      ["straight-through", { decision: "argmax", average: "macro", step: "straightThrough" }],
    ]],
  ];
  for (const [classes, list] of own) {
    const outputs = classes === 2 ? 1 : classes, random = seededRandom(6);
    const labels = labelsOf(Float64Array.from({ length: 12 }, (_, i) => i % classes), outputs);
    const z = Float64Array.from({ length: 12 * outputs }, () => random.normal());
    const epoch = { batches: [labels], order: [0], logitsOf: () => z };
    const candidates = candidatesFor(f1, classes);
    assertEquals(candidates.filter(({ labels }) => labels === "balanced").map(({ loss }) => loss), [
      "cross-entropy, class weights",
    ]);
    list.forEach(([name, options], i) => {
      const { loss, ofBatches, ofRows } = candidates[4 + i],
        parts = partsOfLoss(metricLoss(f1, { ...options, fromLogits: true }))!;
      const gradient = ofBatches([0.5, 0.5])(epoch)(labels, z);
      assertEquals(loss, `f1 loss, ${name}`);
      assertEquals(gradient, runningScore(parts)(epoch)(labels, z));
      assertAllWithin(ofRows([0.5, 0.5])(labels, z).gradient, gradient, 1e-6);
    });
  }
});

// Small facts of a comparison: candidates, costs of rows, sentences, notes, folds, penalties, the part of a tail.
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import pl from "nodejs-polars";
import { readTable } from "@roundabout/roundabout/data";
import { pairsLossAndGradient } from "@roundabout/roundabout/curves";
import { scoreFold } from "../../lib/compare/anyloss.ts";
import { candidatesFor, costCandidates } from "../../lib/compare/candidates.ts";
import { toComparedScore } from "../../lib/compare/check_score.ts";
import { compareLosses } from "../../lib/compare/compare_losses.ts";
import { comparisonText, costNotes } from "../../lib/compare/comparison_text.ts";
import { rowCosts, savingsOf } from "../../lib/compare/costs.ts";
import { costRules, decisionRules } from "../../lib/compare/decision_rules.ts";
import { fitLinear, heldOutLogits, inverseStrengths } from "../../lib/compare/fit_linear.ts";
import { readFolds } from "../../tasks/read_folds.ts";
import { recommend } from "../../lib/compare/recommend.ts";
import { fittedFraction, partsOf, runSplit, splitRows, testFraction } from "../../lib/compare/run_split.ts";
import { trainingsOf } from "../../lib/compare/train_split.ts";
import type { ComparedData } from "../../lib/compare/types.ts";
import { rocAuc } from "../../lib/curves/curve_scores.ts";
import { backward, forward, initialWeights } from "../../lib/network/mlp.ts";
import { crossEntropy, crossEntropyGradient, labelsOf } from "../../lib/network/objectives.ts";
import { seededRandom } from "../../lib/numerics/random.ts";
import { f1 } from "../../lib/scores/ratio.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";
import { steadyRow } from "./fixtures.ts";

const random = seededRandom(2);
const x = Float64Array.from({ length: 120 }, () => random.normal());
const y = Float64Array.from({ length: 60 }, (_, i) => Number(x[2 * i] + random.normal() > 1));
const frame = (more: Record<string, unknown[]> = {}) =>
  pl.DataFrame({ a: [...y].map((_, i) => x[2 * i]), b: [...y].map((_, i) => x[2 * i + 1]), ...more, ill: [...y] });

Deno.test("candidates: a loss is the best value minus the score; those of costs have their labels, rules and starts", () => {
  const labels = labelsOf(y), logits = x.subarray(0, 60), shares = [0.7, 0.3];
  const value = (score: typeof f1) => {
    const own = candidatesFor(score, 2).find(({ loss }) => loss.endsWith("identity"))!;
    return own.ofRows(shares)(labels, logits).value;
  };
  const one = value(f1);
  assert(one > 0 && one < 1);
  assertWithin(value({ ...f1, best: 3 }), one + 2, 1e-12);
  const told = (classes: number) =>
    costCandidates(classes).map((
      { loss, labels = "", rules = [], warm = false },
    ) => [loss, labels, rules.join(), warm]);
  const own = ["cheaper decisions", "least cost,0.5"];
  assertEquals(told(2), [
    ["cross-entropy", "", "", false],
    ["cross-entropy, cost weights", ...own, false],
    ["cost loss, softsign", ...own, false],
    ["cost loss, softsign, warm start", ...own, true],
    ["cost loss, identity", ...own, false],
  ]);
  assertEquals(told(3), [
    ["cross-entropy", "", "", false],
    ["cost loss, argmax", "soft decisions", "", false],
    ["cost loss, argmax, warm start", "soft decisions", "", true],
  ]);
  const pairs = candidatesFor(rocAuc, 2).find(({ loss }) => loss.startsWith("pairs"))!;
  assertWithin(pairs.ofRows(shares)(labels, logits).value, pairsLossAndGradient(y, logits).value, 1e-12);
});

Deno.test("costs of rows: a matrix by the classes, a column by the row, a number for all; no savings where nothing costs", async () => {
  const loss = [...y].map((_, i) => i + 1),
    table = await readTable(frame({ loss }), { label: "ill", beside: ["loss"] });
  const { of } = rowCosts({ fp: 2, fn: "loss", tp: 5 }, table);
  assertEquals([of(3, 1, 1), of(3, 1, 0), of(3, 0, 1), of(3, 0, 0)], [5, 4, 2, 0]);
  const matrix = rowCosts({ matrix: { 0: { 0: 0, 1: 7 }, 1: { 0: 9, 1: 1 } } }, table);
  assertEquals([[0, 0], [0, 1], [1, 0], [1, 1]].map(([label, decision]) => matrix.of(0, label, decision)), [
    0,
    7,
    9,
    1,
  ]);
  assertEquals(savingsOf({ y: Float64Array.of(0, 1), costs: { of: (_, __, k) => k } }, 2, () => 1), NaN);
  const rows = {
    y: Float64Array.of(1, 0),
    costs: { of: (_: number, label: number, k: number) => Number(label !== k) },
  };
  const half = costRules(1)["0.5"]!(rows, Float64Array.of(0, -1))(rows, Float64Array.of(0, -1));
  assertEquals(half, { value: 0, threshold: 0.5, undefinedScores: 0 }, "a probability of exactly 0.5 is not above it");
  const three = Float64Array.of(0, 1, 0, 2, 1, 0), largest = costRules(3).argmax!(rows, three)(rows, three);
  assertEquals(Object.keys(largest), ["value", "undefinedScores"]);
});

Deno.test("an order of logits is theirs, where their probabilities are all 1", () => {
  const rows = { y: Float64Array.of(0, 1, 1) }, logits = Float64Array.of(800, 900, 1000);
  assertEquals(decisionRules(rocAuc, 1).none!(rows, logits)(rows, logits), { value: 1, undefinedScores: 0 });
});

Deno.test("a penalty spares the biases; held-out logits are those of the models of the other rows, of three outputs too", () => {
  const form = { features: 2, hidden: 0, outputs: 1 },
    labels = labelsOf(y),
    start = initialWeights(form, seededRandom(1));
  const strongest = [...fitLinear({ form, x, labels, objective: crossEntropy }, start)].at(-1)!.weights;
  const { logits, units } = forward(form, strongest, x);
  const gradient = backward(form, strongest, x, units, crossEntropyGradient(labels, logits));
  assertWithin(gradient[2], 0, 1e-5);
  assertWithin(gradient[0] + strongest[0] / (0.01 * 60), 0, 1e-5);
  const three = { features: 2, hidden: 0, outputs: 3 }, kinds = labelsOf(y.map((_, i) => i % 3), 3);
  const problem = { form: three, x, labels: kinds, objective: crossEntropy },
    first = initialWeights(three, seededRandom(2));
  const all = [...y.keys()],
    folds = [0, 1].map((k) => ({
      train: all.filter((i) => i % 2 !== k),
      validation: [],
      test: all.filter((i) => i % 2 === k),
    }));
  const found = heldOutLogits(problem, folds, first);
  assertEquals([found.length, found[0].length], [inverseStrengths.length, 180]);
  for (const { train, test } of folds) {
    const own = Float64Array.from(train.flatMap((i) => [x[2 * i], x[2 * i + 1]]));
    const labels = labelsOf(Float64Array.from(train, (i) => i % 3), 3);
    [...fitLinear({ ...problem, x: own, labels }, first)].forEach(({ weights }, k) =>
      test.forEach((i) => {
        const wanted = forward(three, weights, x.slice(2 * i, 2 * i + 2)).logits;
        assertAllWithin(found[k].subarray(3 * i, 3 * i + 3), wanted, 1e-12);
      })
    );
  }
});

Deno.test("runSplit: balanced weights raise the bias where positives are rare; 60 % of the rows fit the weights", async () => {
  const table = await readTable(frame(), { label: "ill" }), parts = partsOf(table, splitRows(table, 1));
  const bias = (index: number) =>
    runSplit(candidatesFor(f1, 2)[index], parts, { model: "linear", classes: 2, score: f1, seed: 1 }).weights[2];
  assert(bias(1) > bias(0) + 0.3, `${bias(1)} ${bias(0)}`);
  assertEquals([testFraction, Math.round(100 * fittedFraction)], [0.2, 60]);
});

Deno.test("trainingsOf: a column with a heavy tail is trained on through its power, or as it is", async () => {
  const table = await readTable(frame({ tail: [...y].map((v, i) => Math.exp(4 * (x[i] + v))) }), { label: "ill" });
  const first = (heavyTails: "keep" | "yeoJohnson") => {
    const { value } = trainingsOf({ table, score: f1, heavyTails }, splitRows(table, 1), 1).next();
    return (value as () => { outcomes: object })().outcomes;
  };
  assertNotEquals(first("keep"), first("yeoJohnson"));
});

Deno.test("readFolds: a text that is null, a list that is none or empty, and a first row in no list are refused", () => {
  const lists = Array.from({ length: 10 }, (_, k) => [k]), text = (test: unknown) => JSON.stringify({ test });
  assertEquals(readFolds(text(lists), 10)[3].test, [3]);
  for (const bad of ["null", text(lists.with(4, [])), text(lists.with(4, 7 as never)), text(lists.slice(1))]) {
    assertThrows(() => readFolds(bad, 10), RangeError, "'test' must be 10 lists of rows, none of them empty");
  }
  assertThrows(() => readFolds(text(lists.map(([row]) => [row + 1])), 11), RangeError, "row 0 is in no list");
});

Deno.test("sentences: a model without a threshold is named; a tuned loss against the tuned one has no mark; notes of costs", () => {
  const none = steadyRow("cross-entropy", "none", 0.8);
  const text = recommend([none], [], { score: "rocAuc", testByTrain: 1 / 3 });
  assert(text.includes("With the linear model, cross-entropy's rocAuc is 0.8000"), text);
  const losses = [steadyRow("cross-entropy", "tuned", 0.8), steadyRow("f1 loss", "tuned", 0.81)],
    span = { mean: 0, low: 0, high: 0 };
  const differences = [{ model: "linear", loss: "f1 loss", threshold: "tuned", against: "tuned", ...span } as const];
  const data: ComparedData = {
    rows: 1,
    label: "y",
    classes: [],
    chosen: "",
    features: [],
    warnings: [],
    positive: undefined,
  };
  const content = { score: "f1", losses, differences, data, splits: [], repeats: 3, seed: 1, undefinedScores: 0 };
  const line = comparisonText({ ...content, recommendation: "" }).split("\n").find((one) => one.includes("f1 loss"))!;
  assert(!line.endsWith("†"), line);
  assertEquals(costNotes(true).map((note) => note.split(":")[0]), ["least cost", "savings"]);
  assertEquals(costNotes(false).map((note) => note.split(":")[0]), ["least cost", "tuned", "savings"]);
  const { message } = assertThrows(() => toComparedScore("f2" as "f1"), TypeError);
  assert(!message.includes("negativeAum"), message);
});

Deno.test("rare classes: the sentence lists five of them, has a cure for several classes, and knows a number by all its values", async () => {
  const sentence = async (kind: (i: number) => string) => {
    const table = frame({ kind: [...y].map((_, i) => kind(i)) });
    try {
      await compareLosses(table, { label: "kind", drop: ["ill"] });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const two = await sentence((i) => i < 5 ? "rare" : "usual");
  assert(two.endsWith("'kind' has 'rare' in 5"), two);
  const three = await sentence((i) => i < 4 ? "b" : i < 9 ? "c" : "a");
  assert(three.includes("'b' in 4, 'c' in 5 (it has 3 values; set one against the rest"), three);
  const mixed = await sentence((i) => i % 30 === 0 ? "n" : `${i % 30}`);
  assert(mixed.includes("each class needs at least 10 rows") && mixed.includes(", … (it has 30 values"), mixed);
  assert((await sentence((i) => `${i % 30}`)).includes("looks like a number to predict"));
});

Deno.test("scoreFold: all rows standardise as the training rows do, where these are all", () => {
  const columns = [Array.from(y, (_, i) => x[2 * i]), Array.from(y, (_, i) => x[2 * i + 1])], all = [...y.keys()];
  const fold = { train: all, test: all.slice(0, 20) }, data = { columns, yTrue: y };
  assertEquals(scoreFold(data, fold, "all rows"), scoreFold(data, fold, "training rows"));
});

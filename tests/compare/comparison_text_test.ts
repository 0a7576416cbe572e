// The report of a comparison, line by line, from results written by hand; scores that are refused.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkScore, fitsTwoClasses, toComparedScore } from "../../lib/compare/check_score.ts";
import { comparisonText, dataText } from "../../lib/compare/comparison_text.ts";
import type { ComparedData, ComparedDifference, ComparedLoss } from "../../lib/compare/types.ts";
import { f1, scores, utility } from "../../lib/core.ts";
import { steadyRow } from "./fixtures.ts";

const data: ComparedData = {
  rows: 6,
  label: "paid",
  classes: [{ name: "no", rows: 4 }, { name: "yes", rows: 2 }],
  positive: "yes",
  chosen: "the rarer value",
  features: [
    { name: "age", kind: "number", used: true, missing: 1 },
    { name: "home", kind: "category", used: true, levels: 2, missing: 3, why: "it holds texts" },
    { name: "open", kind: "boolean", used: true, missing: 0 },
    { name: "note", kind: "category", used: false, missing: 6, why: "it holds no value" },
  ],
  warnings: [{ code: "empty-column", column: "note", message: "note is empty" }],
};

Deno.test("dataText: rows, used features and the positive value; a line per feature, its gaps and its reason; warnings", () => {
  assertEquals(dataText(data).split("\n"), [
    "6 rows, 3 features; positive: paid = 'yes' (the rarer value), 2 rows",
    "  age: number, 1 missing (the training median)",
    "  home: category of 2, 3 missing (zeros), it holds texts",
    "  open: yes/no",
    "  note: left out, it holds no value",
    "note: note is empty",
  ]);
});

Deno.test("dataText: several classes by their sizes, the first twelve of them", () => {
  const of = (count: number) => {
    const classes = Array.from({ length: count }, (_, i) => ({ name: `c${i}`, rows: i + 1 }));
    return dataText({ ...data, positive: undefined, classes, features: [], warnings: [] });
  };
  assertEquals(of(3), "6 rows, 0 features; 3 classes: paid = 'c0' 1, 'c1' 2, 'c2' 3");
  const twelve = Array.from({ length: 12 }, (_, i) => `'c${i}' ${i + 1}`).join(", ");
  assertEquals(of(12), `6 rows, 0 features; 12 classes: paid = ${twelve}`);
  assertEquals(of(13), `6 rows, 0 features; 13 classes: paid = ${twelve}, …`);
});

const difference = (of: ComparedLoss, against: ComparedLoss["threshold"], by: number): ComparedDifference => ({
  ...{ model: of.model, loss: of.loss, threshold: of.threshold, against },
  ...{ mean: by, low: by - 0.01, high: by + 0.02 },
});

const [tuned, half, own] = [
  steadyRow("cross-entropy", "tuned", 0.8),
  steadyRow("cross-entropy", "0.5", 0.7),
  steadyRow("f1 loss", "0.5", 0.75),
];
const content = {
  score: "f1",
  losses: [tuned, half, own],
  differences: [difference(half, "tuned", -0.1), difference(own, "0.5", 0.05)],
  ...{ data, splits: [], repeats: 3, seed: 1, undefinedScores: 0, recommendation: "Use the f1 loss." },
};

Deno.test("comparisonText: a table with the difference from the cross-entropy of the same threshold, † from another one", () => {
  const lines = comparisonText(content).split("\n");
  assertEquals(lines.slice(0, 6), dataText(data).split("\n"));
  assertEquals(lines.slice(7, 11), [
    "model   loss           threshold  f1      difference from cross-entropy *",
    "linear  cross-entropy  tuned      0.8000",
    "linear  cross-entropy  0.5        0.7000  −0.1000 (−0.1100 to −0.0800) †",
    "linear  f1 loss        0.5        0.7500  +0.0500 (+0.0400 to +0.0700)",
  ]);
  assertEquals(
    lines.slice(11).filter((line) => /^(\*|†|margin|Use)|scores were/.test(line)).map((line) => line.slice(0, 44)),
    [
      "* means over the test rows of 3 splits, with",
      "† cross-entropy at 0.5 against cross-entropy",
      "margin: a tenth of cross-entropy's distance ",
      "Use the f1 loss.",
    ],
  );
  assertStrictEquals(lines.at(-1), "Use the f1 loss.");
});

Deno.test("comparisonText: several classes have a decision and no threshold; undefined scores and floors have their lines", () => {
  const argmax = steadyRow("cross-entropy", "argmax", 0.6), three = { ...data, positive: undefined };
  const several = comparisonText({ ...content, losses: [argmax], differences: [], data: three });
  assertEquals(several.split("\n").slice(7, 9), [
    "model   loss           decision  f1      difference from cross-entropy *",
    "linear  cross-entropy  argmax    0.6000",
  ]);
  assertEquals([several.includes("†"), several.includes("no threshold to tune")], [false, true]);
  const undefinedLine = (undefinedScores: number) =>
    comparisonText({ ...content, undefinedScores }).split("\n").find((line) => line.includes("undefined"));
  assertEquals([undefinedLine(0), undefinedLine(3)], [undefined, "3 scores were undefined (0/0) and count as 0"]);
  const floor = (score: string) =>
    comparisonText({ ...content, score }).split("\n").find((line) => line.includes("penalty"));
  assertStrictEquals(floor("f1"), undefined);
  assertStrictEquals(
    floor("precisionAtRecall0.8"),
    "precisionAtRecall0.8 is precision minus a penalty: four times the shortfall of recall below 0.8, so it can be negative",
  );
  assertStrictEquals(
    floor("recallAtPrecision0.65"),
    "recallAtPrecision0.65 is recall minus a penalty: four times the shortfall of precision below 0.65, so it can be negative",
  );
});

Deno.test("toComparedScore: a score by name, of counts or of the curve; a score of queries and unknown names are refused", () => {
  assertEquals([toComparedScore("f1").name, toComparedScore("averagePrecision").name], ["f1", "averagePrecision"]);
  assertEquals(toComparedScore({ ...f1, name: "own" }).name, "own");
  const unknown =
    assertThrows(() => toComparedScore("f2" as "f1"), TypeError, "Cannot compare losses: 'score' must be one of ")
      .message;
  assert(
    unknown.includes("accuracy, ") && unknown.includes("averagePrecision") && unknown.endsWith(", it is 'f2'"),
    unknown,
  );
  const query = assertThrows(() => toComparedScore("ndcg"), TypeError).message;
  assertEquals(query, "Cannot compare losses: 'score' is 'ndcg', a score of queries, which splits of rows would cut");
  checkScore({ ...f1, name: "pre0.5cision" }, 3); // the number of a floor stands at the end of its name
});

Deno.test("comparisonText: the whole of it, line by line, for costs and for an order", () => {
  const least = steadyRow("cross-entropy", "least cost", 0.5),
    other = { ...steadyRow("cost loss", "tuned", 0.6), model: "network" as const };
  const costs = { fp: 1, fn: 5 } as unknown as NonNullable<Parameters<typeof comparisonText>[0]["costs"]>;
  const tail = (more: object) => comparisonText({ ...content, ...more }).split("\n").slice(8);
  const differences = [
    difference(steadyRow("cost loss", "tuned", 0), "least cost", -0.3),
    difference(other, "least cost", 0.1),
  ];
  assertEquals(tail({ score: "savings", costs, losses: [least, other], differences }), [
    "linear   cross-entropy  least cost  0.5000",
    "network  cost loss      tuned       0.6000   +0.1000 (+0.0900 to +0.1200)",
    "",
    "* means over the test rows of 3 splits, with 95 % intervals that are corrected for overlapping splits and hold",
    "  jointly for each model, against cross-entropy with decisions of the least expected cost",
    "least cost: positive above the row's own threshold, (fp − tn)/((fp − tn) + (fn − tp)), of the costs of its outcomes",
    "tuned: the median of the thresholds that are best on validation rows drawn with replacement, and 95 % of them",
    "savings: 1 − cost / cost of the cheapest decision that is the same for all rows",
    "margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02; smaller differences are negligible",
    "",
    "Use the f1 loss.",
  ]);
  assertEquals(
    tail({ score: "averagePrecision", losses: [steadyRow("cross-entropy", "none", 0.5)], differences: [] }).slice(2),
    [
      "* means over the test rows of 3 splits, with 95 % intervals that are corrected for overlapping splits and hold",
      "  jointly for each model; the order of the outputs is scored, so there is no threshold to tune",
      "margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02; smaller differences are negligible",
      "",
      "Use the f1 loss.",
    ],
  );
  const penalty = comparisonText({ ...content, score: "ownprecisionAtRecall0.8" });
  assertEquals(penalty.includes("penalty"), false);
});

Deno.test("checkScore: of two classes what a useless model makes perfect, of more what says little, is refused", () => {
  const refused = (classes: number) => {
    const all = [
      ...Object.values(scores).filter((score) => typeof score !== "function"),
      utility({ tp: 1 }),
      scores.fBeta({ beta: 2 }),
      scores.precisionAtRecall({ recall: 0.9 }),
      scores.recallAtPrecision({ precision: 0.9 }),
    ];
    return all.filter((score) => {
      try {
        checkScore(score, classes);
        return false;
      } catch (error) {
        return (error as Error).message.startsWith(`Cannot compare losses: 'score' is '${score.name}'`);
      }
    }).map(({ name }) => name).sort();
  };
  assertEquals(refused(2), ["npv", "precision", "recall", "specificity"]);
  assertEquals(refused(3), [
    ...["accuracy", "markedness", "npv", "precision", "precisionAtRecall0.9", "recallAtPrecision0.9", "specificity"],
    "utility",
  ]);
  assertEquals([fitsTwoClasses("f1"), fitsTwoClasses("recall"), fitsTwoClasses("toString")], [true, false, true]);
  assertThrows(
    () => checkScore(scores.precision, 2),
    RangeError,
    "alone, at which predicting the single surest positive",
  );
  checkScore(f1, 3);
});

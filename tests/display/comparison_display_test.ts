// A comparison in a notebook, from a comparison made by hand: its sentences, tables and figures.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { comparisonDisplay } from "@roundabout/roundabout/display";
import type { ComparedDifference, ComparedLoss, LossComparison } from "../../lib/compare/types.ts";

const scores: readonly [
  model: ComparedLoss["model"],
  loss: string,
  threshold: ComparedLoss["threshold"],
  mean: number,
][] = [
  ["linear", "cross-entropy", "tuned", 0.71],
  ["linear", "cross-entropy", "0.5", 0.6],
  ["linear", "f1 <loss>", "tuned", 0.7205],
  ["linear", "f1 <loss>", "0.5", 0.7195],
  ["network", "cross-entropy", "tuned", 0.8],
  ["network", "cross-entropy", "0.5", 0.75],
];

const difference = (
  loss: string,
  threshold: ComparedLoss["threshold"],
  against: ComparedLoss["threshold"],
  mean: number,
) =>
  ({
    model: "linear",
    loss,
    threshold,
    against,
    mean,
    low: mean - 0.02,
    high: mean + 0.03,
  }) satisfies ComparedDifference;

const made: LossComparison = {
  score: "f1",
  recommendation: "Use <cross-entropy>. The difference is 0.5 at most. No other is ahead.",
  losses: scores.map(([model, loss, threshold, mean]) => ({ model, loss, threshold, mean, values: [mean] })),
  differences: [
    difference("f1 <loss>", "tuned", "tuned", 0.0105),
    difference("cross-entropy", "0.5", "tuned", -0.11),
    difference("f1 <loss>", "0.5", "0.5", 0.1195),
  ],
  data: {
    rows: 400,
    label: "ill",
    classes: [{ name: "no", rows: 300 }, { name: "yes", rows: 100 }],
    positive: "yes",
    chosen: "the rarer one",
    features: [
      { name: "age", kind: "number", used: true, missing: 3 },
      { name: "", kind: "category", used: false, why: "it has no value", missing: 400 },
    ],
    warnings: [{ code: "empty-column", column: "", message: "the column '' is left out & has no value" }],
  },
  splits: [],
  repeats: 7,
  seed: 1,
  undefinedScores: 0,
  toJSON: () => ({}),
  toString: () => "",
};

Deno.test("comparisonDisplay: the advice, the notes, the scores, the reading, a figure per threshold, the columns", () => {
  const { html, text } = comparisonDisplay(made);
  assertStringIncludes(
    html,
    "<strong>Use &lt;cross-entropy&gt;.</strong> The difference is 0.5 at most. No other is ahead.",
  );
  assertStringIncludes(html, "<ul><li>the column '' is left out &amp; has no value</li></ul>".replaceAll("'", "&#39;"));
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
  const expected = [
    "Use <cross-entropy>. The difference is 0.5 at most. No other is ahead.",
    "the column '' is left out & has no value",
    "f1 on test rows, means of 7 splits of 400 rows (100 of them ill = yes)",
    "model | loss | tuned | at 0.5",
    "linear | cross-entropy | 0.710 | 0.600",
    "linear | f1 <loss> | 0.721 | 0.720",
    "network | cross-entropy | 0.800 | 0.750",
    "The 2 columns beside ill",
    "column | what became of it",
    "(no name) | left out, it has no value",
  ];
  const places = expected.map((line) => lines.indexOf(line));
  assertEquals(expected.filter((_, i) => places[i] < 0), [], text);
  assertEquals(places.toSorted((a, b) => a - b), places, "in this order");
  assertStringIncludes(
    text,
    "Differences in f1. linear, f1 <loss>: +0.0105 (−0.0095 to +0.0405); linear, cross-entropy, at 0.5: −0.1100",
  );
  assertStringIncludes(text, "Differences in f1. linear, f1 <loss>: +0.1195");
  assertStringIncludes(
    text,
    "Mean differences in f1 on the test rows of 7 splits; 95 % intervals that hold jointly for each model.",
  );
  assertStringIncludes(text, "[figure] With a tuned threshold, against cross-entropy's");
  assertStringIncludes(text, "[figure] With the threshold at 0.5, against cross-entropy's");
  for (const words of ["difference in f1", "cross-entropy, tuned", "cross-entropy, at 0.5"]) {
    assertStringIncludes(html.replaceAll("%20", " "), words);
  }
  assertStringIncludes(text, "A difference is significant if its 95 % interval excludes 0");
});

Deno.test("comparisonDisplay: other ways to decide have their own titles and columns", () => {
  const of = (threshold: ComparedLoss["threshold"], more: Partial<LossComparison> = {}) => {
    const losses = made.losses.slice(0, 1).map((one) => ({ ...one, threshold }));
    const { html, text } = comparisonDisplay({
      ...made,
      losses,
      differences: [difference("f1", threshold, threshold, 0)],
      ...more,
    });
    return html + text;
  };
  const words = {
    argmax: ["Where the largest output decides, against cross-entropy", "by the largest output"],
    none: ["By the order of the outputs, against cross-entropy", "by the order"],
    "least cost": ["Against cross-entropy with decisions of the least expected cost", "least cost"],
  } as const;
  for (const [threshold, own] of Object.entries(words)) {
    for (const one of own) assertStringIncludes(of(threshold as ComparedLoss["threshold"]), one);
  }
  const { positive: _, ...classes } = made.data, several = of("argmax", { data: classes });
  assertStringIncludes(several, "splits of 400 rows (2 classes of ill)");
  const costs = { fp: 1, fn: 2, tp: 0, tn: 0 } as LossComparison["costs"];
  const [plain, costly] = [of("least cost"), of("least cost", { costs })];
  assert(costly.length > plain.length && !plain.includes("savings") && costly.includes("savings"), "notes on costs");
  assert(!of("argmax", { differences: [], data: { ...made.data, warnings: [] } }).includes("<ul>"));
});

Deno.test("comparisonDisplay refuses what is no comparison", () => {
  for (const other of [undefined, null, {}, { losses: 1 }]) {
    assertThrows(
      () => comparisonDisplay(other as unknown as LossComparison),
      TypeError,
      "'comparison' must be what compareLosses returns",
    );
  }
});

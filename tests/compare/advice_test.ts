// The advice where decisions have costs, where losses tie, and where the order of the rows could decide.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { differencesOf } from "../../lib/compare/intervals.ts";
import { recommend } from "../../lib/compare/recommend.ts";
import type { ComparedDifference, ComparedLoss } from "../../lib/compare/types.ts";
import { advice, around, lossRow } from "./fixtures.ts";

const sentences = (text: string) => text.split(/(?<=\.) (?=[A-Z])/);

/** Losses with decisions by costs: cross-entropy at the least cost, its weights by costs, cross-entropy tuned, the loss tuned. */
const byCost = (base: number, weighted: number, tuned: number, own: number, half = own) => [
  lossRow("cross-entropy", "least cost", around(base)),
  lossRow("cross-entropy, costs as weights", "least cost", around(weighted)),
  lossRow("cross-entropy", "tuned", around(tuned)),
  lossRow("cost loss", "0.5", around(half)),
  lossRow("cost loss", "tuned", around(own)),
];

Deno.test("with costs every other row is compared with cross-entropy at the least cost, jointly", () => {
  const losses = byCost(0.5, 0.5, 0.25, 0.75), differences = differencesOf(losses, 1 / 3);
  assertEquals(
    differences.map(({ loss, threshold, against, mean }) => [loss, threshold, against, mean]),
    [
      ["cross-entropy, costs as weights", "least cost", "least cost", 0],
      ["cross-entropy", "tuned", "least cost", -0.25],
      ["cost loss", "0.5", "least cost", 0.25],
      ["cost loss", "tuned", "least cost", 0.25],
    ],
  );
});

Deno.test("with costs the advice names the decisions", () => {
  const of = (...means: Parameters<typeof byCost>) => sentences(advice(byCost(...means), "savings"));
  assertEquals(of(0.5, 0.25, 0.25, 0.75, 0.625), [
    "Use the cost loss with a tuned threshold.",
    "With the linear model and decisions of the least expected cost, cross-entropy's savings is 0.5000 (margin 0.0200); " +
    "the cost loss with a tuned threshold is significantly better (+0.2500, +0.2500 to +0.2500).",
  ]);
  assertEquals(
    of(0.5, 0.75, 0.25, 0.25)[0],
    "Use cross-entropy with costs as weights, decided by the least expected cost.",
  );
  assertEquals(of(0.5, 0.25, 0.75, 0.25)[0], "Use cross-entropy with a tuned threshold.");
  assertEquals(of(0.5, 0.25, 0.25, 0.25), [
    "Use cross-entropy decided by the least expected cost.",
    "With the linear model and decisions of the least expected cost, cross-entropy's savings is 0.5000 (margin 0.0200); " +
    "every other loss is significantly worse (−0.2500).",
  ]);
});

Deno.test("of losses that tie the simplest is chosen, wherever it stands: a threshold, weights, focal loss, a loss of the score", () => {
  const tie = (losses: ComparedLoss[]) =>
    sentences(advice([lossRow("cross-entropy", "argmax", around(0.25)), ...losses]))[0];
  const f1 = lossRow("f1 loss", "argmax", around(0.75)),
    jaccard = lossRow("jaccard loss", "argmax", around(0.75, 0.01));
  const focal = lossRow("focal loss", "argmax", around(0.75, 0.01));
  assertEquals(tie([f1, focal]), "Use the focal loss.");
  assertEquals(tie([jaccard, f1]), "Use the jaccard loss."); // both are losses of a score: the first of equal means
  assertEquals(tie([jaccard, lossRow("f1 loss", "argmax", around(0.7505))]), "Use the f1 loss.");
  const costs = byCost(0.25, 0.75, 0.75, 0.75);
  assertEquals(sentences(advice(costs, "savings"))[0], "Use cross-entropy with a tuned threshold.");
  const untuned = [...costs, lossRow("cross-entropy", "0.5", around(0.75))];
  assertEquals(sentences(advice(untuned, "savings"))[0], "Use cross-entropy at 0.5.");
});

Deno.test("of losses that are better the best one is named, though another came first", () => {
  const losses = [
    lossRow("cross-entropy", "argmax", around(0.25)),
    lossRow("f1 loss", "argmax", around(0.5)),
    lossRow("jaccard loss", "argmax", around(0.75)),
    lossRow("dice loss", "argmax", around(0.625)),
  ];
  assertMatch(advice(losses), /^Use the jaccard loss\. .* the jaccard loss is significantly better \(\+0\.5000/);
});

/** The sentences for a loss whose difference from cross-entropy is given. */
function ofDifference(mean: number, low: number, high: number): string {
  const losses = [lossRow("cross-entropy", "argmax", around(0.5)), lossRow("f1 loss", "argmax", around(0.5))];
  const difference: ComparedDifference = {
    ...{ model: "linear", loss: "f1 loss", threshold: "argmax", against: "argmax" },
    ...{ mean, low, high },
  };
  return recommend(losses, [difference], { score: "f1", testByTrain: 1 / 3 });
}

Deno.test("a significant difference of exactly the margin is less than it, one beyond is not", () => {
  assertMatch(ofDifference(-0.02, -0.03, -0.01), /is significantly worse, by less than the margin \(−0\.0200\)/);
  assertMatch(ofDifference(-0.0201, -0.03, -0.01), /is significantly worse \(−0\.0201\)/);
  assertMatch(ofDifference(0.02, 0.01, 0.03), /is significantly better, by less than the margin \(\+0\.0200/);
});

Deno.test("a chosen loss whose own interval ends at 0 is not called better", () => {
  const losses = [
    lossRow("cross-entropy", "argmax", around(0.5)),
    lossRow("f1 loss", "argmax", around(0.625)),
    lossRow("cross-entropy, class weights", "argmax", around(0.625)),
  ];
  const of = { model: "linear", threshold: "argmax", against: "argmax" } as const;
  const differences: ComparedDifference[] = [
    { ...of, loss: "f1 loss", mean: 0.125, low: 0.1, high: 0.15 },
    { ...of, loss: "cross-entropy, class weights", mean: 0.125, low: 0, high: 0.25 },
  ];
  assertMatch(
    recommend(losses, differences, { score: "f1", testByTrain: 1 / 3 }),
    /^Use cross-entropy with class weights \(itself not significantly better than cross-entropy; it ties with the f1 loss, which is\)\. .* cross-entropy with class weights is not significantly better \(\+0\.1250, 0\.0000/,
  );
});

Deno.test("several losses that are worse are counted, the rest has its span; one beyond the margin makes it open", () => {
  const losses = [
    lossRow("cross-entropy", "argmax", around(0.5)),
    lossRow("f1 loss", "argmax", around(0.25)),
    lossRow("jaccard loss", "argmax", around(0.125)),
    lossRow("dice loss", "argmax", around(0.5)),
    lossRow("focal loss", "argmax", around(0.5, 0.1)),
  ];
  const text = advice(losses);
  assertStringIncludes(text, "2 others are significantly worse (−0.3750 to −0.2500); the remaining intervals span −0.");
  assertStringIncludes(
    advice([losses[0], losses[1], losses[3]]),
    "the f1 loss is significantly worse (−0.2500, −0.2500 to −0.2500); the remaining intervals lie within the margin, 0.0000",
  );
  const slightly = lossRow("jaccard loss", "argmax", around(0.49));
  assertStringIncludes(
    advice([losses[0], losses[1], slightly, losses[3]]),
    "2 others are significantly worse (−0.2500 to −0.0100);",
  );
  const open = losses.filter(({ mean }) => mean === 0.5), tight = open.slice(0, 2);
  assertMatch(advice(open), /^Inconclusive: .* the other intervals span −0\./);
  assertMatch(advice(tight), /^No difference: .* lie within the margin, 0\.0000\./);
});

Deno.test("the model is that of the better cross-entropy with the same decisions, and only its rows count, in any order", () => {
  const rows = (model: ComparedLoss["model"], tuned: number, half: number, f1: number, weighted: number) => [
    lossRow("f1 loss", "tuned", around(f1), model),
    lossRow("f1 loss", "0.5", around(f1), model),
    lossRow("cross-entropy, class weights", "0.5", around(weighted), model),
    lossRow("cross-entropy, class weights", "tuned", around(0.25), model),
    lossRow("cross-entropy", "0.5", around(half), model),
    lossRow("cross-entropy", "tuned", around(tuned), model),
  ];
  // The network's F1 loss and its cross-entropy at 0.5 are better, its tuned cross-entropy is not.
  const linear = rows("linear", 0.5, 0.25, 0.625, 0.25), network = rows("network", 0.375, 0.75, 0.875, 0.25);
  const alone = advice(linear);
  assertMatch(
    alone,
    /^Use the f1 loss with a tuned threshold; .* With the linear model and tuned thresholds, cross-entropy's f1 is 0\.5000/,
  );
  assertEquals(advice([...network, ...linear]), alone);
  assertEquals(advice([...linear, ...network]), alone);
});

Deno.test("cross-entropy at 0.5 is said to be better or worse than the tuned one, and if it is by less than the margin", () => {
  const of = (half: number) =>
    advice([
      lossRow("cross-entropy", "tuned", around(0.5)),
      lossRow("cross-entropy", "0.5", around(half)),
      lossRow("f1 loss", "tuned", around(0.5, 0.01)),
      lossRow("f1 loss", "0.5", around(half, 0.01)),
    ]);
  assertStringIncludes(of(0.25), "cross-entropy at 0.5 is significantly worse (−0.2500");
  assertStringIncludes(of(0.75), "cross-entropy at 0.5 is significantly better (+0.2500");
  assertStringIncludes(of(0.4921875), "cross-entropy at 0.5 is significantly worse, by less than the margin (−0.0078");
});

Deno.test("cross-entropy at 0.5 is one of the choices beside tuned thresholds; other losses at 0.5 are not", () => {
  const losses = (half: number, weightedAtHalf: number) => [
    lossRow("cross-entropy", "tuned", around(0.25)),
    lossRow("cross-entropy", "0.5", around(half)),
    lossRow("f1 loss", "tuned", around(0.75)),
    lossRow("cross-entropy, class weights", "0.5", around(weightedAtHalf)),
  ];
  const half = advice(losses(0.75, 0.25));
  assertMatch(half, /^Use cross-entropy at 0\.5[.;]/);
  assertStringIncludes(
    half,
    "cross-entropy at 0.5 is significantly better (+0.5000, +0.5000 to +0.5000); it ties with the f1 loss",
  );
  assertMatch(advice(losses(0.25, 0.75)), /^Use the f1 loss with a tuned threshold[.;]/);
});

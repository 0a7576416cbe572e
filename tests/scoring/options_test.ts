// The options that losses and metrics share: what they resolve to, and each refusal.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { f1 } from "../../lib/scores/ratio.ts";
import { softsign } from "../../lib/steps/softsign.ts";
import {
  checkTunedAverage,
  hardOptions,
  type LossParts,
  partsOfLoss,
  rememberParts,
  resolveOptions,
  scoringOptionNames,
  type ScoringOptions,
  takesLoops,
} from "../../lib/scoring/options.ts";

const resolved = (options: ScoringOptions) => resolveOptions("a test", f1, options);

Deno.test("without options: one column of probabilities, no class weights, 0 for 0/0", () => {
  const { reading, scoring, decide } = resolved({});
  assertEquals(reading, { fromLogits: false, columns: false, ignoreLabel: undefined, perClass: [], atLeast: 1 });
  assertEquals(scoring, { score: f1, average: "binary", zeroDivision: 0, classWeights: undefined });
  assertEquals(decide.steps?.map(({ name, threshold }) => [name, threshold]), [["softsign", 0.5]]);
});

Deno.test("each option reaches the part that it concerns", () => {
  const threshold = [0.25, 0.75], classWeights = [2, 0];
  const { reading, scoring, decide } = resolved({
    average: "macro",
    zeroDivision: "skip",
    threshold,
    classWeights,
    ignoreLabel: NaN,
    fromLogits: true,
  });
  assertEquals(reading, {
    fromLogits: true,
    columns: true,
    ignoreLabel: NaN,
    perClass: [{ option: "threshold", length: 2 }, { option: "classWeights", length: 2 }],
    atLeast: 1,
  });
  assertEquals(scoring, { score: f1, average: "macro", zeroDivision: "skip", classWeights });
  assertEquals([decide.steps?.length, decide.fromLogits], [2, true]);
  assertEquals(resolved({ average: "macro", threshold }).decide.steps?.map((step) => step.threshold), threshold);
  assertEquals(resolved({ average: "macro", threshold: 0.3 }).reading.perClass, []);
  assertStrictEquals(resolved({ average: "macro", decision: "argmax" }).reading.atLeast, 2);
  for (const average of ["micro", "macro", "weighted", "samples"] as const) {
    assertEquals(resolved({ average, zeroDivision: 1 }).reading.columns, true);
  }
});

Deno.test("each bad option is refused in one sentence", () => {
  const cases: [unknown, string][] = [
    [{ average: "mean" }, "'average' must be 'binary', 'micro', 'macro', 'weighted' or 'samples', it is 'mean'"],
    [{ zeroDivision: 2 }, "'zeroDivision' must be 0, 1 or 'skip', it is 2"],
    [{ zeroDivision: "1" }, "'zeroDivision' must be 0, 1 or 'skip', it is '1'"],
    [
      { classWeights: [1] },
      "'classWeights' is [1], but average: 'binary' has one column; weigh its rows by sampleWeight",
    ],
    [{ average: "macro", classWeights: 3 }, "'classWeights' must be an array, it is 3"],
    ...[[0, 0], [], [1, -1], [1, NaN], [1, 1.1e30], [1, "2"], [1, undefined]].map((weights): [unknown, string] => [
      { average: "macro", classWeights: weights },
      `'classWeights' must be numbers from 0 to 1e30, not all 0, it is [${
        weights.map((w) => typeof w === "string" ? `'${w}'` : String(w)).join(", ")
      }]`,
    ]),
    [{ fromLogits: 1 }, "'fromLogits' must be true or false, it is 1"],
    [{ ignoreLabel: "255" }, "'ignoreLabel' must be a number, it is '255'"],
    [{ average: "macro", threshold: [] }, "'threshold' is empty"],
  ];
  for (const [options, sentence] of cases) {
    const { message } = assertThrows(() => resolved(options as ScoringOptions), Error);
    assertStrictEquals(message, `Cannot make a test: ${sentence}`);
  }
  assertEquals(resolved({ average: "macro", classWeights: [0, 1e30] }).scoring.classWeights, [0, 1e30]);
});

Deno.test("a loss remembers its parts; any other function has none", () => {
  const loss = () => 0, parts = { wholeSet: false } as LossParts;
  assertStrictEquals(partsOfLoss(loss), undefined);
  rememberParts(loss, parts);
  assertStrictEquals(partsOfLoss(loss), parts);
  for (const other of [() => 0, {}, undefined, null, "f1Loss"]) assertStrictEquals(partsOfLoss(other), undefined);
});

Deno.test("the names of the shared options", () => {
  assertEquals([...scoringOptionNames].sort(), [
    "average",
    "classWeights",
    "decision",
    "fromLogits",
    "ignoreLabel",
    "threshold",
    "zeroDivision",
  ]);
});

Deno.test("the SIMD loops are for more than 4,096 outputs", () => {
  assertEquals([1, 4096, 4097, 1e7].map(takesLoops), [false, false, true, true]);
});

Deno.test("thresholds are tuned for every average but that of samples", () => {
  for (const average of ["binary", "micro", "macro", "weighted"]) checkTunedAverage("a threshold", average);
  for (const average of ["samples", "mean", undefined]) {
    assertThrows(
      () => checkTunedAverage("a threshold", average),
      RangeError,
      "Cannot make a threshold: 'average' must be",
    );
  }
});

Deno.test("hard options decide by rounding, at the threshold that is given, that of the loss, or that of its step", () => {
  const partsOf = (options: ScoringOptions): LossParts => ({ ...resolved(options), wholeSet: false, options });
  const thresholds = (options: ScoringOptions, threshold?: number) => {
    const steps = hardOptions("a test", partsOf(options), threshold).decide.steps ?? [];
    assert(steps.every(({ name }) => name === "round"));
    return steps.map((step) => step.threshold);
  };
  assertEquals(thresholds({}), [0.5]);
  assertEquals(thresholds({ threshold: 0.3 }), [0.3]);
  assertEquals(thresholds({ threshold: 0.3 }, 0.7), [0.7]);
  assertEquals(thresholds({ average: "macro", threshold: [0.2, 0.6] }), [0.2, 0.6]);
  assertEquals(thresholds({ step: softsign({ threshold: 0.4 }) }), [0.4]);
  assertEquals(thresholds({ step: softsign({ threshold: 0.4 }), threshold: 0.4 }), [0.4]);
  assertEquals(thresholds({ step: "logistic", slope: 9 }), [0.5]);
});

Deno.test("hard options of a rule are the same parts with its hard form, or with the rule itself", () => {
  const parts = resolved({ average: "macro" }), options = {};
  const rule = { settings: {}, stuck: "", count: () => ({ each: [], gradient: () => new Float32Array() }) } as never;
  const withRule = (rule: never): LossParts => ({
    ...parts,
    scoring: { ...parts.scoring, rule },
    wholeSet: false,
    options,
  });
  assertStrictEquals(hardOptions("a test", withRule(rule)).scoring.rule, rule);
  const smooth = Object.assign({}, rule, { hard: rule }) as never, hard = hardOptions("a test", withRule(smooth));
  assertStrictEquals(hard.scoring.rule, rule);
  assertEquals([hard.scoring.average, hard.decide], ["macro", parts.decide]);
});

// Rules on recordings and descents written by hand: each condition of a sign is missing once.
import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { Descent } from "../../lib/audit/descents.ts";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { Observations } from "../../lib/audit/observations.ts";
import { metricOn, worseMetric } from "../../lib/audit/rules/metric.ts";
import {
  type AuditContext,
  descendsFrom,
  errorOf,
  interpolate,
  isLinear,
  labelsDetermineOutputs,
  locationOf,
  ofLabels,
  weighsByLabels,
} from "../../lib/audit/rules/rule.ts";
import { swapped } from "../../lib/audit/rules/swapped.ts";
import { batchOf, input, op } from "./rule_helpers.ts";

const pred = input({ fromPred: true, isPred: true, live: true }), labels = input({ fromTrue: true });
const made = (madeBy: number, more: Partial<RecordedInput> = {}) => input({ madeBy, ...more });
const ofPred = (at: number) => made(at, { fromPred: true, live: true });
const ofTrue = (at: number) => made(at, { fromTrue: true });
const ofBoth = (at: number) => made(at, { fromPred: true, fromTrue: true, live: true });

const resultOf = (batch: AuditBatch, value = 3) => ({ batch, value, shape: [] });

/** A loss on a batch: its value is Σ y·10 + Σ p. */
const engine = {
  value: ({ yTrue, yPred }: AuditBatch) => ({
    value: yTrue.reduce((a, b) => a + b, 0) * 10 + yPred.reduce((a, b) => a + b, 0),
  }),
} as AuditEngine;
const observed = (ops: RecordedOp[], more: Partial<Observations> = {}) =>
  ({
    ...{ ops, live: true, columns: 1, rows: 4, results: {}, customGradient: false },
    random: resultOf(batchOf([0, 1, 1, 0], [0.25, 0.5, 0.5, 0.25])),
    ...more,
  }) as Observations;
const swappedIn = (ops: RecordedOp[], more?: Partial<Observations>, own = engine) =>
  swapped({ engine: own, observations: observed(ops, more) } as unknown as AuditContext);

Deno.test("parts of a rule: an error, a place in the code, what is made of labels", () => {
  const finding = { cause: "constant", message: "m", evidence: {}, remedy: "r" } as const;
  assertEquals(errorOf(finding), { severity: "error", ...finding });
  assertEquals(locationOf(op("Log", [pred])), { op: "Log", line: "Log.ts:1:1" });
  assertEquals([labels, pred, ofBoth(0), input()].map(ofLabels), [true, false, false, false]);
  assertEquals(weighsByLabels(op("Multiply", [pred, labels])), true);
  assertEquals(weighsByLabels(op("Multiply", [labels, pred])), true);
  assertEquals(weighsByLabels(op("Add", [pred, labels])), false);
  assertEquals(weighsByLabels(op("Multiply", [ofPred(0), labels])), false);
  assertEquals(weighsByLabels(op("Multiply", [pred, ofBoth(0)])), false);
});

Deno.test("descendsFrom: by any number of operations, and from no later one", () => {
  const ops = [op("A", [labels]), op("B", [pred]), op("C", [ofTrue(0), ofPred(1)]), op("D", [ofBoth(2)])];
  const from = (madeBy: number | undefined, at: number) => descendsFrom(ops, input({ madeBy }), at);
  assertEquals([from(3, 0), from(3, 1), from(3, 2), from(3, 3)], [true, true, true, true]);
  assertEquals([from(1, 0), from(0, 1), from(0, 0), from(undefined, 0)], [false, false, true, false]);
});

Deno.test("isLinear: a division is linear where the outputs do not divide", () => {
  assertEquals(["Multiply", "Neg", "Sub", "AddV2", "Mean", "Cast"].map((name) => isLinear(op(name, [pred, pred]))), [
    ...[true, true, true, true, true, true],
  ]);
  assertEquals(isLinear(op("Log", [pred])), false);
  assertEquals(isLinear(op("Exp", [pred, labels])), false);
  assertEquals(isLinear(op("RealDiv", [pred, labels])), true);
  assertEquals(isLinear(op("RealDiv", [labels, pred])), false);
});

Deno.test("interpolate: from the random outputs to the correct ones, with the labels of the correct ones", () => {
  const perfect = resultOf(batchOf([1, 1, 0, 0], [1, 1, 0, 0])), all = observed([], { results: { perfect } });
  assertEquals([...interpolate(all, 0)!.yPred], [0.25, 0.5, 0.5, 0.25]);
  assertEquals([...interpolate(all, 1)!.yPred], [1, 1, 0, 0]);
  assertEquals([...interpolate(all, 0.5)!.yPred], [0.625, 0.75, 0.25, 0.125]);
  assertEquals([...interpolate(all, 0.5)!.yTrue], [1, 1, 0, 0]);
  assertStrictEquals(interpolate(observed([]), 0.5), undefined);
  const other = observed([], { results: { perfect: resultOf(batchOf([1], [1])) } });
  assertStrictEquals(interpolate(other, 0.5), undefined);
});

Deno.test("labelsDetermineOutputs: rows with equal labels have equal correct outputs, column by column", () => {
  const of = (yTrue: number[], yPred: number[], columns = 1) =>
    labelsDetermineOutputs(observed([], { results: { perfect: resultOf(batchOf(yTrue, yPred, columns)) } }));
  assertEquals(of([0, 1, 0], [0, 1, 0]), true);
  assertEquals(of([0, 1, 0], [0, 1, 0.5]), false);
  assertEquals(of([0, 1, 2], [0, 1, 0]), true);
  assertEquals(of([0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 1, 0], 2), true);
  assertEquals(of([0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 1, 0.5], 2), false); // row 2 is row 0 but for its last output
  assertEquals(labelsDetermineOutputs(observed([])), false);
});

const descent = (
  from: number,
  to: number,
  start: AuditBatch,
  end: AuditBatch,
  name: Descent["name"] = "SGD",
): Descent => (
  { name, from, to, steps: 10, start, end, last: { value: to, shape: [] } }
);
/** The metric is the first output. */
const metric = { name: "hits", of: ({ yPred }: AuditBatch) => yPred[0] };
const at = (value: number) => batchOf([1], [value]);

Deno.test("a worse metric: both descents lower the loss and the metric, on a second batch too", () => {
  const sgd = descent(1, 0.5, at(0.75), at(0.5)), adam = descent(1, 0.25, at(0.75), at(0.25), "Adam");
  const judged = (first: Descent[], second = first, other = at(0.75)) =>
    worseMetric(metric, first, other, (batch) => (assertStrictEquals(batch, other), second));
  assertEquals(judged([sgd, adam]), {
    cause: "wrong-optimum",
    severity: "warning",
    message: "Minimising the loss makes hits worse, with SGD and with Adam",
    evidence: {
      ...{ metric: 0.75, betweenBatches: 0, lossSGDFrom: 1, lossSGDTo: 0.5, metricSGD: 0.5 },
      ...{ lossAdamFrom: 1, lossAdamTo: 0.25, metricAdam: 0.25 },
    },
    remedy: "Train on the target itself, metricLoss with a score, or on cross-entropy; if a smaller hits is better, " +
      "give its negative",
  });
  const better = descent(1, 0.5, at(0.75), at(1)), flat = descent(1, 0.995, at(0.75), at(0.25));
  for (const one of [better, flat]) {
    assertStrictEquals(judged([sgd, one]), undefined);
    assertStrictEquals(judged([one, sgd]), undefined);
    assertStrictEquals(judged([sgd, one], [sgd, adam]), undefined);
    assertStrictEquals(judged([sgd, adam], [sgd, one]), undefined);
  }
  // 1 % of the loss at the start is not enough, of a negative loss either; a little more is.
  assertStrictEquals(judged([descent(100, 99, at(0.75), at(0.25))]), undefined);
  assertStrictEquals(judged([descent(-100, -101, at(0.75), at(0.25))]), undefined);
  assertEquals(judged([descent(-100, -101.5, at(0.75), at(0.25))])?.severity, "warning");
  // The metric falls by more than 0.05, and by more than two batches differ.
  const fallen = (by: number, other: number) =>
    judged([descent(1, 0, at(0.75), at(0.75 - by))], undefined, at(other))?.evidence.betweenBatches;
  assertEquals([fallen(0.03125, 0.75), fallen(0.0625, 0.75)], [undefined, 0]);
  assertEquals([fallen(0.25, 0.5), fallen(0.25, 1), fallen(0.25, 0.625)], [undefined, undefined, 0.125]);
});

Deno.test("a metric that throws has no value", () => {
  assertEquals(metricOn(metric, at(0.5)), 0.5);
  const throwing = {
    name: "none",
    of: (): number => {
      throw new RangeError("no positives");
    },
  };
  assertEquals(metricOn(throwing, at(0.5)), NaN);
});

/** −mean(p·log y): the logarithm of the labels, weighted by the outputs. */
const logOfLabels = [op("Log", [labels]), op("Multiply", [pred, ofTrue(0)]), op("Mean", [ofBoth(1)])];

Deno.test("swapped: a function of the labels that the outputs weigh", () => {
  const found = swappedIn(logOfLabels)!;
  assertEquals([found.cause, found.severity, found.where], ["swapped-arguments", "error", {
    op: "Log",
    line: "Log.ts:1:1",
  }]);
  assertEquals(
    found.message,
    "Log is applied to the labels and multiplied by the outputs: yTrue and yPred have changed places",
  );
  assertEquals(found.evidence.value, 3);
  assertAlmostEquals(found.evidence.valueWithArgumentsExchanged as number, 1.5 * 10 + 2);
  const uneven = { random: resultOf(batchOf([0, 1], [0.5, 0.25, 0.25, 0], 2)) };
  assertEquals(swappedIn(logOfLabels, uneven)!.evidence.valueWithArgumentsExchanged, "not tried");

  for (const name of ["Log1p", "LogSoftmax"]) {
    assertEquals(swappedIn([op(name, [labels]), ...logOfLabels.slice(1)])?.where?.op, name);
  }
  // The logarithm of a step further on counts as well.
  const further = [op("Log", [labels]), op("Neg", [ofTrue(0)]), op("Multiply", [pred, ofTrue(1)])];
  assertEquals(swappedIn(further)?.severity, "error");
});

Deno.test("swapped: nothing without the product, or with a logarithm of the outputs beside it", () => {
  const none = (ops: RecordedOp[], more?: Partial<Observations>) => assertStrictEquals(swappedIn(ops, more), undefined);
  none([]);
  none([op("Log", [labels]), op("Multiply", [ofPred(0), labels])]);
  none([op("Log", [labels]), op("Multiply", [input(), ofTrue(0)])]); // by a constant
  none([op("Log", [labels]), op("Multiply", [pred, labels])]); // not the logarithm is weighed
  none([op("Log", [labels]), op("Add", [pred, ofTrue(0)])]);
  none([op("Log", [pred]), op("Multiply", [pred, labels])]);
  none([op("Abs", [labels]), op("Multiply", [pred, ofTrue(0)])]);
  for (const name of ["Log", "LogSoftmax"]) none([...logOfLabels, op(name, [pred])]);
  // Such a logarithm without a gradient, or of the labels too, says nothing.
  assertEquals(swappedIn([...logOfLabels, op("Log", [{ ...pred, live: false }])])?.severity, "error");
  assertEquals(swappedIn([...logOfLabels, op("Log", [ofBoth(1)])])?.severity, "error");
  assertEquals(swappedIn([...logOfLabels, op("Exp", [pred])])?.severity, "error");
});

Deno.test("swapped: an activation of the labels, where the loss is linear in the outputs", () => {
  const product = op("Multiply", [pred, labels]);
  for (const name of ["Exp", "Softplus", "Sigmoid", "Softmax"]) {
    assertEquals(swappedIn([op(name, [labels]), product])?.where?.op, name);
  }
  const none = (ops: RecordedOp[], more?: Partial<Observations>) => assertStrictEquals(swappedIn(ops, more), undefined);
  none([op("Exp", [labels]), product], { live: false });
  none([op("Exp", [labels]), op("Add", [pred, labels])]);
  none([op("Exp", [labels]), product, op("Square", [ofBoth(1)])]);
  none([op("Exp", [pred]), product]);
  none([op("Tanh", [labels]), product]);
  // A logarithm that is weighed comes before an activation.
  const both = [op("Exp", [labels]), op("Log", [labels]), op("Multiply", [pred, ofTrue(1)])];
  assertEquals(swappedIn(both)?.where?.op, "Log");
  const share = op("Multiply", [{ ...ofPred(0), isShare: true }, ofTrue(0)]); // a softmax of the outputs
  assertEquals(swappedIn([op("Log", [labels]), share])?.severity, "error");
  assertEquals(swappedIn([op("Exp", [labels]), product, op("Square", [ofTrue(0)])])?.where?.op, "Exp");
});

Deno.test("swapped: an error that the outputs divide", () => {
  /** The value at outputs a hundred and ten thousand times as large. */
  const growing = (large: number, larger: number) =>
    ({ value: ({ yPred }) => ({ value: yPred[0] > 1e3 ? larger : large }) }) as AuditEngine;
  const relativeIn = (ops: RecordedOp[], more?: Partial<Observations>) => swappedIn(ops, more, growing(3, 3));
  const error = op("Sub", [labels, pred]), divided = (by: RecordedInput) => op("RealDiv", [ofBoth(0), by]);
  const found = relativeIn([error, divided(pred)])!;
  assertEquals([found.severity, found.where?.op], ["warning", "RealDiv"]);
  assertEquals(
    found.message,
    "The error is divided by the output, so an output without bound makes it small: is the label meant?",
  );
  assertEquals(relativeIn([error, divided(ofPred(0))])?.severity, "warning");
  const none = (ops: RecordedOp[], more?: Partial<Observations>) =>
    assertStrictEquals(relativeIn(ops, more), undefined);
  none([error, divided(ofPred(0))], { columns: 2 }); // one of several columns may be a scale
  assertEquals(relativeIn([error, divided(pred)], { columns: 2 })?.severity, "warning");
  const part = { ...ofBoth(0), shape: [2, 1] }; // some of the columns may be a scale, too
  none([error, op("RealDiv", [part, { ...pred, shape: [2, 1] }])], { columns: 2 });
  assertEquals(relativeIn([error, op("RealDiv", [part, { ...pred, shape: [2, 1] }])])?.severity, "warning");
  none([error, divided(labels)]);
  none([error, divided(ofBoth(0))]);
  none([error, divided({ ...pred, shape: [4, 2] })]);
  none([error, op("RealDiv", [{ ...ofBoth(0), shape: [] }, { ...pred, shape: [] }])]);
  none([error, op("RealDiv", [ofTrue(0), pred])]);
  none([error, op("RealDiv", [ofPred(0), pred])]);
  none([error, op("Multiply", [ofBoth(0), pred])]);
  // A logarithm beside it makes large outputs expensive.
  const beside = (larger: number) => swappedIn([error, divided(pred)], {}, growing(1, larger));
  assertEquals([beside(1.19)?.severity, beside(1.21)], ["warning", undefined]);
});

Deno.test("swapped: the reverse divergence, as the logarithm of a ratio or a difference of logarithms", () => {
  const ratio = [op("RealDiv", [pred, labels]), op("Log", [ofBoth(0)]), op("Multiply", [pred, ofBoth(1)])];
  const found = swappedIn(ratio)!;
  assertEquals([found.severity, found.where?.op], ["note", "Log"]);
  assertEquals(
    found.message,
    "p·log(p / y) weights by the outputs: the arguments are swapped, unless the reverse divergence is meant",
  );
  assertEquals(
    found.remedy,
    "Call it as (yTrue, yPred): labels weight and divide, and the logarithm is taken of the outputs",
  );
  const logs = [
    op("Log", [pred], { line: "pred" }),
    op("Log", [labels], { line: "labels" }),
    op("Sub", [ofPred(0), ofTrue(1)]),
    op("Multiply", [pred, ofBoth(2)]),
  ];
  assertEquals(swappedIn(logs)?.where, { op: "Log", line: "labels" });

  const none = (ops: RecordedOp[]) => assertStrictEquals(swappedIn(ops), undefined);
  none(ratio.slice(0, 2));
  none([ratio[0], op("Exp", [ofBoth(0)]), ratio[2]]);
  none([ratio[1], ratio[0], ratio[2]]); // the logarithm came first
  none([ratio[2], ratio[0], ratio[1]]); // the product came first
  none([op("RealDiv", [labels, pred]), ratio[1], ratio[2]]);
  none([op("RealDiv", [pred, ofBoth(0)]), ratio[1], ratio[2]]);
  none([op("RealDiv", [ofPred(0), labels]), ratio[1], ratio[2]]);
  none([op("RealDiv", [pred, { ...labels, shape: [1] }]), ratio[1], ratio[2]]);
  none([op("Mod", [pred, labels]), ratio[1], ratio[2]]);
  none([...ratio.slice(0, 2), op("Add", [pred, ofBoth(1)])]);
  none([...ratio.slice(0, 2), op("Multiply", [labels, ofBoth(1)])]);
  none([...ratio.slice(0, 2), op("Multiply", [pred, ofPred(1)])]);
  none([...ratio.slice(0, 2), op("Multiply", [pred, ofTrue(1)])]);
  const [one, two, between, weighed] = logs;
  none([one, two, op("Add", between.inputs.slice()), weighed]);
  none([one, two, op("Sub", [ofTrue(1), ofPred(0)]), weighed]);
  none([one, two, op("Sub", [ofPred(0), ofBoth(1)]), weighed]);
  none([one, two, op("Sub", [ofPred(0), { ...ofTrue(1), shape: [1] }]), weighed]);
  none([one, op("Exp", [labels]), between, weighed]);
  none([op("Exp", [pred]), two, between, weighed]);
  none([one, two, weighed, between]);
  none([one, two, op("Sub", [ofPred(0)]), weighed]);
});

Deno.test("swapped: a mask of the outputs that are not a number which only labels are", () => {
  const missing = input({ largest: 0 }), masks = (mask = ofPred(1)) => op("Multiply", [ofBoth(2), mask]);
  const ops = [
    op("NotEqual", [pred, missing], { live: false }),
    op("Cast", [made(0, { fromPred: true })]),
    op("Sub", [labels, pred]),
    masks(),
  ];
  const found = swappedIn(ops)!;
  assertEquals([found.severity, found.where?.op], ["warning", "NotEqual"]);
  assertEquals(
    found.message,
    "A mask compares the outputs with a number that labels often are and outputs never: it leaves out nothing",
  );
  const none = (ops: RecordedOp[], more?: Partial<Observations>) => assertStrictEquals(swappedIn(ops, more), undefined);
  const on = (yTrue: number[], yPred: number[]) => ({ random: resultOf(batchOf(yTrue, yPred)) });
  const outputs = [0.25, 0.5, 0.5, 0.25];
  assertEquals(swappedIn([op("Equal", [pred, missing]), ...ops.slice(1)])?.where?.op, "Equal");
  const scaled = op("Multiply", [made(0, { fromPred: true }), input()]);
  assertEquals(swappedIn([ops[0], scaled, ...ops.slice(2)])?.where?.op, "NotEqual");
  assertEquals(swappedIn([op("NotEqual", [pred, input({ largest: 1 })]), ...ops.slice(1)])?.severity, "warning");
  none([op("Greater", [pred, missing]), ...ops.slice(1)]);
  none([op("NotEqual", [ofPred(4), missing]), ...ops.slice(1)]);
  none([op("NotEqual", [pred, { ...missing, fromTrue: true }]), ...ops.slice(1)]);
  none([op("NotEqual", [pred, { ...missing, fromPred: true }]), ...ops.slice(1)]);
  none(ops, on([1, 2, 3, 4], outputs)); // no label is missing
  none(ops, on([0, 1, 1, 0], [0.25, 0, 0.5, 0.25])); // an output of 0 can occur, as after a relu
  none(ops, on([0, 1, 1], [...outputs, 0.25, 0.5]));
  const rare = (missing: number) =>
    on(Array.from({ length: 40 }, (_, i) => i < missing ? 0 : 1), Array.from({ length: 40 }, () => 0.5));
  none(ops, rare(2));
  assertEquals(swappedIn(ops, rare(3))?.severity, "warning");
  // A mask that is made of the labels too, one that multiplies outputs alone, and one that only selects.
  none([ops[0], op("LogicalOr", [made(0, { fromPred: true }), labels]), ops[2], masks()]);
  none([...ops.slice(0, 3), op("Multiply", [{ ...ofPred(2) }, ofPred(1)])]);
  none([...ops.slice(0, 3), op("Multiply", [{ ...ofBoth(2), live: false }, ofPred(1)])]);
  none([...ops.slice(0, 3), op("Select", [ofPred(1), ofBoth(2)])]);
  none(ops.slice(0, 3));
});

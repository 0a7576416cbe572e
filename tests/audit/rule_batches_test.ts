// Rules of batches, with losses that are functions of arrays: sizes, orders, halves, masks, and numbers that are not finite.
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { BatchResult, Observations } from "../../lib/audit/observations.ts";
import { onlyRow } from "../../lib/audit/rules/batch.ts";
import { nonFinite } from "../../lib/audit/rules/finite.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import type { BatchKind } from "../../lib/audit/types.ts";
import {
  averagedTooEarly,
  badScale,
  batchOf,
  dividedByOthers,
  input,
  mean,
  notFinite,
  notFiniteFurther,
  oneRow,
  op,
  reduction,
  rowOrder,
  squared,
  sum,
  type Value,
} from "./rule_helpers.ts";

type More = Partial<RecordedInput>;

interface Made {
  loss?: Value;
  batch?: AuditBatch;
  other?: AuditBatch;
  gradient?: number[];
  otherGradient?: number[];
  results?: Partial<Record<BatchKind, BatchResult>>;
  ops?: RecordedOp[];
  deterministic?: boolean;
}
const plain = batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5]);

function contextOf(made: Made): AuditContext {
  const { loss = squared, batch = plain, other = batch, gradient, otherGradient = gradient, ops = [] } = made;
  const engine = {
    value: (of: AuditBatch) => ({ value: loss(of) }),
    valueAndGradient: (of: AuditBatch) => ({ value: loss(of), shape: [] }),
    record: () => ({ ops }),
  } as unknown as AuditEngine;
  const result = (of: AuditBatch, own?: number[]): BatchResult => (
    { batch: of, value: loss(of), shape: [], gradient: own && Float32Array.from(own) }
  );
  const [rows, columns] = batch.predShape;
  const observations = {
    ...{ ops, rows, columns, random: result(batch, gradient), other: result(other, otherGradient) },
    ...{ results: made.results ?? {}, deterministic: made.deterministic ?? true },
  } as unknown as Observations;
  return { engine, observations, options: {} } as unknown as AuditContext;
}

const unit = [0.5, 0.5, -0.5, 0.5];

Deno.test("bad scale: a loss that grows with the rows by more than half, or falls by a third", () => {
  const found = (loss: Value, more: Made = {}) => badScale(contextOf({ loss, gradient: unit, ...more }));
  const summed = found(({ yPred }) => sum(yPred))!;
  assertEquals([summed.cause, summed.severity], ["bad-scale", "warning"]);
  assertEquals(
    summed.message,
    "The loss depends on the batch size: with each row four times it is 4.00 times as large",
  );
  assertEquals(summed.evidence, { rows: 4, value: 2, rowsFourTimes: 16, valueFourTimes: 8 });
  const power = (exponent: number): Value => ({ yPred }) => mean(yPred) * yPred.length ** exponent;
  assert(found(power(0.3)) && found(power(-0.3)) && found(power(-1)));
  for (const exponent of [0, 0.29, -0.28]) assertStrictEquals(found(power(exponent)), undefined, `${exponent}`);
  // Each row has more others to be compared with, up to four times as many.
  const ofPairs = (outputShape: number[], times: number, live = true) =>
    found(power(times), { ops: [op("MatMul", [input({ live })], { outputShape })] })?.severity;
  assertEquals([ofPairs([4, 4], 1), ofPairs([4, 4], 2), ofPairs([4, 1], 1), ofPairs([4, 4], 1, false)], [
    ...["note", "warning", "warning", "warning"],
  ]);
  assert(found(({ yPred }) => 2e-6 * yPred.length / 4));
  assertStrictEquals(found(({ yPred }) => 1e-6 * yPred.length / 4), undefined);
  assert(found(({ yPred }) => -yPred.length));
  assertStrictEquals(found(({ yPred }) => sum(yPred), { deterministic: false }), undefined);
});

Deno.test("bad scale: a gradient of an extreme size", () => {
  const found = (size: number) => badScale(contextOf({ gradient: [size / 2, 0, 0, 0] })); // times √4 rows
  assertStrictEquals(found(1), undefined);
  assertStrictEquals(found(999), undefined);
  assertStrictEquals(found(1.1e-4), undefined);
  assertEquals([1e3, 9.9e3, 1e4, 0.9e-4].map((size) => found(size)?.severity), ["note", "note", "warning", "warning"]);
  assertEquals(found(1e3)?.message, "The gradient of an untrained model has a size of about 1.0e+3: steps explode");
  assertEquals(found(0.9e-4)?.message, "The gradient of an untrained model has a size of about 9.0e-5: steps vanish");
  const { evidence } = found(2e3)!;
  assertEquals(evidence, { batch: "random", gradientNorm: 1e3, rows: 4, value: mean([0.0625, 0.25, 0.0625, 0.25]) });
  assertStrictEquals(badScale(contextOf({})), undefined);
  assertStrictEquals(badScale(contextOf({ gradient: [NaN, 0, 0, 1e9] })), undefined);
  assertStrictEquals(badScale(contextOf({ gradient: [1e9, 0, 0, 0], deterministic: false })), undefined);
});

Deno.test("bad scale: labels that are far larger than the outputs of an untrained model", () => {
  const far = (size: number, right = [1, 2, 3, 4], outputs = [1, -2, 3, -4]) => {
    const y = [1, 2, 3, 4].map((v) => size * v), batch = batchOf(y, outputs);
    const perfect = { batch: batchOf(y, right.map((v) => size * v)), value: 0, shape: [] };
    return badScale(contextOf({ batch, results: { perfect }, gradient: unit }));
  };
  const finding = far(2e4)!;
  assertEquals([finding.cause, finding.severity], ["bad-scale", "warning"]);
  assertEquals(
    finding.message,
    "The labels have a size of about 5.5e+4, the outputs of an untrained model one of 2.7e+0: the way there is too long " +
      "for the steps of a training",
  );
  assertAlmostEquals(Number(finding.evidence.labels), 2e4 * Math.sqrt(7.5), 1e-2);
  assertStrictEquals(far(0.9e4), undefined);
  assertStrictEquals(far(2e4, [1, 2, 3, 5]), undefined); // the outputs are in another unit
  assertStrictEquals(far(1, undefined, [0, 0, 0, 0]), undefined);
});

Deno.test("bad scale: an exponential of an error, whose gradient undoes the training", () => {
  const both = input({ fromPred: true, fromTrue: true, live: true });
  const found = (kind: BatchKind, gradient?: number[], more: More = {}, name = "Exp") => {
    const own = { batch: plain, value: 7, shape: [], gradient: gradient && Float32Array.from(gradient) };
    const ops = [
      op("Exp", [input({ fromPred: true, live: true })]),
      op(name, [{ ...both, ...more }], { line: "error" }),
    ];
    return badScale(contextOf({ gradient: unit, results: { [kind]: own }, ops }));
  };
  const finding = found("saturated", [0, 0, -2e12, 1])!;
  assertEquals([finding.cause, finding.severity, finding.where], ["bad-scale", "warning", {
    op: "Exp",
    line: "error",
  }]);
  assertEquals(
    finding.message,
    "Exp of an error makes the gradient 2.0e+12 on a batch that can occur (outputs at the ends of their range): one such " +
      "step undoes the training",
  );
  assertEquals(finding.evidence, { batch: "saturated", value: 7, largestGradient: Math.fround(2e12) });
  assertEquals(found("far", [2e12])?.evidence.batch, "far");
  for (const [kind, size] of [["far", 0.9e12], ["far", Infinity], ["outOfRange", 2e12]] as const) {
    assertStrictEquals(found(kind, [size]), undefined);
  }
  assertStrictEquals(found("far"), undefined);
  for (const more of [{ fromTrue: false }, { live: false }]) assertStrictEquals(found("far", [2e12], more), undefined);
  assertStrictEquals(found("far", [2e12], {}, "Pow"), undefined);
  // Where untrained outputs have too steep a gradient, that comes first.
  const far = { batch: plain, value: 7, shape: [], gradient: Float32Array.of(2e12) }, ops = [op("Exp", [both])];
  assertEquals(badScale(contextOf({ gradient: [1e4, 0, 0, 0], results: { far }, ops }))?.evidence.batch, "random");
});

Deno.test("masked rows that a mean counts: their number, the mask, and what divides", () => {
  const rows = 10, labels = Array.from({ length: 2 * rows }, (_, i) => i % 2);
  const mask = input({ fromTrue: true, levels: [0, 1], shape: [rows] }),
    live = (more: More = {}) => input({ fromPred: true, live: true, shape: [rows], ...more });
  const masked = (more: RecordedOp[] = [], product = op("Multiply", [live(), mask]), result = live({ madeBy: 0 })) => [
    ...[product, op("Mean", [result])],
    ...more,
  ];
  /** The mean of the first rows' losses over all rows. */
  const found = (ops: RecordedOp[], kept = 1, loss?: Value, y = labels, rows = 10) => {
    const firstOnes = Array.from({ length: rows }, (_, i) => i < kept ? 1 : 0);
    const batch = batchOf(y, firstOnes.map((on) => on * 0.5));
    const context = contextOf({ loss: loss ?? (({ yPred }) => mean(yPred)), ops, gradient: firstOnes, batch });
    const valueAndGradient = () => ({ value: 1, shape: [], gradient: Float32Array.from(firstOnes) });
    return badScale({ ...context, engine: { ...context.engine, valueAndGradient } });
  };
  const none = (ops: RecordedOp[], kept?: number, loss?: Value) =>
    assertStrictEquals(found(ops, kept, loss), undefined);
  const few = found(masked())!, most = found(masked(), 3)!;
  assertEquals([few.cause, few.severity, few.where?.op], ["bad-scale", "note", "Mean"]);
  assertEquals([most.cause, most.severity], ["reduction", "note"]);
  assertEquals(
    few.message,
    "The mean counts all 10 rows, of which the labels mask all but 1: the loss and its gradient are as small as the " +
      "share of the others",
  );
  assertEquals(few.evidence, { batch: "random", rows, rowsWithGradient: 1, maskedOutputs: 9, value: 0.05 });
  assertEquals(found(masked(), 2)?.cause, "bad-scale");
  assert(found(masked(), 1, undefined, labels.slice(0, rows))); // a label per row, of which some are 0
  const nearly = (kept: number) => found(masked(), kept, undefined, Array(80).fill(0), 40)?.evidence.rowsWithGradient;
  assertEquals([nearly(37), nearly(39)], [37, undefined]);
  none(masked(), 1, ({ yPred }) => mean(yPred) + (yPred.length === rows ? 1e-3 : 0));
  none(masked(), rows);
  none(masked(), 3, ({ yPred }) => sum(yPred) / yPred.filter((p) => p !== 0).length); // divided by the number of others
  none(masked([op("RealDiv", [live(), { ...mask, shape: [] }])]));
  assert(found(masked([op("RealDiv", [live(), mask])]))); // of each row
  assert(found(masked([op("RealDiv", [live({ live: false }), { ...mask, shape: [] }])])));
  none(masked([], op("Add", [live(), mask])));
  none(masked([], op("Add", [mask, live()])));
  none(masked([], op("Multiply", [live(), { ...mask, levels: [1, 2] }])));
  none(masked([], op("Multiply", [live(), { ...mask, fromPred: true }])));
  none(masked([], op("Multiply", [live({ live: false }), mask])));
  none(masked([], undefined, live()));
  none(masked([], undefined, live({ madeBy: 0, live: false })));
  none(masked([], undefined, live({ madeBy: 0, shape: [] })));
  none([masked()[0], op("Sum", [live({ madeBy: 0 })])]);
  assert(found(masked([], op("Select", [mask, live(), input()]))));
  none(masked([], op("Select", [live(), live(), mask])));
  // No row with a gradient is another fault.
  assertEquals(found(masked(), 0)?.severity, "warning");
});

Deno.test("masked steps that a mean counts, of labels that are fewer than the outputs", () => {
  const rows = 4, columns = 4;
  const gradient = Array.from({ length: 16 }, (_, i) => i % 4 < 2 ? 1 : 0);
  const found = (shape: number[], yTrue = Array.from({ length: 8 }, (_, i) => i % 2)) => {
    const mask = input({ fromTrue: true, levels: [0, 1], shape }), live = { fromPred: true, live: true, shape };
    const ops = [op("Multiply", [input(live), mask]), op("Mean", [input({ ...live, madeBy: 0 })])];
    const context = contextOf({ loss: () => 1, ops, gradient, batch: batchOf(yTrue, gradient, columns, rows) });
    const valueAndGradient = () => ({ value: 1, shape: [], gradient: Float32Array.from(gradient) });
    return badScale({ ...context, engine: { ...context.engine, valueAndGradient } });
  };
  const finding = found([4, 2])!; // a step of two outputs
  assertEquals([finding.cause, finding.severity], ["reduction", "note"]);
  assert(finding.message.startsWith("The mean counts all 16 outputs, of which the labels mask 8"), finding.message);
  assertEquals(finding.evidence.rowsWithGradient, 4);
  assertStrictEquals(found([4, 4]), undefined); // an entry for each output, as of one-hot labels
  const ofSize = (size: number) => found([4, 4], Array.from({ length: size }, (_, i) => i % 2))?.cause;
  assertEquals([ofSize(16), ofSize(24)], [undefined, "reduction"]); // labels and a mask
});

Deno.test("masked outputs have no gradient with the outputs of other rows, or smaller ones, in their place", () => {
  const n = 20, yPred = Float32Array.from({ length: 2 * n }, (_, i) => 1 + i), rows = [...Array(n).keys()];
  const batch = batchOf([...rows, ...rows].map((i) => i % 2), [...yPred], 2);
  const mask = input({ fromTrue: true, levels: [0, 1], shape: [n] }), live = { fromPred: true, live: true, shape: [n] };
  const ops = [op("Multiply", [input(live), mask]), op("Mean", [input({ ...live, madeBy: 0 })])];
  /** All but the first five rows are masked, unless the first of them has a certain output. */
  const found = (other: number) => {
    const gradientOf = ({ yPred }: AuditBatch) =>
      yPred.map((_, i) => i < 10 || (i === 10 && yPred[i] === other) ? 1 : 0);
    const loss: Value = ({ predShape: [rows] }) => rows === 5 ? 4 : 1;
    const context = contextOf({ loss, ops, gradient: [...gradientOf(batch)], batch });
    context.engine.valueAndGradient = (of) => ({ value: 1, shape: [], gradient: gradientOf(of) });
    return badScale(context)?.evidence.maskedOutputs;
  };
  // 13, 27 and 1 stand there in the rows that follow after 1, 8 and 15; 1.1 is a tenth of its own.
  assertEquals(found(100), 30);
  for (const other of [13, 27, 1, Math.fround(1.1)]) assertStrictEquals(found(other), undefined, `${other}`);
});

Deno.test("a hinge of a mean over the batch", () => {
  const live = (shape: number[], more: More = {}) => input({ fromPred: true, live: true, shape, ...more });
  const found = (name: string, sum = "Mean", from = [4, 1], to: number[] = [], inputs: RecordedInput[] = []) =>
    badScale(contextOf({
      gradient: unit,
      ops: [
        op(sum, [live(from)], { outputShape: to }),
        op("Sub", [live(to, { madeBy: 0 }), input({ shape: [] })]),
        op(name, [live(to, { madeBy: 1 }), ...inputs]),
      ],
    }));
  const constant = (largest: number) => [input({ largest, shape: [] })];
  const scores = (name: string, from: number[], order = (inputs: RecordedInput[]) => inputs) =>
    badScale(contextOf({
      gradient: unit,
      ops: [
        op(name, [live(from, { isPred: true })], { outputShape: [4] }),
        op("Sub", order([live([4], { madeBy: 0 }), input({ shape: [] })])),
        op("Relu", [live([4], { madeBy: 1 })]),
      ],
    }));
  assert(scores("Mean", [4, 3]) && scores("Mean", [4, 3], (inputs) => inputs.toReversed())); // of several scores of a row
  assertStrictEquals(scores("Max", [4, 3]), undefined);
  assertEquals([found("Relu")?.cause, found("Relu")?.severity], ["reduction", "note"]);
  assert(found("Relu", "Sum") && found("Maximum", "Mean", [4, 1], [], constant(0)));
  for (
    const none of [
      found("Maximum", "Mean", [4, 1], [], constant(1)), // a denominator that is kept at 1 or above
      found("Add", "Mean", [4, 1], [], constant(0)),
      found("Square"),
      found("Relu", "Max"),
      found("Relu", "Mean", [4, 2], [4]), // of each row
      found("Relu", "Mean", [2, 1]), // not of the rows
    ]
  ) assertStrictEquals(none, undefined);
});

Deno.test("numbers further out: outputs ten times as large, where the sampler gives none that are far from 0", () => {
  const batch = batchOf([0, 1, 1, 0], [-0.25, 0.5, 0.75, 0.5]);
  const loss: Value = ({ yPred }) => yPred.some((p) => p === 7.5) ? Infinity : 1;
  const found = (more: Made = {}) => notFiniteFurther(contextOf({ loss, batch, ops: [broken("Exp")], ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["domain-edge", "note", "Exp"]);
  assertEquals(finding.message, "Exp gives Infinity for outputs ten times as large");
  assertEquals(finding.evidence, { batch: "random × 10", value: Infinity });
  const far: BatchResult = { batch, value: 1, shape: [] };
  assertStrictEquals(found({ results: { far } }), undefined);
  assertStrictEquals(found({ results: { saturated: far } }), undefined);
  assertStrictEquals(found({ batch: plain }), undefined); // shares have an end
  assertStrictEquals(found({ loss: () => 1 }), undefined);
});

Deno.test("one row: a maximum over the batch", () => {
  assertEquals(
    [[0, 1, 0, 0], [0, 0, 0, -1], [1, 1, 0, 0], [0, 0, 0, 0]].map((g) =>
      onlyRow({ gradient: Float32Array.from(g) } as BatchResult, 1)
    ),
    [1, 3, undefined, undefined],
  );
  assertStrictEquals(onlyRow({ gradient: Float32Array.of(0, 0, 1, 1) } as BatchResult, 2), 1);
  assertStrictEquals(onlyRow({} as BatchResult, 1), undefined);
  const found = (gradient: number[], otherGradient: number[], batch?: AuditBatch) =>
    oneRow(contextOf({ gradient, otherGradient, batch }));
  const finding = found([0, 1, 0, 0], [0, 0, 1, 0])!;
  assertEquals([finding.cause, finding.severity], ["reduction", "warning"]);
  assertEquals(
    finding.message,
    "Only one of 4 rows has a gradient: the loss is a maximum or minimum over the batch, not a mean",
  );
  assertEquals(finding.evidence, { batch: "random", row: 1, rows: 4, rowOfASecondBatch: 2 });
  assertStrictEquals(found([0, 1, 0, 0], [0, 1, 1, 0]), undefined);
  assertStrictEquals(found([0, 1, 1, 0], [0, 1, 0, 0]), undefined);
  assertStrictEquals(found([0, 1, 0], [0, 1, 0], batchOf([0, 1, 1], [0.25, 0.5, 0.5])), undefined);
});

Deno.test("the order of the rows: reversed, or turned by half, by more than a hundredth of the loss", () => {
  const found = (loss: Value, more: Made = {}) => rowOrder(contextOf({ loss, ...more }));
  assertStrictEquals(found(squared), undefined);
  const first = found(({ yPred }) => yPred[0])!;
  assertEquals([first.cause, first.severity], ["wrong-axis", "note"]);
  assertEquals(first.evidence, {
    batch: "random",
    value: 0.25,
    rowsReversed: 0.5,
    rowsTurnedByHalf: 0.75,
    everySecondRow: 0.25,
  });
  const digits: Value = ({ yPred }) => Number([...yPred].map((p) => 4 * p).join(""));
  assertEquals(found(digits, { batch: batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 1]) })?.evidence, {
    ...{ batch: "random", value: 1234 },
    ...{ rowsReversed: 4321, rowsTurnedByHalf: 3412, everySecondRow: 1324 },
  });
  // One of them is enough: [a, b, b, a] reversed is itself, [a, b, a, b] turned is.
  const at = (yPred: number[]) => found(({ yPred: p }) => p[0] + 10 * p[1], { batch: batchOf([0, 1, 1, 0], yPred) });
  assert(at([0.25, 0.5, 0.5, 0.25]) && at([0.25, 0.5, 0.25, 0.5]));
  const little = (by: number): Value => ({ yPred }) => -100 - by * (yPred[0] - 0.25);
  assertStrictEquals(found(little(1.9)), undefined);
  assert(found(little(2.1)));
  assertStrictEquals(found(({ yPred }) => yPred[0], { deterministic: false }), undefined);
  // Of a loss of the first row alone another rule tells.
  assertStrictEquals(found(({ yPred }) => yPred[0], { gradient: [1, 0, 0, 0] }), undefined);
  assert(found(({ yPred }) => yPred[0] + yPred[0] * yPred[1], { gradient: [1, 1, 0, 0] }));
});

Deno.test("reduction: the mean over the halves is not the loss, of either batch or in the order of the labels", () => {
  const ratio: Value = ({ yTrue, yPred }) => sum(yPred.map((p, i) => p * yTrue[i])) / sum(yPred);
  const found = (more: Made) => reduction(contextOf({ loss: ratio, ...more }));
  const even = batchOf([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5]), uneven = batchOf([1, 0, 0, 1], [0.25, 0.5, 0.75, 0.5]);
  const finding = found({ batch: uneven })!;
  assertEquals([finding.cause, finding.severity], ["reduction", "note"]);
  assertEquals(
    finding.message,
    "The mean over batches is not the value on the data set: the training goal depends on the batch size",
  );
  assertAlmostEquals(finding.evidence.whole as number, 0.375, 1e-7);
  assertEquals(finding.evidence.meanOfHalves, 0.5); // positives first: 1 and 0
  assertStrictEquals(found({ batch: even }), undefined);
  assertEquals(found({ batch: even, other: uneven })?.severity, "note");
  assertStrictEquals(found({ batch: uneven, deterministic: false }), undefined);
  assertStrictEquals(found({ batch: uneven, loss: squared }), undefined);
  // Only the rows in the order of their labels tell these halves apart.
  const byLabel: Value = ({ yTrue }) => mean(yTrue) ** 2;
  assertEquals(
    found({ batch: batchOf([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5]), loss: byLabel })?.evidence.meanOfHalves,
    0.5,
  );
  // The largest relative difference is said, the first of equal ones.
  const pair = (whole: number, parts: number): Value => ({ predShape: [n] }) => n === 4 ? whole : parts;
  const ofTwo = (one: Value, two: Value): Value => (of) => (of.yPred.every((p) => p === 0.5) ? two : one)(of);
  const whole = (loss: Value) => found({ batch: uneven, other: even, loss })?.evidence.whole;
  assertEquals([whole(ofTwo(pair(100, 101), pair(1, 1.5))), whole(ofTwo(pair(2, 3), pair(1, 1.5)))], [1, 2]);
  const wide = batchOf([0, 0, 1, 0, 0.5, 0.25, 0, 1], [0.5, 0.5, 0.5, 0.5], 1, 4);
  const firstHalf: Value = ({ yTrue, predShape: [n] }) => n === 2 && yTrue[0] === 1 && yTrue[3] === 1 ? 2 : 1;
  assertStrictEquals(found({ batch: wide, loss: firstHalf })?.evidence.meanOfHalves, 1.5);
});

Deno.test("reduction: a sum over the rows has half the loss on half of them", () => {
  const found = (loss: Value) => reduction(contextOf({ loss }))!;
  const finding = found(({ yPred }) => sum(yPred));
  assertEquals([finding.cause, finding.severity], ["reduction", "note"]);
  assertEquals(
    finding.message,
    "The loss is a sum over the rows: a batch of half the rows has half the loss, and half the gradient",
  );
  assertEquals(finding.evidence, { whole: 2, meanOfHalves: 1 });
  assert(finding.remedy.startsWith("Take the mean over the rows"));
  const beside = (constant: number) => found(({ yPred }) => sum(yPred) + constant).message === finding.message;
  assertEquals([beside(1e-4), beside(4e-4)], [true, false]);
  assert(found(({ yPred }) => -sum(yPred)).message === finding.message);
});

Deno.test("reduction: batches without positives, or without a class", () => {
  const loss: Value = ({ yTrue, yPred }) =>
    sum(yTrue) === 0 ? 1 : 1 - sum(yPred.map((p, i) => p * yTrue[i])) / sum(yPred);
  const batch = batchOf([1, 0, 0, 1], [0.25, 0.5, 0.75, 0.5]);
  const negative = (gradient: number[] | undefined, more: Partial<BatchResult> = {}): BatchResult => ({
    ...{ batch: batchOf([0, 0, 0, 0], [0.25, 0.5, 0.75, 0.5]), value: 1, shape: [] },
    gradient: gradient && Float32Array.from(gradient),
    ...more,
  });
  const found = (allNeg: BatchResult, more: Made = {}) =>
    reduction(contextOf({ loss, batch, results: { allNeg }, ...more }));
  const dead = found(negative([0, 0, 0, 0]))!;
  assertEquals(
    dead.message,
    "The mean over batches is not the value on the data set, and a batch without positives has a gradient of 0",
  );
  assertEquals([dead.severity, dead.evidence.valueWithoutPositives], ["warning", 1]);
  // Random outputs have a loss of 0.625: what is no worse, as a correlation of 0, does no harm.
  assertEquals([0.69, 0.68].map((value) => found(negative([0, 0, 0, 0], { value }))?.severity), ["warning", "note"]);
  for (
    const other of [
      negative([0, 1, 0, 0]),
      negative(undefined),
      negative([0, 0, 0, 0], { value: 0 }),
      negative([0, 0, 0, 0], { batch: batchOf([0, 0, 0, 0.5], [0.25, 0.5, 0.75, 0.5]) }),
    ]
  ) assertEquals(found(other)?.evidence.valueWithoutPositives, undefined);
  assertEquals(
    found(negative([0, 0, 0, 0]), { batch: batchOf([1, 0, 0.5, 1], [0.25, 0.5, 0.75, 0.5]) })?.evidence
      .valueWithoutPositives,
    undefined,
  );

  const perfect: BatchResult = { batch: batchOf([1, 0, 0, 1], [1, 0, 0, 1]), value: 0, shape: [] };
  const absent = (more: Partial<Record<"perfect" | "allNeg", BatchResult>> = {}, own: Value = loss) =>
    reduction(contextOf({ loss: own, batch, results: { perfect, allNeg: negative([0, 1, 0, 0]), ...more } }));
  const without = absent()!;
  assertEquals(without.severity, "note");
  assert(
    without.message.startsWith("A batch without one of the classes counts as wrong even if every output is correct"),
  );
  assertEquals([without.evidence.perfect, without.evidence.perfectWithoutAClass], [0, 1]);
  // The batch without positives is the perfect one: each label has the output that stands for it.
  const judged: Value = (of) => sum(of.yTrue) > 0 ? loss(of) : of.yPred.every((p) => p === 0) ? 1 : 0;
  assertEquals(absent({}, judged)?.evidence.perfectWithoutAClass !== undefined, true);
  const both: Value = (of) => sum(of.yTrue) > 0 ? loss(of) - 1 : 0;
  assertEquals(absent({ perfect: { ...perfect, value: -1 } }, both)?.evidence.perfectWithoutAClass, 0);
  const slight = (value: number): Value => (of) => sum(of.yTrue) === 0 ? value : loss(of);
  const span = 1 - 0.75 / 2;
  assertEquals(absent({}, slight(0.31 * span))?.evidence.perfectWithoutAClass !== undefined, true);
  assertEquals(absent({}, slight(0.29 * span))?.evidence.perfectWithoutAClass, undefined);
  assertEquals(absent({ perfect: undefined })?.evidence.perfectWithoutAClass, undefined);
  assertEquals(absent({ allNeg: undefined })?.evidence.perfectWithoutAClass, undefined);
  const higher = (value: number): Value => (of) => 10 + (sum(of.yTrue) === 0 ? value : loss(of));
  assertEquals(
    absent({ perfect: { ...perfect, value: 10 } }, higher(0.31 * span))?.evidence.perfectWithoutAClass,
    10 + 0.31 * span,
  );
  const firstClass = negative([0, 1, 0, 0], { batch: batchOf([1, 0, 1, 0], [0.25, 0.5, 0.75, 0.5], 2) });
  const sure: Value = (of) => of.yTrue === firstClass.batch.yTrue ? of.yPred[0] : loss(of);
  assertEquals(absent({ allNeg: firstClass }, sure)?.evidence.perfectWithoutAClass, 1);
  assertEquals(absent({ perfect: { ...perfect, value: 2 } })?.evidence.perfectWithoutAClass, undefined); // what is wrong costs less than what is right
  assertEquals(
    absent({ perfect: { ...perfect, batch: batchOf([1, 0, 0.5, 1], [1, 0, 0, 1]) } })?.evidence.perfectWithoutAClass,
    undefined,
  );
  assertEquals(
    absent({ perfect: { ...perfect, batch: batchOf([1, 0, 0, 1], [1, 0, 0.5, 1]) } })?.evidence.perfectWithoutAClass,
    undefined,
  );
  assertEquals(
    absent({ allNeg: negative([0, 1], { batch: batchOf([0, 0, 0, 0], [0, 0], 1, 2) }) })?.evidence.perfectWithoutAClass,
    undefined,
  );
});

/** An engine whose record holds these operations. */
const recording = (...ops: RecordedOp[]) => ({ record: () => ({ ops }) }) as unknown as AuditEngine;
const resultOf = (value: number, more: Partial<BatchResult> = {}): BatchResult => ({
  batch: plain,
  value,
  shape: [],
  ...more,
});
const live = input({ fromPred: true, live: true });
const broken = (name: string, more: Partial<RecordedOp> = {}) => op(name, [live], { breaks: true, ...more });

Deno.test("a loss that throws, or whose value is not finite: the operation, its kind and its remedy", () => {
  const found = (engine: AuditEngine, result: BatchResult) => nonFinite(engine, result, "now", { batch: "random" });
  assertStrictEquals(found(recording(), resultOf(1)), undefined);
  assertStrictEquals(found(recording(broken("Log")), resultOf(1, { gradient: Float32Array.of(1, 2) })), undefined);
  const thrown = found(recording(), resultOf(NaN, { error: "no rows" }))!;
  assertEquals([thrown.cause, thrown.message], ["domain-edge", "The loss throws now: no rows"]);
  assertEquals(thrown.evidence, { batch: "random", thrown: "no rows" });

  const given = (name: string, value = Infinity, batch = plain, more: Partial<RecordedOp> = {}) =>
    found(recording(op("Sub", [live]), broken(name, more)), resultOf(value, { batch }))!;
  const log = given("Log");
  assertEquals([log.cause, log.severity, log.message, log.where?.op], [
    "domain-edge",
    "error",
    "Log gives Infinity now",
    "Log",
  ]);
  assertEquals(log.evidence, { batch: "random", value: Infinity });
  for (const name of ["RealDiv", "DivNoNan", "Mean", "Reciprocal", "Rsqrt", "FloorDiv"]) {
    assertEquals(given(name, NaN).cause, "zero-division", name);
  }
  const nameless = found(recording(op("Log", [live])), resultOf(NaN))!;
  assertEquals([nameless.message, nameless.cause, nameless.where], [
    "The loss gives NaN now",
    "domain-edge",
    undefined,
  ]);

  const { batch } = resultOf(NaN),
    missing = { batch: { ...batch, yTrue: batch.yTrue.map((y, i) => i === 1 ? NaN : y) } };
  const masked = found(recording(op("Log", [live])), resultOf(NaN, missing))!;
  assertEquals([masked.cause, masked.evidence], ["domain-edge", { batch: "random", value: NaN }]);
  assertEquals(
    masked.message,
    "The labels contain NaN, and the loss gives NaN: a mask that multiplies does not remove it, 0 · NaN is NaN",
  );
  assertEquals(found(recording(broken("Log")), resultOf(NaN, missing))!.where?.op, "Log");

  const ofLabels = given("Log", NaN, plain, { fromPred: false });
  assertEquals(ofLabels.message, "Log gives NaN on labels that can occur");
  assertEquals(ofLabels.remedy, "Log is applied to the labels: leave such rows out, or replace their labels before it");
  const amounts = batchOf([0.5, 2, 1.5, 3], [-1, 2, 3, 4]), signs = batchOf([0, 1, 1, 0], [-1, 2, 3, 4]);
  const zeros = batchOf([0, 0, 0, 0], [-1, 2, 3, 4]), quiet = batchOf([0, 0, 0, 0], [0.5, 0.25, 1, 0]);
  const starts = (text: string, remedy: string) => assert(remedy.startsWith(text), remedy);
  for (const batch of [plain, signs, quiet]) starts("Define the score of a batch", given("RealDiv", NaN, batch).remedy);
  for (const batch of [amounts, zeros]) {
    starts("Keep the denominator away from 0: tf.maximum", given("RealDiv", NaN, batch).remedy);
  }
  for (const name of ["Log", "Log1p"]) {
    starts("Keep the argument of the logarithm positive", given(name, NaN, amounts).remedy);
  }
  starts("Keep away from the edge", given("Log", NaN, plain).remedy);
  for (const name of ["Pow", "Sqrt"]) {
    starts(`Keep the base of ${name} at 0 or above`, given(name, NaN, amounts).remedy);
  }
  for (const batch of [plain, amounts]) starts("Use a form that is finite", given("Exp", NaN, batch).remedy);
  starts("Keep away from the edge", given("Cosh", NaN, amounts).remedy);
});

Deno.test("a gradient that is not finite: the branch that is not selected, or the steep operation", () => {
  const given = (ops: RecordedOp[], gradient = [0, 1, NaN, 1]) =>
    nonFinite(recording(...ops), resultOf(0.5, { gradient: Float32Array.from(gradient) }), "now", { batch: "perfect" });
  const sqrt = given([op("Sqrt", [live])])!;
  assertEquals([sqrt.cause, sqrt.message, sqrt.where?.op], [
    "nan-gradient",
    "The loss is 0.5, but its gradient is NaN now",
    "Sqrt",
  ]);
  assertEquals(sqrt.evidence, { batch: "perfect", element: 2, output: 0.75, value: 0.5, gradient: NaN });
  assertEquals(given([op("Sqrt", [live])], [Infinity, 1, 1, 1])?.evidence.element, 0);
  assertStrictEquals(given([op("Sqrt", [live])], [1, 1, 1, 1]), undefined);
  const remedy = (...names: string[]) => given(names.map((name) => op(name, [live])))!.remedy;
  const root = remedy("Sqrt"), angle = remedy("Acos"), quotient = remedy("RealDiv");
  assertEquals(["Rsqrt", "Pow", "EuclideanNorm"].map((name) => remedy(name)), [root, root, root]);
  assertEquals([remedy("Asin"), remedy("Atan2")], [angle, quotient]);
  assert(
    root.includes("under the root") && angle.includes("[-1 + 1e-6, 1 - 1e-6]") && quotient.includes("denominator"),
  );
  assertEquals(remedy("Log"), "Keep the argument of the logarithm away from 0");
  assertEquals(remedy("Exp"), "Keep the argument of the steep operation away from its edge by a small constant");
  assertEquals(given([op("RealDiv", [live]), op("Sqrt", [live])])?.where?.op, "Sqrt"); // the steeper first
  assertEquals(given([op("Sqrt", [{ ...live, live: false }]), op("Log", [live])])?.where?.op, "Log");
  const branch = given([op("Sqrt", [live]), broken("Log")])!;
  assertEquals([branch.where?.op, branch.remedy], [
    "Log",
    "Log is not finite in a branch that is not selected: make its argument harmless before tf.where",
  ]);
  assertEquals(given([op("Sqrt", [live]), broken("Log", { live: false })])?.where?.op, "Sqrt");
});

Deno.test("not finite: the first kind of batch, in words; labels that are all 0 where there are amounts", () => {
  const of = (results: Made["results"], more: Made = {}) =>
    notFinite(contextOf({ ops: [broken("Log")], ...more, results }));
  assertStrictEquals(of({ random: resultOf(1), outOfRange: resultOf(NaN) }), undefined);
  const bad = of({ random: resultOf(1), far: resultOf(NaN), saturated: resultOf(Infinity) })!;
  assertEquals([bad.message, bad.evidence.batch], [
    "Log gives Infinity on a batch that can occur (outputs at the ends of their range)",
    "saturated",
  ]);
  for (const kind of ["random", "perfect", "constPred", "allPos", "far"] as const) {
    assertEquals(of({ [kind]: resultOf(NaN) })?.evidence.batch, kind);
  }
  const none = resultOf(NaN, { batch: batchOf([0, 0, 0, 0], [0.25, 0.5, 0.75, 0.5]) });
  assert(of({ allNeg: none })?.message.includes("(labels that are all negative)"));
  const amounts = batchOf([0.5, 2, 1.5, 3], [0.25, 0.5, 0.75, 0.5]);
  assert(of({ allNeg: none }, { batch: amounts })?.message.includes("(labels that are all 0)"));
  const kept = resultOf(1, { batch: none.batch });
  assert(of({ allNeg: kept, far: resultOf(NaN) }, { batch: amounts })?.message.includes("(outputs far from 0)"));
  assert(of({ allNeg: resultOf(NaN) }, { batch: amounts })?.message.includes("(labels that are all negative)"));
});

Deno.test("not finite: an exponential of real outputs is a note, unless the logarithm of its sum has a finite form", () => {
  const severity = (...ops: RecordedOp[]) => {
    const context = contextOf({ ops, results: { far: resultOf(Infinity) } });
    return notFinite({ ...context, options: { yPred: "real" } })?.severity;
  };
  const of = (madeBy: number) => input({ ...live, madeBy }), breaks = { breaks: true };
  const exp = op("Exp", [live]), sum = op("Sum", [of(0)]), ofLabels = { fromTrue: true };
  const notes = [
    severity(broken("Exp")),
    severity(broken("Exp"), op("Log", [of(0)])),
    severity(exp, sum, op("Log", [of(1)], breaks)), // too small a sum
  ];
  assertEquals(notes, ["note", "note", "note"]);
  const errors = [
    severity(broken("Exp"), sum, op("Log", [of(1)])),
    severity(broken("Log")),
    severity(exp, op("Log", [of(0)], breaks)),
    severity(exp, sum, op("Sqrt", [of(1)], breaks)),
    severity(broken("Exp", ofLabels)),
    severity(exp),
  ];
  assertEquals(errors, errors.map(() => "error"));
});

Deno.test("not finite: labels and outputs of 0 are tried where the sampler has no such batch", () => {
  const loss: Value = ({ yTrue, yPred }) => (sum(yTrue) + sum(yPred)) === 0 ? NaN : 1;
  const allNeg = (yTrue: number[], yPred: number[], columns = 1): BatchResult =>
    resultOf(1, { batch: batchOf(yTrue, yPred, columns) });
  const of = (batch: AuditBatch, negative?: BatchResult, more: Made["results"] = {}) =>
    notFinite(contextOf({ loss, batch, ops: [broken("RealDiv")], results: { allNeg: negative, ...more } }));
  const quarter = [0.25, 0.5, 0.75, 0.5], zeros = [0, 0, 0, 0];
  assertEquals(of(batchOf([0, 1, 1, 0], quarter), allNeg(zeros, quarter))?.evidence.batch, "zeroBoth");
  assertStrictEquals(of(batchOf([0, 1, 1, 0], quarter)), undefined);
  const always: Value = ({ yPred }) => sum(yPred) === 0 ? NaN : 1;
  assertStrictEquals(
    notFinite(contextOf({ loss: always, results: { allNeg: allNeg([0, 0, 0, 1], quarter) } })),
    undefined,
  );
  // Outputs of both signs reach 0 in each column; positive ones beyond 1 do not.
  assertEquals(of(batchOf([0, 1, 1, 0], [-1, 2, 3, -4]), allNeg(zeros, quarter))?.evidence.batch, "zeroBoth");
  for (const outputs of [[1, 2, 3, 4], [0, 2, 3, 4], [0, -2, -3, -4]]) {
    assertStrictEquals(of(batchOf([0, 1, 1, 0], outputs), allNeg(zeros, quarter)), undefined);
  }
  assertStrictEquals(of(batchOf([0, 1, 1, 0], [-1, -2, -3, -4]), allNeg(zeros, quarter)), undefined);
  assertStrictEquals(of(batchOf(zeros, [-1, 2, 3, 4], 2), allNeg(zeros, quarter, 2)), undefined);
  assertStrictEquals(of(batchOf(zeros, quarter, 2), allNeg(zeros, quarter, 2)), undefined); // as of a box without a size
  assertEquals(of(batchOf(zeros, [-1, 2, 3, -4], 2), allNeg(zeros, quarter, 2))?.evidence.batch, "zeroBoth");
  // Of shares the outputs are sure of the class of each row, if the labels are classes.
  const shares = batchOf([1, 0, 0, 1], [0.25, 0.75, 0.5, 0.5], 2),
    sure: Value = ({ yPred }) => yPred.join() === "1,0,1,0" || yPred.some(Number.isNaN) ? NaN : 1;
  const certain = (yTrue: number[], yPred = [0.25, 0.75, 0.5, 0.5]) =>
    notFinite(contextOf({
      ...{ loss: sure, batch: shares, ops: [broken("RealDiv")] },
      results: { allNeg: resultOf(1, { batch: batchOf(yTrue, yPred, 2, 2) }) },
    }))?.evidence.batch;
  assertEquals(certain([1, 0, 1, 0]), "zeroBoth");
  assertEquals([certain([1, 0, 0.5, 0.5]), certain([1, 0])], [undefined, undefined]);
  // Its own batch is used where its labels are all 0.
  const own = resultOf(2, { batch: batchOf(zeros, zeros) });
  assertStrictEquals(of(batchOf([0, 1, 1, 0], quarter), allNeg(zeros, quarter), { zeroBoth: own }), undefined);
  const other = resultOf(2, { batch: batchOf([1, 0, 1, 0], zeros) });
  assertEquals(
    of(batchOf([0, 1, 1, 0], quarter), allNeg(zeros, quarter), { zeroBoth: other })?.evidence.batch,
    "zeroBoth",
  );
});

Deno.test("not finite: a ratio over the error is upside down", () => {
  const labelsOnly = input({ fromTrue: true });
  const of = (value: number, ratio: RecordedOp) =>
    notFinite(contextOf({ ops: [ratio], results: { perfect: resultOf(value) } }));
  const ratio = (name = "RealDiv", above = labelsOnly, below = live) => op(name, [above, below], { breaks: true });
  const finding = of(-Infinity, ratio())!;
  assertEquals([finding.cause, finding.where?.op], ["wrong-optimum", "RealDiv"]);
  assertEquals(finding.evidence, { batch: "perfect", value: -Infinity });
  for (
    const [value, other] of [
      [Infinity, ratio()],
      [-Infinity, ratio("Log")],
      [-Infinity, ratio("RealDiv", live)],
      [-Infinity, ratio("RealDiv", labelsOnly, labelsOnly)],
      [-Infinity, op("RealDiv", [labelsOnly, live])],
    ] as const
  ) assert(of(value, other)?.cause !== "wrong-optimum");
});

Deno.test("bad scale: a gradient that is far larger on a batch of one class", () => {
  const single = (label: number, gradient?: number[], value = 7): BatchResult => ({
    ...{ batch: batchOf(Array(4).fill(label), [0.25, 0.5, 0.75, 0.5]), value, shape: [] },
    gradient: gradient && Float32Array.from(gradient),
  });
  // A ratio of sums, whose parts are not the whole; two positives and two negatives, a gradient of the size 1.
  const ratio: Value = ({ predShape: [rows] }) => rows === 4 ? 0.5 : 1;
  const found = (results: Made["results"], more: Made = {}) => {
    const finding = reduction(contextOf({ results, gradient: unit, loss: ratio, ...more }));
    return finding?.message.startsWith("If the labels") ? finding : undefined;
  };
  const finding = found({ allNeg: single(0, [300, 0, 400, 0]) })!;
  assertEquals([finding.cause, finding.severity], ["bad-scale", "warning"]);
  assertEquals(
    finding.message,
    "If the labels of a batch are all negative, the gradient is 5.0e+2 times as large as on a usual batch: one such step " +
      "undoes the training",
  );
  assertEquals(finding.evidence, { gradientNorm: 1, gradientNormOnOneClass: 500, value: 0.5, valueOnOneClass: 7 });
  const doubled = { gradient: unit.map((g) => 2 * g) };
  assert(found({ allNeg: single(0, [600, 0, 800, 0]) }, doubled)?.message.includes("gradient is 5.0e+2 times"));
  assert(
    found({ allPos: single(1, [300, 0, 400, 0]) })!.message.startsWith("If the labels of a batch are all positive"),
  );
  // A hundred times, for each of the two rows of the missing class.
  const by = (size: number, labels = [0, 1, 1, 0], kind: BatchKind = "allNeg", gradient = unit) =>
    found({ [kind]: single(0, [size, 0, 0, 0]) }, { batch: batchOf(labels, [0.25, 0.5, 0.75, 0.5]), gradient }) !==
      undefined;
  assertEquals([by(201), by(199)], [true, false]);
  assertEquals([by(301, [1, 1, 1, 0]), by(299, [1, 1, 1, 0])], [true, false]);
  assertEquals([by(101, [1, 1, 1, 0], "allPos"), by(99, [1, 1, 1, 0], "allPos")], [true, false]);
  assertEquals([by(401, undefined, undefined, [1, 1, 1, 1]), by(399, undefined, undefined, [1, 1, 1, 1])], [
    true,
    false,
  ]);
  assert(!by(1e6, [0, 0, 0, 0]) && !by(1e6, [1, 1, 1, 1], "allPos")); // the class is not missed
  assert(!by(1e6, [0, 0.5, 1, 0]) && !by(1e6, undefined, undefined, [0, 0, 0, 0]));
  assertStrictEquals(found({ allNeg: single(0) }), undefined);
  assertStrictEquals(found({}), undefined);
});

Deno.test("bad scale: a small gradient of outputs in the thousands, whose steps are as small", () => {
  const batch = (times: number) => batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5].map((p) => times * p));
  const found = (times: number, size: number) =>
    badScale(contextOf({ batch: batch(times), gradient: [size / 2, 0, 0, 0] }));
  assertEquals([found(1e5, 1e-6)?.cause, found(1e5, 1e-10)?.cause], [undefined, "bad-scale"]);
  assertEquals(found(1e-2, 1.1e-4)?.cause, undefined); // small outputs are no reason
  assertEquals(found(1e5, 2e3)?.cause, "bad-scale");
});

Deno.test("padding: logits that a mask sets to about 0, in a sum of exponentials", () => {
  const mask = input({ fromTrue: true, dtype: "bool" }), near = (largest = 1e-16) => input({ largest });
  const outputs = input({ fromPred: true, isPred: true, live: true }),
    at = (madeBy: number) => input({ live: true, madeBy });
  const select = (...inputs: RecordedInput[]) => op("Select", inputs), exp = op("Exp", [at(0)]);
  const found = (...ops: RecordedOp[]) => reduction(contextOf({ ops }))?.message;
  const padded = select(mask, outputs, near()),
    message = "A mask sets logits to about 0, whose exponential is 1: " +
      "what is masked counts in the sum of exponentials";
  for (const name of ["Sum", "Cumsum"]) assertEquals(found(padded, exp, op(name, [at(1)])), message, name);
  for (const name of ["Softmax", "LogSoftmax"]) assertEquals(found(padded, op(name, [at(0)])), message, name);
  const sum = op("Sum", [at(1)]), sums = (made: RecordedOp) => found(made, exp, sum);
  assertEquals(sums(select(mask, near(), outputs)), message);
  for (
    const other of [
      select(mask, outputs, near(1e9)),
      select(mask, outputs, { ...near(), finite: false }),
      select(mask, outputs, { ...near(), fromPred: true }),
      select(mask, outputs, { ...near(), fromTrue: true }),
      select(mask, { ...outputs, isPred: false }, near()),
      select(mask, { ...outputs, live: false }, near()),
      select({ ...mask, fromPred: true }, outputs, near()),
      op("Multiply", [mask, outputs, near()]),
    ]
  ) assertStrictEquals(sums(other), undefined);
  assertStrictEquals(found(padded, exp, op("Mean", [at(1)])), undefined);
  assertStrictEquals(found(padded, op("Square", [at(0)]), sum), undefined);
  assertStrictEquals(found(padded, exp, op("Softmax", [at(1)])), undefined);
  assertStrictEquals(found(padded, exp, op("Multiply", [at(1), mask]), op("Sum", [at(2)])), undefined); // masked again
});

Deno.test("a sum of what a mask leaves that is divided by the number of the others, which train nothing", () => {
  const mask = (more: More = {}) => input({ fromTrue: true, ...more }), error = input({ fromPred: true, live: true });
  const one = (largest = 1, more: More = {}) => input({ largest, ...more });
  const of = (madeBy: number, more: More = {}) =>
    input({ fromPred: true, fromTrue: true, live: true, madeBy, ...more });
  const found = (
    { rest = one(), leaves = 0, name = "Multiply", counts = mask({ madeBy: 0 }), keeps = "ClipByValue", live = true },
    gradient = [1, 1, 0, 0],
  ) => {
    const ops = [
      op("Slice", [mask()]),
      op("Sub", [rest, mask({ madeBy: leaves })]),
      op(name, [error, mask({ madeBy: 1 })]),
      op("Sum", [of(2)]),
      op("Sum", [counts]),
      op(keeps, [...keeps === "Add" ? [one()] : [], mask({ madeBy: 4 })]),
      op("RealDiv", [of(3), { ...counts, madeBy: 5 }], { live }),
    ];
    const context = contextOf({ ops });
    context.engine.valueAndGradient = () => ({ value: 0, shape: [], gradient: Float32Array.from(gradient) });
    return dividedByOthers(context)?.message;
  };
  const message =
    "A sum over the entries that a mask leaves, 1 − m of each, is divided by the number of the others, Σ m";
  for (const keeps of ["ClipByValue", "Maximum", "Add"]) assertEquals(found({ keeps }), message);
  for (
    const other of [
      { rest: one(2) },
      { leaves: 3 },
      { name: "Add" },
      { counts: mask({ madeBy: 1 }) },
      { counts: mask({ madeBy: 0, fromPred: true }) },
      { keeps: "Square" },
      { live: false },
    ]
  ) assertStrictEquals(found(other), undefined);
  assertStrictEquals(found({}, [1, 1, 1, 1]), undefined); // the others have a term of their own
  // Given labels that weigh, divided by a constant; a sum of the outputs, and an output, over a count.
  for (
    const ops of [
      [
        op("Sub", [one(), mask()]),
        op("Multiply", [error, mask({ madeBy: 0 })]),
        op("Sum", [of(1)]),
        op("RealDiv", [of(2), one()]),
      ],
      [
        op("Slice", [mask()]),
        op("Sum", [error]),
        op("Sum", [mask({ madeBy: 0 })]),
        op("RealDiv", [of(1), mask({ madeBy: 2 })]),
      ],
      [op("Slice", [mask()]), op("Sum", [mask({ madeBy: 0 })]), op("RealDiv", [error, mask({ madeBy: 1 })])],
    ]
  ) assertStrictEquals(dividedByOthers(contextOf({ ops })), undefined);
});

Deno.test("a mean of all outputs that each label weighs", () => {
  const outputs = (more: More = {}) => input({ fromPred: true, isPred: true, live: true, ...more });
  const labels = (more: More = {}) => input({ fromTrue: true, ...more });
  const found = (
    { name = "Mean", live = true, of = outputs(), shape = [] as number[], y = labels(), meets = "Multiply" },
  ) => {
    const ops = [op(name, [of], { live }), op(meets, [input({ fromPred: true, live: true, shape, madeBy: 0 }), y])];
    return averagedTooEarly(contextOf({ ops }).observations);
  };
  assertEquals([found({})?.cause, found({})?.severity, found({})?.where?.op], ["reduction", "error", "Multiply"]);
  for (
    const other of [
      { name: "Sum" },
      { live: false },
      { of: outputs({ isPred: false }) },
      { of: outputs({ shape: [3, 1] }) },
      { shape: [4] },
      { y: labels({ fromPred: true }) },
      { y: labels({ shape: [] }) },
      { meets: "Sub" },
    ]
  ) assertStrictEquals(found(other), undefined);
});

Deno.test("not finite: weights that are not finite, whatever the batch", () => {
  const weights = (more: More = {}) => op("Multiply", [live, input({ finite: false, ...more })]);
  const found = (...ops: RecordedOp[]) => nonFinite(recording(...ops), resultOf(NaN), "now", { batch: "random" })!;
  assertEquals([found(weights()).cause, found(weights()).where?.op], ["zero-division", "Multiply"]);
  assertEquals(
    found(weights()).message,
    "Multiply takes weights that are not finite, whatever the batch: the loss is NaN now",
  );
  assertEquals(found(weights()).evidence, { batch: "random", value: NaN });
  for (const more of [{ finite: true }, { fromPred: true }, { fromTrue: true }]) {
    assertEquals(found(weights(more)).cause, "domain-edge");
  }
  assertEquals(found({ ...weights(), op: "Add" }).cause, "domain-edge");
  assertEquals(found(weights(), broken("Log")).message, "Log gives NaN now"); // what breaks comes first
});

Deno.test("bad scale: a term that is a thousand times as small as the one that it is added to", () => {
  const live = (largest: number, more: More = {}) => input({ fromPred: true, live: true, shape: [], largest, ...more });
  const found = (a: RecordedInput, b: RecordedInput, name = "Add") =>
    badScale(contextOf({ gradient: unit, ops: [op(name, [a, b])] }));
  const finding = found(live(2000), live(1))!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["bad-scale", "note", "Add"]);
  assertEquals(
    finding.message,
    "One term is 2000 and another 1: the smaller one hardly changes what is learned",
  );
  assert(found(live(1), live(2000), "Sub"));
  assertEquals([found(live(1500), live(2))?.cause, found(live(2500), live(2))?.cause], [undefined, "bad-scale"]);
  for (
    const none of [
      found(live(999), live(1)),
      found(live(2000), live(0)), // a hinge that is met
      found(live(2000), input({ shape: [], largest: 1 })), // a constant
      found(live(2000, { shape: [4, 1] }), live(1)),
      found(live(2000), live(1), "Multiply"),
    ]
  ) assertStrictEquals(none, undefined);
});

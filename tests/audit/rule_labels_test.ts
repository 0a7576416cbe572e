// Codings of labels, with losses that are functions of arrays.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { Observations } from "../../lib/audit/observations.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import type { AuditOptions } from "../../lib/audit/types.ts";
import { batchOf, input, labelEncoding, mean, op, resultUnder, squared, type Value } from "./rule_helpers.ts";

interface Made {
  loss?: Value;
  gradientOf?: (batch: AuditBatch) => number[];
  options?: AuditOptions;
  ops?: RecordedOp[];
  perfect?: AuditBatch;
  deterministic?: boolean;
  /** The losses at the ends of descents. */
  descents?: number[];
}

function found(
  batch: AuditBatch,
  { loss = squared, gradientOf, options = {}, ops = [], perfect, deterministic = true, descents = [] }: Made = {},
) {
  const of = resultUnder(loss, gradientOf);
  const engine = { value: of, valueAndGradient: of } as unknown as AuditEngine, [rows, columns] = batch.predShape;
  const observations = {
    ...{ ops, rows, columns, deterministic, random: of(batch), other: of(batch) },
    results: perfect === undefined ? {} : { perfect: of(perfect) },
  } as unknown as Observations;
  const ends = () => descents.map((to) => ({ to }));
  return labelEncoding({ engine, observations, options, descents: ends } as unknown as AuditContext);
}

const live = (more: Partial<RecordedInput> = {}) => input({ fromPred: true, live: true, ...more });
const labels = (more: Partial<RecordedInput> = {}) => input({ fromTrue: true, ...more });

Deno.test("class indices that a formula uses as numbers", () => {
  const scores = [0.2, 0.3, 0.5, 0.1, 0.1, 0.8, 0.3, 0.3, 0.4], indices = batchOf([0, 2, 1], scores, 3);
  const direct = (y = labels({ shape: [3, 1] }), p = live({ shape: [3, 3] }), name = "Sub") => [op(name, [y, p])];
  const finding = found(indices, { ops: direct() })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "error", "Sub"]);
  assertEquals(finding.message, "The labels are class indices, 0 to 2, but the formula uses them as numbers");
  assertEquals(finding.evidence, { leastLabel: 0, greatestLabel: 2, columns: 3 });
  for (
    const ops of [
      [],
      direct(undefined, undefined, "GatherV2"),
      direct(undefined, undefined, "MatMul"),
      direct(undefined, undefined, "scatter"),
      direct(labels({ shape: [3, 3] })),
      direct(labels({ shape: [3, 1], fromPred: true })),
      direct(undefined, live({ shape: [3, 1] })),
      direct(undefined, live({ shape: [3, 3], fromPred: false })),
      [op("Sum", [labels({ shape: [3, 3] })]), ...direct(labels({ shape: [3, 1], madeBy: 0 }))], // a margin of the class
    ]
  ) assertStrictEquals(found(indices, { ops }), undefined);
  const scaled = [op("Multiply", [labels({ shape: [3, 1] })]), ...direct(labels({ shape: [3, 1], madeBy: 0 }))];
  assertEquals(found(indices, { ops: scaled })?.where?.op, "Sub");
  assertStrictEquals(found(indices, { ops: direct(), options: { yTrue: "binary" } }), undefined);
  assertStrictEquals(found(batchOf([0, 0.5, 1], scores, 3), { ops: direct() }), undefined);
  assertStrictEquals(found(batchOf([1, 1, 1], scores, 3), { ops: direct() }), undefined);
  assertStrictEquals(found(batchOf([0, 2, 1, 1, 0, 2, 2, 1, 0], scores, 3), { ops: direct() })?.where, undefined);
  assertStrictEquals(found(batchOf([0, 2, 1, 3], [...scores, 0.5, 0.3, 0.2], 3), { ops: direct() }), undefined);
  const higher = direct(labels({ shape: [3, 2, 1] }), live({ shape: [3, 2, 3] }));
  assert(found(indices, { ops: higher })); // the last dimension counts
  // Of two labels only shares make classes.
  assert(found(batchOf([0, 1, 1], scores, 3), { ops: direct(), options: { yTrue: "binary" } }));
  assertStrictEquals(found(batchOf([0, 1, 1], scores.with(0, 0.4), 3), { ops: direct() }), undefined);
});

Deno.test("two labels that are not 0 and 1", () => {
  const signs = batchOf([-1, 1, 1, -1], [0.25, 0.5, 0.75, 0.5]);
  const finding = found(signs)!;
  assertEquals(finding.message, "The labels are -1 and 1, but the formula needs 0 and 1");
  assertEquals(finding.remedy, "Convert them to (y + 1) / 2");
  assertEquals(finding.evidence, {
    value: squared(signs),
    valueWithLabels01: squared({ ...signs, yTrue: Float32Array.of(0, 1, 1, 0) }),
    label: 1,
  });
  assertEquals(found(batchOf([0, 255, 255, 0], [0.25, 0.5, 0.75, 0.5]))?.remedy, "Divide the labels by 255");
  assertStrictEquals(found(batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5])), undefined);
  assertStrictEquals(found(batchOf([0, 0.5, 1, 0], [0.25, 0.5, 0.75, 0.5])), undefined);
  // Outputs of any size: only if the loss does not fall to correct outputs, or falls beyond them.
  const real = batchOf([-1, 1, 1, -1], [0.25, -2, 0.75, 1.5]), perfect = batchOf([-1, 1, 1, -1], [-1, 1, 1, -1]);
  assertStrictEquals(found(real, { perfect }), undefined);
  const zeroOne: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => (p - (yTrue[i] === 1 ? 1 : yTrue[i] === 0 ? -1 : 3)) ** 2));
  assertEquals(
    found(real, { perfect, loss: zeroOne })?.message,
    "The labels are -1 and 1, but the formula needs 0 and 1",
  );
  const always: Value = ({ yPred }) => mean(yPred.map((p) => p * p)) - 1e3 * Number(yPred[0] === -1);
  assertStrictEquals(found(real, { perfect, loss: ({ yPred }) => -always({ yPred } as AuditBatch) }), undefined); // rises either way
  const runaway: Value = ({ yTrue, yPred }) =>
    -mean(yPred.map((p, i) => p * yTrue[i])) + (yTrue.includes(-1) ? 0 : 10 * mean(yPred.map((p) => p * p)));
  assertEquals(found(real, { perfect, loss: runaway })?.cause, "label-encoding");
  const tied: Value = () => 1, endless: Value = ({ yPred }) => yPred[0] === -1 ? Infinity : 1;
  const onlyZeroOne: Value = (batch) => batch.yTrue.includes(-1) && batch.yPred[0] <= -1 ? Infinity : squared(batch);
  for (const loss of [tied, endless, () => NaN, onlyZeroOne]) {
    assertStrictEquals(found(real, { perfect, loss }), undefined);
  }
  // Outputs that have an end cannot run away, and the loss falls to the correct ones.
  const inside = batchOf([-1, 1, 1, -1], [0.25, -1, 0.75, 0.5]);
  assertStrictEquals(found(inside, { perfect, loss: runaway }), undefined);
});

Deno.test("labels beyond the range of the outputs", () => {
  const shares = [0.25, 0.5, 0.75, 0.5], finding = found(batchOf([0, 1, 3, 2], shares))!;
  assertEquals(finding.message, "The labels range from 0 to 3, the outputs from 0 to 1");
  assertEquals([finding.evidence.leastLabel, finding.evidence.greatestLabel], [0, 3]);
  assertEquals(
    found(batchOf([0, 1, -2, 1], shares))?.message,
    "The labels range from -2 to 1, the outputs from 0 to 1",
  );
  assert(found(batchOf([0, 1, 3, 2], shares), { options: { yTrue: "one-hot" } }));
  assertStrictEquals(found(batchOf([0, 1, 3, 2.5], shares)), undefined);
  assertStrictEquals(found(batchOf([0, 1, 3, 2], [0.25, 0.5, 2, 0.5])), undefined);
  assertStrictEquals(found(batchOf([0, 1, 3, 2], shares), { options: { yTrue: "real" } }), undefined);
  assertStrictEquals(found(batchOf([0, 1, 3], [...shares, 0.25, 0.5], 2)), undefined);
  // Labels of −1 that a mask leaves out have no gradient.
  const missing = batchOf([0, 1, -1, 1], shares), gradientOf = (slope: number) => () => [1, 1, slope, 1];
  assertStrictEquals(found(missing, { gradientOf: gradientOf(0) }), undefined);
  assert(found(missing, { gradientOf: gradientOf(1) }));
});

Deno.test("a cross-entropy of labels beyond 0 and 1", () => {
  const real = batchOf([-0.5, 0.25, 1, 0.5], [0.25, 0.5, 0.75, 0.5]),
    shares = batchOf([0, 0.25, 1, 0.5], [...real.yPred]);
  const both: Value = ({ yTrue, yPred }) =>
    -mean(yPred.map((p, i) => yTrue[i] * Math.log(p) + (1 - yTrue[i]) * Math.log(1 - p)));
  const loss: Value = (batch) => both(batch) - 1; // below 0
  const made = (madeBy: number, more: Partial<RecordedInput> = {}) => live({ madeBy, ...more });
  const rest = labels({ madeBy: 1, largest: 1.5 });
  const ops = [
    op("Log", [live()]),
    op("Sub", [input(), labels()]),
    op("Sub", [input(), live()]),
    op("Log", [made(2)]),
    op("Multiply", [labels(), made(0)], { line: "one" }),
    op("Multiply", [rest, made(3)], { line: "other" }),
  ];
  const own = (at: number, ...inputs: RecordedInput[]) => ops.with(at, op(ops[at].op, inputs));
  const finding = found(real, { loss, ops })!;
  assertEquals([finding.cause, finding.severity, finding.where?.line], ["label-encoding", "error", "other"]);
  assertEquals(
    finding.message,
    "The labels range from -0.5 to 1, but a cross-entropy needs them in [0, 1]: it becomes negative, and has no minimum",
  );
  assertEquals(finding.evidence, { leastLabel: -0.5, greatestLabel: 1, value: loss(real), lowest: loss(real) });
  // A label above 1 shows in y, one below 0 in 1 − y.
  assert(
    found(real, {
      loss,
      ops: own(5, { ...rest, largest: 1 }, made(3)).with(1, op("Sub", [input(), labels({ largest: 2 })])),
    }),
  );
  // Weighted positives, of which y itself is not the factor, and counts of several trials are none.
  const none = (ops: RecordedOp[], more: Made = {}) =>
    assertStrictEquals(found(real, { loss, ops, ...more }), undefined);
  none(own(5, { ...rest, largest: 1 }, made(3)));
  none(own(1, input({ largest: 5 }), labels()));
  none(own(1, labels(), labels()));
  none(own(1, input(), live({ fromTrue: true })));
  none(ops.with(1, op("Add", [input(), labels()])));
  none(own(4, labels({ madeBy: 7 }), made(0)));
  none(own(4, labels(), made(2)));
  none(own(4, labels(), made(0, { live: false })));
  none(own(5, rest, made(3, { fromTrue: true })));
  none(own(5, live({ madeBy: 1, largest: 1.5 }), made(3)));
  none(ops.slice(0, 5));
  none(ops.with(5, op("Add", [rest, made(3)])));
  // A mask keeps it from falling below 0: not for random outputs, correct ones, or after a descent.
  none(ops, { loss: both });
  none(ops, { loss: () => 0 });
  const below = (to: number) => found(real, { loss: both, ops, descents: [to] })?.evidence.lowest;
  assertEquals([below(-0.5), below(0.5)], [-0.5, undefined]);
  const noValue = batchOf([0, 0, 1, 1], [0, 0, 1, 1]); // the logarithm of 0
  assertEquals(found(real, { loss, ops, perfect: noValue })?.cause, "label-encoding");
  const right: Value = (batch) => batch.yPred[0] === 0 ? -2 : both(batch);
  assertEquals(
    found(real, { loss: right, ops, perfect: batchOf([0, 0.25, 1, 0.5], [0, 0.3, 1, 0.5]) })?.evidence.lowest,
    -2,
  );
  assertEquals(found(shares, { loss, ops })?.cause, "label-encoding"); // what the recording says counts
});

Deno.test("one-hot labels that are converted again, and the argmax of one column", () => {
  const oneHot = batchOf([1, 0, 0, 0, 1, 0], [0.2, 0.3, 0.5, 0.1, 0.1, 0.8], 3),
    again = (shape = [2, 3]) => [
      op("OneHot", [labels({ shape })], { outputShape: [...shape, 3] }),
    ];
  const finding = found(oneHot, { ops: again() })!;
  assertEquals(
    finding.message,
    "The labels have 3 columns and are one-hot already, but are converted to one-hot again",
  );
  assertEquals(finding.evidence, { labelColumns: 3, shapeBefore: "[2,3]", shapeAfter: "[2,3,3]" });
  assert(found(oneHot, { ops: again([2, 1, 3]) }));
  assertStrictEquals(found(oneHot, { ops: again([2]) }), undefined);
  assertStrictEquals(found(oneHot, { ops: again([2, 1]) }), undefined);
  assertStrictEquals(found(oneHot, { ops: [op("Cast", [labels({ shape: [2, 3] })])] }), undefined);
  assertStrictEquals(found(oneHot, { ops: [op("OneHot", [live({ shape: [2, 3] })])] }), undefined);
  // The labels as indices: the loss does not fall to correct outputs.
  const perfect = batchOf([1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 1, 0], 3), rising: Value = (batch) => -squared(batch);
  assert(found(oneHot, { ops: again([2]), perfect, loss: rising }));
  assertStrictEquals(found(oneHot, { ops: again([2]), perfect }), undefined);
  const several = { ...oneHot, yTrue: Float32Array.of(1, 1, 0, 0, 1, 0) };
  assertStrictEquals(found(several, { ops: again([2]), perfect, loss: rising }), undefined);
  const two = batchOf([1, 0, 0, 1], [0.25, 0.75, 0.5, 0.5], 2), ofTwo = batchOf([1, 0, 0, 1], [1, 0, 0, 1], 2);
  assertStrictEquals(found(two, { ops: again([2]), perfect: ofTwo, loss: rising }), undefined);
  const wide = batchOf([1, 0, 0, 1], [0.25, 0.75, 0.5, 0.5, 0.5, 0.5], 3),
    ofWide = batchOf([1, 0, 0, 1], [1, 0, 0, 0, 1, 0], 3);
  assertStrictEquals(found(wide, { ops: again([2]), perfect: ofWide, loss: ({ yPred }) => mean(yPred) }), undefined);
  const parts = { ...oneHot, yTrue: Float32Array.of(0.5, 0.5, 0, 0, 1, 0) };
  assertStrictEquals(found(parts, { ops: again([2]), perfect, loss: rising }), undefined);

  const argmax = (y = labels({ shape: [4, 1] }), name = "ArgMax") => [op(name, [y])],
    plain = batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5]);
  assertEquals(
    found(plain, { ops: argmax() })?.message,
    "The labels are one column of class indices, but the loss takes their argmax: it is 0 in every row",
  );
  assertEquals(found(plain, { ops: argmax() })?.evidence, { shape: "[4,1]", value: squared(plain) });
  assert(found(plain, { ops: argmax(labels({ shape: [2, 2, 1] })) }));
  assertStrictEquals(found(plain, { ops: argmax(labels({ shape: [4, 2] })) }), undefined);
  assertStrictEquals(found(plain, { ops: argmax(live({ shape: [4, 1] })) }), undefined);
  assertStrictEquals(found(plain, { ops: argmax(undefined, "Max") }), undefined);
});

Deno.test("a label of 0 that enters the formula as about a half", () => {
  const plain = batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5]), perfect = batchOf([0, 1, 1, 0], [0, 1, 1, 0]);
  const loss = (ofPerfect: number): Value => ({ yPred }) => yPred[0] === 0 ? ofPerfect : 1;
  const product = (levels: number[], p = live(), name = "Multiply") => [op(name, [p, labels({ levels })])];
  const given = (ofPerfect: number, ops: RecordedOp[], right = perfect) =>
    found(plain, { loss: loss(ofPerfect), ops, perfect: right });
  const finding = given(0.5, product([0.5, 0.875]))!;
  assertEquals([finding.severity, finding.where?.op], ["warning", "Multiply"]);
  assert(finding.message.startsWith("A label of 0 enters the formula as 0.5: negatives count partly as positives"));
  assertEquals(finding.evidence, { zeroEntersAs: 0.5, oneEntersAs: 0.875, perfect: 0.5, random: 1 });
  for (const levels of [[0.25, 0.5], [0.75, 1]]) assert(given(0.5, product(levels)), String(levels));
  for (const levels of [[0.2, 0.9], [0.8, 1], [0.5, 0.69], [0.5, 1.1], [0.5, 0.875, 0.9], []]) {
    assertStrictEquals(given(0.5, product(levels)), undefined, String(levels));
  }
  assertStrictEquals(given(0.3, product([0.5, 0.875])), undefined);
  const tenTimes: Value = (batch) => 10 * loss(0.1)(batch);
  assertStrictEquals(found(plain, { loss: tenTimes, ops: product([0.5, 0.875]), perfect }), undefined);
  assertStrictEquals(given(0.5, product([0.5, 0.875], live({ live: false }))), undefined);
  assertStrictEquals(given(0.5, product([0.5, 0.875], undefined, "Add")), undefined);
  assertStrictEquals(given(0.5, product([0.5, 0.875]), batchOf([0, 0, 0, 0], [0, 1, 1, 0])), undefined);
});

Deno.test("labels that are a multiple of the correct outputs", () => {
  const real = batchOf([25, 50, 75, 0], [-1, 2, 0.5, 3]),
    perfect = (times: number) => batchOf([0, 0.25, 0.5, 1].map((p) => times * p), [0, 0.25, 0.5, 1]);
  const finding = found(real, { perfect: perfect(100) })!;
  assertEquals(
    finding.message,
    "The labels are 100 times the correct outputs: no output of this range comes close to them",
  );
  assertEquals([finding.remedy, finding.evidence.factor, finding.evidence.withLabelsDivided], [
    "Divide the labels by 100",
    100,
    0,
  ]);
  assert(found(real, { perfect: batchOf([0, 25, 50.002, 100], [0, 0.25, 0.5, 1]) })); // but for rounding
  assertStrictEquals(found(real, { perfect: perfect(100), loss: () => 1 }), undefined);
  assertStrictEquals(found(real, { perfect: perfect(1) }), undefined);
  assertStrictEquals(found(real, { perfect: perfect(-100) }), undefined);
  assertStrictEquals(found(real, { perfect: batchOf([0, 25, 50, 101], [0, 0.25, 0.5, 1]) }), undefined);
  assertStrictEquals(found(real, { perfect: batchOf([0, 0, 0, 0], [0, 0, 0, 0]) }), undefined);
  assertStrictEquals(found(real, { perfect: perfect(100), loss: (batch) => -squared(batch) }), undefined);
  assertStrictEquals(found(real), undefined);
});

Deno.test("class indices that are counted from 1 or from −1", () => {
  const logits = [2, -1, 0, 0, 1, 3, 1, 1, 4, 0, 0, 0], indices = batchOf([0, 1, 2, 1], logits, 3);
  const right = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]].flat().map((v) => 6 * v),
    perfect = batchOf([0, 1, 2, 1], right, 3);
  /** A cross-entropy whose class is the label plus a shift; nothing for a class that there is not. */
  const shifted = (by: number): Value => ({ yTrue, yPred }) =>
    -mean(yTrue.map((y, i) => yPred[3 * i + (y + by + 3) % 3]));
  const finding = found(indices, { perfect, loss: shifted(-1) })!;
  assertEquals(finding.message, "The labels range from 0 to 2, but the formula needs 1 to 3");
  assertEquals([finding.evidence.shiftedBy, finding.remedy], [
    1,
    "Count the classes as the formula does: add 1 to the labels",
  ]);
  assertEquals(finding.evidence.valueWithLabelsShifted, shifted(0)(indices));
  const below = found(indices, { perfect, loss: shifted(1) })!;
  assertEquals([below.evidence.shiftedBy, below.remedy], [
    -1,
    "Count the classes as the formula does: subtract 1 from the labels",
  ]);
  assertStrictEquals(found(indices, { perfect, loss: shifted(0) }), undefined);
  assertStrictEquals(found(indices, { loss: shifted(-1) }), undefined);
  assertStrictEquals(found(indices, { perfect, loss: () => 1 }), undefined);
  assertStrictEquals(found(batchOf([0, 1, 4, 1], logits, 3), { perfect, loss: shifted(-1) }), undefined);
  assertStrictEquals(found(batchOf([0, 1, 1.5, 1], logits, 3), { perfect, loss: shifted(-1) }), undefined);
  // As many labels as there are classes, from 1 on; two labels per row are no index.
  const fromOne = [1, 2, 3, 2], ofOne = { perfect: batchOf(fromOne, right, 3), loss: shifted(0) };
  assertEquals(found(batchOf(fromOne, logits, 3), ofOne)?.evidence.shiftedBy, -1);
  const pairs = [0, 0, 1, 1, 2, 2, 1, 1],
    loss: Value = (batch) => shifted(-1)({ ...batch, yTrue: batch.yTrue.filter((_, i) => i % 2 === 0) });
  assertStrictEquals(found(batchOf(pairs, logits, 3), { perfect: batchOf(pairs, right, 3), loss }), undefined);
  // A loss that falls with the labels as they are needs no shift; one that stays as it is has not fallen.
  const rising: Value = ({ yTrue, yPred }) => (yTrue[0] < 0 ? 1 : -1) * mean(yPred);
  assertStrictEquals(found(indices, { perfect, loss: rising }), undefined);
  const still: Value = ({ yTrue, yPred }) => yTrue[0] === 1 ? -mean(yPred) : yTrue[0];
  assertEquals(found(indices, { perfect, loss: still })?.evidence.shiftedBy, 1);
});

Deno.test("a formula for labels of −1 and 1: rows with a label of 0 have no gradient", () => {
  const real = batchOf([0, 1, 1, 0], [-2, 3, 0.5, 1]), perfect = batchOf([0, 1, 1, 0], [-1, 1, 1, -1]);
  const hinge = ({ yTrue, yPred }: AuditBatch) => yPred.map((p, i) => Math.max(0, 4 - yTrue[i] * p));
  const made: Made = {
    loss: (batch) => mean(hinge(batch)),
    gradientOf: (batch) => [...batch.yPred].map((p, i) => 4 - batch.yTrue[i] * p > 0 ? -batch.yTrue[i] : 0),
    perfect,
  };
  const finding = found(real, made)!;
  assertEquals(finding.message, "Rows with a label of 0 have no gradient: the formula needs labels of −1 and 1");
  assertEquals(finding.evidence.rowsWithoutGradient, 2);
  assertStrictEquals(found(real, { ...made, gradientOf: undefined }), undefined);
  assertStrictEquals(found(real, { ...made, gradientOf: () => [1, 1, 1, 1] }), undefined);
  assertStrictEquals(found(real, { ...made, gradientOf: () => [0, 0, 0, 0] }), undefined);
  assertStrictEquals(found(real, { ...made, gradientOf: () => [0, 1, 1, 0] }), undefined); // with signs too
  assertStrictEquals(found(real, { ...made, ops: [op("RealDiv", [live(), live()])] }), undefined);
  assert(found(real, { ...made, ops: [op("RealDiv", [live(), labels()])] })); // a mean is no ratio
  assert(found(real, { ...made, ops: [op("Sub", [live(), live()])] }));
  assertStrictEquals(found(batchOf([0, 1, 1, 0], [0.25, 0.5, 0.75, 0.5]), made), undefined);
  assertStrictEquals(found(batchOf([0, 1, 0.5, 0], [-2, 3, 0.5, 1]), made), undefined);
  const mostly = batchOf([0, 1, 1, 1], [-2, 3, 0.5, 1]),
    lit = (...rows: number[]) => ({ yTrue }: AuditBatch) =>
      [0, 1, 2, 3].map((row) => Number(rows.includes(row) || yTrue[row] === -1));
  const own = { ...made, perfect: batchOf([0, 1, 1, 1], [-1, 1, 1, 1]) };
  assert(found(mostly, { ...own, gradientOf: lit(1, 2) }) && found(real, { ...made, gradientOf: lit(1) }));
  assertStrictEquals(found(mostly, { ...own, gradientOf: lit(1) }), undefined);
  const noOnes = { ...real, yTrue: Float32Array.of(0, 0, 0, 1) };
  assertStrictEquals(
    found(noOnes, { ...made, gradientOf: ({ yTrue }) => [...yTrue].map((y) => Number(y === -1)) }),
    undefined,
  );
  assertStrictEquals(
    found(real, { ...made, gradientOf: ({ yTrue }) => [1, 1, 1, 0].map((g, i) => yTrue[i] === 0 && i > 0 ? 0 : g) }),
    undefined,
  );
  const endless: Value = (batch) => batch.yTrue.includes(-1) ? Infinity : mean(hinge(batch));
  assertStrictEquals(found(real, { ...made, loss: endless }), undefined);
  const one: Made = {
    ...made,
    gradientOf: ({ yTrue }) => [...yTrue].map((y, i) => Number(y === 1 || (y === -1 && i === 0))),
  };
  assert(found(real, one)); // one of the rows has a gradient with a label of −1
  const free = (right: number): Value => (batch) => batch.yPred === perfect.yPred ? right : 100 * mean(hinge(batch));
  for (const right of [0, 1]) assertStrictEquals(found(real, { ...made, loss: free(right) }), undefined);
});

Deno.test("a column of the labels that weighs nothing", () => {
  const rows = 8, wide = Array.from({ length: rows }, (_, i) => [i / 8, Number(i % 3 === 0)]).flat();
  const batch = batchOf(wide, Array.from({ length: rows }, (_, i) => 1 + i / 4));
  /** The squared error of the first column, all of it times the mean of the second. */
  const each = ({ yTrue, yPred }: AuditBatch) => yPred.map((p, i) => p - yTrue[2 * i]);
  const after: Made = {
    loss: (of) => mean(each(of).map((d) => d * d)),
    gradientOf: (of) => [...each(of)].map((d) => 2 * d / rows),
  };
  const finding = found(batch, after)!;
  assertEquals([finding.cause, finding.severity, finding.where], ["reduction", "note", undefined]); // it may be left out
  assertEquals(finding.evidence, { batch: "random", column: 1, labelColumns: 2, value: after.loss!(batch) });
  const product = op("Multiply", [live({ shape: [] }), labels({ shape: [8] })]);
  const weighed = found(batch, { ...after, ops: [product] })!;
  assertEquals([weighed.severity, weighed.where?.op], ["warning", "Multiply"]);
  for (
    const other of [
      op("Add", product.inputs.slice()),
      op("Multiply", [live({ shape: [8] }), labels({ shape: [8] })]),
      op("Multiply", [live({ shape: [], live: false }), labels({ shape: [8] })]),
      op("Multiply", [live({ shape: [] }), labels({ shape: [1] })]),
    ]
  ) assertStrictEquals(found(batch, { ...after, ops: [other] })?.where, undefined);
  const outputs = live({ isPred: true, shape: [8, 1] }), compared = op("Sub", [outputs, labels({ shape: [8, 1] })]);
  assertEquals(found(batch, { ...after, ops: [compared] })?.cause, "reduction"); // one label per output
  // A term of the labels alone, which is added to one of the outputs.
  const alone = (name: string, p = live({ shape: [] }), y = labels({ shape: [] })) =>
    found(batch, { ...after, ops: [op(name, [p, y])] })!;
  const added = alone("Add");
  assertEquals([added.cause, added.severity, added.where?.op], ["constant", "warning", "Add"]);
  assertEquals(
    added.message,
    "One term is made of the labels alone and trains nothing; column 1 of the labels is in no other term",
  );
  assertEquals(added.evidence, finding.evidence);
  assertEquals([alone("AddV2").cause, alone("Sub").cause], ["constant", "constant"]);
  for (
    const other of [
      alone("Multiply"),
      alone("Add", live({ live: false })),
      alone("Add", undefined, live({ shape: [] })),
      alone("Add", undefined, labels({ shape: [8] })),
    ]
  ) assertEquals(other.cause, "reduction");
  const before: Made = {
    loss: (of) => mean(each(of).map((d, i) => d * d * of.yTrue[2 * i + 1])),
    gradientOf: (of) => [...each(of)].map((d, i) => 2 * d * of.yTrue[2 * i + 1] / rows),
  };
  assertStrictEquals(found(batch, before), undefined);
  assertStrictEquals(found(batch, { ...after, deterministic: false }), undefined);
  assertStrictEquals(found(batch, { ...after, gradientOf: undefined }), undefined);
  const constant = batchOf(wide.map((y, i) => i % 2 === 1 ? 1 : y), [...batch.yPred]);
  assertStrictEquals(found(constant, after), undefined);
  assertStrictEquals(found(batch, { loss: () => 1, gradientOf: () => new Array(rows).fill(1) }), undefined);
  assertStrictEquals(found(batchOf(wide.slice(0, 14), [...batch.yPred].slice(0, 7)), after), undefined);
});

Deno.test("labels of −1 and 1 of several outputs: the loss falls to correct outputs in both codings, further with signs", () => {
  const y = [0, 1, 1, 0], of = (rows: number[]) => batchOf(y, rows.flatMap((sum) => [sum / 2 - 2, sum / 2 + 2]), 2);
  /** A hinge of the sum of the two outputs. */
  const hinge = ({ yTrue, yPred }: AuditBatch) =>
    yTrue.map((y, i) => Math.max(0, 4 - y * (yPred[2 * i] + yPred[2 * i + 1])));
  const judged = (right: number[] | undefined) =>
    found(of([-1, 1, 0, 3]), {
      loss: (batch) => mean(hinge(batch)),
      gradientOf: (batch) => [...hinge(batch)].flatMap((h, i) => [0, h > 0 ? -batch.yTrue[i] : 0]),
      perfect: right && of(right),
    });
  assertEquals(
    judged([-2, 2, 2, -2])?.message,
    "Rows with a label of 0 have no gradient: the formula needs labels of −1 and 1",
  );
  for (
    const right of [
      undefined,
      [2, -2, -2, 2], // it rises in both codings
      [20, 2, 2, 20], // with signs it rises
      [-10, -1, -1, -10], // only with signs it falls
      [0, 2, 2, 0], // with signs correct outputs cost the same
    ]
  ) assertStrictEquals(judged(right), undefined, String(right));
});

Deno.test("a column of the labels is used if the loss or its gradient changes by more than a factor", () => {
  const rows = 8, outputs = Array.from({ length: rows }, (_, i) => 1 + i / 4);
  const judged = (
    mask: number[],
    factor: Value,
    more: (batch: AuditBatch) => number,
    slopeOf = (batch: AuditBatch, _: number) => factor(batch),
  ) => {
    const each = ({ yTrue, yPred }: AuditBatch) => [...yPred].map((p, i) => p - yTrue[2 * i]);
    return found(batchOf(mask.flatMap((m, i) => [i / 8, m]), outputs), {
      loss: (batch) => factor(batch) * mean(each(batch).map((d) => d * d)) + more(batch),
      gradientOf: (batch) => each(batch).map((d, i) => slopeOf(batch, i) * 2 * d / rows),
    })?.evidence.column;
  };
  const numbers = Array.from({ length: rows }, (_, i) => i + 1),
    first: Value = ({ yTrue }) => yTrue[1],
    none = () => 0,
    one = () => 1;
  assertEquals(judged(numbers, first, none), 1); // a factor of the whole
  assertEquals(judged(numbers, one, none), 1);
  assertStrictEquals(judged(numbers, one, first), undefined); // another value, the same gradient
  assertStrictEquals(judged(numbers, one, none, ({ yTrue }, i) => yTrue[2 * i + 1]), undefined);
  assertStrictEquals(judged(numbers, (batch) => Number(first(batch) === 1), none), undefined); // no gradient is no factor
  const little: Value = ({ yTrue }) => 1e-3 * yTrue[1];
  assertStrictEquals(judged(numbers, one, little), undefined);
  assertStrictEquals(judged(numbers, one, none, (batch, i) => i === 0 ? 1 + little(batch) : 1), undefined);
  // In any unit; a gradient of the same length that points elsewhere.
  assertStrictEquals(judged(numbers, () => 1e-4, (batch) => 1e-4 * little(batch)), undefined);
  const turned = (batch: AuditBatch, i: number) => i === 0 && first(batch) !== 1 ? -1e-4 : 1e-4;
  assertStrictEquals(judged(numbers, () => 1e-4, none, turned), undefined);
  assertStrictEquals(judged([0, 0, 0, 0, 0, 0, 0, 1], one, first), undefined); // only the last row, in the place of the first, changes it
  assertStrictEquals(judged([0, 1, 0, 0, 0, 0, 0, 0], one, first), undefined);

  const wide = batchOf(numbers.flatMap((m, i) => [m, i / 8]), outputs);
  const second = ({ yTrue, yPred }: AuditBatch) => [...yPred].map((p, i) => p - yTrue[2 * i + 1]);
  const made: Made = {
    loss: (batch) => mean(second(batch).map((d) => d * d)),
    gradientOf: (batch) => second(batch).map((d) => 2 * d / rows),
  };
  assertEquals(found(wide, made)?.evidence.column, 0);
  // One label per output is no mask.
  const pairs = batchOf([...wide.yTrue], numbers.flatMap((n) => [n, n + 1]), 2);
  const ofPairs = ({ yTrue, yPred }: AuditBatch) => [...yPred].map((p, i) => p - yTrue[2 * Math.floor(i / 2) + 1]);
  const paired: Made = {
    loss: (batch) => mean(ofPairs(batch).map((d) => d * d)),
    gradientOf: (batch) => ofPairs(batch).map((d) => d / rows),
  };
  assertStrictEquals(found(pairs, paired), undefined);
  const product = op("Multiply", [live({ shape: [] }), labels({ shape: [8] })]);
  assertEquals(found(pairs, { ...paired, ops: [product] })?.severity, "warning");
});

Deno.test("a formula of both signs with outputs between 0 and 1", () => {
  const y = [0, 1, 1, 0], plain = batchOf(y, [0.25, 0.5, 0.75, 0.5]), perfect = batchOf(y, y);
  /** A hinge of labels of −1 and 1, into which it turns those of 0 and 1. */
  const hinge = (margin: number): Value => ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => Math.max(0, margin - (yTrue[i] > 0 ? 1 : -1) * p)));
  const finding = found(plain, { loss: hinge(1), perfect })!;
  assertEquals([finding.cause, finding.severity], ["activation-mismatch", "error"]);
  assert(
    finding.message.startsWith("The formula needs outputs of both signs: it is smaller for −1 and 1 than for any"),
  );
  assertEquals(finding.evidence, {
    value: hinge(1)(plain),
    perfectOutputsOfBothSigns: 0,
    perfectWithLabels01: 0.5,
  });
  const isFound = (made: Made = {}, batch = plain) =>
    found(batch, { loss: hinge(1), perfect, ...made })?.cause === "activation-mismatch";
  assert(!isFound({ perfect: undefined }) && !isFound({ loss: squared }));
  assert(!isFound({}, batchOf(y, [0.25, 0.5, 0.75, 1.5])) && !isFound({}, batchOf(y, [0.25, -0.5, 0.75, 0.5])));
  // Labels of −1 and 1 as well; of other ones nothing is known.
  const signs = [-1, 1, 1, -1], ofSigns = { perfect: batchOf(signs, y) };
  assert(isFound(ofSigns, batchOf(signs, [...plain.yPred])));
  const wide: Value = ({ yTrue, yPred }) => hinge(1)({ ...plain, yTrue: yTrue.map((v) => v === 2 ? 1 : v), yPred });
  const others = [0, 2, 2, 0];
  assert(!isFound({ loss: wide, perfect: batchOf(others, y) }, batchOf(others, [...plain.yPred])));
  // Most outputs without a gradient are saturated.
  const without = (zeros: number) => ({ gradientOf: () => y.map((_, i) => i < zeros ? 0 : -0.5) });
  assertEquals([0, 2, 3, 4].map((zeros) => isFound(without(zeros))), [true, true, false, false]);
  // Logits have both signs, too; what a logarithm is taken of has none.
  for (const name of ["Sigmoid", "Softplus", "Exp", "Softmax", "LogSoftmax", "Log"]) {
    assert(
      !isFound({ ops: [op("Neg", [labels()]), op(name, [live()])] }) && isFound({ ops: [op(name, [labels()])] }),
      name,
    );
  }
  assert(isFound({ ops: [op("Relu", [live()])] }));
  // Outputs of both signs have to cost less than any between 0 and 1, by a third, of a loss that does not fall to nothing.
  /** A loss of each of the batches that are compared. */
  const table = (right: number, start: number, best: number, value: number): Value => ({ yPred }) =>
    yPred[0] === -1 ? right : yPred[0] === 0 ? best : yPred[0] === -0.5 ? start : value;
  const by = (...numbers: [number, number, number, number]) => isFound({ loss: table(...numbers) });
  assert(by(0.5, 2, 1, 1.5) && by(0, 2, 1, 1.5) && by(0.69, 2, 1, 1.5) && by(0.5, 2, 1, 9.9));
  assert(by(5, 20, 10, 15) && by(0.05, 0.2, 0.1, 0.15)); // in any unit
  assert(
    !by(-0.1, 2, 1, 1.5) && !by(0.5, 0.4, 1, 1.5) && !by(0.5, 0.5, 1, 1.5) && !by(0.71, 2, 1, 1.5) &&
      !by(0.5, 2, 1, 10.1),
  );
});

Deno.test("outputs run away beyond correct ones if ten times as large ones lower the loss by more than 1", () => {
  const y = [-1, 1, 1, -1], perfect = batchOf(y, y.map((v) => 2 * v)), real = batchOf(y, [0.25, -2, 0.75, 1.5]);
  // Falls to correct outputs and by `by` beyond them, unless the labels are 0 and 1.
  const falling = (by: number): Value => ({ yTrue, yPred }) => {
    const size = Math.abs(yPred[0]);
    return yTrue.includes(-1) ? (size === 20 ? 3 - by : size === 2 ? 3 : 4) : size === 2 ? 0 : 1;
  };
  const isFound = (by: number, batch = real) =>
    found(batch, { loss: falling(by), perfect })?.cause === "label-encoding";
  assertEquals([1.1, 1, 0.9, -1].map((by) => isFound(by)), [true, false, false, false]);
  assert(!isFound(1.1, batchOf(y, [0.25, -1, 0.75, 1]))); // outputs between −1 and 1 have an end
});

Deno.test("labels of −1 and 1 in a formula that converts 0 and 1 to signs itself", () => {
  const signs = batchOf([-1, 1, 1, -1], [-2, 3, 0.5, 1]),
    loss: Value = ({ yTrue, yPred }) => -mean(yPred.map((p, i) => p * yTrue[i]));
  const enters = (levels: number[], more: Partial<RecordedInput> = {}, name = "Multiply") => [
    op(name, [live(more), labels({ levels })]),
  ];
  const finding = found(signs, { loss, ops: enters([-3, 1]) })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "error", "Multiply"]);
  assertEquals(
    finding.message,
    "Labels of −1 and 1 enter the formula as −3 and 1: it converts labels of 0 and 1 itself",
  );
  for (const ops of [enters([-1, 1]), enters([-3, 1], { live: false }), enters([-3, 1], {}, "Add")]) {
    assertStrictEquals(found(signs, { loss, ops }), undefined);
  }
  assertStrictEquals(found(batchOf([0, 1, 1, 0], [-2, 3, 0.5, 1]), { loss, ops: enters([-3, 1]) }), undefined);
});

Deno.test("labels with fractions that are cut to whole numbers or truth values", () => {
  const real = batchOf([-1.5, 0.25, 3.5, 0.5], [-2, 3, 0.5, 1]), shares = batchOf([0, 0.25, 1, 0.5], [...real.yPred]);
  const after = (cut: (y: number) => number): Value => (of) => squared({ ...of, yTrue: of.yTrue.map(cut) });
  const toWhole = after(Math.trunc), toBool = after((y) => y === 0 ? 0 : 1);
  const cast = (name = "Cast", y = labels(), dtype = "int32") => [op(name, [y], { attrs: { dtype } })];
  const finding = found(real, { loss: toWhole, ops: cast() })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "error", "Cast"]);
  assertEquals(finding.message, "The labels have fractions, but are cut to whole numbers");
  assertEquals(finding.evidence, { batch: "random", label: -1.5, value: toWhole(real) });
  assert(found(real, { loss: toWhole, ops: cast("Floor", labels(), "float32") }));
  assertEquals(
    found(shares, { loss: toBool, ops: cast() })?.message,
    "The labels have fractions, but are cut to 0 and 1: every label above 0 counts as 1",
  );
  assertEquals(found(shares, { loss: toBool, ops: cast() })?.evidence.label, 0.25);
  const without = (batch: AuditBatch, more: Made) =>
    assertStrictEquals(found(batch, { loss: toWhole, ops: cast(), ...more }), undefined);
  without(real, { deterministic: false });
  without(real, { loss: () => NaN });
  without(real, { loss: squared });
  without(real, { loss: toBool });
  without(real, { ops: [] });
  without(real, { ops: cast("Round") });
  without(real, { ops: cast("Cast", labels(), "float32") });
  without(real, { ops: cast("Cast", live()) });
  without(batchOf([-1, 0, 3, 1], [...real.yPred]), {});
});

Deno.test("labels beyond 1: only those that are as many as the outputs are compared with them", () => {
  const shares = [0.2, 0.3, 0.5, 0.1, 0.1, 0.8], of = (y: number[]) => found(batchOf(y, shares, 2))?.message;
  assertEquals(of([0, 3, 1, 2, 2, 1]), "The labels range from 0 to 3, the outputs from 0 to 1");
  assertStrictEquals(found(batchOf([0, 3, 1], shares, 2))?.message, undefined);
});

/** Eight rows of two columns of labels, and what the loss of the first column alone is. */
const twoColumns = (second: (i: number) => number) => Array.from({ length: 8 }, (_, i) => [i / 8, second(i)]).flat();

Deno.test("a column of the labels that may choose one of several outputs, which weighs nothing", () => {
  const batch = batchOf(twoColumns((i) => Number(i % 3 === 0)), Array.from({ length: 24 }, (_, i) => i % 5), 3);
  const each = ({ yTrue, yPred }: AuditBatch) => yPred.map((p, i) => p - yTrue[2 * Math.floor(i / 3)]);
  const made: Made = {
    loss: (of) => mean(each(of).map((d) => d * d)),
    gradientOf: (of) => [...each(of)].map((d) => d / 12),
  };
  const outputs = (more: Partial<RecordedInput> = {}) => live({ isPred: true, shape: [8, 3], ...more });
  const column = (more: Partial<RecordedInput> = {}) => labels({ shape: [8, 1], ...more });
  const cause = (name: string, ...inputs: RecordedInput[]) => found(batch, { ...made, ops: [op(name, inputs)] })?.cause;
  const finding = found(batch, { ...made, ops: [op("Sub", [outputs(), column()])] })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["broadcast", "error", "Sub"]);
  assertEquals(
    finding.message,
    "One column of labels is compared with 3 columns of outputs, and column 1 of the labels, which may choose one of " +
      "them, weighs nothing",
  );
  assertEquals(cause("SquaredDifference", column(), outputs()), "broadcast");
  for (
    const other of [
      cause("Multiply", outputs(), column()),
      cause("Sub", outputs({ live: false }), column()),
      cause("Sub", outputs({ isPred: false }), column()),
      cause("Sub", outputs({ shape: [8, 1] }), column()),
      cause("Sub", outputs(), column({ shape: [8, 3] })),
      cause("Sub", outputs(), column({ fromTrue: false })),
    ]
  ) assertStrictEquals(other, undefined); // the labels are no more than the outputs
});

Deno.test("a column of outputs that is trained on the labels of another one", () => {
  const y = twoColumns((i) => Number(i % 3 === 0)), from = y.map((_, i) => i === 1 ? y[0] : (i % 5) / 5); // one has no error
  const made: Made = {
    loss: ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i - i % 2]) ** 2)),
    gradientOf: ({ yTrue, yPred }) => [...yPred].map((p, i) => (p - yTrue[i - i % 2]) / 8),
    perfect: batchOf(y, y, 2),
  };
  const batch = batchOf(y, from, 2), finding = found(batch, made)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(
    finding.message,
    "Column 1 of the outputs is trained, but not on its labels: column 1 of the labels weighs nothing",
  );
  const without = (more: Made) => assertStrictEquals(found(batch, { ...made, ...more }), undefined);
  without({ perfect: undefined });
  without({ perfect: batchOf(y, y.map((v, i) => i % 2 ? 1 - v : v), 2) }); // its correct values are other ones
  without({ gradientOf: (of) => made.gradientOf!(of).map((g, i) => i % 2 ? 0 : g) }); // another loss trains it
  const hot = Array.from({ length: 8 }, (_, i) => [Number(i % 3 === 0), Number(i % 3 !== 0)]).flat();
  assertStrictEquals(found(batchOf(hot, from, 2), { ...made, perfect: batchOf(hot, hot, 2) }), undefined);
});

Deno.test("a column of the labels that weighs nothing although the correct outputs depend on it", () => {
  const rows = Array.from({ length: 8 }, (_, i) => i);
  const y = rows.flatMap((i) => [i / 8, (3 * i % 8) / 8, (5 * i % 8) / 8]), from = rows.map((i) => (i % 5) / 5);
  const right = rows.map((i) => y[3 * i] - y[3 * i + 1]), batch = batchOf(y, from), perfect = batchOf(y, right);
  const meant = (of: AuditBatch) => [...of.yPred].map((p, i) => p - of.yTrue[3 * i] + of.yTrue[3 * i + 2]);
  const made: Made = {
    loss: (of) => mean(meant(of).map((e) => e * e)),
    gradientOf: (of) => meant(of).map((e) => e / 4),
    perfect,
  };
  const finding = found(batch, made)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "note"]);
  assertEquals(
    finding.message,
    "Correct values of column 0 of the outputs fall with column 1 of the labels, which weighs nothing in the loss",
  );
  assertEquals(finding.evidence.labelColumn, 1);
  const other = (more: Made) => found(batch, { ...made, ...more })?.cause;
  assertEquals(other({ perfect: undefined }), "reduction");
  assertEquals(other({ perfect: batchOf(y, rows.map((i) => y[3 * i] - y[3 * i + 2])) }), "reduction"); // they cost nothing
  assertEquals(other({ perfect: batchOf(y, rows.map((i) => [2, 0, -2, 0][i % 4])) }), "reduction"); // nor rise with it
  assertEquals(found(batch, { ...made, perfect: batchOf(y, right.map((v) => -v)) })?.message.includes("rise"), true);
});

Deno.test("labels that are no index of a one-hot code", () => {
  const y = [-1, 1, 1, -1], logits = [1, 0.5, -0.5, 2, 0.25, -1, -2, 0.75], batch = batchOf(y, logits, 2);
  const code = (levels = [-1, 1], columns = 2) =>
    op("OneHot", [labels({ shape: [4], levels })], { outputShape: [4, columns] });
  const loss: Value = ({ yTrue, yPred }) =>
    // a label of −1 has no column
    mean([...yTrue].map((y, i) => y < 0 ? 0 : Math.log1p(Math.exp(yPred[2 * i] - yPred[2 * i + 1]))));
  const finding = found(batch, { loss, ops: [code()] })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "warning", "OneHot"]);
  assertEquals(
    finding.message,
    "A label of -1 is no index of a one-hot code with 2 columns: its row is all 0, and trains nothing",
  );
  const without = (ops: RecordedOp[], of = batch) => assertStrictEquals(found(of, { loss, ops }), undefined);
  without([]);
  without([code([-1, 1], 3)]); // of three classes one may be absent
  without([code([0, 2])]); // what is made of the labels is another code
  without([op("GreaterEqual", [labels()]), code()]); // a mask
  without([op("OneHot", [labels({ shape: [4, 2], levels: [-1, 1] })], { outputShape: [4, 2] })]);
  without([{ ...code(), op: "Gather" }]);
  without([code([0, 1])], batchOf([0, 1, 1, 0], logits, 2));
  without([code([-1, 0, 1])], batchOf([-1, 1, 0, -1], logits, 2)); // -1 may be missing
  // Codes of many kinds, whose levels are not recorded: rows of no index, and no others, train nothing.
  const several = batchOf([-1, 1, 2, -2], [...logits, ...logits], 4), many = [code([], 4)];
  const gradientOf = ({ yTrue }: AuditBatch) => [...yTrue].flatMap((y) => y < 0 ? [0, 0, 0, 0] : [0, 1, 1, 1]);
  const error = found(several, { loss, ops: many, gradientOf })!;
  assertEquals([error.cause, error.severity, error.evidence.outside], ["label-encoding", "error", 2]);
  assertStrictEquals(found(several, { loss, ops: many }), undefined);
  assertStrictEquals(found(several, { loss, ops: many, gradientOf: () => Array(16).fill(1) }), undefined);
  assertStrictEquals(found(several, { loss, ops: many, gradientOf: () => Array(16).fill(0) }), undefined);
  without([code([-1, 0.5, 1], 3)], batchOf([-1, 0.5, 1, -1], logits, 2));
  const fromOne = op("OneHot", [labels({ shape: [4, 1], levels: [1, 2] })], { outputShape: [4, 1, 2] });
  const beyond = found(batchOf([1, 2, 2, 1], logits, 2), { loss, ops: [fromOne] })!;
  assertEquals([beyond.evidence.label, beyond.remedy], [2, "Count the labels from 0: 0 to 1"]);
});

Deno.test("classes above 1 in a cross-entropy for two", () => {
  const y = [0, 3, 1, 2, 0, 5, 1, 4], batch = batchOf(y, [0.5, -1, 2, 1, -0.5, 0.25, 1.5, -2]);
  const entropy: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((z, i) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - yTrue[i] * z));
  const logits: AuditOptions = { yPred: "logits" }, finding = found(batch, { loss: entropy, options: logits })!;
  assertEquals([finding.cause, finding.severity], ["label-encoding", "error"]);
  assertEquals(
    finding.message,
    "The labels range from 0 to 5, but the formula is for 0 and 1: where the label is above 1, the loss falls without end " +
      "as the output rises",
  );
  const above1 = { ...batch, yPred: batch.yPred.map((p, i) => y[i] > 1 ? 0 : p) };
  assertEquals(finding.evidence.logits0, entropy(above1));
  const sloped: Value = (of) => entropy(of) - mean(of.yPred.map((z, i) => y[i] === 1 ? 0.01 * z : 0));
  assert(found(batch, { loss: sloped, options: logits })); // hardly at a label of 1
  const without = (loss: Value, of = batch, options = logits) =>
    assertStrictEquals(found(of, { loss, options }), undefined);
  without(({ yTrue, yPred }) => mean(yPred.map((z, i) => (1 / (1 + Math.exp(-z)) - Math.min(1, yTrue[i])) ** 2)));
  const ofFirst: Value = (of) => entropy({ ...of, yPred: of.yPred.subarray(0, 8) });
  without(ofFirst, batchOf(y, [...batch.yPred, ...batch.yPred], 2)); // indices of classes
  without(entropy, batch, { yPred: "real" });
  without(entropy, batchOf(y.map((v) => v / 2), [...batch.yPred]));
  without(entropy, batchOf(y.map((v) => v - 1), [...batch.yPred]));
  without(squared);
  without(({ yTrue, yPred }) => mean(yPred.map((z, i) => Math.exp(Math.min(z, 60)) - yTrue[i] * z))); // counts
  without(({ yTrue, yPred }) => -mean(yPred.map((z, i) => yTrue[i] * z))); // a critic, without end at a label of 1, too
});

Deno.test("labels of a sampler may be counts of any size, unless they are said to be classes", () => {
  const counts = batchOf([0, 3, 1, 2], [0.25, 0.5, 0.75, 0.5]), sample = () => undefined;
  assertStrictEquals(found(counts, { options: { sample } }), undefined);
  assertEquals(found(counts, { options: { sample, yTrue: "binary" } })?.cause, "label-encoding");
});

Deno.test("labels outside the range that the outputs are said to have", () => {
  const real = batchOf([-0.5, 0.25, 3.5, 0.5], [0.25, 0.5, 0.75, 0.5]), pred = live({ isPred: true });
  const compares = (y = labels({ largest: 3.5 }), p = pred, name = "Sub") => [op(name, [y, p])];
  const missed = (yPred: AuditOptions["yPred"], more: Made = {}, batch = real) =>
    found(batch, { ops: compares(), ...more, options: { yPred, yTrue: "real" } });
  const finding = missed("probability")!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "warning", "Sub"]);
  assertEquals(
    finding.message,
    "50 % of the labels lie outside the range of the outputs, 0 to 1: no output comes close to them",
  );
  assertEquals(finding.evidence, { label: -0.5, low: 0, high: 1, share: 0.5 });
  assertEquals(missed("simplex")?.evidence.share, 0.5);
  assertEquals(
    missed("tanh")?.message.slice(0, 73),
    "25 % of the labels lie outside the range of the outputs, -1 to 1: no outp",
  );
  assertEquals(missed("nonnegative")?.evidence, { label: -0.5, low: 0, high: Infinity, share: 0.25 });
  assert(missed("nonnegative")!.message.includes("of the outputs, 0 and above: no output"));
  assertEquals(missed([-1, 3])?.evidence.share, 0.25);
  const narrow = batchOf([0.5, 0.6, 3.5, 0.72], [0.5, 0.6, 0.7, 0.5]); // a margin of a twentieth of the range
  assertEquals(missed([0.5, 0.7], {}, narrow)?.evidence.share, 0.5);
  for (const kind of ["real", "logits", undefined, [-1, 4]] as const) assertStrictEquals(missed(kind), undefined);
  assertEquals(missed("tanh", { ops: compares(undefined, undefined, "SquaredDifference") })?.evidence.share, 0.25);
  // Only if they are compared as they are.
  for (
    const ops of [
      compares(undefined, undefined, "Multiply"),
      compares(labels({ largest: 0.7 })),
      compares(live({ largest: 3.5 })),
      compares(undefined, live()),
      [],
    ]
  ) assertStrictEquals(missed("tanh", { ops }), undefined);
  assertStrictEquals(missed("tanh", {}, batchOf([...real.yTrue], [...real.yPred, ...real.yPred], 2)), undefined);
  // A mask leaves them out, they are few, or hardly outside.
  const gradientOf = (slope: number) => () => [1, 1, slope, 1];
  assertEquals([0, 1].map((slope) => missed("tanh", { gradientOf: gradientOf(slope) })?.evidence.label), [
    undefined,
    3.5,
  ]);
  const one = (label: number, rows: number) =>
    missed(
      "probability",
      { ops: compares(labels({ largest: Math.max(Math.fround(label), 1) })) },
      batchOf(Array.from({ length: rows }, (_, i) => i === 0 ? label : i % 2), Array(rows).fill(0.5)),
    )?.cause;
  assertEquals([one(3, 19), one(3, 21)], ["label-encoding", undefined]);
  assertEquals([1.06, 1.04, -0.06, -0.04].map((label) => one(label, 4)), [
    "label-encoding",
    undefined,
    "label-encoding",
    undefined,
  ]);
});

Deno.test("labels below 0 that train nothing", () => {
  const y = [-1.5, 0, -0.25, 2.5, 1.25, -2, 0.75, 3, -0.5, 1.75], batch = batchOf(y, y.map((v) => v / 2));
  const masked = ({ yTrue }: AuditBatch) => [...yTrue].map((v) => Number(v >= 0));
  const finding = found(batch, { gradientOf: masked })!;
  assertEquals([finding.cause, finding.severity], ["label-encoding", "warning"]);
  assertEquals(finding.message, "Rows with a label below 0 train nothing: they are 4 of 10");
  const without = (gradientOf?: (batch: AuditBatch) => number[], of = batch) =>
    assertStrictEquals(found(of, { gradientOf }), undefined);
  without();
  without(() => y.map(() => 1));
  without(({ yTrue }) => [...yTrue].map((v) => Number(v < 0)));
  without(({ yTrue }) => [...yTrue].map((v) => Number(v > 1))); // others, too
  without(masked, batchOf(y.map((v) => v < -1.9 ? v : Math.abs(v)), y)); // one of ten
  without(masked, batchOf(y.map(Math.sign), y)); // few kinds may be classes
});

Deno.test("labels of several kinds that enter the formula as one number", () => {
  const y = [1, 2, 2, 1, 2], batch = batchOf(y, [-2, 0.5, 3, 1.5, -1]), perfect = batchOf(y, [-2, 2, 2, -2, 2]);
  const hinge: Value = ({ yPred }) => mean(yPred.map((p) => Math.max(0, 1 + p)));
  const one = (more: Partial<RecordedInput> = {}, size = 5) => [
    op("Multiply", [live({ shape: [size, 1] }), labels({ shape: [size, 1], levels: [-1], ...more })]),
  ];
  const finding = found(batch, { loss: hinge, perfect, ops: one() })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["label-encoding", "error", "Multiply"]);
  assertEquals(
    finding.message,
    "All labels enter the formula as -1: the loss is the same with the first label in every row",
  );
  assertEquals(finding.evidence, { batch: "random", value: hinge(batch), level: -1, kindsOfLabels: 2 });
  const timesNothing: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => Math.max(0, 1 + p) + 0 * yTrue[i]));
  assertEquals(found(batch, { loss: timesNothing, perfect, ops: one() })?.message, finding.message);
  const none = (made: Made, of = batch) =>
    assertStrictEquals(found(of, { loss: hinge, perfect, ops: one(), ...made }), undefined);
  none({ ops: one({ levels: [-1, 1] }) });
  none({ ops: one({ fromPred: true }) });
  none({ ops: one({ shape: [] }) }); // a sum of the labels
  none({ ops: [op("Multiply", [labels({ levels: [-1], shape: [5, 1] })])] });
  none({ deterministic: false });
  none({ perfect: batchOf(y, [-2, 2, 2, 2, 2]) }); // labels that do not determine the outputs
  none({ loss: ({ yTrue, yPred }) => hinge({ yTrue, yPred } as AuditBatch) + mean(yTrue) }); // they count elsewhere
  none({ perfect: batchOf([1, 1], [-2, -2]) }, batchOf([1, 1], [-2, 0.5]));
});

Deno.test("a term of the loss that is made of the labels alone", () => {
  const y = [0.5, 2, -1, 1.5, 0], batch = batchOf(y, [-2, 0.5, 3, 1.5, -1]), number = { shape: [] };
  const result = { outputShape: [] };
  const term = op("Mean", [labels({ shape: [5, 1] })], result);
  const error = op("Mean", [live({ shape: [5, 1] })], result);
  const sum = (own: Partial<RecordedInput> = {}, name = "Add") =>
    op(name, [labels({ ...number, madeBy: 0, largest: 0.6, ...own }), live({ ...number, madeBy: 1 })], result);
  const finding = found(batch, { ops: [term, error, sum()] })!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["constant", "note", "Mean"]);
  assertEquals(finding.message, "One term of the loss is made of the labels alone: it trains nothing");
  assertEquals(finding.evidence, { batch: "random", value: squared(batch), term: 0.6 });
  const kind = (...ops: RecordedOp[]) => found(batch, { ops: [term, error, ...ops] })?.cause;
  const twice = (more: Partial<RecordedInput> = {}) =>
    op("Multiply", [live({ ...number, madeBy: 2 }), input({ ...number, ...more })], result);
  const byFactor = op("Multiply", [input(number), live({ ...number, madeBy: 2 })], result);
  const rows = op("Relu", [live({ shape: [5, 1] })], { outputShape: [5, 1] }); // a number for each row
  assertEquals([kind(sum(), byFactor), kind(sum(), rows)], ["constant", "constant"]);
  assertEquals(found(batch, { ops: [op("Add", [labels(number), live(number)], result)] })?.cause, "constant");
  const further = op("Sub", [live({ ...number, madeBy: 3 }), live({ ...number, madeBy: 1 })], result);
  assertEquals([kind(sum({}, "Sub")), kind(sum(), twice()), kind(sum(), twice(), further)], [
    "constant",
    "constant",
    "constant",
  ]);
  assertStrictEquals(kind(sum({ fromPred: true })), undefined);
  assertStrictEquals(kind(sum({ shape: [5, 1] })), undefined); // a number per row belongs to its row
  assertStrictEquals(kind(sum({}, "Multiply")), undefined);
  // Below a fraction, or in a square, it is no term of its own.
  const over = op("RealDiv", [live({ ...number, madeBy: 1 }), live({ ...number, madeBy: 2 })], result);
  for (const last of [over, op("Square", [live({ ...number, madeBy: 2 })], result)]) {
    assertStrictEquals(kind(sum(), last), undefined);
  }
  assertStrictEquals(kind({ ...sum(), live: false }), undefined);
  assertStrictEquals(found(batch, { ops: [op("Add", [labels(number), live(number)], result)] })?.where, undefined);
});

// Activations that are missing, applied twice or of the wrong kind, on recordings written by hand.
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import { type AuditedLoss, auditLoss, type AuditOptions } from "@roundabout/roundabout/audit";
import "../helpers.ts";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { BatchResult, Observations } from "../../lib/audit/observations.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import type { PredictionKind } from "../../lib/audit/types.ts";
import { unit } from "./loss_case.ts";
import { activation, input, op } from "./rule_helpers.ts";

type More = Partial<RecordedInput>;
const outputs = (more: More = {}) => input({ fromPred: true, isPred: true, live: true, largest: 3, ...more });
const labels = input({ fromTrue: true });
const ofPred = (more: More = {}) => input({ fromPred: true, live: true, ...more });
const share = (more: More = {}) => ofPred({ isShare: true, ...more });
const ofBoth = input({ fromPred: true, fromTrue: true, live: true });

interface Recorded {
  kind?: PredictionKind;
  yTrue?: number[];
  yPred?: number[];
  columns?: number;
  /** The gradients on the two random batches. */
  gradients?: number[][];
  perfect?: number;
}

function found(
  ops: RecordedOp[],
  { kind, yTrue = [0, 1], yPred = [0.25, 0.5], columns = 1, gradients = [], perfect }: Recorded = {},
) {
  const batch: AuditBatch = {
    yTrue: Float32Array.from(yTrue),
    yPred: Float32Array.from(yPred),
    trueShape: [yTrue.length / columns, columns],
    predShape: [yPred.length / columns, columns],
  };
  const result = (i: number): BatchResult => ({
    ...{ batch, value: 3, shape: [] },
    gradient: gradients[i] && Float32Array.from(gradients[i]),
  });
  const observations = {
    ...{ ops, rows: yPred.length / columns, columns, random: result(0), other: result(1) },
    results: perfect === undefined ? {} : { perfect: { ...result(0), value: perfect } },
  } as unknown as Observations;
  return activation({ observations, options: { yPred: kind } } as unknown as AuditContext);
}

const nothing = (of: readonly RecordedOp[][], more: Recorded = {}) =>
  of.forEach((ops, i) => assertStrictEquals(found(ops, more), undefined, `recording ${i}`));
const said = (ops: RecordedOp[], more: Recorded = {}) => {
  const finding = found(ops, more);
  return finding && `${finding.severity} ${finding.where?.op}: ${finding.message}`;
};

const already = (name: string) =>
  `error ${name}: The loss applies a softmax or sigmoid to outputs that are already probabilities`;

Deno.test("a softmax or sigmoid of probabilities", () => {
  for (const name of ["Softmax", "LogSoftmax", "Sigmoid", "Softplus"]) {
    assertEquals(said([op(name, [outputs()])]), already(name));
  }
  assertEquals(found([op("Sigmoid", [outputs()])])?.evidence, {
    batch: "random",
    least: 0.25,
    greatest: 0.5,
    value: 3,
  });
  assertEquals(said([op("Softmax", [outputs()])], { kind: "simplex" }), already("Softmax"));
  nothing([[], [op("Sigmoid", [ofPred()])], [op("Tanh", [outputs()])]]);
  nothing([[op("Sigmoid", [outputs()])]], { kind: "logits" });
});

Deno.test("the exponential of a softmax or sigmoid, whose maximum or sign is taken first", () => {
  for (const name of ["Sub", "Abs", "Neg"]) {
    assertEquals(said([op(name, [outputs()]), op("Exp", [ofPred()])]), already("Exp"));
  }
  const far = (
    n: number,
  ) => [op("Sub", [outputs()]), ...Array.from({ length: n }, () => op("Max", [ofPred()])), op("Exp", [ofPred()])];
  assertEquals(said(far(2)), already("Exp"));
  // TensorFlow selects x or −x, and computes other terms before the exponential.
  const negated = op("Neg", [outputs()]), chosen = op("Select", [ofPred(), ofPred({ madeBy: 0 }), outputs()]);
  const late = [op("Multiply", [outputs(), labels]), op("Sub", [ofPred(), ofBoth]), op("Max", [ofPred()])];
  assertEquals(said([negated, chosen, ...late, op("Exp", [ofPred({ madeBy: 1 })])]), already("Exp"));
  assertEquals(said([negated, ...late, op("Softplus", [ofPred({ madeBy: 0 })])]), already("Softplus"));
  nothing([[op("Square", [outputs()]), op("Softplus", [ofPred({ madeBy: 0 })])]]);
  nothing([
    far(3),
    [op("Square", [outputs()]), op("Exp", [ofPred()])],
    [op("Sub", [ofPred()]), op("Exp", [ofPred()])],
    [op("Sub", [outputs(), labels]), op("Exp", [ofBoth])],
    [op("Sub", [outputs()]), op("Expm1", [ofPred()])],
    [op("Exp", [ofPred()]), op("Sub", [outputs()])],
  ]);
});

Deno.test("a log-likelihood without its logarithm", () => {
  const product = op("Multiply", [outputs(), labels]),
    simplex: Recorded = {
      ...{ kind: "simplex", columns: 2, yTrue: [0, 1, 1, 0], yPred: [0.25, 0.75, 0.5, 0.5], perfect: -1 },
    };
  assertEquals(
    said([product], simplex),
    "warning Multiply: The probabilities are multiplied by the labels without a logarithm: a log-likelihood takes their logarithm",
  );
  assertEquals(found([product], simplex)?.evidence, { batch: "random", value: 3, perfect: -1 });
  nothing([[], [op("Add", [outputs(), labels])], [product, op("Square", [ofBoth])]], simplex);
  assertEquals(found([product, op("Square", [labels])], simplex)?.severity, "warning");
  nothing([[product]], { ...simplex, perfect: undefined });
  nothing([[product]], { ...simplex, perfect: -1.001 });
  nothing([[product]], { ...simplex, perfect: 1 });
  nothing([[product]], { ...simplex, yPred: [0.25, 0.5, 0.5, 0.5] });
  nothing([[product]], { ...simplex, yTrue: [0, 1, 0.5, 0.5] });
  // Class indices that the loss turns into 0 and 1.
  const coded = (levels: number[]) => [op("Multiply", [outputs(), { ...labels, levels }])];
  assertEquals(found(coded([0, 1]), { ...simplex, yTrue: [2, 0] })?.severity, "warning");
  nothing([coded([0, 2]), coded([1])], { ...simplex, yTrue: [2, 0] });
});

Deno.test("a loss that falls in proportion to shares times labels that are shares", () => {
  const meets = op("Sub", [labels, outputs()]), yTrue = [0.25, 0.75, 0.5, 0.5], down = yTrue.map((y) => -0.5 * y);
  const soft: Recorded = { kind: "simplex", columns: 2, yTrue, yPred: [0.5, 0.5, 0.125, 0.875], gradients: [down] };
  const finding = found([meets], soft)!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["activation-mismatch", "warning", "Sub"]);
  assert(finding.message.startsWith("The loss falls in proportion to each share times its label"));
  assertEquals(finding.evidence, { batch: "random", value: 3, times: 0.5 });
  nothing([[op("Sub", [outputs()])]], soft);
  nothing([[meets]], { ...soft, gradients: [] });
  nothing([[meets]], { ...soft, gradients: [down.map((g) => -g)] });
  nothing([[meets]], { ...soft, gradients: [down.with(3, -0.26)] });
  const exchanged = [down[1], down[0], down[2], down[3]]; // of the same size, and right in one row
  for (const scale of [1, 1e-3]) nothing([[meets]], { ...soft, gradients: [exchanged.map((g) => scale * g)] });
  nothing([[meets]], { ...soft, yPred: [0.5, 0.25, 0.125, 0.875] });
  nothing([[meets]], { ...soft, yTrue: [0.25, 0.5, 0.5, 0.5], gradients: [[-0.125, -0.25, -0.25, -0.25]] });
  nothing([[meets]], { ...soft, yTrue: [0, 1, 1, 0], gradients: [[0, -0.5, -0.5, 0]] });
  nothing([[meets]], { ...soft, yTrue: [0.25, 0.75] });
});

Deno.test("a cross-entropy of several outputs that do not share 1", () => {
  const ops = [op("Log", [outputs()]), op("Multiply", [ofPred(), labels])];
  const down = [[-1, 0, 0, -2], [0, -1, -1, 0]];
  const columns: Recorded = { columns: 2, yTrue: [0, 1, 1, 0], yPred: [0.25, 0.5, 0.5, 0.25], gradients: down };
  assertEquals(
    said(ops, columns),
    "error Log: The 2 outputs of a row do not sum to 1, but the labels do: the loss falls as any output rises",
  );
  assertEquals(found(ops, columns)?.evidence, { batch: "random", value: 3, largestGradient: 0, leastGradient: -2 });
  nothing([ops], { ...columns, columns: 1, yTrue: [1, 1, 1, 1] }); // the shares of one class
  nothing([ops], { ...columns, yPred: [0.25, 0.75, 0.5, 0.5] });
  nothing([ops], { ...columns, yTrue: [0, 1] });
  nothing([ops], { ...columns, yTrue: [0, 1, 1, 1] });
  nothing([ops], { ...columns, yTrue: [0, 1, 2, -1] });
  nothing([ops], { ...columns, gradients: [down[0], [0, 1, -1, 0]] });
  nothing([ops], { ...columns, gradients: [[0, 1, -1, 0], down[1]] });
  nothing([ops], { ...columns, gradients: [down[0], [0, 0, 0, 0]] });
  nothing([ops], { ...columns, gradients: [down[0]] });
  nothing([
    [...ops, op("RealDiv", [ofPred(), labels])],
    [op("Log", [ofPred()])],
    [op("Exp", [outputs()])],
  ], columns);
  assertEquals(found([...ops, op("RealDiv", [labels, labels])], columns)?.severity, "error");
});

Deno.test("a softmax or sigmoid of another one, or of a tanh", () => {
  const logits: Recorded = { kind: "logits", yPred: [-2, 3] };
  assertEquals(
    said([op("Sigmoid", [outputs()]), op("Softmax", [share()])], logits),
    "error Softmax: The loss applies a softmax or sigmoid to the result of another one: the formula already contains it",
  );
  assertEquals(found([op("Sub", [share()]), op("Exp", [ofPred()])], logits)?.where?.op, "Exp");
  nothing([[op("Sigmoid", [outputs()])]], logits);
  const tanh =
    "warning Sigmoid: The loss takes a sigmoid or softmax of outputs between −1 and 1, of a tanh or a cosine, so it " +
    "never comes close to 0 or 1";
  const signs = () => outputs({ largest: 1 });
  for (const kind of ["tanh", [-1, 1]] as PredictionKind[]) {
    assertEquals(said([op("Sigmoid", [signs()])], { kind, yPred: [-0.5, 0.5] }), tanh);
    nothing([[op("Sigmoid", [ofPred()])], []], { kind, yPred: [-0.5, 0.5] });
    nothing([[op("Sub", [signs()]), op("Exp", [ofPred({ largest: 32 })])]], { kind, yPred: [-0.5, 0.5] }); // cosines with a scale
  }
  nothing([[op("Sigmoid", [signs()])]], { kind: [-1, 2], yPred: [-0.5, 0.5] });
  nothing([[op("Sigmoid", [signs()])]], { kind: [-2, 1], yPred: [-0.5, 0.5] });
  nothing([[op("Sigmoid", [signs()])]], { kind: "real", yPred: [-0.5, 0.5] });
});

Deno.test("a softmax although a row has several labels", () => {
  const softmax = (more: Partial<RecordedOp> = {}, name = "Softmax") => [
    op(name, [outputs()], { outputShape: [2, 3], ...more }),
  ];
  const several: Recorded = { kind: "logits", columns: 3, yTrue: [0, 1, 0, 1, 1, 0], yPred: [-2, 3, 1, 1, 0, -1] };
  assertEquals(
    said(softmax(), several),
    "error Softmax: A softmax makes the 3 outputs of a row sum to 1, but rows have up to 2 labels",
  );
  assertEquals(found(softmax({}, "LogSoftmax"), several)?.evidence, {
    batch: "random",
    mostLabelsInARow: 2,
    columns: 3,
  });
  nothing([
    [],
    softmax({}, "Sigmoid"),
    softmax({ live: false }),
    softmax({ fromTrue: true }),
    softmax({ outputShape: [2, 2] }),
  ], several);
  assert(found(softmax({ outputShape: [2, 1, 3] }), several));
  // Written out: exponentials of shifted logits that are summed.
  const made = (madeBy: number) => ofPred({ madeBy });
  const written = ({ shift = "Sub", exp = "Exp", sum = "Sum", of = 1, outputShape = [2, 3] } = {}) => [
    op(shift, [outputs(), ofPred()]),
    op(exp, [made(0)], { outputShape }),
    op(sum, [made(of)]),
  ];
  assertEquals(found(written(), several)?.where?.op, "Exp");
  assert(found([...written(), op("RealDiv", [ofBoth, labels]), op("Add", [labels, labels])], several));
  nothing([
    written({ shift: "Add" }),
    written({ sum: "Max" }),
    written({ exp: "Square" }),
    written({ of: 0 }),
    written({ outputShape: [2, 2] }),
    [...written(), op("RealDiv", [labels, labels])], // listwise: several may be relevant, which share the label
  ], several);
  nothing([written()], { ...several, kind: "real" });
  nothing([softmax()], { ...several, yTrue: [0, 1, 0, 1, 0, 0] });
  nothing([softmax()], { ...several, yTrue: [0, 2, 0, 1, 0, 0] });
  nothing([softmax()], { ...several, yTrue: [1, 1] });
  nothing([softmax({ outputShape: [6, 1] })], { ...several, columns: 1 });
});

Deno.test("logits that the labels multiply", () => {
  const product = op("Multiply", [outputs(), labels]), logits: Recorded = { kind: "logits", yPred: [-2, 3] };
  assertEquals(
    said([product, op("Mean", [ofBoth])], logits),
    "error Multiply: The logits are multiplied by the labels directly: without a log-softmax, larger logits are always better",
  );
  nothing([[product, op("Square", [ofBoth])], [op("Add", [outputs(), labels])]], logits);
  nothing([[product]], { ...logits, kind: "real" });
  nothing([[product]], { ...logits, yTrue: [0, 0.5] });
  assertEquals(found([product, op("Square", [labels])], logits)?.severity, "error");
});

Deno.test("a formula of probabilities for outputs that are none", () => {
  const log = (name = "Log", of = outputs()) => op(name, [of]),
    real: Recorded = { kind: "real", yPred: [-2, 3, 0.5, 1.5], yTrue: [0, 1, 1, 0] };
  const missing = (name: string) =>
    `error ${name}: The formula needs probabilities, but the outputs are not probabilities: a sigmoid or softmax is missing`;
  for (const name of ["Log", "Log1p"]) assertEquals(said([log(name)], real), missing(name));
  const { evidence } = found([log()], { ...real, gradients: [[0, 1, 3, 2]] })!;
  assertEquals([evidence.outside, evidence.withoutGradient], [0.75, 0.25]);
  assertAlmostEquals(found([log()], real)!.evidence.withoutGradient as number, 0);
  assertEquals(found([log()], { ...real, yPred: [-2, 3, 0, 1] })?.evidence.outside, 0.5);
  const clip = (
    clipValueMin: number,
    clipValueMax: number,
  ) => [op("ClipByValue", [outputs()], { attrs: { clipValueMin, clipValueMax } })];
  assertEquals(said(clip(1e-7, 1 - 1e-7), real), missing("ClipByValue"));
  assertEquals(said(clip(0, 1), real), missing("ClipByValue"));
  nothing([clip(-1, 1), clip(0, 2), [log("Square")], [log("Log", ofPred())]], real);
  for (const name of ["Sigmoid", "Exp", "Tanh", "Erf", "Step"]) {
    nothing([[op(name, [ofPred()]), log()]], real);
    assertEquals(said([log(), op(name, [ofPred()])], real), missing("Log"), name);
  }
  nothing([[log()]], { ...real, yTrue: [0, 2, 1, 0] });
  assertEquals(said(clip(0, 1), { ...real, yTrue: [0, 2, 1, 0] }), missing("ClipByValue"));
  nothing([[log()]], { ...real, kind: "nonnegative" });
  nothing([[log()]], { ...real, yPred: [0.5, 0.25, 0.5, 1] });

  // A product, a sum, and the ratio made of both.
  const made = (at: number) => ({ ...ofBoth, madeBy: at }), product = op("Multiply", [outputs(), labels]);
  const sum = op("Sum", [outputs()]), ratio = op("RealDiv", [made(0), made(1)]), overlap = [product, sum, ratio];
  assertEquals(said(overlap, real), missing("Multiply"));
  // A sigmoid of another term beside it changes nothing.
  const beside = [op("Sigmoid", [ofPred()]), product, sum, op("RealDiv", [made(1), made(2)])];
  assertEquals(said(beside, real), missing("Multiply"));
  nothing([
    [product, sum],
    [sum, op("RealDiv", [made(0), made(0)])],
    [product, op("Mean", [outputs()]), ratio],
    [product, op("Sum", [ofPred()]), ratio],
    [product, sum, op("RealDiv", [labels, labels])],
    [product, sum, op("RealDiv", [ofBoth, made(1)])],
    [product, sum, op("RealDiv", [made(0), { ...made(1), live: false }])],
    [product, sum, op("Square", [ofBoth])],
  ], real);
  nothing([overlap], { ...real, yTrue: [0, 2, 1, 0] });
  // Summed and multiplied it stays a count; beside another function of the outputs, as in a cross-entropy, it is none.
  const after = (...more: RecordedOp[]) => [product, ...more, op("RealDiv", [made(more.length), made(0)])];
  assertEquals(said(after(op("Sum", [made(0)]), op("Multiply", [made(1), labels])), real), missing("Multiply"));
  nothing([
    after(op("Softplus", [outputs()]), op("Sub", [ofPred({ madeBy: 1 }), made(0)])),
    after(op("Square", [made(0)])),
  ], real);
});

Deno.test("the exponential of outputs that are rates already", () => {
  const rates = { kind: "nonnegative", yPred: [0.5, 2, 0.25, 3], yTrue: [0, 2, 1, 4] } as const;
  const exp = (more: More = {}) => op("Exp", [outputs(more)]), product = op("Multiply", [outputs(), labels]);
  const made = (kind: PredictionKind, yTrue: readonly number[], ops = [exp(), product]) =>
    said(ops, { kind, yTrue: [...yTrue], yPred: [...rates.yPred] });
  assertEquals(
    made(rates.kind, rates.yTrue),
    "error Exp: The formula takes the exponential of outputs that are at least 0: it needs logarithms, and never comes " +
      "below 1",
  );
  assertStrictEquals(made("real", rates.yTrue), undefined);
  assertStrictEquals(made(rates.kind, [0, 1, 1, 0]), undefined);
  assertStrictEquals(made(rates.kind, rates.yTrue, [exp()]), undefined);
  assertStrictEquals(made(rates.kind, rates.yTrue, [exp({ isPred: false }), product]), undefined);
  assertStrictEquals(made(rates.kind, rates.yTrue, [op("Square", [outputs()]), product]), undefined);
});

Deno.test("a softmax of logits that the labels multiply without a logarithm", () => {
  const softmax = op("Softmax", [outputs()]), product = op("Multiply", [share(), labels]);
  const logits: Recorded = { kind: "logits", columns: 2, yTrue: [0, 1, 1, 0], yPred: [-2, 3, 0.5, -0.5], perfect: -1 };
  assertEquals(
    said([softmax, product], logits),
    "warning Multiply: The probabilities are multiplied by the labels without a logarithm: a log-likelihood takes their logarithm",
  );
  nothing([
    [softmax, op("Multiply", [ofPred(), labels])],
    [softmax, op("Multiply", [share(), ofBoth])],
    [softmax, op("Add", [share(), labels])],
    [softmax, product, op("Log", [ofBoth])],
    [op("Sigmoid", [outputs()]), product],
  ], logits);
  nothing([[softmax, product]], { ...logits, kind: "real" });
  nothing([[softmax, product]], { ...logits, perfect: -1.001 });
  nothing([[softmax, product]], { ...logits, yTrue: [0, 1, 0.5, 0.5] });
});

Deno.test("of columns that go beyond -1 and 1 those that are cut out and do not are shares", () => {
  const log = (largest: number, isPred = true) => [op("Log", [outputs({ largest, isPred })])];
  const real: Recorded = { kind: "real", yPred: [-2, 3, 0.5, 1.5], yTrue: [0, 1, 1, 0] };
  const signs: Recorded = { ...real, yPred: [-0.5, 0.75, -0.25, 0.5] };
  assertEquals([found(log(1.1), real)?.cause, found(log(1), real)?.cause], ["activation-mismatch", undefined]);
  assertEquals(found(log(0.75), signs)?.cause, "activation-mismatch"); // none goes beyond
});

Deno.test("logits that stay close to each other, whatever the outputs are", () => {
  const real: AuditOptions = { yPred: "real", yTrue: "one-hot", columns: 4 };
  const logs = (y: Tensor, z: Tensor): Tensor => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(z as tf.Tensor)), 1)));
  const written = (y: Tensor, z: Tensor): Tensor => {
    const exps = tf.exp(tf.sub(z, tf.max(z, 1, true)));
    return tf.neg(tf.mean(tf.log(tf.div(tf.sum(tf.mul(y, exps), 1), tf.sum(exps, 1)))));
  };
  const first = (loss: AuditedLoss, options = real) => auditLoss(loss, options).findings[0];
  const finding = first((y, p) => logs(y, unit(p, 1e-6)));
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["saturated", "warning", "Exp"]);
  assert(
    /^The logits of a row differ by at most \S+, whatever the outputs are: of 4 shares the largest is never above 0\.\d+$/
      .test(finding.message),
    finding.message,
  );
  assert(Number(finding.evidence.largestDifference) <= 2 && finding.evidence.classes === 4);
  assertEquals(first((y, p) => logs(y, tf.sub(p, tf.mul(0.2, y))), { ...real, yPred: "tanh" }).cause, "saturated");
  const found = (loss: AuditedLoss, options = real) => first(loss, options)?.message.startsWith("The logits of a row");
  assert(!found((y, p) => logs(y, tf.mul(30, unit(p, 1e-6))))); // a scale
  assert(!found((y, p) => logs(y, tf.mul(0.1, p)))); // small at first
  assert(!found((y, p) => logs(y, unit(p, 1e-6)), { ...real, columns: 2 })); // the larger of two shares is 0.88
  assert(!found((y, p) => written(y, unit(p, 1e-6)))); // no logarithm of the sum
  assert(!found((y, p) => tf.mean(tf.square(tf.sub(y, tf.softmax(unit(p, 1e-6) as tf.Tensor))))));
});

Deno.test("logits of an engine that records a log-softmax as one operation: twice the largest is their difference", () => {
  const batch = {
    yTrue: Float32Array.of(1, 0),
    yPred: Float32Array.of(0.25, 0.5),
    trueShape: [2, 1],
    predShape: [2, 1],
  };
  type Largest = (batch: AuditBatch) => number | undefined;
  const asOne = (shape: number[], largest: number) => [op("LogSoftmax", [ofPred({ shape, largest })])];
  const writtenOut = (name = "Log", of = 2) => (shape: number[], largest: number) => [
    op("Sub", [outputs()]),
    op("Exp", [ofPred({ madeBy: 0, shape, largest })]),
    op("Sum", [ofPred({ madeBy: 1 })]),
    op(name, [ofPred({ madeBy: of })]),
  ];
  const judged = (largest: Largest, shape = [2, 4], right = [-2, 3], made = asOne) => {
    const record = (of: AuditBatch) => ({ ops: largest(of) === undefined ? [] : made(shape, largest(of)!) });
    const of = (yPred: number[]) => ({ batch: { ...batch, yPred: Float32Array.from(yPred) }, value: 3, shape: [] });
    const observations = {
      ...{ ...record(batch), rows: 2, columns: 1, random: { ...of([0.25, 0.5]), batch } },
      ...{ other: of([0.5, 0.75]), results: { perfect: of(right) } },
    } as unknown as Observations;
    return activation({ engine: { record }, observations, options: { yPred: "real" } } as unknown as AuditContext);
  };
  const cause = (largest: Largest, classes = 4) => judged(largest, [2, classes])?.cause;
  assertEquals([cause(() => 1), cause(() => 1.1), cause(() => 1.3)], ["saturated", "saturated", undefined]);
  assertEquals([cause(() => 1, 2), cause(() => 1, 3)], [undefined, "saturated"]);
  assertStrictEquals(judged(() => 1, undefined, undefined, () => [op("LogSoftmax", [labels])]), undefined);
  assertStrictEquals(cause(({ yPred }) => yPred[1] === 300 ? 9 : 1), undefined); // further out they differ
  assertStrictEquals(cause(({ yPred }) => yPred[1] === 300 ? undefined : 1), undefined); // in another way
  assertStrictEquals(cause((of) => of === batch ? 9 : 1), undefined);
  assertEquals(judged(({ yPred }) => yPred[1] === 100 ? 9 : 1, [2, 2, 4], [0, 1])?.cause, "saturated"); // shares have an end
  assertStrictEquals(judged(({ yPred }) => yPred[1] === 300 ? 9 : 1, undefined, [0.5, 3]), undefined);
  const logs = (shape: number[], largest: number) => [op("Log", [ofPred({ shape, largest })])];
  assertStrictEquals(judged(() => 1, undefined, undefined, logs), undefined);
  assertEquals(
    judged(() => 1)?.message,
    "The logits of a row differ by at most 2, whatever the outputs are: of 4 shares the largest is never above 0.7112",
  );
  const ofExp = (largest: number, ...more: Parameters<typeof writtenOut>) =>
    judged(() => largest, undefined, undefined, writtenOut(...more))?.evidence.largestDifference;
  assertEquals([ofExp(2.3), ofExp(2.5)], [2.3, undefined]);
  assertEquals([ofExp(2.3, "Sqrt"), ofExp(2.3, "Log", 1)], [undefined, undefined]);
});

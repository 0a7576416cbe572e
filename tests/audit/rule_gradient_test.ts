// Gradients that are missing, 0, or not the slope, with losses that are functions of arrays and operations written by hand.
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { BatchResult, Observations } from "../../lib/audit/observations.ts";
import { columnsWithoutGradient, isKeptOut } from "../../lib/audit/rules/gradient.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import type { BatchKind } from "../../lib/audit/types.ts";
import {
  batchOf,
  deadTerm,
  input,
  mean,
  noGradient,
  op,
  ownGradient,
  partlyDetached,
  type Value,
} from "./rule_helpers.ts";

type More = Partial<RecordedInput>;

const plain = batchOf([0, 1, 1, 0], [0.2, 0.6, 0.3, 0.7]);

interface Made {
  loss?: Value;
  batch?: AuditBatch;
  /** Other outputs, by the kind of batch. */
  outputs?: Partial<Record<BatchKind | "other", number[]>>;
  gradient?: number[];
  gradientError?: string;
  ops?: RecordedOp[];
  /** Operations that a second recording has. */
  again?: RecordedOp[];
  readOut?: { op?: string; line?: string };
  connected?: boolean;
  live?: boolean;
  customGradient?: boolean;
}

function contextOf(made: Made): AuditContext {
  const { loss = () => 1, batch = plain, outputs = {}, gradient, gradientError, ops = [], again = ops } = made;
  const [rows, columns] = batch.predShape;
  const result = (yPred?: number[]): BatchResult | undefined =>
    yPred && { batch: { ...batch, yPred: Float32Array.from(yPred) }, value: 0, shape: [] };
  const { other = [0.9, 0.8, 0.9, 0.8], ...kinds } = outputs;
  const random = {
    batch,
    value: loss(batch),
    shape: [],
    gradientError,
    gradient: gradient && Float32Array.from(gradient),
  };
  const observations = {
    ...{ ops, rows, columns, random, other: result(other), readOut: made.readOut },
    ...{ connected: made.connected ?? true, live: made.live ?? false, customGradient: made.customGradient ?? false },
    results: Object.fromEntries(Object.entries(kinds).map(([kind, yPred]) => [kind, result(yPred)])),
  } as unknown as Observations;
  const engine = {
    value: (of: AuditBatch) => ({ value: loss(of) }),
    record: () => ({ ops: again }),
  } as unknown as AuditEngine;
  return { engine, observations } as unknown as AuditContext;
}

const live = (more: More = {}) => input({ fromPred: true, live: true, ...more });
const still = (more: More = {}) => input({ fromPred: true, ...more });
const labels = (more: More = {}) => input({ fromTrue: true, ...more });
/** An operation that stops the gradient. */
const flat = (name: string, inputs = [live()]) => op(name, inputs, { live: false });
const none = [0, 0, 0, 0];

/** Losses that jump: between two values with each output, or between eleven. */
const decides: Value = ({ yPred }) => mean(yPred.map((p) => p > 0.5 ? 1 : 0));
const stairs: Value = ({ yPred }) => mean(yPred.map((p) => Math.floor(10 * p) / 10));
const firstRow: Value = ({ yPred }) => yPred[0];

Deno.test("no gradient: an operation that is flat", () => {
  const found = (more: Made = {}) =>
    noGradient(contextOf({ loss: firstRow, gradient: none, ops: [flat("Round")], ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity], ["no-gradient-op", "error"]);
  assertEquals(
    finding.message,
    "Round is flat or has no gradient: the value moves with the outputs, the gradient is 0",
  );
  assertEquals(finding.where, { op: "Round", line: "Round.ts:1:1" });
  assert(finding.remedy.startsWith("Replace Round by a step with a slope"), finding.remedy);
  const { valueMovesBy, value, ...evidence } = finding.evidence;
  assertEquals(evidence, { batch: "random", gradient: 0 });
  assertAlmostEquals(valueMovesBy as number, 0.7, 1e-7);
  assertAlmostEquals(value as number, 0.2, 1e-7);
  const missing = found({ gradient: undefined })!;
  assert(missing.message.endsWith("the gradient does not exist"));
  assertEquals(missing.evidence.gradient, "none");
  const numbers = batchOf([0, 2, 1, 0], [...plain.yPred]);
  assert(found({ batch: numbers })!.remedy.startsWith("Train on the numbers before Round"));
  assert(found({ ops: [flat("ArgMax")] })!.remedy.startsWith("Use the outputs of the softmax themselves"));
  // The first operation that stops it; one that was dead before stops nothing.
  assertEquals(
    found({ ops: [op("Add", [live()]), flat("Floor", [still()]), flat("Sign"), flat("Round")] })!.where?.op,
    "Sign",
  );
  // Only some of the inputs need be alive.
  assertEquals(found({ ops: [flat("Greater", [labels(), live()])] })!.where?.op, "Greater");
  for (const at of none.keys()) {
    assertStrictEquals(found({ gradient: none.with(at, -1e-9) }), undefined, `a gradient in row ${at}`);
  }
});

Deno.test("no gradient: no operation is flat", () => {
  const found = (loss: Value, more: Made = {}) => noGradient(contextOf({ loss, gradient: none, ...more }));
  const saturated = found(stairs)!;
  assertEquals([saturated.cause, saturated.severity, saturated.where], ["saturated", "error", undefined]);
  assertEquals(saturated.message, "The loss is flat around the outputs of an untrained model");
  assert(saturated.remedy.startsWith("Widen the ramp"));
  const decision = found(decides)!;
  assertEquals(decision.cause, "no-gradient-op");
  assertEquals(decision.message, "No gradient reaches the outputs: the loss jumps and is flat between its jumps");
  assertEquals(decision.where, undefined);
  assert(decision.remedy.startsWith("Replace the flat operation by a step"));
  assertEquals(found(decides, { connected: false })!.cause, "detached");
  const thrown = found(stairs, { gradient: undefined, gradientError: "it broke" })!;
  assertEquals([thrown.cause, thrown.message], ["no-gradient-op", "No gradient reaches the outputs: it broke"]);
  // An output that changes nothing does not make the loss a decision; one that changes it smoothly makes it none.
  assertEquals(
    found(({ yPred }) => Number(yPred[0] > 0.5) + 0 * yPred[1], { outputs: { other: [1, 1, 1, 1] } })!.cause,
    "no-gradient-op",
  );
  assertEquals(found(({ yPred }) => Number(yPred[0] > 0.5) + yPred[1] / 10)!.cause, "saturated");
  const two: Value = ({ yPred }) => Number(yPred[0] > 0.3) + Number(yPred[1] > 0.7); // one by one
  assertEquals(found(two, { outputs: { other: [1, 1, 1, 1] } })!.cause, "no-gradient-op");
  assertEquals(found(firstRow)!.cause, "saturated");
  // From end to end of the outputs, beyond [0, 1] if they are.
  const wide = batchOf([0, 1, 1, 0], [-3, 5, 1, 2]);
  const far = (at: number): Value => ({ yPred }) => Number(yPred[0] > at);
  for (const at of [-2, 4]) {
    assertEquals(
      found(far(at), { batch: wide, outputs: { other: [5, 5, 5, 5] } })!.cause,
      "no-gradient-op",
      `a jump at ${at}`,
    );
  }
  assertEquals(
    found(({ yPred }) => Number(yPred[0] > 0.05) + Number(yPred[0] > 0.95), { outputs: { other: [1, 1, 1, 1] } })!
      .cause,
    "saturated",
  );
});

Deno.test("no gradient: the value is the same for all outputs", () => {
  const found = (more: Made = {}) => noGradient(contextOf({ gradient: none, ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity, finding.where], ["constant", "error", undefined]);
  assertEquals(
    finding.message,
    "The loss does not depend on the outputs: it is the same for all outputs with these labels",
  );
  assertEquals(finding.evidence, { batch: "random", value: 1, gradient: 0, valueMovesBy: 0 });
  assert(finding.remedy.startsWith("Use yPred in the formula"));
  // Whatever the gradient is.
  assertEquals(found({ gradient: [0, -0.25, 0.125, 0] })!.evidence.gradient, 0.25);
  assertEquals(found({ gradient: undefined })!.cause, "constant");
  const softmax = op("Softmax", [live()], { outputShape: [4, 1] });
  const one = found({ ops: [softmax] })!;
  assertEquals(one.message, "A softmax over one unit is always 1, so the loss does not depend on the outputs");
  assertEquals([one.where?.op, one.remedy], ["Softmax", "Use a sigmoid, or two units"]);
  assertEquals(found({ ops: [op("LogSoftmax", [live()], { outputShape: [4, 1] })] })!.where?.op, "LogSoftmax");
  for (
    const other of [op("Softmax", [live()], { outputShape: [1, 4] }), op("Exp", [live()], { outputShape: [4, 1] })]
  ) {
    assertEquals(found({ ops: [other] })!.where, undefined);
  }
  const cast = flat("Cast", [live({ dtype: "float32" })]), through = { ops: [cast], gradient: [1, 1, 0, 0] };
  const passes = found(through)!;
  assertEquals([passes.cause, passes.where?.op], ["no-gradient-op", "Cast"]);
  assertEquals(
    passes.message,
    "A cast to whole numbers passes the gradient unchanged, which is not the slope of the loss",
  );
  for (
    const ops of [
      [flat("Cast", [live({ dtype: "int32" })])],
      [op("Cast", [live({ dtype: "float32" })])],
      [flat("Cast", [still({ dtype: "float32" })])],
      [flat("Round", [live({ dtype: "float32" })])],
    ]
  ) assertEquals(found({ ...through, ops })!.cause, "constant");
  for (const gradient of [none, undefined]) assertEquals(found({ ops: [cast], gradient })!.cause, "constant");
});

Deno.test("no gradient: the value is the same for all outputs, but the gradient is given on purpose", () => {
  const found = (more: Made = {}) =>
    noGradient(contextOf({ gradient: [0, -0.25, 0.125, 0], customGradient: true, ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity, finding.where], ["detached", "note", undefined]);
  assertEquals(
    finding.message,
    "The value is the same for all outputs, but not the gradient: one part is kept out of it on purpose",
  );
  assertEquals(found({ customGradient: false, readOut: { op: "detach" } })?.cause, "detached");
  assertEquals(found({ customGradient: false })?.cause, "constant");
  assertEquals([7e-4, 1e-4].map((g) => found({ gradient: [0, g, 0, 0] })?.cause), ["detached", "constant"]); // rounding
  assertEquals(found({ gradient: undefined })?.cause, "constant");
  assertEquals(found({ ops: [flat("Cast", [live({ dtype: "float32" })])] })?.cause, "no-gradient-op");
  assertStrictEquals(found({ loss: ({ yPred }) => mean(yPred) }), undefined);
});

Deno.test("no gradient: a softmax of one that is written as a maximum and an exponential", () => {
  const max = (more: More = {}, attrs: Record<string, unknown> = { axis: -1 }) =>
    op("Max", [live({ isPred: true, shape: [4, 1], ...more })], { attrs });
  const found = (ops: RecordedOp[], batch = plain) => noGradient(contextOf({ gradient: none, ops, batch }))!.where?.op;
  const exp = op("Exp", [live()]);
  assertEquals(found([op("Sub", [live()]), max(), exp]), "Max");
  assertEquals(found([max({}, { axis: [1] }), exp]), "Max");
  for (
    const ops of [[max()], [exp, max()], [max({ isPred: false }), exp], [max({ shape: [1, 4] }), exp]]
  ) assertEquals(found(ops), undefined);
  assertEquals(found([max({}, { axis: 0 }), exp]), undefined);
  assertEquals(found([max({}, {}), exp]), undefined);
  assertEquals(found([op("Min", max().inputs as RecordedInput[], { attrs: { axis: -1 } }), exp]), undefined);
  assertEquals(found([max(), exp], batchOf([0, 1], [0.5, 0.5, 0.2, 0.8], 2)), undefined);
});

Deno.test("no gradient: a loss that is flat for random outputs and larger for correct ones, and a hinge of a mean", () => {
  const found = (perfect: number, more: Made = {}) => {
    const context = contextOf({ loss: firstRow, gradient: none, outputs: { other: [3, 3, 3, 3] }, ...more });
    const result = { batch: plain, value: perfect, shape: [] };
    return noGradient({ ...context, observations: { ...context.observations, results: { perfect: result } } });
  };
  const turned = found(2)!;
  assertEquals([turned.cause, turned.severity, turned.evidence.perfect], ["wrong-sign", "error", 2]);
  assertEquals(
    turned.message,
    "The loss is flat around the outputs of an untrained model, and larger for correct outputs",
  );
  assertEquals(found(0.2)?.cause, "saturated");
  assertEquals([0.1, 0.2001, 0.202].map((value) => found(value)?.cause === "wrong-sign"), [false, false, true]);
  assertStrictEquals(found(2, { gradient: [1, 0, 0, 0] }), undefined);
  const mean = op("Mean", [live({ shape: [4, 1] })], { outputShape: [] });
  const hinge = found(0.1, { ops: [mean, op("Relu", [live({ shape: [], madeBy: 0 })])] })!;
  assertEquals([hinge.cause, hinge.severity, hinge.where?.op], ["reduction", "error", "Relu"]);
});

Deno.test("no gradient: the other outputs that are tried, and the differences that count as rounding", () => {
  const cause = (more: Made) => noGradient(contextOf({ gradient: none, ...more }))?.cause;
  const same = [...plain.yPred], moved = [3, 3, 3, 3], loss = firstRow;
  assertEquals(cause({ loss, outputs: { other: same } }), "constant");
  for (const kind of ["perfect", "saturated"] as const) {
    assertEquals(cause({ loss, outputs: { other: same, [kind]: moved } }), "saturated", kind);
  }
  assertEquals(cause({ loss, outputs: { other: same, constPred: moved } }), "constant");
  assertEquals(cause({ loss, outputs: { other: same, constPred: moved }, ops: [flat("Round")] }), "no-gradient-op");
  assertEquals(cause({ loss, outputs: { other: [3, 3] } }), "constant"); // of another size
  const nan: Value = ({ yPred }) => yPred[0] === 3 ? NaN : 1;
  assertEquals(cause({ loss: nan, outputs: { other: moved } }), "constant");
  assertEquals(cause({ loss: () => NaN }), "saturated"); // not the same value
  // The outputs of a row in the places of others, up to three places further.
  const places = [0.2, 0.3, 0.4, 0.5, 0.6, 0.2, 0.3, 0.4, 0.5, 0.6];
  const at = (p: number, place = 0) =>
    cause({
      gradient: places.map(() => 0),
      batch: batchOf(places, places, 5),
      loss: ({ yPred }) => yPred[place] === Math.fround(p) ? 2 : 1,
      outputs: { other: places },
    });
  assertEquals([0.4, 0.5, 0.6, 0.2].map((p) => at(p, 6) === "constant"), [false, false, false, true]);
  assertEquals([0.3, 0.4, 0.5, 0.6].map((p) => at(p) === "constant"), [false, false, false, true]);
  // A millionth of the value.
  const by = (change: number, value: number): Value => ({ yPred }) => value + (yPred[0] === 3 ? change : 0);
  assertEquals([0.9e-3, 1.1e-3].map((change) => cause({ loss: by(change, -1e3), outputs: { other: moved } })), [
    "constant",
    "saturated",
  ]);
  // Eight times what the order of the rows changes: here 0.4 of the weight of the first row.
  const first = (weight: number): Value => ({ yPred }) => 1 + weight * (yPred[0] - 0.2);
  const order = (weight: number, to: number) =>
    cause({
      loss: first(weight),
      batch: batchOf([0, 1, 1, 0], [0.2, 0.6, 0.2, 0.6]),
      outputs: { other: [to, 0, 0, 0] },
    });
  assertEquals([order(5e-5, 3.3), order(5e-5, 3.5), order(-5e-5, 3.3)], ["constant", "saturated", "constant"]);
  assertEquals(order(2.6e-3, 0.3), "saturated"); // more than rounding
  // Large numbers that cancel, in a difference, or in a sum of all four.
  const cancels = (largest: number, outputLargest: number, name = "Sub", more: More = {}) =>
    cause({
      loss: by(0.5, 1e-3),
      outputs: { other: moved },
      ops: [op(name, [live({ largest: 1, ...more }), labels({ largest })], { outputLargest })],
    });
  const sums = (largest: number, name = "Sum", more: Partial<RecordedOp> = {}) =>
    cause({
      loss: by(0.5, 1e-3),
      outputs: { other: moved },
      ops: [op(name, [live({ largest })], { outputShape: [], outputLargest: 0.3, ...more })],
    });
  for (const own of [cancels(1e6, 0.9), sums(2e5), sums(6e5, "Mean")]) assertEquals(own, "constant");
  for (
    const other of [
      cancels(4e5, 0.3),
      cancels(1e6, 2),
      cancels(1e6, 0.9, "Add"),
      cancels(1e6, 0.9, "Sub", { live: false }),
      sums(1e5),
      sums(2e5, "Mean"),
      sums(2e5, "Sum", { outputShape: [4] }),
      sums(2e5, "Sum", { outputLargest: 1 }),
      sums(6e5, "Max"),
    ]
  ) {
    assertEquals(other, "saturated");
  }
});

Deno.test("no gradient: outputs that are read out of the graph", () => {
  const readOut = { op: "arraySync", line: "loss.ts:3:1" };
  const found = (more: Made = {}) =>
    noGradient(contextOf({ loss: firstRow, gradient: none, readOut, connected: false, ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity], ["detached", "error"]);
  assertEquals(finding.message, "The outputs are read out of the graph as numbers, so no gradient flows back to them");
  assertEquals(finding.where, readOut);
  assertEquals(found({ readOut: {} })!.where, { op: "dataSync", line: undefined });
  const isRead = (more: Made) => found(more)?.message === finding.message;
  assert(!isRead({ readOut: undefined }) && !isRead({ loss: () => 1 }));
  assert(isRead({ connected: true }) && isRead({ ops: [flat("Round")] }));
  assert(!isRead({ connected: true, ops: [flat("Round")] }));
  // Connected and alive, it is read out only if the value moves nearby.
  assert(isRead({ connected: true, live: true }));
  assert(!isRead({ connected: true, live: true, loss: decides }));
  const slope = (by: number, at = 0, level = 0): Value => ({ yPred }) => level + by * yPred[at];
  const nearby = (loss: Value) => isRead({ connected: true, live: true, loss });
  assert(nearby(slope(6e-5)) && !nearby(slope(4e-5)) && nearby(slope(-6e-5)));
  assert([0, 1, 2, 3].every((at) => nearby(slope(1, at))));
  assert(nearby(slope(6e-3, 0, -100)) && !nearby(slope(4e-3, 0, -100)));
  // A jump that only the larger step finds is none nearby.
  assert(!nearby(({ yPred }) => Number(yPred[0] > 0.22)) && nearby(({ yPred }) => Number(yPred[0] > 0.205)));
});

Deno.test("no gradient: a word of the framework that cuts the outputs off", () => {
  const found = (name: string, word?: string, line = `${name}.ts:1:1`) =>
    noGradient(contextOf({
      ...{ loss: firstRow, gradient: none, ops: [flat(name)] },
      readOut: word === undefined ? undefined : { op: word, line },
    }))!;
  const finding = found("StopGradient");
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["detached", "error", "StopGradient"]);
  const cut = " cuts the outputs off: the value moves with them, but no gradient reaches them";
  assertEquals([finding.message, finding.remedy], [
    `stop_gradient${cut}`,
    "Remove the stop_gradient around the outputs",
  ]);
  const words = [found("StopGradient", "data"), found("StopGradient", "detach"), found("Multiply", "no_grad")];
  assertEquals(words.map(({ message }) => message), [".data", "detach", "no_grad"].map((word) => word + cut));
  assertEquals(found("StopGradient", "detach", "loss.ts:9:9").message, `stop_gradient${cut}`); // a word on another line
  for (const other of [found("Multiply", "detach"), found("Multiply", "no_grad", "loss.ts:9:9"), found("Round")]) {
    assertEquals(other.cause, "no-gradient-op");
  }
});

Deno.test("no gradient: an operation whose own gradient is 0", () => {
  const found = (more: Made = {}) =>
    noGradient(contextOf({ loss: firstRow, gradient: none, customGradient: true, ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity], ["detached", "error"]);
  assertEquals(
    finding.message,
    "An operation with a gradient of its own (tf.customGrad) returns 0: the value moves, the gradient is 0",
  );
  for (const more of [{ customGradient: false }, { gradient: undefined }, { loss: decides }]) {
    assert(found(more)!.message !== finding.message);
  }
});

Deno.test("no gradient: what the backward pass throws", () => {
  const made = (gradientError: string | undefined, ops: RecordedOp[] = [], more: Made = {}) =>
    noGradient(contextOf({ loss: stairs, live: true, gradientError, ops, ...more }));
  const kernel = "Kernel 'Mod' not registered for backend 'wasm'";
  const lacking = made(kernel)!;
  assertEquals([lacking.cause, lacking.severity], ["no-gradient-op", "error"]);
  assertEquals(lacking.message, "The backward pass needs Mod, which the backend 'wasm' does not have");
  assertEquals(lacking.evidence.thrown, kernel);
  assertEquals(made(kernel, [], { live: false })!.message, `No gradient reaches the outputs: ${kernel}`);
  assertEquals(made(`Oh: ${kernel}`)!.message, `No gradient reaches the outputs: Oh: ${kernel}`);

  const shapes = "Error in gradient for op Maximum. The gradient of input 'b' has shape '4,1', which does not match";
  const maximum = (a: number[], b?: number[], name = "Maximum") =>
    op(name, [live({ shape: a }), ...b === undefined ? [] : [labels({ shape: b })]]);
  const spread = made(shapes, [maximum([4, 1], undefined), maximum([4, 1], [4, 1]), maximum([4, 1], [1])])!;
  assertEquals([spread.cause, spread.where?.op, spread.evidence.thrown], ["no-gradient-op", "Maximum", shapes]);
  assertEquals(
    spread.message,
    "TensorFlow.js has no gradient for Maximum of operands of different shapes: the backward pass throws",
  );
  assertEquals(spread.remedy, "Give both operands the same shape before Maximum: tf.broadcastTo(x, shape)");
  assert(made(`Oh: ${shapes}`, [maximum([4, 1], [1])])!.message.startsWith("No gradient reaches"));
  const unexplained = `No gradient reaches the outputs: ${shapes}`;
  for (const ops of [[], [maximum([4, 1], [4, 1])], [maximum([4, 1])], [maximum([4, 1], [1], "Minimum")]]) {
    assertEquals(made(shapes, ops)!.message, unexplained);
  }
  assertEquals(made(shapes, [maximum([4, 1], [1])], { live: false })!.message, unexplained);

  const selects = "Cannot compute gradient: gradient function not found for Less.";
  const select = made(selects, [flat("Less")])!;
  assertEquals([select.cause, select.where?.op, select.evidence.thrown], ["no-gradient-op", "Less", selects]);
  assertEquals(
    select.message,
    "Less only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward pass throws",
  );
  assert(select.remedy.startsWith("Select by tf.greaterEqual, which has a gradient"));
  // The operation that the engine names is to blame, not the first one that is flat, if it takes outputs with a gradient.
  const both = [
    flat("GreaterEqual"),
    flat("LogicalAnd", [live(), labels()]),
    flat("ArgMax"),
    op("NotEqual", [labels()]),
  ];
  const named = (name: string) => made(`Cannot compute gradient: gradient function not found for ${name}.`, both)!;
  assertEquals(["LogicalAnd", "ArgMax", "TopK", "NotEqual"].map((name) => named(name).where?.op), [
    "LogicalAnd",
    "ArgMax",
    "GreaterEqual",
    "GreaterEqual",
  ]);
  assert(named("LogicalAnd").remedy.startsWith("Multiply masks of tf.greaterEqual"));
  assert(named("ArgMax").remedy.endsWith("so that no gradient of ArgMax is asked for"));
  assert(made("gradient function not found", [flat("Less")])!.message.startsWith("Less only selects here"));
  assert(made(selects, [flat("Less")], { live: false })!.message.startsWith("Less is flat"));
  assert(made("something else", [flat("Less")])!.message.startsWith("Less is flat"));
  assert(made(undefined, [flat("Less")])!.message.startsWith("Less is flat"));
  assertEquals(made(selects)!.message, `No gradient reaches the outputs: ${selects}`);

  // Operands that are broadcast are the cause themselves.
  const crossed = [op("Sub", [live({ shape: [4, 1] }), labels({ shape: [1, 4] })])];
  assertEquals(made("it broke", crossed)!.cause, "broadcast");
  assertEquals(made(undefined, crossed)!.cause, "saturated");
  assertEquals(made("it broke", crossed, { live: false })!.cause, "no-gradient-op");
  assertEquals(made("it broke", crossed, { loss: () => 1 })!.cause, "constant");
});

Deno.test("partly detached: the value moves with a term, the gradient does not", () => {
  const readOut = { op: "dataSync", line: "loss.ts:3:1" };
  // The mean of the squares, and half the first output, which has no gradient.
  const loss: Value = ({ yPred }) => mean(yPred.map((p) => p * p)) + 0.5 * yPred[0];
  const gradient = [...plain.yPred].map((p) => p / 2), full = gradient.with(0, gradient[0] + 0.5);
  const found = (more: Made = {}) => partlyDetached(contextOf({ loss, gradient, readOut, ...more }));
  const finding = found()!;
  assertEquals([finding.cause, finding.severity, finding.where], ["detached", "error", readOut]);
  assertEquals(
    finding.message,
    "One term is made of numbers that were read out of the graph: the value moves with it, the gradient does not",
  );
  const { difference, gradient: own, ...evidence } = finding.evidence;
  assertEquals(evidence, { batch: "random", element: 0 });
  assertAlmostEquals(own as number, 0.1, 1e-6);
  assertAlmostEquals(difference as number, 0.6, 1e-4);
  assertEquals(found({ readOut: {} })!.where, { op: "dataSync", line: undefined });
  for (
    const more of [
      { gradient: full },
      { gradient: undefined },
      { gradient: none },
      { readOut: undefined },
      { connected: false },
      { customGradient: true },
    ]
  ) assertStrictEquals(found(more), undefined);
  // Every row is looked at, and the worst is told.
  const rows = Array.from({ length: 24 }, (_, i) => i), many = batchOf(rows.map((i) => i % 2), rows.map((i) => i / 24));
  const sums: Value = ({ yPred }) => yPred.reduce((a, b) => a + b);
  for (const at of rows) {
    const gap = found({ loss: sums, batch: many, gradient: rows.map((i) => i === at ? 0.25 : i === 3 ? 0.5 : 1) })!;
    assertEquals(gap.evidence.element, at);
  }
  // A third of the slope, or of the gradient, and more than rounding.
  const off = (to: number, level = 0) =>
    found({ loss: (batch) => level + sums(batch), batch: many, gradient: rows.map((i) => i === 5 ? to : 1) })?.evidence
      .element;
  assertEquals([0.75, 0.65, 1.35, 1.5, -1].map((to) => off(to)), [undefined, 5, undefined, 5, 5]);
  assertEquals([off(0.5, 2000), off(0.5, 6000)], [5, undefined]);
  // A kink that only one of the two steps passes is no gap.
  const kink: Value = ({ yPred }) => yPred[0] + yPred[1] + 3 * Math.max(0, yPred[0] - 0.22);
  assertStrictEquals(found({ loss: kink, gradient: [1, 1, 0, 0] }), undefined);
  assertStrictEquals(found({ loss: ({ yPred }) => yPred[0] > 0.2 ? NaN : 0, gradient: [1, 0, 0, 0] }), undefined);

  const cast = found({ readOut: undefined, ops: [flat("Cast", [live({ dtype: "float32" })])] })!;
  assertEquals([cast.cause, cast.where?.op, cast.evidence.element], ["no-gradient-op", "Cast", 0]);
  for (const name of ["detach", "no_grad", "stop_gradient"]) {
    const note = found({ readOut: { op: name, line: "loss.py:3" } })!;
    assertEquals([note.severity, note.where], ["note", { op: name, line: "loss.py:3" }]);
    assertEquals(
      note.message,
      `${name} keeps one term out of the gradient: the value moves with it, the gradient does not`,
    );
    assert(note.remedy.startsWith(`Remove ${name} if the term should train`));
  }
});

Deno.test("partly detached: where a step of an output leads out of the range of the loss, nothing follows", () => {
  const total: Value = ({ yPred }) => yPred.reduce((sum, p) => sum + p, 0);
  const within: Value = (batch) => Math.abs(batch.yPred[1] - 0.6) > 0.02 ? NaN : total(batch);
  const [inside, beyond] = [total, within].map((loss) =>
    partlyDetached(contextOf({ loss, gradient: [1, 0, 1, 1], readOut: { op: "dataSync" } }))
  );
  assertEquals(inside?.evidence.element, 1);
  assertStrictEquals(beyond, undefined);
});

Deno.test("the columns without a gradient: none, if there is no gradient at all or none has one", () => {
  const of = (gradient?: number[]) =>
    columnsWithoutGradient(
      { columns: 2, random: { gradient: gradient && Float32Array.from(gradient) } } as Observations,
    );
  assertEquals([of(), of([0, 0, 0, 0]), of([0, 0, 0, 1]), of([1, 0, 0, 1])], [[], [], [0], []]);
});

Deno.test("partly detached: a column that moves the value only as a whole", () => {
  const readOut = { op: "dataSync", line: "loss.ts:3:1" }, rows = [0, 1, 2, 3];
  const found = (columns: number, weights: number[]) => {
    const batch = batchOf(
      rows.flatMap(() => Array(columns).fill(0)),
      rows.flatMap(() => Array(columns).fill(0.5)),
      columns,
    );
    // The second smallest output of each column: no output alone moves it. The first output counts by itself.
    const loss: Value = ({ yPred }) =>
      yPred[0] +
      weights.reduce((sum, weight, c) => sum + weight * rows.map((r) => yPred[r * columns + c]).sort()[1], 0);
    const gradient = Array.from(batch.yPred, (_, i) => Number(i === 0));
    return partlyDetached(contextOf({ loss, batch, gradient, readOut }));
  };
  const { difference, ...evidence } = found(2, [0, 1])!.evidence;
  assertEquals(evidence, { batch: "random", columnOfAllRows: 1, gradient: 0 });
  assertAlmostEquals(difference as number, 1, 1e-4);
  assertEquals(found(2, [-2, 0])!.evidence.gradient, 1);
  assertStrictEquals(found(2, [0, 0]), undefined);
  const at = (column: number) =>
    found(9, Array.from({ length: 9 }, (_, c) => Number(c === column)))?.evidence.columnOfAllRows;
  assertEquals([at(7), at(8)], [7, undefined]); // of many columns, eight
});

Deno.test("partly detached: numbers that were read out and only weigh what trains", () => {
  const readOut = { op: "dataSync", line: "loss.ts:3:1" };
  const loss: Value = ({ yPred }) => mean(yPred) * (1 + yPred[0]), gradient = plain.yPred.map(() => 0.3);
  const weight = (largest: number, more: More = {}) => input({ largest, ...more });
  const found = (ops: RecordedOp[], again: RecordedOp[]) =>
    partlyDetached(contextOf({ loss, gradient: [...gradient], readOut, ops, again }))!.severity;
  const product = (largest: number, name = "Multiply", more: More = {}, own = live()) =>
    op(name, [own, weight(largest, more)]);
  assertEquals(found([product(1)], [product(2)]), "note");
  assertEquals(found([product(1, "RealDiv"), product(3)], [product(2, "RealDiv"), product(3)]), "note");
  assertEquals(found([product(1)], [product(1)]), "error"); // the same in every batch: a constant
  assertEquals(found([product(1)], []), "error");
  assertEquals(found([product(1, "Add")], [product(2, "Add")]), "error");
  assertEquals(found([product(1), product(1, "Add")], [product(2), product(2, "Add")]), "error");
  assertEquals(found([product(1, "Multiply", {}, still())], [product(2, "Multiply", {}, still())]), "error");
  for (const from of [{ fromPred: true }, { fromTrue: true }]) {
    assertEquals(found([product(1, "Multiply", from)], [product(2, "Multiply", from)]), "error");
  }
  const note = partlyDetached(
    contextOf({ loss, gradient: [...gradient], readOut: {}, ops: [product(1)], again: [product(2)] }),
  )!;
  assertEquals([note.cause, note.where], ["detached", { op: "dataSync", line: undefined }]);
  assertEquals(
    note.message,
    "A weight is made of numbers that were read out of the graph: the term trains, its weight does not",
  );
});

Deno.test("dead term: a term of a sum that passes through a flat operation", () => {
  const found = (ops: RecordedOp[], more: Made = {}) => deadTerm(contextOf({ ops, ...more }));
  const sum = (name = "AddV2", inputs = [live(), still()]) => op(name, inputs);
  const finding = found([flat("Round"), sum()])!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["no-gradient-op", "warning", "Round"]);
  assertEquals(
    finding.message,
    "One term passes through Round, which is flat: it is added to the loss and trains nothing",
  );
  assertEquals(finding.evidence, { batch: "random", value: 1, addedBy: "AddV2" });
  for (const name of ["Add", "AddN", "Sub"]) assertEquals(found([flat("Round"), sum(name)])!.evidence.addedBy, name);
  const unknown = found([sum()])!;
  assertEquals([unknown.where?.op, unknown.message], [
    "AddV2",
    "One term passes through an operation, which is flat: it is added to the loss and trains nothing",
  ]);
  const ratio = found([flat("Round"), sum(), op("RealDiv", [live()])])!;
  assertEquals([ratio.severity, ratio.message], [
    "error",
    "One term passes through Round, which is flat: only the other terms train the ratio",
  ]);
  assertEquals(found([op("RealDiv", [live()]), sum()])!.severity, "warning"); // divided before
  assertEquals(found([sum(), op("RealDiv", [still()])])!.severity, "warning");
  assertEquals(found([sum(), op("Mean", [live()])])!.severity, "warning");
  for (
    const ops of [
      [],
      [sum("Multiply")],
      [sum("Add", [live(), live()])],
      [sum("Add", [still(), still()])],
      [sum("Add", [live(), labels()])],
      [flat("StopGradient"), sum()],
      [flat("Equal"), sum("Add", [live(), { ...still(), largest: 9e-7 }])], // which keeps a root away from 0
    ]
  ) assertStrictEquals(found(ops), undefined);
  assertStrictEquals(found([flat("Round"), sum()], { customGradient: true }), undefined);
});

Deno.test("dead term: a softmax of one unit", () => {
  const softmax = op("Softmax", [live({ shape: [4, 1] })], { outputShape: [4, 1] });
  const finding = deadTerm(contextOf({ ops: [softmax] }))!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["constant", "error", "Softmax"]);
  assertEquals(finding.message, "A softmax over one unit is always 1: the term that contains it trains nothing");
  assertEquals(finding.evidence, { batch: "random", value: 1, shape: "[4,1]" });
  const of = (outputShape: number[]) => deadTerm(contextOf({ ops: [op("Softmax", [live()], { outputShape })] }))?.cause;
  assertEquals([of([4, 3, 1]), of([4, 1, 3])], ["constant", undefined]);
});

Deno.test("dead term: a choice between two multiples of a number that is never negative", () => {
  const from = (madeBy: number, more: More = {}) => live({ madeBy, ...more }), constant = input({ shape: [] });
  const found = (ops: RecordedOp[]) => deadTerm(contextOf({ ops }))?.where?.op;
  const times = (at: number, more: More = {}) => op("Multiply", [from(at, more), constant]);
  const square = op("Square", [live()]);
  const maximum = (a: number, b: number, name = "Maximum") => op(name, [from(a), from(b)]);
  const finding = deadTerm(contextOf({ ops: [square, times(0), times(0), maximum(1, 2)] }))!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["wrong-optimum", "error", "Maximum"]);
  assertEquals(
    finding.message,
    "Maximum always takes the same of its two branches, which are multiples of a number that is never negative: the other " +
      "branch trains nothing",
  );
  assertEquals(finding.evidence, { batch: "random", value: 1 });
  const nonNegative = ["Abs", "Square", "SquaredDifference", "Exp", "Relu", "Sqrt", "Softplus", "Sigmoid"];
  for (const name of nonNegative) {
    const base = op(name, [live({ largest: 1 })]);
    assertEquals(found([base, times(0), times(0), maximum(1, 2, "Minimum")]), "Minimum", name);
  }
  assertEquals(found([square, op("Neg", [from(0)]), op("RealDiv", [from(0), constant]), maximum(1, 2)]), "Maximum");
  assertEquals(found([square, op("Identity", [from(0)]), op("Reshape", [from(0)]), maximum(1, 2)]), "Maximum");
  assertEquals(found([square, times(0), maximum(0, 1)]), "Maximum");
  const sound = (...ops: RecordedOp[]) => assertStrictEquals(found(ops), undefined);
  sound(op("Sub", [live()]), times(0), times(0), maximum(1, 2));
  sound(square, op("Square", [live()]), times(0), times(1), maximum(2, 3)); // of two numbers
  sound(square, times(0), times(0), maximum(1, 2, "Add"));
  sound(square, times(0), times(0), op("Maximum", [from(1), from(2, { live: false })]));
  sound(square, times(0), times(0), op("Maximum", [from(1, { live: false }), from(2)]));
  sound(op("Maximum", [live(), live()]));
  sound(square, op("Multiply", [from(0), input({ shape: [4, 1] })]), times(0), maximum(1, 2)); // other factors row by row
  sound(square, op("Multiply", [from(0), labels({ shape: [] })]), times(0), maximum(1, 2));
  sound(square, op("RealDiv", [constant, from(0)]), times(0), op("Maximum", [from(1), from(1)]));
  sound(square, op("Log", [from(0)]), times(0), maximum(1, 2));

  const relu = (largest: number, outputLargest: number, base = square) =>
    found([base, times(0), op("Relu", [from(1, { largest })], { outputLargest })]);
  assertEquals(relu(2, 0), "Relu"); // of a negative multiple
  for (const other of [relu(2, 2), relu(0, 0), relu(2, 0, op("Sub", [live()]))]) assertStrictEquals(other, undefined);

  const select = (condition: RecordedOp, at = 3) =>
    found([square, times(0), times(0), condition, op("Select", [input({ madeBy: at }), from(1), from(2)])]);
  const compare = (name: string, largest = 0, a = from(0)) => op(name, [a, input({ largest })]);
  for (const name of ["Greater", "GreaterEqual", "Less", "LessEqual"]) assertEquals(select(compare(name)), "Select");
  assertEquals(select(op("Less", [input({ largest: 0 }), from(1, { largest: 1 })])), "Select");
  for (
    const other of [
      select(compare("Equal")),
      select(compare("Greater", 0.5, from(0, { largest: 1 }))),
      select(compare("Greater", 0, live())),
      select(compare("Greater"), 9),
    ]
  ) assertStrictEquals(other, undefined);
});

Deno.test("no gradient: a sum over all rows that lies beyond a clip", () => {
  const clip = (more: More = {}, attrs: Record<string, unknown> = { clipValueMin: -1, clipValueMax: 0.5 }) =>
    op("ClipByValue", [live({ shape: [], largest: 6.5, madeBy: 0, ...more })], { attrs, outputShape: [] });
  const sum = (name = "Sum", shape = [4, 1]) => op(name, [live({ shape })]);
  const found = (ops: RecordedOp[], more: Made = {}) =>
    noGradient(contextOf({ gradient: none, ops, live: true, ...more }));
  const finding = found([sum(), clip()])!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["wrong-axis", "error", "ClipByValue"]);
  assertEquals(
    finding.message,
    "One sum over all 4 rows and 1 columns is 6.5, beyond the clip to [-1, 0.5]: the loss is constant",
  );
  for (
    const ops of [
      [sum("Mean"), clip()],
      [sum("Sum", [3, 1]), clip()],
      [sum(), clip({ shape: [4] })],
      [sum(), clip({ madeBy: undefined })],
      [sum(), clip({ largest: 1 })],
      [sum(), clip({}, { clipValueMin: -1, clipValueMax: 7 })],
      [sum(), clip({}, { clipValueMin: -7, clipValueMax: 1 })],
      [sum(), { ...clip(), live: false }],
      [sum(), { ...clip(), op: "Maximum" }],
    ]
  ) assertEquals(found(ops)?.cause, "constant");
  assertEquals(found([sum(), clip()], { loss: firstRow })?.cause, "saturated"); // the loss moves with other outputs
});

Deno.test("own gradient: a multiple of the slope, 0 for a label or a column, or another number at some outputs", () => {
  const y = [0, 1, 1, 0, 0, 1], p = [0.2, 0.6, 0.3, 0.7, 0.4, 0.5], batch = batchOf(y, p), rows = y.length;
  const loss: Value = ({ yPred }) => yPred.reduce((sum, v, i) => sum + (i + 1) * v, 0), slopes = p.map((_, i) => i + 1);
  const found = (gradient: number[] | undefined, more: Made = {}) =>
    ownGradient(contextOf({ loss, batch, gradient, customGradient: true, ...more }));
  const kinds = (finding: ReturnType<typeof found>) => [finding?.cause, finding?.severity];
  const times = (by: number) => found(slopes.map((slope) => by * slope));
  for (const by of [1, 0.95, 1.105]) assertStrictEquals(times(by), undefined);
  assertStrictEquals(found(slopes.map((slope) => 3 * slope), { customGradient: false }), undefined);
  assertStrictEquals(found(undefined), undefined);
  assertEquals([0.5, 7, 8, 0.1, -1, -9].map((by) => kinds(times(by))), [
    ["detached", "note"],
    ["detached", "note"],
    ["bad-scale", "warning"],
    ["bad-scale", "warning"],
    ["wrong-sign", "warning"],
    ["wrong-sign", "warning"],
  ]);
  const { message, evidence } = times(-2)!;
  assertEquals(
    message,
    "The gradient is -2 times the slope of the value at every output: training makes the loss larger",
  );
  assertAlmostEquals(evidence.times as number, -2, 1e-4);
  assertEquals([evidence.element, evidence.gradient], [0, -2]);
  assertAlmostEquals(evidence.slope as number, 1, 1e-4);
  assert(!times(2)!.message.includes("larger"));

  for (const label of [0, 1]) {
    const finding = found(slopes.map((slope, i) => y[i] === label ? 0 : slope))!;
    assertEquals(kinds(finding), ["detached", "warning"]);
    assertEquals(
      finding.message,
      `Outputs with a label of ${label} have no gradient although the value moves with them`,
    );
  }
  const some = found(slopes.map((slope, i) => i === 1 ? 0 : slope))!;
  assertEquals(kinds(some), ["detached", "note"]);
  assert(some.message.startsWith("The gradient is not the slope of the value"));
  assertEquals([some.evidence.element, some.evidence.outputsTried, some.evidence.outputsOff], [1, rows, 1]);
  const three = { ...batch, yTrue: Float32Array.of(0, 1, 2, 0, 0, 1) }; // of three labels one without is no half of the loss
  assert(
    found(slopes.map((slope, i) => three.yTrue[i] === 0 ? 0 : slope), { batch: three })!.message.includes(
      "not the slope",
    ),
  );

  // Columns: those without a gradient, if the value moves with them.
  const wide = batchOf(y, [...p, ...p, ...p], 3), weights = [1, 2, 3];
  const byColumn = (of: number[], own = of): Value => ({ yPred }) =>
    yPred.reduce((sum, v, i) => sum + own[i % 3] * v, 0);
  const dead = (columns: number[], own = weights, slopes = weights) => {
    const gradient = Array.from(wide.yPred, (_, i) => columns.includes(i % 3) ? 0 : slopes[i % 3]);
    return ownGradient(contextOf({ loss: byColumn(own), batch: wide, gradient, customGradient: true }));
  };
  const [one, two] = [dead([1])!, dead([0, 2])!];
  assertEquals([kinds(one), kinds(two)], [["detached", "note"], ["detached", "note"]]);
  assertEquals(one.message, "Of the outputs, column 1 has no gradient in any row although the value moves with them");
  assertEquals(
    two.message,
    "Of the outputs, columns 0, 2 have no gradient in any row although the value moves with them",
  );
  assertEquals([one.evidence.columns, two.evidence.columns], ["1", "0 2"]);
  assertStrictEquals(dead([1], [1, 0, 3]), undefined, "the value does not move with it");
  assert(dead([1], [1, 0, 3], [1, 0, 6])!.message.startsWith("The gradient is not the slope"), "it is that of another");
  assert(!dead([0, 1, 2])!.message.startsWith("Of the outputs"), "none of them has a gradient");
});

Deno.test("own gradient: the slope in some rows of a column, and its negative in others", () => {
  const y = [0, 1, 1, 0, 0, 1, 0], p = [0.2, 0.6, 0.3, 0.7, 0.4, 0.5, 0.1].flatMap((v) => [v, v / 2]);
  const batch = batchOf(y, p, 2);
  const loss: Value = ({ yPred }) => yPred.reduce((sum, v, i) => sum + (i + 1) * v, 0);
  /** The gradient, by its ratios to the slope in column 1. */
  const found = (...ratios: number[]) => {
    const gradient = p.map((_, i) => (i + 1) * (i % 2 ? ratios[(i - 1) / 2] : 1));
    return ownGradient(contextOf({ loss, batch, gradient, customGradient: true }))!;
  };
  const finding = found(1, -1, 1, -1, 1, -1, 1);
  assertEquals([finding.cause, finding.severity], ["wrong-sign", "warning"]);
  assertEquals(
    finding.message,
    "The gradient has the size of the slope, but in 3 of 7 rows of column 1 its opposite sign",
  );
  const { column, rowsTried, rowsOff } = finding.evidence;
  assertEquals([column, rowsTried, rowsOff], [1, 7, 3]);
  const isWarning = (...ratios: number[]) => found(...ratios).severity === "warning";
  assert(isWarning(1, 1.05, -1.05, -0.95, 1, 1, 1));
  assert(!isWarning(1, 1, -1, 1, 1, 1, 1) && !isWarning(-1, -1, -1, 1, -1, -1, -1)); // of one row it is an accident
  assert(!isWarning(-1, -1, -1, -1, -1, -1, -1)); // a column that is turned round on purpose
  const ofOneColumn = (...ratios: number[]) =>
    ownGradient(
      contextOf({
        loss: ({ yPred }) => yPred[0] + yPred[1] + yPred[2] + yPred[3],
        gradient: ratios,
        customGradient: true,
      }),
    );
  assertEquals([[1, -1, 1, -1], [1, 1, 1, -1]].map((ratios) => ofOneColumn(...ratios)?.severity === "warning"), [
    true,
    false,
  ]);
  const six = batchOf(y.slice(0, 6), p.slice(0, 12), 2), turned = p.slice(0, 12).map((_, i) => i === 7 ? -8 : i + 1);
  assert(ownGradient(contextOf({ loss, batch: six, gradient: turned, customGradient: true }))?.severity !== "warning");
  assert(!isWarning(1, -1, 1, -1, 1, 0.5, 1) && !isWarning(1, -1.2, 1, -1.2, 1, 1, 1)); // another size
});

Deno.test("own gradient: a kink within a step, and a value that does not move, are no fault", () => {
  const batch = batchOf([0, 1, 1, 0], [0.2, 0.6, 0.3, 0.7]);
  const bent: Value = ({ yPred }) => yPred.reduce((sum, v) => sum + v, 0) + 9 * Math.abs(yPred[1] - 0.6);
  const own = (loss: Value, gradient: number[], more: Made = {}) =>
    contextOf({ loss, batch, gradient, customGradient: true, ...more });
  assertStrictEquals(ownGradient(own(bent, [1, 10, 1, 1])), undefined);
  assert(ownGradient(own(bent, [3, 10, 1, 1]))); // a kink of another output
  assertStrictEquals(ownGradient(own((of) => bent(of) / 64, [1, 10, 1, 1].map((g) => g / 64))), undefined);
  const tiny: Value = ({ yPred }) => 4e-5 * yPred.reduce((sum, v) => sum + v, 0); // it is lost in rounding
  assertStrictEquals(ownGradient(own(tiny, [1, 1, 1, 1])), undefined);
  const jumps: Value = ({ yPred }) => yPred.reduce((sum, v) => sum + v, 9 * Number(yPred[1] > 0.62)); // found by the larger step
  assertStrictEquals(ownGradient(own(jumps, [1, 3, 1, 1])), undefined);
  assertStrictEquals(ownGradient(own((of) => jumps(of) / 64, [1, 3, 1, 1].map((g) => g / 64))), undefined);
  assertStrictEquals(ownGradient(own(() => 3, [1, 1, 1, 1])), undefined);
  const straight: Value = ({ yPred }) => yPred.reduce((sum, v) => sum + v, 0);
  const readOut = { op: "dataSync" };
  const few = batchOf([0, 1, 1], [0.2, 0.6, 0.3]); // of three outputs a multiple is an accident
  const said = [own(straight, [2, 2, 2, 2]), own(straight, [2, 2, 2], { batch: few })].map((made) =>
    ownGradient(made)!
  );
  assertEquals(said.map(({ message }) => message.startsWith("The gradient is 2 times the slope")), [true, false]);
  assertEquals(isKeptOut(own(straight, [1, 1, 1, 1])), false);
  assertEquals(isKeptOut(own(straight, [1, 0, 1, 1])), true);
  assertEquals(isKeptOut(own(straight, [1, 0, 1, 1], { customGradient: false })), false);
  assertEquals(isKeptOut(own(straight, [1, 0, 1, 1], { customGradient: false, readOut })), true);
  assertEquals(isKeptOut(contextOf({ loss: straight, batch, customGradient: true })), false);
});

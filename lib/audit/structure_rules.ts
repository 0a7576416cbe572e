import { difference, type Facts, type Op, withOutputs } from "./facts.ts";
import { valueOf } from "./measure.ts";
import type { AuditedLoss, AuditOptions, Finding, Where } from "./types.ts";

/** What a rule is given. */
export interface Case {
  readonly loss: AuditedLoss;
  readonly facts: Facts;
  readonly options: AuditOptions;
}

/** One way in which a loss may be wrong: a finding, or nothing. */
export type Rule = (of: Case) => Finding | undefined;

/** Operations whose gradient is 0 or missing. */
export const flat = new Set(
  ("Round Floor Ceil Sign Step Greater GreaterEqual Less LessEqual Equal NotEqual ArgMax ArgMin TopK FloorDiv " +
    "LogicalAnd LogicalOr LogicalNot IsNan OneHot Unique NonMaxSuppressionV3").split(" "),
);

export const whereOf = (op: Op): Where => ({ op: op.op, line: op.line });

const allZero = (numbers: Float32Array): boolean => numbers.every((g) => g === 0);

/** An operation through which nothing flows: a flat one, or a cast to whole numbers or truth values. */
function blocking(ops: readonly Op[]): Op | undefined {
  return ops.find((op) =>
    op.inputs.some((input) => input.fromPred) &&
    (flat.has(op.op) || (op.op === "Cast" && op.inputs[0].dtype === "float32" && op.attrs.dtype !== "float32"))
  );
}

/** The greatest difference between the loss of the batch and those of others. */
function moves({ loss, facts }: Case): number {
  const { batch, value } = facts.random;
  const others = [
    facts.other.batch.yPred,
    facts.tried.perfect?.batch.yPred,
    facts.tried.saturated?.batch.yPred,
    facts.tried.constPred?.batch.yPred,
  ];
  return Math.max(
    ...others.map((yPred) =>
      yPred?.length === batch.yPred.length ? Math.abs(valueOf(loss, { ...batch, yPred }) - value) || 0 : 0
    ),
  );
}

/** Whether the loss takes no value between, as one output goes from end to end: it jumps, as a decision does. */
function jumps({ loss, facts }: Case): boolean {
  const { batch } = facts.random, low = Math.min(0, ...batch.yPred), high = Math.max(1, ...batch.yPred);
  const along = Array.from({ length: 201 }, (_, k) => low + (high - low) * k / 200);
  return new Set(along.map((p) => valueOf(loss, withOutputs(batch, (own, i) => i === 0 ? p : own)))).size <= 2;
}

/** No gradient at all: which operation, or which value that was read out. */
export const noGradient: Rule = (of) => {
  const { gradient, backThrown, value } = of.facts.random, { ops, readOut, connected } = of.facts;
  if (gradient !== undefined && !allZero(gradient)) return undefined;
  const change = moves(of), block = blocking(ops);
  const evidence = { batch: "random", value, gradient: gradient === undefined ? "none" : 0, change };
  if (readOut !== undefined && !connected && change > 0) {
    return {
      cause: "detached",
      severity: "error",
      message: "The outputs are read out of the graph as numbers, so that nothing flows back to them",
      evidence,
      remedy:
        "Stay with tensors: tf.mul, tf.sum and the like instead of dataSync() or arraySync(); make no new tensor of them",
      where: { op: "dataSync", line: readOut.line },
    };
  }
  if (change <= 1e-7 * Math.max(1, Math.abs(value))) {
    const softmax = ops.find((op) => op.op === "Softmax" && op.outputShape.at(-1) === 1);
    return {
      cause: "constant",
      severity: "error",
      message: softmax
        ? "A softmax over one unit is 1 whatever the output is, so that the loss does not depend on the outputs"
        : "The loss does not depend on the outputs",
      evidence,
      remedy: softmax
        ? "Use a sigmoid, or two units"
        : "Let the formula take yPred; terms of yTrue alone change no weight",
      where: softmax && whereOf(softmax),
    };
  }
  if (block === undefined && backThrown === undefined && !jumps(of)) {
    return {
      cause: "saturated",
      severity: "error",
      message: "The loss is flat where the outputs of an untrained model lie",
      evidence,
      remedy: "Widen the ramp or drop the clip, or take a function with a tail: softsign({ slope: 4 })",
    };
  }
  return {
    cause: block === undefined && !connected ? "detached" : "no-gradient-op",
    severity: "error",
    message: block
      ? `${block.op} has no gradient that is of use: the value moves, the gradient ${
        gradient ? "is 0" : "does not exist"
      }`
      : `No gradient reaches the outputs: ${backThrown ?? "the loss jumps, and is flat between its jumps"}`,
    evidence,
    remedy: "Put a step with a slope in its place, such as softsign({ slope: 4 }) or straightThrough(); " +
      'for a score of rounded outputs take the loss itself, such as precisionLoss({ step: "softsign", slope: 4 })',
    where: block && whereOf(block),
  };
};

/** A column or a term whose gradient is missing while the value moves with it. */
export const partlyDetached: Rule = ({ loss, facts }) => {
  const { gradient, batch } = facts.random, { columns, rows, readOut, ops, connected, customized } = facts;
  if (gradient === undefined || allZero(gradient) || !connected || customized) return undefined;
  let worst = { gap: 0, at: 0, analytic: 0, numeric: 0 };
  const noise = 5e-5 * Math.max(1, Math.abs(facts.random.value)); // of float32, over a step of 0.01
  const probes = Array.from(
    { length: Math.min(24, rows * columns) },
    (_, i) => (i * 5 + i % columns) % batch.yPred.length,
  );
  for (const at of probes) {
    const numeric = [1e-2, 3e-2].map((step) => difference(loss, batch, at, step));
    if (!numeric.every(Number.isFinite)) continue;
    const gap = Math.min(...numeric.map((d) => Math.abs(d - gradient[at])));
    const least = 0.3 * Math.max(Math.abs(numeric[0]), Math.abs(gradient[at])) + noise;
    if (gap > least && gap > worst.gap) worst = { gap, at, analytic: gradient[at], numeric: numeric[0] };
  }
  const block = blocking(ops);
  const cast = block?.op === "Cast" ? block : undefined;
  if (readOut === undefined && cast === undefined) return undefined;
  if (worst.gap === 0) return undefined;
  const detached = readOut !== undefined && cast === undefined;
  return {
    cause: detached ? "detached" : "no-gradient-op",
    severity: "error",
    message: detached
      ? "One term is made of numbers that were read out of the graph: the value moves with it, the gradient does not"
      : "A cast to whole numbers lets the gradient through as if it were not there, which is not the slope of the loss",
    evidence: { batch: "random", element: worst.at, gradient: worst.analytic, difference: worst.numeric },
    remedy: detached
      ? "Keep the tensor itself (tf.mul, tf.slice …) instead of dataSync() and a new tensor"
      : "Train on the value before the cast, and round only to predict; straightThrough() says so if it is meant",
    where: detached ? { op: "dataSync", line: readOut!.line } : whereOf(cast!),
  };
};

/** Operands that spread over each other: [n] against [n, 1]. */
export const broadcast: Rule = ({ loss, facts }) => {
  const n = facts.rows;
  const op = facts.ops.find(({ inputs, outputShape, fromPred }) =>
    fromPred && inputs.length >= 2 && outputShape.length === 2 && outputShape[0] === n && outputShape[1] === n &&
    inputs.some((a) => a.shape.length === 1 && a.shape[0] === n) &&
    inputs.some((a) => a.shape.length === 2 && a.shape[0] === n && a.shape[1] === 1)
  );
  if (op === undefined) return undefined;
  const turned = withOutputs(
    facts.random.batch,
    (_, i) => facts.random.batch.yPred[(i + facts.columns) % (n * facts.columns)],
  );
  return {
    cause: "broadcast",
    severity: "error",
    message: `[${n}] against [${n}, 1] makes ${n} × ${n}: every label is compared with every output`,
    evidence: { rows: n, value: facts.random.value, valueWithOutputsInAnotherOrder: valueOf(loss, turned) },
    remedy: "Give both the same shape: tf.expandDims(yTrue, -1), or tf.squeeze(yPred, [-1])",
    where: whereOf(op),
  };
};

/** Softmax or sigmoid of what is a probability already, or a logarithm of what is none. */
export const activation: Rule = ({ facts, options }): Finding | undefined => {
  const { yPred = "probability" } = options, { ops, random } = facts;
  const values = random.batch.yPred, inside = values.every((p) => p >= 0 && p <= 1);
  const squashing = (op: Op) => ["Softmax", "LogSoftmax", "Sigmoid", "Softplus"].includes(op.op);
  // tf.softmax and tf.logSoftmax: the largest is subtracted, then exp; tf.losses.sigmoidCrossEntropy: exp(−|x|).
  const exponential = (op: Op, i: number) =>
    op.op === "Exp" &&
    ops.slice(Math.max(0, i - 3), i).some(({ op, inputs }) =>
      (op === "Sub" || op === "Abs" || op === "Neg") && inputs[0].isPred && !inputs.some((input) => input.fromTrue)
    );
  if ((yPred === "probability" || yPred === "simplex") && inside) {
    const op = ops.find((op, i) => (squashing(op) && op.inputs[0].isPred) || exponential(op, i));
    if (op === undefined) return undefined;
    return {
      cause: "activation-mismatch",
      severity: "error",
      message: "The loss applies a softmax or sigmoid of its own to outputs that are probabilities already",
      evidence: { batch: "random", least: Math.min(...values), greatest: Math.max(...values), value: random.value },
      remedy: "Drop the activation of the last layer, or take the form of the loss that takes probabilities; " +
        'if your last layer has no activation, audit with yPred: "logits"',
      where: whereOf(op),
    };
  }
  if (inside) return undefined;
  const squashed = ops.findIndex((op) => squashing(op) || ["Exp", "Tanh", "Erf", "Step"].includes(op.op));
  const op = ops.find((op, i) =>
    op.inputs.some((input) => input.isPred) && (squashed < 0 || i < squashed) &&
    (op.op === "Log" || op.op === "Log1p" ||
      (op.op === "ClipByValue" && Number(op.attrs.clipValueMin) >= 0 && Number(op.attrs.clipValueMax) <= 1))
  );
  if (op === undefined || yPred === "nonnegative") return undefined;
  return {
    cause: "activation-mismatch",
    severity: "error",
    message: "The formula is one of probabilities, and the outputs are not: a sigmoid or softmax is missing",
    evidence: {
      batch: "random",
      outside: values.filter((p) => p < 0 || p > 1).length / values.length,
      withoutGradient: (random.gradient ?? []).filter((g) => g === 0).length / values.length,
    },
    remedy:
      "Give the last layer a sigmoid (or softmax), or let the loss take logits: tf.losses.sigmoidCrossEntropy, fromLogits: true",
    where: whereOf(op),
  };
};

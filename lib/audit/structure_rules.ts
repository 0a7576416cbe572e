import { difference, type Facts, type Op, withOutputs } from "./facts.ts";
import { rowsOf, valueOf } from "./measure.ts";
import type { AuditedLoss, AuditOptions, Finding, Where } from "./types.ts";

/** What a rule is given. */
export interface Case {
  readonly loss: AuditedLoss;
  readonly facts: Facts;
  readonly options: AuditOptions;
}

/** One way in which a loss may be wrong: a finding, or nothing. */
export type Rule = (of: Case) => Finding | undefined;

export const whereOf = (op: Op): Where => ({ op: op.op, line: op.line });

const allZero = (numbers: Float32Array): boolean => numbers.every((g) => g === 0);

/** The first operation through which nothing flows back. */
const blocking = (ops: readonly Op[]): Op | undefined => ops.find((op) => op.inputs.some((i) => i.live) && !op.live);

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

/** How much the value of a batch changes with the order of its rows, which is rounding, or more. */
function noise({ loss, facts: { random: { batch, value }, rows } }: Case): number {
  const orders = [1, 7, 19].map((shift) => Array.from({ length: rows }, (_, i) => (i + shift) % rows));
  return Math.max(...orders.map((order) => Math.abs(valueOf(loss, rowsOf(batch, order)) - value) || 0));
}

/** Whether the loss takes no value between, as one output goes from end to end: it jumps, as a decision does. */
function jumps({ loss, facts }: Case): boolean {
  const { batch } = facts.random, low = Math.min(0, ...batch.yPred), high = Math.max(1, ...batch.yPred);
  const along = Array.from({ length: 201 }, (_, k) => low + (high - low) * k / 200);
  return new Set(along.map((p) => valueOf(loss, withOutputs(batch, (own, i) => i === 0 ? p : own)))).size <= 2;
}

/** No gradient at all: which operation, or which value that was read out. */
export const noGradient: Rule = (of) => {
  const { gradient, backThrown, value } = of.facts.random, { ops, readOut, connected, live } = of.facts;
  const change = moves(of),
    still = Number.isFinite(value) && change <= Math.max(1e-6 * Math.abs(value), 8 * noise(of)),
    block = blocking(ops);
  if (gradient !== undefined && !allZero(gradient) && !still) return undefined;
  const evidence = {
    batch: "random",
    value,
    gradient: gradient === undefined ? "none" : gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0),
    valueMovesBy: change,
  };
  if (readOut !== undefined && change > 0 && (!connected || (!live && block === undefined))) {
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
  if (still) {
    const softmax = ops.find((op) => op.op === "Softmax" && op.outputShape.at(-1) === 1);
    return {
      cause: "constant",
      severity: "error",
      message: softmax
        ? "A softmax over one unit is 1 whatever the output is, so that the loss does not depend on the outputs"
        : "The loss does not depend on the outputs: it is the same on every batch with these labels",
      evidence,
      remedy: softmax
        ? "Use a sigmoid, or two units"
        : "Let the formula take yPred; terms of yTrue alone, or of a sum that is always the same, change no weight",
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
  if (block !== undefined && live && /gradient function not found/.test(backThrown ?? "")) {
    return {
      cause: "no-gradient-op",
      severity: "error",
      message:
        `${block.op} only chooses here, but TensorFlow.js has no gradient for it, not even 0, and the way back throws`,
      evidence: { ...evidence, thrown: backThrown! },
      remedy:
        "Choose by tf.greaterEqual, which has one (of 0): tf.greaterEqual(b, a) for a < b, if ties may go either way",
      where: whereOf(block),
    };
  }
  return {
    cause: block === undefined && !connected ? "detached" : "no-gradient-op",
    severity: "error",
    message: block
      ? `${block.op} is flat, or has no gradient: the value moves with the outputs, the gradient ${
        gradient ? "is 0" : "does not exist"
      }`
      : `No gradient reaches the outputs: ${backThrown ?? "the loss jumps, and is flat between its jumps"}`,
    evidence,
    remedy: "Put a step with a slope in its place, such as softsign({ slope: 4 }) or straightThrough(); " +
      'for a score of rounded outputs take its loss from this library, such as f1Loss({ step: "softsign", slope: 4 })',
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
  const cast = ops.find((op) => op.op === "Cast" && !op.live && op.inputs[0].live && op.inputs[0].dtype === "float32");
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

/** A term of the sum that is made by flat operations alone: it is added, and nothing flows back from it. */
export const deadTerm: Rule = ({ facts }) => {
  const { ops, customized, random } = facts;
  if (customized) return undefined; // a straight-through step is such a sum on purpose
  const op = ops.find(({ op, inputs }) =>
    ["Add", "AddV2", "AddN", "Sub"].includes(op) && inputs.some((i) => i.live) &&
    inputs.some((i) => i.fromPred && !i.live)
  );
  if (op === undefined) return undefined;
  const flat = blocking(ops), ratio = ops.slice(ops.indexOf(op)).some(({ op, live }) => op === "RealDiv" && live);
  return {
    cause: "no-gradient-op",
    severity: ratio ? "error" : "warning",
    message: `One term passes through ${flat?.op ?? "an operation"}, which is flat: ${
      ratio ? "the ratio is trained by its other terms alone" : "it is added to the loss and trains nothing"
    }`,
    evidence: { batch: "random", value: random.value, addedBy: op.op },
    remedy:
      "Replace the comparison or the rounding in that term: relu(p − 0.5) for p > 0.5, softsign({ slope: 4 }) for round",
    where: flat ? whereOf(flat) : whereOf(op),
  };
};

/** One column of labels against several of outputs, or the other way round. */
function spread({ ops, columns, random, rows }: Facts): Finding | undefined {
  const labels = new Set(random.batch.yTrue), labelColumns = random.batch.yTrue.length / rows;
  const one = columns > 1 && labelColumns === 1 && !(labels.size <= columns && labels.size > 2);
  if (!one && !(columns === 1 && labelColumns > 1)) return undefined;
  const op = ops.find(({ op, inputs }) =>
    ["Sub", "SquaredDifference"].includes(op) &&
    inputs.some((i) => i.isPred && i.shape.length === 2 && i.shape[1] === columns) &&
    inputs.some((i) => i.fromTrue && !i.fromPred && i.shape.length === 2 && i.shape[1] === labelColumns)
  );
  return op && {
    cause: "broadcast",
    severity: "error",
    message: one
      ? `One column of labels is compared with ${columns} columns of outputs: each of them is drawn to the same label`
      : `One column of outputs is compared with ${labelColumns} columns of labels: it is drawn to all of them at once`,
    evidence: { labelColumns, outputColumns: columns, value: random.value },
    remedy: "Give the last layer as many units as there are labels in a row",
    where: whereOf(op),
  };
}

/** Labels or outputs that were transposed: [1, n] against [n, 1]. Pairs of outputs with each other are meant. */
function crossed({ ops, rows, random }: Facts): Finding | undefined {
  const side = (shape: readonly number[], columns: boolean) =>
    shape.length === 2 && shape[0] === (columns ? rows : 1) && shape[1] === (columns ? 1 : rows);
  const op = ops.find(({ inputs: [a, b] }) =>
    a !== undefined && b !== undefined && a.fromPred !== b.fromPred && a.fromTrue !== b.fromTrue &&
    (side(a.shape, true) && side(b.shape, false) || side(a.shape, false) && side(b.shape, true))
  );
  return op && {
    cause: "broadcast",
    severity: "error",
    message: `[1, ${rows}] against [${rows}, 1] makes ${rows} × ${rows}: every label is compared with every output`,
    evidence: { rows, value: random.value },
    remedy: "Transpose neither: both are [rows, columns], and compared element by element",
    where: whereOf(op),
  };
}

/** Operands that spread over each other: [n] against [n, 1]. */
export const broadcast: Rule = ({ loss, facts }) => {
  const n = facts.rows;
  const op = facts.ops.find(({ inputs, outputShape, fromPred }) =>
    fromPred && inputs.length >= 2 && outputShape.length === 2 && outputShape[0] === n && outputShape[1] === n &&
    inputs.some((a) => a.shape.length === 1 && a.shape[0] === n) &&
    inputs.some((a) => a.shape.length === 2 && a.shape[0] === n && a.shape[1] === 1)
  );
  if (op === undefined) return crossed(facts) ?? spread(facts);
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

/** A score of counts, 2·Σyp / (Σy + Σp) say, of the outputs as they are. */
const overlap = (ops: readonly Op[]): Op | undefined =>
  ops.some(({ op, inputs }) => op === "Sum" && inputs[0].isPred) &&
    ops.some(({ op, live }) => op === "RealDiv" && live)
    ? ops.find(({ op, inputs }) =>
      op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromTrue && !i.fromPred)
    )
    : undefined;

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
  const shares = random.batch.yTrue.every((y) => y >= 0 && y <= 1);
  const squashed = ops.findIndex((op) => squashing(op) || ["Exp", "Tanh", "Erf", "Step"].includes(op.op));
  const op = ops.find((op, i) =>
    op.inputs.some((input) => input.isPred) && (squashed < 0 || i < squashed) &&
    (((op.op === "Log" || op.op === "Log1p") && yPred !== "nonnegative" && shares) ||
      (op.op === "ClipByValue" && Number(op.attrs.clipValueMin) >= 0 && Number(op.attrs.clipValueMax) <= 1))
  ) ?? (squashed < 0 && shares ? overlap(ops) : undefined);
  if (op === undefined) return undefined;
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

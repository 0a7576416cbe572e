import type { Facts, Op } from "./facts.ts";
import { isLinear } from "./linear.ts";
import type { Operand } from "./recorder.ts";
import { type Rule, whereOf } from "./rule.ts";
import type { AuditOptions, Finding } from "./types.ts";

/** A score of counts, 2·Σyp / (Σy + Σp) say, of the outputs as they are. */
const overlap = (ops: readonly Op[]): Op | undefined =>
  ops.some(({ op, inputs }) => op === "Sum" && inputs[0].isPred) &&
    ops.some(({ op, live }) => op === "RealDiv" && live)
    ? ops.find(({ op, inputs }) =>
      op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromTrue && !i.fromPred)
    )
    : undefined;

const squashing = ({ op }: Op): boolean => ["Softmax", "LogSoftmax", "Sigmoid", "Softplus"].includes(op);

/** tf.softmax and tf.logSoftmax: the largest is subtracted, then exp; tf.losses.sigmoidCrossEntropy: exp(−|x|). */
const exponential = (ops: readonly Op[], at: number, whose: (input: Operand) => boolean): boolean =>
  ops[at].op === "Exp" &&
  ops.slice(Math.max(0, at - 3), at).some(({ op, inputs }) =>
    (op === "Sub" || op === "Abs" || op === "Neg") && whose(inputs[0]) && !inputs.some((input) => input.fromTrue)
  );

/** A sigmoid of what went through a tanh: it stays between 0.27 and 0.73. */
function squashedAgain({ ops, random }: Facts, { yPred }: AuditOptions): Finding | undefined {
  const op = yPred !== "tanh"
    ? undefined
    : ops.find(({ op, inputs }) => ["Sigmoid", "Softmax", "Softplus"].includes(op) && inputs[0].isPred);
  return op && {
    cause: "activation-mismatch",
    severity: "warning",
    message: `${op.op} of outputs that a tanh keeps between −1 and 1: it comes nowhere near 0 or 1`,
    evidence: { batch: "random", value: random.value },
    remedy: "Let the last layer have no activation, or compare with (p + 1) / 2",
    where: whereOf(op),
  };
}

/** A softmax or sigmoid of what one made before, in the loss itself. */
function squashedTwice({ ops, random }: Facts): Finding | undefined {
  const op = ops.find((op, i) =>
    (squashing(op) && op.inputs[0].isShare) || exponential(ops, i, (input) => input.isShare)
  );
  return op && {
    cause: "activation-mismatch",
    severity: "error",
    message: "A softmax or sigmoid is taken of what went through one just before: the formula applies its own",
    evidence: { batch: "random", value: random.value },
    remedy: "Give the cross-entropy of logits the logits, or take the one of probabilities",
    where: whereOf(op),
  };
}

/** Logits that are weighed by the labels as they are: nothing normalises them, and the loss has no least value. */
function rawScores({ ops, random }: Facts, { yPred }: AuditOptions): Finding | undefined {
  const { yTrue } = random.batch;
  if (yPred !== "logits" || !yTrue.every((y) => y === 0 || y === 1)) return undefined;
  if (!ops.every((op) => !op.fromPred || isLinear(op))) return undefined;
  const op = ops.find(({ op, inputs }) =>
    op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromTrue && !i.fromPred)
  );
  return op && {
    cause: "activation-mismatch",
    severity: "error",
    message: "The logits are weighed by the labels as they are: without a log-softmax the greatest logits are best",
    evidence: { batch: "random", value: random.value },
    remedy: "Take tf.losses.softmaxCrossEntropy, or sigmoidCrossEntropy for labels that go together",
    where: whereOf(op),
  };
}

/** A softmax where a row may have several labels: its shares sum to 1. */
function sharesOfSeveral({ ops, columns, rows, random: { batch } }: Facts): Finding | undefined {
  const { yTrue, yPred } = batch;
  if (columns < 2 || yTrue.length !== yPred.length || !yTrue.every((y) => y === 0 || y === 1)) return undefined;
  const labels = Array.from({ length: rows }, (_, i) => yTrue.subarray(i * columns, (i + 1) * columns));
  const most = Math.max(...labels.map((row) => row.reduce((a, b) => a + b)));
  const op = most < 2
    ? undefined
    : ops.find(({ op, live, outputShape, fromTrue }) =>
      ["Softmax", "LogSoftmax"].includes(op) && live && !fromTrue && outputShape.at(-1) === columns
    );
  return op && {
    cause: "activation-mismatch",
    severity: "error",
    message:
      `A softmax shares 1 among ${columns} outputs, and rows have up to ${most} labels: they cannot all be right`,
    evidence: { batch: "random", mostLabelsInARow: most, columns },
    remedy: "Take a sigmoid for each column, or labels of one class a row",
    where: whereOf(op),
  };
}

/** Softmax or sigmoid of what is a probability already, or a logarithm of what is none. */
export const activation: Rule = ({ facts, options }): Finding | undefined => {
  const { yPred = "probability" } = options, { ops, random } = facts;
  const values = random.batch.yPred, inside = values.every((p) => p >= 0 && p <= 1);
  if ((yPred === "probability" || yPred === "simplex") && inside) {
    const op = ops.find((op, i) =>
      (squashing(op) && op.inputs[0].isPred) || exponential(ops, i, ({ isPred }) => isPred)
    );
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
  const odd = squashedTwice(facts) ?? squashedAgain(facts, options) ?? sharesOfSeveral(facts);
  if (inside || odd !== undefined) return odd;
  const raw = rawScores(facts, options);
  if (raw !== undefined) return raw;
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

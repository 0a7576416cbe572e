import { withLabels } from "./facts.ts";
import { measure, valueOf } from "./measure.ts";
import { type Case, type Rule, whereOf } from "./structure_rules.ts";
import { towards } from "./towards.ts";
import type { Finding } from "./types.ts";

const distinct = (values: ArrayLike<number>): number[] => [...new Set(Array.from(values))].sort((a, b) => a - b);

/** Whether the loss falls from random outputs to those that fit the labels, with labels as they are or changed. */
function falls(of: Case, label: (y: number) => number = (y) => y): boolean | undefined {
  const start = towards(of, 0), end = towards(of, 1);
  if (start === undefined || end === undefined) return undefined;
  const a = valueOf(of.loss, withLabels(start, label)), b = valueOf(of.loss, withLabels(end, label));
  return Number.isFinite(a) && Number.isFinite(b) ? b < a : undefined;
}

/** Labels that the formula does not take. */
export const labelEncoding: Rule = (of) => {
  const { facts, options } = of, { batch, value } = facts.random;
  const twice = facts.ops.find(({ op, inputs: [input] }) =>
    op === "OneHot" && input.fromTrue && !input.fromPred && input.shape.length > 1 && Number(input.shape.at(-1)) > 1
  );
  if (twice !== undefined) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels have ${twice.inputs[0].shape.at(-1)} columns, one-hot already, and are one-hotted again`,
      evidence: { labelColumns: Number(twice.inputs[0].shape.at(-1)), shapeAfter: `[${twice.outputShape}]` },
      remedy: "Drop tf.oneHot, or give class indices as labels",
      where: whereOf(twice),
    };
  }
  const labels = distinct(batch.yTrue);
  const { columns, rows } = facts, oneColumn = batch.yTrue.length === rows && columns > 1;
  const indexed = oneColumn && labels.every(Number.isInteger) && labels.length > 1 && labels.length <= columns;
  const direct = facts.ops.find((op) =>
    op.fromPred && op.inputs.length >= 2 && !op.op.includes("Gather") && op.op !== "MatMul" &&
    op.inputs.some((input) => !input.fromPred && input.fromTrue && input.shape.at(-1) === 1) &&
    op.inputs.some((input) => input.fromPred && input.shape.at(-1) === columns)
  );
  if (indexed && options.yTrue !== "binary" && direct !== undefined && labels.length > 2) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels are class indices, 0 to ${columns - 1}, and the formula takes them for numbers`,
      evidence: { leastLabel: labels[0], greatestLabel: labels.at(-1)!, columns },
      remedy: `One-hot them first: tf.oneHot(tf.cast(tf.squeeze(yTrue, [-1]), "int32"), ${columns})`,
      where: whereOf(direct),
    };
  }
  const two = labels.length === 2 && !(labels[0] === 0 && labels[1] === 1);
  const bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  const rescaled = (y: number) => (y - labels[0]) / (labels[1] - labels[0]);
  if (two && (bounded || falls(of) === false) && falls(of, rescaled) !== false) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels are ${labels[0]} and ${labels[1]}, where the formula takes 0 and 1`,
      evidence: { value, valueWithLabels01: valueOf(of.loss, withLabels(batch, rescaled)), label: labels[1] },
      remedy: labels[0] === -1 ? "Turn them into (y + 1) / 2" : `Divide the labels by ${labels[1]}`,
    };
  }
  const beyond = bounded &&
    (options.yTrue === undefined || options.yTrue === "binary" || options.yTrue === "one-hot") &&
    labels.some((y) => y > 1 || y < 0) && !oneColumn && labels.every(Number.isInteger);
  if (beyond) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels run from ${labels[0]} to ${labels.at(-1)}, the outputs from 0 to 1`,
      evidence: { leastLabel: labels[0], greatestLabel: labels.at(-1)!, value },
      remedy: "Bring the labels to [0, 1], or one-hot them",
    };
  }
  return signsWanted(of);
};

/** Labels of 0 and 1 where −1 and 1 are meant: rows with a label of 0 have no gradient, and get one as −1. */
function signsWanted(of: Case): Finding | undefined {
  const { facts, loss } = of, { batch, gradient } = facts.random;
  const bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  if (gradient === undefined || bounded || facts.columns !== 1 || batch.yTrue.length !== facts.rows) return undefined;
  if (distinct(batch.yTrue).join() !== "0,1") return undefined;
  // A score of counts needs no label of 1 in a row: its negatives may count nowhere on purpose.
  if (facts.ops.some(({ op, live }) => op === "RealDiv" && live)) return undefined;
  const zeros = [...gradient.keys()].filter((i) => batch.yTrue[i] === 0);
  if (!zeros.every((i) => gradient[i] === 0) || gradient.every((g) => g === 0)) return undefined;
  const signed = measure(loss, withLabels(batch, (y) => 2 * y - 1));
  if (!Number.isFinite(signed.value) || !zeros.some((i) => (signed.gradient?.[i] ?? 0) !== 0)) return undefined;
  return {
    cause: "label-encoding",
    severity: "error",
    message: "A label of 0 switches its row off: the formula takes −1 and 1",
    evidence: {
      rowsWithoutGradient: zeros.length,
      value: facts.random.value,
      valueWithSigns: signed.value,
    },
    remedy: "Turn the labels into 2·y − 1: tf.sub(tf.mul(2, yTrue), 1)",
  };
}

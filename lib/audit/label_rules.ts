import { type Facts, withLabels, withOutputs } from "./facts.ts";
import { measure, valueOf } from "./measure.ts";
import type { Operand } from "./recorder.ts";
import { type Case, type Rule, whereOf } from "./rule.ts";
import { labelsOf } from "./sample.ts";
import { onSimplex } from "./simplex.ts";
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

/** Whether the loss goes on falling as outputs that are right become surer, by much: it has no least value. */
function runsAway({ facts, loss }: Case, label: (y: number) => number = (y) => y): boolean {
  const { tried: { perfect }, random } = facts;
  if (perfect === undefined || random.batch.yPred.every((p) => Math.abs(p) <= 1)) return false; // there is an end to it
  const batch = withLabels(perfect.batch, label),
    at = (times: number) => valueOf(loss, withOutputs(batch, (p) => times * p));
  const [once, tenTimes] = [1, 10].map(at);
  return tenTimes < once - 1;
}

/** Labels that the formula does not take. */
export const labelEncoding: Rule = (of) => {
  const { facts, options } = of, { batch, value } = facts.random;
  const again = oneHotAgain(of) ?? largestOfOne(facts);
  if (again !== undefined) return again;
  const labels = distinct(batch.yTrue);
  const { columns, rows } = facts, oneColumn = batch.yTrue.length === rows && columns > 1;
  const indexed = oneColumn && labels.every(Number.isInteger) && labels.length > 1 && labels.length <= columns;
  const direct = facts.ops.find((op) =>
    op.fromPred && op.inputs.length >= 2 && !op.op.includes("Gather") && op.op !== "MatMul" &&
    op.inputs.some((input) => !input.fromPred && input.fromTrue && input.shape.at(-1) === 1) &&
    op.inputs.some((input) => input.fromPred && input.shape.at(-1) === columns)
  );
  const classes = labels.length > 2 ? options.yTrue !== "binary" : onSimplex(batch, columns);
  if (indexed && classes && direct !== undefined) {
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
  const wrong = bounded || falls(of) === false || (runsAway(of) && !runsAway(of, rescaled));
  if (two && wrong && falls(of, rescaled) !== false) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels are ${labels[0]} and ${labels[1]}, where the formula takes 0 and 1`,
      evidence: { value, valueWithLabels01: valueOf(of.loss, withLabels(batch, rescaled)), label: labels[1] },
      remedy: labels[0] === -1 ? "Turn them into (y + 1) / 2" : `Divide the labels by ${labels[1]}`,
    };
  }
  const beyond = bounded &&
    ["binary", "one-hot"].includes(labelsOf(options)) &&
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
  return signsWanted(of) ?? halfPositives(of) ?? rescaledLabels(of) ?? shiftedIndex(of);
};

/** Labels that are one-hot already, and are one-hotted, or taken for class indices. */
function oneHotAgain(of: Case): Finding | undefined {
  const { ops, columns, rows, random: { batch: { yTrue } } } = of.facts, labelColumns = yTrue.length / rows;
  const row = (i: number) => yTrue.subarray(i * labelColumns, (i + 1) * labelColumns);
  const oneHot = labelColumns === columns && columns > 2 && yTrue.every((y) => y === 0 || y === 1) &&
    Array.from({ length: rows }, (_, i) => row(i).reduce((a, b) => a + b)).every((sum) => sum === 1);
  // The index may well be worked out from the columns: then the loss falls.
  const asIndex = oneHot && falls(of) === false;
  const op = ops.find(({ op, inputs: [input] }) =>
    op === "OneHot" && input.fromTrue && !input.fromPred &&
    (asIndex || (input.shape.length > 1 && Number(input.shape.at(-1)) > 1))
  );
  return op && {
    cause: "label-encoding",
    severity: "error",
    message: `The labels have ${labelColumns} columns, one-hot already, and are one-hotted again`,
    evidence: { labelColumns, shapeBefore: `[${op.inputs[0].shape}]`, shapeAfter: `[${op.outputShape}]` },
    remedy: "Drop tf.oneHot, or give class indices as labels",
    where: whereOf(op),
  };
}

/** Where the largest of the one label of a row is: at 0, always. */
function largestOfOne({ ops, random: { value } }: Facts): Finding | undefined {
  const op = ops.find(({ op, inputs: [input] }) =>
    op === "ArgMax" && input.fromTrue && !input.fromPred && input.shape.at(-1) === 1
  );
  return op && {
    cause: "label-encoding",
    severity: "error",
    message: "The labels are one column, class indices, and an argmax is taken of each: it is 0 in every row",
    evidence: { shape: `[${op.inputs[0].shape}]`, value },
    remedy: "Take the indices as they are, tf.squeeze(yTrue, [-1]), or give one-hot labels",
    where: whereOf(op),
  };
}

/** Labels that go through a step of their own, centred at 0: a 0 becomes a half there, and perfect outputs cost something. */
function halfPositives({ facts: { tried: { perfect }, ops, random } }: Case): Finding | undefined {
  if (perfect === undefined || distinct(perfect.batch.yTrue).join() !== "0,1") return undefined;
  if (!(perfect.value > 0.3 * random.value && random.value > 0)) return undefined;
  const half = ({ levels: [low, high, more] }: Operand) =>
    more === undefined && low >= 0.25 && low <= 0.75 && high >= low + 0.2 && high <= 1;
  const op = ops.find(({ op, inputs }) => op === "Multiply" && inputs.some((i) => i.live) && inputs.some(half));
  const [low, high] = op?.inputs.find(half)?.levels ?? [];
  return op && {
    cause: "label-encoding",
    severity: "warning",
    message:
      `A label of 0 enters the formula as ${Number(low.toPrecision(3))}: negatives count as positives in part, and ` +
      "perfect outputs cost something",
    evidence: { zeroEntersAs: low, oneEntersAs: high, perfect: perfect.value, random: random.value },
    remedy: "Leave labels of 0 and 1 as they are, and centre the step between them: softsign({ slope: 4 })",
    where: whereOf(op),
  };
}

/** Labels that are a multiple of the outputs that fit them: percents against shares, say. */
function rescaledLabels({ facts, loss }: Case): Finding | undefined {
  const right = facts.tried.perfect?.batch;
  if (right === undefined || right.yTrue.length !== right.yPred.length) return undefined;
  const at = right.yPred.findIndex((p) => p !== 0), times = right.yTrue[at] / right.yPred[at];
  if (at < 0 || !(times > 1.5)) return undefined;
  if (!right.yTrue.every((y, i) => Math.abs(y - times * right.yPred[i]) <= 1e-4 * Math.abs(y))) return undefined;
  const scaled = withLabels(right, (y) => y / times), value = valueOf(loss, right), afterwards = valueOf(loss, scaled);
  if (!(afterwards < value)) return undefined;
  const factor = Number(times.toPrecision(4));
  return {
    cause: "label-encoding",
    severity: "error",
    message: `The labels are ${factor} times the outputs that fit them: no output of this range comes near them`,
    evidence: { factor, valueOfPerfectOutputs: value, withLabelsDivided: afterwards },
    remedy: `Divide the labels by ${factor}`,
  };
}

/** Class indices that the formula counts from 1, or from −1: one shift makes right what is wrong, the other does not. */
function shiftedIndex(of: Case): Finding | undefined {
  const { facts, loss } = of, { batch, value } = facts.random, labels = distinct(batch.yTrue);
  const indices = facts.columns > 2 && batch.yTrue.length === facts.rows && labels.every(Number.isInteger) &&
    labels[0] >= 0 && labels.at(-1)! <= facts.columns;
  if (!indices || falls(of) !== false) return undefined;
  const right = [-1, 1].filter((by) => falls(of, (y) => y + by));
  if (right.length !== 1) return undefined;
  const [by] = right;
  return {
    cause: "label-encoding",
    severity: "error",
    message: `The labels run from ${labels[0]} to ${labels.at(-1)}, where the formula takes ${labels[0] + by} to ${
      labels.at(-1)! + by
    }`,
    evidence: { value, valueWithLabelsShifted: valueOf(loss, withLabels(batch, (y) => y + by)), shiftedBy: by },
    remedy: `Count the classes as the formula does: ${by > 0 ? "add 1 to" : "subtract 1 from"} the labels`,
  };
}

/** Labels of 0 and 1 where −1 and 1 are meant: rows with a label of 0 have no gradient, and get one as −1. */
function signsWanted(of: Case): Finding | undefined {
  const { facts, loss } = of, { batch, gradient } = facts.random;
  const bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  if (gradient === undefined || bounded || facts.columns !== 1 || batch.yTrue.length !== facts.rows) return undefined;
  if (distinct(batch.yTrue).join() !== "0,1") return undefined;
  // A score of counts needs no label of 1 in a row: its negatives may count nowhere on purpose.
  if (facts.ops.some(({ op, live }) => op === "RealDiv" && live)) return undefined;
  const zeros = [...gradient.keys()].filter((i) => batch.yTrue[i] === 0);
  if (!zeros.every((i) => gradient[i] === 0)) return undefined;
  const ones = gradient.length - zeros.length, alive = gradient.filter((g) => g !== 0).length;
  if (alive < ones / 2 || alive === 0) return undefined; // most rows stand still, whatever their label
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

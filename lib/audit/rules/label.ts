import {
  areShares,
  areZeroOrOne,
  type AuditBatch,
  columnOf,
  columnsOf,
  extentOf,
  labelKindOf,
  largestOf,
  onSimplex,
  rowsOf,
  sizeOf,
  withLabels,
  withOutputs,
} from "../batches.ts";
import type { LossGradient, RecordedInput, RecordedOp } from "../engines/engine.ts";
import { type BatchResult, multiples, type Observations, valueWith } from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { Evidence, Finding } from "../types.ts";
import { dividedByOthers } from "./batch.ts";
import { labelsAlone } from "./gradient.ts";
import { rankCorrelation } from "./optimum.ts";
import {
  type AuditContext,
  errorOf,
  hasSizes,
  interpolate,
  isDifference,
  labelsDetermineOutputs,
  locationOf,
  makerOf,
  ofLabels,
  type Rule,
} from "./rule.ts";

const distinct = (values: ArrayLike<number>): number[] => [...new Set(Array.from(values))].sort((a, b) => a - b);

/** Another coding of a label. */
type Recoding = (y: number) => number;

const asGiven: Recoding = (y) => y;

/** Tells whether the loss falls from random outputs to correct ones, with recoded labels. */
function falls({ engine, observations }: AuditContext, recode = asGiven): boolean | undefined {
  const [start, end] = [0, 1].map((share) => {
    const batch = interpolate(observations, share);
    return batch && engine.value(withLabels(batch, recode)).value;
  });
  return [start, end].every(Number.isFinite) ? end! < start! : undefined;
}

/** Tells whether the loss keeps falling as correct outputs grow: it has no minimum. */
function runsAway(context: AuditContext, recode = asGiven): boolean {
  const { results: { perfect }, random } = context.observations;
  if (perfect === undefined || random.batch.yPred.every((p) => Math.abs(p) <= 1)) return false; // outputs have an end
  const [once, tenTimes] = multiples(context.engine, withLabels(perfect.batch, recode), [1, 10]);
  return tenTimes < once - 1;
}

/** Labels in another coding than the formula needs, and columns of them that it does not use. */
export const labelEncoding: Rule = (context) => {
  const { observations } = context;
  return oneHotAgain(context) ?? argmaxOfOne(observations) ?? indicesAsNumbers(context) ?? cutToWhole(context) ??
    signsOfOutputs(context) ?? otherTwo(context) ?? beyondOutputs(context) ?? beyondShares(context) ??
    dividedByOthers(context) ?? signsWanted(context) ?? signsTwice(observations) ??
    halfPositives(observations) ?? multiplied(context) ?? outOfReach(context) ?? shiftedIndex(context) ??
    outsideOneHot(observations) ?? belowZeroLeftOut(observations) ?? classesForTwo(context) ?? enterAsOne(context) ??
    idleColumn(context) ?? labelsAlone(observations);
};

/** Class indices that meet the outputs of all classes as numbers, without a one-hot code. */
function indicesAsNumbers({ observations: { columns, rows, ops, random: { batch } }, options }: AuditContext) {
  const labels = distinct(batch.yTrue), isIndex = batch.yTrue.length === rows && labels.every(Number.isInteger);
  const indexed = isIndex && labels.length > 1 && labels.length <= columns;
  /** Tells whether labels have been a code with a column per class: what is computed from it, as a margin, is no index. */
  const wasCode = (input: RecordedInput): boolean =>
    input.shape.at(-1) === columns || (makerOf(ops, input)?.inputs.some((i) => ofLabels(i) && wasCode(i)) ?? false);
  const classes = labels.length > 2 ? options.yTrue !== "binary" : onSimplex(batch.yPred, columns);
  const op = ops.find((op) =>
    !/gather|scatter/i.test(op.op) && op.op !== "MatMul" &&
    op.inputs.some((input) => ofLabels(input) && input.shape.at(-1) === 1 && !wasCode(input)) &&
    op.inputs.some((input) => input.fromPred && input.shape.at(-1) === columns)
  );
  if (!indexed || !classes || op === undefined) return undefined;
  return errorOf({
    cause: "label-encoding",
    message: `The labels are class indices, 0 to ${columns - 1}, but the formula uses them as numbers`,
    evidence: { leastLabel: labels[0], greatestLabel: labels.at(-1)!, columns },
    remedy: `Convert them to one-hot first: tf.oneHot(tf.cast(tf.squeeze(yTrue, [-1]), "int32"), ${columns})`,
    where: locationOf(op),
  });
}

/** Two labels that are not 0 and 1, in a formula of 0 and 1. */
function otherTwo(context: AuditContext): Finding | undefined {
  const { engine, observations: { random: { batch, value } } } = context, labels = distinct(batch.yTrue);
  const [least, greatest] = extentOf(batch.yTrue);
  if (labels.length !== 2 || (least === 0 && greatest === 1)) return undefined;
  const rescaled: Recoding = (y) => (y - least) / (greatest - least);
  const wrong = areShares(batch.yPred) || falls(context) === false ||
    (runsAway(context) && !runsAway(context, rescaled));
  if (!wrong || falls(context, rescaled) === false) return undefined;
  return errorOf({
    cause: "label-encoding",
    message: `The labels are ${fourDigits(least)} and ${fourDigits(greatest)}, but the formula needs 0 and 1`,
    evidence: { value, valueWithLabels01: engine.value(withLabels(batch, rescaled)).value, label: greatest },
    remedy: least === -1 ? "Convert them to (y + 1) / 2" : `Divide the labels by ${fourDigits(greatest)}`,
  });
}

/** Whole labels beyond the range of outputs between 0 and 1, which are said to be 0 and 1. */
function beyondOutputs({ observations: { random: { batch, value, gradient } }, options }: AuditContext) {
  const labels = distinct(batch.yTrue), [least, greatest] = extentOf(batch.yTrue);
  const isOutside = (y: number, i: number) => (y > 1 || y < 0) && gradient?.[i] !== 0; // a mask leaves out missing labels
  const isSaid = options.sample === undefined || options.yTrue !== undefined; // a sampler's labels may be counts
  const beyond = areShares(batch.yPred) && isSaid && ["binary", "one-hot"].includes(labelKindOf(options)) &&
    batch.yTrue.some(isOutside) && batch.yTrue.length === batch.yPred.length && labels.every(Number.isInteger);
  if (!beyond) return undefined;
  return errorOf({
    cause: "label-encoding",
    message: `The labels range from ${fourDigits(least)} to ${fourDigits(greatest)}, the outputs from 0 to 1`,
    evidence: { leastLabel: least, greatestLabel: greatest, value },
    remedy: "Scale the labels to [0, 1], or convert them to one-hot",
  });
}

/** The ranges of the kinds of outputs that have an end. */
const ranges: Partial<Record<string, readonly [low: number, high: number]>> = {
  probability: [0, 1],
  simplex: [0, 1],
  tanh: [-1, 1],
  nonnegative: [0, Infinity],
};

/** Labels outside the range that the outputs are said to have, from which the outputs themselves are subtracted. */
function outOfReach({ observations: { ops, random }, options: { yPred: kind = "real" } }: AuditContext) {
  const { batch: { yTrue, yPred }, gradient } = random, largest = largestOf(yTrue);
  const range = typeof kind === "string" ? ranges[kind] : kind;
  if (range === undefined) return undefined;
  const [low, high] = range, margin = 0.05 * Math.min(1, high - low);
  const op = ops.find((op) =>
    isDifference(op) && op.inputs.some((i) => i.isPred) &&
    op.inputs.some((i) => ofLabels(i) && i.largest === largest) // as they are
  );
  const missed = yTrue.filter((y, i) => (y < low - margin || y > high + margin) && gradient?.[i] !== 0);
  const share = missed.length / yTrue.length;
  if (op === undefined || yTrue.length !== yPred.length || !(share > 0.05)) return undefined;
  return {
    cause: "label-encoding",
    severity: "warning",
    message: `${Math.round(100 * share)} % of the labels lie outside the range of the outputs, ${
      high === Infinity ? `${low} and above` : `${fourDigits(low)} to ${fourDigits(high)}`
    }: no output comes close to them`,
    evidence: { label: missed[0], low, high, share },
    remedy: "Scale the labels to the range of the outputs, or remove the activation of the last layer",
    where: locationOf(op),
  } satisfies Finding;
}

/** A cross-entropy y·log(p) + (1 − y)·log(1 − p) of labels beyond 0 and 1, which has no minimum and becomes negative. */
function beyondShares({ observations, descents }: AuditContext): Finding | undefined {
  const { ops, random: { batch, value }, results: { perfect } } = observations;
  const isLog = (input: RecordedInput) => makerOf(ops, input, "Log") !== undefined && input.live && !input.fromTrue;
  const weights = (op: RecordedOp) => op.op === "Multiply" && op.inputs.some(isLog) ? op.inputs.filter(ofLabels) : [];
  /** The y of a weight 1 − y. */
  const ofComplement = (input: RecordedInput): RecordedInput | undefined => {
    const made = makerOf(ops, input, "Sub");
    if (made === undefined) return undefined;
    const [one, y] = made.inputs;
    return one.largest === 1 && !one.fromTrue && ofLabels(y) ? y : undefined;
  };
  const all = ops.flatMap(weights);
  const op = ops.find((op) =>
    weights(op).some((weight) => {
      const y = ofComplement(weight);
      return y !== undefined && Math.max(y.largest, weight.largest) > 1 &&
        all.some(({ madeBy }) => madeBy === y.madeBy);
    })
  );
  if (op === undefined) return undefined;
  const [least, greatest] = extentOf(batch.yTrue);
  const [lowest] = extentOf([value, perfect?.value ?? value, ...descents().map(({ to }) => to)]);
  if (!(lowest < 0)) return undefined; // as where a mask leaves out those labels
  return errorOf({
    cause: "label-encoding",
    message:
      `The labels range from ${fourDigits(least)} to ${
        fourDigits(greatest)
      }, but a cross-entropy needs them in [0, 1]: ` +
      "it becomes negative, and has no minimum",
    evidence: { leastLabel: least, greatestLabel: greatest, value, lowest },
    remedy: "Scale the labels to [0, 1], or use a linear last layer with a squared error",
    where: locationOf(op),
  });
}

/** Labels that are cut to whole numbers or to truth values before they are used: the loss is the same for cut ones. */
function cutToWhole({ engine, observations: { random, deterministic, ops } }: AuditContext): Finding | undefined {
  const { batch, value } = random, { yTrue } = batch;
  if (!deterministic || yTrue.every(Number.isInteger) || !Number.isFinite(value)) return undefined;
  const op = ops.find(({ op, attrs, inputs: [input] }) =>
    ofLabels(input) && (op === "Floor" || (op === "Cast" && attrs.dtype !== "float32"))
  );
  const isSame = (recode: Recoding) => engine.value(withLabels(batch, recode)).value === value;
  const bool = areShares(yTrue) && isSame((y) => y === 0 ? 0 : 1);
  if (op === undefined || !(bool || isSame(Math.trunc))) return undefined;
  return errorOf({
    cause: "label-encoding",
    message: `The labels have fractions, but are cut to ${
      bool ? "0 and 1: every label above 0 counts as 1" : "whole numbers"
    }`,
    evidence: { batch: "random", label: yTrue.find((y) => !Number.isInteger(y))!, value },
    remedy: 'Keep the labels as they are: tf.cast(yTrue, "float32")',
    where: locationOf(op),
  });
}

/** Outputs between 0 and 1 in a formula of both signs, as that of a hinge: its minimum is at −1 and 1. */
function signsOfOutputs(
  { engine, observations: { ops, random, results: { perfect } } }: AuditContext,
): Finding | undefined {
  if (perfect === undefined || !areShares(random.batch.yPred)) return undefined;
  // Outputs without a gradient are saturated, whatever the formula would like better.
  const { gradient = new Float32Array() } = random;
  if (2 * gradient.filter((g) => g === 0).length > gradient.length) return undefined;
  // Logits have both signs too: that is a second sigmoid or softmax, which another rule reports. A logarithm has no signs.
  const squashes = ["Sigmoid", "Softplus", "Exp", "Softmax", "LogSoftmax", "Log"];
  if (ops.some(({ op, fromPred }) => fromPred && squashes.includes(op))) return undefined;
  const labels = distinct(perfect.batch.yTrue).join();
  if (labels !== "-1,1" && labels !== "0,1") return undefined;
  const value = (batch: AuditBatch) => engine.value(batch).value, toSigns: Recoding = (p) => 2 * p - 1;
  const best = value(withLabels(perfect.batch, (y) => Math.max(0, y))); // the other remedy: labels of 0 and 1
  const [right, start] = [perfect, random].map(({ batch }) => value(withOutputs(batch, toSigns)));
  // The cross-entropy of labels of −1 is negative.
  if (!(right >= 0 && right < start && right < 0.7 * best && best > 0.1 * random.value)) return undefined;
  return errorOf({
    cause: "activation-mismatch",
    message: "The formula needs outputs of both signs: it is smaller for −1 and 1 than for any outputs between 0 and 1",
    evidence: { value: random.value, perfectOutputsOfBothSigns: right, perfectWithLabels01: best },
    remedy: "Remove the sigmoid of the last layer and audit with logits, or use the form of the loss that takes " +
      "probabilities",
  });
}

/** One-hot labels that are converted to one-hot again, or used as class indices. */
function oneHotAgain(context: AuditContext): Finding | undefined {
  const { ops, rows, random: { batch: { yTrue } } } = context.observations, labelColumns = yTrue.length / rows;
  const oneHot = labelColumns > 2 && areZeroOrOne(yTrue) &&
    rowsOf(yTrue, labelColumns).every((row) => row.reduce((a, b) => a + b) === 1);
  // A loss can compute the index from the columns: then it falls.
  const asIndex = oneHot && falls(context) === false;
  const op = ops.find(({ op, inputs: [input] }) =>
    op === "OneHot" && ofLabels(input) &&
    (asIndex || (areZeroOrOne(yTrue) && input.shape.length > 1 && Number(input.shape.at(-1)) > 1))
  );
  return op && errorOf({
    cause: "label-encoding",
    message: `The labels have ${labelColumns} columns and are one-hot already, but are converted to one-hot again`,
    evidence: { labelColumns, shapeBefore: `[${op.inputs[0].shape}]`, shapeAfter: `[${op.outputShape}]` },
    remedy: "Remove tf.oneHot, or give class indices as labels",
    where: locationOf(op),
  });
}

/** An argmax of a single label, which is always 0. */
function argmaxOfOne({ ops, random: { value } }: Observations): Finding | undefined {
  const op = ops.find(({ op, inputs: [input] }) => op === "ArgMax" && ofLabels(input) && input.shape.at(-1) === 1);
  return op && errorOf({
    cause: "label-encoding",
    message: "The labels are one column of class indices, but the loss takes their argmax: it is 0 in every row",
    evidence: { shape: `[${op.inputs[0].shape}]`, value },
    remedy: "Use the indices directly, tf.squeeze(yTrue, [-1]), or give one-hot labels",
    where: locationOf(op),
  });
}

/** Labels that go through a step centred at 0: a label of 0 becomes a half, and perfect outputs have a positive loss. */
function halfPositives({ results: { perfect }, ops, random }: Observations): Finding | undefined {
  if (perfect === undefined || distinct(perfect.batch.yTrue).join() !== "0,1") return undefined;
  if (!(perfect.value > 0.3 * random.value)) return undefined;
  const half = ({ levels: [low, high, more] }: RecordedInput) =>
    more === undefined && low >= 0.25 && low <= 0.75 && high >= low + 0.2 && high <= 1;
  const op = ops.find(({ op, inputs }) => op === "Multiply" && inputs.some((i) => i.live) && inputs.some(half));
  if (op === undefined) return undefined;
  const { levels: [low, high] } = op.inputs.find(half)!;
  return {
    cause: "label-encoding",
    severity: "warning",
    message: `A label of 0 enters the formula as ${Number(low.toPrecision(3))}: negatives count partly as positives, ` +
      "and perfect outputs have a positive loss",
    evidence: { zeroEntersAs: low, oneEntersAs: high, perfect: perfect.value, random: random.value },
    remedy: "Use labels of 0 and 1 directly, and centre the step between them: softsign({ slope: 4 })",
    where: locationOf(op),
  };
}

/** Labels that are a multiple of the correct outputs, such as percentages of shares. */
function multiplied({ observations, engine }: AuditContext): Finding | undefined {
  const right = observations.results.perfect?.batch;
  if (right === undefined) return undefined;
  const at = right.yPred.findIndex((p) => p !== 0), times = right.yTrue[at] / right.yPred[at];
  if (!(times > 1.5)) return undefined;
  if (!right.yTrue.every((y, i) => Math.abs(y - times * right.yPred[i]) <= 1e-4 * Math.abs(y))) return undefined;
  const { value } = engine.value(right), divided = engine.value(withLabels(right, (y) => y / times)).value;
  if (!(divided < value)) return undefined;
  const factor = Number(fourDigits(times));
  return errorOf({
    cause: "label-encoding",
    message: `The labels are ${factor} times the correct outputs: no output of this range comes close to them`,
    evidence: { factor, valueOfPerfectOutputs: value, withLabelsDivided: divided },
    remedy: `Divide the labels by ${factor}`,
  });
}

/** Whole labels above 1 whose logits lower the loss without end as they rise: the formula is that of labels of 0 and 1. */
function classesForTwo({ engine, observations: { random: { batch } }, options }: AuditContext): Finding | undefined {
  const { yTrue, yPred } = batch, labels = distinct(yTrue), greatest = labels.at(-1)!;
  if (options.yPred !== "logits" || yTrue.length !== yPred.length) return undefined;
  if (!labels.every(Number.isInteger) || labels[0] < 0) return undefined;
  const at = (logit: number, is: (y: number) => boolean) =>
    valueWith(engine, batch, (p, i) => is(yTrue[i]) ? logit : p);
  const [none, far, farther] = [0, 50, 100].map((logit) => at(logit, (y) => y > 1)), fall = none - far;
  const [sure, surer] = [50, 100].map((logit) => at(logit, (y) => y === 1)); // a label of 1 has a least loss
  if (!(Math.abs(fall - (far - farther)) < 0.1 * fall) || Math.abs(surer - sure) > 0.01 * fall) return undefined;
  return errorOf({
    cause: "label-encoding",
    message:
      `The labels range from ${
        labels[0]
      } to ${greatest}, but the formula is for 0 and 1: where the label is above 1, ` +
      "the loss falls without end as the output rises",
    evidence: { greatestLabel: greatest, logits0: none, logits50: far, logits100: farther },
    remedy:
      "Of several classes, give the last layer a unit each and use a softmax cross-entropy; of two, code them as 0 and 1",
  });
}

const comparing = new Set(["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"]);

/** Tells whether the rows with one of these labels are those that train nothing, of labels with a number per row. */
function trainNothing(
  { random: { batch: { yTrue }, gradient }, rows, columns }: Observations,
  is: (y: number) => boolean,
) {
  if (gradient === undefined || yTrue.length !== rows) return false;
  return rowsOf(gradient, columns).every((row, i) => is(yTrue[i]) === row.every((g) => g === 0));
}

/**
 * Whole labels of as many kinds as a one-hot code has columns, of which some are no index of it: their rows are all 0. Of more
 * kinds, or with a mask that compares them, one may mean that the label is missing.
 */
function outsideOneHot(observations: Observations): Finding | undefined {
  const { ops, random: { batch, value } } = observations, labels = distinct(batch.yTrue), depth = labels.length;
  if (ops.some((op) => comparing.has(op.op) && ofLabels(op)) || !labels.every(Number.isInteger)) return undefined;
  const isOutside = (y: number) => y < 0 || y >= depth, outside = labels.filter(isOutside);
  const op = ops.find(({ op, inputs: [input], outputShape }) =>
    op === "OneHot" && ofLabels(input) && outputShape.at(-1) === depth && sizeOf(input.shape) === batch.yTrue.length &&
    (input.levels[0] === labels[0] || trainNothing(observations, isOutside))
  );
  return op === undefined || outside.length === 0 ? undefined : {
    cause: "label-encoding",
    severity: outside.length > 1 ? "error" : "warning", // one may mean that a label is missing
    message: `A label of ${
      outside[0]
    } is no index of a one-hot code with ${depth} columns: its row is all 0, and trains nothing`,
    evidence: { label: outside[0], columns: depth, kindsOfLabels: depth, outside: outside.length, value },
    remedy: `Count the labels from 0: 0 to ${depth - 1}`,
    where: locationOf(op),
  };
}

/** Labels of both signs and of many values, of which those below 0 train nothing: a mask of amounts, which have been standardised. */
function belowZeroLeftOut(observations: Observations): Finding | undefined {
  const { batch: { yTrue, yPred }, value } = observations.random, below = yTrue.filter((y) => y < 0).length;
  if (yTrue.length !== yPred.length || distinct(yTrue).length <= 8 || below < 0.2 * yTrue.length) return undefined;
  return !trainNothing(observations, (y) => y < 0) ? undefined : {
    cause: "label-encoding",
    severity: "warning",
    message: `Rows with a label below 0 train nothing: they are ${below} of ${yTrue.length}`,
    evidence: { batch: "random", labelsBelow0: below, labels: yTrue.length, value },
    remedy: "If a number below 0 means that a label is missing, standardise the labels after the mask is made",
  };
}

/** Class indices that the formula counts from 1 or from −1: a shift in one direction corrects the loss. */
function shiftedIndex(context: AuditContext): Finding | undefined {
  const { observations: { columns, rows, random: { batch, value } }, engine } = context, labels = distinct(batch.yTrue);
  const [least, greatest] = extentOf(batch.yTrue);
  const indices = columns > 2 && batch.yTrue.length === rows && labels.every(Number.isInteger) && greatest <= columns;
  if (!indices || falls(context) !== false) return undefined;
  const right = [-1, 1].filter((by) => falls(context, (y) => y + by));
  if (right.length !== 1) return undefined;
  const [by] = right;
  return errorOf({
    cause: "label-encoding",
    message: `The labels range from ${least} to ${greatest}, but the formula needs ${least + by} to ${greatest + by}`,
    evidence: {
      value,
      valueWithLabelsShifted: engine.value(withLabels(batch, (y) => y + by)).value,
      shiftedBy: by,
    },
    remedy: `Count the classes as the formula does: ${by === 1 ? "add 1 to" : "subtract 1 from"} the labels`,
  });
}

/** Labels of 0 and 1 instead of −1 and 1: rows with a label of 0 have no gradient, and have one with a label of −1. */
function signsWanted(context: AuditContext): Finding | undefined {
  const { ops, columns, random: { batch, gradient, value }, results: { perfect } } = context.observations;
  if (gradient === undefined || areShares(batch.yPred)) return undefined;
  if (distinct(batch.yTrue).join() !== "0,1") return undefined;
  // A score of counts can ignore negatives on purpose.
  if (ops.some(({ op, inputs }) => op === "RealDiv" && inputs[1].live)) return undefined;
  const liveRows = (of: Float32Array) => rowsOf(of, columns).map((row) => row.some((g) => g !== 0));
  const [zeros, ones] = [0, 1].map((label) => [...batch.yTrue.keys()].filter((row) => batch.yTrue[row] === label));
  const isLive = liveRows(gradient);
  if (zeros.some((row) => isLive[row])) return undefined;
  const live = ones.filter((row) => isLive[row]).length;
  if (live < ones.length / 2) return undefined; // most rows have no gradient, whatever their label
  const toSigns: Recoding = (y) => 2 * y - 1, { engine } = context;
  const signed = engine.valueAndGradient(withLabels(batch, toSigns));
  const isLiveThen = liveRows(signed.gradient ?? new Float32Array());
  if (!Number.isFinite(signed.value) || !zeros.some((row) => isLiveThen[row])) return undefined;
  // A label of 0 leaves a loss to correct outputs, unless it means on purpose that they are to cost nothing.
  if (perfect !== undefined && !(perfect.value > 0.05 * Math.abs(value))) return undefined;
  // Of several outputs the label may be a mask.
  const better = () => engine.value(withLabels(perfect!.batch, toSigns)).value < perfect!.value;
  if (columns > 1 && !(falls(context) && falls(context, toSigns) && better())) return undefined;
  return errorOf({
    cause: "label-encoding",
    message: "Rows with a label of 0 have no gradient: the formula needs labels of −1 and 1",
    evidence: { rowsWithoutGradient: zeros.length, value, valueWithSigns: signed.value },
    remedy: "Convert the labels to 2·y − 1: tf.sub(tf.mul(2, yTrue), 1)",
  });
}

/** Labels of −1 and 1 in a formula that makes signs of 0 and 1 itself, 2·y − 1: it weighs −1 three times. */
function signsTwice({ ops, random: { batch, value } }: Observations): Finding | undefined {
  if (distinct(batch.yTrue).join() !== "-1,1") return undefined;
  const isTripled = (i: RecordedInput) => ofLabels(i) && i.levels.join() === "-3,1";
  const op = ops.find(({ op, inputs }) => op === "Multiply" && inputs.some((i) => i.live) && inputs.some(isTripled));
  return op && errorOf({
    cause: "label-encoding",
    message: "Labels of −1 and 1 enter the formula as −3 and 1: it converts labels of 0 and 1 itself",
    evidence: { batch: "random", value },
    remedy: "Give labels of 0 and 1: (y + 1) / 2",
    where: locationOf(op),
  });
}

/** Labels that determine the correct outputs and enter the formula as one number, whatever they are. */
function enterAsOne({ engine, observations }: AuditContext): Finding | undefined {
  const { random: { batch, value }, rows, ops, deterministic } = observations, width = batch.yTrue.length / rows;
  const isOne = (input: RecordedInput) => ofLabels(input) && input.levels.length === 1 && sizeOf(input.shape) >= rows;
  const op = ops.find(({ inputs }) => inputs.some(isOne) && inputs.some((i) => i.live)), kinds = distinct(batch.yTrue);
  if (op === undefined || kinds.length < 2 || !deterministic || !labelsDetermineOutputs(observations)) return undefined;
  if (engine.value(withLabels(batch, (_, i) => batch.yTrue[i % width])).value !== value) return undefined;
  const [level] = op.inputs.find(isOne)!.levels;
  return errorOf({
    cause: "label-encoding",
    message: `All labels enter the formula as ${
      fourDigits(level)
    }: the loss is the same with the first label in every row`,
    evidence: { batch: "random", value, level, kindsOfLabels: kinds.length },
    remedy: "Look at how the formula recodes the labels: what is replaced first may be replaced again",
    where: locationOf(op),
  });
}

/** The batch with one column of the labels moved to other rows. */
function turnedColumn(batch: AuditBatch, column: number, by: number): AuditBatch {
  const { yTrue, predShape: [rows] } = batch, width = yTrue.length / rows;
  return { ...batch, yTrue: yTrue.map((y, i) => i % width === column ? yTrue[(i + by * width) % yTrue.length] : y) };
}

/** The length of a gradient; 0 if there is none. */
const lengthOf = ({ gradient = new Float32Array() }: LossGradient): number => Math.hypot(...gradient);

/** Tells whether two results are the same but for one factor. */
function areProportional(one: BatchResult, other: LossGradient): boolean {
  const length = lengthOf(other), times = length / lengthOf(one);
  return length > 0 && Math.abs(other.value - times * one.value) <= 1e-5 * Math.abs(other.value) &&
    Math.hypot(...other.gradient!.map((g, i) => g - times * one.gradient![i])) <= 1e-5 * length;
}

/** A column of outputs that trains although its own labels weigh nothing: it is compared with those of another column. */
function trainedOnOthers(
  { random, results: { perfect }, columns }: Observations,
  column: number,
): Finding | undefined {
  const right = perfect?.batch;
  if (right === undefined) return undefined;
  if (onSimplex(right.yTrue, columns)) return undefined; // of one class per row the others tell it
  const [labels, outputs] = [right.yTrue, right.yPred].map((of) => columnOf(of, columns, column));
  const slopes = columnOf(random.gradient ?? new Float32Array(), columns, column);
  if (labels.join() !== outputs.join() || slopes.every((g) => g === 0)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message:
      `Column ${column} of the outputs is trained, but not on its labels: column ${column} of the labels weighs nothing`,
    evidence: { batch: "random", column, value: random.value },
    remedy: "Look at which columns of the labels and of the outputs each term takes",
  };
}

/** Labels that weigh nothing, although the correct outputs rise or fall with them, and cost something. */
function missedByLoss(
  { random, results: { perfect }, columns, rows }: Observations,
  idle: number,
): Finding | undefined {
  if (perfect === undefined || !(perfect.value > 0.1 * random.value)) return undefined;
  const { yTrue, yPred } = perfect.batch, labels = columnOf(yTrue, yTrue.length / rows, idle);
  const correlations = columnsOf(yPred, columns).map((outputs) => rankCorrelation(labels, outputs));
  const column = correlations.findIndex((correlation) => Math.abs(correlation) > 0.5);
  return column < 0 ? undefined : {
    cause: "wrong-optimum",
    severity: "note",
    message: `Correct values of column ${column} of the outputs ${correlations[column] > 0 ? "rise" : "fall"} with ` +
      `column ${idle} of the labels, which weighs nothing in the loss`,
    evidence: { column, labelColumn: idle, rankCorrelation: correlations[column], perfect: perfect.value },
    remedy: "Look at which columns of the labels each term takes: another one may stand in the place of this one",
  };
}

/** One column of labels that is compared with several columns of outputs, of which another column of labels may choose one. */
function choosesNothing({ ops, rows, columns }: Observations, idle: number, evidence: Evidence): Finding | undefined {
  const op = ops.find((op) =>
    isDifference(op) && op.inputs.some((i) => i.live && i.isPred && hasSizes(i.shape, rows, columns)) &&
    op.inputs.some((i) => ofLabels(i) && hasSizes(i.shape, rows, 1))
  );
  return columns < 2 || op === undefined ? undefined : errorOf({
    cause: "broadcast",
    message: `One column of labels is compared with ${columns} columns of outputs, and column ${idle} of the labels, ` +
      "which may choose one of them, weighs nothing",
    evidence: { ...evidence, outputColumns: columns },
    remedy: "Choose the output first: multiply by the one-hot column and sum along the last axis",
    where: locationOf(op),
  });
}

/** A mask or a weight among the labels that weighs nothing: in other rows it leaves the loss as it is. */
function idleColumn({ engine, observations }: AuditContext): Finding | undefined {
  const { random, rows, columns, deterministic, ops } = observations;
  const { batch } = random, width = batch.yTrue.length / rows;
  if (!deterministic || width < 2 || rows < 8) return undefined;
  const used = Array.from(
    { length: width },
    (_, column) =>
      [1, 7].some((by) => !areProportional(random, engine.valueAndGradient(turnedColumn(batch, column, by)))),
  );
  const varies = (column: number) => new Set(columnOf(batch.yTrue, width, column)).size > 1;
  const idle = used.findIndex((is, column) => !is && varies(column));
  if (idle < 0 || !used.includes(true)) return undefined; // a loss that uses no label has another fault, or none
  const evidence = { batch: "random", column: idle, labelColumns: width, value: random.value };
  const one = ({ shape }: RecordedInput) => sizeOf(shape) === 1;
  const alone = ops.find(({ op, inputs }) =>
    ["Add", "AddV2", "Sub"].includes(op) && inputs.some((i) => i.live) && inputs.some((i) => ofLabels(i) && one(i))
  );
  if (alone !== undefined) {
    return {
      cause: "constant",
      severity: "warning",
      message:
        `One term is made of the labels alone and trains nothing; column ${idle} of the labels is in no other term`,
      evidence,
      remedy: "Compare the outputs with these labels: one side of the term should be yPred",
      where: locationOf(alone),
    };
  }
  const ofAnother = choosesNothing(observations, idle, evidence) ?? trainedOnOthers(observations, idle) ??
    (width > columns ? missedByLoss(observations, idle) : undefined);
  if (ofAnother !== undefined) return ofAnother;
  const op = ops.find(({ op, inputs }) =>
    op === "Multiply" && inputs.some((i) => i.live && one(i)) && inputs.some((i) => ofLabels(i) && !one(i))
  );
  if (width <= columns && op === undefined) return undefined; // one label per output is no mask
  return {
    cause: "reduction",
    severity: op ? "warning" : "note", // it may be left out on purpose
    message: `Column ${idle} of the labels weighs nothing: with its numbers in other rows the loss and its gradient ` +
      "are the same",
    evidence,
    remedy: "If it is a mask or a weight, multiply by it while there is a number per row, before the mean",
    where: op && locationOf(op),
  };
}

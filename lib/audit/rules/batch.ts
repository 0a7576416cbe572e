import {
  areZeroOrOne,
  type AuditBatch,
  extentOf,
  kindsInWords,
  largestOf,
  rowsOf,
  sizeOf,
  takeRows,
  withOutputs,
} from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import type { BatchObservations, BatchResult, Observations } from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { Finding } from "../types.ts";
import {
  type AuditContext,
  descendsFrom,
  hasSizes,
  isLinear,
  isSoftmax,
  locationOf,
  makerOf,
  ofLabels,
  type Rule,
} from "./rule.ts";

/** Tells whether a ratio is more than a logarithm of the number of rows explains. */
const grows = (ratio: number): boolean => ratio > 1.5 || ratio < 0.67;

/** The outputs without a gradient, whatever outputs of other rows, or smaller ones, stand in their place: labels mask them. */
function maskedOutputs({ engine, observations: { random: { batch }, columns } }: AuditContext): Set<number> {
  const n = batch.yPred.length, other = (by: number) => (_: number, i: number) => batch.yPred[(i + by * columns) % n];
  const gradients = [other(0), other(1), other(8), other(15), (p: number) => 0.1 * p].map((of) =>
    engine.valueAndGradient(withOutputs(batch, of)).gradient
  );
  return new Set([...Array(n).keys()].filter((i) => gradients.every((gradient) => gradient?.[i] === 0)));
}

/** The mean that counts outputs which a mask made of labels multiplies by 0, if no number of others divides it. */
function meanOfMasked({ ops, rows }: Observations, canMask: (i: RecordedInput) => boolean): RecordedOp | undefined {
  const isMask = (i: RecordedInput) => ofLabels(i) && i.levels[0] === 0 && canMask(i);
  const counted = ops.some(({ op, inputs }) =>
    ["RealDiv", "DivNoNan"].includes(op) && inputs[0].live && ofLabels(inputs[1]) && sizeOf(inputs[1].shape) < rows
  );
  const masks = [...ops.keys()].filter((at) => {
    const { op, inputs } = ops[at];
    return (op === "Multiply" && inputs.some(isMask) || op === "Select" && isMask(inputs[0])) &&
      inputs.some((i) => i.live);
  });
  return counted
    ? undefined
    : ops.find(({ op, inputs: [input] }) =>
      op === "Mean" && input.live && sizeOf(input.shape) > 1 && masks.some((at) => descendsFrom(ops, input, at))
    );
}

/** A mean that counts rows or outputs which the labels mask: they weigh nothing, but make the loss smaller. */
function countsMasked(context: AuditContext): Finding | undefined {
  const { engine, observations } = context, { random: { gradient, batch, value }, rows, columns } = observations;
  if (gradient === undefined) return undefined;
  const masked = maskedOutputs(context), row = (i: number) => Math.floor(i / columns);
  const kept = [...new Set([...gradient.keys()].filter((i) => !masked.has(i)).map(row))];
  if (masked.size === 0) return undefined;
  if (kept.length < rows) {
    const alone = engine.value(takeRows(batch, kept)).value, share = kept.length / rows;
    if (!(Math.abs(alone * share - value) <= 1e-4 * Math.abs(value)) || share > 0.95) return undefined;
  }
  // Of labels as many as outputs, as one-hot ones, the 0 is no mask.
  const isMask = ({ shape }: RecordedInput) =>
    kept.length < rows || batch.yTrue.length > rows * columns || sizeOf(shape) < gradient.length;
  const mean = meanOfMasked(observations, isMask), few = kept.length <= 0.2 * rows;
  if (mean === undefined) return undefined;
  const counted = kept.length < rows
    ? `all ${rows} rows, of which the labels mask all but ${kept.length}`
    : `all ${gradient.length} outputs, of which the labels mask ${masked.size}`;
  return {
    cause: few ? "bad-scale" : "reduction",
    severity: "note",
    message: `The mean counts ${counted}: the loss and its gradient are as small as the share of the others`,
    evidence: { batch: "random", rows, rowsWithGradient: kept.length, maskedOutputs: masked.size, value },
    remedy: "Divide the sum by the number of rows or steps that the mask leaves, plus a small constant",
    where: locationOf(mean),
  };
}

/** A sum of what a mask leaves, 1 − m of each, that is divided by the number of the others, Σ m, which train nothing. */
export function dividedByOthers(context: AuditContext): Finding | undefined {
  const { ops, random: { value } } = context.observations;
  /** The operation that made the labels that are summed up, possibly to be kept above 0. */
  const counted = (input: RecordedInput): RecordedOp | undefined => {
    const made = ofLabels(input) ? makerOf(ops, input) : undefined;
    if (made?.op === "Sum") return makerOf(ops, made.inputs[0]);
    return made && ["ClipByValue", "Maximum", "Add"].includes(made.op)
      ? made.inputs.map(counted).find((mask) => mask !== undefined)
      : undefined;
  };
  const leaves = (input: RecordedInput, mask: RecordedOp) => {
    const made = makerOf(ops, input, "Sub");
    return made?.inputs[0].largest === 1 && makerOf(ops, made.inputs[1]) === mask;
  };
  const op = ops.find(({ op, live, inputs: [above, below] }) => {
    const mask = op === "RealDiv" && live ? counted(below) : undefined, sum = makerOf(ops, above, "Sum");
    return mask && makerOf(ops, sum?.inputs[0], "Multiply")?.inputs.some((input) => leaves(input, mask));
  });
  return op && maskedOutputs(context).size > 0
    ? {
      cause: "reduction",
      severity: "warning",
      message: "A sum over the entries that a mask leaves, 1 − m of each, is divided by the number of the others, Σ m",
      evidence: { batch: "random", value },
      remedy: "Divide by the number of the entries that are summed, Σ (1 − m)",
      where: locationOf(op),
    }
    : undefined;
}

/** A mean of all outputs that is multiplied by the label of each row: all rows have the same gradient. */
export function averagedTooEarly({ ops, rows, random: { value } }: BatchObservations): Finding | undefined {
  const isMean = (mean: RecordedInput) => {
    const made = makerOf(ops, mean, "Mean");
    return made?.live && made.inputs[0].isPred && made.inputs[0].shape[0] === rows && mean.shape.length === 0;
  };
  const op = ops.find(({ op, inputs }) =>
    op === "Multiply" && inputs.some(isMean) && inputs.some((i) => ofLabels(i) && i.shape[0] === rows)
  );
  return op && {
    cause: "reduction",
    severity: "error",
    message: "The outputs are averaged over the rows before each label weighs them: all rows have the same gradient",
    evidence: { batch: "random", rows, value },
    remedy: "Multiply row by row first, and take the mean of the products at the end",
    where: locationOf(op),
  };
}

/**
 * A hinge of the mean of several outputs of a row, such as the scores of negatives, which hides the largest of them, or of a
 * mean or sum over the batch.
 */
export function hingeOfMean({ ops, rows, random: { value } }: BatchObservations): Finding | undefined {
  const isOfAll = ({ op, inputs: [{ shape }], outputShape }: RecordedOp) =>
    (op === "Mean" || op === "Sum") && shape[0] === rows && sizeOf(outputShape) === 1;
  const meanIn = (input: RecordedInput): RecordedOp | undefined => {
    const op = makerOf(ops, input);
    if (op === undefined || !op.live) return undefined;
    if ((op.op === "Mean" && op.inputs[0].isPred) || isOfAll(op)) return op;
    return isLinear(op) ? op.inputs.map(meanIn).find((mean) => mean !== undefined) : undefined;
  };
  const isHinge = ({ op, inputs }: RecordedOp) =>
    ["Relu", "Softplus"].includes(op) || (op === "Maximum" && inputs.some((i) => !i.fromPred && i.largest === 0));
  const op = ops.find((op) => isHinge(op) && op.inputs.some((input) => meanIn(input) !== undefined));
  return op && {
    cause: "reduction",
    severity: "note",
    message: `${op.op} is applied to a mean of outputs: a small one hides a large one, and only their mean is trained`,
    evidence: { batch: "random", value },
    remedy: "Apply it to each output first, and take the mean of the results",
    where: locationOf(op),
  };
}

/** A batch of one class with a far larger gradient, as where the sum of the loss is divided by the number of positives. */
function largeOnOneClass({ results: { allNeg, allPos }, random }: Observations): Finding | undefined {
  if (!areZeroOrOne(random.batch.yTrue)) return undefined;
  const norm = ({ gradient = new Float32Array() }: BatchResult) => Math.hypot(...gradient), usual = norm(random);
  for (const [labels, own, missing] of [["negative", allNeg, 1], ["positive", allPos, 0]] as const) {
    // A count of the missing class that is kept at 1 or above explains as much as it counts on a usual batch.
    const count = random.batch.yTrue.filter((y) => y === missing).length;
    if (own === undefined || count === 0 || !(usual > 0) || !(norm(own) > 100 * count * usual)) continue;
    return {
      cause: "bad-scale",
      severity: "warning",
      message: `If the labels of a batch are all ${labels}, the gradient is ${
        (norm(own) / usual).toExponential(1)
      } times as large as on a usual batch: one such step undoes the training`,
      evidence: {
        gradientNorm: usual,
        gradientNormOnOneClass: norm(own),
        value: random.value,
        valueOnOneClass: own.value,
      },
      remedy: "Divide by the number of rows, or by a count that is kept at 1 or above",
    };
  }
  return undefined;
}

/** The ratio of two terms beyond which a step of the smaller one is lost in the noise of the larger one. */
const DROWNED = 1e3;

/** A sum of two numbers, each with a gradient, of which one is a thousand times as large as the other. */
function drownedTerm({ ops, random: { value } }: BatchObservations): Finding | undefined {
  const size = ({ inputs }: RecordedOp, pick: (...of: number[]) => number) => pick(...inputs.map((i) => i.largest));
  const op = ops.find((op) =>
    ["Add", "AddV2", "Sub"].includes(op.op) && op.inputs.every((i) => i.live && sizeOf(i.shape) === 1) &&
    size(op, Math.min) > 0 && size(op, Math.max) > DROWNED * size(op, Math.min)
  );
  return op && {
    cause: "bad-scale",
    severity: "note",
    message:
      `One term is ${fourDigits(size(op, Math.max))} and another ${
        fourDigits(size(op, Math.min))
      }: the smaller one hardly ` +
      "changes what is learned",
    evidence: { batch: "random", value, largerTerm: size(op, Math.max), smallerTerm: size(op, Math.min) },
    remedy: "Weight the terms so that both are of a similar size, or take both as means over the same entries",
    where: locationOf(op),
  };
}

/** The ratio of labels to outputs, or to 1, beyond which a training does not come to them in a usual number of steps. */
const FAR_LABELS = 1e4;

/** Labels that the outputs are to equal, and that are many times as large as those of an untrained model. */
function farLabels({ random: { batch, value }, results: { perfect } }: Observations): Finding | undefined {
  const { yTrue, yPred } = perfect?.batch ?? {};
  if (yTrue === undefined || yTrue.some((y, i) => y !== yPred![i])) return undefined;
  const [labels, outputs] = [yTrue, batch.yPred].map((of) => Math.hypot(...of) / Math.sqrt(of.length));
  return !(labels > FAR_LABELS * Math.max(1, outputs)) ? undefined : {
    cause: "bad-scale",
    severity: "warning",
    message: `The labels have a size of about ${labels.toExponential(1)}, the outputs of an untrained model one of ${
      outputs.toExponential(1)
    }: the way there is too long for the steps of a training`,
    evidence: { batch: "random", labels, outputs, value },
    remedy: "Divide the labels by their standard deviation, subtract their mean, and turn it back for predictions",
  };
}

/** An exponential of an error that has no upper bound: one step on sure or far outputs undoes the training. */
function exponentialOfError({ ops, results }: Observations): Finding | undefined {
  const op = ops.find(({ op, live, fromTrue }) => op === "Exp" && live && fromTrue);
  for (const kind of ["saturated", "far"] as const) {
    const { gradient = new Float32Array(), value = NaN } = results[kind] ?? {};
    const largest = largestOf(gradient);
    if (op === undefined || !(largest > 1e12 && Number.isFinite(largest))) continue;
    return {
      cause: "bad-scale",
      severity: "warning",
      message: `Exp of an error makes the gradient ${largest.toExponential(1)} on a batch that can occur (${
        kindsInWords[kind]
      }): one such step undoes the training`,
      evidence: { batch: kind, value, largestGradient: largest },
      remedy: "Minimise the error itself, which has the same minimum, or bound it before the exponential",
      where: locationOf(op),
    };
  }
}

/** A loss that changes with the number of rows, or a gradient of an extreme size. */
export const badScale: Rule = (context): Finding | undefined => {
  const { engine, observations } = context;
  const { deterministic, random, rows } = observations;
  if (!deterministic) return undefined;
  const { batch, value, gradient } = random;
  const many = engine.value(takeRows(batch, Array.from({ length: 4 * rows }, (_, i) => i % rows))).value;
  if (Math.abs(value) > 1e-6 && grows(many / value)) {
    const pairs = observations.ops.some(({ live, outputShape }) => live && hasSizes(outputShape, rows, rows));
    return {
      cause: "bad-scale",
      severity: pairs && Math.abs(many / value) < 4.5 ? "note" : "warning", // each row has more others to be compared with
      message: `The loss depends on the batch size: with each row four times it is ${
        (many / value).toPrecision(3)
      } times as large`,
      evidence: { rows, value, rowsFourTimes: 4 * rows, valueFourTimes: many },
      remedy: "Take the mean instead of the sum, so that one learning rate suits every batch size",
    };
  }
  const counted = farLabels(observations) ?? countsMasked(context) ?? hingeOfMean(observations) ??
    drownedTerm(observations);
  if (counted !== undefined) return counted;
  if (gradient === undefined || !gradient.every(Number.isFinite)) return undefined;
  const norm = Math.hypot(...gradient), size = norm * Math.sqrt(rows);
  // Of amounts in the thousands, as prices are, a step of 1 is as small.
  const unit = Math.max(1, Math.hypot(...batch.yPred) / Math.sqrt(batch.yPred.length));
  const explodes = size >= 1e3;
  if (!explodes && size * unit > 1e-4) return exponentialOfError(observations);
  return {
    cause: "bad-scale",
    severity: explodes && size < 1e4 ? "note" : "warning", // the first steps of a small variance are as steep
    message: `The gradient of an untrained model has a size of about ${size.toExponential(1)}: steps ${
      explodes ? "explode" : "vanish"
    }`,
    evidence: { batch: "random", gradientNorm: norm, rows, value },
    remedy: "Scale the terms to a size of about 1, or weight them",
  };
};

/** The largest relative difference between the loss of a batch and the mean of the losses of its halves. */
function largestGap({ engine, observations: { random, other, rows } }: AuditContext) {
  const sorted = takeRows(random.batch, byLabels(random.batch, rows)), all = [...Array(rows).keys()];
  return [random.batch, other.batch, sorted].map((batch) => {
    const part = (from: number, to: number) => engine.value(takeRows(batch, all.slice(from, to))).value;
    const whole = engine.value(batch).value, parts = (part(0, rows / 2) + part(rows / 2, rows)) / 2;
    return { whole, parts, gap: Math.abs(parts - whole) / Math.max(1e-6, Math.abs(whole)) || 0 };
  }).reduce((most, own) => own.gap > most.gap ? own : most);
}

/** The rows in descending order of their labels: only a mean over rows is then the same for both halves. */
function byLabels({ yTrue }: AuditBatch, rows: number): number[] {
  const sums = rowsOf(yTrue, yTrue.length / rows).map((row) => row.reduce((a, b) => a + b));
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
}

/** The only row that has a gradient; undefined if several rows have one, or none. */
export function onlyRow({ gradient }: BatchResult, columns: number): number | undefined {
  const live = new Set<number>();
  gradient?.forEach((g, i) => g !== 0 && live.add(Math.floor(i / columns)));
  return live.size === 1 ? [...live][0] : undefined;
}

/** A maximum over the rows: the other rows get no gradient. */
export const oneRow: Rule = ({ observations: { random, other, columns, rows } }) => {
  const row = onlyRow(random, columns), elsewhere = onlyRow(other, columns);
  if (row === undefined || elsewhere === undefined || rows < 4) return undefined;
  return {
    cause: "reduction",
    severity: "warning",
    message: `Only one of ${rows} rows has a gradient: the loss is a maximum or minimum over the batch, not a mean`,
    evidence: { batch: "random", row, rows, rowOfASecondBatch: elsewhere },
    remedy: "Take the mean over the rows; tf.max belongs along the columns of a row, axis -1",
  };
};

/** A loss that changes with the order of the rows. */
export const rowOrder: Rule = ({ engine, observations: { random, rows, columns, deterministic } }) => {
  if (!deterministic || onlyRow(random, columns) !== undefined) return undefined; // the order chooses the only row
  const { batch, value } = random;
  const reordered = (from: (i: number) => number) =>
    engine.value(takeRows(batch, Array.from({ length: rows }, (_, i) => from(i)))).value;
  const reversed = reordered((i) => rows - 1 - i), turned = reordered((i) => (i + rows / 2) % rows);
  const spread = reordered((i) => 2 * i < rows ? 2 * i : 2 * i - 2 * Math.ceil(rows / 2) + 1); // no row keeps its neighbours
  if (![reversed, turned, spread].some((other) => Math.abs(other - value) > 0.01 * Math.abs(value))) return undefined;
  return {
    cause: "wrong-axis",
    severity: "note",
    message:
      "The loss depends on the order of the rows: it mixes each example with the next, which only suits a series",
    evidence: { batch: "random", value, rowsReversed: reversed, rowsTurnedByHalf: turned, everySecondRow: spread },
    remedy: "Work along the last axis, -1: axis 0 is the batch, whose order is random",
  };
};

/** The losses of two perfectly predicted batches, without and with both classes, if they differ by much. */
function withoutAClass({ engine, observations: { results: { perfect, allNeg }, random } }: AuditContext) {
  if (perfect === undefined || allNeg === undefined) return undefined;
  const { yTrue } = allNeg.batch, right = new Set(perfect.batch.yPred);
  if (!areZeroOrOne(yTrue) || !areZeroOrOne(perfect.batch.yTrue)) return undefined;
  if (yTrue.length !== allNeg.batch.yPred.length || right.size !== 2) return undefined;
  const [low, high] = extentOf(right);
  const { value } = engine.value(withOutputs(allNeg.batch, (_, i) => yTrue[i] > 0 ? high : low));
  const span = engine.value({ ...perfect.batch, yPred: random.batch.yPred }).value - perfect.value;
  return value - perfect.value > 0.3 * span ? { value, perfect: perfect.value } : undefined;
}

/** Logits that a mask made of labels replaces by about 0, whose exponential is 1, in a sum of exponentials. */
function countsPadding({ ops, random: { value } }: Observations): Finding | undefined {
  const isNear0 = ({ fromPred, fromTrue, largest, finite }: RecordedInput) =>
    !fromPred && !fromTrue && finite && largest < 0.1;
  const isMasked = (input?: RecordedInput) => {
    const made = makerOf(ops, input, "Select");
    return made !== undefined && ofLabels(made.inputs[0]) && made.inputs.some((i) => i.live && i.isPred) &&
      made.inputs.some(isNear0);
  };
  const op = ops.find((one) => {
    const { op, inputs: [input] } = one;
    return (["Sum", "Cumsum"].includes(op) && isMasked(makerOf(ops, input, "Exp")?.inputs[0])) ||
      (isSoftmax(one) && isMasked(input));
  });
  return op && {
    cause: "reduction",
    severity: "warning",
    message: "A mask sets logits to about 0, whose exponential is 1: what is masked counts in the sum of exponentials",
    evidence: { batch: "random", value },
    remedy: "Replace what is masked by a large negative number before the exponential, such as -1e9",
    where: locationOf(op),
  };
}

/** A ratio of sums: its mean over batches is not its value on the data set, and some batches have no gradient. */
export const reduction: Rule = (context): Finding | undefined => {
  const padding = countsPadding(context.observations);
  if (padding !== undefined) return padding;
  const { deterministic, results: { allNeg: none }, random } = context.observations;
  if (!deterministic) return undefined;
  const { whole, parts, gap } = largestGap(context);
  if (!(gap > 1e-3)) return undefined;
  const oneClass = largeOnOneClass(context.observations);
  if (oneClass !== undefined) return oneClass;
  const dead = areZeroOrOne(random.batch.yTrue) && none?.gradient?.every((g) => g === 0) === true &&
    none.batch.yTrue.every((y) => y === 0) && none.value !== 0;
  if (dead) {
    return {
      cause: "reduction",
      severity: none.value > random.value + 0.1 * Math.abs(random.value) ? "warning" : "note", // worse than no knowledge
      message:
        "The mean over batches is not the value on the data set, and a batch without positives has a gradient of 0",
      evidence: { whole, meanOfHalves: parts, valueWithoutPositives: none.value, gradientWithoutPositives: 0 },
      remedy: "Use batches with positives in each (stratifiedBatches), large batches, or the whole data set: fitMetric",
    };
  }
  if (Math.abs(2 * parts - whole) <= 1e-4 * Math.abs(whole)) {
    return {
      cause: "reduction",
      severity: "note",
      message: "The loss is a sum over the rows: a batch of half the rows has half the loss, and half the gradient",
      evidence: { whole, meanOfHalves: parts },
      remedy: "Take the mean over the rows at the end, whatever is summed within a row",
    };
  }
  const absent = withoutAClass(context);
  if (absent !== undefined) {
    return {
      cause: "reduction",
      severity: "note",
      message: "A batch without one of the classes counts as wrong even if every output is correct, " +
        "so the mean over batches is not the value on the data set",
      evidence: { whole, meanOfHalves: parts, perfect: absent.perfect, perfectWithoutAClass: absent.value },
      remedy: "Use batches with every class in each (stratifiedBatches), add a pseudo-count above and below, " +
        "or train on the score of the data set: fitMetric",
    };
  }
  return {
    cause: "reduction",
    severity: "note",
    message: "The mean over batches is not the value on the data set: the training goal depends on the batch size",
    evidence: { whole, meanOfHalves: parts },
    remedy: "Use large batches, monitor the value on the data set (DatasetMetrics), or train on it: fitMetric",
  };
};

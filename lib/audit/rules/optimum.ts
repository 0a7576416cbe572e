import {
  areShares,
  areZeroOrOne,
  type AuditBatch,
  columnOf,
  columnsOf,
  extentOf,
  onSimplex,
  takeRows,
  withConstants,
  withConstantShares,
  withOutputs,
} from "../batches.ts";
import { descend, rangeOf } from "../descents.ts";
import type { RecordedOp } from "../engines/engine.ts";
import { type BatchResult, multiples, type Observations, offsets, valueWith } from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { Evidence, Finding } from "../types.ts";
import { onlyRow } from "./batch.ts";
import { columnsWithoutGradient, isKeptOut } from "./gradient.ts";
import { comparedWithItself } from "./itself.ts";
import { type AuditContext, errorOf, labelsDetermineOutputs, locationOf, type Rule } from "./rule.ts";

/** The number of different labels up to which they may be classes or counts. Of more, an equal output is no accident. */
const MOST_KINDS = 8;

/** Tells whether outputs can take any value, as logits and regression outputs can. */
export const isUnbounded = ({ batch: { yPred } }: BatchResult): boolean =>
  yPred.some((p) => Math.abs(p) > 1) && yPred.some((p) => p < 0);

/** Tells whether the outputs of a batch are its labels. */
const areLabels = ({ yTrue, yPred }: AuditBatch): boolean => yTrue.every((y, i) => y === yPred[i]);

/** Tells whether the outputs of a batch are its labels, and these are no classes or counts. */
export const areAmounts = (batch: AuditBatch): boolean => areLabels(batch) && !batch.yTrue.every(Number.isInteger);

/** The mean of each column. */
export const columnMeans = (values: Float32Array, columns: number): number[] =>
  columnsOf(values, columns).map((column) => column.reduce((a, b) => a + b) * columns / values.length);

/** Correct logits that are only too large: smaller ones, in the same order, lower the loss, as of labels that are soft. */
export function tooSure(context: AuditContext, from: number): Finding | undefined {
  const { results, random } = context.observations, { batch: right, value: perfect } = results.perfect!;
  if (new Set(right.yPred).size !== 2 || !isUnbounded(random)) return undefined;
  const shares = [0.125, 0.25, 0.5], values = multiples(context.engine, right, shares), least = Math.min(...values);
  return !(least < from - 0.2 * Math.abs(perfect - from)) ? undefined : {
    cause: "wrong-optimum",
    severity: "note",
    message: "Sure outputs cost more than random ones, and unsure ones of the same order less: the labels are softened",
    evidence: { perfect, random: from, least, timesPerfect: shares[values.indexOf(least)] },
    remedy: "If the labels are not meant to be so soft, look at how they are smoothed: the shares of a row sum to 1",
  };
}

/** A loss whose correct outputs are compared with others. */
interface Comparison extends AuditContext {
  /** The batch of correct outputs, and its loss. */
  readonly right: AuditBatch;
  readonly best: number;
  /** The loss of random outputs with the same labels, and how much larger it is. */
  readonly start: number;
  readonly span: number;
}

/** Outputs of a model that has learned nothing. */
interface Useless {
  readonly name: string;
  readonly batch: AuditBatch;
  readonly remedy: string;
}

const recall =
  "Combine recall with precision: f1Loss(), fBetaLoss({ beta: 2 }), or recallAtPrecisionLoss with a floor on precision";
const precision =
  "Combine precision with recall: fBetaLoss({ beta: 0.5 }), or precisionAtRecallLoss with a floor on recall";
const bound = "Let the loss grow again beyond the label: a square, an absolute value, or a bounded output";
const apart = "Add a term that pushes different inputs apart: negatives with a margin, or the spread of the outputs";
const differ = "Let the loss grow with the difference of labels and outputs, row by row, and with every kind of error";

function uselessOnSimplex(batch: AuditBatch, columns: number): Useless[] {
  return withConstantShares(batch, columns).map((one, k) => {
    const name = k === 0 ? "all classes equally likely in every row" : `class ${k - 1} in every row`;
    return { name, batch: one, remedy: differ };
  });
}

function uselessElsewhere(batch: AuditBatch, columns: number, unbounded: boolean): Useless[] {
  const [low, high] = areShares(batch.yPred) ? [0, 1] : extentOf(batch.yPred);
  const all = (value: number) => withOutputs(batch, () => value);
  /** The outputs of which only the first such one of each column is kept. */
  const first = (value: number) => {
    const kept = Array.from(
      { length: columns },
      (_, c) => batch.yPred.findIndex((p, i) => i % columns === c && p === value),
    );
    return withOutputs(batch, (_, i) => kept.includes(i) ? value : low + high - value);
  };
  const far = (sign: number) => all((low + high) / 2 + sign * 5 * (high - low));
  const ofTwo = new Set(batch.yPred).size === 2;
  return [
    { name: "all outputs at their maximum", batch: all(high), remedy: ofTwo ? recall : differ },
    { name: "all outputs at their minimum", batch: all(low), remedy: differ },
    { name: "all outputs equal", batch: all((low + high) / 2), remedy: differ },
    ...(ofTwo
      ? [
        { name: "a single certain positive", batch: first(high), remedy: precision },
        { name: "a single certain negative", batch: first(low), remedy: recall },
      ]
      : []),
    ...(unbounded
      ? [
        { name: "all outputs far below the correct ones", batch: far(-1), remedy: bound },
        { name: "all outputs far above the correct ones", batch: far(1), remedy: bound },
      ]
      : []),
  ];
}

/** The mean of the labels of a column in every row. */
function meanLabels(batch: AuditBatch, columns: number): Useless[] {
  if (batch.yTrue.length !== batch.yPred.length) return [];
  const means = columnMeans(batch.yTrue, columns);
  return [{
    name: "the mean of the labels in every row",
    batch: withOutputs(batch, (_, i) => means[i % columns]),
    remedy: differ,
  }];
}

/** The first outputs of a row in the place of all, such as one point for all points; only of labels that differ. */
function firstRepeated(batch: AuditBatch, columns: number): Useless[] {
  if (!areAmounts(batch)) return [];
  return [1, 2, 3].map((width) => ({
    name: `the first ${width} outputs of a row for all its outputs`,
    batch: withOutputs(batch, (_, i) => batch.yPred[i - i % columns + i % columns % width]),
    remedy: "Compare in both directions: each label with its closest output, and each output with its closest label",
  }));
}

function uselessOf(batch: AuditBatch, { random, columns }: Observations): Useless[] {
  const simplex = onSimplex(random.batch.yPred, columns), [low, high] = extentOf(batch.yPred);
  return [
    ...(simplex ? uselessOnSimplex(batch, columns) : uselessElsewhere(batch, columns, isUnbounded(random))),
    ...(batch.yTrue.every((y) => y >= low && y <= high) ? meanLabels(batch, columns) : []),
    ...firstRepeated(batch, columns),
  ];
}

/** Correct outputs, and ten times as large ones if they have no end. */
function rightOnes({ results: { perfect }, random }: Observations): AuditBatch[] {
  const { batch } = perfect!, two = new Set(batch.yPred).size === 2;
  return [batch, ...(two && isUnbounded(random) ? [withOutputs(batch, (p) => 10 * p)] : [])];
}

/** Tells whether the second half of each row's correct outputs may be that of another row, as in a distance of two sets. */
function comparesSets(comparison: Comparison): boolean {
  const { right, observations: { columns } } = comparison, { yPred } = right;
  const turned = withOutputs(right, (p, i) => 2 * (i % columns) < columns ? p : yPred[(i + columns) % yPred.length]);
  return isFree(comparison, turned);
}

/**
 * Pairs, triplets and masks of classes, in which equal labels have different correct outputs: the same output for all inputs
 * is as good. No finding if a descent from random outputs leads lower.
 */
function collapse(comparison: Comparison): Finding | undefined {
  const { engine, observations, descents, right, best, start, span } = comparison, { random, columns } = observations;
  if (!(span > 0)) return undefined;
  const shares = onSimplex(random.batch.yPred, columns);
  // Without labels a row may choose any class, or several.
  if (areShares(random.batch.yPred) && new Set(right.yTrue).size === 1) return undefined;
  const same = shares
    ? uselessOnSimplex(right, columns)
    : [{ name: "all outputs 1", batch: withOutputs(right, () => 1), remedy: apart }];
  const useless = same.find(({ batch }) => engine.value(batch).value <= best + 1e-3 * span);
  if (useless === undefined) return undefined;
  const { name, batch, remedy } = useless, { value } = engine.value(batch);
  if (descents().some(({ to }) => to < value - 0.01 * span)) return undefined;
  if (observations.customGradient && columnsWithoutGradient(observations).length > 0) return undefined; // as in SimSiam
  // Views of a row that are to agree on a class, and sets that are to be alike, have a loss of labels beside them.
  const agree = observations.ops.some(({ op, inputs }) => op === "Softmax" && inputs[0].isPred);
  return {
    cause: "wrong-optimum",
    severity: agree || comparesSets(comparison) ? "note" : "error",
    message: "A useless model is as good as a perfect one: the same output for every input",
    evidence: { useless: name, value, perfect: best, random: start },
    remedy,
  };
}

/** Embeddings whose columns are all the same, which are clearly better than correct ones: they tell rows apart the least. */
function sameColumns({ engine, observations, right, best, start }: Comparison): Finding | undefined {
  const { random, columns } = observations;
  if (onSimplex(random.batch.yPred, columns)) return undefined; // of shares the columns sum to 1
  const [value] = [1, 2, 3].map((parts) => {
    const width = Math.ceil(columns / parts);
    return valueWith(engine, right, (_, i) => right.yPred[i - i % columns % width]);
  }).filter((value) => value < best - 0.5 * Math.abs(start - best));
  return value === undefined ? undefined : errorOf({
    cause: "wrong-optimum",
    message: "Outputs of which all columns of a row are the same are better than correct ones",
    evidence: { useless: "all columns the same", value, perfect: best, random: start },
    remedy: "Look at the sign of the term that keeps columns apart, and at its goal: 0 for each pair of two columns",
  });
}

/**
 * Outputs that equal the labels, from which a descent lowers the loss by a large part of its range. If they are no shares, the
 * loss has to rise again further along: a loss of ranks falls on as outputs grow, which is no other minimum.
 */
function beyondLabels(comparison: Comparison): Finding | undefined {
  const { engine, observations: { random, columns }, options, right, best, start, span } = comparison;
  if (!areAmounts(right)) return undefined;
  const shares = onSimplex(random.batch.yPred, columns), least = (shares ? 0.6 : 0.1) * span;
  const { to, end } = descend({ engine, kind: options.yPred, columns }, right, "SGD");
  if (!(best - to > least)) return undefined;
  // Outputs that still rise with the labels may be in another unit, such as their logarithm.
  const rise = !shares && rankCorrelation(right.yTrue, end.yPred) > 0.9;
  const further = withOutputs(right, (p, i) => p + 4 * (end.yPred[i] - p));
  const haveEnds = shares || (rise && rangeOf(options.yPred, right).every(Number.isFinite));
  if (!haveEnds && !(engine.value(further).value > best)) return undefined;
  const inOrder = rise || (!shares && otherOutputsFit(comparison, best));
  return {
    cause: "wrong-optimum",
    severity: inOrder ? "note" : "error",
    message: "Outputs equal to the labels are not the minimum: a descent from there lowers the loss further",
    evidence: { perfect: best, random: start, after30StepsFromPerfect: to },
    remedy: inOrder
      ? "If the outputs are to be in the unit of the labels, look for a factor or a logarithm on one side only"
      : "Look for a missing logarithm or square: the loss must have its minimum where outputs equal the labels",
  };
}

/** Outputs that equal the labels, around which the loss is smaller on both sides. */
function nearMiss(comparison: Comparison): Finding | undefined {
  const { right, best, start, span } = comparison;
  if (!areAmounts(right)) return undefined;
  const [low, high] = extentOf(right.yTrue);
  const amounts = [0.01, 0.03, 0.1].map((share) => share * (high - low));
  const around = amounts.map((by) => Math.max(...offsets(comparison.engine, right, [-by, by])));
  const least = Math.min(...around), missedBy = amounts[around.indexOf(least)];
  if (!(least < best - 0.1 * span)) return undefined; // a loss that is kept above a small number is so near its end
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message: `Outputs that miss their labels by ${fourDigits(missedBy)}, whether above or below, have a smaller ` +
      "loss than correct ones",
    evidence: { perfect: best, missedBy, least, random: start },
    remedy: "Look at where two parts of the formula meet: both have the same value there, as in a Huber loss",
  };
}

/** The largest share that is unsure of a label: labels that are smoothed leave more, 0.8 and above. */
const UNSURE = 0.65;

/** The share of its label for which the loss is least, with sure outputs for the other label, if it is hardly above a half. */
function unsure({ engine, observations, options, right, best, start }: Comparison): Finding | undefined {
  const { yTrue, yPred } = right, [low, high] = extentOf(yPred);
  const logits = options.yPred === "logits", shares = logits || areShares(yPred);
  if (!shares || yTrue.length !== yPred.length || !areZeroOrOne(yTrue)) return undefined;
  if (onSimplex(yTrue, observations.columns)) return undefined; // one class per row
  const scales = Array.from({ length: 9 }, (_, k) => (k / 8) ** 2); // closer together near a half
  for (const label of [0, 1]) {
    const values = scales.map((scale) => {
      const middle = (low + high) / 2;
      return valueWith(engine, right, (p, i) => yTrue[i] === label ? middle + scale * (p - middle) : p);
    });
    const least = Math.min(...values), at = scales[values.indexOf(least)];
    const share = logits ? 1 / (1 + Math.exp((low - high) / 2 * at)) : 0.5 + at / 2;
    if (share > UNSURE || !(least < best - 0.02 * Math.abs(start - best))) continue;
    return {
      cause: "wrong-optimum",
      severity: "warning",
      message: `With correct outputs for all others, the loss is least at an output of ${
        fourDigits(label === 1 ? share : 1 - share)
      } where the label is ${label}`,
      evidence: { label, outputShare: share, perfect: best, least, random: start },
      remedy:
        "Look at what a label enters the formula as: it may be scaled or smoothed twice, or its term may lack a factor",
    };
  }
}

/** Outputs many times as large as the labels that they are to equal: the further, the lower the loss. */
function labelsTimes(comparison: Comparison): Finding | undefined {
  const { observations: { random, deterministic }, right, best, start } = comparison;
  const haveNoEnd = random.batch.yPred.some((p) => p > 1) && new Set(right.yTrue).size > 2;
  if (!deterministic || !haveNoEnd || !areLabels(right)) return undefined;
  const [twice, hundredTimes] = multiples(comparison.engine, right, [2, 100]);
  const least = 0.3 * Math.abs(start - best);
  if (!(twice < best - least && hundredTimes < twice - 20 * least)) return undefined;
  return errorOf({
    cause: "wrong-optimum",
    message: "The loss falls without end as outputs grow beyond the labels: twice the correct outputs are better",
    evidence: { perfect: best, twiceAsLarge: twice, hundredTimesAsLarge: hundredTimes },
    remedy: bound,
  });
}

/** Columns with a correct output for all rows, as in a divergence from a fixed distribution, that is a maximum, or no minimum. */
function awayFromConstants({ engine, observations, right, best, start }: Comparison): Finding | undefined {
  const { random, columns } = observations;
  const constant = [...Array(columns).keys()].filter((c) => new Set(columnOf(right.yPred, columns, c)).size === 1);
  const at = (of: (p: number, i: number) => number, which = constant) =>
    valueWith(engine, right, (p, i) => which.includes(i % columns) ? of(p, i) : p);
  const span = Math.abs(start - best), small = Math.max(1e-4 * span, 1e-5 * Math.abs(best));
  const [on, back] = [0.3, -0.3].map((share) => at((p, i) => p + share * (random.batch.yPred[i] - p)));
  if (on < best - small && back < best - small) {
    return errorOf({
      cause: "wrong-sign",
      message: `The loss is largest at the correct values of column ${
        constant.join(", ")
      }: away from them it falls in both directions`,
      evidence: { columns: constant.join(", "), perfect: best, towardsRandom: on, awayFromRandom: back },
      remedy: "Turn the sign of the term with these columns alone: a divergence is added, not subtracted",
    });
  }
  // Where other columns miss their labels, even by little, a scale has a best value of its own.
  if (!isUnbounded(random) || labelledColumns(observations).length + constant.length < columns) return undefined;
  for (const column of constant) {
    const along = [-2, -1, -0.6, -0.3, 0.3, 0.6, 1, 2].map((by) => at((p) => p + by, [column]));
    const least = Math.min(...along);
    // It rises again on both sides of its minimum, which lies elsewhere.
    if (!(least < best - 1e-3 * span && along[0] > best && along.at(-1)! > best)) continue;
    return {
      cause: "wrong-optimum",
      severity: "warning",
      message: `The minimum along column ${column} of the outputs is not at its correct value, with all others correct`,
      evidence: { column, perfect: best, leastNearby: least, random: start },
      remedy: "Look at the factors of the terms with this column: one of them may be missing",
    };
  }
}

/** The batch with other outputs in some columns. */
const withColumns = (batch: AuditBatch, columns: number, which: readonly number[]): AuditBatch =>
  withOutputs(batch, (p, i) => which.includes(i % columns) ? p + 1 + i % 7 : p);

/** The columns of outputs that change nothing. */
function idleColumns({ engine, observations: { random: { batch, value }, columns, deterministic } }: AuditContext) {
  if (!deterministic || columns < 2) return [];
  return [...Array(columns).keys()].filter((column) =>
    engine.value(withColumns(batch, columns, [column])).value === value
  );
}

/** A number with a gradient that nothing uses, and that is not the loss. */
function notReturned({ ops, random: { value } }: Observations): RecordedOp | undefined {
  const used = new Set(ops.flatMap(({ inputs }) => inputs.map(({ madeBy }) => madeBy)));
  return ops.findLast((op, at) =>
    op.live && op.outputShape.length === 0 && !used.has(at) &&
    Math.abs(op.outputLargest - Math.abs(value)) > 1e-5 * Math.abs(value)
  );
}

/** A column of outputs that changes nothing, and whose correct values are not among the labels. */
function unusedOutput(context: AuditContext): Finding | undefined {
  const idle = idleColumns(context), { batch, value } = context.observations.random;
  if (idle.length === 0 || onSimplex(batch.yPred, context.observations.columns)) return undefined;
  const term = notReturned(context.observations);
  if (term !== undefined) {
    return {
      cause: "detached",
      severity: "warning",
      message: `Column ${idle.join(", ")} of the outputs changes nothing: the loss computes ${
        fourDigits(term.outputLargest)
      } of the outputs, and returns ${fourDigits(value)}`,
      evidence: { batch: "random", columns: idle.join(" "), value, computed: term.outputLargest },
      remedy: "Return the number that contains the term of these outputs",
      where: locationOf(term),
    };
  }
  return {
    cause: "wrong-optimum",
    severity: "note",
    message: `Column ${idle.join(", ")} of the outputs changes nothing: another loss has to train it`,
    evidence: { batch: "random", columns: idle.join(" "), value },
    remedy: "Add the term of these outputs, or look for two terms with them that cancel",
  };
}

/** Tells whether columns that change nothing are only masked by the labels: with other columns of labels they count. */
function isMaskedEverywhere(
  { engine, observations: { random: { batch }, rows, columns } }: AuditContext,
  idle: number[],
) {
  const width = batch.yTrue.length / rows, { yTrue } = batch;
  const turned = { ...batch, yTrue: yTrue.map((_, i) => yTrue[i - i % width + (i + columns) % width]) };
  return engine.value(withColumns(turned, columns, idle)).value !== engine.value(turned).value;
}

/** A column of outputs that changes nothing, although the labels are its correct values. */
function idleOutput(context: AuditContext): Finding | undefined {
  const { observations } = context, { random: { batch, value, gradient = new Float32Array() }, columns } = observations;
  const { yTrue, yPred } = observations.results.perfect!.batch;
  const ofAll = yTrue.length === yPred.length && !onSimplex(batch.yPred, columns);
  const labelled = labelledColumns(observations).map(([column]) => column);
  const idle = idleColumns(context).filter((column) =>
    labelled.includes(column) || (ofAll && new Set(columnOf(yTrue, columns, column)).size <= MOST_KINDS)
  );
  if (idle.length === 0 || isMaskedEverywhere(context, idle)) return undefined;
  const norms = columnsOf(gradient, columns).map((column) => Math.hypot(...column));
  const own = Math.max(...idle.map((column) => norms[column]));
  if (own > 0) {
    return errorOf({
      cause: "bad-scale",
      message: `The term of column ${
        idle.join(", ")
      } of the outputs is so small beside the others that float32 loses it`,
      evidence: {
        batch: "random",
        columns: idle.join(" "),
        value,
        gradientNorm: own,
        largestOfOthers: Math.max(...norms),
      },
      remedy: "Scale the labels and outputs of the other columns to a size of about 1, or weight the terms",
    });
  }
  return errorOf({
    cause: "wrong-optimum",
    message: `Column ${idle.join(", ")} of the outputs changes nothing, although the labels are its correct values`,
    evidence: { batch: "random", columns: idle.join(" "), value },
    remedy: "Add the term that compares these outputs with the labels",
  });
}

/** An offset of all outputs that costs nothing, as in a variance or a correlation, where it may be meant. */
function offsetIsFree(comparison: Comparison): Finding | undefined {
  const { observations: { random, columns }, right, best, start, span } = comparison;
  if (columns > 1 || !isUnbounded(random) || !areAmounts(right)) return undefined;
  const shifted = offsets(comparison.engine, right, [-2, 2]);
  if (!shifted.every((value) => Math.abs(value - best) < 1e-4 * span)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "note",
    message: "Outputs that are all off by the same amount cost nothing, as in a correlation: is that intended?",
    evidence: { perfect: best, allLessBy2: shifted[0], allMoreBy2: shifted[1], random: start },
    remedy:
      "If the amounts must be correct, add a term that sees the difference itself, as the mean squared error does",
  };
}

/** The ranks of numbers; equal numbers share the mean of their ranks. */
function ranks(values: Float32Array): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]), places = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) places[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return places;
}

/** Spearman's correlation of two lists; NaN if they have different lengths, as labels of classes and their outputs. */
export function rankCorrelation(x: Float32Array, y: Float32Array): number {
  if (x.length !== y.length) return NaN;
  const centred = (of: Float64Array) => of.map((r) => r - (of.length - 1) / 2);
  const [a, b] = [x, y].map(ranks).map(centred);
  const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, r, i) => sum + r * v[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * Tells whether a descent leads below `least`, to outputs that rise with the correct ones. The correct outputs for this
 * loss are then other ones than the sampler's, such as their logarithm, and nothing follows from the sampler's. Outputs that
 * rise with the correct ones before the descent prove nothing.
 */
export const otherOutputsFit = (
  { descents, observations: { results: { perfect }, random } }: AuditContext,
  least: number,
): boolean =>
  descents().some(({ to, end: { yTrue, yPred } }) => {
    const sameLabels = perfect!.batch.yTrue.every((y, i) => y === yTrue[i]);
    const right = sameLabels && labelsAreFew(yTrue) ? perfect!.batch.yPred : stepsOf(yTrue, yPred.length);
    return to < least && rankCorrelation(right, yPred) > 0.7 &&
      !(rankCorrelation(right, random.batch.yPred) > 0.7) &&
      !(sameLabels && rankCorrelation(right, perfect!.batch.yPred) < -0.7); // it is the loss that is turned round
  });

/** Labels of ordered classes as an output for each step between two of them, 1 below the class; other labels as they are. */
function stepsOf(yTrue: Float32Array, outputs: number): Float32Array {
  const columns = outputs / yTrue.length;
  if (!(columns > 1) || !Number.isInteger(columns) || !yTrue.every(Number.isInteger)) return yTrue;
  return Float32Array.from({ length: outputs }, (_, i) => i % columns < yTrue[Math.floor(i / columns)] ? 1 : 0);
}

/** Tells whether there are two different labels, or none. */
const labelsAreFew = (yTrue: Float32Array): boolean => new Set(yTrue).size <= 2;

/** A loss that falls with the square of the outputs, or faster: no step of a training ends it. */
function fallsAsSquare(context: AuditContext): Finding | undefined {
  if (!context.observations.deterministic || !isUnbounded(context.observations.random)) return undefined;
  for (const { from, to, end } of context.descents()) {
    const [tenTimes, hundredTimes] = multiples(context.engine, end, [10, 100]);
    if (!(to < from && tenTimes < Math.min(0, to) && hundredTimes < 50 * tenTimes)) continue;
    if (!Number.isFinite(hundredTimes) || hundredTimes > -Math.abs(from)) continue;
    return {
      cause: "wrong-optimum",
      severity: "warning",
      message:
        "The loss falls without end, with the square of the outputs: large outputs of some signs are always better",
      evidence: { random: from, afterDescent: to, tenTimesAsLarge: tenTimes, hundredTimesAsLarge: hundredTimes },
      remedy: "Take the square or the absolute value of the term that becomes negative, or bound the outputs",
    };
  }
}

/** Tells whether a loss of differences between columns, linear in one of them, has no end on purpose, as that of a critic. */
function isCritic(context: AuditContext, [at, by10, by20]: readonly number[]): boolean {
  const step = by10 - at, small = 0.01 * Math.abs(step);
  const [less, more] = offsets(context.engine, context.observations.random.batch, [-3, 3]);
  return Math.abs(by20 - by10 - step) <= small && Math.abs(more - less) <= small;
}

/** Tells whether some rows would rather have a column back that is moved far: it is the labels that move it on the average. */
function rowsDisagree(
  { engine, observations: { columns } }: AuditContext,
  right: AuditBatch,
  column: number,
  by: number,
) {
  const moved = withOutputs(right, (p, i) => i % columns === column ? p + by : p);
  const slopes = columnOf(engine.valueAndGradient(moved).gradient ?? new Float32Array(), columns, column);
  const total = (sign: number) => slopes.reduce((sum, g) => sum + Math.max(0, sign * g), 0);
  return total(Math.sign(by)) > 0.3 * total(-Math.sign(by));
}

/** A column that lowers the loss without end, in one direction, whatever the other columns are. */
function columnWithoutEnd(comparison: Comparison): Finding | undefined {
  const { engine, observations: { random, columns }, options, right, best, start, span } = comparison;
  if (columns < 2 || !isUnbounded(random) || !(span > 0) || typeof options.yPred === "object") return undefined;
  const bases = [right, { ...right, yPred: random.batch.yPred }],
    from = bases.map((batch) => engine.value(batch).value);
  for (let column = 0; column < columns; column++) {
    // Shares have two ends, and numbers of one sign, such as logarithms of shares, have one at 0.
    const [low, high] = extentOf(bases.flatMap(({ yPred }) => [...columnOf(yPred, columns, column)]));
    if (low >= 0 && high <= 1) continue;
    for (const sign of [-1, 1]) {
      if (sign < 0 ? low >= 0 : high <= 0) continue;
      const moved = (base: number, by: number) =>
        valueWith(engine, bases[base], (p, i) => i % columns === column ? p + sign * by : p);
      const by10 = moved(0, 10);
      if (!(by10 < from[0] - 0.1 * span)) continue;
      const by20 = moved(0, 20), other = moved(1, 10);
      const falls = by20 < by10 - 0.1 * span && other < from[1] - 0.1 * span && moved(1, 20) < other - 0.1 * span;
      if (!falls || !(by20 < best - 0.3 * span) || isCritic(comparison, [from[0], by10, by20])) continue;
      const evidence = { column, perfect: best, movedBy10: by10, movedBy20: by20, random: start };
      if (rowsDisagree(comparison, bases[0], column, 20 * sign)) return offsetPays(evidence, `column ${column}`);
      // Without labels it is a likelihood, a critic or an actor: something else bounds such outputs.
      const isLinear = Math.abs(moved(0, 30) - 2 * by20 + by10) <= 0.05 * Math.abs(by20 - by10);
      return {
        cause: "wrong-optimum",
        severity: isLinear && rowsAreFree(comparison) ? "note" : "error",
        message: `Column ${column} of the outputs lowers the loss without end as it ${sign > 0 ? "rises" : "falls"}, ` +
          "whatever the labels and the other columns are",
        evidence,
        remedy: "Look at the sign of the term with this column alone, and at the term that should stop it",
      };
    }
  }
}

/** The columns of outputs whose correct values are a column of many-valued labels, with those labels. */
function labelledColumns(
  { results: { perfect }, rows, columns }: Observations,
): [column: number, labels: Float32Array][] {
  const { yTrue, yPred } = perfect!.batch;
  const labels = columnsOf(yTrue, yTrue.length / rows).filter((of) => new Set(of).size > MOST_KINDS);
  return columnsOf(yPred, columns).flatMap((right, column): [number, Float32Array][] => {
    const own = labels.find((of) => of.every((y, i) => y === right[i]));
    return own === undefined ? [] : [[column, own]];
  });
}

/**
 * Tells whether the order of a row's correct outputs is free, as for points of a cloud, while other outputs of the same sum or
 * length cost more. Of more than 16 outputs it is not asked.
 */
function standInAnyOrder({ engine, observations: { columns }, right, best, span }: Comparison): boolean {
  const valueOf = (of: (p: number, i: number) => number) => valueWith(engine, right, of);
  const shifted = (by: number) => valueOf((_, i) => right.yPred[i - i % columns + (i % columns + by) % columns]);
  const isMissed = (of: (p: number, i: number) => number) => valueOf(of) > best + 0.05 * span;
  const signOf = (i: number) => [1, -1][i % columns] ?? 0;
  // Other outputs of the same sum, and of the same length, are missed.
  if (columns > 16 || !isMissed((p, i) => p + signOf(i)) || !isMissed((p, i) => signOf(i) * p || p)) return false;
  return Array.from({ length: columns - 1 }, (_, k) => shifted(k + 1)).some((v) => Math.abs(v - best) <= 1e-4 * span);
}

/** Tells whether a change of the batch of correct outputs costs nothing. */
const isFree = ({ engine, best, span }: Comparison, changed: AuditBatch): boolean =>
  Math.abs(engine.value(changed).value - best) <= 1e-3 * Math.abs(span);

/** The correct outputs with the labels of other rows. */
function withLabelsOf({ right, observations: { rows } }: Comparison, shift: number): AuditBatch {
  const { yTrue } = takeRows(right, Array.from({ length: rows }, (_, i) => (i + shift) % rows));
  return { ...right, yTrue };
}

/** Tells whether correct outputs are as good in other rows: a loss that compares sets. */
const rowsAreFree = (comparison: Comparison): boolean => isFree(comparison, withLabelsOf(comparison, 1));

/**
 * A descent that ends as low as correct outputs, or lower, in outputs that have nothing to do with the labels that they are to
 * equal.
 */
function fitsWithoutLabels(comparison: Comparison): Finding | undefined {
  const { descents, engine, observations, right, best, start, span } = comparison;
  const { random: { gradient }, columns } = observations;
  if (gradient === undefined) return undefined;
  const labelled = labelledColumns(observations);
  for (const { to, end } of descents()) {
    if (!(to <= best + 0.1 * span) || end.yTrue.some((y, i) => y !== right.yTrue[i])) continue;
    // The sign of each row that fits the labels best: of a line through 0 both directions are right.
    const signs = labelled[0]?.[1].map((_, i) =>
      Math.sign(labelled.reduce((sum, [column, labels]) => sum + labels[i] * end.yPred[i * columns + column], 0))
    );
    for (const [column, labels] of labelled) {
      const [slope, found] = [gradient, end.yPred].map((of) => columnOf(of, columns, column));
      const [y, p, turned] = [labels, found, found.map((v, i) => signs[i] * v)]
        .map((of) => of.filter((_, i) => slope[i] !== 0)); // a mask leaves the others alone
      const correlation = rankCorrelation(y, p);
      if (!(correlation < 0.3) || (labelled.length > 1 && rankCorrelation(y, turned) > 0.7)) continue;
      // Where the label itself would lower the loss, the descent has only not come so far.
      const held = valueWith(engine, end, (v, i) => i % columns === column ? labels[Math.floor(i / columns)] : v);
      const least = to < best - Math.abs(span) ? 0 : 0.05 * Math.abs(to - best); // correct outputs are no measure then
      if (held < to - least || standInAnyOrder(comparison)) continue;
      const isNear = to > best;
      return {
        cause: "wrong-optimum",
        severity: isNear || rowsAreFree(comparison) ? "note" : to < best - 0.3 * span ? "error" : "warning",
        message:
          `A descent makes the loss ${isNear ? "nearly " : ""}as small as correct outputs do, and column ${column} ` +
          "of its outputs has nothing to do with the labels",
        evidence: { perfect: best, afterDescent: to, random: start, column, rankCorrelation: correlation },
        remedy:
          "Compare this column with its label itself, entry by entry, and stop no gradient that should hold it there",
      };
    }
  }
}

/** Errors of a row that cancel each other and cost nothing: its columns are summed before the square. */
function errorsCancel({ engine, observations: { random, columns }, right, best, start, span }: Comparison) {
  if (!isUnbounded(random) || !areAmounts(right)) return undefined;
  const [cancelled, alone] = [[1, -1], [1]].map((by) => valueWith(engine, right, (p, i) => p + (by[i % columns] ?? 0)));
  if (!(Math.abs(cancelled - best) < 1e-4 * span && alone > best + 0.01 * span)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message: "Errors of a row that cancel each other cost nothing: only the sum of its outputs has to be correct",
    evidence: { perfect: best, oneMoreAndOneLess: cancelled, oneMore: alone, random: start },
    remedy: "Take the square or the absolute value of each error before the columns are summed or averaged",
  } satisfies Finding;
}

const elsewhere = "Look at the outputs for which each term is least, and at those that 'sample' calls perfect";

/** Random outputs that are better than those that are called correct, by a part of what a descent gains. */
function randomIsBetter(comparison: Comparison): Finding | undefined {
  const { descents, best, start } = comparison, gain = Math.max(...descents().map(({ from, to }) => from - to));
  if (!(gain > 0) || !(best - start > 0.2 * gain) || tooSure(comparison, start) !== undefined) return undefined;
  return {
    cause: "wrong-optimum",
    severity: otherOutputsFit(comparison, best) ? "note" : "warning",
    message: "Random outputs have a smaller loss than those that are called correct",
    evidence: { perfect: best, random: start },
    remedy: elsewhere,
  };
}

/** A descent from random outputs to a minimum that is lower than the loss of those that are called correct. */
function lowerElsewhere(comparison: Comparison): Finding | undefined {
  const { engine, descents, observations: { random: { batch: { yPred } } }, right, best, start, span } = comparison;
  if (!(span > 0)) return undefined;
  const lower = descents().find(({ to, end }) =>
    to < best - 0.02 * span && end.yTrue.every((y, i) => y === right.yTrue[i]) &&
    valueWith(engine, end, (p, i) => p + 3 * (p - yPred[i])) > to // no minimum if it falls on, as a critic's
  );
  if (lower === undefined || tooSure(comparison, best) !== undefined) return undefined; // labels are smoothed on purpose
  return {
    cause: "wrong-optimum",
    severity: "note",
    message: "A descent from random outputs ends lower than those that are called correct: is the minimum elsewhere?",
    evidence: { perfect: best, afterDescent: lower.to, random: start },
    remedy: elsewhere,
  };
}

/** An output in every row that is clearly better than correct ones. */
function betterConstant(comparison: Comparison): Finding | undefined {
  const { engine, observations: { random, columns }, right, best, start, span } = comparison;
  if (onSimplex(random.batch.yPred, columns)) return undefined;
  const least = 0.2 * Math.max(Math.abs(span), Math.abs(best));
  const each = withConstants(right).map(({ output, batch }) => ({ output, value: engine.value(batch).value }));
  const better = each.find(({ value }) => value < best - least);
  if (better === undefined || tooSure(comparison, start) || otherOutputsFit(comparison, best)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message: `A useless model is better than a perfect one: an output of ${fourDigits(better.output)} in every row`,
    evidence: { ...better, perfect: best, random: start },
    remedy: differ,
  };
}

/** A loss that falls at once where all outputs are off by a certain amount, while its gradient says that it rises with it. */
function fallsAtOnce(comparison: Comparison): Finding | undefined {
  const { observations: { random }, right, best, span } = comparison;
  if (!isUnbounded(random) || !areAmounts(right)) return undefined;
  const [low, high] = extentOf(right.yTrue), step = (high - low) / 30;
  const at = (by: number) => offsets(comparison.engine, right, [by])[0];
  const values = Array.from({ length: 16 }, (_, k) => at((k + 1) * step));
  const k = values.findIndex((value, k) => values[k + 1] < value - 0.1 * Math.abs(span));
  if (k < 0) return undefined;
  let from = (k + 1) * step, to = from + step;
  const least = 0.5 * (values[k] - values[k + 1]);
  for (let halved = 0; halved < 10; halved++) {
    const middle = (from + to) / 2;
    if (at(from) - at(middle) > least) to = middle;
    else from = middle;
  }
  const [before, after] = [from, to].map(at);
  return !(before - after > least) ? undefined : {
    cause: "wrong-optimum",
    severity: "warning",
    message: `The loss falls at once from ${fourDigits(before)} to ${fourDigits(after)} as all errors grow beyond ${
      fourDigits(from)
    }`,
    evidence: { perfect: best, error: from, before, after },
    remedy: "Look at where two parts of the formula meet: both have the same value there, as in a Huber loss",
  };
}

/** Correct outputs that random ones beat, or those that a descent leads to. */
const contradicted = (comparison: Comparison): Finding | undefined =>
  comparison.observations.deterministic ? randomIsBetter(comparison) ?? lowerElsewhere(comparison) : undefined;

/** Outputs of the opposite sign that cost nothing, as in a spectrum, where it may be meant. */
function oppositeSigns(comparison: Comparison): Finding | undefined {
  const { observations: { random }, right, best, start, span } = comparison;
  if (!isUnbounded(random) || !areAmounts(right)) return undefined;
  const [turned, twice] = multiples(comparison.engine, right, [-1, 2]);
  if (!(Math.abs(turned - best) < 1e-4 * span) || !(twice > best + 0.05 * span)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "note",
    message: "Outputs of the opposite sign cost nothing, as in a spectrum: is that intended?",
    evidence: { perfect: best, oppositeSigns: turned, twiceAsLarge: twice, random: start },
    remedy: "If the signs must be correct, add a term that sees the difference itself, as the mean squared error does",
  };
}

/** Tells whether an offset of all outputs moves the loss in proportion: by the mean of the labels that weigh the outputs. */
export function offsetIsLinear(context: AuditContext, right: AuditBatch): boolean {
  const [less, none, more] = offsets(context.engine, right, [-10, 0, 10]);
  return Math.abs(more - 2 * none + less) < 1e-3 * Math.abs(more - less);
}

const offsetPays = (evidence: Evidence, outputs = "all outputs"): Finding => ({
  cause: "wrong-optimum",
  severity: "note",
  message: `An offset of ${outputs} lowers the loss without end, in proportion, as for a critic or a policy whose ` +
    "labels do not have a mean of 0",
  evidence,
  remedy: "Give as many rows of one label as of the other, or subtract the mean from the labels (a baseline)",
});

/**
 * Correct outputs that are clearly beaten: by the same outputs with other labels, which no fit explains. The outputs that
 * the sampler calls correct, or the labels, have the opposite meaning for this loss.
 */
function beatenByOtherLabels(comparison: Comparison): Finding | undefined {
  const { engine, observations: { deterministic }, best, start, span } = comparison;
  if (!deterministic) return undefined;
  const others = [1, 3, 7].map((shift) => engine.value(withLabelsOf(comparison, shift)).value);
  const most = Math.max(...others), least = 0.2 * Math.max(Math.abs(span), Math.abs(best));
  if (!(most < best - least) || otherOutputsFit(comparison, best)) return undefined;
  return {
    cause: "wrong-sign",
    severity: "warning",
    message: "Correct outputs have a larger loss than the same outputs with the labels of other rows: " +
      "the loss or the labels are turned round",
    evidence: { perfect: best, labelsOfOtherRows: most, random: start },
    remedy: "Look at which label means what in the formula, or return the negative of the score",
  };
}

/** The least loss of outputs of the same order that are somewhat less sure, as where labels are softened; hardly sure ones cost more. */
function lessSure({ engine, observations }: Comparison, right: AuditBatch): number {
  if (!isUnbounded(observations.random) || new Set(right.yPred).size !== 2) return Infinity;
  const [hardly, ...others] = multiples(engine, right, [0.125, 0.25, 0.5]), least = Math.min(...others);
  return least < hardly ? least : Infinity;
}

/** Outputs of a model that has learned nothing, which are as good as correct ones. */
function uselessModel(comparison: Comparison): Finding | undefined {
  const { engine, observations, start } = comparison, { columns } = observations, { yPred } = comparison.right;
  const { labelColumns = columns } = comparison.options;
  let byOffset: Finding | undefined;
  // Where all rows have the same correct outputs, a constant model can be right, and is wrong as soon as it is worse.
  const near = yPred.every((p, i) => p === yPred[i % columns]) ? 1e-6 : 1e-3;
  for (const right of rightOnes(observations)) {
    const best = engine.value(right).value, span = start - best;
    if (!(span > 0) || span > 1e6) continue; // of a few rows that weigh so much another rule tells
    for (const { name, batch: all, remedy } of uselessOf(right, observations)) {
      const batch = withOutputs(all, (p, i) => i % columns < labelColumns ? p : right.yPred[i]); // the others have no label
      if (batch.yPred.every((p, i) => p === right.yPred[i])) continue; // of one positive, a single certain one is correct
      const { value } = engine.value(batch);
      if (!(value <= best + near * span)) continue;
      if (otherOutputsFit(comparison, best - 0.05 * span) || lessSure(comparison, right) < value - near * span) {
        continue;
      }
      if (remedy === bound && offsetIsLinear(comparison, right)) {
        byOffset ??= offsetPays({ useless: name, value, perfect: best, random: start });
        continue;
      }
      return errorOf({
        cause: "wrong-optimum",
        message: `A useless model is as good as a perfect one: ${name}`,
        evidence: { useless: name, value, perfect: best, random: start },
        remedy,
      });
    }
  }
  return byOffset;
}

/** A minimum at other outputs than the correct ones: correct outputs that are beaten, or useless ones that are as good. */
export const wrongOptimum: Rule = (context) => {
  const { engine, observations } = context, { results: { perfect }, random, columns } = observations;
  if (perfect === undefined || !Number.isFinite(perfect.value)) return fallsAsSquare(context);
  if (onlyRow(random, columns) !== undefined) return undefined; // the other rows are free: another rule says why
  if (isKeptOut(context)) return undefined;
  const { batch: right, value: best } = perfect, { yPred } = right;
  if (new Set(yPred).size < 2) return undefined;
  const start = engine.value({ ...right, yPred: random.batch.yPred }).value;
  const comparison = { ...context, right, best, start, span: start - best };
  const determined = labelsDetermineOutputs(observations);
  const collapsed = determined ? undefined : sameColumns(comparison) ?? collapse(comparison);
  const beaten = comparedWithItself(observations) ?? idleOutput(context) ?? awayFromConstants(comparison) ??
    // Where one output fits all rows, the labels of other rows say nothing.
    (collapsed?.severity === "error" ? collapsed : undefined) ?? beatenByOtherLabels(comparison) ??
    columnWithoutEnd(comparison) ?? labelsTimes(comparison) ?? fallsAsSquare(context);
  if (beaten !== undefined) return beaten;
  if (!determined) return collapsed ?? contradicted(comparison);
  const useless = uselessModel(comparison);
  if (useless !== undefined || !observations.deterministic) return useless; // the others ask about small differences
  const { labelColumns = columns } = context.options;
  if (labelColumns < columns) return unusedOutput(context); // outputs without labels make the loss smaller than correct ones do
  return errorsCancel(comparison) ?? fitsWithoutLabels(comparison) ?? unsure(comparison) ?? nearMiss(comparison) ??
    betterConstant(comparison) ?? beyondLabels(comparison) ?? offsetIsFree(comparison) ?? oppositeSigns(comparison) ??
    unusedOutput(context) ??
    fallsAtOnce(comparison) ?? contradicted(comparison);
};

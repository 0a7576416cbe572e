import { areShares, areZeroOrOne, type AuditBatch, extentOf, onSimplex, rowsOf, withOutputs } from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import type { Observations } from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { AuditOptions, Finding } from "../types.ts";
import {
  type AuditContext,
  descendsFrom,
  errorOf,
  isLinear,
  isSoftmax,
  locationOf,
  makerOf,
  meetsLabels,
  ofLabels,
  type Rule,
  weighsByLabels,
} from "./rule.ts";

/** Exponentials of amounts times counts, exp(p) − y·p: outputs that are rates already in the formula of their logarithm. */
function rateTwice({ ops, random }: Observations, { yPred }: AuditOptions): Finding | undefined {
  if (yPred !== "nonnegative" || areShares(random.batch.yTrue) || !ops.some(weighsByLabels)) return undefined;
  const op = ops.find(({ op, inputs: [input] }) => op === "Exp" && input.isPred);
  return op && errorOf({
    cause: "activation-mismatch",
    message: "The formula takes the exponential of outputs that are at least 0: it needs logarithms, and never comes " +
      "below 1",
    evidence: { batch: "random", value: random.value },
    remedy: "Remove the activation of the last layer, or use the form that takes the rate itself: p - y * log(p)",
    where: locationOf(op),
  });
}

/** The product in a score of counts, such as 2·Σyp / (Σy + Σp), that takes the outputs as they are. */
function overlap(ops: readonly RecordedOp[]): RecordedOp | undefined {
  const indices = (is: (op: RecordedOp) => boolean) => [...ops.keys()].filter((at) => is(ops[at]));
  const products = indices(weighsByLabels), sums = indices(({ op, inputs }) => op === "Sum" && inputs[0].isPred);
  const fromSome = (input: RecordedInput, some: number[]) => some.some((at) => descendsFrom(ops, input, at));
  /** Made of products alone, summed and multiplied; the product in a cross-entropy of logits has another term beside it. */
  const countsOverlap = (input: RecordedInput): boolean => {
    const op = makerOf(ops, input);
    if (op === undefined || products.includes(input.madeBy!)) return op !== undefined;
    return isLinear(op) && op.inputs.every((i) => !i.fromPred || countsOverlap(i));
  };
  const isRatio = ({ op, live, inputs: [above, below] }: RecordedOp) =>
    op === "RealDiv" && live && below.live && countsOverlap(above) && fromSome(below, [...products, ...sums]);
  return ops.some(isRatio) ? ops[products[0]] : undefined;
}

const squashing = (one: RecordedOp): boolean => isSoftmax(one) || one.op === "Sigmoid" || one.op === "Softplus";

/** Tells whether an input is −x, or x or −x by a condition, as TensorFlow writes −|x|. */
const isNegated = (
  ops: readonly RecordedOp[],
  input: RecordedInput,
  whose: (x: RecordedInput) => boolean,
): boolean => {
  const negative = makerOf(ops, input, "Neg"), choice = makerOf(ops, input, "Select");
  return (negative !== undefined && whose(negative.inputs[0])) ||
    (choice?.inputs.some((i) => isNegated(ops, i, whose)) ?? false);
};

/**
 * Tells whether the operation is the exponential of a softmax or sigmoid. `tf.softmax` and `tf.logSoftmax` subtract the
 * maximum first; `tf.losses.sigmoidCrossEntropy` takes exp(−|x|).
 */
const exponential = (ops: readonly RecordedOp[], at: number, whose: (input: RecordedInput) => boolean): boolean =>
  ops[at].op === "Exp" &&
  (isNegated(ops, ops[at].inputs[0], whose) ||
    ops.slice(Math.max(0, at - 3), at).some(({ op, inputs }) =>
      (op === "Sub" || op === "Abs" || op === "Neg") && whose(inputs[0]) && !inputs.some((input) => input.fromTrue)
    ));

/** The first softmax or sigmoid of such an input. */
const squashes = (ops: readonly RecordedOp[], whose: (input: RecordedInput) => boolean): RecordedOp | undefined =>
  ops.find((op, i) =>
    (squashing(op) && (whose(op.inputs[0]) || isNegated(ops, op.inputs[0], whose))) || exponential(ops, i, whose)
  );

/** The difference between two logits up to which they may be cosines without a scale, that is 2 and a margin. */
const COSINES_APART = 2.4;

/** A sigmoid or softmax of a tanh or a cosine: a sigmoid stays between 0.27 and 0.73. */
function squashedSigns({ ops, random }: Observations, { yPred }: AuditOptions): Finding | undefined {
  const signs = yPred === "tanh" || (typeof yPred === "object" && yPred.every((end) => Math.abs(end) === 1));
  const op = signs ? squashes(ops, ({ isPred }) => isPred) : undefined;
  if (op === undefined || op.inputs[0].largest > COSINES_APART) return undefined; // they have a scale
  return {
    cause: "activation-mismatch",
    severity: "warning",
    message:
      "The loss takes a sigmoid or softmax of outputs between −1 and 1, of a tanh or a cosine, so it never comes close " +
      "to 0 or 1",
    evidence: { batch: "random", value: random.value },
    remedy:
      "Remove the activation of the last layer, compare the labels with (p + 1) / 2, or multiply cosines by a scale",
    where: locationOf(op),
  };
}

/** The sum of exponentials of shifted logits, as in a softmax that is written out; undefined if the operation is none of these. */
const sumOfShifted = (ops: readonly RecordedOp[], one: RecordedOp): RecordedOp | undefined =>
  one.op === "Exp" && makerOf(ops, one.inputs[0], "Sub")
    ? ops.find(({ op, inputs: [of] }) => op === "Sum" && makerOf(ops, of) === one)
    : undefined;

/**
 * A log-softmax of logits that stay close to each other, whatever the outputs are, as cosines without a scale do: the largest
 * of several shares is never near 1, and the loss never near its least value.
 */
function boundedLogits({ engine, observations }: AuditContext): Finding | undefined {
  const { ops, results, random, other } = observations;
  const isInLogSoftmax = (one: RecordedOp) => {
    const sum = sumOfShifted(ops, one);
    return sum !== undefined && ops.some(({ op, inputs: [of] }) => op === "Log" && makerOf(ops, of) === sum);
  };
  const at = ops.findIndex((op) => op.live && (op.op === "LogSoftmax" || isInLogSoftmax(op)));
  if (at < 0) return undefined;
  const { op, inputs: [{ shape }] } = ops[at], classes = shape.at(-1)!;
  /** The largest difference between two logits of a row. */
  const spread = (batch: AuditBatch) =>
    (op === "Exp" ? 1 : 2) * (engine.record(batch).ops[at]?.inputs[0].largest ?? Infinity);
  if (classes < 3 || spread(random.batch) > COSINES_APART) return undefined;
  const tried = [results.perfect, results.saturated, results.far, other].flatMap((one) => one ? [one.batch] : []);
  const far = tried.some(({ yPred }) => yPred.some((p) => Math.abs(p) > 1)) // outputs without an end
    ? tried.map((batch) => withOutputs(batch, (p) => 100 * p))
    : [];
  const largest = Math.max(...[...tried, ...far].map(spread)), share = 1 / (1 + (classes - 1) * Math.exp(-largest));
  return largest > COSINES_APART ? undefined : {
    cause: "saturated",
    severity: "warning",
    message:
      `The logits of a row differ by at most ${fourDigits(largest)}, whatever the outputs are: of ${classes} shares ` +
      `the largest is never above ${fourDigits(share)}`,
    evidence: { batch: "random", value: random.value, largestDifference: largest, classes },
    remedy: "Multiply cosines by a scale before the softmax, 30 for example, or divide them by a temperature below 0.1",
    where: locationOf(ops[at]),
  };
}

/** A categorical cross-entropy or divergence of outputs that do not share 1: every output is best at its maximum. */
function notShared({ ops, columns, random, other }: Observations): Finding | undefined {
  const { batch } = random, results = [random, other];
  if (columns < 2 || batch.yTrue.length !== batch.yPred.length || onSimplex(batch.yPred, columns)) return undefined;
  if (!onSimplex(batch.yTrue, columns) || ops.some(({ op, live }) => op === "RealDiv" && live)) return undefined;
  const log = ops.find(({ op, inputs }) => op === "Log" && inputs[0].isPred);
  const rewards = results.every(({ gradient }) => gradient?.every((g) => g <= 0) && gradient.some((g) => g < 0));
  return log && rewards
    ? errorOf({
      cause: "activation-mismatch",
      message: `The ${columns} outputs of a row do not sum to 1, but the labels do: the loss falls as any output rises`,
      evidence: {
        batch: "random",
        value: random.value,
        largestGradient: Math.max(...random.gradient!),
        leastGradient: Math.min(...random.gradient!),
      },
      remedy: "Give the last layer a softmax, or add the term of the other label: (1 − y)·log(1 − p)",
      where: locationOf(log),
    })
    : undefined;
}

/** A softmax or sigmoid of another one inside the loss. */
function squashedTwice({ ops, random }: Observations): Finding | undefined {
  const op = squashes(ops, ({ isShare }) => isShare);
  return op && errorOf({
    cause: "activation-mismatch",
    message: "The loss applies a softmax or sigmoid to the result of another one: the formula already contains it",
    evidence: { batch: "random", value: random.value },
    remedy: "Pass logits to a cross-entropy of logits, or use the cross-entropy of probabilities",
    where: locationOf(op),
  });
}

/** Logits multiplied by the labels without normalisation: the loss has no minimum. */
function rawScores({ ops, random }: Observations, { yPred }: AuditOptions): Finding | undefined {
  if (yPred !== "logits" || !areZeroOrOne(random.batch.yTrue)) return undefined;
  const op = ops.every((op) => !op.fromPred || isLinear(op)) ? ops.find(weighsByLabels) : undefined;
  return op && errorOf({
    cause: "activation-mismatch",
    message: "The logits are multiplied by the labels directly: without a log-softmax, larger logits are always better",
    evidence: { batch: "random", value: random.value },
    remedy: "Use tf.losses.softmaxCrossEntropy, or sigmoidCrossEntropy if a row can have several labels",
    where: locationOf(op),
  });
}

/** Probabilities multiplied by one-hot labels and summed: a log-likelihood without its logarithm. */
function withoutLogarithm({ ops, columns, random, results: { perfect } }: Observations): Finding | undefined {
  if (perfect === undefined || Math.abs(perfect.value + 1) > 1e-4) return undefined;
  const given = onSimplex(random.batch.yPred, columns), zeroOrOne = areZeroOrOne(random.batch.yTrue);
  const areWeights = (input: RecordedInput) => ofLabels(input) && (zeroOrOne || input.levels.join() === "0,1");
  const isPlain = (op: RecordedOp) => !op.fromPred || isLinear(op) || (!given && op.op === "Softmax");
  const isOfShares = ({ op, inputs }: RecordedOp) =>
    op === "Multiply" && inputs.some((i) => given ? i.isPred : i.isShare) && inputs.some(areWeights);
  const op = ops.every(isPlain) ? ops.find(isOfShares) : undefined;
  return op && {
    cause: "activation-mismatch",
    severity: "warning",
    message:
      "The probabilities are multiplied by the labels without a logarithm: a log-likelihood takes their logarithm",
    evidence: { batch: "random", value: random.value, perfect: perfect.value },
    remedy: given
      ? "Give the last layer a log-softmax, or take the logarithm in the loss"
      : "Take the log-softmax of the logits, or use tf.losses.softmaxCrossEntropy",
    where: locationOf(op),
  };
}

/** Shares whose gradient is that of −Σ y·p, of labels that are shares themselves: the loss is least at the likeliest class alone. */
function linearInShares({ ops, columns, random: { batch, value, gradient } }: Observations): Finding | undefined {
  const { yTrue } = batch;
  if (gradient === undefined || areZeroOrOne(yTrue)) return undefined;
  if (!onSimplex(batch.yPred, columns) || !onSimplex(yTrue, columns)) return undefined;
  const times = Math.hypot(...gradient) / Math.hypot(...yTrue), op = ops.find(meetsLabels);
  return op && gradient.every((g, i) => Math.abs(g + times * yTrue[i]) <= 1e-4 * times)
    ? {
      cause: "activation-mismatch",
      severity: "warning",
      message:
        "The loss falls in proportion to each share times its label, which is a share itself: it is least where " +
        "the likeliest class has all, and not where outputs equal the labels",
      evidence: { batch: "random", value, times },
      remedy: "Take the logarithm of the outputs: a divergence needs it, as kl_div does of its input",
      where: locationOf(op),
    }
    : undefined;
}

/** A softmax although a row can have several labels: its outputs sum to 1. */
function softmaxOfSeveral(
  { ops, columns, random: { batch } }: Observations,
  { yPred }: AuditOptions,
): Finding | undefined {
  const { yTrue, yPred: outputs } = batch;
  if (yTrue.length !== outputs.length || !areZeroOrOne(yTrue)) return undefined;
  const most = Math.max(...rowsOf(yTrue, columns).map((row) => row.reduce((a, b) => a + b)));
  if (most < 2) return undefined;
  const ranks = ops.some((op) => op.op === "RealDiv" && ofLabels(op)); // several may be relevant, which share the label
  const isWritten = (one: RecordedOp) => yPred === "logits" && !ranks && sumOfShifted(ops, one) !== undefined;
  const op = ops.find((one) =>
    one.live && !one.fromTrue && one.outputShape.at(-1) === columns &&
    (isSoftmax(one) || isWritten(one))
  );
  return op && errorOf({
    cause: "activation-mismatch",
    message: `A softmax makes the ${columns} outputs of a row sum to 1, but rows have up to ${most} labels`,
    evidence: { batch: "random", mostLabelsInARow: most, columns },
    remedy: "Use a sigmoid for each column, or give labels of one class per row",
    where: locationOf(op),
  });
}

/** A softmax or sigmoid of probabilities, or a formula of probabilities for outputs that are something else. */
export const activation: Rule = (context) => formula(context) ?? boundedLogits(context);

/** A formula for other outputs than those of the last layer. */
const formula: Rule = ({ observations, options }) => {
  const { yPred = "probability" } = options, { ops, random } = observations;
  const values = random.batch.yPred, inside = areShares(values);
  if ((yPred === "probability" || yPred === "simplex") && inside) {
    const op = squashes(ops, ({ isPred }) => isPred), [least, greatest] = extentOf(values);
    if (op === undefined) {
      return withoutLogarithm(observations) ?? linearInShares(observations) ?? notShared(observations);
    }
    return errorOf({
      cause: "activation-mismatch",
      message: "The loss applies a softmax or sigmoid to outputs that are already probabilities",
      evidence: { batch: "random", least, greatest, value: random.value },
      remedy: "Remove the activation of the last layer, or use the form of the loss that takes probabilities; " +
        'if your last layer has no activation, audit with yPred: "logits" (--predictions logits)',
      where: locationOf(op),
    });
  }
  const odd = rateTwice(observations, options) ?? squashedTwice(observations) ?? squashedSigns(observations, options) ??
    softmaxOfSeveral(observations, options) ?? (yPred === "logits" ? withoutLogarithm(observations) : undefined);
  if (inside || odd !== undefined) return odd;
  const raw = rawScores(observations, options);
  if (raw !== undefined) return raw;
  const shares = areShares(random.batch.yTrue);
  const squashed = ops.findIndex((op) => squashing(op) || ["Exp", "Tanh", "Erf", "Step"].includes(op.op));
  /** Of columns that go beyond −1 and 1, those that are cut out and do not are shares. */
  const beyond = values.some((p) => Math.abs(p) > 1),
    isOutside = ({ isPred, largest }: RecordedInput) => isPred && (!beyond || largest > 1);
  const op =
    (squashed < 0 ? ops : ops.slice(0, squashed)).find(({ op, attrs, inputs: [input] }) =>
      isOutside(input) && (((op === "Log" || op === "Log1p") && yPred !== "nonnegative" && shares) ||
        (Number(attrs.clipValueMin) >= 0 && Number(attrs.clipValueMax) <= 1))
    ) ?? (shares ? overlap(ops) : undefined);
  return op && errorOf({
    cause: "activation-mismatch",
    message: "The formula needs probabilities, but the outputs are not probabilities: a sigmoid or softmax is missing",
    evidence: {
      batch: "random",
      outside: values.filter((p) => p < 0 || p > 1).length / values.length,
      withoutGradient: (random.gradient ?? []).filter((g) => g === 0).length / values.length,
    },
    remedy: "Give the last layer a sigmoid or softmax, or use a loss that takes logits: " +
      "tf.losses.sigmoidCrossEntropy, fromLogits: true",
    where: locationOf(op),
  });
};

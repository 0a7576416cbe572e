import {
  areShares,
  areZeroOrOne,
  type AuditBatch,
  columnsOf,
  kindsInWords,
  onSimplex,
  withOutputs,
} from "../batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../engines/engine.ts";
import { type BatchResult, resultOf } from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { BatchKind, Evidence, Finding } from "../types.ts";
import { type AuditContext, errorOf, locationOf, makerOf, type Rule } from "./rule.ts";

/** Kinds of batches that can occur in training. */
const legal: readonly BatchKind[] = [
  ...["random", "perfect", "saturated", "constPred", "allNeg", "allPos", "zeroBoth", "far"] as const,
];

/** Operations that divide. */
const dividing = new Set(["RealDiv", "DivNoNan", "Mean", "Reciprocal", "Rsqrt", "FloorDiv"]);

/**
 * Explains why a loss throws on a batch, or why its value or gradient is not finite there.
 *
 * @param occasion The end of the sentence "Log gives NaN …".
 * @param evidence Evidence that identifies the batch.
 */
export function nonFinite(
  engine: AuditEngine,
  result: BatchResult,
  occasion: string,
  evidence: Evidence,
): Finding | undefined {
  const { value, error } = result;
  if (error !== undefined) {
    return errorOf({
      cause: "domain-edge",
      message: `The loss throws ${occasion}: ${error}`,
      evidence: { ...evidence, thrown: error },
      remedy: "Return a value for such a batch, or a weight of 0, instead of throwing in the middle of an epoch",
    });
  }
  return Number.isFinite(value)
    ? nonFiniteGradient(engine, result, occasion, evidence)
    : nonFiniteValue(engine, result, occasion, evidence);
}

function nonFiniteValue(
  engine: AuditEngine,
  { batch, value }: BatchResult,
  occasion: string,
  evidence: Evidence,
): Finding {
  const { ops } = engine.record(batch), op = ops.find(({ breaks }) => breaks);
  const weight = op ? undefined : notFiniteWeight(ops);
  if (weight !== undefined) {
    return errorOf({
      cause: "zero-division",
      message: `${weight.op} takes weights that are not finite, whatever the batch: the loss is ${value} ${occasion}`,
      evidence: { ...evidence, value },
      remedy:
        "Look at how the weights are made: a class without samples divides by 0; in JavaScript 1 - x of a tensor x " +
        "is NaN, write tf.sub(1, x)",
      where: locationOf(weight),
    });
  }
  if (op === undefined && batch.yTrue.some(Number.isNaN)) {
    return errorOf({
      cause: "domain-edge",
      message:
        `The labels contain NaN, and the loss gives ${value}: a mask that multiplies does not remove it, 0 · NaN ` +
        "is NaN",
      evidence: { ...evidence, value },
      remedy: "Replace NaN among the labels first, or select with tf.where before anything is computed from them",
    });
  }
  const divides = op !== undefined && dividing.has(op.op), ofLabels = op?.fromPred === false;
  return errorOf({
    cause: divides ? "zero-division" : "domain-edge",
    message: `${op?.op ?? "The loss"} gives ${value} ${ofLabels ? "on labels that can occur" : occasion}`,
    evidence: { ...evidence, value },
    remedy: ofLabels ? leaveOut(op!) : divides ? divided(batch) : keptAway(op, batch),
    where: op && locationOf(op),
  });
}

function nonFiniteGradient(
  engine: AuditEngine,
  { batch, value, gradient }: BatchResult,
  occasion: string,
  evidence: Evidence,
): Finding | undefined {
  const element = gradient?.findIndex((g) => !Number.isFinite(g)) ?? -1;
  if (element < 0) return undefined;
  const slope = gradient![element], op = steepest(engine.record(batch).ops);
  return errorOf({
    cause: "nan-gradient",
    message: `The loss is ${fourDigits(value)}, but its gradient is ${slope} ${occasion}`,
    evidence: { ...evidence, element, output: batch.yPred[element], value, gradient: slope },
    remedy: op?.breaks
      ? `${op.op} is not finite in a branch that is not selected: make its argument harmless before tf.where`
      : slopes[op?.op ?? ""] ?? "Keep the argument of the steep operation away from its edge by a small constant",
    where: op && locationOf(op),
  });
}

/** A product with numbers that are neither labels nor outputs and not finite, such as weights of classes. */
const notFiniteWeight = (ops: readonly RecordedOp[]): RecordedOp | undefined =>
  ops.find(({ op, inputs }) => op === "Multiply" && inputs.some((i) => !i.finite && !i.fromPred && !i.fromTrue));

const leaveOut = ({ op }: RecordedOp): string =>
  `${op} is applied to the labels: leave such rows out, or replace their labels before it`;

/** The remedy for a division by 0: of counts a pseudo-count, of amounts a constant below. */
const divided = ({ yTrue, yPred }: AuditBatch): string =>
  areZeroOrOne(yTrue) && (areShares(yPred) || yTrue.includes(1))
    ? "Define the score of a batch in which nothing is counted: add a pseudo-count above and below, or use " +
      "tf.where before the division; tf.divNoNan has no usable gradient"
    : "Keep the denominator away from 0: tf.maximum(x, 1e-7), or leave such rows out; tf.divNoNan has no usable gradient";

/** The remedy for an operation that has no value at some outputs. */
function keptAway(op: RecordedOp | undefined, { yPred }: AuditBatch): string {
  if ((op?.op === "Log" || op?.op === "Log1p") && !areShares(yPred)) {
    return "Keep the argument of the logarithm positive: tf.maximum(x, 1e-7), or a softplus of the outputs";
  }
  if (op?.op === "Exp") {
    return "Use a form that is finite for large outputs: tf.logSumExp or tf.softplus for a logarithm of exponentials, a bound otherwise";
  }
  return op?.op === "Pow" || op?.op === "Sqrt"
    ? `Keep the base of ${op.op} at 0 or above: tf.relu(x) or tf.abs(x), and a small constant under a root`
    : "Keep away from the edge: tf.clipByValue(p, 1e-7, 1 - 1e-7) before a logarithm, a bound for what grows without end";
}

const bounded =
  "Keep a log variance or log rate within bounds, [-10, 10] for example, or take softplus in the place of exp";

const root = "Add a small constant under the root: its slope at 0 is infinite";
const angle =
  "Clip the argument to [-1 + 1e-6, 1 - 1e-6], or compare directions by their product: the slope at ±1 is infinite";
const quotient = "Keep the denominator away from 0: tf.maximum(x, 1e-7)";

/** Operations whose slope can be infinite where their value is finite, with the remedy. */
const slopes: Readonly<Record<string, string>> = {
  Sqrt: root,
  Rsqrt: root,
  Pow: root,
  EuclideanNorm: root,
  Acos: angle,
  Asin: angle,
  Log: "Keep the argument of the logarithm away from 0",
  RealDiv: quotient,
  Atan2: quotient,
};

/** Operations that give the numbers of a tensor another shape. */
const shaping = new Set(["Reshape", "ExpandDims", "BroadcastTo", "Identity"]);

/** The operation that computed the numbers of an input. */
function sourceOf(ops: readonly RecordedOp[], input: RecordedInput): RecordedOp | undefined {
  const made = makerOf(ops, input);
  return made !== undefined && shaping.has(made.op) ? sourceOf(ops, made.inputs[0]) ?? made : made;
}

/** The operation to blame for a gradient that is not finite: one with an infinite value that is not used, or a steep one. */
const steepest = (ops: readonly RecordedOp[]): RecordedOp | undefined =>
  ops.find(({ breaks, live }) => breaks && live) ??
    Object.keys(slopes).map((name) => ops.find(({ op, live }) => op === name && live)).find((op) => op !== undefined);

/**
 * Labels and outputs that are all 0, if the sampler has no such batch and 0 is within the range of every column. Of
 * shares, labels of the same class in every row and outputs that are certain of it.
 */
function emptyBatch({ engine, observations: { results: { allNeg }, random, columns } }: AuditContext) {
  if (allNeg === undefined) return undefined;
  const { yTrue, yPred } = allNeg.batch, outputs = random.batch.yPred, shares = onSimplex(outputs, columns);
  const spans = (column: Float32Array) => column.some((p) => p < 0) && column.some((p) => p > 0);
  const reachesZero = (columns === 1 && areShares(outputs)) || columnsOf(outputs, columns).every(spans);
  const possible = shares ? yTrue.length === yPred.length : reachesZero && yTrue.every((y) => y === 0);
  return possible ? resultOf(engine, withOutputs(allNeg.batch, (_, i) => shares ? yTrue[i] : 0)) : undefined;
}

/** A ratio over the error: minus infinity for correct outputs, and flat for wrong ones. */
function upsideDown({ engine, observations: { results: { perfect } } }: AuditContext): Finding | undefined {
  if (perfect?.value !== -Infinity) return undefined;
  const op = engine.record(perfect.batch).ops.find(({ breaks }) => breaks);
  if (op?.op !== "RealDiv" || op.inputs[0].fromPred || !op.inputs[1].live) return undefined;
  return errorOf({
    cause: "wrong-optimum",
    message: "The ratio is upside down: divided by the error, the loss is -Infinity for correct outputs and nearly " +
      "flat for wrong ones",
    evidence: { batch: "perfect", value: perfect.value },
    remedy: "Exchange the two parts of the ratio: the error above, the spread of the labels below",
    where: locationOf(op),
  });
}

/** A kind of batch in words. Amounts are not negative or positive: they are all 0 then. */
function inWords(kind: BatchKind, { observations: { results: { allNeg }, random } }: AuditContext): string {
  const zeros = kind === "allNeg" && allNeg!.batch.yTrue.every((y) => y === 0) && !areZeroOrOne(random.batch.yTrue);
  return zeros ? "labels that are all 0" : kindsInWords[kind];
}

/** Outputs ten times as large, if the sampler gives none that are far from 0. */
export const notFiniteFurther: Rule = ({ engine, observations: { results: { far, saturated }, random } }) => {
  if (far !== undefined || saturated !== undefined || areShares(random.batch.yPred)) return undefined;
  const result = resultOf(engine, withOutputs(random.batch, (p) => 10 * p));
  const finding = nonFinite(engine, result, "for outputs ten times as large", { batch: "random × 10" });
  return finding && { ...finding, severity: "note" };
};

/**
 * Tells whether a loss is not finite because of an exponential of an output, which is made without the labels: too large by itself,
 * or, summed, too small for a logarithm. Real outputs can be a log variance, a log rate or a log risk, and a training does not come
 * to the 88 at which float32 ends. The logarithm of a sum of large exponentials has a form that is finite everywhere, and is none.
 */
function isLogarithm({ engine, options: { yPred } }: AuditContext, { batch, value }: BatchResult): boolean {
  if (yPred !== "real" || Number.isFinite(value)) return false;
  const { ops } = engine.record(batch), at = ops.findIndex(({ breaks }) => breaks), op = ops[at];
  if (op === undefined || op.fromTrue) return false;
  if (op.op === "Log") {
    const made = sourceOf(ops, op.inputs[0]);
    return made?.op === "Softplus" || makerOf(ops, made?.inputs[0], "Exp") !== undefined;
  }
  if (op.op !== "Exp") return false;
  // What is made from it, other than by a further exponential; of this, logarithms of more than the exponential alone.
  const made = new Set([at]);
  ops.forEach(({ op, inputs }, i) => {
    if (op !== "Exp" && inputs.some(({ madeBy }) => made.has(madeBy!))) made.add(i);
  });
  return !ops.some(({ op, inputs: [input] }) =>
    op === "Log" && made.has(input.madeBy!) && sourceOf(ops, input) !== ops[at]
  );
}

/** A value or a gradient that is not finite on a batch that can occur. */
export const notFinite: Rule = (context) => {
  const { engine, observations: { results } } = context;
  const inverted = upsideDown(context);
  if (inverted !== undefined) return inverted;
  let note: Finding | undefined;
  for (const kind of legal) {
    const own = results[kind], empty = kind === "zeroBoth" && !own?.batch.yTrue.every((y) => y === 0);
    const result = (empty ? emptyBatch(context) : undefined) ?? own;
    const finding = result &&
      nonFinite(engine, result, `on a batch that can occur (${inWords(kind, context)})`, { batch: kind });
    if (finding === undefined) continue;
    if (!isLogarithm(context, result!)) return finding;
    note ??= { ...finding, severity: "note", remedy: bounded };
  }
  return note;
};

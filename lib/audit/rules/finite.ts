import { areShares, areZeroOrOne, kindsInWords, onSimplex, withOutputs } from "../batches.ts";
import type { AuditEngine } from "../engines/engine.ts";
import { type BatchResult, resultOf } from "../observations.ts";
import { short } from "../report.ts";
import type { BatchKind, Evidence, Finding } from "../types.ts";
import { type AuditContext, errorOf, locationOf, type Rule } from "./rule.ts";

/** Kinds of batches that can occur in training. */
const legal: readonly BatchKind[] = [
  "random",
  "perfect",
  "saturated",
  "constPred",
  "allNeg",
  "allPos",
  "zeroBoth",
  "far",
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
  { batch, value, gradient, error }: BatchResult,
  occasion: string,
  evidence: Evidence,
): Finding | undefined {
  if (error !== undefined) {
    return errorOf({
      cause: "domain-edge",
      message: `The loss throws ${occasion}: ${error}`,
      evidence: { ...evidence, thrown: error },
      remedy: "Return a value for such a batch, or a weight of 0, instead of throwing in the middle of an epoch",
    });
  }
  if (!Number.isFinite(value)) {
    const op = engine.record(batch).ops.find(({ breaks }) => breaks), divides = op !== undefined && dividing.has(op.op);
    const ofLabelsAlone = op?.fromPred === false, outOfLog = op?.op === "Log" || op?.op === "Log1p";
    return errorOf({
      cause: divides ? "zero-division" : "domain-edge",
      message: `${op?.op ?? "The loss"} gives ${value} ${occasion}`,
      evidence: { ...evidence, value },
      remedy: divides
        ? "Define the score of a batch in which nothing is counted: add a pseudo-count above and below, or use " +
          "tf.where before the division; tf.divNoNan has no usable gradient"
        : ofLabelsAlone
        ? `${op!.op} is applied to the labels: leave such rows out, or replace their labels before it`
        : outOfLog && !areShares(batch.yPred)
        ? "Keep the argument of the logarithm positive: tf.maximum(x, 1e-7), or a softplus of the outputs"
        : op?.op === "Pow" || op?.op === "Sqrt"
        ? `Keep the base of ${op.op} at 0 or above: tf.relu(x) or tf.abs(x), and a small constant under a root`
        : "Keep away from the edge: tf.clipByValue(p, 1e-7, 1 - 1e-7) before a logarithm, softplus for " +
          "log(1 + exp), a bounded form for exp",
      where: op && locationOf(op),
    });
  }
  const element = gradient?.findIndex((g) => !Number.isFinite(g)) ?? -1;
  if (element < 0) return undefined;
  const slope = gradient![element];
  return errorOf({
    cause: "nan-gradient",
    message: `The loss is ${short(value)}, but its gradient is ${slope} ${occasion}`,
    evidence: { ...evidence, element, output: batch.yPred[element], value, gradient: slope },
    remedy: "Add a small constant under a root; where tf.where selects, make the branch that is not selected finite " +
      "before it",
  });
}

/**
 * Labels and outputs that are all 0, if the sampler has no such batch and 0 is within the range of every column. Of
 * shares, labels of the same class in every row and outputs that are certain of it.
 */
function emptyBatch({ engine, observations: { results: { allNeg }, random, columns } }: AuditContext) {
  if (allNeg === undefined) return undefined;
  const { yTrue, yPred } = allNeg.batch, outputs = random.batch.yPred, shares = onSimplex(random.batch, columns);
  const spans = (c: number) => {
    const column = outputs.filter((_, i) => i % columns === c);
    return column.some((p) => p < 0) && column.some((p) => p > 0);
  };
  const reachesZero = (columns === 1 && areShares(outputs)) ||
    Array.from({ length: columns }, (_, c) => c).every(spans);
  const possible = shares
    ? yTrue.length === yPred.length && areZeroOrOne(yTrue)
    : reachesZero && yTrue.every((y) => y === 0);
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
  const zeros = kind === "allNeg" && allNeg?.batch.yTrue.every((y) => y === 0) && !areZeroOrOne(random.batch.yTrue);
  return zeros ? "labels that are all 0" : kindsInWords[kind];
}

/** A value or a gradient that is not finite on a batch that can occur. */
export const notFinite: Rule = (context) => {
  const { engine, observations: { results } } = context;
  const inverted = upsideDown(context);
  if (inverted !== undefined) return inverted;
  for (const kind of legal) {
    const own = results[kind], empty = kind === "zeroBoth" && !own?.batch.yTrue.every((y) => y === 0);
    const result = (empty ? emptyBatch(context) : undefined) ?? own;
    const finding = result &&
      nonFinite(engine, result, `on a batch that can occur (${inWords(kind, context)})`, { batch: kind });
    if (finding !== undefined) return finding;
  }
  return undefined;
};

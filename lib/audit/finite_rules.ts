import { operations, type Tried, withOutputs } from "./facts.ts";
import { inWords } from "./kind_words.ts";
import { measure } from "./measure.ts";
import { type Case, type Rule, whereOf } from "./rule.ts";
import { onSimplex } from "./simplex.ts";
import type { Finding, Kind } from "./types.ts";

/** Kinds whose outputs and labels are legal. */
const legal: readonly Kind[] = ["random", "perfect", "saturated", "constPred", "allNeg", "allPos", "zeroBoth", "far"];

/** Operations that divide. */
const dividing = new Set(["RealDiv", "DivNoNan", "Mean", "Reciprocal", "Rsqrt", "FloorDiv"]);

/** The first operation that makes something that is no number, on a batch. */
function breaking({ loss }: Case, { batch }: Tried) {
  return operations(loss, batch).find((op) => op.breaks);
}

/**
 * Labels and outputs that are all 0, where the sampler has no such batch: if 0 is within the range of every column. Of
 * shares, labels of one and the same class in every row, and outputs that are sure of it.
 */
function emptyBatch({ loss, facts: { tried: { allNeg }, random, columns } }: Case): Tried | undefined {
  if (allNeg === undefined) return undefined;
  const { yTrue, yPred } = allNeg.batch, shares = onSimplex(random.batch, columns);
  const column = (c: number) => random.batch.yPred.filter((_, i) => i % columns === c);
  const spans = (c: number) => column(c).some((p) => p < 0) && column(c).some((p) => p > 0);
  const single = columns === 1 && random.batch.yPred.every((p) => p >= 0 && p <= 1);
  if (shares) {
    const sure = yTrue.length === yPred.length && yTrue.every((y) => y === 0 || y === 1);
    if (!sure) return undefined;
  } else if (!single && !Array.from({ length: columns }, (_, c) => c).every(spans)) return undefined;
  else if (yTrue.some((y) => y !== 0)) return undefined;
  const batch = withOutputs(allNeg.batch, (_, i) => shares ? yTrue[i] : 0);
  return { batch, ...measure(loss, batch) };
}

/** A value, or a gradient, that is no number on a batch that is legal. */
export const notFinite: Rule = (of): Finding | undefined => {
  for (const kind of legal) {
    const own = of.facts.tried[kind], empty = kind === "zeroBoth" && !own?.batch.yTrue.every((y) => y === 0);
    const tried = (empty ? emptyBatch(of) : undefined) ?? own;
    if (tried === undefined) continue;
    if (tried.thrown !== undefined) {
      return {
        cause: "domain-edge",
        severity: "error",
        message: `The loss throws on a batch that can occur (${inWords[kind]}): ${tried.thrown}`,
        evidence: { batch: kind, thrown: tried.thrown },
        remedy: "Say what the loss is there: a value, or a weight of 0, instead of an error in the middle of an epoch",
      };
    }
    if (!Number.isFinite(tried.value)) {
      const op = breaking(of, tried);
      const zero = op !== undefined && dividing.has(op.op);
      return {
        cause: zero ? "zero-division" : "domain-edge",
        severity: "error",
        message: `${op?.op ?? "The loss"} gives ${tried.value} on a batch that can occur: ${inWords[kind]}`,
        evidence: { batch: kind, value: tried.value },
        remedy: zero
          ? "Say what the score is where nothing is counted: tf.divNoNan has no usable gradient; add a pseudo-count above and below, or take tf.where before the division"
          : "Keep away from the edge: tf.clipByValue(p, 1e-7, 1 - 1e-7) before a logarithm, softplus for log(1 + exp), a bounded form for exp",
        where: op && whereOf(op),
      };
    }
    const at = tried.gradient?.findIndex((g) => !Number.isFinite(g)) ?? -1;
    if (at >= 0) {
      return {
        cause: "nan-gradient",
        severity: "error",
        message: `The value is a number, ${tried.value.toPrecision(4)}, and its gradient is ${tried.gradient![at]}: ${
          inWords[kind]
        }`,
        evidence: {
          batch: kind,
          element: at,
          output: tried.batch.yPred[at],
          value: tried.value,
          gradient: tried.gradient![at],
        },
        remedy:
          "Where a root is taken, add a small constant under it; where tf.where chooses, make the branch that is not chosen finite before it",
      };
    }
  }
  return undefined;
};

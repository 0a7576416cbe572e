import { type Facts, withOutputs } from "./facts.ts";
import { valueOf } from "./measure.ts";
import { type Rule, whereOf } from "./rule.ts";
import type { Finding } from "./types.ts";

/** One column of labels against several of outputs, or the other way round. */
function spread({ ops, columns, random, rows }: Facts): Finding | undefined {
  const labels = new Set(random.batch.yTrue), labelColumns = random.batch.yTrue.length / rows;
  const one = columns > 1 && labelColumns === 1 && !(labels.size <= columns && labels.size > 2);
  if (!one && !(columns === 1 && labelColumns > 1)) return undefined;
  const op = ops.find(({ op, inputs }) =>
    ["Sub", "SquaredDifference"].includes(op) &&
    inputs.some((i) => i.isPred && i.shape.length === 2 && i.shape[1] === columns) &&
    inputs.some((i) => i.fromTrue && !i.fromPred && i.shape.length === 2 && i.shape[1] === labelColumns)
  );
  return op && {
    cause: "broadcast",
    severity: "error",
    message: one
      ? `One column of labels is compared with ${columns} columns of outputs: each of them is drawn to the same label`
      : `One column of outputs is compared with ${labelColumns} columns of labels: it is drawn to all of them at once`,
    evidence: { labelColumns, outputColumns: columns, value: random.value },
    remedy: "Give the last layer as many units as there are labels in a row",
    where: whereOf(op),
  };
}

/** Labels or outputs that were transposed: [1, n] against [n, 1]. Pairs of outputs with each other are meant. */
function crossed({ ops, rows, random }: Facts): Finding | undefined {
  const side = (shape: readonly number[], columns: boolean) =>
    shape.length === 2 && shape[0] === (columns ? rows : 1) && shape[1] === (columns ? 1 : rows);
  // Element by element too: then the pairs are meant, as what is to be expected by chance.
  const compared = ops.some(({ inputs: [a, b] }) =>
    a !== undefined && b !== undefined && side(a.shape, true) && side(b.shape, true) &&
    (a.fromTrue && !a.fromPred && b.live || b.fromTrue && !b.fromPred && a.live)
  );
  if (compared) return undefined;
  const op = ops.find(({ inputs: [a, b] }) =>
    a !== undefined && b !== undefined && a.fromPred !== b.fromPred && a.fromTrue !== b.fromTrue &&
    (side(a.shape, true) && side(b.shape, false) || side(a.shape, false) && side(b.shape, true))
  );
  return op && {
    cause: "broadcast",
    severity: "error",
    message: `[1, ${rows}] against [${rows}, 1] makes ${rows} × ${rows}: every label is compared with every output`,
    evidence: { rows, value: random.value },
    remedy: "Transpose neither: both are [rows, columns], and compared element by element",
    where: whereOf(op),
  };
}

/** A loss that returns a table of rows by rows: its mean is taken, whatever is in it. */
function pairsReturned({ random: { shape, value }, rows }: Facts): Finding | undefined {
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== rows) return undefined;
  return {
    cause: "broadcast",
    severity: "error",
    message: `The loss returns [${rows}, ${rows}], a value for every pair of rows: its mean would be trained on`,
    evidence: { rows, value },
    remedy: "Return one number, or one value a row: compare element by element, and reduce along the last axis",
  };
}

/** Operands that spread over each other: [n] against [n, 1]. */
export const broadcast: Rule = ({ loss, facts }) => {
  const n = facts.rows;
  const op = facts.ops.find(({ inputs, outputShape, fromPred }) =>
    fromPred && inputs.length >= 2 && outputShape.length === 2 && outputShape[0] === n && outputShape[1] === n &&
    inputs.some((a) => a.shape.length === 1 && a.shape[0] === n) &&
    inputs.some((a) => a.shape.length === 2 && a.shape[0] === n && a.shape[1] === 1)
  );
  if (op === undefined) return crossed(facts) ?? spread(facts) ?? pairsReturned(facts);
  const turned = withOutputs(
    facts.random.batch,
    (_, i) => facts.random.batch.yPred[(i + facts.columns) % (n * facts.columns)],
  );
  return {
    cause: "broadcast",
    severity: "error",
    message: `[${n}] against [${n}, 1] makes ${n} × ${n}: every label is compared with every output`,
    evidence: { rows: n, value: facts.random.value, valueWithOutputsInAnotherOrder: valueOf(loss, turned) },
    remedy: "Give both the same shape: tf.expandDims(yTrue, -1), or tf.squeeze(yPred, [-1])",
    where: whereOf(op),
  };
};

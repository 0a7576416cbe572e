import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import type { BatchObservations } from "../observations.ts";
import type { Finding } from "../types.ts";
import { descendsFrom, isProduct, isSoftmax, locationOf, ofLabels } from "./rule.ts";

/** Operations that treat all pairs alike; any other one may mask the diagonal. */
const alike = new Set([
  ...["Add", "AddV2", "Cast", "ClipByValue", "Exp", "Identity", "Multiply", "Neg"],
  ...["RealDiv", "Relu", "Sqrt", "Square", "Sub"],
]);

/** Tells whether a shape is that of pairs of rows: [m, m]. */
const isSquare = ([m, n]: readonly number[]): boolean => m > 1 && m === n;

/**
 * The operations that hold pairs of all rows with all rows, products of outputs with themselves and what is made of them,
 * as long as they are only scaled and shifted: anything of the same shape, and any other operation, may mask the diagonal.
 */
function unmaskedPairs(ops: readonly RecordedOp[]): Set<number | undefined> {
  const pairs = new Set<number | undefined>();
  /** The operation that made an input, before a transpose. */
  const maker = ({ madeBy }: RecordedInput): number | undefined =>
    madeBy !== undefined && ops[madeBy].op === "Transpose" ? ops[madeBy].inputs[0].madeBy : madeBy;
  for (const [at, one] of ops.entries()) {
    const { op, inputs } = one,
      own = isProduct(one) && inputs.every((i) => !i.fromTrue) && maker(inputs[0]) === maker(inputs[1]);
    const [kept, others] = [true, false].map((is) => inputs.filter((i) => pairs.has(i.madeBy) === is));
    if (own || (alike.has(op) && kept.length > 0 && others.every(({ shape }) => !isSquare(shape)))) pairs.add(at);
  }
  return pairs;
}

/**
 * A sum of exponentials over the similarities of each row with all rows, itself included, whose logarithm or ratio is taken: a
 * row is as similar to itself as can be, so that no other row is ever likely.
 */
export function comparedWithItself({ ops, rows, random: { value } }: BatchObservations): Finding | undefined {
  if (ops.some((op) => isProduct(op) && op.inputs.every(ofLabels))) return undefined; // matrices are compared
  const pairs = unmaskedPairs(ops);
  const isSum = ({ op, inputs: [{ madeBy }], outputShape }: RecordedOp) =>
    op === "Sum" && pairs.has(madeBy) && ops[madeBy!].op === "Exp" && outputShape.length > 0;
  const sums = new Set<number | undefined>([...ops.keys()].filter((at) => isSum(ops[at])));
  /** Tells whether shares of all rows weigh rows, as those of an attention do. */
  const isAttention = (at: number) =>
    ops.some((op) => isProduct(op) && op.inputs.some((input) => descendsFrom(ops, input, at)));
  const op = ops.find((one, at) =>
    ((["Log", "RealDiv"].includes(one.op) && sums.has(one.inputs.at(-1)!.madeBy)) ||
      (isSoftmax(one) && pairs.has(one.inputs[0].madeBy))) &&
    !isAttention(at)
  );
  return op && {
    cause: "wrong-optimum",
    severity: "warning",
    message:
      "Each row is compared with all rows, itself included: it is most similar to itself, whatever the outputs are",
    evidence: { batch: "random", rows, value },
    remedy: "Take the diagonal out before the exponential: tf.sub(x, tf.mul(1e9, tf.eye(n)))",
    where: locationOf(op),
  };
}

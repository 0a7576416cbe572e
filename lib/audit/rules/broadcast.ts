import { sizeOf, withOutputs } from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import { type BatchObservations, valueWith } from "../observations.ts";
import type { Finding } from "../types.ts";
import {
  axesOf,
  type BatchContext,
  errorOf,
  hasSizes,
  isDifference,
  isProduct,
  locationOf,
  makerOf,
  meetsLabels,
  ofLabels,
  takesBest,
} from "./rule.ts";

/** Tells whether the first and the last column weigh errors above and below the same label differently, as quantiles do. */
function leanDifferently({ engine, observations: { columns, random } }: BatchContext): boolean {
  const { batch } = random, label = (i: number) => batch.yTrue[Math.floor(i / columns)];
  const at = (column: number, by: number) =>
    valueWith(engine, batch, (_, i) => label(i) + (i % columns === column ? by : 0));
  const least = at(0, 0), lean = (column: number) => (at(column, 1) - least) / (at(column, -1) - least);
  return Math.abs(Math.log(lean(0) / lean(columns - 1))) > 0.1;
}

/** One column of labels against several columns of outputs, or the other way round. */
function spread(context: BatchContext): Finding | undefined {
  const { ops, columns, random, rows } = context.observations;
  const labels = new Set(random.batch.yTrue), labelColumns = random.batch.yTrue.length / rows;
  const one = columns > 1 && labelColumns === 1 && !(labels.size <= columns && labels.size > 2);
  if (!one && !(columns === 1 && labelColumns > 1)) return undefined;
  const op = ops.find((op) =>
    (isDifference(op) || (!one && op.op === "Multiply")) &&
    op.inputs.some((i) => i.isPred && hasSizes(i.shape, rows, columns)) &&
    op.inputs.some((i) => ofLabels(i) && hasSizes(i.shape, rows, labelColumns))
  );
  // An ensemble is compared with itself as well, column with column.
  const ensemble = ops.some(({ inputs, outputShape }) =>
    inputs.every((i) => i.live && !i.fromTrue) && hasSizes(outputShape, rows, columns, columns)
  );
  const areMeant = () => ensemble || takesBest(context.observations) || leanDifferently(context);
  if (op === undefined || (one && areMeant())) return undefined;
  return errorOf({
    cause: "broadcast",
    message: one
      ? `One column of labels is compared with ${columns} columns of outputs: all of them are pulled to the same label`
      : `One column of outputs is compared with ${labelColumns} columns of labels: it is pulled to all of them at once`,
    evidence: { labelColumns, outputColumns: columns, value: random.value },
    remedy: "Give the last layer as many units as a row has labels",
    where: locationOf(op),
  });
}

/** Transposed labels or outputs: [1, n] against [n, 1]. Pairs of outputs with outputs are meant. */
function crossed({ ops, rows, random }: BatchObservations): Finding | undefined {
  const isColumn = ({ shape }: RecordedInput) => hasSizes(shape, rows, 1);
  const isRow = ({ shape }: RecordedInput) => hasSizes(shape, 1, rows);
  // A loss that also compares element by element means the pairs: they estimate what chance would give.
  const compared = ops.some((op) => meetsLabels(op) && op.inputs.every(isColumn));
  // So does one that looks for the best partner of each row.
  const matched = ops.some(({ op, inputs: [pairs] }) =>
    ["Max", "Min"].includes(op) && pairs.fromPred && pairs.fromTrue && hasSizes(pairs.shape, rows, rows)
  );
  // And one that multiplies them as matrices: distances or kernels of two sets.
  const multiplied = ops.some((op) => isProduct(op) && meetsLabels(op) && hasSizes(op.outputShape, rows, rows));
  if (compared || matched || multiplied) return undefined;
  const op = ops.find(({ inputs }) =>
    inputs.some(ofLabels) && inputs.some((i) => i.fromPred && !i.fromTrue) && inputs.some(isColumn) &&
    inputs.some(isRow)
  );
  return op && errorOf({
    cause: "broadcast",
    message: `[1, ${rows}] with [${rows}, 1] makes ${rows} × ${rows}: every label is compared with every output`,
    evidence: { rows, value: random.value },
    remedy: "Transpose neither: keep both in the shape [rows, columns] and compare element by element",
    where: locationOf(op),
  });
}

/** Labels and outputs of different ranks that make rows × rows of more dimensions: [n, 3, 1, 1] against [n, 3]. */
function ofOtherRank({ ops, rows, random }: BatchObservations): Finding | undefined {
  const times = (shape: readonly number[]) => shape.filter((size) => size === rows).length;
  const op = ops.find((op) =>
    meetsLabels(op) && op.inputs[0].shape.length !== op.inputs[1].shape.length && times(op.outputShape) > 1 &&
    op.inputs.every(({ shape }) => times(shape) === 1)
  );
  const [a, b] = op?.inputs.map(({ shape }) => `[${shape.join(", ")}]`) ?? [];
  return op && errorOf({
    cause: "broadcast",
    message: `${a} with ${b} makes [${op.outputShape.join(", ")}]: every label is compared with every output`,
    evidence: { rows, value: random.value },
    remedy: "Give both the same shape before they are compared: tf.reshape(yPred, yTrue.shape)",
    where: locationOf(op),
  });
}

/** Operations that leave a number per row of a matrix. */
const reductions = new Set(["Max", "Min", "Sum", "Mean"]);

/**
 * The largest or the sum of each row of pairs, [n], that meets the pairs [n, n] again: it goes along the columns. A loss that
 * compares the pairs with the same numbers as [n, 1], too, means both directions.
 */
function rowsAsColumns({ ops, rows, random: { value } }: BatchObservations): Finding | undefined {
  const square = ({ shape }: { shape: readonly number[] }) => hasSizes(shape, rows, rows);
  const reductionOf = (input?: RecordedInput): RecordedOp | undefined => {
    const made = makerOf(ops, input);
    if (made === undefined || !reductions.has(made.op) || !square(made.inputs[0])) {
      return made?.inputs.length === 1 ? reductionOf(made.inputs[0]) : undefined;
    }
    return axesOf(made).join() === "1" ? made : undefined;
  };
  const meets = (inputs: readonly RecordedInput[], shape: string): RecordedOp | undefined =>
    inputs.some((i) => i.fromPred && square(i)) ? reductionOf(inputs.find((i) => i.shape.join() === shape)) : undefined;
  const op = ops.find(({ inputs, live }) => {
    const along = live && inputs.length === 2 ? meets(inputs, `${rows}`) : undefined;
    return along !== undefined && !ops.some(({ inputs }) => meets(inputs, `${rows},1`) === along);
  });
  return op && errorOf({
    cause: "broadcast",
    message:
      `[${rows}] of the rows with [${rows}, ${rows}] goes along the columns: each row gets the numbers of all rows`,
    evidence: { rows, value },
    remedy: "Keep the axis where the rows are reduced: tf.max(x, 1, true), tf.sum(x, 1, true)",
    where: locationOf(op),
  });
}

/** Several weights that multiply one number: after a mean they change nothing but the size. */
function weightsOfOne({ ops, random: { value } }: BatchObservations): Finding | undefined {
  const op = ops.find(({ op, inputs }) =>
    op === "Multiply" && inputs.some((i) => i.live && sizeOf(i.shape) === 1) &&
    inputs.some((i) => !i.fromPred && !i.fromTrue && sizeOf(i.shape) > 1)
  );
  return op && errorOf({
    cause: "broadcast",
    message: `${sizeOf(op.outputShape)} weights multiply one number that is a mean already: they weigh nothing`,
    evidence: { shapes: op.inputs.map(({ shape }) => `[${shape}]`).join(" "), value },
    remedy: "Multiply by the weights before the mean, while there is a number per class or row",
    where: locationOf(op),
  });
}

/** A result with a value for each pair of rows, whose mean would be trained on. */
function pairsReturned({ random: { shape, value }, rows }: BatchObservations): Finding | undefined {
  if (!hasSizes(shape, rows, rows)) return undefined;
  return errorOf({
    cause: "broadcast",
    message: `The loss returns [${rows}, ${rows}], one value per pair of rows: training would use the mean of them`,
    evidence: { rows, value },
    remedy: "Return one number, or one value per row: compare element by element and reduce along the last axis",
  });
}

/** Differences of labels and outputs, with the shapes that both had before PyTorch's losses spread them out. */
function unspread(ops: readonly RecordedOp[]): RecordedOp[] {
  const before = (input: RecordedInput): RecordedInput => {
    const made = makerOf(ops, input);
    return made?.op === "Cast" ? before(made.inputs[0]) : made?.op === "BroadcastTo" ? made.inputs[0] : input;
  };
  const narrowed = (input: RecordedInput) => ({ ...input, shape: before(input).shape });
  return ops.map((op) => isDifference(op) && meetsLabels(op) ? { ...op, inputs: op.inputs.map(narrowed) } : op);
}

/** Operands of different shapes that are broadcast to rows × rows: [n] against [n, 1]. */
export function broadcast(context: BatchContext): Finding | undefined {
  const { engine, observations } = context;
  const { rows: n, columns, random: { batch, value } } = observations;
  const op = unspread(observations.ops).find(({ inputs, outputShape, fromPred }) =>
    fromPred && hasSizes(outputShape, n, n) &&
    inputs.some(({ shape }) => hasSizes(shape, n)) && inputs.some(({ shape }) => hasSizes(shape, n, 1))
  );
  if (op === undefined) {
    return crossed(observations) ?? rowsAsColumns(observations) ?? ofOtherRank(observations) ?? spread(context) ??
      weightsOfOne(observations) ?? pairsReturned(observations);
  }
  const turned = withOutputs(batch, (_, i) => batch.yPred[(i + columns) % batch.yPred.length]);
  return errorOf({
    cause: "broadcast",
    message: `[${n}] with [${n}, 1] makes ${n} × ${n}: every label is compared with every output`,
    evidence: { rows: n, value, valueWithOutputsInAnotherOrder: engine.value(turned).value },
    remedy: "Give both the same shape: tf.expandDims(yTrue, -1), or tf.squeeze(yPred, [-1])",
    where: locationOf(op),
  });
}

import { type AuditBatch, onSimplex, sizeOf, withOutputs } from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import type { Observations } from "../observations.ts";
import { fourDigits } from "../report.ts";
import { averagedTooEarly } from "./batch.ts";
import { isKeptOut } from "./gradient.ts";
import {
  adding,
  type AuditContext,
  axesOf,
  hasSizes,
  interpolate,
  isDifference,
  isProduct,
  isSoftmax,
  locationOf,
  makerOf,
  ofLabels,
  type Rule,
} from "./rule.ts";

/** An operation along the wrong axis, its effect, and the remedy; a question where the axis may be meant. */
type WrongAxis = readonly [op: RecordedOp, message: string, remedy: string, question?: boolean];

const perRow =
  "A row is one example: normalise and reduce along the last axis, -1, and take the mean over the rows at the end";

/** Tells whether the result of an operation is kept above or below a constant margin, as norms of rows are. */
function meetsMargin(ops: readonly RecordedOp[], root: RecordedOp): boolean {
  const ofRoot = (input: RecordedInput) => makerOf(ops, input) === root;
  const isConstant = ({ fromPred, fromTrue, largest }: RecordedInput) => !fromPred && !fromTrue && largest > 0;
  return root.op === "Sqrt" && ops.some(({ op, inputs: [input] }) => {
    const difference = makerOf(ops, input, "Sub");
    return op === "Relu" && difference?.inputs.some(ofRoot) && difference.inputs.some(isConstant);
  });
}

/** Outputs that are normalised by a sum over all rows: other rows change the result for a row. */
function acrossRows({ ops, rows, columns }: Observations): WrongAxis | undefined {
  if (columns < 2) return undefined;
  const full = (shape: readonly number[]) => [`${rows},${columns}`, `${columns},${rows}`].includes(shape.join());
  const centred = ops.some(({ op, inputs }) =>
    op === "Sub" && inputs.some((i) => i.live && full(i.shape)) &&
    inputs.some((i) => i.live && !full(i.shape) && i.reduced.plain === "rows")
  ); // a correlation subtracts the mean of each column on purpose
  if (centred) return undefined;
  /** Several columns of each row, such as one of two embeddings. */
  const isPart = ([n, width, more]: readonly number[]) =>
    n === rows && width > 1 && more === undefined && columns % width === 0;
  const shared = ops.find(({ op, inputs }) =>
    ["RealDiv", "Sub"].includes(op) &&
    inputs.some(({ live, fromTrue, reduced: { sum } }) => {
      const ofAll = sum === "all" && op === "RealDiv";
      return live && !fromTrue && (sum === "rows" || ofAll) &&
        inputs.some((i) => i.live && (full(i.shape) || (ofAll && isPart(i.shape))));
    })
  );
  if (shared) {
    const over = shared.inputs.some((i) => i.reduced.sum === "all")
      ? "all rows and columns of the batch"
      : "the rows of the batch, axis 0";
    return [shared, `The outputs are normalised over ${over}: each row depends on all others`, perRow];
  }
  const ofAll = ops.find(({ op, inputs }) =>
    op === "Log" && inputs[0].live && inputs[0].reduced.sum === "all" && !inputs[0].fromTrue
  );
  if (ofAll) {
    return [ofAll, "The logarithm of a sum over rows and columns normalises each example by all others", perRow];
  }
  const pairs = ops.some(({ outputShape }) => hasSizes(outputShape, rows, rows)); // summed, they leave a number per row
  /** Tells whether a number is a sum over a matrix that was made of all rows, such as a table of counts. */
  const ofTable = (input: RecordedInput): boolean => {
    const made = makerOf(ops, input);
    return made !== undefined && (made.op === "Sum" ? !made.inputs[0].shape.includes(rows) : made.inputs.some(ofTable));
  };
  /** Tells whether a number is a sum of exponentials of those rows that labels choose, as for the proxy of a class. */
  const isPooled = (input: RecordedInput): boolean => {
    const made = makerOf(ops, input), summed = makerOf(ops, made?.inputs[0]);
    if (made?.op !== "Sum") return made?.inputs.some(isPooled) ?? false;
    return summed?.op === "Multiply" && summed.inputs.some(ofLabels) &&
      summed.inputs.some((i) => makerOf(ops, i, "Exp") !== undefined);
  };
  const root = ops.find((made) => {
    const { op, inputs: [input] } = made;
    return ["Sqrt", "Log", "Relu"].includes(op) && input.live && input.reduced.sum === "rows" &&
      !(pairs && sizeOf(input.shape) === rows) && !ofTable(input) && !isPooled(input) &&
      (op === "Log" || !input.fromTrue || meetsMargin(ops, made));
  });
  return root &&
    [root, `${root.op} is applied to a sum over the rows of the batch, axis 0, instead of over the columns`, perRow];
}

/** Outputs and labels that are averaged before they are compared: errors of opposite sign cancel. */
function comparedTooLate({ ops, rows }: Observations): WrongAxis | undefined {
  const compares = ops.filter((op) => isDifference(op) && op.inputs.some(ofLabels));
  const rowByRow = compares.some(({ inputs }) =>
    inputs.some((i) => i.isPred) &&
    inputs.every(({ shape }) => shape[0] === rows && shape.join() === `${inputs[0].shape}`)
  );
  if (rowByRow) return undefined; // the sums are an additional term
  const op = compares.find(({ live, inputs: [a, b] }) =>
    live && a.reduced.plain !== undefined && a.reduced.plain === b.reduced.plain
  );
  const over = op?.inputs[0].reduced.plain;
  return op && [
    op,
    `Outputs and labels are summed over the ${over} before they are compared: errors of opposite sign cancel`,
    "Compare first, then take the mean: tf.mean(tf.squaredDifference(yTrue, yPred))",
  ];
}

/** One sum over all rows and columns that is compared with the label of each row. */
function summedAgainstRows({ ops, rows }: Observations): WrongAxis | undefined {
  const op = ops.find((op) =>
    isDifference(op) && op.inputs.some((i) => ofLabels(i) && i.shape[0] === rows) &&
    op.inputs.some((i) => i.live && i.shape.length === 0 && i.reduced.sum !== undefined)
  );
  return op && [
    op,
    "One sum over all rows and columns is compared with the label of each row: rows share their outputs",
    "Sum over the columns of a row only: tf.sum(x, -1)",
  ];
}

/** A cumulative sum or a softmax along the rows. */
function alongRows({ ops, rows, columns }: Observations): WrongAxis | undefined {
  if (columns < 2) return undefined;
  /** The sum in a softmax that is written out: the same exponentials are divided by it. */
  const divides = (sum: RecordedOp) =>
    ops.some(({ op, inputs: [a, b] }) =>
      op === "RealDiv" && a.madeBy === sum.inputs[0].madeBy &&
      [b, makerOf(ops, b)?.inputs[0]].some((i) => makerOf(ops, i) === sum)
    );
  /** A table of rows with a softmax along the rows, or stacked tables, [views, rows, classes]. */
  const isOfTable = (op: RecordedOp) => {
    const [input] = op.inputs, [axis, ...others] = axesOf(op), further = input.shape.slice(axis + 1);
    const isSum = op.op === "Sum" && makerOf(ops, input, "Exp") !== undefined && (axis > 0 || divides(op));
    return input.shape[axis] === rows && others.length === 0 && further.length > 0 && !further.includes(rows) &&
      (isSoftmax(op) || isSum);
  };
  /** One number that is left of the columns of each row, such as the largest, in a softmax over all rows. */
  const isLeft = (input: RecordedInput) =>
    !input.fromTrue && hasSizes(input.shape, rows) &&
    ["Max", "Min", "Sum", "Mean"].includes(makerOf(ops, input)?.op ?? "");
  const isOfRows = (one: RecordedOp) => {
    const [input] = one.inputs;
    if (isSoftmax(one)) return isLeft(input);
    const shifted = makerOf(ops, input, "Sub");
    return one.op === "Exp" && shifted !== undefined && isLeft(shifted.inputs[0]);
  };
  const op = ops.find((one) => {
    const { op, inputs: [input], attrs } = one;
    return input?.live &&
      ((["Cumsum", "Cumprod"].includes(op) && input.shape.length === 2 && rows !== columns &&
        input.shape[Number(attrs.axis)] === rows) ||
        (isSoftmax(one) && hasSizes(input.shape, columns, rows) && rows !== columns) || isOfTable(one) ||
        isOfRows(one));
  });
  if (op === undefined) return undefined;
  const message = op.op.startsWith("Cum")
    ? `${op.op} runs along the rows of the batch and mixes each example with the next`
    : "A softmax runs along the rows of the batch: each example gets a share, and the shares of all examples sum to 1";
  return [op, message, perRow];
}

/** Operations that change the order of the numbers of a row. */
const moving = new Set(["Transpose", "Pack", "GatherV2", "BatchMatMul"]);

/** A softmax along a different axis from the one along which the labels of a row sum to 1, such as pixels, not classes. */
function alongPixels({ ops, random: { batch: { yTrue } } }: Observations): WrongAxis | undefined {
  const sharedAlong = (shape: readonly number[], axis: number): boolean => {
    const inner = sizeOf(shape.slice(axis + 1)), size = shape[axis];
    return yTrue.every((_, at) => {
      if (Math.floor(at / inner) % size !== 0) return true;
      let sum = 0;
      for (let k = 0; k < size; k++) sum += yTrue[at + k * inner];
      return Math.abs(sum - 1) < 1e-3;
    });
  };
  const moved = new Set<RecordedOp | undefined>(); // the outputs are no longer in the order of the labels
  const isMoved = (input: RecordedInput) => moved.has(makerOf(ops, input));
  for (const op of ops) if (moving.has(op.op) || op.inputs.some(isMoved)) moved.add(op);
  /** One-hot labels, made from indices, have their classes along the last axis. */
  const isCoded = (shape: readonly number[]) =>
    ops.some((op) =>
      op.op === "OneHot" && ofLabels(op) && op.outputShape.at(-1) === shape.at(-1) &&
      sizeOf(op.outputShape) === sizeOf(shape)
    );
  /** The outputs before a softmax, or before the sum of exponentials in one that is written out. */
  const before = (op: RecordedOp): RecordedInput | undefined => {
    const [input] = op.inputs, made = makerOf(ops, input, "Exp");
    if (isSoftmax(op)) return input;
    return op.op === "Sum" && axesOf(op).length === 1 && made?.inputs[0].fromTrue === false ? input : undefined;
  };
  for (const op of ops) {
    const input = before(op);
    if (!input?.live || isMoved(input)) continue;
    const { shape } = input, last = shape.length - 1, [axis = last] = axesOf(op);
    if (axis < 1) continue;
    const across = isCoded(shape)
      ? last
      : sizeOf(shape) === yTrue.length && !sharedAlong(shape, axis)
      ? shape.findIndex((_, at) => at > 0 && sharedAlong(shape, at))
      : -1;
    if (across < 0 || across === axis) continue;
    return [
      op,
      `A softmax runs along axis ${axis}, of ${shape[axis]}, but the labels sum to 1 along axis ${across}, of ${
        shape[across]
      }`,
      `Take it along axis ${across}, or transpose first, so that the classes are the last axis: tf.transpose`,
    ];
  }
  return undefined;
}

/** A ratio of sums over a single column: nothing is summed, and each row is a score of its own. */
function sumOfOne({ ops }: Observations): WrongAxis | undefined {
  const unit = ops.find(({ op, inputs: [a, b], live }) =>
    op === "RealDiv" && live && a.isPred && b?.live && !b.fromTrue && b.reduced.sum === "one column"
  );
  if (unit) {
    const message = "Each output is divided by its own size along an axis of one column: only its sign remains";
    return [unit, message, "Normalise along an axis with several entries, or do not normalise single outputs"];
  }
  const op = ops.find(({ op, inputs: [a, b], live }) =>
    op === "RealDiv" && live && a.reduced.sum === "one column" && b?.reduced.sum === "one column" && a.fromTrue &&
    a.live
  );
  return op && [
    op,
    "The sums in the ratio run over a single column, so nothing is summed and each row is a score of its own",
    "Sum over the rows: omit the axis, tf.sum(x), or use axis 0",
  ];
}

/** A norm of outputs along an axis of one entry, such as the only channel, that is to be a given number: it is |x|. */
function normOfOne({ ops, rows }: Observations): WrongAxis | undefined {
  const isNorm = (input: RecordedInput) => {
    const sum = makerOf(ops, makerOf(ops, input, "Sqrt")?.inputs[0], "Sum");
    if (sum === undefined) return false;
    const [{ shape }] = sum.inputs, square = makerOf(ops, sum.inputs[0], "Square"), [axis, more] = axesOf(sum);
    return square?.live && square.inputs[0].isPred && axis > 0 && more === undefined && shape[axis] === 1 &&
      sizeOf(shape) > rows;
  };
  const op = ops.find(({ op, inputs }) => op === "Sub" && inputs.some(isNorm) && inputs.some((i) => !i.fromPred));
  return op && [
    op,
    "The norm runs along an axis of one entry: it is the absolute value of each entry of a row, not the row's length",
    "Flatten each row first, so that the norm is that of all its entries",
  ];
}

/** A covariance of columns whose numbers are centred by the mean of their row instead of that of their column. */
function centredByRows({ ops, rows }: Observations): WrongAxis | undefined {
  const isRowMean = (input: RecordedInput) =>
    hasSizes(input.shape, rows, 1) && makerOf(ops, input, "Mean") !== undefined;
  const isCentred = (input: RecordedInput) => makerOf(ops, input, "Sub")?.inputs.some(isRowMean);
  /** The numbers before a transpose, which is an operation or an attribute of the product. */
  const before = (input: RecordedInput) => makerOf(ops, input, "Transpose")?.inputs[0] ?? input;
  const op = ops.find((op) => {
    if (!isProduct(op) || !op.live || op.outputShape[0] === rows) return false;
    const [a, b] = op.inputs.map(before);
    return a.madeBy === b.madeBy && isCentred(a);
  });
  return op && [
    op,
    "A covariance of the columns takes the mean of each row from its numbers: the columns keep their own means",
    "Subtract the mean over the rows, axis 0, of each column",
  ];
}

/** Errors that are summed over the rows before they are squared, and nothing else: rows make up for each other's. */
function summedTooEarly({ ops, rows }: Observations): WrongAxis | undefined {
  const bends = ({ op, live, inputs: [input] }: RecordedOp, byRow: boolean) =>
    live && ["Square", "Abs", "SquaredDifference", "Log"].includes(op) && (input.shape[0] === rows) === byRow;
  if (ops.some((op) => bends(op, true))) return undefined; // the sums are an additional term
  const op = ops.find((op) => {
    const sum = makerOf(ops, op.inputs[0], "Sum");
    return bends(op, false) && sum?.inputs[0].shape[0] === rows && axesOf(sum).join() === "0" &&
      makerOf(ops, sum.inputs[0], "Sub")?.inputs.some((i) => !i.live);
  });
  return op && [
    op,
    `${op.op} is applied to errors that are summed over the rows: one row makes up for the errors of another`,
    "Square the errors of each row first, and take the mean over the rows at the end",
  ];
}

/** Outputs and labels of unit length along the middle axis, as a cosine along places instead of features: a question. */
function cosineOfPlaces({ ops, rows }: Observations): WrongAxis | undefined {
  const isUnit = (input: RecordedInput) => {
    const made = makerOf(ops, input, "RealDiv");
    if (made === undefined) return false;
    const [above, below] = made.inputs, [n, places, features, more] = above.shape;
    return n === rows && places > 1 && features > 1 && more === undefined &&
      hasSizes(below.shape, n, 1, features);
  };
  const op = ops.find(({ op, live, inputs }) => op === "Multiply" && live && inputs.every(isUnit));
  if (op === undefined) return undefined;
  const [, places, features] = op.outputShape;
  return [
    op,
    `The cosine runs along axis 1, of ${places}, and not along the last one, of ${features}: are the features there?`,
    "Take it along the axis of the features, which is the last one, -1, of [rows, places, features]",
    true,
  ];
}

/** A term of sums over the outputs of each row, which are shares: the sums are always 1. */
function sumOfShares({ ops, rows, columns, random }: Observations): WrongAxis | undefined {
  if (!onSimplex(random.batch.yPred, columns)) return undefined;
  const isSum = (op: RecordedOp) =>
    ["Sum", "Mean"].includes(op.op) && op.inputs[0].isPred && hasSizes(op.inputs[0].shape, rows, columns) &&
    axesOf(op).join() === "1";
  const still = new Set<RecordedOp | undefined>(); // outputs reach the operation through such sums only
  const isStill = (input: RecordedInput) => still.has(makerOf(ops, input));
  for (const op of ops) {
    if (isSum(op) || op.inputs.filter(({ fromPred }) => fromPred).every(isStill)) still.add(op);
  }
  const added = ops.findIndex(({ op, inputs, outputShape }) =>
    adding.has(op) && sizeOf(outputShape) === 1 &&
    inputs.some((i) => i.live && isStill(i)) && inputs.some((i) => i.live && !isStill(i))
  );
  const inRatio = ops.slice(added).some(({ op, inputs }) => op === "RealDiv" && inputs[1].live); // as in a Dice score
  const sum = added < 0 || inRatio ? undefined : ops.find(isSum);
  return sum && [
    sum,
    "The outputs of a row sum to 1, so its sum or mean is always the same: the term that contains it trains nothing",
    "Sum over the rows, axis 0, if the size of each column is meant",
  ];
}

/** The transposed numbers of each row, which are read as [high, wide]. */
const transposedRows = (batch: AuditBatch, columns: number, high: number): AuditBatch =>
  withOutputs(batch, (_, i) => {
    const at = i % columns, wide = columns / high;
    return batch.yPred[i - at + (at % high) * wide + Math.floor(at / high)];
  });

/** The operation that reads the outputs of a row in another order than the labels are in, as a reshape for a transpose does. */
function readInAnotherOrder({ engine, observations }: AuditContext): WrongAxis | undefined {
  const { results: { perfect }, columns, ops, deterministic } = observations;
  const untrained = interpolate(observations, 0);
  const reshape = ops.find(({ op, inputs: [input], live }) => op === "Reshape" && live && input.isPred);
  if (!deterministic || untrained === undefined || reshape === undefined) return undefined;
  const start = engine.value(untrained).value, correct = perfect!.value;
  for (let high = 2; high < columns; high++) {
    if (columns % high !== 0) continue;
    const turned = engine.value(transposedRows(perfect!.batch, columns, high)).value;
    if (!(start - turned > 0.5 * Math.abs(start) && correct - turned > 0.5 * (start - turned))) continue;
    return [
      reshape,
      `The outputs of a row are read in another order: as [${columns / high}, ${high}], where [${high}, ${
        columns / high
      }] transposed has a loss of ${fourDigits(turned)}, and correct outputs one of ${fourDigits(correct)}`,
      "Transpose before the reshape (permute, then view): a reshape alone mixes classes and places",
    ];
  }
  return undefined;
}

/** A normalisation or reduction along the wrong axis, or a mean that comes too early. */
export const wrongAxis: Rule = (context) => averagedTooEarly(context.observations) ?? alongWrongAxis(context);

/** A normalisation or reduction along the wrong axis. */
const alongWrongAxis: Rule = (context) => {
  const { observations } = context;
  const finds = [
    ...[acrossRows, alongRows, alongPixels, comparedTooLate, summedTooEarly, summedAgainstRows],
    ...[sumOfOne, normOfOne, sumOfShares, centredByRows, cosineOfPlaces],
  ];
  for (const find of [...finds.map((find) => () => find(observations)), () => readInAnotherOrder(context)]) {
    const wrong = find();
    if (wrong === undefined) continue;
    const [op, message, remedy, question] = wrong, { rows, columns } = observations;
    const shapes = op.inputs.map((i) => `[${i.shape}]`).join(" ");
    return {
      cause: "wrong-axis",
      // What is kept out of the gradient, such as a target of clusters, may be made of all rows.
      severity: isKeptOut(context) || question ? "note" : "error",
      message,
      evidence: { rows, columns, shapes },
      remedy,
      where: locationOf(op),
    };
  }
  return undefined;
};

import type { Facts, Op } from "./facts.ts";
import { type Rule, whereOf } from "./rule.ts";

/** An operation that works along the wrong axis, what it does there, and what to write. */
type Wrong = readonly [op: Op, message: string, remedy: string];

const perRow =
  "A row is one example: normalise and reduce along the last axis, -1, and take the mean of the rows at the end";

/** Outputs that are divided by, or freed of, a sum over all rows: the others' rows change what is said of one. */
function acrossRows({ ops, rows, columns }: Facts): Wrong | undefined {
  if (columns < 2) return undefined;
  const full = (shape: readonly number[]) => [`${rows},${columns}`, `${columns},${rows}`].includes(shape.join());
  const centred = ops.some(({ op, inputs }) =>
    op === "Sub" && inputs.some((i) => i.live && full(i.shape)) &&
    inputs.some((i) => i.live && !full(i.shape) && i.reduced.plain === "rows" && i.reduced.sum === undefined)
  ); // a correlation takes the columns' own means away, and is meant to
  if (centred) return undefined;
  const shared = ops.find(({ op, inputs }) =>
    ["RealDiv", "Sub"].includes(op) && inputs.some((i) => i.live && full(i.shape)) &&
    inputs.some((i) => i.live && !i.fromTrue && i.reduced.sum === "rows")
  );
  if (shared) {
    const message = "The outputs are normalised over the rows of the batch, axis 0: each row depends on all others";
    return [shared, message, perRow];
  }
  const ofAll = ops.find(({ op, inputs }) =>
    op === "Log" && inputs[0].live && inputs[0].reduced.sum === "all" && !inputs[0].fromTrue
  );
  if (ofAll) {
    return [ofAll, "The logarithm of a sum over all rows and columns normalises one example by the others", perRow];
  }
  const root = ops.find(({ op, inputs }) =>
    ["Sqrt", "Log"].includes(op) && inputs[0].live && inputs[0].reduced.sum === "rows" &&
    (op === "Log" || !inputs[0].fromTrue)
  );
  return root &&
    [root, `${root.op} is taken of a sum over the rows of the batch, axis 0, not over the columns`, perRow];
}

/** Outputs and labels that are averaged before they are compared: errors of opposite sign cancel. */
function comparedTooLate({ ops, rows }: Facts): Wrong | undefined {
  const rowByRow = ops.some(({ op, inputs: [a, b] }) =>
    ["Sub", "SquaredDifference"].includes(op) && b !== undefined && a.shape[0] === rows &&
    a.shape.join() === b.shape.join() && [a, b].some((i) => i.isPred) && [a, b].some((i) => i.fromTrue && !i.fromPred)
  );
  if (rowByRow) return undefined; // and the sums besides
  const op = ops.find(({ op, inputs: [a, b] }) =>
    ["Sub", "SquaredDifference"].includes(op) && a !== undefined && b !== undefined &&
    a.reduced.plain !== undefined && a.reduced.plain === b.reduced.plain && a.live !== b.live &&
    [a, b].some((i) => i.fromTrue && !i.fromPred)
  );
  const over = op?.inputs[0].reduced.plain;
  return op && [
    op,
    `Outputs and labels are summed over the ${over} before they are compared: errors of opposite sign cancel`,
    "Compare first, then take the mean: tf.mean(tf.squaredDifference(yTrue, yPred))",
  ];
}

/** Something that runs along the rows where it is meant to run along the columns. */
function alongRows({ ops, rows, columns }: Facts): Wrong | undefined {
  if (columns < 2) return undefined;
  const op = ops.find(({ op, inputs, attrs }) =>
    inputs[0]?.live &&
    ((["Cumsum", "Cumprod"].includes(op) && inputs[0].shape.length === 2 && rows !== columns &&
      inputs[0].shape[Number(attrs.axis)] === rows) ||
      (["Softmax", "LogSoftmax"].includes(op) && inputs[0].shape.join() === `${columns},${rows}` && rows !== columns))
  );
  return op && [op, `${op.op} runs along the rows of the batch: one example is mixed with the next`, perRow];
}

/** A ratio of sums over one column: nothing is summed, and each row is a score of its own. */
function sumOfOne({ ops }: Facts): Wrong | undefined {
  const unit = ops.find(({ op, inputs: [a, b], live }) =>
    op === "RealDiv" && live && a?.isPred && b?.live && !b.fromTrue && b.reduced.sum === "one column"
  );
  if (unit) {
    const message = "An output is divided by its own size along an axis of one column: only its sign is left";
    return [unit, message, "Normalise along an axis with several entries, or leave it out for single outputs"];
  }
  const op = ops.find(({ op, inputs: [a, b], live }) =>
    op === "RealDiv" && live && a?.reduced.sum === "one column" && b?.reduced.sum === "one column" && a.fromTrue &&
    a.live
  );
  return op && [
    op,
    "The sums of the ratio run over one column, so that nothing is summed: every row is a score of itself alone",
    "Sum over the rows: leave the axis out, tf.sum(x), or give 0",
  ];
}

/** Normalised or reduced along the wrong axis. */
export const wrongAxis: Rule = ({ facts }) => {
  for (const find of [acrossRows, alongRows, comparedTooLate, sumOfOne]) {
    const wrong = find(facts);
    if (wrong === undefined) continue;
    const [op, message, remedy] = wrong;
    return {
      cause: "wrong-axis",
      severity: "error",
      message,
      evidence: { rows: facts.rows, columns: facts.columns, shapes: op.inputs.map((i) => `[${i.shape}]`).join(" ") },
      remedy,
      where: whereOf(op),
    };
  }
  return undefined;
};

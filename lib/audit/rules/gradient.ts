import { areZeroOrOne, extentOf, largestOf, sizeOf, takeRows } from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import {
  type BatchObservations,
  type BatchResult,
  difference,
  differenceAlong,
  type Observations,
  valueWith,
} from "../observations.ts";
import { fourDigits } from "../report.ts";
import type { Evidence, Finding } from "../types.ts";
import { hingeOfMean } from "./batch.ts";
import { broadcast } from "./broadcast.ts";
import {
  adding,
  type AuditContext,
  axesOf,
  type BatchContext,
  errorOf,
  isSoftmax,
  locationOf,
  makerOf,
  ofLabels,
  type Rule,
} from "./rule.ts";

const allZero = (numbers: Float32Array): boolean => numbers.every((g) => g === 0);

/** The first operation that stops the gradient. */
const blocking = (ops: readonly RecordedOp[]): RecordedOp | undefined =>
  ops.find((op) => op.inputs.some((i) => i.live) && !op.live);

/** The largest difference between the loss of the batch and its loss with other outputs. */
function moves({ engine, observations }: BatchContext, others: readonly (Float32Array | undefined)[]): number {
  const { batch, value } = observations.random;
  return Math.max(
    ...others.map((yPred) =>
      yPred?.length === batch.yPred.length ? Math.abs(engine.value({ ...batch, yPred }).value - value) || 0 : 0
    ),
  );
}

/** The change of the loss with the order of the rows, if it is small enough to be rounding. */
function noise({ engine, observations: { random: { batch, value }, rows } }: BatchContext): number {
  const order = Array.from({ length: rows }, (_, i) => (i + 7) % rows);
  const change = Math.abs(engine.value(takeRows(batch, order)).value - value);
  return change < 1e-3 * Math.abs(value) ? change : 0;
}

/** The number of values that the loss takes as one output goes from end to end. */
function valuesAlong({ engine, observations }: BatchContext, at: number): number {
  const { batch } = observations.random, [least, most] = extentOf(batch.yPred);
  const low = Math.min(0, least), high = Math.max(1, most);
  const along = Array.from({ length: 101 }, (_, k) => low + (high - low) * (k + 0.5) / 101);
  const valueAt = (p: number) => valueWith(engine, batch, (own, i) => i === at ? p : own);
  return new Set(along.map(valueAt)).size;
}

/** Tells whether the loss jumps between two values, as a decision does, when one output goes from end to end. */
function jumps(context: BatchContext): boolean {
  const size = context.observations.random.batch.yPred.length;
  const each = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => valuesAlong(context, Math.floor(k * size / 8)));
  return each.some((values) => values === 2) && each.every((values) => values <= 2);
}

/** The rounding error of float32 numbers that cancel, in a difference or a sum: a loss that moves by no more is constant. */
function cancelled({ observations: { ops } }: BatchContext): number {
  const sizes = ops.filter(({ op, live }) => live && ["Sub", "Sum", "Mean"].includes(op)).map((op) => {
    const terms = op.op === "Sum" ? sizeOf(op.inputs[0].shape) / sizeOf(op.outputShape) : 1;
    const largest = terms * Math.max(...op.inputs.map((input) => input.largest));
    return op.outputLargest <= 1e-6 * largest ? largest : 0;
  });
  return 1e-6 * Math.max(0, ...sizes);
}

/** The rounding error of a central difference of float32 losses over a step of 0.01. */
const differenceNoise = (value: number): number => 5e-5 * Math.max(1, Math.abs(value));

/** Steps of the central differences: a slope is one that both find. */
const differenceSteps = [1e-2, 3e-2];

/** The indices of outputs of all rows and columns, 24 at most. */
const somePlaces = ({ rows, columns }: BatchObservations): number[] =>
  Array.from({ length: Math.min(24, rows * columns) }, (_, i) => (5 * i % rows) * columns + i % columns);

/** Tells whether the value moves when one output is changed a little. */
function movesNearby({ engine, observations: { random: { batch, value } } }: BatchContext): boolean {
  const slopes = [0, 0.25, 0.5, 0.75].map((at) =>
    differenceSteps.map((step) => Math.abs(difference(engine, batch, Math.floor(at * batch.yPred.length), step)))
  );
  return slopes.some((each) => each.every((slope) => slope > differenceNoise(value)));
}

/** A cast of outputs to whole numbers, through which TensorFlow.js passes the gradient unchanged. */
const castOf = (ops: readonly RecordedOp[]): RecordedOp | undefined =>
  ops.find((op) => op.op === "Cast" && !op.live && op.inputs[0].live && op.inputs[0].dtype === "float32");

const castAway = (cast: RecordedOp, evidence: Evidence): Finding =>
  errorOf({
    cause: "no-gradient-op",
    message: "A cast to whole numbers passes the gradient unchanged, which is not the slope of the loss",
    evidence,
    remedy: "Train on the value before the cast and round only to predict; straightThrough() states it if it is meant",
    where: locationOf(cast),
  });

/** A softmax over one column: an operation of that name, or the maximum and the exponential of one number. */
function softmaxOfOne({ ops, columns }: BatchObservations): RecordedOp | undefined {
  const whole = ops.find((op) => isSoftmax(op) && op.outputShape.at(-1) === 1);
  if (whole !== undefined || columns > 1) return whole;
  const max = ops.findIndex((op) =>
    op.op === "Max" && op.inputs[0].isPred && op.inputs[0].shape.at(-1) === 1 &&
    axesOf(op).join() === `${op.inputs[0].shape.length - 1}`
  );
  return ops.slice(max).some(({ op }) => op === "Exp") ? ops[max] : undefined;
}

/** A loss without a gradient or with a constant value. */
interface DeadGradient {
  readonly context: BatchContext;
  /** The outputs in words. */
  readonly outputs: string;
  /** The largest change of the value with other outputs. */
  readonly change: number;
  /** The change is no more than rounding. */
  readonly still: boolean;
  /** The first operation that stops the gradient. */
  readonly block?: RecordedOp;
  readonly evidence: Evidence;
}

/** Explains a dead gradient, or returns nothing. */
type Explanation = (dead: DeadGradient) => Finding | undefined;

/** Operands that are broadcast: TensorFlow.js can fail in the backward pass for this reason alone. */
const spreading: Explanation = ({ context, still }) =>
  context.observations.random.gradientError !== undefined && context.observations.live && !still
    ? broadcast(context)
    : undefined;

/** An operation of the backward pass that the backend does not have. */
const lackingKernel: Explanation = ({ context: { observations: { random: { gradientError }, live } }, evidence }) => {
  const [, kernel, backend] = /^Kernel '(\w+)' not registered for backend '(\w+)'/.exec(gradientError ?? "") ?? [];
  if (kernel === undefined || !live) return undefined;
  return errorOf({
    cause: "no-gradient-op",
    message: `The backward pass needs ${kernel}, which the backend '${backend}' does not have`,
    evidence: { ...evidence, thrown: gradientError! },
    remedy: "Train on another backend, or write the loss without the operation whose gradient this is",
  });
};

/** An operation whose gradient the engine computes in the wrong shape where its operands are broadcast. */
const spreadGradient: Explanation = (
  { context: { observations: { random: { gradientError }, live, ops } }, evidence },
) => {
  const [, name] =
    /^Error in gradient for op (\w+)\. The gradient of input .* does not match/.exec(gradientError ?? "") ?? [];
  if (!live) return undefined;
  const op = ops.find(({ op, inputs: [a, b] }) => op === name && b !== undefined && a.shape.join() !== b.shape.join());
  return op && errorOf({
    cause: "no-gradient-op",
    message: `TensorFlow.js has no gradient for ${name} of operands of different shapes: the backward pass throws`,
    evidence: { ...evidence, thrown: gradientError! },
    remedy: `Give both operands the same shape before ${name}: tf.broadcastTo(x, shape)`,
    where: locationOf(op),
  });
};

const readOutOfGraph: Explanation = ({ context, change, block, evidence }) => {
  const { readOut, connected, live } = context.observations;
  if (readOut === undefined || !(change > 0)) return undefined;
  if (connected && (block !== undefined || (live && !movesNearby(context)))) return undefined;
  return errorOf({
    cause: "detached",
    message: "The outputs are read out of the graph as numbers, so no gradient flows back to them",
    evidence,
    remedy: "Compute with tensors (tf.mul, tf.sum …) instead of dataSync() or arraySync(), and make no new tensor of " +
      "the numbers",
    where: { op: readOut.op ?? "dataSync", line: readOut.line },
  });
};

/** A sum over all rows that is beyond the ends of a clip, which are meant for a sum of each row, as for a cosine. */
const clippedSum: Explanation = ({ context: { observations: { ops, rows, random: { batch } } }, still, evidence }) => {
  const op = ops.find(({ op, live, inputs: [input], attrs }) =>
    op === "ClipByValue" && live && input.shape.length === 0 &&
    makerOf(ops, input, "Sum")?.inputs[0].shape[0] === rows &&
    input.largest > Math.max(Math.abs(Number(attrs.clipValueMin)), Math.abs(Number(attrs.clipValueMax)))
  );
  const [columns] = batch.predShape.slice(1);
  return op && still
    ? errorOf({
      cause: "wrong-axis",
      message:
        `One sum over all ${rows} rows and ${columns} columns is ${
          fourDigits(op.inputs[0].largest)
        }, beyond the clip ` +
        `to [${fourDigits(Number(op.attrs.clipValueMin))}, ${
          fourDigits(Number(op.attrs.clipValueMax))
        }]: the loss is constant`,
      evidence,
      remedy: "Sum over the columns of a row only: tf.sum(x, -1)",
      where: locationOf(op),
    })
    : undefined;
};

/** A value that is always the same, of whose two parts one is kept out of the gradient: the gradient alone is meant. */
const gradientAlone: Explanation = ({ context: { observations }, evidence }) => {
  const { customGradient, readOut, ops, rows, random: { gradient = new Float32Array() } } = observations;
  const isGiven = (customGradient || readOut !== undefined) && castOf(ops) === undefined;
  if (!isGiven || !(Math.hypot(...gradient) * Math.sqrt(rows) > 1e-3)) return undefined;
  return {
    cause: "detached",
    severity: "note",
    message: "The value is the same for all outputs, but not the gradient: one part is kept out of it on purpose",
    evidence,
    remedy: "Watch another number than the loss, which shows nothing of what is learned",
  };
};

const sameEverywhere: Explanation = ({ context: { observations }, still, evidence }) => {
  if (!still) return undefined;
  const { gradient } = observations.random, cast = castOf(observations.ops);
  if (cast !== undefined && gradient !== undefined && !allZero(gradient)) return castAway(cast, evidence);
  const softmax = softmaxOfOne(observations);
  return errorOf({
    cause: "constant",
    message: softmax
      ? "A softmax over one unit is always 1, so the loss does not depend on the outputs"
      : "The loss does not depend on the outputs: it is the same for all outputs with these labels",
    evidence,
    remedy: softmax
      ? "Use a sigmoid, or two units"
      : "Use yPred in the formula; terms of yTrue alone, or of a sum that is always the same, change no weight",
    where: softmax && locationOf(softmax),
  });
};

/** Outputs that a word of the framework cuts off: stop_gradient, detach, .data or no_grad. */
const cutOff: Explanation = ({ context: { observations: { readOut } }, block, evidence }) => {
  const word = readOut?.line === block?.line ? readOut?.op : undefined;
  if (block === undefined || !(block.op === "StopGradient" || word === "no_grad")) return undefined;
  const name = word === "data" ? ".data" : word ?? "stop_gradient";
  return errorOf({
    cause: "detached",
    message: `${name} cuts the outputs off: the value moves with them, but no gradient reaches them`,
    evidence,
    remedy: `Remove the ${name} around the outputs`,
    where: locationOf(block),
  });
};

const stoppedOnPurpose: Explanation = ({ context, evidence }) => {
  const { customGradient, random: { gradient } } = context.observations;
  if (!customGradient || gradient === undefined || !movesNearby(context)) return undefined;
  return errorOf({
    cause: "detached",
    message: "An operation with a gradient of its own (tf.customGrad) returns 0: the value moves, the gradient is 0",
    evidence,
    remedy: "Stop the gradient on one of the two sides only, or return the intended gradient from tf.customGrad",
  });
};

/** A hinge of a mean over the batch that is 0 for these outputs. */
const hingeAtZero: Explanation = ({ context: { observations } }) => {
  const hinge = hingeOfMean(observations);
  return hinge && { ...hinge, severity: "error" };
};

const flatAtTheOutputs: Explanation = ({ context, block, outputs, evidence }) => {
  if (block !== undefined || context.observations.random.gradientError !== undefined || jumps(context)) {
    return undefined;
  }
  return errorOf({
    cause: "saturated",
    message: `The loss is flat around ${outputs}`,
    evidence,
    remedy: "Widen the ramp, remove the clipping, or use a function with a tail: softsign({ slope: 4 })",
  });
};

/** Returns a remedy: an operation that selects the same and has a gradient. */
const selectedBy = ({ op }: RecordedOp): string =>
  ["Greater", "Less", "LessEqual"].includes(op)
    ? "Select by tf.greaterEqual, which has a gradient (of 0): tf.greaterEqual(b, a) instead of a < b, if it does not " +
      "matter where ties go"
    : op.startsWith("Logical")
    ? "Multiply masks of tf.greaterEqual, cast to numbers, instead: both have a gradient (of 0)"
    : `Compute the selection in a tf.customGrad whose gradient is 0, so that no gradient of ${op} is asked for`;

/** An operation that only selects, for which TensorFlow.js has no gradient, not even zeros. */
const selectsOnly: Explanation = (
  { context: { observations: { random: { gradientError }, live, ops } }, block, evidence },
) => {
  const missing = /gradient function not found(?: for (\w+))?/.exec(gradientError ?? "");
  if (block === undefined || !live || missing === null) return undefined;
  const selecting = ops.find(({ op, inputs }) => op === missing[1] && inputs.some((i) => i.live)) ?? block;
  return errorOf({
    cause: "no-gradient-op",
    message: `${selecting.op} only selects here, but TensorFlow.js has no gradient for it, not even 0: the backward ` +
      "pass throws",
    evidence: { ...evidence, thrown: gradientError! },
    remedy: selectedBy(selecting),
    where: locationOf(selecting),
  });
};

const flatOperation: Explanation = ({ context: { observations }, block, evidence }) => {
  const { random: { batch, gradient, gradientError }, connected } = observations;
  return errorOf({
    cause: connected ? "no-gradient-op" : "detached",
    message: block
      ? `${block.op} is flat or has no gradient: the value moves with the outputs, the gradient ${
        gradient ? "is 0" : "does not exist"
      }`
      : `No gradient reaches the outputs: ${gradientError ?? "the loss jumps and is flat between its jumps"}`,
    evidence,
    remedy: block?.op === "ArgMax"
      ? "Use the outputs of the softmax themselves: their largest index has no slope"
      : areZeroOrOne(batch.yTrue)
      ? `Replace ${
        block?.op ?? "the flat operation"
      } by a step with a slope, such as softsign({ slope: 4 }) or straightThrough(); for a score of ` +
        'rounded outputs use the loss of this library, such as f1Loss({ step: "softsign", slope: 4 })'
      : `Train on the numbers before ${
        block?.op ?? "the flat operation"
      }, and use it only to predict; or give it a slope ` +
        "of its own, as a straight-through estimator does",
    where: block && locationOf(block),
  });
};

/** The explanations, the most specific first; the last one always holds. */
const explanations: readonly Explanation[] = [
  spreading,
  lackingKernel,
  spreadGradient,
  readOutOfGraph,
  clippedSum,
  gradientAlone,
  sameEverywhere,
  cutOff,
  stoppedOnPurpose,
  hingeAtZero,
  flatAtTheOutputs,
  selectsOnly,
  flatOperation,
];

/**
 * Explains a gradient that is missing or 0, or a value that is constant.
 *
 * @param others Other outputs for the batch, to see whether the value moves.
 * @param outputs The outputs of the batch in words.
 * @param batch Evidence that identifies the batch.
 */
export function deadGradient(
  context: BatchContext,
  others: readonly (Float32Array | undefined)[],
  outputs: string,
  batch: Evidence,
): Finding | undefined {
  const { random: { gradient, value }, ops } = context.observations, change = moves(context, others);
  const rounding = Math.max(1e-6 * Math.abs(value), 8 * noise(context), cancelled(context));
  const still = Number.isFinite(value) && change <= rounding;
  if (gradient !== undefined && !allZero(gradient) && !still) return undefined;
  const evidence = {
    ...batch,
    value,
    gradient: gradient === undefined ? "none" : largestOf(gradient),
    valueMovesBy: change,
  };
  const dead: DeadGradient = { context, outputs, change, still, block: blocking(ops), evidence };
  for (const explanation of explanations) {
    const finding = explanation(dead);
    if (finding !== undefined) return finding;
  }
}

/** No gradient at all. */
export const noGradient: Rule = (context) => {
  const { ops, other, random, columns, results: { perfect, saturated, constPred } } = context.observations;
  // Constant outputs can change a constant term, such as 0 / ε for a variance; they count only if an operation is flat.
  const others = [other, perfect, saturated, blocking(ops) && constPred].map((result) => result?.batch.yPred);
  const { batch: { yPred }, value } = random;
  const turned = Array.from(
    { length: Math.min(columns - 1, 3) },
    (_, by) => yPred.map((_, i) => yPred[i - i % columns + (i + by + 1) % columns]),
  );
  const all = [...others, ...turned];
  const finding = deadGradient(context, all, "the outputs of an untrained model", { batch: "random" });
  if (finding?.cause !== "saturated" || !(perfect && perfect.value > value + 1e-3 * Math.abs(value))) return finding;
  return {
    ...finding,
    cause: "wrong-sign",
    message: "The loss is flat around the outputs of an untrained model, and larger for correct outputs",
    evidence: { ...finding.evidence, perfect: perfect.value },
    remedy: "Look at the sign of the term that should fall as outputs improve, in a hinge or a margin",
  };
};

/** Ways to keep numbers out of the gradient that are rarely an accident. */
const onPurpose: ReadonlySet<string> = new Set(["detach", "no_grad", "stop_gradient"]);

/**
 * Tells whether numbers that were read out of the graph only weigh what trains: they are inputs that come from nowhere, and
 * differ from batch to batch.
 */
function onlyWeighs({ engine, observations: { ops, other } }: AuditContext): boolean {
  const again = engine.record(other.batch).ops;
  const differs = (at: number, i: number) => {
    const [one, two] = [ops[at].inputs[i], again[at]?.inputs[i]];
    return !one.fromPred && !one.fromTrue && two !== undefined && one.largest !== two.largest;
  };
  const users = ops.filter(({ inputs }, at) => inputs.some((_, i) => differs(at, i)));
  return users.length > 0 && users.every(({ op, live }) => (op === "Multiply" || op === "RealDiv") && live);
}

/** The numbers of the output, or the column of outputs, where gradient and slope differ most; absent if they agree. */
function largestGap({ engine, observations }: BatchContext, gradient: Float32Array): Evidence | undefined {
  const { random: { batch, value }, columns } = observations;
  const directions = [
    ...somePlaces(observations).map((at) => ({ place: { element: at }, along: (i: number) => Number(i === at) })),
    // A value that depends on few outputs, such as the minimum of all distances, moves with a whole column.
    ...Array.from({ length: Math.min(8, columns) }, (_, column) => (
      { place: { columnOfAllRows: column }, along: (i: number) => Number(i % columns === column) }
    )),
  ];
  let largest = 0, evidence: Evidence | undefined;
  for (const { place, along } of directions) {
    const analytic = gradient.reduce((sum, g, i) => sum + along(i) * g, 0);
    const numeric = differenceSteps.map((step) => differenceAlong(engine, batch, along, step));
    const gap = Math.min(...numeric.map((d) => Math.abs(d - analytic)));
    const least = 0.3 * Math.max(Math.abs(numeric[0]), Math.abs(analytic)) + differenceNoise(value);
    if (!numeric.every(Number.isFinite) || gap <= least || gap <= largest) continue;
    largest = gap;
    evidence = { batch: "random", ...place, gradient: analytic, difference: numeric[0] };
  }
  return evidence;
}

/** A column or a term without a gradient although the value moves with it. */
export const partlyDetached: Rule = (context) => {
  const { random: { gradient }, readOut, ops, connected, customGradient } = context.observations;
  if (gradient === undefined || allZero(gradient) || !connected || customGradient) return undefined;
  const cast = castOf(ops);
  if (readOut === undefined && cast === undefined) return undefined;
  const evidence = largestGap(context, gradient);
  if (evidence === undefined) return undefined;
  if (cast !== undefined) return castAway(cast, evidence);
  const where = { op: readOut!.op ?? "dataSync", line: readOut!.line };
  if (onlyWeighs(context)) {
    return {
      cause: "detached",
      severity: "note",
      message: "A weight is made of numbers that were read out of the graph: the term trains, its weight does not",
      evidence,
      remedy: "Nothing, if the weight is meant to stay fixed; otherwise compute it with tensors",
      where,
    };
  }
  if (onPurpose.has(readOut!.op ?? "")) {
    return {
      cause: "detached",
      severity: "note",
      message: `${readOut!.op} keeps one term out of the gradient: the value moves with it, the gradient does not`,
      evidence,
      remedy: `Remove ${readOut!.op} if the term should train; a weight or a straight-through step is meant to be so`,
      where,
    };
  }
  return errorOf({
    cause: "detached",
    message:
      "One term is made of numbers that were read out of the graph: the value moves with it, the gradient does not",
    evidence,
    remedy:
      "Keep the tensor (tf.mul, tf.slice …) instead of dataSync() and a new tensor; a weight that must stay fixed " +
      "can use a tf.customGrad whose gradient is 0",
    where,
  });
};

/** One output at which the gradient meets the slope of the value. */
interface SlopeAt {
  readonly at: number;
  readonly gradient: number;
  readonly slope: number;
}

const isOff = ({ gradient, slope }: SlopeAt): boolean =>
  Math.abs(gradient - slope) > 0.1 * Math.max(Math.abs(gradient), Math.abs(slope));

/** The gradient and the slope at outputs of all rows and columns, wherever the value moves smoothly. */
function slopesOf({ engine, observations }: BatchContext): SlopeAt[] {
  const { random: { gradient, batch, value } } = observations;
  // A kink within a step, as of a piecewise linear score, is no fault of the gradient.
  const isStraight = ({ at, slope }: SlopeAt): boolean => {
    const [up, down] = [1e-2, -1e-2].map((by) =>
      (valueWith(engine, batch, (p, i) => i === at ? p + by : p) - value) / by
    );
    return Math.abs(up - down) < 0.1 * Math.abs(slope);
  };
  return somePlaces(observations).flatMap((at) => {
    const [slope, further] = differenceSteps.map((step) => difference(engine, batch, at, step));
    const isSmooth = Math.abs(slope - further) < 0.1 * Math.abs(slope) && Math.abs(slope) > differenceNoise(value);
    const found = { at, gradient: gradient![at], slope };
    return isSmooth && (!isOff(found) || isStraight(found)) ? [found] : [];
  });
}

/** The columns of the outputs that have no gradient in any row, if others have one. */
export function columnsWithoutGradient({ random: { gradient }, columns }: Observations): number[] {
  const isDead = (column: number) => gradient?.every((g, i) => i % columns !== column || g === 0);
  const dead = [...Array(columns).keys()].filter(isDead);
  return dead.length < columns ? dead : [];
}

/** Tells whether all outputs without a gradient belong to rows of one label, and all such rows are among them. */
function deadLabel({ batch: { yTrue }, gradient }: BatchResult): number | undefined {
  const labels = [...new Set(yTrue)];
  if (labels.length !== 2) return undefined;
  return labels.find((label) => yTrue.every((y, i) => (y === label) === (gradient![i] === 0)));
}

/** Tells whether a part of the loss is kept out of the gradient: its value is then not what a training lowers. */
export function isKeptOut(context: AuditContext): boolean {
  const { customGradient, readOut, random } = context.observations;
  if (random.gradient === undefined || !(customGradient || readOut !== undefined)) return false;
  return slopesOf(context).some(isOff);
}

/**
 * A column whose gradient is the slope in some rows and its negative in others. A gradient that is meant to be another one, as
 * where it is turned round for a second network, is so in all rows.
 */
function turnedInRows(slopes: readonly SlopeAt[], { columns }: BatchObservations) {
  const isOpposite = ({ gradient, slope }: SlopeAt) => !isOff({ at: 0, gradient: -gradient, slope });
  const distinct = slopes.filter(({ at }, i) => slopes.findIndex((other) => other.at === at) === i);
  for (let column = 0; column < columns; column++) {
    const own = distinct.filter(({ at }) => at % columns === column), rows = own.length;
    const opposite = own.filter(isOpposite).length, right = own.filter((one) => !isOff(one)).length;
    if (opposite >= 2 && right >= 2 && opposite + right === rows) return { column, rows, opposite };
  }
}

/** A gradient that is the same multiple of the slope at every output. */
function multipleOfSlope(slopes: readonly SlopeAt[], evidence: Evidence): Finding | undefined {
  const [least, most] = extentOf(slopes.map(({ gradient, slope }) => gradient / slope));
  if (slopes.length < 4 || !(most - least < 0.05 * Math.abs(most))) return undefined;
  const times = (least + most) / 2, away = times < 0, far = !away && Math.abs(Math.log(times)) > 2;
  return {
    cause: away ? "wrong-sign" : far ? "bad-scale" : "detached",
    severity: away || far ? "warning" : "note",
    message: `The gradient is ${fourDigits(times)} times the slope of the value at every output${
      away ? ": training makes the loss larger" : ""
    }`,
    evidence: { ...evidence, times },
    remedy: "Differentiate the formula of the operation with a gradient of its own again, and multiply by dy",
  };
}

/** A gradient of its own that is not the slope: a multiple of it, or 0 for some labels or columns. */
export const ownGradient: Rule = (context) => {
  const { customGradient, random } = context.observations;
  if (!customGradient || random.gradient === undefined) return undefined;
  const slopes = slopesOf(context), wrong = slopes.filter(isOff);
  if (wrong.length === 0) return undefined;
  const [{ at, gradient, slope }] = wrong, evidence = { batch: "random", element: at, gradient, slope };
  const label = deadLabel(random), moving = new Set(slopes.map(({ at }) => at % context.observations.columns));
  const columns = columnsWithoutGradient(context.observations).filter((column) => moving.has(column));
  if (label !== undefined) {
    return {
      cause: "detached",
      severity: "warning",
      message: `Outputs with a label of ${label} have no gradient although the value moves with them`,
      evidence,
      remedy: "Let the gradient flow through the term of this label, too",
    };
  }
  if (columns.length > 0) {
    return {
      cause: "detached",
      severity: "note",
      message: `Of the outputs, ${columns.length === 1 ? "column" : "columns"} ${columns.join(", ")} ${
        columns.length === 1 ? "has" : "have"
      } no gradient in any row although the value moves with them`,
      evidence: { ...evidence, columns: columns.join(" ") },
      remedy: "Nothing, if they are targets; a codebook or a second network needs a term that trains it",
    };
  }
  const multiple = multipleOfSlope(slopes, evidence);
  if (multiple !== undefined) return multiple;
  const turned = turnedInRows(slopes, context.observations);
  if (turned !== undefined) {
    const { column, rows, opposite } = turned;
    return {
      cause: "wrong-sign",
      severity: "warning",
      message: `The gradient has the size of the slope, but in ${opposite} of ${rows} rows of column ${column} its ` +
        "opposite sign",
      evidence: { ...evidence, column, rowsTried: rows, rowsOff: opposite },
      remedy:
        "Look at what the operation with a gradient of its own takes the sign of: it has to be the same difference",
    };
  }
  return {
    cause: "detached",
    severity: "note",
    message:
      "The gradient is not the slope of the value: an operation has a gradient of its own, or stops it in one term",
    evidence: { ...evidence, outputsTried: slopes.length, outputsOff: wrong.length },
    remedy:
      "Nothing, if it is meant, as in a straight-through step or a fixed weight; otherwise compare it with differences",
  };
};

/** Operations whose result is never negative. */
const neverNegative = new Set(["Abs", "Square", "SquaredDifference", "Exp", "Relu", "Sqrt", "Softplus", "Sigmoid"]);

/** Operations that multiply their only input from labels and outputs by constants, or keep it. */
const multiplying = new Set(["Neg", "Multiply", "RealDiv", "Identity", "Reshape"]);

/** The operation of whose result an input is a multiple by constants. */
function multipleOf(ops: readonly RecordedOp[], input: RecordedInput): RecordedOp | undefined {
  const made = makerOf(ops, input);
  if (made === undefined || !multiplying.has(made.op) || (made.op === "RealDiv" && !made.inputs[0].fromPred)) {
    return made;
  }
  const [own, ...more] = made.inputs.filter(({ fromPred, fromTrue }) => fromPred || fromTrue);
  const byConstants = more.length === 0 && made.inputs.every((one) => one === own || sizeOf(one.shape) === 1);
  return byConstants ? multipleOf(ops, own) : made;
}

const comparing = new Set(["Greater", "GreaterEqual", "Less", "LessEqual"]);

/** Tells whether an operation chooses between multiples of a number that is never negative, by their size or its sign. */
function choosesTheSame(ops: readonly RecordedOp[], { op, inputs, outputLargest }: RecordedOp): boolean {
  const madeFrom = (input: RecordedInput) => {
    const made = multipleOf(ops, input);
    return made !== undefined && neverNegative.has(made.op) ? made : undefined;
  };
  if (op === "Relu") return outputLargest === 0 && inputs[0].largest > 0 && madeFrom(inputs[0]) !== undefined;
  if (!["Maximum", "Minimum", "Select"].includes(op)) return false;
  const [a, b] = inputs.slice(-2), made = madeFrom(a);
  if (!a.live || !b.live || made === undefined || made !== madeFrom(b)) return false;
  if (op !== "Select") return true;
  const condition = multipleOf(ops, inputs[0]);
  return condition !== undefined && comparing.has(condition.op) &&
    condition.inputs.some(({ largest }) => largest === 0) && condition.inputs.some((side) => madeFrom(side) === made);
}

/** A branch that is never taken: of two multiples of a number that is never negative the same is always the larger. */
function deadBranch({ ops, random: { value } }: BatchObservations): Finding | undefined {
  const op = ops.find((op) => choosesTheSame(ops, op));
  return op && errorOf({
    cause: "wrong-optimum",
    message: `${op.op} always takes the same of its two branches, which are multiples of a number that is never ` +
      "negative: the other branch trains nothing",
    evidence: { batch: "random", value },
    remedy: "Take both multiples of the difference itself, with its sign: the absolute value removes it",
    where: locationOf(op),
  });
}

/** The numbers whose sum is the result of an operation, with whatever signs and factors; none if it is no sum. */
function addendsOf(ops: readonly RecordedOp[], of?: RecordedOp): RecordedInput[] {
  if (of === undefined) return [];
  const sum = multiplying.has(of.op) ? multipleOf(ops, of.inputs.find(({ live }) => live) ?? of.inputs[0]) : of;
  if (sum === undefined || !adding.has(sum.op)) return [];
  return sum.inputs.flatMap((one) => [one, ...addendsOf(ops, makerOf(ops, one))]);
}

/** A number that is made of the labels alone and added to the loss. */
export function labelsAlone({ ops, random: { value } }: BatchObservations): Finding | undefined {
  const last = ops.findLast(({ live, outputShape }) => live && sizeOf(outputShape) === 1);
  const term = addendsOf(ops, last).find((one) => ofLabels(one) && sizeOf(one.shape) === 1);
  const made = makerOf(ops, term);
  return term && {
    cause: "constant",
    severity: "note",
    message: "One term of the loss is made of the labels alone: it trains nothing",
    evidence: { batch: "random", value, term: term.largest },
    remedy: "Look at whether this term should take the outputs",
    where: made && locationOf(made),
  };
}

/** The size, beside the sum, of a term that only keeps a root or a division away from 0 where a comparison finds a 0. */
const NUDGE = 1e-6;

/** A term of the sum that only flat operations lead to: it is added and trains nothing. */
export const deadTerm: Rule = ({ observations }) => {
  const { ops, customGradient, random } = observations, softmax = softmaxOfOne(observations);
  if (softmax !== undefined) {
    return errorOf({
      cause: "constant",
      message: "A softmax over one unit is always 1: the term that contains it trains nothing",
      evidence: { batch: "random", value: random.value, shape: `[${softmax.inputs[0].shape}]` },
      remedy: "Use a sigmoid in this term, or two units",
      where: locationOf(softmax),
    });
  }
  const branch = deadBranch(observations);
  if (branch !== undefined) return branch;
  if (customGradient) return undefined; // a straight-through step is such a sum on purpose
  const op = ops.find(({ op, inputs, outputLargest }) =>
    adding.has(op) && inputs.some((i) => i.live) &&
    inputs.some((i) => i.fromPred && !i.live && i.largest > NUDGE * outputLargest)
  );
  if (op === undefined) return undefined;
  const flat = blocking(ops);
  if (flat?.op === "StopGradient") return undefined; // another rule compares the gradient with the slope
  const ratio = ops.slice(ops.indexOf(op)).some(({ op, live }) => op === "RealDiv" && live);
  return {
    cause: "no-gradient-op",
    severity: ratio ? "error" : "warning",
    message: `One term passes through ${flat?.op ?? "an operation"}, which is flat: ${
      ratio ? "only the other terms train the ratio" : "it is added to the loss and trains nothing"
    }`,
    evidence: { batch: "random", value: random.value, addedBy: op.op },
    remedy: "Replace the comparison or the rounding in this term: relu(p − 0.5) for p > 0.5, softsign({ slope: 4 }) " +
      "for round",
    where: locationOf(flat ?? op),
  };
};

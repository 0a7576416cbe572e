import * as tf from "@tensorflow/tfjs";
import { broadcast } from "./broadcast_rules.ts";
import { difference, differenceAlong, type Facts, type Op, withOutputs } from "./facts.ts";
import { rowsOf, valueOf } from "./measure.ts";
import { type Case, type Rule, whereOf } from "./rule.ts";
import type { Evidence, Finding } from "./types.ts";

const allZero = (numbers: Float32Array): boolean => numbers.every((g) => g === 0);

/** The first operation through which nothing flows back. */
const blocking = (ops: readonly Op[]): Op | undefined => ops.find((op) => op.inputs.some((i) => i.live) && !op.live);

/** The greatest difference between the loss of the batch and those of other outputs, with the same labels. */
function moves({ loss, facts }: Case): number {
  const { batch, value } = facts.random, { tried: { perfect, saturated, constPred }, ops } = facts;
  // Where all outputs are alike a constant term may be another constant: 0 / ε for a variance. A decision may change, too.
  const others = [facts.other, perfect, saturated, blocking(ops) && constPred].map((tried) => tried?.batch.yPred);
  return Math.max(
    ...others.map((yPred) =>
      yPred?.length === batch.yPred.length ? Math.abs(valueOf(loss, { ...batch, yPred }) - value) || 0 : 0
    ),
  );
}

/** How much the value of a batch changes with the order of its rows, as far as that can be rounding. */
function noise({ loss, facts: { random: { batch, value }, rows } }: Case): number {
  const orders = [1, 7, 19].map((shift) => Array.from({ length: rows }, (_, i) => (i + shift) % rows));
  const most = Math.max(...orders.map((order) => Math.abs(valueOf(loss, rowsOf(batch, order)) - value) || 0));
  return most < 1e-3 * Math.abs(value) ? most : 0;
}

/** How many values the loss takes as one output goes from end to end. */
function valuesAlong({ loss, facts }: Case, at: number): number {
  const { batch } = facts.random, low = Math.min(0, ...batch.yPred), high = Math.max(1, ...batch.yPred);
  const along = Array.from({ length: 101 }, (_, k) => low + (high - low) * (k + 0.5) / 101);
  return new Set(along.map((p) => valueOf(loss, withOutputs(batch, (own, i) => i === at ? p : own)))).size;
}

/** Whether the loss jumps between two values, as a decision does, as one of some outputs goes from end to end. */
function jumps(of: Case): boolean {
  const size = of.facts.random.batch.yPred.length;
  const each = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => valuesAlong(of, Math.floor(k * size / 8)));
  return each.some((values) => values === 2) && each.every((values) => values <= 2);
}

/** What float32 leaves of numbers that cancel: a loss that is made of no more is the same everywhere. */
function cancelled({ facts: { ops } }: Case): number {
  const sizes = ops.filter(({ op, live }) => op === "Sub" && live).map(({ inputs, outputLargest }) => {
    const largest = Math.max(...inputs.map((input) => input.largest));
    return outputLargest <= 1e-6 * largest ? largest : 0;
  });
  return 1e-6 * Math.max(0, ...sizes);
}

/** Whether the value moves with some output, a little way to both sides of where it is. */
function movesNearby({ loss, facts: { random: { batch, value } } }: Case): boolean {
  const least = 5e-5 * Math.max(1, Math.abs(value)); // of float32, over a step of 0.01
  const slopes = [0, 0.25, 0.5, 0.75].map((at) =>
    [1e-2, 3e-2].map((step) => Math.abs(difference(loss, batch, Math.floor(at * batch.yPred.length), step)))
  );
  return slopes.some((of) => of.every((slope) => slope > least));
}

/** A cast of outputs to whole numbers: TensorFlow.js lets a gradient through it as if it were not there. */
const castOf = (ops: readonly Op[]): Op | undefined =>
  ops.find((op) => op.op === "Cast" && !op.live && op.inputs[0].live && op.inputs[0].dtype === "float32");

const castAway = (cast: Op, evidence: Evidence): Finding => ({
  cause: "no-gradient-op",
  severity: "error",
  message:
    "A cast to whole numbers lets the gradient through as if it were not there, which is not the slope of the loss",
  evidence,
  remedy: "Train on the value before the cast, and round only to predict; straightThrough() says so if it is meant",
  where: whereOf(cast),
});

/** A softmax over one column: an operation of that name, or the greatest and the sum of one number. */
function softmaxOfOne({ ops, columns }: Facts): Op | undefined {
  const whole = ops.find((op) => ["Softmax", "LogSoftmax"].includes(op.op) && op.outputShape.at(-1) === 1);
  if (whole !== undefined || columns > 1) return whole;
  const max = ops.findIndex(({ op, inputs }) => op === "Max" && inputs[0].isPred && inputs[0].shape.at(-1) === 1);
  return max >= 0 && ops.slice(max).some(({ op }) => op === "Exp") ? ops[max] : undefined;
}

/** A loss without a gradient, or whose value stays the same: what is known of it. */
interface Dead {
  readonly of: Case;
  /** How far the value moves with other outputs. */
  readonly change: number;
  /** Whether that is no more than rounding. */
  readonly still: boolean;
  /** The first operation through which nothing flows back. */
  readonly block?: Op;
  readonly evidence: Evidence;
}

/** One way to explain it, or nothing. */
type Explanation = (dead: Dead) => Finding | undefined;

const error = (finding: Omit<Finding, "severity">): Finding => ({ severity: "error", ...finding });

/** Where operands spread, TensorFlow.js may fail on the way back for that reason alone. */
const spreading: Explanation = ({ of, still }) =>
  of.facts.random.backThrown !== undefined && of.facts.live && !still ? broadcast(of) : undefined;

/** An operation of the way back that this backend does not have. */
const lackingKernel: Explanation = ({ of: { facts: { random: { backThrown }, live } }, evidence }) => {
  const lacking = /^Kernel '(\w+)' not registered/.exec(backThrown ?? "")?.[1];
  if (lacking === undefined || !live) return undefined;
  return error({
    cause: "no-gradient-op",
    message: `The way back needs ${lacking}, which the backend '${tf.getBackend()}' lacks`,
    evidence: { ...evidence, thrown: backThrown! },
    remedy: "Train on another backend, or write the loss without the operation whose gradient that is",
  });
};

const readOutOfGraph: Explanation = ({ of, change, block, evidence }) => {
  const { readOut, connected, live } = of.facts;
  if (readOut === undefined || !(change > 0)) return undefined;
  if (connected && (block !== undefined || (live && !movesNearby(of)))) return undefined;
  return error({
    cause: "detached",
    message: "The outputs are read out of the graph as numbers, so that nothing flows back to them",
    evidence,
    remedy:
      "Stay with tensors: tf.mul, tf.sum and the like instead of dataSync() or arraySync(); make no new tensor of them",
    where: { op: "dataSync", line: readOut.line },
  });
};

const sameEverywhere: Explanation = ({ of: { facts }, still, evidence }) => {
  if (!still) return undefined;
  const { gradient } = facts.random, cast = castOf(facts.ops);
  if (cast !== undefined && gradient !== undefined && !allZero(gradient)) return castAway(cast, evidence);
  const softmax = softmaxOfOne(facts);
  return error({
    cause: "constant",
    message: softmax
      ? "A softmax over one unit is 1 whatever the output is, so that the loss does not depend on the outputs"
      : "The loss does not depend on the outputs: it is the same on every batch with these labels",
    evidence,
    remedy: softmax
      ? "Use a sigmoid, or two units"
      : "Let the formula take yPred; terms of yTrue alone, or of a sum that is always the same, change no weight",
    where: softmax && whereOf(softmax),
  });
};

const stoppedOnPurpose: Explanation = ({ of, evidence }) => {
  const { customized, random: { gradient } } = of.facts;
  if (!customized || gradient === undefined || !movesNearby(of)) return undefined;
  return error({
    cause: "detached",
    message:
      "An operation with a gradient of its own (tf.customGrad) gives back 0: the value moves, nothing flows back",
    evidence,
    remedy: "Stop the gradient on one of the two sides only, or give tf.customGrad the gradient that is meant",
  });
};

const flatAtTheStart: Explanation = ({ of, block, evidence }) => {
  if (block !== undefined || of.facts.random.backThrown !== undefined || jumps(of)) return undefined;
  return error({
    cause: "saturated",
    message: "The loss is flat where the outputs of an untrained model lie",
    evidence,
    remedy: "Widen the ramp or drop the clip, or take a function with a tail: softsign({ slope: 4 })",
  });
};

/** A comparison that only chooses, and through which TensorFlow.js has no way back, not even of zeros. */
const choosesOnly: Explanation = ({ of: { facts: { random: { backThrown }, live } }, block, evidence }) => {
  if (block === undefined || !live || !/gradient function not found/.test(backThrown ?? "")) return undefined;
  return error({
    cause: "no-gradient-op",
    message:
      `${block.op} only chooses here, but TensorFlow.js has no gradient for it, not even 0, and the way back throws`,
    evidence: { ...evidence, thrown: backThrown! },
    remedy:
      "Choose by tf.greaterEqual, which has one (of 0): tf.greaterEqual(b, a) for a < b, if ties may go either way",
    where: whereOf(block),
  });
};

const flatOperation: Explanation = (
  { of: { facts: { random: { gradient, backThrown }, connected } }, block, evidence },
) =>
  error({
    cause: block === undefined && !connected ? "detached" : "no-gradient-op",
    message: block
      ? `${block.op} is flat, or has no gradient: the value moves with the outputs, the gradient ${
        gradient ? "is 0" : "does not exist"
      }`
      : `No gradient reaches the outputs: ${backThrown ?? "the loss jumps, and is flat between its jumps"}`,
    evidence,
    remedy: "Put a step with a slope in its place, such as softsign({ slope: 4 }) or straightThrough(); " +
      'for a score of rounded outputs take its loss from this library, such as f1Loss({ step: "softsign", slope: 4 })',
    where: block && whereOf(block),
  });

/** The explanations, the most specific first; the last one always holds. */
const explanations: readonly Explanation[] = [
  spreading,
  lackingKernel,
  readOutOfGraph,
  sameEverywhere,
  stoppedOnPurpose,
  flatAtTheStart,
  choosesOnly,
  flatOperation,
];

/** No gradient at all: which operation, or which value that was read out. */
export const noGradient: Rule = (of) => {
  const { random: { gradient, value }, ops } = of.facts, change = moves(of);
  const still = Number.isFinite(value) &&
    change <= Math.max(1e-6 * Math.abs(value), 8 * noise(of), cancelled(of));
  if (gradient !== undefined && !allZero(gradient) && !still) return undefined;
  const evidence = {
    batch: "random",
    value,
    gradient: gradient === undefined ? "none" : gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0),
    valueMovesBy: change,
  };
  const dead: Dead = { of, change, still, block: blocking(ops), evidence };
  for (const explanation of explanations) {
    const finding = explanation(dead);
    if (finding !== undefined) return finding;
  }
};

/** A column or a term whose gradient is missing while the value moves with it. */
export const partlyDetached: Rule = ({ loss, facts }) => {
  const { gradient, batch } = facts.random, { columns, rows, readOut, ops, connected, customized } = facts;
  if (gradient === undefined || allZero(gradient) || !connected || customized) return undefined;
  const cast = castOf(ops);
  if (readOut === undefined && cast === undefined) return undefined;
  const noise = 5e-5 * Math.max(1, Math.abs(facts.random.value)); // of float32, over a step of 0.01
  let worst: { gap: number; evidence: Evidence } | undefined;
  const compare = (evidence: Evidence, analytic: number, numeric: readonly number[]) => {
    if (!numeric.every(Number.isFinite)) return;
    const gap = Math.min(...numeric.map((d) => Math.abs(d - analytic)));
    const least = 0.3 * Math.max(Math.abs(numeric[0]), Math.abs(analytic)) + noise;
    if (gap <= least || gap <= (worst?.gap ?? 0)) return;
    worst = { gap, evidence: { batch: "random", ...evidence, gradient: analytic, difference: numeric[0] } };
  };
  const steps = [1e-2, 3e-2];
  for (let i = 0; i < Math.min(24, rows * columns); i++) {
    const at = (5 * i % rows) * columns + i % columns;
    compare({ element: at }, gradient[at], steps.map((step) => difference(loss, batch, at, step)));
  }
  // What depends on a few outputs only, as the least of all distances does, moves with a whole column.
  for (let column = 0; worst === undefined && column < Math.min(8, columns); column++) {
    const of = (_: number, i: number) => i % columns === column ? 1 : 0;
    const along = gradient.reduce((sum, g, i) => sum + of(0, i) * g, 0);
    compare({ columnOfAllRows: column }, along, steps.map((step) => differenceAlong(loss, batch, of, step)));
  }
  if (worst === undefined) return undefined;
  if (cast !== undefined) return castAway(cast, worst.evidence);
  return {
    cause: "detached",
    severity: "error",
    message:
      "One term is made of numbers that were read out of the graph: the value moves with it, the gradient does not",
    evidence: worst.evidence,
    remedy:
      "Keep the tensor itself (tf.mul, tf.slice …) instead of dataSync() and a new tensor; a weight that is to stay " +
      "fixed can say so, by a tf.customGrad whose gradient is 0",
    where: { op: "dataSync", line: readOut!.line },
  };
};

/** A term of the sum that is made by flat operations alone: it is added, and nothing flows back from it. */
export const deadTerm: Rule = ({ facts }) => {
  const { ops, customized, random } = facts;
  if (customized) return undefined; // a straight-through step is such a sum on purpose
  const op = ops.find(({ op, inputs }) =>
    ["Add", "AddV2", "AddN", "Sub"].includes(op) && inputs.some((i) => i.live) &&
    inputs.some((i) => i.fromPred && !i.live)
  );
  if (op === undefined) return undefined;
  const flat = blocking(ops), ratio = ops.slice(ops.indexOf(op)).some(({ op, live }) => op === "RealDiv" && live);
  return {
    cause: "no-gradient-op",
    severity: ratio ? "error" : "warning",
    message: `One term passes through ${flat?.op ?? "an operation"}, which is flat: ${
      ratio ? "the ratio is trained by its other terms alone" : "it is added to the loss and trains nothing"
    }`,
    evidence: { batch: "random", value: random.value, addedBy: op.op },
    remedy:
      "Replace the comparison or the rounding in that term: relu(p − 0.5) for p > 0.5, softsign({ slope: 4 }) for round",
    where: flat ? whereOf(flat) : whereOf(op),
  };
};

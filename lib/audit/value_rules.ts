import { halves, operations, type Tried, withLabels, withOutputs } from "./facts.ts";
import { type Numbers, rowsOf, valueOf } from "./measure.ts";
import { type Case, type Rule, whereOf } from "./structure_rules.ts";
import type { Finding, Kind } from "./types.ts";

/** Kinds whose outputs and labels are legal. */
const legal: readonly Kind[] = ["random", "perfect", "saturated", "constPred", "allNeg", "allPos", "zeroBoth", "far"];

const norm = (gradient: Float32Array): number => Math.hypot(...gradient);

/** The outputs of a batch part of the way towards those that fit its labels. */
function towards({ facts }: Case, share: number): Numbers | undefined {
  const right = facts.tried.perfect?.batch;
  // The same seed: do the labels of the perfect batch belong to the random outputs?
  if (right === undefined || right.yPred.length !== facts.random.batch.yPred.length) return undefined;
  return { ...right, yPred: right.yPred.map((p, i) => (1 - share) * facts.random.batch.yPred[i] + share * p) };
}

/** Whether the loss falls from random outputs to those that fit the labels, with labels as they are or changed. */
function falls(of: Case, label: (y: number) => number = (y) => y): boolean | undefined {
  const start = towards(of, 0), end = towards(of, 1);
  if (start === undefined || end === undefined) return undefined;
  const a = valueOf(of.loss, withLabels(start, label)), b = valueOf(of.loss, withLabels(end, label));
  return Number.isFinite(a) && Number.isFinite(b) ? b < a : undefined;
}

/** The score instead of its complement: perfect outputs have the greater loss. */
export const wrongSign: Rule = (of) => {
  const start = towards(of, 0), end = towards(of, 0.95);
  if (start === undefined || end === undefined) return undefined;
  const from = valueOf(of.loss, start), to = valueOf(of.loss, end), middle = valueOf(of.loss, towards(of, 0.5)!);
  if (!(to > from + 1e-6 * Math.abs(from) && middle > from)) return undefined;
  return {
    cause: "wrong-sign",
    severity: "error",
    message: "The better the outputs, the greater the loss: going down it makes predictions worse",
    evidence: { random: from, halfWay: middle, nearlyPerfect: to },
    remedy: "Return the complement, 1 − score, or the negative; a loss is minimised",
  };
};

const distinct = (values: ArrayLike<number>): number[] => [...new Set(Array.from(values))].sort((a, b) => a - b);

/** Labels that the formula does not take. */
export const labelEncoding: Rule = (of) => {
  const { facts, options } = of, { batch, value } = facts.random;
  const labels = distinct(batch.yTrue);
  const { columns, rows } = facts, oneColumn = batch.yTrue.length === rows && columns > 1;
  const indexed = oneColumn && labels.every(Number.isInteger) && labels.length > 1 && labels.length <= columns;
  const direct = facts.ops.find((op) =>
    op.fromPred && op.inputs.length >= 2 && !op.op.includes("Gather") && op.op !== "MatMul" &&
    op.inputs.some((input) => !input.fromPred && input.fromTrue && input.shape.at(-1) === 1) &&
    op.inputs.some((input) => input.fromPred && input.shape.at(-1) === columns)
  );
  if (indexed && options.yTrue !== "binary" && direct !== undefined && labels.length > 2) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels are class indices, 0 to ${columns - 1}, and the formula takes them for numbers`,
      evidence: { leastLabel: labels[0], greatestLabel: labels.at(-1)!, columns },
      remedy: `One-hot them first: tf.oneHot(tf.cast(tf.squeeze(yTrue, [-1]), "int32"), ${columns})`,
      where: whereOf(direct),
    };
  }
  const two = labels.length === 2 && !(labels[0] === 0 && labels[1] === 1);
  const bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  const rescaled = (y: number) => (y - labels[0]) / (labels[1] - labels[0]);
  if (two && (bounded || falls(of) === false) && falls(of, rescaled) !== false) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels are ${labels[0]} and ${labels[1]}, where the formula takes 0 and 1`,
      evidence: { value, valueWithLabels01: valueOf(of.loss, withLabels(batch, rescaled)), label: labels[1] },
      remedy: labels[0] === -1 ? "Turn them into (y + 1) / 2" : `Divide the labels by ${labels[1]}`,
    };
  }
  const beyond = bounded &&
    (options.yTrue === undefined || options.yTrue === "binary" || options.yTrue === "one-hot") &&
    labels.some((y) => y > 1 || y < 0) && !oneColumn && labels.every(Number.isInteger);
  if (beyond) {
    return {
      cause: "label-encoding",
      severity: "error",
      message: `The labels run from ${labels[0]} to ${labels.at(-1)}, the outputs from 0 to 1`,
      evidence: { leastLabel: labels[0], greatestLabel: labels.at(-1)!, value },
      remedy: "Bring the labels to [0, 1], or one-hot them",
    };
  }
  return signsWanted(of);
};

/** Labels of 0 and 1 where −1 and 1 are meant: rows with a label of 0 have no gradient, and get one as −1. */
function signsWanted(of: Case): Finding | undefined {
  const { facts, loss } = of, { batch, gradient } = facts.random;
  const bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  if (gradient === undefined || bounded || facts.columns !== 1 || batch.yTrue.length !== facts.rows) return undefined;
  if (distinct(batch.yTrue).join() !== "0,1") return undefined;
  const zeros = [...gradient.keys()].filter((i) => batch.yTrue[i] === 0);
  if (!zeros.every((i) => gradient[i] === 0) || gradient.every((g) => g === 0)) return undefined;
  return {
    cause: "label-encoding",
    severity: "error",
    message: "A label of 0 switches its row off: the formula takes −1 and 1",
    evidence: {
      rowsWithoutGradient: zeros.length,
      value: facts.random.value,
      valueWithSigns: valueOf(loss, withLabels(batch, (y) => 2 * y - 1)),
    },
    remedy: "Turn the labels into 2·y − 1: tf.sub(tf.mul(2, yTrue), 1)",
  };
}

/** Labels where the outputs belong, seen by a logarithm or a division that only the labels go into. */
export const swapped: Rule = ({ facts, loss }) => {
  const { ops } = facts;
  const log = ops.find((op) => op.op === "Log" && op.fromTrue && !op.fromPred);
  const next = log && ops.find((op) =>
    op.op === "Multiply" && op.fromPred && ops.indexOf(op) > ops.indexOf(log) &&
    op.inputs.some((input) => input.isPred) && op.inputs.some((input) => input.fromTrue && !input.fromPred)
  );
  if (log === undefined || next === undefined) return undefined;
  const { batch } = facts.random, same = batch.yTrue.length === batch.yPred.length;
  return {
    cause: "swapped-arguments",
    severity: "error",
    message: "The logarithm is one of the labels, weighed by the outputs: yTrue and yPred have changed places",
    evidence: {
      value: facts.random.value,
      valueWithArgumentsExchanged: same
        ? valueOf(loss, {
          ...batch,
          yTrue: batch.yPred,
          yPred: batch.yTrue,
          trueShape: batch.predShape,
          predShape: batch.trueShape,
        })
        : "not tried",
    },
    remedy: "Call it as (yTrue, yPred): the labels weigh, the logarithm is of the outputs",
    where: whereOf(log),
  };
};

/** The first operation that makes something that is no number, on a batch. */
function breaking({ loss }: Case, { batch }: Tried) {
  return operations(loss, batch).find((op) => op.breaks);
}

/** A value, or a gradient, that is no number on a batch that is legal. */
export const notFinite: Rule = (of): Finding | undefined => {
  for (const kind of legal) {
    const tried = of.facts.tried[kind];
    if (tried === undefined || tried.thrown !== undefined) continue;
    if (!Number.isFinite(tried.value)) {
      const op = breaking(of, tried);
      const zero = op?.op === "RealDiv" || op?.op === "DivNoNan" || op?.op === "Mean" || op?.op === "Div";
      return {
        cause: zero ? "zero-division" : "domain-edge",
        severity: "error",
        message: `${op?.op ?? "The loss"} gives ${tried.value} on a batch that can occur (${kind})`,
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
        message: `The value is a number, ${tried.value.toPrecision(4)}, and its gradient is ${
          tried.gradient![at]
        } (${kind})`,
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

/** Outputs without use that are as good as perfect ones. */
export const wrongOptimum: Rule = ({ loss, facts }) => {
  const { perfect, random } = facts.tried;
  if (perfect === undefined || random === undefined || !Number.isFinite(perfect.value)) return undefined;
  const { batch } = perfect, low = Math.min(...batch.yPred), high = Math.max(...batch.yPred);
  if (!(high > low)) return undefined;
  const surest = batch.yPred.indexOf(high);
  const useless: [string, Numbers][] = [
    ["all outputs at their greatest", withOutputs(batch, () => high)],
    ["all outputs at their least", withOutputs(batch, () => low)],
    ["all outputs alike", withOutputs(batch, () => (low + high) / 2)],
    ["one sure positive", withOutputs(batch, (_, i) => i === surest ? high : low)],
  ];
  const start = valueOf(loss, { ...batch, yPred: random.batch.yPred }), span = start - perfect.value;
  if (!(span > 0)) return undefined;
  const found = useless.map(([name, numbers]) => ({ name, value: valueOf(loss, numbers) }))
    .find(({ value }) => value <= perfect.value + 1e-3 * span);
  if (found === undefined) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "error",
    message: `A useless model is as good as a perfect one: ${found.name}`,
    evidence: { useless: found.name, value: found.value, perfect: perfect.value, random: start },
    remedy: found.name === "one sure positive"
      ? "Give precision a partner: fBetaLoss({ beta: 0.5 }), or precisionAtRecallLoss with a floor on recall"
      : "Give recall a partner: f1Loss(), fBetaLoss({ beta: 2 }), or recallAtPrecisionLoss with a floor on precision",
  };
};

/** The loss of the same rows many times over. */
export const badScale: Rule = ({ loss, facts }): Finding | undefined => {
  const { batch, value, gradient } = facts.random, n = facts.rows;
  const many = valueOf(loss, rowsOf(batch, Array.from({ length: 4 * n }, (_, i) => i % n)));
  if (Math.abs(value) > 1e-6 && Math.abs(many / value) > 2) {
    return {
      cause: "bad-scale",
      severity: "warning",
      message: `The loss grows with the batch: the same rows four times give ${
        (many / value).toPrecision(3)
      } times the loss`,
      evidence: { rows: n, value, rowsFourTimes: 4 * n, valueFourTimes: many },
      remedy: "Take the mean instead of the sum, so that a learning rate suits every batch size",
    };
  }
  if (gradient === undefined || !gradient.every(Number.isFinite)) return undefined;
  const size = norm(gradient) * Math.sqrt(n);
  if (size > 1e-4 && size < 1e3) return undefined;
  return {
    cause: "bad-scale",
    severity: "warning",
    message: `The gradient of an untrained model is of the order of ${size.toExponential(1)}: steps ${
      size < 1 ? "vanish" : "explode"
    }`,
    evidence: { batch: "random", gradientNorm: norm(gradient), rows: n, value },
    remedy: "Bring the terms to the order of 1, or weigh them",
  };
};

/** A ratio of sums: the mean of batches is not the value of the data, and a batch without positives stands still. */
export const reduction: Rule = ({ loss, facts }) => {
  const { whole, parts } = halves(loss, facts.random.batch), none = facts.tried.allNeg;
  const off = Math.abs(parts - whole) / Math.max(1e-6, Math.abs(whole));
  const dead = none?.gradient?.every((g) => g === 0) === true && none.batch.yTrue.every((y) => y === 0) &&
    none.value !== 0;
  if (!(off > 1e-3 && dead)) return undefined;
  return {
    cause: "reduction",
    severity: "warning",
    message:
      "The mean over batches is not the value of the data set, and a batch without positives has a gradient of 0",
    evidence: { whole, meanOfHalves: parts, valueWithoutPositives: none!.value, gradientWithoutPositives: 0 },
    remedy:
      "Batches with positives in each (stratifiedBatches), large ones, or the exact gradient of the data set: metricGradient",
  };
};

/** Smooth, but flat where outputs are surely wrong. */
export const saturated: Rule = ({ facts }) => {
  const { random, saturated: ends, perfect } = facts.tried;
  const dead = (tried: Tried | undefined) => {
    const { gradient, batch } = tried ?? {};
    const right = perfect?.batch.yPred;
    if (gradient === undefined || batch === undefined || right?.length !== gradient.length) return undefined;
    const wrong = [...gradient.keys()].filter((i) => Math.abs(right[i] - batch.yPred[i]) > 0.3);
    return wrong.length === 0 ? undefined : wrong.filter((i) => Math.abs(gradient[i]) < 1e-30).length / wrong.length;
  };
  const start = dead(random), end = dead(ends), early = start !== undefined && start > 0.5;
  if (!early && !(end !== undefined && end > 0.9)) return undefined;
  return {
    cause: "saturated",
    severity: early ? "error" : "note",
    message: early
      ? "The loss is flat at most outputs that are wrong before training"
      : "An output that is surely wrong, at the very end of its range, has no gradient",
    evidence: { wrongOutputsWithoutGradientAtRandom: start ?? "not tried", atTheEnds: end ?? "not tried" },
    remedy:
      "Let the last layer put out logits and the loss take them, which does not saturate; or a step with a tail: softsign",
  };
};

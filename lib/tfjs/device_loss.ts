import * as tf from "@tensorflow/tfjs-core";
import { add, div, mul, square, sub } from "@tensorflow/tfjs-core";
import { type BatchShape, type Inputs, readBatchShape } from "../batch/read_batch.ts";
import { countKeys, type Counts } from "../counts/counts.ts";
import { type Coefficients, type LinearTerm, linearTerms } from "../scores/linear_fractional.ts";
import { addsCounts, type Scoring } from "../scoring/score_batch.ts";
import type { ResolvedOptions } from "../scoring/options.ts";
import { formOf, type StepForm } from "../steps/sigmoidal.ts";
import type { Scalar, Tensor } from "./tensor.ts";

/**
 * The tail of a shape in operations: F(a) − F(b) and F′(b) for b = a − ku ≥ 0, where u is the distance of an output from its
 * own end of [0, 1]. Written without the difference, so that a small s keeps its digits in float32: a million of them are summed.
 */
type Tail = (ku: Tensor, a: Tensor, b: Tensor) => { readonly fall: Tensor; readonly density: Tensor };

const tails: Readonly<Record<string, Tail>> = {
  identity: (ku) => ({ fall: ku, density: tf.onesLike(ku) }),
  round: (ku) => ({ fall: ku, density: tf.zerosLike(ku) }),
  softsign: (ku, a, b) => {
    const half = div(0.5, add(1, b));
    return { fall: div(mul(ku, half), add(1, a)), density: mul(2, square(half)) };
  },
  linearRamp: (ku, a, b) => ({
    fall: tf.relu(sub(ku, tf.relu(sub(a, 0.5)))),
    density: tf.cast(tf.lessEqual(b, 0.5), "float32"),
  }),
  logistic: (ku, a, b) => {
    const below = tf.sigmoid(tf.neg(b));
    return { fall: mul(mul(tf.neg(tf.expm1(tf.neg(ku))), below), tf.sigmoid(a)), density: mul(below, tf.sigmoid(b)) };
  },
  arctan: (ku, a, b) => ({
    fall: div(tf.atan(div(ku, add(1, mul(a, b)))), Math.PI),
    density: div(1 / Math.PI, add(1, square(b))),
  }),
};

/** The settings whose counts and score are operations on tensors. */
interface DeviceForm {
  readonly form: StepForm;
  readonly fromLogits: boolean;
  readonly terms: readonly LinearTerm[];
}

/** Returns the device form of a setting; nothing for a setting that is computed on the host. */
function deviceForm({ decide: { perColumn }, scoring, reading }: ResolvedOptions): DeviceForm | undefined {
  const terms = linearTerms(scoring.score), step = perColumn?.steps[0], form = step && formOf(step);
  const known = form !== undefined && Object.hasOwn(tails, form.loops.name) && perColumn!.steps.length === 1 &&
    step!.value(0) === 0 && step!.value(1) === 1 && scoring.average !== "samples" && reading.ignoreLabel === undefined;
  return known && terms !== undefined ? { form, fromLogits: perColumn!.fromLogits, terms } : undefined;
}

/** Sums the rows in blocks: a running float32 sum of a million numbers would lose those of a rare class. */
function sumRows(x: Tensor): Tensor {
  const [rows, columns] = x.shape, block = 256, blocks = Math.ceil(rows / block);
  if (blocks <= 2) return tf.sum(x, 0);
  const whole = tf.pad(x, [[0, blocks * block - rows], [0, 0]]);
  return sumRows(tf.sum(tf.reshape(whole, [blocks, block, columns]), 1));
}

/** Returns s, 1 − s and s′ of probabilities. */
function stepTensors({ loops, threshold, steepness, span, hard }: StepForm, p: Tensor) {
  const q = tf.clipByValue(p, 0, 1), below = tf.lessEqual(q, threshold);
  const ku = mul(steepness, tf.where(below, q, sub(1, q)));
  const a = tf.where(below, tf.fill(q.shape, steepness * threshold), steepness * (1 - threshold));
  const { fall, density } = tails[loops.name](ku, a, tf.relu(sub(a, ku)));
  const near = hard ? tf.zerosLike(q) : div(fall, span), far = sub(1, near);
  const slope = mul(mul(density, steepness / span), tf.cast(tf.equal(p, q), "float32"));
  return { s: tf.where(below, near, far), rest: tf.where(below, far, near), slope };
}

/** Returns 0, a positive number if one of the numbers lies outside [low, high], NaN if one is NaN or infinite. */
const excess = (x: Tensor, low: number, high: number): Tensor =>
  tf.sum(add(mul(0, x), add(tf.relu(sub(low, x)), tf.relu(sub(x, high)))));

/** Returns labels and weights per output, and what tells that a number is out of range. */
function readTensors({ yTrue, yPred, sampleWeight }: Inputs<Tensor>, shape: BatchShape, fromLogits: boolean) {
  const { rows, classes, indexed, rowWeights } = shape;
  const logits = tf.reshape(yPred, [rows, classes]), labels = tf.cast(yTrue, "float32");
  const y = indexed
    ? tf.cast(tf.oneHot(tf.cast(tf.reshape(labels, [rows]), "int32"), classes), "float32")
    : tf.reshape(labels, [rows, classes]);
  const w = sampleWeight && tf.reshape(tf.cast(sampleWeight, "float32"), [rows, rowWeights ? 1 : classes]);
  const bad = [
    fromLogits ? excess(tf.sigmoid(logits), 0, 1) : excess(logits, -1e-6, 1 + 1e-6),
    excess(labels, 0, indexed ? classes - 1 : 1),
    ...(w === undefined ? [] : [excess(w, 0, Infinity)]),
  ];
  return { logits, y, w, bad: tf.addN(bad) };
}

/** Returns Σ coefficient·count, one number per scored set of counts; `counts` has a row for each of the four. */
const dot = (coefficients: Partial<Counts>, counts: Tensor): Tensor =>
  tf.sum(mul(counts, tf.tensor2d(countKeys.map((key) => coefficients[key] ?? 0), [4, 1])), 0);

/** Returns N/D and its slopes by a positive and by a negative row's decision, all 0 where D is 0. */
function ratio({ numerator, denominator }: Coefficients, counts: Tensor) {
  const n = dot(numerator, counts), d = dot(denominator, counts), defined = tf.greater(d, 0);
  const size = tf.where(defined, d, 1), f = tf.where(tf.equal(n, d), tf.cast(defined, "float32"), div(n, size));
  const slopeBy = (key: keyof Counts, other: keyof Counts): Tensor => {
    const own = (numerator[key] ?? 0) - (numerator[other] ?? 0),
      by = (denominator[key] ?? 0) - (denominator[other] ?? 0);
    return div(sub(own, mul(by, f)), size);
  };
  return { f, defined, ofPositive: slopeBy("tp", "fn"), ofNegative: slopeBy("fp", "tn") };
}

/** Scores the counts, four rows of one number per class: the score, and its slopes by each class's decisions. */
function scoreTensors(terms: readonly LinearTerm[], { average, classWeights, zeroDivision }: Scoring, each: Tensor) {
  const added = addsCounts(average), weights = classWeights && tf.tensor2d([...classWeights], [1, classWeights.length]);
  const counts = added ? tf.sum(weights ? mul(each, weights) : each, 1, true) : each;
  const parts = terms.map(({ ratio: of, by }) => ({ ...ratio(of, counts), by }));
  const total = (of: (part: typeof parts[number]) => Tensor) => tf.addN(parts.map((part) => mul(part.by, of(part))));
  const defined = tf.cast(parts.map((part) => part.defined).reduce((a, b) => tf.logicalAnd(a, b)), "float32");
  const constant = terms.reduce((sum, term) => sum + term.constant, 0), otherwise = Number(zeroDivision === 1);
  const f = add(mul(defined, add(constant, total((part) => part.f))), mul(otherwise, sub(1, defined)));
  let share = tf.onesLike(f);
  if (!added && weights) share = mul(share, tf.reshape(weights, [-1]));
  if (average === "weighted") share = mul(share, dot({ tp: 1, fn: 1 }, counts));
  if (zeroDivision === "skip") share = mul(share, defined);
  const whole = tf.sum(share), some = tf.greater(whole, 0), size = tf.where(some, whole, 1);
  const sum = tf.sum(mul(share, f)), mean = tf.where(tf.equal(sum, size), 1, div(sum, size)); // a device may divide inexactly
  const inCounts = mul(mul(div(share, size), defined), added && weights ? weights : 1);
  return {
    value: tf.where(some, mean, otherwise),
    ofPositive: mul(inCounts, total((part) => part.ofPositive)),
    ofNegative: mul(inCounts, total((part) => part.ofNegative)),
  };
}

/**
 * Returns best − score and its gradient in closed form as operations on the device: nothing is read back, so nothing waits.
 * The numbers are float32, the sums blocked. A number out of range, which the host would name, makes the loss NaN here.
 *
 * @returns Nothing for a setting that is computed on the host: a score that is no sum of ratios of linear functions of the
 * counts, a step of one's own, the gaussian step and steps that are not anchored, "argmax", `{ top }`, "samples",
 * `ignoreLabel`, a threshold per column.
 */
export function deviceLoss(
  name: string,
  best: number,
  setting: ResolvedOptions,
  inputs: Inputs<Tensor>,
): Scalar | undefined {
  const known = deviceForm(setting);
  if (known === undefined) return undefined;
  const { form, fromLogits, terms } = known, shape = readBatchShape(name, inputs, setting.reading);
  const op = tf.customGrad((_, save) => {
    const { logits, y, w, bad } = readTensors(inputs, shape, fromLogits);
    const p = fromLogits ? tf.sigmoid(logits) : logits, { s, rest, slope } = stepTensors(form, p), no = sub(1, y);
    const columns = tf.concat([mul(y, s), mul(no, s), mul(y, rest), mul(no, rest)], 1);
    const counts = tf.reshape(sumRows(w ? mul(columns, tf.tile(w, [1, 4 * shape.classes / w.shape[1]!])) : columns), [
      4,
      -1,
    ]);
    const { value, ofPositive, ofNegative } = scoreTensors(terms, setting.scoring, counts);
    const byDecision = mul(slope, add(mul(y, ofPositive), mul(no, ofNegative)));
    const byOutput = fromLogits ? mul(byDecision, mul(p, sub(1, p))) : byDecision;
    const gradient = tf.reshape(tf.neg(w ? mul(w, byOutput) : byOutput), inputs.yPred.shape);
    (save as (tensors: Tensor[]) => void)([gradient]);
    const flag = tf.where(tf.greater(bad, 0), NaN, mul(0, bad));
    return {
      value: tf.reshape(add(sub(best, value), flag), []),
      gradFunc: (dy: Tensor, saved: Tensor[]) => mul(dy, saved[0]),
    };
  });
  return op(inputs.yPred) as Scalar;
}

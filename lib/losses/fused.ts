import * as tf from "@tensorflow/tfjs";
import { addsCounts, countsPartials, scoreCounts, type ScoringOptions } from "../scoring/score_batch.ts";
import type { Setting } from "../scoring/options.ts";
import { type BatchShape, type BatchTensors, readBatchShape } from "../batch/read_batch.ts";
import type { Counts } from "../counts/counts.ts";
import { byLabel, finite } from "../counts/counts_gradient.ts";
import { sumsPerColumn } from "../kernels/loops.ts";
import {
  type FirstAttributes,
  hasKernels,
  type Inputs,
  type Passes,
  registerKernel,
  runFirst,
  runSecond,
  type SecondInputs,
} from "../kernels/passes.ts";
import { prepare } from "../kernels/prepare.ts";
import { engine, engineIsKnown, giveToTape, keptAlias, tapeIsOn } from "../tfjs/engine.ts";
import { derivedOnce } from "../tfjs/first_order_only.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";

/** The loss of a batch, or nothing where the kernels cannot. */
export type Fused = (tensors: BatchTensors) => Scalar | undefined;

const positive = (count: number): number => count > 0 ? count : 0; // what rounding left of 0

/** The counts of a column from its sums; a share of a class's weight is in them where counts are added up. */
function countsOf(sums: Float64Array, column: number, weight: number): Counts {
  const at = column * sumsPerColumn;
  const whole = sums[at], positives = sums[at + 1], decided = sums[at + 2], tp = sums[at + 3];
  const fp = positive(decided - tp), fn = positive(positives - tp);
  return {
    tp: weight * positive(tp),
    fp: weight * fp,
    fn: weight * fn,
    tn: weight * positive(whole - positives - fp),
  };
}

/** Up to this size w·D is kept in float64, beside the tensors, and the gradient is rounded once: it costs next to nothing. */
const exactSize = 4096;

// A buffer of that size for the next call: to allocate one takes as long as to fill it.
let spare: Float64Array | undefined;

function exactBuffer(): Float64Array {
  const buffer = spare ?? new Float64Array(exactSize);
  spare = undefined;
  return buffer;
}

/** Products of a slope and a factor beyond it may leave float32. */
const greatestFactor = 1e20;

/** Thrown to leave a custom gradient whose numbers are out of range. */
const outOfRange = new Error("Something is out of range");

/** What the two passes work with. */
interface Work {
  readonly name: string;
  readonly best: number;
  readonly passes: Passes;
  readonly scoring: ScoringOptions;
}

/** A call of the loss's kernel. */
interface Call {
  readonly work: Work;
  readonly tensors: BatchTensors;
  readonly shape: BatchShape;
  /** Whether the tape records, so that there is a gradient to keep something for. */
  readonly wanted: boolean;
  /** What is kept for the second pass; the tape gets it from who called. */
  readonly kept: Tensor[];
  /** The second pass, once the first is done. */
  gradient?: (dy: Tensor) => Tensor;
}

/** The tensors that are there. */
const present = ({ yTrue, yPred, sampleWeight }: BatchTensors): Inputs<Tensor> =>
  sampleWeight === undefined ? { yTrue, yPred } : { yTrue, yPred, sampleWeight };

/** The first pass and the score. */
function score(call: Call): Tensor {
  const { work, tensors, shape, wanted, kept } = call;
  const { name, best, passes, scoring } = work, { classes } = shape, { average, classWeights } = scoring;
  const { yPred } = tensors, { prepared, keeps, again } = passes, sums = new Float64Array(sumsPerColumn * classes);
  const small = yPred.size <= exactSize, left = wanted && keeps;
  const exact = left && small ? exactBuffer() : undefined;
  const first: FirstAttributes = { prepared, given: shape, small, keep: left && !small, exact, sums };
  const slopes = runFirst(passes, present(tensors), first);
  if (Number.isNaN(sums[0])) throw outOfRange;

  const added = addsCounts(average);
  const inCounts = (column: number) => added ? classWeights?.[column] ?? 1 : 1;
  const each: Counts[] = [], weights: number[] = [];
  for (let k = 0; k < classes; k++) {
    each.push(countsOf(sums, k, inCounts(k)));
    const own = classWeights?.[k] ?? 1;
    weights.push(average === "weighted" ? own * sums[k * sumsPerColumn + 1] : own);
  }
  const scored = scoreCounts(each, added ? undefined : weights, scoring);
  const seen: SecondInputs<Tensor> = {};
  for (const name of wanted ? again : []) {
    const tensor = tensors[name];
    if (tensor !== undefined) kept.push(seen[name] = keptAlias(tensor));
  }
  if (slopes !== undefined) kept.push(seen.slopes = tf.keep(slopes));

  call.gradient = (dy) => {
    const partials = countsPartials(scored, scored.whole, scoring.score), by = -dy.dataSync()[0];
    let large = false;
    const ofPositives = new Float64Array(classes), ofNegatives = new Float64Array(classes);
    for (let k = 0; k < classes; k++) {
      const { ofPositive, ofNegative } = byLabel(partials[added ? 0 : k]);
      const { scale, peak } = passes.scale(k, classes);
      const factor = by * inCounts(k) * scale;
      ofPositives[k] = finite(factor * ofPositive);
      ofNegatives[k] = finite(factor * ofNegative);
      large ||= Math.max(Math.abs(ofPositives[k]), Math.abs(ofNegatives[k])) * Math.max(1, peak) > greatestFactor;
    }
    const factors = { ofPositives, ofNegatives, large }, { taken } = first;
    const attributes = { prepared, given: shape, factors, exact, taken, shape: yPred.shape };
    if (engine().state.gradientDepth === 0) {
      spare ??= exact; // what is kept is asked for once
      return runSecond(passes, seen, attributes);
    }
    // Inside of another gradient this one may be asked for again, and must not be differentiated.
    const values = tf.tidy(() =>
      runSecond(passes, slopes === undefined ? seen : { ...seen, slopes: tf.clone(slopes) }, attributes).dataSync()
    );
    return derivedOnce(name, yPred, values as Float32Array);
  };
  return tf.scalar(best - scored.value);
}

/** The gradient that the first pass has left. */
function gradientOf({ gradient, kept }: Call, dy: Tensor): Tensor {
  try {
    return gradient!(dy);
  } catch (error) {
    tf.dispose(kept); // tfjs keeps what was given to the tape when a gradient throws
    throw error;
  }
}

/** What the loss's kernel and its gradient do: functions, so that two copies of this library may share the names. */
interface Attributes {
  readonly value: () => Tensor;
  readonly gradient: (dy: Tensor) => Tensor;
}

const lossKernel = "RoundaboutLoss";

if (tf.getGradient(lossKernel) === undefined) {
  registerKernel(lossKernel, ({ attrs }: { attrs: Attributes }) => attrs.value());
  tf.registerGradient({
    kernelName: lossKernel,
    gradFunc: (dy, _, attrs) => ({ yPred: () => (attrs as unknown as Attributes).gradient(dy as Tensor) }),
  });
}

/** A loss by two kernels, for settings and steps that they know. */
export function toFused(name: string, { reading, decide, scoring }: Setting, best: number): Fused | undefined {
  const known = scoring.average !== "samples" && reading.ignoreLabel === undefined;
  const passes = known ? prepare(decide) : undefined;
  if (passes === undefined) return undefined;
  const work: Work = { name, best, passes, scoring };

  return (tensors) => {
    if (!hasKernels(passes) || !engineIsKnown() || engine().state.gradientDepth > 1) return undefined;
    const shape = readBatchShape(name, tensors, reading), { yPred } = tensors;
    const kept: Tensor[] = [], call: Call = { work, tensors, shape, wanted: tapeIsOn(), kept };
    const attributes: Attributes = {
      value: () => tf.tidy(() => score(call)),
      gradient: (dy) => gradientOf(call, dy),
    };
    try {
      const value = engine().runKernel(lossKernel, { yPred }, attributes) as Scalar;
      if (kept.length === 0 || giveToTape(value, kept)) return value;
      tf.dispose([value, ...kept]); // a tape that is not as it is known here: the other way keeps by itself
      return undefined;
    } catch (error) {
      tf.dispose(kept);
      if (error === outOfRange) return undefined; // the other way finds what it is, and names it
      throw error;
    }
  };
}

import * as tf from "@tensorflow/tfjs-core";
import { type BatchShape, type Inputs, readBatchShape } from "../batch/read_batch.ts";
import type { ArgmaxOptions } from "../decisions/decision.ts";
import { argmaxAnchors } from "../decisions/argmax.ts";
import { type Formula, formulaOf } from "../scores/formula.ts";
import type { ResolvedOptions } from "../scoring/options.ts";
import { addsCounts, bestOf } from "../scoring/score_batch.ts";
import { formOf } from "../steps/sigmoidal.ts";
import {
  countRows,
  type DeviceBatch,
  type DeviceDecision,
  gradientRows,
  hasProgram,
  scoreRows,
} from "./device_programs.ts";
import { runsPrograms } from "./shader.ts";
import type { Scalar, Tensor } from "./tensor.ts";

/** A setting whose counts and score are computed on the device. */
interface DeviceForm {
  readonly formula: Formula;
  readonly decision: DeviceDecision;
  readonly argmax?: ArgmaxOptions;
}

/** Returns the device form of a setting; nothing for a setting that is computed on the host. */
function deviceForm(
  { decide: { steps, fromLogits = false, argmax }, scoring }: ResolvedOptions,
): DeviceForm | undefined {
  const formula = formulaOf(scoring.score);
  if (formula === undefined || scoring.average === "samples") return undefined;
  if (argmax !== undefined) return { formula, argmax, decision: { fromLogits: argmax.fromLogits } };
  const step = steps?.length === 1 ? steps[0] : undefined, form = step && formOf(step);
  if (form === undefined || !hasProgram(form) || step!.value(0) !== 0 || step!.value(1) !== 1) return undefined;
  return { formula, decision: { form, fromLogits } };
}

/** The decisions of an argmax, and their gradient taken back to the outputs. */
interface Argmax {
  readonly decisions: Tensor;
  back(gradient: Tensor): Tensor;
}

/** Decides by the largest output of each row, as `argmaxDecision` does on the host. */
function argmaxOf({ slope, mode, fromLogits }: ArgmaxOptions, outputs: Tensor, classes: number): Argmax {
  const sharpness = 4 * slope, { low, scale } = argmaxAnchors(sharpness, classes);
  const p = fromLogits ? tf.softmax(outputs) : outputs, soft = tf.softmax(tf.mul(p, sharpness));
  const through = (of: Tensor, gradient: Tensor): Tensor =>
    tf.mul(of, tf.sub(gradient, tf.sum(tf.mul(of, gradient), -1, true)));
  return {
    decisions: mode === "soft"
      ? tf.clipByValue(tf.mul(tf.sub(soft, low), scale), 0, 1)
      : tf.cast(tf.oneHot(tf.argMax(outputs, -1), classes), "float32"),
    back: (gradient) => {
      if (mode === "hard") return tf.zerosLike(gradient);
      const byP = tf.mul(through(soft, gradient), sharpness * scale);
      return fromLogits ? through(p, byP) : byP;
    },
  };
}

/** A batch on the device, and what takes a gradient with respect to its decisions back to the outputs. */
interface DecidedBatch {
  readonly batch: DeviceBatch;
  readonly back: (gradient: Tensor) => Tensor;
}

/** Makes the tensors of a batch those of the programs. */
function decideBatch(
  { decision, argmax }: DeviceForm,
  { yTrue, yPred, sampleWeight }: Inputs<Tensor>,
  shape: BatchShape,
  { scoring: { average, classWeights }, reading: { ignoreLabel } }: ResolvedOptions,
): DecidedBatch {
  const { rows, classes, indexed, rowWeights } = shape, X = tf.reshape(yPred, [rows, classes]);
  const decided = argmax && argmaxOf(argmax, X, classes);
  const batch: DeviceBatch = {
    inputs: {
      X,
      Y: tf.reshape(yTrue, [rows, indexed ? 1 : classes]),
      W: sampleWeight && tf.reshape(sampleWeight, [rows, rowWeights ? 1 : classes]),
      Z: decided?.decisions,
      K: classWeights && addsCounts(average) ? tf.tensor1d([...classWeights]) : undefined,
    },
    shape,
    decision,
    ignoreLabel,
  };
  return { batch, back: decided?.back ?? ((gradient) => gradient) };
}

/** A batch on the device: its counts, their score and the gradient, all as tensors. Nothing is read back. */
export interface DeviceRows {
  readonly rows: number;
  readonly classes: number;
  /** Sums the counts of each class, [classes, 2, 2]: tp, fp, fn, tn. NaN if a number is out of range. */
  counts(): Tensor;
  /** Scores counts; returns what `scoreRows` returns: the slopes of each class, and best − score. */
  score(counts: Tensor, best: number): Tensor;
  /** Returns `by`, one number, times the gradient of best − score with respect to each output. */
  gradient(scored: Tensor, by: Tensor): Tensor;
}

/** Says that batches of a setting are counted and scored on the device in use. */
export const hasDeviceForm = (setting: ResolvedOptions): boolean => runsPrograms() && deviceForm(setting) !== undefined;

/**
 * Makes a batch on the device.
 *
 * @returns Nothing for a setting that is computed on the host: a score of one's own, a step of one's own, the gaussian step
 * and steps that are not anchored, `{ top }`, "samples", a threshold per column; and for a backend that runs no programs.
 */
export function deviceRows(name: string, setting: ResolvedOptions, inputs: Inputs<Tensor>): DeviceRows | undefined {
  const form = runsPrograms() ? deviceForm(setting) : undefined;
  if (form === undefined) return undefined;
  const shape = readBatchShape(name, inputs, setting.reading), { rows, classes } = shape, { scoring } = setting;
  const { batch, back } = decideBatch(form, inputs, shape, setting), { average, classWeights } = scoring;
  return {
    rows,
    classes,
    counts: () => countRows(batch),
    score: (counts, best) => {
      const inMean = classWeights && !addsCounts(average)
        ? tf.tensor(classWeights.flatMap((w) => [w, 0, 0, 0]), [classes, 2, 2])
        : undefined;
      return scoreRows(counts, form.formula, scoring, best, inMean);
    },
    gradient: (scored, by) =>
      tf.reshape(back(tf.reshape(gradientRows(batch, scored, by), [rows, classes])), inputs.yPred.shape),
  };
}

/**
 * Returns best − score and its gradient in closed form, computed on the device: nothing is read back, so nothing waits. The
 * numbers are float32, the sums blocked. A number out of range, which the host would name, makes the loss NaN and its
 * gradient 0.
 *
 * @returns Nothing where {@linkcode deviceRows} returns nothing.
 */
export function deviceLoss(
  name: string,
  setting: ResolvedOptions,
  inputs: Inputs<Tensor>,
): Scalar | undefined {
  if (!hasDeviceForm(setting)) return undefined;
  const { yTrue, yPred, sampleWeight } = inputs, best = bestOf(setting.scoring.score);
  readBatchShape(name, inputs, setting.reading); // an error inside an operation would leave tensors behind
  const op = tf.customGrad((output, save) => {
    const batch = deviceRows(name, setting, { ...inputs, yPred: output as Tensor })!;
    const scored = batch.score(batch.counts(), best);
    (save as (tensors: Tensor[]) => void)([scored, output as Tensor, yTrue, ...(sampleWeight ? [sampleWeight] : [])]);
    return {
      value: tf.reshape(tf.slice(scored, 2 * batch.classes, 1), []),
      gradFunc: (dy: Tensor, [scored, yPred, yTrue, sampleWeight]: Tensor[]) =>
        deviceRows(name, setting, { yTrue, yPred, sampleWeight })!.gradient(scored, tf.reshape(dy, [1])),
    };
  });
  return op(yPred) as Scalar;
}

/**
 * Returns the score of a batch's decisions as an operation on the device: nothing is read back. NaN for a number out of range.
 *
 * @returns Nothing where {@linkcode deviceRows} returns nothing.
 */
export const deviceScore = (name: string, setting: ResolvedOptions, inputs: Inputs<Tensor>): Scalar | undefined =>
  hasDeviceForm(setting)
    ? tf.tidy(() => {
      const batch = deviceRows(name, setting, inputs)!, scored = batch.score(batch.counts(), 0);
      return tf.reshape(tf.sub(0, tf.slice(scored, 2 * batch.classes, 1)), []) as Scalar;
    })
    : undefined;

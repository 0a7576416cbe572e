import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import {
  type BatchReader,
  defaultBatchSize,
  isTensors,
  readerOf,
  shuffledReader,
  type TrainingData,
} from "./batches.ts";
import { type Checkpoint, checkpointsIn, type Identity } from "./checkpoint.ts";
import { checkSame } from "./dataset_sums.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { trainExact, trainRunning } from "./fit_epoch.ts";
import { blownUp, checkTelling, cutOff, deadGradient, weightsAreFinite } from "./fit_failure.ts";
import {
  checkFit,
  type EpochLoss,
  type FitCallbacks,
  type FitLogs,
  type FitMetricOptions,
  lossOf,
} from "./fit_options.ts";
import { showProgress } from "./fit_progress.ts";
import type { FitResult } from "./fit_result.ts";
import { settingsOfLoss, settingsOfOptimizer } from "./fit_settings.ts";
import { type Optimizer, toOptimizer } from "./optimizers.ts";
import type { Living, Model } from "./passes.ts";
import { type Numbers, optimizerState, setOptimizerState, setWeights, weightsOf } from "./snapshot.ts";
import { type Stoppable, stoppable } from "./stoppable.ts";
import { tuneOn } from "./tune_on.ts";

/** How far a training is. */
interface State {
  /** How many epochs are done. */
  done: number;
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
  best?: Checkpoint["best"];
}

/** What a training works with. */
interface Work {
  readonly name: string;
  readonly model: Model;
  readonly options: FitMetricOptions;
  readonly optimizer: Optimizer;
  /** Its learning rate and the like, at the start: callbacks may change them. */
  readonly optimizerSettings: object;
  readonly train: BatchReader;
  readonly validation?: BatchReader;
  /** Where the order of the batches comes from; absent: they come as they are read. */
  readonly random?: SeededRandom;
  readonly pause: () => Promise<void> | void;
  readonly heard: Stoppable;
}

/** Lets timers and signals have their turn now and then. */
function pauses(signal: AbortSignal | undefined): () => Promise<void> | void {
  let last = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - last < 50) return;
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      last = performance.now();
      signal?.throwIfAborted();
    });
  };
}

type Event = "onTrainBegin" | "onTrainEnd" | "onEpochBegin" | "onEpochEnd" | "onBatchBegin" | "onBatchEnd";

/** Calls what there is to be called, one after the other. */
async function tell(callbacks: readonly FitCallbacks[], event: Event, ...values: unknown[]): Promise<void> {
  for (const one of callbacks) await (one[event] as ((...values: unknown[]) => unknown) | undefined)?.(...values);
}

/**
 * Trains a model on the score of the whole data set, which the mean of the batches' scores is not.
 *
 *     "exact":    θ ← step(θ, ∂/∂θ (1 − score(C)))                  C = Σ over all batches, a step an epoch
 *     "running":  θ ← step(θ, −B·Σᵢ ∂score/∂counts(C) · ∂countsᵢ/∂θ)   i over the batch, a step a batch, B batches
 *
 * In running mode C is a running sum, as SAG keeps one of gradients: what each batch counted when it was last met, replaced
 * one batch at a time, this one's included. A batch needs no positive of its own. A pass at the end of each epoch counts
 * all batches anew, for the history as for the next epoch, so that no count is older than an epoch. With weights that stand
 * still the mean of an epoch's steps is the gradient that {@linkcode metricGradient} computes; with weights that move the
 * counts lag behind by less than an epoch, and the bias is of the order of what the weights moved in it. Which rows of
 * tensors share a batch is drawn once, the order of the batches in each epoch. The model runs as in `fit`: with dropout. In
 * exact mode it runs as in `predict`.
 *
 * Regularisation is not part of the loss. A `tf.data.Dataset`, an iterable or a function is read two times an epoch and
 * once before, in the same batches; shuffle in it only what keeps each batch's rows together. Labels and weights that change
 * between the readings are an error. Features that do, by augmentation say, are trained on as they come: in running mode
 * nothing tells them from those that the weights have moved, so the counts are those of the features as they were last read.
 * What the optimizer remembers stays in it, if it was given as an object.
 *
 * On the backends cpu and wasm a sequential model of dense layers alone is differentiated by a loop of this library's, and
 * `tf.train.adam` steps in one: the outputs and Adam's steps are TensorFlow.js' to the bit, the gradients up to float32
 * rounding, for they are summed in float64.
 *
 * A checkpoint holds the weights, what the optimizer remembers, the counts, the history and the best weights; the file is
 * written beside and then renamed, so that there is always a whole one. Resumed with the same arguments on the same
 * backend, a training ends at the weights of one that was not interrupted, to the last bit; with another loss, step, slope,
 * optimizer, learning rate, seed or the like it is refused. Only the number of epochs may be raised.
 *
 * A callback that sets `model.stopTraining = true` ends it after the epoch it is in, on whichever way it came to the model.
 *
 * @param model A model with one output; it need not be compiled.
 * @param data Tensors, [x, y] or [x, y, sampleWeight]; a `tf.data.Dataset`; an async iterable of batches that can be read
 * again; a function that returns an iterable. Weights of the rows are a part of the data, there is no option for them; a file
 * or a polars frame is read by `batchesOf` of the data module.
 * @param options See {@linkcode FitMetricOptions}.
 * @returns The history and the best epoch; with validation data, the tuned threshold.
 * @throws {TypeError} A loss that is not of this library, data, an optimizer or a checkpoint of another kind, an unknown
 * option.
 * @throws {RangeError} An option out of range; a batch that the loss refuses (the error names the row); data that differ
 * between the passes; weights that are not finite any more, or a whole epoch without a gradient by the outputs or by the weights, with what to change; a
 * decision `{ top: k }`; a checkpoint of another training; validation data on which the score is the same whatever a model
 * says, for want of a positive say.
 *
 * @see Schmidt, Le Roux and Bach, "Minimizing Finite Sums with the Stochastic Average Gradient", Mathematical Programming
 * 162, 2017, for the memory of what each part of a sum last was (SAG), there of gradients.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { f1Loss, fitMetric } from "@roundabout/roundabout";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const x = tf.randomNormal([200, 2], 0, 1, "float32", 1), y = tf.cast(tf.greater(tf.sum(x, 1, true), 1), "float32");
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * const { history, best } = await fitMetric(model, [x, y], {
 *   loss: f1Loss(),
 *   optimizer: tf.train.adam(0.1),
 *   epochs: 20,
 *   batchSize: 32,
 *   patience: 5,
 * });
 * assertEquals(Object.keys(history), ["loss", "f1", "alive"]);
 * assert(best.value > 0.9); // of all rows, at one threshold
 * ```
 */
export async function fitMetric(model: Model, data: TrainingData, options: FitMetricOptions): Promise<FitResult> {
  checkFit(model, data, options);
  const { mode = "running", batchSize, seed = 0, validationData, optimizer = "adam", signal } = options;
  const { name } = lossOf(options, 0).loss, random = seededRandom(seed);
  signal?.throwIfAborted();
  const shuffled = mode === "running" && isTensors(data);
  const train = shuffled
    ? shuffledReader(name, data, batchSize ?? defaultBatchSize, (rows) => random.shuffle(rows))
    : readerOf(name, data, batchSize);
  const validation = validationData &&
    readerOf(name, validationData, isTensors(validationData) ? batchSize : undefined);
  const made = toOptimizer(optimizer), heard = stoppable(model);
  try {
    const pause = pauses(signal);
    return await fit({
      name,
      model,
      options,
      optimizer: made,
      optimizerSettings: settingsOfOptimizer(made),
      train,
      validation,
      random: shuffled ? random : undefined,
      pause,
      heard,
    });
  } finally {
    heard.end();
    train.dispose();
    if (made !== optimizer) made.dispose();
  }
}

/** Whether there was no better epoch for too long. */
const outOfPatience = ({ done, best }: State, patience = Infinity): boolean =>
  best !== undefined && done - 1 - best.epoch >= patience;

/** What a checkpoint after so many epochs must have in common with this training. */
function identityOf({ name, model, options, optimizer, optimizerSettings }: Work, done: number): Identity {
  const { mode = "running", batchSize = defaultBatchSize, seed = 0, patience, validationData } = options;
  return {
    loss: name,
    settings: [settingsOfLoss(lossOf(options, 0).parts), settingsOfLoss(lossOf(options, done - 1).parts)],
    mode,
    optimizer: optimizer.constructor.name,
    optimizerSettings,
    batchSize,
    seed,
    shapes: model.getWeights().map(({ shape }) => shape),
    best: patience === undefined ? "not kept" : "kept",
    judgedBy: validationData === undefined ? "data" : "validationData",
  };
}

/** All that is needed to go on from here. */
function checkpointOf(
  work: Work,
  { done, epoch, history, best }: State,
  { soft: { rows, counts } }: Evaluation,
): Checkpoint {
  const optimizer = optimizerState(work.optimizer), weights = weightsOf(work.model);
  return { identity: identityOf(work, done), done, epoch, history, best: best!, weights, optimizer, rows, counts };
}

function goOnFrom(saved: Checkpoint, { model, optimizer }: Work, state: State): void {
  setWeights(model, saved.weights);
  setOptimizerState(optimizer, saved.optimizer);
  state.done = saved.done;
  state.best = saved.best;
  state.epoch.push(...saved.epoch);
  for (const [key, values] of Object.entries(saved.history)) state.history[key] = [...values];
}

/** Counts a data set with the model as it is. */
async function measure(work: Work, chosen: EpochLoss, reader: BatchReader, each = false): Promise<Evaluation> {
  const { name, model, pause } = work, { parts, hard } = chosen;
  return await evaluate(reader, { name, model, parts, hard, each, before: pause });
}

/** The same, where an error is to say which data it was. */
const validating = (work: Work): Work => ({ ...work, name: `${work.name} on 'validationData'` });

/** The numbers that an evaluation is logged by. */
function logsOf({ parts }: EpochLoss, prefix: string, { soft, hard }: Evaluation): FitLogs {
  return {
    [`${prefix}loss`]: parts.best - soft.score().value,
    [`${prefix}${parts.scoring.score.name}`]: hard.score().value,
  };
}

/** Introduces the callbacks to the model. */
function introduce({ epochs, batchSize, callbacks = [] }: FitMetricOptions, model: Model): FitCallbacks[] {
  const all = [callbacks].flat() as FitCallbacks[];
  for (const one of all) {
    one.setParams?.({ epochs, batchSize, verbose: 0 });
    one.setModel?.(model);
  }
  return all;
}

/** The training, from the beginning or from a checkpoint to the result. */
async function fit(work: Work): Promise<FitResult> {
  const { model, options, name } = work, { epochs, patience, mode = "running" } = options;
  const state: State = { done: 0, epoch: [], history: {} }, each = mode === "running";
  const callbacks = introduce(options, model);
  const checkpoints = options.checkpoint === undefined ? undefined : checkpointsIn(options.checkpoint);
  const saved = options.resume ? await checkpoints!.load((done) => identityOf(work, done)) : undefined;
  if (saved !== undefined) goOnFrom(saved, work, state);
  let chosen = lossOf(options, state.done, name), evaluation = await measure(work, chosen, work.train, each);
  if (work.validation !== undefined) {
    const { soft } = await measure(validating(work), chosen, work.validation);
    checkTelling(chosen.parts.scoring.score, soft.counts);
  }
  if (saved !== undefined) {
    checkSame(name, saved, evaluation.soft, { between: "the checkpoint and now", by: "labels" });
    for (let epoch = 0; epoch < state.done; epoch++) work.random?.shuffle(evaluation.batches); // those that are done
  }
  let stopped: FitResult["stopped"] = outOfPatience(state, patience) ? "patience" : "epochs";
  const progress = options.progress && showProgress(epochs, { from: state.done, batches: evaluation.size });
  if (progress) callbacks.push(progress);
  await tell(callbacks, "onTrainBegin");
  try {
    while (state.done < epochs && stopped === "epochs") {
      const epoch = state.done, now = lossOf(options, epoch, name);
      if (now.loss !== chosen.loss) {
        chosen = now;
        evaluation = await measure(work, chosen, work.train, each);
      }
      await tell(callbacks, "onEpochBegin", epoch);
      const { living, arrives } = await trainEpoch(work, epoch, chosen, evaluation, callbacks);
      const dead = living === 0 || !arrives, perfect = dead && evaluation.soft.score().value === chosen.parts.best;
      if (dead && !perfect) {
        throw living === 0 ? deadGradient(name, epoch, chosen.parts, evaluation.soft) : cutOff(name, epoch, living);
      }
      if (!weightsAreFinite(model)) throw blownUp(name, epoch);
      evaluation = await measure(work, chosen, work.train, each);
      const logs = await epochLogs(work, chosen, evaluation, living);
      await tell(callbacks, "onEpochEnd", epoch, logs);
      keep(state, logs, monitored(work, chosen), patience === undefined ? undefined : () => weightsOf(model));
      if (perfect) stopped = "perfect";
      if (outOfPatience(state, patience)) stopped = "patience";
      if (work.heard.stopped) stopped = "stopTraining";
      await checkpoints?.save(checkpointOf(work, state, evaluation));
    }
  } catch (error) {
    if (progress) await progress.onTrainEnd?.(); // its line ends before the error's begins
    throw error;
  }
  return await finish(work, state, chosen, stopped, callbacks);
}

/** What is logged of an epoch that has ended. */
async function epochLogs(work: Work, chosen: EpochLoss, evaluation: Evaluation, living: number): Promise<FitLogs> {
  const logs = { ...logsOf(chosen, "", evaluation), alive: living / evaluation.soft.rows };
  if (work.validation === undefined) return logs;
  return { ...logs, ...logsOf(chosen, "val_", await measure(validating(work), chosen, work.validation)) };
}

/** Trains for an epoch; returns what of a gradient there was. */
async function trainEpoch(
  work: Work,
  epoch: number,
  chosen: EpochLoss,
  evaluation: Evaluation,
  callbacks: readonly FitCallbacks[],
): Promise<Living> {
  const { name, model, optimizer, train: reader, random, pause, options } = work;
  const order = random?.shuffle(evaluation.batches.map((_, b) => b));
  const before = async (batch: number) => {
    await pause();
    await tell(callbacks, "onBatchBegin", batch, { batch });
  };
  const after = (batch: number, size: number, loss?: number) =>
    tell(callbacks, "onBatchEnd", batch, { batch, size, ...(loss === undefined ? {} : { loss }) });
  const given = { name, model, optimizer, reader, order, chosen, evaluation, before, after };
  try {
    return await (options.mode === "exact" ? trainExact(given) : trainRunning(given));
  } catch (error) {
    throw weightsAreFinite(model) ? error : blownUp(name, epoch, error);
  }
}

/** The name of the metric that says which epoch is the best. */
const monitored = ({ validation }: Work, { parts }: EpochLoss): string =>
  `${validation ? "val_" : ""}${parts.scoring.score.name}`;

/** Takes an epoch's numbers into the history, and its weights if it is the best so far. */
function keep(state: State, logs: FitLogs, monitor: string, weights: (() => readonly Numbers[]) | undefined): void {
  const epoch = state.done++, value = logs[monitor];
  state.epoch.push(epoch);
  for (const [key, number] of Object.entries(logs)) {
    if (typeof number === "number") (state.history[key] ??= []).push(number);
  }
  if (state.best === undefined || value > state.best.value) state.best = { epoch, value, weights: weights?.() };
}

/** The best weights, the threshold, the result. */
async function finish(
  work: Work,
  state: State,
  chosen: EpochLoss,
  stopped: FitResult["stopped"],
  callbacks: readonly FitCallbacks[],
): Promise<FitResult> {
  const { epoch, history } = state, { weights, ...best } = state.best!;
  if (weights !== undefined) setWeights(work.model, weights);
  const tuned = work.validation && await tuneOn(validating(work).name, work.model, chosen.parts, work.validation);
  await tell(
    callbacks,
    "onTrainEnd",
    Object.fromEntries(Object.entries(history).map(([key, of]) => [key, of.at(-1)!])),
  );
  const threshold = tuned && { threshold: tuned.threshold, thresholdValue: tuned.value };
  return { epoch, history, best, stopped, ...threshold };
}

import { check, describe, oneOf } from "../check/check.ts";
import { countKeys } from "../counts/counts.ts";
import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import { type LayersModel, listenForStop, type StopRequest, trainableVariables } from "../tfjs/model.ts";
import { registeredDevice } from "../tfjs/registered_device.ts";
import { type LayersOptimizer, toOptimizer } from "../tfjs/optimizers.ts";
import {
  checkStateShapes,
  optimizerState,
  type SavedTensor,
  setOptimizerState,
  setWeights,
  weightsOf,
} from "../tfjs/snapshot.ts";
import {
  type BatchReader,
  batchReader,
  defaultBatchSize,
  isTensors,
  rowsReader,
  type TrainingData,
} from "./batches.ts";
import { type Checkpoint, checkpointsIn, type Identity, settingsOfLoss, settingsOfOptimizer } from "./checkpoint.ts";
import { checkSame } from "./dataset_sums.ts";
import { type DeviceExtent, extentOf, trainOnDevice } from "./device_epoch.ts";
import { DatasetCounter, type DatasetCounts } from "./dataset_counts.ts";
import { trainExact, trainRunning } from "./fit_epoch.ts";
import { checkInformative, deadGradient, gradientBlocked, weightsAreFinite, weightsNotFinite } from "./fit_failure.ts";
import {
  checkFit,
  type EpochLoss,
  epochLoss,
  type FitCallbacks,
  type FitLogs,
  type FitMetricOptions,
} from "./fit_options.ts";
import { showProgress } from "./fit_progress.ts";
import type { GradientExtent } from "./passes.ts";
import { learntBy } from "../scores/learnt.ts";
import { bestOf } from "../scoring/score_batch.ts";
import { type OutputBatch, takeOutputs } from "./outputs.ts";
import { tuneOn } from "./tune_on.ts";
import { warmUpEpoch } from "./warm_start.ts";

/** Result of {@linkcode fitMetric}: as `tf.History`, with the values of the whole data set. */
export interface FitResult {
  /** Epochs, counted from 0. */
  readonly epoch: readonly number[];
  /**
   * One number per epoch, computed with the weights at the end of the epoch:
   *
   * - "loss": the loss of the whole data set
   * - "f1", or the name of another score ("fBeta2"): the score of the decisions
   * - "alive": the fraction of rows that had a gradient during the epoch
   * - "val_loss", "val_f1": the same two on the validation data, if there are any
   * - numbers that callbacks added to the logs
   */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Epoch with the best score of the decisions, on the validation data if there are any, and that score. */
  readonly best: { readonly epoch: number; readonly value: number };
  /**
   * Decision threshold with the best score on the validation data, for the final weights; one per column with "macro" and
   * "weighted". Absent without validation data, with decision: "argmax", with "samples", and for
   * the score of a curve.
   */
  readonly threshold?: number | readonly number[];
  /** Score of the decisions on the validation data at `threshold`. */
  readonly thresholdValue?: number;
  /**
   * Reason for the end: all epochs are done, no better score within the patience, `model.stopTraining`, or a loss at its
   * minimum without a gradient.
   */
  readonly stopped: "epochs" | "patience" | "stopTraining" | "perfect";
}

/** State of a training between two epochs. */
interface State {
  /** Number of epochs done. */
  done: number;
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
  best?: Checkpoint["best"];
}

/** Model, data, optimizer and options of a training. */
interface FitContext {
  readonly name: string;
  readonly model: LayersModel;
  readonly options: FitMetricOptions;
  readonly optimizer: LayersOptimizer;
  /** Settings of the optimizer at the start; callbacks may change them. */
  readonly optimizerSettings: object;
  readonly train: BatchReader;
  readonly validation?: BatchReader;
  /** Source of the order of the batches; absent if they come as they are read. */
  readonly random?: SeededRandom;
  readonly pause: () => Promise<void> | void;
  readonly stopRequest: StopRequest;
  /** The callbacks, and the display of the progress. */
  readonly callbacks: FitCallbacks[];
}

/** Makes a function that lets timers and signals run every 50 ms, and throws if the signal is aborted. */
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

/** Calls the callbacks one after the other. */
async function callAll(callbacks: readonly FitCallbacks[], event: Event, ...values: unknown[]): Promise<void> {
  for (const one of callbacks) await (one[event] as ((...values: unknown[]) => unknown) | undefined)?.(...values);
}

/** The models of trainings that have not ended. */
const inTraining = new WeakSet<LayersModel>();

/**
 * Trains a model on the score of the whole data set, which the mean of the batches' scores is not.
 *
 *     "exact":    θ ← step(θ, ∂/∂θ (1 − score(C)))                  C = Σ over all batches, one step per epoch
 *     "running":  θ ← step(θ, −B·Σᵢ ∂score/∂counts(C) · ∂countsᵢ/∂θ)   i over the batch, one step per batch, B batches
 *
 * In running mode C is a running sum: the most recent counts of every batch, as SAG keeps the most recent gradients. Each
 * batch replaces its own counts before its step, so a batch needs no positive of its own. A pass at the end of each epoch
 * counts all batches again, for the history and for the next epoch, so no count is older than an epoch. With constant weights
 * the mean of an epoch's steps is the gradient that {@linkcode metricGradient} computes. With changing weights the counts lag
 * by less than an epoch, and the bias is of the order of the change of the weights in an epoch. If the data are tensors, the
 * rows of each batch are drawn once, and the order of the batches is drawn in each epoch. The model runs as in `fit`, with
 * dropout. In exact mode it runs as in `predict`.
 *
 * The loss does not include regularisation. A `tf.data.Dataset`, an iterable or a function is read twice per epoch and once
 * before the first; each reading must give the same batches in the same order. A sum of labels or weights that differs between
 * the readings is an error. Rows that change places are not noticed: `shuffle` of a `tf.data.Dataset` draws a new order for each
 * reading, and during an epoch the running counts then have some rows twice and others not at all. Shuffle the rows before they
 * become a data set. Features may differ, for example by augmentation: in running mode a difference cannot be told from a change
 * of the weights, so the counts are those of the features read last. An optimizer given as an object keeps its state.
 *
 * On the backends cpu and wasm this library differentiates sequential models of dense layers and steps `tf.train.adam` in its
 * own loops; on cpu it computes the layers too. The outputs and Adam's steps have the same bits as TensorFlow.js's; the
 * gradients are equal up to float32 rounding, because they are summed in float64. Without SIMD in WebAssembly, or with more
 * than 2²⁴ weights in a layer, TensorFlow.js does it all.
 *
 * On WebGL and WebGPU counts and gradients stay on the device, in float32, for the settings that {@linkcode metricLoss}
 * computes there. The outputs of an epoch are read once, asynchronously, after its last step (twice beyond 4e6 numbers, and so
 * on); a number out of range is named then. `onBatchEnd` gets no loss there. `patience` and `checkpoint` read the weights too.
 *
 * A checkpoint holds the weights, the state of the optimizer, the counts, the history and the best weights. The file is
 * written beside and then renamed, so there is always a complete one. A training resumed with the same arguments on the same
 * backend ends at the same weights, to the last bit, as an uninterrupted one. A different loss, step, slope, optimizer,
 * learning rate, seed or the like is refused; only the number of epochs may be raised.
 *
 * A warm start trains on a different loss first, as compare's warm start does: `warmStart: { loss: "crossEntropy", epochs:
 * 30 }`. A network that the loss of a score leaves in a poor minimum is often as good as cross-entropy's from there.
 *
 * Setting `model.stopTraining = true` in any callback stops training after the current epoch.
 *
 * @param model A model with one output. It need not be compiled.
 * @param data Tensors, [x, y] or [x, y, sampleWeight]; a `tf.data.Dataset`; an async iterable of batches that can be read
 * again; a function that returns an iterable. Row weights are a part of the data, not an option. Use `batchesOf` of the data
 * module to read a file or a polars frame. The tensors of batches are disposed after each batch: give a `clone()` of those
 * that you keep. The loss of a score of queries takes { xs, ys, groups }, with the query of each row:
 * batches of tensors hold whole queries, and other batches have to. Outputs of one row per query need no groups.
 * @param options See {@linkcode FitMetricOptions}.
 * @returns The history and the best epoch; with validation data also the tuned threshold.
 * @throws {TypeError} If `loss` is not a loss of this library, `data`, `optimizer` or `checkpoint` is not of a listed kind, or
 * an option is unknown.
 * @throws {RangeError} If an option is out of range; the loss refuses a batch (the error names the row); the data differ
 * between the passes; the weights are no longer finite; an epoch has no gradient with respect to the outputs or the weights
 * (the error says what to change); the decision is `{ top: k }`; the checkpoint is of a different training; or the score is
 * constant on the validation data, for example because there are no positives.
 * @throws {Error} If another call of `fitMetric` still trains the model.
 *
 * @see Schmidt, Le Roux and Bach, "Minimizing Finite Sums with the Stochastic Average Gradient", Mathematical Programming
 * 162, 2017, for the memory of the most recent terms of a sum (SAG), there of gradients.
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
 * assert(best.value > 0.9); // the score of all rows at one threshold
 * ```
 */
export async function fitMetric(model: LayersModel, data: TrainingData, options: FitMetricOptions): Promise<FitResult> {
  checkFit(model, data, options);
  await undefined; // a tf.tidy around the call would dispose of what is made before
  if (inTraining.has(model)) {
    throw new Error("Cannot train: 'model' is in training: await the other call of fitMetric first");
  }
  const { mode = "running", batchSize, seed = 0, validationData, optimizer = "adam", signal } = options;
  const { name } = epochLoss(options, 0).loss, random = seededRandom(seed);
  signal?.throwIfAborted();
  const shuffled = mode === "running" && isTensors(data);
  const train = shuffled
    ? rowsReader(name, data, batchSize ?? defaultBatchSize, (rows) => random.shuffle(rows))
    : batchReader(name, data, batchSize);
  const validation = validationData &&
    batchReader(name, validationData, isTensors(validationData) ? batchSize : undefined);
  const optimizerMade = toOptimizer(optimizer), stopRequest = listenForStop(model);
  inTraining.add(model);
  try {
    return await fit({
      name,
      model,
      options,
      optimizer: optimizerMade,
      optimizerSettings: settingsOfOptimizer(optimizerMade),
      train,
      validation,
      random: shuffled ? random : undefined,
      pause: pauses(signal),
      stopRequest,
      callbacks: connect(options, model),
    });
  } finally {
    inTraining.delete(model);
    stopRequest.release();
    train.dispose();
    validation?.dispose();
    if (optimizerMade !== optimizer) optimizerMade.dispose();
  }
}

/** Tells whether the last `patience` epochs were not better than the best one. */
const outOfPatience = ({ done, best }: State, patience = Infinity): boolean =>
  best !== undefined && done - 1 - best.epoch >= patience;

/** Makes the identity of a checkpoint after `done` epochs of this training. */
function identityOf({ name, model, options, optimizer, optimizerSettings }: FitContext, done: number): Identity {
  const { mode = "running", batchSize = defaultBatchSize, seed = 0, patience, validationData, warmStart } = options;
  return {
    loss: name,
    settings: [settingsOfLoss(epochLoss(options, 0).parts), settingsOfLoss(epochLoss(options, done - 1).parts)],
    mode,
    optimizer: optimizer.constructor.name,
    optimizerSettings,
    batchSize,
    seed,
    shapes: model.getWeights().map(({ shape }) => shape),
    best: patience === undefined ? "not kept" : "kept",
    judgedBy: validationData === undefined ? "data" : "validationData",
    warmStart: warmStart && { ...warmStart, loss: describe(warmStart.loss) },
  };
}

/** Makes a checkpoint of the current state. */
async function checkpointOf(
  context: FitContext,
  { done, epoch, history, best }: State,
  { soft: { rows, counts } }: DatasetCounts,
): Promise<Checkpoint> {
  const optimizer = await optimizerState(context.optimizer), weights = await weightsOf(context.model);
  return { identity: identityOf(context, done), done, epoch, history, best: best!, weights, optimizer, rows, counts };
}

/** Restores the model, the optimizer and the state from a checkpoint. */
function restore(saved: Checkpoint, { model, optimizer }: FitContext, state: State): void {
  setWeights(model, saved.weights);
  setOptimizerState(optimizer, saved.optimizer);
  state.done = saved.done;
  state.best = saved.best;
  state.epoch.push(...saved.epoch);
  for (const [key, values] of Object.entries(saved.history)) state.history[key] = [...values];
}

/** Counts of the training and the validation data with the same weights, and the extent of the gradient before. */
interface AllCounts {
  readonly train: DatasetCounts;
  readonly validation?: DatasetCounts;
  readonly extent?: GradientExtent;
}

/** Counts the data sets with the current weights; reads the extent of an epoch on a device with them. */
async function countAll(context: FitContext, loss: EpochLoss, epoch?: DeviceExtent): Promise<AllCounts> {
  const { name, model, pause, options: { mode = "running" } } = context, { parts, hard } = loss;
  const train = new DatasetCounter(name, parts, hard, mode === "running");
  const validation = context.validation && new DatasetCounter(validationName(context), parts, hard, false);
  const sets = [[train, context.train], [validation, context.validation]] as const;
  const wanted = sets.flatMap(([counter, reader]) =>
    counter && reader ? [{ name: counter.name, reader, take: (batch: OutputBatch) => counter.take(batch) }] : []
  );
  const [numbers] = await takeOutputs(wanted, model, pause, epoch ? [epoch.numbers] : []);
  return { train: train.result(), validation: validation?.result(), extent: numbers && extentOf(numbers) };
}

/** Name of the loss in errors about the validation data. */
const validationName = ({ name }: FitContext): string => `${name} on 'validationData'`;

/** Makes the logs of the counts of a data set. */
function logsOf({ parts }: EpochLoss, prefix: string, { soft, hard }: DatasetCounts): FitLogs {
  return {
    [`${prefix}loss`]: bestOf(parts.scoring.score) - soft.score().value,
    [`${prefix}${parts.scoring.score.name}`]: hard.score().value,
  };
}

/** Gives the callbacks the model and the parameters. */
function connect({ epochs, batchSize, callbacks = [] }: FitMetricOptions, model: LayersModel): FitCallbacks[] {
  const all = [callbacks].flat() as FitCallbacks[];
  for (const one of all) {
    one.setParams?.({ epochs, batchSize, verbose: 0 });
    one.setModel?.(model);
  }
  return all;
}

/** Trains from the beginning or from a checkpoint. */
async function fit(context: FitContext): Promise<FitResult> {
  const { model, options, name, callbacks } = context, { epochs, patience } = options;
  const state: State = { done: 0, epoch: [], history: {} };
  const checkpoints = options.checkpoint === undefined ? undefined : checkpointsIn(options.checkpoint);
  const saved = options.resume ? await checkpoints!.load((done) => identityOf(context, done)) : undefined;
  if (saved !== undefined) restore(saved, context, state);
  let loss = epochLoss(options, state.done, name);
  restoreLearnt(loss, state);
  checkStateShapes(context.optimizer, trainableVariables(model));
  const start = await countAll(context, loss);
  let datasetCounts = start.train;
  if (start.validation !== undefined) checkInformative(loss.parts.scoring.score, start.validation.soft.score().counts);
  if (saved !== undefined) {
    checkSame(name, saved, datasetCounts.soft, { between: "the checkpoint and now", by: "labels" });
    for (let epoch = 0; epoch < state.done; epoch++) context.random?.shuffle(datasetCounts.batches); // of the epochs done
  }
  let stopped: FitResult["stopped"] = outOfPatience(state, patience) ? "patience" : "epochs";
  const progress = options.progress && showProgress(epochs, { from: state.done, batches: datasetCounts.batchCount });
  if (progress) callbacks.push(progress);
  await callAll(callbacks, "onTrainBegin");
  try {
    if (options.warmStart !== undefined && saved === undefined) {
      await warmUp(context, loss, options.warmStart, datasetCounts.batchCount);
      datasetCounts = (await countAll({ ...context, validation: undefined }, loss)).train;
    }
    while (state.done < epochs && stopped === "epochs") {
      const epoch = state.done, next = epochLoss(options, epoch, name);
      if (next.loss !== loss.loss) {
        loss = next;
        datasetCounts = (await countAll({ ...context, validation: undefined }, loss)).train;
      }
      await callAll(callbacks, "onEpochBegin", epoch);
      const trained = await trainEpoch(context, epoch, loss, datasetCounts);
      // On a device the numbers of the epoch are read with the outputs after it, so that nothing waits between the steps.
      const late = "numbers" in trained
        ? await blameWeights(context, epoch, () => countAll(context, loss, trained))
        : undefined;
      const extent = late?.extent ?? trained as GradientExtent;
      const perfect = isPerfect(epoch, loss, datasetCounts, extent);
      if (!(extent.weightsAreFinite ?? await weightsAreFinite(model))) throw weightsNotFinite(name, epoch);
      const { train, validation } = late ?? await countAll(context, loss);
      checkSame(name, datasetCounts.soft, train.soft, { between: "the passes", by: "labels" });
      datasetCounts = train;
      const logs = epochLogs(loss, train, validation, extent.rowsWithGradient);
      await callAll(callbacks, "onEpochEnd", epoch, logs);
      await record(state, logs, monitored(context, loss), patience === undefined ? undefined : () => weightsOf(model));
      if (perfect) stopped = "perfect";
      if (outOfPatience(state, patience)) stopped = "patience";
      if (context.stopRequest.requested) stopped = "stopTraining";
      await checkpoints?.save(await checkpointOf(context, state, datasetCounts));
    }
  } catch (error) {
    if (progress) await progress.onTrainEnd!(); // ends the progress line before the error is printed
    throw error;
  }
  return await finish(context, state, loss, stopped);
}

/** Tells whether a loss was at its minimum in an epoch without a gradient; throws if another epoch had none. */
function isPerfect(
  epoch: number,
  { loss: { name }, parts }: EpochLoss,
  { soft }: DatasetCounts,
  { rowsWithGradient, reachesWeights }: GradientExtent,
): boolean {
  if (rowsWithGradient !== 0 && reachesWeights) return false;
  const { value, counts } = soft.score(), atBest = value === bestOf(parts.scoring.score);
  if (atBest && counts.some((one) => countKeys.some((key) => one[key] > 0))) return true;
  throw rowsWithGradient === 0
    ? deadGradient(name, epoch, parts, counts)
    : gradientBlocked(name, epoch, rowsWithGradient);
}

/** Makes the logs of an epoch that has ended. */
function epochLogs(
  loss: EpochLoss,
  train: DatasetCounts,
  validation: DatasetCounts | undefined,
  rowsWithGradient: number,
): FitLogs {
  const logs = { ...logsOf(loss, "", train), alive: rowsWithGradient / train.soft.rows };
  if (validation === undefined) return { ...logs, ...learn(loss, train) };
  return { ...logs, ...logsOf(loss, "val_", validation), ...learn(loss, validation) };
}

const learntPrefix = "multiplier ";

/** Lets a score learn from the counts of the decisions; returns what it has learnt, for the logs. */
function learn({ parts: { scoring: { score, average } } }: EpochLoss, { hard }: DatasetCounts): FitLogs {
  const learnt = learntBy(score);
  if (learnt === undefined) return {};
  check(`train on ${score.name}`, { average }, oneOf("binary", "micro"));
  learnt.learn(hard.score().counts[0]);
  return Object.fromEntries(Object.entries(learnt.numbers()).map(([key, value]) => [learntPrefix + key, value]));
}

/** Gives a score the numbers that it had learnt when the training was interrupted. */
function restoreLearnt({ parts: { scoring: { score } } }: EpochLoss, { history }: State): void {
  const own = Object.entries(history).filter(([key]) => key.startsWith(learntPrefix));
  learntBy(score)?.restore(Object.fromEntries(own.map(([key, all]) => [key.slice(learntPrefix.length), all.at(-1)!])));
}

/** Trains for the epochs of the warm start. The order of the batches has its own source, so that a resumed training agrees. */
async function warmUp(
  context: FitContext,
  { parts }: EpochLoss,
  warmStart: NonNullable<FitMetricOptions["warmStart"]>,
  batches: number,
): Promise<void> {
  const { name, model, optimizer, train: reader, random, pause: before, options } = context;
  const own = random && seededRandom(options.seed ?? 0);
  for (let epoch = 0; epoch < warmStart.epochs; epoch++) {
    const order = own?.shuffle(Array.from({ length: batches }, (_, b) => b));
    await warmUpEpoch(warmStart, { name, model, optimizer, reader, parts, order, before });
    if (!await weightsAreFinite(model)) throw weightsNotFinite(name, `${epoch} of 'warmStart'`);
  }
}

/** Trains for one epoch. */
async function trainEpoch(
  context: FitContext,
  epoch: number,
  loss: EpochLoss,
  datasetCounts: DatasetCounts,
): Promise<GradientExtent | DeviceExtent> {
  const { name, model, optimizer, train: reader, random, pause, options, callbacks } = context;
  const order = random?.shuffle(datasetCounts.batches.map((_, b) => b));
  const before = async (batch: number) => {
    await pause();
    await callAll(callbacks, "onBatchBegin", batch, { batch });
  };
  const after = (batch: number, size: number, loss?: number) =>
    callAll(callbacks, "onBatchEnd", batch, { batch, size, ...(loss === undefined ? {} : { loss }) });
  const exact = options.mode === "exact";
  const train = registeredDevice()?.hasDeviceForm(loss.parts)
    ? trainOnDevice(exact)
    : exact
    ? trainExact
    : trainRunning;
  const epochContext = { name, model, optimizer, reader, order, loss, datasetCounts, before, after };
  return await blameWeights<GradientExtent | DeviceExtent>(context, epoch, () => train(epochContext));
}

/** Runs a part of an epoch. Its error is that of the weights if they are no longer finite: other errors follow from these. */
async function blameWeights<T>({ name, model }: FitContext, epoch: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw await weightsAreFinite(model) ? error : weightsNotFinite(name, epoch, error);
  }
}

/** Returns the name of the number that chooses the best epoch. */
const monitored = ({ validation }: FitContext, { parts }: EpochLoss): string =>
  `${validation ? "val_" : ""}${parts.scoring.score.name}`;

/** Records the logs of an epoch in the history, and its weights if it is the first best one. */
async function record(
  state: State,
  logs: FitLogs,
  monitor: string,
  weights?: () => Promise<readonly SavedTensor[]>,
): Promise<void> {
  const epoch = state.done++, value = logs[monitor];
  state.epoch.push(epoch);
  for (const [key, number] of Object.entries(logs)) {
    if (typeof number === "number") (state.history[key] ??= []).push(number);
  }
  if (state.best === undefined || value > state.best.value) state.best = { epoch, value, weights: await weights?.() };
}

/** Restores the best weights, tunes the threshold and makes the result. */
async function finish(
  context: FitContext,
  state: State,
  loss: EpochLoss,
  stopped: FitResult["stopped"],
): Promise<FitResult> {
  const { model, validation, callbacks } = context, { epoch, history } = state, { weights, ...best } = state.best!;
  if (weights !== undefined) setWeights(model, weights);
  const tuned = validation && await tuneOn(validationName(context), model, loss.parts, validation);
  const last = Object.entries(history).map(([key, values]) => [key, values.at(-1)!]);
  await callAll(callbacks, "onTrainEnd", Object.fromEntries(last));
  const threshold = tuned && { threshold: tuned.threshold, thresholdValue: tuned.value };
  return { epoch, history, best, stopped, ...threshold };
}

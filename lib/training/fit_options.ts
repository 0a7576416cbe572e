import * as tf from "@tensorflow/tfjs";
import type { Setting } from "../scoring/options.ts";
import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import { isGuarded } from "../losses/guarded_losses.ts";
import { type LossParts, partsOfLoss } from "../losses/loss_parts.ts";
import * as factories from "../losses/named.ts";
import type { LossFactory } from "../losses/named.ts";
import type { Loss } from "../losses/metric_loss.ts";
import { checkData, isTensors, type TrainingData } from "./batches.ts";
import { hardSetting } from "./hard_setting.ts";
import { checkOptimizer, type Optimizer } from "./optimizers.ts";
import { checkLoss, checkModel, type Model } from "./passes.ts";

/** What is logged of a batch or an epoch: a number by its name, as in the history. */
export type FitLogs = Record<string, number>;

/** What is called while a model trains: the shape of `tf.CustomCallbackArgs`, and a `tf.Callback` is one too. */
export interface FitCallbacks {
  /** Before the first epoch. */
  onTrainBegin?(logs?: FitLogs): void | Promise<void>;
  /** After the last epoch; the best weights are back by then. */
  onTrainEnd?(logs?: FitLogs): void | Promise<void>;
  /** Before an epoch, counted from 0. */
  onEpochBegin?(epoch: number, logs?: FitLogs): void | Promise<void>;
  /** After an epoch, with what goes into the history. */
  onEpochEnd?(epoch: number, logs?: FitLogs): void | Promise<void>;
  /** Before a batch is trained on; in exact mode before a batch of the second pass. */
  onBatchBegin?(batch: number, logs?: FitLogs): void | Promise<void>;
  /** After it; in running mode with the loss at the running counts. */
  onBatchEnd?(batch: number, logs?: FitLogs): void | Promise<void>;
  /** What `tf.Callback` asks for. */
  setModel?(model: Model): void;
  /** What `tf.Callback` asks for. */
  setParams?(params: Record<string, unknown>): void;
}

/** Where a checkpoint is kept, if not in a file. */
export interface CheckpointStore {
  /** What was written last; nothing, if nothing was. */
  read(): Promise<string | undefined>;
  /** Replaces it, wholly or not at all. */
  write(text: string): Promise<void>;
}

/** Options of {@linkcode fitMetric}. */
export interface FitMetricOptions {
  /**
   * A loss of this library, with its options; or which one in each epoch, to anneal its slope:
   * `(epoch: number) => f1Loss({ slope: slope(epoch) })` with {@linkcode annealSlope}.
   */
  loss: Loss | ((epoch: number) => Loss);
  /**
   * "running": a step a batch, at the running counts of the data set. "exact": a step an epoch, along the exact gradient of
   * the data set's loss.
   *
   * @default {"running"}
   */
  mode?: "running" | "exact";
  /**
   * An optimizer, or the name of one with the learning rate that `model.compile` gives it.
   *
   * @default {"adam"}
   */
  optimizer?: string | Optimizer;
  /** How many epochs there are at most. */
  epochs: number;
  /**
   * How many rows make a batch, where the data are tensors; other data come in batches already.
   *
   * @default {256}
   */
  batchSize?: number;
  /**
   * Which rows share a batch, and the order of the batches in each epoch, in running mode with tensors: an integer from 0.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * Data that are not trained on; their hard metric decides which weights are the best, so they need rows of both classes.
   */
  validationData?: TrainingData;
  /**
   * After how many epochs without a better hard metric it stops. The best weights are restored, however it ends; without
   * this option the last ones stay.
   */
  patience?: number;
  /** What is called on the way. */
  callbacks?: FitCallbacks | readonly FitCallbacks[];
  /** Ends it, with the signal's reason, before the next batch. */
  signal?: AbortSignal;
  /**
   * Whether to show how far it is: a bar in a terminal, a line in a notebook that is rewritten.
   *
   * @default {false}
   */
  progress?: boolean;
  /** The file that is replaced after each epoch, or another place for its text. */
  checkpoint?: string | CheckpointStore;
  /**
   * Whether to go on from the checkpoint; from the beginning, if there is none yet.
   *
   * @default {false}
   */
  resume?: boolean;
}

const optionNames: readonly (keyof FitMetricOptions)[] = [
  "loss",
  "mode",
  "optimizer",
  "epochs",
  "batchSize",
  "seed",
  "validationData",
  "patience",
  "callbacks",
  "signal",
  "progress",
  "checkpoint",
  "resume",
];

/** What an epoch trains on. */
export interface EpochLoss {
  readonly loss: Loss;
  readonly parts: LossParts;
  readonly hard: Setting;
}

const task = "train";

const factoryNames = new Map<unknown, string>(Object.entries(factories).map(([name, factory]) => [factory, name]));
const tfLosses: readonly unknown[] = [...Object.values(tf.losses), ...Object.values(tf.metrics)];

/** Throws where a function can be no loss of each epoch: it would be called with the epoch's number as its labels. */
function checkEpochly(loss: unknown): void {
  if (isGuarded(loss)) {
    throw new TypeError(
      `Cannot ${task}: 'loss' is guardLoss(…), but fitMetric watches the gradient by itself; give the loss as it is`,
    );
  }
  const factory = factoryNames.get(loss);
  if (factory !== undefined) {
    throw new TypeError(
      `Cannot ${task}: 'loss' is the factory ${factory}, not the loss that it makes; call it, ${
        (loss as LossFactory).length === 0 ? `${factory}()` : `${factory}({ … })`
      }`,
    );
  }
  // (yTrue, yPred): a function of the epoch has one argument at most.
  if (tfLosses.includes(loss) || (loss as (epoch: number) => Loss).length >= 2) checkLoss(loss, task);
}

/** The loss that a function gives for an epoch; what it throws by itself is said to come from it. */
function ofEpoch(loss: (epoch: number) => Loss, epoch: number): Loss {
  checkEpochly(loss);
  try {
    return loss(epoch);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith("Cannot ")) throw error; // what the library refuses is a sentence already
    throw new TypeError(
      `Cannot ${task}: 'loss' must be one that metricLoss or f1Loss, … makes, or give one for an epoch; ${
        describe(loss)
      } throws in epoch ${epoch}: ${message}`,
      { cause: error },
    );
  }
}

/** The loss of an epoch, taken apart. */
export function lossOf({ loss }: FitMetricOptions, epoch: number, name?: string): EpochLoss {
  const chosen = knownLoss(loss) ? loss as Loss : ofEpoch(loss as (epoch: number) => Loss, epoch);
  const parts = checkLoss(chosen, task);
  if (name !== undefined && chosen.name !== name) {
    throw new RangeError(
      `Cannot ${task}: 'loss' must be of one score in all epochs, it is ${chosen.name} in epoch ${epoch}, ${name} before`,
    );
  }
  return { loss: chosen, parts, hard: hardSetting(chosen.name, parts) };
}

const knownLoss = (loss: unknown): boolean => typeof loss !== "function" || partsOfLoss(loss) !== undefined;

function oneOf(option: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const names = allowed.map(describe).join(" or ");
  throw new RangeError(`Cannot ${task}: '${option}' must be ${names}, it is ${describe(value)}`);
}

function checkCheckpoint({ checkpoint, resume = false }: FitMetricOptions): void {
  const store = checkpoint as Partial<CheckpointStore> | undefined;
  const usable = typeof checkpoint === "string"
    ? checkpoint !== ""
    : typeof store?.read === "function" && typeof store.write === "function";
  if (checkpoint !== undefined && !usable) {
    throw new TypeError(
      `Cannot ${task}: 'checkpoint' must be a file's path or have read() and write(), it is ${describe(checkpoint)}`,
    );
  }
  if (typeof checkpoint === "string" && typeof Deno === "undefined") {
    throw new TypeError(
      `Cannot ${task}: 'checkpoint' is a file, ${
        describe(checkpoint)
      }, but there are no files here; give read() and write()`,
    );
  }
  if (resume && checkpoint === undefined) {
    throw new TypeError(`Cannot ${task}: 'resume' is true, but there is no 'checkpoint' to go on from`);
  }
}

/** Throws unless the arguments can be trained with. */
export function checkFit(model: Model, data: TrainingData, options: FitMetricOptions): void {
  if ([data, options].some((one: unknown) => one instanceof tf.Tensor)) {
    throw new TypeError(
      `Cannot ${task}: ${
        (data as unknown) instanceof tf.Tensor ? "'data'" : "'options'"
      } is a tensor; features and labels are given together, as in fitMetric(model, [x, y], { loss, epochs })`,
    );
  }
  if (options !== null && typeof options === "object" && "sampleWeight" in options) {
    throw new TypeError(
      `Cannot ${task}: 'sampleWeight' is ${
        options.sampleWeight instanceof tf.Tensor ? "a tensor" : describe(options.sampleWeight)
      }, but weights are no option: they are the third part of 'data', [x, y, sampleWeight]`,
    );
  }
  checkOptions("a training", options, optionNames);
  const { mode = "running", epochs, batchSize, seed = 0, patience, optimizer = "adam", progress = false } = options;
  const { signal, callbacks = [], resume = false, validationData } = options;
  const { loss } = lossOf(options, 0);
  oneOf("mode", mode, ["running", "exact"]);
  oneOf("progress", progress, [true, false]);
  oneOf("resume", resume, [true, false]);
  checkInteger(task, "epochs", epochs, 1, Number.MAX_SAFE_INTEGER);
  checkInteger(task, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  for (const [name, value] of Object.entries({ batchSize, patience })) {
    if (value !== undefined) checkInteger(task, name, value, 1, Number.MAX_SAFE_INTEGER);
  }
  checkOptimizer(task, optimizer);
  checkModel(loss.name, model);
  checkData(loss.name, data, batchSize);
  if (validationData !== undefined) {
    try {
      checkData(loss.name, validationData, isTensors(validationData) ? batchSize : undefined);
    } catch (error) {
      const { message, constructor } = error as Error;
      throw new (constructor as ErrorConstructor)(message.replaceAll("'data'", "'validationData'"));
    }
  }
  for (const one of [callbacks].flat() as unknown[]) {
    if (typeof one === "object" && one !== null) continue;
    throw new TypeError(`Cannot ${task}: 'callbacks' must be objects of functions, one is ${describe(one)}`);
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
    throw new TypeError(`Cannot ${task}: 'signal' must be an AbortSignal, it is ${describe(signal)}`);
  }
  checkCheckpoint(options);
}

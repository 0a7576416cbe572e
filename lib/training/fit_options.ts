import * as tf from "@tensorflow/tfjs-core";
import { hardOptions, type LossParts, partsOfLoss, type ResolvedOptions } from "../scoring/options.ts";
import {
  aBoolean,
  anObject,
  aSignal,
  check,
  checkOptions,
  describe,
  integerFrom,
  oneOf,
  optional,
  type Rule,
} from "../check/check.ts";
import { type CheckpointStore, fileSystem } from "./checkpoint_file.ts";
import { isGuarded } from "../losses/guarded_losses.ts";
import { factoryName, type Loss } from "../losses/metric_loss.ts";
import type { LayersModel } from "../tfjs/model.ts";
import { checkOptimizer, type LayersOptimizer } from "../tfjs/optimizers.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { checkData, isTensors, type TrainingData } from "./batches.ts";
import { checkLoss, checkModel } from "./passes.ts";
import { checkWarmStart } from "./warm_start.ts";

/** Numbers of a batch or an epoch, by the names that the history uses. */
export type FitLogs = Record<string, number>;

/** Functions called during a training. A `tf.CustomCallbackArgs` has this shape, and so has a `tf.Callback`. */
export interface FitCallbacks {
  /** Called before the first epoch. */
  onTrainBegin?(logs?: FitLogs): void | Promise<void>;
  /** Called after the last epoch, when the best weights are restored. */
  onTrainEnd?(logs?: FitLogs): void | Promise<void>;
  /** Called before an epoch, counted from 0. */
  onEpochBegin?(epoch: number, logs?: FitLogs): void | Promise<void>;
  /** Called after an epoch, with the numbers for the history. */
  onEpochEnd?(epoch: number, logs?: FitLogs): void | Promise<void>;
  /** Called before a batch is trained on; in exact mode before a batch of the second pass. */
  onBatchBegin?(batch: number, logs?: FitLogs): void | Promise<void>;
  /** Called after a batch; in running mode with the loss at the running counts, except on a GPU, where it is not read. */
  onBatchEnd?(batch: number, logs?: FitLogs): void | Promise<void>;
  /** Receives the model, as a `tf.Callback` does. */
  setModel?(model: LayersModel): void;
  /** Receives the parameters, as a `tf.Callback` does. */
  setParams?(params: Record<string, unknown>): void;
}

/** Options of {@linkcode fitMetric}. */
export interface FitMetricOptions {
  /**
   * Loss of this library, or a function that gives the loss of an epoch, counted from 0: with {@linkcode annealSlope},
   * `(epoch: number) => f1Loss({ slope: slope(epoch) })`.
   */
  loss: Loss | ((epoch: number) => Loss);
  /**
   * "running": one step per batch, at the running counts of the data set. "exact": one step per epoch, along the exact
   * gradient of the loss of the data set.
   *
   * @default {"running"}
   */
  mode?: "running" | "exact";
  /**
   * Optimizer, or the name of one with the learning rate that `model.compile` gives it.
   *
   * @default {"adam"}
   */
  optimizer?: string | LayersOptimizer;
  /** Largest number of epochs. */
  epochs: number;
  /**
   * Epochs with a different loss before the first epoch, usually cross-entropy: they lead the outputs to where the loss of the
   * score has a useful gradient. They take one step per batch, with the same batches and the same optimizer, whose state goes
   * on. The history, the callbacks, `patience` and a checkpoint do not see them; a resumed training does not repeat them.
   */
  warmStart?: {
    /**
     * "crossEntropy": the cross-entropy of the outputs, which are read as `loss` reads them (probabilities or logits; one
     * column, several labels, or classes). A function: the mean of its result is minimised; the row weights are its third
     * argument, as in `tf.losses`.
     */
    readonly loss: "crossEntropy" | ((yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor) => Tensor);
    /** Number of these epochs; `epochs` does not count them. */
    readonly epochs: number;
  };
  /**
   * Number of rows per batch, if the data are tensors. Other data already come in batches.
   *
   * @default {256}
   */
  batchSize?: number;
  /**
   * Seed for the rows of each batch and the order of the batches in each epoch, an integer ≥ 0; used in running mode with
   * tensors.
   *
   * @default {0}
   */
  seed?: number;
  /** Data that are not trained on. Their score chooses the best weights and the threshold, so they need rows of both classes. */
  validationData?: TrainingData;
  /**
   * Number of epochs without a better score of the decisions after which training stops. With this option the best weights
   * are restored at the end; without it the last weights stay.
   */
  patience?: number;
  /** Functions called during the training. */
  callbacks?: FitCallbacks | readonly FitCallbacks[];
  /** Signal that ends the training before the next batch, with the reason of the signal. */
  signal?: AbortSignal;
  /**
   * Shows the progress: a bar in a terminal, an updated line in a notebook.
   *
   * @default {false}
   */
  progress?: boolean;
  /** File that is replaced after each epoch, or a store for its text. */
  checkpoint?: string | CheckpointStore;
  /**
   * Continues from the checkpoint. Training starts from the beginning if there is no checkpoint yet.
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
  "warmStart",
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

/** Loss of an epoch, with its parts and the options that score its decisions. */
export interface EpochLoss {
  readonly loss: Loss;
  readonly parts: LossParts;
  readonly hard: ResolvedOptions;
}

const task = "train";

/** Rule for an object of callbacks: a misspelt event would never be called. */
const aCallback: Rule = {
  must: "an object of functions on(Train|Epoch|Batch)(Begin|End), or an array of them",
  valid: (one) =>
    anObject.valid(one) &&
    Object.entries(one as object).every(([name, call]) =>
      call === undefined || !name.startsWith("on") ||
      /^on(Train|Epoch|Batch)(Begin|End)$/.test(name) && typeof call === "function"
    ),
  Kind: TypeError,
};

/** Throws if a function is a loss or a factory and not a function of the epoch: it would be called with a number as its labels. */
function checkLossSchedule(loss: unknown): void {
  if (isGuarded(loss)) {
    throw new TypeError(
      `Cannot ${task}: 'loss' is guardLoss(…), but fitMetric checks the gradient itself; give the loss alone`,
    );
  }
  // A loss has the arguments (yTrue, yPred), those of tf.losses declare none, and a function of the epoch has at most one.
  const isLoss = (Object.values(tf.losses) as unknown[]).includes(loss) ||
    (loss as (epoch: number) => Loss).length >= 2;
  if (isLoss || factoryName(loss) !== undefined) checkLoss(loss, task);
}

/** Calls the function that gives the loss of an epoch; an error of that function is reported as one of 'loss'. */
function lossOfEpoch(loss: (epoch: number) => Loss, epoch: number): Loss {
  checkLossSchedule(loss);
  try {
    return loss(epoch);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith("Cannot ")) throw error; // an error of this library
    throw new TypeError(
      `Cannot ${task}: 'loss' must be one that metricLoss or f1Loss, … makes, or give one for an epoch; ${
        describe(loss)
      } throws in epoch ${epoch}: ${message}`,
      { cause: error },
    );
  }
}

/** Returns the loss of an epoch with its parts; throws if its name is not `name`. */
export function epochLoss({ loss }: FitMetricOptions, epoch: number, name?: string): EpochLoss {
  const chosen = knownLoss(loss) ? loss as Loss : lossOfEpoch(loss as (epoch: number) => Loss, epoch);
  const parts = checkLoss(chosen, task);
  if (name !== undefined && chosen.name !== name) {
    throw new RangeError(
      `Cannot ${task}: 'loss' must have the same score in all epochs, it is ${chosen.name} in epoch ${epoch}, ${name} before`,
    );
  }
  return { loss: chosen, parts, hard: hardOptions(chosen.name, parts) };
}

const knownLoss = (loss: unknown): boolean => typeof loss !== "function" || partsOfLoss(loss) !== undefined;

function checkCheckpoint({ checkpoint, resume = false }: FitMetricOptions): void {
  const store = checkpoint as Partial<CheckpointStore> | undefined;
  const usable = typeof checkpoint === "string"
    ? checkpoint !== ""
    : typeof store?.read === "function" && typeof store.write === "function";
  check(task, { checkpoint }, {
    must: "a file's path or have read() and write()",
    valid: () => checkpoint === undefined || usable,
    Kind: TypeError,
  });
  if (typeof checkpoint === "string" && fileSystem() === undefined) {
    throw new TypeError(
      `Cannot ${task}: 'checkpoint' is a file, ${
        describe(checkpoint)
      }, but there are no files here; give read() and write()`,
    );
  }
  if (resume && checkpoint === undefined) {
    throw new TypeError(`Cannot ${task}: 'resume' is true, but there is no 'checkpoint'`);
  }
}

/** Throws unless the arguments of {@linkcode fitMetric} are valid. */
export function checkFit(model: LayersModel, data: TrainingData, options: FitMetricOptions): void {
  if ([data, options].some((one: unknown) => one instanceof tf.Tensor)) {
    throw new TypeError(
      `Cannot ${task}: ${
        (data as unknown) instanceof tf.Tensor ? "'data'" : "'options'"
      } is a tensor; write fitMetric(model, [x, y], { loss, epochs })`,
    );
  }
  const { sampleWeight } = (options ?? {}) as { sampleWeight?: unknown };
  if (sampleWeight !== undefined) {
    throw new TypeError(
      `Cannot ${task}: 'sampleWeight' is ${
        describe(sampleWeight)
      }, but weights are a part of 'data', [x, y, sampleWeight]`,
    );
  }
  checkOptions("a training", options, optionNames);
  const { mode = "running", epochs, batchSize, seed = 0, patience, optimizer = "adam", progress = false } = options;
  const { signal, callbacks = [], resume = false, validationData } = options;
  const { loss, parts } = epochLoss(options, 0);
  check(task, { mode }, oneOf("running", "exact"));
  check(task, { progress, resume }, aBoolean);
  check(task, { epochs }, integerFrom(1));
  check(task, { seed }, integerFrom(0));
  check(task, { batchSize, patience }, optional(integerFrom(1)));
  checkWarmStart(options.warmStart);
  if (parts.reading.gains && options.warmStart?.loss === "crossEntropy") {
    throw new TypeError(
      `Cannot ${task}: 'warmStart.loss' is 'crossEntropy', but the labels of ${loss.name} are gains; give a function of (yTrue, yPred)`,
    );
  }
  checkOptimizer(task, optimizer);
  checkModel(loss.name, model);
  checkData(loss.name, "'data'", data, batchSize);
  if (validationData !== undefined) {
    checkData(loss.name, "'validationData'", validationData, isTensors(validationData) ? batchSize : undefined);
  }
  for (const one of [callbacks].flat()) check(task, { callbacks: one }, aCallback);
  check(task, { signal }, optional(aSignal));
  checkCheckpoint(options);
}

import { describe } from "../check/check.ts";
import type { Counts } from "../counts/counts.ts";
import type { LossParts } from "../scoring/options.ts";
import { toStep } from "../steps/to_step.ts";
import type { LayersOptimizer } from "../tfjs/optimizers.ts";
import type { OptimizerState, SavedTensor } from "../tfjs/snapshot.ts";
import { checkpointFile, type CheckpointStore } from "./checkpoint_file.ts";

/** Settings that must be equal when a training is resumed. */
export interface Identity {
  readonly loss: string;
  /** Step and options of the loss in the first epoch and in the last epoch done: a slope may be annealed. */
  readonly settings: readonly [first: object, last: object];
  readonly mode: string;
  readonly optimizer: string;
  /** Settings of the optimizer at the start, such as its learning rate. */
  readonly optimizerSettings: object;
  readonly batchSize: number;
  readonly seed: number;
  /** Shapes of the weights of the model. */
  readonly shapes: readonly (readonly (number | null)[])[];
  /** Says if the best weights are kept, as early stopping needs them. */
  readonly best: "kept" | "not kept";
  /** Data that choose the best epoch. */
  readonly judgedBy: "data" | "validationData";
  /** Warm start before the first epoch, if there was one; a loss that is a function is named only. */
  readonly warmStart?: { readonly loss: string; readonly epochs: number };
}

/** Describes a step by its name, slope and threshold. */
function settingsOfStep({ step = "softsign", slope, threshold }: LossParts["options"]): object {
  const made = toStep(step, { slope });
  return { step: made.name, slope: made.slope, threshold: threshold ?? made.threshold };
}

/** Describes the options of a loss as data. */
export function settingsOfLoss({ options, scoring, reading }: LossParts): object {
  const { decision = "threshold" } = options, { average, zeroDivision, classWeights } = scoring;
  const ofStep = decision === "threshold" ? settingsOfStep(options) : { step: options.step, slope: options.slope };
  const { fromLogits, ignoreLabel } = reading, counting = { decision, ...ofStep, ...scoring.rule?.settings };
  return { ...counting, average, zeroDivision, classWeights, fromLogits, ignoreLabel: String(ignoreLabel) };
}

/** Describes the settings of an optimizer, such as its learning rate; an optimizer without getConfig() has no description. */
export function settingsOfOptimizer(optimizer: LayersOptimizer): object {
  return typeof optimizer.getConfig === "function" ? optimizer.getConfig() : {};
}

/** State of a training after an epoch. */
export interface Checkpoint {
  readonly identity: Identity;
  /** Number of epochs done. With the seed it determines the state of the shuffling, which is drawn again epoch by epoch. */
  readonly done: number;
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly best: { readonly epoch: number; readonly value: number; readonly weights?: readonly SavedTensor[] };
  readonly weights: readonly SavedTensor[];
  readonly optimizer: OptimizerState;
  /** Number of rows of the data. */
  readonly rows: number;
  /** Soft counts of the data with these weights. */
  readonly counts: readonly Counts[];
}

const format = "fitMetric 2";

const types = { float32: Float32Array, int32: Int32Array };

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  }
  return btoa(text);
}

const isSavedTensor = (value: unknown): value is SavedTensor =>
  ArrayBuffer.isView((value as SavedTensor | undefined)?.values);

/** Replaces typed arrays by the base64 of their bytes, in the byte order of the machine. */
function write(_key: string, value: unknown): unknown {
  if (!isSavedTensor(value)) return value;
  const { values, shape, dtype } = value;
  return { shape, dtype, base64: toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) };
}

function read(_key: string, value: unknown): unknown {
  const { shape, dtype, base64 } = (value ?? {}) as Partial<SavedTensor> & { base64?: string };
  if (typeof base64 !== "string") return value;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { shape, dtype, values: new types[dtype!](bytes.buffer) };
}

/** Reads and writes the checkpoints of one training. */
export interface Checkpoints {
  /** Reads the last checkpoint, if there is one; throws unless its identity is that of this training after `done` epochs. */
  load(identity: (done: number) => Identity): Promise<Checkpoint | undefined>;
  /** Replaces the checkpoint. */
  save(checkpoint: Checkpoint): Promise<void>;
}

const because = (error: unknown): string => error instanceof Error ? error.message.split("\n")[0] : describe(error);

/** Keeps checkpoints in a file or in a store. */
export function checkpointsIn(target: string | CheckpointStore): Checkpoints {
  const store = typeof target === "string" ? checkpointFile(target) : target;
  const named = typeof target === "string" ? describe(target) : "in the given store";
  return {
    load: async (identity) => {
      const text = await store.read();
      if (text === undefined) return undefined;
      const saved = parse(named, text);
      for (const [key, value] of Object.entries(identity(saved.done))) {
        const before = JSON.stringify(saved.identity[key as keyof Identity]), now = JSON.stringify(value);
        if (before === now) continue;
        throw new RangeError(
          `Cannot train: the checkpoint ${named} is of a different training, its '${key}' is ${before}, not ${now}`,
        );
      }
      return saved;
    },
    save: async (checkpoint) => {
      try {
        await store.write(JSON.stringify({ format, ...checkpoint }, write));
      } catch (error) {
        throw new Error(
          `Cannot write the checkpoint ${named} after epoch ${checkpoint.done - 1}: ${because(error)}; ` +
            "the previous checkpoint is unchanged: make room, then continue with resume: true",
          { cause: error },
        );
      }
    },
  };
}

function parse(named: string, text: string): Checkpoint {
  let saved: Checkpoint & { format?: unknown };
  try {
    saved = JSON.parse(text, read);
  } catch (error) {
    throw new RangeError(`Cannot train: the checkpoint ${named} cannot be read: ${because(error)}`, { cause: error });
  }
  if (saved?.format === format) return saved;
  throw new RangeError(
    `Cannot train: the checkpoint ${named} was not written by fitMetric, its format is ${describe(saved?.format)}`,
  );
}

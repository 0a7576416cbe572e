import { describe } from "../check/describe.ts";
import type { Counts } from "../counts/counts.ts";
import { checkpointFile } from "./checkpoint_file.ts";
import type { CheckpointStore } from "./fit_options.ts";
import type { Numbers, OptimizerState } from "./snapshot.ts";

/** What must be the same for a training to go on. */
export interface Identity {
  readonly loss: string;
  /** The loss's step and options, in the first epoch and in the last one that is done: a slope may be annealed. */
  readonly settings: readonly [first: object, last: object];
  readonly mode: string;
  readonly optimizer: string;
  /** The optimizer's learning rate and the like, as they were at the start. */
  readonly optimizerSettings: object;
  readonly batchSize: number;
  readonly seed: number;
  /** The shapes of the model's weights. */
  readonly shapes: readonly (readonly (number | null)[])[];
  /** Whether the best weights are kept, for early stopping. */
  readonly best: "kept" | "not kept";
  /** Which data say what the best epoch is. */
  readonly judgedBy: "data" | "validationData";
}

/** All that a training needs to go on after an epoch. */
export interface Checkpoint {
  readonly identity: Identity;
  /** How many epochs are done. With the seed this is the state of the shuffling: it is drawn anew, epoch by epoch. */
  readonly done: number;
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly best: { readonly epoch: number; readonly value: number; readonly weights?: readonly Numbers[] };
  readonly weights: readonly Numbers[];
  readonly optimizer: OptimizerState;
  /** How many rows the data have, and the soft counts they come to with these weights. */
  readonly rows: number;
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

const isNumbers = (value: unknown): value is Numbers => ArrayBuffer.isView((value as Numbers | undefined)?.values);

/** Arrays of numbers as the base64 of their bytes, in the machine's order. */
function write(_key: string, value: unknown): unknown {
  if (!isNumbers(value)) return value;
  const { values, shape, dtype } = value;
  return { shape, dtype, base64: toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) };
}

function read(_key: string, value: unknown): unknown {
  const { shape, dtype, base64 } = (value ?? {}) as Partial<Numbers> & { base64?: string };
  if (typeof base64 !== "string") return value;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { shape, dtype, values: new types[dtype!](bytes.buffer) };
}

/** Reads and writes the checkpoints of one training. */
export interface Checkpoints {
  /** The last one; nothing, if there is none. `identity`: this training's, after so many epochs. */
  load(identity: (done: number) => Identity): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

const because = (error: unknown): string => error instanceof Error ? error.message.split("\n")[0] : describe(error);

/** Checkpoints in a file, or wherever they are kept. */
export function checkpointsIn(place: string | CheckpointStore): Checkpoints {
  const store = typeof place === "string" ? checkpointFile(place) : place;
  const named = typeof place === "string" ? describe(place) : "in the given store";
  return {
    load: async (identity) => {
      const text = await store.read();
      if (text === undefined) return undefined;
      const saved = parse(named, text);
      for (const [key, value] of Object.entries(identity(saved.done))) {
        const before = JSON.stringify(saved.identity[key as keyof Identity]), now = JSON.stringify(value);
        if (before === now) continue;
        throw new RangeError(
          `Cannot train: the checkpoint ${named} is of another training, its '${key}' is ${before}, not ${now}`,
        );
      }
      return saved;
    },
    save: async (checkpoint) => {
      try {
        await store.write(JSON.stringify({ format, ...checkpoint }, write));
      } catch (error) {
        throw new Error(
          `Cannot write the checkpoint ${named} after epoch ${checkpoint.done - 1}: ${
            because(error)
          }; the one before it ` +
            "is as it was, make room and go on with resume: true",
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
    `Cannot train: the checkpoint ${named} is none of fitMetric, its format is ${describe(saved?.format)}`,
  );
}

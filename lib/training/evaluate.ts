import * as tf from "@tensorflow/tfjs-core";
import { countBatch } from "../scoring/score_batch.ts";
import type { LossParts, ResolvedOptions } from "../scoring/options.ts";
import { readBatch } from "../batch/read_batch.ts";
import type { LayersModel } from "../tfjs/model.ts";
import type { BatchReader } from "./batches.ts";
import { DatasetSums } from "./dataset_sums.ts";
import { outputOf } from "./passes.ts";

/** Counts of a data set, from one pass. */
export interface Evaluation {
  /** Counts under the step of the loss. */
  readonly soft: DatasetSums;
  /** Counts of the decisions. */
  readonly hard: DatasetSums;
  /** Number of batches. */
  readonly size: number;
  /** Soft counts of each batch, if `each` was set. */
  readonly batches: readonly DatasetSums[];
}

/** Options of {@linkcode evaluate}. */
export interface EvaluateOptions {
  readonly name: string;
  readonly model: LayersModel;
  readonly parts: LossParts;
  readonly hard: ResolvedOptions;
  /**
   * Keeps the counts of each batch.
   *
   * @default {false}
   */
  readonly each?: boolean;
  /** Called before each batch. */
  readonly before: () => Promise<void> | void;
}

/** Counts a data set with the current weights of the model. */
export async function evaluate(reader: BatchReader, options: EvaluateOptions): Promise<Evaluation> {
  const { name, model, parts, hard, each = false, before } = options;
  const softSums = new DatasetSums(parts),
    hardSums = new DatasetSums({ ...parts, ...hard }),
    batches: DatasetSums[] = [];
  let size = 0;
  for await (const read of reader.read()) {
    await before();
    size++;
    tf.tidy(() => {
      const { yTrue, sampleWeight, examples } = read, yPred = outputOf(name, model, read);
      const reading = { ...parts.reading, firstRow: softSums.rows, examples };
      const batch = readBatch(name, { yTrue, yPred, sampleWeight }, reading);
      const counted = countBatch(batch, parts.decide(batch), parts.scoring);
      softSums.add(batch.rows, counted);
      hardSums.add(batch.rows, countBatch(batch, hard.decide(batch), hard.scoring));
      if (each) {
        const sums = new DatasetSums(parts);
        sums.add(batch.rows, counted);
        batches.push(sums);
      }
    });
  }
  if (softSums.rows === 0) throw new RangeError(`Cannot compute ${name}: 'data' has no rows`);
  return { soft: softSums, hard: hardSums, size, batches };
}

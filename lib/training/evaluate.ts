import * as tf from "@tensorflow/tfjs";
import { countBatch } from "../scoring/score_batch.ts";
import type { Setting } from "../scoring/options.ts";
import { readBatch } from "../batch/read_batch.ts";
import type { LossParts } from "../losses/loss_parts.ts";
import type { BatchReader } from "./batches.ts";
import { DatasetSums } from "./dataset_sums.ts";
import { type Model, outputOf } from "./passes.ts";

/** What one pass over a data set has counted, softly and hard. */
export interface Evaluation {
  readonly soft: DatasetSums;
  readonly hard: DatasetSums;
  /** How many batches there are. */
  readonly size: number;
  /** The soft counts of each batch, where they are asked for. */
  readonly batches: readonly DatasetSums[];
}

/** What is evaluated, and how. */
export interface EvaluateOptions {
  readonly name: string;
  readonly model: Model;
  readonly parts: LossParts;
  readonly hard: Setting;
  /** Whether each batch's counts are wanted. */
  readonly each?: boolean;
  /** Called before each batch. */
  readonly before: () => Promise<void> | void;
}

/** Counts a data set, by the model as it is. */
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
        const own = new DatasetSums(parts);
        own.add(batch.rows, counted);
        batches.push(own);
      }
    });
  }
  if (softSums.rows === 0) throw new RangeError(`Cannot compute ${name}: 'data' has no rows`);
  return { soft: softSums, hard: hardSums, size, batches };
}

import * as tf from "@tensorflow/tfjs";
import type { BatchReader } from "./batches.ts";
import { checkSame } from "./dataset_sums.ts";
import type { Evaluation } from "./evaluate.ts";
import type { EpochLoss } from "./fit_options.ts";
import type { Optimizer } from "./optimizers.ts";
import { gradientPass, isZero, type Living, lossGradients, type Model } from "./passes.ts";
import { runningEpoch } from "./running_epoch.ts";
import { stepperOf } from "./stepper.ts";

/** What an epoch trains with. */
export interface EpochWork {
  readonly name: string;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly reader: BatchReader;
  /** In which order the batches come; absent: as they are read. */
  readonly order?: readonly number[];
  readonly chosen: EpochLoss;
  /** What the data came to with the weights as they are. */
  readonly evaluation: Evaluation;
  readonly before: (batch: number) => Promise<void> | void;
  readonly after: (batch: number, rows: number, loss?: number) => Promise<void> | void;
}

/** A step a batch; returns what of a gradient there was. */
export async function trainRunning(work: EpochWork): Promise<Living> {
  const { name, model, optimizer, reader, chosen: { parts }, evaluation: { soft, batches }, before, after } = work;
  const order = work.order ?? batches.map((_, b) => b), { step, end } = stepperOf(optimizer);
  try {
    const { living, arrives, met } = await runningEpoch(reader, {
      name,
      model,
      parts,
      batches,
      order,
      before,
      after: (batch, loss, rows) => after(batch, rows, loss),
      step,
    });
    checkSame(name, soft, met, { between: "the passes", by: "labels" });
    return { living, arrives };
  } finally {
    end();
  }
}

/** One step along the gradient of the whole; returns what of it there was. */
export async function trainExact(work: EpochWork): Promise<Living> {
  const { name, model, optimizer, reader, chosen: { parts }, evaluation: { soft }, before, after } = work;
  const { partials } = soft.score();
  const { sums, counted, living } = await gradientPass(name, model, reader.read(), parts, partials, { before, after });
  checkSame(name, soft, counted);
  const gradients = lossGradients(model, sums);
  try {
    optimizer.applyGradients(gradients as never);
  } finally {
    tf.dispose(gradients);
  }
  return { living, arrives: !sums.every(isZero) };
}

// What a loss does on a batch, found out without the audit.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss, AuditOptions } from "@roundabout/roundabout/audit";
import { samplerOf } from "../../lib/audit/batches.ts";
import { dropTape } from "../../lib/tfjs/engine.ts";

/** The audit's own batches as tensors. */
export const sampleOf = (options: AuditOptions): NonNullable<AuditOptions["sample"]> => (kind, seed, rows) => {
  const batch = samplerOf(options)(kind, seed, rows);
  return batch && { yTrue: tf.tensor(batch.yTrue, batch.trueShape), yPred: tf.tensor(batch.yPred, batch.predShape) };
};

/** The mean of what a loss returns and its gradient by the outputs. */
export interface Tried {
  value: number;
  /** Absent where the backward pass throws: no way leads to the outputs, or an operation has no gradient. */
  gradient?: number[];
}

/** Value and gradient; nothing where the loss throws, or returns no number. */
export function tried(loss: AuditedLoss, y: Tensor, p: Tensor): Tried | undefined {
  let found: Tried | undefined;
  tf.tidy(() => {
    const mean = (q: Tensor) => tf.mean(tf.cast(loss(y, q), "float32")) as tf.Scalar;
    try {
      found = { value: mean(p).dataSync()[0] };
    } catch {
      return;
    }
    try {
      found.gradient = [...tf.grad((q) => mean(q))(p).dataSync()];
    } catch {
      dropTape();
    }
  });
  return found;
}

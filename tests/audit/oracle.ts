// What a loss does on a batch, found out without the audit.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss } from "@roundabout/roundabout/audit";

/** What TensorFlow.js leaves behind when a backward pass throws. */
interface Tape {
  state: { activeTape: { saved?: Tensor[] }[] | null };
}

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
      const { state } = tf.engine() as unknown as Tape;
      for (const { saved } of state.activeTape ?? []) tf.dispose(saved?.filter((t) => !t.isDisposed) ?? []);
      state.activeTape = null;
    }
  });
  return found;
}

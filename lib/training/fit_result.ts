/** Result of {@linkcode fitMetric}: as `tf.History`, with the values of the whole data set. */
export interface FitResult {
  /** Epochs, counted from 0. */
  readonly epoch: readonly number[];
  /**
   * One number per epoch, computed with the weights at the end of the epoch:
   *
   * - "loss": the loss of the whole data set
   * - "f1", or the name of another score: the score of the decisions
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

/** What a training has come to: `tf.History`, with the data set's own values. */
export interface FitResult {
  /** The epochs, counted from 0. */
  readonly epoch: readonly number[];
  /**
   * One number an epoch, with the weights as they are at its end: "loss", the soft one of the whole data set; the score by
   * its name, "f1", of the decisions; "alive", the share of rows that had a gradient in the epoch; "val_loss" and "val_f1"
   * where there are validation data; and what callbacks have added to the logs.
   */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The epoch with the best hard metric, of the validation data if there are any, and that metric. */
  readonly best: { readonly epoch: number; readonly value: number };
  /**
   * The decision threshold with the best score on the validation data, by the weights that the model is left with; one a
   * column with "macro" and "weighted". Absent without validation data, with decision: "argmax", and with "samples".
   */
  readonly threshold?: number | readonly number[];
  /** The hard metric of the validation data at that threshold. */
  readonly thresholdValue?: number;
  /** Why it ended: all epochs, no better metric for so long, `model.stopTraining`, or a loss of 0 without a gradient. */
  readonly stopped: "epochs" | "patience" | "stopTraining" | "perfect";
}

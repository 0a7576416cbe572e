/** The four (weighted, soft) counts of a binary confusion matrix, or one number for each of them. */
export interface Counts {
  /** True positives, Σ w·y·s. */
  readonly tp: number;
  /** False positives, Σ w·(1 − y)·s. */
  readonly fp: number;
  /** False negatives, Σ w·y·(1 − s). */
  readonly fn: number;
  /** True negatives, Σ w·(1 − y)·(1 − s). */
  readonly tn: number;
}

/** What the counts are taken from: one entry a row, all of the same length. */
export interface Rows {
  /** Labels in [0, 1]. */
  readonly yTrue: ArrayLike<number>;
  /** Outputs: what `step` takes. */
  readonly yPred: ArrayLike<number>;
  /** Weights ≥ 0; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Which of the entries are meant; absent: all. */
  readonly slice?: Slice;
}

/** Evenly spaced entries: a column of a table that is kept row by row, say. */
export interface Slice {
  /** The first. */
  readonly offset: number;
  /** From one to the next. */
  readonly stride: number;
  /** How many. */
  readonly length: number;
}

/** A function of one output and its derivative: a step, or a step behind a link. */
export interface Elementwise {
  /** f(v). */
  value(v: number): number;
  /** f′(v). */
  derivative(v: number): number;
}

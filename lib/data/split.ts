/** The rows of each part, by their numbers in the table (from 0), in random order. No row is in two parts. */
export interface Split {
  /** The rows to train on. */
  readonly train: readonly number[];
  /** The rows that choose a threshold or a stopping time; may be empty. */
  readonly validation: readonly number[];
  /** The rows that measure the result. */
  readonly test: readonly number[];
}

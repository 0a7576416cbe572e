/** The rows of each part, by their numbers in the frame (from 0), in random order. No row is in two parts. */
export interface Split {
  /** The rows to learn from. */
  readonly train: readonly number[];
  /** The rows to choose with: a threshold, a step. May be empty. */
  readonly validation: readonly number[];
  /** The rows to judge by. */
  readonly test: readonly number[];
}

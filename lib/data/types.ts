/** The module of polars. */
export type Polars = (typeof import("nodejs-polars"))["default"];

/** A polars data frame. */
export type Frame = ReturnType<(typeof import("nodejs-polars"))["default"]["readCSV"]>;

/** A TensorFlow.js tensor of rank 1. */
export type Tensor1D = ReturnType<(typeof import("@tensorflow/tfjs-core"))["tensor1d"]>;

/** A TensorFlow.js tensor of rank 2. */
export type Tensor2D = ReturnType<(typeof import("@tensorflow/tfjs-core"))["tensor2d"]>;

/** The rows of each part, by their numbers in the table (from 0), in random order. No row is in two parts. */
export interface Split {
  /** The rows to train on. */
  readonly train: readonly number[];
  /** The rows that choose a threshold or a stopping time; may be empty. */
  readonly validation: readonly number[];
  /** The rows that measure the result. */
  readonly test: readonly number[];
}

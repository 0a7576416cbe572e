/** The module of polars. */
export type Polars = (typeof import("nodejs-polars"))["default"];

/** A polars data frame. */
export type Frame = ReturnType<(typeof import("nodejs-polars"))["default"]["readCSV"]>;

/** A TensorFlow.js tensor of rank 1. */
export type Tensor1D = ReturnType<(typeof import("@tensorflow/tfjs-core"))["tensor1d"]>;

/** A TensorFlow.js tensor of rank 2. */
export type Tensor2D = ReturnType<(typeof import("@tensorflow/tfjs-core"))["tensor2d"]>;

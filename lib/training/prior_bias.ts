import { check, checkOptions, integerFrom, optional } from "../check/check.ts";
import { type Batch, readBatch, readBatchShape, refuse } from "../batch/read_batch.ts";
import { registeredKernels } from "../kernels/registered.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Options of {@linkcode priorBias}. */
export interface PriorBiasOptions {
  /** Number of classes of the softmax, if the labels are class indices. */
  classes?: number;
  /** Weights ≥ 0, one per row or one per label. */
  sampleWeight?: Tensor;
}

const what = "the prior bias";

/** Returns Σ w·y and Σ w of each column. */
function sumLabels({ classes, yTrue, sampleWeight }: Batch): Record<"positive" | "whole", Float64Array> {
  const positive = new Float64Array(classes), whole = new Float64Array(classes);
  for (let k = 0; k < classes; k++) {
    let sum = 0, weights = 0;
    for (let i = k; i < yTrue.length; i += classes) {
      const w = sampleWeight === undefined ? 1 : sampleWeight[i];
      sum += w * yTrue[i];
      weights += w;
    }
    positive[k] = sum;
    whole[k] = weights;
  }
  return { positive, whole };
}

/**
 * Computes the bias with which an untrained last layer predicts the frequency of the positives.
 *
 *     columns of 0 and 1, a sigmoid each:   log(πₖ / (1 − πₖ)),   πₖ = Σ w·y / Σ w of the column
 *     class indices, a softmax:             log πₖ
 *
 * @param yTrue Labels in [0, 1], shape [n], [n, 1] or [n, c]; with `classes`, class indices, [n] or [n, 1].
 * @param options `classes`, `sampleWeight`.
 * @returns One number per column or class, in float64.
 * @throws {TypeError} If `yTrue` or `sampleWeight` is not a tensor, or an option is unknown.
 * @throws {RangeError} If labels or weights are out of range, or a bias is infinite: all labels of a column are equal, or a
 * class has no row.
 *
 * @see Lin et al., "Focal Loss for Dense Object Detection", arXiv 1708.02002, section 3.3.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { priorBias } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [bias] = priorBias(tf.tensor1d([1, 0, 0, 0]));
 * assertAlmostEquals(1 / (1 + Math.exp(-bias)), 0.25);
 * const layer = tf.layers.dense({
 *   units: 1,
 *   activation: "sigmoid",
 *   kernelInitializer: "zeros",
 *   biasInitializer: tf.initializers.constant({ value: bias }),
 * });
 * assertAlmostEquals((layer.apply(tf.ones([1, 2])) as tf.Tensor).dataSync()[0], 0.25, 1e-6);
 * ```
 */
export function priorBias(yTrue: Tensor, options: PriorBiasOptions = {}): number[] {
  checkOptions(what, options, ["classes", "sampleWeight"]);
  const { classes, sampleWeight } = options;
  check(`make ${what}`, { classes }, optional(integerFrom(2)));
  const given = yTrue?.shape ?? [1], shape = classes === undefined ? given : [given[0], classes];
  const size = shape.reduce((product, length) => product * length, 1);
  const yPred = { shape, size, dtype: "float32", dataSync: () => [] }; // outputs in the shape of the labels, none to check
  const tensors = { yTrue, yPred, sampleWeight }, reading = { fromLogits: false, columns: true };
  const { rows, classes: columns } = readBatchShape(what, tensors, reading);
  const ones = columns === 1 && sampleWeight === undefined
    ? registeredKernels()?.countOnes(yTrue.dataSync())
    : undefined;
  const { positive, whole } = ones === undefined
    ? sumLabels(readBatch(what, tensors, reading))
    : { positive: [ones], whole: [rows] };
  return Array.from(positive, (p, k) => {
    const negative = whole[k] - p;
    if (!(p > 0) || (classes === undefined && !(negative > 0))) {
      const missing = classes === undefined
        ? `no ${p > 0 ? "negative" : "positive"} in column ${k}`
        : `no row of class ${k}`;
      throw refuse(what, "yTrue", `has ${missing}, the bias is infinite`);
    }
    return Math.log(classes === undefined ? p / negative : p / whole[k]);
  });
}

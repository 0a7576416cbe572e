import * as tf from "@tensorflow/tfjs";
import { type Batch, readBatch } from "../batch/read_batch.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** Options of {@linkcode priorBias}. */
export interface PriorBiasOptions {
  /** With class indices: how many classes the softmax has. */
  classes?: number;
  /** Weights ≥ 0, one a row or one a label. */
  sampleWeight?: Tensor;
}

const what = "the prior bias";

/**
 * The bias with which the last layer predicts how frequent the positives are, before it has learnt anything.
 *
 *     columns of 0 and 1, a sigmoid each:   log(πₖ / (1 − πₖ)),   πₖ = Σ w·y / Σ w of the column
 *     class indices, a softmax:             log πₖ
 *
 * @param yTrue Labels in [0, 1], shape [n], [n, 1] or [n, c]; with `classes`, class indices, [n] or [n, 1].
 * @param options `classes`, `sampleWeight`.
 * @returns One number a column, in float64.
 * @throws {TypeError} Labels or weights that are no tensor; an unknown option.
 * @throws {RangeError} Labels or weights out of range; a column whose labels are all alike, or a class without a row: its
 * bias is infinite.
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
  if (classes !== undefined) checkInteger(`make ${what}`, "classes", classes, 2, Number.MAX_SAFE_INTEGER);
  const shape = yTrue?.shape ?? [1];
  const like = tf.zeros(classes === undefined ? shape : [shape[0], classes]); // what the labels are read beside
  const reading = { fromLogits: false, columns: true };
  let batch: Batch;
  try {
    batch = readBatch(what, { yTrue, yPred: like, sampleWeight }, reading);
  } finally {
    like.dispose();
  }
  const positive = new Float64Array(batch.classes), whole = new Float64Array(batch.classes);
  for (let i = 0; i < batch.yTrue.length; i++) {
    const w = batch.sampleWeight?.[i] ?? 1, k = i % batch.classes;
    positive[k] += w * batch.yTrue[i];
    whole[k] += w;
  }
  return Array.from(positive, (p, k) => {
    const negative = whole[k] - p;
    if (!(p > 0) || (classes === undefined && !(negative > 0))) {
      const missing = classes === undefined
        ? `no ${p > 0 ? "negative" : "positive"} in column ${k}`
        : `no row of class ${k}`;
      throw new RangeError(`Cannot compute ${what}: 'yTrue' has ${missing}, the bias is infinite`);
    }
    return Math.log(classes === undefined ? p / negative : p / whole[k]);
  });
}

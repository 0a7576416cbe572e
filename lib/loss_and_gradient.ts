import { readEntries, toNumbers } from "./batch/array_or_tensor.ts";
import {
  areHostNumbers,
  type Inputs,
  readBatch,
  readBatchShape,
  refuse,
  type ShapedNumbers,
} from "./batch/read_batch.ts";
import { anArray, check, checkOptions, integerFrom } from "./check/check.ts";
import type { Counts } from "./counts/counts.ts";
import { registeredKernels } from "./kernels/registered.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "./scores/to_score.ts";
import { lossOptionNames, resolveOptions, type ScoringOptions, takesLoops } from "./scoring/options.ts";
import { bestOf, scoreBatch } from "./scoring/score_batch.ts";

/** Numbers of a batch: one flat list, row by row, or a list of rows. */
export type BatchNumbers =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | readonly number[]
  | readonly ArrayLike<number>[];

/** Options of {@linkcode lossAndGradient}: those of a loss, and the batch's weights and columns. */
export interface LossAndGradientOptions extends ScoringOptions {
  /** The score, or its name. */
  score: ScoreName | ScoreDefinition;
  /** Weights from 0 to the largest float32, one per row or one per output; absent: 1 each. */
  sampleWeight?: BatchNumbers;
  /**
   * The number of outputs per row, where `yPred` is a flat list; a list of rows has its own.
   *
   * @default {1}
   */
  columns?: number;
}

/** A loss, its gradient and its counts. */
export interface LossAndGradient<
  Gradient extends Float32Array | Float64Array = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>,
> {
  /** best − score, in float64. */
  readonly value: number;
  /** ∂value/∂ŷ, one number per output, row by row: float32 where `yPred` is a Float32Array, else float64. */
  readonly gradient: Gradient;
  /** The soft counts that are scored: one set per column (per row for "samples"); one set for "binary" and "micro". */
  readonly counts: readonly Counts[];
}

/** Gives numbers a shape; a list of rows is flattened. */
function shaped(
  what: string,
  argument: string,
  given: BatchNumbers,
  columns: (length: number) => number,
): ShapedNumbers {
  check(`compute ${what}`, { [argument]: given }, anArray);
  const entries = readEntries(what, argument, given), values = toNumbers(what, argument, entries.values);
  const width = entries.columns ?? columns(values.length);
  if (values.length % width !== 0) {
    throw refuse(what, argument, `has ${values.length} numbers, which are no rows of ${width} columns`);
  }
  const shape = width === 1 ? [values.length] : [values.length / width, width];
  return { shape, size: values.length, dtype: "float32", dataSync: () => values };
}

/**
 * Computes a loss and its gradient on arrays, without an engine: the function that every engine's form calls.
 *
 *     value = best − score(counts),   counts = Σ over the rows, ŷ through the step
 *     ∂value/∂ŷᵢ = −wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * Float32 outputs of more than 4,096 numbers take the SIMD loops, if the top entry or `./simd` was imported; all others are
 * computed in float64.
 *
 * In an engine with automatic differentiation, Σ stopGradient(gradient)·yPred has `gradient` as its gradient.
 *
 * @param yTrue Labels in [0, 1], one per output, or class indices, one per row.
 * @param yPred Probabilities (or logits).
 * @param options See {@linkcode LossAndGradientOptions}.
 * @returns The value, the gradient and the counts.
 * @throws {TypeError} An unknown score, step or option, or an argument that is not an array of numbers.
 * @throws {RangeError} An option out of range, lengths that do not fit, an empty batch, labels or outputs outside [0, 1]
 * (NaN among them), weights negative or not finite.
 *
 * @example
 * ```ts
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const yPred = [0.9, 0.6, 0.4, 0.2];
 * const { value, gradient, counts } = lossAndGradient([1, 0, 1, 0], yPred, { score: "f1", step: "identity" });
 * assertAlmostEquals(counts[0].tp, 1.3);
 * assertAlmostEquals(value, 1 - 2 * 1.3 / (2 + 2.1));
 * assertAlmostEquals(gradient[1], 2 * 1.3 / 4.1 ** 2);
 * ```
 */
export function lossAndGradient(
  yTrue: BatchNumbers,
  yPred: Float32Array,
  options: LossAndGradientOptions,
): LossAndGradient<Float32Array<ArrayBuffer>>;
/** Computes a loss and its gradient; the gradient is float64 unless `yPred` is a Float32Array. */
export function lossAndGradient(
  yTrue: BatchNumbers,
  yPred: BatchNumbers,
  options: LossAndGradientOptions,
): LossAndGradient;
export function lossAndGradient(
  yTrue: BatchNumbers,
  yPred: BatchNumbers,
  options: LossAndGradientOptions,
): LossAndGradient {
  const { sampleWeight, columns = 1, score: given, ...others } = options ?? {} as LossAndGradientOptions;
  const score = toScore(given), name = `${score.name}Loss`, best = bestOf(score);
  checkOptions(name, others, lossOptionNames);
  const { reading, decide, scoring } = resolveOptions(name, score, others);
  check(`compute ${name}`, { columns }, integerFrom(1));
  const outputs = shaped(name, "yPred", yPred, () => columns), width = outputs.shape[1] ?? 1;
  const like = (length: number) => length === outputs.size ? width : 1; // one number per output, else one per row
  const inputs: Inputs<ShapedNumbers> = {
    yTrue: shaped(name, "yTrue", yTrue, like),
    yPred: outputs,
    sampleWeight: sampleWeight === undefined ? undefined : shaped(name, "sampleWeight", sampleWeight, like),
  };
  const numbers = {
    yTrue: inputs.yTrue.dataSync(),
    yPred: outputs.dataSync(),
    sampleWeight: inputs.sampleWeight?.dataSync(),
  };
  const kernels = takesLoops(outputs.size) ? registeredKernels() : undefined;
  if (kernels !== undefined && yPred instanceof Float32Array && areHostNumbers(numbers)) {
    const shape = readBatchShape(name, inputs, reading), gradient = new Float32Array(yPred.length);
    const scored = kernels.scoreFast(decide, scoring, numbers, shape, kernels.arrays, gradient);
    if (scored?.finish(-1)) {
      return {
        value: best - scored.value,
        gradient,
        get counts() { // an object per row of the average "samples"
          return scored.counts;
        },
      };
    }
  }
  const batch = readBatch(name, inputs, reading), decided = decide(batch), scored = scoreBatch(batch, decided, scoring);
  const gradient = new (yPred instanceof Float32Array ? Float32Array : Float64Array)(outputs.size);
  scored.gradient(-1, gradient);
  decided.release?.();
  return { value: best - scored.value, gradient, counts: scored.counts };
}

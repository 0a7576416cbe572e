import { addsCounts, scoreCounts, weightsOfClasses } from "../scoring/score_batch.ts";
import { checkTunedAverage, resolveOptions } from "../scoring/options.ts";
import { readBatch } from "../batch/read_batch.ts";
import { sigmoids } from "../numerics/sigmoid.ts";
import { checkReads } from "../tfjs/engine.ts";
import { checkOptions } from "../check/check.ts";
import { spacedSlices } from "../counts/counts.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { bestCut } from "./best_cut.ts";

/** Options of {@linkcode tuneThreshold}. */
export interface TuneThresholdOptions {
  /** Score to maximise: a name, a score, or a definition of your own. */
  score: ScoreName | ScoreDefinition;
  /** Weights ≥ 0, one per row or one per output. */
  sampleWeight?: Tensor;
  /**
   * "binary": one column; "micro": one threshold for all columns; "macro" and "weighted": one threshold per column.
   *
   * @default {"binary"}
   */
  average?: "binary" | "micro" | "macro" | "weighted";
  /**
   * Reads the outputs as logits. The threshold is still a probability.
   *
   * @default {false}
   */
  fromLogits?: boolean;
}

/** Best threshold, and its score. */
export interface TunedThreshold {
  /** Value for the option `threshold`: a number, or with "macro" and "weighted" one number per column. */
  threshold: number | number[];
  /** Score at the threshold, on the data it was tuned on. */
  value: number;
}

const what = "the tuned threshold", perColumn = "for one threshold per column say average: 'macro'";

/**
 * Finds the threshold inside (0, 1) with the best score. An output is predicted positive if it is greater than the
 * threshold.
 *
 * The outputs are sorted once, by a radix sort of their bits, and each cut between two different outputs is scored from
 * running counts in float64: O(n). The threshold is the middle of the gap, rounded to a float32 that gives the same
 * decisions in float32 and float64. Of cuts with equal scores the one in the widest gap is taken, of equally wide gaps
 * the upper one. With "macro" and "weighted" each column has its own best cut, and these together maximise the mean;
 * with "micro" the result is the best common threshold. An undefined score (0/0) counts as 0. Tune on data that are
 * used neither for training nor for testing.
 *
 * @param yTrue Labels in [0, 1], shaped like `yPred`, or class indices, one per row.
 * @param yPred Probabilities, or logits with `fromLogits`, float32: shape [n] or [n, 1]; unless `average` is "binary", [n, c] or [n, …, c].
 * @param options `score`, `sampleWeight`, `average`, `fromLogits`.
 * @returns The threshold, or one threshold per column, and the score.
 * @throws {TypeError} If the score or an option is unknown, or an argument is not a tensor.
 * @throws {RangeError} If shapes do not fit, labels, outputs or weights are out of range, or `average` is "samples".
 *
 * @see Koyejo et al., "Consistent Binary Classification with Generalized Performance Metrics", NeurIPS 2014: for a ratio of
 * linear functions of the counts, thresholding the probabilities is optimal.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { f1Metric, tuneThreshold } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const yTrue = tf.tensor1d([1, 0, 1, 0, 0]), yPred = tf.tensor1d([0.5, 0.375, 0.25, 0.125, 0]);
 * const { threshold, value } = tuneThreshold(yTrue, yPred, { score: "f1" });
 * assertEquals([threshold, value], [0.1875, 0.8]);
 * assertEquals(f1Metric({ threshold })(yTrue, yPred).dataSync()[0], Math.fround(0.8));
 * ```
 */
export function tuneThreshold(
  yTrue: Tensor,
  yPred: Tensor,
  options: TuneThresholdOptions & { average?: "binary" | "micro" },
): TunedThreshold & { threshold: number };
/** Finds the threshold, or with "macro" and "weighted" one per column. */
export function tuneThreshold(yTrue: Tensor, yPred: Tensor, options: TuneThresholdOptions): TunedThreshold;
export function tuneThreshold(yTrue: Tensor, yPred: Tensor, options: TuneThresholdOptions): TunedThreshold {
  checkOptions(what, options, ["score", "sampleWeight", "average", "fromLogits"]);
  const { sampleWeight, average = "binary", fromLogits } = options, score = toScore(options.score);
  checkTunedAverage(what, average);
  const { reading, scoring } = resolveOptions(what, score, { average, fromLogits, step: "round" });
  checkReads();
  const given = readBatch(what, { yTrue, yPred, sampleWeight }, { ...reading, advice: perColumn });
  const batch = fromLogits ? { ...given, yPred: new Float32Array(sigmoids(given.yPred)) } : given;
  const common = addsCounts(average), stride = common ? 1 : batch.classes, length = batch.yTrue.length / stride;
  const cuts = spacedSlices(stride, 1, stride, length).map((slice) => bestCut(score, { ...batch, slice }));
  const thresholds = cuts.map(({ threshold }) => threshold), counts = cuts.map((cut) => cut.counts);
  const { value } = scoreCounts(counts, weightsOfClasses(counts, scoring), scoring);
  return { threshold: common ? thresholds[0] : thresholds, value };
}

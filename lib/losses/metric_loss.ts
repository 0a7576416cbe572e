import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor } from "../tensor.ts";
import { readBatch } from "../check/batch.ts";
import { describe } from "../check/describe.ts";
import { countsGradient } from "../counts/counts_gradient.ts";
import { ofLogits, ofProbabilities } from "../counts/link.ts";
import { softCounts } from "../counts/soft_counts.ts";
import type { Score } from "../scores/score.ts";
import { type ScoreName, toScore } from "../scores/to_score.ts";
import type { StepDefinition } from "../steps/step.ts";
import { type StepName, toStep } from "../steps/to_step.ts";

/** Options of every loss. */
export interface LossOptions {
  /**
   * The stand-in for rounding: a name, a step, or a definition of one's own.
   *
   * @default {"softsign"}
   */
  step?: StepName | StepDefinition;
  /**
   * For a step given by name: its derivative at the threshold, from 1 (the identity) towards ∞ (round).
   *
   * @default {10}
   */
  slope?: number;
  /**
   * For a step given by name: the decision threshold, inside (0, 1).
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * Whether `yPred` holds logits: they then go through a logistic function inside the loss.
   *
   * @default {false}
   */
  fromLogits?: boolean;
  /**
   * The score's value on a batch on which it is not defined (0/0); the gradient is 0 there.
   *
   * @default {0}
   */
  zeroDivision?: 0 | 1;
}

/**
 * A loss as `model.compile({ loss })` takes it: labels and outputs of shape [n] or [n, 1], a scalar back.
 * Called directly it takes weights too.
 */
export interface Loss {
  /**
   * @param yTrue Labels in [0, 1], shape [n] or [n, 1], float32, int32 or bool.
   * @param yPred Probabilities (or logits), shape [n] or [n, 1], float32.
   * @param sampleWeight Weights ≥ 0, shape [n] or [n, 1].
   * @returns 1 − score, a scalar.
   */
  (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar;
  /** What it is called. */
  readonly name: string;
}

/** Refuses what no score can be reported as. */
export function checkZeroDivision(what: string, zeroDivision: unknown): asserts zeroDivision is 0 | 1 {
  if (zeroDivision !== 0 && zeroDivision !== 1) {
    throw new RangeError(`Cannot make ${what}: 'zeroDivision' must be 0 or 1, it is ${describe(zeroDivision)}`);
  }
}

/**
 * One minus a score of the soft confusion counts: a loss for the metric that is reported.
 *
 *     loss = 1 − score(counts),   counts = Σ over the batch, ŷ through the step
 *     ∂loss/∂ŷᵢ = −wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) )
 *
 * One operation with this gradient, not a chain of TensorFlow.js': the counts are summed in float64, there is no ε, so
 * the loss of a perfect classifier is exactly 0 (under an anchored step), and where the score is 0/0 the gradient is 0.
 * It is differentiated by `yPred` only, and once: gradients by the labels or the weights, and second derivatives, are
 * not offered.
 *
 * @param score A score or its name.
 * @param options `step`, `slope`, `threshold`, `fromLogits`, `zeroDivision`.
 * @returns The loss, called "precisionLoss" for the score "precision".
 * @throws {TypeError} An unknown score or step, or a step that contradicts `slope` or `threshold`. Called: an argument
 * that is no tensor.
 * @throws {RangeError} An option out of range. Called: shapes that don't fit, an empty batch, labels or outputs outside
 * [0, 1] (NaN among them), weights negative or not finite.
 *
 * @example A loss in `model.compile`
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { metricLoss } from "@roundabout/roundabout";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * model.compile({ optimizer: "adam", loss: metricLoss("f1", { slope: 10 }) });
 * ```
 *
 * @example Its value
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { metricLoss, round } from "@roundabout/roundabout";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const loss = metricLoss("precision", { step: round() }); // hard: 1 − the precision itself
 * const value = loss(tf.tensor1d([1, 0, 1, 0]), tf.tensor1d([0.9, 0.8, 0.7, 0.1]));
 * assertAlmostEquals(value.dataSync()[0], 1 / 3, 1e-7);
 * ```
 */
export function metricLoss(score: ScoreName | Score, options: LossOptions = {}): Loss {
  const { step = "softsign", slope, threshold, fromLogits = false, zeroDivision = 0 } = options;
  const chosen = toScore(score);
  const name = `${chosen.name}Loss`;
  checkZeroDivision(name, zeroDivision);
  const link = fromLogits ? ofLogits : ofProbabilities;
  const elementwise = link(toStep(step, { slope, threshold }));

  const loss = (yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Scalar => {
    const rows = readBatch(name, { yTrue, yPred, sampleWeight }, { fromLogits });
    const op = tf.customGrad((output) => {
      const { shape } = output as Tensor;
      const counts = softCounts(rows, elementwise);
      const value = chosen.value(counts);
      return {
        value: tf.scalar(1 - (Number.isNaN(value) ? zeroDivision : value)),
        gradFunc: (dy: Tensor) => {
          const { tp, fp, fn, tn } = chosen.gradient(counts);
          const gradient = countsGradient(rows, elementwise, { tp: -tp, fp: -fp, fn: -fn, tn: -tn });
          return tf.mul(dy, tf.tensor(gradient, shape));
        },
      };
    });
    return op(yPred) as Scalar;
  };
  return Object.defineProperty(loss, "name", { value: name });
}

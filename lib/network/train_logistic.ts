import { check, oneOf } from "../check/check.ts";
import { sigmoids } from "../numerics/sigmoid.ts";
import type { Score } from "../scores/score.ts";
import { round } from "../steps/round.ts";
import { softCounts } from "../steps/soft_counts.ts";
import { adam, sgd } from "./adam.ts";
import { forward, roomFor } from "./mlp.ts";
import { labelsOf, objectiveOf, type TrainingLoss } from "./objectives.ts";
import { train } from "./train.ts";

/** Options of {@linkcode trainLogistic}. */
export interface TrainLogisticOptions {
  /** Features, one array per row. */
  x: ArrayLike<number>[];
  /** Labels, 0 or 1. */
  y: ArrayLike<number>;
  /** Loss to train on: a score under a step, or cross-entropy. */
  loss: TrainingLoss;
  /** Score of the decisions, recorded before each step. */
  watch: Score;
  /**
   * Decision threshold of the watched score.
   *
   * @default {0.5}
   */
  threshold?: number;
  /** Plain gradient descent, or Adam (β₁ = 0.9, β₂ = 0.999, ε = 1e-7). */
  optimizer: "sgd" | "adam";
  /** Learning rate. */
  learningRate: number;
  /** Number of steps, each on all rows. */
  steps: number;
  /** Initial weights, one per feature, and the bias last. */
  initial: ArrayLike<number>;
}

/** Result of {@linkcode trainLogistic}. */
export interface TrainLogisticResult {
  /** Final weights, the bias last. */
  weights: Float64Array;
  /** Initial weights, and the weights after each step: `steps + 1` arrays. */
  path: Float64Array[];
  /** Loss before each step. */
  loss: number[];
  /** Watched score of the decisions before each step; 0 where the score is undefined. */
  watched: number[];
  /** Fraction of rows whose gradient with respect to their logit is not 0 in float32, before each step. */
  alive: number[];
  /** Final probabilities, one per row. */
  yPred: Float64Array;
}

/**
 * Trains a logistic regression on all rows at once by the closed forms of the library: for notebooks that train some
 * hundred times in a few seconds. No random number is drawn.
 *
 * @param options See {@linkcode TrainLogisticOptions}.
 * @returns The weights, and the values recorded at each step.
 * @throws {RangeError} If the length of `initial` or `y` does not match `x`, or `optimizer` is unknown.
 *
 * @example
 * ```ts
 * import { f1, softsign } from "@roundabout/roundabout";
 * import { trainLogistic } from "@roundabout/network";
 * import { assertEquals } from "@std/assert";
 *
 * const { watched } = trainLogistic({
 *   x: [[-1], [-0.5], [0.5], [1]], y: [0, 0, 1, 1],
 *   loss: { score: f1, step: softsign() }, watch: f1,
 *   optimizer: "adam", learningRate: 0.1, steps: 20, initial: [-0.1, 0],
 * });
 * assertEquals(watched.at(-1), 1);
 * ```
 */
export function trainLogistic(options: TrainLogisticOptions): TrainLogisticResult {
  const { x, y, loss, watch, threshold = 0.5, optimizer, learningRate, steps, initial } = options;
  const features = x[0]?.length ?? 0;
  if (initial.length !== features + 1) {
    throw new RangeError(`Cannot train: 'initial' must have ${features + 1} numbers, it has ${initial.length}`);
  }
  if (y.length !== x.length) {
    throw new RangeError(`Cannot train: 'y' has ${y.length} rows, 'x' has ${x.length}`);
  }
  check("train", { optimizer }, oneOf("sgd", "adam"));
  const form = { features, hidden: 0, outputs: 1 }, weights = Float64Array.from(initial), path = [weights.slice()];
  const flat = Float64Array.from(x.flatMap((row) => Array.from(row))), labels = labelsOf(new Float64Array(y));
  const objective = objectiveOf(loss), decide = round({ threshold });
  const room = roomFor(form, x.length),
    p = new Float64Array(x.length),
    losses: number[] = [],
    watched: number[] = [],
    alive: number[] = [];
  const gradient = (logits: Float64Array) => {
    const { value, gradient } = objective(labels, logits);
    losses.push(value);
    const score = watch.value(softCounts({ yTrue: labels.yTrue, yPred: sigmoids(logits, p) }, decide));
    watched.push(Number.isNaN(score) ? 0 : score);
    let moved = 0;
    for (let i = 0; i < gradient.length; i++) moved += Number(gradient[i] !== 0);
    alive.push(moved / gradient.length);
    return gradient;
  };
  train({
    form,
    weights,
    update: optimizer === "sgd" ? sgd(learningRate) : adam(learningRate, weights.length),
    epochs: steps,
    batches: () => [{ x: flat, room, gradient }],
    onEpoch: () => path.push(weights.slice()),
  });
  const yPred = sigmoids(forward(form, weights, flat).logits);
  return { weights, path, loss: losses, watched, alive, yPred };
}

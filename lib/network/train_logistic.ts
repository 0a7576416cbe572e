import { ofLogits, sigmoid } from "../steps/logits.ts";
import { softCounts } from "../counts/soft_counts.ts";
import type { Score } from "../scores/score.ts";
import { round } from "../steps/round.ts";
import { objectiveOf, type TrainingLoss } from "./objective.ts";
import { adam, sgd } from "./optimizer.ts";

/** What {@linkcode trainLogistic} is given. */
export interface TrainLogisticOptions {
  /** The features, one array a row. */
  x: ArrayLike<number>[];
  /** The labels, 0 or 1. */
  y: ArrayLike<number>;
  /** What is trained on: a score under a step, or cross-entropy. */
  loss: TrainingLoss;
  /** The score of the decisions that is recorded at each step. */
  watch: Score;
  /**
   * The decision threshold of what is watched.
   *
   * @default {0.5}
   */
  threshold?: number;
  /** Plain gradient descent, or Adam (β₁ = 0.9, β₂ = 0.999, ε = 1e-7). */
  optimizer: "sgd" | "adam";
  /** The learning rate. */
  learningRate: number;
  /** How many steps on the whole of the data. */
  steps: number;
  /** The weights at the start, the bias last: one more than there are features. */
  initial: ArrayLike<number>;
}

/** What a training left behind. */
export interface TrainLogisticResult {
  /** The weights at the end, the bias last. */
  weights: Float64Array;
  /** The weights at each step, the first being the initial ones: `steps + 1` arrays. */
  path: Float64Array[];
  /** The loss before each step. */
  loss: number[];
  /** The watched score of the decisions before each step; 0 where it is not defined. */
  watched: number[];
  /** The share of rows whose gradient (by their logit, in float32) is not 0, before each step. */
  alive: number[];
  /** The probabilities at the end, one a row. */
  yPred: Float64Array;
}

/**
 * A logistic regression, trained on all rows at once by the closed forms of the library: for notebooks that train some
 * hundred times in a few seconds. Deterministic: no random number is drawn.
 *
 * @param options See {@linkcode TrainLogisticOptions}.
 * @returns The weights and what happened on the way.
 * @throws {RangeError} `initial` is not one longer than the rows of `x`, or `y` not as long as `x`.
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
  if (optimizer !== "sgd" && optimizer !== "adam") {
    throw new RangeError(`Cannot train: 'optimizer' must be 'sgd' or 'adam', it is '${optimizer}'`);
  }
  const weights = Float64Array.from(initial);
  const logits = new Float64Array(x.length);
  const rows = { yTrue: y, yPred: logits };
  const objective = objectiveOf(loss);
  const decide = ofLogits(round({ threshold }));
  const update = optimizer === "sgd" ? sgd(learningRate) : adam(learningRate, weights.length);
  const result: TrainLogisticResult = {
    weights,
    path: [weights.slice()],
    loss: [],
    watched: [],
    alive: [],
    yPred: new Float64Array(x.length),
  };
  const forward = () => {
    for (let i = 0; i < x.length; i++) {
      let z = weights[features];
      for (let j = 0; j < features; j++) z += weights[j] * x[i][j];
      logits[i] = z;
    }
  };
  for (let t = 0; t < steps; t++) {
    forward();
    const { value, gradient } = objective(rows);
    const watched = watch.value(softCounts(rows, decide));
    result.loss.push(value);
    result.watched.push(Number.isNaN(watched) ? 0 : watched);
    result.alive.push(gradient.reduce((alive, g) => alive + (g === 0 ? 0 : 1), 0) / gradient.length);
    const total = new Float64Array(weights.length);
    for (let i = 0; i < x.length; i++) {
      const g = gradient[i];
      for (let j = 0; j < features; j++) total[j] += g * x[i][j];
      total[features] += g;
    }
    update(weights, total);
    result.path.push(weights.slice());
  }
  forward();
  result.yPred = logits.map(sigmoid);
  return result;
}

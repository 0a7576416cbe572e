import { check, numberThat, type Rule } from "../check/check.ts";
import { sigmoids } from "../numerics/sigmoid.ts";
import { adam } from "./adam.ts";
import { forward, initialWeights, roomFor } from "./mlp.ts";
import { labelsOf, objectiveOf, type TrainingLoss } from "./objectives.ts";
import { allocateRows } from "./products.ts";
import { copyRows, takeRows, train } from "./train.ts";

/** Options of {@linkcode trainNetwork}. */
export interface TrainNetworkOptions {
  /** Features of all rows in one flat list, row by row: `x.length / y.length` per row. */
  x: ArrayLike<number>;
  /** Labels, 0 or 1. */
  y: ArrayLike<number>;
  /**
   * Weights of the rows.
   *
   * @default {1 each}
   */
  sampleWeight?: ArrayLike<number>;
  /** Loss to train on: a score under a step, or cross-entropy. */
  loss: TrainingLoss;
  /**
   * Number of hidden units (ReLU); 0 is a logistic regression.
   *
   * @default {0}
   */
  hidden?: number;
  /** Number of passes over all rows. */
  epochs: number;
  /**
   * Rows per batch; the last batch of an epoch may be smaller.
   *
   * @default {256}
   */
  batchSize?: number;
  /**
   * Learning rate of Adam (β₁ = 0.9, β₂ = 0.999, ε = 1e-7).
   *
   * @default {0.01}
   */
  learningRate?: number;
  /** Source of the initial weights and of the order of the rows: `seededRandom(seed)` of the data module. */
  random: { normal(): number; shuffleInPlace(numbers: Uint32Array): void };
  /** Called after each epoch, counted from 1, with the current network. */
  onEpoch?: (epoch: number, network: Network) => void;
}

/** A logistic regression, or a network with one hidden layer. */
export interface Network {
  /** Number of features per row. */
  readonly features: number;
  /** Number of hidden units; 0 without a hidden layer. */
  readonly hidden: number;
  /**
   * All weights. Without a hidden layer: one per feature, then the bias. With a hidden layer: for each unit one weight per
   * feature and the bias, then for the output one weight per unit and the bias.
   */
  readonly weights: Float64Array;
  /** Computes the probabilities of rows, one per row; `x` is flat, as in training. */
  predict(x: ArrayLike<number>): Float64Array;
}

/**
 * Trains a small network in batches by the closed forms of the library, in float64: for comparisons that train some hundred
 * times in a few seconds. The same random source gives the same network.
 *
 *     z = b + Σ w·x                         without a hidden layer
 *     z = b + Σₕ vₕ·max(0, bₕ + Σ wₕ·x)     with a hidden layer;  p = σ(z)
 *
 * @param options See {@linkcode TrainNetworkOptions}.
 * @returns The trained network.
 * @throws {RangeError} If `x` is not a whole number of rows, `sampleWeight` does not have one weight per row, or `hidden`,
 * `epochs`, `batchSize` or `learningRate` is out of range.
 *
 * @example
 * ```ts
 * import { f1, softsign } from "@roundabout/roundabout";
 * import { trainNetwork } from "@roundabout/network";
 * import { seededRandom } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const network = trainNetwork({
 *   x: [-1, -0.5, 0.5, 1], y: [0, 0, 1, 1],
 *   loss: { score: f1, step: softsign() }, epochs: 100, random: seededRandom(1),
 * });
 * const [low, , , high] = network.predict([-1, -0.5, 0.5, 1]);
 * assert(low < 0.5 && high > 0.5);
 * ```
 */
export function trainNetwork(options: TrainNetworkOptions): Network {
  const { x, y, sampleWeight, loss, hidden = 0, epochs, batchSize = 256, learningRate = 0.01, random, onEpoch } =
    options;
  const features = x.length / y.length;
  if (!Number.isInteger(features) || features === 0) {
    throw new RangeError(
      `Cannot train: 'x' has ${x.length} numbers, not a whole number per row of 'y', which has ${y.length}`,
    );
  }
  if (sampleWeight !== undefined && sampleWeight.length !== y.length) {
    throw new RangeError(`Cannot train: 'sampleWeight' has ${sampleWeight.length} rows, 'y' has ${y.length}`);
  }
  check("train", { hidden }, wholeFrom(0));
  check("train", { epochs, batchSize }, wholeFrom(1));
  check("train", { learningRate }, numberThat("a finite number > 0", (rate) => rate > 0 && rate < Infinity));
  const form = { features, hidden, outputs: 1 }, weights = initialWeights(form, random);
  const network: Network = {
    features,
    hidden,
    weights,
    predict: (rows) => sigmoids(forward(form, weights, new Float64Array(rows)).logits),
  };
  const objective = objectiveOf(loss), all = new Float64Array(x), labels = new Float64Array(y);
  const weightsOfRows = sampleWeight && new Float64Array(sampleWeight);
  const order = new Uint32Array(y.length), xRoom = allocateRows(Math.min(batchSize, y.length) * features, false);
  const room = roomFor(form, Math.min(batchSize, y.length)), lastRoom = roomFor(form, y.length % batchSize);
  train({
    form,
    weights,
    update: adam(learningRate, weights.length),
    epochs,
    *batches() {
      for (let row = 0; row < order.length; row++) order[row] = row;
      random.shuffleInPlace(order);
      for (let from = 0; from < order.length; from += batchSize) {
        const rows = order.subarray(from, from + batchSize);
        const own = labelsOf(takeRows(labels, 1, rows), 1, weightsOfRows && takeRows(weightsOfRows, 1, rows));
        yield {
          x: copyRows(all, features, rows, xRoom.subarray(0, rows.length * features)),
          room: rows.length < batchSize ? lastRoom : room,
          gradient: (logits) => objective(own, logits).gradient,
        };
      }
    },
    onEpoch: (epoch) => onEpoch?.(epoch, network),
  });
  return network;
}

const wholeFrom = (least: number): Rule =>
  numberThat(`a whole number ≥ ${least}`, (value) => Number.isInteger(value) && value >= least);

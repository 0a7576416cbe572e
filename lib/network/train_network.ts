import { sigmoid } from "../steps/logits.ts";
import { backward, forward, initialWeights } from "./network_math.ts";
import { objectiveOf, type TrainingLoss } from "./objective.ts";
import { adam } from "./optimizer.ts";

/** What {@linkcode trainNetwork} is given. */
export interface TrainNetworkOptions {
  /** The features, row by row in one flat list: as many a row as `x.length / y.length`. */
  x: ArrayLike<number>;
  /** The labels, 0 or 1. */
  y: ArrayLike<number>;
  /** The rows' weights; absent: 1 each. */
  sampleWeight?: ArrayLike<number>;
  /** What is trained on: a score under a step, or cross-entropy. */
  loss: TrainingLoss;
  /**
   * The units of the hidden layer (ReLU); 0 is a logistic regression.
   *
   * @default {0}
   */
  hidden?: number;
  /** How often all rows are seen. */
  epochs: number;
  /**
   * The rows of a batch; the last batch of an epoch is smaller if they do not fit.
   *
   * @default {256}
   */
  batchSize?: number;
  /**
   * The learning rate of Adam (β₁ = 0.9, β₂ = 0.999, ε = 1e-7).
   *
   * @default {0.01}
   */
  learningRate?: number;
  /** Where the initial weights and the order of the rows come from: `seededRandom(seed)` of the data module. */
  random: { normal(): number; shuffle<T>(items: ArrayLike<T>): T[] };
  /** Called after each epoch, from 1 on, with the network as it is then. */
  onEpoch?: (epoch: number, network: Network) => void;
}

/** A logistic regression, or a network with one hidden layer. */
export interface Network {
  /** The features of a row. */
  readonly features: number;
  /** The units of the hidden layer; 0: none. */
  readonly hidden: number;
  /**
   * All weights. Without a hidden layer: one a feature, then the bias. With one: for each unit its weights, one a
   * feature, and its bias; then the output's weights, one a unit, and its bias.
   */
  readonly weights: Float64Array;
  /** The probabilities of rows (flat, as in training), one a row. */
  predict(x: ArrayLike<number>): Float64Array;
}

/**
 * A small network, trained in batches by the closed forms of the library, in float64: for comparisons that train some
 * hundred times in a few seconds. The same random source gives the same network.
 *
 *     z = b + Σ w·x                         without a hidden layer
 *     z = b + Σₕ vₕ·max(0, bₕ + Σ wₕ·x)     with one;  p = σ(z)
 *
 * @param options See {@linkcode TrainNetworkOptions}.
 * @returns The network at the end.
 * @throws {RangeError} `x` is no whole number of rows, `sampleWeight` not as long as `y`, or `hidden`, `epochs`,
 * `batchSize` or `learningRate` out of range.
 *
 * @example
 * ```ts
 * import { f1, softsign } from "@roundabout/roundabout";
 * import { seededRandom } from "@roundabout/roundabout/data";
 * import { trainNetwork } from "@roundabout/network";
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
    throw new RangeError(`Cannot train: 'x' has ${x.length} numbers, which are no ${y.length} rows`);
  }
  if (sampleWeight !== undefined && sampleWeight.length !== y.length) {
    throw new RangeError(`Cannot train: 'sampleWeight' has ${sampleWeight.length} rows, 'y' has ${y.length}`);
  }
  checkWhole("hidden", hidden, 0);
  checkWhole("epochs", epochs, 1);
  checkWhole("batchSize", batchSize, 1);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`Cannot train: 'learningRate' must be a finite number > 0, it is ${learningRate}`);
  }
  const form = { features, hidden, outputs: 1 }, weights = initialWeights(form, random);
  const network: Network = {
    features,
    hidden,
    weights,
    predict: (rows) => forward(form, weights, Float64Array.from(rows)).logits.map(sigmoid),
  };
  const update = adam(learningRate, weights.length);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = random.shuffle(Array.from({ length: y.length }, (_, row) => row));
    for (let from = 0; from < order.length; from += batchSize) {
      const rows = order.slice(from, from + batchSize);
      update(weights, networkGradient(network, take({ x, y, sampleWeight }, rows, features), loss).gradient);
    }
    onEpoch?.(epoch, network);
  }
  return network;
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`Cannot train: '${name}' must be a whole number ≥ ${least}, it is ${value}`);
}

/** Features, labels and weights of some rows. */
interface Batch {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  sampleWeight?: ArrayLike<number>;
}

function take({ x, y, sampleWeight }: Batch, rows: readonly number[], features: number): Batch {
  const taken = new Float64Array(rows.length * features);
  rows.forEach((row, i) => {
    for (let j = 0; j < features; j++) taken[i * features + j] = x[row * features + j];
  });
  return {
    x: taken,
    y: Float64Array.from(rows, (row) => y[row]),
    sampleWeight: sampleWeight && Float64Array.from(rows, (row) => sampleWeight[row]),
  };
}

/**
 * The loss of a network on some rows, and its gradient by the weights: the loss's gradient by the logits, passed back
 * by the chain rule.
 */
export function networkGradient(
  network: Omit<Network, "predict">,
  { x, y, sampleWeight }: Batch,
  loss: TrainingLoss,
): { value: number; gradient: Float64Array } {
  const { weights } = network, form = { ...network, outputs: 1 }, rows = Float64Array.from(x);
  const { logits, units } = forward(form, weights, rows);
  const { value, gradient } = objectiveOf(loss)({ yTrue: y, yPred: logits, sampleWeight });
  return { value, gradient: backward(form, weights, rows, units, gradient) };
}

import { scoreCounts } from "../averages/average.ts";
import { softCounts } from "../counts/soft_counts.ts";
import { prepare } from "../data/prepare.ts";
import { trainTestSplit } from "../data/train_test_split.ts";
import type { InferredDataset } from "../data/infer_dataset.ts";
import type { TrainingLoss } from "../notebook/objective.ts";
import { trainNetwork } from "../notebook/train_network.ts";
import { seededRandom } from "../random.ts";
import type { Score } from "../scores/score.ts";
import { identity } from "../steps/identity.ts";
import { softsign } from "../steps/softsign.ts";
import { bestCut } from "../training/tune_threshold.ts";
import type { ComparedLoss, ThresholdChoice } from "./types.ts";

/** The shares of the rows: the rest is trained on. */
export const testFraction = 0.2;
const validationFraction = 0.2;

const batchSize = 256, leastSteps = 600, mostEpochs = 200, stops = 10, units = 8;

/** Features and labels of one part, flat. */
interface Part {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The three parts of one split. */
export interface Parts {
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
}

/** One split of a table, prepared by its training rows alone. */
export function partsOf(dataset: InferredDataset, seed: number): Parts {
  const prepared = prepare(dataset, trainTestSplit(dataset, { seed, testFraction, validationFraction }));
  const flat = ({ x, y }: typeof prepared.train): Part => ({
    x: Float64Array.from(x.dataSync()),
    y: Float64Array.from(y.dataSync()),
  });
  const parts = {
    train: flat(prepared.train),
    validation: flat(prepared.validation!),
    test: flat(prepared.test),
  };
  prepared.dispose();
  return parts;
}

/** What is trained: a loss, and perhaps weights that make both classes count the same. */
export interface Contestant {
  readonly loss: string;
  readonly trained: TrainingLoss;
  readonly balanced?: boolean;
}

/** The losses that are compared for a score. */
export function contestants(score: Score): Contestant[] {
  return [
    { loss: "cross-entropy", trained: "crossEntropy" },
    { loss: "cross-entropy, class weights", trained: "crossEntropy", balanced: true },
    { loss: `${score.name} loss, softsign`, trained: { score, step: softsign() } },
    { loss: `${score.name} loss, identity`, trained: { score, step: identity() } },
  ];
}

/** n/(2·n_class), a row: scikit-learn's class_weight="balanced". */
function balancedWeights(y: Float64Array): Float64Array {
  const positives = y.reduce((sum, v) => sum + v, 0);
  return y.map((v) => y.length / (2 * (v === 1 ? positives : y.length - positives)));
}

/** A score of decisions, and whether it was 0/0 and counts as 0. */
function decided(score: Score, yTrue: ArrayLike<number>, yPred: ArrayLike<number>, threshold: number) {
  const counts = softCounts({ yTrue, yPred }, { value: (p) => p > threshold ? 1 : 0 });
  return {
    value: scoreCounts([counts], undefined, { score, zeroDivision: 0 }).value,
    isUndefined: Number.isNaN(score.value(counts)),
  };
}

/** A network as it was at some time of its training: how well each choice of a threshold does on the validation rows. */
interface Stop {
  readonly onValidation: number;
  readonly threshold: number;
  readonly test: Float64Array;
}

/** What a training comes to: the score on the test rows, for both thresholds. */
export type Outcome = Record<ThresholdChoice, { value: number; isUndefined: boolean }>;

/**
 * Trains one loss on one split with Adam (learning rate 0.01, batches of 256). At ten times of the training the validation
 * rows are scored, at ½ and with the threshold that is best on them; the test rows judge the best time of each.
 */
export function contest(
  { trained, balanced }: Contestant,
  model: ComparedLoss["model"],
  { train, validation, test }: Parts,
  score: Score,
  seed: number,
): Outcome {
  const epochs = Math.max(stops, Math.min(mostEpochs, Math.ceil(leastSteps / Math.ceil(train.y.length / batchSize))));
  const every = Math.floor(epochs / stops), rows = Array.from(validation.y, (_, row) => row);
  const best: Record<ThresholdChoice, Stop | undefined> = { tuned: undefined, "0.5": undefined };
  const offer = (choice: ThresholdChoice, stop: Stop) => {
    const own = best[choice];
    if (own === undefined || stop.onValidation > own.onValidation) best[choice] = stop;
  };
  trainNetwork({
    ...train,
    sampleWeight: balanced ? balancedWeights(train.y) : undefined,
    loss: trained,
    hidden: model === "linear" ? 0 : units,
    epochs,
    batchSize,
    random: seededRandom(seed),
    onEpoch: (epoch, network) => {
      if (epoch % every !== 0) return;
      const yPred = network.predict(validation.x), yTrue = validation.y, onTest = network.predict(test.x);
      const at = (threshold: number) => decided(score, yTrue, yPred, threshold).value;
      const { threshold } = bestCut(score, { yTrue, yPred }, rows);
      offer("tuned", { onValidation: at(threshold), threshold, test: onTest });
      offer("0.5", { onValidation: at(0.5), threshold: 0.5, test: onTest });
    },
  });
  const judged = (stop: Stop) => decided(score, test.y, stop.test, stop.threshold);
  return { tuned: judged(best.tuned!), "0.5": judged(best["0.5"]!) };
}

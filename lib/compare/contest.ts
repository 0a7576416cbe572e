import type { InferredDataset } from "./infer_dataset.ts";
import { prepare } from "../data/prepare.ts";
import { trainTestSplit } from "../data/train_test_split.ts";
import { type LossParts, partsOfLoss } from "../losses/loss_parts.ts";
import { type LossOptions, metricLoss } from "../losses/metric_loss.ts";
import { crossEntropyGradient, type EpochObjective, runningScore } from "../network/objectives.ts";
import { seededRandom } from "../numerics/random.ts";
import type { Score } from "../scores/score.ts";
import { choicesOf, type Judge, type Judged } from "./judge.ts";
import { type Part, trainOnPart } from "./train.ts";
import type { ComparedLoss, ThresholdChoice } from "./types.ts";

/** The shares of the rows: the rest is trained on. */
export const testFraction = 0.2;
const validationFraction = 0.2;

const batchSize = 256, learningRate = 0.01, leastSteps = 600, mostEpochs = 200, stops = 10, units = 8;

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

/** What is trained: a loss, and perhaps weights that make all classes count the same. */
export interface Contestant {
  readonly loss: string;
  readonly objective: EpochObjective;
  readonly balanced?: boolean;
}

/** How many logits a row of so many classes has. */
export const outputsOf = (classes: number): number => classes === 2 ? 1 : classes;

/** A score of all rows, of logits. */
const scoreOfAll = (score: Score, options: LossOptions): EpochObjective =>
  runningScore(partsOfLoss(metricLoss(score, { ...options, fromLogits: true })) as LossParts);

/** The losses that are compared for a score. */
export function contestants(score: Score, classes: number): Contestant[] {
  const own: Record<string, LossOptions> = classes === 2
    ? { softsign: { step: "softsign" }, identity: { step: "identity" } }
    : { argmax: { decision: "argmax", average: "macro" } };
  return [
    { loss: "cross-entropy", objective: () => crossEntropyGradient },
    { loss: "cross-entropy, class weights", objective: () => crossEntropyGradient, balanced: true },
    ...Object.entries(own).map(([name, options]) => (
      { loss: `${score.name} loss, ${name}`, objective: scoreOfAll(score, options) }
    )),
  ];
}

/** n/(classes·n_class), a row: scikit-learn's class_weight="balanced". */
function balancedWeights(y: Float64Array, classes: number): Float64Array {
  const sizes = new Float64Array(classes);
  y.forEach((label) => sizes[label]++);
  return y.map((label) => y.length / (classes * sizes[label]));
}

/** A network as it was at some time of its training: how well it does on the validation rows, and how it is judged then. */
interface Stop {
  readonly onValidation: number;
  readonly judge: Judge;
  readonly test: Float64Array;
}

/** What a training comes to: the score on the test rows, for each choice of a decision. */
export type Outcome = Partial<Record<ThresholdChoice, Judged>>;

/** What is trained how often, and judged how. */
export interface ContestSetting {
  readonly model: ComparedLoss["model"];
  readonly classes: number;
  readonly score: Score;
  readonly seed: number;
}

/**
 * Trains one loss on one split with Adam (learning rate 0.01, batches of 256); a score's loss at the running counts of all
 * training rows. At ten times of the training the validation rows are scored, by each choice of a decision: with the
 * threshold that is best on them, say. The test rows judge the best time of each.
 */
export function contest(
  { objective, balanced }: Contestant,
  { train: trained, validation, test }: Parts,
  { model, classes, score, seed }: ContestSetting,
): Outcome {
  const batches = Math.ceil(trained.y.length / batchSize), outputs = outputsOf(classes);
  const epochs = Math.max(stops, Math.min(mostEpochs, Math.ceil(leastSteps / batches)));
  const every = Math.floor(epochs / stops), features = trained.x.length / trained.y.length;
  const choices = Object.entries(choicesOf(score, outputs)), best: Record<string, Stop> = {};
  trainOnPart(trained, {
    form: { features, hidden: model === "linear" ? 0 : units, outputs },
    objective,
    weights: balanced ? balancedWeights(trained.y, classes) : undefined,
    epochs,
    batchSize,
    learningRate,
    random: seededRandom(seed),
    onEpoch: (epoch, logitsOf) => {
      if (epoch % every !== 0) return;
      const onValidation = logitsOf(validation.x), onTest = logitsOf(test.x);
      for (const [choice, choose] of choices) {
        const judge = choose(validation.y, onValidation), { value } = judge(validation.y, onValidation);
        if (choice in best && value <= best[choice].onValidation) continue;
        best[choice] = { onValidation: value, judge, test: onTest };
      }
    },
  });
  return Object.fromEntries(Object.entries(best).map(([choice, stop]) => [choice, stop.judge(test.y, stop.test)]));
}

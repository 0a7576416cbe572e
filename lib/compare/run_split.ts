import { prepareColumns, type PreparedArrays } from "../data/prepare_columns.ts";
import type { TableDataset } from "../data/table.ts";
import { trainTestSplit } from "../data/train_test_split.ts";
import { seededRandom } from "../numerics/random.ts";
import type { Score } from "../scores/score.ts";
import type { Candidate } from "./candidates.ts";
import { decisionRules, type Evaluate, type Evaluation } from "./evaluate.ts";
import { trainOnPart } from "./train.ts";
import type { ComparedLoss, ThresholdChoice } from "./types.ts";

/** The fraction of the rows in the test part of a split. */
export const testFraction = 0.2;
const validationFraction = 0.2;

const batchSize = 256, learningRate = 0.01, leastSteps = 600, mostEpochs = 200, checkpoints = 10, units = 8;

/** The three parts of a split, as matrices. */
export type Parts = Pick<PreparedArrays, "train" | "validation" | "test">;

/** Splits a table into stratified parts, prepared by the training rows alone. */
export function splitTable({ columns, yTrue }: TableDataset, seed: number): Parts {
  return prepareColumns(columns, yTrue, trainTestSplit(yTrue, { seed, testFraction, validationFraction }));
}

/** The number of logits per row. */
const outputsOf = (classes: number): number => classes === 2 ? 1 : classes;

/** The weight n / (classes · n_class) of each row: scikit-learn's class_weight="balanced". */
function balancedWeights(y: Float64Array, classes: number): Float64Array {
  const sizes = new Float64Array(classes);
  y.forEach((label) => sizes[label]++);
  return y.map((label) => y.length / (classes * sizes[label]));
}

/** The best checkpoint of a training so far, by the validation score. */
interface Checkpoint {
  readonly epoch: number;
  readonly onValidation: number;
  readonly evaluate: Evaluate;
  readonly onTest: Float64Array;
}

/** The test score under one decision rule, and the epoch it was reached in. */
export interface Outcome extends Evaluation {
  readonly epoch: number;
}

/** The settings of one training. */
export interface RunSettings {
  readonly model: ComparedLoss["model"];
  readonly classes: number;
  readonly score: Score;
  readonly seed: number;
}

/**
 * Trains one candidate on one split with Adam (learning rate 0.01, batches of 256). Ten times during the training each
 * decision rule is fitted to the validation rows and scored there; the test rows are scored at the best of these
 * checkpoints, one per rule.
 */
export function runSplit(
  { objective, balanced }: Candidate,
  { train: trained, validation, test }: Parts,
  { model, classes, score, seed }: RunSettings,
): Partial<Record<ThresholdChoice, Outcome>> {
  const batches = Math.ceil(trained.y.length / batchSize), outputs = outputsOf(classes);
  const epochs = Math.max(checkpoints, Math.min(mostEpochs, Math.ceil(leastSteps / batches)));
  const every = Math.floor(epochs / checkpoints), features = trained.x.length / trained.y.length;
  const rules = Object.entries(decisionRules(score, outputs)), best: Record<string, Checkpoint> = {};
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
      const logits = logitsOf(validation.x), onTest = logitsOf(test.x);
      for (const [choice, fitRule] of rules) {
        const evaluate = fitRule(validation.y, logits), { value } = evaluate(validation.y, logits);
        if (choice in best && value <= best[choice].onValidation) continue;
        best[choice] = { epoch, onValidation: value, evaluate, onTest };
      }
    },
  });
  return Object.fromEntries(
    Object.entries(best).map(([choice, { epoch, evaluate, onTest }]) => [
      choice,
      { epoch, ...evaluate(test.y, onTest) },
    ]),
  );
}

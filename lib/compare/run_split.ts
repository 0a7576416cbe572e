import { type PartArrays, prepareColumns, type PreparedArrays } from "../data/prepare_columns.ts";
import type { Split } from "../data/split.ts";
import type { TableDataset } from "../data/table.ts";
import { trainTestSplit } from "../data/train_test_split.ts";
import { forward, initialWeights, type NetworkForm } from "../network/mlp.ts";
import { type EpochObjective, labelsOf, type Objective } from "../network/objectives.ts";
import { takeRows } from "../network/train.ts";
import { seededRandom } from "../numerics/random.ts";
import type { Candidate } from "./candidates.ts";
import { type DecisionRule, decisionRules, type Evaluation } from "./evaluate.ts";
import { fitLinear } from "./fit_linear.ts";
import { trainOnPart } from "./train.ts";
import type { ComparedLoss, ComparedScore, ThresholdChoice } from "./types.ts";

/** The fraction of the rows in the test part of a split. */
export const testFraction = 0.2;
const validationFraction = 0.2;

/** The fraction of the rows that the weights are fitted to; validation rows choose, test rows measure. */
export const fittedFraction = 1 - testFraction - validationFraction;

const units = 8, batchSize = 256, learningRate = 0.01;

/** Adam's steps: the most of a training, between two checkpoints, and without a better checkpoint before it stops. */
const mostSteps = 3000, stepsToCheckpoint = 50, patience = 750, leastEpochs = 10;

/** The three parts of a split, as matrices. */
export type Parts = Pick<PreparedArrays, "train" | "validation" | "test">;

/** The rows of a split, by their numbers in the table. */
export const splitRows = (table: TableDataset, seed: number): Split =>
  trainTestSplit(table, { seed, testFraction, validationFraction });

/** The parts of a split, prepared by the training rows alone. */
export const partsOf = ({ columns, yTrue }: TableDataset, split: Split): Parts => prepareColumns(columns, yTrue, split);

/** The number of logits per row. */
const outputsOf = (classes: number): number => classes === 2 ? 1 : classes;

/** The number of rows of each class. */
function sizesOf(y: Float64Array, classes: number): number[] {
  const sizes = Array.from({ length: classes }, () => 0);
  y.forEach((label) => sizes[label]++);
  return sizes;
}

/** The test score under one decision rule. */
export interface Outcome extends Evaluation {
  /** The chosen checkpoint: the inverse strength C of the L2 penalty, or the epoch. */
  readonly chosen: number;
  /** Thresholds that are best on validation rows drawn with replacement. */
  readonly thresholds: readonly number[];
}

/** The result of one training. */
export interface SplitRun {
  /** The test scores, by decision rule. */
  readonly outcomes: Partial<Record<ThresholdChoice, Outcome>>;
  /** The weights at the checkpoint that the first rule chose. */
  readonly weights: Float64Array;
}

/** The settings of one training. */
export interface RunSettings {
  readonly model: ComparedLoss["model"];
  readonly classes: number;
  readonly score: ComparedScore;
  readonly seed: number;
  /** The weights of the trained cross-entropy, for a candidate that starts there. */
  readonly start?: Float64Array;
}

/** What a candidate trains with: the class shares and class weights are those of the training rows, for validation rows too. */
interface Training {
  readonly form: NetworkForm;
  readonly objective: Objective;
  readonly epochObjective: EpochObjective;
  weightsOf(y: Float64Array): Float64Array | undefined;
}

function trainingOf({ ofRows, ofBatches, balanced }: Candidate, { x, y }: PartArrays, settings: RunSettings): Training {
  const { model, classes } = settings, sizes = sizesOf(y, classes), shares = sizes.map((size) => size / y.length);
  const byClass = sizes.map((size) => y.length / (classes * size)); // scikit-learn's class_weight="balanced"
  return {
    form: { features: x.length / y.length, hidden: model === "linear" ? 0 : units, outputs: outputsOf(classes) },
    objective: ofRows(shares),
    epochObjective: ofBatches(shares),
    weightsOf: (rows) => balanced ? rows.map((label) => byClass[label]) : undefined,
  };
}

/** The weights of a training at one of its checkpoints. */
interface Checkpoint {
  readonly chosen: number;
  readonly weights: Float64Array;
}

/** Trains a candidate; yields its checkpoints: the strengths of the penalty, or the epochs about every 50 steps of Adam. */
function* checkpointsOf(
  { warm, surrogate }: Candidate,
  { form, objective, epochObjective, weightsOf }: Training,
  { x, y }: PartArrays,
  { seed, start }: RunSettings,
): Generator<Checkpoint> {
  const random = seededRandom(seed), weights = weightsOf(y), from = warm ? start : undefined;
  if (form.hidden === 0 && !surrogate) {
    const problem = { form, x, labels: labelsOf(y, form.outputs, weights), objective };
    const fits = fitLinear(problem, from ?? initialWeights(form, random));
    for (const { inverseStrength, weights } of fits) yield { chosen: inverseStrength, weights };
    return;
  }
  const batches = Math.ceil(y.length / batchSize), every = Math.ceil(stepsToCheckpoint / batches);
  const training = {
    form,
    objective: epochObjective,
    weights,
    start: from,
    epochs: Math.max(leastEpochs, Math.ceil(mostSteps / batches)),
    batchSize,
    learningRate,
    random,
  };
  for (const { epoch, weights } of trainOnPart({ x, y }, training)) {
    if (epoch % every === 0) yield { chosen: epoch, weights: weights.slice() };
  }
}

/**
 * Trains one candidate on one split. A linear model is trained to convergence under each of six L2 penalties; a network (and
 * straight-through, whose gradient is not that of its value) with Adam (learning rate 0.01, batches of 256), at most 3,000
 * steps, stopped after 750 steps without a better checkpoint. The best checkpoint, a penalty or one of about every 50 steps
 * of Adam, is chosen by each decision rule: fitted to the validation rows and scored there; of equal scores, which few rows
 * make likely, the one with the smallest value of the candidate's own loss on these rows. The test rows are scored there.
 */
export function runSplit(candidate: Candidate, { train, validation, test }: Parts, settings: RunSettings): SplitRun {
  const training = trainingOf(candidate, train, settings), { form, objective, weightsOf } = training;
  const labels = labelsOf(validation.y, form.outputs, weightsOf(validation.y));
  const rules = Object.entries(decisionRules(settings.score, form.outputs)) as [ThresholdChoice, DecisionRule][];
  const best: Partial<Record<ThresholdChoice, Checkpoint & { value: number; loss: number; logits: Float64Array }>> = {};
  let waited = 0;
  for (const checkpoint of checkpointsOf(candidate, training, train, settings)) {
    const { logits } = forward(form, checkpoint.weights, validation.x), loss = objective(labels, logits).value;
    waited++;
    for (const [choice, fit] of rules) {
      const { value } = fit(validation.y, logits)(validation.y, logits), last = best[choice];
      if (last !== undefined && (value < last.value || value === last.value && !(loss < last.loss))) continue;
      best[choice] = { ...checkpoint, value, loss, logits };
      waited = 0;
    }
    if (waited * stepsToCheckpoint >= patience) break;
  }
  const outcomes = rules.map(([choice, fit]): [string, Outcome] => {
    const { chosen, weights, logits } = best[choice]!;
    const thresholds = choice === "tuned" ? resampledThresholds(fit, validation.y, logits, settings.seed) : [];
    return [choice, {
      ...fit(validation.y, logits)(test.y, forward(form, weights, test.x).logits),
      chosen,
      thresholds,
    }];
  });
  return { outcomes: Object.fromEntries(outcomes), weights: best[rules[0][0]]!.weights };
}

/** The number of resamples per split. */
const resamples = 20;

/** The thresholds that a rule chooses on validation rows drawn with replacement (bootstrap). */
function resampledThresholds(fit: DecisionRule, y: Float64Array, logits: Float64Array, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: resamples }, () => {
    const rows = Array.from(y, () => Math.floor(random.uniform() * y.length));
    const drawn = takeRows(y, 1, rows), outputs = takeRows(logits, 1, rows);
    return fit(drawn, outputs)(drawn, outputs).threshold!;
  });
}

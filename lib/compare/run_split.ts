import { prepareColumns } from "../data/prepare_columns.ts";
import { stratifiedKFold } from "../data/stratified_k_fold.ts";
import type { PrepareOptions, Split, TableDataset } from "../data/table.ts";
import { trainTestSplit } from "../data/train_test_split.ts";
import { forward, initialWeights, type NetworkForm } from "../network/mlp.ts";
import { type EpochObjective, labelsOf, type Objective, type RowLabels } from "../network/objectives.ts";
import { allocateRows, type RowNumbers } from "../network/products.ts";
import { seededRandom } from "../numerics/random.ts";
import { cheaperDecisions, type CostsByRow, softDecisions, takeCosts } from "./costs.ts";
import { costRules, type DecisionRule, decisionRules, type Evaluation, type JudgedRows } from "./decision_rules.ts";
import { fitLinear, heldOutLogits } from "./fit_linear.ts";
import { trainOnPart } from "./train_on_part.ts";
import type { Candidate, ComparedLoss, ComparedScore, ThresholdChoice } from "./types.ts";

/** The fraction of the rows in the test part of a split. */
export const testFraction = 0.2;
const validationFraction = 0.2;

/** The fraction of the rows that the weights are fitted to; validation rows choose, test rows measure. */
export const fittedFraction = 1 - testFraction - validationFraction;

const units = 8, batchSize = 256, learningRate = 0.01;

/** Adam's steps: the most of a training, between two checkpoints, and without a better checkpoint before it stops. */
const mostSteps = 3000, stepsToCheckpoint = 50, patience = 750, leastEpochs = 10;

/** The rows of a part: features, classes, and what decisions cost where that is the score. */
export interface Part extends JudgedRows {
  /** The features, row by row. */
  readonly x: RowNumbers;
}

/** The three parts of a split. */
export type Parts = Readonly<Record<"train" | "validation" | "test", Part>>;

/** The rows of a split, by their numbers in the table. */
export const splitRows = (table: TableDataset, seed: number): Split =>
  trainTestSplit(table, { seed, testFraction, validationFraction });

/** The parts of a split, prepared by the training rows alone. */
export function partsOf(
  { columns, yTrue }: TableDataset,
  split: Split,
  costs?: CostsByRow,
  options?: PrepareOptions,
): Parts {
  const parts = prepareColumns(columns, yTrue, split, options);
  const costed = (part: keyof Parts): Part => {
    const { x, y } = parts[part], rows = allocateRows(x.length);
    rows.set(x);
    return { x: rows, y, costs: costs && takeCosts(costs, split[part]) };
  };
  return { train: costed("train"), validation: costed("validation"), test: costed("test") };
}

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
  /** The score; the savings where the parts have costs. */
  readonly score: ComparedScore;
  readonly seed: number;
  /** The weights of the trained cross-entropy, for a candidate that starts there. */
  readonly start?: Float64Array;
}

/**
 * The network, objectives and labels of a candidate. Class shares and class weights are those of the training rows, for
 * validation rows too.
 */
interface Training {
  readonly form: NetworkForm;
  readonly objective: Objective;
  readonly epochObjective: EpochObjective;
  labelsOf(rows: JudgedRows): RowLabels;
}

function trainingOf(
  { ofRows, ofBatches, labels = "classes" }: Candidate,
  { x, y }: Part,
  settings: RunSettings,
): Training {
  const { model, classes } = settings, sizes = sizesOf(y, classes), shares = sizes.map((size) => size / y.length);
  const byClass = sizes.map((size) => y.length / (classes * size)); // scikit-learn's class_weight="balanced"
  const outputs = outputsOf(classes);
  const labelled: Record<typeof labels, (rows: JudgedRows) => RowLabels> = {
    classes: ({ y }) => labelsOf(y, outputs),
    balanced: ({ y }) => labelsOf(y, outputs, y.map((label) => byClass[label])),
    "cheaper decisions": ({ y, costs }) => cheaperDecisions({ y, costs: costs! }),
    "soft decisions": ({ y, costs }) => softDecisions({ y, costs: costs! }, classes),
  };
  return {
    form: { features: x.length / y.length, hidden: model === "linear" ? 0 : units, outputs },
    objective: ofRows(shares),
    epochObjective: ofBatches(shares),
    labelsOf: labelled[labels],
  };
}

/** The weights of a training at one of its checkpoints. */
interface Checkpoint {
  readonly chosen: number;
  readonly weights: Float64Array;
  /** The logits of the training rows by models that were fitted to the other folds, where these rows choose the checkpoint. */
  readonly heldOut?: Float64Array;
}

/** The number of validation rows below which cross-validation over the training rows chooses the penalty, and of its folds. */
const fewRows = 100, folds = 5;

/** Returns the folds of the training rows that choose the penalty of a linear model; none if the validation rows choose it. */
export function penaltyFolds({ train, validation }: Parts, classes: number, seed: number): Split[] {
  const crossValidated = validation.y.length < fewRows && Math.min(...sizesOf(train.y, classes)) >= folds;
  return crossValidated ? stratifiedKFold(train.y, { folds, seed }) : [];
}

/** Trains a candidate; yields its checkpoints: the strengths of the penalty, or the epochs about every 50 steps of Adam. */
function* checkpointsOf(
  { warm, surrogate, leastDecrease }: Candidate,
  { form, objective, epochObjective, labelsOf }: Training,
  parts: Parts,
  { seed, start, classes }: RunSettings,
): Generator<Checkpoint> {
  const random = seededRandom(seed), from = warm ? start : undefined;
  const { train, train: { x } } = parts, labels = labelsOf(train);
  if (form.hidden === 0 && !surrogate) {
    const problem = { form, x, labels, objective, leastDecrease }, first = from ?? initialWeights(form, random);
    const byFolds = penaltyFolds(parts, classes, seed);
    const heldOut = byFolds.length === 0 ? [] : heldOutLogits(problem, byFolds, first);
    let strength = 0;
    for (const { inverseStrength, weights } of fitLinear(problem, first)) {
      yield { chosen: inverseStrength, weights, heldOut: heldOut[strength++] };
    }
    return;
  }
  const batches = Math.ceil(labels.rows / batchSize), every = Math.ceil(stepsToCheckpoint / batches);
  const training = {
    form,
    objective: epochObjective,
    start: from,
    epochs: Math.max(leastEpochs, Math.ceil(mostSteps / batches)),
    batchSize,
    learningRate,
    random,
  };
  for (const { epoch, weights } of trainOnPart({ x, labels }, training)) {
    if (epoch % every === 0) yield { chosen: epoch, weights: weights.slice() };
  }
}

/**
 * Trains one candidate on one split. A linear model is trained to convergence under each of six L2 penalties; a network
 * (and straight-through, whose gradient is not that of its value) with Adam (learning rate 0.01, batches of 256), at
 * most 3,000 steps, stopped after 750 steps without a better checkpoint. The best checkpoint, a penalty or one of about
 * every 50 steps of Adam, is chosen by each decision rule: fitted to the validation rows and scored there; of equal
 * scores, which few rows make likely, the one with the smallest value of the candidate's own loss on these rows. Fewer
 * than 100 validation rows tell penalties apart by chance: the penalty is then chosen in the same way on the training
 * rows, each judged by a model that was not fitted to it (five folds; those of a warm start begin at the weights of all
 * training rows). The rule is fitted to the validation rows, and the test rows are scored.
 */
export function runSplit(candidate: Candidate, parts: Parts, settings: RunSettings): SplitRun {
  const { train, validation, test } = parts;
  const training = trainingOf(candidate, train, settings), { form, objective, labelsOf } = training;
  const all = train.costs === undefined ? decisionRules(settings.score, form.outputs) : costRules(form.outputs);
  const rules = (Object.entries(all) as [ThresholdChoice, DecisionRule][])
    .filter(([choice]) => candidate.rules?.includes(choice) ?? true);
  const labels = { train: labelsOf(train), validation: labelsOf(validation) };
  const best: Partial<Record<ThresholdChoice, Checkpoint & { value: number; loss: number }>> = {};
  let waited = 0;
  for (const checkpoint of checkpointsOf(candidate, training, parts, settings)) {
    const judged = checkpoint.heldOut === undefined ? "validation" : "train";
    const logits = checkpoint.heldOut ?? forward(form, checkpoint.weights, validation.x).logits;
    const loss = objective(labels[judged], logits).value;
    waited++;
    for (const [choice, fit] of rules) {
      const { value } = fit(parts[judged], logits)(parts[judged], logits), last = best[choice];
      if (last !== undefined && (value < last.value || value === last.value && !(loss < last.loss))) continue;
      best[choice] = { ...checkpoint, value, loss };
      waited = 0;
    }
    if (waited * stepsToCheckpoint >= patience) break;
  }
  const outcomes = rules.map(([choice, fit]): [string, Outcome] => {
    const { chosen, weights } = best[choice]!, { logits } = forward(form, weights, validation.x);
    const thresholds = resampledThresholds(fit, validation, logits, settings.seed);
    return [choice, {
      ...fit(validation, logits)(test, forward(form, weights, test.x).logits),
      chosen,
      thresholds,
    }];
  });
  return { outcomes: Object.fromEntries(outcomes), weights: best[rules[0][0]]!.weights };
}

/** The number of resamples per split. */
const resamples = 20;

/** The thresholds that a rule chooses on validation rows drawn with replacement (bootstrap); none if it chooses none. */
function resampledThresholds(
  { ofDrawn }: DecisionRule,
  validation: JudgedRows,
  logits: Float64Array,
  seed: number,
): number[] {
  if (ofDrawn === undefined) return [];
  const random = seededRandom(seed), rows = validation.y.length, choose = ofDrawn(validation, logits);
  return Array.from({ length: resamples }, () => {
    const times = new Uint32Array(rows);
    for (let draw = 0; draw < rows; draw++) times[Math.floor(random.uniform() * rows)]++;
    return choose(times);
  });
}

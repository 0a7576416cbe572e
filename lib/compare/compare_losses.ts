import { aFunction, aSignal, check, checkOptions, describe, integerFrom, optional } from "../check/check.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import type { CurveScoreName } from "../curves/to_curve_score.ts";
import { checkHeavyTails } from "../data/prepare_columns.ts";
import { readTable, type ReadTableOptions, tableOptionNames } from "../data/read_table.ts";
import { presentValues } from "../data/standardize.ts";
import { type Feature, type HeavyTails, isMissing } from "../data/table.ts";
import type { Split, TableDataset, TableFrame, TableWarning } from "../data/table.ts";
import { hasHeavyTails } from "../data/yeo_johnson.ts";
import { firstOf } from "../numerics/format.ts";
import { groupBy } from "../numerics/group_by.ts";
import { savings } from "../scores/savings.ts";
import type { ScoreDefinition, ScoreName } from "../scores/to_score.ts";
import { checkScore, toComparedScore } from "./check_score.ts";
import { checkCosts, checkSavings, costColumns, type DecisionCosts, rowCosts } from "./costs.ts";
import { type ComparisonContent, comparisonText, describeData } from "./comparison_text.ts";
import { differencesOf } from "./intervals.ts";
import { recommend } from "./recommend.ts";
import { fittedFraction, type Outcome, splitRows, testFraction } from "./run_split.ts";
import {
  type ComparisonWork,
  type TrainedLoss,
  trainingsPerSplit,
  trainInThisThread,
  type TrainSplits,
} from "./train_split.ts";
import type { ComparedLoss, LossComparison, ThresholdChoice } from "./types.ts";
import { bestOf } from "../scoring/score_batch.ts";

/** The progress of a comparison. */
export interface ComparisonProgress {
  /** The number of trainings that are done. */
  readonly done: number;
  /** The number of all trainings. */
  readonly total: number;
  /** An estimate of the time left, in seconds. */
  readonly secondsLeft: number;
}

/** Options of {@linkcode compareLosses}. */
export interface CompareLossesOptions extends Omit<ReadTableOptions, "beside"> {
  /**
   * The score that losses are made of and compared by: a name, a score, or a definition of your own; also a score of the curve,
   * "averagePrecision" or `recallAtFpr({ fpr: 0.01 })` of the entry ./curves.
   *
   * @default {"f1"}
   */
  score?: ScoreName | ScoreDefinition | CurveScoreName | CurveScore;
  /**
   * The costs of decisions, as numbers, columns or a matrix: the score is then the savings, 1 − cost / cost of the cheapest
   * constant decision. Without `fp` or `fn` these are 1, without `tp` or `tn` 0. A column that holds costs is no feature, unless
   * `keep` lists it.
   *
   * @default {none}
   */
  costs?: DecisionCosts;
  /**
   * The number of splits, at least 3.
   *
   * @default {10}
   */
  repeats?: number;
  /**
   * The seed of splits and trainings; the same seed gives the same numbers.
   *
   * @default {1}
   */
  seed?: number;
  /**
   * The largest number of rows; of a larger table so many are drawn at random, with a warning.
   *
   * @default {10000}
   */
  rows?: number;
  /**
   * The treatment of numeric columns with heavy tails, an excess kurtosis above 10 among the training rows: Yeo and Johnson's
   * power, "yeoJohnson", or none, "keep". The features say which columns it is about.
   *
   * @default {"yeoJohnson"}
   */
  heavyTails?: HeavyTails;
  /** Called after each training. */
  onProgress?: (progress: ComparisonProgress) => void;
  /**
   * Called after each split but the last, from the third on, with the comparison of the splits so far: a comparison that is
   * stopped has lost nothing.
   */
  onSplit?: (soFar: LossComparison) => void;
  /** Stops the comparison between two trainings; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

const TASK = "compare losses", leastOfAClass = 10, mostRows = 10_000;

const optionNames: readonly string[] = [
  ...["score", "costs", "repeats", "seed", "heavyTails", "onProgress", "onSplit", "signal"],
  ...tableOptionNames,
];

function checkComparison(options: CompareLossesOptions): void {
  checkOptions("the comparison", options, optionNames);
  const { repeats = 10, seed = 1, heavyTails = "yeoJohnson" } = options;
  check(TASK, { repeats }, integerFrom(3, 1000));
  check(TASK, { seed }, integerFrom(0, 2 ** 31));
  checkHeavyTails(TASK, heavyTails);
  check(TASK, { onProgress: options.onProgress, onSplit: options.onSplit }, optional(aFunction));
  check(TASK, { signal: options.signal }, optional(aSignal));
  if ("beside" in options) {
    throw new TypeError(
      `Cannot ${TASK}: 'beside' is ${describe(options.beside)}, but only 'costs' names columns beside the features`,
    );
  }
  if (options.costs === undefined) return;
  checkCosts(options.costs);
  if (options.score === undefined) return;
  throw new TypeError(`Cannot ${TASK}: 'score' cannot be used with 'costs', where the score is the savings`);
}

/** The smallest `mergeRare` whose merged classes have enough rows together; undefined if a large class would be merged too. */
function leastToMerge(sizes: readonly number[]): number | undefined {
  let merged = 0, least = leastOfAClass;
  for (const rows of sizes.toSorted((a, b) => a - b)) {
    if (rows >= least && merged >= leastOfAClass) return least <= 3 * leastOfAClass ? least : undefined;
    merged += rows;
    least = Math.max(least, rows + 1);
  }
  return undefined;
}

function checkClasses({ classes, label }: TableDataset): void {
  const rarest = classes.reduce((a, b) => b.rows < a.rows ? b : a);
  if (rarest.rows >= leastOfAClass) return;
  const scarce = classes.filter((one) => one.rows < leastOfAClass);
  const list = firstOf(scarce.map((one) => `'${one.name}' in ${one.rows}`));
  const isNumber = (name: string) => /\d/.test(name) && Number.isFinite(Number(name.replaceAll(/[%$€£,]/g, "")));
  const isQuantity = classes.length > 20 && classes.every(({ name }) => isNumber(name));
  if (isQuantity) {
    throw new RangeError(
      `Cannot ${TASK}: '${label}' looks like a number to predict, not a class: it has ${classes.length} different numbers, ` +
        `of which ${scarce.length} are in fewer than ${leastOfAClass} rows; make classes of it first, such as above a bound`,
    );
  }
  const least = leastToMerge(classes.map(({ rows }) => rows));
  const merge = least === undefined ? "" : `, or merge the rare ones with 'mergeRare' ${least}`;
  const cures = classes.length > 2
    ? ` (it has ${classes.length} values; set one against the rest with 'positive'${merge})`
    : "";
  throw new RangeError(
    `Cannot ${TASK}: each class needs at least ${leastOfAClass} rows, '${label}' has ${list}${cures}`,
  );
}

/** The interval of thresholds: the middle 95 % of them. */
function thresholdInterval(thresholds: readonly number[]): ComparedLoss["tunedThreshold"] {
  if (thresholds.length === 0) return undefined;
  const sorted = thresholds.toSorted((a, b) => a - b),
    at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), low: at(0.025), high: at(0.975) };
}

/** Returns the scores of each model, loss and threshold, one per split, in the order of the trainings. */
function lossesOf(splits: readonly (readonly TrainedLoss[])[]): { losses: ComparedLoss[]; undefinedScores: number } {
  const outcomes = splits.flat().flatMap(({ model, loss, outcomes }) =>
    (Object.entries(outcomes) as [ThresholdChoice, Outcome][]).map(([threshold, outcome]) => (
      { key: [model, loss, threshold].join(), model, loss, threshold, outcome }
    ))
  );
  const losses = Array.from(groupBy(outcomes, ({ key }) => key).values(), (all): ComparedLoss => {
    const [{ model, loss, threshold }] = all, values = all.map(({ outcome }) => outcome.value);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const tunedThreshold = thresholdInterval(all.flatMap(({ outcome }) => outcome.thresholds));
    return { model, loss, threshold, values, mean, ...(tunedThreshold && { tunedThreshold }) };
  });
  return { losses, undefinedScores: outcomes.reduce((sum, { outcome }) => sum + outcome.undefinedScores, 0) };
}

/** The rows of each split; throws if `group` has few values, or leaves a part without a class. */
function splitsOf(table: TableDataset, repeats: number, seed: number, group: string | undefined): Split[] {
  const draw = () => Array.from({ length: repeats }, (_, split) => splitRows(table, seed + split));
  if (group === undefined) return draw();
  const values = new Set(table.groups).size;
  if (values < leastOfAClass) {
    throw new RangeError(
      `Cannot ${TASK}: 'group' must have at least ${leastOfAClass} values, '${group}' has ${values}`,
    );
  }
  const splits = draw();
  for (const { train, validation, test } of splits) {
    for (const [part, rows] of Object.entries({ train, validation, test })) {
      const there = new Set(rows.map((row) => table.yTrue[row])), lost = table.classes.find((_, k) => !there.has(k));
      if (lost === undefined) continue;
      throw new RangeError(
        `Cannot ${TASK}: 'group' leaves the ${part} rows of a split without the class '${lost.name}': too few values of ` +
          `'${group}' have it`,
      );
    }
  }
  return splits;
}

/** Leaves out columns that have no value in the training rows of a split: said before any training. */
function withoutEmptyParts(table: TableDataset, splits: readonly Split[]): TableDataset {
  const lost = table.columns.filter((column) =>
    splits.some(({ train }) => train.every((row) => isMissing(column, row)))
  );
  if (lost.length === 0) return table;
  const names = lost.map(({ name }) => name), why = "it has no value in the training rows of a split";
  const columns = table.columns.filter((column) => !lost.includes(column));
  if (columns.length === 0) {
    throw new RangeError(`Cannot ${TASK}: no column has a value in the training rows of every split`);
  }
  return {
    ...table,
    columns,
    features: table.features.map((one) => names.includes(one.name) ? { ...one, used: false, why } : one),
    warnings: [
      ...table.warnings,
      ...names.map((name): TableWarning => (
        { code: "sparse-column", column: name, message: `the column '${name}' is left out: ${why}` }
      )),
    ],
  };
}

/** Notes on the features how many splits have heavy tails there. */
function withHeavyTails(table: TableDataset, splits: readonly Split[]): TableDataset {
  const counts = new Map(table.columns.map((column) => [
    column.name,
    column.kind === "number"
      ? splits.filter(({ train }) => hasHeavyTails(presentValues(column.values, train))).length
      : 0,
  ]));
  const noted = (feature: Feature): Feature => {
    const heavyTails = counts.get(feature.name);
    return heavyTails ? { ...feature, heavyTails } : feature;
  };
  return { ...table, features: table.features.map(noted) };
}

/**
 * Compares losses on a table, to tell whether training on a score pays. A linear model and a small network (8 hidden units)
 * are trained with cross-entropy, as it is, under balanced class weights (balanced sampling has the same gradient on average) and
 * with logit adjustment, with the focal loss, and with the score's loss: under a softsign step, from random weights and from those
 * of cross-entropy ("warm start"), under none (the identity) and straight through the decision. Each is scored with a tuned
 * threshold and at 0.5. The score's loss is that of all training rows, not the mean of the batches' losses.
 *
 * A linear model is trained to convergence by L-BFGS on the exact gradient, its L2 penalty chosen on the validation
 * rows, or, if they are fewer than 100, by cross-validation over the training rows, for every loss alike. A network,
 * and straight-through, whose gradient is not that of its value, are trained by Adam and stopped early by the
 * validation rows.
 *
 * With `costs` the score is the savings, and the rivals are cross-entropy with the row's own threshold (the least expected cost),
 * with one tuned threshold and at 0.5; cross-entropy weighted by the costs; and the expected cost as a loss, with its own
 * decisions and with the row's own threshold.
 *
 * With more than two classes the largest output decides, so there is no threshold to tune. The score is then the mean of the
 * classes' scores, each class against the rest ("macro"), and the loss is that of the same mean under a softmax instead of
 * the argmax.
 *
 * A score of the curve has no threshold. Its rivals are cross-entropy and its forms, the curve's own loss, and the
 * losses of the order of a batch: the squared hinge of all pairs and the AUM, of two classes that of the logits divided
 * by their standard deviation, because a penalty of the weights alone would shrink the plain AUM to 0. With more than
 * two classes each column of the softmax is ranked against the rest. A score at which equal outputs are perfect
 * (`negativeAum`) and a score of queries (`ndcg`), which splits of rows would cut, are refused.
 *
 * Each split is stratified and has three parts: 60 % of the rows train, 20 % choose the threshold, the penalty and the stopping
 * time, 20 % test; equal rows, or those of one value of `group`, stay in one part. Standardization, imputation (medians), the power of columns with
 * heavy tails (Yeo and Johnson's, as in scikit-learn's PowerTransformer) and one-hot encoding are learnt from the training rows. The intervals are
 * corrected t-intervals of the paired differences, because splits of the same rows are not independent. Their n_test/n_train is
 * 0.2/0.6: n_train counts the rows that fit the weights, not those that choose. The intervals of one model against the same
 * threshold hold jointly with 95 %. A difference counts as significant if its interval excludes 0. If
 * no difference is significant, there is "no difference" if all intervals lie within a margin (a tenth of cross-entropy's
 * distance from a perfect score, at most 0.02), and otherwise the comparison is "inconclusive". Among losses whose paired
 * difference from the best one is not significant, the advice is the simplest: cross-entropy, a tuned threshold, class
 * weights, then a loss of the score.
 *
 * @param source The table: the path of a CSV or Parquet file, or a polars frame.
 * @param options The label, and how to compare.
 * @returns The scores of each loss, the differences, and the recommendation: a sentence of advice, and the evidence.
 * @throws {TypeError} An unknown option or one of the wrong type, a score that does not exist.
 * @throws {RangeError} An option out of range; a table that `readTable` refuses; a class of fewer than 10 rows; a `group`
 * of fewer than 10 values, or one that leaves a part of a split without a class; a score at which a useless model is perfect
 * (precision alone), or whose mean over several classes says little (accuracy); costs that are missing or no numbers in a row,
 * or under which a constant decision costs nothing.
 * @throws {Error} A file that cannot be read.
 * @see Nadeau, Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
 *
 * @example
 * ```ts
 * import { compareLosses } from "@roundabout/roundabout/compare";
 * import { syntheticBinary } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 * import pl from "nodejs-polars";
 *
 * const { x, y } = syntheticBinary({ rows: 200, prevalence: 0.3, separation: 2, seed: 1 });
 * const frame = pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ill: Array.from(y) });
 * const { losses, recommendation } = await compareLosses(frame, { label: "ill", repeats: 3 });
 * assert(losses.length === 32 && recommendation.includes("cross-entropy"));
 * ```
 */
export function compareLosses(source: string | TableFrame, options: CompareLossesOptions): Promise<LossComparison> {
  return compareLossesBy(trainInThisThread, source, options);
}

/** Compares losses, the trainings run by `trainSplits`. */
export async function compareLossesBy(
  trainSplits: TrainSplits,
  source: string | TableFrame,
  options: CompareLossesOptions,
): Promise<LossComparison> {
  checkComparison(options);
  const { score: wanted = "f1", costs, repeats = 10, seed = 1, heavyTails = "yeoJohnson", ...others } = options;
  const { onProgress, onSplit, signal, ...reading } = others;
  const score = costs === undefined ? toComparedScore(wanted) : savings(), beside = costs && costColumns(costs);
  const read = await readTable(source, { rows: mostRows, ...reading, beside });
  checkClasses(read);
  checkScore(score, read.classes.length);
  const ofCosts = costs === undefined ? [] : checkSavings(rowCosts(costs, read), read);
  const splits = splitsOf(read, repeats, seed, reading.group);
  const filled = withoutEmptyParts({ ...read, warnings: [...read.warnings, ...ofCosts] }, splits);
  const table = heavyTails === "keep" ? filled : withHeavyTails(filled, splits);
  const work = { table, score, costs, heavyTails }, perSplit = trainingsPerSplit(work), total = repeats * perSplit;
  const trained = splits.map((): TrainedLoss[] => []), started = performance.now();
  const isDone = (split: number) => trained[split].length === perSplit;
  const report = () => reportOf(trained.filter((_, s) => isDone(s)), splits.filter((_, s) => isDone(s)), work, seed);
  let done = 0;
  const onTraining = (split: number, training: TrainedLoss) => {
    trained[split].push(training);
    done++;
    onProgress?.({ done, total, secondsLeft: (performance.now() - started) / done * (total - done) / 1000 });
    if (onSplit === undefined || !isDone(split)) return;
    const known = splits.filter((_, s) => isDone(s)).length;
    if (known >= 3 && known < repeats) onSplit(report());
  };
  await trainSplits(work, splits, seed, { onTraining, signal });
  return report();
}

/** Returns a comparison as plain data, for files; rows are counted from 0, as in the source. */
function plainData(content: ComparisonContent): unknown {
  const { score, costs, recommendation, losses, differences, data, splits, repeats, seed, undefinedScores } = content;
  const classes = data.classes.map(({ name, rows }) => ({ label: name, rows })),
    run = { repeats, seed, undefinedScores };
  return { score, costs, advice: recommendation, ...data, classes, losses, differences, ...run, splits };
}

/** The comparison of the splits that are done. */
function reportOf(
  trained: readonly (readonly TrainedLoss[])[],
  splits: readonly Split[],
  { table, score, costs }: ComparisonWork,
  seed: number,
): LossComparison {
  const { losses, undefinedScores } = lossesOf(trained), testByTrain = testFraction / fittedFraction;
  const differences = differencesOf(losses, testByTrain), { rowNumbers } = table;
  const name = table.classes.length > 2 && costs === undefined ? `macro ${score.name}` : score.name;
  const inSource = (rows: readonly number[]) => rows.map((row) => rowNumbers[row]);
  const content = {
    score: name,
    ...(costs && { costs }),
    recommendation: recommend(losses, differences, {
      score: name,
      best: bestOf(score),
      testByTrain,
    }),
    losses,
    differences,
    data: describeData(table),
    splits: splits.map(({ train, validation, test }) => (
      { train: inSource(train), validation: inSource(validation), test: inSource(test) }
    )),
    repeats: splits.length,
    seed,
    undefinedScores,
  };
  return { ...content, toJSON: () => plainData(content), toString: () => comparisonText(content) };
}

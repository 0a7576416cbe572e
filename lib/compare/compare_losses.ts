import { checkInteger } from "../check/integer.ts";
import { describe } from "../check/describe.ts";
import { readTable, type ReadTableOptions } from "../data/read_table.ts";
import type { TableDataset } from "../data/table.ts";
import type { Frame } from "../data/types.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { candidatesFor } from "./candidates.ts";
import { checkScore } from "./check_score.ts";
import { comparisonText } from "./comparison_text.ts";
import { describeData } from "./describe_data.ts";
import { differencesOf } from "./intervals.ts";
import { recommend } from "./recommend.ts";
import { runSplit, splitTable, testFraction } from "./run_split.ts";
import type { ComparedLoss, LossComparison, ThresholdChoice } from "./types.ts";

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
export interface CompareLossesOptions extends ReadTableOptions {
  /**
   * The score that losses are made of and compared by: a name, a score, or a definition of your own.
   *
   * @default {"f1"}
   */
  score?: ScoreName | ScoreDefinition;
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
  /** Called after each training. */
  onProgress?: (progress: ComparisonProgress) => void;
  /** Stops the comparison between two trainings; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

const TASK = "compare losses", leastOfAClass = 10;

const known = ["label", "positive", "score", "repeats", "seed", "drop", "onProgress", "signal"];

function checkOptions(options: CompareLossesOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${TASK}: 'options' must be an object, it is ${describe(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot ${TASK}: there is no option '${unknown}', only ${known.join(", ")}`);
  }
  checkInteger(TASK, "repeats", options.repeats ?? 10, 3, 1000);
  checkInteger(TASK, "seed", options.seed ?? 1, 0, 2 ** 31);
}

function checkClasses({ classes, label }: TableDataset): void {
  const rarest = classes.reduce((a, b) => b.rows < a.rows ? b : a);
  if (rarest.rows >= leastOfAClass) return;
  const many = classes.length > 2 ? ` (it has ${classes.length} values; set one against the rest with 'positive')` : "";
  throw new RangeError(
    `Cannot ${TASK}: each class needs at least ${leastOfAClass} rows, '${rarest.name}' of '${label}' has ` +
      `${rarest.rows}${many}`,
  );
}

const models = ["linear", "network"] as const;

/** Collects the scores of each model, loss and threshold, in the order of their first score. */
function collector() {
  const all = new Map<string, Omit<ComparedLoss, "mean"> & { values: number[] }>();
  return {
    add(model: ComparedLoss["model"], loss: string, threshold: ThresholdChoice, value: number) {
      const key = [model, loss, threshold].join();
      if (!all.has(key)) all.set(key, { model, loss, threshold, values: [] });
      all.get(key)!.values.push(value);
    },
    losses: (): ComparedLoss[] =>
      [...all.values()].map((one) => ({ ...one, mean: one.values.reduce((sum, v) => sum + v, 0) / one.values.length })),
  };
}

/**
 * Compares losses on a table, to tell whether training on a score pays. A linear model and a small network (8 hidden units)
 * are trained with cross-entropy, with cross-entropy under balanced class weights, and with the score's loss under a softsign
 * step and under none (the identity); each is scored with a tuned threshold and at 0.5. The score's loss is that of all
 * training rows, by the running counts of `fitMetric`, not the mean of the batches' losses.
 *
 * With more than two classes the largest output decides, so there is no threshold to tune. The score is then the mean of the
 * classes' scores, each class against the rest ("macro"), and the loss is that of the same mean under a softmax instead of
 * the argmax.
 *
 * Each split is stratified and has three parts: 60 % of the rows train, 20 % choose the threshold and the stopping time, 20 %
 * test. Standardization, imputation (medians) and one-hot encoding are learnt from the training rows. The intervals are
 * corrected t-intervals of the paired differences, because splits of the same rows are not independent. The intervals of one
 * model against the same threshold hold jointly with 95 %. A difference counts as significant if its interval excludes 0. If
 * no difference is significant, there is "no difference" if all intervals lie within a margin (a tenth of cross-entropy's
 * distance from a perfect score, at most 0.02), and otherwise the comparison is "inconclusive". Among losses whose paired
 * difference from the best one is not significant, the advice is the simplest: cross-entropy, a tuned threshold, class
 * weights, then a loss of the score.
 *
 * @param source The table: the path of a CSV or Parquet file, or a polars frame.
 * @param options The label, and how to compare.
 * @returns The scores of each loss, the differences, and the recommendation: a sentence of advice, and the evidence.
 * @throws {TypeError} An unknown option, a score that does not exist.
 * @throws {RangeError} An option out of range; a table that `readTable` refuses; a class of fewer than 10 rows; a score at
 * which a useless model is perfect (precision alone), or whose mean over several classes says little (accuracy).
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
 * assert(losses.length === 16 && recommendation.includes("cross-entropy"));
 * ```
 */
export async function compareLosses(source: string | Frame, options: CompareLossesOptions): Promise<LossComparison> {
  checkOptions(options);
  const { label, positive, drop, repeats = 10, seed = 1, onProgress, signal } = options;
  const score = toScore(options.score ?? "f1"), table = await readTable(source, { label, positive, drop });
  checkClasses(table);
  const classes = table.classes.length;
  checkScore(score, classes);
  const all = collector(), candidates = candidatesFor(score, classes), started = performance.now();
  const total = repeats * models.length * candidates.length;
  let done = 0, undefinedScores = 0;
  for (let split = 0; split < repeats; split++) {
    const parts = splitTable(table, seed + split);
    for (const model of models) {
      for (const candidate of candidates) {
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
        const outcomes = runSplit(candidate, parts, { model, classes, score, seed: seed + split });
        for (const [choice, outcome] of Object.entries(outcomes)) {
          all.add(model, candidate.loss, choice as ThresholdChoice, outcome.value);
          undefinedScores += outcome.undefinedScores;
        }
        done++;
        onProgress?.({ done, total, secondsLeft: (performance.now() - started) / done * (total - done) / 1000 });
      }
    }
  }
  const losses = all.losses();
  const testByTrain = testFraction / (1 - testFraction), differences = differencesOf(losses, testByTrain);
  const name = classes > 2 ? `macro ${score.name}` : score.name;
  const report = {
    score: name,
    recommendation: recommend(losses, differences, { score: name, best: score.best, testByTrain }),
    losses,
    differences,
    data: describeData(table),
    repeats,
    seed,
    undefinedScores,
  };
  return { ...report, toJSON: () => report, toString: () => comparisonText(report) };
}

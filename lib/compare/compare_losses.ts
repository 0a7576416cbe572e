import { checkInteger } from "../check/integer.ts";
import { describe } from "../check/describe.ts";
import { inferDataset, type InferredDataset } from "./infer_dataset.ts";
import type { Frame } from "../data/types.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { comparisonText } from "./comparison_text.ts";
import { contest, contestants, partsOf, testFraction } from "./contest.ts";
import { checkScore } from "./check_score.ts";
import { dataOf } from "./data_of.ts";
import { differencesOf } from "./intervals.ts";
import { recommend } from "./recommend.ts";
import type { ComparedLoss, LossComparison, ThresholdChoice } from "./types.ts";

/** How far a comparison is. */
export interface ComparisonProgress {
  /** How many trainings are done. */
  readonly done: number;
  /** How many there are. */
  readonly total: number;
  /** An estimate of the time left, in seconds. */
  readonly secondsLeft: number;
}

/** Options of {@linkcode compareLosses}. */
export interface CompareLossesOptions {
  /** The column with the label. */
  label: string;
  /**
   * The label's positive value; of more than two values, this one stands against the rest. Without it, each of more than
   * two values is a class.
   *
   * @default {of two: 1 beside 0 or -1, true beside false, else the rarer one}
   */
  positive?: string;
  /**
   * What is compared by, and trained on: a name, a score, or a definition of one's own.
   *
   * @default {"f1"}
   */
  score?: ScoreName | ScoreDefinition;
  /**
   * How many splits, at least 3.
   *
   * @default {10}
   */
  repeats?: number;
  /**
   * The same seed gives the same numbers.
   *
   * @default {1}
   */
  seed?: number;
  /** Columns to leave out: names, dates, what is known only afterwards. */
  drop?: readonly string[];
  /** Called after each training. */
  onProgress?: (progress: ComparisonProgress) => void;
  /** Stops it between two trainings: the promise is rejected with the signal's reason. */
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
  if (typeof options.label !== "string" || options.label === "") {
    throw new TypeError(`Cannot ${TASK}: 'label' must be the name of a column, it is ${describe(options.label)}`);
  }
  checkInteger(TASK, "repeats", options.repeats ?? 10, 3, 1000);
  checkInteger(TASK, "seed", options.seed ?? 1, 0, 2 ** 31);
}

function checkClasses({ names, classes, label }: InferredDataset): void {
  const fewest = classes.indexOf(classes.reduce((a, b) => Math.min(a, b)));
  if (classes[fewest] >= leastOfAClass) return;
  const many = classes.length > 2
    ? ` (it has ${classes.length} values; name one with 'positive' to set it against the rest)`
    : "";
  throw new RangeError(
    `Cannot ${TASK}: each class needs ${leastOfAClass} rows at least, '${names[fewest]}' of '${label}' has ` +
      `${classes[fewest]}${many}`,
  );
}

const models = ["linear", "network"] as const;

/** Collects the scores of each model, loss and choice of a threshold, in the order of their first. */
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
 * Finds out on a table whether a loss made of a score pays: a linear model and a small network (8 hidden units) are trained
 * under cross-entropy, under cross-entropy with balanced class weights, and under the score's loss with a softsign step and
 * with none (the identity), each with an equally tuned threshold and at 0.5. The score's losses are those of all training
 * rows, by the running counts of `fitMetric`, not the mean of the batches' scores.
 *
 * Of more than two classes the largest output decides, so there is no threshold to tune. The score is the mean of those of
 * the classes, each against the rest ("macro"), and so is the loss, under a softmax in the place of the argmax.
 *
 * Each split has three parts, stratified: 60 % to train on, 20 % to choose the threshold and the time to stop with, 20 % to
 * judge by. Numbers are standardised and categories one-hot by the training rows, which also fill what is missing (medians).
 * Intervals are corrected t-intervals of the paired differences: splits of the same rows are no independent witnesses. Those
 * of a model against the same threshold hold together, with 95 %. A difference is called sure where its interval excludes 0.
 * Where all include 0 there is no difference if they lie within a margin, a tenth of what cross-entropy's score lacks to a
 * perfect one and at most 0.02, and none can be told if they reach further. Of losses that tie with the best one, because
 * the paired difference is not sure, the advice is the simplest: cross-entropy, a tuned threshold, class weights, then a
 * loss of the score.
 *
 * @param frame The rows: a polars frame, of `readFrame` say.
 * @param options What the label is, and how to compare.
 * @returns What each loss reached, the differences, and which to use: a sentence of advice, and the evidence.
 * @throws {TypeError} A misspelt option, a score that is none.
 * @throws {RangeError} An option out of range; a column that is not there, has missing labels, infinite numbers, dates,
 * numbers and dates that are spelt as text, or more than 100 different texts; a class of fewer than 10 rows; a score at which a useless model is perfect (precision alone), or of
 * which a mean over several classes says little (accuracy).
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
export async function compareLosses(frame: Frame, options: CompareLossesOptions): Promise<LossComparison> {
  checkOptions(options);
  const { repeats = 10, seed = 1, onProgress, signal } = options, score = toScore(options.score ?? "f1");
  const dataset = inferDataset(frame, options);
  checkClasses(dataset);
  const classes = dataset.classes.length, several = classes > 2;
  checkScore(score, classes);
  const all = collector(), entered = contestants(score, classes), started = performance.now();
  const total = repeats * models.length * entered.length;
  let done = 0, undefinedScores = 0;
  for (let split = 0; split < repeats; split++) {
    const parts = partsOf(dataset, seed + split);
    for (const model of models) {
      for (const contestant of entered) {
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
        const outcome = contest(contestant, parts, { model, classes, score, seed: seed + split });
        for (const [choice, judged] of Object.entries(outcome)) {
          all.add(model, contestant.loss, choice as ThresholdChoice, judged.value);
          undefinedScores += judged.undefinedScores;
        }
        done++;
        onProgress?.({ done, total, secondsLeft: (performance.now() - started) / done * (total - done) / 1000 });
      }
    }
  }
  const losses = all.losses();
  const testByTrain = testFraction / (1 - testFraction), differences = differencesOf(losses, testByTrain);
  const name = several ? `macro ${score.name}` : score.name;
  const report = {
    score: name,
    recommendation: recommend(losses, differences, { score: name, best: score.best, testByTrain }),
    losses,
    differences,
    data: dataOf(dataset),
    repeats,
    seed,
    undefinedScores,
  };
  return { ...report, toJSON: () => report, toString: () => comparisonText(report) };
}

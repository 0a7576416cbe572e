import { checkInteger } from "../check/integer.ts";
import { describe } from "../check/describe.ts";
import { inferDataset, type InferredDataset } from "../data/infer_dataset.ts";
import type { Frame } from "../data/types.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Score } from "../scores/score.ts";
import { comparisonText } from "./comparison_text.ts";
import { contest, contestants, partsOf, testFraction } from "./contest.ts";
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
   * The label's positive value; of more than two values, this one stands against the rest.
   *
   * @default {1 beside 0 or -1, true beside false, else the rarer one}
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

/** Scores that a useless model is best at: what a comparison of them says is of no use. */
const alone: Record<string, string> = {
  precision: "one sure positive is perfect; take precisionAtRecall or fBeta",
  recall: "calling everything positive is perfect; take recallAtPrecision or fBeta",
  specificity: "calling everything negative is perfect; take balancedAccuracy",
  npv: "one sure negative is perfect; take balancedAccuracy",
};

const known = ["label", "positive", "score", "repeats", "seed", "drop", "onProgress", "signal"];

/** A score that can be compared by. */
function scoreOf(definition: ScoreName | ScoreDefinition): Score {
  const score = toScore(definition);
  if (Object.hasOwn(alone, score.name)) {
    throw new RangeError(`Cannot ${TASK}: 'score' is '${score.name}' alone, at which ${alone[score.name]}`);
  }
  return score;
}

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

function checkClasses({ yTrue, positive, label }: InferredDataset): void {
  const positives = yTrue.reduce((sum, y) => sum + y, 0), fewer = Math.min(positives, yTrue.length - positives);
  if (fewer >= leastOfAClass) return;
  throw new RangeError(
    `Cannot ${TASK}: each class needs ${leastOfAClass} rows at least, of '${label}' ${positives} are '${positive}' and ` +
      `${yTrue.length - positives} are not`,
  );
}

const models = ["linear", "network"] as const, choices = ["tuned", "0.5"] as const;

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
 * with none (the identity), each with an equally tuned threshold and at 0.5.
 *
 * Each split has three parts, stratified: 60 % to train on, 20 % to choose the threshold and the time to stop with, 20 % to
 * judge by. Numbers are standardised and categories one-hot by the training rows, which also fill what is missing (medians).
 * Intervals are corrected t-intervals of the paired differences: splits of the same rows are no independent witnesses. Those
 * of a model against the same threshold hold together, with 95 %.
 *
 * @param frame The rows: a polars frame, of `readFrame` say.
 * @param options What the label is, and how to compare.
 * @returns What each loss reached, the differences, and which to use in one sentence.
 * @throws {TypeError} A misspelt option, a score that is none.
 * @throws {RangeError} An option out of range; a column that is not there, has missing labels, infinite numbers or more than
 * 100 different texts; a label of other than two values without `positive`; a class of fewer than 10 rows; a score at which
 * a useless model is perfect (precision alone).
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
 * assert(losses.length === 16 && recommendation.startsWith("Use "));
 * ```
 */
export async function compareLosses(frame: Frame, options: CompareLossesOptions): Promise<LossComparison> {
  checkOptions(options);
  const { repeats = 10, seed = 1, onProgress, signal } = options, score = scoreOf(options.score ?? "f1");
  const dataset = inferDataset(frame, options);
  checkClasses(dataset);
  const all = collector(), total = repeats * models.length * contestants(score).length, started = performance.now();
  let done = 0, undefinedScores = 0;
  for (let split = 0; split < repeats; split++) {
    const parts = partsOf(dataset, seed + split);
    for (const model of models) {
      for (const contestant of contestants(score)) {
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
        const outcome = contest(contestant, model, parts, score, seed + split);
        for (const choice of choices) {
          all.add(model, contestant.loss, choice, outcome[choice].value);
          undefinedScores += Number(outcome[choice].isUndefined);
        }
        done++;
        onProgress?.({ done, total, secondsLeft: (performance.now() - started) / done * (total - done) / 1000 });
      }
    }
  }
  const losses = all.losses();
  const differences = differencesOf(losses, testFraction / (1 - testFraction));
  const report = {
    score: score.name,
    recommendation: recommend(losses, differences, score.name),
    losses,
    differences,
    data: dataOf(dataset),
    repeats,
    seed,
    undefinedScores,
  };
  return { ...report, toJSON: () => report, toString: () => comparisonText(report) };
}

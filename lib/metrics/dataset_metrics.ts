import * as tf from "@tensorflow/tfjs-core";
import { Callback } from "@tensorflow/tfjs-layers";
import { type Batch, readBatch, refuse } from "../batch/read_batch.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import type { QueryScore } from "../curves/ndcg.ts";
import { readingOfQueries } from "../curves/queries.ts";
import { againstRest, meanOfQueries, scoreColumns } from "../curves/ranking_metric.ts";
import { isRankingScore, type RankingScore, toRankingScore } from "../curves/to_curve_score.ts";
import type { Average } from "../scoring/score_batch.ts";
import { resolveOptions } from "../scoring/options.ts";
import { aWord, check, checkOptions, describe, integerFrom, optional } from "../check/check.ts";
import type { Score } from "../scores/score.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { checkReads } from "../tfjs/engine.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { type BatchParts, inputOf, readTrainingBatch, type TrainingBatch } from "../tfjs/training_batch.ts";
import { ConfusionMeter, type ConfusionMeterOptions, type MeterScoringOptions } from "./confusion_meter.ts";
import { metricName } from "./hard_metric.ts";

/** `tf.Callback`, the base class of {@linkcode DatasetMetrics}. */
export const LayersCallback: (typeof import("@tensorflow/tfjs-layers"))["Callback"] = Callback;

/** Options of {@linkcode DatasetMetrics}. */
export interface DatasetMetricsOptions
  extends Omit<ConfusionMeterOptions, "classes">, Omit<MeterScoringOptions, "average"> {
  /**
   * The scores: names, scores, or your own definitions; also exact scores of the order of the outputs: "rocAuc",
   * `recallAtFpr({ fpr: 0.01 })`, and of queries, `ndcg({ k: 10 })`.
   */
  scores: readonly (ScoreName | ScoreDefinition | RankingScore)[];
  /** The training data, reported as "dataset_…". */
  train?: TrainingBatch;
  /** The validation data, reported as "val_dataset_…". */
  validation?: TrainingBatch;
  /**
   * The way to combine the classes' scores; "none" reports each class. "samples" is not possible: it needs all rows at
   * once.
   *
   * @default {"binary"}
   */
  average?: MeterScoringOptions["average"] | "none";
  /**
   * The number of rows that are predicted at once.
   *
   * @default {1024}
   */
  batchSize?: number;
  /**
   * The name of the model's output that the labels belong to.
   *
   * @default {the only output}
   */
  output?: string;
}

const what = "the data set's metrics";

const optionNames: readonly (keyof DatasetMetricsOptions)[] = [
  "scores",
  "train",
  "validation",
  "average",
  "batchSize",
  "output",
  "threshold",
  "decision",
  "fromLogits",
  "ignoreLabel",
  "classWeights",
  "zeroDivision",
];

/** Reads a data set; throws unless it is tensors of the same number of rows. */
function readData(option: string, data: unknown): BatchParts {
  const parts = readTrainingBatch(what, `'${option}'`, data);
  if (parts.yTrue.shape[0]! > 0) return parts;
  throw refuse(what, option, "has no rows");
}

/**
 * A callback of `model.fit` that reports the scores on the whole data set after each epoch.
 *
 *     dataset_f1 = f1(Σ of the counts of all batches),   beside TensorFlow.js's f1 = mean of the batches' f1
 *
 * The two differ: a ratio of sums is not the mean of the ratios, and the mean of the batches is taken while the weights
 * still change. The history gets "dataset_precision" for the training data and "val_dataset_precision" for the validation
 * data. A given `output` follows the prefix ("dataset_mask_precision"); options that are not the default follow the score
 * ("dataset_precision_macro_0.3"; "dataset_recall_class2" with average "none"). Later callbacks in the list can use the
 * values: `tf.callbacks.earlyStopping({ monitor: "val_dataset_f1", mode: "max" })`.
 *
 * The model at the end of the epoch predicts the data in batches; a {@linkcode ConfusionMeter} counts them. A score of the curve is
 * exact: the outputs of all rows are kept for it. A class without a positive, or without a negative, is left out of its mean,
 * and the score is NaN where no class is left. In a list of
 * callbacks, an instance of `tf.Callback`, like this one, must be the first: TensorFlow.js decides by the first entry
 * whether a list holds instances or objects of functions.
 *
 * @see tfjs-layers, `History`, which stores the logs of an epoch after all other callbacks have run.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { DatasetMetrics } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tf.tensor2d([[0], [1], [2], [3]]), y = tf.tensor2d([[0], [0], [1], [1]]);
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })] });
 * model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
 * const { history } = await model.fit(x, y, {
 *   epochs: 3,
 *   verbose: 0,
 *   validationData: [x, y],
 *   callbacks: new DatasetMetrics({ scores: ["f1", "mcc"], train: [x, y], validation: [x, y] }),
 * });
 * assertEquals(Object.keys(history), [
 *   "val_loss", "loss", "dataset_f1", "dataset_mcc", "val_dataset_f1", "val_dataset_mcc",
 * ]);
 * assertEquals(history.dataset_f1.length, 3);
 * ```
 */
export class DatasetMetrics extends LayersCallback {
  readonly #scores: readonly Reported[];
  readonly #options: DatasetMetricsOptions;
  readonly #data: Readonly<Partial<Record<"train" | "validation", BatchParts>>> = {};

  /**
   * Makes a callback for one training.
   *
   * @param options `scores`; `train`, `validation` or both; the options of the decisions and of the average.
   * @throws {TypeError} An unknown score or option; no score; no data; data that are not tensors.
   * @throws {RangeError} A repeated score; numbers of rows that differ; an option out of range.
   */
  constructor(options: DatasetMetricsOptions) {
    super();
    checkOptions(what, options, optionNames);
    const { scores, train, validation, average = "binary", batchSize = 1024, output } = options;
    if (!Array.isArray(scores) || scores.length === 0) {
      throw new TypeError(`Cannot make ${what}: 'scores' must be an array of scores, it is ${describe(scores)}`);
    }
    if (train === undefined && validation === undefined) {
      throw new TypeError(`Cannot make ${what}: neither 'train' nor 'validation' is given`);
    }
    this.#data = {
      train: train === undefined ? train : readData("train", train),
      validation: validation === undefined ? validation : readData("validation", validation),
    };
    check(`make ${what}`, { batchSize }, integerFrom(1));
    check(`make ${what}`, { output }, optional(aWord));
    if ((average as Average) === "samples") {
      throw new RangeError(
        `Cannot make ${what}: 'average' must not be 'samples', which needs all rows at once; use a metric on the whole`,
      );
    }
    new ConfusionMeter(meterOptions(options)); // checks the options
    this.#options = options;
    this.#scores = scores.map((one) => toReported(one, options));
    const grouped = Object.entries(this.#data).find(([, data]) => data?.groups !== undefined);
    if (grouped !== undefined && !this.#scores.some(({ score }) => "queries" in score)) {
      throw new TypeError(`Cannot make ${what}: 'groups' is given in '${grouped[0]}', but no score has queries`);
    }
    const keys = this.#scores.map(({ key }) => key), twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice !== undefined) {
      throw new RangeError(`Cannot make ${what}: 'scores' has two that are called ${describe(twice)} in the history`);
    }
  }

  /**
   * Adds the scores to the logs of the epoch, for the history and for later callbacks.
   *
   * @param _epoch The epoch that has ended.
   * @param logs The logs of the epoch.
   * @throws {RangeError} Data that {@linkcode ConfusionMeter} refuses; an `output` that the model does not have.
   */
  override onEpochEnd(_epoch: number, logs: Record<string, number | Tensor> = {}): Promise<void> {
    // TensorFlow.js makes objects without the model of callbacks that follow one of another kind.
    if (!(#data in this)) throw refuse(what, "callbacks", "must begin with DatasetMetrics");
    const { train, validation } = this.#data;
    if (train !== undefined) Object.assign(logs, this.#report("", train));
    if (validation !== undefined) Object.assign(logs, this.#report("val_", validation));
    return Promise.resolve();
  }

  #report(prefix: string, data: BatchParts): Record<string, number> {
    const { average = "binary" } = this.#options, scoring = scoringOptions(this.#options);
    const { meter, rows, queries } = this.#read(data);
    const scored = (score: Reported["score"]): number | number[] => {
      if ("queries" in score) return meanOfQueries(score, queries!);
      if (average === "none") return "curve" in score ? scoreColumns(score, rows!) : meter.values(score, scoring);
      return "curve" in score ? againstRest(score, rows!, average) : meter.value(score, { ...scoring, average });
    };
    return Object.fromEntries(
      this.#scores.flatMap(({ score, key }) => {
        const values = scored(score);
        return typeof values === "number"
          ? [[prefix + key, values]]
          : values.map((value, k) => [`${prefix}${key}_class${k}`, value]);
      }),
    );
  }

  /** Counts the data batch by batch; for scores of the order also reads all rows as one batch. */
  #read({ inputs, yTrue, sampleWeight, groups }: BatchParts): {
    meter: ConfusionMeter;
    rows?: Batch;
    queries?: Batch;
  } {
    checkReads();
    const { batchSize = 1024, average, ignoreLabel } = this.#options,
      meter = new ConfusionMeter(meterOptions(this.#options));
    const scores = this.#scores.map(({ score }) => score), counted = scores.some((score) => !isRankingScore(score));
    const curves = scores.some((score) => "curve" in score), queries = scores.some((score) => "queries" in score);
    const rows = yTrue.shape[0]!, output = this.#outputIndex();
    let shape: number[] = [], outputs = new Float32Array();
    for (let from = 0; from < rows; from += batchSize) {
      const size = Math.min(batchSize, rows - from), part = (tensor: Tensor): Tensor => tf.slice(tensor, from, size);
      tf.tidy(() => {
        const made = this.model.predictOnBatch(inputOf({ inputs: inputs.map(part) }));
        const yPred = Array.isArray(made) ? made[output] : made;
        if (counted) meter.update(part(yTrue), yPred, sampleWeight && part(sampleWeight));
        if (!curves && !queries) return;
        const width = yPred.size / size;
        if (from === 0) [shape, outputs] = [[rows, ...yPred.shape.slice(1)], new Float32Array(rows * width)];
        outputs.set(yPred.dataSync(), from * width);
      });
    }
    const tensors = {
      yTrue,
      yPred: { shape, size: outputs.length, dtype: "float32", dataSync: () => outputs },
      sampleWeight,
    };
    const columns = (average ?? "binary") !== "binary";
    return {
      meter,
      rows: curves ? readBatch(what, tensors, { fromLogits: true, columns, ignoreLabel }) : undefined,
      queries: queries ? { ...readBatch(what, tensors, readingOfQueries(ignoreLabel)), groups } : undefined,
    };
  }

  #outputIndex(): number {
    const { output } = this.#options, { outputNames } = this.model;
    const index = output === undefined && outputNames.length === 1 ? 0 : outputNames.indexOf(output ?? "");
    if (index >= 0) return index;
    throw refuse(what, "output", `must be one of ${outputNames.join(", ")}, it is ${describe(output)}`);
  }
}

/** A score and its key in the history, without the prefix of the data set. */
interface Reported {
  readonly score: Score | CurveScore | QueryScore;
  readonly key: string;
}

/** Reads a score; throws if the options do not go with it. */
function toReported(given: DatasetMetricsOptions["scores"][number], options: DatasetMetricsOptions): Reported {
  const { average = "binary", output, classWeights } = options, ofClasses = average === "none";
  const keyOf = (name: string) => ["dataset", ...(output === undefined ? [] : [output]), name].join("_");
  if (!isRankingScore(given)) {
    const score = toScore(given), own = { ...meterOptions(options), ...scoringOptions(options) };
    resolveOptions(what, score, { ...own, average: ofClasses ? "macro" : average, step: "round" });
    return { score, key: keyOf(metricName(score.name, { ...options, average: ofClasses ? "binary" : average })) };
  }
  const score = toRankingScore(given);
  if (classWeights !== undefined) {
    throw new TypeError(
      `Cannot make ${what}: 'classWeights' cannot be used with ${
        describe(score.name)
      }, a score of the order of the outputs`,
    );
  }
  return {
    score,
    key: keyOf(metricName(score.name, { average: ofClasses || "queries" in score ? "binary" : average })),
  };
}

const meterOptions = (
  { threshold, decision, fromLogits, ignoreLabel }: DatasetMetricsOptions,
): ConfusionMeterOptions => ({ threshold, decision, fromLogits, ignoreLabel });

const scoringOptions = (
  { classWeights, zeroDivision }: DatasetMetricsOptions,
): Pick<MeterScoringOptions, "classWeights" | "zeroDivision"> => ({ classWeights, zeroDivision });

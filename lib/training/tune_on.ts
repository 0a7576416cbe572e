import * as tf from "@tensorflow/tfjs-core";
import { addsCounts, scoreBatch, weighByClass } from "../scoring/score_batch.ts";
import { type Batch, readBatch } from "../batch/read_batch.ts";
import { ofDecisions } from "../scores/learnt.ts";
import { hardOptions, type LossParts } from "../scoring/options.ts";
import type { LayersModel } from "../tfjs/model.ts";
import type { BatchReader } from "./batches.ts";
import { type OutputBatch, takeOutputs } from "./outputs.ts";
import { tuneThreshold } from "./tune_threshold.ts";

/** Tells whether a loss decides by thresholds that can be tuned one by one. */
const canTune = ({ options: { decision = "threshold" }, scoring: { average, rule } }: LossParts): boolean =>
  decision === "threshold" && average !== "samples" && rule === undefined;

/** Collects the outputs, labels and weights of a data set in one batch. */
async function wholeBatch(name: string, model: LayersModel, parts: LossParts, reader: BatchReader): Promise<Batch> {
  const batches: Batch[] = [];
  const take = ({ yTrue, yPred, sampleWeight }: OutputBatch) => {
    const { rows, classes, ...lists } = readBatch(name, { yTrue, yPred, sampleWeight }, parts.reading);
    const copy = (values: ArrayLike<number>) => new Float32Array(values);
    batches.push({
      rows,
      classes,
      yTrue: copy(lists.yTrue),
      yPred: copy(lists.yPred),
      sampleWeight: lists.sampleWeight && copy(lists.sampleWeight),
    });
  };
  await takeOutputs([{ name, reader, take }], model, () => {});
  const join = (of: (batch: Batch) => ArrayLike<number>) => {
    const joined = new Float32Array(batches.reduce((size, batch) => size + of(batch).length, 0));
    batches.reduce((at, batch) => (joined.set(of(batch), at), at + of(batch).length), 0);
    return joined;
  };
  const weighted = batches.some(({ sampleWeight }) => sampleWeight !== undefined);
  return {
    rows: batches.reduce((rows, batch) => rows + batch.rows, 0),
    classes: batches[0].classes,
    yTrue: join(({ yTrue }) => yTrue),
    yPred: join(({ yPred }) => yPred),
    sampleWeight: weighted
      ? join((batch) => batch.sampleWeight ?? new Float32Array(batch.yTrue.length).fill(1))
      : undefined,
  };
}

/** Finds the threshold with the best score on a data set, and that score; undefined if the loss has no threshold to tune. */
export async function tuneOn(
  name: string,
  model: LayersModel,
  parts: LossParts,
  reader: BatchReader,
): Promise<{ threshold: number | number[]; value: number } | undefined> {
  if (!canTune(parts)) return undefined;
  const batch = await wholeBatch(name, model, parts, reader), { rows, classes } = batch;
  const { average, classWeights } = parts.scoring, score = ofDecisions(parts.scoring.score);
  const { fromLogits } = parts.reading;
  const weights = classWeights !== undefined && addsCounts(average)
    ? new Float32Array(weighByClass(batch, classWeights))
    : batch.sampleWeight as Float32Array | undefined;
  const threshold = tf.tidy(() => {
    const table = (values: Float32Array) => tf.tensor2d(values, [rows, classes]),
      sampleWeight = weights && table(weights);
    const options = { score, average: average as "binary", sampleWeight, fromLogits };
    return tuneThreshold(table(batch.yTrue as Float32Array), table(batch.yPred as Float32Array), options).threshold;
  }) as number | number[];
  const { decide, scoring } = hardOptions(name, parts, threshold);
  return { threshold, value: scoreBatch(batch, decide(batch), scoring).value };
}

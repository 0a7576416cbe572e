import * as tf from "@tensorflow/tfjs-core";
import { describe } from "../check/check.ts";
import { softCounts } from "../steps/soft_counts.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { labelKindOf } from "./batches.ts";
import { messageOf, withTensors } from "./engines/tfjs.ts";
import type { TargetMetric } from "./rules/metric.ts";
import type { AuditOptions, PredictionKind } from "./types.ts";

/** A metric of the caller: a number, or a tensor whose mean is taken. */
const ownMetric = (metric: (yTrue: Tensor, yPred: Tensor) => number | Tensor): TargetMetric => ({
  name: metric.name || "metric",
  of: (batch) =>
    withTensors(batch, (yTrue, yPred) => {
      let value: unknown;
      try {
        value = metric(yTrue, yPred);
      } catch (error) {
        throw new TypeError(`Cannot audit the loss: 'metric' throws: ${messageOf(error)}`);
      }
      if (value instanceof tf.Tensor) return tf.mean(value).dataSync()[0];
      if (typeof value === "number") return value;
      const what = value instanceof Promise ? "a promise" : describe(value);
      throw new TypeError(`Cannot audit the loss: 'metric' must return a number or a tensor, it returns ${what}`);
    }),
});

/** The threshold of a decision: the middle of the range of the outputs. */
function thresholdOf(kind: PredictionKind = "probability"): number {
  if (typeof kind === "object") return (kind[0] + kind[1]) / 2;
  return kind === "logits" || kind === "real" || kind === "tanh" ? 0 : 0.5;
}

const refuseLabels = (has: string): never => {
  throw new RangeError(
    `Cannot audit the loss: 'metric' is a score, which needs labels of 0 and 1, but ${has}: give a function`,
  );
};

/** A score of the decisions at a threshold, with the counts of all columns added up. */
function scoreMetric(metric: ScoreName | ScoreDefinition, options: AuditOptions): TargetMetric {
  const { yPred: kind, sample } = options, labels = labelKindOf(options);
  let score: ReturnType<typeof toScore>;
  try {
    score = toScore(metric);
  } catch (error) {
    throw new TypeError(messageOf(error).replace("Cannot use the score: 'score'", "Cannot audit the loss: 'metric'"));
  }
  if (sample === undefined && labels !== "binary") refuseLabels(`'yTrue' is '${labels}'`);
  const threshold = thresholdOf(kind), step = { value: (p: number) => p > threshold ? 1 : 0 };
  return {
    name: score.name,
    of({ yTrue, yPred }) {
      const other = yTrue.find((y) => y !== 0 && y !== 1);
      if (other !== undefined) refuseLabels(`a label is ${other}`);
      if (yTrue.length !== yPred.length) refuseLabels(`there are ${yTrue.length} labels for ${yPred.length} outputs`);
      return score.value(softCounts({ yTrue, yPred }, step));
    },
  };
}

/** The metric that the options name. */
export function targetMetric(options: AuditOptions): TargetMetric | undefined {
  const { metric } = options;
  if (metric === undefined) return undefined;
  return typeof metric === "function" ? ownMetric(metric) : scoreMetric(metric, options);
}

import * as tf from "@tensorflow/tfjs";
import { describe } from "../check/describe.ts";
import { softCounts } from "../counts/soft_counts.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { type Numbers, tensorOf, tidied } from "./measure.ts";
import { labelsOf } from "./sample.ts";
import type { AuditOptions, PredictionKind } from "./types.ts";

/** What a loss is meant to improve, of a batch; more is better. */
export interface WatchedMetric {
  readonly name: string;
  /** Its value; an error where it cannot be had. */
  of(batch: Numbers): number;
}

/** A function of one's own: a number, or a tensor of which the mean is taken. */
function ownMetric(metric: (yTrue: Tensor, yPred: Tensor) => number | Tensor): WatchedMetric {
  return {
    name: metric.name || "metric",
    of: ({ yTrue, yPred, trueShape, predShape }) =>
      tidied(() => {
        let value: unknown;
        try {
          value = metric(tensorOf(yTrue, trueShape), tensorOf(yPred, predShape));
        } catch (error) {
          throw new TypeError(
            `Cannot audit the loss: 'metric' throws: ${error instanceof Error ? error.message : error}`,
          );
        }
        if (value instanceof tf.Tensor) return tf.mean(value).dataSync()[0];
        if (typeof value === "number") return value;
        const what = value instanceof Promise ? "a promise" : describe(value);
        throw new TypeError(`Cannot audit the loss: 'metric' must return a number or a tensor, it returns ${what}`);
      }),
  };
}

/** Where an output becomes a yes: the middle of its range. */
function thresholdOf(kind: PredictionKind = "probability"): number {
  if (typeof kind === "object") return (kind[0] + kind[1]) / 2;
  return kind === "logits" || kind === "real" || kind === "tanh" ? 0 : 0.5;
}

const refuseLabels = (has: string): never => {
  throw new RangeError(
    `Cannot audit the loss: 'metric' is a score, which needs labels of 0 and 1, and ${has}: give a function`,
  );
};

/** A score of the decisions at a threshold, all columns counted together. */
function scoreMetric(metric: ScoreName | ScoreDefinition, options: AuditOptions) {
  const { yPred: kind, sample } = options, yTrue = labelsOf(options);
  let score: ReturnType<typeof toScore>;
  try {
    score = toScore(metric);
  } catch (error) {
    throw new TypeError(
      (error as Error).message.replace("Cannot use 'score'", "Cannot audit the loss with this 'metric'"),
    );
  }
  if (sample === undefined && yTrue !== "binary") refuseLabels(`'yTrue' is '${yTrue}'`);
  const threshold = thresholdOf(kind), step = { value: (p: number) => p > threshold ? 1 : 0 };
  return {
    name: score.name,
    of({ yTrue, yPred }: Numbers) {
      const other = yTrue.find((y) => y !== 0 && y !== 1);
      if (other !== undefined) refuseLabels(`one of them is ${other}`);
      if (yTrue.length !== yPred.length) refuseLabels(`there are ${yTrue.length} for ${yPred.length} outputs`);
      return score.value(softCounts({ yTrue, yPred }, step));
    },
  };
}

/** The metric that the options name. */
export function watchedMetric(options: AuditOptions): WatchedMetric | undefined {
  const { metric } = options;
  if (metric === undefined) return undefined;
  return typeof metric === "function" ? ownMetric(metric) : scoreMetric(metric, options);
}

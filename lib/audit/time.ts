import * as tf from "@tensorflow/tfjs";
import { measure, type Numbers } from "./measure.ts";
import type { AuditedLoss, AuditTime } from "./types.ts";

/** Turns that are counted; as many again are taken first, to warm up. */
const turns = 7;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

/** The time of a value and a gradient of a loss on a batch, and of the mean squared error of as many outputs. */
export function timed(loss: AuditedLoss, batch: Numbers): AuditTime {
  const labels = { ...batch, yTrue: batch.yPred, trueShape: batch.predShape };
  const contenders = [
    () => measure(loss, batch),
    () => measure((yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred)), labels),
  ];
  const times: number[][] = [[], []];
  for (let turn = 0; turn < 2 * turns; turn++) {
    contenders.forEach((run, i) => {
      const start = performance.now();
      run();
      if (turn >= turns) times[i].push(performance.now() - start);
    });
  }
  return { loss: median(times[0]), reference: median(times[1]) };
}

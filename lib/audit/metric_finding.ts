import type { FreeDescent } from "./descents.ts";
import type { Numbers } from "./measure.ts";
import type { Finding } from "./types.ts";
import type { WatchedMetric } from "./watched_metric.ts";

/** A value of the metric; NaN where it cannot be had, which is worse than nothing. */
export function metricOf(metric: WatchedMetric, batch: Numbers): number {
  try {
    return metric.of(batch);
  } catch {
    return NaN;
  }
}

/** The loss gets clearly lower, by more than rounding and the noise of a loss that is random. */
const isLower = ({ from, to }: FreeDescent): boolean => from - to > 0.01 * Math.abs(from);

const falls = (descents: readonly FreeDescent[], metric: WatchedMetric): number[] =>
  descents.map(({ start, end }) => metricOf(metric, start) - metricOf(metric, end));

/**
 * Both optimizers lower the loss, and what it is meant to improve gets worse: by more than 0.05, and by more than two
 * random batches differ; on a second batch too, which is only tried where the first says so.
 */
export function metricFinding(
  descents: readonly FreeDescent[],
  elsewhere: (batch: Numbers) => readonly FreeDescent[],
  other: Numbers,
  metric: WatchedMetric,
): Finding | undefined {
  const before = metricOf(metric, descents[0].start), noise = Math.abs(before - metricOf(metric, other));
  const worse = (own: readonly FreeDescent[]) =>
    own.every(isLower) && falls(own, metric).every((fall) => fall > Math.max(0.05, noise));
  if (!worse(descents) || !worse(elsewhere(other))) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message: `Going down the loss makes ${metric.name} worse, with SGD and with Adam`,
    evidence: Object.fromEntries([
      ["metric", before],
      ["betweenBatches", noise],
      ...descents.flatMap(({ name, from, to, end }) => [
        [`loss${name}From`, from],
        [`loss${name}To`, to],
        [`metric${name}`, metricOf(metric, end)],
      ]),
    ]),
    remedy: `Train on what is measured: metricLoss with a score, or cross-entropy; if less ${metric.name} is better, ` +
      "give its negative",
  };
}

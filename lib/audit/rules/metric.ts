import type { Descent } from "../descents.ts";
import type { AuditBatch } from "../batches.ts";
import type { Finding } from "../types.ts";

/** The metric that a loss is meant to improve; larger is better. */
export interface TargetMetric {
  readonly name: string;
  /** The value on a batch. It throws if there is none. */
  of(batch: AuditBatch): number;
}

/** The metric on a batch; NaN if there is no value. */
export function metricOn(metric: TargetMetric, batch: AuditBatch): number {
  try {
    return metric.of(batch);
  } catch {
    return NaN;
  }
}

/** Tells whether a descent lowers the loss by more than rounding and the noise of a random loss. */
const isLower = ({ from, to }: Descent): boolean => from - to > 0.01 * Math.abs(from);

/**
 * A metric that gets worse while both optimizers lower the loss: by more than 0.05, and by more than two random batches
 * differ. A second batch must confirm it; it is tried only if the first shows it.
 */
export function worseMetric(
  metric: TargetMetric,
  descents: readonly Descent[],
  other: AuditBatch,
  descendFrom: (batch: AuditBatch) => readonly Descent[],
): Finding | undefined {
  const before = metricOn(metric, descents[0].start), noise = Math.abs(before - metricOn(metric, other));
  const worsens = (descent: Descent) =>
    isLower(descent) && metricOn(metric, descent.start) - metricOn(metric, descent.end) > Math.max(0.05, noise);
  if (!descents.every(worsens) || !descendFrom(other).every(worsens)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "warning",
    message: `Minimising the loss makes ${metric.name} worse, with SGD and with Adam`,
    evidence: Object.fromEntries([
      ["metric", before],
      ["betweenBatches", noise],
      ...descents.flatMap(({ name, from, to, end }) => [
        [`loss${name}From`, from],
        [`loss${name}To`, to],
        [`metric${name}`, metricOn(metric, end)],
      ]),
    ]),
    remedy:
      `Train on the target itself, metricLoss with a score, or on cross-entropy; if a smaller ${metric.name} is ` +
      "better, give its negative",
  };
}

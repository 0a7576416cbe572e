// What rules are told in tests: recorded operations, batches, and losses that are functions of arrays.
import type { AuditBatch, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { BatchResult } from "../../lib/audit/observations.ts";

const shape = [4, 1];

/** An input of a recorded operation: made of constants, unless told otherwise. */
export const input = (more: Partial<RecordedInput> = {}): RecordedInput => ({
  ...{ fromPred: false, fromTrue: false, isPred: false, isShare: false, live: false, reduced: {} },
  ...{ shape, dtype: "float32", finite: true, largest: 1, levels: [] },
  ...more,
});

/** A recorded operation; what it descends from follows from its inputs. */
export const op = (name: string, inputs: RecordedInput[], more: Partial<RecordedOp> = {}): RecordedOp => ({
  ...{ op: name, inputs, outputShape: shape, outputLargest: 1, breaks: false, attrs: {}, line: `${name}.ts:1:1` },
  fromPred: inputs.some((one) => one.fromPred),
  fromTrue: inputs.some((one) => one.fromTrue),
  live: inputs.some((one) => one.live),
  ...more,
});

/** A batch of labels and outputs, row by row. */
export const batchOf = (
  yTrue: number[],
  yPred: number[],
  columns = 1,
  rows = yPred.length / columns,
): AuditBatch => ({
  yTrue: Float32Array.from(yTrue),
  yPred: Float32Array.from(yPred),
  trueShape: [rows, yTrue.length / rows],
  predShape: [rows, columns],
});

/** A loss as a function of the batch. */
export type Value = (batch: AuditBatch) => number;

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

/** The mean squared error. */
export const squared: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i]) ** 2));

/** Makes the result of an engine on a batch: the loss, and the gradient where there is one. */
export const resultUnder = (loss: Value, gradientOf?: (batch: AuditBatch) => ArrayLike<number>) =>
(
  batch: AuditBatch,
): BatchResult => ({
  ...{ batch, value: loss(batch), shape: [] },
  gradient: gradientOf && Float32Array.from(gradientOf(batch)),
});
